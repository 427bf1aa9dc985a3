/* models/resolver.c - a caching resolver as its clients see it: the cache, joining of equal questions and its limit,
 * answers that come too late, serve-stale. What it does not know, models/fetch.c finds out. */
#include "models/selection.h"

#include <string.h>

#define STALE_EXTENSION (30 * SIM_SECOND) /* PowerDNS recursor_cache.hh s_serveStaleExtensionPeriod */

static const struct resolver_params *params_of(const struct world *w, uint32_t resolver)
{
    return &w->spec->resolvers[resolver].params;
}

static struct record about(const struct world *w, uint32_t m, uint32_t resolver, enum record_type type)
{
    const struct message *msg = &w->messages[m];
    return (struct record){.at = w->sim.now,
                           .type = type,
                           .message = msg->number,
                           .report = msg->report,
                           .who = resolver,
                           .whom = msg->mta,
                           .question = msg->question};
}

void resolvers_build(struct world *w)
{
    const struct world_spec *spec = w->spec;
    w->zone_places = arena_zero(&w->arena, spec->zone_count + 1, sizeof *w->zone_places);
    for (uint32_t z = 0; z < spec->zone_count; z++)
        w->zone_places[z + 1] = w->zone_places[z] + (spec->zones[z].cut == z ? spec->zones[z].ns_count : 0);
    w->stub_icmp = arena_zero(&w->arena, (size_t)spec->mta_count * spec->resolver_count, sizeof *w->stub_icmp);
    for (uint32_t i = 0; i < spec->ns_count; i++) w->outsiders = w->outsiders || spec->ns[i].outside;
    uint32_t places = w->zone_places[spec->zone_count];
    w->server_count = places > spec->ns_count ? places : spec->ns_count;
    w->resolvers = arena_zero(&w->arena, spec->resolver_count, sizeof *w->resolvers);
    for (uint32_t i = 0; i < spec->resolver_count; i++) {
        struct resolver_state *r = &w->resolvers[i];
        r->cache = arena_zero(&w->arena, question_count(spec), sizeof *r->cache);
        r->servers = arena_zero(&w->arena, w->server_count, sizeof *r->servers);
        r->icmp = arena_zero(&w->arena, spec->ns_count, sizeof *r->icmp);
        r->ds_until = arena_zero(&w->arena, spec->zone_count, sizeof *r->ds_until);
        map_init(&r->throttle);
        uint32_t threads = params_of(w, i)->pdns.threads;
        if (threads > 0) r->loops = arena_zero(&w->arena, threads, sizeof *r->loops);
    }
}

/* The state that PowerDNS alone has. */
static void pdns_start(struct world *w, uint32_t resolver)
{
    struct resolver_state *r = &w->resolvers[resolver];
    struct rng luck;
    if (!r->loops) return;
    map_clear(&r->throttle);
    event_loops_start(w, resolver);
    rng_open(&luck, w->seed, w->run, rng_part(w->resolver_streams[resolver], rng_name("sweeps")));
    r->sweep = (sim_time)rng_below(&luck, 30 * SIM_SECOND);
}

/* Where in its second a clock of whole seconds stands; those of the others have their own rules. */
static sim_time clock_of(const struct world *w, uint32_t resolver)
{
    struct rng luck;
    if (params_of(w, resolver)->selection != SELECT_UNBOUND) return 0;
    rng_open(&luck, w->seed, w->run, w->resolver_streams[resolver]);
    return (sim_time)rng_below(&luck, (uint64_t)SIM_SECOND);
}

void resolvers_start(struct world *w)
{
    const struct world_spec *spec = w->spec;
    pool_clear(&w->fetch_pool);
    pool_clear(&w->link_pool);
    w->fetch_numbers = 0;
    memset(w->stub_icmp, 0, (size_t)spec->mta_count * spec->resolver_count * sizeof *w->stub_icmp);
    for (uint32_t i = 0; i < spec->resolver_count; i++) {
        struct resolver_state *r = &w->resolvers[i];
        for (uint32_t q = 0; q < question_count(spec); q++)
            r->cache[q] = (struct cache_entry){.fetch = NONE, .leader = NONE};
        memset(r->servers, 0, w->server_count * sizeof *r->servers);
        memset(r->icmp, 0, spec->ns_count * sizeof *r->icmp);
        memset(r->ds_until, 0, spec->zone_count * sizeof *r->ds_until);
        r->clients_per_query = params_of(w, i)->clients_per_query;
        r->clients_grown = 0;
        r->clock = clock_of(w, i);
        pdns_start(w, i);
        r->unsent = NONE;
    }
}

