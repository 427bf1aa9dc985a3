/* tests/sim/test_queue.c - the pending events against an oracle that scans a list. */
#include "sim/mem.h"
#include "sim/queue.h"
#include "sim/rng.h"

#include <criterion/criterion.h>
#include <string.h>

/* The oracle: entries in order of insertion; the first of the least is next. arg numbers the insertions. */
struct oracle {
    struct queue_entry *entries;
    size_t count, capacity;
    uint64_t next_arg;
    sim_time last;
};

struct pair {
    struct queue q;
    struct oracle o;
    struct rng rng;
};

static void pair_init(struct pair *p, uint64_t part)
{
    queue_init(&p->q);
    memset(&p->o, 0, sizeof p->o);
    rng_open(&p->rng, 2385, 0, rng_part(rng_name("test_queue"), part));
}

static void pair_fini(struct pair *p)
{
    queue_fini(&p->q);
    mem_free(p->o.entries);
}

static void pair_push(struct pair *p, sim_time at)
{
    struct oracle *o = &p->o;
    struct event event = {(uint32_t)rng_bits(&p->rng), (uint32_t)rng_bits(&p->rng), o->next_arg++};
    queue_push(&p->q, at, event);
    if (o->count == o->capacity) {
        o->capacity = o->capacity ? 2 * o->capacity : 64;
        o->entries = mem_resize(o->entries, o->capacity * sizeof *o->entries);
    }
    o->entries[o->count++] = (struct queue_entry){at, event};
}

static bool oracle_pop(struct oracle *o, sim_time until, struct queue_entry *out)
{
    size_t least = 0;
    for (size_t i = 1; i < o->count; i++)
        if (o->entries[i].at < o->entries[least].at) least = i;
    if (o->count == 0 || o->entries[least].at > until) return false;
    *out = o->entries[least];
    memmove(o->entries + least, o->entries + least + 1, (o->count - least - 1) * sizeof *o->entries);
    o->count--;
    o->last = out->at;
    return true;
}

static bool pair_pop(struct pair *p, sim_time until)
{
    struct queue_entry got = {0}, expected = {0};
    bool any = oracle_pop(&p->o, until, &expected);
    cr_assert_eq(queue_pop(&p->q, until, &got), any, "until %ld, %zu pending", (long)until, p->o.count);
    cr_assert_eq(queue_count(&p->q), p->o.count);
    if (!any) return false;
    cr_assert_eq(got.at, expected.at, "time %ld instead of %ld", (long)got.at, (long)expected.at);
    cr_assert_eq(got.event.arg, expected.event.arg, "at %ld: insertion %lu instead of %lu", (long)got.at,
                 (unsigned long)got.event.arg, (unsigned long)expected.event.arg);
    cr_assert(got.event.kind == expected.event.kind && got.event.actor == expected.event.actor);
    return true;
}

/* Grows to high pending, shrinks to low; spread is the longest span between now and an event. */
static void grow_and_shrink(struct pair *p, size_t high, size_t low, uint64_t spread)
{
    while (p->o.count < high) {
        for (int i = 0; i < 12; i++) pair_push(p, p->o.last + (sim_time)rng_below(&p->rng, spread));
        if (rng_below(&p->rng, 4) == 0) pair_pop(p, SIM_NEVER);
    }
    while (p->o.count > low) {
        pair_pop(p, SIM_NEVER);
        if (rng_below(&p->rng, 16) == 0) pair_push(p, p->o.last + (sim_time)rng_below(&p->rng, spread));
    }
}

/* A long random sequence with up to about 60 pending. */
static void few(struct pair *p, uint64_t spread)
{
    for (int i = 0; i < 100000; i++) {
        if (rng_below(&p->rng, 60) >= p->o.count)
            pair_push(p, p->o.last + (sim_time)rng_below(&p->rng, spread));
        else
            pair_pop(p, rng_below(&p->rng, 2) ? SIM_NEVER : p->o.last + (sim_time)rng_below(&p->rng, spread));
    }
    while (pair_pop(p, SIM_NEVER)) continue;
}

Test(queue, few_events_come_in_order_of_time_and_insertion)
{
    struct pair p;
    pair_init(&p, 1);
    few(&p, 3);
    few(&p, 2385);
    few(&p, UINT64_C(1) << 40);
    pair_fini(&p);
}

