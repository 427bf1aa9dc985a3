/* models/steady.c - see models/steady.h. */
#include "models/steady.h"

#include "sim/check.h"
#include "sim/level.h"
#include "sim/mem.h"

#include <math.h>
#include <string.h>

enum fate { FATE_OPEN, FATE_DELIVERED, FATE_BOUNCED };

struct watched {
    float written, latency; /* seconds */
    uint8_t fate;
    bool deferred;
};

struct steady_watch {
    const struct world_spec *spec;
    sim_time end;             /* of the time that counts */
    struct watched *messages; /* message i + 1 */
    uint32_t count, room;
    struct level *queues; /* by MTA */
    double *areas;        /* [mta][STEADY_BINS + 1]: the last bin is what comes after */
    struct series series; /* of one metric at a time */
};

uint32_t steady_metric_count(const struct world_spec *spec)
{
    return STEADY_QUEUE + spec->mta_count;
}

enum metric_unit steady_metric_unit(uint32_t metric)
{
    if (metric >= STEADY_QUEUE) return UNIT_COUNT;
    return metric == STEADY_LATENCY ? UNIT_SECONDS : UNIT_SHARE;
}

const char *steady_metric_name(uint32_t metric)
{
    static const char *const names[] = {
        [STEADY_LATENCY] = "latency.mean", [STEADY_FIRST_TRY] = "first_try_rate", [STEADY_BOUNCED] = "bounce_rate"};
    sim_assert(NULL, metric < STEADY_QUEUE);
    return names[metric];
}

struct steady_watch *steady_watch_new(const struct world_spec *spec)
{
    struct steady_watch *w = mem_zero(1, sizeof *w);
    w->spec = spec;
    w->end = spec->mail;
    w->queues = mem_zero(spec->mta_count, sizeof *w->queues);
    w->areas = mem_zero(spec->mta_count, (STEADY_BINS + 1) * sizeof *w->areas);
    series_init(&w->series);
    return w;
}

void steady_watch_free(struct steady_watch *w)
{
    if (!w) return;
    series_fini(&w->series);
    mem_free(w->messages);
    mem_free(w->queues);
    mem_free(w->areas);
    mem_free(w);
}

static sim_time bin_width(const struct steady_watch *w)
{
    return w->end < STEADY_BINS ? 1 : w->end / STEADY_BINS;
}

static double *areas_of(const struct steady_watch *w, uint32_t mta)
{
    return w->areas + (size_t)mta * (STEADY_BINS + 1);
}

void steady_watch_start(struct steady_watch *w)
{
    w->count = 0;
    memset(w->areas, 0, (size_t)w->spec->mta_count * (STEADY_BINS + 1) * sizeof *w->areas);
    for (uint32_t i = 0; i < w->spec->mta_count; i++)
        level_start(&w->queues[i], bin_width(w), areas_of(w, i), STEADY_BINS + 1);
}

/* The message of a record; one that is met for the first time has just been written. */
static struct watched *message_of(struct steady_watch *w, const struct record *r)
{
    if (r->message > w->count) {
        sim_assert(NULL, r->message == w->count + 1); /* they are numbered as they are written */
        if (w->count == w->room) {
            w->room = w->room ? 2 * w->room : 1024;
            w->messages = mem_resize(w->messages, w->room * sizeof *w->messages);
        }
        w->messages[w->count++] = (struct watched){.written = (float)sim_time_seconds(r->at)};
    }
    return &w->messages[r->message - 1];
}

static void message_tells(struct steady_watch *w, const struct record *r)
{
    switch (r->type) {
    case RECORD_OUTBOX:
    case RECORD_PAUSED:
    case RECORD_DEFERRED:
    case RECORD_PUT_OFF: message_of(w, r)->deferred = true; return;
    case RECORD_SUBMITTED: message_of(w, r); return;
    case RECORD_BOUNCED: message_of(w, r)->fate = FATE_BOUNCED; return;
    case RECORD_DELIVERED:
        message_of(w, r)->fate = FATE_DELIVERED;
        message_of(w, r)->latency = (float)sim_time_seconds(r->until);
        return;
    default: return;
    }
}

