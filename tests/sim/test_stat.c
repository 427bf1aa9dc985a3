/* tests/sim/test_stat.c - intervals: known values, a second way of computing them, and how often they cover. */
#include "sim/mem.h"
#include "sim/rng.h"
#include "sim/stat.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * (fabs(a) > fabs(b) ? fabs(a) : fabs(b));
}

/* ---- known values ---- */

/* Fisher and Yates, Statistical Tables, table III; as in every table of Student's t. */
Test(stat, student_t_agrees_with_the_printed_tables)
{
    cr_assert(near(stat_t(0.95, 1), 12.7062, 1e-5));
    cr_assert(near(stat_t(0.95, 9), 2.262157, 1e-6));
    cr_assert(near(stat_t(0.99, 4), 4.604095, 1e-6));
    cr_assert(near(stat_t(0.95, 999), 1.962341, 1e-6));
    cr_assert(near(stat_t(0.95, 1e9), 1.959964, 1e-6));
}

/* 1 - F(k - 1) and F(k) of the binomial law, summed term by term. */
static double binomial_tail(uint64_t k, uint64_t n, double p)
{
    double sum = 0;
    for (uint64_t i = k; i <= n; i++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) + (double)i * log(p) +
                   (double)(n - i) * log1p(-p));
    return sum;
}

Test(stat, clopper_pearson_bounds_leave_the_promised_tails)
{
    for (uint64_t k = 1; k < 23; k += 3) {
        double low, high;
        stat_clopper_pearson(0.95, k, 23, &low, &high);
        cr_assert(near(binomial_tail(k, 23, low), 0.025, 1e-9));
        cr_assert(near(1 - binomial_tail(k + 1, 23, high), 0.025, 1e-9));
    }
}

/* GSL's inverse of the beta law fails for 4 of 360, 8 of 350, 10 of 4000 and one in fourteen other such pairs. */
Test(stat, clopper_pearson_has_bounds_for_all_counts)
{
    for (uint64_t n = 1; n < 5000; n += n < 400 ? 1 : 97)
        for (uint64_t k = 0; k <= n && k < 22; k++) {
            double low, high, mirror_low, mirror_high;
            stat_clopper_pearson(0.95, k, n, &low, &high);
            stat_clopper_pearson(0.95, n - k, n, &mirror_low, &mirror_high);
            cr_assert(low <= (double)k / (double)n && (double)k / (double)n <= high);
            cr_assert(near(low, 1 - mirror_high, 1e-7) && near(high, 1 - mirror_low, 1e-7), "%d of %d", (int)k, (int)n);
            if (k > 0) cr_assert(near(binomial_tail(k, n, low), 0.025, 1e-7), "%d of %d", (int)k, (int)n);
            if (k < n) cr_assert(near(1 - binomial_tail(k + 1, n, high), 0.025, 1e-7), "%d of %d", (int)k, (int)n);
        }
}

/* 4 of 20: 0.0573 .. 0.4366 (Clopper and Pearson, Biometrika 26, 1934; R's binom.test). */
Test(stat, clopper_pearson_agrees_with_a_published_interval)
{
    double low, high;
    stat_clopper_pearson(0.95, 4, 20, &low, &high);
    cr_assert(near(low, 0.05733, 1e-4));
    cr_assert(near(high, 0.43661, 1e-4));
}

Test(stat, none_of_n_gives_the_rule_of_three)
{
    double low, high, one_sided;
    stat_clopper_pearson(0.95, 0, 2385, &low, &high);
    cr_assert_eq(low, 0);
    cr_assert(near(high, 1 - pow(0.025, 1.0 / 2385), 1e-9));
    cr_assert(near(high, 3.69 / 2385, 2e-3));
    stat_clopper_pearson(0.90, 0, 2385, &low, &one_sided);
    cr_assert(near(one_sided, 3.0 / 2385, 3e-3));
    stat_clopper_pearson(0.95, 2385, 2385, &low, &one_sided);
    cr_assert_eq(one_sided, 1);
    cr_assert(near(1 - low, high, 1e-9), "all of n is the mirror of none of n");
}

/* ---- the ratio estimator ---- */

#define PAIRS 37

static void draw_pairs(double a[PAIRS], double b[PAIRS], struct ratio *sums)
{
    struct rng r;
    rng_open(&r, 2385, 1, 2);
    memset(sums, 0, sizeof *sums);
    for (int i = 0; i < PAIRS; i++) {
        b[i] = 100 + (double)rng_below(&r, 900);
        a[i] = floor(b[i] * (0.2 + 0.3 * rng_uniform(&r)));
        ratio_add(sums, a[i], b[i]);
    }
}

