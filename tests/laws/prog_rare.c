/* tests/laws/prog_rare.c - bounces of chance 1e-3, 1e-6 and 1e-9 (some: 1e-6 alone), held against exact values: the
 * rare-event method (models/rare.h) with all its defaults, for 100 seeds or 20.
 *
 * Each seed is to reach a relative error (standard error by estimate) of 10 %. The seeds are 1 to 100. One exponential
 * outage is what is promised: the exact value is to lie in at least 93 of the 100 intervals. (Were the coverage exactly
 * 95 %, one set of 100 seeds in 8 would still have fewer.) The others are to have it in 88 (at 95 %: one set in 650),
 * and a host that is up and down by turns, whose runs are long, in 15 of 20 (one in 3000).
 *
 * The MTA tries every so many hours, and nothing takes time but waiting; a message bounces if the host refuses at each
 * of its attempts, the first when it is written and the last `last` later. */
#include "models/rare.h"
#include "models/timetable.h"
#include "tests/models/worlds.h"
#include "tests/sanitized.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

/* Sanitizers look for other mistakes than a wrong coverage. */
#ifdef SANITIZED
#define SEEDS(n) 1
#define LEAST(n) 0
#else
#define SEEDS(n) (n)
#define LEAST(n) (n)
#endif

static const double chances[] = {1e-3, 1e-6, 1e-9};
static struct tiny t;
static int failures;

/* ---- one case ---- */

struct sums {
    int inside, missed; /* intervals that hold the exact value; seeds that did not reach the error */
    double error, runs, pilot, events, plain_runs, plain_events;
};

static void one_seed(uint64_t seed, double exact, struct sums *s)
{
    struct rare *r = rare_new(&t.spec, metric_find("bounce_rate"), seed, RARE_RUNS, RARE_ERROR);
    struct rare_run *run = rare_run_new(r);
    struct world *w = rare_world(r);
    uint64_t first, count;
    while ((count = rare_batch(r, &first)) > 0)
        for (uint64_t i = first; i < first + count; i++) {
            rare_do(r, w, i, run);
            rare_add(r, run);
        }
    struct estimate e = rare_share(r, r->metric);
    struct rare_report p = rare_report(r);
    s->inside += e.low <= exact && exact <= e.high;
    s->missed += !(p.error <= RARE_ERROR);
    s->error += p.error;
    s->runs += (double)p.all_runs;
    s->pilot += (double)(p.all_runs - p.runs);
    s->events += p.events;
    s->plain_runs += p.plain_runs;
    s->plain_events += p.plain_events;
    world_free(w);
    rare_run_free(run);
    rare_free(r);
}

static void judge(const char *name, double exact, int seeds, int least)
{
    struct sums s = {0};
    double n = seeds;
    for (int seed = 1; seed <= seeds; seed++) one_seed((uint64_t)seed, exact, &s);
    bool good = s.inside >= least && s.missed == 0;
    failures += !good;
    printf(
        "%s %s: exact %.4g in %d of %d intervals; mean of %d seeds: error %.2g %%, %.0f runs (%.0f of them a pilot), "
        "%.3g events; plain: %.2g runs, %.2g events, %.2g times as many\n",
        good ? "ok  " : "FAIL", name, exact, s.inside, seeds, seeds, 100 * s.error / n, s.runs / n, s.pilot / n,
        s.events / n, s.plain_runs / n, s.plain_events / n, s.plain_events / s.events);
    fflush(stdout);
}

/* ---- worlds ---- */

/* One message a run, at 0, to a domain of so many MX hosts. Gives the last attempt's time, in seconds. */
static double one_message(uint32_t hosts)
{
    tiny_init(&t, "postfix", "bind", 1, hosts);
    tiny_no_delay(&t);
    struct mta_params *p = &t.mtas[0].params;
    p->queue_run_delay = 0;
    p->minimal_backoff_time = p->maximal_backoff_time = 25 * SIM_HOUR;
    struct timetable table;
    timetable_begin(&table, p, 0);
    while (timetable_next(&table)) continue;
    return sim_time_seconds(table.at);
}

static struct fault_spec *refuses(uint32_t host, enum law_kind kind, double scale, double shape)
{
    struct fault_spec *f = tiny_fault(&t, TARGET_MX_HOST, host, FAULT_REFUSING, 0, 0);
    f->length = (struct law){.kind = kind, .a = sim_time_from_seconds(scale), .shape = shape};
    return f;
}

/* What the law of a fault says in seconds, after rounding to whole nanoseconds. */
static double scale_of(const struct fault_spec *f)
{
    return sim_time_seconds(f->length.a);
}

