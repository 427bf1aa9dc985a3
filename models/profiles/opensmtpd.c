/* models/profiles/opensmtpd.c - OpenSMTPD: tries at 400 s times the squares, and leaves a host that failed alone. */
#include "models/profiles/tables.h"

#define SOURCE  "OpenSMTPD 7.8.0p1, usr.sbin/smtpd/"
#define LIMIT_C SOURCE "limit.c"

static const struct param table[] = {
    {"queue ttl", PARAM_DURATION, TOPIC_LIFE, AT(maximal_queue_lifetime), 2, 0, LONG_TIME, NULL,
     "to the second after this, mail that still fails is returned to its sender", MEASURED,
     "OpenSMTPD of Debian 12: expired at the ttl exactly; " SOURCE "config.c"},
    SPANS(delay_warnings, TOPIC_WARNING, "bounce warn-interval", 0, LONG_TIME,
          "ages at which the sender is warned (four at most), by the attempt before; 0s: never", MEASURED,
          "OpenSMTPD of Debian 12: warned at 10013 s, as the next try would have been past 14400 s; " SOURCE
          "smtpd.conf.5"),
    SPAN(mx_pause, TOPIC_HOSTS, "conndelay_relay", 0, SIM_HOUR, "pause before the next host", MEASURED,
         "OpenSMTPD of Debian 12: 2 s between hosts; " LIMIT_C),
    SPAN(host_check, TOPIC_HOSTS, "host_check", 0, SIM_HOUR,
         "an attempt whose hosts all failed ends 1 s after it began, or a multiple of this later (mxsim's own name)",
         MEASURED, "OpenSMTPD of Debian 12: one attempt over two hosts, 2 s or 3 s apart, ends after about 11 s"),
    COUNT(destination_concurrency, TOPIC_LOAD, "maxconn_per_route", 0, 1000000,
          "connections to one host from one address; here: deliveries to one destination; 0: no limit", SOURCE_READ,
          LIMIT_C),
    COUNT(messages_per_connection, TOPIC_LOAD, "max_mail_per_session", 0, 1000000,
          "messages down one connection; 0: no limit", SOURCE_READ, LIMIT_C),
    SPAN(connection_cache, TOPIC_LOAD, "sessdelay_keepalive", 0, SIM_HOUR,
         "a session is kept this long for the next message; 0s: never", SOURCE_READ, LIMIT_C),
    KERNEL_ROWS,
    SOURCE_ADDRESSES_ROW(DEFINITION, "one machine"),
    ON_DNS_FAILURE_ROW(SOURCE_READ, SOURCE "mta.c mta_on_mx: DNS_RETRY is a temporary failure"),
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",
         SOURCE_READ, "OpenSMTPD 7.8.0p1, libasr iter_ns: 5, 10, 20, 40 s"),
    COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", MEASURED,
          "OpenSMTPD of Debian 12: a dead name service costs 35 to 75 s; libasr: four times"),
};

const struct mta_profile profile_opensmtpd = {
    {"opensmtpd", "OpenSMTPD 6.8 to 7.8 with its default settings", table, ROWS(table),
     "it tries 400 s times the square of the attempt's number after the message came"},
    {
        .retry = RETRY_QUADRATIC,
        .retry_unit = 400 * S, /* scheduler_ramqueue.c; not settable */
        .retry_skip = 1,
        .expiry = EXPIRY_AT_ONCE,
        .maximal_queue_lifetime = 4 * SIM_DAY,
        .bounce_queue_lifetime = 4 * SIM_DAY,
        .warning = WARNING_BY_NEXT_TRY,
        .delay_warnings = {{4 * SIM_HOUR}, 1},
        /* mta_session.c; not settable. Measured: the kernel ends a connect before that. */
        .timeout = {300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S},
        KERNEL_VALUES,
        .mx_pause = 2 * S,
        .host_check = 10 * S,      /* mta.c mta_on_source, DELAY_CHECK_SOURCE_SLOW */
        .wakes_destination = true, /* mta.c mta_hoststat_reschedule */
        /* mta.c: whatever keeps a session from being ready, also a 5yz greeting. Measured: 7 of 7 hosts refusing or
         * saying 421 tried, 1 of 7 that say 450. */
        .next_host =
            NEXT_AFTER_CONNECT | CAUSE_BIT(CAUSE_NO_GREETING) | CAUSE_BIT(CAUSE_HOST_BUSY) | CAUSE_BIT(CAUSE_BLOCKED),
        /* FORMERR, REFUSED: measured; NOTIMP, and that a domain without usable address is tried on: mta.c mta_on_mx. */
        .permanent = CAUSE_BIT(CAUSE_DNS_FORMERR) | CAUSE_BIT(CAUSE_DNS_REFUSED) | CAUSE_BIT(CAUSE_DNS_NOTIMP) |
                     CAUSE_BIT(CAUSE_DNS_NXDOMAIN) | CAUSE_BIT(CAUSE_NULL_MX) | CAUSE_BIT(CAUSE_MX_LOOP) |
                     (PERMANENT_5YZ & ~CAUSE_BIT(CAUSE_BLOCKED)),
        .source_addresses = 1,
        .destination_concurrency = 5,
        .initial_concurrency = 1, /* mta_find_route: one connection until a host has greeted */
        .positive_feedback = 1,
        .suspension_rule = SUSPEND_ROUTE,
        .suspension = 15 * S, /* mta.c mta_route_disable: 15 s times the penalty squared; not settable */
        .suspension_max = 3600 * S,
        .connection_cache = 10 * S,
        .messages_per_connection = 100,
        .lookup_all = true, /* dns.c dns_dispatch_mx */
        .lookup_aaaa = true,
        .on_dns_failure = DNS_FAILURE_DEFER,
        .stub_timeout = 5 * S,
        .stub_attempts = 4,
        .stub_doubles = true,
        /* RFC 3463 section 3; 5.1.10 from RFC 7505; 4.4.7 measured. */
        .status = {REPLY_STATUS, CONNECT_STATUS, [CAUSE_DNS_TIMEOUT] = "4.4.3", [CAUSE_DNS_SERVFAIL] = "4.4.3",
                   [CAUSE_DNS_REFUSED] = "5.4.3", [CAUSE_DNS_NOTIMP] = "5.4.3", [CAUSE_DNS_FORMERR] = "5.4.3",
                   [CAUSE_DNS_NXDOMAIN] = "5.1.2", [CAUSE_DNS_NODATA] = "4.4.4", [CAUSE_NULL_MX] = "5.1.10",
                   [CAUSE_MX_NO_ADDRESS] = "4.4.4"},
        .expired_status = "4.4.7",
    },
};
