/* Kernel "area": the taps of a sample, and every derivative, against a polygon that is
 * clipped in quadruple precision. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"
#include "reference/walk.h"

#define WIDTH 7
#define HEIGHT 5
#define PIXELS (WIDTH * HEIGHT)

/* Linear parts that minify, magnify, turn, mirror and shear; none of their footprints
 * has a side along an axis but for those marked. */
static const double linears[][WCK_LINEAR] = {
    {2.375, 0.625, -0.8125, 1.6875},  /* minifies */
    {1.3125, -0.4375, 0.375, 0.5625}, /* along one direction only */
    {0.28, 0.165, -0.11, 0.33},       /* magnifies */
    {-1.75, 0.34375, 0.5, 2.59375},   /* mirrors */
    {0.4375, 1.5625, 0.71875, -0.25}, /* ... and magnifies along one direction */
    {1.0625, 3.8125, 0.03125, 1.125}, /* shears */
    {9.25, -5.5, 4.75, 7.125},        /* covers more than the image */
    {2.6875, 0.0, 0.0, 1.3125},       /* sides along the axes */
};
#define LINEARS (sizeof linears / sizeof linears[0])

static struct wck_warp warp_of(const double linear[WCK_LINEAR], const char *border)
{
    const double m[6] = {linear[0], linear[1], 1.828125,
                         linear[2], linear[3], 0.671875};
    struct wck_warp warp = {.kernel = wck_kernel_find("area"),
                            .border = wck_border_find(border),
                            .source_width = WIDTH,
                            .source_height = HEIGHT,
                            .output_width = 4,
                            .output_height = 3};

    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return warp;
}

/* Everything a walk over the taps of a sample says, by pixel; the border value last. */
struct listing {
    bool listed[PIXELS + 1];
    struct wck_share share[PIXELS + 1];
};

static struct listing list(const struct wck_warp *warp, double x, double y)
{
    struct listing listing = {.listed = {false}};
    struct wck_area_walk walk;
    struct wck_area_tap tap;
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, warp, 1, NULL), WCK_OK);
    wck_block_fill(&block, warp, 0, 1);
    block.x[0] = x;
    block.y[0] = y;
    wck_area_begin(&walk, warp, &block, 0);
    while (wck_area_next(&walk, &tap)) {
        size_t at = PIXELS;

        if (tap.x != WCK_BORDER_VALUE)
            at = (size_t)tap.y * WIDTH + (size_t)tap.x;
        ck_assert_msg(!listing.listed[at], "pixel %zu is listed twice", at);
        listing.listed[at] = true;
        listing.share[at] = tap.share;
    }
    wck_block_release(&block);
    return listing;
}

/* The oracle's weights, with entry e of (F or A; x; y) moved by `by`. */
static void expect(const struct wck_warp *warp, const double linear[WCK_LINEAR],
                   const double at[2], int e, __float128 by, __float128 *weight)
{
    struct oracle_warp oracle = {.border = warp->border->name,
                                 .source = {WIDTH, HEIGHT, 1}};
    __float128 a[4], f[4], centre[2] = {at[0], at[1]};

    for (int i = 0; i < 4; i++)
        a[i] = linear[i] + (e == i ? by : 0);
    for (int i = 0; i < 2; i++)
        centre[i] += e == 4 + i ? by : 0;
    oracle_footprint(a, f);
    oracle_area(&oracle, f, centre, weight);
}

/* How far a weight may be off, in units of 2^-53, for a footprint that reaches R and
 * covers an area B.  Sides of squares relative to the centre are off by R, middles and
 * ways of edges by 2 R, entries of F by 8 R (a hypot, a quotient, four sums), where a
 * square is taken to have sides of 1.  An edge's part of the area is a span of up to 1
 * (off by 3 R) times a height of up to 1 (off by 2 R + 6 R, for the line's two places
 * and its middle) with 4 roundings more: 11 R + 4, and with F's 16 R more; four edges
 * and the division by B, itself off by 20: 4 (27 R + 4)/B + 20.  The border value is a
 * sum over what is not the image, of sides up to 2 R. */
