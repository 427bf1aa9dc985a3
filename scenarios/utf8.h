/* scenarios/utf8.h - is this UTF-8? (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF) */
#pragma once
#include <stddef.h>

/* The length in bytes of the character at text[0 .. left), left > 0; 0 if there is no valid one. */
size_t utf8_length(const char *text, size_t left);
