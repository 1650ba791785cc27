#include "reference/border.h"

#include <string.h>

/* The remainder of i by period, in 0 .. period-1. */
static int64_t modulo(int64_t i, int64_t period)
{
    int64_t remainder = i % period;

    return remainder < 0 ? remainder + period : remainder;
}

static int64_t no_period(size_t n)
{
    (void)n;
    return 0;
}

/* The 32-bit integer that i wraps around to. */
static int64_t wrapped(int64_t i)
{
    return modulo(i + INT64_C(0x80000000), INT64_C(0x100000000)) - INT64_C(0x80000000);
}

static int64_t narrow(int64_t i, size_t n)
{
    (void)n;
    return wrapped(i);
}

/* The last index is added before the remainder, and taken off again. */
static int64_t reflect_101_narrow(int64_t i, size_t n)
{
    int64_t last = (int64_t)n - 1;

    return wrapped(wrapped(i) + last) - last;
}

/* Mirrored as 2i + 1 about the ends 0 and 2n. */
static int64_t reflect_narrow(int64_t i, size_t n)
{
    int64_t twice = 2 * (int64_t)n;

    return (wrapped(wrapped(2 * wrapped(i) + 1) + twice) - twice - 1) / 2;
}

static ptrdiff_t constant_fold(int64_t i, size_t n)
{
    return i >= 0 && i < (int64_t)n ? (ptrdiff_t)i : WCK_BORDER_VALUE;
}

static ptrdiff_t replicate_fold(int64_t i, size_t n)
{
    return i < 0 ? 0 : i < (int64_t)n ? (ptrdiff_t)i : (ptrdiff_t)n - 1;
}

static int64_t reflect_period(size_t n)
{
    return 2 * (int64_t)n;
}

static ptrdiff_t reflect_fold(int64_t i, size_t n)
{
    int64_t k = modulo(i, reflect_period(n));

    return (ptrdiff_t)(k < (int64_t)n ? k : reflect_period(n) - 1 - k);
}

/* A single pixel mirrors onto itself: period 1, not 0. */
static int64_t reflect_101_period(size_t n)
{
    return n > 1 ? 2 * (int64_t)n - 2 : 1;
}

static ptrdiff_t reflect_101_fold(int64_t i, size_t n)
{
    int64_t k = modulo(i, reflect_101_period(n));

    return (ptrdiff_t)(k < (int64_t)n ? k : reflect_101_period(n) - k);
}

static int64_t wrap_period(size_t n)
{
    return (int64_t)n;
}

static ptrdiff_t wrap_fold(int64_t i, size_t n)
{
    return (ptrdiff_t)modulo(i, wrap_period(n));
}

static const struct wck_border borders[] = {
    {
        .name = "constant",
        .fills = true,
        .fold = constant_fold,
        .period = no_period,
        .narrow = narrow,
        .summary = "taps outside read the border value: vv|abcd|vv",
        .source = "NOTES:constant",
    },
    {
        .name = "replicate",
        .fold = replicate_fold,
        .period = no_period,
        .narrow = narrow,
        .summary = "taps outside read the nearest edge pixel: aa|abcd|dd",
        .source = "NOTES:replicate",
    },
    {
        .name = "reflect",
        .fold = reflect_fold,
        .period = reflect_period,
        .narrow = reflect_narrow,
        .summary = "mirrored about the edge, the edge pixel repeated: ba|abcd|dc",
        .source = "NOTES:reflect",
    },
    {
        .name = "reflect_101",
        .fold = reflect_101_fold,
        .period = reflect_101_period,
        .narrow = reflect_101_narrow,
        .summary = "mirrored about the edge pixel's centre: cb|abcd|cb",
        .source = "NOTES:reflect_101",
    },
    {
        .name = "wrap",
        .fold = wrap_fold,
        .period = wrap_period,
        .narrow = narrow,
        .summary = "the image repeats: cd|abcd|ab",
        .source = "NOTES:wrap",
    },
};

size_t wck_border_count(void)
{
    return sizeof borders / sizeof borders[0];
}

const struct wck_border *wck_border_row(size_t row)
{
    return row < wck_border_count() ? &borders[row] : NULL;
}

const struct wck_border *wck_border_find(const char *name)
{
    for (size_t i = 0; i < wck_border_count(); i++) {
        if (strcmp(name, borders[i].name) == 0)
            return &borders[i];
    }
    return NULL;
}
