/* models/queue_run.c - queue runners: processes that an MTA starts at intervals, each of which tries the waiting
 * messages one after the other and sends what it can down one connection.
 *
 * Source: Exim src/src/queue.c, src/src/transports/smtp.c (transport_check_waiting); measured on Exim 4.96: 200
 * messages went down one connection, then two, three, four, one more each interval. */
#include "models/inside.h"
#include "models/retry.h"

static struct runner *runner_at(const struct world *w, uint32_t r)
{
    return &((struct runner *)w->runner_pool.items)[r];
}

/* sendmail's runners divide the list among them, and each knows for itself which hosts are dead. Exim's share what they
 * know: each goes through the whole list. */
static bool has_shares(const struct mta_params *p)
{
    return p->suspension_rule == SUSPEND_FOR_RUN;
}

static void put_in(struct world *w, struct mta_state *s, uint32_t m)
{
    message_list_add(w, &s->deferred, m);
    s->deferred_of[w->messages[m].zone]++;
}

static void take_out(struct world *w, struct mta_state *s, uint32_t m)
{
    message_list_take(w, &s->deferred, m);
    s->deferred_of[w->messages[m].zone]--;
}

void queue_run_defer(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    struct mta_state *s = &w->mtas[msg->mta];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    msg->run = has_shares(p) ? 0 : s->runs; /* a runner under way has its list already */
    put_in(w, s, m);
    if (s->run_due) return;
    sim_time at = retry_next_look(p, s->phase, w->sim.now);
    if (at > w->spec->limit) return;
    s->run_due = true;
    sim_at(&w->sim, at, EVENT_QUEUE_RUN, msg->mta, 0);
}

/* Exim puts each message of a queue run before or behind the others by a random bit. Source: src/src/queue.c. */
static void shuffle(struct world *w, uint32_t mta)
{
    struct mta_state *s = &w->mtas[mta];
    struct message_list old = s->deferred;
    struct rng r;
    rng_open(&r, w->seed, w->run, rng_part(w->mta_streams[mta] ^ w->shuffle_luck, s->runs));
    s->deferred = (struct message_list){NONE, NONE};
    while (old.first != NONE) {
        uint32_t m = old.first;
        message_list_take(w, &old, m);
        if (rng_bits(&r) & 1)
            message_list_add(w, &s->deferred, m);
        else
            message_list_put_first(w, &s->deferred, m);
    }
}

static void start_runner(struct world *w, uint32_t mta, uint32_t only)
{
    uint32_t r = pool_take(&w->runner_pool);
    *runner_at(w, r) = (struct runner){.mta = mta,
                                       .active = true,
                                       .run = ++w->mtas[mta].runs,
                                       .left = w->mtas[mta].waiting,
                                       .only = only,
                                       .kept = only,
                                       .kept_since = w->sim.now};
    if (only == NONE) load_up(&w->mtas[mta].runners, w->sim.now);
    if (w->spec->mtas[mta].params.retry == RETRY_RULES && only == NONE) shuffle(w, mta);
    sim_at(&w->sim, w->sim.now, EVENT_RUNNER, r, 0);
}

/* Only where mail for the same domain waits, and not again before the next queue run if nothing of it could go: a long
 * queue is not searched for each message that is taken. */
void queue_run_follow(struct world *w, uint32_t mta, uint32_t zone, uint32_t host)
{
    const struct mta_params *p = &w->spec->mtas[mta].params;
    const struct mta_state *s = &w->mtas[mta];
    if (p->retry != RETRY_RULES || p->connection_cache == 0) return;
    if (s->deferred_of[zone] > 0 && w->sim.now >= s->follow_from) start_runner(w, mta, host);
}

#define DEALT_MAX 64 /* runners under way whose shares are respected */

/* Deals the waiting messages to the runners from number first on, but for the shares of those runners under way that
 * have a session open: they go on with theirs. */
static void deal(struct world *w, uint32_t mta, uint32_t first)
{
    const struct mta_state *s = &w->mtas[mta];
    uint32_t count = s->runs + 1 - first, alive[DEALT_MAX], alive_count = 0, turn = 0;
    if (count == 0) return;
    for (uint32_t r = 0; r < w->runner_pool.count && alive_count < DEALT_MAX; r++) {
        const struct runner *runner = runner_at(w, r);
        bool goes_on = runner->active && runner->kept != NONE;
        if (goes_on && runner->mta == mta && runner->run < first) alive[alive_count++] = runner->run;
    }
    for (uint32_t m = s->deferred.first; m != NONE; m = w->messages[m].next) {
        bool taken = false;
        for (uint32_t i = 0; i < alive_count; i++) taken = taken || w->messages[m].run == alive[i];
        if (!taken) w->messages[m].run = first + turn++ % count;
    }
}

static bool is_down(const struct world *w, uint32_t mta)
{
    sim_time now = w->sim.now;
    return fault_is_down(timeline_at(&w->faults.of[TARGET_MTA][mta], now)) && !cut_off(w, mta, now);
}

void queue_run(struct sim *sim, uint32_t mta, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct mta_state *s = &w->mtas[mta];
    const struct mta_params *p = &w->spec->mtas[mta].params;
    (void)arg;
    s->run_due = false;
    if (s->deferred.first == NONE) return;
    bool down = is_down(w, mta);
    uint32_t more = down ? 0 : p->runners_per_look > 0 ? p->runners_per_look : 1;
    uint32_t before = s->runs;
    for (; more > 0 && s->runners.value < p->queue_runners; more--) start_runner(w, mta, NONE);
    if (has_shares(p)) deal(w, mta, before + 1);
    sim_time at = retry_next_look(p, s->phase, sim->now);
    if (at > w->spec->limit) return;
    s->run_due = true;
    sim_at(sim, at, EVENT_QUEUE_RUN, mta, 0);
}

