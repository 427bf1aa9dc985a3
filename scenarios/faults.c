/* scenarios/faults.c - faults: what breaks, when, for how long. */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"
#include "scenarios/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULTS_MAX  1000
#define TARGETS_MAX 1000

/* In the order in which the kinds of names are looked through; no name is of two kinds. */
static struct fault_target find_target(const struct loader *l, const char *name)
{
    const struct names *const kinds[TARGET_KIND_COUNT] = {[TARGET_NS] = &l->ns,
                                                          [TARGET_MX_HOST] = &l->mx_hosts,
                                                          [TARGET_RESOLVER] = &l->resolvers,
                                                          [TARGET_MTA] = &l->mtas,
                                                          [TARGET_ZONE] = &l->zones};
    for (int kind = 0; kind < TARGET_KIND_COUNT; kind++) {
        uint32_t index = names_find(kinds[kind], name);
        if (index != SPEC_NONE) return (struct fault_target){(enum target_kind)kind, index};
    }
    return (struct fault_target){TARGET_KIND_COUNT, SPEC_NONE};
}

/* groups: whose names would do as well; null inside of a group. */
static void unknown_target(struct loader *l, const cJSON *node, const cJSON *groups)
{
    enum { KINDS = 5 };
    const struct names *const kinds[KINDS] = {&l->ns, &l->mx_hosts, &l->mtas, &l->resolvers, &l->zones};
    char text[QUOTED_MAX], suggestion[512];
    uint32_t count = 0;
    if (!error_list_has_room(l->reader.errors)) return;
    const char **words = arena_zero(l->reader.arena,
                                    l->ns.count + l->mx_hosts.count + l->mtas.count + l->resolvers.count +
                                        l->zones.count + (groups ? reader_size(groups) : 0),
                                    sizeof *words);
    for (size_t k = 0; k < KINDS; k++)
        for (uint32_t i = 0; i < kinds[k]->count; i++) words[count++] = kinds[k]->items[i].text;
    for (const cJSON *group = groups ? groups->child : NULL; group; group = group->next)
        if (group->string) words[count++] = group->string;
    reader_error(&l->reader, node, "nothing is called %s, %s", quoted(node->valuestring, text),
                 suggest_text(node->valuestring, words, count, "", suggestion, sizeof suggestion));
}

static const cJSON *find_group(const struct loader *l, const char *name)
{
    const cJSON *groups = reader_child(l->root, "groups");
    return groups ? reader_child(groups, name) : NULL;
}

/* Adds what the name means: one thing, or all of a group. */
static void add_targets(struct loader *l, const cJSON *node, struct fault_spec *fault, struct fault_target *targets)
{
    if (!cJSON_IsString(node)) {
        reader_wrong_type(&l->reader, node, "the name of a name server, MX host, MTA, resolver, zone or group");
        return;
    }
    const cJSON *group = find_group(l, node->valuestring);
    if (group) {
        for (const cJSON *child = cJSON_IsArray(group) ? group->child : NULL; child; child = child->next) {
            struct fault_target target = {TARGET_KIND_COUNT, SPEC_NONE};
            if (cJSON_IsString(child)) target = find_target(l, child->valuestring);
            if (target.kind != TARGET_KIND_COUNT) targets[fault->on_count++] = target; /* else noted at the group */
        }
        return;
    }
    struct fault_target target = find_target(l, node->valuestring);
    if (target.kind == TARGET_KIND_COUNT) {
        unknown_target(l, node, reader_child(l->root, "groups"));
        return;
    }
    targets[fault->on_count++] = target;
}

