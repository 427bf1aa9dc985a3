/* tests/models/test_destination.c - how many deliveries at a time, destinations that are dead, sessions that are kept.
 *
 * Expected numbers by hand from Postfix src/qmgr/qmgr_queue.c and qmgr_entry.c; "5, 10, 20 and no more in parallel" and
 * "dead after the third failure in a row" were measured on Postfix 3.7.11. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

#define S SIM_SECOND

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(destination, .fini = end_play);

/* count messages at 0; nothing takes time but what a test says; deliveries may begin together, on sessions of their
 * own. */
static struct mta_params *open_postfix(uint32_t count, uint32_t mx)
{
    tiny_init(&t, "postfix", "bind", 1, mx);
    tiny_no_delay(&t);
    struct mta_params *m = &t.mtas[0].params;
    m->handoff = m->connection_cache = 0;
    t.clients[0].count = count;
    return m;
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

/* How many records of a type there are from one time to just before another. */
static size_t between(enum record_type type, sim_time from, sim_time until)
{
    size_t n = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        n += r->type == type && r->at >= from && r->at < until;
    }
    return n;
}

static void starts_are(const size_t *wanted, int count)
{
    for (int s = 0; s < count; s++) {
        size_t n = between(RECORD_CONNECT, s * S, (s + 1) * S);
        cr_assert_eq(n, wanted[s], "in second %d: %zu, not %zu", s, n, wanted[s]);
    }
}

#define STARTS_ARE(...)                                                                                                \
    starts_are((const size_t[]){__VA_ARGS__}, sizeof((const size_t[]){__VA_ARGS__}) / sizeof(size_t))

/* ---- the window ---- */

Test(destination, postfix_begins_with_5_at_a_time_and_doubles_to_20)
{
    open_postfix(100, 1);
    t.mx_hosts[0].takes = law_constant(S);
    go();
    STARTS_ARE(5, 10, 20, 20, 20, 20, 5, 0);
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 100);
}

Test(destination, a_quarter_of_the_feedback_grows_the_window_by_one_for_four)
{
    struct mta_params *m = open_postfix(30, 1);
    m->positive_feedback = 0.25;
    t.mx_hosts[0].takes = law_constant(S);
    go();
    /* 5 successes: 1.25, one step left over 0.25; 6 more: 1.75, one step (0.75 is short of 1 - 0.125 by 0.125); 7 more:
     * 2.5, two steps. */
    STARTS_ARE(5, 6, 7, 9, 3, 0);
}

Test(destination, without_a_limit_the_window_grows_on)
{
    struct mta_params *m = open_postfix(155, 1);
    m->destination_concurrency = 0;
    m->process_limit = 0;
    t.mx_hosts[0].takes = law_constant(S);
    go();
    STARTS_ARE(5, 10, 20, 40, 80, 0);
}

/* qmgr_queue_unthrottle: it grows no further than 5 beyond what is under way. A message that waits for a greeting keeps
 * the destination known; twenty that come alone make the window 7, so that 6 of a burst may join the one that waits. */
Test(destination, a_window_that_is_not_used_does_not_grow)
{
    open_postfix(1, 1);
    t.mx_hosts[0].takes = law_constant(100 * SIM_MS);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_NO_GREETING, 0, 1);
    struct client_spec *alone = &t.clients[tiny_client(&t, 0, 0)];
    alone->count = 0;
    alone->every = S;
    alone->at = S;
    t.spec.mail = 21 * S;
    also(30, 20500 * SIM_MS);
    t.spec.limit = 30 * S;
    go();
    cr_assert_eq(between(RECORD_CONNECT, 20500 * SIM_MS, 20501 * SIM_MS), 6);
}

