/* tests/models/test_queue_run.c - Exim: retry records that all messages share, and queue runners.
 *
 * Expected times by hand from Exim src/src/retry.c, src/src/deliver.c, src/src/transports/smtp.c; measured on
 * Exim 4.96: what waits for a host goes down one connection, and each interval starts one more runner. */
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

TestSuite(queue_run, .fini = end_play);

/* Queue runners start at 0, 30, 60 ... minutes. */
static struct mta_params *open_exim(uint32_t mx)
{
    tiny_init(&t, "exim", "bind", 1, mx);
    tiny_no_delay(&t);
    t.mtas[0].params.queue_run_phase = 0;
    return &t.mtas[0].params;
}

static void also(uint32_t count, sim_time at)
{
    struct client_spec *c = &t.clients[tiny_client(&t, 0, 0)];
    c->count = count;
    c->at = at;
}

static void go(void)
{
    play_run(&p, &t, 2385, 0);
}

static void refusing(sim_time from, sim_time length)
{
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, from, length);
}

static void connects_are(const int64_t *seconds, size_t count)
{
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT), count, "%zu connects, not %zu",
                 diary_count(&p.diary, RECORD_CONNECT), count);
    for (size_t i = 0; i < count; i++) {
        sim_time at = diary_nth(&p.diary, RECORD_CONNECT, i)->at;
        cr_assert_eq(at, seconds[i] * S, "connect %zu at %ld s", i, (long)(at / S));
    }
}

#define CONNECTS_ARE(...)                                                                                              \
    connects_are((const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static size_t between(enum record_type type, sim_time from, sim_time until)
{
    size_t n = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        n += r->type == type && r->at >= from && r->at < until;
    }
    return n;
}

/* ---- the record of a host ---- */

/* A new message is tried at once only if the host's time has come: 15 minutes after each failure. */
Test(queue_run, new_mail_waits_for_the_time_of_its_host)
{
    open_exim(1);
    refusing(0, SIM_LONGEST);
    also(1, 60 * S);
    also(1, 899 * S);
    also(1, 900 * S);
    t.spec.limit = 1700 * S;
    go();
    CONNECTS_ARE(0, 900);
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 2);
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 2, "what was not tried is no attempt");
    cr_assert_eq(diary_nth(&p.diary, RECORD_PUT_OFF, 0)->cause, CAUSE_CONNECT_REFUSED);
}

/* However many wait, a runner connects once: the failure sends the others back until the host's next time. */
Test(queue_run, many_messages_cost_one_connect_a_run)
{
    open_exim(1);
    refusing(0, SIM_LONGEST);
    also(1, 10 * S);
    also(1, 20 * S);
    also(20, 30 * S);
    t.spec.limit = 7300 * S;
    go();
    CONNECTS_ARE(0, 1800, 3600, 5400, 7200);
}

Test(queue_run, a_host_that_is_back_is_forgotten)
{
    open_exim(1);
    refusing(0, S);
    also(1, 10 * S);
    also(1, 1801 * S);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 3);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 2)->at, 1801 * S);
}

/* The second MX host takes the mail; the first is remembered all the same. */
Test(queue_run, a_host_that_failed_is_skipped_while_another_takes_the_mail)
{
    open_exim(2);
    refusing(0, SIM_LONGEST);
    also(1, 10 * S);
    also(1, 900 * S);
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 3);
    cr_assert_eq(p.tally->hosts[0].connections, 2, "at 0 and at 900 s");
    cr_assert_eq(p.tally->hosts[1].connections, 3);
}

/* Past the last rule: what is new is returned without an attempt (delay_after_cutoff). */
Test(queue_run, after_a_long_failure_new_mail_is_returned_at_once)
{
    open_exim(1);
    refusing(0, SIM_LONGEST);
    t.spec.mail = 5 * SIM_DAY;
    also(1, 350000 * S);
    go();
    /* tests/models/test_timetable.c: the first is given up at 347400 s. */
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->at, 347400 * S);
    const struct record *r = diary_nth(&p.diary, RECORD_BOUNCED, 1);
    cr_assert(r->at == 350000 * S && r->cause == CAUSE_CONNECT_REFUSED && r->count == 1);
    cr_assert_eq(between(RECORD_CONNECT, 347401 * S, SIM_NEVER), 0);
}

Test(queue_run, without_delay_after_cutoff_new_mail_waits)
{
    open_exim(1)->delay_after_cutoff = false;
    refusing(0, 360000 * S);
    t.spec.mail = 5 * SIM_DAY;
    also(1, 350000 * S);
    go();
    cr_assert_eq(p.tally->counts[COL_BOUNCED], 1);
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    /* The host's next time is 347400 + 21600 s, and the next runner starts at 369000 s. */
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->at, 369000 * S);
}

/* ---- what is about one message, or one domain ---- */

