/* The gradient with respect to coordinates and matrix: a witness for every reason, and
 * counts against a brute force of its own. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/coverage/map_coverage.h"

#define SIDE 7 /* most pixels along an axis */
#define MOST (2 * SIDE * SIDE)

static struct wck_image view(double *data, size_t channels, size_t height, size_t width)
{
    struct wck_tensor tensor = wck_tensor_contiguous(
        data, WCK_FLOAT64, 3, (size_t[]){channels, height, width});
    struct wck_image image;

    ck_assert_int_eq(wck_image_view(&image, &tensor, "CHW", NULL), WCK_OK);
    return image;
}

/* ---- witnesses: one sample, its x ---- */

#define WIDTH 5
#define HEIGHT 4

struct scene {
    struct wck_warp warp;
    struct wck_map_coverage_request request;
    struct wck_image image, upstream;
    double x, y, given;
    double values[2 * WIDTH * HEIGHT], g[2];
};

static void start(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    scene->x = 1.25;
    scene->y = 2.5;
    scene->warp = (struct wck_warp){
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find("constant"),
        .source_width = WIDTH,
        .source_height = HEIGHT,
        .output_width = 1,
        .output_height = 1,
        .map = wck_map_coordinates(&scene->x, &scene->y),
    };
    for (size_t i = 0; i < 2 * WIDTH * HEIGHT; i++)
        scene->values[i] = (double)(7 * i * i * i % 101);
    scene->g[0] = scene->g[1] = 1.375;
    scene->image = view(scene->values, 2, HEIGHT, WIDTH);
    scene->upstream = view(scene->g, 2, 1, 1);
    scene->request = (struct wck_map_coverage_request){
        .warp = &scene->warp,
        .channels = 2,
        .dtype = WCK_FLOAT32,
        .image = &scene->image,
        .upstream = &scene->upstream,
    };
}

static int explain(struct scene *scene)
{
    struct wck_map_coverage c;

    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene->request, NULL), WCK_OK);
    ck_assert_uint_eq(c.samples, 1);
    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        if (c.reasons[WCK_X][r] > 0)
            return 1 + r;
    }
    ck_assert_uint_eq(c.covered[WCK_X], 1);
    return 0;
}

static void choose_nearest(struct scene *scene)
{
    scene->warp.kernel = wck_kernel_find("nearest");
}

static void thin_the_image(struct scene *scene)
{
    scene->warp.source_width = 1;
    scene->warp.border = wck_border_find("reflect");
    scene->image = view(scene->values, 2, HEIGHT, 1);
}

static void fill_beyond(struct scene *scene)
{
    scene->warp.fold = wck_fold_find("fill");
    scene->x = WIDTH - 0.75;
}

static void look_away(struct scene *scene)
{
    scene->x = WIDTH + 3.25;
}

static void run_into_the_rim(struct scene *scene)
{
    scene->warp.border = wck_border_find("replicate");
    scene->x = -2.75;
}

static void look_into_the_mirror(struct scene *scene)
{
    scene->warp.border = wck_border_find("reflect");
    scene->x = -0.25;
}

static void flatten(struct scene *scene)
{
    for (size_t i = 0; i < 2 * WIDTH * HEIGHT; i++)
        scene->values[i] = 0.3;
}

static void round_coordinates(struct scene *scene)
{
    for (size_t i = 0; i < wck_arithmetic_count(); i++) {
        if (wck_arithmetic_row(i)->quantum > 0.0)
            scene->warp.arithmetic = wck_arithmetic_row(i);
    }
    ck_assert_ptr_nonnull(scene->warp.arithmetic);
}

static void mask_the_upstream(struct scene *scene)
{
    scene->g[0] = scene->g[1] = 0.0;
}

static void oppose_channels(struct scene *scene)
{
    memcpy(scene->values + WIDTH * HEIGHT, scene->values,
           WIDTH * HEIGHT * sizeof *scene->values);
    scene->g[1] = -scene->g[0];
}

static void scale_down(struct scene *scene)
{
    scene->g[0] = scene->g[1] = 0x1p-170;
}

static void lose_it(struct scene *scene)
{
    scene->request.x = &scene->given;
}

