/* What a call of a worker costs beyond the worker's own time: forward of a 1024x1024x3
 * float32 image into one of the same size.
 *
 * First stage by stage, put to a worker that answers at once (check/subject/worker,
 * mode "idle"); then as a ratio, put to a plugin in a worker, to the same plugin in
 * this process by the protocol, and to its function itself.  Milliseconds: the median;
 * and the least of each stage, which what else the machine does disturbs less.
 *
 *     bench/worker [CALLS]
 *
 * from the build folder; WARPCHECK in the environment may name another program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/subject/exchange.h"
#include "src/subject/process.h"
#include "src/subject/subject.h"

#define MOST 1000
#define IDLE "check/subject/worker"
#define PLUGIN "examples/plugin/bilinear.so"

enum stage { FILL, ASK, ANSWER, FETCH, WHOLE, STAGES };

static const char *const stages[STAGES] = {
    [FILL] = "fill outputs, by itself",
    [ASK] = "copy in, fill outputs, ask",
    [ANSWER] = "be answered",
    [FETCH] = "look at outputs, and copy out",
    [WHOLE] = "together, filling aside",
};

struct bench {
    struct wck_problem problem;
    struct wck_image image, output;
    struct wck_exchange exchange;
    struct wck_process *process;
    struct wck_sandbox *sandbox;
    double spent[STAGES][MOST];
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench/worker: %s failed\n", what);
    exit(1);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, compare);
    return numbers[count / 2];
}

/* ---- stage by stage ---- */

static void start(struct bench *b, bool shared)
{
    char program[] = IDLE, mode[] = "idle";
    char *argv[] = {program, mode, NULL};
    struct wck_text text = {0};
    const char *line;
    struct iovec piece;
    int64_t deadline = wck_channel_deadline(60.0);
    int lent[2];

    b->exchange = (struct wck_exchange){.shared = shared};
    check(!shared || wck_arena_init(&b->exchange.arena, NULL) == WCK_OK, "the arena");
    check(wck_sandbox_prepare(&b->sandbox, &(struct wck_sandbox_request){0}, NULL) ==
              WCK_OK,
          "the sandbox");
    lent[0] = b->exchange.arena.inputs.descriptor;
    lent[1] = b->exchange.arena.outputs.descriptor;
    check(wck_process_new(&b->process, argv, lent, shared ? 2 : 0, b->sandbox, NULL) ==
              WCK_OK,
          "the process");
    b->exchange.channel = &b->process->channel;
    wck_message_greet(shared, &text, NULL);
    piece = (struct iovec){.iov_base = text.data, .iov_len = text.size};
    check(wck_channel_send(b->exchange.channel, &piece, 1, deadline) == WCK_TALK_OK &&
              wck_channel_line(b->exchange.channel, &line, deadline) == WCK_TALK_OK,
          "the greeting");
    wck_text_release(&text);
}

/* A part of the asking, which is timed by itself too. */
static double time_filling(struct wck_exchange *exchange)
{
    double from = now();

    if (exchange->shared)
        wck_arena_place_outputs(&exchange->arena, exchange->wanted, 1, NULL);
    return now() - from;
}

static void call(struct bench *b, const struct wck_image *image, size_t i)
{
    struct wck_exchange *exchange = &b->exchange;
    size_t count = wck_tensor_count(&b->output.tensor);
    struct wck_question question;
    struct wck_answer answer;
    struct wck_text fault = {0};
    double asked, sent, answered, began;

    exchange->deadline = wck_channel_deadline(60.0);
    exchange->wanted[0] = (struct wck_arena_slot){.dtype = WCK_FLOAT32, .count = count};
    wck_question_forward(&question, &b->problem, image, &b->output, NULL);
    b->spent[FILL][i] = time_filling(exchange);
    asked = now();
    wck_exchange_ask(exchange, &question, (long long)i + 1, NULL);
    sent = now();
    answer = wck_message_read_answer(wck_exchange_await(exchange), (long long)i + 1,
                                     &question, !exchange->shared);
    answered = now();
    check(answer.kind == WCK_ANSWER_OK, answer.text);
    /* What the worker would have written, in a time of its own. */
    if (exchange->shared)
        memset(wck_arena_output(&exchange->arena, exchange->wanted), 0,
               count * sizeof(float));
    began = now();
    wck_exchange_inspect(exchange, &question, &fault);
    wck_exchange_fetch(exchange, &question, &answer, &fault, NULL);
    b->spent[FETCH][i] = now() - began;
    check(fault.size == 0, wck_text_string(&fault));
    b->spent[ASK][i] = sent - asked;
    b->spent[ANSWER][i] = answered - sent;
    b->spent[WHOLE][i] = answered - asked + b->spent[FETCH][i] - b->spent[FILL][i];
    wck_question_release(&question);
}

static void report(struct bench *b, const char *way, size_t calls)
{
    double least[STAGES];

    printf("%s, of %zu calls:\n", way, calls);
    for (int k = 0; k < STAGES; k++) {
        double middle = median(b->spent[k], calls);

        /* A difference of two has no least of its own. */
        least[k] = k < WHOLE ? b->spent[k][0]
                             : least[ASK] + least[ANSWER] + least[FETCH] - least[FILL];
        printf("  %-30s %8.3f ms, least %8.3f\n", stages[k], middle, least[k]);
    }
}

