/* tests/models/test_smtp.c - the connections of one attempt: what each kind of trouble costs, and who gets the mail. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>

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
    t.mx_hosts[0].takes = law_constant(85 * SIM_MS);
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

/* ---- the kernel's SYNs ---- */

/* A timer of the kernel comes late by 0 to 1 granule of its wheel: with HZ 250, 32 ms below 2.016 s, 256 ms below
 * 16.128 s, 2.048 s above (Linux kernel/time/timer.c). */
#define FINE   (32 * SIM_MS)
#define MIDDLE (256 * SIM_MS)
#define COARSE (2048 * SIM_MS)

static void between(sim_time got, sim_time least, sim_time most)
{
    char text[3][32];
    cr_assert(got >= least && got < most, "%s is not in %s to %s", sim_time_text(got, text[0]),
              sim_time_text(least, text[1]), sim_time_text(most, text[2]));
}

/* SYN is sent at 0, 1, 2, 3, 4, 5, 7, 11, 19 s (Linux 6.5 on): the host is back at 8 s and is found by that at 11 s,
 * which is late by up to 6 fine granules and a middle one. */
Test(smtp, a_host_back_within_the_connect_time_out_gets_the_mail)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 8 * SIM_SECOND);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, 0);
    sim_time found = at_nth(RECORD_CONNECTED_LATE, 0) - TINY_TRIP;
    between(found, 11 * SIM_SECOND, 11 * SIM_SECOND + 6 * FINE + MIDDLE);
    cr_assert_eq(diary_count(&p.diary, RECORD_CONNECT_FAILED), 0);
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 1);
}

/* Before Linux 6.5 at 0, 1, 3, 7, 15 s (RFC 6298 section 5: the time-out doubles). */
Test(smtp, an_older_kernel_doubles_the_wait_from_the_first_syn_on)
{
    instant_dns(2);
    t.mtas[0].params.tcp_syn_linear_timeouts = 0;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 8 * SIM_SECOND);
    go();
    sim_time found = at_nth(RECORD_CONNECTED_LATE, 0) - TINY_TRIP;
    between(found, 15 * SIM_SECOND, 15 * SIM_SECOND + 2 * FINE + 2 * MIDDLE);
}

/* The lateness is uniform: that of the SYN at 1 s has the mean of 16 ms and the standard deviation 32 ms / sqrt(12).
 * 400 runs, 4.9 standard errors: false alarm 1e-6. */
Test(smtp, a_syn_is_late_by_half_a_granule_in_the_mean)
{
    double sum = 0;
    instant_dns(1);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, SIM_SECOND / 2);
    for (uint64_t run = 0; run < 400; run++) {
        play_run(&p, &t, 2385, run);
        sim_time late = at_nth(RECORD_CONNECTED_LATE, 0) - TINY_TRIP - SIM_SECOND;
        between(late, 0, FINE);
        sum += (double)late / SIM_MS;
        play_end(&p);
    }
    p.world = NULL;
    cr_assert_float_eq(sum / 400, 16, 4.9 * 32 / sqrt(12 * 400.0));
}

Test(smtp, a_host_back_after_the_last_syn_is_given_up)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 20 * SIM_SECOND); /* the one at 19 s is too early */
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, 1);
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 30 * SIM_SECOND);
}

/* An MTA whose own time-out is longer: the kernel's end comes first, 64 s after the SYN at 67 s. Measured with Exim
 * 4.96 on Linux 6.18: about 134 s. */
Test(smtp, the_kernel_ends_a_connect_after_131_s)
{
    instant_dns(2);
    t.mtas[0].params.timeout[STEP_CONNECT] = 300 * SIM_SECOND;
    fault(0, FAULT_SILENT);
    go();
    between(at_nth(RECORD_CONNECT, 1), 131 * SIM_SECOND, 131 * SIM_SECOND + 6 * FINE + 3 * MIDDLE + 2 * COARSE);
}

Test(smtp, an_older_kernel_ends_a_connect_after_127_s)
{
    instant_dns(2);
    t.mtas[0].params.timeout[STEP_CONNECT] = 300 * SIM_SECOND;
    t.mtas[0].params.tcp_syn_linear_timeouts = 0;
    fault(0, FAULT_SILENT);
    go();
    between(at_nth(RECORD_CONNECT, 1), 127 * SIM_SECOND, 127 * SIM_SECOND + 2 * FINE + 3 * MIDDLE + 2 * COARSE);
}

