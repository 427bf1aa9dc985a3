/* sim/search.h - the smallest value of a row that meets some rules, from noisy runs, with a stated confidence.
 *
 * The values are numbered 0 .. last in the direction that is asked for: who wants the largest numbers them downwards.
 * A rule holds a quantity against a bound. Each is assumed to change sides at most once along the row; all of them are
 * to be met at once. The search (sim/crossing.h) asks an oracle for estimates and ends with one of the ends below.
 *
 * "With confidence 95 %": of 100 searches with other luck, at most 5 are expected to say anything that is not so, of
 * all the values that they looked at and all the looks that they took. Said exactly in docs/statistics.md. */
#pragma once
#include "sim/crossing.h"
#include "sim/stat.h"

#define SEARCH_RULES_MAX 16

/* What has no value (nothing was counted that it could be a share or a mean of) does not meet a rule; but that is only
 * said after so many runs. */
#define SEARCH_NOTHING_RUNS 1000

struct search_rule {
    double bound;
    bool above;    /* must be above the bound; else below */
    bool or_equal; /* may also be equal to it */
};

/* What an estimate shows of a rule: its whole interval is on one side of the bound, or not. */
enum verdict rule_verdict(const struct search_rule *rule, const struct estimate *e);

/* Estimates at value at from at least runs runs, for each rule the one whose two-sided interval has this level. The
 * same runs at each value (common random numbers), and more runs keep those done before. Gives how many runs they rest
 * on; 0: interrupted. */
typedef uint64_t search_oracle(void *context, int64_t at, uint64_t runs, double level, struct estimate *seen);

enum search_end {
    SEARCH_FOUND,        /* high meets all rules; low does not, and is next to it or within width */
    SEARCH_AT_START,     /* value 0 meets them already */
    SEARCH_NOT_REACHED,  /* even the last value does not */
    SEARCH_UNDECIDED,    /* all runs that are allowed were not enough: between low and high it is open */
    SEARCH_APART,        /* some rules are met from a value on, others only up to a smaller one: none meets all */
    SEARCH_NOT_ONE_SIDE, /* neither end meets them, but a value between does: there is more than one crossing */
    SEARCH_STOPPED       /* the oracle was interrupted; low and high are as far as it came */
};

/* A value that was looked at, as it was last seen. */
struct search_tried {
    int64_t at;
    uint64_t runs;
    struct estimate seen[SEARCH_RULES_MAX];  /* at the last look */
    double levels[SEARCH_RULES_MAX];         /* of the test that decided each rule; of the last look if it is open */
    enum verdict verdicts[SEARCH_RULES_MAX]; /* of each rule */
    enum verdict all;                        /* MET: all of them are; NOT_MET: one is not */
};

/* Where some of the rules change sides, in SEARCH_APART and where not all rules change the same way. */
struct search_part {
    uint32_t rules;     /* which: bit i is rule i; 0: there is no such part */
    int64_t met, unmet; /* the last value shown to meet these rules, and the one shown not to, beside it; -1 or last +
                         * 1: none */
    bool decided;       /* they are as near as they should be */
};

struct search {
    /* asked */
    const struct search_rule *rules; /* borrowed */
    uint32_t rule_count;             /* 1 .. SEARCH_RULES_MAX */
    int64_t last, width;             /* see sim/crossing.h */
    uint64_t first_runs, most_runs;
    double confidence;
    search_oracle *oracle;
    void *context;
    /* found */
    enum search_end end;
    int64_t low, high;             /* -1, last + 1: there is none */
    struct search_part from, upto; /* rules met from a value on; rules met up to one. Only if there are both */
    bool ends_worse;               /* SEARCH_AT_START, and the last value does not meet the rules */
    bool uneven;                   /* met, not met and met again, or met below a value that is not */
    int64_t bumps[3];              /* such values, rising; the third is -1 if there is none */
    struct search_tried *tried;    /* in order of at; owned */
    uint32_t tried_count;
    uint32_t looks; /* that a value can have: the same for all */
};

/* Does it all. Fill the first part before, the rest with zeros; search_free after. */
void search_run(struct search *s);
void search_free(struct search *s);

/* What was seen at a value, or null. */
const struct search_tried *search_find(const struct search *s, int64_t at);
