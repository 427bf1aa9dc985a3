/* tests/truth/truth.h - what real software did, what mxsim makes of the same, and the verdict: the rows of one table.
 *
 * A program begins its part, opens groups (a piece of software in a configuration) and adds rows; each row holds one
 * measurement against the simulation by a stated rule. truth_end prints the table and holds it against the part's
 * section of docs/truth.md; with --update the section is written anew. A row that is not met must name its reason, and
 * a row that names one must not be met: else the program fails. */
#pragma once
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 600    /* numbers in a list */
#define TEXT_MAX 2400   /* bytes of a cell */
#define PAGE_MAX 400000 /* bytes of docs/truth.md */

/* Instants of one message, samples over many runs, counts second by second. */
struct list {
    double v[LIST_MAX];
    size_t n;
};
#define LIST(...) ((struct list){{__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double)})

static inline void list_add(struct list *l, double x)
{
    if (l->n < LIST_MAX) l->v[l->n++] = x;
}

static inline void list_shift(struct list *l, double by)
{
    for (size_t i = 0; i < l->n; i++) l->v[i] += by;
}

static inline int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The value that this share of the samples lies below, from among them; NAN if one is not a number. */
static inline double list_quantile(const struct list *l, double share)
{
    struct list sorted = *l;
    if (l->n == 0) return NAN;
    for (size_t i = 0; i < l->n; i++)
        if (isnan(l->v[i])) return NAN; /* what never happened is inside nothing */
    qsort(sorted.v, sorted.n, sizeof *sorted.v, compare_doubles);
    return sorted.v[(size_t)(share * (double)(sorted.n - 1) + 0.5)];
}

static inline double list_mean(const struct list *l)
{
    double sum = 0;
    for (size_t i = 0; i < l->n; i++) sum += l->v[i];
    return sum / (double)l->n;
}

/* ---- the table ---- */

struct truth {
    const char *part, *program;
    bool update;
    int rows, met, known, wrong;
    FILE *page; /* the section, as Markdown */
    char *text;
    size_t size;
};
static struct truth truth;

/* part: the section's title in docs/truth.md. */
static inline void truth_begin(int argc, char **argv, const char *part)
{
    const char *slash = strrchr(argv[0], '/');
    truth = (struct truth){.part = part, .program = slash ? slash + 1 : argv[0]};
    truth.update = argc > 1 && strcmp(argv[1], "--update") == 0;
    truth.page = open_memstream(&truth.text, &truth.size);
    if (!truth.page) abort();
    fprintf(truth.page, "## %s\n", part);
}

/* What the rows that follow are about, where their figures are from and what holds for all of them. */
static inline void truth_group(const char *title, const char *source)
{
    printf("\n%s\n  %s\n", title, source);
    fprintf(truth.page, "\n### %s\n\n%s\n\n| case | real | mxsim | rule | verdict |\n|---|---|---|---|---|\n", title,
            source);
}

/* One row. miss: why mxsim does not meet it; null where it must. */
__attribute__((format(printf, 6, 7))) static inline void
truth_row(const char *name, const char *real, const char *mxsim, bool met, const char *miss, const char *rule, ...)
{
    char how[TEXT_MAX];
    va_list args;
    va_start(args, rule);
    vsnprintf(how, sizeof how, rule, args);
    va_end(args);
    const char *verdict = met ? "met" : "MISSED";
    bool wrong = met == (miss != NULL);
    if (!met && miss) verdict = "known miss";
    if (met && miss) verdict = "MET, but listed as a miss";
    truth.rows++;
    truth.met += met;
    truth.known += !met && miss;
    truth.wrong += wrong;
    printf("  %s %s\n      real   %s\n      mxsim  %s\n      %s: %s%s%s\n", wrong ? "!!" : "  ", name, real, mxsim, how,
           verdict, miss ? ": " : "", miss ? miss : "");
    fprintf(truth.page, "| %s | %s | %s | %s | %s%s%s |\n", name, real, mxsim, how, verdict, miss ? ": " : "",
            miss ? miss : "");
}

/* ---- cells ---- */

__attribute__((format(printf, 2, 3))) static inline void cell_add(char *cell, const char *format, ...)
{
    size_t used = strlen(cell);
    va_list args;
    va_start(args, format);
    vsnprintf(cell + used, TEXT_MAX - used, format, args);
    va_end(args);
}

/* 0.032, 5.0, 1201.1, 43345: as much as says something. */
static inline void cell_number(char *cell, double x)
{
    double size = fabs(x);
    cell_add(cell, "%.*f", x == floor(x) || size >= 10000 ? 0 : size < 0.1 ? 3 : size < 2 ? 2 : 1, x);
}

#define SHOWN_MAX 18 /* numbers of a list that are shown */

