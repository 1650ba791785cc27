/* Map coverage: which entries of the gradient with respect to what carries the map are
 * not zero, and why the others are: x and y of every sample's coordinate, and the
 * entries of the matrix where there is one.
 *
 * Streamed by blocks of samples: only counts are kept. */
#ifndef WCK_COVERAGE_MAP_COVERAGE_H
#define WCK_COVERAGE_MAP_COVERAGE_H

#include "reference/warp.h"
#include "src/coverage/map_reason.h"

#define WCK_MAP_MATRIX 9 /* most entries of a matrix of two axes */
#define WCK_MAP_COVERED ((unsigned char)0)

/* How far a sample's coordinates, in pixels, may be off in a given gradient; infinity
 * where nobody knows. */
typedef void wck_coordinate_bound(const void *state, size_t item, size_t sample,
                                  double bound[2]);

/* Everything is borrowed. */
struct wck_map_coverage_request {
    const struct wck_warp *warp;
    const struct wck_warp *items;     /* one for each batch item; NULL: one for all */
    size_t batch, channels;           /* of the image; 0 means 1 */
    enum wck_dtype dtype;             /* in which the gradient is kept */
    const struct wck_image *image;    /* NULL: its values are not known */
    const struct wck_image *upstream; /* NULL: `uniform` everywhere */
    double uniform;
    bool upstream_unknown; /* neither is read */
    /* Recorded gradients to explain: of x and y, a double for each sample, and of the
     * matrix, for each entry of map.matrix; batch item by batch item where there are
     * items.  NULL: not recorded, the reference's own. */
    const double *x, *y, *matrix;
    wck_coordinate_bound *bound; /* NULL: 0 */
    const void *bound_state;
};

struct wck_map_coverage {
    size_t samples;    /* of all batch items that have maps of their own */
    size_t covered[2]; /* along x and y */
    size_t reasons[2][WCK_MAP_REASON_COUNT];
    size_t entries;  /* of one matrix; 0: there is none */
    size_t matrices; /* 1, or one for each batch item */
    size_t matrix_covered, matrix_reasons[WCK_MAP_REASON_COUNT];
    /* Of the first matrix: WCK_MAP_COVERED or 1 + enum wck_map_reason. */
    unsigned char entry[WCK_MAP_MATRIX];
};

/* A zero of a matrix entry whose samples have no derivative has the reason of most of
 * them, the first of these in the order of WCK_MAP_REASONS.  A given zero that a
 * coordinate within its bound explains has that reason, of an entry too; where a bound
 * is not finite it is undetermined.
 *
 * WCK_INVALID where the image, the upstream gradient or a warp of `items` does not fit;
 * WCK_UNSUPPORTED for volumes and for a kernel with a footprint. */
enum wck_status wck_map_coverage_explain(struct wck_map_coverage *coverage,
                                         const struct wck_map_coverage_request *request,
                                         struct wck_error *err);

/* Entries of x, y and the matrix whose reason is that one; and those whose reason is a
 * fault of the pipeline: more than 0 are a finding that fails. */
size_t wck_map_coverage_count(const struct wck_map_coverage *coverage,
                              enum wck_map_reason reason);
size_t wck_map_coverage_faults(const struct wck_map_coverage *coverage);

#endif
