/* models/profiles/textbook.c - two MTAs that nobody runs: what RFC 5321 advises, and what textbooks tell. Their
 * parameters carry Postfix's names. */
#include "models/profiles/tables.h"

#define RETRY    "RFC 5321 section 4.5.4.1"
#define TIMEOUTS "RFC 5321 section 4.5.3.2"
#define LIMIT    "RFC 5321 section 5.1: a limit is allowed, not asked for"
#define CLASSIC  "the classic textbook account of mail delivery; X, Y and Z are the reader's to set"

static const char *const retry_words[] = {"age", "list", NULL};

/* The rows of both; sure and why are their certainty and source for each group. */
#define TEXTBOOK_ROWS(rule_sure, rule_why, gaps_sure, gaps_why, life_sure, life_why, warn_sure, warn_why, time_sure,   \
                      time_why, limit_sure, limit_why)                                                                 \
    CHOICE(retry, TOPIC_RETRY, "retry", retry_words,                                                                   \
           "how the next attempt is timed: by the message's age, or by a list of gaps", rule_sure, rule_why),          \
        SPANS(retry_gaps, TOPIC_RETRY, "retry_gaps", S, LONG_TIME,                                                     \
              "list: waits after the 1st, 2nd, ... attempt; the last repeats", gaps_sure, gaps_why),                   \
        SPAN(minimal_backoff_time, TOPIC_RETRY, "minimal_backoff_time", S, LONG_TIME,                                  \
             "age: the shortest wait between two attempts", DEFINITION, "not used by retry list"),                     \
        SPAN(maximal_backoff_time, TOPIC_RETRY, "maximal_backoff_time", S, LONG_TIME,                                  \
             "age: the longest wait between two attempts", DEFINITION, "not used by retry list"),                      \
        SPAN(queue_run_delay, TOPIC_QUEUE_RUN, "queue_run_delay", 0, LONG_TIME,                                        \
             "the queue of deferred mail is scanned this often; 0s: a timer a message", DEFINITION, rule_why),         \
        PHASE("the time of one scan of the queue"),                                                                    \
        SPAN(maximal_queue_lifetime, TOPIC_LIFE, "maximal_queue_lifetime", 0, LONG_TIME,                               \
             "after this, mail that still fails is returned to its sender", life_sure, life_why),                      \
        SPAN(bounce_queue_lifetime, TOPIC_LIFE, "bounce_queue_lifetime", 0, LONG_TIME,                                 \
             "the same for mail from the null sender (reports)", life_sure, life_why),                                 \
        SPAN(delay_warnings.items[0], TOPIC_WARNING, "delay_warning_time", 0, LONG_TIME,                               \
             "the sender is warned of a delay after this; 0s: never", warn_sure, warn_why),                            \
        BOOL(delay_warning_repeat, TOPIC_WARNING, "delay_warning_repeat",                                              \
             "warn again after each further delay_warning_time", DEFINITION, warn_why),                                \
        STEPS(STEP_CONNECT, STEP_CONNECT, "smtp_connect_timeout", "wait for a TCP connection", GUESSED,                \
              "RFC 5321 names none; as the greeting"),                                                                 \
        STEPS(STEP_GREETING, STEP_EHLO, "smtp_helo_timeout", "wait for the greeting, and for the reply to EHLO",       \
              time_sure, time_why ".1"),                                                                               \
        STEPS(STEP_MAIL, STEP_MAIL, "smtp_mail_timeout", "wait for the reply to MAIL", time_sure, time_why ".2"),      \
        STEPS(STEP_RCPT, STEP_RCPT, "smtp_rcpt_timeout", "wait for the reply to RCPT", time_sure, time_why ".3"),      \
        STEPS(STEP_DATA_INIT, STEP_DATA_INIT, "smtp_data_init_timeout", "wait for the reply to DATA", time_sure,       \
              time_why ".4"),                                                                                          \
        STEPS(STEP_DATA_BLOCK, STEP_DATA_BLOCK, "smtp_data_xfer_timeout", "wait for each block of text to be taken",   \
              time_sure, time_why ".5"),                                                                               \
        STEPS(STEP_DATA_DONE, STEP_DATA_DONE, "smtp_data_done_timeout", "wait for the reply to the final dot",         \
              time_sure, time_why ".6"),                                                                               \
        COUNT(mx_address_limit, TOPIC_HOSTS, "smtp_mx_address_limit", 0, 1000,                                         \
              "addresses tried in one attempt; 0: all", limit_sure, limit_why),                                        \
        COUNT(mx_session_limit, TOPIC_HOSTS, "smtp_mx_session_limit", 0, 1000,                                         \
              "sessions past the greeting in one attempt; 0: no limit", limit_sure, limit_why),                        \
        BOOL(smtp_pipelining, TOPIC_HOSTS, "smtp_pipelining", "MAIL, RCPT and DATA share one round trip", DEFINITION,  \
             "an extension, RFC 2920"),                                                                                \
        COUNT(process_limit, TOPIC_LOAD, "default_process_limit", 0, 1000000, "deliveries at a time; 0: no limit",     \
              DEFINITION, rule_why),                                                                                   \
        COUNT(destination_concurrency, TOPIC_LOAD, "default_destination_concurrency_limit", 0, 1000000,                \
              "deliveries to one destination at a time; 0: no limit", DEFINITION, rule_why),                           \
        KERNEL_ROWS, SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"), RESOLV_CONF_ROWS

