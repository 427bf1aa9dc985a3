/* cli/story.c - see cli/story.h. Each record becomes a line: when, who, what, and a remark that may differ between
 * attempts that otherwise go the same way (when the next attempt is, how long an answer is still good for). */
#include "cli/story.h"

#include "models/question.h"
#include "sim/mem.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define TOLD_MAX  64     /* ways in which attempts go that are remembered */
#define LINES_MAX 200000 /* of one story; what comes after is not told, and that is said */

struct line {
    sim_time at;
    const char *who, *text, *remark;
    uint32_t attempt; /* lines of one attempt belong together; 0: before the first */
    bool warns;       /* a warning is sent */
};

struct story {
    const struct world_spec *spec;
    uint32_t message;
    uint32_t fetch[3]; /* the resolver's look-up that the message, a warning, a bounce waits for; 0: none */
    uint32_t attempt;  /* so far */
    uint32_t cached;   /* address questions answered from the cache since the last line */
    struct line *lines;
    size_t count, room;
    struct arena arena;
    bool begun;
};

struct story *story_new(const struct world_spec *spec, uint32_t message)
{
    struct story *s = mem_zero(1, sizeof *s);
    s->spec = spec;
    s->message = message;
    arena_init(&s->arena);
    return s;
}

void story_free(struct story *s)
{
    if (!s) return;
    mem_free(s->lines);
    arena_fini(&s->arena);
    mem_free(s);
}

bool story_has_begun(const struct story *s)
{
    return s->begun;
}

__attribute__((format(printf, 2, 3))) static const char *text(struct story *s, const char *format, ...)
{
    char buf[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buf, sizeof buf, format, arguments);
    va_end(arguments);
    return arena_text(&s->arena, buf);
}

static void add(struct story *s, sim_time at, const char *who, const char *what, const char *remark)
{
    if (s->count == LINES_MAX) return;
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 64;
        s->lines = mem_resize(s->lines, s->room * sizeof *s->lines);
    }
    s->lines[s->count++] = (struct line){at, who, what, remark, s->attempt, false};
}

static const char *span(struct story *s, sim_time t)
{
    char buf[32];
    return text(s, "%s", sim_time_text(t, buf));
}

