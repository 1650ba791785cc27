/* Member: an array of a recording, by name, and what may be wrong with it.  Errors name
 * the file and the member. */
#ifndef WCK_SUBJECT_MEMBER_H
#define WCK_SUBJECT_MEMBER_H

#include "reference/image.h"
#include "src/io/npz.h"

struct wck_archive {
    const char *path;
    struct wck_npz npz;
};

/* WCK_FORMAT: "FILE: MEMBER why". */
enum wck_status wck_member_reject(const struct wck_archive *archive, const char *name,
                                  const char *why, struct wck_error *err);

/* The same, saying the member's shape and what is wanted, as in "output is 5x4". */
enum wck_status wck_member_reject_shape(const struct wck_archive *archive,
                                        const char *name, const char *wanted,
                                        struct wck_error *err);

/* Borrowed; NULL where there is none. */
const struct wck_tensor *wck_member_find(const struct wck_archive *archive,
                                         const char *name);

enum wck_status wck_member_require(const struct wck_archive *archive, const char *name,
                                   struct wck_error *err);

/* Member `name` must have the shape, or the type, of `like`; both are there. */
enum wck_status wck_member_check_shape(const struct wck_archive *archive,
                                       const char *name, const char *like,
                                       struct wck_error *err);
enum wck_status wck_member_check_dtype(const struct wck_archive *archive,
                                       const char *name, const char *like,
                                       struct wck_error *err);

/* The numbers as doubles, in C order; the caller frees (NULL after an error). `finite`:
 * all must be. */
enum wck_status wck_member_numbers(const struct wck_archive *archive, const char *name,
                                   bool finite, double **numbers,
                                   struct wck_error *err);

/* Views a member that must be there, as an image of the given layout. */
enum wck_status wck_member_view(const struct wck_archive *archive, const char *name,
                                const char *layout, struct wck_image *image,
                                struct wck_error *err);

#endif
