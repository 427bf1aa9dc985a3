/* tests/scenarios/test_load.c - text to world_spec: what a good text fills, and what each mistake is answered with. */
#include "sim/mem.h"
#include "tests/scenarios/texts.h"

#include <stdlib.h>

Test(load, the_smallest_scenario_is_healthy_and_has_defaults)
{
    struct loaded *loaded = load_good(HEAD STAFF ZONE "}");
    const struct world_spec *w = loaded_spec(loaded);
    cr_assert_str_eq(w->name, "n");
    cr_assert_str_eq(w->why, "");
    cr_assert(w->mail == SIM_DAY && w->limit == 7 * SIM_DAY);
    cr_assert(w->client_count == 1 && w->mta_count == 1 && w->resolver_count == 1 && w->ns_count == 1 &&
              w->zone_count == 1 && w->mx_host_count == 1 && w->fault_count == 0 && w->expect_count == 0);
    const struct client_spec *c = w->clients;
    cr_assert_str_eq(c->name, "staff");
    cr_assert_str_eq(c->from, "user@client.example");
    cr_assert(c->from_zone == SPEC_NONE && c->via == 0 && c->to_count == 1 && c->to[0].zone == 0);
    cr_assert(c->rate == 1 / 60.0 && c->every == 0 && c->count == 0 && c->outbox_retry == 300 * SIM_SECOND);
    cr_assert_str_eq(c->to[0].local_part, "joe");
    cr_assert(c->to[0].weight == 1 && c->to[0].mailboxes == 1 && c->senders == 1);
    cr_assert_str_eq(w->mtas[0].name, "sender");
    cr_assert_str_eq(w->mtas[0].profile, "postfix");
    cr_assert(w->mtas[0].mx_host == SPEC_NONE && w->mtas[0].resolver == 0);
    cr_assert_eq(w->mtas[0].params.maximal_queue_lifetime, 5 * SIM_DAY);
    cr_assert_str_eq(w->resolvers[0].name, "sender's resolver");
    cr_assert_str_eq(w->resolvers[0].profile, "unbound");
    cr_assert_str_eq(w->ns[0].host.name, "ns1");
    cr_assert(w->ns[0].host.delay.kind == LAW_CONSTANT && w->ns[0].host.delay.a == 10 * SIM_MS);
    const struct zone_spec *z = w->zones;
    cr_assert(z->ttl == SIM_HOUR && z->negative_ttl == SIM_HOUR && z->refresh == SIM_DAY && z->retry == 2 * SIM_HOUR);
    cr_assert(z->expire == 3600000 * SIM_SECOND && z->ns_count == 1 && z->ns[0] == 0 && z->address == SPEC_NONE);
    cr_assert(!z->null_mx && z->mx_count == 1 && z->mx[0].mx_host == 0 && z->mx[0].preference == 10);
    const struct mx_host_spec *m = w->mx_hosts;
    cr_assert(m->zone == 0 && m->addresses == 1 && m->relay == SPEC_NONE && m->takes.a == 20 * SIM_MS);
    cr_assert(m->takes.kind == LAW_CONSTANT && m->greets_after == 0 && !m->greylist.on && !mx_host_remembers(m));
    cr_assert_eq(spec_expected_messages(w), 1440);
    loaded_free(loaded);
}

Test(load, clients_fill_the_spec)
{
    struct loaded *loaded = load_good(
        HEAD "'clients': { 'a': { 'via': 'y', 'from': 'al@Example.com', 'to': ['joe@example.com', 'ann@EXAMPLE.org'],"
             "  'every': '10m', 'at': '30s', 'unknown_users': '3%', 'outbox_retry': '1m' },"
             " 'b': { 'via': 'x', 'to': { 'joe@example.org': 2.5, 'x@example.com': 1 }, 'count': 500, 'at': '8h' } },"
             "'mtas': { 'x': 'classic', 'y': { 'profile': 'postfix', 'resolver': 'r' } }, 'resolvers': { 'r': 'bind' },"
             "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': '.' }, 'example.org': { 'ns': ['ns1'], 'address': 'www' "
             "} } }");
    const struct world_spec *w = loaded_spec(loaded);
    const struct client_spec *a = &w->clients[0], *b = &w->clients[1];
    cr_assert(a->via == 1 && a->from_zone == 0 && a->to_count == 2 && a->to[0].zone == 0 && a->to[1].zone == 1);
    cr_assert(a->every == 600 * SIM_SECOND && a->at == 30 * SIM_SECOND && a->unknown_users == 0.03 && a->rate == 0);
    cr_assert_eq(a->outbox_retry, 60 * SIM_SECOND);
    cr_assert(b->via == 0 && b->to_count == 2 && b->to[0].weight == 2.5 && b->to[0].zone == 1 && b->count == 500);
    cr_assert(w->mtas[1].resolver == 0 && w->mtas[0].resolver == 1 && w->resolver_count == 2);
    cr_assert_str_eq(w->resolvers[1].name, "x's resolver");
    cr_assert_str_eq(w->mtas[0].profile, "classic");
    cr_assert_eq(w->mtas[0].params.on_dns_failure, DNS_FAILURE_BOUNCE);
    cr_assert(w->zones[0].null_mx && w->zones[0].mx_count == 0 && !w->zones[1].null_mx);
    cr_assert_str_eq(w->mx_hosts[w->zones[1].address].host.name, "www");
    loaded_free(loaded);
}

Test(load, parameters_are_set_by_their_own_names)
{
    struct loaded *loaded = load_good(WITH(
        "'mtas': { 'm': { 'profile': 'rfc5321', 'retry_gaps': ['5m', '2h'], 'smtp_mx_address_limit': 0,"
        " 'on_dns_failure': 'bounce', 'delay_warning_time': '4h', 'delay_warning_repeat': true, "
        "'smtp_pipelining': true, 'smtp_helo_timeout': '23s', 'queue_run_phase': '85s',"
        " 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'max-ncache-ttl': '5m', 'clients-per-query': 7,"
        " 'stale-answer-enable': true } }"));
    const struct mta_params *m = &loaded_spec(loaded)->mtas[0].params;
    const struct resolver_params *r = &loaded_spec(loaded)->resolvers[0].params;
    cr_assert(m->retry == RETRY_LIST && m->retry_gaps.count == 2 && m->retry_gaps.items[1] == 2 * SIM_HOUR);
    cr_assert(m->mx_address_limit == 0 && m->on_dns_failure == DNS_FAILURE_BOUNCE && m->smtp_pipelining);
    cr_assert(m->delay_warnings.count == 1 && m->delay_warnings.items[0] == 4 * SIM_HOUR && m->delay_warning_repeat);
    cr_assert(m->timeout[STEP_GREETING] == 23 * SIM_SECOND && m->timeout[STEP_EHLO] == 23 * SIM_SECOND, "two fields");
    cr_assert(m->timeout[STEP_MAIL] == 300 * SIM_SECOND && m->queue_run_phase == 85 * SIM_SECOND);
    cr_assert_eq(m->maximal_queue_lifetime, mta_profile_find("rfc5321")->params.maximal_queue_lifetime);
    cr_assert(r->cache_max_negative_ttl == 300 * SIM_SECOND && r->clients_per_query == 7 && r->serve_stale);
    cr_assert_eq(r->selection, SELECT_BIND);
    cr_assert_eq(r->query_timeout, resolver_profile_find("bind")->params.query_timeout);
    loaded_free(loaded);
}

Test(load, each_mta_has_its_own_names)
{
    struct loaded *loaded = load_good(
        HEAD "'clients': { 'c': { 'via': 'e', 'to': 'joe@example.com', 'count': 1 },"
             " 'd': { 'via': 'o', 'to': 'joe@example.com', 'count': 1 },"
             " 'f': { 'via': 'p', 'to': 'joe@example.com', 'count': 1 } }," ZONE
             ", 'mtas': { 'e': { 'profile': 'exim', 'retry': 'F,1h,20m; G,1d,40m,2.5', 'queue_run_phase': 'random',"
             " 'delay_warning': ['2h', '6h'] }, 'o': { 'profile': 'opensmtpd', 'queue ttl': '2d',"
             " 'bounce warn-interval': '1h' }, 'p': { 'default_destination_concurrency_positive_feedback': 0.25 } } }");
    const struct world_spec *w = loaded_spec(loaded);
    const struct mta_params *e = &w->mtas[0].params, *o = &w->mtas[1].params, *p = &w->mtas[2].params;
    cr_assert(e->retry_rules.count == 2 && e->retry_rules.items[1].kind == RULE_GEOMETRIC);
    cr_assert(e->retry_rules.items[1].cutoff == SIM_DAY && e->retry_rules.items[1].factor == 2.5);
    cr_assert(e->delay_warnings.count == 2 && e->delay_warnings.items[1] == 6 * SIM_HOUR);
    cr_assert_eq(e->queue_run_phase, PHASE_RANDOM);
    cr_assert(o->maximal_queue_lifetime == 2 * SIM_DAY && o->bounce_queue_lifetime == 2 * SIM_DAY);
    cr_assert(o->delay_warnings.count == 1 && o->delay_warnings.items[0] == SIM_HOUR, "one may stand without brackets");
    cr_assert_eq(p->positive_feedback, 0.25);
    loaded_free(loaded);
}

