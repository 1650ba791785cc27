#include "src/checker/margin.h"

#include <math.h>
#include <stdlib.h>

#include "reference/clip.h"
#include "reference/pass.h"
#include "src/checker/sample.h"
#include "src/checker/trial.h"

double wck_margin_want(const struct wck_margin *margin, double got)
{
    if (!(got >= margin->low)) /* NaN too: it is judged against one end */
        return margin->low;
    return got > margin->high ? margin->high : got;
}

bool wck_margin_is_open(const struct wck_margin *margin, double got)
{
    return (isinf(margin->low) && isinf(margin->high)) ||
           (isnan(margin->low) && isnan(got));
}

double wck_margin_used(const struct wck_margin *margin, double got)
{
    double off = got - margin->at;
    double room = off > 0.0 ? margin->high - margin->at : margin->at - margin->low;

    /* The reference rounds its sums better than the ends of margins are. */
    return fpclassify(off) == FP_ZERO ? 0.0
                                      : fabs(off) / (fmax(room, 0.0) + margin->bound);
}

static void widen(struct wck_margin *margin, double value)
{
    margin->low = fmin(margin->low, value);
    margin->high = fmax(margin->high, value);
}

/* Adds c times what `part` allows. */
static void add_scaled(struct wck_margin *sum, double c, const struct wck_margin *part)
{
    double a = c * part->low, b = c * part->high;

    sum->low += fmin(a, b);
    sum->high += fmax(a, b);
    sum->at += c * part->at;
    sum->bound += fabs(c) * part->bound;
    sum->reach += fabs(c) * part->reach;
}

static double magnitude(const struct wck_margin *margin)
{
    return fmax(fabs(margin->low), fabs(margin->high));
}

struct work {
    struct wck_margins *margins;
    const struct wck_problem *problem;
    struct wck_samples samples;
    struct wck_image source; /* of the taps */
    const struct wck_image *upstream;
    double u;            /* roundoff */
    bool filled;         /* an output is the border value, to the bit */
    double least;        /* half the least number of the type; 0 of integers */
    double source_error; /* of a coefficient of a prefilter */
    size_t planes, count, pixels;
    struct wck_margin *image; /* of what is tapped: the image, or its coefficients */
    double *sent;             /* an entry: the sum of |g w| */
    double *terms;            /* a pixel: how many that are */
    double *adrift;           /* a plane: what lost samples may send anywhere */
};

/* The margin of one sum over the variants' own. */
static const struct wck_margin anything = {.low = -(double)INFINITY,
                                           .high = (double)INFINITY};
static const struct wck_margin unknown = {.low = (double)NAN, .high = (double)NAN};

/* ---- outputs ---- */

static double outside_of(const struct work *work, size_t plane, size_t index)
{
    const struct wck_warp *warp = &work->problem->warp;
    struct wck_plane from = wck_pass_plane(warp, &work->source, plane);

    return wck_plane_outside(warp, &from, index);
}

/* What a tap of sample `index` reads. */
static double pixel_of(const struct work *work, const struct wck_sample_tap *tap,
                       size_t plane, size_t index)
{
    if (tap->pixel == WCK_BORDER_VALUE)
        return outside_of(work, plane, index);
    return wck_plane_get(&work->source, plane, (size_t)tap->pixel);
}

static bool has_own_sums(const struct wck_warp *warp)
{
    return warp->rounding != NULL && warp->rounding->gather != NULL;
}

/* What is taken off each pixel before it is weighed, and added to the sum: sums of
 * terms w (x - c) and c round at the scale of those, not of w x. */
static double pivot_of(const struct work *work, const struct wck_sample *sample,
                       size_t plane)
{
    const struct wck_warp *warp = &work->problem->warp;

    if (warp->rounding == NULL || !warp->rounding->pivots || !sample->crosses ||
        warp->kernel->support <= 2)
        return 0.0;
    return wck_warp_scalar(warp, plane % work->source.channels);
}

