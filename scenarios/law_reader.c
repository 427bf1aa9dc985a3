/* scenarios/law_reader.c - laws of chance from JSON: {"exponential": "12h"}. See scenarios/reader.h, sim/law.h. */
#include "scenarios/reader.h"
#include "scenarios/suggest.h"

#include <math.h>
#include <string.h>

/* The 99th percentile of the standard normal law. */
#define NORMAL_P99 2.3263478740408408

#define SHAPE_MIN  0.05
#define SHAPE_MAX  1000
#define SIGMA_MAX  10
#define VALUES_MAX 10000 /* of an empirical law */

/* What a law's object may say; -1: it does not. */
struct law_words {
    sim_time median, p99, scale, mean, least;
    double sigma, shape;
};

static void read_shape(struct reader *r, const cJSON *node, void *into)
{
    reader_number(r, node, SHAPE_MIN, SHAPE_MAX, into);
}

static void read_sigma(struct reader *r, const cJSON *node, void *into)
{
    reader_number(r, node, 0.001, SIGMA_MAX, into);
}

#define SPAN(field)                                                                                                    \
    {                                                                                                                  \
#field, KEY_DURATION, offsetof(struct law_words, field), 1, SIM_LONGEST, NULL, NULL                            \
    }

static const struct key lognormal_keys[] = {
    {"median", KEY_DURATION, offsetof(struct law_words, median), 1, SIM_LONGEST, NULL, "\"80ms\""},
    SPAN(p99),
    {"sigma", KEY_OWN, offsetof(struct law_words, sigma), 0, 0, read_sigma, NULL},
};
static const struct key shape_scale_keys[] = {
    {"shape", KEY_OWN, offsetof(struct law_words, shape), 0, 0, read_shape, "0.7"},
    SPAN(scale),
    SPAN(mean),
};
static const struct key pareto_keys[] = {
    {"shape", KEY_OWN, offsetof(struct law_words, shape), 0, 0, read_shape, "1.5"},
    SPAN(least),
    SPAN(mean),
};

/* Reads an object of words of which exactly one of two must be there. */
static bool read_words(struct reader *r, const cJSON *node, const struct key *keys, const char *one, const char *other,
                       struct law_words *words)
{
    size_t before = r->errors->errors;
    *words = (struct law_words){-1, -1, -1, -1, -1, -1, -1};
    if (!reader_object(r, node, keys, 3, words) || r->errors->errors > before) return false;
    bool has_one = reader_child(node, one), has_other = reader_child(node, other);
    if (has_one != has_other) return true;
    reader_error(r, node, "%s \"%s\" %s \"%s\", expected one of them", has_one ? "both" : "neither", one,
                 has_one ? "and" : "nor", other);
    return false;
}

/* The scale in ns that gives a mean; false if no span can hold it. */
static bool scale_from_mean(struct reader *r, const cJSON *node, sim_time mean, double per_scale, sim_time *scale)
{
    double seconds = sim_time_seconds(mean) / per_scale;
    *scale = sim_time_from_seconds(seconds);
    /* Below a microsecond, rounding to whole nanoseconds would shift the mean. */
    if (*scale >= SIM_US && *scale < SIM_LONGEST) return true;
    reader_error(r, node, "no scale gives this mean with this shape, expected a larger shape or another mean");
    return false;
}

static bool read_exponential(struct reader *r, const cJSON *node, struct law *law)
{
    return reader_duration(r, node, 1, SIM_LONGEST, &law->a);
}

static bool read_lognormal(struct reader *r, const cJSON *node, struct law *law)
{
    struct law_words words;
    if (!read_words(r, node, lognormal_keys, "p99", "sigma", &words)) return false;
    law->a = words.median;
    law->shape = words.sigma;
    if (words.p99 < 0) return true;
    law->shape = log(sim_time_seconds(words.p99) / sim_time_seconds(words.median)) / NORMAL_P99;
    if (law->shape >= 0.001 && law->shape <= SIGMA_MAX) return true;
    reader_error(r, reader_child(node, "p99"), "too near to the median or too far from it, expected p99 well above it");
    return false;
}

static bool read_weibull(struct reader *r, const cJSON *node, struct law *law)
{
    struct law_words words;
    if (!read_words(r, node, shape_scale_keys, "scale", "mean", &words)) return false;
    law->shape = words.shape;
    law->a = words.scale;
    return words.mean < 0 || scale_from_mean(r, node, words.mean, tgamma(1 + 1 / words.shape), &law->a);
}