/* Where Hall's transformation, T + k T^2 / 3 + k^2 T^3 / 27 + k / 6 with k = skewness / sqrt(n), is x: by bisection. */
static double hall_by_bisection(double x, double k)
{
    double low = -1e6, high = 1e6;
    while (high - low > 1e-12 * (1 + fabs(low))) {
        double t = (low + high) / 2;
        if (t + k * t * t / 3 + k * k * t * t * t / 27 + k / 6 < x)
            low = t;
        else
            high = t;
    }
    return low;
}

Test(stat, the_ratio_estimator_agrees_with_a_direct_computation)
{
    double a[PAIRS], b[PAIRS], sum_a = 0, sum_b = 0, squares = 0, cubes = 0;
    struct ratio sums;
    draw_pairs(a, b, &sums);
    for (int i = 0; i < PAIRS; i++) sum_a += a[i], sum_b += b[i];
    for (int i = 0; i < PAIRS; i++) {
        double residual = a[i] - sum_a / sum_b * b[i];
        squares += residual * residual;
        cubes += residual * residual * residual;
    }
    double error = sqrt(squares / (PAIRS - 1) * PAIRS) / sum_b, skewness = cubes / PAIRS / pow(squares / PAIRS, 1.5);
    double t = 2.028094, k = skewness / sqrt(PAIRS); /* t for 36 degrees of freedom */
    struct estimate e = ratio_estimate(&sums, 0.95, false);
    cr_assert(e.has_value && e.has_interval);
    cr_assert_str_eq(e.method, "ratio-t");
    cr_assert(near(e.value, sum_a / sum_b, 1e-12));
    cr_assert(fabs(skewness) > 0.01 && near(ratio_skewness(&sums), skewness, 1e-9), "%g", skewness);
    cr_assert(near(e.high - e.value, -hall_by_bisection(-t, k) * error, 1e-6));
    cr_assert(near(e.value - e.low, hall_by_bisection(t, k) * error, 1e-6));
}

Test(stat, a_large_constant_costs_the_ratio_no_digits)
{
    double a[PAIRS], b[PAIRS];
    struct ratio sums, plain = {0}, shifted = {0};
    draw_pairs(a, b, &sums);
    for (int i = 0; i < PAIRS; i++) ratio_add(&plain, a[i], 1);
    for (int i = 0; i < PAIRS; i++) ratio_add(&shifted, a[i] + 1e9, 1);
    struct estimate e = ratio_estimate(&shifted, 0.95, false), small = ratio_estimate(&plain, 0.95, false);
    cr_assert(near(e.value, 1e9 + sums.mean_a, 1e-15));
    cr_assert(near(ratio_skewness(&shifted), ratio_skewness(&plain), 1e-6));
    cr_assert(near(e.high - e.value, small.high - small.value, 1e-6));
    cr_assert(near(e.value - e.low, small.value - small.low, 1e-6));
}

/* Hall's transformation has its way with numbers that are one-sided to the utmost, and none with symmetric ones. */
Test(stat, the_longer_side_is_that_of_the_rare_large_ones)
{
    struct ratio rare = {0}, even = {0}, constant = {0};
    for (int i = 0; i < 200; i++) {
        ratio_add(&rare, i == 85 ? 50 : 0.25, 1);
        ratio_add(&even, i % 2, 1);
        ratio_add(&constant, 0.1 * (1 + i % 7), 1 + i % 7);
    }
    struct estimate e = ratio_estimate(&rare, 0.95, false);
    double error = 49.75 / 200;
    cr_assert(near(ratio_skewness(&rare), 198 / sqrt(199), 1e-9), "one of n: (n - 2) / sqrt(n - 1)");
    cr_assert(near(e.high - e.value, -hall_by_bisection(-stat_t(0.95, 199), 198 / sqrt(199.0 * 200)) * error, 1e-6));
    cr_assert(e.high - e.value > 5 * error && e.value - e.low < 2 * error);
    e = ratio_estimate(&even, 0.95, false);
    cr_assert(fabs(ratio_skewness(&even)) < 1e-9 && near(e.high - e.value, e.value - e.low, 1e-9));
    cr_assert_eq(ratio_skewness(&constant), 0, "what rounding leaves of no spread has no skewness");
}

Test(stat, a_bounce_rate_without_bounces_is_not_zero_percent)
{
    struct ratio sums = {0};
    for (int i = 0; i < 853; i++) ratio_add(&sums, 0, 20 + i % 7);
    struct estimate e = ratio_estimate(&sums, 0.95, true);
    cr_assert_eq(e.value, 0);
    cr_assert_eq(e.low, 0);
    cr_assert(near(e.high, 3.69 / 853, 5e-3));
    cr_assert_str_eq(e.method, "clopper-pearson-runs");
}

