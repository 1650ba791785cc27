/* The reasons that coverage gives, held entry by entry against those that experiments
 * find: the scenes that everybody meets, and cases by lot.  EXPLAIN_SEED and
 * EXPLAIN_COUNT in the environment ask for others (make check-explain). */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/coverage/named.h"
#include "check/suites.h"
#include "check/turn.h"
#include "reference/convention.h"
#include "src/coverage/coverage.h"

#define RUN 100 /* cases of one test */
#define COUNT 1000
#define SEED 2376

static enum wck_dtype dtype_of(const struct drawn *drawn)
{
    enum wck_dtype dtype;

    ck_assert(wck_dtype_find(drawn->type->name, &dtype));
    return dtype;
}

static void place_map(struct wck_warp *warp, const struct trial_warp *trial)
{
    const struct wck_convention *opencv = wck_convention_find("opencv.warpAffine");
    const struct wck_choices choices = {.align_corners = -1, .axes = 2};
    enum wck_status status;

    if (trial->collapses)
        status =
            wck_convention_matrix(opencv, &choices, trial->matrix, 2, 3, warp, NULL);
    else
        status = wck_map_matrix(
            &warp->map, WCK_MAP_AFFINE, 2, trial->matrix,
            trial->to_output ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE, NULL);
    ck_assert_int_eq(status, WCK_OK);
}

static struct wck_warp warp_of(const struct trial_warp *trial)
{
    struct wck_warp warp = {
        .kernel = wck_kernel_find(trial->kernel),
        .border = wck_border_find(trial->border),
        .source_width = trial->source[0],
        .source_height = trial->source[1],
        .output_width = trial->output[0],
        .output_height = trial->output[1],
    };

    place_map(&warp, trial);
    return warp;
}

/* The numbers as an image of the case's layout; NULL for NULL.  Owned. */
static struct wck_image *image_of(const struct drawn *drawn, const double *numbers,
                                  enum wck_dtype dtype, const size_t size[2])
{
    struct wck_image *image;
    size_t pixels = size[0] * size[1];

    if (numbers == NULL)
        return NULL;
    image = calloc(1, sizeof *image);
    ck_assert_int_eq(wck_image_new(image, dtype, drawn->layout, drawn->batch,
                                   drawn->channels, size[1], size[0], NULL),
                     WCK_OK);
    for (size_t e = 0; e < drawn->batch * drawn->channels * pixels; e++)
        wck_image_set(image, e / pixels, e % pixels / size[0], e % size[0], numbers[e]);
    return image;
}

static void image_free(struct wck_image *image)
{
    if (image != NULL)
        free(image->tensor.data);
    free(image);
}

static bool is_uniform(const struct drawn *drawn)
{
    size_t count =
        drawn->batch * drawn->channels * drawn->warp.output[0] * drawn->warp.output[1];

    for (size_t i = 0; i < count; i++) {
        if (!(drawn->upstream[i] <= drawn->upstream[0] &&
              drawn->upstream[i] >= drawn->upstream[0]))
            return false;
    }
    return true;
}

static struct wck_coverage cover(const struct drawn *drawn, const struct wck_warp *warp)
{
    const size_t *source = drawn->warp.source, *output = drawn->warp.output;
    struct wck_image *upstream =
        is_uniform(drawn) ? NULL
                          : image_of(drawn, drawn->upstream, WCK_FLOAT64, output);
    struct wck_image *gradient =
        image_of(drawn, drawn->gradient, dtype_of(drawn), source);
    struct wck_image *numeric = image_of(drawn, drawn->numeric, WCK_FLOAT64, source);
    struct wck_image *response = image_of(drawn, drawn->response, WCK_FLOAT64, source);
    struct wck_coverage_request request = {
        .warp = warp,
        .batch = drawn->batch,
        .channels = drawn->channels,
        .dtype = dtype_of(drawn),
        .upstream = drawn->unknown ? NULL : upstream,
        .uniform = drawn->upstream[0],
        .upstream_unknown = drawn->unknown,
        .gradient = gradient,
        .numeric = numeric,
        .response = response,
    };
    struct wck_coverage coverage;

    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    image_free(upstream);
    image_free(gradient);
    image_free(numeric);
    image_free(response);
    return coverage;
}

/* Where a gradient is given, its coordinates and weights were rounded: 4 roundings of a
 * coordinate at up to its terms' magnitudes and 4 at up to the image's size.  To first
 * order a weight that grows with the cube of its coordinate, or its fifth power, may
 * come from 3 or 5 times as far. */
