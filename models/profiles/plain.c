/* models/profiles/plain.c - the resolver of the textbooks: servers by turns, three tries, no memory of servers. */
#include "models/profiles/resolver_tables.h"

static const struct param table[] = {
    SPAN(textbook.timeout, "timeout", SIM_MS, SIM_HOUR, "wait for one reply", SOURCE_READ,
         "RFC 1123 section 6.1.3.3: 5 s at least by default"),
    COUNT(textbook.attempts, "attempts", 1, 1000, "packets sent for one question", DEFINITION,
          "ours: the exact laws of repeated trials hold for it"),
    SPAN(failure_ttl, "failure_ttl", 0, SIM_HOUR, "SERVFAIL is remembered this long", DEFINITION,
         "ours; RFC 9520 asks for 1 s at least"),
    SPAN(cache_max_ttl, "cache_max_ttl", 0, SIM_LONGEST, "the longest time an answer is kept", DEFINITION,
         "ours; RFC 8767 section 4 recommends a week"),
    SPAN(cache_max_negative_ttl, "cache_max_negative_ttl", 0, SIM_LONGEST, "the longest time a 'no' is kept",
         SOURCE_READ, "RFC 2308 section 5: one to three hours"),
    BOOL(serve_stale, "serve_stale", "answers with what has ended while nothing newer can be had", DEFINITION,
         "RFC 8767 allows it"),
    SPAN(stale_max, "stale_max", S, SIM_LONGEST, "for so long after its end", SOURCE_READ,
         "RFC 8767 section 5: one to three days"),
    SPAN(stale_client_timeout, "stale_client_timeout", 0, SIM_HOUR, "a client gets it after so long; 0s: at once",
         SOURCE_READ, "RFC 8767 section 5: 1.8 s"),
    SPAN(stale_refresh_time, "stale_refresh_time", 0, SIM_HOUR,
         "after a failure it is served at once, and nobody asked, for so long", SOURCE_READ,
         "RFC 8767 section 5: 30 s"),
    BOOL(validates, "validates", "checks DNSSEC signatures", DEFINITION, "ours"),
    BOOL(heeds_icmp, "heeds_icmp", "a closed port counts as a failed try at once, where the error gets through",
         DEFINITION, "ours"),
};

const struct resolver_profile profile_plain = {
    {"textbook", "the resolver of the textbooks: servers by turns, no memory of them", table, ROWS(table), NULL},
    {
        .selection = SELECT_TEXTBOOK,
        .ttl_edge = TTL_EXACT,
        .failure_ttl = 1 * S,
        .cache_max_ttl = 7 * SIM_DAY,
        .cache_max_negative_ttl = 3 * SIM_HOUR,
        .stale_max = SIM_DAY,
        .stale_client_timeout = 1800 * SIM_MS,
        .stale_refresh_time = 30 * S,
        .bogus_ttl = 60 * S,
        .heeds_icmp = true,
        .textbook = {.timeout = 5 * S, .attempts = 3},
    },
};
