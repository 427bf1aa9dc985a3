/* models/metric.c - see models/metric.h. */
#include "models/metric.h"

#include "models/tally.h"

#include <string.h>

#define SHARE(name, a, b, what)                                                                                        \
    {                                                                                                                  \
        name, UNIT_SHARE, METRIC_RATIO, what, a, b                                                                     \
    }
#define PER(name, unit, a, b, what)                                                                                    \
    {                                                                                                                  \
        name, unit, METRIC_RATIO, what, a, b                                                                           \
    }
#define QUANTILE(name, hist, share, what)                                                                              \
    {                                                                                                                  \
        name, UNIT_SECONDS, METRIC_QUANTILE, what, hist, share                                                         \
    }

const struct metric metrics[] = {
    SHARE("delivered_rate", COL_DELIVERED, COL_SUBMITTED, "delivered, of all messages sent"),
    SHARE("bounce_rate", COL_BOUNCED, COL_SUBMITTED, "returned to the sender, of all messages sent"),
    SHARE("queued_rate", COL_QUEUED, COL_SUBMITTED, "still queued at the end, of all messages sent"),
    SHARE("first_try_rate", COL_FIRST_TRY, COL_SUBMITTED, "delivered without being deferred, of all messages sent"),
    SHARE("backup_rate", COL_VIA_BACKUP, COL_SUBMITTED,
          "delivered by way of a relay (backup MX), of all messages sent"),
    SHARE("warned_rate", COL_WARNED, COL_SUBMITTED, "whose sender was warned of a delay, of all messages sent"),
    PER("latency.mean", UNIT_SECONDS, COL_LATENCY, COL_DELIVERED, "mean time from send to mailbox"),
    QUANTILE("latency.p50", HIST_LATENCY, 5000, "half of the delivered mail came within this"),
    QUANTILE("latency.p90", HIST_LATENCY, 9000, "90 % of the delivered mail came within this"),
    QUANTILE("latency.p99", HIST_LATENCY, 9900, "99 % of the delivered mail came within this"),
    QUANTILE("latency.p999", HIST_LATENCY, 9990, "99.9 % of the delivered mail came within this"),
    QUANTILE("warning.p50", HIST_WARNING, 5000, "time from send to the first warning, median of those warned"),
    QUANTILE("bounce.p50", HIST_BOUNCE, 5000, "time from send to the bounce, median of those bounced"),
    QUANTILE("bounce.p99", HIST_BOUNCE, 9900, "time from send to the bounce, 99 % of those bounced"),
    PER("attempts", UNIT_COUNT, COL_ATTEMPTS, COL_SUBMITTED, "delivery attempts a message, by all MTAs"),
    PER("put_offs", UNIT_COUNT, COL_PUT_OFF, COL_SUBMITTED,
        "times a message was due and not tried, its destination or hosts being left alone"),
    PER("sessions", UNIT_COUNT, COL_SESSIONS, COL_SUBMITTED, "connections tried a message"),
    PER("queries", UNIT_COUNT, COL_QUERIES, COL_SUBMITTED, "questions to a resolver a message"),
    PER("packets", UNIT_COUNT, COL_PACKETS, COL_SUBMITTED, "questions from resolvers to name servers a message"),
    PER("reports", UNIT_COUNT, COL_REPORTS, COL_SUBMITTED, "warnings and bounces a message"),
    {"messages", UNIT_COUNT, METRIC_MEAN, "messages sent a run", COL_SUBMITTED, COL_ONE},
};
const size_t metric_count = sizeof metrics / sizeof *metrics;

const char *metric_unit_name(enum metric_unit unit)
{
    static const char *const names[] = {[UNIT_SHARE] = "share", [UNIT_SECONDS] = "seconds", [UNIT_COUNT] = "count"};
    return names[unit];
}

const struct metric *metric_find(const char *name)
{
    for (size_t i = 0; i < metric_count; i++)
        if (strcmp(metrics[i].name, name) == 0) return &metrics[i];
    return NULL;
}
