/* tests/scenarios/test_schema.c - the schema file names every parameter of every profile's table, with its words, and
 * docs/scenario-language.md every metric and profile.
 *
 * That part of the schema is generated, and what it names is known to the loader: tests/scenarios/check_schema.py. */
#include "models/metric.h"
#include "models/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char schema[1 << 18], page[1 << 18];

static void read_file(const char *path, char *text, size_t room)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file);
    size_t size = fread(text, 1, room - 1, file);
    fclose(file);
    cr_assert(size > 0 && size < room - 1);
    text[size] = '\0';
}

static void read_schema(void)
{
    read_file(MXSIM_SOURCE_DIR "/scenarios/mxsim-scenario-1.schema.json", schema, sizeof schema);
    read_file(MXSIM_SOURCE_DIR "/docs/scenario-language.md", page, sizeof page);
}

/* The definition of one profile has each key of its table, with its bounds and words. */
static void check_profile(const char *kind, const struct profile *p)
{
    char key[128], bounds[128];
    snprintf(key, sizeof key, "\n    \"%s_%s\": {", kind, p->name);
    const char *from = strstr(schema, key);
    cr_assert_not_null(from, "%s", key);
    const char *end = strstr(from + 1, "\n    }");
    cr_assert_not_null(end);
    for (size_t i = 0; i < p->count; i++) {
        const struct param *param = &p->table[i];
        snprintf(key, sizeof key, "\"%s\": {", param->name);
        const char *at = strstr(from, key);
        cr_assert(at && at < end, "%s: %s is not in the schema", p->name, key);
        snprintf(bounds, sizeof bounds, "\"maximum\": %lld", (long long)param->max);
        const char *found = strstr(at, bounds);
        if (param->type == PARAM_COUNT) cr_assert(found && found - at < 300, "%s: %s", param->name, bounds);
        for (size_t k = 0; param->choices && param->choices[k]; k++) {
            snprintf(key, sizeof key, "\"%s\"", param->choices[k]);
            found = strstr(at, key);
            cr_assert(found && found - at < 300, "%s: no %s", param->name, key);
        }
    }
}

Test(schema, names_every_parameter_of_every_profile, .init = read_schema)
{
    for (size_t i = 0; i < mta_profile_count; i++) check_profile("mta", &mta_profiles[i]->profile);
    for (size_t i = 0; i < resolver_profile_count; i++) check_profile("resolver", &resolver_profiles[i]->profile);
}

Test(schema, names_every_profile, .init = read_schema)
{
    char name[128];
    for (size_t i = 0; i < mta_profile_count; i++) {
        snprintf(name, sizeof name, "\"%s\"", mta_profiles[i]->profile.name);
        cr_assert_not_null(strstr(strstr(schema, "\"mta_profile\": {"), name), "%s", name);
        cr_assert_not_null(strstr(page, name), "%s is not in the page", name);
    }
    for (size_t i = 0; i < resolver_profile_count; i++) {
        snprintf(name, sizeof name, "\"%s\"", resolver_profiles[i]->profile.name);
        cr_assert_not_null(strstr(strstr(schema, "\"resolver_profile\": {"), name), "%s", name);
        cr_assert_not_null(strstr(page, name), "%s is not in the page", name);
    }
}

Test(schema, the_page_lists_every_metric_with_its_unit, .init = read_schema)
{
    static const char *const units[] = {[UNIT_SHARE] = "share", [UNIT_SECONDS] = "duration", [UNIT_COUNT] = "number"};
    for (size_t i = 0; i < metric_count; i++) {
        char row[256];
        snprintf(row, sizeof row, "| `%s` | %s |", metrics[i].name, units[metrics[i].unit]);
        cr_assert_not_null(strstr(page, row), "%s is not in the page", row);
    }
}
