/* cli/verb_run.c - mxsim run. */
#include "cli/folder.h"
#include "cli/print.h"
#include "cli/rare.h"
#include "cli/steady.h"

/* Tells what is wrong with --precision before anything is done. */
static bool precision_is_good(const struct options *o)
{
    struct rounds rounds;
    bool good = rounds_read(&rounds, o);
    rounds_free(&rounds);
    return good;
}

int verb_run(const struct options *o)
{
    struct scenario s;
    struct simulation sim = {0};
    int code = EXIT_BAD_INPUT;
    if (o->steady) return steady_run(o);
    if (!scenario_open(&s, o->files[0], o)) goto out;
    if (o->rare) {
        code = run_rare(&s, o);
        goto out;
    }
    if (!precision_is_good(o)) goto out;
    /* A folder that cannot be written is found before the work, not after. */
    if (o->folder && !folder_prepare(o->folder, "result.json")) goto out;
    if (!simulate(&sim, s.spec, o)) goto out;
    code = sim.interrupted ? EXIT_INTERRUPTED : EXIT_DONE;
    if (o->folder && !folder_write(o->folder, &s, o, &sim)) code = EXIT_BAD_INPUT;
    switch (o->format) {
    case FORMAT_TABLE: print_table(stdout, &s, o, &sim); break;
    case FORMAT_JSON: print_json(stdout, &s, o, &sim); break;
    case FORMAT_CSV: print_csv(stdout, sim.result); break;
    }
out:
    simulation_free(&sim);
    scenario_close(&s);
    return code;
}
