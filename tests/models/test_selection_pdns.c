/* tests/models/test_selection_pdns.c - PowerDNS Recursor 4.8: each rule of its choosing, waiting and remembering. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(pdns, .fini = end_play);

static void go(uint64_t run)
{
    if (p.world) play_end(&p);
    play_run(&p, &t, 2385, run);
}

#define S    SIM_SECOND
#define NONE UINT32_MAX
#define LATE (5 * SIM_MS) /* what comes after a round of the event loop comes so late at most */

static struct resolver_params *params(void)
{
    return &t.resolvers[0].params;
}

/* A zone that takes no mail, no delays: one question a message, and it is over, whatever the answer. */
static void lab(uint32_t ns)
{
    tiny_init(&t, "rfc5321", "pdns", ns, 0);
    tiny_no_delay(&t);
    t.zones[0].null_mx = true;
    t.mtas[0].params.stub_timeout = SIM_HOUR;
    t.mtas[0].params.stub_attempts = 1;
    t.mtas[0].params.maximal_queue_lifetime = 0;
    params()->pdns.threads = 1;
}

static void all(enum fault_kind is, sim_time from, sim_time length)
{
    for (uint32_t i = 0; i < t.spec.ns_count; i++) tiny_fault(&t, TARGET_NS, i, is, from, length);
}

/* Asks at a time for the zone's own MX, or for that of another name in it. */
static void ask_zone(uint32_t zone, sim_time at)
{
    t.clients[tiny_client(&t, 0, zone)].at = at;
}
static void ask(sim_time at)
{
    ask_zone(0, at);
}
static void ask_other(sim_time at)
{
    uint32_t z = tiny_zone(&t, 0, 0);
    t.zones[z] = (struct zone_spec){.name = t.zones[z].name,
                                    .ns = t.zones[0].ns,
                                    .ns_count = t.zones[0].ns_count,
                                    .cut = 0,
                                    .parent = SPEC_NONE,
                                    .null_mx = true,
                                    .address = SPEC_NONE};
    ask_zone(z, at);
}

static sim_time at_nth(enum record_type type, size_t nth)
{
    return diary_nth(&p.diary, type, nth)->at;
}

static size_t count(enum record_type type)
{
    return diary_count(&p.diary, type);
}

/* Packets in [from, until), to one server or, NONE, to all. */
static int sent(uint32_t ns, sim_time from, sim_time until)
{
    int n = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        n += r->type == RECORD_QUERY && r->at >= from && r->at < until && (ns == NONE || r->whom == ns);
    }
    return n;
}

static void at_about(sim_time at, sim_time expected)
{
    cr_assert(at >= expected && at < expected + LATE, "%.6f s, not %.6f s", sim_time_seconds(at),
              sim_time_seconds(expected));
}

/* ---- waiting, giving up ---- */

Test(pdns, asks_each_silent_server_once_for_1500_ms)
{
    lab(2);
    all(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 2);
    cr_assert_neq(diary_nth(&p.diary, RECORD_QUERY, 0)->whom, diary_nth(&p.diary, RECORD_QUERY, 1)->whom);
    at_about(at_nth(RECORD_QUERY, 1), 1500 * SIM_MS);
    at_about(at_nth(RECORD_FETCHED, 0), 3 * S);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->dns, DNS_SERVFAIL);
    params()->pdns.network_timeout = S;
    go(0);
    at_about(at_nth(RECORD_FETCHED, 0), 2 * S);
}

Test(pdns, asks_nobody_after_7_s)
{
    static const struct {
        sim_time limit;
        size_t packets;
    } rows[] = {{7 * S, 5}, {2 * S, 2}, {0, 6}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lab(6);
        all(FAULT_SILENT, 0, SIM_LONGEST);
        params()->query_timeout = rows[i].limit;
        go(i);
        cr_assert_eq(count(RECORD_QUERY), rows[i].packets, "row %zu: %zu", i, count(RECORD_QUERY));
    }
}

Test(pdns, asks_no_more_servers_than_its_limits_let)
{
    lab(4);
    all(FAULT_SERVFAIL, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 4);
    params()->pdns.max_qperq = 2;
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 2);
    params()->pdns.max_qperq = 60;
    params()->pdns.max_ns_per_resolve = 3;
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 3);
    params()->pdns.max_ns_per_resolve = 0;
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 4);
}

