/* models/client.c - clients write messages and hand them to their MTA; they read what comes back. */
#include "models/inside.h"

/* The first of count sums that is above share of the whole. */
static uint32_t find_weight(const double *sums, uint32_t count, double share)
{
    double pick = share * sums[count - 1];
    uint32_t low = 0, high = count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sums[middle] > pick)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Who the message is for, and whether that mailbox exists: the message's own luck, so no other message shifts it. */
static void choose_recipient(struct world *w, struct message *msg)
{
    const struct client_spec *c = &w->spec->clients[msg->client];
    msg->recipient = 0;
    if (c->to_count > 1 || c->unknown_users > 0) {
        struct rng r;
        rng_open(&r, w->seed, w->run, msg->luck);
        msg->recipient = find_weight(w->clients[msg->client].weights, c->to_count, rng_uniform(&r));
        msg->unknown_user = rng_uniform(&r) < c->unknown_users;
    }
    if (c->senders > 1 || c->to[msg->recipient].mailboxes > 1) {
        struct rng r;
        rng_open(&r, w->seed, w->run, rng_part(msg->luck, w->people_luck));
        msg->sender = (uint32_t)rng_below(&r, c->senders);
        msg->mailbox = (uint32_t)rng_below(&r, c->to[msg->recipient].mailboxes);
    }
    msg->zone = c->to[msg->recipient].zone;
}

/* Hands the message to the MTA, or keeps it while that is down. */
static void hand_over(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    const struct client_spec *c = &w->spec->clients[msg->client];
    sim_time now = w->sim.now;
    struct timeline *mta = &w->faults.of[TARGET_MTA][msg->mta];
    if (SIM_UNLIKELY(fault_is_down(timeline_at(mta, now)))) {
        /* It tries again and again; the first try that can succeed is the one to schedule. */
        sim_time up = timeline_up(mta, now), again = SIM_NEVER;
        if (up != SIM_NEVER)
            again = sim_time_add(now, (up - now + c->outbox_retry - 1) / c->outbox_retry * c->outbox_retry);
        msg->state = MESSAGE_OUTBOX;
        msg->deferred = true;
        if (watched(w))
            tell(w, (struct record){.at = now,
                                    .type = RECORD_OUTBOX,
                                    .message = msg->number,
                                    .who = msg->client,
                                    .whom = msg->mta,
                                    .until = again});
        if (again <= w->spec->limit) sim_at(&w->sim, again, EVENT_OUTBOX, m, 0);
        return;
    }
    if (watched(w))
        tell(w, (struct record){.at = now,
                                .type = RECORD_SUBMITTED,
                                .message = msg->number,
                                .who = msg->client,
                                .whom = msg->mta,
                                .count = msg->recipient});
    mta_arrive(w, m);
}

static void write_message(struct world *w, uint32_t client)
{
    uint32_t m = message_new(w);
    struct message *msg = &w->messages[m];
    msg->client = client;
    msg->mta = w->spec->clients[client].via;
    msg->submitted = w->sim.now;
    msg->number = ++w->numbers;
    msg->luck = rng_part(w->client_luck[client], w->clients[client].sent++);
    choose_recipient(w, msg);
    w->tally->counts[COL_SUBMITTED]++;
    w->tally->clients[client].submitted++;
    w->tally->zones[msg->zone].submitted++;
    hand_over(w, m);
}

/* The next Poisson arrival, if it lies in the mail time. */
static void schedule_next(struct world *w, uint32_t client)
{
    const struct client_spec *c = &w->spec->clients[client];
    sim_time gap = sim_time_from_seconds(rng_exponential(&w->clients[client].arrivals) / c->rate);
    sim_time at = sim_time_add(w->sim.now, gap);
    if (at < w->spec->mail) sim_at(&w->sim, at, EVENT_ARRIVAL, client, 0);
}

void clients_build(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->client_count; i++) {
        const struct client_spec *c = &w->spec->clients[i];
        double sum = 0, *weights = arena_new(&w->arena, c->to_count * sizeof *weights);
        for (uint32_t k = 0; k < c->to_count; k++) weights[k] = sum += c->to[k].weight;
        w->clients[i].weights = weights;
    }
}

void clients_start(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->client_count; i++) {
        const struct client_spec *c = &w->spec->clients[i];
        w->clients[i].sent = 0;
        rng_open(&w->clients[i].arrivals, w->seed, w->run, w->client_streams[i]);
        if (c->rate > 0)
            schedule_next(w, i);
        else if (c->at < w->spec->mail)
            sim_at(&w->sim, c->at, EVENT_ARRIVAL, i, 0);
    }
}

void client_arrival(struct sim *sim, uint32_t client, uint64_t arg)
{
    struct world *w = world_of(sim);
    const struct client_spec *c = &w->spec->clients[client];
    (void)arg;
    if (c->rate > 0) {
        schedule_next(w, client);
    } else if (c->every > 0) {
        sim_time at = sim_time_add(sim->now, c->every);
        if (at < w->spec->mail) sim_at(sim, at, EVENT_ARRIVAL, client, 0);
    } else {
        for (uint32_t i = 1; i < c->count; i++) write_message(w, client);
    }
    write_message(w, client);
}

void client_outbox(struct sim *sim, uint32_t m, uint64_t arg)
{
    (void)arg;
    hand_over(world_of(sim), m);
}

void client_reads(struct world *w, const struct message *message, enum report_kind kind, bool first)
{
    sim_time since = w->sim.now - message->submitted;
    if (first) hist_add(&w->tally->hists[kind == REPORT_BOUNCE ? HIST_BOUNCE : HIST_WARNING], since);
    w->tally->counts[COL_REPORTS_DELIVERED]++;
    if (watched(w))
        tell(w, (struct record){.at = w->sim.now,
                                .type = RECORD_REPORT_READ,
                                .message = message->number,
                                .who = message->client,
                                .report = (uint32_t)kind,
                                .until = since});
}
