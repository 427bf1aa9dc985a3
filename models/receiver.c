/* models/receiver.c - MX hosts whose answer depends on what came before: greylists, limits on sessions and rates, a
 * disk that fills up. Their sessions are events (models/smtp.c); all other hosts' are worked out ahead.
 *
 * Sources: RFC 6647; postgrey 1.37 and OpenBSD libexec/spamd/grey.c for the two ways to greylist; Postfix anvil(8) for
 * rates counted per period; RFC 5321 section 4.2.2 and RFC 3463 for the replies. */
#include "models/inside.h"

void receivers_build(struct world *w)
{
    const struct world_spec *spec = w->spec;
    w->receivers = arena_zero(&w->arena, spec->mx_host_count, sizeof *w->receivers);
    for (uint32_t i = 0; i < spec->mx_host_count; i++) {
        const struct limit_spec *l = &spec->mx_hosts[i].limits;
        struct receiver_state *r = &w->receivers[i];
        r->remembers = mx_host_remembers(&spec->mx_hosts[i]);
        if (l->sessions_per_client) r->sessions_of = arena_zero(&w->arena, spec->mta_count, sizeof *r->sessions_of);
        if (l->messages_per_client.count)
            r->messages_of = arena_zero(&w->arena, spec->mta_count, sizeof *r->messages_of);
    }
}

void receivers_start(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->mx_host_count; i++) {
        struct receiver_state *r = &w->receivers[i];
        struct load *sessions_of = r->sessions_of;
        struct receiver_count *messages_of = r->messages_of;
        const struct limit_spec *l = &w->spec->mx_hosts[i].limits;
        *r = (struct receiver_state){.remembers = r->remembers, .sessions_of = sessions_of, .messages_of = messages_of};
        load_start(&r->sessions, w->bin_width, load_bound(l->sessions));
        load_start(&r->disk, w->bin_width, load_bound(l->holds));
        for (uint32_t m = 0; m < w->spec->mta_count; m++) {
            if (sessions_of) load_start(&sessions_of[m], w->bin_width, l->sessions_per_client);
            if (messages_of) messages_of[m] = (struct receiver_count){0};
        }
    }
}

enum cause receiver_open(struct world *w, uint32_t m, uint32_t host)
{
    const struct limit_spec *l = &w->spec->mx_hosts[host].limits;
    struct receiver_state *r = &w->receivers[host];
    uint32_t mta = w->messages[m].mta;
    if (l->sessions && r->sessions.value >= l->sessions) {
        r->sessions_denied++;
        return CAUSE_HOST_BUSY;
    }
    if (l->sessions_per_client && r->sessions_of[mta].value >= l->sessions_per_client) {
        r->client_sessions_denied++;
        return CAUSE_HOST_BUSY;
    }
    load_up(&r->sessions, w->sim.now);
    if (r->sessions_of) load_up(&r->sessions_of[mta], w->sim.now);
    return CAUSE_NONE;
}

void receiver_close(struct world *w, uint32_t mta, uint32_t host)
{
    struct receiver_state *r = &w->receivers[host];
    sim_assert(&w->sim, r->sessions.value > 0);
    load_down(&r->sessions, w->sim.now);
    if (r->sessions_of) load_down(&r->sessions_of[mta], w->sim.now);
}

/* ---- rates ---- */

/* Counts one more; false: that is more than the rate allows. limit: the run's end. */
static bool count_in(struct receiver_count *c, const struct rate_spec *rate, sim_time at, sim_time limit)
{
    if (c->count == 0 || at >= sim_time_add(c->since, rate->per)) {
        c->since = at;
        c->count = 0;
    }
    c->asked++;
    if (++c->count > c->most) c->most = c->count;
    if (c->count == rate->count) {
        sim_time until = sim_time_add(c->since, rate->per);
        if (until > limit) until = limit;
        if (until > at) c->used_up += until - at;
    }
    c->denied += c->count > rate->count;
    return c->count <= rate->count;
}

