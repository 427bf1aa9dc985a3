/* tests/truth/page.h - a page of docs/ that a program writes: held against the file, or, with --update, written. */
#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRITTEN_PAGE_MAX 400000

/* name: "outages.md". The exit code of the program. */
static inline int page_end(int argc, char **argv, const char *name, const char *text)
{
    char path[1000];
    snprintf(path, sizeof path, "%s/docs/%s", MXSIM_SOURCE_DIR, name);
    if (argc > 1 && strcmp(argv[1], "--update") == 0) {
        FILE *to = fopen(path, "wb");
        if (!to || fputs(text, to) < 0 || fclose(to) != 0) abort();
        return 0;
    }
    char *page = calloc(WRITTEN_PAGE_MAX, 1);
    FILE *from = fopen(path, "rb");
    if (!page) abort();
    if (from) {
        page[fread(page, 1, WRITTEN_PAGE_MAX - 1, from)] = '\0';
        fclose(from);
    }
    bool same = strcmp(text, page) == 0;
    free(page);
    if (same) return 0;
    printf("%s\ndocs/%s is not up to date: run %s --update\n", text, name, argv[0]);
    return 1;
}