/* Questions that were at hand have not been counted one by one. */
void resolvers_finish(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->mta_count; i++) {
        struct resolver_tally *t = &w->tally->resolvers[w->spec->mtas[i].resolver];
        uint64_t at_hand = w->tally->mtas[i].questions - w->mtas[i].asked;
        t->questions += at_hand;
        t->cached += at_hand;
    }
}

bool resolver_cached(struct world *w, uint32_t resolver, uint32_t question, enum dns_status *status)
{
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    bool failed = e->failed_until > w->sim.now;
    if (SIM_LIKELY(e->until > w->sim.now && !failed)) {
        if (SIM_UNLIKELY(e->is_alias)) return resolver_cached(w, resolver, question_beyond(w->spec, question), status);
        *status = (enum dns_status)e->status;
        return true;
    }
    *status = DNS_SERVFAIL;
    return failed;
}

/* ---- serve-stale (RFC 8767) ---- */

static bool may_serve_stale(const struct world *w, uint32_t resolver, uint32_t question)
{
    return params_of(w, resolver)->serve_stale && w->resolvers[resolver].cache[question].stale_until > w->sim.now;
}

void resolver_tell_stale(const struct world *w, uint32_t m, uint32_t resolver)
{
    struct record r = about(w, m, resolver, RECORD_STALE);
    const struct cache_entry *e = &w->resolvers[resolver].cache[r.question];
    r.dns = (enum dns_status)e->status;
    r.until = e->stale_until;
    tell(w, r);
}

/* PowerDNS: an answer that has ended gets a new end, if it may have one more (recursor_cache.cc updateStaleEntry). */
static bool extend(struct world *w, uint32_t resolver, uint32_t question)
{
    struct cache_entry *e = &w->resolvers[resolver].cache[question];
    uint32_t most = params_of(w, resolver)->pdns.serve_stale_extensions;
    sim_time second = w->sim.now - w->sim.now % SIM_SECOND, span = e->ttl < STALE_EXTENSION ? e->ttl : STALE_EXTENSION;
    if (e->until == 0 || e->extended >= most) return false;
    if (span < SIM_SECOND) span = SIM_SECOND;
    if (second >= sim_time_add(e->until, most * span)) return false; /* not kept for so long */
    sim_time late = second - e->until > SIM_SECOND ? second - e->until : SIM_SECOND;
    sim_time extended = e->extended + 1 + late / span;
    e->extended = extended < most ? (uint32_t)extended : most;
    e->until = e->stale_until = second + span;
    e->failed_until = 0;
    e->refreshed = false;
    return true;
}

/* Once for each new end that a stale answer gets (recursor_cache.cc: the task is pushed with it). */
static void refresh_extended(struct world *w, uint32_t resolver, uint32_t question)
{
    struct cache_entry *e = &w->resolvers[resolver].cache[question];
    if (e->extended == 0 || e->refreshed) return;
    e->refreshed = true;
    fetch_refresh(w, resolver, question);
}

/* A question has failed: is there a stale answer to it? */
static bool stale_instead(struct world *w, uint32_t resolver, uint32_t question)
{
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    if (params_of(w, resolver)->pdns.serve_stale_extensions == 0) return may_serve_stale(w, resolver, question);
    if (e->until <= w->sim.now) return extend(w, resolver, question);
    w->resolvers[resolver].cache[question].failed_until = 0; /* another one has just given it a new end */
    return true;
}

static void refresh_early(struct world *w, uint32_t resolver, uint32_t question)
{
    uint32_t percent = params_of(w, resolver)->pdns.refresh_on_ttl_perc;
    struct cache_entry *e = &w->resolvers[resolver].cache[question];
    if (percent == 0 || e->refreshed || e->until <= w->sim.now || e->failed_until > w->sim.now) return;
    sim_time left = (e->until - w->sim.now + SIM_SECOND - 1) / SIM_SECOND;
    if (left > e->ttl / SIM_SECOND * percent / 100) return;
    e->refreshed = true;
    fetch_refresh(w, resolver, question);
}

