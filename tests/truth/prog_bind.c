/* tests/truth/prog_bind.c - BIND as a resolver: which server it asks, how long it waits, what clients get. */
#include "tests/truth/scene.h"

#define BIND_LAB                                                                                                       \
    "BIND 9.18.49-1~deb12u3 (Debian 12), two name servers, network of 0.1 ms, one question at a time; measured "       \
    "2026-11"
#define NAMES_MAX   600
#define KNOWN_APART 0.012
#define SLOW        0.05 /* seconds: more than a round trip or two */
#define REPEATS     200  /* runs of one scene */
/* What servers and machines add to the distance has a long tail: on another run of BIND with two like servers, 500
 * answers each, half came within 0.35 ms, 90 % within 0.5 ms, 99 % within 1.3 to 7 ms. */
#define NEAR        "{'delay': {'pareto': {'shape': 1.3, 'least': '45us'}}}"
#define FAR         "{'delay': {'pareto': {'shape': 35, 'least': '5ms'}}}"
#define FARTHER     "{'delay': {'pareto': {'shape': 200, 'least': '30ms'}}}"
/* A server whose program is written in Python takes longer than nsd. */
#define PYTHON      "{'delay': {'pareto': {'shape': 1.3, 'least': '75us'}}}"

#define BOTH "'on': ['ns1', 'ns2'], "

/* ---- scenes: one client program that asks for the MX of one name after the other ---- */

struct asked {
    unsigned count;   /* names */
    unsigned known;   /* the first of them, one each 12 ms */
    double from;      /* of the first name, s */
    double apart;     /* s; 0: each when the one before it has its answer */
    const char *ns;   /* the members of name_servers */
    const char *bind; /* parameters of the resolver, each with a comma before it */
    const char *zone; /* of the zone, likewise */
    const char *faults;
};

/* Names n1, n2, ... of one zone that take no mail: one question a message. */
static struct scene ask_names(const struct asked *a)
{
    static char clients[60000], zones[60000];
    *clients = *zones = '\0';
    for (unsigned i = 0, c = 0, z = 0; i < a->count && i < NAMES_MAX; i++) {
        double later = i < a->known ? i * KNOWN_APART : a->known * KNOWN_APART + (i - a->known) * a->apart;
        c += (unsigned)snprintf(clients + c, sizeof clients - c,
                                "%s'c%u': {'to': 'j@n%u.example.test', 'count': 1, 'at': '%.6fs'}", i ? ", " : "", i, i,
                                a->from + later);
        z += (unsigned)snprintf(zones + z, sizeof zones - z, ", 'n%u.example.test': {'mx': '.'%s}", i, a->zone);
    }
    return scene_open("'time': {'mail': '1h', 'limit': '2h'}, 'clients': {%s}, "
                      "'mtas': {'snd': {'profile': 'classic', 'resolver': 'r', 'stub_timeout': '180s', "
                      "'stub_attempts': 1%s}}, 'resolvers': {'r': {'profile': 'bind'%s}}, "
                      "'network': {'delay': '50us'}, 'name_servers': {%s}, "
                      "'zones': {'example.test': {'ns': ['ns1', 'ns2'], 'mx': '.'%s}%s}, 'faults': [%s]",
                      clients, a->apart > 0 ? "" : ", 'default_process_limit': 1", a->bind, a->ns, a->zone, zones,
                      a->faults);
}

/* One name, asked again and again. */
static struct scene ask_again(double from, double every, double until, const char *bind, const char *zone,
                              const char *faults)
{
    return scene_open("'time': {'mail': '%gs', 'limit': '%gs'}, "
                      "'clients': {'c': {'to': 'j@example.test', 'every': '%gs', 'at': '%gs'}}, "
                      "'mtas': {'snd': {'profile': 'classic', 'resolver': 'r', 'stub_timeout': '180s', "
                      "'stub_attempts': 1}}, 'resolvers': {'r': {'profile': 'bind'%s}}, 'network': {'delay': '50us'}, "
                      "'zones': {'example.test': {'ns': ['ns1', 'ns2'], 'mx': '.'%s}}, 'faults': [%s]",
                      until, until + 200, every, from, bind, zone, faults);
}

