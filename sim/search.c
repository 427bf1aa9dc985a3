/* sim/search.c - see sim/search.h. */
#include "sim/search.h"

#include "sim/check.h"
#include "sim/mem.h"

#include <math.h>
#include <string.h>

/* How the error that is allowed is shared. Only several rules can have parts that cross at different values. */
#define FOR_PROBES 0.05
#define FOR_PART   0.1

#define PROBES 3

/* ---- a rule ---- */

enum verdict rule_verdict(const struct search_rule *rule, const struct estimate *e)
{
    if (!e->has_value || !e->has_interval) return VERDICT_OPEN;
    double good = rule->above ? e->low - rule->bound : rule->bound - e->high;
    double bad = rule->above ? rule->bound - e->high : e->low - rule->bound;
    if (good > 0 || (rule->or_equal && good >= 0)) return VERDICT_MET;
    return bad > 0 || (!rule->or_equal && bad >= 0) ? VERDICT_NOT_MET : VERDICT_OPEN;
}

/* How far the value is from the bound, in units of the interval's half on that side: > 0 if it is on the good side, and
 * 1 is where a verdict begins. */
static double lean_of(const struct search_rule *rule, const struct estimate *e)
{
    if (!e->has_value) return -1;
    double good = rule->above ? e->value - rule->bound : rule->bound - e->value;
    double half = (good > 0) == rule->above ? e->value - e->low : e->high - e->value;
    if (good == 0) return rule->or_equal ? 1e-9 : -1e-9;
    return half > 0 ? good / half : good > 0 ? INFINITY : -INFINITY;
}

/* ---- what was seen ---- */

const struct search_tried *search_find(const struct search *s, int64_t at)
{
    for (uint32_t i = 0; i < s->tried_count; i++)
        if (s->tried[i].at == at) return &s->tried[i];
    return NULL;
}

static struct search_tried *place_for(struct search *s, int64_t at)
{
    uint32_t i = 0;
    while (i < s->tried_count && s->tried[i].at < at) i++;
    if (i < s->tried_count && s->tried[i].at == at) return &s->tried[i];
    s->tried = mem_resize(s->tried, ((size_t)s->tried_count + 1) * sizeof *s->tried);
    memmove(&s->tried[i + 1], &s->tried[i], (s->tried_count - i) * sizeof *s->tried);
    s->tried[i] = (struct search_tried){.at = at};
    s->tried_count++;
    return &s->tried[i];
}

static uint32_t count_bits(uint32_t bits)
{
    uint32_t n = 0;
    for (; bits; bits &= bits - 1) n++;
    return n;
}

/* The verdict on several rules at once, and the least of their leans. */
static enum verdict judge(const struct search *s, const struct search_tried *t, uint32_t rules, double *lean)
{
    enum verdict all = VERDICT_MET;
    *lean = INFINITY;
    for (uint32_t i = 0; i < s->rule_count; i++) {
        if (!(rules >> i & 1)) continue;
        double one = lean_of(&s->rules[i], &t->seen[i]);
        if (one < *lean) *lean = one;
        if (t->verdicts[i] == VERDICT_NOT_MET) return *lean = one < 0 ? one : -1e-9, VERDICT_NOT_MET;
        if (t->verdicts[i] == VERDICT_OPEN) all = VERDICT_OPEN;
    }
    return all;
}

static uint32_t all_rules(const struct search *s)
{
    return (UINT32_C(1) << s->rule_count) - 1;
}

/* Looks at a value; all tests of these rules together may err by how.error. What was once shown stays so. Null:
 * interrupted. */
static const struct search_tried *look(struct search *s, struct crossing_look how, uint32_t rules)
{
    struct estimate seen[SEARCH_RULES_MAX];
    double level = 1 - 2 * how.error / count_bits(rules), lean;
    uint64_t had = s->oracle(s->context, how.at, how.runs, level, seen);
    if (had == 0) return NULL;
    struct search_tried *t = place_for(s, how.at);
    t->runs = had;
    for (uint32_t i = 0; i < s->rule_count; i++) {
        bool nothing = !seen[i].has_value && (had >= SEARCH_NOTHING_RUNS || had >= s->most_runs);
        t->seen[i] = seen[i];
        if (t->verdicts[i] == VERDICT_OPEN) t->levels[i] = level;
        if (how.tests && t->verdicts[i] == VERDICT_OPEN && (rules >> i & 1))
            t->verdicts[i] = nothing ? VERDICT_NOT_MET : rule_verdict(&s->rules[i], &seen[i]);
    }
    t->all = judge(s, t, all_rules(s), &lean);
    return t;
}

