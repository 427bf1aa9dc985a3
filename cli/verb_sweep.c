/* cli/verb_sweep.c - mxsim sweep: a scenario over all combinations of some values, all with the same luck.
 *
 * Cells are done in order, several at a time where a cell has few runs, so that all threads have work; each cell that
 * is done goes into a journal, so that an interrupted sweep can go on. */
#include "cli/experiment.h"
#include "cli/folder.h"
#include "cli/show.h"
#include "cli/sweep.h"
#include "models/metric.h"
#include "sim/mem.h"

#include <inttypes.h>
#include <string.h>

#define RUNS_AT_A_TIME 256 /* of all cells of a batch: enough for any number of threads */

/* ---- checking ---- */

/* The scenario of a cell. */
static bool load_cell(const struct sweep *s, const struct edits *base, uint64_t cell, struct scenario *out)
{
    struct edits edits = {0};
    for (size_t i = 0; i < base->count; i++) edits_add_pair(&edits, base->items[i].key, base->items[i].value);
    for (uint32_t k = 0; k < s->grid.key_count; k++)
        edits_add_pair(&edits, s->grid.keys[k].key, grid_value(&s->grid, cell, k));
    bool good = scenario_load_source(out, s->source, &edits, false);
    edits_free(&edits);
    return good;
}

#define MISTAKES_MAX 20 /* cells with mistakes that are told */

/* Each value of each key is tried once, beside the first values of the others, so that every mistake is told once. */
static bool check_values(const struct sweep *s, const struct edits *base)
{
    uint32_t bad = 0;
    uint64_t first = 0; /* the first cell's mark */
    uint64_t stride = s->grid.cells;
    for (uint32_t k = 0; k < s->grid.key_count; k++) {
        stride /= s->grid.keys[k].count;
        for (uint32_t i = k == 0 ? 0 : 1; i < s->grid.keys[k].count; i++) {
            struct scenario cell;
            bool good = load_cell(s, base, i * stride, &cell);
            if (i == 0) first = cell.hash;
            if (good && i == 1 && cell.hash == first) {
                fprintf(stderr, "mxsim sweep: --vary %s changes nothing, as a later one sets the same value\n",
                        s->grid.keys[k].key);
                good = false;
            }
            scenario_close(&cell);
            bad += !good;
            if (bad < MISTAKES_MAX) continue;
            fprintf(stderr, "mxsim sweep: %u values that cannot be, and maybe more\n", (unsigned)bad);
            return false;
        }
    }
    return bad == 0;
}

/* Values that are good alone may not go together: the first such cell is told. */
static bool check_cells(const struct sweep *s, const struct edits *base)
{
    if (s->grid.key_count < 2) return true;
    for (uint64_t i = 0; i < s->grid.cells; i++) {
        struct scenario cell;
        bool good = load_cell(s, base, i, &cell);
        scenario_close(&cell);
        if (good) continue;
        fprintf(stderr, "mxsim sweep: that is the cell");
        for (uint32_t k = 0; k < s->grid.key_count; k++)
            fprintf(stderr, "%s %s=%s", k ? "," : "", s->grid.keys[k].key, grid_value(&s->grid, i, k));
        fputc('\n', stderr);
        return false;
    }
    return true;
}

/* ---- running ---- */

static void cell_take(struct cell *cell, uint64_t hash, const struct result *r)
{
    *cell = (struct cell){.done = true, .hash = hash, .runs = r->runs, .events = r->events};
    cell->estimates = mem_zero(metric_count, sizeof *cell->estimates);
    for (size_t i = 0; i < metric_count; i++) cell->estimates[i] = result_metric(r, i);
}

/* Up to EXPERIMENT_MEMBERS_MAX cells at a time. */
struct batch {
    uint64_t numbers[EXPERIMENT_MEMBERS_MAX];
    struct scenario scenarios[EXPERIMENT_MEMBERS_MAX];
    const struct world_spec *specs[EXPERIMENT_MEMBERS_MAX];
    uint32_t count;
};

/* The next cells that are not done; as many as have RUNS_AT_A_TIME together, and no more messages than memory bears. */
static bool batch_fill(struct batch *b, const struct sweep *s, const struct edits *base, uint64_t *next)
{
    uint64_t most = RUNS_AT_A_TIME / (s->options->runs < RUNS_AT_A_TIME ? s->options->runs : RUNS_AT_A_TIME);
    if (s->options->precision.count > 0) most = 4;
    double messages = 0;
    b->count = 0;
    for (; *next < s->grid.cells && b->count < most && b->count < EXPERIMENT_MEMBERS_MAX && messages < 1e6; (*next)++) {
        if (s->cells[*next].done) continue;
        if (!load_cell(s, base, *next, &b->scenarios[b->count])) return false;
        b->specs[b->count] = b->scenarios[b->count].spec;
        b->numbers[b->count] = *next;
        messages += spec_expected_messages(b->specs[b->count++]);
    }
    return true;
}

static void batch_empty(struct batch *b)
{
    for (uint32_t i = 0; i < b->count; i++) scenario_close(&b->scenarios[i]);
    b->count = 0;
}

