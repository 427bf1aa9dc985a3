/* tests/laws/prog_coverage.c - how often 95 % intervals hold the exact value: after a fixed number of runs, and when
 * the rule of sim/stopping.h has stopped. One figure a line, over 1000 seeds; each must lie within 93 .. 97 %.
 *
 * The world is that of one_outage.h. The loose goals are met by the world itself; for the narrow ones, of some ten
 * thousand runs a seed, one_outage.h says what a run does (test_one_outage.c holds that against the world, message by
 * message). The seeds are fixed: a figure changes only when an interval, the rule or the world does. Then a true
 * coverage of 95 % lies outside by chance once in 270, one of 94.5 % once in 53.
 *
 * "of an oracle's": runs by what one would need who knows the variance, (1.96 sigma / width)^2. */
#include "models/result.h"
#include "sim/stopping.h"
#include "tests/laws/one_outage.h"
#include "tests/sanitized.h"

#include <stdio.h>

/* Sanitizers look for other mistakes than a wrong coverage. */
#ifdef SANITIZED
#define SEEDS  20
#define LEAST  0.75
#define MOST   1.0
#define ORACLE 2000
#else
#define SEEDS  1000
#define LEAST  0.93
#define MOST   0.97
#define ORACLE 200000
#endif

#define LEVEL 0.95
#define LIMIT 1000000

enum { BOUNCE_RATE, LATENCY_MEAN, LATENCY_P90, LATENCY_P99, COUNT };
static const char *const names[COUNT] = {"bounce_rate", "latency.mean", "latency.p90", "latency.p99"};
static const double shares[COUNT] = {0, 0, 0.9, 0.99};

/* ---- what runs say ---- */

struct sums {
    struct ratio bounces, latency;
    struct quantiles q;
};

static void sums_init(struct sums *s)
{
    memset(s, 0, sizeof *s);
    quantiles_init(&s->q);
}

static void sums_add(struct sums *s, double bounced, double latency, double delivered, const struct hist *h)
{
    ratio_add(&s->bounces, bounced, bounced + delivered);
    ratio_add(&s->latency, latency, delivered);
    if (h) quantiles_add(&s->q, h);
}

static struct estimate sums_estimate(const struct sums *s, int metric)
{
    if (shares[metric] > 0) return quantiles_estimate(&s->q, shares[metric], LEVEL);
    return ratio_estimate(metric == BOUNCE_RATE ? &s->bounces : &s->latency, LEVEL, metric == BOUNCE_RATE);
}

/* ---- two ways to make runs ---- */

struct maker {
    const struct one_outage *o;
    struct world *world; /* null: by hand */
    struct tally *tally;
    struct rng luck;
    uint64_t seed, run;
    bool quantiles; /* wanted */
    struct hist *h; /* by hand */
};

static void by_hand(struct maker *m, struct sums *s)
{
    sim_time length = sim_time_from_seconds(rng_exponential(&m->luck) * sim_time_seconds(m->o->mean));
    sim_time phase = (sim_time)rng_below(&m->luck, (uint64_t)m->o->gap), latency = 0;
    uint32_t bounced = 0;
    hist_clear(m->h);
    for (uint32_t i = 1; i <= m->o->messages; i++) {
        sim_time one = one_outage_latency(m->o, i, length, phase);
        bounced += one == SIM_NEVER;
        if (one == SIM_NEVER) continue;
        if (one == 0 && !m->quantiles) break; /* and all that come later */
        latency += one;
        if (m->quantiles) hist_add(m->h, one);
    }
    sums_add(s, bounced, sim_time_seconds(latency), m->o->messages - bounced, m->quantiles ? m->h : NULL);
}

static void make_run(struct maker *m, struct sums *s)
{
    if (!m->world) {
        by_hand(m, s);
        return;
    }
    const struct tally *t = m->tally;
    world_run(m->world, m->seed, m->run++, m->tally);
    sums_add(s, (double)t->counts[COL_BOUNCED], tally_column(t, COL_LATENCY), (double)t->counts[COL_DELIVERED],
             &t->hists[HIST_LATENCY]);
}

static void make_seed(struct maker *m, uint64_t seed)
{
    m->seed = seed;
    m->run = 0;
    rng_open(&m->luck, seed, 0, rng_name("coverage"));
}

