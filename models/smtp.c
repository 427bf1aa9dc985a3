/* models/smtp.c - the connections of one attempt: MX walk, TCP connect, SMTP dialogue.
 *
 * Hosts do not change their minds because of what is said to them: their state is a function of time (models/fault.h).
 * So a whole attempt is worked out when it begins, and one event marks its end. */
#include "models/inside.h"

/* One attempt under way: the clock runs ahead of the simulation's. */
struct walk {
    struct world *w;
    struct message *msg;
    const struct mta_params *params;
    const struct mx_host_spec *host;
    uint32_t host_number, preference;
    struct timeline *faults;
    sim_time now;
    struct rng luck;
    bool greeted; /* the session got past the greeting */
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
                               .until = until});
}

/* When the kernel sends SYN again, after the first: RFC 6298, first 1 s, doubled (Linux up to 6.4). */
static const sim_time syn_offsets[] = {
    0, 1 * SIM_SECOND, 3 * SIM_SECOND, 7 * SIM_SECOND, 15 * SIM_SECOND, 31 * SIM_SECOND, 63 * SIM_SECOND};

/* TCP connect: a host that comes back within the time-out is found by a repeated SYN. */
static enum cause tcp_connect(struct walk *k)
{
    const struct host_spec *host = &k->host->host;
    sim_time begin = k->now, deadline = sim_time_add(begin, k->params->smtp_connect_timeout);
    for (unsigned i = 0; i < sizeof syn_offsets / sizeof *syn_offsets; i++) {
        sim_time there = sim_time_add(begin, syn_offsets[i] + host_delay(host, &k->luck));
        if (sim_time_add(begin, syn_offsets[i]) >= deadline) break;
        const struct fault_state *s = timeline_at(k->faults, there);
        if (s->kind == FAULT_SILENT || host_loses(host->loss, s->loss, &k->luck) ||
            host_loses(host->loss, s->loss, &k->luck))
            continue;
        sim_time back = sim_time_add(there, host_delay(host, &k->luck));
        if (back > deadline) break;
        k->now = back;
        if (s->kind == FAULT_REFUSING) return CAUSE_CONNECT_REFUSED;
        if (i > 0) say(k, RECORD_CONNECTED_LATE, CAUSE_NONE, back - begin);
        return CAUSE_NONE;
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
        sim_time there = sim_time_add(sent, host_delay(host, &k->luck));
        const struct fault_state *s = timeline_at(k->faults, there);
        if (s->kind == FAULT_REFUSING) {
            sim_time reset = sim_time_add(there, host_delay(host, &k->luck));
            k->now = reset < deadline ? reset : deadline;
            return SIM_NEVER;
        }
        if (s->kind == FAULT_SILENT || host_loses(host->loss, s->loss, &k->luck)) continue;
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
    const struct host_spec *host = &k->host->host;
    sim_time deadline = sim_time_add(k->now, timeout), reply = reach(k, deadline, 0);
    if (reply == SIM_NEVER) return false;
    double loss = timeline_at(k->faults, reply)->loss;
    /* The reply, too, is sent until it arrives. */
    for (sim_time again = SIM_SECOND; reply < deadline && host_loses(host->loss, loss, &k->luck); again *= 2)
        reply = sim_time_add(reply, again);
    sim_time back = sim_time_add(reply, host_delay(host, &k->luck));
    k->now = back < deadline ? back : deadline;
    return back <= deadline;
}

/* The final dot: the message is the host's when the dot has reached it and it has done its work; the reply's way back
 * is not waited for, and a reply that is lost does not undo it. */
static bool final_dot(struct walk *k)
{
    sim_time done = reach(k, sim_time_add(k->now, k->params->smtp_data_done_timeout), k->host->takes);
    if (done == SIM_NEVER) return false;
    k->now = done;
    return true;
}

/* What the host says to RCPT, at the time the clock stands at. */
static enum cause verdict(struct walk *k)
{
    switch (timeline_at(k->faults, k->now)->kind) {
    case FAULT_TEMPFAILING: return CAUSE_TEMPFAIL;
    case FAULT_REJECTING: return CAUSE_REJECTED;
    default: break;
    }
    /* A backup takes mail for anybody; only the host that saves it knows its users. */
    return k->msg->unknown_user && k->host->relay == SPEC_NONE ? CAUSE_USER_UNKNOWN : CAUSE_NONE;
}

static enum cause envelope(struct walk *k)
{
    const struct mta_params *p = k->params;
    enum cause says;
    if (p->smtp_pipelining) {
        if (!exchange(k, p->smtp_mail_timeout)) return CAUSE_SESSION_LOST;
        return verdict(k);
    }
    if (!exchange(k, p->smtp_mail_timeout) || !exchange(k, p->smtp_rcpt_timeout)) return CAUSE_SESSION_LOST;
    says = verdict(k);
    if (says != CAUSE_NONE) return says;
    return exchange(k, p->smtp_data_init_timeout) ? CAUSE_NONE : CAUSE_SESSION_LOST;
}

/* The dialogue from the greeting to the final dot. */
static enum cause dialogue(struct walk *k)
{
    const struct mta_params *p = k->params;
    if (!exchange(k, p->smtp_helo_timeout)) return CAUSE_SESSION_LOST;
    if (timeline_at(k->faults, k->now)->kind == FAULT_BUSY) return CAUSE_HOST_BUSY;
    k->greeted = true;
    if (!exchange(k, p->smtp_helo_timeout)) return CAUSE_SESSION_LOST;
    enum cause says = envelope(k);
    if (says != CAUSE_NONE) return says;
    return final_dot(k) ? CAUSE_NONE : CAUSE_SESSION_LOST;
}

static enum cause one_session(struct walk *k)
{
    k->w->tally->counts[COL_SESSIONS] += k->msg->report == REPORT_NONE;
    say(k, RECORD_CONNECT, CAUSE_NONE, 0);
    sim_time begin = k->now;
    enum cause cause = tcp_connect(k);
    if (cause != CAUSE_NONE) {
        say(k, RECORD_CONNECT_FAILED, cause, k->now - begin);
        return cause;
    }
    cause = dialogue(k);
    say(k, cause == CAUSE_NONE ? RECORD_ACCEPTED : RECORD_SESSION_FAILED, cause, k->now - begin);
    return cause;
}

static bool ends_walk(enum cause cause)
{
    return cause == CAUSE_NONE || cause == CAUSE_REJECTED || cause == CAUSE_USER_UNKNOWN;
}

/* The luck of one attempt: by the MTA's name, not its number, so that another MTA in the file changes none of it. */
static uint64_t attempt_stream(const struct world *w, const struct message *msg, uint64_t purpose)
{
    return rng_part(rng_part(purpose ^ msg->luck, w->mta_streams[msg->mta]), msg->attempts);
}

/* The usable hosts in the order to try: by preference, at random among equals (RFC 5321 section 5.1). */
static uint32_t order_hosts(struct world *w, const struct message *msg, struct mx_record_spec order[SPEC_SERVERS_MAX])
{
    const struct route *route = &w->routes[msg->mta * w->spec->zone_count + msg->zone];
    uint32_t count = 0;
    if (msg->phase == LOOKUP_APEX) {
        order[0] = (struct mx_record_spec){w->spec->zones[msg->zone].address, 0};
        return 1;
    }
    for (uint32_t i = 0; i < route->count; i++)
        if (msg->usable >> i & 1) order[count++] = route->hosts[i];
    struct rng r;
    rng_open(&r, w->seed, w->run, attempt_stream(w, msg, w->shuffle_luck));
    for (uint32_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && order[end].preference == order[first].preference; end++) continue;
        for (uint32_t n = end - first; n > 1; n--) {
            uint32_t pick = first + (uint32_t)rng_below(&r, n);
            struct mx_record_spec last = order[first + n - 1];
            order[first + n - 1] = order[pick];
            order[pick] = last;
        }
    }
    return count;
}

