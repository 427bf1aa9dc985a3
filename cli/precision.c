/* cli/precision.c - see cli/precision.h. */
#include "cli/precision.h"

#include "cli/words.h"
#include "scenarios/errors.h"
#include "scenarios/suggest.h"
#include "scenarios/value.h"
#include "sim/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 200

/* ---- reading ---- */

/* text without its blanks; false if it is too long to be meant. */
static bool without_blanks(const char *text, char out[TEXT_MAX])
{
    size_t n = 0;
    for (; *text; text++) {
        if (*text == ' ' || *text == '\t') continue;
        if (n + 1 == TEXT_MAX) return false;
        out[n++] = *text;
    }
    out[n] = 0;
    return true;
}

/* Past a "±" at the beginning of *text. */
static bool skip_sign(const char **text)
{
    static const char *const signs[] = {"±", "+-", "+/-"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i]);
        if (strncmp(*text, signs[i], n) != 0) continue;
        *text += n;
        return true;
    }
    return false;
}

static bool find_metric(const char *name, size_t *metric, char *why, size_t size)
{
    const char *words[64];
    char text[QUOTED_MAX], suggestion[512];
    const struct metric *m = metric_find(name);
    if (m) return *metric = (size_t)(m - metrics), true;
    sim_assert(NULL, metric_count <= sizeof words / sizeof *words);
    for (size_t i = 0; i < metric_count; i++) words[i] = metrics[i].name;
    snprintf(why, size, "no metric is called %s, %s", quoted(name, text),
             suggest_text(name, words, metric_count, "", suggestion, sizeof suggestion));
    return false;
}

/* A width in the metric's own unit; null, or what is wrong with it. */
static const char *read_absolute(enum metric_unit unit, const char *text, double *width)
{
    sim_time span;
    const char *wrong;
    switch (unit) {
    case UNIT_SECONDS:
        wrong = value_duration(text, &span);
        if (!wrong) *width = sim_time_seconds(span);
        return wrong;
    case UNIT_SHARE: return strchr(text, '%') ? value_percent(text, width) : value_number(text, width);
    case UNIT_COUNT: return value_number(text, width);
    }
    return "has no unit";
}

static const char *example_of(enum metric_unit unit)
{
    static const char *const examples[] = {[UNIT_SHARE] = "±0.1%", [UNIT_SECONDS] = "±30s", [UNIT_COUNT] = "±0.5"};
    return examples[unit];
}

bool precision_read(const char *text, struct precision *out, char *why, size_t size)
{
    char copy[TEXT_MAX], shown[QUOTED_MAX];
    if (!without_blanks(text, copy)) return snprintf(why, size, "%s is too long", quoted(text, shown)), false;
    char *equals = strchr(copy, '=');
    if (!equals) {
        snprintf(why, size, "%s has no =, expected METRIC=5%% or METRIC=±30s", quoted(text, shown));
        return false;
    }
    *equals = 0;
    if (!find_metric(copy, &out->metric, why, size)) return false;
    const struct metric *m = &metrics[out->metric];
    const char *width = equals + 1, *wrong;
    out->goal.relative = !skip_sign(&width);
    wrong =
        out->goal.relative ? value_percent(width, &out->goal.asked) : read_absolute(m->unit, width, &out->goal.asked);
    if (!wrong && !(out->goal.asked > 0)) wrong = "is zero, which no number of runs reaches";
    if (!wrong) return true;
    snprintf(why, size, "%s of %s %s, expected 5%% (of the value) or such as %s", quoted(equals + 1, shown), m->name,
             wrong, example_of(m->unit));
    return false;
}

/* ---- when there are enough ---- */

static struct stopping_answer ask(const struct precision *p, const struct result *r, uint64_t limit)
{
    const struct metric *m = &metrics[p->metric];
    struct estimate e = result_metric(r, p->metric);
    struct stopping_data d = m->method == METRIC_QUANTILE ? stopping_of_quantile(&r->hists[m->a], m->b / 1e4, e)
                                                          : stopping_of_ratio(&r->ratios[p->metric], e);
    return stopping_ask(&p->goal, &d, r->runs, limit);
}

uint64_t precision_next(const struct precision *p, size_t count, const struct result *r, uint64_t limit,
                        struct stopping_answer *answers)
{
    double need = 0;
    bool more = false;
    if (r->runs == 0) return stopping_next(0, 0, limit);
    for (size_t i = 0; i < count; i++) {
        answers[i] = ask(&p[i], r, limit);
        if (answers[i].state != STOPPING_MORE) continue;
        more = true;
        if (answers[i].need > need) need = answers[i].need;
    }
    return more && r->runs < limit ? stopping_next(r->runs, need, limit) : r->runs;
}

/* ---- for people ---- */

/* "±5 %", "±30s" */
static char *width_words(const struct precision *p, double width, char buf[80])
{
    char text[64];
    if (p->goal.relative)
        words_share(width, text);
    else
        words_value(metrics[p->metric].unit, width, text);
    snprintf(buf, 80, "±%s", text);
    return buf;
}

/* Rounded up to two digits: it is an estimate. */
static char *about(double runs, char buf[64])
{
    double step = runs > 10 ? pow(10, floor(log10(runs)) - 1) : 1;
    return words_count(ceil(runs / step) * step, buf);
}

static void never_words(const struct precision *p, const struct stopping_answer *a, const char *asked, const char *runs,
                        uint64_t limit, char *buf, size_t size)
{
    const struct metric *m = &metrics[p->metric];
    char most[64], reached[80];
    words_count((double)limit, most);
    switch (a->why) {
    case STOPPING_NO_VALUE:
        snprintf(buf, size, "%s: nothing to take it from in %s runs: %s is out of reach of %s runs", m->name, runs,
                 asked, most);
        break;
    case STOPPING_ZERO:
        snprintf(buf, size, "%s: 0 in all of %s runs: %s of it is out of reach of %s runs, ask for such as %s", m->name,
                 runs, asked, most, example_of(m->unit));
        break;
    default:
        snprintf(buf, size,
                 "%s: %s reached, %s asked, after %s runs: no number of runs reaches it, times are known "
                 "within 0.8 %% only",
                 m->name, width_words(p, a->reached, reached), asked, runs);
    }
}

char *precision_words(const struct precision *p, const struct stopping_answer *a, uint64_t runs, uint64_t limit,
                      char *buf, size_t size)
{
    const struct metric *m = &metrics[p->metric];
    char asked[80], reached[80], done[64], more[64];
    width_words(p, p->goal.asked, asked);
    words_count((double)runs, done);
    if (a->state == STOPPING_NEVER) {
        never_words(p, a, asked, done, limit, buf, size);
        return buf;
    }
    if (isnan(a->reached))
        snprintf(reached, sizeof reached, "no interval yet");
    else
        snprintf(reached + strlen(width_words(p, a->reached, reached)), 16, " reached");
    size_t used = (size_t)snprintf(buf, size, "%s: %s, %s asked, after %s runs", m->name, reached, asked, done);
    if (a->state != STOPPING_MORE || used >= size) return buf;
    const char *but = a->why == STOPPING_FEW    ? ", too few for it to be trusted"
                      : a->why == STOPPING_OPEN ? ", but it goes as far as the longest time seen"
                                                : "";
    snprintf(buf + used, size - used, "%s: about %s more would be needed", but, about(a->need - (double)runs, more));
    return buf;
}
