#include "src/diagnose/trace.h"

#include <math.h>
#include <stdlib.h>

#include "reference/area.h"
#include "reference/poison.h"

/* Whoever answers: a subject, or the reference with a behaviour. */
struct answerer {
    struct wck_subject *subject;
    const struct wck_behaviour *behaviour;
    const bool *wanted; /* sections; NULL: all */
};

/* The problem's inputs and a place for its answers. */
struct work {
    const struct wck_problem *problem;
    struct wck_image image, output, upstream, gradient;
    double *x, *y, *gradient_x, *gradient_y;
};

static enum wck_status forward(const struct answerer *who,
                               const struct wck_problem *problem,
                               const struct work *work, struct wck_error *err)
{
    if (who->subject != NULL)
        return wck_subject_forward(who->subject, problem, &work->image, &work->output,
                                   err);
    return wck_behaviour_forward(who->behaviour, &problem->warp, &work->image,
                                 &work->output, err);
}

static enum wck_status vjp(const struct answerer *who,
                           const struct wck_problem *problem, const struct work *work,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    if (who->subject != NULL)
        return wck_subject_vjp(who->subject, problem, &work->image, &work->upstream,
                               gradients, err);
    return wck_behaviour_vjp(who->behaviour, &problem->warp, &work->image,
                             &work->upstream, gradients, err);
}

/* The coordinates of the problem's map, as its type holds them: as the coordinates
 * checker has them. */
static enum wck_status place_samples(struct work *work, struct wck_error *err)
{
    const struct wck_warp *warp = &work->problem->warp;
    size_t samples = wck_warp_samples(warp);
    enum wck_dtype dtype = wck_problem_coordinate_dtype(work->problem);
    struct wck_block block = {.count = samples};

    work->x = calloc(4 * samples, sizeof *work->x);
    if (work->x == NULL)
        return wck_error_no_memory(err);
    work->y = work->x + samples;
    work->gradient_x = work->y + samples;
    work->gradient_y = work->gradient_x + samples;
    block.x = work->x;
    block.y = work->y;
    wck_stages_reference.coordinate(warp, &block);
    for (size_t i = 0; i < 2 * samples; i++)
        work->x[i] = wck_dtype_round(dtype, work->x[i]);
    return WCK_OK;
}

/* What a buffer holds before it is written: a right warp does not read it. */
static void prefill(const struct wck_image *image)
{
    const double held = 0.625;

    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(image, p, y, x, held);
        }
    }
}

static enum wck_status work_init(struct work *work, const struct wck_problem *problem,
                                 struct wck_error *err)
{
    struct wck_problem wide = *problem;
    enum wck_status status;

    *work = (struct work){.problem = problem};
    status = wck_problem_source(problem, &work->image, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &work->output, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &work->upstream, err);
    wide.dtype = WCK_FLOAT64; /* what a behaviour keeps gradients in */
    if (status == WCK_OK)
        status = wck_problem_source(&wide, &work->gradient, err);
    if (status == WCK_OK)
        status = place_samples(work, err);
    if (status != WCK_OK)
        return status;
    wck_problem_random(problem, 41, &work->image);
    wck_problem_random(problem, 42, &work->upstream);
    return WCK_OK;
}

static void work_release(struct work *work)
{
    free(work->image.tensor.data);
    free(work->output.tensor.data);
    free(work->upstream.tensor.data);
    free(work->gradient.tensor.data);
    free(work->x);
}

static void push(struct wck_trace *trace, double value, double roundings, double scale,
                 const struct wck_problem *problem)
{
    double u = wck_dtype_row(problem->dtype)->roundoff + 0x1p-53;

    trace->value[trace->count] = value;
    trace->bound[trace->count] = scale * roundings * u / (1.0 - roundings * u);
    trace->scale[trace->count] = scale;
    trace->count++;
}

static void push_image(struct wck_trace *trace, const struct wck_image *image,
                       double roundings, double scale,
                       const struct wck_problem *problem)
{
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++)
                push(trace, wck_image_get(image, p, y, x), roundings, scale, problem);
        }
    }
}

/* The roundings that one output may suffer, its coordinate's among them as if each
 * moved the output by a slope of 2 an axis. */