/* With tcp_syn_retries 1 there are two SYNs, beside the linear ones. */
Test(smtp, fewer_syns_end_a_connect_sooner)
{
    instant_dns(2);
    t.mtas[0].params.tcp_syn_linear_timeouts = 0;
    t.mtas[0].params.tcp_syn_retries = 1;
    fault(0, FAULT_SILENT);
    go();
    between(at_nth(RECORD_CONNECT, 1), 3 * SIM_SECOND, 3 * SIM_SECOND + 2 * FINE);
}

/* Measured: "no route to host" after 3.1 s, three ARP requests a second apart. */
Test(smtp, a_host_that_is_off_on_the_same_network_costs_3_s)
{
    instant_dns(2);
    fault(0, FAULT_UNREACHABLE);
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 3100 * SIM_MS);
    cr_assert_eq(diary_nth(&p.diary, RECORD_CONNECT_FAILED, 0)->cause, CAUSE_NO_ROUTE);
}

Test(smtp, a_host_that_answers_a_later_arp_request_is_reached)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_UNREACHABLE, 0, 1500 * SIM_MS);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, 0);
    cr_assert_eq(at_nth(RECORD_DELIVERED, 0), 2 * SIM_SECOND + 4 * TINY_TRIP + TINY_DELAY);
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

/* smtp_skip_5xx_greeting: Postfix takes a 5yz greeting for a 4yz one. */
Test(smtp, a_554_greeting_sends_postfix_to_the_next_host)
{
    instant_dns(2);
    fault(0, FAULT_BLOCKING);
    fault(1, FAULT_BLOCKING);
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 2 * TINY_TRIP);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_BLOCKED);
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

/* ---- how far an attempt goes ---- */

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
    t.mtas[0].params.mx_address_limit = t.mtas[0].params.mx_session_limit = 0;
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

/* qmail-remote.c: the first host that takes the connection is the last one tried. */
Test(smtp, qmail_leaves_a_host_for_the_next_only_if_it_does_not_connect)
{
    instant_dns(3);
    t.mtas[0].params = mta_profile_find("qmail")->params;
    fault(0, FAULT_REFUSING);
    fault(1, FAULT_BUSY);
    go();
    cr_assert_eq(tried(), 2);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_HOST_BUSY);
}

Test(smtp, so_many_hosts_and_so_many_addresses_of_each)
{
    instant_dns(4);
    struct mta_params *m = &t.mtas[0].params;
    tiny_unlimited(m);
    m->mx_address_limit = m->mx_session_limit = 0;
    m->mx_host_limit = 3;
    m->host_address_limit = 2;
    for (uint32_t mx = 0; mx < 4; mx++) {
        t.mx_hosts[mx].addresses = 3;
        fault(mx, FAULT_REFUSING);
    }
    go();
    cr_assert_eq(tried(), 6, "2 addresses of each of 3 hosts, not %zu", tried());
}

/* OpenSMTPD: connections begin 2 s apart, and that all hosts have failed is found out a second after the attempt began,
 * or 5 s, 10 s ... later. */
Test(smtp, an_attempt_may_pause_between_hosts_and_take_its_time_to_fail)
{
    instant_dns(2);
    t.mtas[0].params.mx_pause = 2 * SIM_SECOND;
    t.mtas[0].params.host_check = 5 * SIM_SECOND;
    fault(0, FAULT_REFUSING);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_REFUSING, 0, SIM_MINUTE);
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), 2 * SIM_SECOND);
    cr_assert_eq(at_nth(RECORD_DEFERRED, 0), 6 * SIM_SECOND);
    sim_time again = at_nth(RECORD_ATTEMPT, 1);
    cr_assert_eq(at_nth(RECORD_DELIVERED, 0), again + 2 * SIM_SECOND + 4 * TINY_TRIP + TINY_DELAY,
                 "success is not waited with");
}

