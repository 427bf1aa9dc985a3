/* tests/models/test_selection_knot.c - how Knot Resolver chooses, waits and gives up; against kresd 5.6.0 and its
 * source.
 */
#include "models/question.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(selection_knot, .fini = end_play);

static void go(uint64_t run)
{
    if (p.world) play_end(&p);
    play_run(&p, &t, 2385, run);
}

static struct knot_params *knot(void)
{
    return &t.resolvers[0].params.knot;
}

/* A zone that takes no mail: one question (MX) a message, then it is over, whatever the answer. No chance: no exploring
 * and no look-ups. RTT 10 ms. */
static void one_question(uint32_t ns)
{
    tiny_init(&t, "rfc5321", "knot", ns, 0);
    t.zones[0].null_mx = true;
    t.mtas[0].params.stub_timeout = SIM_HOUR;
    t.mtas[0].params.stub_attempts = 1;
    t.mtas[0].params.maximal_queue_lifetime = 0;
    for (uint32_t i = 0; i < ns; i++) t.ns[i].host.delay = law_constant(5 * SIM_MS);
    knot()->explore_one_in = 1000000000;
    knot()->ipv6 = false;
}

static void also_at(sim_time at)
{
    t.clients[tiny_client(&t, 0, 0)].at = at;
}

static void all_are(enum fault_kind is, sim_time from)
{
    for (uint32_t i = 0; i < t.spec.ns_count; i++) tiny_fault(&t, TARGET_NS, i, is, from, SIM_LONGEST);
}

static sim_time at_nth(enum record_type type, size_t nth)
{
    return diary_nth(&p.diary, type, nth)->at;
}

static sim_time wait_of(size_t nth)
{
    const struct record *r = diary_nth(&p.diary, RECORD_QUERY, nth);
    return r->until - r->at;
}

static void sent_at(const int64_t *ms, size_t count)
{
    cr_assert_eq(diary_count(&p.diary, RECORD_QUERY), count, "%zu packets", diary_count(&p.diary, RECORD_QUERY));
    for (size_t i = 0; i < count; i++) cr_assert_eq(at_nth(RECORD_QUERY, i), ms[i] * SIM_MS, "packet %zu", i);
}

/* ---- waits ---- */

/* 400 ms, doubled by each time-out; the third over TCP, for 2 s; then over UDP again; four in a row, and it is dead. */
Test(selection_knot, an_unknown_server_is_waited_for_400_ms_and_longer)
{
    one_question(1);
    all_are(FAULT_SILENT, 0);
    go(0);
    sent_at((int64_t[]){0, 400, 1200, 3200}, 4);
    cr_assert_eq(wait_of(3), 3200 * SIM_MS);
    cr_assert_eq(at_nth(RECORD_FETCHED, 0), 6400 * SIM_MS);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->dns, DNS_SERVFAIL);
}

/* The limit of 10 s is looked at only when a wait has ended. */
Test(selection_knot, the_last_wait_may_end_after_10_s)
{
    one_question(1);
    knot()->dead_after = 64;
    all_are(FAULT_SILENT, 0);
    go(0);
    sent_at((int64_t[]){0, 400, 1200, 3200, 6400}, 5);
    cr_assert_eq(at_nth(RECORD_FETCHED, 0), 12800 * SIM_MS);
}

/* calc_rtt_state with answers after 100 ms: 100 + 4 * 50, 100 + 4 * 38, 100 + 4 * 29. */
Test(selection_knot, an_answer_shortens_the_wait_as_selection_c_does)
{
    static const int64_t waits[] = {400, 300, 252, 216};
    one_question(1);
    t.ns[0].host.delay = law_constant(50 * SIM_MS);
    t.zones[0].ttl = SIM_SECOND;
    for (int i = 1; i < 4; i++) also_at(10 * i * SIM_SECOND);
    go(0);
    for (size_t i = 0; i < 4; i++) cr_assert_eq(wait_of(i), waits[i] * SIM_MS, "packet %zu", i);
}

