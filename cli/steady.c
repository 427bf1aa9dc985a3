/* cli/steady.c - see cli/steady.h. Several runs are done on all threads; each finds the end of its own warm-up, and
 * what is left gives one number a run (replication and deletion: A. M. Law, "Simulation Modeling and Analysis", section
 * on the replication/deletion approach). */
#include "cli/steady.h"

#include "cli/clock.h"
#include "cli/options.h"
#include "models/result.h"
#include "models/world.h"
#include "sim/mem.h"
#include "sim/runner.h"

#include <inttypes.h>
#include <stdarg.h>

struct worker {
    struct world *world;
    struct tally *tally;
    struct steady_watch *watch;
};

/* What one run said. */
struct slot {
    uint64_t events;
    struct steady_mail mail;
    struct said {
        struct steady steady;
        double warm_up;
    } * said; /* by metric */
};

static const struct world_spec *spec_of(void *context)
{
    return ((const struct steady_result *)context)->scenario->spec;
}

static void *worker_new(void *context)
{
    const struct world_spec *spec = spec_of(context);
    struct worker *w = mem_new(sizeof *w);
    *w = (struct worker){world_new(spec), tally_new(spec), steady_watch_new(spec)};
    world_observe(w->world, steady_watch_observe, w->watch);
    return w;
}

static void worker_free(void *context, void *worker)
{
    struct worker *w = worker;
    (void)context;
    world_free(w->world);
    tally_free(w->tally);
    steady_watch_free(w->watch);
    mem_free(w);
}

static void *slot_new(void *context)
{
    struct slot *slot = mem_zero(1, sizeof *slot);
    slot->said = mem_zero(steady_metric_count(spec_of(context)), sizeof *slot->said);
    return slot;
}

static void slot_free(void *context, void *slot)
{
    (void)context;
    mem_free(((struct slot *)slot)->said);
    mem_free(slot);
}

static bool run_one(void *context, void *worker, uint64_t run, void *slot)
{
    const struct steady_result *r = context;
    struct worker *w = worker;
    struct slot *to = slot;
    steady_watch_start(w->watch);
    world_run(w->world, r->options->seed, run, w->tally);
    to->events = w->tally->events;
    to->mail = steady_watch_mail(w->watch);
    for (uint32_t m = 0; m < r->count; m++)
        to->said[m].steady = steady_watch_mean(w->watch, m, RESULT_LEVEL, &to->said[m].warm_up);
    return true;
}

