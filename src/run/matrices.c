#include "src/run/matrices.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/coverage/sum.h"

enum wck_status wck_matrices_open(struct wck_matrices *matrices, const char *path,
                                  const struct wck_warp *warp,
                                  enum wck_direction direction, struct wck_error *err)
{
    *matrices = (struct wck_matrices){.warp = warp, .direction = direction};
    return wck_lines_open(&matrices->lines, path, err);
}

void wck_matrices_close(struct wck_matrices *matrices)
{
    wck_lines_close(&matrices->lines);
    free(matrices->x);
    free(matrices->y);
    *matrices = (struct wck_matrices){0};
}

static enum wck_status allocate(struct wck_matrices *matrices, struct wck_error *err)
{
    size_t samples = wck_warp_samples(matrices->warp);

    if (matrices->x == NULL)
        matrices->x = malloc(samples * sizeof *matrices->x);
    if (matrices->y == NULL)
        matrices->y = malloc(samples * sizeof *matrices->y);
    return matrices->x != NULL && matrices->y != NULL ? WCK_OK
                                                      : wck_error_no_memory(err);
}

/* The homography's W is linear, so it has one sign over the output if it has at the
 * corners of the output's frame, half a pixel beyond the outer samples. */
static bool horizon_crosses(const double *backward, const struct wck_warp *warp)
{
    double left = -0.5, right = (double)warp->output_width - 0.5;
    double top = -0.5, bottom = (double)warp->output_height - 0.5;
    const double corners[4][2] = {
        {left, top}, {right, top}, {left, bottom}, {right, bottom}};
    int above = 0, below = 0;

    for (int k = 0; k < 4; k++) {
        double w =
            backward[6] * corners[k][0] + backward[7] * corners[k][1] + backward[8];

        above += w > 0.0;
        below += w < 0.0;
    }
    return above < 4 && below < 4;
}

/* Sample by sample, for a frame is that of an affine map or of coordinates. */
static enum wck_status set_homography(struct wck_matrices *matrices,
                                      const double *matrix, struct wck_map *map,
                                      struct wck_error *err)
{
    const struct wck_warp *warp = matrices->warp;
    const size_t output[WCK_AXES] = {warp->output_width, warp->output_height, 1};
    const size_t extent[WCK_AXES] = {warp->source_width, warp->source_height, 1};
    enum wck_status status =
        wck_map_matrix(map, WCK_MAP_HOMOGRAPHY, 2, matrix, matrices->direction, err);

    if (status == WCK_OK && horizon_crosses(map->backward, warp))
        status = wck_error_set(err, WCK_FORMAT,
                               "the horizon of the homography crosses the output");
    if (status == WCK_OK)
        status = allocate(matrices, err);
    if (status != WCK_OK)
        return status;
    for (size_t s = 0; s < wck_warp_samples(warp); s++) {
        const double at[WCK_AXES] = {(double)(s % warp->output_width),
                                     (double)(s / warp->output_width), 0.0};
        double coordinate[WCK_AXES];

        wck_map_apply(map, at, output, extent, coordinate);
        matrices->x[s] = coordinate[WCK_X];
        matrices->y[s] = coordinate[WCK_Y];
    }
    *map = wck_map_coordinates(matrices->x, matrices->y);
    return WCK_OK;
}

static enum wck_status set_map(struct wck_matrices *matrices, double *numbers,
                               size_t count, struct wck_map *map, struct wck_error *err)
{
    if (count != 6 && count != 9)
        return wck_error_set(err, WCK_FORMAT,
                             "not a matrix: six finite numbers, as in 'a b c; d e f', "
                             "or nine");
    if (count == 9 &&
        (!wck_is_exactly_zero(numbers[6]) || !wck_is_exactly_zero(numbers[7])))
        return set_homography(matrices, numbers, map, err);
    for (int i = 0; count == 9 && i < 6; i++)
        numbers[i] /= numbers[8];
    return wck_map_affine(map, numbers, matrices->direction, err);
}

/* Says the line with what is wrong, which is the file's fault. */
static enum wck_status blame(const struct wck_lines *lines, enum wck_status status,
                             const struct wck_error *why, struct wck_error *err)
{
    if (status == WCK_OK || status == WCK_NO_MEMORY)
        return status == WCK_OK ? WCK_OK : wck_error_no_memory(err);
    return wck_error_set(err, WCK_FORMAT, "%s, line %zu: %s", lines->path,
                         lines->number, why->text);
}

enum wck_status wck_matrices_next(void *state, struct wck_map *map, bool *more,
                                  struct wck_error *err)
{
    struct wck_matrices *matrices = state;
    struct wck_lines *lines = &matrices->lines;

    for (;;) {
        struct wck_error why = {0};
        enum wck_status status = wck_lines_next(lines, more, err);
        double numbers[9];
        size_t count;

        if (status != WCK_OK || !*more)
            return status;
        lines->text[strcspn(lines->text, "#")] = '\0';
        if (lines->text[strspn(lines->text, " \t")] == '\0')
            continue;
        count = wck_text_read_numbers(lines->text, numbers, 9);
        return blame(lines, set_map(matrices, numbers, count, map, &why), &why, err);
    }
}
