/* tests/models/test_retry_rules.c - Exim's retry rules as text. Source: Exim doc/doc-docbook/spec.xfpt, "Retry rules".
 */
#include "models/retry_rules.h"
#include "sim/rng.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define S SIM_SECOND

static struct retry_rules parse(const char *text)
{
    struct retry_rules rules;
    size_t at;
    const char *wrong = retry_rules_parse(text, &rules, &at);
    cr_assert_null(wrong, "%s: %zu: %s", text, at, wrong);
    return rules;
}

static void rule_is(const struct retry_rule *r, enum retry_rule_kind kind, sim_time cutoff, sim_time gap, double factor)
{
    cr_assert(r->kind == kind && r->cutoff == cutoff && r->gap == gap && r->factor == factor);
}

Test(retry_rules, the_rules_of_exims_default_configuration)
{
    struct retry_rules r = parse("F,2h,15m; G,16h,1h,1.5; F,4d,6h");
    cr_assert_eq(r.count, 3);
    rule_is(&r.items[0], RULE_FIXED, 2 * SIM_HOUR, 15 * SIM_MINUTE, 1);
    rule_is(&r.items[1], RULE_GEOMETRIC, 16 * SIM_HOUR, SIM_HOUR, 1.5);
    rule_is(&r.items[2], RULE_FIXED, 4 * SIM_DAY, 6 * SIM_HOUR, 1);
}

Test(retry_rules, blanks_and_a_last_semicolon_mean_nothing)
{
    struct retry_rules r = parse("  H , 1d , 10m , 2 ;\tF,2d,1h ; ");
    cr_assert_eq(r.count, 2);
    rule_is(&r.items[0], RULE_RANDOM, SIM_DAY, 10 * SIM_MINUTE, 2);
    rule_is(&r.items[1], RULE_FIXED, 2 * SIM_DAY, SIM_HOUR, 1);
}

Test(retry_rules, times_have_units_in_falling_order_and_seconds_without)
{
    static const struct {
        const char *text;
        sim_time span;
    } rows[] = {{"1w2d3h4m5s", ((((7 + 2) * 24 + 3) * 60 + 4) * 60 + 5) * S},
                {"85", 85 * S},
                {"1h30", (3600 + 30) * S},
                {"90m", 5400 * S},
                {"2w", 14 * SIM_DAY}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        snprintf(text, sizeof text, "F,%s,1s", rows[i].text);
        cr_assert_eq(parse(text).items[0].cutoff, rows[i].span, "%s", text);
    }
}

/* Exim keeps a factor in thousandths: what comes after the third decimal is dropped. */
Test(retry_rules, a_factor_has_three_decimals)
{
    cr_assert_eq(parse("G,1d,1m,1.2385").items[0].factor, 1.238);
    cr_assert_eq(parse("G,1d,1m,2").items[0].factor, 2);
    cr_assert_eq(parse("G,1d,1m,2.").items[0].factor, 2);
    cr_assert_eq(parse("G,1d,1m,1000").items[0].factor, 1000);
}

