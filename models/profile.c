/* models/profile.c - see models/profile.h. All of this file is data; each value's source stands beside its profile. */
#include "models/profile.h"

#include <string.h>

#define S           SIM_SECOND
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

/* ---- parameters of an MTA ---- */

static const char *const retry_choices[] = {"age", "list", NULL};
static const char *const dns_failure_choices[] = {"defer", "bounce", NULL};

#define MTA_SPAN(field, least, most, what)                                                                             \
    {                                                                                                                  \
#field, PARAM_DURATION, offsetof(struct mta_params, field), least, most, NULL, what                            \
    }
#define MTA_COUNT(field, least, most, what)                                                                            \
    {                                                                                                                  \
#field, PARAM_COUNT, offsetof(struct mta_params, field), least, most, NULL, what                               \
    }
#define MTA_BOOL(field, what)                                                                                          \
    {                                                                                                                  \
#field, PARAM_BOOL, offsetof(struct mta_params, field), 0, 1, NULL, what                                       \
    }
#define MTA_CHOICE(field, choices, what)                                                                               \
    {                                                                                                                  \
#field, PARAM_CHOICE, offsetof(struct mta_params, field), 0, 0, choices, what                                  \
    }

const struct param mta_param_table[] = {
    MTA_CHOICE(retry, retry_choices, "how the next attempt is timed: by the message's age, or by a list of gaps"),
    MTA_SPAN(minimal_backoff_time, S, SIM_LONGEST, "age: the shortest wait between two attempts"),
    MTA_SPAN(maximal_backoff_time, S, SIM_LONGEST, "age: the longest wait between two attempts"),
    {"retry_gaps", PARAM_GAPS, offsetof(struct mta_params, retry_gaps), S, SIM_LONGEST, NULL,
     "list: waits after the 1st, 2nd, ... attempt; the last repeats"},
    MTA_SPAN(queue_run_delay, 0, SIM_LONGEST,
             "the queue of deferred mail is scanned this often; 0s: a timer a message"),
    MTA_SPAN(maximal_queue_lifetime, 0, SIM_LONGEST, "after this, mail that still fails is returned to its sender"),
    MTA_SPAN(bounce_queue_lifetime, 0, SIM_LONGEST, "the same for mail from the null sender (reports)"),
    MTA_SPAN(delay_warning_time, 0, SIM_LONGEST, "the sender is warned of a delay after this; 0s: never"),
    MTA_BOOL(delay_warning_repeat, "warn again after each further delay_warning_time"),
    MTA_SPAN(smtp_connect_timeout, S, SIM_DAY, "wait for a TCP connection"),
    MTA_SPAN(smtp_helo_timeout, S, SIM_DAY, "wait for the greeting, and for the reply to EHLO"),
    MTA_SPAN(smtp_mail_timeout, S, SIM_DAY, "wait for the reply to MAIL"),
    MTA_SPAN(smtp_rcpt_timeout, S, SIM_DAY, "wait for the reply to RCPT"),
    MTA_SPAN(smtp_data_init_timeout, S, SIM_DAY, "wait for the reply to DATA"),
    MTA_SPAN(smtp_data_done_timeout, S, SIM_DAY, "wait for the reply to the final dot"),
    MTA_COUNT(smtp_mx_address_limit, 0, 1000, "addresses tried in one attempt; 0: all"),
    MTA_COUNT(smtp_mx_session_limit, 0, 1000, "sessions past the greeting in one attempt; 0: no limit"),
    MTA_BOOL(smtp_pipelining, "MAIL, RCPT and DATA share one round trip"),
    MTA_CHOICE(on_dns_failure, dns_failure_choices, "what a failing name service means: try later, or no such domain"),
    MTA_SPAN(stub_timeout, S, SIM_HOUR, "the stub resolver waits this long for the resolver"),
    MTA_COUNT(stub_attempts, 1, 100, "and asks this many times"),
};
const size_t mta_param_count = COUNT_OF(mta_param_table);

/* ---- parameters of a resolver ---- */

static const char *const server_choices[] = {"random_in_band", "lowest_srtt", NULL};
static const char *const timeout_choices[] = {"rto", "try", NULL};

#define RES_SPAN(field, least, most, what)                                                                             \
    {                                                                                                                  \
#field, PARAM_DURATION, offsetof(struct resolver_params, field), least, most, NULL, what                       \
    }
#define RES_COUNT(field, least, most, what)                                                                            \
    {                                                                                                                  \
#field, PARAM_COUNT, offsetof(struct resolver_params, field), least, most, NULL, what                          \
    }
