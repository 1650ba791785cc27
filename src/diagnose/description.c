#include "src/diagnose/description.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/area.h"
#include "src/checker/carried.h"

/* ---- coordinates by a quantum ---- */

/* A stage's warp knows its arithmetic, and that its quantum. */
static void quantise(const struct wck_warp *warp, struct wck_block *block,
                     double (*step)(double))
{
    double quantum = warp->arithmetic->quantum;
    struct wck_warp exact = *warp;

    exact.arithmetic = NULL;
    wck_stages_reference.coordinate(&exact, block);
    for (size_t i = 0; i < block->count; i++) {
        block->x[i] = step(block->x[i] / quantum) * quantum;
        block->y[i] = step(block->y[i] / quantum) * quantum;
    }
}

static void round_to_quantum(const struct wck_warp *warp, struct wck_block *block)
{
    quantise(warp, block, nearbyint);
}

static void floor_to_quantum(const struct wck_warp *warp, struct wck_block *block)
{
    quantise(warp, block, floor);
}

/* ---- a description as a warp ---- */

const struct wck_kernel *
wck_description_kernel(const struct wck_description *description)
{
    return description->kernel != NULL ? description->kernel : &description->fitted;
}

/* Rows and columns of a 2x3 matrix that is kept y first. */
static void turn_axes(const double from[6], double to[6])
{
    static const int entry[] = {4, 3, 5, 1, 0, 2};

    for (int i = 0; i < 6; i++)
        to[i] = from[entry[i]];
}

static enum wck_status read_matrix(const struct wck_reading *reading,
                                   const double *numbers, struct wck_map *map,
                                   struct wck_error *err)
{
    double matrix[9] = {0.0};

    memcpy(matrix, numbers, 6 * sizeof *matrix);
    if (reading->reversed)
        turn_axes(numbers, matrix);
    matrix[8] = 1.0;
    return wck_map_matrix(map,
                          reading->projective ? WCK_MAP_HOMOGRAPHY : WCK_MAP_AFFINE, 2,
                          matrix, reading->direction, err);
}

static enum wck_status read_map(const struct wck_reading *reading,
                                const struct wck_probe *probe, struct wck_map *map,
                                struct wck_error *err)
{
    size_t samples = wck_probe_samples(probe);
    const double *first = probe->numbers, *second = probe->numbers + samples;
    enum wck_status status = WCK_OK;

    if (probe->pairs) {
        *map = wck_map_coordinates(reading->reversed ? second : first,
                                   reading->reversed ? first : second);
        if (reading->displacement)
            map->kind = WCK_MAP_DISPLACEMENT;
        map->sign = reading->sign;
    } else {
        status = read_matrix(reading, probe->numbers, map, err);
    }
    map->output_units = reading->output_units;
    map->source_units = reading->source_units;
    return status;
}

/* Some chains are of maps only, others of matrices, or of homographies. */
static bool takes_map(const struct wck_arithmetic *arithmetic,
                      const struct wck_reading *reading, bool pairs)
{
    static const struct {
        const char *name;
        bool pairs, projective;
    } chains[] = {{"opencv4-remap", true, false},
                  {"opencv4-affine", false, false},
                  {"opencv4-perspective", false, true},
                  {"pillow-nearest", false, false}};

    for (size_t i = 0; arithmetic != NULL && i < sizeof chains / sizeof *chains; i++) {
        if (strcmp(arithmetic->name, chains[i].name) == 0)
            return chains[i].pairs == pairs &&
                   (reading->projective || !chains[i].projective);
    }
    return true;
}

enum wck_status wck_describe(struct wck_described *described,
                             const struct wck_description *d,
                             const struct wck_probe *probe, struct wck_error *err)
{
    struct wck_warp *warp = &described->problem.warp;

    *described = (struct wck_described){
        .problem = {.dtype = probe->image.tensor.dtype,
                    .layout = "HW",
                    .batch = 1,
                    .channels = 1},
        .arithmetic = {.name = "quantised",
                       .quantum = d->quantum,
                       .coordinate =
                           d->truncated ? floor_to_quantum : round_to_quantum},
        .border_value = d->ignores_border_value ? 0.0 : probe->border_value};
    *warp = (struct wck_warp){.kernel = wck_description_kernel(d),
                              .border = d->border,
                              .border_value = &described->border_value,
                              .border_values = 1,
                              .source_width = probe->image.width,
                              .source_height = probe->image.height,
                              .output_width = probe->got.width,
                              .output_height = probe->got.height,
                              .arithmetic = d->quantum > 0.0 ? &described->arithmetic
                                                             : d->arithmetic,
                              .fold = d->fold,
                              .prefilter = d->prefilter,
                              .rounding = d->rounding};
    if (!takes_map(d->arithmetic, &d->reading, probe->pairs))
        return wck_error_set(err, WCK_INVALID, "arithmetic %s is of other maps",
                             d->arithmetic->name);
    if (read_map(&d->reading, probe, &warp->map, err) != WCK_OK)
        return WCK_INVALID;
    return wck_warp_check(warp, err);
}

