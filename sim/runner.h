/* sim/runner.h - many replications on several threads, merged in run order.
 *
 * Each worker owns one simulation and does whole runs; finished runs wait in a small ring until all before them are
 * merged. So the merged result, down to the last bit of every floating-point sum, does not depend on the number of
 * threads, and memory does not grow with the number of runs. The only file of sim/ that knows threads. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* What to do. All functions get context. Those marked (serial) are never called at the same time. */
struct runner_job {
    void *context;
    void *(*worker_new)(void *context); /* a simulation of its own; called on the worker's thread */
    void (*worker_free)(void *context, void *worker);
    void *(*slot_new)(void *context); /* where one run's result is put (serial) */
    void (*slot_free)(void *context, void *slot);
    /* Does one run into slot. False: it was given up because stop said so; it is not merged, and no more are started.
     */
    bool (*run)(void *context, void *worker, uint64_t run, void *slot);
    void (*merge)(void *context, uint64_t run,
                  void *slot);   /* in run order (serial); must leave slot ready for another */
    bool (*stop)(void *context); /* asked before each run: true starts no more (any thread) */
    unsigned cycle; /* the number of slots is made a multiple of this: run r and run r + cycle may meet the same slot,
                     * and no others do. 0 is as 1 */
};

/* Does runs first .. first + count - 1 on threads >= 1 threads (1: on the caller's). Gives how many runs were merged:
 * count, or fewer if stop said so; those are always the first ones, without a gap. */
uint64_t runner_run(const struct runner_job *job, uint64_t first, uint64_t count, unsigned threads);
