/* models/fetch.c - one question being found out: what must be known first, packets, their ends, what is kept.
 *
 * For each packet it is known at once what will happen (models/name_server.c), so one event is scheduled: the reply,
 * or the time-out. Which server is asked, for how long, and when to give up is the software's own
 * (models/selection.h). */
#include "models/selection.h"

#define NEEDS_MAX         300 /* look-ups begun for one question; resolvers have limits of this size (Unbound: 64 targets) */
#define STRANGERS_AT_ONCE 5 /* addresses of name servers in other zones that are looked up at a time */
#define DEPTH_MAX         7 /* needs of needs; resolvers have limits of this size (BIND max-recursion-depth) */

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

/* ---- what is kept ---- */

/* When an answer of that TTL ends, on the resolver's clock of whole seconds. */
static sim_time end_of(const struct world *w, uint32_t resolver, sim_time ttl)
{
    enum ttl_edge edge = w->spec->resolvers[resolver].params.ttl_edge;
    sim_time now = w->sim.now;
    if (edge == TTL_EXACT || ttl == 0) return sim_time_add(now, ttl);
    sim_time since = (now + w->resolvers[resolver].clock) % SIM_SECOND;
    return sim_time_add(now - since, ttl + (edge == TTL_LATE ? SIM_SECOND : 0));
}

sim_time fetch_ends(const struct world *w, const struct fetch *f, sim_time ttl)
{
    return end_of(w, f->resolver, ttl);
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
        if (asked->no_soa) return p->packet_cache && !p->disable_packetcache ? p->failure_ttl : 0;
        sim_time ttl = asked->negative_ttl;
        if (ttl > p->cache_max_negative_ttl) ttl = p->cache_max_negative_ttl;
        return ttl > p->cache_min_negative_ttl ? ttl : p->cache_min_negative_ttl;
    }
    sim_time ttl = home->ttl;
    if (question_type(question) == QUESTION_NS)
        ttl = home->delegation_ttl > SIM_SECOND ? home->delegation_ttl : SIM_SECOND; /* else nobody could ever use it */
    if (ttl < p->cache_min_ttl) ttl = p->cache_min_ttl;
    return ttl < p->cache_max_ttl ? ttl : p->cache_max_ttl;
}

static void keep_answer(struct world *w, uint32_t resolver, uint32_t question, enum dns_status status)
{
    const struct resolver_params *p = &w->spec->resolvers[resolver].params;
    struct cache_entry *e = entry_of(w, resolver, question);
    sim_time ttl = ttl_of(w, resolver, question, status);
    bool stale = p->serve_stale && !(p->stale_no_nxdomain && status == DNS_NXDOMAIN);
    bool prefetch = p->prefetch_trigger > 0 && ttl >= p->prefetch_eligible && status == DNS_OK;
    e->status = (uint8_t)status;
    e->ttl = ttl;
    e->until = end_of(w, resolver, ttl);
    e->failed_until = e->refresh_at = 0;
    e->extended = 0;
    e->refreshed = false;
    /* In a packet cache what was served stale lives on to its end, whatever has come since. */
    sim_time most = p->stale_max > 0 ? p->stale_max : SIM_LONGEST;
    if (!p->packet_cache) e->stale_until = stale ? sim_time_add(e->until, most) : 0;
    e->prefetch_at = prefetch ? e->until - p->prefetch_trigger : 0;
    e->from_child = false;
    e->leads_nowhere = status == DNS_OK && name_server_misdelegates(w, question);
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
    /* Who has something stale to tell keeps no failure beside it (Unbound services/mesh.c; measured). */
    bool stale = !p->packet_cache && p->serve_stale && e->stale_until > w->sim.now;
    if (!p->packet_cache && e->until > w->sim.now) return; /* what is known is still good */
    e->failed_until = ttl > 0 && !stale ? end_of(w, resolver, ttl) : 0;
    e->refresh_at = sim_time_add(w->sim.now, p->stale_refresh_time);
}

/* BIND: SERVFAIL that a client was told is kept by the nanosecond (lib/ns/query.c); that the address of a name server
 * was not found, too (lib/dns/adb.c). What is stale is served at once for a while if the time was over when clients
 * still waited; servers that refuse are asked again each time (lib/ns/query.c). */