/* A 450 is the message's own record: the host is well, and other mail passes. */
Test(queue_run, a_450_holds_back_one_message_only)
{
    open_exim(1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, S);
    also(1, 2 * S);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->at, 2 * S);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->message, 2);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 1)->at, 1800 * S, "its own 15 minutes, then the next runner");
}

/* A look-up that fails is the domain's record: runners leave it alone, new mail tries at once. */
Test(queue_run, a_name_service_that_fails_holds_back_the_runners)
{
    struct mta_params *m = open_exim(1);
    size_t at;
    cr_assert_null(retry_rules_parse("F,4d,2h", &m->retry_rules, &at));
    tiny_fault(&t, TARGET_NS, 0, FAULT_SERVFAIL, 0, SIM_LONGEST);
    also(1, 3000 * S);
    t.spec.limit = 7300 * S;
    go();
    /* 0, the new one at 3000 s; the runner at 7200 s would be due for the first, but not for the second's record. */
    cr_assert_eq(diary_count(&p.diary, RECORD_ATTEMPT), 2);
    cr_assert_eq(diary_nth(&p.diary, RECORD_ATTEMPT, 1)->at, 3000 * S);
}

/* One look-up that succeeds clears the domain: what waited for it follows at once. */
Test(queue_run, a_name_service_that_is_back_is_forgotten)
{
    struct mta_params *m = open_exim(1);
    size_t at;
    cr_assert_null(retry_rules_parse("F,4d,2h", &m->retry_rules, &at));
    tiny_fault(&t, TARGET_NS, 0, FAULT_SERVFAIL, 0, 500 * S);
    also(1, 1000 * S);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 2);
    for (size_t i = 0; i < 2; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, i)->at, 1000 * S);
}

/* ---- runners ---- */

/* All that waits goes down one connection: connect, greeting, EHLO once; then RSET, MAIL, RCPT, DATA for each. */
Test(queue_run, a_runner_sends_all_down_one_connection)
{
    open_exim(1);
    refusing(0, S);
    t.clients[0].count = 10;
    t.mx_hosts[0].takes = law_constant(S);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 10);
    cr_assert_eq(between(RECORD_CONNECT, 1800 * S, SIM_NEVER), 1);
    cr_assert_eq(p.tally->hosts[0].kept, 9);
    for (size_t i = 0; i < 10; i++)
        cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, i)->at, (1801 + (sim_time)i) * S, "one after the other");
}

Test(queue_run, a_connection_carries_so_many_messages)
{
    open_exim(1)->messages_per_connection = 4;
    refusing(0, S);
    t.clients[0].count = 10;
    go();
    cr_assert_eq(between(RECORD_CONNECT, 1800 * S, SIM_NEVER), 3, "4, 4 and 2 messages");
    cr_assert_eq(p.tally->hosts[0].kept, 7);
}

/* transport_check_waiting: the first message that gets through takes all that waits for the host with it. */
Test(queue_run, a_new_message_that_gets_through_opens_the_way)
{
    open_exim(1);
    refusing(0, 2000 * S);
    t.clients[0].count = 5;
    also(1, 2800 * S); /* the runner at 1800 s failed: the host's next time is 2700 s */
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 6);
    for (size_t i = 0; i < 6; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, i)->at, 2800 * S);
    cr_assert_eq(between(RECORD_CONNECT, 2000 * S, SIM_NEVER), 1);
    cr_assert_eq(p.tally->hosts[0].kept, 5);
}

/* Two in the queue for another domain do not go with them. */
Test(queue_run, only_what_goes_to_that_host_follows)
{
    open_exim(1);
    refusing(0, 2000 * S);
    t.clients[0].count = 5;
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REFUSING, 0, 2000 * S);
    t.clients[tiny_client(&t, 0, z)].count = 2;
    also(1, 2800 * S);
    go();
    cr_assert_eq(between(RECORD_DELIVERED, 2800 * S, 2801 * S), 6);
    cr_assert_eq(between(RECORD_DELIVERED, 3600 * S, 3601 * S), 2);
}

/* Each interval starts one more runner, and each has one delivery of 500 s under way at a time. */
Test(queue_run, each_interval_starts_one_more_runner)
{
    struct mta_params *m = open_exim(1);
    refusing(0, S);
    t.clients[0].count = 100;
    t.mx_hosts[0].takes = law_constant(500 * S);
    m->queue_runners = 3;
    go();
    /* From 1800 s on 4 begin in an interval; a second joins at 3600 s, a third at 5400 s; no fourth. The first begins
     * at 1800 2300 2800 3300 | 3800 4300 4800 5300 | 5800 6300 6800 | 7300 7800 8300 8800 | ... */
    static const size_t begun[] = {4, 4 + 4, 3 + 4 + 4, 4 + 3 + 4};
    for (int i = 0; i < 4; i++) {
        size_t n = between(RECORD_ATTEMPT, (1800 + 1800 * i) * S, (3600 + 1800 * i) * S);
        cr_assert_eq(n, begun[i], "interval %d: %zu", i, n);
    }
    cr_assert_eq(between(RECORD_CONNECT, 1800 * S, SIM_NEVER), 3, "a connection for each runner");
}

