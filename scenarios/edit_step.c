/* scenarios/edit_step.c - one step of an edit's key: which name is meant, and whether there may be such a thing. */
#include "models/metric.h"
#include "scenarios/edit_walk.h"
#include "scenarios/suggest.h"

#include <stdio.h>
#include <string.h>

/* ---- names that are only referred to ---- */

static void refer(struct names *names, const cJSON *node)
{
    if (cJSON_IsString(node)) names_add(names, node->valuestring, NULL, node);
    for (const cJSON *child = cJSON_IsArray(node) ? node->child : NULL; child; child = child->next)
        if (cJSON_IsString(child)) names_add(names, child->valuestring, NULL, child);
}

void known_read(struct known *known, const struct json_text *json)
{
    *known = (struct known){0};
    arena_init(&known->arena);
    struct loader *l = &known->loader;
    *l = (struct loader){.reader = {json, &known->arena, &known->errors}, .root = json->root};
    l->world = arena_zero(&known->arena, 1, sizeof *l->world);
    if (!loader_declare(l)) return;
    for (uint32_t i = 0; i < l->clients.count; i++) refer(&l->mtas, reader_child(l->clients.items[i].node, "via"));
    for (uint32_t i = 0; i < l->mtas.count; i++) refer(&l->resolvers, reader_child(l->mtas.items[i].node, "resolver"));
    for (uint32_t i = 0; i < l->mx_hosts.count; i++)
        refer(&l->resolvers, reader_child(reader_child(l->mx_hosts.items[i].node, "relay"), "resolver"));
}

void known_free(struct known *known)
{
    loader_fini(&known->loader);
    error_list_free(&known->errors);
    arena_fini(&known->arena);
}

/* Those without a node are only referred to. Null: shape is no object of such names. */
static const struct names *referred_names(const struct walk *w, const struct shape *shape)
{
    const struct loader *l = &w->known.loader;
    const struct names *const all[] = {[NAMES_MTAS] = &l->mtas,
                                       [NAMES_RESOLVERS] = &l->resolvers,
                                       [NAMES_NS] = &l->ns,
                                       [NAMES_MX_HOSTS] = &l->mx_hosts,
                                       [NAMES_METRICS] = NULL};
    return shape->kind == SHAPE_NAMES ? all[shape->names] : NULL;
}

const char **walk_referred(struct walk *w, const struct shape *shape, uint32_t *count)
{
    const struct names *names = referred_names(w, shape);
    const char **words = arena_zero(&w->arena, names ? names->count : 0, sizeof *words);
    *count = 0;
    for (uint32_t i = 0; names && i < names->count; i++)
        if (!names->items[i].node) words[(*count)++] = names->items[i].text;
    return words;
}

/* All names that shape may have inside of node, for people. */
static const char **words_of(struct walk *w, const struct shape *shape, const cJSON *node, uint32_t *count)
{
    uint32_t referred;
    bool metric = shape->names == NAMES_METRICS;
    const char **more = walk_referred(w, shape, &referred);
    const char **words = arena_zero(&w->arena, (node ? reader_size(node) : 0) + referred + metric_count, sizeof *words);
    *count = 0;
    for (const cJSON *child = node && !metric ? node->child : NULL; child; child = child->next)
        words[(*count)++] = child->string;
    for (uint32_t i = 0; i < referred; i++) words[(*count)++] = more[i];
    for (size_t i = 0; metric && i < metric_count; i++) words[(*count)++] = metrics[i].name;
    return words;
}

/* ---- the longest name that fits ---- */

/* If name stands next in path, and none so long was found before. */
static bool longer(struct edit_path path, const char *name, struct step *step)
{
    struct edit_path after;
    if ((step->name && strlen(step->name) >= strlen(name)) || !path_takes(path, name, &after)) return false;
    step->name = name;
    step->after = after;
    return true;
}

/* Of leaves a plain value is what all the rest of the key means, or its name is but the beginning of another one. */
static bool leads_on(const struct shape *shape, const cJSON *child, struct edit_path path)
{
    struct edit_path after;
    if (shape->kind != SHAPE_LEAVES || child->child || path_exact(path)) return true;
    if (shape_lists(shape, child->string) || shape_inside(shape, child->string)->brief) return true;
    return path_takes(path, child->string, &after) && path_ends(after);
}

static bool find_step(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path,
                      struct step *step)
{
    const struct names *names = referred_names(w, shape);
    *step = (struct step){0};
    for (const cJSON *child = node ? node->child : NULL; child; child = child->next)
        if (leads_on(shape, child, path) && longer(path, child->string, step)) step->child = child;
    for (uint32_t i = 0; names && i < names->count; i++)
        if (!names->items[i].node && longer(path, names->items[i].text, step)) step->child = NULL;
    for (size_t i = 0; shape->kind == SHAPE_NAMES && shape->names == NAMES_METRICS && i < metric_count; i++)
        if (longer(path, metrics[i].name, step)) step->child = NULL;
    for (size_t i = 0; i < shape->key_count; i++)
        if (longer(path, shape->keys[i].name, step)) step->child = NULL;
    if (step->name) step->shape = shape_inside(shape, step->name);
    return step->name;
}