static inline void cell_list(char *cell, const struct list *l)
{
    if (l->n == 0) cell_add(cell, "none");
    for (size_t i = 0; i < l->n && i < SHOWN_MAX; i++) {
        if (i > 0) cell_add(cell, " ");
        cell_number(cell, l->v[i]);
    }
    if (l->n > SHOWN_MAX) {
        cell_add(cell, " ... ");
        cell_number(cell, l->v[l->n - 1]);
        cell_add(cell, " (%zu)", l->n);
    }
}

static inline void cell_range(char *cell, double low, double high)
{
    cell_number(cell, low);
    if (high - low < 0.0005) return;
    cell_add(cell, " ... ");
    cell_number(cell, high);
}

/* ---- rules ---- */

/* Text must be equal: codes, outcomes, orders. */
static inline void row_text(const char *name, const char *real, const char *mxsim, const char *miss)
{
    truth_row(name, real, mxsim, strcmp(real, mxsim) == 0, miss, "equal");
}

/* mxsim leaves this out. */
static inline void row_absent(const char *name, const char *real, const char *miss)
{
    truth_row(name, real, "not modelled", false, miss, "equal");
}

#define LOG_SLACK 0.05 /* seconds: an MTA's own work, which mxsim leaves out */

/* How far apart two lists are, at most; interval seconds, or this share of the instant, are allowed at each. */
static inline double list_apart(const struct list *real, const struct list *mxsim, double interval, double share,
                                bool *met)
{
    double worst = 0;
    for (size_t i = 0; i < real->n; i++) {
        if (i >= mxsim->n) {
            *met = false;
            return INFINITY;
        }
        double apart = fabs(real->v[i] - mxsim->v[i]), allowed = share * real->v[i];
        if (allowed < interval + LOG_SLACK) allowed = interval + LOG_SLACK;
        if (apart > worst) worst = apart;
        *met = *met && apart <= allowed;
    }
    return worst;
}

/* Instants: each within interval (seconds) or 2 %, whatever is longer, in each of the runs. more: real is only the
 * beginning. */
static inline void row_instants(const char *name, const struct list *real, const struct list *runs, size_t count,
                                double interval, bool more, const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    bool met = count > 0;
    double worst = 0;
    size_t shown = 0;
    for (size_t r = 0; r < count; r++) {
        double apart = list_apart(real, &runs[r], interval, 0.02, &met);
        if (apart > worst) {
            worst = apart;
            shown = r;
        }
        met = met && (more || runs[r].n == real->n);
    }
    struct list first = count ? runs[shown] : (struct list){.n = 0};
    if (more && first.n > real->n) first.n = real->n;
    cell_list(left, real);
    cell_list(right, &first);
    truth_row(name, left, right, met, miss, "%.1f s apart at most in %zu runs; allowed %g s or 2 %%", worst, count,
              interval);
}

/* Runs held against measured instants, one by one, where the real ones hang on what a run draws at random. */
struct fits {
    struct list best;
    double apart; /* of the best run, at most */
    size_t runs, fitting;
};

/* True: this run agrees. more: real is only the beginning. */
static inline bool fits_add(struct fits *f, const struct list *real, const struct list *run, double allowed,
                            double share, bool more)
{
    bool met = more || run->n == real->n;
    double apart = list_apart(real, run, allowed, share, &met);
    bool better = f->runs == 0 || (met && f->fitting == 0) || (apart < f->apart && (met || f->fitting == 0));
    f->runs++;
    f->fitting += met;
    if (better) {
        f->best = *run;
        f->apart = apart;
    }
    return met;
}

/* At least 2 % of the runs agree with the measured instants. The best one is shown. */
static inline void row_fits(const char *name, const struct list *real, const struct fits *f, double allowed,
                            double share, bool more, const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    struct list shown = f->best;
    if (more && shown.n > real->n) shown.n = real->n;
    cell_list(left, real);
    cell_list(right, &shown);
    truth_row(name, left, right, f->fitting > 0 && 50 * f->fitting >= f->runs, miss,
              "%zu of %zu runs within %g s%s; the best: %.1f s", f->fitting, f->runs, allowed,
              share > 0 ? " or 2 %" : "", f->apart);
}

/* One value in the distribution of many runs: within the middle 99 %, widened by slack on both sides. */
static inline void row_inside(const char *name, double real, const struct list *runs, double slack, const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    double low = list_quantile(runs, 0.005), high = list_quantile(runs, 0.995);
    cell_number(left, real);
    cell_range(right, low, high);
    truth_row(name, left, right, real >= low - slack && real <= high + slack, miss,
              "inside the 99 %% of %zu values, %g to spare", runs->n, slack);
}

/* Several measured values, all inside the distribution of many runs. */
static inline void row_all_inside(const char *name, const struct list *real, const struct list *runs, double slack,
                                  const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    double low = list_quantile(runs, 0.005), high = list_quantile(runs, 0.995);
    bool met = runs->n > 0;
    for (size_t i = 0; i < real->n; i++) met = met && real->v[i] >= low - slack && real->v[i] <= high + slack;
    cell_list(left, real);
    cell_range(right, low, high);
    truth_row(name, left, right, met, miss, "inside the 99 %% of %zu values, %g to spare", runs->n, slack);
}

