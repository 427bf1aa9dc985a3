/* cli/scenario.h - a scenario file on disk, read and loaded. */
#pragma once
#include "scenarios/load.h"

struct scenario {
    const char *path;
    char *text;
    size_t size;
    uint64_t hash;
    struct loaded *loaded;
    const struct world_spec *spec;
};

/* Reads and loads path ("-": standard input). Prints all mistakes to stderr, warnings too; false if there was an error.
 * Free in both cases. */
bool scenario_open(struct scenario *s, const char *path);
void scenario_close(struct scenario *s);
