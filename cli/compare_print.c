/* cli/compare_print.c - a comparison in three forms. See cli/compare.h. */
#include "cli/compare.h"
#include "cli/json_out.h"
#include "cli/words.h"
#include "models/left_out.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* "A", "B", ... "Z", "AA", ... */
static char *variant_letter(uint32_t number, char buf[8])
{
    if (number < 26)
        snprintf(buf, 8, "%c", (char)('A' + number));
    else
        snprintf(buf, 8, "%c%c", (char)('A' + number / 26 - 1), (char)('A' + number % 26));
    return buf;
}

static struct difference difference_of(const struct comparison *c, uint32_t variant, size_t metric)
{
    return pairing_metric(c->variants[variant].pairing, metric, RESULT_LEVEL);
}

/* ---- table ---- */

/* "+0.8 %", "-1h5m" */
static char *signed_text(enum metric_unit unit, double x, char buf[80])
{
    char value[64];
    words_value(unit, fabs(x), value);
    bool zero = x == 0 || (unit == UNIT_SECONDS && fabs(x) < 1e-6);
    snprintf(buf, 80, "%s%s", zero ? "" : x < 0 ? "-" : "+", value);
    return buf;
}

static void saved_text(double ratio, char buf[64])
{
    char value[64];
    if (ratio == 0)
        snprintf(buf, 64, "-");
    else if (isinf(ratio))
        snprintf(buf, 64, "all");
    else
        snprintf(buf, 64, "%s x", words_count(ratio, value));
}

static bool has_value(const struct comparison *c, size_t metric)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (result_metric(c->experiment.results[i], metric).has_value) return true;
    return false;
}

static void variant_row(FILE *to, const struct comparison *c, uint32_t variant, size_t metric)
{
    enum metric_unit unit = metrics[metric].unit;
    struct estimate e = result_metric(c->experiment.results[variant], metric);
    char letter[8], value[64], interval[160], low[80], high[80], middle[80], span[200], saved[64];
    fprintf(to, "  %-2s %12s   %-24s", variant_letter(variant, letter),
            e.has_value ? words_value(unit, e.value, value) : "-",
            e.has_value ? words_interval(unit, &e, interval) : "");
    if (variant == 0) {
        fputc('\n', to);
        return;
    }
    struct difference d = difference_of(c, variant, metric);
    if (!d.estimate.has_value) {
        fprintf(to, " %12s\n", "-");
        return;
    }
    if (d.estimate.has_interval)
        snprintf(span, sizeof span, "[%s, %s]", signed_text(unit, d.estimate.low, low),
                 signed_text(unit, d.estimate.high, high));
    else
        snprintf(span, sizeof span, "-");
    saved_text(d.saved, saved);
    fprintf(to, " %12s   %-26s %8s\n", signed_text(unit, d.estimate.value, middle), span, saved);
}

/* ---- plain sentences ---- */

/* What more and less of a metric is called. */
struct saying {
    const char *metric, *more, *less, *same;
    bool later; /* "1h later", not "more messages bounce, by 1 % of all mail" */
};
static const struct saying sayings[] = {
    {"bounce_rate", "more messages bounce", "fewer messages bounce", "as many messages bounce", false},
    {"queued_rate", "more messages are still queued at the end", "fewer messages are still queued at the end",
     "as many messages are still queued at the end", false},
    {"warned_rate", "more messages have their sender warned", "fewer messages have their sender warned",
     "as many messages have their sender warned", false},
    {"latency.mean", "later on average", "sooner on average", "as late on average", true},
    {"latency.p99", "later for 99 % of it", "sooner for 99 % of it", "as late for 99 % of it", true},
};

