/* scenarios/names.c - see scenarios/names.h. */
#include "scenarios/names.h"

#include "models/spec.h"
#include "scenarios/load.h"
#include "sim/mem.h"

#include <string.h>

/* The slot that holds text, or the free one where it belongs. slot_count is a power of two. */
static uint32_t slot_of(const struct names *names, const char *text)
{
    uint32_t slot = (uint32_t)scenario_hash(text, strlen(text)) & (names->slot_count - 1);
    while (names->slots[slot] && strcmp(names->items[names->slots[slot] - 1].text, text) != 0)
        slot = (slot + 1) & (names->slot_count - 1);
    return slot;
}

uint32_t names_find(const struct names *names, const char *text)
{
    if (names->count == 0) return SPEC_NONE;
    uint32_t entry = names->slots[slot_of(names, text)];
    return entry ? entry - 1 : SPEC_NONE;
}

static void grow(struct names *names)
{
    names->capacity = names->capacity ? names->capacity * 2 : 16;
    names->items = mem_resize(names->items, names->capacity * sizeof *names->items);
    mem_free(names->slots);
    names->slot_count = names->capacity * 2;
    names->slots = mem_zero(names->slot_count, sizeof *names->slots);
    for (uint32_t i = 0; i < names->count; i++) names->slots[slot_of(names, names->items[i].text)] = i + 1;
}

uint32_t names_add(struct names *names, const char *text, const cJSON *node, const cJSON *place)
{
    uint32_t index = names_find(names, text);
    if (index != SPEC_NONE) return index;
    if (names->count == names->capacity) grow(names);
    names->items[names->count] = (struct name){text, node, place};
    names->slots[slot_of(names, text)] = ++names->count;
    return names->count - 1;
}

void names_free(struct names *names)
{
    mem_free(names->items);
    mem_free(names->slots);
    *names = (struct names){0};
}
