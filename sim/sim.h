/* sim/sim.h - one simulation: a clock, the pending events, and a table of what each kind of event does.
 *
 * An event names what to do by kind (an index into the model's handler table) and to whom by actor (the model's own
 * number for it), not by pointers: so the pending events of a running world can be copied, saved and sent
 * (docs/decisions/events-by-number.md).
 *
 * No globals: any number of simulations may live side by side, in any interleaving, on any threads (one at a time
 * each). */
#pragma once
#include "sim/check.h"
#include "sim/queue.h"
#include "sim/vtime.h"

struct sim;

/* What an event does. The clock stands at the event's time. */
typedef void sim_handler(struct sim *sim, uint32_t actor, uint64_t arg);

/* Names a scheduled event that may be cancelled; 0 names none. Stale handles (fired, cancelled) are recognised. */
typedef uint64_t sim_handle;

struct sim_ticket {
    struct event event;
    uint32_t generation;
    uint32_t next_free;
    bool cancelled;
};

struct sim {
    sim_time now;
    uint64_t events; /* handled since sim_start */
    void *model;     /* the world these events belong to; owned by whoever set it */
    sim_handler *const *handlers;
    struct queue queue;
    struct sim_ticket *tickets; /* of the events that may be cancelled */
    uint32_t ticket_count, ticket_capacity, free_ticket;
    uint32_t cancelled; /* cancelled events still in the queue: at most half of it and 64 */
    uint64_t seed;      /* for messages about our own bugs only */
    uint64_t run;
};

/* Prepares a simulation. handlers[kind] must exist for each kind scheduled, and outlive sim. Kinds are below 2^31. */
void sim_init(struct sim *sim, sim_handler *const *handlers, void *model);
void sim_fini(struct sim *sim);

/* Back to time 0 with nothing pending; keeps the memory. Handles from before it must not be used any more. */
void sim_start(struct sim *sim, uint64_t seed, uint64_t run);

/* Schedules an event at time at (>= now). Events of equal time happen in the order of these calls. */
void sim_at(struct sim *sim, sim_time at, uint32_t kind, uint32_t actor, uint64_t arg);

/* The same, and gives a handle to cancel it by. Costs one more look-up than sim_at. */
sim_handle sim_at_cancellable(struct sim *sim, sim_time at, uint32_t kind, uint32_t actor, uint64_t arg);

/* Cancels: true if the event was pending. A handle of an event that fired or was cancelled, and 0, do nothing.
 * Amortised O(1): cancelled events are swept out when they are more than half of the queue. */
bool sim_cancel(struct sim *sim, sim_handle handle);

/* Handles events in order while their time is <= until; then the clock stands at until, or at the last event if
 * until is SIM_NEVER. */
void sim_run_until(struct sim *sim, sim_time until);

/* The same for at most count events: true if count were handled, and more may be due; the clock then stands at the last
 * one. For whoever must look up from time to time. */
bool sim_run_some(struct sim *sim, sim_time until, uint64_t count);

/* Handles the next event if one is due by until: false if none is. */
bool sim_step(struct sim *sim, sim_time until);

/* Makes to (initialised) an equal copy of from, but for to->model, which stays. */
void sim_copy(struct sim *to, const struct sim *from);
