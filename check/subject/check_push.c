/* Forward mode of a worker: what is asked of it, what is not, and how its faults are
 * told.  The worker is check/subject/worker.c. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/subject/offer.h"
#include "src/subject/question.h"
#include "src/subject/subject.h"

#define HEIGHT 5
#define WIDTH 7
#define SAMPLES (HEIGHT * WIDTH)

static const double matrix[6] = {0.8125, 0.375, -1.5, -0.3125, 1.0625, 0.75};
static const double moved_matrix[6] = {0.25, -0.5, 1.125, 0.75, 0.125, -2.25};
static const double border_value = 0.4375, moved_border = -1.25;

/* A problem by a matrix, or by coordinates, with arrays for it. */
struct scene {
    struct wck_problem problem;
    struct wck_image image, tangent, output, right;
    double x[SAMPLES], y[SAMPLES];
    struct wck_tangents tangents; /* all that there can be */
};

static void scene_init(struct scene *s, bool maps)
{
    *s = (struct scene){.problem = {.dtype = WCK_FLOAT32,
                                    .layout = "HW",
                                    .batch = 1,
                                    .channels = 1,
                                    .seed = 5,
                                    .warp = {.kernel = wck_kernel_find("bilinear"),
                                             .border = wck_border_find("constant"),
                                             .border_value = &border_value,
                                             .border_values = 1,
                                             .source_width = WIDTH,
                                             .source_height = HEIGHT,
                                             .output_width = WIDTH,
                                             .output_height = HEIGHT}}};
    for (int i = 0; i < SAMPLES; i++) {
        s->x[i] = i % 11 * 0.625 - 0.375;
        s->y[i] = i % 13 * 0.375 - 0.0625;
    }
    s->problem.warp.map = wck_map_coordinates(s->x, s->y);
    if (!maps)
        wck_map_affine(&s->problem.warp.map, matrix, WCK_SOURCE_TO_OUTPUT, NULL);
    wck_problem_source(&s->problem, &s->image, NULL);
    wck_problem_source(&s->problem, &s->tangent, NULL);
    wck_problem_output(&s->problem, &s->output, NULL);
    wck_problem_output(&s->problem, &s->right, NULL);
    wck_problem_random(&s->problem, 1, &s->image);
    wck_problem_random(&s->problem, 2, &s->tangent);
    s->tangents = (struct wck_tangents){.image = &s->tangent,
                                        .border_value = &moved_border,
                                        .matrix = maps ? NULL : moved_matrix,
                                        .x = maps ? s->y : NULL,
                                        .y = maps ? s->x : NULL};
    ck_assert_int_eq(
        wck_warp_jvp(&s->problem.warp, &s->image, &s->tangents, &s->right, NULL),
        WCK_OK);
}

static void scene_release(struct scene *s)
{
    free(s->image.tensor.data);
    free(s->tangent.tensor.data);
    free(s->output.tensor.data);
    free(s->right.tensor.data);
}

static void assert_right(const struct scene *s)
{
    ck_assert_mem_eq(s->output.tensor.data, s->right.tensor.data,
                     SAMPLES * sizeof(float));
}

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

static enum wck_status push(struct wck_subject *subject, const struct scene *s,
                            struct wck_error *err)
{
    *err = (struct wck_error){WCK_OK, ""};
    return wck_subject_jvp(subject, &s->problem, &s->image, &s->tangents, &s->output,
                           err);
}

static const struct {
    const char *fault;
    const char *shared, *piped; /* how it is told; NULL: there is none */
} faults[] = {
    {"exit", "crashed in jvp (call 1): exited with status 0",
     "crashed in jvp (call 1): exited with status 0"},
    {"failed", "failed in jvp (call 1): not ? today",
     "failed in jvp (call 1): not ? today"},
    {"behind",
     "wrote outside its outputs in jvp (call 1): byte 1 behind tangent_output", NULL},
    {"unwritten",
     "left outputs unwritten in jvp (call 1): 35 of 35 elements of tangent_output, the "
     "first is number 0",
     NULL},
    {"without",
     "broke the protocol in jvp (call 1): \"without\" is no list of wanted "
     "gradients",
     "broke the protocol in jvp (call 1): \"without\" is no list of wanted gradients"},
};

#define FAULTS (sizeof faults / sizeof faults[0])

START_TEST(a_fault_of_forward_mode_is_told_and_the_next_call_is_answered)
{
    bool piped = _i % 2 == 1;
    const char *told = piped ? faults[_i / 2].piped : faults[_i / 2].shared;
    struct scene s;
    struct wck_subject *subject;
    struct wck_error err;
    char arguments[40];

    snprintf(arguments, sizeof arguments, "%s 1", faults[_i / 2].fault);
    subject = worker_new(arguments, piped ? WCK_TRANSPORT_PIPE : WCK_TRANSPORT_SHARED);
    for (int maps = 0; maps < 2; maps++) {
        scene_init(&s, maps == 1);
        if (maps == 0) {
            ck_assert_int_eq(push(subject, &s, &err),
                             told != NULL ? WCK_SUBJECT : WCK_OK);
            ck_assert_str_eq(err.text, told != NULL ? told : "");
        }
        ck_assert_int_eq(push(subject, &s, &err), WCK_OK);
        assert_right(&s);
        scene_release(&s);
    }
    wck_subject_free(subject);
}
END_TEST

