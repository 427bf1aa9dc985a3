/* tests/scenarios/test_edit.c - KEY=VALUE: what becomes of the text, and what is said of edits that make no sense. */
#include "models/profile.h"
#include "scenarios/edit.h"
#include "sim/mem.h"
#include "texts.h"

#include <glob.h>

#define EDITS_MAX 16

/* One edit a line, with ' for ". */
struct typed {
    char lines[4096];
    struct scenario_edit edits[EDITS_MAX];
    size_t count;
};

static void type(struct typed *typed, const char *lines)
{
    typed->count = 0;
    with_quotes(lines, typed->lines, sizeof typed->lines);
    for (char *line = typed->lines; line && *line;) {
        char *next = strchr(line, '\n'), *split;
        if (next) *next++ = '\0';
        split = (char *)scenario_edit_split(line);
        cr_assert(split && typed->count < EDITS_MAX, "%s", line);
        *split = '\0';
        typed->edits[typed->count++] = (struct scenario_edit){line, split + 1};
        line = next;
    }
}

struct outcome {
    char text[65536], lines[65536]; /* the edited text, and the mistakes, with ' for " */
    bool loads;
    struct edited_text edited;
};

static void to_single(char *text)
{
    for (; *text; text++)
        if (*text == '"') *text = '\'';
}

static const struct outcome *edit(const char *text, const char *lines)
{
    static struct outcome o;
    static struct typed typed;
    char buffer[16384];
    struct load_errors errors;
    size_t used = 0;
    type(&typed, lines);
    with_quotes(text, buffer, sizeof buffer);
    struct loaded *loaded = scenario_load_edited(buffer, strlen(buffer), typed.edits, typed.count, &errors, &o.edited);
    o.loads = loaded;
    o.lines[0] = '\0';
    for (size_t i = 0; i < errors.count; i++) {
        if (i) o.lines[used++] = '\n';
        used += load_error_print(&errors.items[i], "f", o.lines + used, sizeof o.lines - used);
    }
    cr_assert(o.edited.size < sizeof o.text && o.edited.hash == scenario_hash(o.edited.text, o.edited.size));
    memcpy(o.text, o.edited.text, o.edited.size + 1);
    to_single(o.text);
    to_single(o.lines);
    mem_free(o.edited.text);
    o.edited.text = NULL;
    load_errors_free(&errors);
    loaded_free(loaded);
    return &o;
}

struct row {
    const char *text, *edits, *after; /* after: the text, or the mistakes */
};

/* The text comes out so, whether it loads or not. */
static void become(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct outcome *o = edit(rows[i].text, rows[i].edits);
        cr_assert_str_eq(o->text, rows[i].after, "%s\ngave\n%s\nnot\n%s\n%s", rows[i].edits, o->text, rows[i].after,
                         o->lines);
    }
}

static void said(const struct row *rows, size_t count, bool loads)
{
    for (size_t i = 0; i < count; i++) {
        const struct outcome *o = edit(rows[i].text, rows[i].edits);
        cr_assert_str_eq(o->lines, rows[i].after, "%s\ngave\n%s\nnot\n%s", rows[i].edits, o->lines, rows[i].after);
        cr_assert_eq(o->loads, loads, "%s", rows[i].edits);
    }
}
#define BECOME(rows)  become(rows, sizeof rows / sizeof *rows)
#define REFUSES(rows) said(rows, sizeof rows / sizeof *rows, false)
#define WARNS(rows)   said(rows, sizeof rows / sizeof *rows, true)

#define TWO_MX                                                                                                         \
    HEAD STAFF "'zones': { 'example.com': { 'ns': ['ns1', 'ns2'], 'ttl': '1h', 'mx': { 'mx1': 10, 'mx2': 20 } } },\n"  \
               "'resolvers': { 'office': 'unbound' }, 'mtas': { 'sender': { 'resolver': 'office' } },\n"               \
               "'mx_hosts': { 'mx2': { 'relay': 'postfix' } },\n"                                                      \
               "'faults': [ { 'on': 'ns1', 'is': 'silent', 'for': '12h' },\n"                                          \
               "{ 'on': 'mx1', 'is': 'refusing', 'for': { 'exponential': '12h' } } ] }"

