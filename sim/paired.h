/* sim/paired.h - by how much two ways to do the same runs differ, when run r of both met the same luck (common random
 * numbers). The run is the unit: what both sides share in it cancels.
 *
 * All accumulators take pairs of runs one by one, in run order, as those of sim/stat.h do. "Base" and "other" are the
 * two sides; every difference is other - base, and swapping the sides negates it to the last bit. Formulas, and how
 * often these intervals hold the exact value: docs/statistics.md. */
#pragma once
#include "sim/stat.h"

/* What the pairs say of one number. */
struct difference {
    /* Other - base. has_value is false where a side counted nothing; has_interval is false where fewer than two pairs
     * say anything, and where nothing ever differed and no bound is known (see below). method: "paired-t",
     * "paired-clopper-pearson-runs", "paired-woodruff", "none". */
    struct estimate estimate;
    /* What pairing saved: the variance that the difference would have if each side had as many runs of its own, by the
     * variance that it has, or that its interval shows where that was widened; below 1 where pairing did harm.
     * INFINITY: the difference never varied, and the sides did. 0: not known, as no side varied, there is no interval,
     * or all of it is what widened it. */
    double saved;
    uint64_t pairs;  /* runs in which both sides had something to count */
    uint64_t differ; /* runs in which the two sides' own numbers were not the same; 0: the variants are alike */
};

/* Sums of (a, b) of both sides, one pair of pairs a run. Kept as sums and differences of the sides, so that what both
 * have in common costs the difference no digits. */
struct paired_ratio {
    uint64_t runs, pairs, differ;
    uint64_t runs_with_b[2];
    double mean[4];          /* of a1 + a2, a2 - a1, b1 + b2, b2 - b1 */
    double products[4][4];   /* sums of products of two of their deviations, */
    double cubes[4][4][4];   /* and of three */
    struct ratio more, less; /* over pairs: by how much the other's a is more, or less, for b things */
};
void paired_ratio_add(struct paired_ratio *p, double base_a, double base_b, double other_a, double other_b);

/* R2 - R1, where R = sum a / sum b of each side, with Student's t on the linearised residuals
 * (a2 - R2 b2) / mean b2 - (a1 - R1 b1) / mean b1, whose skewness is taken out by Hall's transformation (P. Hall, "On
 * the removal of skewness by transformation", J. R. Statist. Soc. B 54, 1992). A run in which one side has b = 0 still
 * has the other's residual, but is no pair: degrees of freedom are pairs - 1.
 *
 * When fewer than STAT_FEW runs differ (and not all do, unless is_share), the interval is widened by Clopper-Pearson
 * over runs, both ways: as many runs as could differ unseen, each by as much as the worst one seen in that direction;
 * in a direction never seen, by all its things (is_share: a of b things) or by as much as the worst in the other one.
 * Where no run differed a share has that bound; what is no share has no interval, as nobody knows how large a
 * difference to fear. */
struct difference paired_ratio_estimate(const struct paired_ratio *p, double level, bool is_share);

/* Histograms of both sides, and groups of runs: run i is of group i modulo PAIRED_GROUPS. They tell how the two
 * distribution functions go together at any pair of places, which is known only at the end. About 60 KB a group and
 * side, of which only pages with values in them are used. */
#define PAIRED_GROUPS 64
struct paired_quantiles {
    struct quantiles sides[2]; /* base, other */
    uint64_t runs;             /* with anything on either side */
    uint64_t pairs, differ;
    struct ratio apart;  /* over pairs: the largest distance of the run's two distribution functions, in values */
    uint64_t *groups[2]; /* PAIRED_GROUPS * HIST_BINS; owned */
    uint64_t counts[2][PAIRED_GROUPS];
};
void paired_quantiles_init(struct paired_quantiles *p);
void paired_quantiles_fini(struct paired_quantiles *p);
void paired_quantiles_add(struct paired_quantiles *p, const struct hist *base, const struct hist *other);

/* The difference of the two share-quantiles (0 < share < 1), seconds. Each quantile is a curve over z, how far its
 * distribution function may be off there in Student's t (Woodruff's interval is its two ends); rho is the correlation
 * of the two z, from the groups. The interval is all differences of the two curves on the ellipse of level t^2 of two
 * normal laws with that correlation. Where both curves are straight lines that is the paired t interval of the
 * linearised quantiles, and MOVER (G. Y. Zou, A. Donner, "Construction of confidence limits about effect measures",
 * Statistics in Medicine 27, 2008); where they have steps (values on a grid, mail that is either at once or hours late)
 * it holds the steps that can be meant. The histogram's resolution is added. Curves end at the longest value seen, as
 * Woodruff's interval does.
 *
 * When fewer than STAT_FEW runs differ (and not all do), it is widened to what Clopper-Pearson over runs leaves
 * possible; no interval where no run differed and that is everything on one side of the quantile. */
struct difference paired_quantiles_estimate(const struct paired_quantiles *p, double share, double level);
