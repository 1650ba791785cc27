/* Answer: what a worker with a plugin behind it says (doc/protocol.md), line by line;
 * nothing here sends or waits. */
#ifndef WCK_SUBJECT_ANSWER_H
#define WCK_SUBJECT_ANSWER_H

#include "src/base/text.h"
#include "src/subject/plugin.h"
#include "src/subject/stretch.h"

#define WCK_ANSWER_MAJOR 1
#define WCK_ANSWER_MINOR 2

struct wck_answerer {
    const struct wck_plugin *plugin; /* borrowed */
    struct wck_stretch inputs,
        outputs; /* of the memory files; their file -1: by pipe */
    /* By pipe: reads bytes that follow a call. */
    enum wck_status (*read)(void *state, void *bytes, size_t size,
                            struct wck_error *err);
    void *state;
};

/* The files are the two that the host lends, and stay the caller's; -1 both by pipe. */
struct wck_answerer wck_answerer_start(const struct wck_plugin *plugin, int inputs,
                                       int outputs);
void wck_answerer_release(struct wck_answerer *answerer);

/* Appends the greeting, with its newline. */
enum wck_status wck_answerer_greet(const struct wck_answerer *answerer,
                                   struct wck_text *text, struct wck_error *err);

/* What follows a reply by pipe; there until the next call. */
struct wck_answer_bytes {
    const void *data[WCK_PLUGIN_ARRAYS];
    size_t size[WCK_PLUGIN_ARRAYS];
    size_t count;
};

/* Makes the call in a line and appends the reply's, with its newline.  WCK_FORMAT for
 * what is no call. */
enum wck_status wck_answerer_call(struct wck_answerer *answerer, const char *line,
                                  size_t length, struct wck_text *reply,
                                  struct wck_answer_bytes *follow,
                                  struct wck_error *err);

#endif