/* A kernel of steps copies a pixel: nothing is rounded.  (A border value may be, into
 * the image's type.) */
static bool is_copied(const struct work *work, const struct wck_sample_tap *tap)
{
    return work->problem->warp.kernel->smoothness < 0 && tap->pixel != WCK_BORDER_VALUE;
}

/* Sums in single precision do not hold every integer beyond 1 / u: that is rounded as
 * it enters them, and a copied one too where the library weighs it by 1 (JAX). */
static double entry_error(const struct work *work, double x)
{
    bool whole = !(wck_dtype_row(work->problem->dtype)->roundoff > 0.0);

    return whole && fabs(x) * work->u > 1.0 ? work->u * fabs(x) : 0.0;
}

/* Is the border value's weight what the weights inside lack of 1? */
static bool has_remainder(const struct work *work, const struct wck_sample *sample)
{
    const struct wck_warp *warp = &work->problem->warp;

    return warp->rounding != NULL && warp->rounding->remainder && !sample->copied &&
           warp->kernel->smoothness >= 0;
}

/* How far that weight may be off, or (axis >= 0) its slope. */
static double remainder_error(const struct work *work, const struct wck_sample *sample,
                              int axis)
{
    double sum = 1.0, off = 0.0;

    if (!has_remainder(work, sample))
        return 0.0;
    for (size_t t = 0; t < sample->count; t++) {
        const struct wck_sample_tap *tap = &sample->taps[t];

        if (tap->pixel == WCK_BORDER_VALUE)
            continue;
        sum += fabs(axis < 0 ? tap->weight : tap->slope[axis]);
        off += axis < 0 ? tap->uncertainty : tap->slope_uncertainty[axis];
    }
    return wck_gamma((double)work->samples.listed + 4.0, work->u) * sum + work->u * off;
}

/* sum over the taps of a variant of sample `index`: value, and the bound on its
 * rounding.  What the output held before is left as it was, to the bit. */
static void sum_output(const struct work *work, const struct wck_sample *sample,
                       size_t plane, size_t index, struct wck_margin *margin)
{
    const struct wck_rounding *rounding = work->problem->warp.rounding;
    bool rim = rounding != NULL && rounding->rim && sample->crosses;
    double pivot = pivot_of(work, sample, plane);
    double value = 0.0, weighed = fabs(pivot), weights = 0.0, all = 0.0;
    double entering = 0.0, reach = 0.0;

    if (sample->copied && work->problem->warp.transparent) {
        widen(margin, outside_of(work, plane, index));
        return;
    }
    for (size_t t = 0; t < sample->count; t++) {
        const struct wck_sample_tap *tap = &sample->taps[t];
        double x = pixel_of(work, tap, plane, index);

        if (rim)
            x = trunc(x);
        value += tap->weight * x;
        weighed += is_copied(work, tap) ? 0.0 : fabs(tap->weight * (x - pivot));
        weights += is_copied(work, tap) ? 0.0 : tap->uncertainty * fabs(x);
        entering += is_copied(work, tap) ? 0.0 : work->least * (2.0 * fabs(x) + 3.0);
        entering += is_copied(work, tap) ? entry_error(work, x) : 0.0;
        reach += fabs(tap->weight * x);
        all += fabs(tap->weight);
    }
    margin->reach = fmax(margin->reach, reach);
    if (!sample->has_taps)
        value = (double)NAN;
    widen(margin, value);
    margin->bound = fmax(
        margin->bound,
        wck_gamma((double)work->samples.listed + 3.0, work->u) * weighed +
            (has_own_sums(&work->problem->warp) ? 0.0 : work->u) * weights +
            remainder_error(work, sample, -1) * fabs(outside_of(work, plane, index)) +
            work->source_error * all + entering);
}

/* What an output may be stored as.  An integer: everything between the rounded ends.  A
 * number of a narrower type than its sum: that, off by half a unit in its last place,
 * or in that of the smallest normal number (2^-149 in float32). */
