/* models/measure.h - the numbers of each part of a world, by name: "latency.p99" of client "staff". One list for
 * tables, JSON and CSV. What a name means is said in docs/result-format.md. */
#pragma once
#include "models/result.h"

/* The parts. Their indices are those of world_spec, a lane's is that of models/load_kind.h. */
enum part {
    PART_CLIENT,
    PART_DESTINATION, /* a zone that clients write to */
    PART_MTA,
    PART_LANE, /* one MTA's deliveries to one destination */
    PART_HOST, /* an MX host */
    PART_RESOLVER,
    PART_NS,
    PART_COUNT
};

struct measure {
    const char *name; /* "latency.p99", "sessions.headroom" */
    enum metric_unit unit;
    struct estimate (*of)(const struct result *r, enum part part, uint32_t index, const struct measure *m);
    int a, b; /* as of needs them; of a load: its kind, and which of its numbers */
};

/* Indices of a part; and is index one to tell of? An alias is no host, a zone that nobody writes to no destination, a
 * lane on which nothing ever went nothing. */
uint32_t part_count(const struct world_spec *spec, enum part part);
bool part_is_there(const struct result *r, enum part part, uint32_t index);

/* "staff", "example.com"; of a lane its destination's: lane_mta tells whose it is. */
const char *part_name(const struct world_spec *spec, enum part part, uint32_t index);

/* The measures of a part in their order: m from null on, null after the last. Those of a load that is not counted there
 * are left out, and those that need a limit where there is none. */
const struct measure *measure_next(const struct world_spec *spec, enum part part, uint32_t index,
                                   const struct measure *m);

/* By name; null if the part has none of that name. */
const struct measure *measure_find(enum part part, const char *name);

/* The estimate. has_value is false where there was nothing to measure, and where measure_next leaves it out. */
struct estimate measure_of(const struct result *r, enum part part, uint32_t index, const struct measure *m);

/* The kinds of load that a part has: kind from -1 on, -1 after the last. */
int part_next_load(enum part part, int kind);
