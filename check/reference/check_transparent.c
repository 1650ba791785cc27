/* Transparent warps: what reads the border value reads what the output held, sample by
 * sample; OpenCV's ways to do so; and what is refused. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"

static const int value_order[WCK_AXES] = {0, 0, 0};

static void sized(struct pair *pair, struct wck_rng *rng)
{
    const int source[WCK_AXES] = {5, 3, 1}, output[WCK_AXES] = {7, 4, 1};

    pair->transparent = true;
    pair->oracle.axes = 2;
    pair->oracle.kind = "coordinates";
    memcpy(pair->oracle.source, source, sizeof source);
    memcpy(pair->oracle.output, output, sizeof output);
    for (int a = 0; a < 2; a++) {
        for (size_t i = 0; i < 28; i++)
            pair->given[a][i] = pair_draw_dyadic(rng, source[a]);
    }
    pair_bind(pair, rng);
}

/* What the reference makes of the pair, and of a motion of what the output held and of
 * the coordinates. */
struct made {
    double output[PAIR_SAMPLES], tangent[PAIR_SAMPLES];
    double held[PAIR_SAMPLES], slope[WCK_AXES][PAIR_SAMPLES], border_value;
};

static void make(struct pair *pair, double *motion, struct made *made)
{
    struct wck_image from = pair_source(pair, pair->image);
    struct wck_image upstream = pair_output(pair, pair->upstream);
    struct wck_image output = pair_output(pair, made->output);
    struct wck_image tangent = pair_output(pair, made->tangent);
    struct wck_image moved = pair_output(pair, motion);
    struct wck_image held = pair_output(pair, made->held);
    struct wck_tangents tangents = {.destination = &moved, .x = motion};
    struct wck_gradients wanted = {
        .destination = &held, .x = made->slope[0], .y = made->slope[1]};
    struct wck_gradients unread = {.border_value = &made->border_value};

    ck_assert_int_eq(wck_warp_forward(&pair->warp, &from, &output, NULL), WCK_OK);
    ck_assert_int_eq(wck_warp_jvp(&pair->warp, &from, &tangents, &tangent, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_warp_vjp(&pair->warp, &from, &upstream, &wanted, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_warp_vjp(&pair->warp, &from, &upstream, &unread, NULL),
                     WCK_OK);
}

/* d output / d what it held: the sum over an image of zeros with the border value 1. */
static struct oracle_sum weight_outside(const struct pair *pair,
                                        const double u[WCK_AXES])
{
    static const double black[PAIR_PIXELS] = {0.0};
    struct oracle_image image = oracle_image_new(&pair->oracle, black, 1.0);
    struct oracle_sum sum = oracle_sum(&pair->oracle, &image, u, value_order);

    oracle_image_free(&image);
    return sum;
}

static void scale(struct oracle_sum *sum, double factor)
{
    sum->value *= factor;
    sum->magnitude *= 2.0 * fabs(factor);
    sum->exposure *= fabs(factor);
}

static void expect_sample(const struct pair *pair, struct oracle_image *image,
                          const double u[WCK_AXES], const double *motion,
                          const struct made *made, size_t i)
{
    struct oracle_sum sum, moved, slope[2];

    image->border_value = pair_outside(pair, i);
    sum = oracle_sum(&pair->oracle, image, u, value_order);
    pair_expect(pair, made->output[i], &sum, value_order, "output", i);
    sum = moved = weight_outside(pair, u);
    scale(&sum, pair->upstream[i]);
    if (isfinite(u[0] + u[1]))
        pair_expect(pair, made->held[i], &sum, value_order, "held", i);
    else
        ck_assert_double_eq(made->held[i], 0.0);
    for (int a = 0; a < 2; a++) {
        const int order[WCK_AXES] = {a == 0, a == 1, 0};

        sum = slope[a] = oracle_sum(&pair->oracle, image, u, order);
        scale(&sum, pair->upstream[i]);
        pair_expect(pair, made->slope[a][i], &sum, order, "slope", i);
    }
    scale(&moved, motion[i]);
    scale(&slope[0], motion[i]);
    moved.value += slope[0].value;
    moved.magnitude += slope[0].magnitude;
    moved.exposure += slope[0].exposure;
    pair_expect(pair, made->tangent[i], &moved, (const int[]){1, 0, 0}, "tangent", i);
}

static void expect_all(struct pair *pair, struct wck_rng *rng)
{
    double u[PAIR_SAMPLES][WCK_AXES], motion[PAIR_SAMPLES];
    struct made made;
    struct oracle_image image;

    for (size_t i = 0; i < PAIR_SAMPLES; i++)
        motion[i] = wck_rng_gaussian(rng);
    pair_coordinates(pair, u);
    make(pair, motion, &made);
    image = oracle_image_new(&pair->oracle, pair->image, 0.0);
    for (size_t i = 0; i < pair->samples; i++)
        expect_sample(pair, &image, u[i], motion, &made, i);
    ck_assert_double_eq(made.border_value, 0.0);
    oracle_image_free(&image);
}

START_TEST(every_kernel_reads_what_the_output_held_outside)
{
    static const char *const borders[] = {"constant", "reflect_101"};
    struct wck_rng rng = wck_rng_start(12001, (uint64_t)_i);

    for (size_t b = 0; b < 2; b++) {
        struct pair pair = {.oracle = {.kernel = wck_kernel_row((size_t)_i)->name,
                                       .border = borders[b]}};

        sized(&pair, &rng);
        expect_all(&pair, &rng);
    }
}
END_TEST

START_TEST(every_fold_that_fills_leaves_what_the_output_held)
{
    static const char *const borders[] = {"constant", "replicate", "wrap"};
    struct wck_rng rng = wck_rng_start(12002, (uint64_t)_i);

    for (size_t b = 0; b < 3; b++) {
        struct pair pair = {.oracle = {.kernel = "cubic-0.75",
                                       .border = borders[b],
                                       .fold = wck_fold_row((size_t)_i)->name}};

        sized(&pair, &rng);
        expect_all(&pair, &rng);
    }
}
END_TEST

/* ---- OpenCV's ---- */

enum { ACROSS = 21, DOWN = 5, SAMPLES = ACROSS * DOWN, WIDE = 7, HIGH = 4 };

/* A warp of version 5's bicubic, one channel of WIDE x HIGH pixels. */
struct octets {
    double x[SAMPLES], y[SAMPLES], held[SAMPLES], pixel[WIDE * HIGH];
    struct wck_warp warp;
    struct wck_image image;
};

static struct wck_image plane_of(double *data, size_t height, size_t width)
{
    const size_t shape[] = {height, width};
    struct wck_tensor tensor = wck_tensor_contiguous(data, WCK_FLOAT64, 2, shape);
    struct wck_image image;

    ck_assert_int_eq(wck_image_view(&image, &tensor, "HW", NULL), WCK_OK);
    return image;
}

static void set_octets(struct octets *o, struct wck_rng *rng)
{
    for (int i = 0; i < SAMPLES; i++) {
        /* Two eights in three lie to the left, but for a sample in sixteen. */
        bool left = i % ACROSS / 8 != i / ACROSS % 3 && wck_rng_below(rng, 16) > 0;

        o->x[i] = left ? -9.25 : 13.0 * wck_rng_uniform(rng) - 4.5;
        o->y[i] = 9.0 * wck_rng_uniform(rng) - 3.5;
        o->held[i] = i + 0.375;
    }
    for (int i = 0; i < WIDE * HIGH; i++)
        o->pixel[i] = wck_rng_uniform(rng);
    o->image = plane_of(o->pixel, HIGH, WIDE);
    o->warp = (struct wck_warp){.kernel = wck_kernel_find("cubic-0.75"),
                                .border = wck_border_find("constant"),
                                .transparent = true,
                                .destination = plane_of(o->held, DOWN, ACROSS),
                                .fold = wck_fold_find("opencv5-clamp"),
                                .rounding = wck_rounding_find("opencv5-octets"),
                                .map = wck_map_coordinates(o->x, o->y),
                                .source_width = WIDE,
                                .source_height = HIGH,
                                .output_width = ACROSS,
                                .output_height = DOWN};
}

static bool lies_beyond(double x, double y)
{
    return floor(x) < -3.0 || floor(x) > WIDE || floor(y) < -3.0 || floor(y) > HIGH;
}

/* Column 16 and what follows are no eight. */
static int lead_of(const struct octets *o, int i)
{
    int column = i % ACROSS, first = i - column % 8;
    bool whole = column < 16;

    for (int k = first; whole && k < first + 8; k++)
        whole = lies_beyond(o->x[k], o->y[k]);
    return whole ? i : first;
}

START_TEST(samples_made_by_eights_read_what_the_first_held_unless_all_are_left)
{
    struct wck_rng rng = wck_rng_start(12003, 0);
    static struct octets o;
    double output[SAMPLES], upstream[SAMPLES], to_held[SAMPLES], want[SAMPLES] = {0.0};
    struct wck_image out = plane_of(output, DOWN, ACROSS);
    struct wck_image up = plane_of(upstream, DOWN, ACROSS);
    struct wck_image to = plane_of(to_held, DOWN, ACROSS);
    struct wck_gradients wanted = {.destination = &to};
    int kept = 0, led = 0;

    set_octets(&o, &rng);
    for (int i = 0; i < SAMPLES; i++)
        upstream[i] = lies_beyond(o.x[i], o.y[i]) ? 1.0 + i % 3 : 0.0;
    ck_assert_int_eq(wck_warp_forward(&o.warp, &o.image, &out, NULL), WCK_OK);
    ck_assert_int_eq(wck_warp_vjp(&o.warp, &o.image, &up, &wanted, NULL), WCK_OK);
    for (int i = 0; i < SAMPLES; i++) {
        int lead = lead_of(&o, i);

        ck_assert_uint_eq(wck_warp_held(&o.warp, (size_t)i), (size_t)lead);
        want[lead] += upstream[i];
        kept += lead == i && i % ACROSS % 8 > 0;
        led += lead != i;
        /* Sixteen weights that add up to 1, each off by a dozen roundings. */
        if (lies_beyond(o.x[i], o.y[i]))
            ck_assert_double_le(fabs(output[i] - o.held[lead]),
                                16 * 14 * 0x1p-53 * SAMPLES);
    }
    for (int i = 0; i < SAMPLES; i++)
        ck_assert_double_le(fabs(to_held[i] - want[i]), 8 * 16 * 14 * 0x1p-53 * 3);
    ck_assert_int_ge(kept, 7);
    ck_assert_int_ge(led, 20);
}
END_TEST

/* ---- refusals ---- */

static void expect_refused(const struct octets *o, const char *why)
{
    double output[SAMPLES];
    struct wck_image to = plane_of(output, DOWN, ACROSS);
    struct wck_error err = {0};

    ck_assert_int_eq(wck_warp_forward(&o->warp, &o->image, &to, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, why);
}

START_TEST(a_transparent_warp_that_cannot_be_is_refused)
{
    static const char two_axes[] =
        "a transparent warp has two axes, no prefilter, no clip";
    struct wck_rng rng = wck_rng_start(12005, 0);
    static struct octets o;
    struct octets other;

    set_octets(&o, &rng);
    other = o;
    other.warp.destination = (struct wck_image){0};
    expect_refused(&other, "a transparent warp needs what the output held before");
    other.warp.destination = plane_of(other.held, DOWN - 1, ACROSS);
    expect_refused(&other, "the destination is 4x21, the warp says 5x21");
    other.warp.destination = o.warp.destination;
    other.warp.destination.channels = 2;
    expect_refused(&other, "image and destination differ in batch or channels: 1 and "
                           "1, 1 and 2");
    other = o;
    other.warp.clips = true;
    expect_refused(&other, two_axes);
    other = o;
    other.warp.kernel = wck_kernel_find("spline3");
    other.warp.prefilter = wck_prefilter_find("mirror");
    expect_refused(&other, two_axes);
    other = o;
    other.warp.map.axes = 3;
    other.warp.map.z = other.x;
    expect_refused(&other, two_axes);
}
END_TEST

START_TEST(tabulated_sums_take_a_fold_that_fills_and_no_other)
{
    const struct wck_fold *fold = wck_fold_row((size_t)_i);
    struct wck_rng rng = wck_rng_start(12007, (uint64_t)_i);
    static struct octets o;
    double output[SAMPLES];
    struct wck_image to = plane_of(output, DOWN, ACROSS);
    struct wck_error err = {0};

    set_octets(&o, &rng);
    o.warp.rounding = wck_rounding_find("opencv4");
    o.warp.arithmetic = wck_arithmetic_find("opencv4-remap");
    o.warp.fold = fold;
    if (fold->fills) {
        ck_assert_int_eq(wck_warp_forward(&o.warp, &o.image, &to, &err), WCK_OK);
        for (int i = 0; i < SAMPLES; i++) {
            if (fold->apply(o.x[i], WIDE).filled)
                ck_assert_double_eq(output[i], o.held[i]);
        }
    } else {
        expect_refused(&o, "rounding opencv4 needs coordinates in fixed point, of two "
                           "axes, not moved by a fold, not prefiltered");
    }
}
END_TEST

START_TEST(only_a_transparent_warp_has_derivatives_of_what_the_output_held)
{
    static const char opaque[] = "a warp that is not transparent has no destination";
    struct wck_rng rng = wck_rng_start(12006, 0);
    static struct octets o;
    double output[SAMPLES], held[SAMPLES];
    float narrow[SAMPLES];
    const size_t shape[] = {DOWN, ACROSS};
    struct wck_tensor tensor = wck_tensor_contiguous(narrow, WCK_FLOAT32, 2, shape);
    struct wck_image to = plane_of(output, DOWN, ACROSS), coarse;
    struct wck_image of_held = plane_of(held, DOWN, ACROSS);
    struct wck_error err = {0};

    set_octets(&o, &rng);
    ck_assert_int_eq(wck_image_view(&coarse, &tensor, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_warp_vjp(&o.warp, &o.image, &to,
                                  &(struct wck_gradients){.destination = &coarse},
                                  &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, "gradients are kept in float64");
    o.warp.transparent = false;
    err = (struct wck_error){0};
    ck_assert_int_eq(wck_warp_vjp(&o.warp, &o.image, &to,
                                  &(struct wck_gradients){.destination = &of_held},
                                  &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, opaque);
    err = (struct wck_error){0};
    ck_assert_int_eq(wck_warp_jvp(&o.warp, &o.image,
                                  &(struct wck_tangents){.destination = &of_held}, &to,
                                  &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, opaque);
}
END_TEST

Suite *wck_transparent_suite(void)
{
    Suite *suite = suite_create("transparent");
    TCase *tables = tcase_create("tables"), *opencv = tcase_create("opencv");
    TCase *refusals = tcase_create("refusals");

    tcase_add_loop_test(tables, every_kernel_reads_what_the_output_held_outside, 0,
                        pair_separable_kernels());
    tcase_add_loop_test(tables, every_fold_that_fills_leaves_what_the_output_held, 0,
                        (int)wck_fold_count());
    tcase_add_test(opencv,
                   samples_made_by_eights_read_what_the_first_held_unless_all_are_left);
    tcase_add_test(refusals, a_transparent_warp_that_cannot_be_is_refused);
    tcase_add_loop_test(refusals, tabulated_sums_take_a_fold_that_fills_and_no_other, 0,
                        (int)wck_fold_count());
    tcase_add_test(refusals,
                   only_a_transparent_warp_has_derivatives_of_what_the_output_held);
    suite_add_tcase(suite, tables);
    suite_add_tcase(suite, opencv);
    suite_add_tcase(suite, refusals);
    return suite;
}