/* Does a question for what has ended get the stale answer at once? Some then ask for a fresh one beside it. */
static bool stale_at_once(struct world *w, uint32_t m, uint32_t resolver, uint32_t question, enum dns_status *status)
{
    const struct resolver_params *p = params_of(w, resolver);
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    if (e->extended > 0 && extend(w, resolver, question)) {
        *status = (enum dns_status)e->status;
        if (watched(w)) resolver_tell_stale(w, m, resolver);
        refresh_extended(w, resolver, question);
        return true;
    }
    if (selection_alone(w, resolver) || !may_serve_stale(w, resolver, question)) return false;
    if (e->refresh_at <= w->sim.now && p->stale_client_timeout > 0) return false;
    *status = (enum dns_status)e->status;
    if (watched(w)) resolver_tell_stale(w, m, resolver);
    uint32_t fi;
    enum dns_status ignored;
    if (e->refresh_at <= w->sim.now && e->fetch == NONE) fetch_start(w, resolver, question, NONE, &fi, &ignored);
    return true;
}

/* All who wait for fetch fi have waited long enough: they get the stale answer, and the fetch goes on. Moves
 * w->fetches. */
void resolver_stale(struct sim *sim, uint32_t fi, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct fetch *f = &w->fetches[fi];
    uint32_t resolver = f->resolver, first = f->first, number = f->root, question = f->question;
    (void)arg;
    f->stale_event = 0;
    if (selection_alone(w, resolver)) {
        knot_flush(w, resolver);
        return;
    }
    if (!may_serve_stale(w, resolver, question)) return;
    f->first = f->last = NONE;
    if (!params_of(w, resolver)->stale_at_timeouts) f->waiters = 0; /* BIND counts them to the end */
    if (watched(w))
        for (uint32_t m = first; m != NONE; m = w->messages[m].next) resolver_tell_stale(w, m, resolver);
    resolver_answers(w, resolver, number, first, (enum dns_status)w->resolvers[resolver].cache[question].status);
}

/* ---- those who wait ---- */

void resolver_answers(struct world *w, uint32_t resolver, uint32_t fetch, uint32_t first, enum dns_status status)
{
    const struct resolver_params *p = params_of(w, resolver);
    bool down = fault_is_down(timeline_at(&w->faults.of[TARGET_RESOLVER][resolver], w->sim.now));
    /* Whoever is answered may ask the next question at once, so no pointer into a pool is held. */
    for (uint32_t m = first, next; m != NONE; m = next) {
        next = w->messages[m].next;
        w->messages[m].fetch = w->messages[m].next = w->messages[m].previous = NONE;
        bool late = p->discard_timeout > 0 && w->sim.now - w->messages[m].asked > p->discard_timeout;
        if (late && watched(w)) {
            struct record r = about(w, m, resolver, RECORD_LATE);
            r.fetch = fetch;
            tell(w, r);
        }
        if (!late && !down) stub_answered(w, m, status);
    }
}

void resolver_ended(struct world *w, uint32_t resolver, uint32_t question, uint32_t fetch, uint32_t first,
                    enum dns_status status, bool cut_short)
{
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    bool stale = false;
    if (selection_alone(w, resolver)) {
        stale = status != DNS_SERVFAIL && e->until <= w->sim.now && may_serve_stale(w, resolver, question);
    } else if (status == DNS_SERVFAIL && !cut_short && stale_instead(w, resolver, question)) {
        status = (enum dns_status)e->status;
        stale = true;
    }
    if (stale && watched(w))
        for (uint32_t m = first; m != NONE; m = w->messages[m].next) resolver_tell_stale(w, m, resolver);
    resolver_answers(w, resolver, fetch, first, status);
    if (stale) refresh_extended(w, resolver, question);
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
    f->waiters++;
    const struct resolver_params *p = params_of(w, f->resolver);
    if (selection_alone(w, f->resolver)) return;
    if (p->stale_client_timeout > 0 && p->stale_client_timeout < SIM_LONGEST && f->stale_event == 0 &&
        !p->stale_at_timeouts && may_serve_stale(w, f->resolver, f->question))
        f->stale_event =
            sim_at_cancellable(&w->sim, sim_time_add(w->sim.now, p->stale_client_timeout), EVENT_STALE, fi, 0);
}

/* ---- how many may wait for one question (BIND lib/dns/resolver.c dns_resolver_createfetch, fctx_sendevents) ---- */

#define CLIENTS_STEP  5
#define CLIENTS_DECAY (20 * SIM_MINUTE)