static void forget_the_image(struct scene *scene)
{
    scene->request.image = NULL;
}

static void spoil_the_coordinate(struct scene *scene)
{
    scene->x = (double)NAN;
}

static const struct {
    const char *id;
    void (*arrange)(struct scene *scene);
} witnesses[] = {
    {"nearest-kernel", choose_nearest},
    {"size-1-axis", thin_the_image},
    {"hard-fill", fill_beyond},
    {"outside", look_away},
    {"clipped-coordinate", run_into_the_rim},
    {"reflection-rim", look_into_the_mirror},
    {"flat-image", flatten},
    {"quantised", round_coordinates},
    {"upstream-zero", mask_the_upstream},
    {"cancelled", oppose_channels},
    {"underflow", scale_down},
    {"lost-in-backward", lose_it},
    {"undetermined", forget_the_image},
    {"non-finite", spoil_the_coordinate},
};

START_TEST(every_reason_has_a_witness_that_gives_exactly_it)
{
    const struct wck_map_reason_row *row = wck_map_reason_row((enum wck_map_reason)_i);
    struct scene scene;
    bool found = false;

    for (size_t i = 0; i < sizeof witnesses / sizeof witnesses[0]; i++) {
        if (strcmp(witnesses[i].id, row->id) != 0)
            continue;
        found = true;
        start(&scene);
        ck_assert_int_eq(explain(&scene), 0);
        witnesses[i].arrange(&scene);
        ck_assert_msg(explain(&scene) == 1 + _i, "no %s but reason %d", row->id,
                      explain(&scene) - 1);
    }
    ck_assert_msg(found, "no witness of %s", row->id);
    ck_assert_uint_gt(strlen(row->definition), 10);
    ck_assert_uint_gt(strlen(row->remedy), 10);
}
END_TEST

START_TEST(beyond_the_last_reason_there_is_no_row)
{
    ck_assert_ptr_null(wck_map_reason_row(WCK_MAP_REASON_COUNT));
}
END_TEST

START_TEST(a_clip_of_the_coordinate_itself_is_clipped_and_a_reflection_a_rim)
{
    struct scene scene;

    start(&scene);
    scene.warp.border = wck_border_find("replicate");
    scene.warp.fold = wck_fold_find("clip");
    scene.x = -1.5;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_CLIPPED);
    scene.warp.fold = wck_fold_find("reflect-edges");
    scene.x = -0.25;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_RIM);
    scene.x = -1.25;
    ck_assert_int_eq(explain(&scene), 0);
}
END_TEST

START_TEST(floor_and_ceil_of_a_whole_number_do_not_move)
{
    struct scene scene;

    start(&scene);
    scene.warp.kernel = wck_kernel_find("bilinear-floor-ceil");
    ck_assert_int_eq(explain(&scene), 0);
    scene.x = 2.0;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_NEAREST);
}
END_TEST

/* Over one pixel torch's align_corners=True multiplies by (1 - 1)/2. */
START_TEST(units_that_multiply_by_zero_are_an_axis_of_one_pixel)
{
    struct scene scene;

    start(&scene);
    scene.warp.source_width = 1;
    scene.image = view(scene.values, 2, HEIGHT, 1);
    scene.warp.map.source_units = wck_units_find("centres");
    scene.y = 0.1;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_SIZE_1);
}
END_TEST

static void a_tenth(const void *state, size_t item, size_t sample, double bound[2])
{
    ck_assert_ptr_eq(state, witnesses);
    ck_assert_uint_eq(item + sample, 0);
    bound[WCK_X] = bound[WCK_Y] = 0.1;
}

START_TEST(a_given_zero_is_told_by_a_coordinate_within_its_bound)
{
    struct scene scene;

    start(&scene);
    lose_it(&scene);
    scene.warp.border = wck_border_find("replicate");
    scene.x = 0.0625; /* at -0.0375 it is clipped */
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_LOST);
    scene.request.bound = a_tenth;
    scene.request.bound_state = witnesses;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_CLIPPED);
    scene.x = 1.25;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_LOST);
    scene.request.upstream_unknown = true;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_UNDETERMINED);
    scene.given = 0.5;
    ck_assert_int_eq(explain(&scene), 0);
    scene.given = (double)NAN;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_NON_FINITE);
}
END_TEST

