#include "src/subject/evaluation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sums of gradients over the batch, in double, as the arrays lie. */
struct sums {
    double *array[WCK_CALL_ARRAYS]; /* NULL: no such array */
    double *border;                 /* one a channel */
};

/* What one batch item gives; all but the image is one allocation. */
struct parts {
    struct wck_image image; /* float64 */
    double *coordinate[WCK_AXES], *border;
    double matrix[WCK_MATRIX];
};

static void release_sums(struct sums *sums)
{
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++)
        free(sums->array[i]);
    free(sums->border);
}

static enum wck_status init_sums(struct sums *sums, const struct wck_call *call,
                                 struct wck_error *err)
{
    *sums = (struct sums){0};
    sums->border = calloc(call->image.channels, sizeof *sums->border);
    if (sums->border == NULL)
        return wck_error_no_memory(err);
    for (size_t i = 0; wck_call_array_name(call->convention, i) != NULL; i++) {
        sums->array[i] =
            calloc(wck_tensor_count(&call->array[i]), sizeof *sums->array[i]);
        if (sums->array[i] == NULL)
            return wck_error_no_memory(err);
    }
    return WCK_OK;
}

static void release_parts(struct parts *parts)
{
    free(parts->image.tensor.data);
    free(parts->coordinate[0]);
}

static enum wck_status init_parts(struct parts *parts, const struct wck_recording *r,
                                  struct wck_error *err)
{
    struct wck_image first = wck_image_item(&r->call.image, 0);
    size_t samples = wck_warp_samples(&r->problem.warp);
    enum wck_status status;

    *parts = (struct parts){0};
    status = wck_image_new_like(&parts->image, WCK_FLOAT64, &first, err);
    if (status != WCK_OK)
        return status;
    parts->coordinate[0] = calloc(WCK_AXES * samples + first.channels, sizeof(double));
    if (parts->coordinate[0] == NULL)
        return wck_error_no_memory(err);
    for (int a = 1; a < WCK_AXES; a++)
        parts->coordinate[a] = parts->coordinate[0] + (size_t)a * samples;
    parts->border = parts->coordinate[0] + WCK_AXES * samples;
    return WCK_OK;
}

/* A gradient's type: that of whole numbers has fractions. */
static enum wck_dtype gradient_dtype(enum wck_dtype dtype)
{
    return wck_dtype_row(dtype)->roundoff > 0.0 ? dtype : WCK_FLOAT64;
}

static enum wck_status new_like(struct wck_tensor *gradient,
                                const struct wck_tensor *like, struct wck_error *err)
{
    return wck_tensor_new(gradient, gradient_dtype(like->dtype), like->rank,
                          like->shape, err);
}

static const struct wck_tensor *member(const struct wck_recorded *of, const char *name)
{
    return wck_member_find(&of->archive, name);
}

static enum wck_status new_output(struct wck_evaluation *evaluation,
                                  const struct wck_recorded *of, struct wck_error *err)
{
    char flat[WCK_TENSOR_RANK + 1];
    struct wck_tensor tensor;
    enum wck_status status = wck_recorded_new_output(of, &tensor, err);

    if (status != WCK_OK)
        return status;
    status = wck_image_view(&evaluation->output, &tensor,
                            wck_recorded_output_layout(of, flat), err);
    if (status != WCK_OK)
        free(tensor.data);
    return status;
}

static void copy_image(const struct wck_image *from, const struct wck_image *to)
{
    for (size_t p = 0; p < wck_image_planes(from); p++) {
        for (size_t y = 0; y < wck_image_rows(from); y++) {
            for (size_t x = 0; x < from->width; x++)
                wck_image_set(to, p, y, x, wck_image_get(from, p, y, x));
        }
    }
}

/* ---- running ---- */

static enum wck_status pull_item(const struct wck_recording *r, size_t item,
                                 const struct wck_behaviour *behaviour,
                                 const struct wck_image *gradient, struct parts *parts,
                                 struct sums *sums, struct wck_error *err)
{
    const struct wck_warp *warp = &r->items[item].warp;
    struct wck_image image = wck_image_item(&r->call.image, item);
    struct wck_image upstream = wck_image_item(&r->grad_output, item);
    struct wck_image to = wck_image_item(gradient, item);
    bool matrix = wck_map_has_matrix(&warp->map);
    struct wck_gradients wanted = {
        .image = &parts->image,
        .x = matrix ? NULL : parts->coordinate[WCK_X],
        .y = matrix ? NULL : parts->coordinate[WCK_Y],
        .z = matrix || wck_warp_axes(warp) < 3 ? NULL : parts->coordinate[WCK_Z],
        .matrix = matrix ? parts->matrix : NULL,
        .border_value = parts->border,
    };
    enum wck_status status =
        wck_behaviour_vjp(behaviour, warp, &image, &upstream, &wanted, err);

    if (status != WCK_OK)
        return status;
    copy_image(&parts->image, &to);
    wck_call_add(&r->call, &r->items[item], item, &wanted, sums->array);
    for (size_t c = 0; c < image.channels; c++)
        sums->border[c] += parts->border[c];
    return WCK_OK;
}

/* The sums, in the type and the shape of the array of which they are the gradient. */
static enum wck_status keep(double *sum, const struct wck_tensor *like,
                            struct wck_tensor *gradient, struct wck_error *err)
{
    struct wck_tensor from =
        wck_tensor_contiguous(sum, WCK_FLOAT64, like->rank, like->shape);
    enum wck_status status = new_like(gradient, like, err);

    return status == WCK_OK ? wck_tensor_copy(&from, gradient, err) : status;
}

