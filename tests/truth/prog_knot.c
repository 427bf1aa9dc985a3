/* tests/truth/prog_knot.c - Knot Resolver: what the real one did while name servers failed, and what mxsim makes of the
 * same. */
#include "tests/truth/scene.h"

#define KRESD                                                                                                          \
    "kresd 5.6.0-1+deb12u1 (Debian 12) with its default settings, no trust anchors, two name servers without AAAA; "   \
    "measured 2026-11"

#define ASKED_MAX 700

/* One question: when it was asked, and what came of it. */
struct asked {
    double at, took;
    enum dns_status dns;
    bool stale;
};

/* Who asks for what, and what fails when. */
struct plan {
    char clients[120000], zones[60000];
    size_t count;
};

static void plan_open(struct plan *p)
{
    *p = (struct plan){.count = 0};
}

/* The MX of NAME.example.test is asked for then. It says that there is no mail here: one question, and it is over. */
static void plan_ask(struct plan *p, const char *name, double at)
{
    char zone[80];
    size_t c = strlen(p->clients), z = strlen(p->zones);
    snprintf(zone, sizeof zone, "'%s.example.test'", name);
    snprintf(p->clients + c, sizeof p->clients - c, "%s'c%zu': {'to': 'joe@%s.example.test', 'count': 1, 'at': '%gs'}",
             p->count ? ", " : "", p->count, name, at);
    p->count++;
    if (!strstr(p->zones, zone)) snprintf(p->zones + z, sizeof p->zones - z, ", %s: {'mx': '.'}", zone);
}

/* n names NAME0, NAME1, ..., the first one at from. */
static void plan_ask_many(struct plan *p, const char *name, int n, double from, double gap)
{
    char full[40];
    for (int i = 0; i < n; i++) {
        snprintf(full, sizeof full, "%s%d", name, i);
        plan_ask(p, full, from + i * gap);
    }
}

/* How long a packet takes one way: constant; or as to and from a busy host, whose replies sometimes take 1 to 20 ms. */
#define LAN      "'50us'"
#define LAN_BUSY "{'pareto': {'least': '40us', 'shape': 1.2}}"
#define MS_10    "{'uniform': ['5ms', '5.6ms']}"
#define MS_10_12 "{'uniform': ['4.95ms', '6.2ms']}"
#define MS_60    "'30.2ms'"

/* delay, delay2: of ns1 and ns2. resolver: its settings beside the profile, or "". ttl: of all records, s. */
static struct scene plan_scene(const struct plan *p, const char *delay, const char *delay2, int ttl,
                               const char *resolver, const char *faults)
{
    return scene_open(
        "'time': {'mail': '20m', 'limit': '25m'}, 'clients': {%s}, 'mtas': {'snd': {'profile': 'classic', 'resolver': "
        "'r', 'stub_timeout': '180s', 'stub_attempts': 1}}, 'resolvers': {'r': {'profile': 'knot'%s}}, 'network': "
        "{'delay': '50us'}, 'name_servers': {'ns1': {'delay': %s}, 'ns2': {'delay': %s}}, 'zones': {'test': {'ns': "
        "['tld'], 'mx': '.', 'ttl': '1d'}, 'example.test': {'ns': ['ns1', 'ns2'], 'mx': '.', 'ttl': '%ds', "
        "'negative_ttl': '300s', 'delegation': {'ttl': '1h'}}%s}, 'faults': [%s]",
        p->clients, resolver, delay, delay2, ttl, p->zones, faults);
}

/* What became of the questions, in the order in which they were asked. */
static size_t answers(const struct scene *s, struct asked *list)
{
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (r->report || r->message == 0 || r->message > ASKED_MAX) continue;
        struct asked *a = &list[r->message - 1];
        double at = sim_time_seconds(r->at);
        if (r->type == RECORD_ASK) {
            *a = (struct asked){.at = at, .took = NAN};
            if (n < r->message) n = r->message;
        }
        if (r->type == RECORD_STALE) a->stale = true;
        if (r->type == RECORD_ANSWER) {
            a->took = at - a->at;
            a->dns = r->dns;
        }
    }
    return n;
}