static void unbounded(const void *state, size_t item, size_t sample, double bound[2])
{
    (void)state;
    ck_assert_uint_eq(item + sample, 0);
    bound[WCK_X] = 0.0;
    bound[WCK_Y] = (double)INFINITY;
}

START_TEST(a_given_zero_of_a_coordinate_without_a_bound_is_undetermined)
{
    struct scene scene;

    start(&scene);
    lose_it(&scene);
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_LOST);
    scene.request.bound = unbounded;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_UNDETERMINED);
}
END_TEST

/* Two channels near 1000 whose slopes of 1/2 cancel but for what float32 makes of such
 * numbers. */
START_TEST(what_the_roundings_of_the_slopes_leave_is_cancelled)
{
    struct scene scene;

    start(&scene);
    for (size_t i = 0; i < 2 * WIDTH * HEIGHT; i++)
        scene.values[i] = 1000.0 + (i % WIDTH > 1 ? 0.5 : 0.0);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++)
        scene.values[i] += i % WIDTH > 1 ? 0x1p-14 : 0.0;
    scene.g[1] = -scene.g[0];
    ck_assert_int_eq(explain(&scene), 0);
    lose_it(&scene);
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_CANCELLED);
    scene.request.dtype = WCK_FLOAT64;
    ck_assert_int_eq(explain(&scene), 1 + WCK_MAP_LOST);
}
END_TEST

/* ---- one entry of a matrix that was given ---- */

struct given_matrix {
    struct scene scene;
    double matrix[6];
};

/* An affine map of one or two outputs along a row, from (x, y) on. */
static void give_matrix(struct given_matrix *given, double x, double y, size_t outputs)
{
    const double m[6] = {1.0, 0.0, x, 0.0, 1.0, y};

    start(&given->scene);
    ck_assert_int_eq(
        wck_map_affine(&given->scene.warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    given->scene.warp.output_width = outputs;
    given->scene.request.channels = 1;
    given->scene.image = view(given->scene.values, 1, HEIGHT, WIDTH);
    given->scene.upstream = view(given->scene.g, 1, 1, outputs);
    for (int k = 0; k < 6; k++)
        given->matrix[k] = 0.25;
    given->matrix[2] = 0.0; /* the shift along x */
    given->scene.request.matrix = given->matrix;
}

static void a_millionth(const void *state, size_t item, size_t sample, double bound[2])
{
    (void)state;
    (void)item;
    (void)sample;
    bound[WCK_X] = bound[WCK_Y] = 1e-6;
}

static int shift_of(struct given_matrix *given)
{
    struct wck_map_coverage c;

    ck_assert_int_eq(wck_map_coverage_explain(&c, &given->scene.request, NULL), WCK_OK);
    return c.entry[2];
}

/* The sample lies on a knot, with a flat piece to its left. */
static void level_to(struct given_matrix *given, size_t column)
{
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
        size_t at = i % WIDTH;

        given->scene.values[i] = at <= column ? 5.0 : 5.0 + 3.0 * (double)(at - column);
    }
}

START_TEST(an_entry_whose_sample_may_lie_on_a_flat_piece_is_not_lost)
{
    struct given_matrix given;

    give_matrix(&given, 2.0, 1.5, 1);
    level_to(&given, 2);
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_LOST);
    given.scene.request.bound = a_millionth;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_FLAT);
    for (int k = 0; k < 6; k++)
        given.matrix[k] = 0.0;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_FLAT);
    given.scene.request.bound = unbounded;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_UNDETERMINED);
    give_matrix(&given, 3.0, 1.5, 1); /* steep on both sides */
    level_to(&given, 2);
    given.scene.request.bound = a_millionth;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_LOST);
}
END_TEST

START_TEST(an_entry_whose_sample_may_stand_still_beyond_the_rim_is_not_lost)
{
    struct given_matrix given;

    give_matrix(&given, 0.0, 1.5, 1);
    given.scene.warp.border = wck_border_find("replicate");
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_LOST);
    given.scene.request.bound = a_millionth;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_CLIPPED);
}
END_TEST

