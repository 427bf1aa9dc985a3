/* scenarios/shape.c - see scenarios/shape.h. */
#include "scenarios/shape.h"

#include <string.h>

#define KEYS(table) .keys = (table), .key_count = sizeof(table) / sizeof *(table)

static const struct shape value = {.kind = SHAPE_KEYS}, leaves = {.kind = SHAPE_LEAVES}, law = {.kind = SHAPE_LAW};

static const struct shape_key network_keys[] = {{"delay", &law}};
static const struct shape network = {.kind = SHAPE_KEYS, KEYS(network_keys)};

static const struct shape_key address_keys[] = {{"weight", &value}, {"mailboxes", &value}};
static const struct shape address = {.kind = SHAPE_KEYS, .brief = "weight", KEYS(address_keys)};
static const struct shape to = {.kind = SHAPE_LEAVES, .each = &address};
static const struct shape_key client_keys[] = {{"to", &to}};
static const struct shape client = {.kind = SHAPE_KEYS, KEYS(client_keys)};
static const struct shape clients = {.kind = SHAPE_NAMES, .what = "client", .opens = '{', .each = &client};

static const struct shape_key mta_keys[] = {{"outcomes", &leaves}, {"resolver", &value}};
static const struct shape mta = {.kind = SHAPE_LEAVES, .brief = "profile", KEYS(mta_keys)};
static const struct shape mtas = {.kind = SHAPE_NAMES, .what = "MTA", .opens = '{', .names = NAMES_MTAS, .each = &mta};

static const struct shape_key resolver_keys[] = {{"delay", &law}};
static const struct shape resolver = {.kind = SHAPE_LEAVES, .brief = "profile", KEYS(resolver_keys)};
static const struct shape resolvers = {
    .kind = SHAPE_NAMES, .what = "resolver", .opens = '{', .names = NAMES_RESOLVERS, .each = &resolver};

static const struct shape_key zone_keys[] = {{"mx", &leaves}, {"soa", &value}, {"delegation", &value}};
static const struct shape zone = {.kind = SHAPE_KEYS, KEYS(zone_keys)};
static const struct shape zones = {.kind = SHAPE_NAMES, .what = "zone", .opens = '{', .each = &zone};

static const struct shape software = {.kind = SHAPE_LEAVES, .brief = "profile"};
static const struct shape_key ns_keys[] = {{"delay", &law}, {"software", &software}};
static const struct shape ns = {.kind = SHAPE_KEYS, KEYS(ns_keys)};
static const struct shape name_servers = {
    .kind = SHAPE_NAMES, .what = "name server", .opens = '{', .names = NAMES_NS, .each = &ns};

static const struct shape greylist = {.kind = SHAPE_KEYS, .brief = "like"};
static const struct shape_key mx_host_keys[] = {
    {"delay", &law}, {"takes", &law}, {"relay", &mta}, {"greylist", &greylist}, {"limits", &value}};
static const struct shape mx_host = {.kind = SHAPE_KEYS, KEYS(mx_host_keys)};
static const struct shape mx_hosts = {
    .kind = SHAPE_NAMES, .what = "MX host", .opens = '{', .names = NAMES_MX_HOSTS, .each = &mx_host};

static const struct shape groups = {.kind = SHAPE_NAMES, .what = "group", .opens = '[', .each = &value};

static const struct shape_key fault_keys[] = {{"from", &law}, {"for", &law}, {"up", &law}, {"down", &law}};
static const struct shape fault = {.kind = SHAPE_KEYS, KEYS(fault_keys)};
static const struct shape faults = {.kind = SHAPE_LIST, .each = &fault};

static const struct shape expect = {.kind = SHAPE_NAMES, .what = "metric", .names = NAMES_METRICS, .each = &value};

static const struct shape_key root_keys[] = {{"network", &network},   {"clients", &clients},
                                             {"mtas", &mtas},         {"resolvers", &resolvers},
                                             {"zones", &zones},       {"name_servers", &name_servers},
                                             {"mx_hosts", &mx_hosts}, {"groups", &groups},
                                             {"faults", &faults},     {"expect", &expect}};
const struct shape shape_scenario = {.kind = SHAPE_KEYS, KEYS(root_keys)};

static const struct shape *listed(const struct shape *shape, const char *key)
{
    for (size_t i = 0; i < shape->key_count; i++)
        if (strcmp(shape->keys[i].name, key) == 0) return shape->keys[i].shape;
    return NULL;
}

const struct shape *shape_inside(const struct shape *shape, const char *key)
{
    const struct shape *inside = listed(shape, key);
    if (inside) return inside;
    return shape->each ? shape->each : &value;
}

bool shape_lists(const struct shape *shape, const char *key)
{
    return listed(shape, key);
}
