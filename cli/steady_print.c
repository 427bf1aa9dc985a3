/* cli/steady_print.c - the answer of --steady as a table and as JSON. See cli/steady.h. */
#include "cli/json_out.h"
#include "cli/options.h"
#include "cli/steady.h"
#include "cli/words.h"
#include "models/left_out.h"
#include "models/result.h"

#include <inttypes.h>

/* ---- the table ---- */

static void line(FILE *to, const char *name, const char *value, const char *more)
{
    fprintf(to, "  %-34s %12s   %s\n", name, value, more);
}

/* Of one run: what was deleted, and what the mean would be with it. */
static void warm_up_line(FILE *to, const struct steady_result *r, uint32_t m)
{
    const struct steady *s = &r->answers[m].run;
    char warm_up[64], number[64], all[64], part[160], with_all[64], more[300];
    if (m >= STEADY_QUEUE)
        snprintf(part, sizeof part, "of %s", words_seconds(sim_time_seconds(r->scenario->spec->mail), number));
    else
        snprintf(part, sizeof part, "%s of %s messages", words_count((double)s->deleted, number),
                 words_count((double)s->observations, all));
    snprintf(more, sizeof more, "%s; with them %s", part, words_value(steady_metric_unit(m), s->with_all, with_all));
    line(to, "  deleted as warm-up", words_seconds(r->answers[m].warm_ups.mean, warm_up), s->deleted ? more : part);
}

/* And what was made of the rest. */
static void batch_lines(FILE *to, const struct steady_result *r, uint32_t m)
{
    const struct steady *s = &r->answers[m].run;
    char number[64], size[64], more[200];
    bool queue = m >= STEADY_QUEUE;
    if (!s->mean.has_interval) {
        fprintf(to, "    all batches are the same: that tells nothing of spread\n");
        return;
    }
    double bin = sim_time_seconds(r->scenario->spec->mail) / STEADY_BINS;
    snprintf(number, sizeof number, "%" PRIu32, s->batches);
    snprintf(more, sizeof more, "of %s%s, correlation %.3f",
             queue ? words_seconds(bin * (double)s->batch_size, size) : words_count((double)s->batch_size, size),
             queue ? "" : " messages", s->correlation);
    line(to, "  batches", number, more);
    line(to, "  worth", words_count(s->worth, number), queue ? "independent looks" : "independent messages");
}

static void metric_lines(FILE *to, const struct steady_result *r, uint32_t m, const char *name)
{
    const struct steady_answer *a = &r->answers[m];
    enum metric_unit unit = steady_metric_unit(m);
    char value[64], interval[160];
    if (!a->mean.has_value) {
        line(to, name, "-", "too little to measure");
        return;
    }
    line(to, name, words_value(unit, a->mean.value, value), words_interval(unit, &a->mean, interval));
    if (r->runs == 1) {
        warm_up_line(to, r, m);
        batch_lines(to, r, m);
        return;
    }
    char most[64], more[100];
    snprintf(more, sizeof more, "mean over runs; at most %s", words_seconds(a->warm_ups.most, most));
    line(to, "  deleted as warm-up", words_seconds(a->warm_ups.mean, value), more);
}

static void say_line(void *to, const char *text)
{
    fprintf(to, "caution: %s\n", text);
}

static void foot(FILE *to, const struct steady_result *r)
{
    char seconds[64], events[64], rate[64];
    unsigned threads = r->options->threads;
    fprintf(to, "\nleft out of the model:\n");
    for (int i = 0; left_out[i]; i++) fprintf(to, "  - %s\n", left_out[i]);
    fprintf(to, "\n%" PRIu64 " run%s, seed %" PRIu64 ", %u thread%s, %s, %s events, %s events/s\n", r->runs,
            r->runs == 1 ? "" : "s", r->options->seed, threads, threads == 1 ? "" : "s",
            words_seconds(r->seconds, seconds), words_count((double)r->events, events),
            words_count(r->seconds > 0 ? (double)r->events / r->seconds : 0, rate));
}

void steady_print_table(FILE *to, const struct steady_result *r)
{
    const struct world_spec *spec = r->scenario->spec;
    char mail[32], count[64];
    fprintf(to, "%s\n", spec->name);
    if (spec->ask[0]) fprintf(to, "%s\n", spec->ask);
    fprintf(to, "%" PRIu64 " run%s: mail is sent for %s; %s messages a run on average\n", r->runs,
            r->runs == 1 ? "" : "s", sim_time_text(spec->mail, mail),
            words_count((double)r->written / (double)r->runs, count));
    fprintf(to, "\n%-36s %12s   95 %% interval\n", "steady state, after the warm-up", "");
    metric_lines(to, r, STEADY_LATENCY, "mean time from send to mailbox");
    metric_lines(to, r, STEADY_FIRST_TRY, "delivered without being deferred");
    metric_lines(to, r, STEADY_BOUNCED, "bounced");
    for (uint32_t i = 0; i < spec->mta_count; i++) {
        char name[128];
        snprintf(name, sizeof name, "mean queue of %s", spec->mtas[i].name);
        metric_lines(to, r, STEADY_QUEUE + i, name);
    }
    fprintf(to, "\n");
    if (steady_cautions(r, say_line, to) == 0) fprintf(to, "nothing speaks against a steady state\n");
    foot(to, r);
}