static bool read_gamma(struct reader *r, const cJSON *node, struct law *law)
{
    struct law_words words;
    if (!read_words(r, node, shape_scale_keys, "scale", "mean", &words)) return false;
    law->shape = words.shape;
    law->a = words.scale;
    return words.mean < 0 || scale_from_mean(r, node, words.mean, words.shape, &law->a);
}

static bool read_pareto(struct reader *r, const cJSON *node, struct law *law)
{
    struct law_words words;
    if (!read_words(r, node, pareto_keys, "least", "mean", &words)) return false;
    law->shape = words.shape;
    law->a = words.least;
    if (words.mean < 0) return true;
    if (words.shape > 1) return scale_from_mean(r, node, words.mean, words.shape / (words.shape - 1), &law->a);
    reader_error(r, node, "a Pareto law of shape %.15g has no mean, expected a shape above 1, or \"least\"",
                 words.shape);
    return false;
}

static bool read_uniform(struct reader *r, const cJSON *node, struct law *law)
{
    if (!cJSON_IsArray(node) || reader_size(node) != 2)
        return reader_wrong_type(r, node, "two durations such as [\"1h\", \"3h\"]");
    bool first = reader_duration(r, node->child, 0, SIM_LONGEST, &law->a);
    bool second = reader_duration(r, node->child->next, 0, SIM_LONGEST, &law->b);
    if (!first || !second) return false;
    if (law->a <= law->b) return true;
    reader_error(r, node, "the first is longer than the second, expected them the other way round");
    return false;
}

static bool read_empirical(struct reader *r, const cJSON *node, struct law *law)
{
    uint32_t count = cJSON_IsArray(node) ? reader_size(node) : 0, i = 0;
    if (count == 0 || count > VALUES_MAX)
        return reader_wrong_type(r, node, "1 to 10000 durations such as [\"1h\", \"2h\", \"5h\"]");
    sim_time *values = arena_zero(r->arena, count, sizeof *values);
    bool good = true;
    for (const cJSON *child = node->child; child; child = child->next)
        good = reader_duration(r, child, 0, SIM_LONGEST, &values[i++]) && good;
    law->values = values;
    law->count = count;
    return good;
}

static const struct law_name {
    const char *name;
    enum law_kind kind;
    bool (*read)(struct reader *r, const cJSON *node, struct law *law);
} law_names[] = {
    {"exponential", LAW_EXPONENTIAL, read_exponential},
    {"uniform", LAW_UNIFORM, read_uniform},
    {"lognormal", LAW_LOGNORMAL, read_lognormal},
    {"weibull", LAW_WEIBULL, read_weibull},
    {"gamma", LAW_GAMMA, read_gamma},
    {"pareto", LAW_PARETO, read_pareto},
    {"empirical", LAW_EMPIRICAL, read_empirical},
};

bool reader_law(struct reader *r, const cJSON *node, struct law *law)
{
    struct law result = {.kind = LAW_CONSTANT};
    bool good = false;
    if (!cJSON_IsObject(node)) {
        if (!cJSON_IsString(node))
            return reader_wrong_type(r, node, "a duration such as \"5m\", or a law such as {\"exponential\": \"5m\"}");
        good = reader_duration(r, node, 0, SIM_LONGEST, &result.a);
        if (good) *law = result;
        return good;
    }
    if (reader_size(node) != 1) {
        reader_error(r, node, "a law of %u keys, expected one, such as {\"exponential\": \"12h\"}", reader_size(node));
        return false;
    }
    const char *words[READER_COUNT(law_names)];
    for (size_t i = 0; i < READER_COUNT(law_names); i++) {
        words[i] = law_names[i].name;
        if (strcmp(words[i], node->child->string) != 0) continue;
        result.kind = law_names[i].kind;
        good = law_names[i].read(r, node->child, &result);
        if (good) *law = result;
        return good;
    }
    char name[QUOTED_MAX], suggestion[SUGGEST_ALL_MAX];
    reader_error_at_key(
        r, node->child, "no law is called %s, %s", quoted(node->child->string, name),
        reader_suggest(r, node->child, words, READER_COUNT(law_names), "", suggestion, sizeof suggestion));
    return false;
}
