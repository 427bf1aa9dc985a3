/* tests/models/test_selection_bind.c - BIND's rules one by one: round trips kept in microseconds, lists of servers,
 * waits, who may wait, what is kept; against its source and measurements. */
#include "models/inside.h"
#include "models/selection.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
    p.world = NULL;
}

TestSuite(bind, .fini = end_play);

/* A zone that takes no mail: one question (MX) a message, then it is over, whatever the answer. */
static void one_question(uint32_t ns)
{
    tiny_init(&t, "rfc5321", "bind", ns, 0);
    t.zones[0].null_mx = true;
    t.mtas[0].params.stub_timeout = SIM_HOUR;
    t.mtas[0].params.stub_attempts = 1;
    t.mtas[0].params.maximal_queue_lifetime = 0;
}

/* Domains of the same zone: other names, the same servers. */
static uint32_t name_in_zone(void)
{
    uint32_t z = t.spec.zone_count++;
    t.zones[z] = t.zones[0];
    t.zones[z].name = tiny_names[4][z];
    return z;
}

static void ask_at(uint32_t zone, sim_time at)
{
    t.clients[tiny_client(&t, 0, zone)].at = at;
}

static struct bind_params *bind(void)
{
    return &t.resolvers[0].params.bind;
}

static void fault(uint32_t ns, enum fault_kind is, sim_time from, sim_time length)
{
    tiny_fault(&t, TARGET_NS, ns, is, from, length);
}

static void both(enum fault_kind is, sim_time from, sim_time length)
{
    fault(0, is, from, length);
    fault(1, is, from, length);
}

static void go(uint64_t run)
{
    end_play();
    play_run(&p, &t, 2385, run);
}

/* The nth packet with a question of that type. */
static const struct record *packet(enum question_type type, size_t nth)
{
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type == RECORD_QUERY && question_type(r->question) == type && nth-- == 0) return r;
    }
    return NULL;
}

static size_t packets(enum question_type type)
{
    size_t n = 0;
    while (packet(type, n)) n++;
    return n;
}

static struct server_state *server(uint32_t ns)
{
    return &p.world->resolvers[0].servers[ns];
}

static void packets_at(const int64_t *ms, size_t count)
{
    cr_assert_eq(packets(QUESTION_MX), count, "%zu packets", packets(QUESTION_MX));
    for (size_t i = 0; i < count; i++) cr_assert_eq(packet(QUESTION_MX, i)->at, ms[i] * SIM_MS, "packet %zu", i);
}

/* ---- waits and the end ---- */

/* Measured: 0, .80, 1.60, 2.41, 3.21, 4.81, 6.41, 9.61 s, SERVFAIL at 10.00 s. */
Test(bind, a_cold_question_to_two_silent_servers)
{
    static const int64_t ms[] = {0, 800, 1600, 2400, 3200, 4800, 6400, 9600};
    one_question(2);
    both(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    packets_at(ms, 8);
    for (size_t i = 0; i + 1 < 8; i += 2)
        cr_assert_neq(packet(QUESTION_MX, i)->whom, packet(QUESTION_MX, i + 1)->whom, "each list has both");
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->at, 10 * SIM_SECOND);
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->dns, DNS_SERVFAIL);
}

/* Measured: with the delegation known one list more has short waits: 0, .8, 1.6, 2.4, 3.2, 4.0, 4.8, 6.4, 8.0 s. */
Test(bind, a_warm_question_has_one_list_more_of_short_waits)
{
    static const int64_t ms[] = {0, 800, 1600, 2400, 3200, 4000, 4800, 6400, 8000};
    one_question(2);
    uint32_t other = name_in_zone();
    ask_at(other, SIM_MINUTE);
    both(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(packets(QUESTION_MX), 17);
    for (size_t i = 0; i < 9; i++)
        cr_assert_eq(packet(QUESTION_MX, 8 + i)->at - SIM_MINUTE, ms[i] * SIM_MS, "packet %zu", i);
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 1)->at, 70 * SIM_SECOND);
}

