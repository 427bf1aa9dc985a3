/* scenarios/errors.c - see scenarios/errors.h. */
#include "scenarios/errors.h"

#include "scenarios/utf8.h"
#include "sim/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than are published, because they do not come in the order of the text. Most of it is for errors. */
#define KEPT_MAX ((size_t)4 * SCENARIO_ERRORS_MAX)

/* Replaces what could command a terminal: C0, DEL and C1 (U+0080 to U+009F, in UTF-8 C2 80 to C2 9F). And what a cut
 * has left of a character. */
static void make_printable(char *text)
{
    size_t left = strlen(text), n;
    for (unsigned char *p = (unsigned char *)text; left > 0; p += n, left -= n) {
        n = utf8_length((char *)p, left);
        /* Control characters, and those that turn the direction of writing: U+202A..E, U+2066..9, U+200E..F. */
        bool turns = n == 3 && p[0] == 0xe2 &&
                     ((p[1] == 0x80 && ((p[2] >= 0xaa && p[2] <= 0xae) || p[2] == 0x8e || p[2] == 0x8f)) ||
                      (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
        if (n == 0 || turns || *p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] <= 0x9f)) {
            n = 1;
            *p = '?';
        }
    }
}

/* Cuts text after at most size bytes, between two characters. */
static size_t cut_length(const char *text, size_t size)
{
    size_t n = strlen(text);
    if (n <= size) return n;
    for (n = size; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;) n--;
    return n;
}

static char *copy_printable(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = mem_new(n);
    memcpy(copy, text, n);
    make_printable(copy);
    return copy;
}

bool error_list_has_room(struct error_list *list)
{
    if (list->count < KEPT_MAX) return true;
    list->errors++;
    list->omitted++;
    return false;
}

static void add(struct error_list *list, struct origin origin, bool warning, const char *pointer, const char *format,
                va_list arguments)
{
    if (warning ? list->warnings == SCENARIO_ERRORS_MAX : list->count == KEPT_MAX) {
        list->omitted++;
        list->errors += !warning;
        return;
    }
    list->errors += !warning;
    list->warnings += warning;
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        list->items = mem_resize(list->items, list->capacity * sizeof *list->items);
    }
    char text[ERROR_TEXT_MAX];
    int length = vsnprintf(text, sizeof text, format, arguments);
    if (length >= (int)sizeof text) text[cut_length(text, sizeof text - 2)] = '\0';
    list->items[list->count] = (struct found){.at = origin.at,
                                              .order = list->count,
                                              .inside = origin.edit,
                                              .since = PIECE_ORIGINAL,
                                              .warning = warning,
                                              .pointer = copy_printable(pointer ? pointer : ""),
                                              .text = copy_printable(text)};
    list->count++;
}

static struct origin origin_of(const struct error_list *list, size_t at)
{
    return list->pieces ? pieces_origin(list->pieces, at) : (struct origin){PIECE_ORIGINAL, at};
}

void error_list_add(struct error_list *list, size_t at, bool warning, const char *pointer, const char *format,
                    va_list arguments)
{
    add(list, origin_of(list, at), warning, pointer, format, arguments);
}

void error_list_note(struct error_list *list, size_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_list_add(list, at, false, NULL, format, arguments);
    va_end(arguments);
}

void error_list_note_edit(struct error_list *list, int edit, const char *pointer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(list, (struct origin){edit, 0}, false, pointer, format, arguments);
    va_end(arguments);
}

bool error_list_in_edit(const struct error_list *list, size_t at)
{
    return origin_of(list, at).edit != PIECE_ORIGINAL;
}

/* The text before all edits first, then the edits in their order. */
static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if ((x->inside == PIECE_ORIGINAL) != (y->inside == PIECE_ORIGINAL)) return x->inside == PIECE_ORIGINAL ? -1 : 1;
    if (x->inside != y->inside) return x->inside < y->inside ? -1 : 1;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* Which to keep when there are too many: errors before warnings, else a file of warnings would hide its one error. */
