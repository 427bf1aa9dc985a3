/* cli/vary.c - see cli/vary.h. */
#include "cli/vary.h"

#include "cli/words.h"
#include "scenarios/edit.h"
#include "scenarios/value.h"
#include "sim/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "what \"text\", expected what": false. */
static bool wrong(char *why, size_t size, const char *what, const char *text, const char *expected)
{
    snprintf(why, size, "%s \"%.80s\", expected %s", what, text, expected);
    return false;
}

static void add(struct variation *v, char *value)
{
    v->values = mem_resize(v->values, ((size_t)v->count + 1) * sizeof *v->values); /* NOLINT: pointers */
    v->values[v->count++] = value;
}

enum vary_kind vary_number(const char *text, double *number)
{
    sim_time span;
    char *end;
    if (value_duration(text, &span) == NULL) return *number = sim_time_seconds(span), VARY_DURATIONS;
    if (value_percent(text, number) == NULL) return VARY_SHARES;
    if (value_rate(text, number) == NULL) return VARY_RATES;
    if ((text[0] < '0' || text[0] > '9') && text[0] != '-') return VARY_WORDS;
    *number = strtod(text, &end);
    return end == text || *end || !isfinite(*number) ? VARY_WORDS : VARY_NUMBERS;
}

/* ---- writing a value of a range ---- */

/* To 1/1000 or better, in a unit that people use, and such that values that far apart stay apart. */
static sim_time round_duration(double seconds, bool whole, double apart)
{
    static const sim_time steps[] = {10 * SIM_MINUTE, SIM_MINUTE,  10 * SIM_SECOND, SIM_SECOND, 10 * SIM_MS,
                                     SIM_MS,          10 * SIM_US, SIM_US,          SIM_NS};
    double ns = seconds * 1e9;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        double step = (double)steps[i];
        if (apart * 1e9 >= step && (ns >= 1000 * step || (whole && steps[i] == SIM_SECOND)))
            return (sim_time)(ns / step + 0.5) * steps[i];
    }
    return (sim_time)(ns + 0.5);
}

/* %g without an exponent, which shares and rates do not take; with as many digits as keep values apart. */
static char *plain_number(double x, double apart, const char *unit)
{
    char text[80];
    int digits = 2 + (int)ceil(log10(fmax(fabs(x) / apart, 1)));
    snprintf(text, sizeof text, "%.*g", digits < 4 ? 4 : digits > 15 ? 15 : digits, x);
    if (strchr(text, 'e')) {
        snprintf(text, sizeof text, "%.12f", x);
        for (size_t n = strlen(text); strchr(text, '.') && (text[n - 1] == '0' || text[n - 1] == '.'); n--) {
            bool point = text[n - 1] == '.';
            text[n - 1] = 0;
            if (point) break;
        }
    }
    char all[160];
    return mem_text(all, (size_t)snprintf(all, sizeof all, "%s%.70s", text, unit));
}

/* ---- a range ---- */

struct range {
    char *low, *high; /* as typed; owned */
    double from, to;
    enum vary_kind kind;
    bool whole;  /* both ends are written as whole numbers, or are whole seconds */
    double unit; /* of shares and rates, and its name: those of the lower end */
    const char *name;
    bool log;
    uint32_t count;
};

static char *number_text(const struct range *r, double x, double apart)
{
    char text[64];
    if (r->kind == VARY_DURATIONS) return mem_text(text, strlen(words_span(round_duration(x, r->whole, apart), text)));
    if (r->kind == VARY_NUMBERS && r->whole)
        return mem_text(text, (size_t)snprintf(text, sizeof text, "%.0f", floor(x + 0.5)));
    return plain_number(x / r->unit, apart / r->unit, r->name);
}

#define RANGE_MOST 1e15 /* doubles know all whole numbers up to this */

static bool is_whole(enum vary_kind kind, const char *text, double number)
{
    return kind == VARY_DURATIONS ? number == floor(number) : text[strspn(text, "0123456789")] == 0;
}

/* "%", "/h": with what it is worth. */
static void find_unit(struct range *r)
{
    r->unit = 1;
    r->name = "";
    if (r->kind == VARY_SHARES) {
        r->unit = 0.01;
        r->name = "%";
    } else if (r->kind == VARY_RATES) {
        char one[16];
        r->name = strchr(r->low, '/');
        snprintf(one, sizeof one, "1%.10s", r->name);
        value_rate(one, &r->unit);
    }
}

/* :N, :lin:N, :log:N at how; an empty one means all whole numbers. */
static bool read_how(struct range *r, const char *item, const char *how, char *why, size_t size)
{
    if (*how == 0 && r->kind == VARY_NUMBERS && r->whole) {
        if (r->to - r->from >= VARY_VALUES_MAX) return wrong(why, size, "too many values in", item, "100000 at most");
        r->count = (uint32_t)(r->to - r->from) + 1;
        return true;
    }
    r->log = strncmp(how, ":log:", 5) == 0;
    if (r->log || strncmp(how, ":lin:", 5) == 0) how += 4;
    char *end = NULL;
    long n = *how == ':' && how[1] >= '0' && how[1] <= '9' ? strtol(how + 1, &end, 10) : -1;
    if (n < 0 || *end) return wrong(why, size, "no count in", item, "LO..HI:N, LO..HI:lin:N or LO..HI:log:N");
    if (n < 2 || n > VARY_VALUES_MAX) return wrong(why, size, "a count that cannot be in", item, "2 to 100000 values");
    r->count = (uint32_t)n;
    return true;
}

