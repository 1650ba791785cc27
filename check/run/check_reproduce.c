/* The files of a failure: what they say whatever the subject is called, and where they
 * are written. */
#include "src/run/reproduce.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "src/run/record.h"
#include "src/run/verify.h"

/* A shrunk failure; the finding's texts are the caller's to change. */
static struct wck_verification shrink(const char *name)
{
    static const enum wck_dtype dtype = WCK_FLOAT64;
    struct wck_error err = {WCK_OK, ""};
    struct wck_verification v;
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("replicate"),
                                         .layout = "HWC",
                                         .dtype = &dtype,
                                         .shrink = true};

    ck_assert_int_eq(wck_subject_new(&request.subject, name, NULL), WCK_OK);
    ck_assert_msg(wck_verify(&v, &request, &err) == WCK_OK, "%s", err.text);
    ck_assert_ptr_nonnull(v.shrunk);
    wck_subject_free(request.subject);
    return v;
}

static void rename_to(char **text, const char *to)
{
    free(*text);
    *text = strdup(to);
}

static void assert_has(const struct wck_text *text, const char *part)
{
    ck_assert_msg(strstr(wck_text_string(text), part) != NULL, "no %s in:\n%s", part,
                  wck_text_string(text));
}

START_TEST(a_pytest_file_has_the_options_of_the_command)
{
    struct wck_verification v = shrink("deviation:detached-image");
    struct wck_finding *finding = &v.shrunk->finding;
    struct wck_text text = {0};

    rename_to(&finding->subject, "py:it's \"a\\b\".py:warp");
    rename_to(&finding->reproduce,
              "warpcheck verify 'py:it'\\''s \"a\\b\".py:warp' --border-value 0.5,-1 "
              "--inverse-map --matrix '-1 0 2; 0 1 0' --align-corners=true --clip");
    wck_reproduce_pytest(v.shrunk, "unused.npz", &text);
    assert_has(&text, "        \"py:it's \\\"a\\\\b\\\".py:warp\",\n"
                      "        border_value=\"0.5,-1\",\n"
                      "        inverse_map=True,\n"
                      "        matrix=\"-1 0 2; 0 1 0\",\n"
                      "        align_corners=\"true\",\n"
                      "        clip=True,\n"
                      "    )\n");
    ck_assert_ptr_null(strstr(wck_text_string(&text), "unused.npz"));
    wck_text_release(&text);
    wck_verification_release(&v);
}
END_TEST

START_TEST(a_pytest_file_of_another_subject_reads_the_recording_beside_it)
{
    struct wck_verification v = shrink("deviation:detached-image");
    struct wck_text text = {0};

    rename_to(&v.shrunk->finding.cause, "three \"\"\" of them\nand \\");
    wck_reproduce_pytest(v.shrunk, "one.npz", &text);
    assert_has(&text, "with_name(\"one.npz\")");
    assert_has(&text, "three ??? of them?and ?");
    wck_text_release(&text);
    wck_verification_release(&v);
}
END_TEST

START_TEST(a_comment_of_a_c_test_cannot_be_ended_by_a_name)
{
    struct wck_verification v = shrink("deviation:detached-image");
    struct wck_text text = {0};

    rename_to(&v.shrunk->finding.subject, "worker:a */ int b; /*\n");
    ck_assert_int_eq(wck_reproduce_c(v.shrunk, &text, NULL), WCK_OK);
    assert_has(&text, "worker:a ?/ int b; /*?");
    wck_text_release(&text);
    wck_verification_release(&v);
}
END_TEST

START_TEST(a_right_recording_is_no_c_test)
{
    struct wck_verification v = shrink("deviation:detached-image");
    struct wck_subject *right;
    struct wck_text text = {0};
    struct wck_witness *witness = &v.shrunk->witness;

    ck_assert_int_eq(wck_subject_new(&right, "builtin:reference", NULL), WCK_OK);
    wck_npz_release(&witness->recording);
    ck_assert_int_eq(wck_npz_add_text(&witness->recording, "spec.json",
                                      wck_npz_text(&witness->inputs, "spec.json"),
                                      NULL),
                     WCK_OK);
    for (size_t i = 0; i < witness->inputs.count; i++) {
        const struct wck_npz_member *member = &witness->inputs.members[i];

        if (member->text == NULL)
            ck_assert_int_eq(wck_npz_add_array(&witness->recording, member->name,
                                               &member->tensor, NULL),
                             WCK_OK);
    }
    ck_assert_int_eq(wck_record_answer(right, &witness->recording, NULL), WCK_OK);
    ck_assert_int_eq(wck_reproduce_c(v.shrunk, &text, NULL), WCK_UNSUPPORTED);
    wck_subject_free(right);
    wck_text_release(&text);
    wck_verification_release(&v);
}
END_TEST

START_TEST(a_folder_is_made_and_all_three_files_are_in_it)
{
    struct wck_verification v = shrink("deviation:detached-image");
    struct wck_reproduction written;
    char folder[300];

    snprintf(folder, sizeof folder, "%s", scratch_path("out"));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(wck_reproduce(&written, v.shrunk, folder, NULL), WCK_OK);
        for (int file = 0; file < WCK_REPRODUCTION_FILES; file++) {
            ck_assert_ptr_nonnull(written.path[file]);
            ck_assert_int_eq(strncmp(written.path[file], folder, strlen(folder)), 0);
            ck_assert_int_eq(access(written.path[file], R_OK), 0);
            if (i == 1)
                unlink(written.path[file]);
        }
        wck_reproduction_release(&written);
    }
    ck_assert_int_eq(rmdir(folder), 0);
    wck_verification_release(&v);
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_is_named)
{
    struct wck_verification v = shrink("deviation:detached-image");
    struct wck_reproduction written;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(wck_reproduce(&written, v.shrunk, scratch_path("no/where"), &err),
                     WCK_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "no/where: "));
    wck_reproduction_release(&written);
    wck_verification_release(&v);
}
END_TEST

Suite *wck_reproduce_suite(void)
{
    Suite *suite = suite_create("reproduce");
    TCase *texts = tcase_create("texts"), *files = tcase_create("files");

    tcase_add_test(texts, a_pytest_file_has_the_options_of_the_command);
    tcase_add_test(texts,
                   a_pytest_file_of_another_subject_reads_the_recording_beside_it);
    tcase_add_test(texts, a_comment_of_a_c_test_cannot_be_ended_by_a_name);
    tcase_add_test(texts, a_right_recording_is_no_c_test);
    suite_add_tcase(suite, texts);
    tcase_add_checked_fixture(files, scratch_make, scratch_remove);
    tcase_add_test(files, a_folder_is_made_and_all_three_files_are_in_it);
    tcase_add_test(files, a_folder_that_cannot_be_made_is_named);
    suite_add_tcase(suite, files);
    return suite;
}
