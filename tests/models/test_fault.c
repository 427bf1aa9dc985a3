/* tests/models/test_fault.c - timelines: what is wrong with a host, and when. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

#define H SIM_HOUR

/* One zone, ns0 its primary and ns1 a secondary, mx0 and mx1; faults are added by each test. */
static struct tiny t;
static struct faults f;

static void open_tiny(void)
{
    tiny_init(&t, "postfix", "unbound", 2, 2);
}

static void close_tiny(void)
{
    if (f.spec) faults_fini(&f);
}

TestSuite(fault, .init = open_tiny, .fini = close_tiny);

static void draw(uint64_t run)
{
    uint64_t streams[TINY_MAX];
    if (f.spec) faults_fini(&f);
    faults_init(&f, &t.spec);
    for (uint32_t i = 0; i < TINY_MAX; i++) streams[i] = 8532 + i;
    faults_draw(&f, 2385, run, streams);
}

static enum fault_kind mx_kind(uint32_t mx, sim_time at)
{
    return timeline_at(&f.of[TARGET_MX_HOST][mx], at)->kind;
}

/* What secondary number place of a zone answers because of expiry: FAULT_SERVFAIL or FAULT_NONE. */
static enum fault_kind expiry(uint32_t zone, uint32_t place, sim_time at)
{
    return f.expiry[zone] ? timeline_at(&f.expiry[zone][place], at)->kind : FAULT_NONE;
}

Test(fault, without_faults_a_host_is_healthy_for_ever)
{
    draw(0);
    const struct fault_state *s = timeline_at(&f.of[TARGET_MX_HOST][0], 2385 * H);
    cr_assert(s->kind == FAULT_NONE && s->from == 0 && s->until == SIM_NEVER && s->loss == 0 && s->delay == 0);
}

Test(fault, an_outage_begins_and_ends_to_the_nanosecond)
{
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 2 * H, 3 * H);
    draw(0);
    cr_assert_eq(mx_kind(0, 2 * H - 1), FAULT_NONE);
    cr_assert_eq(mx_kind(0, 2 * H), FAULT_SILENT);
    cr_assert_eq(mx_kind(0, 5 * H - 1), FAULT_SILENT);
    cr_assert_eq(mx_kind(0, 5 * H), FAULT_NONE);
    cr_assert_eq(mx_kind(1, 3 * H), FAULT_NONE, "the other host is not touched");
    cr_assert_eq(f.last_end, 5 * H);
}

Test(fault, of_two_faults_at_once_the_later_in_the_list_of_kinds_wins)
{
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 2 * H, 4 * H);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 1 * H, 8 * H);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 3 * H, 1 * H);
    draw(0);
    static const struct {
        sim_time at;
        enum fault_kind is;
    } steps[] = {{0, FAULT_NONE},         {1 * H, FAULT_TEMPFAILING}, {2 * H, FAULT_REFUSING}, {3 * H, FAULT_SILENT},
                 {4 * H, FAULT_REFUSING}, {6 * H, FAULT_TEMPFAILING}, {9 * H, FAULT_NONE}};
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++)
        cr_assert_eq(mx_kind(0, steps[i].at), steps[i].is, "step %u", i);
    cr_assert_eq(f.of[TARGET_MX_HOST][0].count, 7);
}

Test(fault, slow_and_lossy_lie_beside_another_fault)
{
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_BUSY, 2 * H, 4 * H);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SLOW, 1 * H, 3 * H)->delay = 2385 * SIM_MS;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_LOSSY, 3 * H, 5 * H)->loss = 0.25;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_LOSSY, 3 * H, 5 * H)->loss = 0.5;
    draw(0);
    const struct fault_state *s = timeline_at(&f.of[TARGET_MX_HOST][0], 3 * H);
    cr_assert(s->kind == FAULT_BUSY && s->delay == 2385 * SIM_MS);
    cr_assert_float_eq(s->loss, 1 - 0.75 * 0.5, 1e-15, "two independent losses");
    s = timeline_at(&f.of[TARGET_MX_HOST][0], 7 * H);
    cr_assert(s->kind == FAULT_NONE && s->delay == 0 && s->loss > 0);
}

Test(fault, states_follow_each_other_without_a_gap)
{
    struct fault_spec *up_down = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 0);
    up_down->alternating = true;
    up_down->up = (struct law){.kind = LAW_EXPONENTIAL, .a = 2 * H};
    up_down->length = (struct law){.kind = LAW_EXPONENTIAL, .a = 1 * H};
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SLOW, 3 * H, 85 * H)->delay = SIM_SECOND;
    draw(0);
    const struct timeline *line = &f.of[TARGET_MX_HOST][0];
    cr_assert_gt(line->count, 40);
    cr_assert_eq(line->states[0].from, 0);
    for (uint32_t i = 1; i < line->count; i++) {
        cr_assert_eq(line->states[i].from, line->states[i - 1].until);
        cr_assert_lt(line->states[i].from, line->states[i].until);
    }
    cr_assert_eq(line->states[line->count - 1].until, SIM_NEVER);
}

