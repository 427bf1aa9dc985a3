/* tests/laws/test_queueing.c - the engine against queueing theory: stations whose steady state is known exactly.
 *
 * Each law: independent replications (fixed seed, one run number each), each observed for a window after a warm-up.
 * A statistic is a ratio of sums Y / X; under the law E[Y - expected X] is 0 exactly for a stationary station, so the
 * replications' Y - expected X are tested by Student's t. The limit is chosen so that a right engine fails for one seed
 * in a million. Warm-ups are long enough that what is left of the empty start is below a hundredth of the error. */
#include "sim/law.h"
#include "sim/mem.h"
#include "sim/sim.h"

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#define FALSE_ALARM 1e-6
#define RUNS        200
#define RING        65536 /* more than ever wait at once; a power of two */
#define TAIL        (sim_time)(23.85e9)

/* What is asked for. */
struct plan {
    double arrival_rate; /* a second */
    struct law service;
    uint32_t servers, room; /* room: how many fit in, those served included */
    sim_time warm_up, window;
    bool even_arrivals; /* at a constant distance instead of a Poisson stream */
};

/* What one replication saw inside the window; times in seconds. Customers count by their arrival. */
struct seen {
    double arrived, found_busy, found_full, served, time_in_system, waiting_time, over_tail;
    double number_time, busy_time; /* integrals of the number in system and of "all servers busy" */
    double time;                   /* the window's length */
};

struct station {
    const struct plan *plan;
    struct rng arrivals, services;
    uint32_t present;
    uint64_t head, tail;
    sim_time waiting[RING]; /* when those who wait came */
    sim_time changed;       /* when present last changed */
    struct seen seen;
};

enum kind { ARRIVAL, DEPARTURE };

static bool in_window(const struct station *s, sim_time at)
{
    return at >= s->plan->warm_up && at < s->plan->warm_up + s->plan->window;
}

/* Adds the time since the last change, as far as it lies in the window, to the integrals. */
static void pass_time(struct station *s, sim_time now)
{
    sim_time from = s->changed, to = now, begin = s->plan->warm_up, end = begin + s->plan->window;
    s->changed = now;
    if (from < begin) from = begin;
    if (to > end) to = end;
    if (to <= from) return;
    s->seen.number_time += s->present * sim_time_seconds(to - from);
    if (s->present >= s->plan->servers) s->seen.busy_time += sim_time_seconds(to - from);
}

static void serve(struct sim *sim, struct station *s, sim_time came)
{
    if (in_window(s, came)) s->seen.waiting_time += sim_time_seconds(sim->now - came);
    sim_at(sim, sim->now + law_draw(&s->plan->service, &s->services), DEPARTURE, 0, (uint64_t)came);
}

static sim_time next_gap(struct station *s)
{
    double gap = s->plan->even_arrivals ? 1 : rng_exponential(&s->arrivals);
    return sim_time_from_seconds(gap / s->plan->arrival_rate);
}

static void on_arrival(struct sim *sim, uint32_t actor, uint64_t arg)
{
    struct station *s = sim->model;
    bool counts = in_window(s, sim->now), busy = s->present >= s->plan->servers, full = s->present >= s->plan->room;
    pass_time(s, sim->now);
    sim_at(sim, sim->now + next_gap(s), ARRIVAL, actor, arg);
    s->seen.arrived += counts;
    s->seen.found_busy += counts && busy;
    s->seen.found_full += counts && full;
    if (full) return;
    s->present++;
    if (!busy) {
        serve(sim, s, sim->now);
        return;
    }
    s->waiting[s->tail++ % RING] = sim->now;
    cr_assert_leq(s->tail - s->head, RING);
}

static void on_departure(struct sim *sim, uint32_t actor, uint64_t came)
{
    struct station *s = sim->model;
    (void)actor;
    pass_time(s, sim->now);
    s->present--;
    if (in_window(s, (sim_time)came)) {
        s->seen.served++;
        s->seen.time_in_system += sim_time_seconds(sim->now - (sim_time)came);
        s->seen.over_tail += sim->now - (sim_time)came > TAIL;
    }
    if (s->tail != s->head) serve(sim, s, s->waiting[s->head++ % RING]);
}

