#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/coverage/brute.h"
#include "check/suites.h"
#include "src/base/rng.h"
#include "src/run/landing.h"
#include "src/run/survey.h"
#include "src/run/window.h"

static struct wck_warp warp_of(const char *border, size_t source_height,
                               size_t source_width, size_t output_height,
                               size_t output_width)
{
    return (struct wck_warp){
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find(border),
        .source_width = source_width,
        .source_height = source_height,
        .output_width = output_width,
        .output_height = output_height,
    };
}

static void set_matrix(struct wck_warp *warp, enum wck_direction direction,
                       const double m[6])
{
    ck_assert_int_eq(wck_map_affine(&warp->map, m, direction, NULL), WCK_OK);
}

static struct wck_survey_request request_of(const struct wck_warp *warp)
{
    return (struct wck_survey_request){
        .warp = warp,
        .layout = "HWC",
        .channels = 3,
        .dtype = WCK_FLOAT32,
        .what_if = true,
    };
}

static struct wck_survey run(const struct wck_survey_request *request)
{
    struct wck_survey survey;
    struct wck_error err = {.status = WCK_OK};

    ck_assert_msg(wck_survey_run(&survey, request, &err) == WCK_OK, "%s", err.text);
    return survey;
}

/* The row whose remedy begins with these words. */
static const struct wck_what_if *find_row(const struct wck_survey *survey,
                                          const char *words)
{
    for (size_t i = 0; i < survey->what_ifs; i++) {
        const char *remedy = survey->what_if[i].remedy;

        if (strncmp(remedy, words, strlen(words)) == 0 &&
            (remedy[strlen(words)] == '\0' || remedy[strlen(words)] == ' '))
            return &survey->what_if[i];
    }
    return NULL;
}

static const char *find_note(const struct wck_survey *survey, const char *part)
{
    for (size_t i = 0; i < survey->note_count; i++) {
        if (strstr(survey->notes[i], part) != NULL)
            return survey->notes[i];
    }
    return NULL;
}

static void assert_row(const struct wck_survey *survey, const char *prefix,
                       size_t pixels, size_t entries, const char *options)
{
    const struct wck_what_if *row = find_row(survey, prefix);

    ck_assert_msg(row != NULL, "no row of %s", prefix);
    ck_assert_msg(row->pixels_covered == pixels, "%s: %zu pixels", prefix,
                  row->pixels_covered);
    ck_assert_uint_eq(row->entries_covered, entries);
    ck_assert_uint_gt(strlen(row->cost), 0);
    if (options != NULL)
        ck_assert_str_eq(row->options, options);
}

static void assert_note(const struct wck_survey *survey, const char *part)
{
    ck_assert_msg(find_note(survey, part) != NULL, "no note says \"%s\"", part);
}

/* The pixels that a remedy would revive or keep are as many as its row says. */
static void assert_revived_agrees(const struct wck_survey *survey)
{
    for (size_t i = 0; i < survey->what_ifs; i++) {
        size_t pixels = 0;

        for (size_t p = 0; p < survey->coverage.pixels_total; p++)
            pixels += survey->revived[p] >> i & 1U;
        ck_assert_uint_eq(pixels, survey->what_if[i].pixels_covered);
    }
}

static const double story[6] = {1, 0, 10, 0, 1, 20};

START_TEST(the_story_is_told_with_its_remedies)
{
    struct wck_warp warp = warp_of("constant", 64, 64, 64, 64);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, story);
    survey = run(&request);
    ck_assert_uint_eq(survey.coverage.pixels_covered, 2376);
    ck_assert_uint_eq(survey.coverage.entries_covered, 7128);
    assert_row(&survey, "kernel nearest", 2376, 7128, "--kernel nearest");
    assert_row(&survey, "border replicate", 2376, 7128, "--border replicate");
    assert_row(&survey, "border reflect", 2376, 7128, "--border reflect");
    assert_row(&survey, "border reflect_101", 2376, 7128, "--border reflect_101");
    assert_row(&survey, "border wrap", 4096, 12288, "--border wrap");
    assert_row(&survey, "output 84x74", 4096, 12288, "--output 84x74");
    assert_row(&survey, "jitter", 2475, 7425, "--matrix '1 0 9.75; 0 1 19.75'");
    assert_row(&survey, "straight-through", 2475, 7425, NULL);
    assert_revived_agrees(&survey);
    ck_assert(find_row(&survey, "straight-through")->surrogate);
    ck_assert_ptr_null(find_row(&survey, "straight-through")->options);
    ck_assert_ptr_null(find_row(&survey, "border constant"));
    ck_assert_ptr_null(find_row(&survey, "kernel bilinear"));
    assert_note(&survey, "covers 58.0% of the image");
    assert_note(&survey, "row 44 and column 54");
    wck_survey_release(&survey);
}
END_TEST

