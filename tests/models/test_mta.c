/* tests/models/test_mta.c - the queue: attempts, warnings, bounces, reports, backup MX, an MTA that is down. */
#include "models/timetable.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(mta, .fini = end_play);

static void open_tiny(const char *mta, uint32_t mx)
{
    tiny_init(&t, mta, "bind", 1, mx);
    tiny_no_delay(&t);
}

static void go(uint64_t run)
{
    play_run(&p, &t, 2385, run);
}

static const struct record *nth(enum record_type type, size_t n)
{
    return diary_nth(&p.diary, type, n);
}

/* The sender is in a zone of this world: reports travel as mail. */
static uint32_t sender_zone(void)
{
    uint32_t z = tiny_zone(&t, 1, 1);
    t.clients[0].from_zone = z;
    tiny_no_delay(&t);
    return z;
}

static void count_is(enum column column, uint64_t n)
{
    cr_assert_eq(p.tally->counts[column], n, "column %d is %lu", (int)column, (unsigned long)p.tally->counts[column]);
}

/* ---- the queue's timetable in a whole world ---- */

/* For any phase of the queue scan the world does what models/retry.h says; and Postfix's life is 5 days and a bit. */
Test(mta, a_message_to_a_dead_host_lives_as_the_retry_rule_says)
{
    open_tiny("postfix", 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    for (uint64_t run = 0; run < 8; run++) {
        go(run);
        const struct mta_params *params = &t.mtas[0].params;
        sim_time now = 0, phase = nth(RECORD_ATTEMPT, 1)->at % params->queue_run_delay;
        uint32_t n = 0;
        struct timetable table;
        timetable_begin(&table, params, phase);
        do {
            now = table.at;
            cr_assert_eq(nth(RECORD_ATTEMPT, n)->at, now, "run %lu, attempt %u", (unsigned long)run, n);
            n++;
        } while (timetable_next(&table));
        cr_assert_eq(nth(RECORD_BOUNCED, 0)->at, now);
        cr_assert(now >= 5 * SIM_DAY && now < 5 * SIM_DAY + 4300 * SIM_SECOND);
        count_is(COL_ATTEMPTS, n);
        play_end(&p);
    }
    p.world = NULL;
}

Test(mta, the_queue_scan_falls_anywhere_in_its_period)
{
    open_tiny("postfix", 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 2 * SIM_HOUR);
    int thirds[3] = {0};
    for (uint64_t run = 0; run < 300; run++) {
        go(run);
        thirds[nth(RECORD_ATTEMPT, 1)->at % (300 * SIM_SECOND) / (100 * SIM_SECOND)]++;
        play_end(&p);
    }
    p.world = NULL;
    for (int i = 0; i < 3; i++) cr_assert(thirds[i] > 60 && thirds[i] < 140, "%d", thirds[i]);
}

Test(mta, a_bounce_for_age_says_so_and_names_the_last_cause)
{
    open_tiny("postfix", 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(nth(RECORD_BOUNCED, 0)->count, 1);
    cr_assert_eq(nth(RECORD_BOUNCED, 0)->cause, CAUSE_CONNECT_REFUSED);
    cr_assert_eq(p.tally->mtas[0].reasons[CAUSE_CONNECT_REFUSED][true], 1);
    cr_assert_eq(p.tally->first_bounced, 1);
}

Test(mta, mail_comes_at_the_first_attempt_after_the_repair)
{
    open_tiny("rfc5321", 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 61 * SIM_MINUTE);
    go(0);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->at, 180 * SIM_MINUTE, "tried at 0, 30, 60, 180 min");
    count_is(COL_FIRST_TRY, 0);
    cr_assert_eq(p.tally->worst_latency, 180 * SIM_MINUTE);
    cr_assert_eq(p.tally->mtas[0].drained, 119 * SIM_MINUTE);
}

/* The retry under way at the repair takes the message out of the queue for a moment: that is no drain. */
Test(mta, a_retry_that_fails_does_not_drain_the_queue)
{
    open_tiny("rfc5321", 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 5 * SIM_MINUTE, 10 * SIM_MINUTE);
    go(0);
    cr_assert(p.tally->mtas[0].waited);
    cr_assert_gt(p.tally->mtas[0].drained, 4 * SIM_DAY, "only its bounce ends the wait");
}

Test(mta, a_queue_that_held_nothing_at_the_repair_has_nothing_to_drain)
{
    open_tiny("rfc5321", 1);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 5 * SIM_MINUTE, 10 * SIM_MINUTE);
    go(0);
    cr_assert(!p.tally->mtas[0].waited);
}

