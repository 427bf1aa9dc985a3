/* cli/folder.c - see cli/folder.h. */
#include "cli/folder.h"

#include "plots/scripts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM 4096

static bool complain(const char *path, const char *file, const char *why)
{
    fprintf(stderr, "mxsim: cannot write to %s%s%s: %s\n", path, file ? "/" : "", file ? file : "", why);
    return false;
}

static bool join(char out[PATH_ROOM], const char *path, const char *file, const char *suffix)
{
    if (snprintf(out, PATH_ROOM, "%s/%s%s", path, file, suffix) < PATH_ROOM) return true;
    return complain(path, file, "the name is too long");
}

bool folder_prepare(const char *path, const char *file)
{
    char probe[PATH_ROOM], result[PATH_ROOM];
    struct stat about;
    if (!join(probe, path, file, ".part") || !join(result, path, file, "")) return false;
    if (mkdir(path, 0777) != 0 && errno != EEXIST) return complain(path, NULL, strerror(errno));
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) return complain(path, NULL, "it is not a folder");
    if (stat(result, &about) == 0)
        return complain(path, NULL, "a result is there already; name another folder or remove it");
    FILE *f = fopen(probe, "wb");
    if (!f) return complain(path, NULL, strerror(errno));
    fclose(f);
    unlink(probe);
    return true;
}

/* Opens file under its temporary name. */
static FILE *part_open(const char *path, const char *file, char part[PATH_ROOM])
{
    if (!join(part, path, file, ".part")) return NULL;
    FILE *f = fopen(part, "wb");
    if (!f) complain(path, file, strerror(errno));
    return f;
}

/* Closes it and gives it its name: a reader sees it whole or not at all. */
static bool part_close(FILE *f, const char *path, const char *file, const char *part)
{
    char name[PATH_ROOM];
    bool written = !ferror(f);
    errno = written ? 0 : ENOSPC; /* what a write error mostly is; fclose may know better */
    if (fclose(f) != 0) written = false;
    if (written && join(name, path, file, "") && rename(part, name) == 0) return true;
    int error = errno;
    unlink(part);
    return complain(path, file, strerror(error));
}

bool folder_put(const char *path, const char *file, void (*print)(FILE *to, const void *context), const void *context)
{
    char part[PATH_ROOM];
    FILE *f = part_open(path, file, part);
    if (!f) return false;
    print(f, context);
    return part_close(f, path, file, part);
}

static void print_script(FILE *to, const void *script)
{
    fputs(((const struct plot_script *)script)->text, to);
}

bool folder_put_script(const char *path, const char *name)
{
    for (const struct plot_script *s = plot_scripts; s->name; s++)
        if (strcmp(s->name, name) == 0) return folder_put(path, name, print_script, s);
    return complain(path, name, "there is no such script");
}

/* What the files of a run are printed from. */
struct run_files {
    const struct scenario *scenario;
    const struct options *options;
    const struct simulation *simulation;
    void (*csv)(FILE *to, const struct result *r);
    enum part part;
};

static void print_run_csv(FILE *to, const void *context)
{
    const struct run_files *files = context;
    files->csv(to, files->simulation->result);
}

static void print_run_part(FILE *to, const void *context)
{
    const struct run_files *files = context;
    print_part_csv(to, files->simulation->result, files->part);
}

static void print_run_json(FILE *to, const void *context)
{
    const struct run_files *files = context;
    print_json(to, files->scenario, files->options, files->simulation);
}

bool folder_write(const char *path, const struct scenario *s, const struct options *o, const struct simulation *sim)
{
    static const struct {
        const char *file;
        void (*print)(FILE *to, const struct result *r);
    } tables[] = {{"metrics.csv", print_csv},
                  {"spans.csv", print_spans_csv},
                  {"outcomes.csv", print_outcomes_csv},
                  {"queue.csv", print_queue_csv},
                  {"outages.csv", print_outages_csv}};
    static const char *const part_files[PART_COUNT] = {
        [PART_CLIENT] = "clients.csv", [PART_DESTINATION] = "destinations.csv",
        [PART_MTA] = "mtas.csv",       [PART_LANE] = "lanes.csv",
        [PART_HOST] = "hosts.csv",     [PART_RESOLVER] = "resolvers.csv",
        [PART_NS] = "name_servers.csv"};
    static const char *const scripts[] = {"latency.gp", "outcomes.gp", "queue.gp"};
    struct run_files files = {s, o, sim, NULL, PART_CLIENT};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        files.csv = tables[i].print;
        if (!folder_put(path, tables[i].file, print_run_csv, &files)) return false;
    }
    for (files.part = 0; files.part < PART_COUNT; files.part++)
        if (!folder_put(path, part_files[files.part], print_run_part, &files)) return false;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (!folder_put_script(path, scripts[i])) return false;
    /* Last, so that a folder with result.json is a finished one. */
    return folder_put(path, "result.json", print_run_json, &files);
}
