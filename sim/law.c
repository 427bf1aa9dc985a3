/* sim/law.c - see sim/law.h. */
#include "sim/law.h"

#include "sim/check.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

sim_time law_draw(const struct law *law, struct rng *r)
{
    gsl_rng g = rng_gsl(r);
    double a = sim_time_seconds(law->a);
    switch (law->kind) {
    case LAW_CONSTANT: return law->a;
    case LAW_EXPONENTIAL: return sim_time_from_seconds(a * rng_exponential(r));
    case LAW_UNIFORM: return law->a + (sim_time)rng_below(r, (uint64_t)(law->b - law->a) + 1);
    case LAW_LOGNORMAL: return sim_time_from_seconds(gsl_ran_lognormal(&g, log(a), law->shape));
    case LAW_WEIBULL: return sim_time_from_seconds(gsl_ran_weibull(&g, a, law->shape));
    case LAW_GAMMA: return sim_time_from_seconds(gsl_ran_gamma(&g, law->shape, a));
    case LAW_PARETO: return sim_time_from_seconds(gsl_ran_pareto(&g, law->shape, a));
    case LAW_EMPIRICAL: return law->values[rng_below(r, law->count)];
    }
    sim_panic(NULL, __FILE__, __LINE__, "unknown law");
}

double law_mean(const struct law *law)
{
    double a = sim_time_seconds(law->a), sum = 0;
    switch (law->kind) {
    case LAW_CONSTANT:
    case LAW_EXPONENTIAL: return a;
    case LAW_UNIFORM: return (a + sim_time_seconds(law->b)) / 2;
    case LAW_LOGNORMAL: return a * exp(law->shape * law->shape / 2);
    case LAW_WEIBULL: return a * gsl_sf_gamma(1 + 1 / law->shape);
    case LAW_GAMMA: return a * law->shape;
    case LAW_PARETO: return law->shape > 1 ? a * law->shape / (law->shape - 1) : INFINITY;
    case LAW_EMPIRICAL:
        for (uint32_t i = 0; i < law->count; i++) sum += sim_time_seconds(law->values[i]);
        return sum / law->count;
    }
    sim_panic(NULL, __FILE__, __LINE__, "unknown law");
}

sim_time law_longest(const struct law *law)
{
    sim_time longest = 0;
    switch (law->kind) {
    case LAW_CONSTANT: return law->a;
    case LAW_UNIFORM: return law->b;
    case LAW_EMPIRICAL:
        for (uint32_t i = 0; i < law->count; i++)
            if (law->values[i] > longest) longest = law->values[i];
        return longest;
    default: return SIM_LONGEST;
    }
}
