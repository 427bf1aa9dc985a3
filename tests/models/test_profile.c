/* tests/models/test_profile.c - profiles are data: complete, within their bounds, and each value with its source. */
#include "models/profile.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

static bool known(const char *certainty)
{
    static const char *const words[] = {"measured", "source read", "second hand", "guessed", "definition"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(certainty, words[i]) == 0) return true;
    return false;
}

/* Each parameter of the table is named exactly once, with a source in words, and nothing else is named. */
static void check_sources(const struct profile *p, const struct param *table, size_t count)
{
    size_t sources = 0;
    for (const struct param_source *s = p->sources; s->param; s++, sources++) {
        cr_assert(known(s->certainty), "%s: %s: certainty %s", p->name, s->param, s->certainty);
        cr_assert(s->source && strlen(s->source) > 3, "%s: %s has no source", p->name, s->param);
    }
    for (size_t i = 0; i < count; i++) {
        int named = 0;
        for (const struct param_source *s = p->sources; s->param; s++) named += strcmp(s->param, table[i].name) == 0;
        cr_assert_eq(named, 1, "%s names %s %d times", p->name, table[i].name, named);
    }
    cr_assert_eq(sources, count, "%s names a parameter that does not exist", p->name);
}

static void check_choice(const char *profile, const struct param *param, int value)
{
    int words = 0;
    while (param->choices[words]) words++;
    cr_assert(value >= 0 && value < words, "%s: %s is %d of %d", profile, param->name, value, words);
}

static void check_gaps(const char *profile, const struct param *param, const struct mta_params *p)
{
    cr_assert(p->retry_gap_count >= 1 && p->retry_gap_count <= RETRY_GAPS_MAX, "%s", profile);
    for (uint32_t i = 0; i < p->retry_gap_count; i++)
        cr_assert(p->retry_gaps[i] >= param->min && p->retry_gaps[i] <= param->max, "%s: gap %u", profile, i);
}

static void check_bounds(const char *profile, const struct param *param, const void *params)
{
    const char *at = (const char *)params + param->offset;
    sim_time span;
    uint32_t count;
    int choice;
    memcpy(&choice, at, sizeof choice);
    memcpy(&count, at, sizeof count);
    switch (param->type) {
    case PARAM_DURATION:
        memcpy(&span, at, sizeof span);
        cr_assert(span >= param->min && span <= param->max, "%s: %s is out of its bounds", profile, param->name);
        break;
    case PARAM_COUNT:
        cr_assert(count >= param->min && count <= param->max, "%s: %s is out of its bounds", profile, param->name);
        break;
    case PARAM_BOOL: cr_assert(*at == 0 || *at == 1); break;
    case PARAM_CHOICE: check_choice(profile, param, choice); break;
    case PARAM_GAPS: check_gaps(profile, param, params); break;
    }
}

Test(profile, each_mta_parameter_has_one_source)
{
    for (size_t i = 0; i < mta_profile_count; i++)
        check_sources(&mta_profiles[i].profile, mta_param_table, mta_param_count);
}

Test(profile, each_resolver_parameter_has_one_source)
{
    for (size_t i = 0; i < resolver_profile_count; i++)
        check_sources(&resolver_profiles[i].profile, resolver_param_table, resolver_param_count);
}

Test(profile, each_default_lies_within_its_bounds)
{
    for (size_t i = 0; i < mta_profile_count; i++)
        for (size_t k = 0; k < mta_param_count; k++)
            check_bounds(mta_profiles[i].profile.name, &mta_param_table[k], &mta_profiles[i].params);
    for (size_t i = 0; i < resolver_profile_count; i++)
        for (size_t k = 0; k < resolver_param_count; k++)
            check_bounds(resolver_profiles[i].profile.name, &resolver_param_table[k], &resolver_profiles[i].params);
}

Test(profile, each_parameter_is_described_and_named_once)
{
    for (size_t i = 0; i < mta_param_count; i++) {
        cr_assert(mta_param_table[i].what && strlen(mta_param_table[i].what) > 10, "%s", mta_param_table[i].name);
        for (size_t k = 0; k < i; k++) cr_assert_str_neq(mta_param_table[i].name, mta_param_table[k].name);
    }
    for (size_t i = 0; i < resolver_param_count; i++) {
        cr_assert(resolver_param_table[i].what && strlen(resolver_param_table[i].what) > 10);
        for (size_t k = 0; k < i; k++) cr_assert_str_neq(resolver_param_table[i].name, resolver_param_table[k].name);
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
    for (size_t i = 0; i < mta_profile_count; i++)
        for (int c = 0; c < CAUSE_COUNT; c++)
            cr_assert(is_status(mta_profiles[i].params.status[c]), "%s: %s", mta_profiles[i].profile.name,
                      cause_name((enum cause)c));
}

/* A code's class says what the MTA does: 4 tries again, 5 gives up (RFC 3463 section 2). */
Test(profile, the_class_of_a_code_agrees_with_what_the_mta_does)
{
    static const enum cause for_now[] = {CAUSE_CONNECT_REFUSED, CAUSE_CONNECT_TIMEOUT, CAUSE_SESSION_LOST,
                                         CAUSE_HOST_BUSY, CAUSE_TEMPFAIL},
                            for_good[] = {CAUSE_DNS_NXDOMAIN, CAUSE_DNS_NODATA, CAUSE_NULL_MX,     CAUSE_MX_NO_ADDRESS,
                                          CAUSE_MX_LOOP,      CAUSE_REJECTED,   CAUSE_USER_UNKNOWN};
    for (size_t i = 0; i < mta_profile_count; i++) {
        const struct mta_params *p = &mta_profiles[i].params;
        char dns = p->on_dns_failure == DNS_FAILURE_BOUNCE ? '5' : '4';
        for (int c = 0; c < 5; c++) cr_assert_eq(p->status[for_now[c]][0], '4');
        for (int c = 0; c < 7; c++) cr_assert_eq(p->status[for_good[c]][0], '5');
        cr_assert_eq(p->status[CAUSE_DNS_TIMEOUT][0], dns);
        cr_assert_eq(p->status[CAUSE_DNS_SERVFAIL][0], dns);
        cr_assert_eq(p->status[CAUSE_NONE][0], '2');
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
    cr_assert_eq(p->delay_warning_time, 0);
    cr_assert_eq(p->smtp_connect_timeout, 30 * SIM_SECOND);
    cr_assert_eq(p->smtp_mx_address_limit, 5);
    cr_assert_eq(p->smtp_mx_session_limit, 2);
    cr_assert_str_eq(p->status[CAUSE_DNS_NXDOMAIN], "5.4.4");
    cr_assert_str_eq(p->status[CAUSE_DNS_TIMEOUT], "4.4.3");
}

Test(profile, profiles_are_found_by_their_exact_name)
{
    for (size_t i = 0; i < mta_profile_count; i++)
        cr_assert_eq(mta_profile_find(mta_profiles[i].profile.name), &mta_profiles[i]);
    for (size_t i = 0; i < resolver_profile_count; i++)
        cr_assert_eq(resolver_profile_find(resolver_profiles[i].profile.name), &resolver_profiles[i]);
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
