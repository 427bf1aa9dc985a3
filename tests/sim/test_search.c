/* tests/sim/test_search.c - the search for the smallest value that will do: exact oracles, noisy ones, odd ones. */
#include "sim/mem.h"
#include "sim/rng.h"
#include "sim/search.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#define ROW 1024

/* ---- rules ---- */

static struct estimate interval(double low, double value, double high)
{
    return (struct estimate){value, low, high, true, true, "test"};
}

Test(search, a_rule_is_decided_when_the_whole_interval_is_on_one_side)
{
    struct search_rule below = {5, false, false}, most = {5, false, true}, above = {5, true, false},
                       least = {5, true, true};
    struct estimate left = interval(1, 2, 3), right = interval(7, 8, 9), over = interval(4, 5, 6),
                    touches = interval(3, 4, 5), begins = interval(5, 6, 7), is = interval(5, 5, 5);
    cr_assert_eq(rule_verdict(&below, &left), VERDICT_MET);
    cr_assert_eq(rule_verdict(&below, &right), VERDICT_NOT_MET);
    cr_assert_eq(rule_verdict(&below, &over), VERDICT_OPEN);
    cr_assert_eq(rule_verdict(&above, &left), VERDICT_NOT_MET);
    cr_assert_eq(rule_verdict(&above, &right), VERDICT_MET);
    cr_assert_eq(rule_verdict(&below, &touches), VERDICT_OPEN);
    cr_assert_eq(rule_verdict(&most, &touches), VERDICT_MET);
    cr_assert_eq(rule_verdict(&below, &begins), VERDICT_NOT_MET);
    cr_assert_eq(rule_verdict(&most, &begins), VERDICT_OPEN);
    cr_assert_eq(rule_verdict(&above, &begins), VERDICT_OPEN);
    cr_assert_eq(rule_verdict(&least, &begins), VERDICT_MET);
    cr_assert_eq(rule_verdict(&below, &is), VERDICT_NOT_MET);
    cr_assert_eq(rule_verdict(&most, &is), VERDICT_MET);
    cr_assert_eq(rule_verdict(&above, &is), VERDICT_NOT_MET);
    cr_assert_eq(rule_verdict(&least, &is), VERDICT_MET);
    left.has_interval = false;
    cr_assert_eq(rule_verdict(&below, &left), VERDICT_OPEN, "one run shows nothing");
}

/* ---- without noise ---- */

/* Rule r is met at `at` where met[r][at]. */
struct row {
    bool met[SEARCH_RULES_MAX][ROW];
    uint32_t rules;
    uint64_t runs[ROW], total; /* asked for */
    uint64_t stop_after;       /* looks; 0: never */
    uint64_t looks;
};

static uint64_t see_exactly(void *context, int64_t at, uint64_t runs, double level, struct estimate *seen)
{
    struct row *row = context;
    cr_assert(at >= 0 && at < ROW && level > 0 && level < 1 && runs > 0);
    if (row->stop_after && ++row->looks > row->stop_after) return 0;
    if (runs < row->runs[at]) runs = row->runs[at]; /* another rule's crossing asks from the beginning */
    row->total += runs - row->runs[at];
    row->runs[at] = runs;
    for (uint32_t r = 0; r < row->rules; r++) {
        double x = row->met[r][at] ? 1 : 0;
        seen[r] = interval(x, x, x);
    }
    return runs;
}

static const struct search_rule half[SEARCH_RULES_MAX] = {{0.5, true, false}, {0.5, true, false}, {0.5, true, false}};

static struct search search_of(struct row *row, int64_t last, int64_t width)
{
    struct search s = {.rules = half,
                       .rule_count = row->rules,
                       .last = last,
                       .width = width,
                       .first_runs = 100,
                       .most_runs = 10000,
                       .confidence = 0.95,
                       .oracle = see_exactly,
                       .context = row};
    search_run(&s);
    return s;
}

static void meet(struct row *row, uint32_t rule, int64_t from, int64_t upto)
{
    if (row->rules <= rule) row->rules = rule + 1;
    for (int64_t i = from; i <= upto; i++) row->met[rule][i] = true;
}

