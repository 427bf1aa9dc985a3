/* tests/truth/scene.h - a scenario in a few lines of text, run again and again, and what is to be read off a run. */
#pragma once
#include "models/question.h"
#include "models/tally.h"
#include "models/world.h"
#include "scenarios/load.h"
#include "sim/mem.h"
#include "tests/truth/truth.h"

/* Where the figures of these programs were measured, unless a group says more. */
#define LAB                                                                                                            \
    "Debian 12 packages, Linux 6.18, every host in its own network namespace, unbound 1.17.1-2+deb12u4, nsd 4.6.1-1; " \
    "measured 2026-11"
#define POSTFIX_LAB "Postfix 3.7.11-0+deb12u1; " LAB
#define EXIM_LAB    "Exim 4.96-15+deb12u10; " LAB

/* The lab's network, and its domain: two name servers, two MX hosts, TTL 30 s. */
#define NETWORK "'network': {'delay': '50us'}, "
#define ZONE                                                                                                           \
    "'zones': {'dest.example': {'ns': ['ns1', 'ns2'], 'ttl': '30s', 'negative_ttl': '30s', 'mx': {'mx1': 10, 'mx2': "  \
    "20}}}, "
#define ONE_MX                                                                                                         \
    "'zones': {'dest.example': {'ns': ['ns1', 'ns2'], 'ttl': '30s', 'negative_ttl': '30s', 'mx': {'mx1': 10}}}, "
#define ONE_MESSAGE "'clients': {'c': {'to': 'joe@dest.example', 'count': 1}}, "

/* The same scaled settings in most cases. */
#define POSTFIX_SCALED POSTFIX_SCANNING("4s")
#define POSTFIX_SCANNING(delay)                                                                                        \
    "'profile': 'postfix', 'minimal_backoff_time': '4s', 'maximal_backoff_time': '54s', 'queue_run_delay': '" delay    \
    "', "                                                                                                              \
    "'maximal_queue_lifetime': '600s', 'bounce_queue_lifetime': '600s', 'delay_warning_time': '60s'"
#define EXIM_SCALED                                                                                                    \
    "'profile': 'exim', 'retry': 'F,96s,12s; G,400s,48s,1.5; F,600s,100s', 'queue_interval': '24s', "                  \
    "'delay_warning': '60s'"
#define POSTFIX_SCALED_WORDS                                                                                           \
    "minimal_backoff_time=4s maximal_backoff_time=54s queue_run_delay=4s maximal_queue_lifetime=600s "                 \
    "bounce_queue_lifetime=600s delay_warning_time=60s"
#define EXIM_SCALED_WORDS "retry rules `F,96s,12s; G,400s,48s,1.5; F,600s,100s`, -q24s, delay_warning=60s"

struct scene {
    struct loaded *loaded;
    const struct world_spec *spec;
    struct world *world;
    struct tally *tally;
    struct record *records;
    size_t count, room;
};

static inline struct scene scene_of_text(const char *text, size_t size)
{
    struct load_errors errors;
    struct scene s = {.loaded = scenario_load(text, size, &errors)};
    for (size_t i = 0; i < errors.count; i++)
        if (!s.loaded || !errors.items[i].warning)
            fprintf(stderr, "%s: %s\n", errors.items[i].pointer, errors.items[i].text);
    if (!s.loaded) {
        fprintf(stderr, "%.*s\n", (int)size, text);
        exit(2);
    }
    load_errors_free(&errors);
    s.spec = loaded_spec(s.loaded);
    s.world = world_new(s.spec);
    s.tally = tally_new(s.spec);
    return s;
}

/* text: the members of the scenario beside "format" and "name", with ' for ". */
__attribute__((format(printf, 1, 2))) static inline struct scene scene_open(const char *text, ...)
{
    enum { SIZE = 400000 };
    char *full = mem_new(SIZE);
    va_list args;
    int head = snprintf(full, SIZE, "{'format': '" SCENARIO_FORMAT "', 'name': 'truth', ");
    va_start(args, text);
    int size = head + vsnprintf(full + head, SIZE - (size_t)head, text, args);
    va_end(args);
    if (size >= SIZE - 2) abort();
    full[size++] = '}';
    for (int i = 0; i < size; i++)
        if (full[i] == '\'') full[i] = '"';
    struct scene s = scene_of_text(full, (size_t)size);
    mem_free(full);
    return s;
}

