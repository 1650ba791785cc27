#include <math.h>
#include <stdlib.h>

#include "reference/pass.h"
#include "src/checker/margins_work.h"
#include "src/checker/trial.h"

double wck_margins_upstream(const struct wck_margins_work *work, size_t plane,
                            size_t sample)
{
    return wck_plane_get(work->upstream, plane, sample);
}

/* One sample's part in the gradients of the image and of the border value. */
static void add_image(struct wck_margins_work *work, size_t index)
{
    for (size_t k = 0; k < work->samples.weight_count; k++) {
        const struct wck_sample_weight *w = &work->samples.weights[k];
        struct wck_margin weight = {.low = w->low,
                                    .high = w->high,
                                    .at = w->at,
                                    .bound =
                                        work->u * w->uncertainty + 2.0 * work->least};

        for (size_t p = 0; p < work->planes; p++) {
            double g = wck_margins_upstream(work, p, index);
            struct wck_margin *to =
                &work->margins->border_value[p % work->source.channels];
            size_t entry = p * work->pixels + (size_t)w->pixel;

            if (w->pixel == WCK_BORDER_VALUE && work->problem->warp.transparent)
                continue;
            if (w->pixel == WCK_BORDER_VALUE) {
                wck_margin_add_scaled(to, g, &weight);
                to->reach += fabs(g) * wck_margin_magnitude(&weight);
                to->bound += fabs(g) * wck_margin_magnitude(&weight) *
                             wck_gamma((double)work->count * (double)work->planes + 4.0,
                                       work->u);
                continue;
            }
            wck_margin_add_scaled(&work->image[entry], g, &weight);
            work->image[entry].bound += 3.0 * work->least;
            work->sent[entry] += fabs(g) * w->sent;
            work->image[entry].reach = work->sent[entry];
        }
        /* What is sent in more than the weight goes there in two terms. */
        if (w->pixel != WCK_BORDER_VALUE)
            work->terms[w->pixel] +=
                (double)w->listed *
                (w->sent > fmax(fabs(w->low), fabs(w->high)) ? 2.0 : 1.0);
    }
    for (size_t p = 0; p < work->planes; p++)
        work->margins->border_value[p % work->source.channels].bound +=
            fabs(wck_margins_upstream(work, p, index)) *
            wck_margins_remainder_error(
                work, &work->samples.variants[work->samples.nominal], -1);
}

/* sum over planes and taps of g dw/du x for one variant and axis.  On the way to that
 * stand g x times a kernel's slope, below 2 for every row, and times weights of the
 * other axes, below 1; a fold's slope, which may be 0, comes after the sum. */
static void sum_slope(const struct wck_margins_work *work,
                      const struct wck_sample *sample, int axis, size_t index,
                      struct wck_margin *margin)
{
    double value = 0.0, weighed = 0.0, slopes = 0.0, all = 0.0, filled = 0.0;
    double reach = 0.0, tiny = 0.0;

    for (size_t p = 0; p < work->planes; p++) {
        double g = wck_margins_upstream(work, p, index);

        filled += fabs(g * wck_margins_outside(work, p, index));

        for (size_t t = 0; t < sample->count; t++) {
            const struct wck_sample_tap *tap = &sample->taps[t];
            double x = wck_margins_pixel(work, tap, p, index);

            value += g * tap->slope[axis] * x;
            weighed += fabs(g * tap->slope[axis] * x);
            slopes += fabs(g * x) * tap->slope_uncertainty[axis];
            tiny += work->least * (2.0 * fabs(g * x) + 5.0 * (fabs(g) + fabs(x)) + 7.0);
            all += fabs(g * tap->slope[axis]);
            reach += 2.0 * fabs(g * x);
        }
    }
    if (!sample->has_taps)
        value = (double)NAN;
    wck_margin_widen(margin, value);
    if (sample == &work->samples.variants[work->samples.nominal])
        margin->at = value;
    margin->reach = fmax(margin->reach, reach);
    margin->bound =
        fmax(margin->bound,
             wck_gamma((double)(work->samples.listed + work->planes) + 4.0, work->u) *
                     weighed +
                 work->u * slopes +
                 wck_margins_remainder_error(work, sample, axis) * filled +
                 work->source_error * all + tiny);
}

/* What the gradient of sample `index`'s coordinates makes of the matrix. */
static void add_matrix(struct wck_margins_work *work,
                       const struct wck_margin of_axis[WCK_AXES], size_t index)
{
    const struct wck_warp *warp = &work->problem->warp;
    size_t output[WCK_AXES], extent[WCK_AXES];
    double at[WCK_AXES];
    int side = wck_warp_axes(warp) + 1;

    for (int a = 0; a < WCK_AXES; a++) {
        output[a] = wck_warp_output_extent(warp, (enum wck_axis)a);
        extent[a] = wck_warp_extent(warp, (enum wck_axis)a);
    }
    wck_warp_position(warp, index, at);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        double g[WCK_AXES] = {0.0, 0.0, 0.0}, c[WCK_MATRIX] = {0.0};

        g[a] = 1.0;
        wck_map_pull(&warp->map, at, output, extent, g, c);
        for (int j = 0; j < wck_map_entries(&warp->map); j++) {
            struct wck_margin *to = &work->margins->matrix[j];
            int last = j - j % side + side - 1;

            wck_margin_add_scaled(to, c[j], &of_axis[a]);
            /* position, normalisation, factor and quotient; and the sum over samples */
            to->bound += fabs(c[j]) * wck_margin_magnitude(&of_axis[a]) *
                         wck_gamma(12.0 + (double)work->count, work->u);
            /* The last column's factor is the others' where their position is 1. */
            if (j != last)
                to->bound += fabs(c[last]) * wck_margin_magnitude(&of_axis[a]) *
                             wck_problem_position_error(work->problem, index, j % side);
        }
    }
}

