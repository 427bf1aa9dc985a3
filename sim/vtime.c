/* sim/vtime.c - see sim/vtime.h. */
#include "sim/vtime.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

sim_time sim_time_from_seconds(double s)
{
    if (!(s > 0)) return 0;
    if (s >= sim_time_seconds(SIM_LONGEST)) return SIM_LONGEST;
    sim_time t = (sim_time)llround(s * 1e9);
    int bits = 64 - __builtin_clzll((uint64_t)t | 1);
    if (bits <= 40) return t;
    sim_time unit = (sim_time)1 << (bits - 40);
    t = (t + unit / 2) & ~(unit - 1);
    return t < SIM_LONGEST ? t : SIM_LONGEST;
}

/* Prints value/unit with up to three significant digits and no trailing zeros. */
static void print_scaled(char *buf, sim_time t, sim_time unit, const char *name)
{
    double x = (double)t / (double)unit;
    snprintf(buf, 32, "%.3g%s", x, name);
}

/* From a minute on: the coarsest pair of units that does not round up to the next pair's first. */
static void print_pair(char *buf, sim_time t)
{
    static const struct {
        sim_time size, sub, next;
        const char *name, *sub_name;
    } units[] = {
        {SIM_MINUTE, SIM_SECOND, SIM_HOUR, "m", "s"},
        {SIM_HOUR, SIM_MINUTE, SIM_DAY, "h", "m"},
        {SIM_DAY, SIM_HOUR, SIM_NEVER, "d", "h"},
    };
    for (unsigned i = 0; i < sizeof units / sizeof *units; i++) {
        sim_time r = (t + units[i].sub / 2) / units[i].sub * units[i].sub;
        if (r >= units[i].next) continue;
        sim_time whole = r / units[i].size, rest = r % units[i].size / units[i].sub;
        if (rest)
            snprintf(buf, 32, "%" PRId64 "%s%" PRId64 "%s", whole, units[i].name, rest, units[i].sub_name);
        else
            snprintf(buf, 32, "%" PRId64 "%s", whole, units[i].name);
        return;
    }
}

char *sim_time_text(sim_time t, char buf[32])
{
    if (t == SIM_NEVER) {
        snprintf(buf, 32, "never");
    } else if (t < 0) {
        char positive[32];
        snprintf(buf, 32, "-%.30s", sim_time_text(-t, positive));
    } else if (t == 0) {
        snprintf(buf, 32, "0s");
    } else if (t < SIM_US) {
        snprintf(buf, 32, "%" PRId64 "ns", t);
    } else if (t < 999500) {
        print_scaled(buf, t, SIM_US, "us");
    } else if (t < SIM_SECOND - 500 * SIM_US) {
        print_scaled(buf, t, SIM_MS, "ms");
    } else if (t < SIM_MINUTE - 50 * SIM_MS) {
        print_scaled(buf, t, SIM_SECOND, "s");
    } else {
        print_pair(buf, t);
    }
    return buf;
}
