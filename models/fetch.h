/* models/fetch.h - the inside of resolvers: what they keep, and a question that is being found out.
 *
 * A fetch finds out one question for all who wait for it: messages, and other fetches. It asks the servers of one zone;
 * whatever else it must know first (the zone's delegation, the address of a server that stands in another zone) it
 * leaves to fetches of their own, its needs. */
#pragma once
#include "models/spec.h"
#include "sim/map.h"
#include "sim/rng.h"
#include "sim/sim.h"

/* An answer, or that there is none, as a resolver keeps it. Everything 0: nothing known. */
struct cache_entry {
    sim_time until;        /* the answer is good until then */
    sim_time failed_until; /* SERVFAIL is told until then */
    sim_time stale_until;  /* the answer may be served stale until then */
    sim_time refresh_at;   /* while it is served stale: nobody is asked before */
    sim_time prefetch_at;  /* whoever asks from then on has it asked for anew beside; 0: nobody */
    sim_time ttl;          /* of the answer, within the resolver's bounds */
    uint32_t fetch;        /* under way for this question, the last one begun, or NONE */
    uint32_t fetches;      /* of this question so far: the number of the next one's luck */
    uint32_t extended;     /* PowerDNS: how many times the answer has been given a new end since it is stale */
    uint32_t leader;       /* Knot Resolver's: the fetch whose packet with this question is under way, or NONE */
    uint8_t status;        /* enum dns_status: the answer */
    bool leads_nowhere;    /* of a delegation: the servers it names do not exist */
    bool refreshed;        /* a fresh one has been asked for before its end */
    bool from_child;       /* of a delegation: the zone itself said it, not its parent */
    bool is_alias;         /* the answer is another question's: question_beyond. status is what that said last */
};

/* A connection that is kept open to a name server, or the attempt to open one. Everything 0: none. */
struct tcp_session {
    sim_time from;     /* it stands from then on, perhaps not yet */
    sim_time last;     /* when it was used last */
    sim_time check;    /* when it is looked at next: is it idle, has somebody waited for too long? */
    sim_time fails_at; /* trying: somebody tries to open it, and will fail then; closed: by an RST */
    bool open, useful, trying, closed;
};

/* What a resolver knows of a name server: each way of choosing uses what it needs. Everything 0: nothing. */
struct server_state {
    sim_time until;       /* what is known is forgotten then */
    sim_time named_until; /* BIND: its name is looked at again then */
    sim_time srtt, rttvar, rto;
    sim_time probing_until;
    sim_time last; /* when it was last heard of, or waited for in vain */
    sim_time dead_until;
    sim_time failed, unresolved_at; /* when it failed last; when its address could not be found out last */
    sim_time no_edns_until;         /* it is asked without EDNS until then */
    double average;
    uint32_t unresolved; /* times that its address could not be found out */
    uint32_t failures;   /* in a row */
    uint32_t skips;
    uint32_t timeouts;
    bool answered;
    struct tcp_session tcp;
    /* Unbound's: look-ups lost in a row by type (A, AAAA, other); lame for A, for other types */
    uint8_t lost[3];
    bool lame_for[2];
    sim_time parent_side[2]; /* what the parent says of its A, AAAA records is kept until then */
    sim_time parent_ns;      /* of the zone's first server: the parent's NS records are kept, as such, until then */
};

/* Linux sends an ICMP error to one peer only as a burst, then one a second. */
struct icmp_bucket {
    sim_time last, tokens;
    bool known;
};

/* A thread of a resolver that looks at its time-outs only when something wakes it (models/event_loop.c). */
struct event_loop {
    uint64_t luck;
    sim_time woke;        /* last */
    sim_handle next;      /* EVENT_LOOP, or 0 */
    uint32_t first, last; /* fetches whose time is over, but that nobody has looked at */
    uint32_t fetches;     /* under way for clients */
};

