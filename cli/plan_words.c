/* cli/plan_words.c - what a search found, in words: the same for the table and for JSON. */
#include "cli/plan.h"
#include "cli/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const plan_assumes[] = {
    "each requirement changes sides at most once along the key: values between those tried were not looked at",
    "run r has the same luck at each value (common random numbers), so values differ by what the key does alone",
    "the confidence is that of all tests together, so their intervals are wider than those of mxsim run",
    "the model: what it leaves out, no number of runs can tell",
    0,
};

const char *plan_end_name(enum search_end end)
{
    static const char *const names[] = {
        [SEARCH_FOUND] = "found",         [SEARCH_AT_START] = "already_met", [SEARCH_NOT_REACHED] = "not_reached",
        [SEARCH_UNDECIDED] = "undecided", [SEARCH_APART] = "apart",          [SEARCH_NOT_ONE_SIDE] = "not_one_sided",
        [SEARCH_STOPPED] = "stopped",
    };
    return names[end];
}

bool plan_has_answer(const struct plan *p)
{
    const struct search *s = &p->search;
    return s->end == SEARCH_FOUND || s->end == SEARCH_AT_START ||
           (s->end == SEARCH_UNDECIDED && s->high <= s->last && !s->upto.rules);
}

/* ---- texts that grow ---- */

struct text {
    FILE *to;
    char *bytes;
    size_t size;
};

static void text_open(struct text *t)
{
    t->to = open_memstream(&t->bytes, &t->size);
    if (!t->to) abort();
}

static char *text_close(struct text *t)
{
    if (fclose(t->to) != 0) abort();
    return t->bytes;
}

/* A text as printf makes it; the caller frees it. */
__attribute__((format(printf, 1, 2))) static char *say(const char *format, ...)
{
    struct text t;
    va_list arguments;
    text_open(&t);
    va_start(arguments, format);
    vfprintf(t.to, format, arguments);
    va_end(arguments);
    return text_close(&t);
}

/* "a < 1, b < 2 and c < 3": those of the requirements whose bit is set. */
static void put_required(FILE *to, const struct plan *p, uint32_t bits)
{
    for (uint32_t i = 0, left = bits; left; i++) {
        if (!(left >> i & 1)) continue;
        bool first = left == bits;
        left &= ~(UINT32_C(1) << i);
        fprintf(to, "%s%s", first ? "" : left ? ", " : " and ", p->required[i].text);
    }
}

/* The requirements that have this verdict at a value. */
static uint32_t with_verdict(const struct plan *p, const struct search_tried *t, enum verdict verdict)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; t && i < p->count; i++)
        if (t->verdicts[i] == verdict) bits |= UINT32_C(1) << i;
    return bits;
}

/* ---- the answer ---- */

static const char *near_end(const struct plan *p)
{
    return p->options->largest ? "upper" : "lower";
}

static const char *far_end(const struct plan *p)
{
    return p->options->largest ? "lower" : "upper";
}

/* "4 meets it, 3 does not" */
static void put_found(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    char high[64], low[64];
    const char *what = p->count > 1 ? "all" : "it";
    plan_value_text(p, s->high, high);
    plan_value_text(p, s->low, low);
    fprintf(to, "%s meets %s, %s does not", high, what, low);
    if (s->high - s->low > 1) fprintf(to, "; where between them it begins is not known");
    if (s->upto.rules) {
        fprintf(to, ". ");
        put_required(to, p, s->upto.rules);
        fprintf(to, " is met only %s %s", p->options->largest ? "down to" : "up to",
                plan_value_text(p, s->upto.met, high));
    }
}

static void put_at_start(FILE *to, const struct plan *p)
{
    char start[64];
    fprintf(to, "already met at the %s end, %s", near_end(p), plan_value_text(p, 0, start));
}

/* Which requirements fail at the far end, and what is there instead. */
static void put_not_reached(FILE *to, const struct plan *p)
{
    const struct search_tried *t = search_find(&p->search, p->search.last);
    uint32_t failed = with_verdict(p, t, VERDICT_NOT_MET);
    char end[64], value[64];
    fprintf(to, "not reachable in this range: not even %s, the %s end, meets ", plan_value_text(p, p->search.last, end),
            far_end(p));
    put_required(to, p, failed);
    for (uint32_t i = 0; i < p->count; i++) {
        struct estimate e = plan_metric(p, t, i);
        const struct metric *m = &metrics[p->required[i].target.metric];
        if (!(failed >> i & 1)) continue;
        if (e.has_value)
            fprintf(to, "; %s is %s there", m->name, words_value(m->unit, e.value, value));
        else
            fprintf(to, "; nothing is there that %s could be measured of", m->name);
    }
}

