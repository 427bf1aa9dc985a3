/* tests/scenarios/test_load_dns.c - what a scenario says of the name service: zones and who delegates them, name
 * servers, resolvers, aliases, and what breaks; and what each mistake is answered with. */
#include "sim/mem.h"
#include "tests/scenarios/texts.h"

#include <math.h>

Test(load_dns, a_zone_in_a_zone_is_delegated_by_it)
{
    struct loaded *loaded = load_good(
        HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1', 'ns2'], 'mx': { 'mx1': 10 }, 'signed': true,"
                   "    'delegation': { 'ttl': '12h', 'ds_ttl': '3h' } },"
                   "  'com': { 'ns': ['a.gtld'], 'mx': '.' }, 'sub.example.com': { 'ns': ['ns2'], 'mx': '.' },"
                   "  'example.net': { 'ns': ['ns2'], 'mx': '.' } } }");
    const struct zone_spec *z = loaded_spec(loaded)->zones;
    cr_assert(z[0].parent == 1 && z[1].parent == SPEC_NONE && z[2].parent == 0 && z[3].parent == SPEC_NONE);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t all = z[i].ns_count == 2 ? 3 : 1;
        cr_assert_eq(z[i].cut, i, "each has servers of its own");
        cr_assert(z[i].serves == all && z[i].listed == all && z[i].delegated == all);
    }
    cr_assert(z[0].is_signed && z[0].delegation_ttl == 12 * SIM_HOUR && z[0].ds_ttl == 3 * SIM_HOUR);
    cr_assert(!z[1].is_signed && z[1].delegation_ttl == 2 * SIM_DAY && z[1].ds_ttl == SIM_DAY);
    loaded_free(loaded);
}

Test(load_dns, a_domain_without_servers_is_a_part_of_the_zone_around_it)
{
    struct loaded *loaded =
        load_good(HEAD STAFF "'zones': { 'example.com': { 'mx': { 'mx1': 10 } },"
                             "  'a.example.com': { 'ttl': '1m', 'mx': { 'mx.b.example.com': 10 } },"
                             "  'com': { 'ns': ['a', 'b'], 'ttl': '5m', 'mx': '.' }, 'example.net': { 'ns': ['c'], "
                             "'mx': '.' } } }");
    const struct world_spec *w = loaded_spec(loaded);
    const struct zone_spec *z = w->zones;
    cr_assert(z[0].cut == 2 && z[1].cut == 2 && z[2].cut == 2 && z[3].cut == 3);
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert_eq(z[i].parent, SPEC_NONE);
        cr_assert(z[i].ns_count == 2 && z[i].ns[0] == z[2].ns[0] && z[i].serves == 3 && z[i].listed == 3);
    }
    cr_assert(z[0].ttl == 300 * SIM_SECOND && z[1].ttl == 60 * SIM_SECOND, "the zone's, but where it says another");
    cr_assert_eq(w->mx_hosts[1].zone, 0, "the longest that fits, servers or not");
    loaded_free(loaded);
}

Test(load_dns, who_is_above_does_not_depend_on_the_order)
{
    struct loaded *loaded = load_good(
        HEAD STAFF "'zones': { 'a.example.com': { 'mx': { 'mx1': 10 } }, 'example.com': { 'ns': ['n'], 'mx': { 'mx1': "
                   "10 } }, 'com': { 'ns': ['g'], 'mx': '.' } } }");
    const struct zone_spec *z = loaded_spec(loaded)->zones;
    cr_assert(z[0].cut == 1 && z[0].parent == 2 && z[1].parent == 2 && z[2].parent == SPEC_NONE);
    loaded_free(loaded);
}

/* The parent may say less, or more, than the zone. */
Test(load_dns, serves_listed_and_delegated_are_told_apart)
{
    struct load_errors errors;
    struct loaded *loaded =
        load(HEAD STAFF "'zones': { 'com': { 'ns': ['g'], 'mx': '.' }, 'example.com': { 'mx': { 'mx1': 10 },"
                        "  'delegation': { 'ns': ['old', 'ns2'] }, 'ns': ['ns1', 'ns2', 'ns3'] } } }",
             &errors);
    cr_assert_not_null(loaded);
    const struct world_spec *w = loaded_spec(loaded);
    const struct zone_spec *z = &w->zones[1];
    static const char *const names[] = {"ns1", "ns2", "ns3", "old"};
    cr_assert_eq(z->ns_count, 4, "those of the zone first, whatever the order of the file");
    for (uint32_t i = 0; i < 4; i++) cr_assert_str_eq(w->ns[z->ns[i]].host.name, names[i]);
    cr_assert(z->serves == 7 && z->listed == 7 && z->delegated == 10);
    load_errors_free(&errors);
    loaded_free(loaded);
}

