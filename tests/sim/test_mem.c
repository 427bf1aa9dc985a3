/* tests/sim/test_mem.c - the arena, and memory that never is null. */
#include "sim/mem.h"
#include "sim/rng.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define PIECES 2385

Test(mem, arena_pieces_are_aligned_and_do_not_overlap)
{
    struct arena a;
    struct rng r;
    unsigned char *pieces[PIECES];
    size_t sizes[PIECES];
    arena_init(&a);
    rng_open(&r, 2385, 0, 1);
    for (size_t i = 0; i < PIECES; i++) {
        sizes[i] = rng_below(&r, i % 100 == 0 ? 100000 : 300);
        pieces[i] = arena_new(&a, sizes[i]);
        cr_assert_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        memset(pieces[i], (int)(i % 251), sizes[i]);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < sizes[i]; k++) cr_assert_eq(pieces[i][k], i % 251, "piece %zu byte %zu", i, k);
    arena_fini(&a);
}

Test(mem, arena_gives_the_same_memory_again_after_clear)
{
    struct arena a;
    void *first[50];
    arena_init(&a);
    for (int i = 0; i < 50; i++) first[i] = arena_new(&a, 2385);
    arena_clear(&a);
    for (int i = 0; i < 50; i++) cr_assert_eq(arena_new(&a, 2385), first[i]);
    arena_fini(&a);
}

Test(mem, arena_that_was_cleared_before_use_works)
{
    struct arena a;
    arena_init(&a);
    arena_clear(&a);
    cr_assert_not_null(arena_new(&a, 17));
    arena_fini(&a);
}

Test(mem, arena_zero_is_zero_also_where_the_arena_was_written_before)
{
    struct arena a;
    arena_init(&a);
    memset(arena_new(&a, 8532), 0xa5, 8532);
    arena_clear(&a);
    const uint32_t *words = arena_zero(&a, 2133, sizeof *words);
    for (size_t i = 0; i < 2133; i++) cr_assert_eq(words[i], 0);
    arena_fini(&a);
}

Test(mem, arena_text_is_a_copy)
{
    struct arena a;
    char text[] = "mx1.example.org";
    arena_init(&a);
    char *copy = arena_text(&a, text), *empty = arena_text(&a, "");
    text[2] = '2';
    cr_assert_str_eq(copy, "mx1.example.org");
    cr_assert_str_eq(empty, "");
    arena_fini(&a);
}

Test(mem, zero_and_resize_keep_what_they_promise)
{
    uint64_t *p = mem_zero(2385, sizeof *p);
    for (size_t i = 0; i < 2385; i++) {
        cr_assert_eq(p[i], 0);
        p[i] = i * 8532;
    }
    p = mem_resize(p, 100000 * sizeof *p);
    for (size_t i = 0; i < 2385; i++) cr_assert_eq(p[i], i * 8532);
    mem_free(p);
    mem_free(NULL);
    void *nothing = mem_new(0);
    cr_assert_not_null(nothing);
    mem_free(nothing);
}

Test(mem, an_overflowing_product_ends_the_program, .signal = SIGABRT)
{
    struct arena a;
    volatile size_t count = SIZE_MAX / 8;
    arena_init(&a);
    arena_zero(&a, count, 2385);
}
