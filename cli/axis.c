/* cli/axis.c - see cli/axis.h. Whole numbers throughout: the same row on every machine. */
#include "cli/axis.h"

#include "scenarios/edit.h"
#include "scenarios/value.h"
#include "sim/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX   64
#define NUMBER_MAX INT64_C(1000000000000000) /* of a number times 10^digits */
#define GRID       200                       /* steps of half a tolerance: of the range, or of the value */

static bool wrong(const char *typed, const char *part, const char *what)
{
    fprintf(stderr,
            "mxsim: --vary %.200s: %s%s%s, expected KEY=LO..HI such as 'mtas.sender.default_process_limit=2..40'\n",
            typed, part, part[0] ? " " : "", what);
    return false;
}

/* ---- one value ---- */

static const char *const units[] = {"", "%", "/s", "/m", "/h", "/d", "/w"};

/* A decimal number and its unit: value / 10^digits. */
static bool read_number(const char *text, int64_t *value, int *digits, const char **unit)
{
    const char *p = text;
    int64_t n = 0;
    int after = -1;
    for (; (*p >= '0' && *p <= '9') || (*p == '.' && after < 0); p++) {
        if (*p == '.') {
            after = 0;
            continue;
        }
        if (n > NUMBER_MAX / 10 || after == 9) return false;
        n = n * 10 + (*p - '0');
        if (after >= 0) after++;
    }
    if (p == text || p[-1] == '.' || text[0] == '.') return false;
    *unit = NULL;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(p, units[i]) == 0) *unit = units[i];
    *value = n;
    *digits = after > 0 ? after : 0;
    return *unit != NULL;
}

static bool rescale(int64_t *value, int *digits, int to)
{
    for (; *digits < to; ++*digits)
        if (__builtin_mul_overflow(*value, 10, value) || *value > NUMBER_MAX) return false;
    return true;
}

/* ---- what was typed ---- */

struct typed {
    char key[EDIT_KEY_MAX + 1], low[TEXT_MAX], high[TEXT_MAX], step[TEXT_MAX];
};

