/* scenarios/edit_walk.h - along the key of an edit through a text: to what stands there, or to what must be put.
 *
 * Knows of the language only its shape; whether the outcome makes sense, the loader tells. */
#pragma once
#include "scenarios/edit_path.h"
#include "scenarios/loader.h"
#include "scenarios/pieces.h"
#include "scenarios/shape.h"

enum walk_mode {
    WALK_SET,    /* what is missing is made, with value in it */
    WALK_REMOVE, /* what is there is taken away */
    WALK_LOOK    /* it is found, and nobody is told if it is not there */
};

/* All names that a text lists or refers to, by whom: what may be set though it is not there. */
struct known {
    struct loader loader; /* no more of it than the names */
    struct arena arena;
    struct error_list errors;
};

struct walk {
    enum walk_mode mode;
    const char *key;
    const char *value; /* WALK_SET: JSON on one line */
    size_t value_size;
    struct error_list *errors; /* WALK_SET, WALK_REMOVE: mistakes, noted as those of edit */
    int edit;

    /* From walk_begin to walk_end. */
    const struct json_text *json;
    struct known known;
    struct arena arena;
    struct arena steps; /* names of steps: nobody needs them once the next step is done, so that "*" gives them back */

    /* What comes of it. */
    struct splices splices;
    uint32_t met;       /* how many places the key means */
    const cJSON *found; /* WALK_LOOK: the first of them */
    bool differs;       /* WALK_LOOK: another one says something else */

    /* Under way. */
    const cJSON *at; /* the innermost thing that is there */
    bool many;       /* there was a "*": not to find a thing is no mistake by itself */
};

/* One step into an object. */
struct step {
    const cJSON *child; /* null: it is not there */
    const char *name;
    const struct shape *shape;
    struct edit_path after;
};

/* json must stay until walk_end, which frees all that a walk has, the splices as well. */
void walk_begin(struct walk *w, const struct json_text *json);
void walk_end(struct walk *w);

/* Goes the whole key, which nothing is wrong with. False after noting a mistake (WALK_LOOK: nothing is there). */
bool walk_all(struct walk *w);

/* Notes a mistake at w->at, but for WALK_LOOK. Returns false. */
bool walk_refuse(struct walk *w, const char *format, ...) ERRORS_FORMAT(2, 3);

/* scenarios/edit_step.c: the next step of path into node, an object of this shape, or null if that must be made.
 * False after noting a mistake. */
bool walk_step(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path, struct step *step);
/* The names of shape that are only referred to, in the arena. */
const char **walk_referred(struct walk *w, const struct shape *shape, uint32_t *count);

/* scenarios/edit_step.c. The json must stay as long as known does. */
void known_read(struct known *known, const struct json_text *json);
void known_free(struct known *known);
