/* tests/models/test_route.c - from a domain to a list of hosts: RFC 5321 section 5.1, RFC 7505. */
#include "models/question.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(route, .fini = end_play);

static void go(void)
{
    play_run(&p, &t, 2385, 8532);
}

/* The hosts of the first attempt at MTA mta, as letters ("a" is mx0), in the order of the connections. */
static const char *tried(uint32_t mta)
{
    static char hosts[64];
    size_t n = 0;
    for (size_t i = 0; i < p.diary.count && n < sizeof hosts - 1; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type == RECORD_DEFERRED && r->who == mta) break;
        if (r->type == RECORD_CONNECT && r->who == mta) hosts[n++] = (char)('a' + r->whom);
    }
    hosts[n] = 0;
    return hosts;
}

static void bounced_for(enum cause cause)
{
    cr_assert_eq(p.tally->counts[COL_BOUNCED], 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->cause, cause);
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 1);
}

static void set_mx(const char *hosts, const uint32_t *preferences)
{
    t.zones[0].mx_count = (uint32_t)strlen(hosts);
    for (uint32_t i = 0; hosts[i]; i++)
        t.mx_of[0][i] = (struct mx_record_spec){(uint32_t)(hosts[i] - 'a'), preferences[i]};
}

/* A client whose MTA is the queue of host b; all hosts refuse, so that all it may try are tried. */
static void play_own_host(const char *hosts, const uint32_t *preferences)
{
    tiny_init(&t, "postfix", "bind", 2, 4);
    t.clients[0].via = tiny_backup(&t, 1, "postfix");
    set_mx(hosts, preferences);
    for (uint32_t h = 0; h < 4; h++)
        if (h != 1) tiny_fault(&t, TARGET_MX_HOST, h, FAULT_REFUSING, 0, SIM_LONGEST);
    go();
}

/* The rule "drop your own preference and every higher number" (RFC 5321 section 5.1), as seen from host b. */
Test(route, a_10_b_20_c_30_leaves_a)
{
    play_own_host("abc", (const uint32_t[]){10, 20, 30});
    cr_assert_str_eq(tried(1), "a");
}

Test(route, a_10_b_10_c_20_leaves_none)
{
    play_own_host("abc", (const uint32_t[]){10, 10, 20});
    bounced_for(CAUSE_MX_LOOP);
}

Test(route, b_10_a_20_leaves_none)
{
    play_own_host("ba", (const uint32_t[]){10, 20});
    bounced_for(CAUSE_MX_LOOP);
}

/* The MX answer is wrongly empty, and the domain's own address is the backup's: it must not send to itself. */
Test(route, a_backup_that_is_the_implicit_mx_does_not_loop, .timeout = 20)
{
    tiny_init(&t, "postfix", "bind", 1, 2);
    t.clients[0].via = tiny_backup(&t, 1, "postfix");
    t.zones[0].address = 1;
    t.zones[0].mx_count = 0;
    go();
    bounced_for(CAUSE_MX_LOOP);
}

Test(route, a_10_c_20_b_30_leaves_a_then_c)
{
    play_own_host("acb", (const uint32_t[]){10, 20, 30});
    cr_assert_str_eq(tried(1), "ac");
}

Test(route, of_three_equal_to_its_own_none_is_left)
{
    play_own_host("abcd", (const uint32_t[]){10, 20, 20, 20});
    cr_assert_str_eq(tried(1), "a");
}

Test(route, who_is_not_among_the_hosts_cuts_nothing)
{
    play_own_host("acd", (const uint32_t[]){10, 20, 30});
    cr_assert_str_eq(tried(1), "acd");
    cr_assert_eq(diary_count(&p.diary, RECORD_CUT), 0);
}

Test(route, a_null_mx_bounces_at_once_without_a_look_up_of_addresses)
{
    tiny_init(&t, "postfix", "bind", 2, 0);
    t.zones[0].null_mx = true;
    go();
    bounced_for(CAUSE_NULL_MX);
    cr_assert_str_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->status, "5.1.0", "measured on Postfix 3.7.11");
    cr_assert_eq(diary_count(&p.diary, RECORD_ASK), 1);
}

