/* tests/truth/prog_schedules.c - the attempts that each MTA's own rule gives, to the second, and what they mean for
 * mail that arrives as an outage starts. */
#include "tests/truth/scene.h"

/* ---- the attempts of one message that no host takes ---- */

struct schedule {
    const char *name, *mta; /* of the scenario */
    const char *source;
    const char *limit;
    struct list attempts;
    double end;       /* given up; 0: not known */
    double tolerance; /* seconds: of waits that are random, or known to the second only */
    const char *end_miss;
};

static const struct schedule schedules[] = {
    {"Exim, a queue runner each second",
     "'profile': 'exim', 'queue_interval': '1s', 'queue_run_phase': '0s'",
     "Exim 2025-12-29, src/src/configure.default and src/src/retry.c; derived",
     "5d",
     {{0,     900,   1800,   2700,   3600,   4500,   5400,   6300,   7200,   8100,   11700,  17100,  25200,  37350,
       55575, 82912, 104512, 126112, 147712, 169312, 190912, 212512, 234112, 255712, 277312, 298912, 320512, 342112},
      28},
     363712,
     2,
     "derived without the rule that a message older than the last cut-off (4 d) is tried at any queue run; measured "
     "on Exim 4.96 with a clock sped up: 346607"},
    {"Exim -q30m",
     "'profile': 'exim', 'queue_run_phase': '0s'",
     "Exim 2025-12-29, src/src/configure.default and src/src/retry.c; derived",
     "5d",
     {{0,      1800,   3600,   5400,   7200,   9000,   12600,  18000,  27000,  39600,  59400,  81000,
       102600, 124200, 145800, 167400, 189000, 210600, 232200, 253800, 275400, 297000, 318600, 340200},
      24},
     361800,
     0,
     "derived without the rule that a message older than the last cut-off (4 d) is tried at any queue run; measured "
     "on Exim 4.96 with a clock sped up: 346607"},
    {"OpenSMTPD",
     "'profile': 'opensmtpd'",
     "OpenSMTPD 7.8.0p1, usr.sbin/smtpd/scheduler_ramqueue.c; derived",
     "8d",
     {{0,      400,    1600,   3600,   6400,   10000,  14400,  19600,  25600,  32400,
       40000,  48400,  57600,  67600,  78400,  90000,  102400, 115600, 129600, 144400,
       160000, 176400, 193600, 211600, 230400, 250000, 270400, 291600, 313600, 336400},
      30},
     345600,
     0,
     NULL},
    {"qmail",
     "'profile': 'qmail'",
     "notqmail 2024-12-26, qmail-send.c nextretry; derived",
     "12d",
     {{0,      400,    1600,   3600,   6400,   10000,  14400,  19600,  25600,  32400,  40000,  48400,  57600,  67600,
       78400,  90000,  102400, 115600, 129600, 144400, 160000, 176400, 193600, 211600, 230400, 250000, 270400, 291600,
       313600, 336400, 360000, 384400, 409600, 435600, 462400, 490000, 518400, 547600, 577600, 608400},
      40},
     0,
     0,
     NULL},
    {"Haraka",
     "'profile': 'haraka'",
     "Haraka 3.1.6, outbound/config.js and outbound/hmail.js; derived",
     "8d",
     {{0, 64, 192, 448, 960, 1984, 4032, 8128, 16320, 32704, 65472, 131008, 262080}, 13},
     262080,
     0,
     NULL},
    {"KumoMTA",
     "'profile': 'kumomta'",
     "KumoMTA 2026-08-04, crates/kumod/src/queue/config.rs; derived without its random part of 30 s a wait",
     "8d",
     {{0, 1200, 3600, 8400, 18000, 37200, 75600, 152400, 306000}, 9},
     306000,
     240,
     NULL},
    {"Postal",
     "'profile': 'postal'",
     "Postal 3.3.6, app/models/concerns/has_locking.rb; derived",
     "8d",
     {{0, 300, 690, 1197, 1856, 2713, 3827, 5275, 7157, 9604, 12786, 16922, 22298, 29288, 38374, 50186, 65542, 85504},
      18},
     111455,
     1,
     NULL},
    {"Stalwart",
     "'profile': 'stalwart'",
     "Stalwart 0.16.19, crates/common/src/config/smtp/queue.rs; derived",
     "8d",
     {{0, 120, 420, 1020, 1920, 3720, 7320, 14520, 100920}, 9},
     259200,
     0,
     NULL},
    {"maddy",
     "'profile': 'maddy'",
     "maddy 0.9.4, internal/target/queue/queue.go; derived",
     "8d",
     {{0,     900,   1800,  2700,  3600,  5400,  8100,   10800,  14400,  18900,
       25200, 33300, 43200, 55800, 72000, 91800, 117000, 148500, 188100, 237600},
      20},
     237600,
     0,
     NULL},
    {"ZoneMTA",
     "'profile': 'zonemta'",
     "zone-eu/zone-mta issue 304, second hand; derived",
     "8d",
     {{0, 300, 720, 1200, 2700, 7200, 14400, 28800, 43200, 57600, 72000, 86400, 100800, 115200, 129600, 144000, 158400,
       172800},
      18},
     172800,
     0,
     NULL},
    {"Mailgun",
     "'profile': 'mailgun'",
     "help.mailgun.com, article 28956111811355; derived",
     "8d",
     {{0, 600, 1500, 3300, 6900, 14100, 28500}, 7},
     0,
     0,
     NULL},
    {"Gmail, 2016",
     "'profile': 'gmail'",
     "Pagani, De Astis, Graziano, Lanzi, Balzarotti: Measuring the Role of Greylisting and Nolisting in Fighting Spam, "
     "slide 36",
     "8h",
     {{0, 362, 1742, 3396, 5924, 9723, 13784, 18545, 26086}, 9},
     0,
     0,
     NULL},
    {"Exchange Server",
     "'profile': 'exchange'",
     "4 tries a minute apart, then 6 five minutes apart, then every 10 minutes: learn.microsoft.com aa998043, "
     "ff339771, and gist "
     "tostka/ebebbad1 (second hand); derived",
     "2h",
     {{0, 60, 120, 180, 240, 540, 840, 1140, 1440, 1740, 2040, 2640, 3240, 3840}, 14},
     0,
     0,
     NULL},
};

