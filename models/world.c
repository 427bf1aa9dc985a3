/* models/world.c - see models/world.h. */
#include "models/world.h"

#include "models/inside.h"
#include "sim/mem.h"

#include <string.h>

static sim_handler *const handlers[EVENT_KIND_COUNT] = {
    [EVENT_ARRIVAL] = client_arrival,
    [EVENT_OUTBOX] = client_outbox,
    [EVENT_DUE] = mta_due,
    [EVENT_ATTEMPT] = mta_attempt,
    [EVENT_ATTEMPT_END] = mta_attempt_end,
    [EVENT_WALK_ON] = smtp_walk_on,
    [EVENT_SESSION_OPEN] = smtp_session_open,
    [EVENT_SESSION_END] = smtp_session_end,
    [EVENT_HANDOFF] = destination_handoff,
    [EVENT_QUEUE_RUN] = queue_run,
    [EVENT_RUNNER] = queue_runner,
    [EVENT_STUB_QUERY] = stub_query,
    [EVENT_STUB_REPLY] = stub_reply,
    [EVENT_STUB_TIMEOUT] = stub_timeout,
    [EVENT_DNS_REPLY] = fetch_reply,
    [EVENT_DNS_TIMEOUT] = fetch_timeout,
    [EVENT_STALE] = resolver_stale,
    [EVENT_LOOP] = event_loop,
};

/* A stream named "kind/name/purpose", by parts, so that no name can imitate another's. */
static uint64_t stream_of(const char *kind, const char *name, const char *purpose)
{
    return rng_part(rng_part(rng_name(kind), rng_name(name)), rng_name(purpose));
}

static bool same_fault(const struct fault_spec *a, const struct fault_spec *b)
{
    if (a->is != b->is || a->on_count != b->on_count) return false;
    for (uint32_t k = 0; k < a->on_count; k++)
        if (a->on[k].kind != b->on[k].kind || a->on[k].index != b->on[k].index) return false;
    return true;
}

/* A fault is known by its kind and targets, and by how many like it come before: inserting another kind of fault, or
 * one on another host, changes no luck of this one. */
static uint64_t fault_stream(const struct world_spec *spec, uint32_t index)
{
    const struct fault_spec *own = &spec->faults[index];
    uint64_t like = 0, s = rng_part(rng_name("fault"), rng_name(fault_kind_name(own->is)));
    for (uint32_t i = 0; i < index; i++) like += same_fault(&spec->faults[i], own);
    for (uint32_t k = 0; k < own->on_count; k++) s = rng_part(s, rng_name(spec_target_name(spec, own->on[k])));
    return rng_part(s, like);
}

static void streams_build(struct world *w)
{
    const struct world_spec *spec = w->spec;
    struct arena *a = &w->arena;
    w->fault_streams = arena_zero(a, spec->fault_count, sizeof *w->fault_streams);
    w->client_streams = arena_zero(a, spec->client_count, sizeof *w->client_streams);
    w->client_luck = arena_zero(a, spec->client_count, sizeof *w->client_luck);
    w->mta_streams = arena_zero(a, spec->mta_count, sizeof *w->mta_streams);
    w->resolver_streams = arena_zero(a, spec->resolver_count, sizeof *w->resolver_streams);
    for (uint32_t i = 0; i < spec->fault_count; i++) w->fault_streams[i] = fault_stream(spec, i);
    for (uint32_t i = 0; i < spec->client_count; i++) {
        w->client_streams[i] = stream_of("client", spec->clients[i].name, "arrivals");
        w->client_luck[i] = stream_of("client", spec->clients[i].name, "messages");
    }
    for (uint32_t i = 0; i < spec->mta_count; i++)
        w->mta_streams[i] = stream_of("mta", spec->mtas[i].name, "queue_run");
    for (uint32_t i = 0; i < spec->resolver_count; i++)
        w->resolver_streams[i] = stream_of("resolver", spec->resolvers[i].name, "look-ups");
    w->question_streams = arena_zero(a, question_count(spec), sizeof *w->question_streams);
    for (uint32_t q = 0; q < question_count(spec); q++)
        w->question_streams[q] = stream_of("question", question_name(spec, q), question_type_name(question_type(q)));
    w->host_names = arena_zero(a, spec->mx_host_count, sizeof *w->host_names);
    for (uint32_t i = 0; i < spec->mx_host_count; i++) w->host_names[i] = rng_name(spec->mx_hosts[i].host.name);
    w->session_luck = rng_name("sessions");
    w->shuffle_luck = rng_name("equal preferences");
    w->jitter_luck = rng_name("retry jitter");
    w->source_luck = rng_name("source addresses");
    w->memory_luck = rng_name("host memory");
    w->stub_luck = rng_name("stub");
    w->people_luck = rng_name("senders and mailboxes");
}

