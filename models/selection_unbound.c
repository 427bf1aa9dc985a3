/* models/selection_unbound.c - how Unbound chooses, waits and gives up: time-outs remembered per server, a random one
 * within a band, probing and hold-down. */
#include "models/selection.h"

static const struct unbound_params *params_of(const struct world *w, const struct fetch *f)
{
    return &fetch_params(w, f)->unbound;
}

/* Forgets what is too old; sets up what is not known. */
static struct server_state *server_fresh(struct world *w, const struct fetch *f, uint32_t place)
{
    const struct unbound_params *p = params_of(w, f);
    struct server_state *s = fetch_server(w, f, place);
    if (s->until > w->sim.now) return s;
    bool was_down = s->until > 0 && s->rto >= p->rto_max;
    s->until = sim_time_add(w->sim.now, p->infra_host_ttl);
    s->probing_until = 0;
    s->srtt = 0;
    s->rttvar = p->unknown_server_timeout / 4;
    /* A server that was held down gets one try; one more failure and it is down again (Unbound services/cache/infra.c).
     */
    s->rto = was_down ? p->rto_max - SIM_MS : p->unknown_server_timeout;
    return s;
}

static bool usable(struct world *w, const struct fetch *f, uint32_t place)
{
    const struct unbound_params *p = params_of(w, f);
    if (f->failed >> place & 1) return false;
    if (f->sent_to[place] >= p->outbound_msg_retry) return false;
    const struct server_state *s = server_fresh(w, f, place);
    if (s->rto >= p->rto_max) return false;
    return !(p->probe_rto > 0 && s->rto >= p->probe_rto && s->probing_until > w->sim.now);
}

/* At random among the servers whose time-out is within server_band of the best one's. */
static uint32_t choose(struct world *w, struct fetch *f)
{
    uint64_t servers = fetch_servers(w, f);
    sim_time best = SIM_NEVER;
    uint32_t candidates[SPEC_SERVERS_MAX], count = 0, places = fetch_zone(w, f)->ns_count;
    for (uint32_t i = 0; i < places; i++)
        if ((servers >> i & 1) && usable(w, f, i) && fetch_server(w, f, i)->rto < best)
            best = fetch_server(w, f, i)->rto;
    for (uint32_t i = 0; i < places; i++)
        if ((servers >> i & 1) && usable(w, f, i) &&
            fetch_server(w, f, i)->rto <= sim_time_add(best, params_of(w, f)->server_band))
            candidates[count++] = i;
    if (count == 0) return NONE;
    return candidates[count == 1 ? 0 : rng_below(&f->luck, count)];
}

static enum selection_step next(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    const struct unbound_params *p = params_of(w, f);
    if (f->unbound.resent) return SELECT_SEND;
    if (f->sent_count >= p->max_sent_count) return SELECT_FAIL;
    uint32_t place = choose(w, f);
    if (place == NONE) return SELECT_FAIL;
    struct server_state *s = fetch_server(w, f, place);
    f->server = place;
    f->timeout = s->rto;
    if (p->probe_rto > 0 && s->rto >= p->probe_rto) s->probing_until = sim_time_add(w->sim.now, s->rto + SIM_SECOND);
    return SELECT_SEND;
}

/* util/rtt.c: srtt += d / 8, rttvar += (|d| - rttvar) / 4, rto = srtt + 4 rttvar within its bounds. */
static bool replied(struct world *w, uint32_t fi, uint32_t status, sim_time took)
{
    struct fetch *f = &w->fetches[fi];
    const struct unbound_params *p = params_of(w, f);
    struct server_state *s = fetch_server(w, f, f->server);
    sim_time d = took - s->srtt;
    f->unbound.resent = false;
    s->srtt += d / 8;
    s->rttvar += ((d < 0 ? -d : d) - s->rttvar) / 4;
    s->rto = s->srtt + 4 * s->rttvar;
    if (s->rto < p->rto_min) s->rto = p->rto_min;
    if (s->rto > p->rto_max) s->rto = p->rto_max;
    s->probing_until = 0;
    if (status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN) return true;
    f->failed |= UINT64_C(1) << f->server;
    return false;
}

static void timed_out(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    const struct unbound_params *p = params_of(w, f);
    struct server_state *s = fetch_server(w, f, f->server);
    if (!f->unbound.resent && f->timeout < p->resend_below) {
        f->unbound.resent = true;
        return;
    }
    f->unbound.resent = false;
    /* Doubled from what the packet was sent with, and only if it has not been raised past that meanwhile. */
    if (s->rto <= f->timeout) s->rto = 2 * f->timeout < p->rto_max ? 2 * f->timeout : p->rto_max;
}

const struct selection selection_unbound = {.next = next, .replied = replied, .timed_out = timed_out};
