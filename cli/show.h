/* cli/show.h - which metrics a table with many columns shows: --show bounce_rate,latency.p99 */
#pragma once
#include "cli/options.h"

#include <stddef.h>

#define SHOWN_MAX 32

struct shown {
    size_t metrics[SHOWN_MAX]; /* numbers in metrics[] of models/metric.h */
    size_t count;
};

/* Reads the option, or what most people want to see. False: the mistakes were told. */
bool shown_read(struct shown *shown, const struct options *o);
