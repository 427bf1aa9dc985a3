/* Tests of sim/pool.h: numbers taken and given back. */
#include "sim/pool.h"

#include <criterion/criterion.h>

Test(pool, numbers_stay_valid_when_it_grows)
{
    struct pool p;
    pool_init(&p, sizeof(uint64_t));
    for (uint64_t i = 0; i < 1000; i++) {
        uint32_t n = pool_take(&p);
        cr_assert_eq(n, i);
        cr_assert_eq(((uint64_t *)p.items)[n], 0);
        ((uint64_t *)p.items)[n] = i * i;
    }
    for (uint64_t i = 0; i < 1000; i++) cr_assert_eq(((uint64_t *)p.items)[i], i * i);
    pool_fini(&p);
}

Test(pool, what_is_given_back_is_taken_again_and_cleared)
{
    struct pool p;
    pool_init(&p, 12);
    uint32_t a = pool_take(&p), b = pool_take(&p);
    ((char *)p.items)[a * 12 + 11] = 85;
    pool_give(&p, a);
    pool_give(&p, b);
    cr_assert_eq(pool_take(&p), b);
    cr_assert_eq(pool_take(&p), a);
    cr_assert_eq(((char *)p.items)[a * 12 + 11], 0);
    cr_assert_eq(p.count, 2);
    pool_fini(&p);
}

Test(pool, clear_keeps_the_memory)
{
    struct pool p;
    pool_init(&p, 8);
    for (int i = 0; i < 100; i++) pool_take(&p);
    void *items = p.items;
    pool_clear(&p);
    for (int i = 0; i < 100; i++) pool_take(&p);
    cr_assert_eq(p.items, items);
    pool_fini(&p);
}
