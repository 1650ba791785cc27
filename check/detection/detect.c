/* One row of the detection table: which checkers fail a deviation at a level, by which
 * claim, and whether the diagnosis names it.
 *
 *     detect NAME [LEVEL]      (default: 3)
 *     detect - [LEVEL]         the checkers of that level, a column each
 *
 * Exit 0 where it is detected, 1 where it is not, 2 for wrong usage. */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/deviation/deviation.h"
#include "src/run/verify.h"

/* "CS", "C", "S" or "-": the claims that the checker fails. */
static void print_claims(const struct wck_findings *findings, const char *checker)
{
    bool conforms = false, consistent = false;

    for (size_t i = 0; i < findings->count; i++) {
        const struct wck_finding *f = &findings->items[i];

        if (f->verdict != WCK_FAIL || strcmp(f->checker, checker) != 0)
            continue;
        conforms |= f->claim == WCK_CONFORMS;
        consistent |= f->claim == WCK_SELF_CONSISTENT;
    }
    printf(" %s%s%s |", conforms ? "C" : "", consistent ? "S" : "",
           conforms || consistent ? "" : "-");
}

/* "exactly", "as NAME" that it is the same as, or "no". */
static void print_named(const struct wck_deviation *row, const char *diagnosis)
{
    static const char start[] = "equals the reference with ";
    size_t length = strlen(row->name);
    const char *name;

    if (diagnosis == NULL || strncmp(diagnosis, start, strlen(start)) != 0) {
        printf(" no |\n");
        return;
    }
    name = diagnosis + strlen(start);
    if (strncmp(name, row->name, length) == 0 && name[length] == ':')
        printf(" exactly |\n");
    else
        printf(" as %.*s |\n", (int)strcspn(name, ":;"), name);
}

static bool is_put(size_t checker, int level)
{
    const struct wck_checker *row = wck_checker_row(checker);

    return !row->for_recordings && row->level <= level;
}

static void print_checkers(int level)
{
    for (size_t i = 0; i < wck_checker_count(); i++) {
        if (is_put(i, level))
            printf(" %s |", wck_checker_row(i)->id);
    }
    printf("\n");
}

static bool detect(const struct wck_deviation *row, int level)
{
    static const char *const scopes[] = {[WCK_SCOPE_FORWARD] = "output",
                                         [WCK_SCOPE_BACKWARD] = "gradient",
                                         [WCK_SCOPE_BOTH] = "both"};
    struct wck_verify_request request = {.level = level};
    struct wck_verification v;
    struct wck_error err = {WCK_OK, ""};
    bool detected;
    char name[120];

    snprintf(name, sizeof name, "deviation:%s", row->name);
    if (wck_subject_new(&request.subject, name, &err) != WCK_OK ||
        wck_verify(&v, &request, &err) != WCK_OK) {
        fprintf(stderr, "detect: %s: %s\n", name, err.text);
        exit(1);
    }
    detected = v.verdict == WCK_FAIL;
    printf("| %s | %s |", row->name, scopes[wck_deviation_scope(row)]);
    for (size_t i = 0; i < wck_checker_count(); i++) {
        if (is_put(i, level))
            print_claims(&v.findings, wck_checker_row(i)->id);
    }
    print_named(row, v.diagnosis);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
    return detected;
}

int main(int argc, char **argv)
{
    const struct wck_deviation *row = argc > 1 ? wck_deviation_find(argv[1]) : NULL;
    int level = argc > 2 ? atoi(argv[2]) : WCK_VERIFY_LEVEL;
    bool head = argc > 1 && strcmp(argv[1], "-") == 0;

    gsl_set_error_handler_off();
    if ((row == NULL && !head) || argc > 3) {
        fprintf(stderr, "usage: detect DEVIATION|- [LEVEL]\n");
        return 2;
    }
    if (head) {
        print_checkers(level);
        return 0;
    }
    return detect(row, level) ? 0 : 1;
}
