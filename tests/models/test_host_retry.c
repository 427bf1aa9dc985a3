/* tests/models/test_host_retry.c - Exim's retry records. Expected numbers by hand from Exim src/src/retry.c,
 * retry_update: F waits its gap; G waits the shorter of the last gap planned and the last gap that came, times its
 * factor, or its gap if the last one was shorter; the rule is the first whose cut-off the failure has not passed. */
#include "models/host_retry.h"
#include "models/profile.h"

#include <criterion/criterion.h>

#define S SIM_SECOND

static struct retry_record r;
static struct mta_params p;

static void open_exim(void)
{
    r = (struct retry_record){0};
    p = mta_profile_find("exim")->params;
}

TestSuite(host_retry, .init = open_exim);

static void set_rules(const char *text)
{
    size_t at;
    cr_assert_null(retry_rules_parse(text, &p.retry_rules, &at));
}

/* Fails at each time that it may be tried at. F,2h,15m; G,16h,1h,1.5; F,4d,6h: seconds since the first failure. */
static const int default_times[] = {0,      900,    1800,   2700,   3600,   4500,   5400,   6300,   7200,   8100,
                                    11700,  17100,  25200,  37350,  55575,  82912,  104512, 126112, 147712, 169312,
                                    190912, 212512, 234112, 255712, 277312, 298912, 320512, 342112, 363712};

Test(host_retry, the_default_rules_second_by_second)
{
    size_t count = sizeof default_times / sizeof *default_times;
    sim_time begin = 2385 * S;
    for (size_t i = 0; i < count; i++) {
        sim_time now = begin + default_times[i] * S;
        if (i > 0) cr_assert_eq(r.next_try, now, "try %zu: %ld s", i, (long)((r.next_try - begin) / S));
        cr_assert(!r.expired, "try %zu", i);
        retry_record_fail(&r, &p, now, 0, NULL);
        cr_assert(r.failing && r.first_failed == begin && r.last_try == now);
    }
    cr_assert(r.expired, "363712 s are past the last cut-off, 345600 s");
    cr_assert_eq(r.next_try, begin + (363712 + 21600) * S, "an expired host is still tried every 6 h");
}

Test(host_retry, a_try_that_came_late_does_not_make_the_next_gap_longer)
{
    set_rules("G,1d,10m,2");
    retry_record_fail(&r, &p, 0, 0, NULL);
    cr_assert_eq(r.next_try, 600 * S);
    retry_record_fail(&r, &p, 1000 * S, 0, NULL); /* planned 600 s, came after 1000 s */
    cr_assert_eq(r.next_try, 2200 * S);
}

/* A new message may try a host before its time (its own attempt fails): the gap that came counts. */
Test(host_retry, a_try_that_came_early_makes_the_next_gap_shorter)
{
    set_rules("G,1d,10m,2");
    retry_record_fail(&r, &p, 0, 0, NULL);
    retry_record_fail(&r, &p, 600 * S, 0, NULL);
    cr_assert_eq(r.next_try, 1800 * S);
    retry_record_fail(&r, &p, 1500 * S, 0, NULL); /* planned 1200 s, came after 900 s */
    cr_assert_eq(r.next_try, 3300 * S);
}

Test(host_retry, times_are_whole_seconds)
{
    set_rules("G,1d,7s,1.5");
    retry_record_fail(&r, &p, 2385 * SIM_MS, 0, NULL);
    cr_assert_eq(r.first_failed, 2 * S);
    cr_assert_eq(r.next_try, 9 * S);
    retry_record_fail(&r, &p, 9 * S + 999 * SIM_MS, 0, NULL);
    cr_assert_eq(r.next_try, 19 * S, "10.5 s lose their half");
}

/* H: gap + x/2 + a random part of x/2, where x is what G would wait beyond the gap. Ten equal parts of 20000 draws: 4.9
 * standard deviations are 208. */
Test(host_retry, a_random_rule_waits_between_half_and_all_of_what_g_waits)
{
    struct rng luck;
    int tenths[10] = {0};
    set_rules("H,9d,10m,3");
    rng_open(&luck, 2385, 0, 8532);
    for (int i = 0; i < 20000; i++) {
        r = (struct retry_record){.first_failed = 0, .last_try = 0, .next_try = 3600 * S, .failing = true};
        retry_record_fail(&r, &p, 3600 * S, 0, &luck);
        sim_time wait = r.next_try - 3600 * S;
        /* G would wait 10800 s: 10200 s beyond the gap. */
        cr_assert(wait >= (600 + 5100) * S && wait <= 10800 * S, "%ld", (long)(wait / S));
        cr_assert_eq(wait % S, 0, "whole seconds");
        int part = (int)((wait - 5700 * S) / (510 * S));
        tenths[part < 10 ? part : 9]++;
    }
    for (int i = 0; i < 10; i++) cr_assert(tenths[i] > 2000 - 208 && tenths[i] < 2000 + 208, "%d: %d", i, tenths[i]);
}

Test(host_retry, a_random_rule_needs_no_luck_while_the_last_gap_was_short)
{
    set_rules("H,9d,10m,3");
    retry_record_fail(&r, &p, 0, 0, NULL);
    cr_assert_eq(r.next_try, 600 * S);
}

Test(host_retry, retry_interval_max_is_the_longest_wait)
{
    set_rules("F,9d,8d");
    retry_record_fail(&r, &p, 0, 0, NULL);
    cr_assert_eq(r.next_try, SIM_DAY);
}

/* What is about one message counts from its arrival where that was earlier. */
Test(host_retry, an_old_message_begins_with_a_later_rule)
{
    retry_record_fail(&r, &p, 85 * S, 3 * SIM_HOUR, NULL);
    cr_assert_eq(r.next_try, 85 * S + SIM_HOUR, "the second rule");
    cr_assert(!r.expired);
    retry_record_fail(&r, &p, SIM_DAY, 5 * SIM_DAY, NULL);
    cr_assert(r.expired);
}

Test(host_retry, a_host_is_due_when_its_time_has_come)
{
    cr_assert(retry_record_due(&r, &p, 0, 0), "nothing is known of it");
    retry_record_fail(&r, &p, 85 * S, 0, NULL);
    cr_assert(!retry_record_due(&r, &p, 985 * S - 1, 900 * S));
    cr_assert(retry_record_due(&r, &p, 985 * S, 900 * S));
}

/* retry_ultimate_address_timeout: a message older than the last cut-off tries a host whose time has not come, but not
 * one that has itself been failing for longer. */
Test(host_retry, an_old_message_does_not_wait_for_a_host_that_failed_lately)
{
    retry_record_fail(&r, &p, 85 * S, 0, NULL);
    cr_assert(!retry_record_due(&r, &p, 86 * S, 4 * SIM_DAY));
    cr_assert(retry_record_due(&r, &p, 86 * S, 4 * SIM_DAY + 1));
    r.expired = true;
    cr_assert(!retry_record_due(&r, &p, 86 * S, 4 * SIM_DAY + 1));
}
