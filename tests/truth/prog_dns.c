/* tests/truth/prog_dns.c - all well, a dead name server, a dead name service: what an MTA sees, when it delivers. */
#include "tests/truth/scene.h"

#define FRESH 400 /* runs with nothing in any cache */

/* Unbound in this laboratory has a stub zone with the addresses of both servers. */
#define STUB_ZONE "'resolvers': {'r': {'profile': 'unbound', 'stub-zone': true}}, "

/* ---- all is well ---- */

/* The questions of message 1 in their order: "MX, A mx1, AAAA mx1, ...". */
static void questions(const struct scene *s, char *text)
{
    *text = '\0';
    for (size_t i = 0; i < s->count; i++) {
        const struct record *r = &s->records[i];
        if (r->type != RECORD_ASK || r->message != 1) continue;
        cell_add(text, "%s%s", *text ? ", " : "", question_type_name(question_type(r->question)));
        if (r->question >= 3 * s->spec->zone_count) cell_add(text, " %s", question_name(s->spec, r->question));
    }
}

static void all_well(const char *mta, const char *source, struct list real, const char *asked, const char *miss)
{
    char text[TEXT_MAX];
    struct list delays = {.n = 0};
    struct scene s = scene_open(
        "'time': {'mail': '60s'}, 'clients': {'c': {'to': 'joe@dest.example', 'every': '10s'}}, "
        "'mtas': {'snd': {'profile': '%s', 'resolver': 'r'}}, 'mx_hosts': {'mx1': {'takes': '1ms'}}, " STUB_ZONE NETWORK
            ZONE "'faults': []",
        mta);
    scene_run(&s, 0);
    for (uint32_t m = 1; m <= 3; m++) list_add(&delays, scene_first(&s, TYPE(RECORD_DELIVERED), m, ANY) - 10 * (m - 1));
    truth_group(source,
                "All servers well; network of 0.1 ms there and back. mxsim has no processes to start: it leaves "
                "out some 10 ms a message.");
    row_instants("seconds to deliver, cold resolver, then two more", &real, &delays, 1, 0, false, NULL);
    questions(&s, text);
    row_text("questions of the first message, in order", asked, text, miss);
    scene_close(&s);
}

/* What the resolver asks for the first question of all. */
static void minimised(void)
{
    char text[TEXT_MAX] = "";
    struct scene s =
        scene_open("'time': {'mail': '60s'}, " ONE_MESSAGE
                   "'mtas': {'snd': {'profile': 'exim', 'resolver': 'r'}}, " STUB_ZONE NETWORK ZONE "'faults': []");
    unsigned n = 0;
    scene_run(&s, 0);
    for (size_t i = 0; i < s.count && n < 2; i++) {
        const struct record *r = &s.records[i];
        if (r->type != RECORD_QUERY) continue;
        cell_add(text, "%s%s %s", n++ ? " before " : "", question_type_name(question_type(r->question)),
                 question_name(s.spec, r->question));
    }
    scene_close(&s);
    row_text("unbound: the questions it adds (QNAME minimisation)", "A dest.example before MX dest.example", text,
             NULL);
}

/* ---- one name server dead ---- */

static void one_dead(void)
{
    struct list fast = {.n = 0}, slow = {.n = 0};
    unsigned other = 0;
    struct scene s = scene_open("'time': {'mail': '60s'}, " ONE_MESSAGE
                                "'mtas': {'snd': {'profile': 'postfix', 'resolver': 'r'}}, " STUB_ZONE NETWORK ZONE
                                "'mx_hosts': {'mx1': {'takes': '1ms'}}, 'faults': [{'on': 'ns1', 'is': 'silent'}]");
    for (uint64_t run = 0; run < FRESH; run++) {
        scene_run(&s, run);
        double at = scene_first(&s, TYPE(RECORD_DELIVERED), 1, ANY);
        if (at > 0.5 && at < 2)
            list_add(&fast, at);
        else if (at > 4.5 && at < 6)
            list_add(&slow, at);
        else
            other++;
    }
    scene_close(&s);
    truth_group("ns1 silent, ns2 well, nothing cached", LAB
                ". 12 runs from a fresh start: first delivery after 0.76-0.79 s in 9, after 5.00-5.02 s in 3: unbound "
                "waits 376 ms per lost query; past 1.9 s the late answer is dropped and glibc asks again after 5 s.");
    row_all_inside("first mode, s", &LIST(0.76, 0.79), &fast, 0.05, NULL);
    row_all_inside("second mode, s", &LIST(5.00, 5.02), &slow, 0.05, NULL);
    row_share("runs in the first mode", 9, 12, (double)fast.n / FRESH, FRESH, NULL);
    row_share("runs in the second mode", 3, 12, (double)slow.n / FRESH, FRESH, NULL);
    row_share("runs in neither", 0, 12, (double)other / FRESH, FRESH, NULL);
}

