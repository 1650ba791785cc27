#include "src/checker/remainder.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdlib.h>

#define CLOSE 0.125 /* e of a point that counts */

double wck_remainder_step(const struct wck_remainder *r, int k)
{
    if (k == WCK_REMAINDER_STEPS)
        return 0.0;
    if (k > WCK_REMAINDER_STEPS)
        return -wck_remainder_step(r, WCK_REMAINDER_STEPS - 1);
    return r->path.first * pow(r->ratio, -k);
}

static double amplitude_of(const struct wck_remainder *r)
{
    return fmax(1.0, wck_problem_border_amplitude(r->path.trial->problem));
}

/* ---- what is set aside ---- */

static void set_aside(const struct wck_remainder *r, size_t sample)
{
    for (size_t p = 0; p < wck_image_planes(&r->upstream); p++)
        wck_plane_set(&r->upstream, p, sample, 0.0);
}

static bool is_aside(const struct wck_remainder *r, size_t sample)
{
    return fpclassify(wck_plane_get(&r->upstream, 0, sample)) == FP_ZERO;
}

static enum wck_status set_knots_aside(struct wck_remainder *r, struct wck_error *err)
{
    const struct wck_problem *problem = r->path.trial->problem;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, &problem->warp, wck_block_capacity(&problem->warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < wck_warp_samples(&problem->warp);
         first += block.count) {
        wck_trial_fill(r->path.trial, &block, first);
        for (size_t i = 0; i < block.count; i++) {
            struct wck_coordinate_error error =
                wck_problem_coordinate_error(problem, first + i);
            double far = wck_path_reach(&r->path, first + i) + fmax(error.x, error.y);

            if (fabs(block.across[i].knot) > far && fabs(block.down[i].knot) > far)
                continue;
            set_aside(r, first + i);
            r->aside++;
        }
    }
    wck_block_release(&block);
    return WCK_OK;
}

/* ---- the subject's outputs ---- */

/* A bound on the rounding error of one output at p + h d: its own, and what the error
 * of its coordinate does to it, twice: once for that of p + h d, whose numbers are
 * rounded to the type of those that the map multiplies, or of the coordinates. */
static double doubt_of(const struct wck_remainder *r, const struct wck_problem *moved,
                       size_t sample)
{
    const struct wck_map *map = &moved->warp.map;
    struct wck_coordinate_error error = wck_problem_coordinate_error(moved, sample);
    double off = 2.0 * (error.x + error.y);

    if (r->path.kind == WCK_PATH_COORDINATES)
        off += wck_dtype_row(wck_problem_coordinate_dtype(moved))->roundoff *
               (fabs(map->x[sample]) + fabs(map->y[sample]));
    return amplitude_of(r) * (wck_gamma(wck_trial_output_roundings(r->path.trial),
                                        wck_dtype_row(moved->dtype)->roundoff) +
                              r->path.sums[0] * r->path.sums[1] * off);
}

static enum wck_status call_all(struct wck_remainder *r, struct wck_error *err)
{
    for (int k = 0; k < WCK_REMAINDER_STEPS + 2; k++) {
        struct wck_problem moved;
        enum wck_status status =
            wck_path_move(&r->path, wck_remainder_step(r, k), &moved, err);

        if (status == WCK_OK)
            status = wck_subject_forward(r->path.trial->subject, &moved, &r->image,
                                         &r->output[k], err);
        if (status != WCK_OK)
            return status;
        for (size_t i = 0; i < wck_warp_samples(&moved.warp); i++)
            r->doubt[i] = fmax(r->doubt[i], doubt_of(r, &moved, i));
    }
    return WCK_OK;
}

/* The divided difference of the output at steps k, k + 1 ... and at 0, or of the last
 * two on the one side and the last on the other.  Its weights: 1 over the product of
 * the distances. */
struct difference {
    int count, at[4];
    double weight[4], size; /* the sum of their magnitudes */
};

static struct difference difference_of(const struct wck_remainder *r, int k, int count)
{
    struct difference made = {.count = count};

