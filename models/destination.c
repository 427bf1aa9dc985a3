/* models/destination.c - how many deliveries an MTA makes at a time, in all and to one destination; which destinations
 * it leaves alone; and the sessions it keeps open for the next message.
 *
 * A destination is a zone, as Postfix's queue manager sees it. Source: Postfix src/qmgr/qmgr_queue.c
 * (qmgr_queue_throttle, qmgr_queue_unthrottle), qmgr_entry.c (qmgr_entry_select, qmgr_entry_done), qmgr_deliver.c
 * (qmgr_deliver_update), of 2.5 and later; measured on 3.7.11. */
#include "models/inside.h"

static const struct mta_params *params_of(const struct world *w, uint32_t mta)
{
    return &w->spec->mtas[mta].params;
}

static uint32_t initial_window(const struct mta_params *p)
{
    uint32_t limit = p->destination_concurrency;
    if (p->initial_concurrency > 0) return limit > 0 && p->initial_concurrency > limit ? limit : p->initial_concurrency;
    return p->destination_concurrency > 0 ? p->destination_concurrency : UINT32_MAX;
}

void destinations_start(struct world *w, uint32_t mta)
{
    uint32_t limit = load_bound(params_of(w, mta)->destination_concurrency);
    for (uint32_t z = 0; z < w->spec->zone_count; z++) {
        struct destination *d = &w->mtas[mta].destinations[z];
        *d = (struct destination){.todo = {NONE, NONE}, .sleeping = {NONE, NONE}, .kept = NONE};
        load_start(&d->busy, w->bin_width, limit);
    }
}

/* A destination about which nothing is known begins anew. */
static void get_to_know(struct destination *d, const struct mta_params *p)
{
    if (d->known) return;
    d->known = true;
    d->window = initial_window(p);
    d->success = d->failure = d->failed_cohorts = 0;
    d->load = d->store = false;
    d->last_done = -SIM_DAY;
}

/* Postfix forgets a destination for which it has nothing more to do, unless it is dead. */
static void forget_if_idle(struct destination *d)
{
    if (d->busy.value == 0 && d->todo.first == NONE && d->window > 0) d->known = false;
}

/* Back from the dead, when the time is over or a delivery under way succeeded after all. */
static void revive(struct destination *d, const struct mta_params *p)
{
    d->window = d->busy.value > 0 ? d->busy.value : initial_window(p);
    d->success = d->failure = d->failed_cohorts = 0;
}

static bool is_dead(const struct world *w, struct destination *d, const struct mta_params *p)
{
    if (!d->known || d->window > 0) return false;
    if (w->sim.now < d->dead_until) return true;
    revive(d, p);
    return false;
}

sim_time destination_retry(const struct world *w, const struct message *msg)
{
    if (params_of(w, msg->mta)->suspension_rule != SUSPEND_QUEUE) return 0;
    const struct destination *d = &w->mtas[msg->mta].destinations[msg->zone];
    return d->known && d->window == 0 && d->dead_until > w->sim.now ? d->dead_until : 0;
}

/* ---- feedback ---- */

static void succeeded(struct destination *d, const struct mta_params *p)
{
    d->failed_cohorts = 0;
    d->failures = 0;
    if (d->window == 0) {
        revive(d, p);
        return;
    }
    uint32_t limit = p->destination_concurrency;
    if ((limit > 0 && d->window >= limit) || d->window >= d->busy.value + p->initial_concurrency) return;
    for (d->success += p->positive_feedback; d->success + p->positive_feedback / 2 >= 1; d->success -= 1) {
        d->window++;
        d->failure = 0;
    }
    if (limit > 0 && d->window > limit) d->window = limit;
}

static bool is_connect_failure(enum cause cause)
{
    return cause == CAUSE_CONNECT_REFUSED || cause == CAUSE_CONNECT_TIMEOUT || cause == CAUSE_NO_ROUTE;
}

