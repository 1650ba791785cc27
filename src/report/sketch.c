#include "src/report/sketch.h"

#include <math.h>
#include <string.h>

#include "src/report/markup.h"
#include "src/report/paragraph.h"
#include "src/report/picture.h"

#define KITTY_CHUNK 4096 /* bytes of base64 in one escape, as the protocol has it */
#define KITTY_SIDE 512   /* pixels of a picture that is scaled up */

static const char ramp[] = ".:-=+*#%@";

static bool is_fault(unsigned char reason)
{
    return reason != WCK_COVERED &&
           wck_reason_row((enum wck_reason)(reason - 1))->fault;
}

/* Of the cells of a column in two rows, the one to show. */
static size_t choose(const struct wck_cells *cells, size_t row, size_t column)
{
    size_t upper = row * cells->width + column, lower = upper + cells->width;

    if (row + 1 == cells->height || is_fault(cells->reason[upper]))
        return upper;
    if (is_fault(cells->reason[lower]))
        return lower;
    if (cells->reason[lower] != WCK_COVERED)
        return upper;
    return cells->reason[upper] != WCK_COVERED ||
                   cells->magnitude[lower] > cells->magnitude[upper]
               ? lower
               : upper;
}

static char letter_of(const struct wck_cells *cells, size_t at)
{
    unsigned char reason = cells->reason[at];
    double level = wck_palette_level(&cells->ramp, cells->magnitude[at]);

    return reason == WCK_COVERED
               ? ramp[lrint(level * (double)(sizeof ramp - 2))]
               : wck_reason_row((enum wck_reason)(reason - 1))->letter;
}

static void draw_letters(struct wck_text *text, const struct wck_cells *cells)
{
    for (size_t row = 0; row < cells->height; row += 2) {
        for (size_t column = 0; column < cells->width; column++) {
            char letter = letter_of(cells, choose(cells, row, column));

            wck_text_append(text, &letter, 1);
        }
        wck_text_append(text, "\n", 1);
    }
}

/* The step of xterm's 6 x 6 x 6 cube that is nearest: 0, 95, 135, ..., 255. */
static int cube_step(unsigned char level)
{
    return level < 48 ? 0 : level < 115 ? 1 : (level - 35) / 40;
}

/* The escape that sets the colour of what is drawn (38) or of the ground (48). */
static void set_colour(struct wck_text *text, enum wck_sketch sketch, int which,
                       struct wck_colour c)
{
    if (sketch == WCK_SKETCH_PALETTE)
        wck_text_printf(text, "\033[%d;5;%dm", which,
                        16 + 36 * cube_step(c.red) + 6 * cube_step(c.green) +
                            cube_step(c.blue));
    else
        wck_text_printf(text, "\033[%d;2;%d;%d;%dm", which, c.red, c.green, c.blue);
}

/* A cell is too small for a hatch. */
static struct wck_colour colour_of(const struct wck_cells *cells, size_t at)
{
    unsigned char reason = cells->reason[at];

    return reason == WCK_COVERED
               ? wck_palette_covered(
                     wck_palette_level(&cells->ramp, cells->magnitude[at]))
               : wck_palette_reason((enum wck_reason)(reason - 1), 0, 0, 0.0);
}

/* Has the cell another colour than the one before it in its row? */
static bool is_new(const struct wck_cells *cells, size_t at, size_t column)
{
    struct wck_colour now = colour_of(cells, at), before;

    if (column == 0)
        return true;
    before = colour_of(cells, at - 1);
    return now.red != before.red || now.green != before.green ||
           now.blue != before.blue;
}

static void draw_blocks(struct wck_text *text, const struct wck_cells *cells,
                        enum wck_sketch sketch)
{
    for (size_t row = 0; row < cells->height; row += 2) {
        for (size_t column = 0; column < cells->width; column++) {
            size_t at = row * cells->width + column;

            if (is_new(cells, at, column))
                set_colour(text, sketch, 38, colour_of(cells, at));
            if (row + 1 < cells->height && is_new(cells, at + cells->width, column))
                set_colour(text, sketch, 48, colour_of(cells, at + cells->width));
            wck_text_printf(text, "\xe2\x96\x80"); /* U+2580, the upper half */
        }
        wck_text_printf(text, "\033[0m\n");
    }
}

