/* tests/models/test_measure.c - the numbers of each part of a world, by hand. */
#include "models/measure.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define S SIM_SECOND
#define M SIM_MINUTE
#define H SIM_HOUR

static struct tiny t;
static struct result *r;

/* Nothing takes time but what a test says; the MTA gives mail up at its first failure. */
static void open_world(const char *mta)
{
    tiny_init(&t, mta, "bind", 1, 1);
    tiny_no_delay(&t);
    t.spec.mail = 10 * H;
    t.spec.limit = 10 * H; /* a stretch is 75 s */
    t.mtas[0].params.maximal_queue_lifetime = 0;
}

static void go(uint64_t runs)
{
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    r = result_new(&t.spec);
    for (uint64_t run = 0; run < runs; run++) {
        world_run(w, 2385, run, tally);
        result_add(r, tally);
    }
    tally_free(tally);
    world_free(w);
}

static void end(void)
{
    result_free(r);
    r = NULL;
}

TestSuite(measure, .fini = end);

static struct estimate get(enum part part, uint32_t index, const char *name)
{
    const struct measure *m = measure_find(part, name);
    cr_assert(m, "no measure %s", name);
    return measure_of(r, part, index, m);
}

static void is(enum part part, uint32_t index, const char *name, double expected)
{
    struct estimate e = get(part, index, name);
    cr_assert(e.has_value, "%s has no value", name);
    cr_assert(fabs(e.value - expected) <= 1e-9 * (1 + fabs(expected)), "%s: %.12g, expected %.12g", name, e.value,
              expected);
    cr_assert(e.low <= e.value && e.value <= e.high, "%s: %g outside %g .. %g", name, e.value, e.low, e.high);
}

static void is_none(enum part part, uint32_t index, const char *name)
{
    cr_assert(!get(part, index, name).has_value, "%s has a value", name);
}

static uint32_t clients(uint32_t mta, uint32_t zone, uint32_t count, sim_time at)
{
    uint32_t c = tiny_client(&t, mta, zone);
    t.clients[c].count = count;
    t.clients[c].at = at;
    return c;
}

/* ---- names ---- */

Test(measure, each_is_found_by_its_name_and_names_differ)
{
    open_world("postfix");
    tiny_mta(&t, "exim", 0);
    t.mx_hosts[0].limits = (struct limit_spec){5, 4, {3, H}, {2, M}, 10, 1};
    t.ns[0].capacity = 100;
    go(2);
    size_t count = 0;
    for (int part = 0; part < PART_COUNT; part++)
        for (uint32_t i = 0; i < part_count(&t.spec, (enum part)part); i++) {
            cr_assert_gt(strlen(part_name(&t.spec, (enum part)part, i)), 0);
            for (const struct measure *m = NULL; (m = measure_next(&t.spec, (enum part)part, i, m)); count++)
                cr_assert_eq(measure_find((enum part)part, m->name), m, "%s", m->name);
        }
    cr_assert_gt(count, 100);
    cr_assert_null(measure_find(PART_HOST, "latency.p99"));
}

Test(measure, what_does_not_apply_is_left_out)
{
    open_world("rfc5321"); /* no limits, no memory */
    tiny_unlimited(&t.mtas[0].params);
    go(3);
    size_t count = 0;
    for (const struct measure *m = NULL; (m = measure_next(&t.spec, PART_HOST, 0, m)); count++)
        cr_assert(!strchr(m->name, '.') || strcmp(m->name, "sessions.mean") == 0, "%s", m->name);
    cr_assert_eq(count, 5);
    for (const struct measure *m = NULL; (m = measure_next(&t.spec, PART_MTA, 0, m));)
        cr_assert(strncmp(m->name, "deliveries.", 11) != 0 && strncmp(m->name, "runners.", 8) != 0, "%s", m->name);
    is_none(PART_MTA, 0, "deliveries.mean");
    is_none(PART_HOST, 0, "sessions.utilisation");
    is_none(PART_HOST, 0, "sessions.peak");
    cr_assert(!part_is_there(r, PART_LANE, 0));
}

