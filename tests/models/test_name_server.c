/* tests/models/test_name_server.c - what authoritative servers say, and how often a closed port says so. */
#include "models/inside.h"
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

#define S SIM_SECOND

/* Linux: a burst of six, then one a second; what is not used comes back. */
Test(name_server, icmp_errors_are_a_burst_and_then_one_a_second)
{
    struct icmp_bucket bucket = {0};
    for (int i = 0; i < 6; i++) cr_assert(icmp_sent(&bucket, 100 * S));
    cr_assert(!icmp_sent(&bucket, 100 * S));
    cr_assert(!icmp_sent(&bucket, 101 * S - 1));
    cr_assert(icmp_sent(&bucket, 101 * S));
    cr_assert(!icmp_sent(&bucket, 101 * S + S / 2));
    cr_assert(icmp_sent(&bucket, 102 * S));
    for (int i = 0; i < 3; i++) cr_assert(icmp_sent(&bucket, 105 * S));
    cr_assert(!icmp_sent(&bucket, 105 * S));
    for (int i = 0; i < 6; i++) cr_assert(icmp_sent(&bucket, 1000 * S), "no more than six are saved");
    cr_assert(!icmp_sent(&bucket, 1000 * S));
}

/* A share of the names: the same ones for each question of a run. */
Test(name_server, a_truncated_zone_lacks_the_same_names_all_the_time)
{
    static struct tiny t;
    unsigned lost = 0, mixed = 0;
    for (uint64_t run = 0; run < 400; run++) {
        struct play p;
        tiny_init(&t, "classic", "textbook", 1, 1);
        t.zones[0].ttl = t.zones[0].negative_ttl = 0;
        t.clients[0].count = 0;
        t.clients[0].every = SIM_MINUTE;
        t.spec.mail = 5 * SIM_MINUTE;
        t.spec.limit = SIM_HOUR;
        tiny_fault(&t, TARGET_ZONE, 0, FAULT_NXDOMAIN, 0, SIM_LONGEST)->share = 0.72;
        play_run(&p, &t, 7, run);
        unsigned bounced = (unsigned)p.tally->mtas[0].reasons[CAUSE_DNS_NXDOMAIN][0];
        lost += bounced == 5;
        mixed += bounced > 0 && bounced < 5;
        play_end(&p);
    }
    cr_assert_eq(mixed, 0);
    cr_assert(lost > 288 - 44 && lost < 288 + 44, "%u of 400: 4.9 standard deviations of a binomial law are 44", lost);
}
