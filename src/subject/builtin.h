/* Built-in subjects: the reference, and the reference with one deviation. */
#ifndef WCK_SUBJECT_BUILTIN_H
#define WCK_SUBJECT_BUILTIN_H

#include "src/subject/subject.h"

extern const struct wck_subject_kind wck_subject_builtin;   /* builtin:reference */
extern const struct wck_subject_kind wck_subject_deviation; /* deviation:NAME */

#endif
