#include "src/run/cost.h"

#include <math.h>
#include <stdlib.h>

#include "reference/walk.h"
#include "src/base/rng.h"

/* One output's weights, of all pixels that any tap names. */
struct row {
    double *value;         /* one a source pixel; 0 where it is not marked */
    unsigned char *marked; /* likewise */
    size_t *pixels, count; /* those marked */
};

static void add(struct row *row, size_t p, double weight)
{
    if (row->marked[p] == 0) {
        row->marked[p] = 1;
        row->pixels[row->count++] = p;
    }
    row->value[p] += weight;
}

/* The sum of magnitudes; leaves the row empty. */
static double take(struct row *row)
{
    double sum = 0.0;

    for (size_t i = 0; i < row->count; i++) {
        sum += fabs(row->value[row->pixels[i]]);
        row->value[row->pixels[i]] = 0.0;
        row->marked[row->pixels[i]] = 0;
    }
    row->count = 0;
    return sum;
}

struct work {
    const struct wck_cost_request *request;
    const struct wck_remedy *remedy;
    struct wck_warp before, after; /* the original and the remedy's, weights only */
    struct wck_block original, changed;
    struct wck_walk walk;
    struct row row;
    double taps, changed_taps; /* estimates of all outputs' */
    double part;               /* outputs that the one at hand stands for */
};

/* The outputs that are measured, of `outputs`: one of each of `measured` runs of
 * neighbours of equal length (within one), drawn from it.  Drawn, for a fixed step
 * would meet the map's own: at a scale of 1/2 every even output has whole coordinates.
 * Where each run is a single output, all are. */
struct sample {
    size_t outputs, measured;
    struct wck_rng rng;
};

static struct sample sample_of(const struct work *work, size_t outputs)
{
    size_t most = work->request->most > 0 ? work->request->most : WCK_COST_OUTPUTS;

    return (struct sample){outputs, outputs < most ? outputs : most,
                           wck_rng_start(WCK_COST_OUTPUTS, 0)};
}

/* Run `number` begins here: number * outputs / measured, without their product. */
static size_t run_start(const struct sample *sample, size_t number)
{
    size_t length = sample->outputs / sample->measured;
    size_t longer = sample->outputs % sample->measured;

    return number * length + (number < longer ? number : longer);
}

/* The output drawn from a run; work->part is the run's length. */
static size_t draw(struct sample *sample, size_t number, struct work *work)
{
    size_t start = run_start(sample, number);
    size_t length = run_start(sample, number + 1) - start;

    work->part = (double)length;
    return start + (length > 1 ? (size_t)wck_rng_below(&sample->rng, length) : 0);
}

/* Taps along an axis, before they are folded. */
static double axis_taps(const struct wck_kernel *kernel, double u)
{
    return kernel->ceiling && fpclassify(u - floor(u)) == FP_ZERO ? 1.0
                                                                  : kernel->support;
}

/* Taps of sample first+i as the kernel lists them; a footprint's are folded already. */
static double count_taps(struct work *work, const struct wck_warp *warp,
                         const struct wck_block *block, size_t i)
{
    struct wck_tap tap;
    double taps = 0.0;

    if (!isfinite(block->x[i]) || !isfinite(block->y[i]))
        return 0.0;
    if (!warp->kernel->footprint)
        return axis_taps(warp->kernel, block->x[i]) *
               axis_taps(warp->kernel, block->y[i]);
    wck_walk_begin(&work->walk, warp, block, i);
    while (wck_walk_next(&work->walk, &tap))
        taps += 1.0;
    return taps;
}

/* Takes the original's output away from the row; returns its sum of magnitudes. */
static double subtract_original(struct work *work, size_t sample)
{
    const struct wck_warp *warp = &work->before;
    struct wck_tap tap;
    double sum = 0.0;

    wck_block_fill(&work->original, warp, sample, 1);
    work->taps += work->part * count_taps(work, warp, &work->original, 0);
    wck_walk_begin(&work->walk, warp, &work->original, 0);
    while (wck_walk_next(&work->walk, &tap)) {
        if (tap.pixel == WCK_BORDER_VALUE)
            continue;
        sum += fabs(tap.weight);
        add(&work->row, (size_t)tap.pixel, -tap.weight);
    }
    return sum;
}

/* Adds a pixel of what the remedy's warp reads: the pixels that it is the mean of. */
static void add_pixel(struct work *work, size_t pixel, double weight)
{
    const struct wck_reduction *reduction = work->remedy->reduction;
    size_t width = work->remedy->warp->source_width, x[2], y[2];

    if (reduction == NULL) {
        add(&work->row, pixel, weight);
        return;
    }
    wck_reduction_range(reduction, pixel % width, reduction->width, &x[0], &x[1]);
    wck_reduction_range(reduction, pixel / width, reduction->height, &y[0], &y[1]);
    weight /= (double)((x[1] - x[0] + 1) * (y[1] - y[0] + 1));
    for (size_t v = y[0]; v <= y[1]; v++) {
        for (size_t u = x[0]; u <= x[1]; u++)
            add(&work->row, v * reduction->width + u, weight);
    }
}

/* What a tap of weight 0 is given. */
static double stand_in(struct work *work, size_t i)
{
    double listed = 0.0;
    struct wck_tap tap;

    if (!work->remedy->even)
        return 0.0;
    wck_walk_begin(&work->walk, &work->after, &work->changed, i);
    while (wck_walk_next(&work->walk, &tap))
        listed += tap.pixel != WCK_BORDER_VALUE ? 1.0 : 0.0;
    return listed > 0.0 ? 1.0 / listed : 0.0;
}

