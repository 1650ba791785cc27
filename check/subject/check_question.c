/* Questions: the arrays of a call are those a recording of it would hold. */
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

/* A call under a convention, as a recording of its inputs has it. */
struct scene {
    struct wck_recorded asked;
    double numbers[WCK_CALL_ARRAYS][2 * SAMPLES];
};

static const struct wck_recorded_inputs size = {.height = HEIGHT, .width = WIDTH};

static void add(struct wck_npz *npz, const char *name, double *numbers, int rank,
                const size_t *shape)
{
    struct wck_tensor tensor = wck_tensor_contiguous(numbers, WCK_FLOAT64, rank, shape);

    ck_assert_int_eq(wck_npz_add_array(npz, name, &tensor, NULL), WCK_OK);
}

/* Of `interp` (NULL: not said); with what the output held before where that is
 * `transparent`. */
static void scene_of(struct scene *s, const char *convention, int rank,
                     const size_t *shape, const char *interp, bool transparent)
{
    static double images[3 * 11 * 13], fill[3];
    const size_t pictures[] = {1, 3, 11, 13}, outputs[] = {1, 3, HEIGHT, WIDTH};
    const size_t channels = 3;
    bool flat = strstr(convention, "scipy") != NULL;
    struct wck_spec spec = {.convention = wck_convention_find(convention),
                            .layout = flat ? "HW" : "NCHW",
                            .choices = {.interp = interp,
                                        .border = transparent ? "transparent" : NULL,
                                        .align_corners = -1}};
    struct wck_text text = {0};
    struct wck_error err = {WCK_OK, ""};
    struct wck_npz npz = {0};
    int skip = flat ? 2 : 0;

    ck_assert_ptr_nonnull(spec.convention);
    memcpy(fill, border_value, sizeof fill);
    add(&npz, "image", images, 4 - skip, pictures + skip);
    for (size_t i = 0; wck_call_array_name(spec.convention, i) != NULL; i++) {
        for (size_t k = 0; k < 2 * SAMPLES; k++)
            s->numbers[i][k] = 0.125 * (double)(k * k % 29) - 0.5 * (double)i + 0.0625;
        add(&npz, wck_call_array_name(spec.convention, i), s->numbers[i], rank, shape);
    }
    if (spec.convention->has_fill && !transparent)
        add(&npz, "border_value", fill, 1, flat ? (const size_t[]){1} : &channels);
    if (transparent)
        add(&npz, "destination", images, 4 - skip, outputs + skip);
    add(&npz, "grad_output", images, 4 - skip, outputs + skip);
    ck_assert_int_eq(wck_spec_write(&spec, &text, NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_add_text(&npz, "spec.json", wck_text_string(&text), NULL),
                     WCK_OK);
    wck_text_release(&text);
    ck_assert_msg(wck_recorded_take(&s->asked, &npz, "call", &size, &err) == WCK_OK,
                  "%s: %s", convention, err.text);
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
    struct scene s;
    struct wck_question q;

    scene_of(&s, forms[_i].convention, forms[_i].rank, forms[_i].shape, NULL, false);
    ck_assert_int_eq(wck_question_recorded(&q, &s.asked, false, SIZE_MAX, NULL),
                     WCK_OK);
    ck_assert_str_eq(q.arrays[0].name, "image");
    for (size_t i = 0; wck_call_array_name(s.asked.spec.convention, i) != NULL; i++) {
        const struct wck_question_array *map = &q.arrays[MAP + i];

        ck_assert_str_eq(map->name, wck_call_array_name(s.asked.spec.convention, i));
        ck_assert_int_eq(map->tensor.rank, forms[_i].rank);
        ck_assert_mem_eq(map->tensor.shape, forms[_i].shape,
                         (size_t)forms[_i].rank * sizeof(size_t));
        ck_assert_mem_eq(map->tensor.data, s.numbers[i],
                         wck_tensor_count(&map->tensor) * sizeof(double));
    }
    ck_assert_str_eq(q.wanted[0].name, "output");
    ck_assert_uint_eq(q.wanted_count, 1);
    wck_question_release(&q);
    wck_recorded_release(&s.asked);
}
END_TEST

START_TEST(every_array_has_its_gradient_together_and_alone)
{
    struct scene s;
    struct wck_question all, one;
    char name[40];
    size_t maps = 0;

    scene_of(&s, forms[_i].convention, forms[_i].rank, forms[_i].shape, NULL, false);
    ck_assert_int_eq(wck_question_recorded(&all, &s.asked, true, SIZE_MAX, NULL),
                     WCK_OK);
    ck_assert_str_eq(all.arrays[all.array_count - 1].name, "grad_output");
    ck_assert_uint_eq(all.wanted_count, wck_question_gradients(&s.asked));
    ck_assert_str_eq(all.wanted[0].name, "grad_image");
    for (; wck_call_array_name(s.asked.spec.convention, maps) != NULL; maps++) {
        snprintf(name, sizeof name, "grad_%s",
                 wck_call_array_name(s.asked.spec.convention, maps));
        ck_assert_str_eq(all.wanted[MAP + maps].name, name);
        ck_assert_int_eq(all.wanted[MAP + maps].tensor.rank, forms[_i].rank);
        ck_assert_mem_eq(all.wanted[MAP + maps].tensor.shape, forms[_i].shape,
                         (size_t)forms[_i].rank * sizeof(size_t));
    }
    if (s.asked.spec.convention->has_fill)
        ck_assert_str_eq(all.wanted[MAP + maps].name, "grad_border_value");
    for (size_t i = 0; i < all.wanted_count; i++) {
        ck_assert_int_eq(wck_question_recorded(&one, &s.asked, true, i, NULL), WCK_OK);
        ck_assert_uint_eq(one.wanted_count, 1);
        ck_assert_str_eq(one.wanted[0].name, all.wanted[i].name);
        wck_question_release(&one);
    }
    wck_question_release(&all);
    wck_recorded_release(&s.asked);
}
END_TEST

START_TEST(what_a_problem_does_not_hold_is_not_asked)
{
    const double matrix[6] = {0.9, 0.2, 1.5, -0.1, 1.1, -2.5};
    const double homography[9] = {0.9, 0.2, 1.5, -0.1, 1.1, -2.5, 0.001, 0.0, 1.0};
    double x[SAMPLES];
    struct wck_gradients gradients = {.x = x};
    struct wck_problem problem = {
        .dtype = WCK_FLOAT64, .layout = "HW", .batch = 1, .channels = 1};
    struct wck_image image;
    struct wck_question q;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(
        wck_image_new(&image, WCK_FLOAT64, "HW", 1, 1, HEIGHT, WIDTH, NULL), WCK_OK);
    problem.warp.output_height = HEIGHT;
    problem.warp.output_width = WIDTH;
    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    ck_assert_int_eq(wck_question_vjp(&q, &problem, &image, &image, &gradients, &err),
                     WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text,
                     "a gradient with respect to coordinates has no place in a "
                     "call with a matrix");
    wck_question_release(&q);
    ck_assert_int_eq(wck_map_matrix(&problem.warp.map, WCK_MAP_HOMOGRAPHY, 2,
                                    homography, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    err = (struct wck_error){WCK_OK, ""};
    ck_assert_int_eq(wck_question_forward(&q, &problem, &image, &image, &err),
                     WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text,
                     "without a convention a worker is asked for affine maps and "
                     "coordinates of images in pixels only");
    wck_question_release(&q);
    free(image.tensor.data);
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
    struct scene s;
    struct wck_text text = {0};
    struct wck_question q;

    scene_of(&s, "opencv.warpAffine", 2, (size_t[]){2, 3}, "INTER_LINEAR", false);
    ck_assert_int_eq(wck_question_recorded(&q, &s.asked, false, SIZE_MAX, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_message_ask(&q, 7, NULL, NULL, &text, NULL), WCK_OK);
    ck_assert_str_eq(wck_text_string(&text), wanted);
    wck_text_release(&text);
    wck_question_release(&q);
    wck_recorded_release(&s.asked);
}
END_TEST

START_TEST(what_the_output_held_before_goes_with_a_transparent_border)
{
    const size_t shape[] = {HEIGHT, WIDTH};
    struct scene s;
    struct wck_question q;

    scene_of(&s, "opencv.remap", 2, shape, NULL, true);
    ck_assert_int_eq(wck_question_recorded(&q, &s.asked, false, SIZE_MAX, NULL),
                     WCK_OK);
    ck_assert_str_eq(q.arrays[3].name, "destination");
    ck_assert_ptr_eq(q.arrays[3].tensor.data,
                     wck_member_find(&s.asked.archive, "destination")->data);
    wck_question_release(&q);
    wck_recorded_release(&s.asked);
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

START_TEST(a_gradient_that_a_call_is_without_is_marked)
{
    struct scene s;
    struct wck_question q;
    struct wck_answer made;

    scene_of(&s, "opencv.warpAffine", 2, (size_t[]){2, 3}, NULL, false);
    ck_assert_int_eq(wck_question_recorded(&q, &s.asked, true, SIZE_MAX, NULL), WCK_OK);
    made = wck_message_read_answer(
        "{\"id\": 7, \"ok\": true, \"without\": [\"grad_matrix\"]}", 7, &q, false);
    ck_assert_int_eq(made.kind, WCK_ANSWER_OK);
    ck_assert(!made.without[0]);
    ck_assert(made.without[1]);
    wck_question_release(&q);
    wck_recorded_release(&s.asked);
}
END_TEST

START_TEST(answers_are_told_apart)
{
    struct scene s;
    struct wck_question q;
    struct wck_answer made;

    scene_of(&s, "opencv.warpAffine", 2, (size_t[]){2, 3}, NULL, false);
    ck_assert_int_eq(wck_question_recorded(&q, &s.asked, false, SIZE_MAX, NULL),
                     WCK_OK);
    made = wck_message_read_answer(answers[_i].line, 7, &q, answers[_i].piped);
    ck_assert_str_eq(made.text, answers[_i].text);
    ck_assert_int_eq(made.kind, answers[_i].kind);
    wck_question_release(&q);
    wck_recorded_release(&s.asked);
}
END_TEST

Suite *wck_question_suite(void)
{
    Suite *suite = suite_create("question");
    TCase *tcase = tcase_create("question");

    tcase_add_loop_test(tcase, the_map_is_given_as_the_library_takes_it, 0, (int)FORMS);
    tcase_add_loop_test(tcase, every_array_has_its_gradient_together_and_alone, 0,
                        (int)FORMS);
    tcase_add_test(tcase, what_a_problem_does_not_hold_is_not_asked);
    tcase_add_test(tcase, a_gradient_that_a_call_is_without_is_marked);
    tcase_add_test(tcase, a_call_of_a_convention_is_written_in_its_words);
    tcase_add_test(tcase, what_the_output_held_before_goes_with_a_transparent_border);
    tcase_add_loop_test(tcase, answers_are_told_apart, 0,
                        (int)(sizeof answers / sizeof answers[0]));
    suite_add_tcase(suite, tcase);
    return suite;
}
