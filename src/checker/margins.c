#include "src/checker/margins.h"

#include <math.h>
#include <stdlib.h>

#include "reference/clip.h"
#include "reference/pass.h"
#include "src/checker/margins_work.h"
#include "src/checker/trial.h"

static enum wck_status allocate(struct wck_margins *margins,
                                struct wck_margins_work *work,
                                const struct wck_image *image, struct wck_error *err)
{
    size_t entries = work->planes * wck_image_pixels(image);
    size_t inner = work->planes * work->pixels;

    margins->output = calloc(work->planes * work->count, sizeof *margins->output);
    margins->image = calloc(entries, sizeof *margins->image);
    margins->border_value = calloc(image->channels, sizeof *margins->border_value);
    margins->coordinate[0] =
        calloc(WCK_AXES * work->count, sizeof *margins->coordinate[0]);
    work->sent = calloc(inner + work->pixels + work->planes, sizeof *work->sent);
    work->image = margins->image;
    if (inner != entries)
        work->image = calloc(inner, sizeof *work->image);
    if (margins->output == NULL || margins->image == NULL || work->image == NULL ||
        margins->border_value == NULL || margins->coordinate[0] == NULL ||
        work->sent == NULL)
        return wck_error_no_memory(err);
    work->terms = work->sent + inner;
    work->adrift = work->terms + work->pixels;
    for (size_t a = 1; a < WCK_AXES; a++)
        margins->coordinate[a] = margins->coordinate[0] + a * work->count;
    return WCK_OK;
}

/* A sample that may read anything: its output and its own gradient are not judged, and
 * each entry of the image may be sent what it has. */
static void judge_lost(struct wck_margins_work *work, size_t index)
{
    const struct wck_map *map = &work->problem->warp.map;

    for (size_t p = 0; p < work->planes; p++) {
        work->margins->output[p * work->count + index] = wck_margin_anything;
        if (work->upstream != NULL)
            work->adrift[p] += 2.0 * fabs(wck_margins_upstream(work, p, index));
    }
    for (int a = 0; a < WCK_AXES && work->upstream != NULL; a++)
        work->margins->coordinate[a][index] = wck_margin_anything;
    for (int j = 0; j < wck_map_entries(map) && work->upstream != NULL; j++)
        work->margins->matrix[j] = wck_margin_anything;
}

static void judge_sample(struct wck_margins_work *work, size_t index)
{
    struct wck_margins *margins = work->margins;

    wck_samples_visit(&work->samples, index);
    margins->uncertain += work->samples.jumps;
    margins->lost += work->samples.lost;
    margins->non_finite += !work->samples.variants[0].has_taps;
    if (work->samples.lost) {
        judge_lost(work, index);
        return;
    }
    wck_margins_judge_outputs(work, index);
    if (work->upstream == NULL)
        return;
    wck_margins_judge_gradients(work, index);
    for (int a = 0; a < WCK_AXES && !work->samples.variants[0].has_taps; a++)
        margins->coordinate[a][index] = wck_margin_anything;
}

static enum wck_status judge(struct wck_margins_work *work,
                             const struct wck_image *image, struct wck_error *err)
{
    const struct wck_warp *warp = &work->problem->warp;
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < work->count; i++)
        judge_sample(work, i);
    if (work->upstream != NULL)
        status = wck_margins_finish_gradients(work, image, err);
    if (status == WCK_OK && wck_margins_have_own_sums(warp))
        status = wck_margins_own_outputs(work, image, err);
    return status;
}

/* How far a coefficient may be off: every step of the two recursions a pole rounds
 * once, and both forget by the pole's magnitude. */
static double coefficient_error(const struct wck_margins_work *work)
{
    const struct wck_warp *warp = &work->problem->warp;
    double most = 0.0;

    if (warp->prefilter == NULL)
        return 0.0;
    for (size_t p = 0; p < work->planes; p++) {
        for (size_t i = 0; i < work->pixels; i++)
            most = fmax(most, fabs(wck_plane_get(&work->source, p, i)));
    }
    return 8.0 * work->u * most * wck_prefilter_norm(warp->kernel->order) *
           ((double)wck_warp_axes(warp) + (warp->channel_axis ? 1.0 : 0.0));
}

