/* cli/story.h - the life of one message, told in time order from the records of its run. */
#pragma once
#include "models/record.h"
#include "models/spec.h"

#include <stdbool.h>
#include <stdio.h>

struct story;

/* A story of message number `message` of a world of spec, which outlives it. */
struct story *story_new(const struct world_spec *spec, uint32_t message);
void story_free(struct story *s);

/* The record_observer: keeps what concerns the message, and what its resolver does for it. */
void story_observe(void *story, const struct record *record);

/* A record_observer whose context is a uint32_t, 0 at first: afterwards the number of the first message that met
 * trouble (was deferred, bounced, kept in an outbox or taken by a backup), or 0. */
void story_find_trouble(void *first, const struct record *record);

/* Was the message ever written? */
bool story_has_begun(const struct story *s);

/* Tells it. Attempts that go exactly as one told before are counted, not told again. */
void story_tell(const struct story *s, FILE *to);
