#include "src/run/shrink.h"

#include <stdlib.h>
#include <string.h>

#include "src/run/posed.h"
#include "src/run/record.h"
#include "src/run/trim.h"
#include "src/subject/recording.h"

struct search {
    const struct wck_shrink_request *request;
    const struct wck_checker *checker;
    struct wck_shrunk *shrunk;
    struct wck_faults *faults;
    size_t left;  /* tries */
    bool visible; /* in a recording */
    size_t way;   /* that it is made */
    bool lost;    /* the subject is gone */
};

/* What is no error of ours: a fault is noted, and all is well but for that. */
static enum wck_status settle(struct search *search, enum wck_status status,
                              const struct wck_error *why, struct wck_error *err)
{
    if (status != WCK_SUBJECT)
        return status == WCK_OK ? WCK_OK : wck_error_set(err, status, "%s", why->text);
    wck_faults_note(search->faults, why);
    search->lost = wck_subject_is_lost(search->request->subject);
    return WCK_OK;
}

/* Puts the problem to the checker; where the failure is there, moves it to *found. */
static enum wck_status check(struct search *search, const struct wck_problem *problem,
                             struct wck_finding *found, struct wck_error *err)
{
    const struct wck_shrink_request *request = search->request;
    struct wck_findings findings = {0};
    struct wck_error why = {WCK_OK, ""};
    struct wck_trial trial = {
        .subject = request->subject,
        .problem = problem,
        .resolution = request->resolution,
        .findings = &findings,
        .not_deterministic = wck_subject_varies(request->subject),
    };
    enum wck_status status = wck_checker_run(search->checker, &trial, &why);

    *found = (struct wck_finding){0};
    for (size_t i = 0; i < findings.count && status == WCK_OK; i++) {
        struct wck_finding *finding = &findings.items[i];

        if (finding->verdict == WCK_FAIL &&
            strcmp(finding->id, request->finding->id) == 0) {
            *found = *finding;
            *finding = (struct wck_finding){0};
            break;
        }
    }
    wck_findings_release(&findings);
    return settle(search, status, &why, err);
}

/* Does it show in a recording, made one way? */
static enum wck_status show(struct search *search, const struct wck_problem *problem,
                            size_t way, struct wck_witness *witness, bool *fails,
                            struct wck_error *err)
{
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = wck_witness_pose(witness, problem, way, &why);

    *fails = false;
    if (status == WCK_OK)
        status = wck_witness_try(witness, search->request->subject,
                                 search->request->resolution, fails, &why);
    return settle(search, status, &why, err);
}

/* Takes a simpler problem that fails by `found`, and by a recording where it has to. */
static void keep(struct search *search, const struct wck_simpler *simpler,
                 struct wck_finding *found, struct wck_witness *witness)
{
    struct wck_shrunk *shrunk = search->shrunk;

    wck_simpler_of(&shrunk->smallest, &simpler->problem);
    wck_finding_release(&shrunk->finding);
    shrunk->finding = *found;
    *found = (struct wck_finding){0};
    if (search->visible) {
        wck_witness_release(&shrunk->witness);
        shrunk->witness = *witness;
        shrunk->witness.problem = &shrunk->smallest.problem;
        *witness = (struct wck_witness){0};
    }
    shrunk->kept++;
}

/* Keeps a candidate where it fails. */
static enum wck_status try_one(struct search *search, const struct wck_simpler *simpler,
                               bool *kept, struct wck_error *err)
{
    struct wck_finding found = {0};
    struct wck_witness witness = {0};
    bool shows = !search->visible;
    enum wck_status status = check(search, &simpler->problem, &found, err);

    *kept = false;
    search->left--;
    search->shrunk->tried++;
    if (status == WCK_OK && found.checker != NULL && search->visible && !search->lost)
        status = show(search, &simpler->problem, search->way, &witness, &shows, err);
    if (status == WCK_OK && found.checker != NULL && shows) {
        keep(search, simpler, &found, &witness);
        *kept = true;
    }
    wck_finding_release(&found);
    wck_witness_release(&witness);
    return status;
}

static bool goes_on(const struct search *search)
{
    return search->left > 0 && !search->lost;
}

