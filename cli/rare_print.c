/* cli/rare_print.c - the answer of mxsim run --rare, in three forms. See cli/rare.h. */
#include "cli/json_out.h"
#include "cli/rare.h"
#include "cli/words.h"
#include "models/left_out.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define SHOWN 20

char *rare_line_words(const struct rare *r, uint32_t line, char buf[160])
{
    const struct stretch_line *l = &r->plan->lines[line];
    const struct fault_spec *f = &r->spec->faults[l->fault];
    int at = 0;
    for (uint32_t i = 0; i < f->on_count && at < 100; i++)
        at += snprintf(buf + at, 160 - (size_t)at, "%s%.40s", i ? ", " : "", spec_target_name(r->spec, f->on[i]));
    snprintf(buf + at, 160 - (size_t)at, " %s: %s", fault_kind_name(f->is),
             l->span == STRETCH_LENGTH ? "longest outage" : "shortest time up");
    return buf;
}

/* A share that may be very small: "0.0123", "9.85e-10". */
static char *small(double share, char buf[64])
{
    snprintf(buf, 64, "%.3g", share);
    return buf;
}

static void share_row(FILE *to, const struct rare *r, const struct metric *m)
{
    struct estimate e = rare_share(r, m);
    char value[64], low[64], high[64];
    if (!e.has_value) return;
    fprintf(to, "  %-34s %12s   ", m->name, small(e.value, value));
    if (e.has_interval)
        fprintf(to, "[%s, %s]\n", small(e.low, low), small(e.high, high));
    else
        fprintf(to, "-\n");
}

static void count_row(FILE *to, const char *name, double count, const char *more)
{
    char words[64];
    if (count >= 1e7)
        snprintf(words, sizeof words, "%.3g", count);
    else
        words_count(count, words);
    fprintf(to, "  %-34s %12s%s\n", name, words, more);
}

static void work_rows(FILE *to, const struct rare_answer *a)
{
    const struct rare_report *p = &a->report;
    char pilot[64], words[96];
    fprintf(to, "\nwhat it took\n");
    snprintf(words, sizeof words, "   %s of them a pilot", words_count((double)(p->all_runs - p->runs), pilot));
    count_row(to, "runs", (double)p->all_runs, words);
    count_row(to, "events", p->events, "");
    if (p->seen == 0) return;
    fprintf(to, "plain runs for the same relative error\n");
    count_row(to, "runs", p->plain_runs, "");
    snprintf(words, sizeof words, "   %.3g times as many", p->speedup);
    count_row(to, "events", p->plain_events, words);
}

static void line_rows(FILE *to, const struct rare_answer *a)
{
    const struct rare *r = a->rare;
    fprintf(to, "\n%-51s %10s   %s\n", "how it comes about: mean over", "all runs", "those with it");
    for (uint32_t i = 0; i < r->plan->line_count && i < SHOWN; i++) {
        struct rare_stretch s = rare_stretch(r, i);
        char name[160], lasts[64], seen[64], bound[32];
        bool is_long = r->plan->lines[i].span == STRETCH_LENGTH;
        fprintf(to, "  %-49.100s %10s   %10s\n", rare_line_words(r, i, name), words_seconds(s.lasts, lasts),
                a->report.seen ? words_seconds(s.lasts_seen, seen) : "-");
        if (s.share >= 0.01)
            fprintf(to, "    drawn mostly from %s or %s, %.2g of all\n", sim_time_text(s.level.bound, bound),
                    is_long ? "more" : "less", s.level.share);
    }
    if (r->plan->line_count > SHOWN)
        fprintf(to, "  ... and %" PRIu32 " more; --format json has them all\n", r->plan->line_count - SHOWN);
}

static void other_rows(FILE *to, const struct rare *r)
{
    fprintf(to, "\n%-36s %12s   95 %% interval\n", "other shares, by the same runs", "");
    for (size_t i = 0; i < metric_count; i++)
        if (rare_suits(&metrics[i]) && &metrics[i] != r->metric) share_row(to, r, &metrics[i]);
}

