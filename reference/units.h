/* Units: what the numbers of a coordinate mean along an axis of n pixels.
 *
 * Inside the reference a coordinate is always in pixels with centres at integers.
 * Units say how a library's own numbers become that, and what its output pixels are
 * called before a matrix is applied. */
#ifndef WCK_REFERENCE_UNITS_H
#define WCK_REFERENCE_UNITS_H

#include <stdbool.h>
#include <stddef.h>

struct wck_units {
    const char *name;
    double (*of_pixel)(double i, size_t n); /* the number of pixel i */
    double (*to_pixel)(double g, size_t n); /* the pixel coordinate of number g */
    double (*factor)(size_t n);             /* d to_pixel / d g */
    bool dyadic; /* numbers and pixels differ by halves: neither way rounds */
    const char *summary;
    const char *source; /* section of reference/NOTES */
};

/* Rows 0 .. wck_units_count()-1; NULL beyond. */
size_t wck_units_count(void);
const struct wck_units *wck_units_row(size_t row);

/* By name; NULL where there is none. */
const struct wck_units *wck_units_find(const char *name);

#endif
