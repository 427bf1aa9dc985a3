/* cli/vary.h - "KEY=a,b,c" and "KEY=LO..HI:log:N": the values that a sweep goes through. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VARY_VALUES_MAX 100000 /* of one key */

enum vary_kind {
    VARY_WORDS,     /* not all are numbers of one kind */
    VARY_DURATIONS, /* numbers holds seconds */
    VARY_SHARES,    /* "5%": numbers holds 0 .. 1 */
    VARY_RATES,     /* "60/h": a second */
    VARY_NUMBERS
};

/* One key and its values, each as one would type it. */
struct variation {
    char *key;
    char **values;
    double *numbers; /* what they mean, unless kind is VARY_WORDS: for the axis of a plot */
    uint32_t count;
    enum vary_kind kind;
};

/* Reads text. An item is a value as in --set, or a range of N >= 2 values, both ends among them:
 *   LO..HI:N or LO..HI:lin:N   equal steps
 *   LO..HI:log:N               equal factors
 *   LO..HI                     all whole numbers from LO to HI
 * of whole numbers, numbers, durations, shares ("5%") or rates ("60/h"). Values inside a range are rounded: whole
 * numbers to whole ones (what comes twice is left out), durations to 1/1000 or better. Commas inside brackets and
 * quotes do not separate. False: why says what is wrong and what was expected; nothing is to be freed. */
bool vary_read(const char *text, struct variation *out, char *why, size_t why_size);
void vary_free(struct variation *v);

/* What a value is, as a number; VARY_WORDS: none. */
enum vary_kind vary_number(const char *text, double *number);