Test(bind, resolver_retry_interval_and_nonbackoff_tries)
{
    static const int64_t ms[] = {0, 1000, 2000, 4000, 6000};
    one_question(2);
    bind()->retry_interval = SIM_SECOND;
    bind()->nonbackoff_tries = 2;
    both(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    packets_at(ms, 5);
}

Test(bind, resolver_query_timeout_is_the_end)
{
    one_question(2);
    t.resolvers[0].params.query_timeout = 12 * SIM_SECOND;
    both(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->at, 12 * SIM_SECOND);
}

Test(bind, max_recursion_queries_is_the_end_too)
{
    one_question(2);
    bind()->max_recursion_queries = 3;
    both(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(packets(QUESTION_MX), 3);
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->at, 2400 * SIM_MS);
}

/* resolver.c fctx_setretryinterval: never less than the round trip known and 50, 100 or 200 ms more. */
Test(bind, a_far_server_is_given_more_time)
{
    one_question(1);
    t.ns[0].host.delay = law_constant(350 * SIM_MS); /* 700 ms there and back */
    for (int i = 0; i < 10; i++) ask_at(name_in_zone(), (10 + 5 * i) * SIM_SECOND);
    ask_at(0, 2 * SIM_HOUR); /* kept for an hour */
    fault(0, FAULT_SILENT, SIM_HOUR, SIM_LONGEST);
    go(0);
    const struct record *first = packet(QUESTION_MX, 11);
    cr_assert_eq(first->at, 2 * SIM_HOUR);
    cr_assert_eq(first->until - first->at, 800 * SIM_MS, "its entry had ended: 1800 s");
    const struct record *tenth = packet(QUESTION_MX, 10);
    cr_assert(tenth->until - tenth->at > 860 * SIM_MS && tenth->until - tenth->at <= 900 * SIM_MS, "%lld",
              (long long)(tenth->until - tenth->at));
}

/* ---- what is kept of a server ---- */

/* adb.c dns_adb_adjustsrtt: srtt / 10 * 7 + rtt / 10 * 3, whole microseconds. */
Test(bind, round_trips_are_smoothed_in_whole_microseconds)
{
    one_question(1);
    for (int i = 1; i < 4; i++) ask_at(name_in_zone(), i * SIM_SECOND);
    for (uint64_t run = 0; run < 8; run++) {
        bool any = false;
        go(run);
        sim_time us = server(0)->srtt / SIM_US;
        for (sim_time first = 1; first <= 31; first++) {
            sim_time s = first;
            for (size_t n = 0; n < packets(QUESTION_MX) + packets(QUESTION_AAAA); n++)
                s = s / 10 * 7 + TINY_TRIP / SIM_US / 10 * 3;
            any = any || s == us;
        }
        cr_assert(any, "run %d: %lld us", (int)run, (long long)us);
        cr_assert(server(0)->answered, "it has shown EDNS");
    }
}

/* resolver.c fctx_cancelquery: never heard of: up to 262 ms; heard with EDNS and fast: up to 1049 ms. */
Test(bind, silence_adds_something_random)
{
    sim_time cold = 0, warm = 0, cold_sum = 0, warm_sum = 0;
    enum { RUNS = 400 };
    for (uint64_t run = 0; run < RUNS; run++) {
        one_question(1);
        t.resolvers[0].params.query_timeout = 10 * SIM_SECOND;
        bind()->max_recursion_queries = 1;
        fault(0, FAULT_SILENT, 0, SIM_SECOND);
        t.spec.limit = 900 * SIM_MS;
        go(run);
        sim_time s = server(0)->srtt;
        if (s > cold) cold = s;
        cold_sum += s;
        one_question(1);
        bind()->max_recursion_queries = 1;
        ask_at(name_in_zone(), 10 * SIM_SECOND);
        fault(0, FAULT_SILENT, 9 * SIM_SECOND, SIM_LONGEST);
        t.spec.limit = 10900 * SIM_MS;
        go(run);
        s = server(0)->srtt;
        if (s > warm) warm = s;
        warm_sum += s;
    }
    cr_assert(cold <= 263 * SIM_MS && cold > 250 * SIM_MS, "%lld", (long long)cold);
    cr_assert(warm <= 1060 * SIM_MS && warm > 1000 * SIM_MS, "%lld", (long long)warm);
    cr_assert(cold_sum / RUNS > 115 * SIM_MS && cold_sum / RUNS < 150 * SIM_MS);
    cr_assert(warm_sum / RUNS > 450 * SIM_MS && warm_sum / RUNS < 600 * SIM_MS);
}

/* adb.c dns_adb_agesrtt: a server that is not asked gets better by 1/512 in each second with an answer. */
Test(bind, a_server_that_is_not_asked_ages)
{
    one_question(2);
    t.ns[1].host.delay = law_constant(50 * SIM_MS);
    t.zones[0].ttl = 0;
    t.clients[0].count = 0;
    t.clients[0].every = SIM_SECOND / 2;
    t.spec.mail = 11 * SIM_SECOND;
    t.spec.limit = 10 * SIM_SECOND + SIM_SECOND / 4;
    go(0);
    sim_time early = server(1)->srtt / SIM_US;
    t.spec.limit = 20 * SIM_SECOND + SIM_SECOND / 4;
    t.spec.mail = 20 * SIM_SECOND + SIM_SECOND / 8;
    go(0);
    for (int i = 0; i < 10; i++) early = early * 511 / 512;
    cr_assert_eq(server(1)->srtt / SIM_US, early);
}

/* adb.c ADB_ENTRY_WINDOW: what is known of a server is forgotten 1800 s after it was first heard of, or not. */
Test(bind, a_dead_server_is_tried_again_after_half_an_hour)
{
    one_question(2);
    t.zones[0].ttl = 0;
    t.zones[0].negative_ttl = SIM_DAY;
    t.ns[0].host.delay = t.ns[1].host.delay = law_constant(50 * SIM_US);
    t.clients[0].count = 0;
    t.clients[0].every = SIM_SECOND;
    t.spec.mail = SIM_HOUR;
    fault(0, FAULT_SILENT, 0, SIM_LONGEST);
    int early = 0, again = 0;
    for (uint64_t run = 0; run < 16; run++) {
        bool was_early = false, was_again = false;
        go(run);
        for (size_t i = 0; i < p.diary.count; i++) {
            const struct record *r = &p.diary.items[i];
            if (r->type != RECORD_QUERY || r->whom != 0) continue;
            was_early = was_early || (r->at > 4 * SIM_SECOND && r->at < 1000 * SIM_SECOND);
            was_again = was_again || (r->at >= 1800 * SIM_SECOND && r->at < 1830 * SIM_SECOND);
        }
        early += was_early;
        again += was_again;
    }
    cr_assert_leq(early, 1, "%d of 16 runs: a small penalty, aged away", early);
    cr_assert_gt(again, 4, "%d of 16 runs: when it is new again, it wins the draw in half of them", again);
}

/* ---- errors ---- */

Test(bind, an_error_is_a_round_trip_and_the_next_server)
{
    static const enum fault_kind kinds[] = {FAULT_SERVFAIL, FAULT_REFUSED, FAULT_LAME, FAULT_NOTIMP, FAULT_REFUSING};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        one_question(2);
        both(kinds[i], 0, SIM_LONGEST);
        go(0);
        cr_assert_eq(packets(QUESTION_MX), 2, "%s", fault_kind_name(kinds[i]));
        cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->at, 2 * TINY_TRIP);
        cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->dns, DNS_SERVFAIL);
        if (kinds[i] != FAULT_REFUSING) cr_assert_lt(server(0)->srtt, 2 * TINY_TRIP, "no penalty");
    }
}

