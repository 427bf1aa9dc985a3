/* tests/models/test_receiver.c - MX hosts that remember: greylists, limits on sessions and rates, disks that fill up.
 *
 * Sources: RFC 6647; postgrey 1.37; OpenBSD libexec/spamd/grey.c; RFC 5321 section 4.2.2 for the replies. */
#include "tests/models/worlds.h"

#include <criterion/criterion.h>

#define S SIM_SECOND
#define M SIM_MINUTE

static struct tiny t;
static struct play p;

static void end_play(void)
{
    if (p.world) play_end(&p);
}

TestSuite(receiver, .fini = end_play);

/* One message at 0, tried again after the gaps; attempts take no time. */
static struct mx_host_spec *open_host(struct span_list gaps)
{
    tiny_init(&t, "rfc5321", "bind", 1, 1);
    tiny_no_delay(&t);
    t.mtas[0].params.retry_gaps = gaps;
    return &t.mx_hosts[0];
}
#define GAPS(...) ((struct span_list){{__VA_ARGS__}, sizeof((sim_time[]){__VA_ARGS__}) / sizeof(sim_time)})

static void also(uint32_t mta, sim_time at)
{
    t.clients[tiny_client(&t, mta, 0)].at = at;
}

static uint32_t another_mta(void)
{
    uint32_t mta = tiny_mta(&t, "rfc5321", tiny_resolver(&t, "bind"));
    t.mtas[mta].params.retry_gaps = t.mtas[0].params.retry_gaps;
    return mta;
}

static void go(void)
{
    play_run(&p, &t, 2385, 0);
}

/* When message number n was delivered. */
static sim_time delivered(uint32_t n)
{
    for (size_t i = 0; i < p.diary.count; i++)
        if (p.diary.items[i].type == RECORD_DELIVERED && p.diary.items[i].message == n) return p.diary.items[i].at;
    return SIM_NEVER;
}

static void put_off_for(enum cause cause, const char *status)
{
    const struct record *r = diary_nth(&p.diary, RECORD_DEFERRED, 0);
    cr_assert_eq(r->cause, cause);
    cr_assert_str_eq(r->status, status);
}

/* ---- greylists ---- */

/* Taken from 5 minutes after the first try on; a retry before that changes nothing. */
static const struct greylist_spec grey = {true, 300 * S, SIM_HOUR, 2 * SIM_HOUR, false, 0};

Test(receiver, a_retry_after_the_delay_is_taken)
{
    open_host(GAPS(100 * S, 200 * S - 1, 1, SIM_HOUR))->greylist = grey;
    go();
    put_off_for(CAUSE_GREYLISTED, "4.2.0");
    cr_assert_eq(diary_count(&p.diary, RECORD_DEFERRED), 3);
    cr_assert_eq(delivered(1), 300 * S);
    cr_assert_eq(p.tally->hosts[0].turned_away, 3);
    cr_assert_eq(p.tally->hosts[0].accepted, 1);
}

Test(receiver, a_retry_after_the_window_is_a_first_try)
{
    open_host(GAPS(SIM_HOUR + 1, 299 * S, S))->greylist = grey;
    go();
    cr_assert_eq(delivered(1), SIM_HOUR + 1 + 300 * S);
    play_end(&p);
    open_host(GAPS(SIM_HOUR, S))->greylist = grey;
    go();
    cr_assert_eq(delivered(1), SIM_HOUR, "to the end of the window it is taken");
}

Test(receiver, what_was_taken_once_is_taken_at_once_while_it_is_remembered)
{
    open_host(GAPS(300 * S))->greylist = grey;
    struct client_spec *c = &t.clients[0];
    c->count = 0;
    c->every = 2 * SIM_HOUR - 300 * S; /* 0, 6900, 13800 s: each 6600 or 6900 s after the last */
    t.spec.mail = 14000 * S;
    go();
    cr_assert_eq(delivered(1), 300 * S);
    cr_assert_eq(delivered(2), 6900 * S);
    cr_assert_eq(delivered(3), 13800 * S, "each mail renews the memory");
    play_end(&p);
    c->every = 2 * SIM_HOUR + 300 * S + 1; /* 7500 s: 7200 s after the last, and a little */
    go();
    cr_assert_eq(delivered(2), c->every + 300 * S);
}

Test(receiver, another_sender_is_put_off_as_well)
{
    open_host(GAPS(300 * S))->greylist = grey;
    also(0, 600 * S);
    go();
    cr_assert_eq(delivered(2), 900 * S);
}

