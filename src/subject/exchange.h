/* Exchange: how a question and its arrays reach a worker, and its answer comes back:
 * through a channel, with arrays in an arena of shared memory or as bytes that follow;
 * or, where the worker is a plugin in this process, by a call. */
#ifndef WCK_SUBJECT_EXCHANGE_H
#define WCK_SUBJECT_EXCHANGE_H

#include "src/subject/answer.h"
#include "src/subject/arena.h"
#include "src/subject/channel.h"
#include "src/subject/message.h"

struct wck_exchange {
    bool shared;
    struct wck_arena arena;       /* where shared */
    struct wck_answerer answerer; /* with a plugin: in this process, and shared */
    /* Given arrays, wanted ones: do they keep their strides?  Where shared; they travel
     * without gaps where not. */
    bool keeps_given, keeps_wanted;
    struct wck_arena_slot given[WCK_QUESTION_ARRAYS], wanted[WCK_QUESTION_ARRAYS];
    /* Set for each call by the caller. */
    struct wck_channel *channel; /* borrowed */
    int64_t deadline;
    enum wck_talk talk;    /* how it went, where a function returned WCK_OK */
    struct wck_text reply; /* of the answerer */
};

void wck_exchange_release(struct wck_exchange *exchange);

/* Sends the question. */
enum wck_status wck_exchange_ask(struct wck_exchange *exchange,
                                 const struct wck_question *question, long long id,
                                 struct wck_error *err);

/* Waits for the answer: its line, borrowed until the next call. */
const char *wck_exchange_await(struct wck_exchange *exchange);

/* Appends what the worker did outside of the outputs in shared memory, in words;
 * nothing where it did nothing. */
void wck_exchange_inspect(const struct wck_exchange *exchange,
                          const struct wck_question *question, struct wck_text *fault);

/* Fetches the wanted arrays, except those that the answer is without, once it is there.
 * Appends, likewise, what was left unwritten in shared memory. */
enum wck_status wck_exchange_fetch(struct wck_exchange *exchange,
                                   const struct wck_question *question,
                                   const struct wck_answer *answer,
                                   struct wck_text *fault, struct wck_error *err);

#endif
