/* Every row of the what-if table against dense Jacobians: those of the warp, and of
 * what the row's options, or its name, say.  Where those are of warps they are the
 * reference's pull-back of one output after another; means and straight-through weights
 * are by direct formulas. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/run/cost.h"
#include "src/run/survey.h"
#include "src/run/what_if_row.h"

#define PLANES 2
#define SCENES 15

/* Weights of every pixel in every output, output by output. */
struct dense {
    size_t width, height, pixels; /* of the output; of the source */
    double *weight;
};

static double *at(const struct dense *dense, size_t output)
{
    return dense->weight + output * dense->pixels;
}

static struct dense dense_new(size_t width, size_t height, size_t pixels)
{
    return (struct dense){width, height, pixels,
                          calloc(width * height * pixels, sizeof(double))};
}

static struct dense dense_of(const struct wck_warp *warp)
{
    struct dense dense = dense_new(warp->output_width, warp->output_height,
                                   warp->source_width * warp->source_height);
    struct wck_image image, one, gradient;

    ck_assert_int_eq(wck_image_new(&image, WCK_FLOAT64, "HW", 1, 1, warp->source_height,
                                   warp->source_width, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_image_new(&one, WCK_FLOAT64, "HW", 1, 1, warp->output_height,
                                   warp->output_width, NULL),
                     WCK_OK);
    gradient = image;
    for (size_t o = 0; o < dense.width * dense.height; o++) {
        wck_image_set(&one, 0, o / dense.width, o % dense.width, 1.0);
        gradient.tensor.data = at(&dense, o);
        ck_assert_int_eq(wck_warp_vjp(warp, &image, &one,
                                      &(struct wck_gradients){.image = &gradient},
                                      NULL),
                         WCK_OK);
        wck_image_set(&one, 0, o / dense.width, o % dense.width, 0.0);
    }
    free(image.tensor.data);
    free(one.tensor.data);
    return dense;
}

/* The mean of n x n outputs each. */
static struct dense averaged(struct dense fine, size_t n)
{
    struct dense dense = dense_new(fine.width / n, fine.height / n, fine.pixels);

    for (size_t o = 0; o < fine.width * fine.height; o++) {
        double *to = at(&dense, o / fine.width / n * dense.width + o % fine.width / n);

        for (size_t p = 0; p < fine.pixels; p++)
            to[p] += at(&fine, o)[p] / (double)(n * n);
    }
    free(fine.weight);
    return dense;
}

/* The warp of an image whose pixel (x, y) is the mean of the source's pixels from
 * block x - radius to block x + block - 1 + radius, likewise in y; sampled where the
 * warp samples the source. */
static struct dense reduced(const struct wck_warp *warp, size_t block, size_t radius)
{
    size_t samples = wck_warp_samples(warp), height = warp->source_height;
    size_t width = warp->source_width;
    struct wck_warp small = *warp;
    double *position = calloc(2 * samples, sizeof *position), b = (double)block;
    struct dense inner, dense;

    for (size_t o = 0; o < samples; o++) {
        const double *m = warp->map.backward;
        double x = (double)(o % warp->output_width);
        double y = (double)(o / warp->output_width);

        position[o] = (m[0] * x + m[1] * y + m[2] + 0.5) / b - 0.5;
        position[samples + o] = (m[3] * x + m[4] * y + m[5] + 0.5) / b - 0.5;
    }
    small.map = wck_map_coordinates(position, position + samples);
    small.source_width = (width + block - 1) / block;
    small.source_height = (height + block - 1) / block;
    inner = dense_of(&small);
    dense = dense_new(inner.width, inner.height, width * height);
    for (size_t q = 0; q < inner.pixels; q++) {
        long x0 = (long)(q % small.source_width * block) - (long)radius;
        long y0 = (long)(q / small.source_width * block) - (long)radius;
        long side = (long)(block + 2 * radius), parts = 0;

        for (int pass = 0; pass < 2; pass++) {
            for (long k = 0; k < side * side; k++) {
                long x = x0 + k % side, y = y0 + k / side;

                if (x < 0 || y < 0 || x >= (long)width || y >= (long)height)
                    continue;
                parts += pass == 0;
                for (size_t o = 0; pass == 1 && o < samples; o++)
                    at(&dense, o)[y * (long)width + x] +=
                        at(&inner, o)[q] / (double)parts;
            }
        }
    }
    free(inner.weight);
    free(position);
    return dense;
}

/* The bilinear warp with 1/n for each tap of weight 0, of the n pixels listed. */
static struct dense straight_through(const struct wck_warp *warp)
{
    struct dense dense = dense_of(warp);
    const double *m = warp->map.backward;

