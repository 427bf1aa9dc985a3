/* models/inside.h - the inside of a world, for the actors' files in models/ only.
 *
 * All state sits in arrays of plain records that name each other by index: client, MTA, resolver, message and fetch
 * numbers. Events name an actor the same way. */
#pragma once
#include "models/fault.h"
#include "models/fetch.h"
#include "models/host_retry.h"
#include "models/question.h"
#include "models/record.h"
#include "models/tally.h"
#include "models/world.h"
#include "sim/level.h"
#include "sim/load.h"
#include "sim/map.h"
#include "sim/pool.h"
#include "sim/sim.h"

#define NONE POOL_NONE

/* Ends of a session that say something of the host, not of the message. */
#define HOST_FAILURES                                                                                                  \
    (CAUSE_BIT(CAUSE_CONNECT_REFUSED) | CAUSE_BIT(CAUSE_CONNECT_TIMEOUT) | CAUSE_BIT(CAUSE_NO_ROUTE) |                 \
     CAUSE_BIT(CAUSE_NO_GREETING) | CAUSE_BIT(CAUSE_SESSION_LOST) | CAUSE_BIT(CAUSE_HOST_BUSY) |                       \
     CAUSE_BIT(CAUSE_BLOCKED))

/* Kinds of event; the handler table in models/world.c has the same order. */
enum event_kind {
    EVENT_ARRIVAL,      /* client actor writes its next message */
    EVENT_OUTBOX,       /* message actor's client tries its MTA again */
    EVENT_DUE,          /* message actor is due at its MTA, or a warning or the end of its life is */
    EVENT_ATTEMPT,      /* message actor's attempt begins: its turn has come */
    EVENT_ATTEMPT_END,  /* message actor's attempt has ended as it says */
    EVENT_WALK_ON,      /* message actor goes on to its next MX host */
    EVENT_SESSION_OPEN, /* message actor's connection reaches an MX host that remembers */
    EVENT_SESSION_END,  /* and is over, as the message says */
    EVENT_HANDOFF,      /* MTA actor may begin its next delivery */
    EVENT_QUEUE_RUN,    /* MTA actor starts a queue runner */
    EVENT_RUNNER,       /* runner actor takes its next message */
    EVENT_STUB_QUERY,   /* message actor's question reaches a resolver on another host */
    EVENT_STUB_REPLY,   /* and its reply comes back */
    EVENT_STUB_TIMEOUT, /* message actor has waited for its resolver long enough */
    EVENT_DNS_REPLY,    /* fetch actor gets a reply; arg: dns_status, REPLY_CLOSED for a closed port */
    EVENT_DNS_TIMEOUT,  /* fetch actor's packet was not answered in time */
    EVENT_STALE,        /* those who wait for fetch actor have waited long enough for a stale answer */
    EVENT_LOOP,         /* resolver actor's event loop number arg looks at its time-outs */
    EVENT_KIND_COUNT
};
#define REPLY_CLOSED DNS_STATUS_COUNT

/* Where a message is in its life. */
enum message_state {
    MESSAGE_FREE,      /* not in use */
    MESSAGE_OUTBOX,    /* at its client, whose MTA is down */
    MESSAGE_DUE,       /* deferred: EVENT_DUE will come, unless its time lies behind the run's end; or, at an MTA
                        * with queue runners, in its list of waiting messages */
    MESSAGE_ACTIVE,    /* due, and waits for its turn: in its destination's list, or EVENT_ATTEMPT will come */
    MESSAGE_LOOKING,   /* waits for its resolver: in a fetch's list, or for the stub's time-out alone */
    MESSAGE_IN_SESSION /* one of EVENT_ATTEMPT_END, WALK_ON, SESSION_OPEN and SESSION_END will come */
};

/* Which questions an attempt asks. */
enum lookup_phase {
    LOOKUP_MX,    /* MX of the domain */
    LOOKUP_HOSTS, /* A and AAAA of each MX host of the route */
    LOOKUP_HOST,  /* A and AAAA of the one MX host that is next */
    LOOKUP_APEX   /* no MX: A and AAAA of the domain (RFC 5321 section 5.1, implicit MX) */
};

enum report_kind { REPORT_NONE, REPORT_WARNING, REPORT_BOUNCE };