/* Measured: FORMERR from both costs 4 packets. */
Test(bind, formerr_is_asked_again_without_edns)
{
    one_question(2);
    both(FAULT_FORMERR, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(packets(QUESTION_MX), 4);
    cr_assert_eq(packet(QUESTION_MX, 0)->whom, packet(QUESTION_MX, 1)->whom);
    cr_assert_eq(packet(QUESTION_MX, 2)->whom, packet(QUESTION_MX, 3)->whom);
    cr_assert_neq(packet(QUESTION_MX, 0)->whom, packet(QUESTION_MX, 2)->whom);
}

/* ---- addresses of servers ---- */

/* resolver.c fctx_getaddresses: with the first list the other address family is left alone, with the second not. */
Test(bind, a_cold_question_asks_for_the_servers_aaaa)
{
    one_question(2);
    ask_at(name_in_zone(), SIM_MINUTE);
    go(0);
    cr_assert_eq(packets(QUESTION_AAAA), 2);
    cr_assert_lt(packet(QUESTION_AAAA, 1)->at, SIM_SECOND);
    cr_assert_eq(packets(QUESTION_MX), 2);
}

/* Without a server cookie the zone's own NS records are not believed: the parent is asked each time its own end. */
Test(bind, the_parents_delegation_is_not_prolonged_by_the_zone)
{
    one_question(1);
    uint32_t child = tiny_zone(&t, 2, 0);
    t.zones[child].null_mx = true;
    t.zones[child].parent = 0;
    t.zones[child].delegation_ttl = SIM_MINUTE;
    t.zones[child].ttl = SIM_HOUR;
    for (int i = 0; i < 10; i++) {
        uint32_t name = name_in_zone();
        t.zones[name] = t.zones[child];
        t.zones[name].name = tiny_names[4][name];
        if (i < 9) ask_at(name, i * 25 * SIM_SECOND);
    }
    t.clients[0].at = SIM_HOUR;
    go(0);
    cr_assert_eq(packets(QUESTION_NS), 3);
    cr_assert_eq(packet(QUESTION_NS, 1)->at, 75 * SIM_SECOND);
    cr_assert_eq(packet(QUESTION_NS, 2)->at, 150 * SIM_SECOND);
}

/* ---- what clients see ---- */

Test(bind, ten_may_wait_for_one_question)
{
    one_question(2);
    for (int i = 1; i < 12; i++) ask_at(0, i * SIM_MS);
    t.mtas[0].params.stub_timeout = 20 * SIM_SECOND;
    both(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_TURNED_AWAY), 2);
}

