/* cli/json.c - the result as JSON, "mxsim-result-1". See cli/print.h and docs/result-format.md. */
#include "cli/json_out.h"
#include "cli/print.h"

#include <inttypes.h>
#include <math.h>

static void put_head(FILE *to, const struct scenario *s, const struct options *o, const struct simulation *sim)
{
    fprintf(to, "  \"format\": \"mxsim-result-1\",\n  \"version\": \"%s\",\n", MXSIM_VERSION);
    fprintf(to, "  \"scenario\": {\n    ");
    json_pair(to, "name", s->spec->name, ",\n    ");
    json_pair(to, "why", s->spec->why, ",\n    ");
    json_pair(to, "ask", s->spec->ask, ",\n    ");
    fprintf(to, "\"hash\": \"%016" PRIx64 "\",\n    \"mail_seconds\": %.10g,\n    \"limit_seconds\": %.10g\n  },\n",
            s->hash, sim_time_seconds(s->spec->mail), sim_time_seconds(s->spec->limit));
    /* The seed as text: JSON numbers above 2^53 are rounded by most readers. */
    fprintf(to,
            "  \"options\": {\"seed\": \"%" PRIu64 "\", \"runs\": %" PRIu64 ", \"level\": %.10g},\n"
            "  \"runs\": %" PRIu64 ",\n  \"complete\": %s,\n  \"events\": %" PRIu64 ",\n",
            o->seed, sim->rounds.limit, RESULT_LEVEL, sim->result->runs, sim->interrupted ? "false" : "true",
            sim->result->events);
}

/* What --precision asked for, and what came of it. */
static void put_precision(FILE *to, const struct simulation *sim)
{
    static const char *const states[] = {
        [STOPPING_MET] = "met", [STOPPING_MORE] = "more runs", [STOPPING_NEVER] = "never"};
    fprintf(to, "  \"precision\": [");
    for (size_t i = 0; i < sim->rounds.count; i++) {
        const struct precision *p = &sim->rounds.goals[i];
        const struct stopping_answer *a = &sim->answers[i];
        fprintf(to, "%s\n    {", i ? "," : "");
        json_pair(to, "metric", metrics[p->metric].name, ", ");
        fprintf(to, "\"asked\": %.10g, \"relative\": %s, ", p->goal.asked, p->goal.relative ? "true" : "false");
        json_pair(to, "state", states[a->state], ", \"reached\": ");
        fprintf(to, isfinite(a->reached) ? "%.10g" : "null", a->reached);
        fprintf(to, a->need > 0 ? ", \"runs_needed\": %.10g}" : ", \"runs_needed\": null}", a->need);
    }
    fprintf(to, "%s],\n", sim->rounds.count ? "\n  " : "");
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
        json_estimate(to, result_metric(r, i));
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
        json_pair(to, "mta", r->spec->mtas[reason.mta].name, ", ");
        json_pair(to, "cause", cause_name(reason.cause), ", ");
        json_pair(to, "words", cause_words(reason.cause), ", ");
        json_pair(to, "status", reason.status, ", ");
        fprintf(to, "\"expired\": %s, ", reason.expired ? "true" : "false");
        json_estimate(to, reason.share);
        fputc('}', to);
        any = true;
    }
    fprintf(to, "%s],\n", any ? "\n  " : "");
}

/* The members that close a part's object. */
static void put_measures(FILE *to, const struct result *r, enum part part, uint32_t index)
{
    const struct measure *m = NULL;
    bool any = false;
    fprintf(to, ",\n     \"measures\": {");
    while ((m = measure_next(r->spec, part, index, m))) {
        fprintf(to, "%s\n      \"%s\": {", any ? "," : "", m->name);
        json_estimate(to, measure_of(r, part, index, m));
        fprintf(to, ", \"unit\": \"%s\"}", metric_unit_name(m->unit));
        any = true;
    }
    fprintf(to, "}}");
}