#define RES_CHOICE(field, choices, what)                                                                               \
    {                                                                                                                  \
#field, PARAM_CHOICE, offsetof(struct resolver_params, field), 0, 0, choices, what                             \
    }

const struct param resolver_param_table[] = {
    RES_CHOICE(choice, server_choices, "which name server is asked"),
    RES_SPAN(server_band, 0, SIM_HOUR, "random_in_band: servers whose time-out is within this of the best are equal"),
    RES_CHOICE(timeout, timeout_choices, "time-outs remembered per server (rto), or per try of a question (try)"),
    RES_SPAN(unknown_server_timeout, SIM_MS, SIM_HOUR, "rto: for a server not asked yet"),
    RES_SPAN(rto_min, SIM_MS, SIM_HOUR, "rto: the shortest"),
    RES_SPAN(rto_max, SIM_MS, SIM_HOUR, "rto: the longest; a server that reaches it is held to be down"),
    RES_SPAN(probe_rto, 0, SIM_HOUR, "rto: from here on one question at a time may probe the server; 0s: no such rule"),
    RES_SPAN(resend_below, 0, SIM_HOUR, "rto: a lost packet is sent once more as it was if its time-out is below this"),
    RES_SPAN(infra_host_ttl, S, SIM_LONGEST, "what is known of a server is forgotten after this"),
    RES_SPAN(retry_timeout, SIM_MS, SIM_HOUR, "try: wait for one reply"),
    RES_COUNT(flat_rounds, 1, 1000, "try: rounds over all servers before the wait doubles each round"),
    RES_SPAN(try_timeout_max, SIM_MS, SIM_HOUR, "try: the longest wait"),
    RES_SPAN(query_timeout, 0, SIM_HOUR, "a question is given up after this; 0s: only by the counts"),
    RES_COUNT(max_tries, 1, 10000, "packets sent for one question"),
    RES_COUNT(tries_per_server, 0, 10000, "packets sent to one server for one question; 0: no such limit"),
    RES_SPAN(discard_timeout, 0, SIM_HOUR, "an answer that took longer is not sent to the client; 0s: always sent"),
    RES_SPAN(failure_ttl, 0, SIM_HOUR, "SERVFAIL is remembered this long"),
    RES_SPAN(cache_max_ttl, 0, SIM_LONGEST, "the longest time an answer is kept"),
    RES_SPAN(cache_max_negative_ttl, 0, SIM_LONGEST, "the longest time a 'no' is kept"),
    {"heeds_icmp", PARAM_BOOL, offsetof(struct resolver_params, heeds_icmp), 0, 1, NULL,
     "a closed port counts as a failed try at once; else it is waited out like silence"},
};
const size_t resolver_param_count = COUNT_OF(resolver_param_table);

/* ---- status codes ---- */

/* Codes that come from the far host, or that all agree on. */
#define COMMON_STATUS                                                                                                  \
    [CAUSE_NONE] = "2.0.0", [CAUSE_CONNECT_REFUSED] = "4.4.1", [CAUSE_CONNECT_TIMEOUT] = "4.4.1",                      \
    [CAUSE_SESSION_LOST] = "4.4.2", [CAUSE_HOST_BUSY] = "4.3.2", [CAUSE_TEMPFAIL] = "4.3.0",                           \
    [CAUSE_REJECTED] = "5.7.1", [CAUSE_USER_UNKNOWN] = "5.1.1", [CAUSE_MX_LOOP] = "5.4.6"

/* ---- MTA profiles ---- */

#define MAIL_PARAMS_H "Postfix 3.12-20260821, src/global/mail_params.h"
#define SOURCE_READ   "source read"

