/* The rows of the checkers' registry, one a file. */
#ifndef WCK_CHECKER_CHECKERS_H
#define WCK_CHECKER_CHECKERS_H

#include "src/checker/checker.h"

extern const struct wck_checker wck_checker_determinism;
extern const struct wck_checker wck_checker_statelessness;
extern const struct wck_checker wck_checker_prefilled;
extern const struct wck_checker wck_checker_forward;
extern const struct wck_checker wck_checker_independence;
extern const struct wck_checker wck_checker_linearity;
extern const struct wck_checker wck_checker_jacobian;
extern const struct wck_checker wck_checker_adjoint;
extern const struct wck_checker wck_checker_border_value;
extern const struct wck_checker wck_checker_coordinates;
extern const struct wck_checker wck_checker_matrix;
extern const struct wck_checker wck_checker_taylor;
extern const struct wck_checker wck_checker_forward_mode;
extern const struct wck_checker wck_checker_second_order;
extern const struct wck_checker wck_checker_pullback_linearity;
extern const struct wck_checker wck_checker_poison;
extern const struct wck_checker wck_checker_layouts;
extern const struct wck_checker wck_checker_subsets;
extern const struct wck_checker wck_checker_special;
extern const struct wck_checker wck_checker_index_range;
extern const struct wck_checker wck_checker_recording;

#endif
