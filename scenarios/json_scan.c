/* scenarios/json_scan.c - see scenarios/json_scan.h. */
#include "scenarios/json_scan.h"

#include "scenarios/utf8.h"
#include "sim/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 60 /* cJSON reads no more than 63 characters of a number */

/* blank is the text as well, with comments overwritten as they are met, and with an end. */
struct scan {
    char *blank;
    size_t size, at;
    struct json_text *json;
    uint32_t capacity;
    struct error_list *errors;
};

static bool scan_value(struct scan *s, size_t key, uint32_t parent, uint32_t index, int depth);

static char here(const struct scan *s)
{
    return s->blank[s->at];
}

static bool at_end(const struct scan *s)
{
    return s->at >= s->size;
}

/* What stands at s->at, for people. */
static const char *found_text(const struct scan *s, char buffer[QUOTED_MAX])
{
    if (at_end(s)) return "the text ends";
    char character[8] = {0};
    memcpy(character, s->blank + s->at, utf8_length(s->blank + s->at, s->size - s->at));
    if ((unsigned char)character[0] < 0x20 || character[0] == 0x7f) return "a control character";
    return character[0] == '"' ? "a string" : quoted(character, buffer);
}

static bool expected(struct scan *s, const char *what)
{
    char buffer[QUOTED_MAX];
    error_list_note(s->errors, s->at, "%s, expected %s", found_text(s, buffer), what);
    return false;
}

static bool refuse(struct scan *s, size_t at, const char *text)
{
    error_list_note(s->errors, at, "%s", text);
    return false;
}

/* Overwrites [from, s->at) but keeps line ends, so that a later error of cJSON's is on the right line. */
static void blank_out(struct scan *s, size_t from)
{
    for (size_t i = from; i < s->at; i++)
        if (s->blank[i] != '\n' && s->blank[i] != '\r') s->blank[i] = ' ';
}

static bool skip_comment(struct scan *s)
{
    size_t from = s->at;
    char second = s->blank[s->at + 1];
    if (second == '/') {
        while (!at_end(s) && here(s) != '\n') s->at++;
    } else if (second == '*') {
        const char *end = strstr(s->blank + s->at + 2, "*/");
        if (!end) return refuse(s, from, "the comment never ends, expected */");
        s->at = (size_t)(end - s->blank) + 2;
    } else {
        return refuse(s, from, "a lone /, expected // or /* to begin a comment");
    }
    blank_out(s, from);
    return true;
}

static bool skip_blanks(struct scan *s)
{
    while (!at_end(s)) {
        char c = here(s);
        if (c == '/') {
            if (!skip_comment(s)) return false;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            s->at++;
        } else {
            return true;
        }
    }
    return true;
}

static bool read_hex(struct scan *s, unsigned *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        char c = here(s);
        unsigned digit;
        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (unsigned)((c | 0x20) - 'a') + 10;
        else
            return expected(s, "four hexadecimal digits after \\u");
        *code = *code * 16 + digit;
    }
    return true;
}

/* At the u of \uXXXX. Lone surrogates are no characters, and U+0000 would end the text inside cJSON. */
static bool scan_unicode_escape(struct scan *s)
{
    size_t from = s->at - 1;
    unsigned code, low;
    s->at++;
    if (!read_hex(s, &code)) return false;
    if (code == 0) return refuse(s, from, "\\u0000 in a string, expected a character other than NUL");
    if (code >= 0xdc00 && code <= 0xdfff) return refuse(s, from, "half a surrogate pair, expected \\uD8.. before it");
    if (code < 0xd800 || code > 0xdbff) return true;
    if (here(s) != '\\' || s->blank[s->at + 1] != 'u')
        return refuse(s, from, "half a surrogate pair, expected \\uDC.. after it");
    s->at += 2;
    if (!read_hex(s, &low)) return false;
    if (low < 0xdc00 || low > 0xdfff) return refuse(s, from, "half a surrogate pair, expected \\uDC.. after it");
    return true;
}