/* ---- what is read off a run ---- */

struct reply {
    double asked, took; /* seconds; took < 0: no answer */
    enum dns_status status;
    bool stale;
};

/* What the client got for each message, by number from 1; returns how many messages asked. */
static size_t replies_of(const struct scene *s, struct reply *replies, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (r->message == 0 || r->message > room || r->report) continue;
        struct reply *p = &replies[r->message - 1];
        double at = sim_time_seconds(r->at);
        if (r->type == RECORD_ASK) {
            *p = (struct reply){at, -1, DNS_TIMEOUT, false};
            if (r->message > n) n = r->message;
        } else if (r->type == RECORD_STALE) {
            p->stale = true;
        } else if (r->type == RECORD_ANSWER) {
            p->took = at - p->asked;
            p->status = r->dns;
        }
    }
    return n;
}

/* When packets with the MX question went to that server (ANY: to any), of names asked from a moment on. */
static struct list packets(const struct scene *s, const char *ns, double from, double until, bool mx_only)
{
    struct list l = {.n = 0};
    uint32_t whom = ns ? scene_ns(s, ns) : ANY;
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        double at = sim_time_seconds(r->at);
        if (r->type != RECORD_QUERY || (whom != ANY && r->whom != whom) || at < from || at >= until) continue;
        if (!mx_only || question_type(r->question) == QUESTION_MX) list_add(&l, at);
    }
    return l;
}

/* One value within a share of another. */
static void row_near(const char *name, double real, double mxsim, double share, double slack, const char *miss)
{
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    double allowed = share * real > slack ? share * real : slack;
    cell_number(left, real);
    cell_number(right, mxsim);
    truth_row(name, left, right, fabs(real - mxsim) <= allowed, miss, "within %g %% or %g", 100 * share, slack);
}

static struct reply replies[2 * NAMES_MAX];

/* ---- 1: both well ---- */

static void shares(const char *name, const char *ns, double to_ns2, const char *miss)
{
    struct list second = {.n = 0}, all = {.n = 0}, middle = {.n = 0};
    struct scene s = ask_names(&(struct asked){.count = 500, .ns = ns, .bind = "", .zone = "", .faults = ""});
    for (uint64_t run = 0; run < REPEATS; run++) {
        struct list took = {.n = 0};
        scene_run(&s, run);
        size_t n = replies_of(&s, replies, 500);
        for (size_t i = 0; i < n; i++) list_add(&took, replies[i].took);
        list_add(&second, (double)packets(&s, "ns2", 0, 3600, true).n);
        list_add(&all, (double)packets(&s, NULL, 0, 3600, true).n / 500);
        list_add(&middle, 1000 * list_quantile(&took, 0.5));
    }
    scene_close(&s);
    char title[200];
    snprintf(title, sizeof title, "%s: of 500 questions, to ns2", name);
    row_inside(title, to_ns2, &second, 5, miss);
    if (strncmp(name, "0.1", 3) == 0)
        row_all_inside("the same, eight cold starts with two servers written in Python",
                       &LIST(136, 499, 90, 162, 129, 472, 28, 11), &second, 5, NULL);
    snprintf(title, sizeof title, "%s: packets a name", name);
    row_inside(title, 1, &all, 0.01, NULL);
    if (strcmp(name, "10 ms both") == 0)
        row_inside("10 ms both: half of the answers within, ms", 11.4, &middle, 2, NULL);
}

static void both_well(void)
{
    truth_group("bind: which server is asked, both well", BIND_LAB
                ". 500 names, each asked when the one before it has its answer. mxsim's servers answer within some "
                "noise of their distance.");
    shares("0.1 ms both", "'ns1': " NEAR ", 'ns2': " NEAR, 0, NULL);
    shares("10 ms both", "'ns1': " FAR ", 'ns2': " FAR, 101, NULL);
    shares("10 and 60 ms", "'ns1': " FAR ", 'ns2': " FARTHER, 0, NULL);
}

/* ---- 2: one silent ---- */

