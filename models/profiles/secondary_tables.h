/* models/profiles/secondary_tables.h - rows of name servers' parameter tables: field, name in the software, bounds,
 * what it does, how sure its value is, source. */
#pragma once
#include "models/profile.h"

#define S       SIM_SECOND
#define ROWS(a) (sizeof(a) / sizeof *(a))

#define ROW(field, name, type, least, most, choices, what, certainty, source)                                          \
    {                                                                                                                  \
        name, type, TOPIC_DNS, offsetof(struct secondary_params, field), 1, least, most, choices, what, certainty,     \
            source                                                                                                     \
    }
#define SPAN(field, name, least, most, what, certainty, source)                                                        \
    ROW(field, name, PARAM_DURATION, least, most, NULL, what, certainty, source)
#define COUNT(field, name, least, most, what, certainty, source)                                                       \
    ROW(field, name, PARAM_COUNT, least, most, NULL, what, certainty, source)
#define CHOICE(field, name, choices, what, certainty, source)                                                          \
    ROW(field, name, PARAM_CHOICE, 0, 0, choices, what, certainty, source)
#define BOOL(field, name, what, certainty, source) ROW(field, name, PARAM_BOOL, 0, 1, NULL, what, certainty, source)

extern const char *const jitter_choices[];       /* none, tenth, quarter */
extern const char *const expired_wait_choices[]; /* as_before, doubles, squares */
extern const char *const restart_wait_choices[]; /* at_once, as_planned, within_retry */
extern const char *const transport_choices[];    /* tcp, udp */

/* Rows that all have: the run's beginning, and the host's kernel. */
#define PHASE_ROW                                                                                                      \
    ROW(refresh_phase, "refresh_phase", PARAM_PHASE, 0, SIM_LONGEST, NULL,                                             \
        "how long before the run each zone was last heard of, at most its refresh; random: anywhere in it",            \
        DEFINITION, "mxsim's own: real software starts when it was started")
#define KERNEL_ROWS                                                                                                    \
    COUNT(tcp_syn_retries, "tcp_syn_retries", 0, 30,                                                                   \
          "how often the kernel repeats a SYN, beside the linear ones, before it ends a connect", SOURCE_READ,         \
          "Linux Documentation/networking/ip-sysctl.rst: 6"),                                                          \
        COUNT(tcp_syn_linear_timeouts, "tcp_syn_linear_timeouts", 0, 30,                                               \
              "how many of these repeats come a second apart before the wait doubles; Linux before 6.5: 0",            \
              SOURCE_READ, "Linux Documentation/networking/ip-sysctl.rst: 4")
#define KERNEL_VALUES .tcp_syn_retries = 6, .tcp_syn_linear_timeouts = 4