/* Where an attempt stands in its walk over the MX hosts. */
struct walk_place {
    sim_time begun;                      /* the first connection */
    sim_time connecting;                 /* when the last connection began */
    uint64_t usable;                     /* bit i: host i of the route has an address */
    uint64_t looked_up;                  /* bit i: its addresses have been asked for */
    uint16_t nth;                        /* hosts done, in the order of the attempt */
    uint16_t address;                    /* addresses done of the present one */
    uint16_t addresses, sessions, hosts; /* tried in this attempt */
    uint16_t opened;                     /* parts of the walk so far: each draws from a stream of its own */
    uint8_t kept_place;                  /* of the kept session's host in the route */
    bool connected;                      /* some connection was tried, or a kept one used */
    bool completed;                      /* some session came to the envelope's end */
    bool greeted;                        /* the session under way got past the greeting */
};

struct message {
    sim_time submitted; /* by the client; for a report: that of the message it is about */
    sim_time arrived;   /* at the MTA that holds it */
    sim_time due;       /* when it is tried, or given up, next */
    uint64_t luck;      /* number of the message's own random streams */
    sim_handle timer;   /* the stub's */
    sim_time asked;     /* when the question under way was asked last */
    const char *status; /* RFC 3463 code of the reply that ended the attempt; null: the profile's for the cause */
    uint16_t code;      /* and its basic code; 0: the usual one for the cause */
    struct walk_place walk;
    struct retry_record retry; /* at an MTA with RETRY_RULES: of what failed for this message alone */
    uint32_t number;           /* in the run, from 1 */
    uint32_t client, zone, mta;
    uint32_t recipient;       /* index into the client's to; NONE for a report */
    uint32_t sender, mailbox; /* which of the client's people, which of the recipient's mailboxes */
    uint32_t source;          /* which of the MTA's addresses the attempt comes from */
    uint32_t attempts;        /* at this MTA */
    uint64_t turn;            /* MESSAGE_ACTIVE: its place in its MTA's order */
    uint32_t deferrals;       /* at this MTA: failed attempts, and times it was put off */
    uint32_t next, previous;  /* in the list that its state says */
    uint32_t run;             /* the last queue run that looked at it */
    uint32_t runner;          /* the queue runner that tries it, or NONE */
    uint32_t fetch;           /* waited for, or NONE */
    uint32_t question;
    uint32_t warnings;      /* by this MTA */
    uint32_t host;          /* the MX host that decided the attempt */
    uint32_t kept;          /* the MX host a kept session leads to, or NONE */
    uint32_t kept_messages; /* sent on that session before */
    uint32_t
        failures;     /* why hosts of the walk failed (struct host_failures), or NONE; at an MTA that remembers hosts */
    uint8_t state;    /* enum message_state */
    uint8_t phase;    /* enum lookup_phase */
    uint8_t step;     /* number of the question within the phase */
    uint8_t place;    /* of LOOKUP_HOST's host in the route */
    uint8_t stub_try; /* of the question under way, from 1 */
    uint8_t stub_offset;  /* its first resolver's place in the list */
    uint16_t stub_serial; /* of the packet that the stub sent last */
    uint8_t cause;        /* how the attempt ends */
    uint8_t last_cause;   /* of the last failed attempt: why it waits */
    uint8_t dns_trouble;  /* enum cause: a look-up of a host failed for now */
    uint8_t report;       /* enum report_kind */
    bool unknown_user, deferred, relayed, warned;
    bool first_report; /* of a report: the first of its kind about its message */
    bool waiting;      /* was deferred by the MTA that holds it: counted in its mta_state's waiting */
    bool ending;       /* at due it is given up, not tried */
    bool slot;         /* holds a place in its MTA's and destination's count of deliveries under way */
    bool reuses;       /* its MTA keeps the session for the next message */
};

/* By place in the route: why the host failed in the attempt under way; CAUSE_NONE: it did not. */
struct host_failures {
    uint8_t causes[SPEC_SERVERS_MAX];
};

/* Messages in a row, by their next and previous. */
struct message_list {
    uint32_t first, last;
};

