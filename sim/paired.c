/* sim/paired.c - see sim/paired.h. */
#include "sim/paired.h"

#include "sim/mem.h"

#include <math.h>
#include <string.h>

static double square(double x)
{
    return x * x;
}

static void widen(struct estimate *e, double low, double high)
{
    if (low < e->low) e->low = low;
    if (high > e->high) e->high = high;
    e->method = "paired-clopper-pearson-runs";
}

static double saving(double apart, double paired)
{
    if (paired > 0) return apart / paired;
    return apart > 0 ? INFINITY : 0;
}

/* Where an interval is wider than the paired variance alone would make it, pairing has saved no more than it shows;
 * where that is nothing it is not known: what widened it has no likeness in the unpaired variance. */
static double saved_at_most(double saved, const struct estimate *e, double apart_squared)
{
    double half_squared = square((e->high - e->low) / 2);
    if (!(half_squared > 0 && apart_squared > 0 && saved > 1)) return saved;
    double most = apart_squared / half_squared;
    return most >= saved ? saved : most > 1 ? most : 0;
}

/* ---- ratios ---- */

enum { SUM_A, DIFF_A, SUM_B, DIFF_B }; /* of the two sides */

/* By how much the other's a is more, for as many things as the sides have in the mean. Exactly 0 where the two shares
 * are the same. */
static void add_direction(struct paired_ratio *p, double a1, double b1, double a2, double b2)
{
    double cross = a2 * b1 - a1 * b2, b = (b1 + b2) / 2, more = cross / (b1 * b2) * b;
    p->pairs++;
    p->differ += cross != 0;
    ratio_add(&p->more, cross > 0 ? more : 0, b);
    ratio_add(&p->less, cross < 0 ? -more : 0, b);
}

/* One more value in sums of products of three deviations: P. Pebay, "Formulas for robust, one-pass parallel computation
 * of covariances and arbitrary-order statistical moments", SAND2008-6212, 2008. Before products has it. */
static void add_cubes(struct paired_ratio *p, const double d[4])
{
    double n = (double)p->runs, third = (n - 1) * (n - 2) / (n * n);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j <= i; j++)
            for (int k = 0; k <= j; k++)
                p->cubes[i][j][k] +=
                    third * d[i] * d[j] * d[k] -
                    (d[i] * p->products[j][k] + d[j] * p->products[i][k] + d[k] * p->products[i][j]) / n;
}

void paired_ratio_add(struct paired_ratio *p, double base_a, double base_b, double other_a, double other_b)
{
    const double x[4] = {base_a + other_a, other_a - base_a, base_b + other_b, other_b - base_b};
    double before[4];
    p->runs++;
    for (int i = 0; i < 4; i++) {
        before[i] = x[i] - p->mean[i];
        p->mean[i] += before[i] / (double)p->runs;
    }
    add_cubes(p, before);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j <= i; j++) p->products[i][j] += before[i] * (x[j] - p->mean[j]);
    p->runs_with_b[0] += base_b > 0;
    p->runs_with_b[1] += other_b > 0;
    if (base_b > 0 && other_b > 0)
        add_direction(p, base_a, base_b, other_a, other_b);
    else if (base_b > 0 || other_b > 0)
        p->differ++;
}

/* Sum over runs of the square of a residual, given as weights of the four numbers. */
static double squares(const struct paired_ratio *p, const double w[4])
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j <= i; j++) sum += (i == j ? 1 : 2) * w[i] * w[j] * p->products[i][j];
    return sum > 0 ? sum : 0;
}

/* The same of the third power. */
static double cubes(const struct paired_ratio *p, const double w[4])
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j <= i; j++)
            for (int k = 0; k <= j; k++) {
                int times = i == j && j == k ? 1 : i == j || j == k ? 3 : 6;
                sum += times * w[i] * w[j] * w[k] * p->cubes[i][j][k];
            }
    return sum;
}

