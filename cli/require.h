/* cli/require.h - what must be met: "latency.p99 < 15m". */
#pragma once
#include "cli/options.h"
#include "models/target.h"

/* A requirement as typed, in one form: "latency.p99 < 15m". */
struct requirement {
    struct target target;
    char text[240];
};

/* Reads METRIC OP VALUE: OP is one of < <= > >=, blanks are optional, VALUE is in the metric's unit: a share as "0.1%"
 * or 0.001, a span of time as "15m", else a number. False: stderr was told what is wrong. */
bool requirement_read(struct requirement *r, const char *typed);

/* Can all of them be true at once, as far as the meaning of the metrics alone says? False: stderr was told which
 * cannot. */
bool requirements_agree(const struct requirement *all, uint32_t count);

/* "<", "<=", ">", ">=". */
const char *requirement_op(const struct requirement *r);
