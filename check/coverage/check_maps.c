/* Coverage of warps by other maps than a matrix in pixels, against the brute force. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/coverage/brute.h"
#include "check/suites.h"
#include "src/base/rng.h"
#include "src/coverage/coverage.h"

#define SIDE 9 /* most pixels along an axis */
#define SAMPLES (SIDE * SIDE)
#define SCENES 60

static const enum wck_reason reasons[BRUTE_REASONS] = {
    [BRUTE_OUT_OF_VIEW] = WCK_OUT_OF_VIEW,
    [BRUTE_FILLED] = WCK_FILLED,
    [BRUTE_SKIPPED] = WCK_SKIPPED,
    [BRUTE_ZERO_WEIGHT] = WCK_ZERO_WEIGHT,
    [BRUTE_UPSTREAM_ZERO] = WCK_UPSTREAM_ZERO,
    [BRUTE_CANCELLED] = WCK_CANCELLED,
};

/* One warp, its map's numbers, and the same for the brute force. */
struct scene {
    struct wck_warp warp;
    struct brute_scene brute;
    double x[SAMPLES], y[SAMPLES]; /* in pixels */
    double u[SAMPLES], v[SAMPLES]; /* as the map holds them */
    double homography[9];
    double upstream[SAMPLES];
};

static size_t random_side(struct wck_rng *rng)
{
    return 2 + (size_t)wck_rng_below(rng, SIDE - 1);
}

static void start(struct scene *scene, struct wck_rng *rng)
{
    memset(scene, 0, sizeof *scene);
    scene->warp = (struct wck_warp){
        .kernel = wck_kernel_find(wck_rng_below(rng, 2) == 0 ? "bilinear" : "nearest"),
        .border = wck_border_row((size_t)wck_rng_below(rng, wck_border_count())),
        .source_width = random_side(rng),
        .source_height = random_side(rng),
        .output_width = random_side(rng),
        .output_height = random_side(rng),
    };
    scene->brute = (struct brute_scene){
        .kernel = scene->warp.kernel->name,
        .border = scene->warp.border->name,
        .source_width = scene->warp.source_width,
        .source_height = scene->warp.source_height,
        .output_width = scene->warp.output_width,
        .output_height = scene->warp.output_height,
        .planes = 1,
        .upstream = scene->upstream,
    };
    for (size_t s = 0; s < SAMPLES; s++)
        scene->upstream[s] = (double)wck_rng_below(rng, 4) - 1.0;
}

/* A smooth map, jolted: eighths, so that whole coordinates occur, or many digits. */
static void by_coordinates(struct scene *scene, struct wck_rng *rng, bool digits)
{
    double across = 1.5 * wck_rng_gaussian(rng), down = 1.5 * wck_rng_gaussian(rng);

    for (size_t s = 0; s < wck_warp_samples(&scene->warp); s++) {
        double column = (double)(s % scene->warp.output_width);
        double row = (double)(s / scene->warp.output_width);
        double x = across * column + 0.4 * row + wck_rng_gaussian(rng);
        double y = down * row - 0.3 * column + wck_rng_gaussian(rng);

        scene->x[s] = digits ? x : nearbyint(8.0 * x) / 8.0;
        scene->y[s] = digits ? y : nearbyint(8.0 * y) / 8.0;
    }
    scene->warp.map = wck_map_coordinates(scene->x, scene->y);
    scene->brute.x = scene->x;
    scene->brute.y = scene->y;
}

/* The same numbers as a library has them: normalised, or as displacements. */
static void in_units(struct scene *scene, const char *units)
{
    const struct wck_units *row = wck_units_find(units);
    size_t width = scene->warp.source_width, height = scene->warp.source_height;

    for (size_t s = 0; s < wck_warp_samples(&scene->warp); s++) {
        scene->u[s] = row->of_pixel(scene->x[s], width);
        scene->v[s] = row->of_pixel(scene->y[s], height);
    }
    scene->warp.map = wck_map_coordinates(scene->u, scene->v);
    scene->warp.map.source_units = row;
}

static void as_displacements(struct scene *scene)
{
    size_t width = scene->warp.output_width;

    for (size_t s = 0; s < wck_warp_samples(&scene->warp); s++) {
        scene->u[s] = scene->x[s] - (double)(s % width);
        scene->v[s] = scene->y[s] - (double)(s / width);
    }
    scene->warp.map = wck_map_coordinates(scene->u, scene->v);
    scene->warp.map.kind = WCK_MAP_DISPLACEMENT;
}

/* Coordinates too far away are not for a brute force that steps back one period at a
 * time. */
