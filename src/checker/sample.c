#include "src/checker/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/coefficients.h"
#include "src/checker/bound.h"

/* Most taps of one sample. */
static size_t most_taps(const struct wck_warp *warp)
{
    size_t most = 1;

    for (int a = 0; a < wck_warp_axes(warp); a++)
        most *= wck_warp_support(warp, (enum wck_axis)a);
    return most;
}

enum wck_status wck_samples_init(struct wck_samples *samples,
                                 const struct wck_problem *problem,
                                 struct wck_error *err)
{
    size_t most = most_taps(&problem->warp);
    enum wck_status status;

    *samples = (struct wck_samples){.problem = problem,
                                    .warp = problem->warp,
                                    .listed = most,
                                    .u = wck_problem_roundoff(problem) + 0x1p-53};
    if (problem->warp.prefilter != NULL)
        samples->warp = wck_coefficients_warp(&problem->warp);
    status = wck_block_init(&samples->one, &samples->warp, 1, err);
    if (status == WCK_OK)
        status =
            wck_block_init(&samples->block, &samples->warp, WCK_SAMPLE_VARIANTS, err);
    if (status == WCK_OK)
        status = wck_detour_new(&samples->detour, problem, err);
    if (status != WCK_OK)
        return status;
    samples->data = calloc(WCK_SAMPLE_VARIANTS * most, sizeof *samples->data);
    samples->weights = calloc(WCK_SAMPLE_VARIANTS * most, sizeof *samples->weights);
    if (samples->data == NULL || samples->weights == NULL)
        return wck_error_no_memory(err);
    for (size_t v = 0; v < WCK_SAMPLE_VARIANTS; v++)
        samples->variants[v].taps = samples->data + v * most;
    return WCK_OK;
}

void wck_samples_release(struct wck_samples *samples)
{
    wck_block_release(&samples->one);
    wck_block_release(&samples->block);
    free(samples->data);
    free(samples->weights);
    wck_detour_free(samples->detour);
    *samples = (struct wck_samples){0};
}

static double *axis_of(const struct wck_block *block, int axis)
{
    return axis == WCK_X ? block->x : axis == WCK_Y ? block->y : block->z;
}

/* Is the whole of u - e .. u + e so far outside that all of it reads the same? */
static bool settled(const struct wck_warp *warp, int axis, double u, double e)
{
    size_t n = wck_warp_extent(warp, (enum wck_axis)axis);
    bool repeats =
        warp->border->period(n) > 0 || (warp->fold != NULL && warp->fold->rounds);

    return !repeats && (u - e > (double)n + WCK_TAPS || u + e < -WCK_TAPS);
}

/* Does the fold leave open what is read anywhere in u - e .. u + e? */
static bool undecided(const struct wck_warp *warp, int axis, double u, double e)
{
    size_t n = wck_warp_extent(warp, (enum wck_axis)axis);

    return warp->fold != NULL &&
           (warp->fold->apply(u - e, n).undecided ||
            warp->fold->apply(u, n).undecided || warp->fold->apply(u + e, n).undecided);
}

/* Is the warp no library's, whose way to do it would be known? */
static bool is_anyones(const struct wck_samples *samples)
{
    const struct wck_convention *convention = samples->problem->convention;

    return convention != NULL && convention->anyones;
}

/* How far to either side of coordinate u of an axis it may lie.  At a kink of a warp
 * that is no library's, by a last digit: the slope of either side is right. */
static double reach_of(const struct wck_samples *samples, double u, double error,
                       const struct wck_stencil *stencil)
{
    bool tie = is_anyones(samples) && samples->warp.kernel->smoothness == 0 &&
               fpclassify(stencil->knot) == FP_ZERO;

    return tie ? fmax(error, 0x1p-52 * fmax(1.0, fabs(u))) : error;
}

/* Sets the variants' coordinates: every combination of u - e, u and u + e along the
 * axes that have an error.  Where a knot lies between, it stands for u: a value may
 * peak there. */
static void spread(struct wck_samples *samples, size_t index)
{
    struct wck_coordinate_error error =
        samples->detour != NULL ? wck_detour_error(samples->detour, index)
                                : wck_problem_coordinate_error(samples->problem, index);
    double e[WCK_AXES] = {error.x, error.y, error.z};
    size_t count = 1;

    samples->lost = false;
    samples->nominal = 0;
    wck_block_fill(&samples->one, &samples->warp, index, 1);
    for (int a = 0; a < wck_warp_axes(&samples->warp); a++) {
        double u = axis_of(&samples->one, a)[0];
        const struct wck_stencil *stencil =
            wck_block_stencil(&samples->one, 0, (enum wck_axis)a);
        double away = stencil->knot * stencil->fold, middle;
        size_t times;

        e[a] = reach_of(samples, u, e[a], stencil);
        middle = fabs(away) <= e[a] ? u - away : u;
        times = e[a] > 0.0 && isfinite(u) ? 3 : 1;
        for (size_t v = 0; v < count * times; v++) {
            const double places[] = {u - e[a], middle, u + e[a]};

            for (int b = 0; b < a; b++)
                axis_of(&samples->block, b)[v] = axis_of(&samples->block, b)[v % count];
            axis_of(&samples->block, a)[v] = times > 1 ? places[v / count] : u;
        }
        samples->nominal += times > 1 ? count : 0;
        count *= times;
        samples->lost |=
            undecided(&samples->warp, a, u, e[a]) ||
            (times > 1 && e[a] > 0.25 && !settled(&samples->warp, a, u, e[a]));
    }
    samples->variant_count = count;
}

