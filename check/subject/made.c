#include "check/subject/made.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "src/base/rng.h"

#define SAMPLES (MADE_ROWS * MADE_COLUMNS)

static struct wck_image random_image(size_t height, size_t width, uint64_t stream)
{
    struct wck_rng rng = wck_rng_start(5, stream);
    struct wck_image image;

    ck_assert_int_eq(wck_image_new(&image, WCK_FLOAT64, "NCHW", 1, MADE_CHANNELS,
                                   height, width, NULL),
                     WCK_OK);
    for (size_t i = 0; i < MADE_CHANNELS * height * width; i++)
        ((double *)image.tensor.data)[i] = wck_rng_gaussian(&rng);
    return image;
}

static void add(struct wck_npz *npz, const char *name, const double *values, int rank,
                const size_t *shape)
{
    double copy[256];
    struct wck_tensor tensor = wck_tensor_contiguous(copy, WCK_FLOAT64, rank, shape);

    ck_assert_uint_le(wck_tensor_count(&tensor), sizeof copy / sizeof copy[0]);
    memcpy(copy, values, wck_tensor_count(&tensor) * sizeof *values);
    ck_assert_int_eq(wck_npz_add_array(npz, name, &tensor, NULL), WCK_OK);
}

/* Output, upstream and image gradient; the others as `gradients` ask. */
static void run(struct wck_npz *npz, const struct wck_behaviour *behaviour,
                const struct wck_warp *warp, struct wck_gradients *gradients)
{
    struct wck_image image = random_image(MADE_HEIGHT, MADE_WIDTH, 1);
    struct wck_image upstream = random_image(MADE_ROWS, MADE_COLUMNS, 2);
    struct wck_image gradient = random_image(MADE_HEIGHT, MADE_WIDTH, 3);
    struct wck_image output = random_image(MADE_ROWS, MADE_COLUMNS, 4);

    gradients->image = &gradient;
    ck_assert_int_eq(wck_behaviour_forward(behaviour, warp, &image, &output, NULL),
                     WCK_OK);
    ck_assert_int_eq(
        wck_behaviour_vjp(behaviour, warp, &image, &upstream, gradients, NULL), WCK_OK);
    add(npz, "image", image.tensor.data, 4, image.tensor.shape);
    add(npz, "output", output.tensor.data, 4, output.tensor.shape);
    add(npz, "grad_output", upstream.tensor.data, 4, output.tensor.shape);
    add(npz, "grad_image", gradient.tensor.data, 4, image.tensor.shape);
    free(image.tensor.data);
    free(upstream.tensor.data);
    free(gradient.tensor.data);
    free(output.tensor.data);
}

static struct wck_warp warp_with(const char *border)
{
    return (struct wck_warp){
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find(border),
        .source_width = MADE_WIDTH,
        .source_height = MADE_HEIGHT,
        .output_width = MADE_COLUMNS,
        .output_height = MADE_ROWS,
    };
}

void made_affine(struct wck_npz *npz, const struct wck_behaviour *behaviour)
{
    static const double matrix[] = {0.81, -0.33, 0.7, 0.29, 1.13, -1.2};
    struct wck_warp warp = warp_with("constant");
    double gradient[6];
    struct wck_gradients gradients = {.matrix = gradient};

    *npz = (struct wck_npz){0};
    ck_assert_int_eq(wck_map_affine(&warp.map, matrix, WCK_SOURCE_TO_OUTPUT, NULL),
                     WCK_OK);
    run(npz, behaviour, &warp, &gradients);
    add(npz, "matrix", matrix, 3, (const size_t[]){1, 2, 3});
    add(npz, "grad_matrix", gradient, 3, (const size_t[]){1, 2, 3});
    ck_assert_int_eq(wck_npz_add_text(npz, "spec.json",
                                      "{\"convention\": \"kornia.warp_affine\", "
                                      "\"layout\": \"NCHW\", \"border\": \"zeros\", "
                                      "\"align_corners\": true}",
                                      NULL),
                     WCK_OK);
}