/* ---- what a reading makes of numbers, and back ---- */

enum wck_status wck_reading_place(const struct wck_reading *reading,
                                  const struct wck_probe *probe, double *x, double *y,
                                  struct wck_error *err)
{
    const struct wck_description like = {.reading = *reading,
                                         .kernel = wck_kernel_find("nearest"),
                                         .border = wck_border_row(0)};
    struct wck_described described;
    struct wck_block block = {.count = wck_probe_samples(probe), .x = x, .y = y};
    enum wck_status status = wck_describe(&described, &like, probe, err);

    if (status == WCK_OK)
        wck_stages_reference.coordinate(&described.problem.warp, &block);
    return status;
}

/* Units are affine along an axis of n pixels: pixel i is number slope i + offset. */
struct line {
    double slope, offset;
};

static struct line line_of(const struct wck_units *units, size_t n)
{
    struct line line = {1.0, 0.0};

    if (units != NULL) {
        line.offset = units->of_pixel(0.0, n);
        line.slope = units->of_pixel(1.0, n) - line.offset;
    }
    return line;
}

/* The same map between the numbers that units give to pixels. */
static void change_units(const struct wck_reading *reading, const double b[6],
                         const struct wck_probe *probe, double matrix[6])
{
    const size_t source[] = {probe->image.width, probe->image.height};
    const size_t output[] = {probe->got.width, probe->got.height};

    for (int i = 0; i < 2; i++) {
        struct line to = line_of(reading->source_units, source[i]);

        matrix[3 * i + 2] = to.slope * b[3 * i + 2] + to.offset;
        for (int j = 0; j < 2; j++) {
            struct line from = line_of(reading->output_units, output[j]);

            matrix[3 * i + j] = to.slope * b[3 * i + j] / from.slope;
            matrix[3 * i + 2] -= matrix[3 * i + j] * from.offset;
        }
    }
}

static void write_pairs(const struct wck_reading *reading, const double b[6],
                        struct wck_probe *probe)
{
    size_t samples = wck_probe_samples(probe);
    double sign = reading->sign < 0.0 ? -1.0 : 1.0;

    for (size_t s = 0; s < samples; s++) {
        double at[] = {(double)(s % probe->got.width), (double)(s / probe->got.width)};
        const size_t extent[] = {probe->image.width, probe->image.height};

        for (int a = 0; a < 2; a++) {
            double u = b[3 * a] * at[0] + b[3 * a + 1] * at[1] + b[3 * a + 2];

            if (reading->displacement)
                u = (u - at[a]) * sign;
            if (reading->source_units != NULL)
                u = reading->source_units->of_pixel(u, extent[a]);
            probe->numbers[(reading->reversed ? 1 - a : a) * (ptrdiff_t)samples +
                           (ptrdiff_t)s] = u;
        }
    }
}

enum wck_status wck_reading_numbers(const struct wck_reading *reading,
                                    const double backward[6], struct wck_probe *probe,
                                    struct wck_error *err)
{
    double matrix[6], forward[6];
    enum wck_status status = WCK_OK;

    if (probe->pairs) {
        write_pairs(reading, backward, probe);
        return WCK_OK;
    }
    change_units(reading, backward, probe, matrix);
    memcpy(forward, matrix, sizeof forward);
    if (reading->direction == WCK_SOURCE_TO_OUTPUT)
        status = wck_affine_invert(matrix, forward, err);
    if (status == WCK_OK && reading->reversed)
        turn_axes(forward, probe->numbers);
    else if (status == WCK_OK)
        memcpy(probe->numbers, forward, sizeof forward);
    return status;
}

/* ---- comparing ---- */

static enum wck_status predict(const struct wck_description *d,
                               const struct wck_described *described,
                               const struct wck_probe *probe, double *value,
                               struct wck_error *err)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();
    struct wck_image output;
    enum wck_status status = wck_image_new(&output, probe->got.tensor.dtype, "HW", 1, 1,
                                           probe->got.height, probe->got.width, err);

    if (d->deviation != NULL)
        d->deviation->apply(&behaviour);
    if (status == WCK_OK)
        status = wck_behaviour_forward(&behaviour, &described->problem.warp,
                                       &probe->image, &output, err);
    for (size_t s = 0; s < wck_probe_samples(probe) && status == WCK_OK; s++)
        value[s] = wck_image_get(&output, 0, s / output.width, s % output.width);
    free(output.tensor.data);
    return status;
}