Test(fault, an_alternating_fault_begins_up_and_takes_turns)
{
    struct fault_spec *a = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 5 * H, 0);
    a->alternating = true;
    a->up = law_constant(2 * H);
    a->length = law_constant(1 * H);
    draw(0);
    for (int k = 0; k < 40; k++) {
        sim_time cycle = 5 * H + k * 3 * H;
        cr_assert_eq(mx_kind(0, cycle), FAULT_NONE);
        cr_assert_eq(mx_kind(0, cycle + 2 * H - 1), FAULT_NONE);
        cr_assert_eq(mx_kind(0, cycle + 2 * H), FAULT_SILENT);
        cr_assert_eq(mx_kind(0, cycle + 3 * H - 1), FAULT_SILENT);
    }
}

Test(fault, the_targets_of_one_fault_share_its_fate)
{
    struct fault_spec *a = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 0);
    t.on[0][1] = (struct fault_target){TARGET_NS, 1};
    a->on_count = 2;
    a->from = (struct law){.kind = LAW_EXPONENTIAL, .a = 9 * H};
    a->length = (struct law){.kind = LAW_EXPONENTIAL, .a = 3 * H};
    for (uint64_t run = 0; run < 23; run++) {
        draw(run);
        cr_assert_eq(f.of[TARGET_MX_HOST][0].count, 3);
        for (int i = 0; i < 3; i++)
            cr_assert_eq(f.of[TARGET_MX_HOST][0].states[i].from, f.of[TARGET_NS][1].states[i].from);
    }
}

Test(fault, another_fault_does_not_change_the_times_of_this_one)
{
    struct fault_spec *a = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 0);
    a->from = (struct law){.kind = LAW_EXPONENTIAL, .a = 9 * H};
    a->length = (struct law){.kind = LAW_EXPONENTIAL, .a = 3 * H};
    draw(23);
    struct outage alone = f.times[0].items[0];
    struct fault_spec *b = tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_BUSY, 0, 0);
    b->alternating = true;
    b->up = b->length = (struct law){.kind = LAW_EXPONENTIAL, .a = SIM_MINUTE};
    draw(23);
    cr_assert_eq(f.times[0].items[0].from, alone.from);
    cr_assert_eq(f.times[0].items[0].until, alone.until);
}

Test(fault, a_timeline_answers_backwards_as_forwards)
{
    struct fault_spec *a = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 0, 0);
    a->alternating = true;
    a->up = a->length = (struct law){.kind = LAW_EXPONENTIAL, .a = 2385 * SIM_SECOND};
    draw(0);
    struct timeline *line = &f.of[TARGET_MX_HOST][0];
    for (int64_t i = 0; i < 2000; i++) {
        sim_time at = (i * 7919 % 2000) * (SIM_DAY / 400); /* there and back, all over the line */
        const struct fault_state *s = timeline_at(line, at);
        cr_assert(s->from <= at && at < s->until);
    }
    const struct fault_state *last = timeline_at(line, SIM_NEVER - 1);
    cr_assert_eq(last, &line->states[line->count - 1]);
    cr_assert_eq(timeline_at(line, 0), &line->states[0]);
}

Test(fault, a_host_is_up_again_after_all_that_keeps_it_down)
{
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_SILENT, 2 * H, 3 * H);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 4 * H, 3 * H);
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_BUSY, 6 * H, 8 * H);
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_SILENT, 2 * H, SIM_LONGEST * 2);
    draw(0);
    cr_assert_eq(timeline_up(&f.of[TARGET_MX_HOST][0], H), H);
    cr_assert_eq(timeline_up(&f.of[TARGET_MX_HOST][0], 3 * H), 7 * H, "busy is not down");
    cr_assert_geq(timeline_up(&f.of[TARGET_MX_HOST][1], 3 * H), SIM_LONGEST);
}

Test(fault, what_stops_a_backup_host_stops_its_queue)
{
    uint32_t mta = tiny_backup(&t, 1, "postfix");
    tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_SILENT, 2 * H, 3 * H);
    draw(0);
    cr_assert(fault_is_down(timeline_at(&f.of[TARGET_MTA][mta], 3 * H)));
    cr_assert(!fault_is_down(timeline_at(&f.of[TARGET_MTA][mta], 5 * H)));
    cr_assert(!fault_is_down(timeline_at(&f.of[TARGET_MTA][0], 3 * H)));
}

Test(fault, each_kind_has_a_name_and_something_it_can_happen_to)
{
    for (int k = FAULT_NONE + 1; k < FAULT_KIND_COUNT; k++) {
        int fits = 0;
        cr_assert_not_null(fault_kind_name((enum fault_kind)k));
        for (int target = 0; target < TARGET_KIND_COUNT; target++)
            fits += fault_fits((enum fault_kind)k, (enum target_kind)target);
        cr_assert_gt(fits, 0);
    }
    cr_assert(!fault_fits(FAULT_LAME, TARGET_MX_HOST) && !fault_fits(FAULT_BUSY, TARGET_NS));
    cr_assert(fault_fits(FAULT_SILENT, TARGET_RESOLVER) && fault_fits(FAULT_REFUSING, TARGET_MTA));
}

