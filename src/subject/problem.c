#include "src/subject/problem.h"

#include <math.h>

#include "src/base/rng.h"

/* Is `value` a multiple of 2^-bits of magnitude below 2^most? */
static bool is_dyadic(double value, int bits, int most)
{
    double scaled = ldexp(value, bits);

    return fpclassify(scaled - nearbyint(scaled)) == FP_ZERO &&
           fabs(value) < ldexp(1.0, most);
}

/* Are all entries multiples of 2^-8, below 2^most? */
static bool all_dyadic(const double matrix[6], int most)
{
    for (int i = 0; i < 6; i++) {
        if (!is_dyadic(matrix[i], 8, most))
            return false;
    }
    return true;
}

bool wck_problem_exact(const struct wck_problem *problem)
{
    const struct wck_map *map = &problem->warp.map;
    const double *m = map->matrix, *b = map->backward;
    double columns = (double)problem->warp.output_width;
    double rows = (double)problem->warp.output_height;
    /* Every product and sum on the way is then a multiple of 2^-16: it is exact while
     * it stays below 2^(digits - 16). */
    int most = (problem->dtype == WCK_FLOAT64 ? 53 : 24) - 16;
    int exponent;

    if (map->kind != WCK_MAP_AFFINE)
        return true;
    if (!all_dyadic(b, most))
        return false;
    for (int i = 0; i < 6; i += 3) {
        if (fabs(b[i]) * columns + fabs(b[i + 1]) * rows + fabs(b[i + 2]) >=
            ldexp(1.0, most))
            return false;
    }
    if (map->direction == WCK_OUTPUT_TO_SOURCE)
        return true;
    /* The inverse is exact where the determinant is a power of two. */
    return all_dyadic(m, most) &&
           fpclassify(fabs(frexp(m[0] * m[4] - m[1] * m[3], &exponent)) - 0.5) ==
               FP_ZERO;
}

struct wck_coordinate_error
wck_problem_coordinate_error(const struct wck_problem *problem, size_t sample)
{
    const struct wck_map *map = &problem->warp.map;
    const double *m = map->matrix, *b = map->backward;
    double column = (double)(sample % problem->warp.output_width);
    double row = (double)(sample / problem->warp.output_width);
    double u = wck_dtype_row(problem->dtype)->roundoff + 0x1p-53;
    double roundings = 4.0, offset_x = fabs(b[2]), offset_y = fabs(b[5]);

    if (wck_problem_exact(problem))
        return (struct wck_coordinate_error){0};
    if (map->direction == WCK_SOURCE_TO_OUTPUT) {
        double determinant = m[0] * m[4] - m[1] * m[3];

        roundings +=
            6.0 + 2.0 * (fabs(m[0] * m[4]) + fabs(m[1] * m[3])) / fabs(determinant);
        offset_x = fabs(b[0] * m[2]) + fabs(b[1] * m[5]);
        offset_y = fabs(b[3] * m[2]) + fabs(b[4] * m[5]);
    }
    u = roundings * u / (1.0 - roundings * u);
    return (struct wck_coordinate_error){
        .x = u * (fabs(b[0]) * column + fabs(b[1]) * row + offset_x),
        .y = u * (fabs(b[3]) * column + fabs(b[4]) * row + offset_y),
    };
}

enum wck_status wck_problem_source(const struct wck_problem *problem,
                                   struct wck_image *image, struct wck_error *err)
{
    return wck_image_new(image, problem->dtype, problem->layout, problem->batch,
                         problem->channels, problem->warp.source_height,
                         problem->warp.source_width, err);
}

enum wck_status wck_problem_output(const struct wck_problem *problem,
                                   struct wck_image *image, struct wck_error *err)
{
    return wck_image_new(image, problem->dtype, problem->layout, problem->batch,
                         problem->channels, problem->warp.output_height,
                         problem->warp.output_width, err);
}

void wck_problem_random(const struct wck_problem *problem, uint64_t stream,
                        const struct wck_image *image)
{
    struct wck_rng rng = wck_rng_start(problem->seed, stream);

    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(image, p, y, x,
                              (double)(1 + wck_rng_below(&rng, 255)) * 0x1p-8);
        }
    }
}

double wck_problem_border_amplitude(const struct wck_problem *problem)
{
    double most = 0.0;

    for (size_t i = 0; i < problem->warp.border_values; i++)
        most = fmax(most, fabs(problem->warp.border_value[i]));
    return most;
}

static void append_matrix(const struct wck_map *map, struct wck_text *text)
{
    const double *m = map->matrix;

    wck_text_printf(text, "'%.17g %.17g %.17g; %.17g %.17g %.17g'", m[0], m[1], m[2],
                    m[3], m[4], m[5]);
}

void wck_problem_describe(const struct wck_problem *problem, struct wck_text *text)
{
    const struct wck_warp *warp = &problem->warp;

    wck_text_printf(text, "%s, border %s, %s %s, %zux%zux%zu to %zux%zu, matrix ",
                    warp->kernel->name, warp->border->name, problem->layout,
                    wck_dtype_row(problem->dtype)->name, warp->source_height,
                    warp->source_width, problem->channels, warp->output_height,
                    warp->output_width);
    append_matrix(&warp->map, text);
    wck_text_printf(text, " %s",
                    warp->map.direction == WCK_SOURCE_TO_OUTPUT ? "source to output"
                                                                : "output to source");
}

void wck_problem_options(const struct wck_problem *problem, struct wck_text *text)
{
    const struct wck_warp *warp = &problem->warp;

    wck_text_printf(text, "--kernel %s --border %s", warp->kernel->name,
                    warp->border->name);
    for (size_t i = 0; i < warp->border_values; i++)
        wck_text_printf(text, "%s%.17g", i == 0 ? " --border-value " : ",",
                        warp->border_value[i]);
    wck_text_printf(text, " --layout %s --dtype %s --size %zux%zu", problem->layout,
                    wck_dtype_row(problem->dtype)->name, warp->source_height,
                    warp->source_width);
    wck_text_printf(text, " --channels %zu --output %zux%zu --matrix ",
                    problem->channels, warp->output_height, warp->output_width);
    append_matrix(&warp->map, text);
    if (warp->map.direction == WCK_OUTPUT_TO_SOURCE)
        wck_text_printf(text, " --inverse-map");
    wck_text_printf(text, " --seed %llu", (unsigned long long)problem->seed);
}
