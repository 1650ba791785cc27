#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/coverage/brute.h"
#include "check/suites.h"
#include "src/base/rng.h"
#include "src/coverage/chain.h"

#define SIDE 8 /* most pixels along an axis */
#define PIXELS (SIDE * SIDE)
#define LINKS 3
#define PLANES 2
#define REASONS (WCK_NON_FINITE + 1)

static const char *const kernels[] = {"nearest", "bilinear", "cubic-0.5",
                                      "cubic-1", "lanczos4", "area"};

#define KERNELS (sizeof kernels / sizeof kernels[0])

static size_t random_side(struct wck_rng *rng)
{
    return 2 + (size_t)wck_rng_below(rng, SIDE - 1);
}

/* Whole shifts, halves, and numbers of many digits; the last alone for kernel area,
 * whose footprints would only touch pixels otherwise. */
static void draw_map(struct wck_rng *rng, bool generic, struct wck_map *map)
{
    double m[6];

    do {
        uint64_t kind = generic ? 2 : wck_rng_below(rng, 3);

        for (int i = 0; i < 6; i++) {
            m[i] = (i % 3 == 2 ? 2.0 : 1.3) * wck_rng_gaussian(rng);
            if (kind == 0)
                m[i] = i == 0 || i == 4 ? 1.0 : i % 3 == 2 ? nearbyint(m[i]) : 0.0;
            if (kind == 1)
                m[i] = nearbyint(2.0 * m[i]) / 2.0;
        }
    } while (wck_map_affine(map, m, WCK_OUTPUT_TO_SOURCE, NULL) != WCK_OK);
}

/* A random chain, and the upstream gradient of its last warp. */
struct drawn {
    struct wck_warp links[LINKS];
    size_t count, planes;
    double upstream[PLANES * PIXELS];
    struct wck_tensor tensor;
    struct wck_image image;
};

static void draw(struct wck_rng *rng, int i, size_t count, struct drawn *of)
{
    size_t width = random_side(rng), height = random_side(rng);
    size_t shape[3];

    of->count = count;
    of->planes = 1 + (size_t)wck_rng_below(rng, PLANES);
    for (size_t k = 0; k < count; k++) {
        /* The loop's own kernel in one warp, any in the others. */
        size_t kernel = k == (size_t)i % count ? (size_t)i % KERNELS
                                               : (size_t)wck_rng_below(rng, KERNELS);
        struct wck_warp *warp = &of->links[k];

        *warp = (struct wck_warp){
            .kernel = wck_kernel_find(kernels[kernel]),
            .border = wck_border_row((size_t)(i + (int)k) % wck_border_count()),
            .source_width = width,
            .source_height = height,
            .output_width = random_side(rng),
            .output_height = random_side(rng),
        };
        draw_map(rng, strcmp(kernels[kernel], "area") == 0, &warp->map);
        width = warp->output_width;
        height = warp->output_height;
    }
    for (size_t o = 0; o < of->planes * width * height; o++)
        of->upstream[o] =
            wck_rng_below(rng, 4) == 0 ? 0.0 : (double)wck_rng_below(rng, 7) - 3.0;
    shape[0] = of->planes;
    shape[1] = height;
    shape[2] = width;
    of->tensor = wck_tensor_contiguous(of->upstream, WCK_FLOAT64, 3, shape);
    ck_assert_int_eq(wck_image_view(&of->image, &of->tensor, "CHW", NULL), WCK_OK);
}

static struct wck_chain_request ask(const struct drawn *of)
{
    return (struct wck_chain_request){.links = of->links,
                                      .count = of->count,
                                      .channels = of->planes,
                                      .dtype = WCK_FLOAT64,
                                      .upstream = &of->image};
}

static struct brute_scene scene_of(const struct wck_warp *warp)
{
    struct brute_scene scene = {
        .kernel = warp->kernel->name,
        .border = warp->border->name,
        .source_width = warp->source_width,
        .source_height = warp->source_height,
        .output_width = warp->output_width,
        .output_height = warp->output_height,
        .planes = 1,
    };

    memcpy(scene.backward, warp->map.backward, sizeof scene.backward);
    return scene;
}

/* ---- the truth, by dense matrices ---- */

/* Of one plane at the input of a warp: the gradient by the dense product from there to
 * the last output, and the causes of its zeros. */