/* What makes the answer less than it looks. */
static void warning_rows(FILE *to, const struct rare_answer *a)
{
    const struct rare_report *p = &a->report;
    fprintf(to, "\n");
    if (p->runs == 0)
        fprintf(to, "stopped before the pilot was done: there is no answer\n");
    else if (p->seen == 0)
        fprintf(to, "never seen: the upper end allows for all that these runs could miss; if long outages alone do not "
                    "bring it about, no run here is likelier to see it than a plain one\n");
    else if (!(p->error <= a->rare->error))
        fprintf(to, "the relative error is %.2g %%, not the %.2g %% that is aimed at: give it more runs (-n)\n",
                100 * p->error, 100 * a->rare->error);
    if (p->seen > 0 && p->worst_part > 0.1)
        fprintf(to, "one run makes up %.0f %% of the answer: the interval is not to be trusted\n", 100 * p->worst_part);
    if (p->seen > 0 && p->speedup < 1) fprintf(to, "this is not rare: plain runs (without --rare) are quicker\n");
    if (p->runs > 0)
        fprintf(
            to,
            "weights: mean %.3g (1 is right), heaviest %.3g (at most %.3g); the largest part of one run is %.2g %%\n",
            p->mean_weight, p->heaviest, 1 / RARE_PLAIN, 100 * p->worst_part);
}

void print_rare_table(FILE *to, const struct rare_answer *a)
{
    const struct rare *r = a->rare;
    const struct rare_report *p = &a->report;
    char seconds[64];
    fprintf(to, "%s\n", r->spec->name);
    if (r->spec->ask[0]) fprintf(to, "%s\n", r->spec->ask);
    fprintf(to, "how often is mail %s\n\n%-36s %12s   95 %% interval\n", r->metric->what, "share of all messages", "");
    share_row(to, r, r->metric);
    if (p->seen > 0) {
        char one[64];
        fprintf(to, "    one message of %s; relative error %.2g %%\n",
                words_count(1 / rare_share(r, r->metric).value, one), 100 * p->error);
    }
    work_rows(to, a);
    line_rows(to, a);
    if (p->runs > 0) other_rows(to, r);
    warning_rows(to, a);
    fprintf(to,
            "\nleft out of the answer:\n  - what is rare for other reasons than outages that are long, or that follow "
            "each other soon\n  - several long outages in a row, where it takes more than one of the same fault\n"
            "\nleft out of the model:\n");
    for (int i = 0; left_out[i]; i++) fprintf(to, "  - %s\n", left_out[i]);
    fprintf(to, "\n%" PRIu64 " runs, seed %" PRIu64 ", %u thread%s, %s\n", p->all_runs, a->options->seed,
            a->options->threads, a->options->threads == 1 ? "" : "s", words_seconds(a->seconds, seconds));
}

/* ---- JSON ---- */

static void put_number(FILE *to, const char *name, double x, const char *end)
{
    if (isfinite(x))
        fprintf(to, "\"%s\": %.10g%s", name, x, end);
    else
        fprintf(to, "\"%s\": null%s", name, end);
}

static void put_head(FILE *to, const struct rare_answer *a)
{
    const struct world_spec *spec = a->rare->spec;
    fprintf(to, "  \"format\": \"mxsim-rare-1\",\n  \"version\": \"%s\",\n  \"scenario\": {", MXSIM_VERSION);
    json_pair(to, "name", spec->name, ", ");
    fprintf(to, "\"hash\": \"%016" PRIx64 "\"},\n", a->scenario->hash);
    fprintf(to,
            "  \"options\": {\"seed\": \"%" PRIu64 "\", \"runs\": %" PRIu64 ", \"level\": %.10g, \"error\": %.10g},\n",
            a->options->seed, a->rare->most, RARE_LEVEL, a->rare->error);
    fprintf(to, "  \"metric\": \"%s\",\n  \"complete\": %s,\n  \"reached\": %s,\n", a->rare->metric->name,
            a->complete ? "true" : "false", a->report.error <= a->rare->error ? "true" : "false");
}

