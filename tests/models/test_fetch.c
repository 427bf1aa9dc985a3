/* tests/models/test_fetch.c - what a resolver must know before it can ask, what it keeps, and whom it lets wait: by the
 * textbook's resolver, which has no memory of servers. */
#include "models/question.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

#define S SIM_SECOND
#define M SIM_MINUTE

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(fetch, .fini = end_play);

static void go(void)
{
    play_run(&p, &t, 2385, 0);
}

/* Zone 0 takes no mail: one question a message, and it is over. */
static struct resolver_params *one_question(uint32_t ns)
{
    tiny_init(&t, "rfc5321", "textbook", ns, 0);
    t.zones[0].null_mx = true;
    t.mtas[0].params.stub_timeout = SIM_HOUR;
    t.mtas[0].params.stub_attempts = 1;
    t.mtas[0].params.maximal_queue_lifetime = 0;
    return &t.resolvers[0].params;
}

static void also_at(sim_time at)
{
    t.clients[tiny_client(&t, 0, 0)].at = at;
}

/* Zone 0 is delegated by a zone with a server of its own, which is what is returned. */
static uint32_t with_parent(void)
{
    uint32_t parent = tiny_zone(&t, 1, 0);
    t.zones[0].parent = parent;
    return parent;
}

/* The nth packet: to whom, about what. */
static void cr_query(size_t nth, uint32_t ns, uint32_t question)
{
    const struct record *r = diary_nth(&p.diary, RECORD_QUERY, nth);
    cr_assert_eq(r->whom, ns, "packet %zu to %u", nth, r->whom);
    cr_assert_eq(r->question, question, "packet %zu", nth);
}

static size_t queries(void)
{
    return diary_count(&p.diary, RECORD_QUERY);
}

static enum dns_status answer(size_t nth)
{
    return diary_nth(&p.diary, RECORD_ANSWER, nth)->dns;
}

/* ---- delegation ---- */

Test(fetch, the_parent_is_asked_for_the_delegation_first_and_once)
{
    one_question(1);
    with_parent();
    t.zones[0].ttl = 10 * M;
    also_at(30 * S), also_at(11 * M);
    go();
    cr_assert_eq(queries(), 4);
    cr_query(0, 1, question_of_zone(0, QUESTION_NS));
    cr_query(1, 0, question_of_zone(0, QUESTION_MX));
    cr_query(2, 1, question_of_zone(0, QUESTION_NS)); /* the zone's own NS records live for its TTL */
    cr_query(3, 0, question_of_zone(0, QUESTION_MX));
    cr_assert_eq(diary_count(&p.diary, RECORD_NEED), 2);
}

Test(fetch, a_delegation_that_is_known_outlives_the_parents_outage)
{
    one_question(1);
    with_parent();
    t.zones[0].ttl = 10 * M;
    tiny_fault(&t, TARGET_NS, 1, FAULT_SILENT, M, SIM_LONGEST);
    also_at(9 * M), also_at(12 * M);
    go();
    cr_assert_eq(answer(1), DNS_OK);
    cr_assert_eq(answer(2), DNS_SERVFAIL, "nobody can say any more where the zone is");
}

Test(fetch, a_domain_that_its_parent_denies_does_not_exist)
{
    one_question(1);
    uint32_t parent = with_parent();
    t.zones[parent].negative_ttl = 7 * M;
    tiny_fault(&t, TARGET_ZONE, parent, FAULT_NXDOMAIN, 0, M);
    also_at(6 * M), also_at(8 * M);
    go();
    cr_assert_eq(answer(0), DNS_NXDOMAIN);
    cr_assert_eq(answer(1), DNS_NXDOMAIN, "the wrong answer outlives its repair by the parent's negative TTL");
    cr_assert_eq(answer(2), DNS_OK);
}

Test(fetch, a_delegation_that_leads_nowhere_is_kept_for_its_ttl)
{
    one_question(1);
    uint32_t parent = with_parent();
    t.zones[0].delegation_ttl = SIM_HOUR;
    t.resolvers[0].params.failure_ttl = 0;
    tiny_fault(&t, TARGET_ZONE, parent, FAULT_MISDELEGATED, 0, M);
    also_at(59 * M), also_at(61 * M);
    go();
    static const enum dns_status expected[] = {DNS_SERVFAIL, DNS_SERVFAIL, DNS_OK};
    for (size_t i = 0; i < 3; i++) cr_assert_eq(answer(i), expected[i], "question %zu", i);
}

