/* models/profiles/bind.c - BIND 9.18 with its default options. */
#include "models/profiles/resolver_tables.h"

#define BIND "BIND 9.18.49, "

static const struct param table[] = {
    SPAN(query_timeout, "resolver-query-timeout", 301 * SIM_MS, 30 * S, "a question is given up after this", MEASURED,
         "BIND 9.18.49: SERVFAIL after 10.00 s"),
    COUNT(bind.max_recursion_queries, "max-recursion-queries", 1, 10000, "packets sent for one question", SOURCE_READ,
          BIND "lib/dns/resolver.c"),
    COUNT(clients_per_query, "clients-per-query", 0, 100000,
          "so many may wait for one question, more get no answer; 0: no limit", MEASURED,
          "BIND 9.18.49: the 11th gets no answer"),
    COUNT(max_clients_per_query, "max-clients-per-query", 0, 100000, "the limit adapts itself up to this", SOURCE_READ,
          BIND "doc/arm/reference.rst"),
    SPAN(failure_ttl, "servfail-ttl", 0, 30 * S, "SERVFAIL is remembered this long", MEASURED,
         "BIND 9.18.49: asked again after 1 to 2 s"),
    SPAN(cache_min_ttl, "min-cache-ttl", 0, 90 * S, "the shortest time an answer is kept", SOURCE_READ,
         BIND "doc/arm/reference.rst"),
    SPAN(cache_max_ttl, "max-cache-ttl", 0, SIM_LONGEST, "the longest time an answer is kept", SOURCE_READ,
         BIND "doc/arm/reference.rst"),
    SPAN(cache_max_negative_ttl, "max-ncache-ttl", 0, SIM_WEEK, "the longest time a 'no' is kept", SOURCE_READ,
         BIND "doc/arm/reference.rst"),
    BOOL(serve_stale, "stale-answer-enable", "answers with what has ended while nothing newer can be had", SOURCE_READ,
         BIND "doc/arm/reference.rst; stale-cache-enable goes with it"),
    SPAN(stale_max, "max-stale-ttl", 0, SIM_LONGEST, "for so long after its end", SOURCE_READ,
         BIND "doc/arm/reference.rst"),
    SPAN(stale_client_timeout, "stale-answer-client-timeout", 0, SIM_LONGEST,
         "a client gets it after so long; 0s: at once; by default only when all has failed", SOURCE_READ,
         BIND "doc/arm/reference.rst"),
    SPAN(stale_refresh_time, "stale-refresh-time", 0, SIM_HOUR,
         "after a failure it is served at once, and nobody asked, for so long", SOURCE_READ,
         BIND "doc/arm/reference.rst"),
};

const struct resolver_profile profile_bind = {
    {"bind", "BIND 9.18 with its default options", table, ROWS(table), NULL},
    {
        .selection = SELECT_BIND,
        .query_timeout = 10 * S,
        .clients_per_query = 10,
        .max_clients_per_query = 100,
        .ttl_edge = TTL_EARLY,
        .failure_ttl = 1 * S,
        .cache_max_ttl = 7 * SIM_DAY,
        .cache_max_negative_ttl = 3 * SIM_HOUR,
        .stale_max = SIM_DAY,
        .stale_client_timeout = SIM_LONGEST,
        .stale_refresh_time = 30 * S,
        .bogus_ttl = 60 * S,
        .heeds_icmp = true,
        .bind =
            {
                .retry_timeout = 800 * SIM_MS,
                .flat_rounds = 2,
                .try_timeout_max = 9 * S,
                .max_recursion_queries = 50,
            },
    },
};
