/* models/secondary.c - see models/secondary.h. */
#include "models/secondary.h"

#include "models/params.h"
#include "models/soa_query.h"

#define ATTEMPTS_MAX   200000         /* in one run; it then stays as it is */
#define SKIP_MORE_THAN 64             /* questions that end alike, */
#define SKIP_LEAVES    16             /* but for the last ones before something changes */
#define NOTIFY_AFTER   (170 * SIM_MS) /* a primary's start; measured */
#define NOTIFY_TRIES   3              /* BIND: at 0, 5 and 10 s */
#define NOTIFY_GAP     (5 * SIM_SECOND)
#define DOUBLINGS_MAX  13 /* NSD: XFRD_TRANSFER_TIMEOUT_MAX / XFRD_TRANSFER_TIMEOUT_START */

/* The copy while its life is followed from one question to the next. */
struct copy {
    const struct secondary_case *c;
    const struct secondary_params *p;
    struct soa_query query;
    struct arena *arena;
    struct outages *expired, *attempts;
    sim_time refresh, retry, expire;
    sim_time last;       /* the last thing that happened */
    sim_time next;       /* question */
    sim_time expires;    /* by its own clock */
    sim_time expired_at; /* SIM_NEVER: it has not */
    sim_time wait;       /* the one under way, before anything was taken off it */
    uint32_t failures;   /* what the wait after the next one depends on */
    uint32_t asked;
    sim_time unreachable_until; /* the primary counts as unreachable if it was often enough */
    uint32_t unreachable_count;
    uint32_t notify_state; /* of the primary: the end of this one, or of a later one, brings the next NOTIFY */
};

/* ---- times ---- */

static sim_time within(sim_time t, sim_time least, sim_time most)
{
    if (t < least) t = least;
    if (most > 0 && t > most) t = most;
    return t < SIM_SECOND ? SIM_SECOND : t;
}

sim_time secondary_refresh(const struct secondary_params *p, sim_time refresh)
{
    return within(refresh, p->refresh_min, p->refresh_max);
}

sim_time secondary_retry(const struct secondary_params *p, sim_time retry)
{
    return within(retry, p->retry_min, p->retry_max);
}

sim_time secondary_expire(const struct secondary_params *p, sim_time refresh, sim_time retry, sim_time expire)
{
    sim_time least = p->expire_covers_retry ? sim_time_add(refresh, retry) : p->expire_min;
    return within(expire, least, p->expire_max);
}

/* What its clock shows. */
static sim_time clock_of(const struct copy *y, sim_time at)
{
    return y->p->whole_seconds && at > 0 ? at - at % SIM_SECOND : at;
}

static bool jitters(const struct secondary_params *p, sim_time t)
{
    return (p->jitter == JITTER_TENTH && t / SIM_SECOND > 10) || (p->jitter == JITTER_QUARTER && t / SIM_SECOND >= 8);
}

/* A timer, set now: something is taken off at random. */
static sim_time timer(const struct copy *y, sim_time t)
{
    if (y->p->timer_max > 0 && t > y->p->timer_max) t = y->p->timer_max;
    if (!jitters(y->p, t)) return t;
    sim_time seconds = t / SIM_SECOND;
    if (y->p->jitter == JITTER_QUARTER)
        return t - (sim_time)rng_below(y->query.luck, (uint64_t)seconds / 4) * SIM_SECOND;
    sim_time least = seconds * 9 / 10;
    return (least + (sim_time)rng_below(y->query.luck, (uint64_t)(seconds - least))) * SIM_SECOND;
}

static sim_time doubled(sim_time t, uint32_t times)
{
    for (uint32_t i = 0; i < times && t < SIM_LONGEST; i++) t *= 2;
    return t;
}

/* When the zone expires if nothing comes before: its timer was set when the last thing happened. */
static sim_time expiry_due(const struct copy *y)
{
    return y->expired_at == SIM_NEVER ? sim_time_add(y->last, y->expires - clock_of(y, y->last)) : SIM_NEVER;
}

