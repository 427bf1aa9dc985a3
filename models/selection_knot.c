/* models/selection_knot.c - how Knot Resolver chooses, waits and gives up.
 *
 * Each client's question is a task of its own, with a plan: the client's question, and on top of it the look-ups of
 * name servers' addresses that it has led to, the last of which is being found out (lib/rplan.c). A task has one packet
 * under way; tasks whose packets ask the same join the first of them (daemon/worker.c subreq_enqueue). Times are whole
 * milliseconds, as the software's clock has them. */
#include "models/selection.h"

/* How a packet travels. */
enum way {
    UDP,
    CONNECTING, /* over TCP, and nobody is there */
    JOINED,     /* the same, and another task does it */
    SESSION     /* over a connection that stands, or will */
};

enum choice { CHOSE_NONE, CHOSE_LOOKUP, CHOSE_SERVER };

static const struct knot_params *params_of(const struct world *w, const struct fetch *f)
{
    return &fetch_params(w, f)->knot;
}

static struct knot_query *top_of(struct fetch *f)
{
    return &f->knot.queries[f->knot.depth - 1];
}

static uint16_t bit(uint32_t place)
{
    return (uint16_t)(1u << place);
}

/* ---- what is known of a server: lib/selection.c ---- */

/* no_rtt_info: an answer within a millisecond leaves it so. */
static bool unknown(const struct server_state *s)
{
    return s->srtt == 0 && s->timeouts == 0;
}

/* back_off_timeout */
static sim_time backed_off(const struct knot_params *p, sim_time timeout, uint32_t times)
{
    timeout *= INT64_C(1) << (times < p->max_backoff ? times : p->max_backoff);
    return timeout < p->max_timeout ? timeout : p->max_timeout;
}

static sim_time variance_of(const struct knot_params *p, const struct server_state *s)
{
    return s->answered ? s->rttvar : p->default_timeout / 4;
}

/* calc_timeout */
static sim_time timeout_of(const struct knot_params *p, const struct server_state *s)
{
    sim_time more = 4 * variance_of(p, s);
    if (more < p->minimal_timeout_addition) more = p->minimal_timeout_addition;
    return backed_off(p, s->srtt + more, s->timeouts);
}

/* calc_rtt_state, in integers as there: a mean of 1 to 4 ms never falls. */
static void note_answer(const struct knot_params *p, struct server_state *s, int64_t rtt)
{
    int64_t srtt = s->srtt / SIM_MS, variance = variance_of(p, s) / SIM_MS;
    if (unknown(s)) {
        s->srtt = rtt * SIM_MS;
        s->rttvar = rtt / 2 * SIM_MS;
    } else {
        s->srtt = (7 * srtt + rtt + 4) / 8 * SIM_MS;
        s->rttvar = (3 * variance + (srtt < rtt ? rtt - srtt : srtt - rtt) + 2) / 4 * SIM_MS;
    }
    s->answered = true;
    s->timeouts = 0;
    s->dead_until = 0;
}

/* server_timeout. The flag timeout_capped is lost in select_transport of this version, so each time-out counts. */
static void note_timeout(struct world *w, const struct fetch *f, struct server_state *s)
{
    const struct knot_params *p = params_of(w, f);
    if (s->timeouts < 64) s->timeouts++;
    if (s->timeouts >= p->dead_after && f->timeout >= p->dead_min_timeout)
        s->dead_until = sim_time_add(w->sim.now, p->ns_tout);
}

/* Its clock's milliseconds and ours do not begin together. */
static int64_t whole_ms(struct fetch *f, sim_time took)
{
    sim_time rest = took % SIM_MS;
    return took / SIM_MS + (rest > 0 && (sim_time)rng_below(&f->luck, SIM_MS) < rest);
}

/* ---- the plan ---- */

static void plan(struct fetch *f, uint32_t question, bool above, const struct knot_params *p)
{
    struct knot_query *q = &f->knot.queries[f->knot.depth++];
    *q = (struct knot_query){
        .question = question, .zone = SPEC_NONE, .above = above, .tcp = p->tcp, .no_minimize = p->no_minimize};
}