Test(load_dns, a_name_server_in_another_zone_of_the_file_has_no_glue_elsewhere)
{
    struct loaded *loaded = load_good(
        HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1.example.com', 'ns1.provider.net', 'ns.elsewhere.org'],"
                   "    'mx': { 'mx1': 10 } }, 'provider.net': { 'ns': ['ns1.provider.net'], 'mx': '.' } } }");
    const struct ns_spec *ns = loaded_spec(loaded)->ns;
    cr_assert(ns[0].outside && ns[0].zone == 0, "in its own zone, which is as good as glue there");
    cr_assert(ns[1].outside && ns[1].zone == 1);
    cr_assert(!ns[2].outside && ns[2].zone == 0, "of a zone that is not in the file: known");
    loaded_free(loaded);
    /* Glue is given for names below the zone as well: se has a.ns.se. */
    loaded = load_good(HEAD STAFF "'zones': { 'com': { 'ns': ['ns1.example.com'], 'mx': '.' },"
                                  "  'example.com': { 'ns': ['ns1.com'], 'mx': { 'mx1': 10 } } } }");
    cr_assert(loaded_spec(loaded)->ns[0].outside && loaded_spec(loaded)->ns[0].zone == 1);
    loaded_free(loaded);
}

Test(load_dns, the_negative_ttl_is_the_shortest_that_is_said)
{
    static const struct {
        const char *soa;
        sim_time ttl;
    } rows[] = {
        {"'negative_ttl': '7m'", 420},
        {"'soa': {}", 3600},
        {"'soa': { 'minimum': '10m' }", 600},
        {"'soa': { 'minimum': '10m', 'ttl': '2m' }", 120},
        {"'negative_ttl': '1m', 'soa': { 'minimum': '10m', 'ttl': '2m' }", 60},
        {"'soa': { 'minimum': '0s' }", 0},
        {"'soa': { 'minimum': '2147483647s' }", 3600},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        snprintf(text, sizeof text, HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': '.', %s } } }",
                 rows[i].soa);
        struct loaded *loaded = load_good(text);
        cr_assert_eq(loaded_spec(loaded)->zones[0].negative_ttl, rows[i].ttl * SIM_SECOND, "%s", rows[i].soa);
        cr_assert(!loaded_spec(loaded)->zones[0].no_soa);
        loaded_free(loaded);
    }
    struct load_errors errors;
    struct loaded *loaded = load(ZONES("'ns': ['ns1'], 'mx': '.', 'soa': 'none'") "}", &errors);
    cr_assert(loaded && loaded_spec(loaded)->zones[0].no_soa);
    load_errors_free(&errors);
    loaded_free(loaded);
}

Test(load_dns, an_mta_has_up_to_three_resolvers_in_their_order)
{
    struct loaded *loaded = load_good(
        HEAD STAFF ZONE ", 'mtas': { 'm': { 'resolver': ['a', 'b', 'c'], 'stub_timeout': '2s', 'stub_attempts': 3,"
                        "    'stub_rotate': true } },"
                        "'resolvers': { 'c': 'bind', 'a': { 'profile': 'bind', 'delay': '1ms' },"
                        "  'b': { 'loss': '2%' } } }");
    const struct world_spec *w = loaded_spec(loaded);
    const struct mta_spec *m = &w->mtas[0];
    cr_assert(m->resolver == 1 && m->fallback_count == 2 && m->fallback[0] == 2 && m->fallback[1] == 0);
    cr_assert(m->params.stub_rotate && m->params.stub_attempts == 3 && m->params.stub_timeout == 2 * SIM_SECOND);
    const struct resolver_spec *r = w->resolvers;
    cr_assert(!r[0].remote && r[0].host.loss == 0 && r[0].host.delay.a == 0, "on the MTA's own host");
    cr_assert(r[1].remote && r[1].host.delay.a == SIM_MS && r[1].host.loss == 0);
    cr_assert(r[2].remote && r[2].host.delay.a == 0 && fabs(r[2].host.loss - 0.02) < 1e-12);
    loaded_free(loaded);
    loaded = load_good(WITH("'mtas': { 'm': { 'resolver': ['r'] } }, 'resolvers': { 'r': 'textbook' }"));
    cr_assert_eq(loaded_spec(loaded)->mtas[0].fallback_count, 0);
    loaded_free(loaded);
}

Test(load_dns, an_overload_is_a_share_or_a_rate)
{
    struct loaded *loaded =
        load_good(WITH("'name_servers': { 'ns1': { 'capacity': '50000/s', 'queries': '20000/s' } }, 'faults': ["
                       " { 'on': 'ns1', 'is': 'overloaded', 'drops': '90%' },"
                       " { 'on': 'ns1', 'is': 'overloaded', 'load': '12000000/m' } ]"));
    const struct world_spec *w = loaded_spec(loaded);
    cr_assert(w->ns[0].capacity == 50000 && w->ns[0].queries == 20000);
    cr_assert(w->faults[0].is == FAULT_OVERLOADED && w->faults[0].loss == 0.9 && w->faults[0].load == 0);
    cr_assert(w->faults[1].is == FAULT_OVERLOADED && w->faults[1].loss == 0 && w->faults[1].load == 200000);
    loaded_free(loaded);
}

