/* tests/truth/prog_stub.c - the stub resolver of glibc before good, silent, closed and wrong resolvers. */
#include "tests/truth/scene.h"

#define LOOKUPS 40
#define STUB_LAB                                                                                                       \
    "glibc 2.36-9+deb12u14 (res_query for MX), resolvers on another host 0.1 ms away, one look-up after the other; "   \
    "measured 2026-11"

/* What the resolvers are, in the order of resolv.conf: "silent ok". */
static void scene_of(struct scene *s, const char *servers, const char *options, const char *every)
{
    char list[64] = "", faults[300] = "";
    char copy[64];
    unsigned n = 0;
    snprintf(copy, sizeof copy, "%s", servers);
    for (char *save = NULL, *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        n++;
        cell_add(list, "%s'r%u'", n > 1 ? ", " : "", n);
        if (strcmp(word, "ok") != 0) cell_add(faults, "%s{'on': 'r%u', 'is': '%s'}", *faults ? ", " : "", n, word);
    }
    *s = scene_open("'time': {'mail': '4d'}, 'clients': {'c': {'to': 'joe@dest.example', 'every': '%s'}}, "
                    "'network': {'delay': '50us'}, "
                    "'zones': {'dest.example': {'ns': ['ns1'], 'ttl': '1s', 'mx': '.'}}, "
                    "'resolvers': {'r1': {'profile': 'textbook', 'delay': '50us'}, 'r2': {'profile': 'textbook', "
                    "'delay': '50us'}, 'r3': {'profile': 'textbook', 'delay': '50us'}}, "
                    "'mtas': {'m': {'profile': 'classic', 'resolver': [%s]%s}}, 'faults': [%s]",
                    every, list, options, faults);
}

/* How long each of the first look-ups took, and the last one's end. */
static struct list waits_of(const struct scene *s, enum dns_status *end)
{
    struct list l = {.n = 0};
    for (uint32_t m = 1; m <= LOOKUPS; m++) {
        const struct record *answer = scene_last(s, TYPE(RECORD_ANSWER), m);
        if (!answer) break;
        list_add(&l, sim_time_seconds(answer->at) - scene_first(s, TYPE(RECORD_ASK), m, ANY));
        *end = answer->dns;
    }
    return l;
}

static const char *error_of(enum dns_status status)
{
    switch (status) {
    case DNS_OK:
    case DNS_NODATA: return "none";
    case DNS_NXDOMAIN: return "HOST_NOT_FOUND";
    case DNS_SERVFAIL:
    case DNS_TIMEOUT: return "TRY_AGAIN";
    default: return "other";
    }
}

static void each_time(const char *servers, const char *options, const char *words, double seconds, const char *error)
{
    struct scene s;
    char name[200];
    enum dns_status end = DNS_OK;
    scene_of(&s, servers, options, "10m");
    scene_run(&s, 0);
    struct list waits = waits_of(&s, &end);
    snprintf(name, sizeof name, "%s, %s: seconds, every time", servers, words);
    row_all_inside(name, &LIST(seconds), &waits, 0.01 + 0.02 * seconds, NULL);
    if (error) {
        snprintf(name, sizeof name, "%s: what the caller sees", servers);
        row_text(name, error, error_of(end), NULL);
    }
    scene_close(&s);
}

/* With rotate every second look-up begins with the dead one. */
static void by_turns(const char *servers, const char *options, const char *words, double seconds)
{
    struct scene s;
    char name[200], text[TEXT_MAX] = "", real[TEXT_MAX];
    enum dns_status end = DNS_OK;
    bool first[2] = {false, false};
    scene_of(&s, servers, options, "10m");
    for (uint64_t run = 0; run < 20; run++) {
        scene_run(&s, run);
        struct list waits = waits_of(&s, &end);
        first[waits.v[0] > 0.5] = true;
        if (waits.v[0] <= 0.5) continue;
        *text = '\0';
        for (size_t i = 0; i < 4; i++) cell_add(text, "%s%.2f", i ? " " : "", waits.v[i]);
    }
    snprintf(real, sizeof real, "%.2f 0.00 %.2f 0.00", seconds, seconds);
    snprintf(name, sizeof name, "%s, %s: seconds, one look-up after the other", servers, words);
    row_text(name, real, text, NULL);
    snprintf(name, sizeof name, "%s, %s: which is first", servers, words);
    row_text(name, "random", first[0] && first[1] ? "random" : "always the same", NULL);
    scene_close(&s);
}

