/* models/resolver.c - a caching resolver: cache by TTL, joining of equal questions, server choice, time-outs,
 * hold-down.
 *
 * One fetch finds out one question for all who wait. For each packet it sends, what will happen is known at once
 * (models/fault.h), so one event is scheduled: the reply, or the time-out. */
#include "models/inside.h"

#include <string.h>

static const struct resolver_params *params_of(const struct world *w, uint32_t resolver)
{
    return &w->spec->resolvers[resolver].params;
}

static const struct zone_spec *zone_of(const struct world *w, const struct fetch *f)
{
    return &w->spec->zones[question_zone(w->spec, f->question)];
}

static void tell_fetch(const struct world *w, uint32_t f, enum record_type type, struct record r)
{
    const struct fetch *fetch = &w->fetches[f];
    r.at = w->sim.now;
    r.type = type;
    r.who = fetch->resolver;
    r.question = fetch->question;
    r.fetch = fetch->number;
    tell(w, r);
}

void resolvers_start(struct world *w)
{
    pool_clear(&w->fetch_pool);
    w->fetch_numbers = 0;
    for (uint32_t i = 0; i < w->spec->resolver_count; i++) {
        struct resolver_state *r = &w->resolvers[i];
        for (uint32_t q = 0; q < question_count(w->spec); q++) r->cache[q] = (struct cache_entry){.fetch = NONE};
        memset(r->servers, 0, w->spec->ns_count * sizeof *r->servers);
    }
}

bool resolver_cached(struct world *w, uint32_t resolver, uint32_t question, enum dns_status *status)
{
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    if (e->until <= w->sim.now) return false;
    *status = (enum dns_status)e->status;
    return true;
}

/* ---- what is known of a server ---- */

/* Forgets what is too old; sets up what is not known. */
static struct server_state *server_fresh(struct world *w, uint32_t resolver, uint32_t ns)
{
    const struct resolver_params *p = params_of(w, resolver);
    struct server_state *s = &w->resolvers[resolver].servers[ns];
    if (s->until > w->sim.now) return s;
    bool was_down = s->until > 0 && s->rto >= p->rto_max;
    s->until = sim_time_add(w->sim.now, p->infra_host_ttl);
    s->answered = false;
    s->probing_until = 0;
    s->srtt = 0;
    s->rttvar = p->unknown_server_timeout / 4;
    /* A server that was held down gets one try; one more failure and it is down again (Unbound services/cache/infra.c).
     */
    s->rto = was_down ? p->rto_max - SIM_MS : p->unknown_server_timeout;
    return s;
}

static bool server_usable(const struct world *w, const struct resolver_params *p, const struct server_state *s)
{
    if (p->timeout != TIMEOUT_RTO) return true;
    if (s->rto >= p->rto_max) return false;
    return !(p->probe_rto > 0 && s->rto >= p->probe_rto && s->probing_until > w->sim.now);
}

static void server_answered(const struct resolver_params *p, struct server_state *s, sim_time took)
{
    if (p->timeout == TIMEOUT_RTO) {
        /* util/rtt.c of Unbound: srtt += d / 8, rttvar += (|d| - rttvar) / 4, rto = srtt + 4 rttvar within its bounds.
         */
        sim_time d = took - s->srtt;
        s->srtt += d / 8;
        s->rttvar += ((d < 0 ? -d : d) - s->rttvar) / 4;
        s->rto = s->srtt + 4 * s->rttvar;
        if (s->rto < p->rto_min) s->rto = p->rto_min;
        if (s->rto > p->rto_max) s->rto = p->rto_max;
    } else {
        /* lib/dns/adb.c of BIND: 0.7 old + 0.3 new. */
        s->srtt = s->answered ? (7 * s->srtt + 3 * took) / 10 : took;
    }
    s->answered = true;
    s->probing_until = 0;
}

static void server_silent(const struct resolver_params *p, struct server_state *s, sim_time waited, struct rng *luck)
{
    if (p->timeout == TIMEOUT_RTO) {
        /* Doubled from what the packet was sent with, and only if it has not been raised past that meanwhile. */
        if (s->rto <= waited) s->rto = 2 * waited < p->rto_max ? 2 * waited : p->rto_max;
    } else {
        /* BIND: srtt grows by a random amount, about 1 s at most for a fast server, less for a slow one; cap 9 s. */
        sim_time most = s->srtt < 25 * SIM_MS ? SIM_SECOND : s->srtt > 800 * SIM_MS ? 16 * SIM_MS : SIM_SECOND / 4;
        s->srtt += (sim_time)rng_below(luck, (uint64_t)most);
        if (s->srtt > p->try_timeout_max) s->srtt = p->try_timeout_max;
        s->answered = true; /* it is not new any more */
    }
}

