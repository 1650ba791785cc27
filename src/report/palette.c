#include "src/report/palette.h"

#include <math.h>

#define DECADES 6.0

/* Evenly spaced stops; each is lighter than the one before. */
static const struct wck_colour stops[] = {
    {44, 78, 150}, {36, 120, 178}, {50, 164, 196}, {128, 208, 204}, {240, 252, 234},
};

/* A tile's row is a byte, its column a bit of it, the most significant first. */
struct hatch {
    struct wck_colour fill, ink;
    unsigned char tile[WCK_HATCH];
};

/* In the order of WCK_REASONS.  Hues are told apart by most people who confuse red and
 * green; no two hatches are alike. */
static const struct hatch hatches[] = {
    /* out-of-view: grey, rising lines */
    {{112, 114, 124}, {150, 152, 162}, {1, 2, 4, 8, 16, 32, 64, 128}},
    /* filled: green, rings */
    {{60, 140, 90}, {190, 230, 200}, {0, 0x3c, 0x42, 0x42, 0x42, 0x42, 0x3c, 0}},
    /* skipped: orange, dots */
    {{230, 159, 0}, {110, 70, 0}, {0, 0x66, 0x66, 0, 0, 0x66, 0x66, 0}},
    /* zero-weight: vermilion, horizontal lines */
    {{213, 94, 0}, {255, 205, 160}, {0, 0, 0xff, 0, 0, 0, 0xff, 0}},
    /* upstream-zero: reddish purple, vertical lines */
    {{204, 121, 167}, {96, 32, 70}, {0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22}},
    /* cancelled: brown, falling lines */
    {{140, 92, 40}, {222, 184, 135}, {128, 64, 32, 16, 8, 4, 2, 1}},
    /* underflow: yellow, a plus */
    {{240, 228, 66}, {120, 108, 0}, {0, 0x08, 0x08, 0x3e, 0x08, 0x08, 0, 0}},
    /* plateau: violet, steps */
    {{106, 61, 154}, {214, 190, 240}, {0xf0, 0x10, 0x10, 0x10, 0x1f, 1, 1, 1}},
    /* lost-in-backward: red, crosses */
    {{178, 24, 43}, {255, 214, 214}, {0x81, 0x42, 0x24, 0x18, 0x18, 0x24, 0x42, 0x81}},
    /* undetermined: light grey, small checks */
    {{196, 196, 200},
     {150, 150, 156},
     {0xcc, 0xcc, 0x33, 0x33, 0xcc, 0xcc, 0x33, 0x33}},
    /* unexplained: black, a grid */
    {{16, 16, 18}, {255, 255, 255}, {0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}},
    /* non-finite: magenta, large checks */
    {{231, 41, 138}, {80, 0, 44}, {0xf0, 0xf0, 0xf0, 0xf0, 0x0f, 0x0f, 0x0f, 0x0f}},
};

_Static_assert(sizeof hatches / sizeof *hatches == WCK_REASON_COUNT,
               "every reason has a hatch");

struct wck_ramp wck_palette_ramp(double smallest, double largest)
{
    return (struct wck_ramp){fmax(smallest, largest * pow(10.0, -DECADES)), largest};
}

double wck_palette_level(const struct wck_ramp *ramp, double magnitude)
{
    double length = log(ramp->high / ramp->low);

    if (!(length > 0.0) || !isfinite(length) || !(magnitude < ramp->high))
        return 1.0;
    return magnitude > ramp->low ? log(magnitude / ramp->low) / length : 0.0;
}

static unsigned char blend(unsigned char from, unsigned char to, double part)
{
    return (unsigned char)lrint(from + part * (to - from));
}

static struct wck_colour mix(const struct wck_colour *from, const struct wck_colour *to,
                             double part)
{
    return (struct wck_colour){blend(from->red, to->red, part),
                               blend(from->green, to->green, part),
                               blend(from->blue, to->blue, part)};
}

struct wck_colour wck_palette_covered(double level)
{
    size_t last = sizeof stops / sizeof *stops - 1;
    double along = fmin(fmax(level, 0.0), 1.0) * (double)last;
    size_t i = (size_t)along < last ? (size_t)along : last - 1;

    return mix(&stops[i], &stops[i + 1], along - (double)i);
}

struct wck_colour wck_palette_reason(enum wck_reason reason, size_t x, size_t y,
                                     double strength)
{
    const struct hatch *hatch = &hatches[reason];
    unsigned row = hatch->tile[y % WCK_HATCH];
    bool inked = row >> (WCK_HATCH - 1 - x % WCK_HATCH) & 1U;

    return inked ? mix(&hatch->fill, &hatch->ink, strength) : hatch->fill;
}
