/* models/host_retry.c - see models/host_retry.h. */
#include "models/host_retry.h"

static sim_time whole(sim_time t)
{
    return t / SIM_SECOND * SIM_SECOND;
}

/* The first rule that has not been cut off after failing for so long; the last one if all have (*past). */
static const struct retry_rule *rule_for(const struct retry_rules *rules, sim_time failing, bool *past)
{
    for (uint32_t i = 0; i < rules->count; i++)
        if (failing <= rules->items[i].cutoff) return &rules->items[i];
    *past = true;
    return &rules->items[rules->count - 1];
}

/* G and H: the shorter of the gap that was planned and the gap that came, times the factor. */
static sim_time grown(const struct retry_record *r, const struct retry_rule *rule, sim_time now)
{
    sim_time planned = r->next_try - r->last_try, came = now - r->last_try, last = planned < came ? planned : came;
    return last < rule->gap ? rule->gap : whole(sim_time_from_seconds(sim_time_seconds(last) * rule->factor));
}

void retry_record_fail(struct retry_record *r, const struct mta_params *p, sim_time now, sim_time age, struct rng *luck)
{
    now = whole(now);
    if (!r->failing) *r = (struct retry_record){now, now, now, true, false};
    sim_time failing = now - r->first_failed, gap;
    if (whole(age) > failing) failing = whole(age);
    r->expired = false;
    const struct retry_rule *rule = rule_for(&p->retry_rules, failing, &r->expired);
    gap = rule->kind == RULE_FIXED ? rule->gap : grown(r, rule, now);
    if (rule->kind == RULE_RANDOM && gap > rule->gap) {
        sim_time more = gap - rule->gap;
        gap = whole(rule->gap + more / 2 + (sim_time)rng_below(luck, (uint64_t)(more - more / 2 + 1)));
    }
    if (gap > p->maximal_backoff_time) gap = p->maximal_backoff_time;
    r->last_try = now;
    r->next_try = sim_time_add(now, gap);
}

bool retry_record_due(const struct retry_record *r, const struct mta_params *p, sim_time now, sim_time age)
{
    if (!r->failing || whole(now) >= r->next_try) return true;
    return !r->expired && age > p->retry_rules.items[p->retry_rules.count - 1].cutoff;
}
