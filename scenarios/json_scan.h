/* scenarios/json_scan.h - the strict scanner behind scenarios/json_text.h. */
#pragma once
#include "scenarios/json_text.h"

/* Goes through text[0 .. size) and fills json but for its tree: the places hold every value in document order, without
 * their nodes. json need not be initialised; the caller frees it with json_text_free in either case. False and one
 * error in errors if it is not JSON in UTF-8 within the limits. */
bool json_scan(const char *text, size_t size, struct json_text *json, struct error_list *errors);