/* Going from one host to another it ends the first session: a host that takes one at a time is never told to wait. */
Test(queue_run, a_runner_keeps_one_session_at_a_time)
{
    open_exim(1);
    t.clients[0].count = 10;
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    t.clients[tiny_client(&t, 0, z)].count = 10;
    t.mx_hosts[0].limits.sessions = 1;
    t.mtas[0].params.queue_runners = 1;
    for (uint32_t h = 0; h < 2; h++) tiny_fault(&t, TARGET_MX_HOST, h, FAULT_REFUSING, 0, S);
    go();
    cr_assert_eq(between(RECORD_DELIVERED, 1800 * S, 1801 * S), 20);
    cr_assert_eq(p.tally->hosts[0].busy, 0);
    cr_assert_eq(p.tally->hosts[0].peak, 1);
}

/* A message is tried by one runner at a time, and once in a run. */
Test(queue_run, a_message_is_tried_once_in_a_run)
{
    struct mta_params *m = open_exim(1);
    size_t at;
    cr_assert_null(retry_rules_parse("F,4d,1s", &m->retry_rules, &at));
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST);
    t.clients[0].count = 5;
    t.mx_hosts[0].host.delay = law_constant(5 * S);
    t.spec.limit = 1700 * S + 1800 * S;
    go();
    cr_assert_eq(between(RECORD_ATTEMPT, 1800 * S, 3500 * S), 5);
}

/* A backup MX is one machine: while it is down, its runners are. */
Test(queue_run, a_machine_that_goes_down_ends_its_runners)
{
    open_exim(2);
    uint32_t backup = tiny_backup(&t, 1, "exim");
    t.mtas[backup].params.queue_run_phase = 0;
    t.clients[0].count = 20;
    t.mx_hosts[0].takes = law_constant(100 * S);
    refusing(0, S);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_UNREACHABLE, 2050 * S, 3000 * S);
    go();
    cr_assert_eq(p.tally->counts[COL_VIA_BACKUP], 20);
    size_t before = 0, during = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type != RECORD_ATTEMPT || r->who != backup) continue;
        before += r->at >= 1800 * S && r->at < 2050 * S;
        during += r->at >= 2050 * S && r->at < 5050 * S;
    }
    cr_assert_eq(before, 3);
    cr_assert_eq(during, 0);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 3)->at, (5400 + 100) * S, "the first runner after that");
}

/* A report older than ignore_bounce_errors_after is dropped. */
Test(queue_run, a_report_is_dropped_after_two_days)
{
    open_exim(1);
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    t.clients[0].from_zone = z;
    t.clients[0].unknown_users = 1;
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REFUSING, 0, SIM_LONGEST);
    go();
    cr_assert_eq(p.tally->counts[COL_REPORTS_DROPPED], 1);
    sim_time at = diary_nth(&p.diary, RECORD_DROPPED, 0)->at;
    cr_assert(at >= 2 * SIM_DAY && at <= 2 * SIM_DAY + 7 * SIM_HOUR, "%ld s", (long)(at / S));
}

/* ---- sendmail: several runners at each look, each with a memory of its own ---- */

static struct mta_params *open_sendmail(uint32_t count)
{
    tiny_init(&t, "sendmail", "bind", 1, 1);
    tiny_no_delay(&t);
    t.mtas[0].params.queue_run_phase = 0;
    t.clients[0].count = count;
    return &t.mtas[0].params;
}

/* mci.c: a process that has found a host dead does not try it again in that run; the next process does. */
Test(queue_run, each_of_sendmails_runners_finds_out_for_itself)
{
    open_sendmail(23);
    refusing(0, SIM_LONGEST);
    t.spec.limit = 1800 * S;
    go();
    for (int run = 1; run <= 3; run++) cr_assert_eq(between(RECORD_CONNECT, run * 600 * S, run * 600 * S + S), 5);
}

Test(queue_run, with_one_runner_a_look_one_connect_a_run)
{
    open_sendmail(23)->runners_per_look = 1;
    refusing(0, SIM_LONGEST);
    t.spec.limit = 1800 * S;
    go();
    for (int run = 1; run <= 3; run++) cr_assert_eq(between(RECORD_CONNECT, run * 600 * S, run * 600 * S + S), 1);
}

/* What is skipped is tried in the next run, when the host is back. */
Test(queue_run, sendmail_sends_all_in_the_next_run)
{
    open_sendmail(23);
    refusing(0, 1000 * S);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 23);
    for (size_t i = 0; i < 23; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, i)->at, 1200 * S);
    cr_assert_leq(between(RECORD_CONNECT, 1200 * S, SIM_NEVER), 5, "a connection for each runner");
}