struct level {
    long double gradient[PIXELS];
    bool covered[PIXELS];
    bool cause[PIXELS][LINKS][REASONS];
};

/* to = J after, of `inner` rows and `pixels` columns; `after` has `last` rows. */
static void multiply(const long double *after, const long double *jacobian, size_t last,
                     size_t inner, size_t pixels, bool absolute, long double *to)
{
    for (size_t o = 0; o < last; o++) {
        for (size_t p = 0; p < pixels; p++) {
            long double sum = 0.0L;

            for (size_t q = 0; q < inner; q++) {
                long double term = after[o * inner + q] * jacobian[q * pixels + p];

                sum += absolute ? fabsl(term) : term;
            }
            to[o * pixels + p] = sum;
        }
    }
}

static enum wck_reason reason_of(enum brute_reason reason)
{
    static const enum wck_reason reasons[BRUTE_REASONS] = {
        [BRUTE_OUT_OF_VIEW] = WCK_OUT_OF_VIEW,
        [BRUTE_FILLED] = WCK_FILLED,
        [BRUTE_SKIPPED] = WCK_SKIPPED,
        [BRUTE_ZERO_WEIGHT] = WCK_ZERO_WEIGHT,
        [BRUTE_UPSTREAM_ZERO] = WCK_UPSTREAM_ZERO,
        [BRUTE_CANCELLED] = WCK_CANCELLED,
    };

    return reasons[reason];
}

static void add_causes(struct level *at, size_t p, const struct level *after, size_t o)
{
    for (size_t link = 0; link < LINKS; link++) {
        for (size_t r = 0; r < REASONS; r++)
            at->cause[p][link][r] |= after->cause[o][link][r];
    }
}

/* What the whole chain says of an entry that warp k's own rule does not lose: is the
 * dense sum within rounding of 0?  Ours is of up to 64 terms with 64 taps each in three
 * steps, off by less than 200 x 3 x 2^-53 = 7e-14 of the magnitudes; a sum that is not
 * 0 has to be far from that. */
static bool cancels(long double sum, long double magnitude)
{
    long double share = fabsl(sum) / magnitude;

    ck_assert_msg(share < 1e-15L || share > 1e-12L, "too close to call: %Lg", share);
    return share < 1e-13L;
}

/* The truth at the input of warp k, from that at its output; NULL for the last.
 * `product` is the dense matrix from there to the last output. */
static void judge(const struct wck_warp *warp, const long double *jacobian,
                  const long double *product, const long double *sizes, size_t last,
                  const double *g, size_t k, const struct level *after,
                  struct level *at)
{
    struct brute_scene scene = scene_of(warp);
    size_t pixels = warp->source_width * warp->source_height;
    size_t outputs = wck_warp_samples(warp);
    double upstream[PIXELS];
    struct brute_result brute;

    for (size_t o = 0; o < outputs; o++)
        upstream[o] = after != NULL ? (double)after->gradient[o] : g[o];
    scene.upstream = upstream;
    brute = brute_explain(&scene);
    memset(at, 0, sizeof *at);
    for (size_t p = 0; p < pixels; p++) {
        enum brute_reason reason = brute.reason[p];
        long double sum = 0.0L, magnitude = 0.0L;

        for (size_t o = 0; o < last; o++) {
            sum += product[o * pixels + p] * (long double)g[o];
            magnitude += fabsl(sizes[o * pixels + p] * (long double)g[o]);
        }
        if (reason == BRUTE_COVERED && cancels(sum, magnitude))
            reason = BRUTE_CANCELLED;
        at->covered[p] = reason == BRUTE_COVERED;
        at->gradient[p] = at->covered[p] ? sum : 0.0L;
        /* What is lost is lost in the dense product too. */
        ck_assert(at->covered[p] || fabsl(sum) <= 1e-13L * magnitude);
        if (reason == BRUTE_UPSTREAM_ZERO && after != NULL) {
            for (size_t o = 0; o < outputs; o++) {
                if (fabsl(jacobian[o * pixels + p]) > 0.0L)
                    add_causes(at, p, after, o);
            }
        } else if (reason != BRUTE_COVERED) {
            at->cause[p][k][reason_of(reason)] = true;
        }
    }
    free(brute.reason);
}

