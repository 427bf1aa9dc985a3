/* models/smtp.c - the connections of one attempt: MX walk, TCP connect, SMTP dialogue.
 *
 * Most hosts do not change their minds because of what is said to them: their state is a function of time
 * (models/fault.h). So an attempt is worked out ahead as far as only such hosts are met, and one event marks its end. A
 * host that remembers (models/receiver.c) is asked when its time comes: the walk stops at its door and goes on from
 * there. */
#include "models/inside.h"

/* A part of an attempt: the clock runs ahead of the simulation's. */
struct walk {
    struct world *w;
    struct message *msg;
    struct walk_place *place; /* msg's */
    const struct mta_params *params;
    const struct mx_host_spec *host;
    uint32_t m, host_number, preference, part;
    uint8_t order[SPEC_SERVERS_MAX]; /* the route's hosts, by their places in it */
    uint32_t count;
    struct timeline *faults;
    sim_time now;
    sim_time trip;       /* there and back, where that takes no drawing; else SIM_NEVER */
    sim_time well_until; /* nothing is wrong with the host before */
    struct rng stream;   /* use luck() */
    bool opened;
    enum cause cause;   /* of the last failure */
    enum cause skipped; /* why a host was left alone; CAUSE_NONE: none was */
    bool all_expired;   /* and each of them for longer than the message can wait */
};

static void say(struct walk *k, enum record_type type, enum cause cause, sim_time until)
{
    if (!watched(k->w)) return;
    tell(k->w, (struct record){.at = k->now,
                               .type = type,
                               .message = k->msg->number,
                               .report = k->msg->report,
                               .who = k->msg->mta,
                               .whom = k->host_number,
                               .count = k->preference,
                               .cause = cause,
                               .status = k->msg->status,
                               .code = k->msg->code,
                               .until = until});
}

/* The walk's stream of chance, opened when it is first needed: most attempts need none. */
static struct rng *luck(struct walk *k)
{
    if (k->opened) return &k->stream;
    uint64_t stream = attempt_stream(k->w, k->msg, k->w->session_luck);
    rng_open(&k->stream, k->w->seed, k->w->run, k->part ? rng_part(stream, k->part) : stream);
    k->opened = true;
    return &k->stream;
}

/* Most of the time nothing is wrong: does a packet sent now come back, and when it must? Then the clock stands there.
 */
static inline bool quick_trip(struct walk *k, sim_time patience)
{
    if (k->trip > patience || k->now + k->trip >= k->well_until) return false;
    k->now += k->trip;
    return true;
}

/* ---- TCP ---- */

/* A timer of the kernel comes late by up to a granule of its wheel. Source: Linux kernel/time/timer.c with HZ 250. */
static sim_time kernel_wait(struct walk *k, sim_time wait)
{
    sim_time granule = wait < 2016 * SIM_MS ? 32 * SIM_MS : wait < 16128 * SIM_MS ? 256 * SIM_MS : 2048 * SIM_MS;
    return wait + (sim_time)rng_below(luck(k), (uint64_t)granule);
}

/* A host that is off on the MTA's own network: ARP asks three times, a second apart, and gives up after the fourth
 * second has begun (measured: 3.1 s). True: it is there after all; the clock stands at that moment. */
static bool arp(struct walk *k)
{
    for (int i = 0; i < 3; i++, k->now += SIM_SECOND)
        if (timeline_at(k->faults, k->now)->kind != FAULT_UNREACHABLE) return true;
    k->now += 100 * SIM_MS;
    return false;
}

/* TCP connect: a host that comes back within the time-out is found by a repeated SYN. RFC 6298: first after 1 s, then
 * doubled; Linux 6.5 on sends the first ones a second apart (net/ipv4/tcp_timer.c). */
