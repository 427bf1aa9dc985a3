/* cli/options.h - what a user typed after the verb. */
#pragma once
#include "sim/vtime.h"

#include <stdbool.h>
#include <stdint.h>

/* Exit codes of mxsim. */
enum {
    EXIT_DONE = 0,
    EXIT_NOT_MET = 1,      /* an expectation of the scenario is not met */
    EXIT_BAD_INPUT = 2,    /* bad usage or bad input */
    EXIT_FAULT = 3,        /* our own bug */
    EXIT_INTERRUPTED = 130 /* stopped by Ctrl-C or kill; what was done is printed */
};

enum output_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

/* An option that may be given several times: its values in order, borrowed from argv. */
struct option_list {
    const char **items; /* owned by the options */
    int count;
};

/* What a table tells of. */
enum view { VIEW_SUMMARY, VIEW_LOAD, VIEW_SENDERS, VIEW_DESTINATIONS, VIEW_DNS, VIEW_ALL };

struct options {
    const char *verb;
    int argc; /* the words after mxsim, as typed; borrowed */
    char **argv;
    char **files; /* the arguments that are no options; borrowed from argv */
    int file_count;
    uint64_t runs, seed;
    unsigned threads;
    enum output_format format;
    enum view view;
    const char *folder; /* -o, or null */
    const char *rare;   /* a metric's name, or null */
    bool quiet;
    bool worst, steady;
    bool has_runs, has_run, has_message;
    uint64_t run, message;
    bool has_outage;
    sim_time outage;
    struct option_list set, vary, require, precision;
    double confidence; /* 0.5 < .. < 1 */
    bool resume, yes, largest;
    const char *show; /* or null */
};

/* What a verb is and takes. */
struct verb {
    const char *name;
    const char *arguments; /* "SCENARIO" */
    const char *what;      /* one line */
    const char *example;
    const char *takes;                         /* letters of the options it takes: those of the table in options.c */
    int least, most;                           /* files; most -1: any number */
    int (*act)(const struct options *options); /* gives the exit code */
};

/* Reads argv (argv[0] is the verb). False: *code is how the program ends (help was printed, or a mistake told). Free in
 * both cases. */
bool options_parse(const struct verb *verb, int argc, char **argv, struct options *out, int *code);
void options_free(struct options *options);

int verb_run(const struct options *o);
int verb_sweep(const struct options *o);
int verb_compare(const struct options *o);
int verb_explain(const struct options *o);
int verb_check(const struct options *o);
int verb_test(const struct options *o);
int verb_profiles(const struct options *o);
int verb_schedule(const struct options *o);
int verb_plan(const struct options *o);
