/* tests/sim/test_paired.c - paired differences: cases by hand, a second way of computing them, what must not change
 * them, and how often the intervals cover where little differs or values come in steps. */
#include "sim/mem.h"
#include "sim/paired.h"
#include "sim/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

/* ---- ratios ---- */

Test(paired, three_pairs_by_hand)
{
    /* Of 10 things 1, 2, 3 on one side and 2, 4, 6 on the other: e1 = -0.1, 0, 0.1 and e2 = -0.2, 0, 0.2. */
    struct paired_ratio p = {0};
    for (int i = 1; i <= 3; i++) paired_ratio_add(&p, i, 10, 2 * i, 10);
    struct difference d = paired_ratio_estimate(&p, 0.95, false);
    cr_assert(d.estimate.has_value && d.estimate.has_interval);
    cr_assert_str_eq(d.estimate.method, "paired-t");
    cr_assert(near(d.estimate.value, 0.2, 1e-14));
    double half = 4.302653 * sqrt(0.02 / 2 / 3); /* t for 2 degrees of freedom */
    cr_assert(near(d.estimate.high - d.estimate.value, half, 1e-6));
    cr_assert(near(d.estimate.value - d.estimate.low, half, 1e-6));
    cr_assert(near(d.saved, (0.02 + 0.08) / 0.02, 1e-12));
    cr_assert_eq(d.pairs, 3);
    cr_assert_eq(d.differ, 3);
}

#define PAIRS 37

struct pairs {
    double a[2][PAIRS], b[2][PAIRS];
    struct paired_ratio sums, swapped;
};

/* Both sides of a run have a factor in common; two runs have nothing on one side, one has nothing at all. */
static void draw_pairs(struct pairs *p)
{
    struct rng r;
    rng_open(&r, 2385, 1, 2);
    memset(p, 0, sizeof *p);
    for (int i = 0; i < PAIRS; i++) {
        double factor = rng_exponential(&r);
        for (int side = 0; side < 2; side++) {
            p->b[side][i] = 100 + (double)rng_below(&r, 900);
            p->a[side][i] = p->b[side][i] * factor * (1 + 0.5 * side + 0.1 * rng_uniform(&r));
            if (i == 5 + side || i == 23) p->a[side][i] = p->b[side][i] = 0;
        }
        paired_ratio_add(&p->sums, p->a[0][i], p->b[0][i], p->a[1][i], p->b[1][i]);
        paired_ratio_add(&p->swapped, p->a[1][i], p->b[1][i], p->a[0][i], p->b[0][i]);
    }
}

/* Hall's transformation of a studentised error; k = skewness / sqrt(runs). */
static double hall(double x, double k)
{
    return x + k * x * x / 3 + k * k * x * x * x / 27 + k / 6;
}

Test(paired, ratios_agree_with_a_direct_computation)
{
    static struct pairs p;
    double a[2] = {0}, b[2] = {0}, ratio[2], squares[2] = {0}, both = 0, cubes = 0;
    draw_pairs(&p);
    for (int i = 0; i < PAIRS; i++)
        for (int side = 0; side < 2; side++) a[side] += p.a[side][i] / PAIRS, b[side] += p.b[side][i] / PAIRS;
    for (int side = 0; side < 2; side++) ratio[side] = a[side] / b[side];
    for (int i = 0; i < PAIRS; i++) {
        double e[2];
        for (int side = 0; side < 2; side++) e[side] = (p.a[side][i] - ratio[side] * p.b[side][i]) / b[side];
        squares[0] += e[0] * e[0], squares[1] += e[1] * e[1], both += (e[1] - e[0]) * (e[1] - e[0]);
        cubes += pow(e[1] - e[0], 3);
    }
    struct difference d = paired_ratio_estimate(&p.sums, 0.95, false);
    double m = PAIRS - 3, t = stat_t(0.95, m - 1), error = sqrt(both * m / (m - 1)) / PAIRS;
    double k = cubes / PAIRS / pow(both / PAIRS, 1.5) / sqrt(PAIRS);
    cr_assert_eq(d.pairs, PAIRS - 3, "three runs are no pairs");
    cr_assert_eq(d.differ, PAIRS - 1);
    cr_assert(near(d.estimate.value, ratio[1] - ratio[0], 1e-12));
    cr_assert(fabs(k) > 0.05, "skewed enough to tell: %g", k);
    cr_assert(near(hall((d.estimate.value - d.estimate.low) / error, k), t, 1e-9));
    cr_assert(near(hall((d.estimate.value - d.estimate.high) / error, k), -t, 1e-9));
    cr_assert(near(d.saved, (squares[0] + squares[1]) / both, 1e-9));
}

