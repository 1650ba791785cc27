/* Double backward against the oracle and against differences of the pull-back. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"

/* S = <a, image gradient> + sum over the axes of <b, coordinate gradient>. */
struct directions {
    double a[PAIR_PIXELS], b[WCK_AXES][PAIR_SAMPLES];
};

static void draw_directions(struct directions *directions, struct wck_rng *rng)
{
    for (size_t i = 0; i < PAIR_PIXELS; i++)
        directions->a[i] = wck_rng_gaussian(rng);
    for (size_t k = 0; k < WCK_AXES; k++) {
        for (size_t i = 0; i < PAIR_SAMPLES; i++)
            directions->b[k][i] = wck_rng_gaussian(rng);
    }
}

/* What the reference says of dS. */
struct answer {
    double upstream[PAIR_SAMPLES], image[PAIR_PIXELS], u[WCK_AXES][PAIR_SAMPLES];
};

static void ask(struct pair *pair, struct directions *directions, struct answer *answer)
{
    struct wck_image from = pair_source(pair, pair->image);
    struct wck_image upstream = pair_output(pair, pair->upstream);
    struct wck_image a = pair_source(pair, directions->a);
    struct wck_image of_upstream = pair_output(pair, answer->upstream);
    struct wck_image of_image = pair_source(pair, answer->image);
    struct wck_tangents along = {.image = &a,
                                 .x = directions->b[0],
                                 .y = directions->b[1],
                                 .z = directions->b[2]};
    struct wck_second wanted = {.upstream = &of_upstream,
                                .image = &of_image,
                                .x = answer->u[0],
                                .y = answer->u[1],
                                .z = answer->u[2]};

    ck_assert_int_eq(
        wck_warp_second(&pair->warp, &from, &upstream, &along, &wanted, NULL), WCK_OK);
}

/* A sum of the oracle's, with the bound that adds up with it. */
struct judged {
    __float128 value;
    double bound;
};

static void add(const struct pair *pair, const struct oracle_image *image,
                const double u[WCK_AXES], const int order[WCK_AXES], __float128 factor,
                struct judged *judged)
{
    struct oracle_sum sum = oracle_sum(&pair->oracle, image, u, order);

    judged->value += factor * sum.value;
    sum.magnitude *= 3; /* of up to 13 products more, in all */
    judged->bound += fabs((double)factor) * pair_bound(pair, &sum, order);
}

/* dR/du of order `axis` (-1: R itself), R = sum w a + sum b dw/du x at sample i. */
static struct judged bracket(const struct pair *pair,
                             const struct directions *directions,
                             const struct oracle_image image[2],
                             const double u[WCK_AXES], size_t i, int axis)
{
    struct judged judged = {0, 0.0};
    int order[WCK_AXES] = {0, 0, 0};

    if (axis >= 0)
        order[axis]++;
    add(pair, &image[0], u, order, 1, &judged);
    for (int k = 0; k < pair->oracle.axes; k++) {
        order[k]++;
        add(pair, &image[1], u, order, directions->b[k][i], &judged);
        order[k]--;
    }
    return judged;
}

static void expect(double got, const struct judged *want, const struct pair *pair,
                   const char *what, size_t i)
{
    if (isnan(got) && isnanq(want->value))
        return;
    ck_assert_msg(fabsq(got - want->value) <= want->bound,
                  "%s, %s, fold %s: %s %zu is %.17g, the oracle says %.17g (bound %g)",
                  pair->oracle.kernel, pair->oracle.border,
                  pair->oracle.fold != NULL ? pair->oracle.fold : "none", what, i, got,
                  (double)want->value, want->bound);
}

/* dS/d(pixel) = sum over the outputs of g sum b d(weight of the pixel)/du. */
static struct judged of_pixel(const struct pair *pair,
                              const struct directions *directions, double u[][WCK_AXES],
                              size_t pixel)
{
    double only[PAIR_PIXELS] = {0.0};
    struct judged judged = {0, 0.0};
    struct oracle_image image;

    only[pixel] = 1.0;
    image = oracle_image_new(&pair->oracle, only, 0.0);
    for (size_t i = 0; i < pair->samples; i++) {
        if (!isfinite(u[i][0] + u[i][1] + u[i][2]))
            continue;
        for (int k = 0; k < pair->oracle.axes; k++) {
            int order[WCK_AXES] = {0, 0, 0};

            order[k] = 1;
            add(pair, &image, u[i], order,
                (__float128)pair->upstream[i] * directions->b[k][i], &judged);
        }
    }
    oracle_image_free(&image);
    /* Each addition rounds what has been added up, at most once an output. */
    judged.bound *= 1.0 + (double)pair->samples / 4.0;
    return judged;
}

