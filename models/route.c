/* models/route.c - from a domain to the MX hosts of an attempt: RFC 5321 section 5.1, RFC 7505. */
#include "models/inside.h"
#include "sim/mem.h"

static void ask_on(struct world *w, uint32_t m);

/* A zone's MX records with aliases followed. */
static const struct mx_record_spec *hosts_of(struct world *w, const struct zone_spec *zone)
{
    const struct mx_host_spec *mx_hosts = w->spec->mx_hosts;
    uint32_t aliases = 0;
    for (uint32_t i = 0; i < zone->mx_count; i++) aliases += mx_hosts[zone->mx[i].mx_host].is_alias;
    if (aliases == 0) return zone->mx;
    struct mx_record_spec *hosts = arena_new(&w->arena, zone->mx_count * sizeof *hosts);
    for (uint32_t i = 0; i < zone->mx_count; i++)
        hosts[i] = (struct mx_record_spec){mx_host_target(mx_hosts, zone->mx[i].mx_host), zone->mx[i].preference};
    return hosts;
}

/* An MTA that finds its own host among the MX drops its own preference and all worse ones (RFC 5321 section 5.1). */
static struct route route_of(const struct world_spec *spec, uint32_t mta, uint32_t zone,
                             const struct mx_record_spec *hosts)
{
    const struct zone_spec *z = &spec->zones[zone];
    const struct mta_params *p = &spec->mtas[mta].params;
    struct route route = {
        z->mx, hosts, z->mx_count, false, p->lookup_all, p->lookup_aaaa ? 2 : 1, p->lookup_aaaa && p->aaaa_first};
    for (uint32_t i = 0; i < z->mx_count; i++) {
        if (hosts[i].mx_host != spec->mtas[mta].mx_host || spec->mtas[mta].mx_host == SPEC_NONE) continue;
        route.cut = true;
        while (i > 0 && hosts[i - 1].preference == hosts[i].preference) i--;
        route.count = i;
        break;
    }
    return route;
}

void routes_build(struct world *w)
{
    w->routes = arena_new(&w->arena, (size_t)w->spec->mta_count * w->spec->zone_count * sizeof *w->routes);
    for (uint32_t zone = 0; zone < w->spec->zone_count; zone++) {
        const struct mx_record_spec *hosts = hosts_of(w, &w->spec->zones[zone]);
        for (uint32_t mta = 0; mta < w->spec->mta_count; mta++)
            w->routes[mta * w->spec->zone_count + zone] = route_of(w->spec, mta, zone, hosts);
    }
}

static const struct route *route_for(const struct world *w, const struct message *msg)
{
    return &w->routes[msg->mta * w->spec->zone_count + msg->zone];
}

/* The question of the attempt's present step; NONE: all are asked. Some MTAs ask for the addresses of every MX host
 * before they connect to any (measured on Postfix 3.7.11 and Exim 4.96), others for each host's before its own. */
static uint32_t next_question(const struct world *w, const struct message *msg, const struct route *route)
{
    static const enum question_type both[2] = {QUESTION_A, QUESTION_AAAA};
    const uint32_t types = route->types;
    switch ((enum lookup_phase)msg->phase) {
    case LOOKUP_MX: return question_of_zone(msg->zone, QUESTION_MX);
    case LOOKUP_APEX: return msg->step < types ? question_of_zone(msg->zone, both[msg->step ^ route->first]) : NONE;
    case LOOKUP_HOST:
        if (msg->step >= types) return NONE;
        return question_of_host(w->spec, route->names[msg->place].mx_host, both[msg->step ^ route->first]);
    case LOOKUP_HOSTS:
        if (!route->all || msg->step >= types * route->count) return NONE;
        return question_of_host(w->spec, route->names[msg->step >> (types - 1)].mx_host,
                                both[(msg->step & (types - 1)) ^ route->first]);
    }
    return NONE;
}

static void fail(struct world *w, uint32_t m, enum cause cause)
{
    mta_attempt_done(w, m, cause);
}

/* All addresses that are asked for first are known: go and connect, or fail. */
static void go(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    uint32_t own = w->spec->mtas[msg->mta].mx_host;
    const bool eager = route_for(w, msg)->all;
    if (msg->phase == LOOKUP_HOST) {
        msg->walk.looked_up |= UINT64_C(1) << msg->place;
        smtp_walk_on(&w->sim, m, 0);
        return;
    }
    if (msg->phase == LOOKUP_APEX && own != SPEC_NONE && w->spec->zones[msg->zone].address == own) {
        fail(w, m, CAUSE_MX_LOOP);
        return;
    }
    bool all = msg->phase == LOOKUP_APEX || eager;
    if (all && msg->walk.usable == 0) {
        enum cause none = msg->phase == LOOKUP_APEX ? CAUSE_DNS_NODATA : CAUSE_MX_NO_ADDRESS;
        fail(w, m, msg->dns_trouble ? (enum cause)msg->dns_trouble : none);
        return;
    }
    if (all) msg->walk.looked_up = UINT64_MAX;
    smtp_begin(w, m);
}