Test(route, a_domain_without_mx_is_its_own_mx)
{
    tiny_init(&t, "postfix", "bind", 2, 1);
    t.zones[0].mx_count = 0;
    t.zones[0].address = 0;
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert_eq(diary_count(&p.diary, RECORD_IMPLICIT_MX), 1);
    cr_assert_eq(diary_count(&p.diary, RECORD_ASK), 3, "MX, A and AAAA of the domain");
}

Test(route, a_domain_with_neither_mx_nor_address_bounces)
{
    tiny_init(&t, "postfix", "bind", 2, 1);
    t.zones[0].mx_count = 0;
    go();
    bounced_for(CAUSE_DNS_NODATA);
    cr_assert_str_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->status, "5.4.4", "measured on Postfix 3.7.11");
}

Test(route, the_domains_own_address_is_not_tried_when_it_has_mx)
{
    tiny_init(&t, "postfix", "bind", 2, 2);
    t.zones[0].mx_count = 1;
    t.zones[0].address = 1;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    go();
    cr_assert_str_eq(tried(0), "a");
}

Test(route, mx_hosts_without_any_address_bounce)
{
    tiny_init(&t, "postfix", "bind", 2, 2);
    t.mx_hosts[0].addresses = t.mx_hosts[1].addresses = 0;
    go();
    bounced_for(CAUSE_MX_NO_ADDRESS);
}

/* Measured on Postfix 3.7.11: MX 10 without address, MX 20 good: sent by 20. */
Test(route, an_mx_host_without_address_is_passed_over)
{
    tiny_init(&t, "postfix", "bind", 2, 2);
    t.mx_hosts[0].addresses = 0;
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert_str_eq(tried(0), "b");
}

/* Measured on Postfix 3.7.11: MX of the domain, then A and AAAA of every MX host, before any connection. */
Test(route, all_addresses_are_asked_for_before_the_first_connection)
{
    tiny_init(&t, "postfix", "bind", 2, 2);
    go();
    size_t asked = 0;
    for (size_t i = 0; p.diary.items[i].type != RECORD_CONNECT; i++) asked += p.diary.items[i].type == RECORD_ASK;
    cr_assert_eq(asked, 5);
    cr_assert_eq(p.tally->counts[COL_QUERIES], 5);
}

Test(route, a_wrong_nxdomain_bounces)
{
    tiny_init(&t, "postfix", "bind", 1, 1);
    tiny_fault(&t, TARGET_NS, 0, FAULT_NXDOMAIN, 0, SIM_LONGEST);
    go();
    bounced_for(CAUSE_DNS_NXDOMAIN);
    cr_assert_str_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->status, "5.4.4", "measured on Postfix 3.7.11");
}

/* An address that cannot be found for now is no reason to bounce: RFC 5321 section 5.1. */
Test(route, a_look_up_of_the_hosts_that_fails_for_now_defers)
{
    tiny_init(&t, "postfix", "bind", 1, 1);
    t.mx_hosts[0].zone = tiny_zone(&t, 1, 0);
    tiny_fault(&t, TARGET_NS, 1, FAULT_SERVFAIL, 0, SIM_LONGEST);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_DNS_SERVFAIL);
}

Test(route, dead_dns_defers_with_postfix_and_bounces_with_the_classic)
{
    tiny_init(&t, "postfix", "bind", 1, 1);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 0, SIM_HOUR);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert_str_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->status, "4.4.3");
    play_end(&p);
    t.mtas[0].params = mta_profile_find("classic")->params;
    go();
    cr_assert_eq(p.tally->counts[COL_BOUNCED], 1);
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 1);
}

Test(route, lower_numbers_come_first_whatever_their_distance)
{
    tiny_init(&t, "postfix", "bind", 2, 4);
    set_mx("dbca", (const uint32_t[]){0, 1, 238, 65535});
    for (uint32_t h = 0; h < 4; h++) tiny_fault(&t, TARGET_MX_HOST, h, FAULT_REFUSING, 0, SIM_LONGEST);
    go();
    cr_assert_str_eq(tried(0), "dbca");
}

#define TOSSES 8000