static const struct param_source postfix_sources[] = {
    {"retry", "measured", "Postfix 3.7.11: 51 of 52 gaps; src/qmgr/qmgr_active.c qmgr_active_done_3_generic"},
    {"minimal_backoff_time", SOURCE_READ, MAIL_PARAMS_H},
    {"maximal_backoff_time", SOURCE_READ, MAIL_PARAMS_H},
    {"retry_gaps", "definition", "not used by retry age"},
    {"queue_run_delay", SOURCE_READ, MAIL_PARAMS_H},
    {"maximal_queue_lifetime", "measured",
     "Postfix 3.7.11 with a clock sped up: returned after 5.02 d; " MAIL_PARAMS_H},
    {"bounce_queue_lifetime", SOURCE_READ, MAIL_PARAMS_H},
    {"delay_warning_time", SOURCE_READ, MAIL_PARAMS_H},
    {"delay_warning_repeat", SOURCE_READ, "Postfix 3.12-20260821, src/qmgr/qmgr_active.c: one warning a message"},
    {"smtp_connect_timeout", "measured", "Postfix 3.7.11: the next host after 30 s; " MAIL_PARAMS_H},
    {"smtp_helo_timeout", "measured", "Postfix 3.7.11: a host without greeting costs 300 s; " MAIL_PARAMS_H},
    {"smtp_mail_timeout", SOURCE_READ, MAIL_PARAMS_H},
    {"smtp_rcpt_timeout", SOURCE_READ, MAIL_PARAMS_H},
    {"smtp_data_init_timeout", SOURCE_READ, MAIL_PARAMS_H},
    {"smtp_data_done_timeout", SOURCE_READ, MAIL_PARAMS_H},
    {"smtp_mx_address_limit", "measured", "Postfix 3.7.11: 5 of 7 refusing hosts tried; " MAIL_PARAMS_H},
    {"smtp_mx_session_limit", "measured", "Postfix 3.7.11: 2 of 7 hosts that say 450 tried; " MAIL_PARAMS_H},
    {"smtp_pipelining", SOURCE_READ, "Postfix smtp(8): used when the host offers it"},
    {"on_dns_failure", "measured", "Postfix 3.7.11: deferred with 4.4.3 on silence and SERVFAIL"},
    {"stub_timeout", "measured", "glibc 2.36: 5 s, twice"},
    {"stub_attempts", "measured", "glibc 2.36: 5 s, twice"},
    {NULL, NULL, NULL},
};

#define RFC_RETRY    "RFC 5321 section 4.5.4.1"
#define RFC_TIMEOUTS "RFC 5321 section 4.5.3.2"

static const struct param_source rfc5321_sources[] = {
    {"retry", "definition", RFC_RETRY ": a queue per destination is left to the implementation"},
    {"minimal_backoff_time", "definition", "not used by retry list"},
    {"maximal_backoff_time", "definition", "not used by retry list"},
    {"retry_gaps", SOURCE_READ,
     RFC_RETRY ": at least 30 minutes; two tries in the first hour, then every 2 to 3 hours"},
    {"queue_run_delay", "definition", RFC_RETRY " names no grid"},
    {"maximal_queue_lifetime", SOURCE_READ, RFC_RETRY ": give up after 4 to 5 days at the earliest"},
    {"bounce_queue_lifetime", SOURCE_READ, RFC_RETRY ": reports may have a shorter life"},
    {"delay_warning_time", "definition", "RFC 5321 asks for no warning"},
    {"delay_warning_repeat", "definition", "RFC 5321 asks for no warning"},
    {"smtp_connect_timeout", "guessed", "RFC 5321 names none; as the greeting"},
    {"smtp_helo_timeout", SOURCE_READ, RFC_TIMEOUTS ".1"},
    {"smtp_mail_timeout", SOURCE_READ, RFC_TIMEOUTS ".2"},
    {"smtp_rcpt_timeout", SOURCE_READ, RFC_TIMEOUTS ".3"},
    {"smtp_data_init_timeout", SOURCE_READ, RFC_TIMEOUTS ".4"},
    {"smtp_data_done_timeout", SOURCE_READ, RFC_TIMEOUTS ".6"},
    {"smtp_mx_address_limit", SOURCE_READ, "RFC 5321 section 5.1: a limit is allowed, not asked for"},
    {"smtp_mx_session_limit", SOURCE_READ, "RFC 5321 section 5.1: a limit is allowed, not asked for"},
    {"smtp_pipelining", "definition", "an extension, RFC 2920"},
    {"on_dns_failure", SOURCE_READ, "RFC 5321 section 5.1: a temporary error is queued and tried later"},
    {"stub_timeout", "measured", "glibc 2.36: 5 s, twice"},
    {"stub_attempts", "measured", "glibc 2.36: 5 s, twice"},
    {NULL, NULL, NULL},
};

#define CLASSIC "the classic textbook account of mail delivery; X, Y and Z are the reader's to set"