/* How far the value of a rule may still be from its bound. */
static double at_most_off(const struct search_rule *rule, const struct estimate *e)
{
    double below = fabs(rule->bound - e->low), above = fabs(rule->bound - e->high);
    return below > above ? below : above;
}

/* Of a requirement: the most that it may be off where all runs were done and it is still open; -1: that is nowhere. */
static double most_off(const struct plan *p, uint32_t i)
{
    const struct search *s = &p->search;
    double most = -1;
    for (uint32_t n = 0; n < s->tried_count; n++) {
        const struct search_tried *t = &s->tried[n];
        bool open = t->at > s->low && t->at < s->high && t->runs >= s->most_runs && t->verdicts[i] == VERDICT_OPEN;
        if (!open || !t->seen[i].has_interval) continue;
        double off = at_most_off(&p->rules[i], &t->seen[i]);
        if (off > most) most = off;
    }
    return most;
}

static void put_off(FILE *to, const struct plan *p, uint32_t i)
{
    const struct metric *m = &metrics[p->required[i].target.metric];
    double off = most_off(p, i);
    char words[64];
    if (off < 0) return;
    if (m->method == METRIC_QUANTILE)
        fprintf(to, "; what is still open there of %s: the share of mail within the bound, to %.3g percentage points",
                p->required[i].text, 100 * off);
    else if (m->unit == UNIT_SHARE)
        fprintf(to, "; %s is at most %.3g percentage points from its bound there", m->name, 100 * off);
    else
        fprintf(to, "; %s is at most %s from its bound there", m->name, words_value(m->unit, off, words));
}

static void put_undecided(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    char value[64], runs[64];
    if (plan_has_answer(p))
        fprintf(to, "%s meets %s", plan_value_text(p, s->high, value), p->count > 1 ? "all" : "it");
    else
        fprintf(to, "no value was shown to meet %s", p->count > 1 ? "all" : "it");
    if (s->low >= 0 && s->low <= s->last)
        fprintf(to, ", %s does not; between them", plan_value_text(p, s->low, value));
    else
        fprintf(to, ", none was shown not to; beside it");
    fprintf(to, " %s runs a value were not enough", words_count((double)s->most_runs, runs));
    for (uint32_t i = 0; i < p->count; i++) put_off(to, p, i);
}

/* "is met from 31 on (not at 30)" */
static void put_part(FILE *to, const struct plan *p, const struct search_part *part, const char *before,
                     const char *after)
{
    char met[64], unmet[64];
    put_required(to, p, part->rules);
    if (part->met < 0 || part->met > p->search.last)
        fprintf(to, " was met nowhere");
    else
        fprintf(to, " %s %s%s", before, plan_value_text(p, part->met, met), after);
    if (part->unmet >= 0 && part->unmet <= p->search.last)
        fprintf(to, " (not at %s)", plan_value_text(p, part->unmet, unmet));
}

static void put_apart(FILE *to, const struct plan *p)
{
    bool down = p->options->largest;
    fprintf(to, "no value meets all: ");
    put_part(to, p, &p->search.from, "is met from", down ? " downwards" : " on");
    fprintf(to, ", ");
    put_part(to, p, &p->search.upto, down ? "only down to" : "only up to", "");
}

static void put_not_one_side(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    char low[64], middle[64], high[64];
    plan_value_text(p, 0, low);
    plan_value_text(p, s->bumps[0], middle);
    plan_value_text(p, s->last, high);
    fprintf(to,
            "neither end meets it, but %s does: the requirement is crossed twice. Ask for %s..%s, and for %s..%s "
            "the other way",
            middle, p->options->largest ? middle : low, p->options->largest ? low : middle,
            p->options->largest ? high : middle, p->options->largest ? middle : high);
}

static void put_stopped(FILE *to, const struct plan *p)
{
    const struct search *s = &p->search;
    char value[64];
    fprintf(to, "stopped before there was an answer");
    if (s->tried_count == 0) return;
    if (s->high <= s->last) fprintf(to, "; so far %s was shown to meet it", plan_value_text(p, s->high, value));
    if (s->low >= 0) fprintf(to, "; so far %s was shown not to", plan_value_text(p, s->low, value));
}