Test(load_dns, faults_may_hit_what_a_zone_says)
{
    struct loaded *loaded = load_good(
        HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'signed': true },"
                   "  'a.example.com': { 'mx': { 'mx1': 10 } } },"
                   "'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'textbook', 'validates': "
                   "true } }, 'groups': { 'all': ['example.com', 'a.example.com'] }, 'faults': ["
                   " { 'on': 'example.com', 'is': 'nxdomain', 'share': '72%' }, { 'on': 'ns1', 'is': 'empty', 'share': "
                   "0.5 },"
                   " { 'on': 'all', 'is': 'servfail' }, { 'on': 'example.com', 'is': 'refused' },"
                   " { 'on': 'example.com', 'is': 'lame' }, { 'on': 'example.com', 'is': 'bogus' },"
                   " { 'on': 'example.com', 'is': 'unsigned' }, { 'on': 'a.example.com', 'is': 'nxdomain' } ] }");
    const struct fault_spec *f = loaded_spec(loaded)->faults;
    static const enum fault_kind kinds[] = {FAULT_NXDOMAIN, FAULT_EMPTY, FAULT_SERVFAIL, FAULT_REFUSED,
                                            FAULT_LAME,     FAULT_BOGUS, FAULT_UNSIGNED, FAULT_NXDOMAIN};
    for (size_t i = 0; i < 8; i++) {
        cr_assert_eq(f[i].is, kinds[i]);
        cr_assert_eq(f[i].on[0].kind, i == 1 ? TARGET_NS : TARGET_ZONE);
        cr_assert_eq(f[i].share, i == 0 ? 0.72 : i == 1 ? 0.5 : 1);
    }
    cr_assert(f[2].on_count == 2 && f[2].on[1].index == 1 && f[7].on[0].index == 1);
    loaded_free(loaded);
}

Test(load_dns, an_mx_host_may_be_an_alias)
{
    struct load_errors errors;
    struct loaded *loaded =
        load(HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx.example.com': 10, 'mx2': 20 } },"
                        "  'provider.net': { 'ns': ['ns2'], 'mx': '.' } },"
                        "'mx_hosts': { 'mx.example.com': { 'cname': 'a.provider.net' }, 'a.provider.net': { 'cname': "
                        "'b' }, 'b': {} } }",
             &errors);
    cr_assert(loaded && errors.count == 1);
    const struct mx_host_spec *h = loaded_spec(loaded)->mx_hosts;
    cr_assert(h[0].is_alias && h[0].target == 1 && h[1].is_alias && h[1].target == 2 && !h[2].is_alias);
    cr_assert(h[0].zone == 0 && h[1].zone == 1, "where the name lies");
    cr_assert_eq(h[2].zone, 0, "else with the alias that a zone names");
    cr_assert(mx_host_target(h, 0) == 2 && mx_host_target(h, 2) == 2 && mx_host_target(h, 3) == 3);
    load_errors_free(&errors);
    loaded_free(loaded);
}

/* ---- mistakes ---- */

