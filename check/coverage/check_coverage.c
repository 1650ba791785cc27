#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/coverage/brute.h"
#include "check/suites.h"
#include "src/base/rng.h"
#include "src/coverage/coverage.h"

static struct wck_warp square_warp(size_t source, size_t output, const double m[6],
                                   const char *border)
{
    struct wck_warp warp = {
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find(border),
        .source_width = source,
        .source_height = source,
        .output_width = output,
        .output_height = output,
    };

    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_SOURCE_TO_OUTPUT, NULL), WCK_OK);
    return warp;
}

/* The gradient of a mean over the output, three channels. */
static struct wck_coverage explain_mean(const struct wck_warp *warp)
{
    struct wck_coverage_request request = {
        .warp = warp,
        .channels = 3,
        .dtype = WCK_FLOAT32,
        .uniform = 1.0 / (3.0 * (double)wck_warp_samples(warp)),
    };
    struct wck_coverage coverage;

    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    return coverage;
}

static void assert_adds_up(const struct wck_coverage *c)
{
    size_t pixels = c->pixels_covered, entries = c->entries_covered;

    for (int i = 0; i < WCK_REASON_COUNT; i++) {
        pixels += c->reason_pixels[i];
        entries += c->reason_entries[i];
    }
    ck_assert_uint_eq(pixels, c->pixels_total);
    ck_assert_uint_eq(entries, c->entries_total);
}

START_TEST(the_story_has_2376_pixels_and_7128_entries)
{
    static const char *const borders[] = {"constant", "replicate", "reflect",
                                          "reflect_101"};
    const double m[6] = {1, 0, 10, 0, 1, 20};
    struct wck_warp warp = square_warp(64, 64, m, borders[_i]);
    struct wck_coverage c = explain_mean(&warp);

    ck_assert_uint_eq(c.pixels_total, 4096);
    ck_assert_uint_eq(c.entries_total, 12288);
    ck_assert_uint_eq(c.pixels_covered, 2376);
    ck_assert_uint_eq(c.entries_covered, 7128);
    ck_assert_uint_eq(c.reason_pixels[WCK_OUT_OF_VIEW], 1621);
    ck_assert_uint_eq(c.reason_pixels[WCK_ZERO_WEIGHT], 99);
    ck_assert_uint_eq(c.reason_entries[WCK_OUT_OF_VIEW], 3 * 1621);
    ck_assert_uint_eq(c.reason_entries[WCK_ZERO_WEIGHT], 3 * 99);
    ck_assert_uint_eq(c.listed_pixels, 2475);
    ck_assert_uint_eq(c.reachable_pixels, 2475);
    ck_assert_uint_eq(c.reachable_entries, 7425);
    ck_assert_uint_eq(c.framed_pixels, 2376);
    assert_adds_up(&c);
    wck_coverage_release(&c);
}
END_TEST

START_TEST(the_story_with_border_wrap_covers_everything)
{
    const double m[6] = {1, 0, 10, 0, 1, 20};
    struct wck_warp warp = square_warp(64, 64, m, "wrap");
    struct wck_coverage c = explain_mean(&warp);

    ck_assert_uint_eq(c.pixels_covered, 4096);
    ck_assert_uint_eq(c.entries_covered, 12288);
    wck_coverage_release(&c);
}
END_TEST

START_TEST(the_opposite_shift_has_no_zero_weight)
{
    const double m[6] = {1, 0, -10, 0, 1, -20};
    struct wck_warp warp = square_warp(64, 64, m, "replicate");
    struct wck_coverage c = explain_mean(&warp);

    ck_assert_uint_eq(c.pixels_covered, 2376);
    ck_assert_uint_eq(c.reason_pixels[WCK_OUT_OF_VIEW], 1720);
    ck_assert_uint_eq(c.reason_pixels[WCK_ZERO_WEIGHT], 0);
    wck_coverage_release(&c);
}
END_TEST

