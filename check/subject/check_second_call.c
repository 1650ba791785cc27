/* Double backward of a worker: what is asked of it, what is not, and how its faults are
 * told.  The worker is check/subject/worker.c. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/subject/bilinear.h"
#include "check/suites.h"
#include "src/subject/offer.h"
#include "src/subject/question.h"
#include "src/subject/subject.h"

#define BY_MATRIX 0
#define BY_MAPS 24 /* the first scenes of either kind: HW, float64, border constant */

static struct wck_subject *worker_new(const char *arguments,
                                      enum wck_transport transport)
{
    const struct wck_subject_options options = {.transport = transport};
    const char *program = getenv("WORKER");
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};
    char name[400];

    snprintf(name, sizeof name, "worker:%s %s",
             program != NULL ? program : "check/subject/worker", arguments);
    ck_assert_msg(wck_subject_new_with(&subject, name, &options, &err) == WCK_OK, "%s",
                  err.text);
    return subject;
}

/* A given array of the call; a wanted one. */
static double *given(const struct bilinear *scene, const char *name)
{
    for (size_t i = 0; i < scene->second.array_count; i++) {
        if (strcmp(scene->along[i].name, name) == 0)
            return scene->along[i].tensor.data;
    }
    return NULL;
}

/* What the scene's call asks, as a problem. */
struct asked {
    struct wck_tangents along;
    struct wck_image upstream, image;
    struct wck_second second;
};

static void ask(const struct bilinear *scene, struct asked *asked)
{
    bool maps = scene->map_x != NULL;

    *asked = (struct asked){.along = {.image = &scene->tangent,
                                      .x = given(scene, "along_map_x"),
                                      .y = given(scene, "along_map_y")},
                            .upstream = scene->upstream,
                            .image = scene->image};
    asked->upstream.tensor = scene->seconds[0].tensor;
    asked->image.tensor = scene->seconds[1].tensor;
    asked->second =
        (struct wck_second){.upstream = &asked->upstream,
                            .image = &asked->image,
                            .x = maps ? scene->seconds[2].tensor.data : NULL,
                            .y = maps ? scene->seconds[3].tensor.data : NULL};
}

static enum wck_status put(struct wck_subject *subject, const struct bilinear *scene,
                           struct wck_error *err)
{
    struct asked asked;

    ask(scene, &asked);
    *err = (struct wck_error){WCK_OK, ""};
    return wck_subject_second(subject, &scene->problem, &scene->image, &scene->upstream,
                              &asked.along, &asked.second, err);
}

static const struct {
    const char *fault;
    enum wck_transport transport;
    const char *told;
} faults[] = {
    {"exit", WCK_TRANSPORT_SHARED, "crashed in second (call 1): exited with status 0"},
    {"failed", WCK_TRANSPORT_PIPE, "failed in second (call 1): not ? today"},
    {"unwritten", WCK_TRANSPORT_SHARED,
     "left outputs unwritten in second (call 1): 35 of 35 elements of "
     "second_grad_output, the first is number 0"},
    {"without", WCK_TRANSPORT_PIPE,
     "broke the protocol in second (call 1): \"without\" is no list of wanted "
     "gradients"},
};

START_TEST(a_fault_of_double_backward_is_told_and_the_next_call_is_answered)
{
    struct bilinear scene;
    struct wck_subject *subject;
    struct wck_error err;
    char arguments[40];

    snprintf(arguments, sizeof arguments, "%s 1", faults[_i].fault);
    subject = worker_new(arguments, faults[_i].transport);
    bilinear_init(&scene, BY_MAPS);
    ck_assert_int_eq(put(subject, &scene, &err), WCK_SUBJECT);
    ck_assert_str_eq(err.text, faults[_i].told);
    ck_assert_int_eq(put(subject, &scene, &err), WCK_OK);
    bilinear_expect_second(&scene);
    bilinear_release(&scene);
    wck_subject_free(subject);
}
END_TEST

/* What a worker says that it serves, and what it is then not asked. */
static const struct {
    const char *serves, *told;
} refusals[] = {
    {"{\"tangents\": [\"image\"]}", "reference 1 has no double backward"},
    {"{\"along\": []}", "reference 1 serves no along 'image' (it serves none)"},
    {"{\"along\": [\"image\", \"map_x\"]}",
     "reference 1 serves no along 'map_y' (image, map_x)"},
};

START_TEST(what_a_worker_does_not_go_along_is_not_asked)
{
    struct bilinear scene;
    struct wck_subject *subject;
    struct wck_error err;

    setenv("SERVES", refusals[_i].serves, 1);
    bilinear_init(&scene, BY_MAPS);
    subject = worker_new("crash 1+", WCK_TRANSPORT_ANY);
    ck_assert_int_eq(put(subject, &scene, &err), WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text, refusals[_i].told);
    wck_subject_free(subject);
    bilinear_release(&scene);
}
END_TEST

