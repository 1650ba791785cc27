/* Npy: NumPy's array file, versions 1 to 3 (numpy/lib/format.py describes it). */
#ifndef WCK_IO_NPY_H
#define WCK_IO_NPY_H

#include "reference/tensor.h"
#include "src/base/text.h"

/* Reads an array of either byte order and either storage order into new memory, which
 * the caller frees (tensor->data; NULL after an error).  A Fortran-ordered array keeps
 * its order, by strides.  WCK_IO where the file cannot be read; WCK_FORMAT, naming the
 * path, for what is no .npy, is cut short, holds objects or another type than those of
 * WCK_DTYPES, or has more than WCK_TENSOR_RANK axes.  An array may be empty (a size of
 * 0): see wck_tensor_count. */
enum wck_status wck_npy_read(const char *path, struct wck_tensor *tensor,
                             struct wck_error *err);

/* The same from the bytes of a file; `name` is for messages. */
enum wck_status wck_npy_decode(const char *name, const void *bytes, size_t size,
                               struct wck_tensor *tensor, struct wck_error *err);

/* Appends the array as version 1.0, little endian, C order, whatever its strides. */
enum wck_status wck_npy_encode(const struct wck_tensor *tensor, struct wck_text *text,
                               struct wck_error *err);

#endif