static bool delegation_known(const struct world *w, const struct fetch *f, uint32_t zone)
{
    if (w->spec->zones[zone].parent == SPEC_NONE) return true;
    const struct cache_entry *e = entry_of(w, f->resolver, question_of_zone(zone, QUESTION_NS));
    return e->until > w->sim.now && e->status == DNS_OK;
}

/* The deepest zone cut that is known, lib/resolve.c zone_cut_check: for a server of the zone that is asked below it,
 * one from above that zone. */
static void find_cut(const struct world *w, const struct fetch *f, struct knot_query *q)
{
    uint32_t zone = question_zone(w->spec, q->question);
    const struct zone_spec *zones = w->spec->zones;
    if (q->above && zones[zone].parent != SPEC_NONE) zone = zones[zone].parent;
    while (!delegation_known(w, f, zone)) zone = zones[zone].parent;
    q->zone = zone;
    q->begun = true;
}

/* What is asked of the servers of q's zone: the question, or the delegation of the zone below on the way to it. */
static uint32_t asked_for(const struct world *w, const struct knot_query *q)
{
    uint32_t zone = question_zone(w->spec, q->question);
    if (zone == q->zone) return q->question;
    while (w->spec->zones[zone].parent != q->zone) zone = w->spec->zones[zone].parent;
    return question_of_zone(zone, QUESTION_NS);
}

/* The servers of the zone below are others. */
static void enter(struct knot_query *q, uint32_t zone)
{
    *q = (struct knot_query){.question = q->question,
                             .zone = zone,
                             .begun = true,
                             .cache_tried = true,
                             .tcp = q->tcp,
                             .timeouts = q->timeouts,
                             .force_udp = q->force_udp,
                             .no_minimize = q->no_minimize,
                             .no_0x20 = q->no_0x20,
                             .no_servers = q->no_servers};
}

/* ---- choice: lib/selection_iter.c, lib/selection.c ---- */

struct options {
    uint16_t servers;    /* by place */
    uint16_t lookups[2]; /* by place: A, AAAA */
    uint32_t server_count, lookup_count;
};

/* kr_rplan_satisfies(q->parent): is it what a question below this one in the plan asks for? */
static bool planned(const struct fetch *f, uint32_t question)
{
    for (uint32_t i = 0; i + 1 < f->knot.depth; i++)
        if (f->knot.queries[i].question == question) return true;
    return false;
}

/* get_resolvable_names: what is not known of the servers' addresses. That there is no AAAA is not known for long: it
 * is looked up, in the cache at least, for each question anew. */
static void add_lookups(const struct world *w, const struct fetch *f, const struct knot_query *q, uint16_t named,
                        uint16_t known, struct options *o)
{
    static const enum question_type types[] = {QUESTION_A, QUESTION_AAAA};
    if (f->knot.depth == KNOT_DEPTH) return;
    for (uint32_t t = 0; t < 2; t++) {
        uint16_t missing = t == 0 ? named & (uint16_t)~known : params_of(w, f)->ipv6 ? named : 0;
        missing &= (uint16_t)~q->looked_up[t];
        for (uint32_t i = 0; missing >> i; i++)
            if ((missing & bit(i)) && !planned(f, question_of_ns(w->spec, fetch_ns(w, f, i), types[t]))) {
                o->lookups[t] |= bit(i);
                o->lookup_count++;
            }
    }
}

static struct options options_of(struct world *w, const struct fetch *f, struct knot_query *q)
{
    const uint64_t first = (1u << KNOT_SERVERS) - 1;
    uint16_t known = (uint16_t)(fetch_servers(w, f) & first);
    uint16_t named = (uint16_t)((known | fetch_strangers(w, f)) & first);
    struct options o = {0};
    for (uint32_t i = 0; known >> i; i++)
        if ((known & ~q->broken & bit(i)) && fetch_server(w, f, i)->dead_until <= w->sim.now) {
            o.servers |= bit(i);
            o.server_count++;
        }
    add_lookups(w, f, q, named, known, &o);
    if (q->force_lookup && o.lookup_count > 0) {
        o.servers = 0;
        o.server_count = 0;
        q->force_lookup = false;
    }
    return o;
}

