/* scenarios/load.h - the one door from text to a world: a scenario in, a world_spec or all its mistakes out.
 *
 * Takes text, never files. Knows no globals: two threads may load at once. The language is described in
 * docs/scenario-language.md; mxsim-scenario-1.schema.json says the same to editors. */
#pragma once
#include "models/spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENARIO_FORMAT     "mxsim-scenario-1"
#define SCENARIO_SIZE_MAX   (4u << 20) /* bytes of text */
#define SCENARIO_ERRORS_MAX 100        /* mistakes kept; more are counted only */

/* One mistake, or one warning (the text loads all the same, but hardly means what it says). Where a text was edited
 * (scenarios/edit.h), places are those of the text before, which people have before them. */
struct load_error {
    int line, column; /* from 1; the column counts characters. 0: it lies in what the edit put there */
    int edit;         /* the edit that it lies in, or that brought it about; -1: it is the text's own */
    bool warning;
    char *pointer; /* JSON Pointer (RFC 6901) of the value; "" is the whole text, and every syntax error */
    char *text;    /* "what is wrong, expected what"; UTF-8 without control characters */
    char *typed;   /* KEY=VALUE of the edit, cut and printable as text is; null: no edit */
};

/* All of one text, sorted by position; then those inside of edits, in their order. A syntax error stands alone: what
 * follows it cannot be read. */
struct load_errors {
    struct load_error *items;
    size_t count;
    size_t omitted; /* how many more there were */
};

/* A loaded scenario: owns the spec and all it points to. */
struct loaded;

/* Reads text[0 .. size), which is not changed and not kept. errors need not be initialised and always is, after; the
 * caller frees it with load_errors_free. Returns null if there is any error that is not a warning. */
struct loaded *scenario_load(const char *text, size_t size, struct load_errors *errors);

/* Valid until loaded_free. */
const struct world_spec *loaded_spec(const struct loaded *loaded);
/* null is fine for both. */
void loaded_free(struct loaded *loaded);
void load_errors_free(struct load_errors *errors);

/* Writes "file:line:column: /json/pointer: what, expected what" ("warning: " before the what where it is one), without
 * a newline and always ended, into buffer. Inside of an edit it is "file: KEY=VALUE: /json/pointer: what, expected
 * what"; what an edit brought about elsewhere ends in " (with KEY=VALUE)". Returns the length that the whole line has,
 * as snprintf does. */
size_t load_error_print(const struct load_error *error, const char *file, char *buffer, size_t size);

/* FNV-1a, 64 bits, of the bytes: the scenario's mark in results. */
uint64_t scenario_hash(const char *text, size_t size);