static double weight_bound(const struct wck_footprint *footprint, size_t pixel)
{
    double r = fmax(footprint->reach[0], footprint->reach[1]);
    double side = pixel == PIXELS ? 2.0 * r * 4.0 : 1.0;

    return 0x1p-53 * (4.0 * (27.0 * r + 4.0) * side / footprint->area + 20.0);
}

/* None puts a corner of a footprint on the side of a square. */
static const double centres[][2] = {{2.671875, 1.828125},  {-0.765625, 0.359375},
                                    {6.890625, 4.4609375}, {3.109375, -4.21875},
                                    {-7.296875, 9.578125}, {16.640625, 2.234375}};
#define CENTRES (sizeof centres / sizeof centres[0])

START_TEST(weights_are_those_of_a_clipped_polygon)
{
    const double *linear = linears[(size_t)_i % LINEARS];
    struct wck_warp warp = warp_of(linear, wck_border_row((size_t)_i / LINEARS)->name);
    struct wck_footprint footprint;

    wck_area_footprint(&warp, &footprint);
    for (size_t c = 0; c < CENTRES; c++) {
        struct listing got = list(&warp, centres[c][0], centres[c][1]);
        __float128 want[PIXELS + 1];

        expect(&warp, linear, centres[c], -1, 0, want);
        for (size_t p = 0; p <= PIXELS; p++) {
            double error = fabs((double)(got.share[p].weight - want[p]));
            /* Squares that fold onto one pixel add up. */
            double squares = 4.0 * footprint.reach[0] * footprint.reach[1] / PIXELS + 4;
            double bound = squares * weight_bound(&footprint, p);

            ck_assert_msg(error <= bound, "%s, centre %zu: pixel %zu weighs %a, not %a",
                          warp.border->name, c, p, got.share[p].weight,
                          (double)want[p]);
            ck_assert(got.listed[p] || want[p] <= bound);
        }
    }
}
END_TEST

/* The same for a derivative.  An edge enters and leaves a square at places t that are
 * off by (3 R + 8 R)/m, m its shorter way along an axis, and counts by its length, up
 * to 3 R, over B: eight such places, and the weight's own error where F moves. */
static double slope_bound(const struct wck_footprint *footprint, size_t pixel)
{
    double r = fmax(footprint->reach[0], footprint->reach[1]), least = 2.0 * r;

    for (int i = 0; i < 4; i++) {
        for (int a = 0; a < 2; a++) {
            double along = fabs(footprint->edge[i].along[a]);

            if (along > 0.0)
                least = fmin(least, along);
        }
    }
    return 0x1p-53 * 8.0 * 11.0 * r / least * 3.0 * r / footprint->area +
           2.0 * weight_bound(footprint, pixel);
}

/* A tap's derivative by entry e of A, or by x or y. */
static double derivative(const struct wck_footprint *footprint,
                         const struct wck_share *share, int e)
{
    double linear[WCK_LINEAR] = {0.0, 0.0, 0.0, 0.0};

    if (e >= WCK_LINEAR)
        return share->slope[e - WCK_LINEAR];
    wck_footprint_pull(footprint, share->shape, linear);
    return linear[e];
}

/* Central differences: with steps of 2^-36 their truncation, 2^-72 times a third
 * derivative of less than 2^10, is below a rounding of the reference. */
START_TEST(derivatives_are_those_of_a_clipped_polygon)
{
    const double *linear = linears[(size_t)_i % LINEARS];
    struct wck_warp warp = warp_of(linear, wck_border_row((size_t)_i / LINEARS)->name);
    const __float128 h = ldexpq(1, -36);
    struct wck_footprint footprint;

    wck_area_footprint(&warp, &footprint);
    for (size_t c = 0; c < CENTRES; c++) {
        struct listing got = list(&warp, centres[c][0], centres[c][1]);
        __float128 above[PIXELS + 1], below[PIXELS + 1];

        for (int e = 0; e < WCK_LINEAR + 2; e++) {
            expect(&warp, linear, centres[c], e, h, above);
            expect(&warp, linear, centres[c], e, -h, below);
            for (size_t p = 0; p <= PIXELS; p++) {
                __float128 want = (above[p] - below[p]) / (2 * h);
                double is = derivative(&footprint, &got.share[p], e);
                double squares =
                    4.0 * footprint.reach[0] * footprint.reach[1] / PIXELS + 4;
                double bound = 4.0 * squares * slope_bound(&footprint, p);

                ck_assert_msg(fabs((double)(is - want)) <= bound,
                              "%s, centre %zu, by %d: pixel %zu has %a, not %a",
                              warp.border->name, c, e, p, is, (double)want);
            }
        }
    }
}
END_TEST

