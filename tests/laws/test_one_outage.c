/* tests/laws/test_one_outage.c - the exact values of one_outage.h against many runs of that world.
 *
 * Each is tested by one z over runs; |z| < 4.9, so a right world fails for one seed in a million. Seeds are fixed. */
#include "tests/laws/one_outage.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define LIMIT 4.9
#define SEED  2385
#define RUNS  40000

/* Residuals a - expected * b, one a run: their mean is 0 if expected is right. */
struct residuals {
    double a, b, sum, squares;
};

static void residuals_add(struct residuals *s, double a, double b, double expected)
{
    double d = a - expected * b;
    s->a += a, s->b += b, s->sum += d, s->squares += d * d;
}

static void judge(const char *name, const struct residuals *s, double expected)
{
    double z = s->sum / sqrt(s->squares);
    printf("law: one outage: %s: got %.6g +- %.2g, expected %.6g, z %.2f, false alarm 1e-6\n", name, s->a / s->b,
           sqrt(s->squares) / s->b, expected, z);
    fflush(stdout);
    cr_assert(s->squares > 0 && fabs(z) < LIMIT, "%s: z %.2f", name, z);
}

/* Deliveries of a run in bins that end at or before x. */
static double within(const struct hist *h, sim_time x)
{
    double sum = 0;
    for (uint32_t b = 0; b < HIST_BINS && hist_bin_low(b) <= x; b++) sum += h->bins[b];
    return sum;
}

static void world_agrees(const struct one_outage *o, uint64_t runs)
{
    static struct tiny t;
    one_outage_world(&t, o);
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    struct residuals bounces = {0}, hit = {0}, mean = {0}, p90 = {0};
    double rate = one_outage_bounce_rate(o), some = one_outage_runs_that_bounce(o),
           latency = one_outage_mean_latency(o);
    /* As far as the end of the quantile's bin, so that the histogram can tell. */
    double p = one_outage_quantile(o, 0.9);
    sim_time x = hist_bin_low(hist_bin(sim_time_from_seconds(p)) + 1) - 1;
    double share = one_outage_within(o, sim_time_seconds(x));
    for (uint64_t run = 0; run < runs; run++) {
        world_run(w, SEED, run, tally);
        double bounced = (double)tally->counts[COL_BOUNCED], delivered = (double)tally->counts[COL_DELIVERED];
        cr_assert_eq(tally->counts[COL_SUBMITTED], o->messages);
        cr_assert_eq(tally->counts[COL_QUEUED], 0);
        residuals_add(&bounces, bounced, o->messages, rate);
        residuals_add(&hit, bounced > 0, 1, some);
        residuals_add(&mean, tally_column(tally, COL_LATENCY), delivered, latency);
        residuals_add(&p90, within(&tally->hists[HIST_LATENCY], x), delivered, share);
    }
    judge("bounce_rate", &bounces, rate);
    judge("runs that bounce", &hit, some);
    judge("latency.mean", &mean, latency);
    judge("within p90's bin", &p90, share);
    cr_assert(share >= 0.9 && (p == 0 || fabs(one_outage_within(o, p) - 0.9) < 1e-9));
    world_free(w);
    tally_free(tally);
}

Test(one_outage, many_runs_agree_with_the_exact_values)
{
    world_agrees(&ONE_OUTAGE, RUNS);
}

Test(one_outage, and_so_with_other_numbers)
{
    world_agrees(&(struct one_outage){2 * SIM_HOUR, 47 * SIM_MINUTE, 5 * SIM_HOUR, 11 * SIM_MINUTE, 100}, RUNS / 2);
    /* A lifetime of one gap, outages longer than all mail. */
    world_agrees(&(struct one_outage){20 * SIM_HOUR, SIM_HOUR, SIM_HOUR, 30 * SIM_MINUTE, 20}, RUNS / 2);
}

/* The outage that a run had, from the fault's timeline: its bins hold its length but for the part beyond the run. */
static sim_time length_of(const struct tally *t)
{
    double sum = 0;
    for (int i = 0; i < TALLY_BINS; i++) sum += t->faults[0][i];
    return sim_time_from_seconds(sum);
}

/* When the MTA first tried a message again. */
struct seen {
    sim_time again;
};

static void see(void *context, const struct record *r)
{
    struct seen *s = context;
    if (r->type == RECORD_ATTEMPT && r->count == 2 && s->again == SIM_NEVER) s->again = r->at;
}

/* Run by run and message by message, not only in the mean. A run in which the outage ends within a second of a message
 * or a look is left out, as length_of is not exact; and one without a deferred message, which shows no phase. */
Test(one_outage, each_run_is_what_its_outage_makes_of_it)
{
    static struct tiny t;
    static struct hist expected;
    const struct one_outage o = ONE_OUTAGE;
    one_outage_world(&t, &o);
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    uint64_t compared = 0;
    for (uint64_t run = 0; run < 2000; run++) {
        struct seen seen = {SIM_NEVER};
        world_observe(w, see, &seen);
        world_run(w, SEED, run, tally);
        sim_time length = length_of(tally), phase = seen.again % o.gap;
        if (seen.again == SIM_NEVER || length > t.spec.limit - SIM_MINUTE) continue;
        if ((length + SIM_SECOND) % o.period < 2 * SIM_SECOND) continue;
        if ((length - phase + o.gap + SIM_SECOND) % o.gap < 2 * SIM_SECOND) continue;
        uint64_t bounced = 0;
        hist_init(&expected);
        for (uint32_t i = 1; i <= o.messages; i++) {
            sim_time latency = one_outage_latency(&o, i, length, phase);
            if (latency == SIM_NEVER)
                bounced++;
            else
                hist_add(&expected, latency);
        }
        cr_assert_eq(bounced, tally->counts[COL_BOUNCED]);
        cr_assert_eq(memcmp(&expected, &tally->hists[HIST_LATENCY], sizeof expected), 0, "run %d", (int)run);
        compared++;
    }
    printf("one outage: %d of 2000 runs compared message by message\n", (int)compared);
    cr_assert(compared > 1600, "%d", (int)compared);
    world_free(w);
    tally_free(tally);
}
