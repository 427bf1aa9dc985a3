/* tests/models/test_timetable.c - the attempts of one message that no host takes, for each way to time them. */
#include "models/profile.h"
#include "models/timetable.h"

#include <criterion/criterion.h>

#define S SIM_SECOND

static void check(const char *profile, const int64_t *seconds, size_t count, int64_t given_up)
{
    struct timetable t;
    timetable_begin(&t, &mta_profile_find(profile)->params, 0);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(t.at, seconds[i] * S, "%s: attempt %zu at %ld s", profile, i + 1, (long)(t.at / S));
        cr_assert_eq(t.attempts, i + 1);
        bool more = timetable_next(&t);
        cr_assert_eq(more, i + 1 < count, "%s: attempt %zu", profile, i + 1);
    }
    cr_assert_eq(t.at, given_up * S, "%s is given up at %ld s", profile, (long)(t.at / S));
    cr_assert_eq(t.attempts, count);
}

/* The record of the host that failed (tests/models/test_host_retry.c), seen by a queue runner every 30 minutes: what is
 * due between two waits for the second, and a gap that came late does not count. The last attempt is the first runner's
 * after the message is older than 4 days. */
Test(timetable, exim_with_a_queue_runner_every_30_minutes)
{
    static const int64_t seconds[] = {0,      1800,   3600,   5400,   7200,   9000,   12600,  18000,  27000,
                                      39600,  59400,  81000,  102600, 124200, 145800, 167400, 189000, 210600,
                                      232200, 253800, 275400, 297000, 318600, 340200, 347400};
    check("exim", seconds, sizeof seconds / sizeof *seconds, 347400);
}

/* derived in tests/models/test_retry.c */
Test(timetable, postfix_has_108_attempts)
{
    struct timetable t;
    int n = 1;
    timetable_begin(&t, &mta_profile_find("postfix")->params, 0);
    while (timetable_next(&t)) n++;
    cr_assert_eq(n, 108);
    cr_assert_eq(t.at, 433200 * S);
}

Test(timetable, opensmtpd_gives_up_between_two_attempts)
{
    int64_t seconds[30];
    for (int i = 0; i < 30; i++) seconds[i] = 400 * i * i;
    check("opensmtpd", seconds, 30, 345600);
}

Test(timetable, qmail_has_40_attempts)
{
    int64_t seconds[40];
    for (int i = 0; i < 40; i++) seconds[i] = 400 * i * i;
    check("qmail", seconds, 40, 608400);
}

/* A scan that does not fall on the arrival: Postfix's second attempt comes at the first scan 300 s later. */
Test(timetable, the_phase_of_the_scan_moves_the_attempts)
{
    struct timetable t;
    timetable_begin(&t, &mta_profile_find("postfix")->params, 85 * S);
    cr_assert(timetable_next(&t));
    cr_assert_eq(t.at, 385 * S);
    struct mta_params exim = mta_profile_find("exim")->params;
    timetable_begin(&t, &exim, 85 * S);
    cr_assert(timetable_next(&t));
    cr_assert_eq(t.at, 1885 * S, "15 minutes after 0 is 900 s: the runner at 85 s is too early");
}

Test(timetable, chance_is_left_out)
{
    struct timetable t;
    struct mta_params p = mta_profile_find("rfc5321")->params;
    size_t at;
    p.retry_jitter = SIM_HOUR;
    timetable_begin(&t, &p, 0);
    cr_assert(timetable_next(&t));
    cr_assert_eq(t.at, 30 * SIM_MINUTE);
    p = mta_profile_find("exim")->params;
    cr_assert_null(retry_rules_parse("H,9d,10m,3", &p.retry_rules, &at));
    p.queue_run_delay = 0;
    timetable_begin(&t, &p, 0);
    cr_assert(timetable_next(&t));
    cr_assert_eq(t.at, 600 * S);
    cr_assert(timetable_next(&t));
    cr_assert_eq(t.at, (600 + 1800) * S, "H at its longest");
}
