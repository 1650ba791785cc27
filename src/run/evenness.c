#include "src/run/evenness.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#define ALARM 1e-3      /* chance of a false alarm among all patterns; a definition */
#define NEGLIGIBLE 1e-6 /* of the mean; a definition too */
#define TILES 8         /* along an axis */

/* What the patterns are made of: by which coordinates a pixel is even, and which
 * neighbours it is compared with. */
static const struct {
    const char *name;
    size_t x, y; /* even where x times the column plus y times the row is */
    bool across, along;
} patterns[WCK_PATTERNS] = {
    {"columns", 1, 0, true, false},
    {"rows", 0, 1, false, true},
    {"checkerboard", 1, 1, true, true},
};

struct field {
    const double *weight;
    unsigned char *compared; /* 1 for the pixels that are */
    size_t width, height;
};

/* Takes out what is nearer than `reach` to a 0 or an end, along lines of `count` pixels
 * `step` apart.  The line is read from `from`. */
static void erode(const unsigned char *from, unsigned char *to, size_t count,
                  size_t step, size_t reach)
{
    size_t since = 0; /* pixels since the last 0, this one too */

    for (size_t i = 0; i < count; i++) {
        since = from[i * step] != 0 ? since + 1 : 0;
        to[i * step] = 0;
        if (since > 2 * reach)
            to[(i - reach) * step] = 1;
    }
}

static enum wck_status init(struct field *field, const struct wck_coverage *c,
                            size_t reach, struct wck_error *err)
{
    size_t pixels = c->height * c->width;
    unsigned char *seen = malloc(pixels), *rows = calloc(pixels, 1);

    *field = (struct field){c->weight, calloc(pixels, 1), c->width, c->height};
    if (seen == NULL || rows == NULL || field->compared == NULL) {
        free(seen);
        free(rows);
        return wck_error_no_memory(err);
    }
    for (size_t p = 0; p < pixels; p++)
        seen[p] = c->pixel_reason[p] != 1 + WCK_OUT_OF_VIEW;
    for (size_t y = 0; y < c->height; y++)
        erode(seen + y * c->width, rows + y * c->width, c->width, 1, reach);
    for (size_t x = 0; x < c->width; x++)
        erode(rows + x, field->compared + x, c->height, c->width, reach);
    free(seen);
    free(rows);
    return WCK_OK;
}

/* The mean weight, and how neighbours differ. */
static void measure_variation(struct wck_evenness *evenness, const struct field *field)
{
    double sum = 0.0, squares = 0.0, pixels = 0.0, pairs = 0.0;

    for (size_t p = 0; p < field->width * field->height; p++) {
        const size_t next[2] = {p + 1, p + field->width};

        if (field->compared[p] == 0)
            continue;
        sum += field->weight[p];
        pixels += 1.0;
        /* What is compared lies off the edge: both are in the image. */
        for (int k = 0; k < 2; k++) {
            double difference = field->weight[p] - field->weight[next[k]];

            if (field->compared[next[k]] == 0)
                continue;
            squares += difference * difference;
            pairs += 1.0;
        }
    }
    evenness->mean = pixels > 0.0 ? sum / pixels : 0.0;
    if (pairs > 0.0 && evenness->mean > 0.0)
        evenness->variation = sqrt(squares / pairs / 2.0) / evenness->mean;
}

/* Sums over the even pixels [0] and the odd [1]. */
struct sums {
    double weight[2], excess[2], count[2];
};

static void add_pixel(struct sums *sums, const struct field *field, int kind, size_t x,
                      size_t y)
{
    const double *at = field->weight + y * field->width + x;
    size_t odd = (patterns[kind].x * x + patterns[kind].y * y) % 2;
    double around = 0.0, neighbours = 0.0;

    if (patterns[kind].across) {
        around += at[-1] + at[1];
        neighbours += 2.0;
    }
    if (patterns[kind].along) {
        around += *(at - field->width) + *(at + field->width);
        neighbours += 2.0;
    }
    sums->weight[odd] += *at;
    sums->excess[odd] += 0.5 * (*at - around / neighbours);
    sums->count[odd] += 1.0;
}

