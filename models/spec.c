/* models/spec.c - see models/spec.h. */
#include "models/spec.h"

const char *fault_kind_name(enum fault_kind kind)
{
    static const char *const names[FAULT_KIND_COUNT] = {
        [FAULT_NONE] = "none",
        [FAULT_SLOW] = "slow",
        [FAULT_LOSSY] = "lossy",
        [FAULT_OVERLOADED] = "overloaded",
        [FAULT_UNSIGNED] = "unsigned",
        [FAULT_BOGUS] = "bogus",
        [FAULT_MISDELEGATED] = "misdelegated",
        [FAULT_TEMPFAILING] = "tempfailing",
        [FAULT_REJECTING] = "rejecting",
        [FAULT_BUSY] = "busy",
        [FAULT_DISK_FULL] = "disk_full",
        [FAULT_BLOCKING] = "blocking",
        [FAULT_NO_GREETING] = "no_greeting",
        [FAULT_NOTIMP] = "notimp",
        [FAULT_FORMERR] = "formerr",
        [FAULT_UNREACHABLE] = "unreachable",
        [FAULT_EMPTY] = "empty",
        [FAULT_NXDOMAIN] = "nxdomain",
        [FAULT_LAME] = "lame",
        [FAULT_REFUSED] = "refused",
        [FAULT_SERVFAIL] = "servfail",
        [FAULT_REFUSING] = "refusing",
        [FAULT_SILENT] = "silent",
    };
    return names[kind];
}

bool fault_fits(enum fault_kind kind, enum target_kind target)
{
    switch (kind) {
    case FAULT_SILENT:
    case FAULT_REFUSING: return target != TARGET_ZONE;
    case FAULT_OVERLOADED: return target == TARGET_NS;
    case FAULT_UNSIGNED:
    case FAULT_MISDELEGATED:
    case FAULT_BOGUS: return target == TARGET_ZONE;
    case FAULT_SLOW:
    case FAULT_LOSSY: return target == TARGET_NS || target == TARGET_MX_HOST;
    case FAULT_UNREACHABLE: return target == TARGET_NS || target == TARGET_MX_HOST || target == TARGET_RESOLVER;
    case FAULT_TEMPFAILING:
    case FAULT_DISK_FULL:
    case FAULT_REJECTING:
    case FAULT_BUSY:
    case FAULT_BLOCKING:
    case FAULT_NO_GREETING: return target == TARGET_MX_HOST;
    case FAULT_LAME: return target == TARGET_NS || target == TARGET_ZONE;
    case FAULT_NOTIMP:
    case FAULT_FORMERR: return target == TARGET_NS || target == TARGET_RESOLVER;
    case FAULT_EMPTY:
    case FAULT_NXDOMAIN:
    case FAULT_REFUSED:
    case FAULT_SERVFAIL: return target == TARGET_NS || target == TARGET_RESOLVER || target == TARGET_ZONE;
    case FAULT_NONE:
    case FAULT_KIND_COUNT: break;
    }
    return false;
}

bool mx_host_remembers(const struct mx_host_spec *host)
{
    const struct limit_spec *l = &host->limits;
    return host->greylist.on || l->sessions || l->sessions_per_client || l->messages.count ||
           l->messages_per_client.count || l->holds;
}

const char *spec_target_name(const struct world_spec *spec, struct fault_target target)
{
    switch (target.kind) {
    case TARGET_NS: return spec->ns[target.index].host.name;
    case TARGET_MX_HOST: return spec->mx_hosts[target.index].host.name;
    case TARGET_RESOLVER: return spec->resolvers[target.index].name;
    case TARGET_MTA: return spec->mtas[target.index].name;
    case TARGET_ZONE: return spec->zones[target.index].name;
    case TARGET_KIND_COUNT: break;
    }
    return "?";
}

uint32_t spec_destinations(const struct world_spec *spec, bool *marks)
{
    uint32_t count = 0;
    for (uint32_t z = 0; z < spec->zone_count; z++) marks[z] = false;
    for (uint32_t i = 0; i < spec->client_count; i++)
        for (uint32_t k = 0; k < spec->clients[i].to_count; k++) {
            uint32_t zone = spec->clients[i].to[k].zone;
            count += !marks[zone];
            marks[zone] = true;
        }
    return count;
}

double spec_expected_messages(const struct world_spec *spec)
{
    double sum = 0;
    for (uint32_t i = 0; i < spec->client_count; i++) {
        const struct client_spec *c = &spec->clients[i];
        if (c->rate > 0) sum += c->rate * sim_time_seconds(spec->mail);
        if (c->every > 0 && c->at < spec->mail) {
            sim_time messages = (spec->mail - 1 - c->at) / c->every + 1;
            sum += (double)messages;
        }
        sum += c->count;
    }
    return sum;
}
