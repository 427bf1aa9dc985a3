/* models/profiles/pdns.c - PowerDNS Recursor 4.8 with its default settings. */
#include "models/profiles/resolver_tables.h"

static const struct param table[] = {
    SPAN(query_timeout, "max-total-msec", 1, SIM_HOUR, "a question is given up after this", SOURCE_READ, "to come"),
};

const struct resolver_profile profile_pdns = {
    {"pdns", "PowerDNS Recursor 4.8 with its default settings", table, ROWS(table), NULL},
    {
        .selection = SELECT_PDNS,
        .query_timeout = 7 * S,
        .ttl_edge = TTL_EARLY,
        .failure_ttl = 60 * S,
        .cache_max_ttl = SIM_DAY,
        .cache_max_negative_ttl = SIM_HOUR,
        .heeds_icmp = true,
        .pdns = {.network_timeout = 1500 * SIM_MS},
    },
};
