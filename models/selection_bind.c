/* models/selection_bind.c - how BIND 9.18 chooses, waits and gives up: a list of addresses by smoothed round trip, used
 * up one by one and then built anew; waits that double after a while; the whole within resolver-query-timeout.
 *
 * Rules are from BIND 9.18.49: "resolver.c" and "adb.c" are in lib/dns. It counts round trips in whole microseconds,
 * and what is kept by whole seconds. */
#include "models/selection.h"

#define US_MAX       9000000             /* resolver.c MAX_SINGLE_QUERY_TIMEOUT_US; adb.c: the longest round trip */
#define NEW_US_MAX   31                  /* adb.c new_adbentry: a new server's round trip is made up, 1 .. 31 us */
#define ENTRY_LIFE   (1800 * SIM_SECOND) /* adb.c ADB_ENTRY_WINDOW, from the first round trip on */
#define NAME_LIFE    (10 * SIM_SECOND)   /* adb.c ADB_CACHE_MINIMUM: of an address that came as glue */
#define RESTARTS_MAX 100                 /* resolver.c fctx_getaddresses */
#define SHIFT_MAX    6                   /* resolver.c fctx_setretryinterval */
#define ROOT_SERVERS 13                  /* servers of a zone above all that are modelled */
#define LEFT_MIN     SIM_MS              /* resolver.c: with less time than this left a fetch is over */

static const struct bind_params *params_of(const struct world *w, const struct fetch *f)
{
    return &fetch_params(w, f)->bind;
}

/* ---- what is kept of a server (adb.c) ---- */

/* The server as it is known now. Its name is looked at again every few seconds; an entry past its life is made anew
 * then, and nothing is known of the server any more. */
static struct server_state *server_fresh(struct world *w, struct fetch *f, uint32_t place)
{
    struct server_state *s = fetch_server(w, f, place);
    if (SIM_LIKELY(s->named_until > w->sim.now)) return s;
    sim_time now = second_of(w->sim.now);
    if (s->srtt == 0 || (s->until > 0 && s->until <= now))
        *s = (struct server_state){.srtt = (sim_time)(1 + rng_below(&f->luck, NEW_US_MAX)) * SIM_US};
    s->named_until = now + NAME_LIFE;
    return s;
}

static void set_srtt(const struct world *w, struct server_state *s, sim_time us)
{
    s->srtt = (us < US_MAX ? us : US_MAX) * SIM_US;
    if (s->until == 0) s->until = second_of(w->sim.now) + ENTRY_LIFE;
}

/* adb.c dns_adb_adjustsrtt: whole microseconds, divided before they are multiplied. */
static void heard(const struct world *w, struct server_state *s, sim_time took)
{
    set_srtt(w, s, s->srtt / SIM_US / 10 * 7 + took / SIM_US / 10 * 3);
}

/* resolver.c fctx_cancelquery: something random is added, less to a server that is slow already, and less to one that
 * has never shown EDNS. It is added to what was known when the fetch made its list: fetches that wait in vain beside
 * each other do not add up. */
static void unheard(struct world *w, struct fetch *f)
{
    static const struct {
        uint32_t above, mask; /* microseconds */
    } rows[] = {{800000, 0x3fff},  {400000, 0x7fff}, {200000, 0xffff},
                {100000, 0x1ffff}, {50000, 0x3ffff}, {25000, 0x7ffff}};
    struct server_state *s = fetch_server(w, f, f->server);
    uint32_t known = f->bind.srtt[f->server], mask = 0xfffff;
    for (size_t i = sizeof rows / sizeof *rows; i-- > 0;)
        if (known > rows[i].above) mask = rows[i].mask;
    if (!f->bind.plain && !s->answered) mask >>= 2;
    set_srtt(w, s, known + (sim_time)(rng_bits(&f->luck) & mask));
}

