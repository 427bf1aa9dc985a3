/* scenarios/zones.c - zones: name servers, MX records, times. */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"

#include <stdlib.h>
#include <string.h>

#define PREFERENCE_MAX 65535

#define SOA_KEY(field, least)                                                                                          \
    {                                                                                                                  \
#field, KEY_SECONDS, offsetof(struct soa, field), least, LOADER_TTL_MAX, NULL, NULL                            \
    }

/* The negative TTL is the smaller one of the SOA's own TTL and its last field (RFC 2308 section 5). */
struct soa {
    sim_time refresh, retry, expire, minimum, ttl;
};

static void read_soa(struct reader *r, const cJSON *node, void *into)
{
    static const struct key keys[] = {SOA_KEY(refresh, SIM_SECOND), SOA_KEY(retry, SIM_SECOND),
                                      SOA_KEY(expire, SIM_SECOND), SOA_KEY(minimum, 0), SOA_KEY(ttl, 0)};
    struct zone_spec *zone = into;
    struct soa soa = {zone->refresh, zone->retry, zone->expire, SIM_NEVER, SIM_NEVER};
    if (cJSON_IsString(node) && strcmp(node->valuestring, "none") == 0) {
        zone->no_soa = true;
        reader_warning(
            r, node,
            "without an SOA record nobody keeps a negative answer (RFC 2308 section 5), expected an object of "
            "its times if that is not what you want to see");
        return;
    }
    char text[QUOTED_MAX];
    if (cJSON_IsString(node)) {
        reader_error(r, node, "%s is no SOA record, expected an object of its times, or \"none\"",
                     quoted(node->valuestring, text));
        return;
    }
    if (!reader_object(r, node, keys, READER_COUNT(keys), &soa)) return;
    zone->refresh = soa.refresh;
    zone->retry = soa.retry;
    zone->expire = soa.expire;
    if (soa.minimum < zone->negative_ttl) zone->negative_ttl = soa.minimum;
    if (soa.ttl < zone->negative_ttl) zone->negative_ttl = soa.ttl;
}

/* Adds name servers to those of the zone: bit i of the result is set for each that node names. */
static uint64_t read_servers(struct reader *r, const cJSON *node, struct zone_spec *zone)
{
    struct loader *l = loader_of(r);
    uint32_t count = cJSON_IsArray(node) ? reader_size(node) : 0;
    uint64_t named = 0;
    if (count == 0 || count + zone->ns_count > SPEC_SERVERS_MAX) {
        reader_wrong_type(r, node, "1 to 64 names of name servers such as [\"ns1\", \"ns2\"]");
        return 0;
    }
    uint32_t *ns = arena_zero(r->arena, zone->ns_count + count, sizeof *ns);
    if (zone->ns_count) memcpy(ns, zone->ns, zone->ns_count * sizeof *ns);
    for (const cJSON *child = node->child; child; child = child->next) {
        uint32_t index = loader_reference(l, child, &l->ns, "name server", "name_servers"), i = 0;
        while (i < zone->ns_count && ns[i] != index) i++;
        if ((named >> i & 1) && index != SPEC_NONE) reader_error(r, child, "named twice, expected each server once");
        if (i == zone->ns_count) ns[zone->ns_count++] = index;
        named |= UINT64_C(1) << i;
    }
    zone->ns = ns;
    return named;
}

static void read_ns(struct reader *r, const cJSON *node, void *into)
{
    struct zone_spec *zone = into;
    zone->serves = zone->listed = zone->delegated = read_servers(r, node, zone);
}

/* What the parent says of the zone, where that is not what the zone says. */
static void read_delegated_ns(struct reader *r, const cJSON *node, void *into)
{
    struct zone_spec *zone = into;
    struct loader *l = loader_of(r);
    char text[QUOTED_MAX];
    zone->delegated = read_servers(r, node, zone);
    if (zone->delegated == 0 || zone->serves == 0) return; /* noted */
    if (!(zone->delegated & zone->serves)) {
        reader_error(r, node,
                     "a delegation that leads nowhere: none of these serves the zone, expected one of its \"ns\" among "
                     "them");
        return;
    }
    for (uint32_t i = 0; i < zone->ns_count; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (zone->ns[i] == SPEC_NONE || !((zone->delegated ^ zone->listed) & bit)) continue;
        bool lame = zone->delegated & bit;
        if (i == 0 && !lame) continue; /* a hidden primary */
        reader_warning(r, node,
                       "the parent %s %s%s, expected what the zone's \"ns\" says if that is not what you want to see",
                       lame ? "names" : "does not name", quoted(l->host_of_ns[zone->ns[i]].host.name, text),
                       lame ? ", which does not serve the zone (a lame delegation)" : "");
    }
}

static const struct key delegation_keys[] = {
    {"ns", KEY_OWN, 0, 0, 0, read_delegated_ns, NULL},
    {"ttl", KEY_SECONDS, offsetof(struct zone_spec, delegation_ttl), 0, LOADER_TTL_MAX, NULL, NULL},
    {"ds_ttl", KEY_SECONDS, offsetof(struct zone_spec, ds_ttl), SIM_SECOND, LOADER_TTL_MAX, NULL, NULL},
};

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