/* The host refuses from 0 on, for an exponential time: P = exp(-last / mean). */
static void exponential_case(double chance)
{
    double last = one_message(1);
    const struct fault_spec *f = refuses(0, LAW_EXPONENTIAL, last / -log(chance), 0);
    judge("one outage, exponential", exp(-last / scale_of(f)), SEEDS(100), LEAST(93));
}

/* P = exp(-(last / scale)^shape): short outages mostly, and a tail far heavier than exponential. */
static void weibull_case(double chance)
{
    double last = one_message(1), shape = 0.5;
    const struct fault_spec *f = refuses(0, LAW_WEIBULL, last / pow(-log(chance), 1 / shape), shape);
    judge("one outage, Weibull of shape 0.5", exp(-pow(last / scale_of(f), shape)), SEEDS(100), LEAST(88));
}

static void lognormal_case(double chance)
{
    double last = one_message(1), sigma = 0.8;
    const struct fault_spec *f = refuses(0, LAW_LOGNORMAL, last / exp(sigma * gsl_cdf_ugaussian_Qinv(chance)), sigma);
    judge("one outage, lognormal", gsl_cdf_lognormal_Q(last, log(scale_of(f)), sigma), SEEDS(100), LEAST(88));
}

/* Both hosts refuse from 0 on, each for a time of its own: P = exp(-last / mean - last / other mean). */
static void two_hosts_case(double chance)
{
    double last = one_message(2), all = last / -log(chance);
    const struct fault_spec *a = refuses(0, LAW_EXPONENTIAL, 1.5 * all, 0),
                            *b = refuses(1, LAW_EXPONENTIAL, 3 * all, 0);
    judge("two hosts, two outages", exp(-last / scale_of(a) - last / scale_of(b)), SEEDS(100), LEAST(88));
}

/* The same, and seven faults that have nothing to do with it. */
static void nine_faults_case(double chance)
{
    double last = one_message(2), all = last / -log(chance);
    const struct fault_spec *a = refuses(0, LAW_EXPONENTIAL, 2 * all, 0), *b = refuses(1, LAW_EXPONENTIAL, 2 * all, 0);
    for (uint32_t i = 0; i < 7; i++)
        refuses(i % 2, LAW_EXPONENTIAL, 60, 0)->from = law_constant(t.spec.limit - SIM_HOUR);
    judge("nine faults, of which two matter", exp(-last / scale_of(a) - last / scale_of(b)), SEEDS(100), LEAST(88));
}

/* ---- up and down by turns ---- */

#define GAP      (3 * SIM_HOUR)
#define ATTEMPTS 17
#define PERIOD   (8 * SIM_HOUR)
#define MESSAGES 45

/* A host that is up at 0, with exponential times up and down, is down at s with probability U (1 - exp(-k s)), U = down
 * / (up + down), k = 1 / up + 1 / down; and if it is down, it is so GAP later with U + (1 - U) exp(-k GAP). Messages
 * are written at PERIOD, 2 PERIOD, ... */
static double alternating_exact(double up, double down)
{
    double k = 1 / up + 1 / down, u = down / (up + down), sum = 0;
    for (int i = 1; i <= MESSAGES; i++) sum += -u * expm1(-k * i * sim_time_seconds(PERIOD));
    return sum / MESSAGES * pow(u + (1 - u) * exp(-k * sim_time_seconds(GAP)), ATTEMPTS - 1);
}

static void alternating_case(double chance)
{
    double up = 30 * 86400, low = 60, high = up;
    one_message(1);
    struct mta_params *p = &t.mtas[0].params;
    tiny_unlimited(p);
    p->minimal_backoff_time = p->maximal_backoff_time = GAP;
    p->maximal_queue_lifetime = (ATTEMPTS - 2) * GAP + GAP / 2;
    t.clients[0].count = 0;
    t.clients[0].at = t.clients[0].every = PERIOD;
    t.spec.mail = MESSAGES * PERIOD + 1;
    t.spec.limit = t.spec.mail + ATTEMPTS * GAP;
    while (high - low > 1) {
        double middle = (low + high) / 2;
        *(alternating_exact(up, middle) < chance ? &low : &high) = middle;
    }
    struct fault_spec *f = refuses(0, LAW_EXPONENTIAL, low, 0);
    f->alternating = true;
    f->up = (struct law){.kind = LAW_EXPONENTIAL, .a = sim_time_from_seconds(up)};
    judge("up and down by turns", alternating_exact(up, scale_of(f)), SEEDS(20), LEAST(15));
}

int main(void)
{
    static void (*const cases[])(double) = {weibull_case, lognormal_case, two_hosts_case, nine_faults_case,
                                            alternating_case};
    for (size_t i = 0; i < sizeof chances / sizeof *chances; i++) exponential_case(chances[i]);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) cases[c](1e-6);
    printf("%d cases failed\n", failures);
    return failures > 0;
}
