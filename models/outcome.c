/* models/outcome.c - see models/outcome.h. */
#include "models/outcome.h"

static const struct {
    const char *name, *words;
} causes[CAUSE_COUNT] = {
    [CAUSE_NONE] = {"none", "accepted"},
    [CAUSE_DNS_TIMEOUT] = {"dns_timeout", "the name service did not answer in time"},
    [CAUSE_DNS_SERVFAIL] = {"dns_servfail", "the name service answered SERVFAIL"},
    [CAUSE_DNS_REFUSED] = {"dns_refused", "the name service answered REFUSED"},
    [CAUSE_DNS_FORMERR] = {"dns_formerr", "the name service answered FORMERR"},
    [CAUSE_DNS_NOTIMP] = {"dns_notimp", "the name service answered NOTIMP"},
    [CAUSE_DNS_NXDOMAIN] = {"dns_nxdomain", "DNS says that the domain does not exist"},
    [CAUSE_DNS_NODATA] = {"dns_nodata", "the domain has neither MX nor address"},
    [CAUSE_NULL_MX] = {"null_mx", "the domain takes no mail (null MX)"},
    [CAUSE_MX_NO_ADDRESS] = {"mx_no_address", "no MX host has an address"},
    [CAUSE_MX_LOOP] = {"mx_loop", "mail loops back to myself"},
    [CAUSE_CONNECT_REFUSED] = {"connect_refused", "connection refused"},
    [CAUSE_CONNECT_TIMEOUT] = {"connect_timeout", "connection timed out"},
    [CAUSE_NO_ROUTE] = {"no_route", "no route to the host"},
    [CAUSE_NO_GREETING] = {"no_greeting", "the host took the connection and never greeted"},
    [CAUSE_SESSION_LOST] = {"session_lost", "the session was lost"},
    [CAUSE_HOST_BUSY] = {"host_busy", "the host is too busy"},
    [CAUSE_TEMPFAIL] = {"tempfail", "the host put the recipient off"},
    [CAUSE_GREYLISTED] = {"greylisted", "the host greylists: come back later"},
    [CAUSE_RATE_LIMITED] = {"rate_limited", "more mail than the host takes in a while"},
    [CAUSE_STORAGE_FULL] = {"storage_full", "the host's disk is full"},
    [CAUSE_MAILBOX_FULL] = {"mailbox_full", "the mailbox is full"},
    [CAUSE_REJECTED] = {"rejected", "the host refused the recipient by policy"},
    [CAUSE_BLOCKED] = {"blocked", "the sender's address is on a blocklist"},
    [CAUSE_USER_UNKNOWN] = {"user_unknown", "no such mailbox"},
    [CAUSE_SUPPRESSED] = {"suppressed", "the recipient is on the sender's suppression list"},
};

const char *cause_name(enum cause cause)
{
    return causes[cause].name;
}

const char *cause_words(enum cause cause)
{
    return causes[cause].words;
}

const char *dns_status_name(enum dns_status status)
{
    static const char *const names[DNS_STATUS_COUNT] = {
        [DNS_OK] = "NOERROR",
        [DNS_NODATA] = "NOERROR, but no such record",
        [DNS_NXDOMAIN] = "NXDOMAIN",
        [DNS_SERVFAIL] = "SERVFAIL",
        [DNS_TIMEOUT] = "no answer",
        [DNS_REFUSED] = "REFUSED",
        [DNS_FORMERR] = "FORMERR",
        [DNS_NOTIMP] = "NOTIMP",
        [DNS_LAME] = "a referral upwards (lame)",
    };
    return names[status];
}

bool cause_is_of_host(enum cause cause)
{
    return cause >= CAUSE_CONNECT_REFUSED && cause <= CAUSE_USER_UNKNOWN;
}

enum cause dns_status_cause(enum dns_status status)
{
    static const enum cause map[DNS_STATUS_COUNT] = {
        [DNS_OK] = CAUSE_NONE,
        [DNS_NODATA] = CAUSE_DNS_NODATA,
        [DNS_NXDOMAIN] = CAUSE_DNS_NXDOMAIN,
        [DNS_SERVFAIL] = CAUSE_DNS_SERVFAIL,
        [DNS_TIMEOUT] = CAUSE_DNS_TIMEOUT,
        [DNS_REFUSED] = CAUSE_DNS_REFUSED,
        [DNS_FORMERR] = CAUSE_DNS_FORMERR,
        [DNS_NOTIMP] = CAUSE_DNS_NOTIMP,
        [DNS_LAME] = CAUSE_DNS_SERVFAIL,
    };
    return map[status];
}
