/* models/host_retry.h - Exim's retry record of one host (or one domain's routing, or one message): when it failed
 * first and last, and when it may be tried again. Shared by all messages.
 *
 * Source: Exim src/src/retry.c (retry_update, retry_check_address, retry_ultimate_address_timeout); its times are whole
 * seconds. */
#pragma once
#include "models/mta_params.h"
#include "sim/rng.h"

struct retry_record {
    sim_time first_failed, last_try, next_try; /* whole seconds */
    bool failing;                              /* false: no record */
    bool expired;                              /* past the last rule's cut-off */
};

/* A try has failed at now. age: of what has been failing for longer than the record knows, such as a message; 0: none.
 * luck is drawn from for H rules only; null where there are none. */
void retry_record_fail(struct retry_record *r, const struct mta_params *p, sim_time now, sim_time age,
                       struct rng *luck);

/* May it be tried at now? A message that has waited for longer than the last rule's cut-off (age) tries anyway. */
bool retry_record_due(const struct retry_record *r, const struct mta_params *p, sim_time now, sim_time age);
