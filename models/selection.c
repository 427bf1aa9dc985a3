/* models/selection.c - the ways of choosing by name, and the plainest of them. */
#include "models/selection.h"

const struct selection *selection_of(const struct world *w, uint32_t resolver)
{
    static const struct selection *const ways[SELECT_KIND_COUNT] = {
        [SELECT_TEXTBOOK] = &selection_textbook, [SELECT_UNBOUND] = &selection_unbound, [SELECT_BIND] = &selection_bind,
        [SELECT_PDNS] = &selection_pdns,         [SELECT_KNOT] = &selection_knot,
    };
    return ways[w->spec->resolvers[resolver].params.selection];
}

/* ---- the textbook: servers by turns from a random one on, equal waits, no memory of any of them ---- */

static enum selection_step textbook_next(struct world *w, uint32_t fi)
{
    struct fetch *f = &w->fetches[fi];
    const struct textbook_params *p = &fetch_params(w, f)->textbook;
    uint64_t servers = fetch_servers(w, f) & ~f->failed;
    uint32_t count = fetch_zone(w, f)->ns_count;
    f->timeout = p->timeout;
    if (f->sent_count >= p->attempts || servers == 0 || !fetch_time_left(w, f, &f->timeout)) return SELECT_FAIL;
    f->server = f->sent_count == 0 ? (uint32_t)rng_below(&f->luck, count) : f->server + 1;
    for (f->server %= count; !(servers >> f->server & 1);) f->server = (f->server + 1) % count;
    return SELECT_SEND;
}

static bool textbook_replied(struct world *w, uint32_t fi, uint32_t status, sim_time took)
{
    (void)took;
    if (status == DNS_OK || status == DNS_NODATA || status == DNS_NXDOMAIN) return true;
    w->fetches[fi].failed |= UINT64_C(1) << w->fetches[fi].server;
    return false;
}

static void textbook_timed_out(struct world *w, uint32_t fi)
{
    (void)w;
    (void)fi;
}

const struct selection selection_textbook = {
    .next = textbook_next, .replied = textbook_replied, .timed_out = textbook_timed_out};
