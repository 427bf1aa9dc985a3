/* tests/scenarios/test_json_text.c - strict JSON with comments: what is refused, where, and where values stood. */
#include "scenarios/json_text.h"
#include "sim/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* The first error as "line:column: text", or "" if there is none. */
static const char *first_error(const char *text, size_t size)
{
    static char line[600];
    struct error_list list = {0};
    struct load_errors errors;
    struct json_text json;
    bool good = json_text_parse(&json, text, size, &list);
    json_text_free(&json);
    size_t hard = list.errors;
    error_list_publish(&list, text, size, &errors);
    line[0] = '\0';
    if (errors.count)
        snprintf(line, sizeof line, "%d:%d: %s", errors.items[0].line, errors.items[0].column, errors.items[0].text);
    load_errors_free(&errors);
    cr_assert(good || hard == 1, "a syntax error stands alone");
    return line;
}

#define REFUSED(text, error)                                                                                           \
    do {                                                                                                               \
        const char *got = first_error(text, sizeof text - 1);                                                          \
        cr_assert_str_eq(got, error, "%s", got);                                                                       \
    } while (0)

static void accepted(const char *text)
{
    const char *error = first_error(text, strlen(text));
    cr_assert_str_empty(error, "%s: %s", text, error);
}

Test(json_text, takes_json_and_comments)
{
    accepted("{}");
    accepted(" [ 1 , -0 , 0.5 , 1e-3 , 1E+300 , true , false , null , \"\\u00e9\\ud83d\\ude00\\\"\\\\\\/\" ] ");
    accepted("// before\n{ /* in */ \"a\" // after a key\n : /**/ 1 } // no line end");
    accepted("{\"a\": \"// no comment /* nor this */\"}/***/");
    accepted("[1 /* a * in / it */ , 2]\r\n");
    accepted("[\"\xf4\x8f\xbf\xbf\xed\x9f\xbf\xe0\xa0\x80\xc2\x80\"]");
}

Test(json_text, refuses_what_is_no_text)
{
    REFUSED("", "1:1: the text is empty, expected a scenario: { ... }");
    REFUSED(" \n\t // only this\n", "3:1: the text is empty, expected a scenario: { ... }");
    REFUSED("\xff\xfe{\0}\0", "1:1: the text is UTF-16, expected UTF-8");
    REFUSED("\0{\0}\0\n", "1:1: a NUL byte: the text is UTF-16 or UTF-32, expected UTF-8");
    REFUSED("{\0}\0", "1:2: a NUL byte: the text is UTF-16 or UTF-32, expected UTF-8");
    REFUSED("\x7f"
            "ELF\x02\x01\0",
            "1:7: a NUL byte: this is not text, expected UTF-8");
    REFUSED("\xef\xbb\xbf{}", "1:1: the text begins with a byte order mark, expected UTF-8 without one");
    REFUSED("{\n\"Gr\xfc\xdf"
            "e\": 1}",
            "2:4: byte 0xFC is not UTF-8 (is the text in Latin-1?), expected UTF-8");
    REFUSED("\"\xc0\x80\"", "1:2: byte 0xC0 is not UTF-8 (is the text in Latin-1?), expected UTF-8");
    REFUSED("\"\xed\xa0\x80\"", "1:2: byte 0xED is not UTF-8 (is the text in Latin-1?), expected UTF-8");
    REFUSED("\"\xf4\x90\x80\x80\"", "1:2: byte 0xF4 is not UTF-8 (is the text in Latin-1?), expected UTF-8");
    REFUSED("\"\xe2\x82\"", "1:2: byte 0xE2 is not UTF-8 (is the text in Latin-1?), expected UTF-8");
}

