/* cli/sweep.h - the cells of a sweep: what is known of each, how it is kept on disk while the work goes on, and
 * printed.
 */
#pragma once
#include "cli/grid.h"
#include "cli/rounds.h"
#include "cli/scenario.h"
#include "models/result.h"

#include <stdio.h>

/* One cell that is done. */
struct cell {
    bool done;
    uint64_t hash; /* of its scenario */
    uint64_t runs, events;
    bool precise;               /* what --precision asks for is met, or it asks for nothing */
    struct estimate *estimates; /* of all metrics; owned by the sweep */
};

struct sweep {
    const struct options *options;
    struct source *source;
    struct grid grid;
    struct rounds rounds;
    struct cell *cells; /* grid.cells of them; owned */
    uint64_t done;      /* how many cells are */
    const char *name;   /* of the scenario, with the values of its first cell; owned */
    uint64_t hash;      /* of the scenario's text as it is in the file */
    double seconds;
    double begun, shown; /* for progress: those of the experiments, */
    uint64_t before;     /* and the runs that a journal has */
    bool interrupted;
};

/* ---- cli/sweep_journal.c: what is done, line by line, in DIR/sweep.journal ---- */

/* Before the work: makes the folder if need be. A folder with a finished sweep is refused, and one with a journal
 * unless --resume is there; then the cells of the journal are taken over, if it is of this very sweep. Null: the reason
 * was told. Close with journal_close. */
FILE *journal_open(struct sweep *s);
/* Adds a cell that is done. False, and told: it could not be written. */
bool journal_add(FILE *journal, const struct sweep *s, uint64_t cell);
/* Closes; finished: removes it too. */
void journal_close(FILE *journal, const struct sweep *s, bool finished);

/* ---- cli/sweep_print.c ---- */

void sweep_print_table(FILE *to, const struct sweep *s, const size_t *shown, size_t shown_count);
void sweep_print_csv(FILE *to, const struct sweep *s);  /* one metric of one cell a line */
void sweep_print_json(FILE *to, const struct sweep *s); /* "mxsim-sweep-1": docs/result-format.md */
void sweep_print_curves(FILE *to, const struct sweep *s, const size_t *shown, size_t shown_count); /* for sweep.gp */