/* cmp_choices: those not known first, then the fewer errors for this question, then the shorter wait. */
static int compare(const struct knot_params *p, const struct knot_query *q, const struct server_state *a, uint32_t i,
                   const struct server_state *b, uint32_t k)
{
    if (unknown(a) != unknown(b)) return unknown(a) ? -1 : 1;
    if (q->errors[i] != q->errors[k]) return q->errors[i] < q->errors[k] ? -1 : 1;
    sim_time x = timeout_of(p, a), y = timeout_of(p, b);
    return (x > y) - (x < y);
}

static uint32_t best_of(struct world *w, struct fetch *f, const struct knot_query *q, const struct options *o)
{
    const struct knot_params *p = params_of(w, f);
    uint32_t best = NONE, equal = 0;
    for (uint32_t i = 0; o->servers >> i; i++) {
        if (!(o->servers & bit(i))) continue;
        int order = best == NONE ? -1 : compare(p, q, fetch_server(w, f, i), i, fetch_server(w, f, best), best);
        if (order > 0) continue;
        equal = order < 0 ? 1 : equal + 1;
        if (order < 0 || rng_below(&f->luck, equal) == 0) best = i;
    }
    return best;
}

static uint32_t nth_bit(uint16_t set, uint32_t nth)
{
    uint32_t i = 0;
    for (; !(set & bit(i)) || nth-- > 0; i++) continue;
    return i;
}

/* Look-up nth of them all goes onto the plan. */
static enum choice look_up(struct world *w, struct fetch *f, struct knot_query *q, const struct options *o,
                           uint32_t nth)
{
    const struct knot_params *p = params_of(w, f);
    uint32_t of_a = (uint32_t)__builtin_popcount(o->lookups[0]), t = nth < of_a ? 0 : 1;
    uint32_t place = nth_bit(o->lookups[t], t ? nth - of_a : nth), ns = fetch_ns(w, f, place);
    if (++q->lookups > p->ns_address_limit) return CHOSE_NONE;
    q->looked_up[t] |= bit(place);
    uint32_t question = question_of_ns(w->spec, ns, t ? QUESTION_AAAA : QUESTION_A);
    plan(f, question, question_zone(w->spec, question) == q->zone, p);
    return CHOSE_LOOKUP;
}

/* select_transport: mostly the best, now and then any, and nobody twice while there is an address to be looked up. */
static enum choice choose(struct world *w, struct fetch *f, struct knot_query *q)
{
    const struct knot_params *p = params_of(w, f);
    f->zone = q->zone;
    if (fetch_leads_nowhere(w, f)) return CHOSE_NONE; /* the look-ups of their names, NXDOMAIN all, are left out */
    struct options o = options_of(w, f, q);
    if (o.server_count + o.lookup_count == 0) return CHOSE_NONE;
    uint32_t best = best_of(w, f, q, &o), chosen = best;
    bool explore = best == NONE || rng_below(&f->luck, p->explore_one_in) == 0;
    if (explore) {
        uint32_t i = (uint32_t)rng_below(&f->luck, o.lookup_count + o.server_count);
        if (i < o.lookup_count) return look_up(w, f, q, &o, i);
        chosen = nth_bit(o.servers, i - o.lookup_count);
    }
    if (q->errors[chosen] > 0 && o.lookup_count > 0)
        return look_up(w, f, q, &o, (uint32_t)rng_below(&f->luck, o.lookup_count));
    const struct server_state *s = fetch_server(w, f, chosen);
    f->server = chosen;
    f->timeout = unknown(s) ? backed_off(p, p->default_timeout, q->timeouts) : timeout_of(p, s);
    sim_time most = 2 * timeout_of(p, fetch_server(w, f, best));
    if (explore && !unknown(s) && f->timeout > most) f->timeout = most;
    f->tcp = q->tcp || q->lost[chosen] >= p->tcp_after_timeouts || f->timeout > p->tcp_after;
    if (q->force_udp) f->tcp = false; /* TCP has failed: UDP after all, the wait as it is */
    q->tcp = f->tcp;
    q->lookups = 0;
    return CHOSE_SERVER;
}

/* ---- TCP: daemon/worker.c, daemon/io.c ---- */

