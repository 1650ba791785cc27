#include "src/checker/jacobian.h"

#include <math.h>
#include <stdlib.h>

#include "reference/walk.h"

/* What one colour's image holds at its pixels: the step times 1, x or y. */
enum { ONE, BY_X, BY_Y, KINDS };

double wck_jacobian_step(size_t plane)
{
    /* Far above a border value of up to 1, which then costs few digits. */
    return ldexp(1.0, 5 + (int)(plane % 4));
}

/* Measuring one colour. */
struct measurement {
    struct wck_trial *trial;
    struct wck_jacobian *jacobian;
    struct wck_colouring columns, rows;
    struct wck_image image, response[KINDS];
    struct wck_tally *conforms;
    ptrdiff_t *worst_pixel;
};

static void paint(const struct measurement *m, size_t slot, int kind)
{
    for (size_t p = 0; p < m->jacobian->planes; p++) {
        for (size_t y = 0; y < m->image.height; y++) {
            for (size_t x = 0; x < m->image.width; x++) {
                size_t colour =
                    wck_colouring_of_pixel(&m->rows, y) * m->columns.colours +
                    wck_colouring_of_pixel(&m->columns, x);
                double value = kind == ONE ? 1.0 : (double)(kind == BY_X ? x : y);

                if (colour != slot)
                    value = 0.0;
                wck_image_set(&m->image, p, y, x, value * wck_jacobian_step(p));
            }
        }
    }
}

/* Lists the reference's taps of sample first + i of the block by colour. */
static void expect(const struct measurement *m, const struct wck_block *block, size_t i)
{
    struct wck_jacobian *j = m->jacobian;
    struct wck_walk walk;
    struct wck_tap tap;
    size_t sample = block->first + i, width = m->image.width;

    j->slack[sample] = wck_trial_coordinate_bound(m->trial, block, i, 1.0);
    j->uncertain[sample] = wck_trial_at_knot(m->trial, block, i);
    j->set_aside += j->uncertain[sample];
    for (size_t slot = 0; slot < j->slots; slot++)
        j->expected[slot * j->samples + sample].pixel = WCK_NO_PIXEL;
    wck_walk_begin(&walk, &m->trial->problem->warp, block, i);
    while (wck_walk_next(&walk, &tap)) {
        size_t slot;

        if (tap.pixel == WCK_BORDER_VALUE)
            continue;
        slot = wck_colouring_of_pixel(&m->rows, (size_t)tap.pixel / width) *
                   m->columns.colours +
               wck_colouring_of_pixel(&m->columns, (size_t)tap.pixel % width);
        j->expected[slot * j->samples + sample] =
            (struct wck_expected){.pixel = tap.pixel, .weight = tap.weight};
    }
}

static enum wck_status expect_all(const struct measurement *m, struct wck_error *err)
{
    const struct wck_warp *warp = &m->trial->problem->warp;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < m->jacobian->samples; first += block.count) {
        wck_trial_fill(m->trial, &block, first);
        for (size_t i = 0; i < block.count; i++)
            expect(m, &block, i);
    }
    wck_block_release(&block);
    return WCK_OK;
}

/* The whole number that moment / weight is, each uncertain by `error` (the moment by
 * `extent` times that); -1 where it is none, or lies outside. */
static ptrdiff_t decode(double moment, double weight, double error, size_t extent)
{
    double place = moment / weight;
    double uncertain = error * ((double)extent + fabs(place)) / (fabs(weight) - error);

    if (!(fabs(place - nearbyint(place)) <= uncertain) || uncertain >= 0.5 ||
        nearbyint(place) < 0.0 || nearbyint(place) >= (double)extent)
        return -1;
    return (ptrdiff_t)nearbyint(place);
}

