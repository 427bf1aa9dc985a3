/* models/stretch.h - outages drawn from the long end of their laws, and the weight that makes up for it: importance
 * sampling (docs/statistics.md, "Rare events"; docs/decisions/rare-events.md).
 *
 * The length of an outage has levels: the longer half of its law, the longest quarter, eighth, ... up to those that are
 * as long as a run. Each run is drawn in one of three ways, chosen by lot: plain, as the scenario says; wide, where
 * each outage is left alone or drawn from any of its levels; tuned, the same with shares that a pilot found. The run's
 * weight is the chance of its lengths by the scenario over the chance of them by this mixture: never above 1 / share of
 * plain. Sources: T. Hesterberg, "Weighted average importance sampling and defensive mixture distributions",
 * Technometrics 37, 1995; A. Owen, Y. Zhou, "Safe and effective importance sampling", JASA 95, 2000. */
#pragma once
#include "models/spec.h"
#include "sim/mem.h"

#define STRETCH_LEVELS 50 /* of a length at most, beside level 0: the last one is 2^-50 of its law, 9e-16 */
#define STRETCH_SHORT  20 /* of a time up likewise: 1e-6 */

enum stretch_way { STRETCH_PLAIN, STRETCH_WIDE, STRETCH_TUNED, STRETCH_WAYS };

/* Which spans of a fault. */
enum stretch_span { STRETCH_LENGTH, STRETCH_UP, STRETCH_SPANS };

/* A length that is `bound` or longer, a time up that is `bound` or shorter: such are `share` of the law. Level 0 is the
 * law itself. */
struct stretch_level {
    sim_time bound;
    double share;
};

/* Spans of a fault that are left to chance: each is drawn from one of the levels. */
struct stretch_line {
    uint32_t fault; /* number in the world's faults */
    enum stretch_span span;
    const struct law *law;
    struct stretch_level *level;
    uint32_t levels;              /* >= 2 */
    uint32_t first;               /* where this line's levels begin among those of all lines */
    double expected;              /* how many such spans a run has, about */
    double *shares[STRETCH_WAYS]; /* by level; they add up to 1 */
};

struct stretch {
    const struct world_spec *spec; /* borrowed */
    struct stretch_line *lines;
    uint32_t line_count;              /* 0: nothing can be stretched; a time up counts only beside a length */
    uint32_t level_count;             /* of all lines together */
    uint32_t *line_of[STRETCH_SPANS]; /* by fault; SPEC_NONE: it has no line */
    double ways[STRETCH_WAYS];        /* shares of the runs; they add up to 1 */
    struct arena arena;
};

/* All runs are plain until ways is set; tuned begins as wide is. spec outlives it. */
struct stretch *stretch_new(const struct world_spec *spec);
void stretch_free(struct stretch *s);

/* The spans of one run as they are drawn. Borrows the plan, which must not change meanwhile. */
struct stretched {
    const struct stretch *plan;
    enum stretch_way way;
    struct rng luck;                /* which levels */
    sim_time *furthest;             /* by line: the longest length, the shortest time up; -1: none was drawn */
    double (*ratios)[STRETCH_WAYS]; /* by line: how many times likelier its spans are in this way */
    double *fits;                   /* by level: of how many spans it is the source, as tuned shares explain them */
    double weight;                  /* after stretched_end */
};
struct stretched *stretched_new(const struct stretch *plan);
void stretched_free(struct stretched *s);

/* A new run. Which levels are drawn from has a stream of its own, so that a plain run's spans are those of a run
 * without any plan. */
void stretched_begin(struct stretched *s, uint64_t seed, uint64_t run);

/* The next span of a fault. */
sim_time stretched_draw(struct stretched *s, enum stretch_span span, uint32_t fault, struct rng *r);

/* All spans of the run are drawn. */
void stretched_end(struct stretched *s);