/* ---- the choice ---- */

static bool may_ask(struct world *w, const struct fetch *f, const struct zone_spec *zone, uint32_t i)
{
    const struct resolver_params *p = params_of(w, f->resolver);
    if (f->failed >> i & 1) return false;
    if (p->tries_per_server && f->per_server[i] >= p->tries_per_server) return false;
    return server_usable(w, p, server_fresh(w, f->resolver, zone->ns[i]));
}

/* At random among the servers whose time-out is within server_band of the best one's. */
static uint32_t choose_in_band(struct world *w, struct fetch *f, const struct zone_spec *zone)
{
    const struct resolver_params *p = params_of(w, f->resolver);
    const struct server_state *servers = w->resolvers[f->resolver].servers;
    sim_time best = SIM_NEVER;
    uint32_t candidates[SPEC_SERVERS_MAX], count = 0;
    for (uint32_t i = 0; i < zone->ns_count; i++)
        if (may_ask(w, f, zone, i) && servers[zone->ns[i]].rto < best) best = servers[zone->ns[i]].rto;
    for (uint32_t i = 0; i < zone->ns_count; i++)
        if (may_ask(w, f, zone, i) && servers[zone->ns[i]].rto <= sim_time_add(best, p->server_band))
            candidates[count++] = i;
    if (count == 0) return NONE;
    return candidates[count == 1 ? 0 : rng_below(&f->luck, count)];
}

/* The lowest smoothed round trip among those not asked in this round; never-asked ones first, at random. */
static uint32_t choose_lowest(struct world *w, struct fetch *f, const struct zone_spec *zone)
{
    const struct server_state *servers = w->resolvers[f->resolver].servers;
    uint32_t best = NONE, unknown = 0;
    for (int pass = 0; pass < 2 && best == NONE; pass++) {
        if (pass == 1) f->tried = 0; /* all were asked: the next round */
        for (uint32_t i = 0; i < zone->ns_count; i++) {
            if ((f->tried >> i & 1) || !may_ask(w, f, zone, i)) continue;
            const struct server_state *s = &servers[zone->ns[i]];
            if (!s->answered) {
                if (rng_below(&f->luck, ++unknown) == 0) best = i;
            } else if (unknown == 0 && (best == NONE || s->srtt < servers[zone->ns[best]].srtt)) {
                best = i;
            }
        }
    }
    return best;
}

/* ---- one packet ---- */

static sim_time try_timeout(const struct world *w, const struct fetch *f, const struct zone_spec *zone, uint32_t ns)
{
    const struct resolver_params *p = params_of(w, f->resolver);
    sim_time t;
    if (p->timeout == TIMEOUT_RTO) {
        t = w->resolvers[f->resolver].servers[ns].rto;
    } else {
        uint32_t round = f->tries / zone->ns_count;
        t = p->retry_timeout;
        for (uint32_t i = p->flat_rounds; i <= round && t < p->try_timeout_max; i++) t *= 2;
        if (t > p->try_timeout_max) t = p->try_timeout_max;
    }
    if (p->query_timeout > 0 && sim_time_add(w->sim.now, t) > f->started + p->query_timeout)
        t = f->started + p->query_timeout - w->sim.now;
    return t;
}

/* Has the server asked, a secondary, given the zone up because it could not reach the primary for too long? */
static bool expired(const struct world *w, const struct fetch *f, sim_time at)
{
    struct timeline *expiry = w->faults.expiry[question_zone(w->spec, f->question)];
    return expiry && timeline_at(&expiry[f->server], at)->kind == FAULT_SERVFAIL;
}

/* What comes back, and when; SIM_NEVER: nothing. */
static sim_time reply_of(struct world *w, struct fetch *f, uint32_t ns, uint64_t *status)
{
    const struct host_spec *host = &w->spec->ns[ns].host;
    struct timeline *faults = faults_seen(&w->faults, TARGET_NS, f->resolver, ns);
    struct rng *r = &f->luck;
    sim_time there = sim_time_add(w->sim.now, host_delay(host, r));
    const struct fault_state *s = timeline_at(faults, there);
    if (s->kind == FAULT_SILENT || host_loses(host->loss, s->loss, r) || host_loses(host->loss, s->loss, r))
        return SIM_NEVER;
    sim_time back = sim_time_add(sim_time_add(there, s->delay), host_delay(host, r));
    switch (s->kind) {
    case FAULT_REFUSING: *status = REPLY_CLOSED; break;
    case FAULT_SERVFAIL: *status = DNS_SERVFAIL; break;
    case FAULT_REFUSED: *status = DNS_REFUSED; break;
    case FAULT_FORMERR: *status = DNS_FORMERR; break;
    case FAULT_NOTIMP: *status = DNS_NOTIMP; break;
    case FAULT_LAME: *status = DNS_LAME; break;
    case FAULT_NXDOMAIN: *status = DNS_NXDOMAIN; break;
    case FAULT_EMPTY: *status = DNS_NODATA; break;
    default: *status = expired(w, f, there) ? DNS_SERVFAIL : question_truth(w->spec, f->question); break;
    }
    if (*status == REPLY_CLOSED && !params_of(w, f->resolver)->heeds_icmp) return SIM_NEVER;
    return back;
}

