/* models/stub.c - the stub resolver inside an MTA: asks its resolvers one after the other, waits, asks again, gives up.
 * It has no memory of them.
 *
 * As glibc 2.36 does it, resolv/res_send.c: rounds over all servers of resolv.conf; the wait depends on a server's
 * place in the list; SERVFAIL, REFUSED, NOTIMP and a closed port lead to the next server at once; any other answer is
 * the end. Measured on glibc 2.36: one silent server 10 s, two 20 s, three 28 s. */
#include "models/inside.h"

/* An answer on its way to the stub: which message, which of its questions and tries, and what it says. */
#define STUB_REPLY(number, serial, status) ((uint64_t)(number) << 32 | (uint64_t)(serial) << 8 | (status))
#define REPLY_NUMBER(arg)                  ((uint32_t)((arg) >> 32))
#define REPLY_SERIAL(arg)                  ((uint16_t)((arg) >> 8))
#define REPLY_STATUS(arg)                  ((uint32_t)((arg)&0xff))

static uint32_t server_count(const struct mta_spec *mta)
{
    return 1 + mta->fallback_count;
}

/* The place in resolv.conf of the server that the present try asks. */
static uint32_t place_of(const struct mta_spec *mta, const struct message *msg)
{
    return (msg->stub_try - 1u + msg->stub_offset) % server_count(mta);
}

static uint32_t resolver_of(const struct world *w, const struct message *msg)
{
    const struct mta_spec *mta = &w->spec->mtas[msg->mta];
    uint32_t place = place_of(mta, msg);
    return place == 0 ? mta->resolver : mta->fallback[place - 1];
}

static struct record about_resolver(const struct world *w, uint32_t m, enum record_type type)
{
    struct record r = record_about(w, m, type);
    r.whom = resolver_of(w, &w->messages[m]);
    r.count = w->messages[m].stub_try;
    return r;
}

/* How long the present try waits: send_dg of glibc shifts the time-out by the place, and divides it by the number of
 * servers, in whole seconds. */
static sim_time patience(const struct mta_spec *mta, const struct message *msg)
{
    const struct mta_params *p = &mta->params;
    uint32_t count = server_count(mta), place = place_of(mta, msg);
    /* poll() comes back a little late: so an answer after exactly ten seconds meets one who waits for twice five. */
    sim_time late = msg->stub_try > 1 ? SIM_MS : 0;
    if (p->stub_doubles) {
        uint32_t doublings = (msg->stub_try - 1u) / count;
        return late + (doublings < 16 ? p->stub_timeout << doublings : SIM_DAY);
    }
    if (place == 0) return late + p->stub_timeout;
    sim_time wait = (p->stub_timeout << place) / count / SIM_SECOND * SIM_SECOND;
    return late + (wait > 0 ? wait : SIM_SECOND);
}

/* A resolver that answers every question with the same code, wrongly. */
static bool wrong_answer(enum fault_kind state, uint32_t *status)
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

static void tell_no_resolver(const struct world *w, uint32_t m, enum fault_kind state)
{
    struct record r = about_resolver(w, m, RECORD_NO_RESOLVER);
    r.cause = state == FAULT_REFUSING ? CAUSE_CONNECT_REFUSED : CAUSE_CONNECT_TIMEOUT;
    tell(w, r);
}