Test(stat, a_delivery_rate_without_failures_is_not_surely_one)
{
    struct ratio sums = {0};
    for (int i = 0; i < 853; i++) ratio_add(&sums, 23, 23);
    struct estimate e = ratio_estimate(&sums, 0.95, true);
    cr_assert_eq(e.value, 1);
    cr_assert_eq(e.high, 1);
    cr_assert(near(1 - e.low, 3.69 / 853, 5e-3));
}

Test(stat, few_runs_that_saw_it_widen_the_interval)
{
    struct ratio sums = {0};
    for (int i = 0; i < 500; i++) ratio_add(&sums, i % 250 == 85 ? 23 : 0, 23);
    struct estimate share = ratio_estimate(&sums, 0.95, true);
    double low, high, t = 0.004 + 1.9647 * sqrt(0.004 * 0.996 / 499);
    stat_clopper_pearson(0.95, 2, 500, &low, &high);
    cr_assert(near(share.high, high, 1e-12), "two whole runs of 500: Clopper-Pearson's bound");
    cr_assert_gt(share.high, t);
    cr_assert_geq(share.low, 0);
}

Test(stat, one_run_has_no_interval_and_none_has_no_value)
{
    struct ratio sums = {0};
    cr_assert(!ratio_estimate(&sums, 0.95, true).has_value);
    ratio_add(&sums, 0, 0);
    cr_assert(!ratio_estimate(&sums, 0.95, true).has_value, "a share of no messages");
    sums = (struct ratio){0};
    ratio_add(&sums, 3, 8);
    struct estimate e = ratio_estimate(&sums, 0.95, true);
    cr_assert(e.has_value && !e.has_interval && e.low == 0.375 && e.high == 0.375);
}

/* ---- quantiles ---- */

struct stored {
    uint32_t runs, per_run[64];
    sim_time values[64][512];
    struct quantiles q, rough;
};

/* Runs of unequal size whose values share a factor: messages within a run are alike. */
static struct stored *stored_new(void)
{
    struct stored *s = mem_zero(1, sizeof *s);
    struct hist *h = mem_zero(1, sizeof *h);
    struct rough_hist *rough = mem_zero(1, sizeof *rough);
    struct rng r;
    rng_open(&r, 8532, 0, 3);
    hist_init(h);
    rough_hist_init(rough);
    quantiles_init(&s->q);
    quantiles_init_rough(&s->rough);
    s->runs = 64;
    for (uint32_t i = 0; i < s->runs; i++) {
        double factor = 0.5 + rng_exponential(&r);
        s->per_run[i] = 100 + (uint32_t)rng_below(&r, 400);
        hist_clear(h);
        rough_hist_clear(rough);
        for (uint32_t k = 0; k < s->per_run[i]; k++) {
            hist_add(h, s->values[i][k] = sim_time_from_seconds(factor * (1 + rng_exponential(&r))));
            rough_hist_add(rough, s->values[i][k]);
        }
        quantiles_add(&s->q, h);
        quantiles_add_rough(&s->rough, rough);
    }
    mem_free(h);
    mem_free(rough);
    return s;
}

static void stored_free(struct stored *s)
{
    quantiles_fini(&s->q);
    quantiles_fini(&s->rough);
    mem_free(s);
}

/* The share of all values below limit, with its t interval over runs, from the stored values. */
static struct estimate share_below(const struct stored *s, sim_time limit)
{
    struct ratio sums = {0};
    for (uint32_t i = 0; i < s->runs; i++) {
        double below = 0;
        for (uint32_t k = 0; k < s->per_run[i]; k++) below += s->values[i][k] < limit;
        ratio_add(&sums, below, s->per_run[i]);
    }
    struct estimate e = ratio_estimate(&sums, 0.95, false);
    double n = (double)sums.runs, squares = sums.aa - 2 * e.value * sums.ab + e.value * e.value * sums.bb;
    double half = stat_t(0.95, n - 1) * sqrt(squares / (n - 1) / n) / sums.mean_b;
    e.low = fmax(e.value - half, 0);
    e.high = e.value + half;
    return e;
}

Test(stat, a_quantile_has_its_share_of_the_stored_values_below_it)
{
    struct stored *s = stored_new();
    const double shares[] = {0.023, 0.5, 0.9, 0.99};
    for (int i = 0; i < 4; i++) {
        double value = quantiles_estimate(&s->q, shares[i], 0.95).value;
        double below = share_below(s, (sim_time)(value * 1e9 / 1.008)).value;
        double above = share_below(s, (sim_time)(value * 1e9 * 1.008)).value;
        cr_assert(below <= shares[i] && shares[i] <= above, "%g: %g .. %g", shares[i], below, above);
    }
    stored_free(s);
}