struct resolver_state {
    struct cache_entry *cache;    /* by question */
    struct server_state *servers; /* by name server; Unbound's: by place of a server in a zone, fetch_server */
    struct icmp_bucket *icmp;     /* by name server */
    sim_time clock;               /* Unbound's clock of whole seconds is ahead of ours by this, below 1 s */
    sim_time *ds_until;           /* by zone: the DS record is kept until then; 0: nothing known of it */
    uint32_t clients_per_query;   /* adapted between its bounds */
    sim_time clients_grown;       /* when it grew last */
    struct event_loop *loops;     /* PowerDNS: one a thread; else null */
    struct map throttle;          /* PowerDNS: (server, question) that is left alone */
    sim_time sweep;               /* PowerDNS: when it forgets what is old, modulo 30 s */
    uint32_t unsent;              /* Knot Resolver: fetches that have ended, but have not told their clients; or NONE */
};

/* Each way of choosing keeps here what it knows of one fetch. */
/* iterator/iterator.h struct iter_qstate, iterator/iter_delegpt.h struct delegpt: bits are places in the zone's list.
 */
struct unbound_fetch {
    uint64_t seen;                      /* servers whose addresses have come */
    uint64_t usable;                    /* of them, those not tried too often: the result list */
    uint64_t resolved;                  /* servers whose names are looked up, or have been */
    uint64_t parent_side[2];            /* ... and beside it at the parent, for A, AAAA */
    uint8_t attempts[SPEC_SERVERS_MAX]; /* tries; Unbound takes some back now and then */
    uint8_t minimise;                   /* enum minimise_state */
    uint8_t level, levels;              /* labels asked for beyond the delegation; of the whole name */
    uint8_t timeouts;                   /* in a row */
    uint8_t phase;                      /* enum packet_phase of the packet under way */
    uint8_t given_up;                   /* servers whose addresses cannot be had */
    uint32_t sends;                     /* tries since the last referral */
    uint32_t parent_tries;
    sim_time rto; /* the time-out that the packet under way was sent with */
    bool begun;
    bool again;         /* the next packet goes to the same server */
    bool at_parent;     /* fetch.zone is the parent: it is asked for the delegation */
    bool refetch;       /* ... once more */
    bool has_parent_ns; /* the delegation came from the parent itself, not from the cache */
    bool glue;          /* the parent's own address record has come */
};
struct bind_fetch {
    uint32_t restarts;               /* lists made so far */
    uint32_t srtt[SPEC_SERVERS_MAX]; /* of the servers on the list when it was made; us */
    uint64_t listed, marked;         /* on the list; and not to be taken from it any more */
    bool plain;                      /* the packet goes without EDNS */
};
struct pdns_fetch {
    uint8_t order[SPEC_SERVERS_MAX]; /* places of the servers, the one to be asked first first */
    uint8_t count, at;               /* of order; how many of them are done */
    uint8_t rounds;                  /* sets of servers gone through: the zone's own, then its parent's */
    uint32_t queries, throttled;     /* servers asked; servers passed over */
    bool edns, again;                /* the packet under way has EDNS; it is to be sent again without */
};

/* Knot Resolver: one of the questions that a client's question has led to, the last of them being found out: the
 * client's own, then addresses of name servers. */
#define KNOT_DEPTH   8
#define KNOT_SERVERS 13 /* of a zone: no more are considered */
struct knot_query {
    uint32_t question, zone;                          /* zone: whose servers it asks now */
    uint16_t looked_up[2];                            /* by place: A, AAAA */
    uint16_t broken;                                  /* by place: not asked again */
    uint8_t errors[KNOT_SERVERS], lost[KNOT_SERVERS]; /* by place: errors of any kind; lost UDP packets */
    uint8_t timeouts, lookups;                        /* lookups: of addresses, in a row */
    bool begun, above, cache_tried, tcp, force_udp, force_lookup, no_minimize, no_0x20, no_servers;
};
struct knot_fetch {
    struct knot_query queries[KNOT_DEPTH];
    uint32_t depth, rounds, timeouts, failures;
    uint32_t followers, next; /* fetches that wait for this one's packet, the last to join first; NONE ends */
    sim_time patience;        /* over TCP: what would have been waited for the packet over UDP */
    uint8_t way;              /* how the packet travels: enum in models/selection_knot.c */
    bool begun, over;
    bool connect_ended; /* this step is because of a connection that did not come about */
    uint8_t unsent;     /* has ended so (enum selection_step), but its client has not been told */
};