/* What the sums come to: means of each side's b, both ratios, sums of squared residuals of the sides by themselves and
 * of the difference, and its residuals' skewness. */
struct sides {
    double b[2], ratio[2];
    double apart, paired, skewness;
};

static struct sides sides_of(const struct paired_ratio *p)
{
    struct sides s;
    double weights[2][4], both[4];
    for (int side = 0; side < 2; side++) {
        double sign = side ? 1 : -1, a = (p->mean[SUM_A] + sign * p->mean[DIFF_A]) / 2;
        s.b[side] = (p->mean[SUM_B] + sign * p->mean[DIFF_B]) / 2;
        s.ratio[side] = a / s.b[side];
        weights[side][SUM_A] = 0.5 / s.b[side];
        weights[side][DIFF_A] = sign * weights[side][SUM_A];
        weights[side][SUM_B] = -s.ratio[side] * weights[side][SUM_A];
        weights[side][DIFF_B] = sign * weights[side][SUM_B];
    }
    for (int i = 0; i < 4; i++) both[i] = weights[1][i] - weights[0][i];
    s.apart = squares(p, weights[0]) + squares(p, weights[1]);
    s.paired = p->differ > 0 ? squares(p, both) : 0;
    /* What rounding leaves of a spread of none is none. */
    s.skewness = s.paired > 1e-18 * s.apart ? cubes(p, both) * sqrt((double)p->runs) / pow(s.paired, 1.5) : 0;
    return s;
}

/* The studentised error at which Hall's transformation of it is t: its inverse. k = skewness / sqrt(runs). */
static double unskewed(double t, double k)
{
    return k == 0 ? t : 3 / k * (cbrt(1 + k * (t - k / 6)) - 1);
}

/* How far what happens in one direction may be from what was seen of it, per thing. */
struct reach {
    double down, up;
};

static struct reach reach_of(const struct ratio *r, double level, double feared)
{
    double value = r->mean_a / r->mean_b, m = (double)r->runs, low, high;
    double squared = r->aa - 2 * value * r->ab + square(value) * r->bb;
    double half = stat_t(level, m - 1) * sqrt((squared > 0 ? squared : 0) / (m * (m - 1))) / r->mean_b;
    stat_clopper_pearson(level, r->runs_with_a, r->runs, &low, &high);
    double up = high * (r->runs_with_a > 0 ? r->largest / r->mean_b : feared) - value;
    return (struct reach){half < value ? half : value, up > half ? up : half};
}

/* Few runs differ: more and less are two rare things, each with its own reach, put together as independent (MOVER). */
static void widen_few(struct estimate *e, const struct paired_ratio *p, double level, bool is_share)
{
    double more_feared = is_share ? 1 : p->less.largest / p->less.mean_b;
    double less_feared = is_share ? 1 : p->more.largest / p->more.mean_b;
    struct reach more = reach_of(&p->more, level, more_feared), less = reach_of(&p->less, level, less_feared);
    widen(e, e->value - sqrt(square(more.down) + square(less.up)),
          e->value + sqrt(square(more.up) + square(less.down)));
}

struct difference paired_ratio_estimate(const struct paired_ratio *p, double level, bool is_share)
{
    struct difference d = {.estimate.method = "none", .pairs = p->pairs, .differ = p->differ};
    struct estimate *e = &d.estimate;
    if (p->runs_with_b[0] == 0 || p->runs_with_b[1] == 0) return d;
    struct sides s = sides_of(p);
    /* As R2 - R1, but exact where the sides have much in common. */
    double common = (s.ratio[0] + s.ratio[1]) / 2;
    e->has_value = true;
    e->value = e->low = e->high = (p->mean[DIFF_A] - common * p->mean[DIFF_B]) / ((s.b[0] + s.b[1]) / 2);
    if (p->pairs < 2 || (p->differ == 0 && !is_share)) return d;
    double n = (double)p->runs, m = (double)p->pairs, t = stat_t(level, m - 1), k = s.skewness / sqrt(n);
    double error = sqrt(s.paired * m / (m - 1)) / n;
    e->has_interval = true;
    e->low = e->value - unskewed(t, k) * error;
    e->high = e->value - unskewed(-t, k) * error;
    e->method = "paired-t";
    d.saved = saving(s.apart, s.paired);
    if (p->differ < STAT_FEW && (is_share || p->differ < p->pairs)) {
        widen_few(e, p, level, is_share);
        d.saved = saved_at_most(d.saved, e, square(stat_t(level, m - 1) / n) * s.apart * m / (m - 1));
    }
    if (is_share && e->low < -1) e->low = -1;
    if (is_share && e->high > 1) e->high = 1;
    return d;
}

