/* models/profiles/sendmail.c - sendmail as Debian configures it: a queue run every 10 minutes, no back-off. */
#include "models/profiles/tables.h"

#define SOURCE  "sendmail 8.17 as in Debian (2023-06-06), "
#define PROTO   SOURCE "cf/m4/proto.m4"
#define CF      "Debian's generated sendmail.cf, 8.15.2"
#define QUEUE_C SOURCE "sendmail/queue.c"

static const struct param table[] = {
    SPAN(queue_run_delay, TOPIC_QUEUE_RUN, "QUEUE_INTERVAL", S, LONG_TIME, "a queue run starts this often (-q)",
         SOURCE_READ, SOURCE "debian/local/Parse_conf.pm.in: 10m; sendmail's own examples: -q30m"),
    PHASE("the time of one queue run"),
    COUNT(runners_per_look, TOPIC_QUEUE_RUN, "MaxRunnersPerQueue", 1, 64,
          "processes of a queue run, each trying one message after the other", SOURCE_READ, CF ": 5"),
    SPAN(connection_cache, TOPIC_LOAD, "ConnectionCacheTimeout", 0, SIM_HOUR,
         "a process of a queue run keeps a session for its next message; 0s: never", SOURCE_READ, CF ": 5m"),
    SPAN(minimal_backoff_time, TOPIC_RETRY, "MinQueueAge", 0, LONG_TIME,
         "the shortest wait between two attempts; 0s: every queue run tries", MEASURED,
         "sendmail of Debian 12: every queue run tries again; a comment in " PROTO),
    SPAN(maximal_backoff_time, TOPIC_RETRY, "MaxQueueAge", 0, LONG_TIME,
         "0s: no back-off; else wait as long as the message is old, this at most", SOURCE_READ, QUEUE_C),
    {"Timeout.queuereturn", PARAM_DURATION, TOPIC_LIFE, AT(maximal_queue_lifetime), 2, 0, LONG_TIME, NULL,
     "after this, mail that still fails is returned to its sender", SOURCE_READ, SOURCE "cf/m4/cfhead.m4"},
    SPAN(delay_warnings.items[0], TOPIC_WARNING, "Timeout.queuewarn", 0, LONG_TIME,
         "the sender is warned, once, of a delay after this; 0s: never", SOURCE_READ, SOURCE "cf/m4/cfhead.m4"),
    SPAN(first_connect_timeout, TOPIC_TIMEOUT, "Timeout.iconnect", 0, SIM_DAY,
         "wait for a TCP connection in a message's first attempt; 0s: as Timeout.connect", MEASURED,
         "sendmail of Debian 12: 120 s for each silent address; 2m in " CF),
    STEPS(STEP_CONNECT, STEP_CONNECT, "Timeout.connect",
          "wait for a TCP connection later; the kernel may end it before", SOURCE_READ,
          SOURCE "sendmail/conf.c: no limit of its own, so the kernel's ends it"),
    STEPS(STEP_GREETING, STEP_GREETING, "Timeout.initial", "wait for the greeting", SOURCE_READ, PROTO),
    STEPS(STEP_EHLO, STEP_EHLO, "Timeout.helo", "wait for the reply to EHLO", SOURCE_READ, PROTO),
    STEPS(STEP_MAIL, STEP_MAIL, "Timeout.mail", "wait for the reply to MAIL", SOURCE_READ, CF ": 2m; proto.m4: 10m"),
    STEPS(STEP_RCPT, STEP_RCPT, "Timeout.rcpt", "wait for the reply to RCPT", SOURCE_READ, PROTO),
    STEPS(STEP_DATA_INIT, STEP_DATA_INIT, "Timeout.datainit", "wait for the reply to DATA", SOURCE_READ,
          CF ": 2m; proto.m4: 5m"),
    STEPS(STEP_DATA_BLOCK, STEP_DATA_BLOCK, "Timeout.datablock", "wait for each block of text to be taken", SOURCE_READ,
          PROTO),
    STEPS(STEP_DATA_DONE, STEP_DATA_DONE, "Timeout.datafinal", "wait for the reply to the final dot", SOURCE_READ,
          PROTO),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, SOURCE "sendmail/domain.c getmxrr: TRY_AGAIN is EX_TEMPFAIL"),
    SPAN(stub_timeout, TOPIC_DNS, "Timeout.resolver.retrans", S, SIM_HOUR,
         "the stub resolver waits this long for the resolver", SOURCE_READ, PROTO ": 5s"),
    COUNT(stub_attempts, TOPIC_DNS, "Timeout.resolver.retry", 1, 100, "and asks this many times", SOURCE_READ,
          PROTO ": 4; measured: 60 s for the three questions about a sender's domain"),
};

const struct mta_profile profile_sendmail = {
    {"sendmail", "sendmail 8.17 as Debian configures it: a queue run every 10 minutes, no back-off", table, ROWS(table),
     "it tries at every queue run"},
    {
        .retry = RETRY_AGE,
        .queue_run_delay = 10 * MIN,
        .queue_run_phase = PHASE_RANDOM,
        .queue_runners = 250, /* no limit of its own (MaxQueueChildren is not set) */
        .runners_per_look = 5,
        .expiry = EXPIRY_AT_ATTEMPT,
        .maximal_queue_lifetime = 5 * SIM_DAY,
        .bounce_queue_lifetime = 5 * SIM_DAY,
        .delay_warnings = {{4 * SIM_HOUR}, 1},
        .first_connect_timeout = 120 * S,
        .timeout = {SIM_HOUR, 300 * S, 300 * S, 120 * S, SIM_HOUR, 120 * S, SIM_HOUR, SIM_HOUR},
        KERNEL_VALUES,
        .smtp_pipelining = true,
        /* Measured: 7 of 7 hosts tried, also after 421 and 450; sendmail/deliver.c: after a 5yz greeting, too. */
        .next_host = NEXT_AFTER_4YZ | CAUSE_BIT(CAUSE_BLOCKED),
        /* NO_RECOVERY of the stub resolver (FORMERR) is read as "no MX", then as "no such host": domain.c. */
        .permanent = PERMANENT_DNS | PERMANENT_5YZ | CAUSE_BIT(CAUSE_DNS_FORMERR),
        .source_addresses = 1,
        .suspension_rule = SUSPEND_FOR_RUN, /* mci.c: a process remembers a dead host (Timeout.hoststatus) */
        .connection_cache = 300 * S,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        .stub_timeout = 5 * S,
        .stub_attempts = 4,
        /* sendmail/deliver.c, sendmail/sysexits.c; 5.1.10 from RFC 7505. */
        .status = {REPLY_STATUS, DNS_STATUS_443, [CAUSE_CONNECT_REFUSED] = "4.4.1", [CAUSE_CONNECT_TIMEOUT] = "4.4.1",
                   [CAUSE_NO_ROUTE] = "4.4.1", [CAUSE_NO_GREETING] = "4.4.2", [CAUSE_SESSION_LOST] = "4.4.2",
                   [CAUSE_MX_LOOP] = "5.3.5", [CAUSE_DNS_FORMERR] = "5.1.2", [CAUSE_DNS_NXDOMAIN] = "5.1.2",
                   [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10", [CAUSE_MX_NO_ADDRESS] = "5.1.2"},
        .expired_status = "4.4.7",
    },
};
