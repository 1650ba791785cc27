#include "check/reference/scene.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Floats of a few units; integers over all that the type holds. */
double scene_value(struct wck_rng *rng, enum wck_dtype dtype)
{
    static const double most[WCK_DTYPE_COUNT] = {
        [WCK_UINT8] = UINT8_MAX, [WCK_INT8] = INT8_MAX,     [WCK_UINT16] = UINT16_MAX,
        [WCK_INT16] = INT16_MAX, [WCK_UINT32] = UINT32_MAX, [WCK_INT32] = INT32_MAX,
    };
    bool is_unsigned = dtype == WCK_UINT8 || dtype == WCK_UINT16 || dtype == WCK_UINT32;
    double value = 2.0 * wck_rng_uniform(rng) - 1.0;

    if (dtype == WCK_BOOL)
        return value > 0.0;
    if (most[dtype] > 0.0)
        value = most[dtype] * (is_unsigned ? fabs(value) : value);
    else
        value = 3.0 * wck_rng_gaussian(rng);
    return wck_dtype_round(dtype, value);
}

double *scene_values(struct wck_rng *rng, size_t count)
{
    double *values = calloc(count, sizeof *values);

    ck_assert_ptr_nonnull(values);
    for (size_t i = 0; i < count; i++)
        values[i] = scene_value(rng, WCK_FLOAT64);
    return values;
}

double *scene_plain(const struct wck_image *image)
{
    size_t pixels = wck_image_pixels(image), count = wck_image_planes(image) * pixels;
    double *values = calloc(count, sizeof *values);

    ck_assert_ptr_nonnull(values);
    for (size_t i = 0; i < count; i++)
        values[i] = wck_image_get(image, i / pixels, i % pixels / image->width,
                                  i % image->width);
    return values;
}

struct wck_image scene_gradient(const struct scene *scene)
{
    const struct wck_image *like = &scene->image;
    struct wck_image image;
    double *data;

    ck_assert_int_eq(wck_image_new(&image, WCK_FLOAT64, "NCHW", like->batch,
                                   like->channels, like->height, like->width, NULL),
                     WCK_OK);
    data = image.tensor.data;
    for (size_t i = 0; i < wck_tensor_count(&image.tensor); i++)
        data[i] = (double)NAN;
    return image;
}

static struct wck_image random_image(struct wck_rng *rng,
                                     const struct scene_choice *choice, size_t height,
                                     size_t width)
{
    bool batched = strchr(choice->layout, 'N') != NULL;
    bool coloured = strchr(choice->layout, 'C') != NULL;
    struct wck_image image;

    ck_assert_int_eq(wck_image_new(&image, choice->dtype, choice->layout,
                                   batched ? choice->batch : 1,
                                   coloured ? choice->channels : 1, height, width,
                                   NULL),
                     WCK_OK);
    for (size_t i = 0; i < wck_tensor_count(&image.tensor); i++)
        wck_tensor_set(&image.tensor, (ptrdiff_t)i, scene_value(rng, choice->dtype));
    return image;
}

/* Uniform in low .. high. */
static double between(struct wck_rng *rng, double low, double high)
{
    return low + (high - low) * wck_rng_uniform(rng);
}

static double quarters(struct wck_rng *rng, double low, double high)
{
    return 0.25 * nearbyint(4.0 * between(rng, low, high));
}

static double sign(struct wck_rng *rng)
{
    return wck_rng_below(rng, 2) == 0 ? -1.0 : 1.0;
}

/* Turns, mirrors and scales by a little; by far not singular.  The source covers part
 * of the output and the other way round. */
static void generic_matrix(struct wck_rng *rng, const struct scene_choice *choice,
                           double m[6])
{
    double side = (double)(choice->source_width + choice->source_height);

    m[0] = sign(rng) * between(rng, 0.6, 1.7);
    m[1] = between(rng, -0.5, 0.5);
    m[2] = between(rng, -0.7, 0.7) * side;
    m[3] = between(rng, -0.5, 0.5);
    m[4] = sign(rng) * between(rng, 0.6, 1.7);
    m[5] = between(rng, -0.7, 0.7) * side;
}

/* Triangular, with a diagonal of powers of two: inverse and coordinates are exact, and
 * multiples of 1/16, among them many knots and ties. */
static void exact_matrix(struct wck_rng *rng, const struct scene_choice *choice,
                         double m[6])
{
    double side = (double)(choice->source_width + choice->source_height);

    m[0] = sign(rng) * ldexp(1.0, (int)wck_rng_below(rng, 3) - 1);
    m[1] = quarters(rng, -1.0, 1.0);
    m[2] = quarters(rng, -0.7 * side, 0.7 * side);
    m[3] = 0.0;
    m[4] = sign(rng) * ldexp(1.0, (int)wck_rng_below(rng, 3) - 1);
    m[5] = quarters(rng, -0.7 * side, 0.7 * side);
}

