/* models/tally.c - see models/tally.h. */
#include "models/tally.h"

#include "sim/mem.h"

#include <string.h>

struct tally *tally_new(const struct world_spec *spec)
{
    struct tally *t = mem_zero(1, sizeof *t);
    t->mta_count = spec->mta_count;
    t->client_count = spec->client_count;
    t->host_count = spec->mx_host_count;
    t->clients = mem_zero(spec->client_count, sizeof *t->clients);
    t->fault_count = spec->fault_count;
    t->hosts = mem_zero(spec->mx_host_count, sizeof *t->hosts);
    t->mtas = mem_zero(spec->mta_count, sizeof *t->mtas);
    t->faults = mem_zero(spec->fault_count, sizeof *t->faults);
    for (int i = 0; i < HIST_COUNT; i++) hist_init(&t->hists[i]);
    return t;
}

void tally_free(struct tally *t)
{
    if (!t) return;
    mem_free(t->clients);
    mem_free(t->mtas);
    mem_free(t->hosts);
    mem_free(t->faults);
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
    memset(t->hosts, 0, t->host_count * sizeof *t->hosts);
    memset(t->faults, 0, t->fault_count * sizeof *t->faults);
}

double tally_column(const struct tally *t, enum column column)
{
    if (column == COL_ONE) return 1;
    if (column == COL_LATENCY) return (double)t->latency_sum / 1e9;
    return (double)t->counts[column];
}