/* Eleven minutes of one message that no host takes: how often each name server is asked. */
static void later_lookups(void)
{
    struct list dead = {.n = 0}, good = {.n = 0};
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '660s'}, " ONE_MESSAGE
                                "'mtas': {'snd': {'resolver': 'r', " POSTFIX_SCALED "}}, " STUB_ZONE NETWORK ZONE
                                "'faults': [{'on': 'ns1', 'is': 'silent'}, {'on': ['mx1', 'mx2'], 'is': 'refusing'}]");
    for (uint64_t run = 0; run < 50; run++) {
        unsigned asked[2] = {0, 0};
        scene_run(&s, run);
        for (size_t i = 0; i < s.count; i++)
            if (s.records[i].type == RECORD_QUERY) asked[s.records[i].whom == scene_ns(&s, "ns2")]++;
        list_add(&dead, asked[0]);
        list_add(&good, asked[1]);
    }
    scene_close(&s);
    truth_group("ns1 silent, 11 minutes of retries", POSTFIX_LAB ", " POSTFIX_SCALED_WORDS);
    row_all_inside("queries to ns1", &LIST(2, 4), &dead, 0, NULL);
    row_count("queries to ns2", 90, &good, NULL);
}

/* ---- the name service dead ---- */

static const struct dns_row {
    const char *what, *fault;                          /* of the scenario */
    const char *postfix, *exim, *sendmail, *opensmtpd; /* outcomes; Postfix's with its code; null: not measured */
    double seconds;                                    /* to the outcome; < 0: not measured */
} dns_rows[] = {
    {"authoritative servers silent", "'on': ['ns1', 'ns2'], 'is': 'silent'", "defer 4.4.3", "defer", "defer", "defer",
     10.0},
    {"authoritative port closed", "'on': ['ns1', 'ns2'], 'is': 'refusing'", "defer 4.4.3", "defer", "defer", "defer",
     10.0},
    {"resolver silent", "'on': 'r', 'is': 'silent'", "defer 4.4.3", "defer", "defer", "defer", 10.0},
    {"resolver port closed", "'on': 'r', 'is': 'refusing'", "defer 4.4.3", "defer", "defer", "defer", 0.03},
    {"SERVFAIL", "'on': 'r', 'is': 'servfail'", "defer 4.4.3", "defer", NULL, "defer", -1},
    {"REFUSED", "'on': 'r', 'is': 'refused'", "defer 4.4.3", "defer", NULL, "bounce", -1},
    {"NOTIMP", "'on': 'r', 'is': 'notimp'", "defer 4.4.3", "defer", NULL, NULL, -1},
    {"FORMERR", "'on': 'r', 'is': 'formerr'", "bounce 5.4.3", "defer", NULL, "bounce", -1},
    {"NXDOMAIN", "'on': 'r', 'is': 'nxdomain'", "bounce 5.4.4", "bounce", NULL, "bounce", -1},
    {"NOERROR without data, for MX and A", "'on': 'r', 'is': 'empty'", "bounce 5.4.4", "bounce", NULL, NULL, -1},
};

static void dns_dead(const char *mta, const char *real, const struct dns_row *row, bool code, bool timed)
{
    char text[TEXT_MAX], name[200];
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '10m'}, " ONE_MESSAGE
                                "'mtas': {'snd': {'profile': '%s', 'resolver': 'r'}}, 'resolvers': {'r': {'profile': "
                                "'unbound', 'stub-zone': true}}, " NETWORK ZONE "'faults': [{%s}]",
                                mta, row->fault);
    scene_run(&s, 0);
    row_text(row->what, real, scene_outcome(&s, 1, text, code), NULL);
    struct list runs = {{scene_first(&s, ATTEMPT_ENDS, 1, ANY)}, 1};
    snprintf(name, sizeof name, "%s: seconds to the outcome", row->what);
    if (timed) row_instants(name, &LIST(row->seconds), &runs, 1, 0, false, NULL);
    scene_close(&s);
}

