/* tests/models/worlds.h - small worlds by hand, and a diary of what happens in them.
 *
 * tiny_init makes one client, one sending MTA, one resolver and one zone with some name servers and MX hosts (mx0 has
 * preference 10, mx1 20, ...); one message is sent at time 0. Fields may be changed until the world is built. A tiny
 * points into itself: it is not copied. */
#pragma once
#include "models/fault.h"
#include "models/metric.h"
#include "models/world.h"
#include "sim/check.h"
#include "sim/mem.h"

#include <string.h>

#define TINY_MAX   12
#define TINY_DELAY (2385 * SIM_US)  /* one way, to every host */
#define TINY_TRIP  (2 * TINY_DELAY) /* there and back */

struct tiny {
    struct world_spec spec;
    struct client_spec clients[TINY_MAX];
    struct recipient_spec to[TINY_MAX][TINY_MAX];
    struct mta_spec mtas[TINY_MAX];
    struct resolver_spec resolvers[TINY_MAX];
    struct ns_spec ns[TINY_MAX];
    uint32_t ns_of[TINY_MAX][TINY_MAX];
    struct zone_spec zones[TINY_MAX];
    struct mx_record_spec mx_of[TINY_MAX][TINY_MAX];
    struct mx_host_spec mx_hosts[TINY_MAX];
    struct fault_spec faults[TINY_MAX];
    struct fault_target on[TINY_MAX][TINY_MAX];
    uint32_t seen_from[TINY_MAX][TINY_MAX];
};

