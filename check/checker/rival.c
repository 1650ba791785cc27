#include "check/checker/rival.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A product or sum of two numbers of the type, computed in double, is rounded to
 * float32 as if it were exact: 53 >= 2 x 24 + 2 digits (Figueroa 1995). */
struct rival {
    enum rival_form form;
    enum wck_dtype dtype; /* of the call under way */
};

static double times(const struct rival *r, double a, double b)
{
    return wck_dtype_round(r->dtype, a * b);
}

static double plus(const struct rival *r, double a, double b)
{
    return wck_dtype_round(r->dtype, a + b);
}

/* One sample: its taps along both axes. */
struct place {
    ptrdiff_t column[2], row[2];
    double x, y; /* fractions */
};

static double of_axis(const struct rival *r, const struct wck_border *border, size_t n,
                      double u, ptrdiff_t index[2])
{
    double base = floor(u);

    for (int k = 0; k < 2; k++)
        index[k] = border->fold((int64_t)base + k, n);
    return plus(r, u, -base);
}

/* The matrix from output to source: OpenCV's closed form, in the type. */
static void invert(const struct rival *r, const struct wck_map *map, double b[6])
{
    double m[6], determinant, d;

    for (int i = 0; i < 6; i++)
        m[i] = wck_dtype_round(r->dtype, map->matrix[i]);
    memcpy(b, m, sizeof m);
    if (map->direction == WCK_OUTPUT_TO_SOURCE)
        return;
    determinant = plus(r, times(r, m[0], m[4]), -times(r, m[1], m[3]));
    d = wck_dtype_round(r->dtype, 1.0 / determinant);
    b[0] = times(r, m[4], d);
    b[1] = times(r, -m[1], d);
    b[3] = times(r, -m[3], d);
    b[4] = times(r, m[0], d);
    b[2] = plus(r, -times(r, b[0], m[2]), -times(r, b[1], m[5]));
    b[5] = plus(r, -times(r, b[3], m[2]), -times(r, b[4], m[5]));
}

static void locate(const struct rival *r, const struct wck_warp *warp,
                   const double b[6], size_t sample, struct place *place)
{
    double column = (double)(sample % warp->output_width);
    double row = (double)(sample / warp->output_width), x, y;

    if (wck_map_has_matrix(&warp->map)) {
        x = plus(r, plus(r, times(r, b[0], column), times(r, b[1], row)), b[2]);
        y = plus(r, plus(r, times(r, b[3], column), times(r, b[4], row)), b[5]);
    } else {
        x = warp->map.x[sample];
        y = warp->map.y[sample];
    }
    place->x = of_axis(r, warp->border, warp->source_width, x, place->column);
    place->y = of_axis(r, warp->border, warp->source_height, y, place->row);
}

static bool is_inside(const struct place *place, int j, int k)
{
    return place->row[j] != WCK_BORDER_VALUE && place->column[k] != WCK_BORDER_VALUE;
}

/* The four pixels of a sample. */
static void read(const struct rival *r, const struct wck_warp *warp,
                 const struct wck_image *image, size_t plane, const struct place *place,
                 double v[2][2])
{
    double border = wck_warp_border_value(warp, plane % image->channels);

    for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 2; k++)
            v[j][k] = is_inside(place, j, k)
                          ? wck_image_get(image, plane, (size_t)place->row[j],
                                          (size_t)place->column[k])
                          : wck_dtype_round(r->dtype, border);
    }
}

static double weight(const struct rival *r, const struct place *place, int j, int k)
{
    double y = j == 0 ? plus(r, 1.0, -place->y) : place->y;
    double x = k == 0 ? plus(r, 1.0, -place->x) : place->x;

    return times(r, y, x);
}

static double sum_of_products(const struct rival *r, const struct place *place,
                              double v[2][2])
{
    double sum = 0.0;

    for (int i = 0; i < 4; i++) {
        int tap = r->form == RIVAL_REVERSED ? 3 - i : i, j = tap / 2, k = tap % 2;
        double w = weight(r, place, j, k);

        if (r->form == RIVAL_FUSED)
            sum = wck_dtype_round(r->dtype, fma(w, v[j][k], sum));
        else
            sum = plus(r, sum, times(r, w, v[j][k]));
    }
    return sum;
}

static double between(const struct rival *r, double a, double b, double t)
{
    if (r->form == RIVAL_CONVEX)
        return plus(r, times(r, plus(r, 1.0, -t), a), times(r, t, b));
    return plus(r, a, times(r, t, plus(r, b, -a)));
}

static double value_of(const struct rival *r, const struct place *place, double v[2][2])
{
    if (r->form == RIVAL_REVERSED || r->form == RIVAL_FUSED)
        return sum_of_products(r, place, v);
    if (r->form == RIVAL_COLUMNS_FIRST)
        return between(r, between(r, v[0][0], v[1][0], place->y),
                       between(r, v[0][1], v[1][1], place->y), place->x);
    return between(r, between(r, v[0][0], v[0][1], place->x),
                   between(r, v[1][0], v[1][1], place->x), place->y);
}

static enum wck_status forward(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err)
{
    const struct wck_warp *warp = &problem->warp;
    struct rival *r = state;
    double b[6] = {0.0};

