/* cli/trace.c - see cli/trace.h. Which members a record has depends on its type: shape_of is the one place that says.
 */
#include "cli/trace.h"

#include "cli/json_out.h"
#include "models/question.h"

#include <inttypes.h>

/* Whose number it is that stands in record.who or record.whom. */
enum actor { NOBODY, CLIENT, MTA, RESOLVER, NAME_SERVER, MX_HOST };

/* Members beside run, at, type, message, report, who and whom. */
enum {
    QUESTION = 1,
    DNS = 2,
    CAUSE = 4,
    STATUS = 8,
    COUNT = 16,
    UNTIL = 32, /* record.until is a moment */
    SPAN = 64,  /* record.until is a span */
    FETCH = 128,
    TO = 256 /* record.count is the number of the client's recipient */
};

struct shape {
    const char *name;
    enum actor who, whom;
    unsigned members;
};

static struct shape shape_of(const struct record *r)
{
    switch (r->type) {
    case RECORD_SUBMITTED: return (struct shape){"submitted", CLIENT, MTA, TO};
    case RECORD_OUTBOX: return (struct shape){"outbox", CLIENT, MTA, UNTIL};
    case RECORD_ARRIVED: return (struct shape){"arrived", MTA, NOBODY, 0};
    case RECORD_PAUSED: return (struct shape){"paused", MTA, NOBODY, UNTIL};
    case RECORD_ATTEMPT: return (struct shape){"attempt", MTA, NOBODY, COUNT};
    case RECORD_ASK: return (struct shape){"ask", MTA, RESOLVER, QUESTION};
    case RECORD_CACHED: return (struct shape){"cached", MTA, RESOLVER, QUESTION | DNS | UNTIL};
    case RECORD_WAIT: return (struct shape){"wait", RESOLVER, NOBODY, QUESTION | COUNT | FETCH};
    case RECORD_NO_RESOLVER: return (struct shape){"no_resolver", MTA, RESOLVER, QUESTION | CAUSE};
    case RECORD_NEED: return (struct shape){"need", RESOLVER, NOBODY, QUESTION | COUNT | FETCH};
    case RECORD_STALE: return (struct shape){"stale", RESOLVER, MTA, QUESTION | DNS | UNTIL};
    case RECORD_TURNED_AWAY: return (struct shape){"turned_away", RESOLVER, MTA, QUESTION};
    case RECORD_QUERY: return (struct shape){"query", RESOLVER, NAME_SERVER, QUESTION | COUNT | UNTIL | FETCH};
    case RECORD_REPLY:
        return (struct shape){"reply", RESOLVER, NAME_SERVER, QUESTION | FETCH | (r->cause ? CAUSE : DNS)};
    case RECORD_NO_REPLY: return (struct shape){"no_reply", RESOLVER, NAME_SERVER, QUESTION | SPAN | FETCH};
    case RECORD_ALL_HELD_DOWN: return (struct shape){"all_held_down", RESOLVER, NOBODY, QUESTION | FETCH};
    case RECORD_FETCHED: return (struct shape){"fetched", RESOLVER, NOBODY, QUESTION | DNS | UNTIL | FETCH};
    case RECORD_LATE: return (struct shape){"late", RESOLVER, MTA, QUESTION | FETCH};
    case RECORD_STUB_TIMEOUT:
        return (struct shape){"stub_timeout", MTA, RESOLVER, QUESTION | COUNT | (r->until ? UNTIL : 0)};
    case RECORD_STUB_FAILED: return (struct shape){"stub_failed", MTA, RESOLVER, QUESTION | COUNT | DNS};
    case RECORD_ANSWER: return (struct shape){"answer", MTA, NOBODY, QUESTION | DNS};
    case RECORD_IMPLICIT_MX: return (struct shape){"implicit_mx", MTA, NOBODY, QUESTION};
    case RECORD_CUT: return (struct shape){"cut", MTA, NOBODY, COUNT};
    case RECORD_CONNECT: return (struct shape){"connect", MTA, MX_HOST, COUNT};
    case RECORD_CONNECT_FAILED: return (struct shape){"connect_failed", MTA, MX_HOST, CAUSE | SPAN};
    case RECORD_KEPT_SESSION: return (struct shape){"kept_session", MTA, MX_HOST, 0};
    case RECORD_CONNECTED_LATE: return (struct shape){"connected_late", MTA, MX_HOST, SPAN};
    case RECORD_SESSION_FAILED: return (struct shape){"session_failed", MTA, MX_HOST, CAUSE | SPAN};
    case RECORD_ACCEPTED: return (struct shape){"accepted", MTA, MX_HOST, SPAN};
    case RECORD_RELAYED: return (struct shape){"relayed", MTA, MX_HOST, 0};
    case RECORD_DELIVERED: return (struct shape){"delivered", MTA, MX_HOST, SPAN};
    case RECORD_DEFERRED: return (struct shape){"deferred", MTA, NOBODY, CAUSE | STATUS | UNTIL};
    case RECORD_PUT_OFF: return (struct shape){"put_off", MTA, NOBODY, CAUSE | STATUS | UNTIL};
    case RECORD_WARNED: return (struct shape){"warned", MTA, NOBODY, CAUSE | STATUS | SPAN};
    case RECORD_BOUNCED: return (struct shape){"bounced", MTA, NOBODY, CAUSE | STATUS | COUNT};
    case RECORD_DROPPED: return (struct shape){"dropped", MTA, NOBODY, CAUSE | STATUS};
    case RECORD_REPORT_READ: return (struct shape){"report_read", CLIENT, NOBODY, SPAN};
    case RECORD_LEFT: return (struct shape){r->count ? "left_in_outbox" : "left", r->count ? NOBODY : MTA, NOBODY, 0};
    }
    return (struct shape){"unknown", NOBODY, NOBODY, 0};
}