/* tcp_timeout_trigger: is the connection still kept? */
static bool session_kept(struct world *w, const struct fetch *f, struct tcp_session *t)
{
    const struct knot_params *p = params_of(w, f);
    while (t->open && t->check <= w->sim.now) {
        t->open = t->check - t->last < p->tcp_idle;
        t->check = t->last + p->tcp_idle;
    }
    if (t->open && name_server_closed(w, f)) t->open = false; /* it has been told so */
    return t->open;
}

/* Over an open connection nothing but the question's own end is waited for, and that is looked at only now and then. */
static sim_time session_patience(const struct world *w, const struct fetch *f, const struct tcp_session *t)
{
    sim_time whole = fetch_params(w, f)->query_timeout, until = t->check;
    while (until < f->started + whole) until += whole / 2;
    return until;
}

static void connect_now(struct world *w, struct fetch *f, struct tcp_session *t)
{
    const struct knot_params *p = params_of(w, f);
    sim_time until = sim_time_add(w->sim.now, p->connect_timeout);
    bool closed;
    sim_time from = name_server_connect(w, f, until, &closed);
    f->knot.way = from > until || closed ? CONNECTING : SESSION;
    if (f->knot.way == CONNECTING) {
        t->trying = true;
        t->closed = closed;
        t->fails_at = from > until ? until : from;
        return;
    }
    *t = (struct tcp_session){.from = from, .last = from, .open = true};
    t->check = from + fetch_params(w, f)->query_timeout + p->connect_timeout;
}

sim_time knot_reply(struct world *w, uint32_t fi, uint32_t *status)
{
    struct fetch *f = &w->fetches[fi];
    if (!f->tcp) return name_server_reply(w, f, status);
    struct tcp_session *t = &fetch_server(w, f, f->server)->tcp;
    if (t->trying)
        f->knot.way = JOINED;
    else if (session_kept(w, f, t))
        f->knot.way = SESSION;
    else
        connect_now(w, f, t);
    f->joins = f->knot.way == JOINED;
    if (f->knot.way != SESSION) {
        *status = REPLY_CLOSED;
        f->knot.patience = f->timeout;
        f->timeout = t->fails_at - w->sim.now;
        return t->closed ? t->fails_at : SIM_NEVER;
    }
    if (t->from > f->sent) f->sent = t->from;
    if (f->sent > t->last) t->last = f->sent;
    sim_time until = session_patience(w, f, t);
    f->timeout = until - w->sim.now;
    return name_server_session_reply(w, f, f->sent, until, status);
}

/* ---- one step after the other: daemon/worker.c qr_task_step, lib/resolve.c kr_resolve_produce ---- */

/* What the cache has of the question; modules/serve_stale: also what has ended, from a while after the client's
 * question on, or when there is nobody to ask. */
static bool cached(struct world *w, const struct fetch *f, struct knot_query *q)
{
    const struct resolver_params *p = fetch_params(w, f);
    const struct cache_entry *e = entry_of(w, f->resolver, q->question);
    bool late = w->sim.now > sim_time_add(f->started, p->stale_client_timeout);
    bool stale = p->serve_stale && (late || q->no_servers);
    if (q->cache_tried && !stale) return false;
    q->cache_tried = true;
    return e->until > w->sim.now || (stale && e->stale_until > w->sim.now);
}

static bool time_over(const struct world *w, const struct fetch *f)
{
    return w->sim.now - f->started >= fetch_params(w, f)->query_timeout;
}

/* ---- answers to clients: daemon/udp_queue.c ---- */

#define HEALTH_INTERVAL (5 * SIM_SECOND) /* lib/cache/api.c: the loop wakes up this often at least */

/* They go out when the event loop wakes up the next time. After a packet, or after a packet that did not come, it does
 * so at once; after a connection that did not come about only with the next event of any kind. */
static enum selection_step end(struct world *w, uint32_t fi, enum selection_step step)
{
    struct fetch *f = &w->fetches[fi];
    if (!f->knot.connect_ended) return step;
    struct resolver_state *r = &w->resolvers[f->resolver];
    f->knot.unsent = (uint8_t)step;
    f->knot.next = r->unsent;
    r->unsent = fi;
    sim_time at = sim_time_add(w->sim.now, (sim_time)rng_below(&f->luck, HEALTH_INTERVAL));
    f->stale_event = sim_at_cancellable(&w->sim, at, EVENT_STALE, fi, 0);
    return SELECT_WAIT;
}

