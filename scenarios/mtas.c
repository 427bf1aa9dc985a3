/* scenarios/mtas.c - mtas, the relays of mx_hosts, resolvers: a profile, and parameters set by their own names. */
#include "scenarios/loader.h"
#include "scenarios/params_reader.h"
#include "scenarios/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX 64 /* of the keys of one object, and of profiles */

/* One span, or several in a row. */
static void read_spans(struct reader *r, const cJSON *node, const struct param *param, struct span_list *list)
{
    uint32_t count = cJSON_IsArray(node) ? reader_size(node) : 1, i = 0;
    struct span_list spans = {.count = count};
    if (count == 0 || count > SPAN_LIST_MAX || (!cJSON_IsArray(node) && !cJSON_IsString(node))) {
        reader_wrong_type(r, node, "a duration, or 1 to 32 of them such as [\"5m\", \"30m\", \"2h\"]");
        return;
    }
    const cJSON *child = cJSON_IsArray(node) ? node->child : node;
    for (; i < count; child = child->next, i++)
        if (!reader_duration(r, child, param->min, param->max, &spans.items[i])) return;
    *list = spans;
}

static void read_phase(struct reader *r, const cJSON *node, sim_time *phase)
{
    if (!cJSON_IsString(node))
        reader_wrong_type(r, node, "a duration such as \"5m\", or \"random\"");
    else if (strcmp(node->valuestring, "random") == 0)
        *phase = PHASE_RANDOM;
    else
        reader_duration(r, node, 0, SIM_LONGEST, phase);
}

/* May something before byte at have been written as an escape, so that the text in the file is longer? */
static bool may_be_escaped(const char *text, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x80 || strchr("\"\\/", text[i])) return true;
    return false;
}

/* Exim's rules; a mistake is shown where it stands in the text. */
static void read_rules(struct reader *r, const cJSON *node, struct retry_rules *rules)
{
    char text[QUOTED_MAX];
    size_t at;
    if (!cJSON_IsString(node)) {
        reader_wrong_type(r, node, "retry rules such as \"F,2h,15m; G,16h,1h,1.5; F,4d,6h\"");
        return;
    }
    const char *wrong = retry_rules_parse(node->valuestring, rules, &at);
    if (!wrong) return;
    const char *rest = node->valuestring + at;
    if (may_be_escaped(node->valuestring, at)) at = 0;
    reader_error_inside(r, node, at, "%s %s%s", *rest ? quoted(rest, text) : "the end", wrong,
                        strstr(wrong, "expected") ? "" : ", expected rules such as \"F,2h,15m; G,16h,1h,1.5\"");
}

static void read_param(struct reader *r, const cJSON *node, const struct param *param, void *params)
{
    char *field = (char *)params + param->offset;
    void *place = field;
    int choice = 0;
    sim_time span;
    uint32_t count;
    double number;
    bool truth;
    switch (param->type) {
    case PARAM_DURATION:
        if (!reader_duration(r, node, param->min, param->max, &span)) break;
        for (size_t i = 0; i < param->fields; i++) memcpy(field + i * sizeof span, &span, sizeof span);
        break;
    case PARAM_COUNT:
        if (reader_count(r, node, param->min, param->max, &count)) memcpy(field, &count, sizeof count);
        break;
    case PARAM_NUMBER:
        if (reader_number(r, node, (double)param->min / 1000, (double)param->max / 1000, &number))
            memcpy(field, &number, sizeof number);
        break;
    case PARAM_BOOL:
        if (reader_bool(r, node, &truth)) memcpy(field, &truth, sizeof truth);
        break;
    case PARAM_CHOICE:
        if (reader_choice(r, node, param->name, param->choices, &choice)) memcpy(field, &choice, sizeof choice);
        break;
    case PARAM_SPANS: read_spans(r, node, param, place); break;
    case PARAM_PHASE: read_phase(r, node, place); break;
    case PARAM_RULES: read_rules(r, node, place); break;
    }
}

