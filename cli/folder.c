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

bool folder_prepare(const char *path)
{
    char probe[PATH_ROOM], result[PATH_ROOM];
    struct stat about;
    if (!join(probe, path, "result.json", ".part") || !join(result, path, "result.json", "")) return false;
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

static bool write_csv(const char *path, const char *file, void (*print)(FILE *to, const struct result *r),
                      const struct result *r)
{
    char part[PATH_ROOM];
    FILE *f = part_open(path, file, part);
    if (!f) return false;
    print(f, r);
    return part_close(f, path, file, part);
}

static bool write_scripts(const char *path)
{
    for (const struct plot_script *s = plot_scripts; s->name; s++) {
        char part[PATH_ROOM];
        FILE *f = part_open(path, s->name, part);
        if (!f) return false;
        fputs(s->text, f);
        if (!part_close(f, path, s->name, part)) return false;
    }
    return true;
}

bool folder_write(const char *path, const struct scenario *s, const struct options *o, const struct simulation *sim)
{
    const struct result *r = sim->result;
    char part[PATH_ROOM];
    if (!write_csv(path, "metrics.csv", print_csv, r) || !write_csv(path, "spans.csv", print_spans_csv, r) ||
        !write_csv(path, "outcomes.csv", print_outcomes_csv, r) || !write_csv(path, "queue.csv", print_queue_csv, r) ||
        !write_csv(path, "outages.csv", print_outages_csv, r) || !write_scripts(path))
        return false;
    /* Last, so that a folder with result.json is a finished one. */
    FILE *f = part_open(path, "result.json", part);
    if (!f) return false;
    print_json(f, s, o, sim);
    return part_close(f, path, "result.json", part);
}
