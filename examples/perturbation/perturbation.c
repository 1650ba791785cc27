/* A perturbation of an image, optimised by gradient descent through a warp and a small
 * encoder, so that the encoder takes the image for another one.
 *
 * The warp makes a 64x64 image a quarter of its size.  Its bilinear samples read 2x2 of
 * each 4x4 pixels and skip the rest, which get no gradient and stay what they are.  The
 * descent does not show it: its own loss goes to nothing.  What shows it is the loss
 * through warps that the descent never saw, the same but for a shift of up to two
 * pixels, as the next photo will have: there the perturbation is of little use.
 * Warpcheck's report says which pixels those are, and which kernels would reach them;
 * the descent is then made once more through each.  All are judged alike: by the
 * unseen warps, with bilinear samples.
 *
 *     cc -O2 perturbation.c -o perturbation $(pkg-config --cflags --libs warpcheck) -lm
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <warpcheck/warp.h>

enum {
    SIDE = 64,
    SMALL = 16,
    CHANNELS = 3,
    IMAGE = SIDE * SIDE * CHANNELS,
    INPUT = SMALL * SMALL * CHANNELS,
    PATCH = 4, /* the encoder's first layer sees 4x4 patches of the small image, */
    PATCHES = (SMALL / PATCH) * (SMALL / PATCH),
    FEATURES = 8, /* and makes so many numbers of each; */
    CODE = 12,    /* the second makes so many of all */
    WINDOW = PATCH * PATCH * CHANNELS,
    HIDDEN = PATCHES * FEATURES,
    STEPS = 100
};

/* The descent: so much of the gradient a step, and no pixel is moved further. */
static const double rate = 0.5, limit = 0.1;

/* code = second x tanh(first x patch, for each patch). */
struct encoder {
    double first[FEATURES][WINDOW], second[CODE][HIDDEN];
};

/* What the encoder is to make of the image. */
struct aim {
    struct encoder encoder;
    double code[CODE];
};

static void fail(const char *message)
{
    fprintf(stderr, "perturbation: %s\n", message);
    exit(1);
}

/* Numbers in [-1, 1), the same on every machine. */
static double draw(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / (double)(1u << 23) - 1.0;
}

static void make_encoder(struct encoder *encoder)
{
    uint32_t state = 7;

    for (int f = 0; f < FEATURES; f++)
        for (int i = 0; i < WINDOW; i++)
            encoder->first[f][i] = 4.0 * sqrt(3.0 / WINDOW) * draw(&state);
    for (int c = 0; c < CODE; c++)
        for (int i = 0; i < HIDDEN; i++)
            encoder->second[c][i] = sqrt(3.0 / HIDDEN) * draw(&state);
}

/* Where number i of a patch lies in the small image. */
static int at(int patch, int i)
{
    int row = patch / (SMALL / PATCH) * PATCH + i / (PATCH * CHANNELS);
    int column = patch % (SMALL / PATCH) * PATCH + i / CHANNELS % PATCH;

    return (row * SMALL + column) * CHANNELS + i % CHANNELS;
}

static void encode(const struct encoder *encoder, const double small[INPUT],
                   double hidden[HIDDEN], double code[CODE])
{
    for (int h = 0; h < HIDDEN; h++) {
        double sum = 0.0;

        for (int i = 0; i < WINDOW; i++)
            sum += encoder->first[h % FEATURES][i] * (small[at(h / FEATURES, i)] - 0.5);
        hidden[h] = tanh(sum);
    }
    for (int c = 0; c < CODE; c++) {
        code[c] = 0.0;
        for (int h = 0; h < HIDDEN; h++)
            code[c] += encoder->second[c][h] * hidden[h];
    }
}

/* The loss, the squared distance to the code aimed at, and its gradient with respect to
 * the small image. */
static double loss_of(const struct aim *aim, const double small[INPUT],
                      double gradient[INPUT])
{
    double hidden[HIDDEN], code[CODE], loss = 0.0;

    encode(&aim->encoder, small, hidden, code);
    memset(gradient, 0, INPUT * sizeof *gradient);
    for (int c = 0; c < CODE; c++)
        loss += (code[c] - aim->code[c]) * (code[c] - aim->code[c]);
    for (int h = 0; h < HIDDEN; h++) {
        double sum = 0.0;

        for (int c = 0; c < CODE; c++)
            sum += 2.0 * (code[c] - aim->code[c]) * aim->encoder.second[c][h];
        sum *= 1.0 - hidden[h] * hidden[h];
        for (int i = 0; i < WINDOW; i++)
            gradient[at(h / FEATURES, i)] += sum * aim->encoder.first[h % FEATURES][i];
    }
    return loss;
}

/* A quarter of the size, samples moved by (x, y) pixels of the image. */
static struct warpcheck_warp warp_by(const char *kernel, double x, double y)
{
    return (struct warpcheck_warp){
        .size = sizeof(struct warpcheck_warp),
        .kernel = kernel,
        .border = "replicate",
        .matrix = {4.0, 0.0, 1.5 + x, 0.0, 4.0, 1.5 + y},
        .inverse_map = 1,
        .source_height = SIDE,
        .source_width = SIDE,
        .output_height = SMALL,
        .output_width = SMALL,
        .channels = CHANNELS,
    };
}

