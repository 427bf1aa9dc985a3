/* tests/truth/prog_retry.c - when the MX hosts are dead: the attempts of a message, its warnings and its end. */
#include "tests/truth/scene.h"

#define RUNS      30
#define TRIES     400
#define BOTH_DEAD "'faults': [{'on': 'ns1', 'is': 'silent', 'for': '%s'}, {'on': ['mx1', 'mx2'], 'is': '%s'}]"

/* ---- one message, every attempt ---- */

/* One measured life. The phase is read off the instants: they tell when the queue was looked at. */
struct life {
    const char *name, *mta, *is; /* of the scenario; refusing or silent */
    double phase;
    double allowed; /* seconds between a real attempt and the simulated one */
    bool two_mx;
    bool dns_well;
    struct list attempts, warnings;
    double bounce;        /* 0: not measured */
    double attempt_count; /* 0: all attempts are listed; -1: neither */
    double tolerance;     /* for the first attempt, which tells how the name service fared */
    const char *limit;    /* of the run */
    double share;         /* or this share of the instant, allowed, too */
};

/* What became of the message in the runs that agree with the measured one, at most RUNS. */
struct lives {
    struct fits fits;
    struct list attempts[RUNS], warnings[RUNS], bounces, counts;
    size_t count;
};

static bool is_beginning(const struct life *life)
{
    return life->attempt_count != 0 || life->bounce == 0;
}

static void live(const struct life *life, struct lives *all)
{
    struct scene s =
        scene_open("'time': {'mail': '60s', 'limit': '%s'}, " ONE_MESSAGE
                   "'mtas': {'snd': {%s, 'queue_run_phase': '%gs'}}, " NETWORK "%s" BOTH_DEAD,
                   life->limit, life->mta, life->phase, life->two_mx ? ZONE : ONE_MX "'mx_hosts': {'mx2': {}}, ",
                   life->dns_well ? "1ns" : "100d", life->is);
    memset(all, 0, sizeof *all);
    for (uint64_t run = 0; run < TRIES; run++) {
        scene_run(&s, run);
        struct list ends = scene_times(&s, ATTEMPT_ENDS & ~TYPE(RECORD_PUT_OFF), 1, ANY);
        /* Runs with another delay by the name service are not like the measured one. */
        if (fabs(ends.v[0] - life->attempts.v[0]) > life->tolerance) continue;
        if (!fits_add(&all->fits, &life->attempts, &ends, life->allowed, life->share, is_beginning(life))) continue;
        if (all->count == RUNS) continue;
        all->attempts[all->count] = ends;
        all->warnings[all->count++] = scene_times(&s, TYPE(RECORD_WARNED), 1, ANY);
        list_add(&all->counts, (double)ends.n);
        list_add(&all->bounces, scene_first(&s, TYPE(RECORD_BOUNCED), 1, ANY));
    }
    scene_close(&s);
}

static void tell(const struct life *life, const char *miss)
{
    static struct lives all;
    char name[300];
    live(life, &all);
    snprintf(name, sizeof name, "%s: ends of the attempts, s", life->name);
    row_fits(name, &life->attempts, &all.fits, life->allowed, life->share, is_beginning(life), miss);
    if (life->attempt_count > 0) {
        snprintf(name, sizeof name, "%s: attempts", life->name);
        row_count(name, life->attempt_count, &all.counts, miss);
    }
    if (life->warnings.n > 0) {
        snprintf(name, sizeof name, "%s: warnings, s", life->name);
        row_instants(name, &life->warnings, all.warnings, all.count, life->allowed, false, miss);
    }
    if (life->bounce > 0) {
        snprintf(name, sizeof name, "%s: bounce, s", life->name);
        for (size_t i = 0; i < all.count; i++) all.attempts[i] = LIST(all.bounces.v[i]);
        row_instants(name, &LIST(life->bounce), all.attempts, all.count, life->allowed, false, miss);
    }
}

