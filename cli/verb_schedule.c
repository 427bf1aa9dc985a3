/* cli/verb_schedule.c - mxsim schedule: an MTA's timetable for one message that no host takes. */
#include "cli/options.h"
#include "cli/scenario.h"
#include "models/retry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ATTEMPTS_MAX 10000 /* told of one message */

/* hh:mm:ss with days, for a timetable: "0d 01:20:00". */
static char *clock_text(sim_time t, char buf[48])
{
    int64_t s = (t + SIM_SECOND / 2) / SIM_SECOND;
    snprintf(buf, 48, "%" PRId64 "d %02d:%02d:%02d", s / 86400, (int)(s / 3600 % 24), (int)(s / 60 % 60),
             (int)(s % 60));
    return buf;
}

/* The life of a message that arrives at time 0, on a queue scan if there are scans, and fails at once each time, while
 * the outage lasts. Gives the time of the delivery, or SIM_NEVER if it bounced. */
static sim_time tell_life(const struct mta_params *p, sim_time outage, bool print)
{
    uint32_t attempts = 0, warnings = 0;
    char at[48], gap[32];
    sim_time last = 0;
    for (sim_time t = 0;; t = retry_next(p, 0, t, attempts, 0)) {
        attempts++;
        if (print)
            printf("  %4" PRIu32 "  %s  %10" PRId64 " s   %s", attempts, clock_text(t, at), t / SIM_SECOND,
                   attempts == 1 ? "" : sim_time_text(t - last, gap));
        last = t;
        if (t >= outage) {
            if (print) printf("  delivered\n");
            return t;
        }
        if (retry_expired(p, 0, t, false)) {
            if (print) printf("  returned to the sender\n");
            return SIM_NEVER;
        }
        if (retry_warn(p, 0, t, warnings)) {
            warnings = (uint32_t)(t / p->delay_warning_time);
            if (print) printf("  the sender is warned");
        }
        if (print) printf("\n");
        if (attempts == ATTEMPTS_MAX && print) {
            printf("  and so on\n");
            return SIM_NEVER;
        }
    }
}

/* What the sender is told, in words. */
static void tell_sender(const struct mta_params *p, sim_time outage)
{
    char text[48];
    uint32_t attempts = 0, warnings = 0, told = 0;
    for (sim_time t = 0; t < outage; t = retry_next(p, 0, t, attempts, 0)) {
        attempts++;
        if (retry_expired(p, 0, t, false)) {
            printf("  %s  the sender gets the bounce\n", clock_text(t, text));
            return;
        }
        if (!retry_warn(p, 0, t, warnings)) continue;
        warnings = (uint32_t)(t / p->delay_warning_time);
        told++;
        printf("  %s  the sender is warned of the delay\n", clock_text(t, text));
    }
    if (told == 0)
        printf("  the sender is told nothing: %s\n", p->delay_warning_time
                                                         ? "the delay is shorter than delay_warning_time"
                                                         : "delay_warning_time is 0s, so this MTA never warns");
}

static void tell_outage(const char *name, const struct mta_params *p, sim_time outage)
{
    char length[32], at[48], late[32];
    sim_time delivered = tell_life(p, outage, false);
    printf("%s, mail sent as an outage of %s begins:\n", name, sim_time_text(outage, length));
    if (delivered == SIM_NEVER)
        printf("  it bounces: the outage outlives the queue lifetime\n");
    else
        printf("  %s  delivered, %s after the end of the outage\n", clock_text(delivered, at),
               sim_time_text(delivered - outage, late));
    tell_sender(p, outage);
}

static void tell_mta(const char *name, const struct mta_params *p, const struct options *o)
{
    if (o->has_outage) {
        tell_outage(name, p, o->outage);
        return;
    }
    printf("%s: attempts for a message that arrives on a queue scan while no host takes it\n", name);
    printf("     #  since arrival           seconds   gap\n");
    tell_life(p, SIM_NEVER, true);
}

int verb_schedule(const struct options *o)
{
    const struct mta_profile *profile = mta_profile_find(o->files[0]);
    if (profile) {
        tell_mta(profile->profile.name, &profile->params, o);
        return EXIT_DONE;
    }
    if (!strpbrk(o->files[0], "./")) {
        fprintf(stderr, "mxsim schedule: no MTA profile \"%s\"; mxsim profiles lists them\n", o->files[0]);
        return EXIT_BAD_INPUT;
    }
    struct scenario s;
    bool opened = scenario_open(&s, o->files[0]);
    for (uint32_t i = 0; opened && i < s.spec->mta_count; i++) {
        if (i) printf("\n");
        tell_mta(s.spec->mtas[i].name, &s.spec->mtas[i].params, o);
    }
    scenario_close(&s);
    return opened ? EXIT_DONE : EXIT_BAD_INPUT;
}