/* ---- quantiles ---- */

void paired_quantiles_init(struct paired_quantiles *p)
{
    memset(p, 0, sizeof *p);
    for (int side = 0; side < 2; side++) {
        quantiles_init(&p->sides[side]);
        p->groups[side] = mem_zero((size_t)PAIRED_GROUPS * HIST_BINS, sizeof *p->groups[side]);
    }
}

void paired_quantiles_fini(struct paired_quantiles *p)
{
    for (int side = 0; side < 2; side++) {
        quantiles_fini(&p->sides[side]);
        mem_free(p->groups[side]);
    }
    memset(p, 0, sizeof *p);
}

static void add_to_group(struct paired_quantiles *p, int side, const struct hist *h, uint64_t group)
{
    uint64_t *bins = p->groups[side] + group * HIST_BINS;
    quantiles_add(&p->sides[side], h);
    p->counts[side][group] += h->count;
    for (uint32_t b = h->low; b <= h->high; b++) bins[b] += h->bins[b];
}

/* The largest distance of the two distribution functions of one run. */
static double distance(const struct hist *base, const struct hist *other)
{
    uint32_t from = base->low < other->low ? base->low : other->low;
    uint32_t to = base->high > other->high ? base->high : other->high;
    double f1 = 0, f2 = 0, n1 = (double)base->count, n2 = (double)other->count, most = 0;
    for (uint32_t b = from; b <= to; b++) {
        f1 += base->bins[b];
        f2 += other->bins[b];
        double apart = fabs(f2 * n1 - f1 * n2);
        if (apart > most) most = apart;
    }
    return most / (n1 * n2);
}

void paired_quantiles_add(struct paired_quantiles *p, const struct hist *base, const struct hist *other)
{
    if (base->count == 0 && other->count == 0) return;
    uint64_t group = p->runs++ % PAIRED_GROUPS;
    add_to_group(p, 0, base, group);
    add_to_group(p, 1, other, group);
    if (base->count == 0 || other->count == 0) {
        p->differ++;
        return;
    }
    double apart = distance(base, other), mean = ((double)base->count + (double)other->count) / 2;
    p->pairs++;
    p->differ += apart > 0 || base->count != other->count;
    ratio_add(&p->apart, apart * mean, mean);
}

/* A side's quantile, and where it would be were the distribution function there off by -1 .. 1 half widths of its own
 * interval: the two ends are Woodruff's interval. */
#define KNOTS 33
#define ROUGH 0.25 /* what is so many half widths off a parabola is no noise */
struct curve {
    double at[KNOTS]; /* seconds */
    double bin_width; /* of the quantile's bin, seconds */
    uint32_t bin;     /* where the quantile is, */
    double part;      /* and how far within that bin */
};

static double knot(int k)
{
    return (double)(2 * k - KNOTS + 1) / (KNOTS - 1);
}

/* Fills the curve as far as the function z, which was at before at the bin's lower edge, has come at its upper one. */
static int fill(struct curve *c, int k, const struct quantiles *q, uint32_t bin, double before, double z)
{
    for (; k < KNOTS && knot(k) <= z; k++) {
        double part = before < knot(k) && z < INFINITY && before > -INFINITY ? (knot(k) - before) / (z - before) : 0;
        c->at[k] = quantiles_in_bin(q, bin, part);
    }
    return k;
}

