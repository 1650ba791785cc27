/* Identify: which convention is a warp?  Found by asking, never by being told. */
#ifndef WCK_DIAGNOSE_IDENTIFY_H
#define WCK_DIAGNOSE_IDENTIFY_H

#include "src/diagnose/description.h"

#define WCK_IDENTITY_SAME 24   /* most descriptions listed that do the same */
#define WCK_IDENTITY_NAMES 400 /* most names of conventions */

#define WCK_IDENTITY_ROUNDINGS 4 /* most rows of roundings listed that do the same */

/* How far it was got. */
enum wck_identified {
    WCK_IDENTIFIED_NOT,     /* not even where it samples */
    WCK_IDENTIFIED_IN_PART, /* fields by themselves; no whole description fits */
    WCK_IDENTIFIED          /* a description fits all answers within their bounds */
};

/* What became of the question about whole numbers. */
enum wck_rounded {
    WCK_ROUNDED_TOLD,
    WCK_ROUNDED_BY_NO_ROW, /* it rounds as none of the table does */
    WCK_ROUNDED_NOTHING,   /* its kernel copies pixels, or no description fits */
    WCK_ROUNDED_REFUSED    /* it takes no 8-bit images */
};

/* A sample on which the description and the runner-up differ most. */
struct wck_identity_gap {
    double x, y; /* where the description samples, in pixels */
    double got, found, runner_up;
};

struct wck_identity {
    enum wck_identified identified;
    bool pairs;
    struct wck_description found;
    struct wck_distance residual;
    bool reading_known, kernel_known; /* in part: these fields are */
    struct wck_description same[WCK_IDENTITY_SAME];
    size_t same_count;
    bool has_runner_up;
    struct wck_description runner_up;
    struct wck_distance runner_up_residual;
    struct wck_identity_gap gap;
    enum wck_rounded rounded;
    const struct wck_rounding *rounding; /* of whole numbers, where it was told */
    const struct wck_rounding *others[WCK_IDENTITY_ROUNDINGS]; /* that do the same */
    size_t other_count;
    char *names[WCK_IDENTITY_NAMES]; /* "opencv.warpAffine, interp bilinear, ..." */
    size_t name_count;
    size_t questions; /* that were put */
};

/* Asks, and finds the description that fits.  Release whatever was returned.  Errors
 * are the asker's, or of memory; WCK_UNSUPPORTED where the first question is refused.
 */
enum wck_status wck_identify(struct wck_identity *identity,
                             const struct wck_asker *asker, struct wck_error *err);
void wck_identity_release(struct wck_identity *identity);

/* Appends which input would tell the description from others that do the same on all
 * that was asked; nothing where there are none. */
void wck_identity_tell(const struct wck_identity *identity, struct wck_text *text);

#endif
