/* tests/truth/prog_hosts.c - which MX hosts an attempt tries, when; a backup MX; odd MX data. */
#include "tests/truth/scene.h"

/* ---- mx1 misbehaves, mx2 is well ---- */

/* "mx2" if the first attempt tries it, or how it ended; *after: seconds from the first connection to that to mx2. */
static void next_host(struct scene *s, char *text, double *after)
{
    struct list first = scene_connects(s, scene_mx(s, "mx1")), second = scene_connects(s, scene_mx(s, "mx2"));
    const struct record *bounced = scene_last(s, TYPE(RECORD_BOUNCED), 1);
    *text = '\0';
    *after = NAN;
    if (second.n > 0) {
        cell_add(text, "yes");
        *after = second.v[0] - first.v[0];
    } else if (bounced) {
        cell_add(text, "no, bounce %s", bounced->status);
    } else {
        cell_add(text, "no, defer");
    }
}

static void trouble(const char *mta, const char *what, const char *fault, const char *real, double delay,
                    double interval)
{
    char text[TEXT_MAX], name[200];
    double after;
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '16m'}, " ONE_MESSAGE
                                "'mtas': {'snd': {%s}}, " NETWORK ZONE "'faults': [{'on': 'mx1', %s}]",
                                mta, fault);
    scene_run(&s, 0);
    next_host(&s, text, &after);
    snprintf(name, sizeof name, "%s: is mx2 tried in the same attempt?", what);
    row_text(name, real, text, NULL);
    snprintf(name, sizeof name, "%s: mx2 after, s", what);
    if (delay >= 0) row_instants(name, &LIST(delay), &LIST(after), 1, interval, false, NULL);
    scene_close(&s);
}

#define POSTFIX              "'profile': 'postfix'"
#define EXIM                 "'profile': 'exim'"
#define SENDMAIL             "'profile': 'sendmail'"
#define SMTPD                "'profile': 'opensmtpd'"
#define NO_BANNER            "'is': 'no_greeting'"
#define REPLY(is, reply, at) "'is': '" is "', 'reply': '" reply "', 'at': '" at "'"

static void mx1_misbehaves(void)
{
    truth_group("Postfix, mx1 misbehaves, mx2 is well", POSTFIX_LAB);
    trouble(POSTFIX, "421 greeting", REPLY("tempfailing", "421", "greeting"), "yes", 0.001, 0);
    trouble(POSTFIX, "450 to RCPT", REPLY("tempfailing", "450", "rcpt"), "yes", -1, 0);
    trouble(POSTFIX, "450 after DATA", REPLY("tempfailing", "450", "end_of_data"), "yes", -1, 0);
    trouble(POSTFIX, "550 to RCPT", REPLY("rejecting", "550 5.1.1", "rcpt"), "no, bounce 5.1.1", -1, 0);
    trouble(POSTFIX, "refused", "'is': 'refusing'", "yes", 0, 0);
    trouble(POSTFIX, "silent", "'is': 'silent'", "yes", 30, 1);
    trouble(POSTFIX, "no greeting", NO_BANNER, "yes", 300, 1);
    truth_group("Exim, mx1 misbehaves, mx2 is well", EXIM_LAB
                ". The silent host with the clock sped up 20 times: there Exim's own time-out comes before the "
                "kernel's (here: tcp_syn_retries=8).");
    trouble(EXIM, "421 greeting", REPLY("tempfailing", "421", "greeting"), "yes", -1, 0);
    trouble(EXIM, "450 to RCPT", REPLY("tempfailing", "450", "rcpt"), "yes", -1, 0);
    trouble(EXIM, "450 after DATA", REPLY("tempfailing", "450", "end_of_data"), "yes", -1, 0);
    trouble(EXIM, "550 to RCPT", REPLY("rejecting", "550 5.1.1", "rcpt"), "no, bounce 5.1.1", -1, 0);
    trouble(EXIM, "refused", "'is': 'refusing'", "yes", -1, 0);
    trouble(EXIM ", 'tcp_syn_retries': 8", "silent, sped-up clock", "'is': 'silent'", "yes", 301, 1);
    trouble(EXIM, "silent, real time", "'is': 'silent'", "yes", 134, 3);
    trouble(EXIM, "no greeting", NO_BANNER, "yes", 300, 1);
    truth_group(
        "sendmail and OpenSMTPD, mx1 misbehaves, mx2 is well",
        "Debian 12 packages of sendmail and OpenSMTPD; " LAB
        ". 450 goes to mx2 at once in three of the four, 550 never; a silent address costs 120 s (sendmail), what the "
        "kernel takes, 134 s (OpenSMTPD).");
    trouble(SENDMAIL, "sendmail, 450 to RCPT", REPLY("tempfailing", "450", "rcpt"), "yes", -1, 0);
    trouble(SENDMAIL, "sendmail, 550 to RCPT", REPLY("rejecting", "550 5.1.1", "rcpt"), "no, bounce 5.1.1", -1, 0);
    trouble(SENDMAIL, "sendmail, silent", "'is': 'silent'", "yes", 120, 1);
    trouble(SMTPD, "OpenSMTPD, 450 to RCPT", REPLY("tempfailing", "450", "rcpt"), "no, defer", -1, 0);
    trouble(SMTPD, "OpenSMTPD, 550 to RCPT", REPLY("rejecting", "550 5.1.1", "rcpt"), "no, bounce 5.1.1", -1, 0);
    trouble(SMTPD, "OpenSMTPD, silent", "'is': 'silent'", "yes", 134, 4);
}

