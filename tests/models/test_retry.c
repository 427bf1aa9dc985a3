/* tests/models/test_retry.c - retry timetables against Postfix: its own source, and measured times. */
#include "models/retry.h"

#include "models/profile.h"

#include <criterion/criterion.h>
#include <math.h>

#define S SIM_SECOND

static const struct mta_params *params_of(const char *profile)
{
    return &mta_profile_find(profile)->params;
}

/* What follows attempt number n, which has failed at now. */
static enum retry_step step(const struct mta_params *p, sim_time arrived, sim_time now, uint32_t n, sim_time phase,
                            sim_time *at)
{
    const struct retry_case c = {.arrived = arrived, .now = now, .attempts = n, .phase = phase};
    return retry_after_failure(p, &c, NULL, at);
}

/* The time of the next attempt, which must come. */
static sim_time next_of(const struct mta_params *p, sim_time arrived, sim_time now, uint32_t n, sim_time phase)
{
    sim_time at;
    cr_assert_eq(step(p, arrived, now, n, phase, &at), RETRY_TRY);
    return at;
}

/* Is the message given up then? */
static bool expired(const struct mta_params *p, sim_time arrived, sim_time now, bool null_sender)
{
    const struct retry_case c = {.arrived = arrived, .now = now, .attempts = 1, .null_sender = null_sender};
    sim_time at;
    return retry_after_failure(p, &c, NULL, &at) == RETRY_EXPIRE;
}

/* Seconds after arrival at which Postfix with its default parameters tries, when the queue scan falls on arrival and
 * attempts take no time. Derived from Postfix 3.12-20260821, src/qmgr/qmgr_active.c (qmgr_active_done_25_generic,
 * qmgr_active_done_3_generic) and src/global/mail_params.h. */
static const int postfix_offsets[] = {
    0,      300,    600,    1200,   2400,   4800,   9000,   13200,  17400,  21600,  25800,  30000,  34200,  38400,
    42600,  46800,  51000,  55200,  59400,  63600,  67800,  72000,  76200,  80400,  84600,  88800,  93000,  97200,
    101400, 105600, 109800, 114000, 118200, 122400, 126600, 130800, 135000, 139200, 143400, 147600, 151800, 156000,
    160200, 164400, 168600, 172800, 177000, 181200, 185400, 189600, 193800, 198000, 202200, 206400, 210600, 214800,
    219000, 223200, 227400, 231600, 235800, 240000, 244200, 248400, 252600, 256800, 261000, 265200, 269400, 273600,
    277800, 282000, 286200, 290400, 294600, 298800, 303000, 307200, 311400, 315600, 319800, 324000, 328200, 332400,
    336600, 340800, 345000, 349200, 353400, 357600, 361800, 366000, 370200, 374400, 378600, 382800, 387000, 391200,
    395400, 399600, 403800, 408000, 412200, 416400, 420600, 424800, 429000, 433200,
};
#define OFFSETS (sizeof postfix_offsets / sizeof *postfix_offsets)

Test(retry, postfix_tries_108_times_and_bounces_at_433200_s)
{
    const struct mta_params *p = params_of("postfix");
    const sim_time arrived = 2400 * S; /* the phase counts from the clock's zero, the age from arrival */
    sim_time now = arrived;
    uint32_t attempt = 1;
    cr_assert_eq(OFFSETS, 108);
    for (sim_time next; step(p, arrived, now, attempt, 0, &next) == RETRY_TRY; now = next, attempt++) {
        cr_assert_lt(attempt, OFFSETS);
        cr_assert_eq(now - arrived, postfix_offsets[attempt - 1] * S, "attempt %u", attempt);
    }
    cr_assert_eq(attempt, OFFSETS);
    cr_assert_eq(now - arrived, 433200 * S);
}

Test(retry, a_message_just_short_of_its_life_is_kept)
{
    const struct mta_params *p = params_of("postfix");
    cr_assert(!expired(p, 2385, 2385 + 5 * SIM_DAY - 1, false));
    cr_assert(expired(p, 2385, 2385 + 5 * SIM_DAY, false));
}

Test(retry, a_report_has_a_life_of_its_own)
{
    struct mta_params p = *params_of("postfix");
    p.bounce_queue_lifetime = SIM_HOUR;
    cr_assert(expired(&p, 0, SIM_HOUR, true));
    cr_assert(!expired(&p, 0, SIM_HOUR, false));
}