static void packets(void)
{
    struct scene s;
    scene_of(&s, "silent silent", "", "10m");
    scene_run(&s, 0);
    struct list sent = scene_times(&s, TYPE(RECORD_NO_RESOLVER), 1, ANY);
    row_instants("silent silent: packets, s", &LIST(0, 5, 10, 15), &sent, 1, 0.01, false, NULL);
    scene_close(&s);
}

/* A closed port is told at once, unless the kernel that should say so has said it too often. */
static void closed(void)
{
    struct scene s;
    enum dns_status end = DNS_OK;
    struct list slow = {.n = 0}, fast = {.n = 0};
    scene_of(&s, "refusing ok", "", "1s");
    scene_run(&s, 0);
    struct list waits = waits_of(&s, &end);
    row_all_inside("refusing ok, a look-up a second: seconds", &LIST(0.001), &waits, 0.01, NULL);
    scene_close(&s);
    scene_of(&s, "refusing ok", "", "100ms");
    scene_run(&s, 0);
    waits = waits_of(&s, &end);
    for (size_t i = 0; i < waits.n; i++) list_add(waits.v[i] > 1 ? &slow : &fast, waits.v[i]);
    row_all_inside("refusing ok, a fast loop: the slow ones, s", &LIST(5.0), &slow, 0.05, NULL);
    row_all_inside("refusing ok, a fast loop: the others, s", &LIST(0.001, 0.008), &fast, 0.01, NULL);
    scene_close(&s);
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "The stub resolver");
    truth_group("glibc before silent resolvers", STUB_LAB ". The wait depends on the place: 5 s; of two 5 and 5, of "
                                                          "three 5, 3 and 6; all of it `attempts` times.");
    each_time("silent ok", "", "default", 5.0, "none");
    each_time("silent ok", ", 'stub_timeout': '2s', 'stub_attempts': 2", "timeout:2 attempts:2", 2.0, NULL);
    each_time("silent ok", ", 'stub_timeout': '1s', 'stub_attempts': 3", "timeout:1 attempts:3", 1.0, NULL);
    by_turns("silent ok", ", 'stub_rotate': true", "rotate", 5.0);
    by_turns("silent ok", ", 'stub_rotate': true, 'stub_timeout': '1s'", "rotate timeout:1", 1.0);
    each_time("ok silent", "", "default", 0.0, "none");
    by_turns("ok silent", ", 'stub_rotate': true", "rotate", 5.0);
    each_time("silent silent", "", "default", 20.0, "TRY_AGAIN");
    packets();
    each_time("silent silent", ", 'stub_timeout': '2s'", "timeout:2", 8.0, NULL);
    each_time("silent silent", ", 'stub_timeout': '1s', 'stub_attempts': 3", "timeout:1 attempts:3", 6.0, NULL);
    each_time("silent silent", ", 'stub_rotate': true", "rotate", 20.0, NULL);
    each_time("silent", "", "default", 10.0, "TRY_AGAIN");
    each_time("silent silent silent", "", "default", 28.0, "TRY_AGAIN");
    each_time("silent silent ok", "", "default", 8.0, "none");
    row_absent("silent silent, search a.test b.test: seconds", "40.0", "MTAs look up full names: no search list");
    truth_group("glibc before resolvers that answer wrongly, or not at all",
                STUB_LAB ". A closed port is told by ICMP, which Linux limits: a burst of 6, then one a second.");
    closed();
    each_time("refusing refusing", "", "default, ten minutes apart", 0.0, "TRY_AGAIN");
    each_time("unreachable ok", "", "default, ten minutes apart", 0.004, "none");
    each_time("silent refusing", "", "default", 10.0, NULL);
    each_time("refusing silent", "", "default", 10.0, NULL);
    each_time("servfail ok", "", "default", 0.005, "none");
    each_time("refused ok", "", "default", 0.005, "none");
    each_time("servfail silent", "", "default", 10.0, "TRY_AGAIN");
    each_time("silent servfail", "", "default", 10.0, "TRY_AGAIN");
    each_time("servfail servfail", "", "default", 0.002, "TRY_AGAIN");
    each_time("nxdomain ok", "", "default", 0.002, "HOST_NOT_FOUND");
    row_absent("getaddrinfo (A and AAAA in one), closed ports under the limit: seconds", "5.0",
               "MTAs ask for A and AAAA one after the other");
    return truth_end();
}
