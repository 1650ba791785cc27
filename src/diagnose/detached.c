#include "src/diagnose/detached.h"

#include <stdlib.h>

#include "src/base/text.h"

enum wck_status wck_detached_say(const struct wck_subject *subject,
                                 enum wck_verdict verdict, char **sentence,
                                 struct wck_error *err)
{
    struct wck_text text = {0};
    size_t count = 0;
    const char *name;

    if (wck_subject_lost(subject, 0) == NULL ||
        (verdict != WCK_FAIL && verdict != WCK_MARGINAL))
        return WCK_OK;
    wck_text_printf(&text, "autograd has no path from the output to its ");
    for (; (name = wck_subject_lost(subject, count)) != NULL; count++)
        wck_text_printf(&text, "%s%s", count > 0 ? ", " : "", name);
    wck_text_printf(&text,
                    " (None): %s detached, computed under no_grad, or went through "
                    "NumPy",
                    count > 1 ? "they were" : "it was");
    if (*sentence != NULL)
        wck_text_printf(&text, ". By its numbers: %s", *sentence);
    if (text.failed) {
        wck_text_release(&text);
        return wck_error_no_memory(err);
    }
    free(*sentence);
    *sentence = text.data;
    return WCK_OK;
}
