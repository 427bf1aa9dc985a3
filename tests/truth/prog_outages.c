/* tests/truth/prog_outages.c - how long an outage of the name servers is, seen through each resolver: docs/outages.md.
 *
 * One question a second for another name each time goes to the resolver, which has learned its servers for three
 * minutes. Then both servers fail for a while. What is looked for is when a client has the first good answer, and when
 * a message is delivered that Postfix, behind the same resolver, was given at the beginning of the outage. */
#include "tests/truth/page.h"
#include "tests/truth/scene.h"

#define RUNS        25
#define NAMES       90 /* each is asked for every 90 s, and no answer is kept: longer than any failure is remembered */
#define WARM        180
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

static const char *const resolvers[] = {"unbound", "bind", "pdns", "knot"};
static const char *const titles[] = {"Unbound", "BIND", "PowerDNS Recursor", "Knot Resolver"};
static const int outages[] = {5, 15, 30, 60, 300, 900};
static const struct {
    const char *kind, *title;
} kinds[] = {{"silent", "The servers are silent"}, {"refusing", "Their ports are closed"}, {"lame", "They are lame"}};

/* The median of what the runs gave, and the least and the most. */
static void put_cell(FILE *to, const struct list *l)
{
    double low = list_quantile(l, 0), middle = list_quantile(l, 0.5), high = list_quantile(l, 1);
    if (l->n < RUNS)
        fprintf(to, " never in %zu of %d |", RUNS - l->n, RUNS);
    else if (high - low < 0.95)
        fprintf(to, " %.0f |", middle);
    else
        fprintf(to, " %.0f (%.0f to %.0f) |", middle, low, high);
}

struct seen {
    struct list answer; /* after the servers' return, seconds */
    struct list mail;   /* after the message was written */
};

static char *scenario_text(const char *resolver, const char *kind, int outage)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (!f) abort();
    fprintf(f,
            "{'format': '" SCENARIO_FORMAT "', 'name': 'seen', 'time': {'mail': '%ds', 'limit': '%ds'}, "
            "'network': {'delay': '50us'}, 'resolvers': {'r': '%s'}, "
            "'mtas': {'asker': {'profile': 'classic', 'resolver': 'r'}, 'postfix': {'profile': 'postfix', 'resolver': "
            "'r'}}, 'faults': [{'on': ['ns1', 'ns2'], 'is': '%s', 'from': '%ds', 'for': '%ds'}], 'clients': {",
            WARM + outage + 2400, WARM + outage + 7200, resolver, kind, WARM, outage);
    for (int i = 0; i < NAMES; i++)
        fprintf(f, "'c%d': {'via': 'asker', 'to': 'joe@n%d.example.test', 'every': '%ds', 'at': '%d.5s'}, ", i, i,
                NAMES, i);
    fprintf(f, "'p': {'via': 'postfix', 'to': 'joe@mail.example.test', 'count': 1, 'at': '%d.7s'}}, 'zones': {", WARM);
    fprintf(f, "'example.test': {'ns': ['ns1', 'ns2'], 'ttl': '0s', 'mx': '.'}, 'mail.example.test': {'ttl': '0s', "
               "'mx': {'mx1': 10}}");
    for (int i = 0; i < NAMES; i++) fprintf(f, ", 'n%d.example.test': {'ttl': '0s', 'mx': '.'}", i);
    fprintf(f, "}}");
    fclose(f);
    for (char *c = text; *c; c++)
        if (*c == '\'') *c = '"';
    return text;
}

static void note_run(const struct scene *s, int outage, struct seen *seen)
{
    double back = WARM + outage;
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (r->type != RECORD_ANSWER || r->dns != DNS_OK || sim_time_seconds(r->at) < back) continue;
        if (question_type(r->question) != QUESTION_MX) continue;
        list_add(&seen->answer, sim_time_seconds(r->at) - back);
        break;
    }
    for (size_t i = 0; i < s->count; i++)
        if (s->records[i].type == RECORD_DELIVERED)
            list_add(&seen->mail, sim_time_seconds(s->records[i].at) - WARM - 0.7);
}

