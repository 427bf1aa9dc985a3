/* sim/stat.c - see sim/stat.h. */
#include "sim/stat.h"

#include "sim/check.h"
#include "sim/mem.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

double stat_t(double level, double df)
{
    sim_assert(NULL, level > 0 && level < 1 && df > 0);
    return gsl_cdf_tdist_Pinv(0.5 + level / 2, df);
}

/* The x in 0 .. 1 at which the beta law's lower tail (or its upper tail) is this, by bisection: GSL's own inverse fails
 * (NaN, or an end of the program) in common cases such as 4 of 360. */
static double beta_at(double tail, bool upper, double a, double b)
{
    double low = 0, high = 1;
    while (high - low > 1e-13 * high) {
        double middle = low + (high - low) / 2;
        bool beyond = upper ? gsl_cdf_beta_Q(middle, a, b) < tail : gsl_cdf_beta_P(middle, a, b) > tail;
        if (beyond)
            high = middle;
        else
            low = middle;
    }
    return low + (high - low) / 2;
}

void stat_clopper_pearson(double level, uint64_t k, uint64_t n, double *low, double *high)
{
    double tail = (1 - level) / 2, x = (double)k, m = (double)n;
    sim_assert(NULL, n > 0 && k <= n);
    *low = k == 0 ? 0 : beta_at(tail, false, x, m - x + 1);
    *high = k == n ? 1 : beta_at(tail, true, x + 1, m - x);
}

void ratio_add(struct ratio *r, double a, double b)
{
    r->runs++;
    double da = a - r->mean_a, db = b - r->mean_b, n = (double)r->runs;
    /* One more value in sums of products of three deviations: P. Pebay, SAND2008-6212, 2008. */
    double ma = da / n, mb = db / n, third = (n - 1) * (n - 2) / n;
    r->aaa += third * da * da * ma - 3 * ma * r->aa;
    r->aab += third * da * da * mb - mb * r->aa - 2 * ma * r->ab;
    r->abb += third * da * db * mb - ma * r->bb - 2 * mb * r->ab;
    r->bbb += third * db * db * mb - 3 * mb * r->bb;
    r->mean_a += ma;
    r->mean_b += mb;
    r->aa += da * (a - r->mean_a);
    r->ab += da * (b - r->mean_b);
    r->bb += db * (b - r->mean_b);
    if (b > 0) r->runs_with_b++;
    if (a > 0) r->runs_with_a++;
    if (a < b) r->runs_without++;
    if (a > r->largest) r->largest = a;
    if (b - a > r->largest_gap) r->largest_gap = b - a;
}

/* Fewer than STAT_FEW runs saw the thing happen: the upper bound must also allow for the runs that were not seen. The
 * runs in which it happens have at most Clopper-Pearson's share; in none of them did it happen more often than in the
 * worst one seen. If none was seen, all messages of such a run are feared, and only runs that had any count. */
static double few_bound(double level, uint64_t seen, const struct ratio *r, double worst)
{
    double low, high;
    stat_clopper_pearson(level, seen, seen == 0 ? r->runs_with_b : r->runs, &low, &high);
    return high * (seen == 0 ? 1 : worst / r->mean_b);
}

static void widen_share(struct estimate *e, const struct ratio *r, double level)
{
    if (r->runs_with_a < STAT_FEW) {
        double bound = few_bound(level, r->runs_with_a, r, r->largest);
        if (bound > e->high) e->high = bound;
        if (r->runs_with_a == 0) e->low = 0;
        e->method = "clopper-pearson-runs";
    }
    if (r->runs_without < STAT_FEW) {
        double bound = 1 - few_bound(level, r->runs_without, r, r->largest_gap);
        if (bound < e->low) e->low = bound;
        if (r->runs_without == 0) e->high = 1;
        e->method = "clopper-pearson-runs";
    }
    if (e->low < 0) e->low = 0;
}

/* Sum of the squares of the residuals. */
static double residuals(const struct ratio *r, double value)
{
    double sum = r->aa - 2 * value * r->ab + value * value * r->bb;
    return sum > 0 ? sum : 0;
}

