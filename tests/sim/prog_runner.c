/* tests/sim/prog_runner.c - the runner: merged sums have the same bits for any number of threads. A plain program, so
 * that it runs under ThreadSanitizer too. */
#include "sim/mem.h"
#include "sim/rng.h"
#include "sim/runner.h"

#include <stdio.h>
#include <string.h>

#define FIRST 238
#define RUNS  500

struct slot {
    double value;
    uint64_t run;
    bool full;
};

struct sums {
    double sum, squares; /* of numbers of very different size: the order of addition shows */
    uint64_t merged, next;
    uint64_t stop_at; /* stop when so many are merged; 0: never */
    unsigned workers, slots, freed_workers, freed_slots;
    bool bad_order, bad_slot;
    uint64_t order[RUNS];
};

static void *worker_new(void *context)
{
    struct sums *s = context;
    __atomic_add_fetch(&s->workers, 1, __ATOMIC_RELAXED);
    return mem_zero(1, sizeof(struct rng));
}

static void worker_free(void *context, void *worker)
{
    struct sums *s = context;
    __atomic_add_fetch(&s->freed_workers, 1, __ATOMIC_RELAXED);
    mem_free(worker);
}

static void *slot_new(void *context)
{
    ((struct sums *)context)->slots++;
    return mem_zero(1, sizeof(struct slot));
}

static void slot_free(void *context, void *slot)
{
    ((struct sums *)context)->freed_slots++;
    mem_free(slot);
}

/* Deliberately uneven: every seventh run takes a thousand times as long, so later runs finish first. */
static bool run(void *context, void *worker, uint64_t number, void *slot)
{
    struct rng *r = worker;
    struct slot *to = slot;
    uint64_t work = number % 7 == 0 ? 200000 : 200;
    (void)context;
    rng_open(r, 2385, number, 1);
    double x = 0;
    for (uint64_t i = 0; i < work; i++) x += rng_exponential(r);
    /* A slot that still holds a run was given out twice: merge finds it by its number. */
    if (to->full) number = UINT64_MAX;
    *to = (struct slot){x * (number % 3 ? 1e-9 : 1e9), number, true};
    return true;
}

static void merge(void *context, uint64_t number, void *slot)
{
    struct sums *s = context;
    struct slot *from = slot;
    if (number != FIRST + s->merged) s->bad_order = true;
    if (!from->full || from->run != number) s->bad_slot = true;
    if (s->merged < RUNS) s->order[s->merged] = number;
    s->sum += from->value;
    s->squares += from->value * from->value;
    from->full = false;
    __atomic_add_fetch(&s->merged, 1, __ATOMIC_RELAXED);
}

static bool stop(void *context)
{
    const struct sums *s = context;
    return s->stop_at && __atomic_load_n(&s->merged, __ATOMIC_RELAXED) >= s->stop_at;
}

static bool fail(const char *what, unsigned threads)
{
    printf("FAILED with %u threads: %s\n", threads, what);
    return false;
}

#define CYCLE 5

static bool sums_run(struct sums *s, unsigned threads, uint64_t count, uint64_t stop_at)
{
    const struct runner_job job = {s, worker_new, worker_free, slot_new, slot_free, run, merge, stop, CYCLE};
    memset(s, 0, sizeof *s);
    s->stop_at = stop_at;
    uint64_t done = runner_run(&job, FIRST, count, threads);
    if (done != s->merged) return fail("the count returned is not that of the merged runs", threads);
    if (s->bad_order) return fail("runs were not merged in order 0, 1, 2, ...", threads);
    if (s->bad_slot) return fail("a slot was given out while it held a run", threads);
    if (s->workers != s->freed_workers || s->slots != s->freed_slots) return fail("a worker or slot leaks", threads);
    if (s->slots % CYCLE != 0) return fail("the number of slots is no multiple of what was asked for", threads);
    if (s->workers > threads) return fail("more workers than threads", threads);
    return true;
}

static bool all_thread_counts_agree(void)
{
    static struct sums one, many;
    static const unsigned counts[] = {2, 3, 8};
    if (!sums_run(&one, 1, RUNS, 0)) return false;
    if (one.merged != RUNS) return fail("not all runs were merged", 1);
    for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (!sums_run(&many, counts[i], RUNS, 0)) return false;
        if (many.merged != RUNS) return fail("not all runs were merged", counts[i]);
        if (memcmp(&one.sum, &many.sum, sizeof one.sum) || memcmp(&one.squares, &many.squares, sizeof one.squares))
            return fail("a sum has other bits than with one thread", counts[i]);
    }
    /* The check above can see a wrong order: the same numbers backwards give other bits. */
    double backwards = 0;
    for (int i = RUNS - 1; i >= 0; i--) {
        struct slot slot = {0};
        struct rng r;
        run(NULL, &r, one.order[i], &slot);
        backwards += slot.value;
    }
    return memcmp(&backwards, &one.sum, sizeof backwards) ? true : fail("the sums do not depend on the order", 1);
}

static bool stopping_leaves_no_gap(void)
{
    static struct sums s;
    static const unsigned counts[] = {1, 2, 3, 8};
    for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (!sums_run(&s, counts[i], RUNS, 100)) return false;
        if (s.merged < 100 || s.merged > 100 + 5 * counts[i] + CYCLE)
            return fail("stopped before it was told to, or much after", counts[i]);
    }
    return true;
}

static bool few_runs_on_many_threads(void)
{
    static struct sums s;
    for (uint64_t count = 0; count < 4; count++) {
        if (!sums_run(&s, 8, count, 0)) return false;
        if (s.merged != count) return fail("few runs: not all were merged", 8);
    }
    return true;
}

int main(void)
{
    if (!all_thread_counts_agree() || !stopping_leaves_no_gap() || !few_runs_on_many_threads()) return 1;
    puts("1, 2, 3 and 8 threads: the same bits");
    return 0;
}
