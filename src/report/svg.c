/* Svg, coverage: the map as a vector plot.  The image in rectangles by reason, the
 * outline of the output's frame, axes in pixels, and a legend. */
#include <math.h>
#include <string.h>

#include "src/report/formats.h"
#include "src/report/markup.h"
#include "src/report/rectangles.h"

#define LONGER 640.0 /* the plot's longer side */
#define LEFT 64.0    /* of the plot's left side, for the axis */
#define TOP 72.0     /* for the title */
#define BELOW 56.0   /* for the axis */
#define RIGHT 32.0
#define LINE 20.0   /* of the legend */
#define LEAST 460.0 /* width of the whole, for the title */
#define SWATCH 14.0
#define HATCHED                                                                        \
    3.0 /* cells smaller than this are told apart by colour, as elsewhere              \
         */
#define FAINT 0.2

struct plot {
    struct wck_text *text;
    const struct wck_coverage_report *report;
    struct wck_rectangles rectangles;
    double low[2], high[2]; /* what is shown, in pixels: x, y */
    double scale;           /* units of the plot to a pixel */
};

/* Where pixel coordinate u of an axis lies in the plot. */
static double place(const struct plot *plot, int axis, double u)
{
    return (axis == 0 ? LEFT : TOP) + (u - plot->low[axis]) * plot->scale;
}

/* The image, and of the frame what is no further off than a quarter of it. */
static void set_view(struct plot *plot)
{
    const struct wck_coverage_report *report = plot->report;

    for (int axis = 0; axis < 2; axis++) {
        double size =
            (double)(axis == 0 ? report->coverage->width : report->coverage->height);
        double low = -0.5, high = size - 0.5;

        for (int k = 0; report->framed && k < 4; k++) {
            low = fmin(low, report->frame[k][axis]);
            high = fmax(high, report->frame[k][axis]);
        }
        plot->low[axis] = fmax(low, -0.5 - 0.25 * size);
        plot->high[axis] = fmin(high, 1.25 * size - 0.5);
    }
    plot->scale =
        LONGER / fmax(plot->high[0] - plot->low[0], plot->high[1] - plot->low[1]);
}

static void put_colour(struct wck_text *text, struct wck_colour c)
{
    wck_text_printf(text, "#%02x%02x%02x", c.red, c.green, c.blue);
}

/* A tile of the reason's hatch; the scale of the plot is taken back. */
static void define_hatch(struct plot *plot, int r)
{
    enum wck_reason reason = (enum wck_reason)r;
    double strength =
        (double)plot->rectangles.block * plot->scale < HATCHED ? FAINT : 1.0;
    struct wck_colour fill = wck_palette_reason(reason, 0, 0, 0.0), ink = fill;
    struct wck_text inked = {0};

    for (size_t i = 0; i < (size_t)WCK_HATCH * WCK_HATCH; i++) {
        size_t x = i % WCK_HATCH, y = i / WCK_HATCH;
        struct wck_colour c = wck_palette_reason(reason, x, y, strength);

        if (c.red == fill.red && c.green == fill.green && c.blue == fill.blue)
            continue;
        ink = c;
        wck_text_printf(&inked, "M%zu %zuh1v1h-1z", x, y);
    }
    wck_text_printf(plot->text,
                    "<pattern id=\"%s\" width=\"%d\" height=\"%d\" "
                    "patternUnits=\"userSpaceOnUse\" patternTransform=\"scale(%.9g)\">"
                    "<rect width=\"%d\" height=\"%d\" fill=\"",
                    wck_reason_row(reason)->id, WCK_HATCH, WCK_HATCH, 1.0 / plot->scale,
                    WCK_HATCH, WCK_HATCH);
    put_colour(plot->text, fill);
    wck_text_printf(plot->text, "\"/><path fill=\"");
    put_colour(plot->text, ink);
    wck_text_printf(plot->text, "\" d=\"%s\"/></pattern>\n", wck_text_string(&inked));
    plot->text->failed = plot->text->failed || inked.failed;
    wck_text_release(&inked);
}

static bool occurs(const struct plot *plot, int r)
{
    return plot->report->coverage->reason_entries[r] > 0;
}

static void write_title(struct plot *plot, bool element)
{
    const struct wck_coverage *c = plot->report->coverage;

    if (element)
        wck_text_printf(plot->text, "<title>");
    else
        wck_text_printf(plot->text, "<text x=\"%g\" y=\"28\" font-size=\"16\">", LEFT);
    wck_text_printf(plot->text, "%zu of %zu entries (", c->entries_covered,
                    c->entries_total);
    wck_text_share(plot->text, c->entries_covered, c->entries_total, 2);
    wck_text_printf(plot->text, ") get a gradient%s\n",
                    element ? "</title>" : "</text>");
}

