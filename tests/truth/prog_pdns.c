/* tests/truth/prog_pdns.c - PowerDNS Recursor: which server is asked, how long a failure takes, when it is over. */
#include "tests/truth/scene.h"

#define PDNS_LAB                                                                                                       \
    "pdns-recursor 4.8.8-1+deb12u1 (Debian 12), one thread, DNSSEC off, two name servers, network of 0.1 ms there "    \
    "and "                                                                                                             \
    "back; measured 2026-11"
#define RUNS 60

/* One question a message: the domains take no mail, and the stub waits longer than the resolver works. */
#define ASKER                                                                                                          \
    "'mtas': {'snd': {'profile': 'rfc5321', 'stub_timeout': '180s', 'stub_attempts': 1, 'maximal_queue_lifetime': "    \
    "'0s', 'resolver': 'r'}}, "

#define NEAR     "'network': {'delay': '0.05ms'}"
#define NEAR_10  "'network': {'delay': '5ms'}"
#define BOTH(is) "{'on': ['ns1', 'ns2'], 'is': '" is "'}"

enum { WRITTEN = 190000, QUESTIONS = 2000 };

/* A scenario's clients and domains, being written. */
static char clients[WRITTEN], domains[WRITTEN];
static int names;

static void begin(void)
{
    clients[0] = domains[0] = '\0';
    names = 0;
}

__attribute__((format(printf, 2, 3))) static void add(char *to, const char *format, ...)
{
    size_t used = strlen(to);
    va_list args;
    va_start(args, format);
    vsnprintf(to + used, WRITTEN - used, format, args);
    va_end(args);
}

/* count new names, each asked for once, every so many seconds. */
static void ask_new(int count, double from, double every)
{
    for (int i = 0; i < count; i++, names++) {
        add(clients, "'c%d': {'to': 'joe@n%d.example.test', 'count': 1, 'at': '%.4fs'}, ", names, names,
            from + i * every);
        add(domains, "'n%d.example.test': {'mx': '.'}, ", names);
    }
}

/* The same name count times. */
static void ask_same(int count, double from, double every)
{
    add(domains, "'same.example.test': {'mx': '.'}, ");
    for (int i = 0; i < count; i++)
        add(clients, "'s%d': {'to': 'joe@same.example.test', 'count': 1, 'at': '%.4fs'}, ", i, from + i * every);
}

/* Of an empty cache: the zone's parent is asked first. */
static void first_question(void)
{
    struct list sent = {.n = 0};
    struct scene s =
        scene_open("'time': {'mail': '60s'}, 'clients': {'c': {'to': 'joe@n.example.test', 'count': 1}}, " ASKER
                   "'resolvers': {'r': 'pdns'}, " NEAR ", 'zones': {'test': {'ns': ['tld']}, 'example.test': "
                   "{'ns': ['ns1', 'ns2']}, 'n.example.test': {'mx': '.'}}, 'faults': []");
    scene_run(&s, 0);
    list_add(&sent, (double)scene_times(&s, TYPE(RECORD_QUERY), 0, ANY).n);
    scene_close(&s);
    row_count("first question of an empty cache: packets", 3, &sent, "the root is not modelled: one packet less");
}

/* settings: of the resolver; zone: of the zone; faults: as in a scenario. */
static struct scene open_lab(const char *settings, const char *network, const char *zone, const char *faults)
{
    clients[strlen(clients) - 2] = domains[strlen(domains) - 2] = '\0';
    return scene_open("'time': {'mail': '1200s', 'limit': '1500s'}, 'clients': {%s}, " ASKER
                      "'resolvers': {'r': {'profile': 'pdns', 'threads': 1%s}}, %s, "
                      "'zones': {'example.test': {'ns': ['ns1', 'ns2']%s}, %s}, 'faults': [%s]",
                      clients, settings, network, zone, domains, faults);
}

/* ---- what came of the questions ---- */

/* In the order in which they were asked. */
static struct question {
    double asked, took;
    enum dns_status dns;
    uint32_t message;
    bool same, stale;
} questions[QUESTIONS];
static size_t asked;

static bool is_same(const struct scene *s, uint32_t question)
{
    return strncmp(question_name(s->spec, question), "same", 4) == 0;
}

static struct question *question_of(uint32_t message)
{
    for (size_t i = asked; i-- > 0;)
        if (questions[i].message == message) return &questions[i];
    abort();
}

