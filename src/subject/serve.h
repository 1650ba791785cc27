/* Serve: the worker's side of a conversation in the worker protocol (doc/protocol.md),
 * with a plugin, or a subject of ours in its place, behind it. */
#ifndef WCK_SUBJECT_SERVE_H
#define WCK_SUBJECT_SERVE_H

#include "src/subject/plugin.h"

/* The descriptors of a conversation, borrowed. */
struct wck_serve_lines {
    int requests, replies;
    int inputs, outputs; /* memory files; -1 where there are none: by pipe */
};

/* Reads WARPCHECK_FDS: "requests replies", or with "inputs outputs". False for another
 * text. */
bool wck_serve_read_lines(const char *text, struct wck_serve_lines *lines);

/* Greets, and answers calls until the host closes `requests`: then WCK_OK. WCK_FORMAT
 * where what the host says is not the protocol; WCK_UNSUPPORTED for another major
 * version of it; WCK_IO where a descriptor fails. */
enum wck_status wck_serve(const struct wck_plugin *plugin,
                          const struct wck_serve_lines *lines, struct wck_error *err);

#endif