/* The loss through one warp; its gradient with respect to the image, unless NULL. */
static double loss_through(const struct aim *aim, const struct warpcheck_warp *warp,
                           const double *image, double *gradient)
{
    double small[INPUT], upstream[INPUT], loss;
    char why[200];

    if (warpcheck_forward(warp, image, small, why, sizeof why) != 0)
        fail(why);
    loss = loss_of(aim, small, upstream);
    if (gradient != NULL &&
        warpcheck_vjp(warp, upstream, gradient, why, sizeof why) != 0)
        fail(why);
    return loss;
}

/* The mean loss through the unseen warps. */
static double unseen_loss(const struct aim *aim, const double *image)
{
    static const double shifts[] = {-1.6, -0.7, 0.4, 1.3};
    double sum = 0.0;

    for (int i = 0; i < 16; i++) {
        struct warpcheck_warp warp = warp_by("bilinear", shifts[i % 4], shifts[i / 4]);

        sum += loss_through(aim, &warp, image, NULL);
    }
    return sum / 16.0;
}

/* The image to be perturbed: slopes and a stripe.  The one it is to be taken for: a
 * disc. */
static void make_images(double *image, double *other)
{
    for (int i = 0; i < IMAGE; i++) {
        double x = i / CHANNELS % SIDE, y = i / CHANNELS / SIDE;
        int c = i % CHANNELS;

        image[i] = 0.3 +
                   0.4 *
                       (c == 0   ? x
                        : c == 1 ? y
                                 : SIDE - x) /
                       SIDE +
                   0.1 * sin((x + 2.0 * y) / 9.0);
        other[i] = hypot(x - 37.0, y - 26.0) < 17.0 ? 0.85 - 0.2 * c : 0.2 + 0.1 * c;
    }
}

static size_t pixels_with_gradient(const struct warpcheck_warp *warp)
{
    char reasons[SIDE * SIDE], why[200];
    size_t count = 0;

    if (warpcheck_reasons(warp, NULL, reasons, why, sizeof why) != 0)
        fail(why);
    for (int i = 0; i < SIDE * SIDE; i++)
        count += reasons[i] == '.';
    return count;
}

/* A step of the descent. */
static void step(const struct aim *aim, const struct warpcheck_warp *warp,
                 const double *image, double *perturbed)
{
    double gradient[IMAGE];

    loss_through(aim, warp, perturbed, gradient);
    for (int i = 0; i < IMAGE; i++) {
        double moved = perturbed[i] - image[i] - rate * gradient[i];

        perturbed[i] = image[i] + fmin(fmax(moved, -limit), limit);
    }
}

/* Descends through the warp with that kernel, and prints how the losses went. */
static void descend(const struct aim *aim, const char *kernel, const double *image)
{
    struct warpcheck_warp warp = warp_by(kernel, 0.0, 0.0);
    double perturbed[IMAGE], half = 0.0;

    memcpy(perturbed, image, sizeof perturbed);
    for (int done = 0; done < STEPS; done++) {
        if (done == STEPS / 2)
            half = unseen_loss(aim, perturbed);
        step(aim, &warp, image, perturbed);
    }
    printf("%-10s  %6zu  %8.4f  %8.4f  %8.4f  %8.4f  %8.4f\n", kernel,
           pixels_with_gradient(&warp), loss_through(aim, &warp, image, NULL),
           loss_through(aim, &warp, perturbed, NULL), unseen_loss(aim, image), half,
           unseen_loss(aim, perturbed));
}

/* The code of the other image, seen whole. */
static void take_aim(struct aim *aim, const double *other)
{
    struct warpcheck_warp warp = warp_by("area", 0.0, 0.0);
    double small[INPUT], hidden[HIDDEN];
    char why[200];

    make_encoder(&aim->encoder);
    if (warpcheck_forward(&warp, other, small, why, sizeof why) != 0)
        fail(why);
    encode(&aim->encoder, small, hidden, aim->code);
}

static void print_report(const struct warpcheck_warp *warp)
{
    char *report, why[200];

    if (warpcheck_report(warp, NULL, &report, why, sizeof why) != 0)
        fail(why);
    puts(report);
    warpcheck_free(report);
}

int main(void)
{
    static const char *const kernels[] = {"bilinear", "area", "cubic-0.75", "lanczos4"};
    struct warpcheck_warp warp = warp_by("bilinear", 0.0, 0.0);
    double image[IMAGE], other[IMAGE];
    struct aim aim;

    make_images(image, other);
    take_aim(&aim, other);
    print_report(&warp);
    printf("%d steps; the loss through the descent's own warp, and the mean through 16 "
           "unseen ones\n\n",
           STEPS);
    printf("%-10s  %6s  %8s  %8s  %8s  %8s  %8s\n", "descent", "pixels", "own", "own",
           "unseen", "unseen", "unseen");
    printf("%-10s  %6s  %8s  %8s  %8s  %8s  %8s\n", "through", "moved", "before",
           "after", "before", "halfway", "after");
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++)
        descend(&aim, kernels[i], image);
    return 0;
}
