/* C array: arrays as C source, in hexadecimal, so that no number is rounded. */
#ifndef WCK_RUN_C_ARRAY_H
#define WCK_RUN_C_ARRAY_H

#include "reference/tensor.h"
#include "src/base/text.h"

/* Has C such a type, of fixed size, that the plugin ABI has too?  Where not the numbers
 * are written as doubles. */
bool wck_c_has_type(enum wck_dtype dtype);

/* Appends a static array NAME of the contiguous tensor's numbers. */
void wck_c_array(struct wck_text *text, const char *name,
                 const struct wck_tensor *tensor);

/* Appends a static const array NAME_END of doubles. */
void wck_c_ends(struct wck_text *text, const char *name, const char *end,
                const double *numbers, size_t count);

/* Appends NAME_tensor, a struct warpcheck_tensor of the array NAME, by a macro TENSOR(
 * NAME, KIND, RANK); of a type that C has. */
void wck_c_view(struct wck_text *text, const char *name,
                const struct wck_tensor *tensor);

/* Appends a string literal. */
void wck_c_string(struct wck_text *text, const char *string);

#endif
