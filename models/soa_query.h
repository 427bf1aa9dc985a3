/* models/soa_query.h - one question of a secondary to its primary: is the zone still the same? When that is known.
 *
 * A function of both hosts' timelines and luck, like all of faults: nothing is scheduled. */
#pragma once
#include "models/fault.h"
#include "models/secondary_params.h"

/* Who asks whom. */
struct soa_query {
    const struct secondary_params *params;
    struct timeline *primary, *own;
    const struct host_spec *host; /* the primary's: delay and loss between the two */
    struct rng *luck;
};

struct soa_answer {
    sim_time at;         /* it is over */
    bool good;           /* the primary has told what it knows of the zone */
    bool connected;      /* by TCP */
    bool connect_failed; /* it was tried, in vain */
};

/* Asks at `at`. From loaded_until on the secondary has no copy of the zone any more and needs all of it, by TCP.
 * blocked: it makes no TCP connection now. */
struct soa_answer soa_query_ask(const struct soa_query *q, sim_time at, sim_time loaded_until, bool blocked);

/* Does a packet that is sent now reach the secondary? Sets when. */
bool soa_query_hears(const struct soa_query *q, sim_time sent, sim_time *there);

/* Can a question fail at all while both hosts stay as they are at `at`? */
bool soa_query_calm(const struct soa_query *q, sim_time at);
