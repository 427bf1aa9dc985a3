/* models/left_out.c - see models/left_out.h. */
#include "models/left_out.h"

const char *const left_out[] = {
    "one recipient a message; message size, TLS and bandwidth are not modelled",
    "MX hosts slow down for nobody: their limits are sessions, rates and room; name servers have no capacity",
    "a session that an MTA keeps open for the next message does not count towards the host's limits while it is idle",
    "resolvers know the delegation of each zone; root and TLD servers, CNAME, DNSSEC and IPv6 are not modelled",
    "a resolver runs on its MTA's host: no delay and no loss between them",
    "reports to a sender whose domain the scenario does not describe reach it at once",
    0,
};