static void random_coordinates(struct wck_rng *rng, const struct scene_choice *choice,
                               struct scene *scene)
{
    size_t samples = wck_warp_samples(&scene->warp);
    double w = (double)choice->source_width, h = (double)choice->source_height;

    scene->given_x = calloc(samples, sizeof *scene->given_x);
    scene->given_y = calloc(samples, sizeof *scene->given_y);
    for (size_t s = 0; s < samples; s++) {
        double x = between(rng, -1.5 * w, 2.5 * w), y = between(rng, -h, 2.0 * h);

        scene->given_x[s] = choice->on_knots ? 0.25 * nearbyint(4.0 * x) : x;
        scene->given_y[s] = choice->on_knots ? 0.25 * nearbyint(4.0 * y) : y;
    }
    scene->warp.map = wck_map_coordinates(scene->given_x, scene->given_y);
}

void scene_sample(struct scene *scene)
{
    size_t samples = wck_warp_samples(&scene->warp);
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, samples, NULL), WCK_OK);
    wck_block_fill(&block, &scene->warp, 0, samples);
    memcpy(scene->x, block.x, samples * sizeof *block.x);
    memcpy(scene->y, block.y, samples * sizeof *block.y);
    wck_block_release(&block);
}

void scene_give_coordinates(struct scene *scene, const double *x, const double *y)
{
    scene->warp.map = wck_map_coordinates(x, y);
    scene->oracle.matrix = NULL;
    scene->oracle.source_to_output = false;
    scene_sample(scene);
}

static struct oracle_scene oracle_of(const struct scene *scene,
                                     const struct scene_choice *choice)
{
    return (struct oracle_scene){
        .kernel = choice->kernel,
        .border = choice->border,
        .source_width = choice->source_width,
        .source_height = choice->source_height,
        .output_width = choice->output_width,
        .output_height = choice->output_height,
        .batch = scene->image.batch,
        .channels = scene->image.channels,
        .image = scene->pixels,
        .border_value = scene->border_value,
        .matrix = choice->map == SCENE_COORDINATES ? NULL : scene->matrix,
        .source_to_output = choice->map == SCENE_SOURCE_TO_OUTPUT,
        .x = scene->x,
        .y = scene->y,
    };
}

static void init_map(struct scene *scene, const struct scene_choice *choice,
                     struct wck_rng *rng)
{
    if (choice->map == SCENE_COORDINATES) {
        random_coordinates(rng, choice, scene);
        return;
    }
    if (choice->on_knots)
        exact_matrix(rng, choice, scene->matrix);
    else
        generic_matrix(rng, choice, scene->matrix);
    ck_assert_int_eq(wck_map_affine(&scene->warp.map, scene->matrix,
                                    choice->map == SCENE_SOURCE_TO_OUTPUT
                                        ? WCK_SOURCE_TO_OUTPUT
                                        : WCK_OUTPUT_TO_SOURCE,
                                    NULL),
                     WCK_OK);
}

void scene_init(struct scene *scene, const struct scene_choice *choice)
{
    struct wck_rng rng = wck_rng_start(choice->seed, 0);
    size_t samples = choice->output_width * choice->output_height;

    *scene = (struct scene){
        .warp = {.kernel = wck_kernel_find(choice->kernel),
                 .border = wck_border_find(choice->border),
                 .border_value = scene->border_value,
                 .source_width = choice->source_width,
                 .source_height = choice->source_height,
                 .output_width = choice->output_width,
                 .output_height = choice->output_height},
        .x = calloc(samples, sizeof *scene->x),
        .y = calloc(samples, sizeof *scene->y),
    };
    scene->image =
        random_image(&rng, choice, choice->source_height, choice->source_width);
    scene->upstream =
        random_image(&rng, choice, choice->output_height, choice->output_width);
    scene->output =
        random_image(&rng, choice, choice->output_height, choice->output_width);
    ck_assert_uint_le(scene->image.channels, SCENE_CHANNELS);
    scene->warp.border_values = scene->image.channels;
    for (size_t c = 0; c < scene->image.channels; c++)
        scene->border_value[c] = 1.5 * scene_value(&rng, choice->dtype);
    init_map(scene, choice, &rng);
    scene_sample(scene);
    scene->pixels = scene_plain(&scene->image);
    scene->cotangent = scene_plain(&scene->upstream);
    scene->oracle = oracle_of(scene, choice);
}

void scene_release(struct scene *scene)
{
    free(scene->image.tensor.data);
    free(scene->upstream.tensor.data);
    free(scene->output.tensor.data);
    free(scene->given_x);
    free(scene->given_y);
    free(scene->x);
    free(scene->y);
    free(scene->pixels);
    free(scene->cotangent);
}
