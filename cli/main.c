/* cli/main.c - mxsim VERB ...: finds the verb and lets it act. */
#include "cli/options.h"

#include <errno.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct verb verbs[] = {
    {"run", "SCENARIO", "Runs a scenario many times and answers with a table.",
     "mxsim run scenarios/04-backup-mx-holds-the-mail.json -n 1000", "nstfoqeSpVx", 1, 1, verb_run},
    {"explain", "SCENARIO", "Tells the story of one message, time-stamped, in plain words.",
     "mxsim explain scenarios/04-backup-mx-holds-the-mail.json --worst", "nstfqrmwe", 1, 1, verb_explain},
    {"check", "SCENARIO...",
     "Is the file right? Lists every mistake as file:line:column: /pointer: what, expected what.",
     "mxsim check scenarios/0*.json", "e", 1, -1, verb_check},
    {"test", "SCENARIO...", "Runs scenarios and holds the results against their \"expect\" blocks.",
     "mxsim test scenarios/0*.json", "nstqe", 1, -1, verb_test},
    {"compare", "SCENARIO...", "Runs scenarios, or one with --set, on the same luck and tells how they differ.",
     "mxsim compare scenarios/05-cached-until-ttl.json --set zones.example.com.ttl=1d -n 200", "nstfoqev", 1, -1,
     verb_compare},
    {"sweep", "SCENARIO", "Runs a scenario over all combinations of some values, with the same luck.",
     "mxsim sweep scenarios/04-backup-mx-holds-the-mail.json --vary faults.1.for.exponential=6h,12h,1d -n 200",
     "nstfoqevMCyp", 1, 1, verb_sweep},
    {"plan", "SCENARIO", "Finds the smallest value of a key that meets what is required.",
     "mxsim plan scenarios/05-cached-until-ttl.json --vary zones.example.com.ttl=5m..2h:5m --require 'first_try_rate > "
     "90%'",
     "nstfqevRcl", 1, 1, verb_plan},
    {"schedule", "PROFILE|SCENARIO", "The retry timetable of an MTA, and what it costs in an outage.",
     "mxsim schedule postfix --outage 6h", "ue", 1, 1, verb_schedule},
    {"profiles", "[NAME]", "The built-in MTAs and resolvers, with every default and where it comes from.",
     "mxsim profiles postfix", "f", 0, 1, verb_profiles},
};
#define VERB_COUNT (sizeof verbs / sizeof *verbs)

static void print_usage(FILE *to)
{
    fprintf(to, "mxsim: what becomes of mail when name servers and mail hosts fail\n\nusage:\n");
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(to, "  mxsim %-9s %-17s %s\n", verbs[i].name, verbs[i].arguments, verbs[i].what);
    fprintf(to, "\n  mxsim VERB --help    the options of a verb, with an example\n"
                "  mxsim --version\n\nexample:\n  mxsim explain scenarios/01-all-is-well.json\n"
                "\nexit codes: 0 done; 1 an expectation is not met; 2 bad usage or bad input; 3 internal fault; "
                "130 interrupted\n");
}

/* A broken promise of ours ends in abort(): that is exit code 3. */
static void on_abort(int signal)
{
    (void)signal;
    _exit(EXIT_FAULT);
}

/* The part of main that may print: what it printed is checked by main. */
static int act(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_BAD_INPUT;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("mxsim %s\n", MXSIM_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < VERB_COUNT; i++) {
        struct options options;
        int code;
        if (strcmp(argv[1], verbs[i].name) != 0) continue;
        if (options_parse(&verbs[i], argc - 1, argv + 1, &options, &code)) code = verbs[i].act(&options);
        options_free(&options);
        return code;
    }
    fprintf(stderr, "mxsim: no verb \"%s\"; see mxsim --help\n", argv[1]);
    return EXIT_BAD_INPUT;
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    signal(SIGABRT, on_abort);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a write error like any other */
    int code = act(argc, argv);
    bool whole = fflush(stdout) == 0 && !ferror(stdout);
    /* Who closes the pipe, as head does, has seen enough. */
    if (whole || code != EXIT_DONE || errno == EPIPE) return code;
    fprintf(stderr, "mxsim: the output could not be written whole\n");
    return EXIT_BAD_INPUT;
}