static void one_silent(void)
{
    struct list slow = {.n = 0}, took = {.n = 0}, sent = {.n = 0};
    struct scene s = ask_names(
        &(struct asked){.count = 200, .ns = "", .bind = "", .zone = "", .faults = "{'on': 'ns1', 'is': 'silent'}"});
    for (uint64_t run = 0; run < REPEATS; run++) {
        unsigned n = 0;
        scene_run(&s, run);
        replies_of(&s, replies, 200);
        for (size_t i = 0; i < 200; i++) {
            if (replies[i].took < SLOW) continue;
            list_add(&took, replies[i].took);
            n++;
        }
        list_add(&slow, n);
        list_add(&sent, (double)packets(&s, "ns1", 0, 3600, false).n);
    }
    scene_close(&s);
    truth_group("bind: ns1 silent, ns2 well",
                BIND_LAB ". 200 names, each asked when the one before it has its answer.");
    row_inside("slow answers of 200", 1, &slow, 0, NULL);
    row_inside("the slow one, s", 0.80, &took, 0.02, NULL);
    row_all_inside("packets to ns1", &LIST(1, 3), &sent, 0, NULL);
}

/* RTT 10 ms, 15 names at 5 a second from the moment ns1 dies. */
static void death(bool warm, double first_p50, double first_p90, double slow_first, double slow_mean, double slow_max,
                  double worst)
{
    struct list first = {.n = 0}, slow = {.n = 0}, worsts = {.n = 0}, means = {.n = 0};
    unsigned firsts = 0, known = warm ? 100 : 0, sum = 0;
    char faults[100];
    snprintf(faults, sizeof faults, "{'on': 'ns1', 'is': 'silent', 'from': '%gs'}", known * KNOWN_APART);
    struct scene s = ask_names(
        &(struct asked){.count = 15 + known,
                        .known = known,
                        .apart = 0.202, /* a program that sleeps between its questions is a little late each time */
                        .ns = "'ns1': " FAR ", 'ns2': " FAR,
                        .bind = "",
                        .zone = "",
                        .faults = faults});
    for (uint64_t run = 0; run < LIST_MAX; run++) {
        unsigned n = 0;
        double most = 0;
        scene_run(&s, run);
        replies_of(&s, replies, NAMES_MAX);
        for (size_t i = known; i < known + 15; i++) {
            n += replies[i].took > SLOW;
            if (replies[i].took > most) most = replies[i].took;
        }
        firsts += replies[known].took > SLOW;
        sum += n;
        if (run % 25 == 24) {
            list_add(&means, sum / 25.0);
            sum = 0;
        }
        list_add(&first, replies[known].took);
        list_add(&slow, n);
        if (n > 0) list_add(&worsts, most);
    }
    scene_close(&s);
    if (warm)
        row_share("first question slow", (unsigned)slow_first, 25, (double)firsts / LIST_MAX, LIST_MAX, NULL);
    else
        row_near("first question, median, s", first_p50, list_quantile(&first, 0.5), 0.1, 0.05, NULL);
    row_near("first question, 90 %, s", first_p90, list_quantile(&first, 0.9), 0.1, 0.05, NULL);
    row_inside("slow of the first 15, mean of 25 runs", slow_mean, &means, 0.2, NULL);
    row_inside("slow of the first 15, most of 25 runs", slow_max, &slow, 0, NULL);
    row_near("the slowest of 15 if any is, median, s", worst, list_quantile(&worsts, 0.5), 0.1, 0.05, NULL);
}

