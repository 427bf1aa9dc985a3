/* sim/crossing.c - see sim/crossing.h. */
#include "sim/crossing.h"

#include "sim/check.h"
#include "sim/mem.h"

#include <math.h>
#include <string.h>

/* ---- how many looks, and what each may err ---- */

/* first, 1.5 first, 2 first, 3 first, 4 first, 6 first ... and most. Fixed, so that what is found does not depend on
 * the machine; closer together would cost a stricter test, farther apart runs beyond the need. */
static uint64_t next_runs(const struct crossing *c, uint64_t runs)
{
    uint64_t next = c->first_runs;
    while (next + next / 2 <= runs) next *= 2;
    if (next <= runs) next += next / 2;
    return next < c->most_runs ? next : c->most_runs;
}

static uint32_t count_looks(const struct crossing *c)
{
    uint32_t n = 1;
    for (uint64_t runs = c->first_runs; runs < c->most_runs; runs = next_runs(c, runs)) n++;
    return n;
}

/* Nine tenths go to the values that a search needs as a rule, to each the same; of the last tenth the k-th value beyond
 * them gets 1 / (k (k + 1)), which never adds up to more than 1. */
static double error_of(const struct crossing *c, uint32_t place)
{
    if (place < c->planned) return 0.9 * c->error / c->planned / c->looks;
    double k = (double)(place - c->planned) + 1;
    return 0.1 * c->error / (k * (k + 1)) / c->looks;
}

void crossing_init(struct crossing *c, int64_t last, int64_t width, uint64_t first_runs, uint64_t most_runs,
                   double error)
{
    sim_assert(NULL, last >= 0 && (width == 1 || width == 2) && 2 <= first_runs && first_runs <= most_runs);
    sim_assert(NULL, most_runs <= UINT64_MAX / 4 && error > 0 && error < 1);
    *c = (struct crossing){
        .last = last, .width = width, .first_runs = first_runs, .most_runs = most_runs, .error = error};
    c->guide_runs = first_runs / 4 < 2 ? 2 : first_runs / 4;
    c->looks = count_looks(c);
    c->planned = 4; /* both ends, and two that turn up beside the way */
    for (int64_t gap = last; gap > 1; gap -= gap / 2) c->planned++;
}

void crossing_free(struct crossing *c)
{
    mem_free(c->values);
    *c = (struct crossing){0};
}

/* ---- what is known ---- */

/* The place in values of the first that is not below at. */
static uint32_t place_of(const struct crossing *c, int64_t at)
{
    uint32_t i = 0;
    while (i < c->count && c->values[i].at < at) i++;
    return i;
}

const struct crossing_value *crossing_find(const struct crossing *c, int64_t at)
{
    uint32_t i = place_of(c, at);
    return i < c->count && c->values[i].at == at ? &c->values[i] : NULL;
}

int64_t crossing_low(const struct crossing *c)
{
    int64_t low = -1;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i].verdict == VERDICT_NOT_MET) low = c->values[i].at;
    return low;
}

int64_t crossing_high(const struct crossing *c)
{
    int64_t low = crossing_low(c);
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i].verdict == VERDICT_MET && c->values[i].at > low) return c->values[i].at;
    return c->last + 1;
}

void crossing_tell(struct crossing *c, const struct crossing_look *look, uint64_t runs, enum verdict verdict,
                   double lean)
{
    uint32_t i = place_of(c, look->at);
    if (i == c->count || c->values[i].at != look->at) {
        c->values = mem_resize(c->values, ((size_t)c->count + 1) * sizeof *c->values);
        memmove(&c->values[i + 1], &c->values[i], (c->count - i) * sizeof *c->values);
        c->values[i] = (struct crossing_value){.at = look->at, .place = c->count++};
    }
    struct crossing_value *v = &c->values[i];
    v->runs = runs;
    v->lean = lean;
    if (v->verdict == VERDICT_OPEN) v->verdict = verdict;
}

/* ---- where to look ---- */

/* Two values that the crossing seems to lie between are worth a look between them if they differ by so much, in units
 * of what shows one of them; before that more runs of both tell more. */
#define CLEAR 0.8

/* Can more runs tell anything of it? */
static bool may_look(const struct crossing *c, int64_t at)
{
    const struct crossing_value *v = crossing_find(c, at);
    return !v || (v->verdict == VERDICT_OPEN && v->runs < c->most_runs);
}

/* The runs that a value beside it should have before its lean is trusted: the same luck should be in both. What was
 * shown stands farther from the bound, and a quarter is enough. */
static uint64_t company(const struct crossing *c, int64_t at)
{
    const struct crossing_value *v = crossing_find(c, at);
    return !v ? 0 : v->verdict == VERDICT_OPEN ? v->runs : v->runs / 4;
}

static uint64_t runs_of(const struct crossing *c, int64_t at)
{
    const struct crossing_value *v = crossing_find(c, at);
    return v ? v->runs : 0;
}

static double clearness(const struct crossing *c, int64_t at)
{
    const struct crossing_value *v = crossing_find(c, at);
    return v && v->verdict == VERDICT_OPEN ? fabs(v->lean) : INFINITY;
}

