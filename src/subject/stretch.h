/* Stretch: the bytes that arrays of a call lie in, on a worker's side: of a memory file
 * that grows, or of memory that is read from a pipe. */
#ifndef WCK_SUBJECT_STRETCH_H
#define WCK_SUBJECT_STRETCH_H

#include "reference/tensor.h"

/* {.file = -1} by pipe. */
struct wck_stretch {
    int file;
    bool writable;
    unsigned char *data;
    size_t size;
};

void wck_stretch_release(struct wck_stretch *stretch);

/* Once a call: makes it as long as the file is now, or, without a file, `size` bytes
 * long and all 0.  Pointers into it from before are void. */
enum wck_status wck_stretch_resize(struct wck_stretch *stretch, size_t size,
                                   struct wck_error *err);

/* Places a tensor, whose type, shape and strides are known, at `offset` bytes, which is
 * where its element with all indices 0 lies.  False where it has no element, or one
 * that would lie outside or is not aligned. */
bool wck_stretch_place(const struct wck_stretch *stretch, struct wck_tensor *tensor,
                       size_t offset);

#endif