Test(load, outcomes_change_what_an_end_means)
{
    struct loaded *loaded = load_good(
        WITH("'mtas': { 'm': { 'outcomes': { 'dns_nxdomain': 'defer', 'tempfail': 'bounce', 'rejected': 'next_host',"
             " 'blocked': 'next_host_or_bounce' } } }"));
    const struct mta_params *m = &loaded_spec(loaded)->mtas[0].params, *p = &mta_profile_find("postfix")->params;
    const cause_set changed = CAUSE_BIT(CAUSE_DNS_NXDOMAIN) | CAUSE_BIT(CAUSE_TEMPFAIL) | CAUSE_BIT(CAUSE_REJECTED) |
                              CAUSE_BIT(CAUSE_BLOCKED);
    cr_assert_eq(m->permanent & changed, CAUSE_BIT(CAUSE_TEMPFAIL) | CAUSE_BIT(CAUSE_BLOCKED));
    cr_assert_eq(m->next_host & changed, CAUSE_BIT(CAUSE_REJECTED) | CAUSE_BIT(CAUSE_BLOCKED));
    cr_assert_eq(m->permanent & ~changed, p->permanent & ~changed, "the others are the profile's");
    cr_assert_eq(m->next_host & ~changed, p->next_host & ~changed);
    loaded_free(loaded);
}

Test(load, a_profile_by_its_name_alone_is_that_profile)
{
    for (size_t i = 0; i < mta_profile_count; i++) {
        char text[256];
        snprintf(text, sizeof text, HEAD STAFF ZONE ", 'mtas': { 'm': '%s' } }", mta_profiles[i]->profile.name);
        struct loaded *loaded = load_good(text);
        const struct mta_spec *mta = &loaded_spec(loaded)->mtas[0];
        cr_assert_str_eq(mta->profile, mta_profiles[i]->profile.name);
        cr_assert_eq(memcmp(&mta->params, &mta_profiles[i]->params, sizeof mta->params), 0);
        loaded_free(loaded);
    }
}

Test(load, relays_become_mtas_and_records_are_sorted)
{
    struct loaded *loaded = load_good(
        HEAD STAFF "'network': { 'delay': '3ms', 'loss': '1%' },"
                   "'zones': { 'example.com': { 'ns': ['ns2', 'ns1'], 'mx': { 'c': 30, 'b': 20, 'a': 10, 'd': 20 } } },"
                   "'name_servers': { 'ns1': { 'delay': { 'exponential': '7ms' }, 'loss': 0 } },"
                   "'mx_hosts': { 'd': { 'relay': 'postfix', 'addresses': 0, 'takes': { 'exponential': '1s' } },"
                   "  'b': { 'relay': { 'profile': 'classic', 'delay_warning_time': '9h' } } } }");
    const struct world_spec *w = loaded_spec(loaded);
    const struct zone_spec *z = w->zones;
    static const char *const order[] = {"a", "b", "d", "c"};
    for (uint32_t i = 0; i < 4; i++) cr_assert_str_eq(w->mx_hosts[z->mx[i].mx_host].host.name, order[i]);
    cr_assert_str_eq(w->ns[z->ns[0]].host.name, "ns2");
    cr_assert(w->ns[z->ns[0]].host.loss == 0.01 && w->ns[z->ns[0]].host.delay.a == 3 * SIM_MS);
    cr_assert(w->ns[z->ns[1]].host.loss == 0 && w->ns[z->ns[1]].host.delay.kind == LAW_EXPONENTIAL);
    cr_assert(w->mta_count == 3 && w->resolver_count == 3);
    for (uint32_t i = 1; i < 3; i++) {
        const struct mta_spec *m = &w->mtas[i];
        cr_assert_eq(w->mx_hosts[m->mx_host].relay, i);
        cr_assert_str_eq(w->mx_hosts[m->mx_host].host.name, m->name);
    }
    cr_assert_eq(w->mtas[w->mx_hosts[z->mx[1].mx_host].relay].params.delay_warnings.items[0], 9 * SIM_HOUR);
    cr_assert(w->mx_hosts[z->mx[2].mx_host].addresses == 0 && w->mx_hosts[z->mx[2].mx_host].takes.a == SIM_SECOND);
    cr_assert_eq(w->mx_hosts[z->mx[2].mx_host].takes.kind, LAW_EXPONENTIAL);
    loaded_free(loaded);
}

Test(load, name_servers_have_software)
{
    struct loaded *loaded =
        load_good(HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1', 'ns2', 'ns3'], 'mx': { 'mx1': 10 } },"
                             "  'example.org': { 'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'notify': false } },"
                             "'name_servers': { 'ns2': { 'software': 'knot', 'delay': '7ms' },"
                             "  'ns3': { 'software': { 'profile': 'bind', 'min-refresh-time': '1s',"
                             "  'refresh_phase': '5s' } } } }");
    const struct world_spec *w = loaded_spec(loaded);
    for (uint32_t i = 0; i < w->ns_count; i++) {
        const struct ns_spec *ns = &w->ns[i];
        static const char *const software[] = {"nsd", "knot", "bind"};
        int n = ns->host.name[2] - '1';
        cr_assert_str_eq(ns->software, software[n]);
        if (n < 2)
            cr_assert_eq(memcmp(&ns->params, &secondary_profile_find(software[n])->params, sizeof ns->params), 0);
        if (n < 2) continue;
        cr_assert(ns->params.refresh_min == SIM_SECOND && ns->params.retry_min == 500 * SIM_SECOND);
        cr_assert_eq(ns->params.refresh_phase, 5 * SIM_SECOND);
    }
    cr_assert(w->zones[0].notify && !w->zones[1].notify);
    loaded_free(loaded);
}

Test(load, mistakes_in_the_software_of_name_servers)
{
    static const struct mistake rows[] = {
        {WITH("'name_servers': { 'ns1': { 'software': 'bnid' } }"),
         "f:4:40: /name_servers/ns1/software: no profile is called 'bnid', did you mean 'bind'?"},
        {WITH("'name_servers': { 'ns1': { 'software': { 'tcp-timeout': '0s' } } }"),
         "f:4:57: /name_servers/ns1/software/tcp-timeout: '0s' is too short, expected at least 1s"},
        {WITH("'name_servers': { 'ns1': { 'software': { 'min-refresh-tim': '1s' } } }"),
         "f:4:42: /name_servers/ns1/software/min-refresh-tim: unknown key 'min-refresh-tim', did you mean "
         "'min-refresh-time'?"},
    };
    REFUSED(rows);
}

Test(load, a_host_belongs_to_the_zone_that_its_name_lies_in)
{
    struct loaded *loaded = load_good(
        HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10, 'a.sub.example.net': 20 } },"
                   " 'example.net': { 'ns': ['ns1'], 'mx': { 'mx1': 5 } },"
                   " 'sub.example.net': { 'ns': ['ns1'], 'address': 'sub.example.net' } } }");
    const struct world_spec *w = loaded_spec(loaded);
    cr_assert_eq(w->mx_hosts[0].zone, 0, "mx1: the first that names it");
    cr_assert_eq(w->mx_hosts[1].zone, 2, "the longest suffix");
    cr_assert_eq(w->mx_hosts[2].zone, 2, "the zone itself");
    loaded_free(loaded);
}

Test(load, faults_fill_the_spec)
{
    struct loaded *loaded = load_good(WITH(
        "'mtas': { 'm': 'postfix' }, 'faults': [ { 'on': ['ns1', 'mx1', 'm', 'm\\u0027s resolver'], 'is': 'silent' },\n"
        "{ 'on': 'mx1', 'is': 'slow', 'delay': '2s', 'from': { 'uniform': ['1h', '2h'] }, 'for': { 'exponential': '3h' "
        "} },\n"
        "{ 'on': 'ns1', 'is': 'lossy', 'loss': '30%', 'up': { 'gamma': { 'shape': 2, 'mean': '1h' } }, 'down': '1m' "
        "},\n"
        "{ 'on': 'mx1', 'is': 'busy', 'for': { 'lognormal': { 'median': '80ms', 'p99': '2s' } } },\n"
        "{ 'on': 'mx1', 'is': 'busy', 'for': { 'weibull': { 'shape': 0.5, 'mean': '2h' } } },\n"
        "{ 'on': 'mx1', 'is': 'busy', 'for': { 'pareto': { 'shape': 3, 'mean': '3h' } } },\n"
        "{ 'on': 'mx1', 'is': 'busy', 'for': { 'empirical': ['1h', '2h', '5h'] } } ]"));
    const struct fault_spec *f = loaded_spec(loaded)->faults;
    cr_assert(loaded_spec(loaded)->fault_count == 7 && f[0].on_count == 4 && f[0].is == FAULT_SILENT);
    cr_assert(f[0].on[0].kind == TARGET_NS && f[0].on[1].kind == TARGET_MX_HOST && f[0].on[2].kind == TARGET_MTA);
    cr_assert(f[0].on[3].kind == TARGET_RESOLVER && !f[0].alternating && f[0].from.a == 0);
    cr_assert(f[0].length.kind == LAW_CONSTANT && f[0].length.a == SIM_LONGEST, "for good");
    cr_assert(f[1].delay == 2 * SIM_SECOND && f[1].from.kind == LAW_UNIFORM && f[1].from.b == 2 * SIM_HOUR);
    cr_assert(f[1].length.kind == LAW_EXPONENTIAL && f[1].length.a == 3 * SIM_HOUR);
    cr_assert(f[2].alternating && f[2].loss == 0.3 && f[2].up.kind == LAW_GAMMA && f[2].up.a == 30 * SIM_MINUTE);
    cr_assert_eq(f[2].length.a, SIM_MINUTE);
    cr_assert_float_eq(f[3].length.shape, 1.38367, 1e-5); /* ln(25) / 2.32635 */
    cr_assert_eq(f[4].length.a, SIM_HOUR, "mean = scale * gamma(1 + 1/0.5) = 2 scale");
    cr_assert_eq(f[5].length.a, 2 * SIM_HOUR, "mean = least * 3 / 2");
    cr_assert(f[6].length.count == 3 && f[6].length.values[2] == 5 * SIM_HOUR);
    loaded_free(loaded);
}

