/* models/mta_params.h - how an MTA behaves, as numbers over a few mechanisms. Named MTAs (models/profiles/) are filled
 * structs of this; the mechanisms read the struct only, never a profile's name. */
#pragma once
#include "models/outcome.h"
#include "models/retry_rules.h"

/* How an MTA finds the time of its next attempt (models/retry.c). */
enum retry_kind {
    RETRY_AGE,       /* as long as the message is old, within minimal and maximal_backoff_time (Postfix, sendmail) */
    RETRY_LIST,      /* retry_gaps[0], [1], ...; the last one repeats */
    RETRY_RULES,     /* Exim's rules, kept per host and shared by all messages (models/host_retry.c) */
    RETRY_QUADRATIC, /* at arrival + retry_unit * n^2 (qmail, OpenSMTPD) */
    RETRY_GEOMETRIC  /* retry_unit * retry_factor^n */
};

/* When a message that is too old is given up. */
enum expiry_rule {
    EXPIRY_AT_ATTEMPT,   /* at the first failed attempt after its lifetime */
    EXPIRY_AT_ONCE,      /* to the second, whether or not an attempt is due */
    EXPIRY_NEXT_TOO_LATE /* at the failed attempt whose next would come after its lifetime */
};

/* When a delay warning is sent. */
enum warning_rule {
    WARNING_AT_ATTEMPT,  /* at the first failed attempt after its time */
    WARNING_BY_NEXT_TRY, /* at the failed attempt whose next would come after its time */
    WARNING_AT_ONCE      /* at its time */
};

/* What makes an MTA stop trying a destination or a host for a while. */
enum suspension_rule {
    SUSPEND_NONE,
    SUSPEND_COHORT, /* a destination: sum of 1/window over failures in a row reaches failed_cohort_limit (Postfix) */
    SUSPEND_ROUTE,  /* a host: its nth failure in a row disables it for suspension * n^2 (OpenSMTPD) */
    SUSPEND_TWO_TIMEOUTS, /* a host: two connect time-outs 120 s or more apart disable it (qmail's tcpto) */
    SUSPEND_DESTINATION,  /* a destination: an attempt without any connection, for suspension, or suspension_max if it
                           * timed out (ZoneMTA) */
    SUSPEND_FOR_RUN,      /* a host: for the rest of the queue run that it failed in (sendmail) */
    SUSPEND_QUEUE /* a destination: after its nth failure in a row for retry_gaps[n - 1]; its mail waits for that, not
                   * for times of its own (Exchange) */
};

/* What a failing name service (time-out, SERVFAIL) means to an MTA. */
enum dns_failure_policy {
    DNS_FAILURE_DEFER, /* queue and try later (RFC 5321 section 5.1: temporary error) */
    DNS_FAILURE_BOUNCE /* "the domain does not exist": the classic, wrong reading */
};

/* The steps of a session that have a time-out of their own (RFC 5321 section 4.5.3.2). */
enum smtp_step {
    STEP_CONNECT,
    STEP_GREETING,
    STEP_EHLO,
    STEP_MAIL,
    STEP_RCPT,
    STEP_DATA_INIT,
    STEP_DATA_BLOCK,
    STEP_DATA_DONE,
    STEP_COUNT
};

/* A set of causes: bit c is cause c. */
typedef uint32_t cause_set;
#define CAUSE_BIT(cause) (UINT32_C(1) << (cause))

struct mta_params {
    /* the next attempt */
    enum retry_kind retry;
    sim_time minimal_backoff_time;  /* AGE: the shortest wait */
    sim_time maximal_backoff_time;  /* the longest wait: AGE (0: minimal_backoff_time always), RULES, GEOMETRIC (0: any)
                                     */
    struct span_list retry_gaps;    /* LIST */
    struct retry_rules retry_rules; /* RULES */
    bool delay_after_cutoff; /* RULES: past the last rule, mail fails without an attempt until the next try is due */
    sim_time retry_unit;     /* QUADRATIC, GEOMETRIC */
    uint32_t retry_skip;     /* QUADRATIC: n = floor(sqrt(age / unit)) + skip */
    double retry_factor;     /* GEOMETRIC */
    bool retry_factor_whole; /* GEOMETRIC: factor^n loses its fraction */
    sim_time retry_jitter;   /* LIST, GEOMETRIC: each wait is off by up to this, either way */
    uint32_t max_attempts;   /* given up after so many; 0: no such limit */
    bool max_attempts_late;  /* not before the next one would be due (Postal) */