/* One attempt of one row, as often as it succeeds. */
static enum wck_status repeat(struct search *search,
                              const struct wck_simplification *row, size_t attempt,
                              bool *changed, struct wck_error *err)
{
    struct wck_error why = {WCK_OK, ""};
    bool kept = true;
    enum wck_status status = WCK_OK;

    while (kept && status == WCK_OK && goes_on(search)) {
        struct wck_simpler simpler;

        wck_simpler_of(&simpler, &search->shrunk->smallest.problem);
        if (!row->apply(&simpler, attempt) ||
            wck_warp_check(&simpler.problem.warp, &why) != WCK_OK)
            break;
        status = try_one(search, &simpler, &kept, err);
        *changed |= kept;
    }
    return status;
}

/* All rows in their order, until none of them changes anything. */
static enum wck_status simplify(struct search *search, struct wck_error *err)
{
    bool changed = true;
    enum wck_status status = WCK_OK;

    while (changed && goes_on(search)) {
        changed = false;
        for (size_t r = 0; r < wck_simplification_count(); r++) {
            const struct wck_simplification *row = wck_simplification_row(r);

            for (size_t i = 0; i < row->attempts && status == WCK_OK; i++)
                status = repeat(search, row, i, &changed, err);
        }
        if (status != WCK_OK)
            return status;
    }
    return WCK_OK;
}

static char *copy_text(const char *text, bool *failed)
{
    char *copy = text != NULL ? strdup(text) : NULL;

    *failed |= text != NULL && copy == NULL;
    return copy;
}

/* The finding that was given, with texts of its own. */
static enum wck_status copy_finding(const struct wck_finding *from,
                                    struct wck_finding *to, struct wck_error *err)
{
    bool failed = false;

    *to = *from;
    to->subject = copy_text(from->subject, &failed);
    to->problem = copy_text(from->problem, &failed);
    to->detail = copy_text(from->detail, &failed);
    to->cause = copy_text(from->cause, &failed);
    to->reproduce = copy_text(from->reproduce, &failed);
    return failed ? wck_error_no_memory(err) : WCK_OK;
}

/* Does the original fail again, and in which recording does that show? */
static enum wck_status look_again(struct search *search, struct wck_error *err)
{
    struct wck_shrunk *shrunk = search->shrunk;
    struct wck_finding found;
    enum wck_status status = check(search, search->request->problem, &found, err);

    shrunk->repeats = found.checker != NULL;
    wck_finding_release(&found);
    for (size_t way = 0; way < wck_posed_ways() && status == WCK_OK; way++) {
        if (!shrunk->repeats || search->visible || search->lost)
            break;
        status = show(search, &shrunk->smallest.problem, way, &shrunk->witness,
                      &search->visible, err);
        search->way = way;
    }
    if (!search->visible)
        wck_witness_release(&shrunk->witness);
    return status;
}

static enum wck_status reduce(struct search *search, struct wck_error *err)
{
    const struct wck_shrink_request *request = search->request;
    struct wck_error why = {WCK_OK, ""};
    size_t tries = request->tries > 0 ? request->tries : WCK_SHRINK_TRIES;
    enum wck_status status = wck_witness_reduce(
        &search->shrunk->witness, request->subject, request->resolution, &tries, &why);

    return settle(search, status, &why, err);
}

static struct search start(struct wck_shrunk *shrunk,
                           const struct wck_shrink_request *request,
                           struct wck_faults *faults)
{
    *shrunk = (struct wck_shrunk){.tried = 0};
    return (struct search){
        .request = request,
        .checker = wck_checker_find(request->finding->checker),
        .shrunk = shrunk,
        .faults = faults,
        .left = request->tries > 0 ? request->tries : WCK_SHRINK_TRIES,
    };
}

enum wck_status wck_shrink(struct wck_shrunk *shrunk,
                           const struct wck_shrink_request *request,
                           struct wck_faults *faults, struct wck_error *err)
{
    struct search search = start(shrunk, request, faults);
    enum wck_status status = copy_finding(request->finding, &shrunk->finding, err);

