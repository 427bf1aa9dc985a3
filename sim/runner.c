/* sim/runner.c - see sim/runner.h. */
#include "sim/runner.h"

#include "sim/check.h"
#include "sim/mem.h"

#include <pthread.h>

#define SLOTS_PER_THREAD 2

struct runner {
    const struct runner_job *job;
    uint64_t first, count;
    pthread_mutex_t lock;  /* guards what follows, and merging */
    pthread_cond_t merged; /* a slot became free, or all is over */
    uint64_t next;         /* the next run to hand out, from 0 */
    uint64_t done;         /* runs merged */
    uint64_t end;          /* runs from here on are not started any more */
    unsigned slot_count;
    void **slots;
    bool *full; /* slots[run % slot_count] holds a finished run */
};

static void runner_check(int error)
{
    if (error) sim_panic(NULL, __FILE__, __LINE__, "a thread function failed");
}

/* The next run to do, or false at the end. Waits while the ring is full of runs that wait for a slower one. */
static bool take(struct runner *r, uint64_t *run)
{
    bool got = false;
    pthread_mutex_lock(&r->lock);
    while (r->next < r->end && r->next >= r->done + r->slot_count) pthread_cond_wait(&r->merged, &r->lock);
    if (r->next < r->end) {
        if (r->job->stop(r->job->context)) {
            r->end = r->next;
            pthread_cond_broadcast(&r->merged);
        } else {
            *run = r->next++;
            got = true;
        }
    }
    pthread_mutex_unlock(&r->lock);
    return got;
}

/* A run was given up: none from it on counts. */
static void give_up(struct runner *r, uint64_t run)
{
    pthread_mutex_lock(&r->lock);
    if (run < r->end) r->end = run;
    pthread_cond_broadcast(&r->merged);
    pthread_mutex_unlock(&r->lock);
}

/* Hands in a finished run; merges it and those that waited for it. */
static void put(struct runner *r, uint64_t run)
{
    pthread_mutex_lock(&r->lock);
    r->full[run % r->slot_count] = true;
    while (r->full[r->done % r->slot_count]) {
        unsigned slot = (unsigned)(r->done % r->slot_count);
        r->job->merge(r->job->context, r->first + r->done, r->slots[slot]);
        r->full[slot] = false;
        r->done++;
    }
    pthread_cond_broadcast(&r->merged);
    pthread_mutex_unlock(&r->lock);
}

static void *work(void *argument)
{
    struct runner *r = argument;
    const struct runner_job *job = r->job;
    void *worker = job->worker_new(job->context);
    uint64_t run;
    while (take(r, &run)) {
        if (job->run(job->context, worker, r->first + run, r->slots[run % r->slot_count]))
            put(r, run);
        else
            give_up(r, run);
    }
    job->worker_free(job->context, worker);
    return NULL;
}

uint64_t runner_run(const struct runner_job *job, uint64_t first, uint64_t count, unsigned threads)
{
    struct runner r = {.job = job, .first = first, .count = count, .end = count};
    if (threads < 1) threads = 1;
    if (threads > count) threads = count ? (unsigned)count : 1;
    r.slot_count = threads * SLOTS_PER_THREAD;
    if (job->cycle > 1) r.slot_count = (r.slot_count + job->cycle - 1) / job->cycle * job->cycle;
    r.slots = mem_zero(r.slot_count, sizeof *r.slots);
    r.full = mem_zero(r.slot_count, sizeof *r.full);
    for (unsigned i = 0; i < r.slot_count; i++) r.slots[i] = job->slot_new(job->context);
    runner_check(pthread_mutex_init(&r.lock, NULL));
    runner_check(pthread_cond_init(&r.merged, NULL));

    pthread_t *others = mem_zero(threads, sizeof *others);
    unsigned started = 1; /* fewer threads than asked for do the same work */
    while (started < threads && pthread_create(&others[started], NULL, work, &r) == 0) started++;
    work(&r);
    for (unsigned i = 1; i < started; i++) runner_check(pthread_join(others[i], NULL));

    mem_free(others);
    pthread_cond_destroy(&r.merged);
    pthread_mutex_destroy(&r.lock);
    for (unsigned i = 0; i < r.slot_count; i++) job->slot_free(job->context, r.slots[i]);
    mem_free(r.slots);
    mem_free(r.full);
    return r.done;
}
