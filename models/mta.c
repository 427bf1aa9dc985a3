/* models/mta.c - an MTA's queue: what is due, deferrals, warnings, bounces. Retry times are models/retry.h's; who may
 * begin when is models/destination.c's and models/queue_run.c's. */
#include "models/inside.h"
#include "models/retry.h"

/* ---- the queue's length over time ---- */

/* Notes whether mail is waiting at the last repair, and then the first moment without any. Called before each change.
 */
static void drain_check(struct world *w, uint32_t mta)
{
    struct mta_state *s = &w->mtas[mta];
    struct mta_tally *t = &w->tally->mtas[mta];
    sim_time repair = w->faults.last_end;
    if (s->drained || w->sim.now < repair) return;
    if (!s->repaired) {
        s->repaired = true;
        t->waited = repair > 0 && s->waiting > 0;
    }
    if (s->waiting > 0) return;
    t->drained = s->waiting_changed > repair ? s->waiting_changed - repair : 0;
    s->drained = true;
}

static void waiting_add(struct world *w, uint32_t mta, int32_t change)
{
    drain_check(w, mta);
    w->mtas[mta].waiting += (uint32_t)change;
    w->mtas[mta].waiting_changed = w->sim.now;
}

static void enter(struct world *w, uint32_t mta)
{
    struct mta_state *s = &w->mtas[mta];
    w->tally->mtas[mta].arrived++;
    level_change(&s->queue, w->sim.now, 1);
    if (SIM_UNLIKELY(s->disk != NULL)) load_up(s->disk, w->sim.now);
}

/* The message leaves the MTA that holds it. */
static void leave(struct world *w, struct message *msg)
{
    struct mta_state *s = &w->mtas[msg->mta];
    level_change(&s->queue, w->sim.now, -1);
    if (SIM_UNLIKELY(s->disk != NULL)) load_down(s->disk, w->sim.now);
    if (msg->waiting) waiting_add(w, msg->mta, -1);
    msg->waiting = false;
}

void mtas_build(struct world *w)
{
    const struct world_spec *spec = w->spec;
    for (uint32_t i = 0; i < spec->mta_count; i++) {
        const struct mta_params *p = &spec->mtas[i].params;
        struct mta_state *s = &w->mtas[i];
        bool rules = p->retry == RETRY_RULES;
        bool remembers = rules || p->suspension_rule == SUSPEND_ROUTE || p->suspension_rule == SUSPEND_FOR_RUN ||
                         p->suspension_rule == SUSPEND_TWO_TIMEOUTS;
        if (mta_params_limited(p)) {
            s->destinations = arena_zero(&w->arena, spec->zone_count, sizeof *s->destinations);
            s->row = arena_zero(&w->arena, spec->zone_count, sizeof *s->row);
        }
        if (remembers) s->hosts = arena_zero(&w->arena, spec->mx_host_count, sizeof *s->hosts);
        if (p->queue_runners > 0) s->deferred_of = arena_zero(&w->arena, spec->zone_count, sizeof *s->deferred_of);
        if (rules) s->routing = arena_zero(&w->arena, spec->zone_count, sizeof *s->routing);
    }
}

/* All but the tables, whose places stay the same, is new in each run. */
static void mta_start(struct world *w, uint32_t i)
{
    const struct world_spec *spec = w->spec;
    const struct mta_params *p = &spec->mtas[i].params;
    struct mta_state *s = &w->mtas[i];
    *s = (struct mta_state){.destinations = s->destinations,
                            .row = s->row,
                            .hosts = s->hosts,
                            .routing = s->routing,
                            .deferred_of = s->deferred_of,
                            .deferred = {NONE, NONE}};
    uint32_t host = spec->mtas[i].mx_host;
    if (host != SPEC_NONE && spec->mx_hosts[host].limits.holds) s->disk = &w->receivers[host].disk;
    load_start(&s->busy, w->bin_width, load_bound(p->process_limit));
    load_start(&s->runners, w->bin_width, load_bound(p->queue_runners));
    if (s->destinations) destinations_start(w, i);
    for (uint32_t h = 0; s->hosts && h < spec->mx_host_count; h++)
        s->hosts[h] = (struct host_memory){.timed_out = SIM_NEVER};
    for (uint32_t z = 0; s->deferred_of && z < spec->zone_count; z++) s->deferred_of[z] = 0;
    for (uint32_t z = 0; s->routing && z < spec->zone_count; z++) s->routing[z] = (struct retry_record){0};
    level_start(&s->queue, w->bin_width, w->tally->mtas[i].queue, TALLY_BINS);
    struct rng r;
    rng_open(&r, w->seed, w->run, w->mta_streams[i]);
    s->clock = (sim_time)rng_below(&r, (uint64_t)SIM_SECOND);
    if (p->queue_run_delay > 0) {
        s->phase = (sim_time)rng_below(&r, (uint64_t)p->queue_run_delay);
        if (p->queue_run_phase != PHASE_RANDOM) s->phase = p->queue_run_phase % p->queue_run_delay;
    }
    if (p->stub_rotate) s->stub_turn = (uint32_t)rng_below(&r, 1 + spec->mtas[i].fallback_count);
    w->tally->mtas[i].drained = SIM_NEVER;
}

