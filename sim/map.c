/* sim/map.c - see sim/map.h. */
#include "sim/map.h"

#include "sim/check.h"
#include "sim/mem.h"

#include <string.h>

void map_init(struct map *m)
{
    *m = (struct map){0};
}

void map_fini(struct map *m)
{
    mem_free(m->entries);
    *m = (struct map){0};
}

void map_clear(struct map *m)
{
    if (m->used) memset(m->entries, 0, m->room * sizeof *m->entries);
    m->used = 0;
}

/* Keys are hashes already; the multiplication spreads those that are not. */
static uint32_t place_of(const struct map *m, uint64_t key)
{
    uint32_t at = (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (m->room - 1);
    while (m->entries[at].key != 0 && m->entries[at].key != key) at = (at + 1) & (m->room - 1);
    return at;
}

static void grow(struct map *m)
{
    struct map larger = {NULL, m->room ? 2 * m->room : 64, m->used};
    sim_assert(NULL, larger.room > m->room);
    larger.entries = mem_zero(larger.room, sizeof *larger.entries);
    for (uint32_t i = 0; i < m->room; i++)
        if (m->entries[i].key != 0) larger.entries[place_of(&larger, m->entries[i].key)] = m->entries[i];
    mem_free(m->entries);
    *m = larger;
}

struct map_entry *map_at(struct map *m, uint64_t key)
{
    sim_assert(NULL, key != 0);
    if (m->room > 0) {
        struct map_entry *there = &m->entries[place_of(m, key)];
        if (there->key != 0) return there;
    }
    if (4 * (uint64_t)(m->used + 1) > 3 * (uint64_t)m->room) grow(m);
    struct map_entry *e = &m->entries[place_of(m, key)];
    e->key = key;
    m->used++;
    return e;
}

const struct map_entry *map_find(const struct map *m, uint64_t key)
{
    if (m->room == 0 || key == 0) return NULL;
    const struct map_entry *e = &m->entries[place_of(m, key)];
    return e->key == 0 ? NULL : e;
}
