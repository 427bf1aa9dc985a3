/* tests/models/test_world.c - whole worlds: nothing is lost, and no world, actor or observer disturbs another. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

/* ---- a zoo of random worlds ---- */

static uint32_t upto(struct rng *r, uint32_t n)
{
    return (uint32_t)rng_below(r, n);
}

/* Half of the hosts remember. */
static void zoo_memory(struct mx_host_spec *host, struct rng *r)
{
    switch (upto(r, 8)) {
    case 0:
        host->greylist = (struct greylist_spec){true, 5 * SIM_MINUTE, SIM_DAY, 2 * SIM_DAY, false, upto(r, 4)};
        break;
    case 1: host->greylist = (struct greylist_spec){true, 25 * SIM_MINUTE, 4 * SIM_HOUR, SIM_DAY, true, 0}; break;
    case 2: host->limits = (struct limit_spec){.sessions = 3, .sessions_per_client = 2}; break;
    case 3: host->limits = (struct limit_spec){.messages = {85, SIM_HOUR}, .holds = 238, .empties = 0.1}; break;
    default: break;
    }
}

static void zoo_zones(struct tiny *t, struct rng *r)
{
    for (uint32_t z = 1 + upto(r, 3); z > 0; z--) tiny_zone(t, 1 + upto(r, 3), upto(r, 4));
    for (uint32_t z = 0; z < t->spec.zone_count; z++) {
        t->zones[z].ttl = (1 + upto(r, 7200)) * SIM_SECOND;
        t->zones[z].negative_ttl = upto(r, 7200) * SIM_SECOND;
        t->zones[z].expire = 12 * SIM_HOUR;
        t->zones[z].refresh = 2 * SIM_HOUR;
        if (t->zones[z].mx_count == 0) t->zones[z].null_mx = upto(r, 2);
        if (z > 0 && upto(r, 2)) t->zones[z].parent = z - 1;
        t->zones[z].delegation_ttl = upto(r, 7200) * SIM_SECOND;
        t->zones[z].is_signed = upto(r, 2);
        if (t->zones[z].mx_count > 1 && upto(r, 2)) t->mx_of[z][1].preference = t->mx_of[z][0].preference;
    }
    for (uint32_t h = 0; h < t->spec.mx_host_count; h++) {
        t->mx_hosts[h].addresses = upto(r, 8) ? 1 + upto(r, 2) : 0;
        t->mx_hosts[h].host.delay = (struct law){.kind = LAW_EXPONENTIAL, .a = 20 * SIM_MS};
        t->mx_hosts[h].host.loss = upto(r, 3) ? 0 : 0.03;
        t->mx_hosts[h].takes = law_constant(upto(r, 3) * SIM_SECOND);
        t->mx_hosts[h].greets_after = upto(r, 2) * 3 * SIM_SECOND;
        if (h > 0 && upto(r, 2) && t->spec.mta_count < 6)
            tiny_backup(t, h, mta_profiles[upto(r, (uint32_t)mta_profile_count)]->profile.name);
        zoo_memory(&t->mx_hosts[h], r);
    }
}

static void zoo_clients(struct tiny *t, struct rng *r)
{
    static const char *const resolvers[] = {"unbound", "bind", "pdns", "knot", "textbook"};
    for (uint32_t c = 1 + upto(r, 3); c > 0; c--) {
        const char *profile = mta_profiles[upto(r, (uint32_t)mta_profile_count)]->profile.name;
        uint32_t mta = tiny_mta(t, profile, tiny_resolver(t, resolvers[upto(r, 5)]));
        struct client_spec *client = &t->clients[tiny_client(t, mta, upto(r, t->spec.zone_count))];
        if (t->mtas[mta].params.delay_warnings.items[0] == 0)
            t->mtas[mta].params.delay_warnings = (struct span_list){{8 * SIM_HOUR}, 1};
        client->senders = 1 + upto(r, 3);
        t->to[client - t->clients][0].mailboxes = 1 + upto(r, 85);
        client->unknown_users = upto(r, 2) * 0.05;
        client->from_zone = upto(r, 2) ? upto(r, t->spec.zone_count) : SPEC_NONE;
        client->outbox_retry = SIM_HOUR;
        client->count = upto(r, 2) ? 40 : 0;
        if (client->count == 0) client->rate = 85 / 3600.0;
    }
}