static double output_roundings(const struct wck_problem *problem)
{
    const struct wck_warp *warp = &problem->warp;
    double taps =
        (double)wck_warp_support(warp, WCK_X) * (double)wck_warp_support(warp, WCK_Y);
    double u = wck_dtype_row(problem->dtype)->roundoff + 0x1p-53;
    struct wck_coordinate_error far =
        wck_problem_coordinate_error(problem, wck_warp_samples(&problem->warp) - 1);

    if (warp->kernel->footprint)
        taps *= 1.0 + wck_area_roundings(warp);
    return taps + 2.0 + 2.0 * (far.x + far.y) / u;
}

static bool is_at_kink(const struct wck_kernel *kernel, double u, double error)
{
    double from = u - kernel->knot;

    return fabs(from - nearbyint(from)) <= error;
}

/* Does rounding leave open on which side of a kink sample i is?  Its slope may then be
 * either side's. */
static bool is_kinked(const struct work *work, size_t i)
{
    const struct wck_problem *problem = work->problem;
    struct wck_coordinate_error error = wck_problem_coordinate_error(problem, i);
    const struct wck_kernel *kernel = problem->warp.kernel;

    return kernel->smoothness == 0 &&
           ((error.x > 0.0 && is_at_kink(kernel, work->x[i], error.x)) ||
            (error.y > 0.0 && is_at_kink(kernel, work->y[i], error.y)));
}

static bool may_read_poison(const struct work *work, struct wck_block *one, size_t i)
{
    const struct wck_warp *warp = &work->problem->warp;
    struct wck_coordinate_error error = wck_problem_coordinate_error(work->problem, i);
    struct wck_reach reach;

    if (!wck_poison_serves(warp))
        return true;
    reach = wck_poison_reach(warp, one, i, (const double[]){error.x, error.y});
    return wck_poison_is_read(warp, WCK_POISON_ALL, &reach);
}

/* The outputs of an image of NaN and infinity.  What may read it has no bound: its
 * numbers are listed only so that every trace of a problem has as many. */
static enum wck_status trace_poisoned(struct wck_trace *trace,
                                      const struct answerer *who, struct work *work,
                                      struct wck_error *err)
{
    size_t samples = wck_warp_samples(&work->problem->warp), from = trace->count;
    struct work poisoned = *work;
    struct wck_block one = {0};
    enum wck_status status = wck_problem_source(work->problem, &poisoned.image, err);

    if (status == WCK_OK)
        status = wck_block_init(&one, &work->problem->warp, 1, err);
    if (status == WCK_OK && wck_dtype_row(work->problem->dtype)->roundoff > 0.0)
        wck_poison_plant(&poisoned.image, WCK_POISON_ALL);
    if (status == WCK_OK)
        status = forward(who, work->problem, &poisoned, err);
    if (status == WCK_OK)
        push_image(trace, &work->output, output_roundings(work->problem), 1.0,
                   work->problem);
    for (size_t i = 0; i < samples && status == WCK_OK; i++) {
        bool read = may_read_poison(work, &one, i);

        for (size_t at = from + i; at < trace->count && read; at += samples)
            trace->bound[at] = (double)INFINITY;
    }
    wck_block_release(&one);
    free(poisoned.image.tensor.data);
    return status;
}

/* The gradient of the image. */
static enum wck_status trace_image(struct wck_trace *trace, const struct answerer *who,
                                   struct work *work, struct wck_error *err)
{
    const struct wck_problem *problem = work->problem;
    double terms = (double)wck_warp_samples(&problem->warp);
    struct wck_image narrow = {0};
    struct wck_gradients wanted = {.image = &work->gradient};
    enum wck_status status = WCK_OK;

    /* A subject answers in the problem's type, a behaviour in float64. */
    if (who->subject != NULL) {
        status = wck_problem_source(problem, &narrow, err);
        wanted.image = &narrow;
    }
    if (status == WCK_OK)
        status = vjp(who, problem, work, &wanted, err);
    if (status == WCK_OK)
        push_image(trace, wanted.image, output_roundings(problem) + terms, 1.0,
                   problem);
    free(narrow.tensor.data);
    return status;
}

