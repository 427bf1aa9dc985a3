/* cli/verb_check.c - mxsim check. */
#include "cli/options.h"
#include "cli/scenario.h"

#include <stdio.h>

int verb_check(const struct options *o)
{
    int code = EXIT_DONE;
    for (int i = 0; i < o->file_count; i++) {
        struct scenario s;
        if (scenario_open(&s, o->files[i], o))
            printf("%s: ok\n", o->files[i]);
        else
            code = EXIT_BAD_INPUT;
        scenario_close(&s);
    }
    return code;
}