/* What a worker says that it serves, and what it is then not asked. */
static const struct {
    const char *serves, *told;
} refusals[] = {
    {"{}", "reference 1 has no forward mode"},
    {"{\"tangents\": []}", "reference 1 serves no tangents 'image' (it serves none)"},
    {"{\"tangents\": [\"image\", \"border_value\"]}",
     "reference 1 serves no tangents 'matrix' (image, border_value)"},
};

START_TEST(tangents_that_a_worker_does_not_list_are_not_asked)
{
    struct scene s;
    struct wck_subject *subject;
    struct wck_error err;

    setenv("SERVES", refusals[_i].serves, 1);
    scene_init(&s, false);
    subject = worker_new("crash 1+", WCK_TRANSPORT_ANY);
    ck_assert_int_eq(push(subject, &s, &err), WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text, refusals[_i].told);
    wck_subject_free(subject);
    scene_release(&s);
}
END_TEST

/* ---- questions ---- */

START_TEST(a_question_holds_the_tangents_that_are_given)
{
    static const char *const by_matrix[] = {"image",          "matrix",
                                            "border_value",   "tangent_image",
                                            "tangent_matrix", "tangent_border_value"};
    static const char *const by_maps[] = {
        "image",         "map_x",         "map_y",         "border_value",
        "tangent_image", "tangent_map_x", "tangent_map_y", "tangent_border_value"};
    const char *const *names = _i == 0 ? by_matrix : by_maps;
    const size_t all = _i == 0 ? 6 : 8;
    struct scene s;
    struct wck_question q;

    scene_init(&s, _i == 1);
    ck_assert_int_eq(
        wck_question_jvp(&q, &s.problem, &s.image, &s.tangents, &s.output, NULL),
        WCK_OK);
    ck_assert_str_eq(q.call, "jvp");
    ck_assert_uint_eq(q.array_count, all);
    for (size_t i = 0; i < all; i++)
        ck_assert_str_eq(q.arrays[i].name, names[i]);
    ck_assert_uint_eq(q.wanted_count, 1);
    ck_assert_str_eq(q.wanted[0].name, "tangent_output");
    wck_question_release(&q);
    ck_assert_int_eq(wck_question_jvp(&q, &s.problem, &s.image,
                                      &(struct wck_tangents){.image = NULL}, &s.output,
                                      NULL),
                     WCK_OK);
    ck_assert_uint_eq(q.array_count, _i == 0 ? 3 : 4); /* those of forward */
    wck_question_release(&q);
    scene_release(&s);
}
END_TEST

START_TEST(a_tangent_of_what_is_not_given_is_no_question)
{
    struct scene s;
    struct wck_question q;
    struct wck_error err[3] = {{WCK_OK, ""}, {WCK_OK, ""}, {WCK_OK, ""}};
    const struct wck_tangents of_samples = {.x = s.x}, of_matrix = {.matrix = matrix},
                              of_output = {.destination = &s.output};

    scene_init(&s, false);
    ck_assert_int_eq(
        wck_question_jvp(&q, &s.problem, &s.image, &of_samples, &s.output, &err[0]),
        WCK_UNSUPPORTED);
    ck_assert_str_eq(err[0].text,
                     "a tangent of coordinates has no place in a call with a matrix");
    wck_question_release(&q);
    ck_assert_int_eq(
        wck_question_jvp(&q, &s.problem, &s.image, &of_output, &s.output, &err[1]),
        WCK_UNSUPPORTED);
    ck_assert_str_eq(err[1].text,
                     "a tangent of what the output held before has no place in a call");
    wck_question_release(&q);
    s.problem.warp.map = wck_map_coordinates(s.x, s.y);
    ck_assert_int_eq(
        wck_question_jvp(&q, &s.problem, &s.image, &of_matrix, &s.output, &err[2]),
        WCK_UNSUPPORTED);
    ck_assert_str_eq(err[2].text, "a tangent of a matrix has no place in a call with "
                                  "coordinates");
    wck_question_release(&q);
    scene_release(&s);
}
END_TEST

/* ---- one of ours behind the protocol ---- */

/* A call of the reference, of which one thing is other than it should be. */
struct offered {
    struct scene scene;
    struct wck_plugin_array arrays[6], wanted;
    struct wck_plugin_call call;
};

static struct wck_plugin_array numbers(const char *name, const double *data, int rank,
                                       const size_t *shape)
{
    struct wck_plugin_array made = {.name = name};

    ck_assert_int_eq(wck_tensor_new(&made.tensor, WCK_FLOAT64, rank, shape, NULL),
                     WCK_OK);
    memcpy(made.tensor.data, data, wck_tensor_count(&made.tensor) * sizeof *data);
    return made;
}