double ratio_skewness(const struct ratio *r)
{
    if (r->runs_with_b < 3 || !(r->mean_b > 0)) return 0;
    double v = r->mean_a / r->mean_b, m = (double)r->runs_with_b, spread = sqrt(residuals(r, v) / m);
    double cubes = (r->aaa - 3 * v * r->aab + 3 * v * v * r->abb - v * v * v * r->bbb) / m;
    /* What rounding leaves of a spread of none is none. */
    return spread > 1e-9 * (r->mean_a + v * r->mean_b) ? cubes / (spread * spread * spread) : 0;
}

/* The studentized error at which Hall's transformation of it is x: its inverse. k = skewness / sqrt(runs). */
static double with_skewness(double x, double k)
{
    double y = k * (x - k / 6);
    if (k == 0) return x;
    return 3 / k * (y > -0.5 ? expm1(log1p(y) / 3) : cbrt(1 + y) - 1);
}

struct estimate ratio_estimate(const struct ratio *r, double level, bool is_share)
{
    struct estimate e = {.method = "none"};
    if (r->runs == 0 || !(r->mean_b > 0)) return e;
    double n = (double)r->runs, value = r->mean_a / r->mean_b;
    e.has_value = true;
    e.value = e.low = e.high = value;
    if (r->runs_with_b < 2) return e;
    bool few = is_share && (r->runs_with_a < STAT_FEW || r->runs_without < STAT_FEW);
    double m = (double)r->runs_with_b, t = stat_t(level, m - 1), k = few ? 0 : ratio_skewness(r) / sqrt(m);
    double error = sqrt(residuals(r, value) * m / (m - 1)) / (n * r->mean_b);
    e.has_interval = true;
    e.low = value - with_skewness(t, k) * error;
    e.high = value - with_skewness(-t, k) * error;
    if (e.low < 0) e.low = 0;
    e.method = "ratio-t";
    if (few) widen_share(&e, r, level);
    if (is_share && e.high > 1) e.high = 1;
    return e;
}

static void quantiles_open(struct quantiles *q, uint32_t shift)
{
    uint32_t count = HIST_BINS >> shift;
    memset(q, 0, sizeof *q);
    q->shift = shift;
    q->low = count;
    q->least = SIM_NEVER;
    q->bins = mem_zero(count, sizeof *q->bins);
    q->d_ff = mem_zero(count, sizeof *q->d_ff);
    q->d_fn = mem_zero(count, sizeof *q->d_fn);
}

void quantiles_init(struct quantiles *q)
{
    quantiles_open(q, 0);
}

void quantiles_init_rough(struct quantiles *q)
{
    quantiles_open(q, ROUGH_SHIFT);
}

void quantiles_fini(struct quantiles *q)
{
    mem_free(q->bins);
    mem_free(q->d_ff);
    mem_free(q->d_fn);
    memset(q, 0, sizeof *q);
}

/* count times of a run, in bins low .. high. */
static void add_bins(struct quantiles *q, uint64_t count, const uint32_t *bins, uint32_t low, uint32_t high)
{
    double n = (double)count, f = 0;
    q->runs++;
    q->count += count;
    q->sum_nn += n * n;
    for (uint32_t b = low; b <= high; b++) {
        if (bins[b] == 0) continue;
        double c = bins[b], next = f + c;
        q->bins[b] += bins[b];
        q->d_ff[b] += next * next - f * f;
        q->d_fn[b] += c * n;
        f = next;
    }
    if (low < q->low) q->low = low;
    if (high > q->high) q->high = high;
}

static void add_ends(struct quantiles *q, sim_time least, sim_time most)
{
    if (least < q->least) q->least = least;
    if (most > q->most) q->most = most;
}

void quantiles_add(struct quantiles *q, const struct hist *h)
{
    if (h->count == 0) return;
    add_bins(q, h->count, h->bins, h->low, h->high);
    add_ends(q, h->least, h->most);
}

