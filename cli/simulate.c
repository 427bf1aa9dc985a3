/* cli/simulate.c - see cli/simulate.h. */
#include "cli/simulate.h"

#include "cli/experiment.h"

#include <stdio.h>

struct simulation simulate(const struct world_spec *spec, const struct options *o)
{
    struct experiment x;
    experiment_init(&x, &spec, 1, o);
    x.expected = o->runs;
    experiment_to(&x, o->runs);
    experiment_tell_interrupted(&x, o->runs);
    struct simulation sim = {x.results[0], x.seconds, x.interrupted};
    x.results[0] = NULL; /* the caller's now */
    experiment_free(&x);
    return sim;
}

void simulation_free(struct simulation *s)
{
    result_free(s->result);
    s->result = NULL;
}
