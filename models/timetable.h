/* models/timetable.h - the attempts of one message that no host takes, one after the other: an MTA's retry rule as
 * instants. What `mxsim schedule` prints, and what checks of a scenario ask. */
#pragma once
#include "models/host_retry.h"
#include "models/retry.h"

struct timetable {
    const struct mta_params *params; /* borrowed */
    sim_time phase;                  /* of the looks at the queue */
    sim_time at;                     /* of the attempt, since the message's arrival */
    uint32_t attempts;               /* so far, that one included */
    struct retry_record record;      /* RETRY_RULES: its host's */
};

/* The first attempt, at 0. Each attempt fails at once; random waits are left out (jitter 0, H rules at their longest).
 */
void timetable_begin(struct timetable *t, const struct mta_params *params, sim_time phase);

/* The next attempt; false if the message is given up instead, at t->at. */
bool timetable_next(struct timetable *t);