static void read_truth(struct reader *r, const cJSON *node, void *truth)
{
    reader_bool(r, node, truth);
}

static const struct key zone_keys[] = {
    {"ns", KEY_OWN, 0, 0, 0, read_ns, NULL},
    {"ttl", KEY_SECONDS, offsetof(struct zone_spec, ttl), 0, LOADER_TTL_MAX, NULL, NULL},
    {"negative_ttl", KEY_SECONDS, offsetof(struct zone_spec, negative_ttl), 0, LOADER_TTL_MAX, NULL, NULL},
    {"mx", KEY_OWN, 0, 0, 0, read_mx, NULL},
    {"address", KEY_OWN, offsetof(struct zone_spec, address), 0, 0, read_address, NULL},
    {"soa", KEY_OWN, 0, 0, 0, read_soa, NULL},
    {"notify", KEY_OWN, offsetof(struct zone_spec, notify), 0, 0, read_truth, NULL},
    {"delegation", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"signed", KEY_OWN, offsetof(struct zone_spec, is_signed), 0, 0, read_truth, NULL},
};

/* The most specific of our zones that the name lies in, but not from itself on if above; SPEC_NONE: none. with_ns: one
 * that has name servers of its own. */
static uint32_t enclosing(const struct loader *l, const char *name, bool above, bool with_ns)
{
    for (; name; name = strchr(name, '.')) {
        if (*name == '.') name++;
        uint32_t zone = above ? SPEC_NONE : names_find(&l->zones, name);
        above = false;
        if (zone != SPEC_NONE && (!with_ns || l->zone[zone].cut == zone)) return zone;
    }
    return SPEC_NONE;
}

/* Whose servers answer for the address of a host: the zone that its name lies in, if it is one of ours; else the first
 * zone that names the host. */
static void find_zone_of_host(struct loader *l, uint32_t zone, uint32_t host)
{
    struct mx_host_spec *mx_host = &l->mx_host[host];
    if (mx_host->zone != SPEC_NONE) return;
    uint32_t inside = enclosing(l, mx_host->host.name, false, false);
    mx_host->zone = inside != SPEC_NONE ? inside : zone;
}

static void find_zone_of_ns(struct loader *l, uint32_t zone, uint32_t ns)
{
    struct ns_spec *server = &l->host_of_ns[ns];
    if (server->zone != SPEC_NONE) return;
    uint32_t inside = enclosing(l, server->host.name, false, false);
    server->outside = inside != SPEC_NONE;
    server->zone = inside != SPEC_NONE ? inside : zone;
}

/* Who answers for a zone, and who delegates it: a zone without name servers is a mail domain within another. */
static void find_cut(struct loader *l, uint32_t z)
{
    struct zone_spec *zone = &l->zone[z];
    zone->parent = enclosing(l, zone->name, true, true);
    const cJSON *node = l->zones.items[z].node;
    if (zone->cut == z) return;
    if (zone->parent == SPEC_NONE) {
        if (cJSON_IsObject(node) && !reader_child(node, "ns"))
            reader_error(&l->reader, node,
                         "the key \"ns\" is missing, and the domain lies in no zone of this file, expected \"ns\": "
                         "[\"ns1\"]");
        return;
    }
    static const char *const of_zones[] = {"soa", "negative_ttl", "signed", "delegation"};
    const struct zone_spec *cut = &l->zone[zone->parent];
    for (size_t i = 0; i < READER_COUNT(of_zones); i++) {
        const cJSON *child = reader_child(node, of_zones[i]);
        if (child)
            reader_error_at_key(&l->reader, child, "a domain without \"ns\" is a part of %s, expected \"%s\" there",
                                cut->name, of_zones[i]);
    }
    if (!reader_child(node, "ttl")) zone->ttl = cut->ttl;
    zone->cut = zone->parent;
    zone->parent = enclosing(l, cut->name, true, true); /* which that zone may not know yet */
    zone->ns = cut->ns;
    zone->ns_count = cut->ns_count;
    zone->serves = cut->serves;
    zone->listed = cut->listed;
    zone->delegated = cut->delegated;
}

/* What has no effect where nobody of this file delegates or signs. */
static void check_delegation(struct loader *l, uint32_t z)
{
    const struct zone_spec *zone = &l->zone[z];
    const cJSON *node = l->zones.items[z].node, *delegation = reader_child(node, "delegation"),
                *ds_ttl = reader_child(delegation, "ds_ttl");
    if (!delegation || zone->cut != z) return;
    const char *above = strchr(zone->name, '.');
    if (zone->parent == SPEC_NONE)
        reader_warning(&l->reader, delegation,
                       "no effect: no zone of this file delegates %s, expected one with \"ns\" above it%s%s%s",
                       zone->name, above ? " such as \"" : "", above ? above + 1 : "", above ? "\"" : "");
    if (ds_ttl && !zone->is_signed)
        reader_warning(&l->reader, ds_ttl, "no effect: the zone is not signed, expected \"signed\": true beside it");
}

