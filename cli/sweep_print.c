/* cli/sweep_print.c - a sweep as a table, as CSV, as JSON, and as the curves of its picture. See cli/sweep.h. */
#include "cli/json_out.h"
#include "cli/sweep.h"
#include "cli/words.h"
#include "models/left_out.h"
#include "models/result.h"

#include <inttypes.h>
#include <string.h>

/* ---- table ---- */

/* "5.1 % [4.8 %, 5.4 %]" */
static void shown_text(const struct cell *c, size_t metric, char buf[240])
{
    char value[64], interval[160];
    const struct estimate *e = &c->estimates[metric];
    if (!e->has_value)
        snprintf(buf, 240, "-");
    else
        snprintf(buf, 240, "%s %s", words_value(metrics[metric].unit, e->value, value),
                 words_interval(metrics[metric].unit, e, interval));
}

static int wider(int width, const char *text)
{
    int own = (int)strlen(text);
    return own > width ? own : width;
}

static int metric_width(const struct sweep *s, size_t metric)
{
    char text[240];
    int width = (int)strlen(metrics[metric].name);
    for (uint64_t i = 0; i < s->grid.cells; i++) {
        if (!s->cells[i].done) continue;
        shown_text(&s->cells[i], metric, text);
        width = wider(width, text);
    }
    return width;
}

static int key_width(const struct variation *v)
{
    int width = wider(0, v->key);
    for (uint32_t i = 0; i < v->count; i++) width = wider(width, v->values[i]);
    return width;
}

#define COLUMNS_MAX 64 /* keys and metrics of one table whose width is looked after */

struct columns {
    int keys[COLUMNS_MAX], metrics[COLUMNS_MAX];
};

static void print_cell(FILE *to, const struct sweep *s, uint64_t i, const struct columns *w, const size_t *shown,
                       size_t shown_count)
{
    char text[240];
    for (uint32_t k = 0; k < s->grid.key_count; k++)
        fprintf(to, "%-*s  ", k < COLUMNS_MAX ? w->keys[k] : 0, grid_value(&s->grid, i, k));
    if (s->options->precision.count > 0)
        fprintf(to, "%9" PRIu64 "%c  ", s->cells[i].runs, s->cells[i].precise ? ' ' : '*');
    for (size_t m = 0; m < shown_count; m++) {
        shown_text(&s->cells[i], shown[m], text);
        if (m + 1 < shown_count)
            fprintf(to, "%-*s  ", m < COLUMNS_MAX ? w->metrics[m] : 0, text);
        else
            fprintf(to, "%s\n", text);
    }
}

static void print_foot(FILE *to, const struct sweep *s)
{
    char seconds[64], events[64];
    double all = 0;
    uint64_t runs = 0;
    for (uint64_t i = 0; i < s->grid.cells; i++) {
        all += (double)s->cells[i].events;
        runs += s->cells[i].runs;
    }
    bool all_precise = true;
    for (uint64_t i = 0; i < s->grid.cells; i++) all_precise &= !s->cells[i].done || s->cells[i].precise;
    if (!all_precise) fprintf(to, "\n* --precision is not reached in so many runs\n");
    fprintf(to,
            "\nEach cell has the same luck, so its neighbours differ by what was varied, and by less chance than the "
            "intervals say.\n\nleft out of the model:\n");
    for (int i = 0; left_out[i]; i++) fprintf(to, "  - %s\n", left_out[i]);
    fprintf(to, "\n%" PRIu64 " of %" PRIu64 " cells, %" PRIu64 " runs, seed %" PRIu64 ", %u thread%s, %s, %s events\n",
            s->done, s->grid.cells, runs, s->options->seed, s->options->threads, s->options->threads == 1 ? "" : "s",
            words_seconds(s->seconds, seconds), words_count(all, events));
}

void sweep_print_table(FILE *to, const struct sweep *s, const size_t *shown, size_t shown_count)
{
    struct columns w = {{0}, {0}};
    for (uint32_t k = 0; k < s->grid.key_count && k < COLUMNS_MAX; k++) w.keys[k] = key_width(&s->grid.keys[k]);
    for (size_t m = 0; m < shown_count && m < COLUMNS_MAX; m++) w.metrics[m] = metric_width(s, shown[m]);
    fprintf(to, "%s\n", s->name);
    if (s->options->precision.count == 0) fprintf(to, "%" PRIu64 " runs a cell; ", s->options->runs);
    fprintf(to, "value [95 %% interval]\n\n");
    for (uint32_t k = 0; k < s->grid.key_count; k++)
        fprintf(to, "%-*s  ", k < COLUMNS_MAX ? w.keys[k] : 0, s->grid.keys[k].key);
    if (s->options->precision.count > 0) fprintf(to, "%9s   ", "runs");
    for (size_t m = 0; m < shown_count; m++)
        fprintf(to, "%-*s%s", m + 1 < shown_count && m < COLUMNS_MAX ? w.metrics[m] : 0, metrics[shown[m]].name,
                m + 1 < shown_count ? "  " : "\n");
    for (uint64_t i = 0; i < s->grid.cells; i++)
        if (s->cells[i].done) print_cell(to, s, i, &w, shown, shown_count);
    print_foot(to, s);
}

