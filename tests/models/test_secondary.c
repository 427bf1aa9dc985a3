/* tests/models/test_secondary.c - when a secondary asks, expires and is back, against real software.
 *
 * The rows of the first tests were measured with SOA times of 10, 5 and 30 s: NSD 4.6.1, Knot 3.2.6, BIND 9.18.49. */
#include "models/params.h"
#include "models/profile.h"
#include "models/secondary.h"
#include "sim/vtime.h"

#include <criterion/criterion.h>

#define S          SIM_SECOND
#define STATES_MAX 16

/* One secondary, its primary, and what became of them. */
static struct secondary_params params;
static struct secondary_case c;
static struct fault_state states[2][STATES_MAX];
static struct timeline primary, own;
static struct host_spec host;
static struct outages attempts;
static const struct outages *expired;
static struct arena arena;

static void healthy(struct timeline *t, struct fault_state *s)
{
    s[0] = (struct fault_state){.from = 0, .until = SIM_NEVER, .kind = FAULT_NONE};
    *t = (struct timeline){s, 1, 0};
}

static void open_case(void)
{
    arena_fini(&arena); /* of the case before, in a test of several */
    arena_init(&arena);
    healthy(&primary, states[0]);
    healthy(&own, states[1]);
    host = (struct host_spec){"ns1", law_constant(SIM_MS / 10), 0};
}

static void close_case(void)
{
    arena_fini(&arena);
}

TestSuite(secondary, .init = open_case, .fini = close_case);

static void soa(const char *software, sim_time refresh, sim_time retry, sim_time expire)
{
    params = secondary_profile_find(software)->params;
    params.refresh_phase = 0;
    c = (struct secondary_case){.params = &params,
                                .refresh = refresh,
                                .retry = retry,
                                .expire = expire,
                                .primary = &primary,
                                .own = &own,
                                .primary_host = &host,
                                .limit = SIM_DAY};
}

/* From `from` until `until` it is as kind says; then healthy for ever. Faults are added in the order of time. */
static struct fault_state *fault(struct timeline *t, enum fault_kind kind, sim_time from, sim_time until)
{
    struct fault_state *s = states[t == &own];
    uint32_t n = t->count;
    cr_assert_leq(n + 2, STATES_MAX);
    s[n - 1].until = from;
    s[n] = (struct fault_state){.from = from, .until = until, .kind = kind};
    s[n + 1] = (struct fault_state){.from = until, .until = SIM_NEVER, .kind = FAULT_NONE};
    t->count = until == SIM_NEVER ? n + 1 : n + 2;
    return &s[n];
}

static void play(uint64_t run)
{
    struct rng luck;
    rng_open(&luck, 2385, run, 1);
    attempts = (struct outages){0};
    primary.cursor = own.cursor = 0;
    expired = secondary_expiries(&arena, &c, &luck, &attempts);
}

static sim_time asked(uint32_t n)
{
    cr_assert_lt(n, attempts.count);
    return attempts.items[n].from;
}

/* The first question that began at `at` or later. */
static const struct outage *asked_from(sim_time at)
{
    for (uint32_t i = 0; i < attempts.count; i++)
        if (attempts.items[i].from >= at) return &attempts.items[i];
    cr_assert(false, "nothing asked from %g s on", sim_time_seconds(at));
    return NULL;
}

static void near(sim_time is, double least, double most, const char *what)
{
    double s = sim_time_seconds(is);
    cr_assert(s >= least - 0.05 && s <= most + 0.05, "%s: %g s, expected %g to %g", what, s, least, most);
}

/* ---- measured ---- */

Test(secondary, nsd_stopped_primary)
{
    for (uint64_t run = 0; run < 23; run++) {
        open_case();
        soa("nsd", 10 * S, 5 * S, 30 * S);
        sim_time lost = 40 * S + 200 * SIM_MS, back = lost + 300 * S;
        fault(&primary, FAULT_REFUSING, lost, back);
        play(run);
        static const double wanted[] = {9.8, 14.8, 24.8, 29.8};
        for (uint32_t i = 0; i < 4; i++) near(asked(4 + i) - lost, wanted[i], wanted[i], "asked");
        near(asked(8) - lost, 29.8 + 36, 29.8 + 39, "after expiry (measured: 67.9)");
        cr_assert_eq(expired->count, 1);
        near(expired->items[0].from - (lost - 200 * SIM_MS), 30, 30.3, "expired since the last answer (30.1)");
        cr_assert_geq(expired->items[0].until, back);
    }
}

