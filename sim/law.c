/* sim/law.c - see sim/law.h. */
#include "sim/law.h"

#include "sim/check.h"

#include <gsl/gsl_cdf.h>
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

static double uniform_tail(const struct law *law, sim_time t)
{
    if (t <= law->a) return 1;
    return t > law->b ? 0 : (double)(law->b - t + 1) / ((double)(law->b - law->a) + 1);
}

static double empirical_tail(const struct law *law, sim_time t)
{
    uint32_t reach = 0;
    for (uint32_t i = 0; i < law->count; i++) reach += law->values[i] >= t;
    return (double)reach / law->count;
}

double law_tail(const struct law *law, sim_time t)
{
    double a = sim_time_seconds(law->a), x = sim_time_seconds(t);
    switch (law->kind) {
    case LAW_CONSTANT: return t <= law->a;
    case LAW_EXPONENTIAL: return rng_exp(-x / a);
    case LAW_UNIFORM: return uniform_tail(law, t);
    case LAW_LOGNORMAL: return t <= 0 ? 1 : gsl_cdf_lognormal_Q(x, log(a), law->shape);
    case LAW_WEIBULL: return exp(-pow(x / a, law->shape));
    case LAW_GAMMA: return gsl_cdf_gamma_Q(x, law->shape, a);
    case LAW_PARETO: return x <= a ? 1 : pow(a / x, law->shape);
    case LAW_EMPIRICAL: return empirical_tail(law, t);
    }
    sim_panic(NULL, __FILE__, __LINE__, "unknown law");
}

/* The longest span from low on whose chance is share or more, by the door of other draws where the law is continuous.
 */
static sim_time tail_time_from(const struct law *law, double share, sim_time low)
{
    sim_time high = SIM_LONGEST + 1;
    while (high - low > 1) {
        sim_time middle = low + (high - low) / 2;
        if (law_tail(law, middle) >= share)
            low = middle;
        else
            high = middle;
    }
    bool whole = law->kind == LAW_CONSTANT || law->kind == LAW_UNIFORM || law->kind == LAW_EMPIRICAL;
    return whole ? low : sim_time_from_seconds(sim_time_seconds(low));
}

sim_time law_tail_time(const struct law *law, double share)
{
    return tail_time_from(law, share, 0);
}

sim_time law_draw_long(const struct law *law, sim_time least, struct rng *r)
{
    return tail_time_from(law, law_tail(law, least) * rng_uniform_pos(r), least);
}

sim_time law_draw_short(const struct law *law, sim_time most, struct rng *r)
{
    double above = law_tail(law, most + 1);
    return tail_time_from(law, above + (1 - above) * rng_uniform_pos(r), 0);
}
