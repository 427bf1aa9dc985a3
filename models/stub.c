/* models/stub.c - the stub resolver inside an MTA: asks its resolver, waits, asks again, gives up. It has no memory.
 * Measured on glibc 2.36: 5 s, twice; a refusal or SERVFAIL ends the wait at once. */
#include "models/inside.h"

static struct record about_resolver(const struct world *w, uint32_t m, enum record_type type)
{
    struct record r = record_about(w, m, type);
    r.whom = w->spec->mtas[r.who].resolver;
    r.count = w->messages[m].stub_try;
    return r;
}

/* One question to the resolver, which runs on the MTA's own host: no delay between them. */
static bool ask_once(struct world *w, uint32_t m, enum dns_status *status)
{
    struct message *msg = &w->messages[m];
    const struct mta_spec *mta = &w->spec->mtas[msg->mta];
    sim_time now = w->sim.now;
    enum fault_kind state = timeline_at(&w->faults.of[TARGET_RESOLVER][mta->resolver], now)->kind;
    msg->asked = now;
    if (SIM_UNLIKELY(state >= FAULT_REFUSING) && watched(w)) {
        struct record r = about_resolver(w, m, RECORD_NO_RESOLVER);
        r.cause = state == FAULT_REFUSING ? CAUSE_CONNECT_REFUSED : CAUSE_CONNECT_TIMEOUT;
        tell(w, r);
    }
    if (state == FAULT_REFUSING) {
        *status = DNS_TIMEOUT;
        return true;
    }
    if (state != FAULT_SILENT && msg->fetch == NONE) {
        if (resolver_cached(w, mta->resolver, msg->question, status)) {
            if (watched(w)) {
                struct record r = about_resolver(w, m, RECORD_CACHED);
                r.dns = *status;
                r.until = w->resolvers[mta->resolver].cache[msg->question].until;
                tell(w, r);
            }
            return true;
        }
        if (resolver_join(w, m, mta->resolver, msg->question, status)) return true;
        msg = &w->messages[m];
    }
    msg->timer = sim_at_cancellable(&w->sim, sim_time_add(now, mta->params.stub_timeout), EVENT_STUB_TIMEOUT, m, 0);
    return false;
}

bool stub_ask(struct world *w, uint32_t m, uint32_t question, enum dns_status *status)
{
    struct message *msg = &w->messages[m];
    msg->question = question;
    msg->stub_try = 1;
    msg->timer = 0;
    return ask_once(w, m, status);
}

void stub_timeout(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    enum dns_status status = DNS_TIMEOUT;
    bool last = msg->stub_try >= p->stub_attempts;
    (void)arg;
    msg->timer = 0;
    if (watched(w)) {
        struct record r = about_resolver(w, m, RECORD_STUB_TIMEOUT);
        r.until = last ? 0 : sim_time_add(sim->now, p->stub_timeout);
        tell(w, r);
    }
    if (!last) {
        msg->stub_try++;
        if (!ask_once(w, m, &status)) return;
        msg = &w->messages[m];
    }
    if (msg->fetch != NONE) resolver_leave(w, m);
    route_answer(w, m, status);
}

void stub_answered(struct world *w, uint32_t m, enum dns_status status)
{
    sim_cancel(&w->sim, w->messages[m].timer);
    w->messages[m].timer = 0;
    route_answer(w, m, status);
}
