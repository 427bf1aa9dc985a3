/* models/profile.c - see models/profile.h. */
#include "models/profile.h"

#include "models/profiles/tables.h"

#include <string.h>

const char *const on_dns_failure_words[] = {"defer", "bounce", NULL};
/* Declared in models/profiles/resolver_tables.h, whose row macros have the names of those in tables.h. */
extern const struct resolver_profile profile_pdns, profile_knot, profile_plain;
/* And in models/profiles/secondary_tables.h. */
extern const char *const jitter_choices[], *const expired_wait_choices[], *const restart_wait_choices[],
                                                                              *const transport_choices[];
const char *const jitter_choices[] = {"none", "tenth", "quarter", NULL};
const char *const expired_wait_choices[] = {"as_before", "doubles", "squares", NULL};
const char *const restart_wait_choices[] = {"at_once", "as_planned", "within_retry", NULL};
const char *const transport_choices[] = {"tcp", "udp", NULL};

const struct mta_profile *const mta_profiles[] = {
    &profile_postfix, &profile_exim,     &profile_sendmail,        &profile_opensmtpd, &profile_qmail,
    &profile_haraka,  &profile_kumomta,  &profile_postal,          &profile_stalwart,  &profile_maddy,
    &profile_zonemta, &profile_exchange, &profile_exchange_online, &profile_gmail,     &profile_sendgrid,
    &profile_mailgun, &profile_ses,      &profile_rfc5321,         &profile_classic,
};
/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
const size_t mta_profile_count = sizeof mta_profiles / sizeof *mta_profiles;

const struct resolver_profile *const resolver_profiles[] = {&profile_unbound, &profile_bind, &profile_pdns,
                                                            &profile_knot, &profile_plain};
/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
const size_t resolver_profile_count = sizeof resolver_profiles / sizeof *resolver_profiles;

extern const struct secondary_profile profile_nsd, profile_knotd, profile_named; /* models/profiles/ */
const struct secondary_profile *const secondary_profiles[] = {&profile_nsd, &profile_knotd, &profile_named};
/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
const size_t secondary_profile_count = sizeof secondary_profiles / sizeof *secondary_profiles;

const struct mta_profile *mta_profile_find(const char *name)
{
    for (size_t i = 0; i < mta_profile_count; i++)
        if (strcmp(mta_profiles[i]->profile.name, name) == 0) return mta_profiles[i];
    return NULL;
}

const struct resolver_profile *resolver_profile_find(const char *name)
{
    for (size_t i = 0; i < resolver_profile_count; i++)
        if (strcmp(resolver_profiles[i]->profile.name, name) == 0) return resolver_profiles[i];
    return NULL;
}

const struct secondary_profile *secondary_profile_find(const char *name)
{
    for (size_t i = 0; i < secondary_profile_count; i++)
        if (strcmp(secondary_profiles[i]->profile.name, name) == 0) return secondary_profiles[i];
    return NULL;
}
