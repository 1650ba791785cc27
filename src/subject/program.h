/* Program: subjects that are a worker: any program, or one that Warpcheck brings. */
#ifndef WCK_SUBJECT_PROGRAM_H
#define WCK_SUBJECT_PROGRAM_H

#include "src/subject/subject.h"

/* worker:COMMAND, the words of a command line without operators of the shell. */
extern const struct wck_subject_kind wck_subject_worker;

/* py:FILE.py:FUNCTION or py:package.module:FUNCTION, by the package in adapters/python:
 * the interpreter is python3, or what WARPCHECK_PYTHON in the environment says. */
extern const struct wck_subject_kind wck_subject_python;

/* plugin:FILE.so, by `warpcheck serve`: the program that is running, or what WARPCHECK
 * in the environment says.  Or in this process. */
extern const struct wck_subject_kind wck_subject_plugin;

#endif
