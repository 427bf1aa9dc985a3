/* Tests of sim/level.h: a level's integral, bin by bin, against sums by hand. */
#include "sim/level.h"

#include <criterion/criterion.h>
#include <math.h>

#define S SIM_SECOND

Test(level, the_integral_is_cut_at_the_bins)
{
    double areas[4] = {0};
    struct level l;
    level_start(&l, 10 * S, areas, 4);
    level_change(&l, 3 * S, 2);   /* 2 during [3, 12) */
    level_change(&l, 12 * S, 5);  /* 7 during [12, 31) */
    level_change(&l, 31 * S, -6); /* 1 during [31, 95) */
    level_advance(&l, 95 * S);
    const double expected[4] = {14, 2 * 2 + 7 * 8, 70, 7 + 64};
    for (int i = 0; i < 4; i++) cr_assert(fabs(areas[i] - expected[i]) < 1e-9, "bin %d: %g", i, areas[i]);
    cr_assert(fabs(l.area - (14 + 60 + 70 + 71)) < 1e-9);
}

Test(level, the_peak_is_the_first_moment_at_the_top)
{
    double areas[1] = {0};
    struct level l;
    level_start(&l, S, areas, 1);
    level_change(&l, 2385 * SIM_MS, 3);
    level_change(&l, 5 * S, -2);
    level_change(&l, 7 * S, 2);
    cr_assert_eq(l.peak, 3);
    cr_assert_eq(l.peak_at, 2385 * SIM_MS);
    cr_assert_eq(l.value, 3);
}