/* Parts of which there is nothing to tell but their measures. */
static void put_parts(FILE *to, const struct result *r, const char *member, enum part part)
{
    bool any = false;
    fprintf(to, "  \"%s\": [", member);
    for (uint32_t i = 0; i < part_count(r->spec, part); i++) {
        if (!part_is_there(r, part, i)) continue;
        fprintf(to, "%s\n    {", any ? "," : "");
        if (part == PART_LANE) json_pair(to, "mta", r->spec->mtas[lane_mta(r->spec, i)].name, ", ");
        json_pair(to, part == PART_LANE ? "destination" : "name", part_name(r->spec, part, i), "");
        put_measures(to, r, part, i);
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
        json_pair(to, "name", r->spec->mtas[i].name, ", ");
        json_pair(to, "profile", r->spec->mtas[i].profile, ",\n     ");
        fprintf(to, "\"queue\": {");
        json_estimate(to, moments_estimate(&m->queue, RESULT_LEVEL));
        fprintf(to, "},\n     \"peak\": {");
        json_estimate(to, moments_estimate(&m->peak, RESULT_LEVEL));
        fprintf(to, ", \"most\": %.10g},\n     \"drained_seconds\": {", m->peak.most);
        json_estimate(to, moments_estimate(&m->drained, RESULT_LEVEL));
        fprintf(to, ", \"runs\": %" PRIu64 ", \"waited_runs\": %" PRIu64 "},\n     \"queue_series\": ", m->drained.runs,
                m->waited_runs);
        put_series(to, r, m->series);
        put_measures(to, r, PART_MTA, i);
    }
    fprintf(to, "\n  ],\n");
}

static void put_clients(FILE *to, const struct result *r)
{
    fprintf(to, "  \"clients\": [");
    for (uint32_t i = 0; i < r->spec->client_count; i++) {
        const struct mail_result *c = &r->clients[i];
        fprintf(to, "%s\n    {", i ? "," : "");
        json_pair(to, "name", r->spec->clients[i].name, ", ");
        json_pair(to, "via", r->spec->mtas[r->spec->clients[i].via].name, ",\n     ");
        fprintf(to, "\"delivered\": {");
        json_estimate(to, ratio_estimate(&c->delivered, RESULT_LEVEL, true));
        fprintf(to, "},\n     \"bounced\": {");
        json_estimate(to, ratio_estimate(&c->bounced, RESULT_LEVEL, true));
        fprintf(to, "},\n     \"latency_seconds\": {");
        json_estimate(to, ratio_estimate(&c->latency, RESULT_LEVEL, false));
        fprintf(to, "}");
        put_measures(to, r, PART_CLIENT, i);
    }
    fprintf(to, "%s],\n", r->spec->client_count ? "\n  " : "");
}

static void put_failures(FILE *to, const struct host_result *h)
{
    bool any = false;
    fprintf(to, ",\n     \"failures\": [");
    for (int c = 0; c < CAUSE_COUNT; c++) {
        if (h->failures[c].most == 0) continue;
        fprintf(to, "%s\n      {", any ? "," : "");
        json_pair(to, "cause", cause_name((enum cause)c), ", ");
        json_pair(to, "words", cause_words((enum cause)c), ", ");
        json_estimate(to, moments_estimate(&h->failures[c], RESULT_LEVEL));
        fputc('}', to);
        any = true;
    }
    fprintf(to, "]");
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
        json_pair(to, "name", r->spec->mx_hosts[i].host.name, "");
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            fprintf(to, ",\n     \"%s\": {", rows[k].name);
            json_estimate(to, moments_estimate(rows[k].moments, RESULT_LEVEL));
            fprintf(to, "}");
        }
        put_failures(to, h);
        put_measures(to, r, PART_HOST, i);
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
            json_text(to, spec_target_name(r->spec, fault->on[k]));
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
    put_precision(to, sim);
    put_totals(to, r);
    put_metrics(to, r);
    put_bounces(to, r);
    put_mtas(to, r);
    put_parts(to, r, "lanes", PART_LANE);
    put_clients(to, r);
    put_parts(to, r, "destinations", PART_DESTINATION);
    put_hosts(to, r);
    put_parts(to, r, "resolvers", PART_RESOLVER);
    put_parts(to, r, "name_servers", PART_NS);
    put_faults(to, r);
    put_spans(to, r);
    put_worst(to, r);
    json_left_out(to);
    fprintf(to, "}\n");
}