struct world *world_new(const struct world_spec *spec)
{
    struct world *w = mem_zero(1, sizeof *w);
    w->spec = spec;
    sim_init(&w->sim, handlers, w);
    arena_init(&w->arena);
    pool_init(&w->message_pool, sizeof(struct message));
    pool_init(&w->fetch_pool, sizeof(struct fetch));
    pool_init(&w->link_pool, sizeof(struct fetch_link));
    pool_init(&w->kept_pool, sizeof(struct kept_session));
    pool_init(&w->runner_pool, sizeof(struct runner));
    pool_init(&w->failure_pool, sizeof(struct host_failures));
    map_init(&w->memory);
    faults_init(&w->faults, spec);
    w->clients = arena_zero(&w->arena, spec->client_count, sizeof *w->clients);
    w->mtas = arena_zero(&w->arena, spec->mta_count, sizeof *w->mtas);
    for (uint32_t i = 0; i < spec->zone_count; i++)
        sim_assert(NULL, spec->zones[i].mx_count <= SPEC_SERVERS_MAX && spec->zones[i].ns_count <= SPEC_SERVERS_MAX);
    clients_build(w);
    mtas_build(w);
    receivers_build(w);
    resolvers_build(w);
    routes_build(w);
    streams_build(w);
    w->bin_width = (spec->limit + TALLY_BINS - 1) / TALLY_BINS;
    if (w->bin_width < 1) w->bin_width = 1;
    return w;
}

void world_free(struct world *w)
{
    if (!w) return;
    for (uint32_t i = 0; i < w->spec->resolver_count; i++) map_fini(&w->resolvers[i].throttle);
    sim_fini(&w->sim);
    faults_fini(&w->faults);
    arena_fini(&w->arena);
    pool_fini(&w->message_pool);
    pool_fini(&w->fetch_pool);
    pool_fini(&w->link_pool);
    pool_fini(&w->kept_pool);
    pool_fini(&w->runner_pool);
    pool_fini(&w->failure_pool);
    map_fini(&w->memory);
    mem_free(w);
}

void world_observe(struct world *w, record_observer *observe, void *context)
{
    w->observe = observe;
    w->observer = context;
}

void world_stretch(struct world *w, const struct stretch *plan)
{
    faults_stretch(&w->faults, plan);
}

const struct stretched *world_stretched(const struct world *w)
{
    return w->faults.stretched;
}

void world_start(struct world *w, uint64_t seed, uint64_t run, struct tally *out)
{
    w->seed = seed;
    w->run = run;
    w->tally = out;
    tally_clear(out);
    out->run = run;
    sim_start(&w->sim, seed, run);
    faults_draw(&w->faults, seed, run, w->fault_streams);
    messages_clear(w);
    map_clear(&w->memory);
    receivers_start(w);
    resolvers_start(w);
    mtas_start(w);
    clients_start(w);
}

bool world_step(struct world *w)
{
    return sim_step(&w->sim, w->spec->limit);
}

/* Adds what each fault's outages cover of each bin of the time axis. */
static void tally_faults(struct world *w)
{
    for (uint32_t f = 0; f < w->spec->fault_count; f++)
        for (uint32_t i = 0; i < w->faults.times[f].count; i++) {
            sim_time from = w->faults.times[f].items[i].from, until = w->faults.times[f].items[i].until;
            if (until > w->spec->limit) until = w->spec->limit;
            for (sim_time bin = from / w->bin_width; from < until && bin < TALLY_BINS; bin++) {
                sim_time end = (bin + 1) * w->bin_width;
                if (end > until) end = until;
                w->tally->faults[f][bin] += sim_time_seconds(end - from);
                from = end;
            }
        }
}

/* What is left in the world when the run ends is counted by looking, not by subtraction: so the conservation check can
 * find a message that was lost or counted twice. */
static void count_left(struct world *w)
{
    uint64_t *c = w->tally->counts;
    for (uint32_t m = 0; m < w->message_pool.count; m++) {
        const struct message *msg = &w->messages[m];
        if (msg->state == MESSAGE_FREE) continue;
        c[msg->report ? COL_REPORTS_QUEUED : COL_QUEUED]++;
        if (watched(w))
            tell(w, (struct record){.at = w->sim.now,
                                    .type = RECORD_LEFT,
                                    .message = msg->number,
                                    .report = msg->report,
                                    .who = msg->mta,
                                    .count = msg->state == MESSAGE_OUTBOX});
    }
    sim_assert(&w->sim, c[COL_SUBMITTED] == c[COL_DELIVERED] + c[COL_BOUNCED] + c[COL_QUEUED]);
    sim_assert(&w->sim, c[COL_REPORTS] == c[COL_REPORTS_DELIVERED] + c[COL_REPORTS_DROPPED] + c[COL_REPORTS_QUEUED]);
}

void world_finish(struct world *w)
{
    w->sim.now = w->spec->limit;
    mtas_finish(w);
    receivers_finish(w);
    resolvers_finish(w);
    name_servers_finish(w);
    count_left(w);
    tally_faults(w);
    w->tally->events = w->sim.events;
}

void world_stop_if(struct world *w, bool (*stop)(void *context), void *context)
{
    w->stop = stop;
    w->stopper = context;
}

bool world_run(struct world *w, uint64_t seed, uint64_t run, struct tally *out)
{
    world_start(w, seed, run, out);
    if (!w->stop) {
        sim_run_until(&w->sim, w->spec->limit);
    } else {
        while (sim_run_some(&w->sim, w->spec->limit, 65536))
            if (w->stop(w->stopper)) return false;
    }
    world_finish(w);
    return true;
}
