/* tests/sim/test_sim.c - the engine: order, cancelling, independence of two simulations, copies. */
#include "sim/mem.h"
#include "sim/rng.h"
#include "sim/sim.h"

#include <criterion/criterion.h>
#include <signal.h>

/* ---- a model that writes down what happens ---- */

struct note {
    sim_time at;
    uint32_t actor;
    uint64_t arg;
};

struct diary {
    struct note notes[8532];
    size_t count;
};

static void on_note(struct sim *sim, uint32_t actor, uint64_t arg)
{
    struct diary *d = sim->model;
    cr_assert_lt(d->count, sizeof d->notes / sizeof *d->notes);
    d->notes[d->count++] = (struct note){sim->now, actor, arg};
}

/* Schedules arg more events at its own instant. */
static void on_again(struct sim *sim, uint32_t actor, uint64_t arg)
{
    on_note(sim, actor, arg);
    for (uint64_t i = 0; i < arg; i++) sim_at(sim, sim->now, 0, actor + 100, i);
}

static sim_handler *const diary_handlers[] = {on_note, on_again};

static struct diary *diary_open(struct sim *sim)
{
    struct diary *d = mem_zero(1, sizeof *d);
    sim_init(sim, diary_handlers, d);
    sim_start(sim, 2385, 8532);
    return d;
}

static void diary_close(struct sim *sim)
{
    mem_free(sim->model);
    sim_fini(sim);
}

Test(sim, events_of_equal_time_happen_in_the_order_they_were_scheduled)
{
    struct sim sim;
    struct diary *d = diary_open(&sim);
    for (uint32_t i = 0; i < 2385; i++) sim_at(&sim, i % 3 == 0 ? 8532 : 238532, 0, i, 2 * i);
    sim_run_until(&sim, SIM_NEVER);
    cr_assert_eq(d->count, 2385);
    for (size_t i = 1; i < d->count; i++) {
        cr_assert(d->notes[i - 1].at < d->notes[i].at ||
                  (d->notes[i - 1].at == d->notes[i].at && d->notes[i - 1].actor < d->notes[i].actor));
        cr_assert_eq(d->notes[i].arg, 2 * d->notes[i].actor);
    }
    diary_close(&sim);
}

Test(sim, what_is_scheduled_for_now_happens_now_after_what_already_waited)
{
    struct sim sim;
    struct diary *d = diary_open(&sim);
    static const uint32_t expected[] = {1, 2, 3, 101, 101, 103};
    sim_at(&sim, 2385, 1, 1, 2);
    sim_at(&sim, 2385, 0, 2, 0);
    sim_at(&sim, 2385, 1, 3, 1);
    sim_run_until(&sim, 2385);
    cr_assert_eq(d->count, 6);
    for (size_t i = 0; i < 6; i++) {
        cr_assert_eq(d->notes[i].actor, expected[i]);
        cr_assert_eq(d->notes[i].at, 2385);
    }
    diary_close(&sim);
}

Test(sim, run_until_includes_its_instant_and_moves_the_clock_there)
{
    struct sim sim;
    struct diary *d = diary_open(&sim);
    sim_at(&sim, 2385, 0, 1, 0);
    sim_at(&sim, 2386, 0, 2, 0);
    sim_run_until(&sim, 2384);
    cr_assert(d->count == 0 && sim.now == 2384 && sim.events == 0);
    sim_run_until(&sim, 2385);
    cr_assert(d->count == 1 && sim.now == 2385 && sim.events == 1);
    sim_run_until(&sim, SIM_NEVER);
    cr_assert(d->count == 2 && sim.now == 2386 && sim.events == 2);
    sim_run_until(&sim, 8532);
    cr_assert(d->count == 2 && sim.now == 8532);
    diary_close(&sim);
}

Test(sim, cancelled_events_do_not_happen)
{
    struct sim sim;
    struct diary *d = diary_open(&sim);
    sim_handle handles[2385];
    for (uint32_t i = 0; i < 2385; i++) handles[i] = sim_at_cancellable(&sim, 10 + i % 17, 0, i, i);
    for (uint32_t i = 0; i < 2385; i += 5) cr_assert(sim_cancel(&sim, handles[i]));
    sim_run_until(&sim, SIM_NEVER);
    cr_assert_eq(d->count, 2385 - 477);
    cr_assert_eq(sim.events, 2385 - 477);
    for (size_t i = 0; i < d->count; i++) cr_assert_neq(d->notes[i].actor % 5, 0);
    diary_close(&sim);
}