static bool may_vanish(const struct drawn *drawn, const struct wck_warp *warp, size_t p)
{
    const double *m = warp->map.backward;
    double u = fmin(ldexp(1.0, -drawn->type->digits), 0x1p-24), size;
    double w = (double)warp->output_width, h = (double)warp->output_height;

    size = 1.0 + (double)warp->source_width + (double)warp->source_height +
           (fabs(m[0]) + fabs(m[3])) * w + (fabs(m[1]) + fabs(m[4])) * h + fabs(m[2]) +
           fabs(m[5]);
    return drawn->gradient != NULL &&
           explain_may_vanish(&drawn->warp, p, 5.0 * 4.0 * u * size, 4.0 * u);
}

/* ---- what is compared ---- */

struct tally {
    size_t entries, covered, undecided, spurious, negligible, not_finite;
    size_t reason[WCK_REASON_COUNT];
};

static const char *id_of(unsigned char reason)
{
    return reason == WCK_COVERED ? NULL
                                 : wck_reason_row((enum wck_reason)(reason - 1))->id;
}

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *or_covered(const char *reason)
{
    return reason != NULL ? reason : "covered";
}

static void compare_entries(const struct drawn *drawn, const struct wck_warp *warp,
                            const struct wck_coverage *c,
                            const struct explanation *found, struct tally *tally)
{
    for (size_t e = 0; e < c->entries_total; e++) {
        const char *got = id_of(c->reason[e]), *want = found->reason[e];
        bool same = is_same(got, want);

        if (!same && is_same(got, "zero-weight") &&
            may_vanish(drawn, warp, e % c->pixels_total)) {
            tally->undecided++;
            same = true;
        }
        ck_assert_msg(same,
                      "entry %zu of %zux%zu (%s, %s, border %s, %s, subject %s): "
                      "coverage says %s, experiments %s",
                      e, c->height, c->width, drawn->map, drawn->warp.kernel,
                      drawn->warp.border, drawn->type->name, drawn->subject,
                      or_covered(got), or_covered(want));
        tally->entries++;
        tally->covered += got == NULL;
        if (got != NULL)
            tally->reason[c->reason[e] - 1]++;
    }
}

/* Entries with a gradient, at weights that rounding may have made of 0: whether the
 * warp sends one there cannot be told. */
static size_t count_doubtful(const struct drawn *drawn, const struct wck_warp *warp,
                             const struct wck_coverage *c)
{
    size_t doubtful = 0;

    for (size_t e = 0; e < c->entries_total; e++) {
        if (c->reason[e] == WCK_COVERED && c->weight[e % c->pixels_total] > 0.0 &&
            may_vanish(drawn, warp, e % c->pixels_total))
            doubtful++;
    }
    return doubtful;
}

static void compare_spurious(const struct drawn *drawn, const struct wck_warp *warp,
                             const struct wck_coverage *c,
                             const struct explanation *found)
{
    ck_assert_uint_ge(c->spurious_entries, found->spurious);
    if (c->spurious_entries > found->spurious)
        ck_assert_uint_le(c->spurious_entries - found->spurious,
                          count_doubtful(drawn, warp, c));
}

static void compare_counts(const struct wck_coverage *c,
                           const struct explanation *found, struct tally *tally)
{
    size_t pixels = c->pixels_covered, entries = c->entries_covered;

    for (int i = 0; i < WCK_REASON_COUNT; i++) {
        pixels += c->reason_pixels[i];
        entries += c->reason_entries[i];
    }
    ck_assert_uint_eq(pixels, c->pixels_total);
    ck_assert_uint_eq(entries, c->entries_total);
    ck_assert_uint_eq(c->framed_pixels, found->framed);
    ck_assert_uint_eq(c->listed_pixels, found->listed);
    ck_assert_uint_eq(c->reachable_pixels, found->reachable.pixels);
    ck_assert_uint_eq(c->reachable_entries, found->reachable.entries);
    ck_assert_uint_eq(c->negligible_entries, found->negligible);
    ck_assert_uint_eq(c->non_finite_outputs, found->non_finite);
    tally->spurious += c->spurious_entries;
    tally->negligible += c->negligible_entries;
    tally->not_finite += c->non_finite_outputs;
}

/* Explains the case both ways; returns coverage's, to be released. */
static struct wck_coverage compare(const struct drawn *drawn, struct tally *tally)
{
    struct wck_warp warp = warp_of(&drawn->warp);
    struct wck_coverage coverage = cover(drawn, &warp);
    struct explain_question question = {
        .warp = &drawn->warp,
        .planes = drawn->batch * drawn->channels,
        .type = drawn->type,
        .upstream = drawn->unknown ? NULL : drawn->upstream,
        .gradient = drawn->gradient,
        .numeric = drawn->numeric,
        .response = drawn->response,
    };
    struct explanation found = explain(&question);

