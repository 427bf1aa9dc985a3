/* sim/steady.c - see sim/steady.h. */
#include "sim/steady.h"

#include "sim/mem.h"

#include <math.h>

void series_init(struct series *s)
{
    *s = (struct series){.size = SERIES_FIRST};
    s->cells = mem_new(SERIES_CELLS * sizeof *s->cells);
}

void series_fini(struct series *s)
{
    mem_free(s->cells);
    s->cells = NULL;
}

void series_clear(struct series *s)
{
    *s = (struct series){.cells = s->cells, .size = SERIES_FIRST};
}

/* Two groups of observations as one (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing
 * sample variances", 1979): na of a, nb of b. */
static struct cell join(struct cell a, double na, struct cell b, double nb)
{
    double d = b.mean - a.mean, n = na + nb;
    return (struct cell){a.mean + d * nb / n, a.squares + b.squares + d * d * na * nb / n};
}

static void halve(struct series *s)
{
    double n = (double)s->size;
    s->count /= 2;
    s->size *= 2;
    for (size_t i = 0; i < s->count; i++) s->cells[i] = join(s->cells[2 * i], n, s->cells[2 * i + 1], n);
}

void series_add(struct series *s, double x)
{
    s->open = join(s->open, (double)s->in_open, (struct cell){x, 0}, 1);
    if (++s->in_open < s->size) return;
    s->cells[s->count++] = s->open;
    s->open = (struct cell){0, 0};
    s->in_open = 0;
    if (s->count == SERIES_CELLS) halve(s);
}

uint32_t series_warm_up(const struct series *s, bool *settled)
{
    uint32_t n = s->count, half = n / 2, best = half;
    double mean = 0, squares = 0, least = INFINITY;
    *settled = true;
    if (n < 2) return 0;
    for (uint32_t d = n; d-- > 0;) {
        double left = n - d, z = s->cells[d].mean, off = z - mean;
        mean += off / left;
        squares += off * (z - mean);
        double error = squares / (left * left);
        if (d > half || error > least) continue;
        least = error;
        best = d;
    }
    *settled = best < half;
    return best;
}

/* The batch means, and what they say. */
struct batches {
    double mean, variance, skewness, correlation;
};

/* Of the cells from `from` on. By updates, so that equal cells have just their mean. */
static double mean_of(const struct series *s, uint32_t from, uint32_t cells)
{
    double mean = 0;
    for (uint32_t i = 0; i < cells; i++) mean += (s->cells[from + i].mean - mean) / (i + 1);
    return mean;
}

static struct batches batches_of(const struct series *s, uint32_t from, uint32_t cells)
{
    double means[STEADY_BATCHES], n = STEADY_BATCHES, squares = 0, cubes = 0, products = 0;
    struct batches b = {0};
    for (uint32_t k = 0; k < STEADY_BATCHES; k++) {
        means[k] = mean_of(s, from + k * cells, cells);
        b.mean += (means[k] - b.mean) / (k + 1);
    }
    for (uint32_t k = 0; k < STEADY_BATCHES; k++) {
        double d = means[k] - b.mean;
        squares += d * d;
        cubes += d * d * d;
        if (k > 0) products += d * (means[k - 1] - b.mean);
    }
    b.variance = squares / (n - 1);
    if (!(b.variance > 0)) return b;
    b.skewness = cubes * n / ((n - 1) * (n - 2)) / (b.variance * sqrt(b.variance));
    b.correlation = products / squares;
    return b;
}

/* The variance of all observations from the cell `from` on. */
static double spread(const struct series *s, uint32_t from)
{
    struct cell all = {0, 0};
    double size = (double)s->size, n = 0;
    for (uint32_t i = from; i < s->count; i++, n += size) all = join(all, n, s->cells[i], size);
    return all.squares / n;
}

/* Willink's transformation of a quantile t of Student's law, for n means of this skewness. */
static double bend(double t, double skewness, double n)
{
    double beta = skewness / (6 * sqrt(n));
    if (fabs(beta) < 1e-6) return t;
    return (cbrt(1 + 6 * beta * (t - beta)) - 1) / (2 * beta);
}

struct steady series_mean(const struct series *s, uint32_t from, double level)
{
    uint32_t cells = (s->count - from) / STEADY_BATCHES;
    struct steady r = {.mean = {.method = "none"}, .observations = s->count * s->size, .settled = true};
    r.deleted = r.observations;
    r.with_all = mean_of(s, 0, s->count);
    if (cells == 0) return r;
    from = s->count - cells * STEADY_BATCHES;
    struct batches b = batches_of(s, from, cells);
    r.mean = (struct estimate){b.mean, b.mean, b.mean, true, false, "none"};
    r.deleted = from * s->size;
    r.batches = STEADY_BATCHES;
    r.batch_size = cells * s->size;
    if (!(b.variance > 0)) return r;
    double n = STEADY_BATCHES, t = stat_t(level, n - 1);
    double stretch = b.correlation > 0 ? (1 + b.correlation) / (1 - b.correlation) : 1;
    double variance = b.variance / n * stretch, error = sqrt(variance), all = (double)(r.observations - r.deleted);
    r.correlation = b.correlation;
    r.worth = spread(s, from) / variance;
    if (r.worth > all) r.worth = all;
    r.mean.low = b.mean - bend(t, b.skewness, n) * error;
    r.mean.high = b.mean - bend(-t, b.skewness, n) * error;
    r.mean.has_interval = true;
    r.mean.method = "batch-means";
    return r;
}

struct steady series_steady(const struct series *s, double level)
{
    bool settled;
    uint32_t from = series_warm_up(s, &settled);
    struct steady r = series_mean(s, from, level);
    r.settled = settled;
    return r;
}

bool steady_is_short(const struct steady *s)
{
    if (s->observations == 0) return false;
    return s->batches == 0 || (s->mean.has_interval && s->worth < STEADY_WORTH);
}
