/* cli/plan_json.c - a search as JSON, "mxsim-plan-1". See cli/plan.h and docs/result-format.md. */
#include "cli/json_out.h"
#include "cli/plan.h"
#include "models/left_out.h"

#include <inttypes.h>
#include <stdlib.h>

/* A value of the key as text, or null. */
static void put_value(FILE *to, const char *name, const struct plan *p, int64_t at, const char *end)
{
    char value[64];
    if (at >= 0 && at <= p->search.last)
        json_pair(to, name, plan_value_text(p, at, value), end);
    else
        fprintf(to, "\"%s\": null%s", name, end);
}

static void put_list(FILE *to, const char *name, const char *const *texts, const char *end)
{
    fprintf(to, "  \"%s\": [", name);
    for (int i = 0; texts[i]; i++) {
        fprintf(to, "%s\n    ", i ? "," : "");
        json_text(to, texts[i]);
    }
    fprintf(to, "%s]%s\n", texts[0] ? "\n  " : "", end);
}

static void put_question(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    char text[160];
    fprintf(to, "  \"question\": {\n    ");
    json_pair(to, "key", p->axis.key, ",\n    ");
    json_pair(to, "low", axis_text(&p->axis, 0, text), ",\n    ");
    json_pair(to, "high", axis_text(&p->axis, p->axis.count - 1, text), ",\n    ");
    json_pair(to, "grid", axis_tolerance_text(&p->axis, text), ",\n    ");
    json_pair(to, "wanted", p->options->largest ? "largest" : "smallest", ",\n    \"require\": [");
    for (uint32_t i = 0; i < p->count; i++) {
        const struct requirement *r = &p->required[i];
        const struct metric *m = &metrics[r->target.metric];
        fprintf(to, "%s\n      {", i ? "," : "");
        json_pair(to, "text", r->text, ", ");
        json_pair(to, "metric", m->name, ", ");
        json_pair(to, "op", requirement_op(r), ", ");
        fprintf(to, "\"bound\": %.10g, \"unit\": \"%s\"}", r->target.bound, metric_unit_name(m->unit));
    }
    fprintf(to,
            "\n    ],\n    \"confidence\": %.10g,\n    \"most_runs\": %" PRIu64 ",\n    \"seed\": \"%" PRIu64
            "\"\n  },\n",
            s->confidence, s->most_runs, p->options->seed);
}

static void put_part(FILE *to, const char *name, const struct plan *p, const struct search_part *part)
{
    fprintf(to, "  \"%s\": ", name);
    if (!part->rules) {
        fprintf(to, "null,\n");
        return;
    }
    fprintf(to, "{\"require\": [");
    for (uint32_t i = 0, any = 0; i < p->count; i++) {
        if (!(part->rules >> i & 1)) continue;
        if (any++) fputs(", ", to);
        json_text(to, p->required[i].text);
    }
    fprintf(to, "], ");
    put_value(to, "met", p, part->met, ", ");
    put_value(to, "not_met", p, part->unmet, "},\n");
}

static void put_answer(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    char *words = plan_answer(p), *command = plan_command(p);
    bool one = s->end != SEARCH_APART && !(s->end == SEARCH_UNDECIDED && s->upto.rules);
    fprintf(to, "  ");
    json_pair(to, "end", plan_end_name(s->end), ",\n  ");
    json_pair(to, "words", words, ",\n  ");
    put_value(to, "met", p, one ? s->high : -1, ",\n  ");
    put_value(to, "not_met", p, one ? s->low : -1, ",\n");
    put_part(to, "from", p, &s->from);
    put_part(to, "upto", p, &s->upto);
    fprintf(to, "  \"one_crossing\": %s,\n  ", s->uneven || s->end == SEARCH_NOT_ONE_SIDE ? "false" : "true");
    json_pair(to, "command", command, ",\n");
    free(words);
    free(command);
}

static void put_required(FILE *to, const struct plan *p, const struct search_tried *t, uint32_t i)
{
    static const char *const verdicts[] = {
        [VERDICT_OPEN] = "open", [VERDICT_MET] = "met", [VERDICT_NOT_MET] = "not_met"};
    const struct metric *m = &metrics[p->required[i].target.metric];
    fprintf(to, "%s\n        {", i ? "," : "");
    json_pair(to, "metric", m->name, ", ");
    json_estimate(to, plan_metric(p, t, i));
    if (m->method == METRIC_QUANTILE) {
        fprintf(to, ", \"before_bound\": {");
        json_estimate(to, t->seen[i]);
        fprintf(to, "}");
    }
    fprintf(to, ", \"level\": %.10g, \"verdict\": \"%s\"}", t->levels[i], verdicts[t->verdicts[i]]);
}

static void put_tried(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    fprintf(to, "  \"tried\": [");
    for (uint32_t n = 0; n < s->tried_count; n++) {
        const struct search_tried *t = &s->tried[p->options->largest ? s->tried_count - 1 - n : n];
        fprintf(to, "%s\n    {", n ? "," : "");
        put_value(to, "value", p, t->at, ", ");
        fprintf(to, "\"runs\": %" PRIu64 ", \"require\": [", t->runs);
        for (uint32_t i = 0; i < p->count; i++) put_required(to, p, t, i);
        fprintf(to, "\n      ]}");
    }
    fprintf(to, "%s],\n", s->tried_count ? "\n  " : "");
}

void print_plan_json(FILE *to, const struct plan *p)
{
    int count;
    char **notes = plan_notes(p, &count);
    fprintf(to, "{\n  \"format\": \"mxsim-plan-1\",\n  \"version\": \"%s\",\n  \"scenario\": {", MXSIM_VERSION);
    json_pair(to, "name", p->scenario.spec->name, ", ");
    fprintf(to, "\"hash\": \"%016" PRIx64 "\"},\n", p->scenario.hash);
    put_question(to, p);
    put_answer(to, p);
    put_tried(to, p);
    fprintf(to, "  \"runs\": %" PRIu64 ",\n  \"complete\": %s,\n  \"events\": %" PRIu64 ",\n", p->runs,
            p->search.end == SEARCH_STOPPED ? "false" : "true", p->events);
    put_list(to, "notes", (const char *const *)notes, ",");
    put_list(to, "assumes", plan_assumes, ",");
    put_list(to, "left_out", left_out, "");
    fprintf(to, "}\n");
    for (int i = 0; i < count; i++) free(notes[i]);
    free(notes);
}
