#include "src/run/taps.h"

#include <stdlib.h>

#include "reference/pass.h"
#include "reference/walk.h"
#include "src/run/sampling.h"

/* Batch items whose taps are listed. */
static size_t items_of(const struct wck_recorded *of)
{
    const struct wck_call *call = &of->recording.call;

    return wck_call_shares_map(call) ? 1 : call->image.batch;
}

/* A row's number, a pixel's, a weight and the slopes. */
static size_t bytes_of(const struct wck_taps *taps)
{
    return (taps->rows + 1) * sizeof *taps->row +
           taps->count *
               (sizeof *taps->pixel + (1 + (size_t)taps->axes) * sizeof *taps->weight);
}

static enum wck_status count_taps(struct wck_taps *taps, const struct wck_recorded *of,
                                  struct wck_error *err)
{
    struct wck_sampling sampling = {0};
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < items_of(of) && status == WCK_OK; i++)
        status = wck_sampling_add(&sampling, &of->recording.items[i].warp, err);
    taps->rows = sampling.samples;
    taps->count = sampling.taps;
    return status;
}

static enum wck_status allocate(struct wck_taps *taps, struct wck_error *err)
{
    size_t columns = 1 + (size_t)taps->axes, count = taps->count;

    taps->row = calloc(taps->rows + 1, sizeof *taps->row);
    taps->pixel = calloc(count + 1, sizeof *taps->pixel);
    taps->weight = calloc(columns * count + 1, sizeof *taps->weight);
    if (taps->row == NULL || taps->pixel == NULL || taps->weight == NULL)
        return wck_error_no_memory(err);
    for (int a = 0; a < taps->axes; a++)
        taps->slope[a] = taps->weight + (1 + (size_t)a) * count;
    return WCK_OK;
}

/* The taps of one warp, from row `row` and place `*at` on. */
static enum wck_status list_item(struct wck_taps *taps, const struct wck_warp *warp,
                                 size_t row, size_t *at, struct wck_error *err)
{
    struct wck_walk walk;
    struct wck_tap tap;
    struct wck_pass pass;
    enum wck_status status = wck_pass_init(&pass, warp, err);
    size_t count;

    for (size_t first = 0;
         status == WCK_OK && (count = wck_pass_fill(&pass, first)) > 0;
         first += count) {
        for (size_t i = 0; i < count; i++) {
            wck_walk_begin(&walk, warp, &pass.block, i);
            for (; wck_walk_next(&walk, &tap); ++*at) {
                taps->pixel[*at] = (int64_t)tap.pixel;
                taps->weight[*at] = tap.weight;
                for (int a = 0; a < taps->axes; a++)
                    taps->slope[a][*at] = tap.slope[a];
            }
            taps->row[row + first + i + 1] = (int64_t)*at;
        }
    }
    wck_pass_release(&pass);
    return status;
}

enum wck_status wck_taps_list(struct wck_taps *taps, const struct wck_recorded *of,
                              size_t most, struct wck_error *err)
{
    const struct wck_warp *warp = &of->recording.items[0].warp;
    size_t samples = wck_warp_samples(warp), at = 0;
    enum wck_status status;

    *taps = (struct wck_taps){.axes = wck_warp_axes(warp)};
    if (warp->prefilter != NULL)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "a prefilter makes every output read every pixel: there "
                             "are taps without it only");
    status = count_taps(taps, of, err);
    if (status == WCK_OK && bytes_of(taps) > most)
        status = wck_error_set(err, WCK_INVALID,
                               "%zu taps take %zu bytes, more than %zu: make the "
                               "output smaller",
                               taps->count, bytes_of(taps), most);
    if (status == WCK_OK)
        status = allocate(taps, err);
    for (size_t i = 0; i < items_of(of) && status == WCK_OK; i++)
        status = list_item(taps, &of->recording.items[i].warp, i * samples, &at, err);
    return status;
}

void wck_taps_release(struct wck_taps *taps)
{
    free(taps->row);
    free(taps->pixel);
    free(taps->weight);
    *taps = (struct wck_taps){0};
}

static enum wck_status pack(struct wck_npz *npz, const char *name, void *data,
                            enum wck_dtype dtype, size_t count, struct wck_error *err)
{
    struct wck_tensor tensor = wck_tensor_contiguous(data, dtype, 1, &count);

    return wck_npz_add_array(npz, name, &tensor, err);
}

enum wck_status wck_taps_pack(const struct wck_taps *taps, struct wck_npz *npz,
                              struct wck_error *err)
{
    static const char *const slopes[WCK_AXES] = {"tap_dx", "tap_dy", "tap_dz"};
    size_t count = taps->count;
    enum wck_status status =
        pack(npz, "tap_row", taps->row, WCK_INT64, taps->rows + 1, err);

    if (status == WCK_OK)
        status = pack(npz, "tap_pixel", taps->pixel, WCK_INT64, count, err);
    if (status == WCK_OK)
        status = pack(npz, "tap_weight", taps->weight, WCK_FLOAT64, count, err);
    for (int a = 0; a < taps->axes && status == WCK_OK; a++)
        status = pack(npz, slopes[a], taps->slope[a], WCK_FLOAT64, count, err);
    return status;
}