START_TEST(the_opposite_shift_needs_a_translation_to_be_seen_whole)
{
    const double m[6] = {1, 0, -10, 0, 1, -20};
    struct wck_warp warp = warp_of("replicate", 64, 64, 64, 64);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, m);
    survey = run(&request);
    assert_row(&survey, "output 64x64 moved by (10, 20)", 4096, 12288,
               "--output 64x64 --matrix '1 0 0; 0 1 0'");
    assert_row(&survey, "straight-through", 2376, 7128, NULL);
    ck_assert_ptr_null(find_note(&survey, "weight of exactly 0"));
    wck_survey_release(&survey);
}
END_TEST

START_TEST(an_image_that_is_covered_needs_no_other_output)
{
    struct wck_warp warp = warp_of("wrap", 64, 64, 64, 64);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, story);
    survey = run(&request);
    ck_assert_uint_eq(survey.coverage.pixels_covered, 4096);
    ck_assert_ptr_null(find_row(&survey, "output"));
    wck_survey_release(&survey);
}
END_TEST

START_TEST(the_face_scene_says_what_a_print_hides)
{
    const double m[6] = {0.2873, 0.0791, -98.37, -0.0791, 0.2873, -41.93};
    struct wck_warp warp = warp_of("constant", 1024, 1024, 112, 112);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;
    const char *note, *region;
    size_t y[2], x[2], covered = 0;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, m);
    request.what_if = false;
    survey = run(&request);
    assert_note(&survey, "The output's frame covers 13.5% of the image");
    assert_note(&survey, "samples the image only every 3.36 pixels");
    note = find_note(&survey, "four corners");
    ck_assert_ptr_nonnull(note);
    ck_assert_ptr_nonnull(strstr(note, "out of view"));
    region = strstr(note, "grad[");
    ck_assert_ptr_nonnull(region);
    ck_assert_int_eq(
        sscanf(region, "grad[%zu:%zu, %zu:%zu]", &y[0], &y[1], &x[0], &x[1]), 4);
    for (size_t p = y[0] * 1024; p < y[1] * 1024; p++)
        covered += p % 1024 >= x[0] && p % 1024 < x[1] &&
                   survey.coverage.pixel_reason[p] == WCK_COVERED;
    ck_assert_uint_eq((y[1] - y[0]) * (x[1] - x[0]), 100);
    ck_assert_uint_gt(covered, 30);
    ck_assert_uint_eq(survey.what_ifs, 0);
    wck_survey_release(&survey);
}
END_TEST

START_TEST(the_region_to_print_follows_the_layout)
{
    static const struct {
        const char *layout, *region;
    } cases[] = {
        {"HWC", "grad[10:20, 11:21] instead"},
        {"CHW", "grad[:, 10:20, 11:21] instead"},
        {"NHWC", "grad[:, 10:20, 11:21] instead"},
        {"NCHW", "grad[:, :, 10:20, 11:21] instead"},
        {"WHC", "grad[11:21, 10:20] instead"},
    };
    const double m[6] = {1, 0, -11, 0, 1, -10};
    struct wck_warp warp = warp_of("constant", 40, 30, 10, 10);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, m);
    request.layout = cases[_i].layout;
    request.what_if = false;
    survey = run(&request);
    assert_note(&survey, cases[_i].region);
    wck_survey_release(&survey);
}
END_TEST