/* Hosts a and b share a preference: a fair coin for each message, |heads - n/2| < 4.9 sd, false alarm 1e-6. */
Test(route, equal_preferences_are_tried_in_random_order)
{
    tiny_init(&t, "postfix", "bind", 2, 3);
    tiny_unlimited(&t.mtas[0].params); /* a session that is kept would spare the choice */
    set_mx("abc", (const uint32_t[]){10, 10, 20});
    t.clients[0].count = TOSSES;
    go();
    int a = 0, other = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        if (p.diary.items[i].type != RECORD_CONNECT) continue;
        a += p.diary.items[i].whom == 0;
        other += p.diary.items[i].whom > 1;
    }
    cr_assert_eq(other, 0);
    cr_assert_eq(p.tally->counts[COL_SESSIONS], TOSSES);
    cr_assert_lt(abs(a - TOSSES / 2), 4.9 * sqrt(TOSSES * 0.25), "%d of %d went to a", a, TOSSES);
}

/* All 6 orders of three equals: chi-square with 5 degrees of freedom, 35.9 is passed once in a million. */
Test(route, each_order_of_three_equals_is_equally_likely)
{
    tiny_init(&t, "postfix", "bind", 2, 3);
    tiny_unlimited(&t.mtas[0].params);
    set_mx("abc", (const uint32_t[]){10, 10, 10});
    for (uint32_t h = 0; h < 3; h++) tiny_fault(&t, TARGET_MX_HOST, h, FAULT_REFUSING, 0, SIM_LONGEST);
    t.clients[0].count = TOSSES;
    t.spec.limit = SIM_MINUTE;
    go();
    int seen[27] = {0}, order = 0, step = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        if (p.diary.items[i].type != RECORD_CONNECT) continue;
        order = order * 3 + (int)p.diary.items[i].whom;
        if (++step % 3) continue;
        seen[order]++;
        order = 0;
    }
    double chi2 = 0;
    for (int k = 0; k < 27; k++)
        if (k / 9 != k % 3 && k / 9 != k / 3 % 3 && k % 3 != k / 3 % 3)
            chi2 += (seen[k] - TOSSES / 6.0) * (seen[k] - TOSSES / 6.0) / (TOSSES / 6.0);
        else
            cr_assert_eq(seen[k], 0);
    cr_assert_eq(step, 3 * TOSSES);
    cr_assert_lt(chi2, 35.9);
}

/* ---- what is asked, and when ---- */

/* The types of the questions up to the first connection: m, a, A (AAAA); later ones after a blank. */
static const char *asked(void)
{
    static char text[64];
    size_t n = 0;
    for (size_t i = 0; i < p.diary.count && n < sizeof text - 1; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type == RECORD_CONNECT) text[n++] = ' ';
        if (r->type != RECORD_ASK) continue;
        enum question_type type = question_type(r->question);
        text[n++] = type == QUESTION_MX ? 'm' : type == QUESTION_A ? 'a' : 'A';
    }
    text[n] = 0;
    return text;
}

static void ask_as(bool all, bool aaaa, bool first)
{
    tiny_init(&t, "rfc5321", "bind", 1, 3);
    struct mta_params *m = &t.mtas[0].params;
    m->lookup_all = all;
    m->lookup_aaaa = aaaa;
    m->aaaa_first = first;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
}

Test(route, addresses_are_asked_for_before_or_between_the_connections)
{
    static const struct {
        bool all, aaaa, first;
        const char *asked;
    } rows[] = {{true, true, false, "maAaAaA  "}, {true, false, false, "maaa  "},  {false, true, false, "maA aA "},
                {false, false, false, "ma a "},   {true, true, true, "mAaAaAa  "}, {false, true, true, "mAa Aa "}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask_as(rows[i].all, rows[i].aaaa, rows[i].first);
        cr_assert_str_eq(asked(), rows[i].asked, "row %zu: %s", i, asked());
        play_end(&p);
    }
    p.world = NULL;
}

/* A look-up between two connections that fails for now: the next host is tried; if none is left, that is the cause. */
Test(route, a_host_that_cannot_be_looked_up_is_passed_over)
{
    tiny_init(&t, "rfc5321", "bind", 1, 2);
    t.mtas[0].params.lookup_all = false;
    t.mx_hosts[0].zone = tiny_zone(&t, 1, 0);
    tiny_fault(&t, TARGET_NS, 1, FAULT_SERVFAIL, 0, SIM_LONGEST);
    go();
    cr_assert_str_eq(tried(0), "b");
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 1);
    play_end(&p);
    t.zones[0].mx_count = 1;
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_DNS_SERVFAIL);
}
