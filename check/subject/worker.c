/* A worker for the tests: the reference behind the worker protocol, which misbehaves
 * where it is told to.
 *
 *     worker [MODE [WHEN [CALL]]]
 *
 * MODE is one of the words below, or a deviation's name; WHEN the id of the call at
 * which it shows, with a + all from there on (default 1+); CALL "forward",
 * "vjp", "jvp" or "second" (default: any).  The modes that begin with "greet-" show in
 * the greeting. */
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/subject/hostile.h"
#include "src/deviation/deviation.h"

#define ARRAYS 8
#define TANGENTS "[\"image\", \"matrix\", \"map_x\", \"map_y\", \"border_value\"]"
#define ALONG "[\"image\", \"map_x\", \"map_y\"]"

struct array {
    const char *name;
    struct wck_tensor tensor;
    bool owned;
};

struct worker {
    const char *mode, *when, *only;
    struct wck_behaviour behaviour;
    FILE *requests;
    int replies, inputs, outputs;
    bool shared;
    struct array arrays[ARRAYS], wanted[ARRAYS];
    size_t array_count, wanted_count;
    unsigned char *in, *out;
    size_t in_size, out_size;
    json_t *call;
};

static void die(const char *why)
{
    fprintf(stderr, "worker: %s\n", why);
    exit(1);
}

static void write_all(int to, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t done = write(to, at, size);

        if (done <= 0)
            exit(1);
        at += done;
        size -= (size_t)done;
    }
}

static void say(const struct worker *w, const char *line)
{
    write_all(w->replies, line, strlen(line));
}

/* ---- misbehaviour ---- */

static bool is_time(const struct worker *w)
{
    long long id = json_integer_value(json_object_get(w->call, "id"));
    const char *call = json_string_value(json_object_get(w->call, "call"));
    char *end;
    long long when = strtoll(w->when, &end, 10);

    return (w->only == NULL || strcmp(w->only, call) == 0) &&
           (*end == '+' ? id >= when : id == when);
}

static bool is(const struct worker *w, const char *mode)
{
    return strcmp(w->mode, mode) == 0 && is_time(w);
}

/* A process that has left the session, and whose parent is gone: its number is printed
 * to a file. */
static void start_orphan(const char *path)
{
    FILE *file;

    if (fork() != 0)
        return;
    setsid();
    if (fork() != 0)
        _exit(0);
    file = fopen(path, "w");
    fprintf(file, "%d\n", (int)getpid());
    fclose(file);
    close(3);
    for (;;)
        pause();
}

static void hang(void)
{
    for (;;)
        pause();
}

/* What comes before any answer. */
static void misbehave_early(struct worker *w)
{
    if (is(w, "crash")) {
        fprintf(stderr, "about to\nfall over \x1b[1m\n");
        raise(SIGSEGV);
    }
    if (is(w, "dump")) { /* as Python's faulthandler does */
        fprintf(stderr, "Fatal Python error: Segmentation fault\n\n"
                        "Thread 0x7 (most recent call first):\n  <no Python frame>\n\n"
                        "Current thread 0x1 (most recent call first):\n"
                        "  File \"warps.py\", line 7 in backward\n"
                        "  File \"torch.py\", line 9 in apply\n\n"
                        "Extension modules: one, two (total: 2)\n");
        raise(SIGSEGV);
    }
    if (is(w, "orphan")) {
        start_orphan(getenv("ORPHAN"));
        while (access(getenv("ORPHAN"), F_OK) != 0)
            usleep(1000);
        raise(SIGKILL);
    }
    if (is(w, "hang"))
        hang();
    if (is(w, "stubborn")) {
        start_orphan(getenv("ORPHAN"));
        signal(SIGTERM, SIG_IGN);
        hang();
    }
    if (is(w, "exit"))
        exit(0);
    if (is(w, "close")) {
        close(3);
        close(4);
        hang();
    }
    if (is(w, "garbage"))
        say(w, "Segmentation violated\n");
    if (is(w, "truncated")) {
        say(w, "{\"id\": 1, \"o");
        exit(3);
    }
    if (is(w, "long")) {
        for (int i = 0; i < 2000; i++)
            say(w, "                                                                "
                   "                                                                "
                   "                                                                "
                   "                                                                "
                   "                                                                "
                   "                                                                "
                   "                                                                "
                   "                                                                "
                   "                                                                ");
    }
    if (is(w, "print")) {
        for (int i = 0; i < 100000; i++) {
            printf("to standard output, %d\n", i);
            fprintf(stderr, "to standard error, %d\n", i);
        }
        fflush(stdout);
    }
    if (w->shared && is(w, "input"))
        w->in[0] ^= 1;
    if (is(w, "own-group"))
        kill(0, SIGKILL);
    if (is_time(w))
        hostile_act(w->mode, w->inputs, w->outputs);
}

