/* Posed: a problem as a call, in the words of a recording.
 *
 * The subject is put the problem itself, as checkers put it; what it answers is kept
 * under the reference's own convention, whose words and arrays say the same. */
#ifndef WCK_RUN_POSED_H
#define WCK_RUN_POSED_H

#include "src/io/npz.h"
#include "src/subject/subject.h"

/* How many ways there are to put a problem (by its matrix; by a coordinate for each
 * sample), numbered from 0. */
size_t wck_posed_ways(void);

/* Adds what goes in: random images from the problem's seed, the map, a border value for
 * each channel where the border reads one, spec.json. */
enum wck_status wck_posed_inputs(const struct wck_problem *problem, size_t way,
                                 struct wck_npz *npz, struct wck_error *err);

/* Puts it to the subject with the images and the map of the archive, and adds the
 * output and every gradient that the subject serves. */
enum wck_status wck_posed_answer(const struct wck_problem *problem, size_t way,
                                 struct wck_subject *subject, struct wck_npz *npz,
                                 struct wck_error *err);

#endif