static const char *const tiny_names[][TINY_MAX] = {
    {"ns0", "ns1", "ns2", "ns3", "ns4", "ns5", "ns6", "ns7", "ns8", "ns9", "ns10", "ns11"},
    {"mx0", "mx1", "mx2", "mx3", "mx4", "mx5", "mx6", "mx7", "mx8", "mx9", "mx10", "mx11"},
    {"mta0", "mta1", "mta2", "mta3", "mta4", "mta5", "mta6", "mta7", "mta8", "mta9", "mta10", "mta11"},
    {"res0", "res1", "res2", "res3", "res4", "res5", "res6", "res7", "res8", "res9", "res10", "res11"},
    {"z0.example", "z1.example", "z2.example", "z3.example", "z4.example", "z5.example", "z6.example", "z7.example",
     "z8.example", "z9.example", "z10.example", "z11.example"},
    {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11"},
};

static inline uint32_t tiny_resolver(struct tiny *t, const char *profile)
{
    uint32_t i = t->spec.resolver_count++;
    t->resolvers[i] = (struct resolver_spec){.name = tiny_names[3][i],
                                             .profile = profile,
                                             .params = resolver_profile_find(profile)->params,
                                             .host.delay = law_constant(0)};
    return i;
}

static inline uint32_t tiny_mta(struct tiny *t, const char *profile, uint32_t resolver)
{
    uint32_t i = t->spec.mta_count++;
    t->mtas[i] = (struct mta_spec){.name = tiny_names[2][i],
                                   .profile = profile,
                                   .params = mta_profile_find(profile)->params,
                                   .resolver = resolver,
                                   .mx_host = SPEC_NONE};
    return i;
}

/* MX host mx stores and forwards: its queue is the MTA that is returned. */
static inline uint32_t tiny_backup(struct tiny *t, uint32_t mx, const char *profile)
{
    uint32_t i = tiny_mta(t, profile, tiny_resolver(t, "bind"));
    t->mtas[i].mx_host = mx;
    t->mx_hosts[mx].relay = i;
    return i;
}

static inline uint32_t tiny_ns(struct tiny *t)
{
    uint32_t i = t->spec.ns_count++;
    t->ns[i].host = (struct host_spec){tiny_names[0][i], law_constant(TINY_DELAY), 0};
    t->ns[i].software = "nsd";
    t->ns[i].params = secondary_profile_find("nsd")->params;
    t->ns[i].zone = t->spec.zone_count ? t->spec.zone_count - 1 : 0;
    return i;
}

/* A zone with ns name servers and mx MX hosts of its own. */
static inline uint32_t tiny_zone(struct tiny *t, uint32_t ns, uint32_t mx)
{
    uint32_t z = t->spec.zone_count++;
    for (uint32_t i = 0; i < ns; i++) t->ns_of[z][i] = tiny_ns(t);
    for (uint32_t i = 0; i < mx; i++) {
        uint32_t h = t->spec.mx_host_count++;
        t->mx_hosts[h] = (struct mx_host_spec){.host = {tiny_names[1][h], law_constant(TINY_DELAY), 0},
                                               .zone = z,
                                               .addresses = 1,
                                               .relay = SPEC_NONE,
                                               .takes = law_constant(0)};
        t->mx_of[z][i] = (struct mx_record_spec){h, 10 * (i + 1)};
    }
    uint64_t all = ns < 64 ? (UINT64_C(1) << ns) - 1 : UINT64_MAX;
    t->zones[z] = (struct zone_spec){.name = tiny_names[4][z],
                                     .ns = t->ns_of[z],
                                     .ns_count = ns,
                                     .serves = all,
                                     .delegated = all,
                                     .listed = all,
                                     .cut = z,
                                     .parent = SPEC_NONE,
                                     .delegation_ttl = 2 * SIM_DAY,
                                     .ds_ttl = SIM_DAY,
                                     .ttl = SIM_HOUR,
                                     .negative_ttl = SIM_HOUR,
                                     .refresh = SIM_DAY,
                                     .retry = SIM_HOUR,
                                     .expire = 4 * SIM_WEEK,
                                     .mx = t->mx_of[z],
                                     .mx_count = mx,
                                     .address = SPEC_NONE};
    return z;
}

/* Name server ns has zone z as well, and is its last secondary. */
static inline void tiny_serve(struct tiny *t, uint32_t z, uint32_t ns)
{
    struct zone_spec *zone = &t->zones[z];
    t->ns_of[z][zone->ns_count++] = ns;
    zone->serves = zone->listed = zone->delegated = (UINT64_C(1) << zone->ns_count) - 1;
}

/* One message at time 0; change .count, .every or .rate for more. */
static inline uint32_t tiny_client(struct tiny *t, uint32_t mta, uint32_t zone)
{
    uint32_t i = t->spec.client_count++;
    t->to[i][0] = (struct recipient_spec){"joe", zone, 1, 1};
    t->clients[i] = (struct client_spec){.name = tiny_names[5][i],
                                         .via = mta,
                                         .from = "alice@example.net",
                                         .from_zone = SPEC_NONE,
                                         .to = t->to[i],
                                         .to_count = 1,
                                         .count = 1,
                                         .senders = 1,
                                         .outbox_retry = SIM_MINUTE};
    return i;
}

/* A world of nothing. */
static inline void tiny_open(struct tiny *t)
{
    memset(t, 0, sizeof *t);
    t->spec = (struct world_spec){.name = "tiny",
                                  .mail = SIM_DAY,
                                  .limit = 6 * SIM_DAY,
                                  .clients = t->clients,
                                  .mtas = t->mtas,
                                  .resolvers = t->resolvers,
                                  .ns = t->ns,
                                  .zones = t->zones,
                                  .mx_hosts = t->mx_hosts,
                                  .faults = t->faults};
}

static inline void tiny_init(struct tiny *t, const char *mta, const char *resolver, uint32_t ns, uint32_t mx)
{
    tiny_open(t);
    tiny_client(t, tiny_mta(t, mta, tiny_resolver(t, resolver)), tiny_zone(t, ns, mx));
}

/* No delay anywhere: an attempt takes no time unless something is waited for. */
static inline void tiny_no_delay(struct tiny *t)
{
    for (uint32_t i = 0; i < t->spec.ns_count; i++) t->ns[i].host.delay = law_constant(0);
    for (uint32_t i = 0; i < t->spec.mx_host_count; i++) t->mx_hosts[i].host.delay = law_constant(0);
}

/* What a fault of this kind makes a host say where a scenario says nothing of it (as scenarios/faults.c sets it). */
static inline enum cause tiny_cause(enum fault_kind is)
{
    switch (is) {
    case FAULT_TEMPFAILING: return CAUSE_TEMPFAIL;
    case FAULT_DISK_FULL: return CAUSE_STORAGE_FULL;
    case FAULT_REJECTING: return CAUSE_REJECTED;
    case FAULT_BUSY: return CAUSE_HOST_BUSY;
    case FAULT_BLOCKING: return CAUSE_BLOCKED;
    default: return CAUSE_NONE;
    }
}

/* A fault on one host, once; fields of what is returned may be changed. */
static inline struct fault_spec *tiny_fault(struct tiny *t, enum target_kind kind, uint32_t index, enum fault_kind is,
                                            sim_time from, sim_time length)
{
    uint32_t i = t->spec.fault_count++;
    t->on[i][0] = (struct fault_target){kind, index};
    t->faults[i] = (struct fault_spec){.on = t->on[i],
                                       .on_count = 1,
                                       .is = is,
                                       .from = law_constant(from),
                                       .length = law_constant(length),
                                       .cause = tiny_cause(is),
                                       .at = is == FAULT_BUSY || is == FAULT_BLOCKING ? STEP_GREETING : STEP_RCPT,
                                       .share = 1};
    return &t->faults[i];
}

/* Only these see it: an MTA for an MX host, a resolver for a name server. */
static inline void tiny_seen_from(struct tiny *t, struct fault_spec *fault, uint32_t viewer)
{
    uint32_t *seen_from = t->seen_from[fault - t->faults];
    seen_from[fault->seen_from_count++] = viewer;
    fault->seen_from = seen_from;
}

/* The MTA keeps no count of what is under way: no limits at a time, no dead destinations, no sessions kept open. */
static inline void tiny_unlimited(struct mta_params *p)
{
    p->process_limit = p->destination_concurrency = p->failed_cohort_limit = 0;
    p->handoff = p->connection_cache = 0;
    p->suspension_rule = SUSPEND_NONE;
}

/* ---- what happened ---- */

struct diary {
    struct record *items;
    size_t count, room;
};

static inline void diary_note(void *context, const struct record *r)
{
    struct diary *d = context;
    if (d->count == d->room) {
        d->room = d->room ? 2 * d->room : 1024;
        d->items = mem_resize(d->items, d->room * sizeof *d->items);
    }
    d->items[d->count++] = *r;
}

static inline size_t diary_count(const struct diary *d, enum record_type type)
{
    size_t n = 0;
    for (size_t i = 0; i < d->count; i++) n += d->items[i].type == type;
    return n;
}

/* The nth record (from 0) of a type; ends the test where there is none. */
static inline const struct record *diary_nth(const struct diary *d, enum record_type type, size_t nth)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->items[i].type == type && nth-- == 0) return &d->items[i];
    sim_panic(NULL, __FILE__, __LINE__, "the diary has no such record");
}