/* ---- one crossing ---- */

/* Where some of the rules cross: in the order of the row, or downwards from its end. False: interrupted. */
static bool cross(struct search *s, uint32_t rules, bool downwards, double share, struct crossing *c)
{
    struct crossing_look next;
    crossing_init(c, s->last, s->width, s->first_runs, s->most_runs, (1 - s->confidence) * share);
    s->looks = c->looks;
    while (crossing_next(c, &next)) {
        struct crossing_look how = next;
        if (downwards) how.at = s->last - next.at;
        const struct search_tried *t = look(s, how, rules);
        if (!t) return false;
        double lean;
        enum verdict verdict = judge(s, t, rules, &lean);
        crossing_tell(c, &next, t->runs, verdict, lean);
    }
    return true;
}

static bool is_decided(const struct search *s, int64_t low, int64_t high)
{
    return low >= 0 && high <= s->last && high - low <= s->width;
}

static bool find_part(struct search *s, uint32_t rules, bool downwards, struct search_part *part)
{
    struct crossing c;
    bool done = cross(s, rules, downwards, FOR_PART, &c);
    int64_t low = crossing_low(&c), high = crossing_high(&c);
    *part = (struct search_part){rules, downwards ? s->last - high : high, downwards ? s->last - low : low,
                                 is_decided(s, low, high)};
    crossing_free(&c);
    return done;
}

/* ---- the ends of the row ---- */

/* The rules that a value does not meet; seemingly: those that it does not even seem to meet. */
static uint32_t failed_at(const struct search *s, int64_t at, bool seemingly)
{
    const struct search_tried *t = search_find(s, at);
    uint32_t failed = 0;
    for (uint32_t i = 0; i < s->rule_count; i++) {
        bool shown = t->verdicts[i] == VERDICT_NOT_MET;
        bool seems = t->verdicts[i] == VERDICT_OPEN && lean_of(&s->rules[i], &t->seen[i]) <= 0;
        if (shown || (seemingly && seems)) failed |= UINT32_C(1) << i;
    }
    return failed;
}

/* One look at a value beside the way, with its share of the error for such. */
static const struct search_tried *probe(struct search *s, int64_t at, bool tests)
{
    double error = (1 - s->confidence) * FOR_PROBES / PROBES;
    uint64_t runs = tests || s->first_runs < 8 ? s->first_runs : s->first_runs / 4;
    return look(s, (struct crossing_look){at, runs, error, tests}, all_rules(s));
}

/* The i-th of PROBES values between low and high. */
static int64_t between(int64_t low, int64_t high, int64_t i)
{
    int64_t gap = high - low, parts = PROBES + 1;
    return low + gap / parts * i + gap % parts * i / parts;
}

/* Neither end meets the rules, and the same one is at fault: does nothing between meet them either? A few values are
 * enough to notice that there are two crossings, not to find them. */
static enum search_end probe_inside(struct search *s)
{
    for (int64_t i = 1; i <= PROBES; i++) {
        int64_t at = between(0, s->last, i);
        if (search_find(s, at)) continue;
        const struct search_tried *t = probe(s, at, true);
        if (!t) return SEARCH_STOPPED;
        if (t->all == VERDICT_MET) return SEARCH_NOT_ONE_SIDE;
    }
    return SEARCH_NOT_REACHED;
}

/* A value far from the answer should be on its side of it: a few runs, and more only if they lean otherwise. False:
 * interrupted. */
static bool expect(struct search *s, int64_t at, bool met)
{
    double lean;
    const struct search_tried *t = search_find(s, at);
    if (t && t->all != VERDICT_OPEN) return true;
    if (!t && !(t = probe(s, at, false))) return false;
    judge(s, t, all_rules(s), &lean);
    return (lean > 0) == met || probe(s, at, true);
}