/* The MX hosts an MTA may try for a zone, after its own cut; the same for each run. */
struct route {
    const struct mx_record_spec *names; /* by preference; SPEC_SERVERS_MAX at most: what is asked for, */
    const struct mx_record_spec *hosts; /* and the hosts behind aliases: what is connected to */
    uint32_t count;
    bool cut;      /* the MTA is itself among the zone's MX hosts */
    bool all;      /* the MTA asks for all hosts' addresses before it connects to any */
    uint8_t types; /* 2: it asks for A and AAAA; 1: for A */
    uint8_t first; /* 1: for AAAA first */
};

struct client_state {
    struct rng arrivals;
    const double *weights; /* of its recipients, summed up: the last one is the whole */
    uint64_t sent;
};

/* A session that is kept open for the next message. */
struct kept_session {
    sim_time until;
    uint32_t host, messages; /* sent on it so far */
    uint32_t next;           /* the one kept before it, or NONE */
};

/* What an MTA knows of a destination while it has deliveries for it (Postfix: a queue of the queue manager). */
struct destination {
    struct message_list todo;
    struct message_list sleeping; /* wakes_destination: mail that waits for its time */
    struct load busy;             /* deliveries under way */
    uint32_t window;              /* at a time; 0: dead until dead_until */
    double success, failure;      /* of the feedback, not yet turned into a change of the window */
    double failed_cohorts;
    uint32_t failures; /* SUSPEND_QUEUE: in a row */
    sim_time dead_until;
    sim_time last_done; /* when the last delivery ended */
    uint32_t kept;      /* the session kept last, or NONE */
    uint64_t key;       /* the turn of its first message, when it was put into the MTA's row */
    uint8_t dead_cause; /* why it is dead */
    bool known;         /* the state above is of now: Postfix forgets it when nothing is left to deliver */
    bool load, store;   /* kept sessions are used, sessions are kept */
    bool ready;         /* is in that row */
};

#define RUNS_REMEMBERED 8 /* runners of an MTA that remember a dead host each for itself, at most */

/* What an MTA remembers of an MX host. */
struct host_memory {
    struct retry_record retry;             /* RETRY_RULES */
    sim_time until;                        /* left alone until then: SUSPEND_ROUTE, SUSPEND_TWO_TIMEOUTS */
    sim_time timed_out;                    /* SUSPEND_TWO_TIMEOUTS: the last time; SIM_NEVER: not */
    uint32_t failures;                     /* SUSPEND_ROUTE: in a row */
    uint32_t failed_runs[RUNS_REMEMBERED]; /* SUSPEND_FOR_RUN: the queue runs it failed in, the last ones */
    uint32_t failed_run_count;
    uint8_t cause; /* of the last failure */
};

/* A process that tries the waiting messages of an MTA one after the other. */
struct runner {
    uint32_t mta, run;
    uint32_t left; /* messages that waited when it began and that it has not looked at */
    uint32_t only; /* takes messages for this MX host alone; NONE: all. Such a one is no queue run of its own */
    bool active;   /* has not ended */
    bool sent;     /* it got a message out */
    bool holds;    /* its open session counts at that host, which has limits */
    uint32_t kept, messages; /* the MX host its open session leads to, or NONE; messages sent on it */
    sim_time kept_since;
};

struct mta_state {
    struct destination *destinations; /* by zone; null: nothing limits this MTA */
    struct host_memory *hosts;        /* by MX host; null: it remembers none */
    struct retry_record *routing;     /* by zone: DNS trouble under RETRY_RULES; else null */
    struct message_list deferred;     /* queue runners: messages that wait for one */
    struct load busy;                 /* deliveries under way */
    uint32_t *row;                    /* destinations with mail that may begin when there is a process; a heap */
    uint32_t row_count;
    uint64_t turns;        /* given out so far */
    sim_time handoff_free; /* the next delivery begins then at the earliest */
    bool handoff_due;      /* EVENT_HANDOFF will come */
    struct load runners;   /* under way */
    uint32_t runs;         /* so far */
    sim_time follow_from;  /* a message that is taken is followed by waiting ones from then on */
    uint32_t *deferred_of; /* by zone, how many of deferred */
    bool run_due;          /* EVENT_QUEUE_RUN will come */
    sim_time clock;        /* its clock of whole seconds is ahead of ours by this, below 1 s */
    sim_time phase;        /* of the queue scan, modulo queue_run_delay */
    uint32_t stub_turn;    /* stub_rotate: counts questions */
    uint64_t asked;        /* questions that were not at hand (models/stub.c) */
    struct level queue;    /* messages here */
    struct load *disk;     /* of a relay with a limit on what it holds; else null */
    uint32_t waiting;      /* messages here that were deferred at least once */
    sim_time waiting_changed;
    bool repaired; /* the last repair has come, and whether mail was waiting then is noted */
    bool drained;  /* since then, no message was waiting at some moment */
};

