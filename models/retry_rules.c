/* models/retry_rules.c - see models/retry_rules.h. */
#include "models/retry_rules.h"

#include <string.h>

/* A place in the text, going forward. */
struct cursor {
    const char *text;
    size_t at;
};

static void skip_blanks(struct cursor *c)
{
    while (c->text[c->at] == ' ' || c->text[c->at] == '\t') c->at++;
}

static bool take(struct cursor *c, char wanted)
{
    skip_blanks(c);
    if (c->text[c->at] != wanted) return false;
    c->at++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exim's times: 1w2d3h4m5s, units in falling order; a number without unit is seconds. */
static const char *take_time(struct cursor *c, sim_time *span)
{
    static const char units[] = "wdhms";
    static const int64_t seconds[] = {604800, 86400, 3600, 60, 1};
    int64_t sum = 0;
    size_t least = 0;
    skip_blanks(c);
    if (!is_digit(c->text[c->at])) return "is no time, expected one such as 15m or 1h30m";
    while (is_digit(c->text[c->at])) {
        int64_t number = 0;
        size_t begin = c->at;
        for (; is_digit(c->text[c->at]); c->at++)
            if ((number = number * 10 + (c->text[c->at] - '0')) > 1000000000) break;
        const char *unit = c->text[c->at] ? strchr(units, c->text[c->at]) : NULL;
        size_t which = unit ? (size_t)(unit - units) : 4;
        if (which < least) {
            c->at = begin;
            return "has its units out of order, expected w, d, h, m, s from the left";
        }
        least = which + 1;
        sum += number * seconds[which];
        if (number > 1000000000 || sum > SIM_LONGEST / SIM_SECOND) {
            c->at = begin;
            return "is too long a time";
        }
        if (!unit) break;
        c->at++;
    }
    *span = sum * SIM_SECOND;
    return NULL;
}

/* A factor with up to three decimals, as Exim keeps it. */
static const char *take_factor(struct cursor *c, double *factor)
{
    int64_t whole = 0, thousandths = 0, weight = 100;
    skip_blanks(c);
    if (!is_digit(c->text[c->at])) return "is no factor, expected a number such as 1.5";
    size_t begin = c->at;
    for (; is_digit(c->text[c->at]); c->at++)
        if ((whole = whole * 10 + (c->text[c->at] - '0')) > 1000) {
            c->at = begin;
            return "is too large a factor, expected at most 1000";
        }
    if (c->text[c->at] == '.')
        for (c->at++; is_digit(c->text[c->at]); c->at++, weight /= 10) thousandths += (c->text[c->at] - '0') * weight;
    *factor = (double)(whole * 1000 + thousandths) / 1000;
    return NULL;
}

static const char *take_rule(struct cursor *c, struct retry_rule *rule)
{
    static const char letters[] = "FGH";
    skip_blanks(c);
    const char *letter = c->text[c->at] ? strchr(letters, c->text[c->at]) : NULL;
    if (!letter) return "is no rule, expected F, G or H";
    rule->kind = (enum retry_rule_kind)(letter - letters);
    rule->factor = 1;
    c->at++;
    if (!take(c, ',')) return "stands where a comma is expected";
    const char *wrong = take_time(c, &rule->cutoff);
    if (wrong) return wrong;
    if (!take(c, ',')) return "stands where a comma and a time are expected";
    size_t gap_at = (skip_blanks(c), c->at);
    if ((wrong = take_time(c, &rule->gap))) return wrong;
    if (rule->gap == 0) {
        c->at = gap_at;
        return "would try again at once and never end, expected a time above 0s";
    }
    if (rule->kind == RULE_FIXED) return NULL;
    if (!take(c, ',')) return "stands where a comma and a factor are expected";
    size_t factor_at = (skip_blanks(c), c->at);
    if ((wrong = take_factor(c, &rule->factor))) return wrong;
    if (rule->factor >= 1) return NULL;
    c->at = factor_at;
    return "makes the waits shorter and shorter, expected a factor of at least 1";
}

const char *retry_rules_parse(const char *text, struct retry_rules *rules, size_t *at)
{
    struct cursor c = {text, 0};
    struct retry_rules read = {.count = 0};
    const char *wrong = NULL;
    /* A whole line of Exim's configuration begins with a pattern and an error: "* *" for all. */
    while (take(&c, '*')) continue;
    do {
        skip_blanks(&c);
        if (c.text[c.at] == '\0' && read.count > 0) break;
        size_t begin = c.at;
        if (read.count == RETRY_RULE_MAX) {
            wrong = "is one rule too many, expected at most 16";
            break;
        }
        struct retry_rule *rule = &read.items[read.count];
        if ((wrong = take_rule(&c, rule))) break;
        if (read.count > 0 && rule->cutoff <= rule[-1].cutoff) {
            c.at = begin;
            wrong = "is never reached: its cut-off is not after that of the rule before, expected a later one";
            break;
        }
        read.count++;
        skip_blanks(&c);
        if (c.text[c.at] != '\0' && c.text[c.at] != ';') wrong = "stands where ; or the end is expected";
    } while (!wrong && take(&c, ';'));
    *at = c.at;
    if (!wrong) *rules = read;
    return wrong;
}

/* Text that is being written; what does not fit is left out. */
struct writing {
    char *to;
    size_t used;
};

static void put(struct writing *w, const char *text)
{
    for (; *text && w->used < RETRY_RULES_TEXT - 1; text++) w->to[w->used++] = *text;
    w->to[w->used] = '\0';
}

/* A whole number, with so many digits at least. */
static void put_number(struct writing *w, int64_t number, int digits)
{
    char text[24];
    size_t at = sizeof text - 1;
    text[at] = '\0';
    for (; at > 0 && (digits > 0 || number > 0); digits--, number /= 10) text[--at] = (char)('0' + number % 10);
    put(w, text + at);
}

/* 5400 s as 1h30m. */
static void put_time(struct writing *w, sim_time span)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"w", 604800}, {"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};
    int64_t left = span / SIM_SECOND;
    if (left == 0) put(w, "0s");
    for (int i = 0; i < 5; i++) {
        if (left < units[i].seconds) continue;
        put_number(w, left / units[i].seconds, 1);
        put(w, units[i].unit);
        left %= units[i].seconds;
    }
}

/* Three decimals, without the zeros at their end. */
static void put_factor(struct writing *w, double factor)
{
    int64_t thousandths = (int64_t)(factor * 1000 + 0.5), decimals = thousandths % 1000;
    int digits = 3;
    put_number(w, thousandths / 1000, 1);
    if (decimals == 0) return;
    for (; decimals % 10 == 0; digits--) decimals /= 10;
    put(w, ".");
    put_number(w, decimals, digits);
}

char *retry_rules_text(const struct retry_rules *rules, char buf[RETRY_RULES_TEXT])
{
    static const char *const letters[] = {[RULE_FIXED] = "F,", [RULE_GEOMETRIC] = "G,", [RULE_RANDOM] = "H,"};
    struct writing w = {buf, 0};
    put(&w, "");
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct retry_rule *r = &rules->items[i];
        if (i > 0) put(&w, "; ");
        put(&w, letters[r->kind]);
        put_time(&w, r->cutoff);
        put(&w, ",");
        put_time(&w, r->gap);
        if (r->kind == RULE_FIXED) continue;
        put(&w, ",");
        put_factor(&w, r->factor);
    }
    return buf;
}