static sim_time wait_with_copy(struct copy *y)
{
    sim_time wait = doubled(y->retry, y->p->retry_doubles ? y->failures : 0);
    y->wait = within(wait, y->p->retry_min, y->p->retry_max);
    if (y->failures < DOUBLINGS_MAX) y->failures++;
    if (!y->p->one_timer || y->expired_at != SIM_NEVER) return timer(y, y->wait);
    sim_time left = y->expires - clock_of(y, y->last);
    if (y->wait > left) y->wait = left > SIM_SECOND ? left : SIM_SECOND;
    return timer(y, y->wait);
}

static sim_time wait_without_copy(struct copy *y)
{
    const struct secondary_params *p = y->p;
    uint32_t n = y->failures;
    switch (p->expired_wait) {
    case EXPIRED_AS_BEFORE: break;
    case EXPIRED_DOUBLES:
        y->wait = within(doubled(p->expired_retry, n), 0, p->expired_retry_max);
        y->failures++;
        return timer(y, y->wait);
    case EXPIRED_SQUARES:
        y->wait = p->expired_retry * n * n;
        if (y->wait < p->expired_retry_max)
            y->failures++;
        else
            y->wait = p->expired_retry_max;
        sim_time seconds = p->expired_retry_random / SIM_SECOND;
        sim_time more = seconds > 0 ? (sim_time)rng_below(y->query.luck, (uint64_t)seconds) * SIM_SECOND : 0;
        return within(y->wait + more, p->retry_min, p->retry_max);
    }
    return wait_with_copy(y);
}

/* ---- what happens ---- */

static void heard(struct copy *y, sim_time at)
{
    y->last = at;
    y->expires = sim_time_add(clock_of(y, at), y->expire);
    sim_time wait = y->p->one_timer && y->expire < y->refresh ? y->expire : y->refresh;
    y->next = sim_time_add(at, timer(y, wait));
    y->wait = 0;
}

static void expire(struct copy *y, sim_time at)
{
    y->expired_at = at;
    if (y->p->expired_wait != EXPIRED_AS_BEFORE) y->failures = 0;
}

/* It answers again, as soon as what was transferred is loaded. */
static void revive(struct copy *y, sim_time at, bool transferred)
{
    sim_time back = transferred ? sim_time_add(at, y->p->reload) : at;
    if (back < sim_time_add(y->expired_at, y->p->reload)) back = y->expired_at + y->p->reload;
    outages_add(y->arena, y->expired, y->expired_at, back);
    y->expired_at = SIM_NEVER;
}

static bool stopped(const struct fault_state *s)
{
    return s->kind == FAULT_REFUSING || s->kind == FAULT_UNREACHABLE;
}

/* When it next does not run, from `from` on; SIM_NEVER: not before `until`. */
static sim_time stops(const struct copy *y, sim_time from, sim_time until)
{
    for (sim_time at = from; at <= until && at != SIM_NEVER;) {
        const struct fault_state *s = timeline_at(y->c->own, at);
        if (stopped(s)) return at;
        at = s->until;
    }
    return SIM_NEVER;
}

/* It has stopped at `at`: what it does when it runs again. False: it does not any more. */
static bool restart(struct copy *y, sim_time at)
{
    const struct fault_state *s = timeline_at(y->c->own, at);
    while (stopped(s) && s->until != SIM_NEVER) s = timeline_at(y->c->own, s->until);
    if (stopped(s)) return false;
    sim_time due = expiry_due(y), planned = y->next;
    if (due <= s->from) expire(y, due);
    y->last = s->from;
    y->failures = 0;
    y->unreachable_count = 0;
    y->next = s->from;
    if (y->p->restart_wait == RESTART_AS_PLANNED && planned > y->next) y->next = planned;
    if (y->p->restart_wait == RESTART_WITHIN_RETRY && y->expired_at == SIM_NEVER) {
        uint64_t part = (uint64_t)(y->retry / SIM_SECOND) * 3 / 4;
        y->next += y->retry - (part > 0 ? (sim_time)rng_below(y->query.luck, part) * SIM_SECOND : 0);
    }
    return true;
}