static int target_order(const void *a, const void *b)
{
    const struct fault_target *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* How many things the names of node mean, at most. */
static uint32_t targets_meant(const struct loader *l, const cJSON *node)
{
    uint32_t count = 0;
    bool many = cJSON_IsArray(node);
    for (const cJSON *child = many ? node->child : node; child; child = many ? child->next : NULL) {
        const cJSON *group = cJSON_IsString(child) ? find_group(l, child->valuestring) : NULL;
        count += group ? reader_size(group) : 1;
        if (count > TARGETS_MAX) break;
    }
    return count;
}

static void read_on(struct reader *r, const cJSON *node, void *into)
{
    struct fault_spec *fault = into;
    struct loader *l = loader_of(r);
    char text[QUOTED_MAX];
    bool many = cJSON_IsArray(node);
    uint32_t count = targets_meant(l, node);
    if (count == 0 || count > TARGETS_MAX) {
        reader_wrong_type(r, node, "1 to 1000 names such as [\"ns1\", \"mx1\"]");
        return;
    }
    struct fault_target *targets = arena_zero(r->arena, count, sizeof *targets);
    fault->on = targets;
    for (const cJSON *child = many ? node->child : node; child; child = many ? child->next : NULL)
        add_targets(l, child, fault, targets);
    struct fault_target *sorted = arena_zero(r->arena, count, sizeof *sorted);
    memcpy(sorted, targets, fault->on_count * sizeof *sorted);
    qsort(sorted, fault->on_count, sizeof *sorted, target_order);
    for (uint32_t i = 1; i < fault->on_count; i++)
        if (target_order(&sorted[i - 1], &sorted[i]) == 0) {
            reader_error(r, node, "%s is named twice, expected each name once",
                         quoted(spec_target_name(l->world, sorted[i]), text));
            return;
        }
}

/* Groups: each a list of things that fail together. */
static void check_groups(struct loader *l)
{
    const cJSON *groups = reader_child(l->root, "groups");
    char text[QUOTED_MAX];
    if (!groups) return;
    if (!cJSON_IsObject(groups)) {
        reader_wrong_type(&l->reader, groups, "an object of groups: {\"rack\": [\"ns1\", \"mx1\"]}");
        return;
    }
    for (const cJSON *group = groups->child; group; group = group->next) {
        const char *wrong = value_name(group->string);
        if (wrong)
            reader_error_at_key(&l->reader, group, "the name %s %s, expected a plain name", quoted(group->string, text),
                                wrong);
        if (find_target(l, group->string).kind != TARGET_KIND_COUNT)
            reader_error_at_key(&l->reader, group,
                                "%s is the name of a host, MTA, resolver or zone, expected another name",
                                quoted(group->string, text));
        if (!cJSON_IsArray(group) || !group->child) {
            reader_wrong_type(&l->reader, group, "names such as [\"ns1\", \"mx1\"]");
            continue;
        }
        for (const cJSON *child = group->child; child; child = child->next)
            if (!cJSON_IsString(child))
                reader_wrong_type(&l->reader, child, "the name of a name server, MX host, MTA, resolver or zone");
            else if (find_target(l, child->valuestring).kind == TARGET_KIND_COUNT)
                unknown_target(l, child, NULL);
    }
}

/* ---- whose links ---- */

/* The viewer that a name means for targets of this kind; SPEC_NONE: none. */
static uint32_t find_viewer(const struct loader *l, const char *name, enum target_kind kind)
{
    if (kind == TARGET_NS) return names_find(&l->resolvers, name);
    uint32_t mta = names_find(&l->mtas, name), host = names_find(&l->mx_hosts, name);
    if (mta != SPEC_NONE) return mta;
    return host != SPEC_NONE ? l->mx_host[host].relay : SPEC_NONE;
}

static void read_seen_from(struct loader *l, const cJSON *node, struct fault_spec *fault)
{
    char text[QUOTED_MAX];
    bool many = cJSON_IsArray(node);
    uint32_t count = many ? reader_size(node) : (uint32_t)cJSON_IsString(node);
    if (count == 0 || count > TARGETS_MAX) {
        reader_wrong_type(&l->reader, node, "the name of an MTA or resolver, or up to 1000 of them");
        return;
    }
    if (fault->on_count == 0) return;
    enum target_kind kind = fault->on[0].kind;
    for (uint32_t i = 0; i < fault->on_count; i++)
        if ((kind != TARGET_NS && kind != TARGET_MX_HOST) || fault->on[i].kind != kind) {
            reader_error_at_key(
                &l->reader, node,
                "only links to name servers, or only links to MX hosts, can fail so, expected \"on\" to "
                "name one kind of them");
            return;
        }
    uint32_t *viewers = arena_zero(l->reader.arena, count, sizeof *viewers);
    for (const cJSON *child = many ? node->child : node; child; child = many ? child->next : NULL) {
        uint32_t viewer = cJSON_IsString(child) ? find_viewer(l, child->valuestring, kind) : SPEC_NONE;
        if (!cJSON_IsString(child))
            reader_wrong_type(&l->reader, child, "the name of an MTA or resolver");
        else if (viewer == SPEC_NONE)
            reader_error(&l->reader, child, "no %s is called %s, expected one that asks what \"on\" names",
                         kind == TARGET_NS ? "resolver" : "MTA or relay", quoted(child->valuestring, text));
        bool twice = false;
        for (uint32_t i = 0; i < fault->seen_from_count; i++) twice = twice || viewers[i] == viewer;
        if (twice)
            reader_error(&l->reader, child, "named twice, expected each name once");
        else if (viewer != SPEC_NONE)
            viewers[fault->seen_from_count++] = viewer;
    }
    fault->seen_from = viewers;
    l->links += (double)fault->on_count * fault->seen_from_count;
    if (l->links > LOADER_LINKS_MAX)
        reader_error_at_key(&l->reader, node, "more than %d pairs of \"seen_from\" and \"on\", expected fewer",
                            LOADER_LINKS_MAX);
}

/* ---- what is said ---- */

static bool is_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] < '0' || text[i] > '9') return false;
    return true;
}