/* dns_resolver_createfetch, fctx_sendevents: the limit grows by 5 where clients were turned away and the answer came,
 * and falls by one each 20 minutes. */
Test(bind, the_number_that_may_wait_adapts_itself)
{
    one_question(2);
    t.mtas[0].params.stub_timeout = 20 * SIM_SECOND;
    t.resolvers[0].params.max_clients_per_query = 18;
    t.zones[0].ttl = SIM_MINUTE;
    for (int i = 0; i < 4; i++) {
        static const sim_time at[] = {0, 10 * SIM_MINUTE, 20 * SIM_MINUTE, 20 * SIM_MINUTE + 61 * SIM_MINUTE};
        both(FAULT_SILENT, at[i], 2 * SIM_SECOND);
        struct client_spec *c = i == 0 ? &t.clients[0] : &t.clients[tiny_client(&t, 0, 0)];
        c->at = at[i];
        c->count = 30;
    }
    go(0);
    size_t turned[4] = {0};
    for (size_t i = 0; i < p.diary.count; i++) {
        sim_time at = p.diary.items[i].at;
        if (p.diary.items[i].type == RECORD_TURNED_AWAY)
            turned[at < SIM_MINUTE ? 0 : at < 15 * SIM_MINUTE ? 1 : at < SIM_HOUR ? 2 : 3]++;
    }
    cr_assert_eq(turned[0], 20);
    cr_assert_eq(turned[1], 15);
    cr_assert_eq(turned[2], 12, "18 at most");
    cr_assert_eq(turned[3], 15, "three times 20 minutes later");
}

Test(bind, zero_lets_all_wait)
{
    one_question(2);
    t.resolvers[0].params.clients_per_query = 0;
    t.clients[0].count = 200;
    both(FAULT_SILENT, 0, SIM_SECOND);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_TURNED_AWAY), 0);
}

