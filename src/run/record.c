#include "src/run/record.h"

#include "src/checker/checker.h"
#include "src/subject/recorded.h"

enum wck_status wck_record_copy(const struct wck_npz *from, struct wck_npz *to,
                                struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < from->count && status == WCK_OK; i++) {
        const struct wck_npz_member *member = &from->members[i];

        status = member->text != NULL
                     ? wck_npz_add_text(to, member->name, member->text, err)
                     : wck_npz_add_array(to, member->name, &member->tensor, err);
    }
    return status;
}

enum wck_status wck_record_answer(struct wck_subject *subject, struct wck_npz *npz,
                                  struct wck_error *err)
{
    const struct wck_recorded_inputs inputs = {0};
    struct wck_recorded asked = {0};
    struct wck_npz copy = {0};
    enum wck_status status = wck_record_copy(npz, &copy, err);

    if (status == WCK_OK)
        status = wck_recorded_take(&asked, &copy, "call", &inputs, err);
    if (status == WCK_OK)
        status = wck_subject_answer(subject, &asked, npz, err);
    wck_npz_release(&copy);
    wck_recorded_release(&asked);
    return status;
}

enum wck_status wck_record_open_take(struct wck_subject **recorded, const char *name,
                                     struct wck_npz *npz, struct wck_error *err)
{
    enum wck_status status = wck_recording_subject_take(recorded, name, npz, err);

    return status == WCK_FORMAT ? WCK_SUBJECT : status;
}

enum wck_status wck_record_judge(struct wck_subject *recorded, double resolution,
                                 const char *again, struct wck_findings *findings,
                                 struct wck_error *err)
{
    struct wck_trial trial = {
        .subject = recorded,
        .problem = &wck_subject_recording(recorded)->problem,
        .resolution = resolution,
        .again = again,
        .findings = findings,
    };
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < wck_checker_count() && status == WCK_OK; i++) {
        if (wck_checker_row(i)->for_recordings)
            status = wck_checker_run(wck_checker_row(i), &trial, err);
    }
    return status;
}
