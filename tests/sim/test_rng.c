/* tests/sim/test_rng.c - streams of chance. Statistical tests have fixed seeds and limits that a right generator
 * would break once in a million seeds. */
#include "sim/rng.h"

#include <criterion/criterion.h>
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<Random123/philox.h>)
#include <Random123/philox.h>
#undef philox4x32 /* its name for ten rounds, as a macro */
#define HAVE_RANDOM123 1
#endif

#define FALSE_ALARM 1e-6

/* Published with the generator, in Random123's examples/kat_vectors. */
Test(rng, block_function_gives_the_published_answers)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        philox4x32(known[i].counter, known[i].key, out);
        cr_assert_arr_eq(out, known[i].out, sizeof out, "vector %zu", i);
    }
}

Test(rng, block_function_equals_random123)
{
#ifdef HAVE_RANDOM123
    struct rng r;
    rng_open(&r, 2385, 0, rng_name("test_rng"));
    for (int i = 0; i < 100000; i++) {
        philox4x32_ctr_t c;
        philox4x32_key_t k;
        for (int j = 0; j < 4; j++) c.v[j] = (uint32_t)rng_bits(&r);
        for (int j = 0; j < 2; j++) k.v[j] = (uint32_t)rng_bits(&r);
        uint32_t out[4];
        philox4x32(c.v, k.v, out);
        philox4x32_ctr_t expected = philox4x32_R(10, c, k);
        cr_assert_arr_eq(out, expected.v, sizeof out, "block %d", i);
    }
#else
    cr_skip_test("Random123 (librandom123-dev) is not installed");
#endif
}

Test(rng, a_stream_is_the_blocks_of_its_address)
{
    struct rng r;
    rng_open(&r, UINT64_C(0x2385853223858532), 8532, UINT64_C(0x0123456789abcdef));
    for (uint32_t block = 0; block < 238; block++) {
        uint32_t counter[4] = {block, 8532, 0x89abcdef, 0x01234567}, key[2] = {0x23858532, 0x23858532}, out[4];
        philox4x32(counter, key, out);
        cr_assert_eq(rng_bits(&r), (uint64_t)out[2] << 32 | out[3]);
        cr_assert_eq(rng_bits(&r), (uint64_t)out[0] << 32 | out[1]);
    }
}

Test(rng, what_other_streams_draw_changes_nothing)
{
    struct rng alone, beside, other, third;
    rng_open(&alone, 2385, 7, rng_name("server/failures"));
    rng_open(&beside, 2385, 7, rng_name("server/failures"));
    rng_open(&other, 2385, 7, rng_name("server/repairs"));
    for (int i = 0; i < 10000; i++) {
        uint64_t expected = rng_bits(&alone);
        for (uint64_t n = rng_below(&other, 5); n > 0; n--) rng_exponential(&other);
        rng_open(&third, 2385, 7, rng_part(rng_name("server/failures"), (uint64_t)i));
        rng_bits(&third);
        cr_assert_eq(rng_bits(&beside), expected);
    }
}

