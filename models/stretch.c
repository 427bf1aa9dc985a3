/* models/stretch.c - see models/stretch.h. */
#include "models/stretch.h"

#include <math.h>
#include <string.h>

/* ---- the plan ---- */

/* How many outages of the fault a run has, about. */
static double outages_expected(const struct fault_spec *fault, sim_time limit)
{
    double all = sim_time_seconds(limit), up = law_mean(&fault->up), down = law_mean(&fault->length);
    return fault->alternating ? 1 + floor(all / (fmin(up, all) + fmin(down, all))) : 1;
}

static bool beyond(const struct stretch_line *l, const struct stretch_level *level, sim_time span)
{
    return l->span == STRETCH_LENGTH ? span >= level->bound : span <= level->bound;
}

/* The levels that matter to a run of this length: what is longer is all the same to it. */
static uint32_t find_levels(const struct stretch_line *l, sim_time limit, struct stretch_level *level)
{
    bool is_long = l->span == STRETCH_LENGTH;
    uint32_t count = 1;
    double share = 1;
    level[0] = (struct stretch_level){.bound = is_long ? 0 : SIM_NEVER, .share = 1};
    for (int i = 0; i < (is_long ? STRETCH_LEVELS : STRETCH_SHORT); i++) {
        share /= 2;
        sim_time bound = law_tail_time(l->law, is_long ? share : 1 - share);
        double reach = is_long ? law_tail(l->law, bound) : 1 - law_tail(l->law, bound + 1);
        if (bound < limit && reach < level[count - 1].share && reach > 0)
            level[count++] = (struct stretch_level){.bound = bound, .share = reach};
    }
    return count;
}

static bool line_build(struct stretch *s, uint32_t fault, enum stretch_span span)
{
    const struct fault_spec *spec = &s->spec->faults[fault];
    struct stretch_line *l = &s->lines[s->line_count];
    struct stretch_level level[STRETCH_LEVELS + 1];
    *l = (struct stretch_line){.fault = fault, .span = span, .first = s->level_count};
    l->law = span == STRETCH_LENGTH ? &spec->length : &spec->up;
    l->levels = find_levels(l, s->spec->limit, level);
    if (l->levels < 2) return false;
    l->level = arena_zero(&s->arena, l->levels, sizeof *l->level);
    memcpy(l->level, level, l->levels * sizeof *l->level);
    l->expected = outages_expected(spec, s->spec->limit);
    s->line_of[span][fault] = s->line_count++;
    s->level_count += l->levels;
    return true;
}

/* Of each line half a span a run is stretched on average, and two of all lines: the more there are at once, the less a
 * run tells. */
static void line_share(struct stretch *s, struct stretch_line *l)
{
    double stretched = fmin(0.5, 2.0 / s->line_count) / l->expected;
    for (int way = 0; way < STRETCH_WAYS; way++) {
        l->shares[way] = arena_zero(&s->arena, l->levels, sizeof *l->shares[way]);
        l->shares[way][0] = way == STRETCH_PLAIN ? 1 : 1 - stretched;
        for (uint32_t i = 1; i < l->levels && way != STRETCH_PLAIN; i++)
            l->shares[way][i] = stretched / (l->levels - 1);
    }
}

struct stretch *stretch_new(const struct world_spec *spec)
{
    struct stretch *s = mem_zero(1, sizeof *s);
    arena_init(&s->arena);
    s->spec = spec;
    s->ways[STRETCH_PLAIN] = 1;
    s->lines = arena_zero(&s->arena, STRETCH_SPANS * (size_t)spec->fault_count, sizeof *s->lines);
    for (int span = 0; span < STRETCH_SPANS; span++) {
        s->line_of[span] = arena_zero(&s->arena, spec->fault_count, sizeof *s->line_of[span]);
        for (uint32_t i = 0; i < spec->fault_count; i++) s->line_of[span][i] = SPEC_NONE;
    }
    for (uint32_t i = 0; i < spec->fault_count; i++)
        if (line_build(s, i, STRETCH_LENGTH) && spec->faults[i].alternating) line_build(s, i, STRETCH_UP);
    for (uint32_t i = 0; i < s->line_count; i++) line_share(s, &s->lines[i]);
    return s;
}

