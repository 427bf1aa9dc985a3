/* cli/rounds.c - see cli/rounds.h. */
#include "cli/rounds.h"

#include "sim/mem.h"

#include <stdio.h>

bool rounds_read(struct rounds *r, const struct options *o)
{
    bool good = true;
    *r = (struct rounds){.goals = mem_zero((size_t)o->precision.count, sizeof *r->goals)};
    r->limit = o->precision.count > 0 && !o->has_runs ? ROUNDS_LIMIT : o->runs;
    for (int i = 0; i < o->precision.count; i++) {
        char why[256];
        if (precision_read(o->precision.items[i], &r->goals[r->count], why, sizeof why)) {
            r->count++;
            continue;
        }
        fprintf(stderr, "mxsim %s: --precision %s: %s\n", o->verb, o->precision.items[i], why);
        good = false;
    }
    return good;
}

void rounds_free(struct rounds *r)
{
    mem_free(r->goals);
    *r = (struct rounds){0};
}

/* Asks the worlds that have come to their checkpoint, and lets those rest that are done. Gives the next checkpoint of
 * any world; 0: all are done. */
static uint64_t next_checkpoint(const struct rounds *r, struct experiment *x, struct stopping_answer *answers,
                                uint64_t next[EXPERIMENT_MEMBERS_MAX])
{
    uint64_t least = 0;
    for (uint32_t i = 0; i < x->count; i++) {
        if (!x->active[i]) continue;
        const struct result *result = x->results[i];
        if (result->runs >= next[i])
            next[i] = precision_next(r->goals, r->count, result, r->limit, answers + i * r->count);
        if (next[i] <= result->runs)
            x->active[i] = false;
        else if (least == 0 || next[i] < least)
            least = next[i];
    }
    return least;
}

bool rounds_run(const struct rounds *r, struct experiment *x, struct stopping_answer *answers)
{
    uint64_t next[EXPERIMENT_MEMBERS_MAX] = {0};
    if (r->count == 0) return experiment_to(x, r->limit);
    for (uint64_t checkpoint; (checkpoint = next_checkpoint(r, x, answers, next)) > 0;)
        if (!experiment_to(x, checkpoint)) break;
    for (uint32_t i = 0; x->interrupted && i < x->count; i++)
        if (x->active[i]) precision_next(r->goals, r->count, x->results[i], r->limit, answers + i * r->count);
    return !x->interrupted;
}

bool rounds_met(const struct rounds *r, const struct stopping_answer *answers)
{
    for (size_t i = 0; i < r->count; i++)
        if (answers[i].state != STOPPING_MET) return false;
    return true;
}
