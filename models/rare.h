/* models/rare.h - how rare a share of the mail is that plain runs never see, because it takes outages that hardly ever
 * last so long (docs/statistics.md, "Rare events").
 *
 * First a pilot: batches of runs, each twice as large as the one before, that find out which faults must last how long
 * for it. A batch's runs in which it happened set the shares of the next plan (the cross-entropy method: R. Rubinstein,
 * "The cross-entropy method for combinatorial and continuous optimization", Methodology and Computing in Applied
 * Probability 1, 1999; for a mixture it is a step of EM). Then the main runs, by a plan that stays, until the relative
 * error is as asked for. The pilot's runs have their own luck and are not in the answer.
 *
 * Who has threads does the runs: rare_batch says which, rare_do does one, rare_add takes them in run order. */
#pragma once
#include "models/metric.h"
#include "models/world.h"
#include "sim/weighted.h"

#define RARE_LEVEL 0.95   /* of every interval */
#define RARE_ERROR 0.10   /* standard error by estimate: what is asked for unless it is said otherwise */
#define RARE_RUNS  200000 /* pilot and main, at most, likewise */
#define RARE_PLAIN 0.1    /* share of plain runs: no weight is above 1 / this */

/* Sums over main runs that drew a span of a line: w a, w, and each times the furthest of these spans in seconds. */
struct rare_line {
    double seen, seen_seconds, all, all_seconds;
};

struct rare {
    const struct world_spec *spec; /* borrowed */
    const struct metric *metric;   /* a share */
    uint64_t seed, most;           /* runs */
    double error;
    struct stretch *plan;
    bool main, over;
    uint64_t begun;                  /* runs handed out by rare_batch */
    uint64_t pilot_runs, batch_runs; /* of all pilot batches; of the last batch */
    uint64_t pilot_events, events;   /* of the pilot; of the main runs */
    double plain_events;             /* sum over main runs of w times events */
    double *fits;                    /* pilot: by part of the plan: sum of w a times how well it fits */
    struct weighted *shares;         /* by metric, where that is a share: of this pilot batch, or all main runs */
    struct rare_line *lines;         /* of main runs */
};

/* Does the metric suit: is it a share of messages? */
bool rare_suits(const struct metric *metric);

/* Null if the scenario has no outage whose length is left to chance. spec outlives it; most >= 1. */
struct rare *rare_new(const struct world_spec *spec, const struct metric *metric, uint64_t seed, uint64_t most,
                      double error);
void rare_free(struct rare *r);

/* The next runs to do: *first and on; 0: it is done. All runs of the batch before have been added. */
uint64_t rare_batch(struct rare *r, uint64_t *first);

/* One run and what it weighs. */
struct rare_run {
    struct tally *tally;
    double weight;
    double *fits;       /* as struct stretched's */
    sim_time *furthest; /* likewise */
};
struct rare_run *rare_run_new(const struct rare *r);
void rare_run_free(struct rare_run *run);

/* A world for the batch under way. Any thread, each its own world. Free with world_free. */
struct world *rare_world(const struct rare *r);
/* False: it was given up (world_stop_if). */
bool rare_do(const struct rare *r, struct world *w, uint64_t number, struct rare_run *out);

/* Takes the batch's runs in run order. */
void rare_add(struct rare *r, const struct rare_run *run);

/* A share of all messages, by the main runs; metric must suit. */
struct estimate rare_share(const struct rare *r, const struct metric *metric);

/* How the answer came about. Infinite where it was never seen: plain_runs, plain_events, speedup, error. */
struct rare_report {
    uint64_t runs, seen;                          /* main runs, and those that saw it */
    uint64_t all_runs;                            /* pilot and main */
    double events;                                /* of all those */
    double error;                                 /* relative */
    double plain_runs;                            /* that plain simulation would need for the same error */
    double plain_events;                          /* in them */
    double speedup;                               /* plain_events by events */
    double mean_weight, heaviest, effective_runs; /* of the main runs; effective: (sum w)^2 / sum w^2 */
    double worst_part;                            /* the largest part of the answer that is from one run */
};
struct rare_report rare_report(const struct rare *r);

/* How a line of the plan is stretched: how many of its outages in a tuned run, on average, and from which level most of
 * all; lasts: the longest outage of a run, mean over runs as the scenario draws them; lasts_seen: over those that saw
 * it, by how often (both in seconds, and at most as long as a run). */
struct rare_stretch {
    double share;
    struct stretch_level level;
    double lasts, lasts_seen;
};
struct rare_stretch rare_stretch(const struct rare *r, uint32_t line);