/* What an MX host that remembers knows. */
struct receiver_state {
    bool remembers;           /* mx_host_remembers */
    struct load sessions;     /* open now */
    struct load *sessions_of; /* by MTA */
    struct receiver_count {
        sim_time since;
        uint32_t count;         /* since then */
        uint32_t most;          /* in any period */
        uint64_t asked, denied; /* in all periods; of these, over the limit */
        sim_time used_up;       /* how long one more would have been denied */
    } messages, *messages_of;   /* in the present period; by MTA */
    double stored, most_stored; /* messages on its disk, at stored_at; so far */
    sim_time stored_at;
    struct load disk;                      /* the same, over time */
    uint64_t sessions_denied, full_denied; /* 421 because of limits.sessions; 452 because of limits.holds */
    uint64_t client_sessions_denied;       /* 421 because of limits.sessions_per_client */
};

struct world {
    struct sim sim;
    const struct world_spec *spec;
    struct tally *tally;         /* of the run under way; borrowed */
    bool (*stop)(void *context); /* null: never */
    void *stopper;
    record_observer *observe;
    void *observer;
    uint64_t seed, run;
    struct faults faults;
    struct pool message_pool, fetch_pool, link_pool, kept_pool, runner_pool, failure_pool;
    struct message *messages;        /* message_pool.items */
    struct fetch *fetches;           /* fetch_pool.items */
    struct fetch_link *links;        /* link_pool.items */
    uint32_t numbers, fetch_numbers; /* messages and look-ups numbered so far */
    uint64_t fetch_walks;            /* over fetches that wait for each other, so far */
    struct client_state *clients;
    struct mta_state *mtas;
    struct receiver_state *receivers; /* by MX host */
    struct map memory;                /* who has been seen: greylists, suppression lists */
    struct resolver_state *resolvers;
    struct icmp_bucket *stub_icmp; /* [mta * resolver_count + resolver] */
    uint32_t *zone_places; /* zone z's servers are number zone_places[z] and on of all places of servers in zones */
    uint32_t server_count; /* of each resolver's servers */
    bool outsiders;        /* some name server's address must be looked up in another zone */
    struct route *routes;  /* [mta * zone_count + zone] */
    sim_time bin_width;
    /* stream numbers, made once */
    uint64_t *fault_streams, *client_streams, *client_luck, *mta_streams, *resolver_streams, *question_streams;
    uint64_t *host_names;
    uint64_t session_luck, shuffle_luck, jitter_luck, source_luck, memory_luck, people_luck, stub_luck;
    struct arena arena; /* for what lives as long as the world */
};

static inline struct world *world_of(struct sim *sim)
{
    return sim->model;
}

/* Is anybody watching? Building a record costs, so ask first. */
static inline bool watched(const struct world *w)
{
    return SIM_UNLIKELY(w->observe != NULL);
}
static inline void tell(const struct world *w, struct record r)
{
    w->observe(w->observer, &r);
}

/* A record of what message m's MTA does now, about the message and the host last decided on. */
static inline struct record record_about(const struct world *w, uint32_t m, enum record_type type)
{
    const struct message *msg = &w->messages[m];
    return (struct record){.at = w->sim.now,
                           .type = type,
                           .message = msg->number,
                           .report = msg->report,
                           .who = msg->mta,
                           .whom = msg->host,
                           .question = msg->question,
                           .count = msg->attempts};
}

/* Is the MTA a relay whose host the network does not reach? It is up, and all it sends is lost. */
static inline bool cut_off(const struct world *w, uint32_t mta, sim_time at)
{
    uint32_t host = w->spec->mtas[mta].mx_host;
    return host != SPEC_NONE && timeline_at(&w->faults.of[TARGET_MX_HOST][host], at)->kind == FAULT_SILENT;
}

/* One-way delay of a packet to or from a host, now or later. */
static inline sim_time host_delay(const struct host_spec *h, struct rng *r)
{
    return h->delay.kind == LAW_CONSTANT ? h->delay.a : law_draw(&h->delay, r);
}
static inline bool host_loses(double own, double fault, struct rng *r)
{
    if (SIM_LIKELY(own == 0 && fault == 0)) return false;
    return rng_uniform(r) < 1 - (1 - own) * (1 - fault);
}

