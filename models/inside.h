/* models/inside.h - the inside of a world, for the actors' files in models/ only.
 *
 * All state sits in arrays of plain records that name each other by index: client, MTA, resolver, message and fetch
 * numbers. Events name an actor the same way. */
#pragma once
#include "models/fault.h"
#include "models/question.h"
#include "models/record.h"
#include "models/tally.h"
#include "models/world.h"
#include "sim/level.h"
#include "sim/pool.h"
#include "sim/sim.h"

#define NONE POOL_NONE

/* Kinds of event; the handler table in models/world.c has the same order. */
enum event_kind {
    EVENT_ARRIVAL,      /* client actor writes its next message */
    EVENT_OUTBOX,       /* message actor's client tries its MTA again */
    EVENT_ATTEMPT,      /* message actor is due at its MTA */
    EVENT_ATTEMPT_END,  /* message actor's attempt has ended as it says */
    EVENT_STUB_TIMEOUT, /* message actor has waited for its resolver long enough */
    EVENT_DNS_REPLY,    /* fetch actor gets a reply; arg: dns_status, REPLY_CLOSED for a closed port */
    EVENT_DNS_TIMEOUT,  /* fetch actor's packet was not answered in time */
    EVENT_KIND_COUNT
};
#define REPLY_CLOSED DNS_STATUS_COUNT

/* Where a message is in its life. */
enum message_state {
    MESSAGE_FREE,      /* not in use */
    MESSAGE_OUTBOX,    /* at its client, whose MTA is down */
    MESSAGE_DUE,       /* deferred: EVENT_ATTEMPT will come, unless its time lies behind the run's end */
    MESSAGE_LOOKING,   /* waits for its resolver: in a fetch's list, or for the stub's time-out alone */
    MESSAGE_IN_SESSION /* EVENT_ATTEMPT_END will come */
};

/* Which questions an attempt asks. */
enum lookup_phase {
    LOOKUP_MX,    /* MX of the domain */
    LOOKUP_HOSTS, /* A and AAAA of each MX host of the route */
    LOOKUP_APEX   /* no MX: A and AAAA of the domain (RFC 5321 section 5.1, implicit MX) */
};

enum report_kind { REPORT_NONE, REPORT_WARNING, REPORT_BOUNCE };

struct message {
    sim_time submitted; /* by the client; for a report: that of the message it is about */
    sim_time arrived;   /* at the MTA that holds it */
    uint64_t luck;      /* number of the message's own random streams */
    sim_handle timer;   /* the stub's */
    uint64_t usable;    /* bit i: host i of the route has an address */
    sim_time asked;     /* when the question under way was asked last */
    uint32_t number;    /* in the run, from 1 */
    uint32_t client, zone, mta;
    uint32_t recipient;      /* index into the client's to; NONE for a report */
    uint32_t attempts;       /* at this MTA */
    uint32_t next, previous; /* in the fetch's list of waiting messages */
    uint32_t fetch;          /* waited for, or NONE */
    uint32_t question;
    uint32_t warnings; /* by this MTA */
    uint32_t host;     /* the MX host that decided the attempt */
    uint8_t state;     /* enum message_state */
    uint8_t phase;     /* enum lookup_phase */
    uint8_t step;      /* number of the question within the phase */
    uint8_t stub_try;
    uint8_t cause;       /* how the attempt ends */
    uint8_t dns_trouble; /* enum cause: a look-up of a host failed for now */
    uint8_t report;      /* enum report_kind */
    bool unknown_user, deferred, relayed, warned;
    bool first_report; /* of a report: the first of its kind about its message */
    bool waiting;      /* was deferred by the MTA that holds it: counted in its mta_state's waiting */
};

/* The MX hosts an MTA may try for a zone, after its own cut; the same for each run. */
struct route {
    const struct mx_record_spec *hosts; /* by preference; SPEC_SERVERS_MAX at most */
    uint32_t count;
    bool cut; /* the MTA is itself among the zone's MX hosts */
};

struct client_state {
    struct rng arrivals;
    const double *weights; /* of its recipients, summed up: the last one is the whole */
    uint64_t sent;
};