static void long_death(void)
{
    struct list slow = {.n = 0}, early = {.n = 0}, late = {.n = 0}, back = {.n = 0}, last = {.n = 0};
    /* 60 names, each 30 s old when it is asked again: not in the cache any more. */
    char text[8000] = "", zones[4000] = "";
    for (unsigned i = 0, c = 0, z = 0; i < 60; i++) {
        c += (unsigned)snprintf(text + c, sizeof text - c,
                                "%s'c%u': {'to': 'j@n%u.example.test', 'every': '30s', 'at': '%gs'}", i ? ", " : "", i,
                                i, i * 0.5);
        z += (unsigned)snprintf(zones + z, sizeof zones - z, ", 'n%u.example.test': {'mx': '.', 'ttl': '0s'}", i);
    }
    struct scene s = scene_open(
        "'time': {'mail': '1200s', 'limit': '1400s'}, 'clients': {%s}, "
        "'mtas': {'snd': {'profile': 'classic', 'resolver': 'r', 'stub_timeout': '180s', 'stub_attempts': 1}}, "
        "'resolvers': {'r': {'profile': 'bind'}}, 'network': {'delay': '50us'}, "
        "'zones': {'example.test': {'ns': ['ns1', 'ns2'], 'mx': '.'}%s}, "
        "'faults': [{'on': 'ns1', 'is': 'silent', 'for': '1000s'}]",
        text, zones);
    for (uint64_t run = 0; run < 50; run++) {
        static struct reply many[2400];
        unsigned n = 0;
        scene_run(&s, run);
        size_t count = replies_of(&s, many, 2400);
        for (size_t i = 0; i < count && i < 2000; i++) n += many[i].took > SLOW;
        list_add(&slow, n);
        struct list dead = packets(&s, "ns1", 0, 1000, false);
        if (dead.n > 0) list_add(&last, dead.v[dead.n - 1]);
        list_add(&early, (double)packets(&s, "ns1", 0, 3, true).n);
        list_add(&late, (double)packets(&s, "ns1", 3, 1000, true).n);
        list_add(&back, (double)packets(&s, "ns1", 1000, 1200, true).n);
    }
    scene_close(&s);
    truth_group("bind: ns1 silent for 1000 s, 2 names a second, then back for 200 s",
                BIND_LAB ". ns1 was asked at 0 and at 0.5 s.");
    row_inside("slow answers of 2000", 2, &slow, 0, NULL);
    row_inside("MX questions to ns1 in the first 3 s", 2, &early, 0, NULL);
    row_inside("the last packet to ns1 before its return, s", 0.5, &last, 0.5, NULL);
    row_inside("MX questions to ns1 later, while it is dead", 0, &late, 0, NULL);
    row_inside("MX questions to ns1 in the 200 s after its return", 0, &back, 0, NULL);
}

/* ---- 3: both silent ---- */

static void both_silent(void)
{
    struct scene s = ask_names(&(struct asked){
        .count = 4, .from = 3, .apart = 11.5, .ns = "", .bind = "", .zone = "", .faults = "{" BOTH "'is': 'silent'}"});
    scene_run(&s, 0);
    replies_of(&s, replies, 4);
    struct list sent = packets(&s, NULL, 3, 13, true), first = {{replies[0].took}, 1}, other = {{replies[2].took}, 1};
    list_shift(&sent, -3);
    scene_close(&s);
    truth_group("bind: both silent", BIND_LAB ". Nothing cached at the first name; then other names.");
    row_instants("packets of the first question, s", &LIST(0, .80, 1.60, 2.41, 3.21, 4.81, 6.41, 9.61), &sent, 1, 0,
                 false, NULL);
    row_instants("SERVFAIL after, cold, s", &LIST(10.00), &first, 1, 0, false, NULL);
    row_instants("SERVFAIL after, other names, s", &LIST(10.00), &other, 1, 0, false, NULL);
    row_text("the code", "SERVFAIL", dns_status_name(replies[0].status), NULL);

    /* Asked each second: 10 wait, the 11th gets nothing; then SERVFAIL is told from memory for a second. */
    s = ask_again(3, 0.9, 30, "", "", "{" BOTH "'is': 'silent'}");
    scene_run(&s, 0);
    size_t n = replies_of(&s, replies, 100);
    unsigned nothing = 0;
    double again = NAN;
    for (size_t i = 0; i < n; i++) nothing += replies[i].took > 100 && i < 12;
    for (size_t i = 0; i < n; i++)
        if (isnan(again) && replies[i].asked > 13 && replies[i].took > 1 && replies[i].took < 100)
            again = replies[i].asked - 13;
    scene_close(&s);
    char text[20];
    snprintf(text, sizeof text, "%u", nothing);
    row_text("clients of 12 that wait for one name and get no answer", "2", text, NULL);
    row_inside("asked anew after the failure, s", 1.5, &(struct list){{again}, 1}, 0.5, NULL);

    /* A client that asks twice, 5 s each time; and glibc's stub. */
    s = scene_open(
        "'time': {'mail': '60s'}, " ONE_MESSAGE
        "'mtas': {'snd': {'profile': 'classic', 'resolver': 'r', 'stub_timeout': '5s', 'stub_attempts': 2}}, "
        "'resolvers': {'r': 'bind'}, " NETWORK ZONE "'faults': [{" BOTH "'is': 'silent'}]");
    scene_run(&s, 0);
    replies_of(&s, replies, 1);
    scene_close(&s);
    row_instants("a client with 5 s, twice, hears of it after, s", &LIST(10.0), &(struct list){{replies[0].took}, 1}, 1,
                 0, false, NULL);
}