Test(sim, stale_handles_do_nothing)
{
    struct sim sim;
    struct diary *d = diary_open(&sim);
    sim_handle fired = sim_at_cancellable(&sim, 2385, 0, 1, 0);
    sim_run_until(&sim, 2385);
    cr_assert_not(sim_cancel(&sim, fired), "it happened");
    sim_handle second = sim_at_cancellable(&sim, 8532, 0, 2, 0); /* takes over the place of the first */
    cr_assert_neq(second, fired);
    cr_assert_not(sim_cancel(&sim, fired), "the second must stay");
    cr_assert_not(sim_cancel(&sim, 0));
    cr_assert_not(sim_cancel(&sim, UINT64_C(0x100000001) + 8532), "never given out");
    cr_assert(sim_cancel(&sim, second));
    cr_assert_not(sim_cancel(&sim, second), "cancelled already");
    sim_run_until(&sim, SIM_NEVER);
    cr_assert_eq(d->count, 1);
    diary_close(&sim);
}

Test(sim, a_handle_stays_stale_when_its_place_is_used_many_times)
{
    struct sim sim;
    diary_open(&sim);
    sim_handle first = sim_at_cancellable(&sim, 1, 0, 0, 0);
    for (int i = 0; i < 8000; i++) {
        sim_run_until(&sim, sim.now + 2);
        sim_handle h = sim_at_cancellable(&sim, sim.now + 1, 0, 0, 0);
        cr_assert_neq(h, first);
        cr_assert_not(sim_cancel(&sim, first));
    }
    diary_close(&sim);
}

Test(sim, cancelled_events_are_swept_out_before_they_are_the_majority)
{
    struct sim sim;
    diary_open(&sim);
    static sim_handle handles[50000];
    struct rng r;
    rng_open(&r, 2385, 0, 1);
    for (uint32_t i = 0; i < 50000; i++)
        handles[i] = sim_at_cancellable(&sim, (sim_time)rng_below(&r, 238532), 0, i, 0);
    for (size_t i = 50000; i > 0; i--) {
        size_t k = rng_below(&r, i);
        cr_assert(sim_cancel(&sim, handles[k]));
        handles[k] = handles[i - 1];
        size_t pending = queue_count(&sim.queue);
        cr_assert(sim.cancelled <= 64 || sim.cancelled <= pending / 2);
        cr_assert_eq(pending - sim.cancelled, i - 1, "%zu pending, %u of them cancelled", pending, sim.cancelled);
    }
    sim_run_until(&sim, SIM_NEVER);
    cr_assert_eq(sim.events, 0);
    cr_assert_eq(sim.cancelled, 0);
    diary_close(&sim);
}

Test(sim, step_handles_one_event_and_passes_cancelled_ones)
{
    struct sim sim;
    struct diary *d = diary_open(&sim);
    sim_handle h = sim_at_cancellable(&sim, 5, 0, 1, 0);
    sim_at(&sim, 2385, 0, 2, 0);
    sim_cancel(&sim, h);
    cr_assert_not(sim_step(&sim, 238));
    cr_assert(sim_step(&sim, SIM_NEVER));
    cr_assert(d->count == 1 && d->notes[0].actor == 2);
    cr_assert_not(sim_step(&sim, SIM_NEVER));
    diary_close(&sim);
}

Test(sim, an_event_before_cancelled_ones_that_were_passed_comes_first)
{
    struct sim sim;
    struct diary *d = diary_open(&sim);
    for (uint32_t i = 0; i < 20000; i++) sim_at(&sim, 8532000 + i, 0, 9, 0); /* so many that the radix heap is used */
    sim_handle h = sim_at_cancellable(&sim, 2385, 0, 1, 0);
    sim_cancel(&sim, h);
    cr_assert_not(sim_step(&sim, 8532), "passes the cancelled one; the clock stays");
    sim_at(&sim, 238, 0, 2, 0);
    sim_at(&sim, 2380, 0, 4, 0);
    sim_at(&sim, 238, 0, 3, 0);
    sim_run_until(&sim, 8532);
    cr_assert_eq(d->count, 3);
    for (uint32_t i = 0; i < 3; i++) cr_assert_eq(d->notes[i].actor, i + 2);
    diary_close(&sim);
}

Test(sim, scheduling_in_the_past_is_a_fault_of_ours, .signal = SIGABRT)
{
    struct sim sim;
    diary_open(&sim);
    sim_run_until(&sim, 2385);
    sim_at(&sim, 2384, 0, 0, 0);
}

/* ---- a small random model: actors that beget, postpone and cancel ---- */

#define ACTORS 50

struct crowd {
    struct sim sim;
    struct rng rng;
    uint64_t hash; /* of everything that happened, in order */
    sim_handle timers[ACTORS];
};

static void on_act(struct sim *sim, uint32_t actor, uint64_t arg)
{
    struct crowd *c = sim->model;
    c->hash = rng_part(c->hash ^ (uint64_t)sim->now, arg << 8 | actor);
    uint32_t other = (uint32_t)rng_below(&c->rng, ACTORS);
    sim_at(sim, sim->now + (sim_time)rng_below(&c->rng, 100), (uint32_t)rng_below(&c->rng, 2), other, arg + 1);
}