/* Packets from then on and before another time, to this server (ANY: all but the parent's). */
static unsigned packets(const struct scene *s, uint32_t ns, double from, double until)
{
    unsigned n = 0;
    uint32_t parent = scene_ns(s, "tld");
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        double at = sim_time_seconds(r->at);
        if (r->type != RECORD_QUERY || at < from || at >= until || r->whom == parent) continue;
        n += ns == ANY || r->whom == ns;
    }
    return n;
}

static struct asked asked[ASKED_MAX];
static struct plan plan;

/* ---- both well ---- */

static void shares(const char *name, const char *delay, const char *delay2, const struct list *real, const char *miss)
{
    struct list to_ns1 = {.n = 0};
    plan_open(&plan);
    plan_ask_many(&plan, "n", 500, 1.0003, 0.1007);
    struct scene s = plan_scene(&plan, delay, delay2, 300, "", "");
    for (uint64_t run = 0; run < 400; run++) {
        scene_run(&s, run);
        list_add(&to_ns1, packets(&s, scene_ns(&s, "ns1"), 0, 1e9));
    }
    scene_close(&s);
    row_all_inside(name, real, &to_ns1, 0, miss);
}

static void both_well(void)
{
    truth_group("Both servers well, 500 names", KRESD ". Questions to ns1; the rest goes to ns2.");
    shares("0.1 ms to both", LAN_BUSY, LAN_BUSY, &LIST(434, 240, 252, 249), NULL);
    shares("10 ms to both", MS_10, MS_10, &LIST(494, 154), NULL);
    shares("10 ms to ns1, 60 ms to ns2", MS_10, MS_60, &LIST(494, 493), NULL);
}

/* ---- one dead ---- */

