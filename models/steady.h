/* models/steady.h - what one long run says of its steady state: watches the records of a run, and answers with means
 * after the warm-up (sim/steady.h).
 *
 * Messages are taken in the order in which they were written, not in that of their delivery: what a message met is then
 * set by when it came, and the series becomes steady as the world does. In order of delivery the first to come are the
 * quick ones, and the series stays biased for as long as the slowest mail takes. Queues are taken over the time in
 * which mail is sent, [0, mail): what comes after is the draining of a world that nobody writes in. */
#pragma once
#include "models/metric.h"
#include "models/record.h"
#include "models/spec.h"
#include "sim/steady.h"

/* The metrics, by number. */
enum steady_metric {
    STEADY_LATENCY,   /* "latency.mean", of the delivered */
    STEADY_FIRST_TRY, /* "first_try_rate", of all */
    STEADY_BOUNCED,   /* "bounce_rate", of all */
    STEADY_QUEUE      /* and on: queue length of MTA metric - STEADY_QUEUE, a mean over time */
};
uint32_t steady_metric_count(const struct world_spec *spec);
enum metric_unit steady_metric_unit(uint32_t metric);
/* As models/metric.h calls it; not for queues. */
const char *steady_metric_name(uint32_t metric);

#define STEADY_BINS 10000 /* queues: so many equal parts of [0, mail); their means are the observations */

/* 12 bytes a message of the run under way, 10,000 numbers an MTA. spec outlives it. */
struct steady_watch;
struct steady_watch *steady_watch_new(const struct world_spec *spec);
void steady_watch_free(struct steady_watch *w);

/* Before a run, after which comes: */
void steady_watch_start(struct steady_watch *w);
/* The record_observer; its context is the watch. */
void steady_watch_observe(void *watch, const struct record *record);

/* What became of the messages that were watched. */
struct steady_mail {
    uint32_t written, delivered, bounced, undecided; /* undecided: still queued when the run ended */
};
struct steady_mail steady_watch_mail(const struct steady_watch *w);

/* After the run: a metric's series. Valid until the next call. An observation is a delivered message's latency in
 * seconds (as a float: to within 6e-8 of it), 1 or 0 for each message, or the mean queue length in a bin. */
const struct series *steady_watch_series(struct steady_watch *w, uint32_t metric);

/* After the run: the steady state, its interval cut at 0, that of shares also at 1. Seconds of [0, mail) deleted as
 * warm-up (until the first message that counts was written) are *warm_up. */
struct steady steady_watch_mean(struct steady_watch *w, uint32_t metric, double level, double *warm_up);

/* ---- does the scenario have a steady state? ---- */

/* Does mail flow on and on: does a client write by rate or every? */
bool steady_flows(const struct world_spec *spec);

#define STEADY_TURNS 100 /* outages of a fault in a run, below which a mean over batches says little */

/* What a fault means for a steady state. */
enum steady_fault {
    STEADY_FAULT_FITS, /* it comes again and again, or lasts from the beginning to the end */
    STEADY_FAULT_ONCE, /* it comes once: a run with it has no steady state */
    STEADY_FAULT_RARE  /* it comes again, fewer than STEADY_TURNS times while mail is sent */
};
/* *turns: how many outages are expected while mail is sent. */
enum steady_fault steady_fault_of(const struct world_spec *spec, uint32_t fault, double *turns);
