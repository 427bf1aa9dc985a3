/* scenarios/hosts.c - network, name_servers, mx_hosts: what packets reach. */
#include "scenarios/loader.h"

#include <string.h>

#define ADDRESSES_MAX 100

#define HOST_KEYS(type)                                                                                                \
    {"delay", KEY_LAW, offsetof(struct type, host.delay), 0, 0, NULL, NULL},                                           \
    {                                                                                                                  \
        "loss", KEY_SHARE, offsetof(struct type, host.loss), 0, 0, NULL, NULL                                          \
    }

static const struct key network_keys[] = {
    {"delay", KEY_LAW, offsetof(struct host_spec, delay), 0, 0, NULL, NULL},
    {"loss", KEY_SHARE, offsetof(struct host_spec, loss), 0, 0, NULL, NULL},
};
static const struct key ns_keys[] = {HOST_KEYS(ns_spec)};
static const struct key mx_host_keys[] = {
    HOST_KEYS(mx_host_spec),
    {"relay", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"addresses", KEY_COUNT, offsetof(struct mx_host_spec, addresses), 0, ADDRESSES_MAX, NULL, NULL},
    {"takes", KEY_DURATION, offsetof(struct mx_host_spec, takes), 0, SIM_DAY, NULL, NULL},
};

void loader_read_network(struct loader *l, const cJSON *node)
{
    l->network = (struct host_spec){NULL, law_constant(10 * SIM_MS), 0};
    if (node) reader_object(&l->reader, node, network_keys, READER_COUNT(network_keys), &l->network);
}

void loader_read_hosts(struct loader *l)
{
    for (uint32_t i = 0; i < l->ns.count; i++) {
        const struct name *name = &l->ns.items[i];
        l->host_of_ns[i].host = l->network;
        l->host_of_ns[i].host.name = arena_text(l->reader.arena, name->text);
        if (name->node) reader_object(&l->reader, name->node, ns_keys, READER_COUNT(ns_keys), &l->host_of_ns[i]);
    }
    for (uint32_t i = 0; i < l->mx_hosts.count; i++) {
        const struct name *name = &l->mx_hosts.items[i];
        struct mx_host_spec *host = &l->mx_host[i];
        *host = (struct mx_host_spec){l->network, SPEC_NONE, 1, SPEC_NONE, 20 * SIM_MS};
        host->host.name = arena_text(l->reader.arena, name->text);
        if (name->node) reader_object(&l->reader, name->node, mx_host_keys, READER_COUNT(mx_host_keys), host);
    }
}