/* rec-main.cc: a thread looks at its time-outs when something wakes it, or after 500 ms. */
Test(pdns, a_question_that_comes_shifts_the_rounds)
{
    lab(1);
    all(FAULT_SILENT, 0, SIM_LONGEST);
    ask_other(1200 * SIM_MS);
    go(0);
    at_about(at_nth(RECORD_NO_REPLY, 0), 1700 * SIM_MS);
}

Test(pdns, a_question_that_comes_wakes_the_thread)
{
    lab(1);
    all(FAULT_SILENT, 0, SIM_LONGEST);
    ask_other(1200 * SIM_MS);
    ask_other(1600 * SIM_MS);
    go(0);
    cr_assert_eq(at_nth(RECORD_NO_REPLY, 0), 1600 * SIM_MS);
}

Test(pdns, a_question_wakes_its_own_thread_only)
{
    int shifted = 0;
    for (uint64_t run = 0; run < 40; run++) {
        lab(1);
        params()->pdns.threads = 2;
        all(FAULT_SILENT, 0, SIM_LONGEST);
        ask_other(1200 * SIM_MS);
        go(run);
        shifted += at_nth(RECORD_NO_REPLY, 0) > 1600 * SIM_MS;
    }
    cr_assert(shifted > 8 && shifted < 32, "%d of 40", shifted);
}

/* ---- choosing ---- */

Test(pdns, a_server_never_timed_comes_first)
{
    for (uint64_t run = 0; run < 20; run++) {
        lab(3);
        for (int i = 1; i < 4; i++) ask_other(i * S);
        go(run);
        int seen = 0;
        for (size_t i = 0; i < 3; i++) seen |= 1 << diary_nth(&p.diary, RECORD_QUERY, i)->whom;
        cr_assert_eq(seen, 7, "run %d", (int)run);
    }
}

Test(pdns, a_server_that_only_refuses_is_asked_first_for_ever)
{
    lab(2);
    tiny_fault(&t, TARGET_NS, 0, FAULT_REFUSED, 0, SIM_LONGEST);
    for (int i = 1; i < 9; i++) ask_other(i * S);
    go(0);
    cr_assert_eq(sent(0, 0, SIM_DAY) + sent(1, 0, SIM_DAY), (int)count(RECORD_QUERY));
    cr_assert_geq(sent(0, 0, SIM_DAY), 8);
    cr_assert_eq(sent(1, 0, SIM_DAY), 9);
}

/* The average of the server asked goes to what is measured, that of the other falls by 1/e in 60 s: 60 ln(60/10) s. */
Test(pdns, a_slower_server_is_tried_again_when_its_average_has_decayed)
{
    lab(2);
    t.ns[0].host.delay = law_constant(5 * SIM_MS);
    t.ns[1].host.delay = law_constant(30 * SIM_MS);
    t.zones[0].ttl = S;
    t.clients[0].count = 0;
    t.clients[0].every = 2 * S;
    t.spec.mail = 600 * S;
    go(0);
    sim_time first = -1;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type != RECORD_QUERY || r->whom != 1) continue;
        if (first >= 0 && r->at > first) {
            double gap = sim_time_seconds(r->at - first);
            cr_assert(gap > 98 && gap < 118, "after %g s", gap); /* 107.5 s, less some noise of the measuring */
            return;
        }
        first = r->at;
    }
    cr_assert_fail("it is never tried again");
}

Test(pdns, a_dead_server_counts_for_one_second)
{
    lab(2);
    for (uint32_t i = 0; i < 2; i++) t.ns[i].host.delay = law_constant(5 * SIM_MS);
    tiny_fault(&t, TARGET_NS, 1, FAULT_SILENT, 0, SIM_LONGEST);
    t.zones[0].ttl = S;
    t.clients[0].count = 0;
    t.clients[0].every = 4 * S;
    t.spec.mail = 600 * S;
    go(0);
    cr_assert_eq(sent(1, 0, 260 * S), 1);
    cr_assert_eq(sent(1, 260 * S, 300 * S), 1, "60 ln(1000 / 10) s is 276 s");
}

