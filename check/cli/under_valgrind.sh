#!/bin/sh
# Stands for the program in the command-line cases: runs it under valgrind, whose own
# complaints end it with a code that no case expects.
exec "$LIBTOOL" --mode=execute valgrind --quiet --error-exitcode=99 --leak-check=full \
    "$EMULATED" "$@"