/* "0d 01:20:00.125" */
static char *clock_text(sim_time t, char buf[48])
{
    int64_t ms = (t + SIM_MS / 2) / SIM_MS;
    snprintf(buf, 48, "%" PRId64 "d %02d:%02d:%02d.%03d", ms / 86400000, (int)(ms / 3600000 % 24),
             (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
    return buf;
}

static const char *mta(const struct story *s, uint32_t i)
{
    return s->spec->mtas[i].name;
}

static const char *question(struct story *s, uint32_t q)
{
    return text(s, "%s of %s", question_type_name(question_type(q)), question_name(s->spec, q));
}

/* What an MTA learns from a good MX answer: "mx1 (preference 10), mx2 (20)". */
static const char *mx_list(struct story *s, uint32_t q)
{
    const struct zone_spec *z = &s->spec->zones[question_home(s->spec, q)];
    if (z->null_mx) return "a null MX: this domain takes no mail";
    const char *list = "";
    for (uint32_t i = 0; i < z->mx_count && strlen(list) < 800; i++)
        list = text(s, "%s%s%s (preference %" PRIu32 ")", list, i ? ", " : "",
                    s->spec->mx_hosts[z->mx[i].mx_host].host.name, z->mx[i].preference);
    return list;
}

static const char *report_name(uint32_t report)
{
    return report == 2 ? "bounce" : "warning";
}

/* ---- the name service ---- */

/* Address questions answered from the cache are told in one line, before the next line of another kind. */
static void flush_cached(struct story *s, sim_time at, const char *who)
{
    if (s->cached == 0) return;
    uint32_t n = s->cached;
    s->cached = 0;
    add(s, at, who, text(s, "finds the addresses (A, AAAA) of the mail hosts in the cache, %" PRIu32 " answers", n),
        "");
}

static bool is_address(uint32_t q)
{
    return question_type(q) == QUESTION_A || question_type(q) == QUESTION_AAAA;
}

static void tell_answer(struct story *s, const struct record *r)
{
    enum question_type type = question_type(r->question);
    if (type == QUESTION_MX && r->dns == DNS_OK)
        add(s, r->at, mta(s, r->who),
            text(s, "learns: MX of %s: %s", question_name(s->spec, r->question), mx_list(s, r->question)), "");
    else if (r->dns == DNS_TIMEOUT)
        add(s, r->at, mta(s, r->who), text(s, "has no answer for the %s", question(s, r->question)), "");
    else if (!(is_address(r->question) && (r->dns == DNS_OK || type == QUESTION_AAAA)))
        add(s, r->at, mta(s, r->who), text(s, "learns: %s: %s", question(s, r->question), dns_status_name(r->dns)), "");
}

/* What a resolver does with its client. */
static void tell_client_of_resolver(struct story *s, const struct record *r)
{
    const char *who = s->spec->resolvers[r->who].name;
    switch (r->type) {
    case RECORD_WAIT:
        add(s, r->at, who,
            text(s, "is asked for the %s%s", question(s, r->question),
                 r->count ? ": it is finding that out already" : ": not in the cache"),
            "");
        break;
    case RECORD_STALE:
        add(s, r->at, who,
            text(s, "answers with what has ended: the %s: %s", question(s, r->question), dns_status_name(r->dns)),
            "serve-stale");
        break;
    case RECORD_TURNED_AWAY:
        add(s, r->at, who,
            text(s, "has too many waiting for the %s: this one gets no answer", question(s, r->question)),
            "clients-per-query");
        break;
    case RECORD_LATE:
        add(s, r->at, who,
            text(s, "does not send the answer on: more than %s (discard-timeout) since it was asked",
                 span(s, s->spec->resolvers[r->who].params.discard_timeout)),
            "");
        break;
    default: break;
    }
}

static void tell_mta_dns(struct story *s, const struct record *r)
{
    const char *resolver = s->spec->resolvers[r->whom < s->spec->resolver_count ? r->whom : 0].name;
    switch (r->type) {
    case RECORD_CACHED:
        if (is_address(r->question) && (r->dns == DNS_OK || r->dns == DNS_NODATA))
            s->cached++;
        else
            add(s, r->at, mta(s, r->who),
                text(s, "asks %s for the %s: %s", resolver, question(s, r->question),
                     r->dns == DNS_SERVFAIL ? "SERVFAIL is remembered" : "it is in the cache"),
                text(s, "good for %s more", span(s, r->until - r->at)));
        break;
    case RECORD_NO_RESOLVER:
        add(s, r->at, mta(s, r->who),
            text(s, "asks %s for the %s: %s", resolver, question(s, r->question),
                 r->cause == CAUSE_CONNECT_REFUSED ? "its port is closed" : "silence"),
            "");
        break;
    case RECORD_STUB_TIMEOUT:
        add(s, r->at, mta(s, r->who),
            text(s, "has waited %s for %s%s", span(s, r->code * SIM_MS), resolver,
                 !r->until                              ? ": gives up the question"
                 : s->spec->mtas[r->who].fallback_count ? ": asks the next one"
                                                        : ": asks again"),
            "");
        break;
    case RECORD_STUB_FAILED:
        add(s, r->at, mta(s, r->who),
            text(s, "has %s from %s: asks the next one",
                 r->dns == DNS_TIMEOUT ? "\"port closed\"" : dns_status_name(r->dns), resolver),
            "");
        break;
    case RECORD_IMPLICIT_MX:
        add(s, r->at, mta(s, r->who), "finds no MX: the domain itself is the mail host (implicit MX)", "");
        break;
    case RECORD_CUT:
        add(s, r->at, mta(s, r->who),
            text(s, "is itself one of them: drops itself and all that are no better; %" PRIu32 " left", r->count), "");
        break;
    default: break;
    }
}

/* What a resolver does that finds nobody to ask, by its software's own names. */
static const char *why_nobody(struct story *s, const struct resolver_params *p)
{
    switch (p->selection) {
    case SELECT_UNBOUND: return "one question at a time may probe them, and none for infra-host-ttl after 120 s";
    case SELECT_PDNS: return "server-down-throttle-time";
    case SELECT_KNOT: return text(s, "for %s, cache.ns_tout", span(s, p->knot.ns_tout));
    default: return "";
    }
}

static void tell_resolver(struct story *s, const struct record *r)
{
    const char *who = s->spec->resolvers[r->who].name;
    const char *ns = r->type == RECORD_QUERY || r->type == RECORD_REPLY || r->type == RECORD_NO_REPLY
                         ? s->spec->ns[r->whom].host.name
                         : "";
    uint32_t beyond;
    switch (r->type) {
    case RECORD_QUERY:
        add(s, r->at, who, text(s, "asks name server %s for the %s", ns, question(s, r->question)),
            r->until - r->at >= SIM_SECOND ? text(s, "will wait %s", span(s, r->until - r->at)) : "");
        break;
    case RECORD_NEED:
        /* A server's address may be looked up beside the question, not before it. */
        add(s, r->at, who,
            text(s, is_address(r->question) ? "looks up the %s for it" : "needs the %s first",
                 question(s, r->question)),
            "");
        break;
    case RECORD_REPLY:
        beyond = r->dns == DNS_OK ? question_beyond(s->spec, r->question) : SPEC_NONE;
        add(s, r->at, ns,
            r->cause == CAUSE_CONNECT_REFUSED ? "is up, but its port is closed"
            : beyond != SPEC_NONE ? text(s, "answers: an alias (CNAME), of %s", question_name(s->spec, beyond))
                                  : text(s, "answers: %s", dns_status_name(r->dns)),
            "");
        break;
    case RECORD_NO_REPLY:
        add(s, r->at, who, text(s, "has waited in vain for %s", ns), text(s, "%s", span(s, r->until)));
        break;
    case RECORD_ALL_HELD_DOWN:
        add(s, r->at, who, "takes every name server of the domain for down, and asks none",
            why_nobody(s, &s->spec->resolvers[r->who].params));
        break;
    case RECORD_FETCHED:
        add(s, r->at, who,
            r->dns == DNS_SERVFAIL ? text(s, "gives up the %s: %sSERVFAIL", question(s, r->question),
                                          r->count == RECORD_BOGUS     ? "the signatures are not right (bogus), "
                                          : r->count == RECORD_NOWHERE ? "the parent names servers that do not exist, "
                                                                       : "")
                                   : text(s, "has the %s: %s", question(s, r->question), dns_status_name(r->dns)),
            r->until > r->at ? text(s, "keeps it for %s", span(s, r->until - r->at)) : "");
        break;
    default: break;
    }
}

/* ---- SMTP ---- */

/* What a host says, or does not, by cause: basic code, RFC 3463 code, words. */
static const char *reply_of(struct story *s, const struct record *r)
{
    static const struct {
        uint32_t code;
        const char *words;
    } replies[CAUSE_COUNT] = {
        [CAUSE_HOST_BUSY] = {421, "too busy, try again later"},
        [CAUSE_TEMPFAIL] = {450, "try again later"},
        [CAUSE_GREYLISTED] = {450, "greylisted, come back later"},
        [CAUSE_RATE_LIMITED] = {450, "too much mail in too short a time"},
        [CAUSE_STORAGE_FULL] = {452, "no room on the disk"},
        [CAUSE_MAILBOX_FULL] = {552, "the mailbox is full"},
        [CAUSE_REJECTED] = {550, "refused by policy"},
        [CAUSE_BLOCKED] = {554, "your address is on a blocklist"},
        [CAUSE_USER_UNKNOWN] = {550, "no such mailbox"},
    };
    if (r->cause == CAUSE_NO_GREETING) return "takes the connection and never greets";
    if (replies[r->cause].code == 0) return "falls silent during the session";
    return text(s, "says: %" PRIu32 " %s %s", r->code ? r->code : replies[r->cause].code,
                r->status ? r->status : s->spec->mtas[r->who].params.status[r->cause], replies[r->cause].words);
}

static const char *mailbox(struct story *s, const struct record *r)
{
    return r->report ? "the sender" : text(s, "message %" PRIu32, r->message);
}

static void tell_smtp(struct story *s, const struct record *r)
{
    const char *host = s->spec->mx_hosts[r->whom].host.name;
    switch (r->type) {
    case RECORD_CONNECT:
        add(s, r->at, mta(s, r->who), text(s, "connects to %s (preference %" PRIu32 ")", host, r->count), "");
        break;
    case RECORD_CONNECT_FAILED:
        add(s, r->at, host,
            r->cause == CAUSE_CONNECT_REFUSED ? "refuses the connection"
            : r->cause == CAUSE_NO_ROUTE      ? "is off: no route to it"
                                              : "does not answer the connection",
            text(s, "after %s", span(s, r->until)));
        break;
    case RECORD_KEPT_SESSION:
        add(s, r->at, mta(s, r->who), text(s, "sends it on a session to %s that is open from the message before", host),
            "");
        break;
    case RECORD_CONNECTED_LATE:
        add(s, r->at, host, "came back while the connection was being tried again: connected",
            text(s, "after %s", span(s, r->until)));
        break;
    case RECORD_SESSION_FAILED: add(s, r->at, host, reply_of(s, r), ""); break;
    case RECORD_ACCEPTED: add(s, r->at, host, "takes the message: 250 2.0.0", ""); break;
    case RECORD_RELAYED:
        add(s, r->at, host, "is a backup: keeps the message in its own queue and answers for it from now on", "");
        break;
    default: break;
    }
}

/* ---- the queue ---- */

static void tell_queue(struct story *s, const struct record *r)
{
    const char *status = r->status ? r->status : "";
    char at[48];
    switch (r->type) {
    case RECORD_DEFERRED:
        add(s, r->at, mta(s, r->who), text(s, "keeps it and tries later: %s, %s", status, cause_words(r->cause)),
            text(s, "%s in %s, at %s", r->count ? "gives it up" : "next attempt", span(s, r->until - r->at),
                 clock_text(r->until, at)));
        break;
    case RECORD_PUT_OFF:
        add(s, r->at, mta(s, r->who),
            text(s, "does not try it now, having given up on %s for a while: %s, %s",
                 s->spec->mtas[r->who].params.suspension_rule == SUSPEND_COHORT ? "this destination" : "these hosts",
                 status, cause_words(r->cause)),
            text(s, "%s in %s, at %s", r->count ? "gives it up" : "due again", span(s, r->until - r->at),
                 clock_text(r->until, at)));
        break;
    case RECORD_WARNED:
        add(s, r->at, mta(s, r->who),
            text(s, "warns the sender: not delivered yet, still trying: %s, %s", status, cause_words(r->cause)),
            text(s, "%s after it was sent", span(s, r->until)));
        s->lines[s->count - 1].warns = true;
        break;
    case RECORD_BOUNCED:
        add(s, r->at, mta(s, r->who),
            text(s, "%s: %s, %s; returns it to the sender: bounced",
                 r->count ? "gives up, its time in the queue is over" : "gives up at once", status,
                 cause_words(r->cause)),
            "");
        break;
    case RECORD_DROPPED:
        add(s, r->at, mta(s, r->who),
            text(s, "drops the report: %s, %s; no report about a report", status, cause_words(r->cause)), "");
        break;
    case RECORD_PAUSED:
        add(s, r->at, mta(s, r->who), "is down: nothing happens until it is up again",
            r->until == SIM_NEVER ? "never" : text(s, "at %s", clock_text(r->until, at)));
        break;
    case RECORD_LEFT:
        add(s, r->at, r->count ? "the client" : mta(s, r->who), "still has it when the run ends", "");
        break;
    default: break;
    }
}

static void tell_client(struct story *s, const struct record *r)
{
    const struct client_spec *c = &s->spec->clients[r->who];
    char at[48];
    if (r->type == RECORD_SUBMITTED) {
        const struct recipient_spec *to = &c->to[r->count];
        s->begun = true;
        add(s, r->at, c->name,
            text(s, "writes to %s@%s and hands the message to %s", to->local_part, s->spec->zones[to->zone].name,
                 mta(s, r->whom)),
            "");
    } else if (r->type == RECORD_OUTBOX) {
        s->begun = true;
        add(s, r->at, c->name, text(s, "cannot reach %s: the message waits in the outbox", mta(s, r->whom)),
            r->until == SIM_NEVER ? "tries again for ever"
                                  : text(s, "tries again and again, with success at %s", clock_text(r->until, at)));
    } else {
        add(s, r->at, c->name, text(s, "reads the %s", report_name(r->report)),
            text(s, "%s after sending", span(s, r->until)));
    }
}

static void tell_delivered(struct story *s, const struct record *r)
{
    const char *host = s->spec->mx_hosts[r->whom].host.name;
    if (r->report)
        add(s, r->at, host, text(s, "takes the %s for %s", report_name(r->report), mailbox(s, r)), "");
    else
        add(s, r->at, host, "saves it in the recipient's mailbox: delivered",
            text(s, "%s after it was sent", span(s, r->until)));
}

/* Of an MTA with several: which of its addresses the attempt comes from. */
static const char *from_address(struct story *s, const struct record *r)
{
    uint32_t addresses = s->spec->mtas[r->who].params.source_addresses;
    return addresses > 1 ? text(s, " from its address %" PRIu32 " of %" PRIu32, r->whom + 1, addresses) : "";
}

static void tell_one(struct story *s, const struct record *r)
{
    switch (r->type) {
    case RECORD_SUBMITTED:
    case RECORD_OUTBOX:
    case RECORD_REPORT_READ: tell_client(s, r); break;
    case RECORD_ATTEMPT:
        s->attempt++;
        add(s, r->at, mta(s, r->who),
            text(s, "begins attempt %" PRIu32 "%s%s", r->count,
                 r->report ? text(s, " to deliver the %s", report_name(r->report)) : "", from_address(s, r)),
            "");
        break;
    case RECORD_ASK:
    case RECORD_ARRIVED: break; /* told by what follows */
    case RECORD_ANSWER: tell_answer(s, r); break;
    case RECORD_WAIT:
    case RECORD_LATE:
    case RECORD_STALE:
    case RECORD_TURNED_AWAY: tell_client_of_resolver(s, r); break;
    case RECORD_CACHED:
    case RECORD_NO_RESOLVER:
    case RECORD_STUB_TIMEOUT:
    case RECORD_STUB_FAILED:
    case RECORD_IMPLICIT_MX:
    case RECORD_CUT: tell_mta_dns(s, r); break;
    case RECORD_NEED:
    case RECORD_QUERY:
    case RECORD_REPLY:
    case RECORD_NO_REPLY:
    case RECORD_ALL_HELD_DOWN:
    case RECORD_FETCHED: tell_resolver(s, r); break;
    case RECORD_CONNECT:
    case RECORD_CONNECT_FAILED:
    case RECORD_KEPT_SESSION:
    case RECORD_CONNECTED_LATE:
    case RECORD_SESSION_FAILED:
    case RECORD_ACCEPTED:
    case RECORD_RELAYED: tell_smtp(s, r); break;
    case RECORD_DELIVERED: tell_delivered(s, r); break;
    case RECORD_DEFERRED:
    case RECORD_PUT_OFF:
    case RECORD_WARNED:
    case RECORD_BOUNCED:
    case RECORD_DROPPED:
    case RECORD_PAUSED:
    case RECORD_LEFT: tell_queue(s, r); break;
    }
}

static bool waits_for(const struct story *s, uint32_t fetch)
{
    return fetch && (s->fetch[0] == fetch || s->fetch[1] == fetch || s->fetch[2] == fetch);
}

void story_observe(void *context, const struct record *r)
{
    struct story *s = context;
    /* An attempt is worked out when it begins; what lies behind the end of the run does not happen any more. */
    if (r->at > s->spec->limit) return;
    if (r->message ? r->message != s->message : !waits_for(s, r->fetch)) return;
    if (r->type == RECORD_WAIT) s->fetch[r->report] = r->fetch;
    if (r->type == RECORD_CONNECT || r->type == RECORD_KEPT_SESSION || r->type == RECORD_DEFERRED)
        flush_cached(s, r->at, mta(s, r->who));
    tell_one(s, r);
    /* What the resolver does after the MTA has its answer, or waits no more, is no part of this story. */
    if (r->type == RECORD_ANSWER) s->fetch[r->report] = 0;
}

void story_find_trouble(void *context, const struct record *r)
{
    uint32_t *first = context;
    bool trouble = r->type == RECORD_DEFERRED || r->type == RECORD_BOUNCED || r->type == RECORD_OUTBOX ||
                   r->type == RECORD_RELAYED;
    if (trouble && !r->report && (*first == 0 || r->message < *first)) *first = r->message;
}

/* ---- telling ---- */

/* The lines of one attempt: begin .. end - 1. */
static size_t attempt_end(const struct story *s, size_t begin)
{
    size_t end = begin;
    while (end < s->count && s->lines[end].attempt == s->lines[begin].attempt) end++;
    return end;
}

/* Do two attempts go the same way? Their first lines hold their numbers. */
static bool same_way(const struct story *s, size_t a, size_t a_end, size_t b, size_t b_end)
{
    if (a_end - a != b_end - b) return false;
    for (size_t i = 1; i < a_end - a; i++)
        if (strcmp(s->lines[a + i].who, s->lines[b + i].who) != 0 ||
            strcmp(s->lines[a + i].text, s->lines[b + i].text) != 0)
            return false;
    return true;
}

static void print_lines(const struct story *s, FILE *to, size_t begin, size_t end, int width)
{
    for (size_t i = begin; i < end; i++) {
        const struct line *l = &s->lines[i];
        char at[48];
        fprintf(to, "%s  %-*s  %s%s%s%s\n", clock_text(l->at, at), width, l->who, l->text, l->remark[0] ? " (" : "",
                l->remark, l->remark[0] ? ")" : "");
    }
}

/* Attempts that are not told, because they go the same way as one that was. */
struct skipped {
    size_t count, warnings;
    sim_time last;
};

static void tell_skipped(struct skipped *k, FILE *to, int width)
{
    char at[48];
    if (k->count == 0) return;
    fprintf(to, "%*s  ... %zu more attempt%s like one told above, the last at %s", 15 + width, "", k->count,
            k->count == 1 ? "" : "s", clock_text(k->last, at));
    if (k->warnings) fprintf(to, ", with %zu more warning%s", k->warnings, k->warnings == 1 ? "" : "s");
    fprintf(to, " ...\n");
    *k = (struct skipped){0};
}

/* Was an attempt told that went the same way? told: where those begin. */
static bool told_before(const struct story *s, const size_t *told, size_t told_count, size_t begin, size_t end)
{
    for (size_t i = 0; i < told_count; i++)
        if (same_way(s, told[i], attempt_end(s, told[i]), begin, end)) return true;
    return false;
}

void story_tell(const struct story *s, FILE *to)
{
    size_t told[TOLD_MAX], told_count = 0;
    struct skipped skipped = {0};
    int width = 0;
    for (size_t i = 0; i < s->count; i++)
        if ((int)strlen(s->lines[i].who) > width) width = (int)strlen(s->lines[i].who);
    for (size_t begin = 0, end; begin < s->count; begin = end) {
        end = attempt_end(s, begin);
        if (s->lines[begin].attempt > 1 && told_before(s, told, told_count, begin, end)) {
            skipped.count++;
            skipped.last = s->lines[begin].at;
            for (size_t i = begin; i < end; i++) skipped.warnings += s->lines[i].warns;
            continue;
        }
        tell_skipped(&skipped, to, width);
        print_lines(s, to, begin, end, width);
        if (told_count < TOLD_MAX) told[told_count++] = begin;
    }
    tell_skipped(&skipped, to, width);
    if (s->count == LINES_MAX) fprintf(to, "... and so on: a story has %d lines at most\n", LINES_MAX);
}