/* At 10 ms: 10 + 20, doubled. One answer, and all is well again. */
Test(selection_knot, a_known_server_is_waited_for_20_ms_more)
{
    one_question(1);
    t.zones[0].ttl = SIM_SECOND;
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 9 * SIM_SECOND, SIM_SECOND + 50 * SIM_MS);
    also_at(10 * SIM_SECOND);
    also_at(20 * SIM_SECOND);
    go(0);
    sent_at((int64_t[]){0, 10000, 10030, 10090, 20000}, 5);
    cr_assert_eq(wait_of(2), 60 * SIM_MS);
    cr_assert_eq(diary_nth(&p.diary, RECORD_REPLY, 1)->dns, DNS_OK, "over TCP, after two time-outs");
    cr_assert_eq(at_nth(RECORD_REPLY, 1), 10110 * SIM_MS, "two round trips");
    cr_assert_lt(wait_of(4), 60 * SIM_MS);
}

/* A round trip below a millisecond says nothing: the server stays unknown, and is waited for as such. */
Test(selection_knot, a_very_near_server_is_never_known)
{
    one_question(1);
    tiny_no_delay(&t);
    t.zones[0].ttl = SIM_SECOND;
    also_at(10 * SIM_SECOND);
    go(0);
    cr_assert_eq(wait_of(1), 400 * SIM_MS);
}

Test(selection_knot, ten_time_outs_end_a_question)
{
    one_question(1);
    t.zones[0].ttl = SIM_SECOND;
    knot()->tcp_after_timeouts = 250;
    all_are(FAULT_SILENT, 9 * SIM_SECOND);
    also_at(10 * SIM_SECOND);
    knot()->timeout_limit = 5;
    go(0);
    sent_at((int64_t[]){0, 10000, 10030, 10090, 10210, 10450}, 6);
    cr_assert_eq(at_nth(RECORD_FETCHED, 1), 10930 * SIM_MS);
}

/* Dead: for a second nobody asks it, and who has no other server fails at once. */
Test(selection_knot, a_dead_server_is_left_alone_for_a_second)
{
    one_question(1);
    all_are(FAULT_SILENT, 0);
    also_at(7400 * SIM_MS - 1);
    also_at(7400 * SIM_MS);
    go(0);
    cr_assert_eq(at_nth(RECORD_FETCHED, 0), 6400 * SIM_MS);
    cr_assert_eq(at_nth(RECORD_FETCHED, 1), 7400 * SIM_MS - 1);
    cr_assert_eq(at_nth(RECORD_QUERY, 4), 7400 * SIM_MS);
    cr_assert_eq(wait_of(4), 2 * SIM_SECOND, "6.4 s is too long for UDP: TCP, 2 s");
}

/* ICMP is not seen, an RST is. */
Test(selection_knot, a_closed_port_is_waited_for_over_udp_and_not_over_tcp)
{
    one_question(1);
    all_are(FAULT_REFUSING, 0);
    go(0);
    sent_at((int64_t[]){0, 400, 1200, 1210}, 4);
    cr_assert_eq(diary_count(&p.diary, RECORD_REPLY), 1);
    cr_assert_eq(at_nth(RECORD_FETCHED, 0), (1210 + 3200) * SIM_MS);
}

/* The SYN is sent again after 1 s. */
Test(selection_knot, a_server_that_comes_back_is_found_by_the_second_syn)
{
    one_question(1);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 0, 2 * SIM_SECOND);
    go(0);
    sent_at((int64_t[]){0, 400, 1200}, 3);
    cr_assert_eq(at_nth(RECORD_FETCHED, 0), 2220 * SIM_MS);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->dns, DNS_OK);
}

/* ---- which server ---- */

/* Measured: 494 and 493 of 500 questions to the nearer one; here: 39/40 of 4320, 4.9 standard deviations. */
Test(selection_knot, the_nearer_server_is_asked_but_for_one_question_in_forty)
{
    one_question(2);
    knot()->explore_one_in = 20;
    t.ns[1].host.delay = law_constant(30 * SIM_MS);
    t.zones[0].ttl = SIM_SECOND;
    t.clients[0].count = 0;
    t.clients[0].every = 20 * SIM_SECOND;
    go(0);
    int far = 0;
    for (size_t i = 0; i < p.diary.count; i++)
        far += p.diary.items[i].type == RECORD_QUERY && p.diary.items[i].whom == 1;
    cr_assert(far > 58 && far < 158, "%d", far);
}