static void one_dead(const char *name, bool warm, const char *is, double real, const struct list *real_packets)
{
    char title[200], fault[200];
    struct list slowest = {.n = 0}, to_ns1 = {.n = 0}, slow = {.n = 0};
    plan_open(&plan);
    if (warm) plan_ask_many(&plan, "w", 30, 1, 0.1007);
    plan_ask_many(&plan, "n", 200, 10, 0.5007);
    snprintf(fault, sizeof fault, "{'on': 'ns1', 'is': '%s', 'from': '%ds'}", is, warm ? 9 : 0);
    struct scene s = plan_scene(&plan, LAN, LAN, 300, "", fault);
    for (uint64_t run = 0; run < 200; run++) {
        double most = 0, count = 0;
        scene_run(&s, run);
        for (size_t i = warm ? 30 : 0, n = answers(&s, asked); i < n; i++) {
            if (!(asked[i].took <= most)) most = asked[i].took;
            count += asked[i].took > 0.05;
        }
        list_add(&slowest, most);
        list_add(&slow, count);
        list_add(&to_ns1, packets(&s, scene_ns(&s, "ns1"), warm ? 9 : 0, 1e9));
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s: slowest answer, s", name);
    row_inside(title, real, &slowest, 0.005, NULL);
    snprintf(title, sizeof title, "%s: answers later than 50 ms", name);
    row_inside(title, warm ? 0 : 1, &slow, 0, NULL);
    snprintf(title, sizeof title, "%s: packets to ns1", name);
    row_all_inside(title, real_packets, &to_ns1, 0, NULL);
}

/* 15 names, 5 a second, 10 ms. */
static void just_died(const char *name, bool warm, double first_real, double slow_real, double worst_real)
{
    char title[200];
    struct list first = {.n = 0}, worst = {.n = 0};
    double slow = 0;
    plan_open(&plan);
    if (warm) plan_ask_many(&plan, "w", 20, 1, 0.1007);
    plan_ask_many(&plan, "n", 15, 10, 0.2);
    struct scene s =
        plan_scene(&plan, MS_10, MS_10, 300, "",
                   warm ? "{'on': 'ns1', 'is': 'silent', 'from': '9.9s'}" : "{'on': 'ns1', 'is': 'silent'}");
    for (uint64_t run = 0; run < 500; run++) {
        double most = 0;
        scene_run(&s, run);
        size_t begin = warm ? 20 : 0, n = answers(&s, asked);
        for (size_t i = begin; i < n; i++) {
            if (!(asked[i].took <= most)) most = asked[i].took;
            slow += asked[i].took > 0.07;
        }
        list_add(&first, asked[begin].took);
        list_add(&worst, most);
    }
    scene_close(&s);
    struct list mean = {{slow / 500}, 1};
    snprintf(title, sizeof title, "%s: first answer, s", name);
    row_inside(title, first_real, &first, 0.01, NULL);
    snprintf(title, sizeof title, "%s: worst of 15, s", name);
    row_inside(title, worst_real, &worst, 0.01, NULL);
    snprintf(title, sizeof title, "%s: later than 70 ms of 15, mean", name);
    row_inside(title, slow_real, &mean, 1, NULL);
}

static void one_server_dead(void)
{
    truth_group("ns1 dead, ns2 well", KRESD ". 200 names one after the other, 0.1 ms; the resolver freshly started "
                                            "(cold) or both servers known to it (warm).");
    one_dead("silent, cold", false, "silent", 0.402, &LIST(3, 2, 8, 2, 2, 4));
    one_dead("silent, warm", true, "silent", 0.043, &LIST(3, 5, 3, 5, 1, 2));
    one_dead("port closed, cold", false, "refusing", 0.402, &LIST(5, 3, 4, 2));
    just_died("10 ms, 5 names a second, cold", false, 0.411, 2.64, 0.413);
    just_died("10 ms, 5 names a second, warm", true, 0.040, 0.12, 0.043);
}

/* ---- both dead ---- */

static void first_packets(void)
{
    static struct fits fits, answer;
    const struct list real = LIST(0.001, 0.401, 1.20, 2.00, 2.80, 4.40, 6.006, 8.008);
    struct list ends = {.n = 0};
    fits = answer = (struct fits){.runs = 0};
    plan_open(&plan);
    plan_ask(&plan, "n0", 10);
    struct scene s = plan_scene(&plan, LAN, LAN, 300, "", "{'on': ['ns1', 'ns2'], 'is': 'silent'}");
    for (uint64_t run = 0; run < 200; run++) {
        struct list sent = {.n = 0};
        scene_run(&s, run);
        for (size_t i = 0; i < s.count; i++)
            if (s.records[i].type == RECORD_QUERY && s.records[i].whom != scene_ns(&s, "tld"))
                list_add(&sent, sim_time_seconds(s.records[i].at) - 10);
        fits_add(&fits, &real, &sent, 0.01, 0, false);
        answers(&s, asked);
        list_add(&ends, asked[0].took);
    }
    scene_close(&s);
    row_fits("cold: packets of the first question, s", &real, &fits, 0.01, 0, false, NULL);
    row_inside("cold: SERVFAIL after, s", 11.21, &ends, 0.05, NULL);
}

/* So many of the real runs took so long. */
struct mode {
    double took;
    unsigned hits, total;
};

static void mode_row(const char *name, const struct list *took, const struct mode *mode)
{
    char title[300];
    double in = 0;
    for (size_t i = 0; i < took->n; i++) in += fabs(took->v[i] - mode->took) < 0.06;
    snprintf(title, sizeof title, "%s, in %g s", name, mode->took);
    row_share(title, mode->hits, mode->total, in / (double)took->n, took->n, NULL);
}

/* Questions one after the other, each after the one before has failed: when each fails, and how often so. */
static void one_by_one(const char *name, const char *is, const char *delay, bool warm, const struct list *real,
                       const struct mode (*modes)[3], size_t count, double slack)
{
    static struct list took[8];
    char fault[200], title[200];
    memset(took, 0, sizeof took);
    plan_open(&plan);
    if (warm) plan_ask_many(&plan, "w", 40, 1, 0.05);
    plan_ask_many(&plan, "n", (int)count, 10.1, 21);
    snprintf(fault, sizeof fault, "{'on': ['ns1', 'ns2'], 'is': '%s', 'from': '%ds'}", is, warm ? 10 : 0);
    struct scene s = plan_scene(&plan, delay, delay, 300, "", fault);
    for (uint64_t run = 0; run < 500; run++) {
        scene_run(&s, run);
        answers(&s, asked);
        for (size_t i = 0; i < count; i++) list_add(&took[i], asked[(warm ? 40 : 0) + i].took);
    }
    scene_close(&s);
    for (size_t i = 0; i < count; i++) {
        snprintf(title, sizeof title, "%s: question %zu fails after, s", name, i + 1);
        row_all_inside(title, &real[i], &took[i], slack, NULL);
        snprintf(title, sizeof title, "%s: question %zu fails", name, i + 1);
        for (size_t k = 0; modes && k < 3 && modes[i][k].total > 0; k++) mode_row(title, &took[i], &modes[i][k]);
    }
}

/* A question a second during the outage: how long after its end there is the first good answer, and how the questions
 * before fared. */
static void recovery(const char *is, double outage, const char *name, const struct list *real, double mean, double most)
{
    char fault[200], title[200];
    struct list after = {.n = 0}, means = {.n = 0}, longest = {.n = 0};
    int n = (int)outage + 25;
    plan_open(&plan);
    plan_ask_many(&plan, "w", 20, 1, 0.05);
    if (strcmp(name, "new") == 0)
        plan_ask_many(&plan, "n", n, 10, 1);
    else
        for (int i = 0; i < n; i++) plan_ask(&plan, "same", 10 + i);
    snprintf(fault, sizeof fault, "{'on': ['ns1', 'ns2'], 'is': '%s', 'from': '9.99s', 'for': '%gs'}", is,
             outage + 0.009);
    struct scene s = plan_scene(&plan, LAN, LAN, 300, "", fault);
    double back = 9.99 + outage + 0.009;
    for (uint64_t run = 0; run < 200; run++) {
        double first = INFINITY, sum = 0, longer = 0;
        unsigned failed = 0;
        scene_run(&s, run);
        for (size_t i = 20, k = answers(&s, asked); i < k; i++) {
            double end = asked[i].at + asked[i].took;
            if (asked[i].dns == DNS_OK && end < first) first = end;
            if (asked[i].dns == DNS_OK) continue;
            sum += asked[i].took;
            failed++;
            if (asked[i].took > longer) longer = asked[i].took;
        }
        list_add(&after, first - back);
        if (failed > 0) list_add(&means, sum / failed);
        list_add(&longest, longer);
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%g s %s, %s name: to the first good answer, s", outage, is, name);
    row_all_inside(title, real, &after, 0.05, NULL);
    if (mean > 0) {
        snprintf(title, sizeof title, "%g s %s, %s name: what fails takes, mean, s", outage, is, name);
        row_inside(title, mean, &means, 0, NULL);
        snprintf(title, sizeof title, "%g s %s, %s name: at most, s", outage, is, name);
        row_inside(title, most, &longest, 0.5, NULL);
    }
}

static void both_silent(void)
{
    truth_group("Both servers silent", KRESD ". Questions for different names, one after the other, each after the one "
                                             "before has failed; a new question a second during an outage.");
    first_packets();
    static const struct mode cold[][3] = {{{11.21, 6, 6}}, {{0, 0, 0}}, {{12.0, 6, 6}}, {{12.0, 6, 6}}};
    static const struct mode warm[][3] = {
        {{1.31, 2, 6}, {2.97, 3, 6}, {3.22, 1, 6}}, {{14.11, 3, 6}}, {{14.76, 4, 6}}, {{14.76, 4, 6}}};
    one_by_one("cold", "silent", LAN, false, (struct list[]){LIST(11.21), LIST(13.09), LIST(12.0), LIST(12.0)}, cold, 4,
               0.5);
    one_by_one("warm", "silent", LAN, true,
               (struct list[]){LIST(1.31, 2.97, 2.97, 3.22, 2.97, 1.31), LIST(12.96, 14.11, 14.11, 14.11, 14.11, 12.98),
                               LIST(14.76, 14.76, 14.76, 12.75, 14.76, 14.99),
                               LIST(14.76, 14.76, 12.43, 12.76, 14.76, 15.0)},
               warm, 4, 0.5);
    one_by_one("warm, 10 ms", "silent", MS_10_12, true,
               (struct list[]){LIST(2.06, 1.87, 3.39), LIST(12.46, 1.92, 1.92), LIST(10.45)}, NULL, 3, 0.5);
    recovery("silent", 5, "same", &LIST(0.70), 0, 0);
    recovery("silent", 5, "new", &LIST(0.99), 0, 0);
    recovery("silent", 15, "same", &LIST(0.002), 0, 0);
    recovery("silent", 15, "new", &LIST(0.002), 0, 0);
    recovery("silent", 30, "same", &LIST(1.0), 0, 0);
    recovery("silent", 30, "new", &LIST(0.001), 0, 0);
    recovery("silent", 60, "same", &LIST(0.39), 9.88, 14.76);
    recovery("silent", 60, "new", &LIST(1.0), 9.59, 14.75);
    recovery("silent", 300, "same", &LIST(0.35), 6.94, 15.3);
    recovery("silent", 300, "new", &LIST(0.99), 10.07, 14.83);
    recovery("refusing", 60, "same", &LIST(0.003), 0, 0);
    recovery("refusing", 60, "new", &LIST(0.005), 0, 0);
    recovery("lame", 20, "same", &LIST(0.001), 0, 0);
    recovery("lame", 20, "new", &LIST(0.001), 0, 0);
    recovery("refused", 20, "same", &LIST(0.001), 0, 0);
    recovery("refused", 20, "new", &LIST(0.001), 0, 0);
}

static void closed_then(bool warm, const struct list *slow_real, unsigned hits, unsigned total)
{
    struct list slow = {.n = 0};
    unsigned quick = 0, all = 0;
    size_t begin = warm ? 41 : 1;
    plan_open(&plan);
    if (warm) plan_ask_many(&plan, "w", 40, 1, 0.05);
    plan_ask(&plan, "n0", 10.1);
    plan_ask_many(&plan, "m", 60, 30, 0.5);
    struct scene s = plan_scene(&plan, LAN, LAN, 300, "",
                                warm ? "{'on': ['ns1', 'ns2'], 'is': 'refusing', 'from': '10s'}"
                                     : "{'on': ['ns1', 'ns2'], 'is': 'refusing'}");
    for (uint64_t run = 0; run < 100; run++) {
        scene_run(&s, run);
        for (size_t i = begin, n = answers(&s, asked); i < n; i++) {
            quick += asked[i].took < 0.1;
            all++;
            if (i > begin + 8 && asked[i].took >= 0.1) list_add(&slow, asked[i].took);
        }
    }
    scene_close(&s);
    row_share(warm ? "warm, 2 names a second: SERVFAIL at once" : "cold, 2 names a second: SERVFAIL at once", hits,
              total, (double)quick / all, 100, NULL);
    row_all_inside(warm ? "warm: the others, s" : "cold: the others, s", slow_real, &slow, 0.1, NULL);
}

static void both_closed(void)
{
    truth_group("Both ports closed", KRESD ". ICMP is not heeded; an RST is.");
    one_by_one("cold", "refusing", LAN, false, (struct list[]){LIST(15.61)}, (struct mode[][3]){{{15.61, 3, 3}}}, 1,
               0.1);
    one_by_one("warm", "refusing", LAN, true, (struct list[]){LIST(5.17, 1.31, 1.81)}, NULL, 1, 0.1);
    closed_then(false, &LIST(10.0), 168, 180);
    closed_then(true, &LIST(5.38, 10.0), 155, 180);
}

/* ---- serve-stale ---- */

static void stale(void)
{
    struct list plain = {.n = 0}, first = {.n = 0}, took = {.n = 0}, alone = {.n = 0}, others = {.n = 0};
    double last = 0;
    truth_group("A record of 20 s ends while both servers are silent",
                KRESD ". Asked for each second. serve_stale: modules.load('serve_stale < cache').");
    for (int load = 0; load < 2; load++) {
        plan_open(&plan);
        plan_ask_many(&plan, "w", 20, 1, 0.05);
        for (int i = 0; i <= 90; i++) plan_ask(&plan, "t20", 10.001 + i);
        if (load) plan_ask_many(&plan, "u", 4, 30.5, 20);
        struct scene s = plan_scene(&plan, LAN, LAN, 20, load ? ", 'serve_stale': true" : "",
                                    "{'on': ['ns1', 'ns2'], 'is': 'silent', 'from': '10.1s'}");
        for (uint64_t run = 0; run < 100; run++) {
            scene_run(&s, run);
            for (size_t i = 20, n = answers(&s, asked); i < n; i++) {
                const struct asked *a = &asked[i];
                if (!load && a->dns == DNS_OK && a->at > last) last = a->at;
                if (!load && a->at > 35) list_add(&plain, a->took);
                if (load && a->stale && a->at < 34) list_add(&first, a->took);
                if (load && a->stale && a->at > 40) list_add(&took, a->took);
                if (load && a->dns == DNS_SERVFAIL && a->at > 50 && a->at - floor(a->at) > 0.4)
                    list_add(&others, a->took);
            }
        }
        scene_close(&s);
    }
    struct list until = {{last - 10}, 1};
    row_inside("plain: last good answer, s", 20, &until, 0.1, NULL);
    row_all_inside("plain: SERVFAIL after, s", &LIST(12.07, 12.0, 11.1, 10.1, 0.001), &plain, 0.1, NULL);
    row_all_inside("serve_stale: what has ended comes after, s", &LIST(3.02, 3.4, 4.0, 4.4, 5.0, 5.4, 7.38, 7.75),
                   &took, 0.1, NULL);
    row_all_inside("serve_stale: the first such, s", &LIST(3.02, 3.36), &first, 0.5, NULL);
    row_all_inside("serve_stale: other names, SERVFAIL after, s", &LIST(12.4, 15.2, 11.0, 10.38, 13.38), &others, 0.5,
                   NULL);
    plan_open(&plan);
    plan_ask_many(&plan, "w", 2, 1, 0.05);
    for (int i = 0; i < 5; i++) plan_ask(&plan, "t20", i == 0 ? 10.001 : 20 + 20.0 * i);
    struct scene s = plan_scene(&plan, LAN, LAN, 20, ", 'serve_stale': true",
                                "{'on': ['ns1', 'ns2'], 'is': 'silent', 'from': '10.1s'}");
    struct list second = {.n = 0}, third = {.n = 0};
    for (uint64_t run = 0; run < 200; run++) {
        scene_run(&s, run);
        answers(&s, asked);
        if (asked[3].dns == DNS_SERVFAIL) list_add(&alone, asked[3].took);
        if (asked[4].dns == DNS_SERVFAIL) list_add(&second, asked[4].took);
        if (asked[6].stale) list_add(&third, asked[6].took);
    }
    scene_close(&s);
    row_all_inside("alone: first SERVFAIL after, s", &LIST(1.66, 1.66, 6.13), &alone, 0.5, NULL);
    row_all_inside("alone: second, s", &LIST(13.07, 11.67), &second, 0.5, NULL);
    row_all_inside("alone: then what has ended, s", &LIST(7.12, 7.12, 7.38), &third, 0.5, NULL);
}

/* ---- a "no" ---- */

static void negative(void)
{
    static const int ttl[] = {15, 2, 60};
    static const struct list real[] = {
        {{15.4, 16.0, 16.0, 15.3, 15.8}, 5}, {{5.8, 6.0, 6.0}, 3}, {{60.8, 61.0, 60.9}, 3}};
    truth_group("A 'no'", KRESD ". A name that is not there, asked for again and again: when it is asked of a server "
                                "again, from the first time on.");
    for (int k = 0; k < 3; k++) {
        struct list again = {.n = 0};
        char title[80];
        for (int phase = 0; phase < 20; phase++) {
            char clients[2000] = "";
            double begin = 10 + phase / 20.0;
            snprintf(clients, sizeof clients,
                     "'a': {'to': 'joe@no.example.test', 'count': 1, 'at': '%gs'}, "
                     "'b': {'to': 'joe@no.example.test', 'every': '100ms', 'at': '%gs'}",
                     begin, begin + ttl[k] - 1);
            struct scene s = scene_open(
                "'time': {'mail': '%gs', 'limit': '10m'}, 'clients': {%s}, 'mtas': {'snd': {'profile': 'classic', "
                "'resolver': 'r'}}, 'resolvers': {'r': 'knot'}, " NETWORK "'zones': {'example.test': {'ns': ['ns1', "
                "'ns2'], 'mx': '.', 'negative_ttl': '%ds'}, 'no.example.test': {'mx': '.'}}, 'faults': [{'on': "
                "['ns1', 'ns2'], 'is': 'nxdomain'}]",
                begin + ttl[k] + 6, clients, ttl[k]);
            scene_run(&s, 0);
            for (size_t i = 0, n = 0; i < s.count; i++)
                if (s.records[i].type == RECORD_QUERY && n++ == 1)
                    list_add(&again, sim_time_seconds(s.records[i].at) - begin);
            scene_close(&s);
        }
        snprintf(title, sizeof title, "TTL %d s: asked again after, s", ttl[k]);
        row_all_inside(title, &real[k], &again, 0.1, NULL);
    }
}

/* ---- wrong answers ---- */

static void wrong(const char *is, const struct list *real, const char *miss)
{
    char fault[100], title[100];
    struct list to_ns1 = {.n = 0}, slowest = {.n = 0};
    bool nxdomain = strcmp(is, "nxdomain") == 0;
    unsigned failed = 0;
    plan_open(&plan);
    plan_ask_many(&plan, "n", 200, 1.0003, 0.1007);
    snprintf(fault, sizeof fault, "{'on': 'ns1', 'is': '%s'}", is);
    struct scene s = plan_scene(&plan, LAN_BUSY, LAN_BUSY, 300, "", fault);
    for (uint64_t run = 0; run < 400; run++) {
        double most = 0, no = 0;
        scene_run(&s, run);
        for (size_t i = 0, n = answers(&s, asked); i < n; i++) {
            if (asked[i].took > most) most = asked[i].took;
            no += asked[i].dns == DNS_NXDOMAIN;
            failed += asked[i].dns != DNS_OK && asked[i].dns != DNS_NXDOMAIN;
        }
        list_add(&slowest, most);
        list_add(&to_ns1, nxdomain ? no : packets(&s, scene_ns(&s, "ns1"), 0, 1e9));
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s: %s", is, nxdomain ? "names believed not to exist" : "packets to ns1");
    row_all_inside(title, real, &to_ns1, 2, miss);
    snprintf(title, sizeof title, "%s: questions that fail", is);
    row_text(title, "none", failed == 0 ? "none" : "some", NULL);
}

static void both_wrong(const char *is, const struct list *real)
{
    char fault[100], title[100];
    struct list sent = {.n = 0}, took = {.n = 0};
    plan_open(&plan);
    plan_ask_many(&plan, "n", 6, 10, 20);
    snprintf(fault, sizeof fault, "{'on': ['ns1', 'ns2'], 'is': '%s'}", is);
    struct scene s = plan_scene(&plan, LAN, LAN, 300, "", fault);
    for (uint64_t run = 0; run < 90; run++) {
        scene_run(&s, run);
        answers(&s, asked);
        for (size_t i = 0; i < 6; i++) {
            list_add(&sent, packets(&s, ANY, 10 + 20.0 * (double)i, 25 + 20.0 * (double)i));
            list_add(&took, asked[i].dns == DNS_SERVFAIL ? asked[i].took : NAN);
        }
    }
    scene_close(&s);
    snprintf(title, sizeof title, "both %s: packets to them for a question", is);
    row_all_inside(title, real, &sent, 0, NULL);
    snprintf(title, sizeof title, "both %s: SERVFAIL after, s", is);
    row_all_inside(title, &LIST(0.0012, 0.007), &took, 0.01, NULL);
}

static void wrong_answers(void)
{
    truth_group("Wrong answers", KRESD ". ns1 answers wrongly, ns2 well; 200 names, 0.1 ms, freshly started; then both "
                                       "wrongly.");
    wrong("refused", &LIST(112, 105, 115, 18), NULL);
    wrong("servfail", &LIST(109, 109, 103, 108), NULL);
    wrong("lame", &LIST(177, 106, 131, 124), NULL);
    wrong("formerr", &LIST(143, 111, 109, 103, 108, 99, 91, 112), NULL);
    wrong("notimp", &LIST(25, 105, 201, 115), NULL);
    wrong("nxdomain", &LIST(130, 103, 87, 105), NULL);
    both_wrong("refused", &LIST(8, 9, 10, 11, 12, 13));
    both_wrong("servfail", &LIST(8, 9, 10, 11, 13));
    both_wrong("lame", &LIST(7, 8, 9, 11));
    both_wrong("formerr", &LIST(6, 7, 8, 9, 10));
    both_wrong("notimp", &LIST(8, 10));
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "Knot Resolver");
    both_well();
    one_server_dead();
    both_silent();
    both_closed();
    stale();
    negative();
    wrong_answers();
    return truth_end();
}
