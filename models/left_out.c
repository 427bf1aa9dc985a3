/* models/left_out.c - see models/left_out.h. */
#include "models/left_out.h"

const char *const left_out[] = {
    "one recipient a message; message size, TLS and bandwidth are not modelled",
    "MX hosts slow down for nobody: their limits are sessions, rates and room; name servers answer every question "
    "that the fault \"overloaded\" lets through",
    "a session that an MTA keeps open for the next message does not count towards the host's limits while it is idle",
    "zones delegate zones of the scenario; what is above those, as far as the root, every resolver knows for good",
    "aliases (CNAME) are of MX hosts only; of DNSSEC there is whether a zone's signatures are right, wrong or "
    "withdrawn",
    "every address is IPv4: AAAA is asked for, and there is none",
    "a resolver without a delay of its own is on its MTA's host, with nothing between them",
    "reports to a sender whose domain the scenario does not describe reach it at once",
    0,
};
