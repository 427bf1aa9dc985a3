/* models/profile.h - named MTAs and resolvers as data: every parameter, its default, and where that comes from.
 *
 * A profile is a filled struct of parameters. The mechanisms (models/retry.c, models/mta.c, models/resolver.c) read
 * the parameters only, never a profile's name. A scenario may set any parameter under its own name. */
#pragma once
#include "models/outcome.h"
#include "sim/vtime.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How an MTA finds the time of its next attempt. In the order of retry_choices in models/profile.c. A new rule goes
 * here, there, into models/retry.c and scenarios/check.c, the schema, docs/scenario-language.md and docs/model.md. */
enum retry_kind {
    RETRY_AGE, /* wait as long as the message is old, within minimal and maximal_backoff_time (Postfix) */
    RETRY_LIST /* wait retry_gaps[0], [1], ...; the last one repeats */
};

/* What a failing name service (time-out, SERVFAIL) means to an MTA. */
enum dns_failure_policy {
    DNS_FAILURE_DEFER, /* queue and try later (RFC 5321 section 5.1: temporary error) */
    DNS_FAILURE_BOUNCE /* "the domain does not exist": the classic, wrong reading */
};

#define RETRY_GAPS_MAX 32

struct mta_params {
    enum retry_kind retry;
    sim_time minimal_backoff_time, maximal_backoff_time; /* RETRY_AGE */
    sim_time retry_gaps[RETRY_GAPS_MAX];                 /* RETRY_LIST */
    uint32_t retry_gap_count;
    sim_time queue_run_delay; /* the deferred queue is scanned this often; 0: each message has its own timer */
    sim_time maximal_queue_lifetime, bounce_queue_lifetime; /* the latter for mail from the null sender */
    sim_time delay_warning_time;                            /* 0: no warning */
    bool delay_warning_repeat;                              /* warn again after each further delay_warning_time */
    sim_time smtp_connect_timeout, smtp_helo_timeout, smtp_mail_timeout, smtp_rcpt_timeout, smtp_data_init_timeout,
        smtp_data_done_timeout;
    uint32_t smtp_mx_address_limit; /* addresses tried in one attempt; 0: no limit */
    uint32_t smtp_mx_session_limit; /* sessions that got past the greeting in one attempt; 0: no limit */
    bool smtp_pipelining;           /* MAIL, RCPT and DATA share one round trip (RFC 2920) */
    enum dns_failure_policy on_dns_failure;
    sim_time stub_timeout;           /* the stub resolver waits this long for an answer */
    uint32_t stub_attempts;          /* and asks this many times */
    const char *status[CAUSE_COUNT]; /* RFC 3463 code noted for each cause, "4.4.1" */
};

/* Which server a resolver asks. */
enum server_choice {
    CHOOSE_RANDOM_IN_BAND, /* at random among those within server_band of the best (Unbound) */
    CHOOSE_LOWEST_SRTT     /* the lowest smoothed round trip; never-asked ones first (BIND) */
};

/* How long a resolver waits for one reply. */
enum timeout_rule {
    TIMEOUT_RTO, /* srtt + 4 rttvar, doubled at each time-out and remembered per server (Unbound) */
    TIMEOUT_TRY  /* retry_timeout, doubled each round after flat_rounds; per question (BIND) */
};

struct resolver_params {
    enum server_choice choice;
    sim_time server_band;
    enum timeout_rule timeout;
    sim_time unknown_server_timeout; /* TIMEOUT_RTO: for a server not asked yet */
    sim_time rto_min, rto_max;       /* TIMEOUT_RTO; at rto_max a server is held to be down */
    sim_time probe_rto;              /* from this rto on one question at a time may probe it; 0: no such rule */
    sim_time infra_host_ttl;         /* what is known of a server is forgotten after this */
    sim_time resend_below;  /* TIMEOUT_RTO: a lost packet whose time-out was below this is sent once more as it was,
                             * before the time-out doubles; 0: never */
    sim_time retry_timeout; /* TIMEOUT_TRY */
    uint32_t flat_rounds;   /* TIMEOUT_TRY: rounds over all servers before the wait doubles with each round */
    sim_time try_timeout_max;
    sim_time query_timeout;    /* a question is given up after this; 0: only by max_tries */
    uint32_t max_tries;        /* and after this many packets */
    uint32_t tries_per_server; /* and this many to each server; 0: no such limit */
    sim_time discard_timeout;  /* an answer later than this after the client's question is not sent; 0: always sent */
    sim_time failure_ttl;      /* SERVFAIL is remembered this long (RFC 2308 section 7.1) */
    sim_time cache_max_ttl, cache_max_negative_ttl;
    bool heeds_icmp; /* a closed port counts as a failed try at once; else it is waited out like silence */
};

/* ---- the parameters by name ---- */

enum param_type {
    PARAM_DURATION, /* sim_time */
    PARAM_COUNT,    /* uint32_t */
    PARAM_BOOL,     /* bool */
    PARAM_CHOICE,   /* an enum (int-sized), by the words in choices */
    PARAM_GAPS      /* retry_gaps and retry_gap_count */
};

/* One parameter a scenario may set. min and max bound durations (ns) and counts, both inclusive. */
struct param {
    const char *name;
    enum param_type type;
    size_t offset;
    int64_t min, max;
    const char *const *choices; /* null-terminated; PARAM_CHOICE only */
    const char *what;           /* one line for people, with the unit */
};

/* Where a profile's value of one parameter comes from. */
struct param_source {
    const char *param;     /* a struct param's name; null ends the list */
    const char *certainty; /* "measured", "source read", "second hand", "guessed", "definition" */
    const char *source;    /* software, version and file, or RFC and section */
};

struct profile {
    const char *name;
    const char *what; /* one line */
    const struct param_source *sources;
};

struct mta_profile {
    struct profile profile;
    struct mta_params params;
};
struct resolver_profile {
    struct profile profile;
    struct resolver_params params;
};

extern const struct mta_profile mta_profiles[];
extern const size_t mta_profile_count;
extern const struct resolver_profile resolver_profiles[];
extern const size_t resolver_profile_count;
extern const struct param mta_param_table[];
extern const size_t mta_param_count;
extern const struct param resolver_param_table[];
extern const size_t resolver_param_count;

/* By name, case-sensitive; null if there is none. */
const struct mta_profile *mta_profile_find(const char *name);
const struct resolver_profile *resolver_profile_find(const char *name);
