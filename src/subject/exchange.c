#include "src/subject/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "reference/span.h"

/* The same array without gaps. */
static struct wck_tensor plain(const struct wck_tensor *tensor, void *data)
{
    return wck_tensor_contiguous(data, tensor->dtype, tensor->rank, tensor->shape);
}

static size_t bytes_of(const struct wck_tensor *tensor)
{
    return wck_tensor_count(tensor) * wck_dtype_row(tensor->dtype)->size;
}

/* Shapes and types are equal. */
static void copy(const struct wck_tensor *from, const struct wck_tensor *to)
{
    if (wck_span_is_plain(from) && wck_span_is_plain(to))
        memcpy(to->data, from->data, bytes_of(from));
    else
        wck_tensor_copy(from, to, NULL);
}

/* ---- shared memory ---- */

/* Elements before and behind an array that lies in pieces: an offset that 32 bits cut
 * ends in memory of its own, where nothing is. */
#define ROOM ((size_t)1 << 31)

static size_t room_of(const struct wck_tensor *tensor)
{
    return wck_span_is_far(tensor) ? ROOM : 0;
}

/* Which element of its place the first one of a piece's span is. */
static size_t piece_at(const struct wck_tensor *whole, const struct wck_tensor *piece)
{
    const unsigned char *first = wck_span_of(piece).data,
                        *from = wck_span_of(whole).data;

    return room_of(whole) + (size_t)(first - from) / wck_dtype_row(whole->dtype)->size;
}

/* How the arrays lie in their file: as they are where strides are kept, else without
 * gaps. */
static void list_slots(struct wck_arena_slot *slots, struct wck_question_array *arrays,
                       size_t count, bool keeps)
{
    for (size_t i = 0; i < count; i++) {
        struct wck_tensor *tensor = &arrays[i].tensor;
        bool flat = wck_span_is_plain(tensor);

        slots[i] = (struct wck_arena_slot){.dtype = tensor->dtype,
                                           .count = keeps ? wck_span_of(tensor).count +
                                                                2 * room_of(tensor)
                                                          : wck_tensor_count(tensor),
                                           .data = flat ? tensor->data : NULL,
                                           .sparse = keeps && wck_span_is_far(tensor)};
        if (!keeps)
            *tensor = plain(tensor, tensor->data);
    }
}

/* Where the elements with all indices 0 are, in bytes. */
static void list_offsets(const struct wck_arena_slot *slots,
                         const struct wck_question_array *arrays, size_t count,
                         size_t *offsets)
{
    for (size_t i = 0; i < count; i++)
        offsets[i] = slots[i].offset + (wck_span_of(&arrays[i].tensor).origin +
                                        room_of(&arrays[i].tensor)) *
                                           wck_dtype_row(slots[i].dtype)->size;
}

/* An array goes to its place; one that keeps its strides with what is in its gaps, or
 * in those of its pieces. */
static void place(const struct wck_tensor *from, const struct wck_tensor *as, void *to)
{
    struct wck_tensor flat = plain(from, to), piece;
    size_t size = wck_dtype_row(from->dtype)->size;

    if (wck_span_is_plain(as)) {
        copy(from, &flat);
        return;
    }
    for (size_t k = 0; wck_span_piece(from, k, &piece); k++) {
        struct wck_span span = wck_span_of(&piece);

        memcpy((unsigned char *)to + piece_at(from, &piece) * size, span.data,
               span.count * size);
    }
}

/* Outputs that lie in pieces hold the pattern where these are. */
static void fill_pieces(const struct wck_exchange *exchange,
                        const struct wck_question *q)
{
    struct wck_tensor piece;

    for (size_t i = 0; i < q->wanted_count; i++) {
        const struct wck_arena_slot *slot = &exchange->wanted[i];

        for (size_t k = 0;
             slot->sparse && wck_span_piece(&q->wanted[i].tensor, k, &piece); k++)
            wck_arena_fill(&exchange->arena, slot,
                           piece_at(&q->wanted[i].tensor, &piece),
                           wck_span_of(&piece).count);
    }
}

static enum wck_status ask_shared(struct wck_exchange *exchange,
                                  const struct wck_question *q, long long id,
                                  struct wck_text *text, struct wck_error *err)
{
    struct wck_question told = *q; /* with the strides that the worker sees */
    size_t given[WCK_QUESTION_ARRAYS], wanted[WCK_QUESTION_ARRAYS];
    enum wck_status status;

