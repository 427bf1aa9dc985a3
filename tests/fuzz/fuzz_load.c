/* tests/fuzz/fuzz_load.c - whatever the bytes: scenario_load returns a spec that holds together, or says what is wrong.
 */
#include "scenarios/load.h"

#include <string.h>

/* Not assert: it must hold in every build type. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) __builtin_trap();                                                                            \
    } while (0)

static void check_errors(const struct load_errors *errors, bool loaded)
{
    size_t hard = 0;
    MUST(errors->count <= SCENARIO_ERRORS_MAX);
    for (size_t i = 0; i < errors->count; i++) {
        const struct load_error *e = &errors->items[i];
        char line[2048];
        hard += !e->warning;
        MUST(e->line >= 1 && e->column >= 1 && e->text[0]);
        MUST(load_error_print(e, "f", line, sizeof line) < sizeof line);
        MUST(strstr(e->text, "expected") || strstr(e->text, "did you mean"));
        for (const char *p = line; *p; p++) MUST((unsigned char)*p >= 0x20 && *p != 0x7f);
        if (i == 0) continue;
        MUST(e[-1].line < e->line || (e[-1].line == e->line && e[-1].column <= e->column));
    }
    MUST(loaded ? hard == 0 : hard > 0);
}

static void check_law(const struct law *law)
{
    MUST(law->a >= 0 && law->a <= SIM_LONGEST);
    if (law->kind == LAW_UNIFORM) MUST(law->b >= law->a && law->b <= SIM_LONGEST);
    if (law->kind == LAW_EMPIRICAL) MUST(law->count > 0 && law->values);
    if (law->kind == LAW_LOGNORMAL || law->kind == LAW_WEIBULL || law->kind == LAW_GAMMA || law->kind == LAW_PARETO)
        MUST(law->a > 0 && law->shape > 0 && law->shape <= 1000);
    MUST(law_mean(law) >= 0);
}

/* What the mechanisms divide by, or go on for ever without. */
static void check_mta(const struct mta_params *p)
{
    MUST(p->retry != RETRY_AGE || p->minimal_backoff_time > 0 || p->queue_run_delay > 0);
    MUST(p->retry != RETRY_LIST || (p->retry_gaps.count > 0 && p->retry_gaps.count <= SPAN_LIST_MAX));
    for (uint32_t g = 0; p->retry == RETRY_LIST && g < p->retry_gaps.count; g++) MUST(p->retry_gaps.items[g] > 0);
    MUST(p->retry != RETRY_RULES || (p->retry_rules.count > 0 && p->retry_rules.count <= RETRY_RULE_MAX));
    for (uint32_t i = 0; p->retry == RETRY_RULES && i < p->retry_rules.count; i++) {
        MUST(p->retry_rules.items[i].gap > 0 && p->retry_rules.items[i].factor >= 1);
        MUST(i == 0 || p->retry_rules.items[i].cutoff > p->retry_rules.items[i - 1].cutoff);
    }
    MUST((p->retry != RETRY_QUADRATIC && p->retry != RETRY_GEOMETRIC) || p->retry_unit > 0);
    MUST(p->queue_runners == 0 || p->queue_run_delay > 0);
    MUST(p->delay_warnings.count <= SPAN_LIST_MAX);
    for (uint32_t i = 1; i < p->delay_warnings.count; i++)
        MUST(p->delay_warnings.items[i] > p->delay_warnings.items[i - 1]);
    for (int step = 0; step < STEP_COUNT; step++) MUST(p->timeout[step] > 0);
    MUST(p->source_addresses >= 1 && p->stub_attempts >= 1 && p->stub_timeout > 0);
    MUST(p->positive_feedback >= 0 && p->positive_feedback <= 1 && p->negative_feedback >= 0);
}

