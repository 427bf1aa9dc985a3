/* tests/sim/test_law.c - laws for spans of time, against GSL's distribution functions. Fixed seeds; every limit would
 * be broken by a right sampler once in a million seeds. */
#include "sim/law.h"

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#define DRAWS   200000
#define Z_LIMIT 4.9 /* two-sided: 1e-6 */

/* The median, 0.9 and 0.99 quantiles, in seconds, as the test knows them. */
static const double levels[] = {0.5, 0.9, 0.99};

static double quantile(const struct law *law, double p)
{
    double a = sim_time_seconds(law->a), b = sim_time_seconds(law->b), k = law->shape;
    switch (law->kind) {
    case LAW_EXPONENTIAL: return gsl_cdf_exponential_Pinv(p, a);
    case LAW_UNIFORM: return gsl_cdf_flat_Pinv(p, a, b);
    case LAW_LOGNORMAL: return gsl_cdf_lognormal_Pinv(p, log(a), k);
    case LAW_WEIBULL: return gsl_cdf_weibull_Pinv(p, a, k);
    case LAW_GAMMA: return gsl_cdf_gamma_Pinv(p, k, a);
    case LAW_PARETO: return gsl_cdf_pareto_Pinv(p, k, a);
    default: return NAN;
    }
}

static void near_enough(const char *name, const char *what, double got, double expected, double error)
{
    double z = (got - expected) / error;
    printf("law: %s %s: got %.6g +- %.2g, expected %.6g, z %.2f, false alarm 1e-6\n", name, what, got, error, expected,
           z);
    cr_expect(fabs(z) < Z_LIMIT, "%s %s: got %.9g, expected %.9g, z %.2f", name, what, got, expected, z);
}

/* The mean of draws against law_mean, and the shares below three quantiles. mean is what law_mean should say. */
static void follows(const char *name, struct law law, double mean)
{
    struct rng r;
    double sum = 0, squares = 0, below[3] = {0};
    rng_open(&r, 2385, 0, rng_name(name));
    for (int i = 0; i < DRAWS; i++) {
        sim_time t = law_draw(&law, &r);
        cr_assert(t >= 0 && t <= law_longest(&law));
        double x = sim_time_seconds(t);
        sum += x;
        squares += (x - mean) * (x - mean);
        for (int k = 0; k < 3; k++) below[k] += x <= quantile(&law, levels[k]);
    }
    cr_expect(fabs(law_mean(&law) / mean - 1) < 1e-12, "law_mean of %s: %.17g", name, law_mean(&law));
    near_enough(name, "mean", sum / DRAWS, mean, sqrt(squares / DRAWS / DRAWS));
    for (int k = 0; k < 3; k++)
        near_enough(name, "share below a quantile", below[k] / DRAWS, levels[k],
                    sqrt(levels[k] * (1 - levels[k]) / DRAWS));
}

Test(law, exponential)
{
    follows("exponential", (struct law){.kind = LAW_EXPONENTIAL, .a = 2385 * SIM_MS}, 2.385);
}

Test(law, uniform)
{
    follows("uniform", (struct law){.kind = LAW_UNIFORM, .a = 2385 * SIM_MS, .b = 8532 * SIM_MS}, 5.4585);
}

Test(law, lognormal)
{
    follows("lognormal", (struct law){.kind = LAW_LOGNORMAL, .a = 2385 * SIM_MS, .shape = 0.8532},
            2.385 * exp(0.8532 * 0.8532 / 2));
}

Test(law, weibull)
{
    follows("weibull", (struct law){.kind = LAW_WEIBULL, .a = 2385 * SIM_MS, .shape = 0.8532},
            2.385 * tgamma(1 + 1 / 0.8532));
}

Test(law, gamma)
{
    follows("gamma", (struct law){.kind = LAW_GAMMA, .a = 2385 * SIM_MS, .shape = 0.8532}, 2.385 * 0.8532);
    follows("gamma, shape above 1", (struct law){.kind = LAW_GAMMA, .a = 2385 * SIM_MS, .shape = 8.532}, 2.385 * 8.532);
}

/* Shape 4.5: with fewer moments the mean of draws is not normal enough for a z limit. */
Test(law, pareto)
{
    follows("pareto", (struct law){.kind = LAW_PARETO, .a = 2385 * SIM_MS, .shape = 4.5}, 2.385 * 4.5 / 3.5);
}

Test(law, pareto_without_a_mean_says_so_and_stops_at_the_longest_span)
{
    struct law law = {.kind = LAW_PARETO, .a = 2385 * SIM_DAY, .shape = 0.2385};
    struct rng r;
    int longest = 0;
    rng_open(&r, 2385, 0, rng_name("heavy pareto"));
    for (int i = 0; i < 10000; i++) {
        sim_time t = law_draw(&law, &r);
        cr_assert(t >= law.a && t <= SIM_LONGEST);
        longest += t == SIM_LONGEST;
    }
    cr_assert_gt(longest, 0);
    cr_assert(isinf(law_mean(&law)));
    cr_assert_eq(law_longest(&law), SIM_LONGEST);
}

