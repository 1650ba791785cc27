#include <math.h>

#include "src/checker/bits.h"
#include "src/checker/special_work.h"
#include "src/checker/trial.h"

#define FAR 0x1p30 /* pixels: beyond the edge of any image */

size_t wck_special_samples(const struct wck_special *w)
{
    return wck_warp_samples(&w->trial->problem->warp);
}

static bool repeats(const struct wck_special *w)
{
    return w->put.warp.border->period(w->put.warp.source_width) > 0;
}

/* ---- what is defined ---- */

/* How far a careful subject may move a coordinate that is an ordinary one, for instance
 * by way of a normalised grid: eight roundings of up to the image's size. */
static double doubt_of(const struct wck_special *w, double u, size_t n)
{
    double roundoff = wck_dtype_row(wck_problem_coordinate_dtype(&w->put))->roundoff;

    return 8.0 * roundoff * (fabs(u) + (double)n);
}

/* Is what the declared warp makes of the sample the same wherever rounding may move its
 * coordinates?  *slack: but for this, relative to the amplitude; where it is all of
 * that, every number would be right.  Leaves the sample in the block. */
static bool is_defined(struct wck_special *w, size_t sample, double *slack)
{
    const struct wck_warp *warp = &w->put.warp;
    struct wck_coordinate_error error = wck_problem_coordinate_error(&w->put, sample);
    double u[2], off[2] = {error.x, error.y};
    size_t sides[2] = {warp->source_width, warp->source_height};
    bool fills = warp->border->fills, far_out = false;

    wck_block_fill(&w->one, warp, sample, 1);
    u[0] = w->one.x[0];
    u[1] = w->one.y[0];
    *slack = 0.0;
    for (int a = 0; a < 2; a++) {
        const struct wck_stencil *stencil = a == 0 ? w->one.across : w->one.down;
        double doubt = off[a] + doubt_of(w, u[a], sides[a]);

        if (fabs(u[a]) - doubt > FAR) {
            far_out = true;
            continue;
        }
        if (warp->kernel->smoothness < 0 && fabs(stencil->knot) <= doubt)
            *slack = (double)INFINITY;
        *slack += wck_kernel_slope_norm(warp->kernel) * doubt;
    }
    if (far_out && fills)
        *slack = 0.0;
    return far_out && !repeats(w) && wck_kernel_norm(warp->kernel) * *slack < 1.0;
}

/* ---- comparisons ---- */

static void must_be_finite(struct wck_tally *tally, double got,
                           const struct wck_place *where)
{
    wck_bits_add(tally, isfinite(got) ? 0.0 : got, 0.0, where);
}

static double rounding_of(const struct wck_special *w, double slack)
{
    double amplitude = fmax(1.0, wck_problem_border_amplitude(&w->put));
    double norm = wck_kernel_norm(w->put.warp.kernel);

    return amplitude * (wck_gamma(wck_trial_output_roundings(w->trial),
                                  wck_trial_roundoff(w->trial)) +
                        norm * slack);
}

/* A distant sample against the reference; w->want holds that. */
static void compare_distant(struct wck_special *w, size_t sample,
                            struct wck_tally *tally)
{
    double slack;
    bool defined = is_defined(w, sample, &slack);

    w->judged += defined;
    w->undefined += !defined;
    for (size_t p = 0; p < wck_image_planes(&w->output); p++) {
        struct wck_place where = wck_trial_output_place(w->trial, p, sample);
        struct wck_measure measure = {.got = wck_plane_get(&w->output, p, sample),
                                      .want = wck_plane_get(&w->want, p, sample),
                                      .round = rounding_of(w, slack),
                                      .scale = 1.0};

        if (defined)
            wck_tally_add(tally, &measure, &where, false);
        else
            must_be_finite(tally, measure.got, &where);
    }
}

void wck_special_compare_outputs(struct wck_special *w, struct wck_tally *tally)
{
    for (size_t i = 0; i < wck_special_samples(w); i++) {
        if (w->kind[i] == WCK_SPECIAL_DISTANT)
            compare_distant(w, i, tally);
        for (size_t p = 0;
             w->kind[i] == WCK_SPECIAL_PLAIN && p < wck_image_planes(&w->output); p++) {
            struct wck_place where = wck_trial_output_place(w->trial, p, i);

            wck_bits_add(tally, wck_plane_get(&w->output, p, i),
                         wck_plane_get(&w->plain_output, p, i), &where);
        }
    }
}