Test(destination, the_processes_are_shared_by_all_destinations_oldest_message_first)
{
    struct mta_params *m = open_postfix(10, 1);
    m->process_limit = 3;
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    t.clients[tiny_client(&t, 0, z)].count = 10;
    t.clients[0].at = 1; /* the second zone's are older */
    t.mx_hosts[0].takes = t.mx_hosts[1].takes = law_constant(S);
    go();
    STARTS_ARE(3, 3, 3, 3, 3, 3, 2, 0);
    /* The message that has waited longest comes next, wherever it goes (qmgr_job.c qmgr_job_entry_select). */
    for (uint32_t i = 0; i < 20; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, i)->message, i + 1, "%u", i);
}

Test(destination, a_limit_of_one_lets_each_wait_for_the_last)
{
    struct mta_params *m = open_postfix(23, 1);
    m->destination_concurrency = m->initial_concurrency = 1;
    t.mx_hosts[0].takes = law_constant(S);
    go();
    for (size_t i = 0; i < 23; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, i)->at, ((sim_time)i + 1) * S);
}

Test(destination, deliveries_begin_a_handoff_apart)
{
    struct mta_params *m = open_postfix(5, 1);
    m->handoff = SIM_MS;
    go();
    for (size_t i = 0; i < 5; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_ATTEMPT, i)->at, (sim_time)i * SIM_MS);
}

/* ---- dead destinations ---- */

/* 1/5, the window falls to 3, 1/3, it falls to 2, 1/2: 1.03 rounds of failures. What had begun by then goes on. */
Test(destination, the_third_failure_in_a_row_makes_a_new_destination_dead)
{
    struct mta_params *m = open_postfix(10, 1);
    m->handoff = SIM_MS;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    t.spec.limit = S;
    go();
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 3);
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 7);
    cr_assert_eq(diary_count(&p.diary, RECORD_PUT_OFF), 7);
    const struct record *r = diary_nth(&p.diary, RECORD_PUT_OFF, 6);
    cr_assert(r->cause == CAUSE_CONNECT_REFUSED && r->at == 2 * SIM_MS);
    cr_assert_str_eq(r->status, "4.4.1");
}

/* Measured on Postfix 3.7.11: 5 connects, as they begin before the first refusal is known. */
Test(destination, what_has_begun_is_not_stopped)
{
    open_postfix(10, 1);
    t.mx_hosts[0].host.delay = law_constant(5 * SIM_MS);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    t.spec.limit = S;
    go();
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 5);
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 5);
}

Test(destination, a_dead_destination_is_left_alone_for_minimal_backoff_time)
{
    open_postfix(3, 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, S);
    also(1, 300 * S - 1);
    also(1, 300 * S);
    t.spec.limit = 300 * S;
    go();
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 4);
    cr_assert_eq(diary_nth(&p.diary, RECORD_PUT_OFF, 0)->at, 300 * S - 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->at, 300 * S);
}

/* What is put off waits as after an attempt: its age, minimal_backoff_time at least, then the next scan. */
Test(destination, what_is_put_off_is_due_again_like_what_failed)
{
    struct mta_params *m = open_postfix(3, 1);
    m->queue_run_phase = 85 * S;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, S);
    also(1, 23 * S);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_PUT_OFF, 0)->until, 385 * S);
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 4);
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 0);
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 3 + 4, "being put off is no attempt");
}

/* qmgr_entry_done: the state of a destination with nothing left to deliver is thrown away. */
Test(destination, failures_of_lone_messages_do_not_add_up)
{
    open_postfix(1, 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    for (int i = 1; i < 10; i++) also(1, i * 20 * S);
    t.spec.limit = 299 * S;
    go();
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 10);
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 0);
}

/* smtp_trouble.c: what is said about a recipient says nothing against the destination. */
Test(destination, a_450_to_each_recipient_is_no_trouble)
{
    open_postfix(35, 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST);
    t.mx_hosts[0].host.delay = law_constant(S / 8); /* greeting to RCPT: one second */
    t.spec.limit = 30 * S;
    go();
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 0);
    STARTS_ARE(5, 10, 20, 0);
}