/* ---- seven hosts, all bad ---- */

static void seven(const char *name, const char *mta, double refused, double busy, double put_off)
{
    static const char *const faults[] = {"'is': 'refusing'", REPLY("tempfailing", "421", "greeting"),
                                         REPLY("tempfailing", "450", "rcpt")};
    struct list tried = {.n = 0};
    double pause = 0;
    for (size_t i = 0; i < 3; i++) {
        struct scene s =
            scene_open("'time': {'mail': '60s', 'limit': '120s'}, " ONE_MESSAGE "'mtas': {'snd': {%s}}, " NETWORK
                       "'zones': {'dest.example': {'ns': ['ns1'], 'mx': {'m1': 1, 'm2': 2, 'm3': 3, 'm4': 4, 'm5': 5, "
                       "'m6': 6, 'm7': 7}}}, "
                       "'faults': [{'on': ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'], %s}]",
                       mta, faults[i]);
        scene_run(&s, 0);
        double end = scene_first(&s, ATTEMPT_ENDS, 1, ANY);
        struct list at = scene_connects(&s, ANY);
        unsigned n = 0;
        for (size_t k = 0; k < at.n; k++) n += at.v[k] <= end;
        if (i == 0 && n > 1) pause = at.v[1] - at.v[0];
        list_add(&tried, n);
        scene_close(&s);
    }
    row_instants(name, &LIST(refused, busy, put_off), &tried, 1, 0, false, NULL);
    if (strstr(mta, "smtpd"))
        row_instants("OpenSMTPD: between two hosts, s", &LIST(2), &LIST(pause), 1, 0, false, NULL);
}

static void seven_hosts(void)
{
    truth_group("Seven MX hosts, all bad: hosts tried in one attempt; refused, 421 greeting, 450 to RCPT",
                POSTFIX_LAB "; Exim 4.96-15+deb12u10, sendmail and OpenSMTPD of Debian 12 likewise");
    seven("Postfix", POSTFIX, 5, 5, 2);
    seven("Exim", EXIM, 7, 7, 7);
    seven("sendmail", SENDMAIL, 7, 7, 7);
    seven("OpenSMTPD", "'profile': 'opensmtpd'", 7, 7, 1);
}

/* ---- a host that is off on the sender's own network ---- */

