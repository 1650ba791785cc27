#include "src/subject/problem.h"

#include <math.h>

#include "src/base/rng.h"

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
    const struct wck_image *held = &problem->warp.destination;
    double most = 0.0;

    for (size_t i = 0; i < problem->warp.border_values; i++)
        most = fmax(most, fabs(problem->warp.border_value[i]));
    for (size_t p = 0; problem->warp.transparent && p < wck_image_planes(held); p++) {
        for (size_t i = 0; i < wck_image_pixels(held); i++)
            most = fmax(most,
                        fabs(wck_image_get(held, p, i / held->width, i % held->width)));
    }
    return most;
}

static void append_matrix(const struct wck_map *map, struct wck_text *text)
{
    const double *m = map->matrix;

    wck_text_printf(text, "'%.17g %.17g %.17g; %.17g %.17g %.17g'", m[0], m[1], m[2],
                    m[3], m[4], m[5]);
}

static void append_map(const struct wck_map *map, struct wck_text *text)
{
    int columns = wck_map_axes(map) + 1;

    if (!wck_map_has_matrix(map)) {
        wck_text_printf(text, "coordinates given one by one");
        return;
    }
    wck_text_printf(text, "matrix");
    for (int i = 0; i < wck_map_entries(map); i++)
        wck_text_printf(text, "%s%.17g",
                        i == 0             ? " '"
                        : i % columns == 0 ? "; "
                                           : " ",
                        map->matrix[i]);
    wck_text_printf(text, "' %s",
                    map->direction == WCK_SOURCE_TO_OUTPUT ? "source to output"
                                                           : "output to source");
}

/* "17x13x3", and "4x17x13x3" of a volume. */
static void append_size(size_t depth, size_t height, size_t width,
                        struct wck_text *text)
{
    if (depth > 1)
        wck_text_printf(text, "%zux", depth);
    wck_text_printf(text, "%zux%zu", height, width);
}

void wck_problem_class(const struct wck_problem *problem, struct wck_text *text)
{
    const struct wck_warp *warp = &problem->warp;

    if (problem->convention != NULL)
        wck_text_printf(text, "%s: ", problem->convention->name);
    wck_text_printf(text, "%s, border %s", warp->kernel->name,
                    warp->transparent ? "transparent" : warp->border->name);
}

void wck_problem_describe(const struct wck_problem *problem, struct wck_text *text)
{
    const struct wck_warp *warp = &problem->warp;

    wck_problem_class(problem, text);
    wck_text_printf(text, ", %s %s, ", problem->layout,
                    wck_dtype_row(problem->dtype)->name);
    append_size(warp->source_depth, warp->source_height, warp->source_width, text);
    wck_text_printf(text, "x%zu to ", problem->channels);
    append_size(warp->output_depth, warp->output_height, warp->output_width, text);
    wck_text_printf(text, ", ");
    append_map(&warp->map, text);
}

void wck_problem_options(const struct wck_problem *problem, struct wck_text *text)
{
    const struct wck_warp *warp = &problem->warp;
    /* The command line refuses a value that the border does not read. */
    bool read = warp->border->fold(-1, 1) == WCK_BORDER_VALUE;

    wck_text_printf(text, "--kernel %s --border %s", warp->kernel->name,
                    warp->border->name);
    for (size_t i = 0; read && i < warp->border_values; i++)
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
