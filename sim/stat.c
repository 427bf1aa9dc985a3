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

void stat_clopper_pearson(double level, uint64_t k, uint64_t n, double *low, double *high)
{
    double tail = (1 - level) / 2, x = (double)k, m = (double)n;
    sim_assert(NULL, n > 0 && k <= n);
    *low = k == 0 ? 0 : gsl_cdf_beta_Pinv(tail, x, m - x + 1);
    *high = k == n ? 1 : gsl_cdf_beta_Qinv(tail, x + 1, m - x);
}

void ratio_add(struct ratio *r, double a, double b)
{
    r->runs++;
    double da = a - r->mean_a, db = b - r->mean_b, n = (double)r->runs;
    r->mean_a += da / n;
    r->mean_b += db / n;
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
    if (e->high > 1) e->high = 1;
}

struct estimate ratio_estimate(const struct ratio *r, double level, bool is_share)
{
    struct estimate e = {.method = "none"};
    if (r->runs == 0 || !(r->mean_b > 0)) return e;
    double n = (double)r->runs, value = r->mean_a / r->mean_b;
    e.has_value = true;
    e.value = e.low = e.high = value;
    if (r->runs_with_b < 2) return e;
    double m = (double)r->runs_with_b, residuals = r->aa - 2 * value * r->ab + value * value * r->bb;
    double error = sqrt((residuals > 0 ? residuals : 0) * m / (m - 1)) / (n * r->mean_b);
    double half = stat_t(level, m - 1) * error;
    e.has_interval = true;
    e.low = value - half > 0 ? value - half : 0;
    e.high = value + half;
    e.method = "ratio-t";
    if (is_share) widen_share(&e, r, level);
    return e;
}

void quantiles_init(struct quantiles *q)
{
    memset(q, 0, sizeof *q);
    q->low = HIST_BINS;
    q->least = SIM_NEVER;
    q->bins = mem_zero(HIST_BINS, sizeof *q->bins);
    q->d_ff = mem_zero(HIST_BINS, sizeof *q->d_ff);
    q->d_fn = mem_zero(HIST_BINS, sizeof *q->d_fn);
}

void quantiles_fini(struct quantiles *q)
{
    mem_free(q->bins);
    mem_free(q->d_ff);
    mem_free(q->d_fn);
    memset(q, 0, sizeof *q);
}

void quantiles_add(struct quantiles *q, const struct hist *h)
{
    double n = (double)h->count, f = 0;
    if (h->count == 0) return;
    q->runs++;
    q->count += h->count;
    q->sum_nn += n * n;
    for (uint32_t b = h->low; b <= h->high; b++) {
        if (h->bins[b] == 0) continue;
        double c = h->bins[b], next = f + c;
        q->bins[b] += h->bins[b];
        q->d_ff[b] += next * next - f * f;
        q->d_fn[b] += c * n;
        f = next;
    }
    if (h->low < q->low) q->low = h->low;
    if (h->high > q->high) q->high = h->high;
    if (h->least < q->least) q->least = h->least;
    if (h->most > q->most) q->most = h->most;
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

/* A value inside a bin, held within the least and the most that was seen. */
static double value_in_bin(const struct quantiles *q, uint32_t bin, double part)
{
    double low = (double)hist_bin_low(bin), high = (double)hist_bin_low(bin + 1);
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
            e.low = value_in_bin(q, w.bin, 0);
            low_found = true;
        }
        if (!found && w.count >= target) {
            e.value = value_in_bin(q, w.bin, (target - before) / (w.count - before));
            found = true;
        }
        if (!high_found && w.cdf.low >= share) {
            e.high = value_in_bin(q, w.bin, 1);
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
