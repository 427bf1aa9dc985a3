/* cli/simulate.h - all runs of one scenario on all threads. */
#pragma once
#include "cli/rounds.h"

struct simulation {
    struct result *result;           /* owned */
    double seconds;                  /* of wall clock time */
    bool interrupted;                /* stopped early: result holds the first result->runs runs */
    struct rounds rounds;            /* owned: what --precision asks, */
    struct stopping_answer *answers; /* and what came of it, for each goal; owned */
};

/* Does the runs that the options ask for. False: --precision has mistakes, which were told. Free with simulation_free
 * in both cases. */
bool simulate(struct simulation *s, const struct world_spec *spec, const struct options *o);
void simulation_free(struct simulation *s);