Test(destination, neither_is_a_550)
{
    open_postfix(35, 1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REJECTING, 0, SIM_LONGEST);
    t.mx_hosts[0].host.delay = law_constant(S / 8);
    go();
    cr_assert_eq(p.tally->counts[COL_BOUNCED], 35);
    STARTS_ARE(5, 10, 20, 0);
}

/* One session came to the envelope's end: that the next host refused the connection is not held against them. */
Test(destination, a_450_and_then_a_closed_port_are_no_trouble)
{
    open_postfix(10, 2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REFUSING, 0, SIM_LONGEST);
    t.spec.limit = 30 * S;
    go();
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 0);
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 10);
}

Test(destination, each_kind_of_trouble_counts)
{
    static const enum fault_kind kinds[] = {FAULT_REFUSING,    FAULT_SILENT,      FAULT_BUSY,
                                            FAULT_NO_GREETING, FAULT_UNREACHABLE, FAULT_BLOCKING};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        open_postfix(10, 1);
        tiny_fault(&t, TARGET_MX_HOST, 0, kinds[i], 0, SIM_LONGEST);
        t.spec.limit = 500 * S;
        t.mtas[0].params.minimal_backoff_time = 600 * S;
        go();
        cr_assert_eq(p.tally->counts[COL_PUT_OFF], 5, "%s", fault_kind_name(kinds[i]));
        play_end(&p);
    }
    p.world = NULL;
}

/* DNS that fails for now makes it dead as well (4.4.3, smtp_sess_fail). */
Test(destination, a_name_service_that_fails_is_trouble)
{
    open_postfix(10, 1);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SERVFAIL, 0, SIM_LONGEST);
    t.spec.limit = 200 * S;
    go();
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 5);
    cr_assert_eq(diary_nth(&p.diary, RECORD_PUT_OFF, 0)->cause, CAUSE_DNS_SERVFAIL);
}

/* qmgr_queue_unthrottle: a delivery under way that succeeds brings it back at once. */
Test(destination, a_success_under_way_revives_a_dead_destination)
{
    open_postfix(1, 1);
    t.mx_hosts[0].takes = law_constant(10 * S);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, S, S);
    also(3, S);
    also(1, 5 * S);
    also(1, 11 * S);
    t.spec.limit = 30 * S;
    go();
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_PUT_OFF, 0)->at, 5 * S);
    cr_assert_eq(between(RECORD_CONNECT, 11 * S, 12 * S), 1);
}

/* Its window is then what is under way: with two deliveries, one of which has just ended, one more may begin. */
Test(destination, a_revived_destination_begins_with_what_is_under_way)
{
    open_postfix(1, 1);
    t.mx_hosts[0].takes = law_constant(10 * S);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_NO_GREETING, 0, 1); /* waits for 300 s */
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 2 * S, S);
    also(1, S);
    also(3, 2 * S);
    also(10, 12 * S);
    t.spec.limit = 20 * S;
    go();
    cr_assert_eq(between(RECORD_CONNECT, 12 * S, 13 * S), 1);
}

Test(destination, a_cohort_limit_of_zero_lets_none_die)
{
    struct mta_params *m = open_postfix(10, 1);
    m->failed_cohort_limit = 0;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    t.spec.limit = 200 * S;
    go();
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 10);
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 0);
}

/* The failed rounds go back to none with each success. */
Test(destination, a_success_between_two_failures_counts)
{
    open_postfix(1, 1);
    struct mta_params *m = &t.mtas[0].params;
    m->destination_concurrency = m->initial_concurrency = 2; /* two failures in a row are dead: 1/2 and 1/1 */
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST)->share = 0.5;
    t.faults[0].at = STEP_GREETING; /* trouble, for half of the messages */
    t.faults[0].cause = CAUSE_HOST_BUSY;
    t.clients[0].count = 200;
    t.spec.limit = 200 * S;
    go();
    size_t in_a_row = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        enum record_type type = p.diary.items[i].type;
        if (type == RECORD_PUT_OFF) break;
        if (type == RECORD_ACCEPTED) in_a_row = 0;
        if (type == RECORD_SESSION_FAILED) in_a_row++;
        cr_assert_leq(in_a_row, 3, "with two at a time, one more may be under way");
    }
    cr_assert_gt(diary_count(&p.diary, RECORD_PUT_OFF), 0, "200 tosses hold three of a kind");
}

