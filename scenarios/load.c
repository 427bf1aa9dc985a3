/* scenarios/load.c - see scenarios/load.h. */
#include "scenarios/load.h"

#include "scenarios/loader.h"
#include "scenarios/suggest.h"

#include <string.h>

struct loaded {
    struct arena arena;
    struct world_spec world;
};

#define TITLE_MAX 200
#define PROSE_MAX 10000

static void read_format(struct reader *r, const cJSON *node, void *into)
{
    char text[QUOTED_MAX];
    (void)into;
    if (!cJSON_IsString(node))
        reader_wrong_type(r, node, "\"" SCENARIO_FORMAT "\"");
    else if (strcmp(node->valuestring, SCENARIO_FORMAT) != 0)
        reader_error(r, node, "an unknown format %s, expected \"" SCENARIO_FORMAT "\"",
                     quoted(node->valuestring, text));
}

static void read_schema(struct reader *r, const cJSON *node, void *into)
{
    (void)into;
    if (!cJSON_IsString(node)) reader_wrong_type(r, node, "a string");
}

static const struct key root_keys[] = {
    {"$schema", KEY_OWN, 0, 0, 0, read_schema, NULL}, /* for editors */
    {"format", KEY_OWN, 0, 0, 0, read_format, "\"" SCENARIO_FORMAT "\""},
    {"name", KEY_TEXT, offsetof(struct world_spec, name), 0, TITLE_MAX, NULL, "\"what happens\""},
    {"why", KEY_TEXT, offsetof(struct world_spec, why), 0, PROSE_MAX, NULL, NULL},
    {"ask", KEY_TEXT, offsetof(struct world_spec, ask), 0, PROSE_MAX, NULL, NULL},
    {"time", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"network", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"clients", KEY_LATER, 0, 0, 0, NULL, "{\"staff\": {\"to\": \"joe@example.com\", \"rate\": \"60/h\"}}"},
    {"mtas", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"resolvers", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"zones", KEY_LATER, 0, 0, 0, NULL, "{\"example.com\": {\"ns\": [\"ns1\"], \"mx\": {\"mx1\": 10}}}"},
    {"name_servers", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"mx_hosts", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"groups", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"faults", KEY_LATER, 0, 0, 0, NULL, NULL},
    {"expect", KEY_LATER, 0, 0, 0, NULL, NULL},
};

static const struct key time_keys[] = {
    {"mail", KEY_DURATION, offsetof(struct world_spec, mail), 1, SIM_LONGEST, NULL, NULL},
    {"limit", KEY_DURATION, offsetof(struct world_spec, limit), 1, SIM_LONGEST, NULL, NULL},
};

/* The limit leaves a queue of five days the time to end. */
static void read_time(struct loader *l, const cJSON *node)
{
    struct world_spec *world = l->world;
    world->mail = SIM_DAY;
    world->limit = 0;
    if (node) reader_object(&l->reader, node, time_keys, READER_COUNT(time_keys), world);
    if (world->limit == 0)
        world->limit = world->mail < SIM_LONGEST - 6 * SIM_DAY ? world->mail + 6 * SIM_DAY : SIM_LONGEST;
    if (world->mail <= world->limit) return;
    char mail[32];
    reader_error(&l->reader, reader_child(node, "limit"), "the run ends before the last mail, expected at least %s",
                 sim_time_text(world->mail, mail));
}

static void check_not_empty(struct loader *l, const char *key, uint32_t count)
{
    const cJSON *node = reader_child(l->root, key);
    if (count == 0 && cJSON_IsObject(node)) reader_error(&l->reader, node, "nothing in it, expected at least one");
}

static void read_scenario(struct loader *l)
{
    if (!loader_declare(l)) return;
    l->world->name = l->world->why = l->world->ask = "";
    reader_object(&l->reader, l->root, root_keys, READER_COUNT(root_keys), l->world);
    check_not_empty(l, "clients", l->clients.count);
    check_not_empty(l, "zones", l->zones.count);
    read_time(l, reader_child(l->root, "time"));
    loader_read_network(l, reader_child(l->root, "network"));
    loader_read_hosts(l);
    loader_read_mtas(l);
    loader_read_zones(l);
    loader_read_clients(l);
    loader_read_faults(l, reader_child(l->root, "faults"));
    loader_read_expects(l, reader_child(l->root, "expect"));
    loader_check(l);
}

void loader_fini(struct loader *l)
{
    names_free(&l->clients);
    names_free(&l->mtas);
    names_free(&l->resolvers);
    names_free(&l->ns);
    names_free(&l->mx_hosts);
    names_free(&l->zones);
}

struct loaded *loader_load(const char *text, size_t size, struct error_list *errors)
{
    struct loaded *loaded = mem_zero(1, sizeof *loaded);
    struct json_text json;
    arena_init(&loaded->arena);
    if (json_text_parse(&json, text, size, errors)) {
        struct loader l = {.reader = {&json, &loaded->arena, errors}, .root = json.root, .world = &loaded->world};
        read_scenario(&l);
        loader_fini(&l);
    }
    json_text_free(&json);
    if (errors->errors == 0) return loaded;
    loaded_free(loaded);
    return NULL;
}

struct loaded *scenario_load(const char *text, size_t size, struct load_errors *errors)
{
    struct error_list list = {0};
    struct loaded *loaded = loader_load(text, size, &list);
    error_list_publish(&list, text, size, errors);
    return loaded;
}

const struct world_spec *loaded_spec(const struct loaded *loaded)
{
    return &loaded->world;
}

void loaded_free(struct loaded *loaded)
{
    if (!loaded) return;
    arena_fini(&loaded->arena);
    mem_free(loaded);
}

uint64_t scenario_hash(const char *text, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++) hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}