/* Sample 0 on a peak's knot: 4 on its left, -3 on its right; times 3/4 it and the -3 of
 * sample 1 add up to 0 on the left alone. */
START_TEST(an_entry_that_cancels_at_the_other_side_of_a_knot_is_not_lost)
{
    static const double row[WIDTH] = {2.0, 5.0, 9.0, 6.0, 3.0};
    struct given_matrix given;

    give_matrix(&given, 2.0, 1.5, 2);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++)
        given.scene.values[i] = row[i % WIDTH];
    given.scene.g[0] = 0.75;
    given.scene.g[1] = 1.0;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_LOST);
    given.scene.request.bound = a_millionth;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_CANCELLED);
    for (int k = 0; k < 6; k++)
        given.matrix[k] = 0.0; /* not all six by accident */
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_LOST);
}
END_TEST

/* In float32 a slope of 2^-20 between numbers near 1000 is rounding. */
START_TEST(a_given_matrix_is_judged_by_the_rounding_of_its_own_type)
{
    struct given_matrix given;

    give_matrix(&given, 1.25, 1.5, 1);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++)
        given.scene.values[i] = 1000.0 + (double)(i % WIDTH) * 0x1p-20;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_FLAT);
    given.scene.request.dtype = WCK_FLOAT64;
    ck_assert_int_eq(shift_of(&given), 1 + WCK_MAP_LOST);
}
END_TEST

START_TEST(what_is_not_served_or_does_not_fit_is_refused)
{
    struct scene scene;
    struct wck_map_coverage c;

    start(&scene);
    ck_assert_int_eq(wck_map_affine(&scene.warp.map, (double[]){1, 0, 0, 0, 1, 0},
                                    WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    scene.warp.kernel = wck_kernel_find("area");
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL),
                     WCK_UNSUPPORTED);
    scene.warp.kernel = wck_kernel_find("bilinear");
    scene.warp.source_width = 3;
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL), WCK_INVALID);
    scene.warp.source_width = 0;
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL), WCK_INVALID);
}
END_TEST

START_TEST(shapes_that_do_not_fit_the_map_are_refused)
{
    struct scene scene;
    struct wck_map_coverage c;
    struct wck_warp items[1];

    start(&scene);
    scene.request.channels = 3; /* the image has two */
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL), WCK_INVALID);
    start(&scene);
    scene.upstream = view(scene.values, 2, 2, 1);
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL), WCK_INVALID);
    scene.request.upstream_unknown = true; /* it is not read */
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL), WCK_OK);
    start(&scene);
    items[0] = scene.warp;
    scene.request.items = items;
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL), WCK_OK);
    items[0].output_height = 2;
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL), WCK_INVALID);
    items[0].output_height = 0;
    ck_assert_int_eq(wck_map_coverage_explain(&c, &scene.request, NULL), WCK_INVALID);
}
END_TEST

/* ---- the brute force: bilinear and nearest, by direct formulas ---- */

struct brute {
    size_t counts[2][1 + WCK_MAP_REASON_COUNT]; /* 0: covered, else 1 + reason */
    long double entry[6];
    bool terms[6];
    size_t tally[6][WCK_MAP_REASON_COUNT];
};

/* One reflection or period at a time; -1: the border value. */
static long step_back(const char *border, long i, long n)
{
    while (i < 0 || i >= n) {
        if (strcmp(border, "constant") == 0)
            return -1;
        if (strcmp(border, "replicate") == 0)
            i = i < 0 ? 0 : n - 1;
        else if (strcmp(border, "reflect") == 0)
            i = i < 0 ? -1 - i : 2 * n - 1 - i;
        else if (strcmp(border, "reflect_101") == 0)
            i = n == 1 ? 0 : i < 0 ? -i : 2 * n - 2 - i;
        else
            i += i < 0 ? n : -n;
    }
    return i;
}

struct setting {
    const struct wck_warp *warp;
    const double *image, *g;
    size_t channels;
};

