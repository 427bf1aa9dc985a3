/* tests/models/test_resolver.c - the caching resolver: time-outs, server choice, caches; against Unbound and BIND. */
#include "models/question.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(resolver, .fini = end_play);

static void go(uint64_t run)
{
    play_run(&p, &t, 2385, run);
}

#define LATE SIM_MS /* each wait of a stub after its first: models/stub.c */

static void silent(uint32_t ns)
{
    tiny_fault(&t, TARGET_NS, ns, FAULT_SILENT, 0, SIM_LONGEST);
}

/* A zone that takes no mail: one question (MX) a message, then it is over, whatever the answer. */
static void one_question(const char *resolver, uint32_t ns)
{
    tiny_init(&t, "rfc5321", resolver, ns, 0);
    t.zones[0].null_mx = true;
    t.mtas[0].params.stub_timeout = SIM_HOUR;
    t.mtas[0].params.stub_attempts = 1;
    t.mtas[0].params.maximal_queue_lifetime = 0;
}

/* Packets with the MX question: BIND asks for addresses of name servers, too. */
static size_t mx_packets(void)
{
    size_t n = 0;
    for (size_t i = 0; i < p.diary.count; i++)
        n += p.diary.items[i].type == RECORD_QUERY && question_type(p.diary.items[i].question) == QUESTION_MX;
    return n;
}

/* Adds a message at a time. */
static void also_at(sim_time at)
{
    t.clients[tiny_client(&t, 0, 0)].at = at;
}

static sim_time at_nth(enum record_type type, size_t nth)
{
    return diary_nth(&p.diary, type, nth)->at;
}

/* ---- BIND: see also tests/models/test_selection_bind.c ---- */

/* Measured on BIND 9.18.49: 0.80 s once, then the silent server is left alone. */
Test(resolver, bind_loses_800_ms_once_to_a_silent_server)
{
    one_question("bind", 2);
    silent(0);
    t.zones[0].ttl = SIM_SECOND;
    t.clients[0].count = 0;
    t.clients[0].every = 2 * SIM_SECOND;
    t.spec.mail = SIM_MINUTE;
    int first = 0, slow = 0;
    for (uint64_t run = 0; run < 23; run++) {
        go(run);
        for (size_t i = 0; i < 30; i++)
            slow += diary_nth(&p.diary, RECORD_ANSWER, i)->at - diary_nth(&p.diary, RECORD_ASK, i)->at > 700 * SIM_MS;
        first += at_nth(RECORD_ANSWER, 0) == 800 * SIM_MS + TINY_TRIP;
        play_end(&p);
    }
    p.world = NULL;
    cr_assert_leq(slow, 23 + 3, "%d in 23 runs: seldom the penalty, which is random, is next to nothing", slow);
    cr_assert(first > 0 && first < 23, "which one is asked first is a matter of chance");
}

/* Measured on BIND 9.18.49: 500 and 0 of 500 questions to servers at 10 and 60 ms. */
Test(resolver, bind_stays_with_the_faster_server)
{
    one_question("bind", 2);
    t.ns[1].host.delay = law_constant(30 * SIM_MS);
    t.zones[0].ttl = 0;
    t.clients[0].count = 0;
    t.clients[0].every = SIM_SECOND;
    t.spec.mail = 500 * SIM_SECOND;
    go(0);
    int far = 0;
    for (size_t i = 0; i < p.diary.count; i++)
        far += p.diary.items[i].type == RECORD_QUERY && p.diary.items[i].whom == 1;
    cr_assert_leq(far, 3, "%d: the addresses of the servers are asked for, too", far);
    cr_assert_eq(mx_packets(), 500);
}

/* ---- caches ---- */

Test(resolver, an_answer_is_kept_until_its_ttl_ends_to_the_nanosecond)
{
    one_question("textbook", 1);
    t.zones[0].ttl = 2385 * SIM_SECOND;
    also_at(TINY_TRIP + 2385 * SIM_SECOND - 1);
    also_at(TINY_TRIP + 2385 * SIM_SECOND);
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, TINY_TRIP + 2385 * SIM_SECOND);
    cr_assert_eq(diary_count(&p.diary, RECORD_CACHED), 1);
    cr_assert_eq(at_nth(RECORD_CACHED, 0), TINY_TRIP + 2385 * SIM_SECOND - 1);
    cr_assert_eq(at_nth(RECORD_QUERY, 1), TINY_TRIP + 2385 * SIM_SECOND);
}

