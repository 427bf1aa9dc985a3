/* scenarios/edit_value.h - the value of an edit: JSON as it is, and text that need not be in quotes. */
#pragma once
#include "scenarios/errors.h"
#include "scenarios/json_text.h"

/* What one types as JSON on one line: JSON without blanks and comments, all else as a string. Null if it is neither:
 * it begins as JSON that only JSON can be ({ [ ") and is none, or is not UTF-8; said then tells. The caller frees it
 * with mem_free. */
char *edit_value_read(const char *typed, char said[ERROR_TEXT_MAX]);

/* The other way: node of json as one would type it, which edit_value_read reads as the same again. The caller frees it
 * with mem_free. */
char *edit_value_typed(const struct json_text *json, const cJSON *node);