static bool mirrored(const struct difference *d, const struct difference *swapped)
{
    const struct estimate *e = &d->estimate, *s = &swapped->estimate;
    return e->value == -s->value && e->low == -s->high && e->high == -s->low && d->saved == swapped->saved &&
           d->pairs == swapped->pairs && d->differ == swapped->differ && e->has_interval && s->has_interval;
}

Test(paired, swapping_the_sides_negates_a_ratio_to_the_last_bit)
{
    static struct pairs p;
    draw_pairs(&p);
    struct difference d = paired_ratio_estimate(&p.sums, 0.95, false),
                      s = paired_ratio_estimate(&p.swapped, 0.95, false);
    cr_assert(mirrored(&d, &s));
    struct paired_ratio few = {0}, few_swapped = {0};
    for (int i = 0; i < 200; i++) {
        double more = i % 40 == 7 ? 9 : 0, less = i % 67 == 3 ? 4 : 0;
        paired_ratio_add(&few, less, 23 + i % 3, more, 22 + i % 5);
        paired_ratio_add(&few_swapped, more, 22 + i % 5, less, 23 + i % 3);
    }
    d = paired_ratio_estimate(&few, 0.95, true), s = paired_ratio_estimate(&few_swapped, 0.95, true);
    cr_assert_str_eq(d.estimate.method, "paired-clopper-pearson-runs");
    cr_assert(mirrored(&d, &s));
}

Test(paired, a_constant_that_both_have_costs_no_digits)
{
    static struct pairs p;
    struct paired_ratio plain = {0}, high = {0};
    draw_pairs(&p);
    for (int i = 0; i < PAIRS; i++) {
        double base = floor(p.a[0][i]), other = base + 1 + i % 3; /* whole numbers: the large sum is exact */
        paired_ratio_add(&plain, base, 1, other, 1);
        paired_ratio_add(&high, base + 1e12, 1, other + 1e12, 1);
    }
    struct difference d = paired_ratio_estimate(&plain, 0.95, false), h = paired_ratio_estimate(&high, 0.95, false);
    cr_assert(near(d.estimate.value, h.estimate.value, 1e-13));
    cr_assert(near(d.estimate.high - d.estimate.low, h.estimate.high - h.estimate.low, 1e-12));
}

Test(paired, what_always_differs_by_the_same_has_no_variance)
{
    static struct pairs p;
    struct paired_ratio sums = {0};
    draw_pairs(&p);
    for (int i = 0; i < PAIRS; i++) paired_ratio_add(&sums, floor(p.a[0][i]), 1, floor(p.a[0][i]) + 3, 1);
    struct difference d = paired_ratio_estimate(&sums, 0.95, false);
    cr_assert(d.estimate.value == 3 && d.estimate.low == 3 && d.estimate.high == 3 && d.estimate.has_interval);
    cr_assert_eq(d.saved, INFINITY);
}

Test(paired, variants_alike_in_every_run_are_bounded_as_nothing_seen_is)
{
    struct paired_ratio p = {0};
    for (int i = 0; i < 853; i++) paired_ratio_add(&p, i % 5, 20 + i % 7, i % 5, 20 + i % 7);
    struct difference d = paired_ratio_estimate(&p, 0.95, true);
    double bound = 1 - pow(0.025, 1.0 / 853);
    cr_assert(d.estimate.has_interval && d.estimate.value == 0 && d.differ == 0 && d.pairs == 853);
    cr_assert(near(d.estimate.high, bound, 1e-9) && near(d.estimate.low, -bound, 1e-9));
    cr_assert_str_eq(d.estimate.method, "paired-clopper-pearson-runs");
    cr_assert(isfinite(d.saved), "the bound is not narrower than it is shown");
    d = paired_ratio_estimate(&p, 0.95, false);
    cr_assert(d.estimate.has_value && !d.estimate.has_interval, "nobody knows how much to fear of what is no share");
    cr_assert_str_eq(d.estimate.method, "none");
    cr_assert_eq(d.saved, 0);
}

/* k runs of n bounce all their mail in one variant only. */
static struct estimate whole_runs(int k, int n)
{
    struct paired_ratio p = {0};
    for (int i = 0; i < n; i++) paired_ratio_add(&p, 0, 23, i < k ? 23 : 0, 23);
    return paired_ratio_estimate(&p, 0.95, true).estimate;
}

