/* bench/mail.c - the whole model: healthy mail in messages a second a core, and the flagship scenario's 1,000 runs.
 *
 *     bench_mail [--quick]
 *
 * One line a figure. --quick: a tenth of the work, once: for callgrind. */
#include "bench/bench.h"
#include "models/result.h"
#include "models/world.h"
#include "scenarios/load.h"
#include "sim/mem.h"
#include "sim/runner.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define HEALTHY(mail, limit, rate, sender)                                                                             \
    "{\"format\": \"mxsim-scenario-1\", \"name\": \"healthy\", \"time\": {\"mail\": \"" mail "\", \"limit\": \"" limit \
    "\"}, \"clients\": {\"staff\": {\"to\": \"joe@example.com\", \"rate\": \"" rate                                    \
    "\"}}, \"mtas\": {\"sender\": " sender                                                                             \
    "}, \"zones\": {\"example.com\": {\"ns\": [\"ns1\", \"ns2\"], \"mx\": {\"mx1\": 10, \"mx2\": 20}}}}"

/* 1,000,000 messages each. 20 sessions at a time, Postfix's own limit, let no 1000 a second through to one domain. */
static const char no_limits[] = HEALTHY("1000s", "2000s", "1000/s",
                                        "{\"default_process_limit\": 0, \"default_destination_concurrency_limit\": 0, "
                                        "\"default_destination_concurrency_failed_cohort_limit\": 0, "
                                        "\"smtp_connection_cache_time_limit\": \"0s\", \"handoff\": \"0s\"}");
static const char own_limits[] = HEALTHY("10000s", "20000s", "100/s", "\"postfix\"");

static double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static struct loaded *load(const char *text, size_t size)
{
    struct load_errors errors;
    struct loaded *loaded = scenario_load(text, size, &errors);
    for (size_t i = 0; i < errors.count && !loaded; i++) fprintf(stderr, "bench_mail: %s\n", errors.items[i].text);
    load_errors_free(&errors);
    if (!loaded) exit(2);
    return loaded;
}

static void bench_healthy(const char *what, const char *text, bool quick)
{
    struct loaded *loaded = load(text, strlen(text));
    struct world *w = world_new(loaded_spec(loaded));
    struct tally *t = tally_new(loaded_spec(loaded));
    double messages[BENCH_REPEATS], events[BENCH_REPEATS];
    int repeats = quick ? 1 : BENCH_REPEATS;
    for (int i = 0; i < repeats; i++) {
        double begun = bench_seconds();
        world_run(w, 1, (uint64_t)i, t);
        double seconds = bench_seconds() - begun;
        messages[i] = (double)t->counts[COL_DELIVERED] / seconds;
        events[i] = (double)t->events / seconds;
    }
    printf("healthy mail, %s: %.2f M messages/s, %.2f M events/s a core, median of %d runs of 1,000,000 messages\n",
           what, bench_median(messages, (size_t)repeats) / 1e6, bench_median(events, (size_t)repeats) / 1e6, repeats);
    tally_free(t);
    world_free(w);
    loaded_free(loaded);
}

/* ---- the flagship scenario, through the replication runner ---- */

struct job {
    const struct world_spec *spec;
    struct result *result;
};

static void *worker_new(void *job)
{
    return world_new(((struct job *)job)->spec);
}
static void worker_free(void *job, void *worker)
{
    (void)job;
    world_free(worker);
}
static void *slot_new(void *job)
{
    return tally_new(((struct job *)job)->spec);
}
static void slot_free(void *job, void *slot)
{
    (void)job;
    tally_free(slot);
}
static bool run(void *job, void *worker, uint64_t number, void *slot)
{
    (void)job;
    return world_run(worker, 1, number, slot);
}
static void merge(void *job, uint64_t number, void *slot)
{
    (void)number;
    result_add(((struct job *)job)->result, slot);
}
static bool never(void *job)
{
    (void)job;
    return false;
}

static void bench_flagship(const struct world_spec *spec, uint64_t runs, unsigned threads)
{
    struct job job = {spec, result_new(spec)};
    struct runner_job how = {&job, worker_new, worker_free, slot_new, slot_free, run, merge, never, 0};
    double wall = wall_seconds(), cpu = bench_seconds();
    runner_run(&how, 0, runs, threads);
    wall = wall_seconds() - wall;
    cpu = bench_seconds() - cpu;
    double messages = (double)job.result->totals[COL_SUBMITTED];
    printf("flagship, %llu runs, %u thread%s: %.3f s wall, %.3f s CPU, %.2f M messages/s, %.2f M events/s, peak memory "
           "%ld KiB\n",
           (unsigned long long)runs, threads, threads == 1 ? "" : "s", wall, cpu, messages / wall / 1e6,
           (double)job.result->events / wall / 1e6, peak_kilobytes());
    result_free(job.result);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    bench_healthy("no limits", no_limits, quick);
    bench_healthy("Postfix's limits", own_limits, quick);
    FILE *f = fopen(MXSIM_SOURCE_DIR "/scenarios/04-backup-mx-holds-the-mail.json", "rb");
    if (!f) {
        fprintf(stderr, "bench_mail: the flagship scenario cannot be read\n");
        return 2;
    }
    char *text = mem_new(SCENARIO_SIZE_MAX);
    size_t size = fread(text, 1, SCENARIO_SIZE_MAX, f);
    fclose(f);
    struct loaded *loaded = load(text, size);
    if (quick) {
        bench_flagship(loaded_spec(loaded), 100, 1);
    } else {
        /* The number of runs grows tenfold, the memory does not. */
        bench_flagship(loaded_spec(loaded), 100, 2);
        bench_flagship(loaded_spec(loaded), 1000, 1);
        bench_flagship(loaded_spec(loaded), 1000, 2);
        bench_flagship(loaded_spec(loaded), 10000, 2);
    }
    loaded_free(loaded);
    mem_free(text);
    return 0;
}
