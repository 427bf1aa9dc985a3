/* cli/json.c - the result as JSON, "mxsim-result-1". See cli/print.h and docs/result-format.md.
 *
 * Written by hand, not through cJSON: numbers need one fixed form (10 significant digits, integers whole) so that the
 * same result is the same bytes everywhere, and cJSON's printer loses bits. */
#include "cli/print.h"
#include "models/left_out.h"

#include <inttypes.h>

static void put_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(to, "\\%c", *p);
        else if (*p < 0x20)
            fprintf(to, "\\u%04x", *p);
        else
            fputc(*p, to);
    }
    fputc('"', to);
}

/* "name": "text", followed by end. */
static void put_pair(FILE *to, const char *name, const char *text, const char *end)
{
    fprintf(to, "\"%s\": ", name);
    put_text(to, text);
    fputs(end, to);
}

/* The members value, low, high and method; null where there is none. */
static void put_estimate(FILE *to, struct estimate e)
{
    if (e.has_value)
        fprintf(to, "\"value\": %.10g", e.value);
    else
        fprintf(to, "\"value\": null");
    if (e.has_interval)
        fprintf(to, ", \"low\": %.10g, \"high\": %.10g", e.low, e.high);
    else
        fprintf(to, ", \"low\": null, \"high\": null");
    fprintf(to, ", \"method\": \"%s\"", e.method);
}

static void put_head(FILE *to, const struct scenario *s, const struct options *o, const struct simulation *sim)
{
    fprintf(to, "  \"format\": \"mxsim-result-1\",\n  \"version\": \"%s\",\n", MXSIM_VERSION);
    fprintf(to, "  \"scenario\": {\n    ");
    put_pair(to, "name", s->spec->name, ",\n    ");
    put_pair(to, "why", s->spec->why, ",\n    ");
    put_pair(to, "ask", s->spec->ask, ",\n    ");
    fprintf(to, "\"hash\": \"%016" PRIx64 "\",\n    \"mail_seconds\": %.10g,\n    \"limit_seconds\": %.10g\n  },\n",
            s->hash, sim_time_seconds(s->spec->mail), sim_time_seconds(s->spec->limit));
    /* The seed as text: JSON numbers above 2^53 are rounded by most readers. */
    fprintf(to,
            "  \"options\": {\"seed\": \"%" PRIu64 "\", \"runs\": %" PRIu64 ", \"level\": %.10g},\n"
            "  \"runs\": %" PRIu64 ",\n  \"complete\": %s,\n  \"events\": %" PRIu64 ",\n",
            o->seed, o->runs, RESULT_LEVEL, sim->result->runs, sim->interrupted ? "false" : "true",
            sim->result->events);
}

static void put_totals(FILE *to, const struct result *r)
{
    static const char *const names[COL_COUNT] = {
        [COL_SUBMITTED] = "submitted",
        [COL_DELIVERED] = "delivered",
        [COL_BOUNCED] = "bounced",
        [COL_QUEUED] = "queued",
        [COL_FIRST_TRY] = "first_try",
        [COL_VIA_BACKUP] = "via_backup",
        [COL_WARNED] = "warned",
        [COL_PUT_OFF] = "put_offs",
        [COL_ATTEMPTS] = "attempts",
        [COL_SESSIONS] = "sessions",
        [COL_QUERIES] = "queries",
        [COL_PACKETS] = "packets",
        [COL_REPORTS] = "reports",
        [COL_REPORTS_DELIVERED] = "reports_delivered",
        [COL_REPORTS_DROPPED] = "reports_dropped",
        [COL_REPORTS_QUEUED] = "reports_queued",
    };
    fprintf(to, "  \"totals\": {");
    for (int c = COL_SUBMITTED; c < COL_LATENCY; c++)
        fprintf(to, "%s\"%s\": %" PRIu64, c == COL_SUBMITTED ? "" : ", ", names[c], r->totals[c]);
    fprintf(to, "},\n");
}