/* Silent or closed for so long, one name a second: from the return to the first good answer. */
static void recovery(const char *name, const char *is, double dead, double real)
{
    char title[200];
    struct list after = {.n = 0};
    for (unsigned phase = 0; phase < 10; phase++) {
        double back = 20.05 + phase / 10.0 + dead, first = NAN;
        char faults[120];
        snprintf(faults, sizeof faults, "{" BOTH "'is': '%s', 'from': '%gs', 'for': '%gs'}", is, back - dead, dead);
        struct scene s = ask_names(&(struct asked){
            .count = (unsigned)(dead + 40), .apart = 1, .ns = "", .bind = "", .zone = "", .faults = faults});
        scene_run(&s, phase);
        size_t n = replies_of(&s, replies, NAMES_MAX);
        for (size_t i = 0; i < n; i++) {
            double at = replies[i].asked + replies[i].took;
            if (replies[i].status == DNS_OK && at > back && (isnan(first) || at < first)) first = at;
        }
        list_add(&after, first - back);
        scene_close(&s);
    }
    snprintf(title, sizeof title, "%s: first good answer after the return, s", name);
    row_inside(title, real, &after, 0.5, NULL);
}

/* ---- 4: closed ports ---- */

static void closed(void)
{
    struct list many = {.n = 0}, one = {.n = 0};
    truth_group("bind: ports closed",
                BIND_LAB ". Linux answers each peer with a burst of ICMP errors, then one a second.");
    struct scene s = ask_names(&(struct asked){.count = 120,
                                               .from = 3,
                                               .apart = 0.5,
                                               .ns = "",
                                               .bind = "",
                                               .zone = "",
                                               .faults = "{" BOTH "'is': 'refusing'}"});
    scene_run(&s, 0);
    size_t n = replies_of(&s, replies, 120);
    row_near("first question fails after, ms", 2, 1000 * replies[0].took, 0, 2, NULL);
    for (size_t i = 20; i < n; i++) list_add(&many, replies[i].took);
    row_near("2 names a second: fails after, median, s", 10.0, list_quantile(&many, 0.5), 0.1, 0.5, NULL);
    scene_close(&s);
    s = ask_names(
        &(struct asked){.count = 200, .ns = "", .bind = "", .zone = "", .faults = "{'on': 'ns1', 'is': 'refusing'}"});
    for (uint64_t run = 0; run < 50; run++) {
        double most = 0;
        scene_run(&s, run);
        replies_of(&s, replies, 200);
        for (size_t i = 0; i < 200; i++)
            if (replies[i].took > most) most = replies[i].took;
        list_add(&one, 1000 * most);
    }
    scene_close(&s);
    row_inside("only ns1 closed: slowest of 200, ms", 18, &one, 18, NULL);
    s = ask_names(&(struct asked){
        .count = 1, .ns = "", .bind = "", .zone = "", .faults = "{'on': ['ns1', 'ns2'], 'is': 'unreachable'}"});
    scene_run(&s, 0);
    replies_of(&s, replies, 1);
    row_near("ICMP host unreachable: SERVFAIL after, s", 10.0, replies[0].took, 0.1, 0.5, NULL);
    scene_close(&s);
    row_absent("kernel without ICMP limit, 2 names a second", "SERVFAIL after 1 ms",
               "the limit is the kernel's default");
}

