/* Map: from output pixels to source coordinates.
 *
 * Inside the reference coordinates are in pixels, x along columns, y along rows and z
 * along slices, pixel centres at integers in source and output alike.  A matrix works
 * on the numbers that `output_units` give to an output pixel and yields numbers in
 * `source_units`; both are pixels unless said otherwise.
 *
 * Matrices are kept in row order:
 *     affine, 2 axes       2x3 {a, b, c, d, e, f}: (x, y) -> (a x + b y + c, d x + e y
 * + f) affine, 3 axes       3x4 homography           3x3: (x, y, 1) -> (X, Y, W), the
 * coordinate is (X/W, Y/W) */
#ifndef WCK_REFERENCE_MAP_H
#define WCK_REFERENCE_MAP_H

#include "reference/image.h"
#include "reference/units.h"

#define WCK_AXES 3
#define WCK_MATRIX 12 /* most entries of a matrix */

enum wck_axis { WCK_X, WCK_Y, WCK_Z };

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

enum wck_map_kind {
    WCK_MAP_AFFINE,
    WCK_MAP_HOMOGRAPHY,
    WCK_MAP_COORDINATES,  /* one source coordinate an output sample */
    WCK_MAP_DISPLACEMENT, /* the same, added to the sample's own position */
    WCK_MAP_KIND_COUNT
};

struct wck_map {
    enum wck_map_kind kind;
    enum wck_direction direction; /* of `matrix` */
    int axes;                     /* 2, or 3 for volumes; 0 means 2 */
    double matrix[WCK_MATRIX];    /* as the caller gave it */
    double backward[WCK_MATRIX];  /* output to source, derived from `matrix` */
    const double *x, *y, *z; /* coordinates or displacements, in source units, one an
                                output sample, row by row; borrowed */
    double sign;             /* of a displacement: +1, or -1 where it is subtracted; 0
                                means +1 */
    const struct wck_units *output_units, *source_units; /* NULL: pixels */
};

/* An affine map of two axes.  WCK_INVALID for entries that are not finite or a singular
 * matrix (whatever its direction: an output collapsed to a line has no frame). */
enum wck_status wck_map_affine(struct wck_map *map, const double matrix[6],
                               enum wck_direction direction, struct wck_error *err);

/* A map by any matrix: affine (2 or 3 axes) or a homography (2 axes).  WCK_INVALID for
 * entries that are not finite, and for a singular matrix that has to be inverted. */
enum wck_status wck_map_matrix(struct wck_map *map, enum wck_map_kind kind, int axes,
                               const double *matrix, enum wck_direction direction,
                               struct wck_error *err);

/* A map given by absolute source coordinates, as cv2.remap takes them. */
struct wck_map wck_map_coordinates(const double *x, const double *y);

int wck_map_axes(const struct wck_map *map);

/* True where the map is one by a matrix. */
bool wck_map_has_matrix(const struct wck_map *map);

/* Entries of its matrix: 6, 9 or 12; 0 where there is none. */
int wck_map_entries(const struct wck_map *map);

/* The coordinates (in pixels) of the output pixel at `at` (column, row, slice), by the
 * matrix; `extent` are the source's sizes and `output` the output's.  Infinite or NaN
 * where a homography's W is 0. */
void wck_map_apply(const struct wck_map *map, const double at[WCK_AXES],
                   const size_t output[WCK_AXES], const size_t extent[WCK_AXES],
                   double coordinate[WCK_AXES]);

/* Adds to `backward` what a gradient g with respect to the coordinates (in pixels) of
 * the output pixel at `at` makes of the matrix from output to source. */
void wck_map_pull(const struct wck_map *map, const double at[WCK_AXES],
                  const size_t output[WCK_AXES], const size_t extent[WCK_AXES],
                  const double g[WCK_AXES], double backward[WCK_MATRIX]);

/* Its transpose: the coordinates' tangent for a tangent of that matrix. */
void wck_map_push(const struct wck_map *map, const double at[WCK_AXES],
                  const size_t output[WCK_AXES], const size_t extent[WCK_AXES],
                  const double backward[WCK_MATRIX], double tangent[WCK_AXES]);

/* From dL/d(backward), the derivative with respect to the output-to-source matrix, to
 * dL/d(matrix): the same where that is the matrix given, else -B^T G B^T with B the
 * square backward matrix (NOTES, "matrix"). */
void wck_map_matrix_gradient(const struct wck_map *map, const double *backward,
                             double *gradient);

/* The tangent of `backward` for a tangent of `matrix`: its transpose. */
void wck_map_matrix_tangent(const struct wck_map *map, const double *tangent,
                            double *backward);

/* d(pixel coordinate) / d(what x, y, z of a coordinate map hold), along an axis of n
 * pixels. */
double wck_map_factor(const struct wck_map *map, size_t n);

#endif