/* ---- senders and destinations ---- */

/* Two clients to two zones; zone 1 has a host that is 100 s late and refuses three of four by their mailbox. */
Test(measure, mail_by_client_and_by_destination)
{
    open_world("rfc5321");
    tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    t.mx_hosts[0].takes = law_constant(S);
    t.mx_hosts[1].takes = law_constant(100 * S);
    t.clients[0].count = 6;
    uint32_t lost = clients(0, 1, 3, 0), mixed = clients(0, 1, 1, H);
    t.clients[lost].unknown_users = 1;
    uint32_t late = clients(0, 1, 2, 10 * H - 10 * S); /* the run ends before it is delivered */
    go(4);
    is(PART_CLIENT, 0, "messages", 6);
    is(PART_CLIENT, 0, "delivered_rate", 1);
    is(PART_CLIENT, 0, "bounce_rate", 0);
    is(PART_CLIENT, lost, "bounce_rate", 1);
    is_none(PART_CLIENT, lost, "latency.mean");
    is_none(PART_CLIENT, lost, "latency.p99");
    is(PART_CLIENT, late, "queued_rate", 1);
    is(PART_DESTINATION, 0, "messages", 6);
    is(PART_DESTINATION, 1, "messages", 6);
    is(PART_DESTINATION, 1, "delivered_rate", 1 / 6.0);
    is(PART_DESTINATION, 1, "bounce_rate", 3 / 6.0);
    is(PART_DESTINATION, 1, "queued_rate", 2 / 6.0);
    double unit = (1 << MAIL_LATENCY_BITS) / 1e9;
    cr_assert(fabs(get(PART_DESTINATION, 1, "latency.mean").value - 100) < unit);
    cr_assert(fabs(get(PART_CLIENT, mixed, "latency.mean").value - 100) < unit);
    is(PART_DESTINATION, 0, "latency.p50", 1);
    is(PART_DESTINATION, 0, "latency.p99", 1);
    is(PART_DESTINATION, 1, "latency.p99", 100);
    is(PART_CLIENT, mixed, "latency.p50", 100);
}

/* The only client, and the only destination, have the finer distribution of all mail, though there are more zones. */
Test(measure, the_only_one_is_all)
{
    open_world("rfc5321");
    tiny_zone(&t, 1, 1);
    t.clients[0].count = 0;
    t.clients[0].rate = 0.05;
    t.mx_hosts[0].takes = (struct law){.kind = LAW_EXPONENTIAL, .a = 7 * S};
    go(3);
    cr_assert(!r->client_spans && !r->zone_spans);
    is(PART_CLIENT, 0, "latency.p90", result_named(r, "latency.p90").value);
    is(PART_DESTINATION, 0, "latency.p90", result_named(r, "latency.p90").value);
    cr_assert(part_is_there(r, PART_DESTINATION, 0) && !part_is_there(r, PART_DESTINATION, 1));
}

/* ---- MTAs ---- */

/* A queue that nothing leaves: 10 at 0, 30 more at the beginning of the fifth stretch of 75 s. */
Test(measure, the_fastest_growth)
{
    open_world("rfc5321");
    t.mtas[0].params.maximal_queue_lifetime = SIM_DAY;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST);
    t.clients[0].count = 10;
    clients(0, 0, 30, 4 * 75 * S);
    go(2);
    is(PART_MTA, 0, "queue.growth", 30 * 3600 / 75.0);
    is(PART_MTA, 0, "queue.mean", (10 * 36000 + 30 * (36000 - 300)) / 36000.0);
    is(PART_MTA, 0, "queue.peak", 40);
    is(PART_MTA, 0, "arrived", 40);
    end();
    t.clients[1].count = 5;
    go(2);
    is(PART_MTA, 0, "queue.growth", 10 * 3600 / 75.0);
}

