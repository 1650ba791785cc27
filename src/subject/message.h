/* Message: the JSON of the worker protocol (doc/protocol.md), written and read. */
#ifndef WCK_SUBJECT_MESSAGE_H
#define WCK_SUBJECT_MESSAGE_H

#include "src/subject/question.h"

#define WCK_MESSAGE_MAJOR 1
#define WCK_MESSAGE_MINOR 2
#define WCK_MESSAGE_TEXT 200 /* room for what a worker says, cut and printable */

/* ---- the greeting ---- */

/* Appends the host's, with its newline.  `convention` is the library's that will be
 * asked for, NULL where it is none. */
enum wck_status wck_message_greet(bool shared, const char *convention,
                                  struct wck_text *text, struct wck_error *err);

/* What a worker says that it is for. */
struct wck_serves {
    void *document;
    char name[WCK_MESSAGE_TEXT];
    bool varies;                          /* the same call may have other answers */
    bool strided_inputs, strided_outputs; /* it takes arrays with any strides */
};

/* Reads the worker's.  WCK_SUBJECT for what is none, or of another major version.
 * Release whatever was returned. */
enum wck_status wck_message_read_greeting(const char *line, struct wck_serves *serves,
                                          struct wck_error *err);
void wck_serves_release(struct wck_serves *serves);

/* WCK_UNSUPPORTED, in words, where the worker has said that it does not serve such a
 * question. */
enum wck_status wck_serves_check(const struct wck_serves *serves,
                                 const struct wck_question *question,
                                 struct wck_error *err);

/* ---- calls ---- */

/* Appends a call, with its newline; offsets[i] is where array i lies in the inputs
 * file (its element with all indices 0), and wanted_offsets[i] in the outputs file.
 * Both are NULL by pipe, where arrays follow without gaps whatever their strides. */
enum wck_status wck_message_ask(const struct wck_question *question, long long id,
                                const size_t *offsets, const size_t *wanted_offsets,
                                struct wck_text *text, struct wck_error *err);

enum wck_answer_kind {
    WCK_ANSWER_OK,
    WCK_ANSWER_UNSUPPORTED, /* `text` says what */
    WCK_ANSWER_FAILED,      /* likewise */
    WCK_ANSWER_BROKEN       /* no answer to this question: `text` says why */
};

struct wck_answer {
    enum wck_answer_kind kind;
    bool without[WCK_QUESTION_ARRAYS]; /* wanted gradients that it does not have */
    bool lost[WCK_QUESTION_ARRAYS];    /* that its framework has no path to: zeros */
    char text[WCK_MESSAGE_TEXT];
};

/* Reads the answer to the question of that id.  `piped`: it must list the arrays that
 * follow, the wanted ones in their order except those that it is without. */
struct wck_answer wck_message_read_answer(const char *line, long long id,
                                          const struct wck_question *question,
                                          bool piped);

#endif
