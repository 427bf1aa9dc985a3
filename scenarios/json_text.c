/* scenarios/json_text.c - see scenarios/json_text.h. */
#include "scenarios/json_text.h"

#include "scenarios/json_scan.h"
#include "sim/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENT_MAX 60 /* bytes of one key in a pointer */

/* Gives node and all below it their numbers, in the order of the scanner. False if the two disagree. */
static bool number_nodes(struct json_text *json, cJSON *node, uint32_t *next)
{
    if (*next == json->count) return false;
    json->places[*next].node = node;
    node->valueint = (int)(*next)++;
    for (cJSON *child = node->child; child; child = child->next)
        if (!number_nodes(json, child, next)) return false;
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const cJSON *x = *(const cJSON *const *)a, *y = *(const cJSON *const *)b;
    int order = strcmp(x->string, y->string);
    if (order == 0) order = x->valueint < y->valueint ? -1 : 1;
    return order;
}

static void note(const struct json_text *json, const cJSON *node, struct error_list *errors, const char *format, ...)
{
    char pointer[JSON_POINTER_MAX];
    va_list arguments;
    va_start(arguments, format);
    error_list_add(errors, json_text_place(json, node)->key, false, json_text_pointer(json, node, pointer), format,
                   arguments);
    va_end(arguments);
}

/* Compared as they read, not as they are written: "a" and "\u0061" are the same key. */
static void check_duplicates(const struct json_text *json, const cJSON *object, struct error_list *errors)
{
    size_t count = 0, i = 0;
    for (const cJSON *child = object->child; child; child = child->next) count++;
    if (count < 2) return;
    const cJSON **children = mem_zero(count, sizeof *children); /* NOLINT(bugprone-sizeof-expression): pointers */
    for (const cJSON *child = object->child; child; child = child->next) children[i++] = child;
    qsort(children, count, sizeof *children, compare_keys); /* NOLINT(bugprone-sizeof-expression): pointers */
    for (i = 1; i < count; i++) {
        char key[QUOTED_MAX];
        if (strcmp(children[i - 1]->string, children[i]->string) == 0)
            note(json, children[i], errors, "the key %s is there twice, expected it once",
                 quoted(children[i]->string, key));
    }
    mem_free(children);
}

bool json_text_parse(struct json_text *json, const char *text, size_t size, struct error_list *errors)
{
    const char *end = NULL;
    uint32_t numbered = 0;
    bool good = json_scan(text, size, json, errors);
    if (good) {
        json->root = cJSON_ParseWithLengthOpts(json->blank, size + 1, &end, 1);
        good = json->root && number_nodes(json, json->root, &numbered) && numbered == json->count;
        if (!good) error_list_note(errors, end ? (size_t)(end - json->blank) : 0, "cannot be read here, expected JSON");
    }
    if (!good) return false;
    for (uint32_t i = 0; i < json->count; i++)
        if (cJSON_IsObject(json->places[i].node)) check_duplicates(json, json->places[i].node, errors);
    return true;
}

void json_text_free(struct json_text *json)
{
    cJSON_Delete(json->root);
    mem_free(json->blank);
    mem_free(json->places);
    *json = (struct json_text){0};
}

const struct json_place *json_text_place(const struct json_text *json, const cJSON *node)
{
    return &json->places[node->valueint];
}

/* One segment of a pointer, escaped by RFC 6901. Returns its length. */
static size_t put_segment(char buffer[JSON_POINTER_MAX], size_t used, const char *key)
{
    size_t from = used;
    buffer[used++] = '/';
    for (; *key; key++) {
        bool begins = ((unsigned char)*key & 0xc0) != 0x80;
        if (begins && used - from > SEGMENT_MAX) {
            for (int i = 0; i < 3; i++) buffer[used++] = '.';
            break;
        }
        if (*key == '~' || *key == '/') {
            buffer[used++] = '~';
            buffer[used++] = *key == '~' ? '0' : '1';
        } else {
            buffer[used++] = *key;
        }
    }
    return used - from;
}

char *json_text_pointer(const struct json_text *json, const cJSON *node, char buffer[JSON_POINTER_MAX])
{
    uint32_t path[JSON_DEPTH_MAX + 1];
    size_t depth = 0, used = 0;
    for (uint32_t i = (uint32_t)node->valueint; json->places[i].parent != JSON_NO_PARENT; i = json->places[i].parent)
        path[depth++] = i;
    while (depth > 0) {
        const struct json_place *place = &json->places[path[--depth]];
        if (used > JSON_POINTER_MAX - SEGMENT_MAX - 20) {
            used += (size_t)snprintf(buffer + used, 5, "/...");
            break;
        }
        char index[16];
        snprintf(index, sizeof index, "%u", (unsigned)place->index);
        used += put_segment(buffer, used, place->node->string ? place->node->string : index);
    }
    buffer[used] = '\0';
    return buffer;
}