static int compare_bits(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

Test(rng, every_part_of_the_address_makes_another_stream)
{
    static uint64_t first[40000];
    uint64_t server = rng_name("server");
    size_t n = 0;
    for (uint64_t i = 0; i < 10000; i++) {
        struct rng r[4];
        rng_open(&r[0], i, 0, server);
        rng_open(&r[1], 2385, i + 1, server);
        rng_open(&r[2], 2385, 0, rng_part(server, i));
        rng_open(&r[3], 2385 + (i << 32), 1 + (1 << 20), server);
        for (int k = 0; k < 4; k++) first[n++] = rng_bits(&r[k]);
    }
    qsort(first, n, sizeof *first, compare_bits);
    /* Chance of any equal pair among 40,000: 5e-11. */
    for (size_t i = 1; i < n; i++) cr_assert_neq(first[i - 1], first[i]);
}

Test(rng, names_keep_their_numbers_between_versions)
{
    cr_assert_eq(rng_name(""), UINT64_C(0xc3817c016ba4ff30));
    cr_assert_eq(rng_name("client/staff/arrivals"), UINT64_C(0xfe353a3ba2af6e6b));
    cr_assert_eq(rng_part(UINT64_C(2385), 8532), UINT64_C(0x1053f537a434dc74));
}

/* ---- laws ---- */

#define DRAWS 200000

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov-Smirnov: the values, already mapped by their law's distribution function, against uniform. */
static void same_as_uniform(double *u, size_t n, const char *what)
{
    qsort(u, n, sizeof *u, compare_doubles);
    double d = 0, count = (double)n;
    for (size_t i = 0; i < n; i++) d = fmax(d, fmax(u[i] - (double)i / count, ((double)i + 1) / count - u[i]));
    double statistic = d * sqrt(count), limit = sqrt(log(2 / FALSE_ALARM) / 2); /* from 2 exp(-2 x^2), asymptotic */
    printf("rng: %s: Kolmogorov-Smirnov %.3f, limit %.3f, false alarm %g\n", what, statistic, limit, FALSE_ALARM);
    cr_assert_lt(statistic, limit, "%s: %g >= %g", what, statistic, limit);
}

static void counts_are_even(const uint64_t *counts, size_t cells, double n, const char *what)
{
    double x = 0, expected = n / (double)cells;
    for (size_t i = 0; i < cells; i++) x += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
    double p = gsl_cdf_chisq_Q(x, (double)cells - 1);
    printf("rng: %s: chi-square %.1f on %zu, p %.4f, false alarm %g\n", what, x, cells - 1, p, FALSE_ALARM);
    cr_assert_gt(p, FALSE_ALARM, "%s: p %g", what, p);
}

Test(rng, uniforms_are_uniform)
{
    static double u[DRAWS], positive[DRAWS];
    struct rng r;
    rng_open(&r, 2385, 1, rng_name("test_rng"));
    for (size_t i = 0; i < DRAWS; i++) {
        u[i] = rng_uniform(&r);
        positive[i] = rng_uniform_pos(&r);
        cr_assert(u[i] >= 0 && u[i] < 1 && positive[i] > 0 && positive[i] < 1);
    }
    same_as_uniform(u, DRAWS, "uniform");
    same_as_uniform(positive, DRAWS, "uniform, never 0");
}

Test(rng, exponentials_are_exponential)
{
    static double u[DRAWS];
    struct rng r;
    rng_open(&r, 2385, 2, rng_name("test_rng"));
    for (size_t i = 0; i < DRAWS; i++) u[i] = gsl_cdf_exponential_P(rng_exponential(&r), 1);
    same_as_uniform(u, DRAWS, "exponential");
}

Test(rng, first_draws_of_a_stream_s_parts_are_uniform)
{
    static double u[DRAWS];
    uint64_t stream = rng_name("message");
    for (size_t i = 0; i < DRAWS; i++) {
        struct rng r;
        rng_open(&r, 2385, 3, rng_part(stream, i));
        u[i] = rng_uniform(&r);
    }
    same_as_uniform(u, DRAWS, "first uniform of 200000 parts");
}

Test(rng, pairs_of_neighbours_fill_the_square_evenly)
{
    static uint64_t cells[64 * 64];
    struct rng r;
    rng_open(&r, 2385, 4, rng_name("test_rng"));
    uint64_t last = rng_below(&r, 64);
    for (int i = 0; i < 1000000; i++) {
        uint64_t next = rng_below(&r, 64);
        if (i % 2) cells[last * 64 + next]++;
        last = next;
    }
    counts_are_even(cells, 64 * 64, 500000, "pairs of neighbours");
}

Test(rng, below_gives_each_number_as_often_and_no_other)
{
    uint64_t counts[7] = {0};
    struct rng r;
    rng_open(&r, 2385, 5, rng_name("test_rng"));
    for (int i = 0; i < 700000; i++) {
        uint64_t n = rng_below(&r, 7);
        cr_assert_lt(n, 7);
        counts[n]++;
    }
    counts_are_even(counts, 7, 700000, "below 7");
    cr_assert_eq(rng_below(&r, 1), 0);
}

static void log_is_close(double x)
{
    double got = rng_log(x), size = fabs(got);
    long double off = fabsl((long double)got - logl(x)), ulp = nextafter(size, INFINITY) - size;
    cr_assert(off <= 2 * ulp, "log(%.17g): %.3Lg units in the last place", x, off / ulp);
}

Test(rng, log_is_within_two_units_in_the_last_place)
{
    struct rng r;
    rng_open(&r, 2385, 6, rng_name("test_rng"));
    for (int i = 0; i < 300000; i++) {
        double u = rng_uniform_pos(&r);
        log_is_close(u);
        log_is_close(1 - u * 0x1p-20);
        log_is_close(ldexp(1 + u, (int)rng_below(&r, 2044) - 1022));
    }
    cr_assert_eq(rng_log(1.0), 0.0);
    log_is_close(0x1p-54);
    log_is_close(1 - 0x1p-53);
    log_is_close(1 + 0x1p-52);
    log_is_close(DBL_MIN);
    log_is_close(DBL_MAX);
    log_is_close(sqrt(2));
    log_is_close(sqrt(0.5));
}

static void exp_is_close(double x)
{
    double got = rng_exp(x);
    long double off = fabsl((long double)got - expl(x)), ulp = nextafter(got, INFINITY) - got;
    cr_assert(off <= ulp, "exp(%.17g): %.3Lg units in the last place", x, off / ulp);
}

Test(rng, exp_is_within_a_unit_in_the_last_place)
{
    struct rng r;
    rng_open(&r, 2385, 0, 853);
    for (int i = 0; i < 100000; i++) {
        double u = rng_uniform_pos(&r);
        exp_is_close(-u);
        exp_is_close(-700 * u);
        exp_is_close(-u * 0x1p-30);
    }
    cr_assert_eq(rng_exp(0), 1.0);
    cr_assert_eq(rng_exp(-701), 0.0);
}

Test(rng, an_exponential_takes_one_draw_and_is_minus_the_logarithm)
{
    struct rng a, b;
    rng_open(&a, 2385, 7, 1);
    b = a;
    for (int i = 0; i < 1000; i++) {
        double u = rng_uniform_pos(&a), e = rng_exponential(&b);
        cr_assert_eq(e, -rng_log(u));
        cr_assert(e > 0);
        cr_assert(a.block == b.block && a.left == b.left);
    }
}

Test(rng, gsl_sees_the_same_stream)
{
    struct rng direct, lent;
    rng_open(&direct, 2385, 8, rng_name("test_rng"));
    lent = direct;
    gsl_rng g = rng_gsl(&lent);
    for (int i = 0; i < 1000; i++) cr_assert_eq(gsl_rng_uniform(&g), rng_uniform(&direct));
    for (int i = 0; i < 1000; i++) cr_assert_eq(gsl_rng_get(&g), rng_bits(&direct) >> 32);
    gsl_rng_set(&g, 8532);
    rng_open(&direct, 8532, 0, 0);
    cr_assert_eq(gsl_rng_uniform(&g), rng_uniform(&direct));
}