Test(load_dns, says_what_is_wrong_with_a_resolver_or_a_stub)
{
    static const struct mistake rows[] = {
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'servfail-ttl': '5s' } }"),
         "f:4:61: /resolvers/r/servfail-ttl: unbound has no 'servfail-ttl', which is bind's, expected nothing like it: "
         "it is always 5s there"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'serve-expired': true } "
              "}"),
         "f:4:80: /resolvers/r/serve-expired: bind has no 'serve-expired', which is unbound's, expected "
         "'stale-answer-enable'"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'infra-host-ttl': '5s' } "
              "}"),
         "f:4:80: /resolvers/r/infra-host-ttl: bind has no 'infra-host-ttl', which is unbound's, expected nothing like "
         "it"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'textbook', 'max-cache-ttl': "
              "'1d' } }"),
         "f:4:84: /resolvers/r/max-cache-ttl: textbook has no 'max-cache-ttl', which is bind's, expected "
         "'cache_max_ttl'"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'max-sent-cout': 5 } }"),
         "f:4:61: /resolvers/r/max-sent-cout: unknown key 'max-sent-cout', did you mean 'max-sent-count'?"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'clients-per-query': 200 "
              "} }"),
         "f:4:101: /resolvers/r/clients-per-query: clients-per-query is above max-clients-per-query, expected it "
         "below"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'max-clients-per-query': "
              "5 } }"),
         "f:4:105: /resolvers/r/max-clients-per-query: max-clients-per-query is below clients-per-query, expected it "
         "above"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'cache-min-ttl': '2h', 'cache-max-ttl': "
              "'1h' } }"),
         "f:4:101: /resolvers/r/cache-max-ttl: cache-max-ttl is below cache-min-ttl, expected it above"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'max-cache-ttl': '30s', "
              "'min-cache-ttl': '60s' } }"),
         "f:4:97: /resolvers/r/max-cache-ttl: max-cache-ttl is below min-cache-ttl, expected it above"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'infra-cache-min-rtt': '10s', "
              "'infra-cache-max-rtt': '5s' } }"),
         "f:4:114: /resolvers/r/infra-cache-max-rtt: infra-cache-max-rtt is below infra-cache-min-rtt, expected it "
         "above"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'infra-cache-max-rtt': '100ms' } }"),
         "f:4:84: /resolvers/r/infra-cache-max-rtt: infra-cache-max-rtt is not above unknown-server-time-limit: every "
         "server counts as down before it is asked, expected it above"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'delay': 5 } }"),
         "f:4:70: /resolvers/r/delay: a number, expected a duration such as '5m', or a law such as {'exponential': "
         "'5m'}"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'loss': '120%' } }"),
         "f:4:69: /resolvers/r/loss: '120%' is more than 100%, expected a share such as 0.03 or '3%'"},
        {WITH("'mtas': { 'm': { 'resolver': [] } }"),
         "f:4:30: /mtas/m/resolver: an empty array, expected the name of a resolver, or 1 to 3 of them"},
        {WITH("'mtas': { 'm': { 'resolver': { 'profile': 'bind' } } }"),
         "f:4:30: /mtas/m/resolver: an object, expected the name of a resolver, or 1 to 3 of them"},
        {WITH("'resolvers': { 'a': 'bind', 'b': 'bind', 'c': 'bind', 'd': 'bind' }, 'mtas': { 'm': { 'resolver': ['a', "
              "'b', 'c', 'd'] } }"),
         "f:4:99: /mtas/m/resolver: 4 resolvers, expected at most 3: resolv.conf takes no more"},
        {WITH("'mtas': { 'm': { 'resolver': ['r', 'r'] } }, 'resolvers': { 'r': 'bind' }"),
         "f:4:36: /mtas/m/resolver/1: named twice, expected each name once"},
        {WITH("'mtas': { 'm': { 'resolver': ['r', 's'] } }, 'resolvers': { 'r': 'bind' }"),
         "f:4:36: /mtas/m/resolver/1: no resolver is called 's', expected 'r'"},
        {WITH("'mtas': { 'm': { 'resolver': 'bind' } }"),
         "f:4:30: /mtas/m/resolver: 'bind' is a profile and no resolver, expected the name of one in 'resolvers': "
         "{'r': 'bind'}"},
        {WITH("'mtas': { 'm': { 'stub_rotate': 1, 'stub_attempts': 0, 'stub_timeout': '0s' } }"),
         "f:4:33: /mtas/m/stub_rotate: a number, expected true or false\n"
         "f:4:53: /mtas/m/stub_attempts: 0, expected a whole number from 1 to 100\n"
         "f:4:72: /mtas/m/stub_timeout: '0s' is too short, expected at least 1s"},
        {WITH("'resolvers': { 'r': 'bind9' }"),
         "f:4:21: /resolvers/r: no profile is called 'bind9', did you mean 'bind'?"},
    };
    REFUSED(rows);
}