/* ---- a figure ---- */

struct figure {
    int metric;
    double asked;         /* of the value; 0: a fixed number of runs */
    bool absolute;        /* that, as a width of its own: then who has a small value by luck stops early */
    uint64_t fixed, next; /* where to look */
    double oracle;
    uint64_t covered, low, runs, seeds;
    double exact;
};

static double exact_of(const struct one_outage *o, int metric)
{
    if (metric == BOUNCE_RATE) return one_outage_bounce_rate(o);
    return metric == LATENCY_MEAN ? one_outage_mean_latency(o) : one_outage_quantile(o, shares[metric]);
}

/* Looks; 0: done with this seed. */
static uint64_t look(struct figure *f, const struct sums *s, uint64_t runs)
{
    struct estimate e = sums_estimate(s, f->metric);
    struct stopping_goal goal = {f->absolute ? f->asked * f->exact : f->asked, !f->absolute};
    if (f->asked > 0) {
        const struct ratio *r = f->metric == BOUNCE_RATE ? &s->bounces : &s->latency;
        struct stopping_data d =
            shares[f->metric] > 0 ? stopping_of_quantile(&s->q, shares[f->metric], e) : stopping_of_ratio(r, e);
        struct stopping_answer a = stopping_ask(&goal, &d, runs, LIMIT);
        if (a.state == STOPPING_MORE && runs < LIMIT) return stopping_next(runs, a.need, LIMIT);
    }
    f->covered += e.low <= f->exact && f->exact <= e.high;
    f->low += e.high < f->exact;
    f->runs += runs;
    f->seeds++;
    return 0;
}

static void play_seed(struct maker *m, struct figure *figures, size_t count)
{
    struct sums s;
    sums_init(&s);
    for (size_t i = 0; i < count; i++)
        figures[i].next = figures[i].asked > 0 ? stopping_next(0, 0, LIMIT) : figures[i].fixed;
    for (uint64_t runs = 0, open = 1; open > 0;) {
        make_run(m, &s);
        runs++;
        open = 0;
        for (size_t i = 0; i < count; i++) {
            if (figures[i].next == runs) figures[i].next = look(&figures[i], &s, runs);
            open += figures[i].next > 0;
        }
    }
    quantiles_fini(&s.q);
}

static bool tell(const struct figure *f)
{
    double n = (double)f->seeds, covered = (double)f->covered / n, low = (double)f->low / n, runs = (double)f->runs / n;
    bool good = covered >= LEAST && covered <= MOST;
    printf("coverage: %-12s ", names[f->metric]);
    if (f->asked > 0)
        printf("stopped at %s%2.0f %%, %6.0f runs, %.2f of an oracle's", f->absolute ? "+-" : "  ", 100 * f->asked,
               runs, runs / f->oracle);
    else
        printf("fixed           %6.0f runs                      ", runs);
    printf(": %.1f %% (%.1f %% below, %.1f %% above)%s\n", 100 * covered, 100 * low, 100 * (1 - covered - low),
           good ? "" : ": NOT within bounds");
    fflush(stdout);
    return good;
}

/* ---- the oracle ---- */

/* Of a run with this outage and phase: e[i] is what makes metric i vary, in units of its value. */
static void residuals_of(const struct one_outage *o, sim_time length, sim_time phase, const double exact[COUNT],
                         const double slope[COUNT], double e[COUNT])
{
    double bounced = 0, latency = 0, within[COUNT] = {0};
    for (uint32_t i = 1; i <= o->messages; i++) {
        sim_time one = one_outage_latency(o, i, length, phase);
        bounced += one == SIM_NEVER;
        latency += one == SIM_NEVER ? 0 : sim_time_seconds(one);
        for (int q = LATENCY_P90; q < COUNT; q++) within[q] += one != SIM_NEVER && sim_time_seconds(one) <= exact[q];
    }
    double came = o->messages - bounced;
    e[BOUNCE_RATE] = bounced / exact[BOUNCE_RATE] / o->messages - 1;
    e[LATENCY_MEAN] = (latency / exact[LATENCY_MEAN] - came) / one_outage_delivered(o);
    for (int q = LATENCY_P90; q < COUNT; q++)
        e[q] = (within[q] - shares[q] * came) / one_outage_delivered(o) / slope[q] / exact[q];
}