char *plan_answer(const struct plan *p)
{
    static void (*const put[])(FILE *, const struct plan *) = {
        [SEARCH_FOUND] = put_found,         [SEARCH_AT_START] = put_at_start, [SEARCH_NOT_REACHED] = put_not_reached,
        [SEARCH_UNDECIDED] = put_undecided, [SEARCH_APART] = put_apart,       [SEARCH_NOT_ONE_SIDE] = put_not_one_side,
        [SEARCH_STOPPED] = put_stopped,
    };
    struct text t;
    text_open(&t);
    put[p->search.end](t.to, p);
    return text_close(&t);
}

/* ---- notes ---- */

#define NOTES_MAX 8

static char *note_wrong_way(const struct plan *p)
{
    char end[64];
    if (!p->search.ends_worse) return NULL;
    return say("not met at the %s end, %s: did you mean it %s --largest?", far_end(p),
               plan_value_text(p, p->search.last, end), p->options->largest ? "without" : "with");
}

static char *note_uneven(const struct plan *p)
{
    const struct search *s = &p->search;
    char a[64], b[64], c[64] = "";
    if (!s->uneven) return NULL;
    plan_value_text(p, s->bumps[0], a);
    plan_value_text(p, s->bumps[1], b);
    if (s->bumps[2] >= 0) plan_value_text(p, s->bumps[2], c);
    return say("it does not change sides once: met at %s, not met at %s%s%s; the answer is one of several crossings", a,
               b, c[0] ? ", met at " : "", c);
}

static bool names_metric(const struct plan *p, const char *begin, bool below)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct target *t = &p->required[i].target;
        if (strncmp(metrics[t->metric].name, begin, strlen(begin)) == 0 && t->above != below) return true;
    }
    return false;
}

/* Mail that is lost is never late. */
static char *note_lost_mail(const struct plan *p)
{
    const struct search_tried *t = search_find(&p->search, p->search.high);
    char value[64], share[64];
    bool minds = names_metric(p, "delivered_rate", false) ||
                 (names_metric(p, "bounce_rate", true) && names_metric(p, "queued_rate", true));
    if (!plan_has_answer(p) || minds || !names_metric(p, "latency.", true)) return NULL;
    struct estimate e = result_named(plan_lane_at(p, t->at)->x.results[0], "delivered_rate");
    if (!e.has_value || e.value >= 1) return NULL;
    return say(
        "mail that never comes has no latency: at %s %s of it is delivered. Should more be, require it: --require "
        "'delivered_rate > 99.9%%'",
        plan_value_text(p, t->at, value), words_share(e.value, share));
}

static char *note_nothing(const struct plan *p)
{
    const struct search *s = &p->search;
    char value[64];
    for (uint32_t i = 0; i < s->tried_count; i++)
        for (uint32_t k = 0; k < p->count; k++)
            if (!s->tried[i].seen[k].has_value && s->tried[i].verdicts[k] == VERDICT_NOT_MET)
                return say("at %s nothing happened in %" PRIu64
                           " runs that %s could be measured of: that counts as not met",
                           plan_value_text(p, s->tried[i].at, value), s->tried[i].runs,
                           metrics[p->required[k].target.metric].name);
    return NULL;
}

static char *note_more_runs(const struct plan *p)
{
    if (p->search.end != SEARCH_UNDECIDED) return NULL;
    return say("more runs a value (-n) or a coarser step (--vary %s=LO..HI:STEP) would decide it", p->axis.key);
}

char **plan_notes(const struct plan *p, int *count)
{
    static char *(*const makers[])(const struct plan *) = {note_wrong_way, note_uneven, note_lost_mail, note_nothing,
                                                           note_more_runs};
    char **notes = calloc(NOTES_MAX, sizeof *notes); /* NOLINT(bugprone-sizeof-expression): pointers */
    if (!notes) abort();
    *count = 0;
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        char *note = makers[i](p);
        if (note) notes[(*count)++] = note;
    }
    return notes;
}

/* ---- the command ---- */

/* A word as a shell takes it. */
static void put_quoted(FILE *to, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,@%+-";
    if (word[0] && strspn(word, plain) == strlen(word)) {
        fputs(word, to);
        return;
    }
    fputc('\'', to);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", to);
        else
            fputc(*word, to);
    fputc('\'', to);
}

char *plan_command(const struct plan *p)
{
    struct text t;
    text_open(&t);
    fprintf(t.to, "mxsim");
    for (int i = 0; i < p->options->argc; i++) {
        fputc(' ', t.to);
        put_quoted(t.to, p->options->argv[i]);
    }
    return text_close(&t);
}