static void add_sample(struct work *work, size_t i, double part)
{
    double instead = stand_in(work, i);
    struct wck_tap tap;

    work->changed_taps +=
        work->part * count_taps(work, &work->after, &work->changed, i);
    wck_walk_begin(&work->walk, &work->after, &work->changed, i);
    while (wck_walk_next(&work->walk, &tap)) {
        bool zero = fpclassify(tap.weight) == FP_ZERO;

        if (tap.pixel != WCK_BORDER_VALUE)
            add_pixel(work, (size_t)tap.pixel, part * (zero ? instead : tap.weight));
    }
}

static size_t split_of(const struct wck_remedy *remedy)
{
    return remedy->split > 0 ? remedy->split : 1;
}

/* Adds output (x, y) of the remedy to the row. */
static void add_remedy(struct work *work, size_t x, size_t y)
{
    const struct wck_warp *warp = &work->after;
    size_t split = split_of(work->remedy);
    double part = 1.0 / (double)(split * split);

    for (size_t j = 0; j < split; j++) {
        size_t first = (y * split + j) * warp->output_width + x * split;

        wck_block_fill(&work->changed, warp, first, split);
        for (size_t i = 0; i < split; i++)
            add_sample(work, i, part);
    }
}

static double upstream_magnitude(const struct wck_cost_request *request, size_t x,
                                 size_t y)
{
    double sum = 0.0;

    if (request->upstream == NULL)
        return 1.0;
    for (size_t plane = 0; plane < request->planes; plane++) {
        double g = fabs(wck_image_get(request->upstream, plane, y, x));

        sum += isfinite(g) ? g : 0.0;
    }
    return sum;
}

/* What the two do apart, and what the original does. */
struct sums {
    double apart, whole;
};

/* The outputs of the original, each with the remedy's in its place. */
static void add_outputs(struct work *work, struct sums *sums, struct wck_cost *cost)
{
    const struct wck_warp *one = work->request->original;
    const struct wck_remedy *remedy = work->remedy;
    size_t columns = one->output_width, split = split_of(remedy);
    int64_t width = (int64_t)(remedy->warp->output_width / split);
    int64_t height = (int64_t)(remedy->warp->output_height / split);
    struct sample sample = sample_of(work, wck_warp_samples(one));

    cost->outputs = sample.outputs;
    cost->measured = sample.measured;
    for (size_t i = 0; i < sample.measured; i++) {
        size_t o = draw(&sample, i, work), x = o % columns, y = o / columns;
        int64_t u = (int64_t)x + remedy->shift_x, v = (int64_t)y + remedy->shift_y;
        double a = work->part * upstream_magnitude(work->request, x, y);

        sums->whole += a * subtract_original(work, o);
        if (u >= 0 && u < width && v >= 0 && v < height)
            add_remedy(work, (size_t)u, (size_t)v);
        sums->apart += a * take(&work->row);
    }
}

/* The outputs that only the remedy has. */
static void add_others(struct work *work, struct sums *sums)
{
    const struct wck_warp *one = work->request->original;
    const struct wck_remedy *remedy = work->remedy;
    size_t split = split_of(remedy), width = remedy->warp->output_width / split;
    size_t height = remedy->warp->output_height / split;
    int64_t columns = (int64_t)one->output_width, rows = (int64_t)one->output_height;
    struct sample sample = sample_of(work, width * height);

    for (size_t i = 0; i < sample.measured; i++) {
        size_t o = draw(&sample, i, work), u = o % width, v = o / width;
        int64_t x = (int64_t)u - remedy->shift_x, y = (int64_t)v - remedy->shift_y;

        if (x >= 0 && x < columns && y >= 0 && y < rows)
            continue;
        add_remedy(work, u, v);
        sums->apart += work->part * take(&work->row);
    }
}

static void measure(struct work *work, struct wck_cost *cost)
{
    struct sums sums = {0.0, 0.0};

    add_outputs(work, &sums, cost);
    add_others(work, &sums);
    if (work->remedy->reduction != NULL)
        work->changed_taps += wck_reduction_taps(work->remedy->reduction);
    cost->bias = sums.whole > 0.0 ? sums.apart / sums.whole : (double)NAN;
    cost->work = work->taps > 0.0 ? work->changed_taps / work->taps : (double)NAN;
}

enum wck_status wck_cost_measure(struct wck_cost *cost,
                                 const struct wck_cost_request *request,
                                 const struct wck_remedy *remedy, struct wck_error *err)
{
    struct work work = {.request = request,
                        .remedy = remedy,
                        .before = *request->original,
                        .after = *remedy->warp};
    size_t pixels = request->original->source_width * request->original->source_height;
    enum wck_status status;

    work.before.weights_only = work.after.weights_only = true;
    *cost = (struct wck_cost){.bias = (double)NAN, .work = (double)NAN};
    work.row.value = calloc(pixels, sizeof *work.row.value);
    work.row.marked = calloc(pixels, sizeof *work.row.marked);
    work.row.pixels = calloc(pixels, sizeof *work.row.pixels);
    status = wck_block_init(&work.original, request->original, 1, err);
    if (status == WCK_OK)
        status = wck_block_init(&work.changed, remedy->warp, split_of(remedy), err);
    if (status == WCK_OK &&
        (work.row.value == NULL || work.row.marked == NULL || work.row.pixels == NULL))
        status = wck_error_no_memory(err);
    if (status == WCK_OK)
        measure(&work, cost);
    wck_block_release(&work.original);
    wck_block_release(&work.changed);
    free(work.row.value);
    free(work.row.marked);
    free(work.row.pixels);
    return status;
}