Test(json_text, refuses_bad_structure_at_its_place)
{
    REFUSED("{", "1:2: the text ends, expected a key in \"quotes\" or }");
    REFUSED("[1", "1:3: the text ends, expected a comma or ]");
    REFUSED("{\"a\"", "1:5: the text ends, expected a colon after the key");
    REFUSED("{\"a\" 1}", "1:6: \"1\", expected a colon after the key");
    REFUSED("{\"a\": }", "1:7: \"}\", expected a value");
    REFUSED("{\"a\": 1 \"b\": 2}", "1:9: a string, expected a comma or }");
    REFUSED("{\n  \"a\": 1,\n}", "2:9: a comma after the last one, expected none");
    REFUSED("[1, /* none */ ]", "1:3: a comma after the last one, expected none");
    REFUSED("{a: 1}", "1:2: \"a\", expected a key in \"quotes\" or }");
    REFUSED("{\"a\": 1, 'b': 2}", "1:10: \"'\", expected a key in \"quotes\"");
    REFUSED("{} {}", "1:4: \"{\", expected nothing after the end of the scenario");
    REFUSED("[True]", "1:2: a bare word True, expected true, false, null or a string in \"quotes\"");
    REFUSED("[nul]", "1:2: a bare word nul, expected true, false, null or a string in \"quotes\"");
    REFUSED("{} /* for ever", "1:4: the comment never ends, expected */");
    REFUSED("{} /*/", "1:4: the comment never ends, expected */");
    REFUSED("{} / 2", "1:4: a lone /, expected // or /* to begin a comment");
    REFUSED("[\"\xc3\xa9\", \xc3\xa9]", "1:7: \"\xc3\xa9\", expected a value");
}

Test(json_text, refuses_bad_strings)
{
    REFUSED("[\"abc", "1:2: the string never ends, expected \" on the same line");
    REFUSED("[\"abc\n\"]", "1:2: the string never ends, expected \" on the same line");
    REFUSED("[\"a\tb\"]", "1:4: a control character in a string, expected \\t, \\n or \\u00..");
    REFUSED("[\"\\x\"]", "1:4: \"x\", expected one of \" \\ / b f n r t u after \\");
    REFUSED("[\"\\u12g4\"]", "1:7: \"g\", expected four hexadecimal digits after \\u");
    REFUSED("[\"\\u0000\"]", "1:3: \\u0000 in a string, expected a character other than NUL");
    REFUSED("[\"\\ud83d\"]", "1:3: half a surrogate pair, expected \\uDC.. after it");
    REFUSED("[\"\\ud83d\\u0041\"]", "1:3: half a surrogate pair, expected \\uDC.. after it");
    REFUSED("[\"\\ude00\"]", "1:3: half a surrogate pair, expected \\uD8.. before it");
}

Test(json_text, refuses_bad_numbers)
{
    REFUSED("[01]", "1:2: a number with a leading zero, expected it without");
    REFUSED("[-012]", "1:2: a number with a leading zero, expected it without");
    REFUSED("[1.]", "1:4: \"]\", expected a digit after the decimal point");
    REFUSED("[.5]", "1:2: \".\", expected a value");
    REFUSED("[+1]", "1:2: \"+\", expected a value");
    REFUSED("[-]", "1:3: \"]\", expected a digit");
    REFUSED("[1e]", "1:4: \"]\", expected a digit of the exponent");
    REFUSED("[0x10]", "1:3: \"x\", expected a comma or ]");
    REFUSED("[1e999]", "1:2: a number out of range, expected at most 1.7e308");
    REFUSED("[-1e999]", "1:2: a number out of range, expected at most 1.7e308");
    REFUSED("[NaN]", "1:2: a bare word NaN, expected true, false, null or a string in \"quotes\"");
    REFUSED("[1234567890123456789012345678901234567890123456789012345678901]",
            "1:2: a number of more than 60 characters, expected a shorter one");
    REFUSED("{\",\":01e9,", "1:6: a number with a leading zero, expected it without");
}