/* Attempts that take the same time each, but for the first: fills their ends and gives how many there were. */
static int play(const struct mta_params *p, sim_time arrived, sim_time first_end, sim_time takes, sim_time phase,
                double ends[], int room)
{
    sim_time now = arrived + first_end;
    int n = 0;
    for (;;) {
        ends[n++] = sim_time_seconds(now - arrived);
        sim_time next;
        if (n == room || step(p, arrived, now, (uint32_t)n, phase, &next) == RETRY_EXPIRE) return n;
        now = next + takes;
    }
}

/* Two MX hosts that are silent: an attempt takes 60 s. Measured on Postfix 3.7.11 with default parameters in real time:
 * attempts ended 60.1, 659.9 and 1560.3 s after submission, where the queue scans fell 299.9 s after it. With hosts
 * that refuse and the same scans they ended at 0.8, 299.8, 599.9: a slow first attempt makes all that follow jump
 * ahead. */
Test(retry, a_slow_first_attempt_makes_the_schedule_jump_ahead_as_measured)
{
    static const double slow[] = {60.1, 659.9, 1560.3}, fast[] = {0.8, 299.8, 599.9};
    const struct mta_params *p = params_of("postfix");
    sim_time phase = (sim_time)(299.85e9);
    double ends[8];
    play(p, 0, 60 * S, 60 * S, phase, ends, 3);
    for (int i = 0; i < 3; i++) cr_assert(fabs(ends[i] - slow[i]) < 1.5, "%d: %g, not %g", i, ends[i], slow[i]);
    play(p, 0, 800 * SIM_MS, 0, phase, ends, 3);
    for (int i = 0; i < 3; i++) cr_assert(fabs(ends[i] - fast[i]) < 1.5, "%d: %g, not %g", i, ends[i], fast[i]);
}

/* The same, one MX host, another message: 30.8, 479.1, 1080.3, 2284.2 s; the scans fell about 148.3 s after it. */
Test(retry, one_silent_host_costs_30_s_and_the_age_counts_them)
{
    static const double measured[] = {30.8, 479.1, 1080.3, 2284.2};
    double ends[4];
    play(params_of("postfix"), 0, 30 * S, 30 * S, (sim_time)(148.3e9), ends, 4);
    for (int i = 0; i < 4; i++) cr_assert(fabs(ends[i] - measured[i]) < 6, "%d: %g, not %g", i, ends[i], measured[i]);
}

/* Measured on Postfix 3.7.11: at age 1201 the next try was due at 2402, just after a scan at 2401; it came at 2700. */
Test(retry, what_is_due_just_after_a_scan_waits_for_the_next_one)
{
    const struct mta_params *p = params_of("postfix");
    cr_assert_eq(next_of(p, 0, 1201100 * SIM_MS, 4, S - 1), 2701 * S - 1);
    cr_assert_eq(next_of(p, 0, 1201100 * SIM_MS, 4, S), 2401 * S);
    cr_assert_eq(next_of(p, 0, 1201100 * SIM_MS, 4, 2 * S), 2402 * S);
}

/* Postfix reads a clock of whole seconds, when the message came and when its attempt ended. Where that clock stands
 * among our nanoseconds decides to which second each belongs. */