Test(queue, order_holds_while_the_structure_changes_up_and_down)
{
    struct pair p;
    pair_init(&p, 2);
    grow_and_shrink(&p, QUEUE_TO_RADIX + 2385, QUEUE_TO_HEAP / 2, SIM_DAY);
    cr_assert_not(p.q.radix, "back in the heap");
    grow_and_shrink(&p, QUEUE_TO_RADIX + 8532, 0, 238532);
    cr_assert_not(p.q.radix);
    pair_fini(&p);
}

Test(queue, order_holds_among_many_ties_while_the_structure_changes)
{
    struct pair p;
    pair_init(&p, 3);
    while (p.o.count < QUEUE_TO_RADIX + 2385) pair_push(&p, p.o.last + (sim_time)rng_below(&p.rng, 17));
    cr_assert(p.q.radix);
    for (int i = 0; i < 8532; i++) {
        pair_pop(&p, SIM_NEVER);
        pair_push(&p, p.o.last + (sim_time)rng_below(&p.rng, 3));
    }
    grow_and_shrink(&p, 0, 0, 5);
    pair_fini(&p);
}

Test(queue, pop_with_a_limit_leaves_later_events_also_when_there_are_many)
{
    struct pair p;
    pair_init(&p, 4);
    while (p.o.count < QUEUE_TO_RADIX + 2385) pair_push(&p, (sim_time)rng_below(&p.rng, 238532));
    for (int i = 0; i < 20000; i++) {
        /* Often a limit before the next event, even before the last; then a push that must come before that event. */
        if (!pair_pop(&p, p.o.last + (sim_time)rng_below(&p.rng, 20) - 2) && rng_below(&p.rng, 2))
            pair_push(&p, p.o.last + (sim_time)rng_below(&p.rng, 20));
    }
    cr_assert(p.q.radix);
    grow_and_shrink(&p, 0, 0, 5);
    pair_fini(&p);
}

Test(queue, a_push_before_the_last_pop_still_finds_its_place)
{
    struct pair p;
    pair_init(&p, 5);
    for (size_t round = 0; round < 2; round++) {
        size_t high = round == 0 ? 238 : QUEUE_TO_RADIX + 2385;
        while (p.o.count < high) pair_push(&p, p.o.last + (sim_time)rng_below(&p.rng, 238532));
        for (int i = 0; i < 238; i++) pair_pop(&p, SIM_NEVER);
        for (int i = 0; i < 50; i++) {
            pair_push(&p, p.o.last - (sim_time)rng_below(&p.rng, 20));
            if (i % 5 == 0) pair_pop(&p, SIM_NEVER);
        }
        grow_and_shrink(&p, 0, 0, 5);
    }
    pair_fini(&p);
}

Test(queue, growing_past_the_threshold_after_a_push_before_the_last_pop_keeps_the_order)
{
    struct pair p;
    pair_init(&p, 6);
    pair_push(&p, 238532);
    pair_pop(&p, SIM_NEVER);
    p.o.last = 0;
    while (p.o.count < QUEUE_TO_RADIX) pair_push(&p, 150000 + (sim_time)rng_below(&p.rng, 100000));
    pair_push(&p, 249999);
    cr_assert(p.q.radix);
    for (int i = 0; i < 16000; i++) pair_pop(&p, SIM_NEVER);
    pair_fini(&p);
}

static bool dead(void *context, struct event event)
{
    ++*(size_t *)context;
    return event.arg % 3 != 0;
}

static void sweep_both(struct pair *p)
{
    size_t asked = 0, kept = 0, before = p->o.count;
    queue_sweep(&p->q, dead, &asked);
    cr_assert_eq(asked, before, "each pending event is asked about once");
    for (size_t i = 0; i < before; i++)
        if (p->o.entries[i].event.arg % 3 == 0) p->o.entries[kept++] = p->o.entries[i];
    p->o.count = kept;
    cr_assert_eq(queue_count(&p->q), kept);
}

/* Fills up to size, sweeps, and empties. */
static void fill_and_sweep(struct pair *p, size_t size, uint64_t spread)
{
    while (p->o.count < size) pair_push(p, p->o.last + (sim_time)rng_below(&p->rng, spread));
    if (rng_below(&p->rng, 2)) pair_pop(p, SIM_NEVER); /* leaves the heap's root open */
    sweep_both(p);
    for (uint64_t i = rng_below(&p->rng, 2) * 100; i > 0; i--)
        pair_push(p, p->o.last + (sim_time)rng_below(&p->rng, spread));
    while (pair_pop(p, SIM_NEVER)) continue;
}

