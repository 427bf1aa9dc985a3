/* tests/truth/prog_unbound.c - Unbound asked by one client: selection, dead servers, give-up, recovery, serve-expired,
 * misbehaving servers.
 *
 * The client is an MTA whose stub waits longer than the resolver works, so no question is asked twice. The names asked
 * are mail domains of one zone that take no mail: one question (MX) each. */
#include "tests/truth/scene.h"

#define UNBOUND_LAB                                                                                                    \
    "unbound 1.17.1-2+deb12u4 (Debian 12), two name servers, network of 0.1 ms there and back, a client that sends "   \
    "each question once; measured 2026-11"
#define CORE  "'test': {'ns': ['tld'], 'mx': '.'}, "
#define NEVER 1e6

/* ---- the laboratory ---- */

struct lab {
    const char *resolver; /* members of its scenario object beside the profile: ", 'serve-expired': true" */
    const char *zone;     /* its TTLs */
    const char *network;
    const char *faults;
    char names[330000], clients[330000];
    unsigned count;
    double end;
};

static struct lab lab;

static void append(char *text, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void append(char *text, size_t room, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text + used, room - used, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room - used) abort();
}

static void lab_begin(const char *resolver, const char *faults)
{
    lab.resolver = resolver;
    lab.faults = faults;
    lab.zone = "'ttl': '3600s', 'negative_ttl': '3600s'";
    lab.network = "'network': {'delay': '50us'}";
    lab.names[0] = lab.clients[0] = '\0';
    lab.count = 0;
    lab.end = 0;
}

/* A name that is asked for `times` times from then on. */
static void lab_name(double at, double every, unsigned times)
{
    append(lab.names, sizeof lab.names, ", 'n%u.example.test': {'mx': '.'}", lab.count);
    for (unsigned i = 0; i < times; i++)
        append(lab.clients, sizeof lab.clients, "%s'c%u.%u': {'to': 'joe@n%u.example.test', 'count': 1, 'at': '%.3fs'}",
               lab.clients[0] ? ", " : "", lab.count, i, lab.count, at + i * every);
    lab.count++;
    if (at + times * every > lab.end) lab.end = at + times * every;
}

/* Names one after the other, each asked once. */
static void lab_names(double at, double every, unsigned count)
{
    for (unsigned i = 0; i < count; i++) lab_name(at + i * every, 0, 1);
}

/* The scenario; it goes on for so many seconds after the last question. patience: the client's. */
static struct scene lab_open(double patience, double more)
{
    return scene_open(
        "'time': {'mail': '%.3fs', 'limit': '%.3fs'}, %s, 'mtas': {'m': {'profile': 'classic', 'resolver': 'r', "
        "'stub_timeout': '%gs', 'stub_attempts': 1, 'maximal_queue_lifetime': '0s', 'bounce_queue_lifetime': '0s'}}, "
        "'resolvers': {'r': {'profile': 'unbound'%s}}, 'zones': {" CORE
        "'example.test': {'ns': ['ns1', 'ns2'], %s, 'mx': '.'}%s}, "
        "'clients': {%s}, 'faults': [%s]",
        lab.end + 1, lab.end + more, lab.network, patience, lab.resolver, lab.zone, lab.names, lab.clients, lab.faults);
}

/* ---- what happened ---- */

static bool asks_name(const struct scene *s, const struct record *r, unsigned name)
{
    char text[40];
    snprintf(text, sizeof text, "n%u.example.test", name);
    return strcmp(question_name(s->spec, r->question), text) == 0;
}

/* Packets to a server (ANY) with questions of that type (QUESTION_TYPES: all) in [from, until). */
static unsigned packets(const struct scene *s, uint32_t ns, enum question_type type, double from, double until)
{
    unsigned n = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        double at = sim_time_seconds(r->at);
        if (r->type != RECORD_QUERY || at < from || at >= until) continue;
        if (ns != ANY && r->whom != ns) continue;
        n += type == QUESTION_TYPES || question_type(r->question) == type;
    }
    return n;
}

/* The number of the message that asks name after name in their order: 1 for the first. */
static double answered(const struct scene *s, uint32_t message, enum dns_status *status)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (r->type != RECORD_ANSWER || r->message != message) continue;
        *status = r->dns;
        return sim_time_seconds(r->at);
    }
    return NAN;
}

