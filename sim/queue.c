/* sim/queue.c - see sim/queue.h. */
#include "sim/queue.h"

#include "sim/check.h"
#include "sim/mem.h"

#include <string.h>

/* ---- 4-ary heap. Children of i are 4i+1 .. 4i+4; keys + 1 is 64-byte aligned, so a family is one cache line. ---- */

static inline bool before(struct queue_key a, struct queue_key b)
{
    __extension__ typedef unsigned __int128 wide;
    return ((wide)(uint64_t)a.at << 64 | a.order) < ((wide)(uint64_t)b.at << 64 | b.order);
}

static inline uint32_t slot_of(struct queue_key key)
{
    return (uint32_t)(key.order & ((1u << QUEUE_SLOT_BITS) - 1));
}

/* After every event. All keys from heap_count on are this, so that a family always has four members. */
static const struct queue_key no_key = {INT64_MAX, UINT64_MAX};

static void heap_reserve(struct queue *q, size_t capacity)
{
    /* One cache line before the aligned part: the root is its last key. The last family ends at keys[capacity]. */
    char *block = mem_new(64 + 64 + capacity * sizeof(struct queue_key));
    char *aligned = (char *)(((uintptr_t)block + 127) & ~(uintptr_t)63);
    struct queue_key *keys = (struct queue_key *)(void *)aligned - 1;
    if (q->heap_count) memcpy(keys, q->keys, q->heap_count * sizeof *keys);
    for (size_t i = q->heap_count; i <= capacity; i++) keys[i] = no_key;
    mem_free(q->keys_block);
    q->keys_block = block;
    q->keys = keys;
    q->slots = mem_resize(q->slots, capacity * sizeof *q->slots);
    q->free_slots = mem_resize(q->free_slots, capacity * sizeof *q->free_slots);
    for (size_t i = q->heap_capacity; i < capacity; i++) q->free_slots[i] = (uint32_t)i;
    q->heap_capacity = capacity;
}

/* Puts key at the root or below, in place of what is at the root. The least child is found by sums of comparisons:
 * which child it is cannot be predicted, so a branch would cost more than the work. */
static inline void sift_down(struct queue_key *keys, size_t count, struct queue_key key)
{
    size_t i = 0;
    for (size_t child = 1; child < count; child = 4 * i + 1) {
        size_t left = child + before(keys[child + 1], keys[child]);
        size_t right = child + 2 + before(keys[child + 3], keys[child + 2]);
        child = before(keys[right], keys[left]) ? right : left;
        if (!before(keys[child], key)) break;
        keys[i] = keys[child];
        i = child;
    }
    keys[i] = key;
}

static inline void sift_up(struct queue_key *keys, size_t i, struct queue_key key)
{
    while (i > 0) {
        size_t parent = (i - 1) / 4;
        if (!before(key, keys[parent])) break;
        keys[i] = keys[parent];
        i = parent;
    }
    keys[i] = key;
}

/* Nobody filled the hole: the last key moves to the root. */
static void heap_close_hole(struct queue *q)
{
    q->hole = false;
    q->free_slots[--q->heap_count] = q->hole_slot;
    struct queue_key last = q->keys[q->heap_count];
    q->keys[q->heap_count] = no_key;
    if (q->heap_count) sift_down(q->keys, q->heap_count, last);
}

static void to_radix(struct queue *q);
static void radix_push(struct queue *q, sim_time at, struct event event);

/* A push that finds no hole. */
static void heap_append(struct queue *q, sim_time at, struct event event)
{
    if (SIM_UNLIKELY(q->heap_count == q->heap_capacity)) {
        if (q->heap_count >= QUEUE_TO_RADIX) {
            to_radix(q);
            radix_push(q, at, event);
            return;
        }
        heap_reserve(q, q->heap_capacity * 2);
    }
    uint32_t slot = q->free_slots[q->heap_count];
    q->slots[slot] = event;
    struct queue_key key = {at, q->next_order++ << QUEUE_SLOT_BITS | slot};
    sift_up(q->keys, q->heap_count++, key);
}

static inline void heap_push(struct queue *q, sim_time at, struct event event)
{
    if (SIM_UNLIKELY(!q->hole)) {
        heap_append(q, at, event);
        return;
    }
    q->hole = false;
    q->slots[q->hole_slot] = event;
    struct queue_key key = {at, q->next_order++ << QUEUE_SLOT_BITS | q->hole_slot};
    sift_down(q->keys, q->heap_count, key);
}

