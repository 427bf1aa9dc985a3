/* sim/vtime.h - virtual time: whole nanoseconds since the run began.
 *
 * An integer, because mail and DNS are full of designed coincidences (a TTL equal to a retry gap): with integers
 * they tie exactly, and the event queue's rule decides. 2^63 ns are 292 years. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef int64_t sim_time;

#define SIM_NS     ((sim_time)1)
#define SIM_US     (1000 * SIM_NS)
#define SIM_MS     (1000 * SIM_US)
#define SIM_SECOND (1000 * SIM_MS)
#define SIM_MINUTE (60 * SIM_SECOND)
#define SIM_HOUR   (60 * SIM_MINUTE)
#define SIM_DAY    (24 * SIM_HOUR)
#define SIM_WEEK   (7 * SIM_DAY)
#define SIM_NEVER  INT64_MAX /* later than everything that happens */

/* The longest span a scenario may name: 100 years. Sums of two spans never overflow. */
#define SIM_LONGEST (36525 * SIM_DAY)

/* a + b for a, b >= 0; SIM_NEVER where the sum would overflow. */
static inline sim_time sim_time_add(sim_time a, sim_time b)
{
    sim_time sum;
    return __builtin_add_overflow(a, b, &sum) ? SIM_NEVER : sum;
}

/* The first instant phase + k * step (k >= 0 or negative) that is not before t. Needs step > 0, 0 <= phase < step. */
static inline sim_time sim_time_grid(sim_time t, sim_time step, sim_time phase)
{
    sim_time behind = (t - phase) % step;
    if (behind < 0) behind += step;
    return behind == 0 ? t : sim_time_add(t, step - behind);
}

/* Seconds as a double, for statistics and output only; never fed back into the clock. */
static inline double sim_time_seconds(sim_time t)
{
    return (double)t / 1e9;
}

/* The one door from chance to time. Rounds seconds (finite, 0 <= s <= SIM_LONGEST; else the nearest of the two ends,
 * NaN counts as 0) to whole nanoseconds, and above 2^40 ns (18 min) to 40 significant bits: the last bits of libm
 * differ between processors, and a rounding far coarser than they are hides it. */
sim_time sim_time_from_seconds(double s);

/* Writes t for people into buf (at least 32 bytes): "0s", "250us", "1.5ms", "40ms", "12.3s", "5m", "1h30m", "5d",
 * "4d23h". Two units at most, rounded to the nearest. Returns buf. */
char *sim_time_text(sim_time t, char buf[32]);