static void read_questions(const struct scene *s)
{
    asked = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        double at = sim_time_seconds(r->at);
        if (r->type == RECORD_ASK && asked < QUESTIONS)
            questions[asked++] =
                (struct question){at, INFINITY, DNS_TIMEOUT, r->message, is_same(s, r->question), false};
        if (r->type == RECORD_STALE) question_of(r->message)->stale = true;
        if (r->type != RECORD_ANSWER) continue;
        struct question *q = question_of(r->message);
        q->took = at - q->asked;
        q->dns = r->dns;
    }
}

static void run_lab(struct scene *s, uint64_t run)
{
    scene_run(s, run);
    read_questions(s);
}

/* Packets sent to that server (null: to any) in [from, until). */
static double packets(const struct scene *s, const char *ns, double from, double until)
{
    double n = 0;
    for (size_t i = 0; i < s->count; i++) {
        double at = sim_time_seconds(s->records[i].at);
        n += s->records[i].type == RECORD_QUERY && at >= from && at < until &&
             (!ns || s->records[i].whom == scene_ns(s, ns));
    }
    return n;
}

/* When they were sent. */
static struct list packet_times(const struct scene *s, const char *ns)
{
    struct list l = {.n = 0};
    for (size_t i = 0; i < s->count; i++)
        if (s->records[i].type == RECORD_QUERY && (!ns || s->records[i].whom == scene_ns(s, ns)))
            list_add(&l, sim_time_seconds(s->records[i].at));
    return l;
}

static double slowest(void)
{
    double worst = 0;
    for (size_t i = 0; i < asked; i++)
        if (questions[i].took > worst) worst = questions[i].took;
    return worst;
}

/* ---- all well ---- */

