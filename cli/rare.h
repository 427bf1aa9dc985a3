/* cli/rare.h - mxsim run --rare METRIC: how often what plain runs never see (models/rare.h). */
#pragma once
#include "cli/options.h"
#include "cli/scenario.h"
#include "models/rare.h"

#include <stdio.h>

/* Does the runs and prints the answer. Gives the exit code: EXIT_BAD_INPUT where METRIC is no share, or the scenario
 * has no outage whose length is left to chance. */
int run_rare(const struct scenario *s, const struct options *o);

/* The answer. complete: not interrupted. */
struct rare_answer {
    const struct scenario *scenario;
    const struct options *options;
    const struct rare *rare;
    struct rare_report report;
    double seconds; /* of wall clock time */
    bool complete;
};

/* For people. */
void print_rare_table(FILE *to, const struct rare_answer *a);
/* "mxsim-rare-1" (docs/result-format.md). */
void print_rare_json(FILE *to, const struct rare_answer *a);
/* As print_csv of cli/print.h, but of shares alone. */
void print_rare_csv(FILE *to, const struct rare_answer *a);

/* "mx1, mx2 refusing: length": what a line of the plan is of; the names as far as there is room. */
char *rare_line_words(const struct rare *r, uint32_t line, char buf[160]);
