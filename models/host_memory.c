/* models/host_memory.c - what an MTA remembers of MX hosts that failed: Exim's retry records, OpenSMTPD's disabled
 * routes, qmail's table of TCP time-outs. */
#include "models/inside.h"

#define TIMEOUTS_APART (120 * SIM_SECOND) /* notqmail, tcpto.c */

uint32_t route_host(const struct world *w, const struct message *msg, uint32_t n)
{
    const struct route *route = &w->routes[msg->mta * w->spec->zone_count + msg->zone];
    if (w->spec->zones[msg->zone].mx_count > 0) return n < route->count ? route->hosts[n].mx_host : NONE;
    return n == 0 ? w->spec->zones[msg->zone].address : NONE;
}

static bool failed_in_run(const struct host_memory *h, uint32_t run)
{
    uint32_t known = h->failed_run_count < RUNS_REMEMBERED ? h->failed_run_count : RUNS_REMEMBERED;
    for (uint32_t i = 0; i < known; i++)
        if (h->failed_runs[i] == run) return true;
    return false;
}

bool host_may_try(struct world *w, uint32_t m, uint32_t host, enum cause *cause, bool *expired)
{
    const struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    if (!w->mtas[msg->mta].hosts) return true;
    const struct host_memory *h = &w->mtas[msg->mta].hosts[host];
    *expired = false;
    *cause = (enum cause)h->cause;
    if (p->suspension_rule == SUSPEND_FOR_RUN) return msg->runner == NONE || !failed_in_run(h, msg->run);
    if (p->retry != RETRY_RULES) return w->sim.now >= h->until;
    if (retry_record_due(&h->retry, p, w->sim.now + w->mtas[msg->mta].clock, w->sim.now - msg->arrived)) return true;
    *expired = h->retry.expired && p->delay_after_cutoff;
    return false;
}

bool host_any_may_try(struct world *w, uint32_t m, enum cause *cause, bool *expired)
{
    bool all_expired = true;
    uint32_t n = 0;
    for (uint32_t host; (host = route_host(w, &w->messages[m], n)) != NONE; n++) {
        bool gone;
        if (host_may_try(w, m, host, cause, &gone)) return true;
        all_expired = all_expired && gone;
    }
    *expired = all_expired;
    return n == 0; /* no host: the attempt will find out why */
}

/* ---- after an attempt ---- */

void host_note(struct world *w, uint32_t m, uint32_t place, enum cause cause)
{
    struct message *msg = &w->messages[m];
    if (!w->mtas[msg->mta].hosts) return;
    bool failed = (HOST_FAILURES & CAUSE_BIT(cause)) != 0;
    if (msg->failures == NONE) {
        if (!failed) return;
        msg->failures = pool_take(&w->failure_pool);
    }
    struct host_failures *f = &((struct host_failures *)w->failure_pool.items)[msg->failures];
    f->causes[place] = failed ? (uint8_t)cause : CAUSE_NONE;
}

static void host_failed(struct world *w, const struct message *msg, uint32_t host, enum cause cause, struct rng *luck)
{
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    struct host_memory *h = &w->mtas[msg->mta].hosts[host];
    sim_time now = w->sim.now;
    h->cause = (uint8_t)cause;
    if (p->retry == RETRY_RULES) {
        retry_record_fail(&h->retry, p, now + w->mtas[msg->mta].clock, 0, luck);
    } else if (p->suspension_rule == SUSPEND_FOR_RUN) {
        h->failed_runs[h->failed_run_count++ % RUNS_REMEMBERED] = msg->run;
    } else if (p->suspension_rule == SUSPEND_ROUTE) {
        /* Each time it was let go, one failure was forgiven; sessions begun before count for nothing. Source: OpenSMTPD
         * mta.c mta_route_disable, _enable. */
        if (now < h->until) return;
        if (h->failures > 0) h->failures--;
        h->failures++;
        sim_time span = h->failures > 1000 ? p->suspension_max : p->suspension * h->failures * h->failures;
        h->until = sim_time_add(now, span < p->suspension_max ? span : p->suspension_max);
    } else if (p->suspension_rule == SUSPEND_TWO_TIMEOUTS && cause == CAUSE_CONNECT_TIMEOUT) {
        if (h->timed_out != SIM_NEVER && now - h->timed_out >= TIMEOUTS_APART) {
            sim_time more = p->suspension_max - p->suspension;
            h->until = sim_time_add(now, p->suspension + (sim_time)rng_below(luck, (uint64_t)more + 1));
        }
        h->timed_out = now;
    }
}

static void apply_failures(struct world *w, struct message *msg, struct rng *luck)
{
    if (msg->failures == NONE) return;
    const struct host_failures *f = &((const struct host_failures *)w->failure_pool.items)[msg->failures];
    for (uint32_t n = 0, host; n < SPEC_SERVERS_MAX && (host = route_host(w, msg, n)) != NONE; n++)
        if (f->causes[n] != CAUSE_NONE) host_failed(w, msg, host, (enum cause)f->causes[n], luck);
    pool_give(&w->failure_pool, msg->failures);
    msg->failures = NONE;
}

static bool is_dns(enum cause cause)
{
    return cause >= CAUSE_DNS_TIMEOUT && cause <= CAUSE_DNS_NOTIMP;
}

/* RETRY_RULES: have all hosts that the attempt could go to been failing past the last rule? */
static bool hosts_expired(const struct world *w, const struct message *msg)
{
    bool any = false;
    for (uint32_t n = 0, host; (host = route_host(w, msg, n)) != NONE; n++) {
        if (!(msg->walk.usable >> n & 1)) continue;
        any = true;
        const struct retry_record *r = &w->mtas[msg->mta].hosts[host].retry;
        if (!r->failing || !r->expired) return false;
    }
    return any;
}

bool host_memory_update(struct world *w, uint32_t m, enum cause cause)
{
    struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    struct mta_state *s = &w->mtas[msg->mta];
    sim_time age = w->sim.now - msg->arrived;
    struct rng luck;
    rng_open(&luck, w->seed, w->run, attempt_stream(w, msg, w->memory_luck));
    apply_failures(w, msg, &luck);
    if (p->retry != RETRY_RULES) {
        if (cause == CAUSE_NONE) s->hosts[msg->host].timed_out = SIM_NEVER;
        return false;
    }
    bool old = age > p->retry_rules.items[p->retry_rules.count - 1].cutoff;
    if (is_dns(cause)) {
        /* Not by the message's age, whatever retry.c says: measured, a message 105 s old still had the 96 s rule. */
        retry_record_fail(&s->routing[msg->zone], p, w->sim.now + s->clock, 0, &luck);
        return s->routing[msg->zone].expired || old;
    }
    s->routing[msg->zone].failing = false;
    if (cause == CAUSE_NONE) {
        s->hosts[msg->host].retry.failing = false;
        return false;
    }
    if (msg->walk.completed) { /* it is this message that was put off, or its recipient */
        retry_record_fail(&msg->retry, p, w->sim.now + s->clock, age, &luck);
        return msg->retry.expired || old;
    }
    return hosts_expired(w, msg) || old;
}
