/* tests/scenarios/test_load.c - text to world_spec: what a good text fills, and what each mistake is answered with. */
#include "scenarios/load.h"
#include "sim/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Scenarios are written here with ' for ". */
static char *with_quotes(const char *text, char *buffer, size_t size)
{
    cr_assert_lt(strlen(text), size);
    strcpy(buffer, text);
    for (char *p = buffer; *p; p++)
        if (*p == '\'') *p = '"';
    return buffer;
}

static struct loaded *load(const char *text, struct load_errors *errors)
{
    char buffer[16384];
    with_quotes(text, buffer, sizeof buffer);
    return scenario_load(buffer, strlen(buffer), errors);
}

static struct loaded *load_good(const char *text)
{
    struct load_errors errors;
    struct loaded *loaded = load(text, &errors);
    cr_assert(loaded && errors.count == 0, "%s", errors.count ? errors.items[0].text : "?");
    load_errors_free(&errors);
    return loaded;
}

/* All errors of text, one a line. */
static const char *errors_of(const char *text, bool loads)
{
    static char lines[65536];
    struct load_errors errors;
    struct loaded *loaded = load(text, &errors);
    size_t used = 0;
    lines[0] = '\0';
    for (size_t i = 0; i < errors.count; i++) {
        if (i) lines[used++] = '\n';
        used += load_error_print(&errors.items[i], "f", lines + used, sizeof lines - used);
    }
    for (char *p = lines; *p; p++)
        if (*p == '"') *p = '\'';
    cr_assert_eq(loaded != NULL, loads, "%s", lines);
    loaded_free(loaded);
    load_errors_free(&errors);
    return lines;
}

#define HEAD       "{ 'format': 'mxsim-scenario-1', 'name': 'n',\n"
#define STAFF      "'clients': { 'staff': { 'to': 'joe@example.com', 'rate': '60/h' } },\n"
#define ZONE       "'zones': { 'example.com': { 'ns': ['ns1'], 'mx': { 'mx1': 10 } } }"
#define WITH(more) HEAD STAFF ZONE ",\n" more " }"

struct mistake {
    const char *text, *errors;
};

static void refused(const struct mistake *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = errors_of(rows[i].text, false);
        cr_assert_str_eq(got, rows[i].errors, "\n%s\ngave\n%s\nnot\n%s", rows[i].text, got, rows[i].errors);
    }
}
#define REFUSED(rows) refused(rows, sizeof rows / sizeof *rows)

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
    cr_assert_eq(c->to[0].weight, 1);
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
    cr_assert(m->zone == 0 && m->addresses == 1 && m->relay == SPEC_NONE && m->takes == 20 * SIM_MS);
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
    struct loaded *loaded = load_good(
        WITH("'mtas': { 'm': { 'profile': 'postfix', 'retry': 'list', 'retry_gaps': ['5m', '2h'], "
             "'smtp_mx_address_limit': 0,"
             " 'on_dns_failure': 'bounce', 'delay_warning_time': '4h', 'delay_warning_repeat': true, "
             "'smtp_pipelining': false,"
             " 'resolver': 'r' } }, 'resolvers': { 'r': { 'profile': 'bind', 'infra_host_ttl': '5m', 'max_tries': 7,"
             " 'choice': 'random_in_band', 'heeds_icmp': false } }"));
    const struct mta_params *m = &loaded_spec(loaded)->mtas[0].params;
    const struct resolver_params *r = &loaded_spec(loaded)->resolvers[0].params;
    cr_assert(m->retry == RETRY_LIST && m->retry_gap_count == 2 && m->retry_gaps[1] == 2 * SIM_HOUR);
    cr_assert(m->smtp_mx_address_limit == 0 && m->on_dns_failure == DNS_FAILURE_BOUNCE && !m->smtp_pipelining);
    cr_assert(m->delay_warning_time == 4 * SIM_HOUR && m->delay_warning_repeat);
    cr_assert_eq(m->smtp_mx_session_limit, mta_profile_find("postfix")->params.smtp_mx_session_limit);
    cr_assert(r->infra_host_ttl == 300 * SIM_SECOND && r->max_tries == 7 && !r->heeds_icmp);
    cr_assert_eq(r->choice, CHOOSE_RANDOM_IN_BAND);
    cr_assert_eq(r->query_timeout, resolver_profile_find("bind")->params.query_timeout);
    loaded_free(loaded);
}

