#include "src/run/allowed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/checker/carried.h"

void wck_allowed_release(struct wck_allowed *allowed)
{
    for (size_t i = 0; i < allowed->count; i++)
        free(allowed->items[i].low);
    *allowed = (struct wck_allowed){.count = 0};
}

/* A new array at the end; NULL where memory is out, or nothing was recorded. */
static struct wck_allowed_array *add(struct wck_allowed *allowed, const char *prefix,
                                     const char *name, const struct wck_tensor *got)
{
    struct wck_allowed_array *array = &allowed->items[allowed->count];
    size_t count = got->data != NULL ? wck_tensor_count(got) : 0;
    double *low = count > 0 ? calloc(2 * count, sizeof *low) : NULL;

    if (low == NULL)
        return NULL;
    *array = (struct wck_allowed_array){
        .got = got, .count = count, .low = low, .high = low + count};
    snprintf(array->name, sizeof array->name, "%s%s", prefix, name);
    allowed->count++;
    return array;
}

/* What the type makes of the ends: the last step below its normal numbers; beyond its
 * largest number, infinity. */
static void set(const struct wck_allowed_array *array, size_t i,
                const struct wck_margin *margin, enum wck_dtype dtype)
{
    const struct wck_dtype_row *row = wck_dtype_row(dtype);
    double step = row->roundoff > 0.0 ? row->tiny / 2.0 : 0.0;
    double low = margin->low - margin->bound - step;
    double high = margin->high + margin->bound + step;

    array->low[i] =
        row->roundoff > 0.0 && isinf(wck_dtype_round(dtype, low)) && low < 0.0
            ? -(double)INFINITY
            : low;
    array->high[i] =
        row->roundoff > 0.0 && isinf(wck_dtype_round(dtype, high)) && high > 0.0
            ? (double)INFINITY
            : high;
}

/* Planes of one batch item, from margins plane by plane. */
static void set_image(const struct wck_allowed_array *array,
                      const struct wck_image *image, const struct wck_margin *margins,
                      const struct wck_problem *problem, size_t item)
{
    size_t pixels = wck_image_pixels(image), width = image->width;

    for (size_t i = 0; i < problem->channels * pixels; i++) {
        size_t plane = item * problem->channels + i / pixels, at = i % pixels;
        ptrdiff_t offset = wck_image_offset(image, plane, at / width, at % width);

        set(array, (size_t)offset, &margins[i], problem->dtype);
    }
}

/* Border values: the sums over what they fill, as margins; `sum` has one a value. */
static void add_border(const struct wck_recording *of,
                       const struct wck_margins *margins, struct wck_margin *sum)
{
    size_t values = of->call.border_values, channels = of->problem.channels;

    for (size_t c = 0; wck_call_reads_fill(&of->call) && c < channels; c++) {
        struct wck_margin *at = &sum[wck_call_border_entry(values, channels, c)];

        at->low += margins->border_value[c].low;
        at->high += margins->border_value[c].high;
        at->bound += margins->border_value[c].bound;
    }
}

struct work {
    const struct wck_recording *of;
    struct wck_carried carried;
    struct wck_margin *border;
    struct wck_allowed_array *output, *image;
};

static enum wck_status work_item(struct work *work, size_t item, struct wck_error *err)
{
    struct wck_problem problem = wck_recording_problem(work->of, item);
    struct wck_image image = wck_image_item(&work->of->call.image, item), upstream;
    bool pulled = work->of->grad_output.tensor.data != NULL;
    struct wck_margins margins;
    enum wck_status status;

    if (pulled)
        upstream = wck_image_item(&work->of->grad_output, item);
    status =
        wck_margins_make(&margins, &problem, &image, pulled ? &upstream : NULL, err);
    if (status == WCK_OK && work->output != NULL)
        set_image(work->output, &work->of->output, margins.output, &problem, item);
    if (status == WCK_OK && work->image != NULL)
        set_image(work->image, &work->of->grad_image, margins.image, &problem, item);
    if (status == WCK_OK && pulled) {
        wck_carried_add(&work->carried, &margins, item);
        add_border(work->of, &margins, work->border);
    }
    wck_margins_release(&margins);
    return status;
}

/* The gradients that all items add to. */
static void set_sums(struct wck_allowed *allowed, const struct work *work)
{
    const struct wck_recording *of = work->of;
    struct wck_allowed_array *array;

    for (size_t a = 0; wck_call_array_name(of->call.convention, a) != NULL; a++) {
        array = add(allowed, "grad_", wck_call_array_name(of->call.convention, a),
                    &of->grad_array[a]);
        for (size_t i = 0; array != NULL && i < array->count; i++) {
            struct wck_margin margin = work->carried.margin[a][i];

            wck_margin_store(&margin, array->got->dtype,
                             wck_problem_roundoff(&of->problem));
            set(array, i, &margin, of->problem.dtype);
        }
    }
    array = add(allowed, "grad_", "border_value", &of->grad_border_value);
    for (size_t i = 0; array != NULL && i < array->count; i++)
        set(array, i, &work->border[i], of->problem.dtype);
}

static bool is_beyond(double got, double low, double high)
{
    if (isnan(low) || (isinf(low) && isinf(high)))
        return isnan(low) && !isnan(got);
    return !(got >= low && got <= high);
}

static void count_beyond(struct wck_allowed *allowed)
{
    for (size_t a = 0; a < allowed->count; a++) {
        const struct wck_allowed_array *array = &allowed->items[a];

        for (size_t i = 0; i < array->count; i++)
            allowed->beyond += is_beyond(wck_tensor_get(array->got, (ptrdiff_t)i),
                                         array->low[i], array->high[i]);
    }
}

enum wck_status wck_allowed_make(struct wck_allowed *allowed,
                                 const struct wck_recording *recording,
                                 struct wck_error *err)
{
    struct work work = {.of = recording};
    enum wck_status status = wck_carried_init(&work.carried, recording, err);

    *allowed = (struct wck_allowed){.count = 0};
    work.border = calloc(recording->call.border_values + 1, sizeof *work.border);
    if (work.border == NULL)
        status = wck_error_no_memory(err);
    if (recording->has_output)
        work.output = add(allowed, "", "output", &recording->output.tensor);
    work.image = add(allowed, "", "grad_image", &recording->grad_image.tensor);
    for (size_t i = 0; i < recording->call.image.batch && status == WCK_OK; i++)
        status = work_item(&work, i, err);
    if (status == WCK_OK) {
        set_sums(allowed, &work);
        count_beyond(allowed);
    }
    wck_carried_release(&work.carried);
    free(work.border);
    return status;
}
