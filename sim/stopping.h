/* sim/stopping.h - how many runs are enough: a rule that looks at estimates at fixed checkpoints, and says stop or how
 * far to go on. Pure: what it says depends on the estimates and the number of runs alone, so not on threads or time.
 *
 * Who stops when an interval pleases stops early where the spread was under-estimated by luck (Y. S. Chow, H. Robbins,
 * "On the asymptotic theory of fixed-width sequential confidence intervals for the mean", Annals of Mathematical
 * Statistics 36, 1965: the level is kept only in the limit). Here the first look is late, and each next one lies where
 * the need is estimated, so there are few. How often the intervals cover then: docs/decisions/stopping.md. */
#pragma once
#include "sim/stat.h"

/* What is asked: half the width of the interval, which for one that is not symmetric is its larger side. */
struct stopping_goal {
    double asked;  /* > 0; in the metric's unit, or with relative a share of the value (0.05) */
    bool relative; /* to the value's size */
};

enum stopping_state {
    STOPPING_MET,
    STOPPING_MORE, /* more runs are needed */
    STOPPING_NEVER /* no number of runs up to the limit will do */
};

enum stopping_why {
    STOPPING_NO_REASON,
    /* why more, though the interval is narrow enough */
    STOPPING_FEW,  /* too few runs for it to be trusted */
    STOPPING_OPEN, /* it goes as far as the longest time seen: what lies beyond is not known */
    /* why never */
    STOPPING_NO_VALUE, /* nothing was counted in any run */
    STOPPING_ZERO,     /* the value is 0, and the goal is a share of it */
    STOPPING_GRAIN     /* the numbers are not kept that finely */
};

struct stopping_answer {
    enum stopping_state state;
    enum stopping_why why;
    double half;    /* reached: half the interval's width, in the metric's unit; NAN without an interval */
    double reached; /* the same as it was asked: with relative, by the value's size (infinite for 0) */
    double need;    /* STOPPING_MORE: so many runs in all, by what is known now; a lower bound where nothing was seen.
                     * else 0 */
};

/* Half the width of an interval: its larger side. NAN if it has none. */
double stopping_half(const struct estimate *e);

/* What is known of a metric. */
struct stopping_data {
    struct estimate e;
    double least; /* with fewer runs the interval is not to be trusted, however narrow it is; 0: any number */
    double grain; /* no more runs make the half-width smaller than this; 0: any */
    bool open;    /* the interval ends where the data end */
};

/* Of a ratio and its estimate. Runs that are skewed: least is Cochran's rule, STOPPING_COCHRAN times the square of the
 * skewness (W. G. Cochran, Sampling Techniques, 3rd ed., 1977, section 2.15). With fewer the intervals that please are
 * those that lie too low: the runs that would have raised value and width have not come yet. */
#define STOPPING_COCHRAN 25
struct stopping_data stopping_of_ratio(const struct ratio *r, struct estimate e);

/* Of the share-quantile and its estimate. least: the values beyond a quantile may be all there is in a few runs, 1 -
 * share of them; STOPPING_BEYOND such runs are expected. The grain is half a bin of the histogram, or what it shows now
 * if it is down to one bin. */
#define STOPPING_BEYOND 16
struct stopping_data stopping_of_quantile(const struct quantiles *q, double share, struct estimate e);

/* Is the goal met after so many runs (> 0)? There will be no more runs than limit. */
struct stopping_answer stopping_ask(const struct stopping_goal *g, const struct stopping_data *d, uint64_t runs,
                                    uint64_t limit);

/* The first look: after so many runs. A kind of run that is 2 % of all has been seen by then, but for 2 % of seeds. */
#define STOPPING_FIRST 200

/* The checkpoint after runs (0: the first) at which to look again: that nearest above need runs, but not beyond twice
 * the runs; limit at most. Checkpoints are 200, 210, 220, 231, ..., each a twentieth more (in whole runs). runs <
 * limit. */
uint64_t stopping_next(uint64_t runs, double need, uint64_t limit);
