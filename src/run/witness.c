#include "src/run/witness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/run/posed.h"
#include "src/run/record.h"

void wck_witness_release(struct wck_witness *witness)
{
    wck_npz_release(&witness->inputs);
    wck_npz_release(&witness->recording);
    *witness = (struct wck_witness){0};
}

enum wck_status wck_witness_pose(struct wck_witness *witness,
                                 const struct wck_problem *problem, size_t way,
                                 struct wck_error *err)
{
    wck_npz_release(&witness->inputs);
    witness->problem = problem;
    witness->way = way;
    return wck_posed_inputs(problem, way, &witness->inputs, err);
}

/* ---- does it fail? ---- */

static enum wck_status answer(const struct wck_witness *witness,
                              struct wck_subject *subject, struct wck_npz *npz,
                              struct wck_error *err)
{
    enum wck_status status = wck_record_copy(&witness->inputs, npz, err);

    if (status != WCK_OK)
        return status;
    return witness->problem != NULL
               ? wck_posed_answer(witness->problem, witness->way, subject, npz, err)
               : wck_record_answer(subject, npz, err);
}

/* The first failing finding with that id, or any where it is "". */
static const struct wck_finding *find_failed(const struct wck_findings *findings,
                                             const char *id)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct wck_finding *finding = &findings->items[i];

        if (finding->verdict == WCK_FAIL &&
            (*id == '\0' || strcmp(finding->id, id) == 0))
            return finding;
    }
    return NULL;
}

static enum wck_status judge(const struct wck_npz *answered, const char *name,
                             double resolution, struct wck_findings *findings,
                             struct wck_error *err)
{
    struct wck_npz copy = {0};
    struct wck_subject *recorded = NULL;
    enum wck_status status = wck_record_copy(answered, &copy, err);

    if (status == WCK_OK)
        status = wck_record_open_take(&recorded, name, &copy, err);
    if (status == WCK_OK)
        status = wck_record_judge(recorded, resolution, NULL, findings, err);
    wck_npz_release(&copy);
    wck_subject_free(recorded);
    return status;
}

enum wck_status wck_witness_try(struct wck_witness *witness,
                                struct wck_subject *subject, double resolution,
                                bool *fails, struct wck_error *err)
{
    struct wck_npz answered = {0};
    struct wck_findings findings = {0};
    struct wck_error why = {WCK_OK, ""};
    const struct wck_finding *failed = NULL;
    enum wck_status status = answer(witness, subject, &answered, &why);

    if (status == WCK_OK)
        status =
            judge(&answered, wck_subject_name(subject), resolution, &findings, &why);
    if (status == WCK_OK)
        failed = find_failed(&findings, witness->id);
    *fails = failed != NULL;
    if (*fails) {
        memcpy(witness->id, failed->id, sizeof witness->id);
        wck_npz_release(&witness->recording);
        witness->recording = answered;
        answered = (struct wck_npz){0};
    }
    wck_npz_release(&answered);
    wck_findings_release(&findings);
    if (status == WCK_OK || status == WCK_UNSUPPORTED)
        return WCK_OK;
    return wck_error_set(err, status, "%s", why.text);
}

/* ---- simpler arrays ---- */

static struct wck_tensor *find_array(struct wck_npz *npz, const char *name)
{
    for (size_t i = 0; i < npz->count; i++) {
        if (npz->members[i].text == NULL && strcmp(npz->members[i].name, name) == 0)
            return &npz->members[i].tensor;
    }
    return NULL;
}

/* In the order in which they are tried: entries of an array become a number. */
static const struct {
    const char *array;
    double number;
} steps[] = {
    {"grad_output", 0.0},
    {"image", 0.0},
    {"grad_output", 1.0},
    {"image", 1.0},
};

/* Is there anything to do?  What is 0 stays 0. */
static bool is_settled(double value, double number)
{
    return fpclassify(value) == FP_ZERO || fpclassify(value - number) == FP_ZERO;
}

/* An array that is being made simpler. */
struct reduction {
    struct wck_witness *witness;
    struct wck_subject *subject;
    double resolution;
    size_t *tries;
    const struct wck_tensor *tensor;
    double number; /* that its entries become */
    double *held;  /* room for what they were */
};

/* Sets entries first .. first+count-1 where it still fails; restores them where not. */
static enum wck_status try_run(const struct reduction *r, size_t first, size_t count,
                               struct wck_error *err)
{
    bool open = false, fails = false;
    enum wck_status status;

    for (size_t i = 0; i < count; i++) {
        r->held[i] = wck_tensor_get(r->tensor, (ptrdiff_t)(first + i));
        open |= !is_settled(r->held[i], r->number);
    }
    if (!open || *r->tries == 0)
        return WCK_OK;
    for (size_t i = 0; i < count; i++) {
        if (!is_settled(r->held[i], r->number))
            wck_tensor_set(r->tensor, (ptrdiff_t)(first + i), r->number);
    }
    --*r->tries;
    status = wck_witness_try(r->witness, r->subject, r->resolution, &fails, err);
    for (size_t i = 0; i < count && !fails; i++)
        wck_tensor_set(r->tensor, (ptrdiff_t)(first + i), r->held[i]);
    return status;
}

/* All entries at once, then halves of them, and so on down to single ones. */
static enum wck_status simplify(struct reduction *r, size_t step, struct wck_error *err)
{
    size_t count;
    enum wck_status status = WCK_OK;

    r->tensor = find_array(&r->witness->inputs, steps[step].array);
    count = r->tensor != NULL ? wck_tensor_count(r->tensor) : 0;
    r->number = steps[step].number;
    r->held = calloc(count > 0 ? count : 1, sizeof *r->held);
    if (r->held == NULL)
        return wck_error_no_memory(err);
    for (size_t run = count; run > 0 && status == WCK_OK; run /= 2) {
        for (size_t first = 0; first < count && status == WCK_OK; first += run)
            status = try_run(r, first, run < count - first ? run : count - first, err);
    }
    free(r->held);
    return status;
}

enum wck_status wck_witness_reduce(struct wck_witness *witness,
                                   struct wck_subject *subject, double resolution,
                                   size_t *tries, struct wck_error *err)
{
    struct reduction r = {.witness = witness,
                          .subject = subject,
                          .resolution = resolution,
                          .tries = tries};
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && status == WCK_OK; i++)
        status = simplify(&r, i, err);
    return status;
}
