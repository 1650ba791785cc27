/* Offer: a built-in subject, as what a worker answers with. */
#ifndef WCK_SUBJECT_OFFER_H
#define WCK_SUBJECT_OFFER_H

#include "src/subject/plugin.h"

/* Does the name begin with the prefix of subjects of ours that answer calls, as in
 * builtin:reference and deviation:NAME? */
bool wck_offer_named(const char *name);

/* Such a subject, in a plugin's place: it answers calls in the harness's own convention
 * and in those of libraries, a vjp only as a whole, and batch items one by one: a
 * deviation of batches shows in no such call.  A jvp and a second in the former
 * convention only. WCK_INVALID where there is none of that name; free with
 * wck_plugin_free. */
enum wck_status wck_offer_new(struct wck_plugin **plugin, const char *name,
                              struct wck_error *err);

#endif