Test(load, people_and_mailboxes_fill_the_spec)
{
    struct loaded *loaded =
        load_good(HEAD "'clients': { 'c': { 'to': { 'list@example.com': { 'mailboxes': 1000, 'weight': 2 },"
                       " 'joe@example.com': 0.5, 'ann@example.com': {} }, 'count': 1, 'senders': 23 } }," ZONE "}");
    const struct client_spec *c = loaded_spec(loaded)->clients;
    cr_assert(c->senders == 23 && c->to_count == 3);
    cr_assert(c->to[0].mailboxes == 1000 && c->to[0].weight == 2);
    cr_assert(c->to[1].mailboxes == 1 && c->to[1].weight == 0.5);
    cr_assert(c->to[2].mailboxes == 1 && c->to[2].weight == 1);
    loaded_free(loaded);
}

/* Defaults: postgrey 1.37, its manual page; OpenBSD libexec/spamd/grey.h. */
Test(load, what_a_receiver_remembers_fills_the_spec)
{
    struct loaded *loaded = load_good(
        HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'a': 10, 'b': 20, 'c': 30 } } },"
                   "'mx_hosts': { 'a': { 'greylist': 'postgrey', 'greets_after': '10s' },"
                   " 'b': { 'greylist': { 'like': 'spamd', 'window': '5h' } },"
                   " 'c': { 'greylist': { 'delay': '1m', 'clients_after': 0 }, 'limits': { 'sessions': 50,"
                   " 'sessions_per_client': 5, 'messages': '1000/h', 'messages_per_client': '60/m', 'holds': 5000,"
                   " 'empties': '10/h' } } } }");
    const struct mx_host_spec *h = loaded_spec(loaded)->mx_hosts;
    const struct greylist_spec *a = &h[0].greylist, *b = &h[1].greylist, *c = &h[2].greylist;
    cr_assert(a->on && a->delay == 300 * SIM_SECOND && a->window == 2 * SIM_DAY && a->remember == 35 * SIM_DAY);
    cr_assert(!a->whole_client && a->clients_after == 5 && h[0].greets_after == 10 * SIM_SECOND);
    cr_assert(b->on && b->delay == 25 * SIM_MINUTE && b->window == 5 * SIM_HOUR && b->remember == 36 * SIM_DAY);
    cr_assert(b->whole_client);
    cr_assert(c->on && c->delay == SIM_MINUTE && c->window == 2 * SIM_DAY && c->clients_after == 0 && !c->whole_client);
    const struct limit_spec *l = &h[2].limits;
    cr_assert(l->sessions == 50 && l->sessions_per_client == 5 && l->holds == 5000);
    cr_assert(l->messages.count == 1000 && l->messages.per == SIM_HOUR);
    cr_assert(l->messages_per_client.count == 60 && l->messages_per_client.per == SIM_MINUTE);
    cr_assert_float_eq(l->empties, 10 / 3600.0, 1e-15);
    for (int i = 0; i < 3; i++) cr_assert(mx_host_remembers(&h[i]));
    loaded_free(loaded);
}

Test(load, a_group_is_all_that_it_names)
{
    struct loaded *loaded =
        load_good(WITH("'groups': { 'rack': ['ns1', 'mx1'] }, 'faults': [ { 'on': 'rack', 'is': 'silent' },"
                       " { 'on': ['sender', 'rack'], 'is': 'refusing' } ]"));
    const struct fault_spec *f = loaded_spec(loaded)->faults;
    cr_assert(f[0].on_count == 2 && f[0].on[0].kind == TARGET_NS && f[0].on[1].kind == TARGET_MX_HOST);
    cr_assert(f[1].on_count == 3 && f[1].on[0].kind == TARGET_MTA && f[1].on[1].kind == TARGET_NS);
    loaded_free(loaded);
}

Test(load, links_fill_the_spec)
{
    struct loaded *loaded = load_good(
        HEAD "'clients': { 'c': { 'via': 'a', 'to': 'joe@example.com', 'count': 1 },"
             " 'd': { 'via': 'b', 'to': 'joe@example.com', 'count': 1 } }, 'mtas': { 'a': 'postfix', 'b': 'exim' },"
             "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10, 'mx2': 20 } } },"
             "'mx_hosts': { 'mx2': { 'relay': 'postfix' } },"
             "'faults': [ { 'on': 'mx1', 'is': 'silent', 'seen_from': ['b', 'mx2'] },"
             " { 'on': 'ns1', 'is': 'silent', 'seen_from': 'a\\u0027s resolver' } ] }");
    const struct world_spec *w = loaded_spec(loaded);
    const struct fault_spec *f = w->faults;
    cr_assert(f[0].seen_from_count == 2 && f[0].seen_from[0] == 1 && f[0].seen_from[1] == 2, "mx2's relay");
    cr_assert(f[1].seen_from_count == 1 && f[1].seen_from[0] == w->mtas[0].resolver);
    loaded_free(loaded);
}