static void zoo_faults(struct tiny *t, struct rng *r)
{
    const uint32_t targets[TARGET_KIND_COUNT] = {t->spec.ns_count, t->spec.mx_host_count, t->spec.resolver_count,
                                                 t->spec.mta_count, t->spec.zone_count};
    while (t->spec.fault_count < TINY_MAX) {
        enum target_kind on = (enum target_kind)upto(r, TARGET_KIND_COUNT);
        enum fault_kind is = (enum fault_kind)(1 + upto(r, FAULT_KIND_COUNT - 1));
        if (targets[on] == 0 || !fault_fits(is, on)) continue;
        struct fault_spec *f = tiny_fault(t, on, upto(r, targets[on]), is, 0, 0);
        f->from = (struct law){.kind = LAW_EXPONENTIAL, .a = 6 * SIM_HOUR};
        f->length = (struct law){.kind = LAW_EXPONENTIAL, .a = 5 * SIM_HOUR};
        f->up = (struct law){.kind = LAW_EXPONENTIAL, .a = 9 * SIM_HOUR};
        f->alternating = upto(r, 2);
        if (!f->alternating && upto(r, 4) == 0) f->length = law_constant(SIM_LONGEST);
        f->delay = upto(r, 3) * 200 * SIM_SECOND;
        f->loss = 0.4;
        f->share = upto(r, 2) ? 1 : 0.3;
        if (upto(r, 4) == 0 && on == TARGET_MX_HOST) tiny_seen_from(t, f, upto(r, t->spec.mta_count));
        if (upto(r, 4) == 0 && on == TARGET_NS) tiny_seen_from(t, f, upto(r, t->spec.resolver_count));
    }
}

static void zoo(struct tiny *t, uint64_t number)
{
    struct rng r;
    rng_open(&r, 2385, number, rng_name("zoo"));
    tiny_open(t);
    t->spec.mail = SIM_DAY;
    t->spec.limit = (1 + upto(&r, 4)) * SIM_DAY;
    zoo_zones(t, &r);
    zoo_clients(t, &r);
    zoo_faults(t, &r);
}

static struct tally *run_alone(const struct tiny *t, uint64_t seed, uint64_t run)
{
    struct world *w = world_new(&t->spec);
    struct tally *tally = tally_new(&t->spec);
    world_run(w, seed, run, tally);
    world_free(w);
    return tally;
}

/* ---- conservation ---- */

/* How often each message, and each report, ended; indexed by number, and kind of report. */
struct fates {
    uint8_t submitted[20000], ended[20000];
    uint64_t reports_read, reports_dropped;
};

static void fates_of(struct fates *f, const struct diary *d)
{
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < d->count; i++) {
        const struct record *r = &d->items[i];
        cr_assert_lt(r->message, 20000);
        if (r->type == RECORD_SUBMITTED || r->type == RECORD_OUTBOX) f->submitted[r->message] = 1;
        if (r->type == RECORD_REPORT_READ) f->reports_read++;
        if (r->type == RECORD_DROPPED) f->reports_dropped++;
        if (r->report == 0 && (r->type == RECORD_DELIVERED || r->type == RECORD_BOUNCED || r->type == RECORD_LEFT))
            f->ended[r->message]++;
    }
}

static void check_conservation(uint64_t number)
{
    static struct tiny t;
    static struct fates f;
    struct play p;
    zoo(&t, number);
    play_run(&p, &t, 8532, number);
    fates_of(&f, &p.diary);
    uint64_t submitted = 0;
    for (uint32_t m = 1; m < 20000; m++) {
        cr_assert_eq(f.ended[m], f.submitted[m], "world %lu: message %u ended %d times", (unsigned long)number, m,
                     f.ended[m]);
        submitted += f.submitted[m];
    }
    const uint64_t *c = p.tally->counts;
    cr_assert_eq(c[COL_SUBMITTED], submitted);
    cr_assert_eq(c[COL_SUBMITTED], c[COL_DELIVERED] + c[COL_BOUNCED] + c[COL_QUEUED]);
    cr_assert_eq(c[COL_REPORTS_DELIVERED], f.reports_read);
    cr_assert_eq(c[COL_REPORTS_DROPPED], f.reports_dropped);
    cr_assert_eq(c[COL_REPORTS], f.reports_read + f.reports_dropped + c[COL_REPORTS_QUEUED]);
    cr_assert_eq(p.tally->hists[HIST_LATENCY].count, c[COL_DELIVERED]);
    play_end(&p);
}

