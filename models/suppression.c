/* models/suppression.c - recipients that an MTA does not write to any more, after permanent failures. */
#include "models/inside.h"

/* By address, whoever wrote to it. */
static uint64_t key_of(const struct world *w, const struct message *msg)
{
    const struct recipient_spec *to = &w->spec->clients[msg->client].to[msg->recipient];
    uint64_t k = rng_part(w->mta_streams[msg->mta], rng_name(w->spec->zones[to->zone].name));
    return rng_part(rng_part(k, rng_name(to->local_part)), msg->mailbox) | 1;
}

bool suppressed(struct world *w, const struct message *msg)
{
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    if (SIM_LIKELY(p->suppress_after == 0) || msg->report) return false;
    const struct map_entry *e = map_find(&w->memory, key_of(w, msg));
    return e && e->count >= p->suppress_after && w->sim.now < sim_time_add(e->last, p->suppression_time);
}

void suppression_note(struct world *w, const struct message *msg, enum cause cause, bool expired)
{
    const struct mta_params *p = &w->spec->mtas[msg->mta].params;
    if (SIM_LIKELY(p->suppress_after == 0) || msg->report || cause == CAUSE_SUPPRESSED) return;
    bool counts = expired ? p->suppress_expired : cause == CAUSE_USER_UNKNOWN;
    if (!counts) return;
    struct map_entry *e = map_at(&w->memory, key_of(w, msg));
    if (e->count == 0) e->first = w->sim.now;
    e->count++;
    e->last = w->sim.now;
}
