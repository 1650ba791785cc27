/* The worker's side of the protocol, spoken to by hand. */
#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/subject/bilinear.h"
#include "check/suites.h"
#include "src/subject/serve.h"

#define EXAMPLE "examples/plugin/bilinear.so"
#define FILE_SIZE ((size_t)1 << 16)

/* The host's side: a worker in a child, whose exit status is wck_serve's. */
struct host {
    FILE *to, *from;
    pid_t worker;
    char line[4096];
    int inputs, outputs; /* -1 by pipe */
    char *sent, *came;   /* the files' contents */
};

static _Noreturn void be_worker(const struct wck_serve_lines *lines, const char *path)
{
    struct wck_plugin *plugin;
    struct wck_error err = {0};
    enum wck_status status = wck_plugin_new(&plugin, path, &err);

    if (status == WCK_OK)
        status = wck_serve(plugin, lines, &err);
    wck_plugin_free(plugin);
    if (err.text[0] != '\0') /* the host reads it as a reply */
        dprintf(lines->replies, "%s\n", err.text);
    _exit((int)status);
}

static struct host start(bool shared, const char *path)
{
    struct host host = {.inputs = -1, .outputs = -1};
    struct wck_serve_lines lines = {-1, -1, -1, -1};
    int down[2], up[2];

    ck_assert_int_eq(pipe(down), 0);
    ck_assert_int_eq(pipe(up), 0);
    if (shared) {
        lines.inputs = host.inputs = memfd_create("inputs", MFD_CLOEXEC);
        lines.outputs = host.outputs = memfd_create("outputs", MFD_CLOEXEC);
    }
    host.worker = fork();
    if (host.worker == 0) {
        close(down[1]);
        close(up[0]);
        lines.requests = down[0];
        lines.replies = up[1];
        be_worker(&lines, path);
    }
    close(down[0]);
    close(up[1]);
    host.to = fdopen(down[1], "wb");
    host.from = fdopen(up[0], "rb");
    return host;
}

/* Makes the files long enough, as a host does in the middle of a conversation. */
static void grow(struct host *host, size_t size)
{
    ck_assert_int_eq(ftruncate(host->inputs, (off_t)size), 0);
    ck_assert_int_eq(ftruncate(host->outputs, (off_t)size), 0);
    host->sent = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, host->inputs, 0);
    host->came = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, host->outputs, 0);
    ck_assert_ptr_ne(host->sent, MAP_FAILED);
    ck_assert_ptr_ne(host->came, MAP_FAILED);
}

static void say(struct host *host, const char *line)
{
    fprintf(host->to, "%s\n", line);
    fflush(host->to);
}

static const char *hear(struct host *host)
{
    ck_assert_ptr_nonnull(fgets(host->line, sizeof host->line, host->from));
    host->line[strcspn(host->line, "\n")] = '\0';
    return host->line;
}

static void greet(struct host *host)
{
    say(host, host->inputs >= 0 ? "{\"warpcheck\":[1,0],\"transport\":\"shared\"}"
                                : "{\"warpcheck\":[1,0],\"transport\":\"pipe\"}");
    hear(host);
}

static int end(struct host *host)
{
    int status;

    fclose(host->to);
    ck_assert_int_eq(fgetc(host->from), EOF);
    fclose(host->from);
    ck_assert_int_eq(waitpid(host->worker, &status, 0), host->worker);
    close(host->inputs);
    close(host->outputs);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static size_t bytes_of(const struct wck_tensor *tensor)
{
    return wck_tensor_count(tensor) * wck_dtype_row(tensor->dtype)->size;
}

/* A list of arrays that lie one after the other. */
static json_t *list(const struct wck_plugin_array *arrays, size_t count)
{
    json_t *list = json_array();
    size_t offset = 0;

    for (size_t i = 0; i < count; i++) {
        json_t *shape = json_array();

        for (int axis = 0; axis < arrays[i].tensor.rank; axis++)
            json_array_append_new(
                shape, json_integer((json_int_t)arrays[i].tensor.shape[axis]));
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:I}", "name", arrays[i].name, "dtype",
                            wck_dtype_row(arrays[i].tensor.dtype)->name, "shape", shape,
                            "offset", (json_int_t)offset));
        offset += (bytes_of(&arrays[i].tensor) + 63) / 64 * 64;
    }
    return list;
}

/* Copies arrays to or from a file, or to or from the pipe. */
static void carry(struct host *host, const struct wck_plugin_array *arrays,
                  size_t count, bool to)
{
    size_t offset = 0;

    for (size_t i = 0; i < count; i++) {
        void *data = arrays[i].tensor.data;
        size_t size = bytes_of(&arrays[i].tensor);

        if (host->inputs < 0 && to)
            ck_assert_uint_eq(fwrite(data, 1, size, host->to), size);
        else if (host->inputs < 0)
            ck_assert_uint_eq(fread(data, 1, size, host->from), size);
        else if (to)
            memcpy(host->sent + offset, data, size);
        else
            memcpy(data, host->came + offset, size);
        offset += (size + 63) / 64 * 64;
    }
}