Test(pdns, speeds_are_forgotten_after_300_s_without_a_question)
{
    int far[2] = {0};
    for (int idle = 0; idle < 2; idle++)
        for (uint64_t run = 0; run < 40; run++) {
            lab(2);
            t.ns[1].host.delay = law_constant(SIM_SECOND / 2);
            ask_other(10 * S);
            ask_other((idle ? 350 : 30) * S);
            go(run);
            far[idle] += diary_nth(&p.diary, RECORD_QUERY, 2)->whom == 1;
        }
    cr_assert_eq(far[0], 0);
    cr_assert(far[1] > 8 && far[1] < 32, "%d of 40", far[1]);
}

/* ---- throttles: how long one question is kept from one server ---- */

/* Both servers bad in that way; the question comes at these times, and nothing else is remembered of it. */
static void again_at(enum fault_kind is, const sim_time *times, size_t n)
{
    lab(2);
    params()->disable_packetcache = true;
    all(is, 0, SIM_LONGEST);
    for (size_t i = 0; i < n; i++) ask(times[i]);
    go(0);
}

Test(pdns, a_time_out_blocks_five_times)
{
    again_at(FAULT_SILENT, (sim_time[]){4 * S, 5 * S, 6 * S, 7 * S, 8 * S, 9 * S}, 6);
    cr_assert_eq(sent(NONE, 0, 4 * S), 2);
    cr_assert_eq(sent(NONE, 4 * S, 9 * S), 0);
    cr_assert_eq(sent(NONE, 9 * S, SIM_DAY), 2);
    cr_assert_eq(at_nth(RECORD_FETCHED, 1), 4 * S, "SERVFAIL at once");
}

Test(pdns, a_time_out_blocks_for_ten_seconds)
{
    again_at(FAULT_SILENT, (sim_time[]){12500 * SIM_MS}, 1);
    cr_assert_eq(sent(NONE, 12 * S, SIM_DAY), 1, "seconds 1 and 3, and ten more");
}

Test(pdns, an_error_blocks_three_times)
{
    static const enum fault_kind kinds[] = {FAULT_SERVFAIL, FAULT_REFUSED, FAULT_NOTIMP};
    for (size_t k = 0; k < 3; k++) {
        again_at(kinds[k], (sim_time[]){S, 2 * S, 3 * S, 4 * S}, 4);
        cr_assert_eq(sent(NONE, 0, S), 2);
        cr_assert_eq(sent(NONE, S, 4 * S), 0);
        cr_assert_eq(sent(NONE, 4 * S, SIM_DAY), 2);
    }
}

Test(pdns, a_lame_server_or_a_closed_port_blocks_for_sixty_seconds)
{
    static const enum fault_kind kinds[] = {FAULT_LAME, FAULT_REFUSING};
    for (size_t k = 0; k < 2; k++) {
        again_at(kinds[k], (sim_time[]){S, 2 * S, 3 * S, 4 * S, 5 * S, 59 * S, 60 * S, 61 * S}, 8);
        cr_assert_eq(sent(NONE, 0, S), 2);
        cr_assert_eq(sent(NONE, S, 61 * S), 0);
        cr_assert_eq(sent(NONE, 61 * S, SIM_DAY), 2);
    }
}

/* ---- a server that is down ---- */

static void name_every(sim_time every, int n)
{
    for (int i = 1; i <= n; i++) ask_other(i * every);
}

Test(pdns, a_server_that_has_failed_so_often_is_left_alone)
{
    lab(1);
    params()->pdns.server_down_max_fails = 3;
    all(FAULT_SILENT, 0, SIM_LONGEST);
    name_every(2 * S, 4);
    ask_other(64 * S); /* the third failure is one of second 5 */
    ask_other(67 * S);
    ask_other(70 * S);
    go(0);
    cr_assert_eq(sent(NONE, 0, 6 * S), 3);
    cr_assert_eq(sent(NONE, 6 * S, 66 * S), 0);
    cr_assert_eq(sent(NONE, 66 * S, 70 * S), 1);
    cr_assert_eq(sent(NONE, 70 * S, SIM_DAY), 0, "the failures are not forgotten: one more is enough");
    params()->pdns.server_down_throttle_time = 10 * S;
    go(0);
    cr_assert_eq(sent(NONE, 6 * S, 66 * S), 1);
    params()->pdns.server_down_max_fails = 0;
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 8);
}

Test(pdns, an_answer_forgives_all_failures)
{
    lab(1);
    params()->pdns.server_down_max_fails = 3;
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 0, 3900 * SIM_MS);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 5 * S, SIM_LONGEST);
    name_every(2 * S, 5);
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 6);
}

