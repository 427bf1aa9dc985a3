/* cli/verb_test.c - mxsim test: a scenario's result against its "expect" block.
 *
 * A bound is met when the estimate meets it. When the interval reaches over the bound, the line says so: more runs
 * would tell. */
#include "cli/print.h"
#include "cli/words.h"

static bool hold(const struct result *r, const struct expect_spec *x)
{
    const struct metric *m = metric_find(x->metric);
    struct estimate e = result_named(r, x->metric);
    char value[64], low[64], high[64], interval[160];
    bool met =
        e.has_value && (!x->has_at_least || e.value >= x->at_least) && (!x->has_at_most || e.value <= x->at_most);
    bool close = e.has_interval && ((x->has_at_least && e.low < x->at_least && e.high > x->at_least) ||
                                    (x->has_at_most && e.low < x->at_most && e.high > x->at_most));
    printf("  %-8s %s", met ? "met" : "NOT MET", x->metric);
    if (x->has_at_least) printf(" at least %s", words_value(m->unit, x->at_least, low));
    if (x->has_at_most) printf("%s at most %s", x->has_at_least ? "," : "", words_value(m->unit, x->at_most, high));
    printf(": %s %s%s\n", e.has_value ? words_value(m->unit, e.value, value) : "nothing to measure",
           words_interval(m->unit, &e, interval), close ? " (close: the interval reaches over the bound)" : "");
    return met;
}

int verb_test(const struct options *o)
{
    int code = EXIT_DONE;
    for (int i = 0; i < o->file_count && code != EXIT_INTERRUPTED; i++) {
        struct scenario s;
        if (!scenario_open(&s, o->files[i], o)) {
            code = EXIT_BAD_INPUT;
        } else {
            struct simulation sim;
            simulate(&sim, s.spec, o);
            printf("%s: %s\n", o->files[i], s.spec->name);
            if (s.spec->expect_count == 0) printf("  it expects nothing\n");
            for (uint32_t k = 0; k < s.spec->expect_count; k++)
                if (!hold(sim.result, &s.spec->expects[k]) && code == EXIT_DONE) code = EXIT_NOT_MET;
            if (sim.interrupted) code = EXIT_INTERRUPTED;
            simulation_free(&sim);
        }
        scenario_close(&s);
    }
    return code;
}
