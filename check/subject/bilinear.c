#include "check/subject/bilinear.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_CHANNELS 3
#define ROWS 5
#define COLUMNS 7
#define PATTERN 12345.0

/* From output to source: multiples of 1/16, off the whole numbers by 1/32. */
static const double to_source[6] = {0.8125, 0.375, -1.46875, -0.3125, 1.0625, 0.53125};

/* From source to output, with a determinant of 1/4, so that its inverse is
 * 1.5 -1, 1 2 and samples lie off the whole numbers by 1/128 and 5/64. */
static const double to_output[6] = {0.5, 0.25, 1.015625, -0.25, 0.375, 2.03125};

static const double border_value[MOST_CHANNELS] = {0.4375, -0.8125, 0.625};

static const size_t matrix_shape[2] = {2, 3};

/* The tangents of either matrix, of the border value and of the maps. */
static const double moved_matrix[6] = {0.25, -0.5, 1.125, 0.75, 0.125, -2.25};
static const double moved_border[MOST_CHANNELS] = {-1.5, 0.25, 0.875};

static double moved_map(int i, bool x)
{
    return x ? (i * 29 % 16) / 8.0 - 0.875 : (i * 23 % 32) / 16.0 - 1.0;
}

enum { BY_INVERSE, BY_MATRIX, BY_MAPS };

static void place(struct bilinear *scene, int way)
{
    struct wck_map *map = &scene->problem.warp.map;

    if (way != BY_MAPS) {
        ck_assert_int_eq(
            way == BY_INVERSE
                ? wck_map_affine(map, to_source, WCK_OUTPUT_TO_SOURCE, NULL)
                : wck_map_affine(map, to_output, WCK_SOURCE_TO_OUTPUT, NULL),
            WCK_OK);
        return;
    }
    scene->map_x = malloc(ROWS * COLUMNS * sizeof *scene->map_x);
    scene->map_y = malloc(ROWS * COLUMNS * sizeof *scene->map_y);
    for (int i = 0; i < ROWS * COLUMNS; i++) { /* inside, and out on all sides */
        scene->map_x[i] = (i * 37 % 100) / 8.0 - 2.0 + 0x1p-5;
        scene->map_y[i] = (i * 53 % 90) / 8.0 - 1.0 + 0x1p-5;
    }
    *map = wck_map_coordinates(scene->map_x, scene->map_y);
}

static struct wck_plugin_array array(const char *name, const double *data, int rank,
                                     const size_t *shape)
{
    struct wck_tensor tensor;

    /* Plugins get what they may not write as they get the rest. */
    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_FLOAT64, rank, shape, NULL), WCK_OK);
    for (size_t i = 0; i < wck_tensor_count(&tensor); i++)
        wck_tensor_set(&tensor, (ptrdiff_t)i, data != NULL ? data[i] : PATTERN);
    return (struct wck_plugin_array){name, tensor};
}

static struct wck_plugin_array like(const char *name, const struct wck_tensor *tensor)
{
    struct wck_plugin_array made = {.name = name};

    ck_assert_int_eq(
        wck_tensor_new(&made.tensor, tensor->dtype, tensor->rank, tensor->shape, NULL),
        WCK_OK);
    for (size_t i = 0; i < wck_tensor_count(&made.tensor); i++)
        wck_tensor_set(&made.tensor, (ptrdiff_t)i, PATTERN);
    return made;
}

/* Names of what is given and wanted; returns how many are given. */
static size_t list_arrays(struct bilinear *scene, int way)
{
    const size_t shape[2] = {ROWS, COLUMNS};
    size_t count = 0;

    scene->given[count++] = (struct wck_plugin_array){"image", scene->image.tensor};
    scene->gradients[0] = like("grad_image", &scene->image.tensor);
    scene->gradients[1] = array("grad_border_value", NULL, 1, &scene->problem.channels);
    if (way == BY_MAPS) {
        scene->given[count++] = array("map_x", scene->map_x, 2, shape);
        scene->given[count++] = array("map_y", scene->map_y, 2, shape);
        scene->gradients[2] = array("grad_map_x", NULL, 2, shape);
        scene->gradients[3] = array("grad_map_y", NULL, 2, shape);
    } else {
        scene->given[count++] =
            array("matrix", way == BY_INVERSE ? to_source : to_output, 2, matrix_shape);
        scene->gradients[2] = array("grad_matrix", NULL, 2, matrix_shape);
    }
    scene->given[count++] =
        array("border_value", border_value, 1, &scene->problem.channels);
    scene->given[count++] =
        (struct wck_plugin_array){"grad_output", scene->upstream.tensor};
    return count;
}

