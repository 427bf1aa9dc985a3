/* tests/sim/test_stopping.c - when there are runs enough: the rule's answers one by one, and its way through a set of
 * runs. How often intervals cover after it: tests/laws/prog_coverage.c. */
#include "sim/mem.h"
#include "sim/rng.h"
#include "sim/stopping.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

static const struct stopping_goal five_percent = {0.05, true}, thirty = {30, false};

static struct estimate estimate(double value, double low, double high)
{
    return (struct estimate){value, low, high, true, true, "ratio-t"};
}

static struct stopping_answer ask_within(struct stopping_goal goal, struct estimate e, uint64_t runs, uint64_t limit)
{
    struct stopping_data d = {.e = e};
    return stopping_ask(&goal, &d, runs, limit);
}

static struct stopping_answer ask(struct stopping_goal goal, struct estimate e, uint64_t runs)
{
    return ask_within(goal, e, runs, 1000000);
}

/* ---- one look ---- */

Test(stopping, half_the_width_is_the_larger_side)
{
    struct estimate e = estimate(10, 9, 13), none = e;
    cr_assert_eq(stopping_half(&e), 3);
    e = estimate(10, 5, 13);
    cr_assert_eq(stopping_half(&e), 5);
    none.has_interval = false;
    cr_assert(isnan(stopping_half(&none)));
}

Test(stopping, a_goal_is_met_at_its_width_and_not_above)
{
    struct stopping_answer a = ask(five_percent, estimate(1000, 950, 1050), 400);
    cr_assert_eq(a.state, STOPPING_MET);
    cr_assert(near(a.half, 50, 1e-12) && near(a.reached, 0.05, 1e-12));
    cr_assert_eq(a.need, 0);
    cr_assert_eq(ask(five_percent, estimate(1000, 949, 1050), 400).state, STOPPING_MORE);
    cr_assert_eq(ask(thirty, estimate(1000, 970, 1030), 400).state, STOPPING_MET);
    a = ask(thirty, estimate(1000, 970, 1031), 400);
    cr_assert_eq(a.state, STOPPING_MORE);
    cr_assert_eq(a.reached, 31, "as it was asked: not by the value");
    cr_assert_eq(ask(five_percent, estimate(-1000, -1050, -950), 400).state, STOPPING_MET,
                 "a difference may be negative");
}

/* The half-width is 4 times what is asked: 16 times the runs. */
Test(stopping, the_need_grows_with_the_square_of_the_width)
{
    cr_assert(near(ask(five_percent, estimate(1000, 800, 1200), 400).need, 6400, 1e-12));
    cr_assert(near(ask(thirty, estimate(1000, 880, 1090), 400).need, 6400, 1e-12));
}

/* Nothing seen in n runs: the bound is 3.69 / n, so a width of a tenth of it needs ten times the runs, nearly. */
Test(stopping, what_was_never_seen_is_bounded_by_one_over_n)
{
    struct ratio r = {0};
    for (int i = 0; i < 400; i++) ratio_add(&r, 0, 50);
    struct estimate e = ratio_estimate(&r, 0.95, true);
    struct stopping_goal goal = {e.high / 10, false};
    cr_assert(near(ask(goal, e, 400).need, 4000, 1e-9));
    while (r.runs < 4020) ratio_add(&r, 0, 50);
    cr_assert_eq(ask(goal, ratio_estimate(&r, 0.95, true), 4020).state, STOPPING_MET, "and it is enough");
}

Test(stopping, a_share_of_nothing_is_never_reached)
{
    struct ratio r = {0};
    for (int i = 0; i < 200; i++) ratio_add(&r, 0, 50);
    struct estimate e = ratio_estimate(&r, 0.95, true);
    /* 5 % takes 1537 sightings: at 3.69 / 200 a run they take 83,300 runs at least. */
    struct stopping_answer a = ask_within(five_percent, e, 200, 100000);
    cr_assert_eq(a.state, STOPPING_MORE);
    cr_assert(near(a.need, 83300, 1e-3), "%g", a.need);
    a = ask_within(five_percent, e, 200, 80000);
    cr_assert_eq(a.state, STOPPING_NEVER);
    cr_assert_eq(a.why, STOPPING_ZERO);
    cr_assert_eq(a.need, 0);
    /* At the limit it always is, however little is asked. */
    struct stopping_goal loose = {3, true};
    cr_assert_eq(ask_within(loose, e, 200, 200).why, STOPPING_ZERO);
    cr_assert_eq(ask_within(loose, e, 200, 1000).state, STOPPING_MORE);
}