/* How long each of the messages from number `first` on waited for its answer. */
static struct list latencies(const struct scene *s, uint32_t first, unsigned count)
{
    static double asked[3000];
    struct list l = {.n = 0};
    if (count > LIST_MAX) abort();
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (r->message < first || r->message >= first + count || r->report) continue;
        if (r->type == RECORD_ASK) asked[r->message - first] = sim_time_seconds(r->at);
        if (r->type == RECORD_ANSWER) l.v[r->message - first] = sim_time_seconds(r->at) - asked[r->message - first];
    }
    l.n = count;
    return l;
}

/* How many answers took longer than that from the question on. */
static unsigned slow_answers(const struct scene *s, uint32_t first, double limit)
{
    static double asked[3000];
    unsigned n = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (r->message < first || r->report) continue;
        if (r->type == RECORD_ASK) asked[r->message] = sim_time_seconds(r->at);
        if (r->type == RECORD_ANSWER) n += sim_time_seconds(r->at) - asked[r->message] > limit;
    }
    return n;
}

static unsigned count_above(const struct list *l, double limit)
{
    unsigned n = 0;
    for (size_t i = 0; i < l->n; i++) n += l->v[i] > limit;
    return n;
}

/* Within a share of the real value, or so many seconds. */
static void row_near(const char *name, double real, double mxsim, double share, double seconds, const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    cell_number(left, real);
    cell_number(right, mxsim);
    bool met = fabs(mxsim - real) <= fmax(share * real, seconds);
    truth_row(name, left, right, met, miss, "within %g %% or %g s", 100 * share, seconds);
}

/* ---- which server ---- */