/* A brute force's scene for a warp. */
static struct brute_scene scene_of(const struct wck_warp *warp, size_t planes,
                                   const double *upstream)
{
    struct brute_scene scene = {
        .kernel = warp->kernel->name,
        .border = warp->border->name,
        .source_width = warp->source_width,
        .source_height = warp->source_height,
        .output_width = warp->output_width,
        .output_height = warp->output_height,
        .planes = planes,
        .upstream = upstream,
    };

    memcpy(scene.backward, warp->map.backward, sizeof scene.backward);
    return scene;
}

static void assert_agree(const struct wck_coverage *c, const struct brute_result *brute)
{
    static const enum wck_reason reasons[BRUTE_REASONS] = {
        [BRUTE_OUT_OF_VIEW] = WCK_OUT_OF_VIEW,
        [BRUTE_FILLED] = WCK_FILLED,
        [BRUTE_SKIPPED] = WCK_SKIPPED,
        [BRUTE_ZERO_WEIGHT] = WCK_ZERO_WEIGHT,
        [BRUTE_UPSTREAM_ZERO] = WCK_UPSTREAM_ZERO,
        [BRUTE_CANCELLED] = WCK_CANCELLED,
    };

    for (size_t e = 0; e < c->entries_total; e++) {
        enum brute_reason want = brute->reason[e];

        ck_assert_msg(c->reason[e] == (want == BRUTE_COVERED ? 0 : 1 + reasons[want]),
                      "entry %zu: %d, brute force %d", e, c->reason[e], (int)want);
    }
    ck_assert_uint_eq(c->pixels_covered, brute->pixels[BRUTE_COVERED]);
    ck_assert_uint_eq(c->entries_covered, brute->entries[BRUTE_COVERED]);
    for (int i = 1; i < BRUTE_REASONS; i++) {
        ck_assert_uint_eq(c->reason_pixels[reasons[i]], brute->pixels[i]);
        ck_assert_uint_eq(c->reason_entries[reasons[i]], brute->entries[i]);
    }
    ck_assert_uint_eq(c->reachable_pixels, brute->listed_pixels);
    ck_assert_uint_eq(c->reachable_entries, brute->listed_entries);
    ck_assert_uint_eq(c->framed_pixels, brute->framed_pixels);
    assert_adds_up(c);
}

START_TEST(a_face_crop_of_a_photograph_agrees_with_the_brute_force)
{
    const double m[6] = {0.2873, 0.0791, -98.37, -0.0791, 0.2873, -41.93};
    struct wck_warp warp = square_warp(1024, 112, m, "constant");
    struct brute_scene scene = scene_of(&warp, 3, NULL);
    struct wck_coverage c = explain_mean(&warp);
    struct brute_result brute = brute_explain(&scene);

    assert_agree(&c, &brute);
    ck_assert_uint_gt(c.reason_pixels[WCK_SKIPPED], c.pixels_covered);
    for (size_t corner = 0; corner < 4; corner++)
        ck_assert_int_eq(c.pixel_reason[corner / 2 * 1023 * 1024 + corner % 2 * 1023],
                         1 + WCK_OUT_OF_VIEW);
    free(brute.reason);
    wck_coverage_release(&c);
}
END_TEST

/* The remedy for what is skipped there: footprints tile the frame. */
START_TEST(area_reads_every_pixel_of_a_face_crop_that_is_in_view)
{
    const double m[6] = {0.2873, 0.0791, -98.37, -0.0791, 0.2873, -41.93};
    struct wck_warp warp = square_warp(1024, 112, m, "constant");
    struct wck_coverage bilinear = explain_mean(&warp), area;

    warp.kernel = wck_kernel_find("area");
    area = explain_mean(&warp);
    assert_adds_up(&area);
    ck_assert_uint_eq(area.framed_pixels, bilinear.framed_pixels);
    ck_assert_uint_lt(bilinear.pixels_covered, area.framed_pixels / 2);
    ck_assert_uint_eq(area.reason_pixels[WCK_SKIPPED], 0);
    for (size_t p = 0; p < area.pixels_total; p++) {
        if (bilinear.pixel_reason[p] != 1 + WCK_OUT_OF_VIEW)
            ck_assert_msg(area.pixel_reason[p] == WCK_COVERED, "pixel %zu", p);
    }
    /* Beyond the frame it reads what its rim touches: 448 pixels of the length of the
     * frame's outline, one or two deep. */
    ck_assert_uint_ge(area.pixels_covered, area.framed_pixels);
    ck_assert_uint_le(area.pixels_covered, area.framed_pixels + 2 * 4 * 112 * 4);
    wck_coverage_release(&bilinear);
    wck_coverage_release(&area);
}
END_TEST