static long double pixel(const struct setting *s, size_t channel, long x, long y)
{
    long width = (long)s->warp->source_width, height = (long)s->warp->source_height;
    const char *border = s->warp->border->name;
    long px = step_back(border, x, width), py = step_back(border, y, height);

    return px < 0 || py < 0
               ? 0.0L
               : (long double)s->image[((long)channel * height + py) * width + px];
}

/* 0, or 1 + the reason, for sample s at u along and v across; the derivative in *d. */
static int judge(const struct setting *s, size_t sample, int axis, double x, double y,
                 long double *d)
{
    const char *border = s->warp->border->name;
    const long n[2] = {(long)s->warp->source_width, (long)s->warp->source_height};
    long low[2] = {(long)floor(x), (long)floor(y)}, one, two;
    long double f[2] = {x - floor(x), y - floor(y)}, magnitude = 0.0L;
    bool steep = false, sent = false;

    *d = 0.0L;
    if (strcmp(s->warp->kernel->name, "nearest") == 0)
        return 1 + WCK_MAP_NEAREST;
    one = step_back(border, low[axis], n[axis]);
    two = step_back(border, low[axis] + 1, n[axis]);
    if (s->warp->fold != NULL &&
        (x < 0.0 || x > (double)(n[0] - 1) || y < 0.0 || y > (double)(n[1] - 1)))
        return 1 + WCK_MAP_FILLED;
    for (int a = 0; a < 2; a++) {
        if (step_back(border, low[a], n[a]) < 0 &&
            step_back(border, low[a] + 1, n[a]) < 0)
            return 1 + WCK_MAP_OUTSIDE;
    }
    if (n[axis] == 1 && one == 0 && two == 0)
        return 1 + WCK_MAP_SIZE_1;
    if (one == two)
        return 1 + (strcmp(border, "replicate") == 0 ? WCK_MAP_CLIPPED : WCK_MAP_RIM);
    for (size_t c = 0; c < s->channels; c++) {
        long double slope = 0.0L, g;

        for (long k = 0; k < 2; k++) {
            long x0 = axis == 0 ? low[0] : low[0] + k,
                 y0 = axis == 0 ? low[1] + k : low[1];
            long double w = k == 0 ? 1.0L - f[1 - axis] : f[1 - axis];

            slope += w * (pixel(s, c, x0 + (axis == 0), y0 + (axis == 1)) -
                          pixel(s, c, x0, y0));
        }
        g = s->g[c * wck_warp_samples(s->warp) + sample];
        steep = steep || fabsl(slope) > 1e-15L;
        sent = sent || (fabsl(slope) > 1e-15L && fabsl(g) > 0.0L);
        *d += g * slope;
        magnitude += fabsl(g * slope);
    }
    if (!steep)
        return 1 + WCK_MAP_FLAT;
    if (!sent)
        return 1 + WCK_MAP_UPSTREAM_ZERO;
    return fabsl(*d) <= 1e-15L * magnitude ? 1 + WCK_MAP_CANCELLED : 0;
}

static void count(const struct setting *s, struct brute *brute, const double m[6])
{
    size_t width = s->warp->output_width;

    for (size_t o = 0; o < wck_warp_samples(s->warp); o++) {
        double at[3] = {(double)(o % width), (double)(o / width), 1.0};
        double x = m[0] * at[0] + m[1] * at[1] + m[2];
        double y = m[3] * at[0] + m[4] * at[1] + m[5];

        for (int axis = 0; axis < 2; axis++) {
            long double d;
            int reason = judge(s, o, axis, x, y, &d);

            brute->counts[axis][reason]++;
            for (int k = 0; k < 3; k++) {
                if (!(fabs(at[k]) > 0.0))
                    continue;
                if (reason > 0) {
                    brute->tally[3 * axis + k][reason - 1]++;
                    continue;
                }
                brute->terms[3 * axis + k] = true;
                brute->entry[3 * axis + k] += d * at[k];
            }
        }
    }
}

static int expected_entry(const struct brute *brute, int k)
{
    size_t most = 0;
    int reason = WCK_MAP_SIZE_1;

    if (brute->terms[k])
        return fabsl(brute->entry[k]) < 1e-12L ? 1 + WCK_MAP_CANCELLED : 0;
    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        if (brute->tally[k][r] > most) {
            most = brute->tally[k][r];
            reason = r;
        }
    }
    return 1 + reason;
}

