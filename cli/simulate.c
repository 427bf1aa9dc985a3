/* cli/simulate.c - see cli/simulate.h. */
#include "cli/simulate.h"

#include "models/world.h"
#include "sim/mem.h"
#include "sim/runner.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Set by a signal handler, read by all workers: atomic (lock-free, so a handler may), not only volatile. */
static atomic_bool stop_asked;

/* The second signal, of whichever kind, ends the program at once. */
static void on_stop(int signal_number)
{
    (void)signal_number;
    atomic_store(&stop_asked, true);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

/* Who started us ignoring a signal (nohup, a script in the background) keeps it ignored. */
static void catch_stop(int signal_number)
{
    if (signal(signal_number, on_stop) == SIG_IGN) signal(signal_number, SIG_IGN);
}

static void release_stop(int signal_number)
{
    if (signal(signal_number, SIG_DFL) == SIG_IGN) signal(signal_number, SIG_IGN);
}

struct job {
    const struct world_spec *spec;
    const struct options *options;
    struct result *result;
    double begun, shown;
    bool show;
};

static double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool stop(void *context)
{
    (void)context;
    return atomic_load_explicit(&stop_asked, memory_order_relaxed);
}
static void *worker_new(void *context)
{
    struct world *w = world_new(((struct job *)context)->spec);
    world_stop_if(w, stop, NULL);
    return w;
}
static void worker_free(void *context, void *worker)
{
    (void)context;
    world_free(worker);
}
static void *slot_new(void *context)
{
    return tally_new(((struct job *)context)->spec);
}
static void slot_free(void *context, void *slot)
{
    (void)context;
    tally_free(slot);
}
static bool run_one(void *context, void *worker, uint64_t run, void *slot)
{
    return world_run(worker, ((struct job *)context)->options->seed, run, slot);
}

/* At most ten times a second: how far, how fast, how long still. */
static void show_progress(struct job *job)
{
    double now = wall_seconds(), done = (double)job->result->runs, all = (double)job->options->runs;
    if (now - job->begun < 0.5 || now - job->shown < 0.1) return;
    char left[32];
    double rate = done / (now - job->begun);
    job->shown = now;
    sim_time_text(sim_time_from_seconds((all - done) / rate), left);
    fprintf(stderr, "\r\033[K%.0f of %.0f runs, %.3g runs/s, %s left", done, all, rate, left);
    fflush(stderr);
}

static void merge(void *context, uint64_t run, void *slot)
{
    struct job *job = context;
    (void)run;
    result_add(job->result, slot);
    if (job->show) show_progress(job);
}

static bool is_terminal(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

struct simulation simulate(const struct world_spec *spec, const struct options *o)
{
    struct job job = {.spec = spec, .options = o, .result = result_new(spec), .begun = wall_seconds()};
    job.show = !o->quiet && is_terminal();
    struct runner_job how = {&job, worker_new, worker_free, slot_new, slot_free, run_one, merge, stop};
    atomic_store(&stop_asked, false);
    catch_stop(SIGINT);
    catch_stop(SIGTERM);
    runner_run(&how, 0, o->runs, o->threads);
    release_stop(SIGINT);
    release_stop(SIGTERM);
    double seconds = wall_seconds() - job.begun;
    if (job.shown > 0) fprintf(stderr, "\r\033[K");
    bool stopped = atomic_load(&stop_asked);
    if (stopped)
        fprintf(stderr, "mxsim: stopped after %" PRIu64 " of %" PRIu64 " runs; what follows is their result\n",
                job.result->runs, o->runs);
    return (struct simulation){job.result, seconds, stopped};
}

void simulation_free(struct simulation *s)
{
    result_free(s->result);
    s->result = NULL;
}