static void dns_table(void)
{
    const size_t rows = sizeof dns_rows / sizeof *dns_rows;
    truth_group("Postfix, name service dead",
                POSTFIX_LAB ". 10 s: glibc waits 5 s, twice. The codes by a resolver that "
                            "answers nothing else.");
    for (const struct dns_row *row = dns_rows; row < dns_rows + rows; row++)
        dns_dead("postfix", row->postfix, row, true, row->seconds >= 0);
    truth_group("Exim, name service dead", EXIM_LAB ". The same.");
    for (const struct dns_row *row = dns_rows; row < dns_rows + rows; row++)
        dns_dead("exim", row->exim, row, false, row->seconds >= 0);
    row_absent("resolver silent: the SMTP dialogue with the submitting client waits for its PTR record", "10 s more",
               "clients hand their mail over in no time");
    truth_group(
        "sendmail and OpenSMTPD, name service dead",
        "Debian 12 packages of sendmail and OpenSMTPD; " LAB
        ". All four defer when servers are dead; REFUSED and FORMERR end the message in OpenSMTPD. sendmail with "
        "FEATURE(accept_unresolvable_domains).");
    for (const struct dns_row *row = dns_rows; row < dns_rows + rows; row++)
        if (row->sendmail) dns_dead("sendmail", row->sendmail, row, false, false);
    for (const struct dns_row *row = dns_rows; row < dns_rows + rows; row++)
        if (row->opensmtpd) dns_dead("opensmtpd", row->opensmtpd, row, false, false);
    row_absent("stock sendmail, sender's domain silent", "451 4.1.8 to the client after 60 s",
               "clients' mail is always taken: the sender's domain is not looked up");
    row_absent("stock sendmail, sender's domain NXDOMAIN", "553 5.1.8 to the client",
               "clients' mail is always taken: the sender's domain is not looked up");
}

/* OpenSMTPD's own stub resolver. */
static void opensmtpd_wait(void)
{
    struct list waits = {.n = 0};
    static const char *const faults[] = {"'on': ['ns1', 'ns2'], 'is': 'silent'", "'on': 'r', 'is': 'silent'"};
    for (size_t i = 0; i < 2; i++) {
        struct scene s = scene_open(
            "'time': {'mail': '60s', 'limit': '5m'}, " ONE_MESSAGE
            "'mtas': {'snd': {'profile': 'opensmtpd', 'resolver': 'r'}}, " STUB_ZONE NETWORK ZONE "'faults': [{%s}]",
            faults[i]);
        for (uint64_t run = 0; run < 20; run++) {
            scene_run(&s, run);
            list_add(&waits, scene_first(&s, ATTEMPT_ENDS, 1, ANY));
        }
        scene_close(&s);
    }
    row_all_inside("OpenSMTPD: a dead name service adds to an attempt, s", &LIST(35, 75), &waits, 1, NULL);
}

/* ---- dead for a while ---- */

/* Dead for so many seconds: the attempts, one by one, and how long after the return the mail is there. */
static void back_again(const char *name, const char *mta, double phase, double dead, struct list real, double waited)
{
    char title[300];
    static struct fits fits;
    struct list after = {.n = 0};
    struct scene s =
        scene_open("'time': {'mail': '60s', 'limit': '20m'}, " ONE_MESSAGE
                   "'mtas': {'snd': {'resolver': 'r', %s, 'queue_run_phase': '%gs'}}, " STUB_ZONE NETWORK ZONE
                   "'mx_hosts': {'mx1': {'takes': '1ms'}}, "
                   "'faults': [{'on': ['ns1', 'ns2'], 'is': 'silent', 'for': '%gs'}]",
                   mta, phase, dead);
    fits = (struct fits){.runs = 0};
    for (uint64_t run = 0; run < 200; run++) {
        scene_run(&s, run);
        struct list ends = scene_times(&s, ATTEMPT_ENDS & ~TYPE(RECORD_PUT_OFF), 1, ANY);
        list_add(&after, scene_first(&s, TYPE(RECORD_DELIVERED), 1, ANY) - dead);
        fits_add(&fits, &real, &ends, 1, 0, false);
    }
    scene_close(&s);
    snprintf(title, sizeof title, "%s: ends of the attempts, s", name);
    row_fits(title, &real, &fits, 1, 0, false, NULL);
    snprintf(title, sizeof title, "%s: from the return to the delivery, s", name);
    row_inside(title, waited, &after, 1, NULL);
}