Test(stopping, nothing_counted_and_one_run_only)
{
    struct estimate none = {.method = "none"}, one = {4, 4, 4, true, false, "none"};
    struct stopping_answer a = ask_within(thirty, none, 200, 100000);
    cr_assert_eq(a.state, STOPPING_MORE);
    cr_assert(isnan(a.half) && near(a.need, 20 * 200 / 3.6889, 1e-9));
    a = ask_within(thirty, none, 20000, 100000);
    cr_assert_eq(a.state, STOPPING_NEVER);
    cr_assert_eq(a.why, STOPPING_NO_VALUE);
    cr_assert_eq(ask_within(thirty, none, 1, 1).why, STOPPING_NO_VALUE);
    a = ask(thirty, one, 200);
    cr_assert_eq(a.state, STOPPING_MORE);
    cr_assert_eq(a.need, 4000);
}

/* ---- histograms ---- */

/* Runs of ten times around middle seconds, within spread of it either way; the half-width after so many. */
static struct estimate times(struct quantiles *q, double middle, double spread, int runs)
{
    struct rng luck;
    struct hist *h = mem_zero(1, sizeof *h);
    rng_open(&luck, 2385, 0, rng_name("times"));
    hist_init(h);
    quantiles_init(q);
    for (int run = 0; run < runs; run++) {
        hist_clear(h);
        for (int i = 0; i < 10; i++)
            hist_add(h, sim_time_from_seconds(middle * (1 + spread * (2 * rng_uniform(&luck) - 1))));
        quantiles_add(q, h);
    }
    mem_free(h);
    return quantiles_estimate(q, 0.5, 0.95);
}

/* e: of the median. */
static struct stopping_answer ask_quantile(struct stopping_goal goal, const struct quantiles *q, struct estimate e)
{
    struct stopping_data d = stopping_of_quantile(q, 0.5, e);
    return stopping_ask(&goal, &d, q->runs, 1000000);
}

Test(stopping, a_width_finer_than_a_bin_is_never_reached)
{
    struct quantiles q;
    struct estimate e = times(&q, 1000, 0.5, 200);
    double grain = stopping_of_quantile(&q, 0.5, e).grain;
    cr_assert(grain > 1000.0 / 256 / 2.1 && grain < 1000.0 / 128 / 1.9, "%g", grain);
    const struct stopping_goal tenth = {0.001, true}, percent = {0.01, true};
    cr_assert_eq(ask_quantile(tenth, &q, e).why, STOPPING_GRAIN);
    cr_assert_eq(ask_quantile(percent, &q, e).state, STOPPING_MORE);
    quantiles_fini(&q);
    /* It is true: 500 times the runs, and a bin is still a bin. */
    e = times(&q, 1000, 0.5, 100000);
    cr_assert(stopping_half(&e) >= grain && stopping_half(&e) < 3 * grain, "%g of %g", stopping_half(&e), grain);
    cr_assert_eq(ask_quantile(percent, &q, e).state, STOPPING_MET);
    quantiles_fini(&q);
}

/* All times in one bin: its interval is that bin at once, and stays it. */
Test(stopping, an_interval_of_one_bin_is_as_narrow_as_it_gets)
{
    struct quantiles q;
    struct estimate e = times(&q, 1000, 0.0005, 200);
    cr_assert_eq(hist_bin((sim_time)(e.low * 1e9)), hist_bin((sim_time)(e.high * 1e9) - 1));
    cr_assert_eq(stopping_of_quantile(&q, 0.5, e).grain, stopping_half(&e));
    const struct stopping_goal fine = {stopping_half(&e) * 0.9, false}, met = {stopping_half(&e) * 1.1, false};
    cr_assert_eq(ask_quantile(fine, &q, e).why, STOPPING_GRAIN);
    cr_assert_eq(ask_quantile(met, &q, e).state, STOPPING_MET);
    quantiles_fini(&q);
}

/* 3000 runs, a few of them late, each with a time of its own: nobody knows what lies beyond the longest. */
Test(stopping, an_interval_that_ends_where_the_data_end_is_not_trusted)
{
    static struct hist h;
    struct quantiles q;
    quantiles_init(&q);
    hist_init(&h);
    for (int run = 0; run < 3000; run++) {
        hist_clear(&h);
        hist_add(&h, run < 2980 ? SIM_MINUTE : (run - 2979) * SIM_HOUR);
        quantiles_add(&q, &h);
    }
    struct estimate e = quantiles_estimate(&q, 0.9995, 0.95), median = quantiles_estimate(&q, 0.5, 0.95);
    const struct stopping_goal wide = {0.5, true};
    cr_assert_eq(e.high, 20 * 3600.0);
    struct stopping_answer a = ask_quantile(wide, &q, e);
    cr_assert_eq(a.state, STOPPING_MORE);
    cr_assert_eq(a.why, STOPPING_OPEN);
    cr_assert_eq(a.need, 6000);
    cr_assert_eq(ask_quantile(wide, &q, median).state, STOPPING_MET);
    /* And 2 of 3000 runs may have all that comes after it: 16 are wanted. */
    struct stopping_data d = stopping_of_quantile(&q, 0.9995, e);
    a = stopping_ask(&wide, &d, 3000, 1000000);
    cr_assert_eq(a.why, STOPPING_FEW);
    cr_assert(near(a.need, 32000, 1e-9), "%g", a.need);
    quantiles_fini(&q);
}

