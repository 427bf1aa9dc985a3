/* models/retry_rules.h - Exim's retry rules: "F,2h,15m; G,16h,1h,1.5; F,4d,6h". */
#pragma once
#include "models/params.h"

enum retry_rule_kind {
    RULE_FIXED,     /* F: wait gap */
    RULE_GEOMETRIC, /* G: wait factor times the last wait, gap at least */
    RULE_RANDOM     /* H: as G, but a random wait between gap and that */
};

struct retry_rule {
    enum retry_rule_kind kind;
    sim_time cutoff; /* while the failure is no older than this */
    sim_time gap;
    double factor;
};

struct retry_rules {
    struct retry_rule items[RETRY_RULE_MAX];
    uint32_t count;
};

/* Reads rules as Exim's configuration has them (spec.xfpt, "Retry rules"): rules with ; between, times such as 1h30m.
 * Null, or what is wrong ("is no rule letter, expected F, G or H") with *at its place in text. */
const char *retry_rules_parse(const char *text, struct retry_rules *rules, size_t *at);

#define RETRY_RULES_TEXT 1024 /* 16 rules at their longest */
/* The rules in the same form. */
char *retry_rules_text(const struct retry_rules *rules, char buf[RETRY_RULES_TEXT]);