/* The magnitudes that the matrix gradient sums: of each entry of dL/dB, B from output
 * to source, a slope of 2 times the position, over all samples; and where the matrix
 * given is the inverse, B^T |.| B^T of it, all magnitudes (NOTES, "matrix"). */
static void matrix_scales(const struct work *work, double scale[6])
{
    const struct wck_warp *warp = &work->problem->warp;
    double outputs =
        (double)wck_image_planes(&work->output) * (double)wck_warp_samples(warp);
    const double mean[3] = {((double)warp->output_width - 1.0) / 2.0,
                            ((double)warp->output_height - 1.0) / 2.0, 1.0};
    double backward[WCK_MATRIX] = {0.0}, gradient[WCK_MATRIX] = {0.0};
    struct wck_map map = warp->map;

    for (int k = 0; k < 6; k++) {
        backward[k] = 2.0 * outputs * mean[k % 3];
        map.backward[k] = fabs(map.backward[k]);
    }
    wck_map_matrix_gradient(&map, backward, gradient);
    for (int k = 0; k < 6; k++)
        scale[k] = fabs(gradient[k]);
}

/* The other gradients that come with an affine map: of border value and matrix. */
static enum wck_status trace_parameters(struct wck_trace *trace,
                                        const struct answerer *who, struct work *work,
                                        struct wck_error *err)
{
    const struct wck_problem *problem = work->problem;
    double terms = (double)wck_warp_samples(&problem->warp);
    double outputs = terms * (double)wck_image_planes(&work->output);
    bool kinked = false;
    double one = output_roundings(problem);
    double border[WCK_PROBLEM_CHANNELS] = {0.0}, matrix[6], scale[6];
    struct wck_gradients wanted = {.border_value = border, .matrix = matrix};
    enum wck_status status = vjp(who, problem, work, &wanted, err);

    for (size_t c = 0; c < problem->channels && status == WCK_OK; c++)
        push(trace, border[c], one + terms, terms, problem);
    for (size_t i = 0; i < wck_warp_samples(&problem->warp); i++)
        kinked |= is_kinked(work, i);
    matrix_scales(work, scale);
    for (int k = 0; k < 6 && status == WCK_OK; k++) {
        push(trace, matrix[k], one + outputs, scale[k], problem);
        if (kinked)
            trace->bound[trace->count - 1] = (double)INFINITY;
    }
    return status;
}

/* The gradient of the coordinates, on a map that gives them. */
static enum wck_status trace_coordinates(struct wck_trace *trace,
                                         const struct answerer *who, struct work *work,
                                         struct wck_error *err)
{
    struct wck_problem problem = *work->problem;
    double planes = (double)wck_image_planes(&work->output);
    double roundings = output_roundings(&problem) + planes;
    size_t samples = wck_warp_samples(&problem.warp);
    enum wck_status status;

    problem.warp.map = wck_map_coordinates(work->x, work->y);
    status =
        vjp(who, &problem, work,
            &(struct wck_gradients){.x = work->gradient_x, .y = work->gradient_y}, err);
    for (size_t i = 0; i < 2 * samples && status == WCK_OK; i++) {
        push(trace, work->gradient_x[i], roundings, 2.0 * planes, work->problem);
        if (is_kinked(work, i % samples))
            trace->bound[trace->count - 1] = (double)INFINITY;
    }
    return status;
}

static enum wck_status allocate(struct wck_trace *trace, const struct work *work,
                                struct wck_error *err)
{
    size_t planes = wck_image_planes(&work->image);
    size_t samples = wck_warp_samples(&work->problem->warp);
    size_t most = planes * (wck_image_pixels(&work->image) + 2 * samples) +
                  2 * samples + 6 + work->problem->channels;

    *trace = (struct wck_trace){0};
    trace->value = calloc(3 * most, sizeof *trace->value);
    if (trace->value == NULL)
        return wck_error_no_memory(err);
    trace->bound = trace->value + most;
    trace->scale = trace->value + 2 * most;
    return WCK_OK;
}

