#include "src/subject/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/subject/answer.h"

#define LONGEST_LINE ((size_t)1 << 20)

/* A conversation. */
struct server {
    const struct wck_serve_lines *lines;
    struct wck_answerer answerer;
    FILE *requests;
    char *line; /* of getdelim */
    size_t room;
};

bool wck_serve_read_lines(const char *text, struct wck_serve_lines *lines)
{
    int end = 0, fields;

    *lines = (struct wck_serve_lines){-1, -1, -1, -1};
    fields = sscanf(text, "%d %d %n%d %d %n", &lines->requests, &lines->replies, &end,
                    &lines->inputs, &lines->outputs, &end);
    return (fields == 2 || fields == 4) && text[end] == '\0' && lines->requests >= 0 &&
           lines->replies >= 0 &&
           (fields == 2 || (lines->inputs >= 0 && lines->outputs >= 0));
}

/* ---- bytes ---- */

static enum wck_status send_bytes(int to, const void *bytes, size_t size,
                                  struct wck_error *err)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t sent = write(to, next, size);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return wck_error_set(err, WCK_IO, "cannot reply: %s", strerror(errno));
        next += sent;
        size -= (size_t)sent;
    }
    return WCK_OK;
}

/* The next line of the host's; 0 in *length at the end. */
static enum wck_status receive(struct server *server, size_t *length,
                               struct wck_error *err)
{
    ssize_t got = getdelim(&server->line, &server->room, '\n', server->requests);

    *length = got > 0 ? (size_t)got : 0;
    if (got < 0)
        return WCK_OK;
    if (*length > LONGEST_LINE || server->line[*length - 1] != '\n')
        return wck_error_set(err, WCK_FORMAT, "a line of the host's is %s",
                             *length > LONGEST_LINE ? "too long" : "cut short");
    return WCK_OK;
}

/* The bytes that follow a call by pipe. */
static enum wck_status read_bytes(void *state, void *bytes, size_t size,
                                  struct wck_error *err)
{
    const struct server *server = state;

    if (fread(bytes, 1, size, server->requests) != size)
        return wck_error_set(err, WCK_FORMAT, "the bytes of a call are cut short");
    return WCK_OK;
}

/* ---- the conversation ---- */

/* Is it by pipe, or are arrays in the files? */
static enum wck_status choose_transport(struct server *server, const char *transport,
                                        struct wck_error *err)
{
    const struct wck_serve_lines *lines = server->lines;
    bool shared = strcmp(transport, "shared") == 0;
    const struct wck_plugin *plugin = server->answerer.plugin;

    if (!shared && strcmp(transport, "pipe") != 0)
        return wck_error_set(err, WCK_UNSUPPORTED, "there is no such transport");
    if (shared && lines->inputs < 0)
        return wck_error_set(err, WCK_FORMAT, "the host gave no memory files");
    server->answerer = wck_answerer_start(plugin, shared ? lines->inputs : -1,
                                          shared ? lines->outputs : -1);
    server->answerer.read = read_bytes;
    server->answerer.state = server;
    return WCK_OK;
}

static enum wck_status read_hello(struct server *server, size_t length,
                                  struct wck_error *err)
{
    json_t *hello = json_loadb(server->line, length, 0, NULL);
    const char *transport = NULL;
    int major = -1;
    enum wck_status status;

    if (!json_is_object(hello))
        status = wck_error_set(err, WCK_FORMAT, "the host said what is no JSON object");
    else if (json_unpack(hello, "{s:[i], s:s}", "warpcheck", &major, "transport",
                         &transport) != 0)
        status = wck_error_set(err, WCK_FORMAT, "the host did not greet");
    else if (major != WCK_ANSWER_MAJOR)
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "the host speaks version %d of the protocol; this is %d",
                               major, WCK_ANSWER_MAJOR);
    else
        status = choose_transport(server, transport, err);
    json_decref(hello);
    return status;
}

static enum wck_status greet(struct server *server, size_t length,
                             struct wck_error *err)
{
    struct wck_text text = {0};
    enum wck_status status = read_hello(server, length, err);

    if (status == WCK_OK)
        status = wck_answerer_greet(&server->answerer, &text, err);
    if (status == WCK_OK)
        status = send_bytes(server->lines->replies, text.data, text.size, err);
    wck_text_release(&text);
    return status;
}

static enum wck_status answer_one(struct server *server, size_t length,
                                  struct wck_error *err)
{
    struct wck_text reply = {0};
    struct wck_answer_bytes follow;
    int to = server->lines->replies;
    enum wck_status status = wck_answerer_call(&server->answerer, server->line, length,
                                               &reply, &follow, err);

    if (status == WCK_OK)
        status = send_bytes(to, reply.data, reply.size, err);
    for (size_t i = 0; status == WCK_OK && i < follow.count; i++)
        status = send_bytes(to, follow.data[i], follow.size[i], err);
    wck_text_release(&reply);
    return status;
}

static enum wck_status converse(struct server *server, struct wck_error *err)
{
    size_t length;
    enum wck_status status = receive(server, &length, err);

    if (status == WCK_OK && length > 0)
        status = greet(server, length, err);
    while (status == WCK_OK && length > 0) {
        status = receive(server, &length, err);
        if (status == WCK_OK && length > 0)
            status = answer_one(server, length, err);
    }
    return status;
}

/* What the plugin starts does not get the descriptors. */
static void keep_from_children(const struct wck_serve_lines *lines)
{
    const int all[] = {lines->requests, lines->replies, lines->inputs, lines->outputs};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fcntl(all[i], F_SETFD, FD_CLOEXEC); /* -1 harms nothing */
}

enum wck_status wck_serve(const struct wck_plugin *plugin,
                          const struct wck_serve_lines *lines, struct wck_error *err)
{
    struct server server = {.lines = lines,
                            .answerer = wck_answerer_start(plugin, -1, -1)};
    int requests = fcntl(lines->requests, F_DUPFD_CLOEXEC, 0);
    enum wck_status status;

    keep_from_children(lines);
    server.requests = requests >= 0 ? fdopen(requests, "rb") : NULL;
    if (server.requests == NULL) {
        wck_error_set(err, WCK_IO, "cannot read requests: %s", strerror(errno));
        if (requests >= 0)
            close(requests);
        return WCK_IO;
    }
    status = converse(&server, err);
    wck_answerer_release(&server.answerer);
    free(server.line);
    fclose(server.requests);
    return status;
}
