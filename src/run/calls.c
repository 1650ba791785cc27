#include "src/run/calls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/call.h"
#include "src/base/rng.h"

#define WORD 32

/* In pixels, whichever way they map.  Exact coordinates but for the last. */
static const double in_pixels[][6] = {
    {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5},
    {1.0, 0.0, -2.5, 0.0, 1.0, 3.0},
    {2.0, 0.25, -23.0, 0.0, 2.0, -5.0},
    {0.47631397208144124, -0.275, 6.1, 0.275, 0.47631397208144124, 2.7},
};

/* The same kinds, of numbers from -1 to 1. */
static const double normalised[][6] = {
    {1.0, 0.375, -0.3125, -0.25, 0.875, 0.125},
    {1.0, 0.0, 0.25, 0.0, 1.0, -0.5},
    {2.0, 0.25, 0.75, 0.125, 2.5, -0.25},
    {0.47631397208144124, -0.275, 0.3, 0.275, 0.47631397208144124, -0.1},
};

#define MAPS (sizeof in_pixels / sizeof *in_pixels)

static const enum wck_dtype dtypes[] = {WCK_FLOAT64, WCK_FLOAT32};

/* Height and width of source and output. */
static const size_t sizes[][4] = {{13, 17, 11, 19}, {19, 11, 17, 13}, {7, 23, 12, 9}};

/* One of everything that a request leaves open. */
struct choice {
    char interp[WORD], border[WORD];
    int align_corners;
    enum wck_dtype dtype;
    size_t map;
};

static size_t count_words(const char *words)
{
    size_t count = 1;

    for (; *words != '\0'; words++)
        count += *words == ' ';
    return count;
}

static void copy_word(const char *words, size_t i, char word[WORD])
{
    size_t length;

    while (i-- > 0)
        words = strchr(words, ' ') + 1;
    length = strcspn(words, " ");
    memcpy(word, words, length < WORD ? length : WORD - 1);
    word[length < WORD ? length : WORD - 1] = '\0';
}

/* Takes the last digit off a number whose digits count different things. */
static size_t digit(size_t *number, size_t base)
{
    size_t least = *number % base;

    *number /= base;
    return least;
}

static size_t open_words(const char *given, const char *words)
{
    return given != NULL ? 1 : count_words(words);
}

static size_t open_flags(const struct wck_calls_request *request)
{
    return request->convention->has_flag && request->choices.align_corners < 0 ? 2 : 1;
}

size_t wck_calls_count(const struct wck_calls_request *request)
{
    const struct wck_convention *convention = request->convention;

    return open_words(request->choices.interp, convention->interps) *
           open_words(request->choices.border, convention->borders) *
           open_flags(request) *
           (request->dtype != NULL ? 1 : sizeof dtypes / sizeof *dtypes) * MAPS;
}

static void choose_word(const char *given, const char *words, size_t *rest,
                        char word[WORD])
{
    size_t i = digit(rest, open_words(given, words));

    if (given != NULL)
        copy_word(given, 0, word);
    else
        copy_word(words, i, word);
}

static void choose(const struct wck_calls_request *request, size_t index,
                   struct choice *choice)
{
    const struct wck_convention *convention = request->convention;
    size_t rest = index;

    choice->map = digit(&rest, MAPS);
    choice->dtype = request->dtype != NULL
                        ? *request->dtype
                        : dtypes[digit(&rest, sizeof dtypes / sizeof *dtypes)];
    choice->align_corners = request->choices.align_corners;
    if (open_flags(request) > 1)
        choice->align_corners = (int)digit(&rest, 2);
    choose_word(request->choices.border, convention->borders, &rest, choice->border);
    choose_word(request->choices.interp, convention->interps, &rest, choice->interp);
}

/* ---- arrays ---- */

/* A call under way: its arrays, which go into the archive when they are full. */
struct making {
    const struct choice *choice;
    struct wck_rng rng;
    struct wck_call call;
    bool same_size;       /* as the image's */
    size_t height, width; /* of the output */
    struct wck_tensor image, upstream;
    struct wck_tensor destination; /* data NULL: none is read */
    struct wck_warp warp;          /* as bound: what the map's numbers mean */
};

/* Multiples of 2^-8 in (0, 1), or whole numbers up to 120: exact in every type. */
static void fill_random(struct wck_rng *rng, const struct wck_tensor *tensor)
{
    bool whole = !(wck_dtype_row(tensor->dtype)->roundoff > 0.0);

    for (size_t i = 0; i < wck_tensor_count(tensor); i++) {
        double number = (double)(1 + wck_rng_below(rng, whole ? 120 : 255));

        wck_tensor_set(tensor, (ptrdiff_t)i, whole ? number : number * 0x1p-8);
    }
}

