#include "check/reference/pair.h"

#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

int pair_separable_kernels(void)
{
    int count = 0;

    while (!wck_kernel_row((size_t)count)->footprint)
        count++;
    return count;
}

static double spread(struct wck_rng *rng)
{
    return 4.0 * wck_rng_uniform(rng) - 1.7;
}

static enum wck_map_kind kind_of(const char *name)
{
    static const char *const names[WCK_MAP_KIND_COUNT] = {
        [WCK_MAP_AFFINE] = "affine",
        [WCK_MAP_HOMOGRAPHY] = "homography",
        [WCK_MAP_COORDINATES] = "coordinates",
        [WCK_MAP_DISPLACEMENT] = "displacement",
    };
    int kind = 0;

    while (kind < WCK_MAP_KIND_COUNT && strcmp(names[kind], name) != 0)
        kind++;
    ck_assert_msg(kind < WCK_MAP_KIND_COUNT, "map %s has no row", name);
    return (enum wck_map_kind)kind;
}

static void bind_map(struct pair *pair)
{
    struct oracle_warp *oracle = &pair->oracle;
    struct wck_map *map = &pair->warp.map;
    enum wck_map_kind kind = kind_of(oracle->kind);

    oracle->matrix = pair->matrix;
    for (int a = 0; a < oracle->axes; a++)
        oracle->given[a] = pair->given[a];
    *map = (struct wck_map){.kind = kind,
                            .axes = oracle->axes,
                            .x = pair->given[0],
                            .y = pair->given[1],
                            .z = oracle->axes == 3 ? pair->given[2] : NULL,
                            .sign = oracle->subtracted ? -1.0 : 0.0};
    if (wck_map_has_matrix(map))
        ck_assert_int_eq(wck_map_matrix(map, kind, oracle->axes, pair->matrix,
                                        oracle->to_output ? WCK_SOURCE_TO_OUTPUT
                                                          : WCK_OUTPUT_TO_SOURCE,
                                        NULL),
                         WCK_OK);
    if (oracle->output_units != NULL)
        map->output_units = wck_units_find(oracle->output_units);
    if (oracle->source_units != NULL)
        map->source_units = wck_units_find(oracle->source_units);
}

void pair_bind(struct pair *pair, struct wck_rng *rng)
{
    struct oracle_warp *oracle = &pair->oracle;
    struct wck_warp *warp = &pair->warp;

    *warp = (struct wck_warp){.kernel = wck_kernel_find(oracle->kernel),
                              .border = wck_border_find(oracle->border),
                              .border_value = &pair->border_value,
                              .border_values = 1};
    if (oracle->fold != NULL)
        warp->fold = wck_fold_find(oracle->fold);
    if (oracle->prefilter != NULL)
        warp->prefilter = wck_prefilter_find(oracle->prefilter);
    bind_map(pair);
    for (int a = oracle->axes; a < ORACLE_AXES; a++)
        oracle->source[a] = oracle->output[a] = 1;
    warp->source_width = (size_t)oracle->source[0];
    warp->source_height = (size_t)oracle->source[1];
    warp->source_depth = (size_t)oracle->source[2];
    warp->output_width = (size_t)oracle->output[0];
    warp->output_height = (size_t)oracle->output[1];
    warp->output_depth = (size_t)oracle->output[2];
    pair->pixels = warp->source_width * warp->source_height * warp->source_depth;
    pair->samples = wck_warp_samples(warp);
    ck_assert_uint_le(pair->pixels, PAIR_PIXELS);
    ck_assert_uint_le(pair->samples, PAIR_SAMPLES);
    pair->border_value = spread(rng);
    for (size_t i = 0; i < pair->pixels; i++)
        pair->image[i] = spread(rng);
    for (size_t i = 0; i < pair->samples; i++)
        pair->upstream[i] = spread(rng);
    warp->transparent = pair->transparent;
    for (size_t i = 0; pair->transparent && i < pair->samples; i++)
        pair->held[i] = spread(rng);
    if (pair->transparent)
        warp->destination = pair_output(pair, pair->held);
}

double pair_outside(const struct pair *pair, size_t sample)
{
    return pair->transparent ? pair->held[sample] : pair->border_value;
}

static struct wck_image view(double *data, const int size[ORACLE_AXES])
{
    size_t shape[] = {1, 1, (size_t)size[2], (size_t)size[1], (size_t)size[0]};
    struct wck_tensor tensor = wck_tensor_contiguous(data, WCK_FLOAT64, 5, shape);
    struct wck_image image;

    ck_assert_int_eq(wck_image_view(&image, &tensor, "NCDHW", NULL), WCK_OK);
    return image;
}

struct wck_image pair_source(const struct pair *pair, double *data)
{
    return view(data, pair->oracle.source);
}

struct wck_image pair_output(const struct pair *pair, double *data)
{
    return view(data, pair->oracle.output);
}

