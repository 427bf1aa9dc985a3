/* tests/fuzz/fuzz_edit.c - whatever is typed as KEY=VALUE: the edited text loads, or it is said what is wrong; and an
 * edit that was made has done what it says. The input: lines of KEY=VALUE, an empty line, and the text. */
#include "scenarios/edit.h"
#include "sim/mem.h"

#include <string.h>

#define EDITS_MAX 16

/* Not assert: it must hold in every build type. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) __builtin_trap();                                                                            \
    } while (0)

struct input {
    char *head; /* what the edits point into */
    struct scenario_edit edits[EDITS_MAX];
    size_t edit_count;
    const char *text;
    size_t size;
};

static void read_input(struct input *in, const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *end = text + size;
    *in = (struct input){.head = mem_new(size + 1)};
    memcpy(in->head, text, size);
    in->head[size] = '\0';
    while (text < end && in->edit_count < EDITS_MAX) {
        char *line = in->head + (text - (const char *)data);
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        if (!line_end || line_end == text) break;
        line[line_end - text] = '\0';
        char *equals = line + strcspn(line, "=");
        const char *split = scenario_edit_split(line);
        MUST(!split || split >= equals);
        if (split) equals = line + (split - line);
        in->edits[in->edit_count].key = line;
        in->edits[in->edit_count++].value = *equals ? equals + 1 : "";
        *equals = '\0';
        text = line_end + 1;
    }
    if (text < end && *text == '\n') text++;
    in->text = text;
    in->size = (size_t)(end - text);
}

static void check_errors(const struct load_errors *errors, bool loaded, size_t edit_count)
{
    size_t hard = 0;
    MUST(errors->count <= SCENARIO_ERRORS_MAX);
    for (size_t i = 0; i < errors->count; i++) {
        const struct load_error *e = &errors->items[i];
        char line[8192];
        hard += !e->warning;
        MUST(e->edit >= -1 && e->edit < (int)edit_count && (e->edit >= 0) == (e->typed != NULL));
        MUST(e->line == 0 ? e->column == 0 && e->edit >= 0 : e->line >= 1 && e->column >= 1);
        MUST(load_error_print(e, "f", line, sizeof line) < sizeof line);
        MUST(strstr(e->text, "expected") || strstr(e->text, "did you mean"));
        for (const char *p = line; *p; p++) MUST((unsigned char)*p >= 0x20 && *p != 0x7f);
        if (i == 0) continue;
        if (e->line == 0)
            MUST(e[-1].line != 0 || e[-1].edit <= e->edit);
        else
            MUST(e[-1].line != 0 && (e[-1].line < e->line || (e[-1].line == e->line && e[-1].column <= e->column)));
    }
    MUST(loaded ? hard == 0 : hard > 0);
}

/* What was set is there, and to set it again changes nothing. */
static void check_last(const struct edited_text *edited, const struct scenario_edit *last)
{
    struct load_errors errors;
    struct edited_text again;
    if (strcmp(last->value, "null") == 0 || strpbrk(last->value, " \t\r/") || strchr(last->key, '-')) return;
    struct loaded *loaded = scenario_load_edited(edited->text, edited->size, last, 1, &errors, &again);
    MUST(loaded && again.size == edited->size && memcmp(again.text, edited->text, again.size) == 0);
    MUST(again.hash == edited->hash);
    loaded_free(loaded);
    load_errors_free(&errors);
    mem_free(again.text);
    char *value = scenario_value_at(edited->text, edited->size, last->key);
    MUST(value || strchr(last->key, '*'));
    mem_free(value);
}

/* Each key means its value; to set that changes no meaning. */
static void check_keys(const char *text, size_t size)
{
    size_t count;
    struct scenario_key *keys = scenario_keys(text, size, &count);
    for (size_t i = 0; i < count; i += 1 + count / 8) {
        char *value = scenario_value_at(text, size, keys[i].key);
        MUST(value && strcmp(value, keys[i].value) == 0);
        mem_free(value);
    }
    scenario_keys_free(keys, count);
}

/* libFuzzer calls it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in;
    struct load_errors errors;
    struct edited_text edited;
    read_input(&in, data, size);
    struct loaded *loaded = scenario_load_edited(in.text, in.size, in.edits, in.edit_count, &errors, &edited);
    check_errors(&errors, loaded != NULL, in.edit_count);
    MUST(edited.text && edited.hash == scenario_hash(edited.text, edited.size));
    if (in.edit_count == 0) MUST(edited.size == in.size && memcmp(edited.text, in.text, in.size) == 0);
    if (loaded && in.edit_count > 0) check_last(&edited, &in.edits[in.edit_count - 1]);
    if (loaded) check_keys(edited.text, edited.size); /* else keys may be there twice */
    loaded_free(loaded);
    load_errors_free(&errors);
    mem_free(edited.text);
    mem_free(in.head);
    return 0;
}
