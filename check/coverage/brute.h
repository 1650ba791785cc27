/* Brute: coverage once more, by direct formulas in long double: every output, its taps
 * one by one, and the frame as a polygon.  Shares no code with the
 * reference or the coverage it judges.  Exact where coordinates and upstream gradients
 * have few bits; elsewhere use numbers with many, so that nothing is nearly a tie. */
#ifndef CHECK_COVERAGE_BRUTE_H
#define CHECK_COVERAGE_BRUTE_H

#include <stdbool.h>
#include <stddef.h>

struct brute_scene {
    const char *kernel; /* by name: nearest, bilinear, a cubic, lanczos4 or area */
    const char *border; /* by name */
    double backward[6];
    const double *x, *y; /* in place of the matrix: source coordinates in pixels, one an
                            output; NULL: none */
    const double *homography; /* likewise: 3x3, from output to source; NULL: none */
    bool fills; /* an output whose coordinate lies beyond the outermost centres is the
                   fill value and nothing else */
    size_t source_width, source_height, output_width, output_height, planes;
    const double *upstream; /* planes x output height x output width; NULL: all 1 */
    double
        *weight; /* source height x width, filled with the sum of |weight| over the
                    outputs, taps of one output on a pixel merged; NULL: not wanted */
};

enum brute_reason {
    BRUTE_COVERED,
    BRUTE_OUT_OF_VIEW,
    BRUTE_FILLED,
    BRUTE_SKIPPED,
    BRUTE_ZERO_WEIGHT,
    BRUTE_UPSTREAM_ZERO,
    BRUTE_CANCELLED,
    BRUTE_REASONS
};

struct brute_result {
    unsigned char *reason; /* planes x height x width; release with free */
    size_t entries[BRUTE_REASONS], pixels[BRUTE_REASONS];
    size_t listed_pixels, listed_entries; /* some upstream other than 0 behind a tap */
    size_t framed_pixels;
};

struct brute_result brute_explain(const struct brute_scene *scene);

/* Fills the dense Jacobian of one plane, outputs x source pixels. */
void brute_dense(const struct brute_scene *scene, long double *jacobian);

#endif
