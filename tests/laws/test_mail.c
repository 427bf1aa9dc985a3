/* tests/laws/test_mail.c - the mail world against exact results of probability.
 *
 * Each law is tested by one z: what was got, less what is expected, by its standard error. |z| < 4.9, so a right model
 * fails for one seed in a million; the seeds are fixed. Where a run begins in a special state, either the expectation
 * is computed for just that, or only what comes after a long warm-up is counted. */
#include "models/question.h"
#include "models/timetable.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#define LIMIT 4.9 /* two-sided tail of the normal law: 1e-6 */
#define SEED  2385

static void judge(const char *name, double got, double error, double expected)
{
    double z = (got - expected) / error;
    printf("law: %s: got %.6g +- %.2g, expected %.6g, z %.2f, false alarm 1e-6\n", name, got, error, expected, z);
    fflush(stdout);
    cr_assert(fabs(z) < LIMIT, "%s: z %.2f", name, z);
}

/* Residuals a - expected * b, one a run: their mean is 0 under the law. */
struct residuals {
    double n, a, b, sum, squares;
};

static void residuals_add(struct residuals *s, double a, double b, double expected)
{
    double d = a - expected * b;
    s->n++, s->a += a, s->b += b, s->sum += d, s->squares += d * d;
}

static void judge_residuals(const char *name, const struct residuals *s, double expected)
{
    judge(name, s->a / s->b, sqrt(s->squares) / s->b, expected);
}

/* ---- an exponential outage, and the last attempt ---- */

/* The offset of the last attempt of a message that arrives at 0 and never succeeds. */
static double last_attempt(const struct mta_params *p, sim_time phase)
{
    struct timetable t;
    timetable_begin(&t, p, phase);
    while (timetable_next(&t)) continue;
    return sim_time_seconds(t.at);
}

/* P(bounce) = E exp(-a / mean), a the last attempt's offset, over all phases of the queue scan. */
static double bounce_expected(const struct mta_params *p, double mean)
{
    double sum = 0;
    int phases = p->queue_run_delay > 0 ? 3000 : 1;
    for (int i = 0; i < phases; i++)
        sum += exp(-last_attempt(p, (sim_time)((i + 0.5) / phases * (double)p->queue_run_delay)) / mean);
    return sum / phases;
}

/* One message a run, at 0; the only MX host refuses from 0 on, for an exponential time. */
static void bounce_law(const char *name, const char *profile, sim_time mean, sim_time queue_run_delay, uint64_t runs)
{
    static struct tiny t;
    tiny_init(&t, profile, "bind", 1, 1);
    tiny_no_delay(&t);
    t.mtas[0].params.queue_run_delay = queue_run_delay;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 0)->length = (struct law){.kind = LAW_EXPONENTIAL, .a = mean};
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    double bounced = 0, n = (double)runs, p = bounce_expected(&t.mtas[0].params, sim_time_seconds(mean));
    for (uint64_t run = 0; run < runs; run++) {
        world_run(w, SEED, run, tally);
        bounced += (double)tally->counts[COL_BOUNCED];
    }
    judge(name, bounced / n, sqrt(p * (1 - p) / n), p);
    world_free(w);
    tally_free(tally);
}

Test(mail_laws, an_outage_bounces_mail_with_probability_exp_of_the_last_attempt_by_its_mean)
{
    bounce_law("bounce, postfix, outages of 24 h", "postfix", SIM_DAY, 300 * SIM_SECOND, 60000);
    bounce_law("bounce, postfix, outages of 5 d", "postfix", 5 * SIM_DAY, 300 * SIM_SECOND, 20000);
    bounce_law("bounce, postfix without queue runs, outages of 3 d", "postfix", 3 * SIM_DAY, 0, 20000);
    bounce_law("bounce, rfc5321, outages of 2 d", "rfc5321", 2 * SIM_DAY, 0, 20000);
}

/* ---- a cache ---- */

/* Hits and questions for the MX record after the warm-up. */
struct hits {
    sim_time from;
    double hits, asked;
};

static void count_hits(void *context, const struct record *r)
{
    struct hits *h = context;
    if (r->at < h->from || (r->type != RECORD_CACHED && r->type != RECORD_WAIT)) return;
    if (question_type(r->question) != QUESTION_MX) return;
    h->asked++;
    h->hits += r->type == RECORD_CACHED;
}

/* Poisson questions at rate lambda, TTL T: an entry lives T, then the next question, 1 / lambda later in the mean,
 * fetches. After the warm-up (100 TTLs) the process is stationary, and Poisson questions see the cache as time does. */
static void cache_law(const char *name, double rate, sim_time ttl)
{
    static struct tiny t;
    struct residuals s = {0};
    double expected = rate * sim_time_seconds(ttl) / (1 + rate * sim_time_seconds(ttl));
    tiny_init(&t, "rfc5321", "unbound", 1, 1);
    tiny_no_delay(&t);
    t.zones[0].ttl = t.zones[0].negative_ttl = ttl;
    t.clients[0].count = 0;
    t.clients[0].rate = rate;
    t.spec.mail = t.spec.limit = sim_time_from_seconds(3000 / rate) + 100 * ttl;
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    for (uint64_t run = 0; run < 60; run++) {
        struct hits h = {.from = 100 * ttl};
        world_observe(w, count_hits, &h);
        world_run(w, SEED, run, tally);
        residuals_add(&s, h.hits, h.asked, expected);
    }
    judge_residuals(name, &s, expected);
    world_free(w);
    tally_free(tally);
}

