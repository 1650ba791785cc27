/* Colouring: which pixels, or which outputs, can be probed together. */
#ifndef WCK_CHECKER_COLOURING_H
#define WCK_CHECKER_COLOURING_H

#include "src/subject/problem.h"

/* Colours of the pixels of one axis: no sample lists two pixels of one colour.
 *
 * A kernel of k taps lists k consecutive pixels; constant, replicating and reflecting
 * borders keep them within k consecutive ones, so the residues modulo k will do, and a
 * full row needs that many.  Where the border repeats the image itself, the axis is a
 * ring: it is cut into floor(n / k) groups of k or more, and a pixel's colour is its
 * place in its group (Curtis, Powell, Reid 1974, for the idea). */
struct wck_colouring {
    size_t pixels, groups, colours; /* groups: 0 where residues are used */
};

struct wck_colouring wck_colouring_of_axis(const struct wck_warp *warp,
                                           enum wck_axis axis);
size_t wck_colouring_of_pixel(const struct wck_colouring *colouring, size_t i);

/* A lattice of outputs: those with equal (column mod a, row mod b) list no pixel in
 * common, borders aside (pixels beyond an edge fold onto it).  The smallest a b up to
 * `most`; false where there is none (magnification makes many).  Two samples of a map
 * with linear part B share a pixel only if both components of B (i, j) are below the
 * kernel's reach k (wck_warp_support along the axis) in magnitude. */
bool wck_colouring_of_outputs(const struct wck_warp *warp, size_t most, size_t *a,
                              size_t *b);

#endif