/* "451 4.3.2" or "451": *code and what follows the blank. */
static bool split_reply(const char *text, int *code, const char **status)
{
    if (!is_digits(text, 3) || (text[3] != '\0' && text[3] != ' ')) return false;
    *code = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    *status = NULL;
    if (text[3] == '\0') return true;
    const char *s = text + 4;
    if (s[0] != text[0] || s[1] != '.') return false;
    size_t subject = strspn(s + 2, "0123456789");
    if (subject < 1 || subject > 3 || s[2 + subject] != '.') return false;
    size_t detail = strspn(s + 3 + subject, "0123456789");
    if (detail < 1 || detail > 3 || s[3 + subject + detail] != '\0') return false;
    *status = s;
    return true;
}

/* What a reply means: RFC 5321 section 4.2.2 and RFC 3463 section 3. Before the envelope it is about the client or the
 * host, whatever its code; after that about a message. */
static enum cause cause_of_reply(int code, const char *status, enum smtp_step at)
{
    const char *detail = status ? status + 2 : "";
    if (at == STEP_GREETING) return code < 500 ? CAUSE_HOST_BUSY : CAUSE_BLOCKED;
    if (code < 500) return code == 452 && strcmp(detail, "2.2") != 0 ? CAUSE_STORAGE_FULL : CAUSE_TEMPFAIL;
    if (code == 552 || strcmp(detail, "2.2") == 0) return CAUSE_MAILBOX_FULL;
    return strcmp(detail, "1.1") == 0 ? CAUSE_USER_UNKNOWN : CAUSE_REJECTED;
}

static const char *const step_words[] = {"greeting", "mail", "rcpt", "data", "end_of_data", NULL};
static const enum smtp_step steps[] = {STEP_GREETING, STEP_MAIL, STEP_RCPT, STEP_DATA_INIT, STEP_DATA_DONE};

/* What each kind says, and when, where the file says nothing. */
static enum smtp_step usual_step(enum fault_kind is)
{
    return is == FAULT_BUSY || is == FAULT_BLOCKING ? STEP_GREETING : STEP_RCPT;
}

