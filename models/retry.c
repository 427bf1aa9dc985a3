/* models/retry.c - see models/retry.h. */
#include "models/retry.h"

/* How long to wait after a failed attempt, before the queue scan is thought of. No default: a new rule is missed here.
 */
static sim_time wait_of(const struct mta_params *p, sim_time age, uint32_t attempts)
{
    sim_time wait = 0;
    uint32_t last = p->retry_gap_count - 1;
    switch (p->retry) {
    case RETRY_AGE:
        wait = age / SIM_SECOND * SIM_SECOND;
        if (wait < p->minimal_backoff_time) wait = p->minimal_backoff_time;
        if (wait > p->maximal_backoff_time) wait = p->maximal_backoff_time;
        break;
    case RETRY_LIST: wait = p->retry_gaps[attempts - 1 < last ? attempts - 1 : last]; break;
    }
    return wait;
}

sim_time retry_next(const struct mta_params *p, sim_time arrived, sim_time now, uint32_t attempts, sim_time phase)
{
    sim_time due = sim_time_add(now, wait_of(p, now - arrived, attempts));
    if (p->queue_run_delay == 0) return due;
    /* The scan at T takes what is due up to T + 1 s, but never earlier than the next scan after now. */
    sim_time scan = sim_time_grid(due > SIM_SECOND ? due - SIM_SECOND : 0, p->queue_run_delay, phase);
    return scan > now ? scan : sim_time_grid(now + 1, p->queue_run_delay, phase);
}

bool retry_expired(const struct mta_params *p, sim_time arrived, sim_time now, bool null_sender)
{
    return now - arrived >= (null_sender ? p->bounce_queue_lifetime : p->maximal_queue_lifetime);
}

bool retry_warn(const struct mta_params *p, sim_time arrived, sim_time now, uint32_t already)
{
    if (p->delay_warning_time == 0 || (already > 0 && !p->delay_warning_repeat)) return false;
    return (now - arrived) / p->delay_warning_time > already;
}
