/* Arrays: the map of coverage as arrays for other programs: CSV, a line for each pixel,
 * and .npy, a number for each entry. */
#include "src/report/formats.h"

#include "src/io/npy.h"

static const char *word(unsigned char code)
{
    return code == WCK_COVERED ? "covered"
                               : wck_reason_row((enum wck_reason)(code - 1))->id;
}

/* The words are ours and hold neither commas nor quotes; the numbers read back as the
 * same doubles. */
enum wck_status wck_csv_coverage(const struct wck_coverage_report *report,
                                 struct wck_text *text, struct wck_error *err)
{
    const struct wck_coverage *c = report->coverage;

    wck_text_printf(text, "y,x,reason,reads,weight,magnitude\n");
    for (size_t p = 0; p < c->pixels_total; p++)
        wck_text_printf(text, "%zu,%zu,%s,%lu,%.17g,%.17g\n", p / c->width,
                        p % c->width, word(c->pixel_reason[p]),
                        (unsigned long)c->reads[p], c->weight[p], c->magnitude[p]);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}

/* uint8, batch x channels x height x width: 0 where there is a gradient, else 1 + the
 * reason's row. */
enum wck_status wck_npy_coverage(const struct wck_coverage_report *report,
                                 struct wck_text *text, struct wck_error *err)
{
    const struct wck_coverage *c = report->coverage;
    size_t shape[] = {c->planes / report->channels, report->channels, c->height,
                      c->width};
    struct wck_tensor tensor = wck_tensor_contiguous(c->reason, WCK_UINT8, 4, shape);

    return wck_npy_encode(&tensor, text, err);
}
