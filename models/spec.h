/* models/spec.h - a world to build: plain, immutable, validated data. What a scenario file says, and no more.
 *
 * Things refer to each other by index into the arrays here. Whoever fills a world_spec owns all memory in it and keeps
 * it until the last world built from it is gone. scenarios/load.h fills one from text; a test may fill one by hand. */
#pragma once
#include "models/profile.h"
#include "sim/law.h"
#include "sim/vtime.h"

#define SPEC_NONE UINT32_MAX /* an index that points nowhere */

/* MX records of a zone, and name servers of a zone, at most: sets of them are the bits of a word. */
#define SPEC_SERVERS_MAX 64

/* Messages a run, at most: it bounds memory (about 450 bytes each while queued). Loaders refuse what expects more. */
#define SPEC_MESSAGES_MAX 10000000

/* Where a recipient's mail goes: local part at a zone. */
struct recipient_spec {
    const char *local_part;
    uint32_t zone;
    double weight;      /* > 0, relative to the client's other recipients */
    uint32_t mailboxes; /* >= 1: a list of so many mailboxes, each equally likely */
};

/* A population that sends mail through one MTA. Exactly one of the ways below: rate, every or count. */
struct client_spec {
    const char *name;
    uint32_t via;       /* MTA */
    const char *from;   /* "alice@example.net": shown; if its zone is one of ours, reports travel as mail */
    uint32_t from_zone; /* zone, or SPEC_NONE: reports reach the sender at once */
    const struct recipient_spec *to;
    uint32_t to_count;     /* >= 1 */
    double rate;           /* messages a second, Poisson; 0: not this way */
    sim_time every;        /* one at at, at + every, ...; 0: not this way */
    uint32_t count;        /* count messages at at; 0: not this way */
    sim_time at;           /* first message of every, or time of count; rate starts at 0 */
    uint32_t senders;      /* >= 1: so many people write, each equally likely; greylisting tells them apart */
    double unknown_users;  /* share of messages whose mailbox does not exist, 0..1 */
    sim_time outbox_retry; /* while its MTA is down, the client tries again this often; > 0 */
};

#define STUB_SERVERS_MAX 3 /* glibc resolv/resolv.h MAXNS */

/* A sending MTA, or the queue of a backup MX. */
struct mta_spec {
    const char *name;
    const char *profile; /* the profile's name, for people */
    struct mta_params params;
    uint32_t resolver; /* index; every MTA has one: the first name server of its resolv.conf */
    uint32_t fallback[STUB_SERVERS_MAX - 1], fallback_count; /* and those after it */
    uint32_t mx_host; /* the MX host whose queue this is, or SPEC_NONE for a sending MTA */
};

/* A host that the network reaches: name servers, MX hosts, resolvers that are not on their MTA's host. */
struct host_spec {
    const char *name;
    struct law delay; /* one way */
    double loss;      /* share of packets lost, each way, 0..1 */
};

struct resolver_spec {
    const char *name;
    const char *profile;
    struct resolver_params params;
    bool remote;           /* it is on a host of its own: */
    struct host_spec host; /* the way between it and MTAs; name is not used */
};

/* An authoritative name server. Zones name theirs. */
struct ns_spec {
    struct host_spec host;
    uint32_t zone;        /* where its name stands: the zone its name lies in, or the first zone that it serves */
    bool outside;         /* its name lies in that zone by name: others that it serves give no glue for it */
    double capacity;      /* questions it can answer a second; 0: all. Matters to FAULT_OVERLOADED alone */
    double queries;       /* questions a second that reach it on a usual day, from all the world */
    const char *software; /* the profile's name, for people */
    struct secondary_params params; /* of the zones that it is a secondary of */
};

struct mx_record_spec {
    uint32_t mx_host;
    uint32_t preference; /* 0 .. 65535 */
};

struct zone_spec {
    const char *name;
    /* ns_spec indices: first those that serve it, the first of them the primary, the others its secondaries; then those
     * that only its parent names. */
    const uint32_t *ns;
    uint32_t ns_count;  /* >= 1 */
    uint64_t serves;    /* bit i: server i has the zone */
    uint64_t delegated; /* bit i: the parent names server i */
    uint64_t listed;    /* bit i: the zone itself names server i */
    uint32_t cut;    /* the zone whose servers answer for it: itself, or the one that this mail domain is a part of */
    uint32_t parent; /* the zone that delegates it; SPEC_NONE: not modelled, every resolver knows its servers */
    sim_time delegation_ttl;    /* of the parent's NS records and glue; whole seconds */
    sim_time ds_ttl;            /* of the parent's DS record; whole seconds */
    bool is_signed;             /* by DNSSEC: a resolver that validates minds FAULT_UNSIGNED and FAULT_BOGUS */
    bool no_soa;                /* its negative answers lack the SOA record: they are not kept (RFC 2308 section 5) */
    sim_time ttl, negative_ttl; /* whole seconds */
    sim_time refresh, retry, expire; /* SOA, for the secondaries */
    bool notify;                     /* the primary tells them when it has been started (RFC 1996) */
    const struct mx_record_spec *mx; /* sorted by preference, then by order in the file */
    uint32_t mx_count;
    bool null_mx; /* "MX 0 ." (RFC 7505); mx_count is 0 then */
    uint32_t
        address; /* MX host that the zone's own A record names, or SPEC_NONE; the implicit MX (RFC 5321 section 5.1) */
};

