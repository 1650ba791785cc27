/* Inquiry: subjects are asked, and said to be what they do, whatever they are asked
 * for. */
#include <check.h>
#include <string.h>

#include "check/suites.h"
#include "src/run/inquiry.h"

static struct wck_identity inquire(const char *name, struct wck_inquiry_request request)
{
    struct wck_identity identity;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(wck_subject_new(&request.subject, name, NULL), WCK_OK);
    ck_assert_msg(wck_inquire(&identity, &request, &err) == WCK_OK, "%s", err.text);
    wck_subject_free(request.subject);
    return identity;
}

/* What a deviation is found to be: itself, or what else it is. */
static const struct {
    const char *name;
    const char *kernel, *border; /* asked for */
    const char *deviation;       /* found; NULL: none */
    const char *found_kernel, *found_border;
} deviations[] = {
    {"truncated-base", "bilinear", "constant", "truncated-base", "bilinear",
     "constant"},
    {"clamped-indices", "bilinear", "constant", NULL, "bilinear", "replicate"},
    {"clamped-indices", "cubic-1", "wrap", NULL, "cubic-1", "replicate"},
    {"truncated-and-clamped", "bilinear", "constant", "truncated-base", "bilinear",
     "replicate"},
    {"half-even-ties", "nearest", "constant", NULL, "nearest-half-even", "constant"},
    {"short-wrap-period", "bilinear", "wrap", "short-wrap-period", "bilinear", "wrap"},
    {"reflect-as-mirror", "bilinear", "reflect", NULL, "bilinear", "reflect_101"},
    {"last-row-lost", "bilinear", "constant", "last-row-lost", "bilinear", "constant"},
    {"height-for-width", "bilinear", "constant", "height-for-width", "bilinear",
     "constant"},
    {"integer-counted-fourfold", "bilinear", "constant", "integer-counted-fourfold",
     "bilinear", "constant"},
    {"whole-outputs", "bilinear", "constant", "whole-outputs", "bilinear", "constant"},
    {"border-value-ignored", "bilinear", "constant", NULL, "bilinear", "constant"},
    {"pixel-corners", "bilinear", "constant", NULL, "bilinear", "constant"},
    {"wrong-direction", "bilinear", "constant", NULL, "bilinear", "constant"},
};

START_TEST(a_deviation_is_said_to_be_what_it_does)
{
    char name[64] = "deviation:";
    struct wck_inquiry_request request = {
        .kernel = wck_kernel_find(deviations[_i].kernel),
        .border = wck_border_find(deviations[_i].border)};
    struct wck_identity identity;
    const struct wck_description *found = &identity.found;
    bool turned = strcmp(deviations[_i].name, "wrong-direction") == 0;
    bool corners = strcmp(deviations[_i].name, "pixel-corners") == 0;
    bool ignored = strcmp(deviations[_i].name, "border-value-ignored") == 0;

    strcat(name, deviations[_i].name);
    identity = inquire(name, request);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    if (deviations[_i].deviation == NULL)
        ck_assert_ptr_null(found->deviation);
    else
        ck_assert_str_eq(found->deviation->name, deviations[_i].deviation);
    ck_assert_str_eq(found->kernel->name, deviations[_i].found_kernel);
    ck_assert_str_eq(found->border->name, deviations[_i].found_border);
    ck_assert_int_eq(found->reading.direction,
                     turned ? WCK_OUTPUT_TO_SOURCE : WCK_SOURCE_TO_OUTPUT);
    ck_assert_ptr_eq(found->reading.source_units,
                     corners ? wck_units_find("corners") : NULL);
    ck_assert_int_eq(found->ignores_border_value, ignored);
    wck_identity_release(&identity);
}
END_TEST

static bool is_named(const struct wck_identity *identity, const char *convention)
{
    size_t length = strlen(convention);

    for (size_t i = 0; i < identity->name_count; i++) {
        if (strncmp(identity->names[i], convention, length) == 0 &&
            identity->names[i][length] == ',')
            return true;
    }
    return false;
}

START_TEST(every_convention_is_named_by_its_answers)
{
    const struct wck_convention *row = wck_convention_row((size_t)_i);
    struct wck_inquiry_request request = {.convention = row,
                                          .choices = {.align_corners = -1}};
    struct wck_identity identity;
    bool library = strncmp(row->name, "reference.", strlen("reference.")) != 0;

    identity = inquire("builtin:reference", request);
    ck_assert_msg(identity.identified == WCK_IDENTIFIED, "%s: %g of the bound",
                  row->name, identity.residual.ratio);
    ck_assert_msg(is_named(&identity, row->name) == library, "%s", row->name);
    ck_assert_int_eq(identity.found.reading.reversed, row->reversed);
    wck_identity_release(&identity);
}
END_TEST

START_TEST(the_direction_asked_for_is_not_believed)
{
    struct wck_inquiry_request request = {.direction = WCK_OUTPUT_TO_SOURCE};
    struct wck_identity identity = inquire("deviation:wrong-direction", request);

    ck_assert_int_eq(identity.found.reading.direction, WCK_SOURCE_TO_OUTPUT);
    wck_identity_release(&identity);
}
END_TEST

START_TEST(single_precision_is_identified_as_well)
{
    static const enum wck_dtype dtype = WCK_FLOAT32;
    struct wck_inquiry_request request = {.dtype = &dtype,
                                          .layout = "NCHW",
                                          .kernel = wck_kernel_find("cubic-0.75"),
                                          .border = wck_border_find("reflect")};
    struct wck_identity identity = inquire("builtin:reference", request);

    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert_str_eq(identity.found.kernel->name, "cubic-0.75");
    ck_assert_str_eq(identity.found.border->name, "reflect");
    wck_identity_release(&identity);
}
END_TEST

Suite *wck_inquiry_suite(void)
{
    Suite *suite = suite_create("inquiry");
    TCase *tcase = tcase_create("inquiry");

    tcase_add_loop_test(tcase, a_deviation_is_said_to_be_what_it_does, 0,
                        (int)(sizeof deviations / sizeof *deviations));
    tcase_add_loop_test(tcase, every_convention_is_named_by_its_answers, 0,
                        (int)wck_convention_count());
    tcase_add_test(tcase, the_direction_asked_for_is_not_believed);
    tcase_add_test(tcase, single_precision_is_identified_as_well);
    suite_add_tcase(suite, tcase);
    return suite;
}
