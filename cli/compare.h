/* cli/compare.h - variants that met the same luck, and how they differ from the first. */
#pragma once
#include "cli/experiment.h"
#include "cli/scenario.h"
#include "models/pairing.h"

#include <stdio.h>

struct variant {
    char *label; /* what makes it another one; owned */
    struct scenario scenario;
    struct pairing *pairing; /* with the first variant; null for that one */
};

struct comparison {
    const struct options *options;
    struct variant variants[EXPERIMENT_MEMBERS_MAX];
    const struct world_spec *specs[EXPERIMENT_MEMBERS_MAX];
    uint32_t count;
    struct experiment experiment;
};

/* cli/compare_print.c */
void compare_print_table(FILE *to, const struct comparison *c);
void compare_print_csv(FILE *to, const struct comparison *c);  /* one metric of one variant a line */
void compare_print_json(FILE *to, const struct comparison *c); /* "mxsim-compare-1": docs/result-format.md */
