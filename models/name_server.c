/* models/name_server.c - authoritative name servers: what comes back for one packet, and when.
 *
 * What is wrong with a server or with a zone does not depend on the mail, so the reply is known when the packet
 * leaves. */
#include "models/inside.h"

/* Linux 6.1 net/ipv4/inetpeer.c inet_peer_xrlim_allow, with net.ipv4.icmp_ratelimit at its default. */
#define ICMP_INTERVAL SIM_SECOND
#define ICMP_BURST    6
/* Linux 6.1 include/net/tcp.h: what is not acknowledged is sent again after this, then after twice that, ... */
#define TCP_RTO_MIN   (200 * SIM_MS)

bool icmp_sent(struct icmp_bucket *bucket, sim_time at)
{
    sim_time tokens = bucket->known ? sim_time_add(bucket->tokens, at - bucket->last) : ICMP_BURST * ICMP_INTERVAL;
    if (tokens > ICMP_BURST * ICMP_INTERVAL) tokens = ICMP_BURST * ICMP_INTERVAL;
    bool sent = tokens >= ICMP_INTERVAL;
    *bucket = (struct icmp_bucket){at, sent ? tokens - ICMP_INTERVAL : tokens, true};
    return sent;
}

static const struct zone_spec *zone_of(const struct world *w, const struct fetch *f)
{
    return &w->spec->zones[f->zone];
}

/* Does a fault that hits some types, or a share of the names, hit this question? The same names during a whole run. */
static bool hits_name(const struct world *w, const struct fault_spec *fault, uint32_t question)
{
    if (fault->types && !(fault->types >> question_type(question) & 1)) return false;
    if (fault->share >= 1) return true;
    struct rng r;
    uint64_t name = rng_name(question_name(w->spec, question));
    rng_open(&r, w->seed, w->run, rng_part(w->fault_streams[fault - w->spec->faults], name));
    return rng_uniform(&r) < fault->share;
}

/* What a server or a zone in this state says to every question, or to the names that are hit; DNS_STATUS_COUNT: what is
 * true. */
static uint32_t wrong_reply(const struct world *w, const struct fault_state *s, uint32_t question)
{
    switch (s->kind) {
    case FAULT_SERVFAIL: return DNS_SERVFAIL;
    case FAULT_REFUSED: return DNS_REFUSED;
    case FAULT_FORMERR: return DNS_FORMERR;
    case FAULT_NOTIMP: return DNS_NOTIMP;
    case FAULT_LAME: return DNS_LAME;
    case FAULT_NXDOMAIN: return hits_name(w, s->fault, question) ? DNS_NXDOMAIN : DNS_STATUS_COUNT;
    case FAULT_EMPTY: return hits_name(w, s->fault, question) ? DNS_NODATA : DNS_STATUS_COUNT;
    default: return DNS_STATUS_COUNT;
    }
}

/* Has the server at that place, a secondary, given the zone up because it could not reach the primary for too long? */
static bool expired(const struct world *w, uint32_t zone, uint32_t place, sim_time at)
{
    struct timeline *expiry = w->faults.expiry[zone];
    return expiry && timeline_at(&expiry[place], at)->kind == FAULT_SERVFAIL;
}

bool name_server_misdelegates(const struct world *w, uint32_t question)
{
    if (question_type(question) != QUESTION_NS) return false;
    uint32_t zones[2] = {question_home(w->spec, question), question_zone(w->spec, question)};
    for (int i = 0; i < 2 && zones[1] != SPEC_NONE; i++) {
        const struct fault_state *s = timeline_at(&w->faults.of[TARGET_ZONE][zones[i]], w->sim.now);
        if (s->kind == FAULT_MISDELEGATED && hits_name(w, s->fault, question)) return true;
    }
    return false;
}

static uint32_t answer(const struct world *w, const struct fetch *f, const struct fault_state *server, sim_time at)
{
    uint32_t wrong = wrong_reply(w, server, f->asks);
    if (wrong != DNS_STATUS_COUNT) return wrong;
    if (!(zone_of(w, f)->serves >> f->server & 1)) return DNS_REFUSED;
    if (expired(w, f->zone, f->server, at)) return DNS_SERVFAIL;
    wrong = wrong_reply(w, timeline_at(&w->faults.of[TARGET_ZONE][f->zone], at), f->asks);
    /* A mail domain without servers of its own is a part of the zone. */
    uint32_t home = question_home(w->spec, f->asks);
    if (wrong == DNS_STATUS_COUNT && w->spec->zones[home].cut != home)
        wrong = wrong_reply(w, timeline_at(&w->faults.of[TARGET_ZONE][home], at), f->asks);
    return wrong != DNS_STATUS_COUNT ? wrong : question_truth(w->spec, f->asks);
}

/* Does the packet that leaves then reach the server? *s is the server's state when it does. */
static bool arrives(const struct host_spec *host, struct timeline *faults, sim_time leaves, struct rng *r,
                    sim_time *there, const struct fault_state **s)
{
    *there = sim_time_add(leaves, host_delay(host, r));
    *s = timeline_at(faults, *there);
    return (*s)->kind != FAULT_SILENT && (*s)->kind != FAULT_UNREACHABLE && !host_loses(host->loss, (*s)->loss, r) &&
           !host_loses((*s)->overload, 0, r);
}