Test(world, each_message_of_a_random_zoo_ends_exactly_once)
{
    for (uint64_t number = 0; number < 60; number++) check_conservation(number);
}

Test(world, bounces_by_cause_add_up_to_all_bounces)
{
    static struct tiny t;
    for (uint64_t number = 0; number < 20; number++) {
        zoo(&t, number);
        struct tally *tally = run_alone(&t, 8532, number);
        uint64_t sum = 0;
        for (uint32_t m = 0; m < t.spec.mta_count; m++)
            for (int c = 0; c < CAUSE_COUNT; c++) sum += tally->mtas[m].reasons[c][0] + tally->mtas[m].reasons[c][1];
        cr_assert_eq(sum, tally->counts[COL_BOUNCED]);
        tally_free(tally);
    }
}

static void mail_adds_up(const struct tally *t, const struct mail_tally *mail, const struct rough_hist *spans,
                         uint32_t count)
{
    struct mail_tally sum = {0};
    double latency = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum.submitted += mail[i].submitted;
        sum.delivered += mail[i].delivered;
        sum.bounced += mail[i].bounced;
        latency += (double)mail[i].latency * (1 << MAIL_LATENCY_BITS) / 1e9;
        if (spans) cr_assert_eq(spans[i].count, mail[i].delivered);
    }
    cr_assert_eq(sum.submitted, t->counts[COL_SUBMITTED]);
    cr_assert_eq(sum.delivered, t->counts[COL_DELIVERED]);
    cr_assert_eq(sum.bounced, t->counts[COL_BOUNCED]);
    /* Each delivery's time was rounded, to a ms or so. */
    double less = tally_column(t, COL_LATENCY) - latency;
    cr_assert_leq(less < 0 ? -less : less, 0.00053 * (double)sum.delivered + 1e-6);
}

/* What each MX host and name server saw is all that was done. Sessions under way at the end have no end. */
static void hosts_add_up(const struct tally *t)
{
    uint64_t packets[2] = {0}, questions[2] = {0};
    for (uint32_t h = 0; h < t->host_count; h++) {
        const struct host_tally *host = &t->hosts[h];
        uint64_t ended = host->accepted;
        for (int c = 0; c < CAUSE_COUNT; c++) ended += host->failures[c];
        cr_assert_leq(ended, host->connections + host->kept);
        cr_assert_geq(ended + t->counts[COL_QUEUED] + t->counts[COL_REPORTS_QUEUED], host->connections + host->kept);
        cr_assert_eq(host->failures[CAUSE_NONE], 0);
        cr_assert_eq(host->failures[CAUSE_HOST_BUSY], host->busy);
    }
    for (uint32_t r = 0; r < t->resolver_count; r++) {
        packets[0] += t->resolvers[r].packets;
        questions[0] += t->resolvers[r].questions;
        cr_assert_leq(t->resolvers[r].cached, t->resolvers[r].questions);
    }
    for (uint32_t n = 0; n < t->ns_count; n++) packets[1] += t->ns[n].packets;
    for (uint32_t m = 0; m < t->mta_count; m++) questions[1] += t->mtas[m].questions;
    cr_assert_eq(packets[0], t->counts[COL_PACKETS]);
    cr_assert_eq(packets[1], t->counts[COL_PACKETS]);
    cr_assert_geq(questions[1], t->counts[COL_QUERIES], "and those for reports");
    if (t->counts[COL_REPORTS] == 0) cr_assert_eq(questions[1], t->counts[COL_QUERIES]);
}

