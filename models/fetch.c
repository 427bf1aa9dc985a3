/* models/fetch.c - one question being found out: what must be known first, packets, their ends, what is kept.
 *
 * For each packet it is known at once what will happen (models/name_server.c), so one event is scheduled: the reply,
 * or the time-out. Which server is asked, for how long, and when to give up is the software's own
 * (models/selection.h). */
#include "models/selection.h"

#define DEPTH_MAX 7 /* needs of needs; resolvers have limits of this size (BIND max-recursion-depth) */

static void tell_fetch(const struct world *w, uint32_t fi, enum record_type type, struct record r)
{
    const struct fetch *f = &w->fetches[fi];
    r.at = w->sim.now;
    r.type = type;
    r.who = f->resolver;
    r.question = type == RECORD_QUERY || type == RECORD_REPLY ? f->asks : f->question;
    r.fetch = f->root;
    tell(w, r);
}

static struct cache_entry *entry_of(const struct world *w, uint32_t resolver, uint32_t question)
{
    return &w->resolvers[resolver].cache[question];
}

/* ---- what is kept ---- */

/* When an answer of that TTL ends, on the resolver's clock of whole seconds. */
static sim_time end_of(const struct resolver_params *p, sim_time now, sim_time ttl)
{
    if (p->ttl_edge == TTL_EXACT || ttl == 0) return sim_time_add(now, ttl);
    return sim_time_add(now - now % SIM_SECOND, ttl + (p->ttl_edge == TTL_LATE ? SIM_SECOND : 0));
}

/* The TTL of an answer, within the resolver's bounds (RFC 2308 section 5). */
static sim_time ttl_of(const struct world *w, uint32_t resolver, uint32_t question, enum dns_status status)
{
    const struct resolver_params *p = &w->spec->resolvers[resolver].params;
    const struct world_spec *spec = w->spec;
    const struct zone_spec *home = &spec->zones[question_home(spec, question)];
    uint32_t zone = question_zone(spec, question);
    if (status != DNS_OK) {
        const struct zone_spec *asked = zone == SPEC_NONE ? home : &spec->zones[zone];
        if (asked->no_soa) return 0;
        sim_time ttl = asked->negative_ttl;
        return ttl < p->cache_max_negative_ttl ? ttl : p->cache_max_negative_ttl;
    }
    sim_time ttl = question_type(question) == QUESTION_NS ? home->delegation_ttl : home->ttl;
    if (ttl < p->cache_min_ttl) ttl = p->cache_min_ttl;
    return ttl < p->cache_max_ttl ? ttl : p->cache_max_ttl;
}

static void keep_answer(struct world *w, uint32_t resolver, uint32_t question, enum dns_status status)
{
    const struct resolver_params *p = &w->spec->resolvers[resolver].params;
    struct cache_entry *e = entry_of(w, resolver, question);
    e->status = (uint8_t)status;
    e->until = end_of(p, w->sim.now, ttl_of(w, resolver, question, status));
    e->failed_until = e->refresh_at = 0;
    e->stale_until = p->serve_stale ? sim_time_add(e->until, p->stale_max) : 0;
    e->from_child = false;
    /* The CNAME record is kept for its TTL, what it leads to for its own. */
    e->is_alias = status == DNS_OK && question_beyond(w->spec, question) != SPEC_NONE;
}

/* What an alias leads to is known: stale, the two may be served as long as both may. */
static void keep_target(struct world *w, const struct fetch *f, enum dns_status status)
{
    struct cache_entry *e = entry_of(w, f->resolver, f->question);
    sim_time stale_until = entry_of(w, f->resolver, question_beyond(w->spec, f->question))->stale_until;
    e->status = (uint8_t)status;
    e->failed_until = e->refresh_at = 0;
    if (e->stale_until > stale_until) e->stale_until = stale_until;
}

