#include "check/report/scene.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static void run(struct scene *scene, const double *matrix, const char *name)
{
    struct wck_error err = {.status = WCK_OK};
    const struct wck_survey_request *request = &scene->request;

    ck_assert_int_eq(
        wck_map_affine(&scene->warp.map, matrix, WCK_SOURCE_TO_OUTPUT, NULL), WCK_OK);
    ck_assert_msg(wck_survey_run(&scene->survey, request, &err) == WCK_OK, "%s",
                  err.text);
    scene->report = wck_survey_report(&scene->survey, request);
    scene->report.image_name = name;
    scene->report.command = "warpcheck coverage --again";
}

static void set(struct scene *scene, size_t height, size_t width, size_t output_height,
                size_t output_width)
{
    *scene = (struct scene){
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_find("replicate"),
                 .source_height = height,
                 .source_width = width,
                 .output_height = output_height,
                 .output_width = output_width},
        .request = {.layout = "HWC",
                    .batch = 1,
                    .channels = 3,
                    .dtype = WCK_FLOAT32,
                    .uniform = 1.0},
    };
    scene->request.warp = &scene->warp;
}

void scene_story(struct scene *scene)
{
    static const double shift[] = {1, 0, 10, 0, 1, 20};

    set(scene, 64, 64, 64, 64);
    scene->request.what_if = true;
    run(scene, shift, "64x64x3");
}

static void record(struct scene *scene, const double *matrix)
{
    struct wck_image ones = {0}, *gradient = &scene->gradient;

    ck_assert_int_eq(
        wck_map_affine(&scene->warp.map, matrix, WCK_SOURCE_TO_OUTPUT, NULL), WCK_OK);
    ck_assert_int_eq(wck_image_new(&ones, WCK_FLOAT32, "HWC", 1, 2, 6, 5, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_image_new(gradient, WCK_FLOAT64, "HWC", 1, 2, 9, 7, NULL),
                     WCK_OK);
    for (size_t i = 0; i < wck_image_pixels(&ones); i++) {
        wck_image_set(&ones, 0, i / ones.width, i % ones.width, 1.0);
        wck_image_set(&ones, 1, i / ones.width, i % ones.width, 1.0);
    }
    /* The warp is linear: any image has this gradient, so a zero one will do. */
    ck_assert_int_eq(wck_warp_vjp(&scene->warp, gradient, &ones,
                                  &(struct wck_gradients){.image = gradient}, NULL),
                     WCK_OK);
    free(ones.tensor.data);
}

void scene_faults(struct scene *scene)
{
    static const double turned[] = {0.9, 0.2, -1.3, -0.15, 1.1, -0.7};

    set(scene, 9, 7, 6, 5);
    scene->request.channels = 2;
    scene->request.dtype = WCK_FLOAT64;
    record(scene, turned);
    ck_assert(fabs(wck_image_get(&scene->gradient, 1, 3, 4)) > 0.0);
    wck_image_set(&scene->gradient, 1, 3, 4, 0.0);
    wck_image_set(&scene->gradient, 0, 4, 3, (double)NAN);
    ck_assert(!(fabs(wck_image_get(&scene->gradient, 0, 8, 0)) > 0.0));
    wck_image_set(&scene->gradient, 0, 8, 0, 2.5);
    scene->request.gradient = &scene->gradient;
    run(scene, turned, "9x7x2");
    scene->report.subject = "gradient.npy";
}

void scene_large(struct scene *scene, size_t height, size_t width)
{
    static const double half[] = {1, 0, -0.25, 0, 1, -0.375};

    set(scene, height, width, 1, 1);
    scene->request.channels = 1;
    scene->request.layout = "HW";
    run(scene, half, "large");
}

void scene_release(struct scene *scene)
{
    wck_survey_release(&scene->survey);
    free(scene->gradient.tensor.data);
}

struct wck_text scene_write(const struct scene *scene, const char *format)
{
    struct wck_text text = {0};
    struct wck_error err = {.status = WCK_OK};
    const struct wck_format *row = wck_format_find(format);

    ck_assert_ptr_nonnull(row);
    ck_assert_msg(row->coverage(&scene->report, &text, &err) == WCK_OK, "%s", err.text);
    return text;
}
