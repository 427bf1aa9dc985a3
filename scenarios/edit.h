/* scenarios/edit.h - values of a scenario set by KEY=VALUE: text in, text out, then loaded as any other.
 *
 * KEY is a place in the scenario: a JSON Pointer (RFC 6901: "/zones/example.com/ttl") or dotted ("faults.0.for",
 * "faults[0].for", "zones.example.com.ttl"). Names may hold dots: of a dotted key each object takes the longest run
 * that is one of its names, and a name in "quotes" is taken as it is. "*" is all that is there, "-" the item after an
 * array's last. VALUE is JSON, or else text; null takes the key away. docs/scenario-language.md has the whole.
 *
 * Of the text only the bytes in question change: comments stay, and lines that no edit touches have their numbers. */
#pragma once
#include "scenarios/load.h"

#define EDIT_KEY_MAX 4096 /* bytes */

struct scenario_edit {
    const char *key, *value; /* as typed */
};

/* A text after edits. The caller frees text with mem_free. */
struct edited_text {
    char *text; /* ended by a NUL that does not count */
    size_t size;
    uint64_t hash; /* scenario_hash */
};

/* Where KEY ends in KEY=VALUE: the first = that is not within a name in quotes. Null if there is none. */
const char *scenario_edit_split(const char *typed);

/* scenario_load of text after edits, made in this order. Mistakes are those of scenario_load, and those of edits that
 * cannot be made: these are left out, so that all mistakes are found. What is wrong in the text itself keeps its line
 * and column there and has no edit; who loads several variants of one text had better scenario_load that first.
 * edited may be null; else it is filled in any case, and what is in it loads to the same again. */
struct loaded *scenario_load_edited(const char *text, size_t size, const struct scenario_edit *edits, size_t count,
                                    struct load_errors *errors, struct edited_text *edited);

/* What the text says at key, as one would type it as VALUE; null if it does not say (then the default holds), if the
 * key is none, or if it has a "*" whose values differ. The caller frees it with mem_free. */
char *scenario_value_at(const char *text, size_t size, const char *key);

/* One value of a text that is no object, and no array of objects: what one may want to vary. */
struct scenario_key {
    char *key, *value;
};

/* All of a text in its order, each with the key and the value that one would type. Null and a count of 0 if the text
 * is no JSON. The caller frees them with scenario_keys_free. */
struct scenario_key *scenario_keys(const char *text, size_t size, size_t *count);
void scenario_keys_free(struct scenario_key *keys, size_t count);