/* Where the tap with these responses lies; *found is false where it lies nowhere. */
static ptrdiff_t locate(const struct measurement *m, const double response[KINDS],
                        ptrdiff_t expected, bool *found)
{
    double error = m->jacobian->entry_error;
    size_t width = m->image.width, height = m->image.height;
    ptrdiff_t x, y;

    *found = true;
    if (expected != WCK_NO_PIXEL) {
        double right = (double)(expected % (ptrdiff_t)width);
        double down = (double)(expected / (ptrdiff_t)width);

        if (fabs(response[BY_X] - right * response[ONE]) <=
                error * ((double)width + right) &&
            fabs(response[BY_Y] - down * response[ONE]) <=
                error * ((double)height + down))
            return expected;
    }
    /* Too small to lie anywhere, unless the moments betray two that cancel. */
    if (fabs(response[ONE]) <= error) {
        *found = fabs(response[BY_X]) <= 2.0 * error * (double)width &&
                 fabs(response[BY_Y]) <= 2.0 * error * (double)height;
        return expected;
    }
    x = decode(response[BY_X], response[ONE], error, width);
    y = decode(response[BY_Y], response[ONE], error, height);
    *found = x >= 0 && y >= 0;
    return *found ? y * (ptrdiff_t)width + x : WCK_NO_PIXEL;
}

/* Returns whether it is within the bound. */
static bool judge(const struct measurement *m, double got, double want, double slack,
                  struct wck_place place, ptrdiff_t pixel)
{
    double before = m->conforms->ratio;
    struct wck_measure measure = {
        .got = got,
        .want = want,
        .round = m->jacobian->entry_error + slack,
        .scale = 1.0,
    };

    wck_tally_add(m->conforms, &measure, &place, true);
    if (m->conforms->ratio > before || m->conforms->compared == 1)
        *m->worst_pixel = pixel;
    return wck_measure_ratio(&measure) <= 1.0;
}

/* What may lie at another pixel of the colour than was found: the error of a weight,
 * and a weight so small that a step to the next such pixel, at least `support` away,
 * would not show in its moments. */
static double stray(const struct measurement *m, double weight, ptrdiff_t pixel)
{
    double error = m->jacobian->entry_error;
    double extent =
        (double)(m->image.width > m->image.height ? m->image.width : m->image.height);
    const struct wck_warp *warp = &m->trial->problem->warp;
    double support = (double)wck_warp_support(warp, WCK_X);

    support = fmin(support, (double)wck_warp_support(warp, WCK_Y));

    if (pixel != WCK_NO_PIXEL && fabs(weight) * support > 4.0 * error * extent)
        return error;
    return fabs(weight) + error;
}

/* Keeps the tap of one output and compares it with the reference's. */
static void keep(const struct measurement *m, size_t slot, size_t plane, size_t sample)
{
    struct wck_jacobian *j = m->jacobian;
    const struct wck_expected *expected = &j->expected[slot * j->samples + sample];
    size_t row = plane * j->samples + sample, at = slot * j->planes * j->samples + row;
    struct wck_place place = wck_trial_output_place(m->trial, plane, sample);
    double response[KINDS];
    bool found;

    for (int kind = 0; kind < KINDS; kind++)
        response[kind] =
            (wck_plane_get(&m->response[kind], plane, sample) - j->base[row]) /
            wck_jacobian_step(plane);
    j->weight[at] = response[ONE];
    j->pixel[at] = locate(m, response, expected->pixel, &found);
    j->unresolved += !found && !j->uncertain[sample];
    j->stray[row] += stray(m, response[ONE], j->pixel[at]);
    if (j->uncertain[sample])
        return;
    if (found && j->pixel[at] == expected->pixel) {
        if (!judge(m, response[ONE], expected->weight, j->slack[sample], place,
                   expected->pixel))
            j->differs[row] = true;
        return;
    }
    /* Another pixel, or nowhere: the expected tap is missing and a strange one is
     * there. */
    j->elsewhere++;
    j->differs[row] = true;
    judge(m, 0.0, expected->weight, j->slack[sample], place, expected->pixel);
    judge(m, response[ONE], 0.0, 0.0, place, j->pixel[at]);
}

static enum wck_status measure_colour(const struct measurement *m, size_t slot,
                                      struct wck_error *err)
{
    for (int kind = 0; kind < KINDS; kind++) {
        enum wck_status status;

        paint(m, slot, kind);
        status = wck_trial_forward(m->trial, &m->image, &m->response[kind], err);
        if (status != WCK_OK)
            return status;
    }
    for (size_t p = 0; p < m->jacobian->planes; p++) {
        for (size_t i = 0; i < m->jacobian->samples; i++)
            keep(m, slot, p, i);
    }
    return WCK_OK;
}