/* RFC 5321 section 4.2.2 and RFC 3463 section 3. */
Test(load, a_reply_means_what_its_codes_say)
{
    static const struct {
        const char *fault;
        enum cause cause;
        enum smtp_step at;
        const char *status;
    } rows[] = {
        {"'is': 'tempfailing'", CAUSE_TEMPFAIL, STEP_RCPT, NULL},
        {"'is': 'tempfailing', 'reply': '451 4.7.1'", CAUSE_TEMPFAIL, STEP_RCPT, "4.7.1"},
        {"'is': 'tempfailing', 'reply': '421'", CAUSE_TEMPFAIL, STEP_RCPT, NULL},
        {"'is': 'tempfailing', 'reply': '421 4.7.0', 'at': 'greeting'", CAUSE_HOST_BUSY, STEP_GREETING, "4.7.0"},
        {"'is': 'tempfailing', 'at': 'greeting'", CAUSE_HOST_BUSY, STEP_GREETING, "4.3.0"},
        {"'is': 'busy', 'at': 'mail'", CAUSE_TEMPFAIL, STEP_MAIL, "4.3.2"},
        {"'is': 'rejecting', 'at': 'greeting'", CAUSE_BLOCKED, STEP_GREETING, "5.7.1"},
        {"'is': 'tempfailing', 'reply': '452'", CAUSE_STORAGE_FULL, STEP_RCPT, NULL},
        {"'is': 'tempfailing', 'reply': '452 4.3.1', 'at': 'mail'", CAUSE_STORAGE_FULL, STEP_MAIL, "4.3.1"},
        {"'is': 'tempfailing', 'reply': '452 4.2.2'", CAUSE_TEMPFAIL, STEP_RCPT, "4.2.2"},
        {"'is': 'disk_full'", CAUSE_STORAGE_FULL, STEP_RCPT, NULL},
        {"'is': 'busy'", CAUSE_HOST_BUSY, STEP_GREETING, NULL},
        {"'is': 'blocking'", CAUSE_BLOCKED, STEP_GREETING, NULL},
        {"'is': 'blocking', 'at': 'rcpt', 'reply': '550 5.7.606'", CAUSE_REJECTED, STEP_RCPT, "5.7.606"},
        {"'is': 'rejecting', 'at': 'greeting', 'reply': '554'", CAUSE_BLOCKED, STEP_GREETING, NULL},
        {"'is': 'rejecting', 'at': 'data'", CAUSE_REJECTED, STEP_DATA_INIT, "5.7.1"},
        {"'is': 'rejecting', 'at': 'end_of_data', 'reply': '552 5.2.2'", CAUSE_MAILBOX_FULL, STEP_DATA_DONE, "5.2.2"},
        {"'is': 'rejecting', 'reply': '550 5.1.1'", CAUSE_USER_UNKNOWN, STEP_RCPT, "5.1.1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024];
        snprintf(text, sizeof text, HEAD STAFF ZONE ", 'faults': [ { 'on': 'mx1', %s } ] }", rows[i].fault);
        struct loaded *loaded = load_good(text);
        const struct fault_spec *f = loaded_spec(loaded)->faults;
        cr_assert(f->cause == rows[i].cause && f->at == rows[i].at && f->share == 1, "%s", rows[i].fault);
        cr_assert_eq(f->status == NULL, rows[i].status == NULL, "%s", rows[i].fault);
        const char *reply = strstr(rows[i].fault, "'reply': '");
        if (reply) cr_assert_eq(f->code, atoi(reply + strlen("'reply': '")), "%s", rows[i].fault);
        if (f->status) cr_assert_eq(f->code / 100, f->status[0] - '0', "%s", rows[i].fault);
        if (f->status) cr_assert_str_eq(f->status, rows[i].status);
        loaded_free(loaded);
    }
}

Test(load, expectations_are_typed_by_their_metric)
{
    struct loaded *loaded = load_good(WITH("'expect': { 'bounce_rate': { 'at_most': '3%' }, 'latency.p99': { 'between':"
                                           " ['1s', '15m'] }, 'attempts': { 'at_least': 1.5 } }"));
    const struct expect_spec *e = loaded_spec(loaded)->expects;
    cr_assert(loaded_spec(loaded)->expect_count == 3 && !e[0].has_at_least && e[0].has_at_most && e[0].at_most == 0.03);
    cr_assert_str_eq(e[1].metric, "latency.p99");
    cr_assert(e[1].has_at_least && e[1].has_at_most && e[1].at_least == 1 && e[1].at_most == 900);
    cr_assert(e[2].has_at_least && !e[2].has_at_most && e[2].at_least == 1.5);
    loaded_free(loaded);
}

Test(load, says_what_is_wrong_at_the_top)
{
    static const struct mistake rows[] = {
        {"[]", "f:1:1: an empty array, expected a scenario: { ... }"},
        {HEAD STAFF ZONE ",\n", "f:4:1: the text ends, expected a key in 'quotes'"},
        {"{ 'format': 'mxsim-scenario-2', 'name': 7,\n" STAFF ZONE "}",
         "f:1:13: /format: an unknown format 'mxsim-scenario-2', expected 'mxsim-scenario-1'\n"
         "f:1:41: /name: a number, expected a string"},
        {"{" STAFF ZONE "}", "f:1:1: the key 'format' is missing, expected 'format': 'mxsim-scenario-1'\n"
                             "f:1:1: the key 'name' is missing, expected 'name': 'what happens'"},
        {WITH("'Mtas': {}"), "f:4:1: /Mtas: unknown key 'Mtas': keys are lower case, did you mean 'mtas'?"},
        {WITH("'fault': []"), "f:4:1: /fault: unknown key 'fault', did you mean 'faults'?"},
        {WITH("'clients': {}"), "f:4:1: /clients: the key 'clients' is there twice, expected it once"},
        {WITH("'time': { 'mail': 86400, 'limit': '5' }"),
         "f:4:19: /time/mail: a number, expected a duration such as '5m'\n"
         "f:4:35: /time/limit: '5' has no unit, expected units ns us ms s m h d w, as in '1h30m'"},
        {WITH("'time': { 'mail': '-1d' }"), "f:4:19: /time/mail: '-1d' is negative, expected a duration such as '5m'"},
        {WITH("'time': { 'limit': '101000w' }"),
         "f:4:20: /time/limit: '101000w' is longer than 100 years, expected a shorter duration"},
        {WITH("'time': { 'mail': '0s' }"), "f:4:19: /time/mail: '0s' is too short, expected more than 0s"},
        {WITH("'time': { 'mail': '2d', 'limit': '1d' }"),
         "f:4:34: /time/limit: the run ends before the last mail, expected at least 2d"},
        {WITH("'network': { 'loss': 1.5, 'delay': 10 }"),
         "f:4:22: /network/loss: 1.5, expected a share such as 0.03 or '3%'\n"
         "f:4:36: /network/delay: a number, expected a duration such as '5m', or a law such as {'exponential': '5m'}"},
        {WITH("'mtas': []"), "f:4:9: /mtas: an empty array, expected an object of names: {'name': ...}"},
    };
    REFUSED(rows);
}

#define CLIENT(more) HEAD "'clients': { 'c': { " more " } },\n" ZONE "}"

Test(load, says_what_is_wrong_with_a_client)
{
    static const struct mistake rows[] = {
        {CLIENT("'rate': '60/h'"), "f:2:19: /clients/c: the key 'to' is missing, expected 'to': 'joe@example.com'"},
        {CLIENT("'to': 'joe@exmaple.com', 'count': 3"),
         "f:2:27: /clients/c/to: no zone is called 'exmaple.com', did you mean 'example.com'?"},
        {CLIENT("'to': ['joe', 5], 'count': 3"),
         "f:2:28: /clients/c/to/0: 'joe' has no @, expected an address such as 'joe@example.com'\n"
         "f:2:35: /clients/c/to/1: a number, expected an address such as 'joe@example.com'"},
        {CLIENT("'to': { 'joe@example.com': 0 }, 'count': 3"),
         "f:2:48: /clients/c/to/joe@example.com: 0 is out of range, expected a number from 1e-09 to 1000000000"},
        {CLIENT("'to': 'joe@example.com'"),
         "f:2:19: /clients/c: nothing says how much is sent, expected one of 'rate', 'every', 'count'"},
        {CLIENT("'to': 'joe@example.com', 'rate': '1/h', 'count': 2"),
         "f:2:19: /clients/c: more than one way of sending, expected one of 'rate', 'every', 'count'"},
        {CLIENT("'to': 'joe@example.com', 'rate': '0/h'"),
         "f:2:54: /clients/c/rate: '0/h' is zero, expected a rate above zero such as '60/h'"},
        {CLIENT("'to': 'joe@example.com', 'rate': '-60/h'"),
         "f:2:54: /clients/c/rate: '-60/h' is negative, expected a rate above zero such as '60/h'"},
        {CLIENT("'to': 'joe@example.com', 'rate': 60"),
         "f:2:54: /clients/c/rate: a number, expected a rate such as '60/h'"},
        {CLIENT("'to': 'joe@example.com', 'rate': '60/min'"),
         "f:2:54: /clients/c/rate: '60/min' has an unknown unit, expected one of /s /m /h /d /w, as in '60/h'"},
        {CLIENT("'to': 'joe@example.com', 'rate': '1/h', 'at': '1h'"),
         "f:2:61: /clients/c/at: 'at' beside 'rate', expected it beside 'every' or 'count'"},
        {CLIENT("'to': 'joe@example.com', 'count': 3, 'at': '1d'"),
         "f:2:64: /clients/c/at: not before the end of sending, expected less than time.mail, 1d"},
        {CLIENT("'to': 'joe@example.com', 'count': 2.5"),
         "f:2:55: /clients/c/count: 2.5, expected a whole number from 1 to 10000000"},
        {CLIENT("'to': 'joe@example.com', 'count': 1, 'via': 'sendr'"),
         "f:2:65: /clients/c/via: no sending MTA is called 'sendr', did you mean 'sender'?"},
        {CLIENT("'to': 'joe@example.com', 'count': 1, 'via': 'mx1'"),
         "f:2:65: /clients/c/via: 'mx1' is an MX host, expected one of 'mtas'"},
        {CLIENT("'to': 'joe@example.com', 'rate': '1000/s'"),
         "f:2:12: /clients: about 86400000 messages a run, expected at most 10000000: lower the rate or time.mail"},
        {CLIENT("'to': 'joe@example.com', 'count': 1, 'from': 'a b@example.com'"),
         "f:2:66: /clients/c/from: 'a b@example.com' has a character that no address has, expected an address such as "
         "'joe@example.com'"},
        {HEAD STAFF ZONE ", 'mtas': { 'a': 'postfix', 'b': 'postfix' } }",
         "f:2:23: /clients/staff: the key 'via' is missing and there is more than one MTA, expected 'via': 'a'"},
        {HEAD "'clients': {},\n" ZONE "}", "f:2:12: /clients: nothing in it, expected at least one"},
    };
    REFUSED(rows);
}

Test(load, says_what_is_wrong_with_an_mta_or_a_resolver)
{
    static const struct mistake rows[] = {
        {WITH("'mtas': { 'm': 'postfx' }"), "f:4:16: /mtas/m: no profile is called 'postfx', did you mean 'postfix'?"},
        {WITH("'mtas': { 'm': { 'profile': null } }"),
         "f:4:29: /mtas/m/profile: null, expected the name of a profile, or an object"},
        {WITH("'mtas': { 'm': { 'maximal_backof_time': '1h' } }"),
         "f:4:18: /mtas/m/maximal_backof_time: unknown key 'maximal_backof_time', did you mean "
         "'maximal_backoff_time'?"},
        {WITH("'mtas': { 'm': { 'resolver': 'office' } }"),
         "f:4:30: /mtas/m/resolver: no resolver is called 'office', expected one in 'resolvers'"},
        {WITH("'mtas': { 'm': { 'minimal_backoff_time': '2h', 'maximal_backoff_time': '1h' } }"),
         "f:4:42: /mtas/m/minimal_backoff_time: minimal_backoff_time is above maximal_backoff_time, expected it below"},
        {WITH("'mtas': { 'm': { 'on_dns_failure': 'Bounce' } }"),
         "f:4:36: /mtas/m/on_dns_failure: 'Bounce' is no on_dns_failure, did you mean 'bounce'?"},
        {WITH("'mtas': { 'm': { 'smtp_pipelining': 1 } }"),
         "f:4:37: /mtas/m/smtp_pipelining: a number, expected true or false"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'minimal_backoff_time': '5m' } }"),
         "f:4:37: /mtas/m/minimal_backoff_time: exim has no 'minimal_backoff_time', which is postfix's; it has retry "
         "rules, expected one of 'retry', 'retry_interval_max', 'delay_after_cutoff'"},
        {WITH("'mtas': { 'm': { 'profile': 'qmail', 'delay_warning_time': '4h' } }"),
         "f:4:38: /mtas/m/delay_warning_time: qmail has no 'delay_warning_time', which is postfix's, expected nothing "
         "like it"},
        {WITH("'mtas': { 'm': { 'profile': 'opensmtpd', 'smtp_connect_timeout': '4h' } }"),
         "f:4:42: /mtas/m/smtp_connect_timeout: opensmtpd has no 'smtp_connect_timeout', which is postfix's, expected "
         "one of 'tcp_syn_retries', 'tcp_syn_linear_timeouts'"},
        {WITH("'mtas': { 'm': { 'profile': 'sendmail', 'queuelifetime': '4h' } }"),
         "f:4:41: /mtas/m/queuelifetime: sendmail has no 'queuelifetime', which is qmail's, expected "
         "'Timeout.queuereturn'"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'F,2h,15m; Q,16h,1h,1.5' } }"),
         "f:4:57: /mtas/m/retry: 'Q,16h,1h,1.5' is no rule, expected F, G or H"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'F,2h' } }"),
         "f:4:51: /mtas/m/retry: the end stands where a comma and a time are expected"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'F,2h,0s' } }"),
         "f:4:52: /mtas/m/retry: '0s' would try again at once and never end, expected a time above 0s"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'F,2h,15m; F,1h,15m' } }"),
         "f:4:57: /mtas/m/retry: 'F,1h,15m' is never reached: its cut-off is not after that of the rule before, "
         "expected a later one"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'G,2h,15m,0.9' } }"),
         "f:4:56: /mtas/m/retry: '0.9' makes the waits shorter and shorter, expected a factor of at least 1"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'G,2h,15m' } }"),
         "f:4:55: /mtas/m/retry: the end stands where a comma and a factor are expected"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'F,2h,15m,' } }"),
         "f:4:55: /mtas/m/retry: ',' stands where ; or the end is expected"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'F,2x,15m' } }"),
         "f:4:50: /mtas/m/retry: 'x,15m' stands where a comma and a time are expected"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'F,30m1h,15m' } }"),
         "f:4:52: /mtas/m/retry: '1h,15m' has its units out of order, expected w, d, h, m, s from the left"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': '' } }"),
         "f:4:47: /mtas/m/retry: the end is no rule, expected F, G or H"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 5 } }"),
         "f:4:46: /mtas/m/retry: a number, expected retry rules such as 'F,2h,15m; G,16h,1h,1.5; F,4d,6h'"},
        {WITH("'mtas': { 'm': { 'profile': 'exim', 'retry': 'G,2h,15m,1001' } }"),
         "f:4:56: /mtas/m/retry: '1001' is too large a factor, expected at most 1000"},
        {WITH("'mtas': { 'm': { 'profile': 'rfc5321', 'retry_gaps': ['5m', '0s'] } }"),
         "f:4:61: /mtas/m/retry_gaps/1: '0s' is too short, expected at least 1s"},
        {WITH("'mtas': { 'm': { 'profile': 'rfc5321', 'retry_gaps': ['5m'], 'retry': 'age' } }"),
         "f:4:40: /mtas/m/retry_gaps: no effect while 'retry' is 'age', expected 'retry': 'list' beside it"},
        {WITH("'mtas': { 'm': { 'profile': 'rfc5321', 'minimal_backoff_time': '5m' } }"),
         "f:4:40: /mtas/m/minimal_backoff_time: no effect while 'retry' is 'list', expected 'retry_gaps', or 'retry': "
         "'age'"},
        {WITH("'mtas': { 'm': { 'profile': 'rfc5321', 'retry_gaps': [] } }"),
         "f:4:54: /mtas/m/retry_gaps: an empty array, expected a duration, or 1 to 32 of them such as ['5m', '30m', "
         "'2h']"},
        {WITH("'mtas': { 'm': { 'profile': 'rfc5321', 'retry_gaps': 5 } }"),
         "f:4:54: /mtas/m/retry_gaps: a number, expected a duration, or 1 to 32 of them such as ['5m', '30m', '2h']"},
        {WITH("'mtas': { 'm': { 'initial_destination_concurrency': 30 } }"),
         "f:4:53: /mtas/m/initial_destination_concurrency: initial_destination_concurrency is above "
         "default_destination_concurrency_limit, expected it below"},
        {WITH("'mtas': { 'm': { 'default_destination_concurrency_negative_feedback': -0.5 } }"),
         "f:4:71: /mtas/m/default_destination_concurrency_negative_feedback: -0.5 is out of range, expected a number "
         "from 0 to 1"},
        {WITH("'mtas': { 'm': { 'default_destination_concurrency_negative_feedback': 'x' } }"),
         "f:4:71: /mtas/m/default_destination_concurrency_negative_feedback: a string, expected a number"},
        {WITH("'mtas': { 'm': { 'queue_run_phase': 'Random' } }"),
         "f:4:37: /mtas/m/queue_run_phase: 'Random' is not a duration, expected a duration such as '5m'"},
        {WITH("'mtas': { 'm': { 'queue_run_phase': 5 } }"),
         "f:4:37: /mtas/m/queue_run_phase: a number, expected a duration such as '5m', or 'random'"},
        {WITH("'mtas': { 'm': { 'profile': 'opensmtpd', 'queue ttl': '2m' } }"),
         "f:4:55: /mtas/m/queue ttl: the first retry would come after the mail is given up, at 2m, expected a longer "
         "life or shorter waits"},
        {WITH("'mtas': { 'm': { 'profile': 'kumomta', 'max_age': '2m' } }"),
         "f:4:51: /mtas/m/max_age: the first retry would come after the mail is given up, at 2m, expected a longer "
         "life or shorter waits"},
        {WITH("'mtas': { 'm': { 'profile': 'opensmtpd', 'bounce warn-interval': ['4h', '2h'] } }"),
         "f:4:66: /mtas/m/bounce warn-interval: not each later than the one before, expected rising times"},
        {WITH("'mtas': { 'm': { 'profile': 'opensmtpd', 'bounce warn-interval': ['4h', '4h'] } }"),
         "f:4:66: /mtas/m/bounce warn-interval: not each later than the one before, expected rising times"},
        {WITH("'mtas': { 'm': { 'profile': 'classic', 'delay_warning_time': '1s' } }"),
         "f:4:62: /mtas/m/delay_warning_time: more than 1000 warnings for one message, expected a longer time"},
        {WITH("'mtas': { 'm': { 'outcomes': [] } }"),
         "f:4:30: /mtas/m/outcomes: an empty array, expected an object such as {'dns_nxdomain': 'defer'}"},
        {WITH("'mtas': { 'm': { 'outcomes': { 'dns_nxdoman': 'defer' } } }"),
         "f:4:32: /mtas/m/outcomes/dns_nxdoman: unknown key 'dns_nxdoman', did you mean 'dns_nxdomain'?"},
        {WITH("'mtas': { 'm': { 'outcomes': { 'dns_nxdomain': 'retry' } } }"),
         "f:4:48: /mtas/m/outcomes/dns_nxdomain: 'retry' is no meaning, expected one of 'defer', 'bounce', "
         "'next_host', 'next_host_or_bounce'"},
        {WITH("'mtas': { 'm': { 'outcomes': { 'dns_timeout': 'bounce' } } }"),
         "f:4:32: /mtas/m/outcomes/dns_timeout: what 'dns_timeout' means is said by 'on_dns_failure', expected that "
         "key instead"},
        {WITH("'mtas': { 'm': { 'outcomes': { 'null_mx': 'next_host' } } }"),
         "f:4:43: /mtas/m/outcomes/null_mx: no host has been tried then, expected 'defer' or 'bounce'"},
        {WITH("'mtas': { 'm': { 'outcomes': { 'tempfail': true } } }"),
         "f:4:44: /mtas/m/outcomes/tempfail: true, expected one of 'defer', 'bounce', 'next_host', "
         "'next_host_or_bounce'"},
        {WITH("'mtas': { 'm': { 'profile': 'sendmail', 'Timeout.queueretrn': '1d' } }"),
         "f:4:41: /mtas/m/Timeout.queueretrn: unknown key 'Timeout.queueretrn', did you mean 'Timeout.queuereturn'?"},
        {WITH("'resolvers': { 'r': 'unbund' }"),
         "f:4:21: /resolvers/r: no profile is called 'unbund', did you mean 'unbound'?"},
        {WITH("'resolvers': { 'r': { 'max-sent-count': -1 } }"),
         "f:4:41: /resolvers/r/max-sent-count: -1, expected a whole number from 1 to 10000"},
        {WITH("'resolvers': { 'r': { 'Delay': '1ms' } }"),
         "f:4:23: /resolvers/r/Delay: unknown key 'Delay': keys are lower case, did you mean 'delay'?"},
    };
    REFUSED(rows);
}

