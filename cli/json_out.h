/* cli/json_out.h - JSON by hand, not through cJSON: numbers need one fixed form (10 significant digits, integers whole)
 * so that the same result is the same bytes everywhere, and cJSON's printer loses bits. */
#pragma once
#include "sim/stat.h"

#include <stdio.h>

/* text in quotes. */
void json_text(FILE *to, const char *text);

/* "name": "text", followed by end. */
void json_pair(FILE *to, const char *name, const char *text, const char *end);

/* The members value, low, high and method; null where there is none. */
void json_estimate(FILE *to, struct estimate e);

/* The member left_out, the last one of its object. */
void json_left_out(FILE *to);

/* A field of CSV, in quotes where it needs them (RFC 4180). */
void csv_text(FILE *to, const char *text);

/* value,low,high: empty where there is none. */
void csv_estimate(FILE *to, const struct estimate *e);