Test(bind, servfail_is_told_from_memory_for_a_second)
{
    one_question(1);
    fault(0, FAULT_SERVFAIL, 0, SIM_LONGEST);
    ask_at(0, TINY_TRIP + SIM_SECOND - 1);
    ask_at(0, TINY_TRIP + SIM_SECOND);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_CACHED), 1);
    cr_assert_eq(packet(QUESTION_MX, 1)->at, TINY_TRIP + SIM_SECOND);
}

/* A second-resolution clock: TTL 20 is 19 to 20 s; 2 s before the end the next question has it asked for anew. */
Test(bind, what_is_asked_for_near_its_end_is_prefetched)
{
    one_question(1);
    t.zones[0].ttl = 20 * SIM_SECOND;
    t.clients[0].at = SIM_SECOND / 2;
    ask_at(0, 18 * SIM_SECOND - 1);
    ask_at(0, 18 * SIM_SECOND);
    ask_at(0, 19 * SIM_SECOND);
    ask_at(0, 30 * SIM_SECOND);
    go(0);
    cr_assert_eq(packets(QUESTION_MX), 2);
    cr_assert_eq(packet(QUESTION_MX, 1)->at, 18 * SIM_SECOND);
    cr_assert_eq(diary_count(&p.diary, RECORD_CACHED), 4);
    t.resolvers[0].params.prefetch_trigger = 0;
    go(0);
    cr_assert_eq(packets(QUESTION_MX), 2);
    cr_assert_eq(packet(QUESTION_MX, 1)->at, 30 * SIM_SECOND);
    t.resolvers[0].params.prefetch_trigger = 2 * SIM_SECOND;
    t.resolvers[0].params.prefetch_eligible = 21 * SIM_SECOND;
    go(0);
    cr_assert_eq(packet(QUESTION_MX, 1)->at, 30 * SIM_SECOND);
}

/* Who asks after the end does not wait for the prefetch, but for a look-up of 10 s of his own. */
Test(bind, a_prefetch_is_nobodys)
{
    one_question(1);
    t.zones[0].ttl = 20 * SIM_SECOND;
    ask_at(0, 19 * SIM_SECOND);
    ask_at(0, 21 * SIM_SECOND);
    fault(0, FAULT_SILENT, 2 * SIM_SECOND, SIM_LONGEST);
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 2)->at, 31 * SIM_SECOND);
}

/* ---- stale answers ---- */

static void stale(sim_time client_timeout)
{
    one_question(2);
    t.resolvers[0].params.serve_stale = true;
    t.resolvers[0].params.stale_client_timeout = client_timeout;
    t.resolvers[0].params.prefetch_trigger = 0;
    t.zones[0].ttl = 20 * SIM_SECOND;
    both(FAULT_SILENT, 10 * SIM_SECOND, SIM_LONGEST);
}

static void stale_answers_at(const sim_time *at, size_t count)
{
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), count);
    for (size_t i = 0; i < count; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_STALE, i)->at, at[i], "%zu", i);
}

/* Measured: 10 s, then at once for 30 s, and so on every 40 s. */
Test(bind, stale_when_all_has_failed_then_at_once_for_30_s)
{
    static const sim_time at[] = {40 * SIM_SECOND, 41 * SIM_SECOND, 70 * SIM_SECOND - 1, 80 * SIM_SECOND};
    stale(SIM_LONGEST);
    ask_at(0, 30 * SIM_SECOND);
    ask_at(0, 41 * SIM_SECOND);
    ask_at(0, 70 * SIM_SECOND - 1);
    ask_at(0, 70 * SIM_SECOND);
    go(0);
    stale_answers_at(at, 4);
    t.resolvers[0].params.stale_refresh_time = 0;
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_STALE, 1)->at, 51 * SIM_SECOND);
    t.resolvers[0].params.stale_max = 20 * SIM_SECOND;
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), 0, "40 s is too late");
}

