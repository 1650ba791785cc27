/* Way: one way to ask a subject of which it is not known what it takes. */
#ifndef WCK_RUN_WAY_H
#define WCK_RUN_WAY_H

#include "src/run/inquiry.h"

struct wck_way {
    const char *layout;
    enum wck_dtype dtype;
    bool pairs;     /* by coordinates, not by a matrix */
    bool same_size; /* outputs have the image's size */
    bool filled;    /* with a border value that is not 0 */
};

#define WCK_WAYS ((size_t)72)

/* Way number `i`: by matrix, then by pairs; in each type and layout; with outputs of
 * any size, then of the image's; with a border value, then with 0.  False for one that
 * the request rules out. */
bool wck_way_at(struct wck_way *way, const struct wck_inquiry_request *request,
                size_t i);

/* Its border value: between the values of the image, and exact. */
double wck_way_fill(const struct wck_way *way);

#endif