static void put(struct host *host, int id, const struct wck_plugin_call *call)
{
    static const char *const verbs[] = {"forward", "vjp", "jvp", "second"};
    json_t *message =
        json_pack("{s:i, s:s, s:o, s:o, s:o, s:n}", "id", id, "call", verbs[call->verb],
                  "spec", json_loads(call->spec, 0, NULL), "arrays",
                  list(call->arrays, call->array_count), "want",
                  list(call->wanted, call->wanted_count), "unknown");
    char *text = json_dumps(message, JSON_COMPACT);

    ck_assert_ptr_nonnull(text);
    if (host->inputs >= 0)
        carry(host, call->arrays, call->array_count, true);
    fprintf(host->to, "%s\n", text);
    if (host->inputs < 0)
        carry(host, call->arrays, call->array_count, true);
    fflush(host->to);
    free(text);
    json_decref(message);
}

/* The answer to a call that went well. */
static void fetch(struct host *host, int id, const struct wck_plugin_call *call)
{
    json_t *message = json_loads(hear(host), 0, NULL);

    ck_assert_msg(json_is_true(json_object_get(message, "ok")), "%s", host->line);
    ck_assert_int_eq(json_integer_value(json_object_get(message, "id")), id);
    ck_assert_uint_eq(json_array_size(json_object_get(message, "arrays")),
                      host->inputs < 0 ? call->wanted_count : 0);
    carry(host, call->wanted, call->wanted_count, false);
    json_decref(message);
}

static void converse(bool shared, size_t number)
{
    struct host host = start(shared, EXAMPLE);
    struct bilinear scene;

    bilinear_init(&scene, number);
    greet(&host);
    if (shared)
        grow(&host, FILE_SIZE);
    put(&host, 7, &scene.forward);
    fetch(&host, 7, &scene.forward);
    if (shared) /* the worker must look anew, and find the same beginning */
        grow(&host, 2 * FILE_SIZE);
    put(&host, 8, &scene.vjp);
    fetch(&host, 8, &scene.vjp);
    put(&host, 9, &scene.jvp);
    fetch(&host, 9, &scene.jvp);
    bilinear_expect(&scene);
    put(&host, 10, &scene.second);
    fetch(&host, 10, &scene.second);
    bilinear_expect_tangent(&scene);
    bilinear_expect_second(&scene);
    bilinear_release(&scene);
    ck_assert_int_eq(end(&host), WCK_OK);
}

START_TEST(calls_are_answered_by_pipe)
{
    converse(false, (size_t)_i);
}
END_TEST

START_TEST(calls_are_answered_in_shared_memory)
{
    converse(true, (size_t)_i);
}
END_TEST

START_TEST(the_greeting_says_what_the_plugin_is_for)
{
    struct host host = start(false, EXAMPLE);

    say(&host, "{\"transport\":\"pipe\",\"warpcheck\":[1,9,9],\"later\":[]}");
    ck_assert_str_eq(
        hear(&host),
        "{\"warpcheck\":[1,2],\"name\":\"bilinear example 1.0\",\"serves\":{"
        "\"conventions\":[\"warp\"],\"arrays\":[\"matrix\",\"map_x\"],\"gradients\":["
        "\"image\",\"matrix\",\"map_x\",\"map_y\",\"border_value\"],\"tangents\":["
        "\"image\",\"matrix\",\"map_x\",\"map_y\",\"border_value\"],\"along\":["
        "\"image\",\"map_x\",\"map_y\"],\"dtypes\":[\"float32\",\"float64\"],"
        "\"strides\":[\"inputs\",\"outputs\"],"
        "\"deterministic\":true}}");
    ck_assert_int_eq(end(&host), WCK_OK);
    setenv("ODD", "", 1);
    host = start(false, "check/subject/odd.so");
    say(&host, "{\"warpcheck\":[1,0],\"transport\":\"pipe\"}");
    ck_assert_str_eq(
        hear(&host),
        "{\"warpcheck\":[1,2],\"name\":\"check/subject/odd.so\","
        "\"serves\":{\"gradients\":[],\"strides\":[\"inputs\",\"outputs\"],"
        "\"deterministic\":true}}");
    ck_assert_int_eq(end(&host), WCK_OK);
}
END_TEST

