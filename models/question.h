/* models/question.h - the DNS questions a world can ask, numbered: so that a cache is an array. Pure. */
#pragma once
#include "models/spec.h"

enum question_type { QUESTION_MX, QUESTION_A, QUESTION_AAAA };

/* Numbers: 3 * zone + type for a zone's own name, then the same for MX hosts. */
static inline uint32_t question_of_zone(uint32_t zone, enum question_type type)
{
    return 3 * zone + (uint32_t)type;
}
static inline uint32_t question_of_host(const struct world_spec *spec, uint32_t mx_host, enum question_type type)
{
    return 3 * (spec->zone_count + mx_host) + (uint32_t)type;
}
static inline uint32_t question_count(const struct world_spec *spec)
{
    return 3 * (spec->zone_count + spec->mx_host_count);
}
static inline enum question_type question_type(uint32_t question)
{
    return (enum question_type)(question % 3);
}
/* The name asked for, and the zone whose servers answer. */
const char *question_name(const struct world_spec *spec, uint32_t question);
uint32_t question_zone(const struct world_spec *spec, uint32_t question);
/* What a healthy server of that zone answers: DNS_OK or DNS_NODATA. All addresses are IPv4. */
enum dns_status question_truth(const struct world_spec *spec, uint32_t question);
const char *question_type_name(enum question_type type);
