/* Spread: an image that lies in memory with other strides than a new one has, among
 * elements that are none of it. */
#ifndef WCK_CHECKER_SPREAD_H
#define WCK_CHECKER_SPREAD_H

#include "src/subject/problem.h"

/* ROW(enumerator, how it lies).  Expanded: of a source every row is the same one, of an
 * upstream gradient every number (as of a mean); for what is read only. */
#define WCK_SPREADS(ROW)                                                               \
    ROW(PADDED, "rows with padding between them")                                      \
    ROW(SECOND, "every second element")                                                \
    ROW(MOVED, "axes in another order (channels last in place of first, or columns "   \
               "of rows)")                                                             \
    ROW(FLIPPED, "negative strides along rows and columns")                            \
    ROW(EXPANDED, "strides of 0")

#define WCK_SPREAD_ENUM(id, text) WCK_SPREAD_##id,
enum wck_spread_way { WCK_SPREADS(WCK_SPREAD_ENUM) WCK_SPREAD_COUNT };
#undef WCK_SPREAD_ENUM

const char *wck_spread_text(enum wck_spread_way way);

/* An axis along which elements lie far from one to the next; the others have no gaps.
 */
struct wck_spread_axis {
    char letter;    /* of the layout */
    bool backwards; /* the first index lies last */
    bool near;      /* as it would be far, but within 2^21 elements and the image */
};

struct wck_spread {
    struct wck_image image;  /* a view of what lies here */
    struct wck_tensor whole; /* all elements, in one row; owned */
    bool *marks;   /* which of them are the image's; owned; NULL where it lies far */
    size_t mapped; /* bytes of `whole` where they are a mapping; 0: malloc'ed */
};

/* An image with the shape, type and layout of the problem's source (or of its output),
 * zeroed, and NaN in all that is not of it.  Release whatever was returned. */
enum wck_status wck_spread_init(struct wck_spread *spread,
                                const struct wck_problem *problem, bool source,
                                enum wck_spread_way way, struct wck_error *err);

/* Indices of an axis, at most, that are laid far apart: 2^36 elements from the first to
 * the last, half a TiB of float64. */
#define WCK_SPREAD_MOST 32

/* The same far apart along an axis: an offset of its second element fits no signed
 * integer of 32 bits, and one of a later element no unsigned one either; nor do
 * strides.  2^31 elements before and behind it are mapped too, and none of all that
 * takes memory but the pages where elements are: what lies between them is 0.
 * WCK_NO_MEMORY where the system gives no such room, WCK_UNSUPPORTED where the axis is
 * too long. */
enum wck_status wck_spread_init_along(struct wck_spread *spread,
                                      const struct wck_problem *problem, bool source,
                                      const struct wck_spread_axis *axis,
                                      struct wck_error *err);
void wck_spread_release(struct wck_spread *spread);

/* Elements that are none of the image's, and hold something else than NaN; not looked
 * for, and 0, where it lies far apart. */
size_t wck_spread_strays(const struct wck_spread *spread);

#endif
