/* models/profiles/kumomta.c - KumoMTA: gaps that double from 20 minutes, a week, no cap. */
#include "models/profiles/tables.h"

#define QUEUE "KumoMTA 2026-08-04, crates/kumod/src/queue/config.rs"
#define PATH  "KumoMTA 2026-08-04, docs/reference/kumo/make_egress_path/"

static const struct param table[] = {
    SPAN(retry_unit, TOPIC_RETRY, "retry_interval", S, LONG_TIME, "the first wait; it doubles with every attempt",
         SOURCE_READ, QUEUE),
    SPAN(maximal_backoff_time, TOPIC_RETRY, "max_retry_interval", 0, LONG_TIME, "the longest wait; 0s: none",
         SOURCE_READ, QUEUE ": none"),
    {"max_age", PARAM_DURATION, TOPIC_LIFE, AT(maximal_queue_lifetime), 2, 0, LONG_TIME, NULL,
     "mail whose next attempt would come after this is returned to its sender", SOURCE_READ, QUEUE "; queue.rs"},
    STEPS(STEP_CONNECT, STEP_CONNECT, "connect_timeout", "wait for a TCP connection", SOURCE_READ, PATH),
    STEPS(STEP_GREETING, STEP_GREETING, "banner_timeout", "wait for the greeting", SOURCE_READ, PATH),
    STEPS(STEP_EHLO, STEP_EHLO, "ehlo_timeout", "wait for the reply to EHLO", SOURCE_READ, PATH),
    STEPS(STEP_MAIL, STEP_MAIL, "mail_from_timeout", "wait for the reply to MAIL", SOURCE_READ, PATH),
    STEPS(STEP_RCPT, STEP_RCPT, "rcpt_to_timeout", "wait for the reply to RCPT", SOURCE_READ, PATH),
    STEPS(STEP_DATA_INIT, STEP_DATA_BLOCK, "data_timeout", "wait for the reply to DATA, and for text to be taken",
          SOURCE_READ, PATH),
    STEPS(STEP_DATA_DONE, STEP_DATA_DONE, "data_dot_timeout", "wait for the reply to the final dot", SOURCE_READ, PATH),
    COUNT(mx_address_limit, TOPIC_HOSTS, "max_mx_plan_size", 0, 1000, "addresses tried in one attempt; 0: all",
          SOURCE_READ, PATH "max_mx_plan_size.md: 50"),
    BOOL(smtp_pipelining, TOPIC_HOSTS, "enable_pipelining", "MAIL, RCPT and DATA share one round trip", GUESSED,
         PATH "enable_pipelining.md names the option; that it is on is our guess"),
    COUNT(destination_concurrency, TOPIC_LOAD, "connection_limit", 0, 1000000,
          "connections to one destination at a time; 0: no limit", SOURCE_READ,
          PATH ": 32; the shaping file that comes with it: 10"),
    COUNT(messages_per_connection, TOPIC_LOAD, "max_deliveries_per_connection", 0, 1000000,
          "messages down one connection; 0: no limit", SOURCE_READ, PATH ": 1024"),
    SPAN(connection_cache, TOPIC_LOAD, "idle_timeout", 0, SIM_HOUR,
         "a session is kept this long for the next message; 0s: never", SOURCE_READ, PATH ": 60 s"),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one egress source"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, "KumoMTA issues 65 and 271: even NXDOMAIN is a transient failure, 451 4.4.4"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "as glibc; KumoMTA brings a resolver library of its own"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "as glibc; KumoMTA brings a resolver library of its own"),
};

const struct mta_profile profile_kumomta = {
    {"kumomta", "KumoMTA of 2026 without traffic shaping", table, ROWS(table),
     "it waits retry_interval, then twice as long each time"},
    {
        .retry = RETRY_GEOMETRIC,
        .retry_unit = 20 * MIN,
        .retry_factor = 2,      /* config.rs delay_for_attempt; not settable */
        .retry_jitter = 30 * S, /* queue.rs: a fortieth of retry_interval, 30 s at most, either way */
        .expiry = EXPIRY_NEXT_TOO_LATE,
        .maximal_queue_lifetime = 7 * SIM_DAY,
        .bounce_queue_lifetime = 7 * SIM_DAY,
        /* No delay warning exists. */
        .timeout = {60 * S, 60 * S, 300 * S, 300 * S, 300 * S, 30 * S, 30 * S, 60 * S},
        KERNEL_VALUES,
        .mx_address_limit = 50,
        .smtp_pipelining = true,
        /* smtp_dispatcher.rs: until a host has greeted and taken EHLO, the next one; after that not, unless
         * try_next_host_on_transport_error is set. */
        .next_host =
            NEXT_AFTER_CONNECT | CAUSE_BIT(CAUSE_NO_GREETING) | CAUSE_BIT(CAUSE_HOST_BUSY) | CAUSE_BIT(CAUSE_BLOCKED),
        /* What comes before MAIL is temporary (issue 431), 552 as well; so are NXDOMAIN and a domain without address.
         */
        .permanent = CAUSE_BIT(CAUSE_NULL_MX) | CAUSE_BIT(CAUSE_MX_LOOP) | CAUSE_BIT(CAUSE_REJECTED) |
                     CAUSE_BIT(CAUSE_USER_UNKNOWN) | CAUSE_BIT(CAUSE_SUPPRESSED),
        .source_addresses = 1,
        .destination_concurrency = 32,
        .connection_cache = 60 * S,
        .messages_per_connection = 1024,
        .lookup_all = true,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* 4.4.4, 5.1.10, 4.4.1: smtp_dispatcher.rs; 5.4.7 on expiry: queue.rs. */
        .status = {REPLY_STATUS, CONNECT_STATUS, [CAUSE_DNS_TIMEOUT] = "4.4.4", [CAUSE_DNS_SERVFAIL] = "4.4.4",
                   [CAUSE_DNS_REFUSED] = "4.4.4", [CAUSE_DNS_FORMERR] = "4.4.4", [CAUSE_DNS_NOTIMP] = "4.4.4",
                   [CAUSE_DNS_NXDOMAIN] = "4.4.4", [CAUSE_DNS_NODATA] = "4.4.4", [CAUSE_NULL_MX] = "5.1.10",
                   [CAUSE_MX_NO_ADDRESS] = "4.4.4"},
        .expired_status = "5.4.7",
    },
};
