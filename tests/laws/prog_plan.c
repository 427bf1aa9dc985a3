/* tests/laws/prog_plan.c - the search for the smallest value that will do, on worlds whose answer is known exactly.
 *
 * A world is searched again and again, each time with other luck (another seed), and the answers are counted that are
 * right. The same runs then serve a search of fixed size: bisection by estimates alone, with the same number of runs at
 * each value; the smallest such number is found that is right as often. A plain program: it takes many seeds. */
#include "models/target.h"
#include "models/timetable.h"
#include "tests/models/worlds.h"
#include "tests/sanitized.h"

#include <math.h>
#include <stdio.h>

#ifdef SANITIZED
#define SEEDS 4
#else
#define SEEDS 100
#endif

#define CONFIDENCE 0.95
#define FIRST_RUNS 100
#define VALUES_MAX 64
#define LADDER_MAX 24

static int failures;

static void that(bool condition, const char *words)
{
    if (condition) return;
    printf("FAILED: %s\n", words);
    failures++;
}

/* ---- a question with an exact answer ---- */

struct question_asked {
    const char *name;
    struct target target;
    int64_t last, width;
    uint64_t most_runs;
    void (*make)(struct tiny *t, int64_t at); /* the world at a value */
    double (*exact)(int64_t at);              /* what the rule is about: a share */
};

/* The runs of one value with one seed. */
struct lane {
    struct tiny *tiny;
    struct world *world;
    struct tally *tally;
    struct ratio sums;
    uint64_t runs, room, events;
    double *a, *b; /* of each run */
};

struct bench {
    const struct question_asked *asked;
    struct search_rule rule;
    uint64_t seed;
    struct lane lanes[VALUES_MAX];
};

static void lane_to(struct bench *b, struct lane *l, int64_t at, uint64_t runs)
{
    if (!l->tiny) {
        l->tiny = mem_new(sizeof *l->tiny);
        b->asked->make(l->tiny, at);
        l->world = world_new(&l->tiny->spec);
        l->tally = tally_new(&l->tiny->spec);
    }
    if (runs > l->room) {
        l->room = runs;
        l->a = mem_resize(l->a, runs * sizeof *l->a);
        l->b = mem_resize(l->b, runs * sizeof *l->b);
    }
    for (; l->runs < runs; l->runs++) {
        struct ratio one = {0};
        world_run(l->world, b->seed, l->runs, l->tally);
        target_add(&b->asked->target, &one, l->tally);
        l->a[l->runs] = one.mean_a;
        l->b[l->runs] = one.mean_b;
        l->events += l->tally->events;
    }
}

static void bench_forget(struct bench *b)
{
    for (int i = 0; i < VALUES_MAX; i++) {
        struct lane *l = &b->lanes[i];
        world_free(l->world);
        tally_free(l->tally);
        mem_free(l->tiny);
        mem_free(l->a);
        mem_free(l->b);
        *l = (struct lane){0};
    }
}

static uint64_t oracle(void *context, int64_t at, uint64_t runs, double level, struct estimate *seen)
{
    struct bench *b = context;
    struct lane *l = &b->lanes[at];
    lane_to(b, l, at, runs);
    for (uint64_t r = l->sums.runs; r < runs; r++) ratio_add(&l->sums, l->a[r], l->b[r]);
    seen[0] = target_estimate(&b->asked->target, &l->sums, level);
    return runs;
}

/* ---- the search of fixed size ---- */

/* Does the estimate of n runs meet the rule? */
static bool seems_met(struct bench *b, int64_t at, uint64_t n)
{
    struct lane *l = &b->lanes[at];
    double sum_a = 0, sum_b = 0;
    lane_to(b, l, at, n);
    for (uint64_t r = 0; r < n; r++) sum_a += l->a[r], sum_b += l->b[r];
    double share = sum_a / sum_b;
    return b->rule.above ? share >= b->rule.bound : share < b->rule.bound;
}

