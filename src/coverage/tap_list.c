#include "src/coverage/tap_list.h"

#include <stdlib.h>

#include "reference/pass.h"
#include "reference/walk.h"

/* Adds the taps of sample first + i; false where they would be more than `most`. */
static bool add_sample(struct wck_tap_list *list, const struct wck_pass *pass, size_t i,
                       size_t most)
{
    struct wck_walk walk;
    struct wck_tap tap;

    wck_walk_begin(&walk, pass->warp, &pass->block, i);
    while (wck_walk_next(&walk, &tap)) {
        if (tap.pixel == WCK_BORDER_VALUE)
            continue;
        if (list->count == most)
            return false;
        list->pixel[list->count] = (uint32_t)tap.pixel;
        list->weight[list->count++] = tap.weight;
    }
    list->start[++list->samples] = (uint32_t)list->count;
    return true;
}

static enum wck_status allocate(struct wck_tap_list *list, size_t samples, size_t most,
                                struct wck_error *err)
{
    list->start = calloc(samples + 1, sizeof *list->start);
    list->pixel = calloc(most + 1, sizeof *list->pixel);
    list->weight = calloc(most + 1, sizeof *list->weight);
    if (list->start == NULL || list->pixel == NULL || list->weight == NULL)
        return wck_error_no_memory(err);
    return WCK_OK;
}

enum wck_status wck_tap_list_make(struct wck_tap_list *list,
                                  const struct wck_warp *warp, size_t most,
                                  struct wck_error *err)
{
    size_t samples = wck_warp_samples(warp), count;
    struct wck_pass pass = {0};
    bool fits = true;
    enum wck_status status;

    *list = (struct wck_tap_list){0};
    if (warp->prefilter != NULL || samples > most || most > UINT32_MAX ||
        warp->source_width * warp->source_height > UINT32_MAX)
        return WCK_OK;
    status = allocate(list, samples, most, err);
    if (status == WCK_OK)
        status = wck_pass_init(&pass, warp, err);
    for (size_t first = 0;
         status == WCK_OK && fits && (count = wck_pass_fill(&pass, first)) > 0;
         first += count) {
        for (size_t i = 0; fits && i < count; i++)
            fits = add_sample(list, &pass, i, most);
    }
    wck_pass_release(&pass);
    if (!fits)
        wck_tap_list_release(list);
    return status;
}

void wck_tap_list_release(struct wck_tap_list *list)
{
    free(list->start);
    free(list->pixel);
    free(list->weight);
    *list = (struct wck_tap_list){0};
}
