/* tests/scenarios/test_value.c - the small texts: spans, rates, shares, domains, addresses, names. */
#include "scenarios/value.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

Test(value, reads_durations_exactly)
{
    static const struct {
        const char *text;
        sim_time span;
    } rows[] = {
        {"0s", 0},
        {"7ns", 7},
        {"250us", 250000},
        {"40ms", 40000000},
        {"2.5s", 2500000000},
        {"5m", 300 * SIM_SECOND},
        {"1h30m", 5400 * SIM_SECOND},
        {"5d", 5 * SIM_DAY},
        {"2w3d4h5m6s7ms8us9ns", 2 * SIM_WEEK + 3 * SIM_DAY + 4 * SIM_HOUR + 5 * SIM_MINUTE + 6 * SIM_SECOND + 7008009},
        {"0.1s", 100000000},
        {"1.5h", 5400 * SIM_SECOND},
        {"0.000000001s", 1},
        {"1.5h2.25m", 5535 * SIM_SECOND},
        {"007m", 7 * SIM_MINUTE},
        {"36525d", SIM_LONGEST},
        {"3155760000000000000ns", SIM_LONGEST},
        {"3155759999999999999ns", SIM_LONGEST - 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sim_time span = -1;
        const char *wrong = value_duration(rows[i].text, &span);
        cr_assert_null(wrong, "%s %s", rows[i].text, wrong);
        cr_assert_eq(span, rows[i].span, "%s gave %" PRId64, rows[i].text, span);
    }
}

Test(value, says_what_is_wrong_with_a_duration)
{
    static const char *const rows[][2] = {
        {"", "is empty"},
        {"5", "has no unit"},
        {"1h5", "has no unit"},
        {"-5m", "is negative"},
        {"-", "is not a duration"},
        {"five minutes", "is not a duration"},
        {" 5m", "is not a duration"},
        {"5 m", "is not a duration"},
        {"5m ", "is not a duration"},
        {"1,5s", "is not a duration"},
        {"+5m", "is not a duration"},
        {"1.s", "is not a duration"},
        {".5s", "is not a duration"},
        {"1e3s", "has an unknown unit"},
        {"5min", "has an unknown unit"},
        {"5M", "has an unknown unit"},
        {"1y", "has an unknown unit"},
        {"30m1h", "has its units out of order"},
        {"1h1h", "has its units out of order"},
        {"0.5ns", "is finer than a nanosecond"},
        {"0.3333333333333333d", "is finer than a nanosecond"},
        {"1.0000000001s", "is finer than a nanosecond"},
        {"36525d1ns", "is longer than 100 years"},
        {"5218w", "is longer than 100 years"},
        {"9223372036854775807ns", "is longer than 100 years"},
        {"99999999999999999999999999999999w", "is longer than 100 years"},
        {"36525d36525d", "has its units out of order"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sim_time span = 2385;
        const char *wrong = value_duration(rows[i][0], &span);
        cr_assert_not_null(wrong, "%s is taken for good", rows[i][0]);
        cr_assert_str_eq(wrong, rows[i][1], "%s: %s", rows[i][0], wrong);
        cr_assert_eq(span, 2385, "%s changed the result", rows[i][0]);
    }
}

/* The second method: the text that sim/vtime.h writes for people reads back as the same span. */
Test(value, reads_back_what_is_printed)
{
    for (sim_time t = 1; t < SIM_LONGEST / 3; t = t * 2 + 385) {
        char first[32], second[32];
        sim_time span = -1;
        sim_time_text(t, first);
        cr_assert_null(value_duration(first, &span), "%s", first);
        cr_assert_str_eq(sim_time_text(span, second), first);
    }
}

Test(value, reads_numbers)
{
    double x = -1;
    cr_assert_null(value_number("0.001", &x));
    cr_assert_eq(x, 0.001);
    cr_assert_null(value_number("2385", &x));
    cr_assert_eq(x, 2385);
    cr_assert_null(value_number("0", &x));
    cr_assert_eq(x, 0);
    static const char *const rows[][2] = {
        {"", "is not a number"},    {".5", "is not a number"},  {"5.", "is not a number"},
        {"1e3", "is not a number"}, {"12s", "is not a number"}, {"-1", "is negative"},
        {"nan", "is not a number"}, {"0x1", "is not a number"}, {"1234567890123456", "has too many digits"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *wrong = value_number(rows[i][0], &x);
        cr_assert_not_null(wrong, "%s is taken for good", rows[i][0]);
        cr_assert_str_eq(wrong, rows[i][1], "%s: %s", rows[i][0], wrong);
        cr_assert_eq(x, 0, "%s changed the result", rows[i][0]);
    }
}

Test(value, reads_rates)
{
    double rate = 0;
    cr_assert_null(value_rate("60/h", &rate));
    cr_assert_eq(rate, 60.0 / 3600);
    cr_assert_null(value_rate("2.385/s", &rate));
    cr_assert_eq(rate, 2.385);
    cr_assert_null(value_rate("100/d", &rate));
    cr_assert_eq(rate, 100.0 / 86400);
    cr_assert_null(value_rate("1/w", &rate));
    cr_assert_eq(rate, 1.0 / 604800);
    static const char *const rows[][2] = {
        {"", "is not a rate"},
        {"0/h", "is zero"},
        {"0.0/s", "is zero"},
        {"-2/s", "is negative"},
        {"60", "has no unit"},
        {"60/", "has an unknown unit"},
        {"60/hour", "has an unknown unit"},
        {"60/ms", "has an unknown unit"},
        {"60 /h", "is not a rate"},
        {"60/h ", "has an unknown unit"},
        {"1e3/h", "is not a rate"},
        {"h", "is not a rate"},
        {"1./h", "is not a rate"},
        {"1.2.3/h", "is not a rate"},
        {"1234567890123456/s", "has too many digits"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *wrong = value_rate(rows[i][0], &rate);
        cr_assert_not_null(wrong, "%s is taken for good", rows[i][0]);
        cr_assert_str_eq(wrong, rows[i][1], "%s: %s", rows[i][0], wrong);
    }
    cr_assert_eq(rate, 1.0 / 604800, "a wrong rate changes nothing");
}

Test(value, reads_percentages)
{
    double share = 0;
    cr_assert_null(value_percent("3%", &share));
    cr_assert_eq(share, 0.03);
    cr_assert_null(value_percent("0.5%", &share));
    cr_assert_eq(share, 0.005);
    cr_assert_null(value_percent("100%", &share));
    cr_assert_eq(share, 1);
    static const char *const rows[][2] = {
        {"100.1%", "is more than 100%"}, {"-3%", "is negative"},   {"0.03", "is a number in quotes"},
        {"3 %", "is not a share"},       {"%", "is not a share"},  {"", "is not a share"},
        {"3%%", "is not a share"},       {"a%", "is not a share"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *wrong = value_percent(rows[i][0], &share);
        cr_assert_not_null(wrong, "%s is taken for good", rows[i][0]);
        cr_assert_str_eq(wrong, rows[i][1], "%s: %s", rows[i][0], wrong);
    }
}

Test(value, knows_domain_names)
{
    char label[80], name[300] = "";
    memset(label, 'a', 63);
    label[63] = '\0';
    for (int i = 0; i < 3; i++) strcat(strcat(name, label), ".");
    label[61] = '\0';
    strcat(name, label);
    label[61] = 'a';
    cr_assert_eq(strlen(name), 253);
    cr_assert_null(value_domain(name));
    cr_assert_str_eq(value_domain(strcat(name, "a")), "is longer than 253 bytes");
    cr_assert_null(value_domain("example.com"));
    cr_assert_null(value_domain("xn--bcher-kva._tcp.8.example"));
    cr_assert_str_eq(value_domain(strcat(label, "a")), "has a label longer than 63 bytes");
    cr_assert_str_eq(value_domain("example.com."), "ends with a dot");
    cr_assert_str_eq(value_domain(".example"), "has an empty label");
    cr_assert_str_eq(value_domain("a..b"), "has an empty label");
    cr_assert_str_eq(value_domain(""), "is empty");
    cr_assert_str_eq(value_domain("Example.com"), "is not in lower case");
    cr_assert_str_eq(value_domain("b\xc3\xbc"
                                  "cher.example"),
                     "is not ASCII (write xn--...)");
    cr_assert_str_eq(value_domain("a b"), "has a character that no domain name has");
}

Test(value, knows_addresses)
{
    int at = -1;
    cr_assert_null(value_address("joe@example.com", &at));
    cr_assert_eq(at, 3);
    cr_assert_null(value_address("Ann.Lee+x{y}@EXAMPLE.com", &at));
    cr_assert_eq(at, 12);
    static const char *const rows[][2] = {
        {"", "is empty"},
        {"joe", "has no @"},
        {"@example.com", "has nothing before the @"},
        {"joe@", "has nothing after the @"},
        {"joe@example.com.", "ends with a dot"},
        {".joe@example.com", "has a dot in the wrong place"},
        {"joe.@example.com", "has a dot in the wrong place"},
        {"j..oe@example.com", "has a dot in the wrong place"},
        {"j oe@example.com", "has a character that no address has"},
        {"<joe@example.com>", "has a character that no address has"},
        {"joe@bob@example.com", "has a character that no address has"},
        {"joe@[192.0.2.1]", "has a character that no domain name has"},
        {"a123456789b123456789c123456789d123456789e123456789f123456789g1234@example.com",
         "has more than 64 bytes before the @"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *wrong = value_address(rows[i][0], &at);
        cr_assert_not_null(wrong, "%s is taken for good", rows[i][0]);
        cr_assert_str_eq(wrong, rows[i][1], "%s: %s", rows[i][0], wrong);
    }
    char text[400] = "joe@";
    memset(text + 4, 'a', 300);
    cr_assert_str_eq(value_address(text, &at), "has a domain longer than 253 bytes");
}

Test(value, knows_names)
{
    char text[102];
    memset(text, 'n', 101);
    text[101] = '\0';
    cr_assert_str_eq(value_name(text), "is longer than 100 bytes");
    cr_assert_null(value_name(text + 1));
    cr_assert_null(value_name("B\xc3\xbcro 1"));
    cr_assert_str_eq(value_name(""), "is empty");
    cr_assert_str_eq(value_name(" a"), "begins or ends with a blank");
    cr_assert_str_eq(value_name("a\x1b[31m"), "has a control character");
}
