/* Map reason: why an entry of the gradient with respect to what carries the map is
 * zero: the x or the y of a sample's coordinate, or an entry of the matrix.  Row order
 * is precedence: an entry has exactly one reason, the first that holds.
 *
 * The derivative along an axis is the sum over the planes c of g(s,c) times the image's
 * slope there, the sum over the taps of dw/du times the pixel.  A matrix entry sums
 * that over the samples, times d(coordinate)/d(entry). */
#ifndef WCK_COVERAGE_MAP_REASON_H
#define WCK_COVERAGE_MAP_REASON_H

#include <stdbool.h>

/* ROW(enumerator, id, is a fault of the pipeline, definition, what to do) */
#define WCK_MAP_REASONS(ROW)                                                           \
    ROW(WCK_MAP_NEAREST, "nearest-kernel", false,                                      \
        "the kernel's weights do not move with the coordinate there",                  \
        "a bilinear or smoother kernel")                                               \
    ROW(WCK_MAP_FILLED, "hard-fill", false,                                            \
        "the sample was replaced whole by the fill value",                             \
        "a border that blends tap by tap, or one that extends the image")              \
    ROW(WCK_MAP_OUTSIDE, "outside", false,                                             \
        "every tap of the sample reads the border value",                              \
        "begin nearer, or a border that extends the image")                            \
    ROW(WCK_MAP_SIZE_1, "size-1-axis", false,                                          \
        "along an axis of one pixel nothing moves: the derivative is multiplied by 0", \
        "more than one pixel along that axis, or leave the entry fixed")               \
    ROW(WCK_MAP_CLIPPED, "clipped-coordinate", false,                                  \
        "the coordinate lies beyond the rim and is held there: every tap along the "   \
        "axis reads the rim's pixel",                                                  \
        "a border that does not clamp, or begin nearer")                               \
    ROW(WCK_MAP_RIM, "reflection-rim", false,                                          \
        "at the rim's mirror every tap along the axis reads one pixel",                \
        "move the sample by half a pixel, or another border")                          \
    ROW(WCK_MAP_FLAT, "flat-image", false,                                             \
        "the image has no slope under the taps, within rounding",                      \
        "a smoother image (blur, pyramid) or larger steps")                            \
    ROW(WCK_MAP_QUANTISED, "quantised", false,                                         \
        "coordinates are rounded to a fraction of a pixel, so the output stands "      \
        "still between two of them",                                                   \
        "a library that keeps its coordinates, or the ideal slope as a surrogate")     \
    ROW(WCK_MAP_UPSTREAM_ZERO, "upstream-zero", false,                                 \
        "every upstream gradient behind a slope is 0",                                 \
        "look after the warp: the loss sends nothing here")                            \
    ROW(WCK_MAP_CANCELLED, "cancelled", false,                                         \
        "the contributions (of channels, or of pixels) add up to 0 within rounding",   \
        "usually harmless: another image or loss moves it")                            \
    ROW(WCK_MAP_UNDERFLOW, "underflow", false,                                         \
        "not 0 in float64, but it rounds to 0 in the gradient's own type",             \
        "scale the loss, or use a wider floating-point type")                          \
    ROW(WCK_MAP_LOST, "lost-in-backward", true,                                        \
        "the gradient should be there, but the backward pass returns 0",               \
        "keep the map on the differentiable path")                                     \
    ROW(WCK_MAP_UNDETERMINED, "undetermined", false,                                   \
        "the image's values, the upstream gradient or the coordinate are not known",   \
        "give the image as a file, and output.grad with --upstream")                   \
    ROW(WCK_MAP_NON_FINITE, "non-finite", false,                                       \
        "the coordinate, the image under it or the upstream gradient is NaN or "       \
        "infinite",                                                                    \
        "find the first NaN or infinity")

#define WCK_MAP_REASON_ENUM(id, name, fault, definition, remedy) id,
enum wck_map_reason { WCK_MAP_REASONS(WCK_MAP_REASON_ENUM) WCK_MAP_REASON_COUNT };
#undef WCK_MAP_REASON_ENUM

struct wck_map_reason_row {
    const char *id;
    bool fault;
    const char *definition;
    const char *remedy;
};

/* The row of `reason`; NULL beyond the last. */
const struct wck_map_reason_row *wck_map_reason_row(enum wck_map_reason reason);

#endif
