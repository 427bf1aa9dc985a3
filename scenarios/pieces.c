/* scenarios/pieces.c - see scenarios/pieces.h. */
#include "scenarios/pieces.h"

#include "sim/check.h"
#include "sim/mem.h"

#include <stdio.h>
#include <string.h>

/* The next bytes of pieces, which has room for them, came from there. */
static void add(struct pieces *pieces, const char *bytes, size_t size, struct origin origin)
{
    if (size == 0) return;
    if (pieces->count == pieces->capacity) {
        pieces->capacity = pieces->capacity ? pieces->capacity * 2 : 8;
        pieces->items = mem_resize(pieces->items, pieces->capacity * sizeof *pieces->items);
    }
    pieces->items[pieces->count++] = (struct piece){pieces->size, origin.at, origin.edit};
    memcpy(pieces->text + pieces->size, bytes, size);
    pieces->size += size;
}

struct pieces pieces_of(const char *text, size_t size)
{
    struct pieces pieces = {.text = mem_new(size + 1)};
    add(&pieces, text, size, (struct origin){PIECE_ORIGINAL, 0});
    pieces.text[size] = '\0';
    return pieces;
}

/* Adds [from, to) of old with its origins. *piece is at most the piece that from lies in, and is moved on. */
static void keep(struct pieces *pieces, const struct pieces *old, size_t *piece, size_t from, size_t to)
{
    while (from < to) {
        while (*piece + 1 < old->count && old->items[*piece + 1].at <= from) ++*piece;
        const struct piece *p = &old->items[*piece];
        size_t end = *piece + 1 < old->count ? old->items[*piece + 1].at : old->size;
        if (end > to) end = to;
        add(pieces, old->text + from, end - from, (struct origin){p->edit, p->from + (from - p->at)});
        from = end;
    }
}

struct pieces pieces_spliced(const struct pieces *old, const struct splices *splices, int edit)
{
    struct pieces pieces = {.text = mem_new(old->size + splices->size + 1)};
    size_t at = 0, piece = 0;
    for (size_t i = 0; i < splices->count; i++) {
        const struct splice *s = &splices->items[i];
        keep(&pieces, old, &piece, at, s->from);
        if (s->end > s->begin)
            add(&pieces, splices->bytes + s->begin, s->end - s->begin, (struct origin){edit, s->begin});
        at = s->to;
    }
    keep(&pieces, old, &piece, at, old->size);
    pieces.text[pieces.size] = '\0';
    return pieces;
}

struct origin pieces_origin(const struct pieces *pieces, size_t at)
{
    size_t low = 0, high = pieces->count; /* the piece is in [low, high) */
    if (high == 0) return (struct origin){PIECE_ORIGINAL, 0};
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (pieces->items[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    const struct piece *p = &pieces->items[low];
    return (struct origin){p->edit, p->from + (at - p->at)};
}

void pieces_free(struct pieces *pieces)
{
    mem_free(pieces->text);
    mem_free(pieces->items);
    *pieces = (struct pieces){0};
}

void splices_open(struct splices *splices, size_t from, size_t to)
{
    sim_assert(NULL, from <= to && (splices->count == 0 || splices->items[splices->count - 1].to <= from));
    if (splices->count == splices->capacity) {
        splices->capacity = splices->capacity ? splices->capacity * 2 : 8;
        splices->items = mem_resize(splices->items, splices->capacity * sizeof *splices->items);
    }
    splices->items[splices->count++] = (struct splice){from, to, splices->size, splices->size};
}

void splices_put(struct splices *splices, const char *bytes, size_t size)
{
    sim_assert(NULL, splices->count > 0);
    if (splices->size + size > splices->room) {
        splices->room = (splices->size + size) * 2;
        splices->bytes = mem_resize(splices->bytes, splices->room);
    }
    if (size) memcpy(splices->bytes + splices->size, bytes, size);
    splices->size += size;
    splices->items[splices->count - 1].end = splices->size;
}

void splices_put_text(struct splices *splices, const char *text)
{
    splices_put(splices, text, strlen(text));
}

void splices_put_string(struct splices *splices, const char *text)
{
    splices_put(splices, "\"", 1);
    for (; *text; text++) {
        char escape[8];
        int size = 0;
        if (*text == '"' || *text == '\\')
            size = snprintf(escape, sizeof escape, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            size = snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unsigned char)*text);
        splices_put(splices, size ? escape : text, size ? (size_t)size : 1);
    }
    splices_put(splices, "\"", 1);
}

void splices_free(struct splices *splices)
{
    mem_free(splices->bytes);
    mem_free(splices->items);
    *splices = (struct splices){0};
}
