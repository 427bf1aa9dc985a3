/* models/profiles/resolver_tables.h - rows of resolvers' parameter tables: field, bounds, what it does, how sure its
 * value is, source. The names are the fields' own. */
#pragma once
#include "models/profile.h"

#define S       SIM_SECOND
#define ROWS(a) (sizeof(a) / sizeof *(a))

#define ROW(field, type, least, most, choices, what, certainty, source)                                                \
    {                                                                                                                  \
#field, type, TOPIC_DNS, offsetof(struct resolver_params, field), 1, least, most, choices, what, certainty,    \
            source                                                                                                     \
    }
#define SPAN(field, least, most, what, certainty, source)                                                              \
    ROW(field, PARAM_DURATION, least, most, NULL, what, certainty, source)
#define COUNT(field, least, most, what, certainty, source)                                                             \
    ROW(field, PARAM_COUNT, least, most, NULL, what, certainty, source)
#define CHOICE(field, choices, what, certainty, source) ROW(field, PARAM_CHOICE, 0, 0, choices, what, certainty, source)
#define BOOL(field, what, certainty, source)            ROW(field, PARAM_BOOL, 0, 1, NULL, what, certainty, source)

extern const char *const server_choices[];  /* random_in_band, lowest_srtt */
extern const char *const timeout_choices[]; /* rto, try */
