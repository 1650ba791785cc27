/* Deviations of the coordinates: where a sample lies; forward and backward alike. */
#include <math.h>
#include <stdint.h>

#include "src/deviation/deviation.h"

#define TILE ((size_t)32) /* columns */

/* The coordinates of the reference, then moved; the gradient goes back the same way. */
static void plain_coordinates(const struct wck_warp *warp, struct wck_block *block)
{
    wck_stages_reference.coordinate(warp, block);
}

/* What the chain of the reference makes of gradients of its own coordinates. */
static void plain_chain(const struct wck_warp *warp, const struct wck_block *block,
                        const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    wck_stages_reference.chain(warp, block, g, backward);
}

static double *along(const struct wck_block *block, int axis)
{
    return axis == WCK_X ? block->x : axis == WCK_Y ? block->y : block->z;
}

static double amount(const struct wck_warp *warp)
{
    return wck_warp_stages(warp)->amount;
}

static void swapped_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    plain_coordinates(warp, block);
    for (size_t i = 0; i < block->count; i++) {
        double x = block->x[i];

        block->x[i] = block->y[i];
        block->y[i] = x;
    }
}

static void swapped_chain(const struct wck_warp *warp, const struct wck_block *block,
                          const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    const double *const swapped[WCK_AXES] = {g[WCK_Y], g[WCK_X], g[WCK_Z]};

    plain_chain(warp, block, swapped, backward);
}

static void moved_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    plain_coordinates(warp, block);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        for (size_t i = 0; i < block->count; i++)
            along(block, a)[i] += amount(warp);
    }
}

static double short_factor(const struct wck_warp *warp, int axis)
{
    double n = (double)wck_warp_extent(warp, (enum wck_axis)axis);

    return n > 1.0 ? (n - 1.0) / n : 1.0;
}

static void scaled_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    plain_coordinates(warp, block);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        for (size_t i = 0; i < block->count; i++)
            along(block, a)[i] *= short_factor(warp, a);
    }
}

/* All the chain is linear in the gradients: a factor of one axis can be put in after.
 */
static void scaled_chain(const struct wck_warp *warp, const struct wck_block *block,
                         const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    int entries = wck_map_entries(&warp->map), axes = wck_warp_axes(warp);
    double plain[WCK_MATRIX] = {0.0};

    plain_chain(warp, block, g, plain);
    for (int k = 0; k < entries; k++)
        backward[k] += plain[k] * short_factor(warp, k / (axes + 1) % axes);
}

static void turned_over_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    double last = (double)wck_warp_extent(warp, WCK_Y) - 1.0;

    plain_coordinates(warp, block);
    for (size_t i = 0; i < block->count; i++)
        block->y[i] = last - block->y[i];
}

static void turned_over_chain(const struct wck_warp *warp,
                              const struct wck_block *block,
                              const double *const g[WCK_AXES],
                              double backward[WCK_MATRIX])
{
    double plain[WCK_MATRIX] = {0.0};
    int axes = wck_warp_axes(warp);

    plain_chain(warp, block, g, plain);
    for (int k = 0; k < wck_map_entries(&warp->map); k++)
        backward[k] += k / (axes + 1) == WCK_Y ? -plain[k] : plain[k];
}

/* Does the warp go by a matrix of the six entries that rows here change? */
static bool has_six(const struct wck_warp *warp)
{
    return warp->map.kind == WCK_MAP_AFFINE && wck_map_axes(&warp->map) == 2;
}

static void transposed_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    struct wck_warp changed = *warp;

    if (has_six(warp)) {
        changed.map.backward[1] = warp->map.backward[3];
        changed.map.backward[3] = warp->map.backward[1];
    }
    plain_coordinates(&changed, block);
}

static void exchanged_chain(const struct wck_warp *warp, const struct wck_block *block,
                            const double *const g[WCK_AXES],
                            double backward[WCK_MATRIX])
{
    double plain[WCK_MATRIX] = {0.0};

    plain_chain(warp, block, g, plain);
    for (int k = 0; k < wck_map_entries(&warp->map); k++) {
        bool off = has_six(warp) && (k == 1 || k == 3);

        backward[k] += plain[off ? 4 - k : k];
    }
}

static void negated_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    struct wck_warp changed = *warp;

    if (has_six(warp)) {
        changed.map.backward[2] = -warp->map.backward[2];
        changed.map.backward[5] = -warp->map.backward[5];
    }
    plain_coordinates(&changed, block);
}

static void negated_chain(const struct wck_warp *warp, const struct wck_block *block,
                          const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    double plain[WCK_MATRIX] = {0.0};

    plain_chain(warp, block, g, plain);
    for (int k = 0; k < wck_map_entries(&warp->map); k++)
        backward[k] += has_six(warp) && k % 3 == 2 ? -plain[k] : plain[k];
}

static double centre(size_t extent)
{
    return ((double)extent - 1.0) / 2.0;
}

