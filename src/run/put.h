/* Put: one problem put to one subject, by all checkers that are asked for. */
#ifndef WCK_RUN_PUT_H
#define WCK_RUN_PUT_H

#include "src/run/fault.h"
#include "src/run/grid_rounding.h"
#include "src/run/verify.h"

/* Adds the findings to those of the verification; where the subject shows that its
 * coordinates round as a grid's, gives the problem that arithmetic and counts it.  A
 * fault of the subject is noted, and WCK_SUBJECT only where it is lost. */
enum wck_status wck_put_problem(struct wck_verification *verification,
                                const struct wck_verify_request *request,
                                struct wck_grid_rounding_shown *shown,
                                struct wck_problem *problem, struct wck_faults *faults,
                                struct wck_error *err);

#endif
