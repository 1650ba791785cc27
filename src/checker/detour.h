/* Detour: how far a coordinate may be off that goes through a normalised grid, as
 * kornia's do: N B N^-1 by products and an adjugate, times a grid of -1 .. 1, and back.
 *
 * Every rounding of that chain is a symbol of its own, of at most u |what is rounded|,
 * and what the coordinate has of it to first order is carried along: the bound is the
 * sum of the magnitudes.  One that multiplies the norms of the matrices is 10 to 80
 * times what kornia is off by; this one knows what cancels. */
#ifndef WCK_CHECKER_DETOUR_H
#define WCK_CHECKER_DETOUR_H

#include "src/subject/problem.h"

struct wck_detour; /* opaque; keeps the problem that it is made for */

/* NULL, and WCK_OK, where the problem's coordinates take no detour. */
enum wck_status wck_detour_new(struct wck_detour **detour,
                               const struct wck_problem *problem,
                               struct wck_error *err);
void wck_detour_free(struct wck_detour *detour);

/* In pixels; infinite where first order says nothing: the determinant may be 0. */
struct wck_coordinate_error wck_detour_error(const struct wck_detour *detour,
                                             size_t sample);

#endif
