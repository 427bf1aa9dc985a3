/* cli/rare.c - see cli/rare.h. The runs; what is printed is in rare_print.c. */
#include "cli/rare.h"

#include "cli/clock.h"
#include "cli/experiment.h"
#include "scenarios/suggest.h"
#include "sim/runner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- what is asked ---- */

static int refuse(const char *what)
{
    fprintf(stderr, "mxsim run: --rare: %s\n", what);
    return EXIT_BAD_INPUT;
}

/* The share of this name; null and a message if there is none. */
static const struct metric *find_share(const char *name)
{
    const char *names[64], *found = NULL;
    size_t count = 0;
    char hint[256];
    for (size_t i = 0; i < metric_count && count < sizeof names / sizeof *names; i++) {
        if (!rare_suits(&metrics[i])) continue;
        if (strcmp(metrics[i].name, name) == 0) return &metrics[i];
        names[count++] = metrics[i].name;
    }
    found = metric_find(name) ? "is no share of messages" : "is no metric";
    suggest_text(name, names, count, "", hint, sizeof hint);
    fprintf(stderr, "mxsim run: --rare %s: %s, %s\n", name, found, hint);
    return NULL;
}

/* ---- the runs ---- */

static bool stop(void *context)
{
    (void)context;
    return experiment_stopped();
}

static void *worker_new(void *context)
{
    struct world *w = rare_world(context);
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
    return rare_run_new(context);
}

static void slot_free(void *context, void *slot)
{
    (void)context;
    rare_run_free(slot);
}

static bool run_one(void *context, void *worker, uint64_t run, void *slot)
{
    return rare_do(context, worker, run, slot);
}

static void merge(void *context, uint64_t run, void *slot)
{
    (void)run;
    rare_add(context, slot);
}

/* After each batch, to a terminal: how far, how good. False: nothing was written. */
static bool show_progress(const struct rare *r, const struct options *o)
{
    const char *term = getenv("TERM");
    if (o->quiet || !isatty(STDERR_FILENO) || !term || strcmp(term, "dumb") == 0) return false;
    struct rare_report p = rare_report(r);
    fprintf(stderr, "\r\033[K%" PRIu64 " runs", r->begun);
    if (p.seen > 0) fprintf(stderr, ", relative error %.2g %%", 100 * p.error);
    fflush(stderr);
    return true;
}

/* False: interrupted. */
static bool do_all(struct rare *r, const struct options *o)
{
    struct runner_job how = {.context = r,
                             .worker_new = worker_new,
                             .worker_free = worker_free,
                             .slot_new = slot_new,
                             .slot_free = slot_free,
                             .run = run_one,
                             .merge = merge,
                             .stop = stop};
    struct experiment signals; /* of no world: its signals alone */
    experiment_init(&signals, NULL, 0, o);
    uint64_t first, count;
    while (!experiment_stopped() && (count = rare_batch(r, &first)) > 0) {
        runner_run(&how, first, count, o->threads);
        if (show_progress(r, o)) signals.shown = 1; /* its line is to be cleared */
    }
    bool complete = !experiment_stopped();
    experiment_free(&signals);
    return complete;
}

int run_rare(const struct scenario *s, const struct options *o)
{
    const struct metric *metric = find_share(o->rare);
    if (!metric) return EXIT_BAD_INPUT;
    if (o->precision.count > 0) return refuse("goes on until the relative error is 10 %: leave --precision out");
    if (o->steady) return refuse("is of many short runs: leave --steady out");
    if (o->folder) return refuse("writes no folder (-o): print it with --format json or csv");
    uint64_t most = o->has_runs ? o->runs : RARE_RUNS;
    struct rare *r = rare_new(s->spec, metric, o->seed, most, RARE_ERROR);
    if (!r)
        return refuse("no fault of this scenario has a length that is left to chance and may end before the run does, "
                      "such as \"for\": {\"exponential\": \"6h\"}: there is nothing to stretch");
    double begun = wall_seconds();
    bool complete = do_all(r, o);
    struct rare_answer a = {s, o, r, rare_report(r), wall_seconds() - begun, complete};
    if (!complete)
        fprintf(stderr, "mxsim: stopped after %" PRIu64 " runs; what follows is their result\n", a.report.all_runs);
    switch (o->format) {
    case FORMAT_TABLE: print_rare_table(stdout, &a); break;
    case FORMAT_JSON: print_rare_json(stdout, &a); break;
    case FORMAT_CSV: print_rare_csv(stdout, &a); break;
    }
    rare_free(r);
    return complete ? EXIT_DONE : EXIT_INTERRUPTED;
}
