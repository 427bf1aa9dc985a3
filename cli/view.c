/* cli/view.c - what --view adds to a table: loads, senders, destinations, name service. See cli/print.h. */
#include "cli/print.h"
#include "cli/words.h"

#include <inttypes.h>
#include <string.h>

#define SHOWN 20

static void measure_row(FILE *to, const struct result *r, enum part part, uint32_t index, const char *measure,
                        const char *name)
{
    const struct measure *m = measure_find(part, measure);
    print_row(to, name, m->unit, measure_of(r, part, index, m));
}

/* Is there anything to tell of a part's nth? Counts what is told, and what would be too much. */
static bool shows(const struct result *r, enum part part, uint32_t index, uint32_t *shown)
{
    return part_is_there(r, part, index) && ++*shown <= SHOWN;
}

static void more(FILE *to, uint32_t shown)
{
    if (shown > SHOWN) fprintf(to, "  ... and %" PRIu32 " more; --format json has them all\n", shown - SHOWN);
}

/* ---- senders and destinations ---- */

static void mail_rows(FILE *to, const struct result *r, enum part part, const char *what)
{
    uint32_t shown = 0;
    print_head(to, what);
    for (uint32_t i = 0; i < part_count(r->spec, part); i++) {
        if (!shows(r, part, i, &shown)) continue;
        fprintf(to, "  %s", part_name(r->spec, part, i));
        if (part == PART_CLIENT) fprintf(to, " (by %s)", r->spec->mtas[r->spec->clients[i].via].name);
        fputc('\n', to);
        measure_row(to, r, part, i, "messages", "  messages a run");
        measure_row(to, r, part, i, "delivered_rate", "  delivered");
        measure_row(to, r, part, i, "bounce_rate", "  bounced");
        measure_row(to, r, part, i, "queued_rate", "  still queued at the end");
        measure_row(to, r, part, i, "latency.mean", "  mean time to the mailbox");
        measure_row(to, r, part, i, "latency.p50", "  half of the mail within");
        measure_row(to, r, part, i, "latency.p90", "  90 % within");
        measure_row(to, r, part, i, "latency.p99", "  99 % within");
    }
    more(to, shown);
}

/* ---- name service ---- */

static void dns_rows(FILE *to, const struct result *r)
{
    uint32_t shown = 0;
    print_head(to, "questions to resolvers");
    for (uint32_t i = 0; i < r->spec->mta_count; i++) {
        if (!shows(r, PART_MTA, i, &shown)) continue;
        fprintf(to, "  %s\n", r->spec->mtas[i].name);
        measure_row(to, r, PART_MTA, i, "arrived", "  messages and reports a run");
        measure_row(to, r, PART_MTA, i, "queries", "  questions for each of them");
    }
    more(to, shown);
    print_head(to, "resolvers");
    for (uint32_t i = shown = 0; i < r->spec->resolver_count; i++) {
        if (!shows(r, PART_RESOLVER, i, &shown)) continue;
        fprintf(to, "  %s\n", r->spec->resolvers[i].name);
        measure_row(to, r, PART_RESOLVER, i, "questions", "  questions a run");
        measure_row(to, r, PART_RESOLVER, i, "cached_rate", "  answered from its cache");
        measure_row(to, r, PART_RESOLVER, i, "packets", "  its questions to name servers");
    }
    more(to, shown);
    print_head(to, "name servers, questions a run");
    for (uint32_t i = shown = 0; i < r->spec->ns_count; i++)
        if (shows(r, PART_NS, i, &shown)) measure_row(to, r, PART_NS, i, "packets", r->spec->ns[i].host.name);
    more(to, shown);
}

/* ---- loads ---- */

static const struct {
    const char *what, *limit; /* limit follows the number */
} load_words[LOAD_KIND_COUNT] = {
    [LOAD_DELIVERIES] = {"deliveries", "at a time"},
    [LOAD_RUNNERS] = {"queue runners", "at a time"},
    [LOAD_LANE] = {"deliveries", "at a time"},
    [LOAD_SESSIONS] = {"sessions", "at a time"},
    [LOAD_CLIENT_SESSIONS] = {"sessions of its busiest client", "at a time"},
    [LOAD_RATE] = {"messages", "in"},
    [LOAD_CLIENT_RATE] = {"messages of its busiest client", "in"},
    [LOAD_DISK] = {"messages on its disk", "have room"},
    [LOAD_DEMAND] = {"questions a second", "can be answered"},
};

static void load_title(FILE *to, const struct result *r, enum part part, uint32_t index, enum load_kind kind)
{
    char number[64], period[32];
    double limit = load_limit(r->spec, kind, index);
    sim_time per = load_period(r->spec, kind, index);
    if (part == PART_LANE)
        fprintf(to, "  %s: deliveries to %s, ", r->spec->mtas[lane_mta(r->spec, index)].name,
                part_name(r->spec, part, index));
    else
        fprintf(to, "  %s: %s, ", part_name(r->spec, part, index), load_words[kind].what);
    if (limit > 0)
        fprintf(to, "%s %s%s%s\n", words_count(limit, number), load_words[kind].limit, per ? " " : "",
                per ? sim_time_text(per, period) : "");
    else
        fprintf(to, "no limit\n");
}