/* models/message.c */
uint32_t message_new(struct world *w);
void message_free(struct world *w, uint32_t m);
void messages_clear(struct world *w);

/* models/client.c */
void clients_build(struct world *w);
void clients_start(struct world *w);
void client_arrival(struct sim *sim, uint32_t client, uint64_t arg);
void client_outbox(struct sim *sim, uint32_t m, uint64_t arg);
/* A report reaches its reader. message: the report, or what it is about (client, number and submitted are the same);
 * first: none of its kind came before. */
void client_reads(struct world *w, const struct message *message, enum report_kind kind, bool first);

/* models/mta.c: the queue */
void mtas_build(struct world *w);
void mtas_start(struct world *w);
void mtas_finish(struct world *w);
/* Message m enters the queue of its m->mta now, and is tried at once. */
void mta_arrive(struct world *w, uint32_t m);
void mta_due(struct sim *sim, uint32_t m, uint64_t arg);
void mta_attempt(struct sim *sim, uint32_t m, uint64_t arg);
void mta_attempt_end(struct sim *sim, uint32_t m, uint64_t arg);
/* The attempt of m is over now: cause says how; CAUSE_NONE: messages[m].host took it. */
void mta_attempt_done(struct world *w, uint32_t m, enum cause cause);
/* m is not tried now, because its destination or all its hosts are left alone for a while, because of cause. */
void mta_put_off(struct world *w, uint32_t m, enum cause cause);
/* The attempt of m came to nothing: all its hosts are left alone for a while; for_good: for longer than it can wait. */
void mta_attempt_void(struct world *w, uint32_t m, enum cause cause, bool for_good);
/* m's life at its MTA is over: what it depends on has failed for too long. */
void mta_give_up(struct world *w, uint32_t m, enum cause cause);

/* models/destination.c: how many deliveries to a destination at a time, and which are left alone */
void destinations_start(struct world *w, uint32_t mta);
/* m is due: true if it may begin now (and then counts as under way); else it waits in its destination's list, or was
 * put off. */
bool destination_admit(struct world *w, uint32_t m);
/* The delivery of m, which is about to leave its MTA or wait, is over. Gives the destination's number for
 * destination_go_on, or NONE if nothing is limited. */
uint32_t destination_done(struct world *w, uint32_t m, enum cause cause);
/* m's attempt has come to nothing because of a host, but other deliveries to its destination are under way: true if m
 * waits in line for what becomes of them (OpenSMTPD: a session that never got ready has taken no mail). */
bool destination_take_back(struct world *w, uint32_t m, enum cause cause);
/* The same for a delivery that came to nothing: it says nothing about the destination. */
uint32_t destination_leave(struct world *w, uint32_t m);
/* SUSPEND_QUEUE: when m's destination is tried again; 0 if it is not left alone. */
sim_time destination_retry(const struct world *w, const struct message *msg);
/* Lets those begin who can now. */
void destination_go_on(struct world *w, uint32_t mta, uint32_t zone);
void destination_handoff(struct sim *sim, uint32_t mta, uint64_t arg);
/* m waits for its time, or not any more: a success may wake it (wakes_destination). */
void destination_sleep(struct world *w, uint32_t m);
void destination_wake(struct world *w, uint32_t m);
/* The session m has just used may serve another message. */
void destination_keep(struct world *w, uint32_t m);

/* models/queue_run.c: queue runners */
void queue_run_defer(struct world *w, uint32_t m);
void queue_run(struct sim *sim, uint32_t mta, uint64_t arg);
void queue_runner(struct sim *sim, uint32_t runner, uint64_t arg);
/* Has this runner (or NONE) an open session with host that counts there? hold: it keeps the one that has just served;
 * false if it keeps none. */
bool queue_runner_holds(const struct world *w, uint32_t runner, uint32_t host);
bool queue_runner_hold(struct world *w, uint32_t runner, uint32_t host);
/* The session that this runner (or NONE) held with host is over without its doing. */
void queue_runner_lost(struct world *w, uint32_t runner, uint32_t host);
/* A host has taken a message that no runner sent: what waits for it follows on the same session. */
void queue_run_follow(struct world *w, uint32_t mta, uint32_t zone, uint32_t host);
/* The attempt that runner made is over; cause CAUSE_NONE: host took the message. */
void queue_runner_done(struct world *w, uint32_t runner, enum cause cause, uint32_t host);