Test(selection_knot, unknown_servers_are_asked_first)
{
    one_question(3);
    t.zones[0].ttl = SIM_SECOND;
    also_at(20 * SIM_SECOND);
    also_at(40 * SIM_SECOND);
    for (uint64_t run = 0; run < 23; run++) {
        int asked = 0;
        go(run);
        for (size_t i = 0; i < 3; i++) asked |= 1 << diary_nth(&p.diary, RECORD_QUERY, i)->whom;
        cr_assert_eq(asked, 7);
    }
}

/* Measured: both AAAA are looked up when both servers have been waited for in vain; nothing is left to be looked up
 * in the look-up of a look-up, and there each server is asked again. */
Test(selection_knot, addresses_are_looked_up_before_a_server_is_asked_again)
{
    one_question(2);
    knot()->ipv6 = true;
    all_are(FAULT_SILENT, 0);
    go(0);
    static const int64_t ms[] = {0, 400, 1200, 2000, 2800, 4400, 6000};
    for (size_t i = 0; i < 7; i++) {
        uint32_t question = diary_nth(&p.diary, RECORD_QUERY, i)->question;
        cr_assert_eq(at_nth(RECORD_QUERY, i), ms[i] * SIM_MS, "packet %zu", i);
        cr_assert_eq(question_type(question), i < 2 ? QUESTION_MX : QUESTION_AAAA, "packet %zu", i);
        cr_assert(i % 2 == 0 ||
                  diary_nth(&p.diary, RECORD_QUERY, i)->whom != diary_nth(&p.diary, RECORD_QUERY, i - 1)->whom);
    }
}

/* The server's own zone is known only from its parent then: the look-up begins there. */
Test(selection_knot, a_look_up_begins_at_the_parent)
{
    one_question(2);
    uint32_t parent = tiny_zone(&t, 1, 0);
    t.zones[0].parent = parent;
    knot()->ipv6 = true;
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 0, SIM_LONGEST);
    tiny_fault(&t, TARGET_NS, 1, FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    static const enum question_type types[] = {QUESTION_NS,   QUESTION_MX,   QUESTION_MX, QUESTION_NS,
                                               QUESTION_AAAA, QUESTION_AAAA, QUESTION_NS};
    for (size_t i = 0; i < 7; i++)
        cr_assert_eq(question_type(diary_nth(&p.diary, RECORD_QUERY, i)->question), types[i], "packet %zu", i);
}

/* ---- wrong answers ---- */

static void both_say(enum fault_kind is, size_t packets)
{
    for (uint64_t run = 0; run < 23; run++) {
        one_question(2);
        all_are(is, 0);
        go(run);
        cr_assert_eq(diary_count(&p.diary, RECORD_QUERY), packets, "%s: %zu", fault_kind_name(is),
                     diary_count(&p.diary, RECORD_QUERY));
        cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->dns, DNS_SERVFAIL);
    }
}

/* lib/selection.c error: first less is asked for at once, then TCP, then the server is given up. */
Test(selection_knot, wrong_answers_are_tried_around)
{
    both_say(FAULT_SERVFAIL, 5);
    both_say(FAULT_REFUSED, 5);
    both_say(FAULT_LAME, 3);
    both_say(FAULT_FORMERR, 2);
    both_say(FAULT_NOTIMP, 2);
}

Test(selection_knot, five_bad_answers_in_a_row_are_the_end)
{
    one_question(8);
    all_are(FAULT_NOTIMP, 0);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_QUERY), 5);
}

Test(selection_knot, a_wrong_answer_costs_one_round_trip)
{
    static const enum fault_kind kinds[] = {FAULT_SERVFAIL, FAULT_REFUSED, FAULT_LAME, FAULT_FORMERR, FAULT_NOTIMP};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (uint64_t run = 0; run < 23; run++) {
            one_question(2);
            tiny_fault(&t, TARGET_NS, 0, kinds[k], 0, SIM_LONGEST);
            go(run);
            bool first = diary_nth(&p.diary, RECORD_QUERY, 0)->whom == 0;
            cr_assert_eq(at_nth(RECORD_ANSWER, 0), (first ? 20 : 10) * SIM_MS);
            cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->dns, DNS_OK);
        }
}

Test(selection_knot, a_wrong_nxdomain_is_believed)
{
    one_question(2);
    all_are(FAULT_NXDOMAIN, 0);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_QUERY), 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->dns, DNS_NXDOMAIN);
}

/* ---- tasks ---- */