/* ---- what follows from the taps ---- */

/* Weights add up to 1 and their derivatives to 0, also far outside, where a border that
 * repeats is reduced by its period. */
START_TEST(weights_add_up_to_one)
{
    static const double far[][2] = {
        {1e9 + 0.375, -7.25}, {-3.5e12, 2e12 + 0.5}, {0x1p60, -0x1p70}, {1e300, 1.25}};
    struct wck_border const *border = wck_border_row((size_t)_i);

    for (size_t c = 0; c < sizeof far / sizeof far[0]; c++) {
        struct wck_warp warp = warp_of(linears[c], border->name);
        struct listing got = list(&warp, far[c][0], far[c][1]);
        struct wck_footprint footprint;
        double sum = 0.0, slope[2] = {0.0, 0.0}, shape = 0.0, bound = 0.0;

        wck_area_footprint(&warp, &footprint);
        for (size_t p = 0; p <= PIXELS; p++) {
            sum += got.share[p].weight;
            for (int a = 0; a < 2; a++)
                slope[a] += got.share[p].slope[a];
            shape += got.share[p].shape[1];
            bound += 8.0 * slope_bound(&footprint, p);
        }
        ck_assert_double_le(fabs(sum - 1.0), bound);
        ck_assert_double_le(fabs(slope[0]) + fabs(slope[1]), bound);
        ck_assert_double_le(fabs(shape), bound);
    }
}
END_TEST

/* The same pixels listed, the same weights and the same side of a kink. */
START_TEST(a_shift_is_bilinear)
{
    static const double unit[WCK_LINEAR] = {1.0, 0.0, 0.0, 1.0};
    static const double at[][2] = {
        {2.375, 1.625}, {3.0, 2.75}, {5.0, 4.0}, {6.5, -0.5}};
    struct wck_warp area = warp_of(unit, wck_border_row((size_t)_i)->name);
    struct wck_warp bilinear = area;

    bilinear.kernel = wck_kernel_find("bilinear");
    for (size_t c = 0; c < sizeof at / sizeof at[0]; c++) {
        struct listing got = list(&area, at[c][0], at[c][1]);
        struct wck_tap taps[WCK_SAMPLE_TAPS];
        struct wck_block block;
        size_t count, listed = 0;

        ck_assert_int_eq(wck_block_init(&block, &bilinear, 1, NULL), WCK_OK);
        block.x[0] = at[c][0];
        block.y[0] = at[c][1];
        wck_block_place(&block, &bilinear, 0);
        count = wck_block_taps(&block, 0, WIDTH, taps);
        for (size_t t = 0; t < count; t++) {
            size_t p = taps[t].pixel < 0 ? PIXELS : (size_t)taps[t].pixel;

            ck_assert_msg(got.listed[p], "pixel %zu is not listed", p);
            /* Dyadic numbers of few digits: nothing rounds. */
            ck_assert_double_eq(got.share[p].weight, taps[t].weight);
            ck_assert_double_eq(got.share[p].slope[0], taps[t].slope_x);
            ck_assert_double_eq(got.share[p].slope[1], taps[t].slope_y);
        }
        for (size_t p = 0; p <= PIXELS; p++)
            listed += got.listed[p];
        ck_assert_uint_eq(listed, count);
        wck_block_release(&block);
    }
}
END_TEST

/* What cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA) of OpenCV 5.0.0 makes of
 * the float64 image (37 i + 11) mod 101, i along its rows.  It weighs in single
 * precision: a share of a column, of a row, and their sums' reciprocals. */