static inline bool heap_pop(struct queue *q, sim_time until, struct queue_entry *out)
{
    if (SIM_UNLIKELY(q->hole)) heap_close_hole(q);
    struct queue_key key = q->keys[0];
    if (key.at > until || q->heap_count == 0) return false;
    uint32_t slot = slot_of(key);
    out->at = key.at;
    out->event = q->slots[slot];
    q->hole = true;
    q->hole_slot = slot;
    q->last = key.at;
    return true;
}

/* ---- radix heap ---- */

static inline void bucket_append(struct queue_bucket *b, struct queue_entry entry)
{
    if (SIM_UNLIKELY(b->head + b->count == b->capacity)) {
        if (b->head > b->count) {
            memmove(b->entries, b->entries + b->head, b->count * sizeof *b->entries);
            b->head = 0;
        } else {
            b->capacity = b->capacity ? b->capacity * 2 : 64;
            b->entries = mem_resize(b->entries, b->capacity * sizeof *b->entries);
        }
    }
    b->entries[b->head + b->count++] = entry;
}

static inline unsigned bucket_of(const struct queue *q, sim_time at)
{
    uint64_t differ = (uint64_t)at ^ (uint64_t)q->last;
    return differ == 0 ? 0 : 64 - (unsigned)__builtin_clzll(differ);
}

static inline void radix_put(struct queue *q, sim_time at, struct event event)
{
    unsigned b = bucket_of(q, at);
    bucket_append(&q->buckets[b], (struct queue_entry){at, event});
    if (b) q->nonempty |= (uint64_t)1 << (b - 1);
}

static void radix_rewind(struct queue *q);

static void radix_push(struct queue *q, sim_time at, struct event event)
{
    if (SIM_UNLIKELY(at < q->last)) radix_rewind(q);
    radix_put(q, at, event);
    q->radix_count++;
}

/* Deals the lowest bucket that holds events out to the buckets below it. Moves q->last forward, so only if the first
 * event is due by until; else false. */
static bool radix_refill(struct queue *q, sim_time until)
{
    unsigned b = (unsigned)__builtin_ctzll(q->nonempty) + 1;
    struct queue_bucket *from = &q->buckets[b];
    const struct queue_entry *e = from->entries + from->head;
    size_t n = from->count;
    sim_time least = e[0].at;
    for (size_t i = 1; i < n; i++)
        if (e[i].at < least) least = e[i].at;
    if (least > until) return false;
    q->last = least;
    q->nonempty &= q->nonempty - 1;
    from->head = from->count = 0;
    for (size_t i = 0; i < n; i++) radix_put(q, e[i].at, e[i].event);
    return true;
}

static void to_heap(struct queue *q);

static inline bool radix_pop(struct queue *q, sim_time until, struct queue_entry *out)
{
    if (SIM_UNLIKELY(q->radix_count < QUEUE_TO_HEAP)) {
        to_heap(q);
        return heap_pop(q, until, out);
    }
    struct queue_bucket *zero = &q->buckets[0];
    if (zero->count == 0 && !radix_refill(q, until)) return false;
    if (q->last > until) return false;
    *out = zero->entries[zero->head++];
    q->radix_count--;
    if (--zero->count == 0) zero->head = 0;
    return true;
}

/* Makes every time >= 0 welcome again, by dealing all out anew: for a push before the last pop, which happens when
 * the events popped last were cancelled ones, so that the clock stands before them. */
static void radix_rewind(struct queue *q)
{
    struct queue_bucket old[QUEUE_BUCKETS];
    memcpy(old, q->buckets, sizeof old);
    memset(q->buckets, 0, sizeof q->buckets);
    q->nonempty = 0;
    q->last = 0;
    for (unsigned b = 0; b < QUEUE_BUCKETS; b++) {
        for (size_t i = 0; i < old[b].count; i++) {
            struct queue_entry e = old[b].entries[old[b].head + i];
            radix_put(q, e.at, e.event);
        }
        mem_free(old[b].entries);
    }
}

/* ---- from one to the other: both keep (time, insertion) ---- */

/* Called without a hole and before the push of an event, so nothing is popped in between. */
static void to_radix(struct queue *q)
{
    sim_time last = q->last, first = q->keys[0].at;
    struct queue_entry e;
    q->last = first < last ? first : last;
    last = q->last;
    while (heap_pop(q, SIM_NEVER, &e)) {
        q->last = last;
        radix_push(q, e.at, e.event);
    }
    q->radix = true;
}

static void to_heap(struct queue *q)
{
    q->radix = false;
    q->hole = false;
    q->radix_count = 0;
    q->nonempty = 0;
    for (unsigned b = 0; b < QUEUE_BUCKETS; b++) {
        struct queue_bucket *from = &q->buckets[b];
        for (size_t i = 0; i < from->count; i++) {
            struct queue_entry e = from->entries[from->head + i];
            heap_append(q, e.at, e.event);
        }
        from->head = from->count = 0;
    }
}