/* ---- 5: stale answers ---- */

#define STALE_SILENT 21.5 /* the servers fall silent then, and are back then */
#define STALE_BACK   150.0

/* What a client hears that asks each second: TTL 20 s, both silent. */
struct stale_heard {
    struct reply first;     /* stale answer */
    struct list took;       /* stale answers while the servers are silent */
    struct list waits;      /* when those of 9 s and more were asked */
    struct list none;       /* when questions without an answer were asked */
    double last, ended;     /* the last stale answer while they are silent; end of the TTL */
    unsigned after, failed; /* stale answers once they are back; SERVFAIL */
};

static struct stale_heard stale_answers(const char *bind, double apart)
{
    struct stale_heard h = {.ended = NAN};
    char faults[120];
    snprintf(faults, sizeof faults, "{" BOTH "'is': 'silent', 'from': '%gs', 'for': '%gs'}", STALE_SILENT,
             STALE_BACK - STALE_SILENT);
    struct scene s = ask_again(0.3, apart, STALE_BACK + 60, bind, ", 'ttl': '20s'", faults);
    scene_run(&s, 0);
    size_t n = replies_of(&s, replies, 2 * NAMES_MAX);
    for (size_t i = 0; i < s.count; i++)
        if (s.records[i].type == RECORD_FETCHED && sim_time_seconds(s.records[i].at) < STALE_SILENT &&
            question_type(s.records[i].question) == QUESTION_MX)
            h.ended = sim_time_seconds(s.records[i].until);
    for (size_t i = 0; i < n; i++) {
        const struct reply *r = &replies[i];
        bool silent = r->asked + r->took < STALE_BACK;
        if (r->asked < STALE_SILENT) continue;
        if (r->took > 100) list_add(&h.none, r->asked);
        if (r->status == DNS_SERVFAIL) h.failed++;
        if (!r->stale) continue;
        if (r->asked > STALE_BACK + 1) h.after++;
        if (!silent) continue;
        if (h.took.n == 0) h.first = *r;
        list_add(&h.took, r->took);
        if (r->took > 9.5) list_add(&h.waits, r->asked);
        h.last = r->asked;
    }
    scene_close(&s);
    return h;
}

#define STALE "'stale-answer-enable': true"

static void stale(void)
{
    char text[40];
    truth_group(
        "bind: a TTL of 20 s ends while both are silent", BIND_LAB
        ". The name is asked each second. With stale-answer-client-timeout 1800 the eleventh of a fetch, which gets "
        "nothing, came every 11 to 31 s: it comes just when the 10 s end. Here the name is asked each 0.998 s "
        "then.");
    struct stale_heard h = stale_answers(", " STALE, 1);
    row_near("stale answers on: the first after, s", 10.0, h.first.took, 0.1, 0.5, NULL);
    row_near("from one wait of 10 s to the next, s", 40, h.waits.v[1] - h.waits.v[0], 0, 1, NULL);
    row_inside("a stale answer in between, s", 0.005, &(struct list){{list_quantile(&h.took, 0.5)}, 1}, 0.006, NULL);
    row_text("SERVFAIL", "0", (snprintf(text, sizeof text, "%u", h.failed), text), NULL);
    h = stale_answers(", " STALE ", 'stale-answer-client-timeout': '1.8s'", 0.998);
    row_near("stale-answer-client-timeout 1800: the first after, s", 1.80, h.first.took, 0.05, 0, NULL);
    row_near("the quickest, s", 0.2, list_quantile(&h.took, 0), 0, 0.2, NULL);
    row_near("the slowest, s", 2.0, list_quantile(&h.took, 1), 0.1, 0, NULL);
    struct list gaps = {.n = 0};
    for (size_t i = 1; i < h.none.n; i++) list_add(&gaps, h.none.v[i] - h.none.v[i - 1]);
    row_near("from one client without an answer to the next, at least, s", 11, list_quantile(&gaps, 0), 0, 1, NULL);
    h = stale_answers(", " STALE ", 'stale-answer-client-timeout': '0s'", 1);
    row_near("stale-answer-client-timeout 0: the first after, ms", 0, 1000 * h.first.took, 0, 1, NULL);
    row_near("the slowest, ms", 16, 1000 * list_quantile(&h.took, 1), 0, 16, NULL);
    row_text("stale answers in 60 s after the return", "3", (snprintf(text, sizeof text, "%u", h.after), text), NULL);
    h = stale_answers(", " STALE ", 'max-stale-ttl': '40s'", 1);
    row_near("max-stale-ttl 40: the first after, s", 10.0, h.first.took, 0.1, 0, NULL);
    row_near("the last stale answer, s after the TTL", 40, h.last - h.ended, 0, 1, NULL);
    row_text("and then", "SERVFAIL", h.failed > 0 ? "SERVFAIL" : "else", NULL);
}

