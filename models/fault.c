/* models/fault.c - see models/fault.h. */
#include "models/fault.h"

#include "models/secondary.h"

#include <stdlib.h>
#include <string.h>

#define OUTAGES_MAX 1000000 /* of one alternating fault in one run; loaders refuse what would come near it */

static uint32_t target_count(const struct world_spec *spec, enum target_kind kind)
{
    switch (kind) {
    case TARGET_NS: return spec->ns_count;
    case TARGET_MX_HOST: return spec->mx_host_count;
    case TARGET_RESOLVER: return spec->resolver_count;
    case TARGET_MTA: return spec->mta_count;
    case TARGET_ZONE: return spec->zone_count;
    case TARGET_KIND_COUNT: break;
    }
    return 0;
}

/* Counts, then places: a fault's numbers come in the order of the file. */
static bool hits(const struct fault_spec *fault, uint32_t k, enum target_kind kind)
{
    return fault->on[k].kind == kind && fault->seen_from_count == 0;
}

static void lists_build(struct fault_lists *lists, const struct world_spec *spec, enum target_kind kind)
{
    uint32_t targets = target_count(spec, kind), sum = 0;
    lists->start = mem_zero((size_t)targets + 1, sizeof *lists->start);
    for (uint32_t i = 0; i < spec->fault_count; i++)
        for (uint32_t k = 0; k < spec->faults[i].on_count; k++)
            if (hits(&spec->faults[i], k, kind)) lists->start[spec->faults[i].on[k].index]++;
    for (uint32_t t = 0; t <= targets; t++) lists->start[t] = sum += lists->start[t];
    lists->numbers = mem_zero(sum, sizeof *lists->numbers);
    for (uint32_t i = spec->fault_count; i-- > 0;)
        for (uint32_t k = spec->faults[i].on_count; k-- > 0;)
            if (hits(&spec->faults[i], k, kind)) lists->numbers[--lists->start[spec->faults[i].on[k].index]] = i;
}

/* ---- links ---- */

/* One fault on one link, before those of the same link are brought together. */
struct link_fault {
    struct link link;
    uint32_t number;
};

static int link_order(const struct link *a, const struct link *b)
{
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    if (a->viewer != b->viewer) return a->viewer < b->viewer ? -1 : 1;
    return a->target == b->target ? 0 : a->target < b->target ? -1 : 1;
}

static int link_fault_order(const void *a, const void *b)
{
    const struct link_fault *x = a, *y = b;
    int order = link_order(&x->link, &y->link);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void links_build(struct faults *f)
{
    const struct world_spec *spec = f->spec;
    size_t count = 0, n = 0;
    for (uint32_t i = 0; i < spec->fault_count; i++)
        count += (size_t)spec->faults[i].on_count * spec->faults[i].seen_from_count;
    if (count == 0) return;
    struct link_fault *all = mem_zero(count, sizeof *all);
    for (uint32_t i = 0; i < spec->fault_count; i++)
        for (uint32_t v = 0; v < spec->faults[i].seen_from_count; v++)
            for (uint32_t k = 0; k < spec->faults[i].on_count; k++)
                all[n++] = (struct link_fault){
                    {spec->faults[i].on[k].kind, spec->faults[i].seen_from[v], spec->faults[i].on[k].index, 0, 0}, i};
    qsort(all, count, sizeof *all, link_fault_order);
    f->links = mem_zero(count, sizeof *f->links);
    f->link_numbers = mem_zero(count, sizeof *f->link_numbers);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || link_order(&all[i - 1].link, &all[i].link) != 0) {
            f->links[f->link_count] = all[i].link;
            f->links[f->link_count++].begin = i;
        }
        f->link_numbers[i] = all[i].number;
        f->links[f->link_count - 1].end = i + 1;
    }
    mem_free(all);
}

