/* scenarios/faults.c - faults: what breaks, when, for how long. */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"

#include <stdio.h>
#include <string.h>

#define FAULTS_MAX 1000

/* In the order in which the kinds of names are looked through; no name is of two kinds. */
static struct fault_target find_target(const struct loader *l, const char *name)
{
    const struct names *const kinds[TARGET_KIND_COUNT] = {[TARGET_NS] = &l->ns,
                                                          [TARGET_MX_HOST] = &l->mx_hosts,
                                                          [TARGET_RESOLVER] = &l->resolvers,
                                                          [TARGET_MTA] = &l->mtas};
    for (int kind = 0; kind < TARGET_KIND_COUNT; kind++) {
        uint32_t index = names_find(kinds[kind], name);
        if (index != SPEC_NONE) return (struct fault_target){(enum target_kind)kind, index};
    }
    return (struct fault_target){TARGET_KIND_COUNT, SPEC_NONE};
}

static void unknown_target(struct loader *l, const cJSON *node)
{
    enum { KINDS = 4 };
    const struct names *const kinds[KINDS] = {&l->ns, &l->mx_hosts, &l->mtas, &l->resolvers};
    char text[QUOTED_MAX], suggestion[512];
    uint32_t count = 0;
    if (!error_list_has_room(l->reader.errors)) return;
    const char **words = arena_zero(
        l->reader.arena, l->ns.count + l->mx_hosts.count + l->mtas.count + l->resolvers.count, sizeof *words);
    for (size_t k = 0; k < KINDS; k++)
        for (uint32_t i = 0; i < kinds[k]->count; i++) words[count++] = kinds[k]->items[i].text;
    reader_error(&l->reader, node, "nothing is called %s, %s", quoted(node->valuestring, text),
                 suggest_text(node->valuestring, words, count, "", suggestion, sizeof suggestion));
}

static void read_target(struct loader *l, const cJSON *node, struct fault_spec *fault, struct fault_target *targets)
{
    if (!cJSON_IsString(node)) {
        reader_wrong_type(&l->reader, node, "the name of a name server, MX host, MTA or resolver");
        return;
    }
    struct fault_target target = find_target(l, node->valuestring);
    if (target.kind == TARGET_KIND_COUNT) {
        unknown_target(l, node);
        return;
    }
    for (uint32_t i = 0; i < fault->on_count; i++)
        if (targets[i].kind == target.kind && targets[i].index == target.index) {
            reader_error(&l->reader, node, "named twice, expected each name once");
            return;
        }
    targets[fault->on_count++] = target;
}

static void read_on(struct reader *r, const cJSON *node, void *into)
{
    struct fault_spec *fault = into;
    struct loader *l = loader_of(r);
    bool many = cJSON_IsArray(node);
    uint32_t count = many ? reader_size(node) : 1;
    if (count == 0 || count > 1000) {
        reader_wrong_type(r, node, "1 to 1000 names such as [\"ns1\", \"mx1\"]");
        return;
    }
    struct fault_target *targets = arena_zero(r->arena, count, sizeof *targets);
    fault->on = targets;
    for (const cJSON *child = many ? node->child : node; child; child = many ? child->next : NULL)
        read_target(l, child, fault, targets);
}

/* The kinds that fit target; any target if it is TARGET_KIND_COUNT. */
static size_t fitting_kinds(enum target_kind target, const char *words[FAULT_KIND_COUNT + 1])
{
    size_t count = 0;
    for (int kind = FAULT_NONE + 1; kind < FAULT_KIND_COUNT; kind++)
        if (target == TARGET_KIND_COUNT || fault_fits((enum fault_kind)kind, target))
            words[count++] = fault_kind_name((enum fault_kind)kind);
    words[count] = NULL;
    return count;
}

static void read_is(struct reader *r, const cJSON *node, void *into)
{
    const char *words[FAULT_KIND_COUNT + 1];
    int choice;
    fitting_kinds(TARGET_KIND_COUNT, words);
    if (reader_choice(r, node, "kind of fault", words, &choice))
        *(enum fault_kind *)into = (enum fault_kind)(choice + FAULT_NONE + 1);
}

static const struct key fault_keys[] = {
    {"on", KEY_OWN, 0, 0, 0, read_on, "\"mx1\""},
    {"is", KEY_OWN, offsetof(struct fault_spec, is), 0, 0, read_is, "\"silent\""},
    {"from", KEY_LAW, offsetof(struct fault_spec, from), 0, 0, NULL, NULL},
    {"for", KEY_LAW, offsetof(struct fault_spec, length), 0, 0, NULL, NULL},
    {"up", KEY_LAW, offsetof(struct fault_spec, up), 0, 0, NULL, NULL},
    {"down", KEY_LAW, offsetof(struct fault_spec, length), 0, 0, NULL, NULL},
    {"delay", KEY_DURATION, offsetof(struct fault_spec, delay), 1, SIM_DAY, NULL, NULL},
    {"loss", KEY_SHARE, offsetof(struct fault_spec, loss), 0, 0, NULL, NULL},
};

