/* models/result.h - what many runs say together: tallies merged in run order, and the estimates drawn from them. The
 * parts of a world, its clients, MTAs, hosts and so on, have numbers of their own: models/measure.h names them. */
#pragma once
#include "models/metric.h"
#include "models/tally.h"
#include "sim/stat.h"

#define RESULT_LEVEL 0.95 /* of every interval that names no other */

struct mta_result {
    struct moments queue; /* mean queue length of a run */
    struct moments peak;  /* longest queue of a run */
    struct moments
        drained; /* seconds from the last repair until no deferred mail is left, over waited_runs that saw it */
    uint64_t waited_runs;                 /* with deferred mail at the last repair */
    struct moments series[TALLY_BINS];    /* mean queue length in each bin */
    struct ratio reasons[CAUSE_COUNT][2]; /* bounces of this cause, of all messages */
    struct moments growth;  /* the largest rise from a bin's mean queue to the next one's, messages an hour */
    struct moments arrived; /* messages and reports that came into its queue in a run */
    struct ratio questions; /* to resolvers, for each of these */
};

/* What became of a client's mail, or of all mail to a zone. */
struct mail_result {
    struct moments messages;                 /* in a run */
    struct ratio delivered, bounced, queued; /* of its messages */
    struct ratio latency;                    /* mean, seconds */
};

/* What an MX host saw in a run. */
struct host_result {
    struct moments connections, accepted, turned_away, busy, peak;
    struct moments failures[CAUSE_COUNT]; /* connections and sessions that ended so */
};

/* What a resolver did in a run. */
struct resolver_result {
    struct moments questions, packets;
    struct ratio cached; /* of the questions */
};

struct ns_result {
    struct moments packets;
};

/* A load, as a share of its limit, or as it is where there is none. */
struct load_result {
    struct ratio mean, busiest; /* one number a run, by the limit (or 1) */
    struct ratio full;          /* seconds at the limit, of all */
    struct moments peak;        /* as it is */
    struct moments refused;
};

struct result {
    const struct world_spec *spec; /* borrowed */
    uint64_t runs, events;
    uint64_t totals[COL_COUNT];
    struct ratio *ratios; /* one per metric that is a ratio or mean */
    struct ratio later;   /* delivered after having been deferred, of all submitted */
    struct quantiles hists[HIST_COUNT];
    struct mail_result *clients, *zones;
    struct quantiles *client_spans, *zone_spans; /* as in the tally */
    bool *is_destination;                        /* by zone: some client writes to it */
    uint32_t destination_count;
    struct mta_result *mtas;
    struct host_result *hosts;
    struct resolver_result *resolvers;
    struct ns_result *ns;
    struct load_result *loads[LOAD_KIND_COUNT];
    double (*faults)[TALLY_BINS]; /* mean share of each bin during which the fault was on */
    uint64_t worst_run;           /* the latest delivery of all runs */
    uint32_t worst_message;       /* 0: nothing was delivered */
    sim_time worst_latency;
    uint64_t bounced_run; /* the first run with a bounce, and the first message that bounced there; 0: none */
    uint32_t bounced_message;
};

/* Empty; spec outlives it. */
struct result *result_new(const struct world_spec *spec);
void result_free(struct result *r);

/* Adds one run. Call in run order: sums are floating-point. */
void result_add(struct result *r, const struct tally *t);

/* What the parts take: memory, and the numbers of one run; for result_new, result_free and result_add. */
void result_parts_new(struct result *r);
void result_parts_free(struct result *r);
void result_parts_add(struct result *r, const struct tally *t);

/* The estimate of metrics[metric], with an interval of this level (0 .. 1). */
struct estimate result_metric_at(const struct result *r, size_t metric, double level);

/* The same with RESULT_LEVEL. */
struct estimate result_metric(const struct result *r, size_t metric);

/* The estimate of the metric of this name, which exists. */
struct estimate result_named(const struct result *r, const char *metric);

/* One way in which mail bounced: at this MTA, for this cause; expired: because its queue lifetime ended. */
struct bounce_reason {
    uint32_t next; /* where to go on */
    uint32_t mta;
    enum cause cause;
    bool expired;
    const char *status;    /* RFC 3463 code */
    struct estimate share; /* of all messages */
};

/* Goes through the ways that occurred; begin with a struct full of zeros. False at the end. */
bool result_next_reason(const struct result *r, struct bounce_reason *reason);

/* Share of all messages that were delivered after having been deferred. */
struct estimate result_delivered_later(const struct result *r);

/* Length of a bin of the series, in seconds, and the bins up to the last one in which anything was queued. */
double result_bin_seconds(const struct result *r);
uint32_t result_bins_used(const struct result *r);