static const struct param_source classic_sources[] = {
    {"retry", "definition", CLASSIC},
    {"minimal_backoff_time", "definition", "not used by retry list"},
    {"maximal_backoff_time", "definition", "not used by retry list"},
    {"retry_gaps", "guessed", CLASSIC ": every X hours, X = 1"},
    {"queue_run_delay", "definition", CLASSIC},
    {"maximal_queue_lifetime", "guessed", CLASSIC ": for Y days, Y = 5"},
    {"bounce_queue_lifetime", "guessed", CLASSIC ": for Y days, Y = 5"},
    {"delay_warning_time", "guessed", CLASSIC ": a warning every Z hours, Z = 4"},
    {"delay_warning_repeat", "definition", CLASSIC},
    {"smtp_connect_timeout", "guessed", "as rfc5321"},
    {"smtp_helo_timeout", "guessed", "as rfc5321"},
    {"smtp_mail_timeout", "guessed", "as rfc5321"},
    {"smtp_rcpt_timeout", "guessed", "as rfc5321"},
    {"smtp_data_init_timeout", "guessed", "as rfc5321"},
    {"smtp_data_done_timeout", "guessed", "as rfc5321"},
    {"smtp_mx_address_limit", "definition", CLASSIC},
    {"smtp_mx_session_limit", "definition", CLASSIC},
    {"smtp_pipelining", "definition", CLASSIC},
    {"on_dns_failure", "definition", CLASSIC ": no answer means that the domain does not exist"},
    {"stub_timeout", "measured", "glibc 2.36: 5 s, twice"},
    {"stub_attempts", "measured", "glibc 2.36: 5 s, twice"},
    {NULL, NULL, NULL},
};

