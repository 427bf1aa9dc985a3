/* scenarios/declare.c - all names of a scenario, before anything is read: so that the order of a file is free.
 *
 * A host need not be listed to exist: zones name their servers and MX hosts, and what is not listed is healthy. */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"
#include "scenarios/value.h"

#include <stdio.h>
#include <string.h>

/* Adds one name of a thing to names. How many there can be is bounded by the values that a text may have. */
static void declare(struct loader *l, struct names *names, const char *text, const cJSON *node, const cJSON *place)
{
    if (names_find(names, text) != SPEC_NONE) return;
    if (names->count == NAMES_MAX)
        reader_error_at_key(&l->reader, place, "more than %d of a kind, expected fewer", NAMES_MAX);
    names_add(names, text, node, place); /* all the same: references to it must not go nowhere */
}

static void declare_section(struct loader *l, const char *key, struct names *names, bool domain)
{
    const cJSON *section = reader_child(l->root, key);
    if (!section) return;
    if (!cJSON_IsObject(section)) {
        reader_wrong_type(&l->reader, section, "an object of names: {\"name\": ...}");
        return;
    }
    for (const cJSON *child = section->child; child; child = child->next) {
        const char *wrong = domain ? value_domain(child->string) : value_name(child->string);
        char text[QUOTED_MAX];
        if (wrong) {
            reader_error_at_key(&l->reader, child, "the name %s %s, expected %s", quoted(child->string, text), wrong,
                                domain ? "a domain name such as \"example.com\"" : "a plain name");
            if (names == &l->zones) l->zones_in_doubt = true;
        }
        declare(l, names, child->string, child, child);
    }
}

/* A zone names a host: in an array by value, in an object by key. */
static void declare_host(struct loader *l, struct names *names, const cJSON *node, const char *text)
{
    char name[QUOTED_MAX];
    if (names_find(names, text) != SPEC_NONE) return;
    const char *wrong = value_domain(text);
    if (wrong)
        reader_error_at_key(&l->reader, node, "the host name %s %s, expected one such as \"mx1\"", quoted(text, name),
                            wrong);
    declare(l, names, text, NULL, node);
}

static void declare_hosts_of(struct loader *l, const cJSON *zone)
{
    const cJSON *ns = reader_child(zone, "ns"), *mx = reader_child(zone, "mx"),
                *address = reader_child(zone, "address");
    const cJSON *delegation = reader_child(zone, "delegation"), *delegated = reader_child(delegation, "ns");
    if (cJSON_IsArray(ns))
        for (const cJSON *child = ns->child; child; child = child->next)
            if (cJSON_IsString(child)) declare_host(l, &l->ns, child, child->valuestring);
    if (cJSON_IsArray(delegated))
        for (const cJSON *child = delegated->child; child; child = child->next)
            if (cJSON_IsString(child)) declare_host(l, &l->ns, child, child->valuestring);
    if (cJSON_IsObject(mx))
        for (const cJSON *child = mx->child; child; child = child->next)
            declare_host(l, &l->mx_hosts, child, child->string);
    if (cJSON_IsString(address)) declare_host(l, &l->mx_hosts, address, address->valuestring);
}

/* Faults go by name, so that no two things that can fail may share one. */
static void check_collisions(struct loader *l)
{
    const struct {
        const struct names *names;
        const char *kind;
    } kinds[] = {
        {&l->ns, "a name server"}, {&l->mx_hosts, "an MX host"}, {&l->resolvers, "a resolver"}, {&l->mtas, "an MTA"}};
    for (size_t i = 0; i < READER_COUNT(kinds); i++)
        for (uint32_t n = 0; n < kinds[i].names->count; n++) {
            const struct name *name = &kinds[i].names->items[n];
            for (size_t j = 0; j < i; j++) {
                char text[QUOTED_MAX];
                if (names_find(kinds[j].names, name->text) == SPEC_NONE) continue;
                reader_error_at_key(&l->reader, name->place, "%s is %s as well as %s, expected a name for each",
                                    quoted(name->text, text), kinds[i].kind, kinds[j].kind);
            }
        }
}

static void allocate(struct loader *l)
{
    struct arena *arena = l->reader.arena;
    uint32_t mta_room = l->mtas.count + l->mx_hosts.count;
    l->client = arena_zero(arena, l->clients.count, sizeof *l->client);
    l->mta = arena_zero(arena, mta_room, sizeof *l->mta);
    l->resolver = arena_zero(arena, l->resolvers.count + mta_room, sizeof *l->resolver);
    l->host_of_ns = arena_zero(arena, l->ns.count, sizeof *l->host_of_ns);
    l->mx_host = arena_zero(arena, l->mx_hosts.count, sizeof *l->mx_host);
    l->zone = arena_zero(arena, l->zones.count, sizeof *l->zone);
    *l->world = (struct world_spec){
        .clients = l->client,
        .client_count = l->clients.count,
        .mtas = l->mta,
        .mta_count = l->mtas.count,
        .resolvers = l->resolver,
        .resolver_count = l->resolvers.count,
        .ns = l->host_of_ns,
        .ns_count = l->ns.count,
        .zones = l->zone,
        .zone_count = l->zones.count,
        .mx_hosts = l->mx_host,
        .mx_host_count = l->mx_hosts.count,
    };
}

bool loader_declare(struct loader *l)
{
    if (!cJSON_IsObject(l->root)) return reader_wrong_type(&l->reader, l->root, "a scenario: { ... }");
    declare_section(l, "clients", &l->clients, false);
    declare_section(l, "mtas", &l->mtas, false);
    declare_section(l, "resolvers", &l->resolvers, false);
    declare_section(l, "name_servers", &l->ns, true);
    declare_section(l, "mx_hosts", &l->mx_hosts, true);
    declare_section(l, "zones", &l->zones, true);
    if (l->zones.count == 0) l->zones_in_doubt = true;
    /* Nobody need name the sending MTA. */
    if (l->mtas.count == 0) names_add(&l->mtas, "sender", NULL, l->root);
    for (uint32_t i = 0; i < l->zones.count; i++) declare_hosts_of(l, l->zones.items[i].node);
    check_collisions(l);
    allocate(l);
    return true;
}

const char *const *loader_words(struct loader *l, const struct names *names)
{
    const char **words = arena_zero(l->reader.arena, names->count, sizeof *words);
    for (uint32_t i = 0; i < names->count; i++) words[i] = names->items[i].text;
    return words;
}

uint32_t loader_reference(struct loader *l, const cJSON *node, const struct names *names, const char *kind,
                          const char *section)
{
    char what[64], text[QUOTED_MAX], suggestion[512];
    snprintf(what, sizeof what, "the name of a %s", kind);
    if (!cJSON_IsString(node)) {
        reader_wrong_type(&l->reader, node, what);
        return SPEC_NONE;
    }
    uint32_t index = names_find(names, node->valuestring);
    if (index != SPEC_NONE || !error_list_has_room(l->reader.errors)) return index;
    snprintf(what, sizeof what, "expected one in \"%s\"", section);
    reader_error(
        &l->reader, node, "no %s is called %s, %s", kind, quoted(node->valuestring, text),
        suggest_text(node->valuestring, loader_words(l, names), names->count, what, suggestion, sizeof suggestion));
    return SPEC_NONE;
}