Test(load, says_what_is_wrong_with_what_a_receiver_remembers)
{
    static const struct mistake rows[] = {
        {WITH("'mx_hosts': { 'mx1': { 'greylist': 'milter-greylist' } }"),
         "f:4:36: /mx_hosts/mx1/greylist: 'milter-greylist' is no greylist, expected one of 'postgrey', 'spamd'"},
        {WITH("'mx_hosts': { 'mx1': { 'greylist': { 'delay': '5m', 'window': '5m' } } }"),
         "f:4:36: /mx_hosts/mx1/greylist: the window closes before the delay is over and no retry can pass, expected "
         "'window' above 'delay'"},
        {WITH("'mx_hosts': { 'mx1': { 'greylist': { 'like': 'spamd', 'delay': '5h' } } }"),
         "f:4:36: /mx_hosts/mx1/greylist: the window closes before the delay is over and no retry can pass, expected "
         "'window' above 'delay'"},
        {WITH("'mx_hosts': { 'mx1': { 'greylist': { 'deley': '5m' } } }"),
         "f:4:38: /mx_hosts/mx1/greylist/deley: unknown key 'deley', did you mean 'delay'?"},
        {WITH("'mx_hosts': { 'mx1': { 'greylist': { 'window': '0s' } } }"),
         "f:4:48: /mx_hosts/mx1/greylist/window: '0s' is too short, expected more than 0s"},
        {WITH("'mx_hosts': { 'mx1': { 'greylist': 5 } }"),
         "f:4:36: /mx_hosts/mx1/greylist: a number, expected one of 'postgrey', 'spamd'"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': { 'empties': '10/h' } } }"),
         "f:4:36: /mx_hosts/mx1/limits/empties: 'empties' without 'holds', expected 'holds': 1000"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': { 'sessions': 5, 'sessions_per_client': 10 } } }"),
         "f:4:74: /mx_hosts/mx1/limits/sessions_per_client: one client may have more sessions than all together, "
         "expected at most 'sessions'"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': { 'messages': '0/h' } } }"),
         "f:4:48: /mx_hosts/mx1/limits/messages: '0/h' is zero, expected a whole number per s, m, h, d or w such as "
         "'60/m'"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': { 'messages': '1.5/h' } } }"),
         "f:4:48: /mx_hosts/mx1/limits/messages: '1.5/h' is not a whole number per time, expected a whole number per "
         "s, m, h, d or w such as '60/m'"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': { 'messages': '5/min' } } }"),
         "f:4:48: /mx_hosts/mx1/limits/messages: '5/min' has an unknown unit, expected a whole number per s, m, h, d "
         "or w such as '60/m'"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': { 'messages': 60 } } }"),
         "f:4:48: /mx_hosts/mx1/limits/messages: a number, expected a whole number per time such as '60/m'"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': { 'holds': 0 } } }"),
         "f:4:45: /mx_hosts/mx1/limits/holds: 0, expected a whole number from 1 to 1000000000"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': { 'holds': 5, 'empties': '0/h' } } }"),
         "f:4:59: /mx_hosts/mx1/limits/empties: '0/h' is zero, expected a rate such as '10/h'"},
        {WITH("'mx_hosts': { 'mx1': { 'limits': 5 } }"),
         "f:4:34: /mx_hosts/mx1/limits: a number, expected an object: { ... }"},
        {WITH("'mx_hosts': { 'mx1': { 'greets_after': '2d' } }"),
         "f:4:40: /mx_hosts/mx1/greets_after: '2d' is too long, expected at most 1d"},
    };
    REFUSED(rows);
}