/* How a host greylists (RFC 6647): a (client address, sender, recipient) not seen before is put off with 450 4.2.0. */
struct greylist_spec {
    bool on;
    sim_time delay;         /* a retry is taken from this on after the first try */
    sim_time window;        /* and until this; later, it counts as a first try */
    sim_time remember;      /* one that was taken is taken at once for this long after its last mail */
    bool whole_client;      /* OpenBSD spamd: the retry is put off too, then all from its client address is taken */
    uint32_t clients_after; /* a client address whose retries were taken so many times is not put off any more; 0: never
                             */
};

/* At most count messages in any `per`, counted from the first one; count 0: no limit. */
struct rate_spec {
    uint32_t count;
    sim_time per;
};

/* What a receiver takes, and no more. */
struct limit_spec {
    uint32_t sessions, sessions_per_client;         /* at a time; more are told 421; 0: no limit */
    struct rate_spec messages, messages_per_client; /* more are told 450 4.7.1 */
    uint32_t holds;                                 /* messages on its disk; more are told 452 4.3.1; 0: no limit */
    double empties;                                 /* readers fetch so many a second; a relay empties by sending on */
};

/* A host that MX records (or an implicit MX) name. */
struct mx_host_spec {
    struct host_spec host;
    uint32_t zone; /* whose name servers answer for its address: the one its name lies in, or the first that names it */
    bool is_alias; /* its name is a CNAME record of MX host target's name (RFC 1034 section 3.6.2), and no host */
    uint32_t target;       /* never in a circle */
    uint32_t addresses;    /* how many A records it has; 0: a name without address */
    uint32_t relay;        /* index of the MTA that is its queue (a backup MX), or SPEC_NONE: it saves mail */
    struct law takes;      /* from the final dot to its reply */
    sim_time greets_after; /* from the connection to its greeting */
    struct greylist_spec greylist;
    struct limit_spec limits;
};

/* The host itself where mx_host is an alias, of an alias, ... */
static inline uint32_t mx_host_target(const struct mx_host_spec *mx_hosts, uint32_t mx_host)
{
    while (mx_hosts[mx_host].is_alias) mx_host = mx_hosts[mx_host].target;
    return mx_host;
}

/* Does what the host says depend on what was said to it before? */
bool mx_host_remembers(const struct mx_host_spec *host);

enum fault_kind {
    FAULT_NONE,
    FAULT_SLOW,        /* its replies take longer by `delay` */
    FAULT_LOSSY,       /* `loss` of its packets are lost, each way */
    FAULT_OVERLOADED,  /* NS: more questions than it can answer; `loss` of them are lost on their way in, or what
                        * `load` more of them a second make of its capacity */
    FAULT_TEMPFAILING, /* MX: a 4yz reply, 450 4.3.0 to each recipient unless `reply` and `at` say otherwise */
    FAULT_DISK_FULL,   /* MX: 452 4.3.1 to each recipient */
    FAULT_REJECTING,   /* MX: a 5yz reply, 550 5.7.1 to each recipient unless `reply` and `at` say otherwise */
    FAULT_BUSY,        /* MX: 421 4.3.2 instead of a greeting */
    FAULT_BLOCKING,    /* MX: 554 5.7.1 instead of a greeting: the client's address is on a blocklist */
    FAULT_NO_GREETING, /* MX: takes the connection and says nothing */
    FAULT_UNSIGNED, /* zone: its signatures and the DS record at the parent are gone; who keeps the DS finds it bogus */
    FAULT_BOGUS,    /* zone: its signatures do not fit its DS record */
    FAULT_MISDELEGATED, /* zone: its parent names servers that do not exist; of a parent: for all its zones. Who has
                         * asked meanwhile keeps that for the delegation's TTL */
    FAULT_EMPTY,        /* NS, resolver, zone: NOERROR without data */
    FAULT_NXDOMAIN,     /* NS, resolver, zone: NXDOMAIN for every name, wrongly */
    FAULT_LAME,         /* NS, zone: a referral upwards */
    FAULT_NOTIMP,       /* NS, resolver: RCODE NOTIMP */
    FAULT_FORMERR,      /* NS, resolver: RCODE FORMERR */
    FAULT_REFUSED,      /* NS, resolver, zone: RCODE REFUSED */
    FAULT_SERVFAIL,     /* NS, resolver, zone: RCODE SERVFAIL */
    FAULT_REFUSING,     /* its port is closed: RST or ICMP port unreachable */
    FAULT_UNREACHABLE,  /* it is off. MX host: no answer to ARP, "no route to host"; NS, resolver: a router says "host
                         * unreachable", which stubs heed and resolvers do not */
    FAULT_SILENT,       /* its packets vanish */
    FAULT_KIND_COUNT
};
/* "silent", ... as in a scenario file. */
const char *fault_kind_name(enum fault_kind kind);

