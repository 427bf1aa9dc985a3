/* models/selection_pdns.c - how PowerDNS Recursor chooses, waits and gives up: the fastest server by decaying averages,
 * one try each, and a memory of what not to ask again.
 *
 * Source: pdns-recursor 4.8.8, syncres.cc unless another file is named. */
#include "models/selection.h"

#include <string.h>

#define SPEED_DECAY     60.0               /* seconds in which what is known of a server falls to 1/e */
#define SPEED_PENALTY   1e6                /* microseconds: what a failure counts */
#define SPEED_KEPT      (300 * SIM_SECOND) /* since it was looked at last; rec-main.cc houseKeeping */
#define FAILS_KEPT      (600 * SIM_SECOND) /* since the last one */
#define SPEED_SWEEP     (30 * SIM_SECOND)  /* rec-main.cc houseKeeping: what is old is forgotten this often */
#define THROTTLE_SWEEP  (5 * SIM_SECOND)
#define NO_EDNS_KEPT    (7200 * SIM_SECOND)
#define THROTTLE_SERVER 10000 /* questions that a throttled server is not asked, at most */

/* How long, and for how many questions at most, a server is not asked the same again. */
struct throttle_rule {
    sim_time span;
    uint32_t count;
};
static const struct throttle_rule after_timeout = {10 * SIM_SECOND, 5}, after_closed = {60 * SIM_SECOND, 100},
                                  after_error = {60 * SIM_SECOND, 3}, after_lame = {60 * SIM_SECOND, 100};

/* A measured round trip is longer than the network's by what the host does meanwhile, in microseconds. It decides
 * between servers that are equally far: measured, they change places now and then, not by turns. */
#define MEASURING_NOISE 100.0

static const struct pdns_params *params_of(const struct world *w, const struct fetch *f)
{
    return &fetch_params(w, f)->pdns;
}

/* Has one of the sweeps, every period, come since that time? */
static bool swept(const struct world *w, const struct fetch *f, sim_time since, sim_time period)
{
    sim_time now = w->sim.now, phase = w->resolvers[f->resolver].sweep % period;
    if (now < since || now < phase) return false;
    return now - (now - phase) % period >= since;
}

/* ---- speeds: DecayingEwmaCollection, s_nsSpeeds ---- */

static double decay(sim_time span, double scale)
{
    return span == 0 ? 1 : rng_exp(-sim_time_seconds(span) / scale);
}

/* fastest(): each look lets the average fall; 0 is a server never timed, and the fastest of all. */
static double speed_look(const struct world *w, const struct fetch *f, struct server_state *s)
{
    if (s->average > 0) {
        if (swept(w, f, s->last + SPEED_KEPT, SPEED_SWEEP))
            s->average = 0;
        else
            s->average *= decay(w->sim.now - s->last, SPEED_DECAY);
    }
    s->last = w->sim.now;
    return s->average;
}

/* submit(): a time measured long after the look weighs more. */
static void speed_submit(const struct world *w, struct server_state *s, double microseconds)
{
    double old = decay(w->sim.now - s->last, 1) / 2;
    s->average = s->average > 0 ? (1 - old) * microseconds + old * s->average : microseconds;
}

/* shuffleInSpeedOrder(): at random, then sorted by speed. Of a large set only some are looked at
 * (getBestNSFromCache). */
static void order_make(struct world *w, struct fetch *f, uint64_t servers)
{
    double speeds[SPEC_SERVERS_MAX];
    uint8_t *order = f->pdns.order;
    uint32_t n = 0, most = params_of(w, f)->max_ns_per_resolve;
    for (uint32_t i = 0; i < fetch_zone(w, f)->ns_count; i++)
        if (servers >> i & 1) order[n++] = (uint8_t)i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = (uint32_t)rng_below(&f->luck, i);
        uint8_t place = order[i - 1];
        order[i - 1] = order[j];
        order[j] = place;
    }
    if (most > 0 && n > most) n = most;
    for (uint32_t i = 0; i < n; i++) speeds[order[i]] = speed_look(w, f, fetch_server(w, f, order[i]));
    for (uint32_t i = 1; i < n; i++) {
        uint8_t place = order[i];
        uint32_t at = i;
        for (; at > 0 && speeds[order[at - 1]] > speeds[place]; at--) order[at] = order[at - 1];
        order[at] = place;
    }
    f->pdns.count = (uint8_t)n;
    f->pdns.at = 0;
}

/* ---- throttles ---- */

/* Throttle: until the end of that second, unless a sweep comes first, and only so many times. */
static bool throttle_blocks(const struct world *w, const struct fetch *f, sim_time until, uint32_t *count)
{
    if (*count == 0) return false;
    if (second_of(w->sim.now) > until || swept(w, f, until, THROTTLE_SWEEP)) *count = 0;
    if (*count == 0) return false;
    --*count;
    return true;
}

