/* models/secondary.h - one zone on one secondary name server: when its copy expires, and when it has a good one again.
 *
 * It depends on its primary, on itself and on luck, never on mail: so it is found out once per run, like faults. */
#pragma once
#include "models/fault.h"
#include "models/secondary_params.h"

struct secondary_case {
    const struct secondary_params *params;
    sim_time refresh, retry, expire;      /* of the zone's SOA */
    struct timeline *primary, *own;       /* own: refusing or unreachable means that it does not run */
    const struct host_spec *primary_host; /* delay and loss between the two */
    bool notify;                          /* a primary that was started again sends NOTIFY */
    sim_time limit;                       /* nothing is found out of what comes later */
};

/* The SOA's times within the software's bounds. */
sim_time secondary_refresh(const struct secondary_params *p, sim_time refresh);
sim_time secondary_retry(const struct secondary_params *p, sim_time retry);
/* refresh and retry as the two above give them. */
sim_time secondary_expire(const struct secondary_params *p, sim_time refresh, sim_time retry, sim_time expire);

/* When the copy has expired and SERVFAIL is the answer. attempts, if not null, gets each question to the primary from
 * beginning to end; long spells in which they all end alike are left out. Everything is allocated in a. */
struct outages *secondary_expiries(struct arena *a, const struct secondary_case *c, struct rng *luck,
                                   struct outages *attempts);