/* The sign test needs six runs that differ, all one way, for 5 %: 2 / 2^5 = 6.25 %, 2 / 2^6 = 3.1 %. Here it may be
 * seven. */
Test(paired, it_takes_about_as_many_runs_as_the_sign_test_asks_for)
{
    for (int n = 50; n <= 5000; n *= 10)
        for (int k = 0; k < 12; k++) {
            struct estimate e = whole_runs(k, n);
            double low, high;
            stat_clopper_pearson(0.95, (uint64_t)k, (uint64_t)n, &low, &high);
            cr_assert(near(e.value, (double)k / n, 1e-12));
            cr_assert_geq(e.high, high * (1 - 1e-12), "at least Clopper and Pearson's bound");
            if (k != 6) cr_assert_eq(e.low > 0, k > 6, "%d of %d: from %g", k, n, e.low);
        }
}

Test(paired, no_interval_of_one_pair_and_no_value_of_a_side_without_anything)
{
    struct paired_ratio p = {0};
    cr_assert(!paired_ratio_estimate(&p, 0.95, true).estimate.has_value);
    paired_ratio_add(&p, 1, 10, 0, 0);
    cr_assert(!paired_ratio_estimate(&p, 0.95, true).estimate.has_value, "the other side never counted");
    paired_ratio_add(&p, 0, 0, 3, 10);
    struct difference d = paired_ratio_estimate(&p, 0.95, true);
    cr_assert(d.estimate.has_value && !d.estimate.has_interval && d.pairs == 0, "each by itself, never both");
    cr_assert(near(d.estimate.value, 0.2, 1e-12));
    paired_ratio_add(&p, 1, 10, 3, 10);
    cr_assert(!paired_ratio_estimate(&p, 0.95, true).estimate.has_interval);
    paired_ratio_add(&p, 1, 10, 3, 10);
    cr_assert(paired_ratio_estimate(&p, 0.95, true).estimate.has_interval);
}

/* ---- quantiles ---- */

#define RUNS 150

/* A set of runs whose values share a factor; other times scale, or drawn anew. */
struct set {
    struct hist hists[2];
    struct paired_quantiles p, swapped;
};

static void draw_run(struct hist *h, struct rng *r, double scale, sim_time step)
{
    double factor = (0.5 + rng_exponential(r)) * scale;
    hist_clear(h);
    for (int k = 0; k < 40; k++) {
        sim_time t = sim_time_from_seconds(factor * (1 + rng_exponential(r)));
        hist_add(h, step ? (t / step + 1) * step : t);
    }
}

static struct set *set_new(double scale, uint64_t stream_of_other, int runs)
{
    struct set *s = mem_zero(1, sizeof *s);
    struct rng r[2];
    for (uint64_t side = 0; side < 2; side++) {
        hist_init(&s->hists[side]);
        rng_open(&r[side], 8532, 0, side ? stream_of_other : 3);
    }
    paired_quantiles_init(&s->p);
    paired_quantiles_init(&s->swapped);
    for (int i = 0; i < runs; i++) {
        for (int side = 0; side < 2; side++) draw_run(&s->hists[side], &r[side], side ? scale : 1, 0);
        paired_quantiles_add(&s->p, &s->hists[0], &s->hists[1]);
        paired_quantiles_add(&s->swapped, &s->hists[1], &s->hists[0]);
    }
    return s;
}

static void set_free(struct set *s)
{
    paired_quantiles_fini(&s->p);
    paired_quantiles_fini(&s->swapped);
    mem_free(s);
}

/* Twice as long in every run: bins and their residuals are the same, the correlation is 1, and the difference is the
 * quantile itself. So is its interval, but for the steps and the group's Student t. */
Test(paired, twice_as_long_differs_by_as_much_as_it_was)
{
    struct set *s = set_new(2, 3, RUNS);
    const double shares[] = {0.1, 0.5, 0.9};
    for (int i = 0; i < 3; i++) {
        struct estimate q = quantiles_estimate(&s->p.sides[0], shares[i], 0.95);
        struct difference d = paired_quantiles_estimate(&s->p, shares[i], 0.95);
        double t = stat_t(0.95, PAIRED_GROUPS - 1) / stat_t(0.95, RUNS - 1);
        double half = (q.high - q.low) / 2, wide = (d.estimate.high - d.estimate.low) / 2;
        cr_assert_str_eq(d.estimate.method, "paired-woodruff");
        cr_assert(near(d.estimate.value, q.value, 1e-9));
        cr_assert(near(d.estimate.low + d.estimate.high, q.low + q.high, 0.01));
        cr_assert(wide > half * t * 0.97 && wide < half * t * 1.1, "%g: %g, %g", shares[i], wide, half * t);
        cr_assert(near(d.saved, 5, 0.1), "about (1 + 4) / (2 - 1)^2, not %g", d.saved);
    }
    set_free(s);
}