static bool is_near(const struct scene *scene, const double h[9])
{
    for (size_t s = 0; s < wck_warp_samples(&scene->warp); s++) {
        double column = (double)(s % scene->warp.output_width);
        double row = (double)(s / scene->warp.output_width);
        double w = h[6] * column + h[7] * row + h[8];

        for (int a = 0; a < 6; a += 3) {
            if (!(fabs((h[a] * column + h[a + 1] * row + h[a + 2]) / w) < 400.0))
                return false;
        }
    }
    return true;
}

/* Is W of both signs at the samples? */
static bool crosses_horizon(const struct scene *scene)
{
    const double *h = scene->homography;
    bool above = false, below = false;

    for (size_t s = 0; s < wck_warp_samples(&scene->warp); s++) {
        double w = h[6] * (double)(s % scene->warp.output_width) +
                   h[7] * (double)(s / scene->warp.output_width) + h[8];

        above = above || w > 0.0;
        below = below || w < 0.0;
    }
    return above && below;
}

static void by_homography(struct scene *scene, struct wck_rng *rng)
{
    double *h = scene->homography;

    do {
        for (int i = 0; i < 9; i++)
            h[i] = (i >= 6 ? 0.2 : i % 3 == 2 ? 4.0 : 1.2) * wck_rng_gaussian(rng);
        h[8] = 1.0;
    } while (!is_near(scene, h) ||
             wck_map_matrix(&scene->warp.map, WCK_MAP_HOMOGRAPHY, 2, h,
                            WCK_OUTPUT_TO_SOURCE, NULL) != WCK_OK);
    scene->brute.homography = h;
}

