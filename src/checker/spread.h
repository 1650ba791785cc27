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

struct wck_spread {
    struct wck_image image;  /* a view of what lies here */
    struct wck_tensor whole; /* all elements, in one row; owned */
    bool *marks;             /* which of them are the image's; owned */
};

/* An image with the shape, type and layout of the problem's source (or of its output),
 * zeroed, and NaN in all that is not of it.  Release whatever was returned. */
enum wck_status wck_spread_init(struct wck_spread *spread,
                                const struct wck_problem *problem, bool source,
                                enum wck_spread_way way, struct wck_error *err);
void wck_spread_release(struct wck_spread *spread);

/* Elements that are none of the image's, and hold something else than NaN. */
size_t wck_spread_strays(const struct wck_spread *spread);

#endif
