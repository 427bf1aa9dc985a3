/* models/selection_unbound.c - how Unbound 1.17 chooses, waits and gives up: time-outs remembered per server and zone,
 * a random server of those within a band, probing and hold-down, look-ups of the servers' own names with the same
 * memory. Comments name the source file and function a rule comes from. */
#include "models/selection.h"

#include <stdlib.h>
#include <string.h>

#define RTT_BAND          (400 * SIM_MS)    /* iterator/iterator.h: servers within it of the best are equal */
#define PROBE_MAXRTO      (12 * SIM_SECOND) /* services/cache/infra.c: from this time-out on, one probes for all */
#define TIMEOUTS_MAX      3                 /* TIMEOUT_COUNT_MAX: ... and those whose type was lost so often wait */
#define LAST_CHOICE       SIM_SECOND        /* a server that is probed is this much better than one that is down */
#define RESEND_BELOW      (5 * SIM_SECOND)  /* services/outside_network.c: a packet with a shorter time-out is resent */
#define LONGEST_TRIP      (60 * SIM_SECOND)
#define MINIMISE_LABELS   10 /* iterator/iterator.h MAX_MINIMISE_COUNT */
#define MINIMISE_TIMEOUTS 3  /* MAX_MINIMISE_TIMEOUT_COUNT */
#define FETCHES_STOP      3  /* TARGET_FETCH_STOP: names of servers are looked up beside the first tries alone */
#define DEPTH_LIMIT       4  /* target-fetch-policy has five numbers */
#define FAILED_NAMES      5  /* MAX_TARGET_NX */
#define UNSUITABLE        SIM_NEVER

enum minimise_state { MINIMISE_INIT, MINIMISE_STEP, MINIMISE_SKIP, MINIMISE_NOT };
enum packet_phase { PACKET_EDNS, PACKET_RESENT, PACKET_PLAIN };

static const struct unbound_params *params_of(const struct world *w, const struct fetch *f)
{
    return &fetch_params(w, f)->unbound;
}

/* Which of the three counts of lost packets is a question's: A, AAAA, all others. */
static uint32_t kind_of(uint32_t question)
{
    enum question_type type = question_type(question);
    return type == QUESTION_A ? 0 : type == QUESTION_AAAA ? 1 : 2;
}

/* ---- what is known of a server: services/cache/infra.c, util/rtt.c; milliseconds ---- */

/* calc_rto */
static sim_time rto_of(const struct unbound_params *p, const struct server_state *s)
{
    sim_time rto = s->srtt + 4 * s->rttvar;
    if (rto < p->rto_min) rto = p->rto_min;
    return rto < p->rto_max ? rto : p->rto_max;
}

/* rtt_unclamped: servers that are quicker than the shortest time-out differ. */
static sim_time unclamped(const struct unbound_params *p, const struct server_state *s)
{
    return s->rto != rto_of(p, s) ? s->rto : s->srtt + 4 * s->rttvar;
}

/* rtt_init */
static void forget_trips(const struct unbound_params *p, struct server_state *s)
{
    s->srtt = 0;
    s->rttvar = p->unknown_server_timeout / SIM_MS / 4 * SIM_MS;
    s->rto = rto_of(p, s);
}

/* data_entry_init */
static void server_init(struct world *w, const struct fetch *f, struct server_state *s)
{
    s->until = fetch_ends(w, f, params_of(w, f)->infra_host_ttl);
    s->probing_until = 0;
    memset(s->lost, 0, sizeof s->lost);
    memset(s->lame_for, 0, sizeof s->lame_for);
    forget_trips(params_of(w, f), s);
}

static bool known(const struct world *w, const struct server_state *s)
{
    return s->until > w->sim.now;
}

/* Is it so slow that one question at a time may try it? */
static bool probed(const struct unbound_params *p, const struct server_state *s)
{
    return s->rto >= PROBE_MAXRTO && 4 * rto_of(p, s) <= s->rto;
}