/* Where the reference's own outputs and gradient of the image are. */
static enum wck_status locate(struct wck_margins_work *work,
                              const struct wck_image *image, struct wck_error *err)
{
    const struct wck_problem *problem = work->problem;
    bool whole = !(wck_dtype_row(problem->dtype)->roundoff > 0.0);
    struct wck_image output = *image, gradient = {0};
    struct wck_gradients wanted = {.image = &gradient};
    size_t pixels = wck_image_pixels(image);
    enum wck_status status;

    output.depth = wck_warp_output_extent(&problem->warp, WCK_Z);
    output.height = wck_warp_output_extent(&problem->warp, WCK_Y);
    output.width = wck_warp_output_extent(&problem->warp, WCK_X);
    status =
        wck_image_new_like(&output, whole ? problem->dtype : WCK_FLOAT64, &output, err);
    if (status == WCK_OK)
        status = wck_warp_forward(&problem->warp, image, &output, err);
    for (size_t i = 0; status == WCK_OK && i < work->planes * work->count; i++)
        work->margins->output[i].at =
            wck_plane_get(&output, i / work->count, i % work->count);
    if (status == WCK_OK && work->upstream != NULL)
        status = wck_image_new_like(&gradient, WCK_FLOAT64, image, err);
    if (status == WCK_OK && work->upstream != NULL)
        status = wck_warp_vjp(&problem->warp, image, work->upstream, &wanted, err);
    for (size_t i = 0;
         status == WCK_OK && gradient.tensor.data != NULL && i < work->planes * pixels;
         i++)
        work->margins->image[i].at = wck_plane_get(&gradient, i / pixels, i % pixels);
    free(output.tensor.data);
    free(gradient.tensor.data);
    return status;
}

enum wck_status wck_margins_make(struct wck_margins *margins,
                                 const struct wck_problem *problem,
                                 const struct wck_image *image,
                                 const struct wck_image *upstream,
                                 struct wck_error *err)
{
    struct wck_warp moved = problem->warp;
    struct wck_margins_work work = {
        .margins = margins,
        .problem = problem,
        .upstream = upstream,
        .u = wck_problem_roundoff(problem) + 0x1p-53,
        .least = wck_dtype_row(problem->dtype)->roundoff > 0.0
                     ? wck_dtype_row(problem->dtype)->tiny / 2.0
                     : 0.0,
        .planes = wck_image_planes(image),
        .count = wck_warp_samples(&problem->warp),
    };
    enum wck_status status;

    *margins = (struct wck_margins){.problem = problem};
    if (problem->warp.kernel->footprint)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "recorded numbers are not judged for kernel %s",
                             problem->warp.kernel->name);
    status = wck_pass_source(&moved, image, &work.source, err);
    if (status != WCK_OK)
        return status;
    work.pixels = wck_image_pixels(&work.source);
    status = wck_samples_init(&work.samples, problem, err);
    if (status == WCK_OK)
        status = allocate(margins, &work, image, err);
    work.source_error = coefficient_error(&work);
    if (status == WCK_OK && upstream != NULL)
        status = wck_clip_refuse(&problem->warp, err);
    if (status == WCK_OK)
        status = judge(&work, image, err);
    if (status == WCK_OK && problem->warp.clips)
        wck_margins_clip_outputs(&work, image);
    if (status == WCK_OK)
        status = locate(&work, image, err);
    if (work.image != margins->image)
        free(work.image);
    free(work.sent);
    wck_samples_release(&work.samples);
    wck_pass_free(&moved, &work.source);
    return status;
}

void wck_margins_release(struct wck_margins *margins)
{
    free(margins->output);
    free(margins->image);
    free(margins->border_value);
    free(margins->coordinate[0]);
    *margins = (struct wck_margins){0};
}