    (void)err;
    r->dtype = image->tensor.dtype;
    if (wck_map_has_matrix(&warp->map))
        invert(r, &warp->map, b);
    for (size_t i = 0; i < wck_warp_samples(warp); i++) {
        struct place place;

        locate(r, warp, b, i, &place);
        for (size_t p = 0; p < wck_image_planes(image); p++) {
            double v[2][2];

            read(r, warp, image, p, &place, v);
            wck_image_set(output, p, i / output->width, i % output->width,
                          value_of(r, &place, v));
        }
    }
    return WCK_OK;
}

/* Adds g times the weights of a sample to the gradients that are wanted. */
static void send(const struct rival *r, const struct place *place, size_t plane,
                 double g, const struct wck_gradients *wanted, double *border)
{
    for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 2; k++) {
            double part = times(r, weight(r, place, j, k), g);
            size_t y = (size_t)place->row[j], x = (size_t)place->column[k];

            if (!is_inside(place, j, k))
                *border = plus(r, *border, part);
            else if (wanted->image != NULL)
                wck_image_set(wanted->image, plane, y, x,
                              plus(r, wck_image_get(wanted->image, plane, y, x), part));
        }
    }
}

static void clear(const struct wck_warp *warp, const struct wck_image *image,
                  const struct wck_gradients *wanted)
{
    for (size_t p = 0; p < wck_image_planes(image) && wanted->image != NULL; p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(wanted->image, p, y, x, 0.0);
        }
    }
    for (size_t i = 0; i < wck_warp_samples(warp); i++) {
        if (wanted->x != NULL)
            wanted->x[i] = 0.0;
        if (wanted->y != NULL)
            wanted->y[i] = 0.0;
    }
    for (size_t c = 0; c < image->channels && wanted->border_value != NULL; c++)
        wanted->border_value[c] = 0.0;
}

/* -B^T G B^T of the square forms, in the type; G where the matrix is B. */
static void turn(const struct rival *r, const struct wck_map *map, const double b[6],
                 const double g[6], double matrix[6])
{
    double square[9] = {b[0], b[1], b[2], b[3], b[4], b[5], 0.0, 0.0, 1.0};

    for (int i = 0; i < 6; i++) {
        double sum = 0.0;

        for (int k = 0; k < 2; k++) {
            for (int l = 0; l < 3; l++)
                sum = plus(r, sum,
                           times(r, square[k * 3 + i / 3],
                                 times(r, g[k * 3 + l], square[i % 3 * 3 + l])));
        }
        matrix[i] = map->direction == WCK_OUTPUT_TO_SOURCE ? g[i] : -sum;
    }
}

/* d output / dx and dy. */
static void slopes(const struct rival *r, const struct place *place, double v[2][2],
                   double *x, double *y)
{
    *x = between(r, plus(r, v[0][1], -v[0][0]), plus(r, v[1][1], -v[1][0]), place->y);
    *y = between(r, plus(r, v[1][0], -v[0][0]), plus(r, v[1][1], -v[0][1]), place->x);
}

static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *wanted, struct wck_error *err)
{
    const struct wck_warp *warp = &problem->warp;
    struct rival *r = state;
    double b[6] = {0.0}, of_b[6] = {0.0}, unwanted = 0.0;

    (void)err;
    r->dtype = image->tensor.dtype;
    if (wck_map_has_matrix(&warp->map))
        invert(r, &warp->map, b);
    clear(warp, image, wanted);
    for (size_t i = 0; i < wck_warp_samples(warp); i++) {
        double at[3] = {(double)(i % warp->output_width),
                        (double)(i / warp->output_width), 1.0};
        double g_x = 0.0, g_y = 0.0;
        struct place place;

        locate(r, warp, b, i, &place);
        for (size_t p = 0; p < wck_image_planes(image); p++) {
            double g =
                wck_image_get(upstream, p, i / upstream->width, i % upstream->width);
            double v[2][2], x, y;

            read(r, warp, image, p, &place, v);
            slopes(r, &place, v, &x, &y);
            g_x = plus(r, g_x, times(r, g, x));
            g_y = plus(r, g_y, times(r, g, y));
            send(r, &place, p, g, wanted,
                 wanted->border_value != NULL
                     ? &wanted->border_value[p % image->channels]
                     : &unwanted);
        }
        if (wanted->x != NULL)
            wanted->x[i] = g_x;
        if (wanted->y != NULL)
            wanted->y[i] = g_y;
        for (int k = 0; k < 6; k++)
            of_b[k] = plus(r, of_b[k], times(r, k < 3 ? g_x : g_y, at[k % 3]));
    }
    if (wanted->matrix != NULL)
        turn(r, &warp->map, b, of_b, wanted->matrix);
    return WCK_OK;
}

struct wck_subject *rival_new(enum rival_form form)
{
    static const struct wck_subject_kind kind = {
        .prefix = "rival",
        .summary = "a right bilinear warp in other arithmetic",
        .close = free,
        .forward = forward,
        .vjp = vjp,
    };
    struct rival *state = calloc(1, sizeof *state);
    struct wck_subject *subject;

    ck_assert_ptr_nonnull(state);
    state->form = form;
    ck_assert_int_eq(wck_subject_of_kind_take(&subject, &kind, "rival", state, NULL),
                     WCK_OK);
    return subject;
}
