/* scenarios/check.c - what no single value shows: mail loops, too many messages, parameters that contradict. */
#include "scenarios/loader.h"

#include <string.h>

#define WARNINGS_MAX 1000      /* for one message: each may travel as mail */
#define TABLE_MAX    (4 << 20) /* rows of a table that every thread holds */

static void check_mta(struct loader *l, const cJSON *node, const struct mta_params *params)
{
    struct reader *r = &l->reader;
    if (!cJSON_IsObject(node)) return;
    const cJSON *gaps = reader_child(node, "retry_gaps"), *least = reader_child(node, "minimal_backoff_time"),
                *most = reader_child(node, "maximal_backoff_time"),
                *repeat = reader_child(node, "delay_warning_repeat");
    if (gaps && params->retry != RETRY_LIST)
        reader_error_at_key(r, gaps, "no effect while \"retry\" is \"age\", expected \"retry\": \"list\" beside it");
    for (int i = 0; i < 2; i++) {
        const cJSON *backoff = i ? most : least;
        if (backoff && params->retry != RETRY_AGE)
            reader_error_at_key(
                r, backoff, "no effect while \"retry\" is \"list\", expected \"retry_gaps\", or \"retry\": \"age\"");
    }
    if (params->retry == RETRY_AGE && params->minimal_backoff_time > params->maximal_backoff_time)
        reader_error(r,
                     least  ? least
                     : most ? most
                            : node,
                     "minimal_backoff_time is above maximal_backoff_time, expected it below");
    if (params->retry == RETRY_LIST && params->retry_gap_count == 0)
        reader_error(r, node, "\"retry\" is \"list\" and there is none, expected \"retry_gaps\": [\"30m\", \"2h\"]");
    if (params->queue_run_delay > 0 && params->queue_run_delay < SIM_SECOND)
        reader_error(r, reader_child(node, "queue_run_delay"),
                     "the queue would be scanned more than once a second, expected 0s or at least 1s");
    sim_time life = params->maximal_queue_lifetime < l->world->limit ? params->maximal_queue_lifetime : l->world->limit;
    if (params->delay_warning_repeat && params->delay_warning_time > 0 &&
        life / params->delay_warning_time > WARNINGS_MAX)
        reader_error(r, reader_child(node, "delay_warning_time"),
                     "more than %d warnings for one message, expected a longer time", WARNINGS_MAX);
    if (repeat && params->delay_warning_repeat && params->delay_warning_time == 0)
        reader_warning(r, repeat, "no warning is sent, expected \"delay_warning_time\": \"4h\" beside it");
}

static void check_mtas(struct loader *l)
{
    for (uint32_t i = 0; i < l->world->mta_count; i++) check_mta(l, loader_mta_node(l, i), &l->mta[i].params);
}

static void check_resolver(struct loader *l, const cJSON *node, const struct resolver_params *p)
{
    if (!cJSON_IsObject(node)) return;
    const cJSON *longest = reader_child(node, "rto_max"), *most = reader_child(node, "try_timeout_max");
    if (p->timeout == TIMEOUT_RTO && p->rto_min > p->rto_max)
        reader_error(&l->reader, longest ? longest : node, "rto_max is below rto_min, expected it above");
    if (p->timeout == TIMEOUT_RTO && p->unknown_server_timeout >= p->rto_max)
        reader_error(&l->reader, longest ? longest : node,
                     "rto_max is not above unknown_server_timeout: every server counts as down before it is asked, "
                     "expected it above");
    if (p->timeout == TIMEOUT_TRY && p->retry_timeout > p->try_timeout_max)
        reader_error(&l->reader, most ? most : node, "try_timeout_max is below retry_timeout, expected it above");
}

/* A backup MX drops its own preference and every higher number (RFC 5321 section 5.1). */
static void check_mx(struct loader *l, const cJSON *node, const struct zone_spec *zone)
{
    const cJSON *mx = reader_child(node, "mx");
    char name[QUOTED_MAX];
    uint32_t relays = 0;
    for (uint32_t i = 0; i < zone->mx_count; i++) relays += l->mx_host[zone->mx[i].mx_host].relay != SPEC_NONE;
    if (zone->mx_count > 0 && relays == zone->mx_count) {
        reader_error(&l->reader, mx,
                     "every MX host of %s is a relay and none saves mail, expected one without \"relay\"",
                     quoted(zone->name, name));
        return;
    }
    for (uint32_t i = 0; i < zone->mx_count && zone->mx[i].preference == zone->mx[0].preference; i++) {
        const char *host = l->mx_host[zone->mx[i].mx_host].host.name;
        if (l->mx_host[zone->mx[i].mx_host].relay == SPEC_NONE) continue;
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
    if (!mx && !address)
        reader_warning(&l->reader, node, "%s has neither \"mx\" nor \"address\": all its mail bounces, expected one",
                       quoted(zone->name, name));
    if (zone->address != SPEC_NONE && l->mx_host[zone->address].relay != SPEC_NONE)
        reader_error(
            &l->reader, address,
            "%s is a relay: mail that finds no MX would loop back to itself, expected a host without \"relay\"",
            quoted(l->mx_host[zone->address].host.name, name));
}

/* What is listed and never used is often a slip of the pen. */
static void check_use(struct loader *l)
{
    bool *used = mem_zero((size_t)l->ns.count + l->mtas.count + l->resolvers.count, sizeof *used);
    bool *ns = used, *mta = ns + l->ns.count, *resolver = mta + l->mtas.count;
    for (uint32_t i = 0; i < l->zones.count; i++)
        for (uint32_t n = 0; n < l->zone[i].ns_count; n++) ns[l->zone[i].ns[n]] = true;
    for (uint32_t i = 0; i < l->clients.count; i++) mta[l->client[i].via] = true;
    for (uint32_t i = 0; i < l->world->mta_count; i++) resolver[l->mta[i].resolver] = true;
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
    for (uint32_t i = 0; i < l->resolvers.count; i++)
        check_resolver(l, l->resolvers.items[i].node, &l->resolver[i].params);
    for (uint32_t i = 0; i < l->zones.count; i++) check_zone(l, l->zones.items[i].node, &l->zone[i]);
    if (l->reader.errors->errors > 0) return; /* what follows needs every reference to be good */
    double messages = spec_expected_messages(l->world);
    if (!(messages <= SPEC_MESSAGES_MAX))
        reader_error(&l->reader, reader_child(l->root, "clients"),
                     "about %.0f messages a run, expected at most %d: lower the rate or time.mail", messages,
                     SPEC_MESSAGES_MAX);
    double routes = (double)l->world->mta_count * l->world->zone_count;
    double answers = 3.0 * l->world->resolver_count * ((double)l->world->zone_count + l->world->mx_host_count);
    if (routes > TABLE_MAX || answers > TABLE_MAX)
        reader_error(&l->reader, l->root,
                     "too large: MTAs times zones, or resolvers times zones and hosts times 3, are more than %d, "
                     "expected fewer of them, or MTAs that share a \"resolver\"",
                     TABLE_MAX);
    check_use(l);
}
