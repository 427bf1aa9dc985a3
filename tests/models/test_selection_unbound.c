/* tests/models/test_selection_unbound.c - Unbound's way of choosing, waiting and giving up, rule by rule. */
#include "models/inside.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(selection_unbound, .fini = end_play);

static void go(uint64_t run)
{
    if (p.world) play_end(&p);
    play_run(&p, &t, 2385, run);
}

static struct resolver_params *resolver(void)
{
    return &t.resolvers[0].params;
}

/* Domains that take no mail: one question (MX) a message, then it is over. The first is the zone itself. No look-ups of
 * the servers' names. */
static void plain(uint32_t ns)
{
    tiny_init(&t, "rfc5321", "unbound", ns, 0);
    t.zones[0].null_mx = true;
    t.mtas[0].params.stub_timeout = SIM_HOUR;
    t.mtas[0].params.stub_attempts = 1;
    t.mtas[0].params.maximal_queue_lifetime = 0;
    resolver()->discard_timeout = 0;
    resolver()->unbound.do_ip6 = false;
}

/* A mail domain in the first zone. */
static uint32_t below(const char *name)
{
    uint32_t z = tiny_zone(&t, 0, 0);
    struct zone_spec *zone = &t.zones[z];
    *zone = t.zones[0];
    zone->name = name;
    zone->cut = 0;
    return z;
}

/* The first message, at time 0, is for that zone. */
static void first_asks(uint32_t zone)
{
    t.to[0][0].zone = zone;
}

static void asked_at(uint32_t zone, sim_time at)
{
    t.clients[tiny_client(&t, 0, zone)].at = at;
}

static void all_are(enum fault_kind is, sim_time from, sim_time length)
{
    for (uint32_t i = 0; i < t.spec.ns_count; i++) tiny_fault(&t, TARGET_NS, i, is, from, length);
}

static const struct record *nth(enum record_type type, size_t n)
{
    return diary_nth(&p.diary, type, n);
}

static bool is_type(const struct record *r, enum question_type type)
{
    return r->type == RECORD_QUERY && question_type(r->question) == type;
}

static size_t packets(enum question_type type, sim_time from, sim_time until)
{
    size_t n = 0;
    for (size_t i = 0; i < p.diary.count; i++)
        n += is_type(&p.diary.items[i], type) && p.diary.items[i].at >= from && p.diary.items[i].at < until;
    return n;
}

static size_t all_packets(sim_time from, sim_time until)
{
    size_t n = 0;
    for (uint32_t type = 0; type < QUESTION_TYPES; type++) n += packets((enum question_type)type, from, until);
    return n;
}

/* ---- waits: util/rtt.c, services/outside_network.c ---- */

static const int64_t doubling[] = {0, 376, 752, 1504, 2256, 3760, 5264, 8272, 11280};

static void doubles(enum fault_kind is)
{
    plain(1);
    all_are(is, 0, SIM_LONGEST);
    go(0);
    for (size_t i = 0; i < 9; i++) {
        cr_assert_eq(nth(RECORD_QUERY, i)->at, doubling[i] * SIM_MS, "packet %zu", i);
        cr_assert(is_type(nth(RECORD_QUERY, i), QUESTION_MX));
    }
    cr_assert_eq(packets(QUESTION_MX, 0, SIM_DAY), 9, "5 tries, the last, of 6 s, is one packet");
    cr_assert(is_type(nth(RECORD_QUERY, 9), QUESTION_A), "the address of the server is looked up by the parent");
    cr_assert_eq(nth(RECORD_QUERY, 9)->at, (11280 + 6016) * SIM_MS);
    cr_assert_eq(nth(RECORD_QUERY, 9)->until - nth(RECORD_QUERY, 9)->at, 12032 * SIM_MS);
    cr_assert_eq(diary_count(&p.diary, RECORD_REPLY), 0);
}

Test(selection_unbound, waits_376_ms_twice_and_doubles)
{
    doubles(FAULT_SILENT);
}

Test(selection_unbound, a_closed_port_is_waited_out)
{
    doubles(FAULT_REFUSING);
}

