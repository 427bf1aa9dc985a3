/* cli/options.c - see cli/options.h. By getopt_long: each verb takes its own few options. */
#include "cli/options.h"

#include "scenarios/value.h"
#include "sim/mem.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    struct option option; /* val is the letter in struct verb's takes */
    const char *argument, *what;
} table[] = {
    {{"runs", required_argument, NULL, 'n'},
     "N",
     "number of runs (default 100; --steady, explain --format json: 1); with --precision and plan the most there may "
     "be "
     "(default 100000)"},
    {{"seed", required_argument, NULL, 's'}, "S", "all chance follows from this number (default 1)"},
    {{"threads", required_argument, NULL, 't'},
     "N",
     "threads (default: one per processor); the answer does not depend on it"},
    {{"format", required_argument, NULL, 'f'},
     "F",
     "table (default), json or csv; explain: its story (default) or json, a record a line"},
    {{"view", required_argument, NULL, 'V'},
     "VIEW",
     "what the table tells of: summary (default), load, senders, destinations, dns or all"},
    {{"output", required_argument, NULL, 'o'}, "DIR", "also write result.json, CSV files and gnuplot scripts to DIR"},
    {{"quiet", no_argument, NULL, 'q'}, NULL, "no progress on the terminal"},
    {{"run", required_argument, NULL, 'r'}, "R", "the run to tell of (default 0)"},
    {{"message", required_argument, NULL, 'm'},
     "M",
     "the message to tell of (default: the run's first that met trouble; json: all)"},
    {{"worst", no_argument, NULL, 'w'},
     NULL,
     "tell of the first message that bounced in all runs, else of the latest one"},
    {{"steady", no_argument, NULL, 'S'},
     NULL,
     "the steady state: one long run (or -n of them) without its warm-up, by batch means"},
    {{"outage", required_argument, NULL, 'u'}, "SPAN", "what becomes of mail sent as an outage of this length begins"},
    {{"set", required_argument, NULL, 'e'},
     "KEY=VALUE",
     "set a value of the scenario otherwise, such as zones.example.com.ttl=5m; may be repeated"},
    {{"vary", required_argument, NULL, 'v'},
     "KEY=...",
     "the values to try: a,b,c or LO..HI:N or LO..HI:log:N; may be repeated: all combinations; plan: one range, "
     "LO..HI, "
     "LO..HI:STEP or LO..HI:log"},
    {{"require", required_argument, NULL, 'R'},
     "WHAT",
     "what must be met, such as 'latency.p99 < 15m'; may be repeated: all of them"},
    {{"precision", required_argument, NULL, 'p'},
     "M=WIDTH",
     "run on until the interval of metric M is +-WIDTH: 5% of the value, or ±30s; may be repeated"},
    {{"rare", required_argument, NULL, 'x'},
     "METRIC",
     "how often does it happen, if plain runs never see it? METRIC: a share, such as bounce_rate (-n: runs at most)"},
    {{"confidence", required_argument, NULL, 'c'}, "SHARE", "how sure the answer must be (default 95%)"},
    {{"largest", no_argument, NULL, 'l'}, NULL, "the largest value that meets what is required, not the smallest"},
    {{"resume", no_argument, NULL, 'C'}, NULL, "go on with the work that was interrupted in the folder of -o"},
    {{"show", required_argument, NULL, 'M'},
     "M,...",
     "the metrics in the table (default bounce_rate,latency.mean,latency.p99); csv and json have all"},
    {{"yes", no_argument, NULL, 'y'}, NULL, "do it, however large it is"},
};
#define OPTION_COUNT (sizeof table / sizeof *table)

static void print_help(const struct verb *v)
{
    printf("usage: mxsim %s [options] %s\n\n%s\n\noptions:\n", v->name, v->arguments, v->what);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!strchr(v->takes, table[i].option.val)) continue;
        char name[64];
        bool letter = table[i].option.val == 'n' || table[i].option.val == 'o';
        snprintf(name, sizeof name, "%s--%s%s%s", letter ? (table[i].option.val == 'n' ? "-n, " : "-o, ") : "    ",
                 table[i].option.name, table[i].argument ? " " : "", table[i].argument ? table[i].argument : "");
        printf("  %-22s %s\n", name, table[i].what);
    }
    printf("      --help             this text\n\nexample:\n  %s\n", v->example);
}

static bool complain(const struct verb *v, int *code, const char *what, const char *value)
{
    fprintf(stderr, "mxsim %s: %s%s%s; see mxsim %s --help\n", v->name, what, value ? ": " : "", value ? value : "",
            v->name);
    *code = EXIT_BAD_INPUT;
    return false;
}

/* A whole number from least to most, all of text. */
static bool read_number(const char *text, uint64_t least, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    uintmax_t n = strtoumax(text, &end, 10);
    if (errno || end == text || *end || text[0] < '0' || text[0] > '9' || n < least || n > most) return false;
    *out = n;
    return true;
}

/* A number between 0 and 1, all of text. */
static bool read_share(const char *text, double *out)
{
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || text[0] < '0' || text[0] > '9' || !(x >= 0 && x <= 1)) return false;
    *out = x;
    return true;
}