Test(pdns, closed_ports_count_as_failures_and_errors_do_not)
{
    static const enum fault_kind kinds[] = {FAULT_REFUSING, FAULT_SERVFAIL};
    for (size_t k = 0; k < 2; k++) {
        lab(1);
        params()->pdns.server_down_max_fails = 3;
        all(kinds[k], 0, SIM_LONGEST);
        name_every(2 * S, 5);
        go(0);
        cr_assert_eq(count(RECORD_QUERY), k == 0 ? 3 : 6);
    }
}

/* ---- EDNS ---- */

Test(pdns, formerr_is_asked_again_without_edns)
{
    lab(1);
    all(FAULT_FORMERR, 0, SIM_LONGEST);
    ask_other(S);
    ask_other(7200 * S);
    ask_other(7202 * S);
    go(0);
    cr_assert_eq(sent(NONE, 0, S), 2);
    cr_assert_eq(sent(NONE, S, 7201 * S), 2);
    cr_assert_eq(sent(NONE, 7201 * S, SIM_DAY), 2, "forgotten after 7200 s");
}

/* ---- the same question at the same time ---- */

Test(pdns, each_client_has_its_own_work_but_packets_are_shared)
{
    lab(1);
    all(FAULT_SILENT, 0, SIM_LONGEST);
    ask(S);
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 1);
    cr_assert_eq(count(RECORD_FETCHED), 2);
    at_about(at_nth(RECORD_FETCHED, 0), 1500 * SIM_MS);
    cr_assert_gt(at_nth(RECORD_FETCHED, 1), 2500 * SIM_MS, "a wait of its own");
}

Test(pdns, a_reply_serves_all_who_wait_for_the_packet)
{
    lab(1);
    t.ns[0].host.delay = law_constant(SIM_SECOND / 2);
    ask(300 * SIM_MS);
    ask(900 * SIM_MS);
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 1);
    for (size_t i = 0; i < 3; i++) cr_assert_eq(at_nth(RECORD_ANSWER, i), S);
    cr_assert_eq(p.tally->counts[COL_PACKETS], 1);
}

Test(pdns, a_thread_drops_what_is_too_much)
{
    lab(1);
    params()->pdns.max_mthreads = 2;
    all(FAULT_SILENT, 0, SIM_LONGEST);
    name_every(100 * SIM_MS, 3);
    go(0);
    cr_assert_eq(count(RECORD_TURNED_AWAY), 2);
    cr_assert_eq(count(RECORD_QUERY), 2);
}

/* ---- the packet cache ---- */

Test(pdns, servfail_is_told_for_sixty_seconds)
{
    lab(1);
    all(FAULT_SILENT, 0, 10 * S);
    ask(61900 * SIM_MS); /* the answer came in second 1 */
    ask(60900 * SIM_MS);
    go(0);
    cr_assert_eq(count(RECORD_CACHED), 1);
    cr_assert_eq(at_nth(RECORD_CACHED, 0), 60900 * SIM_MS);
    cr_assert_eq(at_nth(RECORD_QUERY, 1), 61900 * SIM_MS);
    params()->failure_ttl = 70 * S;
    go(0);
    cr_assert_eq(count(RECORD_CACHED), 2);
    params()->disable_packetcache = true;
    go(0);
    cr_assert_eq(count(RECORD_CACHED), 1, "the good answer of 60.9 s");
}

/* The packet cache ends with the 60th second, the throttle after it. */
Test(pdns, an_outage_of_ten_seconds_is_felt_for_two_minutes)
{
    static const enum fault_kind kinds[] = {FAULT_REFUSED, FAULT_SERVFAIL, FAULT_LAME, FAULT_REFUSING};
    for (size_t k = 0; k < 4; k++) {
        lab(2);
        all(kinds[k], 0, 10 * S);
        ask(60 * S);
        ask(119 * S);
        ask(120 * S);
        go(0);
        cr_assert_eq(sent(NONE, S, 120 * S), 0);
        cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 2)->dns, DNS_SERVFAIL);
        cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 3)->dns, DNS_OK, "%s", fault_kind_name(kinds[k]));
    }
}

