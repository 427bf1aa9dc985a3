/* tests/cli/test_axis.c - a key and its row of values. */
#include "cli/axis.h"

#include "scenarios/value.h"

#include <criterion/criterion.h>
#include <string.h>

static struct axis axis_of(const char *typed)
{
    struct axis a;
    cr_assert(axis_read(&a, typed), "%s", typed);
    for (int64_t i = 1; i < a.count; i++) cr_assert_lt(a.values[i - 1], a.values[i], "%s: %d", typed, (int)i);
    return a;
}

static void is_text(const struct axis *a, int64_t i, const char *text)
{
    char buf[64];
    cr_assert_str_eq(axis_text(a, i, buf), text);
}

Test(axis, whole_numbers_are_taken_one_by_one)
{
    struct axis a = axis_of("mtas.sender.default_process_limit=2..40");
    cr_assert_str_eq(a.key, "mtas.sender.default_process_limit");
    cr_assert(a.exact && a.count == 39);
    is_text(&a, 0, "2");
    is_text(&a, 38, "40");
    axis_free(&a);
}

Test(axis, a_step_makes_the_row_and_the_end_is_always_in_it)
{
    struct axis a = axis_of("k=6h..5d:12h");
    cr_assert(a.exact && a.count == 11);
    is_text(&a, 0, "6h");
    is_text(&a, 1, "18h");
    is_text(&a, 9, "4d18h");
    is_text(&a, 10, "5d");
    axis_free(&a);
    a = axis_of("k=0.5%..2%:0.25%");
    cr_assert_eq(a.count, 7);
    is_text(&a, 1, "0.75%");
    is_text(&a, 6, "2%");
    axis_free(&a);
    a = axis_of("k=10/h..100/h:7/h");
    is_text(&a, 1, "17/h");
    is_text(&a, a.count - 1, "100/h");
    axis_free(&a);
}

/* Two steps are never more than the tolerance. */
Test(axis, a_wide_row_is_laid_out_by_hundredths_of_the_value)
{
    static const char *const wide[] = {"k=1s..30d", "k=1h..2h:log", "k=0.001..1", "k=1%..10%", "k=1ms..1h"};
    for (size_t n = 0; n < sizeof wide / sizeof *wide; n++) {
        struct axis a = axis_of(wide[n]);
        cr_assert(!a.exact && a.relative, "%s", wide[n]);
        for (int64_t i = 2; i < a.count; i++)
            cr_assert_leq((double)(a.values[i] - a.values[i - 2]), 0.0101 * (double)a.values[i], "%s: %d", wide[n],
                          (int)i);
        cr_assert_lt(a.count, 6000);
        axis_free(&a);
    }
}

Test(axis, a_narrow_row_is_laid_out_by_hundredths_of_the_range)
{
    static const char *const narrow[] = {"k=6h..2d", "k=0s..5d", "k=5%..10%", "k=0.2..0.9", "k=0..50000"};
    for (size_t n = 0; n < sizeof narrow / sizeof *narrow; n++) {
        struct axis a = axis_of(narrow[n]);
        double range = (double)(a.values[a.count - 1] - a.values[0]);
        cr_assert(!a.exact && !a.relative, "%s", narrow[n]);
        cr_assert_leq((double)a.tolerance, 0.01 * range);
        for (int64_t i = 2; i < a.count; i++)
            cr_assert_leq(a.values[i] - a.values[i - 2], a.tolerance, "%s: %d", narrow[n], (int)i);
        axis_free(&a);
    }
}

Test(axis, every_span_is_read_again_as_it_is_written)
{
    struct axis a = axis_of("k=1ns..100d");
    for (int64_t i = 0; i < a.count; i++) {
        char buf[64];
        sim_time t;
        cr_assert_null(value_duration(axis_text(&a, i, buf), &t), "%s", buf);
        cr_assert_eq(t, a.values[i]);
    }
    axis_free(&a);
}

Test(axis, names_in_quotes_may_hold_an_equals_sign)
{
    struct axis a = axis_of("mtas.\"a=b\".default_process_limit=1..3");
    cr_assert_str_eq(a.key, "mtas.\"a=b\".default_process_limit");
    axis_free(&a);
}

Test(axis, what_is_no_row_is_refused)
{
    static const char *const bad[] = {
        "",
        "k",
        "k=",
        "=1..2",
        "k=1",
        "k=1,2,3",
        "k=1..",
        "k=..2",
        "k=2..1",
        "k=1..1",
        "k=1..2d",
        "k=1h..2",
        "k=1%..2",
        "k=1/h..2/m",
        "k=-1..2",
        "k=1..2x",
        "k=1...2",
        "k=a..b",
        "k=1..2:",
        "k=1..9:0",
        "k=1..9:10",
        "k=1h..2h:5",
        "k=1..9:1h",
        "k=0s..1h:log",
        "k=0s..1d:1ns",
        "k=99999999999999999999..999999999999999999999",
        "k=1..9:log:8",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct axis a;
        cr_assert_not(axis_read(&a, bad[i]), "%s", bad[i]);
        axis_free(&a);
    }
}
