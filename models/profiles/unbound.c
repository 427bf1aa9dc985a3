/* models/profiles/unbound.c - Unbound 1.17 as Debian 12 ships it. */
#include "models/profiles/resolver_tables.h"

#define UNBOUND "Unbound 1.17.1, "

static const struct param table[] = {
    SPAN(unbound.unknown_server_timeout, "unknown-server-time-limit", SIM_MS, SIM_HOUR,
         "wait for a server not asked yet", MEASURED, "Unbound 1.17.1: 377 ms; util/rtt.c"),
    SPAN(unbound.rto_min, "infra-cache-min-rtt", SIM_MS, SIM_HOUR, "the shortest wait", SOURCE_READ,
         UNBOUND "util/rtt.c RTT_MIN_TIMEOUT"),
    SPAN(unbound.rto_max, "infra-cache-max-rtt", SIM_MS, SIM_HOUR,
         "the longest wait; a server that reaches it is held to be down", SOURCE_READ,
         UNBOUND "util/rtt.c RTT_MAX_TIMEOUT"),
    SPAN(unbound.infra_host_ttl, "infra-host-ttl", S, SIM_LONGEST, "what is known of a server is forgotten after this",
         MEASURED, "Unbound 1.17.1: a dead server probed again after 899.5 s"),
    COUNT(unbound.max_sent_count, "max-sent-count", 1, 10000, "packets sent for one question", SOURCE_READ,
          UNBOUND "iterator/iterator.h MAX_SENT_COUNT"),
    COUNT(unbound.outbound_msg_retry, "outbound-msg-retry", 1, 250, "packets sent to one server for one question",
          SOURCE_READ, UNBOUND "util/config_file.c"),
    SPAN(discard_timeout, "discard-timeout", 0, SIM_HOUR,
         "an answer that took longer is not sent to the client; 0s: always sent", MEASURED,
         "Unbound 1.17.1-2+deb12u4 (Debian 12): later answers are dropped"),
    SPAN(cache_min_ttl, "cache-min-ttl", 0, SIM_LONGEST, "the shortest time an answer is kept", SOURCE_READ,
         UNBOUND "util/config_file.c"),
    SPAN(cache_max_ttl, "cache-max-ttl", 0, SIM_LONGEST, "the longest time an answer is kept", SOURCE_READ,
         UNBOUND "util/config_file.c"),
    SPAN(cache_max_negative_ttl, "cache-max-negative-ttl", 0, SIM_LONGEST, "the longest time a 'no' is kept",
         SOURCE_READ, UNBOUND "util/config_file.c"),
    BOOL(serve_stale, "serve-expired", "answers with what has ended while nothing newer can be had", SOURCE_READ,
         UNBOUND "util/config_file.c"),
    SPAN(stale_max, "serve-expired-ttl", 0, SIM_LONGEST, "for so long after its end", SOURCE_READ,
         UNBOUND "util/config_file.c: 0, no limit; here as the longest span"),
    SPAN(stale_client_timeout, "serve-expired-client-timeout", 0, SIM_HOUR,
         "a client gets it after so long; 0s: at once", SOURCE_READ, UNBOUND "util/config_file.c"),
};

const struct resolver_profile profile_unbound = {
    {"unbound", "Unbound 1.17 as Debian 12 ships it", table, ROWS(table), NULL},
    {
        .selection = SELECT_UNBOUND,
        .discard_timeout = 1900 * SIM_MS,
        .ttl_edge = TTL_LATE,
        .failure_ttl = 5 * S,
        .cache_max_ttl = SIM_DAY,
        .cache_max_negative_ttl = SIM_HOUR,
        .stale_max = SIM_LONGEST,
        .bogus_ttl = 60 * S,
        .heeds_icmp = false,
        .unbound =
            {
                .unknown_server_timeout = 376 * SIM_MS,
                .rto_min = 50 * SIM_MS,
                .rto_max = 120 * S,
                .probe_rto = 12 * S,
                .server_band = 400 * SIM_MS,
                .infra_host_ttl = 900 * S,
                .resend_below = 5 * S,
                .max_sent_count = 32,
                .outbound_msg_retry = 5,
            },
    },
};