/* One packet for all who ask the same, but each has its own ten seconds. */
Test(selection_knot, a_question_joins_the_packet_not_the_task)
{
    one_question(1);
    knot()->dead_after = 64;
    all_are(FAULT_SILENT, 0);
    also_at(7 * SIM_SECOND);
    go(0);
    sent_at((int64_t[]){0, 400, 1200, 3200, 6400, 7000, 12800}, 7); /* TCP at 7 s, then it joins the first one's */
    cr_assert_eq(at_nth(RECORD_ANSWER, 0), 12800 * SIM_MS);
    cr_assert_eq(at_nth(RECORD_ANSWER, 1), 22800 * SIM_MS);
}

Test(selection_knot, an_answer_is_for_all_who_have_joined)
{
    one_question(1);
    t.ns[0].host.delay = law_constant(100 * SIM_MS);
    also_at(50 * SIM_MS);
    also_at(150 * SIM_MS);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_QUERY), 1);
    for (size_t i = 0; i < 3; i++) cr_assert_eq(at_nth(RECORD_ANSWER, i), 200 * SIM_MS);
}

/* SERVFAIL is not kept. */
Test(selection_knot, a_failed_question_is_asked_again)
{
    one_question(1);
    all_are(FAULT_NOTIMP, 0);
    also_at(SIM_SECOND);
    go(0);
    sent_at((int64_t[]){0, 1000}, 2);
}

/* ---- what is kept ---- */

/* On a clock of whole seconds, and for 5 s at least. */
Test(selection_knot, an_answer_is_kept_for_five_seconds_at_least_and_to_the_end_of_a_second)
{
    one_question(1);
    t.zones[0].ttl = SIM_SECOND;
    also_at(6 * SIM_SECOND - 1);
    also_at(6 * SIM_SECOND);
    go(0);
    sent_at((int64_t[]){0, 6000}, 2);
}

Test(selection_knot, so_is_a_no)
{
    one_question(1);
    t.zones[0].negative_ttl = SIM_SECOND;
    all_are(FAULT_NXDOMAIN, 0);
    also_at(6 * SIM_SECOND - 1);
    also_at(6 * SIM_SECOND);
    go(0);
    sent_at((int64_t[]){0, 6000}, 2);
}

/* ---- serve_stale ---- */

static void stale_world(void)
{
    one_question(1);
    t.resolvers[0].params.serve_stale = true;
    t.zones[0].ttl = 20 * SIM_SECOND;
    knot()->tcp_after_timeouts = 250;
    knot()->tcp_after = SIM_HOUR;
    knot()->timeout_limit = 1000;
    all_are(FAULT_SILENT, SIM_SECOND);
    also_at(100 * SIM_SECOND);
}

/* 30 ms doubled: at 1.89 s seven have been waited for in vain, the server is dead, and there is nobody else; so it is
 * served before the 3 s are over. */
Test(selection_knot, what_has_ended_is_served_when_nobody_is_left_to_be_asked)
{
    stale_world();
    go(0);
    cr_assert_eq(at_nth(RECORD_STALE, 0), 100 * SIM_SECOND + 30 * 63 * SIM_MS);
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 1)->dns, DNS_OK);
}

/* Only when a wait has ended is it looked whether 3 s are over. */
Test(selection_knot, or_with_the_first_step_after_three_seconds)
{
    stale_world();
    knot()->dead_after = 64;
    go(0);
    cr_assert_eq(at_nth(RECORD_STALE, 0), 100 * SIM_SECOND + 30 * 127 * SIM_MS);
}

Test(selection_knot, for_a_day)
{
    stale_world();
    t.clients[1].at = 23 * SIM_HOUR;
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), 1);
    t.spec.mail = 2 * SIM_DAY;
    t.clients[1].at = 25 * SIM_HOUR;
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), 0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 1)->dns, DNS_SERVFAIL);
}

/* ---- every setting does something ---- */

/* Servers 0 and 1 are well at first, then this. */
static void world(enum fault_kind is, bool chance)
{
    one_question(2);
    knot()->ipv6 = chance;
    if (chance) knot()->explore_one_in = 20;
    t.zones[0].ttl = t.zones[0].negative_ttl = 7 * SIM_SECOND;
    if (is != FAULT_NONE) all_are(is, 30 * SIM_SECOND);
    t.clients[0].count = 0;
    t.clients[0].every = 1300 * SIM_MS;
    t.spec.mail = SIM_MINUTE;
}

