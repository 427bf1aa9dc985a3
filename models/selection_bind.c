/* models/selection_bind.c - how BIND 9 chooses, waits and gives up: the lowest smoothed round trip, rounds over all
 * servers whose waits double after a while, no hold-down. */
#include "models/selection.h"

static const struct bind_params *params_of(const struct world *w, const struct fetch *f)
{
    return &fetch_params(w, f)->bind;
}

/* lib/dns/adb.c: srtt grows by a random amount, about 1 s at most for a fast server, less for a slow one; cap 9 s. */
static void penalty(struct world *w, struct fetch *f, struct server_state *s)
{
    sim_time most = s->srtt < 25 * SIM_MS ? SIM_SECOND : s->srtt > 800 * SIM_MS ? 16 * SIM_MS : SIM_SECOND / 4;
    s->srtt += (sim_time)rng_below(&f->luck, (uint64_t)most);
    if (s->srtt > params_of(w, f)->try_timeout_max) s->srtt = params_of(w, f)->try_timeout_max;
    s->answered = true; /* it is not new any more */
}

/* The lowest smoothed round trip among those not asked in this round; never-asked ones first, at random. */
static uint32_t choose(struct world *w, struct fetch *f)
{
    uint64_t servers = fetch_servers(w, f) & ~f->failed;
    uint32_t best = NONE, unknown = 0;
    for (int pass = 0; pass < 2 && best == NONE; pass++) {
        if (pass == 1) f->bind.tried = 0; /* all were asked: the next round */
        for (uint32_t i = 0; i < fetch_zone(w, f)->ns_count; i++) {
            if (!(servers & ~f->bind.tried & UINT64_C(1) << i)) continue;
            const struct server_state *s = fetch_server(w, f, i);
            if (!s->answered) {
                if (rng_below(&f->luck, ++unknown) == 0) best = i;
            } else if (unknown == 0 && (best == NONE || s->srtt < fetch_server(w, f, best)->srtt)) {
                best = i;
            }
        }
    }
    return best;
}

static enum selection_step next(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    const struct bind_params *p = params_of(w, f);
    if (f->sent_count >= p->max_recursion_queries) return SELECT_FAIL;
    uint32_t place = choose(w, f), round = f->sent_count / fetch_zone(w, f)->ns_count;
    if (place == NONE) return SELECT_FAIL;
    f->server = place;
    f->bind.tried |= UINT64_C(1) << place;
    f->timeout = p->retry_timeout;
    for (uint32_t i = p->flat_rounds; i <= round && f->timeout < p->try_timeout_max; i++) f->timeout *= 2;
    if (f->timeout > p->try_timeout_max) f->timeout = p->try_timeout_max;
    return fetch_time_left(w, f, &f->timeout) ? SELECT_SEND : SELECT_FAIL;
}

static bool replied(struct world *w, uint32_t fi, uint32_t status, sim_time took)
{
    struct fetch *f = &w->fetches[fi];
    struct server_state *s = fetch_server(w, f, f->server);
    if (status != REPLY_CLOSED) s->srtt = s->answered ? (7 * s->srtt + 3 * took) / 10 : took;
    s->answered = true;
    if (status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN) return true;
    penalty(w, f, s);
    f->failed |= UINT64_C(1) << f->server;
    return false;
}

static void timed_out(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    penalty(w, f, fetch_server(w, f, f->server));
}

const struct selection selection_bind = {next, replied, timed_out};
