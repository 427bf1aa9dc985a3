/* scenarios/edit_path.h - the key of an edit, step by step: "/zones/example.com/ttl", "zones.example.com.ttl".
 *
 * A step of a JSON Pointer, and a dotted one in "quotes", is exactly one name. Of another dotted key nobody knows
 * where a name ends until one knows the names: path_takes tells whether a given name stands next. */
#pragma once
#include "sim/mem.h"

#include <stdbool.h>
#include <stdint.h>

/* What is left of a key. */
struct edit_path {
    const char *rest;
    bool pointer;
};

/* What is wrong with a key, as words that follow it; null: nothing. */
const char *path_wrong(const char *key);

/* The rest of these is for keys that nothing is wrong with. */
struct edit_path path_of(const char *key);
bool path_ends(struct edit_path path);
/* Is the next step one name, whatever the names? */
bool path_exact(struct edit_path path);

/* Does name stand next? Then after is what follows it. */
bool path_takes(struct edit_path path, const char *name, struct edit_path *after);

/* The next step, of a dotted key up to the next dot or bracket, in the arena. Not at the end. */
char *path_step(struct edit_path path, struct arena *arena, struct edit_path *after);
/* All that is left of a dotted key, as one name. */
char *path_all(struct edit_path path, struct arena *arena);

/* Is the next step "*"? */
bool path_star(struct edit_path path, struct edit_path *after);
/* Is the next step the number of an item, or "-"? That is UINT32_MAX. */
bool path_index(struct edit_path path, uint32_t *index, struct edit_path *after);
