/* models/params.c - see models/params.h. */
#include "models/params.h"

#include <string.h>

const char *certainty_name(enum certainty certainty)
{
    static const char *const names[] = {[DEFINITION] = "definition",
                                        [MEASURED] = "measured",
                                        [SOURCE_READ] = "source read",
                                        [SECOND_HAND] = "second hand",
                                        [GUESSED] = "guessed"};
    return names[certainty];
}

const struct param *param_find(const struct param *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0) return &table[i];
    return NULL;
}
