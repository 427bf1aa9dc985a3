/* tests/scenarios/test_schema.c - the schema file names every parameter and profile of the tables, with its words, and
 * docs/scenario-language.md every metric and profile.
 *
 * What the schema names is known to the loader: tests/scenarios/check_schema.py. */
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

static void check_params(const char *section, const struct param *table, size_t count)
{
    const char *from = strstr(schema, section);
    cr_assert_not_null(from);
    for (size_t i = 0; i < count; i++) {
        char key[128], bounds[128];
        snprintf(key, sizeof key, "\"%s\": {", table[i].name);
        const char *at = strstr(from, key);
        cr_assert_not_null(at, "%s is not in the schema", key);
        snprintf(bounds, sizeof bounds, "\"maximum\": %lld", (long long)table[i].max);
        const char *found = strstr(at, bounds);
        if (table[i].type == PARAM_COUNT) cr_assert(found && found - at < 300, "%s: %s", table[i].name, bounds);
        for (size_t k = 0; table[i].choices && table[i].choices[k]; k++) {
            snprintf(key, sizeof key, "\"%s\"", table[i].choices[k]);
            found = strstr(at, key);
            cr_assert(found && found - at < 300, "%s: no %s", table[i].name, key);
        }
    }
}

Test(schema, names_every_parameter, .init = read_schema)
{
    check_params("\"mta\": {", mta_param_table, mta_param_count);
    check_params("\"resolver\": {\n", resolver_param_table, resolver_param_count);
}

Test(schema, names_every_profile, .init = read_schema)
{
    char name[128];
    for (size_t i = 0; i < mta_profile_count; i++) {
        snprintf(name, sizeof name, "\"%s\"", mta_profiles[i].profile.name);
        cr_assert_not_null(strstr(strstr(schema, "\"mta_profile\": {"), name), "%s", name);
        cr_assert_not_null(strstr(page, name), "%s is not in the page", name);
    }
    for (size_t i = 0; i < resolver_profile_count; i++) {
        snprintf(name, sizeof name, "\"%s\"", resolver_profiles[i].profile.name);
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