    for (int j = 0; j < count; j++) {
        made.at[j] = k + j;
        if (j == count - 1 && made.at[j] < WCK_REMAINDER_STEPS)
            made.at[j] = WCK_REMAINDER_STEPS;
    }
    for (int j = 0; j < count; j++) {
        made.weight[j] = 1.0;
        for (int i = 0; i < count; i++) {
            if (i != j)
                made.weight[j] /= wck_remainder_step(r, made.at[j]) -
                                  wck_remainder_step(r, made.at[i]);
        }
        made.size += fabs(made.weight[j]);
    }
    return made;
}

static double divided(const struct wck_remainder *r, const struct difference *by,
                      size_t plane, size_t sample)
{
    double sum = 0.0;

    for (int j = 0; j < by->count; j++)
        sum += by->weight[j] * wck_plane_get(&r->output[by->at[j]], plane, sample);
    return sum;
}

/* Sets samples aside whose output is beyond what a smooth one has of a difference: the
 * derivative of its order, over that order's factorial. */
static void set_bent_aside(struct wck_remainder *r, const struct difference *by)
{
    for (size_t i = 0; i < wck_image_pixels(&r->upstream); i++) {
        double bound[3], most;
        bool smooth = true;

        if (is_aside(r, i))
            continue;
        wck_path_derivatives(&r->path, i, amplitude_of(r), bound);
        most =
            r->doubt[i] * by->size + (by->count == 3 ? bound[1] / 2.0 : bound[2] / 6.0);
        for (size_t p = 0; p < wck_image_planes(&r->upstream); p++)
            smooth = smooth && fabs(divided(r, by, p, i)) <= most;
        if (smooth)
            continue;
        set_aside(r, i);
        r->bent++;
    }
}

static void set_all_bent_aside(struct wck_remainder *r)
{
    for (int count = 3; count <= 4; count++) {
        for (int k = 0; k + count <= WCK_REMAINDER_STEPS + 2; k++) {
            const struct difference by = difference_of(r, k, count);

            set_bent_aside(r, &by);
        }
    }
}

/* ---- the remainder ---- */

/* Gives g the sign of each output's bend, and adds up the bounds. */
static void weigh(struct wck_remainder *r)
{
    const struct difference by = difference_of(r, 0, 3);
    double whole = 0.0, doubt = 0.0, gradient = 0.0;
    double terms =
        (double)(wck_image_pixels(&r->upstream) * wck_image_planes(&r->upstream));

    for (size_t i = 0; i < wck_image_pixels(&r->upstream); i++) {
        double bound[3], weight = 0.0;

        for (size_t p = 0; p < wck_image_planes(&r->upstream); p++) {
            double g = wck_plane_get(&r->upstream, p, i);
            double bend = divided(r, &by, p, i);

            weight += g;
            wck_plane_set(&r->upstream, p, i, bend < 0.0 ? -g : g);
        }
        if (!(weight > 0.0))
            continue;
        wck_path_derivatives(&r->path, i, amplitude_of(r), bound);
        r->used++;
        whole += weight;
        doubt += weight * r->doubt[i];
        gradient += weight * wck_path_noise(&r->path, i, amplitude_of(r), terms);
        r->scale += weight * bound[0];
        r->cubic += weight * bound[2] / 6.0;
    }
    for (int k = 0; k < WCK_REMAINDER_STEPS; k++)
        r->noise[k] =
            2.0 * doubt + wck_remainder_step(r, k) * gradient +
            /* Our own sums, in double, of as many terms as there are numbers. */
            wck_gamma((double)(r->used * wck_image_planes(&r->upstream)) + 2.0,
                      0x1p-53) *
                (2.0 * amplitude_of(r) * wck_trial_norm(r->path.trial) * whole +
                 wck_remainder_step(r, k) * r->scale);
}

/* f(p + h d) - f(p) */
static double change(const struct wck_remainder *r, int k)
{
    double sum = 0.0;

    for (size_t p = 0; p < wck_image_planes(&r->upstream); p++) {
        for (size_t i = 0; i < wck_image_pixels(&r->upstream); i++) {
            if (!is_aside(r, i))
                sum += wck_plane_get(&r->upstream, p, i) *
                       (wck_plane_get(&r->output[k], p, i) -
                        wck_plane_get(&r->output[WCK_REMAINDER_STEPS], p, i));
        }
    }
    return sum;
}

