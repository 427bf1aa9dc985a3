/* sim/load.c - see sim/load.h. */
#include "sim/load.h"

#include <stdbool.h>
#include <stddef.h>

void load_start(struct load *l, sim_time width, uint32_t limit)
{
    sim_assert(NULL, width > 0 && limit > 0);
    *l = (struct load){.limit = limit, .end = width, .width = width};
}

static void close_stretch(struct load *l)
{
    double area = (double)l->first * (double)l->width + (double)l->changes;
    l->before += area;
    if (area > l->most) l->most = area;
    l->changes = 0;
    l->first = l->value;
    l->end += l->width;
}

void load_turn(struct load *l, sim_time now)
{
    close_stretch(l);
    if (now <= l->end) return;
    /* Nothing has changed during those that follow. */
    sim_time whole = (now - l->end + l->width - 1) / l->width;
    double area = (double)l->value * (double)l->width;
    l->before += (double)whole * area;
    if (area > l->most) l->most = area;
    l->end += whole * l->width;
}

/* The integral over the first span seconds of a value that sinks by rate to 0. */
static double sunk_area(double value, double rate, double span)
{
    if (rate <= 0) return value * span;
    double lasts = value / rate;
    return lasts < span ? value * lasts / 2 : (value - rate * span / 2) * span;
}

void load_sink(struct load *l, sim_time from, sim_time until, double value, double rate, double full_above)
{
    while (from < until) {
        if (from == l->end) close_stretch(l);
        sim_time to = until < l->end ? until : l->end;
        double span = sim_time_seconds(to - from), over = value - full_above;
        if (over > 0) l->full += rate > 0 && over / rate < span ? (sim_time)(over / rate * 1e9) : to - from;
        l->changes += (__int128)(sunk_area(value, rate, span) * 1e9);
        value = value > rate * span ? value - rate * span : 0;
        from = to;
    }
}

struct load_sum load_end(struct load *l, sim_time end)
{
    bool idle = l->before == 0 && l->changes == 0 && l->first == 0;
    if (idle || end <= 0) return (struct load_sum){.peak = l->peak};
    if (end > l->end) load_turn(l, end);
    /* The last stretch may be cut short. */
    l->changes -= (__int128)l->value * (l->end - end);
    if (l->value >= l->limit) l->full += end - l->full_since;
    close_stretch(l);
    return (struct load_sum){.mean = l->before / (double)end,
                             .busiest = l->most / (double)l->width,
                             .peak = l->peak,
                             .full = (double)l->full / (double)end};
}
