/* cli/grid.h - all combinations of the values of some keys: the cells of a sweep. */
#pragma once
#include "cli/options.h"
#include "cli/vary.h"

#define GRID_CELLS_ASK 10000   /* more are done only with --yes */
#define GRID_CELLS_MAX 1000000 /* more are not done */

struct grid {
    struct variation *keys; /* owned */
    uint32_t key_count;
    uint64_t cells;
};

/* Reads the --vary options. False: the mistakes were told, each of them. Free in both cases. */
bool grid_read(struct grid *g, const struct options *o);
void grid_free(struct grid *g);

/* Which value of keys[key] cell has: the last key goes round fastest. */
uint32_t grid_index(const struct grid *g, uint64_t cell, uint32_t key);
const char *grid_value(const struct grid *g, uint64_t cell, uint32_t key);
