/* scenarios/hosts.c - network, name_servers, mx_hosts: what packets reach. */
#include "scenarios/loader.h"
#include "scenarios/params_reader.h"
#include "scenarios/value.h"

#include <string.h>

#define ADDRESSES_MAX 100
#define SOFTWARE_MAX  64 /* profiles of name servers */
#define ALIASES_MAX   4  /* in a row; a resolver needs a look-up for each */

#define HOST_KEYS(type)                                                                                                \
    {"delay", KEY_LAW, offsetof(struct type, host.delay), 0, 0, NULL, NULL},                                           \
    {                                                                                                                  \
        "loss", KEY_SHARE, offsetof(struct type, host.loss), 0, 0, NULL, NULL                                          \
    }

static const struct key network_keys[] = {
    {"delay", KEY_LAW, offsetof(struct host_spec, delay), 0, 0, NULL, NULL},
    {"loss", KEY_SHARE, offsetof(struct host_spec, loss), 0, 0, NULL, NULL},
};
static void read_rate(struct reader *r, const cJSON *node, void *rate)
{
    char text[QUOTED_MAX];
    const char *wrong = cJSON_IsString(node) ? value_rate(node->valuestring, rate) : NULL;
    if (!cJSON_IsString(node))
        reader_wrong_type(r, node, "a rate such as \"10/h\"");
    else if (wrong)
        reader_error(r, node, "%s %s, expected a rate such as \"10/h\"", quoted(node->valuestring, text), wrong);
}

static const struct key ns_keys[] = {
    HOST_KEYS(ns_spec),
    {"capacity", KEY_OWN, offsetof(struct ns_spec, capacity), 0, 0, read_rate, NULL},
    {"queries", KEY_OWN, offsetof(struct ns_spec, queries), 0, 0, read_rate, NULL},
    {"software", KEY_LATER, 0, 0, 0, NULL, NULL},
};

static void read_quota(struct reader *r, const cJSON *node, void *into)
{
    struct rate_spec *rate = into;
    char text[QUOTED_MAX];
    const char *wrong = cJSON_IsString(node) ? value_quota(node->valuestring, &rate->count, &rate->per) : NULL;
    if (!cJSON_IsString(node))
        reader_wrong_type(r, node, "a whole number per time such as \"60/m\"");
    else if (wrong)
        reader_error(r, node, "%s %s, expected a whole number per s, m, h, d or w such as \"60/m\"",
                     quoted(node->valuestring, text), wrong);
}

static const struct key greylist_keys[] = {
    {"like", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"delay", KEY_DURATION, offsetof(struct greylist_spec, delay), 0, SIM_LONGEST, NULL, NULL},
    {"window", KEY_DURATION, offsetof(struct greylist_spec, window), 1, SIM_LONGEST, NULL, NULL},
    {"remember", KEY_DURATION, offsetof(struct greylist_spec, remember), 0, SIM_LONGEST, NULL, NULL},
    {"clients_after", KEY_COUNT, offsetof(struct greylist_spec, clients_after), 0, 1000000, NULL, NULL},
};

/* Defaults: postgrey 1.37, its manual page; OpenBSD libexec/spamd/grey.h. */
static const struct {
    const char *name;
    struct greylist_spec greylist;
} greylists[] = {
    {"postgrey", {true, 300 * SIM_SECOND, 2 * SIM_DAY, 35 * SIM_DAY, false, 5}},
    {"spamd", {true, 25 * SIM_MINUTE, 4 * SIM_HOUR, 36 * SIM_DAY, true, 0}},
};

static void read_greylist(struct reader *r, const cJSON *node, void *into)
{
    static const char *const words[] = {"postgrey", "spamd", NULL};
    struct greylist_spec *greylist = into;
    const cJSON *like = cJSON_IsObject(node) ? reader_child(node, "like") : node;
    int choice = 0;
    if (like && !reader_choice(r, like, "greylist", words, &choice)) return;
    *greylist = greylists[choice].greylist;
    if (!cJSON_IsObject(node) || !reader_object(r, node, greylist_keys, READER_COUNT(greylist_keys), greylist)) return;
    if (greylist->delay >= greylist->window)
        reader_error(r, node,
                     "the window closes before the delay is over and no retry can pass, expected \"window\" above "
                     "\"delay\"");
}