Test(load, relays_become_mtas_and_records_are_sorted)
{
    struct loaded *loaded = load_good(
        HEAD STAFF "'network': { 'delay': '3ms', 'loss': '1%' },"
                   "'zones': { 'example.com': { 'ns': ['ns2', 'ns1'], 'mx': { 'c': 30, 'b': 20, 'a': 10, 'd': 20 } } },"
                   "'name_servers': { 'ns1': { 'delay': { 'exponential': '7ms' }, 'loss': 0 } },"
                   "'mx_hosts': { 'd': { 'relay': 'postfix', 'addresses': 0, 'takes': '1s' },"
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
    cr_assert_eq(w->mtas[w->mx_hosts[z->mx[1].mx_host].relay].params.delay_warning_time, 9 * SIM_HOUR);
    cr_assert(w->mx_hosts[z->mx[2].mx_host].addresses == 0 && w->mx_hosts[z->mx[2].mx_host].takes == SIM_SECOND);
    loaded_free(loaded);
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
        {WITH("'mtas': { 'm': { 'retry': 'list', 'retry_gaps': ['5m', '0s'] } }"),
         "f:4:56: /mtas/m/retry_gaps/1: '0s' is too short, expected at least 1s"},
        {WITH("'mtas': { 'm': { 'retry_gaps': ['5m'] } }"),
         "f:4:18: /mtas/m/retry_gaps: no effect while 'retry' is 'age', expected 'retry': 'list' beside it"},
        {WITH("'mtas': { 'm': { 'on_dns_failure': 'Bounce' } }"),
         "f:4:36: /mtas/m/on_dns_failure: 'Bounce' is no on_dns_failure, did you mean 'bounce'?"},
        {WITH("'mtas': { 'm': { 'smtp_pipelining': 1 } }"),
         "f:4:37: /mtas/m/smtp_pipelining: a number, expected true or false"},
        {WITH("'resolvers': { 'r': 'unbund' }"),
         "f:4:21: /resolvers/r: no profile is called 'unbund', did you mean 'unbound'?"},
        {WITH("'resolvers': { 'r': { 'max_tries': -1 } }"),
         "f:4:36: /resolvers/r/max_tries: -1, expected a whole number from 1 to 10000"},
        {WITH("'resolvers': { 'r': { 'Choice': 'x' } }"),
         "f:4:23: /resolvers/r/Choice: unknown key 'Choice': keys are lower case, did you mean 'choice'?"},
    };
    REFUSED(rows);
}

#define ZONES(more) HEAD STAFF "'zones': { 'example.com': { " more " } }"

Test(load, says_what_is_wrong_with_a_zone_or_a_host)
{
    static const struct mistake rows[] = {
        {ZONES("'mx': { 'mx1': 10 }") "}",
         "f:3:27: /zones/example.com: the key 'ns' is missing, expected 'ns': ['ns1']"},
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
         "f:3:62: /zones/example.com/ttl: '2147483648s' is too long, expected at most 24855d3h"},
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

#define FAULT(more) WITH("'faults': [ { " more " } ]")

Test(load, says_what_is_wrong_with_a_fault)
{
    static const struct mistake rows[] = {
        {FAULT("'is': 'silent'"), "f:4:13: /faults/0: the key 'on' is missing, expected 'on': 'mx1'"},
        {FAULT("'on': 'mx2', 'is': 'silent'"), "f:4:21: /faults/0/on: nothing is called 'mx2', did you mean 'mx1'?"},
        {FAULT("'on': ['mx1', 'mx1'], 'is': 'silent'"), "f:4:29: /faults/0/on/1: named twice, expected each name once"},
        {FAULT("'on': 'mx1', 'is': 'silnt'"),
         "f:4:34: /faults/0/is: 'silnt' is no kind of fault, did you mean 'silent'?"},
        {FAULT("'on': 'mx1', 'is': 'none'"),
         "f:4:34: /faults/0/is: 'none' is no kind of fault, expected one of 'slow', 'lossy', 'tempfailing', "
         "'rejecting', "
         "'busy', 'empty', 'nxdomain', 'lame', 'refused', 'servfail', 'refusing', 'silent'"},
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
        {WITH("'faults': {}"), "f:4:11: /faults: an empty object, expected an array of at most 10000 faults"},
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
        {WITH("'resolvers': { 'r': 'bind' }"), "f:4:21: /resolvers/r: warning: no MTA asks it, expected a 'resolver'"},
        {WITH("'faults': [ { 'on': 'mx1', 'is': 'silent', 'from': '7d' } ]"),
         "f:4:52: /faults/0/from: warning: the run ends before, expected less than time.limit"},
        {HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1'] } } }",
         "f:3:27: /zones/example.com: warning: 'example.com' has neither 'mx' nor 'address': all its mail bounces, "
         "expected one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = errors_of(rows[i].text, true);
        cr_assert_str_eq(got, rows[i].errors, "%s", got);
    }
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
    struct load_error error = {3, 14, true, (char[]){"/a/b"}, (char[]){"what, expected what"}};
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
