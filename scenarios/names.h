/* scenarios/names.h - the names of one kind of thing, each with its index: what references are looked up in. */
#pragma once
#include <cjson/cJSON.h>
#include <stdint.h>

#define NAMES_MAX 10000 /* of one kind */

struct name {
    const char *text;
    const cJSON *node;  /* what the file says of it; null if it only names it */
    const cJSON *place; /* where the file names it first */
};

/* Numbered as added. Texts and nodes are borrowed. Zeroed: empty. */
struct names {
    struct name *items;
    uint32_t count, capacity;
    uint32_t *slots; /* hash table of index + 1; 0: free */
    uint32_t slot_count;
};

/* SPEC_NONE if it is not there. */
uint32_t names_find(const struct names *names, const char *text);
/* Adds what is not there yet, and returns its index. */
uint32_t names_add(struct names *names, const char *text, const cJSON *node, const cJSON *place);
void names_free(struct names *names);
