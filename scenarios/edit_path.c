/* scenarios/edit_path.c - see scenarios/edit_path.h. */
#include "scenarios/edit_path.h"

#include "scenarios/edit.h"
#include "scenarios/utf8.h"

#include <string.h>

#define STEP_END (-1)

bool path_ends(struct edit_path path)
{
    return *path.rest == '\0';
}

bool path_exact(struct edit_path path)
{
    return path.pointer || *path.rest == '"';
}

/* The character at *s of a step, decoded, and *s moved past it; STEP_END: *s is where the step ends. */
static int next_character(struct edit_path path, const char **s)
{
    char c = **s;
    bool in_quotes = !path.pointer && *path.rest == '"';
    if (c == '\0' || (path.pointer && c == '/') || (in_quotes && c == '"')) return STEP_END;
    if (!path.pointer && !in_quotes && (c == '.' || (c == '[' && *s != path.rest))) return STEP_END;
    bool escaped = (path.pointer && c == '~') || (in_quotes && c == '\\');
    if (escaped) c = *++*s;
    if (escaped && path.pointer) c = c == '0' ? '~' : '/';
    ++*s;
    return (unsigned char)c;
}

/* Where the characters of the next step begin: after the slash or the quote. */
static const char *step_begin(struct edit_path path)
{
    return path.rest + path_exact(path);
}

/* What follows a step that ended at s: after a closing quote, and a dot. */
static struct edit_path after_step(struct edit_path path, const char *s)
{
    if (!path.pointer && *path.rest == '"') s++;
    if (!path.pointer && *s == '.') s++;
    return (struct edit_path){s, path.pointer};
}

/* At the opening quote: the end of the name in quotes, which is at its closing one or at the end of the key. */
static const char *quote_end(const char *s)
{
    for (s++; *s && *s != '"'; s++)
        if (*s == '\\' && s[1]) s++;
    return s;
}

static const char *dotted_wrong(const char *s)
{
    for (;; s++) {
        const char *begin = s;
        if (*s == '"') {
            s = quote_end(s);
            if (*s++ != '"') return "has a quote that never ends, expected another \"";
            if (*s && *s != '.' && *s != '[') return "goes on after a quote, expected a dot there";
        }
        while (*s && *s != '.') s++;
        if (s == begin) return "has an empty name in it, expected one between two dots";
        if (*s == '\0') return NULL;
    }
}

const char *path_wrong(const char *key)
{
    size_t size = strlen(key);
    if (size == 0) return "is empty, expected a key such as time.mail before the =";
    if (size > EDIT_KEY_MAX) return "is longer than 4096 bytes, expected a shorter key";
    for (size_t at = 0, n; at < size; at += n) {
        n = utf8_length(key + at, size - at);
        if (n == 0) return "is not UTF-8, expected UTF-8";
    }
    if (*key != '/') return dotted_wrong(key);
    for (const char *s = key; *s; s++)
        if (*s == '~' && s[1] != '0' && s[1] != '1') return "has a lone ~, expected ~0 for ~, and ~1 for / in a name";
    return NULL;
}

struct edit_path path_of(const char *key)
{
    return (struct edit_path){key, *key == '/'};
}

bool path_takes(struct edit_path path, const char *name, struct edit_path *after)
{
    if (path_ends(path)) return false;
    const char *s = step_begin(path);
    if (!path_exact(path)) {
        size_t size = strlen(name);
        if (size == 0 || strncmp(s, name, size) != 0 || (s[size] && s[size] != '.' && s[size] != '[')) return false;
        *after = after_step(path, s + size);
        return true;
    }
    for (;; name++) {
        int c = next_character(path, &s);
        if (c != (*name ? (unsigned char)*name : STEP_END)) return false;
        if (c == STEP_END) break;
    }
    *after = after_step(path, s);
    return true;
}

char *path_step(struct edit_path path, struct arena *arena, struct edit_path *after)
{
    const char *s = step_begin(path);
    char *step = arena_new(arena, strlen(path.rest) + 1);
    size_t size = 0;
    for (int c; (c = next_character(path, &s)) != STEP_END;) step[size++] = (char)c;
    step[size] = '\0';
    *after = after_step(path, s);
    return step;
}

char *path_all(struct edit_path path, struct arena *arena)
{
    return arena_text(arena, path.rest);
}

/* The next step if it is short, without the brackets that it may have in a dotted key. */
static bool short_step(struct edit_path path, char text[16], struct edit_path *after)
{
    const char *s = step_begin(path);
    size_t size = 0;
    bool bracket = !path_exact(path) && *s == '[';
    for (int c; (c = next_character(path, &s)) != STEP_END;) {
        if (size == 15) return false;
        text[size++] = (char)c;
    }
    text[size] = '\0';
    *after = after_step(path, s);
    if (!bracket) return true;
    if (text[size - 1] != ']') return false;
    memmove(text, text + 1, size);
    text[size - 2] = '\0';
    return true;
}

bool path_star(struct edit_path path, struct edit_path *after)
{
    char text[16];
    return !path_ends(path) && short_step(path, text, after) && strcmp(text, "*") == 0;
}

bool path_index(struct edit_path path, uint32_t *index, struct edit_path *after)
{
    char text[16];
    if (path_ends(path) || !short_step(path, text, after)) return false;
    *index = UINT32_MAX;
    if (strcmp(text, "-") == 0) return true;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9 || text[digits] || (text[0] == '0' && digits > 1)) return false;
    *index = 0;
    for (const char *p = text; *p; p++) *index = *index * 10 + (uint32_t)(*p - '0');
    return true;
}
