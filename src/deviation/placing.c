/* Deviations of the coordinates: where a sample lies; forward and backward alike, the
 * gradient of the matrix included. */
#include "src/deviation/deviation.h"

#include <string.h>

/* The warp with pixel centres at half-integers. */
static struct wck_warp shifted_warp(const struct wck_warp *warp)
{
    struct wck_warp shifted = *warp;

    if (wck_map_has_matrix(&warp->map))
        shifted.map.output_units = shifted.map.source_units = wck_units_find("corners");
    return shifted;
}

static void corner_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    struct wck_warp shifted = shifted_warp(warp);

    wck_stages_reference.coordinate(&shifted, block);
}

static void corner_chain(const struct wck_warp *warp, const struct wck_block *block,
                         const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    struct wck_warp shifted = shifted_warp(warp);

    wck_stages_reference.chain(&shifted, block, g, backward);
}

/* The warp by the matrix of the other direction: the one given where its inverse is
 * meant, its inverse where it is meant as given.  wck_map_affine has made sure that
 * there is one. */
static struct wck_warp turned_warp(const struct wck_warp *warp)
{
    struct wck_warp turned = *warp;

    if (warp->map.kind != WCK_MAP_AFFINE)
        return turned;
    if (warp->map.direction == WCK_SOURCE_TO_OUTPUT)
        memcpy(turned.map.backward, warp->map.matrix, sizeof turned.map.backward);
    else
        wck_affine_invert(warp->map.matrix, turned.map.backward, NULL);
    return turned;
}

static void wrong_direction_coordinate(const struct wck_warp *warp,
                                       struct wck_block *block)
{
    struct wck_warp turned = turned_warp(warp);

    wck_stages_reference.coordinate(&turned, block);
}

/* With X the matrix in use, the inverse of the one that is meant, a gradient G with
 * respect to X is -X^T G X^T with respect to that one. */
static void wrong_direction_chain(const struct wck_warp *warp,
                                  const struct wck_block *block,
                                  const double *const g[WCK_AXES],
                                  double backward[WCK_MATRIX])
{
    struct wck_warp turned = turned_warp(warp);
    double of_used[WCK_MATRIX] = {0.0}, of_meant[WCK_MATRIX] = {0.0};

    wck_stages_reference.chain(&turned, block, g, of_used);
    turned.map.direction = WCK_SOURCE_TO_OUTPUT;
    wck_map_matrix_gradient(&turned.map, of_used, of_meant);
    for (int k = 0; k < wck_map_entries(&warp->map); k++)
        backward[k] += of_meant[k];
}

static void pixel_corners(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = corner_coordinate;
    b->backward.chain = corner_chain;
}

static void wrong_direction(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = wrong_direction_coordinate;
    b->backward.chain = wrong_direction_chain;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_placing[] = {
    {
        .name = "pixel-corners",
        .summary = "puts pixel centres at half-integers (corner coordinates)",
        .source = "python-pillow/Pillow#2022; NVIDIA/DALI#2648",
        .remedy = "shift the matrix by half a pixel on both sides",
        .own_gradient = true,
        .apply = pixel_corners,
    },
    {
        .name = "wrong-direction",
        .summary = "uses the matrix where its inverse is meant",
        .source = "opencv/opencv#11784; NVIDIA/DALI#2648",
        .remedy = "invert the matrix (or do not: see --inverse-map)",
        .own_gradient = true,
        .apply = wrong_direction,
    },
    {.name = NULL},
};
/* clang-format on */