void pair_coordinates(const struct pair *pair, double u[PAIR_SAMPLES][WCK_AXES])
{
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, &pair->warp, pair->samples, NULL), WCK_OK);
    wck_block_fill(&block, &pair->warp, 0, pair->samples);
    for (size_t i = 0; i < pair->samples; i++) {
        u[i][0] = block.x[i];
        u[i][1] = block.y[i];
        u[i][2] = block.z != NULL ? block.z[i] : 0.0;
    }
    wck_block_release(&block);
}

double pair_draw(struct wck_rng *rng, int n)
{
    static const double far[] = {1e20,       -1e20,         0x1p31, -0x1p31 - 1,
                                 0x1p53,     -0x1p53 - 2,   1e300,  0x1p53 + 2,
                                 0x1p52 + 1, 4294967295.75, NAN,    INFINITY,
                                 -INFINITY};
    double near = 3.0 * (n + 3.0) * (wck_rng_uniform(rng) - 0.5) + 0.5 * n;

    switch (wck_rng_below(rng, 8)) {
    case 0: /* knots, and ties of nearest pixels */
        return nearbyint(2.0 * near) / 2.0;
    case 1: /* the outer centres and edges, and next to them */
        near = wck_rng_below(rng, 2) ? n - 1.0 : 0.0;
        near += 0.5 * ((double)wck_rng_below(rng, 3) - 1.0);
        return wck_rng_below(rng, 2) ? near : nextafter(near, 0.3);
    case 2:
        return far[wck_rng_below(rng, sizeof far / sizeof far[0])];
    default:
        return near;
    }
}

double pair_draw_dyadic(struct wck_rng *rng, int n)
{
    double u = pair_draw(rng, n);

    if (!(fabs(u) < 0x1p32))
        u = wck_rng_below(rng, 2) ? 0x1p31 : -0x1p31 + 0.25;
    return nearbyint(1024.0 * u) / 1024.0;
}

/* Rounding errors of a weight, in units of 2^-53; a derivative multiplies what it is
 * made of by the degree, at most 5, and for Lanczos by 5 pi / 4.
 *
 *     bilinear   1 - t: one
 *     cubic      the inner piece sums terms of up to 3, 2.5 and 1 with one to three
 *                roundings behind each, at 1 - t, whose own costs 1.5: below 12
 *     spline     sums terms of up to 3^5/5! = 2, 1.6, and less, each of n + 1 factors
 *                and roundings; the last weight collects those of all others
 *     lanczos    what wck_kernel_roundings counts */
static double weight_roundings(const struct wck_kernel *kernel, int order)
{
    double count;

    if (kernel->order > 0)
        count = 6.0 * (kernel->order + 1);
    else if (kernel->degree == 3)
        count = 12.0;
    else
        count = wck_kernel_roundings(kernel);
    return count * (order == 0 ? 1.0 : order == 1 ? 5.0 : 25.0);
}

/* Error of the coefficients in the same units: each pole filters an axis twice.  The
 * recursions' roundings are damped by 1/(1 - |z|) < 2; the poles themselves,
 * differences of numbers up to 20, are off by up to 2^-49, which the coefficients feel
 * as 2/(1 - |z|)^2 < 7 times that.  A stage's error passes through what is left, at
 * most the whole norm. */
static double coefficient_roundings(const struct pair *pair)
{
    const struct wck_warp *warp = &pair->warp;
    double most = fabs(pair->border_value),
           norm = wck_prefilter_norm(warp->kernel->order);

    if (warp->prefilter == NULL)
        return 0.0;
    for (size_t i = 0; i < pair->pixels; i++)
        most = fmax(most, fabs(pair->image[i]));
    return (warp->kernel->order < 4 ? 1 : 2) * pair->oracle.axes * 128.0 *
           pow(norm, pair->oracle.axes) * most;
}

double pair_bound(const struct pair *pair, const struct oracle_sum *sum,
                  const int order[WCK_AXES])
{
    int most = 0, total = 0;
    double roundings;

    for (int a = 0; a < WCK_AXES; a++) {
        most = order[a] > most ? order[a] : most;
        total += order[a];
    }
    /* Weights' derivatives add up to at most 2^n of the weights' own sum, 1. */
    roundings = 4.0 * (double)sum->magnitude +
                weight_roundings(pair->warp.kernel, most) * (double)sum->exposure +
                coefficient_roundings(pair) * pow(4.0, total);
    return 0x1p-53 * roundings;
}

void pair_expect(const struct pair *pair, double got, const struct oracle_sum *sum,
                 const int order[WCK_AXES], const char *what, size_t at)
{
    const struct oracle_warp *o = &pair->oracle;
    double want = (double)sum->value, bound = pair_bound(pair, sum, order);
    double error = (double)fabsq((__float128)got - sum->value);

    if (isnan(got) && isnan(want))
        return;
    ck_assert_msg(error <= bound,
                  "%s, %s border, fold %s, prefilter %s, %d axes: %s %zu is %.17g, the "
                  "oracle says %.17g; error %g > %g",
                  o->kernel, o->border, o->fold != NULL ? o->fold : "none",
                  o->prefilter != NULL ? o->prefilter : "none", o->axes, what, at, got,
                  want, error, bound);
}