/* sendmail as Debian has it: Timeout.iconnect 2m for a message's first attempt; the kernel ends the later ones. */
Test(smtp, the_first_attempt_may_have_a_connect_time_out_of_its_own)
{
    instant_dns(1);
    t.mtas[0].params.timeout[STEP_CONNECT] = SIM_HOUR;
    t.mtas[0].params.first_connect_timeout = 120 * SIM_SECOND;
    fault(0, FAULT_SILENT);
    t.spec.limit = SIM_HOUR;
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT_FAILED, 0) - at_nth(RECORD_CONNECT, 0), 120 * SIM_SECOND);
    between(at_nth(RECORD_CONNECT_FAILED, 1) - at_nth(RECORD_CONNECT, 1), 131 * SIM_SECOND, 137 * SIM_SECOND);
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

Test(smtp, a_host_that_never_greets_costs_300_s)
{
    instant_dns(2);
    fault(0, FAULT_NO_GREETING);
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), TINY_TRIP + 300 * SIM_SECOND);
    cr_assert_eq(diary_nth(&p.diary, RECORD_SESSION_FAILED, 0)->cause, CAUSE_NO_GREETING);
}

Test(smtp, a_host_that_greets_late_is_waited_for)
{
    instant_dns(1);
    t.mx_hosts[0].greets_after = 23 * SIM_SECOND;
    go();
    cr_assert_eq(at_nth(RECORD_DELIVERED, 0), 23 * SIM_SECOND + 4 * TINY_TRIP + TINY_DELAY);
}

Test(smtp, a_host_that_greets_too_late_is_given_up)
{
    instant_dns(2);
    t.mx_hosts[0].greets_after = 301 * SIM_SECOND;
    go();
    cr_assert_eq(at_nth(RECORD_CONNECT, 1), TINY_TRIP + 300 * SIM_SECOND);
    cr_assert_eq(diary_nth(&p.diary, RECORD_SESSION_FAILED, 0)->cause, CAUSE_NO_GREETING);
}

/* ---- what a fault says, and when ---- */

/* Round trips until the reply to each step: connect, greeting, EHLO, then MAIL, RCPT and DATA at once, then the dot.
 */
Test(smtp, a_reply_comes_at_its_step)
{
    static const struct {
        enum smtp_step at;
        sim_time after;
    } rows[] = {{STEP_GREETING, 2 * TINY_TRIP},
                {STEP_MAIL, 4 * TINY_TRIP},
                {STEP_RCPT, 4 * TINY_TRIP},
                {STEP_DATA_INIT, 4 * TINY_TRIP},
                {STEP_DATA_DONE, 4 * TINY_TRIP + TINY_DELAY}};
    for (int row = 0; row < 5; row++) {
        instant_dns(2);
        struct fault_spec *f = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST);
        f->at = rows[row].at;
        f->status = "4.7.238";
        go();
        cr_assert_eq(at_nth(RECORD_SESSION_FAILED, 0), rows[row].after, "row %d", row);
        cr_assert_str_eq(diary_nth(&p.diary, RECORD_SESSION_FAILED, 0)->status, "4.7.238");
        cr_assert_eq(at_nth(RECORD_CONNECT, 1), rows[row].after);
        play_end(&p);
    }
    p.world = NULL;
}

Test(smtp, the_status_of_a_reply_ends_up_in_the_bounce)
{
    instant_dns(1);
    struct fault_spec *f = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REJECTING, 0, SIM_LONGEST);
    f->status = "5.7.238";
    go();
    cr_assert_str_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->status, "5.7.238");
}

/* The reply of the first host is not that of the second: its status must not stick. */
Test(smtp, a_status_belongs_to_the_reply_that_had_it)
{
    instant_dns(2);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST)->status = "4.7.238";
    fault(1, FAULT_REFUSING);
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->cause, CAUSE_CONNECT_REFUSED);
    cr_assert_str_eq(diary_nth(&p.diary, RECORD_DEFERRED, 0)->status, "4.4.1");
}

/* A share of the messages: the same ones at every attempt. Binomial(2000, 1/4), 4.9 standard deviations: 95. */
Test(smtp, a_fault_hits_its_share_of_the_messages_for_good)
{
    instant_dns(1);
    tiny_unlimited(&t.mtas[0].params);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST)->share = 0.25;
    t.clients[0].count = 2000;
    t.spec.limit = SIM_DAY;
    go();
    uint64_t delivered = p.tally->counts[COL_DELIVERED];
    cr_assert(delivered > 1500 - 95 && delivered < 1500 + 95, "%lu", (unsigned long)delivered);
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], delivered, "no retry is luckier");
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