/* The truth of one plane at the first image. */
static struct level truth_of(const struct drawn *of, size_t plane)
{
    static const size_t room = PIXELS * PIXELS;
    size_t last = wck_warp_samples(&of->links[of->count - 1]);
    long double *dense = calloc(5 * room, sizeof *dense);
    long double *product = dense + room, *sizes = dense + 2 * room;
    long double *next = dense + 3 * room, *next_sizes = dense + 4 * room;
    struct level levels[2];

    for (size_t k = of->count; k-- > 0;) {
        const struct wck_warp *warp = &of->links[k];
        struct brute_scene scene = scene_of(warp);
        size_t pixels = warp->source_width * warp->source_height;
        bool is_last = k + 1 == of->count;

        brute_dense(&scene, dense);
        for (size_t i = 0; is_last && i < last * pixels; i++) {
            next[i] = dense[i];
            next_sizes[i] = fabsl(dense[i]);
        }
        if (!is_last) {
            multiply(product, dense, last, wck_warp_samples(warp), pixels, false, next);
            multiply(sizes, dense, last, wck_warp_samples(warp), pixels, true,
                     next_sizes);
        }
        memcpy(product, next, room * sizeof *product);
        memcpy(sizes, next_sizes, room * sizeof *sizes);
        judge(warp, dense, product, sizes, last, of->upstream + plane * last, k,
              is_last ? NULL : &levels[(k + 1) % 2], &levels[k % 2]);
    }
    free(dense);
    return levels[0];
}

/* The first cause: its reason before its warp.  False where there is none. */
static bool first_cause(const struct level *at, size_t p, size_t *link, size_t *reason)
{
    for (*reason = 0; *reason < REASONS; ++*reason) {
        for (*link = 0; *link < LINKS; ++*link) {
            if (at->cause[p][*link][*reason])
                return true;
        }
    }
    return false;
}

static void compare_plane(const struct wck_chain *chain, const struct level *truth,
                          size_t plane, size_t entries[LINKS][REASONS],
                          size_t behind[LINKS][REASONS])
{
    const struct wck_coverage *c = &chain->coverage;

    for (size_t p = 0; p < c->pixels_total; p++) {
        unsigned char reason = c->reason[plane * c->pixels_total + p];
        size_t link, want;

        ck_assert_msg((reason == WCK_COVERED) == truth->covered[p],
                      "plane %zu, pixel %zu: %d", plane, p, reason);
        if (!first_cause(truth, p, &link, &want))
            continue;
        ck_assert_msg(reason == 1 + want, "plane %zu, pixel %zu: %d, not %zu", plane, p,
                      reason, 1 + want);
        entries[link][want]++;
        for (size_t k = 0; k < LINKS; k++) {
            for (size_t r = 0; r < REASONS; r++)
                behind[k][r] += truth->cause[p][k][r];
        }
    }
}

/* The pixel's own: the first of all its entries', where none is covered. */
static void compare_pixels(const struct wck_chain *chain, const struct level *truth)
{
    const struct wck_coverage *c = &chain->coverage;
    size_t pixels[LINKS][REASONS] = {{0}}, covered = 0;

    for (size_t p = 0; p < c->pixels_total; p++) {
        struct level all = truth[0];
        size_t link, reason;

        if (c->planes > 1) {
            add_causes(&all, p, &truth[1], p);
            all.covered[p] |= truth[1].covered[p];
        }
        covered += all.covered[p];
        ck_assert_int_eq(chain->lost[p] == 0, all.covered[p]);
        if (all.covered[p] || !first_cause(&all, p, &link, &reason))
            continue;
        pixels[link][reason]++;
        ck_assert_uint_eq(c->pixel_reason[p], 1 + reason);
        ck_assert_uint_eq(chain->lost[p], 1 + link);
    }
    ck_assert_uint_eq(c->pixels_covered, covered);
    for (size_t k = 0; k < chain->count; k++) {
        for (size_t r = 0; r < REASONS; r++)
            ck_assert_uint_eq(chain->links[k].pixels[r], pixels[k][r]);
    }
}

