/* Talk: one worker and what is said to it, for the clauses of conform.c. */
#ifndef WCK_RUN_TALK_H
#define WCK_RUN_TALK_H

#include "src/subject/exchange.h"
#include "src/subject/process.h"

struct wck_talker {
    char *const *argv;
    double timeout;
    struct wck_sandbox *sandbox;
    struct wck_process *process; /* NULL: it has to be started */
    struct wck_serves serves;
    struct wck_exchange exchange;
    long long id;
    struct wck_text damage, chatter; /* the first seen of each */
};

/* What became of a call. */
enum wck_reply {
    WCK_REPLY_OK,
    WCK_REPLY_REFUSED, /* unsupported, or by the greeting */
    WCK_REPLY_FAILED,
    WCK_REPLY_BROKEN /* crashed, hung, or no answer to this; the process is gone */
};

/* Changes a message that is about to be sent; by pipe only. */
typedef void wck_talk_edit(struct wck_text *message);

enum wck_status wck_talker_init(struct wck_talker *talker, char *const *argv,
                                bool shared, const struct wck_subject_options *options,
                                struct wck_error *err);
void wck_talker_release(struct wck_talker *talker);

/* Starts and greets where nothing is there.  WCK_SUBJECT, in words, where it does not
 * greet back. */
enum wck_status wck_talker_start(struct wck_talker *talker, wck_talk_edit *edit,
                                 struct wck_error *err);

/* Puts the question, with the message edited unless NULL.  A status but WCK_OK is an
 * error of ours; what is no WCK_REPLY_OK is said in `why`. */
enum wck_status wck_talker_ask(struct wck_talker *talker,
                               const struct wck_question *question, wck_talk_edit *edit,
                               enum wck_reply *reply, struct wck_text *why,
                               struct wck_error *err);

/* Closes requests, and says in `why` what is wrong with how it ended. */
void wck_talker_end(struct wck_talker *talker, double patience, struct wck_text *why);

#endif