/* ---- reading a call ---- */

static void map_anew(int file, int protection, unsigned char **data, size_t *size)
{
    struct stat status;

    if (fstat(file, &status) != 0 || (size_t)status.st_size == *size)
        return;
    if (*data != NULL)
        munmap(*data, *size);
    *size = (size_t)status.st_size;
    *data = mmap(NULL, *size, protection, MAP_SHARED, file, 0);
    if (*data == MAP_FAILED)
        die("cannot map");
}

static size_t bytes_of(const struct wck_tensor *tensor)
{
    return wck_tensor_count(tensor) * wck_dtype_row(tensor->dtype)->size;
}

static void read_array(const struct worker *w, const json_t *row, struct array *array,
                       unsigned char *base)
{
    const json_t *shape = json_object_get(row, "shape");
    size_t sizes[WCK_TENSOR_RANK];
    enum wck_dtype dtype;
    int rank = (int)json_array_size(shape);

    if (!wck_dtype_find(json_string_value(json_object_get(row, "dtype")), &dtype))
        die("no such type");
    for (int d = 0; d < rank; d++)
        sizes[d] = (size_t)json_integer_value(json_array_get(shape, (size_t)d));
    array->name = json_string_value(json_object_get(row, "name"));
    array->owned = !w->shared;
    array->tensor = wck_tensor_contiguous(NULL, dtype, rank, sizes);
    array->tensor.data = w->shared
                             ? base + json_integer_value(json_object_get(row, "offset"))
                             : malloc(bytes_of(&array->tensor));
}

static void read_call(struct worker *w)
{
    const json_t *arrays = json_object_get(w->call, "arrays");
    const json_t *wanted = json_object_get(w->call, "want");

    if (w->shared) {
        map_anew(w->inputs, PROT_READ, &w->in, &w->in_size);
        map_anew(w->outputs, PROT_READ | PROT_WRITE, &w->out, &w->out_size);
    }
    w->array_count = json_array_size(arrays);
    w->wanted_count = json_array_size(wanted);
    for (size_t i = 0; i < w->array_count; i++) {
        read_array(w, json_array_get(arrays, i), &w->arrays[i], w->in);
        if (!w->shared &&
            fread(w->arrays[i].tensor.data, 1, bytes_of(&w->arrays[i].tensor),
                  w->requests) != bytes_of(&w->arrays[i].tensor))
            die("a short call");
    }
    for (size_t i = 0; i < w->wanted_count; i++)
        read_array(w, json_array_get(wanted, i), &w->wanted[i], w->out);
}

static void release_call(struct worker *w)
{
    for (size_t i = 0; i < w->array_count; i++) {
        if (w->arrays[i].owned)
            free(w->arrays[i].tensor.data);
    }
    for (size_t i = 0; i < w->wanted_count; i++) {
        if (w->wanted[i].owned)
            free(w->wanted[i].tensor.data);
    }
    json_decref(w->call);
}

static const struct wck_tensor *find(const struct array *arrays, size_t count,
                                     const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arrays[i].name, name) == 0)
            return &arrays[i].tensor;
    }
    return NULL;
}

static const struct wck_tensor *given(const struct worker *w, const char *name)
{
    return find(w->arrays, w->array_count, name);
}

static double *wanted(const struct worker *w, const char *name)
{
    const struct wck_tensor *tensor = find(w->wanted, w->wanted_count, name);

    return tensor != NULL ? tensor->data : NULL;
}

/* ---- answering ---- */

static const char *word(const struct worker *w, const char *key)
{
    return json_string_value(json_object_get(json_object_get(w->call, "spec"), key));
}

/* The warp of the call, by the harness's own convention. */
static enum wck_status make_warp(const struct worker *w, const struct wck_image *image,
                                 const struct wck_image *output, struct wck_warp *warp,
                                 struct wck_error *err)
{
    const struct wck_tensor *matrix = given(w, "matrix"), *x = given(w, "map_x");
    const struct wck_tensor *fill = given(w, "border_value"), *y = given(w, "map_y");
    bool inverse =
        json_is_true(json_object_get(json_object_get(w->call, "spec"), "inverse_map"));