/* Runs them. False: interrupted, or the journal could not be written (told). */
static bool batch_run(struct batch *b, struct sweep *s, FILE *journal)
{
    struct experiment x;
    bool good = true;
    experiment_init(&x, b->specs, b->count, s->options);
    if (s->rounds.count == 0) {
        experiment_progress(&x, s->done * s->options->runs, s->grid.cells * s->options->runs);
        if (s->begun > 0) x.begun = s->begun, x.shown = s->shown, x.before = s->before;
        s->begun = x.begun, s->before = x.before;
    }
    struct stopping_answer *answers = mem_zero(b->count * s->rounds.count, sizeof *answers);
    s->interrupted = !rounds_run(&s->rounds, &x, answers);
    s->seconds += x.seconds;
    for (uint32_t i = 0; i < b->count && !s->interrupted && good; i++) {
        cell_take(&s->cells[b->numbers[i]], b->scenarios[i].hash, x.results[i]);
        s->cells[b->numbers[i]].precise = rounds_met(&s->rounds, answers + i * s->rounds.count);
        s->done++;
        good = !journal || journal_add(journal, s, b->numbers[i]);
    }
    s->shown = x.shown;
    experiment_free(&x);
    mem_free(answers);
    return good && !s->interrupted;
}

static bool run_all(struct sweep *s, const struct edits *base, FILE *journal)
{
    struct batch b = {.count = 0};
    bool good = true;
    experiment_listen();
    for (uint64_t next = 0; good && next < s->grid.cells;) {
        good = batch_fill(&b, s, base, &next);
        if (good && b.count > 0) good = batch_run(&b, s, journal);
        batch_empty(&b);
    }
    experiment_listen_no_more();
    return good;
}

/* ---- writing ---- */

struct files {
    const struct sweep *sweep;
    const struct shown *shown;
};

static void put_csv(FILE *to, const void *context)
{
    sweep_print_csv(to, ((const struct files *)context)->sweep);
}

static void put_json(FILE *to, const void *context)
{
    sweep_print_json(to, ((const struct files *)context)->sweep);
}

static void put_curves(FILE *to, const void *context)
{
    const struct files *f = context;
    sweep_print_curves(to, f->sweep, f->shown->metrics, f->shown->count);
}

static bool write_folder(const struct sweep *s, const struct shown *shown)
{
    const char *path = s->options->folder;
    struct files files = {s, shown};
    return folder_put(path, "sweep.csv", put_csv, &files) && folder_put(path, "curves.gp", put_curves, &files) &&
           folder_put_script(path, "sweep.gp") && folder_put(path, "sweep.json", put_json, &files);
}

static void print(const struct sweep *s, const struct shown *shown)
{
    switch (s->options->format) {
    case FORMAT_TABLE: sweep_print_table(stdout, s, shown->metrics, shown->count); break;
    case FORMAT_JSON: sweep_print_json(stdout, s); break;
    case FORMAT_CSV: sweep_print_csv(stdout, s); break;
    }
}

static void tell_interrupted(const struct sweep *s)
{
    fprintf(stderr, "mxsim: stopped after %" PRIu64 " of %" PRIu64 " cells; what follows is their result%s%s%s\n",
            s->done, s->grid.cells, s->options->folder ? "; --resume -o " : "",
            s->options->folder ? s->options->folder : "", s->options->folder ? " goes on with it" : "");
}

static int act(struct sweep *s, const struct edits *base, const struct shown *shown)
{
    const struct options *o = s->options;
    struct scenario plain, first; /* as it is in the file: its own mistakes and warnings are told once */
    bool good = scenario_load_source(&plain, s->source, NULL, true);
    scenario_close(&plain);
    if (!good || !check_values(s, base) || !check_cells(s, base) || !load_cell(s, base, 0, &first))
        return EXIT_BAD_INPUT;
    s->name = mem_text(first.spec->name, strlen(first.spec->name));
    scenario_close(&first);
    FILE *journal = o->folder ? journal_open(s) : NULL;
    if (o->folder && !journal) return EXIT_BAD_INPUT;
    good = run_all(s, base, journal);
    if (good && o->folder) good = write_folder(s, shown);
    journal_close(journal, s, good);
    if (s->interrupted) tell_interrupted(s);
    if (good || s->interrupted) print(s, shown);
    return s->interrupted ? EXIT_INTERRUPTED : good ? EXIT_DONE : EXIT_BAD_INPUT;
}

int verb_sweep(const struct options *o)
{
    struct source source = {0};
    struct sweep s = {.options = o, .source = &source};
    struct edits base = {0};
    struct shown shown;
    int code = EXIT_BAD_INPUT;
    bool good =
        o->vary.count > 0 || (fprintf(stderr, "mxsim sweep: nothing to vary, expected --vary KEY=a,b,c\n"), false);
    if (good && o->resume && !o->folder)
        good =
            (fprintf(stderr, "mxsim sweep: --resume goes with -o DIR, the folder of the interrupted sweep\n"), false);
    if (!grid_read(&s.grid, o)) good = false;
    if (!edits_add_options(&base, o)) good = false;
    if (!shown_read(&shown, o)) good = false;
    if (!rounds_read(&s.rounds, o)) good = false;
    if (!source_read(&source, o->files[0])) good = false;
    if (good) {
        s.hash = scenario_hash(source.text, source.size);
        s.cells = mem_zero(s.grid.cells, sizeof *s.cells);
        code = act(&s, &base, &shown);
        for (uint64_t i = 0; i < s.grid.cells; i++) mem_free(s.cells[i].estimates);
    }
    mem_free(s.cells);
    mem_free((char *)s.name);
    edits_free(&base);
    grid_free(&s.grid);
    rounds_free(&s.rounds);
    source_free(&source);
    return code;
}
