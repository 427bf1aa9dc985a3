/* scenarios/edit_walk.c - see scenarios/edit_walk.h. */
#include "scenarios/edit_walk.h"

#include "scenarios/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 200 /* bytes of a key */

static bool walk_value(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path);
static bool build(struct walk *w, const struct shape *shape, struct edit_path path);

bool walk_refuse(struct walk *w, const char *format, ...)
{
    char pointer[JSON_POINTER_MAX], text[ERROR_TEXT_MAX];
    va_list arguments;
    if (w->mode == WALK_LOOK) return false;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    error_list_note_edit(w->errors, w->edit, json_text_pointer(w->json, w->at, pointer), "%s", text);
    return false;
}

/* The key as far as path, which is what is left of it: how many bytes to show. */
static int key_until(const struct walk *w, struct edit_path path)
{
    size_t size = (size_t)(path.rest - w->key);
    if (size > 0 && !path.pointer && w->key[size - 1] == '.') size--;
    return (int)(size < SHOWN_MAX ? size : SHOWN_MAX);
}

static const struct json_place *place_of(const struct walk *w, const cJSON *node)
{
    return json_text_place(w->json, node);
}

/* Where a member or an item begins: at its key, if it has one. */
static size_t begin_of(const struct walk *w, const cJSON *node)
{
    const struct json_place *place = place_of(w, node);
    return place->key == JSON_NO_KEY ? place->value : place->key;
}

/* ---- what is taken away ---- */

/* The comma between two neighbours goes; comments there stay. */
static void remove_comma(struct walk *w, const cJSON *left)
{
    size_t from = place_of(w, left)->end, to = begin_of(w, left->next);
    const char *comma = memchr(w->json->blank + from, ',', to - from);
    size_t at = comma ? (size_t)(comma - w->json->blank) : from;
    splices_open(&w->splices, at, at + (comma != NULL));
}

static void remove_child(struct walk *w, const cJSON *child)
{
    bool first = place_of(w, child)->index == 0;
    if (!child->next && !first) remove_comma(w, child->prev);
    splices_open(&w->splices, begin_of(w, child), place_of(w, child)->end);
    if (child->next) remove_comma(w, child);
    w->met++;
}

static void remove_all(struct walk *w, const cJSON *node)
{
    for (const cJSON *child = node->child; child; child = child->next) {
        splices_open(&w->splices, begin_of(w, child), place_of(w, child)->end);
        if (child->next) remove_comma(w, child);
        w->met++;
    }
}

/* ---- what is put ---- */

static bool put_value(struct walk *w)
{
    splices_put(&w->splices, w->value, w->value_size);
    w->met++;
    if (w->splices.size <= SCENARIO_SIZE_MAX) return true;
    return walk_refuse(w, "more than %u bytes of text, expected at most that (4 MiB)", SCENARIO_SIZE_MAX);
}

static void put_name(struct walk *w, const char *name)
{
    splices_put_string(&w->splices, name);
    splices_put_text(&w->splices, ": ");
}

/* Opens a splice for one more child of node. first: it is the only one so far. */
static void open_child(struct walk *w, const cJSON *node, bool first)
{
    const cJSON *last = node->child ? node->child->prev : NULL; /* cJSON: the first one's prev is the last one */
    size_t at = last ? place_of(w, last)->end : place_of(w, node)->value + 1;
    splices_open(&w->splices, at, at);
    if (!first) splices_put_text(&w->splices, ", ");
}

/* All names that are only referred to. */
static bool build_each(struct walk *w, const struct shape *shape, struct edit_path after)
{
    uint32_t count;
    const char **names = walk_referred(w, shape, &count);
    splices_put_text(&w->splices, "{");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) splices_put_text(&w->splices, ", ");
        put_name(w, names[i]);
        if (!build(w, shape->each, after)) return false;
        arena_clear(&w->steps);
    }
    splices_put_text(&w->splices, "}");
    return true;
}

