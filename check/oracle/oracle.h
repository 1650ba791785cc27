/* Oracle: the warp a second time, by direct formula, to judge the reference.
 *
 * No stencils, no stages, no blocks, nothing merged, no header of ours: every number is
 * a sum written down from its definition, in 113-bit arithmetic, whose rounding nobody
 * needs to count.  Slow, and meant to be believed by reading it.
 *
 * Pixel centres lie at integers.  Arrays are plain doubles: images batch x channels x
 * height x width, samples row by row.
 *
 *     output(s) = sum over i, j of w(x - i) w(y - j) image[fold(j)][fold(i)]
 *
 * over all integers i and j, (x, y) the source coordinate of sample s, w the kernel.
 * The kernels: nearest, w(t) = 1 for -1/2 <= t < 1/2 (halfway counts for the pixel
 * after); bilinear, w(t) = max(0, 1 - |t|), its slope taken from the right. */
#ifndef CHECK_ORACLE_ORACLE_H
#define CHECK_ORACLE_ORACLE_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>

#if LDBL_MANT_DIG >= 113
typedef long double oracle_real;
#else
__extension__ typedef __float128 oracle_real;
#endif

/* The oracle's own error in a weight: 1 - |t| and t = u - i are rounded to 113 bits. */
#define ORACLE_ROUNDING 0x1p-111

struct oracle_scene {
    const char *kernel, *border; /* by name */
    size_t source_width, source_height, output_width, output_height;
    size_t batch, channels;
    const double *image;        /* NULL: all 0 */
    const double *border_value; /* one a channel; NULL: all 0 */
    const double *matrix;       /* {a, b, c, d, e, f}, or NULL with x and y given */
    bool source_to_output;      /* of the matrix: it has to be inverted */
    const double *x, *y;        /* sample here; NULL: where the matrix says */
};

/* A sum, and the sum of the magnitudes of its terms, which a careful evaluation's
 * rounding errors are relative to: n roundings change it by at most oracle_gamma(n)
 * times `magnitude`.
 *
 * One rounding is not relative to a weight but to 1: that of u - floor(u) where -1/2 <
 * u < 0 (elsewhere the difference is exact).  There the weights of the two taps count
 * with magnitude 1. */
struct oracle_sum {
    oracle_real value, magnitude;
    size_t terms; /* with a magnitude above 0 */
};

void oracle_add(struct oracle_sum *sum, oracle_real value, oracle_real magnitude);

/* n u / (1 - n u), u = 2^-53: bounds |(1 + u)^n - 1| and 1 - (1 - u)^n. */
oracle_real oracle_gamma(oracle_real n);

struct oracle_point {
    struct oracle_sum x, y;
};

/* Where sample s lies in the source by the matrix, inverted if need be: both sums
 * expanded into products of the matrix that maps the output to the source. */
struct oracle_point oracle_source(const struct oracle_scene *scene, size_t sample);

/* How many roundings a careful evaluation of oracle_source in double suffers at most:
 * 3 where the matrix is used as it is (a product, two additions).  To invert it, with D
 * = ae - bd: the products and the difference make D uncertain by gamma_2 (|ae| + |bd|),
 * relative to itself gamma_2 k, k = (|ae| + |bd|) / |D|; a division and a product make
 * an entry, a product and a sum the offset, and 3 as above for whichever: 2 + 3
 * for entries, 2 + 2 + 1 for the offset, so 5 + 2 k in first order; 3 k covers the
 * higher orders while k u is below 1/12. */
oracle_real oracle_source_roundings(const struct oracle_scene *scene);

/* The roundings in the entries of the inverted matrix themselves: 4 + 3 k, as above; 0
 * where it is not inverted. */
oracle_real oracle_inverse_roundings(const struct oracle_scene *scene);

/* How far an output may move when its coordinate moves by up to dx and dy: with s =
 * the largest less the smallest value that the plane holds (border value included), (dx
 * + dy) s for a continuous kernel, whose slope along an axis is a difference of two
 * averages; for nearest s where a tie is in reach, else 0. */
oracle_real oracle_move(const struct oracle_scene *scene, size_t plane, size_t sample,
                        oracle_real dx, oracle_real dy);

/* Output of a sample; NaN where its coordinate is NaN or infinite. */
struct oracle_sum oracle_output(const struct oracle_scene *scene, size_t plane,
                                size_t sample);

enum oracle_axis { ORACLE_X, ORACLE_Y };

/* d output / d x or y of a sample. */
struct oracle_sum oracle_slope(const struct oracle_scene *scene, size_t plane,
                               size_t sample, enum oracle_axis axis);

/* d output(sample) / d image[y][x]: the entry of the image Jacobian; of one term.  0
 * where the coordinate is NaN or infinite. */
struct oracle_sum oracle_weight(const struct oracle_scene *scene, size_t sample,
                                size_t y, size_t x);

/* d output(sample) / d border value. */
struct oracle_sum oracle_border_weight(const struct oracle_scene *scene, size_t sample);

/* Gradients for an upstream gradient (batch x channels x output height x width): of one
 * pixel, one channel's border value, one sample's coordinate, the whole matrix. */
struct oracle_sum oracle_image_gradient(const struct oracle_scene *scene,
                                        const double *upstream, size_t plane, size_t y,
                                        size_t x);
struct oracle_sum oracle_border_gradient(const struct oracle_scene *scene,
                                         const double *upstream, size_t channel);
struct oracle_sum oracle_coordinate_gradient(const struct oracle_scene *scene,
                                             const double *upstream, size_t sample,
                                             enum oracle_axis axis);
void oracle_matrix_gradient(const struct oracle_scene *scene, const double *upstream,
                            struct oracle_sum gradient[6]);

/* NULL members are 0. */
struct oracle_tangents {
    const double *image, *border_value, *matrix, *x, *y;
};

/* Forward mode: the tangent of the output of a sample. */
struct oracle_sum oracle_tangent(const struct oracle_scene *scene,
                                 const struct oracle_tangents *tangents, size_t plane,
                                 size_t sample);

/* Where index base + k of an axis of n pixels is read; -1: the border value.  `base` is
 * an integer of any size. */
long oracle_fold(const char *border, oracle_real base, int k, long n);

#endif
