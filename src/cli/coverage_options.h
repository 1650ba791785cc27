/* Coverage options: the command line of `warpcheck coverage`. */
#ifndef WCK_CLI_COVERAGE_OPTIONS_H
#define WCK_CLI_COVERAGE_OPTIONS_H

#include "src/cli/call_options.h"
#include "src/cli/chain_options.h"
#include "src/cli/gate_options.h"
#include "src/cli/moved_options.h"
#include "src/cli/output.h"
#include "src/cli/set_options.h"

enum wck_loss { WCK_LOSS_UNSAID, WCK_LOSS_MEAN, WCK_LOSS_SUM };

struct wck_coverage_options {
    struct wck_given given;
    bool called;                  /* `call` or `recording` say the warp, not `warp` */
    struct wck_warp_options warp; /* by a matrix in pixels; its dtype is read anyway */
    struct wck_call_options call;
    const char *recording; /* the file; NULL: not given */
    struct wck_set_options set;
    struct wck_chain_options chain;
    struct wck_gate_options gates;
    struct wck_moved_options moved;
    struct wck_outputs outputs;
    const char *image, *upstream, *gradient; /* NULL: not given */
    enum wck_loss loss;
    bool what_if;
    const char *what_if_maps; /* a folder; NULL: not asked for */
    size_t map;               /* row of wck_terminal_map */
    bool explain_map;
    const char *matrix_gradient; /* a file; NULL: not given */
    const char *command;         /* the command line, quoted */
};

/* The upstream gradient that is the same for all `outputs`, by the loss; 0: not known,
 * where the loss was not said and a gradient was recorded. */
double wck_coverage_options_uniform(const struct wck_coverage_options *request,
                                    bool recorded, double outputs);

/* The options as they are before any was read. */
struct wck_coverage_options wck_coverage_options_default(void);

/* Reads the command line; wrong usage ends the program. */
void wck_coverage_options_parse(struct wck_coverage_options *request, int argc,
                                char **argv);

#endif