/* Puts the value with all that the path still has around it. */
static bool build(struct walk *w, const struct shape *shape, struct edit_path path)
{
    struct edit_path after;
    struct step step;
    uint32_t index;
    if (path_ends(path)) return put_value(w);
    if (path_star(path, &after)) return build_each(w, shape, after);
    if (shape->kind == SHAPE_LIST) {
        bool whole = path_index(path, &index, &after) && (index == 0 || index == UINT32_MAX) && path_ends(after);
        if (!whole)
            return walk_refuse(w, "there are none yet, expected all of a new one: %.*s%s0={...}", key_until(w, path),
                               w->key, path.pointer ? "/" : ".");
        splices_put_text(&w->splices, "[");
        if (!put_value(w)) return false;
        splices_put_text(&w->splices, "]");
        return true;
    }
    if (!walk_step(w, shape, NULL, path, &step)) return false;
    splices_put_text(&w->splices, "{");
    put_name(w, step.name);
    if (!build(w, step.shape, step.after)) return false;
    splices_put_text(&w->splices, "}");
    return true;
}

/* ---- what is there ---- */

static bool reach(struct walk *w, const cJSON *node)
{
    if (w->mode == WALK_SET) {
        splices_open(&w->splices, place_of(w, node)->value, place_of(w, node)->end);
        return put_value(w);
    }
    if (w->met++ == 0) w->found = node;
    const struct json_place *a = place_of(w, w->found), *b = place_of(w, node);
    const char *text = w->json->blank;
    w->differs = w->differs || a->end - a->value != b->end - b->value ||
                 memcmp(text + a->value, text + b->value, b->end - b->value) != 0;
    return true;
}

static bool walk_child(struct walk *w, const struct shape *shape, const cJSON *child, struct edit_path after)
{
    if (w->mode != WALK_REMOVE || !path_ends(after)) return walk_value(w, shape, child, after);
    remove_child(w, child);
    return true;
}

/* "*": all children, and names that are only referred to. */
static bool walk_each(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path after)
{
    uint32_t count = 0;
    w->many = true;
    if (w->mode == WALK_REMOVE && path_ends(after)) {
        remove_all(w, node);
        return true;
    }
    for (const cJSON *child = node->child; child; child = child->next) {
        const struct shape *inside = child->string ? shape_inside(shape, child->string) : shape_inside(shape, "");
        if (!walk_value(w, inside, child, after)) return false;
        arena_clear(&w->steps);
    }
    if (w->mode != WALK_SET || !cJSON_IsObject(node) || shape->kind != SHAPE_NAMES) return true;
    const char **names = walk_referred(w, shape, &count);
    w->at = node;
    for (uint32_t i = 0; i < count; i++) {
        open_child(w, node, i == 0 && !node->child);
        put_name(w, names[i]);
        if (!build(w, shape->each, after)) return false;
        arena_clear(&w->steps);
    }
    return true;
}

/* A law of another kind is another law: one takes the place of the other. */
static bool build_law(struct walk *w, const cJSON *node, const struct shape *shape, struct edit_path path)
{
    splices_open(&w->splices, place_of(w, node)->value, place_of(w, node)->end);
    return build(w, shape, path);
}

static bool not_there(struct walk *w, const cJSON *node, const char *name)
{
    char text[QUOTED_MAX], suggestion[SUGGEST_ALL_MAX];
    uint32_t count = 0;
    if (w->many) return true;
    const char **words = arena_zero(&w->arena, reader_size(node), sizeof *words);
    for (const cJSON *child = node->child; child; child = child->next) words[count++] = child->string;
    return walk_refuse(
        w, "there is no %s to take away, %s", quoted(name, text),
        suggest_all(name, words, count, "expected something that is there", suggestion, sizeof suggestion));
}

static bool walk_object(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path)
{
    struct edit_path after;
    struct step step;
    if (path_star(path, &after) && !reader_child(node, "*")) return walk_each(w, shape, node, after);
    if (!walk_step(w, shape, node, path, &step)) return false;
    if (step.child) return walk_child(w, step.shape, step.child, step.after);
    if (w->mode == WALK_LOOK) return true;
    if (w->mode == WALK_REMOVE) return not_there(w, node, step.name);
    if (shape->kind == SHAPE_LAW) return build_law(w, node, shape, path);
    open_child(w, node, !node->child);
    put_name(w, step.name);
    return build(w, step.shape, step.after);
}