static const struct {
    size_t source[2], output[2]; /* width, height */
    double value[12];
} resized[] = {
    {{8, 6},
     {4, 2},
     {39.333334505558014, 46.00000137090683, 69.5000020712614, 42.5000012665987,
      52.000001549720764, 58.66666841506958, 48.500001445412636, 38.33333447575569}},
    {{9, 6},
     {3, 3},
     {46.16666804254055, 56.166668340563774, 49.33333480358124, 38.83333449065685,
      48.83333478868008, 58.8333350867033, 48.333334773778915, 41.50000123679638,
      51.5000015348196}},
    {{7, 5},
     {3, 2},
     {39.74285847757545, 52.171430989674185, 55.94285874579635, 49.57143002705915,
      56.22857385618349, 36.914286922131275}},
};

START_TEST(an_axis_aligned_minification_is_opencv_s)
{
    struct wck_warp warp = {.kernel = wck_kernel_find("area"),
                            .border = wck_border_find("constant"),
                            .source_width = resized[_i].source[0],
                            .source_height = resized[_i].source[1],
                            .output_width = resized[_i].output[0],
                            .output_height = resized[_i].output[1]};
    double fx = (double)warp.source_width / (double)warp.output_width;
    double fy = (double)warp.source_height / (double)warp.output_height;
    const double m[6] = {fx, 0.0, fx / 2.0 - 0.5, 0.0, fy, fy / 2.0 - 0.5};
    size_t from[] = {warp.source_height, warp.source_width};
    size_t to[] = {warp.output_height, warp.output_width};
    double pixel[54], value[12];
    struct wck_tensor in = wck_tensor_contiguous(pixel, WCK_FLOAT64, 2, from);
    struct wck_tensor out = wck_tensor_contiguous(value, WCK_FLOAT64, 2, to);
    struct wck_image image, output;

    for (size_t i = 0; i < from[0] * from[1]; i++)
        pixel[i] = (double)((37 * i + 11) % 101);
    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&image, &in, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&output, &out, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_warp_forward(&warp, &image, &output, NULL), WCK_OK);
    for (size_t i = 0; i < to[0] * to[1]; i++)
        ck_assert_double_le(fabs(value[i] - resized[_i].value[i]), 101 * 0x1p-22);
}
END_TEST

/* ---- the passes ---- */

static const struct {
    const char *output_units, *source_units;
    bool to_output;
    double matrix[6];
} maps[] = {
    {NULL, NULL, false, {2.375, 0.625, -0.828125, -0.8125, 1.6875, 0.671875}},
    {NULL, NULL, true, {0.40625, -0.109375, 0.3125, 0.171875, 0.59375, 0.21875}},
    {"centres", "edges", false, {1.03125, 0.15625, 0.09375, -0.21875, 0.875, -0.0625}},
    {"edges", "centres", false, {0.3125, 0.078125, 0.125, -0.09375, 0.84375, 0.0625}},
};
#define MAPS (sizeof maps / sizeof maps[0])

static void start(struct pair *pair, int row, struct wck_rng *rng)
{
    size_t map = (size_t)row % MAPS;

    *pair = (struct pair){.oracle = {.kernel = "area",
                                     .border = wck_border_row((size_t)row / MAPS)->name,
                                     .axes = 2,
                                     .source = {WIDTH, HEIGHT, 1},
                                     .output = {4, 3, 1},
                                     .kind = "affine",
                                     .to_output = maps[map].to_output,
                                     .output_units = maps[map].output_units,
                                     .source_units = maps[map].source_units}};
    memcpy(pair->matrix, maps[map].matrix, sizeof maps[map].matrix);
    pair_bind(pair, rng);
}

/* The footprint's linear part: the map's differences from pixel to pixel. */
static void oracle_weights(const struct pair *pair, int sample, __float128 *weight)
{
    __float128 at[3][ORACLE_AXES], a[4], f[4];
    const int next[] = {0, 1, pair->oracle.output[0]};

    for (int i = 0; i < 3; i++)
        oracle_coordinate(&pair->oracle, next[i], at[i]);
    for (int i = 0; i < 4; i++)
        a[i] = at[1 + i % 2][i / 2] - at[0][i / 2];
    oracle_footprint(a, f);
    oracle_coordinate(&pair->oracle, sample, at[0]);
    oracle_area(&pair->oracle, f, at[0], weight);
}

