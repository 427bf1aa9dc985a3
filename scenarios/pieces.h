/* scenarios/pieces.h - a text in which edits were made: its bytes, and where each of them came from.
 *
 * An edit is a set of splices: stretches of the text, each replaced by other bytes. All else stays as it was, so that
 * whatever stood in the text before still has its line there. */
#pragma once
#include <stddef.h>

#define PIECE_ORIGINAL (-1) /* not an edit: the text before all of them */

/* A stretch of the text, from its byte at to the next piece, that lay from byte from on in the original text; or that
 * an edit put there. */
struct piece {
    size_t at, from;
    int edit;
};

/* Owns all it points to. The text is ended by a NUL that does not count. */
struct pieces {
    char *text;
    size_t size;
    struct piece *items;
    size_t count, capacity;
};

/* One splice: [from, to) of the text becomes [begin, end) of the bytes. */
struct splice {
    size_t from, to, begin, end;
};

/* Splices in the order of the text, none of which overlaps another. Zeroed: none. */
struct splices {
    struct splice *items;
    size_t count, capacity;
    char *bytes;
    size_t size, room; /* of bytes */
};

/* Where a byte came from. at is its offset in the original text, or in all that an edit put. */
struct origin {
    int edit;
    size_t at;
};

/* A copy of text[0 .. size), all of it original. The caller frees it with pieces_free. */
struct pieces pieces_of(const char *text, size_t size);
/* old after the splices, which edit makes. The caller frees it, and old. */
struct pieces pieces_spliced(const struct pieces *old, const struct splices *splices, int edit);
/* at may be the end of the text. */
struct origin pieces_origin(const struct pieces *pieces, size_t at);
void pieces_free(struct pieces *pieces);

/* Begins a splice: from is not before the end of the last one. What is put next goes there. */
void splices_open(struct splices *splices, size_t from, size_t to);
void splices_put(struct splices *splices, const char *bytes, size_t size);
void splices_put_text(struct splices *splices, const char *text);
/* Puts text as JSON: in quotes, escaped. */
void splices_put_string(struct splices *splices, const char *text);
void splices_free(struct splices *splices);