Test(load_dns, says_what_is_wrong_with_a_delegation)
{
    static const struct mistake rows[] = {
        {HEAD STAFF "'zones': { 'com': { 'ns': ['a'], 'mx': '.' }, 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 "
                    "}, 'delegation': { 'ns': ['ns2'] } } } }",
         "f:3:122: /zones/example.com/delegation/ns: a delegation that leads nowhere: none of these serves the zone, "
         "expected one of its 'ns' among them"},
        {HEAD STAFF "'zones': { 'com': { 'ns': ['a'], 'mx': '.' }, 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 "
                    "}, 'delegation': { 'ns': [] } } } }",
         "f:3:122: /zones/example.com/delegation/ns: an empty array, expected 1 to 64 names of name servers such as "
         "['ns1', 'ns2']"},
        {HEAD STAFF "'zones': { 'com': { 'ns': ['a'], 'mx': '.' }, 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 "
                    "}, 'delegation': { 'ns': ['ns1', 'ns1'] } } } }",
         "f:3:130: /zones/example.com/delegation/ns/1: named twice, expected each server once"},
        {HEAD STAFF "'zones': { 'com': { 'ns': ['a'], 'mx': '.' }, 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 "
                    "}, 'delegation': { 'ttl': '1.5s', 'ds_ttl': '0s', 'tll': '1d' }, 'signed': true } } }",
         "f:3:123: /zones/example.com/delegation/ttl: '1.5s' is not whole seconds, expected whole seconds: DNS has no "
         "finer ones\n"
         "f:3:141: /zones/example.com/delegation/ds_ttl: '0s' is too short, expected at least 1s\n"
         "f:3:147: /zones/example.com/delegation/tll: unknown key 'tll', did you mean 'ttl'?"},
        {HEAD STAFF "'zones': { 'com': { 'ns': ['a'], 'mx': '.' }, 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 "
                    "}, 'delegation': 5 } } }",
         "f:3:114: /zones/example.com/delegation: a number, expected an object: { ... }"},
        {HEAD STAFF "'zones': { 'com': { 'ns': ['a'], 'mx': '.' }, 'example.com': { 'mx': { 'mx1': 10 }, 'soa': {}, "
                    "'signed': true, 'negative_ttl': '1h', 'delegation': {} } } }",
         "f:3:85: /zones/example.com/soa: a domain without 'ns' is a part of com, expected 'soa' there\n"
         "f:3:96: /zones/example.com/signed: a domain without 'ns' is a part of com, expected 'signed' there\n"
         "f:3:112: /zones/example.com/negative_ttl: a domain without 'ns' is a part of com, expected 'negative_ttl' "
         "there\n"
         "f:3:134: /zones/example.com/delegation: a domain without 'ns' is a part of com, expected 'delegation' there"},
        {HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1.example.net'], 'mx': { 'mx1': 10 } }, 'example.net': { "
                    "'ns': ['ns1.example.com'], 'mx': '.' } } }",
         "f:3:27: /zones/example.com: a delegation that leads nowhere: each server's address must be looked up in a "
         "zone that cannot be found either, expected a server whose name lies in the zone itself\n"
         "f:3:94: /zones/example.net: a delegation that leads nowhere: each server's address must be looked up in a "
         "zone that cannot be found either, expected a server whose name lies in the zone itself"},
        {HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1', 'ns.a.net'], 'delegation': { 'ns': ['ns.a.net'] }, "
                    "'mx': { 'mx1': 10 } }, 'com': { 'ns': ['g'], 'mx': '.' }, 'a.net': { 'ns': ['ns.b.net'], 'mx': "
                    "'.' }, 'b.net': { 'ns': ['ns.a.net'], 'mx': '.' } } }",
         "f:3:27: /zones/example.com: a delegation that leads nowhere: each server's address must be looked up in a "
         "zone that cannot be found either, expected a server whose name lies in the zone itself\n"
         "f:3:161: /zones/a.net: a delegation that leads nowhere: each server's address must be looked up in a zone "
         "that cannot be found either, expected a server whose name lies in the zone itself\n"
         "f:3:205: /zones/b.net: a delegation that leads nowhere: each server's address must be looked up in a zone "
         "that cannot be found either, expected a server whose name lies in the zone itself"},
        {ZONES("'mx': { 'mx1': 10 }") "}", "f:3:27: /zones/example.com: the key 'ns' is missing, and the domain lies "
                                           "in no zone of this file, expected 'ns': ['ns1']"},
    };
    REFUSED(rows);
}

Test(load_dns, says_what_is_wrong_with_a_zones_records)
{
    static const struct mistake rows[] = {
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'signed': 'yes'") "}",
         "f:3:75: /zones/example.com/signed: a string, expected true or false"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'soa': 'non'") "}",
         "f:3:72: /zones/example.com/soa: 'non' is no SOA record, expected an object of its times, or 'none'"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'soa': 5") "}",
         "f:3:72: /zones/example.com/soa: a number, expected an object: { ... }"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'soa': { 'minimum': '2147483648s', 'ttl': '-1s', 'mininum': "
               "'1h' }") "}",
         "f:3:85: /zones/example.com/soa/minimum: '2147483648s' is too long, expected at most 2147483647s: DNS has "
         "31 bits for it (RFC 2181 section 8)\n"
         "f:3:107: /zones/example.com/soa/ttl: '-1s' is negative, expected a duration such as '5m'\n"
         "f:3:114: /zones/example.com/soa/mininum: unknown key 'mininum', did you mean 'minimum'?"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'ttl': 3600") "}",
         "f:3:72: /zones/example.com/ttl: a number, expected a duration such as '5m'"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'negative_ttl': '4000w'") "}",
         "f:3:81: /zones/example.com/negative_ttl: '4000w' is too long, expected at most 2147483647s: DNS has 31 "
         "bits for it (RFC 2181 section 8)"},
    };
    REFUSED(rows);
}