/* 2 at a time to one destination, 3 in all: 5 messages of 75 s to zone 0 and 2 to zone 1. */
Test(measure, slots_of_an_mta_and_of_a_lane)
{
    open_world("postfix");
    struct mta_params *p = &t.mtas[0].params;
    tiny_unlimited(p);
    p->process_limit = 3;
    p->destination_concurrency = p->initial_concurrency = 2;
    tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    t.mx_hosts[0].takes = t.mx_hosts[1].takes = law_constant(75 * S);
    t.clients[0].count = 5;
    clients(0, 1, 2, 0);
    go(1);
    /* The first two of zone 0 and one of zone 1; at 75 s two and one; at 150 s the last one. */
    is(PART_MTA, 0, "deliveries.limit", 3);
    is(PART_MTA, 0, "deliveries.mean", 7 * 75 / 36000.0);
    is(PART_MTA, 0, "deliveries.utilisation", 7 * 75 / 36000.0 / 3);
    is(PART_MTA, 0, "deliveries.headroom", 1 - 7 * 75 / 36000.0 / 3);
    is(PART_MTA, 0, "deliveries.busiest", 3);
    is(PART_MTA, 0, "deliveries.busiest_headroom", 0);
    is(PART_MTA, 0, "deliveries.peak", 3);
    is(PART_MTA, 0, "deliveries.full", 150 / 36000.0);
    is(PART_LANE, 0, "deliveries.limit", 2);
    is(PART_LANE, 0, "deliveries.mean", 5 * 75 / 36000.0);
    is(PART_LANE, 0, "deliveries.full", 150 / 36000.0);
    is(PART_LANE, 1, "deliveries.mean", 2 * 75 / 36000.0);
    is(PART_LANE, 1, "deliveries.busiest_utilisation", 0.5);
    is(PART_LANE, 1, "deliveries.full", 0);
    cr_assert_str_eq(part_name(&t.spec, PART_LANE, 1), "z1.example");
}

/* Exim: one runner at a time; the look at 30 min finds 4 messages, each of which takes 100 s. */
Test(measure, queue_runners)
{
    open_world("exim");
    struct mta_params *p = &t.mtas[0].params;
    p->maximal_queue_lifetime = SIM_DAY;
    p->queue_runners = 2;
    p->queue_run_delay = 30 * M;
    p->queue_run_phase = 0;
    p->connection_cache = 0;
    t.mx_hosts[0].takes = law_constant(100 * S);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 10 * M);
    t.clients[0].count = 4;
    go(1);
    is(PART_MTA, 0, "runners.limit", 2);
    is(PART_MTA, 0, "runners.mean", 400 / 36000.0);
    is(PART_MTA, 0, "runners.busiest", 1);
    is(PART_MTA, 0, "runners.utilisation", 200 / 36000.0);
    is(PART_MTA, 0, "runners.full", 0);
    is_none(PART_MTA, 0, "deliveries.mean");
}

/* ---- MX hosts ---- */

/* A session lasts as long as the host takes; no limit, so only the mean is known. One is cut short by the run's end. */
Test(measure, sessions_of_a_host_without_limits)
{
    open_world("rfc5321");
    t.mx_hosts[0].takes = law_constant(60 * S);
    t.clients[0].count = 8;
    clients(0, 0, 2, 10 * H - 15 * S);
    go(1);
    double mean = get(PART_HOST, 0, "sessions.mean").value, expected = (8 * 60 + 2 * 15) / 36000.0;
    cr_assert(fabs(mean - expected) < 10 * 1.1e-6 / 36000, "%.12g, expected %.12g", mean, expected);
    is(PART_CLIENT, 1, "queued_rate", 1);
}

