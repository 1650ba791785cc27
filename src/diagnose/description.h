/* Description: a warp as far as it can be told from outside: what its numbers mean, and
 * which rows of the reference's tables it is made of. */
#ifndef WCK_DIAGNOSE_DESCRIPTION_H
#define WCK_DIAGNOSE_DESCRIPTION_H

#include "src/base/text.h"
#include "src/deviation/deviation.h"
#include "src/diagnose/probe.h"
#include "src/subject/problem.h"

/* What the numbers mean. */
struct wck_reading {
    enum wck_direction direction; /* of a matrix */
    bool reversed;                /* y comes first, before x */
    bool projective;   /* the matrix is taken as a homography, its last row 0 0 1 */
    bool displacement; /* numbers are added to the sample's own position ... */
    double sign;       /* ... times this; 0 means +1 */
    const struct wck_units *output_units, *source_units; /* NULL: pixels */
};

struct wck_description {
    struct wck_reading reading;
    const struct wck_kernel *kernel; /* NULL: `fitted` */
    struct wck_kernel fitted;        /* one that is no row, its parameter found */
    const struct wck_border *border;
    const struct wck_fold *fold;             /* NULL: none */
    const struct wck_prefilter *prefilter;   /* NULL: none */
    const struct wck_arithmetic *arithmetic; /* NULL: exact, or by `quantum` */
    double quantum; /* coordinates are multiples of this many pixels; 0: of nothing */
    bool truncated; /* to the multiple below, not the nearest */
    const struct wck_rounding *rounding; /* NULL: half to even */
    bool ignores_border_value;           /* reads 0 in place of it */
    bool only_zero; /* which it may or may not: no other border value was asked for */
    const struct wck_deviation *deviation; /* NULL: none */
};

/* A description applied to a probe; what it points to is the description's, the
 * probe's or its own: do not copy. */
struct wck_described {
    struct wck_problem problem;
    struct wck_arithmetic arithmetic;
    double border_value;
};

/* WCK_INVALID for a probe that such a warp does not take. */
enum wck_status wck_describe(struct wck_described *described,
                             const struct wck_description *description,
                             const struct wck_probe *probe, struct wck_error *err);

/* The numbers that make such a warp read its sources at B (column, row), with B from
 * output to source in pixels, as far as its reading goes. */
enum wck_status wck_reading_numbers(const struct wck_reading *reading,
                                    const double backward[6], struct wck_probe *probe,
                                    struct wck_error *err);

/* The coordinates in pixels that such a reading gives each sample; x and y hold one a
 * sample. */
enum wck_status wck_reading_place(const struct wck_reading *reading,
                                  const struct wck_probe *probe, double *x, double *y,
                                  struct wck_error *err);

/* How far a description is from what a probe got. */
struct wck_distance {
    double mean; /* of |got - reference| over the samples that count */
    double most; /* the largest of these */
    double
        ratio; /* the largest in units of the bound; NaN where it was not asked for */
    size_t count;
};

/* Adds one probe's to what was found on others; {0} before.  `mask` (NULL: all) says
 * which samples count, a byte each.  `judged`: the ratio too, which takes longer.
 * A description that is no warp of the reference's is infinitely far off. */
enum wck_status wck_description_compare(const struct wck_description *description,
                                        const struct wck_probe *probe,
                                        const unsigned char *mask, bool judged,
                                        struct wck_distance *distance,
                                        struct wck_error *err);

/* What the description makes of the probe, one number a sample. */
enum wck_status wck_description_predict(const struct wck_description *description,
                                        const struct wck_probe *probe, double *value,
                                        struct wck_error *err);

const struct wck_kernel *
wck_description_kernel(const struct wck_description *description);

/* Is there a sample that the border value counts in? */
bool wck_description_reads_value(const struct wck_description *description);

/* The fields, in order: wck_description_field_name gives NULL beyond the last. */
const char *wck_description_field_name(size_t field);
/* Appends what the description says in that field. */
void wck_description_field(const struct wck_description *description, bool pairs,
                           size_t field, struct wck_text *text);

#endif