    for (size_t o = 0; o < dense.width * dense.height; o++) {
        double x = (double)(o % dense.width), y = (double)(o / dense.width);
        int64_t base[2] = {(int64_t)floor(m[0] * x + m[1] * y + m[2]),
                           (int64_t)floor(m[3] * x + m[4] * y + m[5])};
        size_t pixel[4], n = 0;

        for (int64_t k = 0; k < 4; k++) {
            ptrdiff_t u = warp->border->fold(base[0] + k % 2, warp->source_width);
            ptrdiff_t v = warp->border->fold(base[1] + k / 2, warp->source_height);
            size_t same = 0;

            if (u == WCK_BORDER_VALUE || v == WCK_BORDER_VALUE)
                continue;
            pixel[n] = (size_t)v * warp->source_width + (size_t)u;
            while (pixel[same] != pixel[n])
                same++;
            n += same == n;
        }
        for (size_t k = 0; k < n; k++) {
            if (fpclassify(at(&dense, o)[pixel[k]]) == FP_ZERO)
                at(&dense, o)[pixel[k]] = 1.0 / (double)n;
        }
    }
    return dense;
}

/* The warp that a row's options ask for, as the command line would read them. */
static struct wck_warp follow(const struct wck_warp *warp, const char *options)
{
    struct wck_warp other = *warp;
    const char *matrix = strstr(options, "--matrix '");
    const char *output = strstr(options, "--output ");
    double m[6];

    if (strncmp(options, "--kernel ", 9) == 0)
        other.kernel = wck_kernel_find(options + 9);
    if (strncmp(options, "--border ", 9) == 0)
        other.border = wck_border_find(options + 9);
    ck_assert(other.kernel != NULL && other.border != NULL);
    if (output != NULL)
        ck_assert_int_eq(sscanf(output, "--output %zux%zu", &other.output_height,
                                &other.output_width),
                         2);
    if (matrix == NULL)
        return other;
    ck_assert_int_eq(sscanf(matrix, "--matrix '%lf %lf %lf; %lf %lf %lf'", &m[0], &m[1],
                            &m[2], &m[3], &m[4], &m[5]),
                     6);
    ck_assert_int_eq(wck_map_affine(&other.map, m, warp->map.direction, NULL), WCK_OK);
    return other;
}

/* A remedy as its row tells it. */
struct told {
    struct dense dense;
    long shift[2];
    bool resized;
    double work; /* NaN: only bounds are known */
};

static double listed(const struct wck_warp *warp)
{
    return (double)(warp->kernel->support * warp->kernel->support) *
           (double)wck_warp_samples(warp);
}

static struct told tell(const struct wck_warp *warp, const struct wck_what_if *row)
{
    size_t n = 1, block = 1, side = 1, width = warp->source_width;
    size_t height = warp->source_height, level = 0;
    struct told told = {.work = 1.0};
    struct wck_warp other;

