/* tests/truth/prog_secondaries.c - a secondary that has lost its primary, and the mail to its domain:
 * docs/secondaries.md. */
#include "tests/truth/cut_off.h"
#include "tests/truth/page.h"
#include "tests/truth/scene.h"

#define RUNS        100
#define MAIL_RUNS   25
#define OUTAGES     4
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

static const struct {
    const char *name, *title;
    bool eager;
} software[] = {
    {"nsd", "NSD", false}, {"knot", "Knot", false}, {"bind", "BIND", false}, {"bind", "BIND, at least 1 s", true}};

static const struct {
    const char *title, *note, *life; /* life: expire, in words */
    double refresh, retry, expire;
    double outages[OUTAGES]; /* 0: no more */
    size_t columns;          /* of software */
} soas[] = {
    {"The lab's zone: refresh 10 s, retry 5 s, expire 30 s",
     "Nobody should run a zone so; it is what was measured. The last column is BIND with `min-refresh-time 1` and\n"
     "`min-retry-time 1`: by itself it asks no oftener than each 300 s, after a failure no oftener than each 500 s, "
     "and takes\nexpire for 800 s at least.",
     "30 s",
     10,
     5,
     30,
     {20, 60, 300, 1800},
     4},
    {"A zone of today: refresh 1 h, retry 15 min, expire 1 d",
     "These times are above BIND's least ones, which therefore do not matter from here on.",
     "1 d",
     3600,
     900,
     86400,
     {20 * 3600.0, 25 * 3600.0, 10 * 86400.0},
     3},
    {"By the book (RIPE-203): refresh 1 d, retry 2 h, expire 1000 h",
     "1000 h are 41.7 days.",
     "1000 h",
     86400,
     7200,
     3600000,
     {10 * 86400.0, 42 * 86400.0, 60 * 86400.0},
     3},
};

static const struct {
    const char *title;
    enum fault_kind is;
    bool notify;
} ways[] = {{"stopped, no NOTIFY", FAULT_REFUSING, false},
            {"stopped, NOTIFY", FAULT_REFUSING, true},
            {"silent", FAULT_SILENT, true}};

/* ---- times for people ---- */

struct unit {
    double seconds;
    const char *name;
};

static struct unit unit_of(double seconds)
{
    static const struct unit units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (seconds >= 2 * units[i].seconds) return units[i];
    return (struct unit){1, "s"};
}

static void put_number(FILE *to, double seconds, struct unit u)
{
    double x = seconds / u.seconds;
    int digits = x < 9.95 && x - floor(x) > 0.05 && ceil(x) - x > 0.05;
    if (u.seconds >= 3600 && x < 99.5 && fabs(x - round(x)) > 0.05) digits = 1;
    fprintf(to, "%.*f", digits, x);
}

/* 35 (31 to 40) s: the median, the least and the most. */
static void put_times(FILE *to, const struct list *l)
{
    double low = list_quantile(l, 0), middle = list_quantile(l, 0.5), high = list_quantile(l, 1);
    struct unit u = unit_of(middle);
    if (high < 0.05) {
        fprintf(to, "a moment");
        return;
    }
    put_number(to, middle, u);
    if (high - low > 0.02 * middle && high - low > 0.5) {
        fprintf(to, " (");
        put_number(to, low, u);
        fprintf(to, " to ");
        put_number(to, high, u);
        fprintf(to, ")");
    }
    fprintf(to, " %s", u.name);
}

static void put_time(FILE *to, double seconds)
{
    put_times(to, &LIST(seconds));
}

/* ---- the secondary ---- */

struct fate {
    struct list gone; /* after the loss */
    struct list late; /* SERVFAIL after the primary's return, of the runs with any expiry */
};

static void look(size_t soa, size_t column, size_t way, double away, struct fate *fate)
{
    static struct life life;
    struct cut_off c = {.software = software[column].name,
                        .eager = software[column].eager,
                        .refresh = soas[soa].refresh,
                        .retry = soas[soa].retry,
                        .expire = soas[soa].expire,
                        .is = ways[way].is,
                        .phase = -1,
                        .lost = 5000 + 20 * soas[soa].refresh,
                        .away = away,
                        .notify = ways[way].notify};
    *fate = (struct fate){.gone.n = 0};
    for (uint64_t run = 0; run < RUNS; run++) {
        cut_off_play(&c, run, &life);
        if (isnan(life.gone)) continue;
        list_add(&fate->gone, life.gone);
        list_add(&fate->late, life.late);
    }
}

