/* models/tally.c - see models/tally.h. */
#include "models/tally.h"

#include "sim/mem.h"

#include <string.h>

static uint32_t destination_count(const struct world_spec *spec)
{
    bool *marks = mem_new(spec->zone_count * sizeof *marks);
    uint32_t count = spec_destinations(spec, marks);
    mem_free(marks);
    return count;
}

bool tally_keeps_spans(uint32_t count, uint32_t different)
{
    return different > 1 && count <= TALLY_SPANS_MAX;
}

static struct rough_hist *spans_new(uint32_t count, uint32_t different)
{
    if (!tally_keeps_spans(count, different)) return NULL;
    struct rough_hist *spans = mem_new(count * sizeof *spans);
    for (uint32_t i = 0; i < count; i++) rough_hist_init(&spans[i]);
    return spans;
}

static void spans_clear(struct rough_hist *spans, uint32_t count)
{
    for (uint32_t i = 0; spans && i < count; i++) rough_hist_clear(&spans[i]);
}

struct tally *tally_new(const struct world_spec *spec)
{
    struct tally *t = mem_zero(1, sizeof *t);
    t->mta_count = spec->mta_count;
    t->client_count = spec->client_count;
    t->host_count = spec->mx_host_count;
    t->fault_count = spec->fault_count;
    t->zone_count = spec->zone_count;
    t->resolver_count = spec->resolver_count;
    t->ns_count = spec->ns_count;
    t->clients = mem_zero(spec->client_count, sizeof *t->clients);
    t->zones = mem_zero(spec->zone_count, sizeof *t->zones);
    t->client_spans = spans_new(spec->client_count, spec->client_count);
    t->zone_spans = spans_new(spec->zone_count, destination_count(spec));
    t->keeps_spans = t->client_spans || t->zone_spans;
    t->hosts = mem_zero(spec->mx_host_count, sizeof *t->hosts);
    t->mtas = mem_zero(spec->mta_count, sizeof *t->mtas);
    t->resolvers = mem_zero(spec->resolver_count, sizeof *t->resolvers);
    t->ns = mem_zero(spec->ns_count, sizeof *t->ns);
    t->faults = mem_zero(spec->fault_count, sizeof *t->faults);
    for (int k = 0; k < LOAD_KIND_COUNT; k++) {
        t->load_counts[k] = load_count(spec, (enum load_kind)k);
        t->loads[k] = mem_zero(t->load_counts[k], sizeof *t->loads[k]);
    }
    for (int i = 0; i < HIST_COUNT; i++) hist_init(&t->hists[i]);
    return t;
}

void tally_free(struct tally *t)
{
    if (!t) return;
    mem_free(t->clients);
    mem_free(t->zones);
    mem_free(t->client_spans);
    mem_free(t->zone_spans);
    mem_free(t->mtas);
    mem_free(t->hosts);
    mem_free(t->resolvers);
    mem_free(t->ns);
    mem_free(t->faults);
    for (int k = 0; k < LOAD_KIND_COUNT; k++) mem_free(t->loads[k]);
    mem_free(t);
}

void tally_clear(struct tally *t)
{
    memset(t->counts, 0, sizeof t->counts);
    t->latency_sum = 0;
    for (int i = 0; i < HIST_COUNT; i++) hist_clear(&t->hists[i]);
    t->events = 0;
    t->worst_message = t->first_bounced = 0;
    t->worst_latency = 0;
    memset(t->mtas, 0, t->mta_count * sizeof *t->mtas);
    memset(t->clients, 0, t->client_count * sizeof *t->clients);
    memset(t->zones, 0, t->zone_count * sizeof *t->zones);
    spans_clear(t->client_spans, t->client_count);
    spans_clear(t->zone_spans, t->zone_count);
    memset(t->hosts, 0, t->host_count * sizeof *t->hosts);
    memset(t->resolvers, 0, t->resolver_count * sizeof *t->resolvers);
    memset(t->ns, 0, t->ns_count * sizeof *t->ns);
    memset(t->faults, 0, t->fault_count * sizeof *t->faults);
    for (int k = 0; k < LOAD_KIND_COUNT; k++) memset(t->loads[k], 0, t->load_counts[k] * sizeof *t->loads[k]);
}

double tally_column(const struct tally *t, enum column column)
{
    if (column == COL_ONE) return 1;
    if (column == COL_LATENCY) return (double)t->latency_sum / 1e9;
    return (double)t->counts[column];
}
