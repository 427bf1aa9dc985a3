/* models/selection.h - how each resolver software chooses the server to ask, waits for it, and gives up.
 *
 * models/fetch.c calls these; a fetch has one packet under way at a time. Each works on struct server_state (what the
 * resolver keeps of a server, for all fetches) and on its own struct in struct fetch. For the files of models/ that
 * make up the resolver. */
#pragma once
#include "models/inside.h"

enum selection_step {
    SELECT_SEND,   /* ask: fetch.server, timeout, tcp and asks are set */
    SELECT_WAIT,   /* nothing now: fetch.needs are under way */
    SELECT_CACHED, /* the cache has the answer after all, perhaps one that has ended (fetch.stale) */
    SELECT_FAIL,   /* nobody is left to be asked: SERVFAIL */
    SELECT_CUT     /* a limit is reached: SERVFAIL, and nothing stale instead */
};

struct selection {
    /* What fetch fi does now. Called when it begins, after replied and timed_out, and when one of its needs has ended
     * while no packet is under way. */
    enum selection_step (*next)(struct world *w, uint32_t fi);
    /* The server asked has replied with status, `took` after the packet. status may be REPLY_CLOSED: its port is
     * closed, and the resolver heeds that. True: this ends the fetch with that status (NOERROR, NXDOMAIN: nothing to
     * add). */
    bool (*replied)(struct world *w, uint32_t fi, uint32_t status, sim_time took);
    /* fetch.timeout has passed without a reply. */
    void (*timed_out)(struct world *w, uint32_t fi);
    /* The fetch is new: nothing has been looked at or asked for it. Null: nothing to do. */
    void (*begun)(struct world *w, uint32_t fi);
};

extern const struct selection selection_textbook, selection_unbound, selection_bind, selection_pdns, selection_knot;
const struct selection *selection_of(const struct world *w, uint32_t resolver);

/* Knot Resolver: each client's question is a fetch of its own. Its `next` finds out what must be known first
 * (delegations, addresses), joins packets that are alike, and says when to serve what has ended. */
static inline bool selection_alone(const struct world *w, uint32_t resolver)
{
    return w->spec->resolvers[resolver].params.selection == SELECT_KNOT;
}
/* Its name_server_reply: TCP connections are kept and shared. May change fetch.timeout. */
sim_time knot_reply(struct world *w, uint32_t fi, uint32_t *status);
/* It tells those clients whose answers it has not sent yet. */
void knot_flush(struct world *w, uint32_t resolver);

/* ---- what a way of choosing may use (models/fetch.c) ---- */

static inline const struct resolver_params *fetch_params(const struct world *w, const struct fetch *f)
{
    return &w->spec->resolvers[f->resolver].params;
}
/* What the resolver keeps of the question. */
static inline struct cache_entry *entry_of(const struct world *w, uint32_t resolver, uint32_t question)
{
    return &w->resolvers[resolver].cache[question];
}
/* The whole second that t lies in. */
static inline sim_time second_of(sim_time t)
{
    return t - t % SIM_SECOND;
}
static inline const struct zone_spec *fetch_zone(const struct world *w, const struct fetch *f)
{
    return &w->spec->zones[f->zone];
}
/* The name server at that place of the zone's list. */
static inline uint32_t fetch_ns(const struct world *w, const struct fetch *f, uint32_t place)
{
    return w->spec->zones[f->zone].ns[place];
}
/* What the fetch's resolver knows of the server at that place. Unbound knows a server apart for each zone. */
struct server_state *fetch_server(struct world *w, const struct fetch *f, uint32_t place);
/* Bit i: the server at place i is one that the delegation names now, and its address is known. */
uint64_t fetch_servers(struct world *w, const struct fetch *f);
/* Bit i: the delegation names the server at place i, but its address is not known (it stands in another zone). */
uint64_t fetch_strangers(struct world *w, const struct fetch *f);
/* The same for the servers that the parent names, whatever the zone itself has said since. */
uint64_t fetch_parents_servers(struct world *w, const struct fetch *f);
/* Is the address of that name server known? */
bool fetch_address_known(const struct world *w, const struct fetch *f, uint32_t ns);
/* Does the delegation, as this resolver keeps it, name servers that do not exist? */
bool fetch_leads_nowhere(const struct world *w, const struct fetch *f);
/* The fetch needs the answer to question: true, and *status is it (SERVFAIL also if it waits for itself); false: it is
 * being found out, fetch.needs counts it, and next is called when it is there. Moves w->fetches. */
bool fetch_need(struct world *w, uint32_t fi, uint32_t question, enum dns_status *status);
/* The same, but what is kept of the question does not count. */
bool fetch_need_anew(struct world *w, uint32_t fi, uint32_t question, enum dns_status *status);
/* When a record with that TTL that comes now ends, on the resolver's clock. */
sim_time fetch_ends(const struct world *w, const struct fetch *f, sim_time ttl);
/* The fetch sends no packet: it waits for the one that twin has under way, for as long as it would for its own. */
static inline void fetch_ride(struct world *w, uint32_t fi, uint32_t twin)
{
    w->fetches[fi].rides_on = twin;
    w->fetches[fi].rides_number = twin == NONE ? 0 : w->fetches[twin].number;
}
/* Keeps an answer that came by the way. */
void fetch_keep(struct world *w, uint32_t fi, uint32_t question, enum dns_status status);
/* Fetch fi, which has no packet under way, goes on as next says; or has its answer from another fetch's packet. Moves
 * w->fetches. */
void fetch_go_on(struct world *w, uint32_t fi);
void fetch_answered(struct world *w, uint32_t fi, enum dns_status status);
/* Is there time left of the resolver's query_timeout? Cuts *timeout to it. */
bool fetch_time_left(const struct world *w, const struct fetch *f, sim_time *timeout);