Test(retry, postfix_counts_by_a_clock_of_whole_seconds)
{
    struct mta_params p = *params_of("postfix");
    p.queue_run_delay = 0;
    struct retry_case c = {.arrived = 400 * SIM_MS, .now = 1000300 * SIM_MS, .attempts = 3};
    static const struct {
        sim_time clock, at;
    } rows[] = {
        {0, 2000 * S},                               /* 0 and 1000: 1000 s old at 1000 */
        {600 * SIM_MS, 1999 * S + 400 * SIM_MS - S}, /* 1.0 and 1000.9: 999 s old at 1000, which is 999.4 s of ours */
        {700 * SIM_MS, 2000 * S + 300 * SIM_MS},     /* 1.1 and 1001.0: 1000 s old at 1001, which is 1000.3 s */
        {S - 1, 2000 * S + 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sim_time at;
        c.clock = rows[i].clock;
        cr_assert_eq(retry_after_failure(&p, &c, NULL, &at), RETRY_TRY);
        cr_assert_eq(at, rows[i].at, "row %zu: %ld ns", i, (long)at);
    }
}

Test(retry, a_scan_takes_what_is_due_within_the_next_second)
{
    const struct mta_params *p = params_of("postfix");
    cr_assert_eq(next_of(p, 0, 0, 1, 299 * S), 299 * S);
    cr_assert_eq(next_of(p, 0, 0, 1, 299 * S - 1), 599 * S - 1);
}

Test(retry, the_next_attempt_is_always_in_the_future)
{
    struct mta_params p = *params_of("postfix");
    p.minimal_backoff_time = S;
    for (sim_time now = 0; now < 700 * S; now += 2385 * SIM_MS) {
        sim_time next = next_of(&p, 0, now, 1, 85 * S);
        cr_assert_gt(next, now);
        cr_assert_eq((next - 85 * S) % (300 * S), 0);
    }
}

/* minimal_backoff_time 4s, maximal_backoff_time 54s, queue_run_delay 4s, lifetimes 600s, delay_warning_time 60s. */
static struct mta_params scaled(void)
{
    struct mta_params p = *params_of("postfix");
    p.minimal_backoff_time = 4 * S;
    p.maximal_backoff_time = 54 * S;
    p.queue_run_delay = 4 * S;
    p.maximal_queue_lifetime = p.bounce_queue_lifetime = 600 * S;
    p.delay_warnings = (struct span_list){{60 * S}, 1};
    return p;
}

/* Measured on Postfix 3.7.11 so configured: ends of the attempts, seconds after submission; the last is the bounce's.
 */
static const struct {
    double ends[17];
    int count;
    double warned;
} measured[] = {
    {{5.0, 11.0, 23.1, 47.1, 95.1, 151.2, 203.3, 259.4, 315.4, 371.5, 427.5, 483.6, 539.7, 595.7, 651.8}, 15, 95.1},
    {{0.8, 5.8, 9.8, 17.8, 33.9, 65.9, 122.0, 174.0, 230.1, 286.1, 342.2, 398.3, 454.3, 510.4, 566.4, 622.5}, 16, 65.9},
    {{5.0, 11.0, 23.1, 47.1, 95.1, 151.2, 207.3, 263.3, 319.4, 375.5, 431.5, 487.6, 543.6, 599.7, 655.7}, 15, 95.1},
};

/* The scan phase is not in the data: the best of 80. Gives the largest difference of an attempt's time, or infinity if
 * there is another number of attempts. */
static double best_fit(int row, double ends[32])
{
    const struct mta_params p = scaled();
    double best = INFINITY;
    for (sim_time phase = 0; phase < 4 * S; phase += 50 * SIM_MS) {
        double try[32], worst = 0;
        int n = play(&p, 0, (sim_time)(measured[row].ends[0] * 1e9), 0, phase, try, 32);
        for (int i = 0; i < n && i < measured[row].count; i++)
            worst = fmax(worst, fabs(try[i] - measured[row].ends[i]));
        if (n != measured[row].count || worst >= best) continue;
        best = worst;
        for (int i = 0; i < n; i++) ends[i] = try[i];
    }
    return best;
}

Test(retry, scaled_times_are_those_measured_within_one_queue_run)
{
    for (int row = 0; row < 3; row++) {
        double ends[32], off = best_fit(row, ends);
        cr_assert(off < 4.5, "row %d: %g s off", row, off);
    }
}

/* One gap of each of the first two rows was one scan shorter than the rule says; in the third no gap was. */
Test(retry, the_third_measured_row_is_met_to_half_a_second)
{
    double ends[32];
    cr_assert_lt(best_fit(2, ends), 0.5);
}

Test(retry, a_warning_comes_at_the_first_attempt_after_its_time)
{
    const struct mta_params p = scaled();
    for (int row = 0; row < 3; row++) {
        int warned = 0;
        for (int i = 0; i < measured[row].count; i++) {
            sim_time now = (sim_time)(measured[row].ends[i] * 1e9);
            int due = (int)retry_warnings_due(&p, now);
            if (due > warned) cr_assert_eq(measured[row].ends[i], measured[row].warned);
            warned = due;
        }
        cr_assert_eq(warned, 1, "Postfix warns once");
    }
}

/* ---- warnings ---- */

Test(retry, a_repeated_warning_is_due_once_for_each_further_time)
{
    const struct mta_params *p = params_of("classic"); /* every 4 h */
    cr_assert_eq(retry_warnings_due(p, 4 * SIM_HOUR - 1), 0);
    cr_assert_eq(retry_warnings_due(p, 4 * SIM_HOUR), 1);
    cr_assert_eq(retry_warnings_due(p, 8 * SIM_HOUR - 1), 1);
    cr_assert_eq(retry_warnings_due(p, 8 * SIM_HOUR), 2);
    cr_assert_eq(retry_warnings_due(p, 23 * SIM_HOUR), 5);
    for (uint32_t n = 0; n < 8; n++) cr_assert_eq(retry_warning_age(p, n), (n + 1) * 4 * SIM_HOUR);
}

Test(retry, no_warning_time_means_no_warning)
{
    struct mta_params p = *params_of("postfix"); /* delay_warning_time 0h */
    cr_assert_eq(retry_warnings_due(&p, 4 * SIM_DAY), 0);
    cr_assert_eq(retry_warning_age(&p, 0), SIM_NEVER);
    p.delay_warnings.count = 0;
    cr_assert_eq(retry_warnings_due(&p, 4 * SIM_DAY), 0);
    cr_assert_eq(retry_warning_age(&p, 0), SIM_NEVER);
}

/* Exim src/src/deliver.c: past the last of the configured times, again as far apart as the last two of them. */
Test(retry, a_list_of_warnings_goes_on_as_its_last_two)
{
    struct mta_params p = *params_of("exim");
    p.delay_warnings = (struct span_list){{2 * SIM_HOUR, 8 * SIM_HOUR, 23 * SIM_HOUR}, 3};
    static const int hours[] = {2, 8, 23, 38, 53, 68};
    for (uint32_t n = 0; n < 6; n++) {
        cr_assert_eq(retry_warning_age(&p, n), hours[n] * SIM_HOUR, "warning %u", n);
        cr_assert_eq(retry_warnings_due(&p, hours[n] * SIM_HOUR - 1), n);
        cr_assert_eq(retry_warnings_due(&p, hours[n] * SIM_HOUR), n + 1);
    }
    p.delay_warning_repeat = false;
    cr_assert_eq(retry_warnings_due(&p, 238 * SIM_HOUR), 3);
    cr_assert_eq(retry_warning_age(&p, 3), SIM_NEVER);
}

Test(retry, a_warning_time_of_a_century_does_not_overflow)
{
    struct mta_params p = *params_of("classic");
    p.delay_warnings = (struct span_list){{SIM_LONGEST}, 1};
    cr_assert_eq(retry_warning_age(&p, 0), SIM_LONGEST);
    cr_assert_eq(retry_warning_age(&p, 1), SIM_NEVER);
    cr_assert_eq(retry_warnings_due(&p, SIM_LONGEST), 1);
}

/* ---- lists ---- */

Test(retry, a_list_gives_its_gaps_in_order_and_repeats_the_last)
{
    struct mta_params p = *params_of("rfc5321");
    p.retry_gaps = (struct span_list){{23 * S, 85 * S, 32 * S}, 3};
    cr_assert_eq(next_of(&p, 0, 1000, 1, 0), 1000 + 23 * S);
    cr_assert_eq(next_of(&p, 0, 1000, 2, 0), 1000 + 85 * S);
    cr_assert_eq(next_of(&p, 0, 1000, 3, 0), 1000 + 32 * S);
    cr_assert_eq(next_of(&p, 0, 1000, 238, 0), 1000 + 32 * S);
}

/* RFC 5321 section 4.5.4.1: at least 30 minutes, two tries in the first hour, then one every two or three hours. */
Test(retry, rfc5321_tries_as_the_rfc_advises)
{
    static const int minutes[] = {0, 30, 60, 180, 300, 420};
    const struct mta_params *p = params_of("rfc5321");
    double ends[6];
    play(p, 0, 0, 0, 0, ends, 6);
    for (int i = 0; i < 6; i++) cr_assert_eq(ends[i], minutes[i] * 60.0);
}

Test(retry, without_queue_runs_each_message_has_its_own_timer)
{
    struct mta_params p = *params_of("postfix");
    p.queue_run_delay = 0;
    cr_assert_eq(next_of(&p, 0, 2385 * S + 85, 4, 0), 4770 * S, "by whole seconds");
}

Test(retry, without_a_longest_wait_the_shortest_is_each)
{
    struct mta_params p = *params_of("postfix");
    p.queue_run_delay = p.maximal_backoff_time = 0;
    cr_assert_eq(next_of(&p, 0, 2385 * S, 4, 0), 2685 * S);
}

/* ---- squares ---- */

/* notqmail qmail-send.c nextretry: (floor(sqrt(age)) + 20)^2 seconds after the arrival; qmail's well-known times. */
Test(retry, qmail_tries_at_the_squares_of_twenty_forty_and_so_on)
{
    const struct mta_params *p = params_of("qmail");
    sim_time now = 0;
    uint32_t n = 1;
    for (sim_time next; step(p, 0, now, n, 0, &next) == RETRY_TRY; now = next, n++)
        cr_assert_eq(next, 400 * S * n * n, "attempt %u", n + 1);
    /* 7 d are 604800 s: the square of 777.7; so 780^2 s is the last attempt. */
    cr_assert_eq(now, 608400 * S);
    cr_assert_eq(n, 40);
}

Test(retry, qmail_counts_from_the_age_not_from_the_attempt)
{
    /* A first attempt of 60 s: floor(sqrt(60)) + 20 is 27. */
    cr_assert_eq(next_of(params_of("qmail"), 2385 * S, 2445 * S, 1, 0), 2385 * S + 27 * 27 * S);
}

/* OpenSMTPD scheduler_ramqueue.c: 400 s times the square of the number of tries. */
Test(retry, opensmtpd_tries_at_400_s_times_the_squares_and_gives_up_to_the_second)
{
    const struct mta_params *p = params_of("opensmtpd");
    sim_time now = 0, at;
    uint32_t n = 1;
    for (; step(p, 0, now, n, 0, &at) == RETRY_TRY; now = at, n++)
        cr_assert_eq(at, 400 * S * n * n, "attempt %u", n + 1);
    /* 4 d are 345600 s: 400 * 29^2 is 336400, 400 * 30^2 would be past it. */
    cr_assert_eq(now, 336400 * S);
    cr_assert_eq(at, 4 * SIM_DAY, "not at an attempt");
}

/* ---- powers ---- */

static struct mta_params geometric(sim_time unit, double factor)
{
    struct mta_params p = *params_of("rfc5321");
    p.retry = RETRY_GEOMETRIC;
    p.retry_unit = unit;
    p.retry_factor = factor;
    p.maximal_backoff_time = 0;
    p.maximal_queue_lifetime = SIM_WEEK;
    return p;
}

Test(retry, powers_grow_by_the_factor_from_the_end_of_each_attempt)
{
    struct mta_params p = geometric(20 * SIM_MINUTE, 2);
    for (uint32_t n = 1; n < 9; n++)
        cr_assert_eq(next_of(&p, 0, SIM_DAY, n, 0), SIM_DAY + (20 * SIM_MINUTE << (n - 1)));
    p.maximal_backoff_time = SIM_HOUR;
    cr_assert_eq(next_of(&p, 0, SIM_DAY, 2, 0), SIM_DAY + 40 * SIM_MINUTE);
    cr_assert_eq(next_of(&p, 0, SIM_DAY, 3, 0), SIM_DAY + SIM_HOUR);
    cr_assert_eq(next_of(&p, 0, SIM_DAY, 4000000, 0), SIM_DAY + SIM_HOUR, "a huge power is cut, too");
}

/* Postal's 1.3^n minutes as whole numbers, and maddy's without the cut. */
Test(retry, a_whole_factor_loses_its_fraction_after_the_power)
{
    static const int whole[] = {1, 1, 1, 2, 2, 3, 4, 6, 8, 10, 13, 17, 23};
    struct mta_params p = geometric(SIM_MINUTE, 1.3);
    p.retry_factor_whole = true;
    for (uint32_t n = 1; n <= 13; n++)
        cr_assert_eq(next_of(&p, 0, SIM_DAY, n, 0), SIM_DAY + whole[n - 1] * SIM_MINUTE, "%u", n);
    p.retry_factor_whole = false;
    cr_assert_eq(next_of(&p, 0, SIM_DAY, 3, 0), SIM_DAY + sim_time_from_seconds(60 * (1.3 * 1.3)));
}

/* ---- ends ---- */

Test(retry, so_many_attempts_and_no_more)
{
    struct mta_params p = geometric(SIM_MINUTE, 1);
    sim_time at;
    p.max_attempts = 23;
    cr_assert_eq(step(&p, 0, SIM_HOUR, 22, 0, &at), RETRY_TRY);
    cr_assert_eq(step(&p, 0, SIM_HOUR, 23, 0, &at), RETRY_EXPIRE);
    cr_assert_eq(at, SIM_HOUR, "at once");
}

/* Postal looks at the count when the next attempt is due, not when the last one has failed. */
Test(retry, so_many_attempts_may_be_found_out_late)
{
    struct mta_params p = geometric(SIM_MINUTE, 1);
    sim_time at;
    p.max_attempts = 23;
    p.max_attempts_late = true;
    cr_assert_eq(step(&p, 0, SIM_HOUR, 22, 0, &at), RETRY_TRY);
    cr_assert_eq(step(&p, 0, SIM_HOUR, 23, 0, &at), RETRY_EXPIRE);
    cr_assert_eq(at, SIM_HOUR + SIM_MINUTE);
}

/* The three ways to end a life of one hour with a retry every 25 minutes. */
Test(retry, a_life_ends_at_an_attempt_or_at_once_or_before_the_next_would_be_too_late)
{
    struct mta_params p = geometric(25 * SIM_MINUTE, 1);
    sim_time at;
    p.maximal_queue_lifetime = SIM_HOUR;
    p.expiry = EXPIRY_AT_ATTEMPT;
    cr_assert_eq(step(&p, 0, 50 * SIM_MINUTE, 3, 0, &at), RETRY_TRY);
    cr_assert_eq(at, 75 * SIM_MINUTE);
    cr_assert_eq(step(&p, 0, 75 * SIM_MINUTE, 4, 0, &at), RETRY_EXPIRE);
    cr_assert_eq(at, 75 * SIM_MINUTE);
    p.expiry = EXPIRY_AT_ONCE;
    cr_assert_eq(step(&p, 0, 50 * SIM_MINUTE, 3, 0, &at), RETRY_EXPIRE);
    cr_assert_eq(at, SIM_HOUR, "to the second, without an attempt");
    p.expiry = EXPIRY_NEXT_TOO_LATE;
    cr_assert_eq(step(&p, 0, 25 * SIM_MINUTE, 2, 0, &at), RETRY_TRY);
    cr_assert_eq(step(&p, 0, 50 * SIM_MINUTE, 3, 0, &at), RETRY_EXPIRE);
    cr_assert_eq(at, 50 * SIM_MINUTE, "now, not 10 minutes later");
}

/* ---- jitter ---- */

/* Uniform between gap - jitter and gap + jitter: a tenth of the draws in each tenth. Binomial(20000, 1/10): 4.9
 * standard deviations are 208; ten counts, false alarm 1e-5. */
Test(retry, jitter_is_uniform_to_both_sides)
{
    struct mta_params p = geometric(10 * SIM_MINUTE, 1);
    struct rng luck;
    int tenths[10] = {0};
    p.retry_jitter = 2 * SIM_MINUTE;
    rng_open(&luck, 2385, 0, 8532);
    for (int i = 0; i < 20000; i++) {
        const struct retry_case c = {.now = SIM_HOUR, .attempts = 1};
        sim_time at;
        cr_assert_eq(retry_after_failure(&p, &c, &luck, &at), RETRY_TRY);
        cr_assert(at >= SIM_HOUR + 8 * SIM_MINUTE && at < SIM_HOUR + 12 * SIM_MINUTE);
        tenths[(at - SIM_HOUR - 8 * SIM_MINUTE) / (24 * S)]++;
    }
    for (int i = 0; i < 10; i++) cr_assert(tenths[i] > 2000 - 208 && tenths[i] < 2000 + 208, "%d: %d", i, tenths[i]);
}

Test(retry, jitter_larger_than_the_wait_never_goes_back_in_time)
{
    struct mta_params p = geometric(S, 1);
    struct rng luck;
    p.retry_jitter = SIM_MINUTE;
    rng_open(&luck, 2385, 0, 8532);
    for (int i = 0; i < 1000; i++) {
        const struct retry_case c = {.now = SIM_HOUR, .attempts = 1};
        sim_time at;
        retry_after_failure(&p, &c, &luck, &at);
        cr_assert_geq(at, SIM_HOUR);
    }
}
