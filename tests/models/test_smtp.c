/* tests/models/test_smtp.c - the connections of one attempt: what each kind of trouble costs, and who gets the mail. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

/* DNS costs nothing here, so all times are the sessions'. */
static void instant_dns(uint32_t mx)
{
    tiny_init(&t, "postfix", "bind", 1, mx);
    t.ns[0].host.delay = law_constant(0);
}

TestSuite(smtp, .fini = end_play);

static void go(void)
{
    play_run(&p, &t, 2385, 0);
}

static void fault(uint32_t mx, enum fault_kind is)
{
    tiny_fault(&t, TARGET_MX_HOST, mx, is, 0, SIM_LONGEST);
}

static sim_time at_nth(enum record_type type, size_t nth)
{
    return diary_nth(&p.diary, type, nth)->at;
}

/* How many hosts the first attempt tried. */
static size_t tried(void)
{
    size_t n = 0;
    for (size_t i = 0; i < p.diary.count && p.diary.items[i].type != RECORD_DEFERRED; i++)
        n += p.diary.items[i].type == RECORD_CONNECT;
    return n;
}

/* SYN, greeting, EHLO, MAIL+RCPT+DATA at once, and the message's way there. */
Test(smtp, a_pipelined_delivery_takes_four_round_trips_and_a_half)
{
    instant_dns(1);
    t.mx_hosts[0].takes = 85 * SIM_MS;
    go();
    cr_assert_eq(at_nth(RECORD_DELIVERED, 0), 4 * TINY_TRIP + TINY_DELAY + 85 * SIM_MS);
}

/* The reply to the final dot is not waited for, whatever law the delay has. */
Test(smtp, a_law_that_always_gives_the_same_delay_costs_the_same)
{
    instant_dns(1);
    go();
    sim_time constant = at_nth(RECORD_DELIVERED, 0);
    play_end(&p);
    instant_dns(1);
    t.mx_hosts[0].host.delay = (struct law){.kind = LAW_UNIFORM, .a = TINY_DELAY, .b = TINY_DELAY};
    go();
    cr_assert_eq(at_nth(RECORD_DELIVERED, 0), constant);
}

Test(smtp, without_pipelining_it_takes_two_more)
{
    instant_dns(1);
    t.mtas[0].params.smtp_pipelining = false;
    go();
    cr_assert_eq(at_nth(RECORD_DELIVERED, 0), 6 * TINY_TRIP + TINY_DELAY);
}

Test(smtp, a_closed_port_costs_one_round_trip)
{
    instant_dns(2);
    fault(0, FAULT_REFUSING);
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT_FAILED, 0), TINY_TRIP);
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), TINY_TRIP);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, 1);
}

/* Measured on Postfix 3.7.11: the second host is connected to after 30 s. */
Test(smtp, a_silent_host_costs_postfix_30_s)
{
    instant_dns(2);
    fault(0, FAULT_SILENT);
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 30 * SIM_SECOND);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT_FAILED, 0)->cause, CAUSE_CONNECT_TIMEOUT);
}

/* SYN is sent at 0, 1, 3, 7, 15, 31 s (RFC 6298 section 5): the host is back at 8 s and is found by the one at 15 s. */
Test(smtp, a_host_back_within_the_connect_time_out_gets_the_mail)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 8 * SIM_SECOND);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, 0);
    cr_assert_eq(at_nth(RECORD_CONNECTED_LATE, 0), 15 * SIM_SECOND + TINY_TRIP);
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT_FAILED), 0);
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 1);
}

Test(smtp, a_host_back_after_the_last_syn_is_given_up)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 16 * SIM_SECOND);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, 1);
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 30 * SIM_SECOND);
}

/* Measured on Postfix 3.7.11: 421 in the banner, mx2 1 ms later. */
Test(smtp, a_busy_host_sends_the_mail_to_the_next_at_once)
{
    instant_dns(2);
    fault(0, FAULT_BUSY);
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 2 * TINY_TRIP);
    cr_assert_eq(diary_nth(&p.diary, RECORD_SESSION_FAILED, 0)->cause, CAUSE_HOST_BUSY);
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 1);
}

/* Measured on Postfix 3.7.11: 450 at RCPT, mx2 is tried in the same attempt. */
Test(smtp, a_450_sends_the_mail_to_the_next_at_once)
{
    instant_dns(2);
    fault(0, FAULT_TEMPFAILING);
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 4 * TINY_TRIP);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, 1);
}