/* wider: how much wider than the distribution function's own intervals. */
static struct curve curve_of(const struct quantiles *q, double share, double level, double wider)
{
    struct curve c = {0};
    struct quantiles_walk w = quantiles_walk_begin(q, level);
    double before = 0, z_before = -INFINITY;
    int k = 0;
    while (k < KNOTS && quantiles_walk_next(&w)) {
        double f = w.cdf.value, half = wider * fmax(w.cdf.high - f, f - w.cdf.low);
        double z = half > 0 ? (f - share) / half : f < share ? -INFINITY : INFINITY;
        k = fill(&c, k, q, w.bin, z_before, z);
        if (before < share && f >= share) {
            c.bin = w.bin;
            c.part = (share - before) / (f - before);
            c.bin_width = (double)(hist_bin_low(w.bin + 1) - hist_bin_low(w.bin)) / 1e9;
        }
        before = f;
        z_before = z > z_before ? z : z_before;
    }
    for (; k < KNOTS; k++) c.at[k] = (double)q->most / 1e9;
    return c;
}

static double curve_at(const struct curve *c, double z)
{
    double x = (z + 1) / 2 * (KNOTS - 1);
    int k = x <= 0 ? 0 : x >= KNOTS - 1 ? KNOTS - 2 : (int)x;
    return c->at[k] + (c->at[k + 1] - c->at[k]) * (x - k);
}

/* Makes the curve a parabola through its ends and its middle where it is nearly one: of what is left, most is noise,
 * and the largest and the least of noise would be too far apart. A curve in steps stays as it is. */
static bool smooth(struct curve *c)
{
    const double low = c->at[0], middle = c->at[KNOTS / 2], high = c->at[KNOTS - 1];
    double slope = (high - low) / 2, bend = (high + low) / 2 - middle;
    for (int k = 0; k < KNOTS; k++)
        if (fabs(c->at[k] - (middle + knot(k) * (slope + knot(k) * bend))) > ROUGH * slope) return false;
    for (int k = 0; k < KNOTS; k++) c->at[k] = middle + knot(k) * (slope + knot(k) * bend);
    return true;
}

/* A group's values up to the place, less as many as all runs would have of so many. */
static double residual(const struct paired_quantiles *p, int side, const struct curve *at, int group, double below)
{
    const uint64_t *bins = p->groups[side] + (size_t)group * HIST_BINS;
    double sum = at->part * (double)bins[at->bin];
    for (uint32_t b = p->sides[side].low; b < at->bin; b++) sum += (double)bins[b];
    return sum - below * (double)p->counts[side][group];
}

/* Of the two sides' distribution functions, at their quantiles. 0 where one of them never varies. */
static double correlation(const struct paired_quantiles *p, const struct curve at[2], double share)
{
    double xx = 0, xy = 0, yy = 0;
    for (int g = 0; g < PAIRED_GROUPS; g++) {
        double x = residual(p, 0, &at[0], g, share), y = residual(p, 1, &at[1], g, share);
        xx += x * x, xy += x * y, yy += y * y;
    }
    if (!(xx > 0 && yy > 0)) return 0;
    double rho = xy / sqrt(xx * yy);
    return rho > 1 ? 1 : rho < -1 ? -1 : rho;
}

struct span {
    double low, high;
};

/* The least and the largest difference on the ellipse on which the two are equally likely to be off. */
static struct span differences(const struct curve c[2], double rho)
{
    struct span s = {INFINITY, -INFINITY};
    for (int k = 0; k < 4 * KNOTS; k++) {
        int step = k / 4;
        double u = (double)step / (KNOTS - 1); /* tangent of half an angle: cosine and sine without libm */
        double common = sqrt((1 + rho) / 2) * (1 - u * u) / (1 + u * u),
               own = sqrt((1 - rho) / 2) * 2 * u / (1 + u * u);
        if (k & 1) common = -common;
        if (k & 2) own = -own;
        double d = curve_at(&c[1], common + own) - curve_at(&c[0], common - own);
        if (d < s.low) s.low = d;
        if (d > s.high) s.high = d;
    }
    return s;
}