/* models/host_memory.c: what an MTA remembers of MX hosts */
/* May m try host now? If not, *cause says why it is left alone, and *expired whether for good. */
bool host_may_try(struct world *w, uint32_t m, uint32_t host, enum cause *cause, bool *expired);
/* The MX hosts that m may go to as far as its zone says: host n of them, NONE after the last. */
uint32_t route_host(const struct world *w, const struct message *msg, uint32_t n);
/* May any of them be tried? As host_may_try. */
bool host_any_may_try(struct world *w, uint32_t m, enum cause *cause, bool *expired);
/* Host number place of m's route has just failed for cause, or, with CAUSE_NONE, not. */
void host_note(struct world *w, uint32_t m, uint32_t place, enum cause cause);
/* The attempt of m is over: its walk says which hosts failed. True: all that m depends on has failed for too long. */
bool host_memory_update(struct world *w, uint32_t m, enum cause cause);

/* models/receiver.c: MX hosts that remember */
void receivers_build(struct world *w);
void receivers_start(struct world *w);
void receivers_finish(struct world *w);
/* m's MTA connects to host: CAUSE_NONE, and the session is open; or why not. */
enum cause receiver_open(struct world *w, uint32_t m, uint32_t host);
void receiver_close(struct world *w, uint32_t mta, uint32_t host);
/* What it says to the recipient of m at a time not before now. */
enum cause receiver_rcpt(struct world *w, uint32_t m, uint32_t host, sim_time at);
/* It has taken m. A relay's queue is its disk. */
void receiver_took(struct world *w, uint32_t m, uint32_t host);

/* models/suppression.c */
bool suppressed(struct world *w, const struct message *msg);
void suppression_note(struct world *w, const struct message *msg, enum cause cause, bool expired);

/* models/route.c */
void routes_build(struct world *w);
/* Which question an attempt asks next: the MX hosts' addresses, or fails, or goes on to the sessions. */
void route_begin(struct world *w, uint32_t m);
void route_answer(struct world *w, uint32_t m, enum dns_status status);

/* models/stub.c: the MTA's stub resolver. True: *status holds the answer; false: route_answer will be called. */
bool stub_ask(struct world *w, uint32_t m, uint32_t question, enum dns_status *status);
void stub_query(struct sim *sim, uint32_t m, uint64_t arg);
void stub_reply(struct sim *sim, uint32_t m, uint64_t arg);
void stub_timeout(struct sim *sim, uint32_t m, uint64_t arg);
/* The resolver answers a waiting message. */
void stub_answered(struct world *w, uint32_t m, enum dns_status status);

/* models/resolver.c: what clients see */
void resolvers_build(struct world *w);
void resolvers_start(struct world *w);
void resolvers_finish(struct world *w);
/* From the cache: true and *status; else message m waits in a fetch's list (resolver_ask). */
bool resolver_cached(struct world *w, uint32_t resolver, uint32_t question, enum dns_status *status);
/* Lets m wait for the answer; true if the answer came at once after all (*status). */
bool resolver_ask(struct world *w, uint32_t m, uint32_t resolver, uint32_t question, enum dns_status *status);
/* m waits no more. */
void resolver_leave(struct world *w, uint32_t m);
void resolver_stale(struct sim *sim, uint32_t fetch, uint64_t arg);
/* mta's question was answered from the cache: has the answer's end come so near that it is asked for anew? */
void resolver_told(struct world *w, uint32_t mta, uint32_t resolver, uint32_t question);
/* f, which has turned clients away, has its answer: may more wait from now on? */
void resolver_lets_more_in(struct world *w, const struct fetch *f);
/* Gives status to the messages from first on, but to none for whom it comes too late. fetch: its number. */
void resolver_answers(struct world *w, uint32_t resolver, uint32_t fetch, uint32_t first, enum dns_status status);
/* The same at the end of a fetch: what failed may be answered with what is stale, unless it was cut short. */
void resolver_ended(struct world *w, uint32_t resolver, uint32_t question, uint32_t fetch, uint32_t first,
                    enum dns_status status, bool cut_short);