/* Puts off another's timer, or lets it ring. */
static void on_put_off(struct sim *sim, uint32_t actor, uint64_t arg)
{
    struct crowd *c = sim->model;
    uint32_t other = (uint32_t)rng_below(&c->rng, ACTORS);
    bool was = sim_cancel(sim, c->timers[other]);
    c->hash = rng_part(c->hash ^ (uint64_t)sim->now, arg << 1 | was);
    c->timers[other] = sim_at_cancellable(sim, sim->now + (sim_time)rng_below(&c->rng, 300), 2, other, arg);
    on_act(sim, actor, arg);
}

static void on_ring(struct sim *sim, uint32_t actor, uint64_t arg)
{
    struct crowd *c = sim->model;
    c->hash = rng_part(c->hash ^ (uint64_t)sim->now, arg * 3 + actor);
}

static sim_handler *const crowd_handlers[] = {on_act, on_put_off, on_ring};

/* Begins (again). */
static void crowd_start(struct crowd *c, uint64_t seed)
{
    sim_start(&c->sim, seed, 0);
    rng_open(&c->rng, seed, 0, rng_name("crowd"));
    c->hash = seed;
    for (uint32_t i = 0; i < ACTORS; i++) {
        c->timers[i] = 0;
        sim_at(&c->sim, (sim_time)rng_below(&c->rng, 10), i % 2, i, 0);
    }
}

static void crowd_open(struct crowd *c, uint64_t seed)
{
    sim_init(&c->sim, crowd_handlers, c);
    crowd_start(c, seed);
}

#define CROWD_END 20000

Test(sim, two_simulations_side_by_side_equal_two_one_after_the_other)
{
    struct crowd alone[2], beside[2];
    struct rng turn;
    rng_open(&turn, 8532, 0, 1);
    for (unsigned i = 0; i < 2; i++) {
        crowd_open(&alone[i], 2385 + i);
        sim_run_until(&alone[i].sim, CROWD_END);
        crowd_open(&beside[i], 2385 + i);
    }
    for (bool more[2] = {true, true}; more[0] || more[1];) {
        unsigned i = (unsigned)rng_below(&turn, 2);
        more[i] = sim_step(&beside[i].sim, CROWD_END);
    }
    cr_assert_neq(alone[0].hash, alone[1].hash);
    for (unsigned i = 0; i < 2; i++) {
        cr_assert_gt(alone[i].sim.events, 10000);
        cr_assert_eq(beside[i].hash, alone[i].hash);
        cr_assert_eq(beside[i].sim.events, alone[i].sim.events);
        sim_fini(&alone[i].sim);
        sim_fini(&beside[i].sim);
    }
}

/* copy becomes what c is now; both have a simulation of their own. */
static void crowd_copy(struct crowd *copy, const struct crowd *c)
{
    struct sim own = copy->sim;
    *copy = *c;
    copy->sim = own;
    sim_copy(&copy->sim, &c->sim);
    cr_assert_eq(copy->sim.model, copy);
}

Test(sim, a_copy_of_a_running_simulation_goes_on_as_the_original)
{
    struct crowd c, copy;
    crowd_open(&c, 2385);
    crowd_open(&copy, 1); /* whatever it held before */
    for (sim_time cut = 238; cut < CROWD_END; cut += 2385) {
        sim_run_until(&c.sim, cut);
        crowd_copy(&copy, &c);
        uint64_t hash = c.hash;
        sim_run_until(&copy.sim, cut + 2385);
        cr_assert(c.hash == hash && c.sim.now == cut, "the original stands still");
        sim_run_until(&c.sim, cut + 2385);
        cr_assert_neq(c.hash, hash);
        cr_assert_eq(copy.hash, c.hash);
        cr_assert_eq(copy.sim.events, c.sim.events);
        sim_run_until(&copy.sim, cut + 8532); /* so that the next copy overwrites something else */
    }
    sim_fini(&c.sim);
    sim_fini(&copy.sim);
}

Test(sim, a_simulation_started_again_repeats_itself)
{
    struct crowd c;
    crowd_open(&c, 2385);
    sim_run_until(&c.sim, CROWD_END);
    uint64_t hash = c.hash, events = c.sim.events;
    crowd_start(&c, 2385);
    cr_assert(c.sim.now == 0 && c.sim.events == 0 && queue_count(&c.sim.queue) == ACTORS);
    sim_run_until(&c.sim, CROWD_END);
    cr_assert_eq(c.hash, hash);
    cr_assert_eq(c.sim.events, events);
    sim_fini(&c.sim);
}

Test(sim, running_in_pieces_is_running)
{
    struct sim sim;
    struct diary *d = diary_open(&sim);
    for (uint32_t i = 0; i < 100; i++) sim_at(&sim, 85 * i, 0, i, i);
    cr_assert(sim_run_some(&sim, 85 * 60 + 38, 23));
    cr_assert_eq(d->count, 23);
    cr_assert_eq(sim.now, 85 * 22);
    cr_assert_not(sim_run_some(&sim, 85 * 60 + 38, 2385));
    cr_assert_eq(d->count, 61);
    cr_assert_eq(sim.now, 85 * 60 + 38, "between two events, as sim_run_until leaves it");
    diary_close(&sim);
}