void made_coords(struct wck_npz *npz, const struct wck_behaviour *behaviour)
{
    static const double value = 0.4;
    struct wck_warp warp = warp_with("constant");
    struct wck_rng rng = wck_rng_start(5, 6);
    /* Rows before columns, as SciPy has them. */
    double coords[2 * SAMPLES], gradient[2 * SAMPLES], border[MADE_CHANNELS], sum;
    struct wck_gradients gradients = {
        .x = gradient + SAMPLES, .y = gradient, .border_value = border};

    *npz = (struct wck_npz){0};
    for (size_t i = 0; i < SAMPLES; i++) {
        coords[i] = 6.0 * wck_rng_uniform(&rng) - 1.5;
        coords[SAMPLES + i] = 8.0 * wck_rng_uniform(&rng) - 1.5;
    }
    warp.map = wck_map_coordinates(coords + SAMPLES, coords);
    warp.border_value = &value;
    warp.border_values = 1;
    run(npz, behaviour, &warp, &gradients);
    sum = border[0] + border[1];
    add(npz, "coords", coords, 3, (const size_t[]){2, MADE_ROWS, MADE_COLUMNS});
    add(npz, "grad_coords", gradient, 3, (const size_t[]){2, MADE_ROWS, MADE_COLUMNS});
    add(npz, "border_value", &value, 0, NULL);
    add(npz, "grad_border_value", &sum, 0, NULL);
    ck_assert_int_eq(
        wck_npz_add_text(npz, "spec.json",
                         "{\"convention\": \"scipy.map_coordinates\", \"layout\": "
                         "\"NCHW\", \"interp\": \"spline1\", \"border\": "
                         "\"grid-constant\", \"version\": \"1.17\"}",
                         NULL),
        WCK_OK);
}

void made_remap(struct wck_npz *npz, const struct wck_behaviour *behaviour)
{
    const size_t shape[] = {MADE_ROWS, MADE_COLUMNS};
    struct wck_warp warp = warp_with("constant");
    struct wck_rng rng = wck_rng_start(7, 8);
    double x[SAMPLES], y[SAMPLES], gradient[2 * SAMPLES];
    struct wck_gradients gradients = {.x = gradient, .y = gradient + SAMPLES};

    *npz = (struct wck_npz){0};
    for (size_t i = 0; i < SAMPLES; i++) {
        bool left = i % 7 == 0;

        x[i] = left ? -2.25 : 0.125 + (double)wck_rng_below(&rng, MADE_WIDTH - 1);
        y[i] = left ? 1.0 : 0.25 + (double)wck_rng_below(&rng, MADE_HEIGHT - 1);
    }
    warp.kernel = wck_kernel_find("nearest-half-even");
    warp.arithmetic = wck_arithmetic_find("opencv4-remap");
    warp.map = wck_map_coordinates(x, y);
    warp.transparent = true;
    warp.destination = random_image(MADE_ROWS, MADE_COLUMNS, 9);
    run(npz, behaviour, &warp, &gradients);
    add(npz, "map_x", x, 2, shape);
    add(npz, "map_y", y, 2, shape);
    add(npz, "destination", warp.destination.tensor.data, 4,
        warp.destination.tensor.shape);
    free(warp.destination.tensor.data);
    ck_assert_int_eq(
        wck_npz_add_text(npz, "spec.json",
                         "{\"convention\": \"opencv.remap\", \"layout\": \"NCHW\", "
                         "\"interp\": \"nearest\", \"border\": \"transparent\", "
                         "\"version\": \"4.10.0\"}",
                         NULL),
        WCK_OK);
}

static void remove_member(struct wck_npz *npz, const char *name)
{
    for (size_t i = 0; i < npz->count; i++) {
        struct wck_npz_member *member = &npz->members[i];

        if (strcmp(member->name, name) != 0)
            continue;
        free(member->name);
        free(member->text);
        free(member->tensor.data);
        *member = npz->members[--npz->count];
    }
}

void made_replace(struct wck_npz *npz, const char *name,
                  const struct wck_tensor *tensor)
{
    remove_member(npz, name);
    if (tensor != NULL)
        ck_assert_int_eq(wck_npz_add_array(npz, name, tensor, NULL), WCK_OK);
}

void made_respell(struct wck_npz *npz, const char *text)
{
    remove_member(npz, "spec.json");
    if (text != NULL)
        ck_assert_int_eq(wck_npz_add_text(npz, "spec.json", text, NULL), WCK_OK);
}

const char *made_write(const struct wck_npz *npz, const char *name)
{
    static char subject[5000];
    const char *path = scratch_path(name);

    ck_assert_int_eq(wck_npz_write(npz, path, NULL), WCK_OK);
    snprintf(subject, sizeof subject, "recording:%s", path);
    return subject;
}