START_TEST(a_small_gradient_is_printed_whole)
{
    const double m[6] = {1, 0, -5, 0, 1, -5};
    struct wck_warp warp = warp_of("constant", 15, 16, 4, 4);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, m);
    survey = run(&request);
    ck_assert_ptr_null(find_note(&survey, "four corners"));
    wck_survey_release(&survey);
}
END_TEST

/* The scene that a row's options ask for, as the command line would read them. */
static struct brute_scene follow(const struct wck_survey_request *request,
                                 const struct wck_what_if *row, double *upstream)
{
    const struct wck_warp *warp = request->warp;
    struct wck_warp other = *warp;
    struct brute_scene scene = {.planes = request->channels, .upstream = upstream};
    const char *matrix = strstr(row->options, "--matrix '");
    const char *border = strstr(row->options, "--border ");
    const char *kernel = strstr(row->options, "--kernel ");
    const char *output = strstr(row->options, "--output ");
    double m[6];

    if (matrix != NULL) {
        ck_assert_int_eq(sscanf(matrix, "--matrix '%lf %lf %lf; %lf %lf %lf'", &m[0],
                                &m[1], &m[2], &m[3], &m[4], &m[5]),
                         6);
        set_matrix(&other, warp->map.direction, m);
    }
    if (output != NULL) {
        ck_assert_int_eq(sscanf(output, "--output %zux%zu", &other.output_height,
                                &other.output_width),
                         2);
        scene.upstream = NULL;
    }
    scene.kernel = kernel != NULL ? kernel + strlen("--kernel ") : warp->kernel->name;
    scene.border = border != NULL ? border + strlen("--border ") : warp->border->name;
    memcpy(scene.backward, other.map.backward, sizeof scene.backward);
    scene.source_width = warp->source_width;
    scene.source_height = warp->source_height;
    scene.output_width = other.output_width;
    scene.output_height = other.output_height;
    return scene;
}

/* Brute force knows the kernels of its header, and warps of one sample an output;
 * check_what_if.c holds every row. */
static bool brute_knows(const struct wck_what_if *row)
{
    static const char *const unknown[] = {
        "kernel nearest-", "kernel bilinear-", "kernel spline",      "multi-sampling",
        "mipmap",          "prefilter",        "straight-through, ",
    };

    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        if (strncmp(row->remedy, unknown[i], strlen(unknown[i])) == 0)
            return false;
    }
    return true;
}

/* The rows that brute force knows, against one of what their options say. */
static void assert_rows_hold(const struct wck_survey *survey,
                             const struct wck_survey_request *request, double *upstream)
{
    for (size_t i = 0; i < survey->what_ifs; i++) {
        const struct wck_what_if *row = &survey->what_if[i];
        struct wck_what_if same = {.options = (char[]){""}};
        struct brute_scene scene;
        struct brute_result brute;

        if (!brute_knows(row))
            continue;
        scene = follow(request, row->options != NULL ? row : &same, upstream);
        brute = brute_explain(&scene);
        if (row->surrogate) {
            ck_assert_uint_eq(row->pixels_covered, brute.listed_pixels);
            ck_assert_uint_eq(row->entries_covered, brute.listed_entries);
        } else {
            ck_assert_msg(row->pixels_covered == brute.pixels[BRUTE_COVERED],
                          "%s: %zu pixels, brute force %zu", row->remedy,
                          row->pixels_covered, brute.pixels[BRUTE_COVERED]);
            ck_assert_uint_eq(row->entries_covered, brute.entries[BRUTE_COVERED]);
        }
        free(brute.reason);
    }
}

#define SIDE 12
#define SCENES 20

