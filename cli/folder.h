/* cli/folder.h - the folder of `run -o DIR`: result.json, tidy CSV, gnuplot scripts. */
#pragma once
#include "cli/print.h"

/* Before the run: makes the folder if need be and sees that result, the last file to be written, can be written there.
 * A folder that holds one is not overwritten. False: the reason was told. */
bool folder_prepare(const char *path, const char *result);

/* Writes one file under a temporary name, then gives it its name: a reader sees it whole or not at all. False: the
 * reason was told. */
bool folder_put(const char *path, const char *file, void (*print)(FILE *to, const void *context), const void *context);

/* Writes the gnuplot script of that name. */
bool folder_put_script(const char *path, const char *name);

/* After the run: writes all files, each under a temporary name first. False: the reason was told. */
bool folder_write(const char *path, const struct scenario *s, const struct options *o, const struct simulation *sim);
