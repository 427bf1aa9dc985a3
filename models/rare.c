/* models/rare.c - see models/rare.h. */
#include "models/rare.h"

#include <math.h>
#include <string.h>

#define PILOT_FIRST 500 /* runs of its first batch */
#define MAIN_FIRST  1000
#ifndef KEEP
#define KEEP (2. / 3)
#endif
#define WIDE_SHARE 0.4

bool rare_suits(const struct metric *metric)
{
    return metric->unit == UNIT_SHARE && metric->method == METRIC_RATIO;
}

struct rare *rare_new(const struct world_spec *spec, const struct metric *metric, uint64_t seed, uint64_t most,
                      double error)
{
    struct stretch *plan = stretch_new(spec);
    if (plan->line_count == 0) {
        stretch_free(plan);
        return NULL;
    }
    struct rare *r = mem_zero(1, sizeof *r);
    *r = (struct rare){.spec = spec, .metric = metric, .seed = seed, .most = most, .error = error, .plan = plan};
    plan->ways[STRETCH_PLAIN] = RARE_PLAIN;
    plan->ways[STRETCH_WIDE] = WIDE_SHARE;
    plan->ways[STRETCH_TUNED] = 1 - RARE_PLAIN - WIDE_SHARE;
    r->fits = mem_zero(plan->level_count, sizeof *r->fits);
    r->shares = mem_zero(metric_count, sizeof *r->shares);
    r->lines = mem_zero(plan->line_count, sizeof *r->lines);
    return r;
}

void rare_free(struct rare *r)
{
    if (!r) return;
    stretch_free(r->plan);
    mem_free(r->fits);
    mem_free(r->shares);
    mem_free(r->lines);
    mem_free(r);
}

static const struct weighted *target(const struct rare *r)
{
    return &r->shares[r->metric - metrics];
}

/* ---- batches ---- */

/* A line's shares become those of the spans in all pilot runs that saw it (no run did: they stay). A part of each goes
 * to the level before: were it left out, spans that go not quite as far as all that the pilot saw would hardly ever be
 * drawn, and weigh much when they are. */
static void tune_line(const struct stretch_line *l, const double *fits)
{
    double sum = 0, *shares = l->shares[STRETCH_TUNED];
    for (uint32_t i = 0; i < l->levels; i++) sum += fits[i];
    if (!(sum > 0)) return;
    shares[0] = fits[0] / sum;
    for (uint32_t i = 1; i < l->levels; i++) {
        shares[i - 1] += fits[i] / sum * (1 - KEEP);
        shares[i] = fits[i] / sum * KEEP;
    }
}

static void tune(struct rare *r)
{
    for (uint32_t i = 0; i < r->plan->line_count; i++) tune_line(&r->plan->lines[i], r->fits + r->plan->lines[i].first);
}

/* The pilot's next batch, if any: not once the main runs, drawn as its last batch was, would be no more than that. Half
 * of all runs, at least, are left for them. */
static uint64_t pilot_next(struct rare *r)
{
    uint64_t next = r->batch_runs ? 2 * r->batch_runs : PILOT_FIRST;
    if (next > r->most / 4 && r->batch_runs == 0) next = r->most / 4;
    double needed = pow(weighted_error(target(r)) / r->error, 2) * (double)r->batch_runs;
    bool good = target(r)->seen >= STAT_FEW && needed <= (double)next;
    tune(r);
    memset(r->shares, 0, metric_count * sizeof *r->shares);
    if (good || r->begun + next > r->most / 2) return 0;
    return next;
}

/* Twice as many as so far, at fixed sizes: the answer is looked at when they are done. */
static uint64_t main_next(struct rare *r)
{
    uint64_t done = target(r)->runs, next = done ? done : MAIN_FIRST, left = r->most - r->begun;
    if (target(r)->seen >= STAT_FEW && weighted_error(target(r)) <= r->error) return 0;
    return next < left ? next : left;
}

uint64_t rare_batch(struct rare *r, uint64_t *first)
{
    if (r->over) return 0;
    uint64_t count = r->main ? 0 : pilot_next(r);
    if (count == 0) {
        r->main = true;
        count = main_next(r);
    }
    *first = r->begun;
    r->begun += count;
    r->batch_runs = count;
    r->over = count == 0;
    return count;
}

/* ---- runs ---- */

