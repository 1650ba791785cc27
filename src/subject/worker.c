#include "src/subject/worker.h"

#include <stdlib.h>
#include <string.h>

#include "src/subject/exchange.h"
#include "src/subject/lost.h"
#include "src/subject/process.h"

#define TIMEOUT 60.0 /* seconds for one call */
#define PATIENCE 1.0 /* seconds to end by itself */
#define FAULTS 3     /* that a worker is forgiven, less one */

struct wck_worker {
    char **argv; /* owned, ended by NULL; NULL for a plugin in this process */
    struct wck_plugin *plugin; /* owned; NULL for a program */
    double timeout;
    const char *convention; /* that will be asked for; static, or NULL */
    struct wck_sandbox *sandbox;
    struct wck_process *process; /* NULL: it has to be started */
    struct wck_serves serves;
    bool varies; /* as it said when it greeted last */
    struct wck_exchange exchange;
    long long id; /* of the last call */
    int faults;
    struct wck_lost lost; /* in any answer so far */
};

/* ---- faults ---- */

static const char *verb_of(enum wck_talk talk)
{
    switch (talk) {
    case WCK_TALK_OK:
    case WCK_TALK_ABSENT:
        return "";
    case WCK_TALK_ENDED:
        return "crashed";
    case WCK_TALK_LATE:
        return "hung";
    case WCK_TALK_CLOSED:
    case WCK_TALK_LONG:
        return "broke the protocol";
    }
    return "";
}

static void stop(struct wck_worker *worker, double patience)
{
    wck_process_free(worker->process, patience);
    worker->process = NULL;
    wck_serves_release(&worker->serves);
}

/* Where a fault happened: "vjp (call 12)", or "its greeting". */
static void append_where(const struct wck_worker *worker,
                         const struct wck_question *question, struct wck_text *text)
{
    if (question == NULL)
        wck_text_printf(text, "its greeting");
    else
        wck_text_printf(text, "%s (call %lld)", question->call, worker->id);
}

/* What the sandbox may have to do with what went wrong, and how to go without. */
static void append_hint(const struct wck_worker *worker, struct wck_text *text)
{
    static const struct {
        const char *sign, *hint;
    } hints[] = {
        {"not permitted", "no-sandbox"},    {"ermission denied", "no-sandbox"},
        {"SIGXFSZ", "no-sandbox"},          {"File too large", "no-sandbox"},
        {"annot allocate", "memory-limit"}, {"MemoryError", "memory-limit"},
        {"bad_alloc", "memory-limit"},      {"SIGXCPU", "cpu-limit"},
    };
    size_t i = 0;

    while (i < sizeof hints / sizeof hints[0] &&
           strstr(wck_text_string(text), hints[i].sign) == NULL)
        i++;
    if (i == sizeof hints / sizeof hints[0] || wck_sandbox_is_off(worker->sandbox))
        return;
    if (strcmp(hints[i].hint, "no-sandbox") == 0)
        wck_text_printf(text, "; the sandbox may have refused it: --no-sandbox "
                              "goes without");
    else
        wck_text_printf(text, "; --%s says what it may use", hints[i].hint);
}

/* Ends the text with what the worker printed, and what becomes of it; returns
 * WCK_SUBJECT, and takes the text. */
static enum wck_status blame_take(struct wck_worker *worker, struct wck_text *text,
                                  struct wck_error *err)
{
    struct wck_text quote = {0};

    worker->faults++;
    if (worker->process != NULL)
        wck_channel_quote(&worker->process->channel, &quote);
    if (quote.size > 0)
        wck_text_printf(text, "; the last that it printed: %s",
                        wck_text_string(&quote));
    append_hint(worker, text);
    if (worker->faults >= FAULTS)
        wck_text_printf(text, "; given up after %d faults", FAULTS);
    wck_error_set(err, WCK_SUBJECT, "%s", wck_text_string(text));
    wck_text_release(&quote);
    wck_text_release(text);
    return WCK_SUBJECT;
}

/* The talk went wrong: the program is ended. */
static enum wck_status blame_talk(struct wck_worker *worker,
                                  const struct wck_question *question,
                                  enum wck_talk talk, struct wck_error *err)
{
    struct wck_text text = {0};
    enum wck_status status;

