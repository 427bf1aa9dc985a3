/* cli/verb_compare.c - mxsim compare: several scenarios, or one with some values set otherwise, on the same luck. */
#include "cli/compare.h"
#include "cli/folder.h"
#include "cli/grid.h"
#include "sim/mem.h"

#include <inttypes.h>
#include <string.h>

/* ---- the variants ---- */

static bool complain(const char *what)
{
    fprintf(stderr, "mxsim compare: %s\n", what);
    return false;
}

static struct variant *variant_new(struct comparison *c, const char *label)
{
    struct variant *v = &c->variants[c->count++];
    *v = (struct variant){.label = mem_text(label, strlen(label))};
    return v;
}

/* Each file is a variant. */
static bool take_files(struct comparison *c)
{
    bool good = true;
    for (int i = 0; i < c->options->file_count; i++) {
        struct variant *v = variant_new(c, c->options->files[i]);
        good &= scenario_open(&v->scenario, c->options->files[i], c->options);
    }
    return good;
}

/* The file as it is, then each --set. */
static bool take_sets(struct comparison *c, struct source *source)
{
    bool good = scenario_load_source(&variant_new(c, "as it is")->scenario, source, NULL, true);
    for (int i = 0; i < c->options->set.count; i++) {
        char why[256];
        const char *text = c->options->set.items[i];
        struct edits edits = {0};
        if (!edits_add(&edits, text, why, sizeof why)) {
            fprintf(stderr, "mxsim compare: --set %s: %s\n", text, why);
            good = false;
        } else {
            good &= scenario_load_source(&variant_new(c, text)->scenario, source, &edits, false);
        }
        edits_free(&edits);
    }
    return good;
}

/* "KEY=VALUE; KEY=VALUE" */
static char *cell_label(const struct grid *g, uint64_t cell)
{
    size_t size = 1, used = 0;
    for (uint32_t k = 0; k < g->key_count; k++) size += strlen(g->keys[k].key) + strlen(grid_value(g, cell, k)) + 3;
    char *label = mem_zero(size, 1);
    for (uint32_t k = 0; k < g->key_count; k++)
        used += (size_t)snprintf(label + used, size - used, "%s%s=%s", k ? "; " : "", g->keys[k].key,
                                 grid_value(g, cell, k));
    return label;
}

/* All combinations of --vary; --set holds for all. */
static bool take_grid(struct comparison *c, struct source *source, const struct grid *g)
{
    bool good = true;
    if (g->cells > EXPERIMENT_MEMBERS_MAX)
        return complain("more than 64 variants, expected at most 64; see mxsim sweep");
    for (uint64_t cell = 0; cell < g->cells; cell++) {
        struct edits edits = {0};
        if (!edits_add_options(&edits, c->options)) { /* told once: it would be the same for all */
            edits_free(&edits);
            return false;
        }
        for (uint32_t k = 0; k < g->key_count; k++) edits_add_pair(&edits, g->keys[k].key, grid_value(g, cell, k));
        char *label = cell_label(g, cell);
        good &= scenario_load_source(&variant_new(c, label)->scenario, source, &edits, cell == 0);
        mem_free(label);
        edits_free(&edits);
    }
    return good;
}

static bool take_variants(struct comparison *c)
{
    const struct options *o = c->options;
    struct source source = {0};
    struct grid grid = {0};
    bool good;
    if (o->file_count > EXPERIMENT_MEMBERS_MAX || o->set.count >= EXPERIMENT_MEMBERS_MAX)
        return complain("more than 64 variants, expected at most 64");
    if (o->file_count > 1) return o->vary.count ? complain("--vary goes with one scenario") : take_files(c);
    if (o->vary.count > 0)
        good = grid_read(&grid, o) && source_read(&source, o->files[0]) && take_grid(c, &source, &grid);
    else
        good = source_read(&source, o->files[0]) && take_sets(c, &source);
    if (good && c->count < 2)
        good = complain("nothing to compare with, expected a second scenario, --set KEY=VALUE or --vary KEY=a,b");
    grid_free(&grid);
    source_free(&source);
    return good;
}

/* ---- running ---- */

static void watch(void *context, uint64_t run, struct tally *const *tallies)
{
    struct comparison *c = context;
    (void)run;
    for (uint32_t i = 1; i < c->count; i++) pairing_add(c->variants[i].pairing, tallies[0], tallies[i]);
}

static void put_csv(FILE *to, const void *context)
{
    compare_print_csv(to, context);
}

static void put_json(FILE *to, const void *context)
{
    compare_print_json(to, context);
}

static int act(struct comparison *c)
{
    const struct options *o = c->options;
    if (o->folder && !folder_prepare(o->folder, "compare.json")) return EXIT_BAD_INPUT;
    for (uint32_t i = 0; i < c->count; i++) {
        c->specs[i] = c->variants[i].scenario.spec;
        if (i > 0) c->variants[i].pairing = pairing_new();
    }
    experiment_init(&c->experiment, c->specs, c->count, o);
    experiment_progress(&c->experiment, 0, o->runs * c->count);
    c->experiment.watch = watch;
    c->experiment.watcher = c;
    experiment_to(&c->experiment, o->runs);
    experiment_tell_interrupted(&c->experiment, o->runs);
    int code = c->experiment.interrupted ? EXIT_INTERRUPTED : EXIT_DONE;
    if (o->folder &&
        !(folder_put(o->folder, "compare.csv", put_csv, c) && folder_put(o->folder, "compare.json", put_json, c)))
        code = EXIT_BAD_INPUT;
    switch (o->format) {
    case FORMAT_TABLE: compare_print_table(stdout, c); break;
    case FORMAT_JSON: compare_print_json(stdout, c); break;
    case FORMAT_CSV: compare_print_csv(stdout, c); break;
    }
    experiment_free(&c->experiment);
    return code;
}

int verb_compare(const struct options *o)
{
    struct comparison *c = mem_zero(1, sizeof *c);
    c->options = o;
    int code = take_variants(c) ? act(c) : EXIT_BAD_INPUT;
    for (uint32_t i = 0; i < c->count; i++) {
        scenario_close(&c->variants[i].scenario);
        if (c->variants[i].pairing) pairing_free(c->variants[i].pairing);
        mem_free(c->variants[i].label);
    }
    mem_free(c);
    return code;
}
