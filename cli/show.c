/* cli/show.c - see cli/show.h. */
#include "cli/show.h"

#include "models/metric.h"
#include "scenarios/suggest.h"
#include "sim/mem.h"

#include <stdio.h>
#include <string.h>

static bool complain(const struct options *o, const char *name)
{
    char suggestion[512];
    const char **words = mem_zero(metric_count, sizeof *words); /* NOLINT(bugprone-sizeof-expression): pointers */
    for (size_t i = 0; i < metric_count; i++) words[i] = metrics[i].name;
    suggest_text(name, words, metric_count, "", suggestion, sizeof suggestion);
    fprintf(stderr, "mxsim %s: --show: no metric is called \"%.80s\", %s\n", o->verb, name, suggestion);
    mem_free(words);
    return false;
}

bool shown_read(struct shown *shown, const struct options *o)
{
    const char *text = o->show ? o->show : "bounce_rate,latency.mean,latency.p99";
    bool good = true;
    *shown = (struct shown){.count = 0};
    for (;;) {
        char name[128];
        size_t length = strcspn(text, ",");
        snprintf(name, sizeof name, "%.*s", (int)(length > 100 ? 100 : length), text);
        const struct metric *m = metric_find(name);
        if (!m)
            good = complain(o, name);
        else if (shown->count < SHOWN_MAX)
            shown->metrics[shown->count++] = (size_t)(m - metrics);
        if (text[length] == 0) return good;
        text += length + 1;
    }
}
