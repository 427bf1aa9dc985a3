/* models/load_kind.h - what in a world is used up by load, and how much of it there is: slots of MTAs, sessions, rates
 * and disks of MX hosts, questions of name servers. Pure. */
#pragma once
#include "models/spec.h"
#include "sim/load.h"

/* Each kind has one load for each index: an MTA, a lane, an MX host or a name server. */
enum load_kind {
    LOAD_DELIVERIES,      /* MTA: deliveries under way; limit: process_limit */
    LOAD_RUNNERS,         /* MTA: queue runners; limit: queue_runners */
    LOAD_LANE,            /* lane: deliveries of one MTA to one destination; limit: destination_concurrency */
    LOAD_SESSIONS,        /* MX host: sessions */
    LOAD_CLIENT_SESSIONS, /* MX host: sessions of the MTA that has most; limit: sessions_per_client */
    LOAD_RATE,            /* MX host: messages in each `per` of its limit "messages" */
    LOAD_CLIENT_RATE,     /* MX host: those of the MTA that sends most, of its limit "messages_per_client" */
    LOAD_DISK,            /* MX host: messages on its disk; limit: holds */
    LOAD_DEMAND,          /* name server: questions a second that reach it, but for those of this world's resolvers */
    LOAD_KIND_COUNT
};

/* A lane is what one MTA sends to one zone: number mta * zone_count + zone. More than this are not counted: an array of
 * them would outgrow the rest of a run's numbers. */
#define LANES_MAX 4096
static inline uint32_t lane_mta(const struct world_spec *spec, uint32_t lane)
{
    return lane / spec->zone_count;
}
static inline uint32_t lane_zone(const struct world_spec *spec, uint32_t lane)
{
    return lane % spec->zone_count;
}

/* How much is known of a load. */
enum load_detail {
    LOAD_NOTHING, /* nothing: what is not limited is not counted */
    LOAD_MEAN,    /* its mean: sessions of a host without a memory are worked out ahead, in no order (models/smtp.c) */
    LOAD_ALL
};

/* "deliveries", "sessions", ...: the beginning of its measures' names. */
const char *load_kind_name(enum load_kind kind);

/* Indices of a kind, those of which nothing is known included. */
uint32_t load_count(const struct world_spec *spec, enum load_kind kind);

enum load_detail load_detail(const struct world_spec *spec, enum load_kind kind, uint32_t index);

/* How much there is; 0: no limit. */
double load_limit(const struct world_spec *spec, enum load_kind kind, uint32_t index);

/* What a rate is counted in; 0 of all else. */
sim_time load_period(const struct world_spec *spec, enum load_kind kind, uint32_t index);

/* Can never more be in use than there is? Else more may be asked for than is given. */
bool load_is_bounded(enum load_kind kind);

/* The limit of a struct load. */
static inline uint32_t load_bound(uint32_t limit)
{
    return limit > 0 ? limit : LOAD_NO_LIMIT;
}
