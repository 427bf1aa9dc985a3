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

/* How long the present try of the question waits. */
static sim_time patience(const struct mta_params *p, const struct message *msg)
{
    uint32_t doublings = p->stub_doubles ? msg->stub_try - 1u : 0;
    return doublings < 16 ? p->stub_timeout << doublings : SIM_DAY;
}

/* A resolver that answers every question with the same code, wrongly. */
static bool wrong_answer(enum fault_kind state, enum dns_status *status)
{
    switch (state) {
    case FAULT_SERVFAIL: *status = DNS_SERVFAIL; return true;
    case FAULT_REFUSED: *status = DNS_REFUSED; return true;
    case FAULT_FORMERR: *status = DNS_FORMERR; return true;
    case FAULT_NOTIMP: *status = DNS_NOTIMP; return true;
    case FAULT_NXDOMAIN: *status = DNS_NXDOMAIN; return true;
    case FAULT_EMPTY: *status = DNS_NODATA; return true;
    default: return false;
    }
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
    if (SIM_UNLIKELY(state != FAULT_NONE) && wrong_answer(state, status)) return true;
    if (state != FAULT_SILENT) event_loop_stir(w, mta->resolver, msg->question, true);
    if (state != FAULT_SILENT && msg->fetch == NONE) {
        if (resolver_cached(w, mta->resolver, msg->question, status)) {
            if (watched(w)) {
                struct record r = about_resolver(w, m, RECORD_CACHED);
                r.dns = *status;
                r.until = w->resolvers[mta->resolver].cache[msg->question].until;
                tell(w, r);
                if (resolver_cached_stale(w, mta->resolver, msg->question)) resolver_tell_stale(w, m, mta->resolver);
            }
            resolver_refresh_early(w, mta->resolver, msg->question);
            return true;
        }
        bool alone = cut_off(w, msg->mta, now); /* its resolver is up, but can find out nothing new */
        if (!alone && resolver_ask(w, m, mta->resolver, msg->question, status)) return true;
        msg = &w->messages[m];
    }
    msg->timer = sim_at_cancellable(&w->sim, sim_time_add(now, patience(&mta->params, msg)), EVENT_STUB_TIMEOUT, m, 0);
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
        r.until = last ? 0 : sim_time_add(sim->now, patience(p, msg));
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