void stretch_free(struct stretch *s)
{
    if (!s) return;
    arena_fini(&s->arena);
    mem_free(s);
}

/* ---- one run ---- */

struct stretched *stretched_new(const struct stretch *plan)
{
    struct stretched *s = mem_zero(1, sizeof *s);
    s->plan = plan;
    s->furthest = mem_zero(plan->line_count, sizeof *s->furthest);
    s->ratios = mem_zero(plan->line_count, sizeof *s->ratios);
    s->fits = mem_zero(plan->level_count, sizeof *s->fits);
    return s;
}

void stretched_free(struct stretched *s)
{
    if (!s) return;
    mem_free(s->furthest);
    mem_free(s->ratios);
    mem_free(s->fits);
    mem_free(s);
}

/* One of the things that have these shares, which add up to 1. */
static uint32_t choose(const double *shares, uint32_t count, struct rng *r)
{
    double u = rng_uniform(r);
    uint32_t last = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!(shares[i] > 0)) continue;
        if (u < shares[i]) return i;
        u -= shares[i];
        last = i;
    }
    return last; /* they added up to a little less */
}

void stretched_begin(struct stretched *s, uint64_t seed, uint64_t run)
{
    const struct stretch *plan = s->plan;
    rng_open(&s->luck, seed, run, rng_name("stretched outages"));
    s->way = (enum stretch_way)choose(plan->ways, STRETCH_WAYS, &s->luck);
    memset(s->fits, 0, plan->level_count * sizeof *s->fits);
    for (uint32_t i = 0; i < plan->line_count; i++) {
        s->furthest[i] = -1;
        for (int way = 0; way < STRETCH_WAYS; way++) s->ratios[i][way] = 1;
    }
}

/* How many times likelier a span is, drawn by these shares of levels. */
static double span_ratio(const struct stretch_line *l, enum stretch_way way, sim_time span)
{
    double sum = 0;
    for (uint32_t i = 0; i < l->levels && beyond(l, &l->level[i], span); i++)
        sum += l->shares[way][i] / l->level[i].share;
    return sum;
}

static void note_span(struct stretched *s, uint32_t line, sim_time span)
{
    const struct stretch_line *l = &s->plan->lines[line];
    double tuned = span_ratio(l, STRETCH_TUNED, span);
    sim_time before = s->furthest[line];
    if (before < 0 || (l->span == STRETCH_LENGTH) == (span > before)) s->furthest[line] = span;
    s->ratios[line][STRETCH_WIDE] *= span_ratio(l, STRETCH_WIDE, span);
    s->ratios[line][STRETCH_TUNED] *= tuned;
    for (uint32_t i = 0; i < l->levels && beyond(l, &l->level[i], span) && tuned > 0; i++)
        s->fits[l->first + i] += l->shares[STRETCH_TUNED][i] / l->level[i].share / tuned;
}

static sim_time draw_from(const struct stretch_line *l, uint32_t level, struct rng *r)
{
    if (level == 0) return law_draw(l->law, r);
    sim_time bound = l->level[level].bound;
    return l->span == STRETCH_LENGTH ? law_draw_long(l->law, bound, r) : law_draw_short(l->law, bound, r);
}

sim_time stretched_draw(struct stretched *s, enum stretch_span span, uint32_t fault, struct rng *r)
{
    uint32_t line = s->plan->line_of[span][fault];
    const struct fault_spec *spec = &s->plan->spec->faults[fault];
    if (line == SPEC_NONE) return law_draw(span == STRETCH_LENGTH ? &spec->length : &spec->up, r);
    const struct stretch_line *l = &s->plan->lines[line];
    sim_time drawn = draw_from(l, choose(l->shares[s->way], l->levels, &s->luck), r);
    note_span(s, line, drawn);
    return drawn;
}

void stretched_end(struct stretched *s)
{
    const struct stretch *plan = s->plan;
    double sum = 0;
    for (int way = 0; way < STRETCH_WAYS; way++) {
        double ratio = plan->ways[way];
        for (uint32_t i = 0; i < plan->line_count && ratio > 0; i++) ratio *= s->ratios[i][way];
        sum += ratio;
    }
    s->weight = 1 / sum;
}
