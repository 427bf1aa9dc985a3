/* cli/plan.h - a search for the value of a key that meets requirements: what was asked, what was tried, in words. */
#pragma once
#include "cli/axis.h"
#include "cli/experiment.h"
#include "cli/require.h"
#include "cli/scenario.h"

/* One value of the key: its world and all its runs. */
struct plan_lane {
    const struct plan *plan;
    int64_t at;               /* in the search */
    struct scenario scenario; /* with the key at this value */
    const struct world_spec *spec;
    struct experiment x;
    struct ratio sums[SEARCH_RULES_MAX]; /* of each requirement */
};

struct plan {
    const struct options *options;
    struct source source;
    struct edits base;        /* of --set */
    struct scenario scenario; /* as in the file */
    struct axis axis;
    struct requirement required[SEARCH_RULES_MAX];
    struct search_rule rules[SEARCH_RULES_MAX];
    uint32_t count; /* of requirements */
    char *present;  /* what the scenario says at the key; null: it does not say. Owned */
    struct search search;
    struct plan_lane **lanes; /* one for each value tried; owned */
    uint32_t lane_count;
    bool broken; /* a value could not be loaded: stderr was told */
    uint64_t runs, events;
    double seconds;
};

/* The lane of a value tried; null: none. */
const struct plan_lane *plan_lane_at(const struct plan *p, int64_t at);

/* The i-th value of the search as one would type it. The search for the largest goes downwards. buf has 64 bytes. */
char *plan_value_text(const struct plan *p, int64_t at, char buf[64]);

/* Of a requirement at a value: the metric with an interval of the level that its last test had. */
struct estimate plan_metric(const struct plan *p, const struct search_tried *t, uint32_t requirement);

/* ---- in words (cli/plan_words.c): texts that the caller frees with free ---- */

/* Was a value shown to meet all? It is search.high. */
bool plan_has_answer(const struct plan *p);
const char *plan_end_name(enum search_end end); /* "found", "not_reached", ... */
char *plan_answer(const struct plan *p);        /* one sentence or more */

/* What should be known beside the answer: count texts in a list, both to be freed. */
char **plan_notes(const struct plan *p, int *count);
/* What the answer assumes; null-terminated. */
extern const char *const plan_assumes[];
/* What to type to do it all again. */
char *plan_command(const struct plan *p);

/* ---- printed ---- */

void print_plan_table(FILE *to, const struct plan *p); /* cli/plan_report.c */
/* "mxsim-plan-1" (docs/result-format.md). The same bytes for any number of threads. */
void print_plan_json(FILE *to, const struct plan *p); /* cli/plan_json.c */
