/* What a call of a worker costs beyond the worker's own time, stage by stage: forward
 * of a 1024x1024x3 float32 image into one of the same size, put to a worker that
 * answers at once (check/subject/worker, mode "idle").  Medians, in milliseconds.
 *
 *     bench/worker [PROGRAM [CALLS]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/subject/exchange.h"
#include "src/subject/process.h"

#define MOST 1000

enum stage { FILL, ASK, ANSWER, INSPECT, FETCH, STAGES };

static const char *const stages[STAGES] = {
    [FILL] = "fill outputs with the pattern",
    [ASK] = "copy in, and ask",
    [ANSWER] = "be answered",
    [INSPECT] = "inspect outputs",
    [FETCH] = "copy out",
};

struct bench {
    struct wck_problem problem;
    struct wck_image image, output;
    struct wck_exchange exchange;
    struct wck_process *process;
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

static void start(struct bench *b, char *program, bool shared)
{
    char mode[] = "idle";
    char *argv[] = {program, mode, NULL};
    struct wck_text text = {0};
    const char *line;
    struct iovec piece;
    int64_t deadline = wck_channel_deadline(60.0);
    int lent[2];

    b->exchange = (struct wck_exchange){.shared = shared};
    check(!shared || wck_arena_init(&b->exchange.arena, NULL) == WCK_OK, "the arena");
    lent[0] = b->exchange.arena.inputs.descriptor;
    lent[1] = b->exchange.arena.outputs.descriptor;
    check(wck_process_new(&b->process, argv, lent, shared ? 2 : 0, NULL) == WCK_OK,
          "the process");
    wck_message_greet(shared, &text, NULL);
    piece = (struct iovec){.iov_base = text.data, .iov_len = text.size};
    check(wck_channel_send(&b->process->channel, &piece, 1, deadline) == WCK_TALK_OK &&
              wck_channel_line(&b->process->channel, &line, deadline) == WCK_TALK_OK,
          "the greeting");
    wck_text_release(&text);
}

/* Filling is timed by itself and taken off the asking, whose part it is. */
static void call(struct bench *b, size_t i)
{
    int64_t deadline = wck_channel_deadline(60.0);
    struct wck_channel *channel = &b->process->channel;
    struct wck_question question;
    struct wck_answer answer;
    struct wck_text text = {0};
    const char *line;
    enum wck_talk talk;
    double t[STAGES + 1], answered;

    wck_question_forward(&question, &b->problem, &b->image, &b->output, NULL);
    t[0] = now();
    if (b->exchange.shared) {
        b->exchange.wanted[0] = (struct wck_arena_slot){
            .dtype = WCK_FLOAT32, .count = wck_tensor_count(&b->output.tensor)};
        wck_arena_place_outputs(&b->exchange.arena, b->exchange.wanted, 1, NULL);
    }
    t[1] = now();
    wck_exchange_ask(&b->exchange, &question, (long long)i + 1, channel, deadline,
                     &talk, NULL);
    t[2] = now();
    check(talk == WCK_TALK_OK &&
              wck_channel_line(channel, &line, deadline) == WCK_TALK_OK,
          "the call");
    answer =
        wck_message_read_answer(line, (long long)i + 1, &question, !b->exchange.shared);
    check(answer.kind == WCK_ANSWER_OK, answer.text);
    answered = now();
    /* What the worker would have written, in a time of its own. */
    if (b->exchange.shared)
        memset(wck_arena_output(&b->exchange.arena, b->exchange.wanted), 0,
               wck_tensor_count(&b->output.tensor) * sizeof(float));
    t[3] = now();
    wck_exchange_inspect(&b->exchange, &question, &answer, true, &text);
    t[4] = now();
    wck_exchange_fetch(&b->exchange, &question, &answer, channel, deadline, &talk,
                       NULL);
    t[5] = now();
    for (int k = 0; k < STAGES; k++)
        b->spent[k][i] = t[k + 1] - t[k];
    b->spent[ASK][i] -= b->spent[FILL][i];
    b->spent[ANSWER][i] = answered - t[2];
    wck_text_release(&text);
    wck_question_release(&question);
}

static void report(struct bench *b, const char *transport, size_t calls)
{
    double sum = 0.0;

    printf("%s, median of %zu calls:\n", transport, calls);
    for (int k = 0; k < STAGES; k++) {
        qsort(b->spent[k], calls, sizeof b->spent[k][0], compare);
        printf("  %-30s %8.3f ms\n", stages[k], b->spent[k][calls / 2]);
        sum += b->spent[k][calls / 2];
    }
    printf("  %-30s %8.3f ms\n", "together", sum);
}

int main(int argc, char **argv)
{
    static struct bench b;
    static const double matrix[6] = {1.0, 0.0, 2.25, 0.0, 1.0, -3.5};
    char usual[] = "check/subject/worker";
    size_t calls = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;

    check(calls > 0 && calls <= MOST, "counting the calls");
    b.problem = (struct wck_problem){.dtype = WCK_FLOAT32,
                                     .layout = "HWC",
                                     .batch = 1,
                                     .channels = 3,
                                     .seed = 1,
                                     .warp = {.kernel = wck_kernel_find("bilinear"),
                                              .border = wck_border_find("wrap"),
                                              .source_width = 1024,
                                              .source_height = 1024,
                                              .output_width = 1024,
                                              .output_height = 1024}};
    wck_map_affine(&b.problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL);
    check(wck_problem_source(&b.problem, &b.image, NULL) == WCK_OK &&
              wck_problem_output(&b.problem, &b.output, NULL) == WCK_OK,
          "making images");
    wck_problem_random(&b.problem, 1, &b.image);
    for (int shared = 1; shared >= 0; shared--) {
        start(&b, argc > 1 ? argv[1] : usual, shared);
        for (size_t i = 0; i < calls; i++)
            call(&b, i);
        report(&b, shared ? "shared memory" : "pipe", calls);
        wck_process_free(b.process, 1.0);
        if (shared)
            wck_arena_release(&b.exchange.arena);
    }
    free(b.image.tensor.data);
    free(b.output.tensor.data);
    return 0;
}
