/* models/event_loop.c - threads that look at their time-outs only when something wakes them: PowerDNS Recursor.
 *
 * Each waits for its sockets, 500 ms at most, and only then looks for questions whose time is over (rec-main.cc
 * recursorThread, mtasker.cc schedule). On an idle thread a wait of 1.5 s ends after three such rounds; a client's
 * question begins the round anew, so it may also end half a second late. */
#include "models/inside.h"

/* Linux lets a wait be late by 0.1 % (fs/select.c select_estimate_accuracy). */
#define ROUND (500 * SIM_MS + 500 * SIM_US)

/* A client's question is worked on a moment after it was sent. It matters where questions come on full seconds: whether
 * a round begins just before or just after somebody's time is over is then chance, as measured. */
#define LAG (4 * SIM_MS)

/* Questions are dealt to the threads by their name (pdns_recursor.cc distributeAsyncFunction). */
static uint32_t loop_number(const struct world *w, uint32_t resolver, uint32_t question)
{
    uint32_t threads = w->spec->resolvers[resolver].params.pdns.threads;
    if (threads == 1) return 0;
    uint64_t start = rng_part(w->resolver_streams[resolver] ^ w->seed, w->run);
    return (uint32_t)(rng_part(start, question / QUESTION_TYPES) % threads);
}

struct event_loop *event_loop_of(const struct world *w, uint32_t resolver, uint32_t question)
{
    return &w->resolvers[resolver].loops[loop_number(w, resolver, question)];
}

static sim_time due(const struct world *w, uint32_t fi)
{
    return w->fetches[fi].sent + w->fetches[fi].timeout;
}

static void wake_at(struct world *w, uint32_t resolver, struct event_loop *l, sim_time at)
{
    sim_cancel(&w->sim, l->next);
    l->next = sim_at_cancellable(&w->sim, at, EVENT_LOOP, resolver, (uint64_t)(l - w->resolvers[resolver].loops));
}

void event_loops_start(struct world *w, uint32_t resolver)
{
    struct rng luck;
    for (uint32_t i = 0; i < w->spec->resolvers[resolver].params.pdns.threads; i++) {
        struct event_loop *l = &w->resolvers[resolver].loops[i];
        *l = (struct event_loop){.first = NONE, .last = NONE};
        rng_open(&luck, w->seed, w->run, rng_part(w->resolver_streams[resolver], i));
        l->luck = rng_bits(&luck);
    }
}

/* What woke the thread is done first: its time-outs come after it, at the same moment. */
void event_loop_woken(struct world *w, uint32_t resolver, uint32_t question, bool by_client)
{
    struct event_loop *l = event_loop_of(w, resolver, question);
    /* A hash of the time: this is met by every question, and a draw costs more. */
    l->woke = w->sim.now + (by_client ? (sim_time)(rng_part(l->luck, (uint64_t)w->sim.now) % LAG) : 0);
    if (l->first == NONE) return;
    wake_at(w, resolver, l, due(w, l->first) < w->sim.now ? w->sim.now : l->woke + ROUND);
}

sim_time event_loop_lag(const struct world *w, uint32_t resolver, uint32_t question)
{
    sim_time lag = event_loop_of(w, resolver, question)->woke - w->sim.now;
    return lag > 0 ? lag : 0;
}

void event_loop_overdue(struct world *w, uint32_t fi)
{
    uint32_t resolver = w->fetches[fi].resolver;
    struct event_loop *l = event_loop_of(w, resolver, w->fetches[fi].question);
    sim_time rounds = (w->sim.now - l->woke) / ROUND + 1;
    w->fetches[fi].next_overdue = NONE;
    if (l->first == NONE) {
        l->first = fi;
        wake_at(w, resolver, l, l->woke + rounds * ROUND);
    } else {
        w->fetches[l->last].next_overdue = fi;
    }
    l->last = fi;
}

void event_loop(struct sim *sim, uint32_t resolver, uint64_t loop)
{
    struct world *w = world_of(sim);
    struct event_loop *l = &w->resolvers[resolver].loops[loop];
    l->next = 0;
    if (l->woke < sim->now) l->woke = sim->now;
    while (l->first != NONE && due(w, l->first) < sim->now) {
        uint32_t fi = l->first;
        l->first = w->fetches[fi].next_overdue;
        fetch_expire(w, fi);
    }
    if (l->first != NONE && l->next == 0) wake_at(w, resolver, l, l->woke + ROUND);
}