Test(load, says_what_is_wrong_with_a_zone_or_a_host)
{
    static const struct mistake rows[] = {
        {ZONES("'mx': { 'mx1': 10 }") "}",
         "f:3:27: /zones/example.com: the key 'ns' is missing, and the domain lies in no zone of this file, "
         "expected 'ns': ['ns1']"},
        {ZONES("'ns': [], 'mx': { 'mx1': 10 }") "}", "f:3:35: /zones/example.com/ns: an empty array, expected 1 to 64 "
                                                     "names of name servers such as ['ns1', 'ns2']"},
        {ZONES("'ns': ['ns1', 'ns1'], 'mx': { 'mx1': 10 }") "}",
         "f:3:43: /zones/example.com/ns/1: named twice, expected each server once"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 65536 }") "}",
         "f:3:59: /zones/example.com/mx/mx1: 65536, expected a whole number from 0 to 65535"},
        {ZONES("'ns': ['ns1'], 'mx': {}") "}", "f:3:50: /zones/example.com/mx: an empty object, expected 1 to 64 MX "
                                               "hosts with preferences such as {'mx1': 10}, or "
                                               "'.': no mail wanted"},
        {ZONES("'ns': ['ns1'], 'mx': { 'MX1': 10 }") "}",
         "f:3:52: /zones/example.com/mx/MX1: the host name 'MX1' is not in lower case, expected one such as 'mx1'"},
        {ZONES("'ns': ['ns1'], 'mx': '.', 'ttl': '1.5s'") "}",
         "f:3:62: /zones/example.com/ttl: '1.5s' is not whole seconds, expected whole seconds: DNS has no finer ones"},
        {ZONES("'ns': ['ns1'], 'mx': '.', 'ttl': '2147483648s'") "}",
         "f:3:62: /zones/example.com/ttl: '2147483648s' is too long, expected at most 2147483647s: DNS has 31 bits "
         "for it (RFC 2181 section 8)"},
        {ZONES("'ns': ['h'], 'mx': { 'h': 10 }") "}",
         "f:3:50: /zones/example.com/mx/h: 'h' is an MX host as well as a name server, expected a name for each"},
        {ZONES("'ns': ['ns1'], 'mx': { 'a': 10, 'b': 10 }") ", 'mx_hosts': { 'b': { 'relay': 'postfix' } } }",
         "f:3:66: /zones/example.com/mx/b: the relay 'b' is among the lowest preference: its own queue would have "
         "nowhere "
         "to send it, mail loops back to itself, expected a higher number than a host that saves mail"},
        {ZONES("'ns': ['ns1'], 'mx': { 'b': 10 }") ", 'mx_hosts': { 'b': { 'relay': 'postfix' } } }",
         "f:3:50: /zones/example.com/mx: every MX host of 'example.com' is a relay and none saves mail, expected one "
         "without 'relay'"},
        {ZONES("'ns': ['ns1'], 'address': 'b'") ", 'mx_hosts': { 'b': { 'relay': 'postfix' } } }",
         "f:3:55: /zones/example.com/address: 'b' is a relay: mail that finds no MX would loop back to itself, "
         "expected a host without 'relay'"},
        {HEAD "'clients': { 'c': { 'to': 'j@example.com.', 'count': 1 } }, 'zones': {\n'example.com.': { 'ns': ['n'], "
              "'mx': '.' } } }",
         "f:2:27: /clients/c/to: 'j@example.com.' ends with a dot, expected an address such as 'joe@example.com'\n"
         "f:3:1: /zones/example.com.: the name 'example.com.' ends with a dot, expected a domain name such as "
         "'example.com'"},
        {WITH("'mx_hosts': { 'mx1': { 'relay': 'postfx', 'addresses': 101 } }"),
         "f:3:50: /zones/example.com/mx: every MX host of 'example.com' is a relay and none saves mail, expected one "
         "without 'relay'\n"
         "f:4:33: /mx_hosts/mx1/relay: no profile is called 'postfx', did you mean 'postfix'?\n"
         "f:4:56: /mx_hosts/mx1/addresses: 101, expected a whole number from 0 to 100"},
    };
    REFUSED(rows);
}

Test(load, says_what_is_wrong_with_a_fault)
{
    static const struct mistake rows[] = {
        {FAULT("'is': 'silent'"), "f:4:13: /faults/0: the key 'on' is missing, expected 'on': 'mx1'"},
        {FAULT("'on': 'mx2', 'is': 'silent'"), "f:4:21: /faults/0/on: nothing is called 'mx2', did you mean 'mx1'?"},
        {FAULT("'on': ['mx1', 'mx1'], 'is': 'silent'"),
         "f:4:21: /faults/0/on: 'mx1' is named twice, expected each name once"},
        {FAULT("'on': 'mx1', 'is': 'silnt'"),
         "f:4:34: /faults/0/is: 'silnt' is no kind of fault, did you mean 'silent'?"},
        {FAULT("'on': 'mx1', 'is': 'none'"),
         "f:4:34: /faults/0/is: 'none' is no kind of fault, expected one of 'slow', 'lossy', 'overloaded', "
         "'tempfailing', 'disk_full', 'rejecting', 'busy', 'blocking', 'no_greeting', 'unsigned', 'bogus', "
         "'misdelegated', "
         "..."},
        {FAULT("'on': 'sender', 'is': 'lame'"),
         "f:4:37: /faults/0/is: 'sender', an MTA, cannot be 'lame', expected one of 'refusing', 'silent'"},
        {FAULT("'on': 'mx1', 'is': 'slow'"),
         "f:4:13: /faults/0: the key 'delay' is missing, which 'slow' needs, expected 'delay': '2s'"},
        {FAULT("'on': 'mx1', 'is': 'silent', 'loss': 0.5"),
         "f:4:44: /faults/0/loss: 'loss' with 'is': 'silent', expected it with 'lossy' only"},
        {FAULT("'on': 'mx1', 'is': 'silent', 'for': '0s'"),
         "f:4:51: /faults/0/for: a fault of no length, expected more than 0s"},
        {FAULT("'on': 'mx1', 'is': 'silent', 'up': '1h'"),
         "f:4:13: /faults/0: the key 'down' is missing beside 'up', expected 'down': {'exponential': '1h'}"},
        {FAULT("'on': 'mx1', 'is': 'silent', 'up': '0s', 'down': '1us'"),
         "f:4:13: /faults/0: more than 1000000 ups and downs a run, expected longer 'up' and 'down'"},
        {FAULT("'on': 'mx1', 'is': 'silent', 'for': '1h', 'up': '1h', 'down': '1h'"),
         "f:4:44: /faults/0/for: 'for' beside 'up' or 'down', expected the one or the others"},
        {WITH("'faults': {}"), "f:4:11: /faults: an empty object, expected an array of at most 1000 faults"},
    };
    REFUSED(rows);
}

