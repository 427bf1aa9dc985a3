/* models/selection_pdns.c - how PowerDNS Recursor chooses, waits and gives up. */
#include "models/selection.h"

const struct selection selection_pdns = {0};