    wck_simpler_of(&shrunk->smallest, request->problem);
    if (status == WCK_OK)
        status = look_again(&search, err);
    if (status == WCK_OK && shrunk->repeats)
        status = simplify(&search, err);
    if (status == WCK_OK && search.visible && !search.lost)
        status = reduce(&search, err);
    return status;
}

/* One cut of a call's arrays; kept where it still fails. */
static enum wck_status trim_one(struct search *search, size_t attempt, bool *kept,
                                struct wck_error *err)
{
    struct wck_shrunk *shrunk = search->shrunk;
    struct wck_error why = {WCK_OK, ""};
    struct wck_witness cut = {0};
    bool smaller = false;
    enum wck_status status =
        wck_trim(&shrunk->witness.inputs, attempt, &cut.inputs, &smaller, &why);

    *kept = false;
    if (status == WCK_OK && smaller) {
        search->left--;
        shrunk->tried++;
        memcpy(cut.id, shrunk->witness.id, sizeof cut.id);
        status = wck_witness_try(&cut, search->request->subject,
                                 search->request->resolution, kept, &why);
    }
    if (*kept) {
        shrunk->kept++;
        wck_witness_release(&shrunk->witness);
        shrunk->witness = cut;
        cut = (struct wck_witness){0};
    }
    wck_witness_release(&cut);
    /* A call that there is no longer, cut like that. */
    if (status == WCK_INVALID || status == WCK_FORMAT)
        return WCK_OK;
    return settle(search, status, &why, err);
}

/* All cuts, each as often as it is kept, until none is. */
static enum wck_status trim(struct search *search, struct wck_error *err)
{
    bool changed = true;
    enum wck_status status = WCK_OK;

    while (changed && goes_on(search) && status == WCK_OK) {
        changed = false;
        for (size_t i = 0; i < wck_trim_attempts(); i++) {
            bool kept = true;

            while (kept && goes_on(search) && status == WCK_OK) {
                status = trim_one(search, i, &kept, err);
                changed |= kept;
            }
        }
    }
    return status;
}

/* Says the problem as the arrays now have it. */
static enum wck_status describe(struct wck_shrunk *shrunk, struct wck_error *err)
{
    struct wck_npz copy = {0};
    struct wck_subject *recorded = NULL;
    struct wck_text text = {0};
    enum wck_status status = wck_record_copy(&shrunk->witness.recording, &copy, err);

    if (status == WCK_OK)
        status = wck_record_open_take(&recorded, "recorded", &copy, err);
    if (status == WCK_OK)
        wck_problem_describe(&wck_subject_recording(recorded)->problem, &text);
    if (status == WCK_OK && (text.failed || text.data == NULL))
        status = wck_error_no_memory(err);
    if (status == WCK_OK) {
        free(shrunk->finding.problem);
        shrunk->finding.problem = text.data;
        text = (struct wck_text){0};
    }
    wck_text_release(&text);
    wck_npz_release(&copy);
    wck_subject_free(recorded);
    return status;
}

enum wck_status wck_shrink_call(struct wck_shrunk *shrunk,
                                const struct wck_shrink_request *request,
                                const struct wck_npz *inputs, struct wck_faults *faults,
                                struct wck_error *err)
{
    struct search search = start(shrunk, request, faults);
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = copy_finding(request->finding, &shrunk->finding, err);

    if (status == WCK_OK)
        status = wck_record_copy(inputs, &shrunk->witness.inputs, err);
    if (status != WCK_OK)
        return status;
    memcpy(shrunk->witness.id, request->finding->id, sizeof shrunk->witness.id);
    status = wck_witness_try(&shrunk->witness, request->subject, request->resolution,
                             &search.visible, &why);
    status = settle(&search, status, &why, err);
    shrunk->repeats = search.visible;
    if (!search.visible) {
        wck_witness_release(&shrunk->witness);
        return status;
    }
    if (status == WCK_OK)
        status = trim(&search, err);
    if (status == WCK_OK && !search.lost)
        status = reduce(&search, err);
    return status == WCK_OK ? describe(shrunk, err) : status;
}

void wck_shrunk_release(struct wck_shrunk *shrunk)
{
    wck_finding_release(&shrunk->finding);
    wck_witness_release(&shrunk->witness);
    *shrunk = (struct wck_shrunk){.tried = 0};
}