Test(load, says_what_is_wrong_with_a_group_a_reply_or_a_link)
{
    static const struct mistake rows[] = {
        {WITH("'groups': { 'rack': ['ns1', 'mx9'] }"),
         "f:4:29: /groups/rack/1: nothing is called 'mx9', did you mean 'mx1'?"},
        {WITH("'groups': { 'rack': [] }"),
         "f:4:21: /groups/rack: an empty array, expected names such as ['ns1', 'mx1']"},
        {WITH("'groups': { 'mx1': ['ns1'] }"),
         "f:4:13: /groups/mx1: 'mx1' is the name of a host, MTA, resolver or zone, expected another name"},
        {WITH("'groups': { 'rack': 'ns1' }"), "f:4:21: /groups/rack: a string, expected names such as ['ns1', 'mx1']"},
        {WITH("'groups': []"),
         "f:4:11: /groups: an empty array, expected an object of groups: {'rack': ['ns1', 'mx1']}"},
        {WITH("'groups': { 'rack': ['ns1', 'mx1'] }, 'faults': [ { 'on': ['rack', 'mx1'], 'is': 'silent' } ]"),
         "f:4:59: /faults/0/on: 'mx1' is named twice, expected each name once"},
        {WITH("'groups': { 'rack': ['ns1', 'mx1'] }, 'faults': [ { 'on': 'rock', 'is': 'silent' } ]"),
         "f:4:59: /faults/0/on: nothing is called 'rock', did you mean 'rack'?"},
        {WITH("'groups': { 'rack': ['ns1', 'mx1'] }, 'faults': [ { 'on': 'rack', 'is': 'lame' } ]"),
         "f:4:73: /faults/0/is: 'mx1', an MX host, cannot be 'lame', expected one of 'slow', 'lossy', 'tempfailing', "
         "'disk_full', 'rejecting', 'busy', 'blocking', 'no_greeting', 'refusing', 'unreachable', 'silent'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'tempfailing', 'reply': '550' } ]"),
         "f:4:58: /faults/0/reply: '550' does not fit 'tempfailing', expected 4yz"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'rejecting', 'reply': '450 4.2.0' } ]"),
         "f:4:56: /faults/0/reply: '450 4.2.0' does not fit 'rejecting', expected 5yz"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'rejecting', 'reply': '550 4.2.0' } ]"),
         "f:4:56: /faults/0/reply: '550 4.2.0' is no reply, expected one such as '451 4.3.2' or '550 5.1.1'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'rejecting', 'reply': 'no' } ]"),
         "f:4:56: /faults/0/reply: 'no' is no reply, expected one such as '451 4.3.2' or '550 5.1.1'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'rejecting', 'reply': 550 } ]"),
         "f:4:56: /faults/0/reply: a number, expected a reply such as '451 4.3.2'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'rejecting', 'at': 'ehlo' } ]"),
         "f:4:53: /faults/0/at: 'ehlo' is no step of a session, expected one of 'greeting', 'mail', 'rcpt', 'data', "
         "'end_of_data'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'at': 'rcpt' } ]"),
         "f:4:44: /faults/0/at: 'at' beside 'is': 'silent', expected it beside 'tempfailing' or 'rejecting'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'share': 0.5 } ]"),
         "f:4:44: /faults/0/share: 'share' beside 'is': 'silent', expected it beside 'tempfailing', 'rejecting', "
         "'nxdomain' or 'empty'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'reply': '450' } ]"),
         "f:4:44: /faults/0/reply: 'reply' beside 'is': 'silent', expected it beside 'tempfailing' or 'rejecting'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'tempfailing', 'share': '150%' } ]"),
         "f:4:58: /faults/0/share: '150%' is more than 100%, expected a share such as 0.03 or '3%'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'no_greeting', 'at': 'rcpt' } ]"),
         "f:4:49: /faults/0/at: 'at' beside 'is': 'no_greeting', expected it beside 'tempfailing' or 'rejecting'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'seen_from': 'ns1' } ]"),
         "f:4:57: /faults/0/seen_from: no MTA or relay is called 'ns1', expected one that asks what 'on' names"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'seen_from': 'sendr' } ]"),
         "f:4:57: /faults/0/seen_from: no MTA or relay is called 'sendr', expected one that asks what 'on' names"},
        {WITH("'faults': [ { 'on': ['mx1', 'ns1'], 'is': 'silent', 'seen_from': 'sender' } ]"),
         "f:4:53: /faults/0/seen_from: only links to name servers, or only links to MX hosts, can fail so, expected "
         "'on' to name one kind of them"},
        {WITH("'faults': [ { 'on': 'sender', 'is': 'silent', 'seen_from': 'sender' } ]"),
         "f:4:47: /faults/0/seen_from: only links to name servers, or only links to MX hosts, can fail so, expected "
         "'on' to name one kind of them"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'seen_from': ['sender', 'sender'] } ]"),
         "f:4:68: /faults/0/seen_from/1: named twice, expected each name once"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'seen_from': 5 } ]"),
         "f:4:57: /faults/0/seen_from: a number, expected the name of an MTA or resolver, or up to 1000 of them"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'seen_from': [] } ]"),
         "f:4:57: /faults/0/seen_from: an empty array, expected the name of an MTA or resolver, or up to 1000 of them"},
        {WITH("'faults': [ { 'on': 'sender', 'is': 'unreachable' } ]"),
         "f:4:37: /faults/0/is: 'sender', an MTA, cannot be 'unreachable', expected one of 'refusing', 'silent'"},
        {WITH("'faults': [ { 'on': ['mx1', 'mx1'], 'is': 'silent' } ]"),
         "f:4:21: /faults/0/on: 'mx1' is named twice, expected each name once"},
    };
    REFUSED(rows);
}

#define LAW(law) WITH("'network': { 'delay': " law " }")

Test(load, says_what_is_wrong_with_a_law)
{
    static const struct mistake rows[] = {
        {LAW("{ 'exponetial': '1h' }"),
         "f:4:25: /network/delay/exponetial: no law is called 'exponetial', did you mean 'exponential'?"},
        {LAW("{}"), "f:4:23: /network/delay: a law of 0 keys, expected one, such as {'exponential': '12h'}"},
        {LAW("{ 'exponential': '0s' }"),
         "f:4:40: /network/delay/exponential: '0s' is too short, expected more than 0s"},
        {LAW("{ 'uniform': ['2h', '1h'] }"),
         "f:4:36: /network/delay/uniform: the first is longer than the second, expected them the other way round"},
        {LAW("{ 'uniform': ['2h'] }"),
         "f:4:36: /network/delay/uniform: an array, expected two durations such as ['1h', '3h']"},
        {LAW("{ 'lognormal': { 'median': '1s' } }"),
         "f:4:38: /network/delay/lognormal: neither 'p99' nor 'sigma', expected one of them"},
        {LAW("{ 'lognormal': { 'median': '1s', 'p99': '1s' } }"),
         "f:4:63: /network/delay/lognormal/p99: too near to the median or too far from it, expected p99 well above it"},
        {LAW("{ 'weibull': { 'scale': '1s' } }"),
         "f:4:36: /network/delay/weibull: the key 'shape' is missing, expected 'shape': 0.7"},
        {LAW("{ 'weibull': { 'shape': 0.05, 'mean': '1ns' } }"),
         "f:4:36: /network/delay/weibull: no scale gives this mean with this shape, expected a larger shape or another "
         "mean"},
        {LAW("{ 'gamma': { 'shape': 0, 'mean': '1s' } }"),
         "f:4:45: /network/delay/gamma/shape: 0 is out of range, expected a number from 0.05 to 1000"},
        {LAW("{ 'pareto': { 'shape': 0.9, 'mean': '1s' } }"),
         "f:4:35: /network/delay/pareto: a Pareto law of shape 0.9 has no mean, expected a shape above 1, or 'least'"},
        {LAW("{ 'empirical': [] }"),
         "f:4:38: /network/delay/empirical: an empty array, expected 1 to 10000 durations such as ['1h', '2h', '5h']"},
    };
    REFUSED(rows);
}

Test(load, says_what_is_wrong_with_an_expectation)
{
    static const struct mistake rows[] = {
        {WITH("'expect': { 'bounce_rat': { 'at_most': 1 } }"),
         "f:4:13: /expect/bounce_rat: no metric is called 'bounce_rat', did you mean 'bounce_rate'?"},
        {WITH("'expect': { 'bounce_rate': { 'at_least': 0.5, 'at_most': '1%' } }"),
         "f:4:28: /expect/bounce_rate: the least is more than the most, expected them the other way round"},
        {WITH("'expect': { 'bounce_rate': {} }"),
         "f:4:28: /expect/bounce_rate: no bound, expected 'at_least', 'at_most' or 'between'"},
        {WITH("'expect': { 'latency.p99': { 'at_most': 5 } }"),
         "f:4:41: /expect/latency.p99/at_most: a number, expected a duration such as '5m'"},
        {WITH("'expect': { 'bounce_rate': { 'at_most': '5m' } }"),
         "f:4:41: /expect/bounce_rate/at_most: '5m' is not a share, expected a share such as 0.03 or '3%'"},
        {WITH("'expect': { 'bounce_rate': { 'between': [0, 1, 2] } }"),
         "f:4:41: /expect/bounce_rate/between: an array, expected the least and the most, such as [0.1, 0.2]"},
    };
    REFUSED(rows);
}

