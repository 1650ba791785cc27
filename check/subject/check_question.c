/* Questions: the arrays of a call are those a recording of it would hold, and gradients
 * come back to where they are wanted. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/subject/message.h"

#define HEIGHT 5 /* of outputs */
#define WIDTH 7
#define SAMPLES (HEIGHT * WIDTH)

static const double border_value[3] = {0.25, -0.5, 4.0};

/* A call in a convention's form, and the problem that it is. */
struct scene {
    struct wck_call call;
    struct wck_call_item item;
    struct wck_problem problem;
    struct wck_image image, output, upstream;
    double numbers[WCK_CALL_ARRAYS][2 * SAMPLES];
};

static struct scene scene_of(const char *convention, int rank, const size_t *shape)
{
    struct scene s = {.call = {.convention = wck_convention_find(convention),
                               .choices = {.align_corners = -1},
                               .border_value = border_value,
                               .output_height = HEIGHT,
                               .output_width = WIDTH}};
    static const char *const layouts[] = {"NCHW", "HW"};

    ck_assert_ptr_nonnull(s.call.convention);
    s.problem.layout = layouts[strstr(convention, "scipy") != NULL];
    ck_assert_int_eq(
        wck_image_new(&s.image, WCK_FLOAT64, s.problem.layout, 1, 3, 11, 13, NULL),
        WCK_OK);
    ck_assert_int_eq(wck_image_new(&s.output, WCK_FLOAT64, s.problem.layout, 1, 3,
                                   HEIGHT, WIDTH, NULL),
                     WCK_OK);
    s.upstream = s.output;
    s.call.image = s.image;
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++)
        s.call.array[i] = wck_tensor_contiguous(NULL, WCK_FLOAT64, rank, shape);
    return s;
}

/* To be called where the scene stays. */
static void complete(struct scene *s)
{
    struct wck_error err = {WCK_OK, ""};

    s->call.border_values = s->call.convention->has_fill ? s->image.channels : 0;
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++) {
        size_t count = wck_tensor_count(&s->call.array[i]);

        s->call.array[i].data = s->numbers[i];
        for (size_t k = 0; k < count; k++)
            s->numbers[i][k] = 0.125 * (double)(k * k % 29) - 0.5 * (double)i + 0.0625;
    }
    ck_assert_msg(wck_call_check(&s->call, &err) == WCK_OK, "%s", err.text);
    ck_assert_msg(wck_call_item_init(&s->item, &s->call, 0, &err) == WCK_OK, "%s",
                  err.text);
    s->problem.warp = s->item.warp;
    s->problem.convention = s->call.convention;
    s->problem.choices = s->call.choices;
    s->problem.dtype = WCK_FLOAT64;
    s->problem.batch = 1;
    s->problem.channels = s->image.channels;
}

static void scene_release(struct scene *s)
{
    wck_call_item_release(&s->item);
    free(s->image.tensor.data);
    free(s->output.tensor.data);
}

static const struct {
    const char *convention;
    int rank;
    size_t shape[3];
} forms[] = {
    {"opencv.warpAffine", 2, {2, 3}},
    {"opencv.warpPerspective", 2, {3, 3}},
    {"torch.affine_grid", 2, {2, 3}},
    {"scipy.affine_transform", 2, {2, 3}},
    {"torch.grid_sample", 3, {HEIGHT, WIDTH, 2}},
    {"opencv.remap", 2, {HEIGHT, WIDTH}},
    {"scipy.map_coordinates", 3, {2, HEIGHT, WIDTH}},
};

#define FORMS (sizeof forms / sizeof forms[0])

/* Where the map lies among the arrays: after the image. */
#define MAP 1

START_TEST(the_map_is_given_as_the_library_takes_it)
{
    struct scene s = scene_of(forms[_i].convention, forms[_i].rank, forms[_i].shape);
    struct wck_question q;
    struct wck_error err = {WCK_OK, ""};

    complete(&s);
    ck_assert_msg(wck_question_forward(&q, &s.problem, &s.image, &s.output, &err) ==
                      WCK_OK,
                  "%s", err.text);
    ck_assert_str_eq(q.arrays[0].name, "image");
    for (size_t i = 0; wck_call_array_name(s.call.convention, i) != NULL; i++) {
        const struct wck_question_array *map = &q.arrays[MAP + i];

        ck_assert_str_eq(map->name, wck_call_array_name(s.call.convention, i));
        ck_assert_int_eq(map->tensor.rank, forms[_i].rank);
        ck_assert_mem_eq(map->tensor.shape, forms[_i].shape,
                         (size_t)forms[_i].rank * sizeof(size_t));
        ck_assert_mem_eq(map->tensor.data, s.numbers[i],
                         wck_tensor_count(&map->tensor) * sizeof(double));
    }
    ck_assert_str_eq(q.wanted[0].name, "output");
    ck_assert_uint_eq(q.wanted_count, 1);
    wck_question_release(&q);
    scene_release(&s);
}
END_TEST

