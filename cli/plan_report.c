/* cli/plan_report.c - a search as a table for people. See cli/plan.h. */
#include "cli/plan.h"
#include "cli/words.h"
#include "models/left_out.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_question(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    char low[64], high[64], tolerance[160], runs[64];
    fprintf(to, "%s\n\nthe %s %s in %s..%s with\n", p->scenario.spec->name,
            p->options->largest ? "largest" : "smallest", p->axis.key, axis_text(&p->axis, 0, low),
            axis_text(&p->axis, p->axis.count - 1, high));
    for (uint32_t i = 0; i < p->count; i++) fprintf(to, "  %s\n", p->required[i].text);
    fprintf(to, "%s; with %.10g %% confidence; at most %s runs a value\n", axis_tolerance_text(&p->axis, tolerance),
            100 * s->confidence, words_count((double)s->most_runs, runs));
}

static void put_answer(FILE *to, const struct plan *p)
{
    char value[64];
    char *words = plan_answer(p);
    if (plan_has_answer(p))
        fprintf(to, "\nanswer: %s", plan_value_text(p, p->search.high, value));
    else
        fprintf(to, "\nanswer: none");
    fprintf(to, "\n  %s\n", words);
    if (p->present) fprintf(to, "  the scenario has %s there\n", p->present);
    free(words);
    int count;
    char **notes = plan_notes(p, &count);
    for (int i = 0; i < count; i++) {
        fprintf(to, "  note: %s\n", notes[i]);
        free(notes[i]);
    }
    free(notes);
}

/* ---- what was tried ---- */

/* The interval as words. A quantile's ends at the latest that was seen: where its test knows that there may be more, it
 * is said to be open. */
static char *interval_text(const struct plan *p, const struct search_tried *t, uint32_t i, char buf[160])
{
    const struct target *target = &p->required[i].target;
    const struct metric *m = &metrics[target->metric];
    struct estimate e = plan_metric(p, t, i);
    char low[64], high[64];
    words_interval(m->unit, &e, buf);
    if (m->method != METRIC_QUANTILE || !e.has_interval || t->verdicts[i] != VERDICT_OPEN) return buf;
    words_value(m->unit, e.low, low);
    words_value(m->unit, e.high, high);
    if (e.high < target->bound) snprintf(buf, 160, "[%s, ?]", low);
    if (e.low > target->bound) snprintf(buf, 160, "[?, %s]", high);
    return buf;
}

static void put_row(FILE *to, const struct plan *p, const struct search_tried *t, uint32_t i)
{
    static const char *const verdicts[] = {
        [VERDICT_OPEN] = "open", [VERDICT_MET] = "met", [VERDICT_NOT_MET] = "not met"};
    char value[64], runs[64], estimate[64], interval[160];
    struct estimate e = plan_metric(p, t, i);
    bool guide = t->runs < p->search.first_runs && t->all == VERDICT_OPEN;
    fprintf(to, "  %-12s %9s  %-28s %10s  %-24s %s\n", i == 0 ? plan_value_text(p, t->at, value) : "",
            i == 0 ? words_count((double)t->runs, runs) : "", p->required[i].text,
            e.has_value ? words_value(metrics[p->required[i].target.metric].unit, e.value, estimate) : "-",
            interval_text(p, t, i, interval), guide ? "not tested" : verdicts[t->verdicts[i]]);
}

static void put_tried(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    fprintf(to, "\n%-14s %9s  %-28s %10s  %s\n", "tried", "runs", "required", "", "interval");
    for (uint32_t n = 0; n < s->tried_count; n++) {
        const struct search_tried *t = &s->tried[p->options->largest ? s->tried_count - 1 - n : n];
        for (uint32_t i = 0; i < p->count; i++) put_row(to, p, t, i);
    }
}

void print_plan_table(FILE *to, const struct plan *p)
{
    const struct options *o = p->options;
    char seconds[64], events[64], runs[64];
    char *command = plan_command(p);
    put_question(to, p);
    put_answer(to, p);
    put_tried(to, p);
    fprintf(to, "\nassumed:\n");
    for (int i = 0; plan_assumes[i]; i++) fprintf(to, "  - %s\n", plan_assumes[i]);
    fprintf(to, "\nleft out of the model:\n");
    for (int i = 0; left_out[i]; i++) fprintf(to, "  - %s\n", left_out[i]);
    fprintf(to, "\nagain: %s\n", command);
    fprintf(to,
            "%s runs of %" PRIu32 " values, seed %" PRIu64 ", scenario %016" PRIx64 ", %u thread%s, %s, %s events\n",
            words_count((double)p->runs, runs), p->search.tried_count, o->seed, p->scenario.hash, o->threads,
            o->threads == 1 ? "" : "s", words_seconds(p->seconds, seconds), words_count((double)p->events, events));
    free(command);
}
