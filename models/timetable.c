/* models/timetable.c - see models/timetable.h. */
#include "models/timetable.h"

void timetable_begin(struct timetable *t, const struct mta_params *params, sim_time phase)
{
    *t = (struct timetable){.params = params, .phase = phase, .attempts = 1};
}

/* The first look at the queue at which the host may be tried, or the message is too old. */
static bool next_by_rules(struct timetable *t)
{
    struct mta_params steady = *t->params, *p = &steady;
    sim_time cutoff = p->retry_rules.items[p->retry_rules.count - 1].cutoff;
    for (uint32_t i = 0; i < p->retry_rules.count; i++) /* G waits as long as H at its longest */
        if (p->retry_rules.items[i].kind == RULE_RANDOM) p->retry_rules.items[i].kind = RULE_GEOMETRIC;
    retry_record_fail(&t->record, p, t->at, 0, NULL);
    if (t->record.expired || t->at > cutoff) return false;
    sim_time due = t->record.next_try < cutoff + SIM_SECOND ? t->record.next_try : cutoff + SIM_SECOND;
    sim_time look = p->queue_run_delay > 0 ? sim_time_grid(due, p->queue_run_delay, t->phase) : due;
    t->at = look > t->at ? look : retry_next_look(p, t->phase, t->at);
    t->attempts++;
    return true;
}

bool timetable_next(struct timetable *t)
{
    struct mta_params steady = *t->params;
    struct retry_case c = {.now = t->at, .attempts = t->attempts, .phase = t->phase};
    if (steady.retry == RETRY_RULES) return next_by_rules(t);
    steady.retry_jitter = 0;
    if (retry_after_failure(&steady, &c, NULL, &t->at) == RETRY_EXPIRE) return false;
    t->attempts++;
    return true;
}
