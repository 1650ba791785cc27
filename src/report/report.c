#include "src/report/report.h"

#include <string.h>

#include "src/report/formats.h"

static const struct wck_format formats[] = {
    {.name = "text",
     .summary = "a report to read",
     .coverage = wck_text_coverage,
     .verify = wck_text_verify,
     .compare = wck_text_compare},
    {.name = "json",
     .summary = "every number, for programs",
     .coverage = wck_json_coverage,
     .verify = wck_json_verify,
     .compare = wck_json_compare},
    {.name = "png", .summary = "a map of the image", .coverage = wck_png_coverage},
    {.name = "html",
     .summary = "one page to look at, with a map to point at",
     .coverage = wck_html_coverage},
    {.name = "svg", .summary = "a plot of the map", .coverage = wck_svg_coverage},
    {.name = "junit",
     .summary = "test cases in JUnit's XML, for continuous integration",
     .coverage = wck_junit_coverage,
     .verify = wck_junit_verify},
    {.name = "tap",
     .summary = "test points of the Test Anything Protocol",
     .verify = wck_tap_verify},
    {.name = "sarif",
     .summary = "results for code scanning, SARIF 2.1.0",
     .verify = wck_sarif_verify},
    {.name = "markdown",
     .summary = "a summary for the page of a run",
     .coverage = wck_markdown_coverage,
     .verify = wck_markdown_verify},
    {.name = "lcov",
     .summary = "rows of each channel as lines of a file, for genhtml",
     .coverage = wck_lcov_coverage},
    {.name = "csv",
     .summary = "a line for each pixel",
     .arrays = true,
     .coverage = wck_csv_coverage},
    {.name = "npy",
     .summary = "an array with the reason of each entry",
     .arrays = true,
     .coverage = wck_npy_coverage},
};

size_t wck_format_count(void)
{
    return sizeof formats / sizeof *formats;
}

const struct wck_format *wck_format_row(size_t row)
{
    return row < wck_format_count() ? &formats[row] : NULL;
}

const struct wck_format *wck_format_find(const char *name)
{
    for (size_t row = 0; row < wck_format_count(); row++) {
        if (strcmp(formats[row].name, name) == 0)
            return &formats[row];
    }
    return NULL;
}
