/* models/load_kind.c - see models/load_kind.h. */
#include "models/load_kind.h"

const char *load_kind_name(enum load_kind kind)
{
    static const char *const names[LOAD_KIND_COUNT] = {[LOAD_DELIVERIES] = "deliveries",
                                                       [LOAD_RUNNERS] = "runners",
                                                       [LOAD_LANE] = "deliveries",
                                                       [LOAD_SESSIONS] = "sessions",
                                                       [LOAD_CLIENT_SESSIONS] = "client_sessions",
                                                       [LOAD_RATE] = "rate",
                                                       [LOAD_CLIENT_RATE] = "client_rate",
                                                       [LOAD_DISK] = "disk",
                                                       [LOAD_DEMAND] = "demand"};
    return names[kind];
}

uint32_t load_count(const struct world_spec *spec, enum load_kind kind)
{
    uint64_t lanes = (uint64_t)spec->mta_count * spec->zone_count;
    switch (kind) {
    case LOAD_DELIVERIES:
    case LOAD_RUNNERS: return spec->mta_count;
    case LOAD_LANE: return lanes <= LANES_MAX ? (uint32_t)lanes : 0;
    case LOAD_SESSIONS:
    case LOAD_CLIENT_SESSIONS:
    case LOAD_RATE:
    case LOAD_CLIENT_RATE:
    case LOAD_DISK: return spec->mx_host_count;
    case LOAD_DEMAND: return spec->ns_count;
    case LOAD_KIND_COUNT: break;
    }
    return 0;
}

double load_limit(const struct world_spec *spec, enum load_kind kind, uint32_t index)
{
    switch (kind) {
    case LOAD_DELIVERIES: return spec->mtas[index].params.process_limit;
    case LOAD_RUNNERS: return spec->mtas[index].params.queue_runners;
    case LOAD_LANE: return spec->mtas[lane_mta(spec, index)].params.destination_concurrency;
    case LOAD_SESSIONS: return spec->mx_hosts[index].limits.sessions;
    case LOAD_CLIENT_SESSIONS: return spec->mx_hosts[index].limits.sessions_per_client;
    case LOAD_RATE: return spec->mx_hosts[index].limits.messages.count;
    case LOAD_CLIENT_RATE: return spec->mx_hosts[index].limits.messages_per_client.count;
    case LOAD_DISK: return spec->mx_hosts[index].limits.holds;
    case LOAD_DEMAND: return spec->ns[index].capacity;
    case LOAD_KIND_COUNT: break;
    }
    return 0;
}

sim_time load_period(const struct world_spec *spec, enum load_kind kind, uint32_t index)
{
    if (kind == LOAD_RATE) return spec->mx_hosts[index].limits.messages.per;
    if (kind == LOAD_CLIENT_RATE) return spec->mx_hosts[index].limits.messages_per_client.per;
    return 0;
}

enum load_detail load_detail(const struct world_spec *spec, enum load_kind kind, uint32_t index)
{
    bool counted = load_limit(spec, kind, index) > 0;
    switch (kind) {
    case LOAD_DELIVERIES: counted = mta_params_limited(&spec->mtas[index].params); break;
    case LOAD_LANE: counted = mta_params_limited(&spec->mtas[lane_mta(spec, index)].params); break;
    case LOAD_SESSIONS:
        if (spec->mx_hosts[index].is_alias) return LOAD_NOTHING;
        return mx_host_remembers(&spec->mx_hosts[index]) ? LOAD_ALL : LOAD_MEAN;
    case LOAD_DEMAND: counted = spec->ns[index].capacity > 0 || spec->ns[index].queries > 0; break;
    default: break;
    }
    return counted ? LOAD_ALL : LOAD_NOTHING;
}

bool load_is_bounded(enum load_kind kind)
{
    /* Disks: who got past RCPT may still bring its text. */
    return kind != LOAD_RATE && kind != LOAD_CLIENT_RATE && kind != LOAD_DISK && kind != LOAD_DEMAND;
}