/* People and mailboxes make triplets of their own: of 23 by 85 pairs, 400 messages meet most for the first time. */
Test(receiver, people_and_mailboxes_are_told_apart)
{
    open_host(GAPS(300 * S))->greylist = grey;
    struct client_spec *c = &t.clients[0];
    c->count = 0;
    c->every = 10 * S;
    c->senders = 23;
    t.to[0][0].mailboxes = 85;
    t.spec.mail = 4000 * S;
    t.spec.limit = 5000 * S;
    go();
    uint64_t first = p.tally->counts[COL_FIRST_TRY];
    cr_assert_eq(p.tally->counts[COL_SUBMITTED], 400);
    /* A pair is new with probability (1 - 1/1955)^n: 362 of 400 are expected to be. Those of the last 300 s still wait;
     * 4.9 standard deviations of the rest are below 30. */
    cr_assert(first > 8 && first < 70, "%lu at the first try", (unsigned long)first);
    play_end(&p);
    c->senders = 1;
    t.to[0][0].mailboxes = 1;
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 400 - 30, "all but those of the first 300 s");
}

/* A service that sends from four addresses: one retry in four comes from that of the first try. Binomial(2000, 1/4):
 * 4.9 standard deviations are 95. */
Test(receiver, a_retry_from_another_address_is_a_first_try)
{
    open_host(GAPS(300 * S))->greylist = grey;
    t.mtas[0].params.source_addresses = 4;
    t.clients[0].count = 2000;
    t.resolvers[0].params.clients_per_query = 0; /* all are let in */
    t.clients[0].senders = 10000000;
    t.to[0][0].mailboxes = 10000000;
    t.spec.limit = 301 * S;
    go();
    uint64_t taken = p.tally->counts[COL_DELIVERED];
    cr_assert(taken > 500 - 95 && taken < 500 + 95, "%lu", (unsigned long)taken);
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 0);
}

/* postgrey's auto-whitelist-clients: it counts a client once an hour at most. */
Test(receiver, a_client_whose_retries_were_taken_so_often_is_not_put_off)
{
    struct mx_host_spec *host = open_host(GAPS(300 * S));
    host->greylist = grey;
    host->greylist.clients_after = 2;
    also(0, 400 * S);  /* taken at 700 s, the second, but within the hour */
    also(0, 3000 * S); /* put off until 3300 s: within the hour, too */
    also(0, 3600 * S); /* taken at 3900 s, an hour after the first: counted */
    also(0, 3899 * S); /* put off */
    also(0, 3901 * S); /* taken at once */
    go();
    static const int at[] = {300, 700, 3300, 3900, 4199, 3901};
    for (uint32_t n = 1; n <= 6; n++) cr_assert_eq(delivered(n), at[n - 1] * S, "message %u", n);
}

/* OpenBSD spamd: strictly later than the delay; that retry is put off as well, and from the next scan, each minute, all
 * from its address is taken. */
static const struct greylist_spec spamd = {true, 25 * M, 4 * SIM_HOUR, 8 * SIM_HOUR, true, 0};

Test(receiver, spamd_takes_the_third_try)
{
    open_host(GAPS(25 * M, 65 * S, 54 * S, S, SIM_HOUR))->greylist = spamd;
    /* 25 min is not later than 25 min; 26 min 5 s counts; 26 min 59 s is before the scan at 27 min. */
    go();
    cr_assert_eq(diary_count(&p.diary, RECORD_DEFERRED), 4);
    cr_assert_eq(delivered(1), 27 * M);
}

Test(receiver, spamd_lets_in_the_whole_address)
{
    open_host(GAPS(26 * M, M))->greylist = spamd;
    uint32_t other = another_mta();
    also(0, 30 * M);
    also(other, 30 * M);
    go();
    cr_assert_eq(delivered(1), 27 * M);
    cr_assert_eq(delivered(2), 30 * M, "another sender of the same MTA");
    cr_assert_eq(delivered(3), 57 * M, "another MTA: 30, 56, 57 min");
}

