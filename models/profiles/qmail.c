/* models/profiles/qmail.c - qmail as notqmail keeps it: tries at squares, skips hosts that timed out twice. */
#include "models/profiles/tables.h"

#define SOURCE "notqmail 2024-12-26, "
#define REMOTE SOURCE "qmail-remote.c"

static const struct param table[] = {
    {"queuelifetime", PARAM_DURATION, TOPIC_LIFE, AT(maximal_queue_lifetime), 2, 0, LONG_TIME, NULL,
     "after this one last attempt, whose failure returns the mail to its sender", SOURCE_READ,
     SOURCE "qmail-send.c; qmail-send.9"},
    STEPS(STEP_CONNECT, STEP_CONNECT, "timeoutconnect", "wait for a TCP connection", SOURCE_READ, REMOTE),
    STEPS(STEP_GREETING, STEP_DATA_DONE, "timeoutremote", "wait for the greeting and for every reply", SOURCE_READ,
          REMOTE),
    COUNT(process_limit, TOPIC_LOAD, "concurrencyremote", 1, 1000000, "deliveries at a time", SOURCE_READ,
          SOURCE "qmail-send.c; qmail-control.9"),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, SOURCE "dns.c, qmail-remote.c temp_dns"),
    RESOLV_CONF_ROWS,
};

const struct mta_profile profile_qmail = {
    {"qmail", "qmail (notqmail) with its default control files", table, ROWS(table),
     "it tries when the message's age in seconds is the square of 20, 40, 60 ..."},
    {
        .retry = RETRY_QUADRATIC,
        .retry_unit = 1 * S, /* qmail-send.c nextretry; not settable */
        .retry_skip = 20,
        .expiry = EXPIRY_AT_ATTEMPT,
        .maximal_queue_lifetime = 7 * SIM_DAY,
        .bounce_queue_lifetime = 7 * SIM_DAY,
        /* No delay warning exists. */
        .timeout = {60 * S, 1200 * S, 1200 * S, 1200 * S, 1200 * S, 1200 * S, 1200 * S, 1200 * S},
        KERNEL_VALUES,
        /* qmail-remote.c: the first host that takes the connection is the last one tried; any greeting but 220 is a
         * temporary failure. */
        .next_host = NEXT_AFTER_CONNECT,
        /* dns.c: whatever is not TRY_AGAIN is "no such host": FORMERR, too. */
        .permanent = PERMANENT_DNS | (PERMANENT_5YZ & ~CAUSE_BIT(CAUSE_BLOCKED)) | CAUSE_BIT(CAUSE_DNS_FORMERR),
        .source_addresses = 1,
        .process_limit = 20,
        .suspension_rule = SUSPEND_TWO_TIMEOUTS,
        .suspension = 3840 * S, /* tcpto.c: (60 + pid mod 32) * 64 s */
        .suspension_max = 5824 * S,
        .lookup_all = true, /* dns.c dns_mxip: A of all hosts; no AAAA */
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* qmail-remote.c: temp_dnscanon, perm_dns, perm_nomx, perm_ambigmx, temp_noconn, dropped. */
        .status = {REPLY_STATUS, CONNECT_STATUS,
                   DNS_STATUS_443, [CAUSE_DNS_FORMERR] = "5.1.2", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
                   [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.4.4", [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
    },
};