struct timeline *faults_seen_by(struct faults *f, enum target_kind kind, uint32_t viewer, uint32_t target)
{
    const struct link wanted = {kind, viewer, target, 0, 0};
    uint32_t low = 0, high = f->link_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = link_order(&f->links[middle], &wanted);
        if (order == 0) return &f->link_times[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return &f->of[kind][target];
}

void faults_init(struct faults *f, const struct world_spec *spec)
{
    memset(f, 0, sizeof *f);
    arena_init(&f->arena);
    f->spec = spec;
    for (unsigned kind = 0; kind < TARGET_KIND_COUNT; kind++)
        lists_build(&f->lists[kind], spec, (enum target_kind)kind);
    links_build(f);
}

void faults_fini(struct faults *f)
{
    for (unsigned kind = 0; kind < TARGET_KIND_COUNT; kind++) {
        mem_free(f->lists[kind].start);
        mem_free(f->lists[kind].numbers);
    }
    mem_free(f->links);
    mem_free(f->link_numbers);
    stretched_free(f->stretched);
    arena_fini(&f->arena);
}

void faults_stretch(struct faults *f, const struct stretch *plan)
{
    stretched_free(f->stretched);
    f->stretched = stretched_new(plan);
}

void outages_add(struct arena *a, struct outages *o, sim_time from, sim_time until)
{
    if (until <= from) return;
    if ((o->count & (o->count - 1)) == 0) { /* full at each power of two */
        struct outage *larger = arena_new(a, (o->count ? 2 * (size_t)o->count : 1) * sizeof *larger);
        if (o->count) memcpy(larger, o->items, o->count * sizeof *larger);
        o->items = larger;
    }
    o->items[o->count++] = (struct outage){from, until};
}

static sim_time draw_span(const struct faults *f, enum stretch_span span, uint32_t number, struct rng *r)
{
    if (f->stretched) return stretched_draw(f->stretched, span, number, r);
    return law_draw(span == STRETCH_LENGTH ? &f->spec->faults[number].length : &f->spec->faults[number].up, r);
}

/* The times of one fault in this run. */
static void draw_outages(struct faults *f, uint32_t number, struct rng *r)
{
    const struct fault_spec *fault = &f->spec->faults[number];
    struct outages *o = &f->times[number];
    sim_time t = law_draw(&fault->from, r);
    if (!fault->alternating) {
        outages_add(&f->arena, o, t, sim_time_add(t, draw_span(f, STRETCH_LENGTH, number, r)));
        return;
    }
    while (t < f->spec->limit && o->count < OUTAGES_MAX) {
        sim_time down = sim_time_add(t, draw_span(f, STRETCH_UP, number, r));
        t = sim_time_add(down, draw_span(f, STRETCH_LENGTH, number, r));
        if (t == down) t++; /* a cycle of no length would never end */
        outages_add(&f->arena, o, down, t);
    }
}

/* One fault on one host while its timeline is built. */
struct layer {
    const struct fault_spec *fault;
    const struct outages *times;
    uint32_t next; /* the outage that is on, or the next one */
    double loss;   /* FAULT_OVERLOADED: of what comes in, at this server */
};

static void layer_apply(const struct layer *l, sim_time at, struct fault_state *s)
{
    const struct outages *o = l->times;
    if (l->next >= o->count) return;
    const struct outage *outage = &o->items[l->next];
    if (at < outage->from) {
        if (outage->from < s->until) s->until = outage->from;
        return;
    }
    if (outage->until < s->until) s->until = outage->until;
    if (l->fault->is == FAULT_SLOW)
        s->delay = sim_time_add(s->delay, l->fault->delay);
    else if (l->fault->is == FAULT_LOSSY)
        s->loss = 1 - (1 - s->loss) * (1 - l->fault->loss);
    else if (l->fault->is == FAULT_OVERLOADED)
        s->overload = 1 - (1 - s->overload) * (1 - l->loss);
    else if (l->fault->is > s->kind) {
        s->kind = l->fault->is;
        s->fault = l->fault;
    }
}

/* Lays the layers over each other from 0 to SIM_NEVER. */
static void timeline_build(struct arena *a, struct timeline *t, struct layer *layers, uint32_t layer_count)
{
    struct fault_state *states = arena_new(a, sizeof *states);
    uint32_t count = 0, room = 1;
    for (sim_time at = 0; at != SIM_NEVER; at = states[count - 1].until) {
        struct fault_state s = {.from = at, .until = SIM_NEVER, .kind = FAULT_NONE};
        for (uint32_t i = 0; i < layer_count; i++) {
            struct layer *l = &layers[i];
            while (l->next < l->times->count && l->times->items[l->next].until <= at) l->next++;
            layer_apply(l, at, &s);
        }
        if (count == room) {
            struct fault_state *larger = arena_new(a, 2 * (size_t)room * sizeof *larger);
            memcpy(larger, states, room * sizeof *larger);
            states = larger;
            room *= 2;
        }
        states[count++] = s;
    }
    t->states = states;
    t->count = count;
    t->cursor = 0;
}

/* The share of questions that a server loses when `load` more come than usual: those that it can answer are drawn by
 * lot from all that come. The usual ones come again when they are lost, up to RESENDS times in all, which is more load:
 * the share that holds itself is found by halving. */
#define RESENDS 3 /* with the loop below */

static double overload(const struct ns_spec *ns, const struct fault_spec *fault)
{
    if (fault->load == 0 || ns->capacity == 0) return fault->loss;
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double loss = low + (high - low) / 2, tries = 1 + loss + loss * loss;
        double all = fault->load + ns->queries * tries;
        if (all * (1 - loss) > ns->capacity)
            low = loss;
        else
            high = loss;
    }
    return high < 1e-12 ? 0 : high;
}