static inline void scene_note(void *context, const struct record *r)
{
    struct scene *s = context;
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 1024;
        s->records = mem_resize(s->records, s->room * sizeof *s->records);
    }
    s->records[s->count++] = *r;
}

static inline void scene_run(struct scene *s, uint64_t run)
{
    s->count = 0;
    world_observe(s->world, scene_note, s);
    world_run(s->world, 1, run, s->tally);
}

static inline void scene_close(struct scene *s)
{
    world_free(s->world);
    tally_free(s->tally);
    mem_free(s->records);
    loaded_free(s->loaded);
}

/* ---- what happened ---- */

#define TYPE(type) (UINT64_C(1) << (type))
#define ATTEMPT_ENDS                                                                                                   \
    (TYPE(RECORD_DEFERRED) | TYPE(RECORD_PUT_OFF) | TYPE(RECORD_BOUNCED) | TYPE(RECORD_DELIVERED) |                    \
     TYPE(RECORD_RELAYED))
#define ANY UINT32_MAX

/* The instants, in seconds, of the records of these types about one message (0: any) of the MTA, resolver or host in
 * whose hands they are (ANY). Reports are left out. */
static inline struct list scene_times(const struct scene *s, uint64_t types, uint32_t message, uint32_t who)
{
    struct list l = {.n = 0};
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (!(types & TYPE(r->type)) || r->report || (message && r->message != message)) continue;
        if (who == ANY || r->who == who) list_add(&l, sim_time_seconds(r->at));
    }
    return l;
}

/* The first of them; NAN if there is none. */
static inline double scene_first(const struct scene *s, uint64_t types, uint32_t message, uint32_t who)
{
    struct list l = scene_times(s, types, message, who);
    return l.n ? l.v[0] : NAN;
}

/* The last record of these types about the message; null if there is none. */
static inline const struct record *scene_last(const struct scene *s, uint64_t types, uint32_t message)
{
    for (size_t i = s->count; i-- > 0;)
        if ((types & TYPE(s->records[i].type)) && !s->records[i].report &&
            (message == 0 || s->records[i].message == message))
            return &s->records[i];
    return NULL;
}

static inline uint32_t scene_mx(const struct scene *s, const char *name)
{
    for (uint32_t i = 0; i < s->spec->mx_host_count; i++)
        if (strcmp(s->spec->mx_hosts[i].host.name, name) == 0) return i;
    abort();
}

static inline uint32_t scene_ns(const struct scene *s, const char *name)
{
    for (uint32_t i = 0; i < s->spec->ns_count; i++)
        if (strcmp(s->spec->ns[i].host.name, name) == 0) return i;
    abort();
}

/* Connections to an MX host: when they begin. */
static inline struct list scene_connects(const struct scene *s, uint32_t host)
{
    struct list l = {.n = 0};
    for (size_t i = 0; i < s->count; i++)
        if (s->records[i].type == RECORD_CONNECT && (host == ANY || s->records[i].whom == host))
            list_add(&l, sim_time_seconds(s->records[i].at));
    return l;
}

/* "deferred 4.4.3", "bounced 5.4.4", "delivered": how the message's first attempt ended. */
static inline const char *scene_outcome(const struct scene *s, uint32_t message, char *text, bool code)
{
    *text = '\0';
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (!(ATTEMPT_ENDS & TYPE(r->type)) || r->report || r->message != message) continue;
        const char *word = r->type == RECORD_DEFERRED || r->type == RECORD_PUT_OFF ? "defer"
                           : r->type == RECORD_BOUNCED                             ? "bounce"
                                                                                   : "sent";
        cell_add(text, "%s", word);
        if (code && r->status && r->type != RECORD_DELIVERED) cell_add(text, " %s", r->status);
        break;
    }
    return text;
}