#define INSTANT     "'network': {'delay': '0s'}, "
#define REFUSED_FOR "'faults': [{'on': 'mx1', 'is': 'refusing', 'for': %s}]"

static void one_schedule(const struct schedule *w, const struct list *real)
{
    char name[200];
    struct list shown = *real;
    struct scene s = scene_open("'time': {'mail': '60s', 'limit': '%s'}, " ONE_MESSAGE
                                "'mtas': {'snd': {%s}}, " INSTANT ONE_MX REFUSED_FOR,
                                w->limit, w->mta, "'100d'");
    scene_run(&s, 0);
    /* A message that is put off, because its destination is left alone, has had its turn, too. */
    struct list turns = scene_times(&s, TYPE(RECORD_ATTEMPT) | TYPE(RECORD_PUT_OFF), 1, ANY), at = {.n = 0};
    struct list end = scene_times(&s, TYPE(RECORD_BOUNCED), 1, ANY);
    for (size_t i = 0; i < turns.n; i++)
        if (i == 0 || turns.v[i] > turns.v[i - 1]) list_add(&at, turns.v[i]);
    scene_close(&s);
    truth_group(w->name, w->source);
    bool met = at.n >= real->n;
    double worst = 0;
    for (size_t i = 0; met && i < real->n; i++) worst = fmax(worst, fabs(at.v[i] - real->v[i]));
    met = met && worst <= w->tolerance && (w->end == 0 || w->end_miss || at.n == real->n);
    char left[TEXT_MAX] = "", right[TEXT_MAX] = "";
    cell_list(left, &shown);
    if (at.n > real->n) at.n = real->n;
    cell_list(right, &at);
    truth_row("attempts, s", left, right, met, NULL, "to the second; allowed %g s, %.1f s apart at most", w->tolerance,
              worst);
    if (w->end == 0) return;
    char to[TEXT_MAX] = "", from[TEXT_MAX] = "";
    cell_number(to, w->end);
    cell_list(from, &end);
    snprintf(name, sizeof name, "given up, s");
    truth_row(name, to, from, end.n == 1 && fabs(end.v[0] - w->end) <= w->tolerance, w->end_miss,
              "to the second; allowed %g s", w->tolerance);
}

/* Postfix's 108 attempts: 0, 5, 10, 20, 40, 80 min, 2.5 h, then each 4200 s. */
static void postfix_schedule(void)
{
    static const double first[] = {0, 300, 600, 1200, 2400, 4800};
    struct schedule w = {.name = "Postfix, message arriving as the queue is scanned",
                         .mta = "'profile': 'postfix', 'queue_run_phase': '0s'",
                         .source =
                             "Postfix 3.12-20260821, src/qmgr/qmgr_active.c and src/global/mail_params.h; derived",
                         .limit = "6d",
                         .end = 433200};
    struct list real = {.n = 0};
    for (size_t i = 0; i < 6; i++) list_add(&real, first[i]);
    for (double t = 9000; t <= 433200; t += 4200) list_add(&real, t);
    one_schedule(&w, &real);
    struct list count = {{(double)real.n}, 1};
    row_count("attempts", 108, &count, NULL);
}