static void keep_told_failure(struct world *w, const struct fetch *f, sim_time ttl)
{
    const struct resolver_params *p = fetch_params(w, f);
    struct cache_entry *e = entry_of(w, f->resolver, f->question);
    sim_time now = w->sim.now;
    bool stale = e->stale_until > now, of_server = f->depth > 0 && question_type(f->question) != QUESTION_NS;
    if (of_server)
        e->failed_until = sim_time_add(now, p->address_failure_ttl);
    else if (f->waiters > 0 && !stale && e->until <= now)
        e->failed_until = sim_time_add(now, ttl);
    if (stale && f->timed_out && f->first != NONE)
        e->refresh_at = sim_time_add(now - now % SIM_SECOND, p->stale_refresh_time);
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
    const struct resolver_params *p = fetch_params(w, f);
    if (e->from_child || p->parent_delegation) return;
    e->from_child = true;
    e->until = end_of(w, f->resolver, zone->ttl < p->cache_max_ttl ? zone->ttl : p->cache_max_ttl);
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

bool fetch_leads_nowhere(const struct world *w, const struct fetch *f)
{
    if (fetch_zone(w, f)->parent == SPEC_NONE) return false;
    const struct cache_entry *e = entry_of(w, f->resolver, question_of_zone(f->zone, QUESTION_NS));
    return e->leads_nowhere && e->until > w->sim.now;
}

/* Is the zone that one, or delegated by it, or by one that it delegates, ... */
static bool lies_in(const struct world_spec *spec, uint32_t zone, uint32_t above)
{
    while (zone != above && zone != SPEC_NONE) zone = spec->zones[zone].parent;
    return zone == above;
}

/* Is the address of the server known? It comes as glue where the server's name lies in the zone asked, or below; one
 * above, whoever asks here has been told of there; that of another must be looked up. */
bool fetch_address_known(const struct world *w, const struct fetch *f, uint32_t ns)
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
        if ((set >> i & 1) && fetch_address_known(w, f, fetch_ns(w, f, i)) == known) found |= UINT64_C(1) << i;
    return found;
}

uint64_t fetch_servers(struct world *w, const struct fetch *f)
{
    return w->outsiders ? servers_by(w, f, true) : delegated(w, f);
}