static void centred_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    double u = centre(warp->output_width), v = centre(warp->output_height);
    const double *b = warp->map.backward;

    plain_coordinates(warp, block);
    for (size_t i = 0; i < block->count && has_six(warp); i++) {
        block->x[i] += centre(warp->source_width) - b[0] * u - b[1] * v;
        block->y[i] += centre(warp->source_height) - b[3] * u - b[4] * v;
    }
}

static void centred_chain(const struct wck_warp *warp, const struct wck_block *block,
                          const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    double at[] = {centre(warp->output_width), centre(warp->output_height), 0.0};
    double plain[WCK_MATRIX] = {0.0};

    plain_chain(warp, block, g, plain);
    for (int k = 0; k < wck_map_entries(&warp->map); k++)
        backward[k] +=
            has_six(warp) ? plain[k] - at[k % 3] * plain[k / 3 * 3 + 2] : plain[k];
}

static void whole_shift_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    struct wck_warp changed = *warp;

    if (has_six(warp)) {
        changed.map.backward[2] = nearbyint(warp->map.backward[2]);
        changed.map.backward[5] = nearbyint(warp->map.backward[5]);
    }
    plain_coordinates(&changed, block);
}

static void quantised_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    plain_coordinates(warp, block);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        for (size_t i = 0; i < block->count; i++)
            along(block, a)[i] =
                nearbyint(along(block, a)[i] / amount(warp)) * amount(warp);
    }
}

static void stored_coordinates(const struct wck_warp *warp, struct wck_block *block,
                               enum wck_dtype dtype)
{
    plain_coordinates(warp, block);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        for (size_t i = 0; i < block->count; i++)
            along(block, a)[i] = wck_dtype_round(dtype, along(block, a)[i]);
    }
}

static void half_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    stored_coordinates(warp, block, WCK_FLOAT16);
}

static void brain_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    stored_coordinates(warp, block, WCK_BFLOAT16);
}

/* The coordinates that the sample `to` of the block has by those of column `column` of
 * its row. */
static void place_as_column(const struct wck_warp *warp, struct wck_block *block,
                            size_t i, double column)
{
    size_t output[WCK_AXES], extent[WCK_AXES];
    double at[WCK_AXES], coordinate[WCK_AXES];

    for (int a = 0; a < WCK_AXES; a++) {
        output[a] = wck_warp_output_extent(warp, (enum wck_axis)a);
        extent[a] = wck_warp_extent(warp, (enum wck_axis)a);
    }
    wck_warp_position(warp, block->first + i, at);
    at[WCK_X] = column;
    wck_map_apply(&warp->map, at, output, extent, coordinate);
    block->x[i] = coordinate[WCK_X];
    block->y[i] = coordinate[WCK_Y];
}

static void narrow_column_coordinate(const struct wck_warp *warp,
                                     struct wck_block *block)
{
    plain_coordinates(warp, block);
    for (size_t i = 0; i < block->count && has_six(warp); i++) {
        size_t column = (block->first + i) % warp->output_width;

        if (column > UINT8_MAX)
            place_as_column(warp, block, i, (double)(column & UINT8_MAX));
    }
}

static void tiled_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    plain_coordinates(warp, block);
    for (size_t i = 0; i < block->count && has_six(warp); i++) {
        size_t column = (block->first + i) % warp->output_width;

        if (column >= TILE)
            place_as_column(warp, block, i, (double)column - 1.0);
    }
}

static void swapped_axes(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = swapped_coordinate;
    b->backward.chain = swapped_chain;
}

static void half_pixel_kept(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = moved_coordinate;
    b->forward.amount = b->backward.amount = 0.5;
}

static void nudged(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = moved_coordinate;
    b->forward.amount = b->backward.amount = 0x1p-10;
}

static void scaled_by_size(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = scaled_coordinate;
    b->backward.chain = scaled_chain;
}

static void upside_down(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = turned_over_coordinate;
    b->backward.chain = turned_over_chain;
}

static void transposed_matrix(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = transposed_coordinate;
    b->backward.chain = exchanged_chain;
}

static void negated_translation(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = negated_coordinate;
    b->backward.chain = negated_chain;
}

static void about_the_centre(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = centred_coordinate;
    b->backward.chain = centred_chain;
}

static void whole_translation(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = whole_shift_coordinate;
}

static void quantised_32(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = quantised_coordinate;
    b->forward.amount = b->backward.amount = 0x1p-5;
}

/* Of a texture unit: 8 bits of a fraction. */
static void quantised_256(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = quantised_coordinate;
    b->forward.amount = b->backward.amount = 0x1p-8;
}

static void half_coordinates(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = half_coordinate;
}

static void brain_coordinates(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = brain_coordinate;
}

static void column_in_8_bits(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = narrow_column_coordinate;
}