Test(retry_rules, a_mistake_is_found_where_it_stands)
{
    static const struct {
        const char *text;
        size_t at;
        const char *wrong;
    } rows[] = {
        {"", 0, "is no rule, expected F, G or H"},
        {";", 0, "is no rule, expected F, G or H"},
        {"f,2h,15m", 0, "is no rule, expected F, G or H"},
        {"F,2h,15m; Q,1d,1h", 10, "is no rule, expected F, G or H"},
        {"F 2h,15m", 2, "stands where a comma is expected"},
        {"F,,15m", 2, "is no time, expected one such as 15m or 1h30m"},
        {"F,2h 15m", 5, "stands where a comma and a time are expected"},
        {"F,2h,", 5, "is no time, expected one such as 15m or 1h30m"},
        {"F,-2h,15m", 2, "is no time, expected one such as 15m or 1h30m"},
        {"F,2h,15x", 7, "stands where ; or the end is expected"},
        {"F,30m1h,15m", 5, "has its units out of order, expected w, d, h, m, s from the left"},
        {"F,2h2h,15m", 4, "has its units out of order, expected w, d, h, m, s from the left"},
        {"F,2h,0s", 5, "would try again at once and never end, expected a time above 0s"},
        {"F,2h,15m,1.5", 8, "stands where ; or the end is expected"},
        {"G,2h,15m", 8, "stands where a comma and a factor are expected"},
        {"G,2h,15m,", 9, "is no factor, expected a number such as 1.5"},
        {"G,2h,15m,x", 9, "is no factor, expected a number such as 1.5"},
        {"G,2h,15m,0.999", 9, "makes the waits shorter and shorter, expected a factor of at least 1"},
        {"G,2h,15m,1001", 9, "is too large a factor, expected at most 1000"},
        {"F,2h,15m; F,2h,30m", 10,
         "is never reached: its cut-off is not after that of the rule before, expected a later one"},
        {"F,99999999999h,15m", 2, "is too long a time"},
        {"F,900000h,15m", 2, "is too long a time"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct retry_rules rules = {.count = 2385};
        size_t at = 0;
        const char *wrong = retry_rules_parse(rows[i].text, &rules, &at);
        cr_assert(wrong && strcmp(wrong, rows[i].wrong) == 0, "%s: %s", rows[i].text, wrong ? wrong : "accepted");
        cr_assert_eq(at, rows[i].at, "%s: at %zu", rows[i].text, at);
        cr_assert_eq(rules.count, 2385, "a mistake changes nothing");
    }
}

Test(retry_rules, sixteen_rules_and_no_more)
{
    char text[512] = "";
    for (int i = 1; i <= 17; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%sF,%dh,1m", i > 1 ? ";" : "", i);
        struct retry_rules rules;
        size_t at;
        const char *wrong = retry_rules_parse(text, &rules, &at);
        if (i <= 16)
            cr_assert(!wrong && rules.count == (uint32_t)i);
        else
            cr_assert(wrong && strstr(wrong, "at most 16"), "%s", wrong);
    }
}

Test(retry_rules, text_is_as_short_as_exims)
{
    static const char *const rows[] = {"F,2h,15m; G,16h,1h,1.5; F,4d,6h", "H,1w1d1h1m1s,1s,1",
                                       "G,1d,1s,1.05; H,2d,1m,1000", "G,1d,1s,1.238"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[RETRY_RULES_TEXT];
        struct retry_rules rules = parse(rows[i]);
        cr_assert_str_eq(retry_rules_text(&rules, text), rows[i]);
    }
}

/* What is written is read again, the same. */
Test(retry_rules, text_and_rules_go_round)
{
    struct rng luck;
    rng_open(&luck, 2385, 0, 8532);
    for (int round = 0; round < 2000; round++) {
        struct retry_rules rules = {.count = 1 + (uint32_t)rng_below(&luck, 16)};
        sim_time cutoff = 0;
        for (uint32_t i = 0; i < rules.count; i++) {
            cutoff += (1 + (sim_time)rng_below(&luck, 1000000)) * S;
            enum retry_rule_kind kind = (enum retry_rule_kind)rng_below(&luck, 3);
            double factor = kind == RULE_FIXED ? 1 : 1 + (double)rng_below(&luck, 5000) / 1000;
            rules.items[i] = (struct retry_rule){kind, cutoff, (1 + (sim_time)rng_below(&luck, 1000000)) * S, factor};
        }
        char text[RETRY_RULES_TEXT];
        struct retry_rules again = parse(retry_rules_text(&rules, text));
        cr_assert_eq(again.count, rules.count, "%s", text);
        for (uint32_t i = 0; i < rules.count; i++) {
            const struct retry_rule *r = &rules.items[i];
            cr_assert(again.items[i].kind == r->kind && again.items[i].cutoff == r->cutoff, "%s", text);
            cr_assert_eq(again.items[i].gap, r->gap, "%s", text);
            cr_assert_float_eq(again.items[i].factor, r->factor, 1e-12, "%s: %.10g", text, r->factor);
        }
    }
}