static void loads_add_up(const struct world_spec *spec, const struct tally *t)
{
    for (int k = 0; k < LOAD_KIND_COUNT; k++)
        for (uint32_t i = 0; i < t->load_counts[k]; i++) {
            const struct load_sum *l = &t->loads[k][i];
            double limit = load_limit(spec, (enum load_kind)k, i);
            cr_assert(l->mean >= 0 && l->full >= 0 && l->full <= 1);
            if (load_detail(spec, (enum load_kind)k, i) < LOAD_ALL) continue;
            cr_assert(l->mean <= l->busiest * (1 + 1e-9) || k == LOAD_RATE || k == LOAD_CLIENT_RATE);
            cr_assert(l->busiest <= l->peak * (1 + 1e-9));
            if (load_is_bounded((enum load_kind)k) && limit > 0) cr_assert_leq(l->peak, limit);
        }
    for (uint32_t m = 0; m < t->mta_count; m++) {
        double sum = 0, whole = t->loads[LOAD_DELIVERIES][m].mean;
        for (uint32_t z = 0; z < t->zone_count; z++) sum += t->loads[LOAD_LANE][m * t->zone_count + z].mean;
        cr_assert(sum <= whole * (1 + 1e-9) && sum >= whole * (1 - 1e-9), "%g, lanes %g", whole, sum);
    }
}

Test(world, the_parts_add_up_to_the_whole)
{
    static struct tiny t;
    for (uint64_t number = 0; number < 60; number++) {
        zoo(&t, number);
        struct tally *tally = run_alone(&t, 8532, number);
        mail_adds_up(tally, tally->clients, tally->client_spans, tally->client_count);
        mail_adds_up(tally, tally->zones, tally->zone_spans, tally->zone_count);
        hosts_add_up(tally);
        loads_add_up(&t.spec, tally);
        tally_free(tally);
    }
}

Test(world, the_zoo_holds_all_kinds_of_ends)
{
    static struct tiny t;
    uint64_t sum[COL_COUNT] = {0};
    for (uint64_t number = 0; number < 150; number++) {
        zoo(&t, number);
        struct tally *tally = run_alone(&t, 8532, number);
        for (int c = 0; c < COL_COUNT; c++) sum[c] += tally->counts[c];
        tally_free(tally);
    }
    for (int c = COL_SUBMITTED; c < COL_LATENCY; c++)
        cr_assert_gt(sum[c], 8, "column %d: %lu", c, (unsigned long)sum[c]);
}

/* ---- repeatability and independence ---- */

Test(world, the_same_seed_gives_the_same_tally)
{
    static struct tiny t;
    zoo(&t, 23);
    struct tally *a = run_alone(&t, 2385, 8), *b = run_alone(&t, 2385, 8), *c = run_alone(&t, 2386, 8);
    cr_assert(tally_same(a, b));
    cr_assert(!tally_same(a, c), "another seed is another run");
    tally_free(a);
    tally_free(b);
    tally_free(c);
}

Test(world, a_world_used_before_equals_a_new_one)
{
    static struct tiny t;
    for (uint64_t number = 0; number < 12; number++) {
        zoo(&t, number);
        struct world *w = world_new(&t.spec);
        struct tally *used = tally_new(&t.spec);
        for (uint64_t run = 0; run < 6; run++) world_run(w, 2385, run * 5 % 6, used);
        struct tally *fresh = run_alone(&t, 2385, 5 * 5 % 6);
        cr_assert(tally_same(used, fresh), "world %lu", (unsigned long)number);
        world_free(w);
        tally_free(used);
        tally_free(fresh);
    }
}

/* No globals: two worlds that take turns, event by event, give what each gives alone. */
static uint64_t check_interleaved(uint64_t number)
{
    static struct tiny a, b;
    zoo(&a, number);
    zoo(&b, number + 1);
    struct world *wa = world_new(&a.spec), *wb = world_new(&b.spec);
    struct tally *ta = tally_new(&a.spec), *tb = tally_new(&b.spec);
    world_start(wa, 2385, 3, ta);
    world_start(wb, 2385, 3, tb);
    for (bool more_a = true, more_b = true; more_a || more_b;) {
        more_a = more_a && world_step(wa);
        more_b = more_b && world_step(wb);
    }
    world_finish(wb);
    world_finish(wa);
    struct tally *alone_a = run_alone(&a, 2385, 3), *alone_b = run_alone(&b, 2385, 3);
    cr_assert(tally_same(ta, alone_a) && tally_same(tb, alone_b), "worlds %lu and the next", (unsigned long)number);
    uint64_t events = ta->events + tb->events;
    struct tally *tallies[] = {ta, tb, alone_a, alone_b};
    for (int i = 0; i < 4; i++) tally_free(tallies[i]);
    world_free(wa);
    world_free(wb);
    return events;
}