/* ... unless a sweep has come in between: every 5 s, whenever that is. */
Test(pdns, a_sweep_may_end_a_throttle_in_its_last_second)
{
    int good = 0;
    for (uint64_t run = 0; run < 100; run++) {
        lab(2);
        all(FAULT_REFUSED, 0, 10 * S);
        ask(60900 * SIM_MS);
        go(run);
        good += diary_nth(&p.diary, RECORD_ANSWER, 1)->dns == DNS_OK;
    }
    cr_assert(good >= 7 && good <= 32, "%d of 100, 18 expected", good);
}

Test(pdns, a_no_without_soa_is_kept_by_the_packet_cache_alone)
{
    lab(1);
    t.zones[0].null_mx = false;
    t.zones[0].no_soa = true;
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, 60 * S);
    params()->disable_packetcache = true;
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, 0);
}

Test(pdns, ttls_have_bounds)
{
    lab(1);
    t.zones[0].ttl = 0;
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, S);
    params()->cache_min_ttl = 7 * S;
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, 7 * S);
    t.zones[0].ttl = 30 * SIM_DAY;
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, SIM_DAY);
    t.zones[0].null_mx = false;
    t.zones[0].negative_ttl = SIM_DAY;
    go(0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_FETCHED, 0)->until, SIM_HOUR);
}

/* ---- stale answers ---- */

/* A name of TTL 20 s asked for each second; both servers silent from 5 s on, for 130 s. */
static void expiring(uint32_t extensions)
{
    lab(2);
    t.zones[0].ttl = 20 * S;
    params()->pdns.serve_stale_extensions = extensions;
    all(FAULT_SILENT, 5 * S, 130 * S);
    t.clients[0].count = 0;
    t.clients[0].every = S;
    t.spec.mail = 240 * S;
    go(0);
}

static enum dns_status answer_to(sim_time asked_at)
{
    for (size_t i = 0; i < p.diary.count; i++)
        if (p.diary.items[i].type == RECORD_ASK && p.diary.items[i].at == asked_at)
            for (size_t k = i; k < p.diary.count; k++)
                if (p.diary.items[k].type == RECORD_ANSWER && p.diary.items[k].message == p.diary.items[i].message)
                    return p.diary.items[k].dns;
    sim_panic(NULL, __FILE__, __LINE__, "nobody asked then");
}

Test(pdns, a_stale_answer_first_costs_the_whole_failure)
{
    expiring(120);
    cr_assert_eq(answer_to(20 * S), DNS_OK);
    cr_assert_geq(at_nth(RECORD_STALE, 0), 23 * S);
    cr_assert_leq(at_nth(RECORD_STALE, 0), 24 * S + LATE);
    for (sim_time at = 25 * S; at < 230 * S; at += S) cr_assert_eq(answer_to(at), DNS_OK);
    for (size_t i = 0; i < p.diary.count; i++)
        if (p.diary.items[i].type == RECORD_STALE && p.diary.items[i].at > 30 * S)
            cr_assert_leq(p.diary.items[i].until - p.diary.items[i].at, 20 * S);
}

/* With each new end one attempt to get a fresh answer begins. */
Test(pdns, an_extension_asks_for_a_fresh_answer)
{
    expiring(120);
    sim_time end = diary_nth(&p.diary, RECORD_STALE, 0)->until;
    cr_assert(end == 43 * S || end == 44 * S);
    cr_assert_eq(sent(NONE, end, end + S), 1);
    cr_assert_eq(sent(NONE, end + S, end + 3 * S), 1);
    cr_assert_eq(sent(NONE, end + 5 * S, end + 20 * S), 0);
}

Test(pdns, extensions_are_counted)
{
    expiring(1);
    sim_time end = diary_nth(&p.diary, RECORD_STALE, 0)->until;
    cr_assert_eq(answer_to(end - S), DNS_OK);
    cr_assert_eq(answer_to(end), DNS_SERVFAIL);
    expiring(0);
    cr_assert_eq(answer_to(20 * S), DNS_SERVFAIL);
    cr_assert_eq(count(RECORD_STALE), 0);
}

Test(pdns, a_question_cut_short_gets_nothing_stale)
{
    expiring(120);
    lab(6);
    t.zones[0].ttl = 20 * S;
    params()->pdns.serve_stale_extensions = 120;
    all(FAULT_SILENT, 5 * S, SIM_LONGEST);
    ask(30 * S);
    go(0);
    cr_assert_eq(answer_to(30 * S), DNS_SERVFAIL);
    params()->query_timeout = 0;
    go(0);
    cr_assert_eq(answer_to(30 * S), DNS_OK);
}