static const struct param rfc5321_table[] = {
    TEXTBOOK_ROWS(DEFINITION, RETRY ": a queue per destination is left to the implementation", SOURCE_READ,
                  RETRY ": at least 30 minutes; two tries in the first hour, then every 2 to 3 hours", SOURCE_READ,
                  RETRY ": give up after 4 to 5 days at the earliest", DEFINITION, "RFC 5321 asks for no warning",
                  SOURCE_READ, TIMEOUTS, SOURCE_READ, LIMIT),
    ON_DNS_FAILURE_ROW(SOURCE_READ, "RFC 5321 section 5.1: a temporary error is queued and tried later"),
};

static const struct param classic_table[] = {
    TEXTBOOK_ROWS(DEFINITION, CLASSIC, GUESSED, CLASSIC ": every X hours, X = 1", GUESSED,
                  CLASSIC ": for Y days, Y = 5", GUESSED, CLASSIC ": a warning every Z hours, Z = 4", GUESSED,
                  "as rfc5321: " TIMEOUTS, DEFINITION, CLASSIC),
    ON_DNS_FAILURE_ROW(DEFINITION, CLASSIC ": no answer means that the domain does not exist"),
};

#define TEXTBOOK_VALUES                                                                                                \
    .retry = RETRY_LIST, .queue_run_phase = PHASE_RANDOM, .expiry = EXPIRY_AT_ATTEMPT,                                 \
    .maximal_queue_lifetime = 5 * SIM_DAY, .bounce_queue_lifetime = 5 * SIM_DAY,                                       \
    .timeout = {300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 120 * S, 180 * S, 600 * S}, KERNEL_VALUES,                \
    .next_host = NEXT_AFTER_4YZ, .source_addresses = 1, .lookup_all = true, .lookup_aaaa = true, RESOLV_CONF_VALUES

const struct mta_profile profile_rfc5321 = {
    {"rfc5321", "an MTA that does what RFC 5321 advises, no more and no less", rfc5321_table, ROWS(rfc5321_table),
     "it has retry_gaps, or \"retry\": \"age\""},
    {
        TEXTBOOK_VALUES,
        .minimal_backoff_time = 30 * MIN,
        .maximal_backoff_time = 3 * SIM_HOUR,
        .permanent = PERMANENT_DNS | PERMANENT_5YZ,
        .retry_gaps = {{30 * MIN, 30 * MIN, 2 * SIM_HOUR}, 3},
        .delay_warnings = {{0}, 1},
        .on_dns_failure = DNS_FAILURE_DEFER,
        /* RFC 3463 section 3; 5.1.10 from RFC 7505. */
        .status = {REPLY_STATUS, CONNECT_STATUS,
                   DNS_STATUS_443, [CAUSE_DNS_FORMERR] = "4.4.3", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
                   [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
    },
};

const struct mta_profile profile_classic = {
    {"classic", "the textbook MTA: no DNS answer means no such domain; retry every hour for 5 days, warn every 4 h",
     classic_table, ROWS(classic_table), "it has retry_gaps, or \"retry\": \"age\""},
    {
        TEXTBOOK_VALUES,
        .minimal_backoff_time = SIM_HOUR,
        .maximal_backoff_time = SIM_HOUR,
        /* Whatever is no answer means that the domain does not exist. */
        .permanent = PERMANENT_DNS | PERMANENT_5YZ | CAUSE_BIT(CAUSE_DNS_REFUSED) | CAUSE_BIT(CAUSE_DNS_FORMERR) |
                     CAUSE_BIT(CAUSE_DNS_NOTIMP),
        .retry_gaps = {{SIM_HOUR}, 1},
        .delay_warnings = {{4 * SIM_HOUR}, 1},
        .delay_warning_repeat = true,
        .on_dns_failure = DNS_FAILURE_BOUNCE,
        /* It takes silence for "no such domain", so that is what its report says. */
        .status = {REPLY_STATUS, CONNECT_STATUS, [CAUSE_DNS_TIMEOUT] = "5.1.2", [CAUSE_DNS_SERVFAIL] = "5.1.2",
                   [CAUSE_DNS_REFUSED] = "5.1.2", [CAUSE_DNS_NOTIMP] = "5.1.2", [CAUSE_DNS_FORMERR] = "5.1.2",
                   [CAUSE_DNS_NXDOMAIN] = "5.1.2", [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10",
                   [CAUSE_MX_NO_ADDRESS] = "5.1.2"},
    },
};
