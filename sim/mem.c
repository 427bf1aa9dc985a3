/* sim/mem.c - see sim/mem.h. */
#include "sim/mem.h"

#include "sim/check.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not our bug, but nobody can go on. */
_Noreturn static void out_of_memory(void)
{
    fputs("mxsim: out of memory\n", stderr);
    abort();
}

void *mem_new(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p) out_of_memory();
    return p;
}

void *mem_zero(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p) out_of_memory();
    return p;
}

void *mem_resize(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p) out_of_memory();
    return p;
}

char *mem_text(const char *text, size_t length)
{
    char *to = mem_new(length + 1);
    memcpy(to, text, length);
    to[length] = 0;
    return to;
}

void mem_free(void *p)
{
    free(p);
}

#define ARENA_BLOCK 16384

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a)
{
    a->first = a->current = NULL;
}

void arena_fini(struct arena *a)
{
    for (struct arena_block *b = a->first, *next; b; b = next) {
        next = b->next;
        mem_free(b);
    }
    arena_init(a);
}

void arena_clear(struct arena *a)
{
    for (struct arena_block *b = a->first; b; b = b->next) b->used = 0;
    a->current = a->first;
}

void *arena_new(struct arena *a, size_t size)
{
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    while (a->current && a->current->size - a->current->used < size && a->current->next) a->current = a->current->next;
    if (!a->current || a->current->size - a->current->used < size) {
        size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
        struct arena_block *b = mem_new(sizeof *b + room);
        b->next = NULL;
        b->size = room;
        b->used = 0;
        if (a->current)
            a->current->next = b;
        else
            a->first = b;
        a->current = b;
    }
    void *p = a->current->bytes + a->current->used;
    a->current->used += size;
    return p;
}

void *arena_zero(struct arena *a, size_t count, size_t size)
{
    sim_assert(NULL, size == 0 || count <= SIZE_MAX / size);
    void *p = arena_new(a, count * size);
    memset(p, 0, count * size);
    return p;
}

char *arena_text(struct arena *a, const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(arena_new(a, n), text, n);
}
