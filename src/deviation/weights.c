/* Deviations of the kernel: what the taps weigh; forward and backward alike. */
#include <math.h>

#include "src/deviation/taps.h"

/* The reference's stencil with another kernel. */
static void with_kernel(const struct wck_warp *warp, const struct wck_kernel *kernel,
                        enum wck_axis axis, double u, struct wck_stencil *to)
{
    wck_taps_by(kernel, warp->border, wck_warp_extent(warp, axis), u, to);
}

static void other_cubic_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                double u, struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;

    if (kernel.a < 0.0)
        kernel.a = -0.6;
    with_kernel(warp, &kernel, axis, u, to);
}

static void smooth_eval(const struct wck_kernel *kernel, long double fraction,
                        struct wck_weights *to)
{
    double f = (double)fraction;

    (void)kernel;
    to->weight[1] = f * f * (3.0 - 2.0 * f);
    to->slope[1] = 6.0 * f * (1.0 - f);
    to->curvature[1] = 6.0 - 12.0 * f;
    to->weight[0] = 1.0 - to->weight[1];
    to->slope[0] = -to->slope[1];
    to->curvature[0] = -to->curvature[1];
}

static void swapped_eval(const struct wck_kernel *kernel, long double fraction,
                         struct wck_weights *to)
{
    (void)kernel;
    to->weight[0] = (double)fraction;
    to->weight[1] = (double)(1.0L - fraction);
    to->slope[0] = 1.0;
    to->slope[1] = -1.0;
    to->curvature[0] = to->curvature[1] = 0.0;
}

#define FINE 2048.0 /* of weights in fixed point */

static void fixed_point_eval(const struct wck_kernel *kernel, long double fraction,
                             struct wck_weights *to)
{
    (void)kernel;
    to->weight[1] = nearbyint((double)fraction * FINE) / FINE;
    to->weight[0] = 1.0 - to->weight[1];
    to->slope[0] = -1.0;
    to->slope[1] = 1.0;
    to->curvature[0] = to->curvature[1] = 0.0;
}

/* The reference's stencil with the weights of a kernel of two taps made by `eval`. */
static void with_weights(const struct wck_warp *warp, enum wck_axis axis, double u,
                         void (*eval)(const struct wck_kernel *kernel,
                                      long double fraction, struct wck_weights *to),
                         struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;

    if (kernel.support == 2 && !kernel.ceiling)
        kernel.eval = eval;
    with_kernel(warp, &kernel, axis, u, to);
}

static void smooth_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                           struct wck_stencil *to)
{
    with_weights(warp, axis, u, smooth_eval, to);
}

static void swapped_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                            struct wck_stencil *to)
{
    with_weights(warp, axis, u, swapped_eval, to);
}

static void fixed_point_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                double u, struct wck_stencil *to)
{
    with_weights(warp, axis, u, fixed_point_eval, to);
}

static void louder_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                           struct wck_stencil *to)
{
    const double gain = 1.0 + 0x1p-10;

    wck_taps_reference(warp, axis, u, to);
    for (int k = 0; k < to->count; k++) {
        to->weight[k] *= gain;
        to->slope[k] *= gain;
        to->curvature[k] *= gain;
    }
}

/* sin(pi d)/(pi d) and its derivative; near 0 by the first terms of their series. */
static double sinc(double d, double *slope)
{
    double z = M_PI * d, value = 1.0 - z * z / 6.0;

    *slope = -M_PI * z / 3.0;
    if (fabs(z) > 1e-4) {
        value = sin(z) / z;
        *slope = (cos(z) - value) / d;
    }
    return value;
}

/* Lanczos' weights as they are: they add up to 1 but for about 1%. */
static void raw_lanczos_eval(const struct wck_kernel *kernel, long double fraction,
                             struct wck_weights *to)
{
    for (int k = 0; k < kernel->support; k++) {
        double d = (double)(fraction - kernel->first - k), whole, part;
        double a = sinc(d, &whole), b = sinc(d / 4.0, &part);

        to->weight[k] = a * b;
        to->slope[k] = whole * b + a * part / 4.0;
        to->curvature[k] = 0.0; /* nobody pulls back twice through a deviation */
    }
}

static void raw_lanczos_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                double u, struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;

    if (kernel.support == WCK_TAPS)
        kernel.eval = raw_lanczos_eval;
    with_kernel(warp, &kernel, axis, u, to);
}

/* Kernels of one tap, with another rule for which it is. */
static void based_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                          double (*base)(double), struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;

    if (kernel.support == 1)
        kernel.base = base;
    with_kernel(warp, &kernel, axis, u, to);
}

static void floor_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                          struct wck_stencil *to)
{
    based_stencil(warp, axis, u, floor, to);
}

static double half_down(double u)
{
    return ceil(u - 0.5);
}

static void half_down_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                              struct wck_stencil *to)
{
    based_stencil(warp, axis, u, half_down, to);
}

