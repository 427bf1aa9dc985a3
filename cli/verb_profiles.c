/* cli/verb_profiles.c - mxsim profiles: what is built in, and how we know. */
#include "cli/options.h"
#include "models/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_gaps(const struct mta_params *p)
{
    char text[32];
    for (uint32_t i = 0; i < p->retry_gap_count; i++)
        printf("%s%s", i ? ", " : "", sim_time_text(p->retry_gaps[i], text));
}

static void print_value(const struct param *param, const void *params)
{
    const char *at = (const char *)params + param->offset;
    char text[32];
    int choice;
    switch (param->type) {
    case PARAM_DURATION: printf("%s", sim_time_text(*(const sim_time *)(const void *)at, text)); break;
    case PARAM_COUNT: printf("%" PRIu32, *(const uint32_t *)(const void *)at); break;
    case PARAM_BOOL: printf("%s", *(const bool *)at ? "true" : "false"); break;
    case PARAM_CHOICE:
        memcpy(&choice, at, sizeof choice);
        printf("%s", param->choices[choice]);
        break;
    case PARAM_GAPS: print_gaps(params); break;
    }
}

static void print_profile(const struct profile *p, const char *kind, const void *params, const struct param *table,
                          size_t count)
{
    printf("%s: %s (%s)\n", p->name, p->what, kind);
    for (size_t i = 0; i < count; i++) {
        printf("\n  %s = ", table[i].name);
        print_value(&table[i], params);
        printf("\n    %s\n", table[i].what);
        for (const struct param_source *s = p->sources; s->param; s++)
            if (strcmp(s->param, table[i].name) == 0) printf("    %s: %s\n", s->certainty, s->source);
    }
}

static void print_list(void)
{
    printf("MTAs:\n");
    for (size_t i = 0; i < mta_profile_count; i++)
        printf("  %-9s %s\n", mta_profiles[i].profile.name, mta_profiles[i].profile.what);
    printf("resolvers:\n");
    for (size_t i = 0; i < resolver_profile_count; i++)
        printf("  %-9s %s\n", resolver_profiles[i].profile.name, resolver_profiles[i].profile.what);
    printf("\nmxsim profiles NAME prints every parameter with its source.\n");
}

int verb_profiles(const struct options *o)
{
    if (o->file_count == 0) {
        print_list();
        return EXIT_DONE;
    }
    const struct mta_profile *mta = mta_profile_find(o->files[0]);
    const struct resolver_profile *resolver = resolver_profile_find(o->files[0]);
    if (mta)
        print_profile(&mta->profile, "MTA", &mta->params, mta_param_table, mta_param_count);
    else if (resolver)
        print_profile(&resolver->profile, "resolver", &resolver->params, resolver_param_table, resolver_param_count);
    else {
        fprintf(stderr, "mxsim profiles: no profile \"%s\"; mxsim profiles lists them\n", o->files[0]);
        return EXIT_BAD_INPUT;
    }
    return EXIT_DONE;
}