Test(load_dns, says_what_is_wrong_with_an_alias)
{
    static const struct mistake rows[] = {
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'mx1' } }"),
         "f:4:33: /mx_hosts/mx1/cname: an alias that leads back to itself, expected the name of a host"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'a' }, 'a': { 'cname': 'mx1' } }"),
         "f:4:33: /mx_hosts/mx1/cname: an alias that leads back to itself, expected the name of a host\n"
         "f:4:56: /mx_hosts/a/cname: an alias that leads back to itself, expected the name of a host"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'a' }, 'a': { 'cname': 'b' }, 'b': { 'cname': 'c' }, 'c': { 'cname': "
              "'b' } }"),
         "f:3:59: /zones/example.com/mx/mx1: warning: an MX record may not name an alias (RFC 5321 section 5.1), "
         "expected 'b' if that is not what you want to see\n"
         "f:4:79: /mx_hosts/b/cname: an alias that leads back to itself, expected the name of a host\n"
         "f:4:102: /mx_hosts/c/cname: an alias that leads back to itself, expected the name of a host"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'mx2' } }"),
         "f:4:33: /mx_hosts/mx1/cname: no host is called 'mx2', did you mean 'mx1'?"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 5 } }"),
         "f:4:33: /mx_hosts/mx1/cname: a number, expected the name of a host"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'b', 'addresses': 1 }, 'b': {} }"),
         "f:3:59: /zones/example.com/mx/mx1: warning: an MX record may not name an alias (RFC 5321 section 5.1), "
         "expected 'b' if that is not what you want to see\n"
         "f:4:38: /mx_hosts/mx1/addresses: 'addresses' beside 'cname': an alias is a name and nothing else (RFC 1034 "
         "section 3.6.2), expected it at the host that it leads to"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'b' }, 'b': { 'relay': 'postfix' } }"),
         "f:3:50: /zones/example.com/mx: every MX host of 'example.com' is a relay and none saves mail, expected one "
         "without 'relay'\n"
         "f:3:59: /zones/example.com/mx/mx1: warning: an MX record may not name an alias (RFC 5321 section 5.1), "
         "expected 'b' if that is not what you want to see"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'b' }, 'b': {} }, 'faults': [ { 'on': 'mx1', 'is': 'silent' } ]"),
         "f:3:59: /zones/example.com/mx/mx1: warning: an MX record may not name an alias (RFC 5321 section 5.1), "
         "expected 'b' if that is not what you want to see\n"
         "f:4:71: /faults/0/on: 'mx1' is an alias and no host, expected 'b'"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'a' }, 'a': { 'cname': 'b' }, 'b': { 'cname': 'c' }, 'c': { 'cname': "
              "'d' }, 'd': { 'cname': 'e' }, 'e': {} }"),
         "f:3:59: /zones/example.com/mx/mx1: warning: an MX record may not name an alias (RFC 5321 section 5.1), "
         "expected 'e' if that is not what you want to see\n"
         "f:4:33: /mx_hosts/mx1/cname: more than 4 aliases in a row, expected fewer: resolvers give up"},
        {HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'], 'address': 'w', 'mx': { 'mx1': 10 } } }, 'mx_hosts': { "
                    "'w': { 'cname': 'mx1' } } }",
         "f:3:55: /zones/example.com/address: an address record holds an address and no alias, expected 'mx1'"},
    };
    REFUSED(rows);
}