Test(search, every_crossing_of_every_row_is_found)
{
    for (int64_t last = 0; last < 70; last++)
        for (int64_t x = 0; x <= last + 1; x++)
            for (int64_t width = 1; width <= 2; width++) {
                static struct row row;
                row = (struct row){.rules = 1};
                meet(&row, 0, x, last);
                struct search s = search_of(&row, last, width);
                enum search_end end = x == 0 ? SEARCH_AT_START : x > last ? SEARCH_NOT_REACHED : SEARCH_FOUND;
                cr_assert_eq(s.end, end, "last %d, crossing %d: %d", (int)last, (int)x, s.end);
                cr_assert(s.low < x && s.high >= x && s.high - s.low <= width);
                cr_assert_not(s.uneven || s.ends_worse);
                search_free(&s);
            }
}

Test(search, a_clear_row_takes_halves_and_few_runs)
{
    static struct row row;
    meet(&row, 0, 700, 1000);
    struct search s = search_of(&row, 1000, 1);
    cr_assert_eq(s.end, SEARCH_FOUND);
    cr_assert_eq(s.high, 700);
    cr_assert_leq(s.tried_count, 15, "%u values", s.tried_count);
    for (int i = 0; i < ROW; i++) cr_assert_leq(row.runs[i], 100);
    cr_assert_leq(row.total, 4 * 100 + 11 * 25, "both ends, both neighbours, the way and three probes: %d",
                  (int)row.total);
    search_free(&s);
}

Test(search, the_wrong_way_is_noticed)
{
    static struct row row;
    meet(&row, 0, 0, 30);
    struct search s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_AT_START);
    cr_assert(s.ends_worse && !s.uneven);
    search_free(&s);
}

Test(search, what_is_met_between_unmet_ends_is_noticed)
{
    static struct row row;
    meet(&row, 0, 20, 35);
    struct search s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_NOT_ONE_SIDE);
    cr_assert_eq(s.bumps[0], 30);
    cr_assert_eq(s.bumps[1], 60);
    search_free(&s);
}

/* The way goes to the crossing at 10, and values far from it are probed. */
Test(search, a_second_crossing_is_told_where_it_was_seen)
{
    static struct row row;
    meet(&row, 0, 10, 34);
    meet(&row, 0, 50, 60);
    struct search s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_FOUND);
    cr_assert(s.uneven, "no second crossing was seen");
    cr_assert(s.bumps[0] >= 10 && s.bumps[0] < 35 && s.bumps[1] >= 35 && s.bumps[1] < 50 && s.bumps[2] >= 50);
    search_free(&s);
    row = (struct row){.rules = 1};
    meet(&row, 0, 16, 22);
    meet(&row, 0, 37, 60);
    s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_FOUND);
    cr_assert(s.high == 37 && s.uneven && s.bumps[0] == 18, "what is met below the answer");
    search_free(&s);
}

/* What was shown above a value counts, not what was met below it. */
Test(search, the_answer_lies_above_all_that_was_shown_not_to_meet)
{
    struct crossing c;
    struct crossing_look look;
    static const struct {
        int64_t at;
        enum verdict verdict;
    } told[] = {{0, VERDICT_NOT_MET}, {64, VERDICT_MET}, {32, VERDICT_MET}, {40, VERDICT_NOT_MET}};
    crossing_init(&c, 64, 1, 100, 1000, 0.05);
    for (size_t i = 0; i < 4; i++) {
        cr_assert(crossing_next(&c, &look));
        look.at = told[i].at;
        crossing_tell(&c, &look, 100, told[i].verdict, told[i].verdict == VERDICT_MET ? 2 : -2);
    }
    cr_assert_eq(crossing_low(&c), 40);
    cr_assert_eq(crossing_high(&c), 64);
    cr_assert(crossing_next(&c, &look));
    cr_assert_eq(look.at, 52);
    crossing_free(&c);
}

/* ---- several rules ---- */

Test(search, all_rules_must_be_met)
{
    static struct row row;
    meet(&row, 0, 11, 60);
    meet(&row, 1, 23, 60);
    meet(&row, 2, 0, 60);
    struct search s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_FOUND);
    cr_assert_eq(s.high, 23);
    const struct search_tried *before = search_find(&s, 22);
    cr_assert(before && before->verdicts[0] == VERDICT_MET && before->verdicts[1] == VERDICT_NOT_MET);
    search_free(&s);
}

Test(search, rules_that_leave_room_between_them_are_met_there)
{
    static struct row row;
    meet(&row, 0, 17, 60);
    meet(&row, 1, 0, 19);
    struct search s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_FOUND);
    cr_assert_eq(s.low, 16);
    cr_assert_eq(s.high, 17);
    cr_assert(s.from.rules == 1 && s.from.met == 17 && s.from.unmet == 16);
    cr_assert(s.upto.rules == 2 && s.upto.met == 19 && s.upto.unmet == 20);
    cr_assert_not(s.uneven);
    search_free(&s);
}

