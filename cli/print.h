/* cli/print.h - one result in three forms. */
#pragma once
#include "cli/options.h"
#include "cli/scenario.h"
#include "cli/simulate.h"
#include "models/measure.h"

#include <stdio.h>

/* A table for people, and one line about the work it took. */
void print_table(FILE *to, const struct scenario *s, const struct options *o, const struct simulation *sim);

/* "mxsim-result-1" (docs/result-format.md). The same bytes for any number of threads: it holds no wall clock time. */
void print_json(FILE *to, const struct scenario *s, const struct options *o, const struct simulation *sim);

/* The metrics, one a line: metric,unit,value,low,high,method. */
void print_csv(FILE *to, const struct result *r);
/* The names of the distributions: "latency", "warning", "bounce". */
extern const char *const span_names[HIST_COUNT];

/* Tidy CSV for pictures and spreadsheets. */
void print_spans_csv(FILE *to, const struct result *r);    /* the distributions, bin by bin */
void print_outcomes_csv(FILE *to, const struct result *r); /* shares by outcome and cause */
void print_queue_csv(FILE *to, const struct result *r);    /* queue length of each MTA over time */
void print_outages_csv(FILE *to, const struct result *r);  /* share of runs in which each fault is on, over time */

/* The measures of the parts of one kind, one a line. */
void print_part_csv(FILE *to, const struct result *r, enum part part);

/* The sections of --view beside the summary's; and their lines: a section's head, and a name with its estimate, or
 * nothing where that has no value. */
void print_view(FILE *to, const struct result *r, enum view view);
void print_head(FILE *to, const char *name);
void print_row(FILE *to, const char *name, enum metric_unit unit, struct estimate e);