static enum cause tcp_connect(struct walk *k)
{
    const struct host_spec *host = &k->host->host;
    const struct mta_params *p = k->params;
    bool first = p->first_connect_timeout > 0 && k->msg->attempts == 1;
    sim_time patience = first ? p->first_connect_timeout : p->timeout[STEP_CONNECT];
    if (quick_trip(k, patience)) return CAUSE_NONE;
    sim_time begin = k->now, deadline = sim_time_add(begin, patience);
    uint32_t repeats = p->tcp_syn_retries + p->tcp_syn_linear_timeouts;
    sim_time wait = SIM_SECOND, sent = begin;
    if (SIM_UNLIKELY(timeline_at(k->faults, begin)->kind == FAULT_UNREACHABLE)) {
        if (!arp(k)) return CAUSE_NO_ROUTE;
        sent = k->now;
    }
    for (uint32_t i = 0; sent < deadline; i++) {
        sim_time there = sim_time_add(sent, host_delay(host, luck(k)));
        const struct fault_state *s = timeline_at(k->faults, there);
        bool lost = s->kind == FAULT_SILENT || s->kind == FAULT_UNREACHABLE || cut_off(k->w, k->msg->mta, sent) ||
                    host_loses(host->loss, s->loss, luck(k)) || host_loses(host->loss, s->loss, luck(k));
        sim_time back = lost ? SIM_NEVER : sim_time_add(there, host_delay(host, luck(k)));
        if (back <= deadline) {
            k->now = back;
            if (s->kind == FAULT_REFUSING) return CAUSE_CONNECT_REFUSED;
            if (i > 0) say(k, RECORD_CONNECTED_LATE, CAUSE_NONE, back - begin);
            return CAUSE_NONE;
        }
        if (i > p->tcp_syn_linear_timeouts) wait *= 2;
        sent = sim_time_add(sent, kernel_wait(k, wait));
        if (i == repeats) { /* the kernel gives up */
            if (sent < deadline) deadline = sent;
            break;
        }
    }
    k->now = deadline;
    return CAUSE_CONNECT_TIMEOUT;
}

/* When the host has what is sent from now on and has worked on it for takes: SIM_NEVER if it falls silent before the
 * deadline, or cuts the connection; the clock then stands where the MTA notices. Lost segments are sent again after 1,
 * 2, 4 s ... (RFC 6298). */
static sim_time reach(struct walk *k, sim_time deadline, sim_time takes)
{
    const struct host_spec *host = &k->host->host;
    sim_time wait = SIM_SECOND;
    for (sim_time sent = k->now; sent < deadline; sent += wait, wait *= 2) {
        sim_time there = sim_time_add(sent, host_delay(host, luck(k)));
        const struct fault_state *s = timeline_at(k->faults, there);
        if (s->kind == FAULT_REFUSING) {
            sim_time reset = sim_time_add(there, host_delay(host, luck(k)));
            k->now = reset < deadline ? reset : deadline;
            return SIM_NEVER;
        }
        if (s->kind == FAULT_SILENT || s->kind == FAULT_UNREACHABLE || cut_off(k->w, k->msg->mta, sent)) continue;
        if (host_loses(host->loss, s->loss, luck(k))) continue;
        sim_time done = sim_time_add(sim_time_add(there, takes), s->delay);
        if (done > deadline) break;
        return done;
    }
    k->now = deadline;
    return SIM_NEVER;
}

/* One command and its reply. False: the session is lost. */
static bool exchange(struct walk *k, sim_time timeout)
{
    if (SIM_LIKELY(quick_trip(k, timeout))) return true;
    const struct host_spec *host = &k->host->host;
    sim_time deadline = sim_time_add(k->now, timeout), reply = reach(k, deadline, 0);
    if (reply == SIM_NEVER) return false;
    double loss = timeline_at(k->faults, reply)->loss;
    /* The reply, too, is sent until it arrives. */
    for (sim_time again = SIM_SECOND; reply < deadline && host_loses(host->loss, loss, luck(k)); again *= 2)
        reply = sim_time_add(reply, again);
    sim_time back = sim_time_add(reply, host_delay(host, luck(k)));
    k->now = back < deadline ? back : deadline;
    return back <= deadline;
}