/* ---- a new name ---- */

/* Where the name at the beginning of a dotted path ends, by what such a thing has inside: before the first of its keys,
 * or else at the end. */
static size_t name_size(const struct shape *shape, struct edit_path path)
{
    const struct shape *each = shape->each;
    for (const char *dot = strchr(path.rest, '.'); each && dot; dot = strchr(dot + 1, '.')) {
        struct edit_path after, inside = {dot + 1, false};
        for (size_t i = 0; i < each->key_count; i++)
            if (path_takes(inside, each->keys[i].name, &after)) return (size_t)(dot - path.rest);
    }
    return strlen(path.rest);
}

static uint32_t dots_in(const char *text)
{
    uint32_t count = 0;
    for (; *text; text++) count += *text == '.';
    return count;
}

/* What was probably meant as the name: the longest run of steps that is nearly one of words. If none is: all before
 * the first known key, or but the last step. */
static const char *name_meant(struct walk *w, const struct shape *shape, struct edit_path path,
                              const char *const *words, uint32_t count)
{
    struct edit_path after;
    if (path_exact(path)) return path_step(path, &w->steps, &after);
    char *name = path_all(path, &w->steps), *dot;
    do {
        const char *nearest = suggest_nearest(name, words, count);
        if (nearest && dots_in(nearest) == dots_in(name)) return name;
        dot = strrchr(name, '.');
        if (dot) *dot = '\0';
    } while (dot);
    name = path_all(path, &w->steps);
    name[name_size(shape, path)] = '\0';
    dot = strcmp(name, path.rest) == 0 ? strrchr(name, '.') : NULL;
    if (dot) *dot = '\0';
    return name;
}

static bool unknown_name(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path)
{
    enum { SHOWN = 100 };
    char text[QUOTED_MAX], suggestion[SUGGEST_ALL_MAX], whole[4 * SHOWN] = "";
    uint32_t count;
    if (w->mode == WALK_LOOK) return false;
    const char **words = words_of(w, shape, node, &count);
    const char *name = name_meant(w, shape, path, words, count);
    size_t before = (size_t)(path.rest - w->key);
    bool new = w->mode == WALK_SET && shape->opens &&before < SHOWN &&strlen(name) < SHOWN;
    suggest_all(name, words, count, new ? "" : "expected one that is there", suggestion, sizeof suggestion);
    const char * or = count == 0 ? "expected" : suggestion[strlen(suggestion) - 1] == '?' ? " or" : ", or";
    if (new)
        snprintf(whole, sizeof whole, "%s all of a new one: %.*s%s%s=%s", or, (int)before, w->key,
                 path.pointer ? "/" : "", name, shape->opens == '[' ? "[...]" : "{...}");
    return walk_refuse(w, "no %s is called %s, %s%s", shape->what, quoted(name, text), suggestion, whole);
}

/* A name that nobody knows: fine if all of the thing is set; a slip of the pen if something inside of it is. */
static bool new_name(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path,
                     struct step *step)
{
    step->name = path_step(path, &w->steps, &step->after);
    if (w->mode != WALK_SET || !shape->opens) return unknown_name(w, shape, node, path);
    if (path_ends(step->after)) return true;
    bool deep = path_exact(path) || path.rest[name_size(shape, path)] || w->value[0] != shape->opens;
    if (deep) return unknown_name(w, shape, node, path);
    step->name = path_all(path, &w->steps);
    step->after.rest = "";
    return true;
}

/* Of leaves all that is left is one name (Timeout.queuereturn), but for what is known to be inside of it. */
static void new_leaf(struct walk *w, const struct shape *shape, struct edit_path path, struct step *step)
{
    size_t size = name_size(shape, path);
    char *name = path_all(path, &w->steps);
    name[size] = '\0';
    step->name = name;
    step->after = (struct edit_path){path.rest + size + (path.rest[size] == '.'), false};
}

bool walk_step(struct walk *w, const struct shape *shape, const cJSON *node, struct edit_path path, struct step *step)
{
    if (find_step(w, shape, node, path, step)) return true;
    if (shape->kind == SHAPE_NAMES) {
        if (!new_name(w, shape, node, path, step)) return false;
    } else if (shape->kind == SHAPE_LEAVES && !path_exact(path)) {
        new_leaf(w, shape, path, step);
    } else {
        step->name = path_step(path, &w->steps, &step->after);
    }
    step->shape = shape_inside(shape, step->name);
    return true;
}
