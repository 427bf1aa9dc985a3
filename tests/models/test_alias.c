/* tests/models/test_alias.c - MX records that name an alias (CNAME): who is asked, how long it is kept, who is
 * connected to. */
#include "models/question.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(alias, .fini = end_play);

/* Zone 0's only MX, mx0, is an alias of mx1, which stands in zone 1. */
static void open_alias(const char *mta, const char *resolver)
{
    tiny_init(&t, mta, resolver, 1, 1);
    tiny_zone(&t, 1, 1);
    t.mx_hosts[0].is_alias = true;
    t.mx_hosts[0].target = 1;
    t.mx_hosts[0].addresses = 9; /* an alias has none: whatever stands here means nothing */
}

static void go(void)
{
    play_run(&p, &t, 2385, 8532);
}

/* Packets to name server ns for that question. */
static size_t asked(uint32_t ns, uint32_t question)
{
    size_t n = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        n += r->type == RECORD_QUERY && r->whom == ns && r->question == question;
    }
    return n;
}

static uint32_t a_of(uint32_t host)
{
    return question_of_host(&t.spec, host, QUESTION_A);
}

Test(alias, the_resolver_asks_for_what_it_leads_to_and_the_mta_connects_there)
{
    open_alias("postfix", "textbook");
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert(asked(0, a_of(0)) == 1 && asked(1, a_of(1)) == 1, "the alias's zone, then the host's");
    cr_assert_eq(asked(1, question_of_host(&t.spec, 1, QUESTION_AAAA)), 1);
    cr_assert_eq(p.tally->counts[COL_PACKETS], 5, "MX, and two each for A and AAAA");
    cr_assert_eq(p.tally->counts[COL_QUERIES], 3, "the MTA knows nothing of it");
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, 0)->whom, 1);
    cr_assert(p.tally->hosts[1].accepted == 1 && p.tally->hosts[0].connections == 0);
}

Test(alias, within_one_zone_the_address_comes_with_it)
{
    open_alias("postfix", "textbook");
    t.mx_hosts[1].zone = 0;
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert_eq(p.tally->counts[COL_PACKETS], 3);
    cr_assert_eq(asked(0, a_of(0)), 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, 0)->whom, 1);
}

Test(alias, of_an_alias)
{
    open_alias("postfix", "textbook");
    tiny_zone(&t, 1, 1);
    t.mx_hosts[1].is_alias = true;
    t.mx_hosts[1].target = 2;
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    for (uint32_t i = 0; i < 3; i++) cr_assert_eq(asked(i, a_of(i)), 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, 0)->whom, 2);
}

Test(alias, of_a_name_without_address_is_one)
{
    open_alias("postfix", "textbook");
    t.mx_hosts[1].addresses = 0;
    go();
    cr_assert_eq(p.tally->counts[COL_BOUNCED], 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->cause, CAUSE_MX_NO_ADDRESS);
}

/* The zone of the host is silent: the question for the alias fails, the mail is kept. */
Test(alias, into_a_zone_that_is_down_fails_for_now)
{
    open_alias("postfix", "textbook");
    tiny_fault(&t, TARGET_NS, 1, FAULT_SERVFAIL, 0, 10 * SIM_MINUTE);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_DNS_SERVFAIL);
    cr_assert_eq(asked(0, a_of(0)), 1, "what is known of the alias stays known");
    cr_assert_geq(asked(1, a_of(1)), 2);
}

Test(alias, each_record_is_kept_for_its_own_ttl)
{
    open_alias("postfix", "textbook");
    t.zones[0].ttl = 100 * SIM_SECOND;
    t.zones[1].ttl = 30 * SIM_SECOND;
    t.clients[0].count = 0;
    t.clients[0].every = 40 * SIM_SECOND;
    t.spec.mail = 121 * SIM_SECOND; /* at 0, 40, 80 and 120 s */
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 4);
    cr_assert_eq(asked(0, a_of(0)), 2, "at 0 and 120 s");
    cr_assert_eq(asked(1, a_of(1)), 4, "each time");
    end_play();
    /* The alias's zone is gone: until its record ends nobody asks it. */
    t.zones[0].ttl = SIM_HOUR;
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, SIM_SECOND, SIM_DAY);
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 4);
}