Test(mta, queue_length_is_integrated_over_time)
{
    open_tiny("rfc5321", 1);
    t.clients[0].count = 23;
    t.resolvers[0].params.clients_per_query = 0; /* all are let in */
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 61 * SIM_MINUTE);
    go(0);
    double sum = 0;
    for (int i = 0; i < TALLY_BINS; i++) sum += p.tally->mtas[0].queue[i];
    cr_assert_float_eq(p.tally->mtas[0].queue_area, 23 * 180 * 60.0, 1e-6);
    cr_assert_float_eq(sum, 23 * 180 * 60.0, 1e-6);
    cr_assert_eq(p.tally->mtas[0].peak, 23);
}

/* ---- reports ---- */

Test(mta, the_classic_warns_every_4_h_and_its_sender_reads_it)
{
    open_tiny("classic", 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 13 * SIM_HOUR - 1);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_WARNED), 3);
    for (size_t i = 0; i < 3; i++) cr_assert_eq(nth(RECORD_REPORT_READ, i)->at, (4 + 4 * (sim_time)i) * SIM_HOUR);
    count_is(COL_WARNED, 1);
    count_is(COL_REPORTS_DELIVERED, 3);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->at, 13 * SIM_HOUR);
}

Test(mta, a_warning_to_a_modelled_sender_travels_as_mail)
{
    open_tiny("classic", 1);
    uint32_t z = sender_zone();
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 6 * SIM_HOUR);
    t.mx_hosts[1].takes = law_constant(85 * SIM_SECOND);
    go(0);
    cr_assert_eq(z, 1);
    cr_assert_eq(nth(RECORD_WARNED, 0)->at, 4 * SIM_HOUR);
    cr_assert_eq(nth(RECORD_REPORT_READ, 0)->at, 4 * SIM_HOUR + 85 * SIM_SECOND);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->report, 1);
}

Test(mta, a_bounce_to_a_modelled_sender_travels_as_mail_and_is_retried)
{
    open_tiny("rfc5321", 1);
    sender_zone();
    t.clients[0].unknown_users = 1;
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REFUSING, 0, SIM_MINUTE);
    go(0);
    cr_assert_eq(nth(RECORD_BOUNCED, 0)->at, 0);
    cr_assert_eq(nth(RECORD_REPORT_READ, 0)->at, 30 * SIM_MINUTE);
    count_is(COL_BOUNCED, 1);
    count_is(COL_REPORTS, 1);
    count_is(COL_REPORTS_DELIVERED, 1);
    count_is(COL_DELIVERED, 0);
    count_is(COL_ATTEMPTS, 1);
    cr_assert_eq(p.tally->hists[HIST_BOUNCE].count, 1);
}

/* RFC 5321 section 6.1: no report about a report. */
Test(mta, a_report_that_fails_is_dropped_in_silence)
{
    open_tiny("rfc5321", 1);
    sender_zone();
    t.clients[0].unknown_users = 1;
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REJECTING, 0, SIM_LONGEST);
    go(0);
    count_is(COL_REPORTS, 1);
    count_is(COL_REPORTS_DROPPED, 1);
    count_is(COL_BOUNCED, 1);
    cr_assert_eq(diary_count(&p.diary, RECORD_DROPPED), 1);
    cr_assert_eq(diary_count(&p.diary, RECORD_REPORT_READ), 0);
}

