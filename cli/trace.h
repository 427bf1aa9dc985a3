/* cli/trace.h - the records of a run as JSON, one object a line, for programs (docs/result-format.md). */
#pragma once
#include "models/record.h"
#include "models/spec.h"

#include <stdbool.h>
#include <stdio.h>

struct trace {
    const struct world_spec *spec;
    FILE *to;
    uint64_t run;
    uint32_t message;  /* only what concerns this one; 0: everything */
    uint32_t fetch[3]; /* the resolver's look-up that the message, a warning, a bounce waits for; 0: none */
    bool begun;        /* a record was printed */
};

/* The record_observer: its context is a struct trace. */
void trace_observe(void *trace, const struct record *record);
