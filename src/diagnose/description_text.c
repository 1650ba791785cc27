#include "src/diagnose/description.h"

#include <string.h>

static void say_map(const struct wck_description *d, bool pairs, struct wck_text *text)
{
    const struct wck_reading *reading = &d->reading;

    if (!pairs)
        wck_text_printf(text, "%s",
                        reading->direction == WCK_SOURCE_TO_OUTPUT
                            ? "the matrix maps source to output (it is inverted)"
                            : "the matrix maps output to source");
    else if (!reading->displacement)
        wck_text_printf(text, "absolute source coordinates");
    else
        wck_text_printf(text, "displacements, %s the sample's own position",
                        reading->sign < 0.0 ? "subtracted from" : "added to");
}

static void say_axes(const struct wck_description *d, bool pairs, struct wck_text *text)
{
    (void)pairs;
    wck_text_printf(text, "%s", d->reading.reversed ? "y, x" : "x, y");
}

static void say_centre(const struct wck_description *d, bool pairs,
                       struct wck_text *text)
{
    const struct wck_units *units = d->reading.source_units;

    (void)pairs;
    if (units == NULL)
        units = wck_units_row(0);
    wck_text_printf(text, "%s: %s", units->name, units->summary);
}

static void say_kernel(const struct wck_description *d, bool pairs,
                       struct wck_text *text)
{
    const struct wck_kernel *kernel = wck_description_kernel(d);

    (void)pairs;
    wck_text_printf(text, "%s: %s", kernel->name, kernel->summary);
    if (d->kernel == NULL && strcmp(kernel->family, "cubic") == 0)
        wck_text_printf(text, ", a = %.6g", kernel->a);
    if (kernel->order > 0)
        wck_text_printf(text, "; prefilter %s",
                        d->prefilter != NULL ? d->prefilter->name : "none");
}

bool wck_description_reads_value(const struct wck_description *d)
{
    return strcmp(d->border->name, "constant") == 0 ||
           (d->fold != NULL && d->fold->fills);
}

static void say_border(const struct wck_description *d, bool pairs,
                       struct wck_text *text)
{
    const struct wck_fold *fold = d->fold != wck_fold_row(0) ? d->fold : NULL;

    (void)pairs;
    if (fold != NULL)
        wck_text_printf(text, "%s%s (%s), then ",
                        fold->fills ? "fill-whole-sample, " : "", fold->name,
                        fold->summary);
    wck_text_printf(text, "%s: %s", d->border->name, d->border->summary);
    if (wck_description_reads_value(d))
        wck_text_printf(text, "; the border value is %s",
                        d->only_zero              ? "0"
                        : d->ignores_border_value ? "ignored, 0 is read"
                                                  : "read");
}

static void say_precision(const struct wck_description *d, bool pairs,
                          struct wck_text *text)
{
    (void)pairs;
    if (d->quantum > 0.0)
        wck_text_printf(text, "%s to multiples of 1/%.6g pixel",
                        d->truncated ? "truncated" : "rounded", 1.0 / d->quantum);
    else if (d->arithmetic == NULL)
        wck_text_printf(text, "exact");
    else
        wck_text_printf(text, "%s: %s", d->arithmetic->name, d->arithmetic->summary);
}

static void say_sums(const struct wck_description *d, bool pairs, struct wck_text *text)
{
    (void)pairs;
    if (d->rounding == NULL || d->rounding == wck_rounding_row(0))
        wck_text_printf(text, "rounded as the image's type is");
    else
        wck_text_printf(text, "%s: %s", d->rounding->name, d->rounding->summary);
}

static const struct {
    const char *name;
    void (*say)(const struct wck_description *d, bool pairs, struct wck_text *text);
} fields[] = {
    {"map", say_map},       {"axis order", say_axes}, {"pixel centre", say_centre},
    {"kernel", say_kernel}, {"border", say_border},   {"coordinates", say_precision},
    {"sums", say_sums},
};

#define FIELDS (sizeof fields / sizeof fields[0])

const char *wck_description_field_name(size_t field)
{
    return field < FIELDS ? fields[field].name : NULL;
}

void wck_description_field(const struct wck_description *description, bool pairs,
                           size_t field, struct wck_text *text)
{
    fields[field].say(description, pairs, text);
}
