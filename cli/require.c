/* cli/require.c - see cli/require.h. */
#include "cli/require.h"

#include "scenarios/errors.h"
#include "scenarios/suggest.h"
#include "scenarios/value.h"
#include "sim/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool wrong(const char *typed, const char *what)
{
    fprintf(stderr, "mxsim: --require '%.200s': %s\n", typed, what);
    return false;
}

static const struct metric *metric_of(const struct requirement *r)
{
    return &metrics[r->target.metric];
}

const char *requirement_op(const struct requirement *r)
{
    return r->target.above ? (r->target.or_equal ? ">=" : ">") : r->target.or_equal ? "<=" : "<";
}

/* ---- one of them ---- */

static bool read_metric(struct requirement *r, const char *typed, const char *name)
{
    const struct metric *m = metric_find(name);
    if (m) return r->target.metric = (size_t)(m - metrics), true;
    const char **names = mem_new(metric_count * sizeof *names); /* NOLINT(bugprone-sizeof-expression): pointers */
    char word[QUOTED_MAX], suggestion[600], what[1000];
    for (size_t i = 0; i < metric_count; i++) names[i] = metrics[i].name;
    suggest_text(name, names, metric_count, "", suggestion, sizeof suggestion);
    snprintf(what, sizeof what, "no metric is called %s, %s", quoted(name, word), suggestion);
    mem_free(names);
    return wrong(typed, what);
}

/* A plain decimal number, all of text. */
static bool read_decimal(const char *text, double *x)
{
    char *end;
    if (!(text[0] >= '0' && text[0] <= '9') || strspn(text, "0123456789.") != strlen(text)) return false;
    *x = strtod(text, &end);
    return *end == '\0' && *x <= 1e15;
}

static bool read_bound(struct requirement *r, const char *typed, const char *value)
{
    sim_time span;
    char what[300];
    const char *why = NULL, *expected = "a number such as 1.5";
    double *bound = &r->target.bound;
    switch (metric_of(r)->unit) {
    case UNIT_SHARE:
        expected = "a share such as 0.1% or 0.001";
        if (read_decimal(value, bound))
            why = *bound > 1 ? "is more than 1" : NULL;
        else
            why = value_percent(value, bound);
        break;
    case UNIT_SECONDS:
        expected = "a span of time such as 15m";
        why = value_duration(value, &span);
        if (!why) *bound = sim_time_seconds(span);
        break;
    case UNIT_COUNT:
        if (!read_decimal(value, bound)) why = value[0] == '-' ? "is negative" : "is not a number";
        break;
    }
    if (!why) return true;
    snprintf(what, sizeof what, "\"%.60s\" %s, expected %s", value, why, expected);
    return wrong(typed, what);
}

/* Bounds that every result meets, or none, or that no number of runs can show. */
static bool says_something(const struct requirement *r, const char *typed)
{
    const struct target *t = &r->target;
    bool share = metric_of(r)->unit == UNIT_SHARE;
    if (t->bound <= 0 && t->above && t->or_equal) return wrong(typed, "this is always so");
    if (t->bound <= 0 && !t->above && !t->or_equal) return wrong(typed, "this can never be: nothing is less than 0");
    if (!share) return true;
    if (t->bound >= 1 && !t->above && t->or_equal) return wrong(typed, "this is always so");
    if (t->bound >= 1 && t->above && !t->or_equal) return wrong(typed, "this can never be: no share is more than 100%");
    if (t->bound <= 0 && !t->above)
        return wrong(typed, "no number of runs can show that a thing never happens, expected a bound such as < 0.1%");
    if (t->bound >= 1 && t->above)
        return wrong(typed, "no number of runs can show that a thing always happens, expected a bound such as > 99.9%");
    return true;
}

bool requirement_read(struct requirement *r, const char *typed)
{
    char name[100], value[100];
    *r = (struct requirement){0};
    const char *p = typed + strspn(typed, " ");
    size_t length = strcspn(p, " <>=");
    if (length == 0 || length >= sizeof name)
        return wrong(typed, "expected METRIC < VALUE, such as 'latency.p99 < 15m'");
    memcpy(name, p, length);
    name[length] = '\0';
    p += length;
    p += strspn(p, " ");
    if (*p != '<' && *p != '>')
        return wrong(typed, "expected one of <, <=, >, >= after the metric, such as 'latency.p99 < 15m'");
    r->target.above = *p++ == '>';
    r->target.or_equal = *p == '=';
    p += r->target.or_equal;
    p += strspn(p, " ");
    length = strlen(p);
    while (length > 0 && p[length - 1] == ' ') length--;
    if (length == 0 || length >= sizeof value) return wrong(typed, "expected a value after the sign");
    memcpy(value, p, length);
    value[length] = '\0';
    if (!read_metric(r, typed, name) || !read_bound(r, typed, value) || !says_something(r, typed)) return false;
    snprintf(r->text, sizeof r->text, "%s %s %s", name, requirement_op(r), value);
    return true;
}

/* ---- several of them ---- */

/* What is never more than what, by their meaning. */
static const char *const never_more[][2] = {
    {"first_try_rate", "delivered_rate"}, {"backup_rate", "delivered_rate"}, {"latency.p50", "latency.p90"},
    {"latency.p50", "latency.p99"},       {"latency.p50", "latency.p999"},   {"latency.p90", "latency.p99"},
    {"latency.p90", "latency.p999"},      {"latency.p99", "latency.p999"},   {"bounce.p50", "bounce.p99"},
};

/* Is the first one's quantity the second's, or never more than it? */
static bool is_never_more(const struct requirement *small, const struct requirement *large)
{
    if (small->target.metric == large->target.metric) return true;
    for (size_t i = 0; i < sizeof never_more / sizeof *never_more; i++)
        if (strcmp(never_more[i][0], metric_of(small)->name) == 0 &&
            strcmp(never_more[i][1], metric_of(large)->name) == 0)
            return true;
    return false;
}

/* low is to be above what high is to be below. */
static bool contradict(const struct requirement *low, const struct requirement *high)
{
    if (!low->target.above || high->target.above || !is_never_more(low, high)) return false;
    bool both = low->target.or_equal && high->target.or_equal;
    return low->target.bound > high->target.bound || (low->target.bound == high->target.bound && !both);
}

/* Delivered, bounced and queued are all there is: together 1. */
static bool shares_fit(const struct requirement *all, uint32_t count)
{
    static const char *const parts[] = {"delivered_rate", "bounce_rate", "queued_rate"};
    double least = 0, most = 0;
    for (size_t p = 0; p < 3; p++) {
        double low = 0, high = 1;
        for (uint32_t i = 0; i < count; i++) {
            const struct target *t = &all[i].target;
            if (strcmp(metrics[t->metric].name, parts[p]) != 0) continue;
            if (t->above && t->bound > low) low = t->bound;
            if (!t->above && t->bound < high) high = t->bound;
        }
        least += low;
        most += high;
    }
    return least <= 1 && most >= 1;
}

bool requirements_agree(const struct requirement *all, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < count; k++)
            if (contradict(&all[i], &all[k])) {
                fprintf(stderr, "mxsim: '%s' and '%s' cannot both be met, whatever the scenario\n", all[i].text,
                        all[k].text);
                return false;
            }
    if (shares_fit(all, count)) return true;
    fprintf(stderr, "mxsim: delivered_rate, bounce_rate and queued_rate add up to 100%%: these bounds cannot all be "
                    "met, whatever the scenario\n");
    return false;
}