/* RFC 2181 section 5.4.1: the zone's own records replace the parent's once; its later answers do not keep them alive.
 */
Test(fetch, a_zone_does_not_keep_its_own_delegation_alive)
{
    one_question(1);
    with_parent();
    uint32_t z = tiny_zone(&t, 0, 0);
    t.zones[0].ttl = 10 * M;
    t.zones[z] = t.zones[0];
    t.zones[z].name = tiny_names[4][z];
    t.clients[tiny_client(&t, 0, z)].at = 5 * M;
    also_at(12 * M);
    go();
    cr_assert_eq(queries(), 5);
    cr_query(2, 0, question_of_zone(z, QUESTION_MX));
    cr_query(3, 1, question_of_zone(0, QUESTION_NS));
}

/* Whatever the software, also one that prepares its own way (Knot). */
Test(fetch, a_delegation_that_leads_nowhere_stops_every_resolver)
{
    static const char *const profiles[] = {"unbound", "bind", "pdns", "knot", "textbook"};
    for (size_t i = 0; i < 5; i++) {
        tiny_init(&t, "rfc5321", profiles[i], 1, 0);
        t.zones[0].null_mx = true;
        t.mtas[0].params.maximal_queue_lifetime = 0;
        tiny_fault(&t, TARGET_ZONE, with_parent(), FAULT_MISDELEGATED, 0, SIM_LONGEST);
        go();
        cr_assert_neq(answer(0), DNS_OK, "%s", profiles[i]);
        play_end(&p);
        p.world = NULL;
    }
}

Test(fetch, a_server_that_only_the_parent_names_does_not_serve_the_zone)
{
    one_question(2);
    with_parent();
    t.zones[0].serves = t.zones[0].listed = 1;
    t.clients[0].count = 0, t.clients[0].every = 3 * SIM_DAY, t.spec.mail = 60 * SIM_DAY, t.spec.limit = 61 * SIM_DAY;
    go();
    size_t refused = 0;
    for (size_t i = 0; i < p.diary.count; i++)
        refused += p.diary.items[i].type == RECORD_REPLY && p.diary.items[i].dns == DNS_REFUSED;
    cr_assert(refused > 2 && refused < 18, "%zu of 20 look-ups began with it", refused);
    for (size_t i = 0; i < 20; i++) cr_assert_eq(answer(i), DNS_OK);
}

/* ---- servers whose names lie elsewhere ---- */

/* Zone 0's only server stands in zone 1, the provider's, which has a server of its own. */
static void with_provider(void)
{
    tiny_zone(&t, 1, 0);
    t.ns[0].zone = 1;
    t.ns[0].outside = true;
}

Test(fetch, the_address_of_a_server_elsewhere_is_looked_up)
{
    one_question(1);
    with_provider();
    t.zones[0].ttl = M;
    also_at(2 * M);
    go();
    cr_assert_eq(queries(), 3);
    cr_query(0, 1, question_of_ns(&t.spec, 0, QUESTION_A));
    cr_query(1, 0, question_of_zone(0, QUESTION_MX));
    cr_query(2, 0, question_of_zone(0, QUESTION_MX));
}

Test(fetch, a_dead_provider_takes_its_customers_with_it)
{
    one_question(1);
    with_provider();
    t.zones[0].ttl = t.zones[1].ttl = 10 * M;
    tiny_fault(&t, TARGET_NS, 1, FAULT_SILENT, M, SIM_LONGEST);
    also_at(9 * M), also_at(12 * M);
    go();
    cr_assert_eq(answer(1), DNS_OK);
    cr_assert_eq(answer(2), DNS_SERVFAIL, "its own server is well, and cannot be found");
}

Test(fetch, two_zones_that_need_each_other_are_not_found_and_nothing_hangs)
{
    one_question(1);
    with_provider();
    t.ns[1].zone = 0;
    t.ns[1].outside = true;
    go();
    cr_assert_eq(answer(0), DNS_SERVFAIL);
    cr_assert_eq(queries(), 0);
}

/* ---- DNSSEC ---- */