static void compare_drawn(const struct drawn *of, size_t seen[LINKS][REASONS])
{
    size_t entries[LINKS][REASONS] = {{0}}, behind[LINKS][REASONS] = {{0}};
    struct wck_chain_request request = ask(of);
    struct level truth[PLANES];
    struct wck_chain chain;

    ck_assert_int_eq(wck_chain_explain(&chain, &request, NULL), WCK_OK);
    ck_assert_uint_eq(chain.coverage.planes, of->planes);
    for (size_t plane = 0; plane < of->planes; plane++) {
        truth[plane] = truth_of(of, plane);
        compare_plane(&chain, &truth[plane], plane, entries, behind);
    }
    compare_pixels(&chain, truth);
    for (size_t k = 0; k < of->count; k++) {
        for (size_t r = 0; r < REASONS; r++) {
            ck_assert_uint_eq(chain.links[k].entries[r], entries[k][r]);
            ck_assert_uint_eq(chain.links[k].behind[r], behind[k][r]);
            seen[k][r] += behind[k][r];
        }
    }
    wck_chain_release(&chain);
}

#define CHAINS 60

/* Every kernel and every border, at every place. */
static void compare_chains(size_t count)
{
    size_t seen[LINKS][REASONS] = {{0}};
    struct drawn drawn;

    for (int i = 0; i < CHAINS; i++) {
        struct wck_rng rng = wck_rng_start(7200 + count, (uint64_t)i);

        draw(&rng, i, count, &drawn);
        compare_drawn(&drawn, seen);
    }
    for (size_t k = 0; k < count; k++) {
        ck_assert_uint_gt(seen[k][WCK_OUT_OF_VIEW], 0);
        ck_assert_uint_gt(seen[k][WCK_SKIPPED], 0);
        ck_assert_uint_gt(seen[k][WCK_ZERO_WEIGHT], 0);
        /* Only the last warp's upstream gradient is 0 for no cause in the chain. */
        ck_assert_int_eq(seen[k][WCK_UPSTREAM_ZERO] > 0, k + 1 == count);
    }
}

START_TEST(chains_of_two_agree_with_the_product_of_dense_jacobians)
{
    compare_chains(2);
}
END_TEST

START_TEST(chains_of_three_agree_with_the_product_of_dense_jacobians)
{
    compare_chains(3);
}
END_TEST

/* ---- by themselves ---- */

START_TEST(a_chain_of_one_is_that_warp)
{
    struct wck_rng rng = wck_rng_start(7300, (uint64_t)_i);
    struct drawn drawn;
    struct wck_chain_request request;
    struct wck_coverage_request one = {.dtype = WCK_FLOAT32};
    struct wck_coverage alone;
    struct wck_chain chain;
    const struct wck_coverage *c = &chain.coverage;

    draw(&rng, _i, 1, &drawn);
    request = ask(&drawn);
    request.dtype = WCK_FLOAT32;
    one.warp = drawn.links;
    one.channels = drawn.planes;
    one.upstream = &drawn.image;
    ck_assert_int_eq(wck_chain_explain(&chain, &request, NULL), WCK_OK);
    ck_assert_int_eq(wck_coverage_explain(&alone, &one, NULL), WCK_OK);
    ck_assert_mem_eq(c->reason, alone.reason, alone.entries_total);
    ck_assert_mem_eq(c->pixel_reason, alone.pixel_reason, alone.pixels_total);
    ck_assert_mem_eq(c->magnitude, alone.magnitude,
                     alone.pixels_total * sizeof *alone.magnitude);
    ck_assert_mem_eq(c->reads, alone.reads, alone.pixels_total * sizeof *alone.reads);
    ck_assert_mem_eq(c->weight, alone.weight,
                     alone.pixels_total * sizeof *alone.weight);
    ck_assert_mem_eq(c->reason_pixels, alone.reason_pixels, sizeof c->reason_pixels);
    ck_assert_mem_eq(c->reason_entries, alone.reason_entries, sizeof c->reason_entries);
    ck_assert_mem_eq(chain.links[0].entries, alone.reason_entries,
                     sizeof c->reason_entries);
    ck_assert_uint_eq(c->pixels_covered, alone.pixels_covered);
    ck_assert_uint_eq(c->entries_covered, alone.entries_covered);
    ck_assert_uint_eq(c->negligible_entries, alone.negligible_entries);
    ck_assert_mem_eq(&c->largest, &alone.largest, sizeof alone.largest);
    wck_coverage_release(&alone);
    wck_chain_release(&chain);
}
END_TEST

