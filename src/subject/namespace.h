/* Namespace: process ids of its own for a subject and whatever it starts, so that
 * nothing of it outlives the process that made the namespace.  Async-signal-safe. */
#ifndef WCK_SUBJECT_NAMESPACE_H
#define WCK_SUBJECT_NAMESPACE_H

/* In memory that maker and subject share. */
struct wck_namespace {
    int line;  /* held open by the maker: its end of file ends the namespace */
    int error; /* 0: there is a namespace; else errno */
};

/* In a process of one thread: its children from here on are in a new namespace.  The
 * first of them, a child of the caller's, is there already: it takes in orphans, and
 * when it is killed, or the caller is gone, all in the namespace is. */
void wck_namespace_make(struct wck_namespace *namespace);

/* In the namespace, by root: no more processes and threads than this at one time (Linux
 * 6.14).  0, or an errno. */
int wck_namespace_limit(unsigned most);

#endif
