#include "src/run/note.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/run/window.h"

/* PyTorch and NumPy print a tensor of more than PRINTED elements with the first and
 * last EDGE items along each axis of more than 2 EDGE. */
#define PRINTED 1000
#define EDGE 3
#define WINDOW 10 /* rows and columns of the part that is worth printing instead */

/* Takes the text's characters as the survey's next note; an empty text is no note. */
static enum wck_status add_take(struct wck_survey *survey, struct wck_text *text,
                                struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    if (text->failed) {
        status = wck_error_no_memory(err);
        goto done;
    }
    if (text->data == NULL)
        return WCK_OK;
    if (survey->note_count == survey->note_capacity) {
        size_t capacity = 2 * survey->note_capacity + 8;
        void *grown = realloc(survey->notes, capacity * sizeof *survey->notes);

        if (grown == NULL) {
            status = wck_error_no_memory(err);
            goto done;
        }
        survey->notes = grown;
        survey->note_capacity = capacity;
    }
    survey->notes[survey->note_count++] = text->data;
    *text = (struct wck_text){0};
done:
    wck_text_release(text);
    return status;
}

enum wck_status wck_note_add(struct wck_survey *survey, struct wck_error *err,
                             const char *format, ...)
{
    char line[500];
    struct wck_text text = {0};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    wck_text_append(&text, line, strlen(line));
    return add_take(survey, &text, err);
}

/* One affine map between pixels, whose matrix says how far samples lie apart? */
static bool is_affine(const struct wck_survey_request *request)
{
    const struct wck_map *map = &request->warp->map;

    return request->items == NULL && map->kind == WCK_MAP_AFFINE &&
           map->output_units == NULL && map->source_units == NULL;
}

static void say_without_gradient(const struct wck_survey *survey,
                                 const struct wck_survey_request *request,
                                 struct wck_text *text)
{
    (void)survey;
    if (request->without_gradient != NULL)
        wck_text_printf(text,
                        "%s holds no gradient of the image (grad_image): this is what "
                        "the declared warp would send back, not what your run did.",
                        request->without_gradient);
}

static void say_frame(const struct wck_survey *survey,
                      const struct wck_survey_request *request, struct wck_text *text)
{
    const struct wck_coverage *c = &survey->coverage;

    wck_text_printf(text, "The output's frame covers ");
    wck_text_share(text, c->framed_pixels, c->pixels_total, 1);
    wck_text_printf(text, " of the image");
    if (c->framed_pixels == 0 && is_affine(request))
        wck_text_printf(text, ": is the matrix meant the other way round, from %s?",
                        request->warp->map.direction == WCK_SOURCE_TO_OUTPUT
                            ? "output to source"
                            : "source to output");
    else
        wck_text_append(text, ".", 1);
}

/* Is index i of an axis of n items among those that a print shows? */
static bool is_shown(size_t i, size_t n)
{
    return n <= 2 * EDGE || i < EDGE || i >= n - EDGE;
}

/* The one reason of all the printed pixels: 1 + reason; WCK_COVERED where one of them
 * is covered; UINT8_MAX where their reasons differ. */
static unsigned shown_reason(const struct wck_coverage *c)
{
    unsigned all = c->pixel_reason[0];

    for (size_t p = 0; p < c->pixels_total; p++) {
        unsigned reason = c->pixel_reason[p];

        if (!is_shown(p / c->width, c->height) || !is_shown(p % c->width, c->width))
            continue;
        if (reason == WCK_COVERED)
            return WCK_COVERED;
        all = reason == all ? all : UINT8_MAX;
    }
    return all;
}

/* grad[...] of a window, in the index order of the layout; trailing axes are left out
 * as both libraries allow. */
static void print_window(struct wck_text *text, const char *layout,
                         const struct wck_window *window)
{
    const char *row = strchr(layout, 'H'), *column = strchr(layout, 'W');
    const char *last = row > column ? row : column;

    wck_text_printf(text, "grad[");
    for (const char *axis = layout; axis <= last; axis++) {
        if (axis == row)
            wck_text_printf(text, "%zu:%zu", window->y, window->y + window->height);
        else if (axis == column)
            wck_text_printf(text, "%zu:%zu", window->x, window->x + window->width);
        else
            wck_text_append(text, ":", 1);
        if (axis < last)
            wck_text_append(text, ", ", 2);
    }
    wck_text_append(text, "]", 1);
}

