/* scenarios/mtas.c - mtas, the relays of mx_hosts, resolvers: a profile, and parameters set by their own names. */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 64 /* of the keys of one object, and of profiles */

static void read_gaps(struct reader *r, const cJSON *node, const struct param *param, struct mta_params *params)
{
    uint32_t count = cJSON_IsArray(node) ? reader_size(node) : 0, i = 0;
    if (count == 0 || count > RETRY_GAPS_MAX) {
        reader_wrong_type(r, node, "1 to 32 durations such as [\"5m\", \"30m\", \"2h\"]");
        return;
    }
    /* A gap of zero would try for ever at one instant, whatever the table allows. */
    sim_time min = param->min > 0 ? param->min : 1;
    for (const cJSON *child = node->child; child; child = child->next)
        reader_duration(r, child, min, param->max, &params->retry_gaps[i++]);
    params->retry_gap_count = count;
}

static void read_param(struct reader *r, const cJSON *node, const struct param *param, void *params)
{
    char *field = (char *)params + param->offset;
    int choice = 0;
    sim_time span;
    uint32_t count;
    bool truth;
    switch (param->type) {
    case PARAM_DURATION:
        if (reader_duration(r, node, param->min, param->max, &span)) memcpy(field, &span, sizeof span);
        break;
    case PARAM_COUNT:
        if (reader_count(r, node, param->min, param->max, &count)) memcpy(field, &count, sizeof count);
        break;
    case PARAM_BOOL:
        if (reader_bool(r, node, &truth)) memcpy(field, &truth, sizeof truth);
        break;
    case PARAM_CHOICE:
        if (reader_choice(r, node, param->name, param->choices, &choice)) memcpy(field, &choice, sizeof choice);
        break;
    case PARAM_GAPS: read_gaps(r, node, param, params); break;
    }
}

/* Sets params by the object's keys; those in others are read by somebody else. */
static void read_params(struct reader *r, const cJSON *node, const struct param *table, size_t count,
                        const char *const *others, size_t other_count, void *params)
{
    const char *words[WORDS_MAX];
    size_t word_count = 0;
    for (size_t i = 0; i < other_count; i++) words[word_count++] = others[i];
    for (size_t i = 0; i < count && word_count < WORDS_MAX; i++) words[word_count++] = table[i].name;
    for (const cJSON *child = node->child; child; child = child->next) {
        size_t i = 0;
        while (i < word_count && strcmp(words[i], child->string) != 0) i++;
        if (i == word_count)
            reader_unknown_key(r, child, words, word_count);
        else if (i >= other_count)
            read_param(r, child, &table[i - other_count], params);
    }
}

/* node is a profile's name, or an object that may name one, or null. Returns the name's node; null: the default. */
static const cJSON *profile_node(const cJSON *node)
{
    return cJSON_IsObject(node) ? reader_child(node, "profile") : node;
}

/* The name of one of the profiles in words: what node says, or fallback. */
static const char *read_profile(struct reader *r, const cJSON *node, const char *const *words, size_t count,
                                const char *fallback)
{
    char text[QUOTED_MAX], suggestion[512];
    const cJSON *named = profile_node(node);
    if (!named) return fallback;
    if (!cJSON_IsString(named)) {
        reader_wrong_type(r, named, "the name of a profile, or an object");
        return fallback;
    }
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], named->valuestring) == 0) return words[i];
    reader_error(r, named, "no profile is called %s, %s", quoted(named->valuestring, text),
                 suggest_text(named->valuestring, words, count, "", suggestion, sizeof suggestion));
    return fallback;
}

static void read_resolver(struct loader *l, const cJSON *node, struct resolver_spec *resolver)
{
    static const char *const others[] = {"profile"};
    const char *words[WORDS_MAX];
    size_t count = 0;
    for (; count < resolver_profile_count && count < WORDS_MAX; count++)
        words[count] = resolver_profiles[count].profile.name;
    resolver->profile = read_profile(&l->reader, node, words, count, "unbound");
    resolver->params = resolver_profile_find(resolver->profile)->params;
    if (node && cJSON_IsObject(node))
        read_params(&l->reader, node, resolver_param_table, resolver_param_count, others, READER_COUNT(others),
                    &resolver->params);
}