    *warp = (struct wck_warp){.kernel = wck_kernel_find(word(w, "interp")),
                              .border = wck_border_find(word(w, "border")),
                              .border_value = fill->data,
                              .border_values = fill->shape[0],
                              .source_width = image->width,
                              .source_height = image->height,
                              .output_width = output->width,
                              .output_height = output->height};
    if (warp->kernel == NULL || warp->border == NULL)
        return wck_error_set(err, WCK_UNSUPPORTED, "no such kernel or border");
    if (matrix != NULL)
        return wck_map_affine(&warp->map, matrix->data,
                              inverse ? WCK_OUTPUT_TO_SOURCE : WCK_SOURCE_TO_OUTPUT,
                              err);
    warp->map = wck_map_coordinates(x->data, y->data);
    return WCK_OK;
}

static enum wck_status pull(const struct worker *w, const struct wck_warp *warp,
                            const struct wck_image *image,
                            const struct wck_image *upstream, struct wck_error *err)
{
    const struct wck_tensor *of_image = find(w->wanted, w->wanted_count, "grad_image");
    struct wck_image narrow, wide;
    struct wck_gradients gradients = {.x = wanted(w, "grad_map_x"),
                                      .y = wanted(w, "grad_map_y"),
                                      .matrix = wanted(w, "grad_matrix"),
                                      .border_value = wanted(w, "grad_border_value")};
    enum wck_status status = WCK_OK;

    if (of_image != NULL) {
        wck_image_view(&narrow, of_image, word(w, "layout"), err);
        status = wck_image_new_like(&wide, WCK_FLOAT64, image, err);
        gradients.image = &wide;
    }
    if (status == WCK_OK)
        status =
            wck_behaviour_vjp(&w->behaviour, warp, image, upstream, &gradients, err);
    for (size_t p = 0; of_image != NULL && p < wck_image_planes(image); p++) {
        for (size_t i = 0; i < wck_image_pixels(image); i++)
            wck_image_set(&narrow, p, i / image->width, i % image->width,
                          wck_image_get(&wide, p, i / image->width, i % image->width));
    }
    if (of_image != NULL)
        free(wide.tensor.data);
    return status;
}

static const double *tangent(const struct worker *w, const char *name)
{
    const struct wck_tensor *tensor = given(w, name);

    return tensor != NULL ? tensor->data : NULL;
}

static enum wck_status push(const struct worker *w, const struct wck_warp *warp,
                            const struct wck_image *image,
                            const struct wck_image *output, struct wck_error *err)
{
    const struct wck_tensor *of_image = given(w, "tangent_image");
    struct wck_image moved;
    struct wck_tangents tangents = {.image = of_image != NULL ? &moved : NULL,
                                    .x = tangent(w, "tangent_map_x"),
                                    .y = tangent(w, "tangent_map_y"),
                                    .matrix = tangent(w, "tangent_matrix"),
                                    .border_value = tangent(w, "tangent_border_value")};

    if (of_image != NULL)
        wck_image_view(&moved, of_image, word(w, "layout"), err);
    return wck_behaviour_jvp(&w->behaviour, warp, image, &tangents, output, err);
}

/* A wanted image; NULL where it is not wanted. */
static const struct wck_image *wanted_image(const struct worker *w, const char *name,
                                            struct wck_image *view)
{
    const struct wck_tensor *tensor = find(w->wanted, w->wanted_count, name);

    if (tensor != NULL)
        wck_image_view(view, tensor, word(w, "layout"), NULL);
    return tensor != NULL ? view : NULL;
}

static enum wck_status pull_twice(const struct worker *w, const struct wck_warp *warp,
                                  const struct wck_image *image,
                                  const struct wck_image *upstream,
                                  struct wck_error *err)
{
    const struct wck_tensor *of_image = given(w, "along_image");
    struct wck_image moved, to_upstream, to_image;
    struct wck_tangents along = {.image = of_image != NULL ? &moved : NULL,
                                 .x = tangent(w, "along_map_x"),
                                 .y = tangent(w, "along_map_y")};
    const struct wck_second second = {
        .upstream = wanted_image(w, "second_grad_output", &to_upstream),
        .image = wanted_image(w, "second_image", &to_image),
        .x = wanted(w, "second_map_x"),
        .y = wanted(w, "second_map_y")};

