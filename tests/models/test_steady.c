/* tests/models/test_steady.c - what a run's records say of its steady state agrees with what its tally counted. */
#include "models/steady.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

/* One run of a world, watched. */
struct look {
    struct world *world;
    struct tally *tally;
    struct steady_watch *watch;
};

static void look_at(struct look *l, const struct tiny *t, uint64_t run)
{
    l->world = world_new(&t->spec);
    l->tally = tally_new(&t->spec);
    l->watch = steady_watch_new(&t->spec);
    world_observe(l->world, steady_watch_observe, l->watch);
    /* Twice: a watch serves any number of runs. */
    for (int i = 0; i < 2; i++) {
        steady_watch_start(l->watch);
        world_run(l->world, 2385, run + 1 - (uint64_t)i, l->tally);
    }
}

static void look_end(struct look *l)
{
    world_free(l->world);
    tally_free(l->tally);
    steady_watch_free(l->watch);
}

/* Sum of a metric's observations: those of the cells and those that fill none. */
static double sum_of(struct look *l, uint32_t metric, double *count)
{
    const struct series *s = steady_watch_series(l->watch, metric);
    double sum = s->open.mean * (double)s->in_open;
    *count = (double)s->in_open + (double)(s->count * s->size);
    for (uint32_t i = 0; i < s->count; i++) sum += s->cells[i].mean * (double)s->size;
    return sum;
}

/* Mail of 10 days, of which some bounces, some is deferred, some goes by way of a backup; reports travel as mail, and
 * some are dropped; the MTA itself is down now and then. */
static void busy_world(struct tiny *t)
{
    tiny_init(t, "postfix", "unbound", 2, 2);
    tiny_backup(t, 1, "postfix");
    t->clients[0].count = 0;
    t->clients[0].rate = 1 / 300.0;
    t->clients[0].from_zone = 0;
    t->clients[0].unknown_users = 0.1;
    t->spec.mail = t->spec.limit = 10 * SIM_DAY;
    static const enum fault_kind kinds[] = {FAULT_SILENT, FAULT_REFUSING, FAULT_REJECTING};
    for (int i = 0; i < 3; i++) {
        struct fault_spec *f =
            tiny_fault(t, kinds[i] == FAULT_REFUSING ? TARGET_MTA : TARGET_MX_HOST, 0, kinds[i], 0, 0);
        f->alternating = true;
        f->up = (struct law){.kind = LAW_EXPONENTIAL, .a = 7 * SIM_HOUR};
        f->length = (struct law){.kind = LAW_EXPONENTIAL, .a = SIM_HOUR};
    }
}

Test(steady_watch, observations_are_those_of_the_tally)
{
    static struct tiny t;
    struct look l;
    busy_world(&t);
    for (uint64_t run = 0; run < 3; run++) {
        look_at(&l, &t, run);
        const uint64_t *c = l.tally->counts;
        struct steady_mail mail = steady_watch_mail(l.watch);
        double n;
        cr_assert(c[COL_BOUNCED] > 0 && c[COL_VIA_BACKUP] > 0 && c[COL_FIRST_TRY] < c[COL_DELIVERED], "a dull world");
        cr_assert(c[COL_REPORTS_DELIVERED] > 0 && c[COL_REPORTS_DROPPED] > 0, "a dull world");
        cr_assert_eq(mail.written, c[COL_SUBMITTED]);
        cr_assert_eq(mail.delivered, c[COL_DELIVERED]);
        cr_assert_eq(mail.bounced, c[COL_BOUNCED]);
        cr_assert_eq(mail.undecided, c[COL_QUEUED]);
        cr_assert(near(sum_of(&l, STEADY_LATENCY, &n), (double)l.tally->latency_sum / 1e9, 1e-6));
        cr_assert_eq(n, (double)c[COL_DELIVERED]);
        cr_assert(near(sum_of(&l, STEADY_FIRST_TRY, &n), (double)c[COL_FIRST_TRY], 1e-9));
        cr_assert_eq(n, (double)c[COL_SUBMITTED]);
        cr_assert(near(sum_of(&l, STEADY_BOUNCED, &n), (double)c[COL_BOUNCED], 1e-9));
        for (uint32_t i = 0; i < t.spec.mta_count; i++) {
            double area = sum_of(&l, STEADY_QUEUE + i, &n) * sim_time_seconds(t.spec.mail) / STEADY_BINS;
            cr_assert_eq(n, STEADY_BINS);
            cr_assert(near(area, l.tally->mtas[i].queue_area, 1e-6), "%g, not %g", area, l.tally->mtas[i].queue_area);
        }
        look_end(&l);
    }
}

/* Time in which nobody writes does not count: the queue is empty then. */
Test(steady_watch, queues_are_of_the_time_in_which_mail_is_sent)
{
    static struct tiny t;
    struct look l;
    double n, sums[2];
    for (int i = 0; i < 2; i++) {
        busy_world(&t);
        t.spec.limit = (i ? 40 : 10) * SIM_DAY;
        look_at(&l, &t, 5);
        sums[i] = sum_of(&l, STEADY_QUEUE, &n);
        look_end(&l);
    }
    cr_assert(sums[0] > 0 && near(sums[0], sums[1], 1e-9));
}

