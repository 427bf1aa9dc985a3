/* scenarios/edit_value.c - see scenarios/edit_value.h. */
#include "scenarios/edit_value.h"

#include "scenarios/json_scan.h"
#include "scenarios/utf8.h"
#include "sim/mem.h"

#include <stdio.h>
#include <string.h>

/* JSON text without blanks outside of strings, and so without line ends. */
static char *on_one_line(const char *text, size_t size)
{
    char *line = mem_new(size + 1), *to = line;
    bool in_string = false;
    for (const char *s = text; s < text + size; s++) {
        if (!in_string && strchr(" \t\r\n", *s)) continue;
        if (*s == '"') in_string = !in_string;
        if (*s == '\\') *to++ = *s++;
        *to++ = *s;
    }
    *to = '\0';
    return line;
}

static char *as_string(const char *text)
{
    struct splices one = {0};
    splices_open(&one, 0, 0);
    splices_put_string(&one, text);
    splices_put(&one, "", 1);
    char *string = one.bytes;
    one.bytes = NULL;
    splices_free(&one);
    return string;
}

static bool is_utf8(const char *text)
{
    for (size_t left = strlen(text), n; left > 0; text += n, left -= n)
        if ((n = utf8_length(text, left)) == 0) return false;
    return true;
}

static bool only_json(const char *typed)
{
    typed += strspn(typed, " \t\r\n");
    return *typed && strchr("{[\"", *typed);
}

char *edit_value_read(const char *typed, char said[ERROR_TEXT_MAX])
{
    if (!is_utf8(typed)) {
        snprintf(said, ERROR_TEXT_MAX, "the value is not UTF-8, expected UTF-8");
        return NULL;
    }
    struct error_list wrong = {0};
    struct json_text json;
    char *value = NULL;
    if (json_scan(typed, strlen(typed), &json, &wrong))
        value = on_one_line(json.blank, strlen(json.blank));
    else if (only_json(typed))
        snprintf(said, ERROR_TEXT_MAX, "the value is no JSON: %s", wrong.items[0].text);
    else
        value = as_string(typed);
    json_text_free(&json);
    error_list_free(&wrong);
    return value;
}

/* Would text be read as a string, and does it look like one when it is printed? */
static bool needs_no_quotes(const char *text)
{
    struct error_list wrong = {0};
    struct json_text json;
    for (const char *s = text; *s; s++)
        if ((unsigned char)*s < 0x20) return false;
    bool other = only_json(text) || json_scan(text, strlen(text), &json, &wrong);
    if (!only_json(text)) json_text_free(&json);
    error_list_free(&wrong);
    return !other;
}

char *edit_value_typed(const struct json_text *json, const cJSON *node)
{
    const struct json_place *place = json_text_place(json, node);
    if (!cJSON_IsString(node)) return on_one_line(json->blank + place->value, place->end - place->value);
    if (!needs_no_quotes(node->valuestring)) return as_string(node->valuestring);
    size_t size = strlen(node->valuestring) + 1;
    return memcpy(mem_new(size), node->valuestring, size);
}
