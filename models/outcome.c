/* models/outcome.c - see models/outcome.h. */
#include "models/outcome.h"

static const struct {
    const char *name, *words;
} causes[CAUSE_COUNT] = {
    [CAUSE_NONE] = {"none", "accepted"},
    [CAUSE_DNS_TIMEOUT] = {"dns_timeout", "the name service did not answer in time"},
    [CAUSE_DNS_SERVFAIL] = {"dns_servfail", "the name service answered SERVFAIL"},
    [CAUSE_DNS_NXDOMAIN] = {"dns_nxdomain", "DNS says that the domain does not exist"},
    [CAUSE_DNS_NODATA] = {"dns_nodata", "the domain has neither MX nor address"},
    [CAUSE_NULL_MX] = {"null_mx", "the domain takes no mail (null MX)"},
    [CAUSE_MX_NO_ADDRESS] = {"mx_no_address", "no MX host has an address"},
    [CAUSE_MX_LOOP] = {"mx_loop", "mail loops back to myself"},
    [CAUSE_CONNECT_REFUSED] = {"connect_refused", "connection refused"},
    [CAUSE_CONNECT_TIMEOUT] = {"connect_timeout", "connection timed out"},
    [CAUSE_SESSION_LOST] = {"session_lost", "the session was lost"},
    [CAUSE_HOST_BUSY] = {"host_busy", "the host is too busy"},
    [CAUSE_TEMPFAIL] = {"tempfail", "the host put the recipient off"},
    [CAUSE_REJECTED] = {"rejected", "the host refused the recipient by policy"},
    [CAUSE_USER_UNKNOWN] = {"user_unknown", "no such mailbox"},
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
        [DNS_LAME] = "a referral upwards (lame)",
    };
    return names[status];
}

enum cause dns_status_cause(enum dns_status status)
{
    static const enum cause map[DNS_STATUS_COUNT] = {
        [DNS_OK] = CAUSE_NONE,
        [DNS_NODATA] = CAUSE_DNS_NODATA,
        [DNS_NXDOMAIN] = CAUSE_DNS_NXDOMAIN,
        [DNS_SERVFAIL] = CAUSE_DNS_SERVFAIL,
        [DNS_TIMEOUT] = CAUSE_DNS_TIMEOUT,
        [DNS_REFUSED] = CAUSE_DNS_SERVFAIL,
        [DNS_LAME] = CAUSE_DNS_SERVFAIL,
    };
    return map[status];
}
