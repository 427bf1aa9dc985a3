/* models/measure.c - see models/measure.h. */
#include "models/measure.h"

#include <string.h>

/* ---- mail: of clients, to destinations ---- */

enum { MAIL_DELIVERED, MAIL_BOUNCED, MAIL_QUEUED };

static const struct mail_result *mail_of(const struct result *r, enum part part, uint32_t index)
{
    return part == PART_CLIENT ? &r->clients[index] : &r->zones[index];
}

static struct estimate mail_messages(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    (void)m;
    return moments_estimate(&mail_of(r, part, index)->messages, RESULT_LEVEL);
}

static struct estimate mail_share(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    const struct mail_result *mail = mail_of(r, part, index);
    const struct ratio *shares[] = {
        [MAIL_DELIVERED] = &mail->delivered, [MAIL_BOUNCED] = &mail->bounced, [MAIL_QUEUED] = &mail->queued};
    return ratio_estimate(shares[m->a], RESULT_LEVEL, true);
}

static struct estimate mail_mean(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    (void)m;
    return ratio_estimate(&mail_of(r, part, index)->latency, RESULT_LEVEL, false);
}

/* a: per ten thousand. The only client's distribution, or destination's, is that of all mail. */
static struct estimate mail_quantile(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    const struct quantiles *spans = part == PART_CLIENT ? r->client_spans : r->zone_spans;
    bool only = part == PART_CLIENT ? r->spec->client_count == 1 : r->destination_count == 1;
    if (only) return quantiles_estimate(&r->hists[HIST_LATENCY], m->a / 1e4, RESULT_LEVEL);
    if (!spans) return (struct estimate){.method = "none"};
    return quantiles_estimate(&spans[index], m->a / 1e4, RESULT_LEVEL);
}

/* ---- MTAs ---- */

enum { MTA_ARRIVED, MTA_QUEUE, MTA_PEAK, MTA_GROWTH, MTA_DRAINED };

static struct estimate mta_moments(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    const struct mta_result *mta = &r->mtas[index];
    const struct moments *of[] = {[MTA_ARRIVED] = &mta->arrived,
                                  [MTA_QUEUE] = &mta->queue,
                                  [MTA_PEAK] = &mta->peak,
                                  [MTA_GROWTH] = &mta->growth,
                                  [MTA_DRAINED] = &mta->drained};
    (void)part;
    return moments_estimate(of[m->a], RESULT_LEVEL);
}

static struct estimate mta_questions(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    (void)part, (void)m;
    return ratio_estimate(&r->mtas[index].questions, RESULT_LEVEL, false);
}

/* ---- hosts, resolvers, name servers ---- */

enum { HOST_CONNECTIONS, HOST_ACCEPTED, HOST_TURNED_AWAY, HOST_BUSY };

static struct estimate host_moments(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    const struct host_result *host = &r->hosts[index];
    const struct moments *of[] = {[HOST_CONNECTIONS] = &host->connections,
                                  [HOST_ACCEPTED] = &host->accepted,
                                  [HOST_TURNED_AWAY] = &host->turned_away,
                                  [HOST_BUSY] = &host->busy};
    (void)part;
    return moments_estimate(of[m->a], RESULT_LEVEL);
}

static struct estimate resolver_questions(const struct result *r, enum part part, uint32_t index,
                                          const struct measure *m)
{
    (void)part, (void)m;
    return moments_estimate(&r->resolvers[index].questions, RESULT_LEVEL);
}

static struct estimate resolver_cached(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    (void)part, (void)m;
    return ratio_estimate(&r->resolvers[index].cached, RESULT_LEVEL, true);
}

static struct estimate packets(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    (void)m;
    return moments_estimate(part == PART_NS ? &r->ns[index].packets : &r->resolvers[index].packets, RESULT_LEVEL);
}

/* ---- loads ---- */

enum {
    LOAD_IS_LIMIT,
    LOAD_IS_PERIOD,
    LOAD_IS_MEAN,
    LOAD_IS_BUSIEST,
    LOAD_IS_PEAK,
    LOAD_IS_MOST,
    LOAD_IS_UTILISATION,
    LOAD_IS_BUSIEST_UTILISATION,
    LOAD_IS_HEADROOM,
    LOAD_IS_BUSIEST_HEADROOM,
    LOAD_IS_FULL,
    LOAD_IS_REFUSED
};

static struct estimate scaled(struct estimate e, double by)
{
    e.value *= by;
    e.low *= by;
    e.high *= by;
    return e;
}

/* 1 less e. Where more may be asked for than there is, it can be below 0. */
static struct estimate rest_of(struct estimate e)
{
    double low = e.low;
    e.value = 1 - e.value;
    e.low = 1 - e.high;
    e.high = 1 - low;
    return e;
}

static bool is_busiest(int which)
{
    return which == LOAD_IS_BUSIEST || which == LOAD_IS_BUSIEST_UTILISATION || which == LOAD_IS_BUSIEST_HEADROOM;
}

