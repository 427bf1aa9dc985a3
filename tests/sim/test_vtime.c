/* tests/sim/test_vtime.c - virtual time: sums, grids, the door from chance to time, text. */
#include "sim/rng.h"
#include "sim/vtime.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static struct rng chance(uint64_t part)
{
    struct rng r;
    rng_open(&r, 2385, 0, rng_part(rng_name("test_vtime"), part));
    return r;
}

/* A span whose length is spread evenly over all orders of magnitude up to 2^62 ns. */
static sim_time any_span(struct rng *r)
{
    return (sim_time)(rng_bits(r) >> (2 + rng_below(r, 60)));
}

static unsigned significant_bits(sim_time t)
{
    return t == 0 ? 0 : 64 - (unsigned)__builtin_clzll((uint64_t)t) - (unsigned)__builtin_ctzll((uint64_t)t);
}

Test(vtime, adds_spans_and_stops_at_never)
{
    cr_assert_eq(sim_time_add(2385, 8532), 10917);
    cr_assert_eq(sim_time_add(SIM_NEVER - 2385, 2385), SIM_NEVER);
    cr_assert_eq(sim_time_add(SIM_NEVER - 2385, 2386), SIM_NEVER);
    cr_assert_eq(sim_time_add(SIM_NEVER, SIM_NEVER), SIM_NEVER);
    cr_assert_eq(sim_time_add(SIM_LONGEST, SIM_LONGEST), 2 * SIM_LONGEST);
}

Test(vtime, grid_gives_the_first_instant_of_the_grid_that_is_not_before)
{
    struct rng r = chance(1);
    for (int i = 0; i < 100000; i++) {
        sim_time step = 1 + any_span(&r) / 2, phase = (sim_time)rng_below(&r, (uint64_t)step), t = any_span(&r);
        sim_time at = sim_time_grid(t, step, phase);
        cr_assert(at >= t && at - t < step, "t %ld step %ld phase %ld gave %ld", (long)t, (long)step, (long)phase,
                  (long)at);
        cr_assert_eq((at - phase) % step, 0);
        cr_assert_eq(sim_time_grid(at, step, phase), at, "an instant of the grid is its own answer");
    }
}

Test(vtime, grid_stops_at_never)
{
    cr_assert_eq(sim_time_grid(SIM_NEVER - 10, 2385, (SIM_NEVER - 20) % 2385), SIM_NEVER);
}

Test(vtime, seconds_become_the_nearest_nanosecond_below_18_minutes)
{
    struct rng r = chance(2);
    for (int i = 0; i < 100000; i++) {
        double s = rng_uniform(&r) * 1099.5;
        sim_time t = sim_time_from_seconds(s);
        cr_assert(fabsl((long double)t - s * 1e9L) <= 0.501L, "%.17g gave %ld", s, (long)t);
    }
}

Test(vtime, seconds_beyond_become_40_significant_bits_within_half_a_unit)
{
    struct rng r = chance(3);
    for (int i = 0; i < 100000; i++) {
        double s = sim_time_seconds(SIM_LONGEST) * pow(rng_uniform_pos(&r), 8);
        sim_time t = sim_time_from_seconds(s);
        cr_assert(significant_bits(t) <= 40, "%.17g gave %ld", s, (long)t);
        cr_assert(fabsl((long double)t - s * 1e9L) <= 0.501L + s * 1e9L * 0x1p-40L, "%.17g gave %ld", s, (long)t);
        cr_assert_eq(sim_time_from_seconds(sim_time_seconds(t)), t, "a rounded time stays");
    }
}

Test(vtime, rounding_never_turns_the_order_of_two_spans_round)
{
    struct rng r = chance(4);
    for (int i = 0; i < 100000; i++) {
        double s = sim_time_seconds(any_span(&r)), later = s * (1 + 1e-12 * rng_uniform(&r));
        cr_assert(sim_time_from_seconds(s) <= sim_time_from_seconds(later), "%.17g and %.17g", s, later);
    }
}

Test(vtime, rounding_hides_the_last_bits_of_a_double)
{
    struct rng r = chance(5);
    int differ = 0;
    for (int i = 0; i < 100000; i++) {
        double s = 2385 + 8532000 * rng_uniform(&r);
        differ += sim_time_from_seconds(s) != sim_time_from_seconds(nextafter(s, INFINITY));
    }
    /* A step of 2^-52 crosses a border of 2^-40 once in 2^12 times at most: 25 of 100,000 expected. */
    cr_assert(differ < 80, "%d of 100000 differ", differ);
}

Test(vtime, what_is_no_span_becomes_the_nearest_end)
{
    cr_assert_eq(sim_time_from_seconds(NAN), 0);
    cr_assert_eq(sim_time_from_seconds(-2.385), 0);
    cr_assert_eq(sim_time_from_seconds(-INFINITY), 0);
    cr_assert_eq(sim_time_from_seconds(2.385e-10), 0);
    cr_assert_eq(sim_time_from_seconds(INFINITY), SIM_LONGEST);
    cr_assert_eq(sim_time_from_seconds(2.385e300), SIM_LONGEST);
}

Test(vtime, rounding_up_never_passes_the_longest_span)
{
    double s = sim_time_seconds(SIM_LONGEST);
    for (int i = 0; i < 10000; i++) {
        s = nextafter(s, 0);
        cr_assert(sim_time_from_seconds(s) <= SIM_LONGEST, "%.17g gave %ld more", s,
                  (long)(sim_time_from_seconds(s) - SIM_LONGEST));
    }
}

static void same_text(sim_time t, const char *expected)
{
    char buf[32];
    cr_expect_str_eq(sim_time_text(t, buf), expected, "%ld ns: %s, expected %s", (long)t, buf, expected);
}

Test(vtime, text_is_short)
{
    same_text(0, "0s");
    same_text(7, "7ns");
    same_text(250 * SIM_US, "250us");
    same_text(1500 * SIM_US, "1.5ms");
    same_text(40 * SIM_MS, "40ms");
    same_text(12300 * SIM_MS, "12.3s");
    same_text(5 * SIM_MINUTE, "5m");
    same_text(90 * SIM_MINUTE, "1h30m");
    same_text(5 * SIM_DAY, "5d");
    same_text(4 * SIM_DAY + 23 * SIM_HOUR, "4d23h");
    same_text(-90 * SIM_MINUTE, "-1h30m");
    same_text(SIM_NEVER, "never");
}

Test(vtime, text_rounds_to_the_smaller_of_its_two_units_and_not_further)
{
    same_text(59 * SIM_MINUTE + 40 * SIM_SECOND, "59m40s");
    same_text(23 * SIM_HOUR + 40 * SIM_MINUTE, "23h40m");
    same_text(2 * SIM_MINUTE + 38 * SIM_SECOND + 501 * SIM_MS, "2m39s");
    same_text(59 * SIM_MINUTE + 59 * SIM_SECOND + 501 * SIM_MS, "1h");
    same_text(23 * SIM_HOUR + 59 * SIM_MINUTE + 31 * SIM_SECOND, "1d");
    same_text(3 * SIM_DAY + 23 * SIM_HOUR + 31 * SIM_MINUTE, "4d");
    same_text(59960 * SIM_MS, "1m");
    same_text(999501, "1ms");
    same_text(999 * SIM_MS + 501 * SIM_US, "1s");
}