    /* queue runs */
    sim_time queue_run_delay;  /* deferred mail is looked at this often; 0: each message has its own timer */
    sim_time queue_run_phase;  /* the time of one such look; PHASE_RANDOM: drawn per run */
    sim_time queue_run_slack;  /* a look also takes what is due within this */
    uint32_t queue_runners;    /* each look starts one process that tries the messages one after the other, this many
                                * at a time; 0: a look starts all that is due */
    uint32_t runners_per_look; /* so many of them; 0: one */
    bool wakes_destination; /* a success makes all mail that waits for the same destination due at once (OpenSMTPD) */

    /* life and warnings */
    enum expiry_rule expiry;
    sim_time maximal_queue_lifetime, bounce_queue_lifetime; /* the latter for mail from the null sender */
    enum warning_rule warning;
    struct span_list delay_warnings; /* ages at which the sender is warned, rising; empty or 0: never */
    bool delay_warning_repeat;       /* then again and again, as far apart as the last two of them (0 counts as one) */

    /* sessions */
    sim_time timeout[STEP_COUNT];
    sim_time first_connect_timeout;   /* of a message's first attempt; 0: as all others */
    uint32_t tcp_syn_retries;         /* Linux: SYN is repeated so many times, beside the linear ones */
    uint32_t tcp_syn_linear_timeouts; /* Linux 6.5 on: so many repeats a second apart, before the doubling */
    uint32_t mx_address_limit;        /* addresses tried in one attempt; 0: no limit */
    uint32_t mx_session_limit;        /* sessions that got past the greeting in one attempt; 0: no limit */
    uint32_t mx_host_limit;           /* MX hosts tried in one attempt; 0: no limit */
    uint32_t host_address_limit;      /* addresses of one host tried in one attempt; 0: no limit */
    sim_time mx_pause;                /* between the beginnings of two connections */
    sim_time host_check;              /* an attempt whose hosts all failed ends 1 s after it began, or a multiple of
                                       * this later; 0: at once */
    bool smtp_pipelining;             /* MAIL, RCPT and DATA share one round trip (RFC 2920) */
    cause_set next_host;              /* after these the next host is tried in the same attempt */
    cause_set permanent;              /* these end a message at once */
    uint32_t source_addresses;        /* each attempt comes from one of so many addresses, at random; >= 1 */

    /* load */
    uint32_t process_limit;                      /* deliveries at a time; 0: no limit */
    uint32_t destination_concurrency;            /* deliveries to one destination at a time, at most; 0: no limit */
    uint32_t initial_concurrency;                /* and at first; 0: as many as at most */
    double positive_feedback, negative_feedback; /* by how much a success, a failure changes that */
    uint32_t failed_cohort_limit;                /* SUSPEND_COHORT; 0: never */
    enum suspension_rule suspension_rule;
    sim_time suspension, suspension_max; /* how long; see enum suspension_rule */
    sim_time handoff;                    /* deliveries begin at least this far apart */
    sim_time connection_cache;           /* a session stays open this long for the next message; 0: no cache */
    bool cache_on_demand;                /* only while deliveries come back to back (Postfix) */
    uint32_t messages_per_connection;    /* at most; 0: no limit */

    /* suppression */
    uint32_t suppress_after;   /* a recipient is suppressed after so many permanent failures; 0: never */
    bool suppress_expired;     /* mail whose time ran out counts as such a failure, too */
    sim_time suppression_time; /* for so long */

    /* name service */
    bool lookup_all;  /* addresses of all MX hosts before the first connection; else each host's before its own */
    bool lookup_aaaa; /* AAAA as well as A */
    bool aaaa_first;  /* and before it */
    enum dns_failure_policy on_dns_failure;
    sim_time stub_timeout;  /* the stub resolver waits this long for an answer */
    uint32_t stub_attempts; /* and asks this many times */
    bool stub_doubles;      /* each wait is twice the one before */
    bool stub_rotate;       /* each question begins with another resolver of its list */

    const char *status[CAUSE_COUNT]; /* RFC 3463 code noted for each cause, "4.4.1" */
    const char *expired_status;      /* of a bounce because the lifetime ended; null: the last cause's */
};

/* Does any rule of it count deliveries under way? */
bool mta_params_limited(const struct mta_params *p);
