/* tests/models/test_profile.c - profiles are data: complete, within their bounds, and each value with its source. */
#include "models/profile.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

/* What a table may set must be all of a struct: a table's rows lie within it. */
static void check_table(const struct profile *p, size_t size)
{
    cr_assert(p->name && p->what && strlen(p->what) > 10);
    cr_assert(p->count >= 3 && p->count <= 62, "%s has %zu parameters", p->name, p->count);
    for (size_t i = 0; i < p->count; i++) {
        const struct param *param = &p->table[i];
        cr_assert(param->name && param->name[0], "%s: row %zu has no name", p->name, i);
        cr_assert(param->what && strlen(param->what) > 10, "%s: %s", p->name, param->name);
        cr_assert(param->source && strlen(param->source) > 3, "%s: %s has no source", p->name, param->name);
        cr_assert_not_null(certainty_name(param->certainty), "%s: %s", p->name, param->name);
        cr_assert(param->min <= param->max, "%s: %s", p->name, param->name);
        cr_assert_lt(param->offset, size, "%s: %s", p->name, param->name);
        cr_assert_geq(param->fields, 1, "%s: %s", p->name, param->name);
        cr_assert_eq(param->type == PARAM_CHOICE, param->choices != NULL, "%s: %s", p->name, param->name);
        for (size_t k = 0; k < i; k++) {
            cr_assert_str_neq(param->name, p->table[k].name, "%s", p->name);
            cr_assert_neq(param->offset, p->table[k].offset, "%s: %s and %s set the same", p->name, param->name,
                          p->table[k].name);
        }
        cr_assert_eq(param_find(p->table, p->count, param->name), param);
    }
    cr_assert_null(param_find(p->table, p->count, "no such parameter"));
}

static void check_choice(const char *profile, const struct param *param, int value)
{
    int words = 0;
    while (param->choices[words]) words++;
    cr_assert(value >= 0 && value < words, "%s: %s is %d of %d", profile, param->name, value, words);
}

static void check_number(const char *profile, const struct param *param, int64_t number)
{
    cr_assert(number >= param->min && number <= param->max, "%s: %s is out of its bounds", profile, param->name);
}

static void check_spans(const char *profile, const struct param *param, const struct span_list *list)
{
    cr_assert(list->count <= SPAN_LIST_MAX, "%s: %s", profile, param->name);
    for (uint32_t i = 0; i < list->count; i++) check_number(profile, param, list->items[i]);
}

/* What retry_rules_text writes, retry_rules_parse reads. */
static void check_rules(const char *profile, const struct retry_rules *rules)
{
    char text[RETRY_RULES_TEXT];
    struct retry_rules again;
    size_t at;
    cr_assert(rules->count >= 1 && rules->count <= RETRY_RULE_MAX, "%s", profile);
    cr_assert_null(retry_rules_parse(retry_rules_text(rules, text), &again, &at), "%s: %s", profile, text);
    cr_assert_eq(again.count, rules->count);
    for (uint32_t i = 0; i < again.count; i++) {
        const struct retry_rule *a = &again.items[i], *b = &rules->items[i];
        cr_assert(a->kind == b->kind && a->cutoff == b->cutoff && a->gap == b->gap && a->factor == b->factor);
    }
}

static void check_bounds(const char *profile, const struct param *param, const void *params)
{
    const char *at = (const char *)params + param->offset;
    sim_time span;
    uint32_t count;
    double number;
    int choice;
    switch (param->type) {
    case PARAM_DURATION:
        for (size_t i = 0; i < param->fields; i++) {
            memcpy(&span, at + i * sizeof span, sizeof span);
            check_number(profile, param, span);
        }
        break;
    case PARAM_PHASE:
        memcpy(&span, at, sizeof span);
        if (span != PHASE_RANDOM) check_number(profile, param, span);
        break;
    case PARAM_COUNT:
        memcpy(&count, at, sizeof count);
        check_number(profile, param, count);
        break;
    case PARAM_NUMBER:
        memcpy(&number, at, sizeof number);
        check_number(profile, param, (int64_t)(number * 1000));
        break;
    case PARAM_CHOICE:
        memcpy(&choice, at, sizeof choice);
        check_choice(profile, param, choice);
        break;
    case PARAM_BOOL: cr_assert(*at == 0 || *at == 1); break;
    case PARAM_SPANS: check_spans(profile, param, (const void *)at); break;
    case PARAM_RULES: check_rules(profile, (const void *)at); break;
    }
}

