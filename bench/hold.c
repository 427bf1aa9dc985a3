/* bench/hold.c - the hold model: pop the first event, schedule one an exponential time later; N stay pending.
 *
 * bench_hold            ns per hold of the engine and of two bare loops without any engine around
 * bench_hold --quick    a small fixed number of holds, once each: for callgrind
 *
 * The bounds are the loops somebody would write by hand for this model alone: a 4-ary heap of 16-byte keys whose pop
 * and push are one replacement of the root, and a radix heap of 16-byte entries. All sides draw the same increments
 * from the same stream, and must meet the same instants in the same order (checked). The draw is part of every
 * figure; the line "draw" tells how much of it. Repetitions of the sides take turns, so that a disturbance of the
 * machine meets all of them; the medians are what is printed. */
#include "bench/bench.h"
#include "sim/mem.h"
#include "sim/rng.h"
#include "sim/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a side saw: equal on all sides, or they did different work. */
struct trace {
    sim_time last;
    uint64_t sum;
};

static inline void trace_add(struct trace *trace, sim_time at)
{
    trace->last = at;
    trace->sum = trace->sum * 3 + (uint64_t)at;
}

static inline sim_time increment(struct rng *r)
{
    return (sim_time)(rng_exponential(r) * 1e9);
}

/* ---- the engine ---- */

struct engine {
    struct sim sim;
    struct rng rng;
    struct trace trace;
};

static void on_hold(struct sim *sim, uint32_t actor, uint64_t arg)
{
    struct engine *e = sim->model;
    trace_add(&e->trace, sim->now);
    sim_at(sim, sim->now + increment(&e->rng), 0, actor, arg);
}

static void engine_fill(struct engine *e, uint32_t pending)
{
    static sim_handler *const handlers[] = {on_hold};
    sim_init(&e->sim, handlers, e);
    rng_open(&e->rng, 2385, 0, 1);
    e->trace = (struct trace){0, 0};
    for (uint32_t i = 0; i < pending; i++) sim_at(&e->sim, increment(&e->rng), 0, i, i);
}

/* Runs for about holds events and gives the exact number. */
static uint64_t engine_run(struct engine *e, uint64_t holds, uint32_t pending)
{
    uint64_t before = e->sim.events;
    sim_run_until(&e->sim, e->sim.now + (sim_time)((double)holds / pending * 1e9));
    return e->sim.events - before;
}

/* ---- bound 1: 4-ary heap, pop and push fused, families of four on a cache line ---- */

struct key {
    int64_t at;
    uint64_t order;
};

struct heap {
    struct key *keys; /* keys + 1 is 64-byte aligned */
    size_t count;
    uint64_t next_order;
    void *block;
    struct rng rng;
    struct trace trace;
};

static inline bool before(struct key a, struct key b)
{
    __extension__ typedef unsigned __int128 wide;
    return ((wide)(uint64_t)a.at << 64 | a.order) < ((wide)(uint64_t)b.at << 64 | b.order);
}

static void heap_fill(struct heap *h, uint32_t pending)
{
    h->block = mem_new(192 + (size_t)pending * sizeof(struct key));
    h->keys = (struct key *)(void *)(((uintptr_t)h->block + 127) & ~(uintptr_t)63) - 1;
    h->count = h->next_order = 0;
    rng_open(&h->rng, 2385, 0, 1);
    h->trace = (struct trace){0, 0};
    for (uint32_t n = 0; n < pending; n++) {
        struct key key = {increment(&h->rng), h->next_order++};
        size_t i = h->count++;
        for (; i > 0 && before(key, h->keys[(i - 1) / 4]); i = (i - 1) / 4) h->keys[i] = h->keys[(i - 1) / 4];
        h->keys[i] = key;
    }
    for (uint32_t n = 0; n < 4; n++) h->keys[pending + n] = (struct key){INT64_MAX, UINT64_MAX};
}

/* Keys after the last are later than all, so families are always full. */
static inline void heap_replace_root(struct key *keys, size_t count, struct key key)
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

static void heap_run(struct heap *h, uint64_t holds)
{
    for (uint64_t n = 0; n < holds; n++) {
        sim_time now = h->keys[0].at;
        trace_add(&h->trace, now);
        heap_replace_root(h->keys, h->count, (struct key){now + increment(&h->rng), h->next_order++});
    }
}

/* ---- bound 2: radix heap ---- */

struct bucket {
    struct key *keys;
    size_t count, capacity;
};

struct radix {
    struct bucket buckets[65];
    size_t taken; /* of bucket 0 */
    int64_t last;
    uint64_t nonempty;
    uint64_t next_order;
    struct rng rng;
    struct trace trace;
};

static inline void radix_put(struct radix *x, struct key key)
{
    uint64_t differ = (uint64_t)key.at ^ (uint64_t)x->last;
    unsigned b = differ == 0 ? 0 : 64 - (unsigned)__builtin_clzll(differ);
    struct bucket *to = &x->buckets[b];
    if (SIM_UNLIKELY(to->count == to->capacity)) {
        to->capacity = to->capacity ? to->capacity * 2 : 64;
        to->keys = mem_resize(to->keys, to->capacity * sizeof *to->keys);
    }
    to->keys[to->count++] = key;
    if (b) x->nonempty |= (uint64_t)1 << (b - 1);
}