Test(secondary, nsd_silent_primary)
{
    soa("nsd", 10 * S, 5 * S, 30 * S);
    sim_time lost = 40 * S + 100 * SIM_MS, back = lost + 151 * S;
    fault(&primary, FAULT_SILENT, lost, back);
    play(0);
    near(asked(4) - lost, 9.9, 9.9, "one connect at 9.9");
    near(asked(5) - lost, 134.9, 135, "the next at 135");
    near(expired->items[0].from - 40 * S, 130, 130.2, "expired (130.2)");
    near(expired->items[0].until - back, 0, 25, "a repeated SYN finds it (25)");
}

Test(secondary, knot)
{
    soa("knot", 10 * S, 5 * S, 30 * S);
    sim_time lost = 40 * S + 200 * SIM_MS;
    fault(&primary, FAULT_REFUSING, lost, lost + 400 * S);
    play(0);
    near(expired->items[0].from - 40 * S, 30, 30.3, "stopped");
    /* After expiry 0, 5, 20, 45, 80 s and less than 30 s more. */
    const struct outage *o = asked_from(expired->items[0].from + 1);
    for (int n = 1; n < 5; n++) {
        const struct outage *next = asked_from(o->from + 1);
        near(next->from - o->until, 5 * n * n, 5 * n * n + 30, "the next wait");
        o = next;
    }
    healthy(&primary, states[0]);
    fault(&primary, FAULT_SILENT, lost, lost + 400 * S);
    play(0);
    near(expired->items[0].from - 40 * S, 35, 35.2, "silent");
    near(asked_from(lost)->until - asked_from(lost)->from, 5, 5, "a question in vain");
}

Test(secondary, bind_with_short_least_times)
{
    bool at_once = false, late = false;
    for (uint64_t run = 0; run < 50; run++) {
        open_case();
        soa("bind", 10 * S, 5 * S, 30 * S);
        params.refresh_min = params.retry_min = S;
        fault(&primary, FAULT_REFUSING, 40 * S, 115 * S);
        play(run);
        sim_time gone = expired->items[0].from, heard = gone - 30 * S;
        cr_assert_eq(expired->count, 1);
        cr_assert(heard > 29 * S && heard < 40 * S + S, "30 s after the last answer");
        for (sim_time at = asked_from(40 * S)->from; at + 5 * S < gone; at += 5 * S)
            near(asked_from(at + 1)->from - at, 5, 5, "each 5 s");
        near(asked_from(gone)->from - gone, 0, 0, "at once");
        near(asked_from(gone + 1)->from - gone, 46, 60, "after expiry (49.6)");
        near(expired->items[0].until - 115 * S, 0, 121, "back (4.6, 119)");
        at_once = at_once || expired->items[0].until < 125 * S;
        late = late || expired->items[0].until > 200 * S;
    }
    cr_assert(at_once && late, "back in 4.6 s or in 119 s");
}

/* The SOA is asked for and answered, but the transfer is not tried: 2.7, 97.7 and 312.7 s after the return. */
Test(secondary, bind_silent_primary_counts_as_unreachable)
{
    for (uint64_t run = 0; run < 23; run++) {
        open_case();
        soa("bind", 10 * S, 5 * S, 30 * S);
        params.refresh_min = params.retry_min = S;
        fault(&primary, FAULT_SILENT, 40 * S, 162 * S);
        play(run);
        near(expired->items[0].until - expired->items[0].from, 600, 1000, "not within 400 s after it is back");
        const struct outage *first = asked_from(40 * S), *second = asked_from(first->until);
        near(first->until - first->from, 60, 60, "six times UDP, 30 s of TCP");
        near(second->from - first->until, 0, 0, "it has expired meanwhile");
        const struct outage *third = asked_from(second->until), *fourth = asked_from(third->until + 1);
        near(fourth->from - third->from, 91, 120, "95");
        near(asked_from(fourth->from + 1)->from - fourth->from, 181, 240, "215");
    }
}