/* Eighths in even scenes (exact, with ties), many digits in odd ones. */
static void survey_random_scene(int i)
{
    struct wck_rng rng = wck_rng_start(2475, (uint64_t)i);
    struct wck_warp warp =
        warp_of(wck_border_row((size_t)i % 5)->name, 1 + wck_rng_below(&rng, SIDE),
                1 + wck_rng_below(&rng, SIDE), 1 + wck_rng_below(&rng, SIDE),
                1 + wck_rng_below(&rng, SIDE));
    double m[6], data[2 * SIDE * SIDE];
    size_t shape[3] = {warp.output_height, warp.output_width, 2};
    struct wck_tensor tensor = wck_tensor_contiguous(data, WCK_FLOAT64, 3, shape);
    struct wck_image upstream;
    double planes[2 * SIDE * SIDE];
    size_t outputs = wck_warp_samples(&warp);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    do {
        for (int k = 0; k < 6; k++) {
            m[k] = (k % 3 == 2 ? 4.0 : 1.1) * wck_rng_gaussian(&rng);
            m[k] = i % 2 == 0 ? nearbyint(8.0 * m[k]) / 8.0 : m[k];
        }
    } while (wck_map_affine(&warp.map, m,
                            i % 4 == 3 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE,
                            NULL) != WCK_OK);
    for (size_t k = 0; k < 2 * outputs; k++) {
        data[k] = (double)wck_rng_below(&rng, 3);
        planes[k % 2 * outputs + k / 2] = data[k];
    }
    ck_assert_int_eq(wck_image_view(&upstream, &tensor, "HWC", NULL), WCK_OK);
    request.channels = 2;
    request.dtype = WCK_FLOAT64;
    request.upstream = i % 3 == 0 ? NULL : &upstream;
    survey = run(&request);
    assert_rows_hold(&survey, &request, i % 3 == 0 ? NULL : planes);
    if (i % 3 != 0 && find_row(&survey, "output") != NULL)
        ck_assert(find_row(&survey, "output")->pixels_covered == 0 ||
                  strstr(find_row(&survey, "output")->cost, "uniform") != NULL ||
                  strstr(find_row(&survey, "output")->options, "--matrix") != NULL);
    wck_survey_release(&survey);
}

START_TEST(every_predicted_count_is_that_of_a_brute_force_of_its_options)
{
    for (int i = 0; i < SCENES; i++)
        survey_random_scene(SCENES * _i + i);
}
END_TEST

/* Does the output cut to columns from .. to of itself still read all that it read? */
static size_t covered_without(const struct brute_scene *scene, int axis, bool high)
{
    struct brute_scene cut = *scene;
    struct brute_result brute;
    size_t covered;

    if (axis == 0)
        cut.output_width--;
    else
        cut.output_height--;
    if (!high) {
        cut.backward[2] += cut.backward[axis];
        cut.backward[5] += cut.backward[3 + axis];
    }
    if (cut.output_width == 0 || cut.output_height == 0)
        return 0;
    brute = brute_explain(&cut);
    covered = brute.pixels[BRUTE_COVERED];
    free(brute.reason);
    return covered;
}

START_TEST(no_side_of_the_landing_can_be_drawn_in_further)
{
    for (uint64_t i = 0; i < 60; i++) {
        struct wck_rng rng = wck_rng_start(84, i);
        struct wck_warp warp = warp_of("constant", 5, 7, 3, 4);
        struct brute_scene scene = {.kernel = "bilinear",
                                    .border = "constant",
                                    .source_width = 7,
                                    .source_height = 5,
                                    .planes = 1};
        struct wck_landing landing;
        struct brute_result brute;
        double m[6];

        for (int k = 0; k < 6; k++)
            m[k] = (k % 3 == 2 ? 6.0 : 1.3) * wck_rng_gaussian(&rng);
        set_matrix(&warp, i % 2 == 0 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE, m);
        ck_assert_int_eq(wck_landing_find(&landing, &warp, NULL), WCK_OK);
        if (!landing.tried)
            continue;
        set_matrix(&warp, warp.map.direction, landing.matrix);
        memcpy(scene.backward, warp.map.backward, sizeof scene.backward);
        scene.output_width = landing.width;
        scene.output_height = landing.height;
        brute = brute_explain(&scene);
        for (int axis = 0; axis < 2; axis++) {
            double shift = axis == 0 ? landing.shift_x : landing.shift_y;

            ck_assert_uint_lt(covered_without(&scene, axis, true),
                              brute.pixels[BRUTE_COVERED]);
            /* A side left at output pixel 0 was not drawn in. */
            if (shift > 0.0)
                ck_assert_uint_lt(covered_without(&scene, axis, false),
                                  brute.pixels[BRUTE_COVERED]);
        }
        free(brute.reason);
    }
}
END_TEST