Test(resolver, a_no_is_kept_for_the_negative_ttl)
{
    one_question("textbook", 1);
    t.zones[0].null_mx = false; /* neither MX nor address: MX, A and AAAA are asked, one after the other */
    t.zones[0].negative_ttl = 853 * SIM_SECOND;
    also_at(3 * TINY_TRIP + SIM_SECOND);
    also_at(TINY_TRIP + 853 * SIM_SECOND);
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->dns, DNS_NODATA);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, TINY_TRIP + 853 * SIM_SECOND);
    cr_assert_eq(diary_count(&p.diary, RECORD_CACHED), 3);
    cr_assert_eq(diary_count(&p.diary, RECORD_QUERY), 6);
}

Test(resolver, a_resolvers_own_limit_cuts_a_long_ttl)
{
    one_question("unbound", 1);
    t.resolvers[0].params.ttl_edge = TTL_EXACT;
    t.zones[0].ttl = 30 * SIM_DAY;
    t.zones[0].null_mx = true;
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, TINY_TRIP + SIM_DAY);
}

Test(resolver, a_question_under_way_is_joined_not_asked_again)
{
    one_question("bind", 2);
    silent(0);
    silent(1);
    also_at(2385 * SIM_MS);
    also_at(8532 * SIM_MS);
    go(0);
    cr_assert_eq(mx_packets(), 8);
    cr_assert_eq(diary_count(&p.diary, RECORD_WAIT), 3);
    for (size_t i = 0; i < 3; i++) cr_assert_eq(at_nth(RECORD_ANSWER, i), 10 * SIM_SECOND);
}

Test(resolver, two_resolvers_share_no_cache)
{
    one_question("textbook", 1);
    also_at(SIM_MINUTE);
    t.clients[1].via = tiny_mta(&t, "rfc5321", tiny_resolver(&t, "textbook"));
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_CACHED), 0);
    cr_assert_eq(diary_count(&p.diary, RECORD_QUERY), 2);
}

/* ---- bad answers, and the stub ---- */

Test(resolver, servfail_refused_and_lame_cost_one_round_trip)
{
    static const enum fault_kind kinds[] = {FAULT_SERVFAIL, FAULT_REFUSED, FAULT_LAME};
    for (int k = 0; k < 3; k++) {
        for (uint64_t run = 0; run < 23; run++) {
            one_question("bind", 2);
            tiny_fault(&t, TARGET_NS, 0, kinds[k], 0, SIM_LONGEST);
            go(run);
            const struct record *first = diary_nth(&p.diary, RECORD_QUERY, 0);
            cr_assert_eq(at_nth(RECORD_ANSWER, 0), first->whom == 0 ? 2 * TINY_TRIP : TINY_TRIP);
            cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->dns, DNS_OK);
            play_end(&p);
        }
    }
    p.world = NULL;
}

/* Measured on glibc 2.36: one silent name server, 5 s twice. */
Test(resolver, a_silent_resolver_costs_10_s)
{
    tiny_init(&t, "postfix", "bind", 1, 1);
    tiny_fault(&t, TARGET_RESOLVER, 0, FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(at_nth(RECORD_DEFERRED, 0), 10 * SIM_SECOND + LATE);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_DNS_TIMEOUT);
}

