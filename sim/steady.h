/* sim/steady.h - the steady state out of one long run: where its warm-up ends, and an interval from batch means.
 *
 * Observations of one run hang together, so their spread says too little of that of their mean. Means of long batches
 * of them hardly do. What the run's special start has left its mark on is deleted before. */
#pragma once
#include "sim/stat.h"

/* ---- a series of observations, in constant memory ---- */

#define SERIES_FIRST 5     /* observations a cell, to begin with: MSER-5 */
#define SERIES_CELLS 32768 /* cells at most; when they are full, each two become one */

/* So up to 163,840 observations are kept by fives, twice as many by tens, and so on: the warm-up is found to within
 * 1/16384 of the run. What does not fill the last cell is left out. */
struct series {
    struct cell {
        double mean, squares; /* of its observations: mean, and sum of squares of the deviations from that */
    } * cells;                /* owned */
    struct cell open;         /* not full yet */
    uint32_t count;
    uint64_t size, in_open; /* observations a cell; in the open one */
};

void series_init(struct series *s);
void series_fini(struct series *s);
void series_clear(struct series *s);

/* The next observation, in the order in which they were made. */
void series_add(struct series *s, double x);

/* ---- where the warm-up ends ---- */

/* MSER-5: how many cells to delete. Of all starts d in the first half it is the one for which the rest seems to tell
 * its own mean best: sum over i >= d of (z_i - mean)^2, by (n - d)^2, is smallest. The earliest of equals; 0 for fewer
 * than 2 cells.
 * Its price: an excursion at the beginning that is mere chance is deleted, too, so the mean errs towards calm by a
 * little, and in short runs not so little (docs/statistics.md has figures).
 * *settled becomes false when that is the last start allowed: then no steady state was seen, and the run is too short.
 * K. P. White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69 (1997);
 * K. P. White, M. J. Cobb, S. C. Spratt, "A comparison of five steady-state truncation heuristics", WSC 2000. */
uint32_t series_warm_up(const struct series *s, bool *settled);

/* ---- the mean of what is left ---- */

#define STEADY_BATCHES 20  /* Schmeiser, "Batch size effects", Operations Research 30 (1982): 10 to 30 */
#define STEADY_WORTH   500 /* independent observations' worth, below which the interval promises too much */

struct steady {
    struct estimate mean;           /* method "batch-means", or "none" */
    double with_all;                /* the mean of all cells: what deletion has changed */
    uint64_t observations, deleted; /* in whole cells; of these, before the first batch */
    uint32_t batches;               /* STEADY_BATCHES, or 0: too few observations for them */
    uint64_t batch_size;            /* observations a batch */
    double correlation;             /* of neighbouring batch means; 0 where they do not differ */
    double worth;                   /* the mean is as sure as that of so many independent observations; 0: not known */
    bool settled;                   /* series_warm_up's */
};

/* The mean of all cells from `from` on, less what does not fill a batch: that is deleted with the warm-up. The interval
 * is Student's t over the batch means, with the two corrections of Skart: a factor sqrt((1 + r) / (1 - r)) for a
 * positive correlation r of neighbours, and for skewness the transformed quantiles of Willink, which make it longer on
 * the side of the long tail. No interval where all batches have the same mean: that says nothing of spread.
 * A. Tafazzoli, J. R. Wilson, "Skart", IIE Transactions 43 (2011); R. Willink, "A confidence interval and test for the
 * mean of an asymmetric distribution", Communications in Statistics 34 (2005). Neither is cut at 0. */
struct steady series_mean(const struct series *s, uint32_t from, double level);

/* Both: the mean after the warm-up. */
struct steady series_steady(const struct series *s, double level);

/* Is the run too short for the interval to be trusted? Not said where there were no observations. */
bool steady_is_short(const struct steady *s);