Test(pdns, an_answer_near_its_end_is_asked_for_anew)
{
    lab(1);
    t.zones[0].ttl = 100 * S;
    ask(89 * S);
    ask(90 * S);
    ask(95 * S);
    ask(150 * S);
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 2);
    params()->pdns.refresh_on_ttl_perc = 10;
    go(0);
    cr_assert_eq(count(RECORD_QUERY), 2);
    cr_assert_eq(at_nth(RECORD_QUERY, 1), 90 * S);
    cr_assert_eq(count(RECORD_CACHED), 4);
}

/* ---- name servers in other zones, parents ---- */

/* The zone's second server has its name in a zone whose only server is silent. */
static void stranger(void)
{
    lab(2);
    uint32_t z = tiny_zone(&t, 1, 0);
    t.zones[z].null_mx = true;
    t.ns[1].zone = z;
    t.ns[1].outside = true;
    tiny_no_delay(&t);
    tiny_fault(&t, TARGET_NS, 2, FAULT_SILENT, 0, SIM_LONGEST);
    t.zones[0].ttl = S;
    t.clients[0].count = 0;
    t.clients[0].every = 20 * S;
    t.spec.mail = 600 * S;
}

Test(pdns, a_server_whose_name_has_no_address_is_passed_over_after_five_times)
{
    stranger();
    go(0);
    cr_assert_eq(sent(1, 0, SIM_DAY), 0);
    /* The other server may come first, before it is timed. */
    int before = sent(2, 0, 110 * S);
    cr_assert_eq(before, 5);
    sim_time last = 0;
    for (size_t i = 0; i < p.diary.count; i++)
        if (p.diary.items[i].type == RECORD_QUERY && p.diary.items[i].whom == 2 && p.diary.items[i].at < 110 * S)
            last = p.diary.items[i].at;
    cr_assert_eq(sent(2, last + S, last + 60 * S), 0);
    cr_assert_gt(sent(2, last + 60 * S, last + 90 * S), 0);
    params()->pdns.non_resolving_ns_max_fails = 2;
    go(0);
    cr_assert_eq(sent(2, 0, 80 * S), 2);
    params()->pdns.non_resolving_ns_throttle_time = 200 * S;
    go(0);
    cr_assert_eq(sent(2, 0, 200 * S), 2);
    params()->pdns.non_resolving_ns_max_fails = 0;
    go(0);
    cr_assert_geq(sent(2, 0, 200 * S), 9);
}

Test(pdns, the_parents_servers_are_asked_after_the_zones_own)
{
    for (int saved = 0; saved < 2; saved++) {
        lab(2);
        uint32_t parent = tiny_zone(&t, 1, 0);
        tiny_no_delay(&t);
        t.zones[parent].null_mx = true;
        t.zones[0].parent = parent;
        t.zones[0].listed = 1;
        t.zones[0].delegated = 3;
        params()->pdns.save_parent_ns_set = saved;
        tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 10 * S, SIM_LONGEST);
        ask_other(20 * S);
        go(0);
        cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 1)->dns, saved ? DNS_OK : DNS_SERVFAIL);
        at_about(at_nth(RECORD_ANSWER, 1), 21500 * SIM_MS);
    }
}

/* A failure of the recursor's own look-ups is remembered by throttles alone. */
Test(pdns, a_silent_parent_costs_one_wait_for_each_of_its_servers)
{
    lab(1);
    uint32_t parent = tiny_zone(&t, 2, 0);
    tiny_no_delay(&t);
    t.zones[parent].null_mx = true;
    t.zones[0].parent = parent;
    tiny_fault(&t, TARGET_NS, 1, FAULT_SILENT, 0, 20 * S);
    tiny_fault(&t, TARGET_NS, 2, FAULT_SILENT, 0, 20 * S);
    ask_other(5 * S);
    ask_other(30 * S);
    go(0);
    cr_assert_eq(sent(NONE, 0, 20 * S), 2);
    at_about(at_nth(RECORD_ANSWER, 0), 3 * S);
    cr_assert_eq(at_nth(RECORD_ANSWER, 1), 5 * S, "SERVFAIL at once");
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 2)->dns, DNS_OK);
    cr_assert_eq(sent(NONE, 20 * S, SIM_DAY), 2);
}