static void put_head(FILE *to, const char *first, size_t columns)
{
    fprintf(to, "\n| %s |", first);
    for (size_t i = 0; i < columns; i++) fprintf(to, " %s |", software[i].title);
    fprintf(to, "\n|---|");
    for (size_t i = 0; i < columns; i++) fprintf(to, "---|");
    fprintf(to, "\n");
}

static void put_expiry(FILE *to, size_t soa)
{
    static struct fate fate;
    fprintf(to, "\nFrom the loss to the first SERVFAIL, the primary away for long:\n");
    put_head(to, "primary", soas[soa].columns);
    for (size_t way = 0; way < COUNT_OF(ways); way += 2) {
        fprintf(to, "| %s |", ways[way].is == FAULT_SILENT ? "silent" : "stopped");
        for (size_t i = 0; i < soas[soa].columns; i++) {
            look(soa, i, way, 100 * soas[soa].expire, &fate);
            fprintf(to, " ");
            put_times(to, &fate.gone);
            fprintf(to, " |");
        }
        fprintf(to, "\n");
    }
}

static void put_fate(FILE *to, const struct fate *fate)
{
    if (fate->gone.n == 0) {
        fprintf(to, " none |");
        return;
    }
    fprintf(to, " ");
    if (fate->gone.n < RUNS) fprintf(to, "%zu of %d runs: ", fate->gone.n, RUNS);
    put_times(to, &fate->late);
    fprintf(to, " |");
}

/* One outage: a line for each way, or one for all of them if nothing expires. */
static void put_outage(FILE *to, size_t soa, double away)
{
    static struct fate fates[COUNT_OF(ways)][COUNT_OF(software)];
    size_t lines = 1;
    for (size_t way = 0; way < COUNT_OF(ways); way++)
        for (size_t i = 0; i < soas[soa].columns; i++) {
            look(soa, i, way, away, &fates[way][i]);
            if (fates[way][i].gone.n > 0) lines = COUNT_OF(ways);
        }
    for (size_t way = 0; way < lines; way++) {
        fprintf(to, "| ");
        put_time(to, away);
        fprintf(to, ", %s |", lines == 1 ? "in any way" : ways[way].title);
        for (size_t i = 0; i < soas[soa].columns; i++) put_fate(to, &fates[way][i]);
        fprintf(to, "\n");
    }
}

static void put_return(FILE *to, size_t soa)
{
    fprintf(to, "\nSERVFAIL from the primary's return on:\n");
    put_head(to, "primary away", soas[soa].columns);
    for (size_t o = 0; o < OUTAGES && soas[soa].outages[o] > 0; o++) put_outage(to, soa, soas[soa].outages[o]);
}

/* ---- the mail ---- */

static const struct {
    size_t soa;
    double away;
    bool hidden; /* no resolver may ask the primary, and it is cut off, not stopped: it sends no NOTIFY */
} mails[] = {
    {1, 20 * 3600.0, false}, {1, 25 * 3600.0, false},  {1, 25 * 3600.0, true},  {1, 8 * 86400.0, false},
    {2, 8 * 86400.0, false}, {2, 43 * 86400.0, false}, {2, 43 * 86400.0, true}, {2, 50 * 86400.0, false},
};

#define MAIL_AFTER (2 * 86400) /* mail goes on after the primary's return */

struct post {
    struct list first; /* when the first message was written that was deferred, after the loss */
    struct list delayed, returned, longest;
    double written;
};

