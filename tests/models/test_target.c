/* tests/models/test_target.c - requirements as rules: quantiles are judged by the share before their bound. */
#include "models/target.h"
#include "sim/mem.h"
#include "sim/rng.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>

static struct target target_of(const char *metric, bool above, bool or_equal, double bound)
{
    return (struct target){(size_t)(metric_find(metric) - metrics), above, or_equal, bound};
}

/* A run's tally with nothing in it but these latencies. */
static struct tally *tally_of(const sim_time *times, size_t count)
{
    static struct tiny t;
    tiny_init(&t, "postfix", "bind", 1, 1);
    struct tally *tally = tally_new(&t.spec);
    for (size_t i = 0; i < count; i++) hist_add(&tally->hists[HIST_LATENCY], times[i]);
    tally->counts[COL_SUBMITTED] = tally->counts[COL_DELIVERED] = count;
    return tally;
}

static enum verdict verdict_of(struct target t, const sim_time *times, size_t count, int runs)
{
    struct tally *tally = tally_of(times, count);
    struct ratio sums = {0};
    for (int i = 0; i < runs; i++) target_add(&t, &sums, tally);
    struct search_rule rule = target_rule(&t);
    struct estimate e = target_estimate(&t, &sums, 0.95);
    tally_free(tally);
    return rule_verdict(&rule, &e);
}

Test(target, a_quantile_is_before_its_bound_when_its_share_is)
{
    sim_time times[2000];
    struct rng r;
    rng_open(&r, 2385, 1, rng_name("latencies"));
    for (size_t i = 0; i < 2000; i++) times[i] = (sim_time)(rng_exponential(&r) * 1e9);
    struct tally *tally = tally_of(times, 2000);
    struct quantiles q;
    quantiles_init(&q);
    quantiles_add(&q, &tally->hists[HIST_LATENCY]);
    double p90 = quantiles_estimate(&q, 0.9, 0.95).value;
    int before = 0, after = 0;
    for (double bound = p90 / 2; bound < 2 * p90; bound *= 1.0007) {
        struct target t = target_of("latency.p90", false, false, bound);
        struct ratio sums = {0};
        target_add(&t, &sums, tally);
        double share = target_estimate(&t, &sums, 0.95).value;
        if (fabs(bound / p90 - 1) < 1e-9) continue;
        cr_assert_eq(share >= 0.9, p90 < bound, "bound %.9g, p90 %.9g, share %.9g", bound, p90, share);
        before += bound<p90, after += bound> p90;
    }
    cr_assert(before > 100 && after > 100);
    quantiles_fini(&q);
    tally_free(tally);
}

/* All mail takes exactly as long as the bound. */
Test(target, the_bound_itself_belongs_where_the_sign_says)
{
    sim_time times[2000];
    for (int i = 0; i < 2000; i++) times[i] = 110 * SIM_MS;
    cr_assert_eq(verdict_of(target_of("latency.p99", false, true, 0.11), times, 2000, 1000), VERDICT_MET);
    cr_assert_eq(verdict_of(target_of("latency.p99", false, false, 0.11), times, 2000, 1000), VERDICT_NOT_MET);
    cr_assert_eq(verdict_of(target_of("latency.p99", true, true, 0.11), times, 2000, 1000), VERDICT_MET);
    cr_assert_eq(verdict_of(target_of("latency.p99", true, false, 0.11), times, 2000, 1000), VERDICT_NOT_MET);
    /* In the same bin of the histogram, but all of it on one side. */
    cr_assert_eq(verdict_of(target_of("latency.p99", false, false, 0.1101), times, 2000, 1000), VERDICT_MET);
    cr_assert_eq(verdict_of(target_of("latency.p99", true, false, 0.1099), times, 2000, 1000), VERDICT_MET);
}

/* 100 runs with one message each, all in time: that is no proof that 99 of 100 are. 1000 runs are. */
Test(target, what_was_never_late_may_still_be)
{
    sim_time one = SIM_SECOND;
    struct target t = target_of("latency.p99", false, false, 60);
    cr_assert_eq(verdict_of(t, &one, 1, 100), VERDICT_OPEN);
    cr_assert_eq(verdict_of(t, &one, 1, 1000), VERDICT_MET);
    cr_assert_eq(verdict_of(t, NULL, 0, 1000), VERDICT_OPEN, "no mail shows nothing");
}

Test(target, shares_and_means_are_held_against_the_bound_as_they_are)
{
    struct search_rule share =
        target_rule(&(struct target){(size_t)(metric_find("bounce_rate") - metrics), false, true, 0.02});
    cr_assert(!share.above && share.or_equal && share.bound == 0.02);
    sim_time times[4] = {SIM_SECOND, SIM_SECOND, 2 * SIM_SECOND, 4 * SIM_SECOND};
    struct tally *tally = tally_of(times, 4);
    struct target mean = target_of("latency.mean", false, false, 3);
    struct ratio sums = {0};
    tally->latency_sum = 8 * (unsigned long)SIM_SECOND;
    for (int i = 0; i < 10; i++) target_add(&mean, &sums, tally);
    cr_assert_float_eq(target_estimate(&mean, &sums, 0.95).value, 2, 1e-12);
    tally_free(tally);
}
