/* models/profiles/tables.h - rows of parameter tables, for the profiles only.
 *
 *     SPAN(minimal_backoff_time, TOPIC_RETRY, "minimal_backoff_time", S, SIM_LONGEST, "the shortest wait", SOURCE_READ,
 *          "Postfix 3.12-20260821, src/global/mail_params.h")
 *
 * field of struct mta_params, topic, name in the software, bounds, what it does, how sure its value is, source. */
#pragma once
#include "models/profile.h"

#define S         SIM_SECOND
#define MIN       SIM_MINUTE
#define ROWS(a)   (sizeof(a) / sizeof *(a))
#define LONG_TIME SIM_LONGEST

#define AT(field) offsetof(struct mta_params, field)

/* One duration in the field, or the same duration in fields consecutive ones from it on. */
#define SPAN(field, topic, name, least, most, what, certainty, source)                                                 \
    {                                                                                                                  \
        name, PARAM_DURATION, topic, AT(field), 1, least, most, NULL, what, certainty, source                          \
    }
#define STEPS(first, last, name, what, certainty, source)                                                              \
    {                                                                                                                  \
        name, PARAM_DURATION, TOPIC_TIMEOUT, AT(timeout[first]), (last) - (first) + 1, S, SIM_DAY, NULL, what,         \
            certainty, source                                                                                          \
    }
#define SPANS(field, topic, name, least, most, what, certainty, source)                                                \
    {                                                                                                                  \
        name, PARAM_SPANS, topic, AT(field), 1, least, most, NULL, what, certainty, source                             \
    }
#define COUNT(field, topic, name, least, most, what, certainty, source)                                                \
    {                                                                                                                  \
        name, PARAM_COUNT, topic, AT(field), 1, least, most, NULL, what, certainty, source                             \
    }
/* least and most in thousandths. */
#define NUMBER(field, topic, name, least, most, what, certainty, source)                                               \
    {                                                                                                                  \
        name, PARAM_NUMBER, topic, AT(field), 1, least, most, NULL, what, certainty, source                            \
    }
#define BOOL(field, topic, name, what, certainty, source)                                                              \
    {                                                                                                                  \
        name, PARAM_BOOL, topic, AT(field), 1, 0, 1, NULL, what, certainty, source                                     \
    }
#define CHOICE(field, topic, name, choices, what, certainty, source)                                                   \
    {                                                                                                                  \
        name, PARAM_CHOICE, topic, AT(field), 1, 0, 0, choices, what, certainty, source                                \
    }
#define RULES(field, name, what, certainty, source)                                                                    \
    {                                                                                                                  \
        name, PARAM_RULES, TOPIC_RETRY, AT(field), 1, 0, 0, NULL, what, certainty, source                              \
    }
#define PHASE(what)                                                                                                    \
    {                                                                                                                  \
        "queue_run_phase", PARAM_PHASE, TOPIC_QUEUE_RUN, AT(queue_run_phase), 1, 0, SIM_LONGEST, NULL, what,           \
            DEFINITION, "mxsim's own: real software starts when it was started"                                        \
    }

extern const char *const on_dns_failure_words[]; /* defer, bounce */

/* Rows that every MTA has: its host's kernel and resolv.conf, and the choice that the classic text makes. */
#define KERNEL_ROWS                                                                                                    \
    COUNT(tcp_syn_retries, TOPIC_TIMEOUT, "tcp_syn_retries", 0, 30,                                                    \
          "how often the kernel repeats a SYN, beside the linear ones, before it ends a connect", SOURCE_READ,         \
          "Linux Documentation/networking/ip-sysctl.rst: 6"),                                                          \
        COUNT(tcp_syn_linear_timeouts, TOPIC_TIMEOUT, "tcp_syn_linear_timeouts", 0, 30,                                \
              "how many of these repeats come a second apart before the wait doubles; Linux before 6.5: 0", MEASURED,  \
              "Linux 6.18: 4; a connect ends after about 134 s")
#define RESOLV_CONF_ROWS                                                                                               \
    SPAN(stub_timeout, TOPIC_DNS, "stub_timeout", S, SIM_HOUR, "the stub resolver waits this long for the resolver",   \
         MEASURED, "glibc 2.36: 5 s, twice (resolv.conf: timeout)"),                                                   \
        COUNT(stub_attempts, TOPIC_DNS, "stub_attempts", 1, 100, "and asks this many times", MEASURED,                 \
              "glibc 2.36: 5 s, twice (resolv.conf: attempts)"),                                                       \
        BOOL(stub_rotate, TOPIC_DNS, "stub_rotate", "each question begins with the next one of several resolvers",     \
             MEASURED, "glibc 2.36: off (resolv.conf: rotate)")
