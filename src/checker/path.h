/* Path: the parameters of a map moved along a straight line, p + h d, and how far every
 * sample goes on it.  For a matrix d moves all entries at once, for coordinates both of
 * every sample.
 *
 * With M(h) = M + h D and u(h) the coordinate, B M = 1, E = -B D (the linear part's
 * largest row sum is `turn`, 0 where the matrix is from output to source):
 *
 *     (1 - h E) u(h) = u(0),   u' = (1 - h E)^-2 E u(0),   u'' = 2 (1 - h E)^-1 E u',
 *     u''' = 3 (1 - h E)^-1 E u''
 *
 * so that with v = |u'(0)|, the larger of both axes, and q = 1 / (1 - h turn) the
 * largest components are |u'| <= q^2 v, |u''| <= 2 turn q^3 v, |u'''| <= 6 turn^2 q^4
 * v.  From output to source, and of coordinates, u' is constant. */
#ifndef WCK_CHECKER_PATH_H
#define WCK_CHECKER_PATH_H

#include "src/checker/trial.h"

enum wck_path_kind { WCK_PATH_MATRIX, WCK_PATH_COORDINATES, WCK_PATH_KINDS };

struct wck_path {
    struct wck_trial *trial; /* borrowed */
    enum wck_path_kind kind;
    double matrix[WCK_MATRIX];   /* d, of an affine matrix */
    double *u[2], *d[2];         /* coordinates and their d, one a sample */
    double *moved[2], *slope[2]; /* scratch: moved coordinates; their gradient */
    double *speed;               /* v of every sample */
    double turn, first; /* `first`: the largest h, a power of two: no sample goes
                           further than 1/16 pixel, and the matrix stays regular */
    double sums[4];     /* N, S, C, T, below */
    double *owned;
};

/* Release with wck_path_release, whatever was returned.  WCK_UNSUPPORTED for the path
 * of a matrix where the map is no affine one. */
enum wck_status wck_path_init(struct wck_path *path, struct wck_trial *trial,
                              enum wck_path_kind kind, struct wck_error *err);
void wck_path_release(struct wck_path *path);

/* "matrix", "coordinates" */
const char *wck_path_name(const struct wck_path *path);

/* The problem at p + h d; its map borrows from the path until the next call. */
enum wck_status wck_path_move(struct wck_path *path, double h,
                              struct wck_problem *moved, struct wck_error *err);

/* <gradient, d> by the subject's own pull-back of `upstream`, at p. */
enum wck_status wck_path_derivative(struct wck_path *path,
                                    const struct wck_image *image,
                                    const struct wck_image *upstream,
                                    double *derivative, struct wck_error *err);

/* How far sample i goes, at most, on the way to `first`. */
double wck_path_reach(const struct wck_path *path, size_t i);

/* Bounds on the first three derivatives of an output by h, on that way, for pixels up
 * to `amplitude`.  With N, S, C, T the sums of |weights| and of their first three
 * derivatives along an axis: those of a map from both coordinates are 2 S N, 2 (C N +
 * S^2) and 2 T N + 6 C S, and the chain rule does the rest. */
void wck_path_derivatives(const struct wck_path *path, size_t i, double amplitude,
                          double bound[3]);

/* A bound on the rounding error of what an output adds to <gradient, d>, or of J d, in
 * a sum of so many terms: of each slope, of its products with the coordinate's motion
 * (ten more for those with B on both sides) and of the sum; and what the error of the
 * coordinate does to a slope. */
double wck_path_noise(const struct wck_path *path, size_t i, double amplitude,
                      double terms);

#endif
