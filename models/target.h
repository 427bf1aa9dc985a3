/* models/target.h - a metric that is to be below or above a bound, as a rule of sim/search.h.
 *
 * A share or a mean is held against its bound as it is. A quantile is held against it the other way round: "99 % within
 * less than 15 min" is "of the delivered, a share of at least 99 % within less than 15 min". The two say the same, but
 * a share's interval is safe where few runs saw anything late (sim/stat.h), and a quantile's is not: it ends at the
 * latest that was seen. */
#pragma once
#include "models/metric.h"
#include "models/tally.h"
#include "sim/search.h"

struct target {
    size_t metric; /* in metrics[] */
    bool above, or_equal;
    double bound; /* share, seconds or count */
};

/* The rule that decides it, for the estimates of target_estimate. */
struct search_rule target_rule(const struct target *t);

/* Adds a run to the sums (zeros at first). Call in run order. */
void target_add(const struct target *t, struct ratio *sums, const struct tally *tally);

/* What the runs added say: the metric, or of a quantile the share that is before the bound. */
struct estimate target_estimate(const struct target *t, const struct ratio *sums, double level);
