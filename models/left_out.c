/* models/left_out.c - see models/left_out.h. */
#include "models/left_out.h"

const char *const left_out[] = {
    "MTAs have no limit on parallel deliveries and no dead-destination suspension: each message is tried on its own",
    "MX hosts and name servers have no capacity: load slows nothing down",
    "resolvers know the delegation of each zone; root and TLD servers, CNAME, DNSSEC and IPv6 are not modelled",
    "a resolver runs on its MTA's host: no delay and no loss between them",
    "reports to a sender whose domain the scenario does not describe reach it at once",
    0,
};
