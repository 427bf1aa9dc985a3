/* scenarios/params_reader.h - a named profile, and its parameters set by their own names: of MTAs, resolvers and name
 * servers alike. In scenarios/mtas.c. */
#pragma once
#include "models/profile.h"
#include "scenarios/reader.h"

/* The name of one of the profiles in words: what node says, a name or an object with "profile", or fallback. */
const char *read_profile(struct reader *r, const cJSON *node, const char *const *words, size_t count,
                         const char *fallback);

/* Sets params by the object's keys; those in others are read by somebody else. */
void read_params(struct reader *r, const cJSON *node, const struct profile *profile, const char *const *others,
                 size_t other_count, void *params);
