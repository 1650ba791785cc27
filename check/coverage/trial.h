/* Trial: a warp as a black box that experiments are made with: move the coordinates,
 * and see which pixels answer.  In quadruple precision, by the oracle's weights; shares
 * nothing with reference/ or src/coverage.
 *
 * Coordinates are exact here, and rounded to double in the warp that is judged: use
 * numbers of few bits, or of so many that nothing is nearly a tie. */
#ifndef CHECK_COVERAGE_TRIAL_H
#define CHECK_COVERAGE_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

struct trial_warp {
    const char *kernel, *border; /* by name; not area */
    double matrix[6];
    bool to_output; /* the matrix leads from source to output */
    bool collapses; /* OpenCV's rule: all samples read (0, 0), whatever the matrix */
    size_t source[2], output[2]; /* width, height */
};

/* Output o answers to a pixel with this weight. */
struct trial_answer {
    size_t output;
    __float128 weight;
};

/* The answers of each pixel: those of pixel p are answer[begin[p]] up to begin[p+1]. */
struct trial_answers {
    size_t *begin;
    struct trial_answer *answer;
};

/* With all coordinates moved to the right and down.  A tap of weight 0 is no
 * answer, and taps of one output on one pixel are one.  Release with
 * trial_answers_free. */
struct trial_answers trial_answers_of(const struct trial_warp *warp, __float128 right,
                                      __float128 down);
void trial_answers_free(struct trial_answers *answers);

/* How far the coordinates can be moved to the right and down with no sample leaving its
 * cell, halved; 0 for a kernel that lists nothing beside what it weighs. */
__float128 trial_nudge(const struct trial_warp *warp);

/* Is the centre of source pixel (x, y) in the outline of the output, carried back: the
 * polygon of its four corners, edges included? */
bool trial_frames(const struct trial_warp *warp, size_t x, size_t y);

#endif
