/* scenarios/edit.c - see scenarios/edit.h. */
#include "scenarios/edit.h"

#include "scenarios/edit_value.h"
#include "scenarios/edit_walk.h"

#include <string.h>

const char *scenario_edit_split(const char *typed)
{
    /* Quotes are names' only where a name begins. */
    for (const char *s = typed, *begin = typed; *s; s++) {
        if (*s == '=') return s;
        if (*s == '.') begin = s + 1;
        if (s != begin || *s != '"' || *typed == '/') continue;
        for (s++; *s && *s != '"'; s++)
            if (*s == '\\' && s[1]) s++;
        if (!*s) return NULL;
    }
    return NULL;
}

/* ---- one edit ---- */

/* The text as it is after some edits. */
struct draft {
    struct pieces pieces;
    struct json_text json;
};

static void draft_free(struct draft *draft)
{
    json_text_free(&draft->json);
    pieces_free(&draft->pieces);
}

/* False if text is no JSON, of which errors tells, or no object: there is nothing to edit. */
static bool draft_begin(struct draft *draft, const char *text, size_t size, struct error_list *errors)
{
    draft->pieces = pieces_of(text, size);
    return json_text_parse(&draft->json, text, size, errors) && cJSON_IsObject(draft->json.root);
}

/* Splices what a walk has found, if the limits of a text allow. */
static void splice(struct draft *draft, const struct splices *splices, int number, struct error_list *errors)
{
    struct error_list wrong = {0};
    struct draft next = {.pieces = pieces_spliced(&draft->pieces, splices, number)};
    bool good = json_text_parse(&next.json, next.pieces.text, next.pieces.size, &wrong);
    if (!good) error_list_note_edit(errors, number, NULL, "%s", wrong.items[0].text);
    error_list_free(&wrong);
    draft_free(good ? draft : &next);
    if (good) *draft = next;
}

/* Makes one edit in draft, or notes why it cannot be made. */
static void edit_draft(struct draft *draft, const struct scenario_edit *edit, int number, struct error_list *errors)
{
    const char *wrong = path_wrong(edit->key);
    if (wrong) {
        error_list_note_edit(errors, number, NULL, "the key %s", wrong);
        return;
    }
    char said[ERROR_TEXT_MAX], *value = edit_value_read(edit->value, said);
    if (!value) {
        error_list_note_edit(errors, number, NULL, "%s", said);
        return;
    }
    struct walk w = {.mode = strcmp(value, "null") == 0 ? WALK_REMOVE : WALK_SET,
                     .key = edit->key,
                     .value = value,
                     .value_size = strlen(value),
                     .errors = errors,
                     .edit = number};
    walk_begin(&w, &draft->json);
    if (walk_all(&w)) splice(draft, &w.splices, number, errors);
    walk_end(&w);
    mem_free(value);
}

/* ---- all edits ---- */

static bool same_place(const struct found *a, const struct found *b)
{
    return a->inside == PIECE_ORIGINAL && a->at == b->at && a->warning == b->warning && strcmp(a->text, b->text) == 0;
}

/* Those of left that are in the draft already, which since is the last edit of, are since's. */
static size_t mark(struct error_list *errors, bool *left, const struct draft *draft, int since)
{
    struct error_list list = {.pieces = &draft->pieces};
    size_t count = 0;
    loaded_free(loader_load(draft->pieces.text, draft->pieces.size, &list));
    for (size_t i = 0; i < errors->count; i++) {
        for (size_t k = 0; left[i] && k < list.count; k++) {
            if (!same_place(&list.items[k], &errors->items[i])) continue;
            errors->items[i].since = since;
            left[i] = false;
        }
        count += left[i];
    }
    error_list_free(&list);
    return count;
}

/* A mistake where no edit was made is the text's own, or some edit has brought it about: the first after which it is
 * there. The text is one that can be edited. */
static void find_causes(struct error_list *errors, const char *text, size_t size, const struct scenario_edit *edits,
                        size_t count)
{
    bool *left = mem_zero(errors->count, sizeof *left);
    size_t left_count = 0;
    for (size_t i = 0; i < errors->count; i++) left_count += left[i] = errors->items[i].inside == PIECE_ORIGINAL;
    if (left_count > 0) {
        struct error_list unminded = {0};
        struct draft draft;
        draft_begin(&draft, text, size, &unminded);
        left_count = mark(errors, left, &draft, PIECE_ORIGINAL);
        for (size_t i = 0; i < count && left_count > 0; i++) {
            edit_draft(&draft, &edits[i], (int)i, &unminded);
            left_count = mark(errors, left, &draft, (int)i);
        }
        draft_free(&draft);
        error_list_free(&unminded);
    }
    mem_free(left);
}

struct loaded *scenario_load_edited(const char *text, size_t size, const struct scenario_edit *edits, size_t count,
                                    struct load_errors *errors, struct edited_text *edited)
{
    struct error_list list = {.edits = edits}, unminded = {0};
    struct draft draft;
    bool good = draft_begin(&draft, text, size, &unminded); /* if not, loading says why */
    for (size_t i = 0; good && i < count; i++) edit_draft(&draft, &edits[i], (int)i, &list);
    list.pieces = &draft.pieces;
    struct loaded *loaded = loader_load(draft.pieces.text, draft.pieces.size, &list);
    if (good && count > 0) find_causes(&list, text, size, edits, count);
    error_list_publish(&list, text, size, errors);
    error_list_free(&unminded);
    if (edited) {
        *edited = (struct edited_text){draft.pieces.text, draft.pieces.size, 0};
        edited->hash = scenario_hash(edited->text, edited->size);
        draft.pieces.text = NULL;
    }
    draft_free(&draft);
    return loaded;
}
