/* cli/verb_profiles.c - mxsim profiles: what is built in, and how we know. */
#include "cli/options.h"
#include "cli/words.h"
#include "models/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static char *phase_text(sim_time phase, char buf[64])
{
    if (phase != PHASE_RANDOM) return words_span(phase, buf);
    snprintf(buf, 64, "random");
    return buf;
}

static void print_spans(const struct span_list *list)
{
    char text[64];
    if (list->count == 0) printf("0s");
    for (uint32_t i = 0; i < list->count; i++) printf("%s%s", i ? ", " : "", words_span(list->items[i], text));
}

static const char *choice_of(const struct param *param, const void *at)
{
    int choice;
    memcpy(&choice, at, sizeof choice);
    return param->choices[choice];
}

static void print_value(const struct param *param, const void *params)
{
    const void *at = (const char *)params + param->offset;
    char text[RETRY_RULES_TEXT];
    switch (param->type) {
    case PARAM_DURATION: printf("%s", words_span(*(const sim_time *)at, text)); break;
    case PARAM_PHASE: printf("%s", phase_text(*(const sim_time *)at, text)); break;
    case PARAM_SPANS: print_spans(at); break;
    case PARAM_COUNT: printf("%" PRIu32, *(const uint32_t *)at); break;
    case PARAM_NUMBER: printf("%g", *(const double *)at); break;
    case PARAM_BOOL: printf("%s", *(const bool *)at ? "true" : "false"); break;
    case PARAM_CHOICE: printf("%s", choice_of(param, at)); break;
    case PARAM_RULES: printf("%s", retry_rules_text(at, text)); break;
    }
}

static const char *unit_of(const struct param *param)
{
    switch (param->type) {
    case PARAM_DURATION:
    case PARAM_PHASE:
    case PARAM_SPANS: return "time";
    case PARAM_COUNT: return "count";
    case PARAM_NUMBER: return "number";
    case PARAM_BOOL: return "true or false";
    case PARAM_CHOICE: return "word";
    case PARAM_RULES: return "rules";
    }
    return "";
}

static void print_profile(const struct profile *p, const char *kind, const void *params)
{
    printf("%s: %s (%s)\n", p->name, p->what, kind);
    for (size_t i = 0; i < p->count; i++) {
        const struct param *param = &p->table[i];
        printf("\n  %s = ", param->name);
        print_value(param, params);
        printf("   (%s)\n    %s\n    %s: %s\n", unit_of(param), param->what, certainty_name(param->certainty),
               param->source);
    }
}

/* What the MTA makes of each end of an attempt. */
enum then { THEN_BOUNCE, THEN_NEXT_HOST_OR_BOUNCE, THEN_NEXT_HOST, THEN_DEFER };

static enum then then_of(const struct mta_params *p, enum cause cause)
{
    bool dns = cause == CAUSE_DNS_TIMEOUT || cause == CAUSE_DNS_SERVFAIL;
    bool bounce = dns ? p->on_dns_failure == DNS_FAILURE_BOUNCE : (p->permanent & CAUSE_BIT(cause)) != 0;
    if (p->next_host & CAUSE_BIT(cause)) return bounce ? THEN_NEXT_HOST_OR_BOUNCE : THEN_NEXT_HOST;
    return bounce ? THEN_BOUNCE : THEN_DEFER;
}

static void print_outcomes(const struct mta_params *p)
{
    static const char *const words[] = {[THEN_BOUNCE] = "returned to the sender",
                                        [THEN_NEXT_HOST_OR_BOUNCE] = "next MX host; after the last, returned",
                                        [THEN_NEXT_HOST] = "next MX host, or kept for later",
                                        [THEN_DEFER] = "kept for later"};
    printf("\n  what an attempt's end means%*s code    then\n", 11, "");
    for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++)
        printf("    %-36s %-7s %s\n", cause_name((enum cause)c), p->status[c], words[then_of(p, (enum cause)c)]);
}

static void print_list(void)
{
    printf("MTAs:\n");
    for (size_t i = 0; i < mta_profile_count; i++)
        printf("  %-15s %s\n", mta_profiles[i]->profile.name, mta_profiles[i]->profile.what);
    printf("resolvers:\n");
    for (size_t i = 0; i < resolver_profile_count; i++)
        printf("  %-15s %s\n", resolver_profiles[i]->profile.name, resolver_profiles[i]->profile.what);
    printf("name servers, as secondaries:\n");
    for (size_t i = 0; i < secondary_profile_count; i++)
        printf("  %-15s %s\n", secondary_profiles[i]->profile.name, secondary_profiles[i]->profile.what);
    printf("\nmxsim profiles NAME prints every parameter with its source.\n");
}

/* ---- as JSON, "mxsim-profiles-1": docs/result-format.md ---- */

static void put_text(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') putchar('\\');
        putchar(*text);
    }
    putchar('"');
}

static void put_pair(const char *name, const char *text)
{
    printf("\"%s\": ", name);
    put_text(text);
}

static const char *type_name(enum param_type type)
{
    static const char *const names[] = {
        [PARAM_DURATION] = "duration", [PARAM_PHASE] = "phase", [PARAM_SPANS] = "durations", [PARAM_COUNT] = "count",
        [PARAM_NUMBER] = "number",     [PARAM_BOOL] = "bool",   [PARAM_CHOICE] = "choice",   [PARAM_RULES] = "rules"};
    return names[type];
}

static void put_value(const struct param *param, const void *params)
{
    const void *at = (const char *)params + param->offset;
    const struct span_list *list = at;
    char text[64];
    printf("\"value\": ");
    if (param->type == PARAM_COUNT || param->type == PARAM_NUMBER || param->type == PARAM_BOOL) {
        print_value(param, params);
    } else if (param->type == PARAM_SPANS) {
        printf("[");
        for (uint32_t i = 0; i < list->count; i++) printf("%s\"%s\"", i ? ", " : "", words_span(list->items[i], text));
        printf("]");
    } else {
        printf("\"");
        print_value(param, params);
        printf("\"");
    }
}