/* ---- the dialogue ---- */

/* The final dot: the message is the host's when the dot has reached it and it has done its work; the reply's way back
 * is not waited for, and a reply that is lost does not undo it. */
static bool final_dot(struct walk *k)
{
    sim_time takes = k->host->takes.kind == LAW_CONSTANT ? k->host->takes.a : law_draw(&k->host->takes, luck(k));
    sim_time patience = k->params->timeout[STEP_DATA_DONE];
    if (k->trip != SIM_NEVER && k->now + k->trip / 2 < k->well_until && k->trip / 2 + takes <= patience) {
        k->now += k->trip / 2 + takes;
        return true;
    }
    sim_time done = reach(k, sim_time_add(k->now, patience), takes);
    if (done == SIM_NEVER) return false;
    k->now = done;
    return true;
}

/* Does a fault that hits a share of the messages hit this one? The same ones at each attempt. */
static bool hit(const struct walk *k, const struct fault_spec *fault)
{
    if (fault->share >= 1) return true;
    struct rng r;
    uint64_t stream = k->w->fault_streams[fault - k->w->spec->faults];
    rng_open(&r, k->w->seed, k->w->run, rng_part(k->msg->luck, stream));
    return rng_uniform(&r) < fault->share;
}

/* What a fault makes the host say at this step. */
static enum cause fault_says(struct walk *k, enum smtp_step step)
{
    if (SIM_LIKELY(k->now < k->well_until)) return CAUSE_NONE;
    const struct fault_state *s = timeline_at(k->faults, k->now);
    if (SIM_LIKELY(!fault_replies(s->kind)) || s->fault->at != step || !hit(k, s->fault)) return CAUSE_NONE;
    k->msg->status = s->fault->status;
    k->msg->code = s->fault->code;
    return s->fault->cause;
}

/* What the host says to MAIL, RCPT and DATA, at the time the clock stands at. */
static enum cause verdict(struct walk *k)
{
    enum cause says = fault_says(k, STEP_MAIL);
    if (says == CAUSE_NONE) says = fault_says(k, STEP_RCPT);
    if (says != CAUSE_NONE) return says;
    /* A backup takes mail for anybody; only the host that saves it knows its users. */
    if (k->msg->unknown_user && k->host->relay == SPEC_NONE) return CAUSE_USER_UNKNOWN;
    if (k->w->receivers[k->host_number].remembers) says = receiver_rcpt(k->w, k->m, k->host_number, k->now);
    return says != CAUSE_NONE ? says : fault_says(k, STEP_DATA_INIT);
}

static enum cause envelope(struct walk *k)
{
    const struct mta_params *p = k->params;
    if (!exchange(k, p->timeout[STEP_MAIL])) return CAUSE_SESSION_LOST;
    if (p->smtp_pipelining) return verdict(k);
    if (!exchange(k, p->timeout[STEP_RCPT])) return CAUSE_SESSION_LOST;
    enum cause says = verdict(k);
    if (says != CAUSE_NONE) return says;
    return exchange(k, p->timeout[STEP_DATA_INIT]) ? CAUSE_NONE : CAUSE_SESSION_LOST;
}

/* One message, from MAIL to the final dot. */
static enum cause transaction(struct walk *k)
{
    enum cause says = envelope(k);
    if (says == CAUSE_NONE) {
        if (!final_dot(k)) return CAUSE_SESSION_LOST;
        says = fault_says(k, STEP_DATA_DONE);
    }
    if (says != CAUSE_SESSION_LOST) k->place->completed = true;
    return says;
}

