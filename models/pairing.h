/* models/pairing.h - two variants of a world that met the same luck, compared run by run: by how much each number of
 * models/metric.h differs. The two may be different worlds (another count of MTAs, other clients): only the named
 * numbers are compared. */
#pragma once
#include "models/tally.h"
#include "sim/paired.h"

struct pairing;

/* Empty. Takes some 22 MB of address space, of which what the latencies touch is used. */
struct pairing *pairing_new(void);
void pairing_free(struct pairing *p);

/* Adds one run of both variants: the same run of the same seed. Call in run order: sums are floating-point. */
void pairing_add(struct pairing *p, const struct tally *base, const struct tally *other);

/* By how much metrics[metric] differs, other - base, in its own unit (a share of 1, seconds, a count), with intervals
 * of this level (0.95). Its value is that of the two results' estimates, up to rounding. */
struct difference pairing_metric(const struct pairing *p, size_t metric, double level);