/* ---- CSV ---- */

void sweep_print_csv(FILE *to, const struct sweep *s)
{
    fputs("cell,", to);
    for (uint32_t k = 0; k < s->grid.key_count; k++) {
        csv_text(to, s->grid.keys[k].key);
        fputc(',', to);
    }
    fputs("runs,metric,unit,value,low,high,method\n", to);
    for (uint64_t i = 0; i < s->grid.cells; i++)
        for (size_t m = 0; s->cells[i].done && m < metric_count; m++) {
            fprintf(to, "%" PRIu64 ",", i);
            for (uint32_t k = 0; k < s->grid.key_count; k++) {
                csv_text(to, grid_value(&s->grid, i, k));
                fputc(',', to);
            }
            fprintf(to, "%" PRIu64 ",%s,%s,", s->cells[i].runs, metrics[m].name, metric_unit_name(metrics[m].unit));
            csv_estimate(to, &s->cells[i].estimates[m]);
            fprintf(to, ",%s\n", s->cells[i].estimates[m].method);
        }
}

/* ---- JSON ---- */

static void put_list(FILE *to, const char *name, const struct option_list *list)
{
    fprintf(to, "\"%s\": [", name);
    for (int i = 0; i < list->count; i++) {
        if (i) fputs(", ", to);
        json_text(to, list->items[i]);
    }
    fputs("]", to);
}

static void put_head(FILE *to, const struct sweep *s)
{
    const struct options *o = s->options;
    fprintf(to, "{\n  \"format\": \"mxsim-sweep-1\",\n  \"version\": \"%s\",\n  \"scenario\": {", MXSIM_VERSION);
    json_pair(to, "name", s->name, ", ");
    fprintf(to,
            "\"hash\": \"%016" PRIx64 "\"},\n  \"options\": {\"seed\": \"%" PRIu64 "\", \"runs\": %" PRIu64
            ", \"level\": %.10g, ",
            s->hash, o->seed, s->rounds.limit, RESULT_LEVEL);
    put_list(to, "set", &o->set);
    fputs(", ", to);
    put_list(to, "vary", &o->vary);
    fputs(", ", to);
    put_list(to, "precision", &o->precision);
    fprintf(to, "},\n  \"complete\": %s,\n  \"keys\": [", s->done == s->grid.cells ? "true" : "false");
}

static void put_keys(FILE *to, const struct sweep *s)
{
    static const char *const kinds[] = {[VARY_WORDS] = "words",
                                        [VARY_DURATIONS] = "seconds",
                                        [VARY_SHARES] = "share",
                                        [VARY_RATES] = "per second",
                                        [VARY_NUMBERS] = "number"};
    for (uint32_t k = 0; k < s->grid.key_count; k++) {
        const struct variation *v = &s->grid.keys[k];
        fputs(k ? ",\n    {" : "\n    {", to);
        json_pair(to, "key", v->key, ", ");
        json_pair(to, "kind", kinds[v->kind], ", \"values\": [");
        for (uint32_t i = 0; i < v->count; i++) {
            if (i) fputs(", ", to);
            json_text(to, v->values[i]);
        }
        fputs("]", to);
        if (v->kind != VARY_WORDS) {
            fputs(", \"numbers\": [", to);
            for (uint32_t i = 0; i < v->count; i++) fprintf(to, "%s%.10g", i ? ", " : "", v->numbers[i]);
            fputs("]", to);
        }
        fputs("}", to);
    }
    fputs("\n  ],\n  \"cells\": [", to);
}

static void put_cell(FILE *to, const struct sweep *s, uint64_t i)
{
    const struct cell *c = &s->cells[i];
    fprintf(to, "\n    {\"cell\": %" PRIu64 ", \"values\": [", i);
    for (uint32_t k = 0; k < s->grid.key_count; k++) {
        if (k) fputs(", ", to);
        json_text(to, grid_value(&s->grid, i, k));
    }
    fprintf(to,
            "], \"hash\": \"%016" PRIx64 "\", \"runs\": %" PRIu64 ", \"precise\": %s, \"events\": %" PRIu64
            ", \"metrics\": {",
            c->hash, c->runs, c->precise ? "true" : "false", c->events);
    for (size_t m = 0; m < metric_count; m++) {
        fprintf(to, "%s\n      \"%s\": {", m ? "," : "", metrics[m].name);
        json_estimate(to, c->estimates[m]);
        fputs("}", to);
    }
    fputs("}}", to);
}

