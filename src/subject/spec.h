/* Spec: the member spec.json of a recording: what the caller of the library chose. */
#ifndef WCK_SUBJECT_SPEC_H
#define WCK_SUBJECT_SPEC_H

#include "reference/convention.h"

struct wck_spec {
    const struct wck_convention *convention;
    const char *layout;         /* NULL: not said; borrowed from `document` */
    struct wck_choices choices; /* its words are borrowed from `document` */
    void *document;
};

/* Reads the text; `name` is for messages.  Release whatever was returned.  WCK_FORMAT
 * for what is no JSON object, a key that no recording has, a value of the wrong kind or
 * a missing convention; WCK_UNSUPPORTED for an unknown one, with those there are.
 *
 * Keys: convention, interp, border, layout, version; path, how the map was given where
 * a convention has two ways (coords and callable mean NAME.coords); align_corners,
 * inverse_map and prefilter, true or false.  For people only: library, versions, opset,
 * host, ipp, seed.
 */
enum wck_status wck_spec_read(const char *name, const char *text, struct wck_spec *spec,
                              struct wck_error *err);
void wck_spec_release(struct wck_spec *spec);

#endif
