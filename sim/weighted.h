/* sim/weighted.h - shares from runs that were drawn by another law than the one that is asked about, each with the
 * weight that makes up for it (importance sampling). The run is the unit, as in sim/stat.h.
 *
 * Run r counts a_r of b_r things and weighs w_r; the mean of all weights is 1 by their making. b must not depend on
 * what was drawn differently: then the mean of b needs no weights. */
#pragma once
#include "sim/stat.h"

struct weighted {
    uint64_t runs, seen;         /* seen: with a > 0 */
    double mean[3], cross[3][3]; /* of w a, (w - 1) b and b, and their products of deviations (Welford) */
    double aa, ab, bb;           /* sums of w a^2, w a b, w b^2 */
    double weights, squares;     /* sums of w, w^2 */
    double largest;              /* w a of one run */
    double heaviest;             /* w of one run */
};

/* 0 <= a <= b, weight > 0. */
void weighted_add(struct weighted *x, double weight, double a, double b);

/* The share sum a / sum b that unweighted runs would give. Its interval is Student's t over runs, of the logarithm
 * ("weighted-t"): weights make estimates skewed, and those that are too low believe themselves too good. What the mean
 * of the weights misses 1 by is taken out by regression, once STAT_FEW runs have seen the thing (control variate: Owen
 * and Zhou, "Safe and effective importance sampling", JASA 95, 2000). When fewer have, the upper end is also
 * Clopper-Pearson's for the share of such runs, each like the worst one seen ("weighted-few"); if none has, each all of
 * its mail and of weight most_weight, the largest there can be. */
struct estimate weighted_estimate(const struct weighted *x, double level, double most_weight);

/* Standard error / estimate; infinite while nothing was seen. */
double weighted_error(const struct weighted *x);

/* Expected square of a unweighted run's residual a - share b, by the square of mean b: over n this is the squared
 * standard error that n unweighted runs would have. */
double weighted_plain_variance(const struct weighted *x);