Test(fetch, who_keeps_the_ds_record_finds_an_unsigned_zone_bogus_until_it_ends)
{
    one_question(1)->validates = true;
    t.zones[0].ttl = M;
    t.zones[0].is_signed = true;
    t.zones[0].ds_ttl = SIM_HOUR;
    tiny_fault(&t, TARGET_ZONE, 0, FAULT_UNSIGNED, 30 * M, SIM_LONGEST);
    also_at(29 * M), also_at(31 * M), also_at(59 * M), also_at(61 * M);
    go();
    static const enum dns_status expected[] = {DNS_OK, DNS_OK, DNS_SERVFAIL, DNS_SERVFAIL, DNS_OK};
    for (size_t i = 0; i < 5; i++) cr_assert_eq(answer(i), expected[i], "question %zu", i);
}

Test(fetch, who_does_not_validate_minds_no_signature)
{
    one_question(1);
    t.zones[0].is_signed = true;
    tiny_fault(&t, TARGET_ZONE, 0, FAULT_BOGUS, 0, SIM_LONGEST);
    go();
    cr_assert_eq(answer(0), DNS_OK);
}

/* As their packages come: Debian's Unbound, BIND and Knot Resolver check signatures, PowerDNS only where a client asks.
 */
Test(fetch, who_validates_unless_told_otherwise)
{
    static const struct {
        const char *profile;
        bool does;
    } rows[] = {{"unbound", true}, {"bind", true}, {"pdns", false}, {"knot", true}, {"textbook", false}};
    for (size_t i = 0; i < 5; i++)
        for (int told = 0; told < 2; told++) {
            tiny_init(&t, "rfc5321", rows[i].profile, 1, 0);
            t.zones[0].null_mx = t.zones[0].is_signed = true;
            t.mtas[0].params.maximal_queue_lifetime = 0;
            if (told) t.resolvers[0].params.validates = !rows[i].does;
            tiny_fault(&t, TARGET_ZONE, 0, FAULT_BOGUS, 0, SIM_LONGEST);
            go();
            bool refused = rows[i].does != (bool)told;
            cr_assert_eq(answer(0), refused ? DNS_SERVFAIL : DNS_OK, "%s, %d", rows[i].profile, told);
            play_end(&p);
            p.world = NULL;
        }
}

Test(fetch, bogus_signatures_are_servfail_for_their_own_time)
{
    struct resolver_params *r = one_question(1);
    r->validates = true;
    r->bogus_ttl = 100 * S;
    t.zones[0].is_signed = true;
    tiny_fault(&t, TARGET_ZONE, 0, FAULT_BOGUS, 0, 10 * S);
    also_at(99 * S), also_at(101 * S);
    go();
    cr_assert_eq(answer(0), DNS_SERVFAIL);
    cr_assert_eq(answer(1), DNS_SERVFAIL, "it is kept");
    cr_assert_eq(answer(2), DNS_OK);
}

/* ---- what is kept ---- */

Test(fetch, a_no_without_an_soa_is_not_kept)
{
    one_question(1);
    t.zones[0].null_mx = false;
    t.zones[0].no_soa = true;
    also_at(1 * S);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_ANSWER, 0)->dns, DNS_NODATA);
    size_t mx = 0;
    for (size_t i = 0; i < p.diary.count; i++)
        mx += p.diary.items[i].type == RECORD_QUERY && question_type(p.diary.items[i].question) == QUESTION_MX;
    cr_assert_eq(mx, 2);
}

Test(fetch, whole_seconds_end_a_ttl_late_or_early)
{
    static const struct {
        enum ttl_edge edge;
        sim_time hit, miss;
    } rows[] = {{TTL_EXACT, 20 * S + 700 * SIM_MS, 20 * S + 701 * SIM_MS},
                {TTL_LATE, 21 * S - 1, 21 * S},
                {TTL_EARLY, 20 * S - 1, 20 * S}};
    for (size_t i = 0; i < 3; i++) {
        one_question(1)->ttl_edge = rows[i].edge;
        tiny_no_delay(&t);
        t.zones[0].ttl = 20 * S;
        t.clients[0].at = 700 * SIM_MS;
        also_at(rows[i].hit), also_at(rows[i].miss);
        go();
        size_t expected = rows[i].edge == TTL_EXACT ? 2 : 2;
        cr_assert_eq(queries(), expected, "row %zu: %zu", i, queries());
        play_end(&p);
        p.world = NULL;
    }
}