void mtas_start(struct world *w)
{
    pool_clear(&w->kept_pool);
    pool_clear(&w->runner_pool);
    pool_clear(&w->failure_pool);
    for (uint32_t i = 0; i < w->spec->mta_count; i++) mta_start(w, i);
}

static void loads_finish(struct world *w, uint32_t mta)
{
    struct mta_state *s = &w->mtas[mta];
    struct load_sum **to = w->tally->loads;
    to[LOAD_DELIVERIES][mta] = load_end(&s->busy, w->spec->limit);
    to[LOAD_RUNNERS][mta] = load_end(&s->runners, w->spec->limit);
    if (!s->destinations || w->tally->load_counts[LOAD_LANE] == 0) return;
    for (uint32_t z = 0; z < w->spec->zone_count; z++)
        to[LOAD_LANE][mta * w->spec->zone_count + z] = load_end(&s->destinations[z].busy, w->spec->limit);
}

void mtas_finish(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->mta_count; i++) {
        struct level *queue = &w->mtas[i].queue;
        level_advance(queue, w->sim.now);
        drain_check(w, i);
        w->tally->mtas[i].queue_area = queue->area;
        w->tally->mtas[i].peak = queue->peak;
        w->tally->mtas[i].peak_at = queue->peak_at;
        loads_finish(w, i);
    }
}

/* ---- reports to senders (RFC 3464), from the null sender ---- */

static void report(struct world *w, uint32_t m, enum report_kind kind, bool first)
{
    const struct message about = w->messages[m];
    uint32_t zone = w->spec->clients[about.client].from_zone;
    w->tally->counts[COL_REPORTS]++;
    if (zone == SPEC_NONE) {
        client_reads(w, &about, kind, first);
        return;
    }
    uint32_t r = message_new(w);
    struct message *msg = &w->messages[r];
    msg->client = about.client;
    msg->recipient = NONE;
    msg->sender = about.sender;
    msg->number = about.number;
    msg->submitted = about.submitted;
    msg->zone = zone;
    msg->mta = about.mta;
    msg->report = (uint8_t)kind;
    msg->first_report = first;
    msg->luck =
        rng_part(rng_part(about.luck, w->mta_streams[about.mta]), about.warnings << 1 | (kind == REPORT_BOUNCE));
    mta_arrive(w, r);
}

static const char *status_of(const struct world *w, const struct message *msg, enum cause cause)
{
    return msg->status ? msg->status : w->spec->mtas[msg->mta].params.status[cause];
}

/* due: how many warnings are due by now; those that were missed are not made up for. */
static void warn(struct world *w, uint32_t m, enum cause cause, uint32_t due)
{
    struct message *msg = &w->messages[m];
    bool first = !msg->warned;
    msg->warned = true;
    msg->warnings = due;
    if (first) w->tally->counts[COL_WARNED]++;
    if (watched(w)) {
        struct record r = record_about(w, m, RECORD_WARNED);
        r.cause = cause;
        r.status = status_of(w, msg, cause);
        r.until = w->sim.now - msg->submitted;
        tell(w, r);
    }
    report(w, m, REPORT_WARNING, first);
}

/* A message's life at this MTA ends without delivery. A report is dropped: no report about a report (RFC 5321 section
 * 6.1). */
