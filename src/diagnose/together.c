#include "src/diagnose/together.h"

#include <math.h>
#include <stdlib.h>

#include "src/base/clock.h"

#define FITS ((size_t)8) /* explanations of the output that are followed */

struct search {
    const struct wck_suspect *suspects;
    size_t count;
    double until;
    struct wck_hypothesis *found;
    bool is_found, no_time;
};

/* Does a hypothesis hold in the sections asked for, on every suspect?  None does once
 * time is up. */
static enum wck_status holds_in(struct search *search, const struct wck_hypothesis *h,
                                const bool wanted[WCK_SECTIONS], bool *holds,
                                struct wck_error *err)
{
    search->no_time |= wck_clock_is_past(search->until);
    *holds = !search->no_time;
    for (size_t i = 0; i < search->count && *holds; i++) {
        double ratio;
        enum wck_status status =
            wck_hypothesis_sections(h, &search->suspects[i], wanted, &ratio, err);

        if (status != WCK_OK)
            return status;
        *holds = wck_hypothesis_holds(&(struct wck_hypothesis){.ratio = ratio});
    }
    return WCK_OK;
}

static const bool of_output[WCK_SECTIONS] = {[WCK_SECTION_OUTPUT] = true};
static const bool of_image[WCK_SECTIONS] = {[WCK_SECTION_IMAGE] = true};
static const bool of_parameters[WCK_SECTIONS] = {[WCK_SECTION_PARAMETERS] = true};
static const bool of_all[WCK_SECTIONS] = {true, true, true};

/* The hypothesis with one more row. */
static struct wck_hypothesis with(const struct wck_hypothesis *h,
                                  const struct wck_deviation *row)
{
    struct wck_hypothesis more = *h;
    int k = 0;

    while (k < WCK_TOGETHER && more.row[k] != NULL)
        k++;
    if (k < WCK_TOGETHER)
        more.row[k] = row;
    return more;
}

static bool has_room(const struct wck_hypothesis *h, int rows)
{
    int used = 0;

    while (used < WCK_TOGETHER && h->row[used] != NULL)
        used++;
    return used + rows <= WCK_TOGETHER;
}

static bool is_backward(const struct wck_deviation *row)
{
    return wck_deviation_scope(row) == WCK_SCOPE_BACKWARD;
}

static enum wck_status try(struct search *search, const struct wck_hypothesis *h,
                           struct wck_error *err)
{
    bool holds;
    enum wck_status status = holds_in(search, h, of_all, &holds, err);

    if (status == WCK_OK && holds) {
        *search->found = *h;
        search->is_found = true;
    }
    return status;
}

/* The first row of the pull-back that mends one section; NULL where none does. */
static enum wck_status find_for(struct search *search, const struct wck_hypothesis *h,
                                const bool wanted[WCK_SECTIONS],
                                const struct wck_deviation **row, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    *row = NULL;
    for (size_t i = 0; i < wck_deviation_count() && status == WCK_OK && *row == NULL;
         i++) {
        struct wck_hypothesis more = with(h, wck_deviation_row(i));
        bool holds;

        if (!is_backward(wck_deviation_row(i)))
            continue;
        status = holds_in(search, &more, wanted, &holds, err);
        if (status == WCK_OK && holds)
            *row = wck_deviation_row(i);
    }
    return status;
}

/* One more row of the pull-back, or one for the image's gradient and another for the
 * rest of it. */
static enum wck_status complete(struct search *search, const struct wck_hypothesis *h,
                                struct wck_error *err)
{
    const struct wck_deviation *image = NULL, *rest = NULL;
    struct wck_hypothesis more;
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < wck_deviation_count() && has_room(h, 1) &&
                       status == WCK_OK && !search->is_found;
         i++) {
        more = with(h, wck_deviation_row(i));
        if (is_backward(wck_deviation_row(i)))
            status = try(search, &more, err);
    }
    if (status != WCK_OK || search->is_found || !has_room(h, 2))
        return status;
    status = find_for(search, h, of_image, &image, err);
    if (status == WCK_OK && image != NULL)
        status = find_for(search, h, of_parameters, &rest, err);
    if (status != WCK_OK || rest == NULL)
        return status;
    more = with(h, image);
    more = with(&more, rest);
    return try(search, &more, err);
}

/* What explains the output is followed: with its own pull-back, then with the
 * reference's. */
static enum wck_status follow(struct search *search, struct wck_hypothesis h,
                              struct wck_error *err)
{
    enum wck_status status = complete(search, &h, err);

    if (status != WCK_OK || search->is_found || h.row[0] == NULL ||
        wck_deviation_scope(h.row[0]) != WCK_SCOPE_BOTH)
        return status;
    h.output_only = true;
    status = try(search, &h, err);
    return status == WCK_OK && !search->is_found ? complete(search, &h, err) : status;
}

/* Two changes of the output at once; their gradients come with them. */
static enum wck_status try_pairs(struct search *search,
                                 const struct wck_hypothesis *list, size_t count,
                                 struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 1; i < count && status == WCK_OK; i++) {
        for (size_t j = 0;
             j < wck_deviation_count() && status == WCK_OK && !search->is_found; j++) {
            const struct wck_deviation *second = wck_deviation_row(j);
            struct wck_hypothesis pair = with(&list[i], second);
            bool holds;

            if (is_backward(second) || list[i].row[0] == second ||
                (list[i].row[0] != NULL && is_backward(list[i].row[0])))
                continue;
            status = holds_in(search, &pair, of_output, &holds, err);
            if (status == WCK_OK && holds)
                status = try(search, &pair, err);
            if (status == WCK_OK && holds && !search->is_found)
                status = complete(search, &pair, err);
        }
    }
    return status;
}

enum wck_status wck_together_find(const struct wck_suspect *suspects, size_t count,
                                  double until, struct wck_hypothesis *found,
                                  enum wck_together *result, struct wck_error *err)
{
    struct search search = {
        .suspects = suspects, .count = count, .until = until, .found = found};
    size_t all = wck_hypothesis_count(), fits = 0;
    struct wck_hypothesis *list = calloc(all, sizeof *list);
    enum wck_status status = WCK_OK;

    *result = WCK_TOGETHER_NONE;
    if (list == NULL)
        return wck_error_no_memory(err);
    wck_hypotheses_list(list);
    for (size_t i = 0; i < all && status == WCK_OK && fits < FITS && !search.is_found;
         i++) {
        bool holds = false;

        if (list[i].row[0] == NULL || !is_backward(list[i].row[0]))
            status = holds_in(&search, &list[i], of_output, &holds, err);
        if (status != WCK_OK || !holds)
            continue;
        fits++;
        status = follow(&search, list[i], err);
    }
    if (status == WCK_OK && fits == 0)
        status = try_pairs(&search, list, all, err);
    free(list);
    if (search.is_found)
        *result = WCK_TOGETHER_FOUND;
    else if (search.no_time)
        *result = WCK_TOGETHER_NO_TIME;
    return status;
}