static bool scan_string(struct scan *s)
{
    size_t from = s->at++;
    while (here(s) != '"') {
        if (at_end(s) || here(s) == '\n') return refuse(s, from, "the string never ends, expected \" on the same line");
        if ((unsigned char)here(s) < 0x20)
            return refuse(s, s->at, "a control character in a string, expected \\t, \\n or \\u00..");
        if (here(s) != '\\') {
            s->at++;
            continue;
        }
        s->at++;
        if (here(s) == 'u') {
            if (!scan_unicode_escape(s)) return false;
        } else if (here(s) != '\0' && strchr("\"\\/bfnrt", here(s))) {
            s->at++;
        } else {
            return expected(s, "one of \" \\ / b f n r t u after \\");
        }
    }
    s->at++;
    return true;
}

static size_t skip_digits(struct scan *s)
{
    size_t from = s->at;
    while (here(s) >= '0' && here(s) <= '9') s->at++;
    return s->at - from;
}

static bool scan_number(struct scan *s)
{
    size_t from = s->at;
    if (here(s) == '-') s->at++;
    size_t first = s->at;
    if (skip_digits(s) == 0) return expected(s, "a digit");
    if (s->blank[first] == '0' && s->at - first > 1)
        return refuse(s, from, "a number with a leading zero, expected it without");
    if (here(s) == '.') {
        s->at++;
        if (skip_digits(s) == 0) return expected(s, "a digit after the decimal point");
    }
    if (here(s) == 'e' || here(s) == 'E') {
        s->at++;
        if (here(s) == '+' || here(s) == '-') s->at++;
        if (skip_digits(s) == 0) return expected(s, "a digit of the exponent");
    }
    if (s->at - from > NUMBER_MAX)
        return refuse(s, from, "a number of more than 60 characters, expected a shorter one");
    if (!isfinite(strtod(s->blank + from, NULL)))
        return refuse(s, from, "a number out of range, expected at most 1.7e308");
    return true;
}

static bool scan_word(struct scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    size_t n = 0;
    while ((s->blank[s->at + n] | 0x20) >= 'a' && (s->blank[s->at + n] | 0x20) <= 'z') n++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) != n || memcmp(words[i], s->blank + s->at, n) != 0) continue;
        s->at += n;
        return true;
    }
    if (n == 0) return expected(s, "a value");
    error_list_note(s->errors, s->at, "a bare word %.*s, expected true, false, null or a string in \"quotes\"",
                    (int)(n < 40 ? n : 40), s->blank + s->at);
    return false;
}

/* After a member or an item: is there another? False on a mistake too: *bad tells. */
static bool scan_comma(struct scan *s, char close, bool *bad)
{
    *bad = true;
    if (!skip_blanks(s)) return false;
    if (here(s) == close) {
        s->at++;
        *bad = false;
        return false;
    }
    if (here(s) != ',') return expected(s, close == '}' ? "a comma or }" : "a comma or ]");
    size_t comma = s->at++;
    if (!skip_blanks(s)) return false;
    if (here(s) == close) return refuse(s, comma, "a comma after the last one, expected none");
    *bad = false;
    return true;
}

static bool scan_object(struct scan *s, uint32_t self, int depth)
{
    bool bad = false;
    uint32_t index = 0;
    s->at++;
    if (!skip_blanks(s)) return false;
    if (here(s) == '}') {
        s->at++;
        return true;
    }
    do {
        if (!skip_blanks(s)) return false;
        size_t key = s->at;
        if (here(s) != '"') return expected(s, index ? "a key in \"quotes\"" : "a key in \"quotes\" or }");
        if (!scan_string(s) || !skip_blanks(s)) return false;
        if (here(s) != ':') return expected(s, "a colon after the key");
        s->at++;
        if (!skip_blanks(s) || !scan_value(s, key, self, index++, depth)) return false;
    } while (scan_comma(s, '}', &bad));
    return !bad;
}