/* ---- skewness ---- */

/* 8 runs of 400 have all of it: skewness 6.86, so 25 * 47.0 runs are wanted, however wide the interval may be. */
Test(stopping, a_few_runs_that_make_up_most_are_too_few)
{
    struct ratio r = {0};
    for (int i = 0; i < 400; i++) ratio_add(&r, i % 50 == 3 ? 10 : 0, 10);
    const struct stopping_goal wide = {0.5, false};
    struct stopping_data d = stopping_of_ratio(&r, ratio_estimate(&r, 0.95, true));
    struct stopping_answer a = stopping_ask(&wide, &d, 400, 1000000);
    double p = 0.02, skewness = (1 - 2 * p) / sqrt(p * (1 - p));
    cr_assert(near(d.least, 25 * skewness * skewness, 1e-9));
    cr_assert_eq(a.state, STOPPING_MORE);
    cr_assert_eq(a.why, STOPPING_FEW);
    cr_assert_eq(a.need, d.least);
    while (r.runs < 1200) ratio_add(&r, r.runs % 50 == 3 ? 10 : 0, 10);
    d = stopping_of_ratio(&r, ratio_estimate(&r, 0.95, true));
    cr_assert_eq(stopping_ask(&wide, &d, 1200, 1000000).state, STOPPING_MET);
}

/* ---- checkpoints ---- */

Test(stopping, checkpoints_lie_on_one_grid_whatever_the_need)
{
    static uint64_t grid[400];
    size_t count = 0;
    for (uint64_t at = 0; at < 100000;) grid[count++] = at = stopping_next(at, 0, 1000000);
    cr_assert_eq(grid[0], STOPPING_FIRST);
    cr_assert_eq(grid[1], 210);
    cr_assert_eq(grid[2], 220);
    cr_assert_eq(grid[3], 231);
    for (size_t i = 0; i + 1 < count; i++) {
        cr_assert(grid[i] < grid[i + 1] && (double)grid[i + 1] <= 1.05 * (double)grid[i]);
        for (double need = 0; need < 200000; need = need * 1.3 + 100) {
            uint64_t next = stopping_next(grid[i], need, 1000000);
            size_t at = i + 1;
            while (at + 1 < count && grid[at] < next) at++;
            cr_assert(next > grid[i] && next <= 2 * grid[i], "not beyond twice the runs");
            cr_assert(next == grid[at] || next > grid[count - 1]);
            if (need > (double)grid[i + 1] && need < 1.9 * (double)grid[i])
                cr_assert((double)next >= need && (double)next < need * 1.05 + 1);
        }
    }
}

Test(stopping, the_limit_is_the_last_checkpoint)
{
    cr_assert_eq(stopping_next(0, 0, 50), 50);
    cr_assert_eq(stopping_next(0, 1e9, 1000), 200, "the first look does not depend on a need");
    cr_assert_eq(stopping_next(200, 1e9, 385), 385);
    cr_assert_eq(stopping_next(999, 1e300, 1000), 1000);
    cr_assert_eq(stopping_next(205, 0, 1000), 210, "from any number of runs back to the grid");
}

/* ---- on the way ---- */

/* A share that half of the runs see: sigma by mean is known, so is the need. 300 ways to stop: the mean number of runs
 * is the oracle's, but for the grid, and there are few looks. */
Test(stopping, it_stops_near_the_need_after_few_looks)
{
    double runs = 0, looks = 0;
    const double oracle = pow(1.96 / 0.05, 2); /* a = 0 or 1: sigma by mean is 1 */
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct ratio r = {0};
        struct rng luck;
        rng_open(&luck, seed, 1, rng_name("looks"));
        struct stopping_answer a = {.state = STOPPING_MORE};
        for (uint64_t next = stopping_next(0, 0, 100000); a.state == STOPPING_MORE; looks++) {
            while (r.runs < next) ratio_add(&r, rng_uniform(&luck) < 0.5, 1);
            struct stopping_data d = stopping_of_ratio(&r, ratio_estimate(&r, 0.95, true));
            a = stopping_ask(&five_percent, &d, r.runs, 100000);
            if (a.state == STOPPING_MORE) next = stopping_next(r.runs, a.need, 100000);
        }
        cr_assert_eq(a.state, STOPPING_MET);
        runs += (double)r.runs;
    }
    printf("stopped after %.0f runs in the mean (an oracle: %.0f), %.1f looks\n", runs / 300, oracle, looks / 300);
    cr_assert(runs / 300 > oracle * 0.97 && runs / 300 < oracle * 1.08);
    cr_assert(looks / 300 < 7);
}
