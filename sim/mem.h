/* sim/mem.h - memory that never is null: what cannot be had ends the program (exit code 3), as no caller could go on.
 */
#pragma once
#include <stddef.h>

/* size bytes, not cleared; size 0 gives one byte. The caller frees with mem_free. */
void *mem_new(size_t size);
/* count * size bytes, cleared; an overflowing product ends the program. */
void *mem_zero(size_t count, size_t size);
/* As realloc; old may be null. */
void *mem_resize(void *old, size_t size);
/* A copy of the first length bytes of text, ended by a NUL. The caller frees it. */
char *mem_text(const char *text, size_t length);
/* As free; null is fine. */
void mem_free(void *p);

/* An arena: memory that is given back as a whole. Blocks are kept for the next round by arena_clear. */
struct arena_block;
struct arena {
    struct arena_block *first, *current;
};
void arena_init(struct arena *a);
void arena_fini(struct arena *a);
/* Gives all back, keeps the blocks. */
void arena_clear(struct arena *a);
/* size bytes, aligned for any object, not cleared; valid until arena_clear or arena_fini. */
void *arena_new(struct arena *a, size_t size);
/* The same, cleared, for count objects. */
void *arena_zero(struct arena *a, size_t count, size_t size);
/* A copy of text up to its end. */
char *arena_text(struct arena *a, const char *text);
