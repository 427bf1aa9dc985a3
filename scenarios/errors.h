/* scenarios/errors.h - the mistakes of a text while it is being read: by byte offset, in any order.
 *
 * An error_list is owned by scenario_load. Texts are copied, cleaned of control characters (a key may hold an escape
 * sequence for the terminal) and bounded in number. Where edits were made in the text, a mistake is kept by where its
 * byte came from: the text before, or one of the edits. */
#pragma once
#include "scenarios/edit.h"
#include "scenarios/pieces.h"

#include <stdarg.h>

#if defined(__GNUC__)
#define ERRORS_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define ERRORS_FORMAT(text, first)
#endif

#define ERROR_TEXT_MAX 4096 /* bytes of one text, with its end; longer ones are cut */

struct found {
    size_t at, order; /* at: in what it lies in */
    int inside;       /* the edit that it lies in; PIECE_ORIGINAL: the text before all edits */
    int since;        /* if it lies in that text: the edit that brought it about; PIECE_ORIGINAL: none */
    bool warning;
    char *pointer, *text;
};

/* Zeroed: empty, of a text without edits. */
struct error_list {
    const struct pieces *pieces;       /* the text that is being read; null: it was not edited */
    const struct scenario_edit *edits; /* which found.inside and since number, to be published */
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

/* Notes a mistake of an edit that could not be made. pointer is how far it came; null is the whole text. */
void error_list_note_edit(struct error_list *list, int edit, const char *pointer, const char *format, ...)
    ERRORS_FORMAT(4, 5);

/* Was byte at put there by an edit? */
bool error_list_in_edit(const struct error_list *list, size_t at);

/* Sorts, finds lines and columns in text (the one before all edits), moves what is kept to out, leaves list empty. */
void error_list_publish(struct error_list *list, const char *text, size_t size, struct load_errors *out);
void error_list_free(struct error_list *list); /* if it is not published */

/* Writes wrong between quotes into buffer, cut to at most 60 bytes between characters. Returns buffer. */
#define QUOTED_MAX 80
char *quoted(const char *text, char buffer[QUOTED_MAX]);