/* ---- sessions that are kept ---- */

/* One at a time: the first delivery connects; the second begins within a second of its end and connects as well, but
 * keeps its session; the third and the fourth use that one: RSET, then MAIL, RCPT and DATA at once. */
Test(destination, the_third_of_a_row_uses_the_session_of_the_second)
{
    tiny_init(&t, "postfix", "bind", 1, 1);
    t.ns[0].host.delay = law_constant(0);
    struct mta_params *m = &t.mtas[0].params;
    m->handoff = 0;
    m->destination_concurrency = m->initial_concurrency = 1;
    t.clients[0].count = 4;
    go();
    const sim_time fresh = 4 * TINY_TRIP + TINY_DELAY, kept = 2 * TINY_TRIP + TINY_DELAY;
    const sim_time ends[] = {fresh, 2 * fresh, 2 * fresh + kept, 2 * fresh + 2 * kept};
    for (size_t i = 0; i < 4; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, i)->at, ends[i], "%zu", i);
    cr_assert_eq(diary_count(&p.diary, RECORD_KEPT_SESSION), 2);
    cr_assert_eq(p.tally->hosts[0].connections, 2);
    cr_assert_eq(p.tally->hosts[0].kept, 2);
    cr_assert_eq(p.tally->hosts[0].accepted, 4);
}

/* A message at 0 that waits 300 s for a greeting keeps Postfix from forgetting the destination; then count messages at
 * 1 s, one at a time, 100 ms each. */
static void one_at_a_time(uint32_t count)
{
    struct mta_params *m = open_postfix(1, 1);
    m->destination_concurrency = m->initial_concurrency = 2;
    m->connection_cache = 2 * S;
    t.mx_hosts[0].takes = law_constant(100 * SIM_MS);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_NO_GREETING, 0, 1);
    also(count, S);
    t.spec.limit = 20 * S;
}

/* The three are done at 1.1, 1.2 and 1.3 s; the second's session is used by the third and is then kept until 3.3 s. */
Test(destination, a_session_is_kept_for_two_seconds)
{
    one_at_a_time(3);
    also(1, 3300 * SIM_MS - 1);
    go();
    cr_assert_eq(p.tally->hosts[0].kept, 2);
    cr_assert_eq(p.tally->hosts[0].connections, 3);
    play_end(&p);
    one_at_a_time(3);
    also(1, 3300 * SIM_MS);
    go();
    cr_assert_eq(p.tally->hosts[0].kept, 1);
    cr_assert_eq(p.tally->hosts[0].connections, 4);
}

/* With nothing else to deliver Postfix forgets the destination, and that its sessions were to be used. */
Test(destination, a_destination_that_is_forgotten_uses_no_kept_session)
{
    one_at_a_time(3);
    t.spec.fault_count = 0;
    also(1, 1400 * SIM_MS);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 5);
    cr_assert_eq(p.tally->hosts[0].kept, 0, "two at a time: none waits for the end of another");
    play_end(&p);
    one_at_a_time(3);
    t.spec.fault_count = 0;
    t.mtas[0].params.destination_concurrency = t.mtas[0].params.initial_concurrency = 1;
    also(1, 1400 * SIM_MS);
    go();
    cr_assert_eq(p.tally->hosts[0].kept, 1, "the third of the row, not the one after it");
}

Test(destination, a_session_carries_so_many_messages_and_no_more)
{
    one_at_a_time(12);
    t.mtas[0].params.messages_per_connection = 3;
    go();
    /* The first has one of its own; then threes: 2 3 4, 5 6 7, 8 9 10, 11 12. And the one that waits at 0. */
    cr_assert_eq(p.tally->hosts[0].connections, 5 + 1);
    cr_assert_eq(p.tally->hosts[0].kept, 7);
}