Test(receiver, spamd_forgets_after_the_window_and_after_its_memory)
{
    open_host(GAPS(4 * SIM_HOUR + 1, 26 * M, M))->greylist = spamd;
    also(0, 4 * SIM_HOUR + 30 * M + 8 * SIM_HOUR);
    go();
    cr_assert_eq(delivered(1), 4 * SIM_HOUR + 1 + 27 * M, "the retry after 4 h was a first try");
    /* More than 8 h after the last mail: from the beginning, and it can become known again. */
    sim_time again = 12 * SIM_HOUR + 30 * M;
    cr_assert_eq(delivered(2), again + 4 * SIM_HOUR + 1 + 27 * M);
}

Test(receiver, an_unknown_mailbox_is_refused_before_the_greylist)
{
    open_host(GAPS(300 * S))->greylist = grey;
    t.clients[0].unknown_users = 1;
    go();
    cr_assert_eq(diary_nth(&p.diary, RECORD_BOUNCED, 0)->cause, CAUSE_USER_UNKNOWN);
    cr_assert_eq(p.tally->counts[COL_ATTEMPTS], 1);
}

/* Reports have the null sender; their recipients are the writers, who are told apart. */
Test(receiver, reports_to_different_people_are_put_off_each)
{
    open_host(GAPS(300 * S));
    uint32_t z = tiny_zone(&t, 1, 1);
    tiny_no_delay(&t);
    t.mx_hosts[1].greylist = grey;
    for (int i = 0; i < 3; i++) {
        uint32_t c = i == 0 ? 0 : tiny_client(&t, 0, 0);
        t.clients[c].unknown_users = 1;
        t.clients[c].from_zone = z;
        t.clients[c].at = i * 600 * S;
    }
    t.clients[0].count = 0; /* the first writes at 0, 900 and 1800 s */
    t.clients[0].every = 900 * S;
    t.spec.mail = 2000 * S;
    go();
    static const int read[] = {300, 900, 900, 1500, 1800}; /* 0+300, 600+300, 900, 1200+300, 1800 s */
    cr_assert_eq(diary_count(&p.diary, RECORD_REPORT_READ), 5);
    for (size_t i = 0; i < 5; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_REPORT_READ, i)->at, read[i] * S, "%zu", i);
}

/* ---- limits ---- */

Test(receiver, so_many_sessions_at_a_time)
{
    struct mx_host_spec *host = open_host(GAPS(M));
    host->limits.sessions = 2;
    host->takes = law_constant(10 * S);
    t.clients[0].count = 5;
    go();
    put_off_for(CAUSE_HOST_BUSY, "4.3.2");
    for (int i = 0; i < 5; i++) cr_assert_eq(diary_nth(&p.diary, RECORD_DELIVERED, (size_t)i)->at, i / 2 * M + 10 * S);
    cr_assert_eq(p.tally->hosts[0].busy, 3 + 1);
    cr_assert_eq(p.tally->hosts[0].peak, 2);
    cr_assert_eq(p.tally->hosts[0].connections, 5 + 3 + 1);
}

Test(receiver, so_many_sessions_for_each_client)
{
    struct mx_host_spec *host = open_host(GAPS(M));
    host->limits.sessions_per_client = 1;
    host->takes = law_constant(10 * S);
    t.clients[0].count = 2;
    t.clients[tiny_client(&t, another_mta(), 0)].count = 2;
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 2, "one of each");
    cr_assert_eq(p.tally->hosts[0].busy, 2);
    cr_assert_eq(p.tally->hosts[0].peak, 2);
}

/* A place is free again at the moment a session ends. */
Test(receiver, a_session_that_ends_makes_room)
{
    struct mx_host_spec *host = open_host(GAPS(M));
    host->limits.sessions = 1;
    host->takes = law_constant(10 * S);
    also(0, 10 * S - 1);
    also(0, 10 * S + 1);
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 2);
    cr_assert_eq(delivered(2), 80 * S - 1, "it came a nanosecond too early");
}

/* Counted in periods that begin with the first message, as Postfix's anvil does. */
Test(receiver, so_many_messages_a_minute)
{
    struct mx_host_spec *host = open_host(GAPS(SIM_HOUR));
    host->limits.messages = (struct rate_spec){3, M};
    t.clients[0].count = 0;
    t.clients[0].every = 10 * S;
    t.clients[0].at = 5 * S;
    t.spec.mail = 100 * S;
    go();
    put_off_for(CAUSE_RATE_LIMITED, "4.7.1");
    /* 5 15 25 | 35 45 55 put off | 65 75 85 | 95 put off */
    for (uint32_t n = 1; n <= 10; n++) {
        bool taken = (n - 1) / 3 % 2 == 0;
        sim_time sent = (10 * (sim_time)n - 5) * S;
        if (taken) cr_assert_eq(delivered(n), sent, "message %u", n);
        if (!taken) cr_assert_geq(delivered(n), sent + SIM_HOUR, "message %u", n);
    }
}

