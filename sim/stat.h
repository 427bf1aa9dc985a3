/* sim/stat.h - from runs to numbers with intervals. The run is the unit: what happens within one run shares its outages
 * and is not independent; runs are.
 *
 * All accumulators take runs one by one, in run order, so that their sums have the same bits for any thread count. */
#pragma once
#include "sim/hist.h"

#include <stdbool.h>

/* An estimate with its two-sided interval. has_interval is false where one run, or nothing, says nothing of spread;
 * then low and high equal value. has_value is false where nothing was counted at all (a share of no messages). */
struct estimate {
    double value, low, high;
    bool has_value, has_interval;
    const char *method; /* "ratio-t", "clopper-pearson-runs", "woodruff", "mean-t", "none": docs/statistics.md */
};

/* Student's t quantile for a two-sided interval of level (0.95) with df > 0 degrees of freedom. */
double stat_t(double level, double df);

/* Clopper-Pearson: bounds of a probability when k of n independent trials succeeded. Each one-sided error is
 * (1 - level) / 2. 0 <= k <= n, n > 0. */
void stat_clopper_pearson(double level, uint64_t k, uint64_t n, double *low, double *high);

/* Sums of pairs (a, b), one pair a run, for the ratio sum a / sum b. Welford's update, so large counts lose nothing. */
struct ratio {
    uint64_t runs;
    double mean_a, mean_b, aa, ab, bb;  /* the last three: sums of products of deviations */
    double aaa, aab, abb, bbb;          /* and of three deviations */
    uint64_t runs_with_b;               /* runs with b > 0: the others say nothing of a / b */
    uint64_t runs_with_a, runs_without; /* runs with a > 0; runs with a < b: for shares */
    double largest, largest_gap;        /* the largest a, and the largest b - a, of one run */
};
void ratio_add(struct ratio *r, double a, double b);

/* sum a / sum b with Student's t on the residuals a - value * b (m - 1 degrees of freedom, where m runs have b > 0; no
 * interval for m < 2), corrected for their skewness by P. Hall's transformation ("On the removal of skewness by
 * transformation", Journal of the Royal Statistical Society B 54, 1992): where a few runs make up most of a, the upper
 * side is the longer one. a and b are never negative, so the interval begins at 0 or later. is_share: a of b things,
 * 0 <= a <= b; then the interval ends at 1, and when fewer than STAT_FEW runs saw it happen (or saw it not happen) it
 * is the t interval as it is, widened by Clopper-Pearson over runs: no bounce in m runs is never "0 %", but at most the
 * rule of three's bound. */
#define STAT_FEW 20
struct estimate ratio_estimate(const struct ratio *r, double level, bool is_share);

/* Skewness of the residuals a - value * b over the runs with b > 0; 0 where they do not differ. */
double ratio_skewness(const struct ratio *r);

/* The merged histogram of all runs, and what is needed for the variance of its distribution function at every bin:
 * per bin the differences of the sum over runs of F_r^2 and F_r n_r, where F_r is a run's count up to the bin. */
struct quantiles {
    uint32_t shift; /* 0: of struct hist; ROUGH_SHIFT: of struct rough_hist */
    uint64_t runs;  /* with anything in them: the others say nothing of the distribution */
    uint64_t count;
    uint32_t low, high;
    sim_time least, most;
    double sum_nn;
    uint64_t *bins; /* HIST_BINS >> shift of each; owned */
    double *d_ff, *d_fn;
};
void quantiles_init(struct quantiles *q);
void quantiles_fini(struct quantiles *q);
void quantiles_add(struct quantiles *q, const struct hist *h);

/* The same of rough histograms. */
void quantiles_init_rough(struct quantiles *q);
void quantiles_add_rough(struct quantiles *q, const struct rough_hist *h);

/* The share-quantile (0 < share < 1) in seconds, linear within its bin, with Woodruff's interval: all values at which
 * the distribution function, a ratio estimate over runs, is within Student's t of share. */
struct estimate quantiles_estimate(const struct quantiles *q, double share, double level);

/* The value this part (0 .. 1) of the way through a bin, seconds, held within the least and the most that was seen. */
double quantiles_in_bin(const struct quantiles *q, uint32_t bin, double part);

/* Goes through the bins that hold something, upwards: cdf is the distribution function at a bin's upper edge, with its
 * interval over runs. */
struct quantiles_walk {
    const struct quantiles *q;
    double level, t;
    uint32_t next, bin;
    double count, ff, fn;
    struct estimate cdf;
};
struct quantiles_walk quantiles_walk_begin(const struct quantiles *q, double level);
bool quantiles_walk_next(struct quantiles_walk *w);

/* Mean, spread and largest of one number a run (Welford), never negative. */
struct moments {
    uint64_t runs;
    double mean, squares, most;
};
void moments_add(struct moments *m, double x);

/* The mean with Student's t, not below 0. */
struct estimate moments_estimate(const struct moments *m, double level);
