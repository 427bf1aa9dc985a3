/* models/profiles/exim.c - Exim with the rules of its default configuration and a queue runner every 30 minutes. */
#include "models/profiles/tables.h"

#define CONFIGURE "Exim 2025-12-29, src/src/configure.default"
#define GLOBALS   "Exim 2025-12-29, src/src/globals.c"
#define SMTP_C    "Exim 2025-12-29, src/src/transports/smtp.c"

static const struct param table[] = {
    RULES(retry_rules, "retry", "retry rules, kept per host and shared by all messages", SOURCE_READ,
          CONFIGURE ", begin retry; src/src/retry.c retry_update"),
    SPAN(maximal_backoff_time, TOPIC_RETRY, "retry_interval_max", S, LONG_TIME, "the longest wait a rule can give",
         SOURCE_READ, "Exim 2025-12-29, src/src/globals.c"),
    BOOL(delay_after_cutoff, TOPIC_RETRY, "delay_after_cutoff",
         "past the last rule, mail fails without an attempt until the next try is due", SOURCE_READ, SMTP_C),
    SPAN(queue_run_delay, TOPIC_QUEUE_RUN, "queue_interval", S, LONG_TIME, "a queue runner starts this often (-q)",
         SOURCE_READ, "Exim 2025-12-29, doc/doc-docbook/spec.xfpt: -q30m; Debian's default too"),
    PHASE("the time of one start of a queue runner"),
    COUNT(queue_runners, TOPIC_QUEUE_RUN, "queue_run_max", 1, 1000, "queue runners at a time", MEASURED,
          "Exim 4.96: one more each interval, each sending its queue down one connection; " GLOBALS),
    SPAN(bounce_queue_lifetime, TOPIC_LIFE, "ignore_bounce_errors_after", 0, LONG_TIME,
         "a report that cannot be delivered is dropped after this", SOURCE_READ, CONFIGURE),
    SPANS(delay_warnings, TOPIC_WARNING, "delay_warning", 0, LONG_TIME,
          "ages at which the sender is warned, then again as far apart as the last two; 0s: never", MEASURED,
          "Exim 4.96: 24, 48, 72 h, at the next real attempt; " GLOBALS),
    STEPS(STEP_CONNECT, STEP_CONNECT, "connect_timeout", "wait for a TCP connection; the kernel may end it before",
          MEASURED, "Exim 4.96: 5 min, and about 134 s where the kernel ends it; " SMTP_C),
    STEPS(STEP_GREETING, STEP_DATA_INIT, "command_timeout", "wait for the greeting and for the reply to each command",
          MEASURED, "Exim 4.96: a host without greeting costs 300 s; " SMTP_C),
    STEPS(STEP_DATA_BLOCK, STEP_DATA_BLOCK, "data_timeout", "wait for each block of text to be taken", SOURCE_READ,
          SMTP_C),
    STEPS(STEP_DATA_DONE, STEP_DATA_DONE, "final_timeout", "wait for the reply to the final dot", SOURCE_READ, SMTP_C),
    COUNT(mx_address_limit, TOPIC_HOSTS, "hosts_max_try_hardlimit", 0, 1000, "addresses tried in one attempt; 0: all",
          SOURCE_READ, SMTP_C "; hosts_max_try (5) did not end a walk over 7 hosts on Exim 4.96"),
    COUNT(messages_per_connection, TOPIC_LOAD, "connection_max_messages", 0, 1000000,
          "messages that a queue runner sends down one connection; 0: no limit", SOURCE_READ, SMTP_C ": 500"),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"),
    ON_DNS_FAILURE_ROW(MEASURED, "Exim 4.96: deferred on silence and SERVFAIL"),
    RESOLV_CONF_ROWS,
};

const struct mta_profile profile_exim = {
    {"exim", "Exim 4.96 with its default retry rules and a queue runner every 30 minutes", table, ROWS(table),
     "it has retry rules"},
    {
        .retry = RETRY_RULES,
        .retry_rules = {{{RULE_FIXED, 2 * SIM_HOUR, 15 * MIN, 1},
                         {RULE_GEOMETRIC, 16 * SIM_HOUR, SIM_HOUR, 1.5},
                         {RULE_FIXED, 4 * SIM_DAY, 6 * SIM_HOUR, 1}},
                        3},
        .maximal_backoff_time = SIM_DAY,
        .delay_after_cutoff = true,
        .queue_run_delay = 30 * MIN,
        .queue_run_phase = PHASE_RANDOM,
        .queue_runners = 5,
        .expiry = EXPIRY_AT_ATTEMPT,
        .maximal_queue_lifetime = LONG_TIME, /* the rules end it */
        .bounce_queue_lifetime = 2 * SIM_DAY,
        .delay_warnings = {{SIM_DAY}, 1},
        .delay_warning_repeat = true,
        .timeout = {300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 600 * S},
        KERNEL_VALUES,
        .mx_address_limit = 50,
        /* A 5yz greeting returns the mail only if it is the last host's. */
        .next_host = NEXT_AFTER_4YZ | CAUSE_BIT(CAUSE_BLOCKED),
        .permanent = PERMANENT_DNS | PERMANENT_5YZ,
        .source_addresses = 1,
        .connection_cache = 1 * S,
        .messages_per_connection = 500,
        .lookup_all = true,
        .lookup_aaaa = true,
        .aaaa_first = true, /* measured: AAAA and A of mx1, AAAA and A of mx2 */
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* Exim writes no RFC 3463 codes of its own for these; RFC 3463 section 3. */
        .status = {REPLY_STATUS, CONNECT_STATUS,
                   DNS_STATUS_443, [CAUSE_DNS_FORMERR] = "4.4.3", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
                   [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.1.2"},
    },
};
