/* scenarios/reader.h - from JSON nodes to plain values, by tables of keys; every mistake is noted where it stands.
 *
 * Knows nothing of mail. Each reader_x returns false and has noted a mistake if node is not a good x; its result is
 * then unchanged, so that defaults stay and reading goes on to the next mistake. */
#pragma once
#include "scenarios/json_text.h"
#include "sim/law.h"
#include "sim/mem.h"

struct reader {
    const struct json_text *json;
    struct arena *arena; /* what outlives the reading goes here */
    struct error_list *errors;
};

/* "what, expected what" at node, or at its key, or at node as a warning. */
void reader_error(struct reader *r, const cJSON *node, const char *format, ...) ERRORS_FORMAT(3, 4);
void reader_error_at_key(struct reader *r, const cJSON *node, const char *format, ...) ERRORS_FORMAT(3, 4);
/* At byte offset inside node's string. */
void reader_error_inside(struct reader *r, const cJSON *node, size_t offset, const char *format, ...)
    ERRORS_FORMAT(4, 5);
void reader_warning(struct reader *r, const cJSON *node, const char *format, ...) ERRORS_FORMAT(3, 4);
/* "a number" or the like. */
const char *reader_type(const cJSON *node);
/* node is "a number" or the like, expected what. Returns false. */
bool reader_wrong_type(struct reader *r, const cJSON *node, const char *what);

bool reader_text(struct reader *r, const cJSON *node, int64_t size_max, const char **text);
/* min and max are bounds of the span, both inclusive. */
bool reader_duration(struct reader *r, const cJSON *node, sim_time min, sim_time max, sim_time *span);
bool reader_number(struct reader *r, const cJSON *node, double min, double max, double *number);
bool reader_count(struct reader *r, const cJSON *node, int64_t min, int64_t max, uint32_t *count);
bool reader_share(struct reader *r, const cJSON *node, double *share);
bool reader_bool(struct reader *r, const cJSON *node, bool *truth);
bool reader_law(struct reader *r, const cJSON *node, struct law *law); /* scenarios/law_reader.c */

/* One of words, null-terminated; what says for people what kind of word. */
bool reader_choice(struct reader *r, const cJSON *node, const char *what, const char *const *words, int *choice);

enum key_type {
    KEY_TEXT,     /* const char *; at most max bytes */
    KEY_DURATION, /* sim_time; min to max */
    KEY_SECONDS,  /* sim_time of whole seconds; min to max */
    KEY_COUNT,    /* uint32_t; min to max */
    KEY_SHARE,    /* double */
    KEY_LAW,      /* struct law */
    KEY_OWN,      /* read does it; offset is that of what it gets */
    KEY_LATER     /* somebody else reads it */
};

/* One key that an object may have. */
struct key {
    const char *name;
    enum key_type type;
    size_t offset; /* into the struct that is filled */
    int64_t min, max;
    void (*read)(struct reader *r, const cJSON *node, void *into);
    const char *example; /* not null: the key must be there, and may look like this */
};

/* Fills into by keys. Notes unknown keys (with the nearest known one) and missing ones. False if node is no object. */
bool reader_object(struct reader *r, const cJSON *node, const struct key *keys, size_t count, void *into);

/* Notes that child's key is unknown; words are those that would do. */
void reader_unknown_key(struct reader *r, const cJSON *child, const char *const *words, size_t count);

/* What to say of child's key instead: suggest_text, or suggest_all if an edit put the key there. */
char *reader_suggest(struct reader *r, const cJSON *child, const char *const *words, size_t count, const char *nothing,
                     char *buffer, size_t size);

/* node's child of that very name; null if there is none. */
const cJSON *reader_child(const cJSON *node, const char *name);

/* How many children node has. */
uint32_t reader_size(const cJSON *node);

#define READER_COUNT(a) (sizeof(a) / sizeof *(a))
