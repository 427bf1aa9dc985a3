/* tests/sim/test_hist.c - the log-linear histogram: every bin holds what it says, and clearing leaves nothing. */
#include "sim/hist.h"
#include "sim/mem.h"
#include "sim/rng.h"

#include <criterion/criterion.h>
#include <string.h>

static struct hist *hist_zero(void)
{
    struct hist *h = mem_zero(1, sizeof *h);
    hist_init(h);
    return h;
}

Test(hist, every_bin_begins_where_the_one_before_ends)
{
    for (uint32_t b = 0; b + 1 < HIST_BINS; b++) {
        sim_time low = hist_bin_low(b), next = hist_bin_low(b + 1);
        cr_assert_lt(low, next, "bin %u", b);
        cr_assert_eq(hist_bin(low), b);
        cr_assert_eq(hist_bin(next - 1), b);
    }
    cr_assert_eq(hist_bin_low(0), 0);
}

Test(hist, a_bin_is_at_most_a_128th_of_its_values_wide)
{
    for (uint32_t b = 0; b + 1 < HIST_BINS; b++) {
        sim_time low = hist_bin_low(b), width = hist_bin_low(b + 1) - low;
        cr_assert(width == 1 || width <= low / 128, "bin %u: width %ld at %ld", b, (long)width, (long)low);
    }
}

Test(hist, the_longest_time_has_a_bin)
{
    cr_assert_lt(hist_bin(SIM_NEVER), HIST_BINS);
    cr_assert_lt(hist_bin(SIM_LONGEST), HIST_BINS);
    cr_assert_leq(hist_bin_low(hist_bin(SIM_LONGEST)), SIM_LONGEST);
}

Test(hist, a_value_lies_in_its_bin_wherever_it_is)
{
    struct rng r;
    rng_open(&r, 2385, 0, 1);
    for (int i = 0; i < 100000; i++) {
        sim_time t = (sim_time)(rng_bits(&r) >> (1 + rng_below(&r, 63)));
        uint32_t b = hist_bin(t);
        cr_assert_leq(hist_bin_low(b), t);
        if (b + 1 < HIST_BINS) cr_assert_gt(hist_bin_low(b + 1), t);
    }
}

Test(hist, adding_counts_and_notes_least_and_most)
{
    struct hist *h = hist_zero();
    cr_assert_gt(h->low, h->high, "an empty histogram has no bins");
    const sim_time values[] = {2385 * SIM_US, 8532, 2385 * SIM_US, 3 * SIM_HOUR};
    for (unsigned i = 0; i < 4; i++) hist_add(h, values[i]);
    cr_assert_eq(h->count, 4);
    cr_assert_eq(h->least, 8532);
    cr_assert_eq(h->most, 3 * SIM_HOUR);
    cr_assert_eq(h->low, hist_bin(8532));
    cr_assert_eq(h->high, hist_bin(3 * SIM_HOUR));
    cr_assert_eq(h->bins[hist_bin(2385 * SIM_US)], 2);
    mem_free(h);
}

Test(hist, a_cleared_histogram_equals_a_new_one)
{
    struct hist *h = hist_zero(), *fresh = hist_zero();
    for (sim_time t = 1; t < SIM_DAY; t = t * 23 / 8 + 1) hist_add(h, t);
    cr_assert_neq(memcmp(h, fresh, sizeof *h), 0);
    hist_clear(h);
    cr_assert_eq(memcmp(h, fresh, sizeof *h), 0);
    hist_clear(h);
    cr_assert_eq(memcmp(h, fresh, sizeof *h), 0, "clearing twice does no harm");
    mem_free(h);
    mem_free(fresh);
}

Test(hist, eight_bins_make_a_rough_one)
{
    struct rough_hist *h = mem_zero(1, sizeof *h), *fresh = mem_zero(1, sizeof *fresh);
    rough_hist_init(h);
    rough_hist_init(fresh);
    struct rng r;
    rng_open(&r, 2385, 0, 2);
    for (int i = 0; i < 10000; i++) {
        sim_time t = (sim_time)(rng_bits(&r) >> (1 + rng_below(&r, 63)));
        rough_hist_add(h, t);
        uint32_t b = hist_bin(t) / 8;
        cr_assert_gt(h->bins[b], 0);
        cr_assert(h->low <= b && b <= h->high && h->least <= t && h->most >= t);
        if (b + 1 == ROUGH_BINS) continue;
        sim_time low = hist_bin_low(8 * b), width = hist_bin_low(8 * b + 8) - low;
        cr_assert(width == 8 || width <= low / 16, "bin %u", b);
    }
    uint64_t sum = 0;
    for (uint32_t b = 0; b < ROUGH_BINS; b++) sum += h->bins[b];
    cr_assert(sum == h->count && sum == 10000);
    rough_hist_clear(h);
    cr_assert_eq(memcmp(h, fresh, sizeof *h), 0);
    mem_free(h);
    mem_free(fresh);
}
