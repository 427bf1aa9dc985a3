/* scenarios/suggest.c - see scenarios/suggest.h. */
#include "scenarios/suggest.h"

#include "scenarios/errors.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX  60 /* longer words are not compared */
#define SLIPS_MAX 3
#define SHOWN_MAX 12

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, replacements, swaps of neighbours. Bytes; case does not count. */
static size_t slips_between(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_size; j++) {
        before[j] = 0;
        last[j] = j;
    }
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t differs = lower(a[i - 1]) != lower(b[j - 1]);
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + differs);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b_size];
}

const char *suggest_nearest(const char *wrong, const char *const *words, size_t count)
{
    size_t size = strlen(wrong);
    if (size > WORD_MAX) return NULL;
    size_t best = least((size + 2) / 3, SLIPS_MAX) + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(words[i]);
        if (other > WORD_MAX || other + best <= size || size + best <= other) continue;
        size_t slips = slips_between(wrong, size, words[i], other);
        if (slips >= best || slips >= other) continue;
        best = slips;
        nearest = words[i];
    }
    return nearest;
}

/* Writes: expected one of "a", "b". Says "..." after most words, or where room for more ends. */
static void list_words(const char *const *words, size_t count, size_t most, char *buffer, size_t size)
{
    char word[QUOTED_MAX];
    size_t used = (size_t)snprintf(buffer, size, count == 1 ? "expected " : "expected one of ");
    for (size_t i = 0; i < count && used < size; i++) {
        bool full = most == SIZE_MAX && used + QUOTED_MAX + 8 > size;
        if (full || (i == most && count > most + 1)) {
            snprintf(buffer + used, size - used, ", ...");
            break;
        }
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i ? ", " : "", quoted(words[i], word));
    }
}

char *suggest_text(const char *wrong, const char *const *words, size_t count, const char *nothing, char *buffer,
                   size_t size)
{
    char word[QUOTED_MAX];
    const char *nearest = suggest_nearest(wrong, words, count);
    if (nearest)
        snprintf(buffer, size, "did you mean %s?", quoted(nearest, word));
    else if (count == 0)
        snprintf(buffer, size, "%s", nothing);
    else
        list_words(words, count, SHOWN_MAX, buffer, size);
    return buffer;
}

char *suggest_all(const char *wrong, const char *const *words, size_t count, const char *nothing, char *buffer,
                  size_t size)
{
    char word[QUOTED_MAX];
    const char *nearest = suggest_nearest(wrong, words, count);
    size_t used = 0;
    if (count < 2) return suggest_text(wrong, words, count, nothing, buffer, size);
    if (nearest) used = (size_t)snprintf(buffer, size, "did you mean %s? ", quoted(nearest, word));
    if (used < size) list_words(words, count, SIZE_MAX, buffer + used, size - used);
    return buffer;
}