#define ON_DNS_FAILURE_ROW(certainty, source)                                                                          \
    CHOICE(on_dns_failure, TOPIC_DNS, "on_dns_failure", on_dns_failure_words,                                          \
           "what a failing name service means: try later, or no such domain", certainty, source)
#define SOURCE_ADDRESSES_ROW(certainty, source)                                                                        \
    COUNT(source_addresses, TOPIC_HOSTS, "source_addresses", 1, 1000,                                                  \
          "each attempt comes from one of so many client addresses, at random", certainty, source)

/* Values that nearly all share. */
#define KERNEL_VALUES      .tcp_syn_retries = 6, .tcp_syn_linear_timeouts = 4
#define RESOLV_CONF_VALUES .stub_timeout = 5 * S, .stub_attempts = 2

/* Causes after which RFC 5321 section 5.1 lets a client go on to the next host. */
#define NEXT_AFTER_CONNECT                                                                                             \
    (CAUSE_BIT(CAUSE_CONNECT_REFUSED) | CAUSE_BIT(CAUSE_CONNECT_TIMEOUT) | CAUSE_BIT(CAUSE_NO_ROUTE))
#define NEXT_AFTER_SESSION                                                                                             \
    (NEXT_AFTER_CONNECT | CAUSE_BIT(CAUSE_SESSION_LOST) | CAUSE_BIT(CAUSE_NO_GREETING) | CAUSE_BIT(CAUSE_HOST_BUSY))
#define NEXT_AFTER_4YZ                                                                                                 \
    (NEXT_AFTER_SESSION | CAUSE_BIT(CAUSE_TEMPFAIL) | CAUSE_BIT(CAUSE_GREYLISTED) | CAUSE_BIT(CAUSE_RATE_LIMITED) |    \
     CAUSE_BIT(CAUSE_STORAGE_FULL))

/* Definite answers, and 5yz replies. */
#define PERMANENT_DNS                                                                                                  \
    (CAUSE_BIT(CAUSE_DNS_NXDOMAIN) | CAUSE_BIT(CAUSE_DNS_NODATA) | CAUSE_BIT(CAUSE_NULL_MX) |                          \
     CAUSE_BIT(CAUSE_MX_NO_ADDRESS) | CAUSE_BIT(CAUSE_MX_LOOP))
#define PERMANENT_5YZ                                                                                                  \
    (CAUSE_BIT(CAUSE_REJECTED) | CAUSE_BIT(CAUSE_BLOCKED) | CAUSE_BIT(CAUSE_USER_UNKNOWN) |                            \
     CAUSE_BIT(CAUSE_MAILBOX_FULL) | CAUSE_BIT(CAUSE_SUPPRESSED))

/* Codes that come from the far host, or that RFC 3463 section 3 leaves no choice about. */
#define REPLY_STATUS                                                                                                   \
    [CAUSE_NONE] = "2.0.0", [CAUSE_HOST_BUSY] = "4.3.2", [CAUSE_TEMPFAIL] = "4.3.0", [CAUSE_GREYLISTED] = "4.2.0",     \
    [CAUSE_RATE_LIMITED] = "4.7.1", [CAUSE_STORAGE_FULL] = "4.3.1", [CAUSE_REJECTED] = "5.7.1",                        \
    [CAUSE_BLOCKED] = "5.7.1", [CAUSE_USER_UNKNOWN] = "5.1.1", [CAUSE_MAILBOX_FULL] = "5.2.2",                         \
    [CAUSE_SUPPRESSED] = "5.1.0"
/* Codes of the sender's own making that most MTAs agree on. */
#define CONNECT_STATUS                                                                                                 \
    [CAUSE_CONNECT_REFUSED] = "4.4.1", [CAUSE_CONNECT_TIMEOUT] = "4.4.1", [CAUSE_NO_ROUTE] = "4.4.1",                  \
    [CAUSE_SESSION_LOST] = "4.4.2", [CAUSE_NO_GREETING] = "4.4.2", [CAUSE_MX_LOOP] = "5.4.6"
#define DNS_STATUS_443                                                                                                 \
    [CAUSE_DNS_TIMEOUT] = "4.4.3", [CAUSE_DNS_SERVFAIL] = "4.4.3", [CAUSE_DNS_REFUSED] = "4.4.3",                      \
    [CAUSE_DNS_NOTIMP] = "4.4.3"

/* The profiles. */
extern const struct mta_profile profile_postfix, profile_exim, profile_sendmail, profile_opensmtpd, profile_qmail,
    profile_haraka, profile_kumomta, profile_postal, profile_stalwart, profile_maddy, profile_zonemta, profile_exchange,
    profile_exchange_online, profile_gmail, profile_sendgrid, profile_mailgun, profile_ses, profile_rfc5321,
    profile_classic;
extern const struct resolver_profile profile_unbound, profile_bind;