/* What the scenario says needs no interval. */
static struct estimate known(double value, bool is_there)
{
    return (struct estimate){.value = value, .low = value, .high = value, .has_value = is_there, .method = "none"};
}

static struct estimate load_measure(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    enum load_kind kind = (enum load_kind)m->a;
    const struct load_result *load = &r->loads[kind][index];
    double limit = load_limit(r->spec, kind, index);
    (void)part;
    if (m->b == LOAD_IS_LIMIT) return known(limit, true);
    if (m->b == LOAD_IS_MOST) return known(load->peak.most, load->peak.runs > 0);
    if (m->b == LOAD_IS_PERIOD) return known(sim_time_seconds(load_period(r->spec, kind, index)), true);
    if (m->b == LOAD_IS_PEAK) return moments_estimate(&load->peak, RESULT_LEVEL);
    if (m->b == LOAD_IS_REFUSED) return moments_estimate(&load->refused, RESULT_LEVEL);
    if (m->b == LOAD_IS_FULL) return ratio_estimate(&load->full, RESULT_LEVEL, true);
    const struct ratio *used = is_busiest(m->b) ? &load->busiest : &load->mean;
    struct estimate e = ratio_estimate(used, RESULT_LEVEL, limit > 0 && load_is_bounded(kind));
    if (m->b == LOAD_IS_HEADROOM || m->b == LOAD_IS_BUSIEST_HEADROOM) return rest_of(e);
    return m->unit == UNIT_COUNT && limit > 0 ? scaled(e, limit) : e;
}

/* ---- the lists ---- */

#define LOAD(name, kind)                                                                                               \
    {name ".limit", UNIT_COUNT, load_measure, kind, LOAD_IS_LIMIT},                                                    \
        {name ".mean", UNIT_COUNT, load_measure, kind, LOAD_IS_MEAN},                                                  \
        {name ".busiest", UNIT_COUNT, load_measure, kind, LOAD_IS_BUSIEST},                                            \
        {name ".peak", UNIT_COUNT, load_measure, kind, LOAD_IS_PEAK},                                                  \
        {name ".most", UNIT_COUNT, load_measure, kind, LOAD_IS_MOST},                                                  \
        {name ".utilisation", UNIT_SHARE, load_measure, kind, LOAD_IS_UTILISATION},                                    \
        {name ".busiest_utilisation", UNIT_SHARE, load_measure, kind, LOAD_IS_BUSIEST_UTILISATION},                    \
        {name ".headroom", UNIT_SHARE, load_measure, kind, LOAD_IS_HEADROOM},                                          \
        {name ".busiest_headroom", UNIT_SHARE, load_measure, kind, LOAD_IS_BUSIEST_HEADROOM},                          \
    {                                                                                                                  \
        name ".full", UNIT_SHARE, load_measure, kind, LOAD_IS_FULL                                                     \
    }
/* Where somebody is turned away because of the limit; else they wait. */
#define LOAD_REFUSES(name, kind)                                                                                       \
    LOAD(name, kind),                                                                                                  \
    {                                                                                                                  \
        name ".refused", UNIT_COUNT, load_measure, kind, LOAD_IS_REFUSED                                               \
    }

static const struct measure mail_measures[] = {{"messages", UNIT_COUNT, mail_messages, 0, 0},
                                               {"delivered_rate", UNIT_SHARE, mail_share, MAIL_DELIVERED, 0},
                                               {"bounce_rate", UNIT_SHARE, mail_share, MAIL_BOUNCED, 0},
                                               {"queued_rate", UNIT_SHARE, mail_share, MAIL_QUEUED, 0},
                                               {"latency.mean", UNIT_SECONDS, mail_mean, 0, 0},
                                               {"latency.p50", UNIT_SECONDS, mail_quantile, 5000, 0},
                                               {"latency.p90", UNIT_SECONDS, mail_quantile, 9000, 0},
                                               {"latency.p99", UNIT_SECONDS, mail_quantile, 9900, 0},
                                               {.name = NULL}};
static const struct measure mta_measures[] = {{"arrived", UNIT_COUNT, mta_moments, MTA_ARRIVED, 0},
                                              {"queries", UNIT_COUNT, mta_questions, 0, 0},
                                              {"queue.mean", UNIT_COUNT, mta_moments, MTA_QUEUE, 0},
                                              {"queue.peak", UNIT_COUNT, mta_moments, MTA_PEAK, 0},
                                              {"queue.growth", UNIT_COUNT, mta_moments, MTA_GROWTH, 0},
                                              {"queue.drained", UNIT_SECONDS, mta_moments, MTA_DRAINED, 0},
                                              LOAD("deliveries", LOAD_DELIVERIES),
                                              LOAD("runners", LOAD_RUNNERS),
                                              {.name = NULL}};