#define SIDE 13 /* most pixels along an axis of a random scene */
#define PLANES 3

/* Eighths: exact in every sum and product that follows. */
static double eighths(struct wck_rng *rng, int most)
{
    return ((double)wck_rng_below(rng, (uint64_t)(16 * most + 1)) - 8.0 * most) / 8.0;
}

/* Kinds of map: whole shifts; eighths, given from output to source; powers of two and
 * shears, given from source to output, whose inverse is exact; and, in both
 * directions, numbers of many digits. */
static enum wck_direction random_matrix(struct wck_rng *rng, int kind, double m[6])
{
    double power = ldexp(1.0, (int)wck_rng_below(rng, 4) - 2);

    for (int i = 0; i < 6; i++) {
        double generic = (i % 3 == 2 ? 5.0 : 1.2) * wck_rng_gaussian(rng);

        m[i] = kind < 3 ? eighths(rng, i % 3 == 2 ? 8 : 2) : generic;
    }
    if (kind == 0) {
        m[0] = m[4] = 1.0;
        m[1] = m[3] = 0.0;
        m[2] = nearbyint(m[2]);
        m[5] = nearbyint(m[5]);
    } else if (kind == 2) {
        m[0] = wck_rng_below(rng, 2) == 0 ? power : -power;
        m[4] = ldexp(1.0, (int)wck_rng_below(rng, 3) - 1);
        m[3] = 0.0;
    }
    return kind == 1 || kind == 3 ? WCK_OUTPUT_TO_SOURCE : WCK_SOURCE_TO_OUTPUT;
}

/* Small whole numbers, half of them 0, so that terms vanish and cancel. */
static void random_upstream(struct wck_rng *rng, double *upstream, size_t count)
{
    for (size_t i = 0; i < count; i++)
        upstream[i] =
            wck_rng_below(rng, 2) == 0 ? 0.0 : (double)wck_rng_below(rng, 7) - 3.0;
}

static size_t random_side(struct wck_rng *rng)
{
    return 1 + (size_t)wck_rng_below(rng, SIDE);
}

#define SCENES 100 /* in each of the loop's tests */

/* Adds to `seen` how many entries had each reason. */
static void compare_random_scene(int i, size_t seen[BRUTE_REASONS])
{
    struct wck_rng rng = wck_rng_start(7128, (uint64_t)i);
    size_t planes = 1 + (size_t)wck_rng_below(&rng, PLANES);
    struct wck_warp warp = {
        .kernel = wck_kernel_find(i % 2 == 0 ? "bilinear" : "nearest"),
        .border = wck_border_row((size_t)i % wck_border_count()),
        .source_width = random_side(&rng),
        .source_height = random_side(&rng),
        .output_width = random_side(&rng),
        .output_height = random_side(&rng),
    };
    size_t shape[3] = {planes, warp.output_height, warp.output_width};
    double m[6], data[PLANES * SIDE * SIDE];
    bool uniform = wck_rng_below(&rng, 4) == 0;
    struct wck_tensor tensor = wck_tensor_contiguous(data, WCK_FLOAT64, 3, shape);
    struct wck_image upstream;
    struct wck_coverage_request request = {
        .warp = &warp, .channels = planes, .uniform = 1.0};
    struct brute_scene scene;
    struct brute_result brute;
    struct wck_coverage coverage;
    enum wck_direction direction;

    do
        direction = random_matrix(&rng, i / 10 % 5, m);
    while (wck_map_affine(&warp.map, m, direction, NULL) != WCK_OK);
    random_upstream(&rng, data, planes * wck_warp_samples(&warp));
    ck_assert_int_eq(wck_image_view(&upstream, &tensor, "CHW", NULL), WCK_OK);
    request.upstream = uniform ? NULL : &upstream;
    scene = scene_of(&warp, planes, uniform ? NULL : data);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    brute = brute_explain(&scene);
    assert_agree(&coverage, &brute);
    for (int k = 0; k < BRUTE_REASONS; k++)
        seen[k] += brute.entries[k];
    free(brute.reason);
    wck_coverage_release(&coverage);
}