static void write_head(struct plot *plot, double width, double height)
{
    const struct wck_coverage_report *report = plot->report;
    struct wck_text *text = plot->text;

    wck_text_printf(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.6g\" "
        "height=\"%.6g\" viewBox=\"0 0 %.6g %.6g\" font-family=\"sans-serif\" "
        "font-size=\"12\" role=\"img\">\n",
        width, height, width, height);
    write_title(plot, true);
    wck_text_printf(text, "<desc>");
    wck_markup_clip(text, report->command != NULL ? report->command : "", 1000);
    wck_text_printf(text, "</desc>\n<defs>\n");
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (occurs(plot, r))
            define_hatch(plot, r);
    }
    wck_text_printf(text, "</defs>\n<rect width=\"100%%\" height=\"100%%\" "
                          "fill=\"#fff\"/>\n");
    write_title(plot, false);
    wck_text_printf(text, "<text x=\"%g\" y=\"48\">", LEFT);
    wck_markup_clip(text, report->image_name != NULL ? report->image_name : "", 40);
    wck_text_printf(text, " to output %zux%zu, kernel %s, border %s</text>\n",
                    report->output_height, report->output_width, report->kernel,
                    report->border);
}

/* Class k's paint. */
static void put_fill(struct plot *plot, size_t k)
{
    if (k < WCK_RECTANGLE_STEPS)
        put_colour(plot->text, wck_palette_covered(wck_rectangle_level(k)));
    else
        wck_text_printf(plot->text, "url(#%s)",
                        wck_reason_row((enum wck_reason)(k - WCK_RECTANGLE_STEPS))->id);
}

static void draw_regions(struct plot *plot)
{
    wck_text_printf(plot->text,
                    "<g transform=\"translate(%.9g %.9g) scale(%.9g)\" "
                    "shape-rendering=\"crispEdges\">\n",
                    place(plot, 0, -0.5), place(plot, 1, -0.5), plot->scale);
    for (size_t k = 0; k < WCK_RECTANGLE_CLASSES; k++) {
        if (plot->rectangles.path[k].size == 0)
            continue;
        wck_text_printf(plot->text, "<path fill=\"");
        put_fill(plot, k);
        wck_text_printf(plot->text, "\" d=\"%s\"/>\n",
                        wck_text_string(&plot->rectangles.path[k]));
    }
    wck_text_printf(plot->text, "</g>\n");
}

/* Clips the part from..to of the line a + t (b - a) to low <= . <= high along an axis.
 */
static void clip(double a, double b, double low, double high, double part[2])
{
    double d = b - a, at_low = (low - a) / d, at_high = (high - a) / d;

    if (fpclassify(d) == FP_ZERO) {
        part[1] = a < low || a > high ? -1.0 : part[1];
        return;
    }
    part[0] = fmax(part[0], fmin(at_low, at_high));
    part[1] = fmin(part[1], fmax(at_low, at_high));
}

/* Each side of the frame by itself, as far as it is in view. */
static void draw_frame(struct plot *plot)
{
    struct wck_text *text = plot->text;

    if (!plot->report->framed)
        return;
    wck_text_printf(text, "<path id=\"frame\" fill=\"none\" stroke=\"#000\" "
                          "stroke-width=\"1.5\" stroke-dasharray=\"6 3\" d=\"");
    for (int k = 0; k < 4; k++) {
        const double *a = plot->report->frame[k];
        const double *b = plot->report->frame[(k + 1) % 4];
        double part[2] = {0.0, 1.0};

        for (int axis = 0; axis < 2; axis++)
            clip(a[axis], b[axis], plot->low[axis], plot->high[axis], part);
        for (int end = 0; end < 2 && part[0] <= part[1]; end++)
            wck_text_printf(text, "%c%.6g %.6g", end == 0 ? 'M' : 'L',
                            place(plot, 0, a[0] + part[end] * (b[0] - a[0])),
                            place(plot, 1, a[1] + part[end] * (b[1] - a[1])));
    }
    wck_text_printf(text, "\"/>\n");
}

/* 1, 2 or 5 times a power of ten, and at least 1: at most eight of it in a length. */
static double tick_step(double length)
{
    double power = pow(10.0, floor(log10(length / 8.0)));
    double step = power;

    while (step < length / 8.0)
        step = step < 1.5 * power   ? 2.0 * power
               : step < 3.0 * power ? 5.0 * power
                                    : 10.0 * power;
    return fmax(step, 1.0);
}

static void draw_axis(struct plot *plot, int axis)
{
    double step = tick_step(plot->high[axis] - plot->low[axis]);
    double edge = place(plot, 1 - axis, plot->high[1 - axis]);

    if (axis == 1)
        edge = LEFT;
    for (double u = ceil(plot->low[axis] / step) * step; u <= plot->high[axis];
         u += step) {
        double at = place(plot, axis, u);

        if (axis == 0)
            wck_text_printf(
                plot->text,
                "<path stroke=\"#000\" d=\"M%.6g %.6gv5\"/><text "
                "text-anchor=\"middle\" x=\"%.6g\" y=\"%.6g\">%.9g</text>\n",
                at, edge, at, edge + 18.0, u + 0.0); /* not -0 */
        else
            wck_text_printf(plot->text,
                            "<path stroke=\"#000\" d=\"M%.6g %.6gh-5\"/><text "
                            "text-anchor=\"end\" x=\"%.6g\" y=\"%.6g\">%.9g</text>\n",
                            edge, at, edge - 8.0, at + 4.0, u + 0.0);
    }
}

