/* tests/sim/test_map.c - what is remembered under a key stays there, however many others come. */
#include "sim/map.h"
#include "sim/mem.h"
#include "sim/rng.h"

#include <criterion/criterion.h>
#include <signal.h>

static struct map m;

static void open_map(void)
{
    map_init(&m);
}

static void close_map(void)
{
    map_fini(&m);
}

TestSuite(map, .init = open_map, .fini = close_map);

Test(map, an_empty_map_knows_nothing)
{
    cr_assert_null(map_find(&m, 2385));
    cr_assert_null(map_find(&m, 0));
    map_clear(&m);
    cr_assert_null(map_find(&m, UINT64_MAX));
}

Test(map, what_is_new_is_zero_but_for_its_key)
{
    struct map_entry *e = map_at(&m, 2385);
    cr_assert(e->key == 2385 && e->first == 0 && e->last == 0 && e->count == 0);
    e->first = 8532, e->last = SIM_NEVER, e->count = 23;
    cr_assert_eq(map_at(&m, 2385), e, "asked again, it is the same place");
    const struct map_entry *found = map_find(&m, 2385);
    cr_assert(found->first == 8532 && found->last == SIM_NEVER && found->count == 23);
    cr_assert_eq(m.used, 1);
    cr_assert_null(map_find(&m, 2386), "to look makes no entry");
    cr_assert_eq(m.used, 1);
}

/* Two entries may be worked on at once, once both are there: at any filling, also just before the map grows. */
Test(map, an_entry_that_is_there_is_found_without_moving_another)
{
    for (uint64_t i = 1; i <= 8532; i++) {
        struct map_entry *e = map_at(&m, i);
        cr_assert_eq(map_at(&m, (i + 1) / 2)->key, (i + 1) / 2);
        cr_assert_eq(map_at(&m, i), e, "%lu", (unsigned long)i);
    }
}

/* Keys that are one number apart, that differ in their upper half only, and random ones: each keeps its own. */
static uint64_t key_of(int kind, uint64_t i)
{
    switch (kind) {
    case 0: return i + 1;
    case 1: return (i + 1) << 32;
    case 2: return UINT64_MAX - i;
    default: return rng_part(2385, i);
    }
}

Test(map, each_of_many_keys_keeps_its_own)
{
    enum { KEYS = 20000 };
    for (int kind = 0; kind < 4; kind++) {
        map_clear(&m);
        for (uint64_t i = 0; i < KEYS; i++) {
            struct map_entry *e = map_at(&m, key_of(kind, i));
            cr_assert_eq(e->count, 0, "kind %d: key %lu is not new", kind, (unsigned long)i);
            e->count = (uint32_t)i + 1;
            e->first = (sim_time)i * 85;
        }
        cr_assert_eq(m.used, KEYS);
        cr_assert_leq(4 * (uint64_t)m.used, 3 * (uint64_t)m.room, "a search must end at a free place");
        for (uint64_t i = 0; i < KEYS; i++) {
            const struct map_entry *e = map_find(&m, key_of(kind, i));
            cr_assert(e && e->count == i + 1 && e->first == (sim_time)i * 85, "kind %d, %lu", kind, (unsigned long)i);
        }
        for (uint64_t i = KEYS; i < 2 * KEYS; i++) cr_assert_null(map_find(&m, key_of(kind, i)));
    }
}

/* Runs of a world must not allocate again (tests/models/prog_malloc.c). */
Test(map, a_cleared_map_forgets_all_and_keeps_its_memory)
{
    for (uint64_t i = 1; i <= 2385; i++) map_at(&m, i)->count = 1;
    const struct map_entry *memory = m.entries;
    uint32_t room = m.room;
    map_clear(&m);
    cr_assert(m.used == 0 && m.entries == memory && m.room == room);
    for (uint64_t i = 1; i <= 2385; i++) cr_assert_null(map_find(&m, i));
    for (uint64_t i = 1; i <= 2385; i++) cr_assert_eq(map_at(&m, i)->count, 0);
    cr_assert(m.entries == memory && m.room == room);
}

Test(map, nothing_can_stand_under_zero, .signal = SIGABRT)
{
    map_at(&m, 0);
}