static void say_print(const struct wck_survey *survey,
                      const struct wck_survey_request *request, struct wck_text *text)
{
    const struct wck_coverage *c = &survey->coverage;
    struct wck_window window;
    unsigned reason;

    if (c->entries_total <= PRINTED || c->pixels_covered == 0)
        return;
    reason = shown_reason(c);
    if (reason == WCK_COVERED)
        return;
    wck_window_find(&window, c, WINDOW);
    wck_text_printf(text, "A print of this gradient tensor shows only its four corners "
                          "(first and last 3 rows and columns); ");
    if (reason == 1 + WCK_OUT_OF_VIEW)
        wck_text_printf(text, "all of them are zero because they are out of view, ");
    else if (reason != UINT8_MAX)
        wck_text_printf(text, "none of them has a gradient (%s), ",
                        wck_reason_row((enum wck_reason)(reason - 1))->id);
    else
        wck_text_printf(text, "none of them has a gradient, ");
    wck_text_printf(text, "although ");
    wck_text_share(text, c->pixels_covered, c->pixels_total, 1);
    wck_text_printf(text, " of the image is covered: print ");
    print_window(text, request->layout, &window);
    wck_text_printf(text, " instead, or grad.abs().sum().");
}

static void say_skipped(const struct wck_survey *survey,
                        const struct wck_survey_request *request, struct wck_text *text)
{
    const struct wck_map *map = &request->warp->map;
    double across = hypot(map->backward[0], map->backward[3]);
    double down = hypot(map->backward[1], map->backward[4]);

    if (survey->coverage.reason_pixels[WCK_SKIPPED] == 0)
        return;
    if (!is_affine(request))
        wck_text_printf(text, "In places neighbouring samples lie further apart than "
                              "the kernel reaches");
    else if (fabs(across - down) <= 0.005 * down)
        wck_text_printf(text, "The output samples the image only every %.3g pixels",
                        down);
    else
        wck_text_printf(text,
                        "The output samples the image only every %.3g pixels along "
                        "its rows and every %.3g along its columns",
                        across, down);
    wck_text_printf(
        text,
        ", and each sample reads %zux%zu of them: the %zu skipped pixels in "
        "between cannot influence it.",
        wck_warp_support(request->warp, WCK_Y), wck_warp_support(request->warp, WCK_X),
        survey->coverage.reason_pixels[WCK_SKIPPED]);
}

/* The row and the column that hold most of the pixels of a reason. */
static void find_lines(const struct wck_coverage *c, enum wck_reason reason,
                       size_t *row, size_t *column)
{
    size_t most_row = 0, most_column = 0;

    *row = *column = 0;
    for (size_t y = 0; y < c->height; y++) {
        size_t count = 0;

        for (size_t x = 0; x < c->width; x++)
            count += c->pixel_reason[y * c->width + x] == 1 + reason;
        if (count > most_row) {
            most_row = count;
            *row = y;
        }
    }
    for (size_t x = 0; x < c->width; x++) {
        size_t count = 0;

        for (size_t y = 0; y < c->height; y++)
            count += c->pixel_reason[y * c->width + x] == 1 + reason;
        if (count > most_column) {
            most_column = count;
            *column = x;
        }
    }
}

/* Names the row and the column that all zero-weight pixels lie on, if they do. */
static void print_lines(struct wck_text *text, const struct wck_coverage *c)
{
    size_t row, column, elsewhere = 0, only_row = 0, only_column = 0;

    find_lines(c, WCK_ZERO_WEIGHT, &row, &column);
    for (size_t p = 0; p < c->pixels_total; p++) {
        bool on_row = p / c->width == row, on_column = p % c->width == column;

        if (c->pixel_reason[p] != 1 + WCK_ZERO_WEIGHT)
            continue;
        elsewhere += !on_row && !on_column;
        only_row += on_row && !on_column;
        only_column += on_column && !on_row;
    }
    if (elsewhere > 0)
        wck_text_printf(text, "%zu pixels", c->reason_pixels[WCK_ZERO_WEIGHT]);
    else if (only_row > 0 && only_column > 0)
        wck_text_printf(text, "row %zu and column %zu", row, column);
    else if (only_column > 0)
        wck_text_printf(text, "column %zu", column);
    else
        wck_text_printf(text, "row %zu", row);
}

static bool is_whole(double value)
{
    return !(fabs(value - nearbyint(value)) > 0.0);
}

static bool is_whole_shift(const struct wck_map *map)
{
    const double *m = map->backward;

    return !(fabs(m[0] - 1.0) > 0.0) && !(fabs(m[1]) > 0.0) && !(fabs(m[3]) > 0.0) &&
           !(fabs(m[4] - 1.0) > 0.0) && is_whole(m[2]) && is_whole(m[5]);
}

static void say_zero_weight(const struct wck_survey *survey,
                            const struct wck_survey_request *request,
                            struct wck_text *text)
{
    const struct wck_coverage *c = &survey->coverage;

    if (c->reason_pixels[WCK_ZERO_WEIGHT] == 0)
        return;
    if (is_affine(request) && is_whole_shift(&request->warp->map))
        wck_text_printf(text, "The shift is a whole number of pixels, so every sample "
                              "falls on a pixel's centre and gives its neighbours a "
                              "weight of exactly 0: ");
    else
        wck_text_printf(text, "Where a sample's coordinate is a whole number, the next "
                              "pixel along that axis has a weight of exactly 0: ");
    print_lines(text, c);
    wck_text_printf(text, " of the image %s listed by some output, but with no weight.",
                    c->reason_pixels[WCK_ZERO_WEIGHT] == 1 ? "is" : "are");
}