/* Libraries of tensors have batches; of the others some take colours. */
static const char *layout_of(const struct wck_calls_request *request, size_t index)
{
    const char *layouts = request->convention->layouts;

    if (request->layout != NULL)
        return request->layout;
    if (layouts == NULL)
        return index % 2 == 0 ? "HW" : "HWC";
    return strstr(layouts, "NCHW") != NULL ? "NCHW" : "HW";
}

static enum wck_status make_images(struct making *m, const char *layout, size_t index,
                                   struct wck_error *err)
{
    const size_t *size = sizes[(index / MAPS + index) % (sizeof sizes / sizeof *sizes)];
    size_t batch = strchr(layout, 'N') != NULL ? 2 : 1;
    size_t channels = strchr(layout, 'C') != NULL ? 3 : 1;
    enum wck_dtype sent = wck_dtype_row(m->choice->dtype)->roundoff > 0.0
                              ? m->choice->dtype
                              : WCK_FLOAT64;
    size_t shape[WCK_TENSOR_RANK];
    int rank = wck_layout_shape(layout, batch, channels, size[0], size[1], shape);
    enum wck_status status =
        wck_tensor_new(&m->image, m->choice->dtype, rank, shape, err);

    m->height = size[m->same_size ? 0 : 2];
    m->width = size[m->same_size ? 1 : 3];
    wck_layout_shape(layout, batch, channels, m->height, m->width, shape);
    if (status == WCK_OK)
        status = wck_tensor_new(&m->upstream, sent, rank, shape, err);
    if (status != WCK_OK)
        return status;
    fill_random(&m->rng, &m->image);
    fill_random(&m->rng, &m->upstream);
    m->call.output_depth = 1;
    m->call.output_height = m->height;
    m->call.output_width = m->width;
    return wck_image_view(&m->call.image, &m->image, layout, err);
}

/* ---- the map ---- */

static enum wck_dtype map_dtype(const struct making *m)
{
    if (m->call.convention->single_maps)
        return WCK_FLOAT32;
    return wck_dtype_row(m->choice->dtype)->roundoff > 0.0 ? m->choice->dtype
                                                           : WCK_FLOAT64;
}

/* A matrix in the library's own form: one for each batch item where it takes batches,
 * and then a tensor like the image. */
static enum wck_status make_matrix(struct making *m, struct wck_error *err)
{
    const struct wck_convention *convention = m->call.convention;
    const struct wck_units *units = m->warp.map.output_units;
    const double(*table)[6] = units != NULL && !units->dyadic ? normalised : in_pixels;
    bool batched = m->call.image.batch > 1;
    size_t rows = convention->projective ? 3 : 2, items = m->call.image.batch;
    const size_t shape[] = {items, rows, 3};
    /* Small enough that no pixel comes near the horizon. */
    const double last[] = {0.001953125, -0.0009765625, 1.0};
    struct wck_tensor *matrix = &m->call.array[0];
    enum wck_status status =
        wck_tensor_new(matrix, batched ? map_dtype(m) : WCK_FLOAT64, batched ? 3 : 2,
                       batched ? shape : shape + 1, err);

    for (size_t i = 0; i < items && status == WCK_OK; i++) {
        const double *entries = table[(m->choice->map + i) % MAPS];

        for (size_t k = 0; k < 3 * rows; k++)
            wck_tensor_set(matrix, (ptrdiff_t)(i * 3 * rows + k),
                           k < 6 ? entries[k] : last[k - 6]);
    }
    return status;
}

/* A coordinate along an axis of n pixels, in pixels. */
static double draw(struct wck_rng *rng, size_t row, size_t n)
{
    static const double edges[] = {-1.0, -0.5, 0.0};
    double last = (double)n - 1.0;
    uint64_t pick;

    switch (row % 4) {
    case 0:
        return wck_rng_uniform(rng) * last;
    case 1:
        return (double)wck_rng_below(rng, 2 * n + 5) / 2.0 - 1.5;
    case 2:
        return (wck_rng_uniform(rng) - 0.5) * 7.0 * (double)(n + 1);
    default:
        pick = wck_rng_below(rng, 6);
        return pick < 3 ? edges[pick] : last - edges[pick - 3];
    }
}

static void put_coordinate(void *state, size_t array, size_t offset, int axis,
                           size_t index)
{
    struct making *m = state;
    size_t row = index / m->width, column = index % m->width;
    size_t n = axis == WCK_X ? m->call.image.width : m->call.image.height;
    const struct wck_map *map = &m->warp.map;
    double u = draw(&m->rng, row, n), g = u;

    if (map->source_units != NULL)
        g = map->source_units->of_pixel(u, n);
    if (map->kind == WCK_MAP_DISPLACEMENT)
        g = (u - (double)(axis == WCK_X ? column : row)) *
            (map->sign < 0.0 ? -1.0 : 1.0);
    wck_tensor_set(&m->call.array[array], (ptrdiff_t)offset, g);
}

