/* models/result.c - see models/result.h. */
#include "models/result.h"

#include "sim/mem.h"

#include <string.h>

struct result *result_new(const struct world_spec *spec)
{
    struct result *r = mem_zero(1, sizeof *r);
    r->spec = spec;
    r->ratios = mem_zero(metric_count, sizeof *r->ratios);
    r->mtas = mem_zero(spec->mta_count, sizeof *r->mtas);
    result_parts_new(r);
    r->faults = mem_zero(spec->fault_count, sizeof *r->faults);
    for (int i = 0; i < HIST_COUNT; i++) quantiles_init(&r->hists[i]);
    return r;
}

void result_free(struct result *r)
{
    if (!r) return;
    for (int i = 0; i < HIST_COUNT; i++) quantiles_fini(&r->hists[i]);
    mem_free(r->ratios);
    mem_free(r->mtas);
    result_parts_free(r);
    mem_free(r->faults);
    mem_free(r);
}

double result_bin_seconds(const struct result *r)
{
    sim_time width = (r->spec->limit + TALLY_BINS - 1) / TALLY_BINS;
    return sim_time_seconds(width < 1 ? 1 : width);
}

static void add_mta(struct result *r, struct mta_result *to, const struct mta_tally *from, double submitted)
{
    double bin = result_bin_seconds(r);
    moments_add(&to->queue, from->queue_area / sim_time_seconds(r->spec->limit));
    moments_add(&to->peak, from->peak);
    to->waited_runs += from->waited;
    if (from->waited && from->drained != SIM_NEVER) moments_add(&to->drained, sim_time_seconds(from->drained));
    for (int i = 0; i < TALLY_BINS; i++) moments_add(&to->series[i], from->queue[i] / bin);
    for (int c = 0; c < CAUSE_COUNT; c++)
        for (int expired = 0; expired < 2; expired++)
            ratio_add(&to->reasons[c][expired], from->reasons[c][expired], submitted);
}

static void add_worst(struct result *r, const struct tally *t)
{
    if (t->worst_message && (r->worst_message == 0 || t->worst_latency > r->worst_latency)) {
        r->worst_message = t->worst_message;
        r->worst_latency = t->worst_latency;
        r->worst_run = t->run;
    }
    if (t->first_bounced && r->bounced_message == 0) {
        r->bounced_message = t->first_bounced;
        r->bounced_run = t->run;
    }
}

void result_add(struct result *r, const struct tally *t)
{
    r->runs++;
    r->events += t->events;
    for (int c = 0; c < COL_COUNT; c++) r->totals[c] += t->counts[c];
    for (size_t i = 0; i < metric_count; i++)
        if (metrics[i].method != METRIC_QUANTILE)
            ratio_add(&r->ratios[i], tally_column(t, (enum column)metrics[i].a),
                      tally_column(t, (enum column)metrics[i].b));
    ratio_add(&r->later, (double)(t->counts[COL_DELIVERED] - t->counts[COL_FIRST_TRY]),
              (double)t->counts[COL_SUBMITTED]);
    for (int i = 0; i < HIST_COUNT; i++) quantiles_add(&r->hists[i], &t->hists[i]);
    for (uint32_t i = 0; i < t->mta_count; i++) add_mta(r, &r->mtas[i], &t->mtas[i], (double)t->counts[COL_SUBMITTED]);
    result_parts_add(r, t);
    double bin = result_bin_seconds(r);
    for (uint32_t f = 0; f < t->fault_count; f++)
        for (int i = 0; i < TALLY_BINS; i++)
            r->faults[f][i] += (t->faults[f][i] / bin - r->faults[f][i]) / (double)r->runs;
    add_worst(r, t);
}

struct estimate result_metric_at(const struct result *r, size_t metric, double level)
{
    const struct metric *m = &metrics[metric];
    if (m->method == METRIC_QUANTILE) return quantiles_estimate(&r->hists[m->a], m->b / 1e4, level);
    return ratio_estimate(&r->ratios[metric], level, m->unit == UNIT_SHARE);
}

struct estimate result_metric(const struct result *r, size_t metric)
{
    return result_metric_at(r, metric, RESULT_LEVEL);
}

struct estimate result_named(const struct result *r, const char *metric)
{
    return result_metric(r, (size_t)(metric_find(metric) - metrics));
}

/* The code that faults make hosts say with this cause, if they all say the same; else null. */
static const char *status_said(const struct world_spec *spec, enum cause cause)
{
    const char *said = NULL;
    for (uint32_t i = 0; i < spec->fault_count; i++) {
        const struct fault_spec *f = &spec->faults[i];
        if (!fault_replies(f->is) || f->cause != cause) continue;
        if (!f->status || (said && strcmp(said, f->status) != 0)) return NULL;
        said = f->status;
    }
    return said;
}

bool result_next_reason(const struct result *r, struct bounce_reason *reason)
{
    while (reason->next < r->spec->mta_count * 2 * CAUSE_COUNT) {
        uint32_t place = reason->next++;
        reason->mta = place / (2 * CAUSE_COUNT);
        reason->cause = (enum cause)(place / 2 % CAUSE_COUNT);
        reason->expired = place % 2;
        const struct mta_params *p = &r->spec->mtas[reason->mta].params;
        const char *said = status_said(r->spec, reason->cause);
        reason->status = reason->expired && p->expired_status ? p->expired_status
                         : said                               ? said
                                                              : p->status[reason->cause];
        reason->share =
            ratio_estimate(&r->mtas[reason->mta].reasons[reason->cause][reason->expired], RESULT_LEVEL, true);
        if (reason->share.has_value && reason->share.value > 0) return true;
    }
    return false;
}

struct estimate result_delivered_later(const struct result *r)
{
    return ratio_estimate(&r->later, RESULT_LEVEL, true);
}

uint32_t result_bins_used(const struct result *r)
{
    uint32_t used = 1;
    for (uint32_t b = 0; b < TALLY_BINS; b++)
        for (uint32_t i = 0; i < r->spec->mta_count; i++)
            if (r->mtas[i].series[b].mean > 0) used = b + 1;
    return used;
}
