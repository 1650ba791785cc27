/* Named: the scenes in which people meet a gradient of zeros, and how many entries have
 * which reason there, counted by hand but for the face, which experiments counted. */
#ifndef CHECK_COVERAGE_NAMED_H
#define CHECK_COVERAGE_NAMED_H

#include "check/coverage/drawn.h"

#define NAMED_REASONS 4

struct named {
    const char *name;
    struct trial_warp warp;
    size_t channels;
    const char *type, *subject; /* as drawn_subject has it */
    double loss;                /* the upstream gradient */
    size_t masked_from;         /* the column from which on it is 0; 0: none */
    size_t covered;
    struct {
        const char *reason;
        size_t entries;
    } expected[NAMED_REASONS]; /* of those without a gradient, all */
};

size_t named_count(void);
const struct named *named_row(size_t row);

/* The scene as a case; to be freed. */
struct drawn named_make(const struct named *named);

#endif