struct mta_state {
    sim_time phase;     /* of the queue scan, modulo queue_run_delay */
    struct level queue; /* messages here */
    uint32_t waiting;   /* messages here that were deferred at least once */
    sim_time waiting_changed;
    bool repaired; /* the last repair has come, and whether mail was waiting then is noted */
    bool drained;  /* since then, no message was waiting at some moment */
};

/* One question being found out for all who wait. */
struct fetch {
    sim_time started, sent;
    sim_time timeout; /* of the packet under way */
    uint64_t tried;   /* servers asked in this round, by place in the zone's list */
    uint64_t failed;  /* servers that answered with an error */
    uint32_t resolver, question, number;
    uint32_t server;      /* place in the zone's list of the packet under way */
    uint32_t tries;       /* time-outs begun; a packet sent once more shares its try */
    uint32_t sent_count;  /* packets */
    uint32_t first, last; /* waiting messages */
    struct rng luck;      /* of this look-up alone: server choice, lost packets */
    bool resent;          /* the packet under way is the second of its try */
    uint16_t per_server[SPEC_SERVERS_MAX];
};

struct cache_entry {
    sim_time until;
    uint32_t fetch; /* under way for this question, or NONE */
    uint32_t status;
    uint32_t fetches; /* of this question so far: the number of the next one's luck */
};

/* What a resolver knows of a name server. */
struct server_state {
    sim_time until; /* forgotten then; 0: nothing known */
    sim_time srtt, rttvar, rto;
    sim_time probing_until;
    bool answered;
};

struct resolver_state {
    struct cache_entry *cache;    /* by question */
    struct server_state *servers; /* by name server */
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
    struct pool message_pool, fetch_pool;
    struct message *messages;        /* message_pool.items */
    struct fetch *fetches;           /* fetch_pool.items */
    uint32_t numbers, fetch_numbers; /* messages and look-ups numbered so far */
    struct client_state *clients;
    struct mta_state *mtas;
    struct resolver_state *resolvers;
    struct route *routes; /* [mta * zone_count + zone] */
    sim_time bin_width;
    /* stream numbers, made once */
    uint64_t *fault_streams, *client_streams, *client_luck, *mta_streams, *resolver_streams, *question_streams;
    uint64_t session_luck, shuffle_luck;
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

/* models/mta.c */
void mtas_start(struct world *w);
void mtas_finish(struct world *w);
/* Message m enters the queue of its m->mta now, and is tried at once. */
void mta_arrive(struct world *w, uint32_t m);
void mta_attempt(struct sim *sim, uint32_t m, uint64_t arg);
void mta_attempt_end(struct sim *sim, uint32_t m, uint64_t arg);
/* The attempt of m is over now: cause says how; CAUSE_NONE: messages[m].host took it. */
void mta_attempt_done(struct world *w, uint32_t m, enum cause cause);

/* models/route.c */
void routes_build(struct world *w);
/* Which question an attempt asks next: the MX hosts' addresses, or fails, or goes on to the sessions. */
void route_begin(struct world *w, uint32_t m);
void route_answer(struct world *w, uint32_t m, enum dns_status status);

/* models/stub.c: the MTA's stub resolver. True: *status holds the answer; false: route_answer will be called. */
bool stub_ask(struct world *w, uint32_t m, uint32_t question, enum dns_status *status);
void stub_timeout(struct sim *sim, uint32_t m, uint64_t arg);
/* The resolver answers a waiting message. */
void stub_answered(struct world *w, uint32_t m, enum dns_status status);

/* models/resolver.c */
void resolvers_start(struct world *w);
/* From the cache: true and *status; else message m waits in a fetch's list (resolver_join). */
bool resolver_cached(struct world *w, uint32_t resolver, uint32_t question, enum dns_status *status);
/* Lets m wait for the answer; true if the answer came at once after all (*status). */
bool resolver_join(struct world *w, uint32_t m, uint32_t resolver, uint32_t question, enum dns_status *status);
/* m waits no more. */
void resolver_leave(struct world *w, uint32_t m);
void resolver_reply(struct sim *sim, uint32_t fetch, uint64_t status);
void resolver_timeout(struct sim *sim, uint32_t fetch, uint64_t arg);

/* models/smtp.c: one attempt's connections. Finds out what will happen from now on, fills cause and host of message m,
 * and gives the time at which the attempt ends. */
sim_time smtp_attempt(struct world *w, uint32_t m);