/* Three at a time, two of each client; 4 of one MTA and 2 of another come at 0 and stay for 150 s. */
Test(measure, sessions_and_who_is_told_421)
{
    open_world("rfc5321");
    uint32_t other = tiny_mta(&t, "rfc5321", 0);
    t.mtas[other].params.maximal_queue_lifetime = 0;
    t.mx_hosts[0].takes = law_constant(150 * S);
    t.mx_hosts[0].limits.sessions = 3;
    t.mx_hosts[0].limits.sessions_per_client = 2;
    t.clients[0].count = 4;
    clients(other, 0, 2, S);
    go(1);
    is(PART_HOST, 0, "sessions.mean", (2 * 150 + 150) / 36000.0);
    is(PART_HOST, 0, "sessions.busiest", 3);
    is(PART_HOST, 0, "sessions.full", 149 / 36000.0);
    is(PART_HOST, 0, "sessions.refused", 1);
    is(PART_HOST, 0, "client_sessions.limit", 2);
    is(PART_HOST, 0, "client_sessions.mean", 300 / 36000.0);
    is(PART_HOST, 0, "client_sessions.full", 150 / 36000.0);
    is(PART_HOST, 0, "client_sessions.refused", 2);
    is(PART_HOST, 0, "busy", 3);
    is(PART_HOST, 0, "connections", 6);
    cr_assert_eq(r->hosts[0].failures[CAUSE_HOST_BUSY].most, 3);
}

/* Periods of a minute begin at 5 s and at 65 s: 6 and 4 messages, of which 3 each are taken. */
Test(measure, a_rate_and_its_fullest_period)
{
    open_world("rfc5321");
    t.mx_hosts[0].limits.messages = (struct rate_spec){3, M};
    t.clients[0].count = 0;
    t.clients[0].every = 10 * S;
    t.clients[0].at = 5 * S;
    t.spec.mail = 100 * S;
    go(1);
    is(PART_HOST, 0, "rate.limit", 3);
    is(PART_HOST, 0, "rate.period", 60);
    is(PART_HOST, 0, "rate.mean", 10 / 600.0);
    is(PART_HOST, 0, "rate.busiest", 6);
    is(PART_HOST, 0, "rate.busiest_utilisation", 2);
    is(PART_HOST, 0, "rate.busiest_headroom", -1);
    is(PART_HOST, 0, "rate.refused", 4);
    is(PART_HOST, 0, "rate.full", (40 + 40) / 36000.0);
    is_none(PART_HOST, 0, "client_rate.mean");
}

Test(measure, the_rate_of_the_busiest_client)
{
    open_world("rfc5321");
    uint32_t other = tiny_mta(&t, "rfc5321", 0);
    t.mtas[other].params.maximal_queue_lifetime = 0;
    t.mx_hosts[0].limits.messages_per_client = (struct rate_spec){2, H};
    t.clients[0].count = 3;
    clients(other, 0, 5, 9 * H + 30 * M);
    go(1);
    is(PART_HOST, 0, "client_rate.mean", 5 / 10.0);
    is(PART_HOST, 0, "client_rate.peak", 5);
    is(PART_HOST, 0, "client_rate.full", 0.05);
    is(PART_HOST, 0, "client_rate.refused", 1 + 3);
}

/* Room for 3, readers fetch one in 100 s: two at 0, one at 50 s, and at 60 s one is too many. Not empty before 300 s.
 */
Test(measure, a_disk)
{
    open_world("rfc5321");
    t.mx_hosts[0].limits.holds = 3;
    t.mx_hosts[0].limits.empties = 0.01;
    t.clients[0].count = 2;
    clients(0, 0, 1, 50 * S);
    clients(0, 0, 1, 60 * S);
    go(1);
    /* 2 to 1.5 in 50 s, then 2.5 to 0 in 250 s; above 2 for 50 s. */
    is(PART_HOST, 0, "disk.mean", (1.75 * 50 + 2.5 * 250 / 2) / 36000);
    is(PART_HOST, 0, "disk.peak", 2.5);
    is(PART_HOST, 0, "disk.busiest", (1.75 * 50 + 2.375 * 25) / 75);
    is(PART_HOST, 0, "disk.full", 50 / 36000.0);
    is(PART_HOST, 0, "disk.refused", 1);
}