/* infra_get_lame_rtt, iter_filter_unsuitable: how good the server is for the question. */
static sim_time view(struct world *w, const struct fetch *f, uint32_t place)
{
    const struct unbound_params *p = params_of(w, f);
    const struct server_state *s = fetch_server(w, f, place);
    sim_time rtt = unclamped(p, s);
    if (!known(w, s))
        return s->until > 0 && s->rto >= p->rto_max ? p->rto_max - LAST_CHOICE : p->unknown_server_timeout;
    if (s->lame_for[kind_of(f->question) != 0]) return UNSUITABLE;
    bool armed = w->sim.now < s->probing_until;
    if (s->rto >= PROBE_MAXRTO && !armed && p->keep_probing) {
        if (rtt >= p->rto_max) rtt = p->rto_max - LAST_CHOICE;
    } else if (armed && probed(p, s)) {
        rtt = s->lost[kind_of(f->question)] >= TIMEOUTS_MAX ? p->rto_max : p->rto_max - LAST_CHOICE;
    }
    return rtt >= p->rto_max ? UNSUITABLE : rtt;
}

/* infra_host: the time-out of a packet that is sent now. What was held to be down stays so when its entry is begun
 * anew: it gets one try. */
static sim_time server_send(struct world *w, const struct fetch *f, struct server_state *s)
{
    const struct unbound_params *p = params_of(w, f);
    if (!known(w, s)) {
        const struct server_state old = *s;
        server_init(w, f, s);
        if (old.until > 0 && old.rto >= p->rto_max) {
            s->rto = p->rto_max;
            s->probing_until = old.probing_until;
            memcpy(s->lost, old.lost, sizeof s->lost);
        }
    }
    /* The time-out in whole seconds and one more, counted from this second on: no other probe comes before. */
    if (s->rto >= PROBE_MAXRTO && (p->keep_probing || probed(p, s)))
        s->probing_until = fetch_ends(w, f, (s->rto + 999 * SIM_MS) / SIM_SECOND * SIM_SECOND);
    return s->rto;
}

/* infra_rtt_update with a round trip: one answer ends all of the back-off. */
static void server_answered(struct world *w, const struct fetch *f, sim_time took)
{
    const struct unbound_params *p = params_of(w, f);
    struct server_state *s = fetch_server(w, f, f->server);
    if (took >= LONGEST_TRIP) return;
    if (!known(w, s)) server_init(w, f, s);
    if (unclamped(p, s) >= p->rto_max) forget_trips(p, s);
    sim_time srtt = s->srtt / SIM_MS, rttvar = s->rttvar / SIM_MS, d = took / SIM_MS - srtt;
    srtt += d / 8;
    rttvar += ((d < 0 ? -d : d) - rttvar) / 4;
    s->srtt = srtt * SIM_MS;
    s->rttvar = rttvar * SIM_MS;
    s->rto = rto_of(p, s);
    s->probing_until = 0;
    s->lost[kind_of(f->asks)] = 0;
}

/* infra_rtt_update without, rtt_lost: what the packet was sent with is doubled, so many packets that are lost at the
 * same time count once. */
static void server_lost(struct world *w, const struct fetch *f)
{
    const struct unbound_params *p = params_of(w, f);
    struct server_state *s = fetch_server(w, f, f->server);
    if (!known(w, s)) {
        sim_time probing_until = s->probing_until;
        server_init(w, f, s);
        s->rto = f->unbound.rto;
        s->probing_until = probing_until;
    }
    if (s->rto >= f->unbound.rto && s->rto <= 2 * f->unbound.rto)
        s->rto = 2 * f->unbound.rto < p->rto_max ? 2 * f->unbound.rto : p->rto_max;
    uint8_t *lost = &s->lost[kind_of(f->asks)];
    if (*lost < TIMEOUTS_MAX) ++*lost;
}

/* infra_set_lame */
static void server_lame(struct world *w, const struct fetch *f)
{
    struct server_state *s = fetch_server(w, f, f->server);
    if (!known(w, s)) server_init(w, f, s);
    s->lame_for[kind_of(f->question) != 0] = true;
}

/* ---- which server: iterator/iter_utils.c ---- */

/* iter_dec_attempts: who was tried too often may be tried again. */
static void give_back(struct fetch *f)
{
    for (uint64_t left = f->unbound.seen; left; left &= left - 1) {
        uint8_t *attempts = &f->unbound.attempts[__builtin_ctzll(left)];
        if (*attempts > 0) --*attempts;
    }
    f->unbound.usable = f->unbound.seen;
}

