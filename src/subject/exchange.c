#include "src/subject/exchange.h"

#include <stdlib.h>
#include <string.h>

/* The same array without gaps. */
static struct wck_tensor plain(const struct wck_tensor *tensor, void *data)
{
    return wck_tensor_contiguous(data, tensor->dtype, tensor->rank, tensor->shape);
}

static size_t bytes_of(const struct wck_tensor *tensor)
{
    return wck_tensor_count(tensor) * wck_dtype_row(tensor->dtype)->size;
}

static bool is_plain(const struct wck_tensor *tensor)
{
    struct wck_tensor like = plain(tensor, NULL);

    for (int d = 0; d < tensor->rank; d++) {
        if (tensor->shape[d] > 1 && tensor->stride[d] != like.stride[d])
            return false;
    }
    return true;
}

/* Shapes and types are equal. */
static void copy(const struct wck_tensor *from, const struct wck_tensor *to)
{
    if (is_plain(from) && is_plain(to))
        memcpy(to->data, from->data, bytes_of(from));
    else
        wck_tensor_copy(from, to, NULL);
}

/* ---- shared memory ---- */

static void list_slots(struct wck_arena_slot *slots,
                       const struct wck_question_array *arrays, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct wck_tensor *tensor = &arrays[i].tensor;

        slots[i] =
            (struct wck_arena_slot){.dtype = tensor->dtype,
                                    .count = wck_tensor_count(tensor),
                                    .data = is_plain(tensor) ? tensor->data : NULL};
    }
}

static void list_offsets(const struct wck_arena_slot *slots, size_t count,
                         size_t *offsets)
{
    for (size_t i = 0; i < count; i++)
        offsets[i] = slots[i].offset;
}

static enum wck_status ask_shared(struct wck_exchange *exchange,
                                  const struct wck_question *q, long long id,
                                  struct wck_text *text, struct wck_error *err)
{
    size_t given[WCK_QUESTION_ARRAYS], wanted[WCK_QUESTION_ARRAYS];
    enum wck_status status;

    list_slots(exchange->given, q->arrays, q->array_count);
    list_slots(exchange->wanted, q->wanted, q->wanted_count);
    status =
        wck_arena_place_inputs(&exchange->arena, exchange->given, q->array_count, err);
    if (status == WCK_OK)
        status = wck_arena_place_outputs(&exchange->arena, exchange->wanted,
                                         q->wanted_count, err);
    if (status != WCK_OK)
        return status;
    for (size_t i = 0; i < q->array_count; i++) {
        struct wck_tensor to =
            plain(&q->arrays[i].tensor,
                  wck_arena_input(&exchange->arena, &exchange->given[i]));

        if (to.data != NULL)
            copy(&q->arrays[i].tensor, &to);
    }
    list_offsets(exchange->given, q->array_count, given);
    list_offsets(exchange->wanted, q->wanted_count, wanted);
    return wck_message_ask(q, id, given, wanted, text, err);
}

/* What is without gaps on both sides is looked at on its way. */
static void fetch_one(struct wck_exchange *exchange, const struct wck_tensor *to,
                      size_t slot, struct wck_arena_damage *damage)
{
    struct wck_tensor from =
        plain(to, wck_arena_output(&exchange->arena, &exchange->wanted[slot]));

    if (is_plain(to)) {
        wck_arena_fetch(&exchange->arena, exchange->wanted, slot, to->data, damage);
        return;
    }
    wck_arena_check_written(&exchange->arena, exchange->wanted, slot, damage);
    wck_tensor_copy(&from, to, NULL);
}

static void fetch_shared(struct wck_exchange *exchange, const struct wck_question *q,
                         const struct wck_answer *answer, struct wck_text *fault)
{
    for (size_t i = 0; i < q->wanted_count; i++) {
        struct wck_arena_damage damage = {0};

        if (answer->without[i])
            continue;
        fetch_one(exchange, &q->wanted[i].tensor, i, &damage);
        if (damage.unwritten == 0)
            continue;
        wck_text_printf(fault,
                        "left outputs unwritten: %zu of %zu elements of %s, the first "
                        "is number %zu",
                        damage.unwritten, exchange->wanted[i].count, q->wanted[i].name,
                        damage.first);
        return;
    }
}

/* ---- by pipe ---- */

/* The array's bytes without gaps: its own, or a copy that is put on `owned`. */
static enum wck_status flatten(const struct wck_tensor *tensor, void **data,
                               void **owned, struct wck_error *err)
{
    struct wck_tensor flat;
    enum wck_status status;

    *owned = NULL;
    *data = tensor->data;
    if (is_plain(tensor))
        return WCK_OK;
    status = wck_tensor_new(&flat, tensor->dtype, tensor->rank, tensor->shape, err);
    if (status != WCK_OK)
        return status;
    copy(tensor, &flat);
    *data = *owned = flat.data;
    return WCK_OK;
}