/* adb.c dns_adb_agesrtt, for the servers on the list that were not asked: so that they get their turn some day. */
static void age_others(struct world *w, const struct fetch *f)
{
    uint64_t others = f->bind.listed & ~f->bind.marked;
    sim_time now = second_of(w->sim.now) + SIM_SECOND; /* never 0 */
    for (uint32_t i = 0; others; i++, others >>= 1) {
        struct server_state *s = fetch_server(w, f, i);
        if (!(others & 1) || s->last == now) continue;
        s->srtt = s->srtt / SIM_US * 511 / 512 * SIM_US;
        if (s->srtt == 0) s->srtt = SIM_US;
        s->last = now;
    }
}

/* ---- the list of addresses (resolver.c) ---- */

/* fctx_getaddresses, adb.c: the other address family of a server is looked for from the second list on, in the
 * background; a server without any address is looked for at once. Moves w->fetches. */
static void look_up_servers(struct world *w, uint32_t fi)
{
    const struct fetch *f = &w->fetches[fi];
    uint64_t strangers = fetch_strangers(w, f), all = strangers | (f->bind.restarts > 1 ? f->bind.listed : 0);
    enum question_type type = question_type(f->question);
    bool of_server = f->depth > 0 && type != QUESTION_NS; /* its list is being looked up for whoever needs it */
    for (uint32_t i = 0; all && !of_server; i++, all >>= 1, strangers >>= 1) {
        enum dns_status ignored;
        if (!(all & 1)) continue;
        uint32_t ns = fetch_ns(w, &w->fetches[fi], i);
        if (strangers & 1) fetch_need(w, fi, question_of_ns(w->spec, ns, QUESTION_A), &ignored);
        fetch_need(w, fi, question_of_ns(w->spec, ns, QUESTION_AAAA), &ignored);
    }
}

static bool looks_for_servers(struct world *w, const struct fetch *f)
{
    uint64_t strangers = fetch_strangers(w, f);
    for (uint32_t i = 0; strangers; i++, strangers >>= 1) {
        uint32_t question = question_of_ns(w->spec, fetch_ns(w, f, i), QUESTION_A);
        if ((strangers & 1) && w->resolvers[f->resolver].cache[question].fetch != NONE) return true;
    }
    return false;
}

static enum selection_step make_list(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    if (++f->bind.restarts > RESTARTS_MAX) return SELECT_FAIL;
    uint64_t servers = fetch_servers(w, f);
    f->bind.listed = servers;
    f->bind.marked = servers & f->failed;
    for (uint32_t i = 0; servers; i++, servers >>= 1)
        if (servers & 1) f->bind.srtt[i] = (uint32_t)(server_fresh(w, f, i)->srtt / SIM_US);
    if (f->bind.restarts > 1 || w->outsiders) {
        look_up_servers(w, fi);
        f = &w->fetches[fi];
    }
    if (f->bind.listed & ~f->failed) return SELECT_SEND;
    return looks_for_servers(w, f) ? SELECT_WAIT : SELECT_FAIL;
}

/* nextaddress: the lowest round trip of those not used up; of equal ones the first. */
static uint32_t take_address(struct fetch *f)
{
    uint64_t left = f->bind.listed & ~f->bind.marked;
    uint32_t best = NONE;
    for (uint32_t i = 0; left; i++, left >>= 1)
        if ((left & 1) && (best == NONE || f->bind.srtt[i] < f->bind.srtt[best])) best = i;
    if (best != NONE) f->bind.marked |= UINT64_C(1) << best;
    return best;
}

/* fctx_setretryinterval. */
static sim_time retry_interval(const struct world *w, const struct fetch *f, sim_time left)
{
    const struct bind_params *p = params_of(w, f);
    sim_time now = w->sim.now, rtt = f->bind.srtt[f->server] * SIM_US, wait = p->retry_interval;
    if (f->bind.restarts > p->nonbackoff_tries) {
        uint32_t shift = f->bind.restarts - p->nonbackoff_tries;
        wait <<= shift < SHIFT_MAX ? shift : SHIFT_MAX;
    }
    rtt += (rtt < 50 * SIM_MS ? 50 : rtt < 100 * SIM_MS ? 100 : 200) * SIM_MS;
    if (wait < rtt) wait = rtt;
    if (f->stale_at - now >= LEFT_MIN && wait > f->stale_at - now) wait = f->stale_at - now;
    if (wait > left) wait = left;
    if (wait > US_MAX * SIM_US) wait = US_MAX * SIM_US;
    return wait - wait % SIM_MS; /* timers count milliseconds */
}