/* The first MTA profile that has a parameter of this name; null if none has. */
static const struct param *others_param(const char *name, const char **profile)
{
    for (size_t i = 0; i < mta_profile_count; i++) {
        const struct profile *p = &mta_profiles[i]->profile;
        const struct param *param = param_find(p->table, p->count, name);
        *profile = p->name;
        if (param) return param;
    }
    return NULL;
}

/* The name belongs to another MTA: says which, and what this one has for the same purpose. */
static void foreign_key(struct reader *r, const cJSON *node, const struct profile *profile, const struct param *foreign,
                        const char *owner)
{
    const char *words[WORDS_MAX];
    char text[QUOTED_MAX], suggestion[512];
    size_t count = 0;
    for (size_t i = 0; i < profile->count && count < WORDS_MAX; i++)
        if (profile->table[i].topic == foreign->topic) words[count++] = profile->table[i].name;
    bool retry = foreign->topic == TOPIC_RETRY && profile->retry_in_words;
    reader_error_at_key(r, node, "%s has no %s, which is %s's%s%s, %s", profile->name, quoted(node->string, text),
                        owner, retry ? "; " : "", retry ? profile->retry_in_words : "",
                        suggest_text("", words, count, "expected nothing like it", suggestion, sizeof suggestion));
}

/* The first resolver profile that has a parameter of this name; null if none has. */
static const struct param *others_resolver_param(const char *name, const char **profile)
{
    for (size_t i = 0; i < resolver_profile_count; i++) {
        const struct profile *p = &resolver_profiles[i]->profile;
        const struct param *param = param_find(p->table, p->count, name);
        *profile = p->name;
        if (param) return param;
    }
    return NULL;
}

/* A value that this software has, and gives no name to: "it is 5s here"; false: it has none. Fields from selection's
 * own structs on are other software's alone. */
static bool fixed_value(const struct param *param, const struct resolver_params *params, char *text, size_t size)
{
    const char *field = (const char *)params + param->offset;
    sim_time span;
    char shown[32];
    if (param->offset >= offsetof(struct resolver_params, textbook) || param->type != PARAM_DURATION) return false;
    memcpy(&span, field, sizeof span);
    if (span == 0 || span >= SIM_LONGEST) return false;
    snprintf(text, size, "expected nothing like it: it is always %s there", sim_time_text(span, shown));
    return true;
}

/* The name belongs to another resolver: says whose it is, and what this one calls the same, if it has it. */
static void foreign_resolver_key(struct reader *r, const cJSON *node, const struct resolver_profile *resolver,
                                 const struct param *foreign, const char *owner)
{
    const struct profile *profile = &resolver->profile;
    const char *words[WORDS_MAX];
    char text[QUOTED_MAX], suggestion[512];
    size_t count = 0;
    for (size_t i = 0; i < profile->count && count < WORDS_MAX; i++)
        if (profile->table[i].offset == foreign->offset) words[count++] = profile->table[i].name;
    if (count > 0 || !fixed_value(foreign, &resolver->params, suggestion, sizeof suggestion))
        suggest_text("", words, count, "expected nothing like it", suggestion, sizeof suggestion);
    reader_error_at_key(r, node, "%s has no %s, which is %s's, %s", profile->name, quoted(node->string, text), owner,
                        suggestion);
}

/* Notes an unknown key that belongs to another profile of the same kind: false if it belongs to none. */
static bool note_foreign(struct reader *r, const cJSON *child, const struct profile *profile)
{
    const char *owner;
    const struct resolver_profile *resolver = resolver_profile_find(profile->name);
    const struct param *foreign =
        resolver ? others_resolver_param(child->string, &owner) : others_param(child->string, &owner);
    if (!foreign) return false;
    if (resolver)
        foreign_resolver_key(r, child, resolver, foreign, owner);
    else
        foreign_key(r, child, profile, foreign, owner);
    return true;
}