Test(mta, a_report_has_its_own_shorter_life)
{
    open_tiny("rfc5321", 1);
    sender_zone();
    t.clients[0].unknown_users = 1;
    t.mtas[0].params.bounce_queue_lifetime = 45 * SIM_MINUTE;
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REFUSING, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(nth(RECORD_DROPPED, 0)->at, 60 * SIM_MINUTE);
}

Test(mta, no_warning_is_sent_about_a_report)
{
    open_tiny("classic", 1);
    sender_zone();
    t.clients[0].unknown_users = 1;
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REFUSING, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_WARNED), 0);
    count_is(COL_REPORTS, 1);
}

/* ---- backup MX ---- */

Test(mta, a_backup_holds_the_mail_until_the_primary_is_back)
{
    open_tiny("postfix", 2);
    uint32_t backup = tiny_backup(&t, 1, "rfc5321");
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 45 * SIM_MINUTE);
    go(0);
    cr_assert_eq(nth(RECORD_RELAYED, 0)->at, 0);
    cr_assert_eq(nth(RECORD_ARRIVED, 1)->who, backup);
    cr_assert_eq(nth(RECORD_CUT, 0)->who, backup, "it finds itself among the MX hosts");
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->at, 60 * SIM_MINUTE);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->whom, 0);
    count_is(COL_VIA_BACKUP, 1);
    count_is(COL_FIRST_TRY, 0);
}

Test(mta, a_backup_does_not_know_the_users)
{
    open_tiny("postfix", 2);
    tiny_backup(&t, 1, "rfc5321");
    t.clients[0].unknown_users = 1;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 5 * SIM_MINUTE);
    go(0);
    cr_assert_eq(nth(RECORD_BOUNCED, 0)->at, 30 * SIM_MINUTE);
    cr_assert_eq(nth(RECORD_BOUNCED, 0)->cause, CAUSE_USER_UNKNOWN);
}

Test(mta, a_backup_bounces_after_its_own_time)
{
    open_tiny("postfix", 2);
    uint32_t backup = tiny_backup(&t, 1, "rfc5321");
    t.mtas[backup].params.maximal_queue_lifetime = 4 * SIM_HOUR;
    t.mtas[backup].params.delay_warnings = (struct span_list){{SIM_HOUR}, 1};
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    go(0);
    cr_assert_eq(nth(RECORD_BOUNCED, 0)->who, backup);
    cr_assert_eq(nth(RECORD_BOUNCED, 0)->at, 5 * SIM_HOUR, "at the first attempt after 4 h");
    cr_assert_eq(nth(RECORD_WARNED, 0)->at, SIM_HOUR);
}

Test(mta, a_backup_that_is_down_does_not_try)
{
    open_tiny("postfix", 2);
    tiny_backup(&t, 1, "rfc5321");
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 45 * SIM_MINUTE);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_UNREACHABLE, 10 * SIM_MINUTE, 80 * SIM_MINUTE);
    go(0);
    cr_assert_eq(nth(RECORD_PAUSED, 0)->at, 30 * SIM_MINUTE);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->at, 90 * SIM_MINUTE);
}

/* A host that is silent has lost its network, not its power: its queue goes on and each attempt fails. Its resolver has
 * the answers of the first attempt in its cache. */