/* How far a value seems to be from the bound, in units that are the same for all values. */
static double distance(const struct crossing *c, int64_t at)
{
    const struct crossing_value *v = crossing_find(c, at);
    return v ? fabs(v->lean) / sqrt((double)v->runs) : INFINITY;
}

/* The two neighbours, of those looked at, that the crossing seems to lie between; low and high if there are none. */
static void seems_between(const struct crossing *c, int64_t low, int64_t high, int64_t *a, int64_t *b)
{
    *a = low;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct crossing_value *v = &c->values[i];
        if (v->at <= low || v->at >= high) continue;
        if (v->lean > 0) {
            *b = v->at;
            return;
        }
        *a = v->at;
    }
    *b = high;
}

/* With a width of 2: the two values beside the one that the crossing seems to be nearest to, which is a hard one. */
static void straddle(const struct crossing *c, int64_t low, int64_t high, int64_t *a, int64_t *b)
{
    double left = distance(c, *a), right = distance(c, *b);
    double part = left < INFINITY ? left / (left + right) : right < INFINITY ? 1 : 0.5;
    int64_t first = low < 0 ? 0 : low, last = high > c->last ? c->last : high;
    int64_t nearest = part > 0 ? *a + llround((double)(*b - *a) * part) : *a;
    if (*a < 0 || *b > c->last || last - first < 2) return;
    *a = nearest - 1 < first ? first : nearest - 1 > last - 2 ? last - 2 : nearest - 1;
    *b = *a + 2;
}

/* The next look where the two values of the answer seem to be; -1: at least one of them stays open. */
static int64_t look_at_answer(const struct crossing *c, int64_t low, int64_t high)
{
    int64_t a, b;
    seems_between(c, low, high, &a, &b);
    bool left = a > low && may_look(c, a), right = b < high && may_look(c, b);
    if (left && runs_of(c, a) < company(c, b)) return a;
    if (right && runs_of(c, b) < company(c, a)) return b;
    if (b - a > c->width) {
        bool shown = a == low && b == high;
        if (shown || ((left || right) && clearness(c, a) + clearness(c, b) >= CLEAR)) return a + (b - a) / 2;
    } else if (c->width == 2) {
        straddle(c, low, high, &a, &b);
        left = a > low && may_look(c, a);
        right = b < high && may_look(c, b);
    }
    if (left && right) return runs_of(c, a) <= runs_of(c, b) ? a : b;
    return left ? a : right ? b : -1;
}

/* In the gap between from and to: something open in it, else its middle; -1: it is no wider than enough. */
static int64_t look_into_gap(const struct crossing *c, int64_t from, int64_t to, int64_t enough)
{
    if (to - from <= (from < 0 || to > c->last ? 1 : enough)) return -1;
    int64_t middle = from + (to - from) / 2, best = -1;
    for (uint32_t i = 0; i < c->count; i++) {
        int64_t at = c->values[i].at;
        if (at <= from || at >= to || !may_look(c, at)) continue;
        if (best < 0 || (at < middle ? middle - at : at - middle) < (best < middle ? middle - best : best - middle))
            best = at;
    }
    return best >= 0 ? best : middle;
}

/* No number of runs has shown the two: how near to what stays open are those that can be shown? A quarter of what is
 * open is near enough. */
static int64_t look_around_open(const struct crossing *c, int64_t low, int64_t high)
{
    int64_t first = high, last = low;
    for (uint32_t i = 0; i < c->count; i++) {
        int64_t at = c->values[i].at;
        if (at <= low || at >= high || may_look(c, at)) continue;
        if (at < first) first = at;
        last = at;
    }
    if (first == high) return -1;
    int64_t enough = c->width + (last - first) / 4, at = look_into_gap(c, low, first, enough);
    return at >= 0 ? at : look_into_gap(c, last, high, enough);
}

/* How many runs it has after its next look. */
static uint64_t runs_for(const struct crossing *c, int64_t at)
{
    uint32_t i = place_of(c, at);
    if (i < c->count && c->values[i].at == at) return next_runs(c, c->values[i].runs);
    if (at == 0 || at == c->last) return c->first_runs;
    uint64_t left = company(c, c->values[i - 1].at), right = company(c, c->values[i].at);
    uint64_t runs = left < right ? left : right;
    return runs < c->first_runs ? c->guide_runs : next_runs(c, runs - 1);
}

bool crossing_next(const struct crossing *c, struct crossing_look *look)
{
    int64_t low = crossing_low(c), high = crossing_high(c), at = -1;
    const struct crossing_value *start = crossing_find(c, 0);
    bool inside = low >= 0 && high <= c->last;
    if (!start)
        at = 0;
    else if (!crossing_find(c, c->last))
        at = c->last;
    else if (start->verdict == VERDICT_MET || high - low <= (inside ? c->width : 1))
        return false;
    else if ((at = look_at_answer(c, low, high)) < 0)
        at = look_around_open(c, low, high);
    if (at < 0) return false;
    const struct crossing_value *v = crossing_find(c, at);
    uint64_t runs = runs_for(c, at);
    *look = (struct crossing_look){at, runs, error_of(c, v ? v->place : c->count), runs >= c->first_runs};
    return true;
}
