/* sim/level.h - a whole number over time, such as a queue's length: its integral, bin by bin, and its peak. */
#pragma once
#include "sim/vtime.h"

/* The level is constant between changes. Bins of equal width cover [0, infinity): the last one is open. */
struct level {
    uint32_t value, peak;
    sim_time changed, peak_at; /* of the last change; of the first moment at the peak */
    sim_time bin_end, bin_width;
    uint32_t bin, bins;
    double *areas; /* integral over each bin, in seconds; borrowed, cleared by the owner */
    double area;   /* over all time */
};

/* Begins at time 0 with value 0. */
void level_start(struct level *l, sim_time bin_width, double *areas, uint32_t bins);

/* Integrates up to now, which is not before the last call's. */
void level_advance(struct level *l, sim_time now);

/* The value changes by change at now. */
static inline void level_change(struct level *l, sim_time now, int32_t change)
{
    level_advance(l, now);
    l->value += (uint32_t)change;
    if (l->value > l->peak) {
        l->peak = l->value;
        l->peak_at = now;
    }
}