static const struct key limit_keys[] = {
    {"sessions", KEY_COUNT, offsetof(struct limit_spec, sessions), 1, 1000000, NULL, NULL},
    {"sessions_per_client", KEY_COUNT, offsetof(struct limit_spec, sessions_per_client), 1, 1000000, NULL, NULL},
    {"messages", KEY_OWN, offsetof(struct limit_spec, messages), 0, 0, read_quota, NULL},
    {"messages_per_client", KEY_OWN, offsetof(struct limit_spec, messages_per_client), 0, 0, read_quota, NULL},
    {"holds", KEY_COUNT, offsetof(struct limit_spec, holds), 1, 1000000000, NULL, NULL},
    {"empties", KEY_OWN, offsetof(struct limit_spec, empties), 0, 0, read_rate, NULL},
};

static void read_limits(struct reader *r, const cJSON *node, void *into)
{
    struct limit_spec *limits = into;
    if (!reader_object(r, node, limit_keys, READER_COUNT(limit_keys), limits)) return;
    if (limits->sessions && limits->sessions_per_client > limits->sessions)
        reader_error(r, reader_child(node, "sessions_per_client"),
                     "one client may have more sessions than all together, expected at most \"sessions\"");
    if (limits->empties > 0 && !limits->holds)
        reader_error_at_key(r, reader_child(node, "empties"),
                            "\"empties\" without \"holds\", expected \"holds\": 1000");
}

static void read_alias(struct reader *r, const cJSON *node, void *into)
{
    struct mx_host_spec *host = into;
    struct loader *l = loader_of(r);
    host->target = loader_reference(l, node, &l->mx_hosts, "host", "mx_hosts");
    host->is_alias = host->target != SPEC_NONE;
}

static const struct key mx_host_keys[] = {
    HOST_KEYS(mx_host_spec),
    {"relay", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"addresses", KEY_COUNT, offsetof(struct mx_host_spec, addresses), 0, ADDRESSES_MAX, NULL, NULL},
    {"takes", KEY_LAW, offsetof(struct mx_host_spec, takes), 0, 0, NULL, NULL},
    {"greets_after", KEY_DURATION, offsetof(struct mx_host_spec, greets_after), 0, SIM_DAY, NULL, NULL},
    {"greylist", KEY_OWN, offsetof(struct mx_host_spec, greylist), 0, 0, read_greylist, NULL},
    {"limits", KEY_OWN, offsetof(struct mx_host_spec, limits), 0, 0, read_limits, NULL},
    {"cname", KEY_OWN, 0, 0, 0, read_alias, NULL},
};

/* Does following aliases from host lead back to it? */
static bool in_circle(const struct loader *l, uint32_t host)
{
    uint32_t at = host;
    for (uint32_t i = 0; i < l->mx_hosts.count && l->mx_host[at].is_alias; i++) {
        at = l->mx_host[at].target;
        if (at == host) return true;
    }
    return false;
}

/* How many aliases follow on each other from host on; none is in a circle. */
static uint32_t aliases_from(const struct loader *l, uint32_t host)
{
    uint32_t count = 0;
    for (; l->mx_host[host].is_alias && count <= ALIASES_MAX; host = l->mx_host[host].target) count++;
    return count;
}