/* Counts: within a fifth of what any of the runs counts. */
static inline void row_count(const char *name, double real, const struct list *runs, const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    double low = list_quantile(runs, 0), high = list_quantile(runs, 1);
    cell_number(left, real);
    cell_range(right, low, high);
    truth_row(name, left, right, real >= 0.8 * low && real <= 1.2 * high, miss, "within 20 %%, %zu run%s", runs->n,
              runs->n == 1 ? "" : "s");
}

/* Counts one after the other: each within a fifth, or 1, of what a run counts there. The run that fits best is shown.
 */
static inline void row_counts(const char *name, const struct list *real, const struct list *runs, size_t count,
                              const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    size_t best = 0, fits = 0;
    double least = INFINITY;
    for (size_t r = 0; r < count; r++) {
        double apart = 0;
        bool fit = runs[r].n >= real->n;
        for (size_t i = 0; fit && i < real->n; i++) {
            double d = fabs(runs[r].v[i] - real->v[i]), allowed = 0.2 * real->v[i];
            apart += d;
            fit = d <= (allowed > 1 ? allowed : 1);
        }
        if (runs[r].n < real->n) apart = 1e9;
        if (apart < least) {
            least = apart;
            best = r;
        }
        fits += fit;
    }
    struct list shown = count ? runs[best] : (struct list){.n = 0};
    if (shown.n > real->n) shown.n = real->n;
    cell_list(left, real);
    cell_list(right, &shown);
    truth_row(name, left, right, 50 * fits >= count && fits > 0, miss, "each within 20 %% or 1, in %zu of %zu runs",
              fits, count);
}

/* hits of total: inside the 99 % of a binomial law with the share that the runs have. */
static inline void row_share(const char *name, unsigned hits, unsigned total, double share, size_t runs,
                             const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    double below = hits > 0 ? gsl_cdf_binomial_P(hits - 1, share, total) : 0;
    double above = 1 - gsl_cdf_binomial_P(hits, share, total);
    cell_add(left, "%u of %u", hits, total);
    cell_add(right, "%.1f %%", 100 * share);
    truth_row(name, left, right, below <= 0.995 && above <= 0.995, miss, "binomial 99 %%, share of %zu runs", runs);
}

/* ---- the section in docs/truth.md ---- */

static inline char *page_read(void)
{
    char *page = calloc(PAGE_MAX, 1);
    FILE *f = fopen(MXSIM_SOURCE_DIR "/docs/truth.md", "rb");
    if (!page) abort();
    if (f) {
        page[fread(page, 1, PAGE_MAX - 1, f)] = '\0';
        fclose(f);
    }
    return page;
}

/* Where the section begins and where the next one does, or the page's end. */
static inline char *page_section(char *page, char **end)
{
    char title[200];
    snprintf(title, sizeof title, "\n## %s\n", truth.part);
    char *begin = strstr(page, title);
    if (!begin) return NULL;
    char *next = strstr(++begin, "\n## ");
    *end = next ? next + 1 : page + strlen(page);
    return begin;
}

static inline bool page_is_new(void)
{
    char *page = page_read(), *end, *begin = page_section(page, &end);
    size_t size = begin ? (size_t)(end - begin) : 0;
    bool same = size == truth.size && memcmp(begin, truth.text, size) == 0;
    free(page);
    return same;
}

static inline void page_write(void)
{
    char *page = page_read(), *end = page + strlen(page), *begin = page_section(page, &end);
    if (!begin) begin = end;
    FILE *f = fopen(MXSIM_SOURCE_DIR "/docs/truth.md", "wb");
    if (!f) {
        fprintf(stderr, "docs/truth.md cannot be written\n");
        exit(2);
    }
    fwrite(page, 1, (size_t)(begin - page), f);
    fwrite(truth.text, 1, truth.size, f);
    fputs(end, f);
    fclose(f);
    free(page);
}

/* The exit code: 0 if every row is what it is said to be, and docs/truth.md says the same. */
static inline int truth_end(void)
{
    fprintf(truth.page, "\n%d rows: %d met, %d known miss%s.\n\n", truth.rows, truth.met, truth.known,
            truth.known == 1 ? "" : "es");
    fclose(truth.page);
    printf("\n%s: %d rows, %d met, %d known misses, %d not as said\n", truth.part, truth.rows, truth.met, truth.known,
           truth.wrong);
    bool current = true;
    if (truth.update)
        page_write();
    else
        current = page_is_new();
    if (!current) printf("docs/truth.md is not up to date: run %s --update\n", truth.program);
    free(truth.text);
    return truth.wrong == 0 && current ? 0 : 1;
}