static bool goes_to(const struct world *w, const struct message *msg, uint32_t host)
{
    for (uint32_t n = 0, h; (h = route_host(w, msg, n)) != NONE; n++)
        if (h == host) return true;
    return false;
}

/* Is m's time not come, by what is known of its domain, its hosts and itself? Then it stays, without an attempt. */
static bool stays(struct world *w, uint32_t m)
{
    const struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    sim_time now = w->sim.now, clock = now + w->mtas[msg->mta].clock, age = now - msg->arrived;
    const struct retry_record *routing = w->mtas[msg->mta].routing ? &w->mtas[msg->mta].routing[msg->zone] : NULL;
    enum cause cause = CAUSE_NONE;
    bool expired = false;
    /* sendmail goes through the motions with every message that is due, and may warn or give up even where it knows by
     * now that the host is dead. */
    if (p->retry != RETRY_RULES) return now + p->queue_run_slack < msg->due;
    if (routing && !retry_record_due(routing, p, clock, age) && !routing->expired) return true;
    if (!retry_record_due(&msg->retry, p, clock, age)) return true;
    return !host_any_may_try(w, m, &cause, &expired) && !expired;
}

bool queue_runner_holds(const struct world *w, uint32_t runner, uint32_t host)
{
    return runner != NONE && runner_at(w, runner)->holds && runner_at(w, runner)->kept == host;
}

/* Its open session, if any, ends. */
static void let_go(struct world *w, struct runner *runner)
{
    if (runner->holds) receiver_close(w, runner->mta, runner->kept);
    runner->holds = false;
    runner->kept = NONE;
}

bool queue_runner_hold(struct world *w, uint32_t runner, uint32_t host)
{
    if (runner == NONE || w->spec->mtas[runner_at(w, runner)->mta].params.connection_cache == 0) return false;
    if (runner_at(w, runner)->kept != host) let_go(w, runner_at(w, runner)); /* it keeps one at a time */
    runner_at(w, runner)->holds = true;
    runner_at(w, runner)->kept = host;
    return true;
}

void queue_runner_lost(struct world *w, uint32_t runner, uint32_t host)
{
    if (queue_runner_holds(w, runner, host)) runner_at(w, runner)->holds = false;
}

/* The runner's work is done. */
static void end_runner(struct world *w, uint32_t r)
{
    const struct runner *runner = runner_at(w, r);
    struct mta_state *s = &w->mtas[runner->mta];
    if (runner->only != NONE && !runner->sent)
        s->follow_from = retry_next_look(&w->spec->mtas[runner->mta].params, s->phase, w->sim.now);
    let_go(w, runner_at(w, r));
    runner_at(w, r)->active = false;
    if (runner_at(w, r)->only == NONE) load_down(&w->mtas[runner_at(w, r)->mta].runners, w->sim.now);
    pool_give(&w->runner_pool, r);
}

void queue_runner(struct sim *sim, uint32_t r, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct runner *runner = runner_at(w, r);
    struct mta_state *s = &w->mtas[runner->mta];
    (void)arg;
    bool shares = has_shares(&w->spec->mtas[runner->mta].params);
    bool down = is_down(w, runner->mta);
    while (!down) {
        uint32_t m = s->deferred.first;
        if (m == NONE || runner->left == 0) break;
        runner->left--;
        take_out(w, s, m);
        if (shares ? w->messages[m].run != runner->run : w->messages[m].run >= runner->run) {
            put_in(w, s, m); /* another's, or it came later, or a later runner has looked at it */
            continue;
        }
        if (runner->only != NONE && !goes_to(w, &w->messages[m], runner->only)) {
            put_in(w, s, m);
            continue;
        }
        w->messages[m].run = runner->run;
        w->messages[m].runner = r;
        if (stays(w, m)) {
            bool counts = w->spec->mtas[runner->mta].params.retry == RETRY_RULES;
            w->tally->counts[COL_PUT_OFF] += counts && w->messages[m].report == REPORT_NONE;
            w->messages[m].runner = NONE;
            put_in(w, s, m);
            continue;
        }
        w->messages[m].kept = runner->kept;
        mta_attempt(sim, m, 0);
        return;
    }
    end_runner(w, r);
}

void queue_runner_done(struct world *w, uint32_t r, enum cause cause, uint32_t host)
{
    struct runner *runner = runner_at(w, r);
    const struct mta_params *p = &w->spec->mtas[runner->mta].params;
    if (cause != CAUSE_NONE || p->connection_cache == 0) {
        if (host != NONE) let_go(w, runner); /* NONE: nothing was tried */
    } else {
        runner->messages = runner->kept == host ? runner->messages + 1 : 1;
        if (runner->kept != host) let_go(w, runner);
        bool full = p->messages_per_connection > 0 && runner->messages >= p->messages_per_connection;
        runner->kept = host;
        runner->sent = true;
        if (full) let_go(w, runner);
    }
    if (runner->only != NONE && runner->kept == NONE) {
        end_runner(w, r);
        return;
    }
    /* By an event: an attempt that fails at once would come back here, as deep as the queue is long. */
    sim_at(&w->sim, w->sim.now, EVENT_RUNNER, r, 0);
}