/* Measured on Postfix 3.7.11: 550 at RCPT, mx2 is not tried. */
Test(smtp, a_550_bounces_without_asking_the_next)
{
    instant_dns(2);
    fault(0, FAULT_REJECTING);
    go();
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT), 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->cause, CAUSE_REJECTED);
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->count, 0, "at once, not because its time ran out");
}

Test(smtp, an_unknown_user_bounces_with_5_1_1)
{
    instant_dns(2);
    t.clients[0].unknown_users = 1;
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->cause, CAUSE_USER_UNKNOWN);
    cr_assert_str_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->status, "5.1.1");
}

/* Measured on Postfix 3.7.11, 7 MX hosts: 5 refusing ones tried, 5 with a 421 banner, 2 that say 450. */
Test(smtp, postfix_tries_5_addresses_or_2_sessions)
{
    static const struct {
        enum fault_kind is;
        size_t tried;
    } rows[] = {{FAULT_REFUSING, 5}, {FAULT_BUSY, 5}, {FAULT_TEMPFAILING, 2}, {FAULT_SILENT, 5}};
    for (int row = 0; row < 4; row++) {
        instant_dns(7);
        for (uint32_t mx = 0; mx < 7; mx++) fault(mx, rows[row].is);
        go();
        cr_assert_eq(tried(), rows[row].tried, "%s: %zu", fault_kind_name(rows[row].is), tried());
        play_end(&p);
    }
    p.world = NULL;
}

Test(smtp, without_limits_all_seven_are_tried)
{
    instant_dns(7);
    t.mtas[0].params.smtp_mx_address_limit = t.mtas[0].params.smtp_mx_session_limit = 0;
    for (uint32_t mx = 0; mx < 7; mx++) fault(mx, FAULT_TEMPFAILING);
    go();
    cr_assert_eq(tried(), 7);
}

Test(smtp, each_address_of_a_host_is_tried_and_counts)
{
    instant_dns(2);
    t.mx_hosts[0].addresses = 3;
    fault(0, FAULT_REFUSING);
    go();
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT), 4);
    cr_assert_eq(at_nth(RECORD_CONNECT, 3), 3 * TINY_TRIP);
}

/* The host falls silent in the middle of the session: after EHLO, before MAIL. */
Test(smtp, a_session_that_falls_silent_is_lost_after_its_time_out)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 3 * TINY_TRIP + TINY_DELAY / 2, SIM_LONGEST);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_SESSION_FAILED, 0)->cause, CAUSE_SESSION_LOST);
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 3 * TINY_TRIP + 300 * SIM_SECOND, "smtp_mail_timeout");
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, 1);
}

Test(smtp, a_session_that_is_cut_is_lost_at_once)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 3 * TINY_TRIP + TINY_DELAY / 2, SIM_LONGEST);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_SESSION_FAILED, 0)->cause, CAUSE_SESSION_LOST);
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 4 * TINY_TRIP);
}

Test(smtp, a_short_silence_costs_retransmissions_not_the_session)
{
    instant_dns(1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 3 * TINY_TRIP + TINY_DELAY / 2, 2 * SIM_SECOND);
    go();
    /* Sent again after 1 and after 1 + 2 s: the latter arrives. */
    cr_assert_eq(at_nth(RECORD_DELIVERED, 0), 4 * TINY_TRIP + TINY_DELAY + 3 * SIM_SECOND);
}

Test(smtp, a_slow_host_takes_its_delay_for_each_reply)
{
    instant_dns(1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SLOW, 0, SIM_LONGEST)->delay = 2 * SIM_SECOND;
    go();
    /* The greeting, EHLO, MAIL+RCPT+DATA and the final dot; the kernel, not the server, answers SYN. */
    cr_assert_eq(at_nth(RECORD_DELIVERED, 0), 4 * TINY_TRIP + TINY_DELAY + 8 * SIM_SECOND);
}

Test(smtp, a_host_without_greeting_costs_300_s)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SLOW, 0, SIM_LONGEST)->delay = SIM_HOUR;
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), TINY_TRIP + 300 * SIM_SECOND, "measured on Postfix 3.7.11");
}

Test(smtp, when_all_hosts_fail_the_last_one_names_the_cause)
{
    instant_dns(2);
    fault(0, FAULT_SILENT);
    fault(1, FAULT_BUSY);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_HOST_BUSY);
    cr_assert_str_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->status, "4.3.2");
}