/* An alias is a name and nothing else; those that go nowhere are aliases no more, so that following one ends. */
static void check_aliases(struct loader *l)
{
    bool *circle = mem_zero(l->mx_hosts.count, sizeof *circle);
    for (uint32_t i = 0; i < l->mx_hosts.count; i++) {
        const cJSON *node = l->mx_hosts.items[i].node, *cname = reader_child(node, "cname");
        if (!node || !cname) continue;
        for (const cJSON *child = node->child; child; child = child->next)
            if (child != cname)
                reader_error_at_key(&l->reader, child,
                                    "\"%s\" beside \"cname\": an alias is a name and nothing else (RFC 1034 section "
                                    "3.6.2), expected it at the host that it leads to",
                                    child->string);
        circle[i] = in_circle(l, i);
        if (circle[i])
            reader_error(&l->reader, cname, "an alias that leads back to itself, expected the name of a host");
    }
    for (uint32_t i = 0; i < l->mx_hosts.count; i++)
        if (circle[i]) l->mx_host[i].is_alias = false;
    for (uint32_t i = 0; i < l->mx_hosts.count; i++)
        if (aliases_from(l, i) > ALIASES_MAX)
            reader_error(&l->reader, reader_child(l->mx_hosts.items[i].node, "cname"),
                         "more than %d aliases in a row, expected fewer: resolvers give up", ALIASES_MAX);
    mem_free(circle);
}

/* "queries" is what comes on a usual day: only a fault "overloaded" makes more of it. */
static void check_capacity(struct loader *l, const cJSON *node, const struct ns_spec *ns)
{
    const cJSON *queries = reader_child(node, "queries");
    if (!queries) return;
    if (!reader_child(node, "capacity"))
        reader_warning(&l->reader, queries,
                       "no effect without \"capacity\", expected \"capacity\": \"50000/s\" beside it");
    else if (ns->queries > ns->capacity)
        reader_warning(&l->reader, queries,
                       "more than it can answer, which shows during a fault \"overloaded\" only, expected less than "
                       "\"capacity\"");
}

void loader_read_network(struct loader *l, const cJSON *node)
{
    l->network = (struct host_spec){NULL, law_constant(10 * SIM_MS), 0};
    if (node) reader_object(&l->reader, node, network_keys, READER_COUNT(network_keys), &l->network);
}

/* A profile's name, or an object: a profile and the parameters that differ from it. Null: the default. */
static void read_software(struct reader *r, const cJSON *node, struct ns_spec *ns)
{
    static const char *const others[] = {"profile"};
    const char *words[SOFTWARE_MAX];
    size_t count = 0;
    for (; count < secondary_profile_count && count < SOFTWARE_MAX; count++)
        words[count] = secondary_profiles[count]->profile.name;
    ns->software = read_profile(r, node, words, count, "nsd");
    const struct secondary_profile *profile = secondary_profile_find(ns->software);
    ns->params = profile->params;
    if (cJSON_IsObject(node)) read_params(r, node, &profile->profile, others, READER_COUNT(others), &ns->params);
}

static void read_name_server(struct loader *l, const struct name *name, struct ns_spec *ns)
{
    const cJSON *software = cJSON_IsObject(name->node) ? reader_child(name->node, "software") : NULL;
    ns->host = l->network;
    ns->host.name = arena_text(l->reader.arena, name->text);
    if (name->node && reader_object(&l->reader, name->node, ns_keys, READER_COUNT(ns_keys), ns))
        check_capacity(l, name->node, ns);
    read_software(&l->reader, software, ns);
}

void loader_read_hosts(struct loader *l)
{
    for (uint32_t i = 0; i < l->ns.count; i++) read_name_server(l, &l->ns.items[i], &l->host_of_ns[i]);
    for (uint32_t i = 0; i < l->mx_hosts.count; i++) {
        const struct name *name = &l->mx_hosts.items[i];
        struct mx_host_spec *host = &l->mx_host[i];
        *host = (struct mx_host_spec){.host = l->network,
                                      .zone = SPEC_NONE,
                                      .addresses = 1,
                                      .relay = SPEC_NONE,
                                      .takes = law_constant(20 * SIM_MS)};
        host->host.name = arena_text(l->reader.arena, name->text);
        if (name->node) reader_object(&l->reader, name->node, mx_host_keys, READER_COUNT(mx_host_keys), host);
    }
    check_aliases(l);
}