static bool copy(char *to, size_t size, const char *from, size_t length)
{
    if (length >= size) return false;
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

static bool take_apart(struct typed *t, const char *typed)
{
    const char *equals = scenario_edit_split(typed);
    if (!equals || equals == typed) return wrong(typed, "", "no KEY= with values after it");
    const char *values = equals + 1, *dots = strstr(values, "..");
    if (!dots) return wrong(typed, "", strchr(values, ',') ? "a list of values: a search needs a range" : "no range");
    const char *end = dots + 2, *colon = strchr(end, ':');
    size_t high = colon ? (size_t)(colon - end) : strlen(end);
    bool fits = copy(t->key, sizeof t->key, typed, (size_t)(equals - typed)) &&
                copy(t->low, sizeof t->low, values, (size_t)(dots - values)) &&
                copy(t->high, sizeof t->high, end, high) &&
                copy(t->step, sizeof t->step, colon ? colon + 1 : "", colon ? strlen(colon + 1) : 0);
    if (!fits) return wrong(typed, "", "too long");
    if (colon && !t->step[0]) return wrong(typed, "", "nothing after the colon: a step, or \"log\"");
    return true;
}

/* low, high and step in the axis's units; step 0: none was typed. */
struct numbers {
    int64_t low, high, step;
    bool whole; /* whole numbers, as typed */
};

static bool read_spans(struct numbers *n, const struct typed *t, bool has_step)
{
    n->whole = false;
    return !value_duration(t->low, &n->low) && !value_duration(t->high, &n->high) &&
           (!has_step || !value_duration(t->step, &n->step));
}

static bool read_numbers(struct numbers *n, struct axis *a, const struct typed *t, bool has_step)
{
    int low, high, step = 0;
    const char *unit, *unit2;
    if (!read_number(t->low, &n->low, &low, &a->unit) || !read_number(t->high, &n->high, &high, &unit)) return false;
    if (has_step && (!read_number(t->step, &n->step, &step, &unit2) || unit2 != unit)) return false;
    if (a->unit != unit) return false;
    n->whole = low == 0 && high == 0 && !*unit;
    a->digits = low > high ? low : high;
    if (step > a->digits) a->digits = step;
    /* Room for a grid between the two. */
    if (!n->whole && !has_step) a->digits = a->digits + 4 > 9 ? 9 : a->digits + 4;
    if (has_step) n->whole = false;
    return rescale(&n->low, &low, a->digits) && rescale(&n->high, &high, a->digits) &&
           rescale(&n->step, &step, a->digits);
}

/* ---- the row ---- */

/* The largest 1, 2 or 5 times a power of ten, or of spans a part of a minute, an hour or a day, that is not above x;
 * at least 1. */
static int64_t round_step(const struct axis *a, int64_t x)
{
    static const sim_time spans[] = {30 * SIM_DAY,    10 * SIM_DAY,    5 * SIM_DAY,     2 * SIM_DAY,    SIM_DAY,
                                     12 * SIM_HOUR,   6 * SIM_HOUR,    3 * SIM_HOUR,    2 * SIM_HOUR,   SIM_HOUR,
                                     30 * SIM_MINUTE, 20 * SIM_MINUTE, 10 * SIM_MINUTE, 5 * SIM_MINUTE, 2 * SIM_MINUTE,
                                     SIM_MINUTE,      30 * SIM_SECOND, 20 * SIM_SECOND, 10 * SIM_SECOND};
    for (size_t i = 0; a->spans && i < sizeof spans / sizeof *spans; i++)
        if (spans[i] <= x) return spans[i];
    int64_t ten = 1;
    while (ten <= x / 10) ten *= 10;
    return x >= 5 * ten ? 5 * ten : x >= 2 * ten ? 2 * ten : ten;
}

static bool push(struct axis *a, int64_t value)
{
    if (a->count == AXIS_VALUES_MAX) return false;
    if ((a->count & (a->count - 1)) == 0)
        a->values = mem_resize(a->values, (size_t)(a->count ? 2 * a->count : 1) * sizeof *a->values);
    a->values[a->count++] = value;
    return true;
}

/* The value after v on a grid that grows with the value: half a hundredth more, rounded to what is easy to read. */
static int64_t next_relative(const struct axis *a, int64_t v)
{
    int64_t step = v / GRID, unit = round_step(a, step / 5);
    int64_t next = (v + step) / unit * unit;
    return next > v ? next : v + 1;
}

static bool lay_out(struct axis *a, const struct numbers *n, bool log, bool has_step)
{
    bool few = n->whole && n->high - n->low <= AXIS_EXACT_MAX;
    a->exact = has_step || (few && !log);
    a->relative = !a->exact && (log || (n->low > 0 && n->high / 10 >= n->low));
    a->step = has_step ? n->step : a->exact ? 1 : round_step(a, (n->high - n->low) / GRID);
    a->tolerance = 2 * a->step;
    bool fits = true;
    for (int64_t v = n->low; fits && v < n->high;) {
        fits = push(a, v);
        int64_t next = a->relative ? next_relative(a, v) : v + a->step;
        v = next;
    }
    return fits && push(a, n->high);
}

bool axis_read(struct axis *a, const char *typed)
{
    struct typed t;
    struct numbers n = {0};
    *a = (struct axis){.unit = ""};
    if (!take_apart(&t, typed)) return false;
    bool log = strcmp(t.step, "log") == 0, has_step = t.step[0] && !log;
    a->spans = read_spans(&n, &t, has_step);
    if (!a->spans && !read_numbers(&n, a, &t, has_step))
        return wrong(typed, "", "not two numbers or two spans of time of one kind (and a step of the same kind)");
    if (n.low >= n.high) return wrong(typed, t.low, "is not less than the other end");
    if (has_step && (n.step <= 0 || n.step > n.high - n.low)) return wrong(typed, t.step, "is no step of this range");
    if (log && n.low == 0) return wrong(typed, t.low, "has no hundredth to go on by: begin above 0");
    if (!lay_out(a, &n, log, has_step)) return wrong(typed, "", "more than 1,000,000 values: give a larger step");
    a->key = mem_new(strlen(t.key) + 1);
    memcpy(a->key, t.key, strlen(t.key) + 1);
    return true;
}

void axis_free(struct axis *a)
{
    mem_free(a->key);
    mem_free(a->values);
    *a = (struct axis){0};
}

/* ---- in words ---- */

/* Exactly, and so that value_duration reads it again. */
static char *span_text(sim_time t, char buf[64])
{
    static const struct {
        sim_time size;
        const char *name;
    } parts[] = {{SIM_DAY, "d"}, {SIM_HOUR, "h"}, {SIM_MINUTE, "m"}, {SIM_SECOND, "s"},
                 {SIM_MS, "ms"}, {SIM_US, "us"},  {SIM_NS, "ns"}};
    size_t used = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (t / parts[i].size == 0) continue;
        used += (size_t)snprintf(buf + used, 64 - used, "%" PRId64 "%s", t / parts[i].size, parts[i].name);
        t %= parts[i].size;
    }
    if (!used) snprintf(buf, 64, "0s");
    return buf;
}

static char *number_text(const struct axis *a, int64_t v, char buf[64])
{
    int64_t ten = 1;
    int digits = a->digits;
    for (; digits > 0 && v % 10 == 0; digits--) v /= 10;
    for (int i = 0; i < digits; i++) ten *= 10;
    if (digits)
        snprintf(buf, 64, "%" PRId64 ".%0*" PRId64 "%s", v / ten, digits, v % ten, a->unit);
    else
        snprintf(buf, 64, "%" PRId64 "%s", v, a->unit);
    return buf;
}

static char *value_text(const struct axis *a, int64_t v, char buf[64])
{
    return a->spans ? span_text(v, buf) : number_text(a, v, buf);
}

char *axis_text(const struct axis *a, int64_t i, char buf[64])
{
    return value_text(a, a->values[i], buf);
}

char *axis_tolerance_text(const struct axis *a, char buf[160])
{
    char one[64];
    if (a->exact)
        snprintf(buf, 160, "one of %" PRId64 " values, %s apart", a->count, value_text(a, a->step, one));
    else if (a->relative)
        snprintf(buf, 160, "to within 1 %% of the value");
    else
        snprintf(buf, 160, "to within %s", value_text(a, a->tolerance, one));
    return buf;
}