static void shares(const char *name, const char *network, double every, struct list first, struct list switches)
{
    char title[200];
    struct list to_first = {.n = 0}, changes = {.n = 0}, per_name = {.n = 0};
    begin();
    ask_new(500, 0, every);
    struct scene s = open_lab("", network, "", "");
    for (uint64_t run = 0; run < RUNS; run++) {
        run_lab(&s, run);
        double n = 0;
        uint32_t last = ANY;
        for (size_t i = 0; i < s.count; i++) {
            if (s.records[i].type != RECORD_QUERY) continue;
            n += last != ANY && s.records[i].whom != last;
            last = s.records[i].whom;
        }
        list_add(&changes, n);
        list_add(&to_first, packets(&s, "ns1", 0, INFINITY));
        list_add(&per_name, packets(&s, NULL, 0, INFINITY) / 500);
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s: packets to ns1", name);
    row_all_inside(title, &first, &to_first, 1, NULL);
    snprintf(title, sizeof title, "%s: times that the server changes", name);
    row_all_inside(title, &switches, &changes, 1, NULL);
    snprintf(title, sizeof title, "%s: packets a name", name);
    row_count(title, 1, &per_name, NULL);
}

static void all_well(void)
{
    truth_group("PowerDNS Recursor, both servers well",
                PDNS_LAB ". 500 names one after the other, three times. 10 ms: with the lab's own scatter, 11 ms on "
                         "the median and 17.5 ms at most.");
    first_question();
    shares("0.1 ms", NEAR, 0.001, LIST(280, 425, 4), LIST(3, 6, 2));
    shares("10 ms", "'network': {'delay': {'lognormal': {'median': '5.45ms', 'p99': '6.2ms'}}}", 0.012,
           LIST(397, 77, 372), LIST(12, 15, 9));
    shares("10 and 60 ms", NEAR_10 ", 'name_servers': {'ns2': {'delay': '30ms'}}", 0.07, LIST(500, 499, 499),
           LIST(0, 1, 1));
}

/* ---- one server silent ---- */

static void one_by_one(bool warm)
{
    const char *word = warm ? "warm" : "cold";
    char title[200];
    double from = warm ? 20 : 0;
    struct list slow = {.n = 0}, took = {.n = 0}, to_dead = {.n = 0};
    unsigned first = 0;
    begin();
    if (warm) ask_new(20, 0, 0.5);
    ask_new(200, from, 1.6);
    char fault[100];
    snprintf(fault, sizeof fault, "{'on': 'ns1', 'is': 'silent', 'from': '%gs'}", from);
    struct scene s = open_lab("", NEAR, "", fault);
    for (uint64_t run = 0; run < RUNS; run++) {
        double n = 0;
        run_lab(&s, run);
        for (size_t i = warm ? 20 : 0; i < asked; i++) {
            if (questions[i].took < 0.05) continue;
            n++;
            list_add(&took, questions[i].took);
            first += questions[i].asked < from + 0.1;
        }
        list_add(&slow, n);
        list_add(&to_dead, packets(&s, "ns1", from, INFINITY));
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s, 200 names one by one: slow ones", word);
    row_count(title, 1, &slow, NULL);
    snprintf(title, sizeof title, "%s: seconds that it takes", word);
    row_all_inside(title, &LIST(1.502, 1.504), &took, 0.02, NULL);
    snprintf(title, sizeof title, "%s: packets to ns1", word);
    row_count(title, 1, &to_dead, NULL);
    if (!warm) row_share("cold: the slow one is the first", 2, 4, (double)first / RUNS, RUNS, NULL);
}

/* 15 names, five a second, right after the loss. */
static void burst(bool warm)
{
    const char *word = warm ? "warm" : "cold";
    char title[200], fault[100];
    double from = warm ? 10.3 : 0;
    struct list first = {.n = 0}, slow = {.n = 0}, worst = {.n = 0};
    begin();
    if (warm) ask_new(10, 0, 0.1);
    ask_new(15, from, 0.2);
    snprintf(fault, sizeof fault, "{'on': 'ns1', 'is': 'silent', 'from': '%gs'}", from);
    struct scene s = open_lab("", NEAR_10, "", fault);
    for (uint64_t run = 0; run < 200; run++) {
        double n = 0, most = 0;
        run_lab(&s, run);
        for (size_t i = warm ? 10 : 0; i < asked; i++) {
            n += questions[i].took > 0.1;
            if (questions[i].took > most) most = questions[i].took;
            if (questions[i].asked < from + 0.1 && questions[i].took > 0.1) list_add(&first, questions[i].took);
        }
        list_add(&slow, n);
        list_add(&worst, most);
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s, five names a second, 10 ms: the first takes, s, if it is slow", word);
    row_all_inside(title, &LIST(1.61, 1.62), &first, 0.05, NULL);
    snprintf(title, sizeof title, "%s: runs in which it is slow", word);
    row_share(title, 14, 25, (double)first.n / 200, 200, NULL);
    snprintf(title, sizeof title, "%s: slow ones of the first 15, mean", word);
    struct list mean = {{list_mean(&slow)}, 1};
    row_count(title, warm ? 8.6 : 8.4, &mean, NULL);
    snprintf(title, sizeof title, "%s: the slowest, s", word);
    row_inside(title, 1.92, &worst, 0.1, NULL);
}

/* Two names a second for long: how long the dead server is left alone, and how many then meet it. */
static void long_run(const char *name, const char *network, int seconds, double real, struct list real_series)
{
    char title[200];
    struct list gaps = {.n = 0}, series = {.n = 0};
    begin();
    ask_new(20, 0, 0.02);
    ask_new(2 * seconds, 5, 0.5);
    struct scene s = open_lab("", network, "", "{'on': 'ns1', 'is': 'silent', 'from': '5s'}");
    for (uint64_t run = 0; run < 20; run++) {
        run_lab(&s, run);
        struct list times = packet_times(&s, "ns1");
        double last = NAN, first = NAN, n = 0;
        for (size_t i = 0; i < times.n; i++) {
            if (times.v[i] < 5) continue;
            if (isnan(first)) first = times.v[i];
            if (times.v[i] - last > 60) {
                list_add(&gaps, times.v[i] - first);
                list_add(&series, n);
                first = INFINITY;
                break;
            }
            last = times.v[i];
            n++;
        }
    }
    scene_close(&s);
    snprintf(title, sizeof title, "two names a second, %s: until ns1 is asked again, s", name);
    row_inside(title, real, &gaps, 0.1 * real, NULL);
    snprintf(title, sizeof title, "two names a second, %s: names that meet it before", name);
    row_all_inside(title, &real_series, &series, 1, NULL);
}

static void one_silent(void)
{
    truth_group("PowerDNS Recursor, ns1 silent",
                PDNS_LAB ". A name is slow if it takes more than 0.1 s; cold: nothing known of either server.");
    one_by_one(false);
    one_by_one(true);
    burst(false);
    burst(true);
    long_run("10 ms", NEAR_10, 390, 261, LIST(5, 5));
    long_run("0.1 ms", NEAR, 640, 432, LIST(4, 5));
}

/* ---- both silent ---- */

static void failing(void)
{
    struct list first = {.n = 0}, other = {.n = 0}, sent = {.n = 0};
    begin();
    ask_new(1, 0, 1);
    ask_new(1, 7, 1);
    struct scene s = open_lab("", NEAR, "", BOTH("silent"));
    for (uint64_t run = 0; run < RUNS; run++) {
        run_lab(&s, run);
        list_add(&first, questions[0].took);
        list_add(&other, questions[1].took);
        list_add(&sent, packets(&s, NULL, 0, 6));
    }
    scene_close(&s);
    row_all_inside("SERVFAIL after, s", &LIST(3.007, 3.006, 3.003, 3.005), &first, 0.02, NULL);
    row_count("packets", 2, &sent, NULL);
    row_all_inside("another name, s", &LIST(3.004, 3.005), &other, 0.02, NULL);
    begin();
    ask_same(5, 0, 1);
    s = open_lab("", NEAR, "", BOTH("silent"));
    static struct list each[5];
    static const double real[] = {3.5, 3.5, 2, 2, 0};
    struct list total = {.n = 0};
    for (size_t k = 0; k < 5; k++) each[k].n = 0;
    for (uint64_t run = 0; run < RUNS; run++) {
        run_lab(&s, run);
        for (size_t k = 0; k < 5; k++) list_add(&each[k], questions[k].took);
        list_add(&total, packets(&s, NULL, 0, INFINITY));
    }
    scene_close(&s);
    for (size_t k = 0; k < 5; k++) {
        char title[100];
        snprintf(title, sizeof title, "the same name each second: question %zu takes, s", k + 1);
        row_inside(title, real[k], &each[k], 0.05, NULL);
    }
    row_count("the same name each second: packets in all", 2, &total, NULL);
}

/* A new name each second for so long that the servers are held to be down. */
static void held_down(void)
{
    static struct list tens[RUNS];
    struct list took = {.n = 0}, shorter = {.n = 0}, none = {.n = 0};
    begin();
    ask_new(20, 0, 0.02);
    ask_new(1, 3, 1); /* another name was asked for in the outage before */
    ask_new(100, 10, 1);
    struct scene s = open_lab("", NEAR, "", "{'on': ['ns1', 'ns2'], 'is': 'silent', 'from': '2s'}");
    for (uint64_t run = 0; run < RUNS; run++) {
        double first_shorter = INFINITY, first_none = INFINITY;
        run_lab(&s, run);
        for (size_t i = 21; i < asked; i++) {
            double at = questions[i].asked - 10;
            if (questions[i].took < 2.5 && at < first_shorter) first_shorter = at;
            if (questions[i].took < 0.5 && at < first_none) first_none = at;
            if (at < 40 && took.n < LIST_MAX) list_add(&took, questions[i].took);
        }
        list_add(&shorter, first_shorter);
        list_add(&none, first_none);
        tens[run].n = 0;
        for (int k = 0; k < 10; k++) list_add(&tens[run], packets(&s, NULL, 10 + 10 * k, 20 + 10 * k));
    }
    scene_close(&s);
    row_all_inside("a new name each second: takes, s", &LIST(3.5, 3.5, 3.5), &took, 0.1, NULL);
    row_inside("a new name each second: one server only is asked from, s", 63, &shorter, 0.5, NULL);
    row_inside("a new name each second: none is asked from, s", 65, &none, 0.5, NULL);
    row_counts("a new name each second: packets in each 10 s", &LIST(19, 20, 20, 20, 20, 20, 9, 0, 0, 0), tens, RUNS,
               NULL);
}

/* From the return of the servers to the first good answer; a new name each second, or the same. The second of the
 * clock begins where chance will have it. */
static void recovery(const char *is, const char *word, double outage, bool same, struct list real, const char *miss)
{
    char title[200], fault[200];
    struct list waits = {.n = 0};
    for (int phase = 0; phase < 10; phase++) {
        double from = 10 + 0.1 * phase, back = from + outage;
        begin();
        ask_new(20, 0, 0.02);
        if (same)
            ask_same((int)outage + 130, from, 1);
        else
            ask_new((int)outage + 130, from, 1);
        snprintf(fault, sizeof fault, "{'on': ['ns1', 'ns2'], 'is': '%s', 'from': '%.1fs', 'for': '%gs'}", is, from,
                 outage);
        struct scene s = open_lab("", NEAR, "", fault);
        for (uint64_t run = 0; run < RUNS / 6; run++) {
            double best = INFINITY;
            run_lab(&s, run);
            for (size_t i = 0; i < asked; i++) {
                double answered = questions[i].asked + questions[i].took;
                if (questions[i].dns == DNS_OK && answered >= back && answered < best) best = answered;
            }
            list_add(&waits, best - back);
        }
        scene_close(&s);
    }
    double slack = 0.1 * real.v[0] > 0.5 ? 0.1 * real.v[0] : 0.5;
    snprintf(title, sizeof title, "%s for %g s, %s: first good answer, s after", word, outage,
             same ? "the same name each second" : "a new name each second");
    row_all_inside(title, &real, &waits, slack, miss);
}

static void both_silent(void)
{
    truth_group("PowerDNS Recursor, both servers silent", PDNS_LAB ".");
    failing();
    held_down();
    truth_group("PowerDNS Recursor, both servers bad for a while",
                PDNS_LAB ". 20 names are asked before; then one question each second.");
    recovery("silent", "silent", 5, false, LIST(0), NULL);
    recovery("silent", "silent", 5, true, LIST(60), NULL);
    recovery("silent", "silent", 15, false, LIST(0), NULL);
    recovery("silent", "silent", 15, true, LIST(49), NULL);
    recovery("silent", "silent", 30, false, LIST(0), NULL);
    recovery("silent", "silent", 30, true, LIST(35), NULL);
    recovery("silent", "silent", 60, false, LIST(0, 0), NULL);
    recovery("silent", "silent", 60, true, LIST(4, 4), NULL);
    recovery("silent", "silent", 94, true, LIST(34), NULL);
    recovery("silent", "silent", 120, false, LIST(5), NULL);
    recovery("silent", "silent", 120, true, LIST(10), NULL);
    recovery("silent", "silent", 300, false, LIST(15, 19), NULL);
    recovery("silent", "silent", 300, true, LIST(26), NULL);
    recovery("refusing", "port closed", 60, false, LIST(0), NULL);
    recovery("refusing", "port closed", 60, true, LIST(60), NULL);
    recovery("refusing", "port closed", 120, false, LIST(5),
             "the lab's two servers are one host with one limit on its ICMP errors; here each has its own, so failures "
             "are noticed sooner");
    recovery("lame", "lame", 20, false, LIST(0), NULL);
    recovery("lame", "lame", 20, true, LIST(100), NULL);
    recovery("refused", "REFUSED", 20, false, LIST(0), NULL);
    recovery("refused", "REFUSED", 20, true, LIST(100), NULL);
    recovery("servfail", "SERVFAIL", 20, false, LIST(0), NULL);
    recovery("servfail", "SERVFAIL", 20, true, LIST(100), NULL);
}

/* ---- closed ports, wrong answers ---- */

static void both_bad(const char *is, const char *word, double packets_first, double packets_other)
{
    char title[200], fault[100];
    struct list took = {.n = 0}, first = {.n = 0}, other = {.n = 0}, again = {.n = 0};
    begin();
    ask_same(130, 0, 1);
    ask_new(1, 0.5, 1);
    snprintf(fault, sizeof fault, "{'on': ['ns1', 'ns2'], 'is': '%s'}", is);
    struct scene s = open_lab("", NEAR, "", fault);
    for (uint64_t run = 0; run < RUNS; run++) {
        run_lab(&s, run);
        list_add(&took, questions[0].took);
        list_add(&first, packets(&s, NULL, 0, 0.4));
        list_add(&other, packets(&s, NULL, 0.4, 0.9));
        struct list times = packet_times(&s, NULL);
        for (size_t i = 0; i < times.n; i++)
            if (times.v[i] > 2) {
                list_add(&again, times.v[i]);
                break;
            }
    }
    scene_close(&s);
    snprintf(title, sizeof title, "both %s: SERVFAIL after, s", word);
    row_inside(title, 0.001, &took, 0.002, NULL);
    snprintf(title, sizeof title, "both %s: packets for the first name", word);
    row_count(title, packets_first, &first, NULL);
    snprintf(title, sizeof title, "both %s: packets for another name", word);
    row_count(title, packets_other, &other, NULL);
    snprintf(title, sizeof title, "both %s, the same name each second: next packets at, s", word);
    row_inside(title, 120, &again, 0.5, NULL);
}

/* 200 names one after the other, ns2 well. */
static void one_bad(const char *is, const char *word, struct list real, struct list late, double slow)
{
    char title[200], fault[100];
    struct list to_bad = {.n = 0}, last = {.n = 0}, worst = {.n = 0};
    begin();
    ask_new(200, 0, 0.001);
    snprintf(fault, sizeof fault, "{'on': 'ns1', 'is': '%s'}", is);
    struct scene s = open_lab("", NEAR, "", fault);
    unsigned failed = 0;
    for (uint64_t run = 0; run < 4 * RUNS; run++) {
        run_lab(&s, run);
        list_add(&to_bad, packets(&s, "ns1", 0, INFINITY));
        list_add(&last, packets(&s, "ns1", 0.1, INFINITY));
        list_add(&worst, slowest());
        for (size_t i = 0; i < asked; i++) failed += questions[i].dns != DNS_OK;
    }
    scene_close(&s);
    snprintf(title, sizeof title, "ns1 %s: packets to it for 200 names", word);
    row_all_inside(title, &real, &to_bad, 2, NULL);
    if (late.n > 0) {
        snprintf(title, sizeof title, "ns1 %s: for the last 100 of them", word);
        row_all_inside(title, &late, &last, 2, NULL);
    }
    if (slow < 0) return;
    snprintf(title, sizeof title, "ns1 %s: the slowest name, s", word);
    row_inside(title, slow, &worst, 0.003, NULL);
    snprintf(title, sizeof title, "ns1 %s: names that fail", word);
    row_text(title, "none", failed ? "some" : "none", NULL);
}

static void wrong(void)
{
    truth_group("PowerDNS Recursor, ns1 wrong, ns2 well",
                PDNS_LAB ". 200 names one after the other, resolver fresh, three times.");
    one_bad("refused", "REFUSED", LIST(200, 200, 200), LIST(100, 100, 100), 0.0028);
    one_bad("servfail", "SERVFAIL", LIST(200, 199, 200), LIST(100, 100, 100), 0.002);
    one_bad("formerr", "FORMERR", LIST(200, 201, 201), LIST(100, 100, 100), 0.001);
    one_bad("lame", "lame", LIST(43, 63, 38), LIST(20, 14, 22), 0.001);
    one_bad("nxdomain", "wrongly NXDOMAIN", LIST(26, 28, 185), (struct list){.n = 0}, -1);
    one_bad("refusing", "closed", LIST(1), LIST(0), 0.0015);
    truth_group("PowerDNS Recursor, both servers wrong", PDNS_LAB ".");
    both_bad("refused", "REFUSED", 2, 2);
    both_bad("servfail", "SERVFAIL", 2, 2);
    both_bad("formerr", "FORMERR", 4, 2);
    both_bad("lame", "lame", 2, 2);
    both_bad("refusing", "closed", 2, 2);
    row_absent("both closed, a new name each second: seconds that it takes", "0 until 4 s, then 1.5",
               "the lab's two servers are one host, whose ICMP errors to one peer are limited to one a second; here "
               "each server has a limit of its own");
}

/* ---- what is kept ---- */

enum kind { GOOD, STALE, FAILED };

static enum kind kind_of(const struct question *q)
{
    return q->dns != DNS_OK ? FAILED : q->stale ? STALE : GOOD;
}

/* When the name first gets an answer of that kind after that time, seen from the first question. */
static double first_of(enum kind kind, double after)
{
    double begun = INFINITY;
    for (size_t i = 0; i < asked; i++) {
        if (!questions[i].same) continue;
        if (questions[i].asked < begun) begun = questions[i].asked;
        if (questions[i].asked - begun > after && kind_of(&questions[i]) == kind) return questions[i].asked - begun;
    }
    return NAN;
}

struct change {
    enum kind to;
    double at;
};

/* What becomes of a name whose TTL of 20 s ends: the changes, in their order, at these times. */
static void expiry(const char *name, const char *settings, const struct change *changes, size_t count)
{
    static const char *const words[] = {"good", "stale", "SERVFAIL"};
    static struct list seen[4], took[4];
    static const double real_took[] = {3.5, 3.5, 3.5, 2};
    char title[200], fault[200];
    for (size_t k = 0; k < 4; k++) seen[k].n = took[k].n = 0;
    for (int phase = 0; phase < 10; phase++) {
        double from = 1 + 0.1 * phase;
        begin();
        ask_same(235, from, 1);
        ask_new(13, from + 10, 10);
        snprintf(fault, sizeof fault, "{'on': ['ns1', 'ns2'], 'is': 'silent', 'from': '%.1fs', 'for': '130s'}",
                 from + 5);
        struct scene s = open_lab(settings, NEAR, ", 'ttl': '20s'", fault);
        for (uint64_t run = 0; run < 6; run++) {
            run_lab(&s, run);
            for (size_t k = 0; k < count; k++)
                list_add(&seen[k], first_of(changes[k].to, k ? changes[k - 1].at + 2 : 0));
            for (size_t k = 0; k < 4; k++)
                for (size_t i = 0; i < asked; i++)
                    if (questions[i].same && fabs(questions[i].asked - from - 20 - (double)k) < 0.01)
                        list_add(&took[k], questions[i].took);
        }
        scene_close(&s);
    }
    for (size_t k = 0; k < count; k++) {
        snprintf(title, sizeof title, "%s: %s from, s", name, words[changes[k].to]);
        row_inside(title, changes[k].at, &seen[k], 0.5, NULL);
    }
    for (size_t k = 0; k < 4; k++) {
        snprintf(title, sizeof title, "%s: the question %zu s after the end takes, s", name, k);
        row_inside(title, real_took[k], &took[k], 0.1, NULL);
    }
}

static void expiries(void)
{
    truth_group("PowerDNS Recursor, an answer of TTL 20 s ends while both servers are silent",
                PDNS_LAB ". Silent from 5 to 135 s; the name is asked for each second, a new name each 10 s.");
    expiry("not served stale", "", (struct change[]){{FAILED, 20}, {GOOD, 150}}, 2);
    expiry("serve-stale-extensions=1", ", 'serve-stale-extensions': 1",
           (struct change[]){{STALE, 20}, {FAILED, 44}, {GOOD, 174}}, 3);
    expiry("serve-stale-extensions=120", ", 'serve-stale-extensions': 120", (struct change[]){{STALE, 20}, {GOOD, 163}},
           2);
}

/* A name that does not exist for the first second: when it is seen, asked for ten times a second. */
static void negative(const char *ttl, struct list real)
{
    char title[100], zone[100];
    struct list seen = {.n = 0};
    for (int phase = 0; phase < 10; phase++) {
        double from = 1 + 0.1 * phase;
        begin();
        ask_same(650, from, 0.1);
        snprintf(zone, sizeof zone, ", 'negative_ttl': '%s'", ttl);
        char fault[200];
        snprintf(fault, sizeof fault, "{'on': 'example.test', 'is': 'nxdomain', 'for': '%gs'}", from + 0.95);
        struct scene s = open_lab("", NEAR, zone, fault);
        run_lab(&s, 0);
        for (size_t i = 0; i < asked; i++)
            if (questions[i].dns == DNS_OK) {
                list_add(&seen, questions[i].asked - from);
                break;
            }
        scene_close(&s);
    }
    snprintf(title, sizeof title, "SOA record of TTL %s: seen after, s", ttl);
    row_all_inside(title, &real, &seen, 0.2, NULL);
}

static void kept(void)
{
    expiries();
    truth_group("PowerDNS Recursor, NXDOMAIN is remembered",
                PDNS_LAB ". The name is added 1 s after it was asked for. The recursor goes by the TTL of the SOA "
                         "record that the server sends; its MINIMUM is not read.");
    negative("60s", LIST(59.4, 59.7));
    negative("15s", LIST(14.2, 14.7, 14.8, 15.1));
    negative("3s", LIST(2.2, 2.7));
    negative("2s", LIST(1.5));
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "PowerDNS Recursor");
    all_well();
    one_silent();
    both_silent();
    wrong();
    kept();
    return truth_end();
}
