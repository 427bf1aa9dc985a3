/* scenarios/check.c - what no single value shows: mail loops, too many messages, parameters that contradict. */
#include "models/timetable.h"
#include "scenarios/loader.h"
#include "scenarios/value.h"

#include <string.h>

#define WARNINGS_MAX  1000      /* for one message: each may travel as mail */
#define TABLE_MAX     (4 << 20) /* rows of a table that every thread holds */
#define REFRESHES_MAX 100000    /* questions of a secondary that are gone through one by one */
#define GREYLISTS_MAX 10000     /* pairs of an MTA and a host that are looked at */

/* The key of node that sets the field at this offset of struct mta_params; null: none does. */
static const cJSON *param_node(const cJSON *node, const struct profile *profile, size_t offset)
{
    for (size_t i = 0; i < profile->count; i++)
        if (profile->table[i].offset == offset) {
            const cJSON *child = reader_child(node, profile->table[i].name);
            if (child) return child;
        }
    return NULL;
}

/* The name of that field in the profile; "?" if it has none. */
static const char *param_name(const struct profile *profile, size_t offset)
{
    for (size_t i = 0; i < profile->count; i++)
        if (profile->table[i].offset == offset) return profile->table[i].name;
    return "?";
}

/* One MTA of the file, as its checks see it. */
struct checked {
    struct reader *reader;
    const cJSON *node;
    const struct profile *profile;
    const struct mta_params *params;
};

/* Where the file sets the field; else the MTA as a whole. */
static const cJSON *where(const struct checked *c, size_t offset)
{
    const cJSON *child = param_node(c->node, c->profile, offset);
    return child ? child : c->node;
}
#define FIELD(name) offsetof(struct mta_params, name)

/* least must not be above most, where both are set at all. */
static void check_order(const struct checked *c, size_t least_at, int64_t least, size_t most_at, int64_t most)
{
    if (most == 0 || least <= most) return;
    const cJSON *at = where(c, least_at);
    reader_error(c->reader, at != c->node ? at : where(c, most_at), "%s is above %s, expected it below",
                 param_name(c->profile, least_at), param_name(c->profile, most_at));
}

/* The textbook profiles let one choose the rule: what belongs to the other has no effect. */
static void check_choice(const struct checked *c)
{
    const cJSON *gaps = reader_child(c->node, "retry_gaps"), *least = reader_child(c->node, "minimal_backoff_time"),
                *most = reader_child(c->node, "maximal_backoff_time");
    if (!param_find(c->profile->table, c->profile->count, "retry_gaps")) return;
    if (gaps && c->params->retry != RETRY_LIST)
        reader_error_at_key(c->reader, gaps,
                            "no effect while \"retry\" is \"age\", expected \"retry\": \"list\" beside it");
    for (int i = 0; i < 2; i++) {
        const cJSON *backoff = i ? most : least;
        if (backoff && c->params->retry != RETRY_AGE)
            reader_error_at_key(
                c->reader, backoff,
                "no effect while \"retry\" is \"list\", expected \"retry_gaps\", or \"retry\": \"age\"");
    }
}

/* A rule that never ends, or never starts. */
static void check_ends(const struct checked *c)
{
    const struct mta_params *p = c->params;
    struct timetable t;
    char first[32], life[32];
    if (p->retry == RETRY_RULES) return; /* their reader has seen to it */
    if (p->max_attempts == 0 && p->maximal_queue_lifetime >= SIM_LONGEST) {
        bool named = param_node(c->node, c->profile, FIELD(maximal_queue_lifetime)) != NULL;
        reader_error(c->reader, where(c, named ? FIELD(maximal_queue_lifetime) : FIELD(max_attempts)),
                     "mail that nobody takes is tried for ever, expected a limit of attempts or of time");
        return;
    }
    if (p->maximal_queue_lifetime == 0) return; /* one attempt, and no more, is what is asked for */
    timetable_begin(&t, p, 0);
    bool again = timetable_next(&t);
    if (!again && p->max_attempts != 1)
        reader_error(c->reader, where(c, FIELD(maximal_queue_lifetime)),
                     "the first retry would come after the mail is given up, at %s, expected a longer life or shorter "
                     "waits",
                     sim_time_text(p->maximal_queue_lifetime, life));
    else if (again && t.at > p->maximal_queue_lifetime)
        reader_warning(
            c->reader, where(c, FIELD(maximal_queue_lifetime)),
            "the first retry comes %s after the first try, when the mail is too old at %s, expected a longer "
            "life or shorter waits",
            sim_time_text(t.at, first), sim_time_text(p->maximal_queue_lifetime, life));
}

