/* Reason: why an entry of the image gradient is zero.  Row order is precedence: an
 * entry has exactly one reason, the first that holds.
 *
 * For entry e = (pixel p, plane c) and upstream gradient g: T = the outputs whose
 * listed taps include p, N = those in T with a weight other than 0, A = those in N with
 * g != 0. The frame is the back-projection of the closed pixel-edge rectangle
 * [-1/2, W-1/2] x [-1/2, H-1/2] of the output. */
#ifndef WCK_COVERAGE_REASON_H
#define WCK_COVERAGE_REASON_H

#include <stdbool.h>

/* ROW(enumerator, id, letter, is a fault of the pipeline, definition, what to do) */
#define WCK_REASONS(ROW)                                                               \
    ROW(WCK_OUT_OF_VIEW, "out-of-view", 'o', false,                                    \
        "no output reads the pixel, and its centre lies outside the output's frame",   \
        "a larger output, or another matrix")                                          \
    ROW(WCK_FILLED, "filled", 'l', false,                                              \
        "the pixel lies inside the frame, but every sample near it was replaced "      \
        "whole "                                                                       \
        "by the fill value",                                                           \
        "a border that blends tap by tap, or one that extends the image")              \
    ROW(WCK_SKIPPED, "skipped", 's', false,                                            \
        "the pixel lies inside the frame, but no sample's kernel reaches it",          \
        "an area kernel, a prefilter, a mipmap, or jittered samples")                  \
    ROW(WCK_ZERO_WEIGHT, "zero-weight", 'z', false,                                    \
        "outputs list the pixel, but with a weight of exactly 0 (a whole-pixel "       \
        "shift, "                                                                      \
        "a knot of the kernel)",                                                       \
        "sub-pixel jitter, a wider kernel, or a straight-through estimate")            \
    ROW(WCK_UPSTREAM_ZERO, "upstream-zero", 'u', false,                                \
        "every upstream gradient behind a non-zero weight is 0 (a mask, a saturated "  \
        "loss, a dead unit)",                                                          \
        "look after the warp: the loss or the encoder sends nothing here")             \
    ROW(WCK_CANCELLED, "cancelled", 'c', false,                                        \
        "the contributions add up to 0 within rounding, though each is not 0",         \
        "usually harmless: another image or loss moves it")                            \
    ROW(WCK_UNDERFLOW, "underflow", 'f', false,                                        \
        "the gradient is not 0 in float64, but rounds to 0 in the gradient's own "     \
        "type",                                                                        \
        "scale the loss, or use a wider floating-point type")                          \
    ROW(WCK_PLATEAU, "plateau", 'p', true,                                             \
        "the subject's own numeric derivative is 0 too: its output is rounded, or "    \
        "its "                                                                         \
        "input cast to an integer",                                                    \
        "keep the image and the output in floating point")                             \
    ROW(WCK_LOST_IN_BACKWARD, "lost-in-backward", 'b', true,                           \
        "the gradient should be there, but the backward pass returns 0: detach, "      \
        "no_grad, a cast, '=' for '+=', a race",                                       \
        "keep the warp on the differentiable path")                                    \
    ROW(WCK_UNDETERMINED, "undetermined", 'd', false,                                  \
        "the weights are not 0; without the upstream gradient it is either "           \
        "upstream-zero or lost-in-backward",                                           \
        "record output.grad in the same step and give it with --upstream")             \
    ROW(WCK_UNEXPLAINED, "unexplained", '?', true,                                     \
        "none of the reasons holds: a bug in the subject or in Warpcheck",             \
        "run warpcheck verify on the subject, and report it")                          \
    ROW(WCK_NON_FINITE, "non-finite", 'n', true,                                       \
        "the gradient is NaN or infinite (NaN or infinity in the upstream gradient)",  \
        "find the first NaN or infinity after the warp")

#define WCK_REASON_ENUM(id, name, letter, fault, definition, remedy) id,
enum wck_reason { WCK_REASONS(WCK_REASON_ENUM) WCK_REASON_COUNT };
#undef WCK_REASON_ENUM

struct wck_reason_row {
    const char *id;
    char letter; /* names the reason where there is no colour */
    bool fault;  /* a finding that fails, not a property of the geometry */
    const char *definition;
    const char *remedy;
};

/* The row of `reason`; NULL beyond the last. */
const struct wck_reason_row *wck_reason_row(enum wck_reason reason);

#endif