/* One run, with its diary. */
struct play {
    struct world *world;
    struct tally *tally;
    struct diary diary;
};

static inline void play_run(struct play *p, const struct tiny *t, uint64_t seed, uint64_t run)
{
    memset(p, 0, sizeof *p);
    p->world = world_new(&t->spec);
    p->tally = tally_new(&t->spec);
    world_observe(p->world, diary_note, &p->diary);
    world_run(p->world, seed, run, p->tally);
}

static inline void play_end(struct play *p)
{
    world_free(p->world);
    tally_free(p->tally);
    mem_free(p->diary.items);
}

/* All that a tally says, but for the times of faults. */
static inline bool tally_same(const struct tally *a, const struct tally *b)
{
    if (memcmp(a->counts, b->counts, sizeof a->counts) != 0 || a->latency_sum != b->latency_sum) return false;
    if (a->events != b->events || a->worst_message != b->worst_message || a->worst_latency != b->worst_latency ||
        a->first_bounced != b->first_bounced || a->run != b->run || a->mta_count != b->mta_count)
        return false;
    for (int i = 0; i < HIST_COUNT; i++)
        if (memcmp(&a->hists[i], &b->hists[i], sizeof a->hists[i]) != 0) return false;
    for (int k = 0; k < LOAD_KIND_COUNT; k++)
        if (a->load_counts[k] != b->load_counts[k] ||
            memcmp(a->loads[k], b->loads[k], a->load_counts[k] * sizeof *a->loads[k]) != 0)
            return false;
    return memcmp(a->mtas, b->mtas, a->mta_count * sizeof *a->mtas) == 0 && a->host_count == b->host_count &&
           memcmp(a->hosts, b->hosts, a->host_count * sizeof *a->hosts) == 0 && a->zone_count == b->zone_count &&
           memcmp(a->zones, b->zones, a->zone_count * sizeof *a->zones) == 0 && a->client_count == b->client_count &&
           memcmp(a->clients, b->clients, a->client_count * sizeof *a->clients) == 0 && a->ns_count == b->ns_count &&
           memcmp(a->ns, b->ns, a->ns_count * sizeof *a->ns) == 0 && a->resolver_count == b->resolver_count &&
           memcmp(a->resolvers, b->resolvers, a->resolver_count * sizeof *a->resolvers) == 0;
}
