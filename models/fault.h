/* models/fault.h - what is wrong with each host, and when: drawn once per run, then a pure function of time.
 *
 * Faults do not depend on what the mail does, so a run draws all of them before its first event. That lets an actor ask
 * for the state of a host at a time to come, such as when its packet will arrive, and schedule only what will happen:
 * no time-out is set that will not fire. */
#pragma once
#include "models/spec.h"
#include "models/stretch.h"
#include "sim/mem.h"

/* A host's state during [from, until). */
struct fault_state {
    sim_time from, until;
    enum fault_kind kind;           /* never FAULT_SLOW, FAULT_LOSSY or FAULT_OVERLOADED: those are the numbers below */
    sim_time delay;                 /* each reply takes longer by this */
    double loss;                    /* share of packets lost, each way, beside the host's own */
    double overload;                /* share of packets lost on their way in, because there are too many */
    const struct fault_spec *fault; /* the one that kind is of; null: none */
};

/* One host's states in time order, without gaps, from 0 to SIM_NEVER. */
struct timeline {
    const struct fault_state *states;
    uint32_t count;
    uint32_t cursor; /* where the last question was answered */
};

/* One fault's times in one run. */
struct outage {
    sim_time from, until;
};
struct outages {
    struct outage *items;
    uint32_t count;
};

/* Adds one to the end; none of no length. Memory is a's. */
void outages_add(struct arena *a, struct outages *o, sim_time from, sim_time until);

/* Which lines of spec->faults hit each target: fault numbers[start[i]] .. numbers[start[i + 1] - 1] hit target i. */
struct fault_lists {
    uint32_t *start, *numbers;
};

/* A host as one MTA or resolver sees it, where faults have "seen_from". */
struct link {
    enum target_kind kind;   /* of the host */
    uint32_t viewer, target; /* viewer: an MTA for an MX host, a resolver for a name server */
    uint32_t begin, end;     /* its faults: link_numbers[begin .. end - 1], beside those that all see */
};

/* The faults of one run. */
struct faults {
    const struct world_spec *spec; /* borrowed */
    struct fault_lists lists[TARGET_KIND_COUNT];
    struct timeline *of[TARGET_KIND_COUNT]; /* of[kind][index] */
    struct timeline **expiry; /* expiry[zone][place in its ns list]: SERVFAIL while that secondary has expired; null
                               * where the zone has none that could */
    struct link *links;       /* sorted by kind, viewer, target */
    uint32_t *link_numbers;
    uint32_t link_count;
    struct timeline *link_times; /* one per link */
    struct outages *times;       /* one per line of spec->faults */
    sim_time last_end;           /* when the last outage that ends before the limit ends; 0 if there is none */
    struct stretched *stretched; /* null: all spans are as the scenario says */
    struct arena arena;          /* for one run */
};

/* For worlds of this spec, which outlives f. */
void faults_init(struct faults *f, const struct world_spec *spec);
void faults_fini(struct faults *f);

/* From now on spans are drawn by this plan, which outlives f. */
void faults_stretch(struct faults *f, const struct stretch *plan);

/* Draws the faults of a run. stream[i] is the stream of spec->faults[i]; no fault's luck depends on another's. A
 * secondary name server that cannot reach its zone's primary for `expire` answers SERVFAIL for that zone until it
 * can (RFC 1035 section 3.3.13; models/secondary.h): expiry, see above. Its luck goes by its name and the zone's. */
void faults_draw(struct faults *f, uint64_t seed, uint64_t run, const uint64_t *stream);

/* The timeline of a host as viewer sees it; see struct link. */
struct timeline *faults_seen_by(struct faults *f, enum target_kind kind, uint32_t viewer, uint32_t target);
static inline struct timeline *faults_seen(struct faults *f, enum target_kind kind, uint32_t viewer, uint32_t target)
{
    return f->link_count == 0 ? &f->of[kind][target] : faults_seen_by(f, kind, viewer, target);
}

void timeline_seek(struct timeline *t, sim_time at);

/* The host's state at time at. */
static inline const struct fault_state *timeline_at(struct timeline *t, sim_time at)
{
    const struct fault_state *s = &t->states[t->cursor];
    if (at < s->from || at >= s->until) {
        timeline_seek(t, at);
        s = &t->states[t->cursor];
    }
    return s;
}

/* Nothing reaches a host that is silent, and nothing but a refusal comes from one that is refusing. */
static inline bool fault_is_down(const struct fault_state *s)
{
    return s->kind >= FAULT_REFUSING;
}

/* The first time from at on when the host is not down (SIM_NEVER: it stays down). */
sim_time timeline_up(struct timeline *t, sim_time at);
