/* Map entry: what the samples add up to at one entry of a matrix, and why that is 0. */
#ifndef WCK_COVERAGE_MAP_ENTRY_H
#define WCK_COVERAGE_MAP_ENTRY_H

#include "src/coverage/derivative.h"

/* How a sample's derivative may differ where its coordinate is off within its bound. */
struct wck_map_doubt {
    double spread;              /* from the reference's, at most */
    enum wck_map_reason reason; /* why it may be 0; WCK_MAP_REASON_COUNT: it may not */
};

/* Adds the derivative at another coordinate to a doubt about `d`; one that is not
 * finite there says nothing. */
void wck_map_doubt_add(struct wck_map_doubt *doubt, const struct wck_derivative *d,
                       const struct wck_derivative *other);

/* {0} is an entry without samples. */
struct wck_map_entry {
    double sum, magnitude, error, spread;
    size_t terms, steady; /* samples with a derivative; those that no doubt makes 0 */
    size_t unbounded;     /* samples whose coordinates nobody knows */
    size_t tally[WCK_MAP_REASON_COUNT];  /* of the samples without one */
    size_t doubts[WCK_MAP_REASON_COUNT]; /* of the terms that may have none */
};

/* Adds a sample: its derivative, what is in doubt of it, and by how much the entry
 * moves its coordinate. */
void wck_map_entry_add(struct wck_map_entry *entry, const struct wck_derivative *d,
                       const struct wck_map_doubt *doubt, double moved);

/* Why the samples add up to 0; WCK_MAP_REASON_COUNT where they do not. */
enum wck_map_reason wck_map_entry_reason(const struct wck_derivation *from,
                                         const struct wck_map_entry *entry);

/* Why a given entry is 0 where the reference's is not: a reason for which every sample
 * may have no derivative within its coordinate's bound; cancelled, where their sum is
 * within what the bounds make of it and the backward pass `reaches` another entry of
 * the matrix (that all come to exactly 0 by the sides of knots is no accident);
 * undetermined, where some bound is infinite; else WCK_MAP_LOST. */
enum wck_map_reason wck_map_entry_doubt(const struct wck_derivation *from,
                                        const struct wck_map_entry *entry,
                                        bool reaches);

#endif
