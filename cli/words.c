/* cli/words.c - see cli/words.h. */
#include "cli/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

char *words_share(double share, char buf[64])
{
    double percent = share * 100, gap = 100 - percent;
    /* Near 100 %, the digits that matter are those of what is missing. */
    int digits = 3;
    if (gap > 0 && gap < 1) digits = 2 + (int)ceil(-log10(gap)) + 1;
    if (digits > 8) digits = 8;
    snprintf(buf, 64, "%.*g %%", digits, percent);
    if (strstr(buf, "e-")) snprintf(buf, 64, "%.2g %%", percent);
    if (share < 1 && strcmp(buf, "100 %") == 0) snprintf(buf, 64, "> 99.99999 %%");
    return buf;
}

char *words_count(double x, char buf[64])
{
    if (fabs(x) < 999.5) {
        snprintf(buf, 64, "%.3g", x);
        return buf;
    }
    char plain[40];
    snprintf(plain, sizeof plain, "%.0f", x);
    size_t n = strlen(plain), sign = plain[0] == '-', at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > sign && (n - i) % 3 == 0) buf[at++] = ',';
        buf[at++] = plain[i];
    }
    buf[at] = 0;
    return buf;
}

char *words_seconds(double seconds, char buf[64])
{
    char text[32];
    if (seconds < 1e-6) seconds = 0; /* "at once" lies in a histogram's first bin, which ends after 1 ns */
    snprintf(buf, 64, "%s", sim_time_text(sim_time_from_seconds(seconds), text));
    return buf;
}

char *words_span(sim_time span, char buf[64])
{
    static const struct {
        const char *name;
        sim_time size;
    } units[] = {{"d", SIM_DAY}, {"h", SIM_HOUR}, {"m", SIM_MINUTE}, {"s", SIM_SECOND},
                 {"ms", SIM_MS}, {"us", SIM_US},  {"ns", SIM_NS}};
    size_t used = (size_t)snprintf(buf, 64, "%s", span == 0 ? "0s" : "");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (span < units[i].size) continue;
        used += (size_t)snprintf(buf + used, 64 - used, "%" PRId64 "%s", span / units[i].size, units[i].name);
        span %= units[i].size;
    }
    return buf;
}

char *words_value(enum metric_unit unit, double x, char buf[64])
{
    switch (unit) {
    case UNIT_SHARE: return words_share(x, buf);
    case UNIT_SECONDS: return words_seconds(x, buf);
    case UNIT_COUNT: return words_count(x, buf);
    }
    buf[0] = 0;
    return buf;
}

char *words_interval(enum metric_unit unit, const struct estimate *e, char buf[160])
{
    char low[64], high[64];
    if (e->has_interval)
        snprintf(buf, 160, "[%s, %s]", words_value(unit, e->low, low), words_value(unit, e->high, high));
    else
        snprintf(buf, 160, "-");
    return buf;
}