    if (talk == WCK_TALK_ABSENT) {
        wck_text_printf(&text, "%s ", worker->argv[0]);
        wck_channel_describe(&worker->process->channel, talk, &text);
        wck_error_set(err, WCK_INVALID, "%s", wck_text_string(&text));
        wck_text_release(&text);
        stop(worker, 0.0);
        return WCK_INVALID;
    }
    wck_text_printf(&text, "%s in ", verb_of(talk));
    append_where(worker, question, &text);
    wck_text_printf(&text, ": ");
    if (talk == WCK_TALK_LATE)
        wck_text_printf(&text, "no answer within %g s", worker->timeout);
    else
        wck_channel_describe(&worker->process->channel, talk, &text);
    status = blame_take(worker, &text, err);
    stop(worker, 0.0);
    return status;
}

/* It answered, but not what it should have: what it says next cannot be trusted. */
static enum wck_status blame_answer(struct wck_worker *worker,
                                    const struct wck_question *question,
                                    const char *what, struct wck_error *err)
{
    struct wck_text text = {0};
    enum wck_status status;

    wck_text_printf(&text, "broke the protocol in ");
    append_where(worker, question, &text);
    wck_text_printf(&text, ": %s", what);
    status = blame_take(worker, &text, err);
    stop(worker, 0.0);
    return status;
}

/* ---- starting ---- */

/* What it says that it is for, in the line of its greeting. */
static enum wck_status read_greeting(struct wck_worker *worker, const char *line,
                                     struct wck_error *err)
{
    struct wck_text text = {0};
    struct wck_error why = {0};
    enum wck_status status = wck_message_read_greeting(line, &worker->serves, &why);

    worker->varies = worker->serves.varies;
    worker->exchange.keeps_given = worker->serves.strided_inputs;
    worker->exchange.keeps_wanted = worker->serves.strided_outputs;
    if (status != WCK_SUBJECT)
        return status;
    wck_text_printf(&text, "%s", why.text);
    status = blame_take(worker, &text, err);
    stop(worker, 0.0);
    return status;
}

static enum wck_status greet(struct wck_worker *worker, struct wck_error *err)
{
    struct wck_channel *channel = &worker->process->channel;
    int64_t deadline = wck_channel_deadline(worker->timeout);
    struct wck_text text = {0};
    struct iovec piece;
    const char *line;
    enum wck_talk talk;
    enum wck_status status =
        wck_message_greet(worker->exchange.shared, worker->convention, &text, err);

    piece = (struct iovec){.iov_base = text.data, .iov_len = text.size};
    if (status == WCK_OK) {
        talk = wck_channel_send(channel, &piece, 1, deadline);
        if (talk == WCK_TALK_OK)
            talk = wck_channel_line(channel, &line, deadline);
        if (talk != WCK_TALK_OK)
            status = blame_talk(worker, NULL, talk, err);
    }
    wck_text_release(&text);
    return status == WCK_OK ? read_greeting(worker, line, err) : status;
}

static enum wck_status start(struct wck_worker *worker, struct wck_error *err)
{
    const int lent[] = {worker->exchange.arena.inputs.descriptor,
                        worker->exchange.arena.outputs.descriptor};
    enum wck_status status =
        wck_process_new(&worker->process, worker->argv, lent,
                        worker->exchange.shared ? 2 : 0, worker->sandbox, err);

    return status == WCK_OK ? greet(worker, err) : status;
}

static enum wck_status copy_words(struct wck_worker *worker, char *const *argv,
                                  struct wck_error *err)
{
    size_t count = 0;

    while (argv[count] != NULL)
        count++;
    worker->argv = calloc(count + 1, sizeof *worker->argv);
    for (size_t i = 0; worker->argv != NULL && i < count; i++) {
        worker->argv[i] = strdup(argv[i]);
        if (worker->argv[i] == NULL)
            return wck_error_no_memory(err);
    }
    return worker->argv != NULL ? WCK_OK : wck_error_no_memory(err);
}

/* Shared memory where it is there and nothing else was asked for. */
static enum wck_status choose_transport(struct wck_worker *worker,
                                        enum wck_transport transport,
                                        struct wck_error *err)
{
    struct wck_error why = {0};
    enum wck_status status;

    if (transport == WCK_TRANSPORT_PIPE)
        return WCK_OK;
    status = wck_arena_init(&worker->exchange.arena, &why);
    worker->exchange.shared = status == WCK_OK;
    if (status != WCK_OK && transport == WCK_TRANSPORT_SHARED)
        return wck_error_set(err, status, "%s", why.text);
    return WCK_OK;
}

