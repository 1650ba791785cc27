/* Footprint: the parallelogram of the source that one output pixel stands for.
 *
 * An affine map of linear part A takes the square [-1/2, 1/2]^2 of an output pixel to a
 * parallelogram; its singular values s are how far A stretches.  Where s < 1 the map
 * magnifies, and the parallelogram would fall between the source's pixels: the
 * footprint is Q = F [-1/2, 1/2]^2 with F = U max(S, 1) V^T for A = U S V^T, never
 * thinner than one pixel's square in any direction, A itself where A minifies, and
 * continuous in A (NOTES, "footprint").
 *
 * Everything is relative to the centre of Q, in source pixels.  Matrices of two axes
 * are kept in row order: {dx/du, dx/dv, dy/du, dy/dv}. */
#ifndef WCK_REFERENCE_FOOTPRINT_H
#define WCK_REFERENCE_FOOTPRINT_H

#include <stdbool.h>

#define WCK_LINEAR 4 /* entries of a linear part */

/* One edge, all of them counterclockwise: middle + t along, -1/2 <= t <= 1/2, at
 * (at + t by) of the output pixel's square. */
struct wck_edge {
    double middle[2], along[2];
    double normal[2]; /* outward, as long as the edge */
    double at[2], by[2];
};

struct wck_footprint {
    double shape[WCK_LINEAR]; /* F */
    double area;
    double relative[WCK_LINEAR];         /* d log(area) / dF */
    double turn[WCK_LINEAR][WCK_LINEAR]; /* dF / dA: row an entry of F; at s = 1 from
                                            the side of the larger s */
    double reach[2];                     /* half the width and height of Q */
    struct wck_edge edge[4];
};

/* A rectangle, sides may be infinite; as a set it holds its low sides only. */
struct wck_box {
    double low[2], high[2];
};

/* What Q covers of a box, as a share of its own area, and how that moves. */
struct wck_share {
    double weight;
    double slope[2];          /* with the centre of Q */
    double shape[WCK_LINEAR]; /* with F */
};

/* Of the linear part A of a map, which is not singular. */
void wck_footprint_init(struct wck_footprint *footprint,
                        const double linear[WCK_LINEAR]);

/* Does the box meet Q?  A corner that only touches an edge of Q counts. */
bool wck_footprint_meets(const struct wck_footprint *footprint,
                         const struct wck_box *box);

/* Adds the share of a box. */
void wck_footprint_add(const struct wck_footprint *footprint, const struct wck_box *box,
                       struct wck_share *share);

/* From dL/dF to dL/dA, added; and its transpose, from a tangent of A to one of F. */
void wck_footprint_pull(const struct wck_footprint *footprint,
                        const double shape[WCK_LINEAR], double linear[WCK_LINEAR]);
void wck_footprint_push(const struct wck_footprint *footprint,
                        const double linear[WCK_LINEAR], double shape[WCK_LINEAR]);

#endif