static void give_up(struct world *w, uint32_t m, enum cause cause, bool expired)
{
    struct message *msg = &w->messages[m];
    struct mta_tally *t = &w->tally->mtas[msg->mta];
    if (watched(w)) {
        struct record r = record_about(w, m, msg->report ? RECORD_DROPPED : RECORD_BOUNCED);
        r.cause = cause;
        r.count = expired;
        const char *too_late = w->spec->mtas[msg->mta].params.expired_status;
        r.status = expired && too_late ? too_late : status_of(w, msg, cause);
        tell(w, r);
    }
    suppression_note(w, msg, cause, expired);
    leave(w, msg);
    if (msg->report) {
        w->tally->counts[COL_REPORTS_DROPPED]++;
    } else {
        w->tally->counts[COL_BOUNCED]++;
        w->tally->clients[msg->client].bounced++;
        w->tally->zones[msg->zone].bounced++;
        t->reasons[cause][expired]++;
        if (w->tally->first_bounced == 0) w->tally->first_bounced = msg->number;
        report(w, m, REPORT_BOUNCE, true);
    }
    message_free(w, m);
}

/* ---- success ---- */

/* For its sender and its destination, and in the distributions. */
static void count_delivery(struct tally *t, const struct message *msg, sim_time latency)
{
    uint64_t part = ((uint64_t)latency + (1 << (MAIL_LATENCY_BITS - 1))) >> MAIL_LATENCY_BITS;
    t->clients[msg->client].delivered++;
    t->clients[msg->client].latency += part;
    t->zones[msg->zone].delivered++;
    t->zones[msg->zone].latency += part;
    hist_add(&t->hists[HIST_LATENCY], latency);
    if (SIM_LIKELY(!t->keeps_spans)) return;
    if (t->client_spans) rough_hist_add(&t->client_spans[msg->client], latency);
    if (t->zone_spans) rough_hist_add(&t->zone_spans[msg->zone], latency);
}

static void deliver(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    struct tally *t = w->tally;
    sim_time now = w->sim.now, latency = now - msg->submitted;
    if (watched(w)) {
        struct record r = record_about(w, m, RECORD_DELIVERED);
        r.until = latency;
        tell(w, r);
    }
    leave(w, msg);
    if (msg->report) {
        client_reads(w, msg, (enum report_kind)msg->report, msg->first_report);
    } else {
        t->counts[COL_DELIVERED]++;
        t->counts[COL_FIRST_TRY] += !msg->deferred;
        t->counts[COL_VIA_BACKUP] += msg->relayed;
        t->latency_sum += (uint64_t)latency;
        count_delivery(t, msg, latency);
        if (latency > t->worst_latency || t->worst_message == 0) {
            t->worst_latency = latency;
            t->worst_message = msg->number;
        }
    }
    message_free(w, m);
}

/* A backup MX has taken the message: its clock starts anew in that MTA's queue. */
static void relay(struct world *w, uint32_t m, uint32_t to)
{
    struct message *msg = &w->messages[m];
    if (watched(w)) tell(w, record_about(w, m, RECORD_RELAYED));
    leave(w, msg);
    msg->mta = to;
    msg->relayed = true;
    mta_arrive(w, m);
}

/* ---- when it is tried ---- */

/* Until the message is due, or a warning before that. What is due after the end of the run stays without an event. */
static void set_timer(struct world *w, uint32_t m)
{
    const struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    sim_time at = msg->due;
    if (p->warning == WARNING_AT_ONCE && !msg->report) {
        sim_time warning = sim_time_add(msg->arrived, retry_warning_age(p, msg->warnings));
        if (warning < at) at = warning > w->sim.now ? warning : w->sim.now;
    }
    if (at > w->spec->limit) return;
    if (p->wakes_destination)
        w->messages[m].timer = sim_at_cancellable(&w->sim, at, EVENT_DUE, m, 0);
    else
        sim_at(&w->sim, at, EVENT_DUE, m, 0);
}

static void note_waiting(struct world *w, struct message *msg)
{
    msg->state = MESSAGE_DUE;
    if (!msg->waiting) waiting_add(w, msg->mta, 1);
    msg->waiting = true;
}

static void wait_until(struct world *w, uint32_t m, sim_time at, bool ending)
{
    struct message *msg = &w->messages[m];
    note_waiting(w, msg);
    msg->due = at;
    msg->ending = ending;
    msg->timer = 0;
    set_timer(w, m);
    if (w->spec->mtas[msg->mta].params.wakes_destination) destination_sleep(w, m);
}