static void round_output(const struct wck_warp *warp, enum wck_dtype dtype,
                         struct wck_margin *margin)
{
    const struct wck_rounding *rounding =
        warp->rounding != NULL ? warp->rounding : wck_rounding_row(0);
    double u = wck_dtype_row(dtype)->roundoff;

    if (u > 0.0) {
        if (rounding->wide && dtype != WCK_FLOAT64)
            margin->bound += u * (magnitude(margin) + margin->bound) + 0x1p-149;
        return;
    }
    margin->low = wck_dtype_round(dtype, rounding->round(margin->low - margin->bound));
    margin->high =
        wck_dtype_round(dtype, rounding->round(margin->high + margin->bound));
    margin->bound = 0.0;
}

/* Outputs summed by weights of the convention's own: those, and the rounding of their
 * sum (none, in integers). */
static enum wck_status own_outputs(struct work *work, const struct wck_image *image,
                                   struct wck_error *err)
{
    const struct wck_problem *problem = work->problem;
    struct wck_problem wide = *problem;
    struct wck_image output;
    enum wck_status status;

    if (!problem->warp.rounding->whole)
        wide.dtype = WCK_FLOAT64;
    status = wck_problem_output(&wide, &output, err);
    if (status == WCK_OK)
        status = wck_warp_forward(&problem->warp, image, &output, err);
    for (size_t row = 0; status == WCK_OK && row < work->planes * work->count; row++) {
        struct wck_margin *margin = &work->margins->output[row];

        margin->low = margin->high =
            wck_plane_get(&output, row / work->count, row % work->count);
        if (problem->warp.rounding->whole)
            margin->bound = 0.0;
        else
            round_output(&problem->warp, problem->dtype, margin);
    }
    free(output.tensor.data);
    return status;
}

/* ---- gradients ---- */

static double upstream_of(const struct work *work, size_t plane, size_t sample)
{
    return wck_plane_get(work->upstream, plane, sample);
}

/* One sample's part in the gradients of the image and of the border value. */
static void add_image(struct work *work, size_t index)
{
    for (size_t k = 0; k < work->samples.weight_count; k++) {
        const struct wck_sample_weight *w = &work->samples.weights[k];
        struct wck_margin weight = {.low = w->low,
                                    .high = w->high,
                                    .at = w->at,
                                    .bound =
                                        work->u * w->uncertainty + 2.0 * work->least};

        for (size_t p = 0; p < work->planes; p++) {
            double g = upstream_of(work, p, index);
            struct wck_margin *to =
                &work->margins->border_value[p % work->source.channels];
            size_t entry = p * work->pixels + (size_t)w->pixel;

            if (w->pixel == WCK_BORDER_VALUE && work->problem->warp.transparent)
                continue;
            if (w->pixel == WCK_BORDER_VALUE) {
                add_scaled(to, g, &weight);
                to->reach += fabs(g) * magnitude(&weight);
                to->bound += fabs(g) * magnitude(&weight) *
                             wck_gamma((double)work->count * (double)work->planes + 4.0,
                                       work->u);
                continue;
            }
            add_scaled(&work->image[entry], g, &weight);
            work->image[entry].bound += 3.0 * work->least;
            work->sent[entry] += fabs(g) * magnitude(&weight);
            work->image[entry].reach = work->sent[entry];
        }
        if (w->pixel != WCK_BORDER_VALUE)
            work->terms[w->pixel] += (double)w->listed;
    }
    for (size_t p = 0; p < work->planes; p++)
        work->margins->border_value[p % work->source.channels].bound +=
            fabs(upstream_of(work, p, index)) *
            remainder_error(work, &work->samples.variants[work->samples.nominal], -1);
}