static void check_warnings(struct loader *l, const struct checked *c)
{
    const struct mta_params *p = c->params;
    const struct span_list *w = &p->delay_warnings;
    const cJSON *at = where(c, FIELD(delay_warnings)), *repeat = reader_child(c->node, "delay_warning_repeat");
    for (uint32_t i = 1; i < w->count; i++)
        if (w->items[i] <= w->items[i - 1]) {
            reader_error(c->reader, at, "not each later than the one before, expected rising times");
            return;
        }
    sim_time life =
        p->retry == RETRY_RULES ? p->retry_rules.items[p->retry_rules.count - 1].cutoff : p->maximal_queue_lifetime;
    if (life > l->world->limit) life = l->world->limit;
    if (retry_warnings_due(p, life) > WARNINGS_MAX)
        reader_error(c->reader, at, "more than %d warnings for one message, expected a longer time", WARNINGS_MAX);
    if (repeat && p->delay_warning_repeat && retry_warning_age(p, 0) == SIM_NEVER)
        reader_warning(c->reader, repeat, "no warning is sent, expected \"delay_warning_time\": \"4h\" beside it");
}

static void check_mta(struct loader *l, const cJSON *node, const struct mta_spec *mta)
{
    const struct mta_params *p = &mta->params;
    const struct checked c = {&l->reader, node, &mta_profile_find(mta->profile)->profile, p};
    if (!cJSON_IsObject(node)) return;
    check_choice(&c);
    if (p->retry == RETRY_AGE)
        check_order(&c, FIELD(minimal_backoff_time), p->minimal_backoff_time, FIELD(maximal_backoff_time),
                    p->maximal_backoff_time);
    if (p->retry == RETRY_GEOMETRIC)
        check_order(&c, FIELD(retry_unit), p->retry_unit, FIELD(maximal_backoff_time), p->maximal_backoff_time);
    /* Only what the file says contradicts itself: real software cuts a default to the limit without a word. */
    if (param_node(node, c.profile, FIELD(initial_concurrency)))
        check_order(&c, FIELD(initial_concurrency), p->initial_concurrency, FIELD(destination_concurrency),
                    p->destination_concurrency);
    if (p->queue_run_delay > 0 && p->queue_run_delay < SIM_SECOND)
        reader_error(&l->reader, where(&c, FIELD(queue_run_delay)),
                     "the queue would be scanned more than once a second, expected 0s or at least 1s");
    else
        check_ends(&c);
    check_warnings(l, &c);
}

/* resolv.conf: to rotate, there must be two. */
static void check_stub(struct loader *l, const cJSON *node, const struct mta_spec *mta)
{
    const cJSON *rotate = cJSON_IsObject(node) ? reader_child(node, "stub_rotate") : NULL;
    if (rotate && mta->params.stub_rotate && mta->fallback_count == 0)
        reader_warning(&l->reader, rotate, "no effect with one resolver, expected \"resolver\": [\"r1\", \"r2\"]");
}

static void check_mtas(struct loader *l)
{
    for (uint32_t i = 0; i < l->world->mta_count; i++) {
        check_mta(l, loader_mta_node(l, i), &l->mta[i]);
        check_stub(l, loader_mta_node(l, i), &l->mta[i]);
    }
}

/* One resolver of the file, as its checks see it. */
struct checked_resolver {
    struct reader *reader;
    const cJSON *node;
    const struct profile *profile;
    const struct resolver_params *params;
};
#define RESOLVER_FIELD(name) offsetof(struct resolver_params, name)