static void postfix_scaled(void)
{
    static const struct life lives[] = {
        {.name = "refused, 1st",
         .mta = POSTFIX_SCANNING("4.005s"),
         .is = "refusing",
         .phase = 2.99,
         .allowed = 1,
         .two_mx = true,
         .attempts = {{5.0, 11.0, 23.1, 47.1, 95.1, 151.2, 203.3, 259.4, 315.4, 371.5, 427.5, 483.6, 539.7, 595.7,
                       651.8},
                      15},
         .warnings = {{95.1}, 1},
         .bounce = 651.8,
         .tolerance = 0.5,
         .limit = "20m"},
        {.name = "refused, 2nd",
         .mta = POSTFIX_SCANNING("4.005s"),
         .is = "refusing",
         .phase = 1.795,
         .allowed = 1,
         .two_mx = true,
         .attempts = {{0.8, 5.8, 9.8, 17.8, 33.9, 65.9, 122.0, 174.0, 230.1, 286.1, 342.2, 398.3, 454.3, 510.4, 566.4,
                       622.5},
                      16},
         .warnings = {{65.9}, 1},
         .bounce = 622.5,
         .tolerance = 0.5,
         .limit = "20m"},
        {.name = "refused, 3rd",
         .mta = POSTFIX_SCANNING("4.005s"),
         .is = "refusing",
         .phase = 2.99,
         .allowed = 1,
         .two_mx = true,
         .attempts = {{5.0, 11.0, 23.1, 47.1, 95.1, 151.2, 207.3, 263.3, 319.4, 375.5, 431.5, 487.6, 543.6, 599.7,
                       655.7},
                      15},
         .warnings = {{95.1}, 1},
         .bounce = 655.8,
         .tolerance = 0.5,
         .limit = "20m"},
    };
    truth_group("Postfix, scaled settings",
                POSTFIX_LAB ", " POSTFIX_SCALED_WORDS "; ns1 silent, ns2 well, both MX refusing. Queue scans as the "
                            "attempts tell them, every 4.005 s; runs with the same name service "
                            "delay; attempts within 1 s instead of a scan.");
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) tell(&lives[i], NULL);
}

static void exim_scaled(void)
{
    static const struct life lives[] = {
        {.name = "refused, 1st",
         .mta = EXIM_SCALED,
         .is = "refusing",
         .phase = 22.5,
         .allowed = 1,
         .two_mx = true,
         .attempts = {{5.0, 22.5, 46.5, 70.6, 94.5, 118.5, 166.6, 238.6, 358.6, 526.6, 622.6}, 11},
         .warnings = {{70.6, 166.6, 238.6, 358.6, 526.6}, 5},
         .bounce = 622.6,
         .tolerance = 0.5,
         .limit = "20m"},
        {.name = "refused, 2nd",
         .mta = EXIM_SCALED,
         .is = "refusing",
         .phase = 21.1,
         .allowed = 1,
         .two_mx = true,
         .attempts = {{0.8, 21.1, 45.1, 69.2, 93.2, 117.2, 165.2, 237.2, 357.2, 525.2, 621.2}, 11},
         .warnings = {{69.2, 165.2, 237.3, 357.2, 525.2}, 5},
         .bounce = 621.2,
         .tolerance = 0.5,
         .limit = "20m"},
        {.name = "refused, 3rd",
         .mta = EXIM_SCALED,
         .is = "refusing",
         .phase = 19.6,
         .allowed = 1,
         .two_mx = true,
         .attempts = {{0.8, 19.6, 43.6, 67.7, 91.7, 115.7, 163.7, 235.7, 355.7, 523.7, 619.7}, 11},
         .warnings = {{67.7, 163.7, 235.8, 355.7, 523.7}, 5},
         .bounce = 619.7,
         .tolerance = 0.5,
         .limit = "20m"},
    };
    truth_group("Exim, scaled settings",
                EXIM_LAB ", " EXIM_SCALED_WORDS
                         "; ns1 silent, ns2 well, both MX refusing. The 3rd was noted as the 2nd, 1.5 s earlier.");
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) tell(&lives[i], NULL);
}