Test(load_dns, says_what_is_wrong_with_a_fault_of_the_name_service)
{
    static const struct mistake rows[] = {
        {FAULT("'on': 'ns1', 'is': 'overloaded'"), "f:4:13: /faults/0: an overload of nothing, expected 'drops': "
                                                   "'90%', or 'load': '100000/s' and the servers' 'capacity'"},
        {FAULT("'on': 'ns1', 'is': 'overloaded', 'drops': '90%', 'load': '1/s'"),
         "f:4:13: /faults/0: 'drops' beside 'load', expected 'drops': '90%', or 'load': '100000/s' and the servers' "
         "'capacity'\n"
         "f:4:72: /faults/0/load: 'ns1' has no 'capacity', expected one in 'name_servers'"},
        {FAULT("'on': 'ns1', 'is': 'overloaded', 'load': '5/s'"),
         "f:4:56: /faults/0/load: 'ns1' has no 'capacity', expected one in 'name_servers'"},
        {FAULT("'on': 'ns1', 'is': 'overloaded', 'load': 5"),
         "f:4:56: /faults/0/load: a number, expected a rate such as '100000/s'"},
        {FAULT("'on': 'ns1', 'is': 'overloaded', 'load': '5'"),
         "f:4:56: /faults/0/load: '5' has no unit, expected a rate such as '100000/s'"},
        {FAULT("'on': 'ns1', 'is': 'overloaded', 'drops': '101%'"),
         "f:4:57: /faults/0/drops: '101%' is more than 100%, expected a share such as 0.03 or '3%'"},
        {FAULT("'on': 'ns1', 'is': 'silent', 'drops': '50%'"),
         "f:4:44: /faults/0/drops: 'drops' with 'is': 'silent', expected it with 'overloaded' only"},
        {FAULT("'on': 'ns1', 'is': 'silent', 'load': '50/s'"),
         "f:4:44: /faults/0/load: 'load' with 'is': 'silent', expected it with 'overloaded' only"},
        {FAULT("'on': 'mx1', 'is': 'overloaded', 'drops': '50%'"),
         "f:4:34: /faults/0/is: 'mx1', an MX host, cannot be 'overloaded', expected one of 'slow', 'lossy', "
         "'tempfailing', 'disk_full', 'rejecting', 'busy', 'blocking', 'no_greeting', 'refusing', 'unreachable', "
         "'silent'"},
        {FAULT("'on': 'example.com', 'is': 'silent'"), "f:4:42: /faults/0/is: 'example.com', a zone, cannot be "
                                                       "'silent', expected one of 'unsigned', 'bogus', 'misdelegated', "
                                                       "'empty', 'nxdomain', 'lame', 'refused', 'servfail'"},
        {FAULT("'on': 'ns1', 'is': 'unsigned'"),
         "f:4:34: /faults/0/is: 'ns1', a name server, cannot be 'unsigned', expected one of 'slow', 'lossy', "
         "'overloaded', 'empty', 'nxdomain', 'lame', 'notimp', 'formerr', 'refused', 'servfail', 'refusing', "
         "'unreachable', 'silent'"},
        {FAULT("'on': 'exmple.com', 'is': 'empty'"),
         "f:4:21: /faults/0/on: nothing is called 'exmple.com', did you mean 'example.com'?"},
        {FAULT("'on': 'ns1', 'is': 'servfail', 'share': '5%'"),
         "f:4:46: /faults/0/share: 'share' beside 'is': 'servfail', expected it beside 'tempfailing', 'rejecting', "
         "'nxdomain' or 'empty'"},
        {FAULT("'on': ['ns1', 'sender\\u0027s resolver'], 'is': 'nxdomain', 'share': '5%'"),
         "f:4:74: /faults/0/share: 'sender's resolver' is a resolver, which says the same of all names, expected name "
         "servers or zones beside 'share'"},
        {FAULT("'on': 'example.com', 'is': 'empty', 'share': 2"),
         "f:4:60: /faults/0/share: 2, expected a share such as 0.03 or '3%'"},
        {WITH("'resolvers': { 'r': { 'profile': 'textbook', 'validates': true } }, 'mtas': { 'm': { 'resolver': 'r' } "
              "}, 'faults': [ { 'on': 'example.com', 'is': 'bogus' } ]"),
         "f:4:148: /faults/0/is: 'example.com' is not signed, expected 'signed': true there"},
        {WITH("'faults': [ { 'on': 'example.com', 'is': 'lame', 'seen_from': 'sender' } ]"),
         "f:4:50: /faults/0/seen_from: only links to name servers, or only links to MX hosts, can fail so, expected "
         "'on' to name one kind of them"},
        {WITH("'groups': { 'example.com': ['ns1'], 'rack': ['exmple.com', 5] }"),
         "f:4:13: /groups/example.com: 'example.com' is the name of a host, MTA, resolver or zone, expected another "
         "name\n"
         "f:4:46: /groups/rack/0: nothing is called 'exmple.com', did you mean 'example.com'?\n"
         "f:4:60: /groups/rack/1: a number, expected the name of a name server, MX host, MTA, resolver or zone"},
        {WITH("'name_servers': { 'ns1': { 'capacity': 50000, 'queries': '0/s' } }"),
         "f:4:40: /name_servers/ns1/capacity: a number, expected a rate such as '10/h'\n"
         "f:4:58: /name_servers/ns1/queries: '0/s' is zero, expected a rate such as '10/h'"},
    };
    REFUSED(rows);
}

Test(load_dns, warns_of_resolvers_and_stubs)
{
    static const struct mistake rows[] = {
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'serve-expired-ttl': '1h', "
              "'serve-expired-client-timeout': '1s' } }"),
         "f:4:82: /resolvers/r/serve-expired-ttl: warning: no effect while 'serve-expired' is false, expected "
         "'serve-expired': true beside it\n"
         "f:4:120: /resolvers/r/serve-expired-client-timeout: warning: no effect while 'serve-expired' is false, "
         "expected 'serve-expired': true beside it"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'max-stale-ttl': '1h', "
              "'stale-refresh-time': '10s' } }"),
         "f:4:97: /resolvers/r/max-stale-ttl: warning: no effect while 'stale-answer-enable' is false, expected "
         "'stale-answer-enable': true beside it\n"
         "f:4:125: /resolvers/r/stale-refresh-time: warning: no effect while 'stale-answer-enable' is false, expected "
         "'stale-answer-enable': true beside it"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'serve-expired': true, "
              "'serve-expired-client-timeout': '2s' } }"),
         "f:4:116: /resolvers/r/serve-expired-client-timeout: warning: by then the client gets no answer at all, "
         "expected at most discard-timeout"},
        {WITH("'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'stale-answer-enable': "
              "true, 'stale-answer-client-timeout': '10s' } }"),
         "f:4:140: /resolvers/r/stale-answer-client-timeout: warning: no effect: the question is given up at "
         "resolver-query-timeout, expected less than that"},
        {WITH("'mtas': { 'm': { 'stub_rotate': true } }"),
         "f:4:33: /mtas/m/stub_rotate: warning: no effect with one resolver, expected 'resolver': ['r1', 'r2']"},
    };
    WARNED(rows);
}

