/* tests/laws/test_load.c - loads against queueing theory: an MTA with c slots is M/M/c, a host that takes c sessions
 * and turns the others away for good is M/M/c/c.
 *
 * Each law is tested by Student's t on one number a run, so that a right engine fails for one seed in a million; the
 * seed is fixed. Runs begin empty, and are so long that what this takes from a mean is well below its error. */
#include "models/result.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#define SEED        2385
#define RUNS        60
#define FALSE_ALARM 1e-6
#define SERVICE     (10 * SIM_SECOND) /* mean */

static struct tiny t;

/* Poisson mail, rate a second, for length; each message is worked on for an exponential time. */
static void open_mail(const char *mta, double rate, sim_time length)
{
    tiny_init(&t, mta, "bind", 1, 1);
    tiny_no_delay(&t);
    tiny_unlimited(&t.mtas[0].params);
    t.clients[0].count = 0;
    t.clients[0].rate = rate;
    t.mx_hosts[0].takes = (struct law){.kind = LAW_EXPONENTIAL, .a = SERVICE};
    t.spec.mail = t.spec.limit = length;
}

/* Residuals a - expected * b, one a run: their mean is 0 under the law. */
struct residuals {
    double n, a, b, mean, squares;
};

static void add(struct residuals *s, double a, double b, double expected)
{
    double d = a - expected * b, step = d - s->mean;
    s->n++, s->a += a, s->b += b;
    s->mean += step / s->n;
    s->squares += step * (d - s->mean);
}

static void judge(const char *name, const struct residuals *s, double expected)
{
    double error = sqrt(s->squares / (s->n - 1) / s->n), z = s->mean / error, limit = stat_t(1 - FALSE_ALARM, s->n - 1);
    printf("law: %s: got %.6g, expected %.6g, t %.2f of %.2f, false alarm 1e-6\n", name, s->a / s->b, expected, z,
           limit);
    fflush(stdout);
    cr_assert(fabs(z) < limit, "%s: t %.2f", name, z);
}

/* Erlang's B: the share of time in which all c servers are busy when those who find them so go away. By its recursion.
 */
static double erlang_b(uint32_t c, double offered)
{
    double b = 1;
    for (uint32_t k = 1; k <= c; k++) b = offered * b / (k + offered * b);
    return b;
}

/* Erlang's C: the same when they wait. */
static double erlang_c(uint32_t c, double offered)
{
    double b = erlang_b(c, offered), rho = offered / c;
    return b / (1 - rho + rho * b);
}

static void slots_law(const char *name, uint32_t slots, double rate, sim_time length)
{
    struct residuals mean = {0}, full = {0}, sessions = {0};
    double offered = rate * sim_time_seconds(SERVICE), waits = erlang_c(slots, offered);
    open_mail("postfix", rate, length);
    t.mtas[0].params.process_limit = slots;
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    for (uint64_t run = 0; run < RUNS; run++) {
        world_run(w, SEED, run, tally);
        const struct load_sum *l = &tally->loads[LOAD_DELIVERIES][0], *lane = &tally->loads[LOAD_LANE][0];
        cr_assert(l->peak == slots && l->busiest <= slots && l->busiest >= l->mean);
        cr_assert(lane->mean == l->mean && lane->busiest == l->busiest && lane->full == 0, "one destination is all");
        add(&mean, l->mean, slots, offered / slots);
        add(&full, l->full, 1, waits);
        add(&sessions, tally->loads[LOAD_SESSIONS][0].mean, 1, offered);
    }
    printf("%s\n", name);
    judge("  utilisation is lambda E[S] / c (Little)", &mean, offered / slots);
    judge("  all slots in use: Erlang C", &full, waits);
    judge("  sessions of a host without limits: lambda E[S]", &sessions, offered);
    world_free(w);
    tally_free(tally);
}

Test(load_laws, slots_are_busy_as_in_m_m_c)
{
    slots_law("1 slot, half used", 1, 0.05, 10 * SIM_DAY);
    slots_law("5 slots, 60 % used", 5, 0.3, 2 * SIM_DAY);
    slots_law("20 slots, 85 % used", 20, 1.7, 12 * SIM_HOUR);
}

/* Who finds all sessions taken is told 421 and gives up. */
static void sessions_law(const char *name, uint32_t limit, double rate, bool of_client, sim_time length)
{
    struct residuals mean = {0}, full = {0}, refused = {0};
    double offered = rate * sim_time_seconds(SERVICE), lost = erlang_b(limit, offered);
    enum load_kind kind = of_client ? LOAD_CLIENT_SESSIONS : LOAD_SESSIONS;
    open_mail("rfc5321", rate, length);
    t.mtas[0].params.maximal_queue_lifetime = 0;
    struct limit_spec *l = &t.mx_hosts[0].limits;
    *(of_client ? &l->sessions_per_client : &l->sessions) = limit;
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    for (uint64_t run = 0; run < RUNS; run++) {
        world_run(w, SEED, run, tally);
        const struct load_sum *s = &tally->loads[kind][0];
        cr_assert_eq(s->refused, tally->hosts[0].busy);
        cr_assert_eq(s->refused, tally->hosts[0].failures[CAUSE_HOST_BUSY]);
        cr_assert_eq(s->peak, limit);
        add(&mean, s->mean, 1, offered * (1 - lost));
        add(&full, s->full, 1, lost);
        add(&refused, (double)s->refused, (double)tally->hosts[0].connections, lost);
    }
    printf("%s\n", name);
    judge("  sessions are lambda E[S] (1 - B)", &mean, offered * (1 - lost));
    judge("  all of them taken: Erlang B of the time", &full, lost);
    judge("  told 421: Erlang B of the connections", &refused, lost);
    world_free(w);
    tally_free(tally);
}

Test(load_laws, sessions_are_lost_as_in_m_m_c_c)
{
    sessions_law("3 sessions", 3, 0.2, false, 2 * SIM_DAY);
    sessions_law("10 sessions, more than enough asked for", 10, 1.3, false, 12 * SIM_HOUR);
    sessions_law("4 sessions of one client", 4, 0.2, true, 2 * SIM_DAY);
}
