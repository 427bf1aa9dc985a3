/* models/left_out.h - what the model leaves out, in words: printed beside every result, and in docs/model.md. */
#pragma once

/* Null-terminated. */
extern const char *const left_out[];
