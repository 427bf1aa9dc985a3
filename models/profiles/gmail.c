/* models/profiles/gmail.c - Gmail: gaps seen in 2016, three days. */
#include "models/profiles/tables.h"

#define PAGANI  "Pagani et al., Measuring the Role of Greylisting and Nolisting in Fighting Spam, 2016, slide 36"
#define DSN     "a Gmail delay report of 2018-02-03 (pastebin kAAtD00k)"
#define UNKNOWN "not published; as RFC 5321 section 4.5.3.2"

static const struct param table[] = {
    SPANS(retry_gaps, TOPIC_RETRY, "retry_gaps", S, LONG_TIME,
          "waits after the 1st, 2nd, ... attempt; the last repeats", SOURCE_READ,
          PAGANI ": attempts 6:02, 29:02, 56:36, 98:44 ... 434:46 min after the first"),
    {"maximal_queue_lifetime", PARAM_DURATION, TOPIC_LIFE, AT(maximal_queue_lifetime), 2, 0, LONG_TIME, NULL,
     "after this, mail that still fails is returned to its sender", SECOND_HAND,
     DSN ": Will-Retry-Until 72 h after the Date"},
    SPAN(delay_warnings.items[0], TOPIC_WARNING, "delay_warning_time", 0, LONG_TIME,
         "the sender is warned, once, of a delay after this; 0s: never", SECOND_HAND,
         DSN ": sent about 22 h after the mail"),
    STEPS(STEP_CONNECT, STEP_CONNECT, "connect_timeout", "wait for a TCP connection", GUESSED,
          "not published; as Postfix"),
    STEPS(STEP_GREETING, STEP_EHLO, "greeting_timeout", "wait for the greeting, and for the reply to EHLO", GUESSED,
          UNKNOWN),
    STEPS(STEP_MAIL, STEP_RCPT, "command_timeout", "wait for the replies to MAIL and RCPT", GUESSED, UNKNOWN),
    STEPS(STEP_DATA_INIT, STEP_DATA_INIT, "data_init_timeout", "wait for the reply to DATA", GUESSED, UNKNOWN),
    STEPS(STEP_DATA_BLOCK, STEP_DATA_BLOCK, "data_block_timeout", "wait for each block of text to be taken", GUESSED,
          UNKNOWN),
    STEPS(STEP_DATA_DONE, STEP_DATA_DONE, "data_done_timeout", "wait for the reply to the final dot", GUESSED, UNKNOWN),
    COUNT(destination_concurrency, TOPIC_LOAD, "destination_concurrency", 0, 1000000,
          "deliveries to one destination at a time; 0: no limit", GUESSED, "not published"),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(SOURCE_READ, PAGANI),
    ON_DNS_FAILURE_ROW(GUESSED, "not published; as RFC 5321 section 5.1"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "not known; as glibc"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "not known; as glibc"),
};

const struct mta_profile profile_gmail = {
    {"gmail", "Gmail: gaps as seen from outside in 2016, three days; beyond the ninth attempt they are guessed", table,
     ROWS(table), "it has retry_gaps"},
    {
        .retry = RETRY_LIST,
        .retry_gaps = {{362 * S, 1380 * S, 1654 * S, 2528 * S, 3799 * S, 4061 * S, 4761 * S, 7541 * S},
                       8}, /* that the last repeats: guessed */
        .expiry = EXPIRY_AT_ONCE,
        .maximal_queue_lifetime = 3 * SIM_DAY,
        .bounce_queue_lifetime = 3 * SIM_DAY,
        .warning = WARNING_AT_ONCE,
        .delay_warnings = {{22 * SIM_HOUR}, 1},
        .timeout = {30 * S, 300 * S, 300 * S, 300 * S, 300 * S, 120 * S, 180 * S, 600 * S},
        KERNEL_VALUES,
        .smtp_pipelining = true,
        .next_host = NEXT_AFTER_SESSION, /* guessed */
        .permanent = PERMANENT_DNS | PERMANENT_5YZ,
        .source_addresses = 7,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* Not published; RFC 3463 section 3. */
        .status = {REPLY_STATUS, CONNECT_STATUS,
                   DNS_STATUS_443, [CAUSE_DNS_FORMERR] = "4.4.3", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
                   [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
    },
};