static enum wck_status send_arrays(struct wck_exchange *exchange,
                                   const struct wck_question *q,
                                   const struct wck_text *message,
                                   struct wck_error *err)
{
    struct iovec pieces[1 + WCK_QUESTION_ARRAYS] = {
        {.iov_base = message->data, .iov_len = message->size}};
    void *owned[WCK_QUESTION_ARRAYS] = {NULL};
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < q->array_count && status == WCK_OK; i++) {
        pieces[1 + i].iov_len = bytes_of(&q->arrays[i].tensor);
        status = flatten(&q->arrays[i].tensor, &pieces[1 + i].iov_base, &owned[i], err);
    }
    if (status == WCK_OK)
        exchange->talk = wck_channel_send(exchange->channel, pieces, 1 + q->array_count,
                                          exchange->deadline);
    for (size_t i = 0; i < q->array_count; i++)
        free(owned[i]);
    return status;
}

static enum wck_status fetch_piped(struct wck_exchange *exchange,
                                   const struct wck_question *q,
                                   const struct wck_answer *answer,
                                   struct wck_error *err)
{
    for (size_t i = 0; i < q->wanted_count && exchange->talk == WCK_TALK_OK; i++) {
        const struct wck_tensor *tensor = &q->wanted[i].tensor;
        struct wck_tensor from;
        void *data, *owned;
        enum wck_status status;

        if (answer->without[i])
            continue;
        status = flatten(tensor, &data, &owned, err);
        if (status != WCK_OK)
            return status;
        exchange->talk = wck_channel_bytes(exchange->channel, data, bytes_of(tensor),
                                           exchange->deadline);
        from = plain(tensor, data);
        if (exchange->talk == WCK_TALK_OK && owned != NULL)
            copy(&from, tensor);
        free(owned);
    }
    return WCK_OK;
}

/* ---- both ---- */

void wck_exchange_release(struct wck_exchange *exchange)
{
    wck_answerer_release(&exchange->answerer);
    wck_arena_release(&exchange->arena);
    wck_text_release(&exchange->reply);
}

/* The message, whose arrays are in place. */
static enum wck_status send(struct wck_exchange *exchange, const struct wck_text *text,
                            struct wck_error *err)
{
    struct iovec piece = {.iov_base = text->data, .iov_len = text->size};
    struct wck_answer_bytes none;

    if (exchange->answerer.plugin != NULL) {
        wck_text_release(&exchange->reply);
        return wck_answerer_call(&exchange->answerer, text->data, text->size,
                                 &exchange->reply, &none, err);
    }
    exchange->talk = wck_channel_send(exchange->channel, &piece, 1, exchange->deadline);
    return WCK_OK;
}

enum wck_status wck_exchange_ask(struct wck_exchange *exchange,
                                 const struct wck_question *question, long long id,
                                 struct wck_error *err)
{
    struct wck_text text = {0};
    enum wck_status status;

    exchange->talk = WCK_TALK_OK;
    if (exchange->shared) {
        status = ask_shared(exchange, question, id, &text, err);
        if (status == WCK_OK)
            status = send(exchange, &text, err);
    } else {
        status = wck_message_ask(question, id, NULL, NULL, &text, err);
        if (status == WCK_OK)
            status = send_arrays(exchange, question, &text, err);
    }
    wck_text_release(&text);
    return status;
}

const char *wck_exchange_await(struct wck_exchange *exchange)
{
    const char *line = wck_text_string(&exchange->reply);

    if (exchange->answerer.plugin == NULL)
        exchange->talk = wck_channel_line(exchange->channel, &line, exchange->deadline);
    return line;
}

enum wck_status wck_exchange_fetch(struct wck_exchange *exchange,
                                   const struct wck_question *question,
                                   const struct wck_answer *answer,
                                   struct wck_text *fault, struct wck_error *err)
{
    exchange->talk = WCK_TALK_OK;
    if (!exchange->shared)
        return fetch_piped(exchange, question, answer, err);
    fetch_shared(exchange, question, answer, fault);
    return WCK_OK;
}

void wck_exchange_inspect(const struct wck_exchange *exchange,
                          const struct wck_question *question, struct wck_text *fault)
{
    struct wck_arena_damage damage = {0};

    if (!exchange->shared)
        return;
    wck_arena_check_outside(&exchange->arena, exchange->wanted, question->wanted_count,
                            &damage);
    if (damage.outside)
        wck_text_printf(fault, "wrote outside its outputs: byte %lld %s %s",
                        damage.distance < 0 ? -damage.distance : damage.distance,
                        damage.distance < 0 ? "before" : "behind",
                        question->wanted[damage.slot].name);
}