static void set_reply(struct fault_spec *fault)
{
    static const struct {
        int code;
        const char *status;
    } replies[FAULT_KIND_COUNT] = {[FAULT_TEMPFAILING] = {450, "4.3.0"},
                                   [FAULT_DISK_FULL] = {452, "4.3.1"},
                                   [FAULT_REJECTING] = {550, "5.7.1"},
                                   [FAULT_BUSY] = {421, "4.3.2"},
                                   [FAULT_BLOCKING] = {554, "5.7.1"}};
    fault->cause = cause_of_reply(replies[fault->is].code, replies[fault->is].status, fault->at);
    bool usual = fault->at == usual_step(fault->is);
    fault->code = usual ? 0 : (uint16_t)replies[fault->is].code;
    fault->status = usual ? NULL : replies[fault->is].status;
}

/* Kinds that a "share" of the names of a server or zone may have. */
static bool hits_names(enum fault_kind is)
{
    return is == FAULT_NXDOMAIN || is == FAULT_EMPTY || is == FAULT_MISDELEGATED;
}

static void read_share_of_names(struct loader *l, const cJSON *share, struct fault_spec *fault)
{
    char text[QUOTED_MAX];
    reader_share(&l->reader, share, &fault->share);
    for (uint32_t i = 0; i < fault->on_count; i++)
        if (fault->on[i].kind == TARGET_RESOLVER) {
            reader_error_at_key(&l->reader, share,
                                "%s is a resolver, which says the same of all names, expected name servers or zones "
                                "beside \"share\"",
                                quoted(spec_target_name(l->world, fault->on[i]), text));
            return;
        }
}