static bool lies_in(const struct loader *l, uint32_t zone, uint32_t above)
{
    while (zone != above && zone != SPEC_NONE) zone = l->zone[zone].parent;
    return zone == above;
}

/* Can the servers of each zone be found: is the address of one of them known with the delegation, or to be found? */
static void check_findable(struct loader *l)
{
    bool *found = mem_zero(l->zones.count, sizeof *found), changed = true;
    while (changed) {
        changed = false;
        for (uint32_t z = 0; z < l->zones.count; z++) {
            const struct zone_spec *zone = &l->zone[z];
            bool is = zone->cut != z || (zone->parent != SPEC_NONE && !found[zone->parent]);
            if (found[z] || is) continue;
            for (uint32_t i = 0; i < zone->ns_count; i++) {
                const struct ns_spec *ns = zone->ns[i] == SPEC_NONE ? NULL : &l->host_of_ns[zone->ns[i]];
                uint32_t home = ns && ns->outside ? l->zone[ns->zone].cut : z;
                bool glue = lies_in(l, z, home) || lies_in(l, home, z);
                if (((zone->delegated & zone->serves) >> i & 1) && (glue || found[home])) found[z] = changed = true;
            }
        }
    }
    for (uint32_t z = 0; z < l->zones.count; z++)
        if (l->zone[z].cut == z && (l->zone[z].delegated & l->zone[z].serves) && !found[z])
            reader_error(&l->reader, l->zones.items[z].node,
                         "a delegation that leads nowhere: each server's address must be looked up in a zone that "
                         "cannot be found either, expected a server whose name lies in the zone itself");
    mem_free(found);
}

/* RFC 1912 section 2.2: expire is weeks, refresh and retry are hours. */
static void check_soa(struct loader *l, const cJSON *node, const struct zone_spec *zone)
{
    const cJSON *soa = cJSON_IsObject(node) ? reader_child(node, "soa") : NULL;
    if (!cJSON_IsObject(soa) || zone->ns_count < 2 || zone->expire >= zone->refresh + zone->retry) return;
    const cJSON *expire = reader_child(soa, "expire");
    bool worse = zone->expire < zone->refresh;
    reader_warning(
        &l->reader, expire ? expire : soa,
        worse ? "expire is below refresh: the copies of the secondaries expire before they ask again, expected "
                "it above refresh and retry together"
              : "expire is below refresh and retry together: after one question in vain the copies of the "
                "secondaries expire, expected it above");
}

void loader_read_zones(struct loader *l)
{
    for (uint32_t i = 0; i < l->ns.count; i++) l->host_of_ns[i].zone = SPEC_NONE;
    for (uint32_t i = 0; i < l->zones.count; i++) {
        struct zone_spec *zone = &l->zone[i];
        *zone = (struct zone_spec){.name = arena_text(l->reader.arena, l->zones.items[i].text),
                                   .ttl = SIM_HOUR,
                                   .negative_ttl = SIM_HOUR,
                                   .delegation_ttl = 2 * SIM_DAY,
                                   .ds_ttl = SIM_DAY,
                                   .refresh = SIM_DAY,
                                   .retry = 2 * SIM_HOUR,
                                   .expire = 3600000 * SIM_SECOND,
                                   .notify = true,
                                   .address = SPEC_NONE};
        const cJSON *node = l->zones.items[i].node, *delegation = reader_child(node, "delegation");
        reader_object(&l->reader, node, zone_keys, READER_COUNT(zone_keys), zone);
        check_soa(l, node, zone);
        if (delegation) reader_object(&l->reader, delegation, delegation_keys, READER_COUNT(delegation_keys), zone);
        for (uint32_t n = 0; n < zone->mx_count; n++) find_zone_of_host(l, i, zone->mx[n].mx_host);
        if (zone->address != SPEC_NONE) find_zone_of_host(l, i, zone->address);
        for (uint32_t n = 0; n < zone->ns_count; n++)
            if (zone->ns[n] != SPEC_NONE) find_zone_of_ns(l, i, zone->ns[n]);
    }
    /* An alias is asked of its own zone; what it leads to stands where its own name lies, or with the alias. */
    for (uint32_t i = 0; i < l->mx_hosts.count; i++)
        for (uint32_t h = i; l->mx_host[i].zone != SPEC_NONE && l->mx_host[h].is_alias; h = l->mx_host[h].target)
            find_zone_of_host(l, l->mx_host[i].zone, l->mx_host[h].target);
    for (uint32_t i = 0; i < l->zones.count; i++) l->zone[i].cut = l->zone[i].ns_count > 0 ? i : SPEC_NONE;
    for (uint32_t i = 0; i < l->zones.count; i++) find_cut(l, i);
    for (uint32_t i = 0; i < l->zones.count; i++) check_delegation(l, i);
    check_findable(l);
}