/* A relay's disk is its queue: two stay for an hour, when the primary is back; there is no room for a third. */
Test(measure, the_disk_of_a_relay)
{
    tiny_init(&t, "rfc5321", "bind", 1, 2);
    tiny_no_delay(&t);
    t.spec.mail = t.spec.limit = 10 * H;
    uint32_t relay = tiny_backup(&t, 1, "rfc5321");
    t.mtas[0].params.maximal_queue_lifetime = 0;
    t.mtas[relay].params.retry_gaps = (struct span_list){{H}, 1};
    t.mx_hosts[1].limits.holds = 2;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 59 * M);
    t.clients[0].count = 2;
    clients(0, 0, 1, S);
    go(1);
    is(PART_HOST, 1, "disk.mean", 0.2);
    is(PART_HOST, 1, "disk.peak", 2);
    is(PART_HOST, 1, "disk.busiest_utilisation", 1);
    is(PART_HOST, 1, "disk.full", 0.1);
    is(PART_HOST, 1, "disk.refused", 1);
}

/* ---- name service ---- */

/* One message asks for MX, A and AAAA, the next one, a minute later, has them from the cache. */
Test(measure, questions_and_what_the_cache_answers)
{
    for (int watched = 0; watched < 2; watched++) {
        open_world("rfc5321");
        clients(0, 0, 1, M);
        clients(0, 0, 1, 2 * M);
        struct play p;
        if (watched) {
            play_run(&p, &t, 2385, 0);
            r = result_new(&t.spec);
            result_add(r, p.tally);
            play_end(&p);
        } else {
            go(1);
        }
        is(PART_MTA, 0, "queries", 3);
        is(PART_RESOLVER, 0, "questions", 9);
        is(PART_RESOLVER, 0, "cached_rate", 6 / 9.0);
        is(PART_RESOLVER, 0, "packets", (double)r->totals[COL_PACKETS]);
        is(PART_NS, 0, "packets", (double)r->totals[COL_PACKETS]);
        end();
    }
    open_world("rfc5321");
    go(1);
}

/* 100 questions a second on a usual day; 100 more from 1 h to 2 h, 30 more from 90 min to 3 h. 150 can be answered. */
Test(measure, the_load_of_a_name_server)
{
    open_world("rfc5321");
    t.ns[0].capacity = 150;
    t.ns[0].queries = 100;
    tiny_fault(&t, TARGET_NS, 0, FAULT_OVERLOADED, H, H)->load = 100;
    tiny_fault(&t, TARGET_NS, 0, FAULT_OVERLOADED, 90 * M, 90 * M)->load = 30;
    go(2);
    is(PART_NS, 0, "demand.limit", 150);
    is(PART_NS, 0, "demand.mean", 100 + 10 + 4.5);
    is(PART_NS, 0, "demand.busiest", 230);
    is(PART_NS, 0, "demand.peak", 230);
    is(PART_NS, 0, "demand.busiest_headroom", 1 - 230 / 150.0);
    is(PART_NS, 0, "demand.full", 0.1);
}

/* ---- over runs ---- */

/* Two runs of three use both slots of a host without a break, one none: the mean over runs, and its interval. */
Test(measure, an_interval_over_runs)
{
    open_world("rfc5321");
    t.mx_hosts[0].limits.sessions = 2;
    struct tally *tally = tally_new(&t.spec);
    r = result_new(&t.spec);
    for (int run = 0; run < 3; run++) {
        tally_clear(tally);
        if (run != 1) tally->loads[LOAD_SESSIONS][0] = (struct load_sum){2, 2, 2, 1, 10};
        result_add(r, tally);
    }
    tally_free(tally);
    is(PART_HOST, 0, "sessions.utilisation", 2 / 3.0);
    is(PART_HOST, 0, "sessions.headroom", 1 / 3.0);
    is(PART_HOST, 0, "sessions.mean", 4 / 3.0);
    is(PART_HOST, 0, "sessions.refused", 20 / 3.0);
    is(PART_HOST, 0, "sessions.most", 2);
    struct estimate used = get(PART_HOST, 0, "sessions.utilisation"), left = get(PART_HOST, 0, "sessions.headroom");
    cr_assert(used.low >= 0 && used.high <= 1 && used.has_interval);
    cr_assert(fabs(left.low - (1 - used.high)) < 1e-12 && fabs(left.high - (1 - used.low)) < 1e-12);
}
