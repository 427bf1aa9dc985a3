/* cli/clock.h - the clock on the wall: for progress, and for what a verb says it took. */
#pragma once
#include <time.h>

/* Seconds since some moment in the past; never runs backwards. */
static inline double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