/* The numbers of one section, each where those of the one before end. */
static enum wck_status trace_section(struct wck_trace *trace,
                                     const struct answerer *who, struct work *work,
                                     enum wck_section section, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    switch (section) {
    case WCK_SECTION_OUTPUT:
        prefill(&work->output);
        status = forward(who, work->problem, work, err);
        if (status == WCK_OK)
            push_image(trace, &work->output, output_roundings(work->problem), 1.0,
                       work->problem);
        return status == WCK_OK ? trace_poisoned(trace, who, work, err) : status;
    case WCK_SECTION_IMAGE:
        return trace_image(trace, who, work, err);
    case WCK_SECTION_PARAMETERS:
        status = trace_parameters(trace, who, work, err);
        return status == WCK_OK ? trace_coordinates(trace, who, work, err) : status;
    }
    return status;
}

static enum wck_status trace_sections(struct wck_trace *trace,
                                      const struct answerer *who, struct work *work,
                                      struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (int k = 0; k < WCK_SECTIONS; k++) {
        struct wck_error refusal = {WCK_OK, ""};

        trace->begin[k] = trace->count;
        if ((who->wanted == NULL || who->wanted[k]) && !trace->refused)
            status = trace_section(trace, who, work, (enum wck_section)k, &refusal);
        trace->end[k] = trace->count;
        if (status == WCK_UNSUPPORTED && k != WCK_SECTION_OUTPUT) {
            trace->refused = true;
            status = WCK_OK;
        }
        if (status != WCK_OK)
            return wck_error_set(err, status, "%s", refusal.text);
    }
    return WCK_OK;
}

static enum wck_status run(struct wck_trace *trace, const struct answerer *who,
                           const struct wck_problem *problem, struct wck_error *err)
{
    struct work work;
    enum wck_status status = work_init(&work, problem, err);

    *trace = (struct wck_trace){0};
    if (status == WCK_OK)
        status = allocate(trace, &work, err);
    if (status == WCK_OK)
        status = trace_sections(trace, who, &work, err);
    work_release(&work);
    return status;
}

enum wck_status wck_trace_subject(struct wck_trace *trace, struct wck_subject *subject,
                                  const struct wck_problem *problem,
                                  struct wck_error *err)
{
    return run(trace, &(struct answerer){.subject = subject}, problem, err);
}

enum wck_status wck_trace_behaviour(struct wck_trace *trace,
                                    const struct wck_behaviour *behaviour,
                                    const struct wck_problem *problem,
                                    const bool wanted[WCK_SECTIONS],
                                    struct wck_error *err)
{
    return run(trace, &(struct answerer){.behaviour = behaviour, .wanted = wanted},
               problem, err);
}

void wck_trace_release(struct wck_trace *trace)
{
    free(trace->value);
    *trace = (struct wck_trace){0};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

double wck_trace_error(const struct wck_trace *a, size_t i, const struct wck_trace *b,
                       size_t j)
{
    bool finite = isfinite(a->value[i]), other = isfinite(b->value[j]);

    if (isinf(a->bound[i]) || (!finite && !other))
        return 0.0;
    return finite && other ? fabs(a->value[i] - b->value[j]) : (double)INFINITY;
}

double wck_trace_ratio(const struct wck_trace *a, size_t i, double error)
{
    return error / fmax(a->bound[i], 0x1p-1022);
}

void wck_trace_compare_section(const struct wck_trace *a, const struct wck_trace *b,
                               enum wck_section section, double *ratio,
                               double *distance)
{
    size_t of_a = a->begin[section], of_b = b->begin[section];
    size_t count = least(a->end[section] - of_a, b->end[section] - of_b);

    *ratio = *distance = 0.0;
    for (size_t k = 0; k < count; k++) {
        double error = wck_trace_error(a, of_a + k, b, of_b + k);
        double scale = a->scale[of_a + k];

        *ratio = fmax(*ratio, wck_trace_ratio(a, of_a + k, error));
        if (scale > 0.0)
            *distance = fmax(*distance, error / scale);
    }
}

void wck_trace_compare(const struct wck_trace *a, const struct wck_trace *b,
                       double *ratio, double *distance)
{
    *ratio = *distance = 0.0;
    for (int k = 0; k < WCK_SECTIONS; k++) {
        double r, d;

        wck_trace_compare_section(a, b, (enum wck_section)k, &r, &d);
        *ratio = fmax(*ratio, r);
        *distance = fmax(*distance, d);
    }
}