static void draw_axes(struct plot *plot)
{
    double width = (plot->high[0] - plot->low[0]) * plot->scale;
    double height = (plot->high[1] - plot->low[1]) * plot->scale;

    wck_text_printf(plot->text,
                    "<rect x=\"%.6g\" y=\"%.6g\" width=\"%.6g\" height=\"%.6g\" "
                    "fill=\"none\" stroke=\"#000\"/>\n",
                    LEFT, TOP, width, height);
    for (int axis = 0; axis < 2; axis++)
        draw_axis(plot, axis);
    wck_text_printf(plot->text,
                    "<text text-anchor=\"middle\" x=\"%.6g\" y=\"%.6g\">x, in "
                    "pixels</text>\n<text text-anchor=\"middle\" transform=\"translate("
                    "16 %.6g) rotate(-90)\">y, in pixels</text>\n",
                    LEFT + 0.5 * width, TOP + height + 38.0, TOP + 0.5 * height);
}

/* A swatch, drawn in the scale that the hatches take back. */
static void draw_swatch(struct plot *plot, size_t k, double x, double y, double width)
{
    wck_text_printf(plot->text,
                    "<rect transform=\"translate(%.6g %.6g) scale(%.9g)\" "
                    "width=\"%.6g\" height=\"%.6g\" fill=\"",
                    x, y - SWATCH + 2.0, plot->scale, width / plot->scale,
                    SWATCH / plot->scale);
    put_fill(plot, k);
    wck_text_printf(plot->text, "\"/>");
}

static void say(struct plot *plot, double y, const char *name, size_t pixels,
                size_t entries)
{
    wck_text_printf(plot->text,
                    "<text x=\"%g\" y=\"%.6g\">%s: %zu pixels, %zu entries</text>\n",
                    LEFT + 8.0 * SWATCH + 8.0, y, name, pixels, entries);
}

static void draw_legend(struct plot *plot, double y)
{
    const struct wck_coverage *c = plot->report->coverage;

    for (size_t k = 0; k < WCK_RECTANGLE_STEPS; k++)
        draw_swatch(plot, k, LEFT + (double)k * SWATCH, y, SWATCH);
    say(plot, y, "covered, small to large gradient", c->pixels_covered,
        c->entries_covered);
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (!occurs(plot, r))
            continue;
        y += LINE;
        draw_swatch(plot, WCK_RECTANGLE_STEPS + (size_t)r, LEFT, y, 8.0 * SWATCH);
        say(plot, y, wck_reason_row((enum wck_reason)r)->id, c->reason_pixels[r],
            c->reason_entries[r]);
    }
    y += LINE;
    if (plot->report->framed)
        wck_text_printf(plot->text,
                        "<path stroke=\"#000\" stroke-width=\"1.5\" "
                        "stroke-dasharray=\"6 3\" d=\"M%g %.6gh%g\"/><text x=\"%g\" "
                        "y=\"%.6g\">frame of the output</text>\n",
                        LEFT, y - 5.0, 8.0 * SWATCH, LEFT + 8.0 * SWATCH + 8.0, y);
    if (plot->rectangles.block > 1)
        wck_text_printf(plot->text,
                        "<text x=\"%g\" y=\"%.6g\">A cell is %zux%zu pixels: a fault "
                        "if there is one, else a gradient if there is one.</text>\n",
                        LEFT, y + LINE, plot->rectangles.block, plot->rectangles.block);
}

enum wck_status wck_svg_coverage(const struct wck_coverage_report *report,
                                 struct wck_text *text, struct wck_error *err)
{
    struct plot plot = {.text = text, .report = report};
    enum wck_status status =
        wck_rectangles_make(&plot.rectangles, report->coverage, err);
    double width, height, legend, lines = 3.0;

    if (status == WCK_OK) {
        set_view(&plot);
        for (int r = 0; r < WCK_REASON_COUNT; r++)
            lines += occurs(&plot, r);
        width = LEFT + (plot.high[0] - plot.low[0]) * plot.scale + RIGHT;
        legend = TOP + (plot.high[1] - plot.low[1]) * plot.scale + BELOW + LINE;
        height = legend + lines * LINE;
        write_head(&plot, fmax(width, LEAST), height);
        draw_regions(&plot);
        draw_frame(&plot);
        draw_axes(&plot);
        draw_legend(&plot, legend);
        wck_text_printf(text, "</svg>\n");
        status = text->failed ? wck_error_no_memory(err) : WCK_OK;
    }
    wck_rectangles_release(&plot.rectangles);
    return status;
}