static void selection_at(const char *name, const char *network, unsigned hits, double p50, double p90)
{
    char title[200];
    unsigned mine = 0, all = 0;
    struct list half = {.n = 0}, most = {.n = 0}, cost = {.n = 0};
    lab_begin("", "");
    lab.network = network;
    lab_names(0, 0.5, 500);
    struct scene s = lab_open(10, 10);
    for (uint64_t run = 0; run < 20; run++) {
        scene_run(&s, run);
        mine += packets(&s, scene_ns(&s, "ns1"), QUESTION_MX, 0, NEVER);
        all += packets(&s, ANY, QUESTION_MX, 0, NEVER);
        struct list l = latencies(&s, 1, 500);
        list_add(&half, list_quantile(&l, 0.5));
        list_add(&most, list_quantile(&l, 0.9));
        list_add(&cost, packets(&s, ANY, QUESTION_TYPES, 200, 250) / 100.0);
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s: MX questions to ns1", name);
    row_share(title, hits, 500, (double)mine / all, 20, NULL);
    snprintf(title, sizeof title, "%s: half of the answers within, s", name);
    if (p50 > 0) row_near(title, p50, list_mean(&half), 0.1, 0, NULL);
    snprintf(title, sizeof title, "%s: 90 %% of them, s", name);
    if (p90 > 0) row_near(title, p90, list_mean(&most), 0.1, 0, NULL);
    snprintf(title, sizeof title, "%s: packets for a name", name);
    row_count(title, 2, &cost, NULL);
}

/* With the root, which serves the zone above too. */
static void first_question(void)
{
    struct list cost = {.n = 0};
    struct scene s = scene_open(
        "'time': {'mail': '1s', 'limit': '60s'}, 'network': {'delay': '50us'}, 'clients': {'c': {'to': "
        "'joe@n1.example.test.root', 'count': 1}}, 'mtas': {'m': {'profile': 'classic', 'resolver': 'r'}}, "
        "'resolvers': {'r': 'unbound'}, 'zones': {'root': {'ns': ['a'], 'mx': '.'}, 'test.root': {'ns': ['a'], 'mx': "
        "'.'}, 'example.test.root': {'ns': ['ns1', 'ns2'], 'mx': '.'}, 'n1.example.test.root': {'mx': '.'}}, 'faults': "
        "[]");
    for (uint64_t run = 0; run < 20; run++) {
        scene_run(&s, run);
        list_add(&cost, packets(&s, ANY, QUESTION_TYPES, 0, NEVER));
    }
    scene_close(&s);
    row_count("packets for the first question of all (mxsim knows the root's servers)", 11, &cost, NULL);
}

static void selection(void)
{
    truth_group("Which server: 500 distinct names", UNBOUND_LAB);
    selection_at("0.1 ms both", "'network': {'delay': '50us'}", 236, 0, 0);
    selection_at("10 ms both", "'network': {'delay': '5ms'}", 250, 0.0212, 0);
    selection_at("10 and 60 ms",
                 "'network': {'delay': '5ms'}, 'name_servers': {'ns1': {'delay': '5ms'}, 'ns2': {'delay': '30ms'}}",
                 263, 0.071, 0.121);
    first_question();
}

/* ---- one server silent ---- */

/* Names one after the other; what is slow is above 50 ms. */
static void one_silent(const char *name, bool warm, struct list slow_ones, struct list slow_count, double sent)
{
    char title[200], fault[200];
    double from = warm ? 30 : 0;
    struct list slow = {.n = 0}, count = {.n = 0}, cost = {.n = 0};
    snprintf(fault, sizeof fault, "{'on': 'ns1', 'is': 'silent', 'from': '%gs'}", from);
    lab_begin("", fault);
    if (warm) lab_names(0, 0.1, 100);
    lab_names(from, 0, 1);
    lab_names(from + 1.6, 0.05, 199);
    struct scene s = lab_open(60, 60);
    for (uint64_t run = 0; run < 200; run++) {
        scene_run(&s, run);
        struct list l = latencies(&s, warm ? 101 : 1, 200);
        for (size_t i = 0; i < l.n; i++)
            if (l.v[i] > 0.05 && l.v[i] < 10) list_add(&slow, l.v[i]);
        list_add(&count, count_above(&l, 0.05));
        list_add(&cost, packets(&s, scene_ns(&s, "ns1"), QUESTION_TYPES, from, from + 60));
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s: slow answers (> 50 ms) of 200", name);
    row_all_inside(title, &slow_count, &count, 0, NULL);
    snprintf(title, sizeof title, "%s: the slow ones, s", name);
    row_all_inside(title, &slow_ones, &slow, 0.02, NULL);
    snprintf(title, sizeof title, "%s: packets to ns1", name);
    row_inside(title, sent, &cost, 0, NULL);
}

/* 15 names, 5 a second, right after ns1 has died: round trips of 10 ms. What 25 runs in a row give, again and again. */
#define REPETITIONS 25
#define SERIES      300

struct fifteen {
    struct list first, slow, worst; /* of one series */
    struct list p50, p90, most_first, mean, most, p50_worst;
};

static void fifteen_add(struct fifteen *f)
{
    list_add(&f->p50, list_quantile(&f->first, 0.5));
    list_add(&f->p90, list_quantile(&f->first, 0.9));
    list_add(&f->most_first, list_quantile(&f->first, 1));
    list_add(&f->mean, list_mean(&f->slow));
    list_add(&f->most, list_quantile(&f->slow, 1));
    list_add(&f->p50_worst, list_quantile(&f->worst, 0.5));
    f->first.n = f->slow.n = f->worst.n = 0;
}

static void fifteen(const char *name, bool warm, const double real[6])
{
    static struct fifteen f;
    char title[200], fault[200];
    double from = warm ? 10 : 0;
    memset(&f, 0, sizeof f);
    snprintf(fault, sizeof fault, "{'on': 'ns1', 'is': 'silent', 'from': '%gs'}", from);
    lab_begin(", 'discard-timeout': '0s'", fault);
    lab.network = "'network': {'delay': '5ms'}";
    if (warm) lab_names(0, 0.1, 60);
    lab_names(from, 0.2, 15);
    struct scene s = lab_open(60, 60);
    for (uint64_t run = 0; run < REPETITIONS * SERIES; run++) {
        scene_run(&s, run);
        struct list l = latencies(&s, warm ? 61 : 1, 15);
        list_add(&f.first, l.v[0]);
        list_add(&f.slow, count_above(&l, 0.05));
        list_add(&f.worst, list_quantile(&l, 1));
        if (run % REPETITIONS == REPETITIONS - 1) fifteen_add(&f);
    }
    scene_close(&s);
    const char *const what[] = {"first question, median, s", "first question, 90 %, s", "first question, slowest, s",
                                "slow (> 50 ms), mean",      "slow, the most",          "worst of 15, median, s"};
    const struct list *const lists[] = {&f.p50, &f.p90, &f.most_first, &f.mean, &f.most, &f.p50_worst};
    for (size_t i = 0; i < 6; i++) {
        snprintf(title, sizeof title, "%s: %s", name, what[i]);
        row_inside(title, real[i], lists[i], 0.02, NULL);
    }
}

/* 1000 s with ns1 dead, 2 names a second; then it is back for 200 s. */
static void long_silence(void)
{
    struct list early = {.n = 0}, probe = {.n = 0}, probes = {.n = 0}, slow = {.n = 0}, last = {.n = 0};
    const double from = 1;
    double after = 0;
    lab_begin("", "{'on': 'ns1', 'is': 'silent', 'from': '1s', 'for': '1000s'}");
    lab_names(0, 0.02, 40);
    lab_names(from, 0.5, 2400);
    struct scene s = lab_open(60, 60);
    for (uint64_t run = 0; run < 200; run++) {
        scene_run(&s, run);
        uint32_t ns1 = scene_ns(&s, "ns1");
        double end = NAN, again = NAN;
        for (size_t i = 0; i < s.count; i++) {
            double at = sim_time_seconds(s.records[i].at) - from;
            if (s.records[i].type != RECORD_QUERY || s.records[i].whom != ns1) continue;
            if (at < 30) end = at;
            if (at > 30 && isnan(again)) again = at;
        }
        list_add(&last, end);
        list_add(&probe, again);
        list_add(&early, packets(&s, ns1, QUESTION_TYPES, from, from + 30));
        list_add(&probes, packets(&s, ns1, QUESTION_TYPES, from + 890, from + 1000));
        after += packets(&s, ns1, QUESTION_TYPES, from + 1000, from + 1200) > 0;
        list_add(&slow, slow_answers(&s, 41, 0.05));
    }
    scene_close(&s);
    truth_group("ns1 silent for 1000 s, then back for 200 s; 2 names a second", UNBOUND_LAB);
    row_inside("slow answers (> 50 ms)", 8, &slow, 0, NULL);
    row_inside("packets to ns1 at first", 14, &early, 0, NULL);
    row_inside("the last of them, s", 2.4, &last, 0.1, NULL);
    row_near("ns1 is tried again after, s", 899.5, list_quantile(&probe, 0.5), 0, 1.5, NULL);
    row_inside("packets to ns1 then", 6, &probes, 0, NULL);
    row_near("runs of 200 with a packet to ns1 in the 200 s after its return", 0, after, 0, 0, NULL);
}

/* ---- both silent ---- */

/* One question, and the next when its client has waited 180 s. When the first has its SERVFAIL. */
static struct list give_ups(bool warm, unsigned names, const char *fault)
{
    struct list ends = {.n = 0};
    char text[200];
    double from = warm ? 20 : 0;
    snprintf(text, sizeof text, "{'on': ['ns1', 'ns2'], 'is': '%s', 'from': '%gs'}", fault, from);
    lab_begin(", 'discard-timeout': '0s'", text);
    if (warm) lab_names(0, 0.1, 100);
    lab_names(from, 180, names);
    struct scene s = lab_open(3600, 3000);
    for (uint64_t run = 0; run < 400; run++) {
        enum dns_status status;
        scene_run(&s, run);
        list_add(&ends, answered(&s, warm ? 101 : 1, &status) - from);
    }
    scene_close(&s);
    return ends;
}

/* The packets of the first question itself: A and MX of its name. */
static struct list own_packets(const struct scene *s, unsigned name, double from)
{
    struct list l = {.n = 0};
    for (size_t i = 0; i < s->count; i++)
        if (s->records[i].type == RECORD_QUERY && asks_name(s, &s->records[i], name) &&
            sim_time_seconds(s->records[i].at) >= from && s->records[i].whom != scene_ns(s, "tld"))
            list_add(&l, sim_time_seconds(s->records[i].at) - from);
    return l;
}

static void schedules(void)
{
    const struct list cold = LIST(0, .38, .76, 1.5, 2.3, 3.8, 5.3, 6.8, 8.3, 11.3, 14.3, 20.3);
    const struct list warm = LIST(0, .05, .10, .16, .21, .31);
    static struct fits cold_fits, warm_fits;
    struct list count = {.n = 0}, last = {.n = 0};
    lab_begin(", 'discard-timeout': '0s'", "{'on': ['ns1', 'ns2'], 'is': 'silent'}");
    lab_names(0, 1, 1);
    struct scene s = lab_open(3600, 3000);
    for (uint64_t run = 0; run < 3000; run++) {
        scene_run(&s, run);
        struct list own = own_packets(&s, 0, 0);
        fits_add(&cold_fits, &cold, &own, 0.02, 0.02, true);
    }
    scene_close(&s);
    lab_begin(", 'discard-timeout': '0s'", "{'on': ['ns1', 'ns2'], 'is': 'silent', 'from': '20s'}");
    lab_names(0, 0.1, 100);
    lab_names(20, 0, 1);
    s = lab_open(3600, 3000);
    for (uint64_t run = 0; run < 500; run++) {
        scene_run(&s, run);
        struct list own = own_packets(&s, 100, 20);
        fits_add(&warm_fits, &warm, &own, 0.02, 0.02, true);
        while (own.n > 0 && own.v[own.n - 1] > 12.5) own.n--;
        list_add(&count, (double)own.n);
        list_add(&last, own.v[own.n - 1]);
    }
    scene_close(&s);
    row_fits("cold: packets of the question, s (then 32.4 44.4 68.5, which ever more hang on chance)", &cold,
             &cold_fits, 0.02, 0.02, true, NULL);
    row_fits("warm: the first packets, s", &warm, &warm_fits, 0.02, 0.02, true, NULL);
    row_inside("warm: packets before the servers' names are looked up", 24, &count, 0, NULL);
    row_inside("warm: the last of them, s", 11.04, &last, 0.05, NULL);
}

/* What a client hears that waits for 180 s, and how long a failure is kept. */
static void silence(void)
{
    enum dns_status status = DNS_OK;
    unsigned heard = 0;
    lab_begin("", "{'on': ['ns1', 'ns2'], 'is': 'silent'}");
    lab_names(0, 1, 1);
    struct scene s = lab_open(180, 300);
    for (uint64_t run = 0; run < 100; run++) {
        scene_run(&s, run);
        heard += answered(&s, 1, &status) < 179.9;
    }
    scene_close(&s);
    row_text("as Debian ships it: what the client hears in 180 s", "nothing", heard ? "SERVFAIL" : "nothing", NULL);
}

/* What is asked once both are held to be down, after a name a second. */
static void later_names(void)
{
    struct list waits = {.n = 0};
    lab_begin("", "{'on': ['ns1', 'ns2'], 'is': 'silent'}");
    lab_names(0, 1, 500);
    lab_names(600, 1, 5);
    struct scene s = lab_open(30, 60);
    for (uint64_t run = 0; run < 100; run++) {
        scene_run(&s, run);
        struct list l = latencies(&s, 501, 5);
        for (size_t i = 0; i < l.n; i++) list_add(&waits, l.v[i]);
    }
    scene_close(&s);
    row_near("names asked when both are held to be down: the slowest SERVFAIL, s", 0.001, list_quantile(&waits, 1), 0,
             0.02, NULL);
}

static void both_silent(void)
{
    truth_group("Both servers silent: when SERVFAIL comes",
                UNBOUND_LAB ". With `discard-timeout: 0`, else the client hears nothing. It waits for 180 s and asks "
                            "for the next name then, which takes a probe of its own.");
    struct list cold = give_ups(false, 2, "silent"), warm = give_ups(true, 2, "silent");
    struct list alone = give_ups(false, 1, "silent"), warm_alone = give_ups(true, 1, "silent");
    row_inside("nothing cached, s", 189, &cold, 0, NULL);
    row_inside("round trips known, s", 307, &warm, 0, NULL);
    row_all_inside("nothing cached, no other question, 5 runs, s", &LIST(39.2, 345.5, 345.6, 369.7, 372.6), &alone, 1,
                   NULL);
    row_all_inside("round trips known, no other question, s", &LIST(416), &warm_alone, 1, NULL);
    schedules();
    silence();
    later_names();
}

/* ---- back again ---- */

/* One name a second from the outage on; seconds from the return to the first good answer. */
static void recovery(const char *name, const char *fault, double dead, double real, double slack, const char *miss)
{
    char text[200];
    struct list waits = {.n = 0};
    double from = 1, until = from + dead;
    snprintf(text, sizeof text, "{'on': ['ns1', 'ns2'], 'is': '%s', 'from': '%gs', 'for': '%gs'}", fault, from, dead);
    lab_begin("", text);
    lab_names(0, 0.05, 20);
    lab_names(from, 1, (unsigned)(dead + real * 1.2) + 120);
    struct scene s = lab_open(30, 60);
    for (uint64_t run = 0; run < 300; run++) {
        double back = NAN;
        scene_run(&s, run);
        for (size_t i = 0; i < s.count && isnan(back); i++) {
            const struct record *r = &s.records[i];
            double at = sim_time_seconds(r->at);
            if (r->type == RECORD_ANSWER && at >= until && r->dns == DNS_OK) back = at - until;
        }
        list_add(&waits, back);
    }
    scene_close(&s);
    row_inside(name, real, &waits, slack, miss);
}

static void recoveries(void)
{
    truth_group("Both servers dead for a while, one name a second: from their return to the first good answer, s",
                UNBOUND_LAB);
    recovery("silent for 5 s", "silent", 5, 0, 0.5, NULL);
    recovery("silent for 15 s", "silent", 15, 0, 0.5, NULL);
    recovery("silent for 30 s", "silent", 30, 1, 0.5, NULL);
    recovery("silent for 60 s", "silent", 60, 46, 0.5, NULL);
    recovery("silent for 120 s", "silent", 120, 92, 0.5, NULL);
    recovery("silent for 300 s", "silent", 300, 599, 1, NULL);
    recovery("port closed for 60 s", "refusing", 60, 46.5, 0.5, NULL);
    recovery("lame for 20 s", "lame", 20, 880, 1, NULL);
    recovery("REFUSED for 20 s", "refused", 20, 0, 0.5, NULL);
}

/* ---- closed ports ---- */

static void closed_ports(void)
{
    struct list worst = {.n = 0}, sent = {.n = 0};
    unsigned heard = 0;
    enum dns_status status;
    truth_group("Closed ports: ICMP is ignored", UNBOUND_LAB);
    lab_begin("", "{'on': ['ns1', 'ns2'], 'is': 'refusing'}");
    lab_names(0, 1, 1);
    struct scene s = lab_open(180, 300);
    scene_run(&s, 0);
    heard += answered(&s, 1, &status) < 179.9;
    scene_close(&s);
    row_text("both closed: what the client hears in 180 s", "nothing", heard ? "SERVFAIL" : "nothing", NULL);
    lab_begin("", "{'on': 'ns1', 'is': 'refusing'}");
    lab_names(0, 0, 1);
    lab_names(1.6, 0.05, 199);
    s = lab_open(60, 60);
    for (uint64_t run = 0; run < 200; run++) {
        scene_run(&s, run);
        struct list l = latencies(&s, 1, 200);
        list_add(&worst, list_quantile(&l, 1));
        list_add(&sent, packets(&s, scene_ns(&s, "ns1"), QUESTION_MX, 0, NEVER));
    }
    scene_close(&s);
    row_inside("ns1 closed: slowest of 200, s", 0.77, &worst, 0.02, NULL);
    row_inside("ns1 closed: MX packets to it", 2, &sent, 0, NULL);
}

/* ---- misbehaving servers ---- */

static void ns1_says(const char *name, const char *fault, double all, double last_half, const char *miss)
{
    char title[200], text[200];
    struct list to_ns1 = {.n = 0}, later = {.n = 0};
    unsigned failed = 0;
    snprintf(text, sizeof text, "{'on': 'ns1', 'is': '%s'}", fault);
    lab_begin("", text);
    lab_names(0, 0.1, 200);
    struct scene s = lab_open(10, 10);
    for (uint64_t run = 0; run < 300; run++) {
        scene_run(&s, run);
        list_add(&to_ns1, packets(&s, scene_ns(&s, "ns1"), QUESTION_MX, 0, NEVER));
        list_add(&later, packets(&s, scene_ns(&s, "ns1"), QUESTION_MX, 10, NEVER));
        for (uint32_t m = 1; m <= 200; m++) {
            enum dns_status status = DNS_TIMEOUT;
            answered(&s, m, &status);
            failed += status != DNS_OK;
        }
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s: MX packets to ns1", name);
    row_inside(title, all, &to_ns1, 0, miss);
    snprintf(title, sizeof title, "%s: of them for the last 100 names", name);
    row_inside(title, last_half, &later, 0, miss);
    snprintf(title, sizeof title, "%s: names that the client fails to learn", name);
    row_near(title, 0, failed, 0, 0, NULL);
}

static void wrong_nxdomain(void)
{
    unsigned wrong = 0;
    lab_begin("", "{'on': 'ns1', 'is': 'nxdomain'}");
    lab_names(0, 0.1, 200);
    struct scene s = lab_open(10, 10);
    for (uint64_t run = 0; run < 50; run++) {
        scene_run(&s, run);
        for (uint32_t m = 1; m <= 200; m++) {
            enum dns_status status = DNS_TIMEOUT;
            answered(&s, m, &status);
            wrong += status == DNS_NXDOMAIN;
        }
    }
    scene_close(&s);
    row_share("wrong NXDOMAIN: clients that get it", 109, 200, wrong / 10000.0, 50, NULL);
}

/* Both are bad: what one question costs, and when the same name makes packets again, asked each second. */
static void both_say(const char *name, const char *fault, double cost, double again)
{
    char title[200], text[200];
    struct list sent = {.n = 0}, next = {.n = 0};
    snprintf(text, sizeof text, "{'on': ['ns1', 'ns2'], 'is': '%s', 'from': '15s'}", fault);
    lab_begin("", text);
    lab_names(0, 0.1, 20);
    lab_name(20, 1, 20);
    struct scene s = lab_open(10, 10);
    for (uint64_t run = 0; run < 100; run++) {
        double at = NAN;
        scene_run(&s, run);
        unsigned to_ns1 = packets(&s, scene_ns(&s, "ns1"), QUESTION_TYPES, 20, 20.9);
        list_add(&sent, to_ns1 + packets(&s, scene_ns(&s, "ns2"), QUESTION_TYPES, 20, 20.9));
        for (size_t i = 0; i < s.count && isnan(at); i++)
            if (s.records[i].type == RECORD_QUERY && sim_time_seconds(s.records[i].at) > 20.9)
                at = sim_time_seconds(s.records[i].at) - 20;
        list_add(&next, isnan(at) ? 1e3 : at);
    }
    scene_close(&s);
    snprintf(title, sizeof title, "both %s: packets to the two for one question", name);
    row_near(title, cost, list_mean(&sent), 0.2, 1, NULL);
    snprintf(title, sizeof title, "both %s: the same name makes packets again after, s", name);
    if (again > 0) row_inside(title, again, &next, 0.5, NULL);
    snprintf(title, sizeof title, "both %s: packets later on", name);
    if (again == 0) row_text(title, "none", list_quantile(&next, 0) > 900 ? "none" : "some", NULL);
}

static void misbehaving(void)
{
    truth_group("Servers that misbehave: 200 distinct names", UNBOUND_LAB);
    ns1_says("ns1 REFUSED", "refused", 192, 94, NULL);
    ns1_says("ns1 SERVFAIL", "servfail", 232, 125, NULL);
    ns1_says("ns1 lame (refers upwards)", "lame", 1, 0, NULL);
    ns1_says("ns1 FORMERR", "formerr", 384, 192, NULL);
    wrong_nxdomain();
    row_absent("ns1 answers without the AA bit", "accepted, 94 MX packets (43)", "no such fault");
    both_say("SERVFAIL", "servfail", 50.5, 5.5);
    both_say("REFUSED", "refused", 50.5, 5.5);
    both_say("lame", "lame", 5, 0);
}

/* ---- serve-expired ---- */

/* A name with TTL 20 s, asked each second from 0 on; both servers silent from 5 s on. */
struct stale {
    struct list waits; /* of answers after the end of the TTL */
    double first_wait, last_good;
};

static struct stale stale_run(const char *resolver, double dead, unsigned times)
{
    struct stale r = {.first_wait = NAN, .last_good = 0};
    char text[200];
    snprintf(text, sizeof text, "{'on': ['ns1', 'ns2'], 'is': 'silent', 'from': '5s', 'for': '%gs'}", dead);
    lab_begin(resolver, text);
    lab.zone = "'ttl': '20s', 'negative_ttl': '20s'";
    lab_name(0.01, 1, times);
    struct scene s = lab_open(30, 60);
    scene_run(&s, 0);
    for (uint32_t m = 1; m <= times; m++) {
        enum dns_status status = DNS_TIMEOUT;
        double asked = scene_first(&s, TYPE(RECORD_ASK), m, ANY), at = answered(&s, m, &status);
        if (status != DNS_OK || asked < 20.5) continue;
        list_add(&r.waits, at - asked);
        if (isnan(r.first_wait)) r.first_wait = at - asked;
        r.last_good = asked;
    }
    scene_close(&s);
    return r;
}

static void serve_expired(void)
{
    truth_group("serve-expired: MX with TTL 20 s, both servers silent, asked each second",
                UNBOUND_LAB ". 110 s of outage, then 75 s more.");
    struct stale plain = stale_run(", 'serve-expired': true", 110, 190);
    row_near("wait for the first stale answer, s", 0, plain.first_wait, 0, 0.02, NULL);
    row_near("the longest wait, s", 0.017, list_quantile(&plain.waits, 1), 0, 0.02, NULL);
    row_text("stale answers all of the time", "yes", plain.waits.n >= 168 ? "yes" : "no", NULL);
    struct stale timed = stale_run(", 'serve-expired': true, 'serve-expired-client-timeout': '1800ms'", 110, 190);
    struct list two = timed.waits;
    two.n = two.n > 2 ? 2 : two.n;
    row_instants("client-timeout 1800: waits of the first two, s", &LIST(1.80, 0.80), &two, 1, 0, false, NULL);
    row_near("client-timeout 1800: the longest wait, s", 1.81, list_quantile(&timed.waits, 1), 0, 0.02, NULL);
    struct stale limited = stale_run(
        ", 'serve-expired': true, 'serve-expired-client-timeout': '1800ms', 'serve-expired-ttl': '40s'", 110, 110);
    row_near(
        "client-timeout 1800, serve-expired-ttl 40: the last question that is answered, after the end of the TTL, s",
        38.5, limited.last_good - 20, 0, 1.5, NULL);
}

/* ---- negative answers ---- */

static void negative(const char *name, const char *ttl, struct list real)
{
    char zone[100];
    struct list seen = {.n = 0};
    snprintf(zone, sizeof zone, "'ttl': '300s', 'negative_ttl': '%s'", ttl);
    lab_begin("", "{'on': ['ns1', 'ns2'], 'is': 'nxdomain', 'for': '0.5s'}");
    lab.zone = zone;
    lab_name(0, 0.1, 200);
    struct scene s = lab_open(10, 10);
    for (uint64_t run = 0; run < 200; run++) {
        double at = NAN;
        scene_run(&s, run);
        for (uint32_t m = 2; m <= 200 && isnan(at); m++) {
            enum dns_status status = DNS_TIMEOUT;
            double when = answered(&s, m, &status);
            if (status == DNS_OK) at = when;
        }
        list_add(&seen, at);
    }
    scene_close(&s);
    row_all_inside(name, &real, &seen, 0.1, NULL);
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "Unbound");
    selection();
    truth_group("ns1 silent, ns2 well: 200 names one after the other", UNBOUND_LAB);
    one_silent("nothing cached", false, LIST(0.76, 0.77), LIST(1), 6);
    one_silent("round trips known", true, LIST(0.10, 1.52), LIST(1, 3), 8);
    truth_group("ns1 silent: 15 names, 5 a second, 25 times", UNBOUND_LAB "; round trips of 10 ms");
    fifteen("nothing cached", false, (const double[]){0.78, 0.79, 0.80, 3.2, 4, 1.16});
    fifteen("round trips known", true, (const double[]){0.72, 1.54, 1.55, 5.4, 8, 1.53});
    long_silence();
    both_silent();
    recoveries();
    closed_ports();
    serve_expired();
    truth_group("Negative answers: a name that is there 1 s after NXDOMAIN is seen after, s", UNBOUND_LAB);
    negative("SOA minimum 15 s or TTL 15 s", "15s", LIST(15.5, 15.8));
    negative("SOA minimum 2 s", "2s", LIST(2.1));
    misbehaving();
    return truth_end();
}