static void walk_to(struct walk *k, struct mx_record_spec mx)
{
    k->host_number = mx.mx_host;
    k->preference = mx.preference;
    k->host = &k->w->spec->mx_hosts[mx.mx_host];
    k->faults = &k->w->faults.of[TARGET_MX_HOST][mx.mx_host];
    k->greeted = false;
}

sim_time smtp_attempt(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    struct mx_record_spec order[SPEC_SERVERS_MAX];
    struct walk k = {.w = w, .msg = msg, .params = &w->spec->mtas[msg->mta].params, .now = w->sim.now};
    uint32_t count = order_hosts(w, msg, order), addresses = 0, sessions = 0;
    enum cause cause = CAUSE_CONNECT_TIMEOUT;
    rng_open(&k.luck, w->seed, w->run, attempt_stream(w, msg, w->session_luck));
    for (uint32_t i = 0; i < count; i++) {
        walk_to(&k, order[i]);
        for (uint32_t a = 0; a < k.host->addresses; a++) {
            if (k.params->smtp_mx_address_limit && addresses >= k.params->smtp_mx_address_limit) goto out;
            if (k.params->smtp_mx_session_limit && sessions >= k.params->smtp_mx_session_limit) goto out;
            addresses++;
            cause = one_session(&k);
            sessions += k.greeted;
            if (ends_walk(cause)) goto out;
        }
    }
out:
    msg->cause = (uint8_t)cause;
    msg->host = k.host_number;
    return k.now;
}
