/* tests/truth/cut_off.h - one secondary that loses its primary for a while: no resolver, no mail, any number of runs.
 */
#pragma once
#include "models/profile.h"
#include "models/secondary.h"
#include "tests/truth/truth.h"

struct cut_off {
    const char *software;
    bool eager; /* BIND with min-refresh-time 1s and min-retry-time 1s */
    double refresh, retry, expire;
    enum fault_kind is; /* FAULT_REFUSING or FAULT_SILENT */
    double phase;       /* how long before the run the primary was last heard; < 0: at random */
    double lost, away;  /* the primary: from when, for how long */
    bool notify;
};

/* Seconds after the loss. */
struct life {
    double gone, back;        /* the first expiry, the end of the last one; NAN: it did not expire */
    double late;              /* how much of all expiries lies after the primary's return */
    struct list began, ended; /* questions to the primary that ended after the loss */
    struct list calm;         /* those before it */
};

static inline sim_time cut_off_time(double seconds)
{
    return (sim_time)(seconds * 1e6 + 0.5) * (SIM_SECOND / 1000000);
}

static inline struct secondary_params cut_off_params(const struct cut_off *c)
{
    struct secondary_params p = secondary_profile_find(c->software)->params;
    if (c->eager) p.refresh_min = p.retry_min = SIM_SECOND;
    p.refresh_phase = c->phase < 0 ? PHASE_RANDOM : cut_off_time(c->phase);
    return p;
}

static inline void life_note(struct life *l, const struct outages *expired, const struct outages *asked, sim_time lost,
                             double away)
{
    for (uint32_t i = 0; i < expired->count; i++) {
        const struct outage *o = &expired->items[i];
        if (i == 0) l->gone = sim_time_seconds(o->from - lost);
        l->back = o->until == SIM_NEVER ? INFINITY : sim_time_seconds(o->until - lost);
        l->late += fmax(0, l->back - fmax(away, sim_time_seconds(o->from - lost)));
    }
    for (uint32_t i = 0; i < asked->count; i++) {
        const struct outage *o = &asked->items[i];
        bool calm = o->until < lost;
        list_add(calm ? &l->calm : &l->began, sim_time_seconds(calm ? o->from : o->from - lost));
        if (!calm) list_add(&l->ended, sim_time_seconds(o->until - lost));
    }
}

static inline void cut_off_play(const struct cut_off *c, uint64_t run, struct life *l)
{
    sim_time lost = cut_off_time(c->lost), back = lost + cut_off_time(c->away);
    struct fault_state states[] = {{.from = 0, .until = lost, .kind = FAULT_NONE},
                                   {.from = lost, .until = back, .kind = c->is},
                                   {.from = back, .until = SIM_NEVER, .kind = FAULT_NONE}};
    struct fault_state well = {.from = 0, .until = SIM_NEVER, .kind = FAULT_NONE};
    struct timeline primary = {states, 3, 0}, own = {&well, 1, 0};
    struct host_spec host = {"ns1", law_constant(50 * SIM_US), 0};
    struct secondary_params p = cut_off_params(c);
    struct secondary_case k = {.params = &p,
                               .refresh = cut_off_time(c->refresh),
                               .retry = cut_off_time(c->retry),
                               .expire = cut_off_time(c->expire),
                               .primary = &primary,
                               .own = &own,
                               .primary_host = &host,
                               .notify = c->notify,
                               .limit = back + 2 * cut_off_time(c->expire) + 30 * SIM_DAY};
    struct outages asked = {0};
    struct arena a;
    struct rng luck;
    arena_init(&a);
    rng_open(&luck, 1, run, rng_name(c->software));
    *l = (struct life){.gone = NAN, .back = NAN};
    life_note(l, secondary_expiries(&a, &k, &luck, &asked), &asked, lost, c->away);
    arena_fini(&a);
}