struct fetch {
    sim_time started, sent;
    sim_time timeout; /* of the packet under way */
    uint32_t resolver, question, number;
    uint32_t root;          /* number of the client's fetch that this one serves; its own, if a client asked */
    uint32_t zone;          /* whose servers it asks */
    uint32_t asks;          /* the question of the packet under way: the fetch's own, or one that hides it (RFC 9156) */
    uint32_t server;        /* the place, in the zone's list, of the server that is asked */
    uint32_t sent_count;    /* packets */
    uint32_t first, last;   /* waiting messages */
    uint32_t waiters;       /* clients that count as waiting: who has gone, or has a stale answer, still does */
    uint32_t links;         /* fetches that need this one: the first link, or NONE */
    uint32_t needs;         /* fetches that this one needs and that are under way */
    uint32_t learned;       /* the question of the need that ended last, or NONE: its answer may be kept for no time */
    uint8_t learned_status; /* enum dns_status */
    uint32_t root_index;    /* that fetch; it may have ended: root is its number */
    uint32_t begun_needs;   /* of a client's fetch: look-ups begun for it */
    uint64_t walk;          /* the last one that came by (models/fetch.c waits_for) */
    uint32_t starter, starter_number; /* the fetch that began it; NONE: a client's */
    uint32_t depth;                   /* 0: for a client; 1: needed by such a one; ... */
    sim_time begun;                   /* when the client's fetch that this one serves began */
    uint32_t twin;                    /* another fetch of the same question, begun before this one, or NONE */
    uint32_t rides_on;                /* the twin whose packet this one waits for instead of one of its own, or NONE */
    uint32_t rides_number;            /* that twin's number */
    uint32_t next_overdue;            /* in its event loop's list */
    sim_time reply_at;                /* to the packet under way; SIM_NEVER: none comes */
    uint32_t reply_status;            /* and what it says */
    bool anew;                        /* what was kept of the question did not do */
    bool referred;                    /* it had to wait for its zone's delegation */
    bool refresh;                     /* nobody waits: an answer is replaced before its end, or after it */
    bool cut_short;                   /* given up by a limit: the software then serves nothing stale */
    sim_handle stale_event;           /* EVENT_STALE, or 0 */
    sim_time stale_at;  /* stale_at_timeouts: who waits gets the stale answer at time-outs from then on; 0: nobody */
    struct rng luck;    /* of this look-up alone: server choice, lost packets */
    bool in_flight;     /* a packet is under way */
    bool tcp;           /* over TCP */
    bool joins;         /* no packet: it waits for a connection that another fetch tries to open */
    bool stale;         /* the answer comes from the cache, where it may have ended */
    bool timed_out;     /* it fails because its time is over, not because nobody is left to be asked */
    bool spilled;       /* clients were turned away */
    bool bogus;         /* a resolver that validates found the answer so */
    bool is_alias;      /* the name is an alias: the answer is that to question_beyond */
    uint64_t failed;    /* servers that answered with an error, by place in the zone's list */
    uint64_t asked_for; /* servers whose addresses were looked up for this fetch */
    union {
        struct unbound_fetch unbound;
        struct bind_fetch bind;
        struct pdns_fetch pdns;
        struct knot_fetch knot;
    };
};

/* One fetch that needs another. */
struct fetch_link {
    uint32_t fetch, number; /* that waits; its number tells whether it still does */
    uint32_t next;          /* of the same need, or NONE */
};