void quantiles_add_rough(struct quantiles *q, const struct rough_hist *h)
{
    if (h->count == 0) return;
    add_bins(q, h->count, h->bins, h->low, h->high);
    add_ends(q, h->least, h->most);
}

static double walk_error(const struct quantiles_walk *w)
{
    double p = w->cdf.value, n = (double)w->q->runs;
    double residuals = w->ff - 2 * p * w->fn + p * p * w->q->sum_nn;
    return sqrt((residuals > 0 ? residuals : 0) * n / (n - 1)) / (double)w->q->count;
}

struct quantiles_walk quantiles_walk_begin(const struct quantiles *q, double level)
{
    struct quantiles_walk w = {.q = q, .level = level, .next = q->low};
    w.cdf.has_value = true;
    w.cdf.has_interval = q->runs > 1;
    w.cdf.method = q->runs > 1 ? "ratio-t" : "none";
    if (q->runs > 1) w.t = stat_t(level, (double)q->runs - 1);
    return w;
}

bool quantiles_walk_next(struct quantiles_walk *w)
{
    const struct quantiles *q = w->q;
    while (w->next <= q->high && q->count > 0) {
        uint32_t b = w->next++;
        if (q->bins[b] == 0) continue;
        w->bin = b;
        w->count += (double)q->bins[b];
        w->ff += q->d_ff[b];
        w->fn += q->d_fn[b];
        w->cdf.value = w->count / (double)q->count;
        double half = w->cdf.has_interval ? w->t * walk_error(w) : 0;
        w->cdf.low = w->cdf.value - half > 0 ? w->cdf.value - half : 0;
        w->cdf.high = w->cdf.value + half < 1 ? w->cdf.value + half : 1;
        return true;
    }
    return false;
}

double quantiles_in_bin(const struct quantiles *q, uint32_t bin, double part)
{
    double low = (double)hist_bin_low(bin << q->shift), high = (double)hist_bin_low((bin + 1) << q->shift);
    double v = low + (high - low) * part;
    if (v < (double)q->least) v = (double)q->least;
    if (v > (double)q->most) v = (double)q->most;
    return v / 1e9;
}

struct estimate quantiles_estimate(const struct quantiles *q, double share, double level)
{
    struct estimate e = {.method = "none"};
    if (q->count == 0) return e;
    struct quantiles_walk w = quantiles_walk_begin(q, level);
    bool found = false, low_found = false, high_found = false;
    double target = share * (double)q->count, before = 0;
    while (!(found && low_found && high_found) && quantiles_walk_next(&w)) {
        if (!low_found && w.cdf.high >= share) {
            e.low = quantiles_in_bin(q, w.bin, 0);
            low_found = true;
        }
        if (!found && w.count >= target) {
            e.value = quantiles_in_bin(q, w.bin, (target - before) / (w.count - before));
            found = true;
        }
        if (!high_found && w.cdf.low >= share) {
            e.high = quantiles_in_bin(q, w.bin, 1);
            high_found = true;
        }
        before = w.count;
    }
    e.has_value = true;
    e.has_interval = w.cdf.has_interval;
    e.method = e.has_interval ? "woodruff" : "none";
    if (!high_found) e.high = (double)q->most / 1e9;
    if (!e.has_interval) e.low = e.high = e.value;
    return e;
}

void moments_add(struct moments *m, double x)
{
    double d = x - m->mean;
    m->runs++;
    m->mean += d / (double)m->runs;
    m->squares += d * (x - m->mean);
    if (x > m->most) m->most = x;
}

struct estimate moments_estimate(const struct moments *m, double level)
{
    struct estimate e = {.method = "none", .value = m->mean, .low = m->mean, .high = m->mean, .has_value = m->runs > 0};
    if (m->runs < 2) return e;
    double n = (double)m->runs, half = stat_t(level, n - 1) * sqrt(m->squares / (n - 1) / n);
    e.has_interval = true;
    e.low = m->mean - half > 0 ? m->mean - half : 0;
    e.high = m->mean + half;
    e.method = "mean-t";
    return e;
}