/* Sends a packet to the server of the try under way. */
static void send_packet(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    uint32_t ns = zone_of(w, f)->ns[f->server];
    uint64_t status = 0;
    f->sent = w->sim.now;
    f->sent_count++;
    w->tally->counts[COL_PACKETS]++;
    sim_time end = sim_time_add(w->sim.now, f->timeout), reply = reply_of(w, f, ns, &status);
    if (watched(w)) tell_fetch(w, fi, RECORD_QUERY, (struct record){.whom = ns, .count = f->sent_count, .until = end});
    if (reply <= end)
        sim_at(&w->sim, reply, EVENT_DNS_REPLY, fi, status);
    else
        sim_at(&w->sim, end, EVENT_DNS_TIMEOUT, fi, 0);
}

/* Begins the next try: false if there is none any more. */
static bool send_next(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    const struct resolver_params *p = params_of(w, f->resolver);
    const struct zone_spec *zone = zone_of(w, f);
    if (f->tries >= p->max_tries) return false;
    if (p->query_timeout > 0 && w->sim.now >= sim_time_add(f->started, p->query_timeout)) return false;
    uint32_t place = p->choice == CHOOSE_LOWEST_SRTT ? choose_lowest(w, f, zone) : choose_in_band(w, f, zone);
    if (place == NONE) {
        if (f->tries == 0 && watched(w)) tell_fetch(w, fi, RECORD_ALL_HELD_DOWN, (struct record){0});
        return false;
    }
    uint32_t ns = zone->ns[place];
    f->server = place;
    f->resent = false;
    f->timeout = try_timeout(w, f, zone, ns);
    f->tried |= UINT64_C(1) << place;
    f->tries++;
    if (f->per_server[place] < UINT16_MAX) f->per_server[place]++;
    struct server_state *s = &w->resolvers[f->resolver].servers[ns];
    if (p->probe_rto > 0 && s->rto >= p->probe_rto) s->probing_until = sim_time_add(w->sim.now, s->rto + SIM_SECOND);
    send_packet(w, fi);
    return true;
}

/* ---- a fetch's life ---- */

static uint32_t fetch_new(struct world *w, uint32_t resolver, uint32_t question)
{
    uint32_t f = pool_take(&w->fetch_pool);
    w->fetches = w->fetch_pool.items;
    w->fetches[f].started = w->sim.now;
    w->fetches[f].resolver = resolver;
    w->fetches[f].question = question;
    w->fetches[f].number = ++w->fetch_numbers;
    w->fetches[f].first = w->fetches[f].last = NONE;
    struct cache_entry *e = &w->resolvers[resolver].cache[question];
    e->fetch = f;
    rng_open(&w->fetches[f].luck, w->seed, w->run,
             rng_part(w->resolver_streams[resolver] ^ w->question_streams[question], e->fetches++));
    return f;
}

/* How long the answer is kept: TTL, within the resolver's caps (RFC 2308 sections 5 and 7.1). */
static sim_time keep_for(const struct world *w, const struct fetch *f, enum dns_status status)
{
    const struct resolver_params *p = params_of(w, f->resolver);
    const struct zone_spec *zone = zone_of(w, f);
    sim_time ttl = status == DNS_OK ? zone->ttl : zone->negative_ttl;
    sim_time cap = status == DNS_OK ? p->cache_max_ttl : p->cache_max_negative_ttl;
    if (status == DNS_SERVFAIL) return p->failure_ttl;
    return ttl < cap ? ttl : cap;
}

static void keep(struct world *w, uint32_t fi, enum dns_status status)
{
    struct fetch *f = &w->fetches[fi];
    struct cache_entry *e = &w->resolvers[f->resolver].cache[f->question];
    e->status = status;
    e->until = sim_time_add(w->sim.now, keep_for(w, f, status));
    e->fetch = NONE;
    if (watched(w)) tell_fetch(w, fi, RECORD_FETCHED, (struct record){.dns = status, .until = e->until});
}