/* What is given to forward, and the tangents; returns how many. */
static size_t list_tangents(struct bilinear *scene, int way, size_t count)
{
    const size_t shape[2] = {ROWS, COLUMNS};
    double x[ROWS * COLUMNS], y[ROWS * COLUMNS];

    memcpy(scene->pushed, scene->given, count * sizeof *scene->given);
    scene->pushed[count++] =
        (struct wck_plugin_array){"tangent_image", scene->tangent.tensor};
    scene->pushed[count++] =
        array("tangent_border_value", moved_border, 1, &scene->problem.channels);
    if (way != BY_MAPS) {
        scene->pushed[count++] = array("tangent_matrix", moved_matrix, 2, matrix_shape);
        return count;
    }
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        x[i] = moved_map(i, true);
        y[i] = moved_map(i, false);
    }
    scene->pushed[count++] = array("tangent_map_x", x, 2, shape);
    scene->pushed[count++] = array("tangent_map_y", y, 2, shape);
    return count;
}

/* What is given to vjp, and what second goes along; returns how many. */
static size_t list_along(struct bilinear *scene, int way, size_t count)
{
    const size_t shape[2] = {ROWS, COLUMNS};
    double x[ROWS * COLUMNS], y[ROWS * COLUMNS];

    memcpy(scene->along, scene->given, count * sizeof *scene->given);
    scene->along[count++] =
        (struct wck_plugin_array){"along_image", scene->tangent.tensor};
    scene->seconds[0] = like("second_grad_output", &scene->upstream.tensor);
    scene->seconds[1] = like("second_image", &scene->image.tensor);
    if (way != BY_MAPS)
        return count;
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        x[i] = moved_map(i, true);
        y[i] = moved_map(i, false);
    }
    scene->along[count++] = array("along_map_x", x, 2, shape);
    scene->along[count++] = array("along_map_y", y, 2, shape);
    scene->seconds[2] = array("second_map_x", NULL, 2, shape);
    scene->seconds[3] = array("second_map_y", NULL, 2, shape);
    return count;
}

static void ask(struct bilinear *scene, int way)
{
    const struct wck_problem *problem = &scene->problem;
    size_t count = list_arrays(scene, way);

    scene->output = like("output", &scene->upstream.tensor);
    snprintf(scene->spec, sizeof scene->spec,
             "{\"convention\":\"warp\",\"interp\":\"bilinear\",\"border\":\"%s\","
             "\"inverse_map\":%s,\"layout\":\"%s\"}",
             problem->warp.border->name, way == BY_INVERSE ? "true" : "false",
             problem->layout);
    scene->forward = (struct wck_plugin_call){.convention = "warp",
                                              .interp = "bilinear",
                                              .border = problem->warp.border->name,
                                              .layout = problem->layout,
                                              .align_corners = -1,
                                              .inverse_map = way == BY_INVERSE,
                                              .spec = scene->spec,
                                              .arrays = scene->given,
                                              .array_count = count - 1,
                                              .wanted = &scene->output,
                                              .wanted_count = 1};
    scene->vjp = scene->forward;
    scene->vjp.verb = WCK_PLUGIN_VJP;
    scene->vjp.array_count = count;
    scene->vjp.wanted = scene->gradients;
    scene->vjp.wanted_count = way == BY_MAPS ? 4 : 3;
    scene->tangent_output = like("tangent_output", &scene->upstream.tensor);
    scene->jvp = scene->forward;
    scene->jvp.verb = WCK_PLUGIN_JVP;
    scene->jvp.arrays = scene->pushed;
    scene->jvp.array_count = list_tangents(scene, way, count - 1);
    scene->jvp.wanted = &scene->tangent_output;
    scene->second = scene->forward;
    scene->second.verb = WCK_PLUGIN_SECOND;
    scene->second.arrays = scene->along;
    scene->second.array_count = list_along(scene, way, count);
    scene->second.wanted = scene->seconds;
    scene->second.wanted_count = way == BY_MAPS ? 4 : 2;
}

