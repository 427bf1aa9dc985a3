/* models/tally.h - what one run counted. Small, without pointers into the world, and merged in run order. */
#pragma once
#include "models/load_kind.h"
#include "models/outcome.h"
#include "models/spec.h"
#include "sim/hist.h"

/* Numbers of one run. The tally's columns: metrics are ratios of two of them. */
enum column {
    COL_ONE,        /* 1: the run itself */
    COL_SUBMITTED,  /* messages that clients wrote */
    COL_DELIVERED,  /* saved in a mailbox */
    COL_BOUNCED,    /* returned to the sender */
    COL_QUEUED,     /* still somewhere at the end of the run */
    COL_FIRST_TRY,  /* delivered without ever being deferred */
    COL_VIA_BACKUP, /* delivered by way of a backup MX */
    COL_WARNED,     /* messages whose sender was warned at least once */
    COL_PUT_OFF,    /* times a message was due and not tried: its destination or all its hosts were left alone */
    COL_ATTEMPTS,   /* delivery attempts, by all MTAs */
    COL_SESSIONS,   /* connections tried */
    COL_QUERIES,    /* questions MTAs asked resolvers */
    COL_PACKETS,    /* questions resolvers sent to name servers */
    COL_REPORTS,    /* warnings and bounces sent */
    COL_REPORTS_DELIVERED,
    COL_REPORTS_DROPPED,
    COL_REPORTS_QUEUED,
    COL_LATENCY, /* sum over delivered messages, seconds */
    COL_COUNT
};

/* Distributions of one run. */
enum span_hist {
    HIST_LATENCY, /* from the client's send to the mailbox */
    HIST_WARNING, /* from the client's send to its sender's first warning */
    HIST_BOUNCE,  /* from the client's send to its sender's bounce */
    HIST_COUNT
};

#define TALLY_BINS 480 /* the time axis, 0 .. limit, of the queue and outage series */

struct mta_tally {
    double queue_area; /* integral of the queue length, message seconds */
    uint32_t peak;     /* longest queue, messages */
    sim_time peak_at;
    uint64_t arrived;                 /* messages and reports that came into its queue */
    uint64_t questions;               /* that it asked its resolvers, for reports too */
    bool waited;                      /* deferred mail was waiting when the last outage of the run ended */
    sim_time drained;                 /* from then until none was left; SIM_NEVER: not by the end */
    double queue[TALLY_BINS];         /* the same integral, bin by bin */
    uint32_t reasons[CAUSE_COUNT][2]; /* bounces by cause; [1]: the queue lifetime ended */
};

#define MAIL_LATENCY_BITS 20

/* What became of a client's mail, or of all mail to a zone. */
struct mail_tally {
    uint64_t submitted, delivered, bounced;
    uint64_t latency; /* sum over delivered messages, in 2^20 ns, about a ms: for a mean of its own */
};

/* Clients and zones have distributions of their own where there is more than one of them, and not more than this: each
 * takes 4 KB in each tally. */
#define TALLY_SPANS_MAX 256

#define HOST_TIME_BITS 10 /* sums of sessions' times are in 2^10 ns */

/* What an MX host saw. */
struct host_tally {
    uint64_t connections;           /* tried, whether or not it was up */
    uint64_t kept;                  /* messages on sessions that were open already */
    uint64_t accepted;              /* messages taken */
    uint64_t turned_away;           /* messages refused or put off after the greeting */
    uint64_t busy;                  /* connections told 421 */
    uint64_t session_time;          /* of a host without a memory: how long its sessions lasted together, in 2^10 ns */
    uint32_t peak;                  /* most sessions at a time; of a host with limits or a greylist only */
    uint32_t failures[CAUSE_COUNT]; /* connections and sessions that ended so, without a message taken */
};

/* What a resolver was asked, while it was up. */
struct resolver_tally {
    uint64_t questions; /* that reached it, each time they were asked */
    uint64_t cached;    /* of those: answered at once from what it kept, be it stale */
    uint64_t packets;   /* that it sent to name servers */
};

struct ns_tally {
    uint64_t packets; /* sent to it by the resolvers of this world, whether or not they arrived */
};

struct tally {
    uint64_t run;
    uint64_t counts[COL_COUNT];
    __extension__ unsigned __int128 latency_sum; /* ns */
    struct hist hists[HIST_COUNT];
    uint64_t events;
    uint32_t worst_message; /* number of the latest delivered message; 0: none */
    sim_time worst_latency;
    uint32_t first_bounced; /* number of the first message that bounced; 0: none */
    uint32_t client_count, mta_count, host_count, fault_count, zone_count, resolver_count, ns_count;
    struct mail_tally *clients, *zones;
    struct rough_hist *client_spans, *zone_spans; /* latencies; null: too few or too many of them */
    bool keeps_spans;                             /* any of the two */
    struct mta_tally *mtas;
    struct host_tally *hosts; /* by MX host */
    struct resolver_tally *resolvers;
    struct ns_tally *ns;
    uint32_t load_counts[LOAD_KIND_COUNT];
    struct load_sum *loads[LOAD_KIND_COUNT];
    double (*faults)[TALLY_BINS]; /* seconds that each fault was on, bin by bin */
};

/* Has each of count clients or zones a distribution of its own? different: how many of them have mail. */
bool tally_keeps_spans(uint32_t count, uint32_t different);

/* A cleared tally for worlds of this spec. */
struct tally *tally_new(const struct world_spec *spec);
void tally_free(struct tally *t);
void tally_clear(struct tally *t);

/* A column as a number: counts, or seconds for sums of time. */
double tally_column(const struct tally *t, enum column column);
