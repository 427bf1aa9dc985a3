/* cli/json_out.c - see cli/json_out.h. */
#include "cli/json_out.h"

#include "models/left_out.h"

#include <string.h>

void json_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(to, "\\%c", *p);
        else if (*p < 0x20)
            fprintf(to, "\\u%04x", *p);
        else
            fputc(*p, to);
    }
    fputc('"', to);
}

void json_pair(FILE *to, const char *name, const char *text, const char *end)
{
    json_text(to, name);
    fputs(": ", to);
    json_text(to, text);
    fputs(end, to);
}

void json_estimate(FILE *to, struct estimate e)
{
    if (e.has_value)
        fprintf(to, "\"value\": %.10g", e.value);
    else
        fprintf(to, "\"value\": null");
    if (e.has_interval)
        fprintf(to, ", \"low\": %.10g, \"high\": %.10g", e.low, e.high);
    else
        fprintf(to, ", \"low\": null, \"high\": null");
    fprintf(to, ", \"method\": \"%s\"", e.method);
}

void json_left_out(FILE *to)
{
    fputs("  \"left_out\": [", to);
    for (int i = 0; left_out[i]; i++) {
        fputs(i ? ",\n    " : "\n    ", to);
        json_text(to, left_out[i]);
    }
    fputs("\n  ]\n", to);
}

void csv_text(FILE *to, const char *text)
{
    if (!strpbrk(text, ",\"\n\r")) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"') fputc('"', to);
        fputc(*text, to);
    }
    fputc('"', to);
}

void csv_estimate(FILE *to, const struct estimate *e)
{
    if (!e->has_value)
        fputs(",,", to);
    else if (!e->has_interval)
        fprintf(to, "%.10g,,", e->value);
    else
        fprintf(to, "%.10g,%.10g,%.10g", e->value, e->low, e->high);
}
