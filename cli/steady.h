/* cli/steady.h - mxsim run --steady: what a world settles down to, out of one long run, or out of several. */
#pragma once
#include "cli/scenario.h"
#include "models/steady.h"

#include <stdio.h>

struct options;

/* What all runs say of one metric. */
struct steady_answer {
    struct estimate mean;           /* of the only run: batch means; of several: mean-t over runs */
    struct steady run;              /* the last run's */
    struct moments means, warm_ups; /* one number a run, of the runs that had one; seconds */
    uint64_t unsettled, too_short;  /* runs */
};

struct steady_result {
    const struct scenario *scenario;
    const struct options *options;
    uint64_t runs, events;
    uint64_t written, delivered, bounced, undecided; /* messages of all runs */
    uint32_t count;
    struct steady_answer *answers; /* by enum steady_metric; owned by steady_run */
    double seconds;                /* of wall clock time */
};

/* Does what options say and prints it. Gives the exit code. */
int steady_run(const struct options *o);

/* What should be known beside the numbers: calls say for each caution. Gives how many there were. */
uint32_t steady_cautions(const struct steady_result *r, void (*say)(void *context, const char *text), void *context);

void steady_print_table(FILE *to, const struct steady_result *r);
/* "mxsim-steady-1" (docs/result-format.md). */
void steady_print_json(FILE *to, const struct steady_result *r);