static bool refuse_item(struct walk *w, uint32_t size, struct edit_path path)
{
    struct edit_path after;
    char text[QUOTED_MAX], there[32] = "";
    const char *more = w->mode == WALK_SET ? "all of a new one at \"-\"" : "something that is there";
    if (size > 0) snprintf(there, sizeof there, size == 1 ? "0" : "0 to %u", (unsigned)size - 1);
    if (size > 0 && w->mode != WALK_SET) more = "";
    return walk_refuse(w, "no item %s in an array of %u, expected %s%s%s",
                       quoted(path_step(path, &w->steps, &after), text), (unsigned)size, there,
                       size > 0 && *more ? "; or " : "", more);
}

static bool walk_array(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path)
{
    struct edit_path after;
    uint32_t index, size = reader_size(node);
    if (path_star(path, &after)) return walk_each(w, shape, node, after);
    bool good = path_index(path, &index, &after);
    if (good && index < size) {
        const cJSON *child = node->child;
        while (index-- > 0) child = child->next;
        return walk_child(w, shape_inside(shape, ""), child, after);
    }
    if (w->many && w->mode == WALK_REMOVE) return true;
    bool one_more = good && (index == size || index == UINT32_MAX) && path_ends(after);
    if (!one_more || w->mode != WALK_SET) return refuse_item(w, size, path);
    open_child(w, node, size == 0);
    return put_value(w);
}

/* "unbound" is short for {"profile": "unbound"}. */
static bool walk_brief(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path)
{
    const struct json_place *place = place_of(w, node);
    struct edit_path after;
    struct step step;
    bool itself = path_takes(path, shape->brief, &after) && path_ends(after);
    if (w->mode == WALK_LOOK) return !itself || reach(w, node);
    if (w->mode == WALK_REMOVE && !itself) return not_there(w, node, path_step(path, &w->steps, &after));
    if (itself) {
        splices_open(&w->splices, place->value, place->end);
        w->met += w->mode == WALK_REMOVE;
        if (w->mode == WALK_REMOVE)
            splices_put_text(&w->splices, "{}");
        else
            return build(w, shape, path);
        return true;
    }
    if (!walk_step(w, shape, NULL, path, &step)) return false;
    splices_open(&w->splices, place->value, place->value);
    splices_put_text(&w->splices, "{");
    put_name(w, shape->brief);
    splices_open(&w->splices, place->end, place->end);
    splices_put_text(&w->splices, ", ");
    put_name(w, step.name);
    if (!build(w, step.shape, step.after)) return false;
    splices_put_text(&w->splices, "}");
    return true;
}

static bool walk_value(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path)
{
    w->at = node;
    if (path_ends(path)) return reach(w, node);
    if (cJSON_IsObject(node)) return walk_object(w, shape, node, path);
    if (cJSON_IsArray(node)) return walk_array(w, shape, node, path);
    if (shape->brief) return walk_brief(w, shape, node, path);
    if (shape->kind == SHAPE_LAW && w->mode == WALK_SET) return build_law(w, node, shape, path);
    if (w->many && w->mode != WALK_SET) return true;
    return walk_refuse(w, "%s, which has nothing inside, expected %.*s=VALUE", reader_type(node), key_until(w, path),
                       w->key);
}

void walk_begin(struct walk *w, const struct json_text *json)
{
    w->json = json;
    arena_init(&w->arena);
    arena_init(&w->steps);
    known_read(&w->known, json);
}

void walk_end(struct walk *w)
{
    splices_free(&w->splices);
    known_free(&w->known);
    arena_fini(&w->arena);
    arena_fini(&w->steps);
}

bool walk_all(struct walk *w)
{
    w->at = w->json->root;
    if (!walk_value(w, &shape_scenario, w->json->root, path_of(w->key))) return false;
    if (w->met > 0) return true;
    return walk_refuse(w, "nothing is there for \"*\", expected the key of something that is there");
}
