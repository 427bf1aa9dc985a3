/* tests/laws/test_dns.c - the name service against exact results of probability; see tests/laws/test_mail.c for how
 * they are judged. */
#include "models/question.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#define LIMIT 4.9 /* two-sided tail of the normal law: 1e-6 */
#define SEED  12

static void judge(const char *name, double got, double error, double expected)
{
    double z = (got - expected) / error;
    printf("law: %s: got %.6g +- %.2g, expected %.6g, z %.2f, false alarm 1e-6\n", name, got, error, expected, z);
    fflush(stdout);
    cr_assert(fabs(z) < LIMIT, "%s: z %.2f", name, z);
}

/* Nine questions in ten are lost before both of two servers; TTL 60 s, one question every ten minutes. With k
 * independent tries 1 - 0.9^k are answered, by (1 - 0.9^k) / 0.1 packets: Moura and others, "When the Dike Breaks",
 * IMC 2018, saw 27 % answered, which is k = 3; and eight times the packets, which k = 3 does not give. A stub that asks
 * a resolver again multiplies the tries: 3 by 3 are 9. */
static void dike(const char *name, uint32_t resolver_tries, uint32_t stub_tries)
{
    static struct tiny t;
    char packets[100];
    uint32_t k = resolver_tries * stub_tries;
    double n = 20000, p = 1 - pow(0.9, k);
    tiny_init(&t, "classic", "textbook", 2, 0);
    tiny_no_delay(&t);
    t.zones[0].null_mx = true;
    t.zones[0].ttl = t.zones[0].negative_ttl = SIM_MINUTE;
    for (uint32_t i = 0; i < 2; i++) tiny_fault(&t, TARGET_NS, i, FAULT_OVERLOADED, 0, SIM_LONGEST)->loss = 0.9;
    t.resolvers[0].params.failure_ttl = 0;
    t.resolvers[0].params.textbook.attempts = resolver_tries;
    t.mtas[0].params.stub_timeout = SIM_HOUR;
    t.mtas[0].params.stub_attempts = stub_tries;
    t.clients[0].count = 0;
    t.clients[0].every = 10 * SIM_MINUTE;
    t.spec.mail = (sim_time)n * 10 * SIM_MINUTE;
    t.spec.limit = t.spec.mail + SIM_HOUR;
    struct tally *tally = tally_new(&t.spec);
    struct world *w = world_new(&t.spec);
    world_run(w, SEED, 0, tally);
    judge(name, tally->mtas[0].reasons[CAUSE_NULL_MX][0] / n, sqrt(p * (1 - p) / n), p);
    double mean = 0, square = 0;
    for (uint32_t j = 1; j <= k; j++) mean += pow(0.9, j - 1), square += (2.0 * j - 1) * pow(0.9, j - 1);
    snprintf(packets, sizeof packets, "packets of it, %u tries", k);
    judge(packets, (double)tally->counts[COL_PACKETS] / n, sqrt((square - mean * mean) / n), mean);
    world_free(w);
    tally_free(tally);
}

Test(dns_laws, behind_90_percent_loss_some_are_answered)
{
    dike("answered at 90 % loss, 3 tries", 3, 1);
    dike("answered at 90 % loss, 3 by 3 tries", 3, 3);
}

/* ---- an outage, and what is left of the TTL ---- */

struct probes {
    sim_time at[3];
    double served[3];
};

static void note_probe(void *context, const struct record *r)
{
    struct probes *p = context;
    for (int i = 0; i < 3; i++)
        if (r->type == RECORD_CACHED && r->at == p->at[i] && question_type(r->question) == QUESTION_MX) p->served[i]++;
}

/* A resolver that is asked at rate lambda fills its cache again after T and the next question: so what is left of the
 * TTL when an outage begins is more than t with probability (T - t) / (T + 1 / lambda); 1 - t / T for a busy resolver.
 */
Test(dns_laws, an_outage_shows_as_what_is_cached_runs_out)
{
    static struct tiny t;
    static const char *const names[] = {"served a quarter of the TTL into an outage", "served at a half of it",
                                        "served at three quarters of it"};
    const sim_time ttl = SIM_HOUR, begin = 80 * SIM_HOUR;
    const double runs = 4000, per_ttl = 4;
    struct probes probes = {.served = {0}};
    tiny_init(&t, "classic", "textbook", 1, 0);
    tiny_no_delay(&t);
    t.zones[0].null_mx = true;
    t.zones[0].ttl = t.zones[0].negative_ttl = ttl;
    t.resolvers[0].params.failure_ttl = 0;
    tiny_fault(&t, TARGET_NS, 0, FAULT_SILENT, begin, SIM_LONGEST);
    t.clients[0].count = 0;
    t.clients[0].rate = per_ttl / sim_time_seconds(ttl);
    for (int i = 0; i < 3; i++) {
        probes.at[i] = begin + (i + 1) * ttl / 4;
        t.clients[tiny_client(&t, 0, 0)].at = probes.at[i];
    }
    t.spec.mail = begin + ttl;
    t.spec.limit = t.spec.mail + SIM_MINUTE;
    struct tally *tally = tally_new(&t.spec);
    struct world *w = world_new(&t.spec);
    world_observe(w, note_probe, &probes);
    for (uint64_t run = 0; run < (uint64_t)runs; run++) world_run(w, SEED, run, tally);
    for (int i = 0; i < 3; i++) {
        double p = (1 - (i + 1) / 4.0) / (1 + 1 / per_ttl);
        judge(names[i], probes.served[i] / runs, sqrt(p * (1 - p) / runs), p);
    }
    world_free(w);
    tally_free(tally);
}

/* ---- an attack as load ---- */

/* What an overloaded server loses is what holds itself: the usual questions come again when they are lost. */
Test(dns_laws, an_attack_takes_its_share_and_resends_add_to_it)
{
    static struct tiny t;
    struct faults f;
    const uint64_t streams[1] = {1};
    tiny_init(&t, "classic", "textbook", 1, 0);
    t.ns[0].capacity = 1000;
    t.ns[0].queries = 400;
    struct fault_spec *attack = tiny_fault(&t, TARGET_NS, 0, FAULT_OVERLOADED, SIM_HOUR, SIM_HOUR);
    for (attack->load = 100; attack->load < 1e6; attack->load *= 10) {
        faults_init(&f, &t.spec);
        faults_draw(&f, 1, 0, streams);
        double p = timeline_at(&f.of[TARGET_NS][0], 90 * SIM_MINUTE)->overload;
        double all = attack->load + t.ns[0].queries * (1 + p + p * p);
        if (attack->load < 600)
            cr_assert_eq(p, 0, "there is room for all");
        else
            cr_assert_float_eq(all * (1 - p), t.ns[0].capacity, 1e-6, "answered %g of %g", all * (1 - p), all);
        cr_assert_eq(timeline_at(&f.of[TARGET_NS][0], 3 * SIM_HOUR)->overload, 0);
        faults_fini(&f);
    }
}
