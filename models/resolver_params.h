/* models/resolver_params.h - how a resolver behaves, as numbers over a few mechanisms: what all have
 * (models/resolver.c, models/fetch.c), and each software's own way to choose a server and to wait for it
 * (models/selection.h). */
#pragma once
#include "sim/vtime.h"

#include <stdbool.h>
#include <stdint.h>

/* Whose way of choosing servers and waiting for them; the table in models/selection.c has the same order. */
enum selection_kind { SELECT_TEXTBOOK, SELECT_UNBOUND, SELECT_BIND, SELECT_PDNS, SELECT_KNOT, SELECT_KIND_COUNT };

/* A record with TTL t that came at time c is good until ... on a clock of whole seconds: */
enum ttl_edge {
    TTL_EXACT, /* c + t */
    TTL_LATE,  /* floor(c) + t + 1 s: while floor(now) <= floor(c) + t */
    TTL_EARLY  /* floor(c) + t: while floor(now) < floor(c) + t */
};

/* The plain one: servers by turns, one wait for all, no memory. */
struct textbook_params {
    sim_time timeout;
    uint32_t attempts; /* packets for one question */
};

/* models/selection_unbound.c */
struct unbound_params {
    sim_time unknown_server_timeout; /* for a server not asked yet */
    sim_time rto_min, rto_max;       /* at rto_max a server is held to be down */
    sim_time infra_host_ttl;         /* what is known of a server is forgotten after this */
    bool keep_probing;               /* a server that is held to be down is probed all the time */
    uint32_t max_sent_count;         /* tries since the last referral */
    uint32_t outbound_msg_retry;     /* tries of one server for one question; some are taken back */
    uint32_t target_fetch[5];        /* servers whose addresses are looked up beside a question, by its depth */
    bool do_ip6;                     /* it has IPv6: servers' AAAA records are looked up too */
    bool minimise_strict;            /* what is asked in the question's place counts */
    uint32_t fast_server_permil;     /* so many of 1000 questions go to */
    uint32_t fast_server_num;        /* the fastest servers alone, so many */
    bool stub_zone;                  /* zones whose parent is not modelled are configured: nobody delegates them */
};

/* models/selection_bind.c */
struct bind_params {
    sim_time retry_interval;   /* wait for one reply with the first lists of servers */
    uint32_t nonbackoff_tries; /* so many lists; then the wait doubles with each */
    uint32_t max_recursion_queries;
};

/* models/selection_pdns.c */
struct pdns_params {
    sim_time network_timeout; /* wait for one reply */
    uint32_t max_qperq;       /* servers asked or passed over for one question */
    uint32_t server_down_max_fails;
    sim_time server_down_throttle_time;
    uint32_t non_resolving_ns_max_fails;
    sim_time non_resolving_ns_throttle_time;
    uint32_t max_ns_per_resolve;     /* name servers of one zone that are looked at; 0: all */
    bool save_parent_ns_set;         /* the parent's servers are asked after the zone's own */
    uint32_t serve_stale_extensions; /* times that a stale answer gets a new end; 0: never */
    uint32_t refresh_on_ttl_perc;    /* an answer is asked for again when so little of its TTL is left; 0: not */
    uint32_t threads, max_mthreads;  /* threads, questions at a time of each */
};

/* models/selection_knot.c */
struct knot_params {
    sim_time default_timeout; /* for a server not known yet */
    sim_time minimal_timeout_addition, max_timeout;
    uint32_t max_backoff;        /* doublings */
    uint32_t explore_one_in;     /* one choice of so many is any server's, or a look-up */
    uint32_t tcp_after_timeouts; /* of one server and question */
    sim_time tcp_after;          /* who is to be waited for so long is asked over TCP */
    sim_time connect_timeout, tcp_idle;
    uint32_t dead_after;                /* time-outs in a row */
    sim_time dead_min_timeout, ns_tout; /* the last of them this long; left alone for so long */
    uint32_t timeout_limit, iter_limit, ns_address_limit, fail_row_limit;
    bool ipv6, tcp, no_minimize;
};

struct resolver_params {
    enum selection_kind selection;
    /* what clients see */
    sim_time query_timeout;   /* a question is given up after this; 0: by the way of choosing alone */
    sim_time discard_timeout; /* an answer later than this after the client's question is not sent; 0: always sent */
    uint32_t clients_per_query, max_clients_per_query; /* who may wait for one question; more get no answer; 0: all */
    bool no_joining; /* each client's question is worked on by itself, even if another one asks the same */
    /* what is kept */
    enum ttl_edge ttl_edge;
    sim_time failure_ttl;         /* SERVFAIL is remembered this long (RFC 2308 section 7.1, RFC 9520) */
    bool failure_if_told;         /* only where a client was told so, and to the nanosecond */
    sim_time address_failure_ttl; /* failure_if_told: that a name server's address cannot be found, however */
    bool parent_delegation;       /* the zone's own NS records do not replace its parent's */
    sim_time prefetch_trigger;    /* an answer asked for so shortly before its end is asked for anew; 0: not */
    sim_time prefetch_eligible;   /* if its TTL was at least this */
    sim_time cache_min_ttl, cache_min_negative_ttl, cache_max_ttl, cache_max_negative_ttl;
    bool disable_packetcache; /* no SERVFAIL is remembered */
    bool packet_cache;        /* what a client was told is kept by itself: SERVFAIL, and a 'no' without SOA record */
    /* RFC 8767 */
    bool serve_stale;
    sim_time stale_max;            /* how long after its end an answer may be served; 0: for good */
    sim_time stale_client_timeout; /* a client gets it after this long; 0: at once; SIM_LONGEST: only when all failed */
    sim_time stale_refresh_time;   /* after a failure it is served at once, and nobody asked, for so long */
    bool stale_at_timeouts;        /* stale_client_timeout is of the fetch, and each time-out after it answers all */
    bool stale_no_nxdomain;        /* NXDOMAIN is not served stale */
    /* DNSSEC */
    bool validates;
    sim_time bogus_ttl;      /* SERVFAIL because of a bogus answer is remembered this long */
    bool qname_minimisation; /* RFC 9156: questions more, each as this software asks them */
    bool heeds_icmp;         /* a closed port counts as a failed try at once; else it is waited out like silence */
    struct textbook_params textbook;
    struct unbound_params unbound;
    struct bind_params bind;
    struct pdns_params pdns;
    struct knot_params knot;
};