static bool check_range(const struct range *r, enum vary_kind other, const char *item, char *why, size_t size)
{
    if (r->kind == VARY_WORDS || other != r->kind)
        return wrong(why, size, "ends that are not two numbers, durations, shares or rates in", item,
                     "such as 1..8, 1h..7d:8 or 1%..10%:log:4");
    if (fabs(r->from) > RANGE_MOST || fabs(r->to) > RANGE_MOST)
        return wrong(why, size, "an end that is too large in", item, "10^15 at most");
    if (r->from > r->to) {
        snprintf(why, size, "an inverted range \"%.80s\", expected the lower end first: %.40s..%.40s", item, r->high,
                 r->low);
        return false;
    }
    if (r->from == r->to) return wrong(why, size, "an empty range", item, "two different ends, or the one value alone");
    return true;
}

static double value_of(const struct range *r, uint32_t i)
{
    double part = i / (double)(r->count - 1);
    return r->log ? exp(log(r->from) + (log(r->to) - log(r->from)) * part) : r->from + (r->to - r->from) * part;
}

/* The i-th value; the ends are as typed. */
static char *range_value(const struct range *r, uint32_t i)
{
    if (i == 0) return mem_text(r->low, strlen(r->low));
    if (i == r->count - 1) return mem_text(r->high, strlen(r->high));
    double x = value_of(r, i);
    return number_text(r, x, x - value_of(r, i - 1));
}

static bool add_range(struct variation *v, const char *item, const char *dots, char *why, size_t size)
{
    const char *high = dots + 2;
    size_t high_length = strcspn(high, ":");
    struct range r = {.low = mem_text(item, (size_t)(dots - item)), .high = mem_text(high, high_length)};
    r.kind = vary_number(r.low, &r.from);
    bool good = check_range(&r, vary_number(r.high, &r.to), item, why, size);
    r.whole = good && is_whole(r.kind, r.low, r.from) && is_whole(r.kind, r.high, r.to);
    good = good && read_how(&r, item, high + high_length, why, size);
    if (good && r.log && r.from <= 0)
        good = wrong(why, size, "equal factors from zero in", item, "a lower end above 0");
    if (good) find_unit(&r);
    for (uint32_t i = 0; good && i < r.count; i++) {
        char *value = range_value(&r, i);
        if (v->count > 0 && i > 0 && strcmp(value, v->values[v->count - 1]) == 0)
            mem_free(value); /* rounding has made it the same */
        else
            add(v, value);
    }
    mem_free(r.low);
    mem_free(r.high);
    return good;
}

/* ---- the list ---- */

/* How long the item at text is: up to a comma outside brackets and quotes. */
static size_t item_length(const char *text)
{
    int depth = 0;
    bool quoted = false;
    size_t n = 0;
    for (; text[n] && (quoted || depth > 0 || text[n] != ','); n++) {
        if (quoted && text[n] == '\\' && text[n + 1])
            n++;
        else if (text[n] == '"')
            quoted = !quoted;
        else if (!quoted && strchr("[{", text[n]))
            depth++;
        else if (!quoted && strchr("]}", text[n]))
            depth--;
    }
    return n;
}

static bool add_item(struct variation *v, const char *item, char *why, size_t size)
{
    const char *dots = item[0] == '"' || item[0] == '{' || item[0] == '[' ? NULL : strstr(item, "..");
    if (item[0] == 0) return wrong(why, size, "a value is missing in", v->key, "KEY=a,b,c");
    if (dots) return add_range(v, item, dots, why, size);
    add(v, mem_text(item, strlen(item)));
    return true;
}

static bool read_items(struct variation *v, const char *text, char *why, size_t size)
{
    for (;;) {
        size_t length = item_length(text);
        char *item = mem_text(text, length);
        bool good = add_item(v, item, why, size);
        mem_free(item);
        if (good && v->count > VARY_VALUES_MAX) good = wrong(why, size, "too many values of", v->key, "100000 at most");
        if (!good) return false;
        if (text[length] == 0) return true;
        text += length + 1;
    }
}

/* One value twice makes two cells that are the same. */
static bool check_twice(const struct variation *v, char *why, size_t size)
{
    if (v->count > 2000) return true; /* it would only be work twice */
    for (uint32_t i = 0; i < v->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(v->values[i], v->values[k]) == 0)
                return wrong(why, size, "the value is there twice:", v->values[i], "it once");
    return true;
}

static void find_numbers(struct variation *v)
{
    v->numbers = mem_zero(v->count, sizeof *v->numbers);
    for (uint32_t i = 0; i < v->count; i++) {
        enum vary_kind kind = vary_number(v->values[i], &v->numbers[i]);
        if (i == 0) v->kind = kind;
        if (kind != v->kind) v->kind = VARY_WORDS;
    }
}

bool vary_read(const char *text, struct variation *v, char *why, size_t size)
{
    const char *equals = scenario_edit_split(text);
    *v = (struct variation){0};
    if (!equals || equals == text)
        return wrong(why, size, equals ? "no key in" : "no values in", text, "KEY=a,b,c or KEY=LO..HI:log:N");
    v->key = mem_text(text, (size_t)(equals - text));
    bool good = read_items(v, equals + 1, why, size) && check_twice(v, why, size);
    if (good)
        find_numbers(v);
    else
        vary_free(v);
    return good;
}

void vary_free(struct variation *v)
{
    for (uint32_t i = 0; i < v->count; i++) mem_free(v->values[i]);
    mem_free(v->values);
    mem_free(v->numbers);
    mem_free(v->key);
    *v = (struct variation){0};
}