START_TEST(a_question_holds_what_is_given_and_wanted)
{
    struct bilinear scene;
    struct wck_question q;
    struct asked asked;

    bilinear_init(&scene, _i == 0 ? BY_MATRIX : BY_MAPS);
    ask(&scene, &asked);
    ck_assert_int_eq(wck_question_second(&q, &scene.problem, &scene.image,
                                         &scene.upstream, &asked.along, &asked.second,
                                         NULL),
                     WCK_OK);
    ck_assert_str_eq(q.call, "second");
    ck_assert_uint_eq(q.array_count, scene.second.array_count);
    for (size_t i = 0; i < q.array_count; i++)
        ck_assert_str_eq(q.arrays[i].name, scene.along[i].name);
    ck_assert_uint_eq(q.wanted_count, scene.second.wanted_count);
    for (size_t i = 0; i < q.wanted_count; i++)
        ck_assert_str_eq(q.wanted[i].name, scene.seconds[i].name);
    wck_question_release(&q);
    ck_assert_int_eq(wck_question_second(&q, &scene.problem, &scene.image,
                                         &scene.upstream,
                                         &(struct wck_tangents){.image = NULL},
                                         &(struct wck_second){.image = NULL}, NULL),
                     WCK_OK);
    ck_assert_uint_eq(q.array_count, scene.vjp.array_count);
    ck_assert_uint_eq(q.wanted_count, 0);
    wck_question_release(&q);
    bilinear_release(&scene);
}
END_TEST

START_TEST(coordinates_have_no_place_beside_a_matrix)
{
    struct bilinear scene;
    struct wck_question q;
    struct wck_error err = {WCK_OK, ""};
    double x[35] = {0.0};

    bilinear_init(&scene, BY_MATRIX);
    ck_assert_int_eq(wck_question_second(&q, &scene.problem, &scene.image,
                                         &scene.upstream,
                                         &(struct wck_tangents){.x = x},
                                         &(struct wck_second){.image = NULL}, &err),
                     WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text,
                     "a double backward of coordinates has no place in a call "
                     "with a matrix");
    wck_question_release(&q);
    bilinear_release(&scene);
}
END_TEST

/* ---- one of ours behind the protocol ---- */

static enum warpcheck_answer offer(const struct wck_plugin_call *call,
                                   char message[WCK_PLUGIN_MESSAGE])
{
    struct wck_plugin *plugin;
    enum warpcheck_answer answer;

    ck_assert_int_eq(wck_offer_new(&plugin, "builtin:reference", NULL), WCK_OK);
    ck_assert(wck_plugin_has_second(plugin));
    answer = wck_plugin_answer(plugin, call, message);
    wck_plugin_free(plugin);
    return answer;
}

START_TEST(the_reference_serves_its_double_backward)
{
    struct bilinear scene;
    char message[WCK_PLUGIN_MESSAGE];

    bilinear_init(&scene, (size_t)_i);
    ck_assert_msg(offer(&scene.second, message) == WARPCHECK_OK, "%s", message);
    bilinear_expect_second(&scene);
    bilinear_release(&scene);
}
END_TEST

static void in_a_librarys_words(struct bilinear *scene)
{
    scene->second.convention = "opencv.remap";
    strcpy(scene->spec, "{\"convention\":\"opencv.remap\",\"layout\":\"HW\"}");
}

static void of_another_type(struct bilinear *scene)
{
    scene->seconds[2].tensor.dtype = WCK_FLOAT32;
}

static void of_other_samples(struct bilinear *scene)
{
    scene->seconds[3].tensor.shape[0] = 4;
}

static void of_another_size(struct bilinear *scene)
{
    scene->seconds[1].tensor.shape[1] = 4;
}

static void along_another_type(struct bilinear *scene)
{
    scene->along[7].tensor.dtype = WCK_FLOAT32;
}

static void along_another_image(struct bilinear *scene)
{
    scene->along[5].tensor.shape[0] = 4;
}

static const struct {
    void (*alter)(struct bilinear *scene);
    enum warpcheck_answer answer;
    const char *said; /* its beginning */
} altered[] = {
    {in_a_librarys_words, WARPCHECK_UNSUPPORTED,
     "double backward is served in the convention warp only"},
    {of_another_type, WARPCHECK_UNSUPPORTED, "no second_map_x but of float64"},
    {of_other_samples, WARPCHECK_FAILED, "the second_map_y is of another size"},
    {of_another_size, WARPCHECK_FAILED, "the second_image is of another size"},
    {along_another_type, WARPCHECK_UNSUPPORTED, "no along_map_y but of float64"},
    {along_another_image, WARPCHECK_FAILED, "the call: along_image "},
};

START_TEST(what_the_reference_does_not_serve_is_said)
{
    struct bilinear scene;
    char message[WCK_PLUGIN_MESSAGE];

    bilinear_init(&scene, BY_MAPS);
    altered[_i].alter(&scene);
    ck_assert_int_eq(offer(&scene.second, message), altered[_i].answer);
    ck_assert_msg(strncmp(message, altered[_i].said, strlen(altered[_i].said)) == 0,
                  "%s", message);
    bilinear_release(&scene);
}
END_TEST

Suite *wck_second_call_suite(void)
{
    Suite *suite = suite_create("second_call");
    TCase *tcase = tcase_create("second call");

    tcase_add_loop_test(
        tcase, a_fault_of_double_backward_is_told_and_the_next_call_is_answered, 0,
        (int)(sizeof faults / sizeof faults[0]));
    tcase_add_loop_test(tcase, what_a_worker_does_not_go_along_is_not_asked, 0,
                        (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_loop_test(tcase, a_question_holds_what_is_given_and_wanted, 0, 2);
    tcase_add_test(tcase, coordinates_have_no_place_beside_a_matrix);
    tcase_add_loop_test(tcase, the_reference_serves_its_double_backward, 0,
                        BILINEAR_SCENES);
    tcase_add_loop_test(tcase, what_the_reference_does_not_serve_is_said, 0,
                        (int)(sizeof altered / sizeof altered[0]));
    suite_add_tcase(suite, tcase);
    return suite;
}