static void compare(struct scene *scene, const char *what, size_t seen[BRUTE_REASONS])
{
    size_t shape[2] = {scene->warp.output_height, scene->warp.output_width};
    struct wck_tensor tensor =
        wck_tensor_contiguous(scene->upstream, WCK_FLOAT64, 2, shape);
    struct wck_image upstream;
    struct wck_coverage_request request = {.warp = &scene->warp, .upstream = &upstream};
    struct wck_coverage c;
    struct brute_result brute = brute_explain(&scene->brute);

    ck_assert_int_eq(wck_image_view(&upstream, &tensor, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_coverage_explain(&c, &request, NULL), WCK_OK);
    for (size_t p = 0; p < c.pixels_total; p++) {
        enum brute_reason want = brute.reason[p];

        ck_assert_msg(c.reason[p] == (want == BRUTE_COVERED ? 0 : 1 + reasons[want]),
                      "%s: pixel (%zu, %zu): %d, brute force %d", what, p % c.width,
                      p / c.width, c.reason[p] - 1, (int)want);
        seen[want]++;
    }
    ck_assert_uint_eq(c.framed_pixels, brute.framed_pixels);
    ck_assert_uint_eq(c.entries_covered, brute.entries[BRUTE_COVERED]);
    for (int k = 1; k < BRUTE_REASONS; k++)
        ck_assert_uint_eq(c.reason_entries[reasons[k]], brute.entries[k]);
    free(brute.reason);
    wck_coverage_release(&c);
}

START_TEST(coordinate_maps_agree_with_the_brute_force_in_every_entry)
{
    size_t seen[BRUTE_REASONS] = {0};

    for (int i = 0; i < SCENES; i++) {
        struct wck_rng rng = wck_rng_start(7130, (uint64_t)i);
        struct scene scene;

        start(&scene, &rng);
        by_coordinates(&scene, &rng, i % 2 == 0);
        scene.brute.fills = i % 3 == 0;
        scene.warp.fold = i % 3 == 0 ? wck_fold_find("fill") : NULL;
        compare(&scene, "coordinates", seen);
    }
    for (int k = 0; k < BRUTE_REASONS; k++)
        ck_assert_msg(seen[k] > 0, "no entry has reason %d", k);
}
END_TEST

START_TEST(normalised_grids_and_displacements_agree_with_the_brute_force)
{
    static const char *const units[] = {"centres", "edges"};
    size_t seen[BRUTE_REASONS] = {0};

    for (int i = 0; i < SCENES; i++) {
        struct wck_rng rng = wck_rng_start(7131, (uint64_t)i);
        struct scene scene;

        start(&scene, &rng);
        by_coordinates(&scene, &rng, true);
        if (i % 3 < 2)
            in_units(&scene, units[i % 3]);
        else
            as_displacements(&scene);
        compare(&scene, i % 3 < 2 ? units[i % 3] : "displacements", seen);
    }
    ck_assert_uint_gt(seen[BRUTE_OUT_OF_VIEW], 100);
    ck_assert_uint_gt(seen[BRUTE_SKIPPED], 100);
}
END_TEST

START_TEST(homographies_agree_with_the_brute_force_beyond_the_horizon_too)
{
    size_t seen[BRUTE_REASONS] = {0}, crossing = 0;

    for (int i = 0; i < SCENES; i++) {
        struct wck_rng rng = wck_rng_start(7132, (uint64_t)i);
        struct scene scene;

        start(&scene, &rng);
        by_homography(&scene, &rng);
        crossing += crosses_horizon(&scene);
        compare(&scene, "homography", seen);
    }
    ck_assert_uint_gt(crossing, 5);
    ck_assert_uint_gt(seen[BRUTE_OUT_OF_VIEW], 100);
    ck_assert_uint_gt(seen[BRUTE_SKIPPED], 20);
}
END_TEST

/* The inverse matrix, given the other way round, makes the same map. */
START_TEST(a_homography_from_source_to_output_has_the_frame_of_its_inverse)
{
    const double h[9] = {1.1, 0.2, 2.3, -0.1, 0.9, 1.7, 0.013, -0.021, 1.0};
    double inverse[9];
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .source_width = 17,
                            .source_height = 13,
                            .output_width = 11,
                            .output_height = 7};
    struct wck_coverage_request request = {.warp = &warp, .uniform = 1.0};
    struct wck_coverage one, other;

    ck_assert_int_eq(
        wck_map_matrix(&warp.map, WCK_MAP_HOMOGRAPHY, 2, h, WCK_SOURCE_TO_OUTPUT, NULL),
        WCK_OK);
    memcpy(inverse, warp.map.backward, sizeof inverse);
    ck_assert_int_eq(wck_coverage_explain(&one, &request, NULL), WCK_OK);
    ck_assert_int_eq(wck_map_matrix(&warp.map, WCK_MAP_HOMOGRAPHY, 2, inverse,
                                    WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_coverage_explain(&other, &request, NULL), WCK_OK);
    ck_assert_uint_gt(one.framed_pixels, 10);
    ck_assert_uint_gt(one.reason_entries[WCK_OUT_OF_VIEW], 10);
    ck_assert_uint_eq(one.framed_pixels, other.framed_pixels);
    ck_assert_mem_eq(one.reason, other.reason, one.entries_total);
    wck_coverage_release(&one);
    wck_coverage_release(&other);
}
END_TEST

/* A matrix between normalised numbers is one between pixels, by its units. */
START_TEST(an_affine_matrix_in_units_agrees_with_the_brute_force)
{
    static const char *const names[] = {"centres", "edges"};
    const struct wck_units *units = wck_units_find(names[_i]);
    size_t seen[BRUTE_REASONS] = {0};

    for (int i = 0; i < SCENES; i++) {
        struct wck_rng rng = wck_rng_start(7133, (uint64_t)i);
        struct scene scene;
        double m[6];

        start(&scene, &rng);
        for (int k = 0; k < 6; k++)
            m[k] = 0.8 * wck_rng_gaussian(&rng);
        if (wck_map_matrix(&scene.warp.map, WCK_MAP_AFFINE, 2, m, WCK_OUTPUT_TO_SOURCE,
                           NULL) != WCK_OK)
            continue;
        scene.warp.map.source_units = scene.warp.map.output_units = units;
        for (int axis = 0; axis < 2; axis++) {
            size_t n = axis == 0 ? scene.warp.source_width : scene.warp.source_height;
            double u[3];

            for (int k = 0; k < 3; k++) { /* at (0, 0), (1, 0) and (0, 1) */
                double column = units->of_pixel(k == 1, scene.warp.output_width);
                double row = units->of_pixel(k == 2, scene.warp.output_height);

                u[k] = units->to_pixel(
                    m[3 * axis] * column + m[3 * axis + 1] * row + m[3 * axis + 2], n);
            }
            scene.brute.backward[3 * axis] = u[1] - u[0];
            scene.brute.backward[3 * axis + 1] = u[2] - u[0];
            scene.brute.backward[3 * axis + 2] = u[0];
        }
        compare(&scene, names[_i], seen);
    }
    ck_assert_uint_gt(seen[BRUTE_OUT_OF_VIEW], 100);
}
END_TEST

/* Every batch item has a warp of its own: each plane is that of its item alone. */
START_TEST(a_batch_of_maps_is_explained_item_by_item)
{
    struct wck_rng rng = wck_rng_start(7134, 0);
    struct scene scene[2];
    struct wck_warp items[2];
    struct wck_coverage_request request = {
        .batch = 2, .channels = 2, .items = items, .warp = items, .uniform = 1.0};
    struct wck_coverage both;
    size_t pixels;

    start(&scene[0], &rng);
    scene[1] = scene[0];
    for (int i = 0; i < 2; i++) {
        by_coordinates(&scene[i], &rng, true);
        scene[i].brute.upstream = NULL;
        items[i] = scene[i].warp;
    }
    ck_assert_int_eq(wck_coverage_explain(&both, &request, NULL), WCK_OK);
    pixels = both.pixels_total;
    for (size_t i = 0; i < 2; i++) {
        struct brute_result brute = brute_explain(&scene[i].brute);

        for (size_t p = 0; p < 2 * pixels; p++) {
            enum brute_reason want = brute.reason[p % pixels];

            ck_assert_int_eq(both.reason[2 * i * pixels + p],
                             want == BRUTE_COVERED ? 0 : 1 + reasons[want]);
        }
        free(brute.reason);
    }
    for (size_t p = 0; p < pixels; p++) {
        int least = both.reason[p] < both.reason[2 * pixels + p]
                        ? both.reason[p]
                        : both.reason[2 * pixels + p];

        ck_assert_int_eq(both.pixel_reason[p], least);
    }
    wck_coverage_release(&both);
}
END_TEST

static double a_quarter(const void *state, size_t item, size_t sample, double x,
                        double y, double bound[2])
{
    ck_assert(x >= 0.0 && y >= 0.0);
    ck_assert_ptr_eq(state, reasons);
    ck_assert_uint_lt(item, 2);
    bound[WCK_X] = bound[WCK_Y] = 0.25;
    return sample == 0 ? 0.25 : 0.0;
}

/* Sample 0 lies 0.2 from column 1, which no other reads: its coordinate may be off by
 * more. */
START_TEST(a_given_zero_within_the_error_of_its_samples_weight_is_zero_weight)
{
    double x[4] = {0.2, 3.5, 0.0, 3.5}, y[4] = {0.0, 0.0, 1.0, 1.0};
    double zero[16] = {0.0};
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .map = wck_map_coordinates(x, y),
                            .source_width = 8,
                            .source_height = 2,
                            .output_width = 2,
                            .output_height = 2};
    struct wck_tensor tensor =
        wck_tensor_contiguous(zero, WCK_FLOAT64, 2, (size_t[]){2, 8});
    struct wck_image gradient;
    struct wck_coverage_request request = {.warp = &warp,
                                           .gradient = &gradient,
                                           .uniform = 1.0,
                                           .weight_error_state = reasons};
    struct wck_coverage c;

    ck_assert_int_eq(wck_image_view(&gradient, &tensor, "HW", NULL), WCK_OK);
    for (int bounded = 0; bounded < 2; bounded++) {
        request.weight_error = bounded ? a_quarter : NULL;
        ck_assert_int_eq(wck_coverage_explain(&c, &request, NULL), WCK_OK);
        ck_assert_int_eq(c.reason[1],
                         1 + (bounded ? WCK_ZERO_WEIGHT : WCK_LOST_IN_BACKWARD));
        ck_assert_int_eq(c.reason[3], 1 + WCK_LOST_IN_BACKWARD);
        wck_coverage_release(&c);
    }
}
END_TEST

