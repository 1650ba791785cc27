/* Npz: NumPy's archive of arrays, a zip with one .npy a name; ours also holds texts
 * (spec.json of a recording). */
#ifndef WCK_IO_NPZ_H
#define WCK_IO_NPZ_H

#include "reference/tensor.h"
#include "src/base/text.h"

struct wck_npz_member {
    char *name;               /* without ".npy" for an array */
    struct wck_tensor tensor; /* data NULL for a text */
    char *text;               /* NULL for an array; terminated */
};

/* {0} is an empty archive; everything is owned. */
struct wck_npz {
    struct wck_npz_member *members;
    size_t count;
};

/* Most members that are read, and most bytes that they may unpack to, together. */
#define WCK_NPZ_MEMBERS 1000
#define WCK_NPZ_BYTES ((size_t)1073741824)

/* Reads every member: *.npy as arrays, *.json as texts; others are WCK_FORMAT.  Release
 * with wck_npz_release, whatever was returned.  Errors as wck_npy_read; an archive cut
 * short, encrypted, with a name twice, whose checksums or sizes do not agree, or beyond
 * the limits above is WCK_FORMAT.  Memory grows with what is unpacked, never with what
 * the archive says of itself. */
enum wck_status wck_npz_read(const char *path, struct wck_npz *npz,
                             struct wck_error *err);
void wck_npz_release(struct wck_npz *npz);

/* The array called `name`, the text called `name` ("spec.json"); NULL where there is
 * none.  Borrowed. */
const struct wck_tensor *wck_npz_array(const struct wck_npz *npz, const char *name);
const char *wck_npz_text(const struct wck_npz *npz, const char *name);

/* Adds an array (copied, to C order) or a text (copied); WCK_INVALID for a name that is
 * there. */
enum wck_status wck_npz_add_array(struct wck_npz *npz, const char *name,
                                  const struct wck_tensor *tensor,
                                  struct wck_error *err);
enum wck_status wck_npz_add_text(struct wck_npz *npz, const char *name,
                                 const char *text, struct wck_error *err);

/* Appends the archive's bytes, the same each time. */
enum wck_status wck_npz_encode(const struct wck_npz *npz, struct wck_text *bytes,
                               struct wck_error *err);

/* Writes the archive, whole or not at all. */
enum wck_status wck_npz_write(const struct wck_npz *npz, const char *path,
                              struct wck_error *err);

#endif