uint64_t fetch_parents_servers(struct world *w, const struct fetch *f)
{
    uint64_t found = 0;
    for (uint32_t i = 0; i < fetch_zone(w, f)->ns_count; i++)
        if ((fetch_zone(w, f)->delegated >> i & 1) && fetch_address_known(w, f, fetch_ns(w, f, i)))
            found |= UINT64_C(1) << i;
    return found;
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

/* Does fetch other wait, by way of others, for fetch fi? walk: each fetch is looked at once. */
static bool is_above(struct world *w, uint32_t other, uint32_t fi, uint64_t walk)
{
    struct fetch *f = &w->fetches[fi];
    if (other == fi) return true;
    if (f->walk == walk) return false;
    f->walk = walk;
    /* Who began it waits for it, though the link may not be made yet. */
    if (f->starter != NONE && w->fetches[f->starter].number == f->starter_number &&
        is_above(w, other, f->starter, walk))
        return true;
    for (uint32_t l = f->links; l != NONE; l = w->links[l].next)
        if (still_waits(w, &w->links[l]) && is_above(w, other, w->links[l].fetch, walk)) return true;
    return false;
}

static bool waits_for(struct world *w, uint32_t other, uint32_t fi)
{
    return is_above(w, other, fi, ++w->fetch_walks);
}

static uint32_t why_not(const struct world *w, const struct fetch *f, enum dns_status status)
{
    if (status != DNS_SERVFAIL) return RECORD_NO_WHY;
    if (f->bogus) return RECORD_BOGUS;
    return fetch_leads_nowhere(w, f) ? RECORD_NOWHERE : RECORD_NO_WHY;
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
    f->starter = root;
    f->root_index = fi;
    f->begun = f->started;
    f->rides_on = f->next_overdue = NONE;
    if (root != NONE) {
        f->starter_number = w->fetches[root].number;
        f->root = w->fetches[root].root;
        f->root_index = w->fetches[root].root_index;
        f->depth = w->fetches[root].depth + 1;
        f->begun = w->fetches[root].begun;
    } else if (w->resolvers[resolver].loops) {
        event_loop_of(w, resolver, question)->fetches++;
    }
    struct cache_entry *e = entry_of(w, resolver, question);
    f->twin = e->fetch;
    e->fetch = fi;
    rng_open(&f->luck, w->seed, w->run,
             rng_part(w->resolver_streams[resolver] ^ w->question_streams[question], e->fetches++));
    if (selection_of(w, resolver)->begun) selection_of(w, resolver)->begun(w, fi);
    return fi;
}

static void fetch_free(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    uint32_t *place = &entry_of(w, f->resolver, f->question)->fetch;
    while (*place != fi && *place != NONE) place = &w->fetches[*place].twin;
    if (*place == fi) *place = f->twin; /* a prefetch is not there */
    if (f->depth == 0 && w->resolvers[f->resolver].loops) event_loop_of(w, f->resolver, f->question)->fetches--;
    f->number = 0;
    pool_give(&w->fetch_pool, fi);
}

static bool start(struct world *w, uint32_t resolver, uint32_t question, uint32_t root, bool anew, uint32_t *fi,
                  enum dns_status *status)
{
    *fi = fetch_new(w, resolver, question, root);
    w->fetches[*fi].anew = anew;
    if (root != NONE && watched(w)) tell_fetch(w, *fi, RECORD_NEED, (struct record){.count = w->fetches[*fi].depth});
    if (!advance(w, *fi, status)) return false;
    if (!w->fetches[*fi].stale) keep_result(w, *fi, *status);
    fetch_free(w, *fi);
    return true;
}

bool fetch_start(struct world *w, uint32_t resolver, uint32_t question, uint32_t root, uint32_t *fi,
                 enum dns_status *status)
{
    return start(w, resolver, question, root, false, fi, status);
}

void fetch_refresh(struct world *w, uint32_t resolver, uint32_t question)
{
    uint32_t fi = fetch_new(w, resolver, question, NONE);
    enum dns_status status;
    w->fetches[fi].refresh = true;
    if (!advance(w, fi, &status)) return;
    keep_result(w, fi, status);
    fetch_free(w, fi);
}

/* A client's question begins so many look-ups at most, its needs' needs and all: domains that depend on each other
 * would else be gone through in every order. */
static bool may_begin_need(struct world *w, uint32_t fi)
{
    const struct fetch *f = &w->fetches[fi];
    struct fetch *root = &w->fetches[f->root_index];
    if (root->number != f->root) root = &w->fetches[fi]; /* it has its answer already */
    return root->begun_needs++ < NEEDS_MAX;
}

static bool need_fetch(struct world *w, uint32_t fi, uint32_t question, bool anew, enum dns_status *status)
{
    uint32_t resolver = w->fetches[fi].resolver, depth = w->fetches[fi].depth + 1;
    const struct cache_entry *e = entry_of(w, resolver, question);
    if (!anew && resolver_cached(w, resolver, question, status)) return true;
    if (!anew && w->fetches[fi].learned == question) {
        *status = (enum dns_status)w->fetches[fi].learned_status;
        return true;
    }
    uint32_t need = e->fetch;
    *status = DNS_SERVFAIL;
    if (depth > DEPTH_MAX || question_zone(w->spec, question) == SPEC_NONE) return true;
    if (need != NONE && waits_for(w, need, fi)) return true; /* it would wait for itself */
    if (need == NONE && !may_begin_need(w, fi)) return true;
    if (need == NONE && start(w, resolver, question, fi, anew, &need, status)) return true;
    uint32_t l = pool_take(&w->link_pool);
    w->links = w->link_pool.items;
    w->links[l] = (struct fetch_link){fi, w->fetches[fi].number, w->fetches[need].links};
    w->fetches[need].links = l;
    w->fetches[fi].needs++;
    return false;
}

bool fetch_need(struct world *w, uint32_t fi, uint32_t question, enum dns_status *status)
{
    return need_fetch(w, fi, question, false, status);
}

bool fetch_need_anew(struct world *w, uint32_t fi, uint32_t question, enum dns_status *status)
{
    return need_fetch(w, fi, question, true, status);
}

/* The zone's delegation, and the address of one server at least. True: known, or *status says why there is no going on
 * and the fetch is over; false: wait. */
static bool prepared(struct world *w, uint32_t fi, enum dns_status *status)
{
    const struct fetch *f = &w->fetches[fi];
    *status = DNS_OK;
    if (fetch_zone(w, f)->parent != SPEC_NONE) {
        if (!fetch_need(w, fi, question_of_zone(f->zone, QUESTION_NS), status)) {
            w->fetches[fi].referred = true;
            return false;
        }
        f = &w->fetches[fi];
        if (*status != DNS_OK) {
            /* That the domain is not delegated is an answer; that it cannot be found out is none. */
            if (*status != DNS_NXDOMAIN) *status = DNS_SERVFAIL;
            return true;
        }
        if (fetch_leads_nowhere(w, f)) {
            *status = DNS_SERVFAIL;
            return true;
        }
    }
    if (!w->outsiders || fetch_servers(w, f)) return true;
    if (fetch_params(w, f)->selection == SELECT_PDNS) return true; /* looks them up one after the other */
    uint64_t strangers = f->needs > 0 ? 0 : fetch_strangers(w, f) & ~f->asked_for;
    for (uint32_t i = 0, asked = 0; i < SPEC_SERVERS_MAX && asked < STRANGERS_AT_ONCE; i++) {
        enum dns_status ignored;
        if (!(strangers >> i & 1)) continue;
        w->fetches[fi].asked_for |= UINT64_C(1) << i;
        if (!fetch_need(w, fi, question_of_ns(w->spec, fetch_ns(w, &w->fetches[fi], i), QUESTION_A), &ignored)) asked++;
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

/* Takes what comes for the twin's packet; nothing, if the twin will not wait for it. */
static void ride(const struct world *w, struct fetch *f)
{
    const struct fetch *twin = &w->fetches[f->rides_on];
    f->reply_at = twin->reply_at <= twin->sent + twin->timeout ? twin->reply_at : SIM_NEVER;
    f->reply_status = twin->reply_status;
}

static void send_packet(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    bool alone = selection_alone(w, f->resolver);
    f->sent = w->sim.now;
    f->in_flight = true;
    f->joins = false;
    if (SIM_UNLIKELY(f->rides_on != NONE))
        ride(w, f);
    else
        f->reply_at = alone ? knot_reply(w, fi, &f->reply_status) : name_server_reply(w, f, &f->reply_status);
    sim_time end = sim_time_add(w->sim.now, f->timeout);
    if (!f->joins) f->sent_count++;
    if (!f->joins && f->rides_on == NONE) {
        w->tally->counts[COL_PACKETS]++;
        w->tally->resolvers[f->resolver].packets++;
        w->tally->ns[fetch_ns(w, f, f->server)].packets++;
        if (watched(w))
            tell_fetch(w, fi, RECORD_QUERY,
                       (struct record){.whom = fetch_ns(w, f, f->server), .count = f->sent_count, .until = end});
    }
    if (f->reply_at <= end)
        sim_at(&w->sim, f->reply_at, EVENT_DNS_REPLY, fi, f->reply_status);
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
    uint32_t resolver = w->fetches[fi].resolver;
    if (SIM_UNLIKELY(is_alias(w, &w->fetches[fi]))) {
        w->fetches[fi].is_alias = true;
        return fetch_need(w, fi, question_beyond(w->spec, w->fetches[fi].question), status);
    }
    if (!selection_alone(w, resolver)) {
        if (!prepared(w, fi, status)) return false;
        if (*status != DNS_OK) return true;
    }
    switch (selection_of(w, resolver)->next(w, fi)) {
    case SELECT_SEND: send_packet(w, fi); return false;
    case SELECT_WAIT: return false;
    case SELECT_CUT: w->fetches[fi].cut_short = true; break;
    case SELECT_CACHED:
        w->fetches[fi].stale = true;
        *status = (enum dns_status)entry_of(w, resolver, w->fetches[fi].question)->status;
        return true;
    case SELECT_FAIL: break;
    }
    if (w->fetches[fi].sent_count == 0 && watched(w) && !fetch_leads_nowhere(w, &w->fetches[fi]))
        tell_fetch(w, fi, RECORD_ALL_HELD_DOWN, (struct record){0});
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

/* That the parent has denied the zone is kept as long as that is, and no longer. */
static void cut_to_denial(struct world *w, const struct fetch *f)
{
    if (fetch_zone(w, f)->parent == SPEC_NONE) return;
    const struct cache_entry *parents = entry_of(w, f->resolver, question_of_zone(f->zone, QUESTION_NS));
    if (parents->status == DNS_NXDOMAIN && parents->until > w->sim.now)
        entry_of(w, f->resolver, f->question)->until = parents->until;
}

static void keep_result(struct world *w, uint32_t fi, enum dns_status status)
{
    const struct fetch *f = &w->fetches[fi];
    const struct resolver_params *p = fetch_params(w, f);
    struct cache_entry *e = entry_of(w, f->resolver, f->question);
    sim_time failure_ttl = f->bogus ? p->bogus_ttl : p->failure_ttl;
    /* What only clients are told is not kept for fetches that no client asked for. */
    bool untold = f->refresh || (p->packet_cache && (f->depth > 0 || p->disable_packetcache));
    if (status == DNS_SERVFAIL && p->failure_if_told)
        keep_told_failure(w, f, failure_ttl);
    else if (status == DNS_SERVFAIL && !untold)
        keep_failure(w, f->resolver, f->question, failure_ttl);
    else if (status != DNS_SERVFAIL && f->is_alias)
        keep_target(w, f, status);
    else if (status != DNS_SERVFAIL)
        keep_answer(w, f->resolver, f->question, status);
    if (status == DNS_NXDOMAIN && !f->is_alias) cut_to_denial(w, f);
    if (!watched(w)) return;
    sim_time until = status == DNS_SERVFAIL ? e->failed_until : e->until;
    if (f->is_alias && status != DNS_SERVFAIL) {
        sim_time target = entry_of(w, f->resolver, question_beyond(w->spec, f->question))->until;
        until = until < target ? until : target;
    }
    tell_fetch(w, fi, RECORD_FETCHED, (struct record){.dns = status, .until = until, .count = why_not(w, f, status)});
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
    const struct fetch *f = &w->fetches[fi];
    if (!f->stale) keep_result(w, fi, status);
    uint32_t resolver = f->resolver, first = f->first, links = f->links, number = f->root, question = f->question;
    bool cut_short = f->cut_short || f->refresh;
    sim_cancel(&w->sim, f->stale_event);
    if (f->spilled && status != DNS_SERVFAIL) resolver_lets_more_in(w, f);
    fetch_free(w, fi);
    /* Whoever is answered may ask the next question at once, so no pointer into a pool is held. */
    resolver_ended(w, resolver, question, number, first, status, cut_short);
    wake(w, links, question, status);
}

void fetch_go_on(struct world *w, uint32_t fi)
{
    enum dns_status status;
    if (advance(w, fi, &status)) finish(w, fi, status);
}

void fetch_answered(struct world *w, uint32_t fi, enum dns_status status)
{
    struct fetch *f = &w->fetches[fi];
    f->bogus = bogus(w, f);
    f->is_alias = status == DNS_OK && !f->bogus && question_beyond(w->spec, f->question) != SPEC_NONE;
    if (!f->is_alias) {
        finish(w, fi, f->bogus ? DNS_SERVFAIL : status);
        return;
    }
    keep_answer(w, f->resolver, f->question, DNS_OK);
    fetch_go_on(w, fi);
}

void fetch_reply(struct sim *sim, uint32_t fi, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct fetch *f = &w->fetches[fi];
    uint32_t status = (uint32_t)arg;
    sim_time took = sim->now - f->sent;
    f->in_flight = false;
    event_loop_stir(w, f->resolver, f->question, false);
    if (watched(w) && !f->joins)
        tell_fetch(w, fi, RECORD_REPLY,
                   (struct record){.whom = fetch_ns(w, f, f->server),
                                   .dns = status == REPLY_CLOSED ? DNS_TIMEOUT : (enum dns_status)status,
                                   .cause = status == REPLY_CLOSED ? CAUSE_CONNECT_REFUSED : CAUSE_NONE});
    bool answered = status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN;
    if (answered && !selection_alone(w, f->resolver)) learn_delegation(w, f);
    if (selection_of(w, f->resolver)->replied(w, fi, status, took))
        fetch_answered(w, fi, (enum dns_status)status);
    else
        fetch_go_on(w, fi);
}

void fetch_timeout(struct sim *sim, uint32_t fi, uint64_t arg)
{
    struct world *w = world_of(sim);
    (void)arg;
    if (w->resolvers[w->fetches[fi].resolver].loops)
        event_loop_overdue(w, fi);
    else
        fetch_expire(w, fi);
}

void fetch_expire(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    f->in_flight = false;
    if (watched(w) && !f->joins)
        tell_fetch(w, fi, RECORD_NO_REPLY,
                   (struct record){.whom = fetch_ns(w, f, f->server), .until = w->sim.now - f->sent});
    selection_of(w, f->resolver)->timed_out(w, fi);
    if (f->stale_at > 0 && f->stale_at <= w->sim.now) resolver_stale(&w->sim, fi, 0);
    fetch_go_on(w, fi);
}