    if (sscanf(row->remedy, "mipmap level %zu", &level) == 1) {
        block = (size_t)1 << level;
        told.dense = reduced(warp, block, 0);
        /* A line of n pixels is read once, in whatever blocks. */
        told.work += (double)(width * height + height * ((width + block - 1) / block)) /
                     listed(warp);
        return told;
    }
    if (sscanf(row->remedy, "prefilter %zux", &side) == 1) {
        size_t r = side / 2, sums[2] = {0, 0};

        told.dense = reduced(warp, 1, r);
        for (size_t k = 0; k < width * width; k++)
            sums[0] += k / width <= k % width + r && k % width <= k / width + r;
        for (size_t k = 0; k < height * height; k++)
            sums[1] += k / height <= k % height + r && k % height <= k / height + r;
        told.work += (double)(height * sums[0] + width * sums[1]) / listed(warp);
        return told;
    }
    if (strcmp(row->remedy, "straight-through") == 0) {
        told.dense = straight_through(warp);
        return told;
    }
    ck_assert_ptr_nonnull(row->options);
    other = follow(warp, row->options);
    if (sscanf(row->remedy, "multi-sampling %zux", &n) == 1) {
        told.dense = averaged(dense_of(&other), n);
        told.work = (double)(n * n);
        return told;
    }
    sscanf(row->remedy, "output %*ux%*u moved by (%ld, %ld)", &told.shift[0],
           &told.shift[1]);
    told.dense = dense_of(&other);
    told.resized = strncmp(row->remedy, "output ", 7) == 0;
    told.work = other.kernel->footprint || other.kernel->ceiling
                    ? (double)NAN
                    : listed(&other) / listed(warp);
    return told;
}

/* The upstream gradient of a scene; NULL data: 1 everywhere. */
static double upstream_at(const double *g, const struct wck_warp *warp, size_t plane,
                          size_t o)
{
    return g == NULL ? 1.0 : g[plane * wck_warp_samples(warp) + o];
}

/* Entries that get a gradient that is not 0 beyond rounding. */
static void assert_counts(const struct wck_what_if *row, const struct wck_warp *warp,
                          const struct dense *dense, const double *g)
{
    size_t entries = 0, pixels = 0;

    for (size_t p = 0; p < dense->pixels; p++) {
        bool any = false;

        for (size_t plane = 0; plane < PLANES; plane++) {
            double sum = 0.0, magnitude = 0.0, terms = 3.0;

            for (size_t o = 0; o < dense->width * dense->height; o++) {
                double term = at(dense, o)[p] * upstream_at(g, warp, plane, o);

                sum += term;
                magnitude += fabs(term);
                terms += fabs(term) > 0.0;
            }
            entries += fabs(sum) > 0x1p-53 * terms * magnitude;
            any = any || fabs(sum) > 0x1p-53 * terms * magnitude;
        }
        pixels += any;
    }
    ck_assert_msg(row->pixels_covered == pixels, "%s: %zu pixels, not %zu", row->remedy,
                  row->pixels_covered, pixels);
    ck_assert_uint_eq(row->entries_covered, entries);
}

/* Weight w(o, p), o at column x and row y; 0 for an output that is not there. */
static double weight_at(const struct dense *dense, long x, long y, size_t p)
{
    bool there = x >= 0 && y >= 0 && x < (long)dense->width && y < (long)dense->height;

    return there ? at(dense, (size_t)y * dense->width + (size_t)x)[p] : 0.0;
}

/* Sums have at most 10^5 terms, each within a few roundings of the measured ones. */
#define CLOSE 1e-11

static double bias_of(const struct dense *one, const struct told *told,
                      const struct wck_warp *warp, const double *g)
{
    long low[2], high[2];
    double apart = 0.0, whole = 0.0;

    for (int axis = 0; axis < 2; axis++) {
        long a = (long)(axis == 0 ? one->width : one->height);
        long b = (long)(axis == 0 ? told->dense.width : told->dense.height);

        low[axis] = told->shift[axis] > 0 ? -told->shift[axis] : 0;
        high[axis] = b - told->shift[axis] > a ? b - told->shift[axis] : a;
    }
    for (long y = low[1]; y < high[1]; y++) {
        for (long x = low[0]; x < high[0]; x++) {
            double a = 1.0;

            if (g != NULL) {
                a = 0.0;
                for (size_t plane = 0; plane < PLANES; plane++)
                    a += fabs(upstream_at(g, warp, plane,
                                          (size_t)y * one->width + (size_t)x));
            }
            for (size_t p = 0; p < one->pixels; p++) {
                double w = weight_at(one, x, y, p);

                whole += a * fabs(w);
                apart += a * fabs(weight_at(&told->dense, x + told->shift[0],
                                            y + told->shift[1], p) -
                                  w);
            }
        }
    }
    return whole > 0.0 ? apart / whole : (double)NAN;
}

static void assert_row_holds(const struct wck_what_if *row, const struct wck_warp *warp,
                             const double *g)
{
    struct dense one = dense_of(warp);
    struct told told = tell(warp, row);
    const double *sent = told.resized ? NULL : g;
    double bias = bias_of(&one, &told, warp, sent);

    assert_counts(row, warp, &told.dense, sent);
    if (isnan(bias))
        ck_assert_double_nan(row->bias);
    else
        ck_assert_msg(fabs(row->bias - bias) <= CLOSE * (1.0 + bias),
                      "%s: bias %g, not %g", row->remedy, row->bias, bias);
    if (isnan(told.work))
        ck_assert(row->work > 0.0 && row->work < 200.0);
    else
        ck_assert_msg(fabs(row->work - told.work) <= CLOSE * told.work,
                      "%s: work %g, not %g", row->remedy, row->work, told.work);
    free(one.weight);
    free(told.dense.weight);
}

/* Eighths and a step of 1.5 to 3.5 pixels in even scenes, many digits in odd ones. */
static void draw_matrix(struct wck_rng *rng, int i, struct wck_warp *warp)
{
    enum wck_direction direction =
        i % 4 == 3 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE;
    double m[6];

    do {
        for (int k = 0; k < 6; k++) {
            m[k] = (k % 3 == 2 ? 2.0 : 1.3) * wck_rng_gaussian(rng);
            m[k] = i % 2 == 0 ? nearbyint(8.0 * m[k]) / 8.0 : m[k];
        }
    } while (wck_map_affine(&warp->map, m, direction, NULL) != WCK_OK ||
             hypot(warp->map.backward[0], warp->map.backward[3]) > 4.0 ||
             hypot(warp->map.backward[1], warp->map.backward[4]) > 4.0);
}

static const struct wck_what_if *find(const struct wck_survey *survey, const char *word)
{
    for (size_t i = 0; i < survey->what_ifs; i++) {
        if (strncmp(survey->what_if[i].remedy, word, strlen(word)) == 0)
            return &survey->what_if[i];
    }
    return NULL;
}

/* A row in whose place another's counts stand: the same gradient. */
static void assert_same(const struct wck_what_if *row, const struct wck_what_if *other)
{
    ck_assert_ptr_nonnull(other);
    ck_assert_uint_eq(row->pixels_covered, other->pixels_covered);
    ck_assert_uint_eq(row->entries_covered, other->entries_covered);
    ck_assert(memcmp(&row->bias, &other->bias, sizeof row->bias) == 0);
    ck_assert_double_eq(row->work, other->work);
}

START_TEST(every_row_is_what_dense_jacobians_say)
{
    struct wck_rng rng = wck_rng_start(2475, (uint64_t)_i);
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_row((size_t)_i % 5),
                            .source_width = 5 + wck_rng_below(&rng, 4),
                            .source_height = 5 + wck_rng_below(&rng, 4),
                            .output_width = 2 + wck_rng_below(&rng, 3),
                            .output_height = 2 + wck_rng_below(&rng, 3)};
    double g[PLANES * 4 * 4];
    size_t samples = wck_warp_samples(&warp);
    size_t shape[3] = {PLANES, warp.output_height, warp.output_width};
    struct wck_tensor tensor = wck_tensor_contiguous(g, WCK_FLOAT64, 3, shape);
    struct wck_image upstream;
    struct wck_survey_request request = {.warp = &warp,
                                         .layout = "CHW",
                                         .channels = PLANES,
                                         .dtype = WCK_FLOAT64,
                                         .upstream = _i % 3 == 0 ? NULL : &upstream,
                                         .what_if = true};
    struct wck_survey survey;

