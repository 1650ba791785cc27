/* Verify: the job of putting many problems to one subject. */
#ifndef WCK_RUN_VERIFY_H
#define WCK_RUN_VERIFY_H

#include "src/checker/checker.h"
#include "src/run/calls.h"
#include "src/run/shrink.h"
#include "src/verdict/baseline.h"

#define WCK_VERIFY_CHECKERS 32
#define WCK_VERIFY_LEVELS 5
#define WCK_VERIFY_LEVEL 3 /* unless another is asked for */

/* What to verify; {0} except for the subject means: everything, at the harness's
 * choice.  With `calls` a library's convention is verified: the subject answers calls
 * in that library's words, and each answer is judged as a recording is; of the rest
 * only the resolution and the progress apply.  A recording is one problem by itself,
 * and its own checker's: of the rest only the resolution applies to it. */
struct wck_verify_request {
    struct wck_subject *subject;           /* borrowed */
    const struct wck_calls_request *calls; /* NULL: no library's convention */
    const size_t *call;                    /* of them only this one; NULL: all */
    const struct wck_kernel *kernel;       /* NULL: all */
    const struct wck_border *border;       /* NULL: all */
    const char *layout;                    /* NULL: all usual ones */
    const enum wck_dtype *dtype;           /* NULL: float64 and float32 */
    const double *matrix;               /* 6; NULL: several, with exact coordinates */
    enum wck_direction direction;       /* of `matrix` */
    const double *border_value;         /* NULL: chosen, one a channel */
    size_t border_values;               /* 1, or as many as channels */
    size_t source_height, source_width; /* 0: landscape and portrait, primes */
    size_t output_height, output_width; /* 0: near the source's size */
    size_t channels;                    /* 0: 3 (1 where the layout has no C) */
    uint64_t seed;                      /* 0: 1 */
    int level;         /* how much is tried, 1 to WCK_VERIFY_LEVELS; 0: WCK_VERIFY_LEVEL
                          (plan.h) */
    double resolution; /* 0: the checkers' own */
    double budget;     /* seconds that it may take (budget.h); 0: no limit */
    bool shrink; /* reduce the first failure that is not known; not of a recording: it
                    does not answer */
    struct wck_baseline *baseline; /* what is known; judged at the end.  NULL: nothing;
                                      borrowed */
    const struct wck_checker *checkers[WCK_VERIFY_CHECKERS];
    size_t checker_count; /* 0: all of the level */
    /* Called after each problem with how many are done; NULL: not. */
    void (*progress)(void *state, size_t done, size_t total);
    void *progress_state;
};

struct wck_verification {
    struct wck_findings findings;
    enum wck_verdict verdict;
    size_t problems;  /* that were judged */
    size_t left_out;  /* problems or calls that the budget had no time for */
    bool fills_zero;  /* border values were 0: the subject takes no others */
    size_t rounded;   /* problems whose coordinates were let round (grid_rounding.h) */
    size_t same_size; /* calls with outputs of the image's size: others are refused */
    size_t refused;   /* calls that the subject, or the library, does not serve */
    char *refusal;    /* the first one's reason; NULL: none */
    char *diagnosis;  /* the culprit in a sentence or two; NULL where nothing failed */
    struct wck_shrunk *shrunk; /* NULL where nothing failed that is not known, or it was
                                  not asked for */
};

/* Runs the job; release whatever was returned.  WCK_INVALID for a request that
 * contradicts itself.  WCK_SUBJECT where the subject was at fault at least once: the
 * findings are kept, what a fault left unjudged is inconclusive and says so, and the
 * job went on with the next checker until the subject was lost. */
enum wck_status wck_verify(struct wck_verification *verification,
                           const struct wck_verify_request *request,
                           struct wck_error *err);
void wck_verification_release(struct wck_verification *verification);

#endif
