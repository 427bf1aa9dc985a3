/* models/target.c - see models/target.h. */
#include "models/target.h"

static bool is_quantile(const struct target *t)
{
    return metrics[t->metric].method == METRIC_QUANTILE;
}

/* q < T says that a share p is before T; q > T that less than p is within T. Where T itself belongs is the same for
 * both: to the times before it for <= and >. */
static bool counts_the_bound(const struct target *t)
{
    return t->above ? !t->or_equal : t->or_equal;
}

struct search_rule target_rule(const struct target *t)
{
    if (is_quantile(t)) return (struct search_rule){metrics[t->metric].b / 1e4, !t->above, !t->above};
    return (struct search_rule){t->bound, t->above, t->or_equal};
}

/* How many of a histogram's times are before end, or also at it; within the bin of end they are taken to be spread
 * evenly, as for quantiles (sim/hist.h). */
static double count_before(const struct hist *h, sim_time end, bool end_too)
{
    double n = 0;
    if (end_too && end < SIM_LONGEST) end++;
    if (h->count == 0 || h->least >= end) return 0;
    if (h->most < end) return (double)h->count;
    uint32_t last = hist_bin(end);
    for (uint32_t b = h->low; b < last && b <= h->high; b++) n += h->bins[b];
    double low = (double)hist_bin_low(last), high = (double)hist_bin_low(last + 1);
    return n + h->bins[last] * (((double)end - low) / (high - low));
}

void target_add(const struct target *t, struct ratio *sums, const struct tally *tally)
{
    const struct metric *m = &metrics[t->metric];
    if (is_quantile(t)) {
        const struct hist *h = &tally->hists[m->a];
        ratio_add(sums, count_before(h, sim_time_from_seconds(t->bound), counts_the_bound(t)), (double)h->count);
    } else {
        ratio_add(sums, tally_column(tally, (enum column)m->a), tally_column(tally, (enum column)m->b));
    }
}

struct estimate target_estimate(const struct target *t, const struct ratio *sums, double level)
{
    return ratio_estimate(sums, level, is_quantile(t) || metrics[t->metric].unit == UNIT_SHARE);
}