static void offered_init(struct offered *o)
{
    const size_t one[] = {1}, matrices[] = {2, 3};

    scene_init(&o->scene, false);
    o->arrays[0] = (struct wck_plugin_array){"image", o->scene.image.tensor};
    o->arrays[1] = numbers("matrix", matrix, 2, matrices);
    o->arrays[2] = numbers("border_value", &border_value, 1, one);
    o->arrays[3] = (struct wck_plugin_array){"tangent_image", o->scene.tangent.tensor};
    o->arrays[4] = numbers("tangent_matrix", moved_matrix, 2, matrices);
    o->arrays[5] = numbers("tangent_border_value", &moved_border, 1, one);
    o->wanted = (struct wck_plugin_array){"tangent_output", o->scene.output.tensor};
    o->call = (struct wck_plugin_call){
        .verb = WCK_PLUGIN_JVP,
        .convention = "warp",
        .interp = "bilinear",
        .border = "constant",
        .layout = "HW",
        .align_corners = -1,
        .spec = "{\"convention\":\"warp\",\"interp\":\"bilinear\",\"border\":"
                "\"constant\",\"inverse_map\":false,\"layout\":\"HW\"}",
        .arrays = o->arrays,
        .wanted = &o->wanted,
        .array_count = 6,
        .wanted_count = 1};
}

static void offered_release(struct offered *o)
{
    static const int own[] = {1, 2, 4, 5};

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        free(o->arrays[own[i]].tensor.data);
    scene_release(&o->scene);
}

static enum warpcheck_answer put(const struct offered *o,
                                 char message[WCK_PLUGIN_MESSAGE])
{
    struct wck_plugin *plugin;
    enum warpcheck_answer answer;

    ck_assert_int_eq(wck_offer_new(&plugin, "builtin:reference", NULL), WCK_OK);
    ck_assert(wck_plugin_has_jvp(plugin));
    answer = wck_plugin_answer(plugin, &o->call, message);
    wck_plugin_free(plugin);
    return answer;
}

START_TEST(the_reference_serves_its_forward_mode)
{
    struct offered o;
    char message[WCK_PLUGIN_MESSAGE];

    offered_init(&o);
    ck_assert_msg(put(&o, message) == WARPCHECK_OK, "%s", message);
    assert_right(&o.scene);
    offered_release(&o);
}
END_TEST

static void of_another_type(struct offered *o)
{
    o->arrays[4].tensor.dtype = WCK_FLOAT32;
}

static void of_another_shape(struct offered *o)
{
    o->arrays[4].tensor.rank = 1;
}

static void in_a_librarys_words(struct offered *o)
{
    o->call.convention = "opencv.warpAffine";
    o->call.spec = "{\"convention\":\"opencv.warpAffine\",\"layout\":\"HW\"}";
}

static void of_two(struct offered *o)
{
    o->call.wanted_count = 2;
}

static void of_another_size(struct offered *o)
{
    o->call.layout = "HWC";
    o->wanted.tensor = (struct wck_tensor){.data = o->wanted.tensor.data,
                                           .dtype = WCK_FLOAT32,
                                           .rank = 3,
                                           .shape = {HEIGHT, 1, WIDTH},
                                           .stride = {WIDTH, WIDTH, 1}};
}

static const struct {
    void (*alter)(struct offered *o);
    enum warpcheck_answer answer;
    const char *said;
} altered[] = {
    {of_another_type, WARPCHECK_UNSUPPORTED, "no tangent_matrix but of float64"},
    {of_another_shape, WARPCHECK_FAILED, "the call: tangent_matrix "},
    {in_a_librarys_words, WARPCHECK_UNSUPPORTED,
     "forward mode is served in the convention warp only"},
    {of_two, WARPCHECK_UNSUPPORTED, "it gives a tangent_output alone"},
    {of_another_size, WARPCHECK_FAILED, "the tangent_output is of another size"},
};

START_TEST(what_the_reference_does_not_serve_is_said)
{
    struct offered o;
    struct wck_plugin_array both[2];
    char message[WCK_PLUGIN_MESSAGE];

    offered_init(&o);
    altered[_i].alter(&o);
    both[0] = both[1] = o.wanted;
    o.call.wanted = both;
    ck_assert_int_eq(put(&o, message), altered[_i].answer);
    ck_assert_msg(strncmp(message, altered[_i].said, strlen(altered[_i].said)) == 0,
                  "%s", message);
    offered_release(&o);
}
END_TEST

Suite *wck_push_suite(void)
{
    Suite *suite = suite_create("push");
    TCase *tcase = tcase_create("push");

    tcase_add_loop_test(tcase,
                        a_fault_of_forward_mode_is_told_and_the_next_call_is_answered,
                        0, 2 * (int)FAULTS);
    tcase_add_loop_test(tcase, tangents_that_a_worker_does_not_list_are_not_asked, 0,
                        (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_loop_test(tcase, a_question_holds_the_tangents_that_are_given, 0, 2);
    tcase_add_test(tcase, a_tangent_of_what_is_not_given_is_no_question);
    tcase_add_test(tcase, the_reference_serves_its_forward_mode);
    tcase_add_loop_test(tcase, what_the_reference_does_not_serve_is_said, 0,
                        (int)(sizeof altered / sizeof altered[0]));
    suite_add_tcase(suite, tcase);
    return suite;
}