static bool add(struct option_list *list, const char *text)
{
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
    list->items = mem_resize(list->items, ((size_t)list->count + 1) * sizeof *list->items);
    list->items[list->count++] = text;
    return true;
}

static bool read_view(const char *text, enum view *out)
{
    static const char *const names[] = {
        [VIEW_SUMMARY] = "summary",           [VIEW_LOAD] = "load", [VIEW_SENDERS] = "senders",
        [VIEW_DESTINATIONS] = "destinations", [VIEW_DNS] = "dns",   [VIEW_ALL] = "all"};
    for (int v = VIEW_SUMMARY; v <= VIEW_ALL; v++)
        if (strcmp(text, names[v]) == 0) return *out = (enum view)v, true;
    return false;
}

static bool take(struct options *o, int letter, const char *text)
{
    uint64_t n = 0;
    switch (letter) {
    case 'n': return o->has_runs = true, read_number(text, 1, 1000000000, &o->runs);
    case 's': return read_number(text, 0, UINT64_MAX, &o->seed);
    case 't':
        if (!read_number(text, 1, 1024, &n)) return false;
        o->threads = (unsigned)n;
        return true;
    case 'f':
        if (strcmp(text, "table") == 0) return o->format = FORMAT_TABLE, true;
        if (strcmp(text, "json") == 0) return o->format = FORMAT_JSON, true;
        if (strcmp(text, "csv") == 0) return o->format = FORMAT_CSV, true;
        return false;
    case 'V': return read_view(text, &o->view);
    case 'o': return o->folder = text, *text != 0;
    case 'q': return o->quiet = true;
    case 'r': return o->has_run = true, read_number(text, 0, UINT32_MAX, &o->run);
    case 'm': return o->has_message = true, read_number(text, 1, UINT32_MAX, &o->message);
    case 'w': return o->worst = true;
    case 'S': return o->steady = true;
    case 'u': return o->has_outage = true, value_duration(text, &o->outage) == NULL;
    case 'e': return add(&o->set, text);
    case 'v': return add(&o->vary, text);
    case 'R': return add(&o->require, text);
    case 'p': return add(&o->precision, text);
    case 'x': return o->rare = text, *text != 0;
    case 'c':
        return (value_percent(text, &o->confidence) == NULL || read_share(text, &o->confidence)) &&
               o->confidence >= 0.5 && o->confidence <= 0.9999;
    case 'l': return o->largest = true;
    case 'C': return o->resume = true;
    case 'M': return o->show = text, *text != 0;
    case 'y': return o->yes = true;
    default: return false;
    }
}

/* getopt takes any beginning of an option's name, so that "--run" could mean "--runs". We want names in full. */
static const char *not_in_full(int argc, char **argv, const struct option *longs)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--", 2) != 0) continue;
        size_t length = strcspn(argv[i] + 2, "="), k = 0;
        while (longs[k].name && (strlen(longs[k].name) != length || strncmp(longs[k].name, argv[i] + 2, length) != 0))
            k++;
        if (!longs[k].name) return argv[i];
    }
    return NULL;
}

/* "--runs 0": for a message. */
static const char *option_text(int letter, char buf[128])
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].option.val == letter) snprintf(buf, 128, "--%s %.80s", table[i].option.name, optarg ? optarg : "");
    return buf;
}

static size_t longs_of(const struct verb *verb, struct option longs[OPTION_COUNT + 2])
{
    size_t count = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strchr(verb->takes, table[i].option.val)) longs[count++] = table[i].option;
    longs[count++] = (struct option){"help", no_argument, NULL, 'h'};
    longs[count] = (struct option){NULL, 0, NULL, 0};
    return count;
}

bool options_parse(const struct verb *verb, int argc, char **argv, struct options *o, int *code)
{
    struct option longs[OPTION_COUNT + 2];
    longs_of(verb, longs);
    const char *shorts = strchr(verb->takes, 'n') ? "n:o:hq" : "h";
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *o = (struct options){.verb = verb->name,
                          .argc = argc,
                          .argv = argv,
                          .confidence = 0.95,
                          .runs = 100,
                          .seed = 1,
                          .threads = processors > 0 && processors <= 1024 ? (unsigned)processors : 1};
    opterr = 0;
    optind = 1;
    const char *odd = not_in_full(argc, argv, longs);
    if (odd) return complain(verb, code, "no such option here", odd);
    for (int letter; (letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        char text[128] = "";
        if (letter == 'h') {
            print_help(verb);
            *code = EXIT_DONE;
            return false;
        }
        if (letter == '?') return complain(verb, code, "unknown option or missing value", argv[optind - 1]);
        if (!strchr(verb->takes, letter)) return complain(verb, code, "no such option here", argv[optind - 1]);
        if (!take(o, letter, optarg)) return complain(verb, code, "a value that cannot be", option_text(letter, text));
    }
    o->files = argv + optind;
    o->file_count = argc - optind;
    if (o->file_count < verb->least) return complain(verb, code, "missing argument", verb->arguments);
    if (verb->most >= 0 && o->file_count > verb->most)
        return complain(verb, code, "one argument too many", o->files[verb->most]);
    return true;
}

void options_free(struct options *o)
{
    mem_free(o->set.items);
    mem_free(o->vary.items);
    mem_free(o->require.items);
    mem_free(o->precision.items);
}