Test(selection_unbound, an_answer_shortens_the_wait_in_whole_milliseconds)
{
    plain(1);
    t.zones[0].ttl = SIM_SECOND;
    all_are(FAULT_SILENT, SIM_MINUTE, SIM_LONGEST);
    asked_at(0, SIM_MINUTE);
    go(0);
    /* 4 ms: srtt 0 + 4 / 8 = 0, rttvar 94 - 90 / 4 = 72. */
    cr_assert_eq(nth(RECORD_QUERY, 1)->until - SIM_MINUTE, 288 * SIM_MS);
}

Test(selection_unbound, one_answer_ends_all_back_off)
{
    plain(1);
    t.zones[0].ttl = SIM_SECOND;
    all_are(FAULT_SILENT, 0, 3 * SIM_SECOND);
    asked_at(0, SIM_MINUTE);
    go(0);
    const struct record *last = nth(RECORD_QUERY, diary_count(&p.diary, RECORD_QUERY) - 1);
    cr_assert_eq(last->at, SIM_MINUTE);
    cr_assert_lt(last->until - last->at, 376 * SIM_MS);
}

Test(selection_unbound, packets_lost_together_double_once)
{
    plain(1);
    uint32_t one = below("a.z0.example"), two = below("b.z0.example");
    resolver()->qname_minimisation = false;
    first_asks(one);
    asked_at(two, 0);
    all_are(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    for (size_t i = 0; i < 18; i++) cr_assert_eq(nth(RECORD_QUERY, i)->at, doubling[i / 2] * SIM_MS, "packet %zu", i);
}

Test(selection_unbound, the_same_packet_is_not_sent_twice)
{
    for (uint64_t run = 0; run < 23; run++) {
        plain(2);
        resolver()->unbound.do_ip6 = true;
        all_are(FAULT_SILENT, 0, SIM_LONGEST);
        go(run);
        for (size_t i = 0; i < p.diary.count; i++) {
            const struct record *a = &p.diary.items[i];
            for (size_t k = i + 1; a->type == RECORD_QUERY && k < p.diary.count; k++) {
                const struct record *b = &p.diary.items[k];
                bool same = b->type == RECORD_QUERY && b->question == a->question && b->whom == a->whom;
                cr_assert(!same || b->at >= a->until, "packets at %g and %g s", sim_time_seconds(a->at),
                          sim_time_seconds(b->at));
            }
        }
    }
}

/* ---- which server: iterator/iter_utils.c ---- */

static void many_questions(void)
{
    t.zones[0].ttl = SIM_SECOND;
    t.clients[0].count = 0;
    t.clients[0].every = 20 * SIM_SECOND;
}

static void count_servers(unsigned *asked)
{
    go(0);
    for (size_t i = 0; i < p.diary.count; i++)
        if (p.diary.items[i].type == RECORD_QUERY) asked[p.diary.items[i].whom]++;
}

/* Measured on Unbound 1.17.1: 263 and 237 of 500 questions to servers at 10 and 60 ms; false alarm 1e-6. */
Test(selection_unbound, asks_a_far_server_as_often_as_a_near_one)
{
    unsigned asked[2] = {0};
    plain(2);
    t.ns[1].host.delay = law_constant(30 * SIM_MS);
    many_questions();
    count_servers(asked);
    double n = asked[0] + asked[1];
    cr_assert_eq(n, 4320);
    cr_assert_lt(fabs(asked[0] - n / 2), 4.9 * sqrt(n / 4), "%u and %u", asked[0], asked[1]);
}

Test(selection_unbound, a_server_400_ms_behind_is_tried_once_in_900_s)
{
    unsigned asked[2] = {0};
    plain(2);
    t.ns[1].host.delay = law_constant(250 * SIM_MS);
    many_questions();
    count_servers(asked);
    cr_assert_leq(asked[1], 97 * 4, "%u: its reply comes after the first time-outs", asked[1]);
    cr_assert_geq(asked[1], 48, "%u", asked[1]);
}

Test(selection_unbound, fast_server_permil_and_num_narrow_the_band)
{
    for (uint32_t permil = 0; permil <= 1000; permil += 1000) {
        unsigned asked[3] = {0};
        plain(3);
        for (uint32_t i = 0; i < 3; i++) t.ns[i].host.delay = law_constant((5 + 20 * i) * SIM_MS);
        resolver()->unbound.fast_server_permil = permil;
        resolver()->unbound.fast_server_num = 1;
        many_questions();
        count_servers(asked);
        if (permil == 0) cr_assert_gt(asked[2], 1000);
        if (permil == 1000) cr_assert_lt(asked[2], 200);
    }
}

/* ---- tries ---- */

/* REFUSED everywhere: packets of a question to two servers. */
static size_t tries(bool stub, uint32_t retry, uint32_t max_sent)
{
    plain(2);
    resolver()->unbound.stub_zone = stub;
    resolver()->unbound.outbound_msg_retry = retry;
    resolver()->unbound.max_sent_count = max_sent;
    resolver()->qname_minimisation = false;
    all_are(FAULT_REFUSED, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(nth(RECORD_ANSWER, 0)->dns, DNS_SERVFAIL);
    return packets(QUESTION_MX, 0, SIM_DAY);
}

Test(selection_unbound, each_server_is_tried_five_times)
{
    cr_assert_eq(tries(true, 5, 32), 10);
    cr_assert_eq(all_packets(0, SIM_DAY), 10, "no last resort in a stub zone");
    cr_assert_eq(tries(false, 5, 32), 10, "its delegation has just come from its parent");
    cr_assert_eq(packets(QUESTION_A, 0, SIM_DAY), 20, "and the names of both servers are looked up");
}

Test(selection_unbound, outbound_msg_retry_and_max_sent_count_limit_the_tries)
{
    cr_assert_eq(tries(true, 2, 32), 4);
    cr_assert_eq(tries(true, 5, 6), 7);
}

/* Where the delegation is from the cache, the parent is asked again, which gives each server one try more. */
Test(selection_unbound, a_delegation_from_the_cache_is_fetched_again)
{
    plain(2);
    uint32_t one = below("a.z0.example");
    asked_at(one, SIM_MINUTE);
    all_are(FAULT_REFUSED, SIM_MINUTE, SIM_LONGEST);
    go(0);
    cr_assert_eq(packets(QUESTION_MX, SIM_MINUTE, SIM_DAY), 11, "12 with that of the A question");
}

Test(selection_unbound, formerr_is_asked_again_without_edns)
{
    plain(1);
    resolver()->unbound.stub_zone = true;
    resolver()->qname_minimisation = false;
    all_are(FAULT_FORMERR, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(packets(QUESTION_MX, 0, SIM_DAY), 10);
}

/* ---- QNAME minimisation ---- */

Test(selection_unbound, a_name_below_the_zone_costs_two_packets)
{
    for (int on = 0; on <= 1; on++) {
        plain(1);
        resolver()->qname_minimisation = on;
        asked_at(below("a.z0.example"), SIM_MINUTE);
        go(0);
        cr_assert_eq(packets(QUESTION_A, 0, SIM_DAY), (size_t)on);
        cr_assert_eq(packets(QUESTION_MX, 0, SIM_DAY), 2, "one for the zone itself, one for the name");
        if (on) cr_assert(is_type(nth(RECORD_QUERY, 1), QUESTION_A));
    }
}

Test(selection_unbound, after_three_time_outs_the_whole_question_is_asked)
{
    plain(1);
    first_asks(below("a.z0.example"));
    all_are(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    for (size_t i = 0; i < 9; i++) cr_assert(is_type(nth(RECORD_QUERY, i), i < 6 ? QUESTION_A : QUESTION_MX));
}

Test(selection_unbound, strict_minimisation_believes_nxdomain)
{
    for (int strict = 0; strict <= 1; strict++) {
        plain(1);
        resolver()->unbound.minimise_strict = strict;
        first_asks(below("a.z0.example"));
        all_are(FAULT_NXDOMAIN, 0, SIM_LONGEST);
        go(0);
        cr_assert_eq(nth(RECORD_ANSWER, 0)->dns, DNS_NXDOMAIN);
        cr_assert_eq(all_packets(0, SIM_DAY), strict ? 1 : 2);
    }
}

/* ---- the servers' names ---- */

Test(selection_unbound, the_first_question_looks_up_the_servers_names)
{
    plain(2);
    resolver()->unbound.do_ip6 = true;
    asked_at(below("a.z0.example"), SIM_MINUTE);
    go(0);
    cr_assert_eq(packets(QUESTION_MX, 0, SIM_SECOND), 1);
    cr_assert_eq(packets(QUESTION_A, 0, SIM_SECOND), 2);
    cr_assert_eq(packets(QUESTION_AAAA, 0, SIM_SECOND), 2);
    cr_assert_eq(all_packets(SIM_SECOND, SIM_DAY), 2, "they are known now");
}

Test(selection_unbound, target_fetch_policy_limits_them)
{
    plain(2);
    resolver()->unbound.do_ip6 = true;
    resolver()->unbound.target_fetch[0] = 0;
    go(0);
    cr_assert_eq(all_packets(0, SIM_DAY), 1);
    plain(2);
    resolver()->unbound.do_ip6 = true;
    resolver()->unbound.target_fetch[0] = 1;
    resolver()->unbound.target_fetch[1] = 0;
    go(0);
    cr_assert_eq(all_packets(0, SIM_DAY), 3);
}

/* ---- memory: services/cache/infra.c ---- */

/* Lame for a second: no packet until what is known is forgotten, in a second of the resolver's own clock. */
static void lame_for(sim_time ttl)
{
    plain(1);
    resolver()->unbound.infra_host_ttl = ttl;
    resolver()->failure_ttl = 0;
    resolver()->unbound.stub_zone = true;
    resolver()->qname_minimisation = false;
    all_are(FAULT_LAME, 0, SIM_SECOND);
    go(0);
    sim_time clock = p.world->resolvers[0].clock, forgotten = ttl + SIM_SECOND - clock;
    asked_at(0, forgotten - 1);
    asked_at(0, forgotten);
    go(0);
    cr_assert_eq(p.world->resolvers[0].clock, clock);
    cr_assert_eq(diary_count(&p.diary, RECORD_ALL_HELD_DOWN), 1);
    cr_assert_eq(all_packets(0, SIM_DAY), 2);
    cr_assert_eq(nth(RECORD_QUERY, 1)->at, forgotten);
}

Test(selection_unbound, a_lame_server_is_left_alone_for_900_s)
{
    lame_for(900 * SIM_SECOND);
}

Test(selection_unbound, infra_host_ttl_says_how_long)
{
    lame_for(SIM_MINUTE);
}

/* One silent server of a stub zone, a new name each second: the packets from 30 s on. */
static void probed(bool keep_probing)
{
    static char names[TINY_MAX - 2][40];
    plain(1);
    resolver()->unbound.stub_zone = true;
    resolver()->qname_minimisation = false;
    resolver()->failure_ttl = SIM_SECOND;
    resolver()->unbound.keep_probing = keep_probing;
    for (uint32_t i = 0; i < TINY_MAX - 2; i++) {
        snprintf(names[i], sizeof names[i], "n%u.z0.example", i);
        struct client_spec *c = &t.clients[tiny_client(&t, 0, below(names[i]))];
        c->count = 0;
        c->every = (TINY_MAX - 2) * SIM_SECOND;
        c->at = i * SIM_SECOND;
    }
    t.spec.mail = 890 * SIM_SECOND;
    all_are(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
}

Test(selection_unbound, one_question_at_a_time_probes_a_dead_server)
{
    probed(false);
    sim_time until = 0;
    unsigned n = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type != RECORD_QUERY || r->at < 50 * SIM_SECOND) continue;
        cr_assert_geq(r->at, until, "at %g s", sim_time_seconds(r->at));
        until = r->until;
        n++;
    }
    cr_assert_geq(n, 2);
    cr_assert_eq(all_packets(400 * SIM_SECOND, 890 * SIM_SECOND), 0, "it is down until all is forgotten");
}

Test(selection_unbound, infra_keep_probing_never_stops)
{
    probed(true);
    cr_assert_geq(all_packets(400 * SIM_SECOND, 890 * SIM_SECOND), 3);
}

Test(selection_unbound, the_limits_of_time_outs_are_options)
{
    plain(1);
    resolver()->unbound.unknown_server_timeout = 100 * SIM_MS;
    resolver()->unbound.rto_max = 400 * SIM_MS;
    resolver()->unbound.stub_zone = true;
    all_are(FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(all_packets(0, SIM_DAY), 4, "100, 100, 200, 200: then it is down");
    cr_assert_eq(nth(RECORD_ANSWER, 0)->at, 600 * SIM_MS);
    plain(1);
    t.zones[0].ttl = SIM_SECOND;
    resolver()->unbound.rto_min = 300 * SIM_MS;
    asked_at(0, SIM_MINUTE);
    go(0);
    cr_assert_eq(nth(RECORD_QUERY, 1)->until - SIM_MINUTE, 300 * SIM_MS);
}

/* ---- what is kept ---- */

Test(selection_unbound, a_failure_is_kept_for_5_s_of_its_clock)
{
    plain(1);
    resolver()->unbound.stub_zone = true;
    all_are(FAULT_SERVFAIL, 0, SIM_LONGEST);
    go(0);
    sim_time until = nth(RECORD_FETCHED, 0)->until, at = nth(RECORD_FETCHED, 0)->at;
    cr_assert(until > at + 5 * SIM_SECOND && until <= at + 6 * SIM_SECOND);
    cr_assert_eq((until + p.world->resolvers[0].clock) % SIM_SECOND, 0);
    size_t before = all_packets(0, SIM_DAY);
    asked_at(0, until - 1);
    asked_at(0, until);
    go(0);
    cr_assert_eq(nth(RECORD_CACHED, 0)->at, until - 1);
    cr_assert_eq(nth(RECORD_QUERY, before)->at, until);
}

/* The parent's NS records count: a question after their TTL asks the parent, whatever the zone says of itself. */
Test(selection_unbound, iter_scrub_promiscuous_keeps_the_parents_ttl)
{
    for (int on = 0; on <= 1; on++) {
        plain(1);
        uint32_t child = tiny_zone(&t, 1, 0);
        t.zones[child].null_mx = true;
        t.zones[child].parent = 0;
        t.zones[child].delegation_ttl = 10 * SIM_SECOND;
        t.zones[child].ttl = 30 * SIM_SECOND;
        resolver()->parent_delegation = on;
        first_asks(child);
        asked_at(below("a.z0.example"), 12 * SIM_SECOND);
        t.zones[2].cut = child;
        t.zones[2].parent = 0;
        go(0);
        cr_assert_eq(packets(QUESTION_NS, 0, SIM_DAY), on ? 2 : 1);
    }
}

/* ---- what clients see ---- */

/* An answer that took more than 1.9 s is not sent; glibc asks again after 5 s and finds it in the cache. */
static void late(sim_time discard_timeout)
{
    tiny_init(&t, "postfix", "unbound", 1, 1);
    resolver()->unbound.do_ip6 = false;
    if (discard_timeout) resolver()->discard_timeout = discard_timeout;
    tiny_no_delay(&t);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 0, 2 * SIM_SECOND);
    go(0);
    cr_assert_eq(nth(RECORD_FETCHED, 0)->at, 2256 * SIM_MS);
}

Test(selection_unbound, a_late_answer_is_dropped_and_found_in_the_cache_at_5_s)
{
    late(0);
    cr_assert_eq(nth(RECORD_LATE, 0)->at, 2256 * SIM_MS);
    cr_assert_eq(nth(RECORD_CACHED, 0)->at, 5 * SIM_SECOND);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->at, 5 * SIM_SECOND);
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 1);
}

Test(selection_unbound, an_answer_just_in_time_is_sent)
{
    late(2256 * SIM_MS);
    cr_assert_eq(diary_count(&p.diary, RECORD_LATE), 0);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->at, 2256 * SIM_MS);
}

/* A failure is not kept beside an answer that may be served stale. */
Test(selection_unbound, serve_expired_goes_before_servfail)
{
    plain(1);
    resolver()->serve_stale = true;
    resolver()->unbound.stub_zone = true;
    t.zones[0].ttl = 10 * SIM_SECOND;
    all_are(FAULT_REFUSED, 5 * SIM_SECOND, SIM_LONGEST);
    for (sim_time at = 12; at < 16; at++) asked_at(0, at * SIM_SECOND);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), 4);
    for (size_t i = 0; i < 5; i++) cr_assert_eq(nth(RECORD_ANSWER, i)->dns, DNS_OK);
}
