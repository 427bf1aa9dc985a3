/* cli/table.c - the result as a table for people. See cli/print.h. */
#include "cli/print.h"
#include "cli/words.h"
#include "models/left_out.h"
#include "models/retry.h"

#include <inttypes.h>
#include <string.h>

#define SHOWN 20

void print_row(FILE *to, const char *name, enum metric_unit unit, struct estimate e)
{
    char value[64], interval[160];
    if (!e.has_value) return;
    fprintf(to, "  %-34s %12s   %s\n", name, words_value(unit, e.value, value), words_interval(unit, &e, interval));
}

static void metric_row(FILE *to, const struct result *r, const char *metric, const char *name)
{
    print_row(to, name, metric_find(metric)->unit, result_named(r, metric));
}

void print_head(FILE *to, const char *name)
{
    fprintf(to, "\n%-36s %12s   95 %% interval\n", name, "");
}

static bool has_relay(const struct world_spec *spec)
{
    for (uint32_t i = 0; i < spec->mx_host_count; i++)
        if (spec->mx_hosts[i].relay != SPEC_NONE) return true;
    return false;
}

static bool may_warn(const struct world_spec *spec)
{
    for (uint32_t i = 0; i < spec->mta_count; i++)
        if (retry_warning_age(&spec->mtas[i].params, 0) != SIM_NEVER) return true;
    return false;
}

static void outcome_rows(FILE *to, const struct result *r)
{
    print_head(to, "of all messages sent");
    metric_row(to, r, "delivered_rate", "delivered");
    metric_row(to, r, "first_try_rate", "  without being deferred");
    print_row(to, "  after being deferred", UNIT_SHARE, result_delivered_later(r));
    if (has_relay(r->spec)) metric_row(to, r, "backup_rate", "  by way of a relay (backup MX)");
    metric_row(to, r, "bounce_rate", "bounced");
    metric_row(to, r, "queued_rate", "still queued at the end");
    if (may_warn(r->spec))
        metric_row(to, r, "warned_rate", "sender warned of a delay");
    else
        fprintf(to, "  %-34s %12s   (no MTA here warns)\n", "sender warned of a delay", "never");
}

static void latency_rows(FILE *to, const struct result *r)
{
    if (r->hists[HIST_LATENCY].count == 0) return;
    print_head(to, "from send to mailbox");
    metric_row(to, r, "latency.mean", "mean");
    metric_row(to, r, "latency.p50", "half of the mail within");
    metric_row(to, r, "latency.p90", "90 % within");
    metric_row(to, r, "latency.p99", "99 % within");
    metric_row(to, r, "latency.p999", "99.9 % within");
    char most[64];
    fprintf(to, "  %-34s %12s\n", "the latest of all",
            words_seconds(sim_time_seconds(r->hists[HIST_LATENCY].most), most));
}

static void report_rows(FILE *to, const struct result *r)
{
    if (r->hists[HIST_WARNING].count + r->hists[HIST_BOUNCE].count == 0) return;
    print_head(to, "until the sender knows");
    metric_row(to, r, "warning.p50", "warning, median");
    metric_row(to, r, "bounce.p50", "bounce, median");
    metric_row(to, r, "bounce.p99", "bounce, 99 % within");
}

static void cost_rows(FILE *to, const struct result *r)
{
    print_head(to, "per message");
    metric_row(to, r, "attempts", "delivery attempts");
    if (r->totals[COL_PUT_OFF]) metric_row(to, r, "put_offs", "  times due, but not tried");
    metric_row(to, r, "sessions", "connections tried");
    metric_row(to, r, "queries", "questions to resolvers");
    metric_row(to, r, "packets", "questions to name servers");
}

static void reason_rows(FILE *to, const struct result *r)
{
    struct bounce_reason reason = {0};
    if (r->totals[COL_BOUNCED] == 0) return;
    print_head(to, "bounces, of all messages sent");
    while (result_next_reason(r, &reason)) {
        char name[160];
        snprintf(name, sizeof name, "%s by %s%s", reason.status, r->spec->mtas[reason.mta].name,
                 reason.expired ? ", queue lifetime over" : "");
        print_row(to, name, UNIT_SHARE, reason.share);
        fprintf(to, "    %s\n", cause_words(reason.cause));
    }
}

static void drain_row(FILE *to, const struct result *r, const struct mta_result *m)
{
    if (m->waited_runs == 0) return;
    if (m->drained.runs)
        print_row(to, "  drained after the last repair in", UNIT_SECONDS, moments_estimate(&m->drained, RESULT_LEVEL));
    if (m->waited_runs < r->runs)
        fprintf(to, "      over the %" PRIu64 " runs in which mail was waiting at the last repair\n", m->waited_runs);
    if (m->drained.runs < m->waited_runs)
        fprintf(to, "      %" PRIu64 " runs ended before it had drained\n", m->waited_runs - m->drained.runs);
}

static void queue_rows(FILE *to, const struct result *r)
{
    char limit[32];
    print_head(to, "queues, mean over runs");
    for (uint32_t i = 0; i < r->spec->mta_count; i++) {
        const struct mta_result *m = &r->mtas[i];
        char name[64], most[64];
        fprintf(to, "  %s\n", r->spec->mtas[i].name);
        snprintf(name, sizeof name, "  mean length over %s", sim_time_text(r->spec->limit, limit));
        print_row(to, name, UNIT_COUNT, moments_estimate(&m->queue, RESULT_LEVEL));
        print_row(to, "  peak", UNIT_COUNT, moments_estimate(&m->peak, RESULT_LEVEL));
        fprintf(to, "  %-34s %12s\n", "  highest peak of all runs", words_count(m->peak.most, most));
        drain_row(to, r, m);
    }
}