/* Queue runs that find the host's time not come. */
static void exim_skips(void)
{
    struct list skips = {.n = 0}, attempts = {.n = 0};
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '20m'}, " ONE_MESSAGE "'mtas': {'snd': {" EXIM_SCALED
                                "}}, " NETWORK ZONE
                                "'faults': [{'on': 'ns1', 'is': 'silent'}, {'on': ['mx1', 'mx2'], 'is': 'refusing'}]");
    for (uint64_t run = 0; run < RUNS; run++) {
        scene_run(&s, run);
        list_add(&skips, (double)s.tally->counts[COL_PUT_OFF]);
        list_add(&attempts, (double)s.tally->counts[COL_ATTEMPTS]);
    }
    scene_close(&s);
    row_count("queue runs that find \"retry time not reached\"", 16, &skips, NULL);
    row_count("attempts beside them", 11, &attempts, NULL);
}

/* ---- stock timers ---- */

/* Postfix does not warn; Exim's last two attempts. */
static void row_ends(const struct life *life)
{
    static struct lives all;
    char text[TEXT_MAX] = "";
    live(life, &all);
    if (life->warnings.n == 0) {
        cell_add(text, "%zu", all.warnings[0].n);
        row_text("warnings", "0", text, NULL);
        return;
    }
    const struct list *l = &all.fits.best;
    row_instants("the last two attempts, s", &LIST(329900, 346601), &LIST(l->v[l->n - 2], l->v[l->n - 1]), 1,
                 life->allowed, false, NULL);
}

static void stock_fast(void)
{
    static const struct life postfix = {.name = "refused",
                                        .mta = "'profile': 'postfix'",
                                        .is = "refusing",
                                        .phase = 250,
                                        .allowed = 300,
                                        .share = 0.02,
                                        .two_mx = true,
                                        .attempts = {{11, 550, 1151, 2354, 4753, 8969, 13159, 17373}, 8},
                                        .bounce = 433452,
                                        .attempt_count = 107,
                                        .tolerance = 20,
                                        .limit = "6d"};
    static const struct life exim = {
        "refused",
        "'profile': 'exim', 'queue_interval': '1875s'",
        "refusing",
        1775,
        1875,
        true,
        false,
        {{5, 1775, 3947, 5755, 7615, 11406, 16878, 26101, 39342, 58913, 81417, 104344, 127295}, 13},
        {{104347, 194534, 262026}, 3},
        346607,
        -1,
        20,
        "6d",
        0.02};
    truth_group("Postfix, stock settings, clock sped up 300 times", POSTFIX_LAB
                ", Debian's settings, time-outs as seen by the MTA, up to 20 s of noise; ns1 silent, both MX "
                "refusing; every ~4200 s later on; no warning, as delay_warning_time=0h");
    tell(&postfix, NULL);
    row_ends(&postfix);
    truth_group("Exim, stock settings, clock sped up 300 times", EXIM_LAB
                ", Debian's settings, -q30m, up to 20 s of noise an attempt and more a queue run: here as far apart "
                "as the attempts tell, 1875 s; ns1 silent, both MX refusing; every ~22600 s later on, the last "
                "but one at 329900");
    tell(&exim, NULL);
    row_ends(&exim);
}