/* The interval; gives what pairing saved. A value is known to its bin: where a curve is smooth that is one more error
 * beside the others, where it has steps the whole bin may be wrong. */
static double put_together(struct curve c[2], double rho, struct estimate *e)
{
    double even = 0, uneven = 0;
    for (int i = 0; i < 2; i++) {
        if (smooth(&c[i]))
            even += square(c[i].bin_width);
        else
            uneven += c[i].bin_width;
    }
    struct span s = differences(c, rho), apart = differences(c, 0);
    double down = e->value > s.low ? e->value - s.low : 0, up = e->value < s.high ? s.high - e->value : 0;
    e->low = e->value - sqrt(square(down) + even) - uneven;
    e->high = e->value + sqrt(square(up) + even) + uneven;
    return saving(square(apart.high - apart.low), square(s.high - s.low));
}

/* The quantile's value at any share, in seconds; the least or the most seen beyond 0 and 1. */
static double value_at(const struct quantiles *q, double share)
{
    if (share <= 0) return (double)q->least / 1e9;
    if (share >= 1) return (double)q->most / 1e9;
    return quantiles_estimate(q, share, 0.5).value;
}

/* Few runs differ: by how much of all values the two distribution functions may be apart, and what that makes of the
 * quantile on either side. False where they may be so far apart that nobody saw what lies there. */
static bool widen_few_quantiles(struct estimate *e, const struct paired_quantiles *p, double share, double level)
{
    double low, high, worst = p->apart.runs_with_a > 0 ? p->apart.largest / p->apart.mean_b : 1;
    stat_clopper_pearson(level, p->apart.runs_with_a, p->pairs, &low, &high);
    double apart = high * worst;
    for (int side = 0; side < 2; side++) {
        const struct quantiles *q = &p->sides[side];
        double down = value_at(q, share) - value_at(q, share - apart);
        double up = value_at(q, share + apart) - value_at(q, share);
        widen(e, side ? -up : -down, side ? down : up);
    }
    return share - apart > 0 && share + apart < 1;
}

struct difference paired_quantiles_estimate(const struct paired_quantiles *p, double share, double level)
{
    struct difference d = {.estimate.method = "none", .pairs = p->pairs, .differ = p->differ};
    struct estimate *e = &d.estimate;
    if (p->sides[0].count == 0 || p->sides[1].count == 0) return d;
    e->has_value = true;
    e->value = e->low = e->high = value_at(&p->sides[1], share) - value_at(&p->sides[0], share);
    if (p->pairs < 2) return d;
    e->has_interval = true;
    e->method = "paired-woodruff";
    if (p->differ > 0) {
        /* The correlation is known from groups: no better than Student's t of so many. */
        double m = (double)p->pairs,
               wider = m > PAIRED_GROUPS ? stat_t(level, PAIRED_GROUPS - 1) / stat_t(level, m - 1) : 1;
        struct curve curves[2];
        for (int side = 0; side < 2; side++) curves[side] = curve_of(&p->sides[side], share, level, wider);
        d.saved = put_together(curves, correlation(p, curves, share), e);
    } else {
        struct estimate one = quantiles_estimate(&p->sides[0], share, level);
        d.saved = saving(one.high - one.low, 0);
    }
    if (p->differ < STAT_FEW && p->differ < p->pairs && !widen_few_quantiles(e, p, share, level) && p->differ == 0) {
        *e = (struct estimate){.method = "none", .has_value = true};
        d.saved = 0;
    } else {
        struct estimate base = quantiles_estimate(&p->sides[0], share, level);
        struct estimate other = quantiles_estimate(&p->sides[1], share, level);
        d.saved = saved_at_most(d.saved, e, square((base.high - base.low) / 2) + square((other.high - other.low) / 2));
    }
    return d;
}
