/* sim/stopping.c - see sim/stopping.h. */
#include "sim/stopping.h"

#include "sim/check.h"

#include <math.h>
#include <stddef.h>

/* -ln 0.025: when n runs have not seen a thing, runs that would see it are at most this / n of all (97.5 %). */
#define UNSEEN 3.6889

double stopping_half(const struct estimate *e)
{
    if (!e->has_value || !e->has_interval) return NAN;
    return fmax(e->high - e->value, e->value - e->low);
}

static sim_time nanoseconds(double seconds)
{
    return (sim_time)llround(seconds * 1e9);
}

struct stopping_data stopping_of_ratio(const struct ratio *r, struct estimate e)
{
    double skewness = ratio_skewness(r);
    return (struct stopping_data){.e = e, .least = STOPPING_COCHRAN * skewness * skewness};
}

struct stopping_data stopping_of_quantile(const struct quantiles *q, double share, struct estimate e)
{
    struct stopping_data d = {.e = e, .least = STOPPING_BEYOND / fmin(share, 1 - share)};
    if (!e.has_value || !e.has_interval) return d;
    sim_time low = nanoseconds(e.low), high = nanoseconds(e.high), end = hist_bin_low(hist_bin(low) + 1);
    if (high <= end)
        d.grain = stopping_half(&e);
    else if (high >= q->most)
        d.open = true;
    else
        d.grain = sim_time_seconds(end - low) / 2; /* of the narrowest of its bins, or what is used of it */
    return d;
}

/* None of so many runs saw it. At most UNSEEN / runs of all runs may, and so many of them are wanted: the need is not
 * less than this. Beyond the limit, that is never. */
static struct stopping_answer unseen(enum stopping_why why, double wanted, uint64_t runs, uint64_t limit)
{
    struct stopping_answer a = {.state = STOPPING_MORE, .half = NAN, .reached = NAN};
    a.need = fmax(wanted / UNSEEN, 2) * (double)runs;
    if (a.need <= (double)limit) return a;
    a.state = STOPPING_NEVER;
    a.why = why;
    a.need = 0;
    return a;
}

/* Of one run only, or of an interval that is too wide: how far to go on. */
static double needed(const struct stopping_data *d, double half, double target, double runs)
{
    const struct estimate *e = &d->e;
    if (!e->has_interval) return STAT_FEW * runs; /* one in so many has a value: STAT_FEW are likely by then */
    /* An interval narrows with the root of the runs; where nothing was seen yet, with the runs. */
    bool none = e->value == e->low || e->value == e->high;
    return runs * (none ? half / target : pow(half / target, 2));
}

struct stopping_answer stopping_ask(const struct stopping_goal *g, const struct stopping_data *d, uint64_t runs,
                                    uint64_t limit)
{
    sim_assert(NULL, g->asked > 0 && runs > 0);
    double n = (double)runs, size = fabs(d->e.value), half = stopping_half(&d->e);
    double target = g->relative ? g->asked * size : g->asked;
    if (!d->e.has_value) return unseen(STOPPING_NO_VALUE, STAT_FEW, runs, limit);
    /* k sightings leave a relative error of 1 / sqrt(k) at least. */
    if (g->relative && !(size > 0)) return unseen(STOPPING_ZERO, pow(1.96 / g->asked, 2), runs, limit);
    struct stopping_answer a = {
        .state = STOPPING_MORE, .half = half, .reached = g->relative ? half / size : half, .need = d->least};
    if (!(half <= target)) {
        a.need = fmax(d->least, needed(d, half, target, n));
        if (d->grain > target) a = (struct stopping_answer){STOPPING_NEVER, STOPPING_GRAIN, half, a.reached, 0};
    } else if (n < d->least) {
        a.why = STOPPING_FEW;
    } else if (d->open) {
        a.why = STOPPING_OPEN;
        a.need = 2 * n;
    } else {
        a.state = STOPPING_MET;
        a.need = 0;
    }
    return a;
}

uint64_t stopping_next(uint64_t runs, double need, uint64_t limit)
{
    sim_assert(NULL, runs < limit);
    uint64_t at = STOPPING_FIRST;
    while (at <= runs) at += at / 20;
    while ((double)at < need && at + at / 20 <= 2 * runs) at += at / 20;
    return at < limit ? at : limit;
}