void bilinear_init(struct bilinear *scene, size_t number)
{
    static const char *const layouts[] = {"HW", "HWC", "NCHW"};
    static const char *const borders[] = {"constant", "replicate"};
    size_t layout = number / 2 % 3;
    int way = (int)(number / 12);

    *scene = (struct bilinear){
        .problem = {.dtype = number % 2 == 0 ? WCK_FLOAT64 : WCK_FLOAT32,
                    .layout = layouts[layout],
                    .batch = layout == 2 ? 2 : 1,
                    .channels = layout == 0 ? 1 : MOST_CHANNELS,
                    .seed = 11,
                    .warp = {.kernel = wck_kernel_find("bilinear"),
                             .border = wck_border_find(borders[number / 6 % 2]),
                             .border_value = border_value,
                             .border_values = layout == 0 ? 1 : MOST_CHANNELS,
                             .source_width = 8,
                             .source_height = 6,
                             .output_width = COLUMNS,
                             .output_height = ROWS}}};
    place(scene, way);
    ck_assert_int_eq(wck_problem_source(&scene->problem, &scene->image, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_output(&scene->problem, &scene->upstream, NULL),
                     WCK_OK);
    wck_problem_random(&scene->problem, 1, &scene->image);
    ck_assert_int_eq(wck_problem_source(&scene->problem, &scene->tangent, NULL),
                     WCK_OK);
    wck_problem_random(&scene->problem, 2, &scene->upstream);
    wck_problem_random(&scene->problem, 3, &scene->tangent);
    ask(scene, way);
}

void bilinear_release(struct bilinear *scene)
{
    for (size_t i = 0; i < scene->vjp.array_count; i++)
        free(scene->given[i].tensor.data); /* image and upstream are among them */
    for (size_t i = 0; i < scene->vjp.wanted_count; i++)
        free(scene->gradients[i].tensor.data);
    for (size_t i = scene->forward.array_count; i < scene->jvp.array_count; i++)
        free(scene->pushed[i].tensor.data); /* the image's tangent is among them */
    for (size_t i = scene->vjp.array_count + 1; i < scene->second.array_count; i++)
        free(scene->along[i].tensor.data); /* the image's is that tangent */
    for (size_t i = 0; i < scene->second.wanted_count; i++)
        free(scene->seconds[i].tensor.data);
    free(scene->tangent_output.tensor.data);
    free(scene->output.tensor.data);
    free(scene->map_x);
    free(scene->map_y);
}

/* ---- the reference's answers ---- */

static void expect_numbers(const struct wck_plugin_array *array, const double *want)
{
    for (size_t i = 0; i < wck_tensor_count(&array->tensor); i++) {
        double got = wck_tensor_get(&array->tensor, (ptrdiff_t)i);

        ck_assert_msg(got >= want[i] && got <= want[i], "%s: element %zu is %a, not %a",
                      array->name, i, got, want[i]);
    }
}

static void expect_image(const struct wck_plugin_array *got,
                         const struct wck_image *want, enum wck_dtype dtype)
{
    size_t count = wck_tensor_count(&want->tensor);
    double *numbers = calloc(count, sizeof *numbers);

    for (size_t i = 0; i < count; i++)
        numbers[i] =
            wck_dtype_round(dtype, wck_tensor_get(&want->tensor, (ptrdiff_t)i));
    expect_numbers(got, numbers);
    free(numbers);
}

void bilinear_expect(const struct bilinear *scene)
{
    const struct wck_problem *problem = &scene->problem;
    double x[ROWS * COLUMNS], y[ROWS * COLUMNS], matrix[6], border[MOST_CHANNELS];
    bool maps = scene->map_x != NULL;
    struct wck_problem wide = *problem;
    struct wck_image output, gradient;
    struct wck_gradients gradients = {.image = &gradient, .border_value = border};

    wide.dtype = WCK_FLOAT64;
    ck_assert_int_eq(wck_problem_source(&wide, &gradient, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_output(&wide, &output, NULL), WCK_OK);
    gradients.x = maps ? x : NULL;
    gradients.y = maps ? y : NULL;
    gradients.matrix = maps ? NULL : matrix;
    ck_assert_int_eq(wck_warp_forward(&problem->warp, &scene->image, &output, NULL),
                     WCK_OK);
    ck_assert_int_eq(
        wck_warp_vjp(&problem->warp, &scene->image, &scene->upstream, &gradients, NULL),
        WCK_OK);
    expect_image(&scene->output, &output, problem->dtype);
    expect_image(&scene->gradients[0], &gradient, problem->dtype);
    expect_numbers(&scene->gradients[1], border);
    expect_numbers(&scene->gradients[2], maps ? x : matrix);
    if (maps)
        expect_numbers(&scene->gradients[3], y);
    free(output.tensor.data);
    free(gradient.tensor.data);
}

void bilinear_expect_tangent(const struct bilinear *scene)
{
    const struct wck_problem *problem = &scene->problem;
    double x[ROWS * COLUMNS], y[ROWS * COLUMNS];
    bool maps = scene->map_x != NULL;
    struct wck_problem wide = *problem;
    struct wck_image output;
    const struct wck_tangents tangents = {.image = &scene->tangent,
                                          .border_value = moved_border,
                                          .matrix = maps ? NULL : moved_matrix,
                                          .x = maps ? x : NULL,
                                          .y = maps ? y : NULL};

    for (int i = 0; i < ROWS * COLUMNS; i++) {
        x[i] = moved_map(i, true);
        y[i] = moved_map(i, false);
    }
    wide.dtype = WCK_FLOAT64;
    ck_assert_int_eq(wck_problem_output(&wide, &output, NULL), WCK_OK);
    ck_assert_int_eq(
        wck_warp_jvp(&problem->warp, &scene->image, &tangents, &output, NULL), WCK_OK);
    expect_image(&scene->tangent_output, &output, problem->dtype);
    free(output.tensor.data);
}

void bilinear_expect_second(const struct bilinear *scene)
{
    const struct wck_problem *problem = &scene->problem;
    double x[ROWS * COLUMNS], y[ROWS * COLUMNS], to_x[ROWS * COLUMNS],
        to_y[ROWS * COLUMNS];
    bool maps = scene->map_x != NULL;
    struct wck_problem wide = *problem;
    struct wck_image upstream, image;
    const struct wck_tangents along = {
        .image = &scene->tangent, .x = maps ? x : NULL, .y = maps ? y : NULL};
    const struct wck_second second = {
        .upstream = &upstream, .image = &image, .x = to_x, .y = to_y};

    for (int i = 0; i < ROWS * COLUMNS; i++) {
        x[i] = moved_map(i, true);
        y[i] = moved_map(i, false);
    }
    wide.dtype = WCK_FLOAT64;
    ck_assert_int_eq(wck_problem_output(&wide, &upstream, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_source(&wide, &image, NULL), WCK_OK);
    ck_assert_int_eq(wck_warp_second(&problem->warp, &scene->image, &scene->upstream,
                                     &along, &second, NULL),
                     WCK_OK);
    expect_image(&scene->seconds[0], &upstream, problem->dtype);
    expect_image(&scene->seconds[1], &image, problem->dtype);
    if (maps) {
        expect_numbers(&scene->seconds[2], to_x);
        expect_numbers(&scene->seconds[3], to_y);
    }
    free(upstream.tensor.data);
    free(image.tensor.data);
}