static void look(const char *resolver, const char *kind, int outage, struct seen *seen)
{
    char *text = scenario_text(resolver, kind, outage);
    struct scene s = scene_of_text(text, strlen(text));
    *seen = (struct seen){.answer.n = 0};
    for (uint64_t run = 0; run < RUNS; run++) {
        scene_run(&s, run);
        note_run(&s, outage, seen);
    }
    scene_close(&s);
    free(text);
}

static void put_head(FILE *to)
{
    fprintf(to, "\n| real outage, s |");
    for (size_t r = 0; r < COUNT_OF(resolvers); r++) fprintf(to, " %s |", titles[r]);
    fprintf(to, "\n|---|---|---|---|---|\n");
}

static void put_kind(FILE *to, size_t kind)
{
    static struct seen seen[COUNT_OF(outages)][COUNT_OF(resolvers)];
    for (size_t o = 0; o < COUNT_OF(outages); o++)
        for (size_t r = 0; r < COUNT_OF(resolvers); r++) look(resolvers[r], kinds[kind].kind, outages[o], &seen[o][r]);
    fprintf(to, "\n## %s\n\nSeconds from their return to the first good answer that a client gets:\n",
            kinds[kind].title);
    put_head(to);
    for (size_t o = 0; o < COUNT_OF(outages); o++) {
        fprintf(to, "| %d |", outages[o]);
        for (size_t r = 0; r < COUNT_OF(resolvers); r++) put_cell(to, &seen[o][r].answer);
        fprintf(to, "\n");
    }
    fprintf(to, "\nSeconds that a message takes which Postfix was given as the outage began:\n");
    put_head(to);
    for (size_t o = 0; o < COUNT_OF(outages); o++) {
        fprintf(to, "| %d |", outages[o]);
        for (size_t r = 0; r < COUNT_OF(resolvers); r++) put_cell(to, &seen[o][r].mail);
        fprintf(to, "\n");
    }
}

static char *page_text(void)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (!f) abort();
    fprintf(
        f,
        "# How long an outage is, seen through a resolver\n\n"
        "Two name servers have one zone. Both fail at the same moment and come back at the same moment. A resolver "
        "with its\ndefault settings, which has known both servers for three minutes, is asked once a second, each "
        "time for another name\nof the zone; nobody's answer is kept (TTL 0 s). Postfix with its default settings "
        "asks the same resolver. Each cell is the\nmedian of %d simulated runs, and the least and the most where "
        "they differ.\n\n"
        "How do we know? The mechanisms are those of [resolvers.md](resolvers.md); [truth.md](truth.md) holds them "
        "against what was\nmeasured on the real resolvers. The cells themselves are simulated: most have never been "
        "measured.\nThis page is written by `prog_outages_in_truth --update`, and a test says when it is out of "
        "date.\n",
        RUNS);
    for (size_t kind = 0; kind < COUNT_OF(kinds); kind++) put_kind(f, kind);
    fprintf(
        f,
        "\n## What one sees\n\n"
        "- **BIND** has no memory of dead servers worth the name: the first question after the return is answered, "
        "and so are those\n  that were waiting.\n"
        "- **Unbound** asks a dead server ever more rarely, and holds it to be down when its time-out has doubled to "
        "two minutes: then\n  nothing is asked until what it knows of the server ends, 900 s after it was learned "
        "(`infra-host-ttl`).\n"
        "- **PowerDNS Recursor** leaves a server alone for 60 s after 64 failures in a row, and tells a client the "
        "same SERVFAIL\n  for 60 s.\n"
        "- **Knot Resolver** calls an address dead for one second at a time.\n"
        "- The message waits for Postfix's own timetable on top: it is tried again after 300 s at the earliest, at "
        "the next scan of\n  the queue. An outage of some seconds therefore costs it minutes, whatever the resolver "
        "does; a hold-down of 900 s costs\n  it another retry.\n\n"
        "Left out: losses other than the outage, TCP, other traffic for the same servers, a second resolver in "
        "`resolv.conf`.\n");
    fclose(f);
    return text;
}

int main(int argc, char **argv)
{
    char *text = page_text();
    int code = page_end(argc, argv, "outages.md", text);
    free(text);
    return code;
}