static double eighths(struct wck_rng *rng, int most)
{
    return ((double)wck_rng_below(rng, (uint64_t)(16 * most + 1)) - 8.0 * most) / 8.0;
}

/* Whole numbers and eighths: every sum is exact. */
static void compare_random(int i, size_t seen[1 + WCK_MAP_REASON_COUNT],
                           size_t seen_entries[1 + WCK_MAP_REASON_COUNT])
{
    struct wck_rng rng = wck_rng_start(7135, (uint64_t)i);
    double values[MOST], g[MOST], m[6];
    struct wck_image image, upstream;
    struct wck_warp warp = {
        .kernel = wck_kernel_find(i % 7 == 0 ? "nearest" : "bilinear"),
        .border = wck_border_row((size_t)i % wck_border_count()),
        .fold = i % 4 == 0 ? wck_fold_find("fill") : NULL,
        .source_width = 1 + (size_t)wck_rng_below(&rng, SIDE),
        .source_height = 1 + (size_t)wck_rng_below(&rng, SIDE),
        .output_width = 1 + (size_t)wck_rng_below(&rng, SIDE),
        .output_height = 1 + (size_t)wck_rng_below(&rng, SIDE),
    };
    struct setting setting = {&warp, values, g, 1 + (size_t)wck_rng_below(&rng, 2)};
    struct wck_map_coverage_request request = {.warp = &warp,
                                               .channels = setting.channels,
                                               .image = &image,
                                               .upstream = &upstream};
    struct wck_map_coverage c;
    struct brute brute = {{{0}}, {0}, {0}, {{0}}};

    do {
        for (int k = 0; k < 6; k++)
            m[k] = eighths(&rng, k % 3 == 2 ? 5 : 1);
    } while (wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL) != WCK_OK);
    for (size_t k = 0; k < MOST; k++) {
        values[k] = (double)wck_rng_below(&rng, i % 3 == 0 ? 2 : 5);
        g[k] = (double)wck_rng_below(&rng, 3) - 1.0;
    }
    image = view(values, setting.channels, warp.source_height, warp.source_width);
    upstream = view(g, setting.channels, warp.output_height, warp.output_width);
    ck_assert_int_eq(wck_map_coverage_explain(&c, &request, NULL), WCK_OK);
    count(&setting, &brute, m);
    for (int axis = 0; axis < 2; axis++) {
        ck_assert_uint_eq(c.covered[axis], brute.counts[axis][0]);
        for (int r = 0; r < WCK_MAP_REASON_COUNT; r++)
            ck_assert_msg(c.reasons[axis][r] == brute.counts[axis][1 + r],
                          "scene %d, axis %d, %s: %zu, brute force %zu", i, axis,
                          wck_map_reason_row((enum wck_map_reason)r)->id,
                          c.reasons[axis][r], brute.counts[axis][1 + r]);
        for (int r = 0; r <= WCK_MAP_REASON_COUNT; r++)
            seen[r] += brute.counts[axis][r];
    }
    for (int k = 0; k < 6; k++) {
        int want = expected_entry(&brute, k);

        ck_assert_msg(c.entry[k] == want, "scene %d, entry %d: %d, brute force %d", i,
                      k, c.entry[k] - 1, want - 1);
        seen_entries[want]++;
    }
    ck_assert_uint_eq(c.entries, 6);
}