Test(secondary, bind_with_its_own_least_times)
{
    for (uint64_t run = 0; run < 23; run++) {
        open_case();
        soa("bind", 10 * S, 5 * S, 30 * S);
        params.refresh_phase = 40 * S;
        fault(&primary, FAULT_REFUSING, S, 1000 * S);
        play(run);
        near(asked(0), 300 - 74 - 40, 260, "the first (206)");
        near(asked(1) - asked(0), 376, 500, "the second (409 later)");
        near(expired->items[0].from, 760, 760, "expired (760)");
        near(asked(2), 760, 760, "and asked for again");
    }
}

Test(secondary, a_primary_that_is_started_again_sends_notify)
{
    static const struct {
        const char *software;
        double measured;
    } rows[] = {{"nsd", 1.27}, {"knot", 0.26}, {"bind", 0.26}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_case();
        soa(rows[i].software, 10 * S, 5 * S, 30 * S);
        if (params.transport == SOA_BY_UDP) params.refresh_min = params.retry_min = S;
        c.notify = true;
        fault(&primary, FAULT_REFUSING, 40 * S, 140 * S);
        play(0);
        near(expired->items[0].until - 140 * S, rows[i].measured - 0.15, rows[i].measured + 0.15, rows[i].software);
        /* One whose network was gone has not been started. */
        healthy(&primary, states[0]);
        fault(&primary, FAULT_SILENT, 40 * S, 240 * S);
        play(0);
        cr_assert_gt(expired->items[0].until, 242 * S);
    }
}

/* Two outages, 75 and 50 s: in the second NSD waits for ten minutes (seen on the real one). */
Test(secondary, nsd_backs_off_further_in_the_next_outage)
{
    soa("nsd", 10 * S, 5 * S, 30 * S);
    fault(&primary, FAULT_REFUSING, 28 * S, 103 * S);
    fault(&primary, FAULT_REFUSING, 273 * S, 323 * S);
    play(0);
    cr_assert_eq(expired->count, 2);
    near(expired->items[0].until - 103 * S, 25, 90, "the first");
    near(expired->items[1].until - 323 * S, 400, 700, "the second");
    params.retry_doubles = false;
    play(0);
    near(expired->items[1].until - 323 * S, 0, 6, "without that rule");
}

/* ---- mechanisms ---- */

Test(secondary, bounds_hold_the_soas_times)
{
    soa("bind", 10 * S, 5 * S, 30 * S);
    cr_assert_eq(secondary_refresh(&params, 10 * S), 300 * S);
    cr_assert_eq(secondary_retry(&params, 5 * S), 500 * S);
    cr_assert_eq(secondary_expire(&params, 300 * S, 500 * S, 30 * S), 800 * S);
    cr_assert_eq(secondary_refresh(&params, 60 * SIM_DAY), 4 * SIM_WEEK);
    cr_assert_eq(secondary_expire(&params, S, S, 365 * SIM_DAY), 24 * SIM_WEEK);
    soa("knot", S, S, S);
    cr_assert_eq(secondary_refresh(&params, S), 2 * S);
    cr_assert_eq(secondary_expire(&params, 2 * S, S, S), 3 * S);
    soa("nsd", S, S, S);
    params.retry_min = 7 * S;
    params.expire_min = 9 * S;
    cr_assert_eq(secondary_retry(&params, 5 * S), 7 * S);
    cr_assert_eq(secondary_expire(&params, S, 7 * S, 2 * S), 9 * S);
}

/* Whatever it says, it does not say the SOA. */
Test(secondary, a_primary_that_answers_wrongly_lets_the_zone_expire)
{
    static const char *const software[] = {"nsd", "knot", "bind"};
    static const enum fault_kind kinds[] = {FAULT_EMPTY,   FAULT_NXDOMAIN, FAULT_LAME,    FAULT_NOTIMP,
                                            FAULT_FORMERR, FAULT_REFUSED,  FAULT_SERVFAIL};
    for (unsigned s = 0; s < 3; s++)
        for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            open_case();
            soa(software[s], 10 * S, 5 * S, 30 * S);
            params.refresh_min = params.retry_min = S;
            fault(&primary, kinds[k], 40 * S, 100 * S);
            play(0);
            cr_assert_eq(expired->count, 1, "%s, %s", software[s], fault_kind_name(kinds[k]));
            near(expired->items[0].from, 60, 70.5, software[s]);
            near(expired->items[0].until, 100, 260, software[s]);
        }
}