static struct layer layer_of(const struct faults *f, uint32_t number, struct fault_target target)
{
    const struct fault_spec *fault = &f->spec->faults[number];
    double loss = fault->is == FAULT_OVERLOADED ? overload(&f->spec->ns[target.index], fault) : 0;
    return (struct layer){fault, &f->times[number], 0, loss};
}

/* The timeline of a host: the faults that all see, and those of a link (null: none). */
static void target_build(struct faults *f, struct fault_target target, const struct link *link, struct timeline *t)
{
    const struct fault_lists *lists = &f->lists[target.kind];
    uint32_t begin = lists->start[target.index], end = lists->start[target.index + 1], count = 0;
    size_t more = link ? link->end - link->begin : 0;
    struct layer *layers = arena_new(&f->arena, (end - begin + 1 + more) * sizeof *layers);
    for (uint32_t i = begin; i < end; i++) layers[count++] = layer_of(f, lists->numbers[i], target);
    for (uint32_t i = 0; i < more; i++) layers[count++] = layer_of(f, f->link_numbers[link->begin + i], target);
    timeline_build(&f->arena, t, layers, count);
}

/* Expiry is a matter of one zone: a server that is a secondary of two may answer for the other. */
static void zone_expiry_build(struct faults *f, uint32_t z, uint64_t seed, uint64_t run)
{
    static const struct fault_spec expired = {.is = FAULT_SERVFAIL};
    static const struct outages none = {0};
    const struct world_spec *spec = f->spec;
    const struct zone_spec *zone = &spec->zones[z];
    uint64_t luck = rng_part(rng_name("secondary"), rng_name(zone->name));
    for (uint32_t i = 1; i < zone->ns_count; i++) {
        if (!(zone->serves >> i & 1)) continue; /* only its parent names it */
        struct secondary_case c = {.params = &spec->ns[zone->ns[i]].params,
                                   .refresh = zone->refresh,
                                   .retry = zone->retry,
                                   .expire = zone->expire,
                                   .primary = &f->of[TARGET_NS][zone->ns[0]],
                                   .own = &f->of[TARGET_NS][zone->ns[i]],
                                   .primary_host = &spec->ns[zone->ns[0]].host,
                                   .notify = zone->notify,
                                   .limit = spec->limit};
        if (c.primary->count == 1 && c.own->count == 1) continue; /* healthy, the two of them */
        struct rng r;
        rng_open(&r, seed, run, rng_part(luck, rng_name(spec->ns[zone->ns[i]].host.name)));
        struct layer layer = {&expired, secondary_expiries(&f->arena, &c, &r, NULL), 0, 0};
        if (layer.times->count == 0) continue;
        if (!f->expiry[z]) {
            struct layer never = {&expired, &none, 0, 0};
            f->expiry[z] = arena_zero(&f->arena, zone->ns_count, sizeof *f->expiry[z]);
            for (uint32_t n = 0; n < zone->ns_count; n++) timeline_build(&f->arena, &f->expiry[z][n], &never, 1);
        }
        timeline_build(&f->arena, &f->expiry[z][i], &layer, 1);
    }
}