Test(queue, sweep_drops_the_dead_and_keeps_the_order_of_the_others)
{
    struct pair p;
    pair_init(&p, 7);
    for (size_t size = 0; size < 500; size++) fill_and_sweep(&p, size, 238);
    fill_and_sweep(&p, QUEUE_TO_RADIX - 1, 238);
    fill_and_sweep(&p, QUEUE_TO_RADIX + 2385, 238);
    fill_and_sweep(&p, QUEUE_TO_RADIX + 2385, UINT64_C(1) << 40); /* sparse: some buckets lose all they hold */
    pair_fini(&p);
}

Test(queue, order_holds_where_the_memory_is_just_full)
{
    struct pair p;
    pair_init(&p, 11);
    for (size_t capacity = 256; capacity <= 1024; capacity *= 2) {
        for (size_t size = capacity - 4; size <= capacity + 2; size++) {
            while (p.o.count < size) pair_push(&p, p.o.last + (sim_time)rng_below(&p.rng, 2385));
            for (int i = 0; i < 500; i++) {
                pair_pop(&p, SIM_NEVER);
                pair_push(&p, p.o.last + (sim_time)rng_below(&p.rng, 2385));
            }
        }
    }
    pair_fini(&p);
}

Test(queue, a_copy_gives_what_the_original_gives)
{
    struct pair p;
    struct queue copy;
    pair_init(&p, 8);
    queue_init(&copy);
    static const size_t sizes[] = {0, 3, 238, QUEUE_TO_RADIX - 1, QUEUE_TO_RADIX + 2385, 17};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        while (p.o.count < sizes[s]) pair_push(&p, p.o.last + (sim_time)rng_below(&p.rng, 2385));
        pair_pop(&p, SIM_NEVER);
        queue_copy(&copy, &p.q);
        queue_push(&p.q, p.o.last, (struct event){1, 1, 1}); /* must not show in the copy */
        queue_push(&copy, p.o.last + 7, (struct event){2, 3, 8532});
        p.o.entries = mem_resize(p.o.entries, ++p.o.capacity * sizeof *p.o.entries);
        p.o.entries[p.o.count++] = (struct queue_entry){p.o.last + 7, {2, 3, 8532}};
        struct queue original = p.q;
        p.q = copy;
        while (pair_pop(&p, SIM_NEVER)) continue;
        copy = original;
        queue_clear(&p.q);
    }
    queue_fini(&copy);
    pair_fini(&p);
}

Test(queue, a_cleared_queue_is_as_new)
{
    struct pair p;
    pair_init(&p, 9);
    static const size_t sizes[] = {1, 238, QUEUE_TO_RADIX + 2385};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        while (p.o.count < sizes[s]) pair_push(&p, p.o.last + (sim_time)rng_below(&p.rng, 2385));
        pair_pop(&p, SIM_NEVER);
        queue_clear(&p.q);
        p.o.count = 0;
        p.o.last = 0; /* time begins anew */
        cr_assert_eq(queue_count(&p.q), 0);
        cr_assert_not(pair_pop(&p, SIM_NEVER));
        few(&p, 17);
        queue_clear(&p.q);
        p.o.last = 0;
    }
    pair_fini(&p);
}

Test(queue, events_at_never_are_events_too)
{
    struct pair p;
    pair_init(&p, 10);
    for (int i = 0; i < 7; i++) pair_push(&p, SIM_NEVER);
    pair_push(&p, SIM_NEVER - 1);
    cr_assert_not(pair_pop(&p, SIM_NEVER - 2));
    while (pair_pop(&p, SIM_NEVER)) continue;
    cr_assert_eq(p.o.count, 0);
    pair_fini(&p);
}

/* A queue that was larger before has slots in another order; a copy onto it must not use one twice. */
Test(queue, a_copy_onto_a_larger_queue_goes_on_the_same)
{
    struct queue small, large;
    struct queue_entry e;
    queue_init(&small);
    queue_init(&large);
    for (int i = 0; i < 4000; i++) queue_push(&large, 7919 * i % 4001, (struct event){1, (uint32_t)i, 0});
    while (queue_pop(&large, SIM_NEVER, &e)) continue;
    for (int i = 0; i < 200; i++) queue_push(&small, i, (struct event){1, (uint32_t)i, 0});
    queue_copy(&large, &small);
    for (int i = 200; i < 3000; i++) queue_push(&large, i, (struct event){1, (uint32_t)i, 0});
    for (uint32_t i = 0; i < 3000; i++) {
        cr_assert(queue_pop(&large, SIM_NEVER, &e));
        cr_assert_eq(e.event.actor, i);
        cr_assert_eq(e.at, i);
    }
    queue_fini(&small);
    queue_fini(&large);
}
