/* tests/cli/test_precision.c - what --precision understands, when it has runs enough, and what it says of it. */
#include "cli/precision.h"
#include "tests/laws/one_outage.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* ---- reading ---- */

Test(precision, reads_widths_in_the_units_of_their_metrics)
{
    static const struct {
        const char *text, *metric;
        double asked;
        bool relative;
    } rows[] = {
        {"bounce_rate=5%", "bounce_rate", 0.05, true},         {"latency.mean=0.5%", "latency.mean", 0.005, true},
        {"latency.mean=±30s", "latency.mean", 30, false},      {"latency.p99 = ± 1h30m", "latency.p99", 5400, false},
        {"latency.mean=+-250ms", "latency.mean", 0.25, false}, {"latency.mean=+/-1m", "latency.mean", 60, false},
        {"bounce_rate=±0.1%", "bounce_rate", 0.001, false},    {"bounce_rate=±0.001", "bounce_rate", 0.001, false},
        {"attempts=±0.05", "attempts", 0.05, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct precision p;
        char why[256];
        cr_assert(precision_read(rows[i].text, &p, why, sizeof why), "%s: %s", rows[i].text, why);
        cr_assert_str_eq(metrics[p.metric].name, rows[i].metric);
        cr_assert_float_eq(p.goal.asked, rows[i].asked, 1e-15);
        cr_assert_eq(p.goal.relative, rows[i].relative);
    }
}

Test(precision, says_what_is_wrong)
{
    static const char *const rows[][2] = {
        {"bounce_rate", "\"bounce_rate\" has no =, expected METRIC=5% or METRIC=±30s"},
        {"latency.p95=5%", "no metric is called \"latency.p95\", did you mean \"latency.p90\"?"},
        {"latency.mean=30s", "\"30s\" of latency.mean is not a share, expected 5% (of the value) or such as ±30s"},
        {"latency.mean=±5%", "\"±5%\" of latency.mean is not a duration, expected 5% (of the value) or such as ±30s"},
        {"latency.mean=±30", "\"±30\" of latency.mean has no unit, expected 5% (of the value) or such as ±30s"},
        {"bounce_rate=0%",
         "\"0%\" of bounce_rate is zero, which no number of runs reaches, expected 5% (of the value) or "
         "such as ±0.1%"},
        {"bounce_rate=±0",
         "\"±0\" of bounce_rate is zero, which no number of runs reaches, expected 5% (of the value) or "
         "such as ±0.1%"},
        {"attempts=±x", "\"±x\" of attempts is not a number, expected 5% (of the value) or such as ±0.5"},
        {"attempts=-5%", "\"-5%\" of attempts is negative, expected 5% (of the value) or such as ±0.5"},
        {"attempts=", "\"\" of attempts is not a share, expected 5% (of the value) or such as ±0.5"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct precision p;
        char why[256] = "";
        cr_assert(!precision_read(rows[i][0], &p, why, sizeof why), "%s is taken for good", rows[i][0]);
        cr_assert_str_eq(why, rows[i][1], "%s: %s", rows[i][0], why);
    }
    char why[256], longest[1000];
    struct precision p;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    cr_assert(!precision_read(longest, &p, why, sizeof why) && strstr(why, "is too long"));
}

/* ---- running on ---- */

struct outcome {
    struct result *result;
    struct stopping_answer answers[3];
    uint64_t looks;
};

/* As a program does it: on and on until enough. */
static struct outcome run_on(const struct tiny *t, const struct precision *p, size_t count, uint64_t limit)
{
    struct outcome o = {.result = result_new(&t->spec)};
    struct world *w = world_new(&t->spec);
    struct tally *tally = tally_new(&t->spec);
    for (uint64_t next; (next = precision_next(p, count, o.result, limit, o.answers)) > o.result->runs; o.looks++)
        while (o.result->runs < next) {
            world_run(w, 2385, o.result->runs, tally);
            result_add(o.result, tally);
        }
    tally_free(tally);
    world_free(w);
    return o;
}

static struct precision precision_of(const char *text)
{
    struct precision p;
    char why[256];
    cr_assert(precision_read(text, &p, why, sizeof why), "%s", why);
    return p;
}

static const char *words(const struct precision *p, const struct outcome *o, size_t i, uint64_t limit)
{
    static char text[512];
    puts(precision_words(&p[i], &o->answers[i], o->result->runs, limit, text, sizeof text));
    return text;
}

Test(precision, runs_on_until_all_that_was_asked_is_reached)
{
    static struct tiny t;
    one_outage_world(&t, &ONE_OUTAGE);
    const struct precision p[] = {precision_of("bounce_rate=20%"), precision_of("latency.mean=±5m"),
                                  precision_of("latency.p90=15%")};
    struct outcome o = run_on(&t, p, 3, 1000000);
    for (int i = 0; i < 3; i++) {
        struct estimate e = result_metric(o.result, p[i].metric);
        cr_assert_eq(o.answers[i].state, STOPPING_MET);
        cr_assert_eq(o.answers[i].half, stopping_half(&e), "an answer to the last look");
        cr_assert(stopping_half(&e) <= p[i].goal.asked * (p[i].goal.relative ? e.value : 1));
        cr_assert(strstr(words(p, &o, (size_t)i, 1000000), " reached, ±"));
    }
    /* p90 needs most: alone it stops at the same checkpoint. */
    struct outcome alone = run_on(&t, &p[2], 1, 1000000);
    printf("%d runs, %d looks\n", (int)o.result->runs, (int)o.looks);
    cr_assert_eq(alone.result->runs, o.result->runs);
    cr_assert(o.result->runs > 400 && o.result->runs < 1500 && o.looks < 9);
    result_free(alone.result);
    result_free(o.result);
}

Test(precision, at_the_limit_says_how_many_runs_are_wanting)
{
    static struct tiny t;
    one_outage_world(&t, &ONE_OUTAGE);
    const struct precision p[] = {precision_of("latency.mean=3%"), precision_of("delivered_rate=±5%")};
    struct outcome o = run_on(&t, p, 2, 1000);
    cr_assert_eq(o.result->runs, 1000);
    cr_assert_eq(o.answers[0].state, STOPPING_MORE);
    cr_assert_eq(o.answers[1].state, STOPPING_MET);
    const char *text = words(p, &o, 0, 1000);
    cr_assert(strncmp(text, "latency.mean: ±", 16) == 0 && strstr(text, "±3 % asked, after 1,000 runs: about "), "%s",
              text);
    /* It keeps its word: with so many it is reached, or nearly. */
    double need = o.answers[0].need;
    struct outcome more = run_on(&t, p, 1, (uint64_t)(need * 1.1));
    cr_assert_eq(more.answers[0].state, STOPPING_MET);
    cr_assert((double)more.result->runs > need * 0.8, "%g of %g", (double)more.result->runs, need);
    result_free(more.result);
    result_free(o.result);
}

/* All is well in this world: nothing bounces. */
Test(precision, what_can_never_be_reached_is_said_early)
{
    static struct tiny t;
    tiny_init(&t, "postfix", "unbound", 1, 1);
    const struct precision p[] = {precision_of("bounce_rate=5%"), precision_of("bounce.p50=±1h")};
    struct outcome o = run_on(&t, &p[0], 1, 100000);
    cr_assert(o.result->runs < 400, "5 %% takes 1,537 bounces: %d", (int)o.result->runs);
    cr_assert_eq(o.answers[0].why, STOPPING_ZERO);
    cr_assert(strstr(words(p, &o, 0, 100000), "±5 % of it is out of reach of 100,000 runs, ask for such as ±0.1%"));
    result_free(o.result);
    o = run_on(&t, p, 2, 100000);
    cr_assert(o.result->runs < 25000, "20 are the least for a quantile: %d", (int)o.result->runs);
    cr_assert_eq(o.answers[0].why, STOPPING_ZERO);
    cr_assert_eq(o.answers[1].why, STOPPING_NO_VALUE);
    cr_assert(strstr(words(p, &o, 1, 100000), "runs: ±1h is out of reach of 100,000 runs"));
    result_free(o.result);
    const struct precision absolute = precision_of("bounce_rate=±0.1%");
    o = run_on(&t, &absolute, 1, 100000);
    cr_assert_eq(o.answers[0].state, STOPPING_MET, "an absolute width is reached without any bounce");
    cr_assert(o.result->runs >= 3689 && o.result->runs < 4000, "by the rule of three: %d", (int)o.result->runs);
    cr_assert(strstr(words(&absolute, &o, 0, 100000), "bounce_rate: ±0.0"));
    result_free(o.result);
}

Test(precision, a_histogram_is_only_so_fine)
{
    static struct tiny t;
    one_outage_world(&t, &ONE_OUTAGE);
    const struct precision p = precision_of("latency.p90=0.1%");
    struct outcome o = run_on(&t, &p, 1, 1000000);
    cr_assert_eq(o.result->runs, STOPPING_FIRST);
    cr_assert_eq(o.answers[0].why, STOPPING_GRAIN);
    cr_assert(strstr(words(&p, &o, 0, 1000000), "±0.1 % asked, after 200 runs: no number of runs reaches it"));
    result_free(o.result);
}