static const struct measure lane_measures[] = {LOAD("deliveries", LOAD_LANE), {.name = NULL}};
static const struct measure host_measures[] = {
    {"connections", UNIT_COUNT, host_moments, HOST_CONNECTIONS, 0},
    {"accepted", UNIT_COUNT, host_moments, HOST_ACCEPTED, 0},
    {"turned_away", UNIT_COUNT, host_moments, HOST_TURNED_AWAY, 0},
    {"busy", UNIT_COUNT, host_moments, HOST_BUSY, 0},
    LOAD_REFUSES("sessions", LOAD_SESSIONS),
    LOAD_REFUSES("client_sessions", LOAD_CLIENT_SESSIONS),
    LOAD_REFUSES("rate", LOAD_RATE),
    {"rate.period", UNIT_SECONDS, load_measure, LOAD_RATE, LOAD_IS_PERIOD},
    LOAD_REFUSES("client_rate", LOAD_CLIENT_RATE),
    {"client_rate.period", UNIT_SECONDS, load_measure, LOAD_CLIENT_RATE, LOAD_IS_PERIOD},
    LOAD_REFUSES("disk", LOAD_DISK),
    {.name = NULL}};
static const struct measure resolver_measures[] = {{"questions", UNIT_COUNT, resolver_questions, 0, 0},
                                                   {"cached_rate", UNIT_SHARE, resolver_cached, 0, 0},
                                                   {"packets", UNIT_COUNT, packets, 0, 0},
                                                   {.name = NULL}};
static const struct measure ns_measures[] = {
    {"packets", UNIT_COUNT, packets, 0, 0}, LOAD("demand", LOAD_DEMAND), {.name = NULL}};
static const struct measure *const lists[PART_COUNT] = {
    [PART_CLIENT] = mail_measures, [PART_DESTINATION] = mail_measures, [PART_MTA] = mta_measures,
    [PART_LANE] = lane_measures,   [PART_HOST] = host_measures,        [PART_RESOLVER] = resolver_measures,
    [PART_NS] = ns_measures};

static bool is_load(const struct measure *m)
{
    return m->of == load_measure;
}

/* Some need a limit, and of some loads only the mean is known. */
static bool applies(const struct world_spec *spec, uint32_t index, const struct measure *m)
{
    if (!is_load(m)) return true;
    enum load_kind kind = (enum load_kind)m->a;
    bool needs_limit = m->unit == UNIT_SHARE || m->b == LOAD_IS_LIMIT || m->b == LOAD_IS_REFUSED;
    if (needs_limit && load_limit(spec, kind, index) == 0) return false;
    return load_detail(spec, kind, index) >= (m->b == LOAD_IS_MEAN ? LOAD_MEAN : LOAD_ALL);
}

const struct measure *measure_next(const struct world_spec *spec, enum part part, uint32_t index,
                                   const struct measure *m)
{
    for (m = m ? m + 1 : lists[part]; m->name; m++)
        if (applies(spec, index, m)) return m;
    return NULL;
}

const struct measure *measure_find(enum part part, const char *name)
{
    for (const struct measure *m = lists[part]; m->name; m++)
        if (strcmp(m->name, name) == 0) return m;
    return NULL;
}

struct estimate measure_of(const struct result *r, enum part part, uint32_t index, const struct measure *m)
{
    if (!applies(r->spec, index, m)) return (struct estimate){.method = "none"};
    return m->of(r, part, index, m);
}

int part_next_load(enum part part, int kind)
{
    for (const struct measure *m = lists[part]; m->name; m++)
        if (is_load(m) && m->a > kind) return m->a;
    return -1;
}

/* ---- the parts ---- */

uint32_t part_count(const struct world_spec *spec, enum part part)
{
    switch (part) {
    case PART_CLIENT: return spec->client_count;
    case PART_DESTINATION: return spec->zone_count;
    case PART_MTA: return spec->mta_count;
    case PART_LANE: return load_count(spec, LOAD_LANE);
    case PART_HOST: return spec->mx_host_count;
    case PART_RESOLVER: return spec->resolver_count;
    case PART_NS: return spec->ns_count;
    case PART_COUNT: break;
    }
    return 0;
}

bool part_is_there(const struct result *r, enum part part, uint32_t index)
{
    if (part == PART_DESTINATION) return r->is_destination[index];
    if (part == PART_LANE) return r->loads[LOAD_LANE][index].peak.most > 0;
    return part != PART_HOST || !r->spec->mx_hosts[index].is_alias;
}

const char *part_name(const struct world_spec *spec, enum part part, uint32_t index)
{
    switch (part) {
    case PART_CLIENT: return spec->clients[index].name;
    case PART_DESTINATION: return spec->zones[index].name;
    case PART_MTA: return spec->mtas[index].name;
    case PART_LANE: return spec->zones[lane_zone(spec, index)].name;
    case PART_HOST: return spec->mx_hosts[index].host.name;
    case PART_RESOLVER: return spec->resolvers[index].name;
    case PART_NS: return spec->ns[index].host.name;
    case PART_COUNT: break;
    }
    return "";
}
