/* Plugins in this process: the example's answers, and what loading one refuses. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/subject/bilinear.h"
#include "check/suites.h"

#define EXAMPLE "examples/plugin/bilinear.so"
#define ODD "check/subject/odd.so"

static struct wck_plugin *load(const char *path, const char *odd)
{
    struct wck_plugin *plugin;
    struct wck_error err = {0};

    setenv("ODD", odd, 1);
    ck_assert_msg(wck_plugin_new(&plugin, path, &err) == WCK_OK, "%s", err.text);
    return plugin;
}

START_TEST(the_example_answers_as_the_reference_does)
{
    struct wck_plugin *plugin = load(EXAMPLE, "");
    struct bilinear scene;
    char message[WCK_PLUGIN_MESSAGE];

    bilinear_init(&scene, (size_t)_i);
    ck_assert_msg(wck_plugin_answer(plugin, &scene.forward, message) == WARPCHECK_OK,
                  "%s", message);
    ck_assert_msg(wck_plugin_answer(plugin, &scene.vjp, message) == WARPCHECK_OK, "%s",
                  message);
    ck_assert_msg(wck_plugin_answer(plugin, &scene.jvp, message) == WARPCHECK_OK, "%s",
                  message);
    ck_assert_msg(wck_plugin_answer(plugin, &scene.second, message) == WARPCHECK_OK,
                  "%s", message);
    bilinear_expect(&scene);
    bilinear_expect_tangent(&scene);
    bilinear_expect_second(&scene);
    bilinear_release(&scene);
    wck_plugin_free(plugin);
}
END_TEST

/* What is wrong with a call, in words. */
static const struct {
    const char *convention, *interp, *border, *layout, *said;
} unserved[] = {
    {"cv2.remap", "bilinear", "constant", "HWC", "no convention cv2.remap"},
    {"warp", "bicubic", "constant", "HWC", "no interpolation bicubic"},
    {"warp", "bilinear", "wrap", "HWC", "no border wrap"},
    {"warp", "bilinear", "constant", "DHW", "no layout DHW"},
};

START_TEST(the_example_says_what_it_does_not_serve)
{
    struct wck_plugin *plugin = load(EXAMPLE, "");
    struct bilinear scene;
    char message[WCK_PLUGIN_MESSAGE];

    bilinear_init(&scene, 0);
    for (size_t i = 0; i < sizeof unserved / sizeof *unserved; i++) {
        struct wck_plugin_call call = scene.forward;

        call.convention = unserved[i].convention;
        call.interp = unserved[i].interp;
        call.border = unserved[i].border;
        call.layout = unserved[i].layout;
        ck_assert_int_eq(wck_plugin_answer(plugin, &call, message),
                         WARPCHECK_UNSUPPORTED);
        ck_assert_str_eq(message, unserved[i].said);
    }
    scene.given[0].tensor.dtype = WCK_FLOAT16;
    ck_assert_int_eq(wck_plugin_answer(plugin, &scene.vjp, message),
                     WARPCHECK_UNSUPPORTED);
    ck_assert_str_eq(message, "no such type of image");
    scene.given[0].tensor.dtype = WCK_BOOL;
    ck_assert_int_eq(wck_plugin_answer(plugin, &scene.vjp, message),
                     WARPCHECK_UNSUPPORTED);
    ck_assert_str_eq(message, "plugins have no bool");
    bilinear_release(&scene);
    wck_plugin_free(plugin);
}
END_TEST

START_TEST(the_example_says_what_it_is_for)
{
    struct wck_plugin *plugin = load(EXAMPLE, "");
    const struct warpcheck_capabilities *can = wck_plugin_capabilities(plugin);

    ck_assert_str_eq(can->name, "bilinear example 1.0");
    ck_assert_str_eq(can->conventions[0], "warp");
    ck_assert_ptr_null(can->conventions[1]);
    ck_assert_int_eq(can->deterministic, 1);
    ck_assert(wck_plugin_has_vjp(plugin));
    ck_assert(wck_plugin_has_jvp(plugin));
    ck_assert_ptr_eq(can->tangents, can->gradients);
    wck_plugin_free(plugin);
}
END_TEST

static const struct {
    const char *path, *odd;
    enum wck_status status;
    const char *said;
} refused[] = {
    {"nowhere/at-all.so", "", WCK_INVALID, "cannot load a plugin: nowhere/at-all.so: "},
    {"libm.so.6", "", WCK_INVALID,
     "libm.so.6: it is no plugin: it has no warpcheck_plugin()"},
    {ODD, "nothing", WCK_INVALID, ODD ": its warpcheck_plugin() returns no plugin"},
    {ODD, "small", WCK_INVALID, ODD ": the plugin has no describe or no forward"},
    {ODD, "major", WCK_UNSUPPORTED,
     ODD ": it is a plugin of version 2.4; this is for 1.x"},
    {ODD, "device", WCK_UNSUPPORTED,
     ODD ": it wants tensors on a device of type 2; they are on the CPU"},
};

START_TEST(what_is_no_plugin_is_refused_in_words)
{
    struct wck_plugin *plugin;
    struct wck_error err = {0};

    setenv("ODD", refused[_i].odd, 1);
    ck_assert_int_eq(wck_plugin_new(&plugin, refused[_i].path, &err),
                     refused[_i].status);
    ck_assert_ptr_null(plugin);
    ck_assert_msg(strncmp(err.text, refused[_i].said, strlen(refused[_i].said)) == 0,
                  "%s", err.text);
}
END_TEST