static bool scan_array(struct scan *s, uint32_t self, int depth)
{
    bool bad = false;
    uint32_t index = 0;
    s->at++;
    if (!skip_blanks(s)) return false;
    if (here(s) == ']') {
        s->at++;
        return true;
    }
    do {
        if (!skip_blanks(s) || !scan_value(s, JSON_NO_KEY, self, index++, depth)) return false;
    } while (scan_comma(s, ']', &bad));
    return !bad;
}

static bool scan_inside(struct scan *s, uint32_t self, int depth)
{
    char c = here(s);
    if (c == '{' || c == '[') {
        if (depth == JSON_DEPTH_MAX) return refuse(s, s->at, "nested deeper than 64, expected flatter text");
        return c == '{' ? scan_object(s, self, depth + 1) : scan_array(s, self, depth + 1);
    }
    if (c == '"') return scan_string(s);
    if (c == '-' || (c >= '0' && c <= '9')) return scan_number(s);
    return scan_word(s);
}

static bool scan_value(struct scan *s, size_t key, uint32_t parent, uint32_t index, int depth)
{
    struct json_text *json = s->json;
    if (json->count == JSON_VALUES_MAX) return refuse(s, s->at, "more than 200000 values, expected fewer");
    if (json->count == s->capacity) {
        s->capacity = s->capacity ? s->capacity * 2 : 64;
        json->places = mem_resize(json->places, s->capacity * sizeof *json->places);
    }
    uint32_t self = json->count++;
    json->places[self] = (struct json_place){key, s->at, s->at, parent, index, NULL};
    if (!scan_inside(s, self, depth)) return false;
    json->places[self].end = s->at;
    return true;
}

/* Is it text at all? The first thing that people get wrong is the encoding. */
static bool check_encoding(struct scan *s)
{
    const unsigned char *p = (const unsigned char *)s->blank;
    if (s->size >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return refuse(s, 0, "the text is UTF-16, expected UTF-8");
    if (s->size >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        return refuse(s, 0, "the text begins with a byte order mark, expected UTF-8 without one");
    for (size_t at = 0; at < s->size;) {
        if (p[at] == 0) {
            bool wide = at < 2 && s->size >= 4;
            return refuse(s, at,
                          wide ? "a NUL byte: the text is UTF-16 or UTF-32, expected UTF-8"
                               : "a NUL byte: this is not text, expected UTF-8");
        }
        size_t n = utf8_length(s->blank + at, s->size - at);
        if (n == 0) {
            error_list_note(s->errors, at, "byte 0x%02X is not UTF-8 (is the text in Latin-1?), expected UTF-8",
                            (unsigned)p[at]);
            return false;
        }
        at += n;
    }
    return true;
}

static bool scan_text(struct scan *s)
{
    if (!check_encoding(s) || !skip_blanks(s)) return false;
    if (at_end(s)) return refuse(s, s->at, "the text is empty, expected a scenario: { ... }");
    if (!scan_value(s, JSON_NO_KEY, JSON_NO_PARENT, 0, 0) || !skip_blanks(s)) return false;
    return at_end(s) || expected(s, "nothing after the end of the scenario");
}

bool json_scan(const char *text, size_t size, struct json_text *json, struct error_list *errors)
{
    *json = (struct json_text){0};
    if (size > SCENARIO_SIZE_MAX) {
        error_list_note(errors, 0, "%zu bytes of text, expected at most %u (4 MiB)", size, SCENARIO_SIZE_MAX);
        return false;
    }
    struct scan s = {.blank = mem_new(size + 2), .size = size, .json = json, .errors = errors};
    if (size) memcpy(s.blank, text, size);
    s.blank[size] = s.blank[size + 1] = '\0'; /* so that one character ahead may always be looked at */
    json->blank = s.blank;
    return scan_text(&s);
}
