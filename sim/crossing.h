/* sim/crossing.h - where along a row of values something begins to hold, when each value can only be looked at through
 * noise, and more runs let it be seen more clearly.
 *
 * The values are numbered 0 .. last. It is assumed that there is one crossing: what is asked for does not hold below it
 * and holds from it on. Pure bookkeeping: crossing_next says which value to look at, by how many runs in all and with
 * which chance of error; who asks does the runs and tells what was seen.
 *
 * - The way: both ends, then halves by the side that each value leans to after a few runs, which show nothing yet. More
 *   runs go only to the two values that the crossing seems to lie between. If more runs make them lean otherwise,
 *   others take their place.
 * - The claim: an answer rests on two values alone, one shown to meet it and one shown not to. "Shown" is a test whose
 *   error is a part of `error`: the j-th value that is looked at gets its part by j, and each of its looks an equal
 * part of that; so the parts of all tests that can ever be made add up to `error` (Bonferroni), however the way goes
 * and whenever it ends. docs/decisions/search.md has why, and what that costs. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum verdict { VERDICT_OPEN, VERDICT_MET, VERDICT_NOT_MET };

struct crossing_value {
    int64_t at;
    uint64_t runs;
    uint32_t place; /* the how many-th value of all that were looked at, from 0 */
    enum verdict verdict;
    double lean; /* > 0: rather met; the larger, the clearer */
};

/* How to look next. */
struct crossing_look {
    int64_t at;
    uint64_t runs; /* of this value in all */
    double error;  /* the chance that this look's test may have of showing the wrong one of "met" and "not met" */
    bool tests;    /* false: the look is only for the way, and shows nothing */
};

struct crossing {
    int64_t last;
    int64_t width;                  /* how far apart the two values of the answer may be: 1, or 2 (see crossing_low) */
    uint64_t guide_runs;            /* of a value between the ends, at its first look, which is no test */
    uint64_t first_runs, most_runs; /* of a value, at its first test and its last */
    double error;                   /* in all */
    struct crossing_value *values;  /* in order of at; owned */
    uint32_t count;
    uint32_t looks;   /* a value can have */
    uint32_t planned; /* values, that a search of this size should need */
};

/* last >= 0, width 1 or 2, 2 <= first_runs <= most_runs, 0 < error < 1. guide_runs is a quarter of first_runs. */
void crossing_init(struct crossing *c, int64_t last, int64_t width, uint64_t first_runs, uint64_t most_runs,
                   double error);
void crossing_free(struct crossing *c);

/* False: there is nothing more to look at. Either low and high are near enough, or all between them were looked at by
 * most_runs runs and are open, or open and nearer than width to one that is. */
bool crossing_next(const struct crossing *c, struct crossing_look *look);

/* What was seen: runs >= look->runs. The verdict is VERDICT_OPEN unless a look tested; once another, it stays. */
void crossing_tell(struct crossing *c, const struct crossing_look *look, uint64_t runs, enum verdict verdict,
                   double lean);

/* The largest value that was shown not to meet it, or -1; and the smallest above it that was shown to meet it, or
 * last + 1. Where width is 2 and the crossing is very near a value, that one is left open between the two. */
int64_t crossing_low(const struct crossing *c);
int64_t crossing_high(const struct crossing *c);

/* Null: not looked at. */
const struct crossing_value *crossing_find(const struct crossing *c, int64_t at);