void knot_flush(struct world *w, uint32_t resolver)
{
    struct resolver_state *r = &w->resolvers[resolver];
    uint32_t fi = r->unsent;
    r->unsent = NONE;
    while (fi != NONE) {
        uint32_t other = w->fetches[fi].knot.next;
        fetch_go_on(w, fi);
        fi = other;
    }
}

/* The packet is sent, or joins one that asks the same. */
static enum selection_step send(struct world *w, uint32_t fi)
{
    if (!w->fetches[fi].tcp) knot_flush(w, w->fetches[fi].resolver);
    struct fetch *f = &w->fetches[fi];
    f->asks = asked_for(w, top_of(f));
    f->knot.way = UDP;
    if (f->tcp) return SELECT_SEND;
    struct cache_entry *e = entry_of(w, f->resolver, f->asks);
    if (e->leader == NONE) {
        e->leader = fi;
        return SELECT_SEND;
    }
    struct fetch *leader = &w->fetches[e->leader];
    f->knot.next = leader->knot.followers;
    leader->knot.followers = fi;
    return SELECT_WAIT;
}

static enum selection_step next(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    const struct knot_params *p = params_of(w, f);
    if (f->knot.unsent) return (enum selection_step)f->knot.unsent;
    if (!f->knot.begun) {
        f->knot.begun = true;
        f->knot.followers = f->knot.next = NONE;
        plan(f, f->question, false, p);
        knot_flush(w, f->resolver);
        f = &w->fetches[fi];
    }
    if (f->knot.over || time_over(w, f)) return end(w, fi, SELECT_FAIL);
    while (f->knot.timeouts < p->timeout_limit && ++f->knot.rounds <= p->iter_limit) {
        struct knot_query *q = top_of(f);
        if (cached(w, f, q)) {
            if (--f->knot.depth == 0) return end(w, fi, SELECT_CACHED);
            continue;
        }
        if (!q->begun) find_cut(w, f, q);
        enum choice choice = choose(w, f, q);
        if (choice == CHOSE_SERVER) return send(w, fi);
        if (choice == CHOSE_LOOKUP) continue;
        if (q->no_servers) break;
        q->no_servers = true; /* once more: what has ended may be served now */
    }
    return end(w, fi, SELECT_FAIL);
}

/* ---- what comes back: lib/resolve.c kr_resolve_consume, lib/selection.c error ---- */

/* kr_resolve_consume: after too many bad answers in a row there is nobody to ask. */
static void failed(struct world *w, struct fetch *f, struct knot_query *q, bool tried_tcp)
{
    if (++f->knot.failures > params_of(w, f)->fail_row_limit) {
        f->knot.over = q->no_servers;
        q->no_servers = true;
    } else if (tried_tcp || !q->tcp) {
        q->tcp = params_of(w, f)->tcp;
    }
}

static void note_error(struct knot_query *q, uint32_t place, uint32_t status)
{
    q->errors[place] += q->errors[place] < UINT8_MAX;
    if (status == DNS_SERVFAIL || status == DNS_REFUSED) {
        if (q->no_minimize && q->no_0x20 && q->tcp)
            q->broken |= bit(place);
        else if (q->no_minimize)
            q->no_0x20 = q->tcp = true;
        else
            q->no_minimize = true;
    } else if (status == DNS_LAME && !q->no_minimize) {
        q->no_minimize = true;
    } else {
        q->force_lookup = q->force_lookup || status == DNS_LAME;
        q->broken |= bit(place);
    }
}

