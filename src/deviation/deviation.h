/* Deviation: a named way to be wrong, expressed as a change of the reference.  The set
 * is both what the checkers are tested with and what explains a failure. */
#ifndef WCK_DEVIATION_DEVIATION_H
#define WCK_DEVIATION_DEVIATION_H

#include "reference/warp.h"

/* What a subject does: how it warps forward, how it goes back, and what it stores. */
struct wck_behaviour {
    struct wck_stages forward;
    struct wck_stages backward;
    bool whole_outputs; /* rounds every output to a whole number */
    bool adds_outputs;  /* to what the output held before */
};

/* Both passes the reference's. */
struct wck_behaviour wck_behaviour_reference(void);

struct wck_deviation {
    const char *name;
    const char *summary; /* "truncates the coordinate instead of taking its floor" */
    const char
        *equivalent;    /* what else it is the same as, or NULL: "border replicate" */
    const char *source; /* the published bug it stands for */
    const char *remedy; /* what to change in a warp that does this */
    const char *kernel; /* that it shows with; NULL: bilinear */
    size_t side; /* of an image and an output that it shows in, at least; 0: any */
    bool own_gradient; /* its gradient is that of its own output, which bends where the
                          declared one does */
    bool wide;         /* it shows in float64 only */
    bool unrecorded;   /* no recording of one call with finite numbers shows it: images
                          with NaN in them do, or buffers that held something */
    void (*apply)(struct wck_behaviour *behaviour);
};

/* Which pass a row changes. */
enum wck_scope { WCK_SCOPE_FORWARD, WCK_SCOPE_BACKWARD, WCK_SCOPE_BOTH };

enum wck_scope wck_deviation_scope(const struct wck_deviation *row);

/* The rows by folder file, each ending with a row without a name; use the functions
 * below. */
extern const struct wck_deviation wck_deviations_sampling[], wck_deviations_weights[],
    wck_deviations_rim[], wck_deviations_placing[], wck_deviations_moving[],
    wck_deviations_storing[], wck_deviations_pullback[], wck_deviations_scattering[],
    wck_deviations_steepness[];

/* Rows 0 .. wck_deviation_count()-1, the simplest first; NULL beyond. */
size_t wck_deviation_count(void);
const struct wck_deviation *wck_deviation_row(size_t row);
const struct wck_deviation *wck_deviation_find(const char *name);

/* False where the behaviour changes how taps are folded or listed along an axis, and
 * the warp's kernel has a footprint, not stencils: it would change nothing. */
bool wck_behaviour_serves(const struct wck_behaviour *behaviour,
                          const struct wck_warp *warp);

/* output = warp(image) as the behaviour has it, and its pull-back: as wck_warp_forward
 * and wck_warp_vjp; WCK_UNSUPPORTED where the behaviour does not serve the warp. */
enum wck_status wck_behaviour_forward(const struct wck_behaviour *behaviour,
                                      const struct wck_warp *warp,
                                      const struct wck_image *image,
                                      const struct wck_image *output,
                                      struct wck_error *err);
enum wck_status
wck_behaviour_vjp(const struct wck_behaviour *behaviour, const struct wck_warp *warp,
                  const struct wck_image *image, const struct wck_image *upstream,
                  const struct wck_gradients *gradients, struct wck_error *err);

/* The tangent of the output as the forward stages have it: as wck_warp_jvp.  Of whole
 * outputs there is none, nor where sums are not the reference's, nor of the matrix
 * where coordinates are not. */
enum wck_status
wck_behaviour_jvp(const struct wck_behaviour *behaviour, const struct wck_warp *warp,
                  const struct wck_image *image, const struct wck_tangents *tangents,
                  const struct wck_image *output, struct wck_error *err);

/* The derivatives of the pull-back, as wck_warp_second.  WCK_UNSUPPORTED where any of
 * the backward stages is not the reference's: what replaces it says nothing of its own
 * derivatives. */
enum wck_status
wck_behaviour_second(const struct wck_behaviour *behaviour, const struct wck_warp *warp,
                     const struct wck_image *image, const struct wck_image *upstream,
                     const struct wck_tangents *along, const struct wck_second *second,
                     struct wck_error *err);

#endif
