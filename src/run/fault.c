#include "src/run/fault.h"

void wck_faults_note(struct wck_faults *faults, const struct wck_error *why)
{
    if (faults->count++ == 0)
        faults->first = *why;
}

enum wck_status wck_faults_conclude(const struct wck_faults *faults,
                                    enum wck_verdict *verdict, struct wck_error *err)
{
    if (faults->count == 0)
        return WCK_OK;
    if (*verdict != WCK_FAIL)
        *verdict = WCK_INCONCLUSIVE;
    return wck_error_set(err, WCK_SUBJECT, "the subject %s%s", faults->first.text,
                         faults->count > 1 ? " (the first fault of several)" : "");
}