/* ---- 6: a "no" ---- */

/* A name is missing until just after it was asked for: from the NXDOMAIN to the first good answer. */
static void missing(unsigned ttl, unsigned minimum, unsigned shown, double seen)
{
    char title[200], zone[80], text[20], real[20];
    struct list after = {.n = 0};
    snprintf(zone, sizeof zone, ", 'soa': {'ttl': '%us', 'minimum': '%us'}", ttl, minimum);
    snprintf(real, sizeof real, "%u", shown);
    for (unsigned phase = 0; phase < 10; phase++) {
        double at = 3.05 + phase / 10.0;
        char faults[100];
        snprintf(faults, sizeof faults, "{" BOTH "'is': 'nxdomain', 'for': '%gs'}", at + 1);
        struct scene s = ask_again(at, 0.2, at + 20, "", zone, faults);
        scene_run(&s, phase);
        size_t n = replies_of(&s, replies, 2 * NAMES_MAX);
        double first = NAN;
        for (size_t i = 0; i < n; i++)
            if (isnan(first) && replies[i].status == DNS_OK) first = replies[i].asked;
        list_add(&after, first - at);
        const struct record *kept = NULL;
        for (size_t i = s.count; i-- > 0;)
            if (s.records[i].type == RECORD_FETCHED && s.records[i].dns == DNS_NXDOMAIN) kept = &s.records[i];
        snprintf(text, sizeof text, "%g",
                 kept ? sim_time_seconds(kept->until) - floor(sim_time_seconds(kept->at)) : -1);
        scene_close(&s);
    }
    snprintf(title, sizeof title, "SOA TTL %u, minimum %u: TTL of the NXDOMAIN", ttl, minimum);
    row_text(title, real, text, NULL);
    snprintf(title, sizeof title, "SOA TTL %u, minimum %u: the name is seen after, s", ttl, minimum);
    row_inside(title, seen, &after, 0.2, NULL);
}

/* ---- 9: one server misbehaves ---- */

static void bad(const char *name, const char *is, double real, double real_late, const char *miss)
{
    struct list all = {.n = 0}, late = {.n = 0}, wrong = {.n = 0};
    char faults[80], title[200];
    unsigned failed = 0;
    snprintf(faults, sizeof faults, "{'on': 'ns1', 'is': '%s'}", is);
    struct scene s = ask_names(&(struct asked){
        .count = 200, .ns = "'ns1': " PYTHON ", 'ns2': " NEAR, .bind = "", .zone = "", .faults = is[0] ? faults : ""});
    for (uint64_t run = 0; run < LIST_MAX; run++) {
        scene_run(&s, run);
        size_t n = replies_of(&s, replies, 200);
        unsigned no = 0;
        for (size_t i = 0; i < n; i++) no += replies[i].status == DNS_NXDOMAIN;
        for (size_t i = 0; i < n; i++) failed += replies[i].status == DNS_SERVFAIL;
        list_add(&wrong, no);
        list_add(&all, (double)packets(&s, "ns1", 0, 3600, true).n);
        list_add(&late, (double)packets(&s, "ns1", replies[100].asked, 3600, true).n);
    }
    scene_close(&s);
    bool nxdomain = strcmp(is, "nxdomain") == 0;
    snprintf(title, sizeof title, "%s: %s", name, nxdomain ? "clients that got it" : "MX questions to ns1");
    row_inside(title, real, nxdomain ? &wrong : &all, 1, miss);
    snprintf(title, sizeof title, "%s: of the last 100 names", name);
    if (real_late >= 0) row_inside(title, real_late, &late, 1, miss);
    snprintf(title, sizeof title, "%s: clients with SERVFAIL", name);
    row_near(title, 0, failed, 0, 0, NULL);
}