const struct mta_profile mta_profiles[] = {
    {{"postfix", "Postfix 3.7 to 3.12 with its default parameters", postfix_sources},
     {
         .retry = RETRY_AGE,
         .minimal_backoff_time = 300 * S,
         .maximal_backoff_time = 4000 * S,
         .retry_gaps = {SIM_HOUR},
         .retry_gap_count = 1,
         .queue_run_delay = 300 * S,
         .maximal_queue_lifetime = 5 * SIM_DAY,
         .bounce_queue_lifetime = 5 * SIM_DAY,
         .smtp_connect_timeout = 30 * S,
         .smtp_helo_timeout = 300 * S,
         .smtp_mail_timeout = 300 * S,
         .smtp_rcpt_timeout = 300 * S,
         .smtp_data_init_timeout = 120 * S,
         .smtp_data_done_timeout = 600 * S,
         .smtp_mx_address_limit = 5,
         .smtp_mx_session_limit = 2,
         .smtp_pipelining = true,
         .on_dns_failure = DNS_FAILURE_DEFER,
         .stub_timeout = 5 * S,
         .stub_attempts = 2,
         /* Measured on Postfix 3.7.11, but for 5.1.0 also src/smtp/smtp_addr.c of 3.12-20260821. */
         .status = {COMMON_STATUS, [CAUSE_DNS_TIMEOUT] = "4.4.3", [CAUSE_DNS_SERVFAIL] = "4.4.3",
                    [CAUSE_DNS_NXDOMAIN] = "5.4.4", [CAUSE_DNS_NODATA] = "5.4.4", [CAUSE_NULL_MX] = "5.1.0",
                    [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
     }},
    {{"rfc5321", "an MTA that does what RFC 5321 advises, no more and no less", rfc5321_sources},
     {
         .retry = RETRY_LIST,
         .minimal_backoff_time = 30 * SIM_MINUTE,
         .maximal_backoff_time = 3 * SIM_HOUR,
         .retry_gaps = {30 * SIM_MINUTE, 30 * SIM_MINUTE, 2 * SIM_HOUR},
         .retry_gap_count = 3,
         .queue_run_delay = 0,
         .maximal_queue_lifetime = 5 * SIM_DAY,
         .bounce_queue_lifetime = 5 * SIM_DAY,
         .smtp_connect_timeout = 300 * S,
         .smtp_helo_timeout = 300 * S,
         .smtp_mail_timeout = 300 * S,
         .smtp_rcpt_timeout = 300 * S,
         .smtp_data_init_timeout = 120 * S,
         .smtp_data_done_timeout = 600 * S,
         .on_dns_failure = DNS_FAILURE_DEFER,
         .stub_timeout = 5 * S,
         .stub_attempts = 2,
         /* RFC 3463 section 3; 5.1.10 from RFC 7505. */
         .status = {COMMON_STATUS, [CAUSE_DNS_TIMEOUT] = "4.4.3", [CAUSE_DNS_SERVFAIL] = "4.4.3",
                    [CAUSE_DNS_NXDOMAIN] = "5.1.2", [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10",
                    [CAUSE_MX_NO_ADDRESS] = "5.4.4"},
     }},
    {{"classic", "the textbook MTA: no DNS answer means no such domain; retry every hour for 5 days, warn every 4 h",
      classic_sources},
     {
         .retry = RETRY_LIST,
         .minimal_backoff_time = SIM_HOUR,
         .maximal_backoff_time = SIM_HOUR,
         .retry_gaps = {SIM_HOUR},
         .retry_gap_count = 1,
         .queue_run_delay = 0,
         .maximal_queue_lifetime = 5 * SIM_DAY,
         .bounce_queue_lifetime = 5 * SIM_DAY,
         .delay_warning_time = 4 * SIM_HOUR,
         .delay_warning_repeat = true,
         .smtp_connect_timeout = 300 * S,
         .smtp_helo_timeout = 300 * S,
         .smtp_mail_timeout = 300 * S,
         .smtp_rcpt_timeout = 300 * S,
         .smtp_data_init_timeout = 120 * S,
         .smtp_data_done_timeout = 600 * S,
         .on_dns_failure = DNS_FAILURE_BOUNCE,
         .stub_timeout = 5 * S,
         .stub_attempts = 2,
         /* It takes silence for "no such domain", so that is what its report says. */
         .status = {COMMON_STATUS, [CAUSE_DNS_TIMEOUT] = "5.1.2", [CAUSE_DNS_SERVFAIL] = "5.1.2",
                    [CAUSE_DNS_NXDOMAIN] = "5.1.2", [CAUSE_DNS_NODATA] = "5.1.2", [CAUSE_NULL_MX] = "5.1.10",
                    [CAUSE_MX_NO_ADDRESS] = "5.1.2"},
     }},
};
const size_t mta_profile_count = COUNT_OF(mta_profiles);

/* ---- resolver profiles ---- */

#define UNBOUND "Unbound 2026-08-21, "
#define BIND    "BIND 9 main 2026-08-21, "

static const struct param_source unbound_sources[] = {
    {"choice", "measured", "Unbound 1.17.1: 263 and 237 of 500 questions at 10 and 60 ms; iterator/iterator.c"},
    {"server_band", SOURCE_READ, UNBOUND "iterator/iterator.h RTT_BAND"},
    {"timeout", SOURCE_READ, UNBOUND "util/rtt.c"},
    {"unknown_server_timeout", "measured", "Unbound 1.17.1: 377 ms; util/rtt.c"},
    {"rto_min", SOURCE_READ, UNBOUND "util/rtt.c RTT_MIN_TIMEOUT"},
    {"rto_max", SOURCE_READ, UNBOUND "util/rtt.c RTT_MAX_TIMEOUT"},
    {"probe_rto", SOURCE_READ, UNBOUND "services/cache/infra.c PROBE_MAXRTO"},
    {"resend_below", "measured",
     "Unbound 1.17.1: lost packets come in pairs, 377 and 377 ms, warm 50 50 100 100 200 200 ms; "
     "services/outside_network.c "
     "serviced_udp_callback: again with a smaller EDNS size while the time-out is below 5 s"},
    {"infra_host_ttl", "measured", "Unbound 1.17.1: a dead server probed again after 899.5 s; infra-host-ttl"},
    {"retry_timeout", "definition", "not used by timeout rto"},
    {"flat_rounds", "definition", "not used by timeout rto"},
    {"try_timeout_max", "definition", "not used by timeout rto"},
    {"query_timeout", SOURCE_READ, UNBOUND "iterator/iterator.c: counts only"},
    {"max_tries", SOURCE_READ, UNBOUND "max-sent-count"},
    {"tries_per_server", SOURCE_READ, UNBOUND "outbound-msg-retry"},
    {"discard_timeout", "measured", "Unbound 1.17.1-2+deb12u4 (Debian 12): later answers are dropped; discard-timeout"},
    {"failure_ttl", "measured", "Unbound 1.17.1: asked again after 5 to 6 s; NORR_TTL"},
    {"cache_max_ttl", SOURCE_READ, UNBOUND "cache-max-ttl"},
    {"cache_max_negative_ttl", SOURCE_READ, UNBOUND "cache-max-negative-ttl"},
    {"heeds_icmp", "measured", "Unbound 1.17.1: a closed port has the timers of a black hole"},
    {NULL, NULL, NULL},
};

static const struct param_source bind_sources[] = {
    {"choice", "measured", "BIND 9.18.49: 500 and 0 of 500 questions at 10 and 60 ms; lib/dns/adb.c"},
    {"server_band", "definition", "not used by choice lowest_srtt"},
    {"timeout", SOURCE_READ, BIND "lib/dns/resolver.c"},
    {"unknown_server_timeout", "definition", "not used by timeout try"},
    {"rto_min", "definition", "not used by timeout try"},
    {"rto_max", "definition", "not used by timeout try"},
    {"probe_rto", "definition", "BIND has no hold-down"},
    {"resend_below", "definition", "not used by timeout try"},
    {"infra_host_ttl", SOURCE_READ, BIND "lib/dns/adb.c: address entries up to 24 h"},
    {"retry_timeout", "measured", "BIND 9.18.49: 800 ms; lib/dns/resolver.c"},
    {"flat_rounds", "measured", "BIND 9.18.49, two silent servers: packets at 0 .80 1.60 2.41 3.21 4.81 6.41 9.61 s"},
    {"try_timeout_max", SOURCE_READ, BIND "lib/dns/resolver.c: 9 s"},
    {"query_timeout", "measured", "BIND 9.18.49: SERVFAIL after 10.00 s; resolver-query-timeout"},
    {"max_tries", SOURCE_READ, BIND "max-recursion-queries 50"},
    {"tries_per_server", "definition", "BIND has no such limit"},
    {"discard_timeout", "definition", "BIND has none"},
    {"failure_ttl", "measured", "BIND 9.18.49: asked again after 1 to 2 s; servfail-ttl"},
    {"cache_max_ttl", SOURCE_READ, BIND "max-cache-ttl"},
    {"cache_max_negative_ttl", SOURCE_READ, BIND "max-ncache-ttl"},
    {"heeds_icmp", "measured", "BIND 9.18.49: SERVFAIL after 2 ms when both ports are closed"},
    {NULL, NULL, NULL},
};

const struct resolver_profile resolver_profiles[] = {
    {{"unbound", "Unbound 1.17 as Debian 12 ships it", unbound_sources},
     {
         .choice = CHOOSE_RANDOM_IN_BAND,
         .server_band = 400 * SIM_MS,
         .timeout = TIMEOUT_RTO,
         .unknown_server_timeout = 376 * SIM_MS,
         .rto_min = 50 * SIM_MS,
         .rto_max = 120 * S,
         .probe_rto = 12 * S,
         .resend_below = 5 * S,
         .infra_host_ttl = 900 * S,
         .retry_timeout = 376 * SIM_MS,
         .flat_rounds = 1,
         .try_timeout_max = 120 * S,
         .query_timeout = 0,
         .max_tries = 32,
         .tries_per_server = 5,
         .discard_timeout = 1900 * SIM_MS,
         .failure_ttl = 5 * S,
         .cache_max_ttl = SIM_DAY,
         .cache_max_negative_ttl = SIM_HOUR,
         .heeds_icmp = false,
     }},
    {{"bind", "BIND 9.18 with its default options", bind_sources},
     {
         .choice = CHOOSE_LOWEST_SRTT,
         .server_band = 0,
         .timeout = TIMEOUT_TRY,
         .unknown_server_timeout = 800 * SIM_MS,
         .rto_min = 800 * SIM_MS,
         .rto_max = SIM_HOUR,
         .probe_rto = 0,
         .infra_host_ttl = SIM_DAY,
         .retry_timeout = 800 * SIM_MS,
         .flat_rounds = 2,
         .try_timeout_max = 9 * S,
         .query_timeout = 10 * S,
         .max_tries = 50,
         .tries_per_server = 0,
         .discard_timeout = 0,
         .failure_ttl = 1 * S,
         .cache_max_ttl = 7 * SIM_DAY,
         .cache_max_negative_ttl = 3 * SIM_HOUR,
         .heeds_icmp = true,
     }},
};
const size_t resolver_profile_count = COUNT_OF(resolver_profiles);

const struct mta_profile *mta_profile_find(const char *name)
{
    for (size_t i = 0; i < mta_profile_count; i++)
        if (strcmp(mta_profiles[i].profile.name, name) == 0) return &mta_profiles[i];
    return NULL;
}

const struct resolver_profile *resolver_profile_find(const char *name)
{
    for (size_t i = 0; i < resolver_profile_count; i++)
        if (strcmp(resolver_profiles[i].profile.name, name) == 0) return &resolver_profiles[i];
    return NULL;
}
