/* scenarios/reader.c - see scenarios/reader.h. */
#include "scenarios/reader.h"

#include "scenarios/suggest.h"
#include "scenarios/value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void note(struct reader *r, const cJSON *node, size_t at, bool warning, const char *format, va_list arguments)
{
    char pointer[JSON_POINTER_MAX];
    error_list_add(r->errors, at, warning, json_text_pointer(r->json, node, pointer), format, arguments);
}

void reader_error(struct reader *r, const cJSON *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(r, node, json_text_place(r->json, node)->value, false, format, arguments);
    va_end(arguments);
}

void reader_error_at_key(struct reader *r, const cJSON *node, const char *format, ...)
{
    const struct json_place *place = json_text_place(r->json, node);
    va_list arguments;
    va_start(arguments, format);
    note(r, node, place->key == JSON_NO_KEY ? place->value : place->key, false, format, arguments);
    va_end(arguments);
}

void reader_error_inside(struct reader *r, const cJSON *node, size_t offset, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(r, node, json_text_place(r->json, node)->value + 1 + offset, false, format, arguments);
    va_end(arguments);
}

void reader_warning(struct reader *r, const cJSON *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(r, node, json_text_place(r->json, node)->value, true, format, arguments);
    va_end(arguments);
}

const char *reader_type(const cJSON *node)
{
    if (cJSON_IsString(node)) return "a string";
    if (cJSON_IsNumber(node)) return "a number";
    if (cJSON_IsObject(node)) return node->child ? "an object" : "an empty object";
    if (cJSON_IsArray(node)) return node->child ? "an array" : "an empty array";
    return cJSON_IsNull(node) ? "null" : cJSON_IsTrue(node) ? "true" : "false";
}

bool reader_wrong_type(struct reader *r, const cJSON *node, const char *what)
{
    reader_error(r, node, "%s, expected %s", reader_type(node), what);
    return false;
}

bool reader_text(struct reader *r, const cJSON *node, int64_t size_max, const char **text)
{
    if (!cJSON_IsString(node)) return reader_wrong_type(r, node, "a string");
    size_t size = strlen(node->valuestring);
    if ((int64_t)size > size_max) {
        reader_error(r, node, "a string of %zu bytes, expected at most %" PRId64, size, size_max);
        return false;
    }
    if (!text_is_plain(node->valuestring, true)) {
        reader_error(r, node, "has a control character, expected text, line ends and tabs");
        return false;
    }
    *text = arena_text(r->arena, node->valuestring);
    return true;
}

bool reader_duration(struct reader *r, const cJSON *node, sim_time min, sim_time max, sim_time *span)
{
    static const char expected[] = "a duration such as \"5m\"";
    char text[QUOTED_MAX], low[32];
    sim_time value = 0;
    if (!cJSON_IsString(node)) return reader_wrong_type(r, node, expected);
    quoted(node->valuestring, text);
    const char *wrong = value_duration(node->valuestring, &value);
    if (wrong) {
        if (strstr(wrong, "order"))
            reader_error(r, node, "%s %s, expected the larger unit first, as in \"1h30m\"", text, wrong);
        else if (strstr(wrong, "unit"))
            reader_error(r, node, "%s %s, expected units ns us ms s m h d w, as in \"1h30m\"", text, wrong);
        else if (strstr(wrong, "longer"))
            reader_error(r, node, "%s %s, expected a shorter duration", text, wrong);
        else
            reader_error(r, node, "%s %s, expected %s", text, wrong, expected);
        return false;
    }
    if (value < min) {
        reader_error(r, node, "%s is too short, expected %s %s", text, min == 1 ? "more than" : "at least",
                     sim_time_text(min == 1 ? 0 : min, low));
        return false;
    }
    if (value > max) reader_error(r, node, "%s is too long, expected at most %s", text, sim_time_text(max, low));
    if (value <= max) *span = value;
    return value <= max;
}

static bool read_seconds(struct reader *r, const cJSON *node, sim_time min, sim_time max, sim_time *span)
{
    sim_time value;
    char text[QUOTED_MAX];
    if (!reader_duration(r, node, min, SIM_LONGEST, &value)) return false;
    if (value > max) {
        reader_error(r, node,
                     "%s is too long, expected at most %" PRId64 "s: DNS has 31 bits for it (RFC 2181 section 8)",
                     quoted(node->valuestring, text), max / SIM_SECOND);
        return false;
    }
    if (value % SIM_SECOND == 0) {
        *span = value;
        return true;
    }
    reader_error(r, node, "%s is not whole seconds, expected whole seconds: DNS has no finer ones",
                 quoted(node->valuestring, text));
    return false;
}

bool reader_number(struct reader *r, const cJSON *node, double min, double max, double *number)
{
    if (!cJSON_IsNumber(node)) return reader_wrong_type(r, node, "a number");
    if (node->valuedouble >= min && node->valuedouble <= max) {
        *number = node->valuedouble;
        return true;
    }
    reader_error(r, node, "%.15g is out of range, expected a number from %.15g to %.15g", node->valuedouble, min, max);
    return false;
}

