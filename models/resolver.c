/* models/resolver.c - a caching resolver as its clients see it: the cache, joining of equal questions and its limit,
 * answers that come too late, serve-stale. What it does not know, models/fetch.c finds out. */
#include "models/inside.h"

#include <string.h>

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
    }
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
        for (uint32_t q = 0; q < question_count(spec); q++) r->cache[q] = (struct cache_entry){.fetch = NONE};
        memset(r->servers, 0, w->server_count * sizeof *r->servers);
        memset(r->icmp, 0, spec->ns_count * sizeof *r->icmp);
        memset(r->ds_until, 0, spec->zone_count * sizeof *r->ds_until);
        r->clients_per_query = params_of(w, i)->clients_per_query;
        r->last_aged = 0;
    }
}

bool resolver_cached(struct world *w, uint32_t resolver, uint32_t question, enum dns_status *status)
{
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    if (SIM_LIKELY(e->until > w->sim.now)) {
        if (SIM_UNLIKELY(e->is_alias)) return resolver_cached(w, resolver, question_beyond(w->spec, question), status);
        *status = (enum dns_status)e->status;
        return true;
    }
    *status = DNS_SERVFAIL;
    return e->failed_until > w->sim.now;
}

/* ---- serve-stale (RFC 8767) ---- */

static bool may_serve_stale(const struct world *w, uint32_t resolver, uint32_t question)
{
    return params_of(w, resolver)->serve_stale && w->resolvers[resolver].cache[question].stale_until > w->sim.now;
}

static void tell_stale(const struct world *w, uint32_t m, uint32_t resolver)
{
    struct record r = about(w, m, resolver, RECORD_STALE);
    const struct cache_entry *e = &w->resolvers[resolver].cache[r.question];
    r.dns = (enum dns_status)e->status;
    r.until = e->stale_until;
    tell(w, r);
}

/* Does a question for what has ended get the stale answer at once? Some then ask for a fresh one beside it. */
static bool stale_at_once(struct world *w, uint32_t m, uint32_t resolver, uint32_t question, enum dns_status *status)
{
    const struct resolver_params *p = params_of(w, resolver);
    const struct cache_entry *e = &w->resolvers[resolver].cache[question];
    if (!may_serve_stale(w, resolver, question)) return false;
    if (e->refresh_at <= w->sim.now && p->stale_client_timeout > 0) return false;
    *status = (enum dns_status)e->status;
    if (watched(w)) tell_stale(w, m, resolver);
    uint32_t fi;
    enum dns_status ignored;
    if (e->refresh_at <= w->sim.now && e->fetch == NONE) fetch_start(w, resolver, question, NONE, &fi, &ignored);
    return true;
}

/* All who wait for fetch fi have waited long enough: they get the stale answer, and the fetch goes on. */
void resolver_stale(struct sim *sim, uint32_t fi, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct fetch *f = &w->fetches[fi];
    uint32_t resolver = f->resolver, first = f->first, number = f->root, question = f->question;
    (void)arg;
    f->stale_event = 0;
    if (!may_serve_stale(w, resolver, question)) return;
    f->first = f->last = NONE;
    f->waiters = 0;
    if (watched(w))
        for (uint32_t m = first; m != NONE; m = w->messages[m].next) tell_stale(w, m, resolver);
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
                    enum dns_status status)
{
    if (status == DNS_SERVFAIL && may_serve_stale(w, resolver, question)) {
        status = (enum dns_status)w->resolvers[resolver].cache[question].status;
        if (watched(w))
            for (uint32_t m = first; m != NONE; m = w->messages[m].next) tell_stale(w, m, resolver);
    }
    resolver_answers(w, resolver, fetch, first, status);
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
    if (p->stale_client_timeout > 0 && p->stale_client_timeout < SIM_LONGEST && f->stale_event == 0 &&
        may_serve_stale(w, f->resolver, f->question))
        f->stale_event =
            sim_at_cancellable(&w->sim, sim_time_add(w->sim.now, p->stale_client_timeout), EVENT_STALE, fi, 0);
}

/* May one more wait for this question? BIND lets more in after it has turned some away (clients-per-query). */
static bool may_wait(struct world *w, uint32_t resolver, const struct fetch *f)
{
    const struct resolver_params *p = params_of(w, resolver);
    return p->clients_per_query == 0 || f->waiters < w->resolvers[resolver].clients_per_query;
}

bool resolver_ask(struct world *w, uint32_t m, uint32_t resolver, uint32_t question, enum dns_status *status)
{
    if (stale_at_once(w, m, resolver, question, status)) return true;
    uint32_t fi = w->resolvers[resolver].cache[question].fetch;
    bool joined = fi != NONE;
    if (watched(w)) {
        struct record r = about(w, m, resolver, RECORD_WAIT);
        r.fetch = joined ? w->fetches[fi].root : w->fetch_numbers + 1;
        r.count = joined;
        tell(w, r);
    }
    if (!joined && fetch_start(w, resolver, question, NONE, &fi, status)) {
        if (*status == DNS_SERVFAIL && may_serve_stale(w, resolver, question)) {
            *status = (enum dns_status)w->resolvers[resolver].cache[question].status;
            if (watched(w)) tell_stale(w, m, resolver);
        }
        return true;
    }
    if (may_wait(w, resolver, &w->fetches[fi]))
        wait_for(w, m, fi);
    else if (watched(w))
        tell(w, about(w, m, resolver, RECORD_TURNED_AWAY));
    return false;
}

void resolver_leave(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    struct fetch *f = &w->fetches[msg->fetch];
    f->waiters--;
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
