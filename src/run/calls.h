/* Calls: what a library's convention is tried with: recordings of inputs alone, made up
 * from a seed.
 *
 * Every word for the interpolation, for the border and both values of align_corners
 * that the request leaves open, in each type of image, each by several maps.  Matrices
 * shear, shift by whole and half pixels, magnify and minify.  Coordinates given one by
 * one mix four kinds by rows: anywhere inside; multiples of 1/2 in and around the
 * image; far out on all sides; and at the edges. */
#ifndef WCK_RUN_CALLS_H
#define WCK_RUN_CALLS_H

#include <stdint.h>

#include "src/io/npz.h"
#include "src/subject/spec.h"

struct wck_calls_request {
    const struct wck_convention *convention;
    struct wck_choices choices;  /* words and flags that are set; the rest is open */
    const char *layout;          /* NULL: the library's own */
    const enum wck_dtype *dtype; /* of the image; NULL: float64 and float32 */
    uint64_t seed;
    bool same_size; /* outputs have the image's size, whatever the library can do */
};

/* How many calls there are, numbered from 0. */
size_t wck_calls_count(const struct wck_calls_request *request);

/* Makes the inputs of call `index`: image, what carries the map, a border value where
 * the border reads one, grad_output, and spec.json.  Release with wck_npz_release,
 * whatever was returned.  WCK_UNSUPPORTED where the library has no such call, as the
 * convention says. */
enum wck_status wck_calls_make(const struct wck_calls_request *request, size_t index,
                               struct wck_npz *npz, struct wck_error *err);

#endif
