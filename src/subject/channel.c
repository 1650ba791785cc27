#include "src/subject/channel.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/subject/printed.h"

#define GRACE 1.0 /* seconds for the news of an end to follow the end itself */
#define SECOND INT64_C(1000000000)

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

int64_t wck_channel_deadline(double seconds)
{
    return now() + (int64_t)(seconds * (double)SECOND);
}

/* ---- listening ---- */

static void keep_printed(struct wck_channel *channel, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        channel->printed[channel->printed_count++ % WCK_CHANNEL_KEPT] = bytes[i];
}

static void read_printed(struct wck_channel *channel)
{
    char bytes[4096];
    ssize_t got;

    /* At most a pipe's content at a time: it may print without end. */
    for (int i = 0; i < 16 && channel->prints >= 0; i++) {
        got = read(channel->prints, bytes, sizeof bytes);
        if (got > 0) {
            keep_printed(channel, bytes, (size_t)got);
            continue;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            close(channel->prints);
            channel->prints = -1;
        }
        return;
    }
}

static void read_report(struct wck_channel *channel)
{
    ssize_t got = read(channel->report, &channel->end, sizeof channel->end);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    /* Without a last word the keeper itself was killed, and the subject with it. */
    if (got != (ssize_t)sizeof channel->end)
        channel->end = (struct wck_keeper_report){.status = SIGKILL};
    channel->ended = true;
}

/* Waits until `descriptor` (-1: none) is ready, the program ends or time is up; reads
 * what it prints meanwhile.  True where the descriptor is ready. */
static bool is_ready(struct wck_channel *channel, int descriptor, short events,
                     int64_t deadline)
{
    int64_t left = (deadline - now() + 999999) / 1000000;
    struct pollfd all[] = {
        {.fd = descriptor, .events = events},
        {.fd = channel->prints, .events = POLLIN},
        {.fd = channel->ended ? -1 : channel->report, .events = POLLIN},
    };
    int wait = left <= 0 || channel->ended ? 0 : left > 1000000 ? 1000000 : (int)left;

    if (poll(all, 3, wait) <= 0)
        return false;
    if (all[1].revents != 0)
        read_printed(channel);
    if (all[2].revents != 0)
        read_report(channel);
    return all[0].revents != 0;
}

static enum wck_talk end_of(const struct wck_channel *channel)
{
    return channel->end.error != 0 ? WCK_TALK_ABSENT : WCK_TALK_ENDED;
}

static enum wck_talk await(struct wck_channel *channel, int descriptor, short events,
                           int64_t deadline)
{
    while (!is_ready(channel, descriptor, events, deadline)) {
        /* What it sent before it ended has made the descriptor ready. */
        if (channel->ended && !is_ready(channel, descriptor, events, deadline))
            return end_of(channel);
        if (now() >= deadline)
            return WCK_TALK_LATE;
    }
    return WCK_TALK_OK;
}

void wck_channel_await_end(struct wck_channel *channel, int64_t deadline)
{
    while (!channel->ended && now() < deadline)
        is_ready(channel, -1, 0, deadline);
}

/* Its descriptor is closed: by its end, which is about to be told, or by itself. */
static enum wck_talk closed(struct wck_channel *channel)
{
    wck_channel_await_end(channel, wck_channel_deadline(GRACE));
    return channel->ended ? end_of(channel) : WCK_TALK_CLOSED;
}

/* Bytes received into `bytes`, at least one where all is well. */
static enum wck_talk receive(struct wck_channel *channel, void *bytes, size_t size,
                             size_t *received, int64_t deadline)
{
    for (;;) {
        ssize_t got = read(channel->replies, bytes, size);
        enum wck_talk talk;

        if (got > 0) {
            *received = (size_t)got;
            return WCK_TALK_OK;
        }
        if (got == 0)
            return closed(channel);
        talk = await(channel, channel->replies, POLLIN, deadline);
        if (talk != WCK_TALK_OK)
            return talk;
    }
}