/* ---- JSON ---- */

static void put_number(FILE *to, const char *before, const char *name, bool known, double value)
{
    if (known)
        fprintf(to, "%s\"%s\": %.10g", before, name, value);
    else
        fprintf(to, "%s\"%s\": null", before, name);
}

static void put_answer(FILE *to, const struct steady_result *r, uint32_t m)
{
    const struct steady_answer *a = &r->answers[m];
    const struct steady *s = &a->run;
    const char *comma = ", ", *next = ",\n     ";
    bool one = r->runs == 1, any = a->warm_ups.runs > 0, spread = one && s->mean.has_interval;
    json_estimate(to, a->mean);
    fprintf(to, ", \"unit\": \"%s\"", metric_unit_name(steady_metric_unit(m)));
    fprintf(to, "%s\"unsettled_runs\": %" PRIu64 ", \"short_runs\": %" PRIu64, next, a->unsettled, a->too_short);
    put_number(to, comma, "warm_up_seconds", any, a->warm_ups.mean);
    put_number(to, comma, "warm_up_most_seconds", any, a->warm_ups.most);
    put_number(to, next, "observations", one, (double)s->observations);
    put_number(to, comma, "deleted", one, (double)s->deleted);
    put_number(to, comma, "with_all", one && s->observations > 0, s->with_all);
    put_number(to, next, "batches", one, s->batches);
    put_number(to, comma, "batch_size", one && s->batches > 0, (double)s->batch_size);
    put_number(to, comma, "correlation", spread, s->correlation);
    put_number(to, comma, "worth", spread, s->worth);
}

static void put_head(FILE *to, const struct steady_result *r)
{
    const struct scenario *s = r->scenario;
    fprintf(to, "  \"format\": \"mxsim-steady-1\",\n  \"version\": \"%s\",\n  \"scenario\": {\n    ", MXSIM_VERSION);
    json_pair(to, "name", s->spec->name, ",\n    ");
    json_pair(to, "why", s->spec->why, ",\n    ");
    json_pair(to, "ask", s->spec->ask, ",\n    ");
    fprintf(to, "\"hash\": \"%016" PRIx64 "\",\n    \"mail_seconds\": %.10g,\n    \"limit_seconds\": %.10g\n  },\n",
            s->hash, sim_time_seconds(s->spec->mail), sim_time_seconds(s->spec->limit));
    /* The seed as text: JSON numbers above 2^53 are rounded by most readers. */
    fprintf(to, "  \"options\": {\"seed\": \"%" PRIu64 "\", \"runs\": %" PRIu64 ", \"level\": %.10g},\n",
            r->options->seed, r->runs, RESULT_LEVEL);
    fprintf(to,
            "  \"events\": %" PRIu64 ",\n  \"messages\": {\"written\": %" PRIu64 ", \"delivered\": %" PRIu64
            ", \"bounced\": %" PRIu64 ", \"queued\": %" PRIu64 "},\n",
            r->events, r->written, r->delivered, r->bounced, r->undecided);
}

struct list {
    FILE *to;
    bool any;
};

static void say_element(void *list, const char *text)
{
    struct list *l = list;
    fputs(l->any ? ",\n    " : "\n    ", l->to);
    json_text(l->to, text);
    l->any = true;
}

void steady_print_json(FILE *to, const struct steady_result *r)
{
    const struct world_spec *spec = r->scenario->spec;
    fprintf(to, "{\n");
    put_head(to, r);
    fprintf(to, "  \"metrics\": {");
    for (uint32_t m = 0; m < STEADY_QUEUE; m++) {
        fprintf(to, "%s\n    \"%s\": {", m ? "," : "", steady_metric_name(m));
        put_answer(to, r, m);
        fprintf(to, "}");
    }
    fprintf(to, "\n  },\n  \"mtas\": [");
    for (uint32_t i = 0; i < spec->mta_count; i++) {
        fprintf(to, "%s\n    {", i ? "," : "");
        json_pair(to, "name", spec->mtas[i].name, ", ");
        fprintf(to, "\"queue\": {");
        put_answer(to, r, STEADY_QUEUE + i);
        fprintf(to, "}}");
    }
    fprintf(to, "\n  ],\n  \"cautions\": [");
    struct list list = {to, false};
    steady_cautions(r, say_element, &list);
    fprintf(to, "%s],\n", list.any ? "\n  " : "");
    json_left_out(to);
    fprintf(to, "}\n");
}
