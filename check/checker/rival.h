/* Rivals: bilinear warps that are right and compute otherwise than the reference: every
 * operation in the image's own type, coordinates and the inverse of a matrix included,
 * sums in other orders, or interpolation axis by axis. */
#ifndef CHECK_CHECKER_RIVAL_H
#define CHECK_CHECKER_RIVAL_H

#include "src/subject/subject.h"

enum rival_form {
    RIVAL_REVERSED,   /* sum of products, the last tap first */
    RIVAL_FUSED,      /* the same in order, each product and sum rounded once */
    RIVAL_ROWS_FIRST, /* a + t (b - a) along x, then along y */
    RIVAL_COLUMNS_FIRST,
    RIVAL_CONVEX, /* (1 - t) a + t b along x, then along y */
    RIVAL_FORMS
};

/* Takes affine maps of two axes and coordinate maps; free with wck_subject_free. */
struct wck_subject *rival_new(enum rival_form form);

#endif