static __float128 oracle_output(const struct pair *pair, int sample)
{
    __float128 weight[PIXELS + 1], sum = 0;

    oracle_weights(pair, sample, weight);
    for (size_t p = 0; p < PIXELS; p++)
        sum += weight[p] * pair->image[p];
    return sum + weight[PIXELS] * pair->border_value;
}

/* <upstream, output>. */
static __float128 oracle_loss(const struct pair *pair)
{
    __float128 sum = 0;

    for (size_t i = 0; i < pair->samples; i++)
        sum += oracle_output(pair, (int)i) * pair->upstream[i];
    return sum;
}

/* For a sum of `terms` weights or their derivatives, times pixels and upstream values
 * of up to 2.3 each; `lever` is by how much more an error of the coordinates (of 16
 * roundings at 16 pixels, and an inverse's) or of F moves the sum than a weight's. */
static double sum_bound(const struct pair *pair, double terms, double lever)
{
    struct wck_footprint footprint;

    wck_area_footprint(&pair->warp, &footprint);
    return terms * 2.3 * 2.3 * lever *
           (slope_bound(&footprint, 0) + 16.0 * 16.0 * 4.0 * 0x1p-53);
}

START_TEST(forward_is_the_oracle_s)
{
    struct wck_rng rng = wck_rng_start(9301, (uint64_t)_i);
    struct pair pair;
    double value[PAIR_SAMPLES];
    struct wck_image image, output;

    start(&pair, _i, &rng);
    image = pair_source(&pair, pair.image);
    output = pair_output(&pair, value);
    ck_assert_int_eq(wck_warp_forward(&pair.warp, &image, &output, NULL), WCK_OK);
    for (size_t i = 0; i < pair.samples; i++)
        ck_assert_double_le(fabs((double)(value[i] - oracle_output(&pair, (int)i))),
                            sum_bound(&pair, PIXELS + 1, 1.0));
}
END_TEST

START_TEST(the_image_s_gradient_is_the_oracle_s)
{
    struct wck_rng rng = wck_rng_start(9302, (uint64_t)_i);
    struct pair pair;
    double gradient[PIXELS], border;
    __float128 want[PIXELS + 1] = {0}, weight[PIXELS + 1];
    struct wck_image image, upstream, to;

    start(&pair, _i, &rng);
    image = pair_source(&pair, pair.image);
    upstream = pair_output(&pair, pair.upstream);
    to = pair_source(&pair, gradient);
    ck_assert_int_eq(
        wck_warp_vjp(&pair.warp, &image, &upstream,
                     &(struct wck_gradients){.image = &to, .border_value = &border},
                     NULL),
        WCK_OK);
    for (size_t i = 0; i < pair.samples; i++) {
        oracle_weights(&pair, (int)i, weight);
        for (size_t p = 0; p <= PIXELS; p++)
            want[p] += weight[p] * pair.upstream[i];
    }
    for (size_t p = 0; p < PIXELS; p++)
        ck_assert_double_le(fabs((double)(gradient[p] - want[p])),
                            sum_bound(&pair, (double)pair.samples, 1.0));
    ck_assert_double_le(fabs((double)(border - want[PIXELS])),
                        sum_bound(&pair, (double)pair.samples * PIXELS, 1.0));
}
END_TEST

/* Central differences of the oracle's loss over each entry; entries are dyadic, so the
 * steps are exact.  An entry moves coordinates and F by up to 16 pixels (through an
 * inverse of up to 3, or units of half the image), so the third derivative of each
 * weight is below 2^10 16^3, and truncation below 2^-66 2^22 a term. */