/* sum over planes and taps of g dw/du x for one variant and axis.  On the way to that
 * stand g x times a kernel's slope, below 2 for every row, and times weights of the
 * other axes, below 1; a fold's slope, which may be 0, comes after the sum. */
static void sum_slope(const struct work *work, const struct wck_sample *sample,
                      int axis, size_t index, struct wck_margin *margin)
{
    double value = 0.0, weighed = 0.0, slopes = 0.0, all = 0.0, filled = 0.0;
    double reach = 0.0, tiny = 0.0;

    for (size_t p = 0; p < work->planes; p++) {
        double g = upstream_of(work, p, index);

        filled += fabs(g * outside_of(work, p, index));

        for (size_t t = 0; t < sample->count; t++) {
            const struct wck_sample_tap *tap = &sample->taps[t];
            double x = pixel_of(work, tap, p, index);

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
    widen(margin, value);
    if (sample == &work->samples.variants[work->samples.nominal])
        margin->at = value;
    margin->reach = fmax(margin->reach, reach);
    margin->bound =
        fmax(margin->bound,
             wck_gamma((double)(work->samples.listed + work->planes) + 4.0, work->u) *
                     weighed +
                 work->u * slopes + remainder_error(work, sample, axis) * filled +
                 work->source_error * all + tiny);
}

/* What the gradient of sample `index`'s coordinates makes of the matrix. */
static void add_matrix(struct work *work, const struct wck_margin of_axis[WCK_AXES],
                       size_t index)
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

            add_scaled(to, c[j], &of_axis[a]);
            /* position, normalisation, factor and quotient; and the sum over samples */
            to->bound += fabs(c[j]) * magnitude(&of_axis[a]) *
                         wck_gamma(12.0 + (double)work->count, work->u);
            /* The last column's factor is the others' where their position is 1. */
            if (j != last)
                to->bound += fabs(c[last]) * magnitude(&of_axis[a]) *
                             wck_problem_position_error(work->problem, index, j % side);
        }
    }
}

static void judge_outputs(struct work *work, size_t index)
{
    for (size_t p = 0; p < work->planes; p++) {
        struct wck_margin *output = &work->margins->output[p * work->count + index];

        bool filled = true;

        *output = unknown;
        for (size_t v = 0; v < work->samples.variant_count; v++) {
            sum_output(work, &work->samples.variants[v], p, index, output);
            filled &= work->samples.variants[v].copied;
        }
        work->filled |= filled;
        if (!has_own_sums(&work->problem->warp))
            round_output(&work->problem->warp, work->problem->dtype, output);
    }
}

