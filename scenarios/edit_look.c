/* scenarios/edit_look.c - what a text says at a key, and all keys that it says. See scenarios/edit.h. */
#include "scenarios/edit.h"
#include "scenarios/edit_value.h"
#include "scenarios/edit_walk.h"

#include <stdio.h>
#include <string.h>

#define DOTTED_MAX 5000 /* values of a text whose keys are dotted: each is looked for, to see whether it is found */

char *scenario_value_at(const char *text, size_t size, const char *key)
{
    struct error_list unminded = {0};
    struct json_text json;
    char *value = NULL;
    if (!path_wrong(key) && json_text_parse(&json, text, size, &unminded)) {
        struct walk w = {.mode = WALK_LOOK, .key = key};
        walk_begin(&w, &json);
        if (walk_all(&w) && !w.differs) value = edit_value_typed(&json, w.found);
        walk_end(&w);
    }
    if (!path_wrong(key)) json_text_free(&json);
    error_list_free(&unminded);
    return value;
}

/* ---- all keys ---- */

struct keys {
    struct walk walk;
    struct scenario_key *items;
    size_t count, capacity;
};

/* Puts node's key up to now, and one more name, as a JSON Pointer or dotted. */
static char *longer_key(const char *key, const char *name, bool pointer)
{
    char *more = mem_new(strlen(key) + 2 * strlen(name) + 2), *to = more;
    bool first = *key == '\0';
    while (*key) *to++ = *key++;
    if (pointer || !first) *to++ = pointer ? '/' : '.';
    for (; *name; name++) {
        bool escaped = pointer && (*name == '~' || *name == '/');
        if (escaped) *to++ = '~';
        *to++ = !escaped ? *name : *name == '~' ? '0' : '1';
    }
    *to = '\0';
    return more;
}

/* Does the dotted key mean node, and only that? */
static bool finds(struct keys *keys, const char *key, const cJSON *node)
{
    struct walk *w = &keys->walk;
    if (w->json->count > DOTTED_MAX || *key == '/' || path_wrong(key)) return false;
    arena_clear(&w->arena);
    arena_clear(&w->steps);
    w->key = key;
    w->met = 0;
    return walk_all(w) && w->met == 1 && w->found == node;
}

static void add_key(struct keys *keys, const cJSON *node, const char *dotted, const char *pointer)
{
    const char *key = finds(keys, dotted, node) ? dotted : pointer;
    if (keys->count == keys->capacity) {
        keys->capacity = keys->capacity ? keys->capacity * 2 : 64;
        keys->items = mem_resize(keys->items, keys->capacity * sizeof *keys->items);
    }
    char *copy = memcpy(mem_new(strlen(key) + 1), key, strlen(key) + 1);
    keys->items[keys->count++] = (struct scenario_key){copy, edit_value_typed(keys->walk.json, node)};
}

/* An object with something in it, or an array of some. */
static bool has_keys(const cJSON *node)
{
    return node->child && (cJSON_IsObject(node) || (cJSON_IsArray(node) && cJSON_IsObject(node->child)));
}

static void add_keys(struct keys *keys, const cJSON *node, const char *dotted, const char *pointer)
{
    unsigned index = 0;
    if (strlen(pointer) > EDIT_KEY_MAX) return; /* nobody could use it */
    if (!has_keys(node)) {
        add_key(keys, node, dotted, pointer);
        return;
    }
    for (const cJSON *child = node->child; child; child = child->next) {
        char number[16];
        snprintf(number, sizeof number, "%u", index++);
        const char *name = child->string ? child->string : number;
        char *more_dotted = longer_key(dotted, name, false), *more_pointer = longer_key(pointer, name, true);
        add_keys(keys, child, more_dotted, more_pointer);
        mem_free(more_dotted);
        mem_free(more_pointer);
    }
}

struct scenario_key *scenario_keys(const char *text, size_t size, size_t *count)
{
    struct keys keys = {.walk = {.mode = WALK_LOOK}};
    struct error_list unminded = {0};
    struct json_text json;
    if (json_text_parse(&json, text, size, &unminded) && has_keys(json.root)) {
        walk_begin(&keys.walk, &json);
        add_keys(&keys, json.root, "", "");
        walk_end(&keys.walk);
    }
    json_text_free(&json);
    error_list_free(&unminded);
    *count = keys.count;
    return keys.items;
}

void scenario_keys_free(struct scenario_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mem_free(keys[i].key);
        mem_free(keys[i].value);
    }
    mem_free(keys);
}