static struct wck_worker *new (const struct wck_subject_options *options)
{
    struct wck_worker *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->timeout = options->timeout > 0.0 ? options->timeout : TIMEOUT;
    made->convention = options->convention;
    made->exchange.arena.inputs.descriptor = -1;
    made->exchange.arena.outputs.descriptor = -1;
    made->exchange.answerer = wck_answerer_start(NULL, -1, -1);
    return made;
}

/* Hands over what was made where all went well, and lets go of it where not. */
static enum wck_status finish(enum wck_status status, struct wck_worker *made,
                              struct wck_worker **worker)
{
    if (status == WCK_OK)
        *worker = made;
    else
        wck_worker_close(made);
    return status;
}

enum wck_status wck_worker_open(struct wck_worker **worker, char *const *argv,
                                const struct wck_subject_options *options,
                                struct wck_error *err)
{
    struct wck_worker *made = new (options);
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status;

    *worker = NULL;
    if (made == NULL)
        return wck_error_no_memory(err);
    status = choose_transport(made, options->transport, err);
    if (status == WCK_OK)
        status = copy_words(made, argv, err);
    if (status == WCK_OK)
        status = wck_sandbox_prepare(&made->sandbox, &options->sandbox, err);
    if (status == WCK_OK) {
        status = start(made, &why);
        if (status != WCK_OK)
            wck_error_set(err, status, "%s%s%s", status == WCK_SUBJECT ? argv[0] : "",
                          status == WCK_SUBJECT ? " " : "", why.text);
    }
    return finish(status, made, worker);
}

/* The same conversation with nobody at the other end. */
enum wck_status wck_worker_open_inside(struct wck_worker **worker, const char *plugin,
                                       struct wck_error *err)
{
    struct wck_worker *made = new (&(struct wck_subject_options){0});
    struct wck_text greeting = {0};
    enum wck_status status;

    *worker = NULL;
    if (made == NULL)
        return wck_error_no_memory(err);
    status = choose_transport(made, WCK_TRANSPORT_SHARED, err);
    if (status == WCK_OK)
        status = wck_plugin_new(&made->plugin, plugin, err);
    if (status == WCK_OK) {
        made->exchange.answerer =
            wck_answerer_start(made->plugin, made->exchange.arena.inputs.descriptor,
                               made->exchange.arena.outputs.descriptor);
        status = wck_answerer_greet(&made->exchange.answerer, &greeting, err);
    }
    if (status == WCK_OK)
        status = read_greeting(made, wck_text_string(&greeting), err);
    wck_text_release(&greeting);
    return finish(status, made, worker);
}

void wck_worker_close(void *worker)
{
    struct wck_worker *own = worker;

    stop(own, PATIENCE);
    wck_exchange_release(&own->exchange);
    wck_plugin_free(own->plugin);
    wck_sandbox_free(own->sandbox);
    for (size_t i = 0; own->argv != NULL && own->argv[i] != NULL; i++)
        free(own->argv[i]);
    free(own->argv);
    free(own);
}

/* ---- calls ---- */

/* The worker has what it needs; its answer to the question is awaited. */
static enum wck_status await_answer(struct wck_worker *worker,
                                    const struct wck_question *question,
                                    struct wck_answer *answer, struct wck_error *err)
{
    struct wck_exchange *exchange = &worker->exchange;
    const char *line = wck_exchange_await(exchange);

    if (exchange->talk != WCK_TALK_OK)
        return blame_talk(worker, question, exchange->talk, err);
    *answer = wck_message_read_answer(line, worker->id, question, !exchange->shared);
    if (answer->kind == WCK_ANSWER_BROKEN)
        return blame_answer(worker, question, answer->text, err);
    wck_lost_note(&worker->lost, question, answer);
    return WCK_OK;
}

/* What it did to shared memory, if anything: "wrote outside its outputs: ..." becomes
 * "wrote outside its outputs in vjp (call 12): ..." */
static enum wck_status blame_memory(struct wck_worker *worker,
                                    const struct wck_question *question,
                                    const struct wck_text *fault, struct wck_error *err)
{
    struct wck_text whole = {0};
    const char *colon;

    if (fault->size == 0)
        return WCK_OK;
    colon = strchr(wck_text_string(fault), ':');
    wck_text_append(&whole, fault->data, (size_t)(colon - fault->data));
    wck_text_printf(&whole, " in ");
    append_where(worker, question, &whole);
    wck_text_printf(&whole, "%s", colon);
    return blame_take(worker, &whole, err);
}

