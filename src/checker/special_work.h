/* Special's work: what the checker special (special.c) shares with its comparisons
 * (special_judge.c). */
#ifndef WCK_CHECKER_SPECIAL_WORK_H
#define WCK_CHECKER_SPECIAL_WORK_H

#include "src/checker/mapped.h"

enum wck_special_kind { WCK_SPECIAL_PLAIN, WCK_SPECIAL_DISTANT, WCK_SPECIAL_LOST };

struct wck_special {
    struct wck_trial *trial;
    struct wck_mapped mapped;
    struct wck_problem put; /* with the special map */
    struct wck_image image, upstream;
    struct wck_image output, plain_output, gradient, want, want_gradient;
    double *x, *y; /* coordinates; those without the special ones are mapped's */
    double *slope[2], *plain_slope[2]; /* their gradients */
    enum wck_special_kind *kind;       /* of each sample */
    struct wck_block one;
    size_t judged, undefined;
    struct wck_text parts; /* gradients: those judged and those refused */
};

size_t wck_special_samples(const struct wck_special *w);

/* The outputs: distant samples against the declared warp's, plain ones to the bit. */
void wck_special_compare_outputs(struct wck_special *w, struct wck_tally *tally);

/* The gradients of the coordinates likewise. */
void wck_special_compare_slopes(struct wck_special *w, struct wck_tally *tally);

/* The image gradient of distant samples against the declared warp's. */
enum wck_status wck_special_check_image_gradient(struct wck_special *w,
                                                 struct wck_tally *tally,
                                                 struct wck_error *err);

#endif
