#include "src/run/put.h"

#include "src/checker/trial.h"

/* A problem being put. */
struct putting {
    struct wck_verification *verification;
    struct wck_grid_rounding_shown *shown;
    struct wck_problem *problem; /* the trial's */
    struct wck_faults *faults;
    struct wck_trial trial;
};

/* What the checker did not get to judge cannot be judged: the subject's fault is the
 * cause.  True of it as it is, that is no verdict on a claim. */
static enum wck_status say_fault(const struct wck_checker *checker,
                                 struct wck_trial *trial, size_t before,
                                 const char *cause, struct wck_error *err)
{
    const struct wck_findings *findings = trial->findings;
    size_t after = findings->count;
    enum wck_status status = WCK_OK;

    for (int k = 0; k < checker->claim_count && status == WCK_OK; k++) {
        bool judged = false;

        for (size_t i = before; i < after; i++)
            judged |= findings->items[i].claim == checker->claims[k];
        if (!judged)
            status = wck_trial_say(trial, checker->id, checker->claims[k],
                                   WCK_INCONCLUSIVE, cause, err);
    }
    return status;
}

static unsigned long bit_of(const struct wck_checker *checker)
{
    size_t row = 0;

    while (wck_checker_row(row) != checker)
        row++;
    return 1UL << row;
}

/* Runs one checker.  A fault of the subject is noted, and ends the job only where the
 * subject is lost. */
static enum wck_status run_checker(const struct wck_checker *checker,
                                   struct wck_trial *trial, struct wck_faults *faults,
                                   struct wck_error *err)
{
    size_t before = trial->findings->count;
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status;

    if (checker->risky && (faults->risked & bit_of(checker)) != 0)
        return say_fault(checker, trial, before,
                         "not put again: the subject was at fault in it before", err);
    status = wck_checker_run(checker, trial, &why);
    if (status != WCK_SUBJECT)
        return status == WCK_OK ? WCK_OK : wck_error_set(err, status, "%s", why.text);
    wck_faults_note(faults, &why);
    if (checker->risky)
        faults->risked |= bit_of(checker);
    status = say_fault(checker, trial, before, why.text, err);
    if (status == WCK_OK && wck_subject_is_lost(trial->subject))
        return WCK_SUBJECT;
    return status;
}

/* What is asked for by name, else what the level puts; a recording's has no level. */
static bool is_put(const struct wck_verify_request *request,
                   const struct wck_checker *checker)
{
    int level = request->level > 0 ? request->level : WCK_VERIFY_LEVEL;
    bool recorded = wck_subject_recording(request->subject) != NULL;

    return checker->for_recordings == recorded &&
           (request->checker_count > 0 || checker->level <= level);
}

/* May what the checker said since finding `from` be the rounding of coordinates?  The
 * declared warp is missed, and the subject by itself is not found at fault. */
static bool is_excusable(const struct wck_checker *checker,
                         const struct wck_findings *findings, size_t from)
{
    bool missed = false;

    for (size_t i = from; i < findings->count; i++) {
        const struct wck_finding *finding = &findings->items[i];
        bool failed = finding->verdict == WCK_FAIL;

        if (finding->claim == WCK_SELF_CONSISTENT && failed)
            return false;
        missed = missed || (finding->claim == WCK_CONFORMS &&
                            (failed || finding->verdict == WCK_MARGINAL));
    }
    return missed && !checker->risky && !checker->for_recordings;
}

/* Gives the problem the arithmetic of a grid where the subject shows that it has that.
 */
static enum wck_status let_round(struct putting *putting, bool *changed,
                                 struct wck_error *err)
{
    struct wck_subject *subject = putting->trial.subject;
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = wck_grid_rounding_allow(putting->shown, subject,
                                                     putting->problem, changed, &why);

    putting->verification->rounded += *changed;
    if (status == WCK_OK)
        return WCK_OK;
    if (status == WCK_SUBJECT)
        wck_faults_note(putting->faults, &why);
    if (status == WCK_SUBJECT && !wck_subject_is_lost(subject))
        return WCK_OK;
    return wck_error_set(err, status, "%s", why.text);
}

/* Runs a checker by exact coordinates, and again where those are missed by a subject
 * whose own round, as a right one's may; so do all that follow. */
static enum wck_status put_checker(struct putting *putting,
                                   const struct wck_checker *checker,
                                   struct wck_error *err)
{
    struct wck_findings *findings = putting->trial.findings;
    size_t before = findings->count;
    bool changed = false;
    enum wck_status status =
        run_checker(checker, &putting->trial, putting->faults, err);

    if (status == WCK_OK && is_excusable(checker, findings, before))
        status = let_round(putting, &changed, err);
    if (!changed)
        return status;
    wck_findings_truncate(findings, before);
    return run_checker(checker, &putting->trial, putting->faults, err);
}

enum wck_status wck_put_problem(struct wck_verification *verification,
                                const struct wck_verify_request *request,
                                struct wck_grid_rounding_shown *shown,
                                struct wck_problem *problem, struct wck_faults *faults,
                                struct wck_error *err)
{
    struct putting putting = {
        .verification = verification,
        .shown = shown,
        .problem = problem,
        .faults = faults,
        .trial = {.subject = request->subject,
                  .problem = problem,
                  .resolution = request->resolution,
                  .findings = &verification->findings,
                  .not_deterministic = wck_subject_varies(request->subject)}};
    size_t count =
        request->checker_count > 0 ? request->checker_count : wck_checker_count();
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < count && status == WCK_OK; i++) {
        const struct wck_checker *checker =
            request->checker_count > 0 ? request->checkers[i] : wck_checker_row(i);

        if (is_put(request, checker))
            status = put_checker(&putting, checker, err);
    }
    return status;
}