static void judge_gradients(struct work *work, size_t index)
{
    const struct wck_warp *warp = &work->problem->warp;
    struct wck_margin slope[WCK_AXES];

    add_image(work, index);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        size_t n = wck_warp_extent(warp, (enum wck_axis)a);

        slope[a] = unknown;
        for (size_t v = 0; v < work->samples.variant_count; v++)
            sum_slope(work, &work->samples.variants[v], a, index, &slope[a]);
        add_scaled(&work->margins->coordinate[a][index],
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
static void turn_matrix(struct work *work)
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
            m[j] = anything;
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
static void move_border(struct work *work, const double *border,
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
static enum wck_status through_prefilter(struct work *work,
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

        most =
            fmax(most, m->bound + (m->high - m->low) + 32.0 * work->u * magnitude(m));
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
static void finish_image(struct work *work)
{
    for (size_t e = 0; e < work->planes * work->pixels; e++)
        work->image[e].bound +=
            wck_gamma(work->terms[e % work->pixels] + 4.0, work->u) * work->sent[e] +
            work->adrift[e / work->pixels];
}

void wck_margin_store(struct wck_margin *margin, enum wck_dtype dtype, double u)
{
    double kept = wck_dtype_row(dtype)->roundoff;

    if (kept > u)
        margin->bound += kept * (magnitude(margin) + margin->bound);
}

static enum wck_status allocate(struct wck_margins *margins, struct work *work,
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
static void judge_lost(struct work *work, size_t index)
{
    const struct wck_map *map = &work->problem->warp.map;

    for (size_t p = 0; p < work->planes; p++) {
        work->margins->output[p * work->count + index] = anything;
        if (work->upstream != NULL)
            work->adrift[p] += 2.0 * fabs(upstream_of(work, p, index));
    }
    for (int a = 0; a < WCK_AXES && work->upstream != NULL; a++)
        work->margins->coordinate[a][index] = anything;
    for (int j = 0; j < wck_map_entries(map) && work->upstream != NULL; j++)
        work->margins->matrix[j] = anything;
}

static void judge_sample(struct work *work, size_t index)
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
    judge_outputs(work, index);
    if (work->upstream == NULL)
        return;
    judge_gradients(work, index);
    for (int a = 0; a < WCK_AXES && !work->samples.variants[0].has_taps; a++)
        margins->coordinate[a][index] = anything;
}

static enum wck_status judge(struct work *work, const struct wck_image *image,
                             struct wck_error *err)
{
    const struct wck_warp *warp = &work->problem->warp;
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < work->count; i++)
        judge_sample(work, i);
    if (work->upstream != NULL) {
        finish_image(work);
        turn_matrix(work);
        if (warp->prefilter != NULL)
            status = through_prefilter(work, image, err);
        for (size_t e = 0;
             status == WCK_OK && e < work->planes * wck_image_pixels(image); e++)
            wck_margin_store(&work->margins->image[e], work->problem->dtype, work->u);
    }
    if (status == WCK_OK && has_own_sums(warp))
        status = own_outputs(work, image, err);
    return status;
}

/* How far a coefficient may be off: every step of the two recursions a pole rounds
 * once, and both forget by the pole's magnitude. */
static double coefficient_error(const struct work *work)
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

/* Between which numbers the outputs' smallest and largest lie: the range that they have
 * at most, and the one that they have at least. */
static void bound_outputs(const struct work *work, struct wck_range *most,
                          struct wck_range *least)
{
    *most = *least =
        (struct wck_range){.low = (double)INFINITY, .high = -(double)INFINITY};
    for (size_t i = 0; i < work->planes * work->count; i++) {
        const struct wck_margin *m = &work->margins->output[i];

        most->low = fmin(most->low, m->low - m->bound);
        most->high = fmax(most->high, m->high + m->bound);
        least->low = fmin(least->low, m->high + m->bound);
        least->high = fmax(least->high, m->low - m->bound);
    }
}

/* Clamping is monotone: both ends of what is allowed are clamped; to both ranges, where
 * rounding decides whether the border value is among the outputs.  An integer cuts the
 * border value off as it stores it. */
static void clip_outputs(struct work *work, const struct wck_image *image)
{
    bool whole = !(wck_dtype_row(work->problem->dtype)->roundoff > 0.0);
    struct wck_range outputs[2], range[2];
    struct wck_margin *output = work->margins->output;

    bound_outputs(work, &outputs[0], &outputs[1]);
    if (work->filled)
        outputs[1] = outputs[0];
    for (int k = 0; k < 2; k++)
        range[k] = wck_clip_range(&work->problem->warp, image, &outputs[k]);
    for (size_t i = 0; i < work->planes * work->count; i++) {
        double low = output[i].low, high = output[i].high;

        output[i].low = fmin(wck_clip(&range[0], low), wck_clip(&range[1], low));
        output[i].high = fmax(wck_clip(&range[0], high), wck_clip(&range[1], high));
        output[i].low = whole ? trunc(output[i].low) : output[i].low;
        output[i].high = whole ? trunc(output[i].high) : output[i].high;
    }
}

/* Where the reference's own outputs and gradient of the image are. */
static enum wck_status locate(struct work *work, const struct wck_image *image,
                              struct wck_error *err)
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
    struct work work = {
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
        clip_outputs(&work, image);
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
