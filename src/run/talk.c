#include "src/run/talk.h"

#include <sys/socket.h>
#include <sys/wait.h>

#define TIMEOUT 60.0 /* seconds for one call */

enum wck_status wck_talker_init(struct wck_talker *talker, char *const *argv,
                                bool shared, const struct wck_subject_options *options,
                                struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    *talker = (struct wck_talker){
        .argv = argv, .timeout = options->timeout > 0.0 ? options->timeout : TIMEOUT};
    talker->exchange.arena.inputs.descriptor = -1;
    talker->exchange.arena.outputs.descriptor = -1;
    talker->exchange.answerer = wck_answerer_start(NULL, -1, -1);
    if (shared)
        status = wck_arena_init(&talker->exchange.arena, err);
    talker->exchange.shared = shared;
    return status == WCK_OK
               ? wck_sandbox_prepare(&talker->sandbox, &options->sandbox, err)
               : status;
}

static void stop(struct wck_talker *talker)
{
    wck_process_free(talker->process, 0.0);
    talker->process = NULL;
    wck_serves_release(&talker->serves);
}

void wck_talker_release(struct wck_talker *talker)
{
    stop(talker);
    wck_sandbox_free(talker->sandbox);
    wck_exchange_release(&talker->exchange);
    wck_text_release(&talker->damage);
    wck_text_release(&talker->chatter);
}

/* Says what went wrong with the talk, and ends the program. */
static void give_up(struct wck_talker *talker, enum wck_talk talk, struct wck_text *why)
{
    struct wck_text quote = {0};

    if (talk == WCK_TALK_LATE)
        wck_text_printf(why, "no answer within %g s", talker->timeout);
    else
        wck_channel_describe(&talker->process->channel, talk, why);
    wck_channel_quote(&talker->process->channel, &quote);
    if (quote.size > 0)
        wck_text_printf(why, "; the last that it printed: %s", wck_text_string(&quote));
    wck_text_release(&quote);
    stop(talker);
}

static enum wck_status greet(struct wck_talker *talker, wck_talk_edit *edit,
                             struct wck_error *err)
{
    struct wck_channel *channel = &talker->process->channel;
    int64_t deadline = wck_channel_deadline(talker->timeout);
    struct wck_text text = {0}, why = {0};
    struct iovec piece;
    const char *line;
    enum wck_talk talk;
    enum wck_status status =
        wck_message_greet(talker->exchange.shared, NULL, &text, err);

    if (status == WCK_OK && edit != NULL)
        edit(&text);
    piece = (struct iovec){.iov_base = text.data, .iov_len = text.size};
    if (status == WCK_OK) {
        talk = wck_channel_send(channel, &piece, 1, deadline);
        if (talk == WCK_TALK_OK)
            talk = wck_channel_line(channel, &line, deadline);
        if (talk == WCK_TALK_OK) {
            status = wck_message_read_greeting(line, &talker->serves, err);
        } else {
            status = talk == WCK_TALK_ABSENT ? WCK_INVALID : WCK_SUBJECT;
            give_up(talker, talk, &why);
            wck_error_set(err, status, "%s %s", talker->argv[0], wck_text_string(&why));
        }
    }
    wck_text_release(&text);
    wck_text_release(&why);
    return status;
}

enum wck_status wck_talker_start(struct wck_talker *talker, wck_talk_edit *edit,
                                 struct wck_error *err)
{
    const int lent[] = {talker->exchange.arena.inputs.descriptor,
                        talker->exchange.arena.outputs.descriptor};
    enum wck_status status;

    if (talker->process != NULL)
        return WCK_OK;
    status = wck_process_new(&talker->process, talker->argv, lent,
                             talker->exchange.shared ? 2 : 0, talker->sandbox, err);
    if (status == WCK_OK)
        status = greet(talker, edit, err);
    if (status != WCK_OK)
        stop(talker);
    return status;
}

/* By pipe, with the message edited: all arrays of a conform question are contiguous. */
static enum wck_status send_edited(struct wck_talker *talker,
                                   const struct wck_question *q, wck_talk_edit *edit,
                                   struct wck_error *err)
{
    struct iovec pieces[1 + WCK_QUESTION_ARRAYS];
    struct wck_text text = {0};
    enum wck_status status = wck_message_ask(q, talker->id, NULL, NULL, &text, err);

    if (status == WCK_OK) {
        edit(&text);
        pieces[0] = (struct iovec){.iov_base = text.data, .iov_len = text.size};
        for (size_t i = 0; i < q->array_count; i++) {
            const struct wck_tensor *tensor = &q->arrays[i].tensor;

            pieces[1 + i] =
                (struct iovec){.iov_base = tensor->data,
                               .iov_len = wck_tensor_count(tensor) *
                                          wck_dtype_row(tensor->dtype)->size};
        }
        talker->exchange.talk =
            wck_channel_send(talker->exchange.channel, pieces, 1 + q->array_count,
                             talker->exchange.deadline);
    }
    wck_text_release(&text);
    return status;
}