    draw_matrix(&rng, _i, &warp);
    for (size_t k = 0; k < PLANES * samples; k++)
        g[k] = (double)wck_rng_below(&rng, 3);
    ck_assert_int_eq(wck_image_view(&upstream, &tensor, "CHW", NULL), WCK_OK);
    ck_assert_int_eq(wck_survey_run(&survey, &request, NULL), WCK_OK);
    ck_assert_uint_ge(survey.what_ifs,
                      wck_kernel_count() - 1 + wck_border_count() - 1 + 4);
    for (size_t i = 0; i < survey.what_ifs; i++) {
        const struct wck_what_if *row = &survey.what_if[i];

        ck_assert_int_eq(row->surrogate,
                         strncmp(row->remedy, "straight-through", 16) == 0);
        if (strncmp(row->remedy, "straight-through, ", 18) == 0)
            assert_same(row, find(&survey, "multi-sampling "));
        else
            assert_row_holds(row, &warp, _i % 3 == 0 ? NULL : g);
    }
    wck_survey_release(&survey);
}
END_TEST

static struct wck_survey survey_of(struct wck_warp *warp, const double m[6])
{
    struct wck_survey_request request = {.warp = warp,
                                         .layout = "HWC",
                                         .channels = 3,
                                         .dtype = WCK_FLOAT32,
                                         .what_if = true,
                                         .what_if_maps = true};
    struct wck_survey survey;

