/* models/secondary_params.h - how a secondary name server keeps its copy of a zone, as numbers over a few mechanisms
 * (models/secondary.c, models/soa_query.c). */
#pragma once
#include "sim/vtime.h"

#include <stdbool.h>
#include <stdint.h>

/* How it asks its primary for the SOA. */
enum soa_transport {
    SOA_BY_TCP, /* a connection for each question (NSD, Knot) */
    SOA_BY_UDP  /* UDP; TCP for a transfer, and when UDP is not answered (BIND) */
};

/* What is taken off a timer at random, in whole seconds. */
enum timer_jitter {
    JITTER_NONE,    /* Knot */
    JITTER_TENTH,   /* 1 s to a tenth, of timers above 10 s (NSD) */
    JITTER_QUARTER, /* nothing to a quarter (BIND) */
};

/* How long it waits after a question that failed, once the zone has expired. */
enum expired_wait {
    EXPIRED_AS_BEFORE, /* as before it expired (NSD) */
    EXPIRED_DOUBLES,   /* expired_retry, doubled each time (BIND) */
    EXPIRED_SQUARES    /* expired_retry times 0, 1, 4, 9 ... and something random (Knot) */
};

/* When it asks after it was started again. */
enum restart_wait {
    RESTART_AT_ONCE,     /* NSD */
    RESTART_AS_PLANNED,  /* when it would have asked (Knot) */
    RESTART_WITHIN_RETRY /* after a quarter of the retry time to all of it (BIND) */
};

struct secondary_params {
    sim_time refresh_phase; /* how long before the run the zone was last heard of; PHASE_RANDOM: anywhere in its wait */
    sim_time refresh_min, refresh_max; /* bounds of the SOA's times; a maximum of 0: none */
    sim_time retry_min, retry_max;
    sim_time expire_min, expire_max;
    bool expire_covers_retry; /* expire is at least refresh and retry together */
    sim_time timer_max;       /* no timer is longer; 0: no such rule */
    enum timer_jitter jitter;
    bool retry_doubles;    /* with each failure since the zone was last transferred */
    bool retry_from_start; /* the wait runs from when the question began; else from its end */
    bool one_timer;        /* the timer for the next question ends at the latest when the zone expires, and only at its
                            * end is expiry looked for */
    bool expiry_waits;     /* a zone does not expire while a question about it is under way */
    bool whole_seconds;    /* its clock counts whole seconds */
    enum expired_wait expired_wait;
    sim_time expired_retry, expired_retry_max, expired_retry_random;
    enum restart_wait restart_wait;
    enum soa_transport transport;
    sim_time udp_timeout;                              /* of one try */
    uint32_t udp_tries;                                /* in one round */
    uint32_t udp_rounds;                               /* with EDNS, then without */
    bool try_tcp;                                      /* when no round was answered */
    sim_time connect_timeout, reply_timeout;           /* TCP; in this order, so that a row can set both */
    uint32_t tcp_syn_retries, tcp_syn_linear_timeouts; /* the kernel's */
    sim_time unreachable_hold;  /* a primary that could not be connected to is not connected to again for this long; */
    uint32_t unreachable_after; /* once it has failed so often. 0: no such rule */
    sim_time reload;            /* an expired zone that was transferred anew is answered for after this long */
};
