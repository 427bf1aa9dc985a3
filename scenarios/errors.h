/* scenarios/errors.h - the mistakes of a text while it is being read: by byte offset, in any order.
 *
 * An error_list is owned by scenario_load. Texts are copied, cleaned of control characters (a key may hold an escape
 * sequence for the terminal) and bounded in number. */
#pragma once
#include "scenarios/load.h"

#include <stdarg.h>

#if defined(__GNUC__)
#define ERRORS_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define ERRORS_FORMAT(text, first)
#endif

#define ERROR_TEXT_MAX 512 /* bytes of one text, with its end; longer ones are cut */

struct found {
    size_t at, order;
    bool warning;
    char *pointer, *text;
};

struct error_list {
    struct found *items;
    size_t count, capacity;
    size_t omitted;  /* not kept */
    size_t errors;   /* without the warnings, with the omitted */
    size_t warnings; /* kept */
};

/* Notes a mistake at byte at. pointer may be null for the whole text. */
void error_list_add(struct error_list *list, size_t at, bool warning, const char *pointer, const char *format,
                    va_list arguments);
void error_list_note(struct error_list *list, size_t at, const char *format, ...) ERRORS_FORMAT(3, 4);

/* May another error still be kept? If not, counts one: nobody need take the trouble to word it. */
bool error_list_has_room(struct error_list *list);

/* Sorts, finds lines and columns in text, moves what is kept to out and leaves list empty. */
void error_list_publish(struct error_list *list, const char *text, size_t size, struct load_errors *out);

/* Writes wrong between quotes into buffer, cut to at most 60 bytes between characters. Returns buffer. */
#define QUOTED_MAX 80
char *quoted(const char *text, char buffer[QUOTED_MAX]);