static enum wck_status measure_base(const struct measurement *m, struct wck_error *err)
{
    const struct wck_jacobian *j = m->jacobian;
    enum wck_status status =
        wck_trial_forward(m->trial, &m->image, &m->response[ONE], err);

    for (size_t p = 0; p < j->planes && status == WCK_OK; p++) {
        for (size_t i = 0; i < j->samples; i++)
            j->base[p * j->samples + i] = wck_plane_get(&m->response[ONE], p, i);
    }
    return status;
}

static enum wck_status allocate(struct wck_jacobian *j, const struct measurement *m,
                                struct wck_error *err)
{
    const struct wck_problem *problem = m->trial->problem;
    double u = wck_trial_roundoff(m->trial);
    double border = wck_problem_border_amplitude(problem);
    size_t rows;

    *j = (struct wck_jacobian){
        .samples = wck_warp_samples(&problem->warp),
        .planes = problem->batch * problem->channels,
        .slots = m->columns.colours * m->rows.colours,
        /* The impulse, and the border value in it and in the base, against the step. */
        .entry_error = wck_gamma(wck_trial_impulse_roundings(m->trial), u) +
                       2.0 * wck_gamma(wck_trial_output_roundings(m->trial), u) *
                           border / wck_jacobian_step(0),
    };
    rows = j->samples * j->planes;
    j->weight = calloc(j->slots * rows, sizeof *j->weight);
    j->pixel = calloc(j->slots * rows, sizeof *j->pixel);
    j->base = calloc(rows, sizeof *j->base);
    j->stray = calloc(rows, sizeof *j->stray);
    j->differs = calloc(rows, sizeof *j->differs);
    j->expected = calloc(j->slots * j->samples, sizeof *j->expected);
    j->slack = calloc(j->samples, sizeof *j->slack);
    j->uncertain = calloc(j->samples, sizeof *j->uncertain);
    if (j->weight == NULL || j->pixel == NULL || j->base == NULL || j->stray == NULL ||
        j->differs == NULL || j->expected == NULL || j->slack == NULL ||
        j->uncertain == NULL)
        return wck_error_no_memory(err);
    return WCK_OK;
}

enum wck_status wck_jacobian_measure(struct wck_jacobian *jacobian,
                                     struct wck_trial *trial,
                                     struct wck_tally *conforms, ptrdiff_t *pixel,
                                     struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct measurement m = {
        .trial = trial,
        .jacobian = jacobian,
        .columns = wck_colouring_of_axis(&problem->warp, WCK_X),
        .rows = wck_colouring_of_axis(&problem->warp, WCK_Y),
        .conforms = conforms,
        .worst_pixel = pixel,
    };
    enum wck_status status = allocate(jacobian, &m, err);

    *pixel = WCK_NO_PIXEL;
    if (status == WCK_OK)
        status = wck_subject_source(trial->subject, problem, &m.image, err);
    for (int kind = 0; kind < KINDS && status == WCK_OK; kind++)
        status = wck_problem_output(problem, &m.response[kind], err);
    if (status == WCK_OK)
        status = expect_all(&m, err);
    if (status == WCK_OK)
        status = measure_base(&m, err);
    for (size_t slot = 0; slot < jacobian->slots && status == WCK_OK; slot++)
        status = measure_colour(&m, slot, err);
    for (int kind = 0; kind < KINDS; kind++)
        free(m.response[kind].tensor.data);
    wck_subject_free_image(trial->subject, &m.image);
    return status;
}

void wck_jacobian_release(struct wck_jacobian *jacobian)
{
    free(jacobian->weight);
    free(jacobian->pixel);
    free(jacobian->base);
    free(jacobian->stray);
    free(jacobian->differs);
    free(jacobian->expected);
    free(jacobian->slack);
    free(jacobian->uncertain);
    *jacobian = (struct wck_jacobian){0};
}