    ck_assert_int_eq(wck_map_affine(&warp->map, m, WCK_SOURCE_TO_OUTPUT, NULL), WCK_OK);
    ck_assert_int_eq(wck_survey_run(&survey, &request, NULL), WCK_OK);
    return survey;
}

/* What the maps say adds up to the row's own count and to the survey's. */
static void assert_maps_add_up(const struct wck_survey *survey)
{
    const struct wck_coverage *now = &survey->coverage;

    for (size_t i = 0; i < survey->what_ifs; i++) {
        size_t count[4] = {0};

        ck_assert_ptr_nonnull(survey->what_if[i].map);
        for (size_t p = 0; p < now->pixels_total; p++) {
            unsigned char change = survey->what_if[i].map[p];
            bool before = now->pixel_reason[p] == WCK_COVERED;

            ck_assert_uint_le(change, WCK_LOST);
            ck_assert_int_eq(before, change == WCK_STILL_COVERED || change == WCK_LOST);
            count[change]++;
        }
        ck_assert_uint_eq(count[WCK_STILL_COVERED] + count[WCK_GAINED],
                          survey->what_if[i].pixels_covered);
    }
}

START_TEST(minification_has_rows_for_antialiasing_and_maps_that_add_up)
{
    const double m[6] = {0.2873, 0.0791, -8.37, -0.0791, 0.2873, -4.93};
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .source_width = 90,
                            .source_height = 80,
                            .output_width = 13,
                            .output_height = 11};
    struct wck_survey survey = survey_of(&warp, m);
    size_t now = survey.coverage.pixels_covered;

    assert_maps_add_up(&survey);
    ck_assert_uint_gt(find(&survey, "kernel area")->pixels_covered, 2 * now);
    ck_assert_uint_gt(find(&survey, "multi-sampling 4x4")->pixels_covered, 2 * now);
    ck_assert_uint_gt(find(&survey, "mipmap level 2")->pixels_covered, 2 * now);
    ck_assert_uint_gt(find(&survey, "prefilter 5x5")->pixels_covered, 2 * now);
    ck_assert_uint_eq(find(&survey, "straight-through, 4x4 samples")->pixels_covered,
                      find(&survey, "multi-sampling 4x4")->pixels_covered);
    wck_survey_release(&survey);
}
END_TEST