static enum wck_status make_coordinates(struct making *m, struct wck_error *err)
{
    const struct wck_convention *convention = m->call.convention;
    bool batched = m->call.image.batch > 1,
         alone = convention->carrier == WCK_CARRIER_MAPS;
    bool first = convention->carrier == WCK_CARRIER_COORDS ||
                 (convention->carrier == WCK_CARRIER_FLOW && !convention->axis_last);
    size_t shape[4];
    int rank = 0;

    if (batched && convention->carrier != WCK_CARRIER_COORDS)
        shape[rank++] = m->call.image.batch;
    if (first)
        shape[rank++] = 2;
    shape[rank++] = m->height;
    shape[rank++] = m->width;
    if (!first && !alone)
        shape[rank++] = 2;
    for (size_t i = 0; wck_call_array_name(convention, i) != NULL; i++) {
        enum wck_status status =
            wck_tensor_new(&m->call.array[i], map_dtype(m), rank, shape, err);

        if (status != WCK_OK)
            return status;
    }
    m->call.choices.axes = 2;
    for (size_t i = 0; i < (batched ? m->call.image.batch : 1); i++)
        wck_call_each(&m->call, NULL, i, put_coordinate, m);
    return WCK_OK;
}

/* What the output holds before the call. */
static enum wck_status make_destination(struct making *m, struct wck_error *err)
{
    enum wck_status status = wck_tensor_new(&m->destination, m->choice->dtype,
                                            m->upstream.rank, m->upstream.shape, err);

    if (status == WCK_OK)
        fill_random(&m->rng, &m->destination);
    return status;
}

/* ---- the archive ---- */

static enum wck_status pack(const struct making *m, const char *layout,
                            struct wck_npz *npz, struct wck_error *err)
{
    struct wck_spec spec = {
        .convention = m->call.convention, .layout = layout, .choices = m->call.choices};
    double fill = wck_dtype_row(m->choice->dtype)->roundoff > 0.0 ? 0.4375 : 37.0;
    const size_t one = 1;
    struct wck_tensor border = wck_tensor_contiguous(&fill, WCK_FLOAT64, 1, &one);
    struct wck_text text = {0};
    enum wck_status status = wck_npz_add_array(npz, "image", &m->image, err);

    for (size_t i = 0; wck_call_array_name(m->call.convention, i) != NULL; i++) {
        if (status == WCK_OK)
            status = wck_npz_add_array(npz, wck_call_array_name(m->call.convention, i),
                                       &m->call.array[i], err);
    }
    if (status == WCK_OK)
        status = wck_npz_add_array(npz, "grad_output", &m->upstream, err);
    if (status == WCK_OK && m->destination.data != NULL)
        status = wck_npz_add_array(npz, "destination", &m->destination, err);
    /* Not in all: what no caller chooses is the library's default. */
    if (status == WCK_OK && m->call.convention->has_fill && m->choice->map < MAPS - 1)
        status = wck_npz_add_array(npz, "border_value", &border, err);
    if (status == WCK_OK)
        status = wck_spec_write(&spec, &text, err);
    if (status == WCK_OK)
        status = wck_npz_add_text(npz, "spec.json", wck_text_string(&text), err);
    wck_text_release(&text);
    return status;
}

enum wck_status wck_calls_make(const struct wck_calls_request *request, size_t index,
                               struct wck_npz *npz, struct wck_error *err)
{
    const char *layout = layout_of(request, index / MAPS);
    struct choice choice;
    struct making m = {
        .choice = &choice,
        .rng = wck_rng_start(request->seed, index),
        .same_size = request->same_size || request->convention->same_size,
        .call = {.convention = request->convention, .choices = request->choices}};
    enum wck_status status;

    *npz = (struct wck_npz){0};
    choose(request, index, &choice);
    m.call.choices.interp = choice.interp;
    m.call.choices.border = choice.border;
    m.call.choices.align_corners = choice.align_corners;
    status = make_images(&m, layout, index, err);
    m.call.choices.dtype = choice.dtype;
    m.call.choices.axes = 2;
    m.call.choices.channels = m.call.image.channels;
    if (status == WCK_OK) {
        m.call.choices.map_dtype = map_dtype(&m);
        status =
            wck_convention_bind(request->convention, &m.call.choices, &m.warp, err);
    }
    if (status == WCK_OK)
        status = request->convention->carrier == WCK_CARRIER_MATRIX
                     ? make_matrix(&m, err)
                     : make_coordinates(&m, err);
    if (status == WCK_OK && m.warp.transparent)
        status = make_destination(&m, err);
    if (status == WCK_OK)
        status = pack(&m, layout, npz, err);
    free(m.image.data);
    free(m.upstream.data);
    free(m.destination.data);
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++)
        free(m.call.array[i].data);
    return status;
}
