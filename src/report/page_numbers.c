#include "src/report/page_numbers.h"

#include "src/coverage/tap_list.h"
#include "src/report/numbers.h"

static enum wck_status append_all(struct wck_text *text, const struct wck_numbers *all,
                                  size_t count, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < count && status == WCK_OK; i++) {
        if (all[i].values != NULL)
            status = wck_numbers_append(text, &all[i], err);
    }
    return status;
}

static enum wck_status append_cells(struct wck_text *text,
                                    const struct wck_cells *cells,
                                    struct wck_error *err)
{
    size_t count = cells->height * cells->width;
    const struct wck_numbers planes[] = {
        {"state", cells->reason, 1, count},  {"magnitude", cells->magnitude, 8, count},
        {"weight", cells->weight, 8, count}, {"error", cells->error, 8, count},
        {"reads", cells->reads, 4, count},   {"revived", cells->revived, 4, count},
    };

    return append_all(text, planes, sizeof planes / sizeof *planes, err);
}

/* The cells in blocks for at most `side` along an axis. */
static enum wck_status make_cells(struct wck_page_numbers *numbers,
                                  const struct wck_coverage_report *report, size_t side,
                                  struct wck_error *err)
{
    enum wck_status status =
        wck_cells_make(&numbers->cells, report->coverage, side, err);

    if (status == WCK_OK && report->revived != NULL)
        status =
            wck_cells_revive(&numbers->cells, report->coverage, report->revived, err);
    if (status == WCK_OK)
        status = append_cells(&numbers->text, &numbers->cells, err);
    return status;
}

static enum wck_status add_taps(struct wck_page_numbers *numbers,
                                const struct wck_warp *warp, struct wck_error *err)
{
    struct wck_tap_list list;
    enum wck_status status = wck_tap_list_make(&list, warp, WCK_PAGE_TAPS, err);
    const struct wck_numbers arrays[] = {
        {"start", list.start, 4, list.samples + 1},
        {"pixel", list.pixel, 4, list.count},
        {"tap", list.weight, 8, list.count},
    };

    if (status == WCK_OK && list.samples > 0) {
        numbers->taps = true;
        status = append_all(&numbers->text, arrays, 3, err);
    }
    wck_tap_list_release(&list);
    return status;
}

enum wck_status wck_page_numbers_make(struct wck_page_numbers *numbers,
                                      const struct wck_coverage_report *report,
                                      size_t most, struct wck_error *err)
{
    enum wck_status status;

    *numbers = (struct wck_page_numbers){.taps = false};
    for (size_t side = WCK_PAGE_SIDE;; side /= 2) {
        status = make_cells(numbers, report, side, err);
        if (status != WCK_OK || numbers->text.size <= most || side == 1)
            break;
        wck_page_numbers_release(numbers);
    }
    if (status == WCK_OK && report->warp != NULL)
        status = add_taps(numbers, report->warp, err);
    return status;
}

void wck_page_numbers_release(struct wck_page_numbers *numbers)
{
    wck_cells_release(&numbers->cells);
    wck_text_release(&numbers->text);
}