/* ---- serve-stale ---- */

static struct resolver_params *stale(sim_time client_timeout, sim_time refresh)
{
    struct resolver_params *r = one_question(1);
    tiny_no_delay(&t);
    r->serve_stale = true;
    r->stale_max = SIM_HOUR;
    r->stale_client_timeout = client_timeout;
    r->stale_refresh_time = refresh;
    r->failure_ttl = 0;
    t.zones[0].ttl = M;
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 30 * S, SIM_LONGEST);
    return r;
}

static sim_time waited(size_t nth)
{
    return diary_nth(&p.diary, RECORD_ANSWER, nth)->at - diary_nth(&p.diary, RECORD_ASK, nth)->at;
}

Test(fetch, stale_at_once_and_nobody_is_asked_twice)
{
    stale(0, 0);
    also_at(2 * M), also_at(2 * M + 1 * S);
    go();
    cr_assert(answer(1) == DNS_OK && waited(1) == 0);
    cr_assert(answer(2) == DNS_OK && waited(2) == 0);
    cr_assert_eq(diary_count(&p.diary, RECORD_STALE), 2);
    cr_assert_eq(queries(), 4, "one look-up of three tries runs beside");
}

Test(fetch, stale_after_the_clients_patience_and_who_comes_later_waits_his_own)
{
    stale(1800 * SIM_MS, 0);
    also_at(2 * M), also_at(2 * M + 1 * S), also_at(2 * M + 2 * S);
    go();
    cr_assert_eq(waited(1), 1800 * SIM_MS);
    cr_assert_eq(waited(2), 800 * SIM_MS, "it rides along");
    cr_assert_eq(waited(3), 1800 * SIM_MS);
}

Test(fetch, stale_when_all_has_failed_and_at_once_for_a_while_then)
{
    stale(SIM_LONGEST, 30 * S);
    also_at(2 * M), also_at(2 * M + 20 * S), also_at(2 * M + 44 * S), also_at(2 * M + 46 * S);
    go();
    cr_assert(answer(1) == DNS_OK && waited(1) == 15 * S);
    cr_assert(waited(2) == 0 && waited(3) == 0, "at once until 30 s after the failure");
    cr_assert_eq(waited(4), 15 * S);
}

Test(fetch, stale_ends)
{
    stale(0, 0)->stale_max = 10 * M;
    also_at(11 * M - 1 * S), also_at(11 * M + 1 * S);
    go();
    cr_assert_eq(answer(1), DNS_OK);
    cr_assert_eq(answer(2), DNS_SERVFAIL);
}

Test(fetch, stale_for_good_where_no_end_is_set)
{
    stale(0, 0)->stale_max = 0;
    also_at(20 * SIM_HOUR);
    go();
    cr_assert_eq(answer(1), DNS_OK);
}

/* ---- who may wait ---- */

Test(fetch, the_eleventh_client_of_a_question_gets_no_answer)
{
    struct resolver_params *r = one_question(1);
    r->clients_per_query = r->max_clients_per_query = 10;
    t.clients[0].count = 13;
    t.mtas[0].params.stub_timeout = 5 * S;
    go();
    cr_assert_eq(diary_count(&p.diary, RECORD_TURNED_AWAY), 3);
    cr_assert_eq(diary_count(&p.diary, RECORD_STUB_TIMEOUT), 3);
    cr_assert_eq(p.tally->mtas[0].reasons[CAUSE_NULL_MX][0], 10);
}

/* ---- a domain within a zone ---- */

Test(fetch, a_domain_within_a_zone_has_its_servers_and_its_faults)
{
    one_question(1);
    uint32_t z = tiny_zone(&t, 0, 0);
    t.zones[z] = t.zones[0];
    t.zones[z].name = tiny_names[4][z];
    t.clients[tiny_client(&t, 0, z)].at = M;
    tiny_fault(&t, TARGET_ZONE, 0, FAULT_NXDOMAIN, 30 * S, M);
    go();
    cr_assert_eq(queries(), 2, "another name, another question");
    cr_assert_eq(answer(0), DNS_OK);
    cr_assert_eq(answer(1), DNS_NXDOMAIN);
}
