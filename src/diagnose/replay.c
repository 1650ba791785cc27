#include "src/diagnose/replay.h"

#include <math.h>
#include <stdlib.h>

#include "src/checker/carried.h"

/* Where each recorded array begins in the trace; as the next where it is not there. */
struct parts {
    size_t output, image, array[WCK_CALL_ARRAYS], border, end;
};

static struct parts find_parts(const struct wck_recording *r)
{
    struct parts parts = {.output = 0};
    size_t at = r->has_output ? wck_tensor_count(&r->output.tensor) : 0;

    parts.image = at;
    if (r->grad_image.tensor.data != NULL)
        at += wck_tensor_count(&r->grad_image.tensor);
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++) {
        parts.array[i] = at;
        if (r->grad_array[i].data != NULL)
            at += wck_tensor_count(&r->grad_array[i]);
    }
    parts.border = at;
    if (r->grad_border_value.data != NULL)
        at += wck_tensor_count(&r->grad_border_value);
    parts.end = at;
    return parts;
}

static enum wck_status trace_init(struct wck_trace *trace, const struct parts *parts,
                                  struct wck_error *err)
{
    *trace = (struct wck_trace){.count = parts->end,
                                .begin = {[WCK_SECTION_IMAGE] = parts->image,
                                          [WCK_SECTION_PARAMETERS] = parts->array[0]},
                                .end = {[WCK_SECTION_OUTPUT] = parts->image,
                                        [WCK_SECTION_IMAGE] = parts->array[0],
                                        [WCK_SECTION_PARAMETERS] = parts->end}};
    trace->value = calloc(3 * parts->end, sizeof *trace->value);
    if (trace->value == NULL)
        return wck_error_no_memory(err);
    trace->bound = trace->value + parts->end;
    trace->scale = trace->value + 2 * parts->end;
    return WCK_OK;
}

/* The planes of an image, and the elements of a tensor in C order. */
static void put_image(const struct wck_image *image, double *value)
{
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < wck_image_rows(image); y++) {
            for (size_t x = 0; x < image->width; x++)
                *value++ = wck_image_get(image, p, y, x);
        }
    }
}

static enum wck_status put_tensor(const struct wck_tensor *tensor, double *value,
                                  struct wck_error *err)
{
    struct wck_tensor to =
        wck_tensor_contiguous(value, WCK_FLOAT64, tensor->rank, tensor->shape);

    return tensor->data != NULL ? wck_tensor_copy(tensor, &to, err) : WCK_OK;
}

/* ---- what was recorded ---- */

/* A right answer may lie anywhere in the margin, and one unit off in whole numbers. */
static void put_bounds(const struct wck_margin *margins, size_t count, double unit,
                       double *bound)
{
    for (size_t i = 0; i < count; i++)
        bound[i] += margins[i].bound + (margins[i].high - margins[i].low) + unit;
}

static enum wck_status bound_item(struct wck_trace *trace, const struct parts *parts,
                                  const struct wck_recording *r, size_t item,
                                  struct wck_carried *carried, struct wck_error *err)
{
    struct wck_problem problem = wck_recording_problem(r, item);
    struct wck_image image = wck_image_item(&r->call.image, item), upstream;
    bool pulled = r->grad_output.tensor.data != NULL;
    double unit = wck_dtype_row(problem.dtype)->roundoff > 0.0 ? 0.0 : 1.0;
    size_t outputs = problem.channels * wck_warp_samples(&problem.warp);
    size_t inputs = problem.channels * wck_image_pixels(&image);
    size_t values = parts->end - parts->border;
    struct wck_margins margins;
    enum wck_status status;