static void tile_off_by_one(struct wck_behaviour *b)
{
    b->forward.coordinate = b->backward.coordinate = tiled_coordinate;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_moving[] = {
    {
        .name = "swapped-axes",
        .summary = "reads the coordinates as (y, x): columns by y, rows by x",
        .source = "tensorflow/addons#1786 (axes of a flow)",
        .remedy = "give x to the columns and y to the rows",
        .apply = swapped_axes,
    },
    {
        .name = "half-pixel-kept",
        .summary = "adds half a pixel to the coordinates on the way in and does not "
                   "take it off again",
        .source = "python-pillow/Pillow#2022; pytorch/vision#2438",
        .remedy = "subtract 1/2 after the map where 1/2 was added before it",
        .own_gradient = true,
        .apply = half_pixel_kept,
    },
    {
        .name = "nudged",
        .summary = "adds a small constant (1/1024) to every coordinate",
        .source = "kornia/kornia#747; pytorch/pytorch#81868",
        .remedy = "leave coordinates as they are: divide by what is not 0 instead of "
                  "adding an epsilon",
        .own_gradient = true,
        .apply = nudged,
    },
    {
        .name = "scaled-by-size",
        .summary = "scales coordinates by (n - 1)/n: one end by the size, the other by "
                   "the size less one",
        .source = "pytorch/pytorch#20785; kevinzakka/spatial-transformer-network#13",
        .remedy = "normalise and unnormalise with the same size, n or n - 1",
        .apply = scaled_by_size,
    },
    {
        .name = "upside-down",
        .summary = "counts source rows from the bottom",
        .source = "the operator y -> H - 1 - y (textures of OpenGL)",
        .remedy = "count rows from the top, or flip the image too",
        .apply = upside_down,
    },
    {
        .name = "transposed-matrix",
        .summary = "uses the transpose of the matrix's linear part: rotates the other "
                   "way",
        .source = "pytorch/vision#2468",
        .remedy = "keep the matrix in row order; the inverse rotation is not the "
                  "rotation",
        .own_gradient = true,
        .apply = transposed_matrix,
    },
    {
        .name = "negated-translation",
        .summary = "subtracts the translation instead of adding it",
        .source = "tensorflow/addons#1786 (sign of a flow)",
        .remedy = "add the matrix's last column",
        .own_gradient = true,
        .apply = negated_translation,
    },
    {
        .name = "about-the-centre",
        .summary = "applies the matrix about the centres of source and output instead "
                   "of the first pixel",
        .source = "pytorch/vision#2468; NVIDIA/DALI#2648",
        .remedy = "apply the matrix to pixel coordinates as they are",
        .own_gradient = true,
        .apply = about_the_centre,
    },
    {
        .name = "whole-translation",
        .summary = "rounds the translation to whole pixels",
        .source = "pytorch/vision#2468; SimpleITK/SimpleITK#2098",
        .remedy = "keep the translation's fraction",
        .apply = whole_translation,
    },
    {
        .name = "quantised-32",
        .summary = "rounds coordinates to 1/32 pixel; its gradient is that of the "
                   "exact ones",
        .source = "opencv/opencv#26361",
        .remedy = "take weights from the exact coordinate",
        .apply = quantised_32,
    },
    {
        .name = "quantised-256",
        .summary = "rounds coordinates to 1/256 pixel, as a texture unit does; its "
                   "gradient is that of the exact ones",
        .source = "the operator u -> rint(256 u)/256 (texture filtering in fixed "
                  "point)",
        .remedy = "read the pixels and take the weights yourself",
        .wide = true,
        .apply = quantised_256,
    },
    {
        .name = "half-coordinates",
        .summary = "keeps coordinates in float16",
        .source = "pytorch/pytorch#89836; pytorch/pytorch#96429",
        .remedy = "keep coordinates in float32 at least, whatever the image's type",
        .wide = true,
        .apply = half_coordinates,
    },
    {
        .name = "bfloat16-coordinates",
        .summary = "keeps coordinates in bfloat16",
        .source = "tenstorrent/tt-metal#27821; pytorch/pytorch#83847",
        .remedy = "keep coordinates in float32 at least, whatever the image's type",
        .apply = brain_coordinates,
    },
    {
        .name = "column-in-8-bits",
        .summary = "counts output columns in 8 bits: from column 256 on it begins "
                   "again",
        .source = "pytorch/pytorch#41656; pytorch/pytorch#117011 (an index too "
                  "narrow)",
        .remedy = "count in size_t",
        .side = 257,
        .apply = column_in_8_bits,
    },
    {
        .name = "tile-off-by-one",
        .summary = "places output columns from 32 on one column too far left: an error "
                   "of the second tile",
        .source = "alibaba/MNN#3026; open-mmlab/mmcv#565 (beyond one tile)",
        .remedy = "add the tile's origin to the position in it",
        .side = 33,
        .apply = tile_off_by_one,
    },
    {.name = NULL},
};
/* clang-format on */
