/* Spec: the member spec.json of a recording: what the caller of the library chose. */
#ifndef WCK_SUBJECT_SPEC_H
#define WCK_SUBJECT_SPEC_H

#include "reference/convention.h"
#include "src/base/text.h"

struct wck_spec {
    const struct wck_convention *convention;
    const char *layout;         /* NULL: not said; borrowed from `document` */
    struct wck_choices choices; /* its words are borrowed from `document` */
    struct wck_text unread;     /* keys that nothing here knows, "a, b" */
    bool says_clip;             /* true or false; scikit-image clips by default */
    void *document;
};

/* Reads the text; `name` is for messages.  Release whatever was returned.  WCK_FORMAT
 * for what is no JSON object, a value of the wrong kind or a missing convention;
 * WCK_UNSUPPORTED for an unknown one, with those there are.  The keys are in
 * doc/recordings.md; others are listed in `unread`. */
enum wck_status wck_spec_read(const char *name, const char *text, struct wck_spec *spec,
                              struct wck_error *err);
/* Appends the JSON text that wck_spec_read reads as the same convention, layout and
 * choices; what was not said is left out.  WCK_INVALID for words that are not UTF-8. */
enum wck_status wck_spec_write(const struct wck_spec *spec, struct wck_text *text,
                               struct wck_error *err);
void wck_spec_release(struct wck_spec *spec);

#endif