/* The map itself as its own gradient: it must come back as what it was made of. */
START_TEST(gradients_come_back_from_the_librarys_form)
{
    struct scene s = scene_of(forms[_i].convention, forms[_i].rank, forms[_i].shape);
    double x[SAMPLES] = {0.0}, y[SAMPLES] = {0.0}, matrix[WCK_MATRIX] = {0.0};
    struct wck_gradients gradients = {0};
    struct wck_question q;
    struct wck_error err = {WCK_OK, ""};
    char name[40];

    complete(&s);
    if (wck_map_has_matrix(&s.problem.warp.map)) {
        gradients.matrix = matrix;
    } else {
        gradients.x = x;
        gradients.y = y;
    }
    ck_assert_msg(wck_question_vjp(&q, &s.problem, &s.image, &s.upstream, &gradients,
                                   &err) == WCK_OK,
                  "%s", err.text);
    for (size_t i = 0; i < q.wanted_count; i++) {
        snprintf(name, sizeof name, "grad_%s",
                 wck_call_array_name(s.call.convention, i));
        ck_assert_str_eq(q.wanted[i].name, name);
        ck_assert_int_eq(
            wck_tensor_copy(&q.arrays[MAP + i].tensor, &q.wanted[i].tensor, NULL),
            WCK_OK);
    }
    wck_question_collect(&q);
    if (gradients.matrix != NULL) {
        ck_assert_mem_eq(matrix, s.problem.warp.map.matrix,
                         (size_t)wck_map_entries(&s.problem.warp.map) * sizeof *matrix);
    } else {
        ck_assert_mem_eq(x, s.problem.warp.map.x, sizeof x);
        ck_assert_mem_eq(y, s.problem.warp.map.y, sizeof y);
    }
    wck_question_release(&q);
    scene_release(&s);
}
END_TEST

START_TEST(what_a_convention_does_not_take_is_not_asked)
{
    struct scene s = scene_of("opencv.warpAffine", 2, (size_t[]){2, 3});
    double x[SAMPLES] = {0.0}, y[SAMPLES] = {0.0};
    struct wck_gradients gradients = {.x = x};
    struct wck_question q;
    struct wck_error err = {WCK_OK, ""};

    complete(&s);
    ck_assert_int_eq(
        wck_question_vjp(&q, &s.problem, &s.image, &s.upstream, &gradients, &err),
        WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text,
                     "a gradient with respect to coordinates has no place in a "
                     "call with a matrix");
    wck_question_release(&q);
    s.problem.warp.map = wck_map_coordinates(x, y);
    err = (struct wck_error){WCK_OK, ""};
    ck_assert_int_eq(wck_question_forward(&q, &s.problem, &s.image, &s.output, &err),
                     WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text, "opencv.warpAffine does not take this map");
    wck_question_release(&q);
    scene_release(&s);
}
END_TEST