/* The limit as it is now: it falls by one each 20 minutes since it grew last. */
static uint32_t clients_limit(const struct world *w, uint32_t resolver)
{
    const struct resolver_state *r = &w->resolvers[resolver];
    uint32_t least = params_of(w, resolver)->clients_per_query;
    sim_time fallen = (w->sim.now - r->clients_grown) / CLIENTS_DECAY;
    return (sim_time)(r->clients_per_query - least) > fallen ? r->clients_per_query - (uint32_t)fallen : least;
}

/* May one more wait for this question? Who has turned one away turns away all. */
static bool may_wait(const struct world *w, uint32_t resolver, struct fetch *f)
{
    const struct resolver_params *p = params_of(w, resolver);
    if (p->clients_per_query == 0 || f->waiters < p->clients_per_query) return true;
    f->spilled = f->spilled || f->waiters >= clients_limit(w, resolver);
    return !f->spilled;
}

void resolver_lets_more_in(struct world *w, const struct fetch *f)
{
    struct resolver_state *r = &w->resolvers[f->resolver];
    uint32_t limit = clients_limit(w, f->resolver), most = params_of(w, f->resolver)->max_clients_per_query;
    if (f->waiters != limit || (most > 0 && limit >= most)) return;
    r->clients_per_query = most > 0 && limit + CLIENTS_STEP > most ? most : limit + CLIENTS_STEP;
    r->clients_grown = w->sim.now;
}

/* ---- questions ---- */

/* Beside, and for nobody: whoever asks once the answer has ended waits for a fetch of his own. Who answers stale at
 * once has it asked for anew only then (BIND lib/ns/query.c query_prefetch; measured). */
static void prefetch(struct world *w, uint32_t resolver, uint32_t question)
{
    const struct resolver_params *p = params_of(w, resolver);
    struct cache_entry *e = &w->resolvers[resolver].cache[question];
    uint32_t fi;
    enum dns_status ignored;
    e->prefetch_at = 0;
    if (e->fetch != NONE || (p->serve_stale && p->stale_client_timeout == 0)) return;
    if (!fetch_start(w, resolver, question, NONE, &fi, &ignored)) e->fetch = NONE;
}

void resolver_told(struct world *w, uint32_t mta, uint32_t resolver, uint32_t question)
{
    refresh_early(w, resolver, question);
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    if (e->prefetch_at == 0 || e->prefetch_at > w->sim.now || cut_off(w, mta, w->sim.now)) return;
    prefetch(w, resolver, question);
}

/* Has the thread that the question falls to room for one more? PowerDNS drops what is too much (max-mthreads). */
static bool may_begin(const struct world *w, uint32_t resolver, uint32_t question)
{
    if (!w->resolvers[resolver].loops) return true;
    return event_loop_of(w, resolver, question)->fetches < params_of(w, resolver)->pdns.max_mthreads;
}

bool resolver_ask(struct world *w, uint32_t m, uint32_t resolver, uint32_t question, enum dns_status *status)
{
    if (stale_at_once(w, m, resolver, question, status)) {
        w->tally->resolvers[resolver].cached++;
        return true;
    }
    uint32_t fi = w->resolvers[resolver].cache[question].fetch;
    bool alone = selection_alone(w, resolver), joined = fi != NONE && !alone && !params_of(w, resolver)->no_joining;
    if (!joined && !may_begin(w, resolver, question)) {
        if (watched(w)) tell(w, about(w, m, resolver, RECORD_TURNED_AWAY));
        return false;
    }
    if (watched(w)) {
        struct record r = about(w, m, resolver, RECORD_WAIT);
        r.fetch = joined ? w->fetches[fi].root : w->fetch_numbers + 1;
        r.count = joined;
        tell(w, r);
    }
    if (!joined && fetch_start(w, resolver, question, NONE, &fi, status)) {
        bool stale = alone ? *status != DNS_SERVFAIL : *status == DNS_SERVFAIL && stale_instead(w, resolver, question);
        if (!stale) return true;
        *status = (enum dns_status)w->resolvers[resolver].cache[question].status;
        if (watched(w)) resolver_tell_stale(w, m, resolver);
        refresh_extended(w, resolver, question);
        return true;
    }
    if (may_wait(w, resolver, &w->fetches[fi]))
        wait_for(w, m, fi);
    else if (watched(w))
        tell(w, about(w, m, resolver, RECORD_TURNED_AWAY));
    return false;
}

/* The resolver does not learn that its client has gone, so it still counts. */
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