static void say(FILE *to, const struct comparison *c, uint32_t variant, const struct saying *s)
{
    size_t metric = (size_t)(metric_find(s->metric) - metrics);
    enum metric_unit unit = metrics[metric].unit;
    struct difference d = difference_of(c, variant, metric);
    const struct estimate *e = &d.estimate;
    char letter[8], value[64], low[80], high[80];
    if (!e->has_value || (!e->has_interval && d.differ > 0)) return;
    variant_letter(variant, letter);
    const char *mail = s->later ? "the mail comes " : "";
    if (!e->has_interval) {
        fprintf(to, "  With %s, %s%s: no run differs.\n", letter, mail, s->same);
        return;
    }
    if (e->low > 0 || e->high < 0) {
        bool more = e->value > 0;
        double near = fabs(more ? e->low : e->high), far = fabs(more ? e->high : e->low);
        words_value(unit, fabs(e->value), value);
        words_value(unit, near, low);
        words_value(unit, far, high);
        if (s->later)
            fprintf(to, "  With %s, %s%s %s [%s, %s].\n", letter, mail, value, more ? s->more : s->less, low, high);
        else
            fprintf(to, "  With %s, %s, by %s of all mail [%s, %s].\n", letter, more ? s->more : s->less, value, low,
                    high);
    } else if (d.differ == 0) {
        fprintf(to, "  With %s, %s%s: no run differs [%s, %s].\n", letter, mail, s->same,
                signed_text(unit, e->low, low), signed_text(unit, e->high, high));
    } else {
        fprintf(to, "  With %s, %s%s as far as these runs can tell: the difference lies in [%s, %s].\n", letter, mail,
                s->same, signed_text(unit, e->low, low), signed_text(unit, e->high, high));
    }
}

static void say_all(FILE *to, const struct comparison *c)
{
    fprintf(to, "\nin words, against A:\n");
    if (c->experiment.runs < 2) {
        fprintf(to, "  One run says nothing of chance.\n");
        return;
    }
    for (uint32_t i = 1; i < c->count; i++)
        for (size_t k = 0; k < sizeof sayings / sizeof *sayings; k++) {
            size_t metric = (size_t)(metric_find(sayings[k].metric) - metrics);
            bool any = result_metric(c->experiment.results[0], metric).value > 0 ||
                       result_metric(c->experiment.results[i], metric).value > 0;
            if (any) say(to, c, i, &sayings[k]);
            if (any && sayings[k].later && !result_metric(c->experiment.results[i], metric).has_value) {
                char letter[8];
                fprintf(to, "  With %s, no mail is delivered.\n", variant_letter(i, letter));
                break;
            }
        }
}

void compare_print_table(FILE *to, const struct comparison *c)
{
    const struct experiment *x = &c->experiment;
    char letter[8], seconds[64], events[64];
    double all = 0;
    fprintf(to, "%s\n%" PRIu64 " runs of each, with the same luck run by run\n\n", c->specs[0]->name, x->runs);
    for (uint32_t i = 0; i < c->count; i++) {
        fprintf(to, "  %-2s %s%s%s\n", variant_letter(i, letter), c->variants[i].label,
                i && strcmp(c->specs[i]->name, c->specs[0]->name) != 0 ? ": " : "",
                i && strcmp(c->specs[i]->name, c->specs[0]->name) != 0 ? c->specs[i]->name : "");
        all += (double)x->results[i]->events;
    }
    fprintf(to, "\n%17s   %-24s %12s   %-26s %8s\n", "value", "95 % interval", "less A", "95 % interval", "saved");
    for (size_t m = 0; m < metric_count; m++) {
        if (!has_value(c, m)) continue;
        fprintf(to, "%s: %s\n", metrics[m].name, metrics[m].what);
        for (uint32_t i = 0; i < c->count; i++) variant_row(to, c, i, m);
    }
    say_all(to, c);
    fprintf(to,
            "\nless A: the variant's value less that of A, paired run by run. saved: so many times as many runs would "
            "be needed\nfor as narrow an interval if each variant had luck of its own.\n\nleft out of the model:\n");
    for (int i = 0; left_out[i]; i++) fprintf(to, "  - %s\n", left_out[i]);
    fprintf(to, "\n%" PRIu64 " runs of %u variants, seed %" PRIu64 ", %u thread%s, %s, %s events\n", x->runs,
            (unsigned)c->count, c->options->seed, c->options->threads, c->options->threads == 1 ? "" : "s",
            words_seconds(x->seconds, seconds), words_count(all, events));
}