static void half_away_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                              struct wck_stencil *to)
{
    based_stencil(warp, axis, u, round, to);
}

/* One tap of the kernel's two in the last cell. */
static void flat_end_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                             struct wck_stencil *to)
{
    double last = (double)wck_warp_extent(warp, axis) - 1.0;
    struct wck_kernel kernel = *warp->kernel;

    if (kernel.support == 2 && u >= last - 1.0 && u < last) {
        *to = wck_stencil_single((ptrdiff_t)(last - 1.0));
        return;
    }
    with_kernel(warp, &kernel, axis, u, to);
}

static void one_way_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                            struct wck_stencil *to)
{
    with_kernel(warp,
                axis == WCK_Y && warp->kernel->support > 1 ? wck_kernel_find("nearest")
                                                           : warp->kernel,
                axis, u, to);
}

static void cubic_parameter(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = other_cubic_stencil;
}

static void smoothstep_weights(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = smooth_stencil;
}

static void swapped_weights(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = swapped_stencil;
}

static void fixed_point_weights(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = fixed_point_stencil;
}

static void gain(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = louder_stencil;
}

static void raw_lanczos(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = raw_lanczos_stencil;
}

static void floor_for_nearest(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = floor_stencil;
}

static void half_down_ties(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = half_down_stencil;
}

static void half_away_ties(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = half_away_stencil;
}

static void flat_last_cell(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = flat_end_stencil;
}

static void rows_not_interpolated(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = one_way_stencil;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_weights[] = {
    {
        .name = "cubic-parameter",
        .summary = "is cubic convolution with a = -0.6",
        .source = "the operator a -> a' of Keys' kernel: libraries disagree (-0.5, "
                  "-0.75, -1)",
        .remedy = "state the parameter a, and use the one asked for",
        .kernel = "cubic-0.75",
        .own_gradient = true,
        .apply = cubic_parameter,
    },
    {
        .name = "smoothstep-weights",
        .summary = "eases the fraction by f^2 (3 - 2f) before it weighs",
        .source = "the operator f -> smoothstep(f): gradients vanish at the pixels",
        .remedy = "weigh by 1 - f and f",
        .apply = smoothstep_weights,
    },
    {
        .name = "swapped-weights",
        .summary = "weighs the two taps the wrong way round: by f and 1 - f",
        .source = "the operator f <-> 1 - f",
        .remedy = "give 1 - f to floor(x) and f to floor(x) + 1",
        .apply = swapped_weights,
    },
    {
        .name = "fixed-point-weights",
        .summary = "rounds weights to 1/2048; its gradient is that of the exact ones",
        .source = "opencv/opencv#26361 (weights from a table)",
        .remedy = "weigh in floating point",
        .wide = true,
        .apply = fixed_point_weights,
    },
    {
        .name = "gain",
        .summary = "has weights that add up to 1 + 1/1024 along each axis",
        .source = "pytorch/executorch#19117 (weights that do not add up to 1)",
        .remedy = "take the last weight as 1 less the others",
        .own_gradient = true,
        .apply = gain,
    },
    {
        .name = "raw-lanczos",
        .summary = "does not make the Lanczos weights add up to 1",
        .source = "the operator w -> w / sum(w), left out",
        .remedy = "divide by the sum of the weights, forward and backward",
        .kernel = "lanczos4",
        .own_gradient = true,
        .apply = raw_lanczos,
    },
    {
        .name = "floor-for-nearest",
        .summary = "takes floor(x) for the nearest pixel",
        .source = "opencv/opencv#17991; PaddlePaddle/Paddle#74555",
        .remedy = "take floor(x + 1/2)",
        .kernel = "nearest",
        .own_gradient = true,
        .apply = floor_for_nearest,
    },
    {
        .name = "half-down-ties",
        .summary = "gives a sample halfway between two pixels the one before",
        .source = "opencv/opencv#29279",
        .remedy = "take floor(x + 1/2)",
        .kernel = "nearest",
        .own_gradient = true,
        .apply = half_down_ties,
    },
    {
        .name = "half-away-ties",
        .summary = "rounds coordinates halfway between two pixels away from 0",
        .source = "cupy/cupy#4550; the operator floor(x + 1/2) -> round(x)",
        .remedy = "take floor(x + 1/2)",
        .kernel = "nearest",
        .own_gradient = true,
        .apply = half_away_ties,
    },
    {
        .name = "flat-last-cell",
        .summary = "does not interpolate between the last two pixels of an axis",
        .source = "tensorflow/models#2016",
        .remedy = "let floor(x) + 1 reach the last pixel",
        .own_gradient = true,
        .apply = flat_last_cell,
    },
    {
        .name = "rows-not-interpolated",
        .summary = "takes the nearest row, and interpolates along columns only",
        .source = "the operator bilinear -> linear in x",
        .remedy = "weigh along both axes",
        .own_gradient = true,
        .apply = rows_not_interpolated,
    },
    {.name = NULL},
};
/* clang-format on */