static enum wck_status keep_sums(struct wck_evaluation *evaluation,
                                 const struct wck_recorded *of, struct sums *sums,
                                 struct wck_error *err)
{
    const struct wck_call *call = &of->recording.call;
    size_t channels = call->image.channels, values = call->border_values;
    enum wck_status status = WCK_OK;
    double *border;

    for (size_t i = 0; wck_call_array_name(call->convention, i) != NULL; i++) {
        if (status == WCK_OK)
            status = keep(sums->array[i],
                          member(of, wck_call_array_name(call->convention, i)),
                          &evaluation->grad_array[i], err);
    }
    if (status != WCK_OK || values == 0)
        return status;
    border = calloc(values, sizeof *border);
    if (border == NULL)
        return wck_error_no_memory(err);
    for (size_t c = 0; c < channels; c++) {
        size_t entry = wck_call_border_entry(values, channels, c);

        if (entry < values && wck_call_reads_fill(call))
            border[entry] += sums->border[c];
    }
    status =
        keep(border, member(of, "border_value"), &evaluation->grad_border_value, err);
    free(border);
    return status;
}

static enum wck_status pull(struct wck_evaluation *evaluation,
                            const struct wck_recorded *of,
                            const struct wck_behaviour *behaviour,
                            struct wck_error *err)
{
    const struct wck_recording *r = &of->recording;
    struct wck_tensor like = *member(of, "image");
    struct wck_image gradient;
    struct parts parts = {0};
    struct sums sums;
    enum wck_status status = init_sums(&sums, &r->call, err);

    like.dtype = r->call.image.tensor.dtype;
    if (status == WCK_OK)
        status = new_like(&evaluation->grad_image, &like, err);
    if (status == WCK_OK)
        status =
            wck_image_view(&gradient, &evaluation->grad_image, r->problem.layout, err);
    if (status == WCK_OK)
        status = init_parts(&parts, r, err);
    for (size_t i = 0; i < r->call.image.batch && status == WCK_OK; i++)
        status = pull_item(r, i, behaviour, &gradient, &parts, &sums, err);
    if (status == WCK_OK)
        status = keep_sums(evaluation, of, &sums, err);
    release_parts(&parts);
    release_sums(&sums);
    return status;
}

enum wck_status wck_evaluation_run(struct wck_evaluation *evaluation,
                                   const struct wck_recorded *of,
                                   const struct wck_behaviour *behaviour,
                                   struct wck_error *err)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    const struct wck_recording *r = &of->recording;
    enum wck_status status;

    *evaluation = (struct wck_evaluation){0};
    if (behaviour == NULL)
        behaviour = &reference;
    status = new_output(evaluation, of, err);
    for (size_t i = 0; i < r->call.image.batch && status == WCK_OK; i++) {
        struct wck_image image = wck_image_item(&r->call.image, i);
        struct wck_image output = wck_image_item(&evaluation->output, i);

        status =
            wck_behaviour_forward(behaviour, &r->items[i].warp, &image, &output, err);
    }
    if (status == WCK_OK && r->grad_output.tensor.data != NULL)
        status = pull(evaluation, of, behaviour, err);
    return status;
}

void wck_evaluation_release(struct wck_evaluation *evaluation)
{
    free(evaluation->output.tensor.data);
    free(evaluation->grad_image.data);
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++)
        free(evaluation->grad_array[i].data);
    free(evaluation->grad_border_value.data);
    *evaluation = (struct wck_evaluation){0};
}

/* ---- packing ---- */

static enum wck_status pack_gradient(struct wck_npz *npz, const char *like,
                                     const struct wck_tensor *gradient,
                                     struct wck_error *err)
{
    char name[40];

    if (gradient->data == NULL)
        return WCK_OK;
    snprintf(name, sizeof name, "grad_%s", like);
    return wck_npz_add_array(npz, name, gradient, err);
}

enum wck_status wck_evaluation_pack(const struct wck_evaluation *evaluation,
                                    const struct wck_recorded *of, struct wck_npz *npz,
                                    struct wck_error *err)
{
    const struct wck_convention *convention = of->recording.call.convention;
    enum wck_status status =
        wck_npz_add_array(npz, "output", &evaluation->output.tensor, err);

    if (status == WCK_OK)
        status = pack_gradient(npz, "image", &evaluation->grad_image, err);
    for (size_t i = 0; wck_call_array_name(convention, i) != NULL; i++) {
        if (status == WCK_OK)
            status = pack_gradient(npz, wck_call_array_name(convention, i),
                                   &evaluation->grad_array[i], err);
    }
    if (status == WCK_OK)
        status =
            pack_gradient(npz, "border_value", &evaluation->grad_border_value, err);
    return status;
}

static enum wck_status pack_input(const struct wck_recorded *of, const char *name,
                                  struct wck_npz *npz, struct wck_error *err)
{
    const struct wck_tensor *tensor = member(of, name);

    return tensor != NULL ? wck_npz_add_array(npz, name, tensor, err) : WCK_OK;
}

enum wck_status wck_evaluation_pack_inputs(const struct wck_recorded *of,
                                           struct wck_npz *npz, struct wck_error *err)
{
    const struct wck_convention *convention = of->recording.call.convention;
    enum wck_status status = pack_input(of, "image", npz, err);

    for (size_t i = 0; wck_call_array_name(convention, i) != NULL; i++) {
        if (status == WCK_OK)
            status = pack_input(of, wck_call_array_name(convention, i), npz, err);
    }
    if (status == WCK_OK)
        status = pack_input(of, "border_value", npz, err);
    if (status == WCK_OK)
        status = pack_input(of, "destination", npz, err);
    if (status == WCK_OK)
        status = pack_input(of, "grad_output", npz, err);
    if (status == WCK_OK)
        status = wck_npz_add_text(npz, "spec.json",
                                  wck_npz_text(&of->archive.npz, "spec.json"), err);
    return status;
}
