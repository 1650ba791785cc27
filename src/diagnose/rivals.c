/* Candidates beside those of the tables: deviations of them, and rivals that differ in
 * one field. */
#include "src/diagnose/candidates.h"

#include <string.h>

/* Gradients are not asked for. */
static bool changes_outputs(const struct wck_deviation *deviation)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();

    deviation->apply(&behaviour);
    return behaviour.whole_outputs || memcmp(&behaviour.forward, &wck_stages_reference,
                                             sizeof behaviour.forward) != 0;
}

/* All deviations of one description, those that are nearer than `least`. */
static enum wck_status try_deviations(struct wck_candidates *list,
                                      const struct wck_search *search,
                                      struct wck_description tried, double least,
                                      struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t k = 0; k < wck_deviation_count() && status == WCK_OK; k++) {
        size_t before = list->count;

        tried.deviation = wck_deviation_row(k);
        if (!changes_outputs(tried.deviation))
            continue;
        status = wck_candidates_try(list, search, &tried, err);
        if (status == WCK_OK && list->count > before &&
            !(list->items[before].mean < least))
            list->count = before;
    }
    return status;
}

enum wck_status wck_candidates_deviations(struct wck_candidates *list,
                                          const struct wck_search *search,
                                          struct wck_error *err)
{
    size_t count = list->count < 4 ? list->count : 4;
    double least = list->count > 0 ? list->items[0].mean : 0.0;
    enum wck_status status = list->failed ? wck_error_no_memory(err) : WCK_OK;

    for (size_t i = 0; i < count && status == WCK_OK; i++)
        status = try_deviations(list, search, list->items[i].description, least, err);
    /* A deviation may lead to another border than the one it deviates from. */
    for (size_t i = 0; i < wck_border_count() && status == WCK_OK; i++) {
        struct wck_description tried = search->best;

        tried.border = wck_border_row(i);
        status = try_deviations(list, search, tried, least, err);
    }
    return status == WCK_OK && list->failed ? wck_error_no_memory(err) : status;
}

static enum wck_status rival_kernels(struct wck_candidates *list,
                                     const struct wck_search *search,
                                     const struct wck_description *found,
                                     struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t k = 0; k < wck_kernel_count() && status == WCK_OK; k++) {
        struct wck_description tried = *found;

        tried.kernel = wck_kernel_row(k);
        if (tried.kernel->order == 0)
            tried.prefilter = NULL;
        if (tried.kernel != found->kernel)
            status = wck_candidates_try(list, search, &tried, err);
    }
    return status;
}

enum wck_status wck_candidates_rivals(struct wck_candidates *list,
                                      const struct wck_search *search,
                                      struct wck_error *err)
{
    struct wck_description found;
    size_t count = 0;
    enum wck_status status = list->failed ? wck_error_no_memory(err) : WCK_OK;

    if (list->count == 0)
        return status;
    found = list->items[0].description;
    /* Read otherwise, a footprint may be a thousand pixels wide. */
    if (!wck_description_kernel(&found)->footprint)
        count = search->reading_count;
    for (size_t r = 0; r < count && status == WCK_OK; r++) {
        struct wck_description tried = found;

        tried.reading = search->readings[r];
        if (memcmp(&tried.reading, &found.reading, sizeof found.reading) != 0)
            status = wck_candidates_try(list, search, &tried, err);
    }
    if (status == WCK_OK)
        status = rival_kernels(list, search, &found, err);
    if (status == WCK_OK && (found.quantum > 0.0 || found.arithmetic != NULL)) {
        found.quantum = 0.0;
        found.arithmetic = NULL;
        status = wck_candidates_try(list, search, &found, err);
    }
    return status == WCK_OK && list->failed ? wck_error_no_memory(err) : status;
}
