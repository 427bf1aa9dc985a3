/* models/profiles/knot.c - Knot Resolver 5.6 with its default settings. */
#include "models/profiles/resolver_tables.h"

static const struct param table[] = {
    SPAN(query_timeout, "query_timeout", 1, SIM_HOUR, "a question is given up after this", SOURCE_READ, "to come"),
};

const struct resolver_profile profile_knot = {
    {"knot", "Knot Resolver 5.6 with its default settings", table, ROWS(table), NULL},
    {
        .selection = SELECT_KNOT,
        .query_timeout = 10 * S,
        .ttl_edge = TTL_LATE,
        .cache_min_ttl = 5 * S,
        .cache_max_ttl = SIM_DAY,
        .cache_max_negative_ttl = SIM_DAY,
        .heeds_icmp = true,
        .knot = {.default_timeout = 400 * SIM_MS},
    },
};
