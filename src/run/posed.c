#include "src/run/posed.h"

#include <stdlib.h>
#include <string.h>

#include "src/subject/spec.h"

/* Streams of the problem's seed that no checker draws from. */
#define IMAGE_STREAM 61
#define UPSTREAM_STREAM 62

/* ---- what goes in ---- */

static enum wck_status add_images(struct wck_npz *npz,
                                  const struct wck_problem *problem,
                                  struct wck_error *err)
{
    struct wck_image image = {0}, upstream = {0};
    enum wck_status status = wck_problem_source(problem, &image, err);

    if (status == WCK_OK)
        status = wck_problem_output(problem, &upstream, err);
    if (status == WCK_OK) {
        wck_problem_random(problem, IMAGE_STREAM, &image);
        wck_problem_random(problem, UPSTREAM_STREAM, &upstream);
        status = wck_npz_add_array(npz, "image", &image.tensor, err);
    }
    if (status == WCK_OK)
        status = wck_npz_add_array(npz, "grad_output", &upstream.tensor, err);
    free(image.tensor.data);
    free(upstream.tensor.data);
    return status;
}

static enum wck_status add_matrix(struct wck_npz *npz,
                                  const struct wck_problem *problem,
                                  struct wck_error *err)
{
    const size_t shape[] = {2, 3};
    double matrix[6];
    struct wck_tensor tensor = wck_tensor_contiguous(matrix, WCK_FLOAT64, 2, shape);

    memcpy(matrix, problem->warp.map.matrix, sizeof matrix);
    return wck_npz_add_array(npz, "matrix", &tensor, err);
}

/* The coordinates of the problem's map, as its type holds them. */
static enum wck_status add_maps(struct wck_npz *npz, const struct wck_problem *problem,
                                struct wck_error *err)
{
    const struct wck_warp *warp = &problem->warp;
    const size_t shape[] = {warp->output_height, warp->output_width};
    enum wck_dtype dtype = wck_problem_coordinate_dtype(problem);
    size_t samples = wck_warp_samples(warp);
    double *at = calloc(2 * samples, sizeof *at);
    struct wck_block block = {.count = samples, .x = at, .y = at + samples};
    enum wck_status status = WCK_OK;

    if (at == NULL)
        return wck_error_no_memory(err);
    wck_stages_reference.coordinate(warp, &block);
    for (size_t axis = 0; axis < 2 && status == WCK_OK; axis++) {
        struct wck_tensor map;

        status = wck_tensor_new(&map, dtype, 2, shape, err);
        for (size_t i = 0; i < samples && status == WCK_OK; i++)
            wck_tensor_set(&map, (ptrdiff_t)i, at[axis * samples + i]);
        if (status == WCK_OK)
            status = wck_npz_add_array(npz, axis == 0 ? "map_x" : "map_y", &map, err);
        free(map.data);
    }
    free(at);
    return status;
}

static const struct {
    const char *convention;
    bool by_matrix;
    enum wck_status (*add)(struct wck_npz *npz, const struct wck_problem *problem,
                           struct wck_error *err);
} ways[] = {
    {"reference.matrix", true, add_matrix},
    {"reference.maps", false, add_maps},
};

size_t wck_posed_ways(void)
{
    return sizeof ways / sizeof ways[0];
}

static bool reads_border_value(const struct wck_problem *problem)
{
    return problem->warp.border_values > 0 &&
           problem->warp.border->fold(-1, 1) == WCK_BORDER_VALUE;
}

static enum wck_status add_border_value(struct wck_npz *npz,
                                        const struct wck_problem *problem,
                                        struct wck_error *err)
{
    double value[WCK_PROBLEM_CHANNELS];
    struct wck_tensor tensor =
        wck_tensor_contiguous(value, WCK_FLOAT64, 1, &problem->channels);

    if (!reads_border_value(problem))
        return WCK_OK;
    for (size_t c = 0; c < problem->channels; c++)
        value[c] = wck_warp_border_value(&problem->warp, c);
    return wck_npz_add_array(npz, "border_value", &tensor, err);
}

static enum wck_status add_spec(struct wck_npz *npz, const struct wck_problem *problem,
                                size_t way, struct wck_error *err)
{
    const struct wck_spec spec = {
        .convention = wck_convention_find(ways[way].convention),
        .layout = problem->layout,
        .choices = {.interp = problem->warp.kernel->name,
                    .border = problem->warp.border->name,
                    .align_corners = -1,
                    .inverse_map = ways[way].by_matrix &&
                                   problem->warp.map.direction == WCK_OUTPUT_TO_SOURCE},
    };
    struct wck_text text = {0};
    enum wck_status status = wck_spec_write(&spec, &text, err);

    if (status == WCK_OK)
        status = wck_npz_add_text(npz, "spec.json", wck_text_string(&text), err);
    wck_text_release(&text);
    return status;
}

enum wck_status wck_posed_inputs(const struct wck_problem *problem, size_t way,
                                 struct wck_npz *npz, struct wck_error *err)
{
    enum wck_status status = add_images(npz, problem, err);

    if (status == WCK_OK)
        status = ways[way].add(npz, problem, err);
    if (status == WCK_OK)
        status = add_border_value(npz, problem, err);
    if (status == WCK_OK)
        status = add_spec(npz, problem, way, err);
    return status;
}

/* ---- the answer ---- */