static void put_metrics(FILE *to, const struct result *r)
{
    fprintf(to, "  \"metrics\": {\n");
    for (size_t i = 0; i < metric_count; i++) {
        fprintf(to, "    \"%s\": {", metrics[i].name);
        put_estimate(to, result_metric(r, i));
        fprintf(to, ", \"unit\": \"%s\", \"what\": \"%s\"}%s\n", metric_unit_name(metrics[i].unit), metrics[i].what,
                i + 1 < metric_count ? "," : "");
    }
    fprintf(to, "  },\n");
}

static void put_bounces(FILE *to, const struct result *r)
{
    struct bounce_reason reason = {0};
    bool any = false;
    fprintf(to, "  \"bounces\": [");
    while (result_next_reason(r, &reason)) {
        fprintf(to, "%s\n    {", any ? "," : "");
        put_pair(to, "mta", r->spec->mtas[reason.mta].name, ", ");
        put_pair(to, "cause", cause_name(reason.cause), ", ");
        put_pair(to, "words", cause_words(reason.cause), ", ");
        put_pair(to, "status", reason.status, ", ");
        fprintf(to, "\"expired\": %s, ", reason.expired ? "true" : "false");
        put_estimate(to, reason.share);
        fputc('}', to);
        any = true;
    }
    fprintf(to, "%s],\n", any ? "\n  " : "");
}

static void put_series(FILE *to, const struct result *r, const struct moments *m)
{
    fprintf(to, "[");
    for (uint32_t b = 0; b < result_bins_used(r); b++) fprintf(to, "%s%.10g", b ? ", " : "", m[b].mean);
    fprintf(to, "]");
}

static void put_mtas(FILE *to, const struct result *r)
{
    fprintf(to, "  \"series\": {\"bin_seconds\": %.10g, \"bins\": %u},\n  \"mtas\": [", result_bin_seconds(r),
            (unsigned)result_bins_used(r));
    for (uint32_t i = 0; i < r->spec->mta_count; i++) {
        const struct mta_result *m = &r->mtas[i];
        fprintf(to, "%s\n    {", i ? "," : "");
        put_pair(to, "name", r->spec->mtas[i].name, ", ");
        put_pair(to, "profile", r->spec->mtas[i].profile, ",\n     ");
        fprintf(to, "\"queue\": {");
        put_estimate(to, moments_estimate(&m->queue, RESULT_LEVEL));
        fprintf(to, "},\n     \"peak\": {");
        put_estimate(to, moments_estimate(&m->peak, RESULT_LEVEL));
        fprintf(to, ", \"most\": %.10g},\n     \"drained_seconds\": {", m->peak.most);
        put_estimate(to, moments_estimate(&m->drained, RESULT_LEVEL));
        fprintf(to, ", \"runs\": %" PRIu64 ", \"waited_runs\": %" PRIu64 "},\n     \"queue_series\": ", m->drained.runs,
                m->waited_runs);
        put_series(to, r, m->series);
        fprintf(to, "}");
    }
    fprintf(to, "\n  ],\n");
}

static void put_clients(FILE *to, const struct result *r)
{
    fprintf(to, "  \"clients\": [");
    for (uint32_t i = 0; i < r->spec->client_count; i++) {
        const struct client_result *c = &r->clients[i];
        fprintf(to, "%s\n    {", i ? "," : "");
        put_pair(to, "name", r->spec->clients[i].name, ", ");
        put_pair(to, "via", r->spec->mtas[r->spec->clients[i].via].name, ",\n     ");
        fprintf(to, "\"delivered\": {");
        put_estimate(to, ratio_estimate(&c->delivered, RESULT_LEVEL, true));
        fprintf(to, "},\n     \"bounced\": {");
        put_estimate(to, ratio_estimate(&c->bounced, RESULT_LEVEL, true));
        fprintf(to, "},\n     \"latency_seconds\": {");
        put_estimate(to, ratio_estimate(&c->latency, RESULT_LEVEL, false));
        fprintf(to, "}}");
    }
    fprintf(to, "%s],\n", r->spec->client_count ? "\n  " : "");
}

