/* scenarios/value.h - the small texts inside a scenario: spans of time, rates, shares, domains, addresses.
 *
 * Pure functions of text. Each returns null and fills its result, or what is wrong as words that follow the text:
 * "is negative", "has no unit". No locale, no rounding of spans: "2.5s" is 2,500,000,000 ns. */
#pragma once
#include "sim/vtime.h"

#include <stdbool.h>
#include <stdint.h>

/* One or more numbers with units, the larger unit first: "40ms", "2.5s", "1h30m", "5d". Units: ns us ms s m h d w.
 * At most SIM_LONGEST; whole nanoseconds. */
const char *value_duration(const char *text, sim_time *span);

/* A plain number, 0 or more, without a unit: "0.001", "12". At most 15 digits. */
const char *value_number(const char *text, double *number);

/* A number > 0 per s, m, h, d or w: "60/h". Result per second. */
const char *value_rate(const char *text, double *per_second);

/* A whole number > 0 per s, m, h, d or w: "60/m". */
const char *value_quota(const char *text, uint32_t *count, sim_time *per);

/* "3%", "0.5%": 0 to 100 percent. Result 0 .. 1. */
const char *value_percent(const char *text, double *share);

/* A domain name as in a zone: labels of a-z 0-9 - _ (lower case), 63 bytes each, 253 in all, no final dot. */
const char *value_domain(const char *text);

/* "local@domain" (RFC 5321, without quoted local parts; the domain in any case). Fills at with the offset of the @. */
const char *value_address(const char *text, int *at);

/* A name for an MTA, a resolver, a client: 1 to 100 bytes without control characters or blanks at its ends. */
const char *value_name(const char *text);

/* Has text nothing in it that commands a terminal or turns the direction of writing (C0, DEL, C1, bidi controls)?
 * lines: line ends and tabs are fine. */
bool text_is_plain(const char *text, bool lines);