static struct sums sum_tile(const struct field *field, int kind, size_t left,
                            size_t top, size_t side)
{
    struct sums sums = {{0.0}, {0.0}, {0.0}};

    for (size_t y = top; y < top + side && y < field->height; y++) {
        for (size_t x = left; x < left + side && x < field->width; x++) {
            if (field->compared[y * field->width + x] != 0)
                add_pixel(&sums, field, kind, x, y);
        }
    }
    return sums;
}

/* The smallest count that would be no chance, the derivation of which is at the head of
 * evenness.h; one more than there are tosses where none would. */
static size_t count_needed(size_t tosses)
{
    size_t k = tosses / 2 + 1;

    while (k <= tosses &&
           2.0 * gsl_cdf_binomial_Q((unsigned)(k - 1), 0.5, (unsigned)tosses) >
               ALARM / WCK_PATTERNS)
        k++;
    return k;
}

static void measure_pattern(struct wck_evenness *evenness, const struct field *field,
                            int kind, size_t side)
{
    struct wck_pattern *pattern = &evenness->patterns[kind];
    struct sums all = {{0.0}, {0.0}, {0.0}};
    size_t tiles = 0, signs[2] = {0};
    double contrasts = 0.0;

    for (size_t top = 0; top < field->height; top += side) {
        for (size_t left = 0; left < field->width; left += side) {
            struct sums one = sum_tile(field, kind, left, top, side);
            double contrast;

            if (!(one.count[0] > 0.0 && one.count[1] > 0.0))
                continue;
            contrast = one.excess[0] / one.count[0] - one.excess[1] / one.count[1];
            contrasts += contrast;
            tiles++;
            if (fabs(contrast) > NEGLIGIBLE * evenness->mean)
                signs[contrast < 0.0]++;
            for (int odd = 0; odd < 2; odd++) {
                all.weight[odd] += one.weight[odd];
                all.count[odd] += one.count[odd];
            }
        }
    }
    *pattern = (struct wck_pattern){.name = patterns[kind].name};
    evenness->tiles = tiles;
    pattern->agree = signs[0] > signs[1] ? signs[0] : signs[1];
    pattern->needed = count_needed(tiles);
    pattern->significant = pattern->agree >= pattern->needed;
    if (tiles == 0)
        return;
    pattern->even = all.weight[0] / all.count[0];
    pattern->odd = all.weight[1] / all.count[1];
    if (evenness->mean > 0.0)
        pattern->contrast = contrasts / (double)tiles / evenness->mean;
}

enum wck_status wck_evenness_measure(struct wck_evenness *evenness,
                                     const struct wck_coverage *coverage, size_t reach,
                                     struct wck_error *err)
{
    size_t longer =
        coverage->width > coverage->height ? coverage->width : coverage->height;
    size_t side = (longer + 2 * TILES - 1) / (2 * TILES) * 2; /* even: both parities */
    struct field field;
    enum wck_status status = init(&field, coverage, reach, err);

    *evenness = (struct wck_evenness){0};
    if (status == WCK_OK) {
        measure_variation(evenness, &field);
        for (int kind = 0; kind < WCK_PATTERNS; kind++)
            measure_pattern(evenness, &field, kind, side);
    }
    free(field.compared);
    return status;
}

void wck_evenness_add(struct wck_evenness_sample *sample,
                      const struct wck_evenness *one)
{
    sample->warps++;
    for (int kind = 0; kind < WCK_PATTERNS; kind++) {
        double contrast = one->patterns[kind].contrast;

        sample->above[kind] += contrast > NEGLIGIBLE;
        sample->below[kind] += contrast < -NEGLIGIBLE;
    }
}

void wck_evenness_settle(struct wck_evenness *evenness,
                         const struct wck_evenness_sample *sample)
{
    size_t needed = count_needed(sample->warps);

    for (int kind = 0; kind < WCK_PATTERNS; kind++) {
        struct wck_pattern *pattern = &evenness->patterns[kind];
        bool even = pattern->contrast > 0.0;

        pattern->warps_agree = even ? sample->above[kind] : sample->below[kind];
        pattern->warps_needed = needed;
        pattern->significant = pattern->significant && pattern->warps_agree >= needed;
    }
}