Test(resolver, a_closed_resolver_fails_at_once)
{
    tiny_init(&t, "postfix", "bind", 1, 1);
    tiny_fault(&t, TARGET_RESOLVER, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(at_nth(RECORD_DEFERRED, 0), 0);
}

/* Measured with Postfix 3.7.11 behind Unbound 1.17.1 and behind a silent resolver alike: deferred after 10.0 s. */
Test(resolver, silent_name_servers_defer_postfix_after_10_s)
{
    static const char *const profiles[] = {"unbound", "bind"};
    for (int i = 0; i < 2; i++) {
        tiny_init(&t, "postfix", profiles[i], 2, 1);
        silent(0);
        silent(1);
        go(0);
        /* BIND says SERVFAIL in the last millisecond. */
        cr_assert_eq(at_nth(RECORD_DEFERRED, 0), 10 * SIM_SECOND + (i == 0 ? LATE : 0), "%s", profiles[i]);
        play_end(&p);
    }
    p.world = NULL;
}

/* Measured on Unbound 1.17.1 (stub zone) with Postfix 3.7.11, one of two name servers silent, nothing cached: the first
 * delivery came after 0.76 to 0.79 s in 9 of 12 runs, after 5.00 to 5.02 s in 3 of 12; nothing in between. */
Test(resolver, one_silent_server_of_two_gives_two_modes)
{
    int fast = 0, slow = 0, other = 0, none = 0;
    for (uint64_t run = 0; run < 400; run++) {
        tiny_init(&t, "postfix", "unbound", 2, 2);
        t.resolvers[0].params.unbound.stub_zone = true;
        tiny_no_delay(&t);
        silent(0);
        go(run);
        sim_time at = at_nth(RECORD_DELIVERED, 0);
        none += at == 0;
        fast += at == 752 * SIM_MS;
        slow += at == 5 * SIM_SECOND;
        other += at != 0 && at != 752 * SIM_MS && at != 5 * SIM_SECOND;
        play_end(&p);
    }
    p.world = NULL;
    cr_assert_gt(fast, 2 * slow, "%d at once, %d after 0.75 s, %d after 5 s, %d others", none, fast, slow, other);
    cr_assert(slow > 40 && other < 40, "%d at once, %d after 0.75 s, %d after 5 s, %d others", none, fast, slow, other);
}

/* ---- the stub ---- */

static void dead_resolver(uint32_t attempts, sim_time timeout, bool doubles)
{
    one_question("bind", 1);
    struct mta_params *m = &t.mtas[0].params;
    m->stub_attempts = attempts;
    m->stub_timeout = timeout;
    m->stub_doubles = doubles;
    tiny_fault(&t, TARGET_RESOLVER, 0, FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->cause, CAUSE_DNS_TIMEOUT);
}

/* glibc: 5 s, twice. */
Test(resolver, a_dead_resolver_costs_all_of_the_stubs_time_outs)
{
    dead_resolver(2, 5 * SIM_SECOND, false);
    cr_assert_eq(at_nth(RECORD_BOUNCED, 0), 10 * SIM_SECOND + LATE);
}

/* OpenSMTPD's libasr: 5, 10, 20, 40 s. */
Test(resolver, a_stub_may_double_its_time_out)
{
    dead_resolver(4, 5 * SIM_SECOND, true);
    static const int ends[] = {5, 15, 35, 75};
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(at_nth(RECORD_STUB_TIMEOUT, i), ends[i] * SIM_SECOND + (int64_t)i * LATE, "wait %zu", i);
    cr_assert_eq(at_nth(RECORD_BOUNCED, 0), 75 * SIM_SECOND + 3 * LATE);
}

/* A resolver that answers each question wrongly with the same code: glibc asks on after SERVFAIL, REFUSED and NOTIMP
 * and says "try again"; what the MTA makes of it is its own. */
Test(resolver, what_a_faulty_resolver_says_is_what_the_mta_learns)
{
    static const struct {
        enum fault_kind is;
        enum cause cause;
    } rows[] = {{FAULT_SERVFAIL, CAUSE_DNS_SERVFAIL}, {FAULT_REFUSED, CAUSE_DNS_REFUSED},
                {FAULT_FORMERR, CAUSE_DNS_FORMERR},   {FAULT_NOTIMP, CAUSE_DNS_NOTIMP},
                {FAULT_NXDOMAIN, CAUSE_DNS_NXDOMAIN}, {FAULT_EMPTY, CAUSE_DNS_NODATA}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        one_question("bind", 1);
        t.zones[0].null_mx = false;
        tiny_fault(&t, TARGET_RESOLVER, 0, rows[i].is, 0, SIM_LONGEST);
        go(0);
        cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->cause, rows[i].cause, "%s", fault_kind_name(rows[i].is));
        play_end(&p);
    }
    p.world = NULL;
}
