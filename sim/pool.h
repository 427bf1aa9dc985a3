/* sim/pool.h - records of one size, taken and given back by number. Numbers stay valid when the pool grows; pointers
 * into items do not. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define POOL_NONE UINT32_MAX

struct pool {
    void *items; /* count records of item_size bytes; owned */
    uint32_t *next_free;
    size_t item_size;
    uint32_t count, capacity, free;
};

void pool_init(struct pool *p, size_t item_size);
void pool_fini(struct pool *p);

/* All records are free again; keeps the memory. */
void pool_clear(struct pool *p);

/* The number of a record that was free, its bytes all 0. items may have moved. */
uint32_t pool_take(struct pool *p);
void pool_give(struct pool *p, uint32_t number);