static bool within_rates(struct world *w, uint32_t m, uint32_t host, sim_time at)
{
    const struct limit_spec *l = &w->spec->mx_hosts[host].limits;
    struct receiver_state *r = &w->receivers[host];
    sim_time limit = w->spec->limit;
    if (l->messages_per_client.count &&
        !count_in(&r->messages_of[w->messages[m].mta], &l->messages_per_client, at, limit))
        return false;
    return l->messages.count == 0 || count_in(&r->messages, &l->messages, at, limit);
}

/* ---- disk ---- */

/* Counts what lay on the disk of a host that is no relay until at. */
static void disk_pass(struct world *w, uint32_t host, sim_time at)
{
    const struct limit_spec *l = &w->spec->mx_hosts[host].limits;
    struct receiver_state *r = &w->receivers[host];
    sim_time until = at < w->spec->limit ? at : w->spec->limit;
    load_sink(&r->disk, r->stored_at, until, r->stored, l->empties, (double)l->holds - 1);
}

static bool has_space(struct world *w, uint32_t host, sim_time at)
{
    const struct mx_host_spec *h = &w->spec->mx_hosts[host];
    struct receiver_state *r = &w->receivers[host];
    if (h->limits.holds == 0) return true;
    if (h->relay != SPEC_NONE) return w->mtas[h->relay].queue.value < h->limits.holds;
    if (at > r->stored_at) {
        disk_pass(w, host, at);
        r->stored -= h->limits.empties * sim_time_seconds(at - r->stored_at);
        if (r->stored < 0) r->stored = 0;
        r->stored_at = at;
    }
    return r->stored + 1 <= h->limits.holds;
}

void receiver_took(struct world *w, uint32_t m, uint32_t host)
{
    struct receiver_state *r = &w->receivers[host];
    (void)m;
    r->stored += 1;
    if (r->stored > r->most_stored) r->most_stored = r->stored;
}

/* ---- greylisting ---- */

static uint64_t client_key(const struct world *w, const struct message *msg, uint32_t host)
{
    uint64_t k = rng_part(w->host_names[host], w->mta_streams[msg->mta]);
    return rng_part(k, msg->source) | 1;
}

static uint64_t triplet_key(const struct world *w, const struct message *msg, uint32_t host)
{
    /* A report comes from the null sender and goes to whoever wrote the message; mail the other way round. */
    uint64_t k = rng_part(client_key(w, msg, host), w->client_luck[msg->client]);
    k = rng_part(rng_part(k, msg->sender), msg->recipient);
    return (msg->report ? k : rng_part(k, msg->mailbox)) | 1;
}

/* OpenBSD spamd: a retry in the window is put off as well, and makes the whole client address known at the next look
 * at the list. */
static enum cause spamd_says(struct map_entry *client, struct map_entry *e, const struct greylist_spec *g, sim_time at)
{
    if (client->count > 0 && at >= client->first) {
        bool known = at - client->last < g->remember;
        client->last = at;
        if (known) return CAUSE_NONE;
        client->count = 0;
    }
    if (e->count == 0 || at - e->first > g->window) *e = (struct map_entry){e->key, at, at, 1};
    if (at - e->first > g->delay && client->count == 0) {
        client->count = 1;
        client->first = sim_time_grid(at, SIM_MINUTE, 0);
        client->last = client->first;
    }
    return CAUSE_GREYLISTED;
}

/* A client that passes is noted at most once an hour; after long silence it is a stranger again. Source: postgrey 1.37.
 */
static void client_passed(struct map_entry *client, const struct greylist_spec *g, sim_time at)
{
    if (client->count > 0 && at - client->last >= g->remember) client->count = 0;
    if (client->count == 0 || at - client->first >= SIM_HOUR) {
        client->count++;
        client->first = at;
    }
    client->last = at;
}

/* A retry in the window is taken, and so is all of the same triplet from then on. */
static enum cause triplet_says(struct map_entry *client, struct map_entry *e, const struct greylist_spec *g,
                               sim_time at)
{
    if (g->clients_after && client->count >= g->clients_after && at - client->last < g->remember) {
        client->last = at;
        return CAUSE_NONE;
    }
    bool passed = e->count > 1;
    sim_time keep = passed ? g->remember : g->window;
    if (e->count == 0 || at - (passed ? e->last : e->first) > keep) {
        *e = (struct map_entry){e->key, at, at, 1};
        return CAUSE_GREYLISTED;
    }
    if (at - e->first < g->delay) return CAUSE_GREYLISTED;
    if (!passed) client_passed(client, g, at);
    e->count = 2;
    e->last = at;
    return CAUSE_NONE;
}

