/* cli/folder.h - the folder of `run -o DIR`: result.json, tidy CSV, gnuplot scripts. */
#pragma once
#include "cli/print.h"

/* Before the run: makes the folder if need be and sees that a result can be written there. A folder that holds a result
 * is not overwritten. False: the reason was told. */
bool folder_prepare(const char *path);

/* After the run: writes all files, each under a temporary name first. False: the reason was told. */
bool folder_write(const char *path, const struct scenario *s, const struct options *o, const struct simulation *sim);
