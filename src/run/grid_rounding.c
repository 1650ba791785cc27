#include "src/run/grid_rounding.h"

#include <math.h>
#include <stdlib.h>

#include "src/checker/trial.h"

/* Large enough that some of a shift's coordinates round by any way there and back. */
enum { HEIGHT = 13, WIDTH = 17 };

static const double shifts[][6] = {
    {1, 0, 0, 0, 1, 0}, {1, 0, 1, 0, 1, -2}, {1, 0, -3, 0, 1, 5}};

/* A probe being made. */
struct probe {
    struct wck_trial trial;
    struct wck_image image, got, want;
    size_t leaks; /* where a rounding arrived and nothing was due */
    bool within;  /* no output is off by more than the arithmetic allows */
};

/* The problem with a whole shift, and a kernel that has no weight beside a pixel. */
static enum wck_status pose(const struct wck_problem *problem,
                            const struct wck_kernel *kernel, const double shift[6],
                            struct wck_problem *posed, struct wck_error *err)
{
    *posed = *problem;
    posed->warp.kernel = kernel;
    posed->warp.arithmetic = wck_grid_arithmetic(problem->dtype);
    posed->warp.source_height = posed->warp.output_height = HEIGHT;
    posed->warp.source_width = posed->warp.output_width = WIDTH;
    return wck_map_affine(&posed->warp.map, shift, problem->warp.map.direction, err);
}

static void paint(const struct wck_image *image)
{
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(image, p, y, x, (double)((x + y) % 2));
        }
    }
}

static void compare(struct probe *probe, const struct wck_block *block)
{
    const struct wck_trial *trial = &probe->trial;
    double amplitude = fmax(1.0, wck_problem_border_amplitude(trial->problem));
    double rounding = amplitude * wck_gamma(wck_trial_output_roundings(trial),
                                            wck_trial_roundoff(trial));
    /* Of two taps the weight of one is 0 or a rounding of the coordinate; more may be
     * rounded by themselves, as sin(pi) is. */
    double silence = trial->problem->warp.kernel->support <= 2 ? 0.0 : rounding;

    for (size_t i = 0; i < block->count; i++) {
        double bound =
            rounding + wck_trial_coordinate_bound(trial, block, i, amplitude);

        for (size_t p = 0; p < wck_image_planes(&probe->got); p++) {
            double got = wck_plane_get(&probe->got, p, block->first + i);
            double want = wck_plane_get(&probe->want, p, block->first + i);

            probe->leaks += fpclassify(want) == FP_ZERO && fabs(got) > silence;
            probe->within = probe->within && fabs(got - want) <= bound;
        }
    }
}

static enum wck_status compare_all(struct probe *probe, struct wck_error *err)
{
    const struct wck_warp *warp = &probe->trial.problem->warp;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    for (size_t first = 0; first < wck_warp_samples(warp) && status == WCK_OK;
         first += block.count) {
        wck_trial_fill(&probe->trial, &block, first);
        compare(probe, &block);
    }
    wck_block_release(&block);
    return status;
}

static enum wck_status ask(struct probe *probe, struct wck_error *err)
{
    const struct wck_problem *problem = probe->trial.problem;
    enum wck_status status =
        wck_subject_source(probe->trial.subject, problem, &probe->image, err);

    if (status == WCK_OK)
        status = wck_problem_output(problem, &probe->got, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &probe->want, err);
    if (status == WCK_OK) {
        paint(&probe->image);
        status = wck_trial_forward(&probe->trial, &probe->image, &probe->got, err);
    }
    if (status == WCK_OK)
        status = wck_warp_forward(&problem->warp, &probe->image, &probe->want, err);
    if (status == WCK_OK)
        status = compare_all(probe, err);
    wck_subject_free_image(probe->trial.subject, &probe->image);
    free(probe->got.tensor.data);
    free(probe->want.tensor.data);
    return status;
}

/* With one kernel: WCK_UNSUPPORTED where the subject refuses it. */
static enum wck_status ask_all(struct wck_subject *subject,
                               const struct wck_problem *problem,
                               const struct wck_kernel *kernel, bool *rounds,
                               struct wck_error *err)
{
    size_t leaks = 0;
    bool within = true;

    for (size_t k = 0; k < sizeof shifts / sizeof shifts[0] && within; k++) {
        struct wck_problem posed;
        struct probe probe = {.trial = {.subject = subject, .problem = &posed},
                              .within = true};
        enum wck_status status = pose(problem, kernel, shifts[k], &posed, err);

        if (status == WCK_OK)
            status = ask(&probe, err);
        if (status != WCK_OK)
            return status;
        leaks += probe.leaks;
        within = probe.within;
    }
    *rounds = within && leaks > 0;
    return WCK_OK;
}

/* Bilinear, as its weights tell the coordinate; else the problem's own, if it has no
 * weight beside a pixel. */
static enum wck_status ask_either(struct wck_grid_rounding_shown *shown,
                                  struct wck_subject *subject,
                                  const struct wck_problem *problem,
                                  struct wck_error *err)
{
    const struct wck_kernel *own = problem->warp.kernel;
    bool *rounds = &shown->rounds[problem->dtype];
    struct wck_error refusal = {WCK_OK, ""};
    enum wck_status status =
        ask_all(subject, problem, wck_kernel_find("bilinear"), rounds, &refusal);

    if (status == WCK_UNSUPPORTED && own->smoothness >= 0 && own->order == 0 &&
        !own->footprint)
        status = ask_all(subject, problem, own, rounds, &refusal);
    shown->asked[problem->dtype] = status == WCK_OK;
    if (status == WCK_OK || status == WCK_UNSUPPORTED)
        return WCK_OK;
    return wck_error_set(err, status, "%s", refusal.text);
}

enum wck_status wck_grid_rounding_allow(struct wck_grid_rounding_shown *shown,
                                        struct wck_subject *subject,
                                        struct wck_problem *problem, bool *changed,
                                        struct wck_error *err)
{
    enum wck_dtype dtype = problem->dtype;
    enum wck_status status = WCK_OK;

    *changed = false;
    if (problem->warp.arithmetic != NULL || !wck_map_has_matrix(&problem->warp.map))
        return WCK_OK;
    if (!shown->asked[dtype])
        status = ask_either(shown, subject, problem, err);
    *changed = status == WCK_OK && shown->rounds[dtype];
    if (*changed)
        problem->warp.arithmetic = wck_grid_arithmetic(dtype);
    return status;
}