static void no_route(void)
{
    static const struct {
        const char *name, *mta;
        double one, two;
    } rows[] = {{"Postfix", POSTFIX, 3.1, 6.1},
                {"Exim", EXIM, 3.1, 6.1},
                {"sendmail", SENDMAIL, 3.1, 6.1},
                {"OpenSMTPD", SMTPD, -1, 11}};
    truth_group(
        "MX hosts that are off on the sender's own network",
        "Postfix 3.7.11-0+deb12u1, Exim 4.96-15+deb12u10, sendmail and OpenSMTPD of Debian 12; " LAB
        ". \"No route to host\" after 3.1 s for one MX host, 6.1 s for two, 11 s in OpenSMTPD; all four defer.");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[TEXT_MAX], name[200];
        for (int two = 0; two < 2; two++) {
            double real = two ? rows[i].two : rows[i].one;
            if (real < 0) continue;
            struct scene s =
                scene_open("'time': {'mail': '60s', 'limit': '60s'}, " ONE_MESSAGE "'mtas': {'snd': {%s}}, " NETWORK
                           "%s'faults': [{'on': 'mx1', 'is': 'unreachable'}%s]",
                           rows[i].mta, two ? ZONE : ONE_MX, two ? ", {'on': 'mx2', 'is': 'unreachable'}" : "");
            scene_run(&s, 0);
            snprintf(name, sizeof name, "%s, %s: seconds to the outcome", rows[i].name, two ? "two hosts" : "one host");
            struct list end = {{scene_first(&s, ATTEMPT_ENDS, 1, ANY)}, 1};
            row_instants(name, &LIST(real), &end, 1, 0.1, false, NULL);
            snprintf(name, sizeof name, "%s, %s: outcome", rows[i].name, two ? "two hosts" : "one host");
            row_text(name, "defer", scene_outcome(&s, 1, text, false), NULL);
            scene_close(&s);
        }
    }
}

/* ---- a backup MX ---- */

#define BACKUP                                                                                                         \
    "'mtas': {'snd': {" POSTFIX_SCALED "}}, " NETWORK ZONE "'mx_hosts': {'mx1': {'takes': '1ms'}, 'mx2': {'takes': "   \
    "'1ms', 'relay': {" POSTFIX_SCALED ", 'resolver': 'r'%s}}}, 'resolvers': {'r': 'unbound'}, "

struct backup {
    double down, handed; /* mx1's outage; when mx2 had the mail */
    struct list tries;   /* the backup's */
    double after;        /* from mx1's return to the delivery */
};

/* One measured run: given when the backup took the mail, it tries when it did. */
static void backup_run(struct backup b)
{
    char phase[100], name[200];
    static struct fits fits;
    struct list waits = {.n = 0};
    snprintf(phase, sizeof phase, ", 'queue_run_phase': '%.2fs'", fmod(b.tries.v[1], 4));
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '20m'}, "
                                "'clients': {'c': {'to': 'joe@dest.example', 'count': 1, 'at': '%gs'}}, " BACKUP
                                "'faults': [{'on': 'mx1', 'is': 'refusing', 'for': '%gs'}, "
                                "{'on': 'ns1', 'is': 'silent', 'seen_from': 'r'}]",
                                b.handed, phase, b.down);
    fits = (struct fits){.runs = 0};
    for (uint64_t run = 0; run < 400; run++) {
        scene_run(&s, run);
        struct list ends = scene_times(&s, ATTEMPT_ENDS & ~TYPE(RECORD_RELAYED), 1, 1);
        /* Runs with another delay by the name service are not like the measured one. */
        if (fabs(ends.v[0] - b.tries.v[0]) > 0.5) continue;
        if (fits_add(&fits, &b.tries, &ends, 1.5, 0, false)) list_add(&waits, ends.v[ends.n - 1] - b.down);
    }
    scene_close(&s);
    snprintf(name, sizeof name, "refused for %g s, handed to mx2 at %g s: the backup's tries, s", b.down, b.handed);
    row_fits(name, &b.tries, &fits, 1.5, 0, false, NULL);
    snprintf(name, sizeof name, "refused for %g s, handed to mx2 at %g s: from mx1's return to delivery, s", b.down,
             b.handed);
    row_inside(name, b.after, &waits, 1, NULL);
}