/* A good answer to the question on top of the plan, or a referral on the way to it. True: it is the client's. */
static bool consume(struct world *w, uint32_t fi, uint32_t status)
{
    struct fetch *f = &w->fetches[fi];
    struct knot_query *q = top_of(f);
    uint32_t asks = asked_for(w, q);
    bool tried_tcp = q->tcp;
    if (status != DNS_OK && status != DNS_NODATA && status != DNS_NXDOMAIN) {
        note_error(q, f->server, status);
        failed(w, f, q, tried_tcp);
        return false;
    }
    f->knot.failures = 0;
    q->tcp = params_of(w, f)->tcp;
    if (asks != q->question && status == DNS_OK) {
        if (entry_of(w, f->resolver, asks)->until <= w->sim.now) fetch_keep(w, fi, asks, DNS_OK);
        enter(q, question_home(w->spec, asks));
        return false;
    }
    if (asks != q->question && !q->no_minimize) {
        q->no_minimize = true; /* it is believed only when the whole name was asked for */
        return false;
    }
    if (--f->knot.depth == 0) return true;
    fetch_keep(w, fi, q->question, (enum dns_status)status);
    return false;
}

/* Each task that has joined the packet gets what its sender gets, the last to join first (subreq_finalize); that time
 * has passed is no fault of theirs. */
static void wake_followers(struct world *w, uint32_t fi, bool answered, uint32_t status)
{
    struct fetch *f = &w->fetches[fi];
    uint32_t other = f->knot.followers, place = f->server;
    struct cache_entry *e = entry_of(w, f->resolver, f->asks);
    if (e->leader != fi) return; /* over TCP nobody joins */
    e->leader = NONE;
    f->knot.followers = NONE;
    while (other != NONE) {
        struct fetch *g = &w->fetches[other];
        uint32_t now = other;
        other = g->knot.next;
        g->knot.next = NONE;
        g->server = place;
        g->knot.connect_ended = false;
        if (answered && !time_over(w, g) && consume(w, now, status))
            fetch_answered(w, now, (enum dns_status)status);
        else
            fetch_go_on(w, now);
    }
}

/* on_tcp_connect_timeout, on_connect, tcp_disconnect: the task that tried is charged, those that wait for it are not.
 */
static void connect_failed(struct world *w, struct fetch *f)
{
    struct knot_query *q = top_of(f);
    fetch_server(w, f, f->server)->tcp.trying = false;
    q->force_udp = true;
    q->no_0x20 = false;
    q->timeouts += q->timeouts < UINT8_MAX;
    q->errors[f->server] += q->errors[f->server] < UINT8_MAX;
    f->timeout = f->knot.patience;
    note_timeout(w, f, fetch_server(w, f, f->server));
}

static bool replied(struct world *w, uint32_t fi, uint32_t status, sim_time took)
{
    w->fetches[fi].knot.connect_ended = false;
    knot_flush(w, w->fetches[fi].resolver);
    wake_followers(w, fi, true, status);
    struct fetch *f = &w->fetches[fi];
    struct server_state *s = fetch_server(w, f, f->server);
    if (status == REPLY_CLOSED) {
        if (f->knot.way == CONNECTING || (f->knot.way == SESSION && !s->tcp.useful)) connect_failed(w, f);
        s->tcp.open = false;
        return false;
    }
    if (f->knot.way == SESSION) {
        s->tcp.last = w->sim.now;
        s->tcp.useful = true;
    }
    f->knot.over = time_over(w, f);
    if (f->knot.over) return false;
    note_answer(params_of(w, f), s, whole_ms(f, took));
    return consume(w, fi, status);
}

static void timed_out(struct world *w, uint32_t fi)
{
    enum way way = w->fetches[fi].knot.way;
    if (way != JOINED) knot_flush(w, w->fetches[fi].resolver); /* who joins is of the same step */
    struct fetch *f = &w->fetches[fi];
    struct knot_query *q = top_of(f);
    f->knot.timeouts++;
    f->knot.connect_ended = way != UDP;
    f->knot.over = way == SESSION; /* session_tasklist_finalize_expired */
    if (way == CONNECTING) connect_failed(w, f);
    if (way != UDP) return;
    q->timeouts += q->timeouts < UINT8_MAX;
    q->errors[f->server] += q->errors[f->server] < UINT8_MAX;
    q->lost[f->server] += q->lost[f->server] < UINT8_MAX;
    note_timeout(w, f, fetch_server(w, f, f->server));
    wake_followers(w, fi, false, 0);
}

const struct selection selection_knot = {.next = next, .replied = replied, .timed_out = timed_out};