/* TTL 0: nothing is kept, and yet the look-up ends. */
Test(alias, of_no_ttl_ends_all_the_same, .timeout = 20)
{
    open_alias("postfix", "textbook");
    t.zones[0].ttl = t.zones[1].ttl = 0;
    t.resolvers[0].params.failure_ttl = 0;
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert_eq(p.tally->counts[COL_PACKETS], 5);
    end_play();
    tiny_fault(&t, TARGET_NS, 1, FAULT_SERVFAIL, 0, SIM_LONGEST);
    go();
    cr_assert_eq(p.tally->counts[COL_BOUNCED], 1);
}

/* The same holds for a delegation that nobody keeps, or that cannot be found out. */
Test(alias, a_delegation_of_no_ttl_ends_the_look_up_too, .timeout = 20)
{
    for (int failing = 0; failing < 2; failing++) {
        tiny_init(&t, "postfix", "textbook", 1, 1);
        uint32_t parent = tiny_zone(&t, 1, 0);
        t.zones[0].parent = parent;
        t.zones[0].delegation_ttl = t.zones[0].ttl = 0;
        t.resolvers[0].params.failure_ttl = 0;
        if (failing) tiny_fault(&t, TARGET_NS, 1, FAULT_SILENT, 0, SIM_LONGEST);
        t.spec.limit = SIM_DAY;
        go();
        cr_assert_eq(p.tally->counts[COL_DELIVERED], !failing);
        if (!failing) cr_assert_eq(p.tally->counts[COL_PACKETS], 6, "the delegation before each of MX, A and AAAA");
        if (failing)
            cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_DNS_TIMEOUT, "the stub waits 10 s");
        end_play();
        p.world = NULL;
    }
}

Test(alias, stale_it_is_served_while_both_may_be)
{
    open_alias("postfix", "textbook");
    t.resolvers[0].params.serve_stale = true;
    t.zones[0].ttl = t.zones[1].ttl = 10 * SIM_SECOND;
    t.clients[0].count = 0;
    t.clients[0].every = SIM_MINUTE;
    t.spec.mail = 61 * SIM_SECOND;
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 30 * SIM_SECOND, SIM_DAY);
    tiny_fault(&t, TARGET_NS, 1, FAULT_SILENT, 30 * SIM_SECOND, SIM_DAY);
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 2);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, 1)->whom, 1);
}

/* A relay finds itself among the MX hosts by its alias, and drops itself. */
Test(alias, a_relay_knows_itself_behind_it)
{
    tiny_init(&t, "postfix", "bind", 1, 3);
    t.clients[0].via = tiny_backup(&t, 1, "postfix");
    t.mx_hosts[2].is_alias = true; /* mx2, preference 30, is mx1 */
    t.mx_hosts[2].target = 1;
    t.zones[0].mx_count = 2;
    t.mx_of[0][1] = (struct mx_record_spec){2, 20};
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CUT, 0)->count, 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, 0)->whom, 0);
}

/* Two names of one host: it is tried for each. */
Test(alias, two_names_of_one_host_are_two_tries)
{
    tiny_init(&t, "postfix", "bind", 1, 2);
    t.mx_hosts[0].is_alias = true;
    t.mx_hosts[0].target = 1;
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REFUSING, 0, SIM_MINUTE);
    go();
    cr_assert(diary_nth(&p.diary, RECORD_CONNECT, 0)->whom == 1 && diary_nth(&p.diary, RECORD_CONNECT, 0)->count == 10);
    cr_assert(diary_nth(&p.diary, RECORD_CONNECT, 1)->whom == 1 && diary_nth(&p.diary, RECORD_CONNECT, 1)->count == 20);
}

/* A mail domain within a zone has its TTL, and its own faults beside the zone's. */
Test(alias, a_domain_within_a_zone_may_be_gone_alone)
{
    tiny_init(&t, "postfix", "textbook", 1, 1);
    uint32_t zone = tiny_zone(&t, 1, 0);
    struct zone_spec *domain = &t.zones[0];
    domain->cut = zone;
    domain->ns = t.ns_of[zone];
    t.mx_hosts[0].zone = zone;
    tiny_fault(&t, TARGET_ZONE, 0, FAULT_NXDOMAIN, 0, SIM_LONGEST);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->cause, CAUSE_DNS_NXDOMAIN);
    cr_assert_eq(asked(1, question_of_zone(0, QUESTION_MX)), 1);
}
