/* models/profiles/postal.c - Postal: 18 attempts with gaps that grow by 1.3 from 5 minutes, then suppression. */
#include "models/profiles/tables.h"

#define SOURCE "Postal 3.3.6, "
#define SCHEMA SOURCE "lib/postal/config_schema.rb"
#define SENDER SOURCE "app/senders/smtp_sender.rb"

static const struct param table[] = {
    COUNT(max_attempts, TOPIC_LIFE, "postal.default_maximum_delivery_attempts", 1, 1000,
          "the failed attempt of this number ends a message", SOURCE_READ, SCHEMA),
    STEPS(STEP_CONNECT, STEP_CONNECT, "smtp_client.open_timeout", "wait for a TCP connection", SOURCE_READ, SCHEMA),
    STEPS(STEP_GREETING, STEP_DATA_DONE, "smtp_client.read_timeout", "wait for the greeting and for every reply",
          SOURCE_READ, SCHEMA),
    COUNT(process_limit, TOPIC_LOAD, "worker.threads", 1, 1000000, "deliveries at a time (of one worker)", SOURCE_READ,
          SCHEMA),
    COUNT(suppress_after, TOPIC_LIFE, "suppress_after", 0, 1000,
          "a recipient is suppressed after so many mails given up; 0: never (mxsim's own name)", SOURCE_READ,
          SOURCE "app/lib/message_dequeuer: after 18 soft failures of one mail; after the second 5yz within 24 h"),
    SPAN(suppression_time, TOPIC_LIFE, "postal.default_suppression_list_automatic_removal_days", 0, LONG_TIME,
         "for so long", SOURCE_READ, SCHEMA),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine, IP pools off"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, SENDER ": a time-out raises, which is tried later"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         SOURCE_READ, SOURCE "app/lib/dns_resolver.rb: 5, 2, 2 s (dns.timeout and two halves); here: their mean"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", SOURCE_READ,
          SOURCE "app/lib/dns_resolver.rb"),
};

const struct mta_profile profile_postal = {
    {"postal", "Postal 3.3 with its default settings, one worker", table, ROWS(table),
     "it waits 5 minutes times 1.3 to the power of the failures before"},
    {
        .retry = RETRY_GEOMETRIC,
        .retry_unit = 300 * S, /* app/models/concerns/has_locking.rb; not settable */
        .retry_factor = 1.3,
        .max_attempts = 18,
        .max_attempts_late = true, /* found out when the next one is due: single_message_processor.rb */
        .expiry = EXPIRY_AT_ATTEMPT,
        .maximal_queue_lifetime = LONG_TIME, /* the attempts are counted, not the days */
        .bounce_queue_lifetime = LONG_TIME,
        /* No delay warning exists. */
        .timeout = {30 * S, 30 * S, 30 * S, 30 * S, 30 * S, 30 * S, 30 * S, 30 * S},
        KERNEL_VALUES,
        /* smtp_sender.rb: whatever goes wrong until EHLO has been taken moves on; after that nothing does. */
        .next_host =
            NEXT_AFTER_CONNECT | CAUSE_BIT(CAUSE_NO_GREETING) | CAUSE_BIT(CAUSE_HOST_BUSY) | CAUSE_BIT(CAUSE_BLOCKED),
        /* Only a 5yz reply after EHLO is. No such domain, null MX, no address: "no hosts to try", tried on. */
        .permanent = PERMANENT_5YZ & ~CAUSE_BIT(CAUSE_BLOCKED),
        .source_addresses = 1,
        .process_limit = 2,
        .suppress_after = 1,
        .suppress_expired = true,
        .suppression_time = 30 * SIM_DAY,
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        .stub_timeout = 3 * S,
        .stub_attempts = 3,
        /* Postal writes no codes of its own; RFC 3463 section 3. */
        .status = {REPLY_STATUS, DNS_STATUS_443, [CAUSE_CONNECT_REFUSED] = "4.4.1", [CAUSE_CONNECT_TIMEOUT] = "4.4.1",
                   [CAUSE_NO_ROUTE] = "4.4.1", [CAUSE_NO_GREETING] = "4.4.2", [CAUSE_SESSION_LOST] = "4.4.2",
                   [CAUSE_MX_LOOP] = "4.4.6", [CAUSE_DNS_FORMERR] = "4.4.3", [CAUSE_DNS_NXDOMAIN] = "4.1.2",
                   [CAUSE_DNS_NODATA] = "4.1.2", [CAUSE_NULL_MX] = "4.1.2", [CAUSE_MX_NO_ADDRESS] = "4.4.4"},
    },
};