/* What a fault can hit. */
/* A zone's content: what all its servers say of it. */
enum target_kind { TARGET_NS, TARGET_MX_HOST, TARGET_RESOLVER, TARGET_MTA, TARGET_ZONE, TARGET_KIND_COUNT };
struct fault_target {
    enum target_kind kind;
    uint32_t index;
};
/* May kind happen to target? (An MX host cannot be lame; a resolver or MTA can be silent, refusing; a relay's MTA has
 * the faults of its MX host.) */
bool fault_fits(enum fault_kind kind, enum target_kind target);

/* One line of "faults". All targets share its times (shared fate). Overlapping faults on one host: the one later in
 * enum fault_kind wins; slow and lossy apply beside any other. */
struct fault_spec {
    const struct fault_target *on;
    uint32_t on_count; /* >= 1 */
    enum fault_kind is;
    bool alternating;        /* up and down by turns, beginning up at from; else once, from from for length */
    struct law from, length; /* length is the down time of an alternating fault; SIM_LONGEST constant: for good */
    struct law up;           /* alternating only */
    sim_time delay;          /* FAULT_SLOW: what each reply takes longer */
    double loss;             /* FAULT_LOSSY, FAULT_OVERLOADED */
    double load;             /* FAULT_OVERLOADED: so many questions a second beside the usual ones; 0: loss says it */
    /* FAULT_TEMPFAILING .. FAULT_BLOCKING: what is said, and when */
    enum cause cause;
    enum smtp_step at;  /* STEP_GREETING, STEP_MAIL, STEP_RCPT, STEP_DATA_INIT or STEP_DATA_DONE */
    uint16_t code;      /* basic code of the reply, RFC 5321 section 4.2.2; 0: the usual one for the cause */
    const char *status; /* RFC 3463 code of the reply; null: the MTA profile's for the cause */
    uint32_t types;     /* FAULT_EMPTY, FAULT_NXDOMAIN: bit t: hits questions of type t (enum question_type); 0: all */
    double share;       /* of the messages that it hits; of the names, for FAULT_EMPTY and FAULT_NXDOMAIN; 0..1 */
    /* Not empty: only these see it: MTAs for MX hosts, resolvers for name servers. It is then a fault of the links. */
    const uint32_t *seen_from;
    uint32_t seen_from_count;
};

/* May a fault say something in a session? */
static inline bool fault_replies(enum fault_kind kind)
{
    return kind >= FAULT_TEMPFAILING && kind <= FAULT_BLOCKING;
}

/* One line of "expect". metric is a name of models/metric.h. */
struct expect_spec {
    const char *metric;
    bool has_at_least, has_at_most;
    double at_least, at_most; /* shares, counts, or seconds, as the metric's unit says */
};

struct world_spec {
    const char *name, *why, *ask;
    sim_time mail;  /* clients send during [0, mail) */
    sim_time limit; /* the run ends here at the latest; what is queued then is counted as queued */
    const struct client_spec *clients;
    uint32_t client_count;
    const struct mta_spec *mtas;
    uint32_t mta_count;
    const struct resolver_spec *resolvers;
    uint32_t resolver_count;
    const struct ns_spec *ns;
    uint32_t ns_count;
    const struct zone_spec *zones;
    uint32_t zone_count;
    const struct mx_host_spec *mx_hosts;
    uint32_t mx_host_count;
    const struct fault_spec *faults;
    uint32_t fault_count;
    const struct expect_spec *expects;
    uint32_t expect_count;
};

/* The name of a fault's target. */
const char *spec_target_name(const struct world_spec *spec, struct fault_target target);

/* Marks the zones that clients write to (zone_count of them), and gives how many these are. */
uint32_t spec_destinations(const struct world_spec *spec, bool *marks);

/* How many messages a run is expected to submit. */
double spec_expected_messages(const struct world_spec *spec);