START_TEST(the_matrix_gradient_is_the_oracle_s)
{
    struct wck_rng rng = wck_rng_start(9303, (uint64_t)_i);
    const double h = 0x1p-33;
    struct pair pair;
    double gradient[WCK_MATRIX];
    struct wck_image image, upstream;

    start(&pair, _i, &rng);
    image = pair_source(&pair, pair.image);
    upstream = pair_output(&pair, pair.upstream);
    ck_assert_int_eq(wck_warp_vjp(&pair.warp, &image, &upstream,
                                  &(struct wck_gradients){.matrix = gradient}, NULL),
                     WCK_OK);
    for (int e = 0; e < 6; e++) {
        double entry = pair.matrix[e], terms = (double)pair.samples * (PIXELS + 1),
               bound;
        __float128 difference;

        pair.matrix[e] = entry + h;
        difference = oracle_loss(&pair);
        pair.matrix[e] = entry - h;
        difference = (difference - oracle_loss(&pair)) / (2 * h);
        pair.matrix[e] = entry;
        bound = sum_bound(&pair, terms, 16.0) + terms * 0x1p-44;
        ck_assert_msg(fabs((double)(gradient[e] - difference)) <= bound,
                      "entry %d: %.17g, not %.17g: beyond %g", e, gradient[e],
                      (double)difference, bound);
    }
}
END_TEST

/* <upstream, J t> = <J^T upstream, t> for tangents of all inputs at once. */
START_TEST(forward_mode_is_adjoint_to_reverse_mode)
{
    struct wck_rng rng = wck_rng_start(9304, (uint64_t)_i);
    struct pair pair;
    double gradient[PIXELS], of_border, of_matrix[WCK_MATRIX], of_x[PAIR_SAMPLES];
    double t_image[PIXELS], t_border = 0.625, t_matrix[WCK_MATRIX];
    double t_x[PAIR_SAMPLES], pushed[PAIR_SAMPLES], left = 0.0, right;
    struct wck_image image, upstream, to, along, output;

    start(&pair, _i, &rng);
    for (size_t p = 0; p < PIXELS; p++)
        t_image[p] = wck_rng_gaussian(&rng);
    for (size_t i = 0; i < pair.samples; i++)
        t_x[i] = wck_rng_gaussian(&rng);
    for (int e = 0; e < 6; e++)
        t_matrix[e] = wck_rng_gaussian(&rng);
    image = pair_source(&pair, pair.image);
    upstream = pair_output(&pair, pair.upstream);
    to = pair_source(&pair, gradient);
    along = pair_source(&pair, t_image);
    output = pair_output(&pair, pushed);
    ck_assert_int_eq(wck_warp_vjp(&pair.warp, &image, &upstream,
                                  &(struct wck_gradients){.image = &to,
                                                          .x = of_x,
                                                          .matrix = of_matrix,
                                                          .border_value = &of_border},
                                  NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_warp_jvp(&pair.warp, &image,
                                  &(struct wck_tangents){.image = &along,
                                                         .x = t_x,
                                                         .matrix = t_matrix,
                                                         .border_value = &t_border},
                                  &output, NULL),
                     WCK_OK);
    right = of_border * t_border;
    for (size_t i = 0; i < pair.samples; i++) {
        left += pair.upstream[i] * pushed[i];
        right += of_x[i] * t_x[i];
    }
    for (size_t p = 0; p < PIXELS; p++)
        right += gradient[p] * t_image[p];
    for (int e = 0; e < 6; e++)
        right += of_matrix[e] * t_matrix[e];
    /* The same products in another order, some 500 of them, of up to 16 each. */
    ck_assert_double_le(fabs(left - right), 500 * 500 * 16 * 0x1p-53);
}
END_TEST

/* ---- what is refused, and what has no taps ---- */

START_TEST(other_maps_are_refused_with_what_is_served)
{
    static const double zero[12];
    const double m[9] = {2.25, 0.25, 1.5, -0.125, 1.75, 0.5, 0.0, 0.0, 1.0};
    struct wck_warp warp = warp_of(linears[0], "reflect");
    struct wck_error err = {0};

    ck_assert_int_eq(wck_warp_check(&warp, &err), WCK_OK);
    switch (_i) {
    case 0:
        wck_map_matrix(&warp.map, WCK_MAP_HOMOGRAPHY, 2, m, WCK_OUTPUT_TO_SOURCE, NULL);
        break;
    case 1:
        warp.map = wck_map_coordinates(zero, zero);
        break;
    case 2:
        warp.map = (struct wck_map){.kind = WCK_MAP_AFFINE, .axes = 3};
        break;
    case 3:
        warp.fold = wck_fold_find("clip");
        break;
    default:
        warp.arithmetic = wck_arithmetic_find("opencv4-affine");
        warp.rounding = wck_rounding_find("opencv4-8u");
    }
    ck_assert_int_eq(wck_warp_check(&warp, &err), WCK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "kernel area"));
}
END_TEST

