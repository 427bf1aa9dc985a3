/* models/profiles/resolver_tables.h - rows of resolvers' parameter tables:
 *
 *     SPAN(unbound.infra_host_ttl, "infra-host-ttl", S, SIM_LONGEST, "what is known of a server is forgotten after
 * this", MEASURED, "Unbound 1.17.1: a dead server probed again after 899.5 s")
 *
 * field of struct resolver_params, name in the software, bounds, what it does, how sure its value is, source. */
#pragma once
#include "models/profile.h"

#define S       SIM_SECOND
#define ROWS(a) (sizeof(a) / sizeof *(a))

#define ROW(field, name, type, least, most, choices, what, certainty, source)                                          \
    {                                                                                                                  \
        name, type, TOPIC_DNS, offsetof(struct resolver_params, field), 1, least, most, choices, what, certainty,      \
            source                                                                                                     \
    }
#define SPAN(field, name, least, most, what, certainty, source)                                                        \
    ROW(field, name, PARAM_DURATION, least, most, NULL, what, certainty, source)
#define COUNT(field, name, least, most, what, certainty, source)                                                       \
    ROW(field, name, PARAM_COUNT, least, most, NULL, what, certainty, source)
#define BOOL(field, name, what, certainty, source) ROW(field, name, PARAM_BOOL, 0, 1, NULL, what, certainty, source)

extern const struct resolver_profile profile_unbound, profile_bind, profile_pdns, profile_knot, profile_plain;
