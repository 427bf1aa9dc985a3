/* models/profiles/exchange_online.c - Exchange Online: gaps of 15 to 60 minutes, a day. */
#include "models/profiles/tables.h"

#define ISSUE   "a Microsoft employee in GitHub MicrosoftDocs/OfficeDocs-o365seccomp issue 162, 2018"
#define UNKNOWN "not published; as RFC 5321 section 4.5.3.2"

static const struct param table[] = {
    SPANS(retry_gaps, TOPIC_RETRY, "retry_gaps", S, LONG_TIME,
          "waits after the 1st, 2nd, ... attempt; the last repeats", GUESSED,
          ISSUE ": 15 minutes or less at first, growing to 60, dynamic"),
    {"MessageExpirationTimeout", PARAM_DURATION, TOPIC_LIFE, AT(maximal_queue_lifetime), 2, 0, LONG_TIME, NULL,
     "after this, mail that still fails is returned to its sender", SECOND_HAND,
     "Message center MC441064, as copied: 24 h, 12 to 24 h settable"},
    SPAN(delay_warnings.items[0], TOPIC_WARNING, "delay_warning_time", 0, LONG_TIME,
         "the sender is warned, once, of a delay after this; 0s: never", GUESSED, "as Exchange Server"),
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
    SOURCE_ADDRESSES_ROW(GUESSED, "many; not published"),
    ON_DNS_FAILURE_ROW(GUESSED, "not published; as RFC 5321 section 5.1"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "not known; as glibc"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "not known; as glibc"),
};

const struct mta_profile profile_exchange_online = {
    {"exchange-online",
     "Exchange Online: a day, gaps of 15 to 60 minutes; their exact times are not published and guessed", table,
     ROWS(table), "it has retry_gaps"},
    {
        .retry = RETRY_LIST,
        .retry_gaps = {{15 * MIN, 30 * MIN, 60 * MIN}, 3},
        .expiry = EXPIRY_AT_ONCE,
        .maximal_queue_lifetime = SIM_DAY,
        .bounce_queue_lifetime = SIM_DAY,
        .delay_warnings = {{4 * SIM_HOUR}, 1},
        .timeout = {30 * S, 300 * S, 300 * S, 300 * S, 300 * S, 120 * S, 180 * S, 600 * S},
        KERNEL_VALUES,
        .smtp_pipelining = true,
        .next_host = NEXT_AFTER_SESSION, /* guessed */
        .permanent = PERMANENT_DNS | PERMANENT_5YZ,
        .source_addresses = 8,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* Microsoft's list of report codes in Exchange Online: 4.4.312, 4.4.315 to 4.4.317, 5.4.300, 5.4.310. */
        .status = {REPLY_STATUS, [CAUSE_DNS_TIMEOUT] = "4.4.312", [CAUSE_DNS_SERVFAIL] = "4.4.312",
                   [CAUSE_DNS_REFUSED] = "4.4.312", [CAUSE_DNS_FORMERR] = "4.4.312", [CAUSE_DNS_NOTIMP] = "4.4.312",
                   [CAUSE_DNS_NXDOMAIN] = "5.4.310", [CAUSE_DNS_NODATA] = "5.4.310", [CAUSE_NULL_MX] = "5.1.10",
                   [CAUSE_MX_NO_ADDRESS] = "5.4.310", [CAUSE_MX_LOOP] = "5.4.6", [CAUSE_CONNECT_REFUSED] = "4.4.316",
                   [CAUSE_CONNECT_TIMEOUT] = "4.4.315", [CAUSE_NO_ROUTE] = "4.4.317", [CAUSE_NO_GREETING] = "4.4.317",
                   [CAUSE_SESSION_LOST] = "4.4.2"},
        .expired_status = "5.4.300",
    },
};