Test(search, rules_that_pull_apart_say_which_is_met_where)
{
    static struct row row;
    meet(&row, 0, 31, 60);
    meet(&row, 1, 0, 12);
    meet(&row, 2, 0, 60);
    struct search s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_APART);
    cr_assert(s.from.rules == 5 && s.from.met == 31 && s.from.unmet == 30);
    cr_assert(s.upto.rules == 2 && s.upto.met == 12 && s.upto.unmet == 13);
    search_free(&s);
    row = (struct row){.rules = 2};
    meet(&row, 0, 13, 60);
    meet(&row, 1, 0, 12);
    s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_APART, "not even one value between them");
    search_free(&s);
}

Test(search, a_rule_that_is_met_nowhere_is_not_reached)
{
    static struct row row = {.rules = 2};
    meet(&row, 0, 10, 60);
    struct search s = search_of(&row, 60, 1);
    cr_assert_eq(s.end, SEARCH_NOT_REACHED);
    cr_assert_eq(search_find(&s, 60)->verdicts[0], VERDICT_MET);
    cr_assert_eq(search_find(&s, 60)->verdicts[1], VERDICT_NOT_MET);
    search_free(&s);
}

/* ---- what cannot be known ---- */

Test(search, an_interrupted_search_keeps_what_it_saw)
{
    for (uint64_t looks = 1; looks < 8; looks++) {
        static struct row row;
        row = (struct row){.rules = 1, .stop_after = looks};
        meet(&row, 0, 31, 60);
        struct search s = search_of(&row, 60, 1);
        cr_assert_eq(s.end, SEARCH_STOPPED);
        cr_assert_leq(s.tried_count, looks);
        search_free(&s);
    }
}

static uint64_t see_nothing(void *context, int64_t at, uint64_t runs, double level, struct estimate *seen)
{
    (void)context, (void)at, (void)level;
    *seen = (struct estimate){.method = "none"};
    return runs;
}

Test(search, what_has_no_value_is_not_met_but_not_at_once)
{
    struct search s = {.rules = half,
                       .rule_count = 1,
                       .last = 10,
                       .width = 1,
                       .first_runs = 100,
                       .most_runs = 100000,
                       .confidence = 0.95,
                       .oracle = see_nothing};
    search_run(&s);
    cr_assert_eq(s.end, SEARCH_NOT_REACHED);
    cr_assert_geq(search_find(&s, 10)->runs, SEARCH_NOTHING_RUNS);
    cr_assert_leq(search_find(&s, 10)->runs, 2 * SEARCH_NOTHING_RUNS);
    search_free(&s);
}

/* However it goes on, what the tests may err adds up to no more than was allowed. */
Test(search, the_errors_of_all_tests_add_up_to_what_is_allowed)
{
    struct rng r;
    rng_open(&r, 2385, 0, rng_name("leans"));
    for (int64_t width = 1; width <= 2; width++)
        for (int turn = 0; turn < 40; turn++) {
            struct crossing c;
            struct crossing_look look;
            double spent = 0;
            int looks = 0;
            crossing_init(&c, 100, width, 100, 3000, 0.05);
            while (crossing_next(&c, &look)) {
                const struct crossing_value *v = crossing_find(&c, look.at);
                cr_assert(look.at >= 0 && look.at <= 100 && look.runs <= 3000 && look.runs > (v ? v->runs : 0));
                cr_assert_eq(look.tests, look.runs >= 100);
                if (look.tests) spent += look.error;
                crossing_tell(&c, &look, look.runs, VERDICT_OPEN, rng_uniform(&r) - 0.5);
                cr_assert_leq(++looks, 101 * (int)(c.looks + 1), "no end");
            }
            cr_assert_leq(spent, 0.05, "%g", spent);
            cr_assert_gt(spent, 0);
            crossing_free(&c);
        }
}

/* ---- with noise ---- */

/* Run r of value i is mean(i) + sigma * (share of luck that is common to all values + luck of its own). */
struct noise {
    double slope, crossing; /* mean = 100 + slope * (i - crossing) */
    double common;          /* correlation */
    uint64_t seed, runs[ROW];
    struct moments sums[ROW];
};

static double normal(uint64_t seed, uint64_t run, uint64_t stream)
{
    struct rng r;
    rng_open(&r, seed, run, stream);
    double radius = sqrt(2 * rng_exponential(&r));
    return radius * cos(6.283185307179586 * rng_uniform(&r));
}