    if (of_image != NULL)
        wck_image_view(&moved, of_image, word(w, "layout"), err);
    return wck_behaviour_second(&w->behaviour, warp, image, upstream, &along, &second,
                                err);
}

static enum wck_status answer_call(const struct worker *w, struct wck_error *err)
{
    const char *call = json_string_value(json_object_get(w->call, "call"));
    bool pulls = strcmp(call, "vjp") == 0, pushes = strcmp(call, "jvp") == 0;
    bool twice = strcmp(call, "second") == 0;
    const char *layout = word(w, "layout");
    struct wck_image image, output;
    struct wck_warp warp;
    enum wck_status status = wck_image_view(&image, given(w, "image"), layout, err);

    if (status == WCK_OK)
        status = wck_image_view(
            &output, pulls || twice ? given(w, "grad_output") : &w->wanted[0].tensor,
            layout, err);
    if (status == WCK_OK)
        status = make_warp(w, &image, &output, &warp, err);
    if (status != WCK_OK)
        return status;
    if (pulls)
        return pull(w, &warp, &image, &output, err);
    if (twice)
        return pull_twice(w, &warp, &image, &output, err);
    if (pushes)
        return push(w, &warp, &image, &output, err);
    return wck_behaviour_forward(&w->behaviour, &warp, &image, &output, err);
}

/* Spoils the outputs after they were made. */
static void misbehave_late(struct worker *w)
{
    unsigned char *first = w->wanted[0].tensor.data;
    size_t size = bytes_of(&w->wanted[0].tensor);

    if (is_time(w))
        hostile_spoil(w->mode, first, wck_tensor_count(&w->wanted[0].tensor),
                      wck_dtype_row(w->wanted[0].tensor.dtype)->size);
    if (w->shared && is(w, "before"))
        first[-1] = 0;
    if (w->shared && is(w, "behind"))
        first[size] = 0;
}

/* How many of the wanted arrays the answer has. */
static size_t answered(const struct worker *w)
{
    return w->wanted_count - (is(w, "without") ? 1 : 0);
}

/* Does it name, and in the mode "lost" also lose, the gradient of the image? */
static const struct wck_tensor *lost(const struct worker *w)
{
    return is(w, "lost") || is(w, "named")
               ? find(w->wanted, w->wanted_count, "grad_image")
               : NULL;
}

static json_t *list_wanted(const struct worker *w)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answered(w); i++) {
        const struct wck_tensor *tensor = &w->wanted[i].tensor;
        json_t *shape = json_array();

        for (int d = 0; d < tensor->rank; d++)
            json_array_append_new(
                shape, json_integer((json_int_t)tensor->shape[d] +
                                    (is(w, "wrong-shape") && d == 0 ? 1 : 0) +
                                    (is(w, "huge") ? (json_int_t)1 << 40 : 0)));
        json_array_append_new(
            list, json_pack("{s:s,s:s,s:o}", "name", w->wanted[i].name, "dtype",
                            is(w, "wrong-dtype") ? "int16"
                                                 : wck_dtype_row(tensor->dtype)->name,
                            "shape", shape));
    }
    return list;
}

static void reply(struct worker *w)
{
    long long id = json_integer_value(json_object_get(w->call, "id"));
    json_t *answer = json_pack("{s:I,s:b}", "id",
                               (json_int_t)(is(w, "wrong-id") ? id + 7 : id), "ok", 1);
    char *dump;

    if (!w->shared || is(w, "wrong-shape") || is(w, "wrong-dtype") || is(w, "huge"))
        json_object_set_new(answer, "arrays", list_wanted(w));
    if (is(w, "without"))
        json_object_set_new(answer, "without",
                            json_pack("[s]", w->wanted[w->wanted_count - 1].name));
    if (lost(w) != NULL)
        json_object_set_new(answer, "lost", json_pack("[s,i]", "grad_image", 7));
    dump = json_dumps(answer, JSON_COMPACT);
    /* In one write, as the reader must find both at once. */
    dprintf(w->replies, "%s\n%s%s", dump, is(w, "twice") ? dump : "",
            is(w, "twice") ? "\n" : "");
    free(dump);
    json_decref(answer);
    for (size_t i = 0; i < answered(w) && !w->shared; i++)
        write_all(w->replies, w->wanted[i].tensor.data, bytes_of(&w->wanted[i].tensor));
}

