/* models/retry.h - when an MTA tries a message again, warns, and gives up. Pure: all of it is a function of times. A
 * rule with chance in it would take its stream (sim/rng.h) from the caller, named by the message. */
#pragma once
#include "models/profile.h"

/* When the next attempt starts, for a message that arrived at the MTA at arrived, whose attempt number attempts
 * (1 = the first) has failed at now. phase: when the MTA scans its queue, modulo queue_run_delay.
 *
 * RETRY_AGE: now + clamp(whole seconds of age, minimal_backoff_time, maximal_backoff_time), then the next scan; a scan
 * also takes what is due within the next second. Source: Postfix src/qmgr/qmgr_active.c qmgr_active_done_3_generic; the
 * second was found by measurement on Postfix 3.7.11. RETRY_LIST: now + retry_gaps[attempts - 1], the last one
 * repeating. */
sim_time retry_next(const struct mta_params *p, sim_time arrived, sim_time now, uint32_t attempts, sim_time phase);

/* Is the message to be returned, at a failed attempt's end? Tested only there (Postfix qmgr_active_done_25_generic), so
 * a message lives longer than its limit by up to one gap. null_sender: a report, with its own limit. */
bool retry_expired(const struct mta_params *p, sim_time arrived, sim_time now, bool null_sender);

/* Is a delay warning due at a failed attempt's end, after already warnings were sent? */
bool retry_warn(const struct mta_params *p, sim_time arrived, sim_time now, uint32_t already);
