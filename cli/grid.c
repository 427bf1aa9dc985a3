/* cli/grid.c - see cli/grid.h. */
#include "cli/grid.h"

#include "sim/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool complain(const struct options *o, const char *vary, const char *why)
{
    fprintf(stderr, "mxsim %s: --vary %s: %s\n", o->verb, vary, why);
    return false;
}

/* How many cells, and whether that is too many. */
static bool count_cells(struct grid *g, const struct options *o)
{
    g->cells = 1;
    for (uint32_t k = 0; k < g->key_count; k++) {
        g->cells *= g->keys[k].count; /* 10^6 times 10^5 at most */
        if (g->cells <= GRID_CELLS_MAX) continue;
        fprintf(stderr, "mxsim %s: more than %d cells, expected %d at most\n", o->verb, GRID_CELLS_MAX, GRID_CELLS_MAX);
        return false;
    }
    if (g->cells <= GRID_CELLS_ASK || o->yes) return true;
    fprintf(stderr, "mxsim %s: %" PRIu64 " cells, expected at most %d, or --yes\n", o->verb, g->cells, GRID_CELLS_ASK);
    return false;
}

bool grid_read(struct grid *g, const struct options *o)
{
    bool good = true;
    *g = (struct grid){.keys = mem_zero((size_t)o->vary.count, sizeof *g->keys), .cells = 1};
    for (int i = 0; i < o->vary.count; i++) {
        char why[256];
        struct variation *v = &g->keys[g->key_count];
        if (!vary_read(o->vary.items[i], v, why, sizeof why)) {
            good = complain(o, o->vary.items[i], why);
            continue;
        }
        for (uint32_t k = 0; k < g->key_count; k++)
            if (strcmp(g->keys[k].key, v->key) == 0)
                good = complain(o, o->vary.items[i], "a key that is varied twice, expected all its values in one list");
        g->key_count++;
    }
    return good && count_cells(g, o);
}

void grid_free(struct grid *g)
{
    for (uint32_t k = 0; k < g->key_count; k++) vary_free(&g->keys[k]);
    mem_free(g->keys);
    *g = (struct grid){0};
}

uint32_t grid_index(const struct grid *g, uint64_t cell, uint32_t key)
{
    for (uint32_t k = g->key_count - 1; k > key; k--) cell /= g->keys[k].count;
    return (uint32_t)(cell % g->keys[key].count);
}

const char *grid_value(const struct grid *g, uint64_t cell, uint32_t key)
{
    return g->keys[key].values[grid_index(g, cell, key)];
}