Test(mta, a_backup_without_network_tries_in_vain)
{
    open_tiny("postfix", 2);
    uint32_t backup = tiny_backup(&t, 1, "rfc5321");
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 45 * SIM_MINUTE);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_SILENT, 10 * SIM_MINUTE, 80 * SIM_MINUTE);
    t.zones[0].ttl = t.zones[0].negative_ttl = SIM_DAY;
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_PAUSED), 0);
    /* At 0 refused, at 30 min (mx0 is refusing still, but nobody hears it) and 60 min in vain, each after a connect
     * time-out that the kernel ends. The gap of 2 h counts from the end of the attempt. */
    size_t timed_out = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        timed_out += r->type == RECORD_CONNECT_FAILED && r->who == backup && r->cause == CAUSE_CONNECT_TIMEOUT;
    }
    cr_assert_eq(timed_out, 2);
    sim_time at = nth(RECORD_DELIVERED, 0)->at;
    cr_assert(at > 180 * SIM_MINUTE + 2 * 131 * SIM_SECOND && at < 180 * SIM_MINUTE + 2 * 137 * SIM_SECOND);
}

/* ---- an MTA that is down ---- */

Test(mta, a_client_keeps_its_mail_while_its_mta_is_down)
{
    open_tiny("postfix", 1);
    t.clients[0].outbox_retry = 7 * SIM_MINUTE;
    tiny_fault(&t, TARGET_MTA, 0, FAULT_REFUSING, 0, 20 * SIM_MINUTE);
    go(0);
    cr_assert_eq(diary_count(&p.diary, RECORD_OUTBOX), 1, "tries that cannot succeed need no events");
    cr_assert_eq(nth(RECORD_OUTBOX, 0)->until, 21 * SIM_MINUTE, "the third try, after 7 min each");
    cr_assert_eq(nth(RECORD_SUBMITTED, 0)->at, 21 * SIM_MINUTE);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->until, 21 * SIM_MINUTE, "the wait in the outbox counts");
    count_is(COL_FIRST_TRY, 0);
}

Test(mta, mail_in_an_outbox_at_the_end_counts_as_queued)
{
    open_tiny("postfix", 1);
    tiny_fault(&t, TARGET_MTA, 0, FAULT_SILENT, 0, SIM_LONGEST);
    go(0);
    count_is(COL_QUEUED, 1);
    count_is(COL_ATTEMPTS, 0);
    cr_assert_eq(nth(RECORD_LEFT, 0)->count, 1);
}

Test(mta, queued_mail_waits_for_an_mta_that_is_down)
{
    open_tiny("rfc5321", 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_MINUTE);
    tiny_fault(&t, TARGET_MTA, 0, FAULT_SILENT, 2 * SIM_MINUTE, SIM_HOUR);
    go(0);
    cr_assert_eq(nth(RECORD_PAUSED, 0)->at, 30 * SIM_MINUTE);
    cr_assert_eq(nth(RECORD_DELIVERED, 0)->at, 62 * SIM_MINUTE);
    count_is(COL_ATTEMPTS, 2);
}

/* ---- clients ---- */

Test(mta, a_periodic_client_sends_until_the_mail_time_ends)
{
    open_tiny("postfix", 1);
    t.clients[0].count = 0;
    t.clients[0].every = 7 * SIM_MINUTE;
    t.clients[0].at = 2 * SIM_MINUTE;
    t.spec.mail = 30 * SIM_MINUTE;
    go(0);
    count_is(COL_SUBMITTED, 4); /* 2, 9, 16, 23 min; 30 is too late */
    cr_assert_float_eq(spec_expected_messages(&t.spec), 4, 0);
}

Test(mta, recipients_are_chosen_by_weight)
{
    open_tiny("postfix", 1);
    t.zones[0].null_mx = true;
    t.zones[0].mx_count = 0;
    uint32_t z = tiny_zone(&t, 1, 1);
    t.to[0][1] = (struct recipient_spec){"ann", z, 3, 1};
    t.clients[0].to_count = 2;
    t.clients[0].count = 8532;
    go(0);
    /* Binomial(8532, 3/4): 4.9 standard deviations are 196; false alarm 1e-6. */
    cr_assert(p.tally->counts[COL_DELIVERED] > 6399 - 196 && p.tally->counts[COL_DELIVERED] < 6399 + 196);
    cr_assert_eq(p.tally->counts[COL_DELIVERED] + p.tally->counts[COL_BOUNCED], 8532);
}
