/* tests/models/test_pairing.c - two variants on the same luck, against the two results by themselves. */
#include "models/pairing.h"
#include "models/result.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>

#define RUNS 60

/* Two variants, their results and their pairing after RUNS runs. */
struct both {
    struct tiny tiny[2];
    struct result *results[2];
    struct pairing *pairing;
};

/* An outage an hour after midnight, exponential with a mean of 3 h; 30 messages a day. */
static void variant(struct tiny *t, uint32_t mx_hosts, const char *mta)
{
    tiny_init(t, mta, "bind", 1, mx_hosts);
    t->clients[0].count = 0;
    t->clients[0].rate = 30 / 86400.0;
    for (uint32_t i = 0; i < mx_hosts; i++)
        tiny_fault(t, TARGET_MX_HOST, i, FAULT_REFUSING, SIM_HOUR, 0)->length =
            (struct law){.kind = LAW_EXPONENTIAL, .a = 3 * SIM_HOUR};
}

static void run_both(struct both *b)
{
    struct world *worlds[2];
    struct tally *tallies[2];
    b->pairing = pairing_new();
    for (int side = 0; side < 2; side++) {
        worlds[side] = world_new(&b->tiny[side].spec);
        tallies[side] = tally_new(&b->tiny[side].spec);
        b->results[side] = result_new(&b->tiny[side].spec);
    }
    for (uint64_t run = 0; run < RUNS; run++) {
        for (int side = 0; side < 2; side++) {
            world_run(worlds[side], 2385, run, tallies[side]);
            result_add(b->results[side], tallies[side]);
        }
        pairing_add(b->pairing, tallies[0], tallies[1]);
    }
    for (int side = 0; side < 2; side++) {
        world_free(worlds[side]);
        tally_free(tallies[side]);
    }
}

static void end_both(struct both *b)
{
    for (int side = 0; side < 2; side++) result_free(b->results[side]);
    pairing_free(b->pairing);
}

/* Other counts of MX hosts, MTAs and faults: the same names of numbers. */
Test(pairing, each_difference_is_that_of_the_two_results)
{
    static struct both b;
    variant(&b.tiny[0], 1, "postfix");
    variant(&b.tiny[1], 2, "exim");
    tiny_backup(&b.tiny[1], 1, "postfix");
    run_both(&b);
    int intervals = 0;
    for (size_t i = 0; i < metric_count; i++) {
        struct estimate e[2] = {result_metric(b.results[0], i), result_metric(b.results[1], i)};
        struct difference d = pairing_metric(b.pairing, i, 0.95), wide = pairing_metric(b.pairing, i, 0.99);
        cr_assert_eq(d.estimate.has_value, e[0].has_value && e[1].has_value, "%s", metrics[i].name);
        if (!d.estimate.has_value) continue;
        double apart = e[1].value - e[0].value;
        cr_assert(fabs(d.estimate.value - apart) <= 1e-9 * fmax(fabs(e[0].value), fabs(e[1].value)), "%s: %.12g, %.12g",
                  metrics[i].name, d.estimate.value, apart);
        cr_assert(d.estimate.low <= d.estimate.value && d.estimate.value <= d.estimate.high, "%s: %g %g %g",
                  metrics[i].name, d.estimate.low, d.estimate.value, d.estimate.high);
        if (!d.estimate.has_interval) continue;
        intervals++;
        /* A quantile's curve may be smooth on the one interval and not on the other. */
        if (metrics[i].method != METRIC_QUANTILE)
            cr_assert(wide.estimate.low <= d.estimate.low && d.estimate.high <= wide.estimate.high, "%s",
                      metrics[i].name);
    }
    cr_assert_gt(intervals, 10);
    end_both(&b);
}

Test(pairing, a_world_does_not_differ_from_itself)
{
    static struct both b;
    variant(&b.tiny[0], 1, "postfix");
    variant(&b.tiny[1], 1, "postfix");
    run_both(&b);
    for (size_t i = 0; i < metric_count; i++) {
        struct difference d = pairing_metric(b.pairing, i, 0.95);
        if (!d.estimate.has_value) continue;
        cr_assert(d.estimate.value == 0 && d.differ == 0, "%s", metrics[i].name);
        if (metrics[i].method == METRIC_QUANTILE) continue;
        /* Of 60 runs 6 % may be otherwise; nobody knows by how much, but for shares. */
        cr_assert_eq(d.estimate.has_interval, metrics[i].unit == UNIT_SHARE, "%s", metrics[i].name);
        if (!d.estimate.has_interval) continue;
        cr_assert(fabs(d.estimate.high - (1 - pow(0.025, 1.0 / RUNS))) < 1e-9, "%s", metrics[i].name);
        cr_assert(d.estimate.low == -d.estimate.high, "%s", metrics[i].name);
    }
    end_both(&b);
}

Test(pairing, a_level_is_a_parameter)
{
    static struct both b;
    variant(&b.tiny[0], 1, "postfix");
    variant(&b.tiny[1], 1, "postfix");
    run_both(&b);
    for (size_t i = 0; i < metric_count; i++) {
        struct estimate e = result_metric(b.results[0], i), same = result_metric_at(b.results[0], i, 0.95),
                        wide = result_metric_at(b.results[0], i, 0.999);
        cr_assert(e.low == same.low && e.high == same.high && e.value == same.value, "%s", metrics[i].name);
        cr_assert(wide.low <= e.low && e.high <= wide.high && wide.value == e.value, "%s", metrics[i].name);
    }
    struct estimate e = result_named(b.results[0], "latency.mean");
    size_t mean = (size_t)(metric_find("latency.mean") - metrics);
    cr_assert_gt(result_metric_at(b.results[0], mean, 0.999).high, e.high);
    end_both(&b);
}