static void load_row(FILE *to, const struct result *r, enum part part, uint32_t index, enum load_kind kind,
                     const char *which, const char *name)
{
    char measure[64];
    snprintf(measure, sizeof measure, "%s.%s", load_kind_name(kind), which);
    if (measure_find(part, measure)) measure_row(to, r, part, index, measure, name);
}

/* stretch: the length of the busiest one, "30m". */
static void load_rows(FILE *to, const struct result *r, enum part part, uint32_t index, enum load_kind kind,
                      const char *stretch)
{
    bool rate = load_period(r->spec, kind, index) > 0;
    char busiest[64];
    if (rate)
        snprintf(busiest, sizeof busiest, "    in the busiest period");
    else
        snprintf(busiest, sizeof busiest, "    in the busiest %s", stretch);
    load_title(to, r, part, index, kind);
    load_row(to, r, part, index, kind, "mean", "  in use, on average");
    load_row(to, r, part, index, kind, "busiest", busiest);
    if (!rate) load_row(to, r, part, index, kind, "peak", "    at most");
    load_row(to, r, part, index, kind, "most", "    at most in all runs");
    load_row(to, r, part, index, kind, "utilisation", "  utilisation, on average");
    load_row(to, r, part, index, kind, "busiest_utilisation", busiest);
    load_row(to, r, part, index, kind, "busiest_headroom", "  headroom then");
    load_row(to, r, part, index, kind, "full", "  all in use, of the time");
    if (r->loads[kind][index].refused.most > 0) load_row(to, r, part, index, kind, "refused", "  turned away a run");
}

static void part_loads(FILE *to, const struct result *r, enum part part, const char *stretch)
{
    uint32_t shown = 0;
    for (uint32_t i = 0; i < part_count(r->spec, part); i++)
        for (int k = -1; (k = part_next_load(part, k)) >= 0;)
            if (load_detail(r->spec, (enum load_kind)k, i) != LOAD_NOTHING && shows(r, part, i, &shown))
                load_rows(to, r, part, i, (enum load_kind)k, stretch);
    more(to, shown);
}

static void failure_row(FILE *to, const char *words, const struct moments *count)
{
    char name[160];
    snprintf(name, sizeof name, "  %s", words);
    bool fits = strlen(name) <= 34;
    if (!fits) fprintf(to, "  %s\n", name);
    print_row(to, fits ? name : "", UNIT_COUNT, moments_estimate(count, RESULT_LEVEL));
}

static bool has_failures(const struct result *r, uint32_t host)
{
    for (int c = 0; c < CAUSE_COUNT; c++)
        if (r->hosts[host].failures[c].most > 0) return true;
    return false;
}

/* Why mail was not taken, where it was not. */
static void failure_rows(FILE *to, const struct result *r)
{
    uint32_t shown = 0;
    for (uint32_t i = 0; i < r->spec->mx_host_count; i++) {
        const struct moments *failures = r->hosts[i].failures;
        if (!has_failures(r, i) || !shows(r, PART_HOST, i, &shown)) continue;
        if (shown == 1) print_head(to, "MX hosts, without success a run");
        fprintf(to, "  %s\n", r->spec->mx_hosts[i].host.name);
        for (int c = 0; c < CAUSE_COUNT; c++)
            if (failures[c].most > 0) failure_row(to, cause_words((enum cause)c), &failures[c]);
    }
    more(to, shown);
}

static void queue_rows(FILE *to, const struct result *r)
{
    uint32_t shown = 0;
    print_head(to, "queues, mean over runs");
    for (uint32_t i = 0; i < r->spec->mta_count; i++) {
        if (!shows(r, PART_MTA, i, &shown)) continue;
        fprintf(to, "  %s\n", r->spec->mtas[i].name);
        measure_row(to, r, PART_MTA, i, "queue.mean", "  mean length");
        measure_row(to, r, PART_MTA, i, "queue.peak", "  peak");
        measure_row(to, r, PART_MTA, i, "queue.growth", "  fastest growth, messages an hour");
        measure_row(to, r, PART_MTA, i, "queue.drained", "  drained after the last repair in");
    }
    more(to, shown);
}

static void all_loads(FILE *to, const struct result *r)
{
    char stretch[32];
    sim_time_text(sim_time_from_seconds(result_bin_seconds(r)), stretch);
    queue_rows(to, r);
    print_head(to, "loads, mean over runs");
    part_loads(to, r, PART_MTA, stretch);
    part_loads(to, r, PART_LANE, stretch);
    part_loads(to, r, PART_HOST, stretch);
    part_loads(to, r, PART_NS, stretch);
    failure_rows(to, r);
}

void print_view(FILE *to, const struct result *r, enum view view)
{
    if (view == VIEW_LOAD || view == VIEW_ALL) all_loads(to, r);
    if (view == VIEW_SENDERS || view == VIEW_ALL) mail_rows(to, r, PART_CLIENT, "senders, of their own mail");
    if (view == VIEW_DESTINATIONS || view == VIEW_ALL)
        mail_rows(to, r, PART_DESTINATION, "destinations, of the mail to them");
    if (view == VIEW_DNS || view == VIEW_ALL) dns_rows(to, r);
}