static void merge(void *context, uint64_t run, void *slot)
{
    struct steady_result *r = context;
    const struct slot *from = slot;
    (void)run;
    r->runs++;
    r->events += from->events;
    r->written += from->mail.written;
    r->delivered += from->mail.delivered;
    r->bounced += from->mail.bounced;
    r->undecided += from->mail.undecided;
    for (uint32_t m = 0; m < r->count; m++) {
        struct steady_answer *a = &r->answers[m];
        a->run = from->said[m].steady;
        a->unsettled += !a->run.settled;
        a->too_short += steady_is_short(&a->run);
        if (!a->run.mean.has_value) continue;
        moments_add(&a->means, a->run.mean.value);
        moments_add(&a->warm_ups, from->said[m].warm_up);
    }
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static void conclude(struct steady_result *r)
{
    for (uint32_t m = 0; m < r->count; m++) {
        struct steady_answer *a = &r->answers[m];
        a->mean = r->runs == 1 ? a->run.mean : moments_estimate(&a->means, RESULT_LEVEL);
        if (r->runs > 1 && !(a->means.squares > 0)) a->mean.has_interval = false, a->mean.method = "none";
        if (steady_metric_unit(m) == UNIT_SHARE && a->mean.high > 1) a->mean.high = 1;
    }
}

static void work(struct steady_result *r)
{
    const struct runner_job job = {r, worker_new, worker_free, slot_new, slot_free, run_one, merge, never, 0};
    double begun = wall_seconds();
    r->count = steady_metric_count(r->scenario->spec);
    r->answers = mem_zero(r->count, sizeof *r->answers);
    runner_run(&job, 0, r->options->has_runs ? r->options->runs : 1, r->options->threads);
    conclude(r);
    r->seconds = wall_seconds() - begun;
}

/* ---- cautions ---- */

/* To whom cautions are said, and how many so far. */
struct caller {
    void (*say)(void *context, const char *text);
    void *context;
    uint32_t count;
};

__attribute__((format(printf, 2, 3))) static void caution(struct caller *c, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    c->say(c->context, text);
    c->count++;
}

static void caution_faults(struct caller *c, const struct world_spec *spec)
{
    for (uint32_t f = 0; f < spec->fault_count; f++) {
        double turns;
        enum steady_fault what = steady_fault_of(spec, f, &turns);
        const char *kind = fault_kind_name(spec->faults[f].is), *on = spec_target_name(spec, spec->faults[f].on[0]);
        if (what == STEADY_FAULT_ONCE)
            caution(c, "the fault \"%s\" on %s comes once: with it there is no steady state", kind, on);
        if (what == STEADY_FAULT_RARE)
            caution(c,
                    "the fault \"%s\" on %s comes %.3g times in a run: outages are what counts here, and fewer than %d "
                    "are too few; let mail be sent for longer",
                    kind, on, turns, STEADY_TURNS);
    }
}

static void name_metric(const struct steady_result *r, uint32_t m, char buf[160])
{
    if (m < STEADY_QUEUE)
        snprintf(buf, 160, "%s", steady_metric_name(m));
    else
        snprintf(buf, 160, "the queue of %s", r->scenario->spec->mtas[m - STEADY_QUEUE].name);
}

/* In one run the sentence is about it, else about so many of them. */
static const char *of_runs(const struct steady_result *r, uint64_t runs, char buf[64])
{
    buf[0] = 0;
    if (r->runs > 1) snprintf(buf, 64, "in %" PRIu64 " of %" PRIu64 " runs ", runs, r->runs);
    return buf;
}

static void caution_metrics(struct caller *c, const struct steady_result *r)
{
    for (uint32_t m = 0; m < r->count; m++) {
        const struct steady_answer *a = &r->answers[m];
        char name[160], runs[64];
        name_metric(r, m, name);
        if (a->unsettled)
            caution(c,
                    "%s: %sno steady state was seen: the warm-up seems to last for half of the run or longer; let mail "
                    "be sent for longer, and look whether the load is more than can be served",
                    name, of_runs(r, a->unsettled, runs));
        if (a->too_short)
            caution(c,
                    "%s: %stoo short: what is left is worth fewer than %d independent observations, and its interval "
                    "promises too much; let mail be sent for longer",
                    name, of_runs(r, a->too_short, runs), STEADY_WORTH);
    }
}

uint32_t steady_cautions(const struct steady_result *r, void (*say)(void *context, const char *text), void *context)
{
    struct caller c = {say, context, 0};
    caution_faults(&c, r->scenario->spec);
    caution_metrics(&c, r);
    if (r->undecided)
        caution(&c,
                "%" PRIu64 " messages were still queued at the end: they are neither in latency.mean nor bounced; a "
                "later time.limit lets them end",
                r->undecided);
    return c.count;
}

/* ---- the verb's other half ---- */

static bool makes_sense(const struct options *o, const struct world_spec *spec)
{
    const char *no = NULL;
    if (o->format == FORMAT_CSV)
        no = "--steady prints a table or --format json";
    else if (o->folder)
        no = "--steady writes no folder: --format json prints all it knows";
    else if (o->rare)
        no = "--steady is of one long run: leave --rare out";
    else if (o->precision.count > 0)
        no = "--steady knows no --precision: let mail be sent for longer, or more runs be done";
    else if (!steady_flows(spec))
        no = "--steady needs mail that flows on: a client with \"rate\" or \"every\"";
    if (no) fprintf(stderr, "mxsim run: %s\n", no);
    return no == NULL;
}

int steady_run(const struct options *o)
{
    struct scenario s;
    int code = EXIT_BAD_INPUT;
    if (scenario_open(&s, o->files[0], o) && makes_sense(o, s.spec)) {
        struct steady_result r = {.scenario = &s, .options = o};
        work(&r);
        if (o->format == FORMAT_JSON)
            steady_print_json(stdout, &r);
        else
            steady_print_table(stdout, &r);
        mem_free(r.answers);
        code = EXIT_DONE;
    }
    scenario_close(&s);
    return code;
}