/* Who waits, where there is more than one who writes. */
static void client_rows(FILE *to, const struct result *r)
{
    if (r->spec->client_count < 2) return;
    print_head(to, "clients, of their own mail");
    for (uint32_t i = 0; i < r->spec->client_count && i < SHOWN; i++) {
        const struct mail_result *c = &r->clients[i];
        fprintf(to, "  %s (by %s)\n", r->spec->clients[i].name, r->spec->mtas[r->spec->clients[i].via].name);
        print_row(to, "  delivered", UNIT_SHARE, ratio_estimate(&c->delivered, RESULT_LEVEL, true));
        print_row(to, "  bounced", UNIT_SHARE, ratio_estimate(&c->bounced, RESULT_LEVEL, true));
        print_row(to, "  mean time to the mailbox", UNIT_SECONDS, ratio_estimate(&c->latency, RESULT_LEVEL, false));
    }
    if (r->spec->client_count > SHOWN)
        fprintf(to, "  ... and %" PRIu32 " more; --format json has them all\n", r->spec->client_count - SHOWN);
}

static void host_rows(FILE *to, const struct result *r)
{
    print_head(to, "MX hosts, mean over runs");
    for (uint32_t i = 0; i < r->spec->mx_host_count && i < SHOWN; i++) {
        const struct host_result *h = &r->hosts[i];
        if (r->spec->mx_hosts[i].is_alias) continue; /* no host: nobody connects to it */
        fprintf(to, "  %s\n", r->spec->mx_hosts[i].host.name);
        print_row(to, "  messages taken", UNIT_COUNT, moments_estimate(&h->accepted, RESULT_LEVEL));
        print_row(to, "  connections tried", UNIT_COUNT, moments_estimate(&h->connections, RESULT_LEVEL));
        if (h->busy.most > 0) print_row(to, "  told 421", UNIT_COUNT, moments_estimate(&h->busy, RESULT_LEVEL));
        if (h->turned_away.most > 0)
            print_row(to, "  refused or put off", UNIT_COUNT, moments_estimate(&h->turned_away, RESULT_LEVEL));
        if (h->peak.most > 0)
            print_row(to, "  most sessions at a time", UNIT_COUNT, moments_estimate(&h->peak, RESULT_LEVEL));
    }
    if (r->spec->mx_host_count > SHOWN)
        fprintf(to, "  ... and %" PRIu32 " more; --format json has them all\n", r->spec->mx_host_count - SHOWN);
}

/* What came of --precision. */
static void precision_rows(FILE *to, const struct simulation *sim)
{
    char text[256];
    if (sim->rounds.count > 0) fprintf(to, "\nprecision\n");
    for (size_t i = 0; i < sim->rounds.count; i++)
        fprintf(to, "  %s\n",
                precision_words(&sim->rounds.goals[i], &sim->answers[i], sim->result->runs, sim->rounds.limit, text,
                                sizeof text));
}

static void foot(FILE *to, const struct options *o, const struct simulation *sim)
{
    const struct result *r = sim->result;
    char seconds[64], events[64], rate[64];
    precision_rows(to, sim);
    fprintf(to, "\nleft out of the model:\n");
    for (int i = 0; left_out[i]; i++) fprintf(to, "  - %s\n", left_out[i]);
    fprintf(to, "\n%" PRIu64 " runs, seed %" PRIu64 ", %u thread%s, %s, %s events, %s events/s\n", r->runs, o->seed,
            o->threads, o->threads == 1 ? "" : "s", words_seconds(sim->seconds, seconds),
            words_count((double)r->events, events),
            words_count(sim->seconds > 0 ? (double)r->events / sim->seconds : 0, rate));
}

static void summary(FILE *to, const struct result *r)
{
    outcome_rows(to, r);
    latency_rows(to, r);
    report_rows(to, r);
    cost_rows(to, r);
    reason_rows(to, r);
    client_rows(to, r);
    queue_rows(to, r);
    host_rows(to, r);
}

void print_table(FILE *to, const struct scenario *s, const struct options *o, const struct simulation *sim)
{
    const struct result *r = sim->result;
    char mail[32], limit[32], messages[64];
    fprintf(to, "%s\n", s->spec->name);
    if (s->spec->ask[0]) fprintf(to, "%s\n", s->spec->ask);
    fprintf(to, "%" PRIu64 " run%s: mail is sent for %s, a run ends after %s; %s messages a run on average\n", r->runs,
            r->runs == 1 ? "" : "s", sim_time_text(s->spec->mail, mail), sim_time_text(s->spec->limit, limit),
            words_count(r->runs ? (double)r->totals[COL_SUBMITTED] / (double)r->runs : 0, messages));
    if (r->totals[COL_SUBMITTED] == 0) fprintf(to, "\nno message was sent\n");
    if (o->view == VIEW_SUMMARY || o->view == VIEW_ALL) summary(to, r);
    print_view(to, r, o->view);
    foot(to, o, sim);
}
