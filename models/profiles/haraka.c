/* models/profiles/haraka.c - Haraka's outbound queue: gaps that double from 64 s, 13 attempts. */
#include "models/profiles/tables.h"

#define SOURCE "Haraka 3.1.6, outbound/"
#define CONFIG SOURCE "config.js"
#define HMAIL  SOURCE "hmail.js"

static const struct param table[] = {
    SPANS(retry_gaps, TOPIC_RETRY, "temp_fail_intervals", S, LONG_TIME,
          "waits after the 1st, 2nd, ... failure; give maxTempFailures one more than their number", SOURCE_READ,
          CONFIG ": 2^(i+5) s"),
    COUNT(max_attempts, TOPIC_LIFE, "maxTempFailures", 1, 1000,
          "the temporary failure of this number returns the mail to its sender", SOURCE_READ, CONFIG),
    STEPS(STEP_CONNECT, STEP_DATA_DONE, "connect_timeout",
          "wait for a TCP connection; the socket keeps this limit for every reply", SOURCE_READ,
          CONFIG "; " SOURCE "client_pool.js"),
    COUNT(process_limit, TOPIC_LOAD, "concurrency_max", 1, 1000000, "deliveries at a time", SOURCE_READ,
          "Haraka 3.1.6, config/outbound.ini"),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, HMAIL " found_mx: every error but \"not found\" is temporary"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "as glibc; Node's c-ares has times of its own"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "as glibc; Node's c-ares has times of its own"),
};

const struct mta_profile profile_haraka = {
    {"haraka", "Haraka 3.1 with its default outbound settings", table, ROWS(table),
     "it waits 64 s, then twice as long each time"},
    {
        .retry = RETRY_LIST,
        .retry_gaps = {{64 * S, 128 * S, 256 * S, 512 * S, 1024 * S, 2048 * S, 4096 * S, 8192 * S, 16384 * S, 32768 * S,
                        65536 * S, 131072 * S},
                       12},
        .max_attempts = 13,
        .expiry = EXPIRY_AT_ATTEMPT,
        .maximal_queue_lifetime = LONG_TIME, /* the failures are counted, not the days */
        .bounce_queue_lifetime = LONG_TIME,
        /* No delay warning exists. */
        .timeout = {30 * S, 30 * S, 30 * S, 30 * S, 30 * S, 30 * S, 30 * S, 30 * S},
        KERNEL_VALUES,
        /* hmail.js: only silence and broken connections move on; every reply, also 421, ends the attempt. */
        .next_host = NEXT_AFTER_CONNECT | CAUSE_BIT(CAUSE_NO_GREETING) | CAUSE_BIT(CAUSE_SESSION_LOST),
        /* try_deliver: hosts without address count as tried, which is a temporary failure. */
        .permanent = (PERMANENT_DNS & ~CAUSE_BIT(CAUSE_MX_NO_ADDRESS)) | PERMANENT_5YZ,
        .source_addresses = 1,
        .process_limit = 100,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* hmail.js found_mx (addr_unspecified, addr_bad_dest_system) and try_deliver: "Tried all MXs" whatever the
         * cause. On giving up 4.x.x becomes 5.x.x (convert_temp_failed_to_bounce): of "Tried all MXs", 5.1.2. */
        .status =
            {REPLY_STATUS, [CAUSE_DNS_TIMEOUT] = "4.1.0", [CAUSE_DNS_SERVFAIL] = "4.1.0", [CAUSE_DNS_REFUSED] = "4.1.0",
             [CAUSE_DNS_FORMERR] = "4.1.0", [CAUSE_DNS_NOTIMP] = "4.1.0", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
             [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.2", [CAUSE_MX_NO_ADDRESS] = "4.1.2",
             [CAUSE_MX_LOOP] = "5.4.6", [CAUSE_CONNECT_REFUSED] = "4.1.2", [CAUSE_CONNECT_TIMEOUT] = "4.1.2",
             [CAUSE_NO_ROUTE] = "4.1.2", [CAUSE_NO_GREETING] = "4.1.2", [CAUSE_SESSION_LOST] = "4.1.2"},
        .expired_status = "5.1.2",
    },
};