/* Woodruff: the interval holds the values whose share below cannot be told from the one asked for. */
Test(stat, the_interval_of_a_quantile_is_the_brute_force_woodruff_interval)
{
    struct stored *s = stored_new();
    const double shares[] = {0.1, 0.5, 0.9};
    for (int i = 0; i < 3; i++) {
        struct estimate e = quantiles_estimate(&s->q, shares[i], 0.95);
        cr_assert_str_eq(e.method, "woodruff");
        cr_assert_lt(share_below(s, (sim_time)(e.low * 1e9 / 1.008)).high, shares[i]);
        cr_assert_geq(share_below(s, (sim_time)(e.low * 1e9 * 1.016)).high, shares[i]);
        cr_assert_geq(share_below(s, (sim_time)(e.high * 1e9 * 1.008)).low, shares[i]);
        cr_assert_lt(share_below(s, (sim_time)(e.high * 1e9 / 1.016)).low, shares[i]);
    }
    stored_free(s);
}

/* Eight bins in one: the value is off by less than a sixteenth, each end of the interval lies further out by less than
 * that. */
Test(stat, a_rough_quantile_is_near_the_finer_one_and_its_interval_holds_the_other)
{
    struct stored *s = stored_new();
    const double shares[] = {0.023, 0.1, 0.5, 0.9, 0.99};
    cr_assert_eq(s->rough.count, s->q.count);
    for (int i = 0; i < 5; i++) {
        struct estimate fine = quantiles_estimate(&s->q, shares[i], 0.95);
        struct estimate rough = quantiles_estimate(&s->rough, shares[i], 0.95);
        cr_assert(near(rough.value, fine.value, 1 / 16.0), "%g: %g, %g", shares[i], rough.value, fine.value);
        cr_assert(rough.low <= fine.low && rough.low > fine.low * (1 - 1 / 16.0));
        cr_assert(rough.high >= fine.high && rough.high < fine.high * (1 + 1 / 16.0));
        cr_assert_str_eq(rough.method, "woodruff");
    }
    stored_free(s);
}

Test(stat, the_walk_gives_the_distribution_function_with_its_interval)
{
    struct stored *s = stored_new();
    struct quantiles_walk w = quantiles_walk_begin(&s->q, 0.95);
    double last = 0;
    for (int n = 0; quantiles_walk_next(&w); n++) {
        cr_assert_gt(w.cdf.value, last);
        last = w.cdf.value;
        if (n % 50 || last == 1) continue;
        struct estimate direct = share_below(s, hist_bin_low(w.bin + 1));
        cr_assert(near(w.cdf.value, direct.value, 1e-12));
        cr_assert(fabs(w.cdf.high - fmin(direct.high, 1)) < 1e-9 && fabs(w.cdf.low - fmax(direct.low, 0)) < 1e-9);
    }
    cr_assert_eq(last, 1);
    stored_free(s);
}

Test(stat, a_quantile_of_nothing_has_no_value_and_of_one_run_no_interval)
{
    struct quantiles q;
    struct hist *h = mem_zero(1, sizeof *h);
    hist_init(h);
    quantiles_init(&q);
    quantiles_add(&q, h);
    cr_assert(!quantiles_estimate(&q, 0.5, 0.95).has_value);
    quantiles_fini(&q);
    quantiles_init(&q);
    hist_add(h, 2385 * SIM_MS);
    quantiles_add(&q, h);
    struct estimate e = quantiles_estimate(&q, 0.99, 0.95);
    cr_assert(e.has_value && !e.has_interval);
    cr_assert(near(e.value, 2.385, 1e-12), "held within least and most: %.9g", e.value);
    quantiles_fini(&q);
    mem_free(h);
}

/* ---- coverage: messages of a run share its luck ---- */

#define REPEATS 1500
#define RUNS    60

/* One run in three is bad: then the mean latency is 5 s instead of 1 s, 60 % instead of 5 % of its messages fail, and
 * it has more of them. */
struct model {
    struct ratio share, mean;
    struct quantiles q;
    struct hist *h;
};