/* The call under way. */
struct put {
    struct wck_problem problem;
    struct wck_subject *subject;
    struct wck_image image, upstream;
    struct wck_npz *npz;
    double *at; /* x and y of every sample, where they are given one by one; owned */
};

static enum wck_status put_init(struct put *put, const struct wck_problem *problem,
                                size_t way, struct wck_error *err)
{
    size_t samples = wck_warp_samples(&problem->warp);
    const struct wck_tensor *x = wck_npz_array(put->npz, "map_x");
    const struct wck_tensor *y = wck_npz_array(put->npz, "map_y");
    enum wck_status status = wck_image_view(
        &put->image, wck_npz_array(put->npz, "image"), problem->layout, err);

    put->problem = *problem;
    if (status == WCK_OK)
        status = wck_image_view(&put->upstream, wck_npz_array(put->npz, "grad_output"),
                                problem->layout, err);
    if (status != WCK_OK || ways[way].by_matrix)
        return status;
    put->at = calloc(2 * samples, sizeof *put->at);
    if (put->at == NULL)
        return wck_error_no_memory(err);
    for (size_t i = 0; i < samples; i++) {
        put->at[i] = wck_tensor_get(x, (ptrdiff_t)i);
        put->at[samples + i] = wck_tensor_get(y, (ptrdiff_t)i);
    }
    put->problem.warp.map = wck_map_coordinates(put->at, put->at + samples);
    return WCK_OK;
}

static enum wck_status answer_output(const struct put *put, struct wck_error *err)
{
    struct wck_image output = {0};
    enum wck_status status = wck_problem_output(&put->problem, &output, err);

    if (status == WCK_OK)
        status =
            wck_subject_forward(put->subject, &put->problem, &put->image, &output, err);
    if (status == WCK_OK)
        status = wck_npz_add_array(put->npz, "output", &output.tensor, err);
    free(output.tensor.data);
    return status;
}

/* Asks for one gradient, and adds it as an array; nothing where it is not served. */
static enum wck_status answer_one(const struct put *put, const char *name,
                                  const struct wck_gradients *wanted,
                                  const struct wck_tensor *tensor,
                                  struct wck_error *err)
{
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = wck_subject_vjp(put->subject, &put->problem, &put->image,
                                             &put->upstream, wanted, &why);

    if (status == WCK_UNSUPPORTED)
        return WCK_OK;
    if (status != WCK_OK)
        return wck_error_set(err, status, "%s", why.text);
    return wck_npz_add_array(put->npz, name, tensor, err);
}

static enum wck_status answer_image(const struct put *put, struct wck_error *err)
{
    struct wck_image gradient = {0};
    enum wck_status status = wck_problem_source(&put->problem, &gradient, err);

    if (status == WCK_OK)
        status =
            answer_one(put, "grad_image", &(struct wck_gradients){.image = &gradient},
                       &gradient.tensor, err);
    free(gradient.tensor.data);
    return status;
}

static enum wck_status answer_border_value(const struct put *put, struct wck_error *err)
{
    double value[WCK_PROBLEM_CHANNELS] = {0.0};
    const struct wck_tensor tensor =
        wck_tensor_contiguous(value, WCK_FLOAT64, 1, &put->problem.channels);

    if (!reads_border_value(&put->problem))
        return WCK_OK;
    return answer_one(put, "grad_border_value",
                      &(struct wck_gradients){.border_value = value}, &tensor, err);
}

static enum wck_status answer_matrix(const struct put *put, struct wck_error *err)
{
    double matrix[6] = {0.0};
    const size_t shape[] = {2, 3};
    const struct wck_tensor tensor =
        wck_tensor_contiguous(matrix, WCK_FLOAT64, 2, shape);

    return answer_one(put, "grad_matrix", &(struct wck_gradients){.matrix = matrix},
                      &tensor, err);
}

/* Both at once: a subject may serve no one alone. */
static enum wck_status answer_maps(const struct put *put, struct wck_error *err)
{
    const struct wck_warp *warp = &put->problem.warp;
    const size_t shape[] = {warp->output_height, warp->output_width};
    size_t samples = wck_warp_samples(warp);
    double *g = calloc(2 * samples, sizeof *g);
    const struct wck_gradients wanted = {.x = g, .y = g != NULL ? g + samples : NULL};
    struct wck_tensor x = wck_tensor_contiguous(wanted.x, WCK_FLOAT64, 2, shape);
    struct wck_tensor y = wck_tensor_contiguous(wanted.y, WCK_FLOAT64, 2, shape);
    enum wck_status status;

    if (g == NULL)
        return wck_error_no_memory(err);
    status = answer_one(put, "grad_map_x", &wanted, &x, err);
    if (status == WCK_OK && wck_npz_array(put->npz, "grad_map_x") != NULL)
        status = wck_npz_add_array(put->npz, "grad_map_y", &y, err);
    free(g);
    return status;
}

enum wck_status wck_posed_answer(const struct wck_problem *problem, size_t way,
                                 struct wck_subject *subject, struct wck_npz *npz,
                                 struct wck_error *err)
{
    struct put put = {.subject = subject, .npz = npz};
    enum wck_status status = put_init(&put, problem, way, err);

    if (status == WCK_OK)
        status = answer_output(&put, err);
    if (status == WCK_OK)
        status = answer_image(&put, err);
    if (status == WCK_OK)
        status = answer_border_value(&put, err);
    if (status == WCK_OK)
        status =
            ways[way].by_matrix ? answer_matrix(&put, err) : answer_maps(&put, err);
    free(put.at);
    return status;
}