/* The message is as JSON writes it. */
static void refuse(const struct worker *w, const char *how, const char *message)
{
    dprintf(w->replies, "{\"id\": %lld, \"error\": \"%s\", \"message\": \"%s\"}\n",
            (long long)json_integer_value(json_object_get(w->call, "id")), how,
            message);
}

static void serve(struct worker *w)
{
    struct wck_error err = {WCK_OK, ""};
    enum wck_status status = WCK_OK;

    read_call(w);
    misbehave_early(w);
    if (is(w, "failed") || is(w, "unsupported")) {
        refuse(w, w->mode, "not \\u0007 today");
        return;
    }
    if (!is(w, "unwritten") && !is(w, "idle"))
        status = answer_call(w, &err);
    if (status == WCK_UNSUPPORTED && !is(w, "brittle")) {
        refuse(w, "unsupported", err.text);
        return;
    }
    if (status != WCK_OK)
        die(err.text);
    misbehave_late(w);
    if (is(w, "lost") && lost(w) != NULL)
        memset(lost(w)->data, 0, bytes_of(lost(w)));
    reply(w);
}

/* ---- the conversation ---- */

static void greet(struct worker *w)
{
    char *line = NULL;
    size_t room = 0;
    const char *serves = getenv("SERVES");

    if (strcmp(w->mode, "greet-hang") == 0)
        hang();
    if (strcmp(w->mode, "greet-crash") == 0)
        abort();
    if (getline(&line, &room, w->requests) <= 0)
        die("no greeting");
    w->shared = strstr(line, "shared") != NULL;
    free(line);
    if (strcmp(w->mode, "greet-garbage") == 0)
        say(w, "hello\n");
    if (strcmp(w->mode, "greet-version") == 0)
        say(w, "{\"warpcheck\": [2, 0]}\n");
    if (strcmp(w->mode, "greet-refusal") == 0)
        say(w, "{\"warpcheck\": [1, 0], \"error\": \"no GPU here\"}\n");
    if (strcmp(w->mode, "greet-lists") == 0)
        say(w, "{\"warpcheck\": [1, 0], \"serves\": {\"dtypes\": [1]}}\n");
    dprintf(w->replies,
            "{\"warpcheck\": [1, 0], \"name\": \"reference 1\", \"serves\": %s}\n",
            serves != NULL ? serves
                           : "{\"tangents\": " TANGENTS ", \"along\": " ALONG "}");
}

static void choose(struct worker *w, int argc, char **argv)
{
    const struct wck_deviation *deviation;

    w->mode = argc > 1 ? argv[1] : "";
    w->when = argc > 2 ? argv[2] : "1+";
    w->only = argc > 3 ? argv[3] : NULL;
    w->behaviour = wck_behaviour_reference();
    deviation = wck_deviation_find(w->mode);
    if (deviation != NULL)
        deviation->apply(&w->behaviour);
}

int main(int argc, char **argv)
{
    struct worker w = {0};
    const char *numbers = getenv("WARPCHECK_FDS");
    char *line = NULL, *end;
    size_t room = 0;

    /* Counters of coverage cannot be written elsewhere, and gcov says so. */
    if (getenv("TMPDIR") != NULL)
        setenv("GCOV_PREFIX", getenv("TMPDIR"), 1);
    signal(SIGSEGV, SIG_DFL); /* no sanitizer's: it must look like a plain crash */
    if (numbers == NULL)
        die("not started by warpcheck");
    choose(&w, argc, argv);
    w.requests = fdopen((int)strtol(numbers, &end, 10), "r");
    w.replies = (int)strtol(end, &end, 10);
    w.inputs = (int)strtol(end, &end, 10);
    w.outputs = (int)strtol(end, &end, 10);
    greet(&w);
    while (getline(&line, &room, w.requests) > 0) {
        if (strcmp(w.mode, "strict") == 0 && strstr(line, "\"conform\"") != NULL)
            die("a key that is none");
        w.call = json_loads(line, 0, NULL);
        if (w.call == NULL)
            die("no message");
        serve(&w);
        release_call(&w);
    }
    if (strcmp(w.mode, "stay") == 0)
        hang();
    free(line);
    fclose(w.requests);
    if (w.in != NULL)
        munmap(w.in, w.in_size);
    if (w.out != NULL)
        munmap(w.out, w.out_size);
    return 0;
}
