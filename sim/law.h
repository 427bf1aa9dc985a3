/* sim/law.h - laws of chance for spans of time: what a scenario calls {"exponential": "12h"}. */
#pragma once
#include "sim/rng.h"
#include "sim/vtime.h"

enum law_kind {
    LAW_CONSTANT,    /* a: the value */
    LAW_EXPONENTIAL, /* a: the mean */
    LAW_UNIFORM,     /* a: from, b: to */
    LAW_LOGNORMAL,   /* a: median; sigma of the logarithm in shape */
    LAW_WEIBULL,     /* a: scale; shape */
    LAW_GAMMA,       /* a: scale; shape */
    LAW_PARETO,      /* a: least value; shape (mean a * shape / (shape - 1)) */
    LAW_EMPIRICAL,   /* values: each equally likely */
};

/* A law. Plain data; values (count of them) is borrowed. */
struct law {
    enum law_kind kind;
    sim_time a, b;
    double shape;
    const sim_time *values;
    uint32_t count;
};

/* The law that always gives t. */
static inline struct law law_constant(sim_time t)
{
    return (struct law){.kind = LAW_CONSTANT, .a = t};
}

/* One span >= 0, whole nanoseconds. Exponential, Weibull, Pareto, uniform and empirical take exactly one uniform of
 * r, constant none; lognormal and gamma (GSL's rejection samplers) a varying count, so give them streams of their own.
 */
sim_time law_draw(const struct law *law, struct rng *r);

/* The expectation in seconds (infinity for Pareto with shape <= 1). */
double law_mean(const struct law *law);

/* The longest span the law can give; SIM_LONGEST where it has no bound of its own. */
sim_time law_longest(const struct law *law);

/* The chance that a draw is t or longer, t >= 0. Exponential: the same bits everywhere; else by libm or GSL. */
double law_tail(const struct law *law, sim_time t);

/* The longest span that a draw reaches with a chance of share or more, 0 < share <= 1; as round as a draw, so that the
 * chance may differ from share in its twelfth digit. By halving: some 60 calls of law_tail. */
sim_time law_tail_time(const struct law *law, double share);

/* A draw given that it is `least` or longer, or given that it is `most` or shorter; both are from law_tail_time. Takes
 * exactly one uniform of r, whatever the law; the rest is law_tail_time's work. */
sim_time law_draw_long(const struct law *law, sim_time least, struct rng *r);
sim_time law_draw_short(const struct law *law, sim_time most, struct rng *r);