void wck_margins_judge_gradients(struct wck_margins_work *work, size_t index)
{
    const struct wck_warp *warp = &work->problem->warp;
    struct wck_margin slope[WCK_AXES];

    add_image(work, index);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        size_t n = wck_warp_extent(warp, (enum wck_axis)a);

        slope[a] = wck_margin_unknown;
        for (size_t v = 0; v < work->samples.variant_count; v++)
            sum_slope(work, &work->samples.variants[v], a, index, &slope[a]);
        wck_margin_add_scaled(
            &work->margins->coordinate[a][index],
            wck_map_has_matrix(&warp->map) ? 1.0 : wck_map_factor(&warp->map, n),
            &slope[a]);
        /* The units' factor, which may be small, comes last. */
        work->margins->coordinate[a][index].reach =
            fmax(work->margins->coordinate[a][index].reach, slope[a].reach);
    }
    if (wck_map_has_matrix(&warp->map))
        add_matrix(work, slope, index);
}

/* From dL/d(backward) to dL/d(matrix). */
static void turn_matrix(struct wck_margins_work *work)
{
    const struct wck_map *map = &work->problem->warp.map;
    int entries = wck_map_entries(map);
    double middle[WCK_MATRIX], radius[WCK_MATRIX], turned[WCK_MATRIX];
    struct wck_margin *m = work->margins->matrix;

    if (entries == 0 || map->direction == WCK_OUTPUT_TO_SOURCE)
        return;
    /* Of one entry that may be anything every entry of the product has a part. */
    for (int i = 0; i < entries; i++) {
        if (isfinite(m[i].low) && isfinite(m[i].high) && isfinite(m[i].bound))
            continue;
        for (int j = 0; j < entries; j++)
            m[j] = wck_margin_anything;
        return;
    }
    for (int i = 0; i < entries; i++) {
        middle[i] = (m[i].low + m[i].high) / 2.0;
        radius[i] = (m[i].high - m[i].low) / 2.0 + m[i].bound;
    }
    wck_map_matrix_gradient(map, middle, turned);
    wck_problem_matrix_spread(work->problem, middle, radius);
    for (int i = 0; i < entries; i++)
        m[i] = (struct wck_margin){
            .low = turned[i], .high = turned[i], .bound = radius[i], .at = turned[i]};
}

/* Where the image is continued by the border value before it is filtered, that has a
 * part by way of the coefficients too: a sum over those that were added. */
static void move_border(struct wck_margins_work *work, const double *border,
                        const struct wck_image *image, double most)
{
    double added = (double)(work->pixels - wck_image_pixels(image));

    for (size_t c = 0; c < image->channels; c++) {
        struct wck_margin *m = &work->margins->border_value[c];
        double middle = (m->low + m->high) / 2.0;

        m->low += border[c] - middle;
        m->high += border[c] - middle;
        m->bound += added * most;
    }
}

/* With a prefilter the gradient of the image is P^T of that of the coefficients, whose
 * margins are made; what those allow grows by the filter's 1-norm at most. */
static enum wck_status through_prefilter(struct wck_margins_work *work,
                                         const struct wck_image *image,
                                         struct wck_error *err)
{
    double most = 0.0, grown = wck_prefilter_norm(work->problem->warp.kernel->order);
    struct wck_image gradient;
    double *border = calloc(image->channels, sizeof *border);
    struct wck_gradients wanted = {.image = &gradient, .border_value = border};
    enum wck_status status = wck_image_new_like(&gradient, WCK_FLOAT64, image, err);

    if (border == NULL && status == WCK_OK)
        status = wck_error_no_memory(err);
    for (size_t e = 0; e < work->planes * work->pixels; e++) {
        const struct wck_margin *m = &work->image[e];

        most = fmax(most, m->bound + (m->high - m->low) +
                              32.0 * work->u * wck_margin_magnitude(m));
    }
    for (int a = 0; a < wck_warp_axes(&work->problem->warp); a++)
        most *= grown;
    if (status == WCK_OK)
        status =
            wck_warp_vjp(&work->problem->warp, image, work->upstream, &wanted, err);
    for (size_t p = 0; status == WCK_OK && p < work->planes; p++) {
        for (size_t i = 0; i < wck_image_pixels(image); i++) {
            double value = wck_plane_get(&gradient, p, i);

            work->margins->image[p * wck_image_pixels(image) + i] = (struct wck_margin){
                .low = value, .high = value, .bound = most, .at = value};
        }
    }
    if (status == WCK_OK)
        move_border(work, border, image, most);
    free(border);
    free(gradient.tensor.data);
    return status;
}

/* The rounding of sums over outputs, now that it is known how many there are. */
static void finish_image(struct wck_margins_work *work)
{
    for (size_t e = 0; e < work->planes * work->pixels; e++)
        work->image[e].bound +=
            wck_gamma(work->terms[e % work->pixels] + 4.0, work->u) * work->sent[e] +
            work->adrift[e / work->pixels];
}

enum wck_status wck_margins_finish_gradients(struct wck_margins_work *work,
                                             const struct wck_image *image,
                                             struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    finish_image(work);
    turn_matrix(work);
    if (work->problem->warp.prefilter != NULL)
        status = through_prefilter(work, image, err);
    for (size_t e = 0; status == WCK_OK && e < work->planes * wck_image_pixels(image);
         e++)
        wck_margin_store(&work->margins->image[e], work->problem->dtype, work->u);
    return status;
}
