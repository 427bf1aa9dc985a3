/* models/fetch.h - the inside of resolvers: what they keep, and a question that is being found out.
 *
 * A fetch finds out one question for all who wait for it: messages, and other fetches. It asks the servers of one zone;
 * whatever else it must know first (the zone's delegation, the address of a server that stands in another zone) it
 * leaves to fetches of their own, its needs. */
#pragma once
#include "models/spec.h"
#include "sim/rng.h"
#include "sim/sim.h"

/* An answer, or that there is none, as a resolver keeps it. Everything 0: nothing known. */
struct cache_entry {
    sim_time until;        /* the answer is good until then */
    sim_time failed_until; /* SERVFAIL is told until then */
    sim_time stale_until;  /* the answer may be served stale until then */
    sim_time refresh_at;   /* while it is served stale: nobody is asked before */
    uint32_t fetch;        /* under way for this question, or NONE */
    uint32_t fetches;      /* of this question so far: the number of the next one's luck */
    uint8_t status;        /* enum dns_status: the answer */
    bool from_child;       /* of a delegation: the zone itself said it, not its parent */
    bool is_alias;         /* the answer is another question's: question_beyond. status is what that said last */
};

/* What a resolver knows of a name server: each way of choosing uses what it needs. Everything 0: nothing. */
struct server_state {
    sim_time until; /* what is known is forgotten then */
    sim_time srtt, rttvar, rto;
    sim_time probing_until;
    sim_time last; /* when it was last heard of, or waited for in vain */
    sim_time dead_until;
    double average;
    uint32_t failures; /* in a row */
    uint32_t skips;
    uint32_t timeouts;
    bool answered, lame;
};

/* Linux sends an ICMP error to one peer only as a burst, then one a second. */
struct icmp_bucket {
    sim_time last, tokens;
    bool known;
};

struct resolver_state {
    struct cache_entry *cache;    /* by question */
    struct server_state *servers; /* by name server; Unbound's: by place of a server in a zone, fetch_server */
    struct icmp_bucket *icmp;     /* by name server */
    sim_time *ds_until;           /* by zone: the DS record is kept until then; 0: nothing known of it */
    sim_time last_aged;           /* BIND: when the servers not asked were thought better of */
    uint32_t clients_per_query;   /* adapted between its bounds */
};

/* Each way of choosing keeps here what it knows of one fetch. */
struct unbound_fetch {
    uint8_t stage;
    bool resent; /* the packet under way is the second of its try */
};
struct bind_fetch {
    uint32_t restarts;
    uint64_t tried;
};
struct pdns_fetch {
    uint64_t tried;
    uint32_t order_made;
    uint8_t order[SPEC_SERVERS_MAX];
};
struct knot_fetch {
    uint32_t failures;
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
    uint32_t waiters;       /* number of messages among them */
    uint32_t links;         /* fetches that need this one: the first link, or NONE */
    uint32_t needs;         /* fetches that this one needs and that are under way */
    uint32_t learned;       /* the question of the need that ended last, or NONE: its answer may be kept for no time */
    uint8_t learned_status; /* enum dns_status */
    uint32_t depth;         /* 0: for a client; 1: needed by such a one; ... */
    sim_handle stale_event; /* EVENT_STALE, or 0 */
    struct rng luck;        /* of this look-up alone: server choice, lost packets */
    bool in_flight;         /* a packet is under way */
    bool tcp;               /* over TCP */
    bool bogus;             /* a resolver that validates found the answer so */
    bool is_alias;          /* the name is an alias: the answer is that to question_beyond */
    uint64_t failed;        /* servers that answered with an error, by place in the zone's list */
    uint64_t asked_for;     /* servers whose addresses were looked up for this fetch */
    uint8_t sent_to[SPEC_SERVERS_MAX]; /* packets, by place */
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