static struct wck_warp shift(size_t side, double scale, double x)
{
    const double m[6] = {scale, 0.0, x, 0.0, 1.0, 0.0};
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .source_width = side,
                            .source_height = 2,
                            .output_width = side,
                            .output_height = 2};

    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return warp;
}

static const double odd[6] = {1.0, 3.0, -2.0, 5.0, -7.0, 2.0};

static struct wck_chain explain(const struct wck_warp *links, size_t count,
                                enum wck_dtype dtype, const double *row)
{
    double data[12];
    struct wck_tensor tensor =
        wck_tensor_contiguous(data, WCK_FLOAT64, 2, (size_t[]){2, 6});
    struct wck_image upstream;
    struct wck_chain_request request = {
        .links = links, .count = count, .dtype = dtype, .upstream = &upstream};
    struct wck_chain chain;

    memcpy(data, row, 6 * sizeof *data);
    memcpy(data + 6, row, 6 * sizeof *data);
    ck_assert_int_eq(wck_image_view(&upstream, &tensor, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_chain_explain(&chain, &request, NULL), WCK_OK);
    return chain;
}

static void assert_lost(const struct wck_chain *chain, size_t p, size_t link,
                        enum wck_reason reason)
{
    ck_assert_uint_eq(chain->lost[p], link);
    ck_assert_uint_eq(chain->coverage.pixel_reason[p], 1 + reason);
}

/* Of the first image warp 1 lists columns 0 to 4, the last with weight 0, and sends
 * them to columns 2 to 6.  Column 2 is skipped by a warp 2 that reads 0, 1, 3 and 4,
 * and has weight 0 in one that reads 1, 3 and 5. */
START_TEST(what_is_lost_in_the_second_warp_is_said_to_be)
{
    struct wck_warp links[2] = {shift(6, 1.0, -2.0), shift(6, 3.0, 0.25)};
    struct wck_chain chain = explain(links, 2, WCK_FLOAT32, odd);

    assert_lost(&chain, 0, 2, WCK_SKIPPED);
    ck_assert_uint_eq(chain.lost[1], 0);
    assert_lost(&chain, 4, 1, WCK_ZERO_WEIGHT);
    assert_lost(&chain, 5, 1, WCK_OUT_OF_VIEW);
    ck_assert_uint_eq(chain.links[1].pixels_total, 12);
    ck_assert_uint_eq(chain.links[0].pixels_covered, chain.coverage.pixels_covered);
    wck_chain_release(&chain);
    links[1] = shift(6, 2.0, 1.0);
    chain = explain(links, 2, WCK_FLOAT32, odd);
    assert_lost(&chain, 0, 2, WCK_ZERO_WEIGHT);
    wck_chain_release(&chain);
}
END_TEST

START_TEST(nan_upstream_is_blamed_on_the_last_warp)
{
    const double row[6] = {1.0, 3.0, (double)NAN, 5.0, -7.0, 2.0};
    struct wck_warp links[2] = {shift(6, 1.0, 0.0), shift(6, 1.0, 0.0)};
    struct wck_chain chain = explain(links, 2, WCK_FLOAT32, row);

    assert_lost(&chain, 2, 2, WCK_NON_FINITE);
    ck_assert_uint_eq(chain.links[1].entries[WCK_NON_FINITE], 2);
    ck_assert_uint_eq(chain.coverage.pixels_covered, 10);
    wck_chain_release(&chain);
}
END_TEST

/* 1e-45 and 3e38 are numbers in float32; a quarter of the one, and six times the other,
 * are none. */
START_TEST(what_leaves_the_range_of_the_type_is_lost_where_it_does)
{
    const double tiny[6] = {1e-45, 1e-45, 1e-45, 1e-45, 1e-45, 1e-45};
    const double huge[6] = {3e38, 3e38, 3e38, 3e38, 3e38, 3e38};
    struct wck_warp links[2] = {shift(6, 1.0, 0.0), shift(6, 100.0, 0.25)};
    struct wck_chain chain = explain(links, 2, WCK_FLOAT32, tiny);

    assert_lost(&chain, 1, 2, WCK_UNDERFLOW);
    wck_chain_release(&chain);
    links[1] = shift(6, 1e-3, 2.0);
    chain = explain(links, 2, WCK_FLOAT32, huge);
    assert_lost(&chain, 2, 2, WCK_NON_FINITE);
    wck_chain_release(&chain);
    links[1] = shift(6, 1.0, 0.0);
    links[0] = shift(6, 1e-3, 2.0);
    chain = explain(links, 2, WCK_FLOAT32, huge);
    assert_lost(&chain, 2, 1, WCK_NON_FINITE);
    wck_chain_release(&chain);
}
END_TEST

/* Columns 2 and 4 of warp 1's output read column 0.  Warp 2 sends them g2 = a/4 + 3b/4,
 * in which two numbers of 2.5e7 leave 1e-3, and g4 = c/4 = -g2 exactly.  The product
 * 3b/4 is rounded by up to 2^-29, which is far more than the roundings of g2 + g4. */
START_TEST(what_cancels_only_through_two_warps_is_cancelled)
{
    const double x[12] = {9.0, 9.0, 0.0, 9.0, 0.0, 9.0, 9.0, 9.0, 0.0, 9.0, 0.0, 9.0};
    const double y[12] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    const double a = 1e8, b = -1e8 / 3.0 + 2e-3;
    const double row[6] = {0.0, a, b, -fma(3.0, b, a), 0.0, 0.0};
    struct wck_warp links[2] = {shift(6, 1.0, 0.0), shift(6, 1.0, 0.25)};
    struct wck_chain chain;

    links[0].kernel = wck_kernel_find("nearest");
    links[0].map = wck_map_coordinates(x, y);
    ck_assert_double_gt(fabs(0.25 * a + 0.75 * b + 0.25 * row[3]), 0x1p-31);
    chain = explain(links, 2, WCK_FLOAT64, row);
    ck_assert_uint_eq(chain.links[1].pixels_covered, 8);
    assert_lost(&chain, 0, 1, WCK_CANCELLED);
    ck_assert_double_eq(chain.coverage.largest, 0.0);
    wck_chain_release(&chain);
}
END_TEST

START_TEST(links_that_do_not_fit_are_refused)
{
    struct wck_warp links[2] = {shift(6, 1.0, 0.0), shift(5, 1.0, 0.0)};
    struct wck_chain_request request = {
        .links = links, .count = 2, .dtype = WCK_FLOAT32, .uniform = 1.0};
    struct wck_error err = {0};
    struct wck_chain chain;

    ck_assert_int_eq(wck_chain_explain(&chain, &request, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "warp 2 takes 2x5, but the one before makes 2x6");
    wck_chain_release(&chain);
    request.count = 0;
    ck_assert_int_eq(wck_chain_explain(&chain, &request, NULL), WCK_INVALID);
    wck_chain_release(&chain);
    request.count = WCK_LINKS + 1;
    ck_assert_int_eq(wck_chain_explain(&chain, &request, NULL), WCK_INVALID);
    wck_chain_release(&chain);
    links[1] = shift(6, 1.0, 0.0);
    links[0].kernel = wck_kernel_find("spline3");
    links[0].prefilter = wck_prefilter_find("mirror");
    request.count = 2;
    ck_assert_int_eq(wck_chain_explain(&chain, &request, NULL), WCK_UNSUPPORTED);
    wck_chain_release(&chain);
}
END_TEST

Suite *wck_chain_suite(void)
{
    Suite *suite = suite_create("chain");
    TCase *tcase = tcase_create("chain");

    tcase_add_test(tcase, chains_of_two_agree_with_the_product_of_dense_jacobians);
    tcase_add_test(tcase, chains_of_three_agree_with_the_product_of_dense_jacobians);
    tcase_add_loop_test(tcase, a_chain_of_one_is_that_warp, 0, 12);
    tcase_add_test(tcase, what_is_lost_in_the_second_warp_is_said_to_be);
    tcase_add_test(tcase, nan_upstream_is_blamed_on_the_last_warp);
    tcase_add_test(tcase, what_leaves_the_range_of_the_type_is_lost_where_it_does);
    tcase_add_test(tcase, what_cancels_only_through_two_warps_is_cancelled);
    tcase_add_test(tcase, links_that_do_not_fit_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