/* least must not be above most, one of which the file says. Real software bends them to each other without a word. */
static void check_bounds(const struct checked_resolver *c, size_t least_at, int64_t least, size_t most_at, int64_t most)
{
    const cJSON *low = param_node(c->node, c->profile, least_at), *high = param_node(c->node, c->profile, most_at);
    if (least <= most || (!low && !high)) return;
    if (high)
        reader_error(c->reader, high, "%s is below %s, expected it above", param_name(c->profile, most_at),
                     param_name(c->profile, least_at));
    else
        reader_error(c->reader, low, "%s is above %s, expected it below", param_name(c->profile, least_at),
                     param_name(c->profile, most_at));
}

/* What belongs to stale answers, while none are given, or when it is too late for them. */
static void check_stale(const struct checked_resolver *c)
{
    static const size_t fields[] = {RESOLVER_FIELD(stale_max), RESOLVER_FIELD(stale_client_timeout),
                                    RESOLVER_FIELD(stale_refresh_time)};
    const struct resolver_params *p = c->params;
    const char *enable = param_name(c->profile, RESOLVER_FIELD(serve_stale));
    for (size_t i = 0; i < READER_COUNT(fields) && !p->serve_stale; i++) {
        const cJSON *child = param_node(c->node, c->profile, fields[i]);
        if (child)
            reader_warning(c->reader, child, "no effect while \"%s\" is false, expected \"%s\": true beside it", enable,
                           enable);
    }
    const cJSON *wait = param_node(c->node, c->profile, RESOLVER_FIELD(stale_client_timeout));
    if (!wait || !p->serve_stale || p->stale_client_timeout >= SIM_LONGEST) return;
    if (p->query_timeout > 0 && p->stale_client_timeout >= p->query_timeout)
        reader_warning(c->reader, wait, "no effect: the question is given up at %s, expected less than that",
                       param_name(c->profile, RESOLVER_FIELD(query_timeout)));
    else if (p->discard_timeout > 0 && p->stale_client_timeout > p->discard_timeout)
        reader_warning(c->reader, wait, "by then the client gets no answer at all, expected at most %s",
                       param_name(c->profile, RESOLVER_FIELD(discard_timeout)));
}

static void check_resolver(struct loader *l, const cJSON *node, const struct resolver_spec *resolver)
{
    const struct resolver_params *p = &resolver->params;
    const struct checked_resolver c = {&l->reader, node, &resolver_profile_find(resolver->profile)->profile, p};
    if (!cJSON_IsObject(node)) return;
    check_bounds(&c, RESOLVER_FIELD(cache_min_ttl), p->cache_min_ttl, RESOLVER_FIELD(cache_max_ttl), p->cache_max_ttl);
    if (p->max_clients_per_query > 0)
        check_bounds(&c, RESOLVER_FIELD(clients_per_query), p->clients_per_query, RESOLVER_FIELD(max_clients_per_query),
                     p->max_clients_per_query);
    check_stale(&c);
    if (p->selection != SELECT_UNBOUND) return;
    const cJSON *most = param_node(node, c.profile, RESOLVER_FIELD(unbound.rto_max));
    check_bounds(&c, RESOLVER_FIELD(unbound.rto_min), p->unbound.rto_min, RESOLVER_FIELD(unbound.rto_max),
                 p->unbound.rto_max);
    if (p->unbound.unknown_server_timeout >= p->unbound.rto_max)
        reader_error(
            &l->reader, most ? most : node,
            "infra-cache-max-rtt is not above unknown-server-time-limit: every server counts as down before it "
            "is asked, expected it above");
}

