#include "src/run/way.h"

#include <string.h>

/* The layouts to ask in, by turns. */
static const char *layout_of(const struct wck_inquiry_request *request, size_t i)
{
    static const char *const usual[] = {"HWC", "NCHW", "HW"};
    const struct wck_convention *row = request->convention;

    if (request->layout != NULL)
        return i == 0 ? request->layout : NULL;
    if (row != NULL && row->layouts != NULL)
        return i > 0 ? NULL : strstr(row->layouts, "NCHW") != NULL ? "NCHW" : "HW";
    if (row != NULL)
        return i == 0 ? "HW" : NULL;
    return i < sizeof usual / sizeof usual[0] ? usual[i] : NULL;
}

static const enum wck_dtype dtypes[] = {WCK_FLOAT64, WCK_FLOAT32, WCK_UINT8};

#define DTYPES (sizeof dtypes / sizeof dtypes[0])
#define LAYOUTS ((size_t)3)

_Static_assert(8 * 3 * sizeof dtypes / sizeof dtypes[0] == WCK_WAYS, "all are counted");

bool wck_way_at(struct wck_way *way, const struct wck_inquiry_request *request,
                size_t i)
{
    const struct wck_convention *row = request->convention;
    size_t type = i / 4 / LAYOUTS % DTYPES;

    way->filled = i % 2 == 0;
    way->same_size = i / 2 % 2 > 0;
    way->layout = layout_of(request, i / 4 % LAYOUTS);
    way->dtype = request->dtype != NULL ? *request->dtype : dtypes[type];
    way->pairs = i / 4 / LAYOUTS / DTYPES > 0;
    if (way->layout == NULL || (request->dtype != NULL && type > 0))
        return false;
    return row == NULL ||
           (way->pairs == (row->carrier != WCK_CARRIER_MATRIX) &&
            way->same_size == row->same_size && (way->filled || !row->has_fill));
}

double wck_way_fill(const struct wck_way *way)
{
    bool whole = !(wck_dtype_row(way->dtype)->roundoff > 0.0);

    return !way->filled ? 0.0 : whole ? 37.0 : 0.4375;
}
