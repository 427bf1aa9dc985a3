/* tests/models/test_links.c - faults with seen_from: a host that is well for some and ill for others. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(links, .fini = end_play);

/* Two clients with an MTA and a resolver each, one zone. */
static void open_two(void)
{
    tiny_init(&t, "rfc5321", "bind", 1, 2);
    tiny_client(&t, tiny_mta(&t, "rfc5321", tiny_resolver(&t, "bind")), 0);
    tiny_no_delay(&t);
}

static void go(void)
{
    play_run(&p, &t, 2385, 0);
}

/* To which host the MTA's message went, and when; the first one's. */
static const struct record *accepted_of(uint32_t mta)
{
    for (size_t i = 0; i < p.diary.count; i++)
        if (p.diary.items[i].type == RECORD_ACCEPTED && p.diary.items[i].who == mta) return &p.diary.items[i];
    return NULL;
}

static struct fault_spec *link_fault(enum target_kind kind, uint32_t target, enum fault_kind is, uint32_t viewer)
{
    struct fault_spec *f = tiny_fault(&t, kind, target, is, 0, SIM_LONGEST);
    tiny_seen_from(&t, f, viewer);
    return f;
}

Test(links, a_host_is_down_for_the_mta_that_sees_it_so)
{
    open_two();
    link_fault(TARGET_MX_HOST, 0, FAULT_REFUSING, 1);
    go();
    cr_assert_eq(accepted_of(0)->whom, 0);
    cr_assert_eq(accepted_of(1)->whom, 1);
    cr_assert_eq(p.tally->hosts[0].connections, 2);
}

Test(links, a_name_server_is_down_for_the_resolver_that_sees_it_so)
{
    open_two();
    link_fault(TARGET_NS, 0, FAULT_SERVFAIL, 1);
    t.spec.limit = SIM_MINUTE;
    go();
    cr_assert_not_null(accepted_of(0));
    cr_assert_null(accepted_of(1));
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_DNS_SERVFAIL);
}

/* The faults of a link lie over those that all see, in the order of kinds. */
Test(links, what_all_see_is_seen_from_there_as_well)
{
    open_two();
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    link_fault(TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 1); /* refusing wins */
    go();
    for (uint32_t mta = 0; mta < 2; mta++) cr_assert_eq(accepted_of(mta)->whom, 1);
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT_FAILED), 2);
    cr_assert_eq(diary_count(&p.diary, RECORD_SESSION_FAILED), 0);
}

Test(links, a_worse_fault_of_a_link_wins)
{
    open_two();
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST);
    link_fault(TARGET_MX_HOST, 0, FAULT_REFUSING, 1);
    go();
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT_FAILED), 1);
    cr_assert_eq(diary_count(&p.diary, RECORD_SESSION_FAILED), 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT_FAILED, 0)->who, 1);
}

/* A partition: each MTA sees one host only. Several viewers and several targets of one fault share its times. */
Test(links, links_of_one_fault_share_its_times)
{
    open_two();
    struct fault_spec *f = link_fault(TARGET_MX_HOST, 0, FAULT_REFUSING, 0);
    tiny_seen_from(&t, f, 1);
    t.on[0][1] = (struct fault_target){TARGET_MX_HOST, 1};
    f->on_count = 2;
    f->length = law_constant(31 * SIM_MINUTE);
    go();
    for (uint32_t mta = 0; mta < 2; mta++) cr_assert_eq(accepted_of(mta)->at, SIM_HOUR, "tried at 0, 30, 60 min");
}

Test(links, a_relay_sees_links_of_its_own)
{
    tiny_init(&t, "rfc5321", "bind", 1, 2);
    tiny_no_delay(&t);
    uint32_t backup = tiny_backup(&t, 1, "rfc5321");
    link_fault(TARGET_MX_HOST, 0, FAULT_REFUSING, 0);
    go();
    cr_assert_eq(p.tally->counts[COL_VIA_BACKUP], 1, "the sender cannot reach mx0, the backup can");
    cr_assert_eq(accepted_of(0)->whom, 1);
    cr_assert_eq(accepted_of(backup)->whom, 0);
    cr_assert_eq(accepted_of(backup)->at, 0);
}

/* A link that is slow, and one that loses packets. */
Test(links, slowness_of_a_link)
{
    open_two();
    link_fault(TARGET_MX_HOST, 0, FAULT_SLOW, 1)->delay = SIM_SECOND;
    go();
    cr_assert_eq(accepted_of(0)->at, 0);
    cr_assert_eq(accepted_of(1)->at, 4 * SIM_SECOND + 2 * SIM_SECOND, "greeting, EHLO, MAIL, RCPT, DATA, the dot");
}

/* Of many links each is found: every third MTA is cut off from every second host. */
Test(links, each_of_many_links_is_found)
{
    tiny_open(&t);
    tiny_zone(&t, 1, 6);
    for (uint32_t i = 0; i < 10; i++) tiny_client(&t, tiny_mta(&t, "rfc5321", tiny_resolver(&t, "bind")), 0);
    tiny_no_delay(&t);
    for (uint32_t h = 0; h < 6; h += 2) {
        struct fault_spec *f = link_fault(TARGET_MX_HOST, h, FAULT_REFUSING, 9);
        for (uint32_t mta = 0; mta < 9; mta += 3) tiny_seen_from(&t, f, mta);
    }
    struct faults f;
    uint64_t streams[TINY_MAX] = {0};
    faults_init(&f, &t.spec);
    faults_draw(&f, 2385, 0, streams);
    for (uint32_t h = 0; h < 6; h++)
        for (uint32_t mta = 0; mta < 10; mta++) {
            bool cut = h % 2 == 0 && mta % 3 == 0;
            cr_assert_eq(fault_is_down(timeline_at(faults_seen(&f, TARGET_MX_HOST, mta, h), SIM_HOUR)), cut,
                         "mta %u, host %u", mta, h);
        }
    cr_assert_eq(faults_seen(&f, TARGET_NS, 3, 0), &f.of[TARGET_NS][0]);
    faults_fini(&f);
    go();
    for (uint32_t mta = 0; mta < 10; mta++) cr_assert_eq(accepted_of(mta)->whom, mta % 3 == 0 ? 1 : 0);
}

/* A secondary's copy of its zone does not depend on what a resolver sees. */
Test(links, a_link_makes_no_zone_expire)
{
    open_two();
    uint32_t z = tiny_zone(&t, 2, 1);
    t.zones[z].refresh = SIM_HOUR, t.zones[z].retry = SIM_HOUR, t.zones[z].expire = 2 * SIM_HOUR;
    link_fault(TARGET_NS, t.ns_of[z][0], FAULT_SILENT, 0);
    struct faults f;
    uint64_t streams[TINY_MAX] = {0};
    faults_init(&f, &t.spec);
    faults_draw(&f, 2385, 0, streams);
    cr_assert(!f.expiry[z] || timeline_at(&f.expiry[z][1], SIM_DAY)->kind == FAULT_NONE);
    faults_fini(&f);
}