Test(load, warnings_load_all_the_same)
{
    static const struct mistake rows[] = {
        {WITH("'mx_hosts': { 'mx9': {} }"), "f:4:22: /mx_hosts/mx9: warning: no zone names it, expected it in an 'mx'"},
        {WITH("'name_servers': { 'ns9': {} }"),
         "f:4:26: /name_servers/ns9: warning: no zone names it, expected it in an 'ns'"},
        {HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1', 'ns2'], 'mx': { 'mx1': 10 },\n"
                    " 'soa': { 'refresh': '4h', 'retry': '1h', 'expire': '299m' } } } }",
         "f:4:53: /zones/example.com/soa/expire: warning: expire is below refresh and retry together: after one "
         "question in "
         "vain the copies of the secondaries expire, expected it above"},
        {HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1', 'ns2'], 'mx': { 'mx1': 10 },\n"
                    " 'soa': { 'refresh': '6w' } } } }",
         "f:4:9: /zones/example.com/soa: warning: expire is below refresh: the copies of the secondaries expire "
         "before they "
         "ask again, expected it above refresh and retry together"},
        {WITH("'resolvers': { 'r': 'bind' }"), "f:4:21: /resolvers/r: warning: no MTA asks it, expected a 'resolver'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'from': '7d' } ]"),
         "f:4:52: /faults/0/from: warning: the run ends before, expected less than time.limit"},
        {WITH("'mtas': { 'm': { 'maximal_queue_lifetime': '2m' } }"),
         "f:4:44: /mtas/m/maximal_queue_lifetime: warning: the first retry comes 5m after the first try, when the mail "
         "is too old at 2m, expected a longer life or shorter waits"},
        {WITH("'mtas': { 'm': { 'profile': 'rfc5321', 'delay_warning_repeat': true } }"),
         "f:4:64: /mtas/m/delay_warning_repeat: warning: no warning is sent, expected 'delay_warning_time': '4h' "
         "beside it"},
        {WITH("'mtas': { 'm': 'rfc5321' }, 'mx_hosts': { 'mx1': { 'greylist': { 'delay': '31m', 'window': '59m' } } }"),
         "f:4:64: /mx_hosts/mx1/greylist: warning: no retry of 'm' falls into the greylist's window: none of its mail "
         "passes 'mx1', expected another 'delay' or 'window' if that is not what you want to see"},
        {WITH("'mtas': { 'm': 'haraka' }, 'mx_hosts': { 'mx1': { 'greylist': { 'like': 'spamd', 'window': '26m' } } }"),
         "f:4:63: /mx_hosts/mx1/greylist: warning: no retry of 'm' falls into the greylist's window: none of its mail "
         "passes 'mx1', expected another 'delay' or 'window' if that is not what you want to see"},
        {HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'] } } }",
         "f:3:27: /zones/example.com: warning: 'example.com' has neither 'mx' nor 'address': all its mail bounces, "
         "expected one"},
    };
    WARNED(rows);
}

Test(load, ten_mistakes_give_ten_errors_in_the_order_of_the_text)
{
    static const char text[] = "{ 'format': 'mxsim-scenario-0', 'name': 1,\n"
                               "  'time': { 'mail': 5 },\n"
                               "  'network': { 'loss': '300%' },\n"
                               "  'clients': { 'c': { 'to': 'joe@example.net', 'rate': '0/h' } },\n"
                               "  'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': -1 }, 'tll': '1h' } },\n"
                               "  'faults': [ { 'on': 'mx2', 'is': 'slient' } ],\n"
                               "  'expect': { 'bounce': { 'at_most': 0 } } }";
    struct load_errors errors;
    cr_assert_null(load(text, &errors));
    static const int lines[] = {1, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7};
    cr_assert_eq(errors.count, sizeof lines / sizeof *lines);
    for (size_t i = 0; i < errors.count; i++) {
        cr_assert_eq(errors.items[i].line, lines[i], "%zu: %s", i, errors.items[i].text);
        cr_assert(i == 0 || errors.items[i].line > errors.items[i - 1].line ||
                  errors.items[i].column > errors.items[i - 1].column);
    }
    load_errors_free(&errors);
}

Test(load, keeps_a_hundred_errors_and_counts_the_rest)
{
    char *text = mem_new(200000);
    size_t used = (size_t)sprintf(text, "{ \"format\": \"mxsim-scenario-1\", \"name\": \"n\"");
    for (int i = 0; i < 5000; i++) used += (size_t)sprintf(text + used, ",\n\"wrong key %d\": null", i);
    used += (size_t)sprintf(text + used, "}");
    struct load_errors errors;
    cr_assert_null(scenario_load(text, used, &errors));
    cr_assert_eq(errors.count, SCENARIO_ERRORS_MAX);
    cr_assert_eq(errors.count + errors.omitted, 5002, "with clients and zones");
    cr_assert(errors.items[99].line <= 101 && errors.items[99].column == 1);
    load_errors_free(&errors);
    mem_free(text);
}

Test(load, warnings_do_not_crowd_out_errors)
{
    char *text = mem_new(200000);
    size_t used =
        (size_t)sprintf(text, "{ \"format\": \"mxsim-scenario-1\", \"name\": \"n\", \"clients\": { \"c\": { \"to\": "
                              "\"j@example.com\", \"count\": 1 } }, \"zones\": { \"example.com\": { \"ns\": "
                              "[\"ns1\"], \"mx\": \".\" } }, \"faults\": [");
    for (int i = 0; i < 1000; i++)
        used += (size_t)sprintf(text + used, "%s{\"on\": \"ns1\", \"is\": \"lame\", \"from\": \"9d\"}", i ? ",\n" : "");
    used += (size_t)sprintf(text + used, "],\n\"expect\": { \"speed\": { \"at_most\": 1 } } }");
    struct load_errors errors;
    cr_assert_null(scenario_load(text, used, &errors));
    cr_assert_eq(errors.count + errors.omitted, 1001);
    cr_assert(!errors.items[errors.count - 1].warning, "the one error is there");
    load_errors_free(&errors);
    mem_free(text);
}

Test(load, errors_cannot_command_a_terminal)
{
    static const char text[] = "{ \"\\u001b[2J\\u009b31m\\n\": 1 }";
    struct load_errors errors;
    char line[600];
    cr_assert_null(scenario_load(text, sizeof text - 1, &errors));
    for (size_t i = 0; i < errors.count; i++) {
        load_error_print(&errors.items[i], "f", line, sizeof line);
        for (char *p = line; *p; p++) cr_assert((unsigned char)*p >= 0x20 && !strchr("\x7f\x9b", *p), "%s", line);
    }
    load_errors_free(&errors);
}

Test(load, prints_like_snprintf)
{
    struct load_error error = {.line = 3,
                               .column = 14,
                               .edit = -1,
                               .warning = true,
                               .pointer = (char[]){"/a/b"},
                               .text = (char[]){"what, expected what"}};
    char line[64], small[12];
    cr_assert_eq(load_error_print(&error, "file.json", line, sizeof line), 50);
    cr_assert_str_eq(line, "file.json:3:14: /a/b: warning: what, expected what");
    cr_assert_eq(load_error_print(&error, "file.json", small, sizeof small), 50);
    cr_assert_str_eq(small, "file.json:3");
}

Test(load, the_hash_is_fnv_1a)
{
    cr_assert_eq(scenario_hash("", 0), UINT64_C(0xcbf29ce484222325));
    cr_assert_eq(scenario_hash("a", 1), UINT64_C(0xaf63dc4c8601ec8c));
    cr_assert_eq(scenario_hash("foobar", 6), UINT64_C(0x85944171f73967e8));
}

/* A scenario of this many MX hosts, 50 to a zone. */
static size_t write_many_hosts(char *text, int hosts)
{
    size_t used = (size_t)sprintf(text, "{ \"format\": \"mxsim-scenario-1\", \"name\": \"n\", \"clients\": { \"c\": "
                                        "{ \"to\": \"j@z0.example\", \"count\": 1 } }, \"zones\": {");
    for (int i = 0; i < hosts; i++) {
        if (i % 50 == 0)
            used += (size_t)sprintf(text + used, "%s\n\"z%d.example\": { \"ns\": [\"ns1\"], \"mx\": {", i ? "} }," : "",
                                    i / 50);
        used += (size_t)sprintf(text + used, "%s\"h%d\": %d", i % 50 ? ", " : " ", i, i % 50);
    }
    return used + (size_t)sprintf(text + used, "} } } }");
}

Test(load, many_hosts_take_little_time_and_bounded_memory)
{
    size_t size = 1 << 21;
    char *text = mem_new(size);
    struct load_errors errors;
    for (int hosts = 10000; hosts <= 40000; hosts += 15000) {
        size_t used = write_many_hosts(text, hosts);
        cr_assert_lt(used, size);
        struct loaded *loaded = scenario_load(text, used, &errors);
        cr_assert_eq(loaded != NULL, hosts == 10000);
        if (!loaded) cr_assert_str_eq(errors.items[0].text, "more than 10000 of a kind, expected fewer");
        loaded_free(loaded);
        load_errors_free(&errors);
    }
    mem_free(text);
}

Test(load, free_takes_null)
{
    loaded_free(NULL);
    load_errors_free(NULL);
}