static int compare_times(const void *a, const void *b)
{
    const sim_time *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* How far from the best a server may be: nth_rtt. */
static sim_time band_of(const struct unbound_params *p, struct fetch *f, const sim_time *views, uint32_t count,
                        sim_time best)
{
    sim_time sorted[SPEC_SERVERS_MAX];
    if (p->fast_server_permil == 0 || count <= p->fast_server_num || f->depth > 0) return RTT_BAND;
    if (rng_below(&f->luck, 1000) >= p->fast_server_permil) return RTT_BAND;
    memcpy(sorted, views, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_times);
    sim_time band = sorted[p->fast_server_num - 1] - best;
    return band < RTT_BAND ? band : RTT_BAND;
}

/* iter_filter_order, iter_server_selection: one of those within the band, at random. */
static uint32_t choose(struct world *w, struct fetch *f)
{
    uint32_t places[SPEC_SERVERS_MAX], count = 0, in_band = 0;
    sim_time views[SPEC_SERVERS_MAX], best = SIM_NEVER;
    for (uint64_t left = f->unbound.usable; left; left &= left - 1) {
        uint32_t place = (uint32_t)__builtin_ctzll(left);
        sim_time v = view(w, f, place);
        if (v == UNSUITABLE) continue;
        if (v < best) best = v;
        views[count] = v;
        places[count++] = place;
    }
    if (count == 0) return NONE;
    sim_time band = band_of(params_of(w, f), f, views, count, best);
    for (uint32_t i = 0; i < count; i++)
        if (views[i] <= best + band) places[in_band++] = places[i];
    return places[in_band == 1 ? 0 : rng_below(&f->luck, in_band)];
}

/* ---- what is asked: QNAME minimisation, RFC 9156; iterator/iterator.c processQueryTargets ---- */

static uint32_t labels(const char *name)
{
    uint32_t n = 1;
    for (; *name; name++) n += *name == '.';
    return n;
}

/* How many labels the name has beyond the delegation whose servers are asked. */
static uint8_t levels_of(const struct world *w, const struct fetch *f)
{
    const struct zone_spec *zone = fetch_zone(w, f);
    bool apex = f->question / QUESTION_TYPES == f->zone;
    uint32_t own = labels(question_name(w->spec, f->question)), above = labels(zone->name);
    uint32_t levels = apex ? 0 : own > above ? own - above : 1;
    /* The name of a stub zone is taken to be the one above. */
    if (params_of(w, f)->stub_zone && zone->parent == SPEC_NONE) levels++;
    return (uint8_t)(levels < MINIMISE_LABELS ? levels : MINIMISE_LABELS);
}

/* The A question that stands for the name down to this level. Names between have no number: the whole one's serves. */
static uint32_t hidden_question(const struct world *w, const struct fetch *f)
{
    bool apex = f->unbound.level == 1 && params_of(w, f)->stub_zone && fetch_zone(w, f)->parent == SPEC_NONE;
    if (apex) return question_of_zone(f->zone, QUESTION_A);
    return f->question - question_type(f->question) + QUESTION_A;
}

/* One label more. What is known already is not asked. */
static void minimise_step(struct world *w, struct fetch *f)
{
    struct unbound_fetch *u = &f->unbound;
    enum dns_status status;
    while (u->minimise == MINIMISE_STEP) {
        bool is_a = question_type(f->question) == QUESTION_A;
        uint32_t missing = u->levels - u->level;
        u->timeouts = 0;
        give_back(f);
        if (missing < 1 || (missing < 2 && is_a)) {
            u->level = u->levels;
            u->minimise = MINIMISE_NOT;
            return;
        }
        u->level++;
        f->asks = hidden_question(w, f);
        bool kept = u->level == u->levels || f->asks != f->question - question_type(f->question) + QUESTION_A;
        if (!kept || !resolver_cached(w, f->resolver, f->asks, &status) || status == DNS_SERVFAIL) return;
    }
}

static void minimise(struct world *w, struct fetch *f)
{
    struct unbound_fetch *u = &f->unbound;
    if (u->minimise == MINIMISE_INIT) u->minimise = MINIMISE_STEP;
    if (u->minimise == MINIMISE_STEP) {
        minimise_step(w, f);
    } else if (u->minimise == MINIMISE_SKIP) {
        bool on = u->timeouts < MINIMISE_TIMEOUTS || params_of(w, f)->minimise_strict;
        u->minimise = on ? MINIMISE_STEP : MINIMISE_NOT;
    }
    if (u->minimise == MINIMISE_NOT) f->asks = f->question;
}

/* ---- the names of the servers ---- */

enum look_up { LOOK_UP_NOT, LOOK_UP_DONE, LOOK_UP_WAITS };

/* LOOK_UP_DONE: it has ended at once, which wakes the one who wanted it; LOOK_UP_NOT: it would wait for itself. */
static enum look_up look_up(struct world *w, uint32_t fi, uint32_t question, bool anew)
{
    enum dns_status status;
    uint32_t resolver = w->fetches[fi].resolver;
    bool runs = w->resolvers[resolver].cache[question].fetch != NONE;
    if (!anew && resolver_cached(w, resolver, question, &status)) return LOOK_UP_DONE;
    bool ended = anew ? fetch_need_anew(w, fi, question, &status) : fetch_need(w, fi, question, &status);
    return !ended ? LOOK_UP_WAITS : runs ? LOOK_UP_NOT : LOOK_UP_DONE;
}

/* The depth of the question that the fetch serves: whoever finds out a delegation does it for the question itself. */
static uint32_t depth_of(const struct fetch *f)
{
    return f->depth - (f->depth > 0 && question_type(f->question) == QUESTION_NS);
}

/* The servers whose names have not been looked up. */
static uint64_t missing_targets(struct world *w, const struct fetch *f)
{
    uint64_t all = fetch_servers(w, f), strangers = fetch_strangers(w, f);
    return ((params_of(w, f)->do_ip6 ? all : 0) | strangers) & ~f->unbound.resolved;
}

/* query_for_targets: some of them, at random. LOOK_UP_DONE: at least one has ended at once. */
static enum look_up query_for_targets(struct world *w, uint32_t fi, uint32_t most)
{
    struct fetch *f = &w->fetches[fi];
    uint64_t missing = missing_targets(w, f), strangers = fetch_strangers(w, f);
    uint32_t left = (uint32_t)__builtin_popcountll(missing), get = most < left ? most : left;
    enum look_up result = LOOK_UP_NOT;
    for (uint32_t i = fetch_zone(w, f)->ns_count; i-- > 0 && get > 0;) {
        f = &w->fetches[fi];
        if (!(missing >> i & 1)) continue;
        if (get < left && rng_below(&f->luck, left) >= get) {
            left--;
            continue;
        }
        left--;
        get--;
        f->unbound.resolved |= UINT64_C(1) << i;
        uint32_t ns = fetch_ns(w, f, i);
        enum look_up six = LOOK_UP_NOT, four = LOOK_UP_NOT;
        if (params_of(w, f)->do_ip6) six = look_up(w, fi, question_of_ns(w->spec, ns, QUESTION_AAAA), false);
        if (strangers >> i & 1) four = look_up(w, fi, question_of_ns(w->spec, ns, QUESTION_A), false);
        if (six == LOOK_UP_DONE || four == LOOK_UP_DONE) result = LOOK_UP_DONE;
    }
    return result;
}

static bool is_stub(const struct world *w, const struct fetch *f)
{
    return params_of(w, f)->stub_zone && fetch_zone(w, f)->parent == SPEC_NONE;
}

/* The policy of target-fetch-policy: servers' names that are looked up beside the question. */
static uint32_t target_policy(const struct world *w, const struct fetch *f)
{
    uint32_t depth = depth_of(f);
    bool may = depth < DEPTH_LIMIT && f->needs == 0 && f->unbound.given_up == 0 && f->unbound.sends < FETCHES_STOP;
    return may && !is_stub(w, f) ? params_of(w, f)->target_fetch[depth] : 0;
}

/* ---- the delegation ---- */

/* A delegation point, with those who have been tried already. */
static void delegation_begin(struct world *w, struct fetch *f)
{
    struct unbound_fetch *u = &f->unbound;
    u->seen = fetch_servers(w, f);
    u->usable = 0;
    for (uint64_t left = u->seen; left; left &= left - 1) {
        uint32_t place = (uint32_t)__builtin_ctzll(left);
        if (u->attempts[place] < params_of(w, f)->outbound_msg_retry) u->usable |= UINT64_C(1) << place;
    }
    u->resolved = u->parent_side[0] = u->parent_side[1] = 0;
    u->sends = 0;
    u->minimise = fetch_params(w, f)->qname_minimisation ? MINIMISE_INIT : MINIMISE_NOT;
}

/* The place of the server whose address the question asks for; NONE: it is none of the zone's. */
static uint32_t place_of_question(const struct world *w, const struct fetch *f)
{
    for (uint32_t i = 0; i < fetch_zone(w, f)->ns_count; i++)
        if (f->question == question_of_ns(w->spec, fetch_ns(w, f, i), question_type(f->question))) return i;
    return NONE;
}

/* iter_store_parentside_rrset: the parent's word for the address asked for, or that it has none, is kept. */
static void keep_parent_side(struct world *w, struct fetch *f)
{
    uint32_t place = place_of_question(w, f), kind = kind_of(f->question);
    if (place == NONE || kind > 1) return;
    fetch_server(w, f, place)->parent_side[kind] = fetch_ends(w, f, fetch_zone(w, f)->delegation_ttl);
}

/* The parent has named the servers: processQueryResponse, a referral. */
static void referred(struct world *w, struct fetch *f)
{
    struct unbound_fetch *u = &f->unbound;
    if (u->refetch) fetch_server(w, f, 0)->parent_ns = fetch_ends(w, f, fetch_zone(w, f)->delegation_ttl);
    if (!u->refetch && question_type(f->question) == QUESTION_A) {
        keep_parent_side(w, f);
        u->glue = true;
    }
    u->at_parent = false;
    u->has_parent_ns = true;
    delegation_begin(w, f);
}

static bool parent_modelled(const struct world *w, const struct fetch *f)
{
    return fetch_zone(w, f)->parent != SPEC_NONE;
}

/* From here on the parent is asked; one that is not modelled has answered already. */
static void go_to_parent(struct world *w, struct fetch *f)
{
    struct unbound_fetch *u = &f->unbound;
    u->sends = u->parent_tries = 0;
    if (!parent_modelled(w, f)) {
        referred(w, f);
        return;
    }
    u->at_parent = true;
    f->asks = u->refetch ? f->question : question_of_zone(f->zone, QUESTION_A);
    f->zone = fetch_zone(w, f)->parent;
    u->seen = u->usable = fetch_servers(w, f);
}

static void begin(struct world *w, struct fetch *f)
{
    struct unbound_fetch *u = &f->unbound;
    u->begun = true;
    u->levels = question_type(f->question) == QUESTION_NS ? 0 : levels_of(w, f);
    u->has_parent_ns = f->referred;
    if (!parent_modelled(w, f)) {
        /* The first question about the zone comes by way of its parent, which is not modelled. */
        uint32_t ns = question_of_zone(f->zone, QUESTION_NS);
        enum dns_status status;
        u->has_parent_ns = !resolver_cached(w, f->resolver, ns, &status);
        if (u->has_parent_ns) fetch_keep(w, (uint32_t)(f - w->fetches), ns, DNS_OK);
    }
    delegation_begin(w, f);
    if (f->anew) go_to_parent(w, f); /* generate_parentside_target_query */
}

/* ---- the last resort: processLastResort ---- */

/* Addresses of the servers as the parent has them: those that are kept are not asked for again. */
static void parent_side_from_cache(struct world *w, struct fetch *f)
{
    for (uint32_t i = 0; i < fetch_zone(w, f)->ns_count; i++)
        for (uint32_t kind = 0; kind < 2; kind++)
            if (fetch_server(w, f, i)->parent_side[kind] > w->sim.now) f->unbound.parent_side[kind] |= UINT64_C(1) << i;
}

/* Looks up the next server's name by way of the parent. LOOK_UP_NOT: there is none left. */
static enum look_up query_parent_side(struct world *w, uint32_t fi)
{
    const bool six = params_of(w, &w->fetches[fi])->do_ip6;
    for (uint32_t i = fetch_zone(w, &w->fetches[fi])->ns_count; i-- > 0;) {
        struct fetch *f = &w->fetches[fi];
        uint64_t bit = UINT64_C(1) << i;
        uint32_t ns = fetch_ns(w, f, i);
        enum look_up found[2] = {LOOK_UP_NOT, LOOK_UP_NOT};
        if (!(f->unbound.seen & bit)) continue;
        if (six && !(f->unbound.parent_side[1] & bit)) {
            f->unbound.parent_side[1] |= bit;
            found[1] = look_up(w, fi, question_of_ns(w->spec, ns, QUESTION_AAAA), true);
        }
        f = &w->fetches[fi];
        if (!(f->unbound.parent_side[0] & bit)) {
            f->unbound.parent_side[0] |= bit;
            found[0] = look_up(w, fi, question_of_ns(w->spec, ns, QUESTION_A), true);
        }
        if (found[0] == LOOK_UP_NOT && found[1] == LOOK_UP_NOT) continue;
        w->fetches[fi].unbound.given_up++;
        bool done = found[0] == LOOK_UP_DONE || found[1] == LOOK_UP_DONE;
        return done ? LOOK_UP_DONE : LOOK_UP_WAITS;
    }
    return LOOK_UP_NOT;
}

/* True: there may be somebody to ask now. */
static bool last_resort(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    struct unbound_fetch *u = &f->unbound;
    if (is_stub(w, f) || u->at_parent) return false;
    if (!u->has_parent_ns) {
        u->has_parent_ns = fetch_server(w, f, 0)->parent_ns > w->sim.now;
        if (!u->has_parent_ns) {
            u->refetch = true;
            go_to_parent(w, f);
            return true;
        }
    }
    parent_side_from_cache(w, f);
    if (depth_of(f) >= DEPTH_LIMIT || u->given_up > FAILED_NAMES) return false;
    if (query_parent_side(w, fi) != LOOK_UP_NOT) return true;
    f = &w->fetches[fi];
    if (f->anew && !f->unbound.glue) keep_parent_side(w, f);
    return false;
}

/* ---- the steps ---- */

/* The fetch of that question if it has the very packet under way that this one would send now; else NONE. */
static uint32_t same_packet_of(const struct world *w, const struct fetch *f, uint32_t question)
{
    uint32_t i = w->resolvers[f->resolver].cache[question].fetch;
    if (i == NONE || &w->fetches[i] == f) return NONE;
    const struct fetch *other = &w->fetches[i];
    sim_time end = other->sent + other->timeout;
    if (other->reply_at < end) end = other->reply_at;
    bool same = other->asks == f->asks && other->zone == f->zone && other->server == f->server;
    return same && other->in_flight && end > w->sim.now ? i : NONE;
}

/* Whoever asks about the same name may hide its type behind the same question; and all who look up names of servers
 * beside what is kept ask the parent the same. */
static uint32_t same_packet(const struct world *w, const struct fetch *f)
{
    uint32_t first = f->question - question_type(f->question), found = NONE;
    for (uint32_t type = 0; type < QUESTION_TYPES && found == NONE; type++) found = same_packet_of(w, f, first + type);
    if (!f->unbound.at_parent || f->unbound.refetch) return found;
    const struct zone_spec *zone = &w->spec->zones[question_zone(w->spec, f->question)];
    for (uint32_t i = 0; i < zone->ns_count && found == NONE; i++) {
        found = same_packet_of(w, f, question_of_ns(w->spec, zone->ns[i], QUESTION_A));
        if (found == NONE) found = same_packet_of(w, f, question_of_ns(w->spec, zone->ns[i], QUESTION_AAAA));
    }
    return found;
}

/* serviced_udp_send: a question that is under way to the server already is not sent twice; its end is this one's. */
static enum selection_step send(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    uint32_t other = same_packet(w, f);
    fetch_ride(w, fi, other);
    if (other != NONE) {
        f->unbound.phase = w->fetches[other].unbound.phase;
        f->unbound.rto = w->fetches[other].unbound.rto;
        f->timeout = w->fetches[other].sent + w->fetches[other].timeout - w->sim.now;
    } else {
        f->timeout = f->unbound.rto = server_send(w, f, fetch_server(w, f, f->server));
    }
    return SELECT_SEND;
}

static enum selection_step ask(struct world *w, uint32_t fi, uint32_t place)
{
    struct fetch *f = &w->fetches[fi];
    struct unbound_fetch *u = &f->unbound;
    u->attempts[place]++;
    if (u->attempts[place] >= params_of(w, f)->outbound_msg_retry) u->usable &= ~(UINT64_C(1) << place);
    u->sends++;
    u->phase = PACKET_EDNS;
    f->server = place;
    return send(w, fi);
}

/* The parent is asked for the delegation: its servers have tries of their own, which are not counted one by one. */
static enum selection_step ask_parent(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    struct unbound_fetch *u = &f->unbound;
    uint32_t place = choose(w, f);
    uint32_t most = params_of(w, f)->outbound_msg_retry * (uint32_t)__builtin_popcountll(u->seen);
    if (place == NONE || u->parent_tries++ >= most) return SELECT_FAIL;
    u->phase = PACKET_EDNS;
    f->server = place;
    return send(w, fi);
}

/* delegpt_add_unused_targets: addresses that have come meanwhile. */
static void add_new_servers(struct world *w, struct fetch *f)
{
    uint64_t more = fetch_servers(w, f) & ~f->unbound.seen;
    f->unbound.seen |= more;
    f->unbound.usable |= more;
}

/* processQueryTargets */
static enum selection_step query_targets(struct world *w, uint32_t fi)
{
    for (;;) {
        struct fetch *f = &w->fetches[fi];
        struct unbound_fetch *u = &f->unbound;
        if (u->at_parent) return ask_parent(w, fi);
        if (u->sends > params_of(w, f)->max_sent_count) return SELECT_FAIL;
        uint8_t level = u->level;
        minimise(w, f);
        uint32_t policy = target_policy(w, f);
        bool woken = policy > 0 && query_for_targets(w, fi, policy) == LOOK_UP_DONE;
        f = &w->fetches[fi];
        u = &f->unbound;
        add_new_servers(w, f);
        uint32_t place = choose(w, f);
        if (place != NONE) return ask(w, fi, place);
        if (u->minimise == MINIMISE_STEP) u->level = level; /* the step is made when it can be */
        if (!woken && f->needs == 0 && !is_stub(w, f) && depth_of(f) < DEPTH_LIMIT && missing_targets(w, f))
            woken = query_for_targets(w, fi, 1) == LOOK_UP_DONE;
        if (woken) continue;
        if (w->fetches[fi].needs > 0) return SELECT_WAIT;
        if (!last_resort(w, fi)) return SELECT_FAIL;
        if (w->fetches[fi].needs > 0) return SELECT_WAIT;
    }
}

static enum selection_step next(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    if (!f->unbound.begun) begin(w, f);
    if (f->unbound.again) {
        f->unbound.again = false;
        return send(w, fi);
    }
    return query_targets(w, fi);
}

/* ---- what comes back ---- */

/* An answer to what stood for the question, or to the question when it was taken for such: true if it ends the fetch
 * all the same. */
static bool minimised_answer(struct world *w, uint32_t fi, uint32_t status)
{
    struct fetch *f = &w->fetches[fi];
    bool keep = question_type(f->asks) == question_type(f->question);
    bool strict = params_of(w, f)->minimise_strict && status == DNS_NXDOMAIN;
    f->unbound.minimise = status == DNS_NXDOMAIN ? MINIMISE_NOT : MINIMISE_STEP;
    /* iter_dns_store: of another type, its records are kept, but not the message. */
    if (keep) fetch_keep(w, fi, f->asks, (enum dns_status)status);
    return strict;
}

/* The parent's reply. That there is no such name is the answer. */
static bool parent_replied(struct world *w, struct fetch *f, uint32_t status)
{
    if (status == DNS_NXDOMAIN) return true;
    if (status != DNS_OK && status != DNS_NODATA) {
        if (status == DNS_LAME) server_lame(w, f);
        return false;
    }
    f->zone = question_zone(w->spec, f->question);
    referred(w, f);
    return false;
}

/* serviced_udp_callback, processQueryResponse */
static bool replied(struct world *w, uint32_t fi, uint32_t status, sim_time took)
{
    struct fetch *f = &w->fetches[fi];
    struct unbound_fetch *u = &f->unbound;
    if ((status == DNS_FORMERR || status == DNS_NOTIMP) && u->phase != PACKET_PLAIN) {
        u->phase = PACKET_PLAIN; /* once more without EDNS */
        u->again = true;
        return false;
    }
    if (f->rides_on == NONE) server_answered(w, f, took);
    u->timeouts = 0;
    if (u->at_parent) return parent_replied(w, f, status);
    if (status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN)
        return u->minimise == MINIMISE_NOT || minimised_answer(w, fi, status);
    if (status == DNS_LAME) server_lame(w, f);
    u->minimise = MINIMISE_NOT;
    return false;
}

static void timed_out(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    struct unbound_fetch *u = &f->unbound;
    if (u->phase == PACKET_EDNS && u->rto < RESEND_BELOW) {
        u->phase = PACKET_RESENT;
        u->again = true;
        return;
    }
    if (f->rides_on == NONE) server_lost(w, f);
    if (u->at_parent) return;
    if (fetch_params(w, f)->qname_minimisation) u->minimise = MINIMISE_SKIP;
    if (u->timeouts < UINT8_MAX) u->timeouts++;
}

const struct selection selection_unbound = {next, replied, timed_out, NULL};