Test(load_dns, warns_of_zones)
{
    static const struct mistake rows[] = {
        {HEAD STAFF "'zones': { 'com': { 'ns': ['a'], 'mx': '.' }, 'example.com': { 'ns': ['ns1', 'ns2'], 'mx': { "
                    "'mx1': 10 }, 'delegation': { 'ns': ['ns1', 'ns3'] } } } }",
         "f:3:129: /zones/example.com/delegation/ns: warning: the parent does not name 'ns2', expected what the zone's "
         "'ns' says if that is not what you want to see\n"
         "f:3:129: /zones/example.com/delegation/ns: warning: the parent names 'ns3', which does not serve the zone (a "
         "lame delegation), expected what the zone's 'ns' says if that is not what you want to see"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'delegation': { 'ttl': '1d' }") "}",
         "f:3:79: /zones/example.com/delegation: warning: no effect: no zone of this file delegates example.com, "
         "expected one with 'ns' above it such as 'com'"},
        {HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 } }, 'com': { 'ns': ['a'], 'mx': '.' "
                    "}, 'net': { 'ns': ['a'], 'mx': '.', 'delegation': {} } } }",
         "f:3:149: /zones/net/delegation: warning: no effect: no zone of this file delegates net, expected one with "
         "'ns' above it"},
        {HEAD STAFF "'zones': { 'com': { 'ns': ['a'], 'mx': '.' }, 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 "
                    "}, 'delegation': { 'ds_ttl': '1d' } } } }",
         "f:3:126: /zones/example.com/delegation/ds_ttl: warning: no effect: the zone is not signed, expected "
         "'signed': true beside it"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'soa': 'none'") "}",
         "f:3:72: /zones/example.com/soa: warning: without an SOA record nobody keeps a negative answer (RFC 2308 "
         "section 5), expected an object of its times if that is not what you want to see"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'soa': 'none', 'negative_ttl': '5m'") "}",
         "f:3:72: /zones/example.com/soa: warning: without an SOA record nobody keeps a negative answer (RFC 2308 "
         "section 5), expected an object of its times if that is not what you want to see\n"
         "f:3:96: /zones/example.com/negative_ttl: warning: no effect without an SOA record, expected 'soa': "
         "{'minimum': '1h'}"},
        {ZONES("'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'negative_ttl': '1h', 'soa': { 'minimum': '5m' }") "}",
         "f:3:81: /zones/example.com/negative_ttl: warning: no effect: the 'soa' says 5m, and the shorter one counts "
         "(RFC 2308 section 5), expected one of the two"},
        {WITH("'mx_hosts': { 'mx1': { 'cname': 'b' }, 'b': {} }"),
         "f:3:59: /zones/example.com/mx/mx1: warning: an MX record may not name an alias (RFC 5321 section 5.1), "
         "expected 'b' if that is not what you want to see"},
        {WITH("'mx_hosts': { 'w': { 'cname': 'mx1' } }"),
         "f:4:20: /mx_hosts/w: warning: no zone names it, expected it in an 'mx'"},
    };
    WARNED(rows);
}

Test(load_dns, warns_of_the_load_and_the_faults_of_name_servers)
{
    static const struct mistake rows[] = {
        {WITH("'name_servers': { 'ns1': { 'queries': '5/s' } }"),
         "f:4:39: /name_servers/ns1/queries: warning: no effect without 'capacity', expected 'capacity': '50000/s' "
         "beside it"},
        {WITH("'name_servers': { 'ns1': { 'capacity': '4/s', 'queries': '5/s' } }"),
         "f:4:58: /name_servers/ns1/queries: warning: more than it can answer, which shows during a fault 'overloaded' "
         "only, expected less than 'capacity'"},
        {WITH("'name_servers': { 'ns1': { 'capacity': '40/s', 'queries': '5/s' } }, 'faults': [ { 'on': 'ns1', 'is': "
              "'overloaded', 'load': '35/s' } ]"),
         "f:4:125: /faults/0/load: warning: 'ns1' can answer all of it: nothing is lost, expected more than its "
         "'capacity' less its 'queries'"},
        {WITH("'faults': [ { 'on': 'ns1', 'is': 'overloaded', 'drops': 0 } ]"),
         "f:4:57: /faults/0/drops: warning: nothing is lost, expected more than 0"},
        {HEAD STAFF
         "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 }, 'signed': true } }, 'faults': [ { "
         "'on': 'example.com', 'is': 'unsigned' } ], 'mtas': { 'm': { 'resolver': 'r' } }, 'resolvers': { 'r': "
         "'textbook' } }",
         "f:3:126: /faults/0/is: warning: no effect, since no resolver validates, expected one that does"},
    };
    WARNED(rows);
}