/* The question reaches its resolver: true if the reply leaves at once, *status. */
static bool arrives(struct world *w, uint32_t m, uint32_t *status)
{
    struct message *msg = &w->messages[m];
    uint32_t resolver = resolver_of(w, msg);
    const struct resolver_spec *spec = &w->spec->resolvers[resolver];
    enum fault_kind state = timeline_at(&w->faults.of[TARGET_RESOLVER][resolver], w->sim.now)->kind;
    if (SIM_UNLIKELY(state >= FAULT_REFUSING) && watched(w)) tell_no_resolver(w, m, state);
    if (state == FAULT_REFUSING || state == FAULT_UNREACHABLE) {
        *status = REPLY_CLOSED;
        /* The kernel does not limit what it sends to its own host. */
        return !spec->remote || icmp_sent(&w->stub_icmp[msg->mta * w->spec->resolver_count + resolver], w->sim.now);
    }
    if (SIM_UNLIKELY(state != FAULT_NONE) && wrong_answer(state, status)) return true;
    if (state == FAULT_SILENT) return false;
    event_loop_stir(w, resolver, msg->question, true);
    w->tally->resolvers[resolver].questions++;
    if (msg->fetch != NONE) return false;
    enum dns_status answer;
    if (resolver_cached(w, resolver, msg->question, &answer)) {
        w->tally->resolvers[resolver].cached++;
        if (watched(w)) {
            const struct cache_entry *e = &w->resolvers[resolver].cache[msg->question];
            struct record r = about_resolver(w, m, RECORD_CACHED);
            r.dns = answer;
            r.until = e->until > w->sim.now ? e->until : e->failed_until;
            tell(w, r);
            if (resolver_cached_stale(w, resolver, msg->question)) resolver_tell_stale(w, m, resolver);
        }
        resolver_told(w, msg->mta, resolver, msg->question);
        *status = answer;
        return true;
    }
    if (cut_off(w, msg->mta, w->sim.now)) return false; /* its resolver is up, but can find out nothing new */
    if (!resolver_ask(w, m, resolver, msg->question, &answer)) return false;
    *status = answer;
    return true;
}

/* How long a packet to or from a resolver on another host takes; SIM_NEVER: it is lost. */
static sim_time way(struct world *w, const struct message *msg, uint32_t resolver, uint32_t leg)
{
    const struct resolver_spec *spec = &w->spec->resolvers[resolver];
    struct rng r;
    rng_open(&r, w->seed, w->run,
             rng_part(attempt_stream(w, msg, w->stub_luck), (uint64_t)msg->stub_serial << 1 | leg));
    if (host_loses(spec->host.loss, 0, &r)) return SIM_NEVER;
    return host_delay(&spec->host, &r);
}

/* The reply leaves a resolver on another host now. */
static void send_back(struct world *w, uint32_t m, uint32_t status)
{
    const struct message *msg = &w->messages[m];
    sim_time back = way(w, msg, resolver_of(w, msg), 1);
    if (back == SIM_NEVER) return;
    sim_at(&w->sim, sim_time_add(w->sim.now, back), EVENT_STUB_REPLY, m,
           STUB_REPLY(msg->number, msg->stub_serial, status));
}

static bool is_current(const struct message *msg, uint64_t arg)
{
    return msg->state == MESSAGE_LOOKING && msg->number == REPLY_NUMBER(arg) && msg->stub_serial == REPLY_SERIAL(arg);
}

/* Does the answer send glibc on to the next server? */
static bool leads_on(const struct mta_params *p, uint32_t status)
{
    if (status == REPLY_CLOSED) return true;
    if (p->stub_doubles) return false; /* OpenBSD's asr takes any answer */
    return status == DNS_SERVFAIL || status == DNS_REFUSED || status == DNS_NOTIMP;
}

/* Sends the question of the present try: true if the answer is there at once, *status. */
static bool ask_once(struct world *w, uint32_t m, uint32_t *status)
{
    struct message *msg = &w->messages[m];
    const struct mta_spec *mta = &w->spec->mtas[msg->mta];
    uint32_t resolver = resolver_of(w, msg);
    msg->asked = w->sim.now;
    msg->stub_serial++;
    if (w->spec->resolvers[resolver].remote) {
        sim_time there = way(w, msg, resolver, 0);
        if (there != SIM_NEVER)
            sim_at(&w->sim, sim_time_add(w->sim.now, there), EVENT_STUB_QUERY, m,
                   STUB_REPLY(msg->number, msg->stub_serial, 0));
    } else if (arrives(w, m, status)) {
        return true;
    }
    msg = &w->messages[m];
    msg->timer = sim_at_cancellable(&w->sim, sim_time_add(w->sim.now, patience(mta, msg)), EVENT_STUB_TIMEOUT, m, 0);
    return false;
}

/* Goes on to the next server or round, as long as what is known is no answer: true if *status is the end. */
static bool ask_on(struct world *w, uint32_t m, uint32_t *status)
{
    const struct mta_spec *mta = &w->spec->mtas[w->messages[m].mta];
    const uint32_t tries = mta->params.stub_attempts * server_count(mta);
    while (leads_on(&mta->params, *status) && w->messages[m].stub_try < tries) {
        struct message *msg = &w->messages[m];
        if (watched(w) && mta->fallback_count > 0) {
            struct record r = about_resolver(w, m, RECORD_STUB_FAILED);
            r.dns = *status == REPLY_CLOSED ? DNS_TIMEOUT : (enum dns_status) * status;
            tell(w, r);
        }
        if (msg->fetch != NONE && mta->fallback_count > 0) resolver_leave(w, m);
        msg->stub_try++;
        if (!ask_once(w, m, status)) return false;
    }
    return true;
}

