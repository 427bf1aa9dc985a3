/* models/retry.c - see models/retry.h. */
#include "models/retry.h"

#include "sim/check.h"

/* The largest n with n * n <= x. */
static int64_t whole_root(int64_t x)
{
    int64_t n = 0;
    for (int64_t bit = INT64_C(1) << 31; bit > 0; bit >>= 1)
        if ((n + bit) <= x / (n + bit)) n += bit;
    return n;
}

/* unit * factor^n in whole nanoseconds, by repeated multiplication: the same bits everywhere. */
static sim_time geometric(const struct mta_params *p, uint32_t n)
{
    double power = 1;
    while (n-- > 0 && power < 1e12) power *= p->retry_factor;
    if (p->retry_factor_whole) power = (double)(int64_t)power;
    double wait = sim_time_seconds(p->retry_unit) * power;
    return wait < 1e9 ? sim_time_from_seconds(wait) : SIM_LONGEST;
}

static sim_time clamp(sim_time t, sim_time least, sim_time most)
{
    if (t < least) t = least;
    return t > most ? most : t;
}

/* When the next attempt is due, before the looks at the queue are thought of. No default: a new rule is missed here. */
static sim_time due_at(const struct mta_params *p, const struct retry_case *c)
{
    sim_time age = c->now - c->arrived;
    sim_time now = (c->now + c->clock) / SIM_SECOND * SIM_SECOND - c->clock;
    sim_time arrived = (c->arrived + c->clock) / SIM_SECOND * SIM_SECOND - c->clock;
    uint32_t nth = c->attempts - 1, last = p->retry_gaps.count - 1;
    switch (p->retry) {
    case RETRY_AGE: {
        sim_time least = p->minimal_backoff_time;
        sim_time most = p->maximal_backoff_time > 0 ? p->maximal_backoff_time : least;
        return sim_time_add(now, clamp(now - arrived, least, most));
    }
    case RETRY_LIST: return sim_time_add(c->now, p->retry_gaps.items[nth < last ? nth : last]);
    case RETRY_RULES: return c->now;
    case RETRY_QUADRATIC: {
        int64_t n = whole_root(age / p->retry_unit) + p->retry_skip;
        if (n < c->attempts) n = c->attempts;
        if (n > SIM_LONGEST / p->retry_unit / n) return SIM_NEVER;
        return sim_time_add(c->arrived, p->retry_unit * n * n);
    }
    case RETRY_GEOMETRIC: {
        sim_time wait = geometric(p, nth);
        if (p->maximal_backoff_time > 0 && wait > p->maximal_backoff_time) wait = p->maximal_backoff_time;
        return sim_time_add(c->now, wait);
    }
    }
    return SIM_NEVER;
}

sim_time retry_next_look(const struct mta_params *p, sim_time phase, sim_time now)
{
    return sim_time_grid(now + 1, p->queue_run_delay, phase);
}

static sim_time next_attempt(const struct mta_params *p, const struct retry_case *c, struct rng *luck)
{
    sim_time due = due_at(p, c);
    if (p->retry_jitter > 0) {
        sim_assert(NULL, luck != NULL);
        due = sim_time_add(due, (sim_time)rng_below(luck, (uint64_t)(2 * p->retry_jitter)) - p->retry_jitter);
        if (due < c->now) due = c->now;
    }
    if (p->queue_run_delay == 0 || due == SIM_NEVER) return due;
    /* The look at T takes what is due up to T + slack, but never earlier than the next look after now. */
    sim_time early = due > p->queue_run_slack ? due - p->queue_run_slack : 0;
    sim_time look = sim_time_grid(early, p->queue_run_delay, c->phase);
    return look > c->now ? look : retry_next_look(p, c->phase, c->now);
}

enum retry_step retry_after_failure(const struct mta_params *p, const struct retry_case *c, struct rng *luck,
                                    sim_time *at)
{
    sim_time end = sim_time_add(c->arrived, c->null_sender ? p->bounce_queue_lifetime : p->maximal_queue_lifetime);
    *at = c->now;
    bool last = p->max_attempts > 0 && c->attempts >= p->max_attempts;
    if (c->now >= end || (last && !p->max_attempts_late)) return RETRY_EXPIRE;
    sim_time next = next_attempt(p, c, luck);
    if (last) {
        *at = next;
        return RETRY_EXPIRE;
    }
    if (next > end && p->expiry != EXPIRY_AT_ATTEMPT) {
        if (p->expiry == EXPIRY_AT_ONCE) *at = end;
        return RETRY_EXPIRE;
    }
    *at = next;
    return RETRY_TRY;
}

sim_time retry_warning_age(const struct mta_params *p, uint32_t n)
{
    const struct span_list *w = &p->delay_warnings;
    if (w->count == 0 || w->items[0] == 0) return SIM_NEVER;
    if (n < w->count) return w->items[n];
    if (!p->delay_warning_repeat) return SIM_NEVER;
    sim_time last = w->items[w->count - 1], apart = last - (w->count > 1 ? w->items[w->count - 2] : 0);
    sim_time more = n - w->count + 1;
    return apart <= (SIM_LONGEST - last) / more ? last + more * apart : SIM_NEVER;
}

uint32_t retry_warnings_due(const struct mta_params *p, sim_time age)
{
    const struct span_list *w = &p->delay_warnings;
    uint32_t n = 0;
    while (n < w->count && retry_warning_age(p, n) <= age) n++;
    if (n < w->count || n == 0 || !p->delay_warning_repeat) return n;
    sim_time last = w->items[n - 1], apart = last - (n > 1 ? w->items[n - 2] : 0);
    return apart > 0 ? n + (uint32_t)((age - last) / apart) : n;
}

bool mta_params_limited(const struct mta_params *p)
{
    if (p->queue_runners > 0) return false; /* its runners limit it, and keep sessions of their own */
    bool leaves_alone = (p->suspension_rule == SUSPEND_COHORT && p->failed_cohort_limit > 0) ||
                        p->suspension_rule == SUSPEND_DESTINATION || p->suspension_rule == SUSPEND_QUEUE;
    return p->process_limit > 0 || p->destination_concurrency > 0 || p->connection_cache > 0 || p->handoff > 0 ||
           p->wakes_destination || leaves_alone;
}