Test(secondary, a_slow_answer_is_one_unless_nobody_waits_so_long)
{
    soa("knot", 10 * S, 5 * S, 30 * S);
    fault(&primary, FAULT_NONE, 40 * S, 140 * S)->delay = 4 * S;
    play(0);
    cr_assert_eq(expired->count, 0);
    healthy(&primary, states[0]);
    fault(&primary, FAULT_NONE, 40 * S, 140 * S)->delay = 6 * S;
    play(0);
    cr_assert_eq(expired->count, 1, "Knot waits for 5 s");
    soa("nsd", 10 * S, 5 * S, 30 * S);
    play(0);
    cr_assert_eq(expired->count, 0, "NSD for 120 s");
    soa("bind", 10 * S, 5 * S, 30 * S);
    params.refresh_min = params.retry_min = S;
    play(0);
    cr_assert_eq(expired->count, 0, "BIND takes an answer to an earlier try");
}

Test(secondary, lost_packets_are_sent_again)
{
    static const char *const software[] = {"nsd", "bind"};
    for (unsigned s = 0; s < 2; s++)
        for (uint64_t run = 0; run < 23; run++) {
            open_case();
            soa(software[s], 100 * S, 20 * S, 400 * S);
            params.refresh_min = params.retry_min = S;
            fault(&primary, FAULT_NONE, 40 * S, 4000 * S)->loss = 0.3;
            play(run);
            cr_assert_eq(expired->count, 0, "%s: each way 30 %%", software[s]);
            cr_assert_gt(attempts.count, 30);
        }
    /* Nearly nothing comes through: like silence. */
    open_case();
    soa("knot", 10 * S, 5 * S, 30 * S);
    fault(&primary, FAULT_NONE, 40 * S, 4000 * S)->loss = 0.97;
    play(0);
    cr_assert_gt(expired->count, 0);
}

Test(secondary, a_primary_that_is_off_is_known_to_be_after_three_seconds)
{
    soa("knot", 10 * S, 5 * S, 30 * S);
    fault(&primary, FAULT_UNREACHABLE, 40 * S, 140 * S);
    play(0);
    const struct outage *o = asked_from(40 * S + 1);
    near(o->until - o->from, 3.1, 3.1, "ARP");
    near(expired->items[0].from, 60, 70.5, "expired");
}

/* Its own network: as if the primary were silent, and no NOTIFY. */
Test(secondary, a_secondary_that_is_cut_off_expires)
{
    soa("knot", 10 * S, 5 * S, 30 * S);
    c.notify = true;
    fault(&own, FAULT_SILENT, 42 * S, 200 * S);
    play(0);
    cr_assert_eq(expired->count, 1);
    near(expired->items[0].from, 70, 75.2, "expired");
    near(expired->items[0].until, 200, 330, "back");
}

Test(secondary, a_secondary_that_was_down_counts_from_its_last_answer)
{
    /* Down for less than expire: the copy on its disk is good. */
    soa("nsd", 100 * S, 50 * S, 300 * S);
    fault(&own, FAULT_REFUSING, 210 * S, 290 * S);
    play(0);
    cr_assert_eq(expired->count, 0);
    near(asked_from(210 * S)->from, 290, 290, "NSD asks at its start");
    /* For longer: until it has asked, which it does at once. */
    healthy(&own, states[1]);
    fault(&own, FAULT_REFUSING, 210 * S, 900 * S);
    play(0);
    cr_assert_eq(expired->count, 1);
    near(expired->items[0].from, 480, 500, "300 s after the last answer");
    near(expired->items[0].until, 900, 901.1, "and back");
    /* But not if the primary is away as well. */
    fault(&primary, FAULT_SILENT, 850 * S, 1000 * S);
    play(0);
    cr_assert_gt(expired->items[0].until, 1000 * S);
}

Test(secondary, after_a_start_each_asks_in_its_own_time)
{
    soa("knot", 100 * S, 50 * S, 300 * S);
    fault(&own, FAULT_REFUSING, 210 * S, 240 * S);
    play(0);
    near(asked_from(210 * S)->from, 300, 300.1, "Knot as planned");
    soa("bind", 100 * S, 60 * S, 300 * S);
    params.refresh_min = params.retry_min = S;
    play(0);
    near(asked_from(210 * S)->from - 240 * S, 15, 60, "BIND within retry");
}