static enum dns_status end_status(uint32_t status)
{
    return status == REPLY_CLOSED ? DNS_TIMEOUT : (enum dns_status)status;
}

/* Most questions: one resolver, on the MTA's own host and well, that has the answer. */
static bool at_hand(struct world *w, const struct mta_spec *mta, uint32_t question, enum dns_status *status)
{
    uint32_t resolver = mta->resolver;
    if (mta->fallback_count > 0 || w->spec->resolvers[resolver].remote || watched(w)) return false;
    if (w->resolvers[resolver].loops) return false; /* a question wakes it */
    if (timeline_at(&w->faults.of[TARGET_RESOLVER][resolver], w->sim.now)->kind != FAULT_NONE) return false;
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    *status = (enum dns_status)e->status;
    sim_time now = w->sim.now;
    if (e->until <= now || e->failed_until > now || e->is_alias) return false;
    return e->prefetch_at == 0 || e->prefetch_at > now;
}

bool stub_ask(struct world *w, uint32_t m, uint32_t question, enum dns_status *status)
{
    struct message *msg = &w->messages[m];
    const struct mta_spec *mta = &w->spec->mtas[msg->mta];
    uint32_t answer = DNS_OK;
    if (SIM_LIKELY(at_hand(w, mta, question, status))) return true;
    w->mtas[msg->mta].asked++;
    msg->question = question;
    msg->stub_try = 1;
    msg->timer = 0;
    /* "rotate" begins one server further on with each question. */
    if (SIM_UNLIKELY(mta->params.stub_rotate))
        msg->stub_offset = (uint8_t)(w->mtas[msg->mta].stub_turn++ % server_count(mta));
    if (!ask_once(w, m, &answer)) return false;
    if (SIM_UNLIKELY(leads_on(&mta->params, answer)) && !ask_on(w, m, &answer)) return false;
    *status = end_status(answer);
    return true;
}

/* What is known is either the end or leads to the next server. */
static void answered(struct world *w, uint32_t m, uint32_t status)
{
    sim_cancel(&w->sim, w->messages[m].timer);
    w->messages[m].timer = 0;
    if (!ask_on(w, m, &status)) return;
    if (w->messages[m].fetch != NONE) resolver_leave(w, m);
    route_answer(w, m, end_status(status));
}

void stub_answered(struct world *w, uint32_t m, enum dns_status status)
{
    if (w->spec->resolvers[resolver_of(w, &w->messages[m])].remote)
        send_back(w, m, status);
    else
        answered(w, m, status);
}

void stub_query(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    uint32_t status = 0;
    if (is_current(&w->messages[m], arg) && arrives(w, m, &status)) send_back(w, m, status);
}

void stub_reply(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    if (is_current(&w->messages[m], arg)) answered(w, m, REPLY_STATUS(arg));
}

void stub_timeout(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct message *msg = &w->messages[m];
    const struct mta_spec *mta = &w->spec->mtas[msg->mta];
    uint32_t status = DNS_TIMEOUT;
    bool last = msg->stub_try >= mta->params.stub_attempts * server_count(mta);
    (void)arg;
    struct record r = about_resolver(w, m, RECORD_STUB_TIMEOUT);
    r.code = (uint32_t)((sim->now - msg->asked) / SIM_MS);
    /* One that is asked again is still waited for; another one's answer would come too late. */
    if (!last && msg->fetch != NONE && mta->fallback_count > 0) resolver_leave(w, m);
    msg->timer = 0;
    if (!last) msg->stub_try++;
    r.until = last ? 0 : sim_time_add(sim->now, patience(mta, msg));
    if (watched(w)) tell(w, r);
    if (!last) {
        if (!ask_once(w, m, &status) || !ask_on(w, m, &status)) return;
    }
    if (w->messages[m].fetch != NONE) resolver_leave(w, m);
    route_answer(w, m, end_status(status));
}
