/* scenarios/shape.h - what lies within what in a scenario: as much as the key of an edit needs.
 *
 * The loader judges what is there. This is for what is not there yet, or is written in short: which objects hold names
 * that people choose, what a profile's name stands for, what is a law. Keys with plain values are not listed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum shape_kind {
    SHAPE_KEYS,   /* an object of this language's keys; or a plain value */
    SHAPE_LEAVES, /* an object whose keys may hold dots and have, but for those listed, nothing inside */
    SHAPE_NAMES,  /* an object of names: an unknown one is a slip of the pen, unless all of the thing is given */
    SHAPE_LIST,   /* an array */
    SHAPE_LAW     /* a span of time, or an object of one key that says what law it follows */
};

/* Whose names are known though the section does not list them: those that others refer to. */
enum shape_names { NAMES_LISTED, NAMES_MTAS, NAMES_RESOLVERS, NAMES_NS, NAMES_MX_HOSTS, NAMES_METRICS };

struct shape_key {
    const char *name;
    const struct shape *shape;
};

struct shape {
    enum shape_kind kind;
    const char *brief;        /* a value that is no object means an object with only this key; null: it does not */
    const char *what;         /* SHAPE_NAMES: of what, for people */
    char opens;               /* SHAPE_NAMES: what all of a thing begins with */
    enum shape_names names;   /* SHAPE_NAMES */
    const struct shape *each; /* SHAPE_NAMES, SHAPE_LIST: what each is */
    const struct shape_key *keys;
    size_t key_count;
};

extern const struct shape shape_scenario;

/* What key of shape is. */
const struct shape *shape_inside(const struct shape *shape, const char *key);
/* Is it one of those that shape lists? */
bool shape_lists(const struct shape *shape, const char *key);
