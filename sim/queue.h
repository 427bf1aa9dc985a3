/* sim/queue.h - the pending events, ordered by (time, insertion).
 *
 * Two structures behind one order:
 * - few events (up to QUEUE_TO_RADIX): a 4-ary heap of 16-byte keys, whose root stays a hole while the event that was
 *   there runs: the first event it schedules fills the hole, which fuses pop and push;
 * - many: a radix heap. Virtual time never runs backwards, so events can wait in buckets numbered by the highest bit
 *   in which their time differs from the last one popped; each event moves at most 64 times and in sequence.
 * The order is the same in both, so no result depends on which one is in use; docs/decisions/event-queue.md has the
 * measurements.
 *
 * Insertion order among equal times: the heap compares a sequence number; in the radix heap equal times always share
 * a bucket and buckets are first-in first-out, also when they are dealt out anew.
 *
 * Owner: struct sim. Memory: doubles when full, never shrinks before queue_fini. */
#pragma once
#include "sim/vtime.h"

#include <stddef.h>
#include <stdint.h>

/* What is scheduled: kind and actor are the simulation's own numbers, arg is the actor's. */
struct event {
    uint32_t kind;
    uint32_t actor;
    uint64_t arg;
};

struct queue_entry {
    sim_time at;
    struct event event;
};

/* A heap key: order holds the sequence number above the slot number. The heap's array is filled up with keys that are
 * later than all, so that every family has four members. */
struct queue_key {
    int64_t at;
    uint64_t order;
};

struct queue_bucket {
    struct queue_entry *entries;
    size_t head, count, capacity; /* live entries: head .. head + count - 1 */
};

#define QUEUE_SLOT_BITS 20
#define QUEUE_TO_RADIX  (1u << 14) /* more pending than this: change to the radix heap */
#define QUEUE_TO_HEAP   (1u << 11) /* fewer than this: change back */
#define QUEUE_BUCKETS   65

struct queue {
    /* heap */
    struct queue_key *keys; /* keys[0] is the root; families of four start at a multiple of 64 bytes */
    struct event *slots;
    uint32_t *free_slots;
    size_t heap_count; /* the hole at the root included */
    size_t heap_capacity;
    uint64_t next_order;
    bool hole; /* the root was popped and nothing has taken its place yet */
    uint32_t hole_slot;
    /* radix heap */
    bool radix;
    sim_time last;     /* time of the last pop, or before it: in the radix heap no pending event is before it */
    uint64_t nonempty; /* bit b - 1: bucket b > 0 holds events */
    size_t radix_count;
    struct queue_bucket buckets[QUEUE_BUCKETS];
    void *keys_block; /* what to free: keys is aligned inside it */
};

/* Prepares an empty queue with room for some events. Aborts when there is no memory, as all of sim/ does. */
void queue_init(struct queue *q);
void queue_fini(struct queue *q);

/* Forgets all events and starts at time 0 again; keeps the memory. */
void queue_clear(struct queue *q);

/* Adds an event at time at >= 0. Before the last pop's time, as after cancelled events were popped, it costs the radix
 * heap a pass over all events; order holds all the same. */
void queue_push(struct queue *q, sim_time at, struct event event);

/* Takes the first event if its time is <= until: true and *out, else false. */
bool queue_pop(struct queue *q, sim_time until, struct queue_entry *out);

/* How many are pending. */
size_t queue_count(const struct queue *q);

/* Drops every pending event for which dead() says so; order among the others stays. */
void queue_sweep(struct queue *q, bool (*dead)(void *context, struct event event), void *context);

/* Makes to (initialised) an equal copy of from. */
void queue_copy(struct queue *to, const struct queue *from);