static void failed(struct world *w, struct destination *d, const struct mta_params *p, enum cause cause)
{
    if (d->window == 0) return;
    if (p->suspension_rule == SUSPEND_QUEUE) {
        uint32_t last = p->retry_gaps.count - 1, nth = d->failures++;
        d->window = 0;
        d->dead_cause = (uint8_t)cause;
        d->dead_until = sim_time_add(w->sim.now, p->retry_gaps.items[nth < last ? nth : last]);
        return;
    }
    if (p->suspension_rule == SUSPEND_DESTINATION) {
        bool timed_out = cause == CAUSE_CONNECT_TIMEOUT;
        if (!is_connect_failure(cause) || p->suspension == 0) return;
        d->window = 0;
        d->dead_cause = (uint8_t)cause;
        d->dead_until = sim_time_add(w->sim.now, timed_out ? p->suspension_max : p->suspension);
        return;
    }
    if (p->suspension_rule != SUSPEND_COHORT) return;
    d->failed_cohorts += 1.0 / d->window;
    if (p->failed_cohort_limit > 0 && d->failed_cohorts >= p->failed_cohort_limit) {
        d->window = 0;
        d->dead_cause = (uint8_t)cause;
        d->dead_until = sim_time_add(w->sim.now, p->suspension > 0 ? p->suspension : p->minimal_backoff_time);
        d->load = d->store = false;
        return;
    }
    for (d->failure -= p->negative_feedback; d->failure - p->negative_feedback / 2 < 0; d->failure += 1) {
        if (p->negative_feedback <= 0) break;
        if (d->window > 1) d->window--;
        d->success = 0;
    }
}

/* Does this end say that the destination is in trouble? Source: Postfix src/smtp/smtp_trouble.c: what happens before
 * the envelope or cuts the session, and DNS; never what is said about one recipient or message. */
static bool is_trouble(const struct message *msg, enum cause cause)
{
    switch (cause) {
    case CAUSE_DNS_TIMEOUT:
    case CAUSE_DNS_SERVFAIL:
    case CAUSE_DNS_REFUSED:
    case CAUSE_DNS_NOTIMP:
    case CAUSE_CONNECT_REFUSED:
    case CAUSE_CONNECT_TIMEOUT:
    case CAUSE_NO_ROUTE:
    case CAUSE_NO_GREETING:
    case CAUSE_SESSION_LOST:
    case CAUSE_HOST_BUSY:
    case CAUSE_BLOCKED: return !msg->walk.completed;
    default: return false;
    }
}

/* ---- sessions that are kept ---- */

/* Postfix turns the cache on for a destination with deliveries back to back, and stops filling it when they thin out.
 */
static void decide_keeping(const struct world *w, struct destination *d, const struct mta_params *p)
{
    if (!p->cache_on_demand) {
        d->load = d->store = true;
        return;
    }
    bool back_to_back = d->last_done / SIM_SECOND + 1 >= w->sim.now / SIM_SECOND;
    if (!d->store) {
        if (back_to_back) d->load = d->store = true;
    } else if (d->busy.value <= 1 && !back_to_back) {
        d->store = false;
    }
}

/* The session kept last that is still open; NONE if there is none. */
static uint32_t take_kept(struct world *w, struct destination *d, const struct mta_params *p, uint32_t *messages)
{
    const struct kept_session *all = w->kept_pool.items;
    uint32_t host = NONE;
    while (d->kept != NONE && host == NONE) {
        uint32_t k = d->kept;
        bool full = p->messages_per_connection > 0 && all[k].messages >= p->messages_per_connection;
        if (all[k].until > w->sim.now && !full) host = all[k].host;
        *messages = all[k].messages;
        d->kept = all[k].next;
        pool_give(&w->kept_pool, k);
    }
    return host;
}

/* Sessions whose time is over are closed. */
static void drop_over(struct world *w, struct destination *d)
{
    struct kept_session *all = w->kept_pool.items;
    for (uint32_t *link = &d->kept; *link != NONE;) {
        uint32_t k = *link;
        if (all[k].until > w->sim.now) {
            link = &all[k].next;
            continue;
        }
        *link = all[k].next;
        pool_give(&w->kept_pool, k);
    }
}

void destination_keep(struct world *w, uint32_t m)
{
    const struct message *msg = &w->messages[m];
    const struct mta_params *p = params_of(w, msg->mta);
    struct destination *d = &w->mtas[msg->mta].destinations[msg->zone];
    drop_over(w, d);
    uint32_t k = pool_take(&w->kept_pool);
    struct kept_session *kept = &((struct kept_session *)w->kept_pool.items)[k];
    uint32_t before = msg->kept == msg->host ? msg->kept_messages : 0;
    *kept = (struct kept_session){sim_time_add(w->sim.now, p->connection_cache), msg->host, before + 1, d->kept};
    d->kept = k;
}

static void drop_kept(struct world *w, struct destination *d)
{
    while (d->kept != NONE) {
        uint32_t k = d->kept;
        d->kept = ((const struct kept_session *)w->kept_pool.items)[k].next;
        pool_give(&w->kept_pool, k);
    }
}