Test(receiver, so_many_messages_a_minute_of_each_client)
{
    struct mx_host_spec *host = open_host(GAPS(SIM_HOUR));
    host->limits.messages_per_client = (struct rate_spec){2, M};
    t.clients[0].count = 3;
    t.clients[tiny_client(&t, another_mta(), 0)].count = 3;
    go();
    cr_assert_eq(p.tally->counts[COL_FIRST_TRY], 4);
}

/* Two messages fit; readers fetch one a minute. */
Test(receiver, a_disk_fills_up_and_is_emptied)
{
    struct mx_host_spec *host = open_host(GAPS(SIM_HOUR));
    host->limits.holds = 2;
    host->limits.empties = 1 / 60.0;
    also(0, 10 * S);
    also(0, 59 * S);
    also(0, 61 * S);
    go();
    put_off_for(CAUSE_STORAGE_FULL, "4.3.1");
    cr_assert_eq(delivered(2), 10 * S);
    cr_assert_eq(delivered(3), 59 * S + SIM_HOUR, "2 - 59/60 + 1 is more than 2");
    cr_assert_eq(delivered(4), 61 * S);
}

Test(receiver, a_disk_that_nobody_empties_stays_full)
{
    open_host(GAPS(SIM_HOUR))->limits.holds = 23;
    t.clients[0].count = 0;
    t.clients[0].every = S;
    t.spec.mail = 85 * S;
    go();
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 23);
    cr_assert_eq(p.tally->counts[COL_BOUNCED], 85 - 23);
    cr_assert_eq(p.tally->hosts[0].accepted, 23);
}

/* A relay's disk is its queue. */
Test(receiver, a_relay_is_full_while_its_queue_is)
{
    tiny_init(&t, "rfc5321", "bind", 1, 2);
    tiny_no_delay(&t);
    tiny_backup(&t, 1, "rfc5321");
    t.mx_hosts[1].limits.holds = 2;
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 0, 29 * M);
    also(0, 10 * S);
    also(0, 20 * S);
    also(0, 31 * M); /* the relay has sent its two on at 30 min */
    tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_REFUSING, 31 * M, S);
    go();
    size_t told = 0;
    for (size_t i = 0; i < p.diary.count; i++) {
        const struct record *r = &p.diary.items[i];
        if (r->type != RECORD_DEFERRED || r->who != 0) continue;
        cr_assert(r->cause == CAUSE_STORAGE_FULL && r->at == 20 * S);
        told++;
    }
    cr_assert_eq(told, 1);
    cr_assert_eq(p.tally->hosts[1].turned_away, 1);
    cr_assert_eq(p.tally->counts[COL_VIA_BACKUP], 3);
    cr_assert_eq(p.tally->counts[COL_DELIVERED], 4);
}

/* Sessions of all hosts that remember are events: what they cost is the same as without a memory. */
Test(receiver, a_memory_that_is_not_used_costs_no_time)
{
    for (int remembers = 0; remembers < 2; remembers++) {
        tiny_init(&t, "postfix", "bind", 1, 3);
        t.ns[0].host.delay = law_constant(0);
        t.clients[0].count = 0;
        t.clients[0].every = 1237 * SIM_US; /* no two things at the same moment: their order may differ */
        t.spec.mail = 23 * 1237 * SIM_US;
        t.mtas[0].params.handoff = 0;
        if (remembers)
            for (int h = 0; h < 3; h++) t.mx_hosts[h].limits.sessions = 1000;
        tiny_fault(&t, TARGET_MX_HOST, 0, FAULT_TEMPFAILING, 0, SIM_LONGEST);
        tiny_fault(&t, TARGET_MX_HOST, 1, FAULT_BUSY, 0, SIM_LONGEST);
        static sim_time at[2][23];
        go();
        for (uint32_t n = 1; n <= 23; n++) at[remembers][n - 1] = delivered(n);
        cr_assert_eq(p.tally->hosts[2].accepted, 23);
        if (remembers) cr_assert_eq(memcmp(at[0], at[1], sizeof at[0]), 0);
        play_end(&p);
    }
    p.world = NULL;
}