/* Fills seen[RUNS]. */
static void replicate(const struct plan *plan, struct seen *seen)
{
    static sim_handler *const handlers[] = {[ARRIVAL] = on_arrival, [DEPARTURE] = on_departure};
    struct station *s = mem_zero(1, sizeof *s);
    struct sim sim;
    s->plan = plan;
    sim_init(&sim, handlers, s);
    for (uint64_t run = 0; run < RUNS; run++) {
        sim_start(&sim, 2385, run);
        rng_open(&s->arrivals, 2385, run, rng_name("arrivals"));
        rng_open(&s->services, 2385, run, rng_name("services"));
        s->present = 0;
        s->head = s->tail = 0;
        s->changed = 0;
        s->seen = (struct seen){.time = sim_time_seconds(plan->window)};
        sim_at(&sim, next_gap(s), ARRIVAL, 0, 0);
        sim_run_until(&sim, plan->warm_up + plan->window);
        /* Those who came inside the window are followed to their end. */
        while (s->seen.served + s->seen.found_full < s->seen.arrived) cr_assert(sim_step(&sim, SIM_NEVER));
        seen[run] = s->seen;
    }
    sim_fini(&sim);
    mem_free(s);
}

/* Student's t of the mean of Y - expected X over the replications; prints the line. */
static double score(const char *what, const double *y, const double *x, double expected)
{
    double sum_y = 0, sum_x = 0, mean = 0, squares = 0;
    for (int i = 0; i < RUNS; i++) {
        sum_y += y[i];
        sum_x += x[i];
        mean += (y[i] - expected * x[i]) / RUNS;
    }
    for (int i = 0; i < RUNS; i++) squares += pow(y[i] - expected * x[i] - mean, 2);
    double error = sqrt(squares / (RUNS - 1) / RUNS), z = mean / error;
    printf("law: %s: got %.5g +- %.2g, expected %.5g, z %.2f, false alarm %g\n", what, sum_y / sum_x,
           error / (sum_x / RUNS), expected, z, FALSE_ALARM);
    return z;
}

static double limit(void)
{
    return gsl_cdf_tdist_Qinv(FALSE_ALARM / 2, RUNS - 1);
}

/* Tests sum of member y / sum of member x over the replications. */
#define HOLDS(what, seen, y, x, expected)                                                                              \
    do {                                                                                                               \
        double ys[RUNS], xs[RUNS];                                                                                     \
        for (int i = 0; i < RUNS; i++) {                                                                               \
            ys[i] = (seen)[i].y;                                                                                       \
            xs[i] = (seen)[i].x;                                                                                       \
        }                                                                                                              \
        double z = score(what, ys, xs, expected);                                                                      \
        cr_expect(fabs(z) < limit(), "%s: z %.2f", what, z);                                                           \
    } while (0)

static struct law exponential(double mean)
{
    return (struct law){.kind = LAW_EXPONENTIAL, .a = sim_time_from_seconds(mean)};
}

/* Probability that all c servers are busy when the offered load is a: Erlang's loss formula, by its recursion. */
static double erlang_b(uint32_t c, double a)
{
    double b = 1;
    for (uint32_t k = 1; k <= c; k++) b = a * b / (k + a * b);
    return b;
}

/* Probability that an arrival waits: Erlang's delay formula. */
static double erlang_c(uint32_t c, double a)
{
    double b = erlang_b(c, a);
    return b / (1 - a / c * (1 - b));
}

static const struct plan mm1 = {
    .arrival_rate = 0.9,
    .service = {.kind = LAW_EXPONENTIAL, .a = SIM_SECOND},
    .servers = 1,
    .room = UINT32_MAX,
    .warm_up = 4000 * SIM_SECOND, /* the slowest part of the start decays with 1 / (1 - sqrt(0.9))^2 = 380 s */
    .window = 20000 * SIM_SECOND,
};

Test(queueing, mm1_time_in_system)
{
    static struct seen seen[RUNS];
    replicate(&mm1, seen);
    HOLDS("M/M/1 mean time in system", seen, time_in_system, served, 1 / (1 - 0.9));
    HOLDS("M/M/1 mean wait", seen, waiting_time, served, 0.9 / (1 - 0.9));
    HOLDS("M/M/1 P(time in system > 23.85 s)", seen, over_tail, served, exp(-(1 - 0.9) * 23.85));
}

Test(queueing, mm1_little)
{
    static struct seen seen[RUNS];
    replicate(&mm1, seen);
    HOLDS("M/M/1 time-average number in system", seen, number_time, time, 0.9 / (1 - 0.9));
    HOLDS("Little's law: integral of the number in system / sum of times in system", seen, number_time, time_in_system,
          1);
}

