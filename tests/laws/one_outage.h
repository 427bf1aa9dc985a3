/* tests/laws/one_outage.h - a world whose answers are known exactly, and in which a run is one observation.
 *
 * The only MX host refuses from 0 on for an exponential time, once a run: all mail of a run meets the same outage.
 * Message i = 1, 2, ... is written at i * period. The MTA looks at its queue every gap, each run with another phase,
 * and tries all that waits there; nothing takes time but this waiting. So a message that came at t during an outage of
 * length D is delivered at the first look after t that is not before D, and returned at the first look after t at which
 * it is as old as lifetime, if D is later still.
 *
 * With mean m, gap g and lifetime L: seen from any message the phase is uniform, and an outage that lasts at t lasts
 * Exp(m) more. So a message at t is deferred with probability exp(-t/m), and all else is the same for every deferred
 * message: H(x), the probability that it is not delivered within x, and B = H(L + g), that it bounces. */
#pragma once
#include "tests/models/worlds.h"

#include <math.h>

struct one_outage {
    sim_time mean;     /* of the outage's length */
    sim_time gap;      /* between two looks at the queue */
    sim_time lifetime; /* of a message in the queue; not less than gap */
    sim_time period;   /* between two messages; the first is written at period */
    uint32_t messages;
};

/* 30 h of mail. 23 % of the runs bounce something, 4.8 % of all mail; delivered mail comes after 31 min in the mean, 90
 * % of it within 1 h 58 min. */
#define ONE_OUTAGE ((struct one_outage){6 * SIM_HOUR, 30 * SIM_MINUTE, 8 * SIM_HOUR, 37 * SIM_MINUTE, 48})

/* Makes t that world. */
static inline void one_outage_world(struct tiny *t, const struct one_outage *o)
{
    tiny_init(t, "rfc5321", "textbook", 1, 1);
    tiny_no_delay(t);
    tiny_unlimited(&t->mtas[0].params);
    struct mta_params *p = &t->mtas[0].params;
    p->retry = RETRY_LIST;
    p->retry_gaps = (struct span_list){.count = 1, .items = {1}};
    p->retry_jitter = p->queue_run_slack = 0;
    p->queue_run_phase = PHASE_RANDOM;
    p->queue_run_delay = o->gap;
    p->max_attempts = 0;
    p->expiry = EXPIRY_AT_ATTEMPT;
    p->maximal_queue_lifetime = o->lifetime;
    p->delay_warnings.count = 0;
    t->zones[0].ttl = t->zones[0].negative_ttl = t->zones[0].delegation_ttl = 365 * SIM_DAY;
    t->clients[0].count = 0;
    t->clients[0].at = t->clients[0].every = o->period;
    t->spec.mail = o->period * o->messages + 1;
    t->spec.limit = t->spec.mail + o->lifetime + 2 * o->gap;
    tiny_fault(t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 0)->length =
        (struct law){.kind = LAW_EXPONENTIAL, .a = o->mean};
}

/* ---- one run ---- */

/* What becomes of message i in a run with this outage and this phase (0 <= phase < gap): from writing to the mailbox;
 * SIM_NEVER: it bounces. */
static inline sim_time one_outage_latency(const struct one_outage *o, uint32_t i, sim_time length, sim_time phase)
{
    sim_time t = i * o->period;
    if (length <= t) return 0;
    return length > sim_time_grid(t + o->lifetime, o->gap, phase) ? SIM_NEVER
                                                                  : sim_time_grid(length, o->gap, phase) - t;
}

/* ---- all runs: exact values ---- */

/* Expected messages of a run that are deferred: the sum of exp(-t/m). */
static inline double one_outage_deferred(const struct one_outage *o)
{
    double sum = 0;
    for (uint32_t i = 1; i <= o->messages; i++) sum += exp(-(double)i * (double)o->period / (double)o->mean);
    return sum;
}

/* B: of the deferred, the share that bounces. The last look is L + v after t, v uniform in 0 .. g. */
static inline double one_outage_lost(const struct one_outage *o)
{
    double g = (double)o->gap / (double)o->mean, l = (double)o->lifetime / (double)o->mean;
    return exp(-l) * -expm1(-g) / g;
}

/* H(x): of the deferred, the share not delivered within x seconds. Up to L the last look within x is x - u after t, u
 * uniform in 0 .. g, if there is one; after L it is the last of all, or the one before. In units of m. */
static inline double one_outage_waits(const struct one_outage *o, double x)
{
    double m = sim_time_seconds(o->mean), g = sim_time_seconds(o->gap) / m, l = sim_time_seconds(o->lifetime) / m;
    x /= m;
    if (x <= 0) return 1;
    if (x <= g) return (-expm1(-x) + g - x) / g;
    if (x <= l) return exp(-x) * expm1(g) / g;
    if (x >= l + g) return one_outage_lost(o);
    return exp(-l) * (-expm1(l - x) + exp(g + l - x) - 1) / g;
}

/* The integral of H from 0 to L + g, in seconds. */
static inline double one_outage_waited(const struct one_outage *o)
{
    double m = sim_time_seconds(o->mean), g = sim_time_seconds(o->gap) / m, l = sim_time_seconds(o->lifetime) / m;
    double before = (g + expm1(-g) + g * g / 2) / g;
    double between = expm1(g) / g * (exp(-g) - exp(-l));
    double after = exp(-l) * expm1(g) * -expm1(-g) / g;
    return m * (before + between + after);
}

/* Share of runs in which something bounces: the first message does if any does. */
static inline double one_outage_runs_that_bounce(const struct one_outage *o)
{
    return exp(-(double)o->period / (double)o->mean) * one_outage_lost(o);
}

/* bounce_rate. */
static inline double one_outage_bounce_rate(const struct one_outage *o)
{
    return one_outage_deferred(o) * one_outage_lost(o) / o->messages;
}

/* Expected messages delivered in a run. */
static inline double one_outage_delivered(const struct one_outage *o)
{
    return o->messages - one_outage_deferred(o) * one_outage_lost(o);
}

/* latency.mean, seconds: the expected sum of a run's latencies (the integral of H - B for each deferred message), by
 * the expected number of its deliveries. */
static inline double one_outage_mean_latency(const struct one_outage *o)
{
    double sum = one_outage_waited(o) - one_outage_lost(o) * sim_time_seconds(o->lifetime + o->gap);
    return one_outage_deferred(o) * sum / one_outage_delivered(o);
}

/* Of all delivered messages, the share that came within x seconds, x >= 0. */
static inline double one_outage_within(const struct one_outage *o, double x)
{
    return (o->messages - one_outage_deferred(o) * one_outage_waits(o, x)) / one_outage_delivered(o);
}

/* latency.p...: the time within which this share came, seconds; 0 where as many came at once. 0 < share < 1. */
static inline double one_outage_quantile(const struct one_outage *o, double share)
{
    double low = 0, high = sim_time_seconds(o->lifetime + o->gap);
    if (one_outage_within(o, 0) >= share) return 0;
    while (high - low > 1e-12 * high) {
        double middle = (low + high) / 2;
        if (one_outage_within(o, middle) >= share)
            high = middle;
        else
            low = middle;
    }
    return high;
}