/* Exim: a host that is silent costs what the kernel takes, and the messages of a queue run wait for each other. */
static void exim_two_silent(void)
{
    struct list ends[2][RUNS], first[2] = {{.n = 0}, {.n = 0}}, second[2] = {{.n = 0}, {.n = 0}};
    static const char *const names[] = {"silent, two MX", "silent, one MX, handed over 150 s later"};
    static const double real[2][2] = {{274.0, 2205}, {134.4, 1789}};
    struct scene s = scene_open(
        "'time': {'mail': '1h', 'limit': '1h'}, 'clients': {'a': {'to': 'joe@dest.example', 'count': 1}, 'b': {'to': "
        "'joe@one.example', 'count': 1, 'at': '150s'}}, 'mtas': {'snd': {'profile': 'exim', 'queue_run_phase': "
        "'5s'}}, " NETWORK "'zones': {'dest.example': {'ns': ['ns1', 'ns2'], 'ttl': '30s', 'mx': {'mx1': 10, 'mx2': "
        "20}}, 'one.example': {'ns': "
        "['ns1', 'ns2'], 'ttl': '30s', 'mx': {'mx3': 10}}}, "
        "'faults': [{'on': 'ns1', 'is': 'silent'}, {'on': ['mx1', 'mx2', 'mx3'], 'is': 'silent'}]");
    for (uint64_t run = 0; run < RUNS; run++) {
        scene_run(&s, run);
        for (uint32_t m = 0; m < 2; m++) {
            ends[m][run] = scene_times(&s, TYPE(RECORD_DEFERRED), m + 1, ANY);
            list_add(&first[m], ends[m][run].v[0] - 150.0 * m);
            list_add(&second[m], ends[m][run].n > 1 ? ends[m][run].v[1] - 150.0 * m : NAN);
        }
    }
    scene_close(&s);
    for (size_t m = 0; m < 2; m++) {
        char name[200];
        snprintf(name, sizeof name, "%s: end of the first attempt, s", names[m]);
        row_inside(name, real[m][0], &first[m], 2, NULL);
        snprintf(name, sizeof name, "%s: end of the second attempt, s", names[m]);
        row_inside(name, real[m][1], &second[m], 4, NULL);
    }
}

static void stock_real(void)
{
    static const struct life postfix[] = {
        {.name = "refused, two MX",
         .mta = "'profile': 'postfix'",
         .is = "refusing",
         .phase = 299.8,
         .allowed = 6,
         .two_mx = true,
         .attempts = {{0.8, 299.8, 599.9, 1201.1, 2700.1}, 5},
         .tolerance = 0.5,
         .limit = "3300s"},
        {.name = "refused, one MX",
         .mta = "'profile': 'postfix'",
         .is = "refusing",
         .phase = 145.3,
         .allowed = 6,
         .dns_well = true,
         .attempts = {{0.0, 445.3, 1046.5, 2246.3}, 4},
         .tolerance = 0.5,
         .limit = "3150s"},
        {.name = "silent, two MX",
         .mta = "'profile': 'postfix'",
         .is = "silent",
         .phase = 299.8,
         .allowed = 6,
         .two_mx = true,
         .attempts = {{60.1, 659.9, 1560.3}, 3},
         .tolerance = 1,
         .limit = "3300s"},
        {.name = "silent, one MX",
         .mta = "'profile': 'postfix'",
         .is = "silent",
         .phase = 149.1,
         .allowed = 6,
         .attempts = {{30.8, 479.1, 1080.3, 2284.2}, 4},
         .tolerance = 0.5,
         .limit = "3150s"},
    };
    static const struct life exim[] = {
        {.name = "refused, two MX",
         .mta = "'profile': 'exim'",
         .is = "refusing",
         .phase = 5,
         .allowed = 6,
         .two_mx = true,
         .attempts = {{0.8, 1805}, 2},
         .tolerance = 0.5,
         .limit = "3300s"},
        {.name = "refused, one MX",
         .mta = "'profile': 'exim'",
         .is = "refusing",
         .phase = 1657,
         .allowed = 6,
         .dns_well = true,
         .attempts = {{0.0, 1657}, 2},
         .tolerance = 0.5,
         .limit = "3150s"},
    };
    truth_group("Postfix, stock settings, 55 minutes of real time", POSTFIX_LAB
                ", Debian's settings; ns1 silent. Two MX: at age 1201 s the next try was due at 2402 s, just "
                "after the scan at 2401 s, and waited for the next.");
    for (size_t i = 0; i < sizeof postfix / sizeof *postfix; i++) tell(&postfix[i], NULL);
    truth_group("Exim, stock settings, 55 minutes of real time", EXIM_LAB
                ", Debian's settings, -q30m; ns1 silent. Only the two queue runs are seen. Linux 6.18 ends a connect "
                "after about 134 s.");
    for (size_t i = 0; i < sizeof exim / sizeof *exim; i++) tell(&exim[i], NULL);
    exim_two_silent();
}