/* From the greeting to EHLO. busy: the host has no session to spare. */
static enum cause greeting(struct walk *k, bool busy)
{
    const struct mta_params *p = k->params;
    if (k->now >= k->well_until && timeline_at(k->faults, k->now)->kind == FAULT_NO_GREETING) {
        k->now = sim_time_add(k->now, p->timeout[STEP_GREETING]);
        return CAUSE_NO_GREETING;
    }
    sim_time late = k->host->greets_after;
    if (late > p->timeout[STEP_GREETING]) {
        k->now = sim_time_add(k->now, p->timeout[STEP_GREETING]);
        return CAUSE_NO_GREETING;
    }
    k->now += late;
    if (!exchange(k, p->timeout[STEP_GREETING])) return CAUSE_SESSION_LOST;
    enum cause says = fault_says(k, STEP_GREETING);
    if (says == CAUSE_NONE && busy) says = CAUSE_HOST_BUSY;
    if (says != CAUSE_NONE) return says;
    k->place->greeted = true;
    return exchange(k, p->timeout[STEP_EHLO]) ? CAUSE_NONE : CAUSE_SESSION_LOST;
}

static enum cause dialogue(struct walk *k, bool busy)
{
    enum cause says = greeting(k, busy);
    return says == CAUSE_NONE ? transaction(k) : says;
}

/* ---- the walk ---- */

uint64_t attempt_stream(const struct world *w, const struct message *msg, uint64_t purpose)
{
    /* By the MTA's name, not its number, so that another MTA in the file changes none of it. */
    return rng_part(rng_part(purpose ^ msg->luck, w->mta_streams[msg->mta]), msg->attempts);
}

/* The route's hosts in the order to try: by preference, at random among equals (RFC 5321 section 5.1); the same order
 * whenever it is asked for in one attempt. */
static void order_hosts(struct walk *k)
{
    const struct message *msg = k->msg;
    const struct route *route = &k->w->routes[msg->mta * k->w->spec->zone_count + msg->zone];
    bool apex = msg->phase == LOOKUP_APEX;
    k->count = apex ? 1 : route->count;
    for (uint32_t i = 0; i < k->count; i++) k->order[i] = (uint8_t)i;
    if (apex) return;
    struct rng r;
    bool opened = false;
    for (uint32_t first = 0, end; first < k->count; first = end) {
        for (end = first + 1; end < k->count && route->hosts[end].preference == route->hosts[first].preference; end++)
            continue;
        if (end - first > 1 && !opened)
            rng_open(&r, k->w->seed, k->w->run, attempt_stream(k->w, msg, k->w->shuffle_luck));
        opened = opened || end - first > 1;
        for (uint32_t n = end - first; n > 1; n--) {
            uint32_t pick = first + (uint32_t)rng_below(&r, n);
            uint8_t last = k->order[first + n - 1];
            k->order[first + n - 1] = k->order[pick];
            k->order[pick] = last;
        }
    }
}

/* The part of the attempt that begins now. */
static void walk_open(struct walk *k, struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    k->w = w;
    k->msg = msg;
    k->m = m;
    k->place = &msg->walk;
    k->params = &w->spec->mtas[msg->mta].params;
    k->now = w->sim.now;
    k->cause = (enum cause)msg->cause;
    k->skipped = CAUSE_NONE;
    k->all_expired = true;
    k->opened = false;
    k->trip = SIM_NEVER;
    k->well_until = 0;
    k->part = msg->walk.opened++;
    order_hosts(k);
}

static void turn_to(struct walk *k, uint32_t host, uint32_t preference)
{
    k->host_number = host;
    k->preference = preference;
    k->host = &k->w->spec->mx_hosts[host];
    k->faults = faults_seen(&k->w->faults, TARGET_MX_HOST, k->msg->mta, host);
    k->msg->host = host;
    const struct host_spec *h = &k->host->host;
    const struct fault_state *s = timeline_at(k->faults, k->now);
    bool steady = h->delay.kind == LAW_CONSTANT && h->loss == 0;
    bool well = s->kind == FAULT_NONE && s->delay == 0 && s->loss == 0;
    k->trip = steady ? 2 * h->delay.a : SIM_NEVER;
    k->well_until = steady && well ? s->until : k->now;
    uint32_t own = k->w->spec->mtas[k->msg->mta].mx_host;
    if (own == SPEC_NONE) return;
    const struct fault_state *here = timeline_at(&k->w->faults.of[TARGET_MX_HOST][own], k->now);
    if (here->kind == FAULT_SILENT) k->well_until = k->now;
    if (here->until < k->well_until) k->well_until = here->until;
}