START_TEST(the_output_named_for_the_story_reaches_everything)
{
    const double m[6] = {1, 0, 10, 0, 1, 20};
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("replicate"),
                            .source_width = 64,
                            .source_height = 64,
                            .output_width = 64,
                            .output_height = 64};
    struct wck_survey survey = survey_of(&warp, m);
    struct wck_warp larger = follow(&warp, find(&survey, "output ")->options);
    struct wck_coverage_request run = {
        .warp = &larger, .channels = 3, .dtype = WCK_FLOAT32, .uniform = 1.0};
    struct wck_coverage coverage;

    assert_maps_add_up(&survey);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &run, NULL), WCK_OK);
    ck_assert_uint_eq(coverage.entries_covered, coverage.entries_total);
    wck_coverage_release(&coverage);
    /* Nothing is minified: there is nothing to antialias. */
    ck_assert_ptr_null(find(&survey, "mipmap"));
    ck_assert_ptr_null(find(&survey, "prefilter"));
    /* The weights are the same but for those of exactly 0: nothing is biased. */
    ck_assert(!(find(&survey, "kernel lanczos4")->bias > 0.0));
    ck_assert_double_eq(find(&survey, "kernel lanczos4")->work, 16.0);
    ck_assert(find(&survey, "straight-through")->bias > 0.0);
    wck_survey_release(&survey);
}
END_TEST

START_TEST(a_warp_that_sends_nothing_has_no_bias)
{
    const double m[6] = {1, 0, 1000.5, 0, 1, 20};
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .source_width = 7,
                            .source_height = 6,
                            .output_width = 5,
                            .output_height = 4};
    struct wck_survey survey = survey_of(&warp, m);

    ck_assert_double_nan(find(&survey, "kernel nearest")->bias);
    ck_assert_double_eq(find(&survey, "kernel nearest")->work, 0.25);
    /* Halfway between columns, and on rows: 6 by 4 pixels. */
    ck_assert_uint_eq(find(&survey, "border wrap")->pixels_covered, 24);
    wck_survey_release(&survey);
}
END_TEST

/* Remedies of a warp at half the size: one whose bias at an output depends on where
 * between the pixels its sample lies, and one that does not read as much everywhere. */
static const char *const instead[] = {"cubic-0.5", "area"};

static struct wck_cost cost_of(const struct wck_warp *one, const struct wck_warp *other,
                               size_t most)
{
    struct wck_cost_request request = {.original = one, .planes = 1, .most = most};
    struct wck_remedy remedy = {.warp = other};
    struct wck_cost cost;

    ck_assert_int_eq(wck_cost_measure(&cost, &request, &remedy, NULL), WCK_OK);
    return cost;
}

/* Under replicate, bilinear weights of an output add up to 1 in magnitude, so that the
 * bias is a mean over the outputs of numbers from 0 to 1 + 1.25^2 < 2.6 (cubic-0.5's
 * magnitudes add up to at most 1.25 along an axis, area's to 1), and the sample's a
 * mean of n of them, drawn each by itself.  By Hoeffding's inequality it is further off
 * than 2.6 sqrt(ln(2 / d) / (2 n)) with probability below d = 1e-6: the seed is fixed,
 * so that this is drawn once and for all. */
