/* sim/weighted.c - see sim/weighted.h. */
#include "sim/weighted.h"

#include <math.h>

enum { WA, OFF, B }; /* w a, (w - 1) b, b */

void weighted_add(struct weighted *x, double weight, double a, double b)
{
    const double value[3] = {weight * a, (weight - 1) * b, b};
    double before[3];
    x->runs++;
    for (int i = 0; i < 3; i++) {
        before[i] = value[i] - x->mean[i];
        x->mean[i] += before[i] / (double)x->runs;
    }
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) x->cross[i][k] += before[i] * (value[k] - x->mean[k]);
    x->aa += weight * a * a;
    x->ab += weight * a * b;
    x->bb += weight * b * b;
    x->weights += weight;
    x->squares += weight * weight;
    x->seen += a > 0;
    if (weight * a > x->largest) x->largest = weight * a;
    if (weight > x->heaviest) x->heaviest = weight;
}

/* How much of (w - 1) b is in w a - share b: the least squares' slope. */
static double slope(const struct weighted *x)
{
    double share = x->mean[WA] / x->mean[B];
    if (x->seen < STAT_FEW || !(x->cross[OFF][OFF] > 0)) return 0;
    double c = (x->cross[WA][OFF] - share * x->cross[B][OFF]) / x->cross[OFF][OFF];
    return x->mean[WA] - c * x->mean[OFF] > 0 ? c : 0;
}

static double share_of(const struct weighted *x, double c)
{
    return (x->mean[WA] - c * x->mean[OFF]) / x->mean[B];
}

static double error_of(const struct weighted *x, double c, double share)
{
    double n = (double)x->runs;
    const double by[3] = {1, -c, -share};
    double residuals = 0;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) residuals += by[i] * by[k] * x->cross[i][k];
    return sqrt((residuals > 0 ? residuals : 0) / (n - 1) / n) / x->mean[B];
}

static void widen(struct estimate *e, const struct weighted *x, double level, double most_weight)
{
    double low, high;
    stat_clopper_pearson(level, x->seen, x->runs, &low, &high);
    high *= x->seen == 0 ? most_weight : x->largest / x->mean[B];
    if (high > e->high) e->high = high;
    e->method = "weighted-few";
}

struct estimate weighted_estimate(const struct weighted *x, double level, double most_weight)
{
    struct estimate e = {.method = "none"};
    if (x->runs == 0 || !(x->mean[B] > 0)) return e;
    double c = slope(x), share = share_of(x, c);
    e.has_value = true;
    e.value = e.low = e.high = share;
    if (x->runs < 2) return e;
    e.has_interval = true;
    e.method = "weighted-t";
    if (share > 0) {
        double factor = exp(stat_t(level, (double)x->runs - 1) * error_of(x, c, share) / share);
        e.low = share / factor;
        e.high = share * factor;
    }
    if (x->seen < STAT_FEW) widen(&e, x, level, most_weight);
    if (e.value > 1) e.value = 1;
    if (e.low > e.value) e.low = e.value;
    if (e.high > 1) e.high = 1;
    return e;
}

double weighted_error(const struct weighted *x)
{
    if (x->runs < 2 || x->seen == 0) return INFINITY;
    double c = slope(x), share = share_of(x, c);
    return error_of(x, c, share) / share;
}

double weighted_plain_variance(const struct weighted *x)
{
    double n = (double)x->runs, share = share_of(x, slope(x));
    double sum = x->aa - 2 * share * x->ab + share * share * x->bb;
    return (sum > 0 ? sum : 0) / n / (x->mean[B] * x->mean[B]);
}