/* Once there is an answer: are there other crossings? Both sides of it are probed. */
static bool expect_one_crossing(struct search *s)
{
    if (s->low > 1 && !expect(s, s->low / 2, false)) return false;
    for (int64_t i = 1; i < PROBES && s->high < s->last; i++)
        if (!expect(s, s->high + (s->last - s->high) * i / PROBES, true)) return false;
    return true;
}

/* Some rules are met from a value on, the others up to one: is there anything between? */
static enum search_end between_parts(struct search *s)
{
    const struct search_part *from = &s->from, *upto = &s->upto;
    if (from->unmet == s->last || upto->unmet == 0) return SEARCH_NOT_REACHED;
    s->low = from->unmet;
    s->high = from->met <= upto->met ? from->met : upto->unmet;
    if (from->met <= upto->met) return from->decided ? SEARCH_FOUND : SEARCH_UNDECIDED;
    return upto->unmet <= from->unmet + 1 ? SEARCH_APART : SEARCH_UNDECIDED;
}

/* The last value does not meet the rules. */
static enum search_end not_at_last(struct search *s)
{
    uint32_t failed = failed_at(s, s->last, false), others = all_rules(s) & ~failed;
    if (failed & failed_at(s, 0, true)) return probe_inside(s);
    if (!find_part(s, failed, true, &s->upto)) return SEARCH_STOPPED;
    if (others) return find_part(s, others, false, &s->from) ? between_parts(s) : SEARCH_STOPPED;
    /* The first value only seemed to meet them all, and was now looked at again. */
    int64_t met = s->upto.met, unmet = s->upto.unmet;
    s->upto.rules = 0;
    if (met >= 0) return SEARCH_AT_START;
    return unmet == 0 ? SEARCH_NOT_REACHED : SEARCH_UNDECIDED;
}

static enum search_end finish(struct search *s)
{
    if (search_find(s, 0)->all == VERDICT_MET) return SEARCH_AT_START;
    if (s->low == s->last) return not_at_last(s);
    return is_decided(s, s->low, s->high) ? SEARCH_FOUND : SEARCH_UNDECIDED;
}

/* ---- more than one crossing ---- */

static int64_t first_after(const struct search *s, int64_t after, enum verdict verdict)
{
    for (uint32_t i = 0; i < s->tried_count; i++)
        if (s->tried[i].at > after && s->tried[i].all == verdict) return s->tried[i].at;
    return -1;
}

static void look_for_bumps(struct search *s)
{
    int64_t a = first_after(s, -1, VERDICT_MET), b = a < 0 ? -1 : first_after(s, a, VERDICT_NOT_MET);
    int64_t c = b < 0 ? -1 : first_after(s, b, VERDICT_MET);
    bool one_way = s->end == SEARCH_FOUND || s->end == SEARCH_UNDECIDED;
    s->ends_worse = s->end == SEARCH_AT_START && search_find(s, s->last)->all == VERDICT_NOT_MET;
    s->uneven = c >= 0 || (b >= 0 && one_way && !s->upto.rules);
    s->bumps[0] = a;
    s->bumps[1] = b;
    s->bumps[2] = c;
}

void search_run(struct search *s)
{
    struct crossing c;
    sim_assert(NULL, s->rule_count > 0 && s->rule_count <= SEARCH_RULES_MAX);
    double share = 1 - FOR_PROBES - (s->rule_count > 1 ? 2 * FOR_PART : 0);
    bool done = cross(s, all_rules(s), false, share, &c);
    s->low = crossing_low(&c);
    s->high = crossing_high(&c);
    crossing_free(&c);
    s->end = done ? finish(s) : SEARCH_STOPPED;
    if (s->end == SEARCH_AT_START) s->low = -1, s->high = 0;
    bool has_answer = s->end == SEARCH_FOUND || s->end == SEARCH_AT_START;
    if (has_answer && !s->upto.rules && !expect_one_crossing(s)) s->end = SEARCH_STOPPED;
    if (s->end != SEARCH_STOPPED) look_for_bumps(s);
}

void search_free(struct search *s)
{
    mem_free(s->tried);
    s->tried = NULL;
    s->tried_count = 0;
}
