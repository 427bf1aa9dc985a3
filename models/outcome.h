/* models/outcome.h - what can become of a look-up, a connection, an attempt: simulated failures are values.
 *
 * Statistics are grouped by cause, because real MTAs put different codes on the same cause. */
#pragma once
#include <stdbool.h>

/* What an MTA learns from DNS about one question. */
enum dns_status {
    DNS_OK,       /* NOERROR with the records asked for */
    DNS_NODATA,   /* NOERROR without them (RFC 2308 section 2.2) */
    DNS_NXDOMAIN, /* the name does not exist (RFC 2308 section 2.1) */
    DNS_SERVFAIL, /* the resolver gave up, or a server failed */
    DNS_TIMEOUT,  /* nothing came back in time */
    DNS_REFUSED,  /* RCODE 5; of a name server: the MTA then sees SERVFAIL; of the resolver itself: REFUSED */
    DNS_FORMERR,  /* RCODE 1; likewise */
    DNS_NOTIMP,   /* RCODE 4; likewise */
    DNS_LAME,     /* a referral upwards: the server does not know the zone; the MTA then sees SERVFAIL */
    DNS_STATUS_COUNT
};

/* Why an attempt, or a message, ended as it did. The words are cause_words, the RFC 3463 code is the MTA profile's. */
enum cause {
    CAUSE_NONE,            /* accepted */
    CAUSE_DNS_TIMEOUT,     /* the name service did not answer in time */
    CAUSE_DNS_SERVFAIL,    /* the name service answered SERVFAIL */
    CAUSE_DNS_REFUSED,     /* the name service answered REFUSED */
    CAUSE_DNS_FORMERR,     /* the name service answered FORMERR */
    CAUSE_DNS_NOTIMP,      /* the name service answered NOTIMP */
    CAUSE_DNS_NXDOMAIN,    /* the domain does not exist, says DNS */
    CAUSE_DNS_NODATA,      /* the domain exists but has neither MX nor address */
    CAUSE_NULL_MX,         /* the domain says that it takes no mail (RFC 7505) */
    CAUSE_MX_NO_ADDRESS,   /* MX records exist, no host in them has an address */
    CAUSE_MX_LOOP,         /* the MTA itself is the best MX: the mail would loop (RFC 5321 section 5.1) */
    CAUSE_CONNECT_REFUSED, /* the host is up, its port is closed */
    CAUSE_CONNECT_TIMEOUT, /* the host did not answer the connection */
    CAUSE_NO_ROUTE,        /* the host is off on the MTA's own network: "no route to host" */
    CAUSE_NO_GREETING,     /* the host took the connection and never greeted */
    CAUSE_SESSION_LOST,    /* the host fell silent, or cut the connection, during the session */
    CAUSE_HOST_BUSY,       /* 421: the host is up and takes no mail now */
    CAUSE_TEMPFAIL,        /* 450, 451: the host took the session and put the recipient off */
    CAUSE_GREYLISTED,      /* 450, 451: the host has not seen this sender for long enough */
    CAUSE_RATE_LIMITED,    /* 450, 421: more than the host takes in a while */
    CAUSE_STORAGE_FULL,    /* 452 4.3.1: no room on the host */
    CAUSE_MAILBOX_FULL,    /* 552 5.2.2: no room in the mailbox */
    CAUSE_REJECTED,        /* 550 5.7.1: the host refuses the recipient by policy */
    CAUSE_BLOCKED,         /* 554 5.7.1 instead of a greeting: the MTA's address is on a blocklist */
    CAUSE_USER_UNKNOWN,    /* 550 5.1.1: no such mailbox */
    CAUSE_SUPPRESSED,      /* the MTA does not try: the recipient is on its suppression list */
    CAUSE_COUNT
};

/* "dns_timeout", ...: the word in results and in --format json. */
const char *cause_name(enum cause cause);
/* A short sentence part for people: "the name service did not answer in time". */
const char *cause_words(enum cause cause);
const char *dns_status_name(enum dns_status status); /* "NOERROR", "NXDOMAIN", "no answer", ... */

/* Is it something that an MX host, or the way to it, did? Else no host was tried. */
bool cause_is_of_host(enum cause cause);

/* The cause an MTA notes for a look-up of the domain that ended so; CAUSE_NONE for DNS_OK. */
enum cause dns_status_cause(enum dns_status status);
