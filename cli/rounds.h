/* cli/rounds.h - how many runs: as many as -n says; or, with --precision, until every interval is as narrow as it asks,
 * and -n at most. */
#pragma once
#include "cli/experiment.h"
#include "cli/precision.h"

#define ROUNDS_LIMIT 100000 /* runs with --precision, unless -n says otherwise */

struct rounds {
    struct precision *goals; /* owned; of --precision, in its order */
    size_t count;
    uint64_t limit; /* runs of each world, at most */
};

/* Reads the options. False: the mistakes were told. Free in both cases. */
bool rounds_read(struct rounds *r, const struct options *o);
void rounds_free(struct rounds *r);

/* Does the runs of all of x's worlds, each until it has enough by itself: what a world comes out as does not depend on
 * the others. answers: rounds->count for each world in a row; may be null if there are no goals. False: interrupted. */
bool rounds_run(const struct rounds *r, struct experiment *x, struct stopping_answer *answers);

/* Are all goals of a world met? */
bool rounds_met(const struct rounds *r, const struct stopping_answer *answers);