START_TEST(an_image_that_lands_far_away_is_moved_back)
{
    const double m[6] = {1, 0, 1e9, 0, 1, -20};
    struct wck_warp warp = warp_of("constant", 12, 17, 9, 8);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, m);
    survey = run(&request);
    assert_row(&survey, "output 12x17 moved by (-1000000000, 20)", 204, 612, NULL);
    assert_note(&survey, "matrix meant the other way round");
    wck_survey_release(&survey);
}
END_TEST

START_TEST(an_absurd_output_is_not_tried_and_the_survey_says_why)
{
    static const double matrices[][6] = {
        {1, 0, 1e11, 0, 1, 20},    /* too far off */
        {9e4, 0, 0, 0, 1.5e4, 20}, /* too large */
    };
    struct wck_warp warp = warp_of("constant", 12, 17, 9, 8);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, matrices[_i]);
    survey = run(&request);
    ck_assert_ptr_null(find_row(&survey, "output"));
    assert_note(&survey, "No output size is offered");
    wck_survey_release(&survey);
}
END_TEST

START_TEST(an_output_that_still_skips_pixels_says_so)
{
    const double m[6] = {3.25, 0, 2.1875, 0, 2.75, 1.0625};
    struct wck_warp warp = warp_of("constant", 40, 50, 5, 6);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;
    const struct wck_what_if *row;

    set_matrix(&warp, WCK_OUTPUT_TO_SOURCE, m);
    survey = run(&request);
    row = find_row(&survey, "output");
    ck_assert_ptr_nonnull(row);
    ck_assert_uint_lt(row->pixels_covered, 40 * 50);
    ck_assert_ptr_nonnull(strstr(row->cost, "skip some pixels"));
    assert_note(&survey, "every 3.25 pixels along its rows and every 2.75");
    wck_survey_release(&survey);
}
END_TEST

START_TEST(remedies_are_refused_but_of_a_matrix_in_pixels)
{
    const double x[] = {1.0, 6.0, 1.0, 6.0, 3.0, 9.0}, y[] = {1, 1, 5, 5, 9, 9};
    const double projective[9] = {1, 0, 2, 0, 1, 1, 0.001, 0, 1};
    struct wck_warp warp = warp_of("constant", 12, 17, 3, 2);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;
    struct wck_error err = {.status = WCK_OK};
    struct wck_coverage_report report;

    warp.map = wck_map_coordinates(x, y);
    ck_assert_int_eq(wck_survey_run(&survey, &request, &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "by a 2x3 matrix in pixels"));
    wck_survey_release(&survey);
    request.what_if = false;
    survey = run(&request);
    ck_assert_uint_eq(survey.coverage.pixels_covered, 6);
    assert_note(&survey, "In places neighbouring samples lie further apart");
    report = wck_survey_report(&survey, &request);
    ck_assert_ptr_null(report.direction);
    wck_survey_release(&survey);
    request.what_if = true;
    ck_assert_int_eq(wck_map_matrix(&warp.map, WCK_MAP_HOMOGRAPHY, 2, projective,
                                    WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_survey_run(&survey, &request, NULL), WCK_INVALID);
    wck_survey_release(&survey);
    set_matrix(&warp, WCK_OUTPUT_TO_SOURCE, story);
    request.items = &warp;
    ck_assert_int_eq(wck_survey_run(&survey, &request, NULL), WCK_INVALID);
    wck_survey_release(&survey);
    request.items = NULL;
    warp.map.source_units = wck_units_row(1);
    ck_assert_int_eq(wck_survey_run(&survey, &request, NULL), WCK_INVALID);
    wck_survey_release(&survey);
}
END_TEST

START_TEST(a_gradient_without_its_upstream_says_how_to_record_it)
{
    struct wck_warp warp = warp_of("constant", 6, 7, 6, 7);
    struct wck_survey_request request = request_of(&warp);
    double data[6 * 7] = {0};
    struct wck_tensor tensor =
        wck_tensor_contiguous(data, WCK_FLOAT64, 2, (size_t[]){6, 7});
    struct wck_image gradient;
    struct wck_survey survey;

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, (double[]){1, 0, 1.375, 0, 1, 0.8125});
    ck_assert_int_eq(wck_image_view(&gradient, &tensor, "HW", NULL), WCK_OK);
    request.layout = "HW";
    request.channels = 0;
    request.gradient = &gradient;
    survey = run(&request);
    ck_assert_uint_gt(survey.coverage.reason_entries[WCK_UNDETERMINED], 0);
    assert_note(&survey, "output.retain_grad()");
    wck_survey_release(&survey);
    request.uniform = -0.25;
    survey = run(&request);
    ck_assert_uint_eq(survey.coverage.reason_entries[WCK_UNDETERMINED], 0);
    ck_assert_uint_gt(survey.coverage.reason_entries[WCK_LOST_IN_BACKWARD], 0);
    ck_assert_ptr_null(find_note(&survey, "output.retain_grad()"));
    wck_survey_release(&survey);
}
END_TEST

