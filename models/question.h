/* models/question.h - the DNS questions a world can ask, numbered: so that a cache is an array. Pure. */
#pragma once
#include "models/spec.h"

/* QUESTION_NS asks the parent for a zone's delegation. */
enum question_type { QUESTION_MX, QUESTION_A, QUESTION_AAAA, QUESTION_NS, QUESTION_TYPES };

/* Numbers: QUESTION_TYPES * zone + type for a zone's own name, then the same for MX hosts, then for name servers. */
static inline uint32_t question_of_zone(uint32_t zone, enum question_type type)
{
    return QUESTION_TYPES * zone + (uint32_t)type;
}
static inline uint32_t question_of_host(const struct world_spec *spec, uint32_t mx_host, enum question_type type)
{
    return QUESTION_TYPES * (spec->zone_count + mx_host) + (uint32_t)type;
}
static inline uint32_t question_of_ns(const struct world_spec *spec, uint32_t ns, enum question_type type)
{
    return QUESTION_TYPES * (spec->zone_count + spec->mx_host_count + ns) + (uint32_t)type;
}
static inline uint32_t question_count(const struct world_spec *spec)
{
    return QUESTION_TYPES * (spec->zone_count + spec->mx_host_count + spec->ns_count);
}
static inline enum question_type question_type(uint32_t question)
{
    return (enum question_type)(question % QUESTION_TYPES);
}
/* The name asked for; the zone it stands in, which may be a mail domain without servers of its own; and the zone whose
 * servers are asked: for a zone's delegation its parent (SPEC_NONE: it has none that is modelled). */
const char *question_name(const struct world_spec *spec, uint32_t question);
uint32_t question_home(const struct world_spec *spec, uint32_t question);
uint32_t question_zone(const struct world_spec *spec, uint32_t question);
/* An alias (CNAME) that leads out of the zone whose servers are asked: the question that its target leaves to others;
 * SPEC_NONE: these servers know all of the answer. */
uint32_t question_beyond(const struct world_spec *spec, uint32_t question);
/* What a healthy server of that zone answers: DNS_OK or DNS_NODATA. All addresses are IPv4. */
enum dns_status question_truth(const struct world_spec *spec, uint32_t question);
const char *question_type_name(enum question_type type);