/* The first damage to memory around the outputs, or left in them, is kept. */
static void keep_damage(struct wck_talker *talker, const struct wck_question *q,
                        struct wck_text *fault)
{
    if (fault->size > 0 && talker->damage.size == 0)
        wck_text_printf(&talker->damage, "%s (%s)", wck_text_string(fault), q->call);
    wck_text_release(fault);
}

static enum wck_reply read_kind(const struct wck_question *q,
                                const struct wck_answer *answer, struct wck_text *why)
{
    static const enum wck_reply replies[] = {
        [WCK_ANSWER_OK] = WCK_REPLY_OK,
        [WCK_ANSWER_UNSUPPORTED] = WCK_REPLY_REFUSED,
        [WCK_ANSWER_FAILED] = WCK_REPLY_FAILED,
        [WCK_ANSWER_BROKEN] = WCK_REPLY_BROKEN,
    };

    for (size_t i = 0; answer->kind == WCK_ANSWER_OK && i < q->wanted_count; i++) {
        if (answer->without[i]) {
            wck_text_printf(why, "it has no %s", q->wanted[i].name);
            return WCK_REPLY_REFUSED;
        }
    }
    if (answer->kind != WCK_ANSWER_OK)
        wck_text_printf(why, "%s", answer->text);
    return replies[answer->kind];
}

/* Reads the answer to what was sent. */
static enum wck_status hear(struct wck_talker *talker, const struct wck_question *q,
                            enum wck_reply *reply, struct wck_text *why,
                            struct wck_error *err)
{
    struct wck_exchange *exchange = &talker->exchange;
    struct wck_answer answer;
    struct wck_text fault = {0};
    const char *line = wck_exchange_await(exchange);
    enum wck_status status = WCK_OK;

    if (exchange->talk != WCK_TALK_OK)
        return WCK_OK;
    answer = wck_message_read_answer(line, talker->id, q, !exchange->shared);
    *reply = read_kind(q, &answer, why);
    if (exchange->shared)
        wck_exchange_inspect(exchange, q, &fault);
    if (answer.kind == WCK_ANSWER_OK)
        status = wck_exchange_fetch(exchange, q, &answer, &fault, err);
    keep_damage(talker, q, &fault);
    if (answer.kind == WCK_ANSWER_BROKEN)
        stop(talker);
    return status;
}

enum wck_status wck_talker_ask(struct wck_talker *talker,
                               const struct wck_question *question, wck_talk_edit *edit,
                               enum wck_reply *reply, struct wck_text *why,
                               struct wck_error *err)
{
    struct wck_exchange *exchange = &talker->exchange;
    struct wck_error refusal = {0};
    enum wck_status status = wck_talker_start(talker, NULL, &refusal);

    *reply = WCK_REPLY_BROKEN;
    if (status == WCK_OK &&
        wck_serves_check(&talker->serves, question, &refusal) == WCK_UNSUPPORTED)
        *reply = WCK_REPLY_REFUSED;
    if (status == WCK_SUBJECT || *reply == WCK_REPLY_REFUSED) {
        wck_text_printf(why, "%s", refusal.text);
        return WCK_OK;
    }
    if (status != WCK_OK)
        return wck_error_set(err, status, "%s", refusal.text);
    talker->id++;
    exchange->channel = &talker->process->channel;
    exchange->deadline = wck_channel_deadline(talker->timeout);
    exchange->talk = WCK_TALK_OK;
    status = edit != NULL ? send_edited(talker, question, edit, err)
                          : wck_exchange_ask(exchange, question, talker->id, err);
    if (status == WCK_OK && exchange->talk == WCK_TALK_OK)
        status = hear(talker, question, reply, why, err);
    if (status == WCK_OK && exchange->talk != WCK_TALK_OK) {
        *reply = WCK_REPLY_BROKEN;
        give_up(talker, exchange->talk, why);
    }
    if (talker->process != NULL && talker->chatter.size == 0 &&
        wck_channel_has_more(&talker->process->channel))
        wck_text_printf(&talker->chatter, "it said more than was asked for in %s",
                        question->call);
    if (talker->chatter.size > 0 && talker->process != NULL &&
        wck_channel_has_more(&talker->process->channel))
        stop(talker); /* what it says next would answer something else */
    return status;
}

void wck_talker_end(struct wck_talker *talker, double patience, struct wck_text *why)
{
    struct wck_channel *channel = &talker->process->channel;

    shutdown(channel->requests, SHUT_WR);
    wck_channel_await_end(channel, wck_channel_deadline(patience));
    if (!channel->ended)
        wck_text_printf(why, "it is still there after %g s", patience);
    else if (!WIFEXITED(channel->end.status) || WEXITSTATUS(channel->end.status) != 0)
        wck_channel_describe(channel, WCK_TALK_ENDED, why);
    stop(talker);
}