/* ---- a secondary cut off from its primary (RFC 1035 section 3.3.13, RFC 1912 section 2.2) ---- */

/* Knot's waits have nothing random before expiry; 0 s: the run begins with an answer. */
static void soa(sim_time refresh, sim_time retry, sim_time expire)
{
    for (uint32_t i = 0; i < t.spec.ns_count; i++) {
        t.ns[i].params = secondary_profile_find("knot")->params;
        t.ns[i].params.refresh_phase = 0;
    }
    t.zones[0].refresh = refresh;
    t.zones[0].retry = retry;
    t.zones[0].expire = expire;
}

Test(fault, a_secondary_answers_until_expire_and_servfails_until_it_hears_its_primary)
{
    soa(4 * H, 1 * H, 24 * H);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 10 * H, 48 * H);
    draw(0);
    /* Heard at 8 h; expired at 32 h, or when the question under way is over; then asked each 2 h at the latest. */
    cr_assert_eq(expiry(0, 1, 32 * H - 1), FAULT_NONE);
    cr_assert_eq(expiry(0, 1, 32 * H + 10 * SIM_SECOND), FAULT_SERVFAIL);
    cr_assert_eq(expiry(0, 1, 58 * H - 1), FAULT_SERVFAIL);
    cr_assert_eq(expiry(0, 1, 60 * H + SIM_MINUTE), FAULT_NONE);
    cr_assert_eq(expiry(0, 0, 40 * H), FAULT_NONE, "a primary does not expire");
}

Test(fault, an_outage_that_begins_when_the_secondary_asks_is_already_an_outage)
{
    soa(4 * H, 1 * H, 24 * H);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 12 * H, 48 * H);
    draw(0);
    /* Nothing is heard at 12 h any more: heard at 8 h. */
    cr_assert_eq(expiry(0, 1, 32 * H - 1), FAULT_NONE);
    cr_assert_eq(expiry(0, 1, 32 * H + 10 * SIM_SECOND), FAULT_SERVFAIL);
    cr_assert_eq(expiry(0, 1, 62 * H + SIM_MINUTE), FAULT_NONE);
}

Test(fault, an_outage_shorter_than_expire_is_not_noticed)
{
    soa(4 * H, 1 * H, 24 * H);
    tiny_fault(&t, TARGET_NS, 0, FAULT_REFUSING, 10 * H, 20 * H);
    draw(0);
    cr_assert_eq(expiry(0, 1, 32 * H), FAULT_NONE);
    cr_assert_null(f.expiry[0]);
}

Test(fault, a_secondary_that_never_hears_its_primary_again_stays_expired)
{
    soa(4 * H, 1 * H, 24 * H);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 10 * H, SIM_LONGEST);
    draw(0);
    cr_assert_eq(expiry(0, 1, 32 * H + 10 * SIM_SECOND), FAULT_SERVFAIL);
    cr_assert_eq(expiry(0, 1, t.spec.limit), FAULT_SERVFAIL);
}

Test(fault, a_secondary_of_two_zones_expires_for_the_one_that_was_cut_off)
{
    /* ns1 is a secondary of z0 (primary ns0) and of z1 (primary ns2), whose primary is away for a shorter time. */
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_serve(&t, z, 1);
    soa(4 * H, 1 * H, 24 * H);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 10 * H, SIM_LONGEST);
    tiny_fault(&t, TARGET_NS, 2, FAULT_SILENT, 1 * H, 60 * H);
    t.zones[z].refresh = 4 * H, t.zones[z].retry = 1 * H, t.zones[z].expire = 40 * H;
    draw(0);
    cr_assert_eq(expiry(0, 1, 70 * H), FAULT_SERVFAIL, "z0 has expired, whatever became of z1");
    cr_assert_eq(expiry(1, 1, 50 * H), FAULT_SERVFAIL);
    cr_assert_eq(expiry(1, 1, 70 * H), FAULT_NONE, "z1's primary is back");
    cr_assert_eq(timeline_at(&f.of[TARGET_NS][1], 70 * H)->kind, FAULT_NONE, "the server itself is well");
}

/* The same in a whole world: z0's mail is deferred, z1's comes. */
Test(fault, an_expired_zone_fails_while_its_server_answers_for_another)
{
    struct play p;
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_serve(&t, z, 1);
    soa(4 * H, 1 * H, 24 * H);
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, 10 * H, SIM_LONGEST);
    tiny_fault(&t, TARGET_NS, 2, FAULT_SILENT, 30 * H, SIM_LONGEST);
    t.spec.mail = 40 * H;
    t.clients[0].at = 39 * H;
    t.clients[tiny_client(&t, 0, z)].at = 39 * H;
    play_run(&p, &t, 2385, 0);
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 1);
    cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, 0)->whom, t.mx_of[z][0].mx_host);
    play_end(&p);
}