static void note_mail(const struct scene *s, double lost, double away, struct post *post)
{
    enum { MESSAGES = 3000 };
    static double written[MESSAGES];
    double first = NAN, longest = 0;
    unsigned delayed = 0, returned = 0, count = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        double at = sim_time_seconds(r->at);
        if (r->report || r->message >= MESSAGES) continue;
        if (r->type == RECORD_SUBMITTED) written[r->message] = at;
        bool mine = written[r->message] >= lost && written[r->message] < lost + away + MAIL_AFTER;
        if (!mine) continue;
        double took = at - written[r->message];
        count += r->type == RECORD_SUBMITTED;
        returned += r->type == RECORD_BOUNCED;
        if (r->type == RECORD_DEFERRED && isnan(first)) first = written[r->message] - lost;
        if (r->type != RECORD_DELIVERED || took < 60) continue;
        delayed++;
        if (took > longest) longest = took;
    }
    post->written = count;
    if (!isnan(first)) list_add(&post->first, first);
    list_add(&post->delayed, delayed);
    list_add(&post->returned, returned);
    list_add(&post->longest, longest);
}

static void put_count(FILE *to, const struct list *l)
{
    double low = list_quantile(l, 0), high = list_quantile(l, 1);
    fprintf(to, " %.0f", list_quantile(l, 0.5));
    if (high > low) fprintf(to, " (%.0f to %.0f)", low, high);
    fprintf(to, " |");
}

static struct scene mail_open(size_t soa, double away, bool hidden)
{
    double lost = 2 * soas[soa].refresh, end = lost + away + MAIL_AFTER;
    return scene_open("'time': {'mail': '%.0fs', 'limit': '%.0fs'}, 'network': {'delay': '10ms'}, "
                      "'clients': {'c': {'to': 'joe@dest.example', 'every': '1h', 'at': '10m'}}, "
                      "'mtas': {'snd': {'profile': 'postfix', 'resolver': 'r'}}, 'resolvers': {'r': 'unbound'}, "
                      "'zones': {'dest.example': {'ns': ['ns1', 'ns2'], 'ttl': '5m', 'mx': {'mx1': 10}, "
                      "'soa': {'refresh': '%.0fs', 'retry': '%.0fs', 'expire': '%.0fs'}}}, "
                      "'faults': [%s{'on': 'ns1', 'is': '%s', 'from': '%.0fs', 'for': '%.0fs'}]",
                      end, end + 6 * 86400, soas[soa].refresh, soas[soa].retry, soas[soa].expire,
                      hidden ? "{'on': 'ns1', 'is': 'silent', 'seen_from': 'r'}, " : "", hidden ? "silent" : "refusing",
                      lost, away);
}

static void put_mail(FILE *to, size_t m)
{
    static struct post post;
    size_t soa = mails[m].soa;
    struct scene s = mail_open(soa, mails[m].away, mails[m].hidden);
    post = (struct post){.written = 0};
    for (uint64_t run = 0; run < MAIL_RUNS; run++) {
        scene_run(&s, run);
        note_mail(&s, 2 * soas[soa].refresh, mails[m].away, &post);
    }
    scene_close(&s);
    fprintf(to, "| %s | ", soas[soa].life);
    put_time(to, mails[m].away);
    fprintf(to, ", %s | %.0f | ", mails[m].hidden ? "hidden, silent" : "stopped", post.written);
    if (post.first.n)
        put_times(to, &post.first);
    else
        fprintf(to, "none");
    fprintf(to, " |");
    put_count(to, &post.delayed);
    fprintf(to, " ");
    if (post.first.n)
        put_times(to, &post.longest);
    else
        fprintf(to, "none");
    fprintf(to, " |");
    put_count(to, &post.returned);
    fprintf(to, "\n");
}

static void put_mails(FILE *to)
{
    fprintf(
        to,
        "\n## What becomes of the mail\n\n"
        "A domain with two name servers, the primary and one secondary (NSD), and one MX host that is well all the "
        "time, TTL 5 min.\nPostfix behind Unbound, both with their defaults, is given one message an hour, from the "
        "loss until two days after the\nreturn. Hidden: no resolver can ask the primary, and it was cut off, not "
        "stopped, and "
        "sends no NOTIFY.\n\n"
        "| expire | primary away | messages | the first that is deferred comes after | late (over 1 min) | "
        "longest delay | returned to the sender |\n|---|---|---|---|---|---|---|\n");
    for (size_t m = 0; m < COUNT_OF(mails); m++) put_mail(to, m);
}

/* ---- the page ---- */