static void put_report(FILE *to, const struct rare_report *p)
{
    put_number(to, "relative_error", p->error, ",\n  ");
    fprintf(to, "\"runs\": %" PRIu64 ",\n  \"pilot_runs\": %" PRIu64 ",\n  \"runs_seen\": %" PRIu64 ",\n  ", p->runs,
            p->all_runs - p->runs, p->seen);
    put_number(to, "events", p->events, ",\n  \"plain\": {");
    put_number(to, "runs", p->plain_runs, ", ");
    put_number(to, "events", p->plain_events, "},\n  ");
    put_number(to, "speedup", p->speedup, ",\n  \"weights\": {");
    put_number(to, "mean", p->mean_weight, ", ");
    put_number(to, "heaviest", p->heaviest, ", ");
    put_number(to, "bound", 1 / RARE_PLAIN, ", ");
    put_number(to, "effective_runs", p->effective_runs, ", ");
    put_number(to, "largest_part", p->worst_part, "},\n");
}

static void put_levels(FILE *to, const struct stretch_line *l)
{
    fprintf(to, "\"levels\": [");
    for (uint32_t i = 1; i < l->levels; i++) {
        fprintf(to, "%s{", i > 1 ? ", " : "");
        put_number(to, "bound_seconds", sim_time_seconds(l->level[i].bound), ", ");
        put_number(to, "share", l->level[i].share, ", ");
        put_number(to, "tuned", l->shares[STRETCH_TUNED][i], "}");
    }
    fprintf(to, "]}");
}

static void put_line(FILE *to, const struct rare_answer *a, uint32_t line)
{
    const struct stretch_line *l = &a->rare->plan->lines[line];
    const struct fault_spec *f = &a->rare->spec->faults[l->fault];
    struct rare_stretch s = rare_stretch(a->rare, line);
    fprintf(to, "%s\n    {\"fault\": %" PRIu32 ", \"on\": [", line ? "," : "", l->fault);
    for (uint32_t i = 0; i < f->on_count; i++) {
        fputs(i ? ", " : "", to);
        json_text(to, spec_target_name(a->rare->spec, f->on[i]));
    }
    fprintf(to, "], \"is\": \"%s\", \"span\": \"%s\", ", fault_kind_name(f->is),
            l->span == STRETCH_LENGTH ? "length" : "up");
    put_number(to, "seconds", a->report.runs ? s.lasts : INFINITY, ", ");
    put_number(to, "seconds_seen", a->report.seen ? s.lasts_seen : INFINITY, ",\n     ");
    put_levels(to, l);
}

void print_rare_json(FILE *to, const struct rare_answer *a)
{
    bool any = false;
    fprintf(to, "{\n");
    put_head(to, a);
    fprintf(to, "  ");
    put_report(to, &a->report);
    fprintf(to, "  \"shares\": {");
    for (size_t i = 0; i < metric_count; i++) {
        if (!rare_suits(&metrics[i])) continue;
        fprintf(to, "%s\n    \"%s\": {", any ? "," : "", metrics[i].name);
        json_estimate(to, rare_share(a->rare, &metrics[i]));
        fprintf(to, ", \"what\": \"%s\"}", metrics[i].what);
        any = true;
    }
    fprintf(to, "\n  },\n  \"stretched\": [");
    for (uint32_t i = 0; i < a->rare->plan->line_count; i++) put_line(to, a, i);
    fprintf(to, "\n  ],\n  \"left_out\": [");
    for (int i = 0; left_out[i]; i++) {
        fprintf(to, "%s\n    ", i ? "," : "");
        json_text(to, left_out[i]);
    }
    fprintf(to, "\n  ]\n}\n");
}

void print_rare_csv(FILE *to, const struct rare_answer *a)
{
    fputs("metric,unit,value,low,high,method\n", to);
    for (size_t i = 0; i < metric_count; i++) {
        if (!rare_suits(&metrics[i])) continue;
        struct estimate e = rare_share(a->rare, &metrics[i]);
        fprintf(to, "%s,%s,", metrics[i].name, metric_unit_name(metrics[i].unit));
        if (!e.has_value)
            fputs(",,", to);
        else if (!e.has_interval)
            fprintf(to, "%.10g,,", e.value);
        else
            fprintf(to, "%.10g,%.10g,%.10g", e.value, e.low, e.high);
        fprintf(to, ",%s\n", e.method);
    }
}
