/* models/world.h - one world: clients, MTAs, resolvers, name servers and MX hosts of a world_spec, on one virtual
 * clock. */
#pragma once
#include "models/record.h"
#include "models/spec.h"
#include "models/stretch.h"
#include "models/tally.h"

struct world;

/* Builds a world. spec must have been validated (scenarios/load.h does) and outlive the world; the world owns all else.
 * One world serves any number of runs, one after the other; a thread needs its own. */
struct world *world_new(const struct world_spec *spec);
void world_free(struct world *w);

/* From now on hands each record to observe; null ends it. */
void world_observe(struct world *w, record_observer *observe, void *context);

/* From now on outages are drawn by this plan, which outlives the world; it may change between two runs. */
void world_stretch(struct world *w, const struct stretch *plan);

/* What the last run of such a world drew, and its weight: valid until the next run. Null without a plan. */
const struct stretched *world_stretched(const struct world *w);

/* One whole run into out (cleared first). What happens depends on spec, seed and run alone. Ends with the conservation
 * check: every message submitted was delivered, bounced, or is still queued, and every report likewise. */
bool world_run(struct world *w, uint64_t seed, uint64_t run, struct tally *out);

/* From now on world_run asks stop every 65,536 events, and returns false, with nothing of use in out, when it says
 * true. */
void world_stop_if(struct world *w, bool (*stop)(void *context), void *context);

/* The same in steps, for whoever interleaves worlds: start, then step while it says true, then finish. */
void world_start(struct world *w, uint64_t seed, uint64_t run, struct tally *out);
bool world_step(struct world *w);
void world_finish(struct world *w);