Test(law, constant_is_itself_and_draws_nothing)
{
    struct law law = law_constant(2385853223858532);
    struct rng r, before;
    rng_open(&r, 2385, 0, 1);
    rng_bits(&r);
    before = r;
    cr_assert_eq(law_draw(&law, &r), 2385853223858532);
    cr_assert(r.left == before.left && r.block == before.block);
    cr_assert_eq(law_longest(&law), 2385853223858532);
    cr_assert_float_eq(law_mean(&law), 2385853.223858532, 1e-6);
}

Test(law, empirical_gives_each_of_its_values_as_often)
{
    static const sim_time values[] = {2385, 17, 8532, 238532, 853};
    struct law law = {.kind = LAW_EMPIRICAL, .values = values, .count = 5};
    int counts[5] = {0};
    struct rng r;
    rng_open(&r, 2385, 0, rng_name("empirical"));
    for (int i = 0; i < DRAWS; i++) {
        sim_time t = law_draw(&law, &r);
        int k = 0;
        while (k < 5 && values[k] != t) k++;
        cr_assert_lt(k, 5, "%ld is none of the values", (long)t);
        counts[k]++;
    }
    for (int k = 0; k < 5; k++)
        near_enough("empirical", "share of a value", counts[k] / (double)DRAWS, 0.2, sqrt(0.2 * 0.8 / DRAWS));
    cr_assert_eq(law_longest(&law), 238532);
    cr_assert_float_eq(law_mean(&law), (2385 + 17 + 8532 + 238532 + 853) / 5e9, 1e-18);
}

Test(law, uniform_gives_both_ends)
{
    struct law law = {.kind = LAW_UNIFORM, .a = 2385, .b = 2387};
    int counts[3] = {0};
    struct rng r;
    rng_open(&r, 2385, 0, rng_name("ends"));
    for (int i = 0; i < DRAWS; i++) {
        sim_time t = law_draw(&law, &r);
        cr_assert(t >= 2385 && t <= 2387);
        counts[t - 2385]++;
    }
    for (int k = 0; k < 3; k++)
        near_enough("uniform", "share of a value", counts[k] / (double)DRAWS, 1 / 3.0, sqrt(2 / 9.0 / DRAWS));
    cr_assert_eq(law_longest(&law), 2387);
}

Test(law, inverse_laws_take_exactly_one_draw)
{
    static const sim_time values[] = {2385, 8532};
    static const struct law laws[] = {
        {.kind = LAW_EXPONENTIAL, .a = 2385 * SIM_MS},           {.kind = LAW_UNIFORM, .a = 2385, .b = 8532},
        {.kind = LAW_WEIBULL, .a = 2385 * SIM_MS, .shape = 1.7}, {.kind = LAW_PARETO, .a = 2385 * SIM_MS, .shape = 1.7},
        {.kind = LAW_EMPIRICAL, .values = values, .count = 2},
    };
    for (size_t k = 0; k < sizeof laws / sizeof *laws; k++) {
        struct rng r, one;
        rng_open(&r, 2385, 0, k);
        one = r;
        for (int i = 0; i < 1000; i++) {
            law_draw(&laws[k], &r);
            rng_bits(&one);
            cr_assert(r.block == one.block && r.left == one.left, "law %zu, draw %d", k, i);
        }
    }
}

Test(law, long_draws_are_rounded_to_40_significant_bits)
{
    static const struct law laws[] = {
        {.kind = LAW_EXPONENTIAL, .a = 12 * SIM_HOUR},
        {.kind = LAW_LOGNORMAL, .a = 12 * SIM_HOUR, .shape = 1.2},
        {.kind = LAW_WEIBULL, .a = 12 * SIM_HOUR, .shape = 0.7},
        {.kind = LAW_GAMMA, .a = 12 * SIM_HOUR, .shape = 2.385},
        {.kind = LAW_PARETO, .a = 12 * SIM_HOUR, .shape = 1.7},
    };
    for (size_t k = 0; k < sizeof laws / sizeof *laws; k++) {
        struct rng r;
        rng_open(&r, 2385, 0, k);
        for (int i = 0; i < 10000; i++) {
            uint64_t t = (uint64_t)law_draw(&laws[k], &r);
            if (t)
                cr_assert(64 - __builtin_clzll(t) - __builtin_ctzll(t) <= 40, "law %zu gave %lu", k, (unsigned long)t);
        }
    }
}
