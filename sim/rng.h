/* sim/rng.h - streams of chance, addressed by (seed, run, name, number): Philox4x32-10, counter-based.
 *
 * A stream is opened, not stored: drawing n of a stream never depends on what any other stream drew. So adding an
 * actor, or changing one policy, never changes another's luck, and two scenarios meet the same luck run by run
 * (common random numbers).
 * Source of the generator: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11. */
#pragma once
#include <gsl/gsl_rng.h>
#include <stdint.h>

/* One stream. 48 bytes, no heap. 2^33 draws of 64 bits, then sim_panic. */
struct rng {
    uint64_t key;
    uint64_t stream;
    uint32_t run;
    uint32_t block; /* the next block's number */
    uint32_t out[4];
    uint32_t left; /* words of out not yet handed out */
};

/* A stream's number: a hash of its name ("client/staff/arrivals") that does not change between versions. */
uint64_t rng_name(const char *name);
/* The number of a part of a stream, such as one message's. */
uint64_t rng_part(uint64_t stream, uint64_t part);

/* Opens stream of this seed and run at its beginning. */
void rng_open(struct rng *r, uint64_t seed, uint64_t run, uint64_t stream);

/* The raw block function: counter and key as in Random123's philox4x32 with 10 rounds. */
void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Refills r->out; used by the inline functions below. */
void rng_refill(struct rng *r);

/* 64 random bits. */
static inline uint64_t rng_bits(struct rng *r)
{
    if (r->left < 2) rng_refill(r);
    r->left -= 2;
    return (uint64_t)r->out[r->left] << 32 | r->out[r->left + 1];
}

/* Uniform on [0, 1), 53 bits. */
static inline double rng_uniform(struct rng *r)
{
    return (double)(rng_bits(r) >> 11) * 0x1p-53;
}

/* Uniform on (0, 1): never 0, so that its logarithm exists. */
static inline double rng_uniform_pos(struct rng *r)
{
    return ((double)(rng_bits(r) >> 11) + 0.5) * 0x1p-53;
}

/* Uniform on 0 .. n - 1, n > 0; by multiplication, bias below n / 2^64. */
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)rng_bits(r) * n >> 64);
}

/* Exponential with mean 1, by inversion and our own logarithm: exactly one draw, the same bits on every processor. */
double rng_exponential(struct rng *r);

/* The natural logarithm of x, 0 < x < infinity and normal, from + - * / alone: within 2 units in the last place of
 * the true value, and the same bits on every processor and compiler (with -ffp-contract=off). */
double rng_log(double x);

/* e to the power x, x <= 0 (0 below -700), made and kept the same way: within 1 unit in the last place. */
double rng_exp(double x);

/* For GSL: { rng_gsl_type, state = a struct rng }. rng_gsl makes one without any malloc; it borrows r. Its uniforms
 * are rng_uniform's. gsl_rng_set on it opens stream 0 of run 0 of that seed. */
extern const gsl_rng_type *const rng_gsl_type;
static inline gsl_rng rng_gsl(struct rng *r)
{
    return (gsl_rng){rng_gsl_type, r};
}
