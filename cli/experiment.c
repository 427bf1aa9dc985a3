/* cli/experiment.c - see cli/experiment.h. */
#include "cli/experiment.h"

#include "cli/clock.h"
#include "models/world.h"
#include "sim/check.h"
#include "sim/mem.h"
#include "sim/runner.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- signals ---- */

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

/* How many of experiments, and of those who do several, want to know of signals. */
static unsigned listeners;

void experiment_listen(void)
{
    if (listeners++ > 0) return;
    atomic_store(&stop_asked, false);
    catch_stop(SIGINT);
    catch_stop(SIGTERM);
}

void experiment_listen_no_more(void)
{
    if (--listeners > 0) return;
    release_stop(SIGINT);
    release_stop(SIGTERM);
}

bool experiment_stopped(void)
{
    return atomic_load_explicit(&stop_asked, memory_order_relaxed);
}

static bool stop(void *context)
{
    (void)context;
    return experiment_stopped();
}

/* ---- progress ---- */

static bool is_terminal(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* At most ten times a second: how far, how fast, how long still. */
static void show_progress(struct experiment *x)
{
    double now = wall_seconds(), done = (double)x->done, all = (double)x->expected;
    if (x->options->quiet || now - x->begun < 0.5 || now - x->shown < 0.1 || !is_terminal()) return;
    char left[32];
    double rate = (done - (double)x->before) / (now - x->begun);
    x->shown = now;
    fprintf(stderr, "\r\033[K%.0f", done);
    if (all >= done) {
        sim_time_text(sim_time_from_seconds((all - done) / rate), left);
        fprintf(stderr, " of %.0f runs, %.3g runs/s, %s left", all, rate, left);
    } else {
        fprintf(stderr, " runs, %.3g runs/s", rate);
    }
    fflush(stderr);
}

/* ---- one call of the runner ----
 *
 * A task is one run of one world. Tasks go run by run, and within a run by the order of the worlds, so that merging in
 * task order brings the tallies of a run together. */

#define LARGE 2e6 /* messages of one run of all worlds: some 80 bytes each stay with a world for its next run */

struct job {
    struct experiment *x;
    uint32_t members[EXPERIMENT_MEMBERS_MAX]; /* the active worlds */
    uint32_t member_count;
    uint64_t first; /* run */
    bool large;     /* a worker has room for one world only */
};

/* A worker has a world of each kind that it has met. */
struct worker {
    struct world *worlds[EXPERIMENT_MEMBERS_MAX];
};

/* A tally that fits the world it was last used for. */
struct slot {
    struct tally *tally;
    uint32_t member;
};

static void *worker_new(void *context)
{
    (void)context;
    return mem_zero(1, sizeof(struct worker));
}

static void worker_free(void *context, void *argument)
{
    const struct job *job = context;
    struct worker *worker = argument;
    for (uint32_t i = 0; i < job->x->count; i++) world_free(worker->worlds[i]);
    mem_free(worker);
}

static void *slot_new(void *context)
{
    (void)context;
    return mem_zero(1, sizeof(struct slot));
}

static void slot_free(void *context, void *argument)
{
    struct slot *slot = argument;
    (void)context;
    tally_free(slot->tally);
    mem_free(slot);
}

static bool run_one(void *context, void *workplace, uint64_t task, void *place)
{
    struct job *job = context;
    struct worker *worker = workplace;
    struct slot *slot = place;
    uint32_t member = job->members[task % job->member_count];
    const struct world_spec *spec = job->x->specs[member];
    for (uint32_t i = 0; job->large && i < job->x->count; i++) {
        if (i == member) continue;
        world_free(worker->worlds[i]);
        worker->worlds[i] = NULL;
    }
    if (!worker->worlds[member]) {
        worker->worlds[member] = world_new(spec);
        world_stop_if(worker->worlds[member], stop, NULL);
    }
    if (!slot->tally || slot->member != member) {
        tally_free(slot->tally);
        slot->tally = tally_new(spec);
        slot->member = member;
    }
    return world_run(worker->worlds[member], job->x->options->seed, job->first + task / job->member_count, slot->tally);
}

/* Holds a run's tallies back until the last world's is there: what counts is a run that all have done. */
static void merge(void *context, uint64_t task, void *place)
{
    struct job *job = context;
    struct slot *slot = place;
    struct experiment *x = job->x;
    struct tally *own = x->held[slot->member];
    x->held[slot->member] = slot->tally;
    slot->tally = own; /* of the same world; null the first time */
    x->done++;
    if (task % job->member_count == job->member_count - 1) {
        for (uint32_t i = 0; i < job->member_count; i++)
            result_add(x->results[job->members[i]], x->held[job->members[i]]);
        if (x->watch) x->watch(x->watcher, job->first + task / job->member_count, x->held);
        x->runs++;
    }
    show_progress(x);
}

bool experiment_to(struct experiment *x, uint64_t runs)
{
    struct job job = {.x = x, .first = x->runs};
    double messages = 0;
    for (uint32_t i = 0; i < x->count; i++) {
        if (!x->active[i]) continue;
        job.members[job.member_count++] = i;
        messages += spec_expected_messages(x->specs[i]);
    }
    job.large = messages > LARGE;
    struct runner_job how = {&job,    worker_new, worker_free, slot_new,        slot_free,
                             run_one, merge,      stop,        job.member_count};
    if (job.member_count > 0 && runs > x->runs && !experiment_stopped()) {
        double begun = wall_seconds();
        runner_run(&how, 0, (runs - x->runs) * job.member_count, x->options->threads);
        x->seconds += wall_seconds() - begun;
        for (uint32_t i = 0; i < x->count; i++) {
            tally_free(x->held[i]);
            x->held[i] = NULL;
        }
    }
    x->interrupted = experiment_stopped();
    return !x->interrupted;
}

void experiment_init(struct experiment *x, const struct world_spec *const *specs, uint32_t count,
                     const struct options *options)
{
    sim_assert(NULL, count <= EXPERIMENT_MEMBERS_MAX);
    *x = (struct experiment){.options = options, .specs = specs, .count = count, .begun = wall_seconds()};
    x->results = mem_zero(count, sizeof *x->results); /* NOLINT(bugprone-sizeof-expression): pointers */
    x->held = mem_zero(count, sizeof *x->held);       /* NOLINT(bugprone-sizeof-expression): pointers */
    x->active = mem_zero(count, sizeof *x->active);
    for (uint32_t i = 0; i < count; i++) {
        x->results[i] = result_new(specs[i]);
        x->active[i] = true;
    }
    experiment_listen();
}

void experiment_progress(struct experiment *x, uint64_t done, uint64_t expected)
{
    x->done = x->before = done;
    x->expected = expected;
}

void experiment_free(struct experiment *x)
{
    experiment_listen_no_more();
    if (x->shown > 0) fprintf(stderr, "\r\033[K");
    for (uint32_t i = 0; i < x->count; i++) result_free(x->results[i]);
    mem_free(x->results);
    mem_free(x->held);
    mem_free(x->active);
    *x = (struct experiment){0};
}

void experiment_expect(struct experiment *x, uint64_t runs)
{
    x->expected = runs;
    x->done = x->before = 0;
    x->begun = wall_seconds();
}

void experiment_tell_interrupted(const struct experiment *x, uint64_t wanted)
{
    if (!x->interrupted) return;
    if (x->shown > 0) fprintf(stderr, "\r\033[K");
    fprintf(stderr, "mxsim: stopped after %" PRIu64 " of %" PRIu64 " runs; what follows is their result\n", x->runs,
            wanted);
}
