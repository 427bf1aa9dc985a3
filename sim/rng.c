/* sim/rng.c - see sim/rng.h. */
#include "sim/rng.h"

#include "sim/check.h"

#include <string.h>

static inline void philox_rounds(uint32_t c[4], uint32_t k0, uint32_t k1)
{
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)c[0] * 0xD2511F53u, p1 = (uint64_t)c[2] * 0xCD9E8D57u;
        uint32_t c1 = c[1], c3 = c[3];
        c[0] = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c[1] = (uint32_t)p1;
        c[2] = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c[3] = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    philox_rounds(c, key[0], key[1]);
    memcpy(out, c, sizeof c);
}

/* FNV-1a, then a finaliser, so that names that differ in one letter differ everywhere. */
uint64_t rng_name(const char *name)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) h = (h ^ *p) * UINT64_C(0x100000001b3);
    return rng_part(h, 0);
}

uint64_t rng_part(uint64_t stream, uint64_t part)
{
    uint64_t z = stream + (part + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void rng_open(struct rng *r, uint64_t seed, uint64_t run, uint64_t stream)
{
    sim_assert(NULL, run <= UINT32_MAX);
    r->key = seed;
    r->stream = stream;
    r->run = (uint32_t)run;
    r->block = 0;
    r->left = 0;
}

void rng_refill(struct rng *r)
{
    sim_assert(NULL, r->block != UINT32_MAX);
    uint32_t c[4] = {r->block++, r->run, (uint32_t)r->stream, (uint32_t)(r->stream >> 32)};
    philox_rounds(c, (uint32_t)r->key, (uint32_t)(r->key >> 32));
    memcpy(r->out, c, sizeof c);
    r->left = 4;
}

/* log x = e ln 2 + 2 atanh(s), s = (m - 1) / (m + 1), with m in [sqrt(1/2), sqrt(2)). The polynomial is the series of
 * 2 atanh with minimax coefficients (Lg1..Lg7 of fdlibm's e_log.c, Sun Microsystems 1993). */
double rng_log(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    /* Move the exponent so that the fraction lies in [sqrt(1/2), sqrt(2)). */
    uint64_t shifted = bits + ((UINT64_C(0x3ff00000) - UINT64_C(0x3fe6a09e)) << 32);
    int e = (int)(shifted >> 52) - 1023;
    bits = (shifted & UINT64_C(0x000fffffffffffff)) + (UINT64_C(0x3fe6a09e) << 32);
    double m;
    memcpy(&m, &bits, sizeof m);
    double f = m - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
    double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double half = 0.5 * f * f, k = e;
    return k * 6.93147180369123816490e-01 - ((half - (s * (half + t1 + t2) + k * 1.90821492927058770002e-10)) - f);
}

/* exp x = 2^k exp(r), |r| <= ln 2 / 2, and exp r = 1 + 2 r / (R - r) by the rational approximation of fdlibm's e_exp.c
 * (Sun Microsystems 1993). */
double rng_exp(double x)
{
    if (x < -700) return 0;
    int k = (int)(x * 1.44269504088896338700e+00 - 0.5);
    double high = x - k * 6.93147180369123816490e-01, low = k * 1.90821492927058770002e-10, r = high - low, t = r * r;
    double c = r - t * (1.66666666666666019037e-01 +
                        t * (-2.77777777770155933842e-03 +
                             t * (6.61375632143793436117e-05 +
                                  t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
    uint64_t bits = (uint64_t)(1023 + k) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return (1.0 - ((low - r * c / (2.0 - c)) - high)) * scale;
}

double rng_exponential(struct rng *r)
{
    return -rng_log(rng_uniform_pos(r));
}

/* ---- GSL ---- */

static void gsl_open(void *state, unsigned long seed)
{
    rng_open(state, seed, 0, 0);
}

static unsigned long gsl_word(void *state)
{
    return (unsigned long)(rng_bits(state) >> 32);
}

static double gsl_uniform(void *state)
{
    return rng_uniform(state);
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10",
    .max = 0xffffffffUL,
    .min = 0,
    .size = sizeof(struct rng),
    .set = gsl_open,
    .get = gsl_word,
    .get_double = gsl_uniform,
};
const gsl_rng_type *const rng_gsl_type = &philox_type;