static const char *dns_word(enum dns_status status)
{
    switch (status) {
    case DNS_OK: return "noerror";
    case DNS_NODATA: return "nodata";
    case DNS_NXDOMAIN: return "nxdomain";
    case DNS_SERVFAIL: return "servfail";
    case DNS_TIMEOUT: return "none";
    case DNS_REFUSED: return "refused";
    case DNS_LAME: return "lame";
    case DNS_FORMERR: return "formerr";
    case DNS_NOTIMP: return "notimp";
    case DNS_STATUS_COUNT: break;
    }
    return "unknown";
}

static void put_text(FILE *to, const char *member, const char *text)
{
    fprintf(to, ", \"%s\": ", member);
    json_text(to, text);
}

/* Whole nanoseconds as exact decimal seconds. Times are never negative. */
static void put_time(FILE *to, const char *member, sim_time t)
{
    if (t == SIM_NEVER)
        fprintf(to, ", \"%s\": null", member);
    else
        fprintf(to, ", \"%s\": %" PRId64 ".%09" PRId64, member, t / SIM_SECOND, t % SIM_SECOND);
}

static void put_actor(const struct trace *t, const char *member, enum actor kind, uint32_t i)
{
    switch (kind) {
    case NOBODY: break;
    case CLIENT: put_text(t->to, member, t->spec->clients[i].name); break;
    case MTA: put_text(t->to, member, t->spec->mtas[i].name); break;
    case RESOLVER: put_text(t->to, member, t->spec->resolvers[i].name); break;
    case NAME_SERVER: put_text(t->to, member, t->spec->ns[i].host.name); break;
    case MX_HOST: put_text(t->to, member, t->spec->mx_hosts[i].host.name); break;
    }
}

static void put_recipient(const struct trace *t, const struct record *r)
{
    const struct recipient_spec *to = &t->spec->clients[r->who].to[r->count];
    char address[1024];
    snprintf(address, sizeof address, "%s@%s", to->local_part, t->spec->zones[to->zone].name);
    put_text(t->to, "to", address);
}

static void print(const struct trace *t, const struct record *r)
{
    static const char *const reports[] = {"message", "warning", "bounce"};
    struct shape shape = shape_of(r);
    fprintf(t->to, "{\"run\": %" PRIu64, t->run);
    put_time(t->to, "at", r->at);
    put_text(t->to, "type", shape.name);
    if (r->message) fprintf(t->to, ", \"message\": %" PRIu32 ", \"about\": \"%s\"", r->message, reports[r->report]);
    put_actor(t, "who", shape.who, r->who);
    put_actor(t, "whom", shape.whom, r->whom);
    if (shape.members & TO) put_recipient(t, r);
    if (shape.members & QUESTION) {
        put_text(t->to, "question", question_type_name(question_type(r->question)));
        put_text(t->to, "of", question_name(t->spec, r->question));
    }
    if (shape.members & FETCH) fprintf(t->to, ", \"fetch\": %" PRIu32, r->fetch);
    if (shape.members & COUNT) fprintf(t->to, ", \"count\": %" PRIu32, r->count);
    if (shape.members & DNS) put_text(t->to, "dns", dns_word(r->dns));
    if (shape.members & CAUSE) put_text(t->to, "cause", cause_name(r->cause));
    if ((shape.members & STATUS) && r->status) put_text(t->to, "status", r->status);
    if (shape.members & UNTIL) put_time(t->to, "until", r->until);
    if (shape.members & SPAN) put_time(t->to, "span", r->until);
    fprintf(t->to, "}\n");
}

/* Does it concern the message: itself, its reports, or a look-up that one of these waits for? */
static bool concerns(struct trace *t, const struct record *r)
{
    if (t->message == 0) return true;
    if (r->message && r->message != t->message) return false;
    if (!r->message && (!r->fetch || (t->fetch[0] != r->fetch && t->fetch[1] != r->fetch && t->fetch[2] != r->fetch)))
        return false;
    if (r->type == RECORD_WAIT) t->fetch[r->report] = r->fetch;
    if (r->type == RECORD_ANSWER) t->fetch[r->report] = 0;
    return true;
}

void trace_observe(void *context, const struct record *r)
{
    struct trace *t = context;
    /* An attempt is worked out when it begins; what lies behind the end of the run does not happen any more. */
    if (r->at > t->spec->limit || !concerns(t, r)) return;
    t->begun = true;
    print(t, r);
}