enum wck_status wck_description_predict(const struct wck_description *description,
                                        const struct wck_probe *probe, double *value,
                                        struct wck_error *err)
{
    struct wck_described described;
    enum wck_status status = wck_describe(&described, description, probe, err);

    return status == WCK_OK ? predict(description, &described, probe, value, err)
                            : status;
}

/* In units of the bound: from where the reference is, or, where it may lie anywhere
 * between two ends, from the nearer of these.  A deviation is held to one value. */
static double ratio_of(const struct wck_margin *margin, double got, double want,
                       bool deviates)
{
    double error = fabs(got - want);

    if (isnan(got) && isnan(want))
        return 0.0;
    if (!deviates) {
        if (wck_margin_is_open(margin, got))
            return 0.0;
        error = fmin(error, fabs(got - wck_margin_want(margin, got)));
    }
    if (isnan(error) || !(error > 0.0))
        return isnan(error) ? (double)INFINITY : 0.0;
    return error / fmax(margin->bound, 0x1p-1022);
}

static void add(struct wck_distance *distance, double error)
{
    if (isnan(error))
        error = (double)INFINITY;
    distance->count++;
    if (isinf(distance->mean))
        return;
    distance->mean += (error - distance->mean) / (double)distance->count;
    distance->most = fmax(distance->most, error);
}

static void add_all(const struct wck_description *description,
                    const struct wck_probe *probe, const unsigned char *mask,
                    const double *want, const struct wck_margin *margin,
                    struct wck_distance *distance)
{
    for (size_t s = 0; s < wck_probe_samples(probe); s++) {
        double got =
            wck_image_get(&probe->got, 0, s / probe->got.width, s % probe->got.width);

        if (mask != NULL && mask[s] == 0)
            continue;
        add(distance, isnan(got) && isnan(want[s]) ? 0.0 : fabs(got - want[s]));
        if (margin != NULL)
            distance->ratio =
                fmax(distance->ratio, ratio_of(&margin[s], got, want[s],
                                               description->deviation != NULL));
    }
}

/* A kernel with a footprint has no margins sample by sample: as many roundings as taps,
 * each of a weight of its own, and the coordinate's as if it moved the output by a
 * slope of 2 an axis. */
static enum wck_status bound_footprint(struct wck_margins *margins,
                                       const struct wck_problem *problem,
                                       const double *want, struct wck_error *err)
{
    const struct wck_warp *warp = &problem->warp;
    size_t samples = wck_warp_samples(warp);
    struct wck_coordinate_error far =
        wck_problem_coordinate_error(problem, samples - 1);
    double u = wck_problem_roundoff(problem) + 0x1p-53;
    double taps = (double)wck_warp_support(warp, WCK_X) *
                  (double)wck_warp_support(warp, WCK_Y) *
                  (1.0 + wck_area_roundings(warp));

    margins->output = calloc(samples, sizeof *margins->output);
    if (margins->output == NULL)
        return wck_error_no_memory(err);
    for (size_t s = 0; s < samples; s++)
        margins->output[s] =
            (struct wck_margin){.low = want[s],
                                .high = want[s],
                                .at = want[s],
                                .bound = (taps + 2.0) * u + 2.0 * (far.x + far.y)};
    return WCK_OK;
}

static enum wck_status make_margins(struct wck_margins *margins,
                                    const struct wck_problem *problem,
                                    const struct wck_probe *probe, const double *want,
                                    struct wck_error *err)
{
    return problem->warp.kernel->footprint
               ? bound_footprint(margins, problem, want, err)
               : wck_margins_make(margins, problem, &probe->image, NULL, err);
}

enum wck_status wck_description_compare(const struct wck_description *description,
                                        const struct wck_probe *probe,
                                        const unsigned char *mask, bool judged,
                                        struct wck_distance *distance,
                                        struct wck_error *err)
{
    double *want = calloc(wck_probe_samples(probe), sizeof *want);
    struct wck_margins margins = {0};
    struct wck_described described;
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = want == NULL
                                 ? wck_error_no_memory(&why)
                                 : wck_describe(&described, description, probe, &why);

    if (status == WCK_OK)
        status = predict(description, &described, probe, want, &why);
    if (status == WCK_OK && judged)
        status = make_margins(&margins, &described.problem, probe, want, &why);
    if (status == WCK_OK)
        add_all(description, probe, mask, want, judged ? margins.output : NULL,
                distance);
    wck_margins_release(&margins);
    free(want);
    if (status == WCK_OK)
        return WCK_OK;
    if (status != WCK_INVALID && status != WCK_UNSUPPORTED)
        return wck_error_set(err, status, "%s", why.text);
    /* There is no such warp: nothing is farther off. */
    add(distance, (double)INFINITY);
    distance->ratio = (double)INFINITY;
    return WCK_OK;
}
