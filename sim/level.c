/* sim/level.c - see sim/level.h. */
#include "sim/level.h"

#include "sim/check.h"

#include <stddef.h>

void level_start(struct level *l, sim_time bin_width, double *areas, uint32_t bins)
{
    sim_assert(NULL, bin_width > 0 && bins > 0);
    *l = (struct level){
        .bin_end = bins == 1 ? SIM_NEVER : bin_width, .bin_width = bin_width, .bins = bins, .areas = areas};
}

static void add(struct level *l, sim_time until)
{
    double area = l->value * sim_time_seconds(until - l->changed);
    l->areas[l->bin] += area;
    l->area += area;
    l->changed = until;
}

void level_advance(struct level *l, sim_time now)
{
    while (SIM_UNLIKELY(now > l->bin_end)) {
        add(l, l->bin_end);
        l->bin++;
        l->bin_end = l->bin == l->bins - 1 ? SIM_NEVER : l->bin_end + l->bin_width;
    }
    add(l, now);
}