Test(world, two_worlds_that_take_turns_do_not_disturb_each_other)
{
    uint64_t events = 0;
    for (uint64_t number = 0; number < 20; number++) events += check_interleaved(number);
    cr_assert_gt(events, 100000);
}

Test(world, being_watched_changes_nothing)
{
    static struct tiny t;
    for (uint64_t number = 0; number < 20; number++) {
        struct play p;
        zoo(&t, number);
        play_run(&p, &t, 2385, number);
        struct tally *alone = run_alone(&t, 2385, number);
        cr_assert(tally_same(p.tally, alone), "world %lu", (unsigned long)number);
        cr_assert_gt(p.diary.count, 0);
        tally_free(alone);
        play_end(&p);
    }
}

Test(world, records_of_a_message_come_in_time_order)
{
    static struct tiny t;
    static sim_time last[20000];
    for (uint64_t number = 0; number < 20; number++) {
        struct play p;
        zoo(&t, number);
        play_run(&p, &t, 2385, number);
        memset(last, 0, sizeof last);
        for (size_t i = 0; i < p.diary.count; i++) {
            const struct record *r = &p.diary.items[i];
            if (r->message == 0 || r->report || r->type == RECORD_LEFT) continue; /* left: at the end of the run */
            cr_assert_geq(r->at, last[r->message], "world %lu, message %u, record %d", (unsigned long)number,
                          r->message, (int)r->type);
            last[r->message] = r->at;
        }
        play_end(&p);
    }
}

/* ---- adding an actor ---- */

/* What is added has names of its own and shares nothing with the first client. */
static void add_strangers(struct tiny *t)
{
    uint32_t zone = tiny_zone(t, 2, 2);
    uint32_t mta = tiny_mta(t, "postfix", tiny_resolver(t, "unbound"));
    uint32_t client = tiny_client(t, mta, zone);
    t->clients[client].count = 0;
    t->clients[client].rate = 1 / 85.0;
    t->clients[client].name = "strangers";
    t->mtas[mta].name = "strange-mta";
    t->resolvers[t->mtas[mta].resolver].name = "strange-resolver";
    t->zones[zone].name = "strange.example";
    t->ns[t->ns_of[zone][0]].host.name = "strange-ns0", t->ns[t->ns_of[zone][1]].host.name = "strange-ns1";
    t->mx_hosts[t->mx_of[zone][0].mx_host].host.name = "strange-mx0";
    t->mx_hosts[t->mx_of[zone][1].mx_host].host.name = "strange-mx1";
    tiny_fault(t, TARGET_MX_HOST, t->mx_of[zone][0].mx_host, FAULT_SILENT, SIM_HOUR, SIM_HOUR);
}

static uint32_t add_main(struct tiny *t)
{
    uint32_t zone = tiny_zone(t, 2, 2);
    uint32_t client = tiny_client(t, tiny_mta(t, "postfix", tiny_resolver(t, "unbound")), zone);
    t->clients[client] = (struct client_spec){.name = "main",
                                              .via = t->clients[client].via,
                                              .from_zone = SPEC_NONE,
                                              .to = t->to[client],
                                              .to_count = 1,
                                              .rate = 1 / 238.0,
                                              .senders = 1,
                                              .outbox_retry = SIM_MINUTE};
    t->mtas[t->clients[client].via].name = "main-mta";
    t->resolvers[t->mtas[t->clients[client].via].resolver].name = "main-resolver";
    t->zones[zone].name = "main.example";
    t->mx_of[zone][1].preference = t->mx_of[zone][0].preference;
    static const char *const ns[] = {"main-ns0", "main-ns1"}, *const mx[] = {"main-mx0", "main-mx1"};
    for (int i = 0; i < 2; i++) {
        struct host_spec *server = &t->ns[t->ns_of[zone][i]].host, *host = &t->mx_hosts[t->mx_of[zone][i].mx_host].host;
        *server = (struct host_spec){ns[i], {.kind = LAW_EXPONENTIAL, .a = 20 * SIM_MS}, 0.05};
        *host = (struct host_spec){mx[i], {.kind = LAW_EXPONENTIAL, .a = 30 * SIM_MS}, 0.05};
        struct fault_spec *f = tiny_fault(t, TARGET_MX_HOST, t->mx_of[zone][i].mx_host, FAULT_REFUSING, 0, 0);
        f->alternating = true;
        f->up = f->length = (struct law){.kind = LAW_EXPONENTIAL, .a = SIM_HOUR};
    }
    return client;
}

