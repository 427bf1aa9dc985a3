/* tests/scenarios/texts.h - scenarios as texts, written with ' for ", and what the loader says of them. */
#pragma once
#include "scenarios/load.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static inline char *with_quotes(const char *text, char *buffer, size_t size)
{
    cr_assert_lt(strlen(text), size);
    strcpy(buffer, text);
    for (char *p = buffer; *p; p++)
        if (*p == '\'') *p = '"';
    return buffer;
}

static inline struct loaded *load(const char *text, struct load_errors *errors)
{
    char buffer[16384];
    with_quotes(text, buffer, sizeof buffer);
    return scenario_load(buffer, strlen(buffer), errors);
}

static inline struct loaded *load_good(const char *text)
{
    struct load_errors errors;
    struct loaded *loaded = load(text, &errors);
    cr_assert(loaded && errors.count == 0, "%s", errors.count ? errors.items[0].text : "?");
    load_errors_free(&errors);
    return loaded;
}

/* All errors of text, one a line. */
static inline const char *errors_of(const char *text, bool loads)
{
    static char lines[65536];
    struct load_errors errors;
    struct loaded *loaded = load(text, &errors);
    size_t used = 0;
    lines[0] = '\0';
    for (size_t i = 0; i < errors.count; i++) {
        if (i) lines[used++] = '\n';
        used += load_error_print(&errors.items[i], "f", lines + used, sizeof lines - used);
    }
    for (char *p = lines; *p; p++)
        if (*p == '"') *p = '\'';
    cr_assert_eq(loaded != NULL, loads, "%s", lines);
    loaded_free(loaded);
    load_errors_free(&errors);
    return lines;
}

#define HEAD        "{ 'format': 'mxsim-scenario-1', 'name': 'n',\n"
#define STAFF       "'clients': { 'staff': { 'to': 'joe@example.com', 'rate': '60/h' } },\n"
#define ZONE        "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 } } }"
#define ZONES(more) HEAD STAFF "'zones': { 'example.com': { " more " } }"
#define WITH(more)  HEAD STAFF ZONE ",\n" more " }"

#define FAULT(more) WITH("'faults': [ { " more " } ]")

struct mistake {
    const char *text, *errors;
};

static inline void answered(const struct mistake *rows, size_t count, bool loads)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = errors_of(rows[i].text, loads);
        cr_assert_str_eq(got, rows[i].errors, "\n%s\ngave\n%s\nnot\n%s", rows[i].text, got, rows[i].errors);
    }
}
#define REFUSED(rows) answered(rows, sizeof rows / sizeof *rows, false)
#define WARNED(rows)  answered(rows, sizeof rows / sizeof *rows, true)
