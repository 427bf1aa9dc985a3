/* Tests of sim/load.h: sums by hand, and any changes against a level's (sim/level.h), which is another way to count. */
#include "sim/level.h"
#include "sim/load.h"
#include "sim/rng.h"

#include <criterion/criterion.h>
#include <math.h>

#define S SIM_SECOND

static void near(double got, double expected, const char *what)
{
    cr_assert(fabs(got - expected) <= 1e-9 * (1 + fabs(expected)), "%s: %.15g, expected %.15g", what, got, expected);
}

Test(load, a_run_by_hand)
{
    struct load l;
    load_start(&l, 10 * S, 2);
    load_up(&l, 3 * S);    /* 1 during [3, 5) */
    load_up(&l, 5 * S);    /* 2 during [5, 12): all */
    load_down(&l, 12 * S); /* 1 during [12, 57) */
    load_up(&l, 57 * S);   /* 2 to the end */
    struct load_sum sum = load_end(&l, 60 * S);
    near(sum.mean, (2 + 14 + 45 + 6) / 60.0, "mean");
    near(sum.busiest, (4 + 9) / 10.0, "the second stretch: 2 * 2 + 8; the last one: 7 + 2 * 3");
    cr_assert_eq(sum.peak, 2);
    near(sum.full, (7 + 3) / 60.0, "full");
}

Test(load, what_is_never_used_is_nothing)
{
    struct load l;
    load_start(&l, S, 1);
    struct load_sum sum = load_end(&l, 1000 * S);
    cr_assert(sum.mean == 0 && sum.busiest == 0 && sum.peak == 0 && sum.full == 0);
}

/* A stretch that the run's end cuts short counts as if nothing were used after that. */
Test(load, long_rest_and_a_short_last_stretch)
{
    struct load l;
    load_start(&l, 10 * S, LOAD_NO_LIMIT);
    load_up(&l, 4 * S);
    struct load_sum sum = load_end(&l, 95 * S);
    near(sum.mean, 91 / 95.0, "mean");
    near(sum.busiest, 1, "busiest");
    cr_assert_eq(sum.full, 0);
    load_start(&l, 10 * S, LOAD_NO_LIMIT);
    load_up(&l, 94 * S);
    near(load_end(&l, 95 * S).busiest, 0.1, "one second of ten");
}

/* More than the limit is full as well. */
Test(load, above_the_limit)
{
    struct load l;
    load_start(&l, 10 * S, 1);
    for (int i = 1; i <= 3; i++) load_up(&l, i * S); /* 1 s: at the limit */
    for (int i = 4; i <= 6; i++) load_down(&l, i * S);
    near(load_end(&l, 10 * S).full, 0.5, "from 1 s to 6 s");
}

/* 200 runs of random changes: whatever a level says, a load says. */
Test(load, agrees_with_a_level)
{
    enum { BINS = 40 };
    for (uint64_t run = 0; run < 200; run++) {
        struct rng r;
        struct load l;
        struct level other;
        double areas[BINS] = {0}, most = 0, full = 0;
        sim_time now = 0, end = BINS * S;
        rng_open(&r, 2385, run, 0);
        load_start(&l, S, 3);
        level_start(&other, S, areas, BINS);
        for (;;) {
            sim_time gap = (sim_time)rng_below(&r, run % 2 ? S / 4 : 7 * S);
            if (rng_below(&r, 8) == 0) gap = 0;
            if (rng_below(&r, 8) == 0) gap = S - now % S; /* to the end of a stretch */
            if (now + gap > end) break;
            if (other.value >= 3) full += sim_time_seconds(gap);
            now += gap;
            bool up = other.value == 0 || rng_below(&r, 2);
            level_change(&other, now, up ? 1 : -1);
            up ? load_up(&l, now) : load_down(&l, now);
        }
        if (other.value >= 3) full += sim_time_seconds(end - now);
        level_advance(&other, end);
        for (int i = 0; i < BINS; i++) most = areas[i] > most ? areas[i] : most;
        struct load_sum sum = load_end(&l, end);
        near(sum.mean, other.area / BINS, "mean");
        near(sum.busiest, most, "busiest");
        near(sum.full, full / BINS, "full");
        cr_assert_eq(sum.peak, other.peak);
    }
}

/* 6 that sink by 2 a second are gone after 3 s; above 4 for 1 s. */
Test(load, what_sinks)
{
    struct load l;
    load_start(&l, 2 * S, LOAD_NO_LIMIT);
    load_sink(&l, 0, 10 * S, 6, 2, 4);
    struct load_sum sum = load_end(&l, 10 * S);
    near(sum.mean, 9 / 10.0, "6 * 3 / 2 in 10 s");
    near(sum.busiest, 8 / 2.0, "of the first 2 s: 6 to 2");
    near(sum.full, 0.1, "full");
    load_start(&l, 3 * S, LOAD_NO_LIMIT);
    load_sink(&l, 0, 4 * S, 5, 0, 4.5);        /* 5 for 4 s, full */
    load_sink(&l, 4 * S, 6 * S, 8, 1, 7);      /* 8 to 6 in 2 s, full for one */
    load_sink(&l, 6 * S, 9 * S, 0.25, 0.5, 1); /* gone after half a second */
    sum = load_end(&l, 9 * S);
    near(sum.mean, (20 + 14 + 0.0625) / 9, "mean");
    near(sum.busiest, (5 + 14) / 3.0, "from 3 s to 6 s");
    near(sum.full, 5 / 9.0, "full");
}

/* A hundred years of millions in use: no sum overflows. */
Test(load, long_and_much)
{
    struct load l;
    sim_time century = 100 * 365 * SIM_DAY;
    load_start(&l, century / 480, 1000);
    for (int i = 0; i < 1000000; i++) load_up(&l, 0);
    struct load_sum sum = load_end(&l, century);
    near(sum.mean, 1e6, "mean");
    near(sum.busiest, 1e6, "busiest");
    near(sum.full, 1, "full");
    load_start(&l, century / 480, LOAD_NO_LIMIT);
    load_sink(&l, 0, century, 1e9, 0, 1);
    near(load_end(&l, century).mean, 1e9, "questions");
}
