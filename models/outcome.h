/* models/outcome.h - what can become of a look-up, a connection, an attempt: simulated failures are values.
 *
 * Statistics are grouped by cause, because real MTAs put different codes on the same cause. */
#pragma once

/* What an MTA learns from DNS about one question. */
enum dns_status {
    DNS_OK,       /* NOERROR with the records asked for */
    DNS_NODATA,   /* NOERROR without them (RFC 2308 section 2.2) */
    DNS_NXDOMAIN, /* the name does not exist (RFC 2308 section 2.1) */
    DNS_SERVFAIL, /* the resolver gave up, or a server failed */
    DNS_TIMEOUT,  /* nothing came back in time */
    DNS_REFUSED,  /* RCODE 5; only between resolver and server: the MTA then sees SERVFAIL */
    DNS_LAME,     /* a referral upwards: the server does not know the zone; as above */
    DNS_STATUS_COUNT
};

/* Why an attempt, or a message, ended as it did. The words are cause_words, the RFC 3463 code is the MTA profile's. */
enum cause {
    CAUSE_NONE,            /* accepted */
    CAUSE_DNS_TIMEOUT,     /* the name service did not answer in time */
    CAUSE_DNS_SERVFAIL,    /* the name service answered SERVFAIL */
    CAUSE_DNS_NXDOMAIN,    /* the domain does not exist, says DNS */
    CAUSE_DNS_NODATA,      /* the domain exists but has neither MX nor address */
    CAUSE_NULL_MX,         /* the domain says that it takes no mail (RFC 7505) */
    CAUSE_MX_NO_ADDRESS,   /* MX records exist, no host in them has an address */
    CAUSE_MX_LOOP,         /* the MTA itself is the best MX: the mail would loop (RFC 5321 section 5.1) */
    CAUSE_CONNECT_REFUSED, /* the host is up, its port is closed */
    CAUSE_CONNECT_TIMEOUT, /* the host did not answer the connection */
    CAUSE_SESSION_LOST,    /* the host fell silent, or cut the connection, during the session */
    CAUSE_HOST_BUSY,       /* 421: the host is up and takes no mail now */
    CAUSE_TEMPFAIL,        /* 450: the host took the session and put the recipient off */
    CAUSE_REJECTED,        /* 550 5.7.1: the host refuses the recipient by policy */
    CAUSE_USER_UNKNOWN,    /* 550 5.1.1: no such mailbox */
    CAUSE_COUNT
};

/* "dns_timeout", ...: the word in results and in --format json. */
const char *cause_name(enum cause cause);
/* A short sentence part for people: "the name service did not answer in time". */
const char *cause_words(enum cause cause);
const char *dns_status_name(enum dns_status status); /* "NOERROR", "NXDOMAIN", "no answer", ... */

/* The cause an MTA notes for a look-up of the domain that ended so; CAUSE_NONE for DNS_OK. */
enum cause dns_status_cause(enum dns_status status);
