/* Map: from output pixels to source coordinates.
 *
 * Coordinates are in pixels, x along columns and y along rows, pixel centres at
 * integers in source and output alike.  A 2x3 matrix is kept in row order {a, b, c, d,
 * e, f}: (x, y) -> (a x + b y + c, d x + e y + f). */
#ifndef WCK_REFERENCE_MAP_H
#define WCK_REFERENCE_MAP_H

#include "reference/image.h"

/* Inverts a 2x3 matrix in OpenCV's closed form: D = 1/(ae - bd); the linear part is
 * D {e, -b, -d, a}, the offset -(linear part times (c, f)).  WCK_INVALID where the
 * matrix is singular: its determinant cannot be told from 0, or a result is not finite.
 */
enum wck_status wck_affine_invert(const double matrix[6], double inverse[6],
                                  struct wck_error *err);

enum wck_direction {
    WCK_SOURCE_TO_OUTPUT, /* as cv2.warpAffine takes it: inverted before use */
    WCK_OUTPUT_TO_SOURCE  /* cv2.WARP_INVERSE_MAP */
};

enum wck_map_kind { WCK_MAP_AFFINE, WCK_MAP_COORDINATES, WCK_MAP_KIND_COUNT };

struct wck_map {
    enum wck_map_kind kind;
    enum wck_direction direction; /* of `matrix` */
    double matrix[6];             /* as the caller gave it */
    double backward[6];           /* output to source, derived from `matrix` */
    const double *x, *y; /* WCK_MAP_COORDINATES: one source coordinate an output sample,
                            row by row; borrowed */
};

/* An affine map.  WCK_INVALID for entries that are not finite or a singular matrix
 * (whatever its direction: an output collapsed to a line has no frame). */
enum wck_status wck_map_affine(struct wck_map *map, const double matrix[6],
                               enum wck_direction direction, struct wck_error *err);

/* A map given by absolute source coordinates, as cv2.remap takes them. */
struct wck_map wck_map_coordinates(const double *x, const double *y);

/* From dL/d(backward), the derivative with respect to the output-to-source matrix, to
 * dL/d(matrix): the same where that is the matrix given, else -B^T G B^T with B the 3x3
 * backward matrix (NOTES, "matrix"). */
void wck_map_matrix_gradient(const struct wck_map *map, const double backward[6],
                             double gradient[6]);

/* The tangent of `backward` for a tangent of `matrix`: its transpose. */
void wck_map_matrix_tangent(const struct wck_map *map, const double tangent[6],
                            double backward[6]);

#endif
