/* cli/scenario.c - see cli/scenario.h. */
#include "cli/scenario.h"

#include "sim/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool cannot_read(const char *path, const char *why)
{
    fprintf(stderr, "%s:1:1: cannot be read: %s, expected a scenario file\n", path, why);
    return false;
}

/* The whole file, but one byte over the limit at most: the loader then says that it is too large. */
static bool read_all(struct scenario *s, FILE *f)
{
    size_t room = 65536;
    s->text = mem_new(room);
    for (size_t got; (got = fread(s->text + s->size, 1, room - s->size, f)) > 0;) {
        s->size += got;
        if (s->size > SCENARIO_SIZE_MAX) break;
        if (s->size == room) s->text = mem_resize(s->text, room *= 2);
    }
    return !ferror(f);
}

static void print_errors(const struct scenario *s, const struct load_errors *errors)
{
    for (size_t i = 0; i < errors->count; i++) {
        size_t size = load_error_print(&errors->items[i], s->path, NULL, 0) + 1;
        char *line = mem_new(size);
        load_error_print(&errors->items[i], s->path, line, size);
        fprintf(stderr, "%s\n", line);
        mem_free(line);
    }
    if (errors->omitted) fprintf(stderr, "%s: and %zu more\n", s->path, errors->omitted);
}

bool scenario_open(struct scenario *s, const char *path)
{
    *s = (struct scenario){.path = path};
    struct stat about;
    bool standard_input = strcmp(path, "-") == 0;
    FILE *f = standard_input ? stdin : fopen(path, "rb");
    if (!f) return cannot_read(path, strerror(errno));
    bool folder = fstat(fileno(f), &about) == 0 && S_ISDIR(about.st_mode);
    bool read = !folder && read_all(s, f);
    int error = errno;
    if (!standard_input) fclose(f);
    if (!read) return cannot_read(path, folder ? "it is a folder" : strerror(error));
    struct load_errors errors;
    s->hash = scenario_hash(s->text, s->size);
    s->loaded = scenario_load(s->text, s->size, &errors);
    print_errors(s, &errors);
    load_errors_free(&errors);
    if (s->loaded) s->spec = loaded_spec(s->loaded);
    return s->loaded != NULL;
}

void scenario_close(struct scenario *s)
{
    loaded_free(s->loaded);
    mem_free(s->text);
    *s = (struct scenario){0};
}