/* Any phase: how long after mx1's return the mail is there, and when mx2 has it. */
static void backup_any(const char *is, double down, struct list after, struct list *handed)
{
    char name[200];
    struct list waits = {.n = 0};
    unsigned bounced = 0, via_mx2 = 0;
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '20m'}, " ONE_MESSAGE BACKUP
                                "'faults': [{'on': 'mx1', 'is': '%s', 'for': '%gs'}, {'on': 'ns1', 'is': 'silent'}]",
                                "", is, down);
    for (uint64_t run = 0; run < 500; run++) {
        scene_run(&s, run);
        list_add(&waits, scene_first(&s, TYPE(RECORD_DELIVERED), 1, ANY) - down);
        struct list at = scene_times(&s, TYPE(RECORD_RELAYED), 1, ANY);
        if (at.n) list_add(handed, at.v[0]);
        bounced += s.tally->counts[COL_BOUNCED] > 0;
        for (size_t i = 0; i < s.count; i++)
            via_mx2 += s.records[i].type == RECORD_CONNECT && s.records[i].who == 1 &&
                       s.records[i].whom == scene_mx(&s, "mx2");
    }
    scene_close(&s);
    snprintf(name, sizeof name, "%s for %g s: from mx1's return to delivery, s", is, down);
    row_all_inside(name, &after, &waits, 2, NULL);
    if (down == 66) row_instants("the longest wait, s", &LIST(56), &LIST(list_quantile(&waits, 1)), 1, 1, false, NULL);
    if (down == 300) {
        char text[TEXT_MAX] = "";
        cell_add(text, "%u and %u", bounced, via_mx2);
        row_text("refusing for 300 s: bounces, and connections of the backup to itself", "0 and 0", text, NULL);
    }
}

static void backup(void)
{
    struct list handed = {.n = 0}, handed_late = {.n = 0};
    truth_group("Backup MX", POSTFIX_LAB
                ", sender and backup with " POSTFIX_SCALED_WORDS
                ", relay_domains=dest.example; ns1 silent, mx1 refusing for a while. The backup's queue scans as "
                "its tries tell, runs with the same name service delay.");
    backup_run((struct backup){20, 5.8, LIST(6.6, 10.6, 14.6, 22.6), 2.6});
    backup_run((struct backup){65, 1.6, LIST(2.3, 8.4, 15.4, 31.4, 63.4, 119.5), 54.5});
    backup_run((struct backup){66, 10.1, LIST(10.9, 15.9, 23.9, 39.9, 71.9), 5.9});
    backup_run((struct backup){150, 0.8, LIST(1.6, 7.6, 15.6, 31.6, 63.7, 119.7, 175.8), 25.8});
    backup_run((struct backup){151, 1.6, LIST(6.6, 11.6, 23.6, 47.6, 95.7, 151.8), 0.8});
    backup_run((struct backup){300, 1.6, LIST(2.3, 7.4, 15.4, 31.4, 63.4, 119.5, 175.6, 231.6, 286.7, 342.7), 42.7});
    truth_group("Backup MX, repeated from a fresh start, any phase", POSTFIX_LAB
                ", sender and backup with " POSTFIX_SCALED_WORDS
                ". Two series (one where mx1 was silent); the wait after mx1's return is spread over 0 ... 56 s.");
    backup_any("refusing", 20, LIST(2.6, 1.7), &handed);
    backup_any("refusing", 65, LIST(54.5, 53.8), &handed);
    backup_any("refusing", 66, LIST(5.9, 53.5), &handed);
    backup_any("refusing", 150, LIST(25.8, 28.8), &handed);
    backup_any("refusing", 151, LIST(0.8, 32.1), &handed);
    handed.n = 0;
    backup_any("refusing", 300, LIST(42.7, 39.7), &handed);
    row_all_inside("handed to mx2, s, mx1 refusing", &LIST(5.8, 1.6, 10.1, 0.8, 1.6, 1.6), &handed, 0.3,
                   "mx2 looks its client up before it greets, 0.8 or 5 s more; receivers here ask no name service");
    backup_any("silent", 20, LIST(0.3), &handed_late);
    backup_any("silent", 65, LIST(38.9), &handed_late);
    handed_late.n = 0;
    backup_any("silent", 150, LIST(34.0), &handed_late);
    for (size_t i = 0; i < handed_late.n; i++) handed_late.v[i] -= list_quantile(&handed, 0);
    row_inside("handing over to mx2 while mx1 is silent costs, s", 30, &handed_late, 1, NULL);
}

