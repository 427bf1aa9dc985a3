/* scenarios/suggest.h - "did you mean": the nearest of some words, by edit distance. */
#pragma once
#include <stddef.h>

/* The word nearest to wrong, if it is near enough to be meant: one slip (a character wrong, missing, too many, or two
 * swapped; case does not count) for each three characters, three at most. Null if none is. The first of equals. */
const char *suggest_nearest(const char *wrong, const char *const *words, size_t count);

/* Writes how to go on into buffer: did you mean "x"? - or: expected one of "a", "b" (the first twelve, then "...") -
 * or: expected "a" - or what nothing says, if there are no words. Returns buffer. */
char *suggest_text(const char *wrong, const char *const *words, size_t count, const char *nothing, char *buffer,
                   size_t size);

/* As suggest_text, but says both, and all of the words (as many as buffer holds, then "..."): who types a key on the
 * command line has no file before him. */
#define SUGGEST_ALL_MAX 3072
char *suggest_all(const char *wrong, const char *const *words, size_t count, const char *nothing, char *buffer,
                  size_t size);
