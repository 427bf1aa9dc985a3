/* bench/mm1.c - M/M/1, arrivals 0.9 and services 1 a second, a million customers: the engine against a loop without
 * any event list.
 *
 * bench_mm1            millions of events a second (an arrival or a departure is one) and the ratio
 * bench_mm1 --quick    ten thousand customers, once: for callgrind
 *
 * The bare loop keeps the next arrival and the next departure in two variables, which no general engine can. Both draw
 * the same streams, and their mean times in system must agree to nine digits (as whole nanoseconds: exactly). */
#include "bench/bench.h"
#include "sim/rng.h"
#include "sim/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define RING 65536 /* more customers than ever wait at once */

struct station {
    struct rng arrivals, services;
    uint64_t to_come, served;
    sim_time in_system;  /* sum over the customers served */
    uint64_t head, tail; /* of the customers present, in ring */
    sim_time ring[RING]; /* when they came */
};

static void station_open(struct station *s, uint64_t customers)
{
    rng_open(&s->arrivals, 2385, 0, rng_name("arrivals"));
    rng_open(&s->services, 2385, 0, rng_name("services"));
    s->to_come = customers;
    s->served = s->head = s->tail = 0;
    s->in_system = 0;
}

static inline sim_time next_gap(struct station *s)
{
    return (sim_time)(rng_exponential(&s->arrivals) * (1e9 / 0.9));
}

static inline sim_time next_service(struct station *s)
{
    return (sim_time)(rng_exponential(&s->services) * 1e9);
}

/* Both give whether there is one who now begins to be served. */
static inline bool station_enter(struct station *s, sim_time now)
{
    s->to_come--;
    s->ring[s->tail++ % RING] = now;
    return s->tail - s->head == 1;
}

static inline bool station_leave(struct station *s, sim_time now)
{
    s->in_system += now - s->ring[s->head++ % RING];
    s->served++;
    return s->tail != s->head;
}

/* ---- through the engine ---- */

enum kind { ARRIVAL, DEPARTURE };

static void on_arrival(struct sim *sim, uint32_t actor, uint64_t arg)
{
    struct station *s = sim->model;
    if (station_enter(s, sim->now)) sim_at(sim, sim->now + next_service(s), DEPARTURE, actor, arg);
    if (s->to_come) sim_at(sim, sim->now + next_gap(s), ARRIVAL, actor, arg);
}

static void on_departure(struct sim *sim, uint32_t actor, uint64_t arg)
{
    struct station *s = sim->model;
    if (station_leave(s, sim->now)) sim_at(sim, sim->now + next_service(s), DEPARTURE, actor, arg);
}

static void engine_run(struct sim *sim, struct station *s, uint64_t customers)
{
    station_open(s, customers);
    sim_start(sim, 2385, 0);
    sim_at(sim, next_gap(s), ARRIVAL, 0, 0);
    sim_run_until(sim, SIM_NEVER);
}

/* ---- bare: two time variables ---- */

static void bare_run(struct station *s, uint64_t customers)
{
    station_open(s, customers);
    sim_time arrival = next_gap(s), departure = SIM_NEVER;
    while (s->served < customers) {
        if (arrival < departure) {
            sim_time now = arrival;
            if (station_enter(s, now)) departure = now + next_service(s);
            arrival = s->to_come ? now + next_gap(s) : SIM_NEVER;
        } else {
            departure = station_leave(s, departure) ? departure + next_service(s) : SIM_NEVER;
        }
    }
}

/* ---- measuring ---- */

static double mean_in_system(const struct station *s)
{
    return sim_time_seconds(s->in_system) / (double)s->served;
}

int main(int argc, char **argv)
{
    static sim_handler *const handlers[] = {[ARRIVAL] = on_arrival, [DEPARTURE] = on_departure};
    static struct station by_engine, by_hand;
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    uint64_t customers = quick ? 10000 : 1000000;
    unsigned repeats = quick ? 1 : BENCH_REPEATS;
    double engine[BENCH_REPEATS], bare[BENCH_REPEATS], ratio[BENCH_REPEATS];
    struct sim sim;
    sim_init(&sim, handlers, &by_engine);
    for (unsigned i = 0; i < repeats; i++) {
        double t0 = bench_seconds();
        engine_run(&sim, &by_engine, customers);
        double t1 = bench_seconds();
        bare_run(&by_hand, customers);
        double t2 = bench_seconds();
        engine[i] = 2e-6 * (double)customers / (t1 - t0);
        bare[i] = 2e-6 * (double)customers / (t2 - t1);
        ratio[i] = (t1 - t0) / (t2 - t1);
    }
    sim_assert(&sim, by_engine.in_system == by_hand.in_system && sim.events == 2 * customers);
    printf("mm1 engine          %6.1f Mev/s  mean time in system %.9f s, %.2f x the bare loop's time\n",
           bench_median(engine, repeats), mean_in_system(&by_engine), bench_median(ratio, repeats));
    printf("mm1 bare loop       %6.1f Mev/s  mean time in system %.9f s\n", bench_median(bare, repeats),
           mean_in_system(&by_hand));
    sim_fini(&sim);
    return 0;
}