/* How far a product of factors may be off, in roundings of u, as each is by its own:
 * (prod (|f| + n u) - prod |f|) / u without the difference. */
static double product_roundings(const double factor[WCK_AXES],
                                const double roundings[WCK_AXES], double u)
{
    double exact = 1.0, off = 0.0;

    for (int a = 0; a < WCK_AXES; a++) {
        off = off * (fabs(factor[a]) + roundings[a] * u) + exact * roundings[a];
        exact *= fabs(factor[a]);
    }
    return off;
}

/* Roundings of weight k of a stencil, or of its slope.  Where taps fell on one pixel k
 * is no place in the kernel, and one weight may be the sum of all that are missing and
 * its own: an outer tap's roundings, which are the more, each. */
static double roundings_of(const struct wck_kernel *kernel,
                           const struct wck_stencil *stencil, int k, bool slope)
{
    /* Only a cubic's weights differ among themselves. */
    bool cubic = kernel->support == 4 && kernel->order == 0 && !kernel->footprint;
    int merged = cubic ? kernel->support - stencil->count : 0;
    int place = merged > 0 ? 0 : k;
    double of_one = slope ? wck_kernel_slope_roundings(kernel, place)
                          : wck_kernel_tap_roundings(kernel, place);

    return (1.0 + (merged > 0 ? merged : 0)) * of_one;
}

/* Roundings of a slope where taps fell on one pixel: what was added up there is up to
 * as much as the kernel's slopes are, and cancels but for the roundings of all terms.
 */
static double hidden_roundings(const struct wck_samples *samples,
                               const struct wck_stencil *stencil)
{
    const struct wck_kernel *kernel = samples->warp.kernel;
    double hidden = wck_kernel_slope_norm(kernel);

    if (stencil->count >= kernel->support)
        return 0.0;
    for (int k = 0; k < stencil->count; k++)
        hidden -= fabs(stencil->slope[k]);
    return ((double)(samples->listed + samples->problem->channels) + 4.0) *
           fmax(0.0, hidden);
}

/* What a weight of one axis may be the sum of.  Of no library's, a lerp a + f (b - a)
 * sends g and -f g to a, and f g to b: 2 - w of both, and 3 where they are one pixel.
 */
static double sent_by(const struct wck_samples *samples,
                      const struct wck_stencil *stencil, int k)
{
    const struct wck_kernel *kernel = samples->warp.kernel;

    if (!is_anyones(samples) || kernel->support != 2 || kernel->smoothness != 0)
        return fabs(stencil->weight[k]);
    return stencil->count < 2 ? 3.0 : 2.0 - stencil->weight[k];
}

/* The uncertainties of the tap of indices k along the axes. */
static void doubt(const struct wck_samples *samples,
                  const struct wck_stencil *const s[WCK_AXES], const int k[WCK_AXES],
                  struct wck_sample_tap *tap)
{
    const struct wck_kernel *kernel = samples->warp.kernel;
    double weight[WCK_AXES], of_weight[WCK_AXES] = {0.0};

    for (int a = 0; a < WCK_AXES; a++) {
        weight[a] = s[a]->weight[k[a]];
        if (a < wck_warp_axes(&samples->warp))
            of_weight[a] = roundings_of(kernel, s[a], k[a], false);
    }
    tap->uncertainty = product_roundings(weight, of_weight, samples->u);
    tap->sent = 1.0;
    for (int a = 0; a < wck_warp_axes(&samples->warp); a++)
        tap->sent *= sent_by(samples, s[a], k[a]);
    for (int a = 0; a < wck_warp_axes(&samples->warp); a++) {
        double kept = weight[a], of_kept = of_weight[a];

        weight[a] = s[a]->slope[k[a]];
        of_weight[a] =
            roundings_of(kernel, s[a], k[a], true) + hidden_roundings(samples, s[a]);
        tap->slope_uncertainty[a] = product_roundings(weight, of_weight, samples->u);
        weight[a] = kept;
        of_weight[a] = of_kept;
    }
}