/* Nothing happens any more after the last message: it waits, and the others with it, until the end. */
Test(steady_watch, a_queue_lasts_until_the_end)
{
    static struct tiny t;
    struct look l;
    double n;
    tiny_init(&t, "rfc5321", "unbound", 1, 1);
    t.clients[0].count = 0;
    t.clients[0].every = SIM_DAY;
    t.spec.mail = t.spec.limit = 4 * SIM_DAY;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, SIM_LONGEST);
    look_at(&l, &t, 0);
    cr_assert(near(sum_of(&l, STEADY_QUEUE, &n), (1 + 2 + 3 + 4) * STEADY_BINS / 4.0, 1e-9));
    look_end(&l);
}

/* A host that is down for the first fifth of the run: that is the warm-up. */
Test(steady_watch, the_warm_up_ends_where_the_trouble_does)
{
    static struct tiny t;
    struct look l;
    double warm_up;
    tiny_init(&t, "rfc5321", "unbound", 1, 1);
    t.clients[0].count = 0;
    t.clients[0].every = SIM_MINUTE;
    t.spec.mail = 10 * SIM_DAY;
    t.spec.limit = 20 * SIM_DAY;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 2 * SIM_DAY);
    look_at(&l, &t, 0);
    struct steady s = steady_watch_mean(l.watch, STEADY_FIRST_TRY, 0.95, &warm_up);
    cr_assert(s.settled && s.mean.value == 1 && !s.mean.has_interval);
    /* 2880 messages, and 20 of the rest: the remaining 2304 cells fill 20 batches of 115. */
    cr_assert_eq(s.deleted, 2900);
    cr_assert(near(warm_up, 2900 * 60, 1e-6), "%g", warm_up);
    cr_assert(near(s.with_all, 0.8, 1e-9));
    s = steady_watch_mean(l.watch, STEADY_LATENCY, 0.95, &warm_up);
    cr_assert(warm_up >= 2 * 86400 && warm_up < 2.1 * 86400 && s.mean.value < 1, "%g", s.mean.value);
    s = steady_watch_mean(l.watch, STEADY_QUEUE, 0.95, &warm_up);
    cr_assert(warm_up >= 2 * 86400 && warm_up < 2.2 * 86400, "the queue drains: %g", warm_up);
    look_end(&l);
}

Test(steady_watch, intervals_stay_among_what_can_be)
{
    static struct tiny t;
    struct look l;
    double warm_up;
    tiny_init(&t, "rfc5321", "unbound", 1, 1);
    t.clients[0].count = 0;
    t.clients[0].rate = 1 / 3600.0;
    t.spec.mail = t.spec.limit = 10 * SIM_DAY;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 6 * SIM_DAY, 5 * SIM_HOUR);
    look_at(&l, &t, 0);
    for (uint32_t m = 0; m < steady_metric_count(&t.spec); m++) {
        struct steady s = steady_watch_mean(l.watch, m, 0.95, &warm_up);
        cr_assert(s.mean.low >= 0 && s.mean.low <= s.mean.value && s.mean.value <= s.mean.high);
        cr_assert(steady_metric_unit(m) != UNIT_SHARE || s.mean.high <= 1);
    }
    look_end(&l);
}

Test(steady_watch, its_metrics_are_those_of_all_runs)
{
    static struct tiny t;
    tiny_init(&t, "rfc5321", "unbound", 1, 1);
    cr_assert_eq(steady_metric_count(&t.spec), STEADY_QUEUE + 1);
    for (uint32_t m = 0; m < STEADY_QUEUE; m++) {
        const struct metric *metric = metric_find(steady_metric_name(m));
        cr_assert(metric && metric->unit == steady_metric_unit(m));
    }
}

/* ---- does the scenario have a steady state? ---- */

Test(steady_world, mail_must_flow_on)
{
    static struct tiny t;
    tiny_init(&t, "rfc5321", "unbound", 1, 1);
    cr_assert(!steady_flows(&t.spec), "one message");
    t.clients[tiny_client(&t, 0, 0)].every = SIM_HOUR;
    t.clients[1].count = 0;
    cr_assert(steady_flows(&t.spec));
    t.clients[1].every = 0;
    t.clients[1].rate = 1;
    cr_assert(steady_flows(&t.spec));
}

Test(steady_world, faults_come_again_or_last_or_do_not_fit)
{
    static struct tiny t;
    double turns;
    tiny_init(&t, "rfc5321", "unbound", 1, 1);
    t.spec.mail = 100 * SIM_DAY;
    struct fault_spec *f = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, SIM_DAY, SIM_HOUR);
    cr_assert_eq(steady_fault_of(&t.spec, 0, &turns), STEADY_FAULT_ONCE);
    cr_assert_eq(turns, 1);
    f->length = law_constant(SIM_LONGEST);
    cr_assert_eq(steady_fault_of(&t.spec, 0, &turns), STEADY_FAULT_ONCE, "it begins on the second day");
    f->from = law_constant(0);
    cr_assert_eq(steady_fault_of(&t.spec, 0, &turns), STEADY_FAULT_FITS);
    f->alternating = true;
    f->up = (struct law){.kind = LAW_EXPONENTIAL, .a = 23 * SIM_HOUR};
    f->length = law_constant(SIM_HOUR);
    cr_assert_eq(steady_fault_of(&t.spec, 0, &turns), STEADY_FAULT_FITS);
    cr_assert(near(turns, 100, 1e-9));
    f->length = law_constant(2 * SIM_HOUR);
    cr_assert_eq(steady_fault_of(&t.spec, 0, &turns), STEADY_FAULT_RARE);
    cr_assert(near(turns, 96, 1e-9));
}