bool reader_count(struct reader *r, const cJSON *node, int64_t min, int64_t max, uint32_t *count)
{
    double number = node->valuedouble;
    char expected[80];
    snprintf(expected, sizeof expected, "a whole number from %" PRId64 " to %" PRId64, min, max);
    if (!cJSON_IsNumber(node)) return reader_wrong_type(r, node, expected);
    if (number >= (double)min && number <= (double)max && floor(number) == number) {
        *count = (uint32_t)number;
        return true;
    }
    reader_error(r, node, "%.15g, expected %s", number, expected);
    return false;
}

bool reader_share(struct reader *r, const cJSON *node, double *share)
{
    static const char expected[] = "a share such as 0.03 or \"3%\"";
    if (cJSON_IsString(node)) {
        char text[QUOTED_MAX];
        const char *wrong = value_percent(node->valuestring, share);
        if (wrong) reader_error(r, node, "%s %s, expected %s", quoted(node->valuestring, text), wrong, expected);
        return !wrong;
    }
    if (!cJSON_IsNumber(node)) return reader_wrong_type(r, node, expected);
    if (node->valuedouble >= 0 && node->valuedouble <= 1) {
        *share = node->valuedouble;
        return true;
    }
    reader_error(r, node, "%.15g, expected %s", node->valuedouble, expected);
    return false;
}

bool reader_bool(struct reader *r, const cJSON *node, bool *truth)
{
    if (!cJSON_IsBool(node)) return reader_wrong_type(r, node, "true or false");
    *truth = cJSON_IsTrue(node);
    return true;
}

bool reader_choice(struct reader *r, const cJSON *node, const char *what, const char *const *words, int *choice)
{
    size_t count = 0;
    char expected[256], text[QUOTED_MAX];
    while (words[count]) count++;
    if (!cJSON_IsString(node)) {
        reader_error(r, node, "%s, %s", reader_type(node),
                     suggest_text("", words, count, "", expected, sizeof expected));
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], node->valuestring) != 0) continue;
        *choice = (int)i;
        return true;
    }
    reader_error(r, node, "%s is no %s, %s", quoted(node->valuestring, text), what,
                 suggest_text(node->valuestring, words, count, "", expected, sizeof expected));
    return false;
}

const cJSON *reader_child(const cJSON *node, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(node, name);
}

uint32_t reader_size(const cJSON *node)
{
    uint32_t count = 0;
    for (const cJSON *child = node->child; child; child = child->next) count++;
    return count;
}

static bool has_capital(const char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z') return true;
    return false;
}

char *reader_suggest(struct reader *r, const cJSON *child, const char *const *words, size_t count, const char *nothing,
                     char *buffer, size_t size)
{
    size_t at = json_text_place(r->json, child)->key;
    if (error_list_in_edit(r->errors, at)) return suggest_all(child->string, words, count, nothing, buffer, size);
    return suggest_text(child->string, words, count, nothing, buffer, size);
}

void reader_unknown_key(struct reader *r, const cJSON *child, const char *const *words, size_t count)
{
    char key[QUOTED_MAX], suggestion[SUGGEST_ALL_MAX];
    if (!error_list_has_room(r->errors)) return;
    bool lower = has_capital(child->string);
    for (size_t i = 0; i < count; i++) lower = lower && !has_capital(words[i]);
    reader_suggest(r, child, words, count, "expected no key", suggestion, sizeof suggestion);
    reader_error_at_key(r, child, "unknown key %s%s, %s", quoted(child->string, key),
                        lower ? ": keys are lower case" : "", suggestion);
}

static void read_key(struct reader *r, const cJSON *node, const struct key *key, void *into)
{
    void *field = (char *)into + key->offset;
    switch (key->type) {
    case KEY_TEXT: reader_text(r, node, key->max, field); break;
    case KEY_DURATION: reader_duration(r, node, key->min, key->max, field); break;
    case KEY_SECONDS: read_seconds(r, node, key->min, key->max, field); break;
    case KEY_COUNT: reader_count(r, node, key->min, key->max, field); break;
    case KEY_SHARE: reader_share(r, node, field); break;
    case KEY_LAW: reader_law(r, node, field); break;
    case KEY_OWN: key->read(r, node, field); break;
    case KEY_LATER: break;
    }
}

bool reader_object(struct reader *r, const cJSON *node, const struct key *keys, size_t count, void *into)
{
    if (!cJSON_IsObject(node)) return reader_wrong_type(r, node, "an object: { ... }");
    const char *words[64];
    for (size_t i = 0; i < count; i++) words[i] = keys[i].name;
    for (const cJSON *child = node->child; child; child = child->next) {
        bool known = false;
        for (size_t i = 0; i < count && !known; i++) known = strcmp(words[i], child->string) == 0;
        if (!known) reader_unknown_key(r, child, words, count);
    }
    for (size_t i = 0; i < count; i++) {
        const cJSON *child = reader_child(node, keys[i].name);
        if (child)
            read_key(r, child, &keys[i], into);
        else if (keys[i].example)
            reader_error(r, node, "the key \"%s\" is missing, expected \"%s\": %s", keys[i].name, keys[i].name,
                         keys[i].example);
    }
    return true;
}
