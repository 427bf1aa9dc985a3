/* tests/models/test_suppression.c - recipients that an MTA does not write to any more. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

#define S SIM_SECOND

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(suppression, .fini = end_play);

/* One message each 10 minutes for an hour, to a mailbox that does not exist: 0, 10, ... 50 min. */
static struct mta_params *open_service(uint32_t after, sim_time time)
{
    tiny_init(&t, "rfc5321", "bind", 1, 1);
    tiny_no_delay(&t);
    struct mta_params *m = &t.mtas[0].params;
    m->suppress_after = after;
    m->suppression_time = time;
    t.clients[0].count = 0;
    t.clients[0].every = 10 * SIM_MINUTE;
    t.clients[0].unknown_users = 1;
    t.spec.mail = SIM_HOUR;
    return m;
}

static void go(void)
{
    play_run(&p, &t, 2385, 0);
}

static uint32_t bounced_for(enum cause cause, bool expired)
{
    return p.tally->mtas[0].reasons[cause][expired];
}

Test(suppression, one_hard_bounce_ends_all_mail_to_the_mailbox)
{
    open_service(1, SIM_LONGEST);
    go();
    cr_assert_eq(bounced_for(CAUSE_USER_UNKNOWN, false), 1);
    cr_assert_eq(bounced_for(CAUSE_SUPPRESSED, false), 5);
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 1, "what is suppressed is not tried");
    cr_assert_eq(p.tally->hosts[0].connections, 1);
    const struct record *r = diary_nth(&p.diary, RECORD_BOUNCED, 1);
    cr_assert(r->cause == CAUSE_SUPPRESSED && r->at == 10 * SIM_MINUTE && r->count == 0);
}

Test(suppression, it_takes_so_many_bounces)
{
    open_service(3, SIM_LONGEST);
    go();
    cr_assert_eq(bounced_for(CAUSE_USER_UNKNOWN, false), 3);
    cr_assert_eq(bounced_for(CAUSE_SUPPRESSED, false), 3);
}

/* 0 bounces; 10 and 20 min are suppressed; the time is over at 25 min: 30 min bounces, 40 and 50 min are suppressed. */
Test(suppression, it_ends_after_its_time)
{
    open_service(1, 25 * SIM_MINUTE);
    go();
    cr_assert_eq(bounced_for(CAUSE_USER_UNKNOWN, false), 2);
    cr_assert_eq(bounced_for(CAUSE_SUPPRESSED, false), 4);
}

Test(suppression, other_failures_suppress_nobody)
{
    open_service(1, SIM_LONGEST);
    t.clients[0].unknown_users = 0;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REJECTING, 0, SIM_LONGEST);
    go();
    cr_assert_eq(bounced_for(CAUSE_REJECTED, false), 6);
}

/* Postal: a message whose attempts are used up puts its recipient on the list. */
Test(suppression, mail_whose_time_ran_out_may_count)
{
    for (int counts = 0; counts < 2; counts++) {
        struct mta_params *m = open_service(1, SIM_LONGEST);
        t.clients[0].unknown_users = 0;
        m->maximal_queue_lifetime = 25 * SIM_MINUTE; /* given up at the retry after 30 minutes */
        m->suppress_expired = counts;
        tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
        go();
        /* 0, 10 and 20 min have had their first try when the first is given up at 30 min. What is new then is returned
         * at once, and what waits is when its time comes. */
        cr_assert_eq(bounced_for(CAUSE_SUPPRESSED, false), counts ? 5 : 0);
        cr_assert_eq(bounced_for(CAUSE_CONNECT_REFUSED, true), counts ? 1 : 6);
        play_end(&p);
    }
    p.world = NULL;
}

/* Each mailbox of a list stands for itself: 400 messages to 100 of them. */
Test(suppression, each_mailbox_is_suppressed_by_itself)
{
    open_service(1, SIM_LONGEST);
    t.clients[0].every = 9 * S;
    t.to[0][0].mailboxes = 100;
    go();
    uint32_t bounced = bounced_for(CAUSE_USER_UNKNOWN, false);
    cr_assert_eq(bounced + bounced_for(CAUSE_SUPPRESSED, false), 400);
    /* 100 (1 - 0.99^400) = 98.2 mailboxes are expected to be met; at least 89 but for one seed in a million. */
    cr_assert(bounced >= 89 && bounced <= 100, "%u", bounced);
}

Test(suppression, another_mta_has_a_list_of_its_own)
{
    open_service(1, SIM_LONGEST);
    uint32_t other = tiny_mta(&t, "rfc5321", tiny_resolver(&t, "bind"));
    uint32_t c = tiny_client(&t, other, 0);
    t.clients[c].at = 30 * SIM_MINUTE;
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
}

Test(suppression, no_report_is_suppressed)
{
    open_service(1, SIM_LONGEST);
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    t.clients[0].from_zone = z;
    go();
    cr_assert_eq(p.tally->counts[COL_REPORTS_DELIVERED], 6);
}

Test(suppression, each_run_begins_with_an_empty_list)
{
    open_service(1, SIM_LONGEST);
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    for (uint64_t run = 0; run < 3; run++) {
        world_run(w, 2385, run, tally);
        cr_assert_eq(tally->mtas[0].reasons[CAUSE_USER_UNKNOWN][false], 1);
    }
    tally_free(tally);
    world_free(w);
}