/* The points that count, and the order that they have. */
static void fit(struct wck_remainder *r)
{
    double a = 0.0, constant, covariance[4];

    for (int k = 0; k < WCK_REMAINDER_STEPS; k++) {
        double h = wck_remainder_step(r, k);

        a = fmax(a, (fabs(r->value[k]) - r->noise[k]) / (h * h) - r->cubic * h);
    }
    for (int k = 0; k < WCK_REMAINDER_STEPS; k++) {
        double h = wck_remainder_step(r, k),
               e = (r->cubic * h + r->noise[k] / (h * h)) / a;

        if (!(e <= CLOSE))
            continue;
        r->x[r->points] = log2(h);
        r->y[r->points] = log2(fmax(fabs(r->value[k]), r->noise[k]));
        r->close[r->points++] = -log2(1.0 - e);
    }
    if (r->points >= WCK_REMAINDER_FEWEST)
        gsl_fit_linear(r->x, 1, r->y, 1, r->points, &constant, &r->order,
                       &covariance[0], &covariance[1], &covariance[2], &covariance[3]);
}

double wck_remainder_order_bound(const struct wck_remainder *r)
{
    double mean = 0.0, spread = 0.0, bound = 0.0;

    for (size_t k = 0; k < r->points; k++)
        mean += r->x[k] / (double)r->points;
    for (size_t k = 0; k < r->points; k++)
        spread += (r->x[k] - mean) * (r->x[k] - mean);
    for (size_t k = 0; k < r->points; k++)
        bound += fabs(r->x[k] - mean) / spread * r->close[k];
    /* The fit's own arithmetic, of numbers up to 2^6. */
    return bound + 0x1p-40;
}

bool wck_remainder_is_exact(const struct wck_remainder *r)
{
    for (int k = 0; k < WCK_REMAINDER_STEPS; k++) {
        if (!(fabs(r->value[k]) <= r->noise[k]))
            return false;
    }
    return true;
}

/* ---- in turn ---- */

enum wck_status wck_remainder_prepare(struct wck_remainder *r, struct wck_trial *trial,
                                      enum wck_path_kind kind, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    enum wck_status status;

    *r = (struct wck_remainder){0};
    status = wck_path_init(&r->path, trial, kind, err);
    r->ratio = problem->dtype == WCK_FLOAT64 ? 4.0 : 2.0;
    r->doubt = calloc(wck_warp_samples(&problem->warp), sizeof *r->doubt);
    if (r->doubt == NULL)
        return wck_error_no_memory(err);
    if (status == WCK_OK)
        status = wck_subject_source(trial->subject, problem, &r->image, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &r->upstream, err);
    for (int k = 0; k < WCK_REMAINDER_STEPS + 2 && status == WCK_OK; k++)
        status = wck_problem_output(problem, &r->output[k], err);
    if (status == WCK_OK) {
        wck_problem_random(problem, 13, &r->image);
        wck_problem_random(problem, 14, &r->upstream);
    }
    return status;
}

void wck_remainder_release(struct wck_remainder *r)
{
    struct wck_subject *subject = r->path.trial->subject;

    wck_subject_free_image(subject, &r->image);
    wck_subject_free_image(subject, &r->upstream);
    for (int k = 0; k < WCK_REMAINDER_STEPS + 2; k++)
        free(r->output[k].tensor.data);
    free(r->doubt);
    wck_path_release(&r->path);
}

enum wck_status wck_remainder_follow(struct wck_remainder *r, struct wck_error *err)
{
    double derivative = 0.0;
    enum wck_status status = set_knots_aside(r, err);

    if (status != WCK_OK || r->aside == wck_image_pixels(&r->upstream))
        return status;
    status = call_all(r, err);
    if (status != WCK_OK)
        return status;
    set_all_bent_aside(r);
    weigh(r);
    if (r->used > 0)
        status =
            wck_path_derivative(&r->path, &r->image, &r->upstream, &derivative, err);
    for (int k = 0; k < WCK_REMAINDER_STEPS && status == WCK_OK; k++)
        r->value[k] = change(r, k) - wck_remainder_step(r, k) * derivative;
    if (status == WCK_OK && r->used > 0)
        fit(r);
    return status;
}