/* ---- rules read off the data ---- */

static void postfix_grid(void)
{
    static const struct life lives[] = {
        {.name = "queue_run_delay=20s, 1st",
         .mta = "'profile': 'postfix', 'minimal_backoff_time': '4s', 'maximal_backoff_time': '54s', "
                "'queue_run_delay': '20s'",
         .is = "refusing",
         .phase = 19.4,
         .allowed = 1,
         .dns_well = true,
         .attempts = {{0.0, 19.4, 39.4, 79.4, 139.5, 199.6}, 6},
         .tolerance = 0.9,
         .limit = "260s"},
        {.name = "queue_run_delay=20s, 2nd",
         .mta = "'profile': 'postfix', 'minimal_backoff_time': '4s', 'maximal_backoff_time': '54s', "
                "'queue_run_delay': '20s'",
         .is = "refusing",
         .phase = 12,
         .allowed = 1,
         .dns_well = true,
         .attempts = {{0.0, 12.0, 32.0, 72.1, 132.1, 192.2}, 6},
         .tolerance = 0.9,
         .limit = "260s"},
        {.name = "queue_run_delay=4s",
         .mta = POSTFIX_SCALED,
         .is = "refusing",
         .phase = 3.4,
         .allowed = 1,
         .dns_well = true,
         .attempts = {{0.0, 4.0, 7.4, 15.4, 31.5, 63.5, 119.6}, 7},
         .tolerance = 0.9,
         .limit = "170s"},
    };
    truth_group(
        "Postfix, the grid of queue scans", POSTFIX_LAB
        ", minimal_backoff_time=4s maximal_backoff_time=54s. The "
        "wait is the message's age in whole seconds, rounded up to the next scan, which takes what is due within 1 s.");
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) tell(&lives[i], NULL);
}

/* Over all phases of the queue's looks: when the first warning comes, and the bounce. */
static void ends(const char *mta, const char *options, double low_warning, double high_warning, double low_bounce,
                 double high_bounce)
{
    char real[TEXT_MAX], mxsim[TEXT_MAX];
    struct list warned = {.n = 0}, bounced = {.n = 0};
    struct scene s =
        scene_open("'time': {'mail': '60s', 'limit': '20m'}, " ONE_MESSAGE "'mtas': {'snd': {%s}}, " NETWORK ZONE
                   "'faults': [{'on': 'ns1', 'is': 'silent'}, {'on': ['mx1', 'mx2'], 'is': 'refusing'}]",
                   options);
    for (uint64_t run = 0; run < 500; run++) {
        scene_run(&s, run);
        list_add(&warned, scene_first(&s, TYPE(RECORD_WARNED), 1, ANY));
        list_add(&bounced, scene_first(&s, TYPE(RECORD_BOUNCED), 1, ANY));
    }
    scene_close(&s);
    snprintf(real, sizeof real, "%s: warning, limit 60 s", mta);
    row_all_inside(real, &LIST(low_warning, high_warning), &warned, 0.1, NULL);
    snprintf(mxsim, sizeof mxsim, "%s: bounce, limit 600 s", mta);
    row_all_inside(mxsim, &LIST(low_bounce, high_bounce), &bounced, 1, NULL);
}

