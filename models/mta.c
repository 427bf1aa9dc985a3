/* models/mta.c - an MTA's queue: attempts, deferrals, warnings, bounces. Retry times are models/retry.h's. */
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
    level_change(&w->mtas[mta].queue, w->sim.now, 1);
}

/* The message leaves the MTA that holds it. */
static void leave(struct world *w, struct message *msg)
{
    level_change(&w->mtas[msg->mta].queue, w->sim.now, -1);
    if (msg->waiting) waiting_add(w, msg->mta, -1);
    msg->waiting = false;
}

void mtas_start(struct world *w)
{
    for (uint32_t i = 0; i < w->spec->mta_count; i++) {
        const struct mta_params *p = &w->spec->mtas[i].params;
        struct rng r;
        rng_open(&r, w->seed, w->run, w->mta_streams[i]);
        w->mtas[i] = (struct mta_state){0};
        level_start(&w->mtas[i].queue, w->bin_width, w->tally->mtas[i].queue, TALLY_BINS);
        if (p->queue_run_delay > 0) w->mtas[i].phase = (sim_time)rng_below(&r, (uint64_t)p->queue_run_delay);
        w->tally->mtas[i].drained = SIM_NEVER;
    }
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

static void warn(struct world *w, uint32_t m, enum cause cause)
{
    struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    bool first = !msg->warned;
    msg->warned = true;
    msg->warnings = (uint32_t)((w->sim.now - msg->arrived) / p->delay_warning_time);
    if (first) w->tally->counts[COL_WARNED]++;
    if (watched(w)) {
        struct record r = record_about(w, m, RECORD_WARNED);
        r.cause = cause;
        r.status = p->status[cause];
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
        r.status = w->spec->mtas[msg->mta].params.status[cause];
        tell(w, r);
    }
    leave(w, msg);
    if (msg->report) {
        w->tally->counts[COL_REPORTS_DROPPED]++;
    } else {
        w->tally->counts[COL_BOUNCED]++;
        t->reasons[cause][expired]++;
        if (w->tally->first_bounced == 0) w->tally->first_bounced = msg->number;
        report(w, m, REPORT_BOUNCE, true);
    }
    message_free(w, m);
}

/* ---- success ---- */

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
        hist_add(&t->hists[HIST_LATENCY], latency);
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

/* ---- attempts ---- */

void mta_arrive(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    msg->arrived = w->sim.now;
    msg->attempts = msg->warnings = 0;
    enter(w, msg->mta);
    if (watched(w)) tell(w, record_about(w, m, RECORD_ARRIVED));
    mta_attempt(&w->sim, m, 0);
}

/* Waits for time at; messages that are due after the end of the run stay without an event. */
static void wait_until(struct world *w, uint32_t m, sim_time at)
{
    struct message *msg = &w->messages[m];
    msg->state = MESSAGE_DUE;
    if (!msg->waiting) waiting_add(w, msg->mta, 1);
    msg->waiting = true;
    if (at <= w->spec->limit) sim_at(&w->sim, at, EVENT_ATTEMPT, m, 0);
}

void mta_attempt(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct message *msg = &w->messages[m];
    struct timeline *own = &w->faults.of[TARGET_MTA][msg->mta];
    (void)arg;
    if (SIM_UNLIKELY(fault_is_down(timeline_at(own, sim->now)))) {
        sim_time up = timeline_up(own, sim->now);
        if (watched(w)) {
            struct record r = record_about(w, m, RECORD_PAUSED);
            r.until = up;
            tell(w, r);
        }
        msg->deferred = true;
        wait_until(w, m, up);
        return;
    }
    msg->attempts++;
    w->tally->counts[COL_ATTEMPTS] += msg->report == REPORT_NONE;
    if (watched(w)) tell(w, record_about(w, m, RECORD_ATTEMPT));
    route_begin(w, m);
}

void mta_attempt_end(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    (void)arg;
    mta_attempt_done(w, m, (enum cause)w->messages[m].cause);
}

/* Causes that end a message at once: 5yz replies and a definite "no" of DNS. */
static bool is_permanent(enum cause cause, const struct mta_params *p)
{
    switch (cause) {
    case CAUSE_DNS_TIMEOUT:
    case CAUSE_DNS_SERVFAIL: return p->on_dns_failure == DNS_FAILURE_BOUNCE;
    case CAUSE_DNS_NXDOMAIN:
    case CAUSE_DNS_NODATA:
    case CAUSE_NULL_MX:
    case CAUSE_MX_NO_ADDRESS:
    case CAUSE_MX_LOOP:
    case CAUSE_REJECTED:
    case CAUSE_USER_UNKNOWN: return true;
    default: return false;
    }
}

static void defer(struct world *w, uint32_t m, enum cause cause)
{
    struct message *msg = &w->messages[m];
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    sim_time now = w->sim.now;
    msg->deferred = true;
    if (retry_expired(p, msg->arrived, now, msg->report)) {
        give_up(w, m, cause, true);
        return;
    }
    sim_time next = retry_next(p, msg->arrived, now, msg->attempts, w->mtas[msg->mta].phase);
    if (watched(w)) {
        struct record r = record_about(w, m, RECORD_DEFERRED);
        r.cause = cause;
        r.status = p->status[cause];
        r.until = next;
        tell(w, r);
    }
    wait_until(w, m, next);
    /* A report may make the pool grow: msg is not valid any more after it. */
    if (!msg->report && retry_warn(p, msg->arrived, now, msg->warnings)) warn(w, m, cause);
}

void mta_attempt_done(struct world *w, uint32_t m, enum cause cause)
{
    const struct message *msg = &w->messages[m];
    if (cause != CAUSE_NONE) {
        if (is_permanent(cause, &w->spec->mtas[msg->mta].params))
            give_up(w, m, cause, false);
        else
            defer(w, m, cause);
        return;
    }
    uint32_t to = w->spec->mx_hosts[msg->host].relay;
    if (to == SPEC_NONE)
        deliver(w, m);
    else
        relay(w, m, to);
}
