/* models/retry.c - see models/retry.h. */
#include "models/retry.h"

sim_time retry_next(const struct mta_params *p, sim_time arrived, sim_time now, uint32_t attempts, sim_time phase)
{
    sim_time due;
    if (p->retry == RETRY_AGE) {
        sim_time age = (now - arrived) / SIM_SECOND * SIM_SECOND;
        sim_time wait = age < p->minimal_backoff_time ? p->minimal_backoff_time : age;
        if (wait > p->maximal_backoff_time) wait = p->maximal_backoff_time;
        due = sim_time_add(now, wait);
    } else {
        uint32_t last = p->retry_gap_count - 1, i = attempts - 1;
        due = sim_time_add(now, p->retry_gaps[i < last ? i : last]);
    }
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