/* Numbers of many digits: no footprint only touches a pixel. */
START_TEST(random_footprints_agree_with_the_brute_force_in_every_entry)
{
    struct wck_rng rng = wck_rng_start(7129, (uint64_t)_i);
    size_t covered = 0;

    for (int k = 0; k < 10; k++) {
        struct wck_warp warp = {.kernel = wck_kernel_find("area"),
                                .border = wck_border_row((size_t)_i),
                                .source_width = random_side(&rng),
                                .source_height = random_side(&rng),
                                .output_width = random_side(&rng),
                                .output_height = random_side(&rng)};
        struct wck_coverage_request request = {
            .warp = &warp, .channels = 1, .uniform = 1.0};
        struct brute_scene scene;
        struct brute_result brute;
        struct wck_coverage coverage;
        double m[6];

        do
            random_matrix(&rng, 4, m);
        while (wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL) != WCK_OK);
        scene = scene_of(&warp, 1, NULL);
        ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
        brute = brute_explain(&scene);
        assert_agree(&coverage, &brute);
        covered += coverage.pixels_covered;
        free(brute.reason);
        wck_coverage_release(&coverage);
    }
    ck_assert_uint_gt(covered, 50);
}
END_TEST

START_TEST(random_scenes_agree_with_the_brute_force_in_every_entry)
{
    size_t seen[BRUTE_REASONS] = {0};

    for (int i = 0; i < SCENES; i++)
        compare_random_scene(SCENES * _i + i, seen);
    for (int k = 0; k < BRUTE_REASONS; k++)
        ck_assert_msg(seen[k] > 0 || k == BRUTE_FILLED, "no entry has reason %d", k);
}
END_TEST

/* Arrays of a 5x4 image under a 3x2 output, two channels, a batch of two. */
struct arrays {
    struct wck_image image, output;
    double image_data[2 * 2 * 5 * 4], output_data[2 * 2 * 3 * 2];
    struct wck_warp warp;
};