static void keep_failure(struct world *w, uint32_t resolver, uint32_t question, sim_time ttl)
{
    const struct resolver_params *p = &w->spec->resolvers[resolver].params;
    struct cache_entry *e = entry_of(w, resolver, question);
    e->failed_until = ttl > 0 ? end_of(p, w->sim.now, ttl) : 0;
    e->refresh_at = sim_time_add(w->sim.now, p->stale_refresh_time);
}

void fetch_keep(struct world *w, uint32_t fi, uint32_t question, enum dns_status status)
{
    keep_answer(w, w->fetches[fi].resolver, question, status);
}

/* A server of the zone itself has answered: its NS records replace the parent's (RFC 2181 section 5.4.1), but do not
 * live on for ever by themselves. */
static void learn_delegation(struct world *w, const struct fetch *f)
{
    const struct zone_spec *zone = fetch_zone(w, f);
    if (zone->parent == SPEC_NONE) return;
    struct cache_entry *e = entry_of(w, f->resolver, question_of_zone(f->zone, QUESTION_NS));
    if (e->from_child) return;
    const struct resolver_params *p = fetch_params(w, f);
    e->from_child = true;
    e->until = end_of(p, w->sim.now, zone->ttl < p->cache_max_ttl ? zone->ttl : p->cache_max_ttl);
}

/* ---- what must be known first ---- */

struct server_state *fetch_server(struct world *w, const struct fetch *f, uint32_t place)
{
    bool apart = fetch_params(w, f)->selection == SELECT_UNBOUND;
    uint32_t i = apart ? w->zone_places[f->zone] + place : fetch_ns(w, f, place);
    return &w->resolvers[f->resolver].servers[i];
}

/* The servers that the delegation names, as this resolver knows it now. */
static uint64_t delegated(const struct world *w, const struct fetch *f)
{
    const struct zone_spec *zone = fetch_zone(w, f);
    if (zone->parent == SPEC_NONE) return zone->listed;
    bool child = entry_of(w, f->resolver, question_of_zone(f->zone, QUESTION_NS))->from_child;
    return child ? zone->listed : zone->delegated;
}

/* Is the zone that one, or delegated by it, or by one that it delegates, ... */
static bool lies_in(const struct world_spec *spec, uint32_t zone, uint32_t above)
{
    while (zone != above && zone != SPEC_NONE) zone = spec->zones[zone].parent;
    return zone == above;
}

/* Is the address of the server known? It comes as glue where the server's name lies in the zone asked, or below; one
 * above, whoever asks here has been told of there; that of another must be looked up. */
static bool address_known(const struct world *w, const struct fetch *f, uint32_t ns)
{
    const struct ns_spec *server = &w->spec->ns[ns];
    if (!server->outside) return true;
    uint32_t home = w->spec->zones[server->zone].cut;
    if (lies_in(w->spec, f->zone, home) || lies_in(w->spec, home, f->zone)) return true;
    const struct cache_entry *e = entry_of(w, f->resolver, question_of_ns(w->spec, ns, QUESTION_A));
    return e->until > w->sim.now && e->status == DNS_OK;
}

static uint64_t servers_by(const struct world *w, const struct fetch *f, bool known)
{
    uint64_t set = delegated(w, f), found = 0;
    for (uint32_t i = 0; i < fetch_zone(w, f)->ns_count; i++)
        if ((set >> i & 1) && address_known(w, f, fetch_ns(w, f, i)) == known) found |= UINT64_C(1) << i;
    return found;
}

uint64_t fetch_servers(struct world *w, const struct fetch *f)
{
    return w->outsiders ? servers_by(w, f, true) : delegated(w, f);
}

uint64_t fetch_strangers(struct world *w, const struct fetch *f)
{
    return w->outsiders ? servers_by(w, f, false) : 0;
}

/* A fetch may end before all it needs is known. */
static bool still_waits(const struct world *w, const struct fetch_link *link)
{
    return w->fetches[link->fetch].number == link->number;
}