START_TEST(what_does_not_fit_a_recorded_gradient_is_said)
{
    struct wck_warp warp = warp_of("constant", 6, 7, 6, 7);
    struct wck_survey_request request = request_of(&warp);
    double data[6 * 7], sent[6 * 7];
    struct wck_tensor tensor =
        wck_tensor_contiguous(data, WCK_FLOAT64, 2, (size_t[]){6, 7});
    struct wck_tensor output =
        wck_tensor_contiguous(sent, WCK_FLOAT64, 2, (size_t[]){6, 7});
    struct wck_image gradient, upstream;
    struct wck_survey survey;

    for (size_t p = 0; p < 6 * 7; p++) {
        data[p] = p == 0 ? 1e-9 : 1.25;
        sent[p] = p == 3 ? (double)NAN : 1.25;
    }
    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, (double[]){1, 0, 3, 0, 1, 1});
    ck_assert_int_eq(wck_image_view(&gradient, &tensor, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&upstream, &output, "HW", NULL), WCK_OK);
    request.layout = "HW";
    request.channels = 1;
    request.gradient = &gradient;
    request.upstream = &upstream;
    survey = run(&request);
    assert_note(&survey, "made by another warp");
    assert_note(&survey, "1 outputs have a source coordinate or an upstream");
    assert_note(&survey, "1 of the covered entries get less than a millionth");
    wck_survey_release(&survey);
}
END_TEST

START_TEST(zero_weights_are_placed_by_row_or_by_column_or_counted)
{
    static const struct {
        double m[6];
        const char *said;
    } cases[] = {
        {{1, 0, 0, 0, 1, 3.375}, "column 6 of the image are"},
        {{1, 0, 2.625, 0, 1, 0}, "row 5 of the image are"},
        {{2, 0, 0, 0, 2, 0}, "of the image are listed"},
        {{1, 0, -1, 0, 1, -1}, "row 4 and column 5"},
    };
    struct wck_warp warp = warp_of("constant", 9, 11, 5, 6);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;

    set_matrix(&warp, WCK_OUTPUT_TO_SOURCE, cases[_i].m);
    survey = run(&request);
    assert_note(&survey, "weight of exactly 0");
    assert_note(&survey, cases[_i].said);
    wck_survey_release(&survey);
}
END_TEST