/* ---- the door ---- */

void queue_init(struct queue *q)
{
    memset(q, 0, sizeof *q);
    heap_reserve(q, 256);
}

void queue_fini(struct queue *q)
{
    mem_free(q->keys_block);
    mem_free(q->slots);
    mem_free(q->free_slots);
    for (unsigned b = 0; b < QUEUE_BUCKETS; b++) mem_free(q->buckets[b].entries);
    memset(q, 0, sizeof *q);
}

void queue_clear(struct queue *q)
{
    for (size_t i = 0; i < q->heap_count; i++) {
        q->free_slots[i] = slot_of(q->keys[i]);
        q->keys[i] = no_key;
    }
    if (q->radix)
        for (unsigned b = 0; b < QUEUE_BUCKETS; b++) q->buckets[b].head = q->buckets[b].count = 0;
    q->heap_count = q->radix_count = 0;
    q->next_order = 0;
    q->hole = q->radix = false;
    q->last = 0;
    q->nonempty = 0;
}

void queue_push(struct queue *q, sim_time at, struct event event)
{
    if (SIM_LIKELY(!q->radix))
        heap_push(q, at, event);
    else
        radix_push(q, at, event);
}

/* queue_pop, for sim.c's loop. */
static inline bool queue_take(struct queue *q, sim_time until, struct queue_entry *out)
{
    return SIM_LIKELY(!q->radix) ? heap_pop(q, until, out) : radix_pop(q, until, out);
}

bool queue_pop(struct queue *q, sim_time until, struct queue_entry *out)
{
    return queue_take(q, until, out);
}

size_t queue_count(const struct queue *q)
{
    return q->radix ? q->radix_count : q->heap_count - (q->hole ? 1 : 0);
}

static void radix_sweep(struct queue *q, bool (*dead)(void *context, struct event event), void *context)
{
    for (unsigned b = 0; b < QUEUE_BUCKETS; b++) {
        struct queue_bucket *bucket = &q->buckets[b];
        size_t kept = 0;
        for (size_t i = 0; i < bucket->count; i++) {
            struct queue_entry e = bucket->entries[bucket->head + i];
            if (!dead(context, e.event)) bucket->entries[bucket->head + kept++] = e;
        }
        q->radix_count -= bucket->count - kept;
        bucket->count = kept;
        if (kept == 0) {
            bucket->head = 0;
            if (b) q->nonempty &= ~((uint64_t)1 << (b - 1));
        }
    }
}

static void heap_sweep(struct queue *q, bool (*dead)(void *context, struct event event), void *context)
{
    size_t kept = 0, freed = q->heap_count;
    for (size_t i = 0; i < q->heap_count; i++) {
        struct queue_key key = q->keys[i];
        if (dead(context, q->slots[slot_of(key)]))
            q->free_slots[--freed] = slot_of(key);
        else
            sift_up(q->keys, kept++, key);
    }
    for (size_t i = kept; i < q->heap_count; i++) q->keys[i] = no_key;
    q->heap_count = kept;
}

void queue_sweep(struct queue *q, bool (*dead)(void *context, struct event event), void *context)
{
    if (q->hole) heap_close_hole(q);
    if (q->radix)
        radix_sweep(q, dead, context);
    else
        heap_sweep(q, dead, context);
}

void queue_copy(struct queue *to, const struct queue *from)
{
    while (to->heap_capacity < from->heap_capacity) heap_reserve(to, to->heap_capacity * 2);
    queue_clear(to);
    memcpy(to->slots, from->slots, from->heap_capacity * sizeof *from->slots);
    memcpy(to->keys, from->keys, from->heap_count * sizeof *from->keys);
    memcpy(to->free_slots, from->free_slots, from->heap_capacity * sizeof *from->free_slots);
    for (size_t i = from->heap_capacity; i < to->heap_capacity; i++) to->free_slots[i] = (uint32_t)i;
    to->heap_count = from->heap_count;
    to->next_order = from->next_order;
    to->hole = from->hole;
    to->hole_slot = from->hole_slot;
    to->radix = from->radix;
    to->last = from->last;
    to->nonempty = from->nonempty;
    to->radix_count = from->radix_count;
    for (unsigned b = 0; b < QUEUE_BUCKETS; b++)
        for (size_t i = 0; i < from->buckets[b].count; i++)
            bucket_append(&to->buckets[b], from->buckets[b].entries[from->buckets[b].head + i]);
}