/* Does fetch other wait, by way of others, for fetch fi? */
static bool waits_for(const struct world *w, uint32_t other, uint32_t fi)
{
    if (other == fi) return true;
    for (uint32_t l = w->fetches[fi].links; l != NONE; l = w->links[l].next)
        if (still_waits(w, &w->links[l]) && waits_for(w, other, w->links[l].fetch)) return true;
    return false;
}

static bool advance(struct world *w, uint32_t fi, enum dns_status *status);
static void keep_result(struct world *w, uint32_t fi, enum dns_status status);

/* root: the client's fetch that needs it; NONE: it is one itself. */
static uint32_t fetch_new(struct world *w, uint32_t resolver, uint32_t question, uint32_t root)
{
    uint32_t fi = pool_take(&w->fetch_pool);
    w->fetches = w->fetch_pool.items;
    struct fetch *f = &w->fetches[fi];
    f->started = w->sim.now;
    f->resolver = resolver;
    f->question = f->asks = question;
    f->zone = question_zone(w->spec, question);
    f->number = f->root = ++w->fetch_numbers;
    f->first = f->last = f->links = f->learned = NONE;
    if (root != NONE) {
        f->root = w->fetches[root].root;
        f->depth = w->fetches[root].depth + 1;
    }
    struct cache_entry *e = entry_of(w, resolver, question);
    e->fetch = fi;
    rng_open(&f->luck, w->seed, w->run,
             rng_part(w->resolver_streams[resolver] ^ w->question_streams[question], e->fetches++));
    return fi;
}

static void fetch_free(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    entry_of(w, f->resolver, f->question)->fetch = NONE;
    f->number = 0;
    pool_give(&w->fetch_pool, fi);
}

bool fetch_start(struct world *w, uint32_t resolver, uint32_t question, uint32_t root, uint32_t *fi,
                 enum dns_status *status)
{
    *fi = fetch_new(w, resolver, question, root);
    if (root != NONE && watched(w)) tell_fetch(w, *fi, RECORD_NEED, (struct record){.count = w->fetches[*fi].depth});
    if (!advance(w, *fi, status)) return false;
    keep_result(w, *fi, *status);
    fetch_free(w, *fi);
    return true;
}

bool fetch_need(struct world *w, uint32_t fi, uint32_t question, enum dns_status *status)
{
    uint32_t resolver = w->fetches[fi].resolver, depth = w->fetches[fi].depth + 1;
    const struct cache_entry *e = entry_of(w, resolver, question);
    if (resolver_cached(w, resolver, question, status)) return true;
    if (w->fetches[fi].learned == question) {
        *status = (enum dns_status)w->fetches[fi].learned_status;
        return true;
    }
    uint32_t need = e->fetch;
    *status = DNS_SERVFAIL;
    if (depth > DEPTH_MAX || question_zone(w->spec, question) == SPEC_NONE) return true;
    if (need != NONE && waits_for(w, need, fi)) return true; /* it would wait for itself */
    if (need == NONE && fetch_start(w, resolver, question, fi, &need, status)) return true;
    uint32_t l = pool_take(&w->link_pool);
    w->links = w->link_pool.items;
    w->links[l] = (struct fetch_link){fi, w->fetches[fi].number, w->fetches[need].links};
    w->fetches[need].links = l;
    w->fetches[fi].needs++;
    return false;
}

/* The zone's delegation, and the address of one server at least. True: known, or *status says why there is no going on
 * and the fetch is over; false: wait. */
static bool prepared(struct world *w, uint32_t fi, enum dns_status *status)
{
    const struct fetch *f = &w->fetches[fi];
    *status = DNS_OK;
    if (fetch_zone(w, f)->parent != SPEC_NONE) {
        if (!fetch_need(w, fi, question_of_zone(f->zone, QUESTION_NS), status)) return false;
        f = &w->fetches[fi];
        if (*status != DNS_OK) {
            /* That the domain is not delegated is an answer; that it cannot be found out is none. */
            if (*status != DNS_NXDOMAIN) *status = DNS_SERVFAIL;
            return true;
        }
    }
    if (!w->outsiders || fetch_servers(w, f)) return true;
    uint64_t strangers = fetch_strangers(w, f) & ~f->asked_for;
    for (uint32_t i = 0; i < SPEC_SERVERS_MAX; i++) {
        enum dns_status ignored;
        if (!(strangers >> i & 1)) continue;
        w->fetches[fi].asked_for |= UINT64_C(1) << i;
        fetch_need(w, fi, question_of_ns(w->spec, fetch_ns(w, &w->fetches[fi], i), QUESTION_A), &ignored);
    }
    f = &w->fetches[fi];
    if (fetch_servers(w, f)) return true;
    if (f->needs > 0) return false;
    *status = DNS_SERVFAIL;
    return true;
}