/* ---- who waits for its time, and may be woken ---- */

void destination_sleep(struct world *w, uint32_t m)
{
    const struct message *msg = &w->messages[m];
    message_list_add(w, &w->mtas[msg->mta].destinations[msg->zone].sleeping, m);
}

void destination_wake(struct world *w, uint32_t m)
{
    const struct message *msg = &w->messages[m];
    if (!params_of(w, msg->mta)->wakes_destination) return;
    message_list_take(w, &w->mtas[msg->mta].destinations[msg->zone].sleeping, m);
}

/* All mail for this destination is due now. */
static void wake_all(struct world *w, struct destination *d)
{
    for (uint32_t m = d->sleeping.first; m != NONE; m = w->messages[m].next) {
        struct message *msg = &w->messages[m];
        if (msg->ending) continue;
        sim_cancel(&w->sim, msg->timer);
        msg->due = w->sim.now;
        msg->timer = sim_at_cancellable(&w->sim, w->sim.now, EVENT_DUE, m, 0);
    }
}

/* ---- who begins ---- */

/* The delivery of m is under way from now on. */
static void begin(struct world *w, uint32_t m, struct destination *d)
{
    struct message *msg = &w->messages[m];
    struct mta_state *s = &w->mtas[msg->mta];
    const struct mta_params *p = params_of(w, msg->mta);
    load_up(&d->busy, w->sim.now);
    load_up(&s->busy, w->sim.now);
    s->handoff_free = w->sim.now + p->handoff;
    msg->slot = true;
    msg->kept = NONE;
    msg->reuses = false;
    if (p->connection_cache == 0) return;
    decide_keeping(w, d, p);
    if (d->load) msg->kept = take_kept(w, d, p, &msg->kept_messages);
    msg->reuses = d->store;
}

static bool has_room(const struct destination *d)
{
    return d->busy.value < d->window;
}

/* Is a process free? */
static bool has_process(const struct world *w, uint32_t mta)
{
    uint32_t limit = params_of(w, mta)->process_limit;
    return limit == 0 || w->mtas[mta].busy.value < limit;
}

/* May a delivery begin now? */
static bool may_begin(const struct world *w, uint32_t mta)
{
    return has_process(w, mta) && w->sim.now >= w->mtas[mta].handoff_free;
}

/* ---- the MTA's row: destinations with work and room, the one whose message has waited longest first ----
 *
 * Source: Postfix src/qmgr/qmgr_job.c qmgr_job_entry_select: the oldest message that may begin gets the free process.
 * A binary heap; a destination's key is that of its first message when it was put in, and may be stale (too small). */

static bool before(const struct mta_state *s, uint32_t a, uint32_t b)
{
    return s->destinations[a].key < s->destinations[b].key;
}

static void row_put(struct world *w, uint32_t mta, uint32_t zone)
{
    struct mta_state *s = &w->mtas[mta];
    struct destination *d = &s->destinations[zone];
    if (d->ready || d->todo.first == NONE || !has_room(d)) return;
    d->ready = true;
    d->key = w->messages[d->todo.first].turn;
    uint32_t at = s->row_count++;
    for (; at > 0 && before(s, zone, s->row[(at - 1) / 2]); at = (at - 1) / 2) s->row[at] = s->row[(at - 1) / 2];
    s->row[at] = zone;
}

static uint32_t row_take(struct mta_state *s)
{
    uint32_t first = s->row[0], last = s->row[--s->row_count], at = 0;
    for (uint32_t child; (child = 2 * at + 1) < s->row_count; at = child) {
        if (child + 1 < s->row_count && before(s, s->row[child + 1], s->row[child])) child++;
        if (!before(s, s->row[child], last)) break;
        s->row[at] = s->row[child];
    }
    s->row[at] = last;
    s->destinations[first].ready = false;
    return first;
}

/* The first message of a destination begins: by an event, because an attempt that fails at once would come back here,
 * as deep as the list is long. */
static void begin_first(struct world *w, struct destination *d)
{
    uint32_t m = d->todo.first;
    message_list_take(w, &d->todo, m);
    begin(w, m, d);
    w->messages[m].state = MESSAGE_ACTIVE;
    sim_at(&w->sim, w->sim.now, EVENT_ATTEMPT, m, 0);
}

