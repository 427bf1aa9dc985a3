/* sim/pool.c - see sim/pool.h. */
#include "sim/pool.h"

#include "sim/mem.h"

#include <string.h>

void pool_init(struct pool *p, size_t item_size)
{
    *p = (struct pool){.item_size = item_size, .free = POOL_NONE};
}

void pool_fini(struct pool *p)
{
    mem_free(p->items);
    mem_free(p->next_free);
    pool_init(p, p->item_size);
}

void pool_clear(struct pool *p)
{
    p->count = 0;
    p->free = POOL_NONE;
}

static void grow(struct pool *p)
{
    p->capacity = p->capacity ? p->capacity * 2 : 64;
    p->items = mem_resize(p->items, p->capacity * p->item_size);
    p->next_free = mem_resize(p->next_free, p->capacity * sizeof *p->next_free);
}

uint32_t pool_take(struct pool *p)
{
    uint32_t number = p->free;
    if (number != POOL_NONE) {
        p->free = p->next_free[number];
    } else {
        if (p->count == p->capacity) grow(p);
        number = p->count++;
    }
    memset((char *)p->items + number * p->item_size, 0, p->item_size);
    return number;
}

void pool_give(struct pool *p, uint32_t number)
{
    p->next_free[number] = p->free;
    p->free = number;
}