static void sendmail_schedule(void)
{
    struct scene s = scene_open(
        "'time': {'mail': '60s', 'limit': '6d'}, " ONE_MESSAGE
        "'mtas': {'snd': {'profile': 'sendmail', 'QUEUE_INTERVAL': '30m', 'queue_run_phase': '0s'}}, " INSTANT ONE_MX
            REFUSED_FOR,
        "'100d'");
    scene_run(&s, 0);
    struct list attempts = {{(double)s.tally->counts[COL_ATTEMPTS]}, 1};
    scene_close(&s);
    truth_group("sendmail -q30m",
                "sendmail 8.17 as in Debian (2023-06-06), sendmail/queue.c, cf/m4/cfhead.m4; derived");
    row_instants("attempts in 5 days", &LIST(241), &attempts, 1, 0, false, NULL);
}

/* The services of which only the end is known. */
static void lives_of_services(void)
{
    static const struct {
        const char *name, *profile, *source;
        double life;
    } rows[] = {
        {"SendGrid", "sendgrid", "Twilio SendGrid glossary, \"expired\": 72 h", 259200},
        {"Amazon SES", "ses",
         "12 h, second hand: mailbluster.com, kb.blackbaud.com; at most 14 h: docs.aws.amazon.com maxDeliverySeconds",
         43200},
        {"Exchange Online", "exchange-online", "24 h, second hand: Message center MC441064", 86400},
        {"Exchange Server", "exchange", "2 days, second hand: gist tostka/ebebbad1", 172800},
        {"Mailgun", "mailgun", "8 h: help.mailgun.com, article 28956111811355", 28800},
        {"Gmail", "gmail", "3 days, second hand: a delay report of 2018", 259200},
    };
    truth_group("Hosted services: the end of a message", "Their makers' documents, or second hand where it says so.");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[300], text[TEXT_MAX] = "", real[TEXT_MAX] = "";
        struct scene s = scene_open("'time': {'mail': '60s', 'limit': '8d'}, " ONE_MESSAGE
                                    "'mtas': {'snd': '%s'}, " INSTANT ONE_MX REFUSED_FOR,
                                    rows[i].profile, "'100d'");
        scene_run(&s, 0);
        double end = scene_first(&s, TYPE(RECORD_BOUNCED), 1, ANY);
        scene_close(&s);
        snprintf(name, sizeof name, "%s (%s), s", rows[i].name, rows[i].source);
        cell_number(real, rows[i].life);
        cell_number(text, end);
        truth_row(name, real, text, fabs(end - rows[i].life) <= 0.02 * rows[i].life, NULL, "within 2 %%");
    }
}

/* ---- mail that arrives as an outage starts ---- */

#define LENGTHS 7
static const double lengths[LENGTHS] = {900, 3600, 14400, 43200, 86400, 172800, 259200};
static const char *const length_words[LENGTHS] = {"15 min", "1 h", "4 h", "12 h", "1 d", "2 d", "3 d"};

static const struct lateness {
    const char *name, *mta;
    double wait[LENGTHS]; /* mean seconds from the outage's end to delivery; < 0: none is delivered */
    double bounced[LENGTHS];
    const char *miss[LENGTHS];
} latenesses[] = {
    {"Postfix", "'profile': 'postfix'", {229, 1065, 2660, 2174, 2101, 2067, 2065}, {0}, {NULL}},
    {"Exim -q30m", "'profile': 'exim'", {898, 898, 2775, 14892, 12126, 9755, 11643}, {0}, {NULL}},
    {"sendmail -q30m",
     "'profile': 'sendmail', 'QUEUE_INTERVAL': '30m'",
     {898, 898, 898, 898, 898, 898, 898},
     {0},
     {NULL}},
    {"OpenSMTPD", "'profile': 'opensmtpd'", {700, 1366, 2537, 3971, 6663, 7912, 10937}, {0}, {NULL}},
    {"qmail", "'profile': 'qmail'", {700, 1366, 2537, 3971, 6663, 7912, 10937}, {0}, {NULL}},
    {"Haraka", "'profile': 'haraka'", {235, 432, 1920, 22272, 44608, 89280, 14544}, {[6] = 0.439}, {NULL}},
    {"KumoMTA", "'profile': 'kumomta'", {300, 2341, 3600, 32400, 66000, 133200, 46800}, {0}, {NULL}},
    {"Postal", "'profile': 'postal'", {297, 509, 2522, 6986, 4072, -1, -1}, {[4] = 0.561, 1, 1}, {NULL}},
    {"Stalwart", "'profile': 'stalwart'", {120, 1349, 40159, 57720, 14520, -1, -1}, {[5] = 1, 1}, {NULL}},
    {"maddy", "'profile': 'maddy'", {439, 878, 2195, 6146, 10317, 18922, 2376}, {[6] = 0.902}, {NULL}},
    {"ZoneMTA",
     "'profile': 'zonemta'",
     {300, 3600, 7024, 7024, 7024, 5897, -1},
     {[5] = 0.488, 1},
     {"the derivation leaves out that a destination without connection is left alone for 10 minutes"}},
    {"Mailgun", "'profile': 'mailgun'", {600, 2949, 8480, -1, -1, -1, -1}, {[3] = 1, 1, 1, 1}, {NULL}},
};