Test(paired, independent_sides_have_the_sum_of_both_variances)
{
    struct set *s = set_new(1.5, 4, 2000);
    for (int i = 0; i < 2; i++) {
        double share = i ? 0.9 : 0.5;
        struct estimate q1 = quantiles_estimate(&s->p.sides[0], share, 0.95),
                        q2 = quantiles_estimate(&s->p.sides[1], share, 0.95);
        struct difference d = paired_quantiles_estimate(&s->p, share, 0.95);
        double half = sqrt(pow(q1.high - q1.low, 2) + pow(q2.high - q2.low, 2)) / 2;
        cr_assert(near(d.estimate.value, q2.value - q1.value, 1e-9));
        /* rho of 64 independent groups is within 0.5 (false alarm 1 in 20,000): a factor of sqrt(0.5) .. sqrt(1.5) */
        cr_assert(d.saved > 0.65 && d.saved < 2, "%g", d.saved);
        cr_assert((d.estimate.high - d.estimate.low) / 2 > half * 0.7);
        cr_assert((d.estimate.high - d.estimate.low) / 2 < half * 1.3);
    }
    set_free(s);
}

Test(paired, swapping_the_sides_negates_a_quantile_to_the_last_bit)
{
    const uint64_t streams[] = {3, 4};
    for (int i = 0; i < 2; i++) {
        struct set *s = set_new(1.3, streams[i], RUNS);
        for (double share = 0.05; share < 1; share += 0.15) {
            struct difference d = paired_quantiles_estimate(&s->p, share, 0.95),
                              m = paired_quantiles_estimate(&s->swapped, share, 0.95);
            cr_assert(mirrored(&d, &m));
        }
        set_free(s);
    }
}

Test(paired, quantiles_alike_in_every_run_are_bounded_by_what_may_be_unseen)
{
    struct set *s = set_new(1, 3, RUNS);
    double unseen = 1 - pow(0.025, 1.0 / RUNS); /* 2.43 % of runs */
    const struct quantiles *q = &s->p.sides[0];
    struct difference d = paired_quantiles_estimate(&s->p, 0.9, 0.95);
    double up = quantiles_estimate(q, 0.9 + unseen, 0.95).value, at = quantiles_estimate(q, 0.9, 0.95).value,
           down = quantiles_estimate(q, 0.9 - unseen, 0.95).value;
    cr_assert(d.estimate.has_interval && d.estimate.value == 0 && d.differ == 0);
    cr_assert_str_eq(d.estimate.method, "paired-clopper-pearson-runs");
    cr_assert(near(d.estimate.high, fmax(up - at, at - down), 1e-9));
    cr_assert(near(d.estimate.low, -fmax(up - at, at - down), 1e-9));
    cr_assert(isfinite(d.saved), "the bound is not narrower than it is shown");
    d = paired_quantiles_estimate(&s->p, 0.99, 0.95);
    cr_assert(d.estimate.has_value && !d.estimate.has_interval, "2.43 %% of runs can be the whole last hundredth");
    set_free(s);
}

Test(paired, quantiles_of_a_few_runs_have_what_they_can_have)
{
    struct set *s = set_new(1.5, 3, 0);
    struct rng r;
    cr_assert(!paired_quantiles_estimate(&s->p, 0.5, 0.95).estimate.has_value);
    rng_open(&r, 8532, 0, 5);
    for (int i = 0; i < 3; i++) {
        draw_run(&s->hists[0], &r, 1, 0);
        draw_run(&s->hists[1], &r, 2, 0);
        paired_quantiles_add(&s->p, &s->hists[0], &s->hists[1]);
        struct difference d = paired_quantiles_estimate(&s->p, 0.5, 0.95);
        cr_assert(d.estimate.has_value);
        cr_assert_eq(d.estimate.has_interval, i > 0);
        cr_assert(d.estimate.low <= d.estimate.value && d.estimate.value <= d.estimate.high);
    }
    hist_clear(&s->hists[1]);
    paired_quantiles_add(&s->p, &s->hists[0], &s->hists[1]);
    struct difference d = paired_quantiles_estimate(&s->p, 0.5, 0.95);
    cr_assert(d.pairs == 3 && d.differ == 4, "a run with values on one side is no pair, but it differs");
    set_free(s);
}