/* A NOTIFY of the zone that it has is no news; one while it is down never comes. */
Test(secondary, notify_needs_somebody_to_hear_it)
{
    soa("knot", 10 * S, 5 * S, 30 * S);
    c.notify = true;
    fault(&primary, FAULT_REFUSING, 40 * S + 1, 52 * S);
    play(0);
    near(asked_from(52 * S)->from, 55, 55.1, "the retry, not the NOTIFY");
    open_case();
    fault(&primary, FAULT_REFUSING, 40 * S, 140 * S);
    fault(&own, FAULT_SILENT, 130 * S, 170 * S);
    play(0);
    cr_assert_gt(expired->items[0].until, 170 * S);
}

/* ---- cost and chance ---- */

Test(secondary, a_quiet_year_costs_nothing)
{
    static const char *const software[] = {"nsd", "knot", "bind"};
    for (unsigned s = 0; s < 3; s++) {
        open_case();
        soa(software[s], 20 * S, 10 * S, 600 * S);
        params.refresh_min = params.retry_min = S;
        c.limit = 365 * SIM_DAY;
        fault(&primary, FAULT_REFUSING, 200 * SIM_DAY, 200 * SIM_DAY + 90 * S);
        play(0);
        cr_assert_lt(attempts.count, 100, "%s", software[s]);
        near(asked_from(200 * SIM_DAY)->from - 200 * SIM_DAY, 0, 20, "it asked all the time");
        cr_assert_eq(expired->count, 0);
    }
}

Test(secondary, a_primary_that_never_comes_back_costs_little)
{
    static const char *const software[] = {"nsd", "knot", "bind"};
    for (unsigned s = 0; s < 3; s++) {
        open_case();
        soa(software[s], S, S, INT32_MAX * S);
        params.refresh_min = params.retry_min = S;
        c.limit = SIM_LONGEST;
        fault(&primary, FAULT_REFUSING, SIM_HOUR, SIM_NEVER);
        play(0);
        cr_assert_lt(attempts.count, 200000, "%s: %u", software[s], attempts.count);
        cr_assert_eq(expired->count, 1);
        sim_time expire = params.expire_max && params.expire_max < c.expire ? params.expire_max : c.expire;
        cr_assert(expired->items[0].from > expire && expired->items[0].until == SIM_NEVER, "%s", software[s]);
    }
}

Test(secondary, the_same_luck_gives_the_same_times)
{
    soa("bind", 1000 * S, 600 * S, 4000 * S);
    params.refresh_phase = PHASE_RANDOM;
    fault(&primary, FAULT_SILENT, 5000 * S, 12000 * S);
    play(8);
    struct outages first = attempts;
    sim_time from = expired->items[0].from;
    play(8);
    cr_assert_eq(attempts.count, first.count);
    for (uint32_t i = 0; i < first.count; i++) cr_assert_eq(asked(i), first.items[i].from);
    cr_assert_eq(expired->items[0].from, from);
    play(9);
    cr_assert_neq(expired->items[0].from, from);
}

/* At a time of the day that has nothing to do with it: expiry begins anywhere from expire less refresh to expire. */
Test(secondary, a_random_phase_spreads_expiry)
{
    double least = 1e9, most = 0;
    for (uint64_t run = 0; run < 400; run++) {
        open_case();
        soa("knot", 1000 * S, 100 * S, 5000 * S);
        params.refresh_phase = PHASE_RANDOM;
        fault(&primary, FAULT_REFUSING, 10000 * S, 30000 * S);
        play(run);
        double after = sim_time_seconds(expired->items[0].from - 10000 * S);
        if (after < least) least = after;
        if (after > most) most = after;
    }
    cr_assert(least >= 3999 && least < 4020, "%g", least);
    cr_assert(most <= 5001 && most > 4980, "%g", most);
}

/* A zone whose expire is below its refresh expires even while its primary is well. */
Test(secondary, an_expire_below_refresh_is_felt)
{
    soa("knot", 100 * S, 10 * S, 50 * S);
    fault(&primary, FAULT_SLOW, 1000 * S, 1001 * S);
    states[0][1].kind = FAULT_NONE;
    c.limit = 2000 * S;
    play(0);
    cr_assert_gt(expired->count, 20);
    near(expired->items[3].until - expired->items[3].from, 0, 0.1, "until it has asked");
}