static void expect_second(struct pair *pair, struct wck_rng *rng)
{
    double u[PAIR_SAMPLES][WCK_AXES];
    struct directions directions;
    struct answer answer;
    struct oracle_image image[2];

    pair_bind(pair, rng);
    pair_coordinates(pair, u);
    draw_directions(&directions, rng);
    ask(pair, &directions, &answer);
    image[0] = oracle_image_new(&pair->oracle, directions.a, 0.0);
    image[1] = oracle_image_new(&pair->oracle, pair->image, pair->border_value);
    for (size_t i = 0; i < pair->samples; i++) {
        struct judged r;

        image[1].border_value = pair_outside(pair, i);
        r = bracket(pair, &directions, image, u[i], i, -1);
        expect(answer.upstream[i], &r, pair, "upstream", i);
        for (int a = 0; a < pair->oracle.axes; a++) {
            struct judged du = bracket(pair, &directions, image, u[i], i, a);

            du.value *= pair->upstream[i];
            du.bound *= fabs(pair->upstream[i]);
            expect(answer.u[a][i], &du, pair, "coordinate", i);
        }
    }
    for (int k = 0; k < 3; k++) {
        size_t pixel = wck_rng_below(rng, pair->pixels);
        struct judged x = of_pixel(pair, &directions, u, pixel);

        expect(answer.image[pixel], &x, pair, "pixel", pixel);
    }
    oracle_image_free(&image[0]);
    oracle_image_free(&image[1]);
}

static void sized(struct pair *pair, int axes, struct wck_rng *rng,
                  double (*draw)(struct wck_rng *rng, int n))
{
    const int source[WCK_AXES] = {5, 3, 2}, output[WCK_AXES] = {3, 2, 2};

    pair->oracle.axes = axes;
    pair->oracle.kind = "coordinates";
    memcpy(pair->oracle.source, source, sizeof source);
    memcpy(pair->oracle.output, output, sizeof output);
    for (int a = 0; a < axes; a++) {
        for (size_t i = 0; i < 12; i++)
            pair->given[a][i] = draw(rng, source[a]);
    }
}

START_TEST(double_backward_of_every_kernel_is_the_second_derivative)
{
    struct wck_rng rng = wck_rng_start(3001, (uint64_t)_i);

    for (size_t border = 0; border < wck_border_count(); border++) {
        for (int axes = 2; axes <= 3; axes++) {
            struct pair pair = {.oracle = {.kernel = wck_kernel_row((size_t)_i)->name,
                                           .border = wck_border_row(border)->name}};

            sized(&pair, axes, &rng, pair_draw);
            expect_second(&pair, &rng);
        }
    }
}
END_TEST

START_TEST(double_backward_reads_what_the_output_held)
{
    static const char *const folds[] = {NULL, "fill-floor", "int32"};
    struct wck_rng rng = wck_rng_start(3004, (uint64_t)_i);

    for (int fold = 0; fold < 3; fold++) {
        struct pair pair = {.oracle = {.kernel = wck_kernel_row((size_t)_i)->name,
                                       .border = "constant",
                                       .fold = folds[fold]},
                            .transparent = true};

        sized(&pair, 2, &rng, pair_draw_dyadic);
        expect_second(&pair, &rng);
    }
}
END_TEST

START_TEST(double_backward_goes_through_every_fold)
{
    struct wck_rng rng = wck_rng_start(3002, (uint64_t)_i);

    for (int axes = 2; axes <= 3; axes++) {
        struct pair pair = {.oracle = {.kernel = "cubic-0.5",
                                       .border = "reflect",
                                       .fold = wck_fold_row((size_t)_i)->name}};

        sized(&pair, axes, &rng, pair_draw_dyadic);
        expect_second(&pair, &rng);
    }
}
END_TEST

START_TEST(double_backward_goes_through_every_prefilter)
{
    struct wck_rng rng = wck_rng_start(3003, (uint64_t)_i);

    for (int order = 2; order <= 5; order++) {
        char kernel[] = "spline?";
        struct pair pair = {
            .oracle = {.kernel = kernel,
                       .border = "reflect_101",
                       .prefilter = wck_prefilter_row((size_t)_i)->name}};

        kernel[6] = (char)('0' + order);
        sized(&pair, 2, &rng, pair_draw_dyadic);
        expect_second(&pair, &rng);
    }
}
END_TEST

Suite *wck_second_suite(void)
{
    Suite *suite = suite_create("second");
    TCase *tables = tcase_create("tables");

    tcase_set_timeout(tables, 120);
    tcase_add_loop_test(tables,
                        double_backward_of_every_kernel_is_the_second_derivative, 0,
                        pair_separable_kernels());
    tcase_add_loop_test(tables, double_backward_reads_what_the_output_held, 0,
                        pair_separable_kernels());
    tcase_add_loop_test(tables, double_backward_goes_through_every_fold, 0,
                        (int)wck_fold_count());
    tcase_add_loop_test(tables, double_backward_goes_through_every_prefilter, 0,
                        (int)wck_prefilter_count());
    suite_add_tcase(suite, tables);
    return suite;
}