START_TEST(random_scenes_agree_with_the_brute_force_in_every_count)
{
    static const enum wck_map_reason geometric[] = {
        WCK_MAP_NEAREST, WCK_MAP_SIZE_1,        WCK_MAP_FILLED,
        WCK_MAP_OUTSIDE, WCK_MAP_CLIPPED,       WCK_MAP_RIM,
        WCK_MAP_FLAT,    WCK_MAP_UPSTREAM_ZERO, WCK_MAP_CANCELLED};
    size_t seen[1 + WCK_MAP_REASON_COUNT] = {0};
    size_t entries[1 + WCK_MAP_REASON_COUNT] = {0};

    for (int i = 0; i < 400; i++)
        compare_random(i, seen, entries);
    for (size_t k = 0; k < sizeof geometric / sizeof geometric[0]; k++)
        ck_assert_msg(seen[1 + geometric[k]] > 0, "no coordinate is %s",
                      wck_map_reason_row(geometric[k])->id);
    ck_assert_uint_gt(seen[0], 100);
    ck_assert_uint_gt(entries[0], 100);
    ck_assert_uint_gt(entries[1 + WCK_MAP_CANCELLED], 0);
    ck_assert_uint_gt(entries[1 + WCK_MAP_SIZE_1], 0);
    ck_assert_uint_gt(entries[1 + WCK_MAP_OUTSIDE], 0);
}
END_TEST

/* The reference's own matrix gradient is not 0 where an entry is covered. */
static void compare_with_gradient(enum wck_map_kind kind, enum wck_direction direction)
{
    const double m[9] = {1.1, 0.2, 0.3, -0.1, 0.9, 0.7, 0.013, -0.021, 1.0};
    double values[SIDE * SIDE], g[SIDE * SIDE], matrix[WCK_MATRIX];
    struct wck_image image = view(values, 1, SIDE, SIDE);
    struct wck_image upstream = view(g, 1, SIDE - 1, SIDE - 1);
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .source_width = SIDE,
                            .source_height = SIDE,
                            .output_width = SIDE - 1,
                            .output_height = SIDE - 1};
    struct wck_gradients gradients = {.matrix = matrix};
    struct wck_map_coverage_request request = {
        .warp = &warp, .image = &image, .upstream = &upstream, .matrix = matrix};
    struct wck_map_coverage c;

    ck_assert_int_eq(wck_map_matrix(&warp.map, kind, 2, m, direction, NULL), WCK_OK);
    for (size_t k = 0; k < SIDE * SIDE; k++) {
        values[k] = (double)(k * k % 11);
        g[k] = (double)(k % 5) - 1.5;
    }
    ck_assert_int_eq(wck_warp_vjp(&warp, &image, &upstream, &gradients, NULL), WCK_OK);
    for (int given = 0; given < 2; given++) {
        request.matrix = given ? matrix : NULL;
        ck_assert_int_eq(wck_map_coverage_explain(&c, &request, NULL), WCK_OK);
        ck_assert_uint_eq(c.matrix_covered, c.entries);
    }
    ck_assert_uint_eq(c.entries, kind == WCK_MAP_HOMOGRAPHY ? 9 : 6);
    matrix[4] = 0.0;
    matrix[1] = (double)NAN;
    ck_assert_int_eq(wck_map_coverage_explain(&c, &request, NULL), WCK_OK);
    ck_assert_int_eq(c.entry[4], 1 + WCK_MAP_LOST);
    ck_assert_int_eq(c.entry[1], 1 + WCK_MAP_NON_FINITE);
    ck_assert_uint_eq(c.matrix_covered, c.entries - 2);
    request.upstream_unknown = true;
    ck_assert_int_eq(wck_map_coverage_explain(&c, &request, NULL), WCK_OK);
    ck_assert_int_eq(c.entry[4], 1 + WCK_MAP_UNDETERMINED);
}

START_TEST(entries_of_every_matrix_are_those_of_the_references_gradient)
{
    compare_with_gradient(WCK_MAP_AFFINE, WCK_SOURCE_TO_OUTPUT);
    compare_with_gradient(WCK_MAP_AFFINE, WCK_OUTPUT_TO_SOURCE);
    compare_with_gradient(WCK_MAP_HOMOGRAPHY, WCK_SOURCE_TO_OUTPUT);
    compare_with_gradient(WCK_MAP_HOMOGRAPHY, WCK_OUTPUT_TO_SOURCE);
}
END_TEST