/* A backup MX drops its own preference and every higher number (RFC 5321 section 5.1). */
static void check_mx(struct loader *l, const cJSON *node, const struct zone_spec *zone)
{
    const cJSON *mx = reader_child(node, "mx");
    char name[QUOTED_MAX];
    uint32_t relays = 0;
    for (uint32_t i = 0; i < zone->mx_count; i++) {
        uint32_t named = zone->mx[i].mx_host, host = mx_host_target(l->mx_host, named);
        relays += l->mx_host[host].relay != SPEC_NONE;
        if (host == named) continue;
        reader_warning(&l->reader, reader_child(mx, l->mx_host[named].host.name),
                       "an MX record may not name an alias (RFC 5321 section 5.1), expected %s if that is not what you "
                       "want to see",
                       quoted(l->mx_host[host].host.name, name));
    }
    if (zone->mx_count > 0 && relays == zone->mx_count) {
        reader_error(&l->reader, mx,
                     "every MX host of %s is a relay and none saves mail, expected one without \"relay\"",
                     quoted(zone->name, name));
        return;
    }
    for (uint32_t i = 0; i < zone->mx_count && zone->mx[i].preference == zone->mx[0].preference; i++) {
        const char *host = l->mx_host[zone->mx[i].mx_host].host.name;
        if (l->mx_host[mx_host_target(l->mx_host, zone->mx[i].mx_host)].relay == SPEC_NONE) continue;
        reader_error(&l->reader, reader_child(mx, host),
                     "the relay %s is among the lowest preference: its own queue would have nowhere to send it, mail "
                     "loops back to itself, expected a higher number than a host that saves mail",
                     quoted(host, name));
    }
}

static void check_zone(struct loader *l, const cJSON *node, const struct zone_spec *zone)
{
    char name[QUOTED_MAX];
    if (!cJSON_IsObject(node)) return;
    check_mx(l, node, zone);
    const cJSON *mx = reader_child(node, "mx"), *address = reader_child(node, "address");
    if (zone->cut == zone - l->zone && zone->ns_count > 1 && zone->expire <= zone->refresh &&
        l->world->limit / (zone->refresh < zone->retry ? zone->refresh : zone->retry) > REFRESHES_MAX)
        reader_error(&l->reader, reader_child(node, "soa"),
                     "a zone that expires before it is asked for again, more than %d times a run, expected a longer "
                     "\"expire\" or \"refresh\"",
                     REFRESHES_MAX);
    if (!mx && !address)
        reader_warning(&l->reader, node, "%s has neither \"mx\" nor \"address\": all its mail bounces, expected one",
                       quoted(zone->name, name));
    if (zone->address != SPEC_NONE && l->mx_host[zone->address].relay != SPEC_NONE)
        reader_error(
            &l->reader, address,
            "%s is a relay: mail that finds no MX would loop back to itself, expected a host without \"relay\"",
            quoted(l->mx_host[zone->address].host.name, name));
    if (zone->address != SPEC_NONE && l->mx_host[zone->address].is_alias)
        reader_error(&l->reader, address, "an address record holds an address and no alias, expected %s",
                     quoted(l->mx_host[mx_host_target(l->mx_host, zone->address)].host.name, name));
    const cJSON *negative = reader_child(node, "negative_ttl"), *soa = reader_child(node, "soa");
    if (negative && zone->no_soa)
        reader_warning(&l->reader, negative,
                       "no effect without an SOA record, expected \"soa\": {\"minimum\": \"1h\"}");
    sim_time least = 0;
    char text[32];
    if (negative && negative->valuestring && cJSON_IsObject(soa) &&
        value_duration(negative->valuestring, &least) == NULL && zone->negative_ttl < least)
        reader_warning(
            &l->reader, negative,
            "no effect: the \"soa\" says %s, and the shorter one counts (RFC 2308 section 5), expected one of "
            "the two",
            sim_time_text(zone->negative_ttl, text));
}

/* ---- greylisting ---- */

/* Does some retry fall into the window? For a sender that changes its address that is the least that is needed. */
static bool greylist_passed(const struct greylist_spec *g, const struct mta_params *p)
{
    struct timetable t;
    int left = g->whole_client ? 2 : 1; /* spamd puts off the retry as well */
    timetable_begin(&t, p, 0);
    for (int i = 0; i < 10000 && left > 0 && timetable_next(&t); i++) {
        if (t.at > g->window && !(g->whole_client && left == 1)) return false;
        if (t.at >= g->delay) left--;
    }
    return left == 0;
}