/* The latencies of one client's messages. */
static void latencies_of(struct hist *h, const struct tiny *t, uint32_t client)
{
    static bool own[20000];
    struct play p;
    memset(own, 0, sizeof own);
    hist_init(h);
    play_run(&p, t, 2385, 8532);
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type == RECORD_SUBMITTED && r->who == client) own[r->message] = true;
        if (r->type == RECORD_DELIVERED && !r->report && own[r->message]) hist_add(h, r->until);
    }
    play_end(&p);
    cr_assert_gt(h->count, 300);
}

Test(world, strangers_added_after_a_client_change_none_of_its_latencies)
{
    static struct tiny t;
    static struct hist alone, beside;
    tiny_open(&t);
    latencies_of(&alone, &t, add_main(&t));
    tiny_open(&t);
    uint32_t client = add_main(&t);
    add_strangers(&t);
    latencies_of(&beside, &t, client);
    cr_assert_eq(memcmp(&alone, &beside, sizeof alone), 0);
}

Test(world, strangers_added_before_a_client_change_none_of_its_latencies)
{
    static struct tiny t;
    static struct hist alone, beside;
    tiny_open(&t);
    latencies_of(&alone, &t, add_main(&t));
    tiny_open(&t);
    add_strangers(&t);
    latencies_of(&beside, &t, add_main(&t));
    cr_assert_eq(memcmp(&alone, &beside, sizeof alone), 0);
}

/* Another client of the same MTA and resolver writes to a zone with name servers of its own: it shares no question. */
Test(world, a_neighbour_with_other_questions_changes_no_latency)
{
    static struct tiny t;
    static struct hist alone, beside;
    tiny_open(&t);
    latencies_of(&alone, &t, add_main(&t));
    tiny_open(&t);
    uint32_t client = add_main(&t);
    add_strangers(&t);
    t.clients[client + 1].via = t.clients[client].via;
    latencies_of(&beside, &t, client);
    cr_assert_eq(memcmp(&alone, &beside, sizeof alone), 0);
}

Test(world, another_mta_policy_keeps_the_luck_of_arrivals_and_faults)
{
    static struct tiny t;
    tiny_open(&t);
    add_main(&t);
    struct tally *postfix = run_alone(&t, 2385, 3);
    t.mtas[0].params = mta_profile_find("rfc5321")->params;
    struct tally *rfc = run_alone(&t, 2385, 3);
    cr_assert_eq(postfix->counts[COL_SUBMITTED], rfc->counts[COL_SUBMITTED]);
    for (uint32_t f = 0; f < t.spec.fault_count; f++)
        cr_assert_eq(memcmp(postfix->faults[f], rfc->faults[f], sizeof rfc->faults[f]), 0);
    cr_assert_neq(postfix->latency_sum, rfc->latency_sum);
    tally_free(postfix);
    tally_free(rfc);
}

static bool at_once(void *asked)
{
    ++*(int *)asked;
    return true;
}

static bool not_yet(void *asked)
{
    ++*(int *)asked;
    return false;
}

/* Ctrl-C must reach a run of billions of events. */
Test(world, a_run_stops_when_it_is_told_to)
{
    static struct tiny t;
    int asked = 0;
    tiny_init(&t, "rfc5321", "bind", 1, 1);
    t.clients[0].count = 100000;
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    world_stop_if(w, at_once, &asked);
    cr_assert_not(world_run(w, 2385, 0, tally));
    cr_assert_eq(asked, 1);
    world_stop_if(w, not_yet, &asked);
    cr_assert(world_run(w, 2385, 0, tally));
    cr_assert_eq(tally->counts[COL_SUBMITTED], 100000);
    tally_free(tally);
    world_free(w);
}