/* Share of arrivals that find the server busy against the share of time it is busy. */
static double pasta_z(const struct plan *plan, const char *what)
{
    static struct seen seen[RUNS];
    double found[RUNS], busy[RUNS];
    replicate(plan, seen);
    for (int i = 0; i < RUNS; i++) {
        found[i] = seen[i].found_busy / seen[i].arrived;
        busy[i] = seen[i].busy_time / seen[i].time;
    }
    return score(what, found, busy, 1);
}

Test(queueing, poisson_arrivals_see_time_averages)
{
    struct plan plan = mm1;
    plan.arrival_rate = 0.7;
    double z = pasta_z(&plan, "PASTA: share of arrivals that find the server busy / share of time");
    cr_expect(fabs(z) < limit(), "z %.2f", z);
    plan.even_arrivals = true;
    z = pasta_z(&plan, "(not so for even arrivals, z must be large)");
    cr_expect(fabs(z) > limit(), "the test would not notice: z %.2f", z);
}

Test(queueing, mmc_waits_as_erlang_says)
{
    static struct seen seen[RUNS];
    struct plan plan = mm1;
    plan.servers = 3;
    plan.arrival_rate = 2.4;
    plan.warm_up = 1000 * SIM_SECOND;
    plan.window = 8000 * SIM_SECOND;
    replicate(&plan, seen);
    double c = erlang_c(3, 2.4);
    HOLDS("M/M/3 probability of waiting (Erlang C)", seen, found_busy, arrived, c);
    HOLDS("M/M/3 mean wait", seen, waiting_time, served, c / (3 - 2.4));
    HOLDS("M/M/3 mean time in system", seen, time_in_system, served, c / (3 - 2.4) + 1);
}

/* Pollaczek and Khinchine: the mean wait needs no more of the service than its first two moments. */
static void pollaczek_khinchine(const char *what, double rate, struct law service, double mean, double square)
{
    static struct seen seen[RUNS];
    struct plan plan = mm1;
    plan.arrival_rate = rate;
    plan.service = service;
    plan.warm_up = 1500 * SIM_SECOND;
    plan.window = 10000 * SIM_SECOND;
    replicate(&plan, seen);
    HOLDS(what, seen, waiting_time, served, rate * square / (2 * (1 - rate * mean)));
}

Test(queueing, mg1_waits_as_pollaczek_and_khinchine_say)
{
    struct law uniform = {.kind = LAW_UNIFORM, .a = 200 * SIM_MS, .b = 1400 * SIM_MS};
    struct law weibull = {.kind = LAW_WEIBULL, .a = 600 * SIM_MS, .shape = 0.8};
    pollaczek_khinchine("M/D/1 mean wait", 0.8, law_constant(SIM_SECOND), 1, 1);
    pollaczek_khinchine("M/G/1 mean wait, uniform service", 1, uniform, 0.8, 1.2 * 1.2 / 12 + 0.8 * 0.8);
    pollaczek_khinchine("M/G/1 mean wait, Weibull service", 1, weibull, 0.6 * tgamma(1 + 1 / 0.8),
                        0.36 * tgamma(1 + 2 / 0.8));
}

Test(queueing, loss_is_erlang_s_whatever_the_service)
{
    static struct seen seen[RUNS];
    struct plan plan = mm1;
    plan.servers = plan.room = 5;
    plan.arrival_rate = 3.2;
    plan.warm_up = 100 * SIM_SECOND;
    plan.window = 3000 * SIM_SECOND;
    replicate(&plan, seen);
    HOLDS("M/M/5/5 share of arrivals lost (Erlang B)", seen, found_full, arrived, erlang_b(5, 3.2));
    plan.service = (struct law){.kind = LAW_LOGNORMAL, .a = sim_time_from_seconds(exp(-0.5)), .shape = 1};
    replicate(&plan, seen);
    HOLDS("M/G/5/5 share of arrivals lost, lognormal service", seen, found_full, arrived, erlang_b(5, 3.2));
    plan.service = exponential(1.25);
    plan.servers = 4;
    plan.room = 4;
    replicate(&plan, seen);
    HOLDS("M/M/4/4 share of arrivals lost", seen, found_full, arrived, erlang_b(4, 4));
}