enum wck_talk wck_channel_line(struct wck_channel *channel, const char **line,
                               int64_t deadline)
{
    size_t seen = 0, received;

    memmove(channel->buffer, channel->buffer + channel->start, channel->filled);
    channel->start = 0;
    for (;;) {
        char *end = memchr(channel->buffer + seen, '\n', channel->filled - seen);
        enum wck_talk talk;

        if (end != NULL) {
            *end = '\0';
            channel->start = (size_t)(end - channel->buffer) + 1;
            channel->filled -= channel->start;
            *line = channel->buffer;
            return strlen(*line) + 1 == channel->start ? WCK_TALK_OK : WCK_TALK_LONG;
        }
        seen = channel->filled;
        if (seen == WCK_CHANNEL_LINE)
            return WCK_TALK_LONG;
        talk = receive(channel, channel->buffer + seen, WCK_CHANNEL_LINE - seen,
                       &received, deadline);
        if (talk != WCK_TALK_OK)
            return talk;
        channel->filled += received;
    }
}

enum wck_talk wck_channel_bytes(struct wck_channel *channel, void *bytes, size_t size,
                                int64_t deadline)
{
    size_t done = size < channel->filled ? size : channel->filled, received;

    memcpy(bytes, channel->buffer + channel->start, done);
    channel->start += done;
    channel->filled -= done;
    while (done < size) {
        enum wck_talk talk =
            receive(channel, (char *)bytes + done, size - done, &received, deadline);

        if (talk != WCK_TALK_OK)
            return talk;
        done += received;
    }
    return WCK_TALK_OK;
}

bool wck_channel_has_more(struct wck_channel *channel)
{
    char byte;
    ssize_t got;

    if (channel->filled > 0)
        return true;
    got = read(channel->replies, &byte, 1);
    return got > 0;
}

/* ---- speaking ---- */

enum wck_talk wck_channel_send(struct wck_channel *channel, struct iovec *pieces,
                               size_t count, int64_t deadline)
{
    while (count > 0) {
        struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
        ssize_t sent = sendmsg(channel->requests, &message, MSG_NOSIGNAL);
        enum wck_talk talk;

        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return closed(channel);
        for (; count > 0 && sent >= (ssize_t)pieces->iov_len; pieces++, count--)
            sent -= (ssize_t)pieces->iov_len;
        if (count == 0)
            break;
        if (sent > 0) {
            pieces->iov_base = (char *)pieces->iov_base + sent;
            pieces->iov_len -= (size_t)sent;
        }
        talk = await(channel, channel->requests, POLLOUT, deadline);
        if (talk != WCK_TALK_OK)
            return talk;
    }
    return WCK_TALK_OK;
}

/* ---- words ---- */

static void describe_end(const struct wck_channel *channel, struct wck_text *text)
{
    int status = channel->end.status;
    const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;

    if (name != NULL)
        wck_text_printf(text, "killed by SIG%s", name);
    else if (WIFSIGNALED(status))
        wck_text_printf(text, "killed by signal %d", WTERMSIG(status));
    else
        wck_text_printf(text, "exited with status %d", WEXITSTATUS(status));
}

void wck_channel_describe(const struct wck_channel *channel, enum wck_talk talk,
                          struct wck_text *text)
{
    switch (talk) {
    case WCK_TALK_OK:
        return;
    case WCK_TALK_ABSENT:
        wck_text_printf(text, "cannot be executed: %s", strerror(channel->end.error));
        return;
    case WCK_TALK_ENDED:
        describe_end(channel, text);
        return;
    case WCK_TALK_CLOSED:
        wck_text_printf(text, "closed its descriptors");
        return;
    case WCK_TALK_LATE:
        wck_text_printf(text, "did not answer in time");
        return;
    case WCK_TALK_LONG:
        wck_text_printf(text, "sent a line of more than %zu bytes, or a NUL in it",
                        WCK_CHANNEL_LINE - 1);
        return;
    }
}

void wck_channel_quote(struct wck_channel *channel, struct wck_text *text)
{
    char kept[WCK_CHANNEL_KEPT];
    size_t total, count;

    read_printed(channel);
    total = channel->printed_count;
    count = total < WCK_CHANNEL_KEPT ? total : WCK_CHANNEL_KEPT;
    for (size_t i = 0; i < count; i++)
        kept[i] = channel->printed[(total - count + i) % WCK_CHANNEL_KEPT];
    wck_printed_quote(kept, count, text);
}
