/* Lcov: coverage as lcov's tracefile, which genhtml and others draw.
 *
 * Each channel of the image (of each of a batch's items) is a source file, a row of it
 * a line, and the row's entries that get a gradient are the line's hits: a row is
 * covered where any entry of it is.  There are no such files to read: genhtml is told
 * so by --ignore-errors source. */
#include "src/report/formats.h"
#include "src/report/paragraph.h"
#include "src/report/utf8.h"

static size_t hits(const struct wck_coverage *c, size_t plane, size_t y)
{
    const unsigned char *row = c->reason + (plane * c->height + y) * c->width;
    size_t count = 0;

    for (size_t x = 0; x < c->width; x++)
        count += row[x] == WCK_COVERED;
    return count;
}

/* A name of one line: what could end it is a '?'. */
static void write_name(struct wck_text *text, const char *bytes)
{
    struct wck_text valid = {0};

    wck_utf8_repair(&valid, bytes);
    wck_paragraph_plain(text, wck_text_string(&valid));
    text->failed = text->failed || valid.failed;
    wck_text_release(&valid);
}

static void write_plane(struct wck_text *text, const struct wck_coverage_report *report,
                        size_t plane)
{
    const struct wck_coverage *c = report->coverage;
    size_t covered = 0;

    wck_text_printf(text, "TN:warpcheck\nSF:");
    write_name(text, report->image_name);
    if (report->batch > 1)
        wck_text_printf(text, "/item-%zu", plane / report->channels);
    wck_text_printf(text, "/channel-%zu\n", plane % report->channels);
    for (size_t y = 0; y < c->height; y++) {
        size_t count = hits(c, plane, y);

        covered += count > 0;
        wck_text_printf(text, "DA:%zu,%zu\n", y + 1, count);
    }
    wck_text_printf(text, "LF:%zu\nLH:%zu\nend_of_record\n", c->height, covered);
}

enum wck_status wck_lcov_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err)
{
    for (size_t plane = 0; plane < report->coverage->planes; plane++)
        write_plane(text, report, plane);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}
