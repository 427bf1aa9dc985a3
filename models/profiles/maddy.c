/* models/profiles/maddy.c - maddy: gaps of whole multiples of 15 minutes, 20 attempts. */
#include "models/profiles/tables.h"

#define SOURCE "maddy 0.9.4, internal/"
#define QUEUE  SOURCE "target/queue/queue.go"
#define REMOTE SOURCE "target/remote/remote.go"

static const struct param table[] = {
    COUNT(max_attempts, TOPIC_LIFE, "max_tries", 1, 1000,
          "the failed attempt of this number returns the mail to its sender", SOURCE_READ, QUEUE),
    STEPS(STEP_CONNECT, STEP_CONNECT, "connect_timeout", "wait for a TCP connection; the kernel may end it before",
          SOURCE_READ, SOURCE "smtpconn/smtpconn.go"),
    STEPS(STEP_GREETING, STEP_DATA_BLOCK, "command_timeout", "wait for the greeting and for the reply to each command",
          SOURCE_READ, SOURCE "smtpconn/smtpconn.go"),
    STEPS(STEP_DATA_DONE, STEP_DATA_DONE, "submission_timeout", "wait for the reply to the final dot", SOURCE_READ,
          REMOTE ": 5 min; the library's own: 12 min"),
    COUNT(process_limit, TOPIC_LOAD, "max_parallelism", 1, 1000000, "deliveries at a time", SOURCE_READ, QUEUE),
    SPAN(connection_cache, TOPIC_LOAD, "conn_max_idle_time", 0, SIM_HOUR,
         "a session is kept this long for the next message; 0s: never", SOURCE_READ, REMOTE),
    COUNT(messages_per_connection, TOPIC_LOAD, "conn_reuse_limit", 0, 1000000,
          "messages down one connection; 0: no limit", SOURCE_READ, REMOTE),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, SOURCE "target/remote/connect.go lookupMX: no answer and SERVFAIL are 451"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "as glibc; Go has a resolver of its own that reads resolv.conf"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "as glibc; Go has a resolver of its own that reads resolv.conf"),
};

const struct mta_profile profile_maddy = {
    {"maddy", "maddy 0.9 with its default queue", table, ROWS(table),
     "it waits 15 minutes times 1.25 to the power of the failures before, the fraction dropped"},
    {
        .retry = RETRY_GEOMETRIC,
        .retry_unit = 15 * MIN, /* queue.go NewQueue; not settable. The manual says 1.2. */
        .retry_factor = 1.25,
        .retry_factor_whole = true, /* tryDelivery: a cast drops the fraction */
        .max_attempts = 20,
        .expiry = EXPIRY_AT_ATTEMPT,
        .maximal_queue_lifetime = LONG_TIME, /* the attempts are counted, not the days */
        .bounce_queue_lifetime = LONG_TIME,
        /* No delay warning exists. */
        .timeout = {300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S},
        KERNEL_VALUES,
        /* connect.go: until EHLO has been taken the next host, whatever the reply; after that none. */
        .next_host =
            NEXT_AFTER_CONNECT | CAUSE_BIT(CAUSE_NO_GREETING) | CAUSE_BIT(CAUSE_HOST_BUSY) | CAUSE_BIT(CAUSE_BLOCKED),
        /* smtpconn.go: 552 is read as 452 (RFC 5321 section 4.5.3.1.10). framework/dns/dnssec.go RCodeError: SERVFAIL
         * is the only temporary RCODE. */
        .permanent = PERMANENT_DNS | (PERMANENT_5YZ & ~CAUSE_BIT(CAUSE_MAILBOX_FULL)) | CAUSE_BIT(CAUSE_DNS_REFUSED) |
                     CAUSE_BIT(CAUSE_DNS_FORMERR) | CAUSE_BIT(CAUSE_DNS_NOTIMP),
        .source_addresses = 1,
        .process_limit = 16,
        .connection_cache = 150 * S,
        .messages_per_connection = 10,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* connect.go: lookupMX X.4.4, newConn X.4.0 and 5.1.10; smtpconn.go: 4.4.2. */
        .status =
            {REPLY_STATUS, [CAUSE_DNS_TIMEOUT] = "4.4.4", [CAUSE_DNS_SERVFAIL] = "4.4.4", [CAUSE_DNS_REFUSED] = "5.4.4",
             [CAUSE_DNS_FORMERR] = "5.4.4", [CAUSE_DNS_NOTIMP] = "5.4.4", [CAUSE_DNS_NXDOMAIN] = "5.4.4",
             [CAUSE_DNS_NODATA] = "5.4.4", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.4.0",
             [CAUSE_MX_LOOP] = "5.4.6", [CAUSE_CONNECT_REFUSED] = "4.4.0", [CAUSE_CONNECT_TIMEOUT] = "4.4.0",
             [CAUSE_NO_ROUTE] = "4.4.0", [CAUSE_NO_GREETING] = "4.4.0", [CAUSE_SESSION_LOST] = "4.4.2"},
    },
};