/* Fetches the outputs.  What it wrote outside of them counts whatever it answered. */
static enum wck_status fetch(struct wck_worker *worker,
                             const struct wck_question *question,
                             const struct wck_answer *answer, struct wck_error *err)
{
    struct wck_exchange *exchange = &worker->exchange;
    struct wck_text fault = {0};
    enum wck_status status = WCK_OK;

    wck_exchange_inspect(exchange, question, &fault);
    if (fault.size == 0 && answer->kind == WCK_ANSWER_OK) {
        status = wck_exchange_fetch(exchange, question, answer, &fault, err);
        if (status == WCK_OK && exchange->talk != WCK_TALK_OK)
            status = blame_talk(worker, question, exchange->talk, err);
    }
    if (status == WCK_OK)
        status = blame_memory(worker, question, &fault, err);
    wck_text_release(&fault);
    return status;
}

/* What the answer means, the arrays apart. */
static enum wck_status judge(const struct wck_worker *worker,
                             const struct wck_question *question,
                             const struct wck_answer *answer, struct wck_error *err)
{
    if (answer->kind == WCK_ANSWER_UNSUPPORTED)
        return wck_error_set(err, WCK_UNSUPPORTED, "the worker does not serve this: %s",
                             answer->text);
    if (answer->kind == WCK_ANSWER_FAILED) {
        struct wck_text text = {0};

        wck_text_printf(&text, "failed in ");
        append_where(worker, question, &text);
        wck_text_printf(&text, ": %s", answer->text);
        append_hint(worker, &text);
        wck_error_set(err, WCK_SUBJECT, "%s", wck_text_string(&text));
        wck_text_release(&text);
        return WCK_SUBJECT;
    }
    for (size_t i = 0; i < question->wanted_count; i++) {
        if (answer->without[i])
            return wck_error_set(err, WCK_UNSUPPORTED, "the worker has no %s here",
                                 question->wanted[i].name);
    }
    return WCK_OK;
}

/* Something must be there to talk to, and it must not have talked by itself. */
static enum wck_status prepare(struct wck_worker *worker,
                               const struct wck_question *question,
                               struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    if (wck_worker_is_lost(worker))
        return wck_error_set(err, WCK_SUBJECT, "given up after %d faults", FAULTS);
    if (worker->process == NULL && worker->plugin == NULL)
        status = start(worker, err);
    if (status == WCK_OK)
        status = wck_serves_check(&worker->serves, question, err);
    if (status != WCK_OK)
        return status;
    if (worker->process != NULL && wck_channel_has_more(&worker->process->channel))
        return blame_answer(worker, question,
                            "it said more than was asked for in the call before", err);
    worker->id++;
    return WCK_OK;
}

static enum wck_status ask(struct wck_worker *worker,
                           const struct wck_question *question, struct wck_error *err)
{
    struct wck_exchange *exchange = &worker->exchange;
    struct wck_answer answer = {0};
    enum wck_status status = prepare(worker, question, err);

    if (status != WCK_OK)
        return status;
    exchange->channel = worker->process != NULL ? &worker->process->channel : NULL;
    exchange->deadline = wck_channel_deadline(worker->timeout);
    status = wck_exchange_ask(exchange, question, worker->id, err);
    if (status == WCK_OK && exchange->talk != WCK_TALK_OK)
        return blame_talk(worker, question, exchange->talk, err);
    if (status == WCK_OK)
        status = await_answer(worker, question, &answer, err);
    if (status == WCK_OK)
        status = fetch(worker, question, &answer, err);
    return status == WCK_OK ? judge(worker, question, &answer, err) : status;
}

bool wck_worker_varies(const void *worker)
{
    return ((const struct wck_worker *)worker)->varies;
}

const char *wck_worker_lost(const void *worker, size_t index)
{
    const struct wck_lost *lost = &((const struct wck_worker *)worker)->lost;

    return index < lost->count ? lost->names[index] : NULL;
}

const char *wck_worker_flattens(const void *worker, bool outputs)
{
    const struct wck_exchange *exchange =
        &((const struct wck_worker *)worker)->exchange;

    if (!exchange->shared)
        return "by pipe arrays travel without gaps: it never sees other strides";
    if (outputs ? exchange->keeps_wanted : exchange->keeps_given)
        return NULL;
    return outputs ? "it does not say that it fills arrays with other strides"
                   : "it does not say that it reads arrays with other strides";
}