static void drop_warnings(struct error_list *list)
{
    size_t kept = 0, surplus = list->count > SCENARIO_ERRORS_MAX ? list->count - SCENARIO_ERRORS_MAX : 0;
    for (size_t i = 0; i < list->count; i++) {
        if (surplus > 0 && list->items[i].warning) {
            mem_free(list->items[i].pointer);
            mem_free(list->items[i].text);
            list->omitted++;
            surplus--;
        } else {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

/* KEY=VALUE, for people: each cut to at most 100 bytes. */
static char *typed_text(const struct scenario_edit *edit)
{
    enum { SHOWN = 100 };
    char text[2 * SHOWN + 16];
    size_t key = cut_length(edit->key, SHOWN), value = cut_length(edit->value, SHOWN);
    snprintf(text, sizeof text, "%.*s%s=%.*s%s", (int)key, edit->key, edit->key[key] ? "..." : "", (int)value,
             edit->value, edit->value[value] ? "..." : "");
    return copy_printable(text);
}

static struct load_error published(const struct error_list *list, const struct found *found, int line, int column)
{
    bool inside = found->inside != PIECE_ORIGINAL;
    int edit = inside ? found->inside : found->since;
    return (struct load_error){.line = inside ? 0 : line,
                               .column = inside ? 0 : column,
                               .edit = edit,
                               .warning = found->warning,
                               .pointer = found->pointer,
                               .text = found->text,
                               .typed = edit == PIECE_ORIGINAL ? NULL : typed_text(&list->edits[edit])};
}

void error_list_publish(struct error_list *list, const char *text, size_t size, struct load_errors *out)
{
    if (list->count) qsort(list->items, list->count, sizeof *list->items, compare_found);
    drop_warnings(list);
    size_t kept = list->count < SCENARIO_ERRORS_MAX ? list->count : SCENARIO_ERRORS_MAX;
    *out = (struct load_errors){mem_zero(kept, sizeof *out->items), kept, list->omitted + (list->count - kept)};
    size_t at = 0;
    int line = 1, column = 1;
    for (size_t i = 0; i < list->count; i++) {
        const struct found *found = &list->items[i];
        if (i >= kept) {
            mem_free(found->pointer);
            mem_free(found->text);
            continue;
        }
        for (; found->inside == PIECE_ORIGINAL && at < found->at && at < size; at++) {
            if (text[at] == '\n') {
                line++;
                column = 1;
            } else if (((unsigned char)text[at] & 0xc0) != 0x80) {
                column++;
            }
        }
        out->items[i] = published(list, found, line, column);
    }
    mem_free(list->items);
    *list = (struct error_list){0};
}

void error_list_free(struct error_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        mem_free(list->items[i].pointer);
        mem_free(list->items[i].text);
    }
    mem_free(list->items);
    *list = (struct error_list){0};
}

void load_errors_free(struct load_errors *errors)
{
    if (!errors) return;
    for (size_t i = 0; i < errors->count; i++) {
        mem_free(errors->items[i].pointer);
        mem_free(errors->items[i].text);
        mem_free(errors->items[i].typed);
    }
    mem_free(errors->items);
    *errors = (struct load_errors){0};
}

size_t load_error_print(const struct load_error *error, const char *file, char *buffer, size_t size)
{
    const char *colon = error->pointer[0] ? ": " : "", *warning = error->warning ? "warning: " : "";
    int length;
    if (error->line == 0)
        length =
            snprintf(buffer, size, "%s: %s: %s%s%s%s", file, error->typed, error->pointer, colon, warning, error->text);
    else
        length = snprintf(buffer, size, "%s:%d:%d: %s%s%s%s%s%s%s", file, error->line, error->column, error->pointer,
                          colon, warning, error->text, error->typed ? " (with " : "", error->typed ? error->typed : "",
                          error->typed ? ")" : "");
    return length < 0 ? 0 : (size_t)length;
}

char *quoted(const char *text, char buffer[QUOTED_MAX])
{
    size_t n = cut_length(text, 60);
    snprintf(buffer, QUOTED_MAX, "\"%.*s%s\"", (int)n, text, text[n] ? "..." : "");
    return buffer;
}
