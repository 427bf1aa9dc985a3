/* cli/simulate.c - see cli/simulate.h. */
#include "cli/simulate.h"

#include "sim/mem.h"

bool simulate(struct simulation *s, const struct world_spec *spec, const struct options *o)
{
    struct experiment x;
    *s = (struct simulation){.result = NULL};
    if (!rounds_read(&s->rounds, o)) return false;
    s->answers = mem_zero(s->rounds.count, sizeof *s->answers);
    experiment_init(&x, &spec, 1, o);
    experiment_progress(&x, 0, s->rounds.count ? 0 : o->runs);
    rounds_run(&s->rounds, &x, s->answers);
    experiment_tell_interrupted(&x, s->rounds.limit);
    s->result = x.results[0];
    s->seconds = x.seconds;
    s->interrupted = x.interrupted;
    x.results[0] = NULL; /* the caller's now */
    experiment_free(&x);
    return true;
}

void simulation_free(struct simulation *s)
{
    result_free(s->result);
    rounds_free(&s->rounds);
    mem_free(s->answers);
    *s = (struct simulation){0};
}