START_TEST(faults_are_the_entries_of_every_reason_that_is_one)
{
    struct wck_map_coverage c = {.samples = 0};
    size_t faults = 0;

    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        size_t n = (size_t)r + 1;

        c.reasons[WCK_X][r] = n;
        c.reasons[WCK_Y][r] = 100 * n;
        c.matrix_reasons[r] = 10000 * n;
        ck_assert_uint_eq(wck_map_coverage_count(&c, (enum wck_map_reason)r),
                          10101 * n);
        faults += wck_map_reason_row((enum wck_map_reason)r)->fault ? 10101 * n : 0;
        ck_assert_uint_eq(wck_map_coverage_faults(&c), faults);
    }
    ck_assert_uint_gt(faults, 0);
}
END_TEST

START_TEST(a_batch_of_maps_adds_up_item_by_item)
{
    struct scene one, two;
    struct wck_warp items[2];
    struct wck_map_coverage c;
    double values[4 * WIDTH * HEIGHT], given[2] = {0.5, 0.0};
    struct wck_tensor tensor =
        wck_tensor_contiguous(values, WCK_FLOAT64, 4, (size_t[]){2, 2, HEIGHT, WIDTH});
    struct wck_image image;

    start(&one);
    start(&two);
    look_away(&two);
    items[0] = one.warp;
    items[1] = two.warp;
    for (size_t i = 0; i < 4 * WIDTH * HEIGHT; i++)
        values[i] = (double)(i * i % 23);
    ck_assert_int_eq(wck_image_view(&image, &tensor, "NCHW", NULL), WCK_OK);
    one.request.warp = one.request.items = items;
    one.request.batch = 2;
    one.request.image = &image;
    one.request.upstream = NULL;
    one.request.uniform = 1.0;
    one.request.x = given;
    ck_assert_int_eq(wck_map_coverage_explain(&c, &one.request, NULL), WCK_OK);
    ck_assert_uint_eq(c.samples, 2);
    ck_assert_uint_eq(c.covered[WCK_X], 1);
    ck_assert_uint_eq(c.reasons[WCK_X][WCK_MAP_OUTSIDE], 1);
    ck_assert_uint_eq(c.matrices, 2);
    ck_assert_uint_eq(c.entries, 0);
}
END_TEST

Suite *wck_map_coverage_suite(void)
{
    Suite *suite = suite_create("map_coverage");
    TCase *tcase = tcase_create("map_coverage");

    tcase_add_loop_test(tcase, every_reason_has_a_witness_that_gives_exactly_it, 0,
                        WCK_MAP_REASON_COUNT);
    tcase_add_test(tcase, beyond_the_last_reason_there_is_no_row);
    tcase_add_test(tcase,
                   a_clip_of_the_coordinate_itself_is_clipped_and_a_reflection_a_rim);
    tcase_add_test(tcase, floor_and_ceil_of_a_whole_number_do_not_move);
    tcase_add_test(tcase, units_that_multiply_by_zero_are_an_axis_of_one_pixel);
    tcase_add_test(tcase, a_given_zero_is_told_by_a_coordinate_within_its_bound);
    tcase_add_test(tcase, a_given_zero_of_a_coordinate_without_a_bound_is_undetermined);
    tcase_add_test(tcase, what_the_roundings_of_the_slopes_leave_is_cancelled);
    tcase_add_test(tcase, an_entry_whose_sample_may_lie_on_a_flat_piece_is_not_lost);
    tcase_add_test(tcase,
                   an_entry_whose_sample_may_stand_still_beyond_the_rim_is_not_lost);
    tcase_add_test(tcase,
                   an_entry_that_cancels_at_the_other_side_of_a_knot_is_not_lost);
    tcase_add_test(tcase, a_given_matrix_is_judged_by_the_rounding_of_its_own_type);
    tcase_add_test(tcase, shapes_that_do_not_fit_the_map_are_refused);
    tcase_add_test(tcase, what_is_not_served_or_does_not_fit_is_refused);
    tcase_add_test(tcase, random_scenes_agree_with_the_brute_force_in_every_count);
    tcase_add_test(tcase, entries_of_every_matrix_are_those_of_the_references_gradient);
    tcase_add_test(tcase, faults_are_the_entries_of_every_reason_that_is_one);
    tcase_add_test(tcase, a_batch_of_maps_adds_up_item_by_item);
    suite_add_tcase(suite, tcase);
    return suite;
}