/* The first at 1.8 s, which cuts a packet's wait; then at each packet's time-out. */
Test(bind, stale_after_the_client_timeout_and_at_each_time_out)
{
    static const sim_time at[] = {31800 * SIM_MS, 32600 * SIM_MS, 33400 * SIM_MS};
    stale(1800 * SIM_MS);
    ask_at(0, 30 * SIM_SECOND);
    ask_at(0, 32 * SIM_SECOND);
    ask_at(0, 33 * SIM_SECOND);
    t.clients[0].at = 100 * SIM_MS;
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), 3);
    cr_assert_eq(diary_nth(&p.diary, RECORD_STALE, 0)->at, at[0]);
    cr_assert_geq(diary_nth(&p.diary, RECORD_STALE, 1)->at, at[1]);
    cr_assert_leq(diary_nth(&p.diary, RECORD_STALE, 1)->at, at[1] + 500 * SIM_MS);
    cr_assert_geq(diary_nth(&p.diary, RECORD_STALE, 2)->at, at[2]);
}

Test(bind, who_has_a_stale_answer_still_counts)
{
    stale(1800 * SIM_MS);
    for (int i = 0; i < 11; i++) ask_at(0, 30 * SIM_SECOND + i * 900 * SIM_MS);
    t.mtas[0].params.stub_timeout = 20 * SIM_SECOND;
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_TURNED_AWAY), 1);
}

Test(bind, stale_at_once_and_a_question_beside)
{
    stale(0);
    ask_at(0, 30 * SIM_SECOND);
    ask_at(0, 45 * SIM_SECOND);
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_STALE, 0)->at, 30 * SIM_SECOND);
    cr_assert_eq(diary_nth(&p.diary, RECORD_STALE, 1)->at, 45 * SIM_SECOND);
    cr_assert_geq(packets(QUESTION_MX), 2 * 8, "each time servers are asked");
}

/* All servers refuse: at once, each time, and each time they are asked. */
Test(bind, refusals_open_no_time_of_stale_answers)
{
    stale(SIM_LONGEST);
    t.spec.fault_count = 0;
    both(FAULT_REFUSED, 10 * SIM_SECOND, SIM_LONGEST);
    ask_at(0, 30 * SIM_SECOND);
    ask_at(0, 31 * SIM_SECOND);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), 2);
    cr_assert_eq(packets(QUESTION_MX), 5);
}

Test(bind, nxdomain_is_not_served_stale)
{
    stale(SIM_LONGEST);
    t.zones[0].negative_ttl = 20 * SIM_SECOND;
    both(FAULT_NXDOMAIN, 0, 10 * SIM_SECOND);
    ask_at(0, 30 * SIM_SECOND);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), 0);
}

/* ---- bounds of TTLs ---- */

static sim_time kept(sim_time ttl, bool negative)
{
    one_question(1);
    t.zones[0].ttl = t.zones[0].negative_ttl = ttl;
    t.zones[0].null_mx = !negative;
    struct resolver_params *r = &t.resolvers[0].params;
    r->cache_min_ttl = 5 * SIM_SECOND;
    r->cache_max_ttl = 100 * SIM_SECOND;
    r->cache_min_negative_ttl = 7 * SIM_SECOND;
    r->cache_max_negative_ttl = 70 * SIM_SECOND;
    t.clients[0].at = 500 * SIM_MS;
    go(0);
    for (size_t i = 0; i < p.diary.count; i++)
        if (p.diary.items[i].type == RECORD_FETCHED && question_type(p.diary.items[i].question) == QUESTION_MX)
            return p.diary.items[i].until;
    return 0;
}

Test(bind, ttls_have_bounds_and_end_with_a_whole_second)
{
    cr_assert_eq(kept(SIM_SECOND, false), 5 * SIM_SECOND);
    cr_assert_eq(kept(50 * SIM_SECOND, false), 50 * SIM_SECOND);
    cr_assert_eq(kept(500 * SIM_SECOND, false), 100 * SIM_SECOND);
    cr_assert_eq(kept(SIM_SECOND, true), 7 * SIM_SECOND);
    cr_assert_eq(kept(500 * SIM_SECOND, true), 70 * SIM_SECOND);
}