#define LATE_RUNS 500

static void late(const struct lateness *l, int n)
{
    char real[TEXT_MAX] = "", mxsim[TEXT_MAX] = "", span[100];
    struct list waits = {.n = 0};
    unsigned bounced = 0;
    snprintf(span, sizeof span, "{'uniform': ['%gs', '%gs']}", 0.9 * lengths[n], 1.1 * lengths[n]);
    struct scene s =
        scene_open("'time': {'mail': '60s', 'limit': '14d'}, " ONE_MESSAGE "'mtas': {'snd': {%s}}, " INSTANT ONE_MX
                   "'mx_hosts': {'mx1': {'takes': '0s'}}, " REFUSED_FOR,
                   l->mta, span);
    for (uint64_t run = 0; run < LATE_RUNS; run++) {
        double back = 0;
        scene_run(&s, run);
        bounced += s.tally->counts[COL_BOUNCED] > 0;
        if (s.tally->counts[COL_DELIVERED] == 0) continue;
        for (size_t i = 0; i < TALLY_BINS; i++) back += s.tally->faults[0][i];
        list_add(&waits, scene_first(&s, TYPE(RECORD_DELIVERED), 1, ANY) - back);
    }
    scene_close(&s);
    double mean = waits.n ? list_mean(&waits) : -1, square = 0;
    for (size_t i = 0; i < waits.n; i++) square += (waits.v[i] - mean) * (waits.v[i] - mean);
    double error = waits.n > 1 ? sqrt(square / (double)(waits.n - 1) / (double)waits.n) : 0;
    double share = (double)bounced / LATE_RUNS, below = gsl_cdf_binomial_P(bounced, l->bounced[n], LATE_RUNS);
    double above = bounced > 0 ? 1 - gsl_cdf_binomial_P(bounced - 1, l->bounced[n], LATE_RUNS) : 1;
    bool met = below >= 0.005 && above >= 0.005;
    if (l->wait[n] >= 0) met = met && waits.n > 0 && fabs(mean - l->wait[n]) <= 3 * error + 0.02 * l->wait[n];
    if (l->wait[n] < 0) met = met && waits.n == 0;
    if (l->wait[n] >= 0) cell_add(real, "%.0f s", l->wait[n]);
    if (l->bounced[n] > 0) cell_add(real, "%s%.1f %% bounced", *real ? ", " : "", 100 * l->bounced[n]);
    if (waits.n) cell_add(mxsim, "%.0f s", mean);
    if (bounced) cell_add(mxsim, "%s%.1f %% bounced", *mxsim ? ", " : "", 100 * share);
    truth_row(length_words[n], real, mxsim, met, l->miss[n],
              "mean: 3 standard errors (%.0f s) and 2 %%; share: binomial 99 %%", 3 * error);
}

static void lateness(void)
{
    for (const struct lateness *l = latenesses; l < latenesses + sizeof latenesses / sizeof *latenesses; l++) {
        char title[200];
        snprintf(title, sizeof title, "Mail that arrives as an outage starts, %s", l->name);
        truth_group(
            title, "Derived from the schedules above: mean time from the end of the outage to the next attempt, and "
                   "share returned before; the outage's length varied by 10 %, uniformly, and the phase of the queue's "
                   "looks; 500 runs. Shared host state, dead destinations and random waits were left out of it.");
        for (int n = 0; n < LENGTHS; n++) late(l, n);
    }
}

int main(int argc, char **argv)
{
    truth_begin(argc, argv, "Schedules");
    postfix_schedule();
    sendmail_schedule();
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++)
        one_schedule(&schedules[i], &schedules[i].attempts);
    lives_of_services();
    lateness();
    return truth_end();
}
