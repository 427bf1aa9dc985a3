/* cli/precision.h - how narrow an interval must be: what --precision says, and when there are runs enough.
 *
 *     while ((next = precision_next(p, count, result, limit, answers)) > result->runs) run on until there are next;
 *
 * and then precision_words for each. */
#pragma once
#include "models/result.h"
#include "sim/stopping.h"

struct precision {
    size_t metric; /* index into metrics */
    struct stopping_goal goal;
};

/* Reads "METRIC=5%" (half the width is 5 % of the value) or "METRIC=±30s", also "+-30s" and "+/-30s" (as it is, in the
 * metric's unit: a span of time; a share as "±0.1%" or "±0.001"; or a number). Blanks do not count. False: why, of at
 * least 256 bytes, says in words what is wrong and what was expected. */
bool precision_read(const char *text, struct precision *out, char *why, size_t size);

/* How many runs there should be before this is asked again: the first checkpoint for none, limit at most; r->runs when
 * there are enough, or when more are of no use. Fills answers, one for each of the count > 0 goals, if r->runs > 0.
 * What it says depends on r alone. */
uint64_t precision_next(const struct precision *p, size_t count, const struct result *r, uint64_t limit,
                        struct stopping_answer *answers);

/* What came of it, in one line: "latency.mean: ±4.9 % reached, ±5 % asked, after 1,638 runs". Where it is not reached,
 * how many more runs would be needed, or why none would do. Writes into buf, of at least 256 bytes, and returns it. */
char *precision_words(const struct precision *p, const struct stopping_answer *a, uint64_t runs, uint64_t limit,
                      char *buf, size_t size);