static void check_mail(const struct world_spec *spec)
{
    for (uint32_t i = 0; i < spec->client_count; i++) {
        const struct client_spec *c = &spec->clients[i];
        MUST(c->via < spec->mta_count && spec->mtas[c->via].mx_host == SPEC_NONE && c->to_count > 0);
        MUST((c->rate > 0) + (c->every > 0) + (c->count > 0) == 1);
        MUST(c->outbox_retry > 0 && c->unknown_users >= 0 && c->unknown_users <= 1);
        MUST(c->from_zone == SPEC_NONE || c->from_zone < spec->zone_count);
        MUST(c->senders >= 1);
        for (uint32_t n = 0; n < c->to_count; n++)
            MUST(c->to[n].zone < spec->zone_count && c->to[n].weight > 0 && c->to[n].mailboxes >= 1);
    }
    for (uint32_t i = 0; i < spec->mta_count; i++) {
        const struct mta_spec *m = &spec->mtas[i];
        MUST(m->resolver < spec->resolver_count && m->fallback_count < STUB_SERVERS_MAX);
        for (uint32_t k = 0; k < m->fallback_count; k++) MUST(m->fallback[k] < spec->resolver_count);
        MUST(m->mx_host == SPEC_NONE || spec->mx_hosts[m->mx_host].relay == i);
        check_mta(&m->params);
    }
}

/* Whoever goes up from a zone, or along an alias, comes to an end. */
static void check_ends(const struct world_spec *spec)
{
    for (uint32_t i = 0; i < spec->zone_count; i++) {
        uint32_t steps = 0;
        for (uint32_t z = i; z != SPEC_NONE; z = spec->zones[z].parent) MUST(++steps <= spec->zone_count);
    }
    for (uint32_t i = 0; i < spec->mx_host_count; i++) {
        uint32_t steps = 0;
        for (uint32_t h = i; spec->mx_hosts[h].is_alias; h = spec->mx_hosts[h].target)
            MUST(++steps <= spec->mx_host_count && spec->mx_hosts[h].target < spec->mx_host_count &&
                 spec->mx_hosts[h].relay == SPEC_NONE);
    }
}

/* Who serves a zone, and who says so: sets of places in its list. */
static void check_delegation(const struct world_spec *spec, uint32_t zone)
{
    const struct zone_spec *z = &spec->zones[zone];
    MUST(z->ns_count > 0 && z->ns_count <= SPEC_SERVERS_MAX);
    const uint64_t all = z->ns_count == SPEC_SERVERS_MAX ? UINT64_MAX : (UINT64_C(1) << z->ns_count) - 1;
    MUST(z->serves && z->listed && (z->delegated & z->serves) && ((z->serves | z->listed | z->delegated) & ~all) == 0);
    MUST((z->serves & 1) && z->ns[0] < spec->ns_count); /* the primary */
    MUST(z->cut < spec->zone_count && spec->zones[z->cut].cut == z->cut && spec->zones[z->cut].parent == z->parent);
    MUST(z->ns_count == spec->zones[z->cut].ns_count && z->serves == spec->zones[z->cut].serves);
    if (z->parent != SPEC_NONE) MUST(z->parent < spec->zone_count && spec->zones[z->parent].cut == z->parent);
    MUST(z->delegation_ttl >= 0 && z->ds_ttl > 0 && z->negative_ttl >= 0 && z->negative_ttl % SIM_SECOND == 0);
    MUST(z->refresh > 0 && z->retry > 0 && (z->cut == zone || (!z->is_signed && !z->no_soa)));
}

static void check_resolvers(const struct world_spec *spec)
{
    for (uint32_t i = 0; i < spec->resolver_count; i++) {
        const struct resolver_spec *r = &spec->resolvers[i];
        check_law(&r->host.delay);
        MUST(r->host.loss >= 0 && r->host.loss <= 1 && r->params.cache_min_ttl <= r->params.cache_max_ttl);
        MUST(r->remote || (r->host.loss == 0 && r->host.delay.kind == LAW_CONSTANT && r->host.delay.a == 0));
        MUST(r->params.max_clients_per_query == 0 || r->params.clients_per_query <= r->params.max_clients_per_query);
    }
    for (uint32_t i = 0; i < spec->ns_count; i++) {
        const struct ns_spec *n = &spec->ns[i];
        check_law(&n->host.delay);
        MUST(n->zone < spec->zone_count || n->zone == SPEC_NONE);
        MUST(n->capacity >= 0 && n->queries >= 0 && !(n->outside && n->zone == SPEC_NONE));
    }
}