START_TEST(a_refusal_is_an_answer_and_the_next_call_is_answered)
{
    struct host host = start(false, EXAMPLE);
    struct bilinear scene;
    struct wck_plugin_call call;

    bilinear_init(&scene, 14);
    call = scene.forward;
    call.spec =
        "{\"convention\":\"warp\",\"interp\":\"lanczos4\",\"border\":\"constant\"}";
    greet(&host);
    put(&host, 1, &call);
    ck_assert_str_eq(hear(&host),
                     "{\"id\":1,\"error\":\"unsupported\",\"message\":\"no "
                     "interpolation lanczos4\"}");
    put(&host, 2, &scene.forward);
    fetch(&host, 2, &scene.forward);
    put(&host, 3, &scene.vjp);
    fetch(&host, 3, &scene.vjp);
    bilinear_expect(&scene);
    bilinear_release(&scene);
    ck_assert_int_eq(end(&host), WCK_OK);
}
END_TEST

START_TEST(a_failure_is_an_answer)
{
    struct host host;
    const struct wck_plugin_call call = {.spec = "{}"};

    setenv("ODD", "unprintable", 1);
    host = start(false, "check/subject/odd.so");
    greet(&host);
    put(&host, 1, &call);
    hear(&host);
    ck_assert_ptr_nonnull(strstr(host.line, "\"error\":\"failed\",\"message\":\"????"));
    ck_assert_int_eq(end(&host), WCK_OK);
}
END_TEST

#define HELLO "{\"warpcheck\":[1,0],\"transport\":\"pipe\"}\n"
#define CALL "{\"id\":1,\"call\":\"forward\",\"spec\":{},"
#define ONE(type, shape, more)                                                         \
    "[{\"name\":\"image\",\"dtype\":\"" type "\",\"shape\":" shape more "}]"

/* All that the host says, and what the worker says to it before it ends. */
static const struct {
    const char *said;
    enum wck_status status;
    const char *answer;
} broken[] = {
    {"hello\n", WCK_FORMAT, "the host said what is no JSON object"},
    {"[1, 2]\n", WCK_FORMAT, "the host said what is no JSON object"},
    {"{\"warpcheck\":[1,0]", WCK_FORMAT, "a line of the host's is cut short"},
    {"{\"warpcheck\":[1,0]}\n", WCK_FORMAT, "the host did not greet"},
    {"{\"warpcheck\":[2,0],\"transport\":\"pipe\"}\n", WCK_UNSUPPORTED,
     "the host speaks version 2 of the protocol; this is 1"},
    {"{\"warpcheck\":[1,0],\"transport\":\"pigeon\"}\n", WCK_UNSUPPORTED,
     "there is no such transport"},
    {"{\"warpcheck\":[1,0],\"transport\":\"shared\"}\n", WCK_FORMAT,
     "the host gave no memory files"},
    {HELLO "{\"call\":\"forward\"}\n", WCK_FORMAT, "the host said what is no call"},
    {HELLO "{\"id\":1,\"call\":\"backward\"}\n", WCK_FORMAT,
     "the host said what is no call"},
    {HELLO CALL "\"want\":[]}\n", WCK_FORMAT, "a call without a list of arrays"},
    {HELLO CALL "\"arrays\":[]}\n", WCK_FORMAT, "a call without a list of arrays"},
    {HELLO CALL "\"arrays\":[{}],\"want\":[]}\n", WCK_FORMAT,
     "array 0 of a call is none"},
    {HELLO CALL "\"arrays\":" ONE("complex64", "[2]", "") ",\"want\":[]}\n", WCK_FORMAT,
     "array 0 of a call is none"},
    {HELLO CALL "\"arrays\":" ONE("float32", "[2,0]", "") ",\"want\":[]}\n", WCK_FORMAT,
     "array 0 of a call is none"},
    {HELLO CALL "\"arrays\":" ONE("float32", "[2.5]", "") ",\"want\":[]}\n", WCK_FORMAT,
     "array 0 of a call is none"},
    {HELLO CALL
     "\"arrays\":" ONE("uint8", "[1073741824,1073741824]", "") ",\"want\":[]}\n",
     WCK_FORMAT, "array 0 of a call is none"},
    {HELLO CALL "\"arrays\":" ONE("float32", "[1,1,1,1,1,1,1]", "") ",\"want\":[]}\n",
     WCK_FORMAT, "array 0 of a call is none"},
    {HELLO CALL
     "\"arrays\":" ONE("float32", "[3]", ",\"strides\":[1,2]") ",\"want\":[]}\n",
     WCK_FORMAT, "array 0 of a call is none"},
    {HELLO CALL "\"arrays\":" ONE("float32", "[3]", "") ",\"want\":[]}\nabcdefghijk",
     WCK_FORMAT, "the bytes of a call are cut short"},
};

