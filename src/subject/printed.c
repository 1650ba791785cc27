/* Python's faulthandler prints the calls from the last to the first, and behind them
 * the names of all modules in C: it is its beginning that tells. */
#include "src/subject/printed.h"

#include <string.h>

#define QUOTED ((size_t)160) /* characters of what was printed last, or of a line */
#define CALLS 3              /* of a dump */

/* A part of what was printed. */
struct span {
    const char *at, *end;
};

/* With blanks for whatever is not a printable character of ASCII. */
static void append(struct wck_text *text, struct span span)
{
    while (span.at < span.end && (*span.at <= ' ' || *span.at > '~'))
        span.at++;
    while (span.end > span.at && (span.end[-1] <= ' ' || span.end[-1] > '~'))
        span.end--;
    for (; span.at < span.end; span.at++)
        wck_text_append(text, *span.at > ' ' && *span.at <= '~' ? span.at : " ", 1);
}

/* From the sign on; empty where it is not there. */
static struct span after(struct span span, const char *sign)
{
    const char *found =
        memmem(span.at, (size_t)(span.end - span.at), sign, strlen(sign));

    return (struct span){found != NULL ? found : span.end, span.end};
}

static struct span line_of(struct span span)
{
    const char *end = memchr(span.at, '\n', (size_t)(span.end - span.at));

    if (end != NULL)
        span.end = end;
    if ((size_t)(span.end - span.at) > QUOTED)
        span.end = span.at + QUOTED;
    return span;
}

static void quote_dump(struct wck_text *text, struct span dump)
{
    static const char call[] = "\n  File ";
    struct span calls = after(dump, "Current thread ");

    append(text, line_of(dump));
    for (int i = 0; i < CALLS; i++) {
        calls = after(calls, call);
        if (calls.at == calls.end)
            return;
        calls.at++;
        wck_text_printf(text, i == 0 ? ", at " : ", called at ");
        append(text, line_of(calls));
    }
}

void wck_printed_quote(const char *printed, size_t count, struct wck_text *text)
{
    struct span all = {printed, printed + count};
    struct span dump = after(all, "Fatal Python error: ");

    if (dump.at < dump.end) {
        quote_dump(text, dump);
        return;
    }
    while (all.end > all.at && (all.end[-1] <= ' ' || all.end[-1] > '~'))
        all.end--;
    if ((size_t)(all.end - all.at) > QUOTED)
        all.at = all.end - QUOTED;
    append(text, all);
}