static void check_zones(const struct world_spec *spec)
{
    for (uint32_t i = 0; i < spec->zone_count; i++) {
        const struct zone_spec *z = &spec->zones[i];
        MUST(z->ns_count > 0 && z->ttl % SIM_SECOND == 0 && z->expire > 0);
        MUST(!z->null_mx || z->mx_count == 0);
        for (uint32_t n = 0; n < z->ns_count; n++) MUST(z->ns[n] < spec->ns_count);
        for (uint32_t n = 0; n < z->mx_count; n++) {
            MUST(z->mx[n].mx_host < spec->mx_host_count && z->mx[n].preference <= 65535);
            MUST(n == 0 || z->mx[n - 1].preference <= z->mx[n].preference);
        }
        if (z->mx_count) MUST(spec->mx_hosts[mx_host_target(spec->mx_hosts, z->mx[0].mx_host)].relay == SPEC_NONE);
        MUST(z->address == SPEC_NONE || !spec->mx_hosts[z->address].is_alias);
        check_delegation(spec, i);
    }
    for (uint32_t i = 0; i < spec->mx_host_count; i++) {
        MUST(spec->mx_hosts[i].zone < spec->zone_count);
        const struct mx_host_spec *h = &spec->mx_hosts[i];
        check_law(&h->host.delay);
        check_law(&h->takes);
        MUST(h->greets_after >= 0 && (!h->greylist.on || h->greylist.delay < h->greylist.window));
        MUST(h->limits.messages.count == 0 || h->limits.messages.per > 0);
        MUST(h->limits.messages_per_client.count == 0 || h->limits.messages_per_client.per > 0);
        MUST(h->limits.empties == 0 || h->limits.holds > 0);
    }
}

static void check_faults(const struct world_spec *spec)
{
    for (uint32_t i = 0; i < spec->fault_count; i++) {
        const struct fault_spec *f = &spec->faults[i];
        MUST(f->on_count > 0 && f->is > FAULT_NONE && f->is < FAULT_KIND_COUNT);
        for (uint32_t n = 0; n < f->on_count; n++)
            MUST(fault_fits(f->is, f->on[n].kind) && spec_target_name(spec, f->on[n]));
        for (uint32_t n = 0; n < f->on_count; n++)
            MUST(f->on[n].kind != TARGET_MX_HOST || !spec->mx_hosts[f->on[n].index].is_alias);
        MUST(f->loss >= 0 && f->loss <= 1 && f->load >= 0);
        check_law(&f->from);
        check_law(&f->length);
        MUST(f->share >= 0 && f->share <= 1 && fault_replies(f->is) == (f->cause != CAUSE_NONE));
        for (uint32_t n = 0; n < f->seen_from_count; n++) {
            MUST(f->on[0].kind == TARGET_NS || f->on[0].kind == TARGET_MX_HOST);
            MUST(f->seen_from[n] < (f->on[0].kind == TARGET_NS ? spec->resolver_count : spec->mta_count));
        }
        if (f->alternating) MUST(law_mean(&f->up) + law_mean(&f->length) > 0);
    }
}

/* libFuzzer calls it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct load_errors errors;
    struct loaded *loaded = scenario_load((const char *)data, size, &errors);
    check_errors(&errors, loaded != NULL);
    if (loaded) {
        const struct world_spec *spec = loaded_spec(loaded);
        MUST(spec->mail > 0 && spec->mail <= spec->limit && spec->limit <= SIM_LONGEST);
        MUST(spec_expected_messages(spec) <= SPEC_MESSAGES_MAX);
        check_ends(spec);
        check_mail(spec);
        check_resolvers(spec);
        check_zones(spec);
        check_faults(spec);
    }
    loaded_free(loaded);
    load_errors_free(&errors);
    return 0;
}
