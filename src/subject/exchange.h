/* Exchange: how the arrays of a question reach a worker and come back: through an arena
 * of shared memory, or as bytes in its channel. */
#ifndef WCK_SUBJECT_EXCHANGE_H
#define WCK_SUBJECT_EXCHANGE_H

#include "src/subject/arena.h"
#include "src/subject/channel.h"
#include "src/subject/message.h"

struct wck_exchange {
    bool shared;
    struct wck_arena arena; /* where shared */
    struct wck_arena_slot given[WCK_QUESTION_ARRAYS], wanted[WCK_QUESTION_ARRAYS];
};

/* Sends the question.  *talk says how that went, where the status is WCK_OK. */
enum wck_status wck_exchange_ask(struct wck_exchange *exchange,
                                 const struct wck_question *question, long long id,
                                 struct wck_channel *channel, int64_t deadline,
                                 enum wck_talk *talk, struct wck_error *err);

/* Fetches the wanted arrays once the answer is there. */
enum wck_status wck_exchange_fetch(struct wck_exchange *exchange,
                                   const struct wck_question *question,
                                   const struct wck_answer *answer,
                                   struct wck_channel *channel, int64_t deadline,
                                   enum wck_talk *talk, struct wck_error *err);

/* What is wrong with the outputs in shared memory, in words: "" where nothing is.
 * `written`: those that the answer is not without must have been. */
void wck_exchange_inspect(const struct wck_exchange *exchange,
                          const struct wck_question *question,
                          const struct wck_answer *answer, bool written,
                          struct wck_text *text);

#endif