/* What the searches of one size did, over all seeds. */
struct fixed {
    uint64_t n, values;
    double events;
    int right;
};

static bool look(struct bench *b, int64_t at, struct fixed *f)
{
    bool met = seems_met(b, at, f->n);
    f->values++;
    f->events += (double)b->lanes[at].events / (double)b->lanes[at].runs * (double)f->n;
    return met;
}

/* Both ends and then halves. */
static int64_t bisect(struct bench *b, struct fixed *f)
{
    int64_t low = 0, high = b->asked->last;
    if (look(b, low, f)) return low;
    if (!look(b, high, f)) return high + 1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (look(b, middle, f))
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* ---- many seeds ---- */

static int64_t exact_answer(const struct question_asked *q)
{
    struct search_rule rule = target_rule(&q->target);
    int64_t at = 0;
    while (at <= q->last && (rule.above ? q->exact(at) < rule.bound : q->exact(at) >= rule.bound)) at++;
    return at;
}

struct score {
    int right, open;
    uint64_t runs, events, values, most;
};

static void search_with(struct bench *b, int64_t answer, struct score *score)
{
    struct search s = {.rules = &b->rule,
                       .rule_count = 1,
                       .last = b->asked->last,
                       .width = b->asked->width,
                       .first_runs = FIRST_RUNS,
                       .most_runs = b->asked->most_runs,
                       .confidence = CONFIDENCE,
                       .oracle = oracle,
                       .context = b};
    search_run(&s);
    score->open += s.end != SEARCH_FOUND;
    score->right += s.low < answer && s.high >= answer;
    for (uint32_t i = 0; i < s.tried_count; i++) {
        score->runs += s.tried[i].runs;
        score->events += b->lanes[s.tried[i].at].events;
        if (s.tried[i].runs > score->most) score->most = s.tried[i].runs;
    }
    score->values += s.tried_count;
    search_free(&s);
}

static void report_fixed(const struct question_asked *q, const struct score *s, const struct fixed *f)
{
    double path = (double)(f->n * f->values) / SEEDS, all = (double)f->n * (double)(q->last + 1);
    double own = (double)s->runs / SEEDS;
    printf(
        "    fixed size, %d of %d right: %llu runs a value, %.0f runs on the way (%.1f values, %.3g events), %.0f for "
        "all %lld values: %.2g and %.2g times as many\n",
        f->right, SEEDS, (unsigned long long)f->n, path, (double)f->values / SEEDS, f->events / SEEDS, all,
        (long long)q->last + 1, path / own, all / own);
}

/* The smallest search of fixed size that is right so often; the largest one that was tried if none is. */
static const struct fixed *smallest(const struct fixed *rungs, int count, double right)
{
    int i = 0;
    while (i < count - 1 && rungs[i].right < right) i++;
    return &rungs[i];
}

/* largest: also try searches of fixed size with up to so many runs a value. */
static void play(const struct question_asked *q, uint64_t largest)
{
    static struct bench b;
    struct score score = {0};
    struct fixed rungs[LADDER_MAX] = {{0}};
    int64_t answer = exact_answer(q);
    int count = 0;
    b = (struct bench){.asked = q, .rule = target_rule(&q->target)};
    for (uint64_t n = 16; n <= largest && count + 1 < LADDER_MAX; n *= 2) {
        rungs[count++].n = n;
        if (n + n / 2 <= largest) rungs[count++].n = n + n / 2;
    }
    for (b.seed = 1; b.seed <= SEEDS; b.seed++) {
        search_with(&b, answer, &score);
        for (int i = 0; i < count; i++) rungs[i].right += bisect(&b, &rungs[i]) == answer;
        bench_forget(&b);
    }
    printf("law: %s: exact answer %lld (%.4g, before it %.4g, bound %.4g): right %d of %d, %d left open\n", q->name,
           (long long)answer, q->exact(answer), q->exact(answer - 1), b.rule.bound, score.right, SEEDS, score.open);
    printf("    the search: %.0f runs a seed, %.3g events, %.1f values, at most %llu runs at one\n",
           (double)score.runs / SEEDS, (double)score.events / SEEDS, (double)score.values / SEEDS,
           (unsigned long long)score.most);
    if (count > 0) {
        report_fixed(q, &score, smallest(rungs, count, CONFIDENCE * SEEDS));
        report_fixed(q, &score, smallest(rungs, count, score.right));
    }
    fflush(stdout);
    that(score.right >= CONFIDENCE * SEEDS, q->name);
}

/* ---- M/M/c ---- */

/* An MTA with c processes, Poisson mail, and an MX host that works on each message for an exponential time: nothing
 * else takes any time, so a message's latency is its time in an M/M/c system that begins empty. Value i is c = i + 2.
 */
#define RATE      2.0 /* a second; a message takes 1 s in the mean */
#define LENGTH    25  /* seconds of mail */
#define LEAST     2
#define PROCESSES 40
#define STATES    400
#define STEP      (1.0 / 128)

static double mmc_bound; /* s */

static void mmc_make(struct tiny *t, int64_t at)
{
    tiny_init(t, "postfix", "textbook", 1, 1);
    tiny_no_delay(t);
    tiny_unlimited(&t->mtas[0].params);
    t->mtas[0].params.process_limit = (uint32_t)(LEAST + at);
    t->zones[0].ttl = t->zones[0].negative_ttl = SIM_DAY;
    t->mx_hosts[0].takes = (struct law){.kind = LAW_EXPONENTIAL, .a = SIM_SECOND};
    t->clients[0].count = 0;
    t->clients[0].rate = RATE;
    t->spec.mail = LENGTH * SIM_SECOND;
    t->spec.limit = SIM_HOUR;
}

/* The mean share of time that the system has each number of messages in it, from empty over the length of the mail:
 * the birth and death equations, by Runge and Kutta's fourth-order steps. Poisson arrivals see it so. */
static void mmc_flow(uint32_t c, const double *p, double *d)
{
    for (uint32_t n = 0; n < STATES; n++) {
        double leave = (n + 1 < STATES ? RATE : 0) + (n < c ? n : c);
        d[n] = -leave * p[n];
        if (n > 0) d[n] += RATE * p[n - 1];
        if (n + 1 < STATES) d[n] += (n + 1 < c ? n + 1 : c) * p[n + 1];
    }
}

static void mmc_seen(uint32_t c, double *mean)
{
    double p[STATES] = {1}, q[STATES], k[4][STATES];
    static const double ahead[] = {0, 0.5, 0.5, 1};
    memset(mean, 0, STATES * sizeof *mean);
    for (int step = 0; step < LENGTH / STEP; step++) {
        for (int i = 0; i < 4; i++) {
            for (uint32_t n = 0; n < STATES; n++) q[n] = p[n] + (i ? ahead[i] * STEP * k[i - 1][n] : 0);
            mmc_flow(c, q, k[i]);
        }
        for (uint32_t n = 0; n < STATES; n++) {
            double next = p[n] + STEP / 6 * (k[0][n] + 2 * k[1][n] + 2 * k[2][n] + k[3][n]);
            mean[n] += (p[n] + next) / 2 * (STEP / LENGTH);
            p[n] = next;
        }
    }
}

/* P(wait and service > t), found with n others there. Who finds all busy waits for k = n - c + 1 departures: later than
 * t if fewer than k of them happen before, or if the service takes what is left: exp(-t) (c / (c - 1))^k times an
 * Erlang probability of rate c - 1, summed here term by term. */
static double mmc_over(uint32_t c, uint32_t n, double t)
{
    if (n < c) return exp(-t);
    uint32_t k = n - c + 1;
    double fewer = 0, term = exp(-(double)c * t), rest = 0;
    for (uint32_t j = 0; j < k; j++) {
        fewer += term;
        term *= c * t / (j + 1);
    }
    for (uint32_t j = k; term > 1e-18 || j < c * t; j++) {
        rest += term;
        term *= (c - 1) * t / (j + 1);
    }
    return fewer + rest;
}

static double mmc_late(uint32_t c, double t)
{
    static double seen[PROCESSES + LEAST][STATES];
    static bool done[PROCESSES + LEAST];
    if (!done[c]) mmc_seen(c, seen[c]);
    done[c] = true;
    double late = 0;
    for (uint32_t n = 0; n < STATES; n++) late += seen[c][n] * mmc_over(c, n, t);
    return late;
}

static double mmc_p99(uint32_t c)
{
    double low = 0, high = 100;
    while (high - low > 1e-9) {
        double t = (low + high) / 2;
        if (mmc_late(c, t) > 0.01)
            low = t;
        else
            high = t;
    }
    return high;
}

static double mmc_exact(int64_t at)
{
    return 1 - mmc_late((uint32_t)(LEAST + at), mmc_bound);
}

static void mmc(const char *name, double bound, uint64_t largest)
{
    struct question_asked q = {.name = name,
                               .target = {(size_t)(metric_find("latency.p99") - metrics), false, false, bound},
                               .last = PROCESSES - LEAST,
                               .width = 1,
                               .most_runs = 100000,
                               .make = mmc_make,
                               .exact = mmc_exact};
    mmc_bound = bound;
    play(&q, largest);
}

/* ---- a queue lifetime ---- */

/* One message a run; the only host refuses from the first moment on, for an exponential time of 24 h. The message
 * bounces if its last attempt fails: P = exp(-a / 24 h), a the offset of that attempt, which the timetable knows. Value
 * i is a lifetime of (i + 1) * 12 h. */
#define OUTAGE SIM_DAY

static sim_time lifetime_step;

static void lifetime_make(struct tiny *t, int64_t at)
{
    tiny_init(t, "rfc5321", "textbook", 1, 1);
    tiny_no_delay(t);
    t->mtas[0].params.maximal_queue_lifetime = (at + 1) * lifetime_step;
    t->mtas[0].params.queue_run_delay = 0;
    t->spec.limit = 30 * SIM_DAY;
    tiny_fault(t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 0)->length = (struct law){.kind = LAW_EXPONENTIAL, .a = OUTAGE};
}

static double lifetime_exact(int64_t at)
{
    static struct tiny t;
    struct timetable table;
    lifetime_make(&t, at);
    timetable_begin(&table, &t.mtas[0].params, 0);
    while (timetable_next(&table)) continue;
    return exp(-sim_time_seconds(table.at) / sim_time_seconds(OUTAGE));
}

static void lifetime(const char *name, sim_time step, int64_t values, int64_t width, double bound)
{
    struct question_asked q = {.name = name,
                               .target = {(size_t)(metric_find("bounce_rate") - metrics), false, false, bound},
                               .last = values - 1,
                               .width = width,
                               .most_runs = width == 1 ? 100000 : 20000,
                               .make = lifetime_make,
                               .exact = lifetime_exact};
    lifetime_step = step;
    play(&q, width == 1 ? 2048 : 0);
}

int main(void)
{
    printf("M/M/c, %g messages/s of 1 s, for %d s from empty: p99 of the latency by c:", RATE, LENGTH);
    for (uint32_t c = 3; c <= 8; c++) printf(" %u: %.3f s;", c, mmc_p99(c));
    printf("\n");
    double p99 = mmc_p99(4), before = mmc_p99(3);
    mmc("M/M/c, bound halfway between 3 and 4", sqrt(p99 * before), 256);
    mmc("M/M/c, bound 5 % above the p99 of 4", 1.05 * p99, 256);
    mmc("M/M/c, bound 2 % above the p99 of 4", 1.02 * p99, 1536);
    lifetime("queue lifetime in steps of 12 h, bounces < 6 %", 12 * SIM_HOUR, 20, 1, 0.06);
    lifetime("queue lifetime to within 12 h, bounces < 6 %", 6 * SIM_HOUR, 40, 2, 0.06);
    return failures ? 1 : 0;
}