/* Sets params by the object's keys; those in others are read by somebody else. */
void read_params(struct reader *r, const cJSON *node, const struct profile *profile, const char *const *others,
                 size_t other_count, void *params)
{
    const char *words[WORDS_MAX];
    size_t word_count = 0;
    for (size_t i = 0; i < other_count; i++) words[word_count++] = others[i];
    for (size_t i = 0; i < profile->count && word_count < WORDS_MAX; i++) words[word_count++] = profile->table[i].name;
    for (const cJSON *child = node->child; child; child = child->next) {
        size_t i = 0;
        while (i < word_count && strcmp(words[i], child->string) != 0) i++;
        if (i < word_count) {
            if (i >= other_count) read_param(r, child, &profile->table[i - other_count], params);
            continue;
        }
        if (!note_foreign(r, child, profile)) reader_unknown_key(r, child, words, word_count);
    }
}

/* node is a profile's name, or an object that may name one, or null. Returns the name's node; null: the default. */
static const cJSON *profile_node(const cJSON *node)
{
    return cJSON_IsObject(node) ? reader_child(node, "profile") : node;
}

const char *read_profile(struct reader *r, const cJSON *node, const char *const *words, size_t count,
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

/* A resolver with a delay or a loss is on another host than its MTAs. */
static void read_place(struct reader *r, const cJSON *node, struct resolver_spec *resolver)
{
    const cJSON *delay = reader_child(node, "delay"), *loss = reader_child(node, "loss");
    resolver->host.delay = law_constant(0);
    resolver->remote = delay || loss;
    if (delay) reader_law(r, delay, &resolver->host.delay);
    if (loss) reader_share(r, loss, &resolver->host.loss);
}

static void read_resolver(struct loader *l, const cJSON *node, struct resolver_spec *resolver)
{
    static const char *const others[] = {"profile", "delay", "loss"};
    const char *words[WORDS_MAX];
    size_t count = 0;
    for (; count < resolver_profile_count && count < WORDS_MAX; count++)
        words[count] = resolver_profiles[count]->profile.name;
    resolver->profile = read_profile(&l->reader, node, words, count, "unbound");
    const struct resolver_profile *profile = resolver_profile_find(resolver->profile);
    resolver->params = profile->params;
    if (!node || !cJSON_IsObject(node)) return;
    read_params(&l->reader, node, &profile->profile, others, READER_COUNT(others), &resolver->params);
    read_place(&l->reader, node, resolver);
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

/* What each end of an attempt means to the MTA, where that is not the profile's: {"dns_nxdomain": "defer"}. */
static void read_outcomes(struct reader *r, const cJSON *node, struct mta_params *params)
{
    static const char *const meanings[] = {"defer", "bounce", "next_host", "next_host_or_bounce", NULL};
    const char *words[CAUSE_COUNT];
    char text[QUOTED_MAX];
    if (!cJSON_IsObject(node)) {
        reader_wrong_type(r, node, "an object such as {\"dns_nxdomain\": \"defer\"}");
        return;
    }
    for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++) words[c - 1] = cause_name((enum cause)c);
    for (const cJSON *child = node->child; child; child = child->next) {
        int cause = CAUSE_NONE + 1, meaning = 0;
        while (cause < CAUSE_COUNT && strcmp(cause_name((enum cause)cause), child->string) != 0) cause++;
        if (cause == CAUSE_COUNT)
            reader_unknown_key(r, child, words, CAUSE_COUNT - 1);
        else if (cause == CAUSE_DNS_TIMEOUT || cause == CAUSE_DNS_SERVFAIL)
            reader_error_at_key(r, child, "what %s means is said by \"on_dns_failure\", expected that key instead",
                                quoted(child->string, text));
        else if (reader_choice(r, child, "meaning", meanings, &meaning)) {
            cause_set bit = CAUSE_BIT(cause);
            if (meaning >= 2 && !cause_is_of_host((enum cause)cause)) {
                reader_error(r, child, "no host has been tried then, expected \"defer\" or \"bounce\"");
                continue;
            }
            params->permanent = meaning % 2 ? params->permanent | bit : params->permanent & ~bit;
            params->next_host = meaning / 2 ? params->next_host | bit : params->next_host & ~bit;
        }
    }
}

/* The resolver that node names. Who writes a profile's name means a resolver that has it. */
static uint32_t resolver_named(struct loader *l, const cJSON *node)
{
    const char *name = cJSON_IsString(node) ? node->valuestring : "";
    char text[QUOTED_MAX];
    if (!resolver_profile_find(name) || names_find(&l->resolvers, name) != SPEC_NONE)
        return loader_reference(l, node, &l->resolvers, "resolver", "resolvers");
    reader_error(&l->reader, node,
                 "%s is a profile and no resolver, expected the name of one in \"resolvers\": {\"r\": \"%s\"}",
                 quoted(name, text), name);
    return SPEC_NONE;
}

/* One resolver, or several in the order of resolv.conf. */
static void read_resolvers_of(struct loader *l, const cJSON *node, struct mta_spec *mta)
{
    const cJSON *child = cJSON_IsArray(node) ? node->child : node;
    uint32_t named[STUB_SERVERS_MAX] = {SPEC_NONE}, count = 0, size = cJSON_IsArray(node) ? reader_size(node) : 1;
    if (size == 0 || (!cJSON_IsArray(node) && !cJSON_IsString(node))) {
        reader_wrong_type(&l->reader, node, "the name of a resolver, or 1 to 3 of them");
        return;
    }
    if (size > STUB_SERVERS_MAX) {
        reader_error(&l->reader, node, "%" PRIu32 " resolvers, expected at most %d: resolv.conf takes no more", size,
                     STUB_SERVERS_MAX);
        return;
    }
    for (; child; child = cJSON_IsArray(node) ? child->next : NULL) {
        uint32_t index = resolver_named(l, child), i = 0;
        while (i < count && named[i] != index) i++;
        if (i < count && index != SPEC_NONE) reader_error(&l->reader, child, "named twice, expected each name once");
        named[count++] = index;
    }
    mta->resolver = named[0];
    mta->fallback_count = count - 1;
    for (uint32_t i = 1; i < count; i++) mta->fallback[i - 1] = named[i];
}

static void read_mta(struct loader *l, const cJSON *node, struct mta_spec *mta)
{
    static const char *const others[] = {"profile", "resolver", "outcomes"};
    const char *words[WORDS_MAX];
    size_t count = 0;
    for (; count < mta_profile_count && count < WORDS_MAX; count++) words[count] = mta_profiles[count]->profile.name;
    mta->profile = read_profile(&l->reader, node, words, count, "postfix");
    const struct mta_profile *profile = mta_profile_find(mta->profile);
    mta->params = profile->params;
    const cJSON *resolver = cJSON_IsObject(node) ? reader_child(node, "resolver") : NULL;
    if (node && cJSON_IsObject(node))
        read_params(&l->reader, node, &profile->profile, others, READER_COUNT(others), &mta->params);
    /* A list of waits of one's own brings its own end, where the profile's list has one: one failure more (Haraka). */
    bool ends = profile->params.max_attempts == profile->params.retry_gaps.count + 1;
    if (ends && mta->params.max_attempts == profile->params.max_attempts && mta->params.retry == RETRY_LIST)
        mta->params.max_attempts = mta->params.retry_gaps.count + 1;
    const cJSON *outcomes = cJSON_IsObject(node) ? reader_child(node, "outcomes") : NULL;
    if (outcomes) read_outcomes(&l->reader, outcomes, &mta->params);
    mta->resolver = SPEC_NONE;
    if (resolver) read_resolvers_of(l, resolver, mta);
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
