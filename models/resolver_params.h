/* models/resolver_params.h - how a resolver behaves, as numbers over a few mechanisms (models/resolver.c). */
#pragma once
#include "sim/vtime.h"

#include <stdbool.h>
#include <stdint.h>

/* Which server a resolver asks. */
enum server_choice {
    CHOOSE_RANDOM_IN_BAND, /* at random among those within server_band of the best (Unbound) */
    CHOOSE_LOWEST_SRTT     /* the lowest smoothed round trip; never-asked ones first (BIND) */
};

/* How long a resolver waits for one reply. */
enum timeout_rule {
    TIMEOUT_RTO, /* srtt + 4 rttvar, doubled at each time-out and remembered per server (Unbound) */
    TIMEOUT_TRY  /* retry_timeout, doubled each round after flat_rounds; per question (BIND) */
};

struct resolver_params {
    enum server_choice choice;
    sim_time server_band;
    enum timeout_rule timeout;
    sim_time unknown_server_timeout; /* TIMEOUT_RTO: for a server not asked yet */
    sim_time rto_min, rto_max;       /* TIMEOUT_RTO; at rto_max a server is held to be down */
    sim_time probe_rto;              /* from this rto on one question at a time may probe it; 0: no such rule */
    sim_time infra_host_ttl;         /* what is known of a server is forgotten after this */
    sim_time resend_below;  /* TIMEOUT_RTO: a lost packet whose time-out was below this is sent once more as it was,
                             * before the time-out doubles; 0: never */
    sim_time retry_timeout; /* TIMEOUT_TRY */
    uint32_t flat_rounds;   /* TIMEOUT_TRY: rounds over all servers before the wait doubles with each round */
    sim_time try_timeout_max;
    sim_time query_timeout;    /* a question is given up after this; 0: only by max_tries */
    uint32_t max_tries;        /* and after this many packets */
    uint32_t tries_per_server; /* and this many to each server; 0: no such limit */
    sim_time discard_timeout;  /* an answer later than this after the client's question is not sent; 0: always sent */
    sim_time failure_ttl;      /* SERVFAIL is remembered this long (RFC 2308 section 7.1) */
    sim_time cache_max_ttl, cache_max_negative_ttl;
    bool heeds_icmp; /* a closed port counts as a failed try at once; else it is waited out like silence */
};
