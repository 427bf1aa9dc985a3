/* sim/load.h - how much of something is in use over time, such as sessions of a host: on average, in its busiest
 * stretch, at most, and for how long all of it was. Cheaper than a level (sim/level.h): no series is kept. */
#pragma once
#include "sim/check.h"
#include "sim/vtime.h"

#include <stdint.h>

#define LOAD_NO_LIMIT UINT32_MAX

/* Stretches of equal width cover the time from 0 on. The integral over a stretch is what it would be without a change,
 * and for each change what is left of the stretch: one sum of whole numbers, and no product. */
struct load {
    uint32_t value, peak, limit;
    uint32_t first;                 /* value when the stretch under way began */
    sim_time end, width;            /* of that stretch */
    __extension__ __int128 changes; /* unit nanoseconds that its changes add to its integral */
    sim_time full, full_since;      /* how long value was at the limit or above; since when it is */
    double most, before;            /* integrals of the fullest stretch that is over; of all that are over */
};

/* A load over one run. All may be fractions: disks empty steadily. */
struct load_sum {
    double mean, busiest; /* over the run; over the fullest stretch */
    double peak;
    double full;      /* share of the run, 0..1 */
    uint64_t refused; /* how often somebody was turned away because all was in use; the owner counts them */
};

/* Begins at time 0 with nothing in use. width > 0; limit > 0: how much there is, or LOAD_NO_LIMIT. */
void load_start(struct load *l, sim_time width, uint32_t limit);

/* Closes the stretches that end before now. */
void load_turn(struct load *l, sim_time now);

/* One more, or one less, is in use from now on, which is not before the last call's. */
static inline void load_up(struct load *l, sim_time now)
{
    if (SIM_UNLIKELY(now > l->end)) load_turn(l, now);
    l->changes += l->end - now;
    if (++l->value > l->peak) l->peak = l->value;
    if (SIM_UNLIKELY(l->value == l->limit)) l->full_since = now;
}
static inline void load_down(struct load *l, sim_time now)
{
    if (SIM_UNLIKELY(now > l->end)) load_turn(l, now);
    l->changes -= l->end - now;
    if (SIM_UNLIKELY(l->value-- == l->limit)) l->full += now - l->full_since;
}

/* For what is no whole number, instead of the two above: value units that sink by rate a second, but not below 0,
 * during [from, until); all is in use while there are more than full_above. Calls follow each other without a gap. The
 * peak is not kept. */
void load_sink(struct load *l, sim_time from, sim_time until, double value, double rate, double full_above);

/* The run has lasted from 0 to end. */
struct load_sum load_end(struct load *l, sim_time end);