START_TEST(what_the_taps_of_a_sample_do_not_say_is_refused)
{
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .source_width = 5,
                            .source_height = 4,
                            .output_width = 5,
                            .output_height = 4};
    const double m[12] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
    struct wck_coverage_request request = {.warp = &warp, .uniform = 1.0};
    struct wck_coverage c;
    struct wck_error volume = {0}, clipped = {0};

    ck_assert_int_eq(
        wck_map_matrix(&warp.map, WCK_MAP_AFFINE, 3, m, WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
    warp.source_depth = warp.output_depth = 2;
    ck_assert_int_eq(wck_coverage_explain(&c, &request, &volume), WCK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(volume.text, "volumes"));
    wck_coverage_release(&c);
    warp.source_depth = warp.output_depth = 0;
    warp.map = (struct wck_map){0};
    ck_assert_int_eq(wck_map_affine(&warp.map, (double[]){1, 0, 0.5, 0, 1, 0.5},
                                    WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    warp.clips = true;
    ck_assert_int_eq(wck_coverage_explain(&c, &request, &clipped), WCK_UNSUPPORTED);
    ck_assert_uint_gt(strlen(clipped.text), 0);
    wck_coverage_release(&c);
}
END_TEST

Suite *wck_maps_suite(void)
{
    Suite *suite = suite_create("maps");
    TCase *tcase = tcase_create("maps");

    tcase_add_test(tcase, coordinate_maps_agree_with_the_brute_force_in_every_entry);
    tcase_add_test(tcase,
                   normalised_grids_and_displacements_agree_with_the_brute_force);
    tcase_add_test(tcase,
                   homographies_agree_with_the_brute_force_beyond_the_horizon_too);
    tcase_add_test(tcase,
                   a_homography_from_source_to_output_has_the_frame_of_its_inverse);
    tcase_add_loop_test(tcase, an_affine_matrix_in_units_agrees_with_the_brute_force, 0,
                        2);
    tcase_add_test(tcase, a_batch_of_maps_is_explained_item_by_item);
    tcase_add_test(tcase,
                   a_given_zero_within_the_error_of_its_samples_weight_is_zero_weight);
    tcase_add_test(tcase, what_the_taps_of_a_sample_do_not_say_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