/* Compiled when the table ended before vjp: what lies behind its end is not read. */
START_TEST(a_member_beyond_the_size_is_not_there)
{
    struct wck_plugin *plugin = load(ODD, "early");
    const struct wck_plugin_call call = {.verb = WCK_PLUGIN_VJP};
    char message[WCK_PLUGIN_MESSAGE];

    ck_assert(!wck_plugin_has_vjp(plugin));
    ck_assert_int_eq(wck_plugin_answer(plugin, &call, message), WARPCHECK_UNSUPPORTED);
    ck_assert_str_eq(message, "it has no gradients");
    ck_assert_str_eq(wck_plugin_capabilities(plugin)->name, ODD);
    wck_plugin_free(plugin);
}
END_TEST

/* Version 1.0 had the member and no call for it; the header of version 1.1 says more of
 * what `describe` fills in. */
START_TEST(forward_mode_is_asked_of_those_that_know_of_it)
{
    static const char *const odd[] = {"old", "early", ""};
    const struct wck_plugin_call call = {.verb = WCK_PLUGIN_JVP};
    char message[WCK_PLUGIN_MESSAGE];
    struct wck_plugin *plugin;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        plugin = load(ODD, odd[i]);
        ck_assert(!wck_plugin_has_jvp(plugin));
        ck_assert_int_eq(wck_plugin_answer(plugin, &call, message),
                         WARPCHECK_UNSUPPORTED);
        ck_assert_str_eq(message, "it has no forward mode");
        wck_plugin_free(plugin);
    }
    plugin = load(ODD, "forward-mode");
    ck_assert(wck_plugin_has_jvp(plugin));
    ck_assert_int_eq(wck_plugin_answer(plugin, &call, message), WARPCHECK_OK);
    wck_plugin_free(plugin);
}
END_TEST

/* A plugin of version 1.1 ends before it. */
START_TEST(double_backward_is_asked_of_those_that_have_it)
{
    static const char *const odd[] = {"forward-mode", "early", ""};
    const struct wck_plugin_call call = {.verb = WCK_PLUGIN_SECOND};
    char message[WCK_PLUGIN_MESSAGE];
    struct wck_plugin *plugin;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        plugin = load(ODD, odd[i]);
        ck_assert(!wck_plugin_has_second(plugin));
        ck_assert_int_eq(wck_plugin_answer(plugin, &call, message),
                         WARPCHECK_UNSUPPORTED);
        ck_assert_str_eq(message, "it has no double backward");
        wck_plugin_free(plugin);
    }
    plugin = load(ODD, "double-backward");
    ck_assert(wck_plugin_has_second(plugin));
    ck_assert_int_eq(wck_plugin_answer(plugin, &call, message), WARPCHECK_OK);
    wck_plugin_free(plugin);
}
END_TEST

static const struct {
    const char *odd;
    enum warpcheck_answer answer;
    const char *said; /* its beginning */
} answers[] = {
    {"", WARPCHECK_OK, ""},
    {"workspace", WARPCHECK_OK, ""},
    {"greedy", WARPCHECK_FAILED, "no memory for its workspace"},
    {"endless", WARPCHECK_FAILED, "no memory for its workspace"},
    {"unprintable", WARPCHECK_FAILED, "????????"},
    {"answer", WARPCHECK_FAILED, "it answered 7, which means nothing"},
};

/* An instrumented build ends where there is no memory. */
static bool can_be_refused_memory(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return false;
#else
    return true;
#endif
}

START_TEST(odd_answers_are_told_apart)
{
    struct wck_plugin *plugin;
    const struct wck_plugin_call call = {0};
    char message[WCK_PLUGIN_MESSAGE];

    if (strcmp(answers[_i].odd, "greedy") == 0 && !can_be_refused_memory()) {
        printf("SKIP plugin: greedy: this build is instrumented\n");
        return;
    }
    plugin = load(ODD, answers[_i].odd);
    ck_assert_int_eq(wck_plugin_answer(plugin, &call, message), answers[_i].answer);
    ck_assert_msg(strncmp(message, answers[_i].said, strlen(answers[_i].said)) == 0,
                  "%s", message);
    ck_assert_uint_lt(strlen(message), WCK_PLUGIN_MESSAGE);
    wck_plugin_free(plugin);
}
END_TEST

Suite *wck_plugin_suite(void)
{
    Suite *suite = suite_create("plugin");
    TCase *core = tcase_create("core");

    tcase_add_loop_test(core, the_example_answers_as_the_reference_does, 0,
                        BILINEAR_SCENES);
    tcase_add_test(core, the_example_says_what_it_does_not_serve);
    tcase_add_test(core, the_example_says_what_it_is_for);
    tcase_add_loop_test(core, what_is_no_plugin_is_refused_in_words, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(core, a_member_beyond_the_size_is_not_there);
    tcase_add_test(core, forward_mode_is_asked_of_those_that_know_of_it);
    tcase_add_test(core, double_backward_is_asked_of_those_that_have_it);
    tcase_add_loop_test(core, odd_answers_are_told_apart, 0,
                        sizeof answers / sizeof *answers);
    suite_add_tcase(suite, core);
    return suite;
}