static void check_fit(struct loader *l, const cJSON *node, const struct fault_spec *fault)
{
    static const char *const kinds[TARGET_KIND_COUNT] = {[TARGET_NS] = "a name server",
                                                         [TARGET_MX_HOST] = "an MX host",
                                                         [TARGET_RESOLVER] = "a resolver",
                                                         [TARGET_MTA] = "an MTA"};
    const char *words[FAULT_KIND_COUNT + 1];
    char text[QUOTED_MAX], suggestion[384];
    for (uint32_t i = 0; fault->is != FAULT_NONE && i < fault->on_count; i++) {
        enum target_kind target = fault->on[i].kind;
        if (fault_fits(fault->is, target)) continue;
        size_t count = fitting_kinds(target, words);
        reader_error(&l->reader, reader_child(node, "is"), "%s, %s, cannot be \"%s\", %s",
                     quoted(spec_target_name(l->world, fault->on[i]), text), kinds[target], fault_kind_name(fault->is),
                     suggest_text("", words, count, "expected no fault", suggestion, sizeof suggestion));
        return;
    }
}

/* delay belongs to "slow" and loss to "lossy", and to nothing else. */
static void check_extra(struct loader *l, const cJSON *node, enum fault_kind is, enum fault_kind owner, const char *key,
                        const char *example)
{
    const cJSON *child = reader_child(node, key);
    if (is == FAULT_NONE || (child != NULL) == (is == owner)) return;
    if (child)
        reader_error_at_key(&l->reader, child, "\"%s\" with \"is\": \"%s\", expected it with \"%s\" only", key,
                            fault_kind_name(is), fault_kind_name(owner));
    else
        reader_error(&l->reader, node, "the key \"%s\" is missing, which \"%s\" needs, expected \"%s\": %s", key,
                     fault_kind_name(owner), key, example);
}

/* The mean of a law whose spans are cut at most: many laws have no mean, and one that is huge says nothing of how often
 * short spans come. By 2,000 draws of a fixed stream. */
static double cut_mean(const struct law *law, sim_time most)
{
    enum { DRAWS = 2000 };
    double sum = 0;
    struct rng r;
    rng_open(&r, 1, 0, rng_name("scenarios/faults.c"));
    for (int i = 0; i < DRAWS; i++) {
        sim_time t = law_draw(law, &r);
        sum += sim_time_seconds(t < most ? t : most);
    }
    return sum / DRAWS;
}

/* An alternating fault must move time on, and not by so little that a run would never end: limit / E[min(cycle,
 * limit)], twice, bounds how often it begins. */
static void check_alternation(struct loader *l, const cJSON *node, const struct fault_spec *fault)
{
    double limit = sim_time_seconds(l->world->limit);
    double cycle = cut_mean(&fault->up, l->world->limit) + cut_mean(&fault->length, l->world->limit);
    l->changes += cycle > 0 ? 4 * limit / cycle * fault->on_count : LOADER_CHANGES_MAX + 1.0;
    if (l->changes <= LOADER_CHANGES_MAX) return;
    reader_error(&l->reader, node, "more than %d ups and downs a run, expected longer \"up\" and \"down\"",
                 LOADER_CHANGES_MAX);
}

static void check_times(struct loader *l, const cJSON *node, struct fault_spec *fault)
{
    const cJSON *span = reader_child(node, "for"), *up = reader_child(node, "up"), *down = reader_child(node, "down");
    fault->alternating = up || down;
    if (span && (up || down))
        reader_error_at_key(&l->reader, span, "\"for\" beside \"up\" or \"down\", expected the one or the others");
    if (!up != !down)
        reader_error(&l->reader, node,
                     "the key \"%s\" is missing beside \"%s\", expected \"%s\": {\"exponential\": \"1h\"}",
                     up ? "down" : "up", up ? "up" : "down", up ? "down" : "up");
    else if (up)
        check_alternation(l, node, fault);
    if (!span && !up && !down) fault->length = law_constant(SIM_LONGEST);
    if (span && law_longest(&fault->length) == 0)
        reader_error(&l->reader, span, "a fault of no length, expected more than 0s");
    if (fault->from.kind == LAW_CONSTANT && fault->from.a >= l->world->limit)
        reader_warning(&l->reader, reader_child(node, "from"), "the run ends before, expected less than time.limit");
}

void loader_read_faults(struct loader *l, const cJSON *node)
{
    if (!node) return;
    if (!cJSON_IsArray(node) || reader_size(node) > FAULTS_MAX) {
        reader_wrong_type(&l->reader, node, "an array of at most 10000 faults");
        return;
    }
    struct fault_spec *faults = arena_zero(l->reader.arena, reader_size(node), sizeof *faults);
    uint32_t count = 0;
    for (const cJSON *child = node->child; child; child = child->next) {
        struct fault_spec *fault = &faults[count++];
        size_t before = l->reader.errors->errors;
        /* Until read: a length that no check minds. */
        fault->length = fault->up = law_constant(SIM_DAY);
        if (!reader_object(&l->reader, child, fault_keys, READER_COUNT(fault_keys), fault)) continue;
        check_fit(l, child, fault);
        check_extra(l, child, fault->is, FAULT_SLOW, "delay", "\"2s\"");
        check_extra(l, child, fault->is, FAULT_LOSSY, "loss", "\"30%\"");
        if (l->reader.errors->errors == before || !reader_child(child, "up")) check_times(l, child, fault);
    }
    l->world->faults = faults;
    l->world->fault_count = count;
}
