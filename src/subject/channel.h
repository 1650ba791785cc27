/* Channel: the bytes that pass between the host and a program, in both directions, with
 * deadlines; what the program prints besides is read, and the end of it kept.  Writing
 * to a program that is gone raises no signal. */
#ifndef WCK_SUBJECT_CHANNEL_H
#define WCK_SUBJECT_CHANNEL_H

#include <stdint.h>
#include <sys/uio.h>

#include "src/base/text.h"
#include "src/subject/keeper.h"

#define WCK_CHANNEL_LINE ((size_t)1 << 20) /* bytes of the longest line */
/* Bytes kept of what is printed: a dump of 100 of Python's frames, and its modules. */
#define WCK_CHANNEL_KEPT ((size_t)16384)

struct wck_channel {
    int requests; /* a socket, written */
    int replies;  /* read; none of these blocks */
    int prints;   /* the program's standard output and error; -1: closed */
    int report;   /* the keeper's */
    bool ended;
    struct wck_keeper_report end; /* of the program, if it has ended */
    char *buffer; /* WCK_CHANNEL_LINE bytes; received and not read: from `start`,
                     `filled` bytes */
    size_t start, filled;
    char printed[WCK_CHANNEL_KEPT]; /* a ring: `printed_count` bytes have gone in */
    size_t printed_count;
};

/* How a piece of talk went; all but the first are the program's fault. */
enum wck_talk {
    WCK_TALK_OK,
    WCK_TALK_ABSENT, /* it could not be executed */
    WCK_TALK_ENDED,  /* it died or exited */
    WCK_TALK_CLOSED, /* it lives, but has closed a descriptor */
    WCK_TALK_LATE,   /* the deadline has passed */
    WCK_TALK_LONG    /* a line of more than WCK_CHANNEL_LINE bytes, or with a NUL */
};

/* Waits for the program's end, at most until the deadline. */
void wck_channel_await_end(struct wck_channel *channel, int64_t deadline);

/* A point in time so many seconds from now, on a clock that is never set. */
int64_t wck_channel_deadline(double seconds);

/* Sends the pieces, one after the other; they are used up. */
enum wck_talk wck_channel_send(struct wck_channel *channel, struct iovec *pieces,
                               size_t count, int64_t deadline);

/* The next line, without its newline; borrowed until the next call. */
enum wck_talk wck_channel_line(struct wck_channel *channel, const char **line,
                               int64_t deadline);

/* The next `size` bytes. */
enum wck_talk wck_channel_bytes(struct wck_channel *channel, void *bytes, size_t size,
                                int64_t deadline);

/* Has it sent anything that nobody has read?  Does not wait. */
bool wck_channel_has_more(struct wck_channel *channel);

/* Appends what happened: "killed by SIGSEGV", "exited with status 0", "closed its
 * descriptors", ... */
void wck_channel_describe(const struct wck_channel *channel, enum wck_talk talk,
                          struct wck_text *text);

/* Appends what tells most of what it printed last (src/subject/printed.h); nothing
 * where it printed nothing. */
void wck_channel_quote(struct wck_channel *channel, struct wck_text *text);

#endif