static struct mx_record_spec host_in_order(const struct walk *k, uint32_t nth)
{
    const struct message *msg = k->msg;
    if (msg->phase == LOOKUP_APEX) return (struct mx_record_spec){k->w->spec->zones[msg->zone].address, 0};
    return k->w->routes[msg->mta * k->w->spec->zone_count + msg->zone].hosts[k->order[nth]];
}

enum turn { TURN_TO, TURN_LOOK_UP, TURN_OVER };

/* May the walk turn to a host that it has not tried yet? */
static bool worth_a_try(struct walk *k, uint32_t host, uint32_t bit)
{
    enum cause cause;
    bool expired;
    if (!(k->place->usable >> bit & 1)) return false;
    if (host_may_try(k->w, k->m, host, &cause, &expired)) return true;
    k->skipped = cause;
    k->all_expired = k->all_expired && expired;
    return false;
}

/* The next address to try. TURN_LOOK_UP: its host's addresses must be asked for first. */
static enum turn next_address(struct walk *k)
{
    const struct mta_params *p = k->params;
    struct walk_place *at = k->place;
    for (; at->nth < k->count; at->nth++, at->address = 0) {
        struct mx_record_spec mx = host_in_order(k, at->nth);
        uint32_t bit = k->order[at->nth], addresses = k->w->spec->mx_hosts[mx.mx_host].addresses;
        if (p->host_address_limit && addresses > p->host_address_limit) addresses = p->host_address_limit;
        if (at->address == 0) {
            if (p->mx_host_limit && at->hosts >= p->mx_host_limit) return TURN_OVER;
            if (!(at->looked_up >> bit & 1)) return TURN_LOOK_UP;
            if (!worth_a_try(k, mx.mx_host, bit)) continue;
            sim_time earliest = sim_time_add(at->connecting, p->mx_pause);
            if (at->hosts++ > 0 && k->now < earliest) k->now = earliest;
        }
        if (at->address >= addresses) continue;
        if (p->mx_address_limit && at->addresses >= p->mx_address_limit) return TURN_OVER;
        if (p->mx_session_limit && at->sessions >= p->mx_session_limit) return TURN_OVER;
        at->address++;
        at->addresses++;
        turn_to(k, mx.mx_host, mx.preference);
        return TURN_TO;
    }
    return TURN_OVER;
}

/* The attempt is over at the walk's time, or, if no host was tried, now. */
static void walk_end(struct walk *k)
{
    struct message *msg = k->msg;
    if (!k->place->connected) {
        if (k->skipped != CAUSE_NONE)
            mta_attempt_void(k->w, k->m, k->skipped, k->all_expired);
        else
            mta_attempt_done(k->w, k->m, msg->dns_trouble ? (enum cause)msg->dns_trouble : CAUSE_MX_NO_ADDRESS);
        return;
    }
    if (k->params->host_check > 0 && (HOST_FAILURES & CAUSE_BIT(k->cause)) && !k->place->completed) {
        /* OpenSMTPD looks after 1 s, and then every 10 s, whether all its routes are disabled: mta.c mta_on_source. */
        sim_time first = sim_time_add(k->place->begun, SIM_SECOND), late = k->now - first, step = k->params->host_check;
        k->now = late <= 0 ? first : sim_time_add(first, (late + step - 1) / step * step);
    }
    msg->cause = (uint8_t)k->cause;
    msg->state = MESSAGE_IN_SESSION;
    if (k->now <= k->w->spec->limit) sim_at(&k->w->sim, k->now, EVENT_ATTEMPT_END, k->m, 0);
}