static uint64_t throttle_key(const struct world *w, const struct fetch *f, uint32_t place)
{
    return (uint64_t)(f->asks + 1) << 32 | (fetch_ns(w, f, place) + 1);
}

/* throttledOrBlocked(): the server as a whole, then the server for this question. */
static bool throttled(struct world *w, const struct fetch *f, uint32_t place)
{
    struct server_state *s = fetch_server(w, f, place);
    struct map *map = &w->resolvers[f->resolver].throttle;
    if (throttle_blocks(w, f, s->dead_until, &s->skips)) return true;
    if (map->used == 0) return false;
    uint64_t key = throttle_key(w, f, place);
    if (!map_find(map, key)) return false;
    struct map_entry *e = map_at(map, key);
    return throttle_blocks(w, f, e->last, &e->count);
}

static void throttle(const struct world *w, sim_time *until, uint32_t *count, struct throttle_rule rule)
{
    sim_time end = second_of(w->sim.now) + rule.span;
    if (end > *until) *until = end;
    if (rule.count > *count) *count = rule.count;
}

static void throttle_question(struct world *w, const struct fetch *f, struct throttle_rule rule)
{
    struct map_entry *e = map_at(&w->resolvers[f->resolver].throttle, throttle_key(w, f, f->server));
    throttle(w, &e->last, &e->count, rule);
}

/* ---- the end of a try ---- */

/* doResolveAtThisIP(): a time-out or an ICMP error. So many in a row, for whatever name, and the server is left alone;
 * the root's servers never are. */
static void failed(struct world *w, struct fetch *f, struct throttle_rule rule)
{
    struct server_state *s = fetch_server(w, f, f->server);
    const struct pdns_params *p = params_of(w, f);
    if (f->rides_on != NONE) return; /* the packet's own question has noted it */
    speed_submit(w, s, SPEED_PENALTY);
    if (s->failures > 0 && swept(w, f, second_of(s->failed) + FAILS_KEPT, THROTTLE_SWEEP)) s->failures = 0;
    s->failed = w->sim.now;
    s->failures++;
    if (p->server_down_max_fails > 0 && s->failures >= p->server_down_max_fails &&
        strcmp(fetch_zone(w, f)->name, ".") != 0)
        throttle(w, &s->dead_until, &s->skips, (struct throttle_rule){p->server_down_throttle_time, THROTTLE_SERVER});
    else
        throttle_question(w, f, rule);
}

static void timed_out(struct world *w, uint32_t fi)
{
    failed(w, &w->fetches[fi], after_timeout);
}

/* An answer that is one: the server works, and this is how fast. */
static void answered(struct world *w, struct fetch *f, sim_time took)
{
    struct server_state *s = fetch_server(w, f, f->server);
    if (f->rides_on != NONE) return;
    s->failures = 0;
    speed_submit(w, s, (double)took / SIM_US + MEASURING_NOISE * rng_exponential(&f->luck));
}

/* asyncresolveWrapper(): FORMERR to a packet with EDNS: the same again without. */
static bool without_edns(struct world *w, struct fetch *f, uint32_t status)
{
    if (status != DNS_FORMERR || !f->pdns.edns) return false;
    fetch_server(w, f, f->server)->no_edns_until = second_of(w->sim.now) + NO_EDNS_KEPT + SIM_SECOND;
    f->pdns.edns = false;
    f->pdns.again = true;
    return true;
}

static bool replied(struct world *w, uint32_t fi, uint32_t status, sim_time took)
{
    struct fetch *f = &w->fetches[fi];
    bool leads = f->rides_on == NONE;
    if (without_edns(w, f, status)) return false;
    switch (status) {
    case DNS_OK:
    case DNS_NODATA:
    case DNS_NXDOMAIN: answered(w, f, took); return true;
    case DNS_LAME:
        answered(w, f, took);
        if (leads) throttle_question(w, f, after_lame);
        return false;
    case REPLY_CLOSED: failed(w, f, after_closed); return false;
    default: /* any other RCODE says nothing of the server's speed, and counts as no failure */
        if (leads) throttle_question(w, f, after_error);
        return false;
    }
}

/* ---- the next try ---- */

/* pdns_recursor.cc asendto(): is the same question on its way to the same server? Then its reply serves both. */
static uint32_t under_way(const struct world *w, uint32_t fi)
{
    const struct fetch *f = &w->fetches[fi];
    for (uint32_t t = w->resolvers[f->resolver].cache[f->question].fetch; t != NONE; t = w->fetches[t].twin) {
        const struct fetch *twin = &w->fetches[t];
        if (t == fi || !twin->in_flight || twin->server != f->server || twin->asks != f->asks) continue;
        if (twin->rides_on == NONE) return t;
        const struct fetch *leader = &w->fetches[twin->rides_on];
        if (leader->number == twin->rides_number && leader->in_flight && leader->rides_on == NONE &&
            leader->server == f->server)
            return twin->rides_on;
    }
    return NONE;
}

