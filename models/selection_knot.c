/* models/selection_knot.c - how Knot Resolver chooses, waits and gives up. */
#include "models/selection.h"

const struct selection selection_knot = {0};