/* Lets messages begin while there are processes and the last handoff is over. While no process is free, the end of a
 * delivery comes back here; while a handoff is going on, EVENT_HANDOFF does. */
static void serve_row(struct world *w, uint32_t mta)
{
    struct mta_state *s = &w->mtas[mta];
    while (s->row_count > 0 && may_begin(w, mta)) {
        uint32_t zone = row_take(s);
        struct destination *d = &s->destinations[zone];
        if (d->todo.first != NONE && has_room(d)) begin_first(w, d);
        row_put(w, mta, zone);
    }
    if (s->handoff_due || s->row_count == 0 || !has_process(w, mta)) return;
    s->handoff_due = true;
    if (s->handoff_free <= w->spec->limit) sim_at(&w->sim, s->handoff_free, EVENT_HANDOFF, mta, 0);
}

bool destination_admit(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    struct mta_state *s = &w->mtas[msg->mta];
    if (!s->destinations) return true;
    const struct mta_params *p = params_of(w, msg->mta);
    struct destination *d = &s->destinations[msg->zone];
    if (is_dead(w, d, p)) {
        mta_put_off(w, m, (enum cause)d->dead_cause);
        return false;
    }
    get_to_know(d, p);
    if (d->todo.first == NONE && has_room(d) && may_begin(w, msg->mta)) {
        begin(w, m, d);
        return true;
    }
    msg->state = MESSAGE_ACTIVE;
    msg->turn = s->turns++;
    message_list_add(w, &d->todo, m);
    row_put(w, msg->mta, msg->zone);
    serve_row(w, msg->mta);
    return false;
}

bool destination_take_back(struct world *w, uint32_t m, enum cause cause)
{
    struct message *msg = &w->messages[m];
    if (params_of(w, msg->mta)->suspension_rule != SUSPEND_ROUTE || !(HOST_FAILURES & CAUSE_BIT(cause))) return false;
    struct destination *d = &w->mtas[msg->mta].destinations[msg->zone];
    if (d->busy.value == 0) return false;
    msg->state = MESSAGE_ACTIVE;
    message_list_add(w, &d->todo, m);
    return true;
}

/* The delivery of msg is under way no more. */
static inline void give_back(const struct world *w, struct message *msg, struct mta_state *s, struct destination *d)
{
    msg->slot = false;
    load_down(&d->busy, w->sim.now);
    load_down(&s->busy, w->sim.now);
}

uint32_t destination_leave(struct world *w, uint32_t m)
{
    struct message *msg = &w->messages[m];
    struct mta_state *s = &w->mtas[msg->mta];
    if (!msg->slot) return NONE;
    give_back(w, msg, s, &s->destinations[msg->zone]);
    return msg->zone;
}

uint32_t destination_done(struct world *w, uint32_t m, enum cause cause)
{
    struct message *msg = &w->messages[m];
    struct mta_state *s = &w->mtas[msg->mta];
    if (!msg->slot) return NONE;
    const struct mta_params *p = params_of(w, msg->mta);
    struct destination *d = &s->destinations[msg->zone];
    /* The delivery that ends still counts as under way while its end is judged. */
    if (is_trouble(msg, cause))
        failed(w, d, p, cause);
    else
        succeeded(d, p);
    if (msg->reuses && cause == CAUSE_NONE) destination_keep(w, m);
    if (cause == CAUSE_NONE && p->wakes_destination) wake_all(w, d);
    d->last_done = w->sim.now;
    give_back(w, msg, s, d);
    return msg->zone;
}

/* All that waits for a dead destination is put off with it. */
static void empty_todo(struct world *w, struct destination *d)
{
    while (d->todo.first != NONE) {
        uint32_t m = d->todo.first;
        message_list_take(w, &d->todo, m);
        mta_put_off(w, m, (enum cause)d->dead_cause);
    }
    drop_kept(w, d);
}

void destination_handoff(struct sim *sim, uint32_t mta, uint64_t arg)
{
    (void)arg;
    world_of(sim)->mtas[mta].handoff_due = false;
    serve_row(world_of(sim), mta);
}

void destination_go_on(struct world *w, uint32_t mta, uint32_t zone)
{
    struct destination *d = &w->mtas[mta].destinations[zone];
    if (d->known && d->window == 0 && w->sim.now < d->dead_until) empty_todo(w, d);
    row_put(w, mta, zone);
    serve_row(w, mta);
    forget_if_idle(d);
    if (!d->known && params_of(w, mta)->cache_on_demand) drop_kept(w, d);
}