START_TEST(a_sample_of_the_outputs_is_close_to_all_of_them)
{
    const double half[6] = {2, 0, 0.25, 0, 2, 0.5}, turned[6] = {2, 0.3, 0, -0.3, 2, 0};
    struct wck_warp one = {.kernel = wck_kernel_find("bilinear"),
                           .border = wck_border_find("replicate"),
                           .source_width = 240,
                           .source_height = 220,
                           .output_width = 120,
                           .output_height = 110};
    struct wck_warp other;
    struct wck_cost all, some, again;
    size_t n = 3000;
    double close = 2.6 * sqrt(log(2e6) / (2.0 * (double)n));

    ck_assert_int_eq(wck_map_affine(&one.map, _i % 2 == 0 ? half : turned,
                                    WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    other = one;
    other.kernel = wck_kernel_find(instead[_i / 2]);
    all = cost_of(&one, &other, 0);
    some = cost_of(&one, &other, n);
    again = cost_of(&one, &other, n);
    ck_assert_uint_eq(all.measured, (size_t)120 * 110);
    ck_assert_uint_eq(all.outputs, all.measured);
    ck_assert_uint_eq(some.measured, n);
    ck_assert_uint_eq(some.outputs, all.outputs);
    ck_assert_double_gt(all.bias, close);
    ck_assert_double_eq_tol(some.bias, all.bias, close);
    if (!other.kernel->footprint)
        ck_assert_double_eq(some.work, all.work);
    ck_assert_double_eq(some.bias, again.bias);
    ck_assert_double_eq(some.work, again.work);
}
END_TEST

static bool notes_a_sample(const struct wck_survey *survey)
{
    for (size_t i = 0; i < survey->note_count; i++) {
        if (strstr(survey->notes[i], "measured on 16384 of 16512 outputs") != NULL)
            return true;
    }
    return false;
}

/* 128 x 129 outputs: two beyond the bound, where a few runs have two outputs. */
START_TEST(a_sample_is_said_in_a_note)
{
    const double m[6] = {1, 0, 2, 0, 1, 1};
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("replicate"),
                            .source_width = 6,
                            .source_height = 5,
                            .output_width = 128,
                            .output_height = 129};
    struct wck_survey survey = survey_of(&warp, m);

    ck_assert(notes_a_sample(&survey));
    ck_assert_double_eq(find(&survey, "kernel cubic-0.5")->work, 4.0);
    wck_survey_release(&survey);
    warp.output_height = 128;
    survey = survey_of(&warp, m);
    ck_assert(!notes_a_sample(&survey));
    wck_survey_release(&survey);
}
END_TEST

/* A bit of `revived` stands for each row, in the page too: src/report/page/page.js. */
START_TEST(there_are_bits_for_all_rows)
{
    const double m[6] = {0.2873, 0.0791, -8.37, -0.0791, 0.2873, -4.93};
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .source_width = 90,
                            .source_height = 80,
                            .output_width = 13,
                            .output_height = 11};
    struct wck_survey survey = survey_of(&warp, m);

    ck_assert_uint_le(survey.what_ifs, WCK_REVIVERS);
    ck_assert_uint_le(wck_what_if_most_rows(), WCK_REVIVERS);
    ck_assert_uint_le(survey.what_ifs, wck_what_if_most_rows());
    wck_survey_release(&survey);
}
END_TEST

Suite *wck_what_if_suite(void)
{
    Suite *suite = suite_create("what_if");
    TCase *tcase = tcase_create("what_if");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, every_row_is_what_dense_jacobians_say, 0, SCENES);
    tcase_add_test(tcase, minification_has_rows_for_antialiasing_and_maps_that_add_up);
    tcase_add_test(tcase, the_output_named_for_the_story_reaches_everything);
    tcase_add_loop_test(tcase, a_sample_of_the_outputs_is_close_to_all_of_them, 0, 4);
    tcase_add_test(tcase, a_sample_is_said_in_a_note);
    tcase_add_test(tcase, there_are_bits_for_all_rows);
    tcase_add_test(tcase, a_warp_that_sends_nothing_has_no_bias);
    suite_add_tcase(suite, tcase);
    return suite;
}
