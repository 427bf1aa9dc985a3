/* models/metric.h - the numbers a set of runs answers with, by name: one list for tables, JSON, CSV and "expect". */
#pragma once
#include <stddef.h>

enum metric_unit {
    UNIT_SHARE,   /* 0 .. 1 */
    UNIT_SECONDS, /* printed as a span of time */
    UNIT_COUNT    /* a number per message, or of messages */
};

/* What a metric is computed from, across runs. */
enum metric_method {
    METRIC_RATIO,    /* sum over runs of a, by sum over runs of b; Student's t on the ratio estimator's residuals */
    METRIC_QUANTILE, /* quantile of a latency over all messages; the run is the unit */
    METRIC_MEAN      /* mean over runs of a per-run number */
};

struct metric {
    const char *name; /* "bounce_rate", "latency.p99" */
    enum metric_unit unit;
    enum metric_method method;
    const char *what; /* one line for people */
    int a, b;         /* METRIC_RATIO: columns of struct tally; METRIC_QUANTILE: a = histogram, b = per ten thousand */
};

/* "share", "seconds", "count". */
const char *metric_unit_name(enum metric_unit unit);

extern const struct metric metrics[];
extern const size_t metric_count;

/* By name; null if there is none. */
const struct metric *metric_find(const char *name);
