/* cli/scenario.h - a scenario file on disk: read, changed by --set, and loaded. */
#pragma once
#include "cli/options.h"
#include "scenarios/edit.h"
#include "scenarios/load.h"

/* The text of a file. */
struct source {
    const char *path;
    char *text; /* owned */
    size_t size;
    uint64_t *told; /* marks of the mistakes that were printed: many variants of a text make the same one. Owned */
    size_t told_count;
};

/* Reads path ("-": standard input). False, and told: it cannot be read. Free in both cases. */
bool source_read(struct source *source, const char *path);
void source_free(struct source *source);

/* What --set says: "KEY=VALUE" or several of them with "; " between. */
struct edits {
    struct scenario_edit *items; /* owned, with their texts */
    size_t count;
};

/* Adds those of text; those at the end hold over those before. False, and why says what is wrong. */
bool edits_add(struct edits *edits, const char *text, char *why, size_t why_size);
/* Adds one. */
void edits_add_pair(struct edits *edits, const char *key, const char *value);
/* Adds those of all --set options. False: the mistakes were told. */
bool edits_add_options(struct edits *edits, const struct options *o);
void edits_free(struct edits *edits);

struct scenario {
    const char *path;
    uint64_t hash; /* of its text, as changed */
    struct loaded *loaded;
    const struct world_spec *spec;
};

/* Loads source with edits (null: none). Prints all mistakes to stderr that were not printed for this source
 * before, and warnings if wanted; false if there was an
 * error. Free in both cases. */
bool scenario_load_source(struct scenario *s, struct source *source, const struct edits *edits, bool warnings);

/* The file, with the options' --set. Free in both cases. */
bool scenario_open(struct scenario *s, const char *path, const struct options *o);
void scenario_close(struct scenario *s);
