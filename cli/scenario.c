/* cli/scenario.c - see cli/scenario.h. */
#include "cli/scenario.h"

#include "sim/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- a file's text ---- */

static bool cannot_read(const char *path, const char *why)
{
    fprintf(stderr, "%s:1:1: cannot be read: %s, expected a scenario file\n", path, why);
    return false;
}

/* The whole file, but one byte over the limit at most: the loader then says that it is too large. */
static bool read_all(struct source *s, FILE *f)
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

bool source_read(struct source *s, const char *path)
{
    *s = (struct source){.path = path};
    struct stat about;
    bool standard_input = strcmp(path, "-") == 0;
    FILE *f = standard_input ? stdin : fopen(path, "rb");
    if (!f) return cannot_read(path, strerror(errno));
    bool folder = fstat(fileno(f), &about) == 0 && S_ISDIR(about.st_mode);
    bool read = !folder && read_all(s, f);
    int error = errno;
    if (!standard_input) fclose(f);
    return read || cannot_read(path, folder ? "it is a folder" : strerror(error));
}

void source_free(struct source *s)
{
    mem_free(s->text);
    mem_free(s->told);
    *s = (struct source){0};
}

/* ---- what is set otherwise ---- */

static void add(struct edits *e, char *key, char *value)
{
    e->items = mem_resize(e->items, (e->count + 1) * sizeof *e->items);
    e->items[e->count++] = (struct scenario_edit){key, value};
}

void edits_add_pair(struct edits *e, const char *key, const char *value)
{
    add(e, mem_text(key, strlen(key)), mem_text(value, strlen(value)));
}

/* How long the pair at text is: up to a semicolon outside quotes. */
static size_t pair_length(const char *text)
{
    bool quoted = false;
    size_t n = 0;
    for (; text[n] && (quoted || text[n] != ';'); n++) {
        if (quoted && text[n] == '\\' && text[n + 1])
            n++;
        else if (text[n] == '"')
            quoted = !quoted;
    }
    return n;
}

bool edits_add(struct edits *e, const char *text, char *why, size_t size)
{
    for (;;) {
        text += strspn(text, " ");
        size_t length = pair_length(text), end = length;
        while (end > 0 && text[end - 1] == ' ') end--;
        const char *equals = scenario_edit_split(text);
        if (equals && equals >= text + end) equals = NULL;
        if (!equals || equals == text) {
            snprintf(why, size, "%s in \"%.*s\", expected KEY=VALUE such as zones.example.com.ttl=5m",
                     equals ? "no key" : "no value", (int)(end > 80 ? 80 : end), text);
            return false;
        }
        add(e, mem_text(text, (size_t)(equals - text)), mem_text(equals + 1, (size_t)(text + end - equals - 1)));
        if (text[length] == 0) return true;
        text += length + 1;
    }
}

bool edits_add_options(struct edits *e, const struct options *o)
{
    bool good = true;
    for (int i = 0; i < o->set.count; i++) {
        char why[256];
        if (edits_add(e, o->set.items[i], why, sizeof why)) continue;
        fprintf(stderr, "mxsim %s: --set %s: %s\n", o->verb, o->set.items[i], why);
        good = false;
    }
    return good;
}

void edits_free(struct edits *e)
{
    for (size_t i = 0; i < e->count; i++) {
        mem_free((char *)e->items[i].key);
        mem_free((char *)e->items[i].value);
    }
    mem_free(e->items);
    *e = (struct edits){0};
}

/* ---- loading ---- */

/* Has this line not been printed yet? Notes that it has, from now on. */
static bool is_new(struct source *s, const char *line)
{
    uint64_t mark = scenario_hash(line, strlen(line));
    for (size_t i = 0; i < s->told_count; i++)
        if (s->told[i] == mark) return false;
    s->told = mem_resize(s->told, (s->told_count + 1) * sizeof *s->told);
    s->told[s->told_count++] = mark;
    return true;
}

static void print_errors(struct source *s, const struct load_errors *errors, bool warnings)
{
    for (size_t i = 0; i < errors->count; i++) {
        if (errors->items[i].warning && !warnings) continue;
        size_t size = load_error_print(&errors->items[i], s->path, NULL, 0) + 1;
        char *line = mem_new(size);
        load_error_print(&errors->items[i], s->path, line, size);
        if (is_new(s, line)) fprintf(stderr, "%s\n", line);
        mem_free(line);
    }
    if (errors->omitted) fprintf(stderr, "%s: and %zu more\n", s->path, errors->omitted);
}

bool scenario_load_source(struct scenario *s, struct source *source, const struct edits *edits, bool warnings)
{
    struct load_errors errors;
    struct edited_text edited;
    *s = (struct scenario){.path = source->path};
    s->loaded = scenario_load_edited(source->text, source->size, edits ? edits->items : NULL, edits ? edits->count : 0,
                                     &errors, &edited);
    s->hash = edited.hash;
    mem_free(edited.text);
    print_errors(source, &errors, warnings);
    load_errors_free(&errors);
    if (s->loaded) s->spec = loaded_spec(s->loaded);
    return s->loaded != NULL;
}

bool scenario_open(struct scenario *s, const char *path, const struct options *o)
{
    struct source source = {0};
    struct edits edits = {0};
    *s = (struct scenario){.path = path};
    bool good =
        edits_add_options(&edits, o) && source_read(&source, path) && scenario_load_source(s, &source, &edits, true);
    edits_free(&edits);
    source_free(&source);
    return good;
}

void scenario_close(struct scenario *s)
{
    loaded_free(s->loaded);
    *s = (struct scenario){0};
}