Test(json_text, has_bounds)
{
    size_t size = SCENARIO_SIZE_MAX + 1;
    char *text = mem_new(size + 1);
    memset(text, ' ', size);
    memcpy(text, "{}", 2);
    cr_assert_str_empty(first_error(text, size - 1));
    cr_assert_str_eq(first_error(text, size), "1:1: 4194305 bytes of text, expected at most 4194304 (4 MiB)");
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    cr_assert_str_empty(first_error(text, 128));
    memset(text, '[', 100000);
    cr_assert_str_eq(first_error(text, 100000), "1:65: nested deeper than 64, expected flatter text");
    text[0] = '[';
    for (size_t i = 1; i < size; i++) text[i] = i % 2 ? '1' : ',';
    text[2 * JSON_VALUES_MAX - 2] = ']';
    cr_assert_str_empty(first_error(text, 2 * JSON_VALUES_MAX - 1));
    text[2 * JSON_VALUES_MAX - 2] = ',';
    cr_assert_str_eq(first_error(text, size - 1), "1:400000: more than 200000 values, expected fewer");
    mem_free(text);
}

Test(json_text, notes_every_duplicate_key_as_it_reads)
{
    static const char text[] = "{\"a\": 1, \"b\": {\"c\": 2, \"c\": 3},\n \"\\u0061\": 4, \"a\": 5, \"A\": 6}";
    struct error_list list = {0};
    struct load_errors errors;
    struct json_text json;
    cr_assert(json_text_parse(&json, text, sizeof text - 1, &list));
    json_text_free(&json);
    error_list_publish(&list, text, sizeof text - 1, &errors);
    cr_assert_eq(errors.count, 3);
    cr_assert_str_eq(errors.items[0].pointer, "/b/c");
    cr_assert(errors.items[0].line == 1 && errors.items[0].column == 24);
    cr_assert_str_eq(errors.items[0].text, "the key \"c\" is there twice, expected it once");
    cr_assert(errors.items[1].line == 2 && errors.items[1].column == 2);
    cr_assert(errors.items[2].line == 2 && errors.items[2].column == 15);
    load_errors_free(&errors);
}

Test(json_text, knows_where_each_value_stood)
{
    static const char text[] = "{ \"a/b\": [10, /* [ */ {\"~\": true}],\n  \"k\": \"v\" }";
    struct error_list list = {0};
    struct json_text json;
    char pointer[JSON_POINTER_MAX];
    cr_assert(json_text_parse(&json, text, sizeof text - 1, &list));
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(json.root, "a/b");
    const cJSON *truth = array->child->next->child, *k = cJSON_GetObjectItemCaseSensitive(json.root, "k");
    cr_assert_eq(json_text_place(&json, json.root)->value, 0);
    cr_assert_eq(json_text_place(&json, json.root)->key, JSON_NO_KEY);
    cr_assert_eq(json_text_place(&json, array)->key, 2);
    cr_assert_eq(json_text_place(&json, array)->value, 9);
    cr_assert_eq(text[json_text_place(&json, truth)->value], 't');
    cr_assert_eq(text + json_text_place(&json, k)->value, strstr(text, "\"v\""));
    cr_assert_str_eq(json_text_pointer(&json, json.root, pointer), "");
    cr_assert_str_eq(json_text_pointer(&json, array->child, pointer), "/a~1b/0");
    cr_assert_str_eq(json_text_pointer(&json, truth, pointer), "/a~1b/1/~0");
    json_text_free(&json);
}

Test(json_text, cuts_long_pointers)
{
    char text[8000] = "", pointer[JSON_POINTER_MAX];
    struct error_list list = {0};
    struct json_text json;
    for (int i = 0; i < 40; i++) {
        strcat(text, "{\"");
        for (int n = 0; n < 45; n++) strcat(text, "\xc3\xa9");
        strcat(text, "\":");
    }
    strcat(text, "1");
    for (int i = 0; i < 40; i++) strcat(text, "}");
    cr_assert(json_text_parse(&json, text, strlen(text), &list));
    json_text_pointer(&json, json.places[json.count - 1].node, pointer);
    cr_assert_lt(strlen(pointer), sizeof pointer);
    cr_assert_str_eq(pointer + strlen(pointer) - 4, "/...");
    json_text_free(&json);
}