Test(edit, key_and_value_part_at_the_first_equals_sign)
{
    static const struct {
        const char *typed;
        int at;
    } rows[] = {{"a=b", 1},    {"a=b=c", 1},       {"=x", 0},           {"abc", -1},
                {"", -1},      {"\"a=b\".c=d", 7}, {"x.\"=\"=1", 5},    {"x\"=1", 2},
                {"\"a=b", -1}, {"/a\"b=c", 4},     {"\"a\\\"=\"=b", 6}, {"name=\"a=b\"", 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *split = scenario_edit_split(rows[i].typed);
        cr_assert_eq(split ? (int)(split - rows[i].typed) : -1, rows[i].at, "%s", rows[i].typed);
    }
}

Test(edit, a_key_is_dotted_or_a_json_pointer)
{
    static const struct row rows[] = {
        {"{ 'time': { 'mail': '1d' } }", "time.mail=2d", "{ 'time': { 'mail': '2d' } }"},
        {"{ 'time': { 'mail': '1d' } }", "/time/mail=2d", "{ 'time': { 'mail': '2d' } }"},
        {"{ 'time': { 'mail': '1d' } }", "'time'.'mail'=2d", "{ 'time': { 'mail': '2d' } }"},
        {"{ 'faults': [ { 'for': '1h' } ] }", "faults.0.for=2h", "{ 'faults': [ { 'for': '2h' } ] }"},
        {"{ 'faults': [ { 'for': '1h' } ] }", "faults[0].for=2h", "{ 'faults': [ { 'for': '2h' } ] }"},
        {"{ 'faults': [ { 'for': '1h' } ] }", "/faults/0/for=2h", "{ 'faults': [ { 'for': '2h' } ] }"},
        {"{ 'zones': { 'a.b': { 'ns': ['x', 'y'] } } }", "zones.a.b.ns[1]=z",
         "{ 'zones': { 'a.b': { 'ns': ['x', 'z'] } } }"},
        {"{ 'a': { 'x': 1, 'x.y': 2, 'x.y.z': { 'q': 3 } } }", "a.x=7\na.x.y=8\na.x.y.z.q=9",
         "{ 'a': { 'x': 7, 'x.y': 8, 'x.y.z': { 'q': 9 } } }"},
        {"{ 'a': { 'x': 1, 'x.y': 2 } }", "/a/x.y=9", "{ 'a': { 'x': 1, 'x.y': 9 } }"},
        {"{ 'a': { 'x': { 'y': 1 }, 'x.y': 2 } }", "a.'x'.y=9", "{ 'a': { 'x': { 'y': 9 }, 'x.y': 2 } }"},
        {"{ 'a/b': { 'c~d': 1 } }", "/a~1b/c~0d=2", "{ 'a/b': { 'c~d': 2 } }"},
        {"{ 'a/b': { 'c~d': 1 } }", "a/b.c~d=2", "{ 'a/b': { 'c~d': 2 } }"},
        {"{ 'mtas': { 'a[0]': { 'profile': 'exim' } } }", "mtas.a[0].profile=qmail",
         "{ 'mtas': { 'a[0]': { 'profile': 'qmail' } } }"},
        {"{ 'mtas': { '\\u0061': { 'profile': 'exim' } } }", "mtas.a.profile=qmail",
         "{ 'mtas': { '\\u0061': { 'profile': 'qmail' } } }"},
        {"{ 'mtas': { 'a=b': 'exim' } }", "mtas.'a=b'=qmail", "{ 'mtas': { 'a=b': 'qmail' } }"},
        {"{ 'mtas': { '': 'exim' } }", "/mtas/=qmail\nmtas.''=smail", "{ 'mtas': { '': 'smail' } }"},
        {"{ 'mtas': { 's': { 'queue ttl': '4d' } } }", "mtas.s.queue ttl=5d",
         "{ 'mtas': { 's': { 'queue ttl': '5d' } } }"},
        {"{ 'x': [ [ 1, 2 ], [ 3 ] ] }", "x[0][1]=9\nx.1.0=8", "{ 'x': [ [ 1, 9 ], [ 8 ] ] }"},
    };
    BECOME(rows);
}

Test(edit, a_value_is_json_or_else_text)
{
    static const struct row rows[] = {
        {"{ 'a': 0 }", "a=1h", "{ 'a': '1h' }"},
        {"{ 'a': 0 }", "a=5", "{ 'a': 5 }"},
        {"{ 'a': 0 }", "a=-1.5e3", "{ 'a': -1.5e3 }"},
        {"{ 'a': 0 }", "a='5'", "{ 'a': '5' }"},
        {"{ 'a': 0 }", "a=true", "{ 'a': true }"},
        {"{ 'a': 0 }", "a=True", "{ 'a': 'True' }"},
        {"{ 'a': 0 }", "a=5%", "{ 'a': '5%' }"},
        {"{ 'a': 0 }", "a=01", "{ 'a': '01' }"},
        {"{ 'a': 0 }", "a=60/h", "{ 'a': '60/h' }"},
        {"{ 'a': 0 }", "a=", "{ 'a': '' }"},
        {"{ 'a': 0 }", "a=b=c", "{ 'a': 'b=c' }"},
        {"{ 'a': 0 }", "a= x y ", "{ 'a': ' x y ' }"},
        {"{ 'a': 0 }", "a=// no comment", "{ 'a': '// no comment' }"},
        {"{ 'a': 0 }", "a=[ 1, 'x y' , { 'b' : 2 } ]", "{ 'a': [1,'x y',{'b':2}] }"},
        {"{ 'a': 0 }", "a={ 'b': /* c */ '// d' }", "{ 'a': {'b':'// d'} }"},
        {"{ 'a': 0 }", "a='\\'\\u0041\\n'", "{ 'a': '\\'\\u0041\\n' }"},
        {"{ 'a': 0 }", "a=[ '\\' x' ]", "{ 'a': ['\\' x'] }"},
        {"{ 'a': 0 }", "a=c:\\x", "{ 'a': 'c:\\\\x' }"},
        {"{ 'a': 0 }", "a=it\ts \x01", "{ 'a': 'it\\u0009s \\u0001' }"},
    };
    BECOME(rows);
    /* A value of several lines takes none in the text. */
    struct scenario_edit lines[] = {{"a", "{ \"b\": // c\n 1,\r\n\t\"d\": \"e\\\\\" }"}, {"f", "g\nh"}};
    struct load_errors errors;
    struct edited_text edited;
    cr_assert_null(scenario_load_edited("{\"a\":0}", 7, lines, 2, &errors, &edited));
    cr_assert_str_eq(edited.text, "{\"a\":{\"b\":1,\"d\":\"e\\\\\"}, \"f\": \"g\\u000ah\"}");
    load_errors_free(&errors);
    mem_free(edited.text);
}

Test(edit, what_is_missing_is_made)
{
    static const struct row rows[] = {
        {"{}", "time.mail=2d", "{'time': {'mail': '2d'}}"},
        {"{ /* none */ }", "a=1", "{'a': 1 /* none */ }"},
        {"{ 'x': 1 /* one */ // end\n }", "a=1\nb.c=2", "{ 'x': 1, 'a': 1, 'b': {'c': 2} /* one */ // end\n }"},
        {"{}", "network.delay.exponential=20ms", "{'network': {'delay': {'exponential': '20ms'}}}"},
        {"{ 'zones': { 'a.b': { } } }", "zones.a.b.mx.mx3.a.b=30", "{ 'zones': { 'a.b': {'mx': {'mx3.a.b': 30} } } }"},
        {"{ 'zones': { 'a.b': { 'mx': { 'mx3': 1 } } } }", "zones.a.b.mx.mx3.a.b=30",
         "{ 'zones': { 'a.b': { 'mx': { 'mx3': 1, 'mx3.a.b': 30 } } } }"},
        {"{ 'zones': { 'a.b': { } } }", "zones.a.b.soa.minimum=5m",
         "{ 'zones': { 'a.b': {'soa': {'minimum': '5m'} } } }"},
        {"{ 'mtas': { 's': { 'profile': 'sendmail' } } }",
         "mtas.s.Timeout.queuereturn=3d\nmtas.s.outcomes.blocked=defer",
         "{ 'mtas': { 's': { 'profile': 'sendmail', 'Timeout.queuereturn': '3d', 'outcomes': {'blocked': 'defer'} } } "
         "}"},
        {"{}", "expect.latency.p99.at_most=15m", "{'expect': {'latency.p99': {'at_most': '15m'}}}"},
        {"{ 'clients': { 'c': { 'to': { 'a@b.c': 2 } } } }",
         "clients.c.to.d.e@b.c=3\nclients.c.to.a@b.c.mailboxes=9\nclients.c.to.f@b.c.mailboxes=5",
         "{ 'clients': { 'c': { 'to': { 'a@b.c': {'weight': 2, 'mailboxes': 9}, 'd.e@b.c': 3, 'f@b.c': {'mailboxes': "
         "5} } } "
         "} }"},
        /* A name that is there by being referred to. */
        {"{ 'zones': { 'a.b': { 'ns': ['ns1', 'ns.a.b'], 'mx': { 'mx1': 1, 'mx1.a.b': 2 } } } }",
         "name_servers.ns.a.b.loss=5%\nmx_hosts.mx1.a.b.takes=1s\nmtas.sender.delay_warning_time=4h",
         "{ 'zones': { 'a.b': { 'ns': ['ns1', 'ns.a.b'], 'mx': { 'mx1': 1, 'mx1.a.b': 2 } } }, 'name_servers': "
         "{'ns.a.b': "
         "{'loss': '5%'}}, 'mx_hosts': {'mx1.a.b': {'takes': '1s'}}, 'mtas': {'sender': {'delay_warning_time': '4h'}} "
         "}"},
        {"{ 'mtas': { 's': 'exim' } }", "mtas.s.resolver=['r', 'q']\nresolvers.r.profile=bind\nresolvers.q.loss=1%",
         "{ 'mtas': { 's': {'profile': 'exim', 'resolver': ['r','q']} }, 'resolvers': {'r': {'profile': 'bind'}, 'q': "
         "{'loss': '1%'}} }"},
        {"{ 'clients': { 'c': {} } }", "clients.c.via=m\nmtas.m.profile=exim",
         "{ 'clients': { 'c': {'via': 'm'} }, 'mtas': {'m': {'profile': 'exim'}} }"},
        /* All of a thing may be new. */
        {"{}", "mtas.a=exim\nzones.b.c={'ns':['n']}\ngroups.d=['n']\n/resolvers/e.f={}",
         "{'mtas': {'a': 'exim'}, 'zones': {'b.c': {'ns':['n']}}, 'groups': {'d': ['n']}, 'resolvers': {'e.f': {}}}"},
        {"{}", "faults.0={'on':'mx1'}\nfaults.-={'on':'mx2'}\nfaults.2={'on':'mx3'}\n/faults/-={}",
         "{'faults': [{'on':'mx1'}, {'on':'mx2'}, {'on':'mx3'}, {}]}"},
        {"{}", "faults.-={}", "{'faults': [{}]}"},
        {"{ 'a': [ ] }", "a.0=1\na[1]=2\na.-=3", "{ 'a': [1, 2, 3 ] }"},
    };
    BECOME(rows);
}

Test(edit, a_profile_is_short_for_an_object)
{
    static const struct row rows[] = {
        {"{ 'resolvers': { 'r': 'unbound' /* c */ } }", "resolvers.r.loss=1%",
         "{ 'resolvers': { 'r': {'profile': 'unbound', 'loss': '1%'} /* c */ } }"},
        {"{ 'resolvers': { 'r': 'knot' } }", "resolvers.r.cache.max_ttl=1h\nresolvers.r.delay.exponential=1ms",
         "{ 'resolvers': { 'r': {'profile': 'knot', 'cache.max_ttl': '1h', 'delay': {'exponential': '1ms'}} } }"},
        {"{ 'resolvers': { 'r': 'unbound' } }", "resolvers.r.profile=bind",
         "{ 'resolvers': { 'r': {'profile': 'bind'} } }"},
        {"{ 'resolvers': { 'r': { 'delay': '1ms' } } }", "resolvers.r.delay.exponential=2ms",
         "{ 'resolvers': { 'r': { 'delay': {'exponential': '2ms'} } } }"},
        {"{ 'resolvers': { 'r': 'unbound' } }", "resolvers.r=bind", "{ 'resolvers': { 'r': 'bind' } }"},
        {"{ 'resolvers': { 'r': 'bind' } }", "resolvers.r.profile=null", "{ 'resolvers': { 'r': {} } }"},
        {"{ 'mtas': { 'm': 'exim' } }", "mtas.m.outcomes.blocked=defer",
         "{ 'mtas': { 'm': {'profile': 'exim', 'outcomes': {'blocked': 'defer'}} } }"},
        {"{ 'mx_hosts': { 'h': { 'relay': 'postfix', 'greylist': 'spamd' } } }",
         "mx_hosts.h.relay.maximal_queue_lifetime=5d\nmx_hosts.h.greylist.delay=1m",
         "{ 'mx_hosts': { 'h': { 'relay': {'profile': 'postfix', 'maximal_queue_lifetime': '5d'}, 'greylist': {'like': "
         "'spamd', 'delay': '1m'} } } }"},
        {"{ 'name_servers': { 'n': { 'software': 'nsd' } } }", "/name_servers/n/software/min-retry-time=1m",
         "{ 'name_servers': { 'n': { 'software': {'profile': 'nsd', 'min-retry-time': '1m'} } } }"},
    };
    BECOME(rows);
}

Test(edit, a_law_gives_way_to_another)
{
    static const struct row rows[] = {
        {"{ 'faults': [ { 'for': { 'exponential': '1h' } } ] }", "faults.0.for=2h",
         "{ 'faults': [ { 'for': '2h' } ] }"},
        {"{ 'faults': [ { 'for': { 'exponential': '1h' } } ] }", "faults.0.for.exponential=2h",
         "{ 'faults': [ { 'for': { 'exponential': '2h' } } ] }"},
        {"{ 'faults': [ { 'for': '1h' } ] }", "faults.0.for.exponential=2h",
         "{ 'faults': [ { 'for': {'exponential': '2h'} } ] }"},
        {"{ 'faults': [ { 'for': { 'exponential': '1h' } } ] }", "faults.0.for.uniform=['1h', '2h']",
         "{ 'faults': [ { 'for': {'uniform': ['1h','2h']} } ] }"},
        {"{ 'mx_hosts': { 'h': { 'takes': { 'exponential': '1h' } } } }",
         "mx_hosts.h.takes.lognormal.median=1s\nmx_hosts.h.takes.lognormal.sigma=2",
         "{ 'mx_hosts': { 'h': { 'takes': {'lognormal': {'median': '1s', 'sigma': 2}} } } }"},
    };
    BECOME(rows);
}

Test(edit, null_takes_away)
{
    static const struct row rows[] = {
        {"{ 'a': 1, 'b': 2, 'c': 3 }", "a=null", "{  'b': 2, 'c': 3 }"},
        {"{ 'a': 1, 'b': 2, 'c': 3 }", "b=null", "{ 'a': 1,  'c': 3 }"},
        {"{ 'a': 1, 'b': 2, 'c': 3 }", "c=null", "{ 'a': 1, 'b': 2  }"},
        {"{ 'a': 1 }", "a=null", "{  }"},
        {"{'a':1,'b':2}", "a= null ", "{'b':2}"},
        {"{ 'a': 'null' }", "a='null'", "{ 'a': 'null' }"},
        {"{ 'a': [1, 2, 3] }", "a.0=null\na.0=null\na.0=null", "{ 'a': [  ] }"},
        {"{ 'a': [1, 2, 3] }", "a.2=null\na.1=null", "{ 'a': [1  ] }"},
        {"{ 'a': 1 /* , one */ , // two\n 'b': 2 }", "a=null", "{  /* , one */  // two\n 'b': 2 }"},
        {"{ 'a': 1 /* , one */ , // two,\n 'b': 2 /* three */ }", "b=null",
         "{ 'a': 1 /* , one */  // two,\n  /* three */ }"},
        {"{ 'a': { 'x': 1, 'y': 2, 'z': 3 } }", "a.*=null", "{ 'a': {    } }"},
        {"{ 'a': [ { 'x': 1 }, { 'y': 2 }, { 'x': 3, 'y': 4 } ] }", "a.*.x=null",
         "{ 'a': [ {  }, { 'y': 2 }, {  'y': 4 } ] }"},
        {"{ 'a': 1 }", "b=1\na=null\nb=null\nc=3", "{'c': 3   }"},
    };
    BECOME(rows);
}

Test(edit, a_star_is_all_that_there_is)
{
    static const struct row rows[] = {
        {"{ 'faults': [ { 'for': '1h' }, { 'on': 'x' } ] }", "faults.*.for=2h",
         "{ 'faults': [ { 'for': '2h' }, { 'on': 'x', 'for': '2h' } ] }"},
        {"{ 'faults': [ { 'for': '1h' }, { 'on': 'x' } ] }", "faults[*].for=2h",
         "{ 'faults': [ { 'for': '2h' }, { 'on': 'x', 'for': '2h' } ] }"},
        {"{ 'zones': { 'a': { 'ttl': '1h' }, 'b': {} } }", "/zones/*/ttl=2h",
         "{ 'zones': { 'a': { 'ttl': '2h' }, 'b': {'ttl': '2h'} } }"},
        {"{ 'a': { '*': 1, 'b': 2 } }", "a.*=3", "{ 'a': { '*': 3, 'b': 2 } }"},
        {"{ 'a': { 'b': [1, 2], 'c': [3] } }", "a.*.*=0", "{ 'a': { 'b': [0, 0], 'c': [0] } }"},
        {"{ 'mtas': { 'a': 'exim', 'b': {} } }", "mtas.*.delay_warning=1h",
         "{ 'mtas': { 'a': {'profile': 'exim', 'delay_warning': '1h'}, 'b': {'delay_warning': '1h'} } }"},
        /* Those that are only referred to as well. */
        {"{ 'zones': { 'a': { 'ns': ['n', 'm'], 'mx': { 'h': 1 } } }, 'mx_hosts': {  } }",
         "name_servers.*.loss=5%\nmx_hosts.*.limits.sessions=5",
         "{ 'zones': { 'a': { 'ns': ['n', 'm'], 'mx': { 'h': 1 } } }, 'mx_hosts': {'h': {'limits': {'sessions': 5}}  "
         "}, "
         "'name_servers': {'n': {'loss': '5%'}, 'm': {'loss': '5%'}} }"},
        {"{ 'zones': { 'a': { 'mx': { 'h': 1, 'i': 2, 'j': 3 } } }, 'mx_hosts': { 'i': { } } }", "mx_hosts.*.takes=1s",
         "{ 'zones': { 'a': { 'mx': { 'h': 1, 'i': 2, 'j': 3 } } }, 'mx_hosts': { 'i': {'takes': '1s' }, 'h': "
         "{'takes': "
         "'1s'}, 'j': {'takes': '1s'} } }"},
    };
    BECOME(rows);
}

Test(edit, a_scenario_loads_after_edits_as_if_it_had_been_written_so)
{
    static const char *const good[] = {
        "zones.example.com.ttl=5m",
        "faults.0.for=2h",
        "mtas.sender.profile=exim",
        "mx_hosts.mx2.relay.maximal_queue_lifetime=5d",
        "resolvers.office.profile=bind",
        "resolvers.office.infra-host-ttl=5m",
        "zones.example.com.mx.mx2=null\nmx_hosts.mx2=null",
        "zones.example.com.mx={'mx1':10}\nmx_hosts=null",
        "mx_hosts.mx1.limits.sessions=50",
        "faults.*.for.exponential=6h",
        "faults.-={'on':'mx2','is':'busy','for':'1h'}",
        "faults=null",
        "clients.staff.rate=5/h\nclients.staff.rate=6/h",
        "clients.new={'to':'ann@example.com','count':5}",
        "zones.example.org={'ns':['ns3'],'mx':{'mx9':10}}\nclients.staff.to=['joe@example.com','x@example.org']",
        "name='2024'",
        "time.mail=12h\ntime.limit=2d",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct outcome *o = edit(TWO_MX, good[i]);
        cr_assert(o->loads && o->lines[0] == '\0', "%s\n%s", good[i], o->lines);
        cr_assert_str_empty(errors_of(o->text, true), "%s", good[i]);
    }
    const struct outcome *o = edit(TWO_MX, "");
    char text[4096];
    cr_assert(o->loads && o->edited.hash == scenario_hash(with_quotes(TWO_MX, text, sizeof text), strlen(TWO_MX)));
}

Test(edit, a_wrong_value_is_the_loaders_mistake_and_the_edits)
{
    static const struct row rows[] = {
        {TWO_MX, "zones.example.com.ttl=5",
         "f: zones.example.com.ttl=5: /zones/example.com/ttl: a number, expected a duration such as '5m'"},
        {TWO_MX, "zones.example.com.ttl=1.5s\nclients.staff.rate=0/h",
         "f: zones.example.com.ttl=1.5s: /zones/example.com/ttl: '1.5s' is not whole seconds, expected whole seconds: "
         "DNS "
         "has no finer ones\n"
         "f: clients.staff.rate=0/h: /clients/staff/rate: '0/h' is zero, expected a rate above zero such as '60/h'"},
        {TWO_MX, "zones.example.com.ttl=",
         "f: zones.example.com.ttl=: /zones/example.com/ttl: '' is empty, expected a duration such as '5m'"},
        {TWO_MX, "clients.staff.to.x=1\nname=5",
         "f: clients.staff.to.x=1: /clients/staff/to: a string, which has nothing inside, expected "
         "clients.staff.to=VALUE\n"
         "f: name=5: /name: a number, expected a string"},
        {TWO_MX, "mtas.sender.profile=eximm",
         "f: mtas.sender.profile=eximm: /mtas/sender/profile: no profile is called 'eximm', did you mean 'exim'?"},
        {TWO_MX, "faults.0={'on':'mx1'}",
         "f: faults.0={'on':'mx1'}: /faults/0: the key 'is' is missing, expected 'is': 'silent'"},
        {TWO_MX, "mtas.new={}",
         "f:2:23: /clients/staff: the key 'via' is missing and there is more than one MTA, expected 'via': 'sender' "
         "(with "
         "mtas.new={})"},
        {TWO_MX, "faults.0.for=0s", "f: faults.0.for=0s: /faults/0/for: a fault of no length, expected more than 0s"},
        {TWO_MX, "zones.example.com.mx='.'\nzones.example.com.mx.mx1=10",
         "f:7:9: /faults/1/on: nothing is called 'mx1', did you mean 'mx2'? (with zones.example.com.mx='.')\n"
         "f: zones.example.com.mx.mx1=10: /zones/example.com/mx: a string, which has nothing inside, expected "
         "zones.example.com.mx=VALUE"},
    };
    REFUSES(rows);
    static const struct row early[] = {
        {TWO_MX, "a={'b': x}",
         "f: a={'b': x}: the value is no JSON: a bare word x, expected true, false, null or a string in "
         "'quotes'"},
        {TWO_MX, "a=[1", "f: a=[1: the value is no JSON: the text ends, expected a comma or ]"},
        {TWO_MX, "a='x", "f: a='x: the value is no JSON: the string never ends, expected ' on the same line"},
        {TWO_MX, "=x", "f: =x: the key is empty, expected a key such as time.mail before the ="},
        {TWO_MX, "a..b=1\n.a=1\na.=1",
         "f: a..b=1: the key has an empty name in it, expected one between two dots\n"
         "f: .a=1: the key has an empty name in it, expected one between two dots\n"
         "f: a.=1: the key has an empty name in it, expected one between two dots"},
        {TWO_MX, "/a~b=1", "f: /a~b=1: the key has a lone ~, expected ~0 for ~, and ~1 for / in a name"},
        {TWO_MX, "a.'b'c=1", "f: a.'b'c=1: the key goes on after a quote, expected a dot there"},
        {TWO_MX, "a=\xff\nz\xc3=1",
         "f: a=?: the value is not UTF-8, expected UTF-8\nf: z?=1: the key is not UTF-8, expected UTF-8"},
    };
    REFUSES(early);
}

Test(edit, a_key_that_is_none_is_told_what_there_is)
{
#define ROOT                                                                                                           \
    "expected one of '$schema', 'format', 'name', 'why', 'ask', 'time', 'network', 'clients', 'mtas', 'resolvers', "   \
    "'zones', 'name_servers', 'mx_hosts', 'groups', 'faults', 'expect'"
    static const struct row rows[] = {
        {TWO_MX, "zone.example.com.ttl=5m",
         "f: zone.example.com.ttl=5m: /zone: unknown key 'zone', did you mean 'zones'? " ROOT},
        {TWO_MX, "x=1", "f: x=1: /x: unknown key 'x', " ROOT},
        {TWO_MX, "zones.example.com.tll=5m",
         "f: zones.example.com.tll=5m: /zones/example.com/tll: unknown key 'tll', did you mean 'ttl'? expected one of "
         "'ns', 'ttl', 'negative_ttl', 'mx', 'address', 'soa', 'notify', 'delegation', 'signed'"},
        {TWO_MX, "faults.0.for.exponentail=1h",
         "f: faults.0.for.exponentail=1h: /faults/0/for/exponentail: no law is called 'exponentail', did you mean "
         "'exponential'? expected one of 'exponential', 'uniform', 'lognormal', 'weibull', 'gamma', 'pareto', "
         "'empirical'"},
        {TWO_MX, "resolvers.office.profile=textbook\nresolvers.office.hold_dwon=1h",
         "f: resolvers.office.hold_dwon=1h: /resolvers/office/hold_dwon: unknown key 'hold_dwon', expected one of "
         "'profile', 'delay', 'loss', "},
        /* In the middle of the path. */
        {TWO_MX, "mtas.sendr.profile=exim",
         "f: mtas.sendr.profile=exim: /mtas: no MTA is called 'sendr', did you mean 'sender'? or all of a new one: "
         "mtas.sendr={...}"},
        {TWO_MX, "mtas.sendr.x=1",
         "f: mtas.sendr.x=1: /mtas: no MTA is called 'sendr', did you mean 'sender'? or all of a new one: "
         "mtas.sendr={...}"},
        {TWO_MX, "/mtas/sendr/profile=exim",
         "f: /mtas/sendr/profile=exim: /mtas: no MTA is called 'sendr', did you mean 'sender'? or all of a new one: "
         "/mtas/sendr={...}"},
        {TWO_MX, "zones.exmple.com.ttl=5m",
         "f: zones.exmple.com.ttl=5m: /zones: no zone is called 'exmple.com', did you mean 'example.com'? or all of a "
         "new "
         "one: zones.exmple.com={...}"},
        {TWO_MX, "zones.other.org.soa={'minimum':'5m'}",
         "f: zones.other.org.soa={'minimum':'5m'}: /zones: no zone is called 'other.org', expected 'example.com', or "
         "all of "
         "a new one: zones.other.org={...}"},
        {TWO_MX, "clients.stuff.rate=1/h",
         "f: clients.stuff.rate=1/h: /clients: no client is called 'stuff', did you mean 'staff'? or all of a new one: "
         "clients.stuff={...}"},
        {TWO_MX, "mx_hosts.mx3.takes=1s",
         "f: mx_hosts.mx3.takes=1s: /mx_hosts: no MX host is called 'mx3', did you mean 'mx2'? expected one of 'mx2', "
         "'mx1', or all of a new one: mx_hosts.mx3={...}"},
        {TWO_MX, "name_servers.other.loss=1%",
         "f: name_servers.other.loss=1%: no name server is called 'other', expected one of 'ns1', 'ns2', or all of a "
         "new "
         "one: name_servers.other={...}"},
        {TWO_MX, "groups.rack.0=ns1",
         "f: groups.rack.0=ns1: no group is called 'rack', expected all of a new one: groups.rack=[...]"},
        {TWO_MX, "expect.latency.p98.at_most=1h\nexpect.bounce=1",
         "f: expect.latency.p98.at_most=1h: no metric is called 'latency.p98', did you mean 'latency.p90'? expected "
         "one of "},
        /* Items. */
        {TWO_MX, "faults.2.for=1h",
         "f: faults.2.for=1h: /faults: no item '2' in an array of 2, expected 0 to 1; or all of a new one at '-'"},
        {TWO_MX, "faults.4294967296.for=1h",
         "f: faults.4294967296.for=1h: /faults: no item '4294967296' in an array of 2, expected 0 to 1; or "},
        {TWO_MX, "faults[7]=null", "f: faults[7]=null: /faults: no item '[7]' in an array of 2, expected 0 to 1"},
        {TWO_MX, "faults.for=1h\nfaults.01.for=1h\nfaults.3000000000.for=1h\nfaults.0x.for=1h",
         "f: faults.for=1h: /faults: no item 'for' in an array of 2, expected 0 to 1; or all of a new one at '-'\n"
         "f: faults.01.for=1h: /faults: no item '01' in an array of 2, expected 0 to 1; or all of a new one at '-'\n"
         "f: faults.3000000000.for=1h: /faults: no item '3000000000' in an array of 2, expected 0 to 1; or all of a "
         "new one at '-'\n"
         "f: faults.0x.for=1h: /faults: no item '0x' in an array of 2, expected 0 to 1; or all of a new one at '-'"},
        {FAULT("'on': 'mx1', 'is': 'silent'"), "faults.1.for=1h",
         "f: faults.1.for=1h: /faults: no item '1' in an array of 1, expected 0; or all of a new one at '-'"},
        {WITH("'faults': []"), "faults.0.for=1h",
         "f: faults.0.for=1h: /faults: no item '0' in an array of 0, expected all of a new one at '-'"},
        {HEAD STAFF ZONE "}", "faults.0.for=1h",
         "f: faults.0.for=1h: there are none yet, expected all of a new one: faults.0={...}"},
        /* What is not there cannot be taken away. */
        {TWO_MX, "zones.example.com.tll=null",
         "f: zones.example.com.tll=null: /zones/example.com: there is no 'tll' to take away, did you mean 'ttl'? "
         "expected "
         "one of 'ns', 'ttl', 'mx'"},
        {TWO_MX, "mx_hosts.mx1=null",
         "f: mx_hosts.mx1=null: /mx_hosts: there is no 'mx1' to take away, did you mean 'mx2'?"},
        {TWO_MX, "zones.exmple.com=null",
         "f: zones.exmple.com=null: /zones: no zone is called 'exmple.com', did you mean 'example.com'?"},
        {TWO_MX, "faults.*.share=null\nmx_hosts.*.limits.*=5",
         "f: faults.*.share=null: /faults/1: nothing is there for '*', expected the key of something that is there\n"
         "f: mx_hosts.*.limits.*=5: /mx_hosts: nothing is there for '*', expected the key of something that is there"},
        {TWO_MX, "resolvers.office.loss=null",
         "f: resolvers.office.loss=null: /resolvers/office: there is no 'loss' to take away, expected something that "
         "is "
         "there"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct outcome *o = edit(rows[i].text, rows[i].edits);
        cr_assert(!o->loads && strncmp(o->lines, rows[i].after, strlen(rows[i].after)) == 0, "%s\ngave\n%s\nnot\n%s",
                  rows[i].edits, o->lines, rows[i].after);
        size_t rest = strlen(o->lines) - strlen(rows[i].after);
        cr_assert(rest == 0 || rows[i].after[strlen(rows[i].after) - 1] == ' ', "%s\ngave\n%s", rows[i].edits,
                  o->lines);
    }
}

Test(edit, what_an_edit_brings_about_elsewhere_is_named)
{
    static const struct row refused[] = {
        {TWO_MX, "resolvers.office=null",
         "f:4:73: /mtas/sender/resolver: no resolver is called 'office', expected one in 'resolvers' (with "
         "resolvers.office=null)"},
        {TWO_MX, "zones.example.com.ttl=5m\ntime={'limit':'2h'}\nname=x\nclients.staff.every=1m",
         "f:2:23: /clients/staff: more than one way of sending, expected one of 'rate', 'every', 'count' (with "
         "clients.staff.every=1m)\n"
         "f: time={'limit':'2h'}: /time/limit: the run ends before the last mail, expected at least 1d"},
        {TWO_MX, "faults.1.is=null",
         "f:7:1: /faults/1: the key 'is' is missing, expected 'is': 'silent' (with faults.1.is=null)"},
        /* The first after which it is there. */
        {TWO_MX, "clients.staff.every=1m\nclients.staff.every=2m",
         "f:2:23: /clients/staff: more than one way of sending, expected one of 'rate', 'every', 'count' (with "
         "clients.staff.every=1m)"},
        /* The text's own mistakes are its own, at its own lines. */
        {HEAD STAFF ZONE ",\n'falts': [] }", "name={\nfaults=[]\nzones.example.com.ns=['ns1','ns2']",
         "f:4:1: /falts: unknown key 'falts', did you mean 'faults'?\n"
         "f: name={: the value is no JSON: the text ends, expected a key in 'quotes' or }"},
        {HEAD "'clients': {},\n" ZONE "}", "name=x\nzones.example.com.ttl=5",
         "f:2:12: /clients: nothing in it, expected at least one\n"
         "f: zones.example.com.ttl=5: /zones/example.com/ttl: a number, expected a duration such as '5m'"},
        /* Nothing can be edited in what is no JSON: that is all there is to say. */
        {HEAD STAFF ZONE ",\n", "name=x\nxyz=5", "f:4:1: the text ends, expected a key in 'quotes'"},
        {"[]", "name=x", "f:1:1: an empty array, expected a scenario: { ... }"},
        {"'x'", "name=x", "f:1:1: a string, expected a scenario: { ... }"},
    };
    REFUSES(refused);
    static const struct row warned[] = {
        {TWO_MX, "zones.example.com.mx.mx2=null",
         "f:5:22: /mx_hosts/mx2: warning: no zone names it, expected it in an 'mx' (with "
         "zones.example.com.mx.mx2=null)"},
        {TWO_MX, "mx_hosts.mx3={'takes':'1s'}",
         "f: mx_hosts.mx3={'takes':'1s'}: /mx_hosts/mx3: warning: no zone names it, expected it in an 'mx'"},
        {HEAD STAFF ZONE ", 'resolvers': { 'r': 'bind' } }", "zones.example.com.ttl=5m",
         "f:3:89: /resolvers/r: warning: no MTA asks it, expected a 'resolver'"},
        /* An edit may cure a mistake of the text. */
        {HEAD STAFF ZONE ", 'time': { 'mail': 5 } }", "time.mail=5h", ""},
        {HEAD STAFF ZONE ", 'falts': [] }", "falts=null", ""},
    };
    WARNS(warned);
}

Test(edit, says_which_edit)
{
    static struct typed typed;
    struct load_errors errors;
    char text[4096];
    type(&typed, "time.mail=1d\nzones.example.com.ttl=5\nname=7");
    with_quotes(TWO_MX, text, sizeof text);
    cr_assert_null(scenario_load_edited(text, strlen(text), typed.edits, typed.count, &errors, NULL));
    cr_assert(errors.count == 2 && errors.items[0].edit == 1 && errors.items[1].edit == 2);
    cr_assert(errors.items[0].line == 0 && errors.items[0].column == 0);
    cr_assert_str_eq(errors.items[0].typed, "zones.example.com.ttl=5");
    load_errors_free(&errors);
    /* A mistake of a text without edits has none. */
    cr_assert_null(scenario_load("[]", 2, &errors));
    cr_assert(errors.items[0].edit == -1 && !errors.items[0].typed);
    load_errors_free(&errors);
}

Test(edit, what_a_text_says_at_a_key)
{
    static const struct {
        const char *key, *value;
    } rows[] = {{"zones.example.com.ttl", "1h"},
                {"/zones/example.com/ttl", "1h"},
                {"zones.example.com.mx", "{\"mx1\":10,\"mx2\":20}"},
                {"zones.example.com.mx.mx2", "20"},
                {"zones.example.com.negative_ttl", NULL},
                {"zones.exmple.com.ttl", NULL},
                {"resolvers.office", "unbound"},
                {"resolvers.office.profile", "unbound"},
                {"resolvers.office.loss", NULL},
                {"mtas.sender.profile", NULL},
                {"faults.0.for", "12h"},
                {"faults.1.for.exponential", "12h"},
                {"faults.0.for.exponential", NULL},
                {"faults.2.for", NULL},
                {"faults.-", NULL},
                {"faults.*.on", NULL},
                {"faults.*.for.exponential", "12h"},
                {"zones.*.ttl", "1h"},
                {"name", "n"},
                {"", NULL},
                {"..", NULL}};
    char text[4096];
    with_quotes(TWO_MX, text, sizeof text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *value = scenario_value_at(text, strlen(text), rows[i].key);
        cr_assert((value == NULL) == (rows[i].value == NULL), "%s: %s", rows[i].key, value ? value : "null");
        if (value) cr_assert_str_eq(value, rows[i].value, "%s", rows[i].key);
        mem_free(value);
    }
    cr_assert_null(scenario_value_at("{", 1, "a"));
    /* What would not be read as text is in quotes. */
    static const char *const texts[][2] = {{"{\"a\":\"5\"}", "\"5\""},
                                           {"{\"a\":\"null\"}", "\"null\""},
                                           {"{\"a\":\"[x\"}", "\"[x\""},
                                           {"{\"a\":\"x\\ny\"}", "\"x\\u000ay\""},
                                           {"{\"a\":\"5m \"}", "5m "},
                                           {"{\"a\":\"\"}", ""},
                                           {"{\"a\": [ 1 , \" \"] }", "[1,\" \"]"},
                                           {"{\"a\":null}", "null"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *value = scenario_value_at(texts[i][0], strlen(texts[i][0]), "a");
        cr_assert(value && strcmp(value, texts[i][1]) == 0, "%s: %s", texts[i][0], value);
        mem_free(value);
    }
}

Test(edit, all_keys_of_a_text)
{
    static const char text[] =
        "{ \"a\": { \"x\": 1, \"x.y\": { \"z\": \"q\" } }, \"b\": [ { \"c\": [1, 2] }, {} ],"
        " \"d e\": true, \"\": { \"f/g\": \"5\" }, \"h\": { \"i\": 1, \"i.j\": 2, \"i.j.k\": 3 } }";
    static const char *const expected[][2] = {{"a.x", "1"},  {"a.x.y.z", "q"}, {"b.0.c", "[1,2]"},
                                              {"b.1", "{}"}, {"d e", "true"},  {"//f~1g", "\"5\""},
                                              {"h.i", "1"},  {"h.i.j", "2"},   {"h.i.j.k", "3"}};
    size_t count;
    struct scenario_key *keys = scenario_keys(text, strlen(text), &count);
    cr_assert_eq(count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < count; i++) {
        cr_assert_str_eq(keys[i].key, expected[i][0]);
        cr_assert_str_eq(keys[i].value, expected[i][1], "%s", keys[i].key);
        char *value = scenario_value_at(text, strlen(text), keys[i].key);
        cr_assert_str_eq(value, keys[i].value);
        mem_free(value);
    }
    scenario_keys_free(keys, count);
    cr_assert(scenario_keys("{", 1, &count) == NULL && count == 0);
}

/* ---- every shipped scenario, every parameter ---- */

static char *read_file(const char *path, size_t *size)
{
    char *text = mem_new(1 << 18);
    FILE *file = fopen(path, "rb");
    cr_assert(file, "%s", path);
    *size = fread(text, 1, 1 << 18, file);
    fclose(file);
    cr_assert(*size > 0 && *size < 1 << 18, "%s", path);
    return text;
}

static size_t without_edits(const char *text, size_t size)
{
    struct load_errors errors;
    loaded_free(scenario_load(text, size, &errors));
    size_t count = errors.count;
    load_errors_free(&errors);
    return count;
}

/* To set a key to what it says already changes no meaning: the same warnings, if any, and the same values. */
static size_t set_all_keys(const char *path)
{
    size_t size, count;
    char *text = read_file(path, &size);
    struct scenario_key *keys = scenario_keys(text, size, &count);
    size_t warnings = without_edits(text, size);
    for (size_t i = 0; i < count; i++) {
        struct scenario_edit one = {keys[i].key, keys[i].value};
        struct load_errors errors;
        struct edited_text edited;
        struct loaded *loaded = scenario_load_edited(text, size, &one, 1, &errors, &edited);
        cr_assert(loaded && errors.count == warnings, "%s: %s=%s: %s", path, one.key, one.value,
                  errors.count ? errors.items[0].text : "");
        char *value = scenario_value_at(edited.text, edited.size, one.key);
        cr_assert(value && strcmp(value, one.value) == 0, "%s: %s=%s", path, one.key, one.value);
        cr_assert(*one.key != '/', "%s: %s needs no pointer", path, one.key);
        mem_free(value);
        mem_free(edited.text);
        loaded_free(loaded);
        load_errors_free(&errors);
    }
    scenario_keys_free(keys, count);
    mem_free(text);
    return count;
}

Test(edit, each_key_of_each_shipped_scenario_can_be_set)
{
    static const char *const folders[] = {"0*.json", "failures/*.json", "incidents/*.json"};
    size_t keys = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char pattern[1024];
        glob_t found;
        snprintf(pattern, sizeof pattern, MXSIM_SOURCE_DIR "/scenarios/%s", folders[i]);
        cr_assert_eq(glob(pattern, 0, NULL, &found), 0);
        for (size_t k = 0; k < found.gl_pathc; k++) keys += set_all_keys(found.gl_pathv[k]);
        globfree(&found);
    }
    cr_assert_gt(keys, 500);
}

static void set_parameters(const char *kind, const struct profile *profile)
{
    static const char *const rows[][3] = {
        {"mtas", "{\"mtas\": {\"n\": \"%s\"}}", "mtas.n"},
        {"relays", "{\"mx_hosts\": {\"n\": {\"relay\": \"%s\"}}}", "mx_hosts.n.relay"},
        {"resolvers", "{\"resolvers\": {\"n\": \"%s\"}}", "resolvers.n"},
        {"software", "{\"name_servers\": {\"n\": {\"software\": \"%s\"}}}", "name_servers.n.software"}};
    char text[256], key[256], wanted[256];
    size_t row = 0;
    while (strcmp(rows[row][0], kind) != 0) row++;
    snprintf(text, sizeof text, rows[row][1], profile->name);
    for (size_t i = 0; i < profile->count; i++) {
        struct load_errors errors;
        struct edited_text edited;
        snprintf(key, sizeof key, "%s.%s", rows[row][2], profile->table[i].name);
        snprintf(wanted, sizeof wanted, "\"profile\": \"%s\", \"%s\": 7}", profile->name, profile->table[i].name);
        struct scenario_edit one = {key, "7"};
        loaded_free(scenario_load_edited(text, strlen(text), &one, 1, &errors, &edited));
        cr_assert(strstr(edited.text, wanted), "%s: %s", key, edited.text);
        load_errors_free(&errors);
        mem_free(edited.text);
    }
}

/* Timeout.queuereturn, queue ttl: whatever real software calls it. */
Test(edit, each_parameter_of_each_profile_can_be_set)
{
    for (size_t i = 0; i < mta_profile_count; i++) {
        set_parameters("mtas", &mta_profiles[i]->profile);
        set_parameters("relays", &mta_profiles[i]->profile);
    }
    for (size_t i = 0; i < resolver_profile_count; i++) set_parameters("resolvers", &resolver_profiles[i]->profile);
    for (size_t i = 0; i < secondary_profile_count; i++) set_parameters("software", &secondary_profiles[i]->profile);
}

/* ---- limits ---- */

/* What is said of one edit of text; the text comes out as it was. */
static void cannot(const char *text, const char *key, const char *value, const char *what)
{
    struct scenario_edit one = {key, value};
    struct load_errors errors;
    struct edited_text edited;
    struct loaded *loaded = scenario_load_edited(text, strlen(text), &one, 1, &errors, &edited);
    bool found = false;
    for (size_t i = 0; i < errors.count; i++) {
        char line[8192];
        load_error_print(&errors.items[i], "f", line, sizeof line);
        found = found || (errors.items[i].line == 0 && strstr(line, what));
    }
    cr_assert(!loaded && found, "%s: %s", what, errors.count ? errors.items[0].text : "nothing");
    cr_assert_str_eq(edited.text, text);
    load_errors_free(&errors);
    mem_free(edited.text);
}

static char *repeat(const char *part, size_t count, const char *end)
{
    size_t size = strlen(part);
    char *text = mem_new(size * count + strlen(end) + 1);
    for (size_t i = 0; i < count; i++) memcpy(text + i * size, part, size);
    strcpy(text + size * count, end);
    return text;
}

Test(edit, limits_hold)
{
    char *deep = repeat("a.", 63, "a"), *deeper = repeat("a.", 64, "a"), *long_key = repeat("a.", 2048, "a"),
         *value = repeat("[", 64, ""), *closed = repeat("]", 64, ""), *huge = repeat("x", SCENARIO_SIZE_MAX, ""),
         *name = repeat("n", 4000, "");
    cannot("{}", deeper, "1", "nested deeper than 64");
    cannot("{}", "\"a", "1", "a quote that never ends");
    cannot("{}", long_key, "1", "longer than 4096 bytes");
    cannot("{}", "a", huge, "expected at most");
    cannot("{}", "/a/b", huge, "expected at most");
    char nested[256];
    snprintf(nested, sizeof nested, "%s1%s", value, closed);
    cannot("{}", "a", nested, "nested deeper than 64");
    cannot("{\"mtas\":{}}", "mtas.x.y", "1", "no MTA is called");
    /* Each fits, but not all together. */
    char *many = repeat("{},", 10000, "{}"), *text = mem_new(strlen(many) + 16), *long_value = repeat("y", 1000, "");
    sprintf(text, "{\"a\":[%s]}", many);
    cannot(text, "a.*.b", long_value, "expected at most that (4 MiB)");
    /* A long name is a mistake like any other, and cut. */
    struct scenario_edit one = {name, name};
    struct load_errors errors;
    cr_assert_null(scenario_load_edited("{}", 2, &one, 1, &errors, NULL));
    for (size_t i = 0; i < errors.count; i++) cr_assert_lt(load_error_print(&errors.items[i], "f", NULL, 0), 2000);
    load_errors_free(&errors);
    struct edited_text edited;
    one = (struct scenario_edit){deep, "1"};
    cr_assert_null(scenario_load_edited("{}", 2, &one, 1, &errors, &edited));
    cr_assert_gt(edited.size, 2);
    load_errors_free(&errors);
    mem_free(edited.text);
    char *const all[] = {deep, deeper, long_key, value, closed, huge, name, many, text, long_value};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mem_free(all[i]);
}

Test(edit, ten_thousand_hosts_take_no_time_to_speak_of)
{
    char *text = mem_new(1 << 20), *p = text;
    p += sprintf(p, "{\"format\":\"mxsim-scenario-1\",\"name\":\"n\",\"clients\":{\"c\":{\"to\":\"a@z0\",\"count\":1}},"
                    "\"zones\":{");
    for (int i = 0; i < 1000; i++) {
        p += sprintf(p, "%s\"z%d\":{\"ns\":[\"n\"],\"mx\":{", i ? "," : "", i);
        for (int k = 0; k < 10; k++) p += sprintf(p, "%s\"h%d.z\":%d", k ? "," : "", i * 10 + k, k);
        p += sprintf(p, "}}");
    }
    sprintf(p, "}}");
    static const struct scenario_edit edits[] = {{"mx_hosts.*.limits.sessions", "5"},
                                                 {"mx_hosts.*.limits.sessions", "6"},
                                                 {"mx_hosts.h9999.z.takes", "1s"},
                                                 {"zones.*.mx.*", "7"}};
    struct load_errors errors;
    struct loaded *loaded = scenario_load_edited(text, strlen(text), edits, 4, &errors, NULL);
    cr_assert(loaded && errors.count == 0, "%s", errors.count ? errors.items[0].text : "");
    const struct world_spec *w = loaded_spec(loaded);
    cr_assert(w->mx_host_count == 10000 && w->zones[3].mx[0].preference == 7);
    for (uint32_t i = 0; i < w->mx_host_count; i++) cr_assert_eq(w->mx_hosts[i].limits.sessions, 6);
    loaded_free(loaded);
    load_errors_free(&errors);
    mem_free(text);
}