sim_time name_server_connect(struct world *w, struct fetch *f, sim_time until, bool *closed)
{
    uint32_t ns = zone_of(w, f)->ns[f->server];
    const struct host_spec *host = &w->spec->ns[ns].host;
    struct timeline *faults = faults_seen(&w->faults, TARGET_NS, f->resolver, ns);
    *closed = false;
    for (sim_time leaves = w->sim.now; leaves < until; leaves += SIM_SECOND) {
        sim_time there;
        const struct fault_state *s;
        if (!arrives(host, faults, leaves, &f->luck, &there, &s) || host_loses(host->loss, s->loss, &f->luck)) continue;
        *closed = s->kind == FAULT_REFUSING;
        return sim_time_add(there, host_delay(host, &f->luck));
    }
    return SIM_NEVER;
}

bool name_server_closed(struct world *w, const struct fetch *f)
{
    uint32_t ns = zone_of(w, f)->ns[f->server];
    return timeline_at(faults_seen(&w->faults, TARGET_NS, f->resolver, ns), w->sim.now)->kind == FAULT_REFUSING;
}

sim_time name_server_session_reply(struct world *w, struct fetch *f, sim_time from, sim_time until, uint32_t *status)
{
    uint32_t ns = zone_of(w, f)->ns[f->server];
    const struct host_spec *host = &w->spec->ns[ns].host;
    struct timeline *faults = faults_seen(&w->faults, TARGET_NS, f->resolver, ns);
    sim_time there, gap = TCP_RTO_MIN;
    const struct fault_state *s;
    for (sim_time leaves = from; leaves < until; leaves += gap, gap *= 2) {
        if (!arrives(host, faults, leaves, &f->luck, &there, &s)) continue;
        sim_time back = sim_time_add(sim_time_add(there, s->delay), host_delay(host, &f->luck));
        *status = s->kind == FAULT_REFUSING ? REPLY_CLOSED : answer(w, f, s, there);
        /* A lost reply is sent again by the server, as often as it takes. */
        for (sim_time again = TCP_RTO_MIN; back < until && host_loses(host->loss, s->loss, &f->luck); again *= 2)
            back = sim_time_add(back, again);
        return back;
    }
    return SIM_NEVER;
}

sim_time name_server_reply(struct world *w, struct fetch *f, uint32_t *status)
{
    uint32_t ns = zone_of(w, f)->ns[f->server];
    const struct host_spec *host = &w->spec->ns[ns].host;
    struct timeline *faults = faults_seen(&w->faults, TARGET_NS, f->resolver, ns);
    struct rng *r = &f->luck;
    sim_time there = sim_time_add(w->sim.now, host_delay(host, r));
    if (f->tcp) there = sim_time_add(there, 2 * host_delay(host, r)); /* the handshake */
    const struct fault_state *s = timeline_at(faults, there);
    /* A router's "host unreachable" is heeded by none of them (measured: BIND, Unbound). */
    if (s->kind == FAULT_SILENT || s->kind == FAULT_UNREACHABLE || host_loses(host->loss, s->loss, r) ||
        host_loses(s->overload, 0, r) || host_loses(host->loss, s->loss, r))
        return SIM_NEVER;
    sim_time back = sim_time_add(sim_time_add(there, s->delay), host_delay(host, r));
    if (s->kind == FAULT_REFUSING) {
        *status = REPLY_CLOSED;
        bool told = f->tcp || (w->spec->resolvers[f->resolver].params.heeds_icmp &&
                               icmp_sent(&w->resolvers[f->resolver].icmp[ns], there));
        return told ? back : SIM_NEVER;
    }
    *status = answer(w, f, s, there);
    return back;
}

/* ---- its load ---- */

/* How many questions a second reach server ns at now, those of this world's resolvers and those that are asked again
 * not counted; until *next. turns: how far each fault's outages are gone through. */
static double demand(const struct world *w, uint32_t ns, sim_time now, uint32_t *turns, sim_time *next)
{
    const struct fault_lists *lists = &w->faults.lists[TARGET_NS];
    double all = w->spec->ns[ns].queries;
    *next = w->spec->limit;
    for (uint32_t i = lists->start[ns]; i < lists->start[ns + 1]; i++) {
        uint32_t f = lists->numbers[i];
        const struct outages *o = &w->faults.times[f];
        if (w->spec->faults[f].load == 0) continue;
        while (turns[f] < o->count && o->items[turns[f]].until <= now) turns[f]++;
        if (turns[f] == o->count) continue;
        bool on = o->items[turns[f]].from <= now;
        sim_time change = on ? o->items[turns[f]].until : o->items[turns[f]].from;
        if (on) all += w->spec->faults[f].load;
        if (change < *next) *next = change;
    }
    return all;
}

static struct load_sum questions_sum(struct world *w, uint32_t ns)
{
    double capacity = w->spec->ns[ns].capacity, peak = 0;
    uint32_t *turns = arena_zero(&w->faults.arena, w->spec->fault_count, sizeof *turns);
    struct load l;
    load_start(&l, w->bin_width, LOAD_NO_LIMIT);
    for (sim_time now = 0, next; now < w->spec->limit; now = next) {
        double all = demand(w, ns, now, turns, &next);
        load_sink(&l, now, next, all, 0, capacity > 0 ? capacity : all);
        if (all > peak) peak = all;
    }
    struct load_sum sum = load_end(&l, w->spec->limit);
    sum.peak = peak;
    return sum;
}

void name_servers_finish(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->ns_count; i++)
        if (load_detail(w->spec, LOAD_DEMAND, i) != LOAD_NOTHING) w->tally->loads[LOAD_DEMAND][i] = questions_sum(w, i);
}