static void draw_all(struct faults *f, uint64_t seed, uint64_t run, const uint64_t *stream)
{
    const struct world_spec *spec = f->spec;
    f->times = arena_zero(&f->arena, spec->fault_count, sizeof *f->times);
    f->last_end = 0;
    if (f->stretched) stretched_begin(f->stretched, seed, run);
    for (uint32_t i = 0; i < spec->fault_count; i++) {
        struct rng r;
        rng_open(&r, seed, run, stream[i]);
        draw_outages(f, i, &r);
        for (uint32_t k = 0; k < f->times[i].count; k++) {
            sim_time end = f->times[i].items[k].until;
            if (end < spec->limit && end > f->last_end) f->last_end = end;
        }
    }
    if (f->stretched) stretched_end(f->stretched);
}

void faults_draw(struct faults *f, uint64_t seed, uint64_t run, const uint64_t *stream)
{
    const struct world_spec *spec = f->spec;
    arena_clear(&f->arena);
    draw_all(f, seed, run, stream);
    for (unsigned kind = 0; kind < TARGET_KIND_COUNT; kind++) {
        uint32_t targets = target_count(spec, (enum target_kind)kind);
        f->of[kind] = arena_zero(&f->arena, targets, sizeof *f->of[kind]);
        for (uint32_t i = 0; i < targets; i++)
            target_build(f, (struct fault_target){(enum target_kind)kind, i}, NULL, &f->of[kind][i]);
    }
    f->link_times = arena_zero(&f->arena, f->link_count, sizeof *f->link_times);
    for (uint32_t i = 0; i < f->link_count; i++)
        target_build(f, (struct fault_target){f->links[i].kind, f->links[i].target}, &f->links[i], &f->link_times[i]);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
    f->expiry = arena_zero(&f->arena, spec->zone_count, sizeof *f->expiry);
    for (uint32_t z = 0; z < spec->zone_count; z++) zone_expiry_build(f, z, seed, run);
    /* A backup MX is one machine: what stops its host stops its queue. */
    for (uint32_t i = 0; i < spec->mta_count; i++)
        if (spec->mtas[i].mx_host != SPEC_NONE) f->of[TARGET_MTA][i] = f->of[TARGET_MX_HOST][spec->mtas[i].mx_host];
}

void timeline_seek(struct timeline *t, sim_time at)
{
    uint32_t low = 0, high = t->count - 1;
    /* Mostly it is the next one. */
    if (t->cursor < high && at >= t->states[t->cursor + 1].from && at < t->states[t->cursor + 1].until) {
        t->cursor++;
        return;
    }
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        if (t->states[middle].from <= at)
            low = middle;
        else
            high = middle - 1;
    }
    t->cursor = low;
}

sim_time timeline_up(struct timeline *t, sim_time at)
{
    while (at != SIM_NEVER) {
        const struct fault_state *s = timeline_at(t, at);
        if (!fault_is_down(s)) return at;
        at = s->until;
    }
    return SIM_NEVER;
}
