/* models/result.h - what many runs say together: tallies merged in run order, and the estimates drawn from them. */
#pragma once
#include "models/metric.h"
#include "models/tally.h"
#include "sim/stat.h"

#define RESULT_LEVEL 0.95 /* of every interval */

struct mta_result {
    struct moments queue; /* mean queue length of a run */
    struct moments peak;  /* longest queue of a run */
    struct moments
        drained; /* seconds from the last repair until no deferred mail is left, over waited_runs that saw it */
    uint64_t waited_runs;                 /* with deferred mail at the last repair */
    struct moments series[TALLY_BINS];    /* mean queue length in each bin */
    struct ratio reasons[CAUSE_COUNT][2]; /* bounces of this cause, of all messages */
};

/* What became of a client's mail. */
struct client_result {
    struct ratio delivered, bounced; /* of its messages */
    struct ratio latency;            /* mean, seconds */
};

/* What an MX host saw in a run. */
struct host_result {
    struct moments connections, accepted, turned_away, busy, peak;
};

struct result {
    const struct world_spec *spec; /* borrowed */
    uint64_t runs, events;
    uint64_t totals[COL_COUNT];
    struct ratio *ratios; /* one per metric that is a ratio or mean */
    struct ratio later;   /* delivered after having been deferred, of all submitted */
    struct quantiles hists[HIST_COUNT];
    struct client_result *clients;
    struct mta_result *mtas;
    struct host_result *hosts;
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

/* The estimate of metrics[i]. */
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