/* Stops here until an event of this kind. */
static void walk_pause(struct walk *k, enum event_kind kind, uint64_t arg)
{
    k->msg->cause = (uint8_t)k->cause;
    k->msg->state = MESSAGE_IN_SESSION;
    if (k->now <= k->w->spec->limit) sim_at(&k->w->sim, k->now, kind, k->m, arg);
}

/* Notes how the session with the host at that place of the route ended: true if the walk goes on. */
static bool goes_on(struct walk *k, uint32_t place, enum cause cause)
{
    struct walk_place *at = k->place;
    struct host_tally *t = &k->w->tally->hosts[k->host_number];
    k->cause = cause;
    if (SIM_LIKELY(cause == CAUSE_NONE)) {
        t->accepted++;
    } else {
        t->failures[cause]++;
        t->turned_away += cause != CAUSE_SESSION_LOST && at->greeted;
        t->busy += cause == CAUSE_HOST_BUSY;
    }
    at->sessions += at->greeted;
    at->greeted = false;
    host_note(k->w, k->m, place, cause);
    return cause != CAUSE_NONE && (k->params->next_host & CAUSE_BIT(cause));
}

/* Counts the time of a session with a host without a memory, which began at from. */
static void pass_session(struct walk *k, sim_time from)
{
    sim_time until = k->now < k->w->spec->limit ? k->now : k->w->spec->limit;
    if (until > from) k->w->tally->hosts[k->host_number].session_time += (uint64_t)(until - from) >> HOST_TIME_BITS;
}

static void session_over(struct walk *k, enum cause cause, sim_time begin)
{
    say(k, cause == CAUSE_NONE ? RECORD_ACCEPTED : RECORD_SESSION_FAILED, cause, k->now - begin);
}

/* One connection. True: the walk goes on; false: it is over, or waits. */
static bool visit(struct walk *k)
{
    k->msg->status = NULL;
    k->msg->code = 0;
    k->w->tally->counts[COL_SESSIONS] += k->msg->report == REPORT_NONE;
    k->w->tally->hosts[k->host_number].connections++;
    k->place->connected = true;
    k->place->connecting = k->now;
    say(k, RECORD_CONNECT, CAUSE_NONE, 0);
    sim_time begin = k->now;
    enum cause cause = tcp_connect(k);
    if (cause != CAUSE_NONE) {
        say(k, RECORD_CONNECT_FAILED, cause, k->now - begin);
    } else if (k->w->receivers[k->host_number].remembers) {
        walk_pause(k, EVENT_SESSION_OPEN, 0);
        return false;
    } else {
        sim_time opened = k->now;
        cause = dialogue(k, false);
        pass_session(k, opened);
        session_over(k, cause, begin);
    }
    if (goes_on(k, k->order[k->place->nth], cause)) return true;
    walk_end(k);
    return false;
}

static void walk(struct walk *k)
{
    for (;;) {
        switch (next_address(k)) {
        case TURN_OVER: walk_end(k); return;
        case TURN_LOOK_UP:
            if (k->now > k->w->sim.now)
                walk_pause(k, EVENT_WALK_ON, 0);
            else
                route_look_up_host(k->w, k->m, k->order[k->place->nth]);
            return;
        case TURN_TO:
            if (!visit(k)) return;
        }
    }
}

void smtp_walk_on(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct walk k;
    (void)arg;
    walk_open(&k, world_of(sim), m);
    walk(&k);
}

/* ---- hosts that remember ---- */

enum { SESSION_KEPT = 1 }; /* of EVENT_SESSION_OPEN's arg: a kept session is used again */

static void back_to_host(struct walk *k)
{
    uint32_t host = k->msg->host;
    const struct message *msg = k->msg;
    const struct route *route = &k->w->routes[msg->mta * k->w->spec->zone_count + msg->zone];
    uint32_t preference = 0;
    for (uint32_t i = 0; i < route->count; i++)
        if (route->hosts[i].mx_host == host) preference = route->hosts[i].preference;
    turn_to(k, host, preference);
}