/* `lent`: the image lies in the arena. */
static void run_stages(struct bench *b, const char *way, bool shared, bool lent,
                       size_t calls)
{
    size_t size = wck_tensor_count(&b->image.tensor) * sizeof(float);
    struct wck_image image = b->image;

    start(b, shared);
    if (lent) {
        image.tensor.data = wck_arena_lend(&b->exchange.arena, size);
        check(image.tensor.data != NULL, "lending");
        memcpy(image.tensor.data, b->image.tensor.data, size);
    }
    for (size_t i = 0; i < calls; i++)
        call(b, &image, i);
    report(b, way, calls);
    if (lent)
        wck_arena_take_back(&b->exchange.arena, image.tensor.data);
    wck_process_free(b->process, 1.0);
    wck_sandbox_free(b->sandbox);
    if (shared)
        wck_exchange_release(&b->exchange);
}

/* ---- as a ratio ---- */

enum way { ITSELF, INSIDE, SHARED, PIPED, WAYS };

static const char *const ways[WAYS] = {
    [ITSELF] = "its function itself",
    [INSIDE] = "in this process",
    [SHARED] = "worker, shared memory",
    [PIPED] = "worker, pipe",
};

static double time_itself(const struct bench *b, const struct wck_plugin *plugin)
{
    struct wck_plugin_call call = {.convention = "warp",
                                   .interp = "bilinear",
                                   .border = "constant",
                                   .layout = "HWC",
                                   .align_corners = -1,
                                   .inverse_map = 1,
                                   .spec = "{}",
                                   .wanted_count = 1};
    struct wck_plugin_array given[WCK_QUESTION_ARRAYS],
        wanted = {"output", b->output.tensor};
    char message[WCK_PLUGIN_MESSAGE];
    struct wck_question question;
    double from;

    wck_question_forward(&question, &b->problem, &b->image, &b->output, NULL);
    for (size_t i = 0; i < question.array_count; i++)
        given[i] = (struct wck_plugin_array){question.arrays[i].name,
                                             question.arrays[i].tensor};
    call.arrays = given;
    call.array_count = question.array_count;
    call.wanted = &wanted;
    from = now();
    check(wck_plugin_answer(plugin, &call, message) == WARPCHECK_OK, message);
    from = now() - from;
    wck_question_release(&question);
    return from;
}

static double time_subject(const struct bench *b, struct wck_subject *subject,
                           const struct wck_image *image)
{
    struct wck_error err = {WCK_OK, ""};
    double from = now();

    check(wck_subject_forward(subject, &b->problem, image, &b->output, &err) == WCK_OK,
          err.text);
    return now() - from;
}

/* All ways by turns, so that what else the machine does meets all. */
static void run_ratio(struct bench *b, size_t calls)
{
    static const struct wck_subject_options options[WAYS] = {
        [INSIDE] = {.in_process = true},
        [SHARED] = {.transport = WCK_TRANSPORT_SHARED},
        [PIPED] = {.transport = WCK_TRANSPORT_PIPE}};
    struct wck_subject *subjects[WAYS];
    struct wck_image images[WAYS];
    struct wck_plugin *plugin;
    static double spent[WAYS][MOST];

    check(wck_plugin_new(&plugin, PLUGIN, NULL) == WCK_OK, PLUGIN);
    for (int w = INSIDE; w < WAYS; w++) {
        check(wck_subject_new_with(&subjects[w], "plugin:" PLUGIN, &options[w], NULL) ==
                      WCK_OK &&
                  wck_subject_source(subjects[w], &b->problem, &images[w], NULL) ==
                      WCK_OK,
              ways[w]);
        wck_problem_random(&b->problem, 1, &images[w]);
    }
    for (size_t i = 0; i < calls; i++) {
        spent[ITSELF][i] = time_itself(b, plugin);
        for (int w = INSIDE; w < WAYS; w++)
            spent[w][i] = time_subject(b, subjects[w], &images[w]);
    }
    printf("a plugin (%s), filling included, of %zu calls:\n", PLUGIN, calls);
    for (int w = 0; w < WAYS; w++) {
        double middle = median(spent[w], calls);

        printf("  %-30s %8.3f ms, ratio %.3f\n", ways[w], middle,
               middle / spent[ITSELF][calls / 2]);
        if (w == ITSELF)
            continue;
        wck_subject_free_image(subjects[w], &images[w]);
        wck_subject_free(subjects[w]);
    }
    wck_plugin_free(plugin);
}

int main(int argc, char **argv)
{
    static struct bench b;
    static const double matrix[6] = {1.0, 0.0, 2.25, 0.0, 1.0, -3.5};
    size_t calls = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;

    check(calls > 0 && calls <= MOST, "counting the calls");
    setenv("WARPCHECK", "./warpcheck", 0);
    b.problem = (struct wck_problem){.dtype = WCK_FLOAT32,
                                     .layout = "HWC",
                                     .batch = 1,
                                     .channels = 3,
                                     .seed = 1,
                                     .warp = {.kernel = wck_kernel_find("bilinear"),
                                              .border = wck_border_find("constant"),
                                              .source_width = 1024,
                                              .source_height = 1024,
                                              .output_width = 1024,
                                              .output_height = 1024}};
    wck_map_affine(&b.problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL);
    check(wck_problem_source(&b.problem, &b.image, NULL) == WCK_OK &&
              wck_problem_output(&b.problem, &b.output, NULL) == WCK_OK,
          "making images");
    wck_problem_random(&b.problem, 1, &b.image);
    run_stages(&b, "shared memory", true, true, calls);
    run_stages(&b, "shared memory, the image outside of it", true, false, calls);
    run_stages(&b, "pipe", false, false, calls);
    run_ratio(&b, calls < 30 ? calls : 30);
    free(b.image.tensor.data);
    free(b.output.tensor.data);
    return 0;
}
