/* scenarios/json_scan.h - the strict scanner behind scenarios/json_text.h. */
#pragma once
#include "scenarios/json_text.h"

/* Goes through text[0 .. size): on success places (owned by the caller, as blank is) hold every value in document
 * order, without their nodes, and blank is an ended copy of the text with spaces where comments were. False and one
 * error in errors if it is not JSON in UTF-8 within the limits. */
bool json_scan(const char *text, size_t size, struct json_text *json, char **blank, struct error_list *errors);