/* A new message, or one whose time has come, at an MTA that is up. */
static void offer(struct world *w, uint32_t m)
{
    if (suppressed(w, &w->messages[m])) {
        give_up(w, m, CAUSE_SUPPRESSED, false);
        return;
    }
    if (destination_admit(w, m)) mta_attempt(&w->sim, m, 0);
}

/* The MTA is down, as own says: message m waits until it is up again. False: it is only cut off, and tries in vain. */
static bool wait_for_repair(struct world *w, uint32_t m, struct timeline *own)
{
    const struct message *msg = &w->messages[m];
    if (cut_off(w, msg->mta, w->sim.now)) return false;
    sim_time up = timeline_up(own, w->sim.now);
    if (watched(w)) {
        struct record r = record_about(w, m, RECORD_PAUSED);
        r.until = up;
        tell(w, r);
    }
    w->messages[m].deferred = true;
    wait_until(w, m, up, false);
    return true;
}

/* Is the MTA down? Then message m waits. */
static inline bool paused(struct world *w, uint32_t m)
{
    struct timeline *own = &w->faults.of[TARGET_MTA][w->messages[m].mta];
    if (SIM_LIKELY(!fault_is_down(timeline_at(own, w->sim.now)))) return false;
    return wait_for_repair(w, m, own);
}

void mta_arrive(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    msg->arrived = w->sim.now;
    msg->attempts = msg->deferrals = msg->warnings = 0;
    msg->retry = (struct retry_record){0};
    msg->ending = false;
    msg->due = w->sim.now;
    enter(w, msg->mta);
    if (watched(w)) tell(w, record_about(w, m, RECORD_ARRIVED));
    if (!paused(w, m)) offer(w, m);
}

void mta_due(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct message *msg = &w->messages[m];
    (void)arg;
    if (sim->now < msg->due) { /* WARNING_AT_ONCE */
        uint32_t due = retry_warnings_due(&w->spec->mtas[msg->mta].params, sim->now - msg->arrived);
        if (due > msg->warnings) warn(w, m, (enum cause)msg->last_cause, due);
        set_timer(w, m);
        return;
    }
    destination_wake(w, m);
    if (msg->ending)
        give_up(w, m, (enum cause)msg->last_cause, true);
    else if (!paused(w, m))
        offer(w, m);
}

void mta_attempt(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    (void)arg;
    msg->attempts++;
    msg->status = NULL;
    msg->code = 0;
    w->tally->counts[COL_ATTEMPTS] += msg->report == REPORT_NONE;
    if (p->source_addresses > 1) {
        struct rng r;
        rng_open(&r, w->seed, w->run, attempt_stream(w, msg, w->source_luck));
        msg->source = (uint32_t)rng_below(&r, p->source_addresses);
    }
    if (watched(w)) {
        struct record r = record_about(w, m, RECORD_ATTEMPT);
        r.whom = msg->source;
        tell(w, r);
    }
    route_begin(w, m);
}

void mta_attempt_end(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    (void)arg;
    mta_attempt_done(w, m, (enum cause)w->messages[m].cause);
}

/* ---- what an attempt leads to ---- */

static bool is_permanent(enum cause cause, const struct mta_params *p)
{
    if (cause == CAUSE_DNS_TIMEOUT || cause == CAUSE_DNS_SERVFAIL) return p->on_dns_failure == DNS_FAILURE_BOUNCE;
    return (p->permanent & CAUSE_BIT(cause)) != 0;
}

/* When the message is tried next, or given up. */
static enum retry_step next_step(struct world *w, const struct message *msg, sim_time *at)
{
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    struct retry_case c = {.arrived = msg->arrived,
                           .now = w->sim.now,
                           .attempts = msg->deferrals,
                           .phase = w->mtas[msg->mta].phase,
                           .clock = w->mtas[msg->mta].clock,
                           .null_sender = msg->report != REPORT_NONE};
    sim_time again = destination_retry(w, msg), end = sim_time_add(msg->arrived, p->maximal_queue_lifetime);
    if (again > 0) {
        *at = again < end ? again : end;
        return again < end ? RETRY_TRY : RETRY_EXPIRE;
    }
    if (p->retry_jitter == 0) return retry_after_failure(p, &c, NULL, at);
    struct rng luck;
    rng_open(&luck, w->seed, w->run, attempt_stream(w, msg, w->jitter_luck));
    return retry_after_failure(p, &c, &luck, at);
}