struct rare_run *rare_run_new(const struct rare *r)
{
    struct rare_run *run = mem_zero(1, sizeof *run);
    run->tally = tally_new(r->spec);
    run->fits = mem_zero(r->plan->level_count, sizeof *run->fits);
    run->furthest = mem_zero(r->plan->line_count, sizeof *run->furthest);
    return run;
}

void rare_run_free(struct rare_run *run)
{
    if (!run) return;
    tally_free(run->tally);
    mem_free(run->fits);
    mem_free(run->furthest);
    mem_free(run);
}

struct world *rare_world(const struct rare *r)
{
    struct world *w = world_new(r->spec);
    world_stretch(w, r->plan);
    return w;
}

bool rare_do(const struct rare *r, struct world *w, uint64_t number, struct rare_run *out)
{
    if (!world_run(w, r->seed, number, out->tally)) return false;
    const struct stretched *s = world_stretched(w);
    out->weight = s->weight;
    memcpy(out->fits, s->fits, r->plan->level_count * sizeof *out->fits);
    memcpy(out->furthest, s->furthest, r->plan->line_count * sizeof *out->furthest);
    return true;
}

static void add_lines(struct rare *r, const struct rare_run *run, double seen)
{
    for (uint32_t i = 0; i < r->plan->line_count; i++) {
        sim_time span = run->furthest[i];
        if (span < 0) continue;
        double seconds = sim_time_seconds(span < r->spec->limit ? span : r->spec->limit);
        r->lines[i].seen += seen;
        r->lines[i].seen_seconds += seen * seconds;
        r->lines[i].all += run->weight;
        r->lines[i].all_seconds += run->weight * seconds;
    }
}

void rare_add(struct rare *r, const struct rare_run *run)
{
    const struct tally *t = run->tally;
    double seen = run->weight * tally_column(t, (enum column)r->metric->a);
    for (size_t i = 0; i < metric_count; i++)
        if (rare_suits(&metrics[i]))
            weighted_add(&r->shares[i], run->weight, tally_column(t, (enum column)metrics[i].a),
                         tally_column(t, (enum column)metrics[i].b));
    if (!r->main) {
        r->pilot_runs++;
        r->pilot_events += t->events;
        for (uint32_t i = 0; i < r->plan->level_count; i++) r->fits[i] += seen * run->fits[i];
        return;
    }
    r->events += t->events;
    r->plain_events += run->weight * (double)t->events;
    add_lines(r, run, seen);
}

/* ---- answers ---- */

struct estimate rare_share(const struct rare *r, const struct metric *metric)
{
    static const struct estimate none = {.method = "none"};
    return r->main ? weighted_estimate(&r->shares[metric - metrics], RARE_LEVEL, 1 / RARE_PLAIN) : none;
}

struct rare_report rare_report(const struct rare *r)
{
    const struct weighted *x = target(r);
    struct rare_report p = {.all_runs = r->pilot_runs, .events = (double)r->pilot_events, .error = INFINITY};
    p.plain_runs = p.plain_events = p.speedup = INFINITY;
    if (!r->main || x->runs == 0) return p;
    double n = (double)x->runs;
    p.runs = x->runs;
    p.seen = x->seen;
    p.all_runs += x->runs;
    p.events += (double)r->events;
    p.mean_weight = x->weights / n;
    p.heaviest = x->heaviest;
    p.effective_runs = x->weights * x->weights / x->squares;
    if (x->seen == 0) return p;
    struct estimate e = rare_share(r, r->metric);
    p.error = weighted_error(x);
    p.worst_part = x->largest / (n * x->mean[0]);
    p.plain_runs = weighted_plain_variance(x) / (p.error * p.error * e.value * e.value);
    p.plain_events = p.plain_runs * r->plain_events / x->weights;
    p.speedup = p.plain_events / p.events;
    return p;
}

struct rare_stretch rare_stretch(const struct rare *r, uint32_t line)
{
    const struct stretch_line *l = &r->plan->lines[line];
    const struct rare_line *seen = &r->lines[line];
    const double *shares = l->shares[STRETCH_TUNED];
    uint32_t best = 1;
    for (uint32_t i = 2; i < l->levels; i++)
        if (shares[i] > shares[best]) best = i;
    struct rare_stretch s = {.share = 1 - shares[0], .level = l->level[best]};
    if (seen->all > 0) s.lasts = seen->all_seconds / seen->all;
    if (seen->seen > 0) s.lasts_seen = seen->seen_seconds / seen->seen;
    return s;
}