Test(profile, each_parameter_is_described_and_named_once_and_has_a_source)
{
    for (size_t i = 0; i < mta_profile_count; i++) check_table(&mta_profiles[i]->profile, sizeof(struct mta_params));
    for (size_t i = 0; i < resolver_profile_count; i++)
        check_table(&resolver_profiles[i]->profile, sizeof(struct resolver_params));
    for (size_t i = 0; i < secondary_profile_count; i++)
        check_table(&secondary_profiles[i]->profile, sizeof(struct secondary_params));
}

Test(profile, each_default_lies_within_its_bounds)
{
    for (size_t i = 0; i < mta_profile_count; i++)
        for (size_t k = 0; k < mta_profiles[i]->profile.count; k++)
            check_bounds(mta_profiles[i]->profile.name, &mta_profiles[i]->profile.table[k], &mta_profiles[i]->params);
    for (size_t i = 0; i < resolver_profile_count; i++)
        for (size_t k = 0; k < resolver_profiles[i]->profile.count; k++)
            check_bounds(resolver_profiles[i]->profile.name, &resolver_profiles[i]->profile.table[k],
                         &resolver_profiles[i]->params);
    for (size_t i = 0; i < secondary_profile_count; i++)
        for (size_t k = 0; k < secondary_profiles[i]->profile.count; k++)
            check_bounds(secondary_profiles[i]->profile.name, &secondary_profiles[i]->profile.table[k],
                         &secondary_profiles[i]->params);
}

/* A parameter that several MTAs have by the same name is of the same type in all; but for Exim's "retry", which is
 * what its configuration calls the rules, and the textbook MTAs' choice between two. */
Test(profile, a_name_has_one_type)
{
    for (size_t i = 0; i < mta_profile_count; i++)
        for (size_t k = 0; k < mta_profiles[i]->profile.count; k++) {
            const struct param *a = &mta_profiles[i]->profile.table[k];
            for (size_t j = 0; j < i; j++) {
                const struct profile *other = &mta_profiles[j]->profile;
                const struct param *b = param_find(other->table, other->count, a->name);
                bool exims = a->type == PARAM_RULES || (b && b->type == PARAM_RULES);
                cr_assert(!b || exims || a->type == b->type, "%s of %s and of %s", a->name,
                          mta_profiles[i]->profile.name, other->name);
            }
        }
}

/* The mechanisms divide by these, or go on for ever without them. */
Test(profile, each_mta_can_be_run)
{
    for (size_t i = 0; i < mta_profile_count; i++) {
        const struct mta_params *p = &mta_profiles[i]->params;
        const char *name = mta_profiles[i]->profile.name;
        cr_assert(p->retry != RETRY_LIST || p->retry_gaps.count > 0, "%s", name);
        cr_assert(p->retry != RETRY_RULES || p->retry_rules.count > 0, "%s", name);
        cr_assert((p->retry != RETRY_QUADRATIC && p->retry != RETRY_GEOMETRIC) || p->retry_unit > 0, "%s", name);
        cr_assert(p->retry != RETRY_GEOMETRIC || p->retry_factor >= 1, "%s", name);
        cr_assert(p->queue_runners == 0 || p->queue_run_delay > 0, "%s: runners that never start", name);
        cr_assert(p->retry == RETRY_RULES || p->max_attempts > 0 || p->maximal_queue_lifetime < SIM_LONGEST,
                  "%s never gives up", name);
        cr_assert(p->source_addresses >= 1 && p->stub_attempts >= 1 && p->stub_timeout > 0, "%s", name);
        for (int s = 0; s < STEP_COUNT; s++) cr_assert_gt(p->timeout[s], 0, "%s: step %d", name, s);
        cr_assert_not_null(mta_profiles[i]->profile.retry_in_words, "%s", name);
    }
}

/* RFC 3463 section 2: class "." subject "." detail, of one, up to three and up to three digits. */
static bool is_status(const char *s)
{
    int digits = 0, dots = 0;
    if (!s || !strchr("245", s[0]) || s[1] != '.') return false;
    for (; *s; s++) {
        if (*s == '.') {
            if (digits < 1 || digits > 3) return false;
            digits = 0;
            dots++;
        } else if (isdigit((unsigned char)*s)) {
            digits++;
        } else {
            return false;
        }
    }
    return dots == 2 && digits >= 1 && digits <= 3;
}