static void put_preface(FILE *to)
{
    fprintf(
        to,
        "# One secondary cut off from its primary\n\n"
        "A secondary name server keeps a copy of a zone. It asks its primary for the zone's SOA each `refresh`, "
        "after a failure\neach `retry`; when it has heard nothing for `expire`, it answers SERVFAIL. That is the "
        "slow failure of mail: the day the\nprimary dies all is well, and days or weeks later, when nobody thinks "
        "of it any more, each message to the domain is\ndeferred (4.4.3) and waits in its sender's queue.\n\n"
        "Stopped: the primary's port is closed, until it is started again. Silent: nothing reaches it, as behind a "
        "cut line.\nA cell is the median of %d simulated runs, and the least and the most where they differ: it "
        "matters how long before the\nloss the secondary had last asked. This page is written by "
        "`prog_secondaries_in_truth --update`, and a test says when it\nis out of date.\n\n"
        "How do we know? The rules, in [model.md](model.md), were read in the sources of NSD 4.6.1, Knot DNS 3.2.6 "
        "and BIND 9.18.49,\nand [truth.md](truth.md) holds them against the real ones, measured with the first zone "
        "below. The tables themselves are\nsimulated: nobody has waited for 41 days.\n",
        RUNS);
}

static void put_lessons(FILE *to)
{
    fprintf(
        to,
        "\n## What one sees\n\n"
        "- **It comes late, and all at once.** Until `expire` ends nobody notices anything; from then on the secondary "
        "is a server\n  that fails each question. With 1000 h that is six weeks after the loss. Watch the age of the "
        "copy, not the answers.\n"
        "- **Expire is neither exact nor always obeyed.** It counts from the last answer, not from the loss: up to one "
        "`refresh` is\n  gone already. NSD does not expire while it waits for a connection (two minutes, when the "
        "primary is silent), Knot not\n  while it waits for an answer (5 s). BIND holds `expire` to be at least its "
        "own 300 s and 500 s together.\n"
        "- **After expiry the secondary backs off.** `retry` does not hold any more: Knot waits longer each time, up "
        "to "
        "two hours,\n  BIND up to six, and NSD up to a day; NSD has doubled its waits since the first failure. A "
        "primary that is back an hour\n  after a day's expiry can find NSD asleep for most of the next day.\n"
        "- **BIND holds a grudge.** After two connects in vain it tries no transfer for 600 s, also when the primary "
        "answers again.\n  It shows where the copy has expired: 9 minutes instead of 90 s.\n"
        "- **NOTIFY heals.** A primary that is started sends it, and a secondary without a copy asks at once: all are "
        "back within\n  seconds. A primary that was only cut off sends none. Then tell the secondary: `nsd-control "
        "transfer`, `knotc\n  zone-refresh`, `rndc refresh`.\n"
        "- **NSD expires for a second after some short outages:** it looks for expiry when its timer ends, and its "
        "last timer "
        "ends\n  with the copy. Waits above 10 s are shortened at random, so that usual zones are spared. BIND does it "
        "for a moment, where\n  its question falls on the instant of expiry.\n\n"
        "For mail: SERVFAIL is no answer, so nothing is lost at once. The sender's queue holds the mail, and what is "
        "older than its\nqueue's lifetime (Postfix: 5 days) is returned: with 8 days away and an expire of one day "
        "that "
        "is the mail of two of them.\nAn `expire` longer than the longest outage that nobody repairs costs nothing, "
        "and a short one only brings the failure\nforward. A secondary that is slow to come back harms nobody as long "
        "as resolvers can ask the primary; with a hidden primary\nthe mail waits for the secondary.\n\n"
        "Left out: changes of the zone, more than one primary, secondaries that feed others, a secondary's own "
        "restart, NSD with\n`request-xfr: UDP` (seen never to expire; nobody knows why), caches that answer with what "
        "has ended (serve-stale), and\nthe operator who reads the log.\n");
}

static char *page_text(void)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (!f) abort();
    put_preface(f);
    for (size_t soa = 0; soa < COUNT_OF(soas); soa++) {
        fprintf(f, "\n## %s\n\n%s\n", soas[soa].title, soas[soa].note);
        put_expiry(f, soa);
        put_return(f, soa);
    }
    put_mails(f);
    put_lessons(f);
    fclose(f);
    return text;
}

int main(int argc, char **argv)
{
    char *text = page_text();
    int code = page_end(argc, argv, "secondaries.md", text);
    free(text);
    return code;
}