/* Is what the cache answers now a stale answer that has been given a new end (PowerDNS)? */
static inline bool resolver_cached_stale(const struct world *w, uint32_t resolver, uint32_t question)
{
    return w->spec->resolvers[resolver].params.packet_cache &&
           w->resolvers[resolver].cache[question].stale_until > w->sim.now;
}
void resolver_tell_stale(const struct world *w, uint32_t m, uint32_t resolver);

/* models/event_loop.c: threads that look at their time-outs only when something wakes them */
struct event_loop *event_loop_of(const struct world *w, uint32_t resolver, uint32_t question);
void event_loops_start(struct world *w, uint32_t resolver);
void event_loop_woken(struct world *w, uint32_t resolver, uint32_t question, bool by_client);
/* A client's question, or a reply to one about question, reaches the resolver. */
static inline void event_loop_stir(struct world *w, uint32_t resolver, uint32_t question, bool by_client)
{
    if (SIM_UNLIKELY(w->resolvers[resolver].loops != NULL)) event_loop_woken(w, resolver, question, by_client);
}
/* How long after now the thread gets to what a client has just asked. */
sim_time event_loop_lag(const struct world *w, uint32_t resolver, uint32_t question);
/* The time of fetch fi's packet is over: it ends when its thread wakes. */
void event_loop_overdue(struct world *w, uint32_t fi);
void event_loop(struct sim *sim, uint32_t resolver, uint64_t loop);

/* models/fetch.c: a question being found out */
/* Begins, for fetch root or, NONE, for a client: true if it is over at once (*status, which is kept); else its index is
 * *fi. */
bool fetch_start(struct world *w, uint32_t resolver, uint32_t question, uint32_t root, uint32_t *fi,
                 enum dns_status *status);
void fetch_reply(struct sim *sim, uint32_t fetch, uint64_t status);
void fetch_timeout(struct sim *sim, uint32_t fetch, uint64_t arg);
/* Its packet has been waited for in vain, and that is noticed now. */
void fetch_expire(struct world *w, uint32_t fetch);
/* Asks for a fresh answer that nobody waits for. */
void fetch_refresh(struct world *w, uint32_t resolver, uint32_t question);

/* models/name_server.c */
void name_servers_finish(struct world *w);
/* When the reply to the packet that f sends now comes, and what it says (enum dns_status or REPLY_CLOSED); SIM_NEVER:
 * nothing. */
sim_time name_server_reply(struct world *w, struct fetch *f, uint32_t *status);
/* Does the parent, which has just answered question for a delegation, name servers that do not exist? */
bool name_server_misdelegates(const struct world *w, uint32_t question);
/* TCP in parts. When a connection that is begun now stands, or is refused (*closed); SIM_NEVER: not until then. */
sim_time name_server_connect(struct world *w, struct fetch *f, sim_time until, bool *closed);
/* Is its port closed now? */
bool name_server_closed(struct world *w, const struct fetch *f);
/* When the reply comes to what is sent at from over an open connection; it is sent again until it arrives. */
sim_time name_server_session_reply(struct world *w, struct fetch *f, sim_time from, sim_time until, uint32_t *status);
/* Is the ICMP error sent? Takes it from the bucket. */
bool icmp_sent(struct icmp_bucket *bucket, sim_time at);

/* The addresses of the walk's next host are asked for, then the walk goes on. */
void route_look_up_host(struct world *w, uint32_t m, uint32_t place);

/* models/smtp.c: one attempt's connections. Finds out what will happen from now on, as far as no MX host has to be
 * asked that remembers, and schedules what comes then. */
void smtp_begin(struct world *w, uint32_t m);
void smtp_walk_on(struct sim *sim, uint32_t m, uint64_t arg);
void smtp_session_open(struct sim *sim, uint32_t m, uint64_t arg);
void smtp_session_end(struct sim *sim, uint32_t m, uint64_t arg);

/* The luck of one attempt of a message, by purpose. */
uint64_t attempt_stream(const struct world *w, const struct message *msg, uint64_t purpose);

/* models/message.c */
void message_list_add(struct world *w, struct message_list *list, uint32_t m);
void message_list_put_first(struct world *w, struct message_list *list, uint32_t m);
void message_list_take(struct world *w, struct message_list *list, uint32_t m);
