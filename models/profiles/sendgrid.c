/* models/profiles/sendgrid.c - Twilio SendGrid: 72 hours; its gaps are guessed. */
#include "models/profiles/tables.h"

#define UNKNOWN "not published; as RFC 5321 section 4.5.3.2"

static const struct param table[] = {
    SPANS(retry_gaps, TOPIC_RETRY, "retry_gaps", S, LONG_TIME,
          "waits after the 1st, 2nd, ... attempt; the last repeats", GUESSED, "not published"),
    {"maximal_queue_lifetime", PARAM_DURATION, TOPIC_LIFE, AT(maximal_queue_lifetime), 2, 0, LONG_TIME, NULL,
     "after this, mail that still fails is given up", SOURCE_READ, "Twilio SendGrid glossary, expired: 72 hours"},
    COUNT(suppress_after, TOPIC_LIFE, "suppress_after", 0, 1000,
          "a recipient is suppressed after so many permanent failures; 0: never", SOURCE_READ,
          "Twilio SendGrid documentation, bounces: mail to bounced addresses is dropped"),
    SPAN(suppression_time, TOPIC_LIFE, "bounce_purge.hard_bounces", 0, LONG_TIME, "for so long", GUESSED,
         "Twilio SendGrid documentation, bounce purge: settable in days; never by default is our guess"),
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
    SOURCE_ADDRESSES_ROW(GUESSED, "not published"),
    ON_DNS_FAILURE_ROW(GUESSED, "not published; as RFC 5321 section 5.1"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "not known; as glibc"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "not known; as glibc"),
};

const struct mta_profile profile_sendgrid = {
    {"sendgrid", "Twilio SendGrid: 72 hours, suppression after a hard bounce; its gaps are not published and guessed",
     table, ROWS(table), "it has retry_gaps"},
    {
        .retry = RETRY_LIST,
        .retry_gaps = {{5 * MIN, 15 * MIN, 30 * MIN, 60 * MIN, 120 * MIN, 240 * MIN}, 6},
        .expiry = EXPIRY_AT_ONCE,
        .maximal_queue_lifetime = 3 * SIM_DAY,
        .bounce_queue_lifetime = 3 * SIM_DAY,
        /* No delay warning to the sender is known. */
        .timeout = {30 * S, 300 * S, 300 * S, 300 * S, 300 * S, 120 * S, 180 * S, 600 * S},
        KERNEL_VALUES,
        .smtp_pipelining = true,
        .next_host = NEXT_AFTER_SESSION, /* guessed */
        .permanent = PERMANENT_DNS | PERMANENT_5YZ,
        .source_addresses = 1,
        .suppress_after = 1,
        .suppression_time = LONG_TIME,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* Not published; RFC 3463 section 3. */
        .status = {REPLY_STATUS, CONNECT_STATUS,
                   DNS_STATUS_443, [CAUSE_DNS_FORMERR] = "4.4.3", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
                   [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
    },
};
