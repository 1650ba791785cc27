/* Gate options: what a coverage has to be, or the exit code is 1. */
#ifndef WCK_CLI_GATE_OPTIONS_H
#define WCK_CLI_GATE_OPTIONS_H

#include "src/cli/options.h"
#include "src/coverage/gate.h"

struct wck_gate_options {
    struct wck_given given;
    const char *expect_zero; /* the mask's file; NULL: not given */
    unsigned char *mask;     /* what it names; owned, NULL before it is read */
    struct wck_gate_request request;
};

/* An argp child whose input is a struct wck_gate_options. */
extern const struct argp wck_gate_argp;

/* The name of a gate that is asked for; static; NULL: none is. */
const char *wck_gate_options_first(const struct wck_gate_options *options);

/* Reads the mask, if there is one, for an image of that size.  A pixel is named where
 * any channel of it is not 0; alpha of a picture is not read.  WCK_INVALID where the
 * mask has another size; WCK_IO and WCK_FORMAT, naming the file.  Release, whatever was
 * returned. */
enum wck_status wck_gate_options_read(struct wck_gate_options *options, size_t height,
                                      size_t width, struct wck_error *err);
void wck_gate_options_release(struct wck_gate_options *options);

#endif