/* An MTA whose retries miss the window of a host it sends to: a real failure, so a warning. */
static void check_greylists(struct loader *l, const struct zone_spec *zone, uint32_t *looked)
{
    char host_name[QUOTED_MAX], mta_name[QUOTED_MAX];
    for (uint32_t i = 0; i < zone->mx_count; i++) {
        uint32_t number = mx_host_target(l->mx_host, zone->mx[i].mx_host);
        const struct mx_host_spec *host = &l->mx_host[number];
        if (!host->greylist.on) continue;
        for (uint32_t m = 0; m < l->world->mta_count; m++) {
            const struct mta_spec *mta = &l->mta[m];
            if (mta->mx_host == number) continue;
            if (++*looked > GREYLISTS_MAX) return;
            if (greylist_passed(&host->greylist, &mta->params)) continue;
            const cJSON *node = l->mx_hosts.items[number].node;
            reader_warning(&l->reader, node ? reader_child(node, "greylist") : l->root,
                           "no retry of %s falls into the greylist's window: none of its mail passes %s, expected "
                           "another \"delay\" or \"window\" if that is not what you want to see",
                           quoted(mta->name, mta_name), quoted(host->host.name, host_name));
        }
    }
}

/* What is listed and never used is often a slip of the pen. */
static void check_use(struct loader *l)
{
    bool *used = mem_zero((size_t)l->ns.count + l->mtas.count + l->resolvers.count, sizeof *used);
    bool *ns = used, *mta = ns + l->ns.count, *resolver = mta + l->mtas.count;
    for (uint32_t i = 0; i < l->zones.count; i++)
        for (uint32_t n = 0; n < l->zone[i].ns_count; n++) ns[l->zone[i].ns[n]] = true;
    for (uint32_t i = 0; i < l->clients.count; i++) mta[l->client[i].via] = true;
    for (uint32_t i = 0; i < l->world->mta_count; i++) {
        resolver[l->mta[i].resolver] = true;
        for (uint32_t k = 0; k < l->mta[i].fallback_count; k++) resolver[l->mta[i].fallback[k]] = true;
    }
    for (uint32_t i = 0; i < l->ns.count; i++)
        if (!ns[i]) reader_warning(&l->reader, l->ns.items[i].node, "no zone names it, expected it in an \"ns\"");
    for (uint32_t i = 0; i < l->mx_hosts.count; i++)
        if (l->mx_host[i].zone == SPEC_NONE) {
            l->mx_host[i].zone = 0;
            reader_warning(&l->reader, l->mx_hosts.items[i].node, "no zone names it, expected it in an \"mx\"");
        }
    for (uint32_t i = 0; i < l->mtas.count; i++)
        if (!mta[i])
            reader_warning(&l->reader, l->mtas.items[i].node, "no client sends through it, expected a \"via\"");
    for (uint32_t i = 0; i < l->resolvers.count; i++)
        if (!resolver[i])
            reader_warning(&l->reader, l->resolvers.items[i].node, "no MTA asks it, expected a \"resolver\"");
    mem_free(used);
}

void loader_check(struct loader *l)
{
    check_mtas(l);
    for (uint32_t i = 0; i < l->resolvers.count; i++) check_resolver(l, l->resolvers.items[i].node, &l->resolver[i]);
    for (uint32_t i = 0; i < l->zones.count; i++) check_zone(l, l->zones.items[i].node, &l->zone[i]);
    if (l->reader.errors->errors > 0) return; /* what follows needs every reference to be good */
    uint32_t looked = 0;
    for (uint32_t i = 0; i < l->zones.count; i++) check_greylists(l, &l->zone[i], &looked);
    double messages = spec_expected_messages(l->world);
    if (!(messages <= SPEC_MESSAGES_MAX))
        reader_error(&l->reader, reader_child(l->root, "clients"),
                     "about %.0f messages a run, expected at most %d: lower the rate or time.mail", messages,
                     SPEC_MESSAGES_MAX);
    double routes = (double)l->world->mta_count * l->world->zone_count;
    double names = (double)l->world->zone_count + l->world->mx_host_count + l->world->ns_count;
    double answers = 4.0 * l->world->resolver_count * names;
    double pairs = (double)l->world->mta_count * l->world->mx_host_count;
    if (routes > TABLE_MAX || answers > TABLE_MAX || pairs > TABLE_MAX)
        reader_error(
            &l->reader, l->root,
            "too large: MTAs times zones or MX hosts, or resolvers times zones and hosts times 4, are more than "
            "%d, "
            "expected fewer of them, or MTAs that share a \"resolver\"",
            TABLE_MAX);
    check_use(l);
}
