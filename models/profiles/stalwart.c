/* models/profiles/stalwart.c - Stalwart: eight tries in 28 hours, none between 4 h and 28 h, given up after 3 days. */
#include "models/profiles/tables.h"

#define SOURCE   "Stalwart 0.16.19, crates/"
#define QUEUE    SOURCE "common/src/config/smtp/queue.rs"
#define DEFAULTS SOURCE "common/src/manager/defaults.rs"
#define DELIVERY SOURCE "smtp/src/outbound/delivery.rs"

static const struct param table[] = {
    SPANS(retry_gaps, TOPIC_RETRY, "schedule.retry", S, LONG_TIME,
          "waits after the 1st, 2nd, ... attempt; the last repeats", SOURCE_READ, DEFAULTS "; " QUEUE),
    SPAN(maximal_queue_lifetime, TOPIC_LIFE, "schedule.expire", 0, LONG_TIME,
         "to the second after this, mail that still fails is returned to its sender", SOURCE_READ, DEFAULTS),
    SPAN(bounce_queue_lifetime, TOPIC_LIFE, "bounce_queue_lifetime", 0, LONG_TIME,
         "the same for mail from the null sender (mxsim's own name)", SOURCE_READ,
         DEFAULTS ": its reports have 10 attempts at 15, 30, 60, 120 min ..., 13 h 45 min"),
    SPANS(delay_warnings, TOPIC_WARNING, "schedule.notify", 0, LONG_TIME,
          "ages at which the sender is warned; 0s: never", SOURCE_READ, DEFAULTS),
    STEPS(STEP_CONNECT, STEP_CONNECT, "timeout.connect", "wait for a TCP connection", SOURCE_READ, QUEUE),
    STEPS(STEP_GREETING, STEP_GREETING, "timeout.greeting", "wait for the greeting", SOURCE_READ, QUEUE),
    STEPS(STEP_EHLO, STEP_EHLO, "timeout.ehlo", "wait for the reply to EHLO", SOURCE_READ, QUEUE),
    STEPS(STEP_MAIL, STEP_MAIL, "timeout.mail-from", "wait for the reply to MAIL", SOURCE_READ, QUEUE),
    STEPS(STEP_RCPT, STEP_RCPT, "timeout.rcpt-to", "wait for the reply to RCPT", SOURCE_READ, QUEUE),
    STEPS(STEP_DATA_INIT, STEP_DATA_DONE, "timeout.data", "wait for the reply to DATA, for the text and the final dot",
          SOURCE_READ, QUEUE),
    COUNT(mx_host_limit, TOPIC_HOSTS, "limits.mx", 0, 1000, "MX hosts tried in one attempt; 0: all", SOURCE_READ,
          DEFAULTS),
    COUNT(host_address_limit, TOPIC_HOSTS, "limits.multihomed", 0, 1000, "addresses of each tried; 0: all", SOURCE_READ,
          DEFAULTS),
    COUNT(process_limit, TOPIC_LOAD, "threads-per-node", 1, 1000000, "deliveries at a time (queue \"remote\")",
          SOURCE_READ, DEFAULTS),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, DELIVERY " from_mail_auth_error: every error but \"not found\" is temporary"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "as glibc; Stalwart brings a resolver library of its own"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "as glibc; Stalwart brings a resolver library of its own"),
};

const struct mta_profile profile_stalwart = {
    {"stalwart", "Stalwart 0.16 with its default schedule for remote mail", table, ROWS(table),
     "it has schedule.retry"},
    {
        .retry = RETRY_LIST,
        .retry_gaps = {{2 * MIN, 5 * MIN, 10 * MIN, 15 * MIN, 30 * MIN, SIM_HOUR, 2 * SIM_HOUR, SIM_DAY, 3 * SIM_DAY},
                       9},
        .expiry = EXPIRY_AT_ONCE,
        .maximal_queue_lifetime = 3 * SIM_DAY,
        .bounce_queue_lifetime = 825 * MIN,
        .warning = WARNING_AT_ONCE,
        .delay_warnings = {{SIM_DAY, 3 * SIM_DAY}, 2},
        .timeout = {300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 600 * S, 600 * S, 600 * S},
        KERNEL_VALUES,
        .mx_host_limit = 2,
        .host_address_limit = 2,
        /* delivery.rs: until EHLO has been taken the next host, whatever the reply; after that none. */
        .next_host =
            NEXT_AFTER_CONNECT | CAUSE_BIT(CAUSE_NO_GREETING) | CAUSE_BIT(CAUSE_HOST_BUSY) | CAUSE_BIT(CAUSE_BLOCKED),
        .permanent = PERMANENT_DNS | PERMANENT_5YZ,
        .source_addresses = 1,
        .process_limit = 50,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* Stalwart's own codes were not looked up; RFC 3463 section 3. */
        .status = {REPLY_STATUS, CONNECT_STATUS,
                   DNS_STATUS_443, [CAUSE_DNS_FORMERR] = "4.4.3", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
                   [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
    },
};
