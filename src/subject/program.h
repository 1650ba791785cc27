/* Program: subjects behind workers that Warpcheck brings itself. */
#ifndef WCK_SUBJECT_PROGRAM_H
#define WCK_SUBJECT_PROGRAM_H

#include "src/subject/subject.h"

/* py:FILE.py:FUNCTION or py:package.module:FUNCTION, by the package in adapters/python:
 * the interpreter is python3, or what WARPCHECK_PYTHON in the environment says. */
extern const struct wck_subject_kind wck_subject_python;

/* plugin:FILE.so, by `warpcheck serve`: the program that is running, or what WARPCHECK
 * in the environment says. */
extern const struct wck_subject_kind wck_subject_plugin;

#endif