/* ---- CSV ---- */

void compare_print_csv(FILE *to, const struct comparison *c)
{
    fputs("variant,label,metric,unit,value,low,high,method,difference,difference_low,difference_high,difference_method,"
          "saved\n",
          to);
    for (uint32_t i = 0; i < c->count; i++)
        for (size_t m = 0; m < metric_count; m++) {
            char letter[8];
            struct estimate e = result_metric(c->experiment.results[i], m);
            fprintf(to, "%s,", variant_letter(i, letter));
            csv_text(to, c->variants[i].label);
            fprintf(to, ",%s,%s,", metrics[m].name, metric_unit_name(metrics[m].unit));
            csv_estimate(to, &e);
            fprintf(to, ",%s,", e.method);
            if (i == 0) {
                fputs(",,,,\n", to);
                continue;
            }
            struct difference d = difference_of(c, i, m);
            csv_estimate(to, &d.estimate);
            fprintf(to, ",%s,", d.estimate.method);
            if (isfinite(d.saved) && d.saved > 0) fprintf(to, "%.10g", d.saved);
            fputc('\n', to);
        }
}

/* ---- JSON ---- */

static void put_variant(FILE *to, const struct comparison *c, uint32_t i)
{
    const struct result *r = c->experiment.results[i];
    char letter[8];
    fputs(i ? ",\n    {" : "\n    {", to);
    json_pair(to, "letter", variant_letter(i, letter), ", ");
    json_pair(to, "label", c->variants[i].label, ", ");
    json_pair(to, "name", c->specs[i]->name, ", ");
    fprintf(to, "\"hash\": \"%016" PRIx64 "\", \"events\": %" PRIu64 ", \"metrics\": {", c->variants[i].scenario.hash,
            r->events);
    for (size_t m = 0; m < metric_count; m++) {
        fprintf(to, "%s\n      \"%s\": {", m ? "," : "", metrics[m].name);
        json_estimate(to, result_metric(r, m));
        fputs("}", to);
    }
    fputs("}}", to);
}

static void put_differences(FILE *to, const struct comparison *c, uint32_t i)
{
    char letter[8];
    fputs(i > 1 ? ",\n    {" : "\n    {", to);
    json_pair(to, "of", variant_letter(i, letter), ", ");
    json_pair(to, "less", "A", ", \"metrics\": {");
    for (size_t m = 0; m < metric_count; m++) {
        struct difference d = difference_of(c, i, m);
        fprintf(to, "%s\n      \"%s\": {", m ? "," : "", metrics[m].name);
        json_estimate(to, d.estimate);
        if (isfinite(d.saved) && d.saved > 0)
            fprintf(to, ", \"saved\": %.10g}", d.saved);
        else
            fputs(", \"saved\": null}", to);
    }
    fputs("}}", to);
}

void compare_print_json(FILE *to, const struct comparison *c)
{
    fprintf(to,
            "{\n  \"format\": \"mxsim-compare-1\",\n  \"version\": \"%s\",\n  \"options\": {\"seed\": \"%" PRIu64
            "\", \"runs\": %" PRIu64 ", \"level\": %.10g},\n  \"runs\": %" PRIu64 ",\n  \"complete\": %s,\n"
            "  \"variants\": [",
            MXSIM_VERSION, c->options->seed, c->options->runs, RESULT_LEVEL, c->experiment.runs,
            c->experiment.interrupted ? "false" : "true");
    for (uint32_t i = 0; i < c->count; i++) put_variant(to, c, i);
    fputs("\n  ],\n  \"differences\": [", to);
    for (uint32_t i = 1; i < c->count; i++) put_differences(to, c, i);
    fputs("\n  ],\n", to);
    json_left_out(to);
    fputs("}\n", to);
}