/* When a NOTIFY comes, not before from, that a primary sends after its start; SIM_NEVER: none before until. */
static sim_time notified(struct copy *y, sim_time from, sim_time until)
{
    const struct timeline *primary = y->c->primary;
    for (uint32_t i = y->notify_state; i + 1 < primary->count && primary->states[i].until < until; i++) {
        if (!stopped(&primary->states[i]) || stopped(&primary->states[i + 1])) continue;
        sim_time sent = primary->states[i].until + NOTIFY_AFTER, there;
        y->notify_state = i;
        for (int n = 0; n < NOTIFY_TRIES; n++, sent += NOTIFY_GAP)
            if (sent >= from && soa_query_hears(&y->query, sent, &there)) return there;
    }
    return SIM_NEVER;
}

/* ---- the unreachable cache ---- */

static bool blocked(const struct copy *y, sim_time at)
{
    return y->p->unreachable_after > 0 && y->unreachable_count >= y->p->unreachable_after && at <= y->unreachable_until;
}

static void note_connection(struct copy *y, const struct soa_answer *a)
{
    if (a->connected) y->unreachable_count = 0;
    if (!a->connect_failed) return;
    y->unreachable_count = a->at <= y->unreachable_until ? y->unreachable_count + 1 : 1;
    y->unreachable_until = sim_time_add(a->at, y->p->unreachable_hold);
}

/* ---- long spells without news ---- */

/* Until when neither host changes. */
static sim_time unchanged(const struct copy *y, sim_time at)
{
    sim_time primary = timeline_at(y->c->primary, at)->until, own = timeline_at(y->c->own, at)->until;
    return primary < own ? primary : own;
}

/* All will be answered until something changes: goes to the last question before. */
static void skip_answered(struct copy *y)
{
    if (y->expire <= y->refresh) return; /* then even a healthy primary's zone expires */
    if (!soa_query_calm(&y->query, y->last)) return;
    sim_time change = unchanged(y, y->last), wait = timer(y, y->refresh), at = y->next;
    if (change >= y->c->limit) {
        y->next = y->expires = SIM_NEVER;
        return;
    }
    if ((change - at) / SKIP_MORE_THAN < y->refresh) return;
    if (jitters(y->p, y->refresh))
        at = change - (sim_time)(rng_uniform(y->query.luck) * (double)wait);
    else
        at += (change - 1 - at) / wait * wait;
    y->last = at;
    y->expires = sim_time_add(clock_of(y, at), y->expire);
    y->next = at + wait;
}

/* None will be until something changes, and the waits do not grow any more. */
static void skip_failed(struct copy *y, sim_time began, sim_time wait_before)
{
    sim_time change = unchanged(y, y->last), due = expiry_due(y), period = y->next - began;
    if (y->wait != wait_before || timeline_at(y->c->primary, y->last)->loss > 0) return;
    if (change > y->c->limit) change = y->c->limit;
    if (change > due) change = due;
    sim_time n = (change - y->next) / period;
    if (change <= y->next || n <= SKIP_MORE_THAN) return;
    y->next += (n - SKIP_LEAVES) * period;
}

/* ---- */

static void begin(struct copy *y)
{
    sim_time wait = timer(y, y->refresh), phase = y->p->refresh_phase;
    if (wait > y->expire) wait = y->expire;
    if (phase == PHASE_RANDOM) phase = (sim_time)(rng_uniform(y->query.luck) * (double)wait);
    if (phase > wait) phase = wait;
    y->last = 0;
    y->expires = clock_of(y, -phase) + y->expire;
    y->next = wait - phase;
    y->expired_at = SIM_NEVER;
    skip_answered(y);
}

