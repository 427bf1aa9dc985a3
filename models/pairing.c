/* models/pairing.c - see models/pairing.h. */
#include "models/pairing.h"

#include "models/metric.h"
#include "sim/mem.h"

struct pairing {
    struct paired_ratio *ratios; /* one per metric that is a ratio or mean */
    struct paired_quantiles hists[HIST_COUNT];
};

struct pairing *pairing_new(void)
{
    struct pairing *p = mem_zero(1, sizeof *p);
    p->ratios = mem_zero(metric_count, sizeof *p->ratios);
    for (int i = 0; i < HIST_COUNT; i++) paired_quantiles_init(&p->hists[i]);
    return p;
}

void pairing_free(struct pairing *p)
{
    if (!p) return;
    for (int i = 0; i < HIST_COUNT; i++) paired_quantiles_fini(&p->hists[i]);
    mem_free(p->ratios);
    mem_free(p);
}

void pairing_add(struct pairing *p, const struct tally *base, const struct tally *other)
{
    for (size_t i = 0; i < metric_count; i++) {
        if (metrics[i].method == METRIC_QUANTILE) continue;
        enum column a = (enum column)metrics[i].a, b = (enum column)metrics[i].b;
        paired_ratio_add(&p->ratios[i], tally_column(base, a), tally_column(base, b), tally_column(other, a),
                         tally_column(other, b));
    }
    for (int i = 0; i < HIST_COUNT; i++) paired_quantiles_add(&p->hists[i], &base->hists[i], &other->hists[i]);
}

struct difference pairing_metric(const struct pairing *p, size_t metric, double level)
{
    const struct metric *m = &metrics[metric];
    if (m->method == METRIC_QUANTILE) return paired_quantiles_estimate(&p->hists[m->a], m->b / 1e4, level);
    return paired_ratio_estimate(&p->ratios[metric], level, m->unit == UNIT_SHARE);
}
