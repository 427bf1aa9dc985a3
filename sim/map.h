/* sim/map.h - what is remembered under a 64-bit key: open addressing, grows, keeps its memory when cleared. */
#pragma once
#include "sim/vtime.h"

#include <stdbool.h>
#include <stdint.h>

/* What stands under a key: two times and a count, for the model to use as it likes. */
struct map_entry {
    uint64_t key; /* 0: the place is free */
    sim_time first, last;
    uint32_t count;
};

struct map {
    struct map_entry *entries; /* a power of two of them, or null; owned */
    uint32_t room, used;
};

void map_init(struct map *m);
void map_fini(struct map *m);

/* Forgets all. */
void map_clear(struct map *m);

/* The entry under key (any number but 0); made, with all else 0, if there was none. Valid until map_at makes another.
 */
struct map_entry *map_at(struct map *m, uint64_t key);

/* The same, but null if there is none. */
const struct map_entry *map_find(const struct map *m, uint64_t key);