START_TEST(a_host_that_breaks_the_protocol_is_left)
{
    struct host host = start(false, EXAMPLE);
    int status;

    fputs(broken[_i].said, host.to);
    fclose(host.to);
    do
        hear(&host);
    while (strstr(host.line, "\"serves\"") != NULL);
    ck_assert_str_eq(host.line, broken[_i].answer);
    ck_assert_int_eq(waitpid(host.worker, &status, 0), host.worker);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), (int)broken[_i].status);
    fclose(host.from);
}
END_TEST

START_TEST(a_line_without_end_is_left)
{
    struct host host = start(false, EXAMPLE);
    int status;

    for (int i = 0; i < (1 << 20); i++)
        fputc(' ', host.to);
    fputs("{}\n", host.to);
    fclose(host.to);
    ck_assert_str_eq(hear(&host), "a line of the host's is too long");
    ck_assert_int_eq(waitpid(host.worker, &status, 0), host.worker);
    fclose(host.from);
}
END_TEST

/* In shared memory of 64 bytes. */
static const struct {
    const char *shape, *where;
    bool inside;
} placed[] = {
    {"[16]", ",\"offset\":0", true},
    {"[15]", ",\"offset\":4", true},
    {"[16]", ",\"offset\":4", false},
    {"[15]", ",\"offset\":2", false},
    {"[1]", ",\"offset\":-4", false},
    {"[16]", ",\"offset\":60,\"strides\":[-1]", true},
    {"[16]", ",\"offset\":56,\"strides\":[-1]", false},
    {"[1000,4]", ",\"offset\":0,\"strides\":[0,4]", true},
    {"[1000,5]", ",\"offset\":0,\"strides\":[0,4]", false},
    {"[3]", ",\"offset\":0,\"strides\":[4611686018427387904]", false},
    {"[4611686018427387904]", ",\"offset\":0,\"strides\":[9]", false},
};

START_TEST(an_array_outside_its_file_is_not_touched)
{
    struct host host = start(true, "check/subject/odd.so");
    int status;

    setenv("ODD", "", 1);
    greet(&host);
    grow(&host, 64);
    fprintf(host.to,
            CALL
            "\"arrays\":[{\"name\":\"image\",\"dtype\":\"float32\",\"shape\":%s%s}],"
            "\"want\":[]}\n",
            placed[_i].shape, placed[_i].where);
    fclose(host.to);
    ck_assert_str_eq(hear(&host), placed[_i].inside ? "{\"id\":1,\"ok\":true}"
                                                    : "array 0 of a call lies outside");
    ck_assert_int_eq(waitpid(host.worker, &status, 0), host.worker);
    fclose(host.from);
}
END_TEST

START_TEST(numbers_of_descriptors_are_read)
{
    struct wck_serve_lines lines;

    ck_assert(wck_serve_read_lines("3 4", &lines));
    ck_assert_int_eq(lines.requests, 3);
    ck_assert_int_eq(lines.replies, 4);
    ck_assert_int_eq(lines.inputs, -1);
    ck_assert(wck_serve_read_lines("3 4 11 12", &lines));
    ck_assert_int_eq(lines.inputs, 11);
    ck_assert_int_eq(lines.outputs, 12);
    ck_assert(!wck_serve_read_lines("", &lines));
    ck_assert(!wck_serve_read_lines("3", &lines));
    ck_assert(!wck_serve_read_lines("3 4 5", &lines));
    ck_assert(!wck_serve_read_lines("3 4 5 6 7", &lines));
    ck_assert(!wck_serve_read_lines("3 -4", &lines));
    ck_assert(!wck_serve_read_lines("3 4 pipe", &lines));
}
END_TEST

Suite *wck_serve_suite(void)
{
    Suite *suite = suite_create("serve");
    TCase *core = tcase_create("core");

    tcase_add_loop_test(core, calls_are_answered_by_pipe, 0, BILINEAR_SCENES);
    tcase_add_loop_test(core, calls_are_answered_in_shared_memory, 0, BILINEAR_SCENES);
    tcase_add_test(core, the_greeting_says_what_the_plugin_is_for);
    tcase_add_test(core, a_refusal_is_an_answer_and_the_next_call_is_answered);
    tcase_add_test(core, a_failure_is_an_answer);
    tcase_add_loop_test(core, a_host_that_breaks_the_protocol_is_left, 0,
                        sizeof broken / sizeof *broken);
    tcase_add_test(core, a_line_without_end_is_left);
    tcase_add_loop_test(core, an_array_outside_its_file_is_not_touched, 0,
                        sizeof placed / sizeof *placed);
    tcase_add_test(core, numbers_of_descriptors_are_read);
    suite_add_tcase(suite, core);
    return suite;
}
