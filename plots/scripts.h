/* plots/scripts.h - the gnuplot scripts of plots/, as text. Each reads CSV files of `mxsim run -o DIR` from its working
 * folder and writes an SVG and a PNG of its own name beside them. */
#pragma once

struct plot_script {
    const char *name; /* "latency.gp" */
    const char *text;
};

/* Ends with a null name. */
extern const struct plot_script plot_scripts[];
