/* Drawn: a warp, an upstream gradient and a subject with its gradient, by lot; what the
 * subject loses is planted.  Seed and number name a case, on every machine. */
#ifndef CHECK_COVERAGE_DRAWN_H
#define CHECK_COVERAGE_DRAWN_H

#include "check/coverage/explain.h"
#include "src/base/rng.h"

struct drawn {
    struct trial_warp warp;
    size_t batch, channels;
    const char *layout;
    const struct explain_type *type;
    const char *subject, *map; /* how it was made, for a message */
    bool unknown;              /* the upstream gradient is not told */
    /* Plane by plane, owned; of the last three any may be NULL. */
    double *upstream, *gradient, *numeric, *response;
};

struct drawn drawn_make(uint64_t seed, uint64_t number);
void drawn_free(struct drawn *drawn);

/* The subjects: each makes gradient, numeric and response from the warp and the
 * upstream gradient. */
size_t drawn_subjects(void);
const char *drawn_subject(size_t row);

/* Gives the case the subject of that row. */
void drawn_give(struct drawn *drawn, size_t row, struct wck_rng *rng);

#endif