static void put_hosts(FILE *to, const struct result *r)
{
    fprintf(to, "  \"mx_hosts\": [");
    for (uint32_t i = 0; i < r->spec->mx_host_count; i++) {
        const struct host_result *h = &r->hosts[i];
        const struct {
            const char *name;
            const struct moments *moments;
        } rows[] = {{"connections", &h->connections},
                    {"accepted", &h->accepted},
                    {"turned_away", &h->turned_away},
                    {"busy", &h->busy},
                    {"peak_sessions", &h->peak}};
        fprintf(to, "%s\n    {", i ? "," : "");
        put_pair(to, "name", r->spec->mx_hosts[i].host.name, "");
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            fprintf(to, ",\n     \"%s\": {", rows[k].name);
            put_estimate(to, moments_estimate(rows[k].moments, RESULT_LEVEL));
            fprintf(to, "}");
        }
        fprintf(to, "}");
    }
    fprintf(to, "%s],\n", r->spec->mx_host_count ? "\n  " : "");
}

static void put_faults(FILE *to, const struct result *r)
{
    fprintf(to, "  \"faults\": [");
    for (uint32_t f = 0; f < r->spec->fault_count; f++) {
        const struct fault_spec *fault = &r->spec->faults[f];
        fprintf(to, "%s\n    {\"on\": [", f ? "," : "");
        for (uint32_t k = 0; k < fault->on_count; k++) {
            if (k) fputs(", ", to);
            put_text(to, spec_target_name(r->spec, fault->on[k]));
        }
        fprintf(to, "], \"is\": \"%s\", \"share_series\": [", fault_kind_name(fault->is));
        for (uint32_t b = 0; b < result_bins_used(r); b++) fprintf(to, "%s%.10g", b ? ", " : "", r->faults[f][b]);
        fprintf(to, "]}");
    }
    fprintf(to, "%s],\n", r->spec->fault_count ? "\n  " : "");
}

static void put_spans(FILE *to, const struct result *r)
{
    fprintf(to, "  \"spans\": {\n");
    for (int h = 0; h < HIST_COUNT; h++) {
        const struct quantiles *q = &r->hists[h];
        struct quantiles_walk w = quantiles_walk_begin(q, RESULT_LEVEL);
        bool first = true;
        fprintf(to, "    \"%s\": {\"count\": %" PRIu64 ", ", span_names[h], q->count);
        if (q->count) fprintf(to, "\"least_ns\": %" PRId64 ", \"most_ns\": %" PRId64 ", ", q->least, q->most);
        fprintf(to, "\"bins\": [");
        while (quantiles_walk_next(&w)) {
            fprintf(to, "%s[%" PRId64 ", %" PRId64 ", %" PRIu64 "]", first ? "" : ", ", hist_bin_low(w.bin),
                    hist_bin_low(w.bin + 1), q->bins[w.bin]);
            first = false;
        }
        fprintf(to, "]}%s\n", h + 1 < HIST_COUNT ? "," : "");
    }
    fprintf(to, "  },\n");
}

static void put_worst(FILE *to, const struct result *r)
{
    fprintf(to, "  \"worst\": ");
    if (r->worst_message)
        fprintf(to, "{\"run\": %" PRIu64 ", \"message\": %u, \"seconds\": %.10g}", r->worst_run,
                (unsigned)r->worst_message, sim_time_seconds(r->worst_latency));
    else
        fprintf(to, "null");
    fprintf(to, ",\n  \"first_bounce\": ");
    if (r->bounced_message)
        fprintf(to, "{\"run\": %" PRIu64 ", \"message\": %u}", r->bounced_run, (unsigned)r->bounced_message);
    else
        fprintf(to, "null");
    fprintf(to, ",\n");
}

void print_json(FILE *to, const struct scenario *s, const struct options *o, const struct simulation *sim)
{
    const struct result *r = sim->result;
    fprintf(to, "{\n");
    put_head(to, s, o, sim);
    put_totals(to, r);
    put_metrics(to, r);
    put_bounces(to, r);
    put_mtas(to, r);
    put_clients(to, r);
    put_hosts(to, r);
    put_faults(to, r);
    put_spans(to, r);
    put_worst(to, r);
    fprintf(to, "  \"left_out\": [");
    for (int i = 0; left_out[i]; i++) {
        fprintf(to, "%s\n    ", i ? "," : "");
        put_text(to, left_out[i]);
    }
    fprintf(to, "\n  ]\n}\n");
}