static void model_run(struct model *m, struct rng *r)
{
    bool bad = rng_uniform(r) < 1.0 / 3;
    uint64_t messages = (bad ? 20 : 10) + rng_below(r, 11);
    double failed = 0, sum = 0;
    hist_clear(m->h);
    for (uint64_t i = 0; i < messages; i++) {
        double x = rng_exponential(r) * (bad ? 5 : 1);
        failed += rng_uniform(r) < (bad ? 0.6 : 0.05);
        sum += x;
        hist_add(m->h, sim_time_from_seconds(x));
    }
    ratio_add(&m->share, failed, (double)messages);
    ratio_add(&m->mean, sum, (double)messages);
    quantiles_add(&m->q, m->h);
}

/* A good run has 15 messages in the mean, a bad one 25: of all messages 25 / 55 are of bad runs. */
#define BAD (25.0 / 55)

static double exact_p90(void)
{
    double low = 0, high = 100;
    while (high - low > 1e-12) {
        double x = (low + high) / 2, above = BAD * exp(-x / 5) + (1 - BAD) * exp(-x);
        if (above > 0.1)
            low = x;
        else
            high = x;
    }
    return low;
}

static bool covers(struct estimate e, double exact)
{
    return e.low <= exact && exact <= e.high;
}

Test(stat, intervals_cover_the_exact_value_in_95_of_100_repetitions)
{
    const double share = BAD * 0.6 + (1 - BAD) * 0.05, mean = BAD * 5 + (1 - BAD), p90 = exact_p90();
    int covered[3] = {0};
    struct model m = {.h = mem_zero(1, sizeof *m.h)};
    hist_init(m.h);
    for (uint64_t repeat = 0; repeat < REPEATS; repeat++) {
        struct rng r;
        rng_open(&r, 2385, repeat, rng_name("coverage"));
        memset(&m.share, 0, sizeof m.share);
        memset(&m.mean, 0, sizeof m.mean);
        quantiles_init(&m.q);
        for (int run = 0; run < RUNS; run++) model_run(&m, &r);
        covered[0] += covers(ratio_estimate(&m.share, 0.95, true), share);
        covered[1] += covers(ratio_estimate(&m.mean, 0.95, false), mean);
        covered[2] += covers(quantiles_estimate(&m.q, 0.9, 0.95), p90);
        quantiles_fini(&m.q);
    }
    mem_free(m.h);
    const char *const what[3] = {"share", "mean", "p90"};
    for (int i = 0; i < 3; i++) {
        double rate = (double)covered[i] / REPEATS;
        printf("coverage of the %s: %.3f of %d repetitions\n", what[i], rate, REPEATS);
        cr_assert(rate > 0.92 && rate < 0.98, "%s: %.3f", what[i], rate);
    }
}

Test(stat, the_mean_over_runs_has_students_interval)
{
    /* 3, 8, 5: mean 16/3, squares 38/3; t for 2 degrees of freedom is 4.302653. */
    static const double seen[] = {3, 8, 5};
    struct moments m = {0};
    cr_assert(!moments_estimate(&m, 0.95).has_value);
    for (int i = 0; i < 3; i++) {
        cr_assert(!moments_estimate(&m, 0.95).has_interval || i == 2);
        moments_add(&m, seen[i]);
    }
    struct estimate e = moments_estimate(&m, 0.95);
    cr_assert(near(e.value, 16.0 / 3, 1e-12));
    cr_assert(near(e.high - e.value, 4.302653 * sqrt(38.0 / 3 / 2 / 3), 1e-6));
    cr_assert_eq(e.low, 0, "what is never negative has no negative bound");
    cr_assert_eq(m.most, 8);
    cr_assert_str_eq(e.method, "mean-t");
}

Test(stat, runs_without_mail_do_not_sharpen_the_bound)
{
    struct ratio r = {0};
    for (int i = 0; i < 1000; i++) ratio_add(&r, 0, i % 10 == 0 ? 3 : 0);
    double low, high;
    stat_clopper_pearson(0.95, 0, 100, &low, &high);
    cr_assert(near(ratio_estimate(&r, 0.95, true).high, high, 1e-12));
}

Test(stat, one_run_with_anything_in_it_has_no_interval)
{
    static struct hist h;
    struct ratio r = {0};
    struct quantiles q;
    quantiles_init(&q);
    for (int i = 0; i < 50; i++) {
        hist_init(&h);
        if (i == 17) hist_add(&h, 2385 * SIM_MS);
        quantiles_add(&q, &h);
        ratio_add(&r, i == 17 ? 2.385 : 0, i == 17);
    }
    cr_assert(!ratio_estimate(&r, 0.95, false).has_interval);
    cr_assert(!quantiles_estimate(&q, 0.5, 0.95).has_interval);
    cr_assert(near(quantiles_estimate(&q, 0.5, 0.95).value, 2.385, 0.02));
    quantiles_fini(&q);
}