/* The tap of indices k along the axes. */
static struct wck_sample_tap tap_of(const struct wck_samples *samples, size_t v,
                                    const int k[WCK_AXES])
{
    const struct wck_stencil *s[WCK_AXES];
    struct wck_sample_tap tap = {.weight = 1.0};
    ptrdiff_t index[WCK_AXES];

    for (int a = 0; a < WCK_AXES; a++) {
        s[a] = wck_block_stencil(&samples->block, v, (enum wck_axis)a);
        index[a] = s[a]->index[k[a]];
        tap.weight *= s[a]->weight[k[a]];
    }
    tap.pixel = (index[WCK_Z] * (ptrdiff_t)samples->warp.source_height + index[WCK_Y]) *
                    (ptrdiff_t)samples->warp.source_width +
                index[WCK_X];
    for (int a = 0; a < WCK_AXES; a++) {
        const struct wck_stencil *f = s[(a + 1) % 3], *g = s[(a + 2) % 3];

        tap.slope[a] =
            s[a]->slope[k[a]] * f->weight[k[(a + 1) % 3]] * g->weight[k[(a + 2) % 3]];
        if (index[a] == WCK_BORDER_VALUE)
            tap.pixel = WCK_BORDER_VALUE;
    }
    doubt(samples, s, k, &tap);
    return tap;
}

/* Is the border value taken as it is?  Where all taps lie outside, sums of one or two
 * an axis are exact (a lerp adds a difference of 0), and wider ones are not made,
 * unless by eights: for the others' sake. */
static bool is_copied(const struct wck_samples *samples, size_t v)
{
    const struct wck_sample *sample = &samples->variants[v];
    const struct wck_rounding *rounding = samples->warp.rounding;
    bool octets = rounding != NULL && rounding->octets;

    if (samples->block.filled[v])
        return true;
    for (size_t t = 0; t < sample->count; t++) {
        if (sample->taps[t].pixel != WCK_BORDER_VALUE)
            return false;
    }
    return samples->warp.kernel->support <= 2 || !(sample->crosses || octets);
}

static void list_taps(struct wck_samples *samples, size_t v)
{
    struct wck_sample *sample = &samples->variants[v];
    int count[WCK_AXES], k[WCK_AXES];

    wck_block_place(&samples->block, &samples->warp, v);
    sample->count = 0;
    sample->copied = false;
    sample->has_taps = wck_block_has_taps(&samples->block, v);
    sample->crosses = wck_block_crosses(&samples->block, &samples->warp, v);
    if (!sample->has_taps)
        return;
    for (int a = 0; a < WCK_AXES; a++)
        count[a] = wck_block_stencil(&samples->block, v, (enum wck_axis)a)->count;
    for (k[2] = 0; k[2] < count[2]; k[2]++) {
        for (k[1] = 0; k[1] < count[1]; k[1]++) {
            for (k[0] = 0; k[0] < count[0]; k[0]++)
                sample->taps[sample->count++] = tap_of(samples, v, k);
        }
    }
    sample->copied = is_copied(samples, v);
}

/* Makes sure that the pixel has an entry. */
static void enter(struct wck_samples *samples, ptrdiff_t pixel)
{
    for (size_t i = 0; i < samples->weight_count; i++) {
        if (samples->weights[i].pixel == pixel)
            return;
    }
    samples->weights[samples->weight_count++] = (struct wck_sample_weight){
        .pixel = pixel, .low = (double)NAN, .high = (double)NAN};
}

/* Adds up what variant v lists of a pixel: border value taps may be many. */
static double variant_weight(const struct wck_sample *sample, ptrdiff_t pixel,
                             double *uncertainty, double *sent, size_t *listed)
{
    double sum = 0.0;

    *uncertainty = *sent = 0.0;
    *listed = 0;
    for (size_t t = 0; t < sample->count; t++) {
        if (sample->taps[t].pixel != pixel)
            continue;
        sum += sample->taps[t].weight;
        *uncertainty += sample->taps[t].uncertainty;
        *sent += sample->taps[t].sent;
        ++*listed;
    }
    return sum;
}

static void join_weights(struct wck_samples *samples)
{
    samples->weight_count = 0;
    for (size_t v = 0; v < samples->variant_count; v++) {
        for (size_t t = 0; t < samples->variants[v].count; t++)
            enter(samples, samples->variants[v].taps[t].pixel);
    }
    for (size_t i = 0; i < samples->weight_count; i++) {
        struct wck_sample_weight *weight = &samples->weights[i];

        for (size_t v = 0; v < samples->variant_count; v++) {
            double uncertainty, sent;
            size_t listed;
            double sum = variant_weight(&samples->variants[v], weight->pixel,
                                        &uncertainty, &sent, &listed);

            if (v == samples->nominal)
                weight->at = sum;
            weight->low = fmin(weight->low, sum);
            weight->high = fmax(weight->high, sum);
            weight->uncertainty = fmax(weight->uncertainty, uncertainty);
            weight->sent = fmax(weight->sent, sent);
            weight->listed = listed > weight->listed ? listed : weight->listed;
        }
        /* A weight that does not jump moves by its slope times a tiny error. */
        samples->jumps |= weight->high - weight->low > 0.5;
    }
}

void wck_samples_visit(struct wck_samples *samples, size_t index)
{
    spread(samples, index);
    samples->jumps = false;
    for (size_t v = 0; v < samples->variant_count; v++)
        list_taps(samples, v);
    join_weights(samples);
}