/* A kept session that is gone when it is wanted costs the RSET; then a new connection is made in the same attempt. With
 * 1 ms each way the third message wants it at 1.218 s, RSET comes at 1.219 s, the new SYN at 1.221 s. */
Test(destination, a_kept_session_that_is_gone_costs_no_attempt)
{
    one_at_a_time(3);
    t.mx_hosts[0].host.delay = law_constant(SIM_MS);
    t.faults[0].length = law_constant(3 * SIM_MS);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 1219 * SIM_MS, SIM_MS);
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 3);
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 4);
    cr_assert_eq(p.tally->hosts[0].kept, 1);
    cr_assert_eq(p.tally->hosts[0].connections, 4);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 2)->at, (1220 + 109) * SIM_MS);
}

Test(destination, without_a_cache_each_message_connects)
{
    one_at_a_time(12);
    t.mtas[0].params.connection_cache = 0;
    go();
    cr_assert_eq(p.tally->hosts[0].connections, 13);
    cr_assert_eq(p.tally->hosts[0].kept, 0);
}

/* A burst sticks to the backup while its session lives, though the primary is back: the cache goes by destination. */
Test(destination, a_kept_session_leads_to_the_host_that_it_was_made_to)
{
    struct mta_params *m = open_postfix(6, 2);
    m->destination_concurrency = m->initial_concurrency = 1;
    m->connection_cache = 2 * S;
    t.mx_hosts[1].takes = law_constant(100 * SIM_MS);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 150 * SIM_MS);
    go();
    cr_assert_eq(p.tally->hosts[1].accepted, 6);
    cr_assert_eq(p.tally->hosts[1].kept, 4);
    cr_assert_eq(p.tally->hosts[0].connections, 2);
}

/* ---- hosts that are left alone ---- */

/* OpenSMTPD mta_route_disable: 15 s times the square of its failures in a row; nothing is left but to wait. */
Test(destination, opensmtpd_leaves_a_host_that_failed_alone_for_15_s)
{
    tiny_init(&t, "opensmtpd", "bind", 1, 1);
    tiny_no_delay(&t);
    t.mtas[0].params.host_check = 0;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    also(1, 15 * S - 1);
    also(1, 15 * S);
    also(1, 30 * S - 1); /* one failure was forgiven when it was let go: 15 s again */
    also(1, 30 * S);
    t.spec.limit = 100 * S;
    go();
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT), 3);
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 2);
    cr_assert_eq(diary_nth(&p.diary, RECORD_PUT_OFF, 0)->cause, CAUSE_CONNECT_REFUSED);
}

/* notqmail tcpto.c: a second time-out 120 s or more after the first; then (60 + pid mod 32) * 64 s. */
Test(destination, qmail_skips_a_host_that_timed_out_twice)
{
    tiny_init(&t, "qmail", "bind", 1, 1);
    tiny_no_delay(&t);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, SIM_LONGEST);
    t.mtas[0].params.maximal_queue_lifetime = 0; /* no retries: those below are the only attempts */
    also(1, 100 * S);                            /* times out at 160 s: only 100 s after the first */
    also(1, 240 * S);                            /* at 300 s: 140 s after the second */
    also(1, 4139 * S);                           /* skipped: 3840 s are not over */
    also(1, 6125 * S);                           /* tried: 5824 s are */
    t.spec.limit = SIM_DAY;
    go();
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT), 4);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, 2)->at, 240 * S);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, 3)->at, 6125 * S);
}

/* The host that timed out is remembered although another took the mail. */
Test(destination, qmail_remembers_each_host_for_what_it_did)
{
    tiny_init(&t, "qmail", "bind", 1, 3);
    tiny_no_delay(&t);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_SILENT, 0, SIM_LONGEST);
    also(1, 200 * S);
    also(1, 400 * S);
    t.spec.limit = SIM_HOUR;
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 3);
    cr_assert_eq(p.tally->hosts[0].connections, 3, "it refuses, which is no time-out");
    cr_assert_eq(p.tally->hosts[1].connections, 2, "the third message skips it");
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 2)->at, 400 * S);
}