    list_slots(exchange->given, told.arrays, q->array_count, exchange->keeps_given);
    list_slots(exchange->wanted, told.wanted, q->wanted_count, exchange->keeps_wanted);
    status =
        wck_arena_place_inputs(&exchange->arena, exchange->given, q->array_count, err);
    if (status == WCK_OK)
        status = wck_arena_place_outputs(&exchange->arena, exchange->wanted,
                                         q->wanted_count, err);
    if (status != WCK_OK)
        return status;
    fill_pieces(exchange, q);
    for (size_t i = 0; i < q->array_count; i++) {
        void *to = wck_arena_input(&exchange->arena, &exchange->given[i]);

        if (to != NULL)
            place(&q->arrays[i].tensor, &told.arrays[i].tensor, to);
    }
    list_offsets(exchange->given, told.arrays, q->array_count, given);
    list_offsets(exchange->wanted, told.wanted, q->wanted_count, wanted);
    return wck_message_ask(&told, id, given, wanted, text, err);
}

/* One piece, from element `at` of its place on; `element` counts those of the array.
 * What was written in its gaps goes there too: the caller will see it. */
static enum wck_status fetch_piece(const struct wck_exchange *exchange,
                                   const struct wck_tensor *to,
                                   const struct wck_arena_slot *s, size_t at,
                                   size_t *element, struct wck_arena_damage *damage)
{
    const unsigned char *from = wck_arena_output(&exchange->arena, s);
    struct wck_span span = wck_span_of(to);
    size_t size = wck_dtype_row(s->dtype)->size;
    bool *marks = wck_span_marks(to);

    for (size_t i = 0; marks != NULL && i < span.count; i++) {
        bool untouched = wck_arena_is_untouched(&exchange->arena, s, at + i);

        if (!untouched)
            memcpy((unsigned char *)span.data + i * size, from + (at + i) * size, size);
        if (untouched && marks[i] && damage->unwritten++ == 0)
            damage->first = *element;
        *element += marks[i];
    }
    if (marks == NULL)
        return WCK_NO_MEMORY;
    free(marks);
    return WCK_OK;
}

/* One that kept its strides. */
static enum wck_status fetch_spread(const struct wck_exchange *exchange,
                                    const struct wck_tensor *to, size_t slot,
                                    struct wck_arena_damage *damage,
                                    struct wck_error *err)
{
    struct wck_tensor piece;
    size_t element = 0;

    for (size_t k = 0; wck_span_piece(to, k, &piece); k++) {
        if (fetch_piece(exchange, &piece, &exchange->wanted[slot], piece_at(to, &piece),
                        &element, damage) != WCK_OK)
            return wck_error_no_memory(err);
    }
    return WCK_OK;
}

/* What is without gaps on both sides is looked at on its way. */
static enum wck_status fetch_one(struct wck_exchange *exchange,
                                 const struct wck_tensor *to, size_t slot,
                                 struct wck_arena_damage *damage, struct wck_error *err)
{
    struct wck_tensor from =
        plain(to, wck_arena_output(&exchange->arena, &exchange->wanted[slot]));

    if (wck_span_is_plain(to)) {
        wck_arena_fetch(&exchange->arena, exchange->wanted, slot, to->data, damage);
        return WCK_OK;
    }
    if (exchange->keeps_wanted)
        return fetch_spread(exchange, to, slot, damage, err);
    wck_arena_check_written(&exchange->arena, exchange->wanted, slot, damage);
    wck_tensor_copy(&from, to, NULL);
    return WCK_OK;
}

static enum wck_status fetch_shared(struct wck_exchange *exchange,
                                    const struct wck_question *q,
                                    const struct wck_answer *answer,
                                    struct wck_text *fault, struct wck_error *err)
{
    for (size_t i = 0; i < q->wanted_count; i++) {
        struct wck_arena_damage damage = {0};
        enum wck_status status;

        if (answer->without[i])
            continue;
        status = fetch_one(exchange, &q->wanted[i].tensor, i, &damage, err);
        if (status != WCK_OK)
            return status;
        if (damage.unwritten == 0)
            continue;
        wck_text_printf(fault,
                        "left outputs unwritten: %zu of %zu elements of %s, the first "
                        "is number %zu",
                        damage.unwritten, wck_tensor_count(&q->wanted[i].tensor),
                        q->wanted[i].name, damage.first);
        break;
    }
    return WCK_OK;
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
    if (wck_span_is_plain(tensor))
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
    return fetch_shared(exchange, question, answer, fault, err);
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