    compare_entries(drawn, &warp, &coverage, &found, tally);
    compare_spurious(drawn, &warp, &coverage, &found);
    compare_counts(&coverage, &found, tally);
    explanation_free(&found);
    return coverage;
}

/* ---- by lot ---- */

static unsigned long asked(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);

    return text != NULL && text[0] != '\0' ? strtoul(text, NULL, 10) : otherwise;
}

/* What was compared, where somebody asked for it. */
static void say(const struct tally *tally, unsigned long run)
{
    if (getenv("EXPLAIN_COUNT") == NULL)
        return;
    printf("run %lu: %zu entries agree, %zu undecided; %zu covered, %zu spurious, "
           "%zu negligible",
           run, tally->entries, tally->undecided, tally->covered, tally->spurious,
           tally->negligible);
    for (int i = 0; i < WCK_REASON_COUNT; i++)
        printf(", %zu %s", tally->reason[i], wck_reason_row((enum wck_reason)i)->id);
    printf("\n");
}

START_TEST(random_cases_are_explained_as_experiments_explain_them)
{
    unsigned long count = asked("EXPLAIN_COUNT", COUNT),
                  seed = asked("EXPLAIN_SEED", SEED);
    struct tally tally = {.entries = 0};

    if (!is_turn(_i))
        return;
    for (unsigned long i = RUN * (unsigned long)_i; i < RUN * (unsigned long)(_i + 1);
         i++) {
        struct drawn drawn = {.batch = 0};
        struct wck_coverage coverage;

        if (i >= count)
            break;
        drawn = drawn_make(seed, i);
        coverage = compare(&drawn, &tally);
        wck_coverage_release(&coverage);
        drawn_free(&drawn);
    }
    say(&tally, (unsigned long)_i);
    /* What cannot be told is rare, but comes in clumps: samples along a row share a
     * small weight. */
    ck_assert_uint_le(tally.undecided * 100, tally.entries);
    if (asked("EXPLAIN_SEED", SEED) != SEED || count < RUN * (unsigned long)(_i + 1))
        return; /* of other seeds a hundred may lack a reason */
    /* Nothing is filled whole under the borders that are drawn. */
    for (int i = 0; i < WCK_REASON_COUNT; i++)
        ck_assert_msg((tally.reason[i] > 0) == (i != WCK_FILLED),
                      "no entry is %s, or one is filled",
                      wck_reason_row((enum wck_reason)i)->id);
    ck_assert_uint_gt(tally.covered, 0);
    ck_assert_uint_gt(tally.spurious, 0);
    ck_assert_uint_gt(tally.negligible, 0);
    ck_assert_uint_gt(tally.not_finite, 0);
}
END_TEST

/* ---- by name ---- */

START_TEST(a_named_scene_has_the_reasons_that_everybody_can_count)
{
    const struct named *named = named_row((size_t)_i);
    struct tally tally = {.entries = 0};
    struct wck_coverage coverage;
    struct drawn drawn;
    size_t others;

    if (named->warp.source[0] >= 1024 && !is_turn(1)) /* a million pixels */
        return;
    drawn = named_make(named);
    coverage = compare(&drawn, &tally);
    others = coverage.entries_total - coverage.entries_covered;

    ck_assert_str_eq(drawn.subject, named->subject);
    ck_assert_uint_eq(tally.undecided, 0);
    ck_assert_msg(coverage.entries_covered == named->covered, "%s: %zu covered",
                  named->name, coverage.entries_covered);
    for (int k = 0; k < NAMED_REASONS && named->expected[k].reason != NULL; k++) {
        for (int i = 0; i < WCK_REASON_COUNT; i++) {
            const char *id = wck_reason_row((enum wck_reason)i)->id;

            if (strcmp(id, named->expected[k].reason) != 0)
                continue;
            ck_assert_msg(coverage.reason_entries[i] == named->expected[k].entries,
                          "%s: %zu %s", named->name, coverage.reason_entries[i], id);
            others -= coverage.reason_entries[i];
        }
    }
    ck_assert_msg(others == 0, "%s: %zu entries more", named->name, others);
    wck_coverage_release(&coverage);
    drawn_free(&drawn);
}
END_TEST

Suite *wck_explain_suite(void)
{
    Suite *suite = suite_create("explain");
    TCase *name = tcase_create("by name"), *lot = tcase_create("by lot");
    unsigned long count = asked("EXPLAIN_COUNT", COUNT);

    tcase_add_loop_test(lot, random_cases_are_explained_as_experiments_explain_them, 0,
                        (int)((count + RUN - 1) / RUN));
    tcase_add_loop_test(name, a_named_scene_has_the_reasons_that_everybody_can_count, 0,
                        (int)named_count());
    suite_add_tcase(suite, name);
    suite_add_tcase(suite, lot);
    return suite;
}