/* The relative half-width after n runs is 1.96 times this by the root of n. A quantile varies as the distribution
 * function there does, by its slope. */
static void measure_spread(const struct one_outage *o, double spread[COUNT])
{
    struct rng luck;
    double exact[COUNT], slope[COUNT] = {0}, squares[COUNT] = {0}, e[COUNT];
    rng_open(&luck, 0, 1, rng_name("oracle"));
    for (int i = 0; i < COUNT; i++) {
        double h = (exact[i] = exact_of(o, i)) / 100;
        if (shares[i] > 0)
            slope[i] = (one_outage_within(o, exact[i] + h) - one_outage_within(o, exact[i] - h)) / (2 * h);
    }
    for (int run = 0; run < ORACLE; run++) {
        sim_time length = sim_time_from_seconds(rng_exponential(&luck) * sim_time_seconds(o->mean));
        residuals_of(o, length, (sim_time)rng_below(&luck, (uint64_t)o->gap), exact, slope, e);
        for (int i = 0; i < COUNT; i++) squares[i] += e[i] * e[i];
    }
    for (int i = 0; i < COUNT; i++) spread[i] = sqrt(squares[i] / ORACLE);
}

static bool study(struct maker *m, uint64_t seeds, struct figure *figures, size_t count)
{
    double spread[COUNT];
    bool good = true;
    measure_spread(m->o, spread);
    m->quantiles = false;
    for (size_t i = 0; i < count; i++) {
        m->quantiles = m->quantiles || shares[figures[i].metric] > 0;
        figures[i].exact = exact_of(m->o, figures[i].metric);
        figures[i].oracle = pow(1.96 * spread[figures[i].metric] / figures[i].asked, 2);
    }
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        make_seed(m, seed);
        play_seed(m, figures, count);
    }
    for (size_t i = 0; i < count; i++) good = tell(&figures[i]) && good;
    return good;
}

#define STUDY(m, seeds, figures) study(m, seeds, figures, sizeof(figures) / sizeof *(figures))

int main(void)
{
    static struct tiny t;
    static struct hist h;
    struct one_outage o = ONE_OUTAGE;
    struct maker m = {.o = &o, .h = &h};
    struct figure loose[] = {
        {BOUNCE_RATE, .fixed = 400}, {LATENCY_MEAN, .fixed = 400}, {LATENCY_P90, .fixed = 400},
        {BOUNCE_RATE, .asked = 0.2}, {LATENCY_MEAN, .asked = 0.2}, {LATENCY_P90, .asked = 0.2},
    };
    struct figure absolute[] = {{BOUNCE_RATE, .asked = 0.2, .absolute = true},
                                {LATENCY_MEAN, .asked = 0.1, .absolute = true}};
    struct figure narrow[] = {{BOUNCE_RATE, .fixed = 2000},
                              {LATENCY_MEAN, .fixed = 2000},
                              {BOUNCE_RATE, .asked = 0.05},
                              {LATENCY_MEAN, .asked = 0.03}};
    struct figure p90[] = {{LATENCY_P90, .fixed = 2000}, {LATENCY_P90, .asked = 0.05}};
    struct figure p99[] = {{LATENCY_P99, .asked = 0.2}};
    struct figure rare[] = {{BOUNCE_RATE, .asked = 0.3},
                            {BOUNCE_RATE, .asked = 0.3, .absolute = true},
                            {LATENCY_MEAN, .fixed = 100},
                            {LATENCY_MEAN, .asked = 0.2, .absolute = true}};
    hist_init(&h);
    one_outage_world(&t, &o);
    m.world = world_new(&t.spec);
    m.tally = tally_new(&t.spec);
    bool good = STUDY(&m, SEEDS, loose);
    world_free(m.world);
    tally_free(m.tally);
    m.world = NULL;
    good = STUDY(&m, SEEDS, absolute) && good;
    good = STUDY(&m, SEEDS, narrow) && good;
    good = STUDY(&m, SEEDS, p90) && good;
    printf("a queue lifetime of 24 h: one run in 60 bounces anything, 0.34 %% of all mail\n");
    o.lifetime = SIM_DAY;
    good = STUDY(&m, SEEDS, rare) && good;
    good = STUDY(&m, SEEDS, p99) && good;
    return good ? 0 : 1;
}