/* ---- one fetch ---- */

/* On the way down from the deepest zone cut that is known each step takes an address from the list (resolver.c
 * fctx_try, resume_qmin), and lists are counted: with a list or two behind it the last step's waits double sooner.
 * Zones above all that are modelled always answer, so they are known from then on. */
static void begun(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    enum question_type type = question_type(f->question);
    const struct cache_entry *own = &w->resolvers[f->resolver].cache[f->question];
    const struct resolver_params *p = fetch_params(w, f);
    if (p->stale_client_timeout > 0 && p->stale_client_timeout < SIM_LONGEST && own->until <= w->sim.now &&
        own->stale_until > w->sim.now)
        f->stale_at = w->sim.now + p->stale_client_timeout;
    if (f->depth > 0 && type != QUESTION_NS) { /* a server's address is looked for from the root on */
        f->bind.restarts = 1;
        return;
    }
    uint32_t steps = 0, zone = f->zone, servers = ROOT_SERVERS;
    for (; zone != SPEC_NONE; zone = w->spec->zones[zone].parent, steps++) {
        uint32_t delegation = question_of_zone(zone, QUESTION_NS);
        if (w->resolvers[f->resolver].cache[delegation].until > w->sim.now) break;
        if (w->spec->zones[zone].parent == SPEC_NONE) fetch_keep(w, fi, delegation, DNS_OK);
    }
    if (SIM_LIKELY(steps == 0) || type == QUESTION_NS) return; /* a delegation is such a step itself */
    if (zone != SPEC_NONE) servers = (uint32_t)__builtin_popcountll(w->spec->zones[zone].delegated);
    f->bind.restarts = (steps + servers - 1) / servers;
}

static enum selection_step next(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    sim_time left = f->started + fetch_params(w, f)->query_timeout - w->sim.now;
    if (left < LEFT_MIN) {
        f->timed_out = true;
        age_others(w, f);
        return SELECT_FAIL;
    }
    if (!f->bind.plain) {
        uint32_t place = take_address(f);
        if (place == NONE) {
            enum selection_step made = make_list(w, fi);
            if (made != SELECT_SEND) return made;
            f = &w->fetches[fi];
            place = take_address(f);
        }
        f->server = place;
    }
    if (f->sent_count >= params_of(w, f)->max_recursion_queries) return SELECT_FAIL;
    f->timeout = retry_interval(w, f, left);
    return SELECT_SEND;
}

/* The answers that come with EDNS and say that the server knows it (resolver.c rctx_edns). */
static bool shows_edns(uint32_t status)
{
    return status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN || status == DNS_REFUSED ||
           status == DNS_LAME;
}

/* An error is an answer, too: its round trip counts like any other. The server is bad for this fetch alone. */
static bool replied(struct world *w, uint32_t fi, uint32_t status, sim_time took)
{
    struct fetch *f = &w->fetches[fi];
    struct server_state *s = fetch_server(w, f, f->server);
    bool plain = f->bind.plain;
    f->bind.plain = false;
    if (status == REPLY_CLOSED) {
        unheard(w, f);
    } else {
        heard(w, s, took);
        s->answered = s->answered || (shows_edns(status) && !plain);
        age_others(w, f);
    }
    if (status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN) return true;
    if (status == DNS_FORMERR && !plain) /* does it dislike EDNS? Once more, without */
        f->bind.plain = true;
    else
        f->failed |= UINT64_C(1) << f->server;
    return false;
}

static void timed_out(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    unheard(w, f);
    f->bind.plain = false;
}

const struct selection selection_bind = {.next = next, .replied = replied, .timed_out = timed_out, .begun = begun};