/* The answer is there: keep it and give it to all who wait, but to none for whom it comes too late. */
static void finish(struct world *w, uint32_t fi, enum dns_status status)
{
    keep(w, fi, status);
    uint32_t resolver = w->fetches[fi].resolver, m = w->fetches[fi].first, fetch = w->fetches[fi].number;
    const struct resolver_params *p = params_of(w, resolver);
    bool down = fault_is_down(timeline_at(&w->faults.of[TARGET_RESOLVER][resolver], w->sim.now));
    pool_give(&w->fetch_pool, fi);
    /* Whoever is answered may ask the next question at once, so no pointer into a pool is held. */
    while (m != NONE) {
        uint32_t next = w->messages[m].next;
        w->messages[m].fetch = w->messages[m].next = w->messages[m].previous = NONE;
        bool late = p->discard_timeout > 0 && w->sim.now - w->messages[m].asked > p->discard_timeout;
        if (late && watched(w))
            tell(w, (struct record){.at = w->sim.now,
                                    .type = RECORD_LATE,
                                    .message = w->messages[m].number,
                                    .report = w->messages[m].report,
                                    .who = resolver,
                                    .whom = w->messages[m].mta,
                                    .question = w->messages[m].question,
                                    .fetch = fetch});
        if (!late && !down) stub_answered(w, m, status);
        m = next;
    }
}

static void wait_for(struct world *w, uint32_t m, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    w->messages[m].fetch = fi;
    w->messages[m].next = NONE;
    w->messages[m].previous = f->last;
    if (f->last == NONE)
        f->first = m;
    else
        w->messages[f->last].next = m;
    f->last = m;
}

bool resolver_join(struct world *w, uint32_t m, uint32_t resolver, uint32_t question, enum dns_status *status)
{
    uint32_t fi = w->resolvers[resolver].cache[question].fetch;
    bool joined = fi != NONE;
    if (!joined) fi = fetch_new(w, resolver, question);
    if (watched(w)) {
        struct record r = {.message = w->messages[m].number, .report = w->messages[m].report, .count = joined};
        tell_fetch(w, fi, RECORD_WAIT, r);
    }
    if (!joined && !send_next(w, fi)) {
        *status = DNS_SERVFAIL;
        keep(w, fi, *status);
        pool_give(&w->fetch_pool, fi);
        return true;
    }
    wait_for(w, m, fi);
    return false;
}

void resolver_leave(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    struct fetch *f = &w->fetches[msg->fetch];
    if (msg->previous == NONE)
        f->first = msg->next;
    else
        w->messages[msg->previous].next = msg->next;
    if (msg->next == NONE)
        f->last = msg->previous;
    else
        w->messages[msg->next].previous = msg->previous;
    msg->fetch = msg->next = msg->previous = NONE;
}

void resolver_reply(struct sim *sim, uint32_t fi, uint64_t status)
{
    struct world *w = world_of(sim);
    struct fetch *f = &w->fetches[fi];
    uint32_t ns = zone_of(w, f)->ns[f->server];
    struct server_state *s = &w->resolvers[f->resolver].servers[ns];
    if (watched(w))
        tell_fetch(w, fi, RECORD_REPLY,
                   (struct record){.whom = ns,
                                   .dns = status == REPLY_CLOSED ? DNS_TIMEOUT : (enum dns_status)status,
                                   .cause = status == REPLY_CLOSED ? CAUSE_CONNECT_REFUSED : CAUSE_NONE});
    if (status != REPLY_CLOSED) server_answered(params_of(w, f->resolver), s, sim->now - f->sent);
    if (status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN) {
        finish(w, fi, (enum dns_status)status);
        return;
    }
    /* This server cannot help with this question: on to the next. BIND thinks the worse of it (adb.c), Unbound does
     * not. */
    const struct resolver_params *p = params_of(w, f->resolver);
    if (p->timeout == TIMEOUT_TRY) server_silent(p, s, f->timeout, &f->luck);
    f->failed |= UINT64_C(1) << f->server;
    if (!send_next(w, fi)) finish(w, fi, DNS_SERVFAIL);
}

void resolver_timeout(struct sim *sim, uint32_t fi, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct fetch *f = &w->fetches[fi];
    uint32_t ns = zone_of(w, f)->ns[f->server];
    (void)arg;
    if (watched(w)) tell_fetch(w, fi, RECORD_NO_REPLY, (struct record){.whom = ns, .until = sim->now - f->sent});
    const struct resolver_params *p = params_of(w, f->resolver);
    if (!f->resent && f->timeout < p->resend_below) {
        f->resent = true;
        send_packet(w, fi);
        return;
    }
    server_silent(p, &w->resolvers[f->resolver].servers[ns], f->timeout, &f->luck);
    if (!send_next(w, fi)) finish(w, fi, DNS_SERVFAIL);
}
