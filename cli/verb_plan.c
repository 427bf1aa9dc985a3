/* cli/verb_plan.c - mxsim plan: asks sim/search.h, and answers its questions with runs. */
#include "cli/plan.h"
#include "scenarios/edit.h"
#include "sim/mem.h"

#include <stdio.h>

#define FIRST_RUNS 100    /* of a value, at its first test */
#define MOST_RUNS  100000 /* of a value, where -n says nothing */

/* ---- values ---- */

char *plan_value_text(const struct plan *p, int64_t at, char buf[64])
{
    return axis_text(&p->axis, p->options->largest ? p->axis.count - 1 - at : at, buf);
}

static struct plan_lane *lane_at(const struct plan *p, int64_t at)
{
    for (uint32_t i = 0; i < p->lane_count; i++)
        if (p->lanes[i]->at == at) return p->lanes[i];
    return NULL;
}

const struct plan_lane *plan_lane_at(const struct plan *p, int64_t at)
{
    return lane_at(p, at);
}

struct estimate plan_metric(const struct plan *p, const struct search_tried *t, uint32_t requirement)
{
    return result_metric_at(lane_at(p, t->at)->x.results[0], p->required[requirement].target.metric,
                            t->levels[requirement]);
}

/* The scenario with --set and the key at this value; false: stderr was told what is wrong. Free in both cases. */
static bool load_at(struct plan *p, int64_t at, struct scenario *out)
{
    struct edits edits = {0};
    char value[64];
    for (size_t i = 0; i < p->base.count; i++) edits_add_pair(&edits, p->base.items[i].key, p->base.items[i].value);
    edits_add_pair(&edits, p->axis.key, plan_value_text(p, at, value));
    bool good = scenario_load_source(out, &p->source, &edits, false);
    edits_free(&edits);
    return good;
}

/* ---- runs ---- */

static void watch(void *context, uint64_t run, struct tally *const *tallies)
{
    struct plan_lane *lane = context;
    (void)run;
    for (uint32_t i = 0; i < lane->plan->count; i++)
        target_add(&lane->plan->required[i].target, &lane->sums[i], tallies[0]);
}

static struct plan_lane *lane_new(struct plan *p, int64_t at)
{
    struct plan_lane *lane = mem_zero(1, sizeof *lane);
    lane->plan = p;
    lane->at = at;
    if (!load_at(p, at, &lane->scenario)) {
        scenario_close(&lane->scenario);
        mem_free(lane);
        return NULL;
    }
    lane->spec = lane->scenario.spec;
    experiment_init(&lane->x, &lane->spec, 1, p->options);
    lane->x.watch = watch;
    lane->x.watcher = lane;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
    p->lanes = mem_resize(p->lanes, ((size_t)p->lane_count + 1) * sizeof *p->lanes);
    p->lanes[p->lane_count++] = lane;
    return lane;
}

static uint64_t look(void *context, int64_t at, uint64_t runs, double level, struct estimate *seen)
{
    struct plan *p = context;
    struct plan_lane *lane = lane_at(p, at);
    if (!lane) {
        if (experiment_stopped()) return 0;
        if (!(lane = lane_new(p, at))) return p->broken = true, 0;
    }
    if (runs > lane->x.runs) {
        experiment_expect(&lane->x, runs - lane->x.runs);
        if (!experiment_to(&lane->x, runs)) return 0;
    }
    for (uint32_t i = 0; i < p->count; i++) seen[i] = target_estimate(&p->required[i].target, &lane->sums[i], level);
    return lane->x.runs;
}

static void search(struct plan *p)
{
    const struct options *o = p->options;
    uint64_t most = o->has_runs ? o->runs : MOST_RUNS;
    for (uint32_t i = 0; i < p->count; i++) p->rules[i] = target_rule(&p->required[i].target);
    p->search = (struct search){.rules = p->rules,
                                .rule_count = p->count,
                                .last = p->axis.count - 1,
                                .width = p->axis.exact ? 1 : 2,
                                .first_runs = most < FIRST_RUNS ? most : FIRST_RUNS,
                                .most_runs = most,
                                .confidence = o->confidence,
                                .oracle = look,
                                .context = p};
    search_run(&p->search);
    for (uint32_t i = 0; i < p->lane_count; i++) {
        p->runs += p->lanes[i]->x.runs;
        p->events += p->lanes[i]->x.results[0]->events;
        p->seconds += p->lanes[i]->x.seconds;
    }
}

/* ---- the question ---- */

static bool complain(const char *what)
{
    fprintf(stderr, "mxsim plan: %s; see mxsim plan --help\n", what);
    return false;
}

static bool read_question(struct plan *p)
{
    const struct options *o = p->options;
    if (o->vary.count != 1)
        return complain(o->vary.count ? "only one --vary: a search goes along one key"
                                      : "no --vary KEY=LO..HI: which key may be changed?");
    if (o->require.count == 0) return complain("no --require: what must be met?");
    if (o->require.count > SEARCH_RULES_MAX) return complain("more than 16 requirements");
    if (o->format == FORMAT_CSV) return complain("there is no CSV of a plan: expected --format table or json");
    if (o->has_runs && o->runs < 2) return complain("one run a value shows nothing: expected -n 2 or more");
    if (!edits_add_options(&p->base, o)) return false;
    if (!axis_read(&p->axis, o->vary.items[0])) return false;
    for (int i = 0; i < o->require.count; i++)
        if (!requirement_read(&p->required[p->count++], o->require.items[i])) return false;
    return requirements_agree(p->required, p->count);
}

/* Both ends, before any run: a mistake in the key is told at once. */
static bool ends_load(struct plan *p)
{
    int64_t ends[] = {0, p->axis.count - 1};
    bool good = true;
    for (int i = 0; i < 2; i++) {
        struct scenario end;
        good &= load_at(p, ends[i], &end);
        scenario_close(&end);
    }
    return good;
}

static int exit_code(const struct plan *p)
{
    if (p->search.end == SEARCH_STOPPED) return EXIT_INTERRUPTED;
    return plan_has_answer(p) ? EXIT_DONE : EXIT_NOT_MET;
}

static void close_plan(struct plan *p)
{
    for (uint32_t i = 0; i < p->lane_count; i++) {
        experiment_free(&p->lanes[i]->x);
        scenario_close(&p->lanes[i]->scenario);
        mem_free(p->lanes[i]);
    }
    mem_free(p->lanes);
    mem_free(p->present);
    search_free(&p->search);
    axis_free(&p->axis);
    scenario_close(&p->scenario);
    edits_free(&p->base);
    source_free(&p->source);
}

int verb_plan(const struct options *o)
{
    struct plan p = {.options = o};
    int code = EXIT_BAD_INPUT;
    if (!read_question(&p) || !source_read(&p.source, o->files[0]) ||
        !scenario_load_source(&p.scenario, &p.source, NULL, true) || !ends_load(&p))
        goto out;
    p.present = scenario_value_at(p.source.text, p.source.size, p.axis.key);
    experiment_listen();
    search(&p);
    experiment_listen_no_more();
    if (p.broken) goto out;
    code = exit_code(&p);
    if (o->format == FORMAT_JSON)
        print_plan_json(stdout, &p);
    else
        print_plan_table(stdout, &p);
out:
    close_plan(&p);
    return code;
}