void steady_watch_observe(void *watch, const struct record *r)
{
    struct steady_watch *w = watch;
    if (r->message > 0 && r->report == 0) message_tells(w, r);
    switch (r->type) {
    case RECORD_ARRIVED: level_change(&w->queues[r->who], r->at, 1); return;
    case RECORD_RELAYED:
    case RECORD_DELIVERED:
    case RECORD_BOUNCED:
    case RECORD_DROPPED: level_change(&w->queues[r->who], r->at, -1); return;
    default: return;
    }
}

struct steady_mail steady_watch_mail(const struct steady_watch *w)
{
    struct steady_mail mail = {.written = w->count};
    for (uint32_t i = 0; i < w->count; i++) {
        mail.delivered += w->messages[i].fate == FATE_DELIVERED;
        mail.bounced += w->messages[i].fate == FATE_BOUNCED;
        mail.undecided += w->messages[i].fate == FATE_OPEN;
    }
    return mail;
}

static bool counts(const struct watched *m, uint32_t metric)
{
    return metric != STEADY_LATENCY || m->fate == FATE_DELIVERED;
}

static double value_of(const struct watched *m, uint32_t metric)
{
    if (metric == STEADY_LATENCY) return m->latency;
    return metric == STEADY_BOUNCED ? m->fate == FATE_BOUNCED : m->fate == FATE_DELIVERED && !m->deferred;
}

const struct series *steady_watch_series(struct steady_watch *w, uint32_t metric)
{
    series_clear(&w->series);
    if (metric < STEADY_QUEUE) {
        for (uint32_t i = 0; i < w->count; i++)
            if (counts(&w->messages[i], metric)) series_add(&w->series, value_of(&w->messages[i], metric));
        return &w->series;
    }
    uint32_t mta = metric - STEADY_QUEUE;
    double width = sim_time_seconds(bin_width(w));
    level_advance(&w->queues[mta], w->spec->limit);
    for (uint32_t i = 0; i < STEADY_BINS; i++) series_add(&w->series, areas_of(w, mta)[i] / width);
    return &w->series;
}

/* When the first observation that counts was made. */
static double seconds_of(const struct steady_watch *w, uint32_t metric, uint64_t deleted)
{
    if (metric >= STEADY_QUEUE) return (double)deleted * sim_time_seconds(bin_width(w));
    uint64_t before = 0;
    for (uint32_t i = 0; deleted > 0 && i < w->count; i++)
        if (counts(&w->messages[i], metric) && before++ == deleted) return w->messages[i].written;
    return deleted > 0 ? sim_time_seconds(w->end) : 0;
}

struct steady steady_watch_mean(struct steady_watch *w, uint32_t metric, double level, double *warm_up)
{
    struct steady s = series_steady(steady_watch_series(w, metric), level);
    if (s.mean.low < 0) s.mean.low = 0;
    if (s.mean.high > 1 && steady_metric_unit(metric) == UNIT_SHARE) s.mean.high = 1;
    *warm_up = seconds_of(w, metric, s.deleted);
    return s;
}

bool steady_flows(const struct world_spec *spec)
{
    for (uint32_t i = 0; i < spec->client_count; i++)
        if (spec->clients[i].rate > 0 || spec->clients[i].every > 0) return true;
    return false;
}

enum steady_fault steady_fault_of(const struct world_spec *spec, uint32_t fault, double *turns)
{
    const struct fault_spec *f = &spec->faults[fault];
    double mail = sim_time_seconds(spec->mail), turn = law_mean(&f->up) + law_mean(&f->length);
    bool from_the_beginning = law_longest(&f->from) == 0;
    *turns = 1;
    if (!f->alternating) {
        bool to_the_end = f->length.kind == LAW_CONSTANT && f->length.a >= spec->mail;
        return from_the_beginning && to_the_end ? STEADY_FAULT_FITS : STEADY_FAULT_ONCE;
    }
    *turns = turn > 0 ? mail / turn : INFINITY;
    return *turns < STEADY_TURNS ? STEADY_FAULT_RARE : STEADY_FAULT_FITS;
}