/* ---- packets ---- */

bool fetch_time_left(const struct world *w, const struct fetch *f, sim_time *timeout)
{
    sim_time whole = fetch_params(w, f)->query_timeout;
    if (whole == 0) return true;
    sim_time left = f->started + whole - w->sim.now;
    if (left <= 0) return false;
    if (*timeout > left) *timeout = left;
    return true;
}

static void send_packet(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    uint32_t status = 0;
    f->sent = w->sim.now;
    f->sent_count++;
    f->in_flight = true;
    if (f->sent_to[f->server] < UINT8_MAX) f->sent_to[f->server]++;
    w->tally->counts[COL_PACKETS]++;
    sim_time end = sim_time_add(w->sim.now, f->timeout), reply = name_server_reply(w, f, &status);
    if (watched(w))
        tell_fetch(w, fi, RECORD_QUERY,
                   (struct record){.whom = fetch_ns(w, f, f->server), .count = f->sent_count, .until = end});
    if (reply <= end)
        sim_at(&w->sim, reply, EVENT_DNS_REPLY, fi, status);
    else
        sim_at(&w->sim, end, EVENT_DNS_TIMEOUT, fi, 0);
}

/* Is it known that the name is an alias, so that only what it leads to is to be found out? */
static bool is_alias(const struct world *w, const struct fetch *f)
{
    const struct cache_entry *e = entry_of(w, f->resolver, f->question);
    return f->is_alias || (e->is_alias && e->until > w->sim.now);
}

/* Goes on as far as it can now: true if the fetch has its end, *status. */
static bool advance(struct world *w, uint32_t fi, enum dns_status *status)
{
    if (SIM_UNLIKELY(is_alias(w, &w->fetches[fi]))) {
        w->fetches[fi].is_alias = true;
        return fetch_need(w, fi, question_beyond(w->spec, w->fetches[fi].question), status);
    }
    if (!prepared(w, fi, status)) return false;
    if (*status != DNS_OK) return true;
    switch (selection_of(w, w->fetches[fi].resolver)->next(w, fi)) {
    case SELECT_SEND: send_packet(w, fi); return false;
    case SELECT_WAIT: return false;
    case SELECT_FAIL: break;
    }
    if (w->fetches[fi].sent_count == 0 && watched(w)) tell_fetch(w, fi, RECORD_ALL_HELD_DOWN, (struct record){0});
    *status = DNS_SERVFAIL;
    return true;
}

/* ---- ends ---- */

/* Does a resolver that validates find the answer bogus? The DS record comes with the delegation, and is kept for its
 * own TTL. */
static bool bogus(struct world *w, const struct fetch *f)
{
    const struct zone_spec *zone = fetch_zone(w, f);
    if (!zone->is_signed || !fetch_params(w, f)->validates) return false;
    enum fault_kind state = timeline_at(&w->faults.of[TARGET_ZONE][f->zone], w->sim.now)->kind;
    sim_time *ds = &w->resolvers[f->resolver].ds_until[f->zone];
    if (*ds <= w->sim.now) *ds = state == FAULT_UNSIGNED ? 0 : sim_time_add(w->sim.now, zone->ds_ttl);
    return *ds > w->sim.now && (state == FAULT_UNSIGNED || state == FAULT_BOGUS);
}

