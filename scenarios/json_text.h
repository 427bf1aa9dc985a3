/* scenarios/json_text.h - JSON (RFC 8259) with comments, read strictly, that remembers where everything stood.
 *
 * cJSON builds the tree, but lets much pass (duplicate keys, 01, invalid UTF-8, 1e999), gives no positions and knows
 * no comments. So a scanner of our own goes first. It is the one that judges, it blanks the comments in a copy, and
 * it numbers the values in the order in which they begin; each node's number is then kept in its valueint, which
 * nobody else needs. */
#pragma once
#include "scenarios/errors.h"

#include <cjson/cJSON.h>
#include <stdint.h>

#define JSON_DEPTH_MAX  64
#define JSON_VALUES_MAX 200000
#define JSON_NO_KEY     SIZE_MAX
#define JSON_NO_PARENT  UINT32_MAX

/* Where one value stood: byte offsets. */
struct json_place {
    size_t key;      /* of its key's opening quote, or JSON_NO_KEY */
    size_t value;    /* of its first character */
    size_t end;      /* just past its last character */
    uint32_t parent; /* the number of the object or array around it */
    uint32_t index;  /* which child of its parent it is, from 0 */
    const cJSON *node;
};

/* Owns the tree, the places, and blank: the text with spaces where comments were, ended. */
struct json_text {
    cJSON *root;
    char *blank;
    struct json_place *places;
    uint32_t count;
};

/* Reads text[0 .. size). False and one error in errors if it is no JSON; duplicate keys are noted, but do not make it
 * false. json need not be initialised; the caller frees it in either case. */
bool json_text_parse(struct json_text *json, const char *text, size_t size, struct error_list *errors);
void json_text_free(struct json_text *json);

/* Where node (of this tree) stood. */
const struct json_place *json_text_place(const struct json_text *json, const cJSON *node);

/* Writes node's JSON Pointer into buffer, for people: a long key or a long pointer is cut ("..."). */
#define JSON_POINTER_MAX 512
char *json_text_pointer(const struct json_text *json, const cJSON *node, char buffer[JSON_POINTER_MAX]);