Test(profile, each_cause_has_a_status_code_of_rfc_3463)
{
    for (size_t i = 0; i < mta_profile_count; i++) {
        const struct mta_params *p = &mta_profiles[i]->params;
        for (int c = 0; c < CAUSE_COUNT; c++)
            cr_assert(is_status(p->status[c]), "%s: %s", mta_profiles[i]->profile.name, cause_name((enum cause)c));
        cr_assert_eq(p->status[CAUSE_NONE][0], '2');
        cr_assert(!p->expired_status || is_status(p->expired_status), "%s", mta_profiles[i]->profile.name);
    }
}

/* A code's class says what the MTA does: 4 tries again, 5 gives up (RFC 3463 section 2). */
Test(profile, the_class_of_a_code_agrees_with_what_the_mta_does)
{
    for (size_t i = 0; i < mta_profile_count; i++) {
        const struct mta_params *p = &mta_profiles[i]->params;
        for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++) {
            bool dns = c == CAUSE_DNS_TIMEOUT || c == CAUSE_DNS_SERVFAIL;
            bool bounces = dns ? p->on_dns_failure == DNS_FAILURE_BOUNCE : (p->permanent & CAUSE_BIT(c)) != 0;
            bool far =
                c == CAUSE_BLOCKED || c == CAUSE_MAILBOX_FULL; /* the far host's own code, whatever is made of it */
            if (!far)
                cr_assert_eq(p->status[c][0], bounces ? '5' : '4', "%s: %s", mta_profiles[i]->profile.name,
                             cause_name((enum cause)c));
        }
    }
}

/* Postfix 3.12-20260821, src/global/mail_params.h; some of it measured on Postfix 3.7.11. */
Test(profile, postfix_has_the_defaults_of_its_source)
{
    const struct mta_params *p = &mta_profile_find("postfix")->params;
    cr_assert_eq(p->minimal_backoff_time, 300 * SIM_SECOND);
    cr_assert_eq(p->maximal_backoff_time, 4000 * SIM_SECOND);
    cr_assert_eq(p->queue_run_delay, 300 * SIM_SECOND);
    cr_assert_eq(p->maximal_queue_lifetime, 5 * SIM_DAY);
    cr_assert_eq(p->delay_warnings.items[0], 0);
    cr_assert_eq(p->timeout[STEP_CONNECT], 30 * SIM_SECOND);
    cr_assert_eq(p->mx_address_limit, 5);
    cr_assert_eq(p->mx_session_limit, 2);
    cr_assert_eq(p->process_limit, 100);
    cr_assert_eq(p->destination_concurrency, 20);
    cr_assert_eq(p->initial_concurrency, 5);
    cr_assert_eq(p->failed_cohort_limit, 1);
    cr_assert_eq(p->connection_cache, 2 * SIM_SECOND);
    cr_assert_str_eq(p->status[CAUSE_DNS_NXDOMAIN], "5.4.4");
    cr_assert_str_eq(p->status[CAUSE_DNS_TIMEOUT], "4.4.3");
}

Test(profile, profiles_are_found_by_their_exact_name)
{
    for (size_t i = 0; i < mta_profile_count; i++)
        cr_assert_eq(mta_profile_find(mta_profiles[i]->profile.name), mta_profiles[i]);
    for (size_t i = 0; i < resolver_profile_count; i++)
        cr_assert_eq(resolver_profile_find(resolver_profiles[i]->profile.name), resolver_profiles[i]);
    cr_assert_null(mta_profile_find("Postfix"));
    cr_assert_null(mta_profile_find("postfi"));
    cr_assert_null(resolver_profile_find(""));
}

Test(profile, each_cause_and_dns_status_has_a_name_and_words)
{
    for (int c = 0; c < CAUSE_COUNT; c++) {
        cr_assert(cause_name((enum cause)c) && cause_words((enum cause)c));
        for (int k = 0; k < c; k++) cr_assert_str_neq(cause_name((enum cause)c), cause_name((enum cause)k));
    }
    for (int s = 0; s < DNS_STATUS_COUNT; s++) cr_assert(dns_status_name((enum dns_status)s));
}
