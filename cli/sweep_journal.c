/* cli/sweep_journal.c - see cli/sweep.h.
 *
 * The first line says which sweep it is of; each further line is one cell, with "." at its end, so that a line that was
 * cut off in the middle is known as such. Numbers have 17 digits: a sweep that was resumed prints the same bytes. */
#include "cli/folder.h"
#include "cli/sweep.h"
#include "sim/mem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PATH_ROOM 4096

static const char *const methods[] = {"none", "ratio-t", "clopper-pearson-runs", "woodruff", "mean-t"};

static bool journal_path(const struct sweep *s, char path[PATH_ROOM])
{
    return snprintf(path, PATH_ROOM, "%s/sweep.journal", s->options->folder) < PATH_ROOM;
}

static uint64_t mix(uint64_t hash, const char *text)
{
    return hash * UINT64_C(0x9e3779b97f4a7c15) ^ scenario_hash(text, strlen(text) + 1);
}

/* All that the cells' numbers depend on. */
static void identify(const struct sweep *s, char line[160])
{
    const struct options *o = s->options;
    uint64_t hash = mix(0, "sweep");
    for (int i = 0; i < o->set.count; i++) hash = mix(hash, o->set.items[i]);
    hash = mix(hash, "vary");
    for (int i = 0; i < o->vary.count; i++) hash = mix(hash, o->vary.items[i]);
    hash = mix(hash, "precision");
    for (int i = 0; i < o->precision.count; i++) hash = mix(hash, o->precision.items[i]);
    snprintf(line, 160,
             "mxsim-sweep-journal-1 mxsim %s scenario %016" PRIx64 " options %016" PRIx64 " seed %" PRIu64
             " runs %" PRIu64 " cells %" PRIu64 "\n",
             MXSIM_VERSION, s->hash, hash, o->seed, s->rounds.limit, s->grid.cells);
}

static bool read_method(const char *name, const char **method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i], name) == 0) return *method = methods[i], true;
    return false;
}

/* The words of one line; true if it is a whole one. */
static bool read_cell(struct sweep *s, char *line)
{
    struct cell cell = {.done = true};
    uint64_t number;
    int used = 0, precise = 0;
    if (sscanf(line, "%" SCNu64 " %" SCNx64 " %" SCNu64 " %" SCNu64 " %d%n", &number, &cell.hash, &cell.runs,
               &cell.events, &precise, &used) != 5 ||
        number >= s->grid.cells)
        return false;
    cell.estimates = mem_zero(metric_count, sizeof *cell.estimates);
    bool good = true;
    for (size_t i = 0; i < metric_count && good; i++) {
        struct estimate *e = &cell.estimates[i];
        char method[32];
        int has_value, has_interval, more = 0;
        line += used;
        good = sscanf(line, " %d %d %lg %lg %lg %31s%n", &has_value, &has_interval, &e->value, &e->low, &e->high,
                      method, &more) == 6 &&
               read_method(method, &e->method);
        e->has_value = has_value;
        e->has_interval = has_interval;
        used = more;
    }
    if (!good || strcmp(line + used, " .\n") != 0 || s->cells[number].done) {
        mem_free(cell.estimates);
        return false;
    }
    cell.precise = precise;
    s->cells[number] = cell;
    s->done++;
    return true;
}

/* Gives where the last whole line ends; 0: not even the first is whole, as of a sweep that was killed at its start; -1:
 * it is the journal of another sweep. */
static long read_journal(struct sweep *s, FILE *f)
{
    size_t room = 400 + metric_count * 120;
    char want[160], *line = mem_new(room);
    identify(s, want);
    long end = -1;
    if (!fgets(line, (int)room, f)) line[0] = 0;
    if (!strchr(line, '\n') && strncmp(line, want, strlen(line)) == 0) end = ferror(f) ? -1 : 0;
    if (strcmp(line, want) == 0) {
        end = ftell(f);
        while (fgets(line, (int)room, f) && read_cell(s, line)) end = ftell(f);
    }
    mem_free(line);
    return end;
}

static FILE *complain(const struct sweep *s, const char *why)
{
    fprintf(stderr, "mxsim: cannot work in %s: %s\n", s->options->folder, why);
    return NULL;
}

/* Nobody else may work in the folder; the lock ends with f. Where there are no locks we trust the user. */
static bool lock(FILE *f)
{
    return flock(fileno(f), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* Begins an empty journal; at once on disk, so that --resume knows it whenever we are killed. */
static FILE *journal_begin(const struct sweep *s, FILE *f)
{
    char line[160];
    identify(s, line);
    if (fputs(line, f) >= 0 && fflush(f) == 0) return f;
    complain(s, strerror(errno));
    fclose(f);
    return NULL;
}

/* Goes on where the journal ends. */
static FILE *journal_resume(struct sweep *s, FILE *f)
{
    long end = read_journal(s, f);
    if (end >= 0 && ftruncate(fileno(f), end) == 0 && fseek(f, end, SEEK_SET) == 0)
        return end == 0 ? journal_begin(s, f) : f;
    fclose(f);
    return complain(s, "what was interrupted there is another sweep: other scenario, options or version");
}

FILE *journal_open(struct sweep *s)
{
    char path[PATH_ROOM];
    if (!folder_prepare(s->options->folder, "sweep.json")) return NULL;
    if (!journal_path(s, path)) return complain(s, "the name is too long");
    FILE *f = fopen(path, "r+b");
    bool there = f != NULL;
    if (!f && errno == ENOENT) f = fopen(path, "wbx");
    if (!f) return complain(s, strerror(errno));
    if (!lock(f)) {
        fclose(f);
        return complain(s, "another sweep is at work there");
    }
    if (!there) return journal_begin(s, f);
    if (s->options->resume) return journal_resume(s, f);
    fclose(f);
    return complain(s, "a sweep was interrupted there; --resume goes on with it");
}

bool journal_add(FILE *journal, const struct sweep *s, uint64_t number)
{
    const struct cell *c = &s->cells[number];
    fprintf(journal, "%" PRIu64 " %016" PRIx64 " %" PRIu64 " %" PRIu64 " %d", number, c->hash, c->runs, c->events,
            c->precise);
    for (size_t i = 0; i < metric_count; i++) {
        const struct estimate *e = &c->estimates[i];
        fprintf(journal, " %d %d %.17g %.17g %.17g %s", e->has_value, e->has_interval, e->value, e->low, e->high,
                e->method);
    }
    fputs(" .\n", journal);
    if (fflush(journal) == 0 && !ferror(journal)) return true;
    complain(s, strerror(errno));
    return false;
}

void journal_close(FILE *journal, const struct sweep *s, bool finished)
{
    char path[PATH_ROOM];
    if (!journal) return;
    fclose(journal);
    if (finished && journal_path(s, path)) unlink(path);
}