/* ---- odd MX data ---- */

static void odd(const char *mta, const char *what, const char *zone, const char *faults, const char *real, bool code)
{
    char text[TEXT_MAX];
    struct scene s =
        scene_open("'time': {'mail': '60s', 'limit': '120s'}, " ONE_MESSAGE "'mtas': {'snd': '%s'}, " NETWORK
                   "'zones': {'dest.example': {'ns': ['ns1']%s}, 'gone.example': {'ns': ['ns9'], 'mx': {'m9': 10}}}, "
                   "'mx_hosts': {'none1': {'addresses': 0}, 'none2': {'addresses': 0}, 'good': {}, 'alias': {'cname': "
                   "'good'}, 'x.gone.example': {}}, "
                   "'name_servers': {'ns9': {}}, 'faults': [{'on': 'ns9', 'is': 'nxdomain'}%s]",
                   mta, zone, faults);
    scene_run(&s, 0);
    row_text(what, real, scene_outcome(&s, 1, text, code), NULL);
    scene_close(&s);
}

static void odd_data(const char *mta, bool code)
{
    odd(mta, "null MX", ", 'mx': '.'", "", code ? "bounce 5.1.0" : "bounce", code);
    odd(mta, "MX target does not exist (NXDOMAIN)", ", 'mx': {'x.gone.example': 10}", "",
        code ? "bounce 5.4.4" : "bounce", code);
    odd(mta, "MX target without address", ", 'mx': {'none1': 10}", "", code ? "bounce 5.4.4" : "bounce", code);
    odd(mta, "MX 10 without address, MX 20 well", ", 'mx': {'none1': 10, 'good': 20}", "", "sent", code);
    odd(mta, "no MX, but an address", ", 'address': 'good'", "", "sent", code);
    odd(mta, "exists, no MX, no address", "", "", code ? "bounce 5.4.4" : "bounce", code);
    odd(mta, "does not exist (NXDOMAIN)", ", 'mx': {'good': 10}", ", {'on': 'ns1', 'is': 'nxdomain'}",
        code ? "bounce 5.4.4" : "bounce", code);
    odd(mta, "MX is a CNAME", ", 'mx': {'alias': 10}", "", "sent", code);
}

static void odd_mx(void)
{
    char text[TEXT_MAX] = "";
    truth_group("Postfix, odd MX data", POSTFIX_LAB);
    odd_data("postfix", true);
    struct scene s =
        scene_open("'time': {'mail': '60s', 'limit': '120s'}, " ONE_MESSAGE "'mtas': {'snd': 'postfix'}, " NETWORK ZONE
                   "'faults': [{'on': ['ns1', 'ns2'], 'is': 'nxdomain'}]");
    scene_run(&s, 0);
    for (size_t i = 0; i < s.count; i++)
        if (s.records[i].type == RECORD_ASK)
            cell_add(text, "%s%s", *text ? ", " : "", question_type_name(question_type(s.records[i].question)));
    row_text("does not exist: questions asked", "MX, A, AAAA", text,
             "the answer to MX settles it: it is the same for A and AAAA");
    scene_close(&s);
    truth_group("Exim, odd MX data", EXIM_LAB);
    odd_data("exim", false);
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "Which host is tried");
    mx1_misbehaves();
    seven_hosts();
    no_route();
    backup();
    odd_mx();
    return truth_end();
}