/* In pieces, each with a word on whether more follow. */
static enum wck_status draw_picture(struct wck_text *text,
                                    const struct wck_cells *cells,
                                    struct wck_error *err)
{
    struct wck_text png = {0}, base64 = {0};
    enum wck_status status = wck_picture_cells(&png, cells, KITTY_SIDE, err);
    size_t rows = (cells->height + 1) / 2;

    wck_markup_base64(&base64, wck_text_string(&png), png.size);
    for (size_t at = 0; status == WCK_OK && at < base64.size; at += KITTY_CHUNK) {
        size_t rest = base64.size - at;
        bool more = rest > KITTY_CHUNK;

        wck_text_printf(text, "\033_G");
        if (at == 0)
            wck_text_printf(text, "a=T,f=100,q=2,c=%zu,r=%zu,", cells->width, rows);
        wck_text_printf(text, "m=%d;", more);
        wck_text_append(text, base64.data + at, more ? KITTY_CHUNK : rest);
        wck_text_printf(text, "\033\\");
    }
    wck_text_append(text, "\n", 1);
    text->failed = text->failed || png.failed || base64.failed;
    wck_text_release(&png);
    wck_text_release(&base64);
    return status;
}

/* "o out-of-view", in its colour where there are colours. */
static void name_reason(struct wck_text *text, enum wck_sketch sketch, int r)
{
    const struct wck_reason_row *row = wck_reason_row((enum wck_reason)r);

    if (sketch == WCK_SKETCH_LETTERS) {
        wck_text_printf(text, "; %c %s", row->letter, row->id);
        return;
    }
    wck_text_printf(text, "  ");
    set_colour(text, sketch, 38, wck_palette_reason((enum wck_reason)r, 0, 0, 0.0));
    wck_text_printf(text, "\xe2\x96\x88\xe2\x96\x88\033[0m %s", row->id);
}

/* The words of colours are not wrapped: escapes are no columns. */
static void write_legend(struct wck_text *text, const struct wck_coverage *c,
                         const struct wck_cells *cells, enum wck_sketch sketch)
{
    struct wck_text words = {0};

    if (sketch == WCK_SKETCH_LETTERS) {
        wck_text_printf(&words, "A character is %zux%zu pixels: ", 2 * cells->block,
                        cells->block);
        wck_text_printf(&words, "'%c' to '%c' small to large gradient", ramp[0],
                        ramp[sizeof ramp - 2]);
    } else {
        for (int i = 0; i < 5; i++) {
            set_colour(&words, sketch, 38, wck_palette_covered(0.25 * i));
            wck_text_printf(&words, "\xe2\x96\x88");
        }
        wck_text_printf(&words, "\033[0m gradient, small to large");
    }
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (c->reason_entries[r] > 0)
            name_reason(&words, sketch, r);
    }
    if (sketch == WCK_SKETCH_LETTERS)
        wck_paragraph_wrap(text, wck_text_string(&words), 0, 0);
    else
        wck_text_printf(text, "%s\n", wck_text_string(&words));
    text->failed = text->failed || words.failed;
    wck_text_release(&words);
}

static size_t parts(size_t length, size_t most)
{
    return (length + most - 1) / most;
}

enum wck_status wck_sketch_write(struct wck_text *text,
                                 const struct wck_coverage *coverage,
                                 enum wck_sketch sketch, struct wck_error *err)
{
    const struct wck_coverage *c = coverage;
    size_t tall = parts(c->height, 2 * (size_t)WCK_SKETCH_LINES);
    size_t wide = parts(c->width, WCK_SKETCH_COLUMNS);
    struct wck_cells cells;
    enum wck_status status;

    if (sketch == WCK_SKETCH_NONE)
        return WCK_OK;
    status = wck_cells_divide(&cells, c, tall > wide ? tall : wide, err);
    wck_text_append(text, "\n", 1);
    if (status == WCK_OK && sketch == WCK_SKETCH_LETTERS)
        draw_letters(text, &cells);
    else if (status == WCK_OK && sketch == WCK_SKETCH_KITTY)
        status = draw_picture(text, &cells, err);
    else if (status == WCK_OK)
        draw_blocks(text, &cells, sketch);
    if (status == WCK_OK)
        write_legend(text, c, &cells, sketch);
    wck_cells_release(&cells);
    return status;
}