static uint64_t digest(void)
{
    uint64_t d = 0;
    go(0);
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type == RECORD_QUERY || r->type == RECORD_ANSWER)
            d = (d ^ (uint64_t)(r->at + 7 * r->until + r->whom + 3 * r->question)) * UINT64_C(1099511628211);
    }
    return d;
}

static void set(const char *name, int64_t value)
{
    const struct profile *profile = &resolver_profile_find("knot")->profile;
    const struct param *param = param_find(profile->table, profile->count, name);
    cr_assert_not_null(param, "%s", name);
    char *at = (char *)&t.resolvers[0].params + param->offset;
    uint32_t count = (uint32_t)value;
    bool yes = value != 0;
    for (size_t i = 0; i < param->fields && param->type == PARAM_DURATION; i++)
        memcpy(at + i * sizeof value, &value, sizeof value);
    if (param->type == PARAM_COUNT) memcpy(at, &count, sizeof count);
    if (param->type == PARAM_BOOL) memcpy(at, &yes, sizeof yes);
}

static const struct {
    const char *name;
    int64_t value;
    enum fault_kind is;
    bool stale, plain; /* plain: no look-ups, no exploring */
} knobs[] = {
    {"cache.min_ttl", 9 * SIM_SECOND, FAULT_NONE, false, false},
    {"cache.max_ttl", 5 * SIM_SECOND, FAULT_NXDOMAIN, false, false},
    {"cache.ns_tout", 20 * SIM_SECOND, FAULT_SILENT, false, false},
    {"net.ipv6", 0, FAULT_SILENT, false, false},
    {"net.tcp_in_idle", SIM_MS, FAULT_SERVFAIL, false, true},
    {"TCP", 1, FAULT_NONE, false, false},
    {"NO_MINIMIZE", 1, FAULT_SERVFAIL, false, false},
    {"serve_stale", 1, FAULT_SILENT, false, false},
    {"serve_stale.timeout", SIM_SECOND, FAULT_SILENT, true, false},
    {"KR_RESOLVE_TIME_LIMIT", 3 * SIM_SECOND, FAULT_SILENT, false, false},
    {"KR_TIMEOUT_LIMIT", 3, FAULT_SILENT, false, false},
    {"KR_ITER_LIMIT", 4, FAULT_SILENT, false, false},
    {"KR_CONSUME_FAIL_ROW_LIMIT", 1, FAULT_SERVFAIL, false, false},
    {"KR_COUNT_NO_NSADDR_LIMIT", 0, FAULT_SILENT, false, false},
    {"DEFAULT_TIMEOUT", 300 * SIM_MS, FAULT_NONE, false, false},
    {"MINIMAL_TIMEOUT_ADDITION", 30 * SIM_MS, FAULT_NONE, false, false},
    {"MAX_TIMEOUT", 700 * SIM_MS, FAULT_SILENT, false, false},
    {"MAX_BACKOFF", 3, FAULT_SILENT, false, false},
    {"EPSILON_DENOM", 2, FAULT_NONE, false, false},
    {"TCP_TIMEOUT_THRESHOLD", 1, FAULT_SILENT, false, false},
    {"TCP_RTT_THRESHOLD", 100 * SIM_MS, FAULT_SILENT, false, false},
    {"KR_CONN_RTT_MAX", SIM_SECOND, FAULT_SILENT, false, false},
    {"KR_NS_TIMEOUT_ROW_DEAD", 64, FAULT_SILENT, false, false},
    {"KR_NS_TIMEOUT_MIN_DEAD_TIMEOUT", SIM_MS, FAULT_SILENT, false, false},
};

Test(selection_knot, every_setting_does_something)
{
    size_t count = sizeof knobs / sizeof *knobs;
    /* trust_anchors is tested with the other resolvers' (tests/models/test_fetch.c). */
    cr_assert_eq(count + 1, resolver_profile_find("knot")->profile.count, "a row for each");
    for (size_t i = 0; i < count; i++) {
        world(knobs[i].is, !knobs[i].plain);
        t.resolvers[0].params.serve_stale = knobs[i].stale;
        uint64_t before = digest();
        cr_assert_eq(before, digest());
        set(knobs[i].name, knobs[i].value);
        cr_assert_neq(before, digest(), "%s does nothing", knobs[i].name);
    }
}