Test(mail_laws, a_cache_is_hit_by_lambda_t_of_one_and_lambda_t_questions)
{
    cache_law("cache hits, lambda T = 0.25", 1 / 240.0, 60 * SIM_SECOND);
    cache_law("cache hits, lambda T = 2.385", 2.385 / 300, 300 * SIM_SECOND);
    cache_law("cache hits, lambda T = 20", 20 / 3600.0, 3600 * SIM_SECOND);
}

/* ---- k tries under loss ---- */

/* One server that loses a share of packets each way, k tries a question. Messages come a minute apart, and nothing is
 * kept: so each question is an independent trial. It fails when k tries do: q^k, q = 1 - (1 - loss)^2; and takes
 * (1 - q^k) / (1 - q) packets in the mean. */
static void tries_law(const char *name, const char *packets_name, double loss, uint32_t k)
{
    static struct tiny t;
    double n = 40000, q = 1 - (1 - loss) * (1 - loss), p = pow(q, k);
    tiny_init(&t, "classic", "textbook", 1, 0);
    tiny_no_delay(&t);
    t.zones[0].null_mx = true;
    t.zones[0].ttl = t.zones[0].negative_ttl = 0;
    t.ns[0].host.loss = loss;
    t.resolvers[0].params.failure_ttl = t.resolvers[0].params.query_timeout = 0;
    t.resolvers[0].params.textbook.attempts = k;
    t.mtas[0].params.stub_timeout = SIM_HOUR;
    t.mtas[0].params.stub_attempts = 1;
    t.clients[0].count = 0;
    t.clients[0].every = SIM_MINUTE;
    t.spec.mail = (sim_time)n * SIM_MINUTE;
    t.spec.limit = t.spec.mail + SIM_HOUR;
    struct tally *tally = tally_new(&t.spec);
    struct world *w = world_new(&t.spec);
    world_run(w, SEED, 0, tally);
    cr_assert_eq(tally->counts[COL_SUBMITTED], n);
    double failed = tally->mtas[0].reasons[CAUSE_DNS_SERVFAIL][0];
    cr_assert_eq(failed + tally->mtas[0].reasons[CAUSE_NULL_MX][0], n);
    judge(name, failed / n, sqrt(p * (1 - p) / n), p);
    /* The number of tries is geometric, cut at k: sum over j of (2 j - 1) P(tries >= j). */
    double mean = 0, square = 0;
    for (uint32_t j = 1; j <= k; j++) mean += pow(q, j - 1), square += (2.0 * j - 1) * pow(q, j - 1);
    if (k > 1) judge(packets_name, (double)tally->counts[COL_PACKETS] / n, sqrt((square - mean * mean) / n), mean);
    world_free(w);
    tally_free(tally);
}

Test(mail_laws, k_tries_fail_with_the_kth_power_of_one_tries_chance)
{
    tries_law("1 try, 20 % loss", NULL, 0.2, 1);
    tries_law("3 tries, 30 % loss", "packets, 3 tries, 30 % loss", 0.3, 3);
    tries_law("8 tries, 50 % loss", "packets, 8 tries, 50 % loss", 0.5, 8);
}

/* ---- alternating renewal ---- */

/* A host that is up and down by turns, both exponential, and up at 0: P(up at t) = A + (1 - A) exp(-s t), where
 * A = MTBF / (MTBF + MTTR) and s = 1 / MTBF + 1 / MTTR. Poisson arrivals see time averages. The MTA tries once:
 * delivered is "found up". */
static void availability_law(const char *name, sim_time mtbf, sim_time mttr)
{
    static struct tiny t;
    struct residuals s = {0};
    double up = sim_time_seconds(mtbf), down = sim_time_seconds(mttr), length = 100 * 86400;
    double a = up / (up + down), fade = (1 / up + 1 / down) * length;
    double expected = a + (1 - a) * (1 - exp(-fade)) / fade;
    tiny_init(&t, "rfc5321", "bind", 1, 1);
    tiny_no_delay(&t);
    t.mtas[0].params.maximal_queue_lifetime = 0;
    t.clients[0].count = 0;
    t.clients[0].rate = 1 / 3600.0;
    t.spec.mail = t.spec.limit = 100 * SIM_DAY;
    struct fault_spec *f = tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 0);
    f->alternating = true;
    f->up = (struct law){.kind = LAW_EXPONENTIAL, .a = mtbf};
    f->length = (struct law){.kind = LAW_EXPONENTIAL, .a = mttr};
    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    for (uint64_t run = 0; run < 200; run++) {
        world_run(w, SEED, run, tally);
        residuals_add(&s, (double)tally->counts[COL_DELIVERED], (double)tally->counts[COL_SUBMITTED], expected);
    }
    judge_residuals(name, &s, expected);
    world_free(w);
    tally_free(tally);
}

Test(mail_laws, a_host_is_found_up_with_mtbf_by_mtbf_and_mttr)
{
    availability_law("availability, 20 h up, 4 h down", 20 * SIM_HOUR, 4 * SIM_HOUR);
    availability_law("availability, 238 min up, 532 min down", 238 * SIM_MINUTE, 532 * SIM_MINUTE);
    availability_law("availability, 30 d up, 3 h down", 30 * SIM_DAY, 3 * SIM_HOUR);
}