    if (pulled)
        upstream = wck_image_item(&r->grad_output, item);
    status =
        wck_margins_make(&margins, &problem, &image, pulled ? &upstream : NULL, err);
    if (status == WCK_OK && r->has_output)
        put_bounds(margins.output, outputs, unit, trace->bound + item * outputs);
    if (status == WCK_OK && r->grad_image.tensor.data != NULL)
        put_bounds(margins.image, inputs, 0.0,
                   trace->bound + parts->image + item * inputs);
    if (status == WCK_OK && pulled)
        wck_carried_add(carried, &margins, item);
    for (size_t c = 0; status == WCK_OK && c < problem.channels; c++) {
        size_t entry = wck_call_border_entry(values, problem.channels, c);

        if (entry < values)
            put_bounds(&margins.border_value[c], 1, 0.0,
                       trace->bound + parts->border + entry);
    }
    wck_margins_release(&margins);
    return status;
}

/* Each array's numbers are as large as its largest. */
static void put_scales(struct wck_trace *trace, size_t from, size_t to)
{
    double most = 0x1p-1022;

    for (size_t i = from; i < to; i++) {
        if (isfinite(trace->value[i]))
            most = fmax(most, fabs(trace->value[i]));
    }
    for (size_t i = from; i < to; i++)
        trace->scale[i] = most;
}

static enum wck_status put_recorded(struct wck_trace *trace, const struct parts *parts,
                                    const struct wck_recording *r,
                                    struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    if (r->has_output)
        put_image(&r->output, trace->value);
    if (r->grad_image.tensor.data != NULL)
        put_image(&r->grad_image, trace->value + parts->image);
    for (size_t i = 0; i < WCK_CALL_ARRAYS && status == WCK_OK; i++)
        status = put_tensor(&r->grad_array[i], trace->value + parts->array[i], err);
    if (status == WCK_OK)
        status = put_tensor(&r->grad_border_value, trace->value + parts->border, err);
    put_scales(trace, parts->output, parts->image);
    put_scales(trace, parts->image, parts->array[0]);
    put_scales(trace, parts->array[0], parts->border);
    put_scales(trace, parts->border, parts->end);
    return status;
}

enum wck_status wck_replay_recorded(struct wck_trace *trace,
                                    const struct wck_recording *recording,
                                    struct wck_error *err)
{
    struct parts parts = find_parts(recording);
    struct wck_carried carried;
    enum wck_status status = trace_init(trace, &parts, err);

    if (status == WCK_OK)
        status = put_recorded(trace, &parts, recording, err);
    if (status != WCK_OK)
        return status;
    status = wck_carried_init(&carried, recording, err);
    for (size_t i = 0; i < recording->call.image.batch && status == WCK_OK; i++)
        status = bound_item(trace, &parts, recording, i, &carried, err);
    for (size_t i = 0; i < WCK_CALL_ARRAYS && status == WCK_OK; i++) {
        if (recording->grad_array[i].data != NULL)
            put_bounds(carried.margin[i], carried.count[i], 0.0,
                       trace->bound + parts.array[i]);
    }
    wck_carried_release(&carried);
    return status;
}

/* ---- what a behaviour does ---- */

/* One batch item's gradients, and where they go. */
struct replay {
    const struct wck_recording *of;
    const struct parts *parts;
    struct wck_trace *trace;
    struct wck_image output, gradient;
    double *coordinate[WCK_AXES]; /* one allocation */
    double *border;
    double matrix[WCK_MATRIX];
};

static void add_gradients(struct replay *replay, const struct wck_gradients *gradients,
                          size_t item)
{
    const struct wck_recording *r = replay->of;
    const struct parts *parts = replay->parts;
    double *value = replay->trace->value, *array[WCK_CALL_ARRAYS];
    size_t inputs = r->problem.channels * wck_image_pixels(&r->call.image);
    size_t values = parts->end - parts->border;

    if (r->grad_image.tensor.data != NULL)
        put_image(&replay->gradient, value + parts->image + item * inputs);
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++)
        array[i] = r->grad_array[i].data != NULL ? value + parts->array[i] : NULL;
    wck_call_add(&r->call, &r->items[item], item, gradients, array);
    for (size_t c = 0; c < r->problem.channels; c++) {
        size_t entry = wck_call_border_entry(values, r->problem.channels, c);

        if (entry < values)
            value[parts->border + entry] +=
                wck_call_reads_fill(&r->call) ? replay->border[c] : 0.0;
    }
}

