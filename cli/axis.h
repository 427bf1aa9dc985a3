/* cli/axis.h - a key of a scenario and a row of values for it, from "KEY=LO..HI", for a search along the row. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define AXIS_VALUES_MAX 1000000
#define AXIS_EXACT_MAX  1000 /* whole numbers: a row of more steps is not searched one by one unless a step is given */

struct axis {
    char *key;         /* owned */
    bool spans;        /* values are spans of time, in nanoseconds; else numbers, times 10^digits */
    int digits;        /* after the point */
    const char *unit;  /* what follows a number: "", "%", "/h"; borrowed from what was typed */
    int64_t *values;   /* rising; owned */
    int64_t count;     /* >= 2 */
    bool exact;        /* every value counts by itself; else the row is a grid of half the tolerance */
    bool relative;     /* not exact: the tolerance is 1 % of the value; else `tolerance` */
    int64_t tolerance; /* two steps of the grid */
    int64_t step;      /* exact: between two values */
};

/* Reads typed: "KEY=LO..HI" and, after a further colon, a step of its own or "log". LO and HI are whole numbers, spans
 * of time, or numbers with the same unit.
 *
 *   KEY=2..40          whole numbers: each of them, the answer is exact (up to AXIS_EXACT_MAX steps; then as below)
 *   KEY=LO..HI:STEP    the values LO, LO + STEP ... and HI: the answer is one of them
 *   KEY=LO..HI         anything else: to within 1 % of the value if HI is ten times LO or more, else 1 % of the range
 *   KEY=LO..HI:log     to within 1 % of the value, whatever HI is
 *
 * False: stderr was told what is wrong. Free in both cases. */
bool axis_read(struct axis *a, const char *typed);
void axis_free(struct axis *a);

/* The i-th value as one would type it: "12", "0.5%", "1d6h". buf has 64 bytes; returns it. */
char *axis_text(const struct axis *a, int64_t i, char buf[64]);
/* How near the answer will be, in words: "each of the 39 values", "to within 1h". */
char *axis_tolerance_text(const struct axis *a, char buf[160]);