START_TEST(a_call_of_a_convention_is_written_in_its_words)
{
    static const char wanted[] =
        "{\"id\":7,\"call\":\"forward\",\"spec\":{\"convention\":\"opencv.warpAffine\","
        "\"layout\":\"NCHW\",\"interp\":\"INTER_LINEAR\"},\"arrays\":[{\"name\":"
        "\"image\","
        "\"dtype\":\"float64\",\"shape\":[1,3,11,13]},{\"name\":\"matrix\",\"dtype\":"
        "\"float64\",\"shape\":[2,3]},{\"name\":\"border_value\",\"dtype\":\"float64\","
        "\"shape\":[3]}],\"want\":[{\"name\":\"output\",\"dtype\":\"float64\","
        "\"shape\":"
        "[1,3,5,7]}]}\n";
    struct scene s = scene_of("opencv.warpAffine", 2, (size_t[]){2, 3});
    struct wck_text text = {0};
    struct wck_question q;

    s.call.choices.interp = "INTER_LINEAR";
    complete(&s);
    ck_assert_int_eq(wck_question_forward(&q, &s.problem, &s.image, &s.output, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_message_ask(&q, 7, NULL, NULL, &text, NULL), WCK_OK);
    ck_assert_str_eq(wck_text_string(&text), wanted);
    wck_text_release(&text);
    wck_question_release(&q);
    scene_release(&s);
}
END_TEST

START_TEST(what_the_output_held_before_goes_with_a_transparent_border)
{
    struct scene s = scene_of("opencv.remap", 2, (size_t[]){HEIGHT, WIDTH});
    struct wck_gradients gradients = {.destination = &s.output};
    struct wck_error err = {WCK_OK, ""};
    struct wck_question q;

    complete(&s);
    ck_assert_int_eq(
        wck_question_vjp(&q, &s.problem, &s.image, &s.upstream, &gradients, &err),
        WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text, "the call has no output from before");
    wck_question_release(&q);
    s.problem.warp.transparent = true;
    s.problem.warp.destination = s.output;
    ck_assert_int_eq(
        wck_question_vjp(&q, &s.problem, &s.image, &s.upstream, &gradients, NULL),
        WCK_OK);
    ck_assert_str_eq(q.arrays[3].name, "destination");
    ck_assert_ptr_eq(q.arrays[3].tensor.data, s.output.tensor.data);
    ck_assert_str_eq(q.wanted[0].name, "grad_destination");
    wck_question_release(&q);
    scene_release(&s);
}
END_TEST

/* ---- answers ---- */

static const struct {
    const char *line, *text;
    enum wck_answer_kind kind;
    bool piped;
} answers[] = {
    {"{\"id\": 7, \"ok\": true, \"more\": 1}", "", WCK_ANSWER_OK, false},
    {"{\"id\": 7, \"ok\": true}", "its answer lists no output where it should",
     WCK_ANSWER_BROKEN, true},
    {"{\"id\": 7, \"ok\": true, \"arrays\": [{\"name\": \"output\", \"dtype\": "
     "\"float32\", \"shape\": [1, 3, 5, 7]}]}",
     "its output has another shape or type than was wanted", WCK_ANSWER_FAILED, false},
    {"{\"id\": 7, \"ok\": true, \"arrays\": [{\"name\": \"output\", \"dtype\": "
     "\"float64\", \"shape\": [1, 3, 5, 7]}, {}]}",
     "its answer lists 2 arrays, not 1", WCK_ANSWER_BROKEN, true},
    {"{\"id\": \"7\", \"ok\": true}", "its answer has no id", WCK_ANSWER_BROKEN, false},
    {"[7]", "its answer is no JSON object: '[7]'", WCK_ANSWER_BROKEN, false},
    {"{\"id\": 7, \"ok\": 1}",
     "its answer is neither \"ok\": true nor an \"error\" that is unsupported or "
     "failed",
     WCK_ANSWER_BROKEN, false},
    {"{\"id\": 7, \"error\": \"unsupported\"}", "it does not say why",
     WCK_ANSWER_UNSUPPORTED, false},
    {"{\"id\": 7, \"ok\": true, \"without\": [\"output\"]}",
     "\"without\" is no list of wanted gradients", WCK_ANSWER_BROKEN, false},
};

START_TEST(answers_are_told_apart)
{
    struct scene s = scene_of("opencv.warpAffine", 2, (size_t[]){2, 3});
    struct wck_question q;
    struct wck_answer made;

    complete(&s);
    wck_question_forward(&q, &s.problem, &s.image, &s.output, NULL);
    made = wck_message_read_answer(answers[_i].line, 7, &q, answers[_i].piped);
    ck_assert_str_eq(made.text, answers[_i].text);
    ck_assert_int_eq(made.kind, answers[_i].kind);
    wck_question_release(&q);
    scene_release(&s);
}
END_TEST

Suite *wck_question_suite(void)
{
    Suite *suite = suite_create("question");
    TCase *tcase = tcase_create("question");

    tcase_add_loop_test(tcase, the_map_is_given_as_the_library_takes_it, 0, (int)FORMS);
    tcase_add_loop_test(tcase, gradients_come_back_from_the_librarys_form, 0,
                        (int)FORMS);
    tcase_add_test(tcase, what_a_convention_does_not_take_is_not_asked);
    tcase_add_test(tcase, a_call_of_a_convention_is_written_in_its_words);
    tcase_add_test(tcase, what_the_output_held_before_goes_with_a_transparent_border);
    tcase_add_loop_test(tcase, answers_are_told_apart, 0,
                        (int)(sizeof answers / sizeof answers[0]));
    suite_add_tcase(suite, tcase);
    return suite;
}
