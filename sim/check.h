/* sim/check.h - sim_assert: our own bugs, never bad input and never a simulated failure.
 *
 * On in every build. Prints place, condition and what is needed to replay, then aborts (the program turns that into
 * exit code 3). */
#pragma once
#include <stdint.h>

struct sim;

#if defined(__GNUC__)
#define SIM_LIKELY(x)   __builtin_expect(!!(x), 1)
#define SIM_UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define SIM_LIKELY(x)   (x)
#define SIM_UNLIKELY(x) (x)
#endif

/* Prints "mxsim: internal fault at file:line: text" and, where sim is not null, virtual time, event number, seed and
 * run; aborts. */
_Noreturn void sim_panic(const struct sim *sim, const char *file, int line, const char *text);

/* sim may be null where no simulation is at hand. */
#define sim_assert(sim, condition)                                                                                     \
    (SIM_LIKELY(condition) ? (void)0 : sim_panic(sim, __FILE__, __LINE__, "broken: " #condition))