START_TEST(the_report_borrows_what_the_survey_knows)
{
    struct wck_warp warp = warp_of("reflect", 6, 7, 5, 4);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;
    struct wck_coverage_report report;

    set_matrix(&warp, WCK_OUTPUT_TO_SOURCE, (double[]){1, 0.25, 2, -0.25, 1, 1});
    survey = run(&request);
    report = wck_survey_report(&survey, &request);
    ck_assert_ptr_eq(report.coverage, &survey.coverage);
    ck_assert_str_eq(report.kernel, "bilinear");
    ck_assert_str_eq(report.border, "reflect");
    ck_assert_str_eq(report.layout, "HWC");
    ck_assert_str_eq(report.dtype, "float32");
    ck_assert_str_eq(report.direction, "output-to-source");
    ck_assert_ptr_nonnull(strstr(report.convention, "cv2.WARP_INVERSE_MAP"));
    ck_assert_double_eq(report.matrix[3], -0.25);
    ck_assert_uint_eq(report.output_width, 4);
    ck_assert_uint_eq(report.output_height, 5);
    ck_assert_uint_eq(report.batch, 1);
    ck_assert_uint_eq(report.channels, 3);
    ck_assert_uint_eq(report.what_ifs, survey.what_ifs);
    ck_assert_uint_eq(report.note_count, survey.note_count);
    wck_survey_release(&survey);
    ck_assert_ptr_null(survey.notes);
}
END_TEST

START_TEST(a_request_that_does_not_fit_is_refused)
{
    struct wck_warp warp = warp_of("reflect", 6, 7, 5, 4);
    struct wck_survey_request request = request_of(&warp);
    struct wck_survey survey;
    struct wck_error err = {.status = WCK_OK};

    set_matrix(&warp, WCK_OUTPUT_TO_SOURCE, story);
    request.layout = "HQ";
    ck_assert_int_eq(wck_survey_run(&survey, &request, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "no such layout: HQ");
    request.layout = NULL;
    ck_assert_int_eq(wck_survey_run(&survey, &request, NULL), WCK_INVALID);
    wck_survey_release(&survey);
    request.layout = "HWC";
    request.dtype = WCK_UINT8;
    ck_assert_int_eq(wck_survey_run(&survey, &request, NULL), WCK_INVALID);
    wck_survey_release(&survey);
}
END_TEST

START_TEST(a_coordinate_map_has_no_landing)
{
    const double at[6] = {0};
    struct wck_warp warp = warp_of("reflect", 6, 7, 2, 3);
    struct wck_landing landing;

    warp.map = wck_map_coordinates(at, at);
    ck_assert_int_eq(wck_landing_find(&landing, &warp, NULL), WCK_INVALID);
}
END_TEST

Suite *wck_survey_suite(void)
{
    Suite *suite = suite_create("survey");
    TCase *tcase = tcase_create("survey");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, the_story_is_told_with_its_remedies);
    tcase_add_test(tcase, the_opposite_shift_needs_a_translation_to_be_seen_whole);
    tcase_add_test(tcase, an_image_that_is_covered_needs_no_other_output);
    tcase_add_test(tcase, the_face_scene_says_what_a_print_hides);
    tcase_add_loop_test(tcase, the_region_to_print_follows_the_layout, 0, 5);
    tcase_add_test(tcase, a_small_gradient_is_printed_whole);
    tcase_add_loop_test(
        tcase, every_predicted_count_is_that_of_a_brute_force_of_its_options, 0, 6);
    tcase_add_test(tcase, no_side_of_the_landing_can_be_drawn_in_further);
    tcase_add_test(tcase, an_image_that_lands_far_away_is_moved_back);
    tcase_add_loop_test(tcase, an_absurd_output_is_not_tried_and_the_survey_says_why, 0,
                        2);
    tcase_add_test(tcase, an_output_that_still_skips_pixels_says_so);
    tcase_add_test(tcase, remedies_are_refused_but_of_a_matrix_in_pixels);
    tcase_add_test(tcase, a_gradient_without_its_upstream_says_how_to_record_it);
    tcase_add_test(tcase, what_does_not_fit_a_recorded_gradient_is_said);
    tcase_add_loop_test(tcase, zero_weights_are_placed_by_row_or_by_column_or_counted,
                        0, 4);
    tcase_add_test(tcase, the_report_borrows_what_the_survey_knows);
    tcase_add_test(tcase, a_request_that_does_not_fit_is_refused);
    tcase_add_test(tcase, a_coordinate_map_has_no_landing);
    suite_add_tcase(suite, tcase);
    return suite;
}