static void say_upstream(const struct wck_survey *survey,
                         const struct wck_survey_request *request,
                         struct wck_text *text)
{
    if (survey->coverage.reason_entries[WCK_UNDETERMINED] == 0)
        return;
    (void)request;
    wck_text_printf(text,
                    "The gradient came without its upstream, so %zu zeros may be lost "
                    "in the backward pass or never have been sent: in the same step "
                    "record the gradient of the warp's output (PyTorch: "
                    "output.retain_grad() before loss.backward(), then save "
                    "output.grad) and give it with --upstream.",
                    survey->coverage.reason_entries[WCK_UNDETERMINED]);
}

static void say_spurious(const struct wck_survey *survey,
                         const struct wck_survey_request *request,
                         struct wck_text *text)
{
    if (survey->coverage.spurious_entries == 0)
        return;
    wck_text_printf(text,
                    "%zu entries of the gradient are not 0 although this warp sends "
                    "nothing there: it was made by another warp (matrix the other way "
                    "round, border other than %s, kernel other than %s), with another "
                    "upstream gradient, or by a straight-through estimate.",
                    survey->coverage.spurious_entries, request->warp->border->name,
                    request->warp->kernel->name);
}

/* Where most of what is covered is off by more than APART of the largest gradient, a
 * sixteenth: a rounding that is rarely so large, in float32 at least, is not so in
 * most pixels.  A kernel that jumps may send a whole gradient elsewhere by the rounding
 * of a coordinate. */
#define APART 0.0625

static void say_values(const struct wck_survey *survey,
                       const struct wck_survey_request *request, struct wck_text *text)
{
    const struct wck_coverage *c = &survey->coverage;
    double most = 0.0;
    size_t apart = 0;

    if (c->error == NULL || request->warp->kernel->smoothness < 0 ||
        wck_dtype_row(request->dtype)->roundoff > 0x1p-24)
        return;
    for (size_t p = 0; p < c->pixels_total; p++) {
        if (c->pixel_reason[p] != WCK_COVERED || !isfinite(c->error[p]))
            continue;
        apart += c->error[p] > APART * c->largest;
        most = fmax(most, c->error[p]);
    }
    if (2 * apart <= c->pixels_covered)
        return;
    wck_text_printf(text,
                    "The values differ from this warp's by more than 1/16 of the "
                    "largest gradient in %zu of %zu covered pixels, by up to %.3g%% of "
                    "it: `warpcheck verify` judges them.",
                    apart, c->pixels_covered, 100.0 * most / c->largest);
}

static void say_non_finite(const struct wck_survey *survey,
                           const struct wck_survey_request *request,
                           struct wck_text *text)
{
    if (survey->coverage.non_finite_outputs == 0)
        return;
    (void)request;
    wck_text_printf(text,
                    "%zu outputs have a source coordinate or an upstream gradient that "
                    "is NaN or infinite.",
                    survey->coverage.non_finite_outputs);
}

/* Every coordinate and every upstream gradient is finite, so none came from behind. */
static void say_own_non_finite(const struct wck_survey *survey,
                               const struct wck_survey_request *request,
                               struct wck_text *text)
{
    const struct wck_coverage *c = &survey->coverage;

    if (request->gradient == NULL || request->upstream == NULL ||
        c->non_finite_outputs > 0 || c->reason_entries[WCK_NON_FINITE] == 0)
        return;
    wck_text_printf(text, "The upstream gradient is finite: NaN or infinity comes from "
                          "the warp's own backward pass, or from before the warp.");
}

enum wck_status wck_note_negligible(struct wck_survey *survey,
                                    const struct wck_coverage *coverage,
                                    struct wck_error *err)
{
    if (coverage->negligible_entries == 0)
        return WCK_OK;
    return wck_note_add(survey, err,
                        "%zu of the covered entries get less than a millionth of the "
                        "largest gradient.",
                        coverage->negligible_entries);
}

enum wck_status wck_notes_write(struct wck_survey *survey,
                                const struct wck_survey_request *request,
                                struct wck_error *err)
{
    static void (*const say[])(const struct wck_survey *,
                               const struct wck_survey_request *, struct wck_text *) = {
        say_without_gradient, say_frame,          say_print,    say_skipped,
        say_zero_weight,      say_upstream,       say_spurious, say_values,
        say_non_finite,       say_own_non_finite,
    };
    enum wck_status status = WCK_OK;

    for (size_t i = 0; status == WCK_OK && i < sizeof say / sizeof *say; i++) {
        struct wck_text text = {0};

        say[i](survey, request, &text);
        status = add_take(survey, &text, err);
    }
    if (status == WCK_OK)
        status = wck_note_negligible(survey, &survey->coverage, err);
    return status;
}
