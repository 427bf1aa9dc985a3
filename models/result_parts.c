/* models/result_parts.c - the numbers of each part of a world over all runs: clients, zones, MTAs, hosts, resolvers,
 * name servers, and loads. See models/result.h. */
#include "models/result.h"
#include "sim/mem.h"

static struct quantiles *spans_new(uint32_t count, bool there)
{
    if (!there) return NULL;
    struct quantiles *spans = mem_new(count * sizeof *spans);
    for (uint32_t i = 0; i < count; i++) quantiles_init_rough(&spans[i]);
    return spans;
}

static void spans_free(struct quantiles *spans, uint32_t count)
{
    for (uint32_t i = 0; spans && i < count; i++) quantiles_fini(&spans[i]);
    mem_free(spans);
}

void result_parts_new(struct result *r)
{
    const struct world_spec *spec = r->spec;
    r->is_destination = mem_zero(spec->zone_count, sizeof *r->is_destination);
    r->destination_count = spec_destinations(spec, r->is_destination);
    r->clients = mem_zero(spec->client_count, sizeof *r->clients);
    r->zones = mem_zero(spec->zone_count, sizeof *r->zones);
    r->client_spans = spans_new(spec->client_count, tally_keeps_spans(spec->client_count, spec->client_count));
    r->zone_spans = spans_new(spec->zone_count, tally_keeps_spans(spec->zone_count, r->destination_count));
    r->hosts = mem_zero(spec->mx_host_count, sizeof *r->hosts);
    r->resolvers = mem_zero(spec->resolver_count, sizeof *r->resolvers);
    r->ns = mem_zero(spec->ns_count, sizeof *r->ns);
    for (int k = 0; k < LOAD_KIND_COUNT; k++)
        r->loads[k] = mem_zero(load_count(spec, (enum load_kind)k), sizeof *r->loads[k]);
}

void result_parts_free(struct result *r)
{
    spans_free(r->client_spans, r->spec->client_count);
    spans_free(r->zone_spans, r->spec->zone_count);
    mem_free(r->is_destination);
    mem_free(r->clients);
    mem_free(r->zones);
    mem_free(r->hosts);
    mem_free(r->resolvers);
    mem_free(r->ns);
    for (int k = 0; k < LOAD_KIND_COUNT; k++) mem_free(r->loads[k]);
}

static void add_mail(struct mail_result *to, const struct mail_tally *from)
{
    double submitted = (double)from->submitted;
    moments_add(&to->messages, submitted);
    ratio_add(&to->delivered, (double)from->delivered, submitted);
    ratio_add(&to->bounced, (double)from->bounced, submitted);
    ratio_add(&to->queued, (double)(from->submitted - from->delivered - from->bounced), submitted);
    ratio_add(&to->latency, (double)from->latency * ((1 << MAIL_LATENCY_BITS) / 1e9), (double)from->delivered);
}

/* Before the first bin the queue is empty. */
static double growth_of(const struct result *r, const struct mta_tally *from)
{
    double rise = from->queue[0], bin = result_bin_seconds(r);
    for (int i = 1; i < TALLY_BINS; i++)
        if (from->queue[i] - from->queue[i - 1] > rise) rise = from->queue[i] - from->queue[i - 1];
    return rise / bin / bin * 3600;
}

static void add_mta(const struct result *r, struct mta_result *to, const struct mta_tally *from)
{
    moments_add(&to->growth, growth_of(r, from));
    moments_add(&to->arrived, (double)from->arrived);
    ratio_add(&to->questions, (double)from->questions, (double)from->arrived);
}

static void add_host(struct host_result *to, const struct host_tally *from)
{
    moments_add(&to->connections, (double)from->connections);
    moments_add(&to->accepted, (double)from->accepted);
    moments_add(&to->turned_away, (double)from->turned_away);
    moments_add(&to->busy, (double)from->busy);
    moments_add(&to->peak, from->peak);
    for (int c = 0; c < CAUSE_COUNT; c++) moments_add(&to->failures[c], from->failures[c]);
}

static void add_resolver(struct resolver_result *to, const struct resolver_tally *from)
{
    moments_add(&to->questions, (double)from->questions);
    moments_add(&to->packets, (double)from->packets);
    ratio_add(&to->cached, (double)from->cached, (double)from->questions);
}

static void add_load(struct load_result *to, const struct load_sum *from, double limit)
{
    double by = limit > 0 ? limit : 1;
    ratio_add(&to->mean, from->mean, by);
    ratio_add(&to->busiest, from->busiest, by);
    ratio_add(&to->full, from->full, 1);
    moments_add(&to->peak, from->peak);
    moments_add(&to->refused, (double)from->refused);
}

static void add_loads(struct result *r, const struct tally *t, enum load_kind kind)
{
    for (uint32_t i = 0; i < t->load_counts[kind]; i++)
        if (load_detail(r->spec, kind, i) != LOAD_NOTHING)
            add_load(&r->loads[kind][i], &t->loads[kind][i], load_limit(r->spec, kind, i));
}

void result_parts_add(struct result *r, const struct tally *t)
{
    for (uint32_t i = 0; i < t->client_count; i++) {
        add_mail(&r->clients[i], &t->clients[i]);
        if (t->client_spans) quantiles_add_rough(&r->client_spans[i], &t->client_spans[i]);
    }
    for (uint32_t i = 0; i < t->zone_count; i++) {
        if (!r->is_destination[i]) continue;
        add_mail(&r->zones[i], &t->zones[i]);
        if (t->zone_spans) quantiles_add_rough(&r->zone_spans[i], &t->zone_spans[i]);
    }
    for (uint32_t i = 0; i < t->mta_count; i++) add_mta(r, &r->mtas[i], &t->mtas[i]);
    for (uint32_t i = 0; i < t->host_count; i++) add_host(&r->hosts[i], &t->hosts[i]);
    for (uint32_t i = 0; i < t->resolver_count; i++) add_resolver(&r->resolvers[i], &t->resolvers[i]);
    for (uint32_t i = 0; i < t->ns_count; i++) moments_add(&r->ns[i].packets, (double)t->ns[i].packets);
    for (int k = 0; k < LOAD_KIND_COUNT; k++) add_loads(r, t, (enum load_kind)k);
}