START_TEST(a_singular_matrix_is_refused)
{
    const double m[6] = {2.25, 1.125, 0.5, 4.5, 2.25, 0.25};
    struct wck_warp warp = warp_of(linears[0], "wrap");

    ck_assert_int_eq(
        wck_map_matrix(&warp.map, WCK_MAP_AFFINE, 2, m, WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
    ck_assert_int_eq(wck_warp_check(&warp, NULL), WCK_INVALID);
}
END_TEST

START_TEST(double_backward_is_refused)
{
    struct wck_rng rng = wck_rng_start(9305, 0);
    struct wck_error err = {0};
    struct pair pair;
    struct wck_image image, upstream;

    start(&pair, 0, &rng);
    image = pair_source(&pair, pair.image);
    upstream = pair_output(&pair, pair.upstream);
    ck_assert_int_eq(wck_warp_second(&pair.warp, &image, &upstream,
                                     &(struct wck_tangents){.x = pair.upstream},
                                     &(struct wck_second){.x = pair.given[0]}, &err),
                     WCK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "area"));
}
END_TEST

START_TEST(a_coordinate_that_is_not_finite_has_no_taps)
{
    struct wck_warp warp = warp_of(linears[0], "replicate");
    struct wck_walk walk;
    struct wck_tap tap;
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, &warp, 12, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, 12);
    block.x[7] = (double)INFINITY;
    block.y[2] = (double)NAN;
    for (size_t i = 0; i < 12; i++) {
        wck_walk_begin(&walk, &warp, &block, i);
        ck_assert_int_eq(wck_block_has_taps(&block, i), i != 7 && i != 2);
        ck_assert_int_eq(wck_walk_next(&walk, &tap), i != 7 && i != 2);
    }
    wck_block_release(&block);
}
END_TEST

Suite *wck_area_suite(void)
{
    Suite *suite = suite_create("area");
    TCase *brute = tcase_create("brute"), *laws = tcase_create("laws"),
          *passes = tcase_create("passes");
    int pairs = (int)(LINEARS * wck_border_count());

    tcase_set_timeout(brute, 60);
    tcase_add_loop_test(brute, weights_are_those_of_a_clipped_polygon, 0, pairs);
    tcase_add_loop_test(brute, derivatives_are_those_of_a_clipped_polygon, 0, pairs);
    suite_add_tcase(suite, brute);
    tcase_add_loop_test(laws, weights_add_up_to_one, 0, (int)wck_border_count());
    tcase_add_loop_test(laws, a_shift_is_bilinear, 0, (int)wck_border_count());
    tcase_add_loop_test(laws, an_axis_aligned_minification_is_opencv_s, 0,
                        (int)(sizeof resized / sizeof resized[0]));
    suite_add_tcase(suite, laws);
    pairs = (int)(MAPS * wck_border_count());
    tcase_add_loop_test(passes, forward_is_the_oracle_s, 0, pairs);
    tcase_add_loop_test(passes, the_image_s_gradient_is_the_oracle_s, 0, pairs);
    tcase_add_loop_test(passes, the_matrix_gradient_is_the_oracle_s, 0, pairs);
    tcase_add_loop_test(passes, forward_mode_is_adjoint_to_reverse_mode, 0, pairs);
    tcase_add_loop_test(passes, other_maps_are_refused_with_what_is_served, 0, 5);
    tcase_add_test(passes, a_singular_matrix_is_refused);
    tcase_add_test(passes, double_backward_is_refused);
    tcase_add_test(passes, a_coordinate_that_is_not_finite_has_no_taps);
    suite_add_tcase(suite, passes);
    return suite;
}
