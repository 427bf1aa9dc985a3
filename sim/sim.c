/* sim/sim.c - see sim/sim.h. The queue is compiled into this file, so that pop, dispatch and push are one loop. */
#include "sim/sim.h"

#include "sim/mem.h"
#include "sim/queue.c" /* NOLINT(bugprone-suspicious-include): one translation unit for the hot loop */

#define CANCELLABLE (UINT32_C(1) << 31) /* in event.kind: actor is a ticket's number */
#define NO_TICKET   UINT32_MAX

void sim_init(struct sim *sim, sim_handler *const *handlers, void *model)
{
    memset(sim, 0, sizeof *sim);
    sim->handlers = handlers;
    sim->model = model;
    sim->free_ticket = NO_TICKET;
    queue_init(&sim->queue);
}

void sim_fini(struct sim *sim)
{
    queue_fini(&sim->queue);
    mem_free(sim->tickets);
    memset(sim, 0, sizeof *sim);
}

void sim_start(struct sim *sim, uint64_t seed, uint64_t run)
{
    queue_clear(&sim->queue);
    sim->now = 0;
    sim->events = 0;
    sim->ticket_count = sim->cancelled = 0;
    sim->free_ticket = NO_TICKET;
    sim->seed = seed;
    sim->run = run;
}

void sim_at(struct sim *sim, sim_time at, uint32_t kind, uint32_t actor, uint64_t arg)
{
    sim_assert(sim, at >= sim->now);
    queue_push(&sim->queue, at, (struct event){kind, actor, arg});
}

static uint32_t ticket_new(struct sim *sim)
{
    uint32_t t = sim->free_ticket;
    if (t != NO_TICKET) {
        sim->free_ticket = sim->tickets[t].next_free;
        return t;
    }
    if (sim->ticket_count == sim->ticket_capacity) {
        sim->ticket_capacity = sim->ticket_capacity ? sim->ticket_capacity * 2 : 64;
        sim->tickets = mem_resize(sim->tickets, sim->ticket_capacity * sizeof *sim->tickets);
    }
    sim->tickets[sim->ticket_count].generation = 1;
    return sim->ticket_count++;
}

static void ticket_free(struct sim *sim, uint32_t t)
{
    if (++sim->tickets[t].generation == 0) sim->tickets[t].generation = 1; /* handle 0 names none */
    sim->tickets[t].next_free = sim->free_ticket;
    sim->free_ticket = t;
}

sim_handle sim_at_cancellable(struct sim *sim, sim_time at, uint32_t kind, uint32_t actor, uint64_t arg)
{
    uint32_t t = ticket_new(sim);
    sim->tickets[t].event = (struct event){kind, actor, arg};
    sim->tickets[t].cancelled = false;
    sim_at(sim, at, CANCELLABLE, t, 0);
    return (uint64_t)sim->tickets[t].generation << 32 | t;
}

static bool ticket_dead(void *context, struct event event)
{
    struct sim *sim = context;
    if (!(event.kind & CANCELLABLE) || !sim->tickets[event.actor].cancelled) return false;
    ticket_free(sim, event.actor);
    return true;
}

bool sim_cancel(struct sim *sim, sim_handle handle)
{
    uint32_t t = (uint32_t)handle;
    if (handle == 0 || t >= sim->ticket_count) return false;
    struct sim_ticket *ticket = &sim->tickets[t];
    if (ticket->generation != (uint32_t)(handle >> 32) || ticket->cancelled) return false;
    ticket->cancelled = true;
    if (++sim->cancelled > 64 && sim->cancelled > queue_count(&sim->queue) / 2) {
        queue_sweep(&sim->queue, ticket_dead, sim);
        sim->cancelled = 0;
    }
    return true;
}

/* Handles one popped event: false if it was cancelled. */
static inline bool dispatch(struct sim *sim, struct queue_entry next)
{
    struct event e = next.event;
    if (SIM_UNLIKELY(e.kind & CANCELLABLE)) {
        const struct sim_ticket *ticket = &sim->tickets[e.actor];
        bool cancelled = ticket->cancelled;
        uint32_t t = e.actor;
        e = ticket->event;
        ticket_free(sim, t);
        if (cancelled) {
            sim->cancelled--;
            return false;
        }
    }
    sim->now = next.at;
    sim->events++;
    sim->handlers[e.kind](sim, e.actor, e.arg);
    return true;
}

bool sim_step(struct sim *sim, sim_time until)
{
    struct queue_entry next;
    while (queue_take(&sim->queue, until, &next))
        if (dispatch(sim, next)) return true;
    return false;
}

void sim_run_until(struct sim *sim, sim_time until)
{
    struct queue_entry next;
    while (queue_take(&sim->queue, until, &next)) dispatch(sim, next);
    if (until != SIM_NEVER && until > sim->now) sim->now = until;
}

bool sim_run_some(struct sim *sim, sim_time until, uint64_t count)
{
    while (count > 0) {
        if (!sim_step(sim, until)) {
            if (until != SIM_NEVER && until > sim->now) sim->now = until;
            return false;
        }
        count--;
    }
    return true;
}

void sim_copy(struct sim *to, const struct sim *from)
{
    queue_copy(&to->queue, &from->queue);
    if (to->ticket_capacity < from->ticket_count) {
        to->ticket_capacity = from->ticket_capacity;
        to->tickets = mem_resize(to->tickets, to->ticket_capacity * sizeof *to->tickets);
    }
    if (from->ticket_count) memcpy(to->tickets, from->tickets, from->ticket_count * sizeof *from->tickets);
    to->now = from->now;
    to->events = from->events;
    to->handlers = from->handlers;
    to->ticket_count = from->ticket_count;
    to->free_ticket = from->free_ticket;
    to->cancelled = from->cancelled;
    to->seed = from->seed;
    to->run = from->run;
}