static void sendmail_rules(void)
{
    struct list gaps = {.n = 0}, warned = {.n = 0}, bounced = {.n = 0};
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '20m'}, " ONE_MESSAGE
                                "'mtas': {'snd': {'profile': 'sendmail', 'QUEUE_INTERVAL': "
                                "'8s', 'Timeout.queuewarn': '1m', 'Timeout.queuereturn': '10m'}}, " NETWORK ZONE
                                "'faults': [{'on': ['mx1', 'mx2'], 'is': 'refusing'}]");
    for (uint64_t run = 0; run < 200; run++) {
        scene_run(&s, run);
        struct list at = scene_times(&s, TYPE(RECORD_ATTEMPT), 1, ANY);
        for (size_t i = 2; i < at.n; i++) list_add(&gaps, at.v[i] - at.v[i - 1]);
        list_add(&warned, scene_first(&s, TYPE(RECORD_WARNED), 1, ANY));
        list_add(&bounced, scene_first(&s, TYPE(RECORD_BOUNCED), 1, ANY));
    }
    scene_close(&s);
    truth_group(
        "sendmail, rules read off the data",
        "sendmail, Debian 12 package, -q8s Timeout.queuewarn=1m Timeout.queuereturn=10m; " LAB
        ". No back-off: every queue run tries again; warning and bounce at the first queue run after the limit.");
    row_all_inside("from one attempt to the next, s", &LIST(8, 8), &gaps, 0.01, NULL);
    row_all_inside("warning after its limit, at most one run late, s", &LIST(60, 68), &warned, 1, NULL);
    row_all_inside("bounce after its limit, at most one run late, s", &LIST(600, 608), &bounced, 1, NULL);
}

static void opensmtpd_rules(void)
{
    struct scene s =
        scene_open("'time': {'mail': '60s', 'limit': '6d'}, " ONE_MESSAGE "'mtas': {'snd': 'opensmtpd'}, " NETWORK ZONE
                   "'faults': [{'on': ['mx1', 'mx2'], 'is': 'refusing'}]");
    scene_run(&s, 0);
    struct list warned = scene_times(&s, TYPE(RECORD_WARNED), 1, ANY),
                bounced = scene_times(&s, TYPE(RECORD_BOUNCED), 1, ANY);
    struct list ended = scene_times(&s, TYPE(RECORD_DEFERRED), 1, ANY),
                begun = scene_times(&s, TYPE(RECORD_CONNECT), 1, ANY);
    const struct record *end = scene_last(&s, TYPE(RECORD_BOUNCED), 1);
    if (ended.n > 1) ended.n = 1;
    truth_group(
        "OpenSMTPD, rules read off the data",
        "OpenSMTPD, Debian 12 package, stock settings; " LAB
        ". Warning at the first failure whose next try would be past warn-interval (14400 s); expiry at ttl exactly; "
        "an attempt is mx1, a pause of 2 s, mx2, and ends about 11 s after its begin.");
    row_instants("warning, s", &LIST(10013), &warned, 1, 5, false, NULL);
    row_instants("expiry, s", &LIST(345600), &bounced, 1, 1, false, NULL);
    row_text("expiry: status", "4.4.7", end && end->status ? end->status : "none", NULL);
    row_absent("expiry: the report", "titled \"delayed\", Action: delayed",
               "reports have no text: it counts as a bounce");
    row_instants("end of the first attempt, s", &LIST(11), &ended, 1, 1, false, NULL);
    struct list pause = {{begun.n > 1 ? begun.v[1] - begun.v[0] : NAN}, 1};
    row_instants("from mx1 to mx2, s", &LIST(2), &pause, 1, 0.1, false, NULL);
    scene_close(&s);
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "Dead MX hosts: attempts, warnings, the end");
    postfix_scaled();
    ends("Postfix, any phase", POSTFIX_SCALED, 65.9, 95.1, 622, 656);
    exim_scaled();
    exim_skips();
    stock_fast();
    stock_real();
    postfix_grid();
    sendmail_rules();
    opensmtpd_rules();
    return truth_end();
}