static void radix_deal(struct radix *x)
{
    struct bucket *from = &x->buckets[__builtin_ctzll(x->nonempty) + 1];
    size_t n = from->count;
    x->nonempty &= x->nonempty - 1;
    from->count = x->taken = x->buckets[0].count = 0;
    x->last = from->keys[0].at;
    for (size_t i = 1; i < n; i++)
        if (from->keys[i].at < x->last) x->last = from->keys[i].at;
    for (size_t i = 0; i < n; i++) radix_put(x, from->keys[i]);
}

static void radix_fill(struct radix *x, uint32_t pending)
{
    memset(x, 0, sizeof *x);
    rng_open(&x->rng, 2385, 0, 1);
    for (uint32_t i = 0; i < pending; i++) radix_put(x, (struct key){increment(&x->rng), x->next_order++});
}

static void radix_run(struct radix *x, uint64_t holds)
{
    for (uint64_t n = 0; n < holds; n++) {
        if (x->taken == x->buckets[0].count) radix_deal(x);
        sim_time now = x->buckets[0].keys[x->taken++].at;
        trace_add(&x->trace, now);
        radix_put(x, (struct key){now + increment(&x->rng), x->next_order++});
    }
}

/* ---- the draw alone ---- */

static void draw_run(struct rng *rng, uint64_t holds)
{
    struct trace trace = {0, 0};
    for (uint64_t n = 0; n < holds; n++) trace_add(&trace, increment(rng));
    if (trace.sum == 2385) puts("a rare sum"); /* keeps the loop from being removed */
}

/* ---- measuring ---- */

enum side { ENGINE, HEAP, RADIX, DRAW, SIDES };

struct world {
    struct engine engine;
    struct heap heap;
    struct radix radix;
    struct rng rng;
};

static void world_init(struct world *w, uint32_t pending)
{
    engine_fill(&w->engine, pending);
    heap_fill(&w->heap, pending);
    radix_fill(&w->radix, pending);
    rng_open(&w->rng, 2385, 0, 1);
}

static void world_fini(struct world *w)
{
    sim_fini(&w->engine.sim);
    mem_free(w->heap.block);
    for (unsigned b = 0; b < 65; b++) mem_free(w->radix.buckets[b].keys);
}

/* One repetition of every side; ns per hold into ns. */
static void world_round(struct world *w, uint64_t holds, uint32_t pending, double ns[SIDES])
{
    double t0 = bench_seconds();
    uint64_t n = engine_run(&w->engine, holds, pending);
    double t1 = bench_seconds();
    heap_run(&w->heap, n);
    double t2 = bench_seconds();
    radix_run(&w->radix, n);
    double t3 = bench_seconds();
    draw_run(&w->rng, n);
    double t4 = bench_seconds();
    ns[ENGINE] = (t1 - t0) / (double)n * 1e9;
    ns[HEAP] = (t2 - t1) / (double)n * 1e9;
    ns[RADIX] = (t3 - t2) / (double)n * 1e9;
    ns[DRAW] = (t4 - t3) / (double)n * 1e9;
    sim_assert(&w->engine.sim, w->engine.trace.sum == w->heap.trace.sum && w->heap.trace.sum == w->radix.trace.sum);
}

static void measure(uint32_t pending, uint64_t holds, unsigned repeats, bool warm)
{
    struct world w;
    double ns[SIDES], all[SIDES][BENCH_REPEATS];
    world_init(&w, pending);
    if (warm) world_round(&w, holds, pending, ns);
    for (unsigned i = 0; i < repeats; i++) {
        world_round(&w, holds, pending, ns);
        for (unsigned s = 0; s < SIDES; s++) all[s][i] = ns[s];
    }
    for (unsigned s = 0; s < SIDES; s++) ns[s] = bench_median(all[s], repeats);
    printf("hold engine         N %7" PRIu32 "  %6.1f ns  %.2f x fused 4-ary heap, %.2f x radix heap"
           "  (less the draw: %.2f, %.2f)\n",
           pending, ns[ENGINE], ns[ENGINE] / ns[HEAP], ns[ENGINE] / ns[RADIX],
           (ns[ENGINE] - ns[DRAW]) / (ns[HEAP] - ns[DRAW]), (ns[ENGINE] - ns[DRAW]) / (ns[RADIX] - ns[DRAW]));
    printf("hold fused 4-ary    N %7" PRIu32 "  %6.1f ns  1\n", pending, ns[HEAP]);
    printf("hold radix heap     N %7" PRIu32 "  %6.1f ns  %.2f\n", pending, ns[RADIX], ns[RADIX] / ns[HEAP]);
    printf("hold draw           N %7" PRIu32 "  %6.1f ns  %.2f\n", pending, ns[DRAW], ns[DRAW] / ns[HEAP]);
    fflush(stdout);
    world_fini(&w);
}

int main(int argc, char **argv)
{
    static const uint32_t sizes[] = {10, 1000, 100000, 1000000};
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (quick && sizes[i] > 100000) break;
        if (quick)
            measure(sizes[i], 100000, 1, false);
        else
            measure(sizes[i], 2000000, BENCH_REPEATS, true);
    }
    return 0;
}