static enum cause kept_session(struct walk *k);

void smtp_session_open(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct walk k;
    walk_open(&k, w, m);
    back_to_host(&k);
    sim_time begin = k.now;
    bool held = arg == SESSION_KEPT && queue_runner_holds(w, k.msg->runner, k.host_number);
    enum cause open = held ? CAUSE_NONE : receiver_open(w, m, k.host_number), cause;
    if (arg == SESSION_KEPT)
        cause = open == CAUSE_NONE ? kept_session(&k) : CAUSE_SESSION_LOST;
    else
        cause = dialogue(&k, open == CAUSE_HOST_BUSY);
    session_over(&k, cause, begin);
    k.cause = cause;
    walk_pause(&k, EVENT_SESSION_END, (open == CAUSE_NONE) | (uint64_t)(arg == SESSION_KEPT) << 1);
}

void smtp_session_end(struct sim *sim, uint32_t m, uint64_t arg)
{
    struct world *w = world_of(sim);
    struct walk k;
    bool opened = arg & 1, kept = arg >> 1;
    walk_open(&k, w, m);
    back_to_host(&k);
    bool stays = opened && k.cause == CAUSE_NONE && queue_runner_hold(w, k.msg->runner, k.host_number);
    if (opened && !stays) {
        queue_runner_lost(w, k.msg->runner, k.host_number);
        receiver_close(w, k.msg->mta, k.host_number);
    }
    if (k.cause == CAUSE_NONE) receiver_took(w, m, k.host_number);
    bool on = goes_on(&k, kept ? k.place->kept_place : k.order[k.place->nth], k.cause);
    if (on || (kept && k.cause == CAUSE_SESSION_LOST))
        walk(&k);
    else
        walk_end(&k);
}

/* ---- sessions used again ---- */

/* Source: Postfix smtp_reuse.c: RSET asks whether the session is still there; smtp_rset_timeout is 20 s. */
static enum cause kept_session(struct walk *k)
{
    k->place->connected = k->place->greeted = true;
    if (!exchange(k, 20 * SIM_SECOND)) return CAUSE_SESSION_LOST;
    return transaction(k);
}

/* Tries the session that the MTA has kept: true if the walk over the hosts is still to be made. */
static bool begin_kept(struct walk *k)
{
    enum cause cause;
    bool expired, ours = false;
    for (uint32_t n = 0, h; (h = route_host(k->w, k->msg, n)) != NONE; n++) {
        if (h != k->msg->kept || !((k->place->usable | ~k->place->looked_up) >> n & 1)) continue;
        k->place->kept_place = (uint8_t)n;
        ours = true;
    }
    /* An open session is good even where no new one would be tried. */
    bool open = k->params->suspension_rule == SUSPEND_ROUTE;
    if (!ours || (!open && !host_may_try(k->w, k->m, k->msg->kept, &cause, &expired))) return true;
    k->msg->host = k->msg->kept;
    k->msg->status = NULL;
    k->msg->code = 0;
    back_to_host(k);
    k->w->tally->hosts[k->host_number].kept++;
    say(k, RECORD_KEPT_SESSION, CAUSE_NONE, 0);
    if (k->w->receivers[k->host_number].remembers) {
        walk_pause(k, EVENT_SESSION_OPEN, SESSION_KEPT);
        return false;
    }
    sim_time begin = k->now;
    cause = kept_session(k);
    pass_session(k, begin);
    session_over(k, cause, begin);
    if (goes_on(k, k->place->kept_place, cause) || cause == CAUSE_SESSION_LOST) return true;
    walk_end(k);
    return false;
}

void smtp_begin(struct world *w, uint32_t m)
{
    struct walk k;
    walk_open(&k, w, m);
    k.place->begun = w->sim.now;
    if (w->messages[m].kept != NONE && !begin_kept(&k)) return;
    walk(&k);
}