void sweep_print_json(FILE *to, const struct sweep *s)
{
    bool any = false;
    put_head(to, s);
    put_keys(to, s);
    for (uint64_t i = 0; i < s->grid.cells; i++) {
        if (!s->cells[i].done) continue;
        if (any) fputc(',', to);
        put_cell(to, s, i);
        any = true;
    }
    fputs("\n  ],\n", to);
    json_left_out(to);
    fputs("}\n", to);
}

/* ---- curves for sweep.gp: one block for each combination of the other keys, along the last key of numbers ---- */

static uint32_t axis_key(const struct grid *g)
{
    for (uint32_t k = g->key_count; k-- > 0;)
        if (g->keys[k].kind != VARY_WORDS && g->keys[k].count > 1) return k;
    return g->key_count - 1;
}

/* In double quotes of gnuplot's; what it would read as more than text becomes a quote or a space: it gives what stands
 * between backquotes to a shell. */
static void put_quoted(FILE *to, const char *text)
{
    for (; *text; text++) fputc(strchr("\"\\`", *text) ? '\'' : *text == '\n' ? ' ' : *text, to);
}

static void put_curve_name(FILE *to, const struct sweep *s, uint64_t cell, uint32_t axis)
{
    bool any = false;
    fputc('"', to);
    for (uint32_t k = 0; k < s->grid.key_count; k++) {
        if (k == axis || s->grid.keys[k].count < 2) continue;
        if (any) fputs(", ", to);
        put_quoted(to, grid_value(&s->grid, cell, k));
        any = true;
    }
    if (!any) fputs("all", to);
    fputs("\"\n", to);
}

static void put_point(FILE *to, const struct sweep *s, uint64_t cell, uint32_t axis, const size_t *shown,
                      size_t shown_count)
{
    const struct variation *v = &s->grid.keys[axis];
    uint32_t i = grid_index(&s->grid, cell, axis);
    fprintf(to, "%.10g \"", v->kind == VARY_WORDS ? i : v->numbers[i]);
    put_quoted(to, v->values[i]);
    fputc('"', to);
    for (size_t m = 0; m < shown_count; m++) {
        const struct estimate *e = &s->cells[cell].estimates[shown[m]];
        if (e->has_value)
            fprintf(to, " %.10g %.10g %.10g", e->value, e->low, e->high);
        else
            fputs(" NaN NaN NaN", to);
    }
    fputc('\n', to);
}

static void put_curve_settings(FILE *to, const struct sweep *s, uint32_t axis, const size_t *shown, size_t shown_count)
{
    const struct variation *v = &s->grid.keys[axis];
    double least = v->numbers[0], most = v->numbers[0];
    for (uint32_t i = 1; i < v->count; i++) {
        if (v->numbers[i] < least) least = v->numbers[i];
        if (v->numbers[i] > most) most = v->numbers[i];
    }
    fprintf(to, "# Read by sweep.gp. Columns of a curve: %s, its text, and value, low, high of each metric.\nname = \"",
            v->key);
    put_quoted(to, s->name);
    fputs("\"\naxis = \"", to);
    put_quoted(to, v->key);
    fprintf(to, "\"\nlogarithmic = %d\nmetrics = \"", v->kind != VARY_WORDS && least > 0 && most / least >= 8);
    for (size_t m = 0; m < shown_count; m++) fprintf(to, "%s%s", m ? " " : "", metrics[shown[m]].name);
    fputs("\"\nunits = \"", to);
    for (size_t m = 0; m < shown_count; m++)
        fprintf(to, "%s%s", m ? " " : "", metric_unit_name(metrics[shown[m]].unit));
    fprintf(to, "\"\ncurves = %" PRIu64 "\n", s->grid.cells / v->count);
}

void sweep_print_curves(FILE *to, const struct sweep *s, const size_t *shown, size_t shown_count)
{
    const struct grid *g = &s->grid;
    uint32_t axis = axis_key(g);
    uint64_t stride = 1; /* between cells that differ in the axis alone */
    for (uint32_t k = g->key_count - 1; k > axis; k--) stride *= g->keys[k].count;
    put_curve_settings(to, s, axis, shown, shown_count);
    fputs("$curves << END\n", to);
    for (uint64_t cell = 0; cell < g->cells; cell++) {
        if (grid_index(g, cell, axis) != 0) continue; /* the first cell of a curve */
        if (cell) fputs("\n\n", to);
        put_curve_name(to, s, cell, axis);
        for (uint32_t i = 0; i < g->keys[axis].count; i++)
            if (s->cells[cell + i * stride].done) put_point(to, s, cell + i * stride, axis, shown, shown_count);
    }
    fputs("END\n", to);
}