void route_look_up_host(struct world *w, uint32_t m, uint32_t place)
{
    struct message *msg = &w->messages[m];
    msg->state = MESSAGE_LOOKING;
    msg->phase = LOOKUP_HOST;
    msg->place = (uint8_t)place;
    msg->step = 0;
    ask_on(w, m);
}

/* What the answer to the MX question leads to: false if the attempt is over. */
static bool take_mx(struct world *w, uint32_t m, enum dns_status status)
{
    struct message *msg = &w->messages[m];
    const struct zone_spec *zone = &w->spec->zones[msg->zone];
    const struct route *route = route_for(w, msg);
    msg->step = 0;
    if (status == DNS_NODATA) {
        msg->phase = LOOKUP_APEX;
        if (watched(w)) tell(w, record_about(w, m, RECORD_IMPLICIT_MX));
        return true;
    }
    msg->phase = LOOKUP_HOSTS;
    enum cause cause = CAUSE_NONE;
    if (status != DNS_OK)
        cause = dns_status_cause(status);
    else if (zone->null_mx)
        cause = CAUSE_NULL_MX;
    else if (route->count == 0)
        cause = CAUSE_MX_LOOP;
    if (route->cut && status == DNS_OK && watched(w)) {
        struct record r = record_about(w, m, RECORD_CUT);
        r.count = route->count;
        tell(w, r);
    }
    if (cause == CAUSE_NONE) return true;
    fail(w, m, cause);
    return false;
}

/* Which host of the route the question under way is about. */
static uint32_t place_of(const struct message *msg, const struct route *route)
{
    if (msg->phase == LOOKUP_HOSTS) return (uint32_t)msg->step >> (route->types - 1);
    return msg->phase == LOOKUP_HOST ? msg->place : 0;
}

/* Takes one answer: false if the attempt is over. */
static bool take(struct world *w, uint32_t m, const struct route *route, enum dns_status status)
{
    struct message *msg = &w->messages[m];
    if (watched(w)) {
        struct record r = record_about(w, m, RECORD_ANSWER);
        r.dns = status;
        tell(w, r);
    }
    if (msg->phase == LOOKUP_MX) return take_mx(w, m, status);
    if (status == DNS_OK)
        msg->walk.usable |= UINT64_C(1) << place_of(msg, route);
    else if (status != DNS_NODATA && status != DNS_NXDOMAIN)
        msg->dns_trouble = (uint8_t)dns_status_cause(status);
    else if (status == DNS_NXDOMAIN && msg->phase == LOOKUP_APEX && !msg->dns_trouble)
        msg->dns_trouble = CAUSE_DNS_NXDOMAIN;
    msg->step++;
    return true;
}

/* Asks on: true if all are answered; false if an answer must be waited for or the attempt is over. */
static bool ask_all(struct world *w, uint32_t m, const struct route *route, uint32_t *asked)
{
    for (;;) {
        struct message *msg = &w->messages[m];
        uint32_t question = next_question(w, msg, route);
        if (question == NONE) return true;
        enum dns_status status;
        msg->question = question;
        ++*asked;
        if (watched(w)) {
            struct record r = record_about(w, m, RECORD_ASK);
            r.whom = w->spec->mtas[msg->mta].resolver;
            tell(w, r);
        }
        if (!stub_ask(w, m, question, &status) || !take(w, m, route, status)) return false;
    }
}

/* The same, and then the attempt is on its way. */
static void ask_on(struct world *w, uint32_t m)
{
    const struct route *route = route_for(w, &w->messages[m]);
    uint32_t mta = w->messages[m].mta, asked = 0;
    bool counts = w->messages[m].report == REPORT_NONE;
    bool all = ask_all(w, m, route, &asked);
    w->tally->mtas[mta].questions += asked;
    if (counts) w->tally->counts[COL_QUERIES] += asked;
    if (all) go(w, m);
}

void route_begin(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    msg->state = MESSAGE_LOOKING;
    msg->phase = LOOKUP_MX;
    msg->step = 0;
    msg->walk = (struct walk_place){0};
    msg->dns_trouble = 0;
    ask_on(w, m);
}

void route_answer(struct world *w, uint32_t m, enum dns_status status)
{
    if (take(w, m, route_for(w, &w->messages[m]), status)) ask_on(w, m);
}