void *wck_worker_lend(void *worker, size_t size)
{
    struct wck_exchange *exchange = &((struct wck_worker *)worker)->exchange;

    return exchange->shared ? wck_arena_lend(&exchange->arena, size) : NULL;
}

bool wck_worker_take_back(void *worker, const void *data)
{
    return wck_arena_take_back(&((struct wck_worker *)worker)->exchange.arena, data);
}

/* Asks, where the question could be made, and lets go of it. */
static enum wck_status ask_made(struct wck_worker *worker,
                                struct wck_question *question, enum wck_status made,
                                struct wck_error *err)
{
    enum wck_status status = made == WCK_OK ? ask(worker, question, err) : made;

    wck_question_release(question);
    return status;
}

enum wck_status wck_worker_forward(void *worker, const struct wck_problem *problem,
                                   const struct wck_image *image,
                                   const struct wck_image *output,
                                   struct wck_error *err)
{
    struct wck_question question;
    enum wck_status made = wck_question_forward(&question, problem, image, output, err);

    return ask_made(worker, &question, made, err);
}

enum wck_status wck_worker_vjp(void *worker, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *upstream,
                               const struct wck_gradients *gradients,
                               struct wck_error *err)
{
    struct wck_question question;
    enum wck_status made =
        wck_question_vjp(&question, problem, image, upstream, gradients, err);

    return ask_made(worker, &question, made, err);
}

enum wck_status wck_worker_jvp(void *worker, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_tangents *tangents,
                               const struct wck_image *output, struct wck_error *err)
{
    struct wck_question question;
    enum wck_status made =
        wck_question_jvp(&question, problem, image, tangents, output, err);

    return ask_made(worker, &question, made, err);
}

enum wck_status wck_worker_second(void *worker, const struct wck_problem *problem,
                                  const struct wck_image *image,
                                  const struct wck_image *upstream,
                                  const struct wck_tangents *along,
                                  const struct wck_second *second,
                                  struct wck_error *err)
{
    struct wck_question question;
    enum wck_status made =
        wck_question_second(&question, problem, image, upstream, along, second, err);

    return ask_made(worker, &question, made, err);
}

/* Has the question answered, and keeps the answers. */
static enum wck_status ask_recorded(struct wck_worker *worker,
                                    const struct wck_recorded *asked, bool pull,
                                    size_t only, struct wck_npz *answers,
                                    struct wck_error *err)
{
    struct wck_question question;
    enum wck_status status = wck_question_recorded(&question, asked, pull, only, err);

    if (status == WCK_OK)
        status = ask(worker, &question, err);
    for (size_t i = 0; i < question.wanted_count && status == WCK_OK; i++)
        status = wck_npz_add_array(answers, question.wanted[i].name,
                                   &question.wanted[i].tensor, err);
    wck_question_release(&question);
    return status;
}

/* All gradients at once, or, where some are not to be had, one by one. */
enum wck_status wck_worker_answer(void *worker, const struct wck_recorded *asked,
                                  struct wck_npz *answers, struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    enum wck_status status = ask_recorded(worker, asked, false, SIZE_MAX, answers, err);

    if (status != WCK_OK)
        return status;
    status = ask_recorded(worker, asked, true, SIZE_MAX, answers, &refusal);
    for (size_t i = 0; status == WCK_UNSUPPORTED && i < wck_question_gradients(asked);
         i++) {
        struct wck_error why = {WCK_OK, ""};
        enum wck_status one = ask_recorded(worker, asked, true, i, answers, &why);

        if (one != WCK_OK && one != WCK_UNSUPPORTED)
            return wck_error_set(err, one, "%s", why.text);
    }
    if (status != WCK_OK && status != WCK_UNSUPPORTED)
        return wck_error_set(err, status, "%s", refusal.text);
    return WCK_OK;
}

bool wck_worker_is_lost(const void *worker)
{
    return ((const struct wck_worker *)worker)->faults >= FAULTS;
}

int wck_worker_lives(const void *worker)
{
    return FAULTS - ((const struct wck_worker *)worker)->faults;
}

const struct wck_sandbox *wck_worker_sandbox(const void *worker)
{
    return ((const struct wck_worker *)worker)->sandbox;
}