static uint64_t see_noise(void *context, int64_t at, uint64_t runs, double level, struct estimate *seen)
{
    struct noise *n = context;
    for (; n->runs[at] < runs; n->runs[at]++) {
        double own = normal(n->seed, n->runs[at], (uint64_t)at + 1), all = normal(n->seed, n->runs[at], 0);
        moments_add(&n->sums[at],
                    100 + n->slope * ((double)at - n->crossing) + sqrt(n->common) * all + sqrt(1 - n->common) * own);
    }
    *seen = moments_estimate(&n->sums[at], level);
    return runs;
}

static const struct search_rule hundred = {100, true, false};

static struct search search_noise(struct noise *n, int64_t last, int64_t width, uint64_t most)
{
    struct search s = {.rules = &hundred,
                       .rule_count = 1,
                       .last = last,
                       .width = width,
                       .first_runs = 100,
                       .most_runs = most,
                       .confidence = 0.95,
                       .oracle = see_noise,
                       .context = n};
    search_run(&s);
    return s;
}

/* The bound of 95 % is asked of 200 searches, so a search that is right in just 95 of 100 fails with a chance of 1e-4
 * (more than 22 of 200 wrong). What is printed shows how far on the safe side it is. */
static void right_as_often_as_promised(const char *name, double slope, double crossing, double common, int64_t width)
{
    int wrong = 0, found = 0;
    double runs = 0, beside = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        static struct noise n;
        n = (struct noise){.slope = slope, .crossing = crossing, .common = common, .seed = seed};
        struct search s = search_noise(&n, 40, width, 6400);
        int64_t answer = (int64_t)ceil(crossing);
        wrong += !(s.low < answer && answer <= s.high);
        found += s.end == SEARCH_FOUND;
        for (int64_t i = 0; i <= 40; i++) {
            runs += (double)n.runs[i] / 200;
            if (i < answer - width || i > answer + width - 1) beside += (double)n.runs[i] / 200;
        }
        search_free(&s);
    }
    printf("search: %s: %d of 200 wrong, %d found; %.0f runs, %.0f of them not beside the crossing\n", name, wrong,
           found, runs, beside);
    fflush(stdout);
    cr_assert_leq(wrong, 22, "%s: %d wrong", name, wrong);
    cr_assert_geq(found, 180, "%s: %d found", name, found);
    cr_assert_lt(beside, runs / 2, "%s: runs are spent where the answer is not", name);
}

Test(search, noisy_answers_are_right_as_often_as_promised)
{
    right_as_often_as_promised("same luck", 0.25, 17.5, 1, 1);
    right_as_often_as_promised("half of the luck", 0.25, 17.5, 0.5, 1);
    right_as_often_as_promised("luck of their own", 0.25, 17.5, 0, 1);
    right_as_often_as_promised("close on one side", 0.25, 17.7, 0.9, 1);
    right_as_often_as_promised("width 2", 0.1, 17.5, 0.9, 2);
    right_as_often_as_promised("width 2, right at a value", 0.1, 17.02, 0.9, 2);
}

Test(search, when_no_number_of_runs_shows_it_the_rest_stays_open)
{
    static struct noise n = {.slope = 0.02, .crossing = 17.4, .common = 0.9, .seed = 5};
    struct search s = search_noise(&n, 40, 1, 800);
    cr_assert_eq(s.end, SEARCH_UNDECIDED);
    cr_assert(s.low >= 0 && s.low < 17 && s.high > 18 && s.high <= 40, "%d .. %d", (int)s.low, (int)s.high);
    for (uint32_t i = 0; i < s.tried_count; i++)
        cr_assert(s.tried[i].all != VERDICT_OPEN || s.tried[i].runs == 800 || s.tried[i].at < s.low ||
                  s.tried[i].at > s.high);
    search_free(&s);
}

Test(search, more_runs_change_nothing_of_what_was_found)
{
    static struct noise a, b;
    a = b = (struct noise){.slope = 0.5, .crossing = 9.5, .common = 0.5, .seed = 11};
    struct search first = search_noise(&a, 40, 1, 6400), second = search_noise(&b, 40, 1, 6400);
    cr_assert_eq(first.tried_count, second.tried_count);
    for (uint32_t i = 0; i < first.tried_count; i++)
        cr_assert(first.tried[i].at == second.tried[i].at && first.tried[i].runs == second.tried[i].runs);
    search_free(&first);
    search_free(&second);
}