static void both_bad(const char *name, const char *is, double sent)
{
    char faults[80], title[200];
    snprintf(faults, sizeof faults, "{" BOTH "'is': '%s'}", is);
    struct scene s = ask_names(
        &(struct asked){.count = 1, .from = 3, .apart = 1, .ns = "", .bind = "", .zone = "", .faults = faults});
    scene_run(&s, 0);
    replies_of(&s, replies, 1);
    snprintf(title, sizeof title, "both %s: SERVFAIL after, ms", name);
    row_near(title, 3, 1000 * replies[0].took, 0, 3, NULL);
    snprintf(title, sizeof title, "both %s: MX packets", name);
    row_near(title, sent, (double)packets(&s, NULL, 0, 3600, true).n, 0, 0, NULL);
    scene_close(&s);
}

static void misbehaviour(void)
{
    truth_group("bind: ns1 misbehaves, ns2 well",
                BIND_LAB ". 200 names, fresh resolver; ns1 was a program written in Python, ns2 nsd.");
    bad("REFUSED", "refused", 12, 2, NULL);
    bad("SERVFAIL", "servfail", 25, 20, NULL);
    bad("lame", "lame", 6, 3, NULL);
    bad("FORMERR", "formerr", 9, 5, NULL);
    bad("answers without AA", "", 77, 0, NULL);
    bad("port closed", "refusing", 1, 0, NULL);
    bad("wrong NXDOMAIN", "nxdomain", 47, -1, NULL);
    truth_group("bind: both misbehave", BIND_LAB ".");
    both_bad("REFUSED", "refused", 2);
    both_bad("SERVFAIL", "servfail", 2);
    both_bad("lame", "lame", 2);
    both_bad("FORMERR", "formerr", 4);
    struct scene s = ask_again(3, 1, 30, "", "", "{" BOTH "'is': 'refused'}");
    struct list gaps = {.n = 0};
    scene_run(&s, 0);
    struct list sent = packets(&s, NULL, 3, 100, true);
    for (size_t i = 1; i < sent.n; i++)
        if (sent.v[i] - sent.v[i - 1] > 0.5) list_add(&gaps, sent.v[i] - sent.v[i - 1]);
    scene_close(&s);
    row_all_inside("the same name each second: asked upstream again after, s", &LIST(1, 2), &gaps, 1, NULL);
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "BIND as a resolver");
    both_well();
    one_silent();
    truth_group("bind: ns1 dies, RTT 10 ms, nothing cached", BIND_LAB ". 25 repetitions: 15 names at 5 a second.");
    death(false, 0.82, 0.84, 25, 4.3, 6, 0.82);
    truth_group("bind: ns1 dies, RTT 10 ms, both known", BIND_LAB ". 25 repetitions: 15 names at 5 a second.");
    death(true, 0.02, 0.81, 12, 2.8, 4, 0.81);
    long_death();
    both_silent();
    truth_group("bind: both dead for a while, then back", BIND_LAB ". One name a second.");
    recovery("silent for 5 s", "silent", 5, 0);
    recovery("silent for 30 s", "silent", 30, 0);
    recovery("silent for 300 s", "silent", 300, 0);
    recovery("port closed for 60 s", "refusing", 60, 1.4);
    closed();
    stale();
    truth_group("bind: a name that does not exist yet",
                BIND_LAB ". The name is added 1 s after it was asked for in vain, and asked again and again.");
    missing(60, 15, 15, 14.0);
    missing(15, 60, 15, 14.5);
    missing(3, 2, 2, 1.6);
    misbehaviour();
    return truth_end();
}
