/* scenarios/zones.c - zones: name servers, MX records, times. */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"

#include <stdlib.h>
#include <string.h>

#define PREFERENCE_MAX 65535

#define SOA_KEY(field)                                                                                                 \
    {                                                                                                                  \
#field, KEY_SECONDS, offsetof(struct zone_spec, field), SIM_SECOND, LOADER_TTL_MAX, NULL, NULL                 \
    }

static void read_soa(struct reader *r, const cJSON *node, void *zone)
{
    static const struct key keys[] = {SOA_KEY(refresh), SOA_KEY(retry), SOA_KEY(expire)};
    reader_object(r, node, keys, READER_COUNT(keys), zone);
}

static void read_ns(struct reader *r, const cJSON *node, void *into)
{
    struct zone_spec *zone = into;
    struct loader *l = loader_of(r);
    uint32_t count = cJSON_IsArray(node) ? reader_size(node) : 0;
    if (count == 0 || count > SPEC_SERVERS_MAX) {
        reader_wrong_type(r, node, "1 to 64 names of name servers such as [\"ns1\", \"ns2\"]");
        return;
    }
    uint32_t *ns = arena_zero(r->arena, count, sizeof *ns);
    for (const cJSON *child = node->child; child; child = child->next) {
        uint32_t index = loader_reference(l, child, &l->ns, "name server", "name_servers"), i = 0;
        while (i < zone->ns_count && ns[i] != index) i++;
        if (i < zone->ns_count && index != SPEC_NONE) reader_error(r, child, "named twice, expected each server once");
        ns[zone->ns_count++] = index;
    }
    zone->ns = ns;
}

static int compare_mx(const void *a, const void *b)
{
    const struct mx_record_spec *x = a, *y = b;
    if (x->preference != y->preference) return x->preference < y->preference ? -1 : 1;
    return x->mx_host < y->mx_host ? -1 : x->mx_host > y->mx_host;
}

/* The order in the file breaks ties, so mx_host holds the place in the file while the records are sorted. */
static void read_mx(struct reader *r, const cJSON *node, void *into)
{
    struct zone_spec *zone = into;
    struct loader *l = loader_of(r);
    if (cJSON_IsString(node) && strcmp(node->valuestring, ".") == 0) {
        zone->null_mx = true;
        return;
    }
    uint32_t count = cJSON_IsObject(node) ? reader_size(node) : 0, i = 0;
    if (count == 0 || count > SPEC_SERVERS_MAX) {
        reader_wrong_type(r, node, "1 to 64 MX hosts with preferences such as {\"mx1\": 10}, or \".\": no mail wanted");
        return;
    }
    struct mx_record_spec *mx = arena_zero(r->arena, count, sizeof *mx);
    const cJSON **children = mem_zero(count, sizeof *children); /* NOLINT(bugprone-sizeof-expression): pointers */
    for (const cJSON *child = node->child; child; child = child->next) {
        children[i] = child;
        mx[i] = (struct mx_record_spec){i, PREFERENCE_MAX};
        reader_count(r, child, 0, PREFERENCE_MAX, &mx[i].preference);
        i++;
    }
    qsort(mx, count, sizeof *mx, compare_mx);
    for (i = 0; i < count; i++) mx[i].mx_host = names_find(&l->mx_hosts, children[mx[i].mx_host]->string);
    mem_free(children);
    zone->mx = mx;
    zone->mx_count = count;
}

static void read_address(struct reader *r, const cJSON *node, void *address)
{
    struct loader *l = loader_of(r);
    *(uint32_t *)address = loader_reference(l, node, &l->mx_hosts, "host", "mx_hosts");
}

static const struct key zone_keys[] = {
    {"ns", KEY_OWN, 0, 0, 0, read_ns, "[\"ns1\"]"},
    {"ttl", KEY_SECONDS, offsetof(struct zone_spec, ttl), 0, LOADER_TTL_MAX, NULL, NULL},
    {"negative_ttl", KEY_SECONDS, offsetof(struct zone_spec, negative_ttl), 0, LOADER_TTL_MAX, NULL, NULL},
    {"mx", KEY_OWN, 0, 0, 0, read_mx, NULL},
    {"address", KEY_OWN, offsetof(struct zone_spec, address), 0, 0, read_address, NULL},
    {"soa", KEY_OWN, 0, 0, 0, read_soa, NULL},
};

/* Whose servers answer for the address of a host: the zone that its name lies in, the most specific one, if it is one
 * of ours; else the first zone that names the host. */
static void find_zone_of_host(struct loader *l, uint32_t zone, uint32_t host)
{
    struct mx_host_spec *mx_host = &l->mx_host[host];
    if (mx_host->zone != SPEC_NONE) return;
    mx_host->zone = zone;
    for (const char *name = mx_host->host.name; name; name = strchr(name, '.')) {
        if (*name == '.') name++;
        uint32_t inside = names_find(&l->zones, name);
        if (inside == SPEC_NONE) continue;
        mx_host->zone = inside;
        return;
    }
}

void loader_read_zones(struct loader *l)
{
    for (uint32_t i = 0; i < l->zones.count; i++) {
        struct zone_spec *zone = &l->zone[i];
        *zone = (struct zone_spec){.name = arena_text(l->reader.arena, l->zones.items[i].text),
                                   .ttl = SIM_HOUR,
                                   .negative_ttl = SIM_HOUR,
                                   .refresh = SIM_DAY,
                                   .retry = 2 * SIM_HOUR,
                                   .expire = 3600000 * SIM_SECOND,
                                   .address = SPEC_NONE};
        reader_object(&l->reader, l->zones.items[i].node, zone_keys, READER_COUNT(zone_keys), zone);
        for (uint32_t n = 0; n < zone->mx_count; n++) find_zone_of_host(l, i, zone->mx[n].mx_host);
        if (zone->address != SPEC_NONE) find_zone_of_host(l, i, zone->address);
    }
}