static void keep_result(struct world *w, uint32_t fi, enum dns_status status)
{
    const struct fetch *f = &w->fetches[fi];
    const struct resolver_params *p = fetch_params(w, f);
    struct cache_entry *e = entry_of(w, f->resolver, f->question);
    if (status == DNS_SERVFAIL)
        keep_failure(w, f->resolver, f->question, f->bogus ? p->bogus_ttl : p->failure_ttl);
    else if (f->is_alias)
        keep_target(w, f, status);
    else
        keep_answer(w, f->resolver, f->question, status);
    if (!watched(w)) return;
    sim_time until = status == DNS_SERVFAIL ? e->failed_until : e->until;
    if (f->is_alias && status != DNS_SERVFAIL) {
        sim_time target = entry_of(w, f->resolver, question_beyond(w->spec, f->question))->until;
        until = until < target ? until : target;
    }
    tell_fetch(w, fi, RECORD_FETCHED, (struct record){.dns = status, .until = until});
}

static void finish(struct world *w, uint32_t fi, enum dns_status status);

/* The fetches that need the answer to question go on, each as far as it can. */
static void wake(struct world *w, uint32_t l, uint32_t question, enum dns_status answer)
{
    while (l != NONE) {
        const struct fetch_link link = w->links[l];
        enum dns_status status;
        pool_give(&w->link_pool, l);
        l = link.next;
        if (!still_waits(w, &link)) continue;
        w->fetches[link.fetch].needs--;
        w->fetches[link.fetch].learned = question;
        w->fetches[link.fetch].learned_status = (uint8_t)answer;
        if (!w->fetches[link.fetch].in_flight && advance(w, link.fetch, &status)) finish(w, link.fetch, status);
    }
}

static void finish(struct world *w, uint32_t fi, enum dns_status status)
{
    keep_result(w, fi, status);
    const struct fetch *f = &w->fetches[fi];
    uint32_t resolver = f->resolver, first = f->first, links = f->links, number = f->root, question = f->question;
    sim_cancel(&w->sim, f->stale_event);
    fetch_free(w, fi);
    /* Whoever is answered may ask the next question at once, so no pointer into a pool is held. */
    resolver_ended(w, resolver, question, number, first, status);
    wake(w, links, question, status);
}

static void go_on(struct world *w, uint32_t fi)
{
    enum dns_status status;
    if (advance(w, fi, &status)) finish(w, fi, status);
}

void fetch_reply(struct sim *sim, uint32_t fi, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct fetch *f = &w->fetches[fi];
    uint32_t status = (uint32_t)arg;
    sim_time took = sim->now - f->sent;
    f->in_flight = false;
    if (watched(w))
        tell_fetch(w, fi, RECORD_REPLY,
                   (struct record){.whom = fetch_ns(w, f, f->server),
                                   .dns = status == REPLY_CLOSED ? DNS_TIMEOUT : (enum dns_status)status,
                                   .cause = status == REPLY_CLOSED ? CAUSE_CONNECT_REFUSED : CAUSE_NONE});
    if (status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN) learn_delegation(w, f);
    if (selection_of(w, f->resolver)->replied(w, fi, status, took)) {
        f->bogus = bogus(w, f);
        f->is_alias = status == DNS_OK && !f->bogus && question_beyond(w->spec, f->question) != SPEC_NONE;
        if (!f->is_alias) {
            finish(w, fi, f->bogus ? DNS_SERVFAIL : (enum dns_status)status);
            return;
        }
        keep_answer(w, f->resolver, f->question, DNS_OK);
    }
    go_on(w, fi);
}

void fetch_timeout(struct sim *sim, uint32_t fi, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct fetch *f = &w->fetches[fi];
    (void)arg;
    f->in_flight = false;
    if (watched(w))
        tell_fetch(w, fi, RECORD_NO_REPLY,
                   (struct record){.whom = fetch_ns(w, f, f->server), .until = sim->now - f->sent});
    selection_of(w, f->resolver)->timed_out(w, fi);
    go_on(w, fi);
}
