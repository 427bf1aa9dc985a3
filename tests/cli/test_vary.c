/* tests/cli/test_vary.c - lists and ranges of values. */
#include "cli/vary.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char joined[4096];

/* The values of text with " " between, or what is wrong with it. */
static const char *read(const char *text)
{
    struct variation v;
    char why[256];
    joined[0] = 0;
    if (!vary_read(text, &v, why, sizeof why)) {
        snprintf(joined, sizeof joined, "wrong: %s", why);
        return joined;
    }
    for (uint32_t i = 0; i < v.count; i++) {
        if (i) strcat(joined, " ");
        strcat(joined, v.values[i]);
    }
    vary_free(&v);
    return joined;
}

static void expect(const char *text, const char *values)
{
    cr_assert_str_eq(read(text), values, "%s: got %s, expected %s", text, joined, values);
}

static void expect_wrong(const char *text, const char *part)
{
    cr_assert(strncmp(read(text), "wrong: ", 7) == 0 && strstr(joined, part), "%s: got %s, expected a mistake with %s",
              text, joined, part);
}

Test(vary, a_list_is_taken_as_it_is_typed)
{
    expect("k=5m,1h,1d", "5m 1h 1d");
    expect("mtas.sender.profile=postfix,exim", "postfix exim");
    expect("k={\"uniform\": [\"1h\", \"2h\"]},{\"exponential\":\"1h\"}",
           "{\"uniform\": [\"1h\", \"2h\"]} {\"exponential\":\"1h\"}");
    expect("k=\"a,b\",c", "\"a,b\" c");
    expect("k=null,1", "null 1");
}

Test(vary, a_range_has_both_its_ends)
{
    expect("k=1..5", "1 2 3 4 5");
    expect("k=1..9:3", "1 5 9");
    expect("k=1..100:log:3", "1 10 100");
    expect("k=1h..7d:log:3", "1h 12h57m40s 7d");
    expect("k=0s..1h:lin:3", "0s 30m 1h");
    expect("k=1%..10%:log:3", "1% 3.162% 10%");
    expect("k=10/h..1000/h:log:3", "10/h 100/h 1000/h");
    expect("k=0.5..1.5:3", "0.5 1 1.5");
    expect("k=1m,1h..3h:3", "1m 1h 2h 3h");
}

Test(vary, whole_numbers_that_rounding_makes_equal_come_once)
{
    expect("k=1..4:log:8", "1 2 3 4");
}

Test(vary, what_is_wrong_is_said)
{
    expect_wrong("k", "no values in \"k\"");
    expect_wrong("=1", "no key");
    expect_wrong("k=", "a value is missing");
    expect_wrong("k=a,,b", "a value is missing");
    expect_wrong("k=7d..1h:8", "an inverted range \"7d..1h:8\", expected the lower end first: 1h..7d");
    expect_wrong("k=1h..1h:8", "an empty range");
    expect_wrong("k=1h..7d", "no count");
    expect_wrong("k=1h..7d:log", "no count");
    expect_wrong("k=1h..7d:log:1", "2 to 100000 values");
    expect_wrong("k=1h..7d:log:99999999999999999999", "a count that cannot be");
    expect_wrong("k=1h..7:8", "ends that are not two");
    expect_wrong("k=a..b:8", "ends that are not two");
    expect_wrong("k=0s..7d:log:8", "equal factors from zero");
    expect_wrong("k=1..9999999", "too many values");
    expect_wrong("k=1h,2h,1h", "there twice");
}

Test(vary, values_of_one_kind_have_numbers)
{
    struct variation v;
    char why[256];
    cr_assert(vary_read("k=5m,1h", &v, why, sizeof why));
    cr_assert_eq(v.kind, VARY_DURATIONS);
    cr_assert_float_eq(v.numbers[1], 3600, 0);
    vary_free(&v);
    cr_assert(vary_read("k=5m,3", &v, why, sizeof why));
    cr_assert_eq(v.kind, VARY_WORDS);
    vary_free(&v);
}

Test(vary, a_range_of_whole_seconds_stays_whole_and_within)
{
    expect("k=1m..1h:log:4", "1m 3m55s 15m20s 1h"); /* TTLs have no fractions */
    expect("k=10h4s..10h13s:4", "10h4s 10h7s 10h10s 10h13s");
    expect("k=1s..2s:3", "1s 1s500ms 2s");
    expect("k=1%..1.01%:3", "1% 1.005% 1.01%");
    expect("k=1000.5..1001.5:3", "1000.5 1001 1001.5");
}

Test(vary, ends_too_large_for_a_double_are_refused)
{
    expect_wrong("k=1..9999999999999999999999999999999999999999999999999999999999999999999999999999999:3", "too large");
    expect_wrong("k=-1e308..1e308:3", "too large");
    expect_wrong("k=1e16..2e16:3", "too large");
}

Test(vary, the_key_ends_where_that_of_set_does)
{
    struct variation v;
    char why[256];
    cr_assert(vary_read("mtas.\"a=b\".profile=exim,postfix", &v, why, sizeof why));
    cr_assert_str_eq(v.key, "mtas.\"a=b\".profile");
    vary_free(&v);
}
