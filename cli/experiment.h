/* cli/experiment.h - one world or several, each run again and again on all threads, with progress, and Ctrl-C taken
 * politely. Run r of each of them has the same luck (common random numbers). */
#pragma once
#include "cli/options.h"
#include "models/result.h"

#define EXPERIMENT_MEMBERS_MAX 64 /* worlds at a time: each costs about 1 MB, and as much a thread */

/* Who wants to know of each run when it is merged: tallies[i] is that of world i, null for those that are not active.
 * Called in run order, one at a time. */
typedef void experiment_watcher(void *context, uint64_t run, struct tally *const *tallies);

struct experiment {
    const struct options *options;         /* borrowed: seed, threads, quiet */
    const struct world_spec *const *specs; /* borrowed */
    uint32_t count;
    struct result **results; /* of each world; owned */
    bool *active;            /* of each world: takes part in experiment_to. All are, to begin with */
    uint64_t runs;           /* that those that are active have done */
    double seconds;          /* of wall clock time, so far */
    bool interrupted;        /* a signal has come: the results hold whole runs, of all active worlds alike */
    uint64_t expected;       /* runs of all worlds that are expected in all, for progress; 0: not known */
    uint64_t done;           /* runs of all worlds so far */
    experiment_watcher *watch;
    void *watcher;
    struct tally **held; /* of the run being merged */
    double begun, shown; /* wall clock: since when, and when progress was shown last */
    uint64_t before;     /* of done, those that were done when this began */
};

/* count worlds, at most EXPERIMENT_MEMBERS_MAX; specs and options outlive x. From here to experiment_free SIGINT and
 * SIGTERM only ask for an end: one experiment at a time. */
void experiment_init(struct experiment *x, const struct world_spec *const *specs, uint32_t count,
                     const struct options *options);
void experiment_free(struct experiment *x);

/* For progress: done runs lie before this experiment, of all that are expected (0: nobody knows). */
void experiment_progress(struct experiment *x, uint64_t done, uint64_t expected);

/* Goes on until each active world has done runs in all. False: interrupted. What comes out depends on specs, seed and
 * runs alone, however many calls it is made in. */
bool experiment_to(struct experiment *x, uint64_t runs);

/* Progress is told anew from here, of so many runs of all worlds. */
void experiment_expect(struct experiment *x, uint64_t runs);

/* Has a signal asked for an end? */
bool experiment_stopped(void);

/* Who does several experiments one after the other calls these around all of them, so that a signal that comes between
 * two of them stops the next one. */
void experiment_listen(void);
void experiment_listen_no_more(void);

/* Tells stderr that there are fewer runs than were asked for. */
void experiment_tell_interrupted(const struct experiment *x, uint64_t wanted);
