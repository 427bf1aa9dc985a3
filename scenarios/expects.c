/* scenarios/expects.c - expect: bounds of the results, for mxsim test. */
#include "scenarios/loader.h"

#include "models/metric.h"
#include "scenarios/suggest.h"

#include <string.h>

/* A bound in the unit of its metric. */
static bool read_bound(struct reader *r, const cJSON *node, const struct metric *metric, double *bound)
{
    sim_time span;
    switch (metric->unit) {
    case UNIT_SHARE: return reader_share(r, node, bound);
    case UNIT_COUNT: return reader_number(r, node, 0, 1e15, bound);
    case UNIT_SECONDS:
        if (!reader_duration(r, node, 0, SIM_LONGEST, &span)) return false;
        *bound = sim_time_seconds(span);
        return true;
    }
    return false;
}

static void read_between(struct reader *r, const cJSON *node, const struct metric *metric, struct expect_spec *expect)
{
    if (!cJSON_IsArray(node) || reader_size(node) != 2) {
        reader_wrong_type(r, node, "the least and the most, such as [0.1, 0.2]");
        return;
    }
    expect->has_at_least = read_bound(r, node->child, metric, &expect->at_least);
    expect->has_at_most = read_bound(r, node->child->next, metric, &expect->at_most);
}

static void read_expect(struct reader *r, const cJSON *node, const struct metric *metric, struct expect_spec *expect)
{
    static const struct key keys[] = {
        {"at_least", KEY_LATER, 0, 0, 0, NULL, NULL},
        {"at_most", KEY_LATER, 0, 0, 0, NULL, NULL},
        {"between", KEY_LATER, 0, 0, 0, NULL, NULL},
    };
    if (!reader_object(r, node, keys, READER_COUNT(keys), expect)) return;
    const cJSON *least = reader_child(node, "at_least"), *most = reader_child(node, "at_most"),
                *between = reader_child(node, "between");
    if (between && (least || most))
        reader_error_at_key(r, between, "\"between\" beside another bound, expected it alone");
    else if (between)
        read_between(r, between, metric, expect);
    else if (!least && !most)
        reader_error(r, node, "no bound, expected \"at_least\", \"at_most\" or \"between\"");
    if (!between && least) expect->has_at_least = read_bound(r, least, metric, &expect->at_least);
    if (!between && most) expect->has_at_most = read_bound(r, most, metric, &expect->at_most);
    if (expect->has_at_least && expect->has_at_most && expect->at_least > expect->at_most)
        reader_error(r, node, "the least is more than the most, expected them the other way round");
}

void loader_read_expects(struct loader *l, const cJSON *node)
{
    if (!node) return;
    if (!cJSON_IsObject(node)) {
        reader_wrong_type(&l->reader, node, "an object of metrics such as {\"bounce_rate\": {\"at_most\": 0.01}}");
        return;
    }
    struct expect_spec *expects = arena_zero(l->reader.arena, reader_size(node), sizeof *expects);
    uint32_t count = 0;
    for (const cJSON *child = node->child; child; child = child->next) {
        const struct metric *metric = metric_find(child->string);
        if (metric) {
            expects[count].metric = metric->name;
            read_expect(&l->reader, child, metric, &expects[count++]);
            continue;
        }
        const char **words = arena_zero(l->reader.arena, metric_count, sizeof *words);
        char text[QUOTED_MAX], suggestion[SUGGEST_ALL_MAX];
        for (size_t i = 0; i < metric_count; i++) words[i] = metrics[i].name;
        if (error_list_has_room(l->reader.errors))
            reader_error_at_key(
                &l->reader, child, "no metric is called %s, %s", quoted(child->string, text),
                reader_suggest(&l->reader, child, words, metric_count, "", suggestion, sizeof suggestion));
    }
    l->world->expects = expects;
    l->world->expect_count = count;
}