/* A host that is skipped and one without address: there is something to wait for. */
Test(destination, a_skipped_host_is_no_reason_to_bounce)
{
    tiny_init(&t, "opensmtpd", "bind", 1, 2);
    tiny_no_delay(&t);
    t.mtas[0].params.host_check = 0;
    t.mx_hosts[1].addresses = 0;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, S);
    also(1, 5 * S);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 2);
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 1);
}

/* ---- other ways to leave a destination alone ---- */

static void open_mta(const char *profile)
{
    tiny_init(&t, profile, "bind", 1, 1);
    tiny_no_delay(&t);
    t.mtas[0].params.handoff = 0;
}

/* ZoneMTA lib/sender.js: a domain none of whose hosts could be connected to is left alone for 10 minutes. */
Test(destination, zonemta_leaves_a_domain_alone_for_ten_minutes)
{
    open_mta("zonemta");
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, S);
    also(1, 600 * S - 1);
    also(1, 600 * S);
    t.spec.limit = 650 * S;
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT, 1)->at, 600 * S);
    cr_assert_geq(p.tally->counts[COL_PUT_OFF], 1);
}

/* ... and for 15 where they timed out, from then on. */
Test(destination, zonemta_leaves_a_silent_domain_alone_for_fifteen)
{
    open_mta("zonemta");
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 200 * S);
    t.clients[0].count = 0; /* one a second until long after */
    t.clients[0].every = S;
    t.spec.mail = t.spec.limit = 1200 * S;
    go();
    sim_time failed = diary_nth(&p.diary, RECORD_CONNECT_FAILED, 0)->at;
    cr_assert(failed >= 131 * S && failed < 137 * S);
    cr_assert_eq(between(RECORD_CONNECT, failed + 1, failed + 900 * S), 0);
    cr_assert_gt(between(RECORD_CONNECT, failed + 900 * S, failed + 902 * S), 0);
}

/* Any connection that is made says that the domain is there. */
Test(destination, zonemta_tries_on_where_a_host_connects)
{
    open_mta("zonemta");
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_BUSY, 0, SIM_LONGEST);
    also(1, 10 * S);
    also(1, 20 * S);
    t.spec.limit = 30 * S;
    go();
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT), 3);
    cr_assert_eq(p.tally->counts[COL_PUT_OFF], 0);
}

/* Exchange: it is the queue of a destination that is retried: four times each minute, then every five minutes. */
Test(destination, exchange_retries_a_queue_not_a_message)
{
    open_mta("exchange");
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 1000 * S);
    also(1, 30 * S);
    also(1, 400 * S);
    t.spec.limit = SIM_HOUR;
    go();
    /* 0 60 120 180 240 | 540 840 1140 s: the host is back at 1000 s, and all three go at once. */
    static const int tries[] = {0, 60, 120, 180, 240, 540, 840, 1140};
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, i)->at, 1140 * S, "message %zu", i);
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        bool known = r->type != RECORD_CONNECT;
        for (size_t k = 0; k < 8; k++) known = known || r->at == tries[k] * S;
        cr_assert(known, "a connect at %ld s", (long)(r->at / S));
    }
}

/* OpenSMTPD mta_hoststat: an accepted recipient makes all mail that waits for the domain due. */
Test(destination, opensmtpd_wakes_what_waits_when_mail_gets_through)
{
    open_mta("opensmtpd");
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, S);
    t.clients[0].count = 3;
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_TEMPFAILING, 0, S);
    tiny_client(&t, 0, z);
    also(1, 50 * S);
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 5);
    for (size_t i = 0; i < 4; i++) cr_assert_lt(diary_nth(&p.diary, RECORD_DELIVERED, i)->at, 60 * S, "message %zu", i);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 4)->at, 400 * S, "that of the other domain");
}
