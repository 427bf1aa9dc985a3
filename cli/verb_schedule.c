/* cli/verb_schedule.c - mxsim schedule: an MTA's timetable for one message that no host takes. */
#include "cli/options.h"
#include "cli/scenario.h"
#include "models/timetable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ATTEMPTS_MAX 10000 /* told of one message */

/* hh:mm:ss with days, for a timetable: "0d 01:20:00". */
static char *clock_text(sim_time t, char buf[48])
{
    int64_t s = (t + SIM_SECOND / 2) / SIM_SECOND;
    snprintf(buf, 48, "%" PRId64 "d %02d:%02d:%02d", s / 86400, (int)(s / 3600 % 24), (int)(s / 60 % 60),
             (int)(s % 60));
    return buf;
}

/* What becomes of a message that arrives at time 0 and fails at once each time while the outage lasts, when the queue
 * is scanned at phase, modulo queue_run_delay. */
struct life {
    sim_time delivered, bounced; /* SIM_NEVER: not */
    sim_time warned;             /* the first time; SIM_NEVER: not */
    uint32_t attempts;
};

/* Warnings that are due when the attempt at t has failed; next: the one after it, or the end. */
static uint32_t warnings_at(const struct mta_params *p, sim_time t, sim_time next)
{
    return retry_warnings_due(p, p->warning == WARNING_BY_NEXT_TRY ? next : t);
}

/* print: each attempt is told, too. */
static struct life live(const struct mta_params *p, sim_time outage, sim_time phase, bool print)
{
    struct life life = {SIM_NEVER, SIM_NEVER, SIM_NEVER, 0};
    struct timetable t;
    uint32_t warnings = 0;
    char at[48], gap[32];
    bool more = true;
    timetable_begin(&t, p, phase);
    for (sim_time now = 0, last = 0; more && life.attempts < ATTEMPTS_MAX; last = now, now = t.at) {
        life.attempts++;
        if (print)
            printf("%s  %4" PRIu32 "  %s  %10" PRId64 " s   %s", life.attempts > 1 ? "\n" : "", life.attempts,
                   clock_text(now, at), now / SIM_SECOND, life.attempts == 1 ? "" : sim_time_text(now - last, gap));
        if (now >= outage) {
            life.delivered = now;
            return life;
        }
        more = timetable_next(&t);
        bool ends_now = !more && t.at <= now;
        uint32_t due = ends_now ? warnings : warnings_at(p, now, t.at);
        /* A warning of its own timer comes before the next attempt. */
        if (!ends_now && p->warning == WARNING_AT_ONCE) due = retry_warnings_due(p, t.at);
        if (due > warnings) {
            sim_time when = p->warning == WARNING_AT_ONCE ? retry_warning_age(p, warnings) : now;
            if (life.warned == SIM_NEVER) life.warned = when;
            if (print && when > now) printf("  at %s", clock_text(when, at));
            if (print) printf("  the sender is warned");
            warnings = due;
        }
    }
    if (more) return life;
    life.bounced = t.at;
    if (print && t.at > 0) printf("%s%s  returned to the sender", "  ", clock_text(t.at, at));
    return life;
}

/* The span of one time over all phases of the queue scan, in steps of a two-hundredth. */
struct range {
    sim_time least, most;
};

static void widen(struct range *r, sim_time t)
{
    if (t < r->least) r->least = t;
    if (t > r->most) r->most = t;
}

/* Times since the message was sent by the clock, times since the outage's end (from) in words. */
static const char *time_text(sim_time t, sim_time from, char buf[48])
{
    char words[32];
    if (from == 0) return clock_text(t, buf);
    snprintf(buf, 48, "%s", sim_time_text(t - from, words));
    return buf;
}

static void tell_range(const char *what, struct range r, sim_time from, const char *end)
{
    char least[48], most[48];
    if (r.least == SIM_NEVER) return;
    printf("  %s %s", what, time_text(r.least, from, least));
    if (r.most == SIM_NEVER)
        printf(" at the earliest, or not at all");
    else if (r.least != r.most)
        printf(" to %s", time_text(r.most, from, most));
    printf("%s%s\n", end, r.least != r.most ? ", as the queue scan falls" : "");
}

/* In the order in which it happens: warning, then delivery or bounce. */
static void tell_outage(const char *name, const struct mta_params *p, sim_time outage)
{
    enum { PHASES = 200 };
    char length[32];
    struct range warned = {SIM_NEVER, 0}, delivered = {SIM_NEVER, 0}, bounced = {SIM_NEVER, 0};
    int phases = p->queue_run_delay > 0 ? PHASES : 1;
    for (int i = 0; i < phases; i++) {
        struct life life = live(p, outage, p->queue_run_delay / phases * i, false);
        widen(&warned, life.warned);
        widen(&delivered, life.delivered);
        widen(&bounced, life.bounced);
    }
    printf("%s, mail sent as an outage of %s begins:\n", name, sim_time_text(outage, length));
    tell_range("the sender is warned of the delay at", warned, 0, "");
    if (warned.least == SIM_NEVER)
        printf("  the sender is not warned: %s\n",
               retry_warning_age(p, 0) != SIM_NEVER ? "it is over before a warning is due" : "this MTA warns never");
    tell_range("it is delivered at", delivered, 0, " after it was sent");
    if (outage > 0) tell_range("that is", delivered, outage, " after the end of the outage");
    tell_range("it bounces, the queue lifetime being over, at", bounced, 0, " after it was sent");
}

static void tell_mta(const char *name, const struct mta_params *p, const struct options *o)
{
    if (o->has_outage) {
        tell_outage(name, p, o->outage);
        return;
    }
    printf("%s: attempts for a message that arrives on a queue scan while no host takes it\n", name);
    printf("     #  since arrival           seconds   gap\n");
    struct life life = live(p, SIM_NEVER, 0, true);
    printf("\n%s", life.attempts == ATTEMPTS_MAX ? "  and so on\n" : "");
}

int verb_schedule(const struct options *o)
{
    const struct mta_profile *profile = mta_profile_find(o->files[0]);
    if (profile) {
        tell_mta(profile->profile.name, &profile->params, o);
        return EXIT_DONE;
    }
    if (strcmp(o->files[0], "-") != 0 && access(o->files[0], F_OK) != 0) {
        fprintf(stderr,
                "mxsim schedule: neither an MTA profile nor a scenario file: %s; mxsim profiles lists the profiles\n",
                o->files[0]);
        return EXIT_BAD_INPUT;
    }
    struct scenario s;
    bool opened = scenario_open(&s, o->files[0], o);
    for (uint32_t i = 0; opened && i < s.spec->mta_count; i++) {
        if (i) printf("\n");
        tell_mta(s.spec->mtas[i].name, &s.spec->mtas[i].params, o);
    }
    scenario_close(&s);
    return opened ? EXIT_DONE : EXIT_BAD_INPUT;
}