static void arrays_init(struct arrays *a)
{
    const double m[6] = {1.6875, 0.0625, 0.3125, 0.125, 1.5625, 0.4375};
    struct wck_tensor image =
        wck_tensor_contiguous(a->image_data, WCK_FLOAT64, 4, (size_t[]){2, 2, 4, 5});
    struct wck_tensor output =
        wck_tensor_contiguous(a->output_data, WCK_FLOAT64, 4, (size_t[]){2, 2, 2, 3});

    *a = (struct arrays){.warp = {.kernel = wck_kernel_find("bilinear"),
                                  .border = wck_border_find("replicate"),
                                  .source_width = 5,
                                  .source_height = 4,
                                  .output_width = 3,
                                  .output_height = 2}};
    ck_assert_int_eq(wck_map_affine(&a->warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_image_view(&a->image, &image, "NCHW", NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&a->output, &output, "NCHW", NULL), WCK_OK);
    for (size_t i = 0; i < sizeof a->output_data / sizeof *a->output_data; i++)
        a->output_data[i] = 0.6875 + 0.25 * (double)i;
}

static struct wck_coverage_request request_of(const struct arrays *a)
{
    return (struct wck_coverage_request){
        .warp = &a->warp, .batch = 2, .channels = 2, .upstream = &a->output};
}

START_TEST(the_references_own_gradient_explains_itself)
{
    struct arrays a;
    struct wck_gradients gradients = {.image = &a.image};
    struct wck_coverage own, given;
    struct wck_coverage_request request;

    arrays_init(&a);
    request = request_of(&a);
    ck_assert_int_eq(wck_warp_vjp(&a.warp, &a.image, &a.output, &gradients, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_coverage_explain(&own, &request, NULL), WCK_OK);
    request.gradient = &a.image;
    ck_assert_int_eq(wck_coverage_explain(&given, &request, NULL), WCK_OK);
    ck_assert_int_eq(memcmp(own.reason, given.reason, own.entries_total), 0);
    ck_assert_mem_eq(own.magnitude, given.magnitude,
                     own.pixels_total * sizeof *own.magnitude);
    ck_assert_uint_eq(given.spurious_entries, 0);
    ck_assert_uint_gt(own.entries_covered, 0);
    ck_assert_double_eq(own.largest, given.largest);
    ck_assert_ptr_null(own.error);
    for (size_t p = 0; p < given.pixels_total; p++)
        ck_assert_double_eq(given.error[p], 0.0);
    wck_coverage_release(&own);
    wck_coverage_release(&given);
}
END_TEST

START_TEST(a_gradient_where_the_reference_has_none_is_spurious)
{
    const double m[6] = {1, 0, 2, 0, 1, 0}; /* columns 0 and 1 are out of view */
    struct arrays a;
    struct wck_coverage coverage;
    struct wck_coverage_request request;

    arrays_init(&a);
    request = request_of(&a);
    request.gradient = &a.image;
    ck_assert_int_eq(wck_map_affine(&a.warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    wck_image_set(&a.image, 3, 1, 0, -0.75);
    wck_image_set(&a.image, 0, 0, 1, 1e-18); /* what rounding could leave behind */
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert_uint_eq(coverage.spurious_entries, 1);
    ck_assert_uint_eq(coverage.entries_covered, 2);
    ck_assert_uint_eq(coverage.pixels_covered, 2);
    ck_assert_double_eq(coverage.error[a.image.width], 0.75);
    ck_assert_double_eq(coverage.error[1], 1e-18);
    wck_coverage_release(&coverage);
    request.upstream_unknown = true;
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert_ptr_null(coverage.error);
    wck_coverage_release(&coverage);
    request.upstream_unknown = false;
    wck_image_set(&a.image, 0, 0, 1, (double)NAN);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert(isinf(coverage.error[1]));
    wck_coverage_release(&coverage);
}
END_TEST

/* Nearest over a row of eight pixels, copied but for the sample at a tie. */
#define ROW 8

struct row {
    double x[ROW], y[ROW], given[2 * ROW], g[2 * ROW];
    struct wck_warp warp;
    struct wck_image gradient, upstream;
    struct wck_coverage_request request;
    double bound; /* of the sample at the tie; the others' is 0 */
};

static double tie_error(const void *state, size_t item, size_t sample, double x,
                        double y, double bound[2])
{
    const struct row *row = state;

    ck_assert_uint_eq(item, 0);
    ck_assert_double_eq(x, row->x[sample]);
    ck_assert_double_eq(y, 0.0);
    bound[WCK_X] = sample == 0 ? row->bound : 0.0;
    bound[WCK_Y] = 0.0;
    return sample == 0 ? 1.0 : 0.0;
}

static struct wck_image row_view(double *data)
{
    struct wck_tensor tensor =
        wck_tensor_contiguous(data, WCK_FLOAT64, 3, (size_t[]){2, 1, ROW});
    struct wck_image image;

    ck_assert_int_eq(wck_image_view(&image, &tensor, "CHW", NULL), WCK_OK);
    return image;
}

/* Sample 0 at 2.5, the others on pixels 0 to 3: from pixel 4 on nothing arrives. */
static void row_init(struct row *row)
{
    *row = (struct row){.bound = 1e-6};
    for (int i = 0; i < ROW; i++)
        row->x[i] = i == 0 ? 2.5 : (double)(i % 4);
    for (int i = 0; i < ROW; i++)
        row->g[i] = row->g[ROW + i] = 1.375;
    row->warp = (struct wck_warp){.kernel = wck_kernel_find("nearest"),
                                  .border = wck_border_find("constant"),
                                  .source_width = ROW,
                                  .source_height = 1,
                                  .output_width = ROW,
                                  .output_height = 1,
                                  .map = wck_map_coordinates(row->x, row->y)};
    row->gradient = row_view(row->given);
    row->upstream = row_view(row->g);
    row->request = (struct wck_coverage_request){.warp = &row->warp,
                                                 .channels = 2,
                                                 .dtype = WCK_FLOAT64,
                                                 .upstream = &row->upstream,
                                                 .gradient = &row->gradient,
                                                 .weight_error = tie_error,
                                                 .weight_error_state = row};
}

static size_t spurious_of(const struct row *row)
{
    struct wck_coverage coverage;
    size_t spurious;

    ck_assert_int_eq(wck_coverage_explain(&coverage, &row->request, NULL), WCK_OK);
    spurious = coverage.spurious_entries;
    wck_coverage_release(&coverage);
    return spurious;
}

START_TEST(a_sample_at_a_tie_excuses_the_pixels_it_may_read_and_no_others)
{
    struct row row;

    row_init(&row);
    for (int i = 1; i < ROW; i++)
        row.x[i] = 0.0; /* of pixels 2 and 3 sample 0 alone reads one */
    row.given[2] = row.given[3] = 1.375;
    ck_assert_uint_eq(spurious_of(&row), 0);
    row.given[6] = 0.25;
    ck_assert_uint_eq(spurious_of(&row), 1);
    row.given[2] = row.given[3] = 3.0; /* more than it can bring */
    ck_assert_uint_eq(spurious_of(&row), 3);
    row.bound = (double)INFINITY;
    row.given[2] = row.given[3] = 0.0;
    ck_assert_uint_eq(spurious_of(&row), 0);
    row.given[6] = 1.5;
    ck_assert_uint_eq(spurious_of(&row), 1);
}
END_TEST

START_TEST(a_tie_beyond_an_edge_excuses_the_pixels_that_the_border_reads)
{
    struct row row;

    row_init(&row);
    row.warp.border = wck_border_find("wrap");
    row.x[0] = (double)ROW - 0.5;
    for (int i = 1; i < ROW; i++)
        row.x[i] = 3.0;
    row.given[0] = 1.0;
    row.given[ROW - 1] = 1.0;
    ck_assert_uint_eq(spurious_of(&row), 0);
    row.given[1] = 1.0;
    ck_assert_uint_eq(spurious_of(&row), 1);
    row.warp.fold = wck_fold_find("fill"); /* beyond 7 nothing is read */
    row.x[0] = (double)ROW - 1.0;
    ck_assert_uint_eq(spurious_of(&row), 2);
}
END_TEST

START_TEST(what_is_excused_does_not_hang_on_the_planes_before)
{
    struct row row;

    row_init(&row);
    for (int i = 1; i < ROW; i++)
        row.x[i] = 0.0;
    row.given[3] = row.given[ROW + 3] = 10.0;
    row.g[0] = 100.0;
    ck_assert_uint_eq(spurious_of(&row), 1);
    row.g[0] = 1.375;
    row.g[ROW] = 100.0;
    ck_assert_uint_eq(spurious_of(&row), 1);
}
END_TEST

/* Its own rounding excuses what a sample with a huge coordinate may read, not all. */
START_TEST(a_coordinate_that_is_far_out_excuses_itself_alone)
{
    struct row row;

    row_init(&row);
    row.request.weight_error = NULL;
    row.request.dtype = WCK_FLOAT32;
    row.x[0] = -1e4;
    row.given[6] = 0.25;
    ck_assert_uint_eq(spurious_of(&row), 1);
    row.x[0] = 1e9; /* in float32 within 256 pixels: anywhere */
    ck_assert_uint_eq(spurious_of(&row), 0);
}
END_TEST

START_TEST(a_footprint_excuses_the_pixels_that_it_may_touch)
{
    const double m[6] = {0.5, 0, 1, 0, 1, 0};
    struct row row;

    row_init(&row);
    row.request.weight_error = NULL;
    row.warp.kernel = wck_kernel_find("area");
    row.warp.output_width = 4;
    row.upstream.width = 4;
    ck_assert_int_eq(wck_map_affine(&row.warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    row.given[0] = 1e-17;
    ck_assert_uint_eq(spurious_of(&row), 0);
    row.given[6] = 1e-17;
    ck_assert_uint_eq(spurious_of(&row), 1);
}
END_TEST

START_TEST(under_an_unknown_upstream_only_what_nothing_may_read_is_spurious)
{
    struct row row;

    row_init(&row);
    for (int i = 1; i < ROW; i++)
        row.x[i] = 0.0;
    row.request.upstream = NULL;
    row.request.upstream_unknown = true;
    row.given[2] = row.given[3] = 1e6;
    ck_assert_uint_eq(spurious_of(&row), 0);
    row.given[5] = 1e-6;
    ck_assert_uint_eq(spurious_of(&row), 1);
}
END_TEST

START_TEST(a_pixel_has_the_first_reason_among_its_planes)
{
    struct arrays a;
    struct wck_coverage coverage;
    struct wck_coverage_request request;

    arrays_init(&a);
    request = request_of(&a);
    request.gradient = &a.image; /* all zero: lost, but upstream-zero in plane 2 */
    for (size_t s = 0; s < 6; s++)
        wck_image_set(&a.output, 2, s / 3, s % 3, 0.0);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert_uint_eq(coverage.reason_entries[WCK_LOST_IN_BACKWARD],
                      3 * coverage.reason_entries[WCK_UPSTREAM_ZERO]);
    ck_assert_uint_eq(coverage.reason_pixels[WCK_UPSTREAM_ZERO],
                      coverage.reason_entries[WCK_UPSTREAM_ZERO]);
    ck_assert_uint_eq(coverage.reason_pixels[WCK_LOST_IN_BACKWARD], 0);
    assert_adds_up(&coverage);
    wck_coverage_release(&coverage);
}
END_TEST

START_TEST(reads_and_weight_are_those_of_the_geometry)
{
    struct arrays a;
    struct wck_coverage coverage;
    struct wck_coverage_request request;
    double weight = 0.0;

    arrays_init(&a);
    request = request_of(&a);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    for (size_t p = 0; p < coverage.pixels_total; p++) {
        weight += coverage.weight[p];
        ck_assert(coverage.reads[p] > 0 || !(coverage.weight[p] > 0.0));
    }
    /* Six outputs, border replicate: the weights of each add up to 1. */
    ck_assert_double_eq_tol(weight, 6.0, 1e-14);
    wck_coverage_release(&coverage);
}
END_TEST

START_TEST(outputs_that_are_not_finite_are_counted_in_every_plane)
{
    double x[6] = {0.25, 1.5, 2.75, 0.25, 1.5, 2.75}, y[6] = {0, 1, 2, 0, 1, 2};
    struct arrays a;
    struct wck_coverage coverage;
    struct wck_coverage_request request;

    arrays_init(&a);
    x[1] = (double)NAN;
    y[5] = (double)INFINITY;
    a.warp.map = wck_map_coordinates(x, y);
    request = request_of(&a);
    request.upstream = NULL;
    request.uniform = 1.0;
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert_uint_eq(coverage.non_finite_outputs, 2 * 4);
    wck_coverage_release(&coverage);
    request.upstream = &a.output;
    wck_image_set(&a.output, 1, 0, 0, (double)NAN);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert_uint_eq(coverage.non_finite_outputs, 2 * 4 + 1);
    ck_assert_uint_gt(coverage.reason_entries[WCK_NON_FINITE], 0);
    wck_coverage_release(&coverage);
}
END_TEST

START_TEST(gradients_below_a_millionth_of_the_largest_are_negligible)
{
    struct arrays a;
    struct wck_coverage coverage;
    struct wck_coverage_request request;

    arrays_init(&a);
    for (size_t i = 0; i < 24; i++)
        a.output_data[i] = i / 6 == 1 ? 1e-9 : 1.0;
    request = request_of(&a);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert_uint_gt(coverage.negligible_entries, 0);
    ck_assert_uint_eq(4 * coverage.negligible_entries, coverage.entries_covered);
    wck_coverage_release(&coverage);
}
END_TEST

static void assert_refused(const struct wck_coverage_request *request, const char *why)
{
    struct wck_coverage coverage;
    struct wck_error err = {.status = WCK_OK};

    ck_assert_int_eq(wck_coverage_explain(&coverage, request, &err), WCK_INVALID);
    ck_assert_msg(strstr(err.text, why) != NULL, "\"%s\" does not say %s", err.text,
                  why);
    wck_coverage_release(&coverage);
}

START_TEST(shapes_that_do_not_fit_are_refused)
{
    struct arrays a;
    struct wck_coverage_request request;

    arrays_init(&a);
    request = request_of(&a);
    request.upstream = &a.image;
    assert_refused(&request, "the upstream gradient is 4x5");
    request = request_of(&a);
    request.channels = 3;
    assert_refused(&request, "2 channels");
    request = request_of(&a);
    request.gradient = &a.output;
    assert_refused(&request, "the gradient is 2x3");
    request = request_of(&a);
    request.numeric = &a.output;
    assert_refused(&request, "numeric derivative");
    request = request_of(&a);
    request.response = &a.output;
    assert_refused(&request, "response");
    request = request_of(&a);
    a.warp.output_width = 0;
    assert_refused(&request, "the output is empty");
}
END_TEST

START_TEST(a_gradient_in_an_integer_type_is_refused)
{
    struct arrays a;
    struct wck_coverage_request request;

    arrays_init(&a);
    request = request_of(&a);
    request.dtype = WCK_UINT8;
    assert_refused(&request, "uint8");
}
END_TEST

START_TEST(more_planes_than_can_be_counted_are_refused)
{
    struct arrays a;
    struct wck_coverage_request request;

    arrays_init(&a);
    request = request_of(&a);
    request.upstream = NULL;
    request.batch = SIZE_MAX / 2;
    request.channels = 3;
    assert_refused(&request, "too large");
}
END_TEST

Suite *wck_coverage_suite(void)
{
    Suite *suite = suite_create("coverage");
    TCase *tcase = tcase_create("coverage");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_story_has_2376_pixels_and_7128_entries, 0, 4);
    tcase_add_test(tcase, the_story_with_border_wrap_covers_everything);
    tcase_add_test(tcase, the_opposite_shift_has_no_zero_weight);
    tcase_add_test(tcase, a_face_crop_of_a_photograph_agrees_with_the_brute_force);
    tcase_add_test(tcase, area_reads_every_pixel_of_a_face_crop_that_is_in_view);
    tcase_add_loop_test(tcase,
                        random_footprints_agree_with_the_brute_force_in_every_entry, 0,
                        (int)wck_border_count());
    tcase_add_loop_test(tcase, random_scenes_agree_with_the_brute_force_in_every_entry,
                        0, 8);
    tcase_add_test(tcase, the_references_own_gradient_explains_itself);
    tcase_add_test(tcase, a_gradient_where_the_reference_has_none_is_spurious);
    tcase_add_test(tcase,
                   a_sample_at_a_tie_excuses_the_pixels_it_may_read_and_no_others);
    tcase_add_test(tcase,
                   a_tie_beyond_an_edge_excuses_the_pixels_that_the_border_reads);
    tcase_add_test(tcase, what_is_excused_does_not_hang_on_the_planes_before);
    tcase_add_test(tcase, a_coordinate_that_is_far_out_excuses_itself_alone);
    tcase_add_test(tcase, a_footprint_excuses_the_pixels_that_it_may_touch);
    tcase_add_test(tcase,
                   under_an_unknown_upstream_only_what_nothing_may_read_is_spurious);
    tcase_add_test(tcase, a_pixel_has_the_first_reason_among_its_planes);
    tcase_add_test(tcase, reads_and_weight_are_those_of_the_geometry);
    tcase_add_test(tcase, outputs_that_are_not_finite_are_counted_in_every_plane);
    tcase_add_test(tcase, gradients_below_a_millionth_of_the_largest_are_negligible);
    tcase_add_test(tcase, shapes_that_do_not_fit_are_refused);
    tcase_add_test(tcase, a_gradient_in_an_integer_type_is_refused);
    tcase_add_test(tcase, more_planes_than_can_be_counted_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
