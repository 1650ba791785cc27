/* Stand-in: a subject that does what a behaviour does, spoiled in one way. */
#ifndef CHECK_CHECKER_STAND_IN_H
#define CHECK_CHECKER_STAND_IN_H

#include "src/deviation/deviation.h"
#include "src/subject/subject.h"

struct stand_in {
    struct wck_behaviour behaviour;
    /* Change what the behaviour answered; NULL: leave it.  `calls` of that kind were
     * made before. */
    void (*after_forward)(const struct wck_warp *warp, const struct wck_image *image,
                          const struct wck_image *output, size_t calls);
    void (*after_vjp)(const struct wck_warp *warp, const struct wck_image *upstream,
                      const struct wck_gradients *gradients, size_t calls);
    /* Answered instead, from call number `good_calls` on; WCK_OK: never. */
    enum wck_status forward_status, vjp_status;
    size_t good_calls;
    size_t forward_calls, vjp_calls;
};

/* The reference, to be spoiled. */
struct stand_in stand_in_reference(void);

/* A subject that works as a copy of `like`; free with wck_subject_free. */
struct wck_subject *stand_in_new(const struct stand_in *like);

/* A problem that shows most faults: bilinear with border constant, HWC float64, three
 * channels with border values of their own, landscape to portrait, by a shear from
 * output to source that leaves the image on all sides; no two axes are alike. */
struct wck_problem sheared_problem(void);

/* Its matrix. */
extern const double sheared_matrix[6];

#endif
