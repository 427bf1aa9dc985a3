/* tests/cli/test_require.c - requirements as typed. */
#include "cli/require.h"

#include <criterion/criterion.h>
#include <string.h>

Test(require, all_forms_are_read)
{
    static const struct {
        const char *typed, *metric, *op, *text;
        double bound;
    } good[] = {
        {"latency.p99 < 15m", "latency.p99", "<", "latency.p99 < 15m", 900},
        {"latency.p99<15m", "latency.p99", "<", "latency.p99 < 15m", 900},
        {"  latency.p99  <=  1h30m  ", "latency.p99", "<=", "latency.p99 <= 1h30m", 5400},
        {"bounce_rate < 0.1%", "bounce_rate", "<", "bounce_rate < 0.1%", 0.001},
        {"bounce_rate<0.001", "bounce_rate", "<", "bounce_rate < 0.001", 0.001},
        {"delivered_rate >= 99.9%", "delivered_rate", ">=", "delivered_rate >= 99.9%", 0.999},
        {"attempts > 2.5", "attempts", ">", "attempts > 2.5", 2.5},
        {"messages>=1", "messages", ">=", "messages >= 1", 1},
        {"latency.p50 <= 0s", "latency.p50", "<=", "latency.p50 <= 0s", 0},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct requirement r;
        cr_assert(requirement_read(&r, good[i].typed), "%s", good[i].typed);
        cr_assert_str_eq(metrics[r.target.metric].name, good[i].metric);
        cr_assert_str_eq(requirement_op(&r), good[i].op);
        cr_assert_str_eq(r.text, good[i].text);
        cr_assert_float_eq(r.target.bound, good[i].bound, 1e-15);
    }
}

Test(require, what_cannot_be_meant_is_refused)
{
    static const char *const bad[] = {
        "",
        " ",
        "latency.p99",
        "latency.p99 15m",
        "latency.p99 = 15m",
        "latency.p99 == 15m",
        "latency.p99 <",
        "latency.p99 < 15",
        "latency.p99 < -1m",
        "latency.p99 < 15x",
        "latency.p99 < 15m and more",
        "latency.p98 < 15m",
        "< 15m",
        "bounce_rate < 5",
        "bounce_rate < 101%",
        "bounce_rate < -1%",
        "bounce_rate < 0",
        "bounce_rate <= 0",
        "bounce_rate >= 0%",
        "bounce_rate > 100%",
        "delivered_rate >= 100%",
        "delivered_rate <= 1",
        "attempts < 0",
        "attempts >= 0",
        "attempts < 1e3",
        "attempts < nan",
        "attempts < 2m",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct requirement r;
        cr_assert_not(requirement_read(&r, bad[i]), "%s", bad[i]);
    }
}

static bool agree(const char *a, const char *b, const char *c)
{
    struct requirement r[3];
    const char *typed[] = {a, b, c};
    uint32_t n = 0;
    while (n < 3 && typed[n]) {
        cr_assert(requirement_read(&r[n], typed[n]), "%s", typed[n]);
        n++;
    }
    return requirements_agree(r, n);
}

Test(require, contradictions_are_found)
{
    cr_assert_not(agree("latency.p99 < 1m", "latency.p99 > 2m", NULL));
    cr_assert_not(agree("latency.p99 > 2m", "latency.p99 < 1m", NULL));
    cr_assert_not(agree("latency.p99 >= 1m", "latency.p99 < 1m", NULL));
    cr_assert_not(agree("latency.p50 > 2m", "latency.p99 < 1m", NULL));
    cr_assert_not(agree("first_try_rate > 90%", "delivered_rate < 80%", NULL));
    cr_assert_not(agree("delivered_rate > 99%", "bounce_rate > 5%", NULL));
    cr_assert_not(agree("delivered_rate < 20%", "bounce_rate < 20%", "queued_rate < 20%"));
    cr_assert(agree("latency.p99 >= 1m", "latency.p99 <= 1m", NULL));
    cr_assert(agree("latency.p99 > 1m", "latency.p99 < 2m", NULL));
    cr_assert(agree("latency.p50 < 1m", "latency.p99 > 2m", NULL));
    cr_assert(agree("delivered_rate > 94%", "bounce_rate > 5%", NULL));
    cr_assert(agree("delivered_rate > 99%", "bounce_rate < 1%", "latency.p99 < 15m"));
}