static void dead_a_while(void)
{
    truth_group("Postfix, both authoritative servers silent, then back", POSTFIX_LAB
                ", " POSTFIX_SCALED_WORDS "; queue scans as the attempts tell, at 0.0 and at 0.2 modulo 4 s");
    back_again("60 s", POSTFIX_SCALED, 0.02, 60, LIST(10.0, 30.0, 60.1), 0.06);
    back_again("180 s", POSTFIX_SCALED, 0.15, 180, LIST(10.0, 30.1, 70.1, 134.2, 188.2), 8.2);
    truth_group("Exim, both authoritative servers silent, then back",
                EXIM_LAB ", " EXIM_SCALED_WORDS "; queue runs as the attempts tell, at 23.4 modulo 24 s");
    back_again("60 s", EXIM_SCALED, 23.4, 60, LIST(10.0, 33.4, 57.4, 71.5), 11.5);
    back_again("180 s", EXIM_SCALED, 23.3, 180, LIST(10.0, 33.3, 57.3, 81.3, 105.3, 129.3, 201.3, 287.3), 107);
}

/* What the resolver sends while both servers are dead, asked again and again. */
static void probes(void)
{
    struct list last = {.n = 0}, gaps = {.n = 0}, first[4] = {{.n = 0}};
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '240s'}, " ONE_MESSAGE
                                "'mtas': {'snd': {'resolver': 'r', " POSTFIX_SCALED "}}, " STUB_ZONE NETWORK ZONE
                                "'faults': [{'on': ['ns1', 'ns2'], 'is': 'silent'}]");
    for (uint64_t run = 0; run < 100; run++) {
        double before = 0;
        unsigned n = 0;
        scene_run(&s, run);
        for (size_t i = 0; i < s.count; i++) {
            double at = sim_time_seconds(s.records[i].at);
            if (s.records[i].type != RECORD_QUERY) continue;
            if (n < 4) list_add(&first[n], at);
            if (at > 40 && before < 40) list_add(&last, before);
            if (at > 60 && at - before > 3) list_add(&gaps, at - before);
            before = at;
            n++;
        }
    }
    scene_close(&s);
    truth_group(
        "unbound, both authoritative servers silent",
        "unbound 1.17.1-2+deb12u4 asked by Postfix and Exim with the scaled settings; measured 2026-11. Probes of the "
        "dead servers at 0, 0.4, 0.8, 1.5 ... 28.6 s, then at 60 72 84 108 132 180 or at 47 59 71 95 119 168 216 s; "
        "SERVFAIL in between.");
    row_inside("second probe, s", 0.4, &first[1], 0.05, NULL);
    row_inside("third probe, s", 0.8, &first[2], 0.05, NULL);
    row_inside("fourth probe, s", 1.5, &first[3], 0.05, NULL);
    row_inside("last probe of the first burst, s", 28.6, &last, 1, NULL);
    row_all_inside("from one probe to the next, later, s", &LIST(12, 12, 24, 24, 48, 12, 12, 24, 24, 49, 48), &gaps, 1,
                   NULL);
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "The name service");
    all_well("postfix", "Postfix, all well (" POSTFIX_LAB ")", LIST(0.032, 0.002, 0.007),
             "MX, A mx1, AAAA mx1, A mx2, AAAA mx2", NULL);
    all_well("exim", "Exim, all well (" EXIM_LAB ")", LIST(0.022, 0.030, 0.024), "MX, AAAA mx1, A mx1, AAAA mx2, A mx2",
             NULL);
    minimised();
    one_dead();
    later_lookups();
    dns_table();
    opensmtpd_wait();
    dead_a_while();
    probes();
    return truth_end();
}
