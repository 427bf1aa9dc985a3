/* tests/truth/prog_load.c - many messages for one domain: how many at a time, over which host, what a dead one costs.
 */
#include "tests/truth/scene.h"

/* Hosts and processes take some time: with this one way, a delivery over a warm host takes as long as the 2 to 7 ms
 * that were measured where all is well. */
#define BUSY_NETWORK                                                                                                   \
    "'network': {'delay': {'uniform': ['200us', '1ms']}}, "                                                            \
    "'name_servers': {'ns1': {'delay': '50us'}, 'ns2': {'delay': '50us'}}, "

/* ---- dead destinations ---- */

#define THROTTLE       "'profile': 'postfix', 'minimal_backoff_time': '20s', 'queue_run_delay': '4s'"
#define THROTTLE_WORDS "minimal_backoff_time=20s queue_run_delay=4s"

/* Connections, and messages put off without one, from begin to end. */
static unsigned count_records(const struct scene *s, enum record_type type, double begin, double end)
{
    unsigned n = 0;
    for (size_t i = 0; i < s->count; i++) {
        double at = sim_time_seconds(s->records[i].at);
        n += s->records[i].type == type && at >= begin && at < end;
    }
    return n;
}

static void throttled(void)
{
    static const double at[] = {0, 2.2, 3.2, 5.1, 8.3, 12.1, 15.1, 25.1};
    char clients[2000] = "", text[TEXT_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        used +=
            (size_t)snprintf(clients + used, sizeof clients - used,
                             "%s'c%zu': {'to': 'joe@dest.example', 'count': 1, 'at': '%gs'}", i ? ", " : "", i, at[i]);
    truth_group("Postfix, one message every 2 or 3 s to a host that refuses", POSTFIX_LAB
                ", " THROTTLE_WORDS ". A lone failure does not mark the destination dead; at 24.1 s three retries "
                "fail together: dead for 20 s.");
    struct scene s =
        scene_open("'time': {'mail': '30s', 'limit': '42s'}, 'clients': {%s}, 'mtas': {'snd': {" THROTTLE
                   ", 'queue_run_phase': '0.1s'}}, " NETWORK ONE_MX "'faults': [{'on': 'mx1', 'is': 'refusing'}]",
                   clients);
    scene_run(&s, 0);
    struct list connects = scene_connects(&s, ANY);
    row_instants("connections of the first tries, s", &LIST(0, 2.2, 3.2, 5.1, 8.3, 12.1, 15.1), &connects, 1, 0, true,
                 NULL);
    cell_add(text, "%u", count_records(&s, RECORD_CONNECT, 24, 25));
    row_text("connections at 24.1 s", "3", text, NULL);
    struct list put_off = scene_times(&s, TYPE(RECORD_PUT_OFF), 0, ANY);
    row_instants("put off without a connection (a new message, then retries), s", &LIST(25.1, 28, 32, 36, 40), &put_off,
                 1, 0.2, false, NULL);
    scene_close(&s);
    s = scene_open("'time': {'mail': '30s', 'limit': '30s'}, 'clients': {%s}, 'mtas': {'snd': {" THROTTLE
                   ", 'smtp_connect_timeout': '5s', 'queue_run_phase': '0.1s'}}, " NETWORK ONE_MX
                   "'faults': [{'on': 'mx1', 'is': 'silent'}]",
                   clients);
    scene_run(&s, 0);
    struct list dead = scene_times(&s, TYPE(RECORD_PUT_OFF), 0, ANY),
                failed = scene_times(&s, TYPE(RECORD_DEFERRED), 0, ANY);
    struct list third = {{failed.n > 2 ? failed.v[2] : NAN}, 1};
    if (dead.n > 1) dead.n = 1;
    row_instants("silent, connect time-out 5 s: the third overlapping failure, s", &LIST(8.1), &third, 1, 0.2, false,
                 NULL);
    row_instants("silent, connect time-out 5 s: dead for the next message, s", &LIST(8.3), &dead, 1, 0.2, false, NULL);
    scene_close(&s);
}

static void burst_to_dead(void)
{
    enum { RUNS = 100 };
    static struct list connects[RUNS];
    struct list suspended = {.n = 0}, silent = {.n = 0};
    struct scene s =
        scene_open("'time': {'mail': '60s', 'limit': '100s'}, 'clients': {'c': {'to': 'joe@dest.example', 'count': "
                   "200}}, 'mtas': {'snd': {" THROTTLE ", 'queue_run_phase': '3.5s'}}, " BUSY_NETWORK ONE_MX
                   "'faults': [{'on': 'mx1', 'is': 'refusing'}]");
    for (uint64_t run = 0; run < RUNS; run++) {
        /* A run of the queue: what begins within 2 s. */
        double begin = -10;
        scene_run(&s, run);
        connects[run].n = 0;
        for (size_t i = 0; i < s.count; i++) {
            double at = sim_time_seconds(s.records[i].at);
            bool connect = s.records[i].type == RECORD_CONNECT;
            if (!connect && s.records[i].type != RECORD_PUT_OFF) continue;
            if (at > begin + 2) {
                list_add(&connects[run], 0);
                begin = at;
            }
            connects[run].v[connects[run].n - 1] += connect;
        }
        list_add(&suspended, count_records(&s, RECORD_PUT_OFF, 0, 5));
    }
    scene_close(&s);
    s = scene_open(
        "'time': {'mail': '1s', 'limit': '20s'}, 'clients': {'c': {'to': 'joe@dest.example', 'count': 200}}, "
        "'mtas': {'snd': {" THROTTLE ", 'smtp_connect_timeout': '5s'}}, " BUSY_NETWORK ONE_MX
        "'faults': [{'on': 'mx1', 'is': 'silent'}]");
    for (uint64_t run = 0; run < RUNS; run++) {
        scene_run(&s, run);
        list_add(&silent, count_records(&s, RECORD_CONNECT, 0, 15));
    }
    scene_close(&s);
    truth_group("Postfix, 200 messages at once to a host that refuses",
                POSTFIX_LAB ", " THROTTLE_WORDS "; a queue scan just before the destination is tried again");
    row_counts("connections in the burst and the next three runs of the queue", &LIST(3, 0, 4, 4), connects, RUNS,
               NULL);
    row_count("put off without a connection, in the burst", 197, &suspended, NULL);
    row_count("a silent host instead: connections under way", 5, &silent, NULL);
}

/* ---- two hosts of equal preference ---- */

#define EQUAL "'zones': {'dest.example': {'ns': ['ns1', 'ns2'], 'ttl': '30s', 'mx': {'mx1': 10, 'mx2': 10}}}, "

struct split {
    struct list first, connections; /* messages to mx1; connections to both */
    struct list peak;               /* deliveries at a time */
    double total;
};

static struct split equal(const char *mta, const char *how)
{
    struct split split = {.total = 0};
    struct scene s =
        scene_open("'time': {'mail': '20s', 'limit': '10m'}, 'clients': {'c': {'to': 'joe@dest.example', %s}}, "
                   "'mtas': {'snd': '%s'}, " BUSY_NETWORK EQUAL
                   "'mx_hosts': {'mx1': {'takes': '5ms'}, 'mx2': {'takes': '5ms'}}, 'faults': []",
                   how, mta);
    for (uint64_t run = 0; run < 400; run++) {
        scene_run(&s, run);
        const struct host_tally *a = &s.tally->hosts[scene_mx(&s, "mx1")], *b = &s.tally->hosts[scene_mx(&s, "mx2")];
        list_add(&split.first, 200.0 * (double)a->accepted / (double)(a->accepted + b->accepted));
        list_add(&split.connections, (double)(a->connections + b->connections));
        split.total += (double)(a->accepted + b->accepted);
    }
    scene_close(&s);
    return split;
}

static void equal_hosts(void)
{
    struct split slow = equal("postfix", "'every': '100ms'"), burst = equal("postfix", "'count': 200");
    truth_group("Two MX hosts of equal preference, 200 messages, Postfix", POSTFIX_LAB);
    row_share("one every 0.1 s: to mx1", 95, 200, list_mean(&slow.first) / 200, 400, NULL);
    row_count("one every 0.1 s: connections", 200, &slow.connections, NULL);
    /* Which of the two is the warm one is chance. */
    for (size_t i = 0; i < burst.first.n; i++)
        if (burst.first.v[i] < 100) burst.first.v[i] = 200 - burst.first.v[i];
    row_inside("burst: to the host that got more", 136, &burst.first, 0, NULL);
    row_count("burst: connections (10 and 8)", 18, &burst.connections, NULL);
    slow = equal("exim", "'every': '100ms'");
    burst = equal("exim", "'count': 200");
    truth_group("Two MX hosts of equal preference, 200 messages, Exim",
                EXIM_LAB "; one message a session, a new connection each");
    row_share("one every 0.1 s: to mx1", 108, 200, list_mean(&slow.first) / 200, 400, NULL);
    row_count("one every 0.1 s: connections", 200, &slow.connections, NULL);
    row_share("burst: to mx1", 111, 200, list_mean(&burst.first) / 200, 400, NULL);
    row_count("burst: connections (111 and 89)", 200, &burst.connections, NULL);
    row_absent("burst: deliveries at a time", "1", "the burst is handed over at one instant, and Exim limits nothing");
    row_absent("messages in one submission that are tried at once", "10 (smtp_accept_queue_per_connection)",
               "clients hand over each message by itself: all are tried at once");
    row_absent("50 a session: tried of 200", "40, the others by the queue runner",
               "clients hand over each message by itself: all are tried at once");
}

/* ---- a host that takes 1 s a message ---- */

/* Deliveries that end in each second from from on. */
static struct list per_second(const struct scene *s, double from)
{
    struct list l = {.n = 0};
    for (size_t i = 0; i < s->count; i++) {
        if (s->records[i].type != RECORD_DELIVERED) continue;
        size_t second = (size_t)(sim_time_seconds(s->records[i].at) - from);
        while (l.n <= second && l.n < LIST_MAX) l.v[l.n++] = 0;
        if (second < LIST_MAX) l.v[second]++;
    }
    return l;
}

static double last_delivery(const struct scene *s)
{
    const struct record *last = scene_last(s, TYPE(RECORD_DELIVERED), 0);
    return last ? sim_time_seconds(last->at) : NAN;
}

/* Deliveries under way at an instant: sessions with a message in them. */
static double most_at_a_time(const struct scene *s)
{
    struct list ends = scene_times(s, TYPE(RECORD_DELIVERED), 0, ANY);
    double most = 0;
    for (size_t i = 0; i < ends.n; i++) {
        double n = 0;
        for (size_t k = 0; k < ends.n; k++) n += ends.v[k] >= ends.v[i] && ends.v[k] < ends.v[i] + 1;
        if (n > most) most = n;
    }
    return most;
}

#define SLOW_SINK "'mx_hosts': {'mx1': {'takes': '1s'}}, "

static void slow_postfix(void)
{
    struct list done = {.n = 0}, connections = {.n = 0};
    static struct list seconds[1];
    struct scene s =
        scene_open("'time': {'mail': '1s', 'limit': '10m'}, 'clients': {'c': {'to': 'joe@dest.example', 'every': "
                   "'5ms'}}, 'mtas': {'snd': {" POSTFIX_SCALED "}}, " BUSY_NETWORK ONE_MX SLOW_SINK "'faults': []");
    scene_run(&s, 0);
    list_add(&done, last_delivery(&s));
    list_add(&connections, (double)s.tally->hosts[0].connections);
    seconds[0] = per_second(&s, 1);
    truth_group("200 messages for a host that takes 1 s a message, Postfix",
                POSTFIX_LAB ", " POSTFIX_SCALED_WORDS "; handed over within 1 s");
    row_counts("parallel, second by second", &LIST(5, 10, 20, 20), seconds, 1, NULL);
    row_instants("all delivered, s", &LIST(12.3), &done, 1, 1, false, NULL);
    row_count("connections", 25, &connections, NULL);
    scene_close(&s);
}

/* 200 queued while the host refuses; it returns 30 s after the last of them. */
static void returned_postfix(void)
{
    enum { RUNS = 60 };
    static const double begins[] = {0, 3, 7, 15, 30};
    struct list first = {.n = 0}, done = {.n = 0}, dead = {.n = 0}, off = {.n = 0};
    static struct list seconds[RUNS], rounds[RUNS];
    struct scene s = scene_open(
        "'time': {'mail': '60s', 'limit': '10m'}, 'clients': {'c': {'to': 'joe@dest.example', 'count': "
        "200}}, 'mtas': {'snd': {" POSTFIX_SCALED ", 'queue_run_phase': '3.4s'}}, " BUSY_NETWORK ONE_MX SLOW_SINK
        "'faults': [{'on': 'mx1', 'is': 'refusing', 'for': '30s'}]");
    for (uint64_t run = 0; run < RUNS; run++) {
        scene_run(&s, run);
        for (size_t i = 0; i < 4; i++)
            list_add(&rounds[run], count_records(&s, RECORD_CONNECT, begins[i], begins[i + 1]));
        list_add(&dead, count_records(&s, RECORD_CONNECT, 0, 30));
        list_add(&off, count_records(&s, RECORD_PUT_OFF, 0, 30));
        list_add(&first, scene_first(&s, TYPE(RECORD_DELIVERED), 0, ANY) - 30);
        list_add(&done, last_delivery(&s) - 30);
        seconds[run] = per_second(&s, 30 + first.v[run]);
    }
    scene_close(&s);
    truth_group("200 messages queued while the host refuses, which returns 30 s later, Postfix",
                POSTFIX_LAB ", " POSTFIX_SCALED_WORDS "; queue scans at 3.4 modulo 4 s, as the first delivery tells");
    row_counts("connections while dead, by runs of the queue", &LIST(3, 0, 4, 4), rounds, RUNS, NULL);
    row_count("connections while dead", 11, &dead, NULL);
    row_count("put off without a connection", 789, &off, NULL);
    row_inside("first delivery after the return, s", 2.4, &first, 0.1, NULL);
    row_counts("parallel, second by second", &LIST(5, 9, 16, 20, 20), seconds, RUNS, NULL);
    row_inside("all delivered after the return, s", 13.5, &done, 0.5, NULL);
}

static void slow_exim(void)
{
    struct list most = {.n = 0};
    struct scene s =
        scene_open("'time': {'mail': '40s', 'limit': '10m'}, 'clients': {'c': {'to': 'joe@dest.example', 'every': "
                   "'200ms'}}, 'mtas': {'snd': {" EXIM_SCALED "}}, " BUSY_NETWORK ONE_MX SLOW_SINK "'faults': []");
    scene_run(&s, 0);
    list_add(&most, most_at_a_time(&s));
    truth_group("200 messages for a host that takes 1 s a message, Exim",
                EXIM_LAB ", " EXIM_SCALED_WORDS "; handed over at some 5 a second, which is what 5 at a time say");
    row_count("deliveries at a time", 5, &most, NULL);
    scene_close(&s);
}

static void returned_exim(void)
{
    enum { RUNS = 60 };
    struct list first = {.n = 0}, done = {.n = 0}, dead = {.n = 0}, off = {.n = 0};
    static struct list runners[RUNS];
    struct scene s = scene_open(
        "'time': {'mail': '40s', 'limit': '10m'}, 'clients': {'c': {'to': 'joe@dest.example', 'every': "
        "'200ms'}}, 'mtas': {'snd': {" EXIM_SCALED ", 'queue_run_phase': '21.98s'}}, " BUSY_NETWORK ONE_MX SLOW_SINK
        "'faults': [{'on': 'mx1', 'is': 'refusing', 'for': '70s'}]");
    for (uint64_t run = 0; run < RUNS; run++) {
        scene_run(&s, run);
        list_add(&dead, count_records(&s, RECORD_CONNECT, 0, 70));
        list_add(&off, (double)s.tally->counts[COL_PUT_OFF]);
        list_add(&first, scene_first(&s, TYPE(RECORD_DELIVERED), 0, ANY) - 70);
        list_add(&done, last_delivery(&s) - 70);
        double begin = 70 + first.v[run];
        runners[run].n = 0;
        for (int i = 0; i < 4; i++)
            list_add(&runners[run],
                     count_records(&s, RECORD_DELIVERED, begin + 24 * i + 2, begin + 24 * i + 12) / 10.0);
    }
    struct list at = scene_connects(&s, ANY), gaps = {.n = 0};
    for (size_t i = 1; i < 4 && i < at.n; i++) list_add(&gaps, at.v[i] - at.v[i - 1]);
    truth_group("200 messages queued while the host refuses, which returns 30 s later, Exim",
                EXIM_LAB ", " EXIM_SCALED_WORDS "; 5 a second handed over; a queue run just before the return, as the "
                         "first delivery tells. A runner sends its queue down one connection.");
    row_count("connections while dead", 5, &dead, NULL);
    row_instants("from one connection to the next as mail is handed over, s", &LIST(12, 12, 12), &gaps, 1, 1, false,
                 NULL);
    row_count("messages skipped", 510, &off,
              "508 in queue runs, the others as they are handed over: what the measurement counted is not known");
    row_inside("first delivery after the return, s", 25.1, &first, 1, NULL);
    row_counts("parallel, one more each 24 s", &LIST(1, 2, 3, 4), runners, RUNS, NULL);
    row_inside("all delivered after the return, s", 111.6, &done, 2, NULL);
    scene_close(&s);
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "Many messages for one domain");
    throttled();
    burst_to_dead();
    equal_hosts();
    slow_postfix();
    returned_postfix();
    slow_exim();
    returned_exim();
    return truth_end();
}
