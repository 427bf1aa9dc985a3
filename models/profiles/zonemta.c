/* models/profiles/zonemta.c - ZoneMTA: a list of gaps to 48 hours, and a pause for what cannot be reached. */
#include "models/profiles/tables.h"

#define SENDER "ZoneMTA, lib/sender.js"

static const struct param table[] = {
    /* The table of gaps and the times are constants in its source, so all names but the common ones are mxsim's own. */
    SPANS(retry_gaps, TOPIC_RETRY, "ttlMinutes", S, LONG_TIME,
          "waits after the 1st, 2nd, ... failure; the last repeats (a table in the source, not a setting)", SOURCE_READ,
          SENDER " ttlMinutes"),
    COUNT(max_attempts, TOPIC_LIFE, "max_attempts", 1, 1000,
          "the failure of this number returns the mail to its sender (the table's length and one)", SOURCE_READ,
          SENDER " handleResponseError"),
    STEPS(STEP_CONNECT, STEP_CONNECT, "connectionTimeout", "wait for a TCP connection; the kernel may end it before",
          SOURCE_READ, SENDER),
    STEPS(STEP_GREETING, STEP_GREETING, "greetingTimeout", "wait for the greeting", SOURCE_READ, SENDER),
    STEPS(STEP_EHLO, STEP_DATA_DONE, "socketTimeout", "wait for every reply after the greeting", GUESSED,
          "nodemailer's usual 10 min"),
    COUNT(mx_address_limit, TOPIC_HOSTS, "mx_address_limit", 0, 1000, "addresses tried in one attempt; 0: all",
          SOURCE_READ, SENDER ": 20, of mx-connect"),
    SPAN(suspension, TOPIC_LOAD, "error_cache", 0, LONG_TIME,
         "what could not be reached is left alone for this; 0s: never", SOURCE_READ,
         SENDER " getConnectionWithCache: 10 min, 15 min after ETIMEDOUT, for the whole domain"),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "a pool of one address"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, "ZoneMTA, lib/bounces.js: category dns is deferred unless it has a code above 500"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "as glibc; Node's c-ares has times of its own"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "as glibc; Node's c-ares has times of its own"),
};

const struct mta_profile profile_zonemta = {
    {"zonemta", "ZoneMTA with its built-in table of gaps, 48 hours", table, ROWS(table), "it has ttlMinutes"},
    {
        .retry = RETRY_LIST,
        .retry_gaps = {{5 * MIN, 7 * MIN, 8 * MIN, 25 * MIN, 75 * MIN, 120 * MIN, 240 * MIN}, 7},
        .max_attempts = 18,
        .expiry = EXPIRY_AT_ATTEMPT,
        .maximal_queue_lifetime = LONG_TIME, /* the table ends it */
        .bounce_queue_lifetime = LONG_TIME,
        /* No delay warning exists. */
        .timeout = {300 * S, 120 * S, 600 * S, 600 * S, 600 * S, 600 * S, 600 * S, 600 * S},
        KERNEL_VALUES,
        .mx_address_limit = 20,
        /* sender.js, mx-connect: only the TCP connection moves on. */
        .next_host = NEXT_AFTER_CONNECT,
        .permanent = PERMANENT_DNS | PERMANENT_5YZ,
        .source_addresses = 1,
        .suspension_rule = SUSPEND_DESTINATION, /* lib/sender.js: a domain none of whose hosts could be connected to */
        .suspension = 10 * MIN,
        .suspension_max = 15 * MIN,
        .lookup_all = true,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* ZoneMTA passes replies on and writes no codes of its own; RFC 3463 section 3. */
        .status = {REPLY_STATUS, CONNECT_STATUS,
                   DNS_STATUS_443, [CAUSE_DNS_FORMERR] = "4.4.3", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
                   [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
    },
};
