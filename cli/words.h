/* cli/words.h - numbers and spans of time as people read them. */
#pragma once
#include "models/metric.h"
#include "sim/stat.h"
#include "sim/vtime.h"

/* All write into buf (64 bytes at least) and return it. */

/* "12.3 %", "0 %", "0.004 %", "100 %". */
char *words_share(double share, char buf[64]);
/* Three significant digits, thousands with commas: "1,440", "12.3". */
char *words_count(double x, char buf[64]);
/* A span in seconds: "1h30m", "141ms". */
char *words_seconds(double seconds, char buf[64]);
/* A span to the nanosecond, as a scenario may have it: "1h6m40s". */
char *words_span(sim_time span, char buf[64]);
char *words_value(enum metric_unit unit, double x, char buf[64]);
/* "[low, high]", or "-" where there is no interval. */
char *words_interval(enum metric_unit unit, const struct estimate *e, char buf[160]);
