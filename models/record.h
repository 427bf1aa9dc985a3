/* models/record.h - what happens, as typed records: the story of a message, a log and a packet trace are all views of
 * these. The world hands each record to one observer and keeps none. */
#pragma once
#include "models/outcome.h"
#include "sim/vtime.h"

#include <stdint.h>

enum record_type {
    RECORD_SUBMITTED,   /* client who hands the message to MTA whom */
    RECORD_OUTBOX,      /* client who cannot reach MTA whom; it tries again, and can first succeed at until */
    RECORD_ARRIVED,     /* MTA who has the message in its queue */
    RECORD_PAUSED,      /* MTA who is down until until: an attempt waits */
    RECORD_ATTEMPT,     /* MTA who begins attempt number count, from its address number whom */
    RECORD_ASK,         /* MTA who asks resolver whom question */
    RECORD_CACHED,      /* resolver who answers question from its cache: dns; until: when the entry ends */
    RECORD_WAIT,        /* resolver who must find out (fetch), or is being asked about it already (count > 0) */
    RECORD_NO_RESOLVER, /* resolver whom does not answer MTA who: dns TIMEOUT; cause: refused or silent */
    RECORD_NEED,        /* resolver who must find out question first; count: how deep */
    RECORD_STALE,       /* resolver who answers MTA whom's question with what has ended: dns; until: it may do so */
    RECORD_TURNED_AWAY, /* resolver who has too many waiting for question: MTA whom gets no answer */
    RECORD_QUERY,       /* resolver who sends question to name server whom, packet number count; until: its time-out */
    RECORD_REPLY,       /* name server whom answers resolver who: dns; cause refused: its port is closed */
    RECORD_NO_REPLY,    /* resolver who waited in vain for name server whom */
    RECORD_ALL_HELD_DOWN, /* resolver who takes all name servers for down and asks none */
    RECORD_FETCHED,       /* resolver who has the answer to question: dns; until: how long it is kept; count: why not */
    RECORD_LATE,          /* resolver who drops an answer that comes too late for MTA whom */
    RECORD_STUB_TIMEOUT,  /* MTA who has waited for resolver whom; count: which try; code: how many milliseconds; until:
                           * when the next one ends, 0: none */
    RECORD_STUB_FAILED,   /* MTA who goes on to its next resolver: whom said dns (TIMEOUT: its port is closed) */
    RECORD_ANSWER,        /* MTA who has dns for question */
    RECORD_IMPLICIT_MX,   /* MTA who takes the domain itself for its MX */
    RECORD_CUT,           /* MTA who finds itself among the MX hosts and drops its own preference and worse */
    RECORD_CONNECT,       /* MTA who connects to MX host whom; count: its preference */
    RECORD_CONNECT_FAILED, /* MX host whom: cause; until: how long it took is until - at of RECORD_CONNECT */
    RECORD_KEPT_SESSION,   /* MTA who uses an open session to MX host whom again */
    RECORD_CONNECTED_LATE, /* MX host whom came back while the connection was being retried */
    RECORD_SESSION_FAILED, /* MX host whom: cause (busy, tempfail, rejected, unknown user, lost) */
    RECORD_ACCEPTED,       /* MX host whom takes the message: 250 */
    RECORD_RELAYED,        /* MX host whom is a backup: the message is in its MTA's queue now */
    RECORD_DELIVERED,      /* saved in the mailbox on MX host whom */
    RECORD_DEFERRED,       /* MTA who keeps it: cause, status; next attempt at until */
    RECORD_PUT_OFF,        /* MTA who does not try it now: cause says why its destination or hosts are left alone */
    RECORD_WARNED,         /* MTA who tells the sender of the delay */
    RECORD_BOUNCED,        /* MTA who gives up: cause, status; count 1: its time in the queue ran out */
    RECORD_DROPPED,        /* a report that could not be delivered: no report about a report */
    RECORD_REPORT_READ,    /* client who reads the report; count 0 warning, 1 bounce */
    RECORD_LEFT            /* still queued at MTA who when the run ends */
};

/* Why a resolver has no answer, where it is not that none came. */
enum record_why_not { RECORD_NO_WHY, RECORD_BOGUS, RECORD_NOWHERE };

struct record {
    sim_time at;
    enum record_type type;
    uint32_t message; /* its number in the run, from 1; 0 for what a resolver does */
    uint32_t report;  /* 0: the message itself; 1: a warning about it; 2: a bounce about it */
    uint32_t who, whom;
    uint32_t question, fetch; /* fetch: number of the look-up a client waits for, from 1 */
    uint32_t count;
    enum cause cause;
    enum dns_status dns;
    sim_time until;
    const char *status; /* RFC 3463 code */
    uint32_t code;      /* basic code of a reply; 0: the usual one for the cause */
};

/* Called for each record. Records of one message come in time order; those of a future moment may come early. The
 * record is valid during the call. */
typedef void record_observer(void *context, const struct record *record);
