/* cli/csv.c - results as tidy CSV: one observation a line, a header, no units in cells. See cli/print.h. */
#include "cli/json_out.h"
#include "cli/print.h"
#include "models/measure.h"

void print_csv(FILE *to, const struct result *r)
{
    fputs("metric,unit,value,low,high,method\n", to);
    for (size_t i = 0; i < metric_count; i++) {
        struct estimate e = result_metric(r, i);
        fprintf(to, "%s,%s,", metrics[i].name, metric_unit_name(metrics[i].unit));
        csv_estimate(to, &e);
        fprintf(to, ",%s\n", e.method);
    }
}

const char *const span_names[HIST_COUNT] = {
    [HIST_LATENCY] = "latency", [HIST_WARNING] = "warning", [HIST_BOUNCE] = "bounce"};

void print_spans_csv(FILE *to, const struct result *r)
{
    fputs("span,low_seconds,high_seconds,count,cdf,cdf_low,cdf_high\n", to);
    for (int h = 0; h < HIST_COUNT; h++) {
        const struct quantiles *q = &r->hists[h];
        struct quantiles_walk w = quantiles_walk_begin(q, RESULT_LEVEL);
        while (quantiles_walk_next(&w)) {
            fprintf(to, "%s,%.10g,%.10g,%.0f,", span_names[h], sim_time_seconds(hist_bin_low(w.bin)),
                    sim_time_seconds(hist_bin_low(w.bin + 1)), (double)q->bins[w.bin]);
            csv_estimate(to, &w.cdf);
            fputc('\n', to);
        }
    }
}

static void outcome(FILE *to, const char *name, const char *by, const char *cause, const char *status,
                    struct estimate e)
{
    fprintf(to, "%s,", name);
    csv_text(to, by);
    fprintf(to, ",%s,%s,", cause, status);
    csv_estimate(to, &e);
    fputc('\n', to);
}

void print_outcomes_csv(FILE *to, const struct result *r)
{
    fputs("outcome,mta,cause,status,share,low,high\n", to);
    outcome(to, "delivered on first try", "", "", "", result_named(r, "first_try_rate"));
    outcome(to, "delivered later", "", "", "", result_delivered_later(r));
    struct bounce_reason reason = {0};
    while (result_next_reason(r, &reason))
        outcome(to, reason.expired ? "bounced: queue lifetime over" : "bounced", r->spec->mtas[reason.mta].name,
                cause_name(reason.cause), reason.status, reason.share);
    outcome(to, "still queued", "", "", "", result_named(r, "queued_rate"));
}

void print_queue_csv(FILE *to, const struct result *r)
{
    double bin = result_bin_seconds(r);
    fputs("seconds,mta,queue,low,high\n", to);
    for (uint32_t i = 0; i < r->spec->mta_count; i++)
        for (uint32_t b = 0; b < result_bins_used(r); b++) {
            struct estimate e = moments_estimate(&r->mtas[i].series[b], RESULT_LEVEL);
            fprintf(to, "%.10g,", (b + 0.5) * bin);
            csv_text(to, r->spec->mtas[i].name);
            fputc(',', to);
            csv_estimate(to, &e);
            fputc('\n', to);
        }
}

void print_outages_csv(FILE *to, const struct result *r)
{
    double bin = result_bin_seconds(r);
    fputs("seconds,fault,on,is,share\n", to);
    for (uint32_t f = 0; f < r->spec->fault_count; f++)
        for (uint32_t b = 0; b < result_bins_used(r); b++)
            for (uint32_t k = 0; k < r->spec->faults[f].on_count; k++) {
                fprintf(to, "%.10g,%u,", (b + 0.5) * bin, (unsigned)f);
                csv_text(to, spec_target_name(r->spec, r->spec->faults[f].on[k]));
                fprintf(to, ",%s,%.10g\n", fault_kind_name(r->spec->faults[f].is), r->faults[f][b]);
            }
}

static const char *const part_words[PART_COUNT] = {
    [PART_CLIENT] = "client", [PART_DESTINATION] = "destination", [PART_MTA] = "mta",       [PART_LANE] = "lane",
    [PART_HOST] = "mx_host",  [PART_RESOLVER] = "resolver",       [PART_NS] = "name_server"};

static void part_row(FILE *to, const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    struct estimate e = measure_of(r, part, index, m);
    if (part == PART_LANE) {
        csv_text(to, r->spec->mtas[lane_mta(r->spec, index)].name);
        fputc(',', to);
    }
    csv_text(to, part_name(r->spec, part, index));
    fprintf(to, ",%s,%s,", m->name, metric_unit_name(m->unit));
    csv_estimate(to, &e);
    fprintf(to, ",%s\n", e.method);
}

void print_part_csv(FILE *to, const struct result *r, enum part part)
{
    fprintf(to, "%s,measure,unit,value,low,high,method\n", part == PART_LANE ? "mta,destination" : part_words[part]);
    for (uint32_t i = 0; i < part_count(r->spec, part); i++) {
        if (!part_is_there(r, part, i)) continue;
        for (const struct measure *m = NULL; (m = measure_next(r->spec, part, i, m));) part_row(to, r, part, i, m);
    }
}
