/* Chain options: warps of the output of the first one, one after another. */
#ifndef WCK_CLI_CHAIN_OPTIONS_H
#define WCK_CLI_CHAIN_OPTIONS_H

#include "src/cli/options.h"
#include "src/coverage/chain.h"

/* One --then; what is NULL or 0 is as before. */
struct wck_then {
    double matrix[6];
    size_t height, width; /* of its output */
    const struct wck_kernel *kernel;
    const struct wck_border *border;
};

struct wck_chain_options {
    struct wck_then then[WCK_LINKS - 1];
    size_t count; /* 0: no chain */
};

/* An argp child whose input is a struct wck_chain_options. */
extern const struct argp wck_chain_argp;

/* Fills links[0 .. count]: `first`, then what the options say, each of the output of
 * the one before, with the first one's kernel and border unless it says others, and its
 * border value.  WCK_INVALID for a matrix that has no inverse. */
enum wck_status wck_chain_options_links(const struct wck_chain_options *options,
                                        const struct wck_warp *first,
                                        struct wck_warp links[WCK_LINKS],
                                        struct wck_error *err);

#endif