/* Keeps the message for later. tried: an attempt has failed; else it was not tried at all. */
static void defer(struct world *w, uint32_t m, enum cause cause, bool tried)
{
    struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    sim_time at;
    msg->deferrals++;
    enum retry_step step = next_step(w, msg, &at);
    msg->deferred = true;
    msg->last_cause = (uint8_t)cause;
    if (step == RETRY_EXPIRE && at <= w->sim.now) {
        give_up(w, m, cause, true);
        return;
    }
    if (watched(w)) {
        struct record r = record_about(w, m, tried ? RECORD_DEFERRED : RECORD_PUT_OFF);
        r.cause = cause;
        r.status = status_of(w, msg, cause);
        r.until = at;
        r.count = step == RETRY_EXPIRE;
        tell(w, r);
    }
    uint32_t due = 0;
    if (!msg->report && p->warning != WARNING_AT_ONCE && (tried || p->retry != RETRY_RULES)) {
        sim_time by = p->warning == WARNING_BY_NEXT_TRY ? at : w->sim.now;
        due = retry_warnings_due(p, by - msg->arrived);
    }
    if (p->queue_runners > 0) {
        note_waiting(w, msg);
        msg->due = at;
        queue_run_defer(w, m);
    } else {
        wait_until(w, m, at, step == RETRY_EXPIRE);
    }
    /* A report may make the pool grow: msg is not valid any more after it. */
    if (due > w->messages[m].warnings) warn(w, m, cause, due);
}

void mta_put_off(struct world *w, uint32_t m, enum cause cause)
{
    w->tally->counts[COL_PUT_OFF] += w->messages[m].report == REPORT_NONE;
    defer(w, m, cause, false);
}

void mta_give_up(struct world *w, uint32_t m, enum cause cause)
{
    w->messages[m].deferred = true;
    give_up(w, m, cause, true);
}

void mta_attempt_void(struct world *w, uint32_t m, enum cause cause, bool for_good)
{
    struct message *msg = &w->messages[m];
    uint32_t mta = msg->mta, runner = msg->runner;
    msg->runner = NONE;
    msg->attempts--;
    w->tally->counts[COL_ATTEMPTS] -= msg->report == REPORT_NONE;
    uint32_t zone = destination_leave(w, m);
    if (!for_good && destination_take_back(w, m, cause)) return;
    if (for_good)
        mta_give_up(w, m, cause);
    else
        mta_put_off(w, m, cause);
    if (zone != NONE) destination_go_on(w, mta, zone);
    if (runner != NONE) queue_runner_done(w, runner, cause, NONE);
}

static void settle(struct world *w, uint32_t m, enum cause cause, bool for_good)
{
    const struct message *msg = &w->messages[m];
    if (cause == CAUSE_NONE) {
        uint32_t to = w->spec->mx_hosts[msg->host].relay;
        if (to == SPEC_NONE)
            deliver(w, m);
        else
            relay(w, m, to);
    } else if (is_permanent(cause, &w->spec->mtas[msg->mta].params)) {
        give_up(w, m, cause, false);
    } else if (for_good) {
        mta_give_up(w, m, cause);
    } else {
        defer(w, m, cause, true);
    }
}

void mta_attempt_done(struct world *w, uint32_t m, enum cause cause)
{
    uint32_t mta = w->messages[m].mta, runner = w->messages[m].runner, host = w->messages[m].host;
    w->messages[m].runner = NONE;
    const uint32_t domain = w->messages[m].zone;
    uint32_t zone = destination_done(w, m, cause);
    bool for_good = w->mtas[mta].hosts && host_memory_update(w, m, cause);
    if (destination_take_back(w, m, cause)) return;
    settle(w, m, cause, for_good);
    if (zone != NONE) destination_go_on(w, mta, zone);
    if (runner != NONE)
        queue_runner_done(w, runner, cause, host);
    else if (cause == CAUSE_NONE && w->mtas[mta].deferred.first != NONE)
        queue_run_follow(w, mta, domain, host);
}