static void put_bounds(const struct param *param)
{
    char least[64], most[64];
    switch (param->type) {
    case PARAM_DURATION:
    case PARAM_PHASE:
    case PARAM_SPANS:
        printf(", \"min\": \"%s\", \"max\": \"%s\"", words_span(param->min, least), words_span(param->max, most));
        break;
    case PARAM_COUNT: printf(", \"min\": %" PRId64 ", \"max\": %" PRId64, param->min, param->max); break;
    case PARAM_NUMBER:
        printf(", \"min\": %g, \"max\": %g", (double)param->min / 1000, (double)param->max / 1000);
        break;
    case PARAM_CHOICE:
        printf(", \"choices\": [");
        for (int i = 0; param->choices[i]; i++) printf("%s\"%s\"", i ? ", " : "", param->choices[i]);
        printf("]");
        break;
    case PARAM_BOOL:
    case PARAM_RULES: break;
    }
}

static void put_profile(const struct profile *p, const void *params)
{
    printf("    {");
    put_pair("name", p->name);
    printf(",\n     ");
    put_pair("what", p->what);
    printf(",\n     \"parameters\": [");
    for (size_t i = 0; i < p->count; i++) {
        const struct param *param = &p->table[i];
        printf("%s\n      {", i ? "," : "");
        put_pair("name", param->name);
        printf(", ");
        put_pair("type", type_name(param->type));
        printf(", ");
        put_value(param, params);
        printf(", ");
        put_pair("unit", unit_of(param));
        put_bounds(param);
        printf(",\n       ");
        put_pair("what", param->what);
        printf(",\n       ");
        put_pair("certainty", certainty_name(param->certainty));
        printf(", ");
        put_pair("source", param->source);
        printf("}");
    }
    printf("\n     ]");
}

static void put_outcomes(const struct mta_params *p)
{
    static const char *const words[] = {[THEN_BOUNCE] = "bounce",
                                        [THEN_NEXT_HOST_OR_BOUNCE] = "next_host_or_bounce",
                                        [THEN_NEXT_HOST] = "next_host",
                                        [THEN_DEFER] = "defer"};
    printf(",\n     \"outcomes\": [");
    for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++)
        printf("%s\n      {\"cause\": \"%s\", \"status\": \"%s\", \"then\": \"%s\"}", c > CAUSE_NONE + 1 ? "," : "",
               cause_name((enum cause)c), p->status[c], words[then_of(p, (enum cause)c)]);
    printf("\n     ],\n     \"expired_status\": ");
    if (p->expired_status)
        put_text(p->expired_status);
    else
        printf("null");
}

/* All profiles, or the one of this name. */
static void put_profiles(const char *name)
{
    bool any = false;
    printf("{\n  \"format\": \"mxsim-profiles-1\",\n  \"version\": \"%s\",\n  \"mtas\": [", MXSIM_VERSION);
    for (size_t i = 0; i < mta_profile_count; i++) {
        const struct profile *p = &mta_profiles[i]->profile;
        if (name && strcmp(name, p->name) != 0) continue;
        printf("%s\n", any ? "," : "");
        any = true;
        put_profile(p, &mta_profiles[i]->params);
        put_outcomes(&mta_profiles[i]->params);
        printf("}");
    }
    printf("%s],\n  \"resolvers\": [", any ? "\n  " : "");
    any = false;
    for (size_t i = 0; i < resolver_profile_count; i++) {
        const struct profile *p = &resolver_profiles[i]->profile;
        if (name && strcmp(name, p->name) != 0) continue;
        printf("%s\n", any ? "," : "");
        any = true;
        put_profile(p, &resolver_profiles[i]->params);
        printf("}");
    }
    printf("%s],\n  \"name_servers\": [", any ? "\n  " : "");
    any = false;
    for (size_t i = 0; i < secondary_profile_count; i++) {
        const struct profile *p = &secondary_profiles[i]->profile;
        if (name && strcmp(name, p->name) != 0) continue;
        printf("%s\n", any ? "," : "");
        any = true;
        put_profile(p, &secondary_profiles[i]->params);
        printf("}");
    }
    printf("%s]\n}\n", any ? "\n  " : "");
}

int verb_profiles(const struct options *o)
{
    const char *name = o->file_count > 0 ? o->files[0] : NULL;
    const struct mta_profile *mta = name ? mta_profile_find(name) : NULL;
    const struct resolver_profile *resolver = name ? resolver_profile_find(name) : NULL;
    const struct secondary_profile *secondary = name ? secondary_profile_find(name) : NULL;
    if (o->format == FORMAT_CSV) {
        fprintf(stderr, "mxsim profiles: no csv here, but table and json\n");
        return EXIT_BAD_INPUT;
    }
    if (name && !mta && !resolver && !secondary) {
        fprintf(stderr, "mxsim profiles: no profile \"%s\"; mxsim profiles lists them\n", name);
        return EXIT_BAD_INPUT;
    }
    if (o->format == FORMAT_JSON) {
        put_profiles(name);
    } else if (!name) {
        print_list();
    } else { /* a resolver and a name server may share a name */
        if (mta) print_profile(&mta->profile, "MTA", &mta->params);
        if (mta) print_outcomes(&mta->params);
        if (resolver) print_profile(&resolver->profile, "resolver", &resolver->params);
        if (resolver && secondary) printf("\n");
        if (secondary) print_profile(&secondary->profile, "name server, as a secondary", &secondary->params);
    }
    return EXIT_DONE;
}
