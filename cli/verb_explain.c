/* cli/verb_explain.c - mxsim explain: one message of one run, replayed; or the records of runs, for programs. */
#include "cli/scenario.h"
#include "cli/simulate.h"
#include "cli/story.h"
#include "cli/trace.h"
#include "models/left_out.h"
#include "models/world.h"

#include <inttypes.h>

/* Chooses the first message that bounced in all runs, else the latest delivery. Gives the exit code. */
static int find_worst(const struct scenario *s, const struct options *o, uint64_t *run, uint32_t *message)
{
    struct simulation sim;
    simulate(&sim, s->spec, o);
    const struct result *r = sim.result;
    int code = EXIT_DONE;
    if (sim.interrupted) {
        code = EXIT_INTERRUPTED;
    } else if (r->bounced_message) {
        *run = r->bounced_run;
        *message = r->bounced_message;
        if (o->format == FORMAT_TABLE) printf("the first message that bounced in %" PRIu64 " runs: ", r->runs);
    } else if (r->worst_message) {
        *run = r->worst_run;
        *message = r->worst_message;
        if (o->format == FORMAT_TABLE) printf("no message bounced in %" PRIu64 " runs; the latest delivery: ", r->runs);
    } else {
        fprintf(stderr, "mxsim explain: no message was delivered or bounced\n");
        code = EXIT_BAD_INPUT;
    }
    simulation_free(&sim);
    return code;
}

/* Who is not asked for by number is the first message of the run that met trouble, or else message 1. */
static uint32_t find_trouble(const struct scenario *s, uint64_t seed, uint64_t run)
{
    struct world *w = world_new(s->spec);
    struct tally *t = tally_new(s->spec);
    uint32_t first = 0;
    world_observe(w, story_find_trouble, &first);
    world_run(w, seed, run, t);
    tally_free(t);
    world_free(w);
    if (first) printf("the first message of its run that met trouble: ");
    return first ? first : 1;
}

/* Replays the run and tells the message's story. False: there is no such message. */
static bool tell(const struct scenario *s, uint64_t seed, uint64_t run, uint32_t message)
{
    struct world *w = world_new(s->spec);
    struct tally *t = tally_new(s->spec);
    struct story *story = story_new(s->spec, message);
    world_observe(w, story_observe, story);
    world_run(w, seed, run, t);
    bool begun = story_has_begun(story);
    if (begun) {
        printf("message %" PRIu32 " of run %" PRIu64 ", seed %" PRIu64 "\n\n%s\n", message, run, seed, s->spec->name);
        if (s->spec->why[0]) printf("%s\n", s->spec->why);
        printf("\n");
        story_tell(story, stdout);
        if (s->spec->ask[0]) printf("\nto think about: %s\n", s->spec->ask);
        printf("\nleft out of the model:\n");
        for (int i = 0; left_out[i]; i++) printf("  - %s\n", left_out[i]);
    } else {
        fprintf(stderr, "mxsim explain: run %" PRIu64 " has no message %" PRIu32 ": it has %" PRIu64 "\n", run, message,
                t->counts[COL_SUBMITTED]);
    }
    story_free(story);
    tally_free(t);
    world_free(w);
    return begun;
}

/* Replays runs and prints their records: of one message, or of all (0). False: there is no such message. */
static bool print_records(const struct scenario *s, uint64_t seed, uint64_t run, uint64_t runs, uint32_t message)
{
    struct world *w = world_new(s->spec);
    struct tally *t = tally_new(s->spec);
    bool all = true;
    for (uint64_t r = run; all && r - run < runs && !ferror(stdout); r++) {
        struct trace trace = {.spec = s->spec, .to = stdout, .run = r, .message = message};
        world_observe(w, trace_observe, &trace);
        world_run(w, seed, r, t);
        all = trace.begun || message == 0;
        if (!all) fprintf(stderr, "mxsim explain: run %" PRIu64 " has no message %" PRIu32 "\n", r, message);
    }
    tally_free(t);
    world_free(w);
    return all;
}

/* What the options ask for together. False, and said: they do not go together. */
static bool makes_sense(const struct options *o)
{
    const char *no = NULL;
    if (o->worst && (o->has_run || o->has_message))
        no = "--worst finds run and message itself: leave --run and --message out";
    else if (o->format == FORMAT_CSV)
        no = "a story is no table: --format json prints its records";
    else if (!o->worst && o->has_runs && o->format != FORMAT_JSON)
        no = "--runs goes with --worst or --format json: one run is told";
    if (no) fprintf(stderr, "mxsim explain: %s\n", no);
    return no == NULL;
}

int verb_explain(const struct options *o)
{
    struct scenario s;
    int code = EXIT_BAD_INPUT;
    uint64_t run = o->run;
    uint32_t message = (uint32_t)o->message;
    if (!scenario_open(&s, o->files[0], o)) goto out;
    if (!makes_sense(o)) goto out;
    if (o->worst && (code = find_worst(&s, o, &run, &message)) != EXIT_DONE) goto out;
    if (o->format == FORMAT_JSON) {
        uint64_t runs = !o->worst && o->has_runs ? o->runs : 1;
        code = print_records(&s, o->seed, run, runs, message) ? EXIT_DONE : EXIT_BAD_INPUT;
        goto out;
    }
    if (!o->worst && !o->has_message) message = find_trouble(&s, o->seed, run);
    code = tell(&s, o->seed, run, message) ? EXIT_DONE : EXIT_BAD_INPUT;
out:
    scenario_close(&s);
    return code;
}
