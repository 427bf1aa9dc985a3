/* scenarios/loader.h - what the parts of scenarios/load.c share: the world that is being filled, and its names.
 *
 * Loading goes in this order, whatever the order of the file: names.c knows all names of things before anything is
 * read; then network, mtas and resolvers, name servers, MX hosts, zones, clients, faults, expectations; then check.c
 * looks at the whole. Each part notes its mistakes and goes on. */
#pragma once
#include "models/spec.h"
#include "scenarios/names.h"
#include "scenarios/reader.h"

#define LOADER_TTL_MAX     (INT32_MAX * SIM_SECOND) /* RFC 2181 section 8 */
#define LOADER_LINKS_MAX   100000                   /* pairs of a viewer and a host that faults with seen_from hit */
#define LOADER_CHANGES_MAX 1000000                  /* ups and downs of all faults in one run */

struct loader {
    struct reader reader; /* first: a struct key's read gets the loader back from it */
    const cJSON *root;
    struct world_spec *world;
    struct names clients, mtas, resolvers, ns, mx_hosts, zones;
    bool zones_in_doubt; /* a zone has a bad name, or there is none: that a domain is not found means nothing more */
    /* The arrays of world, still writable. Those of mtas and resolvers have room for relays and for the resolvers
     * that nobody names; their counts are world's. */
    struct client_spec *client;
    struct mta_spec *mta;
    struct resolver_spec *resolver;
    struct ns_spec *host_of_ns;
    struct mx_host_spec *mx_host;
    struct zone_spec *zone;
    struct host_spec network; /* delay and loss where a host says nothing */
    double links;             /* such pairs so far */
    double changes;           /* ups and downs a run that alternating faults may mean, so far */
};

static inline struct loader *loader_of(struct reader *r)
{
    return (struct loader *)r;
}

/* scenarios/load.c: scenario_load, but that the mistakes stay in errors, which may have some before. */
struct loaded *loader_load(const char *text, size_t size, struct error_list *errors);
/* Frees the six names. */
void loader_fini(struct loader *l);

/* scenarios/declare.c: fills the six names and allocates the arrays. False if the text is no object. */
bool loader_declare(struct loader *l);

/* The index of the thing that node names; SPEC_NONE after noting that there is none. kind: "MTA"; section: "mtas". */
uint32_t loader_reference(struct loader *l, const cJSON *node, const struct names *names, const char *kind,
                          const char *section);

/* All of names as an array in the arena. */
const char *const *loader_words(struct loader *l, const struct names *names);

void loader_read_network(struct loader *l, const cJSON *node); /* scenarios/hosts.c */
void loader_read_hosts(struct loader *l);
void loader_read_mtas(struct loader *l); /* scenarios/mtas.c: sending MTAs, relays, resolvers */
/* What the file says of an MTA of world, relays included: an object, a profile's name, or null for nothing. */
const cJSON *loader_mta_node(const struct loader *l, uint32_t mta);
void loader_read_zones(struct loader *l);
void loader_read_clients(struct loader *l);
void loader_read_faults(struct loader *l, const cJSON *node);
void loader_read_expects(struct loader *l, const cJSON *node);
void loader_check(struct loader *l); /* scenarios/check.c: what no single value shows */
