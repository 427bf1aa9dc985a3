/* sim/hist.c - see sim/hist.h. */
#include "sim/hist.h"

#include <string.h>

static void reset(struct hist *h)
{
    h->count = 0;
    h->low = HIST_BINS;
    h->high = 0;
    h->least = SIM_NEVER;
    h->most = 0;
}

void hist_init(struct hist *h)
{
    memset(h->bins, 0, sizeof h->bins);
    reset(h);
}

void hist_clear(struct hist *h)
{
    if (h->low <= h->high) memset(h->bins + h->low, 0, (h->high - h->low + 1) * sizeof *h->bins);
    reset(h);
}

static void rough_reset(struct rough_hist *h)
{
    h->count = 0;
    h->low = ROUGH_BINS;
    h->high = 0;
    h->least = SIM_NEVER;
    h->most = 0;
}

void rough_hist_init(struct rough_hist *h)
{
    memset(h->bins, 0, sizeof h->bins);
    rough_reset(h);
}

void rough_hist_clear(struct rough_hist *h)
{
    if (h->low <= h->high) memset(h->bins + h->low, 0, (h->high - h->low + 1) * sizeof *h->bins);
    rough_reset(h);
}
