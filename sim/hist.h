/* sim/hist.h - a log-linear histogram of spans of time: each power of two cut into 128 bins, so every quantile is
 * within 1/128 (0.8 %) of the value. Counts are integers: merging is exact, in any order. */
#pragma once
#include "sim/vtime.h"

#include <stdint.h>

#define HIST_BITS 7
#define HIST_BINS ((64 - HIST_BITS) << HIST_BITS)

struct hist {
    uint64_t count;
    uint32_t low, high; /* bins outside low .. high are empty; low > high: all are */
    sim_time least, most;
    uint32_t bins[HIST_BINS];
};

/* The bin of t >= 0, and the half-open range [low, high) of a bin's values. */
static inline uint32_t hist_bin(sim_time t)
{
    uint64_t v = (uint64_t)t;
    if (v < (1u << HIST_BITS)) return (uint32_t)v;
    unsigned shift = 63 - (unsigned)__builtin_clzll(v) - HIST_BITS;
    return (uint32_t)((shift + 1) << HIST_BITS) + (uint32_t)((v >> shift) - (1u << HIST_BITS));
}
static inline sim_time hist_bin_low(uint32_t bin)
{
    uint32_t shift = bin >> HIST_BITS;
    if (shift == 0) return bin;
    return (sim_time)(((uint64_t)(bin & ((1u << HIST_BITS) - 1)) + (1u << HIST_BITS)) << (shift - 1));
}

/* A smaller one, for where there are many: eight bins of a histogram make one of it, so a quantile is within 1/16 of
 * the value. */
#define ROUGH_SHIFT 3
#define ROUGH_BINS  (HIST_BINS >> ROUGH_SHIFT)

struct rough_hist {
    uint64_t count;
    uint32_t low, high;
    sim_time least, most;
    uint32_t bins[ROUGH_BINS];
};

/* Empties h. The first time (a struct full of zeros is no empty histogram) call hist_init. */
void hist_init(struct hist *h);
void hist_clear(struct hist *h);

static inline void hist_add(struct hist *h, sim_time t)
{
    uint32_t b = hist_bin(t);
    h->bins[b]++;
    h->count++;
    if (b < h->low) h->low = b;
    if (b > h->high) h->high = b;
    if (t < h->least) h->least = t;
    if (t > h->most) h->most = t;
}

void rough_hist_init(struct rough_hist *h);
void rough_hist_clear(struct rough_hist *h);

static inline void rough_hist_add(struct rough_hist *h, sim_time t)
{
    uint32_t b = hist_bin(t) >> ROUGH_SHIFT;
    h->bins[b]++;
    h->count++;
    if (b < h->low) h->low = b;
    if (b > h->high) h->high = b;
    if (t < h->least) h->least = t;
    if (t > h->most) h->most = t;
}