/* Along a distant axis (along both, where the border value is all there is) a sum of
 * slopes that add up to 0, times one number: only its roundings are left. */
static void compare_slope(struct wck_special *w, size_t sample, int axis,
                          struct wck_tally *tally)
{
    struct wck_place where = wck_trial_output_place(w->trial, 0, sample);
    double got = w->slope[axis][sample], slack;
    bool fills = w->put.warp.border->fills;
    bool defined = is_defined(w, sample, &slack);
    double u = axis == 0 ? w->one.x[0] : w->one.y[0];
    struct wck_measure measure = {.got = got,
                                  .round =
                                      (double)wck_image_planes(&w->output) *
                                      fmax(1.0, wck_problem_border_amplitude(&w->put)) *
                                      wck_gamma(wck_trial_slope_roundings(w->trial),
                                                wck_trial_roundoff(w->trial)),
                                  .scale = 1.0};

    where.plane = -1;
    if (defined && (fills || fabs(u) > FAR))
        wck_tally_add(tally, &measure, &where, false);
    else
        must_be_finite(tally, got, &where);
}

void wck_special_compare_slopes(struct wck_special *w, struct wck_tally *tally)
{
    for (size_t i = 0; i < wck_special_samples(w); i++) {
        struct wck_place where = wck_trial_output_place(w->trial, 0, i);

        where.plane = -1;
        for (int a = 0; a < 2; a++) {
            if (w->kind[i] == WCK_SPECIAL_DISTANT)
                compare_slope(w, i, a, tally);
            else if (w->kind[i] == WCK_SPECIAL_PLAIN)
                wck_bits_add(tally, w->slope[a][i], w->plain_slope[a][i], &where);
        }
    }
}

/* ---- the image gradient ---- */

/* An upstream gradient of distant samples whose output is defined, and no others;
 * returns its largest sum of magnitudes over a plane, and adds what is uncertain. There
 * are *terms of them in each. */
static double choose_upstream(struct wck_special *w, double *slack, size_t *terms)
{
    double most = 0.0;

    wck_problem_random(&w->put, 30, &w->upstream);
    *slack = 0.0;
    for (size_t p = 0; p < wck_image_planes(&w->upstream); p++) {
        double sum = 0.0, uncertain = 0.0;

        *terms = 0;
        for (size_t i = 0; i < wck_special_samples(w); i++) {
            double own;

            if (w->kind[i] != WCK_SPECIAL_DISTANT || !is_defined(w, i, &own)) {
                wck_plane_set(&w->upstream, p, i, 0.0);
                continue;
            }
            ++*terms;
            sum += fabs(wck_plane_get(&w->upstream, p, i));
            uncertain += own * fabs(wck_plane_get(&w->upstream, p, i));
        }
        most = fmax(most, sum);
        *slack = fmax(*slack, uncertain);
    }
    return most;
}

/* A pixel may get a share of every distant sample of its plane: a sum of so many terms,
 * with weights of up to the kernel's norm. */
enum wck_status wck_special_check_image_gradient(struct wck_special *w,
                                                 struct wck_tally *tally,
                                                 struct wck_error *err)
{
    size_t terms = 0;
    double slack, sum = choose_upstream(w, &slack, &terms);
    double norm = wck_trial_norm(w->trial);
    double bound =
        norm * slack +
        sum * (norm * wck_gamma(wck_trial_term_roundings(w->trial) + (double)terms,
                                wck_trial_roundoff(w->trial)) +
               wck_trial_weight_bound(w->trial));
    enum wck_status status =
        wck_subject_vjp(w->trial->subject, &w->put, &w->image, &w->upstream,
                        &(struct wck_gradients){.image = &w->gradient}, err);

    if (status == WCK_OK)
        status = wck_warp_vjp(&w->put.warp, &w->image, &w->upstream,
                              &(struct wck_gradients){.image = &w->want_gradient}, err);
    for (size_t p = 0; p < wck_image_planes(&w->image) && status == WCK_OK; p++) {
        for (size_t i = 0; i < wck_image_pixels(&w->image); i++) {
            struct wck_place where = wck_trial_input_place(w->trial, p, i);
            struct wck_measure measure = {.got = wck_plane_get(&w->gradient, p, i),
                                          .want =
                                              wck_plane_get(&w->want_gradient, p, i),
                                          .round = bound,
                                          .scale = 1.0};

            wck_tally_add(tally, &measure, &where, false);
        }
    }
    return status;
}
