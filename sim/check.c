/* sim/check.c - see sim/check.h. The one place of sim/ that prints: its program is about to end. */
#include "sim/check.h"

#include "sim/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void sim_panic(const struct sim *sim, const char *file, int line, const char *text)
{
    fprintf(stderr, "mxsim: internal fault at %s:%d: %s\n", file, line, text);
    if (sim)
        fprintf(stderr, "  virtual time %.9f s, event %" PRIu64 ", seed %" PRIu64 ", run %" PRIu64 "\n",
                sim_time_seconds(sim->now), sim->events, sim->seed, sim->run);
    abort();
}