/* The resolver of an MTA that names none: its own. Faults may name it like any other. */
static uint32_t private_resolver(struct loader *l, const char *mta, const cJSON *place)
{
    char text[300], shown[QUOTED_MAX]; /* an MTA's name has 253 bytes at most */
    snprintf(text, sizeof text, "%s's resolver", mta);
    const char *name = arena_text(l->reader.arena, text);
    if (names_find(&l->resolvers, name) != SPEC_NONE)
        reader_error_at_key(&l->reader, place,
                            "\"resolvers\" has %s, which is the name of this MTA's own one, "
                            "expected another name there",
                            quoted(name, shown));
    uint32_t index = names_add(&l->resolvers, name, NULL, place);
    l->resolver[index].name = name;
    read_resolver(l, NULL, &l->resolver[index]);
    l->world->resolver_count = l->resolvers.count;
    return index;
}

static void read_mta(struct loader *l, const cJSON *node, struct mta_spec *mta)
{
    static const char *const others[] = {"profile", "resolver"};
    const char *words[WORDS_MAX];
    size_t count = 0;
    for (; count < mta_profile_count && count < WORDS_MAX; count++) words[count] = mta_profiles[count].profile.name;
    mta->profile = read_profile(&l->reader, node, words, count, "postfix");
    mta->params = mta_profile_find(mta->profile)->params;
    const cJSON *resolver = cJSON_IsObject(node) ? reader_child(node, "resolver") : NULL;
    if (node && cJSON_IsObject(node))
        read_params(&l->reader, node, mta_param_table, mta_param_count, others, READER_COUNT(others), &mta->params);
    mta->resolver = resolver ? loader_reference(l, resolver, &l->resolvers, "resolver", "resolvers") : SPEC_NONE;
}

const cJSON *loader_mta_node(const struct loader *l, uint32_t mta)
{
    uint32_t host = l->mta[mta].mx_host;
    return host == SPEC_NONE ? l->mtas.items[mta].node : reader_child(l->mx_hosts.items[host].node, "relay");
}

void loader_read_mtas(struct loader *l)
{
    for (uint32_t i = 0; i < l->resolvers.count; i++) {
        l->resolver[i].name = arena_text(l->reader.arena, l->resolvers.items[i].text);
        read_resolver(l, l->resolvers.items[i].node, &l->resolver[i]);
    }
    for (uint32_t i = 0; i < l->mtas.count; i++) {
        l->mta[i].name = arena_text(l->reader.arena, l->mtas.items[i].text);
        l->mta[i].mx_host = SPEC_NONE;
        read_mta(l, l->mtas.items[i].node, &l->mta[i]);
    }
    for (uint32_t i = 0; i < l->mx_hosts.count; i++) {
        const cJSON *node = l->mx_hosts.items[i].node;
        const cJSON *relay = cJSON_IsObject(node) ? reader_child(node, "relay") : NULL;
        if (!relay) continue;
        struct mta_spec *mta = &l->mta[l->world->mta_count];
        mta->name = l->mx_host[i].host.name;
        mta->mx_host = i;
        read_mta(l, relay, mta);
        l->mx_host[i].relay = l->world->mta_count++;
    }
    /* Last, so that only faults can name a private resolver, in whatever order the file is. */
    for (uint32_t i = 0; i < l->world->mta_count; i++) {
        const cJSON *node = loader_mta_node(l, i);
        bool named = cJSON_IsObject(node) && reader_child(node, "resolver");
        if (!named) l->mta[i].resolver = private_resolver(l, l->mta[i].name, node ? node : l->root);
    }
}
