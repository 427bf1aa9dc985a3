/* models/profile.h - named MTAs, resolvers and name servers: filled structs of parameters, with every parameter's name
 * and source.
 *
 * Each lives in a file of its own in models/profiles/. */
#pragma once
#include "models/mta_params.h"
#include "models/params.h"
#include "models/resolver_params.h"
#include "models/secondary_params.h"

struct profile {
    const char *name;
    const char *what;          /* one line */
    const struct param *table; /* what a scenario may set */
    size_t count;
    const char
        *retry_in_words; /* MTAs: how it finds the time of the next attempt: "waits as long as the message is old" */
};

struct mta_profile {
    struct profile profile;
    struct mta_params params;
};
struct resolver_profile {
    struct profile profile;
    struct resolver_params params;
};
/* The software of a name server, as a secondary. */
struct secondary_profile {
    struct profile profile;
    struct secondary_params params;
};

extern const struct mta_profile *const mta_profiles[];
extern const size_t mta_profile_count;
extern const struct resolver_profile *const resolver_profiles[];
extern const size_t resolver_profile_count;
extern const struct secondary_profile *const secondary_profiles[];
extern const size_t secondary_profile_count;

/* By name, case-sensitive; null if there is none. */
const struct mta_profile *mta_profile_find(const char *name);
const struct resolver_profile *resolver_profile_find(const char *name);
const struct secondary_profile *secondary_profile_find(const char *name);