static enum wck_status replay_item(struct replay *replay,
                                   const struct wck_behaviour *behaviour,
                                   const struct wck_warp *changed, size_t item,
                                   struct wck_error *err)
{
    const struct wck_recording *r = replay->of;
    struct wck_warp warp = r->items[item].warp;
    struct wck_image image = wck_image_item(&r->call.image, item), upstream;
    bool matrix = wck_map_has_matrix(&warp.map);
    struct wck_gradients wanted = {
        .image = &replay->gradient,
        .x = matrix ? NULL : replay->coordinate[WCK_X],
        .y = matrix ? NULL : replay->coordinate[WCK_Y],
        .z = matrix || wck_warp_axes(&warp) < 3 ? NULL : replay->coordinate[WCK_Z],
        .matrix = matrix ? replay->matrix : NULL,
        .border_value = replay->border,
    };
    size_t outputs = r->problem.channels * wck_warp_samples(&warp);
    enum wck_status status;

    warp.kernel = changed->kernel;
    warp.border = changed->border;
    if (warp.kernel->order == 0)
        warp.prefilter = NULL;
    status = wck_behaviour_forward(behaviour, &warp, &image, &replay->output, err);
    if (status != WCK_OK)
        return status;
    if (r->has_output)
        put_image(&replay->output, replay->trace->value + item * outputs);
    if (r->grad_output.tensor.data == NULL)
        return WCK_OK;
    upstream = wck_image_item(&r->grad_output, item);
    status = wck_behaviour_vjp(behaviour, &warp, &image, &upstream, &wanted, err);
    if (status == WCK_OK)
        add_gradients(replay, &wanted, item);
    return status;
}

static enum wck_status replay_init(struct replay *replay, struct wck_error *err)
{
    const struct wck_recording *r = replay->of;
    struct wck_image output = wck_image_item(&r->output, 0);
    struct wck_image image = wck_image_item(&r->call.image, 0);
    size_t samples = wck_warp_samples(&r->problem.warp);
    enum wck_status status =
        wck_image_new_like(&replay->output, r->problem.dtype, &output, err);

    /* A behaviour keeps gradients in float64. */
    if (status == WCK_OK)
        status = wck_image_new_like(&replay->gradient, WCK_FLOAT64, &image, err);
    if (status != WCK_OK)
        return status;
    replay->coordinate[0] =
        calloc(WCK_AXES * samples + r->problem.channels, sizeof *replay->coordinate[0]);
    if (replay->coordinate[0] == NULL)
        return wck_error_no_memory(err);
    for (int a = 1; a < WCK_AXES; a++)
        replay->coordinate[a] = replay->coordinate[0] + (size_t)a * samples;
    replay->border = replay->coordinate[0] + WCK_AXES * samples;
    return WCK_OK;
}

enum wck_status wck_replay_behaviour(struct wck_trace *trace,
                                     const struct wck_recording *recording,
                                     const struct wck_behaviour *behaviour,
                                     const struct wck_warp *warp, struct wck_error *err)
{
    struct parts parts = find_parts(recording);
    struct replay replay = {.of = recording, .parts = &parts, .trace = trace};
    enum wck_status status = trace_init(trace, &parts, err);

    if (status == WCK_OK)
        status = replay_init(&replay, err);
    for (size_t i = 0; i < recording->call.image.batch && status == WCK_OK; i++)
        status = replay_item(&replay, behaviour, warp, i, err);
    free(replay.output.tensor.data);
    free(replay.gradient.tensor.data);
    free(replay.coordinate[0]);
    return status;
}