static enum cause greylist_says(struct world *w, uint32_t m, uint32_t host, sim_time at)
{
    const struct greylist_spec *g = &w->spec->mx_hosts[host].greylist;
    const struct message *msg = &w->messages[m];
    uint64_t triplet = triplet_key(w, msg, host);
    map_at(&w->memory, triplet); /* made first: making one entry can move the other */
    struct map_entry *client = map_at(&w->memory, client_key(w, msg, host)), *e = map_at(&w->memory, triplet);
    return g->whole_client ? spamd_says(client, e, g, at) : triplet_says(client, e, g, at);
}

enum cause receiver_rcpt(struct world *w, uint32_t m, uint32_t host, sim_time at)
{
    if (!within_rates(w, m, host, at)) return CAUSE_RATE_LIMITED;
    if (!has_space(w, host, at)) {
        w->receivers[host].full_denied++;
        return CAUSE_STORAGE_FULL;
    }
    if (w->spec->mx_hosts[host].greylist.on) return greylist_says(w, m, host, at);
    return CAUSE_NONE;
}

/* ---- loads ---- */

/* Messages asked for in each period. Periods begin with a message, so the fullest of them is the fullest stretch. */
static struct load_sum rate_sum(const struct receiver_count *c, const struct rate_spec *rate, sim_time limit)
{
    return (struct load_sum){.mean = (double)c->asked * (double)rate->per / (double)limit,
                             .busiest = c->most,
                             .peak = c->most,
                             .full = (double)c->used_up / (double)limit,
                             .refused = c->denied};
}

/* Of the MTAs, the one with the highest mean; refused: of all. */
static void take_busier(struct load_sum *to, struct load_sum of)
{
    uint64_t refused = to->refused + of.refused;
    if (of.mean > to->mean) *to = of;
    to->refused = refused;
}

static struct load_sum disk_sum(struct world *w, uint32_t host)
{
    struct receiver_state *r = &w->receivers[host];
    bool relay = w->spec->mx_hosts[host].relay != SPEC_NONE;
    if (!relay) disk_pass(w, host, w->spec->limit);
    struct load_sum sum = load_end(&r->disk, w->spec->limit);
    if (!relay) sum.peak = r->most_stored;
    sum.refused = r->full_denied;
    return sum;
}

static void host_finish(struct world *w, uint32_t host)
{
    const struct limit_spec *l = &w->spec->mx_hosts[host].limits;
    struct receiver_state *r = &w->receivers[host];
    struct load_sum **to = w->tally->loads;
    sim_time limit = w->spec->limit;
    if (!r->remembers) {
        double time = (double)w->tally->hosts[host].session_time * (1 << HOST_TIME_BITS);
        to[LOAD_SESSIONS][host].mean = time / (double)limit;
        return;
    }
    to[LOAD_SESSIONS][host] = load_end(&r->sessions, limit);
    to[LOAD_SESSIONS][host].refused = r->sessions_denied;
    w->tally->hosts[host].peak = r->sessions.peak;
    for (uint32_t m = 0; m < w->spec->mta_count; m++) {
        if (r->sessions_of) take_busier(&to[LOAD_CLIENT_SESSIONS][host], load_end(&r->sessions_of[m], limit));
        if (r->messages_of)
            take_busier(&to[LOAD_CLIENT_RATE][host], rate_sum(&r->messages_of[m], &l->messages_per_client, limit));
    }
    to[LOAD_CLIENT_SESSIONS][host].refused = r->client_sessions_denied;
    if (l->messages.count) to[LOAD_RATE][host] = rate_sum(&r->messages, &l->messages, limit);
    if (l->holds) to[LOAD_DISK][host] = disk_sum(w, host);
}

void receivers_finish(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->mx_host_count; i++) host_finish(w, i);
}
