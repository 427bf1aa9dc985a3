/* cli/verb_run.c - mxsim run. */
#include "cli/folder.h"
#include "cli/print.h"

int verb_run(const struct options *o)
{
    struct scenario s;
    int code = EXIT_BAD_INPUT;
    if (!scenario_open(&s, o->files[0])) goto out;
    /* A folder that cannot be written is found before the work, not after. */
    if (o->folder && !folder_prepare(o->folder)) goto out;
    struct simulation sim = simulate(s.spec, o);
    code = sim.interrupted ? EXIT_INTERRUPTED : EXIT_DONE;
    if (o->folder && !folder_write(o->folder, &s, o, &sim)) code = EXIT_BAD_INPUT;
    switch (o->format) {
    case FORMAT_TABLE: print_table(stdout, &s, o, &sim); break;
    case FORMAT_JSON: print_json(stdout, &s, o, &sim); break;
    case FORMAT_CSV: print_csv(stdout, sim.result); break;
    }
    simulation_free(&sim);
out:
    scenario_close(&s);
    return code;
}
