/* models/profiles/exchange.c - Exchange Server on premises: 4 tries a minute apart, 6 five minutes apart, then every
 * ten minutes, for two days. */
#include "models/profiles/tables.h"

#define LEARN "learn.microsoft.com, "

static const struct param table[] = {
    {"QueueGlitchRetryInterval", PARAM_DURATION, TOPIC_RETRY, AT(retry_gaps.items[0]), 4, S, LONG_TIME, NULL,
     "the first four waits (QueueGlitchRetryCount)", SOURCE_READ,
     LEARN "Exchange Server 2010, aa998043: 4 retries, 1 minute apart"},
    {"TransientFailureRetryInterval", PARAM_DURATION, TOPIC_RETRY, AT(retry_gaps.items[4]), 6, S, LONG_TIME, NULL,
     "the next six waits (TransientFailureRetryCount)", SECOND_HAND,
     "6 times: " LEARN "ff344266; 5 minutes: a flow chart of 2022 (gist tostka)"},
    SPAN(retry_gaps.items[10], TOPIC_RETRY, "OutboundConnectionFailureRetryInterval", S, LONG_TIME,
         "every wait after these", SOURCE_READ, LEARN "ff339771: 10 minutes; Edge servers 30"),
    {"MessageExpirationTimeout", PARAM_DURATION, TOPIC_LIFE, AT(maximal_queue_lifetime), 2, 0, LONG_TIME, NULL,
     "after this, mail that still fails is returned to its sender", SECOND_HAND,
     "2 days: a flow chart of 2022 (gist tostka)"},
    SPAN(delay_warnings.items[0], TOPIC_WARNING, "DelayNotificationTimeout", 0, LONG_TIME,
         "the sender is warned, once, of a delay after this; 0s: never", SECOND_HAND,
         "4 hours: a flow chart of 2022 (gist tostka)"),
    STEPS(STEP_CONNECT, STEP_CONNECT, "connect_timeout", "wait for a TCP connection (mxsim's own name)", GUESSED,
          "Windows ends a connect after three SYNs, 21 s"),
    STEPS(STEP_GREETING, STEP_DATA_DONE, "ConnectionInactivityTimeOut", "wait for the greeting and for every reply",
          SECOND_HAND, "CIS Microsoft Exchange Server 2019 benchmark: 10 minutes, of a Send connector"),
    COUNT(process_limit, TOPIC_LOAD, "MaxOutboundConnections", 0, 1000000, "connections at a time; 0: no limit",
          SECOND_HAND, "DISA STIG for Exchange 2016: 1000"),
    COUNT(destination_concurrency, TOPIC_LOAD, "MaxPerDomainOutboundConnections", 0, 1000000,
          "connections to one domain at a time; 0: no limit", SOURCE_READ, LEARN "ff329556: 20"),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"),
    ON_DNS_FAILURE_ROW(GUESSED, "as RFC 5321 section 5.1"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         GUESSED, "not known; as glibc"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", GUESSED,
          "not known; as glibc"),
};

const struct mta_profile profile_exchange = {
    {"exchange", "Exchange Server (Hub), as Microsoft documents it; sessions and next hosts are guessed", table,
     ROWS(table), "it retries 4 times each minute, 6 times every 5 minutes, then every 10"},
    {
        .retry = RETRY_LIST,
        .retry_gaps = {{MIN, MIN, MIN, MIN, 5 * MIN, 5 * MIN, 5 * MIN, 5 * MIN, 5 * MIN, 5 * MIN, 10 * MIN}, 11},
        .expiry = EXPIRY_AT_ONCE,
        .maximal_queue_lifetime = 2 * SIM_DAY,
        .bounce_queue_lifetime = 2 * SIM_DAY,
        .warning = WARNING_AT_ONCE,
        .delay_warnings = {{4 * SIM_HOUR}, 1},
        .timeout = {21 * S, 600 * S, 600 * S, 600 * S, 600 * S, 600 * S, 600 * S, 600 * S},
        KERNEL_VALUES,
        .smtp_pipelining = true,
        .next_host = NEXT_AFTER_SESSION, /* guessed */
        .permanent = PERMANENT_DNS | PERMANENT_5YZ,
        .source_addresses = 1,
        .process_limit = 1000,
        .destination_concurrency = 20,
        .suspension_rule = SUSPEND_QUEUE, /* the queue of a destination is retried, not each message */
        .connection_cache = 1 * S,        /* guessed: a session goes on with the next message of its queue */
        .messages_per_connection = 20,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        RESOLV_CONF_VALUES,
        /* Lists of Exchange's report codes: 4.4.1, 4.4.2, 4.4.7, 5.4.4; the others RFC 3463 section 3. */
        .status = {REPLY_STATUS, CONNECT_STATUS,
                   DNS_STATUS_443, [CAUSE_DNS_FORMERR] = "4.4.3", [CAUSE_DNS_NXDOMAIN] = "5.4.4",
                   [CAUSE_DNS_NODATA] = "5.4.4", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
        .expired_status = "4.4.7",
    },
};
