/* tests/models/prog_malloc.c - a world that has run once allocates nothing when it runs again. Every malloc of the
 * program, the C library's own included, is counted here. */
#define _GNU_SOURCE
#include "tests/models/worlds.h"
#include "tests/sanitized.h"

#include <stdio.h>

#ifdef SANITIZED
int main(void)
{
    puts("skipped: a sanitizer has its own malloc");
    return 77;
}
#else

#include <dlfcn.h>
#include <stdlib.h>

static bool counting;
static unsigned long calls;

/* dlsym may allocate before it has given us calloc: from here. */
static char early[8192];
static size_t early_used;

static void *find(const char *name)
{
    void *f = dlsym(RTLD_NEXT, name);
    if (!f) abort();
    return f;
}

static void *early_new(size_t size)
{
    void *p = early + early_used;
    early_used += (size + 15) / 16 * 16;
    if (early_used > sizeof early) abort();
    return p;
}

static bool is_early(const void *p)
{
    return (const char *)p >= early && (const char *)p < early + sizeof early;
}

/* A function pointer by way of a union: ISO C has no cast from void *. */
union function {
    void *object;
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void (*free)(void *);
};

void *malloc(size_t size)
{
    static union function real;
    calls += counting;
    if (!real.object) real.object = find("malloc");
    return real.malloc(size);
}

void *calloc(size_t count, size_t size)
{
    static union function real;
    static bool finding;
    calls += counting;
    if (finding) return early_new(count * size);
    if (!real.object) {
        finding = true;
        real.object = find("calloc");
        finding = false;
    }
    return real.calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    static union function real;
    calls += counting;
    if (!real.object) real.object = find("realloc");
    return real.realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    static union function real;
    calls += counting;
    if (!real.object) real.object = find("aligned_alloc");
    return real.aligned_alloc(alignment, size);
}

void free(void *p)
{
    static union function real;
    if (is_early(p)) return;
    if (!real.object) real.object = find("free");
    real.free(p);
}

static unsigned long calls_of_run(struct world *w, struct tally *tally)
{
    calls = 0;
    counting = true;
    world_run(w, 2385, 8532, tally);
    counting = false;
    return calls;
}

/* Everything that can need room: many messages at once, reports, a backup, look-ups that wait, alternating faults,
 * sessions that are kept, queue runners, and hosts and MTAs that remember. */
static void busy_world(struct tiny *t)
{
    tiny_init(t, "postfix", "unbound", 2, 2);
    tiny_backup(t, 1, "rfc5321");
    t->mtas[0].params.delay_warnings = (struct span_list){{SIM_HOUR}, 1};
    t->clients[0].from_zone = tiny_zone(t, 1, 1);
    t->clients[0].count = 0;
    t->clients[0].rate = 1.0 / 8;
    t->clients[0].unknown_users = 0.05;
    t->clients[0].senders = 23;
    t->zones[0].ttl = 60 * SIM_SECOND;
    t->mx_hosts[1].greylist = (struct greylist_spec){true, SIM_MINUTE, SIM_DAY, SIM_WEEK, false, 0};
    t->mx_hosts[0].limits = (struct limit_spec){.sessions = 8, .messages = {2385, SIM_HOUR}, .holds = 85, .empties = 2};
    struct client_spec *exim = &t->clients[tiny_client(t, tiny_mta(t, "exim", tiny_resolver(t, "bind")), 0)];
    exim->count = 0;
    exim->every = 85 * SIM_SECOND;
    struct client_spec *news = &t->clients[tiny_client(t, tiny_mta(t, "mailgun", tiny_resolver(t, "bind")), 0)];
    news->count = 238;
    news->unknown_users = 0.5;
    t->mx_hosts[0].host.delay = (struct law){.kind = LAW_LOGNORMAL, .a = 20 * SIM_MS, .shape = 0.5};
    tiny_fault(t, TARGET_MX_HOST, 0, FAULT_REFUSING, 2 * SIM_HOUR, 9 * SIM_HOUR);
    tiny_fault(t, TARGET_MX_HOST, 1, FAULT_SILENT, 4 * SIM_HOUR, 5 * SIM_HOUR);
    struct fault_spec *f = tiny_fault(t, TARGET_NS, 0, FAULT_SILENT, 0, 0);
    f->alternating = true;
    f->up = f->length = (struct law){.kind = LAW_EXPONENTIAL, .a = SIM_HOUR};
}

static int fail(const char *what, unsigned long n)
{
    printf("FAILED: %s: %lu\n", what, n);
    return 1;
}

int main(void)
{
    static struct tiny t;
    busy_world(&t);
    counting = true;
    mem_free(mem_zero(23, 85));
    mem_free(mem_resize(mem_new(85), 8532));
    counting = false;
    if (calls != 3) return fail("the counter does not count: three calls were made, seen", calls);

    struct world *w = world_new(&t.spec);
    struct tally *tally = tally_new(&t.spec);
    unsigned long first = calls_of_run(w, tally), second = calls_of_run(w, tally);
    unsigned long long events = (unsigned long long)tally->events;
    world_free(w);
    tally_free(tally);
    printf("%llu events: %lu allocations in the first run, %lu in the second\n", events, first, second);
    if (first == 0) return fail("the first run, which must make room, made no allocation", first);
    if (events < 50000) return fail("the world is too small to say anything, events", (unsigned long)events);
    return second ? fail("a run of a warm world allocates, calls", second) : 0;
}
#endif
