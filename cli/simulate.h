/* cli/simulate.h - all runs of a scenario on all threads, with progress, and Ctrl-C taken politely. */
#pragma once
#include "cli/options.h"
#include "models/result.h"

struct simulation {
    struct result *result; /* owned */
    double seconds;        /* of wall clock time */
    bool interrupted;      /* stopped early: result holds the first result->runs runs */
};

/* Does runs 0 .. o->runs - 1. Free with simulation_free. */
struct simulation simulate(const struct world_spec *spec, const struct options *o);
void simulation_free(struct simulation *s);