static void read_reply(struct loader *l, const cJSON *node, struct fault_spec *fault)
{
    const cJSON *reply = reader_child(node, "reply"), *at = reader_child(node, "at"),
                *share = reader_child(node, "share");
    const cJSON *all[] = {reply, at, share};
    const char *status;
    char text[QUOTED_MAX];
    int code = 0, step = 0;
    if (fault->is == FAULT_NONE) return;
    for (size_t i = 0; i < 3; i++)
        if (all[i] && !fault_replies(fault->is) && !(all[i] == share && hits_names(fault->is)))
            reader_error_at_key(&l->reader, all[i], "\"%s\" beside \"is\": \"%s\", expected it beside %s",
                                all[i]->string, fault_kind_name(fault->is),
                                all[i] == share ? "\"tempfailing\", \"rejecting\", \"nxdomain\" or \"empty\""
                                                : "\"tempfailing\" or \"rejecting\"");
    if (share && hits_names(fault->is)) read_share_of_names(l, share, fault);
    if (!fault_replies(fault->is)) return;
    fault->at = usual_step(fault->is);
    if (at && reader_choice(&l->reader, at, "step of a session", step_words, &step)) fault->at = steps[step];
    set_reply(fault);
    if (share) reader_share(&l->reader, share, &fault->share);
    if (!reply) return;
    char wanted = fault->is == FAULT_REJECTING || fault->is == FAULT_BLOCKING ? '5' : '4';
    if (!cJSON_IsString(reply))
        reader_wrong_type(&l->reader, reply, "a reply such as \"451 4.3.2\"");
    else if (!split_reply(reply->valuestring, &code, &status))
        reader_error(&l->reader, reply, "%s is no reply, expected one such as \"451 4.3.2\" or \"550 5.1.1\"",
                     quoted(reply->valuestring, text));
    else if (reply->valuestring[0] != wanted)
        reader_error(&l->reader, reply, "%s does not fit \"%s\", expected %cyz", quoted(reply->valuestring, text),
                     fault_kind_name(fault->is), wanted);
    else {
        fault->cause = cause_of_reply(code, status, fault->at);
        fault->code = (uint16_t)code;
        fault->status = status ? arena_text(l->reader.arena, status) : NULL;
    }
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

static void read_load(struct reader *r, const cJSON *node, void *rate)
{
    char text[QUOTED_MAX];
    const char *wrong = cJSON_IsString(node) ? value_rate(node->valuestring, rate) : NULL;
    if (!cJSON_IsString(node))
        reader_wrong_type(r, node, "a rate such as \"100000/s\"");
    else if (wrong)
        reader_error(r, node, "%s %s, expected a rate such as \"100000/s\"", quoted(node->valuestring, text), wrong);
}

/* ["MX"]: only questions of these types are hit. */
static void read_types(struct reader *r, const cJSON *node, void *types)
{
    static const char *const words[] = {"MX", "A", "AAAA", NULL};
    uint32_t set = 0;
    int type;
    if (!cJSON_IsArray(node) || !node->child) {
        reader_wrong_type(r, node, "types of records such as [\"MX\"]");
        return;
    }
    for (const cJSON *child = node->child; child; child = child->next) {
        if (!reader_choice(r, child, "type of record", words, &type)) continue;
        if (set >> type & 1) reader_error(r, child, "named twice, expected each type once");
        set |= UINT32_C(1) << type;
    }
    *(uint32_t *)types = set;
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
    {"drops", KEY_SHARE, offsetof(struct fault_spec, loss), 0, 0, NULL, NULL},
    {"load", KEY_OWN, offsetof(struct fault_spec, load), 0, 0, read_load, NULL},
    {"reply", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"at", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"share", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"seen_from", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"types", KEY_OWN, offsetof(struct fault_spec, types), 0, 0, read_types, NULL},
};

static void check_fit(struct loader *l, const cJSON *node, const struct fault_spec *fault)
{
    static const char *const kinds[TARGET_KIND_COUNT] = {[TARGET_NS] = "a name server",
                                                         [TARGET_MX_HOST] = "an MX host",
                                                         [TARGET_RESOLVER] = "a resolver",
                                                         [TARGET_MTA] = "an MTA",
                                                         [TARGET_ZONE] = "a zone"};
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

/* An alias is no host, and what happens to signatures needs a zone that has them. */
static void check_targets(struct loader *l, const cJSON *node, const struct fault_spec *fault)
{
    bool dnssec = fault->is == FAULT_BOGUS || fault->is == FAULT_UNSIGNED, minded = false;
    char text[QUOTED_MAX], host[QUOTED_MAX];
    for (uint32_t i = 0; i < fault->on_count; i++) {
        const struct fault_target t = fault->on[i];
        const char *name = spec_target_name(l->world, t);
        if (t.kind == TARGET_MX_HOST && l->mx_host[t.index].is_alias)
            reader_error(&l->reader, reader_child(node, "on"), "%s is an alias and no host, expected %s",
                         quoted(name, text), quoted(l->mx_host[mx_host_target(l->mx_host, t.index)].host.name, host));
        if (t.kind == TARGET_ZONE && dnssec && !l->zone[t.index].is_signed)
            reader_error(&l->reader, reader_child(node, "is"), "%s is not signed, expected \"signed\": true there",
                         quoted(name, text));
    }
    for (uint32_t i = 0; i < l->world->resolver_count; i++) minded = minded || l->resolver[i].params.validates;
    if (dnssec && !minded)
        reader_warning(&l->reader, reader_child(node, "is"),
                       "no effect, since no resolver validates, expected one that does");
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

/* An overloaded server loses a share of what comes in: "drops" says it, or it follows from "load" and what the server
 * can answer. */
static void check_overload(struct loader *l, const cJSON *node, const struct fault_spec *fault)
{
    const cJSON *drops = reader_child(node, "drops"), *load = reader_child(node, "load");
    char text[QUOTED_MAX];
    if (fault->is == FAULT_NONE) return;
    if (fault->is != FAULT_OVERLOADED) {
        const cJSON *child = drops ? drops : load;
        if (child)
            reader_error_at_key(&l->reader, child, "\"%s\" with \"is\": \"%s\", expected it with \"overloaded\" only",
                                child->string, fault_kind_name(fault->is));
        return;
    }
    if (!drops == !load)
        reader_error(&l->reader, node,
                     "%s, expected \"drops\": \"90%%\", or \"load\": \"100000/s\" and the servers' \"capacity\"",
                     drops ? "\"drops\" beside \"load\"" : "an overload of nothing");
    if (drops && cJSON_IsNumber(drops) && drops->valuedouble == 0)
        reader_warning(&l->reader, drops, "nothing is lost, expected more than 0");
    for (uint32_t i = 0; load && i < fault->on_count; i++) {
        if (fault->on[i].kind != TARGET_NS) continue;
        const struct ns_spec *ns = &l->host_of_ns[fault->on[i].index];
        if (ns->capacity == 0 && fault->load > 0)
            reader_error(&l->reader, load, "%s has no \"capacity\", expected one in \"name_servers\"",
                         quoted(ns->host.name, text));
        else if (fault->load > 0 && fault->load + ns->queries <= ns->capacity)
            reader_warning(&l->reader, load,
                           "%s can answer all of it: nothing is lost, expected more than its \"capacity\" less its "
                           "\"queries\"",
                           quoted(ns->host.name, text));
    }
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

/* How many copies of zones are fetched from this server, or by it: each minds its ups and downs. */
static double copies_of(const struct loader *l, uint32_t ns)
{
    double copies = 0;
    for (uint32_t z = 0; z < l->zones.count; z++) {
        const struct zone_spec *zone = &l->zone[z];
        if (zone->cut != z) continue;
        for (uint32_t i = 0; i < zone->ns_count; i++)
            if (zone->ns[i] == ns) copies += i == 0 ? zone->ns_count - 1 : 1;
    }
    return copies;
}

/* An alternating fault must move time on, and not by so little that a run would never end: limit / E[min(cycle,
 * limit)], twice, bounds how often it begins. */
static void check_alternation(struct loader *l, const cJSON *node, const struct fault_spec *fault)
{
    double limit = sim_time_seconds(l->world->limit);
    double cycle = cut_mean(&fault->up, l->world->limit) + cut_mean(&fault->length, l->world->limit);
    double timelines = (double)fault->on_count * (fault->seen_from_count ? fault->seen_from_count : 1);
    for (uint32_t i = 0; i < fault->on_count; i++)
        if (fault->on[i].kind == TARGET_NS) timelines += copies_of(l, fault->on[i].index);
    l->changes += cycle > 0 ? 4 * limit / cycle * timelines : LOADER_CHANGES_MAX + 1.0;
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
    check_groups(l);
    if (!node) return;
    if (!cJSON_IsArray(node) || reader_size(node) > FAULTS_MAX) {
        reader_wrong_type(&l->reader, node, "an array of at most 1000 faults");
        return;
    }
    struct fault_spec *faults = arena_zero(l->reader.arena, reader_size(node), sizeof *faults);
    uint32_t count = 0;
    for (const cJSON *child = node->child; child; child = child->next) {
        struct fault_spec *fault = &faults[count++];
        size_t before = l->reader.errors->errors;
        /* Until read: a length that no check minds. */
        fault->length = fault->up = law_constant(SIM_DAY);
        fault->share = 1;
        if (!reader_object(&l->reader, child, fault_keys, READER_COUNT(fault_keys), fault)) continue;
        check_fit(l, child, fault);
        check_targets(l, child, fault);
        read_reply(l, child, fault);
        if (reader_child(child, "seen_from")) read_seen_from(l, reader_child(child, "seen_from"), fault);
        check_extra(l, child, fault->is, FAULT_SLOW, "delay", "\"2s\"");
        check_extra(l, child, fault->is, FAULT_LOSSY, "loss", "\"30%\"");
        check_overload(l, child, fault);
        if (fault->types && fault->is != FAULT_NONE && fault->is != FAULT_EMPTY && fault->is != FAULT_NXDOMAIN)
            reader_error_at_key(&l->reader, reader_child(child, "types"),
                                "\"types\" with \"is\": \"%s\", expected it with \"empty\" or \"nxdomain\" only",
                                fault_kind_name(fault->is));
        if (l->reader.errors->errors == before || !reader_child(child, "up")) check_times(l, child, fault);
    }
    l->world->faults = faults;
    l->world->fault_count = count;
}