static enum selection_step send(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    f->timeout = params_of(w, f)->network_timeout + event_loop_lag(w, f->resolver, f->question);
    fetch_ride(w, fi, under_way(w, fi));
    return SELECT_SEND;
}

/* checkMaxQperQ() */
static bool too_many(const struct world *w, const struct fetch *f)
{
    return f->pdns.queries + f->pdns.throttled > params_of(w, f)->max_qperq;
}

/* Looked at before each packet: so the last wait may end after it. */
static bool too_long(const struct world *w, const struct fetch *f)
{
    sim_time most = fetch_params(w, f)->query_timeout;
    return most > 0 && w->sim.now - f->begun > most;
}

enum address { ADDRESS_KNOWN, ADDRESS_COMING, ADDRESS_NONE };

/* retrieveAddressesForNS(): looked up when its turn comes. A name that gave none several times is passed over for a
 * while. */
static enum address address_of(struct world *w, uint32_t fi, uint32_t place)
{
    struct fetch *f = &w->fetches[fi];
    const struct pdns_params *p = params_of(w, f);
    struct server_state *s = fetch_server(w, f, place);
    uint32_t ns = fetch_ns(w, f, place);
    uint64_t bit = UINT64_C(1) << place;
    if (fetch_address_known(w, f, ns)) {
        if (f->asked_for & bit) s->unresolved = 0;
        return ADDRESS_KNOWN;
    }
    if (f->asked_for & bit) {
        s->unresolved++;
        s->unresolved_at = w->sim.now;
        return ADDRESS_NONE;
    }
    if (s->unresolved > 0 &&
        swept(w, f, second_of(s->unresolved_at) + p->non_resolving_ns_throttle_time, THROTTLE_SWEEP))
        s->unresolved = 0;
    if (p->non_resolving_ns_max_fails > 0 && s->unresolved >= p->non_resolving_ns_max_fails) return ADDRESS_NONE;
    f->asked_for |= bit;
    enum dns_status status;
    if (!fetch_need(w, fi, question_of_ns(w->spec, ns, QUESTION_A), &status)) return ADDRESS_COMING;
    return status == DNS_OK ? ADDRESS_KNOWN : ADDRESS_NONE;
}

/* doResolveAt(): a zone whose servers have no addresses is asked for again soon. */
static void age_delegation(struct world *w, const struct fetch *f)
{
    if (fetch_zone(w, f)->parent == SPEC_NONE || !fetch_strangers(w, f)) return;
    struct cache_entry *e = &w->resolvers[f->resolver].cache[question_of_zone(f->zone, QUESTION_NS)];
    sim_time soon = second_of(w->sim.now) + 10 * SIM_SECOND;
    if (e->until > soon) e->until = soon;
}

/* doResolveNoQNameMinimization(): after the zone's own servers those that its parent names, if there are others among
 * them (save-parent-ns-set). */
static bool next_set(struct world *w, struct fetch *f)
{
    const struct zone_spec *zone = fetch_zone(w, f);
    uint64_t set = 0;
    if (f->pdns.rounds == 0) {
        set = fetch_servers(w, f) | fetch_strangers(w, f);
    } else {
        age_delegation(w, f);
        bool other = (zone->delegated & ~zone->listed) != 0;
        if (f->pdns.rounds > 1 || !other || !params_of(w, f)->save_parent_ns_set || zone->parent == SPEC_NONE ||
            !w->resolvers[f->resolver].cache[question_of_zone(f->zone, QUESTION_NS)].from_child)
            return false;
        set = fetch_parents_servers(w, f);
    }
    f->pdns.rounds++;
    order_make(w, f, set);
    return true;
}

static enum selection_step next(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    if (f->pdns.again) {
        f->pdns.again = false;
        return send(w, fi);
    }
    for (;;) {
        if (f->pdns.at == f->pdns.count) {
            if (!next_set(w, f)) return SELECT_FAIL;
            if (f->pdns.count == 0) continue;
        }
        uint32_t place = f->pdns.order[f->pdns.at];
        enum address address = address_of(w, fi, place);
        f = &w->fetches[fi];
        if (address == ADDRESS_COMING) return SELECT_WAIT;
        f->pdns.at++;
        if (address == ADDRESS_NONE) continue;
        struct server_state *s = fetch_server(w, f, place);
        s->average *= decay(w->sim.now - s->last, SPEED_DECAY); /* getAddrs() */
        bool passed = throttled(w, f, place);
        f->pdns.throttled += passed;
        f->pdns.queries += !passed;
        if (too_many(w, f) || (!passed && too_long(w, f))) return SELECT_CUT;
        if (passed) continue;
        f->server = place;
        f->pdns.edns = s->no_edns_until <= w->sim.now;
        return send(w, fi);
    }
}

const struct selection selection_pdns = {.next = next, .replied = replied, .timed_out = timed_out};