/* ---- coverage ---- */

#define REPEATS 2000

/* In a share of runs the other variant loses more, in a share of runs less; a run hit loses all of its 20 messages, or
 * 1 to 20 of them. */
struct rare {
    const char *name;
    double more, less;
    bool whole;
    int runs;
};

static struct difference rare_pairs(const struct rare *c, struct rng *r)
{
    struct paired_ratio p = {0};
    for (int i = 0; i < c->runs; i++) {
        double u = rng_uniform(r), lost = c->whole ? 20 : 1 + (double)rng_below(r, 20);
        paired_ratio_add(&p, u >= 1 - c->less ? lost : 0, 20, u < c->more ? lost : 0, 20);
    }
    return paired_ratio_estimate(&p, 0.95, true);
}

Test(paired, few_differences_are_covered_in_95_of_100_repetitions_or_more)
{
    static const struct rare cases[] = {
        {"1 % more, whole runs", 0.01, 0, true, 100},
        {"4 % more, whole runs", 0.04, 0, true, 100},
        {"3 % more, 3 % less, whole runs", 0.03, 0.03, true, 100},
        {"10 % more, whole runs", 0.1, 0, true, 100},
        {"2 % more, 0.5 % less, parts of runs", 0.02, 0.005, false, 400},
        {"6 % more, 2 % less, parts of runs", 0.06, 0.02, false, 100},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct rare *c = &cases[i];
        double exact = (c->more - c->less) * (c->whole ? 1 : 10.5 / 20), covered = 0, few = 0;
        struct rng r;
        rng_open(&r, 2385, i, rng_name("rare"));
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            struct difference d = rare_pairs(c, &r);
            covered += d.estimate.low <= exact && exact <= d.estimate.high;
            few += d.differ < STAT_FEW;
        }
        printf("coverage where little differs: %s: %.3f of %d repetitions, %.2f of them with few\n", c->name,
               covered / REPEATS, REPEATS, few / REPEATS);
        /* Three standard errors of 95 % in 2000 are 1.5 %. */
        cr_assert(few > 0.9 * REPEATS && covered / REPEATS > 0.935, "%s: %.3f", c->name, covered / REPEATS);
    }
}

/* Whole steps of 1 s: the 90 % quantiles are atoms, and the estimate is right or a whole step off. */
static double steps_quantile(double scale)
{
    struct hist *h = mem_zero(1, sizeof *h);
    struct quantiles q;
    struct rng r;
    rng_open(&r, 2385, 0, rng_name("steps, exact"));
    hist_init(h);
    quantiles_init(&q);
    for (int i = 0; i < 40000; i++) {
        draw_run(h, &r, scale, SIM_SECOND);
        quantiles_add(&q, h);
    }
    double value = floor(quantiles_estimate(&q, 0.9, 0.95).value + 0.5);
    quantiles_fini(&q);
    mem_free(h);
    return value;
}

Test(paired, quantiles_of_values_in_steps_are_covered_too)
{
    static const double scales[] = {1.1, 1.5};
    struct hist *h = mem_zero(2, sizeof *h);
    hist_init(&h[0]);
    hist_init(&h[1]);
    for (int i = 0; i < 2; i++) {
        double exact = steps_quantile(scales[i]) - steps_quantile(1), covered = 0;
        for (uint64_t repeat = 0; repeat < 400; repeat++) {
            struct paired_quantiles p;
            struct rng r[2];
            for (int side = 0; side < 2; side++) rng_open(&r[side], 2385, repeat, rng_name("steps"));
            paired_quantiles_init(&p);
            for (int run = 0; run < 100; run++) {
                for (int side = 0; side < 2; side++) draw_run(&h[side], &r[side], side ? scales[i] : 1, SIM_SECOND);
                paired_quantiles_add(&p, &h[0], &h[1]);
            }
            struct estimate e = paired_quantiles_estimate(&p, 0.9, 0.95).estimate;
            covered += e.low <= exact && exact <= e.high;
            paired_quantiles_fini(&p);
        }
        printf("coverage in steps: exact %g, %.3f of 400 repetitions\n", exact, covered / 400);
        /* Three standard errors of 95 % in 400 are 3.3 %. */
        cr_assert(covered / 400 > 0.917, "%g: %.3f", scales[i], covered / 400);
    }
    mem_free(h);
}