/* The question at y->next, and what follows from it. */
static void ask(struct copy *y, bool by_notify)
{
    const struct secondary_params *p = y->p;
    sim_time at = y->next, due = expiry_due(y), wait_before = y->wait;
    bool had_copy = y->expired_at == SIM_NEVER;
    struct soa_answer a = soa_query_ask(&y->query, at, had_copy ? due : 0, blocked(y, at));
    y->asked++;
    sim_time stop = stops(y, at, a.at);
    if (stop != SIM_NEVER) { /* it died over it */
        y->last = at;
        y->next = stop;
        return;
    }
    if (y->attempts) outages_add(y->arena, y->attempts, at, a.at > at ? a.at : at + 1);
    note_connection(y, &a);
    if (had_copy && due <= a.at && !p->expiry_waits) expire(y, due);
    if (a.good) {
        if (y->expired_at != SIM_NEVER) revive(y, a.at, by_notify);
        if (by_notify || p->expired_wait != EXPIRED_AS_BEFORE) y->failures = 0;
        heard(y, a.at);
        skip_answered(y);
        return;
    }
    y->last = a.at;
    if (had_copy && y->expired_at == SIM_NEVER && clock_of(y, a.at) >= y->expires) expire(y, a.at);
    if (had_copy && y->expired_at != SIM_NEVER && !p->one_timer) {
        y->next = a.at; /* now it needs the zone */
        return;
    }
    sim_time wait = y->expired_at == SIM_NEVER ? wait_with_copy(y) : wait_without_copy(y);
    y->next = sim_time_add(p->retry_from_start ? at : a.at, wait);
    if (y->next < a.at) y->next = a.at;
    skip_failed(y, at, wait_before);
}

/* A NOTIFY before the next question, once the zone has expired (before, its serial is no news): asks at once. */
static bool hurried(struct copy *y)
{
    if (!y->c->notify || y->expired_at == SIM_NEVER) return false;
    sim_time at = notified(y, y->expired_at, y->next);
    if (at >= y->next) return false;
    y->notify_state++;
    y->next = at > y->last ? at : y->last;
    return true;
}

/* Lets the next thing happen. False: nothing comes any more. */
static bool step(struct copy *y)
{
    const struct secondary_params *p = y->p;
    sim_time due = expiry_due(y);
    bool expires = !p->one_timer && (due < y->next || (due == y->next && !p->expiry_waits));
    if (expires) y->next = due;
    bool by_notify = hurried(y);
    if (y->next >= y->c->limit) return false;
    if (y->asked >= ATTEMPTS_MAX) {
        y->expires = SIM_NEVER;
        return false;
    }
    sim_time stop = stops(y, y->last, y->next);
    if (stop != SIM_NEVER) return restart(y, stop);
    if (p->one_timer && y->expired_at == SIM_NEVER) expires = clock_of(y, y->next) >= y->expires;
    if (expires) expire(y, y->next);
    ask(y, by_notify);
    return true;
}

struct outages *secondary_expiries(struct arena *a, const struct secondary_case *c, struct rng *luck,
                                   struct outages *attempts)
{
    const struct secondary_params *p = c->params;
    struct copy y = {.c = c, .p = p, .arena = a, .attempts = attempts};
    y.query = (struct soa_query){p, c->primary, c->own, c->primary_host, luck};
    y.refresh = secondary_refresh(p, c->refresh);
    y.retry = secondary_retry(p, c->retry);
    y.expire = secondary_expire(p, y.refresh, y.retry, c->expire);
    y.expired = arena_zero(a, 1, sizeof *y.expired);
    begin(&y);
    while (step(&y)) continue;
    sim_time due = expiry_due(&y);
    if (due < c->limit) expire(&y, due);
    if (y.expired_at != SIM_NEVER) outages_add(a, y.expired, y.expired_at, SIM_NEVER);
    return y.expired;
}
