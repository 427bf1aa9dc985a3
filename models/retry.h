/* models/retry.h - when an MTA tries a message again, warns, and gives up. Pure: all of it is a function of times, and
 * of a stream of the caller's where a rule has chance in it. Exim's rules (RETRY_RULES), whose state is shared by all
 * messages, are models/host_retry.h's. */
#pragma once
#include "models/mta_params.h"
#include "sim/rng.h"

/* What the queue knows of a message when an attempt has failed. */
struct retry_case {
    sim_time arrived;  /* at this MTA */
    sim_time now;      /* the end of the failed attempt */
    uint32_t attempts; /* so far, this one included: >= 1 */
    sim_time phase;    /* when the MTA looks at its queue, modulo queue_run_delay */
    sim_time clock;    /* how far its clock of whole seconds is ahead of ours: 0 .. 1 s */
    bool null_sender;  /* a report */
};

/* What follows. */
enum retry_step {
    RETRY_TRY,    /* the next attempt starts at the time given */
    RETRY_EXPIRE, /* the message is given up at the time given (which is now, or with EXPIRY_AT_ONCE later) */
};

/* What happens to a message after a failed attempt, and when (*at). luck is drawn from only where p->retry_jitter is
 * not 0; null will do otherwise.
 *
 * RETRY_AGE: now + clamp(age, minimal_backoff_time, maximal_backoff_time), by clocks of whole seconds. Source: Postfix
 * src/qmgr/qmgr_active.c qmgr_active_done_3_generic; sendmail sendmail/queue.c (MinQueueAge, MaxQueueAge); that the
 * seconds are cut off was found by measurement on Postfix 3.7.11.
 * RETRY_LIST: now + retry_gaps[attempts - 1], the last one repeating. RETRY_QUADRATIC: arrived + retry_unit * n^2 with
 * n = floor(sqrt(age / retry_unit)) + retry_skip; source: notqmail qmail-send.c nextretry, OpenSMTPD
 * scheduler_ramqueue.c. RETRY_GEOMETRIC: now + retry_unit * retry_factor^(attempts - 1). RETRY_RULES: the next look.
 *
 * Then the next look at the queue, where queue_run_delay says that there are looks; one takes what is due within
 * queue_run_slack after it (1 s: measured on Postfix 3.7.11). */
enum retry_step retry_after_failure(const struct mta_params *p, const struct retry_case *c, struct rng *luck,
                                    sim_time *at);

/* The first look at the queue after now. */
sim_time retry_next_look(const struct mta_params *p, sim_time phase, sim_time now);

/* The age at which warning number n (from 0) is due; SIM_NEVER if there is none. */
sim_time retry_warning_age(const struct mta_params *p, uint32_t n);

/* How many warnings are due at this age. */
uint32_t retry_warnings_due(const struct mta_params *p, sim_time age);
