#!/bin/sh
# Stands for the program in the command-line cases: runs it under valgrind, whose own
# complaints end it with a code that no case expects.  They go to a log: it also says
# there which system calls it does not know (Landlock's, for one), and cases compare
# standard error.
exec "$LIBTOOL" --mode=execute valgrind --quiet --error-exitcode=99 --leak-check=full \
    --log-fd=9 "$EMULATED" "$@" 9>>"$EMULATED.valgrind.log"
