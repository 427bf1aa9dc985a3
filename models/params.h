/* models/params.h - a parameter as data: its name in the real software, its unit and bounds, and how we know its value.
 *
 * A table of these turns a plain struct (models/mta_params.h, models/resolver_params.h, models/secondary_params.h) into
 * what a scenario may set and `mxsim profiles` prints. Each MTA has a table of its own, because each has names of its
 * own. */
#pragma once
#include "sim/vtime.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum param_type {
    PARAM_DURATION, /* sim_time; fields > 1: that many sim_times in a row, all set alike */
    PARAM_PHASE,    /* sim_time, or "random" (PHASE_RANDOM) */
    PARAM_SPANS,    /* struct span_list */
    PARAM_COUNT,    /* uint32_t */
    PARAM_NUMBER,   /* double; min and max in thousandths */
    PARAM_BOOL,     /* bool */
    PARAM_CHOICE,   /* an enum (int-sized), by the words in choices */
    PARAM_RULES     /* struct retry_rules, as Exim writes them */
};

#define PHASE_RANDOM   (-SIM_SECOND)
#define SPAN_LIST_MAX  32
#define RETRY_RULE_MAX 16

/* Spans of time in a row. */
struct span_list {
    sim_time items[SPAN_LIST_MAX];
    uint32_t count;
};

/* How sure a value is. */
enum certainty {
    DEFINITION,  /* ours: nothing outside mxsim says so */
    MEASURED,    /* seen on the running software */
    SOURCE_READ, /* in the software's own code or documents */
    SECOND_HAND, /* read in somebody else's words */
    GUESSED
};
/* "measured", "source read", ... */
const char *certainty_name(enum certainty certainty);

/* What a parameter is about: so that a name unknown to one MTA can be answered with that MTA's own names. */
enum topic {
    TOPIC_RETRY,
    TOPIC_QUEUE_RUN,
    TOPIC_LIFE,
    TOPIC_WARNING,
    TOPIC_TIMEOUT,
    TOPIC_HOSTS,
    TOPIC_LOAD,
    TOPIC_DNS
};

/* One parameter that a scenario may set. */
struct param {
    const char *name; /* as the real software spells it, or our own where it has none */
    enum param_type type;
    enum topic topic;
    uint16_t offset, fields;
    int64_t min, max;           /* of durations (ns) and counts, both inclusive */
    const char *const *choices; /* null-terminated; PARAM_CHOICE only */
    const char *what;           /* one line for people */
    enum certainty certainty;   /* of the value in the profile */
    const char *source;         /* software, version and file, or RFC and section */
};

/* The parameter of that name; null if the table has none. */
const struct param *param_find(const struct param *table, size_t count, const char *name);
